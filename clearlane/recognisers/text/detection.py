"""Where text stands in a picture: a map of text by the detector, and boxes around its patches.

Finding text needs far fewer pixels than reading it, so the first look is at a small
copy. Where that shows little, or all of it in one part of the picture, that part is
looked at again from nearer; print turned by a quarter is looked for in a turned copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import light, weights
from clearlane.recognisers.text.line import Quad

SIDE = 800
"""The longer side of the copy that is searched first, in pixels."""

NEAR = 960
"""The longer side of a part that is looked at from nearer."""

MAP_THRESHOLD = 0.2
BOX_THRESHOLD = 0.4
GROWTH = 1.5
"""The map marks the core of a line; the box around it grows by this ratio."""

UPRIGHT = 1.5
"""A box taller than wide by this ratio holds text turned by a quarter."""

SIDEWAYS = 0.25
"""With so much of the text running up or down, the picture is searched turned as well."""

FEW = 5
"""With fewer lines the whole picture is looked at again, in parts."""

SMALL = 8.0
"""A line less high in the first copy, in pixels, is looked at from nearer."""

CLOSER = 1.4
"""A second look must be so many times closer than the first to be worth its time."""

FAR = 1.8
"""All print of a package that stands far away can be looked at so many times closer."""

PIECE = 0.6
"""Of a piece of a line so much lies within the box of the whole line."""

WITHIN = 320
"""The longer side of a diamond in which the words are looked for by themselves."""

DIAMONDS = 4
"""So many of them at most."""

MOST = 300
"""So many boxes at most, so that no picture keeps a worker for minutes."""

_MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32) * 255

Image = NDArray[np.uint8]
Area = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the picture."""


class Copies(Protocol):
    """A picture that can be had smaller."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture."""

    def part(self, area: Area, size: tuple[int, int]) -> Image:
        """A part of the picture in so many pixels."""
        ...


@dataclass(frozen=True)
class Spot:
    """Where a line stands; `bend` is how far its middle lies below its ends, in its heights."""

    quad: Quad
    bend: float = 0.0


def spots(picture: Copies, fit: Callable[[Spot], Spot]) -> list[Spot]:
    """The lines of text in a picture, from top to bottom, each fitted to its print."""
    whole = (0, 0, *picture.size)
    found = [fit(spot) for spot in _look(picture, whole, SIDE)]
    pieces: list[Spot] = []
    for area in _again(found, picture.size):
        nearer = [fit(spot) for spot in _look(picture, area, NEAR)]
        cut = [spot for spot in nearer if _is_cut(spot, area, picture.size)]
        # A line that was seen whole before is not given up for a piece of it.
        lost = [spot for spot in cut if not _is_among(spot, [*found, *pieces], PIECE)]
        nearer = [spot for spot in nearer if spot not in cut]
        found = nearer + [one for one in found if not _is_among(one, nearer)]
        pieces += lost
    found += [spot for spot in _joined(pieces) if not _is_among(spot, found)]
    for spot in [one for one in found if _is_diamond(one, picture.size)][:DIAMONDS]:
        # A number within a frame that stands on its corner is seen as one with it.
        words = [fit(one) for one in _look(picture, _around([spot], picture.size, 0.1), WITHIN)]
        words = [one for one in words if not _is_diamond(one, picture.size)]
        found = [one for one in found if one is not spot or not words] + words
    found.sort(key=lambda spot: (spot.quad[0][1], spot.quad[0][0]))
    return found[:MOST]


def _again(found: list[Spot], size: tuple[int, int]) -> Iterator[Area]:
    """What is to be looked at from nearer: all print if it is far away, small print, or all."""
    if max(size) < SIDE * CLOSER:
        return
    lines = [spot for spot in found if _length(spot.quad) > 2 * height(spot.quad)]
    if len(found) >= FEW and _gain(area := _around(found, size, 0.3), size) > FAR:
        yield area
        return
    if len(lines) < FEW:
        yield from _quarters(size)
        return
    seen = SIDE / max(size)
    small = [spot for spot in lines if height(spot.quad) * seen < SMALL]
    if len(small) >= 2 and _gain(area := _around(small, size), size) > CLOSER:
        yield area


def _gain(area: Area, size: tuple[int, int]) -> float:
    """How many times closer than the first a look at this area is."""
    return NEAR / max(area[2] - area[0], area[3] - area[1]) / (SIDE / max(size))


def _is_diamond(spot: Spot, size: tuple[int, int]) -> bool:
    """Whether a box is a square that stands on its corner, too large for a letter."""
    (ax, ay), (bx, by) = spot.quad[:2]
    wide, high = _length(spot.quad), height(spot.quad)
    slope = abs(by - ay) / max(abs(bx - ax), 1.0)
    return (
        0.7 < wide / max(high, 1.0) < 1.4
        and 0.4 < slope < 2.5
        and high > 3 * SMALL * max(size) / SIDE
    )


def _is_cut(spot: Spot, area: Area, size: tuple[int, int]) -> bool:
    """Whether a line runs into an edge of the area that is no edge of the picture."""
    points = np.asarray(spot.quad)
    room = 0.3 * height(spot.quad)
    low, high = points.min(axis=0) - room, points.max(axis=0) + room
    return bool(
        (area[0] > 0 and low[0] < area[0])
        or (area[1] > 0 and low[1] < area[1])
        or (area[2] < size[0] and high[0] > area[2])
        or (area[3] < size[1] and high[1] > area[3])
    )


def _joined(pieces: list[Spot]) -> list[Spot]:
    """Lines of which two neighbouring parts of the picture hold a piece each, made whole."""
    whole: list[Spot] = []
    for piece in pieces:
        other = next((one for one in whole if _go_on(one, piece)), None)
        if other is None:
            whole.append(piece)
            continue
        corners = np.array([*other.quad, *piece.quad])
        way = corners[1] - corners[0]
        along = corners @ (way / np.hypot(*way))
        first = other if along[0] <= along[4] else piece
        last = other if along[1] >= along[5] else piece
        quad = (first.quad[0], last.quad[1], last.quad[2], first.quad[3])
        whole[whole.index(other)] = Spot(quad)
    return whole


def _go_on(one: Spot, other: Spot) -> bool:
    """Whether the two share a stretch of the same line."""
    tall = height(one.quad), height(other.quad)
    if not 0.6 < tall[0] / max(tall[1], 1.0) < 1.7:
        return False
    a, b = np.asarray(one.quad), np.asarray(other.quad)
    way, way_too = a[1] - a[0], b[1] - b[0]
    if way @ way_too < 0.97 * np.hypot(*way) * np.hypot(*way_too):
        return False
    across = np.array([-way[1], way[0]]) / max(np.hypot(*way), 1.0)
    beside = abs((b.mean(axis=0) - a.mean(axis=0)) @ across)
    return (
        bool(beside < 0.5 * tall[0])
        and max(overlap(one.quad, other.quad), overlap(other.quad, one.quad)) > 0
    )


def _quarters(size: tuple[int, int]) -> Iterator[Area]:
    """The picture whole, or where it is large in four parts that overlap."""
    wide, high = size
    if max(size) < 5 * NEAR:
        yield 0, 0, wide, high
        return
    for top in (0, high - round(high * 0.55)):
        for left in (0, wide - round(wide * 0.55)):
            yield left, top, left + round(wide * 0.55), top + round(high * 0.55)


def _around(lines: Sequence[Spot], size: tuple[int, int], room: float = 0.15) -> Area:
    """The part of the picture that holds these lines, and some room around them."""
    points = np.concatenate([np.asarray(spot.quad) for spot in lines])
    low, top = points.min(axis=0), points.max(axis=0)
    margin = room * (top - low).max()
    left, upper = (max(0, int(value)) for value in low - margin)
    right, lower = (min(most, int(value)) for value, most in zip(top + margin, size, strict=True))
    return left, upper, right, lower


def _look(picture: Copies, area: Area, side: int) -> list[Spot]:
    """The lines in a part of the picture, in pixels of the whole."""
    wide, high = area[2] - area[0], area[3] - area[1]
    scale = min(1.0, side / max(wide, high))
    size = (max(32, round(wide * scale / 32) * 32), max(32, round(high * scale / 32) * 32))
    small = light.even(picture.part(area, size))
    found = boxes(text_map(small))
    steep = sum(_length(spot.quad) for spot in found if is_steep(spot.quad))
    if steep > SIDEWAYS * sum(_length(spot.quad) for spot in found):
        found = _with_sideways(found, small)
    stretch = np.array([wide, high]) / np.array(size)
    return [Spot(as_quad(np.array(spot.quad) * stretch + area[:2]), spot.bend) for spot in found]


def _with_sideways(found: list[Spot], small: Image) -> list[Spot]:
    """The lines of a picture that holds print turned by a quarter.

    The detector sees such print in scraps, so it looks at the turned picture too; what
    it sees there as level lines goes before what it saw of them at first.
    """
    turned = np.ascontiguousarray(np.rot90(small, -1))
    tall = small.shape[0]
    level = [
        Spot(tuple((y, tall - x) for x, y in spot.quad), spot.bend)
        for spot in boxes(text_map(turned))
        if not is_steep(spot.quad)
    ]
    kept = [spot for spot in level if _length(spot.quad) > height(spot.quad)]
    for spot in sorted(found, key=lambda spot: _length(spot.quad), reverse=True):
        if not _is_among(spot, kept):
            kept.append(spot)
    return kept


def _is_among(spot: Spot, others: Sequence[Spot], share: float = 0.3) -> bool:
    return any(overlap(spot.quad, other.quad) > share for other in others)


def overlap(quad: Quad, other: Quad) -> float:
    """The share of `quad` that lies in `other`."""
    one, two = np.array(quad, np.float32), np.array(other, np.float32)
    if (one.max(axis=0) < two.min(axis=0)).any() or (two.max(axis=0) < one.min(axis=0)).any():
        return 0.0
    shared, _ = cv2.intersectConvexConvex(one, two)
    return float(shared) / max(1.0, cv2.contourArea(one))


def is_steep(quad: Quad) -> bool:
    """Whether the text runs more up or down than across."""
    (ax, ay), (bx, by) = quad[0], quad[1]
    return abs(by - ay) > abs(bx - ax)


def as_quad(points: NDArray[np.floating[Any]]) -> Quad:
    """Corners as plain numbers."""
    return tuple((float(x), float(y)) for x, y in points)


def _length(quad: Quad) -> float:
    return float(np.hypot(quad[1][0] - quad[0][0], quad[1][1] - quad[0][1]))


def height(quad: Quad) -> float:
    """How high a line is at its start."""
    return float(np.hypot(quad[3][0] - quad[0][0], quad[3][1] - quad[0][1]))


def text_map(image: Image) -> NDArray[np.float32]:
    """How likely each pixel is text, in 0..1; the sides of `image` are multiples of 32."""
    result = weights.finder().run(None, {'x': prepared(image)})
    likely: NDArray[np.float32] = np.asarray(result[0], np.float32)
    return likely.reshape(likely.shape[2:])


def prepared(image: Image) -> NDArray[np.float32]:
    """The picture as the network takes it."""
    pixels = np.empty((1, 3, *image.shape[:2]), np.float32)
    for plane, colour, mean, deviation in zip(
        pixels[0], cv2.split(image), _MEAN, _DEVIATION, strict=True
    ):
        np.subtract(colour, mean, out=plane)
        plane /= deviation
    return pixels


def boxes(likely: NDArray[np.float32]) -> list[Spot]:
    """Rotated rectangles around the patches of text, in pixels of the map."""
    mask = (likely > MAP_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours[: 4 * MOST]:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < 2 or _certainty(likely, contour) < BOX_THRESHOLD:
            continue
        grow = width * height * GROWTH / (width + height)
        box = cv2.boxPoints((centre, (width + grow, height + grow), angle)).astype(np.float64)
        found.append(_straight_or_bent(_clockwise(box), np.asarray(contour), grow))
    return found


BENT = 0.3
"""A line whose middle lies so many heights beside its ends is cut along its bend."""

LEAN = 0.72
"""A patch that fills less of its rectangle may be a bent line."""


def _straight_or_bent(quad: Quad, contour: NDArray[Any], grow: float) -> Spot:
    """The line, and where its patch is a bow its bend, as on drums."""
    length, tall_box = _length(quad), height(quad)
    area, full = cv2.contourArea(contour), (length - grow) * (tall_box - grow)
    if length < 2 * tall_box or length * length < 6 * area or area > LEAN * full:
        return Spot(quad)
    corners = np.asarray(quad, np.float64)
    along, down = (corners[1] - corners[0]) / length, (corners[3] - corners[0]) / tall_box
    filled = np.zeros(np.ptp(contour[:, 0], axis=0)[::-1] + 1, np.uint8)
    low = contour[:, 0].min(axis=0)
    cv2.fillPoly(filled, [contour - low], 1)
    rows, columns = np.nonzero(filled)
    points = np.stack([columns, rows], axis=1) + low - corners[0]
    u, v = points @ along / length * 2 - 1, points @ down
    square, slope, level = np.polyfit(u, v, 2)
    thick = 2 * float(np.abs(v - np.polyval((square, slope, level), u)).mean()) * 2
    tall = thick + grow
    if abs(square) < BENT * tall:
        return Spot(quad)
    # The chord between the ends of the bow, as tall as the print alone.
    ends = [corners[0] + (x + 1) / 2 * length * along + np.polyval((square, slope, level), x) * down
            for x in (-1.0, 1.0)]  # fmt: skip
    half = down * tall / 2
    chord = (ends[0] - half, ends[1] - half, ends[1] + half, ends[0] + half)
    return Spot(as_quad(np.array(chord)), -float(square) / tall)


def _certainty(likely: NDArray[np.float32], contour: NDArray[Any]) -> float:
    x, y, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [contour - (x, y)], 1)
    return cv2.mean(likely[y : y + height, x : x + width], mask)[0]


def _clockwise(box: NDArray[np.float64]) -> Quad:
    """The corners from the one where the text seems to start.

    A box much taller than wide holds text that runs up or down; upwards is
    assumed here, and the reading settles it. Any other box is read rightwards.
    """
    sides = np.roll(box, -1, axis=0) - box
    start = int(np.argmax(sides[:, 0]))
    along, across = (float(np.hypot(*sides[(start + n) % 4])) for n in (0, 1))
    if across > UPRIGHT * along:
        start = int(np.argmin(sides[:, 1]))
    return as_quad(np.roll(box, -start, axis=0))
