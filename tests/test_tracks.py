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


def passing(*places: tuple[float, float], every: float = 300) -> list[Fix]:
    """Along the road, then these places, one each so many seconds, then on along the road."""
    road = along(HERE, every=every, noise_m=0)
    near = [f for f in road if f['lon'] < 118.28]
    after = [f for f in road if f['lon'] > 118.36]
    fixes = near + [{'lat': a, 'lon': b} for a, b in places] + after
    return [{**f, 't': n * every} for n, f in enumerate(fixes)]


UNDER, WEST, WITHIN, EAST = (24.50, 118.29), (24.56, 118.29), (24.56, 118.31), (24.56, 118.33)
ZONE = [
    ('between two fixes', passing(WEST, EAST), ['forbidden_zone']),
    ('with one fix in it', passing(WEST, WITHIN, EAST), ['forbidden_zone']),
    ('in and back, one fix', passing(WEST, WITHIN, WEST, UNDER), []),
    ('only a corner', passing(UNDER, (24.5495, 118.30), (24.551, 118.2995), UNDER), []),
    ('round it', passing(WEST, (24.58, 118.29), (24.58, 118.33), EAST), []),
    ('half an hour apart', passing(WEST, EAST, every=1500), ['zone_doubt']),
]  # fmt: skip


@pytest.mark.parametrize(('name', 'track', 'wanted'), ZONE, ids=[row[0] for row in ZONE])
def test_a_zone_on_the_way_from_fix_to_fix(name: str, track: list[Fix], wanted: list[str]) -> None:
    kinds = found(track)
    assert [k for k in kinds if k in ('forbidden_zone', 'zone_doubt')] == wanted


def test_who_keeps_to_a_road_round_a_zone_did_not_cross_it() -> None:
    bend = ['24.50, 118.10', '24.50, 118.20', '24.53, 118.20', '24.53, 118.23', '24.50, 118.23',
            '24.50, 118.40']  # fmt: skip
    zone = {'name': 'z', 'border': ['24.49,118.205', '24.52,118.205', '24.52,118.225',
                                    '24.49,118.225']}  # fmt: skip
    watch = journeys.watch(journeys.route(line=bend, forbidden=[zone]))
    road = [tuple(map(float, p.split(','))) for p in bend]
    for every in (10, 60, 300, 420):
        there = journeys.signals(journeys.messages(along(road, every=every, kmh=80)))
        last = max(s.t for s in there)
        assert [i.kind for i in whole(journeys.stream(), watch, there, last)
                if i.device != journeys.LOCK] == []  # fmt: skip


def test_who_comes_too_far_in_the_time_left_the_corridor_between_two_fixes() -> None:
    """A road of 60 km round a bay; straight across it are 10, by a ferry that nobody declared."""
    bay = ['24.50, 118.10', '24.75, 118.10', '24.75, 118.20', '24.50, 118.20', '24.50, 118.40']
    watch = journeys.watch(journeys.route(line=bay))
    fixes = [{'t': 60.0 * n, 'lat': 24.50, 'lon': 118.10} for n in range(3)]
    fixes += [{'t': 120.0 + 300 + 60 * n, 'lat': 24.50, 'lon': 118.20 + 0.01 * n} for n in range(4)]
    signals = journeys.signals(journeys.messages(fixes))
    (one,) = [i for i in whole(journeys.stream(), watch, signals, max(s.t for s in signals))
              if i.kind == 'off_corridor']  # fmt: skip
    assert one.facts['metres'] > 4000
    assert (one.ended_at - one.began_at).total_seconds() == 300 if one.ended_at else False


def test_two_fixes_off_the_road_five_minutes_apart_are_enough() -> None:
    track = aside(slow(300), 600, 900, 1500)
    assert found(track) == ['off_corridor']


def test_zones_that_overlap_are_each_entered() -> None:
    zones = [{'name': n, 'border': ['24.49,118.20', '24.51,118.20', '24.51,118.25',
                                    '24.49,118.25']} for n in ('a', 'b')]  # fmt: skip
    watch = journeys.watch(journeys.route(forbidden=zones))
    signals = journeys.signals(journeys.messages(along(HERE)))
    kinds = [(i.kind, i.facts['zone'])
             for i in whole(journeys.stream(), watch, signals, max(s.t for s in signals))
             if i.kind == 'forbidden_zone']  # fmt: skip
    assert kinds == [('forbidden_zone', 'a'), ('forbidden_zone', 'b')]


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
