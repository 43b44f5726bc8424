"""Rings: people who claim to be strangers and share what strangers do not share; pure.

Each declaration names a person, the trip they are on, and other things: a telephone, a
card, an address, a shop, a group. Two people are tied by what they share. What many share
ties nobody (a hotel, a shop, a tour), and people on one trip may well share a telephone or
a room; a card behind people who never travel together is another matter. People who are
tied closely enough form a ring.

>>> def seen(no, person, trip, *links):
...     return Seen(no=no, person=person, trip=trip, links=frozenset(links))
>>> card, phone = ('card', 'c1'), ('phone', 'p1')
>>> four = [seen('1', 'A', 't1', card), seen('2', 'B', 't2', card, phone),
...         seen('3', 'C', 't3', phone), seen('4', 'D', 't4', phone)]
>>> [sorted(ring) for ring in rings(four, {'card': 1.0, 'phone': 1.0})]
[['A', 'B', 'C', 'D']]
>>> [sorted(ring) for ring in rings([replace(s, trip='t1') for s in four],
...                                 {'card': 1.0, 'phone': 1.0})]
[]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import networkx

__all__ = ['Seen', 'Surroundings', 'replace', 'rings', 'surroundings', 'ties']

Link = tuple[str, str]
"""(kind, token)."""

HUB = 12
"""People who share a thing that therefore says nothing about any of them."""
TOGETHER = 0.25
"""What a shared thing weighs between people who have only ever travelled together."""
CLOSE = 0.9
"""The weight from which two people are tied."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One declaration, as far as links go."""

    no: str
    person: str
    trip: str
    links: frozenset[Link]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the links of one declaration say of others.

    `persons_behind`: kind → people on other trips who share this thing; `ring_persons`: the
    size of the ring that the person belongs to, 0 for none; `of_person`: earlier ones of
    the same person; `linked`: all that share anything that is no hub.
    """

    of_person: int
    linked: int
    persons_behind: Mapping[str, int]
    ring_persons: int

    def written(self) -> dict[str, Any]:
        """As a case holds it."""
        return asdict(self)


def _persons_of(seen: Iterable[Seen]) -> dict[Link, set[str]]:
    found: dict[Link, set[str]] = defaultdict(set)
    for one in seen:
        for link in one.links:
            found[link].add(one.person)
    return found


def _trips_of(seen: Iterable[Seen]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        found[one.person].add(one.trip)
    return found


def ties(
    seen: Sequence[Seen], weights: Mapping[str, float], hub: int = HUB
) -> Iterator[tuple[str, str, float]]:
    """(person, person, weight) of everybody who shares something that is no hub."""
    trips = _trips_of(seen)
    total: dict[tuple[str, str], float] = defaultdict(float)
    for (kind, _), persons in _persons_of(seen).items():
        weight = weights.get(kind, 0.0)
        if weight <= 0 or not 2 <= len(persons) <= hub:
            continue
        for pair in combinations(sorted(persons), 2):
            apart = not trips[pair[0]] & trips[pair[1]]
            total[pair] += weight if apart else weight * TOGETHER
    for (one, other), weight in total.items():
        yield one, other, weight


def rings(
    seen: Sequence[Seen], weights: Mapping[str, float], least: int = 4, hub: int = HUB
) -> list[frozenset[str]]:
    """Groups of at least `least` people who are tied, the largest first."""
    graph = networkx.Graph()
    graph.add_edges_from((a, b) for a, b, weight in ties(seen, weights, hub) if weight >= CLOSE)
    found = [frozenset(part) for part in networkx.connected_components(graph)]
    return sorted((ring for ring in found if len(ring) >= least), key=lambda r: (-len(r), min(r)))


def surroundings(
    own: Seen, others: Sequence[Seen], weights: Mapping[str, float], least: int = 4
) -> Surroundings:
    """What `others` say of `own`; `others` holds what can be reached from it."""
    everything = [own, *(one for one in others if one.no != own.no)]
    persons, trips = _persons_of(everything), _trips_of(everything)
    behind = {
        kind: 1 + sum(1 for p in persons[kind, token] - {own.person} if own.trip not in trips[p])
        for kind, token in own.links
        if weights.get(kind, 0.0) > 0 and len(persons[kind, token]) <= 10 * HUB
    }
    ring = next((r for r in rings(everything, weights, least) if own.person in r), frozenset())
    shared = {link for link in own.links if len(persons[link]) <= HUB}
    return Surroundings(
        of_person=sum(1 for one in everything[1:] if one.person == own.person),
        linked=sum(1 for one in everything[1:] if one.person == own.person or one.links & shared),
        persons_behind={kind: n for kind, n in sorted(behind.items()) if n > 1},
        ring_persons=len(ring),
    )
