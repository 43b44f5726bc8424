"""Tracks of the real world, in all their badness, and the incidents that they are worth."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from clearlane.stream import Unsound, whole
from tests import journeys, tracks
from tests.journeys import START, TRACKER
from tests.tracks import along, aside, jumps, stands, without

HERE = [(24.5, 118.1), (24.5, 118.3), (24.6, 118.4), (24.6, 118.6)]
BACK = HERE[::-1]
Fix = tracks.Fix


def slow(every: float) -> list[Fix]:
    return along(HERE, every=every)


def border_of_the_corridor() -> list[Fix]:
    """Half an hour some 550 m beside the line, with the noise of a bad receiver."""
    return aside(along(HERE, every=5, noise_m=60, seed=3), 300, 2100, 550)


def in_and_out() -> list[Fix]:
    """Off for two minutes, back for one, again and again: one incident, not seven."""
    track = along(HERE, every=10)
    for n in range(7):
        track = aside(track, 300 + 180 * n, 420 + 180 * n, 900)
    return track


def twice_in_a_second() -> list[Fix]:
    track = along(HERE, every=10)
    return [copy for f in track for copy in (f, {**f, 'lat': f['lat'] + 20 * tracks.METRE})]


def both_ways() -> list[Fix]:
    """There and back over the same road, and there again."""
    there = along(HERE, every=30)
    back = along(BACK, every=30, start=there[-1]['t'] + 30)
    return there + back + along(HERE, every=30, start=back[-1]['t'] + 30)


def first_far_off() -> list[Fix]:
    track = along(HERE)
    return [{**track[0], 'lat': 39.9, 'lon': 116.4}, *track[1:]]


def nothing_known() -> list[Fix]:
    track = along(HERE)
    return [{**f, 'lat': 0.0, 'lon': 0.0} if n < 20 or n % 7 == 0 else f
            for n, f in enumerate(track)]  # fmt: skip


def too_fast() -> list[Fix]:
    """A train: no fix can be believed, so nobody knows where it is."""
    line = [(24.5, 118.1), (26.5, 120.1), (28.5, 122.1), (30.5, 124.1)]
    return along(line, every=120, kmh=320)


TABLE: list[tuple[str, Callable[[], list[Fix]], list[str]]] = [
    ('a fix a second', lambda: along(HERE, every=1), []),
    ('a fix a minute', lambda: slow(60), []),
    ('a fix each five minutes', lambda: slow(300), []),
    ('a bicycle', lambda: along(HERE, every=5, kmh=18), []),
    ('a bad receiver', lambda: along(HERE, every=5, noise_m=60), []),
    ('two fixes a second', twice_in_a_second, []),
    ('jumps of 5 km', lambda: jumps(along(HERE), 23, 5000), []),
    ('jumps of 5 km for two fixes', lambda: jumps(along(HERE, every=1), 40, 5000, 2), []),
    ('jumps of 5 km, five minutes apart', lambda: jumps(slow(300), 3, 5000), []),
    ('jumps of 5 km for 20 s', lambda: jumps(along(HERE, every=1), 300, 5000, 20), []),
    ('the first fix far off', first_far_off, []),
    ('zeroes where nothing is known', nothing_known, []),
    ('a tunnel', lambda: without(along(HERE), 600, 1300, silent=False), []),
    ('a tunnel without a message', lambda: without(along(HERE), 600, 1300), []),
    ('a ferry', lambda: without(stands(along(HERE), 100, 2700), 1000, 3700, silent=False),
     ['position_lost']),
    ('cut for an hour', lambda: without(stands(along(HERE), 100, 3000), 900, 4200), ['silence']),
    ('waiting, 20 minutes', lambda: stands(along(HERE), 100, 1200), []),
    ('a stop with drift', lambda: stands(along(HERE), 100, 2700), ['long_stop']),
    ('a stop with drift, a fix a second',
     lambda: stands(along(HERE, every=1), 900, 2700, every=1), ['long_stop']),
    ('a stop with drift and jumps',
     lambda: jumps(stands(along(HERE), 100, 2700), 31, 260), ['long_stop']),
    ('a stop, five minutes apart', lambda: stands(slow(300), 4, 3600, every=300), ['long_stop']),
    ('stop and go', lambda: stands(stands(along(HERE, kmh=30), 80, 1200), 230, 1200), []),
    ('off the road', lambda: aside(along(HERE), 600, 1500, 1500), ['off_corridor']),
    ('off the road, five minutes apart', lambda: aside(slow(300), 600, 1800, 1500),
     ['off_corridor']),
    ('at the border of the corridor', border_of_the_corridor, ['off_corridor?']),
    ('off and on', in_and_out, ['off_corridor']),
    ('backwards', lambda: along(BACK, kmh=30), []),
    ('three times over the same road', both_ways, []),
    ('a train', too_fast, ['off_corridor?', 'position_lost', 'late_arrival?']),
]  # fmt: skip


def found(fixes: list[Fix], **more: Any) -> list[str]:
    said = journeys.messages(fixes)
    signals = journeys.signals(said)
    random.Random(1).shuffle(signals)
    found = whole(journeys.stream(), journeys.watch(**more), signals, max(s.t for s in signals))
    return [i.kind for i in found if i.device != journeys.LOCK]


@pytest.mark.parametrize(('name', 'track', 'wanted'), TABLE, ids=[row[0] for row in TABLE])
def test_a_track_is_worth_these_incidents(
    name: str, track: Callable[[], list[Fix]], wanted: list[str]
) -> None:
    kinds = found(track())
    for kind in wanted:
        if kind.endswith('?'):
            assert kinds.count(kind[:-1]) <= 1
        else:
            assert kinds.count(kind) == 1, kinds
    assert set(kinds) <= {kind.rstrip('?') for kind in wanted}


def test_who_drives_home_from_the_goal_has_not_arrived() -> None:
    fixes = along(BACK, every=60)
    signals = journeys.signals(journeys.messages(fixes))
    stream, plan = journeys.stream(), journeys.stream().prepare(journeys.watch())
    late = START.timestamp() + 4 * 3600 + 60
    kinds = [i.kind for i in whole(stream, journeys.watch(), signals, late)]
    assert 'late_arrival' in kinds
    assert plan.course.line[0] == HERE[0]
    there = journeys.signals(journeys.messages(along(HERE, every=60)))
    assert 'late_arrival' not in [
        i.kind for i in whole(stream, journeys.watch(), there, late) if i.device != 'x'
    ]


def test_clocks_at_1970_and_two_years_ahead_are_one_incident_a_device() -> None:
    unsound = [
        Unsound(TRACKER, claimed, START.timestamp() + n, bytes([n]) * 16)
        for n, claimed in enumerate([0.0, 1.0, START.timestamp() + 6.3e7] * 20)
    ]
    assert found(along(HERE), unsound=tuple(unsound)) == ['clock_error']


@pytest.mark.parametrize('line', [
    [(24.5, 118.1)] * 2,
    [(24.5, 118.1), (24.5, 118.1), (24.5, 118.3), (24.5, 118.3), (24.5, 118.1)],
    [p for p in HERE for _ in range(3)],
    [(24.5 + n * 1e-5, 118.1 + n * 1e-4) for n in range(3000) for _ in range(2)],
    [(0.0, 179.9), (0.0, -179.9), (0.1, -179.8)],
])  # fmt: skip
def test_repeated_points_of_a_line_do_no_harm(line: list[tuple[float, float]]) -> None:
    import shapely

    from clearlane.scenarios.in_transit.geometry import Course

    course = Course(tuple(line))
    points = [(lat + 0.001, lon) for lat, lon in line[:50]]
    spots = course.spots(points)
    assert spots == [course.spots([p])[0] for p in points]
    plain = shapely.LineString([course.map(*p) for p in line])
    for spot in spots:
        wanted = shapely.distance(plain, shapely.Point(spot.x, spot.y)) * spot.scale
        assert spot.off_m == pytest.approx(wanted, abs=1e-6)
    for rings in course.corridor(500):
        assert all(len(ring) >= 4 for ring in rings)
