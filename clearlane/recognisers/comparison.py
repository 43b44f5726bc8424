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
    left_out,
    regions,
    score,
    words,
)
from clearlane.recognisers.faces.alignment import Plane
from clearlane.recognisers.faces.kinds import LABELS
from clearlane.recognisers.faces.pair import AROUND, Pair, covered, laid

NAME = 'comparison/2'

KINDS = (
    'label_moved', 'label_missing', 'other_label', 'label_added', 'other_print', 'print_missing',
    'tape_missing', 'wet', 'stain', 'hole', 'dented', 'other',
)  # fmt: skip

SAME, DIFFERS = 0.75, 0.25
"""From `SAME` on nothing differs, below `DIFFERS` something does; a doubt between them."""
COVERED, SURE_POINTS = 0.75, 60
"""The share of the registered print that was compared, and the points that agree, without
which nothing is called the same: two designs may share a corner. Honest pairs had 137 or more."""
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
        points, share = pair.found.inliers, covered(pair)
        more: dict[str, Any] = {'points': points, 'covered': round(share, 2)}
        if value == 'same' and (share < COVERED or points < SURE_POINTS):
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


def differing(pair: Pair) -> list[Difference]:
    """All places that differ, the likeliest fault first."""
    inks = differences.ink(pair.before), differences.ink(pair.around)
    varying = [box for _, box in left_out.varying(pair)]
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
    moved = [*varying, *slipped]
    paper = left_out.under_papers(pair, moved)
    print_ = left_out.under(pair, moved) | paper
    ground = left_out.under(pair, [*codes, *slipped]) | paper
    found = differences.maps(pair.before, pair.now, pair.inside, print_, ground)
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
    for region in regions.regions(found, _read(pair)):
        if any(kinds.part(region, box) > 0.5 for box in told):
            continue
        read = any(kinds.part(region, box) > READ for _, box in (*pair.known, *pair.seen))
        if not read and regions.is_beyond(region, np.array(pair.frame.size)):
            continue
        features = score.of_region(region, found)
        kind = kinds.of_region(region, pair.inside, pair.seen, pair.known)
        box = _corners(region.box)
        yield Difference(kind, box, box, score.chance(features, score.REGION_WEIGHTS), features)


def _corners(box: tuple[int, int, int, int]) -> Plane:
    left, top, right, bottom = box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def _read(pair: Pair) -> NDArray[np.bool_]:
    """The blocks where something was read in either picture."""
    mask = pair.filled(box for _, box in (*pair.known, *pair.seen))
    return differences.blocks(mask.astype(np.float32)) > 0.3


COMPARISON = Comparer()
