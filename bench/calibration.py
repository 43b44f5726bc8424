"""What the scores of readings are worth: reliability, abstention, by condition and print.

    python -m bench.calibration
    python -m bench.calibration container_number    # or licence_plate, mrz: by a curve of its own

works on the readings kept by `tools/calibrate.py` (synthetic): the part of them that chose the
threshold, which the curves were not fitted on.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from clearlane.recognisers import calibration
from clearlane.recognisers.calibration import Scored

KEPT = Path(__file__).with_name('calibration.csv')
KEPT_NUMBERS = Path(__file__).with_name('calibration_numbers.csv')
EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)

Judged = tuple[float, bool]


def held_out(kind: str) -> tuple[list[dict[str, str]], list[Judged]]:
    """The readings that the curves were not fitted on: of one kind of number, or of all words."""
    with (KEPT_NUMBERS if kind else KEPT).open() as file:
        rows = [row for row in csv.DictReader(file) if kind in ('', row['kind'])]
    scored = {id(row): Scored(row['photo'], row['kind'], float(row['score']), row['right'] == '1')
              for row in rows}  # fmt: skip
    _, second = calibration.parts(list(scored.values()))
    chosen = {id(one) for one in second}
    kept = [row for row in rows if id(scored[id(row)]) in chosen]
    curves = calibration._curves()
    judged = [(calibration.chance(curves[row['kind']], float(row['score'])), row['right'] == '1')
              for row in kept]  # fmt: skip
    return kept, judged


def reliability(judged: list[Judged]) -> float:
    """Print said against true; the mean distance weighted by readings (ECE)."""
    print('chance said   readings   said   right')
    error = 0.0
    for low, high in pairwise(EDGES):
        part = [one for one in judged if low <= one[0] < high or one[0] == high == 1]
        if part:
            said = sum(chance for chance, _ in part) / len(part)
            right = sum(good for _, good in part) / len(part)
            error += abs(said - right) * len(part) / len(judged)
            print(f'{low:.2f}-{high:.2f}   {len(part):>10}  {said:.3f}   {right:.3f}')
    return error


def abstention(judged: list[Judged], own: float) -> None:
    print('\nthreshold  accepted   wrong of all   bound (95 %)')
    for limit in sorted({0.5, 0.8, 0.9, 0.95, 0.98, 0.99, own}):
        taken = [good for chance, good in judged if chance >= limit]
        wrong = taken.count(False)
        bound = calibration.upper_bound(wrong, len(judged), calibration.DELTA)
        mark = '  <- the threshold' if limit == own else ''
        print(f'{limit:.4f}    {len(taken) / len(judged):7.3f}        {wrong / len(judged):.4f}'
              f'         {bound:.4f}{mark}')  # fmt: skip


def by(name: str, rows: Iterable[dict[str, str]], judged: list[Judged], own: float) -> None:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row, one in zip(rows, judged, strict=True):
        value = row[name].removesuffix('+drum') if name == 'condition' else row[name]
        if name == 'size':
            value = f'{int(row[name]) // 15 * 15:3d} px and more' if row[name] != '0' else ''
        groups[value or 'unknown'].append(one)
    print(f'\n{name:<22} readings   right   accepted   right of accepted')
    for value in sorted(groups):
        part = groups[value]
        taken = [good for chance, good in part if chance >= own]
        right = sum(good for _, good in part) / len(part)
        sure = sum(taken) / len(taken) if taken else float('nan')
        print(
            f'{value:<22} {len(part):>8}   {right:.3f}   {len(taken) / len(part):8.3f}   {sure:.3f}'
        )


def left_out() -> None:
    """Print how often a reading of each hand is wrong and accepted, fitted on the others alone."""
    with KEPT.open() as file:
        rows = list(csv.DictReader(file))
    print(f'\n{"hand left out":<22} readings   threshold   accepted   wrong of all')
    for hand in sorted({row['hand'] for row in rows}):
        scored: dict[bool, list[Scored]] = {True: [], False: []}
        for row in rows:
            one = Scored(row['photo'], row['kind'], float(row['score']), row['right'] == '1')
            scored[row['hand'] == hand].append(one)
        made = calibration.fit(scored[False])
        taken = [
            one.right
            for one in scored[True]
            if calibration.chance(made['curves'][one.kind], one.score) >= made['threshold']
        ]
        of = len(scored[True])
        print(f'{hand:<22} {of:>8}   {made["threshold"]:>9.4f}   {len(taken) / of:8.3f}'
              f'         {taken.count(False) / of:.4f}')  # fmt: skip


def main(kind: str = '') -> None:
    rows, judged = held_out(kind)
    own = calibration.threshold(kind)
    error = reliability(judged)
    print(f'ECE {error:.4f} over {len(judged)} readings held out from the curves')
    abstention(judged, own)
    for name in (
        ('condition', 'print', 'size') if kind else ('kind', 'hand', 'condition', 'print', 'size')
    ):
        by(name, rows, judged, own)
    if not kind:
        left_out()


if __name__ == '__main__':
    main(*sys.argv[1:2])
