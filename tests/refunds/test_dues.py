"""An advance whose traveller never came is collected by itself, once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clearlane import books, daily, dues, flow, outcomes, payments
from clearlane.model import plain
from clearlane.store import models as rows
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, settle
from tests.refunds import shop
from tests.refunds.test_once import at_once

pytestmark = pytest.mark.usefixtures('store')
NET = shop.net()


def advanced(promised: date, port: str = 'PVG') -> tuple[dict[str, Any], dict[str, Any]]:
    """An instant refund: the traveller has the money and has promised to leave."""
    bill = shop.invoice('INV-1')
    promise = {
        'promised_day': promised.isoformat(), 'promised_port': port, 'hold': 'H-1',
        'advance': str(NET), 'agreed_day': (promised - timedelta(days=10)).isoformat(),
    }  # fmt: skip
    paper = shop.form('F-1', 'X00000001', bill, method='instant', instant=promise)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    return bill, paper


def balances() -> dict[str, str]:
    return {k: str(v) for k, v in books.balances(shop.NAME).items() if v}


@pytest.mark.parametrize(
    ('promised', 'day', 'found'),
    [
        (date(2026, 5, 11), date(2026, 5, 13), 0),
        (date(2026, 5, 11), date(2026, 5, 14), 1),
        (date(2026, 4, 30), date(2026, 5, 7), 0),  # five days of holiday lie between
        (date(2026, 4, 30), date(2026, 5, 8), 1),
    ],
)
def test_it_is_collected_on_the_last_working_day(promised: date, day: date, found: int) -> None:
    advanced(promised)
    assert dues.collect(day) == found


def test_it_is_collected_once_however_often_and_by_how_many() -> None:
    advanced(flow.today() - timedelta(days=25))
    assert sum(at_once(lambda _: dues.collect(flow.today()), range(8))) == 1
    payment = rows.Payment.objects.get()
    assert (payment.act, payment.payee, payment.amount) == ('collect', 'H-1', NET)
    assert balances() == {'shops': f'-{NET}', 'advances_due': str(NET)}
    assert payments.heard('e1', payments.number(payment), 'paid')
    assert balances() == {'shops': f'-{NET}', 'bank': str(NET)}
    assert rows.AuditEntry.objects.filter(act='collect').count() == 1
    (day,) = daily.days(OFFICER, shop.NAME, flow.today(), flow.today())
    assert (day.collected, day.paid) == (NET, 0)


def test_a_refusal_of_the_bank_is_told_in_the_log() -> None:
    advanced(flow.today() - timedelta(days=25))
    dues.collect(flow.today())
    assert payments.heard('e1', payments.number(rows.Payment.objects.get()), 'refused', 'no cover')
    assert rows.AuditEntry.objects.filter(act='ask a person').count() == 1


def test_whoever_left_as_promised_is_not_collected_from() -> None:
    bill, paper = advanced(flow.today())
    assert settle(shop.lodged('X00000001', bill, paper)) == 'release'
    assert dues.collect(flow.today() + timedelta(days=30)) == 0
    assert rows.Payment.objects.get().act == 'unhold'


def test_while_an_officer_looks_nothing_is_collected_and_a_refusal_lets_it() -> None:
    bill, paper = advanced(flow.today() - timedelta(days=25))
    no = shop.lodged('X00000001', bill, paper)
    assert settle(no) == 'inspect'
    assert dues.collect(flow.today()) == 0
    outcomes.close(OFFICER, no, 'refuse', 'left too late')
    assert dues.collect(flow.today()) == 1


def test_an_invoice_that_was_collected_for_is_not_refunded_as_well() -> None:
    bill, paper = advanced(flow.today() - timedelta(days=25))
    dues.collect(flow.today())
    declared = shop.application(bill, paper)
    row = flow.lodge(EXPORTER, shop.NAME, declared, lot=NO_DRAW)
    late = plain(rows.Payment.objects.get().settled)
    with pytest.raises(payments.Twice):
        payments.plan(row, [refunded(late)])


def refunded(settled: Any) -> Any:
    from clearlane import ledger
    from clearlane.model import Payout

    lines = ledger.revived(settled)
    return Payout(
        key='invoice:INV-1', act='pay', amount=NET, method='mobile', payee='t', settled=lines
    )
