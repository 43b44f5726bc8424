"""Ten thousand draws on one certificate at once: the end balance is exact, nobody draws twice.

    python -m bench.drawdowns [--n 10000] [--processes 4]

Beside it two peers in the same run, with no line written, no draw remembered and nothing
that can be given back: a plain `select for update` and `update` in a transaction, and the
shortest statement that PostgreSQL has for it, a conditional `update`.

What is not exact at the end is an error: granted = the ceiling, balance = 0, refused = the
rest, the lines add up to what was drawn and each leaves one less than the one before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PARTY = '91350200MA0EXAMPLK'


def draw(job: tuple[int, list[int]]) -> tuple[int, int]:
    """How many of these declarations drew, and how many found nothing left."""
    from clearlane.store.start import open_store

    open_store()
    from clearlane import drawdowns
    from clearlane.store import models as rows
    from clearlane.store.session import atomic

    balance, declarations = job
    done = refused = 0
    for pk in declarations:
        try:
            with atomic():
                drawdowns.take(drawdowns.locked([balance])[0], rows.Declaration(pk=pk), 1)
            done += 1
        except drawdowns.Overdrawn:
            refused += 1
    return done, refused


def held(job: tuple[int, list[int]]) -> tuple[int, int]:
    """The plain peer: lock the row, look, count."""
    from clearlane.store.start import open_store

    open_store()
    from django.db import connection, transaction

    balance, declarations = job
    done = 0
    with connection.cursor() as cursor:
        for _ in declarations:
            with transaction.atomic():
                cursor.execute(
                    'select quantity - drawn from store_balance where id = %s for update', [balance]
                )
                if cursor.fetchone()[0] > 0:
                    cursor.execute(
                        'update store_balance set drawn = drawn + 1 where id = %s', [balance]
                    )
                    done += 1
    return done, len(declarations) - done


def plainly(job: tuple[int, list[int]]) -> tuple[int, int]:
    """The shortest peer: one conditional update."""
    from clearlane.store.start import open_store

    open_store()
    from django.db import connection

    balance, declarations = job
    done = 0
    with connection.cursor() as cursor:
        for _ in declarations:
            cursor.execute(
                'update store_balance set drawn = drawn + 1 where id = %s and drawn < quantity',
                [balance],
            )
            done += cursor.rowcount
    return done, len(declarations) - done


def prepared(n: int) -> tuple[list[int], list[int]]:
    """Three balances with room for three quarters of n, and n declarations."""
    from clearlane import flow
    from clearlane.store import models as rows

    rows.Party.objects.get_or_create(id=PARTY, defaults={'name': 'bench'})
    made = [
        rows.Declaration(
            no=f'B-{k}', scenario='bench', party_id=PARTY, day=flow.today(), declared={},
            lot=Decimal('0.5'), lodged_at=flow.now(),
        )
        for k in range(n)
    ]  # fmt: skip
    keys = [row.pk for row in rows.Declaration.objects.bulk_create(made)]
    balances = [
        rows.Balance.objects.create(
            scenario='bench', party_id=PARTY, library='sheets', key=f'S{k}', quantity=n * 3 // 4
        ).pk
        for k in range(3)
    ]
    return balances, keys


def run(work: Any, balance: int, keys: list[int], processes: int) -> tuple[int, int, float]:
    jobs = [(balance, keys[k::processes]) for k in range(processes)]
    started = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context('spawn')) as pool:
        found = list(pool.map(work, jobs))
    seconds = time.perf_counter() - started
    return sum(d for d, _ in found), sum(r for _, r in found), seconds


def checked(balance: int, quantity: int, granted: int, refused: int, n: int) -> str:
    """What the database says afterwards; anything but exact is an error."""
    from clearlane.store import models as rows

    row = rows.Balance.objects.get(pk=balance)
    lines = list(row.lines.order_by('pk').values_list('amount', 'left'))
    total = sum(amount for amount, _ in lines)
    said = (
        f'ceiling {quantity}, granted {granted}, refused {refused} of {n},'
        f' {len(lines)} lines that sum to {total}, balance {row.quantity - row.drawn}'
    )
    downwards = [left for _, left in lines] == list(range(quantity - 1, -1, -1))
    exact = granted == quantity == row.drawn == total and refused == n - quantity and downwards
    if not exact:
        sys.exit(f'{said}: NOT exact')
    return f'{said}: exact'


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument('--n', type=int, default=10_000)
    asked.add_argument('--processes', type=int, default=4)
    given = asked.parse_args()
    home = Path(tempfile.mkdtemp(prefix='clearlane-bench-'))
    os.environ['CLEARLANE_HOME'] = str(home)
    os.environ.pop('DATABASE_URL', None)
    try:
        from clearlane.store.start import open_store

        open_store()
        (ours, locking, shortest), keys = prepared(given.n)
        ceiling, said = given.n * 3 // 4, ''
        for name, work, balance in (
            ('draw-down with its line', draw, ours),
            ('plain select for update', held, locking),
            ('conditional update alone', plainly, shortest),
        ):
            done, refused, seconds = run(work, balance, keys, given.processes)
            print(
                f'{name:<26} {given.n} at once in {given.processes} processes: {done} drew,'
                f' {refused} refused, {seconds:.1f} s, {given.n / seconds:.0f}/s'
            )
            if (done, refused) != (ceiling, given.n - ceiling):
                sys.exit(f'{name}: {done} granted, {refused} refused: NOT exact')
            said = said or checked(balance, ceiling, done, refused, given.n)
        print(said)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == '__main__':
    main()
