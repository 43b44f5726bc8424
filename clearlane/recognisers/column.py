"""Columns of upright characters, as container numbers stand on door edges and walls.

The detector finds a column but a line reader sees its characters lying on their side. So
the column is cut out standing, parted into its characters, and these are set side by
side as a line of text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import lattice
from clearlane.recognisers.text.crop import HEIGHT, Pyramid
from clearlane.recognisers.text.line import Frame, Line, Quad

LONG = 1.9
"""A column is so many times as long as wide at least."""

WIDE = 64
"""The width of a column, in pixels, where it is parted."""

ASIDE = 0.45
"""What is cut out beside the column, in its widths: perspective makes it lean."""

ROOM = 0.22
"""The room around a box of print, in its widths."""

BEYOND = 3.0
"""What is cut out above and below it: characters that the detector missed."""

MOST = 8
"""So many columns at most, the longest first."""

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Column:
    """A column as a line of text: its quad begins at the top, what it says, and its lattices."""

    text: str
    quad: Quad
    views: tuple[lattice.Lattice, ...]

    @property
    def frame(self) -> Frame:
        """Its place; its reading direction is down."""
        return Frame.of(self.quad)


def columns(lines: Sequence[Line], pyramid: Pyramid, alphabet: str) -> Iterator[Column]:
    """The columns among the lines of a picture."""
    found = [_standing(line.quad) for line in lines if _is_column(line)]
    found.sort(key=lambda quad: -Frame.of(quad).width)
    for quad in found[:MOST]:
        column = read(pyramid, _grown(quad), alphabet)
        if column is not None:
            yield column


def hinted(lines: Sequence[Line]) -> bool:
    """Whether a few of the lines run down, and far enough for a number in a column."""
    steep = [line for line in lines if _is_column(line)]
    return len(steep) * 2 <= len(lines) and any(
        line.frame.width > 5 * line.frame.height for line in steep
    )


def _is_column(line: Line) -> bool:
    frame = line.frame
    return abs(frame.along[1]) > 0.75 and frame.width > LONG * frame.height


def _standing(quad: Quad) -> Quad:
    """The corners from the top right one downwards, as of text that runs down."""
    return quad if quad[1][1] > quad[0][1] else (*quad[2:], *quad[:2])


def _grown(quad: Quad) -> Quad:
    """The place with the room that print needs: the boxes of lines are fitted to it closely."""
    points = np.asarray(quad, np.float64)
    across = (points[0] - points[3] + points[1] - points[2]) / 2
    along = (points[1] - points[0] + points[2] - points[3]) / 2
    along = along / max(1e-6, np.hypot(*along)) * float(np.hypot(*across))
    step = ROOM * np.array([across - along, across + along, -across + along, -across - along])
    return tuple((float(x), float(y)) for x, y in points + step)


def read(pyramid: Pyramid, quad: Quad, alphabet: str) -> Column | None:
    """The column in `quad`, or nothing where it cannot be parted into characters."""
    area = _widened(quad)
    points = np.asarray(area)
    wide = float(np.hypot(*(points[1] - points[0])))
    tall = float(np.hypot(*(points[3] - points[0])))
    size = (round(WIDE * (1 + 2 * ASIDE)), round(tall / wide * WIDE * (1 + 2 * ASIDE)))
    part, back = pyramid.flattened(area, size)
    boxes = _characters(part)
    if len(boxes) < 3:
        return None
    row = _row(part, boxes)
    views = lattice.both(row, alphabet)
    return Column(views[0].free, _around(boxes, back), views)


def _widened(quad: Quad) -> Quad:
    """The column standing upright with room on all sides: top left, top right, and so on."""
    right_top, right_foot, left_foot, left_top = (np.asarray(one, np.float64) for one in quad)
    across = ((right_top - left_top) + (right_foot - left_foot)) / 2
    down = (right_foot - right_top + left_foot - left_top) / 2
    along = down / max(1e-6, np.hypot(*down)) * float(np.hypot(*across))
    corners = (
        left_top - ASIDE * across - BEYOND * along,
        right_top + ASIDE * across - BEYOND * along,
        right_foot + ASIDE * across + BEYOND * along,
        left_foot - ASIDE * across + BEYOND * along,
    )
    return tuple((float(x), float(y)) for x, y in corners)


def _characters(part: Image) -> list[Box]:
    """The boxes of the characters from top to bottom, light or dark, whichever is more even."""
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    ways = [_parted(np.asarray(one, np.uint8)) for one in (grey, cv2.bitwise_not(grey))]
    return max(ways, key=_evenness)


def _evenness(boxes: Sequence[Box]) -> float:
    """More characters of one height and pitch are better."""
    if len(boxes) < 3:
        return 0.0
    heights = np.array([box[3] for box in boxes], float)
    return len(boxes) / (1 + 4 * float(heights.std() / heights.mean()))


def _parted(grey: Image) -> list[Box]:
    """Boxes of light characters on a dark ground."""
    soft = cv2.GaussianBlur(grey, (0, 0), 1.2)
    level = cv2.adaptiveThreshold(
        soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, WIDE * 3 // 2 | 1, -6
    )
    count, _, stats, centres = cv2.connectedComponentsWithStats(level)
    middle = grey.shape[1] / 2
    boxes = []
    for (x, y, width, height, area), (cx, _) in zip(
        stats[1:count].tolist(), centres[1:], strict=True
    ):
        if area < 0.02 * WIDE * WIDE or height > 1.7 * WIDE or width > 1.35 * WIDE:
            continue
        if abs(cx - middle) < 0.55 * WIDE and height > 0.12 * WIDE:
            boxes.append((x, y, width, height))
    return _in_file(_joined(sorted(boxes, key=lambda box: box[1])))


def _joined(boxes: list[Box]) -> list[Box]:
    """Pieces of one character, as of stencils, or a figure within its frame, put together."""
    kept: list[Box] = []
    for x, y, width, height in boxes:
        if kept:
            left, top, wide, high = kept[-1]
            shared = min(top + high, y + height) - max(top, y)
            if shared > 0.35 * min(high, height):
                inside = _inner((left, top, wide, high), (x, y, width, height))
                kept[-1] = inside or (
                    min(left, x), min(top, y),
                    max(left + wide, x + width) - min(left, x),
                    max(top + high, y + height) - min(top, y),
                )  # fmt: skip
                continue
        kept.append((x, y, width, height))
    return kept


def _inner(one: Box, other: Box) -> Box | None:
    """The inner box where one of the two frames the other."""
    (x, y, width, height), (a, b, wide, high) = sorted((one, other), key=lambda box: -box[3])
    if x < a and y < b and a + wide < x + width and b + high < y + height and high > 0.4 * height:
        return a, b, wide, high
    return None


def _in_file(boxes: list[Box]) -> list[Box]:
    """The longest run of boxes of like height with no wide gap between."""
    tall = [box[3] for box in boxes if box[3] > 0.35 * WIDE]
    if not tall:
        return []
    usual = float(np.median(tall))
    like = [box for box in boxes if 0.7 * usual < box[3] < 1.45 * usual]
    runs: list[list[Box]] = []
    for box in like:
        if runs and box[1] - (runs[-1][-1][1] + runs[-1][-1][3]) < 1.6 * usual:
            runs[-1].append(box)
        else:
            runs.append([box])
    return max(runs, key=len, default=[])


def _row(part: Image, boxes: Sequence[Box]) -> Image:
    """The characters side by side, each with a little of its own ground."""
    usual = float(np.median([box[3] for box in boxes]))
    edge = round(0.16 * usual)
    cuts = []
    for x, y, width, height in boxes:
        top, foot = max(0, y - edge), min(part.shape[0], y + height + edge)
        left, right = max(0, x - edge), min(part.shape[1], x + width + edge)
        cut = part[top:foot, left:right]
        wide = max(8, round(cut.shape[1] * HEIGHT / cut.shape[0]))
        cuts.append(cv2.resize(cut, (wide, HEIGHT), interpolation=cv2.INTER_AREA))
    return np.concatenate(cuts, axis=1)


def _around(boxes: Sequence[Box], back: NDArray[np.float64]) -> Quad:
    """The corners of the column in the picture, from the top right one downwards."""
    left = min(box[0] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    top, foot = boxes[0][1], boxes[-1][1] + boxes[-1][3]
    corners = np.array([[[right, top], [right, foot], [left, foot], [left, top]]], np.float32)
    seen = cv2.perspectiveTransform(corners, back.astype(np.float32))[0]
    return tuple((float(x), float(y)) for x, y in seen)
