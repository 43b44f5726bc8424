"""The books: entries are written once, and the balance of an account is the sum of its lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from clearlane import ledger
from clearlane.model import Movement
from clearlane.store import models as rows
from clearlane.store.ledger import sums


def post(
    scenario: str,
    key: str,
    movements: Iterable[Movement],
    at: datetime,
    declaration: rows.Declaration | None = None,
    source: rows.LibraryEntry | None = None,
) -> bool:
    """Write an entry in the open transaction; whether it is new. The key makes it one."""
    lines = ledger.balanced(movements)
    entry, new = rows.Entry.objects.get_or_create(
        key=key,
        defaults={'scenario': scenario, 'declaration': declaration, 'source': source, 'at': at},
    )
    if new:
        rows.EntryLine.objects.bulk_create(
            [rows.EntryLine(entry=entry, account=m.account, amount=m.amount) for m in lines]
        )
    return bool(new)


def balances(scenario: str) -> dict[str, Decimal]:
    """Account → yuan; together they are zero."""
    return sums(scenario)
