"""How well and at what cost a package photograph is read, beside RapidOCR on the same photographs.

    python -m bench.read --n 12 --hardness 0.5 --json

prints a table, and with ``--json`` one JSON object as the last line. The photographs are
drawn by `clearlane.sample` or, with ``--hand``, by another hand: every figure is synthetic;
a hardness of 0.5 or more asks the other hands for their hard conditions. Readers, in the same
run and on one core each:

clearlane       everything: decoding, text, barcodes, labels, marks and values
clearlane key   key fields alone, without labels
clearlane text  its text alone
rapidocr        version 3.10 as it comes, text alone
rapidocr tuned  the same, searched at 960 pixels, one thread, memory kept, no turning of lines

The peers' lines go through our own parsers of marks and values, so that only the reading of
text is compared. CPU seconds count all threads. All readers read all photographs in turns, three
times, and the least time for each photograph counts: a busy machine only ever adds.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers import calibration, package, picture
from clearlane.recognisers.text import page
from clearlane.recognisers.text.line import Line
from clearlane.sample.package import specimen
from clearlane.sample.photographs import Photograph, photograph
from clearlane.sample.shot import Shot

KINDS = ('un_mark', 'un_number', 'gross_mass_kg', 'net_mass_kg', 'serial', 'barcode')
SURE = calibration.threshold()
"""The score from which a wrong value counts as held to be right; for peers, their own score."""

ROUNDS = 3
"""So often each photograph is read, and a fresh process started; the least time counts."""

Read = Callable[[bytes], Sequence[Reading]]

HANDS = ('sample', 'label_room', 'yard', 'form', 'quay', 'pier', 'ferry')


def photographs(n: int, seed: int, hardness: float, size: tuple[int, int]) -> list[Photograph]:
    width, height = size
    shots = (
        Shot(seed=seed + i, width=width, height=height, hardness=hardness,
             style=('line', 'phone')[i % 2], line=i % 6)
        for i in range(n)
    )  # fmt: skip
    return [photograph(specimen(seed + i), shot) for i, shot in enumerate(shots)]


def by_hand(hand: str, n: int, seed: int, hard: bool, size: tuple[int, int]) -> list[Any]:
    """Photographs by one of the other hands."""
    from bench.hands import ferry_camera, pier_camera, shots

    if hand in ('pier', 'ferry'):
        camera = {'pier': pier_camera, 'ferry': ferry_camera}[hand]
        return list(camera.photographs(n, seed, hard=hard, size=size))
    return list(shots.photographs(hand, n, seed, hard=hard, size=size))


def our_key_fields(data: bytes) -> Sequence[Reading]:
    return package.KEY_FIELDS.read(data).readings


def ours(data: bytes) -> Sequence[Reading]:
    return package.PACKAGE.read(data).readings


def our_text(data: bytes) -> Sequence[Reading]:
    return package.interpret(page.read(picture.upright(data)))


def rapidocr(**settings: Any) -> Read:
    """RapidOCR with these settings, its lines understood by our parsers."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={'Global.log_level': 'error', **settings})
    logging.getLogger('RapidOCR').setLevel(logging.ERROR)

    def read(data: bytes) -> Sequence[Reading]:
        found = engine(picture.upright(data))
        return package.interpret(list(_lines(found.boxes, found.txts, found.scores)))

    return read


def _lines(
    boxes: NDArray[np.float32] | None, texts: Sequence[str], scores: Sequence[float]
) -> Iterator[Line]:
    for box, text, score in zip(boxes if boxes is not None else (), texts, scores, strict=True):
        quad = tuple((float(x), float(y)) for x, y in box)
        yield Line(text=text, score=float(score), quad=quad)


TUNED = {
    'Global.use_cls': False,
    'Det.limit_type': 'max',
    'Det.limit_side_len': 960,
    'Rec.rec_batch_num': 1,
    'EngineConfig.onnxruntime.intra_op_num_threads': 1,
    'EngineConfig.onnxruntime.inter_op_num_threads': 1,
    'EngineConfig.onnxruntime.enable_cpu_mem_arena': True,
}


@dataclass
class Measured:
    """A reader, what it read, and the least CPU and wall seconds of each photograph so far."""

    read: Read
    cpu: list[float]
    wall: list[float]
    readings: list[Sequence[Reading]]

    @classmethod
    def of(cls, read: Read, photos: Sequence[Photograph]) -> Measured:
        read(photos[0].jpeg)
        return cls(read, [math.inf] * len(photos), [math.inf] * len(photos), [()] * len(photos))

    def once(self, photos: Sequence[Photograph]) -> None:
        for index, photo in enumerate(photos):
            at, used = time.perf_counter(), time.process_time()
            self.readings[index] = self.read(photo.jpeg)
            self.cpu[index] = min(self.cpu[index], time.process_time() - used)
            self.wall[index] = min(self.wall[index], time.perf_counter() - at)

    def row(self, photos: Sequence[Photograph]) -> dict[str, Any]:
        """Right and wrong values by kind, and CPU and wall seconds a photograph."""
        tally: Counter[str] = Counter()
        for photo, readings in zip(photos, self.readings, strict=True):
            for kind in KINDS:
                tally += compared(kind, photo.truth, readings)
        return {
            'cpu_seconds': round(statistics.median(self.cpu), 3),
            'wall_seconds': round(statistics.median(self.wall), 3),
            **{kind: f'{tally[kind]}/{tally["all " + kind]}' for kind in KINDS},
            'sure_but_wrong': f'{tally["wrong"]}/{tally["sure"]}',
        }


def compared(kind: str, truth: Sequence[dict[str, Any]], seen: Sequence[Reading]) -> Counter[str]:
    """Right values of a kind, of how many; how many are sure, and how many of those wrong."""
    printed = [one for one in truth if one['kind'] == kind]
    values = {_plain(kind, one['value']) for one in printed}
    found = [(_plain(kind, one.value), one.score) for one in seen if one.kind == kind]
    legible = [_plain(kind, one['value']) for one in printed if one.get('legible', True)]
    tally: Counter[str] = Counter()
    tally[kind] = sum(value in {value for value, _ in found} for value in legible)
    tally['all ' + kind] = len(legible)
    tally['sure'] = sum(score >= SURE for _, score in found)
    tally['wrong'] = sum(score >= SURE and value not in values for value, score in found)
    return tally


def _plain(kind: str, value: object) -> object:
    return float(str(value)) if kind.endswith('_kg') else str(value)


FIRST = """
import sys, time
at = time.perf_counter()
from clearlane.recognisers.photo import read
assert read(sys.argv[1])['error'] is None
first = time.perf_counter() - at
for _ in range(3):
    read(sys.argv[1])
# Not getrusage: a child starts with the peak of the process that it was forked from.
peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))
print(first, int(peak.split()[1]) / 1024)
"""


def first_reading(photo: Photograph) -> dict[str, float]:
    """Seconds from import to the first reading, and the greatest memory, in fresh processes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / 'photo.jpg'
        path.write_bytes(photo.jpeg)
        command = [sys.executable, '-c', FIRST, str(path)]
        said = [
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            for _ in range(ROUNDS)
        ]
    seconds, megabytes = (list(map(float, column)) for column in zip(*said, strict=True))
    return {'first_reading_seconds': round(min(seconds), 2), 'memory_mb': round(max(megabytes))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--n', type=int, default=12)
    parser.add_argument('--seed', type=int, default=4000)
    parser.add_argument('--hardness', type=float, default=0.5)
    parser.add_argument('--size', type=int, nargs=2, default=(4000, 3000))
    parser.add_argument('--hand', choices=HANDS, default='sample')
    parser.add_argument('--no-peers', action='store_true')
    parser.add_argument('--json', action='store_true')
    asked = parser.parse_args()
    size = tuple(asked.size)
    if asked.hand == 'sample':
        photos = photographs(asked.n, asked.seed, asked.hardness, size)
    else:
        photos = by_hand(asked.hand, asked.n, asked.seed, asked.hardness >= 0.5, size)
    start = first_reading(photos[0])
    readers: dict[str, Callable[[], Read]] = {
        'clearlane': lambda: ours,
        'clearlane key': lambda: our_key_fields,
        'clearlane text': lambda: our_text,
    }
    if not asked.no_peers:
        readers['rapidocr'] = rapidocr
        readers['rapidocr tuned'] = lambda: rapidocr(**TUNED)
    running = {name: Measured.of(reader(), photos) for name, reader in readers.items()}
    for _ in range(ROUNDS):
        for one in running.values():
            one.once(photos)
    rows = {name: one.row(photos) for name, one in running.items()}
    _table(rows)
    print(f'first reading {start["first_reading_seconds"]} s, memory {start["memory_mb"]} MB')
    if asked.json:
        about = {'n': asked.n, 'hardness': asked.hardness, 'size': list(asked.size)}
        peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(json.dumps({'synthetic': True, **about, **start, 'bench_mb': peak, 'readers': rows}))


def _table(rows: dict[str, dict[str, Any]]) -> None:
    columns = list(next(iter(rows.values())))
    print(f'{"":<16}' + ''.join(f'{column:>15}' for column in columns))
    for name, row in rows.items():
        print(f'{name:<16}' + ''.join(f'{row[column]!s:>15}' for column in columns))


if __name__ == '__main__':
    main()
