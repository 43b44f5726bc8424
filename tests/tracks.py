"""Tracks as receivers really write them: any rate, noise, gaps, tunnels, ferries, wrong clocks."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

Fix = dict[str, Any]
METRE = 1 / 111_195
"""One metre in degrees of latitude."""


def along(
    line: list[tuple[float, float]],
    *,
    every: float = 10,
    kmh: float = 60,
    noise_m: float = 5,
    seed: int = 0,
    start: float = 0,
) -> list[Fix]:
    """Fixes along a line at a speed, one each so many seconds, with the noise of a receiver."""
    rng, found, t, left = random.Random(seed), [], start, 0.0
    step = kmh / 3.6 * every
    for (a, b), (c, d) in itertools.pairwise(line):
        narrow = math.cos(math.radians(a))
        length = math.hypot(c - a, (d - b) * narrow) / METRE
        while length and left < length:
            found.append(_near(a + (c - a) * left / length, b + (d - b) * left / length, t,
                               noise_m, rng))  # fmt: skip
            left, t = left + step, t + every
        left -= length
    for n in range(3):
        found.append(_near(*line[-1], t + n * every, noise_m, rng))
    return found


def _near(lat: float, lon: float, t: float, noise_m: float, rng: random.Random) -> Fix:
    north, east = rng.gauss(0, noise_m) * METRE, rng.gauss(0, noise_m) * METRE
    return {'t': t, 'lat': lat + north, 'lon': lon + east / math.cos(math.radians(lat))}


def stands(
    track: list[Fix], where: int, seconds: float, *, every: float = 10, drift_m: float = 30
) -> list[Fix]:
    """The vehicle stands there for a while, and its fixes wander about."""
    rng, here = random.Random(where), track[where]
    count = int(seconds / every)
    some = [
        _near(here['lat'], here['lon'], here['t'] + (n + 1) * every, drift_m / 2, rng)
        for n in range(count)
    ]
    after = [{**f, 't': f['t'] + count * every} for f in track[where + 1 :]]
    return [*track[: where + 1], *some, *after]


def jumps(track: list[Fix], every: int, metres: float, length: int = 1) -> list[Fix]:
    """Every so many fixes, some lie far away."""
    return [
        {**f, 'lat': f['lat'] + (metres * METRE if n and n % every < length else 0)}
        for n, f in enumerate(track)
    ]


def without(track: list[Fix], first: float, last: float, *, silent: bool = True) -> list[Fix]:
    """Between two moments nothing is heard, or messages have no position: tunnel, ferry, cut."""
    if silent:
        return [f for f in track if not first <= f['t'] <= last]
    return [{**f, 'lost': True} if first <= f['t'] <= last else f for f in track]


def aside(track: list[Fix], first: float, last: float, metres: float) -> list[Fix]:
    """Between two moments the vehicle drives beside its road."""
    return [
        {**f, 'lat': f['lat'] + metres * METRE} if first <= f['t'] <= last else f for f in track
    ]
