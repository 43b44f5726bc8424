"""The periodic visit from its plan to its close, and what it does to lines and diary."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest

from clearlane import audit, enterprises, flow, inspections, rectifications, visits
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.model import canonical, digest
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.start import blobs
from clearlane.visits import Answer, Fault
from tests.conftest import EXPORTER, OFFICER, PARTY, STRANGER, qr
from tests.test_series import lodge, recognised, settle

pytestmark = pytest.mark.usefixtures('store')
GOOD = {'lids': Answer('yes'), 'records': Answer('none')}
BAD = {'lids': Answer('no', 'two lids are loose'), 'records': Answer('yes')}
DRAWN = 'M10,20 L30,40 L50.5,20'
TODAY = flow.today()


def planned() -> kept.Visit:
    recognised()
    assert settle(lodge(1)) == 'release'
    return kept.Visit.objects.get()


def held(visit: kept.Visit, answers: Any = GOOD, faults: Any = ()) -> kept.Visit:
    return visits.hold(OFFICER, visit.pk, TODAY, 'Ms Lin', answers, 'as expected', faults)


def signed(visit: kept.Visit) -> kept.Visit:
    visits.sign(OFFICER, visit.pk, 'customs', 'Mr Chen', 'password')
    visits.sign(OFFICER, visit.pk, 'enterprise', 'Ms Lin', 'drawn', DRAWN)
    return visits.find(OFFICER, visit.pk)


def test_a_release_plans_one_visit_of_the_plant_by_class_and_record() -> None:
    visit = planned()
    assert visit.due == TODAY + timedelta(days=30)
    assert settle(lodge(2)) == 'release'
    assert kept.Visit.objects.count() == 1
    no = lodge(3)
    assert settle(no) == 'release'
    inspections.escape(OFFICER, no, 'leaking')
    enterprises.readmit(OFFICER, kept.Admission.objects.get().pk, 'repaired')
    recognised()
    assert settle(lodge(4)) == 'release'
    visit = kept.Visit.objects.get()
    assert visit.due == TODAY + timedelta(days=15)
    assert '1' in str(visit.plan['why'][0]['values'])


def test_a_visit_is_held_signed_by_both_closed_and_the_next_is_planned() -> None:
    visit = planned()
    visits.photograph(OFFICER, visit.pk, qr('line'), 'lids')
    held(visit)
    stated = visits.find(OFFICER, visit.pk)
    assert stated.record == digest(canonical(visits.record(stated)))
    done = signed(visit)
    assert (done.state, done.closed_at is not None) == ('closed', True)
    assert not rows.Task.objects.filter(kind='visit', closed_at=None).exists()
    following = kept.Visit.objects.get(state='planned')
    assert following.due == TODAY + timedelta(days=30)
    for language, words in (('zh', '周期监管'), ('en', 'Periodic')):
        text = pypdf.PdfReader(io.BytesIO(blobs().get(done.documents[language]))).pages[0]
        assert words in text.extract_text()
        assert done.record[:16] in text.extract_text()
    assert audit.verify()


def test_what_has_been_signed_cannot_be_changed() -> None:
    visit = planned()
    held(visit)
    visits.sign(OFFICER, visit.pk, 'customs', 'Mr Chen', 'password')
    with pytest.raises(flow.Conflict):
        held(visit, BAD, [Fault('lids', TODAY)])
    with pytest.raises(flow.Conflict):
        visits.photograph(OFFICER, visit.pk, qr('late'))
    with pytest.raises(flow.Conflict):
        visits.sign(OFFICER, visit.pk, 'customs', 'Mr Chen', 'password')
    kept.Visit.objects.filter(pk=visit.pk).update(summary='something else')
    with pytest.raises(flow.Conflict, match='changed'):
        visits.sign(OFFICER, visit.pk, 'enterprise', 'Ms Lin', 'drawn', DRAWN)


def test_a_signature_covers_the_record_and_says_how_it_was_given() -> None:
    visit = planned()
    held(visit)
    made = visits.sign(EXPORTER, visit.pk, 'enterprise', 'Ms Lin', 'password')
    said = {
        'record': made.record, 'side': 'enterprise', 'name': 'Ms Lin', 'method': 'password',
        'drawing': '', 'by': EXPORTER.name, 'at': made.at.isoformat(),
    }  # fmt: skip
    assert made.digest == digest(canonical(said))


@pytest.mark.parametrize(
    ('actor', 'side', 'method', 'drawing', 'error'),
    [
        (OFFICER, 'customs', 'drawn', DRAWN, NotAllowed),
        (Actor(name='second', role='officer'), 'customs', 'password', '', NotAllowed),
        (EXPORTER, 'customs', 'password', '', NotAllowed),
        (EXPORTER, 'enterprise', 'drawn', DRAWN, NotAllowed),
        (OFFICER, 'enterprise', 'password', '', NotAllowed),
        (STRANGER, 'enterprise', 'password', '', NotFound),
        (OFFICER, 'enterprise', 'drawn', '', Rejected),
        (OFFICER, 'enterprise', 'drawn', "M1 1 L2 2'/><script>", Rejected),
        (OFFICER, 'enterprise', 'drawn', 'M1,1', Rejected),
    ],
)
def test_each_side_signs_in_its_own_way(
    actor: Actor, side: Any, method: Any, drawing: str, error: type[Exception]
) -> None:
    visit = planned()
    held(visit)
    with pytest.raises(error):
        visits.sign(actor, visit.pk, side, 'Somebody', method, drawing)
    assert not kept.VisitSignature.objects.exists()


@pytest.mark.parametrize(
    ('change', 'field'),
    [
        ({'answers': {'lids': Answer('yes')}}, 'answers.records'),
        ({'answers': {**GOOD, 'colour': Answer('yes')}}, 'answers.colour'),
        ({'answers': {**GOOD, 'lids': Answer('perhaps')}}, 'answers.lids'),
        ({'answers': {**GOOD, 'lids': Answer('no')}}, 'answers.lids'),
        ({'answers': BAD}, 'faults'),
        ({'answers': BAD, 'faults': [Fault('lids', TODAY - timedelta(days=1))]}, 'faults'),
        ({'held_on': TODAY + timedelta(days=1)}, 'held_on'),
        ({'represented_by': ' '}, 'represented_by'),
        ({'summary': ''}, 'summary'),
    ],
)
def test_a_record_that_is_not_whole_names_its_field(change: dict[str, Any], field: str) -> None:
    visit = planned()
    full: dict[str, Any] = {
        'held_on': TODAY, 'represented_by': 'Ms Lin', 'answers': GOOD, 'summary': 'fine',
        'faults': (), **change,
    }  # fmt: skip
    with pytest.raises(Rejected) as caught:
        visits.hold(OFFICER, visit.pk, **full)
    assert field in {p.field for p in caught.value.problems}
    assert visits.find(OFFICER, visit.pk).state == 'planned'


def test_a_finding_is_answered_sent_back_and_closed_by_an_officer() -> None:
    visit = planned()
    held(visit, BAD, [Fault('fasten the lids', TODAY + timedelta(days=7))])
    number = kept.Rectification.objects.get().pk
    with pytest.raises(flow.Conflict, match='signed'):
        rectifications.answer(EXPORTER, number, 'done')
    assert signed(visit).state == 'signed'
    with pytest.raises(NotFound):
        rectifications.answer(STRANGER, number, 'done')
    rectifications.answer(EXPORTER, number, 'new screws')
    rectifications.settle(OFFICER, number, 'one is still loose', done=False)
    assert kept.Rectification.objects.get().state == 'open'
    rectifications.answer(EXPORTER, number, 'all screws are new')
    rectifications.settle(OFFICER, number, 'seen on photographs')
    assert visits.find(OFFICER, visit.pk).state == 'closed'
    assert kept.Admission.objects.get().state == 'admitted'
    with pytest.raises(flow.Conflict):
        rectifications.answer(EXPORTER, number, 'again')


def test_a_grave_finding_suspends_the_lines_and_calls_for_a_second_visit() -> None:
    visit = planned()
    held(visit, BAD, [Fault('fasten the lids', TODAY + timedelta(days=7), grave=True)])
    signed(visit)
    line = kept.Admission.objects.get()
    assert line.state == 'suspended'
    assert 'fasten the lids' in str(line.why)
    follow = kept.Visit.objects.get(follows=visit)
    assert follow.due == TODAY + timedelta(days=7)
    assert settle(lodge(5)) == 'inspect'
    with pytest.raises(flow.Conflict, match='put right'):
        enterprises.readmit(OFFICER, line.pk, 'please')
    rectifications.settle(OFFICER, kept.Rectification.objects.get().pk, 'seen')
    enterprises.readmit(OFFICER, line.pk, 'put right')
    regular = kept.Visit.objects.get(state='planned', follows=None)
    assert regular.due == TODAY + timedelta(days=15)


def test_a_finding_that_is_late_suspends_the_lines() -> None:
    visit = planned()
    held(visit, BAD, [Fault('fasten the lids', TODAY)])
    signed(visit)
    assert rectifications.overdue(TODAY) == 0
    assert rectifications.overdue(TODAY + timedelta(days=1)) == 1
    assert kept.Admission.objects.get().state == 'suspended'


def test_an_officer_plans_a_visit_sooner_and_never_later() -> None:
    visit = planned()
    soon = TODAY + timedelta(days=3)
    visits.propose(OFFICER, 'chests', visit.plant_id, soon, 'a tip')
    assert kept.Visit.objects.get().due == soon
    visits.propose(OFFICER, 'chests', visit.plant_id, TODAY + timedelta(days=99), 'no hurry')
    assert kept.Visit.objects.get().due == soon
    with pytest.raises(Rejected):
        visits.propose(OFFICER, 'chests', visit.plant_id, date(2020, 1, 1), 'past')
    with pytest.raises(NotAllowed):
        visits.propose(EXPORTER, 'chests', visit.plant_id, soon, 'x')
    assert visits.visible(STRANGER).count() == 0
    assert visits.visible(EXPORTER).get().plant.party_id == PARTY
