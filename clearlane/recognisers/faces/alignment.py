"""Two photographs of one face of a box, laid upon each other.

The boxes are not the same, and neither are the cameras: what agrees is the print. So
striking points are matched, a plane that carries many of them from one picture to the
other is looked for, and what labels are off by, having been stuck by hand, is followed
by a dense flow afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.labels.quads import shrunk
from clearlane.recognisers.text.crop import Pyramid

SIDE = 800
"""Pixels of the long side of the registered picture; all work is done in its frame."""
LEAST_INLIERS = 18
"""With fewer points nobody can say that both show the same face; measured in
docs/models/comparison.md."""
LEAST_SPREAD = 0.02
"""The share of the picture that the points go round: a single word is no face."""
MOST_SLIP = 9.0
"""Pixels that a label or a line of print may be off before it counts as moved."""
GROWN = 0.03
"""Of the longer side: how far a face goes on beyond its print."""

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Alignment:
    """How the registered picture lies in the new one: `plane` takes its pixels there."""

    plane: NDArray[np.float64]
    inliers: int
    points: Plane
    """Where the agreeing points are in the registered picture."""


def reduced(image: Picture, side: int = SIDE) -> tuple[Picture, float]:
    """The picture at `side` pixels, and how much smaller it is than it was."""
    scale = min(1.0, side / max(image.shape[:2]))
    return np.asarray(shrunk(Pyramid(image), scale), np.uint8), scale


def align(registered: Picture, new: Picture) -> Alignment | None:
    """Find the plane; None where the two have too little in common."""
    before, now = _points(registered), _points(new)
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
    if len(agreed) < LEAST_INLIERS or not _is_plain(plane, registered, agreed):
        return None
    return Alignment(np.asarray(plane, np.float64), len(agreed), np.asarray(agreed, np.float32))


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


def laid(new: Picture, alignment: Alignment, size: tuple[int, int]) -> tuple[Picture, Picture]:
    """The new picture in the frame (width, height) of the registered one, and where it is."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    picture = cv2.warpPerspective(new, alignment.plane, size, flags=flags)
    whole = np.full(new.shape[:2], 255, np.uint8)
    inside = cv2.warpPerspective(whole, alignment.plane, size, flags=flags)
    return np.asarray(picture, np.uint8), np.asarray(cv2.erode(inside, np.ones((9, 9))), np.uint8)


def face_of(size: tuple[int, int], points: Plane, grown: float = GROWN) -> Picture:
    """Where the face is in a picture of `size` (width, height): the rectangle around its print.

    A box is printed nearly to its edges; what lies beyond is another wall, or the hall.
    """
    (x, y), (wide, high), angle = cv2.minAreaRect(points.astype(np.float32))
    more = grown * max(wide, high)
    around = ((x, y), (wide + more, high + more), angle)
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillPoly(mask, [cv2.boxPoints(around).round().astype(np.int32)], 255)
    return mask


def followed(registered: Plane, new: Plane) -> Plane:
    """The new ink map with small slips undone: labels are stuck by hand, board bends."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    step = flow.calc(_bytes(registered), _bytes(new), None)  # type: ignore[call-overload]
    far = np.linalg.norm(step, axis=2, keepdims=True)
    step = step * np.minimum(1, MOST_SLIP / np.maximum(far, 1e-6))
    high, wide = registered.shape
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    source = columns + step[..., 0], rows + step[..., 1]
    moved = cv2.remap(new, *source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _bytes(ink: Plane) -> Picture:
    return np.clip(ink * 90 + 128, 0, 255).astype(np.uint8)
