"""Comparison of a photograph with the registered one of the same face (与备案照片比对).

Both are laid upon each other by their print, the light is taken away, and what differs is
said by place and kind. What is supposed to vary from box to box (serial, dates, masses,
codes) is left out: the readings of both pictures say where it stands. Another digit in
otherwise equal print is the business of the checks that read it, not of this.

`compare` gives one reading `comparison`: `same`, `differs` or `unclear` (too little in common
to compare, or neither surely). Its details hold `same`, the chance that nothing differs where
faces with and without a fault are equally many, as measured in docs/models/comparison.md,
and `registered`, the hash of the other picture. Each place is a reading `difference`, whose
value is a kind of `KINDS`, with its box in either picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Point, Reading
from clearlane.recognisers.faces import (
    alignment,
    differences,
    kinds,
    labels,
    outline,
    papers,
    score,
    words,
)
from clearlane.recognisers.faces.alignment import Alignment, Plane
from clearlane.recognisers.faces.kinds import LABELS, Placed
from clearlane.recognisers.faces.outline import Frame

NAME = 'comparison/2'

KINDS = (
    'label_moved', 'label_missing', 'other_label', 'label_added', 'other_print', 'print_missing',
    'tape_missing', 'wet', 'stain', 'hole', 'dented', 'other',
)  # fmt: skip

VARIES = frozenset({
    'serial', 'barcode', 'gross_mass_kg', 'net_mass_kg', 'production_batch', 'production_day',
    'production_date', 'date', 'batch', 'box_number', 'expiry',
})  # fmt: skip
"""Kinds of readings that differ from box to box of one design."""

SAME, DIFFERS = 0.8, 0.25
"""From `SAME` on nothing differs, below `DIFFERS` something does; a doubt between them."""
COVERED, SURE_POINTS = 0.75, 60
"""The share of the registered print that was compared, and the points that agree, without
which nothing is called the same: two designs may share a corner. Honest pairs had 137 or more."""
LARGEST = 0.45
"""Of the picture: no label is larger."""
MARGIN = 4
"""Pixels along an edge of the face that are not compared; twice as many where it was not seen."""
AROUND = 32
"""Pixels beyond the face within which a label at its edge is looked for."""
READ = 0.1
"""The share of a place from which on what was read there says that it is on the face."""
SHOWN = 0.15
"""The chance of a fault from which a place is shown."""
LABELLED = 0.6
"""From this score on what was read in the registered picture is a label, not a knot of its wood."""
FINE = 0.75
"""From this correlation of its worst piece on a label is the same, wherever its paper slipped.
Unaltered labels had 0.78 or more, others and torn ones 0.65 or less."""
SLIPPED = 3
"""Pixels from which a label has slipped, so that its old and its new place differ."""


@dataclass(frozen=True)
class Difference:
    """A place that differs, as corners in the frame of the face, and its chance of a fault."""

    kind: str
    now: Plane
    before: Plane
    chance: float
    features: tuple[float, ...]


@dataclass(frozen=True)
class Pair:
    """Both pictures in the frame of the face, and what was read in them."""

    frame: Frame
    found: Alignment
    before: alignment.Picture
    now: alignment.Picture
    around: alignment.Picture
    """The new one with `AROUND` pixels beyond the face."""
    inside: NDArray[np.bool_]
    """What of the face is compared: it lies in the new picture too, and not on its very edge."""
    known: list[Placed]
    seen: list[Placed]

    def there(self, points: Plane) -> Plane:
        """Points of the face in the new picture."""
        return self.found.there(self.frame.registered(points))


class Comparer:
    """Compares two photographs; what it says depends on both, and on what was read in them."""

    name = NAME

    @cached_property
    def digest(self) -> str:
        """Over the code that takes part."""
        home = Path(__file__).parent
        files = (Path(__file__), *sorted((home / 'faces').glob('*.py')))
        parts = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
        return hashlib.sha256(' '.join([NAME, cv2.__version__, *parts]).encode()).hexdigest()

    @property
    def models(self) -> str:
        """There are no weights in it."""
        return hashlib.sha256(b'').hexdigest()

    def key(self, registered: str, reader: str) -> str:
        """What a comparison is kept under, beside the hash of the new picture.

        `registered` is the hash of the other picture, `reader` the digest of the recogniser
        that read both.
        """
        return hashlib.sha256(f'{self.digest} {registered} {reader}'.encode()).hexdigest()

    def compare(
        self, new: bytes, registered: bytes, seen: Sequence[Reading], known: Sequence[Reading]
    ) -> list[Reading]:
        """What differs; `seen` was read in the new picture, `known` in the registered one."""
        name = hashlib.sha256(registered).hexdigest()
        before, now = _kept(registered), alignment.prepared(new)
        pair = laid(before, now, seen, known)
        if pair is None:
            return [_answer('unclear', 0.5, name, {'why': 'too little in common', 'points': 0})]
        found = differing(pair)
        chance = score.nothing(one.chance for one in found)
        value = 'same' if chance >= SAME else 'differs' if chance < DIFFERS else 'unclear'
        points, covered = pair.found.inliers, _covered(pair)
        more: dict[str, Any] = {'points': points, 'covered': round(covered, 2)}
        if value == 'same' and (covered < COVERED or points < SURE_POINTS):
            value, chance, more = 'unclear', 0.5, {**more, 'why': 'too little in common'}
        shown = [one for one in found if one.chance >= SHOWN]
        return [
            _answer(value, chance, name, more),
            *(_place(one, pair, name, 1 / before.scale, 1 / now.scale) for one in shown),
        ]


@lru_cache(maxsize=8)
def _kept(registered: bytes) -> alignment.Prepared:
    """All boxes of a batch are compared with the same registered photographs."""
    return alignment.prepared(registered)


def _answer(value: str, chance: float, registered: str, more: dict[str, Any]) -> Reading:
    sure = {'same': chance, 'differs': 1 - chance}.get(value, 0.0)
    details = {'same': round(chance, 4), 'registered': registered, **more}
    return Reading(
        kind='comparison', value=value, score=round(sure, 4), recogniser=NAME, details=details
    )


def _place(one: Difference, pair: Pair, registered: str, back: float, forth: float) -> Reading:
    before = pair.frame.registered(one.before)
    details = {'registered': registered, 'registered_box': _box(before * back)}
    return Reading(
        kind='difference', value=one.kind, score=round(one.chance, 4), recogniser=NAME,
        box=_box(pair.there(one.now) * forth), details=details,
    )  # fmt: skip


def _box(corners: Plane) -> tuple[Point, ...]:
    return tuple((int(x), int(y)) for x, y in np.rint(corners))


def _scaled(readings: Sequence[Reading], factor: float) -> list[tuple[Reading, Plane]]:
    """The readings that have a place, with it in the reduced picture."""
    return [(one, np.array(one.box, np.float32) * factor) for one in readings if len(one.box) >= 3]


def laid(
    old: alignment.Prepared, new: alignment.Prepared,
    seen: Sequence[Reading], known: Sequence[Reading],
) -> Pair | None:  # fmt: skip
    """Lay the new picture upon the registered one; None where that cannot be done."""
    found = alignment.align(old, new)
    if found is None:
        return None
    before, now = old.image, new.image
    placed = _scaled(known, old.scale), _scaled(seen, new.scale)
    lines, marks = (
        [box for r, box in placed[0] if (r.kind in LABELS) == labelled]
        for labelled in (False, True)
    )
    # What is taken for a label of half the picture is the box itself.
    most = LARGEST * max(before.shape)
    marks = [box for box in marks if np.ptp(box, axis=0).max() < most]
    frame = outline.frame(before, now, found, lines, marks)

    def way(points: Plane) -> Plane:
        return found.there(frame.registered(points))

    whole = np.full(now.shape[:2], 255, np.uint8)
    inside = outline.sampled(whole, way, frame.size) > 128
    top, right, bottom, left = (MARGIN if edged else 2 * MARGIN for edged in frame.edged)
    inside[:top] = inside[-bottom:] = inside[:, :left] = inside[:, -right:] = False
    return Pair(
        frame, found, outline.sampled(before, frame.registered, frame.size),
        outline.sampled(now, way, frame.size), outline.sampled(now, way, frame.size, AROUND),
        inside,
        known=[(r, frame.inside(box)) for r, box in placed[0]],
        seen=[(r, frame.inside(found.back(box))) for r, box in placed[1]],
    )  # fmt: skip


def differing(pair: Pair) -> list[Difference]:
    """All places that differ, the likeliest fault first."""
    inks = differences.ink(pair.before), differences.ink(pair.around)
    varying = [box for _, box in _varying(pair)]
    stuck = [
        (one, r) for r, box in pair.known
        if r.kind in LABELS and r.score >= LABELLED
        and not any(words.within(box, other) for other in varying)
        and (one := labels.sought(*inks, AROUND, box)) is not None
    ]  # fmt: skip
    slipped = [
        box for one, _ in stuck if one.worst >= FINE and np.abs(one.place - one.box).max() > SLIPPED
        for box in (one.box, one.place)
    ]  # fmt: skip
    slipped += words.slipped(pair.known, pair.seen)
    codes = [box for r, box in (*pair.known, *pair.seen) if r.kind == 'barcode']
    moved = _papers(pair, [*varying, *slipped])
    ignored = (
        _ignored(pair, [*varying, *slipped]) | moved, _ignored(pair, [*codes, *slipped]) | moved
    )  # fmt: skip
    found = differences.maps(pair.before, pair.now, pair.inside, *ignored)
    gone = [one.box for one, _ in stuck if one.worst < FINE]  # the label itself says it
    shown = [
        *_labels(pair, stuck), *_lines(pair, found, [*varying, *gone]),
        *_regions(pair, found, gone),
    ]  # fmt: skip
    return sorted(shown, key=lambda one: -one.chance)


def _labels(pair: Pair, stuck: Sequence[tuple[labels.Label, Reading]]) -> Iterator[Difference]:
    for one, reading in stuck:
        now = kinds.in_place(one.box, pair.seen)
        sure = reading.score >= kinds.SURE_LABEL and now is not None
        otherwise = sure and now is not None and now.value != reading.value
        features = score.of_label(one, otherwise)
        kind = kinds.of_label(one, reading, pair.seen)
        yield Difference(
            kind, one.place, one.box, score.chance(features, score.LABEL_WEIGHTS), features
        )


def _lines(pair: Pair, found: differences.Maps, told: Sequence[Plane]) -> Iterator[Difference]:
    for one in words.lost(pair.known, pair.seen, told):
        kind = 'other_print' if one.other > 0.3 else 'print_missing'
        features = score.of_line(one, found)
        yield Difference(
            kind, one.box, one.box, score.chance(features, score.LINE_WEIGHTS), features
        )


def _regions(pair: Pair, found: differences.Maps, told: Sequence[Plane]) -> Iterator[Difference]:
    for region in differences.regions(found, _read(pair)):
        if any(kinds.part(region, box) > 0.5 for box in told):
            continue
        read = any(kinds.part(region, box) > READ for _, box in (*pair.known, *pair.seen))
        if not read and differences.is_beyond(region, np.array(pair.frame.size)):
            continue
        features = score.of_region(region, found)
        kind = kinds.of_region(region, pair.inside, pair.seen, pair.known)
        box = _corners(region.box)
        yield Difference(kind, box, box, score.chance(features, score.REGION_WEIGHTS), features)


def _corners(box: tuple[int, int, int, int]) -> Plane:
    left, top, right, bottom = box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def _covered(pair: Pair) -> float:
    """The share of what was read in the registered picture that lies in what was compared."""
    ends = np.array(pair.inside.shape[::-1]) - 1
    inside = []
    for _, box in pair.known:
        x, y = np.rint(box.mean(axis=0)).astype(int)
        inside.append(bool(0 <= x <= ends[0] and 0 <= y <= ends[1] and pair.inside[y, x]))
    return float(np.mean(inside)) if inside else 1.0


def _varying(pair: Pair) -> list[Placed]:
    """What is another one on each box, by what either picture says."""
    named = [one for one in (*pair.known, *pair.seen) if one[0].kind in VARIES]
    return [*named, *_other_figures(pair)]


def _other_figures(pair: Pair) -> Iterator[Placed]:
    """Lines that say the same but for their figures: dates, numbers without a name.

    Not those of the mark and of the UN number, which are the design's own.
    """
    own = [box for r, box in (*pair.known, *pair.seen) if r.kind in ('un_mark', 'un_number')]
    for r, box in pair.known:
        if r.kind != 'text' or any(words.within(box, other) for other in own):
            continue
        for other, place in pair.seen:
            if other.kind == 'text' and other.value != r.value and words.within(place, box):
                one, two = words.plain(r.value), words.plain(other.value)
                if '0' in one and one == two:
                    yield r, box


def _ignored(pair: Pair, boxes: Sequence[Plane]) -> NDArray[np.bool_]:
    """Where print stands that is another one on each box, and labels that are as they were."""
    mask = np.zeros(pair.inside.shape, np.uint8)
    for box in boxes:
        if np.abs(box).max() < 4 * max(mask.shape):
            cv2.fillConvexPoly(mask, cv2.convexHull(box).round().astype(np.int32), 1)
    return cv2.dilate(mask, np.ones((25, 25), np.uint8)) > 0


def _read(pair: Pair) -> NDArray[np.bool_]:
    """The blocks where something was read in either picture."""
    mask = np.zeros(pair.inside.shape, np.uint8)
    for _, box in (*pair.known, *pair.seen):
        if np.abs(box).max() < 4 * max(mask.shape):
            cv2.fillConvexPoly(mask, cv2.convexHull(box).round().astype(np.int32), 1)
    return differences.blocks(mask.astype(np.float32)) > 0.3


def _papers(pair: Pair, boxes: Sequence[Plane]) -> NDArray[np.bool_]:
    """The papers in either picture on which print stands that is another one, or slipped."""
    high, wide = pair.inside.shape
    mask = np.zeros((high, wide), np.uint8)
    block = differences.BLOCK
    for picture in (pair.before, pair.now):
        ground = differences.ground(picture)
        face = differences.blocks(pair.inside.astype(np.float32)) > 0.7
        part = papers.under(ground, boxes, face, block).astype(np.uint8)
        whole = np.kron(part, np.ones((block, block), np.uint8))
        mask[: whole.shape[0], : whole.shape[1]] |= whole
    return mask > 0


COMPARISON = Comparer()
