"""What shows a person is deleted once its time is over, and the log still proves."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from typer.testing import CliRunner

from clearlane import audit, cli, feeds, flow, outcomes, personal, proofs, registry, retention, work
from clearlane.counter import Person
from clearlane.counters import _theirs
from clearlane.model import digest
from clearlane.scenarios.departure_refund.kiosk import COUNTER
from clearlane.scenarios.departure_refund.scenario import SCENARIO
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store.session import atomic
from clearlane.store.start import blobs
from tests.conftest import EXPORTER, OFFICER, qr, settle
from tests.refunds import shop
from tests.test_questions import client_of

pytestmark = pytest.mark.usefixtures('store')
LAW = SCENARIO.parameters.on(flow.today()).retention
OVER = flow.today() + timedelta(days=LAW['days'] + 1)
NUMBER, NAME = 'X00000001', 'ERIKSSON'


def refunded() -> str:
    bill = shop.invoice('INV-1')
    paper = shop.form(
        'F-1', NUMBER, bill, phone='+99 5550001', card='card-77', address='Room 8, Sample Hotel'
    )
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    no = shop.lodged(NUMBER, bill, paper)
    assert settle(no) == 'release'
    rows.Payment.objects.update(state='paid')
    return no


def everything() -> str:
    """All that the database and the evidence store hold, as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select coalesce(json_agg(t)::text, $$$$) from "{table}" t')
            found.append(cursor.fetchone()[0])
    files = [p.read_bytes().decode('latin-1') for p in _files()]
    return '\n'.join([*found, *files])


def _files() -> list[Path]:
    named = {s for _, data in retention.told() for s in data['files']}
    named |= set(rows.Evidence.objects.values_list('sha256', flat=True))
    named |= set(rows.Decision.objects.values_list('inputs', flat=True))
    return [p for s in named if (p := settings().home / 'blobs' / s[:2] / s).exists()]


SECRETS = (NUMBER, NAME, '5550001', 'card-77', 'Sample Hotel', f'tok-{NUMBER}')


def test_after_its_time_nothing_says_who_it_was_and_the_log_still_proves() -> None:
    no = refunded()
    before = everything()
    assert all(secret in before for secret in SECRETS)
    assert not list(retention.due(OVER - timedelta(days=1)))
    subjects = {one.subject for one in retention.forget(OVER)}
    assert no in subjects and any('/forms/F-1/' in s for s in subjects)
    after = everything()
    assert [secret for secret in SECRETS if secret in after] == []
    assert audit.verify() == rows.AuditEntry.objects.count()
    proofs.stored_bytes()
    assert not rows.Link.objects.exists()
    assert rows.Payment.objects.get().amount == shop.net()
    assert rows.Decision.objects.get().outcome == 'release'


def test_it_is_deleted_once_and_what_a_crash_left_is_deleted_later() -> None:
    refunded()
    (first, *_) = retention.due(OVER)
    retention._forget(first, OVER)
    left = rows.Forgotten.objects.get().files
    assert left and all(blobs().has(sha256) for sha256 in left)
    retention.forget(OVER)
    assert not any(blobs().has(sha256) for sha256 in left)
    acts = rows.AuditEntry.objects.filter(act='forget').count()
    assert retention.forget(OVER) == []
    assert rows.AuditEntry.objects.filter(act='forget').count() == acts


def test_work_that_was_left_reads_and_concludes_nothing_of_it() -> None:
    no = refunded()
    piece = rows.Evidence.objects.filter(declaration__no=no).first()
    retention.forget(OVER)
    assert piece is not None
    flow.read(piece.pk)
    with atomic():
        flow.new_facts(piece.declaration_id)
    assert not rows.Reading.objects.filter(sha256=piece.sha256).exists()
    row = rows.Declaration.objects.get(no=no)
    assert (row.status, row.turn) == ('done', piece.declaration.turn)


def test_a_replay_says_that_it_was_deleted_by_law() -> None:
    no = refunded()
    retention.forget(OVER)
    (answer,) = proofs.replayed([no])
    assert (answer['same'], answer['why']) == (None, f'deleted by law on day {OVER}')
    said = CliRunner().invoke(cli.app, ['replay', no, '--json'])
    assert said.exit_code == 0
    assert json.loads(said.stdout)['same'] is None
    assert '0 differ, 1 deleted by law' in said.stderr


def test_bytes_that_are_missing_without_an_entry_in_the_log_are_no_deletion() -> None:
    no = refunded()
    blobs().delete(rows.Decision.objects.get().inputs)
    row = rows.Declaration.objects.get(no=no)
    rows.Forgotten.objects.create(declaration=row, day=OVER)
    (answer,) = proofs.replayed([no])
    assert answer['same'] is False
    with pytest.raises(audit.Broken):
        proofs.stored_bytes()


def test_the_database_lets_a_decision_be_changed_only_while_it_is_forgotten() -> None:
    refunded()
    retention.forget(OVER)
    decision = rows.Decision.objects.get()
    decision.result = decision.result.replace('release', 'refuse')
    with pytest.raises(DatabaseError, match='append-only'):
        decision.save(update_fields=['result'])


@pytest.mark.parametrize('state', ['planned', 'sent', 'reversing'])
def test_while_money_is_under_way_nothing_is_deleted(state: str) -> None:
    refunded()
    rows.Payment.objects.update(state=state)
    assert retention.forget(OVER) == []


def test_a_photograph_that_another_declaration_shows_stays_until_that_is_over() -> None:
    no = refunded()
    bill = shop.invoice('INV-2')
    paper = shop.form('F-2', NUMBER, bill)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    later = shop.lodged(NUMBER, bill, paper)
    settle(later)
    rows.Payment.objects.update(state='paid')
    rows.Declaration.objects.filter(no=later).update(day=flow.today() + timedelta(days=9))
    passport = rows.Evidence.objects.get(declaration__no=no, kind='passport').sha256
    retention.forget(OVER)
    assert blobs().has(passport)
    assert rows.Reading.objects.filter(sha256=passport).exists()
    retention.forget(OVER + timedelta(days=9))
    assert not blobs().has(passport)


def test_nobody_opens_it_again_and_the_shop_cannot_send_it_again() -> None:
    no = refunded()
    bill = shop.invoice('INV-1')
    paper = shop.form('F-1', NUMBER, bill)
    retention.forget(OVER)
    row = rows.Declaration.objects.get(no=no)
    with pytest.raises(flow.Conflict, match='deleted by law'):
        flow.attach(EXPORTER, no, qr('late'), kind='receipt', item='INV-1')
    with pytest.raises(flow.Conflict, match='deleted by law'):
        outcomes.close(OFFICER, no, 'refuse', 'look again')
    with atomic():
        flow.new_facts(row.pk)
    work.drain()
    row.refresh_from_db()
    assert (row.status, row.decisions.count()) == ('done', 1)
    done = feeds.receive(EXPORTER, shop.NAME, 'forms', [paper])
    assert [p.code for r in done.rejected for p in r.problems] == ['forgotten']
    who = Person(masked='', matches={'document_no': personal.FORGOTTEN})
    assert _theirs(SCENARIO, COUNTER, who) == []


def test_links_go_when_the_risk_looks_back_no_further() -> None:
    refunded()
    assert rows.Link.objects.exists()
    retention.forget(flow.today() + timedelta(days=LAW['link_days']))
    assert rows.Link.objects.exists()
    retention.forget(flow.today() + timedelta(days=LAW['link_days'] + 1))
    assert not rows.Link.objects.exists()
    assert rows.AuditEntry.objects.filter(subject=f'links/{shop.NAME}').count() == 1
    assert LAW['link_days'] >= SCENARIO.parameters.on(flow.today()).risk['window_days']


def test_a_form_that_nobody_claimed_goes_too() -> None:
    bill = shop.invoice('INV-9')
    shop.feed(EXPORTER, 'forms', shop.form('F-9', NUMBER, bill))
    assert [one.entry for one in retention.forget(OVER)] == [True]
    assert rows.LibraryEntry.objects.get(key='F-9').data['traveller'] == personal.FORGOTTEN
    assert proofs.stored_bytes() == 0


def test_the_command_lists_and_deletes() -> None:
    no = refunded()
    run = CliRunner().invoke
    listed = run(cli.app, ['forget', '--day', OVER.isoformat(), '--json'])
    assert no in listed.stdout and listed.exit_code == 0
    assert run(cli.app, ['forget']).stdout == ''
    shop.feed(EXPORTER, 'forms', shop.form('F-9', NUMBER, shop.invoice('INV-9')))
    ago = flow.now() - timedelta(days=LAW['days'] + 2)
    rows.LibraryEntry.objects.filter(key='F-9').update(submitted_at=ago)
    assert '/forms/F-9/1' in run(cli.app, ['forget']).stdout
    assert run(cli.app, ['audit', 'verify']).exit_code == 0


@pytest.mark.parametrize('role', ['officer', 'auditor'])
def test_its_page_says_so(role: str) -> None:
    no = refunded()
    retention.forget(OVER)
    client = client_of(role)
    page = client.get(f'/declarations/{no}').content.decode()
    assert OVER.isoformat() in page
    assert 'data-photo=' not in page
    told = client.get(f'/api/v1/declarations/{no}').json()
    assert told['forgotten'] == OVER.isoformat()
    assert client.get(f'/library/{shop.NAME}/forms').status_code == 200
    assert client.get(f'/verify/{rows.Certificate.objects.get().no}').status_code == 200


def test_a_register_of_a_person_is_not_written_into_the_log() -> None:
    paper = shop.form('F-3', NUMBER, shop.invoice('INV-3'))
    registry.register(EXPORTER, shop.NAME, 'forms', 'F-3', paper)
    leaf = rows.AuditEntry.objects.get(act='register').leaf
    assert NUMBER not in leaf and digest(leaf.encode())
