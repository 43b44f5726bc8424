"""Fit what a score is worth: read drawn photographs, write recognisers/calibration.json.

    python tools/calibrate.py collect --n 40 --seed 9000 --out readings.csv
    python tools/calibrate.py fit readings.csv
    python tools/calibrate.py numbers --kind mrz --n 850 --seed 10000 --out zones.csv
    python tools/calibrate.py fit doors.csv plates.csv zones.csv

`collect` reads photographs of six hands, clean and hard, and writes each reading with its
raw score and whether it is right; it can run in several processes with other seeds. `fit`
takes a third of the photographs for the curves from score to chance (logistic, one a kind) and
the others for the threshold (Learn-then-Test with the Clopper-Pearson bound), and keeps
the readings that it used in bench/calibration.csv, from which tests draw again. `numbers` does
what `collect` does for numbers of containers, plates and zones of documents, drawn by a hand of
their own (bench/hands/depot.py); their readings are kept in bench/calibration_numbers.csv. `fit`
renews what its files hold and leaves the other of the two as it is.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
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
KEPT_NUMBERS = ROOT / 'bench' / 'calibration_numbers.csv'
COLUMNS = ('photo', 'hand', 'condition', 'print', 'size', 'kind', 'score', 'right')
SIZES = ((2000, 1500), (2800, 2100))


def drawn(n: int, seed: int) -> Iterator[tuple[str, str, str, bytes, list[dict[str, Any]]]]:
    """Name, hand, condition, bytes and truth of each photograph."""
    from bench.read import by_hand

    for hard in (False, True):
        for hand in ('label_room', 'yard', 'form', 'quay', 'pier'):
            for at, size in enumerate(SIZES):
                found = by_hand(hand, n, seed + 5000 * at, hard, size)
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
    """A value as it is compared: masses as numbers, names by their letters and figures alone."""
    if kind.endswith('_kg'):
        return float(value)
    return re.sub(r'\W', '', str(value).lower()) if kind == 'proper_shipping_name' else str(value)


def numbers(kind: str, n: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Every reading of this kind of number, with its raw score."""
    from bench.hands import depot
    from clearlane.recognisers.passport import PASSPORT
    from clearlane.recognisers.vehicle import VEHICLE

    reader = PASSPORT if kind == 'mrz' else VEHICLE
    for one in depot.pictures(kind, range(seed, seed + n)):
        for reading in reader.raw(one.jpeg).readings:
            if reading.kind == kind:
                yield (one.name, 'depot', one.condition, one.layout, round(one.height_px), kind,
                       round(reading.score, 4), int(reading.value in one.values))  # fmt: skip


def collect(found: Iterator[tuple[Any, ...]], out: Path) -> None:
    with out.open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in found:
            writer.writerow(row)
            file.flush()


def fit(files: list[Path]) -> None:
    found: list[dict[str, str]] = []
    for path in files:
        found += csv.DictReader(path.open())
    made = json.loads(calibration.FILE.read_text(encoding='utf-8'))
    of_numbers = [row for row in found if row['kind'] in calibration.NUMBERS]
    of_words = [row for row in found if row['kind'] in calibration.KINDS]
    if of_words:
        made = {**calibration.fit(kept(of_words, KEPT)), 'numbers': made.get('numbers', {})}
    if of_numbers:
        made['numbers'] = calibration.fit_numbers(kept(of_numbers, KEPT_NUMBERS))
    text = json.dumps(made, indent=1, ensure_ascii=False) + '\n'
    calibration.FILE.write_text(text, encoding='utf-8')
    limits = {kind: one['threshold'] for kind, one in made['numbers'].items()}
    print(hashlib.sha256(text.encode()).hexdigest(), made['threshold'], limits)


def kept(found: list[dict[str, str]], file: Path) -> list[calibration.Scored]:
    """Write the readings that are used to `file`, and give them as they are judged."""
    found.sort(key=lambda row: (row['photo'], row['kind'], row['score']))
    with file.open('w', newline='') as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows(found)
    return [
        calibration.Scored(row['photo'], row['kind'], float(row['score']), row['right'] == '1')
        for row in found
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest='verb', required=True)
    first = verbs.add_parser('collect')
    first.add_argument('--n', type=int, default=20)
    first.add_argument('--seed', type=int, default=9000)
    first.add_argument('--out', type=Path, default=Path('readings.csv'))
    other = verbs.add_parser('numbers')
    other.add_argument('--kind', choices=calibration.NUMBERS, required=True)
    other.add_argument('--n', type=int, default=50)
    other.add_argument('--seed', type=int, default=10000)
    other.add_argument('--out', type=Path, default=Path('numbers.csv'))
    verbs.add_parser('fit').add_argument('files', type=Path, nargs='+')
    asked = parser.parse_args()
    if asked.verb == 'collect':
        collect(rows(asked.n, asked.seed), asked.out)
    elif asked.verb == 'numbers':
        collect(numbers(asked.kind, asked.n, asked.seed), asked.out)
    else:
        fit(asked.files)


if __name__ == '__main__':
    main()
