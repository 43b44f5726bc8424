"""The rules of the road: what is an incident, and that no order of messages changes it."""

from __future__ import annotations

import doctest
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane.model import Act, Incident, canonical, plain
from clearlane.scenarios.in_transit import checks
from clearlane.stream import Signal, Unsound, fold, ordered, whole
from tests import journeys
from tests.journeys import LOCK, SEAL, START, TRACKER

END = (START + timedelta(hours=3)).timestamp()


def told(fixes: list[dict[str, Any]], lock: list[dict[str, Any]] | None = None) -> list[Signal]:
    beats = journeys.heartbeat(fixes) if lock is None else lock
    said = journeys.messages(fixes) + journeys.messages(beats, LOCK)
    return journeys.signals(said)


def found(signals: Sequence[Signal], at: float | None = None, **more: Any) -> list[Incident]:
    last = max((s.t for s in signals), default=END)
    return whole(journeys.stream(), journeys.watch(**more), signals, last if at is None else at)


def kinds(incidents: Sequence[Incident]) -> list[str]:
    return [i.kind for i in incidents]


def fixes() -> list[dict[str, Any]]:
    return list(journeys.drive())


def test_a_quiet_journey_has_no_incident() -> None:
    assert found(told(fixes())) == []


def test_off_the_corridor_and_back() -> None:
    track = fixes()
    journeys.moved(track, 20, 40, 0.014)
    (one,) = found(told(track))
    assert (one.kind, one.grade) == ('off_corridor', 'red')
    assert one.began_at == START + timedelta(seconds=track[20]['t'])
    assert one.ended_at == START + timedelta(seconds=track[40]['t'])
    assert 1540 < one.facts['metres'] < 1580
    assert len(one.evidence) == 3


def test_at_the_edge_of_the_corridor_nothing_flaps() -> None:
    track = fixes()
    for n in range(10, 60):
        track[n]['lat'] += 0.0045 if n % 2 else 0.0052
    assert kinds(found(told(track))) in ([], ['off_corridor'])


def test_a_single_jump_is_no_deviation() -> None:
    track = fixes()
    track[30]['lat'] += 1.5
    assert found(told(track)) == []


def test_a_jump_that_stays_is_believed() -> None:
    track = fixes()
    journeys.moved(track, 30, 40, 0.5)
    (one,) = found(told(track))
    assert one.kind == 'off_corridor'
    assert one.began_at == START + timedelta(seconds=track[30]['t'])


def test_a_long_stop_but_not_at_a_permitted_place() -> None:
    track = fixes()
    journeys.paused(track, 10, 2400)
    (one,) = found(told(track))
    assert (one.kind, one.facts['minutes']) == ('long_stop', 40)
    permitted = fixes()
    rest = next(n for n, f in enumerate(permitted) if abs(f['lon'] - 118.2) < 0.003)
    journeys.paused(permitted, rest, 2400)
    assert found(told(permitted)) == []


def test_a_forbidden_zone() -> None:
    track = fixes()
    near = next(n for n, f in enumerate(track) if f['lon'] > 118.305)
    for n, north in enumerate((0.02, 0.055, 0.055, 0.055, 0.02)):
        track[near + n].update(lat=24.5 + north, lon=118.31)
    assert 'forbidden_zone' in kinds(found(told(track)))


@pytest.mark.parametrize(
    ('alarm', 'kind'), [('opened', 'seal_opened'), ('cut', 'seal_cut'), ('tamper', 'seal_cut')]
)
def test_an_opening_is_an_incident(alarm: str, kind: str) -> None:
    track = fixes()
    beats = journeys.heartbeat(track)
    beats[2]['alarms'] = (alarm,)
    (one,) = found(told(track, beats))
    assert (one.kind, one.device, one.grade) == (kind, LOCK, 'red')


def test_a_rear_door_is_an_opening() -> None:
    track = fixes()
    track[30]['facts'] = {'doors': [3]}
    assert kinds(found(told(track))) == ['seal_opened']
    track[30]['facts'] = {'doors': [4]}
    assert found(told(track)) == []


def test_an_opening_in_an_officers_hands_is_none() -> None:
    track = fixes()
    beats = journeys.heartbeat(track)
    beats[2]['alarms'] = ('opened',)
    at = START + timedelta(seconds=beats[2]['t'] + 120)
    act = Act(
        kind='seal', number=SEAL, act='void', before='applied', after='void', operator='o', at=at
    )
    assert found(told(track, beats), acts=(act,)) == []


def test_silence_of_one_device_while_the_other_speaks() -> None:
    track = fixes()
    beats = [b for b in journeys.heartbeat(track) if b['t'] < 600 or b['t'] > 2700]
    (one,) = found(told(track, beats))
    assert (one.kind, one.device) == ('silence', LOCK)


def test_silence_that_lasts_and_that_was_there_from_the_start() -> None:
    late = found([], at=(START + timedelta(minutes=31)).timestamp())
    assert kinds(late) == ['silence', 'silence']
    assert all(i.ended_at is None for i in late)
    assert found([], at=(START + timedelta(minutes=29)).timestamp()) == []


def test_late_arrival() -> None:
    track = fixes()[:-10]
    journeys.paused(track, 5, 0)
    at = (START + timedelta(hours=4, minutes=1)).timestamp()
    assert 'late_arrival' in kinds(found(told(track), at=at))
    at = (START + timedelta(hours=3, minutes=59)).timestamp()
    assert 'late_arrival' not in kinds(found(told(track), at=at))


def test_positions_that_are_lost_for_long() -> None:
    track = fixes()
    for fix in track[20:60]:
        fix['lost'] = True
    (one,) = found(told(track))
    assert one.kind == 'position_lost'
    for fix in track[20:40]:
        fix.pop('lost')
    assert found(told(track)) == []


def test_jamming_charge_and_clocks() -> None:
    track = fixes()
    beats = journeys.heartbeat(track)
    track[30] = {**track[30], 'alarms': ('jamming',)}
    track[50:] = [{**fix, 'facts': {'charge_percent': 9}} for fix in track[50:]]
    unsound = (Unsound(TRACKER, END + 1e6, START.timestamp(), b'x' * 16),)
    assert sorted(kinds(found(told(track, beats), unsound=unsound))) == [
        'clock_error', 'jamming', 'power_low',
    ]  # fmt: skip


# --- N19 ----------------------------------------------------------------------


@st.composite
def trips(draw: st.DrawFn) -> list[Signal]:
    """A journey with troubles anywhere: detours, stops, gaps, jumps, losses, alarms."""
    track = list(journeys.drive(every=60, seed=draw(st.integers(0, 50))))
    n = len(track)
    for _ in range(draw(st.integers(0, 4))):
        first, length = draw(st.integers(0, n - 2)), draw(st.integers(1, 15))
        trouble = draw(
            st.sampled_from(['off', 'far', 'stop', 'gap', 'lost', 'alarm', 'charge', 'zone'])
        )
        part = track[first : first + length]
        if trouble == 'stop':
            journeys.paused(track, first, draw(st.sampled_from([600, 2000, 4000])), every=60)
        for fix in part:
            if trouble in ('off', 'far'):
                fix['lat'] += 0.02 if trouble == 'off' else 0.6
            elif trouble == 'zone':
                fix.update(lat=24.56, lon=draw(st.sampled_from([118.28, 118.31, 118.34])))
            elif trouble == 'gap':
                fix['gone'] = True
            elif trouble == 'lost':
                fix['lost'] = True
            elif trouble == 'alarm':
                fix['alarms'] = (draw(st.sampled_from(['opened', 'cut', 'jamming', 'low_power'])),)
            elif trouble == 'charge':
                fix['facts'] = {'charge_percent': draw(st.integers(5, 30))}
    return told([f for f in track if not f.get('gone')] or track[:1])


def same(one: Sequence[Incident], other: Sequence[Incident]) -> bool:
    return canonical(plain(list(one))) == canonical(plain(list(other)))


@given(trips(), st.randoms(use_true_random=False), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_shuffled_and_repeated_messages_give_the_same_incidents(
    signals: list[Signal], chance: Any, twice: int
) -> None:
    again = [*signals, *chance.choices(signals, k=twice)]
    chance.shuffle(again)
    assert same(found(signals), found(again))


@given(trips(), st.lists(st.integers(1, 40), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_going_on_from_a_kept_state_is_the_same(signals: list[Signal], cuts: list[int]) -> None:
    stream, prepared = journeys.stream(), journeys.stream().prepare(journeys.watch())
    state, todo, last = stream.begin(prepared), ordered(signals), max(s.t for s in signals)
    while todo:
        cut = cuts[len(todo) % len(cuts)]
        fold(stream, prepared, state, todo[:cut])
        state, todo = json.loads(json.dumps(state)), todo[cut:]
    assert same(found(signals), list(stream.incidents(prepared, state, last)))


def test_the_route_may_be_given_in_the_datum_of_maps() -> None:
    from clearlane.scenarios.in_transit.geometry import Course, point
    from clearlane.wire.datum import to_gcj02

    lat, lon = to_gcj02(24.5, 118.1)
    back = point(f'{lat:.9f}, {lon:.9f}', 'gcj02')
    assert abs(back[0] - 24.5) < 1e-7
    spot = Course(((24.5, 118.1), (24.5, 118.3))).spots([(24.51, 118.2)])[0]
    assert abs(spot.off_m - 1111.95) < 1


@pytest.mark.parametrize('lat', [0.0, 24.5, 52.0, -33.0])
def test_a_distance_is_right_at_every_latitude(lat: float) -> None:
    from clearlane.scenarios.in_transit.geometry import Course

    course = Course(((lat, 10.0), (lat, 11.0)))
    (spot,) = course.spots([(lat + 0.01, 10.5)])
    assert abs(spot.off_m - 1111.95) < 2
    ring = course.corridor(1000)[0][0]
    north = max(p[0] for p in ring)
    assert abs((north - lat) * 111_195 - 1000) < 20


def test_what_the_checks_say_of_themselves() -> None:
    found = doctest.testmod(checks)
    assert (found.failed, found.attempted > 0) == (0, True)
