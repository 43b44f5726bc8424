"""What is taken from a certificate and given back: never twice, never more than is left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearlane import drawdowns, flow
from clearlane.access import NotFound
from clearlane.admission import Rejected
from clearlane.store import models as rows
from clearlane.store.session import atomic, close_connection
from tests.conftest import EXPORTER, OFFICER, PARTY, STRANGER, lodge, permit, released


@pytest.fixture
def balance(store: None) -> rows.Balance:
    permit(quantity=10)
    return rows.Balance.objects.get()


def declarations(count: int) -> list[rows.Declaration]:
    """Rows that a draw can be for; their road does not matter here."""
    made = [
        rows.Declaration(
            no=f'X-{n}', scenario='parcel', party_id=PARTY, day=date(2026, 5, 11), declared={},
            lot=Decimal('0.5'), lodged_at=flow.now(),
        )
        for n in range(count)
    ]  # fmt: skip
    return rows.Declaration.objects.bulk_create(made)


def take(key: int, row: rows.Declaration, amount: int) -> bool:
    try:
        with atomic():
            return drawdowns.take(drawdowns.locked([key])[0], row, amount)
    except drawdowns.Overdrawn:
        return False


def adds_up(key: int) -> int:
    """What is left; the lines and the draws have to say the same."""
    balance = rows.Balance.objects.get(pk=key)
    lines = list(balance.lines.order_by('pk'))
    assert sum(line.amount for line in lines) == balance.drawn
    held = rows.Drawdown.objects.filter(balance=key).values_list('amount', flat=True)
    assert sum(held) == balance.drawn
    left = balance.quantity
    for line in lines:
        left -= line.amount
        assert line.left == left >= 0
    return left


def in_threads(key: int, wanted: list[tuple[rows.Declaration, int]]) -> list[bool]:
    def one(pair: tuple[rows.Declaration, int]) -> bool:
        try:
            return take(key, *pair)
        finally:
            close_connection()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, wanted))


def test_of_many_at_once_exactly_what_is_there_is_taken(balance: rows.Balance) -> None:
    done = in_threads(balance.pk, [(row, 1) for row in declarations(40)])
    assert sum(done) == 10
    assert adds_up(balance.pk) == 0


def test_one_declaration_draws_once_however_often_it_tries(balance: rows.Balance) -> None:
    row = declarations(1)[0]
    assert sum(in_threads(balance.pk, [(row, 3)] * 12)) == 1
    assert adds_up(balance.pk) == 7


def test_two_that_give_back_at_once_give_back_once(balance: rows.Balance) -> None:
    row = declarations(1)[0]
    take(balance.pk, row, 4)

    def back(_: int) -> int:
        try:
            return drawdowns.give_back(row, by='officer', reason='withdrawn')
        finally:
            close_connection()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(back, range(4))) == 1
    assert adds_up(balance.pk) == 10


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 7)), max_size=12))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_lines_always_add_up(balance: rows.Balance, moves: list[tuple[int, int]]) -> None:
    rows_ = list(rows.Declaration.objects.order_by('pk')) or declarations(4)
    for which, amount in moves:
        if amount <= 0:
            drawdowns.give_back(rows_[which], by='officer', reason='again')
        else:
            take(balance.pk, rows_[which], amount)
        assert adds_up(balance.pk) >= 0


def test_a_release_writes_its_line_and_the_column_is_for_its_owner(store: None) -> None:
    permit(quantity=5)
    no = lodge('A1', 'A2')
    assert released(no, 'A1', 'A2') == 'release'
    found = drawdowns.column(EXPORTER, 'parcel', 'permits', 'P1')
    assert [(line.amount, line.left, line.by) for line in found.lines] == [(2, 3, 'machine')]
    row = flow.find(OFFICER, no)
    assert drawdowns.of(row)[0]['left'] == 3
    drawdowns.give_back(row, by='officer', reason='the batch was withdrawn')
    found = drawdowns.column(OFFICER, 'parcel', 'permits', 'P1', PARTY)
    assert [line.amount for line in found.lines] == [2, -2] and found.left == 5
    assert found.lines[1].reason and found.lines[1].by == 'officer'
    assert rows.AuditEntry.objects.filter(act='give_back', subject=no).count() == 1
    with pytest.raises(NotFound):
        drawdowns.column(STRANGER, 'parcel', 'permits', 'P1', PARTY)


def test_a_version_with_less_than_was_drawn_is_refused(store: None) -> None:
    permit(quantity=5)
    no = lodge('A1', 'A2')
    assert released(no, 'A1', 'A2') == 'release'
    with pytest.raises(Rejected, match='drawn already'):
        permit(quantity=1)
    permit(quantity=2)
    assert drawdowns.column(EXPORTER, 'parcel', 'permits', 'P1').left == 0


def test_the_column_is_a_page_and_a_workbook(store: None) -> None:
    import io

    from openpyxl import load_workbook

    from tests.test_questions import client_of

    permit(quantity=5)
    released(lodge('A1'), 'A1')
    client = client_of('exporter', PARTY)
    address = '/library/parcel/permits/draws/P1'
    assert '4 of 5 left' in client.get(address).content.decode()
    book = load_workbook(io.BytesIO(client.get(f'{address}?form=xlsx').content))
    assert [c.value for c in list(book.active.rows)[-1]][2:4] == [1, 4]  # type: ignore[union-attr]
