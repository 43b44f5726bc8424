"""Four-cornered outlines in a picture, found without any training, and what lies in them.

A quadrilateral is a float array of four corners, clockwise. One that stands on a
corner begins at its top corner, any other at its top left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from clearlane.recognisers.labels.pairs import LEAST_LENGTH, arrow_pairs
from clearlane.recognisers.text.crop import Pyramid

LONG_SIDE = 800
LEAST_SIDE = 18  # pixels at LONG_SIDE: below it stripes cannot be told apart
CROP_SIDE = 96
NEXT = [1, 2, 3, 0]  # of four corners, the one after each
MARGIN = 0.04  # of the crop, left around the quadrilateral


def quads(image: np.ndarray) -> list[np.ndarray]:
    """Every plausible outline of a label, mark or pair of arrows, the largest first."""
    scale = min(1.0, LONG_SIDE / max(image.shape[:2]))
    small = shrunk(Pyramid(image), scale)
    found: list[np.ndarray] = []
    for plane in _planes(small):
        contours = _contours(plane)
        four = [corners for shape in contours if (corners := _four_corners(shape)) is not None]
        found += [clockwise(corners) for corners in [*four, *arrow_pairs(contours)]]
    return [quad / scale for quad in _distinct(found)]


def shrunk(picture: Pyramid, scale: float) -> np.ndarray:
    """The picture made smaller; from a halved copy, which is much faster than one exact step."""
    wide, high = (max(8, round(side * scale)) for side in picture.size)
    halved = 0
    while picture.size[0] >> halved + 1 >= wide and picture.size[1] >> halved + 1 >= high:
        halved += 1
    size = (wide, high)
    return np.asarray(cv2.resize(picture.level(halved), size, interpolation=cv2.INTER_LINEAR))


def _planes(small: np.ndarray) -> Iterator[np.ndarray]:
    """Black and white versions of the picture, each of which shows some outlines best."""
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    edges = cv2.Canny(grey, 40, 120)
    yield cv2.dilate(edges, np.ones((3, 3), np.uint8))
    yield _above(cv2.subtract(grey, cv2.boxFilter(grey, -1, (61, 61))), 6)
    yield _above(cv2.subtract(cv2.boxFilter(grey, -1, (17, 17)), grey), 8)
    blue, green, red = cv2.split(small)
    colour = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    level, _ = cv2.threshold(colour, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield _above(colour, max(level, 40))


def _above(plane: np.ndarray, level: float) -> np.ndarray:
    return np.asarray(cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)[1])


def _contours(plane: np.ndarray) -> list[np.ndarray]:
    """The outlines in a black and white picture, without the many specks."""
    found, _ = cv2.findContours(plane, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return [
        np.asarray(one)
        for one in found
        if len(one) >= 4 and max(cv2.boundingRect(one)[2:]) >= LEAST_LENGTH
    ]


def _four_corners(contour: np.ndarray) -> np.ndarray | None:
    """The corners, if the hull of the contour is about a square or a rectangle."""
    short, long = sorted(cv2.boundingRect(contour)[2:])
    if short < LEAST_SIDE or long > 4 * short:
        return None
    hull = cv2.convexHull(contour)
    round_about = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.035, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * round_about, True)
        if len(corners) <= 4:
            break
    if len(corners) != 4:
        return None
    quad = corners.reshape(4, 2).astype(np.float32)
    full = cv2.contourArea(quad)
    if full <= 0 or not 0.85 < cv2.contourArea(hull) / full < 1.15:
        return None
    return quad if _is_plausible(quad) else None


def _is_plausible(quad: np.ndarray) -> bool:
    """Whether a rectangle with sides of at most 1 : 1.8 may be seen so."""
    steps = quad[NEXT] - quad
    sides = np.linalg.norm(steps, axis=1)
    if sides.min() < LEAST_SIDE * 0.7 or sides.max() / sides.min() > 2.2:
        return False
    along = steps / sides[:, None]
    bends = np.abs((along * along[NEXT]).sum(axis=1))
    return bool(bends.max() < 0.6)


def clockwise(corners: np.ndarray) -> np.ndarray:
    """The four corners in the order of this module.

    >>> clockwise(np.array([[0, 5], [5, 10], [10, 5], [5, 0]])).tolist()
    [[5.0, 0.0], [10.0, 5.0], [5.0, 10.0], [0.0, 5.0]]
    """
    quad = np.asarray(corners, np.float32).reshape(4, 2)
    centre = quad.mean(axis=0)
    angles = np.arctan2(*(quad - centre).T[::-1])
    quad = quad[np.argsort(angles)]
    first = np.argmin(quad[:, 1]) if stands_on_corner(quad) else np.argmin(quad.sum(axis=1))
    return np.roll(quad, -int(first), axis=0)


def around(quad: np.ndarray) -> np.ndarray:
    """The upright box around an outline: left, top, right, bottom."""
    return np.concatenate([quad.min(axis=0), quad.max(axis=0)])


def stands_on_corner(quad: np.ndarray) -> bool:
    """Whether of the diagonals, rather than of the sides, one is upright and one level."""
    one, other = np.abs(quad[2] - quad[0]), np.abs(quad[3] - quad[1])
    if one[0] > one[1]:
        one, other = other, one
    return bool(one[1] > 2.0 * one[0] and other[0] > 2.0 * other[1])


def _distinct(found: list[np.ndarray]) -> list[np.ndarray]:
    """One of each group that nearly coincide; the largest first."""
    kept: list[np.ndarray] = []
    for quad in sorted(found, key=lambda q: -cv2.contourArea(q)):
        near = 0.04 * np.sqrt(cv2.contourArea(quad))
        if all(np.abs(quad - other).max() > near for other in kept):
            kept.append(quad)
    return kept


def crops(picture: Pyramid, outlines: Sequence[np.ndarray], side: int = CROP_SIDE) -> np.ndarray:
    """What lies in each outline, straightened, with a little of its surroundings.

    Each is taken from a copy so small that nothing aliases.
    """
    return np.stack([_crop(picture, quad, side) for quad in outlines])


def _crop(picture: Pyramid, quad: np.ndarray, side: int) -> np.ndarray:
    longest = max(float(np.ptp(quad, axis=0).max()), 1.0)
    image = picture.level(max(0, int(np.log2(longest / side))))
    scale = np.array(image.shape[1::-1]) / picture.size
    return _straightened(image, (quad + 0.5) * scale - 0.5, side)


def _straightened(image: np.ndarray, quad: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(
        cv2.warpPerspective(
            image,
            _straightening(quad, side),
            (side, side),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    )


def _straightening(quad: np.ndarray, side: int) -> np.ndarray:
    """The homography that brings an outline to its place in a crop."""
    low, high = MARGIN * side, (1 - MARGIN) * side
    mid = side / 2
    if stands_on_corner(quad):
        target = np.array([[mid, low], [high, mid], [mid, high], [low, mid]], np.float32)
    else:
        target = np.array([[low, low], [high, low], [high, high], [low, high]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(quad.astype(np.float32), target))


def in_crop(shape: np.ndarray, quad: np.ndarray, side: int) -> np.ndarray:
    """Where the points of the picture in `shape` (n, 2) lie in the crop of an outline."""
    points = np.asarray(shape, np.float32)[None]
    return np.asarray(cv2.perspectiveTransform(points, _straightening(quad, side))[0])
