"""One refund from the form to the bank, in a process that is killed between two steps.

    python -m tests.refunds.till NUMBER PROVIDER STEP

Everything is done that may still have to be done: declare, conclude, send, hear what the
bank says, ask it. Each call of a function of `FILES`, and each return from one, is a step;
at step STEP the process kills itself. With STEP 0 it goes to the end and prints how many
steps there were.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from types import FrameType
from typing import Any

from clearlane.store.start import open_store

FILES = ('payments.py', 'books.py', 'provider.py', 'ledger.py', 'audit.py', 'session.py')


class Steps:
    """Counts the steps of this process, and kills it at one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.taken = last, 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        path = frame.f_code.co_filename
        if event not in ('call', 'return') or '/clearlane/' not in path:
            return
        if path.rsplit('/', 1)[1] not in FILES:
            return
        self.taken += 1
        if self.taken == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def main(number: str, address: str, last: int) -> None:
    open_store()
    from clearlane import flow, payments
    from clearlane.provider import HttpProvider
    from clearlane.store import models as rows

    provider = HttpProvider(address, 's')
    steps = Steps(last)
    sys.setprofile(steps)
    declaration = rows.Declaration.objects.get(no=number)
    while flow.advance(declaration.pk):
        pass
    payment = rows.Payment.objects.get(declaration=declaration)
    payments.send(payment.pk, provider)
    # The bank never calls back here: its message comes twice by hand, or it is asked.
    if payment.pk % 2 and provider.state(payments.number(payment)):
        payments.heard('paid:1', payments.number(payment), 'paid')
        payments.heard('paid:1', payments.number(payment), 'paid')
    long_ago = flow.now() - timedelta(hours=1)
    rows.Payment.objects.filter(sent_at__isnull=False).update(sent_at=long_ago)
    payments.chase(provider)
    sys.setprofile(None)
    sys.stdout.write(str(steps.taken))


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
