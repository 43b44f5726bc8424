"""Reference libraries (合格库): versioned entries, as they stand on a day.

An entry is never changed: a new version takes its place from a day on, so that a
past decision can be concluded again against what was in force then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import BaseModel

State = Literal['submitted', 'in_force', 'withdrawn']


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One version of one entry. `until` is the first day on which it no longer holds.

    `remaining` is what is left of an entry that is drawn down, None for one that is not.
    """

    key: str
    version: int
    state: State
    data: BaseModel
    since: date | None = None
    until: date | None = None
    remaining: int | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this version is in force on `day`."""
        begun = self.since is not None and self.since <= day
        return self.state == 'in_force' and begun and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Library:
    """The entries of one library that a case names, already chosen for its day."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def entry(self, key: str) -> Entry | None:
        """The version in force, with what remains of it."""
        return self.entries.get(key)

    def get(self, key: str) -> BaseModel | None:
        """The record of the version in force, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry.data


def as_of(versions: Iterable[Entry], day: date) -> Library:
    """The library on `day`: of each key the newest version that holds."""
    chosen: dict[str, Entry] = {}
    for entry in sorted(versions, key=lambda e: e.version):
        if entry.holds_on(day):
            chosen[entry.key] = entry
    return Library(chosen)
