"""Where a small network sees the middle of a diamond, a battery mark or a pair of arrows.

It finds what has no clean outline for the search of `quads`: torn or covered labels, labels
on bottles, in poor light, or amid other print. Its corners are rough; where the picture shows
four lines near them, `settled` takes those.
"""

from __future__ import annotations

import cv2
import numpy as np

from clearlane.recognisers.labels import networks
from clearlane.recognisers.labels.quads import around, clockwise, quads, shrunk, stands_on_corner
from clearlane.recognisers.text.crop import Pyramid

KINDS = ('diamond', 'battery_mark', 'orientation_arrows')
CELL = 8
"""Pixels of the picture that the network sees, a side of a cell of its map."""
REACH = 32.0
"""Corners are said as so many pixels from the middle of the cell."""
LONG_SIDE = 640
STEP = 16
"""The network's picture is a multiple of it in width and height."""
LEAST_CHANCE = 0.22
MOST = 40
"""More middles than this are a pattern, not labels."""
SAME = 0.6
"""Intersection over union from which two outlines may mean the same."""
ZOOMED = 120.0
"""Pixels that an outline's long side has where its lines are searched."""


def outlines(image: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Rough outlines (four corners each, clockwise) with their chances, the surest first."""
    scale = min(1.0, LONG_SIDE / max(image.shape[:2]))
    small = shrunk(Pyramid(image), scale)
    high, wide = small.shape[:2]
    seen = cv2.copyMakeBorder(small, 0, -high % STEP, 0, -wide % STEP, cv2.BORDER_REPLICATE)
    said = networks.find(seen)
    chances = 1 / (1 + np.exp(-said[: len(KINDS)]))
    peaks = chances * (chances >= _dilated(chances)) * (chances > LEAST_CHANCE)
    kinds, rows, columns = np.nonzero(peaks)
    order = np.argsort(-peaks[kinds, rows, columns])[:MOST]
    places = np.stack([columns, rows], axis=1)[order] * CELL + CELL / 2
    offsets = said[len(KINDS) :, rows[order], columns[order]].T.reshape(-1, 4, 2) * REACH
    found = offsets + places[:, None]
    sure = peaks[kinds, rows, columns][order]
    return [
        (clockwise(corners / scale), float(chance))
        for corners, chance in zip(found, sure, strict=True)
        if _is_outline(corners)
    ]


def settled(picture: Pyramid, rough: np.ndarray) -> np.ndarray | None:
    """The outline in the picture that may be meant by a rough one; None where there is none."""
    low = rough.min(axis=0) - 0.25 * np.ptp(rough, axis=0)
    high = rough.max(axis=0) + 0.25 * np.ptp(rough, axis=0)
    left, top = np.maximum(np.floor(low), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(high), picture.size).astype(int).tolist()
    if min(right - left, bottom - top) < 8:
        return None
    zoom = ZOOMED / float(np.ptp(rough, axis=0).max())
    size = (max(1, round((right - left) * zoom)), max(1, round((bottom - top) * zoom)))
    zooms = np.array(size) / (right - left, bottom - top)
    shown = picture.part((left, top, right, bottom), size)
    near = [quad / zooms + (left, top) for quad in quads(shown)]
    # The paper that a diamond is printed on fills the same box.
    near = [quad for quad in near if stands_on_corner(quad) == stands_on_corner(rough)]
    best = max(near, key=lambda quad: alike(rough, quad), default=rough)
    return best if best is not rough and alike(rough, best) > SAME else None


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of the boxes around two outlines."""
    a, b = around(one), around(other)
    wide, high = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    common = max(0.0, float(wide)) * max(0.0, float(high))
    return common / (_area(a) + _area(b) - common)


def _area(box: np.ndarray) -> float:
    return float(max(box[2] - box[0], 1e-6) * max(box[3] - box[1], 1e-6))


def _dilated(chances: np.ndarray) -> np.ndarray:
    return np.stack([cv2.dilate(plane, np.ones((3, 3), np.uint8)) for plane in chances])


def _is_outline(corners: np.ndarray) -> bool:
    """Whether four corners go round something that is not flat."""
    hull = cv2.convexHull(corners.astype(np.float32))
    return len(hull) == 4 and cv2.contourArea(hull) > 0.3 * float(np.ptp(corners, axis=0).prod())
