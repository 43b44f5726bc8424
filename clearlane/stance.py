"""Where a declaration stands with the people, from its rows; and the refusal that says why not."""

from __future__ import annotations

from typing import Any

from clearlane.access import Actor
from clearlane.standing import State, may_now, stands
from clearlane.store import models as rows

MACHINE = 'machine'
SETTLED: frozenset[State] = frozenset({'withdrawn', 'refused', 'contested'})
"""Where the machine does not begin again by itself."""


class Conflict(RuntimeError):
    """Somebody was there before: the message says who and when."""


def standing(row: rows.Declaration) -> State:
    """Where a declaration stands with the people."""
    if row.status != 'done':
        returned = row.presented_at is None and row.sent_back.filter(answered_at=None).exists()
        presented = row.presented_at is not None
        return stands(status=row.status, presented=presented, returned=returned)
    last = row.decisions.latest('number')
    asked = row.reconsiderations.filter(state__in=['requested', 'admitted'])
    return stands(
        status=row.status,
        presented=True,
        outcome=last.outcome,
        by_machine=last.by == MACHINE,
        proposed=row.proposals.filter(state='open').exists(),
        contested=last.outcome != 'release' and asked.exists(),
    )


def read_blind(actor: Actor) -> Any:
    """The declarations that this officer reads a second time now, without the first verdict."""
    found = rows.SecondReading.objects.filter(state='claimed', reader=actor.name)
    return found.values('declaration')


def hidden(actor: Actor) -> set[str]:
    """The numbers of those declarations, for lists that are made from numbers."""
    if actor.role != 'officer':
        return set()
    return set(
        rows.Declaration.objects.filter(pk__in=read_blind(actor)).values_list('no', flat=True)
    )


def not_blind(row: rows.Declaration, actor: Actor) -> None:
    """Raise Conflict while this officer reads the declaration blind: nothing of it is shown."""
    if actor.role == 'officer' and read_blind(actor).filter(declaration=row).exists():
        raise Conflict(f'you read {row.no} a second time: give your verdict first')


def allow(row: rows.Declaration, act: str, actor: Actor) -> State:
    """Where it stands, if the act is possible there; else a Conflict that says who and when."""
    if (gone := rows.Forgotten.objects.filter(declaration=row).first()) is not None:
        raise Conflict(f'{row.no}: what it rests on was deleted by law on day {gone.day}')
    state = standing(row)
    if not may_now(state, act, actor.role):
        raise Conflict(f'{row.no} is {state}: {_last_word(row, state)}')
    return state


def _last_word(row: rows.Declaration, state: State) -> str:
    if state == 'proposed':
        open_ = row.proposals.get(state='open')
        return f'{open_.act} {open_.outcome} proposed by {open_.by} at {open_.at.isoformat()}'
    if state == 'withdrawn' and (taken := rows.Withdrawal.objects.filter(declaration=row).first()):
        return f'withdrawn by {taken.by} at {taken.at.isoformat()}'
    last = row.decisions.order_by('-number').first()
    if last is None or row.status != 'done':
        return f'it has not been decided yet (status {row.status})'
    return f'{last.outcome} by {last.by} at {last.decided_at.isoformat()}'
