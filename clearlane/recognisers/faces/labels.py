"""Whether the labels of the registered photograph stand on the new one: each by itself.

A label is stuck by hand, so it is sought around its place by its print, and in pieces: one
label differs from another often in a corner alone. Not found there it is sought all over.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.faces.alignment import Plane

SLIP = 0.35
"""Sides of a label that a hand is off by: it was 0.3 at most on generated boxes."""
PIECES = 4
"""A label is compared in so many pieces across and down; of these the three that agree least."""
PLAIN = 0.06
"""Contrast (natural log) below which a piece of a label is bare and says nothing."""
FOUND = 0.6
"""Correlation from which a label that is not at its place was found elsewhere."""
LOOSE = 3
"""Pixels that pieces are off from each other: paper bends, the plane is not exact."""
LEAST_SIDE, LARGEST = 20, 0.45
"""Pixels, and a share of the face: what is smaller or larger is not compared as a label."""

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Label:
    """A label of the registered picture, in the frame of the face.

    `alike` is the correlation of its print with that at its place, `worst` that of the pieces
    that agree least, `elsewhere` that at the best other place.
    """

    box: Plane
    alike: float
    worst: float
    place: Plane
    """Where it is in the new picture: near its box, or where it is found elsewhere."""
    elsewhere: float


def sought(before: Map, now: Map, beyond: int, box: Plane) -> Label | None:
    """Look for one label; None where it is too small or not wholly on the face.

    `now` goes so many pixels `beyond` the face: a label at its edge may have slipped, or the edge
    may not have been seen where it is.
    """
    low, high = np.floor(box.min(axis=0)).astype(int), np.ceil(box.max(axis=0)).astype(int)
    ends = np.array(before.shape[::-1])
    low, high = np.maximum(low, 0), np.minimum(high, ends)
    side = int((high - low).min())
    if side < LEAST_SIDE or (high - low).max() > LARGEST * ends.max():
        return None
    pattern = before[low[1] : high[1], low[0] : high[0]]
    reach = round(SLIP * side) + LOOSE
    first = np.maximum(low - reach + beyond, 0)
    last = high + reach + beyond
    alike, at = _best(now[first[1] : last[1], first[0] : last[0]], pattern)
    shift = np.array(at) + first - beyond - low
    worst = _worst(pattern, now, low + shift + beyond)
    elsewhere, place = 0.0, box + shift
    if alike < 0.6:
        face = now[beyond : beyond + ends[1], beyond : beyond + ends[0]]
        far, at = _best(face, pattern)
        if far > max(FOUND, alike + 0.1):
            elsewhere, place = far, box + (np.array(at) - low)
    return Label(box, alike, worst, np.asarray(place, np.float32), elsewhere)


def _best(area: Map, pattern: Map) -> tuple[float, tuple[int, int]]:
    """The best correlation of a pattern within an area, and where."""
    found = cv2.matchTemplate(area, pattern, cv2.TM_CCOEFF_NORMED)
    _, most, _, at = cv2.minMaxLoc(found)
    return float(most), (int(at[0]), int(at[1]))


def _worst(pattern: Map, now: Map, at: NDArray[np.int64]) -> float:
    """The mean correlation of the three pieces that agree least."""
    high, wide = pattern.shape
    rows, columns = np.linspace(0, high, PIECES + 1), np.linspace(0, wide, PIECES + 1)
    found = []
    for top, bottom in zip(rows[:-1].astype(int), rows[1:].astype(int), strict=True):
        for left, right in zip(columns[:-1].astype(int), columns[1:].astype(int), strict=True):
            piece = pattern[top:bottom, left:right]
            y, x = at[1] + top, at[0] + left
            area = now[max(0, y - LOOSE) : y + bottom - top + LOOSE,
                       max(0, x - LOOSE) : x + right - left + LOOSE]  # fmt: skip
            small = area.shape[0] < piece.shape[0] or area.shape[1] < piece.shape[1]
            if small or min(piece.shape) < 4 or max(piece.std(), area.std()) < PLAIN:
                continue
            found.append(_best(area, np.ascontiguousarray(piece))[0])
    return float(np.mean(sorted(found)[:3])) if found else 1.0
