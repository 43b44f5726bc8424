"""How the quality gate tells good photographs from bad ones: false alarms, misses, time.

    python -m bench.quality --n 20

Good: sample photographs of hardness 0 to 0.4 by line camera and phone, drawn doors and
vehicles of hardness 0.2. Bad: the same blurred, dark, burnt out, or taken from too far.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import cv2
import numpy as np

from bench import cameras
from bench.doors import door
from bench.plates import vehicle
from clearlane.recognisers import quality
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

CODES = {'blurred': 'blurred', 'dark': 'too_dark', 'glare': 'glare', 'far': 'too_small'}


def pictures(count: int, size: tuple[int, int]) -> Iterator[tuple[str, str, bytes]]:
    """What is wrong with a photograph (nothing: ''), where it comes from, and its bytes."""
    for seed in range(count):
        for style in ('line', 'phone'):
            for fault in ('', 'blurred', 'dark', 'glare'):
                shot = Shot(
                    seed=seed,
                    width=size[0],
                    height=size[1],
                    style=style,
                    hardness=0.1 * (seed % 5),
                    faults=(fault,) if fault else (),
                )
                yield fault, style, photograph(specimen(seed), shot).jpeg
        for source, jpeg in (
            ('door', door(seed, 'yard', 0.2, size=size).jpeg),
            ('vehicle', vehicle(seed, 'narrow', 'blue', 0.2, size=size).jpeg),
        ):
            yield '', source, jpeg
            image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
            soft = cv2.GaussianBlur(image, (0, 0), size[0] / 220)
            yield 'blurred', source, cameras.jpeg(soft, 90)
            yield 'dark', source, cameras.jpeg((image * 0.08).astype(np.uint8), 90)


def main() -> None:
    """Print a table, then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=6)
    asked.add_argument('--width', type=int, default=4000)
    said = asked.parse_args()
    totals: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    figures: dict[tuple[str, str], list[quality.Measured]] = defaultdict(list)
    seconds = []
    for fault, source, jpeg in pictures(said.n, (said.width, said.width * 3 // 4)):
        started = time.process_time()
        seen = {one.value for one in quality.gate(jpeg)}
        seconds.append(time.process_time() - started)
        key = fault or 'good', source
        figures[key].append(quality.measured(jpeg))
        totals[key]['pictures'] += 1
        totals[key]['told'] += CODES.get(fault, '') in seen
        totals[key]['alarms'] += bool(seen)
        totals[key].update({f'as {code}': 1 for code in seen})
    rows = [
        {'condition': key[0], 'source': key[1], **found} for key, found in sorted(totals.items())
    ]
    for row in rows:
        ones = figures[str(row['condition']), str(row['source'])]
        spread = {
            name: np.percentile([getattr(one, name) for one in ones], (0, 50, 100))
            .round(3)
            .tolist()
            for name in ('sharp', 'light', 'glare', 'height_px')
        }
        print('  '.join(f'{word} {value}' for word, value in row.items()), spread)
    middle = round(1000 * float(np.median(seconds)), 1)
    print(f'CPU time of the gate: {middle} ms in the middle')
    print(json.dumps({'rows': rows, 'cpu_ms': middle}))


if __name__ == '__main__':
    main()
