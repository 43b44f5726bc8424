"""Columns of upright characters, as container numbers stand on door edges and walls.

The detector finds a column but a line reader sees its characters lying on their side. So
the column is cut out standing, parted into its characters, and these are set side by
side as a line of text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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

BEYOND = (3.0, 8.0)
"""What is cut out above and below it: characters that the detector missed; more where the column
is no whole part of a number then."""

LONGEST = 11
"""So many characters has a container number; what stands below it in file is its size and type."""

MEND = 0.11
"""Flakes of paint leave gaps of this many widths of the column within a character."""

RAIL, STANDS = 7 * WIDE // 4, 10.0
"""What is so long is no character; what is shorter stands out from it by so much at least."""

ENDS = 3
"""So many characters may be missed at either end."""

FEW = 6
"""Of no more lines than this most may run down in a picture that is upright."""

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
    added: int = 0
    """How many places were added at its ends, where a character may have been missed."""

    @property
    def agreed(self) -> bool:
        """Whether both models read it alike, but for one character at most."""
        one, other = self.text, self.views[-1].free
        return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1

    @property
    def frame(self) -> Frame:
        """Its place; its reading direction is down."""
        return Frame.of(self.quad)


def columns(
    lines: Sequence[Line], pyramid: Pyramid, alphabet: str, worth: Callable[[str], int]
) -> Iterator[Column]:
    """The columns among the lines of a picture that say something, each by its best reading.

    `worth` tells of a text whether it is whole (2), may be (1), or is nothing (0).
    """
    found = [_standing(line.quad) for line in lines if _is_column(line)]
    found.sort(key=lambda quad: -Frame.of(quad).width)
    for quad in found[:MOST]:
        best: dict[int, tuple[tuple[bool, int], Column]] = {}
        for one in ways(pyramid, _grown(quad), alphabet):
            value, rank = worth(one.text), (one.agreed, -one.added)
            if value and (one.agreed or not one.added):
                best[value] = max(best.get(value, (rank, one)), (rank, one), key=lambda it: it[0])
            if value > 1 and one.agreed:
                break
        whole, part = (best[value][1] if value in best else None for value in (2, 1))
        if whole:
            yield whole
        # A rib above a column passes for a 1; nor need what was added be part of it.
        if part and (not whole or (whole.added and whole.text.endswith(part.text))):
            yield part


def hinted(lines: Sequence[Line]) -> bool:
    """Whether a few of the lines run down, and far enough for a number in a column."""
    steep = [line for line in lines if _is_column(line)]
    on_its_side = len(steep) * 2 > len(lines) > FEW
    return not on_its_side and any(line.frame.width > 5 * line.frame.height for line in steep)


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


def ways(pyramid: Pyramid, quad: Quad, alphabet: str) -> Iterator[Column]:
    """The column in `quad` as its sure characters read, then with places at its ends added.

    Both again with the ground taken away, and all again with more above and below; nothing where
    it cannot be parted into characters.
    """
    for beyond in BEYOND:
        yield from _ways(pyramid, _widened(quad, beyond), alphabet)


def _ways(pyramid: Pyramid, area: Quad, alphabet: str) -> Iterator[Column]:
    points = np.asarray(area)
    wide = float(np.hypot(*(points[1] - points[0])))
    tall = float(np.hypot(*(points[3] - points[0])))
    size = (round(WIDE * (1 + 2 * ASIDE)), round(tall / wide * WIDE * (1 + 2 * ASIDE)))
    part, back = pyramid.flattened(area, size)
    boxes = _characters(part)
    if len(boxes) < 3:
        return
    above, boxes, below = _filled(boxes, (part.shape[1], part.shape[0]))
    for shown in (part, _even(part, boxes)):
        for taken in (boxes, boxes[:LONGEST]) if len(boxes) > LONGEST else (boxes,):
            views = lattice.both(np.concatenate(_cuts(shown, taken), axis=1), alphabet)
            yield Column(views[0].free, _around(taken, back), views)
        yield from _longer(shown, back, (above, boxes, below), alphabet)


def _longer(
    part: Image, back: NDArray[np.float64], places: tuple[list[Box], ...], alphabet: str
) -> Iterator[Column]:
    """The column with one or more of the places above and below it."""
    above, boxes, below = places
    every = [*above, *boxes, *below]
    cuts = _cuts(part, every)
    views = lattice.both(np.concatenate(cuts, axis=1), alphabet)
    ends = np.cumsum([0, *(cut.shape[1] for cut in cuts)]) / sum(cut.shape[1] for cut in cuts)
    for more in sorted(np.ndindex(len(above) + 1, len(below) + 1), key=sum)[1:]:
        first, last = len(above) - more[0], len(above) + len(boxes) + more[1]
        seen = tuple(view.part(float(ends[first]), float(ends[last])) for view in views)
        yield Column(seen[0].free, _around(every[first:last], back), seen, sum(more))


def _widened(quad: Quad, beyond: float) -> Quad:
    """The column standing upright with room on all sides: top left, top right, and so on."""
    right_top, right_foot, left_foot, left_top = (np.asarray(one, np.float64) for one in quad)
    across = ((right_top - left_top) + (right_foot - left_foot)) / 2
    down = (right_foot - right_top + left_foot - left_top) / 2
    along = down / max(1e-6, np.hypot(*down)) * float(np.hypot(*across))
    corners = (
        left_top - ASIDE * across - beyond * along,
        right_top + ASIDE * across - beyond * along,
        right_foot + ASIDE * across + beyond * along,
        left_foot - ASIDE * across + beyond * along,
    )
    return tuple((float(x), float(y)) for x, y in corners)


def _characters(part: Image) -> list[Box]:
    """The boxes of the characters from top to bottom, by whichever way of parting is most even."""
    grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), (0, 0), 1.2))
    best: list[Box] = []
    levels: list[NDArray[np.bool_]] = []
    for one in (grey, cv2.bitwise_not(grey)):
        light = np.asarray(one, np.uint8)
        # The ribs of a wall run along the column: what is the same all along is no print.
        for ground in ((WIDE * 3 // 2 | 1, WIDE * 3 // 2 | 1), (3, 5 * WIDE | 1)):
            levels.append(light > cv2.blur(light, ground).astype(np.int16) + 6)
        # Nor is what is longer than a character: a rail, a rib or a ray of light that touches some.
        rails = (np.ones((RAIL, 1), np.uint8), np.ones((1, RAIL), np.uint8))
        short = np.minimum(*(cv2.morphologyEx(light, cv2.MORPH_TOPHAT, rail) for rail in rails))
        levels.append(short > max(STANDS, 0.4 * float(np.percentile(short, 98))))
    for level in levels:
        for mend in (1, round(MEND * WIDE)):
            closing = np.ones((mend, mend), np.uint8)
            whole = cv2.morphologyEx(level.astype(np.uint8), cv2.MORPH_CLOSE, closing)
            best = max(best, _parted(np.asarray(whole, np.uint8)), key=_evenness)
    return best


def _evenness(boxes: Sequence[Box]) -> float:
    """More characters of one height and pitch are better."""
    if len(boxes) < 3:
        return 0.0
    heights = np.array([box[3] for box in boxes], float)
    return len(boxes) / (1 + 4 * float(heights.std() / heights.mean()))


def _parted(level: Image) -> list[Box]:
    """Boxes of characters that are set apart from their ground."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(level)
    middle = level.shape[1] / 2
    boxes = []
    for (x, y, width, height, area), (cx, _) in zip(
        stats[1:count].tolist(), centres[1:], strict=True
    ):
        if area < 0.02 * WIDE * WIDE or height > 1.7 * WIDE or width > 1.35 * WIDE:
            continue
        if abs(cx - middle) < 0.55 * WIDE and height > 0.12 * WIDE:
            boxes.append((x, y, width, height))
    return _in_file(_joined(sorted(boxes, key=lambda box: box[1])))


def _filled(boxes: list[Box], size: tuple[int, int]) -> tuple[list[Box], list[Box], list[Box]]:
    """Places above, the boxes with worn characters between them, and places below, by the pitch.

    An empty place reads as nothing; one whose middle lies outside of the picture, of this width
    and height, is none.
    """
    middles = np.array([[x + width / 2, y + height / 2] for x, y, width, height in boxes])
    steps = np.diff(middles[:, 1])
    pitch = max(1.0, float(np.median(steps[steps < 1.3 * np.median(steps)])))
    lean = float(np.polyfit(middles[:, 1], middles[:, 0], 1)[0])
    wide, high = (float(np.median([box[at] for box in boxes])) for at in (2, 3))

    def place(start: NDArray[np.float64], down: float) -> Box:
        x, y = float(start[0]) + down * lean, float(start[1]) + down
        return round(x - wide / 2), round(y - high / 2), round(wide), round(high)

    filled = boxes[:1]
    for start, step, box in zip(middles, steps.tolist(), boxes[1:], strict=False):
        missed = max(0, round(step / pitch) - 1)
        filled += [place(start, step * at / (missed + 1)) for at in range(1, missed + 1)]
        filled.append(box)
    above = [place(middles[0], -pitch * at) for at in range(ENDS, 0, -1)]
    below = [place(middles[-1], pitch * at) for at in range(1, ENDS + 1)]
    above, below = ([box for box in part if _is_within(box, size)] for part in (above, below))
    return above, filled, below


def _is_within(box: Box, size: tuple[int, int]) -> bool:
    x, y, width, height = box
    return 0 <= x + width / 2 < size[0] and y >= 0 and y + height <= size[1]


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


def _even(part: Image, boxes: Sequence[Box]) -> Image:
    """The print alone on an even ground: what stays the same down the column is taken away."""
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY).astype(np.float32)
    left, right = min(box[0] for box in boxes), max(box[0] + box[2] for box in boxes)
    top, foot = boxes[0][1], boxes[-1][1] + boxes[-1][3]
    light = grey - np.median(grey[max(0, top) : foot], axis=0)
    strong = float(np.percentile(np.abs(light[max(0, top) : foot, max(0, left) : right]), 97))
    shown = np.clip(110 + light * (110 / max(8.0, strong)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), np.uint8)


def _cuts(part: Image, boxes: Sequence[Box]) -> list[Image]:
    """The characters one by one, each with a little of its own ground."""
    usual = float(np.median([box[3] for box in boxes]))
    edge = round(0.16 * usual)
    cuts: list[Image] = []
    for x, y, width, height in boxes:
        top, foot = max(0, y - edge), min(part.shape[0], y + height + edge)
        left, right = max(0, x - edge), min(part.shape[1], x + width + edge)
        cut = part[top:foot, left:right]
        wide = max(8, round(cut.shape[1] * HEIGHT / cut.shape[0]))
        cuts.append(np.asarray(cv2.resize(cut, (wide, HEIGHT), interpolation=cv2.INTER_AREA)))
    return cuts


def _around(boxes: Sequence[Box], back: NDArray[np.float64]) -> Quad:
    """The corners of the column in the picture, from the top right one downwards."""
    left = min(box[0] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    top, foot = boxes[0][1], boxes[-1][1] + boxes[-1][3]
    corners = np.array([[[right, top], [right, foot], [left, foot], [left, top]]], np.float32)
    seen = cv2.perspectiveTransform(corners, back.astype(np.float32))[0]
    return tuple((float(x), float(y)) for x, y in seen)
