"""Who answers for a numbered thing, step by step; pure.

A kind of object has a lifecycle: which act leads from which state to which, and who may
do it. Whatever is not named is refused, here with a sentence and by the database again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clearlane.model import Text


@dataclass(frozen=True, kw_only=True)
class Step:
    """One legal step. An object that nobody knows yet is in the state ''."""

    act: str
    before: str
    after: str
    roles: frozenset[str] = frozenset({'officer'})


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The life of one kind of object."""

    kind: str
    title: Text
    steps: Sequence[Step]
    states: dict[str, Text]
    acts: dict[str, Text]

    def step(self, act: str, before: str) -> Step | None:
        """The legal step of this act from this state, if there is one."""
        return next((s for s in self.steps if s.act == act and s.before == before), None)

    def open_to(self, before: str, role: str) -> list[Step]:
        """What this role may do with an object in this state."""
        return [s for s in self.steps if s.before == before and role in s.roles]
