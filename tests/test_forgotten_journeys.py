"""A journey after its time: nobody is named any more, and the log still proves."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from typer.testing import CliRunner

from clearlane import audit, cli, corrections, flow, outcomes, personal, proofs, retention
from clearlane.custody import act
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.store.start import blobs
from tests import journeys
from tests.conftest import EXPORTER, OFFICER, PARTY, settle
from tests.journeys import SEAL
from tests.refunds.test_forgotten import everything
from tests.test_questions import client_of
from tests.test_watching import declare

pytestmark = pytest.mark.usefixtures('store')
LICENCE, OTHER_LICENCE = '350200199001010011', '350200198505050022'
SECRETS = ('王师傅', '李红', LICENCE, OTHER_LICENCE, '赵先生')


def law() -> dict[str, Any]:
    found: dict[str, Any] = scenarios()['in_transit'].parameters.on(flow.today()).retention
    return found


def over(day: date | None = None) -> date:
    return (day or flow.today()) + timedelta(days=law()['days'] + 1)


def driven() -> str:
    """A journey that was corrected, photographed, handed over twice, and closed by an officer."""
    no = declare(driver='赵先生')
    declared = journeys.journey()
    corrections.correct(EXPORTER, no, declared, 'another driver')
    for kind, holder, licence in (
        ('take_over', '王师傅', LICENCE), ('hand_over', '李红', OTHER_LICENCE),
        ('deliver', '李红', OTHER_LICENCE),
    ):  # fmt: skip
        act(OFFICER, 'load', 'J-1', kind, declaration=no, holder=holder, identity=licence)
    act(OFFICER, 'seal', SEAL, 'verify', declaration=no)
    flow.attach(EXPORTER, no, photograph(), view='loading')
    flow.present(EXPORTER, no)
    assert settle(no) != 'release'
    outcomes.close(OFFICER, no, 'release', 'all seen', verdicts=verdicts(no))
    return no


def photograph() -> bytes:
    from tests.conftest import qr

    return qr('lorry', scale=20)


def verdicts(no: str) -> list[outcomes.Said]:
    last = flow.find(OFFICER, no).decisions.filter(by='machine').latest('number')
    found = json.loads(last.result)['findings']
    return [outcomes.Said(f['check'], 'overruled', 'seen') for f in found if f['result'] == 'fail']


def test_after_its_time_nobody_is_named_and_the_log_still_proves() -> None:
    no = driven()
    leaves = '\n'.join(rows.AuditEntry.objects.values_list('leaf', flat=True))
    assert [secret for secret in SECRETS if secret in leaves] == []
    before = everything()
    assert [secret for secret in SECRETS if secret not in before] == []
    files = list(rows.Evidence.objects.values_list('sha256', flat=True))
    day = over()
    assert not list(retention.due(day - timedelta(days=1)))
    assert no in {one.subject for one in retention.forget(day)}
    after = everything()
    assert [secret for secret in SECRETS if secret in after] == []
    assert not any(blobs().has(sha256) for sha256 in files)
    assert audit.verify() == rows.AuditEntry.objects.count()
    proofs.stored_bytes()
    row = flow.find(OFFICER, no)
    assert (row.declared['driver'], row.declared['plate']) == (personal.FORGOTTEN, '闽D12345')
    hands = {
        (a.act, a.holder, a.identity) for a in rows.CustodyAct.objects.filter(object__kind='load')
    }
    assert hands == {(a, personal.FORGOTTEN, personal.FORGOTTEN)
                     for a in ('take_over', 'hand_over', 'deliver')}  # fmt: skip
    assert rows.CustodyObject.objects.get(kind='load').holder == personal.FORGOTTEN
    assert rows.CustodyObject.objects.get(kind='seal').holder == OFFICER.name
    assert next(d['why'] for d in proofs.replayed([no])) == f'deleted by law on day {day}'
    assert retention.forget(day) == []


def test_only_the_act_that_forgets_may_change_who_had_it() -> None:
    no = driven()
    retention.forget(over())
    for one, field in (
        (rows.CustodyAct.objects.filter(object__kind='load').first(), 'holder'),
        (rows.CustodyObject.objects.get(kind='load'), 'holder'),
        (rows.Correction.objects.get(declaration__no=no), 'after'),
    ):
        assert one is not None
        setattr(one, field, 'somebody')
        with pytest.raises(DatabaseError):
            one.save(update_fields=[field])
    done = rows.CustodyAct.objects.filter(object__kind='load').first()
    assert done is not None
    with pytest.raises(DatabaseError):
        done.delete()


def test_the_command_and_the_pages_say_so() -> None:
    no = driven()
    listed = CliRunner().invoke(cli.app, ['forget', '--day', over().isoformat()])
    assert no in listed.stdout
    retention.forget(over())
    officer = client_of('officer')
    for address in (f'/declarations/{no}', f'/live/{no}', '/custody', f'/api/v1/declarations/{no}'):
        assert officer.get(address).status_code == 200
    assert CliRunner().invoke(cli.app, ['audit', 'verify']).exit_code == 0


def test_whoever_is_no_officer_sees_masks() -> None:
    no = driven()
    for role, party in (('officer', None), ('exporter', PARTY), ('auditor', None)):
        client = client_of(role, party)
        pages = [f'/declarations/{no}', f'/live/{no}', '/custody']
        told = [f'/api/v1/declarations/{no}{part}' for part in ('', '/watch', '/standing')]
        seen = [client.get(address).content.decode() for address in pages]
        seen += [json.dumps(client.get(a).json(), ensure_ascii=False) for a in told]
        named = [any(secret in page for secret in SECRETS) for page in seen]
        assert set(named) == {role != 'auditor'}, (role, named)
