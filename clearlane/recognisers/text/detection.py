"""Where text stands in a picture: a map of text by the detector, and boxes around its patches.

The map is made on a small copy of the picture, as finding text needs far fewer
pixels than reading it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import weights
from clearlane.recognisers.text.line import Quad

SIDE = 960
"""The longer side of the copy that is searched, in pixels."""

MAP_THRESHOLD = 0.2
BOX_THRESHOLD = 0.4
GROWTH = 1.5
"""The map marks the core of a line; the box around it grows by this ratio."""

UPRIGHT = 1.5
"""A box taller than wide by this ratio holds text turned by a quarter."""

SIDEWAYS = 0.25
"""With so much of the text running up or down, the picture is searched turned as well."""

MOST = 300
"""So many boxes at most, so that no picture keeps a worker for minutes."""

_MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32) * 255

Image = NDArray[np.uint8]


def quads(image: Image, shown: Sequence[int] | None = None, side: int = SIDE) -> list[Quad]:
    """The boxes of text in `image`, from top to bottom.

    They are given in pixels of a picture as large as `shown` (width, height), of
    which `image` may be a smaller copy.
    """
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = [max(32, round(n * scale / 32) * 32) for n in (width, height)]
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    found = [_clockwise(box) for box in boxes(text_map(small))]
    steep = sum(_length(quad) for quad in found if is_steep(quad))
    if steep > SIDEWAYS * sum(_length(quad) for quad in found):
        found = _with_sideways(found, small)
    stretch = np.array(shown or (width, height)) / np.array(size)
    found = [as_quad(np.array(quad) * stretch) for quad in found]
    found.sort(key=lambda quad: (quad[0][1], quad[0][0]))
    return found[:MOST]


def _with_sideways(found: list[Quad], small: Image) -> list[Quad]:
    """The lines of a picture that holds print turned by a quarter.

    The detector sees such print in scraps, so it looks at the turned picture too;
    of boxes that overlap the longest is kept.
    """
    turned = np.ascontiguousarray(np.rot90(small, -1))
    height = small.shape[0]
    both = list(found)
    for box in boxes(text_map(turned)):
        quad = _clockwise(box)
        if not is_steep(quad):
            both.append(tuple((y, height - x) for x, y in quad))
    both.sort(key=_length, reverse=True)
    kept: list[Quad] = []
    for quad in both:
        if not any(_overlap(quad, other) > 0.3 for other in kept):
            kept.append(quad)
    return kept


def _overlap(quad: Quad, other: Quad) -> float:
    """The share of `quad` that lies in `other`."""
    one, two = np.array(quad, np.float32), np.array(other, np.float32)
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


def text_map(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How likely each pixel is text, in 0..1; the sides of `image` are multiples of 32."""
    pixels = (image.astype(np.float32) - _MEAN) / _DEVIATION
    model = weights.session(weights.DETECTION)
    result = model.run(None, {'x': np.ascontiguousarray(pixels.transpose(2, 0, 1))[None]})
    likely: NDArray[np.float32] = np.asarray(result[0], np.float32)
    return likely.reshape(likely.shape[2:])


def boxes(likely: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    """Rotated rectangles around the patches of text, in pixels of the map."""
    mask = (likely > MAP_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours[: 4 * MOST]:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < 2 or _certainty(likely, contour) < BOX_THRESHOLD:
            continue
        grow = width * height * GROWTH / (width + height)
        found.append(cv2.boxPoints((centre, (width + grow, height + grow), angle)))
    return [box.astype(np.float64) for box in found]


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
