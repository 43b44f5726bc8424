"""Two photographs of one face of a box, laid upon each other.

The boxes are not the same, and neither are the cameras: what agrees is the print. So
striking points are matched, and a plane that carries many of them from one picture to the
other is looked for. Wide lenses, bulging board and drums bend it: a smooth bend is fitted to
the points on top. What labels are off by, having been stuck by hand, is followed by a dense
flow afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import picture

SIDE = 800
"""Pixels of the long side of either picture; all work is done in the frame of these."""
LEAST_INLIERS = 18
"""With fewer points nobody can say that both show the same face; measured in
docs/models/comparison.md."""
LEAST_SPREAD = 0.02
"""The share of the picture that the points go round: a single word is no face."""
MOST_SLIP = 9.0
"""Pixels that a label or a line of print may be off before it counts as moved."""
MOST_BEND, NEAR = 40.0, 4.0
"""Pixels that a lens bends the plane by at most; and from the bent plane that a point agrees."""
STIFF = 1e-3
"""How much the terms of the bend are held down, by their power."""

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Alignment:
    """How the registered picture lies in the new one."""

    plane: NDArray[np.float64]
    inliers: int
    points: Plane
    """Where the agreeing points are in the registered picture."""
    bend: NDArray[np.float64]
    """What is added to the plane, by term of `_terms`; in pixels of the new picture."""
    scale: float
    """Pixels of the registered picture to the unit of the terms."""

    def there(self, points: NDArray[Any]) -> Plane:
        """Points of the registered picture in the new one."""
        flat = points.reshape(-1, 2).astype(np.float64)
        seen = cv2.perspectiveTransform(flat.reshape(1, -1, 2), self.plane)[0]
        return np.asarray(seen + _terms(flat / self.scale) @ self.bend, np.float32)

    def back(self, points: NDArray[Any]) -> Plane:
        """Points of the new picture in the registered one."""
        seen = points.reshape(-1, 2).astype(np.float64)
        inverse = np.linalg.inv(self.plane)
        flat = cv2.perspectiveTransform(seen.reshape(1, -1, 2), inverse)[0]
        for _ in range(4):
            less = seen - _terms(flat / self.scale) @ self.bend
            flat = cv2.perspectiveTransform(less.reshape(1, -1, 2), inverse)[0]
        return np.asarray(flat, np.float32)


@dataclass(frozen=True)
class Prepared:
    """A picture at `SIDE` pixels, how much smaller it is than it was, and its striking points."""

    image: Picture
    scale: float
    points: tuple[Plane, Plane] | None
    """Where they are, and what each looks like."""


def prepared(data: bytes) -> Prepared:
    """Make an upright picture ready to be laid upon another."""
    head = picture.header(data)
    image = picture.small(data, SIDE)
    return Prepared(image, min(1.0, SIDE / max(head.width, head.height)), _points(image))


def align(registered: Prepared, new: Prepared) -> Alignment | None:
    """Find the plane and its bend; None where the two have too little in common."""
    before, now = registered.points, new.points
    if before is None or now is None:
        return None
    pairs = _matches(before[1], now[1])
    if len(pairs) < LEAST_INLIERS:
        return None
    source, target = before[0][pairs[:, 0]], now[0][pairs[:, 1]]
    plane, kept = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, 3.0, maxIters=5000, confidence=0.999
    )
    if plane is None or kept is None:
        return None
    agreed = source[kept.ravel() > 0]
    if len(agreed) < LEAST_INLIERS or not _is_plain(plane, registered.image, agreed):
        return None
    scale = max(registered.image.shape[:2]) / 2
    bend, agrees = _bend(source, target, plane, kept.ravel() > 0, scale)
    points = np.asarray(source[agrees], np.float32)
    return Alignment(np.asarray(plane, np.float64), len(points), points, bend, scale)


def _bend(
    source: Plane, target: Plane, plane: NDArray[Any], kept: NDArray[np.bool_], scale: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The smooth rest beyond the plane, grown from the points that lie on it; and who agrees."""
    flat = cv2.perspectiveTransform(source.reshape(1, -1, 2).astype(np.float64), plane)[0]
    rest, terms = target - flat, _terms(source.astype(np.float64) / scale)
    near = np.linalg.norm(rest, axis=1) < MOST_BEND
    bend, used = np.zeros((terms.shape[1], 2)), kept
    for powers in (6, 6, 6, 10, 10):
        some = terms[used][:, :powers]
        held = STIFF * len(some) * np.diag(_POWERS[:powers] ** 2.0)
        bend[:powers] = np.linalg.solve(some.T @ some + held, some.T @ rest[used])
        agrees = near & (np.linalg.norm(rest - terms @ bend, axis=1) < NEAR)
        used = agrees if agrees.sum() >= LEAST_INLIERS else used
    return bend, used


_POWERS = np.array([0, 1, 1, 2, 2, 2, 3, 3, 3, 3])


def _terms(points: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = points[:, 0] - 1, points[:, 1] - 0.75
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y,
                     x**3, x * x * y, x * y * y, y**3], axis=1)  # fmt: skip


def _points(image: Picture) -> tuple[Plane, Plane] | None:
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    found, words = cv2.SIFT.create(1600, 3, 0.03).detectAndCompute(grey, None)
    if words is None or len(found) < LEAST_INLIERS:
        return None
    rooted = np.sqrt(words / np.maximum(words.sum(axis=1, keepdims=True), 1e-6))
    return np.array([one.pt for one in found], np.float32), rooted.astype(np.float32)


def _matches(before: Plane, now: Plane) -> NDArray[np.int64]:
    """Pairs (before, now) that prefer each other clearly to anything else."""
    like = before @ now.T
    best = like.argmax(axis=1)
    rows = np.arange(len(before))
    score = like[rows, best]
    like[rows, best] = -1
    second = like.max(axis=1)
    near, next_ = np.sqrt(np.maximum(2 - 2 * score, 0)), np.sqrt(np.maximum(2 - 2 * second, 1e-9))
    like[rows, best] = score
    mutual = like.argmax(axis=0)[best] == rows
    keep = mutual & (near < 0.86 * next_)
    return np.stack([rows[keep], best[keep]], axis=1)


def _is_plain(plane: NDArray[Any], registered: Picture, agreed: Plane) -> bool:
    """Whether a camera could see a flat face so, and the points go round enough of it."""
    high, wide = registered.shape[:2]
    hull = cv2.convexHull(agreed)
    if cv2.contourArea(hull) < LEAST_SPREAD * high * wide:
        return False
    seen = cv2.perspectiveTransform(hull.reshape(1, -1, 2), plane)[0]
    area = cv2.contourArea(seen, True) / cv2.contourArea(hull, True)
    stays = cv2.contourArea(seen) > 0.99 * cv2.contourArea(cv2.convexHull(seen))
    return bool(stays and 0.04 < area < 25)
