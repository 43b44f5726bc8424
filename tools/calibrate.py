"""Fit what a score is worth: read drawn photographs, write recognisers/calibration.json.

    python tools/calibrate.py collect --n 40 --seed 9000 --out readings.csv
    python tools/calibrate.py fit readings.csv

`collect` reads photographs of three hands, clean and hard, and writes each reading with its
raw score and whether it is right; it can run in several processes with other seeds. `fit`
takes a third of the photographs for the curves from score to chance (logistic, one a kind) and
the others for the threshold (Learn-then-Test with the Clopper-Pearson bound), and keeps
the readings that it used in bench/calibration.csv, from which tests draw again.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clearlane.recognisers import calibration, package
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

ROOT = Path(__file__).parent.parent
KEPT = ROOT / 'bench' / 'calibration.csv'
COLUMNS = ('photo', 'hand', 'condition', 'print', 'size', 'kind', 'score', 'right')
SIZES = ((2000, 1500), (2800, 2100))


def drawn(n: int, seed: int) -> Iterator[tuple[str, str, str, bytes, list[dict[str, Any]]]]:
    """Name, hand, condition, bytes and truth of each photograph."""
    from bench.hands.shots import photographs

    for hard in (False, True):
        for hand in ('label_room', 'yard'):
            for at, size in enumerate(SIZES):
                found = photographs(hand, n, seed + 5000 * at, hard=hard, size=size)
                for index, taken in enumerate(found):
                    name = f'{hand}-{seed + 5000 * at + index}-{int(hard)}'
                    yield name, hand, taken.condition, taken.jpeg, taken.truth
        for index in range(n):
            number = seed + index
            width, height = SIZES[index % 2]
            shot = Shot(seed=number, width=width, height=height, hardness=0.9 if hard else 0.1,
                        style=('line', 'phone')[index % 2], line=index % 6)  # fmt: skip
            photo = photograph(specimen(number), shot)
            yield (
                f'sample-{number}-{int(hard)}',
                'sample',
                'hard' if hard else 'clean',
                photo.jpeg,
                photo.truth,
            )


def rows(n: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Every reading of a kind that the truth knows, with its raw score."""
    for name, hand, condition, jpeg, truth in drawn(n, seed):
        print(name, condition, file=sys.stderr)
        printed = {one.get('print', '') for one in truth if one['kind'] == 'un_mark'}
        for reading in package.PACKAGE.raw(jpeg).readings:
            values = {plain(reading.kind, one['value']) for one in truth
                      if one['kind'] == reading.kind}  # fmt: skip
            if reading.kind not in calibration.KINDS or not values:
                continue
            right = plain(reading.kind, reading.value) in values
            size = max((one.get('cap_px', 0) for one in truth if one['kind'] == reading.kind),
                       default=0)  # fmt: skip
            yield (name, hand, condition, next(iter(printed), ''), size, reading.kind,
                   round(reading.score, 4), int(right))  # fmt: skip


def plain(kind: str, value: Any) -> Any:
    """A value as it is compared: masses as numbers, names without case and spaces."""
    if kind.endswith('_kg'):
        return float(value)
    return str(value).lower().replace(' ', '') if kind == 'proper_shipping_name' else str(value)


def collect(n: int, seed: int, out: Path) -> None:
    with out.open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows(n, seed):
            writer.writerow(row)
            file.flush()


def fit(files: list[Path]) -> None:
    found: list[dict[str, str]] = []
    for path in files:
        found += csv.DictReader(path.open())
    found.sort(key=lambda row: (row['photo'], row['kind'], row['score']))
    with KEPT.open('w', newline='') as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows(found)
    scored = [
        calibration.Scored(row['photo'], row['kind'], float(row['score']), row['right'] == '1')
        for row in found
    ]
    made = calibration.fit(scored)
    text = json.dumps(made, indent=1, ensure_ascii=False) + '\n'
    calibration.FILE.write_text(text, encoding='utf-8')
    print(hashlib.sha256(text.encode()).hexdigest(), made['threshold'])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest='verb', required=True)
    first = verbs.add_parser('collect')
    first.add_argument('--n', type=int, default=20)
    first.add_argument('--seed', type=int, default=9000)
    first.add_argument('--out', type=Path, default=Path('readings.csv'))
    verbs.add_parser('fit').add_argument('files', type=Path, nargs='+')
    asked = parser.parse_args()
    if asked.verb == 'collect':
        collect(asked.n, asked.seed, asked.out)
    else:
        fit(asked.files)


if __name__ == '__main__':
    main()
