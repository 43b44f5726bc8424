"""How often a wrong face is found beside its registered photograph, and an honest one accused.

    python -m bench.compare_faces [--designs 8] [--truth]

Synthetic pairs: the registered photograph shows one box of a design, the new one another box
with its own board, dust and slips of the labels, on another line or by a phone. Both are read
by the reader that also works in service; `--truth` takes what a perfect reader would say. A second
set is drawn by the other hands (bench/faces_by_hands.py): other print, boards, cameras, faults.
Beside it a plain peer: ORB, a homography, and local correlation of the grey pictures, with the
threshold that accuses as many honest faces as ours. A table goes to stdout, JSON after it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bench import faces_by_hands
from clearlane.model import Reading
from clearlane.recognisers import picture
from clearlane.recognisers.comparison import COMPARISON
from clearlane.recognisers.package import PACKAGE
from clearlane.sample.package import numbered, specimen
from clearlane.sample.photographs import Photograph, photograph
from clearlane.sample.shot import Shot

HONEST = (
    ('same line', {'style': 'line', 'hardness': 0.2}),
    ('same line, hard', {'style': 'line', 'hardness': 0.6}),
    ('phone', {'style': 'phone', 'hardness': 0.3}),
)
FAULTS = {
    'tape_missing': 'label', 'label_missing': 'label', 'label_covered': 'label',
    'label_torn': 'label', 'plain_class_9': 'label', 'battery_mark_instead': 'label',
    'arrows_down': 'label', 'mark_missing': 'front', 'wet': 'front', 'hole': 'front',
    'crushed': 'label',
}  # fmt: skip
CALLED = {
    'label_covered': ('label_missing', 'other_label'), 'label_torn': ('label_missing',),
    'plain_class_9': ('other_label',), 'battery_mark_instead': ('other_label',),
    'arrows_down': ('other_label',), 'mark_missing': ('print_missing',), 'crushed': ('dented',),
    'other_print': ('other_print', 'print_missing'),
}  # fmt: skip
"""What a fault is called among the kinds of differences, where not by its own name."""
SIZE = {'width': 1600, 'height': 1200}


@dataclass
class Pair:
    """A new photograph and the registered one; `wrong` is what is wrong with it, or ''."""

    packaging: str
    condition: str
    wrong: str
    new: Photograph
    registered: Photograph


def pairs(designs: int, seed: int) -> Iterator[Pair]:
    """Every condition and every fault of so many designs of each packaging."""
    for packaging in ('carton', 'crate', 'returnable'):
        for k in range(designs):
            at = seed + 31 * k
            box = specimen(at, packaging)
            old = {
                view: photograph(box, Shot(seed=at, view=view, line=at % 6, **SIZE))
                for view in ('front', 'label')
            }
            for view in old:
                for name, how in HONEST:
                    shot = Shot(seed=at + 7, view=view, line=at % 6, **SIZE, **how)
                    yield Pair(packaging, name, '', photograph(numbered(box, 4), shot), old[view])
            for n, (fault, view) in enumerate(FAULTS.items()):
                name, how = HONEST[(0, 2)[(n + k) % 2]]
                shot = Shot(seed=at + n, view=view, line=at % 6, faults=(fault,), **SIZE, **how)
                yield Pair(packaging, name, fault, photograph(numbered(box, 9), shot), old[view])


def read(photo: Any, truth: bool) -> list[Reading]:
    """What the reader says of a photograph, or what a perfect one would."""
    if not truth:
        return list(PACKAGE.read(photo.jpeg).readings)
    return [
        Reading(kind=t['kind'], value=str(t['value']), score=0.9, recogniser='truth',
                box=tuple((int(x), int(y)) for x, y in t['box']))
        for t in photo.truth if t['legible']
    ]  # fmt: skip


def peer(new: bytes, registered: bytes) -> float:
    """The largest share of uncorrelated blocks within the overlap, after ORB and a homography."""
    grey = []
    for data in (registered, new):
        small = picture.small(data, 1000)
        grey.append(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8))
    orb = cv2.ORB.create(1500)
    (a, wa), (b, wb) = (orb.detectAndCompute(one, None) for one in grey)
    found = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(wa, wb)
    source = np.array([a[m.queryIdx].pt for m in found], np.float32)
    target = np.array([b[m.trainIdx].pt for m in found], np.float32)
    plane, _ = cv2.findHomography(target, source, cv2.USAC_MAGSAC, 3.0)
    if plane is None:
        return 1.0
    size = grey[0].shape[::-1]
    laid = cv2.warpPerspective(grey[1], plane, size).astype(np.float32)
    inside = cv2.warpPerspective(np.ones_like(grey[1]), plane, size) > 0
    hull = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(source).astype(np.int32), 1)
    one, mean = grey[0].astype(np.float32), lambda m: cv2.boxFilter(m, -1, (31, 31))
    spread = [np.sqrt(np.maximum(mean(m * m) - mean(m) ** 2, 0)) for m in (one, laid)]
    like = (mean(one * laid) - mean(one) * mean(laid)) / (spread[0] * spread[1] + 1e-3)
    bad = (like < 0.3) & (np.maximum(*spread) > 12) & inside & (hull > 0)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bad.astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].max(initial=0) / max(1, hull.sum()))


def measure(drawn: Iterable[Any], *, truth: bool) -> dict[str, Any]:
    """Counts by condition, by packaging and by fault."""
    known: dict[bytes, list[Reading]] = {}
    found: list[dict[str, Any]] = []
    for pair in drawn:
        old = known.setdefault(pair.registered.jpeg, read(pair.registered, truth))
        new = read(pair.new, truth)
        begun = time.process_time()
        answer, *places = COMPARISON.compare(pair.new.jpeg, pair.registered.jpeg, new, old)
        spent = time.process_time() - begun
        names = CALLED.get(pair.wrong, (pair.wrong,))
        found.append({
            'wrong': pair.wrong, 'condition': pair.condition, 'packaging': pair.packaging,
            'said': answer.value, 'same': answer.details['same'],
            'named': any(one.value in names for one in places), 'ms': spent * 1000,
            'peer': peer(pair.new.jpeg, pair.registered.jpeg),
        })  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        for key in _rows(one):
            rows[key].append(one)
    lines = [_line(*row) for row in sorted(rows.items(), key=lambda row: ORDER.index(row[0][0]))]
    return {'synthetic': True, 'truth': truth, 'table': lines, 'calibration': _calibration(found)}


ORDER = 'hHw: '


def _rows(one: dict[str, Any]) -> list[str]:
    """The rows of the table in which a pair is counted."""
    if one['wrong']:
        return [f': {one["wrong"]}', 'wrong, all']
    return [f'honest, {one["condition"]}', f'honest, {one["packaging"]}', 'Honest, all']


def _line(key: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    count = {value: sum(one['said'] == value for one in found)
             for value in ('same', 'unclear', 'differs')}  # fmt: skip
    return {
        'pairs': key.removeprefix(': ').lower(), 'n': len(found), **count,
        'named': sum(one['named'] for one in found),
        'peer': round(float(np.median([one['peer'] for one in found])), 4),
        'cpu_ms': round(float(np.median([one['ms'] for one in found]))),
    }  # fmt: skip


def _calibration(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In bands of the chance that nothing differs: how often nothing did, at even odds."""
    honest = [one for one in found if not one['wrong']]
    wrong = [one for one in found if one['wrong']]
    bands = []
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.01)):
        shares = [
            sum(low <= one['same'] < high for one in group) / max(1, len(group))
            for group in (honest, wrong)
        ]
        total = sum(shares)
        bands.append({
            'said': f'{low:.1f} to {min(high, 1):.1f}', 'honest': round(shares[0], 3),
            'wrong': round(shares[1], 3),
            'nothing_differed': round(shares[0] / total, 3) if total else None,
        })  # fmt: skip
    return bands


def show(result: dict[str, Any]) -> None:
    """The tables for people."""
    for table in ('table', 'calibration'):
        names = list(result[table][0])
        for row in [dict(zip(names, names, strict=True)), *result[table]]:
            print(''.join(f'{row[name]!s:<26}' if n == 0 else f'{row[name]!s:>12}'
                          for n, name in enumerate(names)))  # fmt: skip
        print()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--designs', type=int, default=6, help='designs of each packaging')
    parser.add_argument('--seed', type=int, default=40_000)
    parser.add_argument('--truth', action='store_true', help='take what a perfect reader says')
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    print('synthetic pairs; what was read in them by', 'truth' if asked.truth else PACKAGE.name)
    sets = {'clearlane.sample': pairs, 'the other hands': faces_by_hands.pairs}
    results = {}
    for name, draw in sets.items():
        print(f'\ndrawn by {name}')
        results[name] = measure(draw(asked.designs, asked.seed), truth=asked.truth)
        show(results[name])
    print(json.dumps(results, ensure_ascii=False))


if __name__ == '__main__':
    main()
