"""Two pictures of one face laid upon each other, with what was read in either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers.faces import alignment, outline
from clearlane.recognisers.faces.alignment import Alignment, Plane
from clearlane.recognisers.faces.kinds import LABELS, Placed
from clearlane.recognisers.faces.outline import Frame

LARGEST = 0.45
"""Of the picture: no label is larger."""
MARGIN = 4
"""Pixels along an edge of the face that are not compared; twice as many where it was not seen."""
AROUND = 32
"""Pixels beyond the face within which a label at its edge is looked for."""


@dataclass(frozen=True)
class Pair:
    """Both pictures in the frame of the face, and what was read in them."""

    frame: Frame
    found: Alignment
    before: alignment.Picture
    around: alignment.Picture
    """The new one with `AROUND` pixels beyond the face."""
    inside: NDArray[np.bool_]
    """What of the face is compared: it lies in the new picture too, and not on its very edge."""
    known: list[Placed]
    seen: list[Placed]

    @property
    def now(self) -> alignment.Picture:
        """The new picture on the face alone."""
        return self.around[AROUND:-AROUND, AROUND:-AROUND]

    def filled(self, boxes: Iterable[Plane]) -> NDArray[np.uint8]:
        """The pixels of the face within these outlines, 1 or 0."""
        mask = np.zeros(self.inside.shape, np.uint8)
        for box in boxes:
            if np.abs(box).max() < 4 * max(mask.shape):
                cv2.fillConvexPoly(mask, cv2.convexHull(box).round().astype(np.int32), 1)
        return mask

    def there(self, points: Plane) -> Plane:
        """Points of the face in the new picture."""
        return self.found.there(self.frame.registered(points))


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
        outline.sampled(now, way, frame.size, AROUND), inside,
        known=[(r, frame.inside(box)) for r, box in placed[0]],
        seen=[(r, frame.inside(found.back(box))) for r, box in placed[1]],
    )  # fmt: skip


def _scaled(readings: Sequence[Reading], factor: float) -> list[tuple[Reading, Plane]]:
    """The readings that have a place, with it in the reduced picture."""
    return [(one, np.array(one.box, np.float32) * factor) for one in readings if len(one.box) >= 3]


def covered(pair: Pair) -> float:
    """The share of what was read in the registered picture that lies in what was compared."""
    ends = np.array(pair.inside.shape[::-1]) - 1
    inside = []
    for _, box in pair.known:
        x, y = np.rint(box.mean(axis=0)).astype(int)
        inside.append(bool(0 <= x <= ends[0] and 0 <= y <= ends[1] and pair.inside[y, x]))
    return float(np.mean(inside)) if inside else 1.0
