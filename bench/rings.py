"""Rings planted in a year's traffic of travellers: what is found, beside two plain rules.

    python -m bench.rings [--seeds 5] [--travellers 6000]

Synthetic: families share a telephone and a room, tours a hotel and a shop, hotels are
shared by hundreds, flatmates a fixed line, colleagues lend each other a card. Rings are
groups of strangers who share cards, telephones and rooms among them, none shared by all;
a part of them leaves on the same day. Precision and recall count
people, over all seeds; the thresholds were fixed on seeds that are not measured here.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

import networkx

from clearlane.graph import Seen, rings
from clearlane.scenarios.departure_refund.scenario import SCENARIO

LAW = SCENARIO.parameters.on(date(2026, 5, 11))
WEIGHTS = {kind: float(weight) for kind, weight in LAW.links.items()}
LEAST = int(LAW.risk['ring_persons'])
FIRST_SEED = 100


@dataclass
class World:
    """Declarations, and who belongs to a ring."""

    seen: list[Seen] = field(default_factory=list)
    ringed: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)


def world(seed: int, travellers: int) -> World:
    dice = random.Random(seed)
    made = World()
    number = iter(range(10**9))

    def add(person: str, trip: str, *links: tuple[str, str]) -> None:
        made.people.add(person)
        shop = ('shop', f's{int(dice.paretovariate(1.1)) % 400}')
        made.seen.append(
            Seen(no=str(next(number)), person=person, trip=trip, links=frozenset({*links, shop}))
        )

    while len(made.people) < travellers:
        kind = dice.random()
        if kind < 0.35:
            _single(dice, add, next(number))
        elif kind < 0.75:
            _family(dice, add, next(number))
        elif kind < 0.96:
            _tour(dice, add, next(number))
        elif kind < 0.99:
            _friends(dice, add, next(number))
        else:
            _flat(dice, add, next(number))
    for ring in range(max(4, travellers // 400)):
        _ring(dice, add, made, ring)
    dice.shuffle(made.seen)
    return made


Add = Callable[..., None]


def _trip(dice: random.Random) -> str:
    return f'{dice.choice(["PVG", "PEK", "CAN", "SZX"])}{dice.randrange(365)}'


def _room(dice: random.Random) -> tuple[str, str]:
    """A hotel that hundreds name, or the address of a friend."""
    if dice.random() < 0.8:
        return ('address', f'hotel{int(dice.paretovariate(0.9)) % 300}')
    return ('address', f'home{dice.randrange(10**7)}')


def _single(dice: random.Random, add: Add, n: int) -> None:
    for _ in range(1 + (dice.random() < 0.2)):
        trip, room = _trip(dice), _room(dice)
        for _ in range(dice.randint(1, 3)):
            add(f'a{n}', trip, ('phone', f'pa{n}'), ('card', f'ca{n}'), room)


def _family(dice: random.Random, add: Add, n: int) -> None:
    """Two to six who share a telephone, a card and a room, on one or two trips together."""
    size = dice.randint(2, 6)
    for _ in range(1 + (dice.random() < 0.25)):
        trip, room = _trip(dice), _room(dice)
        for member in range(size):
            phone = f'pf{n}' if dice.random() < 0.7 else f'pf{n}-{member}'
            card = f'cf{n}' if dice.random() < 0.6 else f'cf{n}-{member}'
            add(f'f{n}-{member}', trip, ('phone', phone), ('card', card), room)


def _tour(dice: random.Random, add: Add, n: int) -> None:
    """A tour: one trip, one hotel, one group; now and then the guide's telephone for all."""
    trip, room, guide = _trip(dice), _room(dice), dice.random() < 0.3
    for member in range(dice.randint(8, 35)):
        phone = f'guide{n}' if guide and dice.random() < 0.6 else f'pt{n}-{member}'
        links = (('phone', phone), ('card', f'ct{n}-{member}'), room, ('tour_group', f'g{n}'))
        add(f't{n}-{member}', trip, *links)


def _friends(dice: random.Random, add: Add, n: int) -> None:
    """Two or three colleagues who lend each other a card on different trips: no ring."""
    for member in range(dice.randint(2, 3)):
        links = (('phone', f'pc{n}-{member}'), ('card', f'cc{n}'), _room(dice))
        add(f'c{n}-{member}', _trip(dice), *links)


def _flat(dice: random.Random, add: Add, n: int) -> None:
    """Flatmates, three to six: one address, one fixed line, each leaves on a day of their own."""
    for member in range(dice.randint(3, 6)):
        phone = f'line{n}' if dice.random() < 0.5 else f'pl{n}-{member}'
        card = ('card', f'cl{n}-{member}')
        add(f'l{n}-{member}', _trip(dice), ('phone', phone), card, ('address', f'flat-{n}'))


def _ring(dice: random.Random, add: Add, made: World, n: int) -> None:
    """Five to eighteen strangers, two to four cards, a few telephones, a room or two."""
    size = dice.randint(5, 18)
    cards = [f'cr{n}-{k}' for k in range(max(2, size // 4))]
    phones = [f'pr{n}-{k}' for k in range(max(2, size // 3))]
    rooms = [('address', f'flat{n}-{k}') for k in range(2)]
    outing = _trip(dice)
    for member in range(size):
        person = f'r{n}-{member}'
        made.ringed.add(person)
        for _ in range(dice.randint(1, 3)):
            card = dice.choice(cards) if dice.random() < 0.8 else f'cr{n}-own{member}'
            phone = dice.choice(phones) if dice.random() < 0.6 else f'pr{n}-own{member}'
            room = dice.choice(rooms) if dice.random() < 0.5 else _room(dice)
            # Some of them leave on the same day, as couriers do.
            trip = outing if dice.random() < 0.3 else _trip(dice)
            add(person, trip, ('card', card), ('phone', phone), room)


# --- the rules ----------------------------------------------------------------


def ours(seen: list[Seen]) -> set[str]:
    return {person for ring in rings(seen, WEIGHTS, LEAST) for person in ring}


def components(seen: list[Seen]) -> set[str]:
    """Connected components over everything shared but the shop, of at least the same size."""
    graph = networkx.Graph()
    for one in seen:
        graph.add_edges_from((one.person, link) for link in one.links if link[0] != 'shop')
    found: set[str] = set()
    for part in networkx.connected_components(graph):
        people = {node for node in part if isinstance(node, str)}
        found |= people if len(people) >= LEAST else set()
    return found


def degree(seen: list[Seen]) -> set[str]:
    """Everybody whose telephone or card is used by at least three people."""
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in seen:
        for link in one.links:
            if link[0] in ('phone', 'card'):
                users[link].add(one.person)
    return {person for people in users.values() if len(people) >= 3 for person in people}


RULES = {
    'rings (ours)': ours,
    'a telephone or card of 3 people': degree,
    'connected components': components,
}


def counted(found: set[str], true: set[str]) -> tuple[int, int, int]:
    return len(found & true), len(found - true), len(true - found)


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument('--seeds', type=int, default=5)
    parser.add_argument('--travellers', type=int, default=6000)
    given = parser.parse_args(arguments)
    worlds = [world(FIRST_SEED + n, given.travellers) for n in range(given.seeds)]
    people = sum(len(w.people) for w in worlds)
    ringed = sum(len(w.ringed) for w in worlds)
    print(
        f'{people} travellers, {sum(len(w.seen) for w in worlds)} applications, '
        f'{ringed} in rings; {given.seeds} seeds, synthetic'
    )
    print(f'{"rule":<34}{"precision":>10}{"recall":>8}{"flagged":>9}{"CPU ms a world":>16}')
    for name, rule in RULES.items():
        totals, spent = [0, 0, 0], []
        for one in worlds:
            started = time.process_time()
            found = rule(one.seen)
            spent.append(1000 * (time.process_time() - started))
            totals = [a + b for a, b in zip(totals, counted(found, one.ringed), strict=True)]
        hit, wrong, missed = totals
        precision = hit / (hit + wrong) if hit + wrong else 0.0
        print(
            f'{name:<34}{precision:>10.3f}{hit / (hit + missed):>8.3f}{hit + wrong:>9}'
            f'{statistics.median(spent):>16.0f}'
        )
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
