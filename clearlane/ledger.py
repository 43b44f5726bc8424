"""Double entry: every entry moves money between accounts, and its lines add up to zero; pure.

Yuan and fen as exact decimals; a debit is positive, a credit negative. Nothing is ever
changed: what was wrong is reversed by another entry.

>>> paid = [Movement(account='travellers', amount=Decimal('90.00')),
...         Movement(account='bank', amount=Decimal('-90.00'))]
>>> balanced(paid) == tuple(paid)
True
>>> [str(m.amount) for m in reverse(paid)]
['-90.00', '90.00']
>>> balanced(paid[:1])
Traceback (most recent call last):
    ...
clearlane.ledger.Unbalanced: 1 lines add up to 90.00, not to zero
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from clearlane.model import Movement

FEN = Decimal('0.01')


class Unbalanced(ValueError):
    """Lines that are no entry: too few, not in fen, or not adding up to zero."""


def balanced(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """The lines of an entry, or Unbalanced."""
    lines = tuple(movements)
    total = sum((line.amount for line in lines), Decimal(0))
    if len(lines) < 2 or total != 0:
        raise Unbalanced(f'{len(lines)} lines add up to {total}, not to zero')
    for line in lines:
        if line.amount != line.amount.quantize(FEN):
            raise Unbalanced(f'{line.account}: {line.amount} is no whole number of fen')
    return lines


def reverse(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """The entry that takes another one back."""
    return tuple(Movement(account=m.account, amount=-m.amount) for m in movements)


def revived(lines: Iterable[Mapping[str, Any]]) -> tuple[Movement, ...]:
    """Lines from their written form."""
    return tuple(Movement(account=m['account'], amount=Decimal(m['amount'])) for m in lines)
