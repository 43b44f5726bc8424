"""Money that falls due by itself: an advance whose reason never came is collected.

A library entry may promise something by a day, and money was advanced on that promise. When
the day is over and no declaration has moved the money, the job of the day does, under the
same key that a declaration would have used: whichever comes first, it moves once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from clearlane import payments, procedure, stance
from clearlane.model import Payout
from clearlane.scenario import Scenario, scenarios
from clearlane.store import models as rows
from clearlane.store.session import atomic

FINAL = frozenset({'refused', 'withdrawn', 'awaiting', 'returned'})
"""Where a declaration stands that does not keep the money from being collected."""


def collect(day: date) -> int:
    """Plan every movement that is due on a day, once; how many are new."""
    return sum(
        _planned(scenario, entry, payout)
        for scenario in scenarios().values()
        for library in scenario.dues
        for entry in _entries(scenario, library)
        for payout in _due(scenario, entry, day)
    )


def _entries(scenario: Scenario, library: str) -> Iterator[rows.LibraryEntry]:
    """The newest version of each entry in force."""
    found = rows.LibraryEntry.objects.filter(
        scenario=scenario.name, library=library, state='in_force'
    )
    newest = found.order_by('party_id', 'key', '-version').distinct('party_id', 'key')
    yield from newest.iterator()


def _due(scenario: Scenario, entry: rows.LibraryEntry, day: date) -> list[Payout]:
    record: Any = scenario.libraries[entry.library].model_validate(entry.data)
    return list(scenario.dues[entry.library](record, procedure.law(scenario, day), day))


def _planned(scenario: Scenario, entry: rows.LibraryEntry, payout: Payout) -> bool:
    with atomic():
        if payments.known(scenario.name, payout.key) or claimed(scenario, entry):
            return False
        if _corrected(entry):  # while we waited for our turn: the next run looks at it anew
            return False
        payments.due(entry, payout)
    return True


def _corrected(entry: rows.LibraryEntry) -> bool:
    place = {name: getattr(entry, name) for name in ('scenario', 'library', 'key', 'party_id')}
    return bool(rows.LibraryEntry.objects.filter(**place, version__gt=entry.version).exists())


def claimed(scenario: Scenario, entry: rows.LibraryEntry) -> bool:
    """Whether a declaration that names the entry may still move the money."""
    return any(stance.standing(row) not in FINAL for row in naming(scenario, entry))


def naming(scenario: Scenario, entry: rows.LibraryEntry) -> list[rows.Declaration]:
    """The declarations of its party that name an entry."""
    place = (entry.library, entry.key)
    made = rows.Declaration.objects.filter(scenario=scenario.name, party=entry.party_id)
    return [
        row
        for row in made.filter(declared__icontains=entry.key)
        if place in set(scenario.refers(scenario.declares.model_validate(row.declared)))
    ]
