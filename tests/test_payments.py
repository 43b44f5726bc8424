"""Payments and books: whatever the provider does, money moves once and the books add up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearlane import books, ledger, payments
from clearlane.model import Movement, Payout
from clearlane.provider import HttpProvider, genuine, signature
from clearlane.sample.provider import Bank, Manners, server
from clearlane.store import models as rows
from clearlane.store.session import atomic
from tests.conftest import OFFICER, lodge, permit

pytestmark = pytest.mark.usefixtures('store')
NOW = datetime(2026, 5, 11, tzinfo=UTC)


def moves(*pairs: tuple[str, str]) -> tuple[Movement, ...]:
    return tuple(Movement(account=name, amount=Decimal(amount)) for name, amount in pairs)


GRANTED = moves(('treasury', '110.00'), ('travellers', '-90.00'), ('agency_fees', '-20.00'))
SETTLED = moves(('travellers', '90.00'), ('bank', '-90.00'))


def payout(key: str = 'invoice:1') -> Payout:
    return Payout(
        key=key, act='pay', amount=Decimal('90'), method='mobile', payee='tok',
        granted=GRANTED, settled=SETTLED,
    )  # fmt: skip


def planned(key: str = 'invoice:1') -> rows.Payment:
    permit()
    row = rows.Declaration.objects.get(no=lodge('A1'))
    with atomic():
        (made,) = payments.plan(row, [payout(key)])
    return rows.Payment.objects.get(key=made)


def balances() -> dict[str, str]:
    return {name: str(total) for name, total in books.balances('parcel').items()}


def test_the_database_refuses_an_entry_that_does_not_add_up() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        entry = rows.Entry.objects.create(key='x', scenario='parcel', at=NOW)
        rows.EntryLine.objects.create(entry=entry, account='bank', amount=Decimal('1'))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.Entry.objects.create(key='y', scenario='parcel', at=NOW)
    assert not rows.Entry.objects.exists()


def test_nothing_that_is_written_changes() -> None:
    with atomic():
        books.post('parcel', 'k', SETTLED, NOW)
    for words in ('update store_entryline set amount = 1', 'delete from store_entry'):
        with pytest.raises(Exception, match='append-only'), connection.cursor() as cursor:
            cursor.execute(words)


def test_an_entry_is_written_once() -> None:
    with atomic():
        assert books.post('parcel', 'k', SETTLED, NOW)
        assert not books.post('parcel', 'k', SETTLED, NOW)
    assert balances() == {'bank': '-90.00', 'travellers': '90.00'}


def test_a_release_plans_a_payment_once_and_no_other_may_have_its_key() -> None:
    payment = planned()
    with atomic():
        payments.plan(payment.declaration, [payout()])
    assert rows.Payment.objects.count() == rows.Entry.objects.count() == 1
    other = rows.Declaration.objects.get(no=lodge('B1'))
    with pytest.raises(payments.Twice), atomic():
        payments.plan(other, [payout()])


EVENTS = ('paid', 'refused', 'reversed')


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(['paid', 'paid', 'reversed', 'reversed']))
def test_in_whatever_order_messages_come_the_books_end_the_same(order: list[Any]) -> None:
    from tests.conftest import OTHER, PARTY, _empty

    _empty()
    for party in (PARTY, OTHER):
        rows.Party.objects.create(id=party, name=party)
    payment = planned()
    no = payments.number(payment)
    for told in order:
        payments.heard(f'{told}:{no}', no, told)
    payment.refresh_from_db()
    assert payment.state == 'reversed'
    assert balances() == {'agency_fees': '-20.00', 'bank': '0.00', 'travellers': '-90.00',
                          'treasury': '110.00'}  # fmt: skip


def test_a_refusal_asks_a_person_who_pays_another_way() -> None:
    payment = planned()
    first = payments.number(payment)
    payments.heard('e1', first, 'refused', 'account closed')
    assert rows.Task.objects.get(kind='payment', closed_at=None).title['values']
    again = payments.again(OFFICER, payment.key, 'bank', 'tok-2')
    assert payments.number(again) != first
    assert not payments.heard('e2', first, 'paid')  # a contradiction: a person has to look
    assert rows.Task.objects.filter(kind='payment', closed_at=None).exists()
    assert payments.heard('e3', payments.number(again), 'paid')
    assert balances()['bank'] == '-90.00'


def test_what_was_paid_can_be_taken_back() -> None:
    payment = planned()
    with pytest.raises(payments.NotNow):
        payments.reverse(OFFICER, payment.key, 'early')
    payments.heard('e1', payments.number(payment), 'paid')
    payments.reverse(OFFICER, payment.key, 'goods handed back')
    payments.heard('e2', payments.number(payment), 'reversed')
    assert balances()['bank'] == '0.00'


def test_only_whoever_knows_the_secret_is_heard() -> None:
    body, at = b'{}', str(int(time.time()))
    assert genuine('s', at, signature('s', at, body), body)
    assert not genuine('s', at, signature('t', at, body), body)
    assert not genuine('s', str(int(at) - 1000), signature('s', str(int(at) - 1000), body), body)
    assert not genuine('', at, signature('', at, body), body)


@pytest.fixture
def bank() -> Iterator[Bank]:
    """A provider that fails, and that never calls back: we have to ask."""
    bank = Bank('', 's', Manners(fail=0.6, lose=1.0, seed=7), signature)
    running = server(bank, 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    bank.callback = f'http://127.0.0.1:{running.server_port}'
    yield bank
    running.shutdown()
    running.server_close()


def test_a_provider_that_fails_gets_one_order_and_is_asked_what_became_of_it(bank: Bank) -> None:
    payment = planned()
    provider = HttpProvider(bank.callback, 's')
    for _ in range(30):
        try:
            payments.send(payment.pk, provider)
        except payments.Unreachable:
            continue
    payment.refresh_from_db()
    assert payment.state == 'sent'
    assert len(bank.orders) == 1
    rows.Payment.objects.update(sent_at=NOW)
    assert payments.chase(provider) == 1
    payment.refresh_from_db()
    assert (payment.state, balances()['bank']) == ('paid', '-90.00')


def test_a_provider_that_is_away_leaves_the_payment_planned() -> None:
    payment = planned()
    payments.send(payment.pk, None)
    with pytest.raises(payments.Unreachable):
        payments.send(payment.pk, HttpProvider('http://127.0.0.1:9', 's'))
    payment.refresh_from_db()
    assert payment.state == 'planned'
    assert payments.resume() == 1


def test_lines_that_are_no_entry_are_refused() -> None:
    with pytest.raises(ledger.Unbalanced):
        ledger.balanced(moves(('a', '0.001'), ('b', '-0.001')))
    assert ledger.revived([{'account': 'a', 'amount': '1.00'}])[0].amount == Decimal('1')
