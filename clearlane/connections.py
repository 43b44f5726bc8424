"""The network around a declaration: its links are kept as keyed hashes, and its neighbours found.

The key never leaves this installation, so that a copy of the tables tells nobody which
passport or telephone it was. Links of all scenarios share one table: who is met again in
another scenario is met here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from clearlane import graph
from clearlane.scenario import Case, Scenario
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store.links import Link
from clearlane.store.secrets import secret

PERSON, TRIP = 'person', 'trip'
"""Kinds of links that every scenario with links names."""
MOST = 400
"""Declarations that are looked at around one; a person looks at larger surroundings anyway."""
HOPS = 3


@cache
def _key() -> bytes:
    return secret(settings().home, 'links').encode()


def token(kind: str, value: str) -> str:
    """The keyed hash of a value; upper and lower case, spaces and signs make no difference."""
    plain = ''.join(c for c in value.upper() if c.isalnum())
    return hmac.new(_key(), f'{kind}:{plain}'.encode(), hashlib.sha256).hexdigest()[:32]


def around(scenario: Scenario, row: rows.Declaration, case: Case) -> dict[str, Any]:
    """Keep the links of a declaration, once, and say what its neighbours mean for it."""
    try:
        named = list(scenario.links(case))
        weights = {kind: float(weight) for kind, weight in case.law.links.items()}
        since = row.day - timedelta(days=int(case.law.risk['window_days']))
    except Exception:  # noqa: BLE001 - without surroundings the checks doubt, and a person looks
        return {}
    own = {(kind, token(kind, value)) for kind, value in named if value}
    Link.objects.bulk_create(
        [
            Link(declaration=row, scenario=scenario.name, kind=kind, token=mark, day=row.day)
            for kind, mark in sorted(own)
        ],
        ignore_conflicts=True,
    )
    others = _reached(row.pk, own, weights, since)
    found = graph.surroundings(_seen(str(row.pk), own), others, weights)
    return found.written()


def _seen(no: str, links: Iterable[graph.Link]) -> graph.Seen:
    """Person and trip apart from what people can share."""
    named = dict(links)
    shared = frozenset(link for link in links if link[0] not in (PERSON, TRIP))
    return graph.Seen(no=no, person=named.get(PERSON, no), trip=named.get(TRIP, no), links=shared)


def _reached(
    pk: int, own: set[graph.Link], weights: Mapping[str, float], since: Any
) -> list[graph.Seen]:
    """Declarations within some hops over what weighs anything; a hub leads nowhere."""
    known: dict[int, set[graph.Link]] = {}
    frontier = {link for link in own if link[0] == PERSON or weights.get(link[0], 0.0) > 0}
    asked: set[graph.Link] = set()
    for _ in range(HOPS):
        frontier -= asked
        if not frontier or len(known) >= MOST:
            break
        asked |= frontier
        found = _sharing(frontier, pk, since) - known.keys()
        known |= _links_of(sorted(found)[: MOST - len(known)])
        frontier = {
            link
            for number in found
            for link in known.get(number, ())
            if link[0] == PERSON or weights.get(link[0], 0.0) > 0
        }
    return [_seen(str(number), links) for number, links in known.items()]


def _sharing(links: set[graph.Link], pk: int, since: Any) -> set[int]:
    """Other declarations that name one of these things, but for things that very many name.

    A person with very many declarations is no hub: that is what is looked for.
    """
    tokens = [mark for _, mark in links]
    found: dict[graph.Link, set[int]] = defaultdict(set)
    query = Link.objects.filter(token__in=tokens, day__gte=since).exclude(declaration=pk)
    for kind, mark, number in query.values_list('kind', 'token', 'declaration_id')[: 20 * MOST]:
        found[kind, mark].add(number)
    return {
        number
        for (kind, _), numbers in found.items()
        if kind == PERSON or len(numbers) <= MOST // 4
        for number in numbers
    }


def _links_of(numbers: list[int]) -> dict[int, set[graph.Link]]:
    known: dict[int, set[graph.Link]] = {number: set() for number in numbers}
    query = Link.objects.filter(declaration__in=numbers)
    for number, kind, mark in query.values_list('declaration_id', 'kind', 'token'):
        known[number].add((kind, mark))
    return known
