"""Who may see and do what.

An enterprise sees what is its own, and nothing tells it whether anything else
exists. Whoever is not named here may do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal['exporter', 'officer', 'analyst', 'auditor', 'administrator']
Act = Literal[
    'lodge',
    'attach',
    'present',
    'correct',
    'withdraw',
    'contest',
    'see',
    'close',
    'register',
    'qualify',
    'audit',
    'administer',
    'see_rules',
    'write_rules',
    'respond',
    'keep',
    'equip',
    'answer',
    'see_law',
    'enrol',
    'rate',
    'admit',
    'inspect',
    'seed',
    'visit',
    'see_drift',
    'answer_drift',
    'photograph',
]

ROLES: tuple[Role, ...] = ('exporter', 'officer', 'analyst', 'auditor', 'administrator')

MAY: Mapping[Role, frozenset[Act]] = {
    'exporter': frozenset(
        {
            'lodge',
            'attach',
            'present',
            'correct',
            'withdraw',
            'contest',
            'see',
            'register',
            'keep',
        }
    ),
    'officer': frozenset(
        {'see', 'close', 'qualify', 'see_rules', 'respond', 'keep', 'equip', 'answer', 'photograph'}
    ),
    'analyst': frozenset({'see', 'see_rules', 'write_rules'}),
    'auditor': frozenset({'see', 'audit', 'see_rules'}),
    'administrator': frozenset({'administer', 'equip'}),
}

# Supervision over time: enterprises and their lines, credit, inspections, seeded boxes, visits.
_OVER_TIME: Mapping[Role, frozenset[Act]] = {
    'officer': frozenset({'enrol', 'rate', 'admit', 'inspect', 'seed', 'visit'}),
    'analyst': frozenset({'seed'}),
    'administrator': frozenset({'enrol'}),
}
MAY = {role: acts | _OVER_TIME.get(role, frozenset()) for role, acts in MAY.items()}
# Whether cameras and enterprises still behave as they did.
_OF_DRIFT: Mapping[Role, frozenset[Act]] = {
    'officer': frozenset({'see_drift', 'answer_drift'}),
    'analyst': frozenset({'see_drift', 'answer_drift'}),
    'auditor': frozenset({'see_drift'}),
}
MAY = {role: acts | _OF_DRIFT.get(role, frozenset()) for role, acts in MAY.items()}
MAY = {r: acts if r == 'exporter' else acts | {'see_law'} for r, acts in MAY.items()}


class NotAllowed(PermissionError):
    """This person may not do this."""


class NotFound(LookupError):
    """There is no such thing, or this person may not know of it."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a person or a key of an enterprise. `party` is empty for customs staff."""

    name: str
    role: Role
    party: str = ''


def may(actor: Actor, act: Act) -> bool:
    """Whether the role allows the act at all."""
    return act in MAY.get(actor.role, frozenset())


def sees(actor: Actor, owner: str) -> bool:
    """Whether what belongs to `owner` is visible to the actor."""
    if not may(actor, 'see'):
        return False
    return actor.role != 'exporter' or (actor.party != '' and actor.party == owner)


def require(actor: Actor, act: Act, owner: str | None = None) -> None:
    """Raise NotFound where the thing is invisible to the actor, NotAllowed where the act is."""
    if owner is not None and not sees(actor, owner):
        raise NotFound('not found')
    if not may(actor, act):
        raise NotAllowed(f'the role {actor.role} may not {act}')
