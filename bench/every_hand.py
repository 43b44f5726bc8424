"""How packages drawn by every hand are read, clean and hard, each hand by itself.

    python -m bench.every_hand --n 16 --seed 990000

The hands differ in typefaces, print, layout, light, camera and faults; where they break shows
in the rows. Exact values of what is legible, and of all that is read at the threshold or above
what is wrong. Last comes the CPU time of a photograph of 12 MP. Every figure is synthetic.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from bench.read import HANDS, KINDS, by_hand, compared, photographs
from clearlane.recognisers import package

SIZE = (4000, 3000)


def row(photos: Iterable[Any]) -> list[str]:
    """One line of the table: right of legible by kind, wrong of sure, milliseconds."""
    tally: Counter[str] = Counter()
    count, used = 0, 0.0
    for photo in photos:
        at = time.process_time()
        readings = package.PACKAGE.read(photo.jpeg).readings
        used += time.process_time() - at
        count += 1
        for kind in KINDS:
            tally += compared(kind, photo.truth, readings)
    right = [f'{tally[kind]}/{tally["all " + kind]}' for kind in KINDS]
    return [*right, f'{tally["wrong"]}/{tally["sure"]}', f'{used / count * 1000:.0f}']


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--n', type=int, default=16)
    parser.add_argument('--seed', type=int, default=990_000)
    asked = parser.parse_args()
    columns = [*KINDS, 'sure_but_wrong', 'cpu_ms']
    print(f'{"":<18}' + ''.join(f'{column:>15}' for column in columns))
    for hand in HANDS:
        for how, hard in (('clean', False), ('hard', True)):
            photos = (
                photographs(asked.n, asked.seed, 0.9 if hard else 0.2, SIZE)
                if hand == 'sample'
                else by_hand(hand, asked.n, asked.seed, hard, SIZE)
            )
            print(f'{hand + ", " + how:<18}' + ''.join(f'{cell:>15}' for cell in row(photos)))


if __name__ == '__main__':
    main()
