"""How well a photograph sent twice is found, and how seldom an honest one is accused.

    python -m bench.reuse --designs 5 --seed 900 --json

prints a table, and with ``--json`` one JSON object as the last line. The boxes are
drawn by `clearlane.sample`, so every figure on them is synthetic. ``--real FOLDER`` adds
photographs from a folder: altered copies of them, and pairs of different ones.

What an honest line sends is drawn in four ways, each harder than the one before:

belt    boxes come to stand a little differently on the belt
jig     every box stands in exactly the same place; labels are stuck on by hand
strict  print and labels too lie exactly alike; board, dust and serial differ
twin    board and dust are the same as well, which no two real boxes are: only the serial
        and the sensor's noise differ

From a twin comes also the replay that is hardest to see: ``repainted``, an old photograph
with the serial and its code painted over with those of another box.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import fingerprint, picture, same_photo
from clearlane.recognisers.fingerprint import Fingerprint
from clearlane.sample import faces, photographs, scene
from clearlane.sample.camera import Stand
from clearlane.sample.package import Package, numbered, specimen
from clearlane.sample.photographs import Photograph
from clearlane.sample.shot import Shot

Pixels = NDArray[np.uint8]


def jpeg(pixels: Pixels, quality: int = 90) -> bytes:
    return cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def png(pixels: Pixels) -> bytes:
    return cv2.imencode('.png', pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def resized(p: Pixels, factor: float) -> Pixels:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(p, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def toned(p: Pixels, contrast: float, brightness: float) -> Pixels:
    """Brightness in grey levels, contrast about the middle grey."""
    return _mapped(p, np.arange(256) * contrast + 128 * (1 - contrast) + brightness)


def gamma(p: Pixels, power: float) -> Pixels:
    return _mapped(p, 255 * (np.arange(256) / 255) ** power)


def _mapped(p: Pixels, levels: NDArray[np.floating[Any]]) -> Pixels:
    table = np.clip(np.round(levels), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(p, table), np.uint8)


def cropped(p: Pixels, share: float, rng: np.random.Generator) -> Pixels:
    """Away with this share of the width and of the height, divided by chance over both sides."""
    h, w = p.shape[:2]
    x, y = round(share * w), round(share * h)
    left, top = int(rng.integers(0, x + 1)), int(rng.integers(0, y + 1))
    return np.ascontiguousarray(p[top : h - (y - top), left : w - (x - left)])


def rotated(p: Pixels, degrees: float, rng: np.random.Generator) -> Pixels:
    """Turned about its middle and cut so that no corner is empty."""
    h, w = p.shape[:2]
    degrees *= float(rng.choice((-1, 1)))
    lean = abs(np.radians(degrees))
    wide = w * np.cos(lean) + h * np.sin(lean)
    tall = w * np.sin(lean) + h * np.cos(lean)
    inner = min(w / wide, h / tall)
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0 / inner)
    how = cv2.INTER_CUBIC
    turned = cv2.warpAffine(p, turn, (w, h), flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def tilted(p: Pixels, degrees: float) -> Pixels:
    """Turned as a whole; the corners stay black."""
    h, w = p.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(p, turn, (w, h), flags=cv2.INTER_CUBIC), np.uint8)


def blurred(p: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(p, (0, 0), sigma * p.shape[1] / 1920), np.uint8)


def noisy(p: Pixels, sigma: float, rng: np.random.Generator) -> Pixels:
    return np.clip(p + rng.normal(0, sigma, p.shape).astype(np.float32), 0, 255).astype(np.uint8)


def screenshot(p: Pixels) -> Pixels:
    """As a phone shows it: scaled to the screen's width between a dark and a light bar."""
    scale = 1080 / p.shape[1]
    shown = resized(p, scale)
    bar = round(0.06 * shown.shape[0])
    top = np.full((bar, shown.shape[1], 3), 24, np.uint8)
    low = np.full((bar, shown.shape[1], 3), 240, np.uint8)
    return np.vstack([top, shown, low])


Alter = Callable[[Pixels, np.random.Generator], bytes]

ALTERATIONS: dict[str, Alter] = {
    'same pixels': lambda p, r: png(p),
    'jpeg 90': lambda p, r: jpeg(p, 90),
    'jpeg 70': lambda p, r: jpeg(p, 70),
    'jpeg 50': lambda p, r: jpeg(p, 50),
    'jpeg 30': lambda p, r: jpeg(p, 30),
    'resize 0.5': lambda p, r: jpeg(resized(p, 0.5)),
    'resize 0.75': lambda p, r: jpeg(resized(p, 0.75)),
    'resize 1.5': lambda p, r: jpeg(resized(p, 1.5)),
    'brightness +25%': lambda p, r: jpeg(toned(p, 1, 32)),
    'brightness -25%': lambda p, r: jpeg(toned(p, 1, -32)),
    'contrast +25%': lambda p, r: jpeg(toned(p, 1.25, 0)),
    'contrast -25%': lambda p, r: jpeg(toned(p, 0.75, 0)),
    'gamma 0.7': lambda p, r: jpeg(gamma(p, 0.7)),
    'gamma 1.4': lambda p, r: jpeg(gamma(p, 1.4)),
    'blur 1.2': lambda p, r: jpeg(blurred(p, 1.2)),
    'noise 8': lambda p, r: jpeg(noisy(p, 8, r)),
    'crop 2%': lambda p, r: jpeg(cropped(p, 0.02, r)),
    'crop 4%': lambda p, r: jpeg(cropped(p, 0.04, r)),
    'crop 8%': lambda p, r: jpeg(cropped(p, 0.08, r)),
    'rotate 1': lambda p, r: jpeg(rotated(p, 1, r)),
    'rotate 3': lambda p, r: jpeg(rotated(p, 3, r)),
    'rotate 2, black corners': lambda p, r: jpeg(tilted(p, 2)),
    'crop 4% + jpeg 50 + bright': lambda p, r: jpeg(toned(cropped(p, 0.04, r), 1, 20), 50),
    'rotate 2 + resize 0.7 + jpeg 60': lambda p, r: jpeg(resized(rotated(p, 2, r), 0.7), 60),
    'crop 3% + rotate 1 + noise 5 + gamma': lambda p, r: jpeg(
        noisy(gamma(rotated(cropped(p, 0.03, r), 1, r), 0.8), 5, r), 70
    ),
    'screenshot': lambda p, r: jpeg(screenshot(p), 80),
}

VIEWS = ('front', 'label')
HONEST = ('belt', 'jig', 'strict', 'twin')
HARDNESS = (0.0, 0.2, 0.4, 0.7, 1.0)
SIZE = (1280, 960)


@dataclass(frozen=True)
class Photo:
    """A photograph of the experiment: where it comes from, and what the search keeps of it."""

    group: tuple[str, ...]
    data: bytes
    print: Fingerprint


@contextmanager
def drawn(way: str) -> Iterator[None]:
    """Boxes are drawn in one of the four ways while this holds."""
    if way == 'belt':
        yield
        return
    neighbours, wall = scene.neighbours, faces.wall
    with ExitStack() as changes:
        still = patch.object(photographs, 'stand_of', lambda shot, size, _: Stand(size, 0, 0, 0))
        alike = patch.object(scene, 'neighbours', lambda p, c, k, s, _: neighbours(p, c, k, s, 1))
        changes.enter_context(still)
        changes.enter_context(alike)
        if way in ('strict', 'twin'):
            one = patch.object(Package, 'box_seed', lambda self, view: _seed(self.maker, view))
            changes.enter_context(one)
        if way == 'strict':

            def own(package: Package, seed: int, *rest: Any) -> Pixels:
                return wall(package, _seed(package.serial, seed), *rest)

            changes.enter_context(patch.object(faces, 'wall', own))
        yield


def _seed(*words: object) -> int:
    return zlib.crc32(repr(words).encode())


def box(design: int, view: str, ahead: int) -> Photograph:
    hardness = HARDNESS[design % len(HARDNESS)]
    width, height = SIZE
    shot = Shot(seed=7, view=view, line=design, hardness=hardness, width=width, height=height)
    return photographs.photograph(numbered(specimen(design), ahead), shot)


def photo(group: tuple[str, ...], data: bytes) -> Photo:
    return Photo(group, data, fingerprint.fingerprint(data))


def honest(designs: Sequence[int], boxes: int) -> dict[str, list[Photo]]:
    """Photographs of different boxes; those of one group come from one camera and design."""
    taken: dict[str, list[Photo]] = {}
    for way in HONEST:
        with drawn(way):
            taken[way] = [
                # Every way has its own serials, so that no box is photographed twice.
                photo((way, str(design), view), box(design, view, 20 * HONEST.index(way) + k).jpeg)
                for design in designs
                for view in VIEWS
                for k in range(boxes)
            ]
    return taken


def repainted(designs: Sequence[int]) -> list[tuple[Photo, bytes]]:
    """Old photographs, and the same with another box's serial and code painted over."""
    pairs = []
    for design in designs:
        with drawn('twin'):
            old, new = (box(design, 'front', 90 + k) for k in (0, 1))
        pixels, other = picture.upright(old.jpeg), picture.upright(new.jpeg)
        for item in [*old.truth, *new.truth]:
            if item['kind'] in ('serial', 'barcode'):
                corners = np.round(np.array(item['box'])).astype(int)
                (x, y), (right, low) = corners.min(0) - 5, corners.max(0) + 5
                pixels[y:low, x:right] = other[y:low, x:right]
        pairs.append((photo(('old', str(design)), old.jpeg), jpeg(pixels, 85)))
    return pairs


def pairs_of_groups(photos: Sequence[Photo]) -> Iterator[tuple[Photo, Photo]]:
    groups = defaultdict(list)
    for one in photos:
        groups[one.group].append(one)
    for members in groups.values():
        yield from combinations(members, 2)


def wrongly_same(values: Sequence[float]) -> dict[str, float]:
    """What `likeness` says of pairs that are not one photograph."""
    return {
        'pairs': len(values),
        'accused': sum(bool(value >= same_photo.SAME) for value in values),
        'doubted': sum(same_photo.ALTERED <= value < same_photo.SAME for value in values),
        'median': round(float(np.median(values)), 3),
        'greatest': round(max(values), 3),
    }


def search(query: Fingerprint, others: Sequence[Photo]) -> list[int]:
    """Places of those that the database would answer first, then of moved ones."""
    hashes = np.frombuffer(b''.join(one.print.hash for one in others), np.uint8)
    apart = np.bitwise_count(
        hashes.reshape(len(others), -1) ^ np.frombuffer(query.hash, np.uint8)
    ).sum(axis=1)
    whole = [int(i) for i in np.argsort(apart)[: fingerprint.MOST] if apart[i] <= fingerprint.WHOLE]
    moved = fingerprint.candidates(query, [one.print.hash for one in others])
    return list(dict.fromkeys([*whole, *(one.index for one in moved)]))


def found(original: Photo, copy: bytes, gallery: Sequence[Photo]) -> dict[str, float]:
    """Whether the copy leads to its original among all others, step by step."""
    query = fingerprint.fingerprint(copy)
    apart = np.bitwise_count(
        np.frombuffer(query.hash, np.uint8) ^ np.frombuffer(original.print.hash, np.uint8)
    ).sum()
    named = any(gallery[i] is original for i in search(query, gallery))
    value = same_photo.likeness(copy, original.data)
    return {
        'whole': float(apart <= fingerprint.WHOLE),
        'candidate': float(named),
        'likeness': value,
        'found': float(named and value >= same_photo.SAME),
        'at_least_doubted': float(named and value >= same_photo.ALTERED),
    }


def summed(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Shares, and the least likeness."""
    shares = ('whole', 'candidate', 'found', 'at_least_doubted')
    result = {name: round(float(np.mean([row[name] for row in rows])), 3) for name in shares}
    least = min(row['likeness'] for row in rows)
    return {'copies': len(rows), **result, 'least_likeness': round(least, 3)}


def copies(originals: Sequence[Photo], gallery: Sequence[Photo]) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(11)
    report = {}
    for name, alter in ALTERATIONS.items():
        rows = [found(one, alter(picture.upright(one.data), rng), gallery) for one in originals]
        report[name] = summed(rows)
        print(f'{name:<40}', *report[name].values(), sep='\t', flush=True)
    return report


def accusations(photos: Sequence[Photo]) -> dict[str, float]:
    """Each honest photograph sent once, searched for among all others of its sender."""
    values = []
    for one in photos:
        others = [other for other in photos if other is not one]
        named = search(one.print, others)
        values.append(
            max((same_photo.likeness(one.data, others[i].data) for i in named), default=0.0)
        )
    return wrongly_same(values)


def seconds(photos: Sequence[Photo]) -> dict[str, float]:
    """Processor time, the least of five."""
    one, other = photos[0], photos[1]
    large = jpeg(resized(picture.upright(one.data), 3.125))
    many = [np.random.default_rng(k).bytes(len(one.print.hash)) for k in range(5000)]

    def fresh() -> None:
        same_photo._seen.cache_clear()
        same_photo.likeness(one.data, other.data)

    steps: dict[str, Callable[[], object]] = {
        'fingerprint_12_mp': lambda: fingerprint.fingerprint(large),
        'candidates_among_5000': lambda: fingerprint.candidates(one.print, many),
        'likeness_both_new': fresh,
        'likeness_both_seen': lambda: same_photo.likeness(one.data, other.data),
    }
    return {name: round(min(_spent(step) for _ in range(5)), 3) for name, step in steps.items()}


def _spent(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def real(folders: Sequence[str]) -> dict[str, object]:
    """The same on photographs from folders; neighbours by name often show one object."""
    paths = [path for folder in folders for path in sorted(Path(folder).glob('*.jpg'))]
    photos = [photo((path.name,), path.read_bytes()) for path in paths]
    near = [(a, b) for i, a in enumerate(photos) for b in photos[i + 1 : i + 4]]
    return {
        'photographs': len(photos),
        'neighbours': wrongly_same([same_photo.likeness(a.data, b.data) for a, b in near]),
        'searched': accusations(photos),
        'copies': copies(photos[:: max(1, len(photos) // 12)], photos),
    }


def measured(designs: Sequence[int], boxes: int) -> dict[str, object]:
    taken = honest(designs, boxes)
    apart: dict[str, object] = {}
    for way, photos in taken.items():
        apart[way] = wrongly_same(
            [same_photo.likeness(a.data, b.data) for a, b in pairs_of_groups(photos)]
        )
        print(way, apart[way], flush=True)
    gallery = [*taken['belt'], *taken['jig'], *taken['strict']]
    report: dict[str, object] = {
        'different': apart,
        'searched': accusations(gallery),
        'seconds': seconds(gallery),
        'copies': copies([*taken['belt'], *taken['jig']][:: 2 * boxes], gallery),
    }
    print('searched', report['searched'], report['seconds'], flush=True)
    painted = repainted(designs)
    everything = [*gallery, *(old for old, _ in painted)]
    rows = [found(old, new, everything) for old, new in painted]
    report['repainted'] = summed(rows)
    print('repainted', report['repainted'], flush=True)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--designs', type=int, default=5)
    parser.add_argument('--seed', type=int, default=900, help='number of the first design')
    parser.add_argument('--boxes', type=int, default=5, help='boxes of a design, way and view')
    parser.add_argument('--real', nargs='*', default=[], help='folders of photographs')
    parser.add_argument('--json', action='store_true')
    options = parser.parse_args()
    cv2.setNumThreads(1)
    designs = range(options.seed, options.seed + options.designs)
    report = measured(designs, options.boxes) if options.designs else {}
    if options.real:
        report['real'] = real(options.real)
    report['thresholds'] = {
        'WHOLE': fingerprint.WHOLE,
        'MOVED': fingerprint.MOVED,
        'MOST': fingerprint.MOST,
        'SAME': same_photo.SAME,
        'ALTERED': same_photo.ALTERED,
    }
    if options.json:
        json.dump(report, sys.stdout)
        print()


if __name__ == '__main__':
    main()
