"""How well hazard labels, battery marks and arrows are read, by condition: synthetic pictures.

    python -m bench.labels                       # synthetic pictures of five sources
    python -m bench.labels --photos FOLDER       # and real photographs of GHS diamonds

`sample` is the sample generator, `hand` a second drawing of every class (label_hand.py),
`press` a third, of worn labels on whole packages (label_press.py) and `carton` a fourth, of vector
art at 12 MP (label_carton.py): nothing was learnt from them. `drawn` are fresh seeds of the
drawings that the networks learnt from, and flatter them. Tables go to stdout, JSON after them.
Where a label is covered, torn or burnt out, the truth is that it cannot be read: such a one counts
neither as found nor as missed, only a sure wrong value counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench import label_carton, label_hand, label_press
from clearlane.model import Reading
from clearlane.recognisers import hazard_label
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

sys.path.insert(0, str(Path(__file__).parents[1] / 'tools'))

SURE = 0.5
KINDS = ('hazard_label', 'ghs_label', 'battery_mark', 'orientation_arrows')
CONDITIONS: dict[str, dict[str, Any]] = {
    'line, clean': {'hardness': 0.0},
    'line, usual': {'hardness': 0.4},
    'line, worst': {'hardness': 1.0},
    'phone, usual': {'style': 'phone', 'hardness': 0.4},
    'phone, worst': {'style': 'phone', 'hardness': 1.0},
    'plain class 9': {'faults': ('plain_class_9',), 'hardness': 0.4},
    'plain class 9, phone': {'faults': ('plain_class_9',), 'style': 'phone', 'hardness': 0.7},
    'battery mark': {'faults': ('battery_mark_instead',), 'hardness': 0.4},
    'arrows down': {'faults': ('arrows_down',), 'hardness': 0.4},
    'no label': {'faults': ('label_missing',), 'hardness': 0.4},
    'covered': {'faults': ('label_covered',), 'hardness': 0.4},
    'torn': {'faults': ('label_torn',), 'hardness': 0.4},
    'blurred': {'faults': ('blurred',), 'hardness': 0.4},
    'dark': {'faults': ('dark',), 'hardness': 0.4},
    'glare': {'faults': ('glare',), 'hardness': 0.4},
    'cut off': {'faults': ('cut_off',), 'hardness': 0.4},
    'turned 90': {'faults': ('tilted_90',), 'hardness': 0.4},
    'turned 180': {'faults': ('tilted_180',), 'hardness': 0.4},
    'small, 640 px': {'width': 640, 'height': 480, 'hardness': 0.2},
    'large, 12 MP': {'width': 4000, 'height': 3000, 'hardness': 0.2},
    'front, no label': {'view': 'front', 'hardness': 0.4},
}


@dataclass
class Picture:
    """A picture with what is to be read in it."""

    source: str
    condition: str
    image: np.ndarray
    truth: list[dict[str, Any]]


@dataclass
class Tally:
    """What was counted under one condition."""

    pictures: int = 0
    shown: int = 0
    read: int = 0
    unsure: int = 0
    wrong: int = 0
    false: int = 0
    unreadable: int = 0
    boldly_wrong: int = 0
    overlaps: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        counted = {k: v for k, v in vars(self).items() if isinstance(v, int)}
        middle = statistics.median
        return {
            **counted,
            'overlap': round(middle(self.overlaps or [0]), 3),
            'cpu_ms': round(middle(self.milliseconds or [0]), 1),
        }


def sample(n: int, seed: int) -> Iterator[Picture]:
    """Pictures of the sample generator, `n` for each condition."""
    for number, (condition, how) in enumerate(CONDITIONS.items()):
        for k in range(n):
            at = seed + 1000 * number + k
            photo = photograph(
                specimen(at), Shot(**{'seed': at, 'view': 'label', 'line': at % 6, **how})
            )
            image = cv2.imdecode(np.frombuffer(photo.jpeg, np.uint8), cv2.IMREAD_COLOR)
            truth = [item for item in photo.truth if item['kind'] in KINDS]
            assert image is not None
            yield Picture('sample', condition, image, truth)


def hand(n: int, seed: int) -> Iterator[Picture]:
    """Pictures of the second drawing, `n` of every class and of what is none."""
    for number, value in enumerate(label_hand.GROUND):
        rng = np.random.default_rng(seed + 100 * number)
        for _ in range(n):
            image, item = label_hand.photographed(value, rng)
            is_label = value not in label_hand.NOT_TRANSPORT
            yield Picture(
                'hand',
                'a label' if is_label else f'no label: {value}',
                image,
                [item] if is_label or value == 'ghs' else [],
            )


def drawn(n: int, seed: int) -> Iterator[Picture]:
    """Fresh pictures of the drawings that the networks learnt from."""
    import label_scenes

    rng = np.random.default_rng(seed + 90_000)
    for _ in range(n):
        image, truths = label_scenes.scene(rng, [], 1024, 768)
        truth = [{'kind': t.kind, 'value': t.value, 'box': t.corners.tolist(),
                  'legible': not t.states and _is_whole(t.corners, image)}
                 for t in truths if t.value != 'none']  # fmt: skip
        yield Picture('drawn', 'mixed', image, truth)


def _is_whole(corners: np.ndarray, image: np.ndarray) -> bool:
    return bool(((corners >= 0) & (corners < image.shape[1::-1])).all())


def press(n: int, seed: int) -> Iterator[Picture]:
    """Pictures of the third drawing, by what is shown and how it looks."""
    rng = np.random.default_rng(seed + 70_000)
    shown: dict[str, tuple[list[str], bool]] = {
        '9A': (['9A'], False), '9': (['9'], False), 'other classes': ([], False),
        'ghs': ([], False), 'half covered or torn': (['9A'], True), 'none': ([], False),
    }  # fmt: skip
    for condition, (values, spoilt) in shown.items():
        for k in range(n):
            given = list(values)
            if condition == 'other classes':
                given = [label_press.TRANSPORT[2 + k % (len(label_press.TRANSPORT) - 2)]]
            elif condition == 'ghs':
                given = [label_press.GHS[k % len(label_press.GHS)]]
            noise = [str(one) for one in rng.permutation(label_press.NOISE)[:3]]
            image, truth = label_press.package(rng, given, noise, spoilt=spoilt)
            yield Picture('press', condition, image, truth)


def carton(n: int, seed: int) -> Iterator[Picture]:
    """Pictures of the fourth drawing, `n` of each of 9A, 9 and none in either light."""
    for light in ('clean', 'hard'):
        for taken in label_carton.photographs(n, seed, light):
            image = cv2.imdecode(np.frombuffer(taken.jpeg, np.uint8), cv2.IMREAD_COLOR)
            assert image is not None
            yield Picture('carton', f'{taken.shown}, {light}', image, taken.truth)


def real(folder: str) -> dict[str, Any]:
    """GHS diamonds in real photographs, apart: by the boxes given with them, and by the middle.

    Some of those boxes hold the symbol alone, others half as much again as the diamond, so that
    the tight outline of a diamond often misses half of their area.
    """
    import label_photos

    answer = {}
    for fold, group in (
        ('learnt from', label_photos.learnt_from(folder)),
        ('kept aside', label_photos.kept_aside(folder)),
    ):
        count: Counter[str] = Counter()
        for photo in group:
            readings = [r for r in hazard_label.read(photo.picture) if r.score >= SURE]
            count['photographs'] += 1
            count['taken for transport labels'] += sum(r.kind == 'hazard_label' for r in readings)
            left = [r for r in readings if r.kind == 'ghs_label']
            for sign in photo.signs:
                if sign.name == 'none':
                    continue
                count['diamonds'] += 1
                best = max(left, key=lambda r: _near(r, sign.box), default=None)
                if best is None or _near(best, sign.box) <= 0:
                    continue
                left.remove(best)
                count['found'] += 1
                count['named right'] += best.value == sign.name
                count['overlap of 0.5 with the box given'] += _boxes(best, sign.box) >= 0.5
            count['elsewhere'] += len(left)
        answer[fold] = dict(count)
    return answer


def _near(reading: Reading, box: tuple[float, ...]) -> float:
    """Above 0 where the middle of the box lies in the reading; the more the nearer."""
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return float(cv2.pointPolygonTest(np.array(reading.box, np.float32), middle, True))


def _boxes(reading: Reading, box: tuple[float, ...]) -> float:
    own = np.array(reading.box, np.float32)
    (x0, y0), (x1, y1) = own.min(axis=0), own.max(axis=0)
    wide = min(x1, box[2]) - max(x0, box[0])
    high = min(y1, box[3]) - max(y0, box[1])
    common = max(0.0, wide) * max(0.0, high)
    both = (x1 - x0) * (y1 - y0) + (box[2] - box[0]) * (box[3] - box[1])
    return float(common / (both - common))


def overlap(one: Any, other: Any) -> float:
    """Intersection over union of two convex outlines."""
    a, b = (cv2.convexHull(np.array(shape, np.float32)) for shape in (one, other))
    common, _ = cv2.intersectConvexConvex(a, b)
    whole = cv2.contourArea(a) + cv2.contourArea(b) - common
    return float(common / whole) if whole > 0 else 0.0


def judge(picture: Picture, readings: list[Reading], tally: Tally, confusion: Counter[str]) -> None:
    """Compare the readings with the truth and count."""
    left = list(readings)
    for item in picture.truth:
        best = max(left, key=lambda r: overlap(r.box, item['box']), default=None)
        share = overlap(best.box, item['box']) if best else 0.0
        found = best if best is not None and share >= (0.4 if item['legible'] else 0.1) else None
        if found is not None:
            left.remove(found)
        said = f'{found.kind} {found.value}' if found else 'none'
        wanted = f'{item["kind"]} {_value(item)}'
        if not item['legible']:
            tally.unreadable += 1
            tally.boldly_wrong += bool(found and found.score >= SURE and said != wanted)
            continue
        tally.shown += 1
        surely = found is not None and found.score >= SURE
        confusion[f'{wanted} > {said if surely or not found else "unsure"}'] += 1
        tally.read += surely and said == wanted
        tally.wrong += surely and said != wanted
        tally.unsure += found is not None and not surely
        if found:
            tally.overlaps.append(share)
    tally.false += sum(one.score >= SURE for one in left)
    for one in left:
        if one.score >= SURE:
            confusion[f'none > {one.kind} {one.value}'] += 1


def _value(item: dict[str, Any]) -> str:
    return 'unread' if item['kind'] == 'battery_mark' else str(item['value'])


def per_class(confusion: Counter[str]) -> dict[str, dict[str, Any]]:
    """Precision and recall of each value, from the confusion."""
    pairs = [(key.split(' > ')[0], key.split(' > ')[1], n) for key, n in confusion.items()]
    values = sorted({truth for truth, _, _ in pairs} - {'none'})
    table: dict[str, dict[str, Any]] = {}
    for value in values:
        shown = sum(n for truth, _, n in pairs if truth == value)
        said = sum(n for _, guess, n in pairs if guess == value)
        right = sum(n for truth, guess, n in pairs if truth == guess == value)
        table[value] = {
            'shown': shown,
            'recall': round(right / shown, 4),
            'precision': round(right / said, 4) if said else None,
        }
    return table


NINES = ('9A', '9', 'none')


def nines(confusion: Counter[str]) -> dict[str, dict[str, int]]:
    """What was shown (9A, 9, none of both) against what was surely read, or left unsure."""
    table = {shown: dict.fromkeys((*NINES, 'unsure'), 0) for shown in NINES}
    for key, n in confusion.items():
        shown, said = (part.removeprefix('hazard_label ') for part in key.split(' > '))
        if shown not in ('9A', '9') and said not in ('9A', '9'):
            continue
        row = table[shown if shown in ('9A', '9') else 'none']
        row[said if said in row else 'none'] += n
    return table


def measure(pictures: Iterator[Picture]) -> dict[str, Any]:
    """Read every picture and count by source and condition."""
    tallies: dict[tuple[str, str], Tally] = {}
    confusions: dict[str, Counter[str]] = {}
    for picture in pictures:
        tally = tallies.setdefault((picture.source, picture.condition), Tally())
        begun = time.process_time()
        readings = hazard_label.read(picture.image)
        tally.milliseconds.append((time.process_time() - begun) * 1000)
        tally.pictures += 1
        judge(picture, readings, tally, confusions.setdefault(picture.source, Counter()))
    return {
        'synthetic': 'all but "photographs"',
        'digest': hazard_label.digest(),
        'sure': SURE,
        'conditions': [{'source': s, 'condition': c, **t.row()} for (s, c), t in tallies.items()],
        'classes': {source: per_class(c) for source, c in confusions.items()},
        'nines': {source: nines(c) for source, c in confusions.items() if source != 'drawn'},
        'confusion': {source: dict(sorted(c.items())) for source, c in confusions.items()},
    }


def show(result: dict[str, Any]) -> None:
    """The same as a table for people."""
    rows = result['conditions']
    print('synthetic; "sure" from', result['sure'])
    for row in [dict.fromkeys(rows[0], ''), *rows]:
        cells = [str(row[key]) if row['source'] else key for key in rows[0]]
        print(
            f'{cells[0]:<8}{cells[1]:<22}' + ''.join(f'{cell:>13}' for cell in cells[2:]),
        )
    for source, table in result['nines'].items():
        print(f'\n{source}: shown, then read as', *NINES, 'unsure')
        for shown, row in table.items():
            print(f'{shown:<8}' + ''.join(f'{n:>8}' for n in row.values()))
    for fold, count in result.get('photographs', {}).items():
        print(f'\nreal photographs, {fold}:', ', '.join(f'{k} {n}' for k, n in count.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=20, help='pictures of the sample a condition')
    parser.add_argument('--hand', type=int, default=20, help='pictures of each class by hand')
    parser.add_argument('--press', type=int, default=40, help='packages a condition')
    parser.add_argument('--carton', type=int, default=8, help='cartons of each kind and light')
    parser.add_argument('--drawn', type=int, default=200, help='pictures of our own drawings')
    parser.add_argument('--seed', type=int, default=5000)
    parser.add_argument('--photos', default='', help='folder of real photographs')
    asked = parser.parse_args()
    cv2.setNumThreads(1)

    def pictures() -> Iterator[Picture]:
        yield from sample(asked.n, asked.seed)
        yield from hand(asked.hand, asked.seed)
        yield from press(asked.press, asked.seed)
        yield from carton(asked.carton, asked.seed)
        yield from drawn(asked.drawn, asked.seed)

    result = measure(pictures())
    if asked.photos:
        result['photographs'] = real(asked.photos)
    show(result)
    print(json.dumps(result, ensure_ascii=False))


if __name__ == '__main__':
    main()
