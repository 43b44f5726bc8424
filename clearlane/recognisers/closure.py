"""Whether a box is closed (封口): tape, straps or seals in an upright photograph of its front.

A small network marks, place by place, the front wall, tape, straps, seals and the gap
between open flaps. What follows from that is decided here, in plain sight: `closed` rests
on a closure that lies on the front, or runs over its upper edge; `open` on a front that is seen
whole, sharply and in enough light, and shows none. In between there is a low score, or
no reading, and an officer looks.

Only whether there is a closure is told, not whether it is the right one, and nothing of
sides that the picture does not show.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from dataclasses import dataclass

import cv2
import numpy as np

from clearlane.model import Point, Reading
from clearlane.recognisers import closure_map
from clearlane.recognisers.labels.quads import clockwise, shrunk

NAME = 'closure/1'
FACE, TAPE, STRAP, SEAL, GAP = range(len(closure_map.CHANNELS))

LEAST_SCORE = 0.3
"""Below it nothing is reported: nobody could say."""

RELIABLE = 0.75
"""From here on a score may be relied upon; what lacks light or focus stays below."""

LEAST_SHARE = 0.1
"""A front smaller than this share of the picture is one of many things in it."""

LEAST_SIZE = {TAPE: 0.006, STRAP: 0.008, SEAL: 0.0012, GAP: 0.0}
"""Of the front: what is smaller is a speck."""


@dataclass(frozen=True)
class _Front:
    """The front wall on the map of places."""

    mask: np.ndarray
    corners: np.ndarray
    sureness: float
    whole: float  # 1: all of it lies within the picture
    area: float


@dataclass(frozen=True)
class _Sign:
    """Something that was seen on the front, and how sure that is."""

    channel: int
    sureness: float
    corners: np.ndarray


def read(image: np.ndarray) -> list[Reading]:
    """At most one reading: the closure of the box in an upright BGR picture."""
    seen, scale = closure_map.channels(image)
    front = _front(seen[FACE])
    if front is None:
        return []
    signs = [_sign(seen, channel, front) for channel in (TAPE, STRAP, SEAL)]
    best = max(signs, key=lambda sign: sign.sureness)
    clear = _clearness(image)
    closed = best.sureness * clear
    open_ = _openness(seen, front, best.sureness) * clear
    if max(closed, open_) < LEAST_SCORE:
        return []
    if closed >= open_:
        return [_reading('closed', closed, best.corners / scale, image.shape)]
    return [_reading('open', open_, _seam(front.corners) / scale, image.shape)]


def digest() -> str:
    """SHA-256 over the weights and over the code that decides what they mean."""
    parts = (closure_map, sys.modules[__name__])
    code = ''.join(inspect.getsource(part) for part in parts)
    return hashlib.sha256((closure_map.digest() + code).encode()).hexdigest()


def _front(chances: np.ndarray) -> _Front | None:
    """The largest area that is a front, or nothing where there is none to speak of."""
    count, areas, stats, _ = cv2.connectedComponentsWithStats((chances > 0.5).astype(np.uint8))
    if count < 2:
        return None
    label = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    mask = areas == label
    area = float(mask.sum())
    if area < LEAST_SHARE * mask.size:
        return None
    corners = _corners(mask)
    filled = area / max(cv2.contourArea(corners), 1.0)
    sureness = float(chances[mask].mean()) * min(1.0, filled, 1 / filled)
    return _Front(mask, corners, sureness, _whole(mask), area)


def _corners(mask: np.ndarray) -> np.ndarray:
    """The four corners of an area, clockwise from the top left."""
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    for share in (0.02, 0.03, 0.04, 0.06, 0.08):
        corners = cv2.approxPolyDP(hull, share * cv2.arcLength(hull, True), True)
        if len(corners) == 4:
            return clockwise(corners)
    return clockwise(cv2.boxPoints(cv2.minAreaRect(hull)))


def _whole(mask: np.ndarray) -> float:
    """How surely the area ends within the picture: its share along the edge tells."""
    along = max(mask[:, 0].mean(), mask[:, -1].mean(), mask[0].mean(), mask[-1].mean())
    return float(np.clip(1 - (along - 0.03) / 0.15, 0, 1))


def _sign(seen: np.ndarray, channel: int, front: _Front) -> _Sign:
    """What of a closure there is on the front; tape and straps may run on over the top."""
    near = cv2.dilate(front.mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    chances = np.where(near, seen[channel], 0)
    mask = chances > 0.5
    if mask.sum() < max(3.0, LEAST_SIZE[channel] * front.area):
        weak = float(chances.max()) * 0.5
        return _Sign(channel, min(weak, 0.45), front.corners)
    sureness = float(np.sort(chances[mask])[-max(3, int(mask.sum()) // 2) :].mean())
    points = np.argwhere(mask)[:, ::-1].astype(np.float32)
    corners = clockwise(cv2.boxPoints(cv2.minAreaRect(points)))
    return _Sign(channel, sureness, corners)


def _openness(seen: np.ndarray, front: _Front, closed: float) -> float:
    """How surely the front is seen whole without any closure on it."""
    nothing = 1 - min(1.0, 1.6 * closed)
    return front.sureness * front.whole * nothing


def _clearness(image: np.ndarray) -> float:
    """1 where light and focus leave nothing to ask, below RELIABLE where they do not."""
    small = shrunk(image, min(1.0, 512 / max(image.shape[:2])))
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    dark, bright = np.percentile(grey[::2, ::2], (3, 97))
    slope = cv2.Sobel(grey, cv2.CV_16S, 1, 0), cv2.Sobel(grey, cv2.CV_16S, 0, 1)
    steep = np.percentile(np.maximum(np.abs(slope[0]), np.abs(slope[1])), 99.5) / 8
    focus = steep / max(float(bright - dark), 1.0)
    return float(min(_ramp(bright, 30, 60), _ramp(focus, 0.12, 0.18)))


def _ramp(value: float, low: float, high: float) -> float:
    """From 0.6 at `low` to 1 at `high`."""
    return float(np.interp(value, (low, high), (0.6, 1.0)))


def _seam(corners: np.ndarray) -> np.ndarray:
    """The upper edge of the front with a little below it: where a closure belongs."""
    top = corners[:2]
    low = top + (corners[[3, 2]] - top) * 0.15
    return np.concatenate([top, low[::-1]])


def _reading(value: str, score: float, corners: np.ndarray, shape: tuple[int, ...]) -> Reading:
    return Reading(
        kind='closure', value=value, score=round(min(score, 0.99), 4), recogniser=NAME,
        box=_box(corners, shape),
    )  # fmt: skip


def _box(corners: np.ndarray, shape: tuple[int, ...]) -> tuple[Point, ...]:
    limit = (shape[1] - 1, shape[0] - 1)
    return tuple((int(x), int(y)) for x, y in np.clip(np.rint(corners), 0, limit))
