"""Draw-downs (分批使用核销): what a release takes from a certificate, and what is given back.

Whoever takes or gives back holds the lock of the balance until the transaction
ends, so that two releases can never share what is left; a constraint of the
database stands behind it. Every movement is a line that is never changed, with who,
when and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clearlane import audit
from clearlane.access import Actor, NotFound, require
from clearlane.store import models as rows
from clearlane.store.session import atomic

MACHINE = 'machine'


class Overdrawn(RuntimeError):
    """A release would take more than is left: the message names the entry."""


def take(
    balance: rows.Balance,
    declaration: rows.Declaration,
    amount: int,
    *,
    by: str = MACHINE,
    reason: str = '',
) -> bool:
    """Take from a balance that the caller has locked; a second time takes nothing.

    Returns whether anything was taken; raises Overdrawn where not enough is left.
    """
    drawn, _ = rows.Drawdown.objects.get_or_create(
        balance=balance,
        declaration=declaration,
        defaults={'amount': 0, 'drawn_at': datetime.now(UTC)},
    )
    if drawn.amount:
        return False
    left = balance.quantity - balance.drawn
    if left < amount:
        raise Overdrawn(f'{balance.library} {balance.key} has {left} left, not {amount}')
    drawn.amount = amount
    drawn.save(update_fields=['amount'])
    _move(balance, declaration, amount, by, reason)
    return True


def _move(
    balance: rows.Balance, declaration: rows.Declaration, amount: int, by: str, reason: str
) -> None:
    balance.drawn += amount
    balance.save(update_fields=['drawn'])
    rows.DrawdownLine.objects.create(
        balance=balance,
        declaration=declaration,
        amount=amount,
        left=balance.quantity - balance.drawn,
        reason=reason,
        by=by,
        at=datetime.now(UTC),
    )


def locked(keys: Any) -> list[rows.Balance]:
    """These balances, locked in one order, so that two callers cannot wait for each other."""
    found = rows.Balance.objects.filter(pk__in=list(keys)).select_for_update().order_by('pk')
    return list(found)


def give_back(declaration: rows.Declaration, *, by: str, reason: str) -> int:
    """Give everything back that a declaration took; returns how many draws that were.

    A later release of the same declaration takes again.
    """
    with atomic():
        held = rows.Drawdown.objects.filter(declaration=declaration, amount__gt=0)
        balances = locked(held.values_list('balance_id', flat=True))
        count = 0
        for balance in balances:
            drawn = rows.Drawdown.objects.filter(
                balance=balance, declaration=declaration, amount__gt=0
            ).first()
            if drawn is None:
                continue  # somebody gave it back while we waited for the lock
            _move(balance, declaration, -drawn.amount, by, reason)
            told = {'entry': f'{balance.library}/{balance.key}', 'amount': drawn.amount}
            audit.append('give_back', by, declaration.no, {**told, 'reason': reason})
            drawn.amount = 0
            drawn.save(update_fields=['amount'])
            count += 1
    return count


@dataclass(frozen=True)
class Column:
    """The column of one certificate: what there was, what is left, and each line."""

    balance: rows.Balance
    lines: list[rows.DrawdownLine]

    @property
    def left(self) -> int:
        """What is left."""
        return int(self.balance.quantity - self.balance.drawn)


def column(actor: Actor, scenario: str, library: str, key: str, party: str = '') -> Column:
    """The column of a certificate, if the actor may see it; else NotFound."""
    require(actor, 'see')
    found = rows.Balance.objects.filter(scenario=scenario, library=library, key=key)
    owner = actor.party if actor.role == 'exporter' else party
    balance = found.filter(party=owner).first() if owner else found.order_by('pk').first()
    if balance is None:
        raise NotFound('not found')
    lines = balance.lines.select_related('declaration').order_by('pk')
    return Column(balance, list(lines))


def of(declaration: rows.Declaration, most: int = 12) -> list[dict[str, Any]]:
    """The last lines of each certificate that a declaration draws from, for its paper."""
    held = rows.Drawdown.objects.filter(declaration=declaration, amount__gt=0)
    return [
        {
            'entry': line.balance.key,
            'day': line.at.date().isoformat(),
            'amount': line.amount,
            'left': line.left,
            'declaration': line.declaration.no,
            'by': line.by,
        }
        for drawn in held.select_related('balance').order_by('balance_id')
        for line in reversed(
            drawn.balance.lines.select_related('balance', 'declaration').order_by('-pk')[:most]
        )
    ]
