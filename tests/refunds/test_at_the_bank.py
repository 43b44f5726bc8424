"""What an officer does when the bank refuses: once more, another way, or the money back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearlane import books, dues, flow, payments, retention
from clearlane.admission import Rejected
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, PARTY, settle
from tests.refunds import shop
from tests.refunds.test_dues import NET, advanced
from tests.refunds.test_forgotten import OVER
from tests.test_questions import client_of

pytestmark = pytest.mark.usefixtures('store')


def granted(**changed: Any) -> rows.Payment:
    bill = shop.invoice('INV-1')
    paper = shop.form('F-1', 'X00000001', bill, **changed)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    assert settle(shop.lodged('X00000001', bill, paper)) == 'release'
    return rows.Payment.objects.get()


def told(payment: rows.Payment, what: Any, reason: str = '') -> rows.Payment:
    no = payments.number(payment)
    assert payments.heard(f'{what}:{no}', no, what, reason)
    payment.refresh_from_db()
    return payment


def test_the_officer_pays_on_the_page_once_more_and_another_way() -> None:
    payment = told(granted(), 'refused', 'account closed')
    no, officer = payment.declaration.no, client_of('officer')
    page = officer.get(f'/declarations/{no}').content.decode()
    assert 'account closed' in page and 'Ask the bank once more' in page
    address = f'/payments/{payment.pk}'
    assert (
        f'{address}/again'
        not in client_of('exporter', PARTY).get(f'/declarations/{no}').content.decode()
    )
    assert officer.post(f'{address}/retry').status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.attempt, payment.method) == ('planned', 2, 'mobile')
    told(payment, 'refused', 'still closed')
    assert officer.post(f'{address}/again', {'method': 'gold', 'payee': 't'}).status_code == 422
    assert officer.post(f'{address}/again', {'method': 'bank', 'payee': ''}).status_code == 422
    assert officer.post(f'{address}/again', {'method': 'bank', 'payee': 't-2'}).status_code == 302
    payment.refresh_from_db()
    told(payment, 'paid')
    assert (payment.attempt, payment.method, payment.payee) == (3, 'bank', 't-2')
    assert books.balances(shop.NAME)['bank'] == -NET
    assert officer.post(f'{address}/retry').status_code == 409
    assert officer.post(f'{address}/reverse', {'reason': ''}).status_code == 422
    assert officer.post(f'{address}/reverse', {'reason': 'goods handed back'}).status_code == 302
    payment.refresh_from_db()
    assert told(payment, 'reversed').state == 'reversed'
    assert books.balances(shop.NAME)['bank'] == 0
    acts = rows.AuditEntry.objects.filter(subject=no, actor='officer-1').values_list(
        'act', flat=True
    )
    assert list(acts) == ['pay again', 'pay again', 'reverse']


def test_beyond_the_cap_nothing_is_paid_in_cash() -> None:
    payment = told(granted(), 'refused')
    assert 'cash' in payments.ways(payment)
    rows.Payment.objects.update(amount=Decimal('20000.01'))
    with pytest.raises(Rejected):
        payments.again(OFFICER, payment.key, 'cash', 'counter')


def test_a_hold_is_released_as_it_is_and_does_not_come_back() -> None:
    bill, paper = advanced(flow.today())
    assert settle(shop.lodged('X00000001', bill, paper)) == 'release'
    payment = told(rows.Payment.objects.get(), 'refused')
    assert payments.ways(payment) == []
    with pytest.raises(Rejected):
        payments.again(OFFICER, payment.key, 'bank', 't')
    told(payments.retry(OFFICER, payment.key), 'paid')
    with pytest.raises(payments.NotNow):
        payments.reverse(OFFICER, payment.key, 'no')


def test_a_collection_that_was_refused_stands_on_the_page_of_the_day() -> None:
    advanced(flow.today() - timedelta(days=25))
    dues.collect(flow.today())
    payment = told(rows.Payment.objects.get(), 'refused', 'no cover')
    address, officer = f'/daily?scenario={shop.NAME}', client_of('officer')
    page = officer.get(address).content.decode()
    assert 'no cover' in page and f'/payments/{payment.pk}/retry' in page
    page = client_of('analyst').get(address).content.decode()
    assert 'no cover' in page and f'/payments/{payment.pk}/retry' not in page
    answer = officer.post(f'/payments/{payment.pk}/retry')
    assert (answer.status_code, answer['Location']) == (302, address)
    payment.refresh_from_db()
    told(payment, 'paid')
    assert 'no cover' not in officer.get(address).content.decode()
    assert books.balances(shop.NAME)['bank'] == NET


def test_whom_the_law_had_forgotten_is_paid_no_more() -> None:
    payment = told(granted(), 'refused')
    retention.forget(OVER)
    with pytest.raises(payments.NotNow, match='deleted by law'):
        payments.retry(OFFICER, payment.key)
    page = client_of('officer').get(f'/declarations/{payment.declaration.no}').content.decode()
    assert f'/payments/{payment.pk}/' not in page
