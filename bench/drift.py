"""Light is turned down step by step: which alarm rises when, beside what it does to readings.

    python -m bench.drift --n 40

Sample photographs of one camera over one line. The reference is 100 of them in full light; at
each step `n` others are taken with less light and with the noise of the sensor, and are read.
The monitors are those of the program, with the parameters of the packaging scenario.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np

from bench import cameras
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

STEPS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.22, 0.16, 0.12, 0.09, 0.07, 0.05, 0.035)
NOISE = 2.0
"""The standard deviation of the sensor's noise, of 255; it does not fade with the light."""

SCENARIO = 'lithium_packaging'


@dataclass
class Seen:
    """One observation, as the monitors look at it."""

    values: Mapping[str, float]
    view: str = 'front'
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


def taken(first: int, count: int, width: int) -> Iterator[bytes]:
    """Photographs of the boxes of one camera, of every hardness up to 0.6."""
    for seed in range(first, first + count):
        shot = Shot(seed=seed, width=width, height=width * 3 // 4, hardness=0.1 * (seed % 7))
        yield photograph(specimen(seed), shot).jpeg


def dimmed(data: bytes, light: float, seed: int) -> bytes:
    """The same photograph in a share of its light."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    noise = np.random.default_rng(seed).normal(0, NOISE, image.shape)
    return cameras.jpeg(np.clip(image * light + noise, 0, 255).astype(np.uint8), 88)


def observed(pictures: Sequence[bytes], limits: Mapping[str, float], *, read: bool) -> list[Seen]:
    """What the program would observe of these photographs; reading them is what takes time."""
    from clearlane import observing
    from clearlane.model import plain
    from clearlane.recognisers.package import PACKAGE

    found = []
    for data in pictures:
        values = observing.captured(data)
        if read:
            readings = plain(PACKAGE.read(data).readings)
            values |= observing.of_readings(readings, '', limits)
        found.append(Seen(values))
    return found


def verdicts(reference: Sequence[Any], recent: Sequence[Any], held: Any) -> dict[str, list[str]]:
    """The quantities that have shifted, by monitor."""
    from clearlane import drifts

    seen = drifts.beside(reference, recent, len(reference), len(recent))
    return {
        monitor: [name for name, one in drifts.compared(seen, monitor, held).items() if one.alarm]
        for monitor in drifts.OF_PHOTOGRAPHS
    }


def doubts(reference: Sequence[Any], recent: Sequence[Any]) -> float:
    """The share of expected readings that are in doubt or missing."""
    from clearlane import drifts

    seen = drifts.beside(reference, recent, len(reference), len(recent)).recent
    told = [v for name, values in seen.items() if name.startswith('reading.doubt.') for v in values]
    return sum(told) / max(1, len(told))


def law() -> tuple[Any, dict[str, float]]:
    """The limits of the monitors and of the readings, as of today."""
    from clearlane import cases, drifts, flow

    found = flow.scenario_named(SCENARIO).parameters.on(flow.today())
    return drifts.Limits.of(found.drift), cases.limits(found)


def main() -> None:
    """Print a table, then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=40)
    asked.add_argument('--reference', type=int, default=100)
    asked.add_argument('--width', type=int, default=1600)
    said = asked.parse_args()
    held, limits = law()
    reference = observed(list(taken(0, said.reference, said.width)), limits, read=True)
    others = list(taken(1000, said.n, said.width))
    rows: list[dict[str, Any]] = []
    print('light  brightness  doubts  capture                          reading')
    for step in STEPS:
        recent = observed(
            [dimmed(data, step, n) for n, data in enumerate(others)], limits, read=True
        )
        found = verdicts(reference, recent, held)
        bright = sum(one.values['capture.brightness'] for one in recent) / len(recent)
        share = doubts(reference, recent)
        rows.append({'light': step, 'brightness': bright, 'doubts': share, **found})
        words = {m: ', '.join(n.split('.', 1)[1] for n in found[m]) or '-' for m in found}
        print(f'{step:5.3f}  {bright:10.1f}  {share:6.3f}  '
              f'{words["capture"]:32s} {words["reading"]}', flush=True)  # fmt: skip
    base = max(rows[0]['doubts'], 1 / (said.n * 8))
    first = {
        'capture alarm': _first(rows, lambda row: bool(row['capture'])),
        'reading alarm': _first(rows, lambda row: bool(row['reading'])),
        'doubts doubled': _first(rows, lambda row: row['doubts'] >= 2 * base),
    }
    for name, light in first.items():
        print(f'{name}: from {light} of the light')
    print(json.dumps({'rows': rows, 'first': first}))


def _first(rows: Sequence[Mapping[str, Any]], holds: Any) -> float | None:
    return next((row['light'] for row in rows if holds(row)), None)


def in_a_home() -> int:
    """Run with a database of its own: the monitors stand beside their tables."""
    home = tempfile.mkdtemp(prefix='clearlane-bench-')
    os.environ['CLEARLANE_HOME'] = home
    os.environ.pop('DATABASE_URL', None)
    try:
        from clearlane.store.start import open_store

        open_store()
        main()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == '__main__':
    sys.exit(in_a_home())
