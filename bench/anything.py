"""Doors, vehicles and documents through `clearlane read` itself, small and large, any way up.

    python -m bench.anything --n 6 [--specimens FOLDER] [--packages 6]

Each picture is drawn (see doors, plates, zones), turned by quarters, and either of 2
megapixels or a small part of one of 12. *exact* is the right value, read with a score of 0.5
or more; *wrong* is another one with such a score. `--packages` says what share of package
photographs is taken for something else and pays for the full search.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.doors import LAYOUTS, door
from bench.plates import KINDS, vehicle
from bench.zones import page, zone
from clearlane.codes import mrz
from clearlane.recognisers import further, photo
from clearlane.sample.photographs import write

SURE = 0.5
SIZES = {'2 MP': None, '12 MP': (4000, 3000)}


def shown(jpeg: bytes, size: tuple[int, int] | None, seed: int) -> bytes:
    """The picture turned by quarters; within a larger scene where a size is given."""
    rng = np.random.default_rng([seed, 77])
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if size is not None:
        wide, high = size
        scene = cv2.resize(rng.integers(60, 190, (9, 12, 3), np.uint8), size)
        share = float(rng.uniform(0.4, 0.7))
        scale = share * min(wide / picture.shape[1], high / picture.shape[0])
        part = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top = int(rng.integers(0, high - part.shape[0]))
        left = int(rng.integers(0, wide - part.shape[1]))
        scene[top : top + part.shape[0], left : left + part.shape[1]] = part
        picture = scene
    turned = np.ascontiguousarray(np.rot90(picture, int(rng.integers(4))))
    return cv2.imencode('.jpg', turned, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def pictures(what: str, n: int, seed: int, hard: float) -> Iterator[tuple[bytes, set[str]]]:
    """Pictures of one kind, and the values that can be read in each."""
    for at in range(seed, seed + n):
        if what == 'container_number':
            one = door(at, ('yard', 'port')[at % 2], hard, LAYOUTS[at % len(LAYOUTS)])
            yield one.jpeg, set(one.numbers)
        elif what == 'licence_plate':
            car = vehicle(at, ('narrow', 'wide')[at % 2], KINDS[at % len(KINDS)], hard)
            yield car.jpeg, {car.plate} - {''}
        else:
            rng = np.random.default_rng([at, 3])
            text = zone(('TD1', 'TD2', 'TD3')[at % 3], rng)
            yield page(text, rng, hard), {text}


def answered(jpeg: bytes, what: str, folder: Path) -> tuple[dict[str, float], float]:
    """The values of this kind with their scores, and the CPU seconds that they took."""
    path = folder / 'photo.jpg'
    path.write_bytes(jpeg)
    started = time.process_time()
    seen = photo.read(path)['readings']
    seconds = time.process_time() - started
    return {one['value']: one['score'] for one in seen if one['kind'] == what}, seconds


def main() -> None:
    """Print a table, then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=6)
    asked.add_argument('--seed', type=int, default=300)
    asked.add_argument('--hard', type=float, default=0.3)
    asked.add_argument('--specimens', type=Path)
    asked.add_argument('--packages', type=int, default=0)
    said = asked.parse_args()
    rows = []

    def told(**row: object) -> None:
        rows.append(row)
        print('  '.join(f'{name} {value}' for name, value in row.items()), flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if said.specimens:
            told(**specimens(said.specimens))
        if said.packages:
            told(**packages(folder / 'packages', said.packages, said.seed))
        for what in further.NUMBERS:
            for label, size in SIZES.items():
                total, seconds = Counter[str](), 0.0
                for at, (jpeg, wanted) in enumerate(pictures(what, said.n, said.seed, said.hard)):
                    seen, took = answered(shown(jpeg, size, at), what, folder)
                    sure = {value for value, score in seen.items() if score >= SURE}
                    seconds += took
                    total['pictures'] += 1
                    total['exact'] += bool(sure & wanted) or not wanted
                    total['unsure'] += bool(wanted & set(seen)) and not sure & wanted
                    total['wrong'] += len(sure - wanted)
                told(kind=what, size=label, **total, cpu_s=round(seconds / said.n, 2))
    print(json.dumps({'rows': rows}))


def specimens(folder: Path) -> dict[str, object]:
    """How many real specimens have a zone that is valid."""
    files = sorted(file for file in folder.iterdir() if file.suffix in ('.jpg', '.png'))
    valid = 0
    for file in files:
        zones = [one for one in photo.read(file)['readings'] if one['kind'] == 'mrz']
        valid += any(mrz.is_valid(one['value']) for one in zones)
    return {'kind': 'real specimens', 'pictures': len(files), 'valid': valid}


def packages(folder: Path, n: int, seed: int) -> dict[str, object]:
    """How many photographs of packages pay for the full search."""
    write(folder, n, seed, width=1600, height=1200)
    files = sorted(folder.glob('*.jpg'))
    paid = sum(not further.is_package(_raw(file)) for file in files)
    return {'kind': 'packages', 'pictures': len(files), 'searched further': paid}


def _raw(file: Path) -> list[photo.Reading]:
    from clearlane.recognisers.package import PACKAGE

    return list(PACKAGE.raw(file.read_bytes()).readings)


if __name__ == '__main__':
    main()
