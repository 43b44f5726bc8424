"""A line of text as it was read, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Quad = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of text.

    `quad` holds its four corners in pixels of the upright picture, clockwise from
    the corner where the text starts. `score` is the mean certainty of its
    characters, `weakest` that of the least certain one. `other` is what a second
    reading made of it where that differs, `certainties` that of each character,
    and `shapes` the same where characters that look alike count as one.
    """

    text: str
    score: float
    quad: Quad
    weakest: float = 1.0
    other: str = ''
    certainties: tuple[float, ...] = ()
    shapes: tuple[float, ...] = ()

    @cached_property
    def frame(self) -> Frame:
        """The line as a place on the page, in its own reading direction."""
        return Frame.of(self.quad)


@dataclass(frozen=True)
class Frame:
    """Centre, reading direction and size of a line."""

    centre: NDArray[np.float64]
    along: NDArray[np.float64]
    width: float
    height: float
    down: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, quad: Quad) -> Frame:
        """The frame of four corners; a quad without area gets a unit frame."""
        corners = np.asarray(quad, dtype=np.float64)
        rise = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
        fall = (corners[2] + corners[3] - corners[0] - corners[1]) / 2
        width, height = float(np.hypot(*rise)), float(np.hypot(*fall))
        along = rise / width if width > 0 else np.array([1.0, 0.0])
        down = np.array([-along[1], along[0]])
        return cls(corners.mean(axis=0), along, max(width, 1.0), max(height, 1.0), down)

    def place(self, other: Frame) -> tuple[float, float]:
        """Where the centre of `other` lies from here: along the line and below it, in pixels."""
        step = other.centre - self.centre
        return float(step @ self.along), float(step @ self.down)

    def upright(self, other: Frame) -> Frame:
        """The same place, of a column of upright characters, in the other's direction."""
        return Frame(self.centre, other.along, self.height, self.width, other.down)

    def turned(self, other: Frame) -> float:
        """The cosine between both reading directions."""
        return float(self.along @ other.along)


def holds(
    outline: Sequence[Sequence[float]] | NDArray[Any], point: Sequence[float] | NDArray[Any]
) -> bool:
    """Whether a point lies within an outline or on its edge."""
    x, y = (float(value) for value in point)
    return cv2.pointPolygonTest(np.asarray(outline, np.float32), (x, y), False) >= 0


def around(quads: list[Quad]) -> Quad:
    """The smallest rectangle, in the direction of the first quad, that holds all of them."""
    first = Frame.of(quads[0])
    points = np.concatenate([np.asarray(quad, dtype=np.float64) for quad in quads])
    x, y = (points - first.centre) @ first.along, (points - first.centre) @ first.down
    ends = ((x.min(), y.min()), (x.max(), y.min()), (x.max(), y.max()), (x.min(), y.max()))
    corners = [first.centre + a * first.along + b * first.down for a, b in ends]
    return tuple((float(px), float(py)) for px, py in corners)


def corners(quad: Quad) -> tuple[tuple[int, int], ...]:
    """The quad in whole pixels, as a reading holds it."""
    return tuple((round(x), round(y)) for x, y in quad)


def certainty(line: Line, span: tuple[int, int] | None = None, *, typed: bool = False) -> float:
    """How far a value in this line, or in this part of it, can be trusted.

    One weak character spoils a number, however sure the others are. In a `typed`
    value each place tells whether a letter or a figure is meant.
    """
    whole = line.shapes if typed else line.certainties
    if not whole:
        return line.score * (0.5 + 0.5 * line.weakest)
    sure, text = whole[slice(*span or (None,))], line.text[slice(*span or (None,))]
    weakest = min((one for one, mark in zip(sure, text, strict=True) if mark != ' '), default=0.0)
    return min(1.0, sum(sure) / max(1, len(sure)) * (0.5 + 0.5 * weakest))
