"""What a place that differs most likely is, in words of `comparison.KINDS`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers.faces.alignment import Plane
from clearlane.recognisers.faces.labels import Label
from clearlane.recognisers.faces.regions import Region
from clearlane.recognisers.text.line import holds

LABELS = frozenset({'hazard_label', 'battery_mark', 'orientation_arrows', 'ghs_label'})
SURE_LABEL = 0.5
NEAR = 0.6
"""Sides of a label within which another one stands in its place."""
TORN, SMALL, WET_SHARE = 2.3, 0.06, 0.025
"""How dark a hole is, in multiples of what is ordinary: those drawn had 2.6 or more, dirt 2.0 or
less; the share of a face that a hole or a tape has at most, and water at least."""

Placed = tuple[Reading, Plane]


def of_label(one: Label, reading: Reading, seen: Sequence[Placed]) -> str:
    """What happened to a label of the registered picture."""
    if one.elsewhere:
        return 'label_moved'
    now = in_place(one.box, seen)
    if now is not None and (now.kind, now.value) != (reading.kind, reading.value):
        return 'other_label'
    return 'label_missing'


def in_place(box: Plane, seen: Sequence[Placed]) -> Reading | None:
    """The label that was read there in the new picture."""
    near = [
        (apart(other, box), r) for r, other in seen
        if r.kind in LABELS and r.score >= SURE_LABEL and apart(other, box) < NEAR
    ]  # fmt: skip
    return min(near, key=lambda one: one[0])[1] if near else None


def apart(one: Plane, other: Plane) -> float:
    """How far two outlines are from each other, in sides of the second."""
    side = float(np.linalg.norm(other - np.roll(other, 1, axis=0), axis=1).mean())
    return float(np.linalg.norm(one.mean(axis=0) - other.mean(axis=0))) / max(side, 1.0)


def of_region(
    one: Region, face: NDArray[np.bool_], seen: Sequence[Placed], known: Sequence[Placed]
) -> str:
    """What a place on the maps is."""
    inked, toned = max(one.missing, one.added), max(one.coloured, abs(one.darker))
    before = _share_on(one, known, labels=False)
    now = _share_on(one, seen, labels=False)
    if _share_on(one, seen, labels=True) > 0.3 and one.added > one.missing:
        return 'label_added'
    if _share_on(one, known, labels=True) > 0.3 and one.missing >= one.added:
        return 'label_missing'
    if before > 0.3 and one.missing > max(0.3, one.added):
        return 'print_missing' if one.missing > 3 * one.added else 'other_print'
    if one.lost and one.share < SMALL and _is_at_closure(one, face):
        return 'tape_missing'
    if one.rim > 0.3 and one.added > max(0.5, one.missing):
        return 'dented'
    if one.added > max(0.8, 2 * one.missing) and toned > 0.25:
        return 'hole' if max(one.added, one.darker) > TORN and one.share < SMALL else 'stain'
    if inked > 0.3 and max(before, now) > 0.3:
        return 'other_print'
    if inked > toned:
        return 'dented'
    if one.share > WET_SHARE and inked < 0.5:
        return 'wet'  # of two halves nobody can say which has kept its tone
    return 'stain' if toned > 1 else 'other'


def _share_on(one: Region, placed: Sequence[Placed], *, labels: bool) -> float:
    """The greatest share of a region that lies in the box of one reading."""
    boxes = [
        box for r, box in placed
        if (r.kind in LABELS) == labels and (not labels or r.score >= SURE_LABEL)
    ]  # fmt: skip
    return max((part(one, box) for box in boxes), default=0.0)


def part(one: Region, box: Plane) -> float:
    """The share of the region that lies in a box."""
    return float(np.mean([holds(box, point) for point in one.points]))


def _is_at_closure(one: Region, face: NDArray[np.bool_]) -> bool:
    """Whether a region is where boxes are closed: at the upper or lower edge, not in a corner,
    or in an upright strip along a side."""
    high, wide = face.shape
    left, top, right, bottom = one.box
    across, down = (left + right) / 2 / wide, (top + bottom) / 2 / high
    strap = right - left < 0.12 * wide and bottom - top > 0.3 * high
    return bool(strap or (0.15 < across < 0.85 and not 0.3 < down < 0.75))
