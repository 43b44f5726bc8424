"""The boxed check digit of a container number: looked for behind the serial, or below it.

Its frame hides it from the search for text, or is read as a character of its own. So
the place where it must stand is looked at for itself: frames first, then a lone figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import lattice
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.detection import is_steep
from clearlane.recognisers.text.line import Quad

SCALE = 64
"""Pixels that the line's height takes in the part that is searched."""

FRAME, OF_COLUMN = (0.82, 1.75), (0.82, 2.4)
"""How large a frame is, in heights of the line; beside a column, in widths of its characters."""

EDGES = (0.13, 0.23)
"""What is cut off a frame at its edges: the frame itself, thin or thick or worn."""

ASKED_FOR = 0.35
"""A figure that the other ten characters ask for is seen where it is so likely beside the best."""

LIKELY = 0.5
"""A figure that is less sure than this was not seen."""

CONFIRMED = 0.85
"""What is left of the score of a figure that is read together with strokes of its frame."""

FURTHER = 1.2
"""Below a column the frame may stand so many heights further away."""

STROKES = '1ILTJCDU'
"""What the sides of a frame are read as."""

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Digit:
    """A figure, how likely it is, whether it stands in a frame, and where."""

    figure: str
    likely: float
    framed: bool
    quad: Quad


def find(pyramid: Pyramid, quad: Quad, end: float, expected: str = '') -> Digit | None:
    """The check digit of the serial that ends at this share of the line in `quad`.

    In a frame, a worn figure that may be the `expected` one is taken for it.
    """
    places = [(_behind(quad, end), False), (_below(quad), True)]
    if is_steep(quad):
        places += [(_behind(quad, end, FURTHER), True), (_beside(quad), True)]
    found = [
        digit
        for place, framed_only in places
        for digit in _in(pyramid, place, quad, framed_only, expected)
        if digit.likely >= LIKELY
    ]
    return max(found, key=lambda one: (one.framed, one.likely), default=None)


def _beside(quad: Quad) -> Quad:
    """To the right of the top of a column, where a column of one figure stands."""
    points, along, left, wide = _frame(quad)
    start = points[0] - 0.8 * along * wide - 4.0 * left * wide
    end = start + 3.0 * along * wide
    return _quad(start, end, end + 3.8 * left * wide, start + 3.8 * left * wide)


def _behind(quad: Quad, end: float, further: float = 0.0) -> Quad:
    """From the end of the serial on, a little higher and lower than the line."""
    points, along, down, high = _frame(quad)
    start = points[0] + (points[1] - points[0]) * end + further * along * high
    top = start - 0.3 * down * high + 0.02 * along * high
    foot = top + 1.6 * down * high
    return _quad(top, top + 2.6 * along * high, foot + 2.6 * along * high, foot)


def _below(quad: Quad) -> Quad:
    """Below the start of the line."""
    points, along, down, high = _frame(quad)
    top = points[0] - 0.4 * along * high + 0.85 * down * high
    foot = top + 1.8 * down * high
    return _quad(top, top + 2.8 * along * high, foot + 2.8 * along * high, foot)


def _frame(quad: Quad) -> tuple[Floats, Floats, Floats, float]:
    """Corners, direction, direction down, and height."""
    points = np.asarray(quad, np.float64)
    along = points[1] - points[0] + points[2] - points[3]
    down = points[3] - points[0] + points[2] - points[1]
    high = float(np.hypot(*down)) / 2
    return points, along / max(1e-6, np.hypot(*along)), down / max(1e-6, np.hypot(*down)), high


def _quad(*points: NDArray[np.float64]) -> Quad:
    return tuple((float(x), float(y)) for x, y in points)


def _in(
    pyramid: Pyramid, place: Quad, line: Quad, framed_only: bool, expected: str
) -> Iterator[Digit]:
    """Figures that may be the check digit in a part of the picture."""
    *_, high = _frame(line)
    area = np.asarray(place, np.float64)
    wide, tall = float(np.hypot(*(area[1] - area[0]))), float(np.hypot(*(area[3] - area[0])))
    size = (round(wide / high * SCALE), round(tall / high * SCALE))
    part, back = pyramid.flattened(place, size)
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)
    steep = is_steep(line)
    frames = list(_frames(grey, OF_COLUMN if steep else FRAME))
    for left, top, width, height in frames:
        for share in EDGES:
            edge = max(2, round(share * min(width, height)))
            box = (left + edge, top + edge, width - 2 * edge, height - 2 * edge)
            yield _figure(part, box, back, True, steep, expected)
    if not framed_only and not frames:
        box_alone = _alone(grey)
        if box_alone is not None:
            yield _figure(part, box_alone, back, False, steep)


def _frames(grey: Image, large: tuple[float, float]) -> Iterator[tuple[int, int, int, int]]:
    """Upright rectangles of the size of a frame, the innermost of each first."""
    kept: list[tuple[int, int, int, int]] = []
    for sign in (1, -1):
        block = SCALE // 2 * 2 + 1
        level = cv2.adaptiveThreshold(
            grey if sign > 0 else cv2.bitwise_not(grey), 255, cv2.ADAPTIVE_THRESH_MEAN_C,
            cv2.THRESH_BINARY, block, -4,
        )  # fmt: skip
        contours, _ = cv2.findContours(level, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            x, y, width, height = cv2.boundingRect(contour)
            low, high = large[0] * SCALE, large[1] * SCALE
            if not (low < width < high and low < height < high and 0.6 < width / height < 1.5):
                continue
            hull = cv2.convexHull(contour)
            filled = cv2.contourArea(hull) / max(1, width * height)
            inside = cv2.contourArea(contour) / max(1.0, cv2.contourArea(hull))
            if filled > 0.8 and inside > 0.75 and _holds_one(grey[y : y + height, x : x + width]):
                kept.append((x, y, width, height))
    kept.sort(key=lambda box: box[2] * box[3])
    seen: list[tuple[float, float]] = []
    for x, y, width, height in kept:
        middle = (x + width / 2, y + height / 2)
        if all(abs(middle[0] - a) + abs(middle[1] - b) > 0.4 * SCALE for a, b in seen):
            seen.append(middle)
            yield x, y, width, height


def _holds_one(inside: Image) -> bool:
    """Whether something of a figure's size stands free inside a frame."""
    edge = max(2, round(0.13 * min(inside.shape)))
    inner = np.ascontiguousarray(inside[edge:-edge, edge:-edge])
    _, level = cv2.threshold(inner, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if level.mean() > 127:
        level = cv2.bitwise_not(level)
    count, _, stats, _ = cv2.connectedComponentsWithStats(level.astype(np.uint8))
    tall = max((height for *_, height, _ in stats[1:count].tolist()), default=0)
    return bool(0.5 * inner.shape[0] < tall < inner.shape[0])


def _alone(grey: Image) -> tuple[int, int, int, int] | None:
    """The first thing of a figure's size in the part, from the left; it must reach no border."""
    high, wide = grey.shape
    best: tuple[int, int, int, int] | None = None
    _, level = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    border = np.concatenate([level[0], level[-1], level[:, -1]])
    if border.mean() > 127:
        level = cv2.bitwise_not(level)
    count, _, stats, _ = cv2.connectedComponentsWithStats(level.astype(np.uint8))
    for x, y, width, height, _ in sorted(stats[1:count].tolist()):
        of_size = 0.4 * SCALE < height < 1.0 * SCALE and 0.08 * SCALE < width < 0.9 * SCALE
        if of_size and y > 1 and y + height < high - 1 and x > 1 and x + width < wide - 1:
            best = (x, y, width, height)
            break
    if best is None:
        return None
    x, y, width, height = best
    edge = round(0.12 * height)
    return max(0, x - edge), max(0, y - edge), width + 2 * edge, height + 2 * edge


def _figure(
    part: Image, box: Box, back: Floats, framed: bool, steep: bool, expected: str = ''
) -> Digit:
    """What figure a box holds; in a column of upright characters it is turned first."""
    left, top, width, height = box
    cut = np.ascontiguousarray(part[top : top + height, left : left + width])
    ways = [cut] if not steep else [np.ascontiguousarray(np.rot90(cut, -1)), cut]
    likely, figure = max(_best(way, expected) for way in ways)
    corners = np.array(
        [[[left, top], [left + width, top], [left + width, top + height], [left, top + height]]],
        np.float32,
    )
    places = cv2.perspectiveTransform(corners, back.astype(np.float32))[0]
    return Digit(figure, likely, framed, tuple((float(x), float(y)) for x, y in places))


def _best(cut: Image, expected: str = '') -> tuple[float, str]:
    """The likeliest figure and how likely it is, over both models."""
    high = max(cut.shape[0], 1)
    pad = round(0.12 * high)
    wider = cv2.copyMakeBorder(cut, pad, pad, 2 * pad, 2 * pad, cv2.BORDER_REPLICATE)
    total = np.zeros(10)
    for view in lattice.both(np.asarray(wider, np.uint8), lattice.LETTERS + lattice.FIGURES):
        table = view.likely[:, 1:]
        total += table[:, 26:].max(axis=0) / 2
        for mark, figure in (('O', 0), ('I', 1), ('Z', 2), ('S', 5), ('G', 6), ('B', 8)):
            at = lattice.LETTERS.index(mark)
            total[figure] += 0.9 * float(table[:, at].max()) / 2
    figure = int(total.argmax())
    if expected and total[int(expected)] > max(0.1, ASKED_FOR * total[figure]):
        return max(LIKELY, min(CONFIRMED, float(total[int(expected)]))), expected
    return min(1.0, float(total[figure])), str(figure)


def confirmed(
    pyramid: Pyramid, quad: Quad, span: tuple[float, float], tail: str, expected: str
) -> Digit | None:
    """The expected figure, if it is what stands behind `tail`, whose place in the line is `span`.

    A frame that is worn or half hidden is read as strokes; nothing but such strokes may
    stand beside the figure. This only bears out what the other ten characters ask for.
    """
    points, along, _, high = _frame(quad)
    first = points[0] + (points[1] - points[0]) * span[0]
    foot = points[3] + (points[2] - points[3]) * span[0]
    reach = (span[1] - span[0]) * (points[1] - points[0]) + 2.3 * high * along
    place = _quad(first, first + reach, foot + reach, foot)
    best = 0.0
    for view in lattice.both(pyramid.cut(place), lattice.LETTERS + lattice.FIGURES):
        text, marks = view.free, view.marks
        at = text.find(tail)
        rest = text[at + len(tail) :]
        if at < 0 or not 1 <= len(rest) <= 3:
            continue
        likely = _borne_out(rest, expected)
        if likely:
            step = marks[at + len(tail) + likely - 1][1]
            best = max(best, float(view.likely[step].max()))
    if best < LIKELY:
        return None
    return Digit(expected, CONFIRMED * best, False, _behind(quad, span[1]))


def _borne_out(rest: str, expected: str) -> int:
    """The place, from one, of the expected figure among strokes alone; nought where it is not."""
    looks = expected + {'0': 'OQD', '1': 'I', '2': 'Z', '5': 'S', '6': 'G', '8': 'B'}.get(
        expected, ''
    )
    if expected == '1':
        return 1 if rest in ('1', 'I') else 0
    places = [at for at, mark in enumerate(rest, start=1) if mark in looks]
    others = [mark for mark in rest if mark not in looks]
    return places[0] if len(places) == 1 and all(mark in STROKES for mark in others) else 0
