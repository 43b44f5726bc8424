"""How well container numbers are read on drawn doors, by layout and hardness; beside a peer.

    python -m bench.container_numbers --n 20            # of each layout and style
    python -m bench.container_numbers --n 5 --peer      # RapidOCR and a careful expression too

All pictures are synthetic. *sure but wrong* is a number that no container in the picture
has, with a score of 0.5 or more.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable

import cv2
import numpy as np

from bench.doors import LAYOUTS, Door, door
from clearlane.codes import container_number
from clearlane.recognisers.vehicle import VEHICLE

SURE = 0.5

Answer = list[tuple[str, float, str]]


def ours(jpeg: bytes) -> Answer:
    """Number, score and size type, as the reader of vehicles tells."""
    return [
        (one.value, one.score, str(one.details.get('size_type', '')))
        for one in VEHICLE.read(jpeg).readings
        if one.kind == 'container_number'
    ]


def peer() -> Callable[[bytes], Answer]:
    """RapidOCR as it comes; lines put together in reading order; valid check digits only."""
    from rapidocr import RapidOCR

    engine = RapidOCR()

    def read(jpeg: bytes) -> Answer:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        texts = list(engine(image).txts or ())
        whole = ' '.join(texts).upper()
        found = re.findall(r'([A-Z]{3}[UJZ])[ .-]*(\d{3})[ .-]*(\d{3})[ .\-\[(]*(\d)', whole)
        return [
            (value, 1.0, '')
            for value in dict.fromkeys(''.join(parts) for parts in found)
            if container_number.is_valid(value)
        ]

    return read


def judged(one: Door, answer: Answer, total: Counter[str]) -> None:
    """Count what was read of one picture."""
    sure = {value for value, score, _ in answer if score >= SURE}
    wanted = one.numbers[0]
    total['pictures'] += 1
    total['exact'] += wanted in sure
    total['unsure'] += wanted not in sure and any(value == wanted for value, *_ in answer)
    total['wrong'] += len(sure - set(one.numbers))
    total['size'] += any(value == wanted and kind == one.size_type for value, _, kind in answer)


def _missed(one: Door, found: Answer) -> bool:
    sure = {value for value, score, _ in found if score >= SURE}
    return one.numbers[0] not in sure or bool(sure - set(one.numbers))


def main() -> None:
    """Print a table, then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=20)
    asked.add_argument('--seed', type=int, default=1000)
    asked.add_argument('--hard', type=float, nargs='*', default=[0.2, 0.6, 1.0])
    asked.add_argument('--peer', action='store_true')
    asked.add_argument('--misses', action='store_true')
    said = asked.parse_args()
    readers: dict[str, Callable[[bytes], Answer]] = {'clearlane': ours}
    if said.peer:
        readers['rapidocr'] = peer()
    answer = []
    for layout in LAYOUTS:
        for hard in said.hard:
            totals = {name: Counter[str]() for name in readers}
            seconds = dict.fromkeys(readers, 0.0)
            for number in range(said.n):
                style = ('yard', 'port')[number % 2]
                one = door(said.seed + number, style, hard, layout)
                for name, read in readers.items():
                    started = time.process_time()
                    found = read(one.jpeg)
                    seconds[name] += time.process_time() - started
                    judged(one, found, totals[name])
                    if said.misses and name == 'clearlane' and _missed(one, found):
                        print(said.seed + number, style, hard, layout, round(one.height_px),
                              one.numbers, found, file=sys.stderr)  # fmt: skip
            for name in readers:
                row = {'reader': name, 'layout': layout, 'hard': hard, **totals[name],
                       'cpu_s': round(seconds[name] / said.n, 2)}  # fmt: skip
                answer.append(row)
                print('  '.join(f'{name} {value}' for name, value in row.items()))
    print(json.dumps({'rows': answer}))


if __name__ == '__main__':
    main()
