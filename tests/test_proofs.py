"""Decisions are made again byte for byte; what was changed is noticed."""

from __future__ import annotations

import pytest

from clearlane import audit, flow, outcomes, proofs
from clearlane.access import NotFound
from clearlane.scenario import scenarios
from clearlane.settings import settings
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, lodge, permit, released, settle

pytestmark = pytest.mark.usefixtures('store')


def three() -> list[str]:
    permit()
    first = lodge('A1')
    released(first, 'A1')
    second = lodge('A1')
    released(second, 'A1')
    third = lodge('B1')
    flow.present(EXPORTER, third)
    settle(third)
    outcomes.close(OFFICER, third, 'release', 'seen by video')
    return [first, second, third]


def test_every_decision_is_made_again() -> None:
    numbers = three()
    answers = list(proofs.replayed(None))
    assert [a['outcome'] for a in answers] == ['release', 'refuse', 'review', 'release']
    assert all(a['same'] for a in answers), answers
    assert len(list(proofs.replayed(numbers[:1]))) == 1
    with pytest.raises(NotFound, match='CL-0'):
        list(proofs.replayed(['CL-0']))
    assert proofs.stored_bytes() > 0


def changed(sql: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute('alter table store_decision disable trigger write_once')
        cursor.execute(sql)
        cursor.execute('alter table store_decision enable trigger write_once')


def test_a_changed_decision_is_noticed() -> None:
    no = three()[0]
    changed(
        "update store_decision set result = replace(result, 'release', 'rel3ase') where number = 1"
    )
    answers = list(proofs.replayed([no]))
    assert not answers[0]['same'] and 'another decision' in answers[0]['why']
    with pytest.raises(audit.Broken, match='differs from what was logged'):
        proofs.stored_bytes()


def test_changed_bytes_are_noticed() -> None:
    no = three()[0]
    inputs = rows.Decision.objects.get(declaration__no=no).inputs
    file = settings().home / 'blobs' / inputs[:2] / inputs
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b'certified', b'dishonest'))
    try:
        assert 'other bytes' in next(iter(proofs.replayed([no])))['why']
        with pytest.raises(audit.Broken, match='other bytes'):
            proofs.stored_bytes()
        file.unlink()
        assert 'not in the evidence store' in next(iter(proofs.replayed([no])))['why']
    finally:
        file.write_bytes(kept)


def test_another_model_refuses_to_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    no = three()[0]
    reader = scenarios()['parcel'].readers['photograph']
    monkeypatch.setattr(type(reader), 'digest', 'b' * 64)
    assert next(iter(proofs.replayed([no])))['same']
    monkeypatch.setattr(type(reader), 'models', 'b' * 64)
    assert 'the decision rests on aaaa' in next(iter(proofs.replayed([no])))['why']
