"""What a shop advanced stands in the books from its feed on, and is settled or collected once."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearlane import daily, dues, feeds, flow, outcomes, payments
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, PARTY, settle
from tests.refunds import shop
from tests.refunds.test_dues import NET, advanced, balances
from tests.refunds.test_once import at_once
from tests.test_questions import client_of

pytestmark = pytest.mark.usefixtures('store')
FEE = Decimal('1860') * 11 / 100 - NET


def keys() -> list[str]:
    return list(rows.Entry.objects.order_by('pk').values_list('key', flat=True))


def corrected(paper: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**paper, 'instant': {**paper['instant'], **changed}}


def sent(paper: dict[str, Any]) -> list[str]:
    """The codes for which the feed of a form was refused."""
    done = feeds.receive(EXPORTER, shop.NAME, 'forms', [paper])
    return [p.code for r in done.rejected for p in r.problems]


def test_it_is_booked_once_however_often_the_feed_comes() -> None:
    _, paper = advanced(flow.today())
    assert balances() == {'advances': str(NET), 'shops': f'-{NET}'}
    at_once(lambda _: sent(paper), range(12))
    assert sent({**paper, 'phone': '13800000000'}) == []
    assert keys() == ['departure_refund/forms:F-1:1:advanced']
    assert balances() == {'advances': str(NET), 'shops': f'-{NET}'}


def test_what_the_feed_corrects_is_reversed_and_booked_anew() -> None:
    _, paper = advanced(flow.today())
    assert sent(corrected(paper, advance='100.00')) == []
    assert balances() == {'advances': '100.00', 'shops': '-100.00'}
    assert sent({**paper, 'instant': None, 'method': 'mobile'}) == []
    assert balances() == {}
    assert sent(paper) == []
    assert balances() == {'advances': str(NET), 'shops': f'-{NET}'}
    assert [k.rsplit(':', 2)[1:] for k in keys()] == [
        ['1', 'advanced'], ['1', 'taken back'], ['2', 'advanced'], ['2', 'taken back'],
        ['4', 'advanced'],
    ]  # fmt: skip


def test_it_is_settled_at_the_port_and_the_feed_changes_it_no_more() -> None:
    bill, paper = advanced(flow.today())
    assert settle(shop.lodged('X00000001', bill, paper)) == 'release'
    payment = rows.Payment.objects.get()
    assert sent(corrected(paper, advance='1.00')) == ['moved']
    assert payments.heard('e1', payments.number(payment), 'paid')
    assert balances() == {
        'agency_fees': f'-{FEE:.2f}', 'shops': f'-{NET}', 'treasury': str(NET + FEE),
    }  # fmt: skip
    (day,) = daily.days(OFFICER, shop.NAME, flow.today(), flow.today())
    assert (day.paid, day.collected) == (NET, 0)


def test_after_a_collection_the_feed_changes_it_no_more() -> None:
    _, paper = advanced(flow.today() - timedelta(days=25))
    dues.collect(flow.today())
    assert sent(corrected(paper, advance='1.00')) == ['moved']
    assert sent({**paper, 'phone': '13800000000'}) == []


def test_while_an_officer_looks_it_stays_and_after_a_refusal_it_may_be_corrected() -> None:
    bill, paper = advanced(flow.today() - timedelta(days=25))
    no = shop.lodged('X00000001', bill, paper)
    assert settle(no) == 'inspect'
    less = corrected(paper, advance='1.00')
    assert sent(less) == ['under_way']
    outcomes.close(OFFICER, no, 'refuse', 'left too late')
    assert sent(less) == []
    assert dues.collect(flow.today()) == 1
    assert balances() == {'advances_due': '1.00', 'shops': '-1.00'}


def test_an_advance_on_an_invoice_that_was_refunded_is_sent_back() -> None:
    bill = shop.invoice('INV-1')
    paper = shop.form('F-1', 'X00000001', bill)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    assert settle(shop.lodged('X00000001', bill, paper)) == 'release'
    day = flow.today().isoformat()
    promise = {'promised_day': day, 'promised_port': 'PVG', 'hold': 'H', 'advance': '9',
               'agreed_day': day}  # fmt: skip
    assert sent({**paper, 'instant': promise}) == ['moved']
    assert 'advances' not in balances()


def test_what_was_advanced_for_goods_that_are_not_there_is_collected() -> None:
    bill, paper = advanced(flow.today())
    one = [{'invoice_no': 'INV-1', 'line': 1, 'quantity': '1'}]
    assert settle(shop.lodged('X00000001', bill, paper, carried=one)) == 'release'
    half = shop.net('930.00')
    moved = {p.act: p.amount for p in rows.Payment.objects.all()}
    assert moved == {'unhold': half, 'collect': NET - half}
    for payment in rows.Payment.objects.all():
        payments.heard(f'e{payment.pk}', payments.number(payment), 'paid')
    assert 'advances' not in balances()
    assert balances()['bank'] == str(NET - half)
    (day,) = daily.days(OFFICER, shop.NAME, flow.today(), flow.today())
    assert (day.paid, day.collected, day.planned) == (half, NET - half, 0)


def test_the_officer_sees_it_on_the_page_and_the_shop_does_not() -> None:
    bill, paper = advanced(flow.today())
    no = shop.lodged('X00000001', bill, paper)
    settle(no)
    payment = rows.Payment.objects.get()
    payments.heard('e1', payments.number(payment), 'paid')
    seen = client_of('officer').get(f'/declarations/{no}?language=en').content.decode()
    for words in (
        'Advanced in the shop',
        'advanced to travellers',
        'Release of the hold',
        str(NET),
    ):
        assert words in seen
    assert (
        'id="money-title"'
        not in client_of('exporter', PARTY).get(f'/declarations/{no}').content.decode()
    )


def test_a_correction_and_the_collection_at_once_leave_nothing_open() -> None:
    _, paper = advanced(flow.today() - timedelta(days=25))
    acts = [lambda: dues.collect(flow.today())] * 6
    acts += [lambda n=n: sent(corrected(paper, advance=f'{n}.00')) for n in range(1, 7)]
    random.Random(5).shuffle(acts)
    at_once(lambda act: act(), acts)
    dues.collect(flow.today())
    payment = rows.Payment.objects.get()
    assert balances() == {
        'advances_due': str(payment.amount), 'shops': f'-{payment.amount}',
    }  # fmt: skip
    assert [e for e in rows.Entry.objects.all() if sum(line.amount for line in e.lines.all())] == []
