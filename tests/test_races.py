"""Many at once: a balance is never overdrawn, a key lodges once, the log has no gap."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clearlane import audit, flow, outcomes
from clearlane.store import models as rows
from clearlane.store.session import close_connection
from tests.conftest import EXPORTER, OFFICER, lodge, permit, qr

pytestmark = pytest.mark.usefixtures('store')


def at_once(act: Callable[[Any], Any], on: Iterable[Any], threads: int = 16) -> list[Any]:
    def run(one: Any) -> Any:
        try:
            return act(one)
        except (flow.Conflict, flow.Rejected) as error:
            return error
        finally:
            close_connection()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, on))


def to_the_end(pk: int) -> None:
    while flow.advance(pk):
        pass


def test_fifty_parcels_draw_on_a_permit_with_room_for_ten() -> None:
    permit(quantity=10)
    numbers = [lodge(f'A{n}') for n in range(50)]
    for n, no in enumerate(numbers):
        piece = flow.attach(EXPORTER, no, qr(f'A{n}'), item=f'A{n}')
        flow.present(EXPORTER, no)
        flow.read(piece.pk)
    at_once(to_the_end, rows.Declaration.objects.values_list('pk', flat=True))
    outcomes = list(rows.Decision.objects.values_list('outcome', flat=True))
    assert sorted(set(outcomes)) == ['inspect', 'release']
    assert outcomes.count('release') == 10
    balance = rows.Balance.objects.get()
    assert (balance.drawn, balance.drawdowns.count()) == (10, 10)
    assert rows.Certificate.objects.count() == 10
    assert audit.verify() == rows.AuditEntry.objects.count()


def test_one_declaration_is_advanced_by_one_at_a_time() -> None:
    permit()
    no = lodge('A1')
    piece = flow.attach(EXPORTER, no, qr('A1'), item='A1')
    flow.present(EXPORTER, no)
    at_once(flow.read, [piece.pk] * 8)
    at_once(to_the_end, [rows.Declaration.objects.get().pk] * 8)
    assert rows.Decision.objects.count() == 1
    assert rows.Certificate.objects.count() == 1
    assert rows.Drawdown.objects.count() == 1


def test_one_key_lodges_once() -> None:
    permit()
    payload = {'sender': 'x', 'pieces': ['A1'], 'permit': 'P1'}
    found = at_once(lambda _: flow.lodge(EXPORTER, 'parcel', payload, key='k').no, range(12))
    assert len(set(found)) == 1


def test_the_same_photograph_sent_twelve_times_at_once_is_one_piece() -> None:
    permit()
    no = lodge('A1')
    data = qr('A1')
    found = at_once(lambda _: flow.attach(EXPORTER, no, data, item='A1').pk, range(12))
    assert len(set(found)) == 1
    assert rows.Evidence.objects.count() == 1


def test_of_two_officers_one_closes() -> None:
    permit()
    no = lodge('A1')
    flow.present(EXPORTER, no)
    to_the_end(rows.Declaration.objects.get().pk)
    found = at_once(lambda n: outcomes.close(OFFICER, no, 'release', f'seen {n}'), range(8))
    assert sum(isinstance(one, rows.Decision) for one in found) == 1
    assert sum(isinstance(one, flow.Conflict) for one in found) == 7
    assert rows.Drawdown.objects.count() == 1
