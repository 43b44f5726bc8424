"""How well closed and open boxes are told apart, by packaging and hardness: synthetic pictures.

    python bench/closure.py                  # the sample generator: 360 boxes of all kinds
    python bench/closure.py --demo 200       # and the boxes of the demonstration, two views each
    python bench/closure.py --folder FOLDER  # pictures with truth.json of one's own

Nothing was learnt from the sample generator. A reading counts where its score is at least
SURE; below that the box is left to an officer. Half of the boxes are open; two in five have
something else wrong with them. A table goes to stderr, JSON to stdout.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from clearlane.recognisers import closure
from clearlane.sample.package import PACKAGINGS, Package, numbered, specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import VIEWS, Shot

SURE = closure.RELIABLE
OTHER_FAULTS = ('wet', 'crushed', 'hole', 'blurred', 'dark', 'glare', 'cut_off', 'label_covered',
                'label_torn', 'mark_smeared')  # fmt: skip


@dataclass
class Picture:
    """A picture with what is to be read in it, and the groups it is counted in."""

    groups: tuple[str, ...]
    image: np.ndarray
    closed: bool


def image_of(jpeg: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def boxes(n: int, seed: int, width: int = 1280) -> Iterator[Picture]:
    """Boxes of the sample generator, every packaging as often, everything else by chance."""
    for k in range(seed, seed + n):
        chance = random.Random(k)
        packaging = PACKAGINGS[k % len(PACKAGINGS)]
        closed = chance.random() >= 0.5
        other = chance.choice(OTHER_FAULTS) if chance.random() < 0.4 else ''
        faults = tuple(fault for fault in ('' if closed else 'tape_missing', other) if fault)
        hardness, view = chance.random(), chance.choice(VIEWS)
        shot = Shot(seed=k, width=width, height=width * 3 // 4, hardness=hardness, view=view,
                    style=chance.choice(('line', 'phone')), line=k % 6, faults=faults)
        photo = photograph(specimen(k, packaging), shot)
        groups = ('all', packaging, f'hardness {int(hardness * 4) / 4:.2f}+', shot.style,
                  other or 'nothing else')
        yield Picture(groups, image_of(photo.jpeg), closed)


def demonstration(n: int) -> Iterator[Picture]:
    """The boxes of the demonstration: good cartons on a line, both views."""
    for k in range(n):
        for view in VIEWS:
            photo = photograph(numbered(Package(), k), Shot(seed=k, view=view, hardness=0.15))
            yield Picture(('demonstration', f'demonstration, {view}'), image_of(photo.jpeg), True)


def folder(path: Path) -> Iterator[Picture]:
    """Pictures as `clearlane sample` writes them, with the closure among their condition."""
    for item in json.loads((path / 'truth.json').read_text(encoding='utf-8'))['photographs']:
        said = next(c['value'] for c in item['condition'] if c['kind'] == 'closure')
        image = cv2.imread(str(path / item['file']))
        assert image is not None
        yield Picture(('folder', item['declared']['packaging']), image, said != 'none')


def judged(picture: Picture) -> tuple[str, float, float]:
    """What was said, its score, and the seconds it took."""
    begun = time.perf_counter()
    readings = closure.read(picture.image)
    taken = time.perf_counter() - begun
    return (readings[0].value, readings[0].score, taken) if readings else ('', 0.0, taken)


def measure(pictures: Iterator[Picture]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {}
    bands: Counter[tuple[float, bool]] = Counter()
    seconds = []
    for picture in pictures:
        said, score, taken = judged(picture)
        seconds.append(taken)
        truth = 'closed' if picture.closed else 'open'
        if said:
            bands[min(0.95, int(score * 20) / 20), said == truth] += 1
        sure = said if score >= SURE else 'none'
        for group in picture.groups:
            counts.setdefault(group, Counter())[f'{truth} > {sure}'] += 1
    return {
        'synthetic': True,
        'digest': closure.digest(),
        'sure': SURE,
        'groups': {group: row(count) for group, count in sorted(counts.items())},
        'score': {f'{low:.2f}': {'n': bands[low, True] + bands[low, False],
                                 'right': bands[low, True]}
                  for low in sorted({low for low, _ in bands})},
        'ms': round(statistics.median(seconds) * 1000, 1),
    }  # fmt: skip


def row(count: Counter[str]) -> dict[str, Any]:
    """Precision and recall of either value, and how often there was no sure answer."""
    total = sum(count.values())
    found: dict[str, Any] = {'n': total}
    for value in ('closed', 'open'):
        shown = sum(n for key, n in count.items() if key.startswith(value))
        said = sum(n for key, n in count.items() if key.endswith(value))
        right = count[f'{value} > {value}']
        found[f'{value}_precision'] = round(right / said, 4) if said else None
        found[f'{value}_recall'] = round(right / shown, 4) if shown else None
    silent = sum(n for key, n in count.items() if key.endswith('none'))
    found['no_answer'] = round(silent / total, 4)
    found['wrong'] = count['closed > open'], count['open > closed']
    return found


def show(result: dict[str, Any]) -> None:
    names = list(next(iter(result['groups'].values())))
    for group, found in [('synthetic', dict.fromkeys(names, '')), *result['groups'].items()]:
        cells = [str(found[name]) if group != 'synthetic' else name for name in names]
        print(f'{group:<22}' + ''.join(f'{cell:>18}' for cell in cells), file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=360)
    parser.add_argument('--seed', type=int, default=700_000)
    parser.add_argument('--demo', type=int, default=0, help='boxes of the demonstration')
    parser.add_argument('--folder', type=Path, help='pictures of one\'s own')
    asked = parser.parse_args()
    cv2.setNumThreads(1)

    def pictures() -> Iterator[Picture]:
        yield from boxes(asked.n, asked.seed)
        yield from demonstration(asked.demo)
        if asked.folder:
            yield from folder(asked.folder)

    result = measure(pictures())
    show(result)
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == '__main__':
    main()
