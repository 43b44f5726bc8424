"""Journeys for the tests: a route, a declared journey, and lorries that drive it, well or badly."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clearlane.library import Entry, Library
from clearlane.scenario import scenarios
from clearlane.stream import Signal, Stream, Watch
from clearlane.wire.message import Message

START = datetime(2026, 5, 11, 0, 0, tzinfo=UTC)
LINE = ['24.5000, 118.1000', '24.5000, 118.3000', '24.6000, 118.4000', '24.6000, 118.6000']
SEAL = 'CN0000123'
TRACKER, LOCK = '13900000001', 'LOCK1'


def route(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        'name': 'A–B', 'origin': 'A', 'destination': 'B', 'line': LINE,
        'stops': [{'name': 'rest', 'place': '24.5000, 118.2000', 'radius_m': 300}],
        'forbidden': [
            {
                'name': 'mine',
                'border': ['24.55,118.30', '24.57,118.30', '24.57,118.32', '24.55,118.32'],
            }
        ],
    }  # fmt: skip
    return {**found, **changes}


def journey(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        'no': 'J-1', 'purpose': 'customs_transfer', 'goods': 'Exhibits', 'origin': 'A',
        'destination': 'B', 'plate': '闽D12345', 'container': 'CSQU3054383', 'seals': [SEAL],
        'driver': '王师傅', 'driver_licence': '350200199001010011', 'route': 'R-1',
        'departs_at': START.isoformat(), 'arrives_by': (START + timedelta(hours=3)).isoformat(),
        'devices': [{'code': TRACKER, 'role': 'vehicle'}, {'code': LOCK, 'role': 'lock'}],
    }  # fmt: skip
    return {**found, **changes}


def stream() -> Stream:
    found = scenarios()['in_transit'].stream
    assert found is not None
    return found


def watch(road: dict[str, Any] | None = None, **more: Any) -> Watch:
    scenario = scenarios()['in_transit']
    day = date(2026, 5, 11)
    record = scenario.libraries['routes'].model_validate(road or route())
    entry = Entry(key='R-1', version=1, state='in_force', data=record, since=day)
    return Watch(
        declared=scenario.declares.model_validate(journey()),
        law=scenario.parameters.on(day),
        libraries={'routes': Library({'R-1': entry})},
        **more,
    )


def drive(every: float = 30, speed_kmh: float = 60, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Fixes along the line, with the noise of a receiver."""
    rng = random.Random(seed)
    points = [tuple(map(float, p.split(','))) for p in LINE]
    t = 0.0
    for (a, b), (c, d) in itertools.pairwise(points):
        metres = math.hypot((c - a) * 111_195, (d - b) * 111_195 * math.cos(math.radians(a)))
        steps = max(1, int(metres / (speed_kmh / 3.6 * every)))
        for n in range(steps):
            share = n / steps
            yield {
                't': t,
                'lat': a + (c - a) * share + rng.gauss(0, 0.00003),
                'lon': b + (d - b) * share + rng.gauss(0, 0.00003),
            }
            t += every
    for _ in range(4):
        yield {'t': t, 'lat': points[-1][0], 'lon': points[-1][1]}
        t += every


def moved(fixes: list[dict[str, Any]], first: int, last: int, north: float) -> None:
    """Some of the fixes lie further north, in degrees."""
    for fix in fixes[first:last]:
        fix['lat'] += north


def paused(fixes: list[dict[str, Any]], where: int, seconds: float, every: float = 30) -> None:
    """The lorry stands for a while."""
    here, count = fixes[where], int(seconds / every)
    for fix in fixes[where + 1 :]:
        fix['t'] += count * every
    stand = [{**here, 't': here['t'] + (n + 1) * every} for n in range(count)]
    fixes[where + 1 : where + 1] = stand


def messages(
    fixes: list[dict[str, Any]], device: str = TRACKER, start: datetime = START
) -> list[Message]:
    return [
        Message(
            device=device,
            at=start + timedelta(seconds=f['t']),
            lat=None if f.get('lost') else round(f['lat'], 6),
            lon=None if f.get('lost') else round(f['lon'], 6),
            fix=not f.get('lost'),
            speed_kmh=60.0,
            alarms=tuple(f.get('alarms', ())),
            facts=f.get('facts', {}),
        )
        for f in fixes
    ]


def heartbeat(fixes: list[dict[str, Any]], **changes: Any) -> list[dict[str, Any]]:
    """The lock reports every ten minutes while the lorry drives."""
    return [{**f, **changes} for f in fixes[::20]] + [fixes[-1]]


def signals(said: list[Message]) -> list[Signal]:
    return [
        Signal(
            t=round(m.at.timestamp(), 6), digest=m.digest, device=m.device, role='',
            lat=m.lat, lon=m.lon, fix=m.fix, speed_kmh=m.speed_kmh, alarms=m.alarms, facts=m.facts,
        )
        for m in said
        if m.at is not None
    ]  # fmt: skip
