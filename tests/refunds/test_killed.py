"""kill -9 between each two steps of a payment: nothing is paid twice, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest

from clearlane import audit, books, payments
from clearlane.provider import signature
from clearlane.sample.provider import Bank, Manners, server
from clearlane.store import models as rows
from tests.conftest import EXPORTER
from tests.refunds import shop

pytestmark = pytest.mark.usefixtures('store')
# A few of the steps keep the suite quick; CLEARLANE_PAYMENT_KILLS=1000 kills at every one.
KILLS = int(os.environ.get('CLEARLANE_PAYMENT_KILLS', '5'))


@pytest.fixture
def bank() -> Iterator[Bank]:
    """A bank that remembers its orders and never calls back."""
    bank = Bank('', 's', Manners(lose=1.0), signature)
    running = server(bank, 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    bank.callback = f'http://127.0.0.1:{running.server_port}'
    yield bank
    running.shutdown()
    running.server_close()


def till(no: str, bank: Bank, step: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, '-m', 'tests.refunds.till', no, bank.callback, str(step)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def waiting(n: int) -> str:
    """An application of which everything was shown; nothing of it is concluded."""
    bill = shop.invoice(f'INV-{n}')
    paper = shop.form(f'F-{n}', f'X{n:08d}', bill)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    return shop.lodged(paper['document_no'], bill, paper)


def settled(no: str, bank: Bank) -> None:
    """Paid once, by one order, and in the books as often."""
    payment = rows.Payment.objects.get(declaration__no=no)
    assert payment.state == 'paid'
    assert payments.number(payment) in bank.orders
    assert payment.declaration.decisions.count() == payment.declaration.certificates.count() == 1
    keys = sorted(payment.declaration.entries.values_list('key', flat=True))
    assert keys == [f'{payment.key}:1:settled', f'{payment.key}:granted']


def test_killed_between_any_two_steps_a_refund_is_paid_once(bank: Bank) -> None:
    first = waiting(0)
    steps = int(till(first, bank, 0).stdout)
    settled(first, bank)
    every = max(1, -(-steps // KILLS))
    done = 1
    for step in range(1, steps + 1, every):
        no = waiting(step)
        cut = till(no, bank, step)
        if cut.returncode == 0:  # one that is asked about has fewer steps than one that is told of
            assert int(cut.stdout) < step
        else:
            assert cut.returncode == -9, cut.stderr
            again = till(no, bank, 0)
            assert again.returncode == 0, again.stderr
        settled(no, bank)
        done += 1
    assert len(bank.orders) == rows.Payment.objects.count() == done
    balances = books.balances(shop.NAME)
    assert balances['bank'] == -done * shop.net() and balances['travellers'] == 0
    assert sum(balances.values()) == Decimal(0)
    assert audit.verify() == rows.AuditEntry.objects.count()
