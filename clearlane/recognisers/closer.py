"""A second, closer look at a picture whose text is too small for the first one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Point
from clearlane.recognisers.text import detection, page
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line

OVERLAP = 0.15
"""Neighbouring parts share this much, so that a line at a border is whole in one of them."""

ASIDE, ROWS = 0.5, 4.0
"""What is looked at around a place, in its longer sides and in its shorter ones at least."""

NEAR = 1280
"""The longer side of what is looked at around a place, in pixels."""

Image = NDArray[np.uint8]


def lines(image: Image, parts: int = 2, *, glance: bool = False) -> list[Line]:
    """The lines of the picture read part by part; what two parts see is kept once, the longer.

    At a `glance` the tiny model reads them: enough for numbers, which are then cut out again.
    """
    found: list[Line] = []
    for left, top, part in _parts(image, parts):
        found += [_moved(one, 1.0, left, top) for one in page.read(part, glance=glance)]
    return once(found)


def around(pyramid: Pyramid, box: Sequence[Point]) -> list[Line]:
    """The lines at a place of the picture and in its surroundings, looked at closely."""
    corners = np.asarray(box, np.float64)
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    reach = max(ASIDE * float(sides.max()), ROWS * float(sides.min()))
    left, top = np.maximum(corners.min(axis=0) - reach, 0).astype(int).tolist()
    right, foot = np.minimum(corners.max(axis=0) + reach, pyramid.size).astype(int).tolist()
    wide, high = right - left, foot - top
    if min(wide, high) < 2:
        return []
    shrink = max(1.0, max(wide, high) / NEAR)
    part = pyramid.part((left, top, right, foot), (round(wide / shrink), round(high / shrink)))
    return [_moved(one, shrink, left, top) for one in page.read(part)]


def enlarged(image: Image, factor: float = 2.0) -> list[Line]:
    """The lines of the picture drawn larger."""
    large = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return [_moved(one, 1 / factor, 0, 0) for one in page.read(np.asarray(large, np.uint8))]


def drawn_out(image: Image) -> Image:
    """The picture with the contrast of each part of it drawn out: faint print, dusk, shadow."""
    tones = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)
    tones[..., 0] = cv2.createCLAHE(4.0, (8, 8)).apply(tones[..., 0])
    return np.asarray(cv2.cvtColor(tones, cv2.COLOR_LAB2BGR), np.uint8)


def once(found: list[Line]) -> list[Line]:
    """Lines that lie in a longer one are dropped."""
    kept: list[Line] = []
    for one in sorted(found, key=lambda line: -line.frame.width):
        box = np.array(one.quad, np.float32)
        area = max(1.0, cv2.contourArea(box))
        shared = (
            cv2.intersectConvexConvex(box, np.array(other.quad, np.float32))[0] for other in kept
        )
        if all(share < 0.4 * area for share in shared):
            kept.append(one)
    return sorted(kept, key=lambda line: (line.quad[0][1], line.quad[0][0]))


def _parts(image: Image, parts: int) -> Iterator[tuple[int, int, Image]]:
    """Where a part begins, and its pixels; a side that is short is not cut."""
    height, width = image.shape[:2]
    across = parts if width > detection.SIDE else 1
    down = parts if height > detection.SIDE else 1
    wide = min(width, round(width / across * (1 + OVERLAP)))
    high = min(height, round(height / down * (1 + OVERLAP)))
    for row in range(down):
        for column in range(across):
            left = round(column * (width - wide) / max(1, across - 1))
            top = round(row * (height - high) / max(1, down - 1))
            yield left, top, np.ascontiguousarray(image[top : top + high, left : left + wide])


def _moved(one: Line, factor: float, left: float, top: float) -> Line:
    return replace(one, quad=tuple((x * factor + left, y * factor + top) for x, y in one.quad))
