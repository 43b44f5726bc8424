"""The people and things that the tests of the pages and the API play with."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from clearlane import audit, counters, flow, outcomes, registry, risk, work
from clearlane.access import Actor
from clearlane.intake import Intake
from clearlane.settings import settings
from clearlane.store import drift
from clearlane.store import models as rows
from clearlane.store.counter import Kiosk
from clearlane.store.session import close_connection
from tests import conftest, test_watching
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, OTHER, PARTY

PASSWORD = 'a-long-password-of-tests'
PEOPLE = {
    'own': ('exporter', PARTY),
    'other': ('exporter', OTHER),
    'officer': ('officer', None),
    'analyst': ('analyst', None),
    'auditor': ('auditor', None),
    'administrator': ('administrator', None),
}
MARK = '4G/Y25/S/26/CN/C370009'
CANARY = 'CANARY-7319'
SERIALS = ('A-001', 'A-002', 'A-003')
ABLE = Actor(name='own', role='exporter', party=PARTY)


def people() -> None:
    """One person of each role, and one of another enterprise."""
    for name, (role, party) in PEOPLE.items():
        user = rows.User(username=name, role=role, party_id=party)
        user.set_password(PASSWORD)
        user.save()


def picture(
    seed: int, *, mark: str = MARK, score: float = 0.97, broken: bool = False, width: int = 1200
) -> bytes:
    """A photograph of a crate. What can be read on it stands in a comment of the file."""
    rng = random.Random(seed)
    height = width * 3 // 4
    image = Image.new('RGB', (width, height), (186, 194, 198))
    draw = ImageDraw.Draw(image)
    for _ in range(400):
        x, y = rng.randrange(width), rng.randrange(height)
        draw.ellipse((x, y, x + 6, y + 6), fill=tuple(rng.randrange(150, 210) for _ in range(3)))
    left, top = width // 8 + rng.randrange(40), height // 8 + rng.randrange(40)
    right, bottom = width - left, height - height // 10
    draw.rectangle((left, top, right, bottom), fill=(176, 138, 92), outline=(110, 84, 52), width=6)
    for _ in range(60):
        y = rng.randrange(top, bottom)
        draw.line((left, y, right, y + rng.randrange(-4, 4)), fill=(166, 128, 84), width=2)
    label = (left + 60, top + 60, left + 260, top + 260)
    draw.rectangle(label, fill='white', outline='black', width=4)
    draw.text((label[0] + 40, label[1] + 60), 'LABEL', fill='black', font_size=40)
    place = (left + 60, bottom - 140, left + 620, bottom - 80)
    draw.text((place[0] + 8, place[1] + 8), mark, fill=(30, 30, 30), font_size=40)
    said = [_reading('mark', mark, 0.97, place), _reading('label', '9A', score, label)]
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=88, comment=json.dumps('break' if broken else said).encode())
    return out.getvalue()


def _reading(kind: str, value: str, score: float, box: tuple[int, ...]) -> dict[str, Any]:
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return {'kind': kind, 'value': value, 'score': score, 'box': corners}


def shipment(**changed: Any) -> dict[str, Any]:
    """What is declared."""
    return {
        'reference': 'B-2026-017',
        'design': 'D-01',
        'permit': 'P-01',
        'boxes': len(SERIALS),
        'serials': list(SERIALS),
        'mass_kg': '18.50',
        'packed': '2026-05-10',
        'mode': 'sea',
        'papers': [{'kind': 'invoice', 'no': 'INV-7'}],
        **changed,
    }


DESIGN = {'mark': MARK, 'views': [{'view': 'front', 'shows': ['mark', 'label']}]}
PERMIT = {'quantity': 500, 'valid_until': '2030-01-01'}


def library(actor: Actor = EXPORTER) -> None:
    """The design and the permit in force."""
    for name, key, data in (('designs', 'D-01', DESIGN), ('permits', 'P-01', PERMIT)):
        entry = registry.register(actor, 'crates', name, key, data)
        registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))


def lodged(**changed: Any) -> str:
    """The number of a fresh declaration."""
    row = flow.lodge(ABLE, 'crates', shipment(**changed), lot=NO_DRAW)
    return row.no


def sent(no: str, **photo: Any) -> list[rows.Evidence]:
    """A photograph of each crate; the settings apply to the first."""
    seed = sum(no.encode()) * 10
    return [
        flow.attach(
            ABLE, no, picture(seed + n, **(photo if n == 0 else {})), item=item, view='front'
        )
        for n, item in enumerate(SERIALS)
    ]


def done(no: str) -> rows.Declaration:
    """Present, and do all the work that waits."""
    flow.present(ABLE, no)
    drain()
    return flow.find(OFFICER, no)


def drain() -> None:
    """Do all the work that waits. In a thread of its own: a browser test has a running loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_drain).result()


def _drain() -> None:
    try:
        work.drain()
    finally:
        close_connection()


def released() -> str:
    """A shipment without anomalies."""
    no = lodged()
    sent(no)
    assert done(no).decisions.latest('number').outcome == 'release'
    return no


def referred(**photo: Any) -> str:
    """A shipment with a wrong mark on its first crate."""
    no = lodged(reference='B-2026-018')
    sent(no, **{'mark': '4G/Y25/S/25/CN/C370001', 'score': 0.5, **photo})
    assert done(no).decisions.latest('number').outcome == 'inspect'
    return no


def play() -> Iterator[SimpleNamespace]:
    """People, a released shipment, a referred one, and one that waits for photographs."""
    conftest._empty()
    rows.Party.objects.create(id=PARTY, name=f'鹭江示例{CANARY}', credit='certified')
    rows.Party.objects.create(id=OTHER, name='筼筜示例', credit='regular')
    people()
    library()
    clean, refused = released(), referred()
    outcomes.close(OFFICER, refused, 'refuse', 'the mark is wrong')
    wrong = referred()
    waiting = lodged(reference=CANARY)
    for _ in range(2):
        risk.draft(Actor(name='ann', role='analyst'), 'crates', {'rules': []})
    from tests.browser import plant

    supervised = plant.stage()
    audit.checkpoint(settings().origin, settings().home)
    counters.enroll('T1', 'departure_refund', {'port': 'PVG'})
    yield SimpleNamespace(
        kiosk=Kiosk.objects.get().pk,
        supervised=supervised,
        released=clean,
        refused=refused,
        notice=f'{refused}-N2',
        referred=wrong,
        waiting=waiting,
        paper=rows.Certificate.objects.get(declaration__no=clean).no,
        piece=rows.Evidence.objects.filter(declaration__no=wrong).earliest('pk').pk,
        drifting=drift.Source.objects.earliest('pk').pk,
        entry=rows.LibraryEntry.objects.filter(library='designs').earliest('pk').pk,
        **road(),
    )
    close_connection()


def road() -> dict[str, Any]:
    """A journey under way with incidents; its number and that of one of them."""
    no = test_watching.declare(goods=CANARY)
    Intake().take(test_watching.arrived(test_watching.troubled()))
    grave = rows.Incident.objects.filter(declaration__no=no, kind='off_corridor').get()
    return {'journey': no, 'incident': grave.pk}


def browser(role: str, language: str = 'en', **options: Any) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(SERVER_NAME='localhost', **options)
    client.cookies['django_language'] = language
    if role != 'anonymous':
        client.force_login(rows.User.objects.get(username=role))
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def place(name: str, play: SimpleNamespace) -> str:
    """An address of the route that the enterprise `own` may visit."""
    no = play.referred if name == 'close' else play.released
    of = play.supervised
    parts = {
        'visit': [of.signed],
        'hold_visit': [of.planned],
        'sign_visit': [of.planned],
        'rectify': [of.signed, of.right],
        'visit_photo': [of.signed, of.photo],
        'visit_paper': [of.signed, 'zh'],
        'propose_visit': [of.plant],
        'line': [of.line],
        'line_act': [of.line],
        'enterprise': [PARTY],
        'enrol': [PARTY],
        'inspection': [of.waiting],
        'escape': [of.waiting],
        # Which of the boxes is the seeded one, that has a photograph, is drawn at random.
        'inspection_photo': [of.waiting, 999, 0],
        'draw_period': [of.period],
        'act': [play.released, 'confirm'],
        'entry': [play.entry],
        'second_reading': [9999],
        'entry_act': [play.entry, 'comment'],
        'reference_photo': [play.entry, 'a' * 64],
        'radius': [play.entry],
        'correct': [play.waiting],
        'notice': [play.notice, 'zh'],
        'api-v1:act': [play.waiting, 'withdraw'],
        'api-v1:standing': [no],
        'api-v1:notice': [play.refused],
        'api-v1:draw': [of.period],
        'api-v1:enterprise': [PARTY],
        'api-v1:enrol': [PARTY, 'plants'],
        'api-v1:inspection': [of.waiting],
        'api-v1:visit': [of.signed],
        'api-v1:visit_record': [of.planned],
        'api-v1:visit_photographs': [of.planned],
        'api-v1:rectification': [of.signed, of.right],
        'paper': [no, 'zh'],
        'library': ['crates', 'designs'],
        'submit_entry': ['crates', 'designs'],
        'qualify': ['crates', 'designs', play.entry],
        'template': ['crates', 'designs'],
        'submit_table': ['crates', 'designs'],
        'confirm_entry': ['crates', 'designs', play.entry],
        'drift_source': [play.drifting],
        'drift_answer': [play.drifting],
        'ruleset': ['crates', 1],
        'rules_file': ['crates', 1],
        'edit_rules': ['crates', 1],
        'shadow_rules': ['crates', 1],
        'rules_act': ['crates', 2, 'approve'],
        'new_rules': ['crates'],
        'check_rule': ['crates'],
        'rules_off': ['crates'],
        'backtest': ['crates'],
        'drawdowns': ['crates', 'permits', 'P-01'],
        'api-v1:drawdowns': ['crates', 'permits', 'P-01'],
        'watch': [play.journey],
        'api-v1:watch': [play.journey],
        'track': [play.journey],
        'incident': [play.incident],
        'respond': [play.incident, 'acknowledge'],
        'revoke_device': ['nobody'],
        'rekey_device': ['nobody'],
        'payment': [9999, 'retry'],
        'log_entry': [0],
        'proof': [0],
        'verify': [play.paper],
        'api-v1:library_entry': ['crates', 'designs', 'D-01'],
        'api-v1:scenario_schema': ['crates'],
        'api-v1:feed': ['departure_refund', 'invoices'],
        'feed': ['departure_refund', 'invoices'],
        'feed_template': ['departure_refund', 'invoices'],
        'kiosk_act': ['begin'],
        'kiosk_mirror': [play.kiosk],
        'kiosk_mirror_state': [play.kiosk],
    }
    own_number = {'declaration', 'evidence', 'progress', 'present', 'close', 'decision',
                  'answer', 'answers', 'goods', 'certificate', 'events'}  # fmt: skip
    if name in parts:
        found = reverse(name, args=parts[name])
    elif name.startswith('evidence_'):
        found = reverse(name, args=[play.piece])
    elif name.removeprefix('api-v1:') in own_number:
        found = reverse(name, args=[no])
    else:
        found = reverse(name)
    return found + {'evidence_crop': '?box=1,1,90,90'}.get(name, '')
