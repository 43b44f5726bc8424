"""Plates found by the colour of their ground, where the search for text found none."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers import plate
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Quad

SIDE = 1000
"""The size at which colours are looked at."""

LEAST = 12
"""A plate is at least so many pixels high there."""

MOST = 5
"""So many places at most, the largest first."""

TONES = (
    ((96, 90, 40), (130, 255, 255)),
    ((38, 40, 70), (92, 255, 255)),
    ((14, 100, 80), (34, 255, 255)),
)
"""Blue, green and yellow in hue, strength and light."""

SHAPES = (2.2, 5.0)
TWO_ROWS = (1.4, 2.4)

Image = NDArray[np.uint8]


def find(pyramid: Pyramid, image: Image) -> list[Reading]:
    """The plates in coloured rectangles of a plate's shape."""
    found = []
    for quad, ratio in _places(image):
        ways = [[quad]] if ratio > TWO_ROWS[1] else [_rows(quad), [quad]]
        readings = (plate.read(way, pyramid, image) for way in ways)
        found += [one for one in readings if one is not None][:1]
    return plate.once(found)


def _places(image: Image) -> Iterator[tuple[Quad, float]]:
    """Rectangles of one of the colours, the largest first, and how many times as wide as high."""
    scale = min(1.0, SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hsv = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
    found = []
    for low, high in TONES:
        mask = cv2.inRange(hsv, np.array(low, np.uint8), np.array(high, np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 9), np.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            (_, (wide, tall), _) = box = cv2.minAreaRect(contour)
            wide, tall = max(wide, tall), min(wide, tall)
            if tall < LEAST or not TWO_ROWS[0] < wide / tall < SHAPES[1]:
                continue
            if cv2.contourArea(contour) > 0.6 * wide * tall and wide < 0.8 * small.shape[1]:
                found.append((wide * tall, _standing(cv2.boxPoints(box) / scale), wide / tall))
    found.sort(key=lambda one: -one[0])
    yield from ((quad, ratio) for _, quad, ratio in found[:MOST])


def _standing(points: NDArray[np.float32]) -> Quad:
    """The corners of a lying rectangle, from its top left one on."""
    points = np.asarray(points, np.float64)
    order = np.argsort(points[:, 0])
    left = sorted(points[order[:2]].tolist(), key=lambda point: point[1])
    right = sorted(points[order[2:]].tolist(), key=lambda point: point[1])
    corners = (left[0], right[0], right[1], left[1])
    return tuple((float(x), float(y)) for x, y in corners)


def _rows(quad: Quad) -> list[Quad]:
    """The two rows of a plate in two rows (GA 36: 15 to 75 and 90 to 200 of 220 mm)."""
    top_left, top_right, foot_right, foot_left = (np.asarray(point) for point in quad)

    def part(top: float, foot: float, side: float) -> Quad:
        left = [top_left + (foot_left - top_left) * at for at in (top, foot)]
        right = [top_right + (foot_right - top_right) * at for at in (top, foot)]
        corners = (
            left[0] + (right[0] - left[0]) * side, right[0] - (right[0] - left[0]) * side,
            right[1] - (right[1] - left[1]) * side, left[1] + (right[1] - left[1]) * side,
        )  # fmt: skip
        return tuple((float(x), float(y)) for x, y in corners)

    return [part(0.03, 0.38, 0.18), part(0.36, 0.97, 0.0)]
