"""Places in a picture that are dense with strong edges, as codes are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Point

CELL = 8
"""Edges are counted in cells of so many pixels."""

LEAST = 4
"""A code is at least so many cells wide and high."""

BUSY = 17.0
"""The mean step from pixel to pixel in a code, across and down together, in a bright picture."""

FULL = 0.6
"""So much of its outline a code fills; print and drawings mostly fill less."""

GRAIN, ABOVE_GRAIN = 1.35, 6.0
"""What is busy stands out so much from most of the picture, which shows its noise."""

FAINT, FAINT_ABOVE_GRAIN = 9.0, 3.0
"""The same in pale print, which is looked for after what is plainly busy."""

PLACES = 6
"""So many places are looked at closely, the busiest first."""

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Place:
    """A part of a picture, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows(self) -> slice:
        """The rows of a picture that it takes."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """The columns of a picture that it takes."""
        return slice(self.left, self.right)

    @property
    def corners(self) -> tuple[Point, ...]:
        """Its corners from the top left, clockwise."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    def scaled(self, scale: int, shape: tuple[int, ...]) -> Place:
        """The same place in a picture so many times as large, within its edges."""
        left, top, right, bottom = (
            n * scale for n in (self.left, self.top, self.right, self.bottom)
        )
        return Place(max(0, left), max(0, top), min(shape[1], right), min(shape[0], bottom))

    def wider(self, shape: tuple[int, ...]) -> Place:
        """The same with a third of its size more on each side, within the edges of the picture."""
        across, down = (self.right - self.left) // 3, (self.bottom - self.top) // 3
        return Place(
            max(0, self.left - across),
            max(0, self.top - down),
            min(shape[1], self.right + across),
            min(shape[0], self.bottom + down),
        )

    def holds(self, box: Sequence[Point]) -> bool:
        """Whether the middle of the box lies here."""
        x = sum(point[0] for point in box) / len(box)
        y = sum(point[1] for point in box) / len(box)
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True)
class Grey:
    """A colour picture of which parts are seen in grey: all of it would cost more than they do."""

    image: Image

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width."""
        return self.image.shape[:2]

    def part(self, place: Place) -> Image:
        """One part of it in grey."""
        return np.asarray(
            cv2.cvtColor(self.image[place.rows, place.columns], cv2.COLOR_BGR2GRAY), np.uint8
        )

    @cached_property
    def whole(self) -> Image:
        """All of it in grey."""
        return np.asarray(cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY), np.uint8)


def density(grey: Image) -> NDArray[np.float32]:
    """How dense edges are in each cell of a picture, as if it were bright everywhere."""
    across = cv2.absdiff(grey[:-1, 1:], grey[:-1, :-1])
    down = cv2.absdiff(grey[1:, :-1], grey[:-1, :-1])
    steps, bright = _cells(np.asarray(cv2.add(across, down), np.uint8)), _cells(grey[:-1, :-1])
    near = cv2.GaussianBlur(cv2.dilate(bright, np.ones((7, 7))), (0, 0), 4).astype(np.float32)
    # In a dark part of the picture the edges are weaker too.
    dense = cv2.blur(steps.astype(np.float32), (3, 3)) * (255 / np.maximum(near, 16))
    return np.asarray(dense, np.float32)


def _cells(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean of each whole cell; halving three times costs a tenth of dividing by eight."""
    high, wide = (max(1, side // CELL) for side in grey.shape)
    cells: NDArray[np.uint8] = grey[: high * CELL, : wide * CELL]
    for times in (4, 2, 1):
        size = (wide * times, high * times)
        cells = np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_AREA), np.uint8)
    return cells


def busy_places(
    dense: NDArray[np.float32], known: Sequence[Sequence[Point]] = (), *, faint: bool = False
) -> list[Place]:
    """Where a code may be, the busiest places first; `known` holds the corners of codes read.

    A `faint` one is so pale that its edges are not plainly those of print.
    """
    floor, above = (FAINT, FAINT_ABOVE_GRAIN) if faint else (BUSY, ABOVE_GRAIN)
    least = max(floor, GRAIN * float(np.median(dense)) + above)
    dense = dense * _free(dense.shape, known)
    mask = cv2.morphologyEx((dense > least).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
    count, marked, stats, _ = cv2.connectedComponentsWithStats(mask, ltype=cv2.CV_16U)
    found = []
    for index, (x, y, width, height, area) in enumerate(stats[1:count].tolist(), 1):
        if area < LEAST * LEAST:
            continue
        part = marked[y : y + height, x : x + width] == index
        # A long code that lies askew fills little of an upright box, but all of its own.
        sides = outline(part)[1]
        full = area / ((sides[0] + 1) * (sides[1] + 1))
        if min(sides) + 1 < LEAST or full < FULL:
            continue
        energy = float(dense[y : y + height, x : x + width][part].mean())
        found.append((energy * full, (x, y, width, height)))
    found.sort(reverse=True)
    return [_place(cells_) for _, cells_ in found[:PLACES]]


def outline(part: NDArray[np.bool_]) -> cv2.typing.RotatedRect:
    """The smallest rectangle around what is set, which hangs together: middle, sides, angle."""
    edge, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return cv2.minAreaRect(edge[0])


def _free(shape: tuple[int, ...], known: Sequence[Sequence[Point]]) -> NDArray[np.float32]:
    """One for each cell but those of codes that are read, so that a code beside them is seen."""
    free = np.ones(shape, np.float32)
    for corners in known:
        box = np.asarray(corners, np.float32) / CELL
        cv2.fillConvexPoly(free, np.round(box).astype(np.int32), 0.0)
        cv2.polylines(free, [np.round(box).astype(np.int32)], True, 0.0, 3)
    return free


def _place(cells: tuple[int, int, int, int]) -> Place:
    x, y, width, height = cells
    margin = 2 + max(width, height) // 8
    return Place(
        (x - margin) * CELL,
        (y - margin) * CELL,
        (x + width + margin) * CELL,
        (y + height + margin) * CELL,
    )
