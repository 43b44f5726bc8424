"""Where a declaration stands with the people, and who may do what there: a table, not code.

The status of a declaration says which step the machine takes next; its standing says
whose turn it is. It is worked out from what is stored and is stored nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clearlane.access import Role

State = Literal[
    'awaiting',
    'moving',
    'referred',
    'proposed',
    'returned',
    'released',
    'refused',
    'contested',
    'withdrawn',
]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]

EXPORTER: Role = 'exporter'
OFFICER: Role = 'officer'


@dataclass(frozen=True)
class Move:
    """Who may do it, and where the declaration may stand afterwards."""

    role: Role
    leads: frozenset[State]


def _move(role: Role, *leads: State) -> Move:
    return Move(role, frozenset(leads))


MOVES: Mapping[tuple[State, str], Move] = {
    # The enterprise sends evidence until somebody has the last word.
    ('awaiting', 'attach'): _move(EXPORTER, 'awaiting'),
    ('moving', 'attach'): _move(EXPORTER, 'moving'),
    ('referred', 'attach'): _move(EXPORTER, 'moving'),
    ('returned', 'attach'): _move(EXPORTER, 'returned'),
    ('released', 'attach'): _move(EXPORTER, 'moving'),
    ('awaiting', 'present'): _move(EXPORTER, 'moving'),
    ('returned', 'present'): _move(EXPORTER, 'moving'),
    # It corrects or withdraws what nobody has begun to inspect.
    ('awaiting', 'correct'): _move(EXPORTER, 'awaiting'),
    ('referred', 'correct'): _move(EXPORTER, 'awaiting'),
    ('returned', 'correct'): _move(EXPORTER, 'returned'),
    ('awaiting', 'withdraw'): _move(EXPORTER, 'withdrawn'),
    ('moving', 'withdraw'): _move(EXPORTER, 'withdrawn'),
    ('referred', 'withdraw'): _move(EXPORTER, 'withdrawn'),
    ('returned', 'withdraw'): _move(EXPORTER, 'withdrawn'),
    # An officer answers what the machine referred.
    ('referred', 'close'): _move(OFFICER, 'released', 'refused', 'proposed'),
    ('referred', 'photograph'): _move(OFFICER, 'moving'),
    ('referred', 'refer'): _move(OFFICER, 'referred'),
    ('referred', 'return'): _move(OFFICER, 'returned'),
    ('proposed', 'confirm'): _move(OFFICER, 'released', 'refused', 'referred', 'withdrawn'),
    ('proposed', 'send_back'): _move(OFFICER, 'referred', 'released', 'contested'),
    # The paper of a release.
    ('released', 'reissue'): _move(OFFICER, 'released'),
    ('released', 'cancel'): _move(OFFICER, 'withdrawn', 'refused', 'proposed'),
    # A refusal is contested, and another officer answers.
    ('refused', 'contest'): _move(EXPORTER, 'contested'),
    ('contested', 'retract'): _move(EXPORTER, 'refused'),
    ('contested', 'admit'): _move(OFFICER, 'contested'),
    ('contested', 'decline'): _move(OFFICER, 'refused'),
    ('contested', 'reconsider'): _move(OFFICER, 'refused', 'released', 'referred', 'proposed'),
}

ACTS: tuple[str, ...] = tuple(sorted({act for _, act in MOVES}))


def stands(
    *,
    status: str,
    presented: bool,
    outcome: str = '',
    by_machine: bool = True,
    proposed: bool = False,
    contested: bool = False,
    returned: bool = False,
) -> State:
    """Where a declaration stands, from its status, its last decision and what is open.

    >>> stands(status='done', presented=True, outcome='refuse')
    'referred'
    >>> stands(status='done', presented=True, outcome='refuse', by_machine=False)
    'refused'
    """
    if status == 'withdrawn':
        return 'withdrawn'
    if status != 'done':
        return 'returned' if returned else 'moving' if presented else 'awaiting'
    if proposed:
        return 'proposed'
    if contested:
        return 'contested'
    if outcome == 'release':
        return 'released'
    return 'refused' if outcome == 'refuse' and not by_machine else 'referred'


def may_now(state: State, act: str, role: str) -> bool:
    """Whether somebody of this role may do this to a declaration that stands here."""
    move = MOVES.get((state, act))
    return move is not None and move.role == role


def possible(state: State, role: str) -> frozenset[str]:
    """Everything that this role may do here."""
    return frozenset(a for (s, a), move in MOVES.items() if s == state and move.role == role)
