"""Very many refunds of one invoice at once: exactly one is paid."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from clearlane import audit, books, flow, payments
from clearlane.store import models as rows
from clearlane.store.session import close_connection
from tests.conftest import EXPORTER
from tests.refunds import shop

pytestmark = pytest.mark.usefixtures('store')
# The figure of a thousand is measured by bench/once.py; fewer keep the suite quick.
MANY = int(os.environ.get('CLEARLANE_REFUNDS', '300'))


def at_once(act: Callable[[Any], Any], on: Iterable[Any], threads: int = 12) -> list[Any]:
    def run(one: Any) -> Any:
        try:
            return act(one)
        finally:
            close_connection()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, on))


def batches(numbers: list[Any], size: int = 50) -> list[list[Any]]:
    return [numbers[n : n + size] for n in range(0, len(numbers), size)]


def to_the_end(pks: list[int]) -> None:
    for pk in pks:
        while flow.advance(pk):
            pass


def test_very_many_refunds_of_one_invoice_pay_once() -> None:
    bill = shop.invoice('INV-1')
    shop.feed(EXPORTER, 'invoices', bill)
    pks = shop.crowd(MANY, bill)
    at_once(to_the_end, batches(pks))
    outcomes = list(rows.Decision.objects.values_list('outcome', flat=True))
    assert len(outcomes) == MANY
    assert sorted(set(outcomes)) == ['refuse', 'release']
    assert outcomes.count('release') == 1
    payment = rows.Payment.objects.get()
    no = payments.number(payment)
    said = at_once(lambda n: payments.heard(f'e{n % 3}', no, 'paid'), range(60))
    assert sum(said) == 1
    balances = books.balances(shop.NAME)
    assert balances['bank'] == -shop.net() == Decimal('-167.40')
    assert sum(balances.values()) == 0
    assert rows.Certificate.objects.count() == 1
    assert audit.verify() == rows.AuditEntry.objects.count()


def test_one_form_lodged_many_times_with_one_key_is_one_declaration() -> None:
    bill = shop.invoice('INV-1')
    paper = shop.form('F-1', 'X00000001', bill)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    declared = shop.application(bill, paper)
    found = at_once(
        lambda _: flow.lodge(EXPORTER, shop.NAME, declared, key='form:F-1').no, range(24)
    )
    assert len(set(found)) == 1
