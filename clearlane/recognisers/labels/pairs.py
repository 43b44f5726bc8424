"""Two like arrows beside each other over a bar: the outline around the three, without training.

Arrows printed straight onto a carton have no frame that the search for four-cornered
outlines could find. Whether the two shapes are arrows, and where they point, is said
by the network that names crops.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

LEAST_LENGTH = 14  # pixels: a shorter arrow has no head that could be told from its shaft
LEAST_FILL = 0.35  # of its smallest rectangle
MOST_SHAPES = 160


@dataclass(frozen=True)
class _Shape:
    """A contour with its smallest rectangle; `along` is the direction of the longer side."""

    points: np.ndarray
    centre: Sequence[float]
    along: tuple[float, float]
    length: float
    width: float
    fill: float


def arrow_pairs(contours: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Outlines (four corners each) around two like shapes and the bar that they stand on."""
    shapes = [shape for contour in contours if (shape := _shape(contour)) is not None]
    arrows = [s for s in shapes if s.length < 5 * s.width and s.fill < 0.8]
    bars = [s for s in shapes if s.length > 3 * s.width and s.fill > 0.7]
    if len(arrows) < 2 or not bars:
        return []
    arrows = sorted(arrows, key=lambda shape: -shape.length)[:MOST_SHAPES]
    found = []
    for i, j in zip(*np.nonzero(_alike(arrows)), strict=True):
        one, other = arrows[i], arrows[j]
        bar = next((bar for bar in bars if _stand_on(one, other, bar)), None)
        if bar is not None:
            points = np.concatenate([one.points, other.points, bar.points])
            found.append(cv2.boxPoints(cv2.minAreaRect(points)))
    return found


def _shape(contour: np.ndarray) -> _Shape | None:
    """The contour as a shape, unless it is too thin or too ragged for an arrow or a bar."""
    centre, size, angle = cv2.minAreaRect(contour)
    if min(size) < 2:
        return None
    fill = cv2.contourArea(contour) / (size[0] * size[1])
    if fill <= LEAST_FILL:
        return None
    turn = math.radians(angle if size[0] >= size[1] else angle + 90)
    return _Shape(
        points=contour,
        centre=centre,
        along=(math.cos(turn), math.sin(turn)),
        length=max(size),
        width=min(size),
        fill=fill,
    )


def _alike(shapes: list[_Shape]) -> np.ndarray:
    """For each pair (once) whether both are of one size, side by side and point the same way."""
    along, centre = (np.array([getattr(s, name) for s in shapes]) for name in ('along', 'centre'))
    length, width, fill = (
        np.array([getattr(s, name) for s in shapes]) for name in ('length', 'width', 'fill')
    )
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    step = centre[None, :] - centre[:, None]
    ahead = np.abs(np.einsum('ijk,ik->ij', step, along)) / length[:, None]
    beside = np.abs(np.einsum('ijk,ik->ij', step, across)) / width[:, None]
    wider = width[None, :] / width[:, None]
    alike = (np.abs(along @ along.T) > 0.96) & (np.abs(fill[None, :] - fill[:, None]) < 0.12)
    alike &= (length[None, :] > 0.8 * length[:, None]) & (wider > 0.75) & (wider < 1.33)
    return np.triu(alike & (ahead < 0.35) & (beside > 0.8) & (beside < 3.5), 1)


def _stand_on(one: _Shape, other: _Shape, bar: _Shape) -> bool:
    """Whether the bar lies across the end of both and is about as long as both are wide."""
    (x, y), way = one.along, bar.along
    if abs(x * way[0] + y * way[1]) > 0.35 or bar.width > 0.4 * one.length:
        return False
    across, down = (
        at - (a + b) / 2 for at, a, b in zip(bar.centre, one.centre, other.centre, strict=True)
    )
    apart = math.dist(one.centre, other.centre)
    off = abs(x * down - y * across)
    ahead = abs(across * x + down * y) / one.length
    return 0.45 < ahead < 1.0 and off < 0.35 * apart and 0.7 < bar.length / apart < 2.8
