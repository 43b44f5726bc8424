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
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Point, Reading
from clearlane.recognisers import picture
from clearlane.recognisers.faces import alignment, differences
from clearlane.recognisers.faces.alignment import Alignment
from clearlane.recognisers.faces.differences import Region

NAME = 'comparison/1'

KINDS = (
    'label_moved', 'label_missing', 'other_label', 'label_added', 'other_print', 'print_missing',
    'tape_missing', 'wet', 'stain', 'hole', 'dented', 'other',
)  # fmt: skip

VARIES = frozenset({
    'serial', 'barcode', 'gross_mass_kg', 'net_mass_kg', 'production_batch', 'production_day',
    'date', 'batch', 'box_number', 'expiry',
})  # fmt: skip
"""Kinds of readings that differ from box to box of one design."""
LABELS = frozenset({'hazard_label', 'battery_mark', 'orientation_arrows', 'ghs_label'})

AT_ZERO, PER_WEIGHT = 3.0, -13.8
"""Log odds that nothing differs: where no region weighs anything, and for each unit of weight.
Fitted on pairs of generated faces, see docs/models/comparison.md."""
SAME, DIFFERS = 0.8, 0.35
"""From `SAME` on nothing differs, below `DIFFERS` something does; a doubt between them."""
COVERED, SURE_POINTS = 0.75, 60
"""The share of the registered print that was compared, and the points that agree, without
which nothing is called the same: two designs may share a corner. Honest pairs had 137 or more."""
SURE_LABEL = 0.5
MOVED = 0.6
"""Sides of the label: stuck by hand, it is off by a tenth of that."""
TORN, WET_SHARE, SMALL = 1.35, 0.025, 0.03

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Difference:
    """A place that differs, as corners in the new and in the registered picture."""

    kind: str
    new: Plane
    registered: Plane
    weight: float


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
        pictures = [picture.upright(data) for data in (registered, new)]
        (before, shrink), (now, shrunk) = (alignment.reduced(image) for image in pictures)
        found = alignment.align(before, now)
        if found is None:
            return [_answer('unclear', 0.5, name, {'why': 'too little in common', 'points': 0})]
        read = _scaled(seen, shrunk), _scaled(known, shrink)
        places, chance, covered = _differences(before, now, found, *read)
        value = 'same' if chance >= SAME else 'differs' if chance < DIFFERS else 'unclear'
        more: dict[str, Any] = {'points': found.inliers, 'covered': round(covered, 2)}
        if value == 'same' and (covered < COVERED or found.inliers < SURE_POINTS):
            value, chance, more = 'unclear', 0.5, {**more, 'why': 'too little in common'}
        answer = _answer(value, chance, name, more)
        return [answer, *(_place(one, name, 1 / shrink, 1 / shrunk) for one in places)]


def _answer(value: str, chance: float, registered: str, more: dict[str, Any]) -> Reading:
    sure = {'same': chance, 'differs': 1 - chance}.get(value, 0.0)
    details = {'same': round(chance, 4), 'registered': registered, **more}
    return Reading(
        kind='comparison', value=value, score=round(sure, 4), recogniser=NAME, details=details
    )


def _place(one: Difference, registered: str, back: float, forth: float) -> Reading:
    details = {'registered': registered, 'registered_box': _box(one.registered * back)}
    return Reading(
        kind='difference', value=one.kind, score=round(min(1.0, one.weight), 4),
        recogniser=NAME, box=_box(one.new * forth), details=details,
    )  # fmt: skip


def _box(corners: Plane) -> tuple[Point, ...]:
    return tuple((int(x), int(y)) for x, y in np.rint(corners))


def _scaled(readings: Sequence[Reading], factor: float) -> list[tuple[Reading, Plane]]:
    """The readings that have a place, with it in the reduced picture."""
    return [(one, np.array(one.box, np.float32) * factor) for one in readings if len(one.box) >= 3]


Placed = tuple[Reading, Plane]


def _differences(
    before: alignment.Picture, now: alignment.Picture, found: Alignment,
    seen: Sequence[Placed], known: Sequence[Placed],
) -> tuple[list[Difference], float, float]:  # fmt: skip
    """All places that differ, the gravest first, the chance that nothing does, and the share
    of the registered print that was compared."""
    size = (before.shape[1], before.shape[0])
    laid, inside = alignment.laid(now, found, size)
    back = np.linalg.inv(found.plane)
    returned = [(one, _through(box, back)) for one, box in seen]
    face = _face(size, found, known) & (inside > 0)
    maps = differences.maps(before, laid, face, _ignored(size, [*known, *returned]))
    shown = [
        Difference(_kind(one, face, returned, known), _through(_corners(one.box), found.plane),
                   _corners(one.box), one.strength * math.sqrt(one.share))
        for one in differences.regions(maps)
    ]  # fmt: skip
    moved = list(_labels(returned, known, shown, found, now.shape))
    weight = max((one.weight for one in [*shown, *moved]), default=0.0)
    chance = 1 / (1 + math.exp(-(AT_ZERO + PER_WEIGHT * weight)))
    return sorted([*moved, *shown], key=lambda one: -one.weight), chance, _covered(face, known)


def _through(box: Plane, plane: NDArray[Any]) -> Plane:
    moved = cv2.perspectiveTransform(box.reshape(1, -1, 2).astype(np.float64), plane)
    return np.asarray(moved[0], np.float32)


def _corners(box: tuple[int, int, int, int]) -> Plane:
    left, top, right, bottom = box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def _face(size: tuple[int, int], found: Alignment, known: Sequence[Placed]) -> NDArray[np.bool_]:
    """The rectangle around all print: the agreeing points, and what was read near them."""
    own = alignment.face_of(size, found.points, grown=0.25) > 0
    near = [box for _, box in known if _is_within(own, box)]
    return alignment.face_of(size, np.concatenate([found.points, *near])) > 0


def _is_within(mask: NDArray[np.bool_], box: Plane) -> bool:
    x, y = np.clip(box.mean(axis=0), 0, np.array(mask.shape[::-1]) - 1).astype(int)
    return bool(mask[y, x])


def _covered(face: NDArray[np.bool_], known: Sequence[Placed]) -> float:
    """The share of what was read in the registered picture that lies in what was compared."""
    return float(np.mean([_is_within(face, box) for _, box in known])) if known else 1.0


def _ignored(size: tuple[int, int], placed: Iterable[Placed]) -> NDArray[np.bool_]:
    """Where print stands that is another one on each box."""
    mask = np.zeros(size[::-1], np.uint8)
    for one, box in placed:
        if one.kind in VARIES:
            cv2.fillConvexPoly(mask, cv2.convexHull(box).round().astype(np.int32), 1)
    return cv2.dilate(mask, np.ones((25, 25), np.uint8)) > 0


# --- kinds ----------------------------------------------------------------------------------


def _kind(
    one: Region, face: NDArray[np.bool_], seen: Sequence[Placed], known: Sequence[Placed]
) -> str:
    """What a region most likely is."""
    labels = any(_part(one, box) > 0.3 for reading, box in known if reading.kind in LABELS)
    print_before = any(
        _part(one, box) > 0.3 for reading, box in known if reading.kind not in LABELS
    )
    print_now = any(_part(one, box) > 0.3 for reading, box in seen if reading.kind not in LABELS)
    if labels and one.missing >= one.added:
        return 'label_missing'
    if print_before and one.missing > one.added and not print_now:
        return 'print_missing'
    if (print_before or print_now) and max(one.missing, one.added) > 0.1:
        return 'other_print'
    if one.lost and one.share < SMALL and _is_at_closure(one, face):
        return 'tape_missing'
    if one.added > TORN and one.darker > 0 and one.share < SMALL:
        return 'hole'
    if one.share > WET_SHARE and max(one.missing, one.added) < 0.3:
        return 'wet'  # of two halves nobody can say which has kept its tone
    if max(one.missing, one.added) > max(one.coloured, abs(one.darker)):
        return 'dented'
    return 'stain' if one.coloured > 1 else 'other'


def _part(one: Region, box: Plane) -> float:
    """The share of the region that lies in a box."""
    outline = box.astype(np.float32)
    inside = [
        cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0 for x, y in one.points
    ]
    return float(np.mean(inside))


def _is_at_closure(one: Region, face: NDArray[np.bool_]) -> bool:
    """Whether a region is where boxes are closed: at the upper or lower edge, not in a corner."""
    rows, columns = np.nonzero(face)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    x, y = (one.box[0] + one.box[2]) / 2, (one.box[1] + one.box[3]) / 2
    across, down = (x - left) / max(1, right - left), (y - top) / max(1, bottom - top)
    return bool(0.15 < across < 0.85 and not 0.3 < down < 0.75)


def _labels(
    seen: Sequence[Placed], known: Sequence[Placed], shown: Sequence[Difference],
    found: Alignment, shape: tuple[int, ...],
) -> Iterable[Difference]:  # fmt: skip
    """Labels that were read elsewhere, or as another one, or not where something differs."""
    now = [(r, box) for r, box in seen if r.kind in LABELS and r.score >= SURE_LABEL]
    left = list(now)
    for reading, box in known:
        if reading.kind not in LABELS or reading.score < SURE_LABEL:
            continue
        place = _through(box, found.plane)
        if not _is_inside(place, shape):
            continue
        near = sorted(left, key=lambda other: _apart(other[1], box))
        same = [n for n in near if (n[0].kind, n[0].value) == (reading.kind, reading.value)]
        if same and _apart(same[0][1], box) <= MOVED:
            left.remove(same[0])
        elif near and _apart(near[0][1], box) <= MOVED:
            left.remove(near[0])
            yield Difference('other_label', place, box, 1.0)
        elif same:
            left.remove(same[0])
            yield Difference('label_moved', _through(same[0][1], found.plane), box, 1.0)
        elif any(_apart(one.registered, box) < MOVED for one in shown):
            yield Difference('label_missing', place, box, 1.0)
    for _, box in left:
        yield Difference('label_added', _through(box, found.plane), box, 1.0)


def _apart(one: Plane, other: Plane) -> float:
    """How far two outlines are from each other, in sides of the second."""
    side = float(np.linalg.norm(other - np.roll(other, 1, axis=0), axis=1).mean())
    return float(np.linalg.norm(one.mean(axis=0) - other.mean(axis=0))) / max(side, 1.0)


def _is_inside(box: Plane, shape: tuple[int, ...]) -> bool:
    return bool((box >= 0).all() and (box < np.array(shape[1::-1])).all())


COMPARISON = Comparer()
