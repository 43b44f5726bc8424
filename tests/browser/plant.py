"""A plant with a line, an inspection that waits, seeded boxes, and visits: for the pages."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from clearlane import enterprises, flow, inspections, periods, seeds, visits
from clearlane.access import Actor
from clearlane.inspections import Seen
from clearlane.store import supervision as kept
from clearlane.visits import Answer, Fault
from tests.browser.cast import ABLE, picture
from tests.conftest import NO_DRAW, PARTY

HE = Actor(name='officer', role='officer')
ANN = Actor(name='ann', role='analyst')
GOOD = Seen(conforms=True)
BAD = Seen(conforms=False, words='the lid is loose')
DRAWN = 'M40,90 L80,40 L120,110 L170,50 L230,100 M260,60 L320,60 L290,120 L380,80'


def lot(n: int, **declared: str) -> str:
    """A lot of chests that has been concluded by the machine."""
    chests = [f'C{n:02d}-{k:03d}' for k in range(6)]
    row = flow.lodge(ABLE, 'chests', {'chests': chests, **declared}, lot=NO_DRAW)
    flow.present(ABLE, row.no)
    while flow.advance(row.pk):
        pass
    return row.no


def inspected(no: str, *, bad: int = 0) -> None:
    """Its inspection, with so many bad boxes."""
    shown = inspections.drawn(HE, no).shown
    results = {item: BAD if n < bad else GOOD for n, item in enumerate(shown)}
    inspections.record(HE, no, results, 'as found on site')


def stage() -> SimpleNamespace:
    """Everything, and the numbers of what the pages show."""
    inspected(lot(1))
    seeds.plant(ANN, no := lot(2), 'closure left open', [picture(5)])
    inspected(no, bad=1)
    enterprises.recognise(HE, 'chests', PARTY, 'P1', 'L1', 'D1', 'record of the pilot')
    lot(3)
    enterprises.register_line(HE, kept.Plant.objects.get().pk, 'L1', 'ISO-9001-77', None)
    enterprises.register_camera(HE, kept.Line.objects.get(name='L1').pk, 'CAM-0417', 'front')
    enterprises.rate(HE, PARTY, 'regular', 'a false packing list')
    held = kept.Visit.objects.get(state='planned')
    answers = {'lids': Answer('no', 'two lids are loose'), 'records': Answer('yes')}
    day = flow.today()
    photo = visits.photograph(HE, held.pk, picture(7))
    visits.hold(
        HE, held.pk, day, '林女士', answers, 'In order but for the lids.',
        [Fault('fasten the lids', day + timedelta(days=7))],
    )  # fmt: skip
    visits.sign(HE, held.pk, 'customs', '陈关员', 'password')
    visits.sign(HE, held.pk, 'enterprise', '林女士', 'drawn', DRAWN)
    waiting = lot(4, flaw='C04-002', design='D2')
    seeds.plant(ANN, waiting, 'no closure', [picture(6)])
    return SimpleNamespace(
        line=kept.Admission.objects.get(line__name='L1').pk,
        plant=kept.Plant.objects.get().pk,
        signed=held.pk,
        planned=kept.Visit.objects.get(state='planned').pk,
        right=kept.Rectification.objects.get().pk,
        photo=photo.pk,
        waiting=waiting,
        period=periods.period_of(day),
    )
