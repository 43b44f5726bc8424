"""Where the face of a box is in a registered photograph, and the frame in which it is upright.

Print and labels say which way is up and where the face certainly is. Its edges are sought from
there outwards: lines along which both pictures, laid upon each other, change their tone. An edge
of the face itself lies in its plane and so agrees; what is behind it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.faces.alignment import Alignment, Picture, Plane

BEYOND = 0.8
"""Of the print's extent: how far out an edge is sought; boxes are printed nearly to their edges."""
SLOPE = 0.06
"""How much an edge may lean against the lines of print: the camera stood aside."""
EDGE = 0.05
"""Natural log of tone that changes across an edge, over three quarters of its length."""
GROWN = 0.01
"""Of the print's extent: how far the face goes on where no edge was found."""
ALIKE = 0.08
"""Natural log of tone within which the ground inside and outside of a line is the same."""
JOINT = 0.5
"""Part of a line's own strength up to which the ground may differ across it: a groove between a
lid and its box is darker than either, and the two stand in other light."""
CLOSE = 24
"""Pixels between lines that run along one edge."""
PIECES, SAMPLES = 12, 48
REACH = 3
"""Pixels on either side of an edge over which its tone is taken, and that it may be off."""


@dataclass(frozen=True)
class Frame:
    """The face as an upright rectangle of `size` (width, height)."""

    size: tuple[int, int]
    plane: NDArray[np.float64]
    """From the frame to the registered picture."""
    edged: tuple[bool, bool, bool, bool]
    """Whether the edge was seen: top, right, bottom, left."""

    def registered(self, points: NDArray[Any]) -> Plane:
        """Points of the frame in the registered picture."""
        return _through(points, self.plane)

    def inside(self, points: NDArray[Any]) -> Plane:
        """Points of the registered picture in the frame."""
        return _through(points, np.linalg.inv(self.plane))


def frame(
    before: Picture, now: Picture, found: Alignment, words: Sequence[Plane], labels: Sequence[Plane]
) -> Frame:
    """Find the face; `words` and `labels` are where something was read in the registered one."""
    turn = _upright(words, found.points)
    low, high = _print(turn, found.points, [*words, *labels])
    lines, edged = [], []
    for side in range(4):
        line, seen = _edge((before, now), found, turn, (low, high), side)
        lines.append(line)
        edged.append(seen)
    corners = np.array([_cross(lines[k - 1], lines[k]) for k in range(4)])
    wide = float(np.mean([np.linalg.norm(corners[a] - corners[b]) for a, b in ((0, 1), (3, 2))]))
    tall = float(np.mean([np.linalg.norm(corners[a] - corners[b]) for a, b in ((0, 3), (1, 2))]))
    size = max(64, round(wide)), max(64, round(tall))
    ends = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    plane = cv2.getPerspectiveTransform(ends, corners.astype(np.float32))
    return Frame(size, np.asarray(plane, np.float64), (edged[0], edged[1], edged[2], edged[3]))


def sampled(picture: Picture, way: Any, size: tuple[int, int], beyond: int = 0) -> Picture:
    """A picture as seen through a smooth way from the points of a frame to its own; so many pixels
    `beyond` the edges of the frame too."""
    step = 8
    wide, high = (-(-(side + 2 * beyond) // step) + 1 for side in size)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) * step - beyond
    coarse = way(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(high, wide, 2)
    rows, columns = np.mgrid[0 : size[1] + 2 * beyond, 0 : size[0] + 2 * beyond]
    full = cv2.remap(
        np.asarray(coarse, np.float32),
        columns.astype(np.float32) / step,
        rows.astype(np.float32) / step,
        cv2.INTER_LINEAR,
    )
    seen = cv2.remap(picture, full, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
    return np.asarray(seen, np.uint8)


def _through(points: NDArray[Any], plane: NDArray[Any]) -> Plane:
    moved = cv2.perspectiveTransform(points.reshape(1, -1, 2).astype(np.float64), plane)
    return np.asarray(moved[0], np.float32)


def _upright(words: Sequence[Plane], points: Plane) -> NDArray[np.float64]:
    """The turn from the picture to axes along the lines of print; of their boxes' mean lean."""
    sums = 0j
    for box in words:
        if len(box) != 4:
            continue
        along = (box[1] - box[0]) + (box[2] - box[3])
        length = float(np.hypot(*along))
        sums += length * np.exp(4j * np.arctan2(along[1], along[0]))
    angle = float(np.angle(sums)) / 4 if abs(sums) else 0.0
    if not abs(sums):
        angle = np.radians(cv2.minAreaRect(points)[2])
        angle = (angle + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _print(
    turn: NDArray[np.float64], points: Plane, boxes: Sequence[Plane]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The corners of what certainly is on the face, in upright axes."""
    flat = points @ turn.T
    low, high = np.quantile(flat, 0.05, axis=0), np.quantile(flat, 0.95, axis=0)
    left = [box @ turn.T for box in boxes]
    near = left
    while near:  # a point that agrees, or a word, may lie on the next box as well
        reach = float((high - low).max())
        near = [
            box for box in left
            if (box.max(axis=0) > low - reach).all() and (box.min(axis=0) < high + reach).all()
        ]  # fmt: skip
        left = [box for box in left if not any(box is one for one in near)]
        for box in near:
            low, high = np.minimum(low, box.min(axis=0)), np.maximum(high, box.max(axis=0))
    return low, high


def _edge(
    pictures: tuple[Picture, Picture], found: Alignment, turn: NDArray[np.float64],
    bounds: tuple[NDArray[Any], NDArray[Any]], side: int,
) -> tuple[NDArray[np.float64], bool]:  # fmt: skip
    """The edge on one side as two points in the registered picture, and whether it was seen."""
    low, high = bounds
    start, along, outward = _side(low, high, side)
    length, deep = float(np.abs((high - low) @ along)), float(np.abs((high - low) @ outward))
    reach = round(BEYOND * max(deep, 0.7 * length)) + 8
    offsets = np.arange(-8, reach)
    grid = (
        start
        + np.linspace(0, 1, SAMPLES)[:, None, None] * (along * length)
        + (offsets[None, :, None] * outward)
    )
    back = (grid @ turn).astype(np.float32)
    ways = back, found.there(back).reshape(back.shape)
    shifts = _shifts(length)
    read = [_read(picture, way) for picture, way in zip(pictures, ways, strict=True)]
    strength = [_lines(tone, known, shifts) for tone, known in read]
    loose = np.ones((3, 2 * REACH + 1), np.uint8)
    both = np.minimum(strength[0], cv2.dilate(strength[1], loose))
    goes_on = _goes_on(read[0][0], both, shifts) | _goes_on(read[1][0], both, shifts)
    slope, at = _chosen(np.where(goes_on, 0, both), _continues(read[0][0], read[1][0]))
    if slope < 0:
        grown = GROWN * max(deep, length)
        ends = start + grown * outward, start + along * length + grown * outward
        return np.array(ends) @ turn, False
    lean = shifts[slope]
    first, last = offsets[at] - lean, offsets[at] + lean
    ends = start + first * outward, start + along * length + last * outward
    return np.array(ends) @ turn, True


def _side(
    low: NDArray[Any], high: NDArray[Any], side: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Where a side begins, which way it runs (clockwise), and which way is out."""
    corners = (low, np.array([high[0], low[1]]), high, np.array([low[0], high[1]]))
    ways = ((1, 0), (0, 1), (-1, 0), (0, -1))
    outs = ((0, -1), (1, 0), (0, 1), (-1, 0))
    return corners[side], np.array(ways[side], float), np.array(outs[side], float)


def _shifts(length: float) -> NDArray[Any]:
    """How far an edge is off at its ends, for each slope that is tried."""
    most = max(2, round(SLOPE * length / 2))
    return np.unique(np.rint(np.linspace(-most, most, 33)).astype(int))


def _read(picture: Picture, way: Plane) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The tone along a way, by piece of the side and offset; and which lies in the picture."""
    ends = np.array(picture.shape[1::-1], np.float32) - 3
    within = ((way > 2) & (way < ends)).all(axis=2)
    seen = cv2.remap(picture, way, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
    parts = seen.astype(np.float32).reshape(PIECES, -1, way.shape[1], 3).mean(axis=1)
    return np.log(parts + 12), within.reshape(PIECES, -1, way.shape[1]).mean(axis=1) > 0.7


def _lines(
    tone: NDArray[np.float32], within: NDArray[np.bool_], shifts: NDArray[Any]
) -> NDArray[np.float32]:
    """By slope and offset: the tone that changes across the line, over most of its pieces."""
    deep = tone.shape[1]
    change = np.abs(_mean(tone, 0, REACH) - _mean(tone, -REACH, 0)).max(axis=2)
    change = np.where(within, change, np.inf)
    strengths = []
    for shift in shifts:
        columns = _columns(shift, deep)
        there = np.take_along_axis(change, np.clip(columns, 0, deep - 1), axis=1)
        count = np.isfinite(there).sum(axis=0)
        ranked = np.sort(there, axis=0)
        value = np.take_along_axis(ranked, np.clip(count // 4, 0, PIECES - 1)[None], axis=0)[0]
        good = (count >= PIECES // 2) & (columns.min(axis=0) > REACH)
        good &= columns.max(axis=0) < deep - REACH
        strengths.append(np.where(good, value, 0))
    return np.asarray(strengths, np.float32)


def _columns(lean: int | NDArray[Any], deep: int) -> NDArray[np.int64]:
    """Where each piece of a line that leans so, or so at each offset, is by its offset."""
    ramp = np.linspace(-1, 1, PIECES) * (1 - 1 / PIECES)
    return np.arange(deep)[None] + np.rint(ramp[:, None] * lean).astype(np.int64)


def _mean(tone: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
    """The mean tone from `first` up to `last` beyond each offset."""
    deep = tone.shape[1]
    summed = np.concatenate([np.zeros((PIECES, 1, 3), np.float32), np.cumsum(tone, axis=1)], 1)
    begin, end = (np.clip(np.arange(deep) + by, 0, deep) for by in (first, last))
    total = summed[:, end] - summed[:, begin]
    return np.asarray(total / np.maximum(end - begin, 1)[:, None], np.float32)


def _goes_on(
    tone: NDArray[np.float32], both: NDArray[np.float32], shifts: NDArray[Any]
) -> NDArray[np.bool_]:
    """By offset: whether the face goes on beyond, as behind a strap or a joint of boards."""
    deep = tone.shape[1]
    ground = np.median(tone[:, 8:24], axis=(0, 1))
    inner, outer = _mean(tone, -16, -3), _mean(tone, 16, 34)
    alike = np.abs(outer - inner).max(axis=2) < np.maximum(ALIKE, JOINT * both.max(axis=0))
    nearer = np.abs(outer - ground).max(axis=2) < np.abs(inner - ground).max(axis=2) - ALIKE
    columns = _columns(shifts[both.argmax(axis=0)], deep)
    held = np.take_along_axis(alike | nearer, np.clip(columns, 0, deep - 1), axis=1)
    return np.asarray(held.mean(axis=0) > 0.5)


def _continues(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """By offset: the share of pieces that look the same in both, or like ground in either."""
    grounds = [np.median(tone[:, 8:24], axis=(0, 1)) for tone in (first, second)]
    apart = np.abs((second - grounds[1]) - (first - grounds[0])).max(axis=2)
    bare = [
        np.abs(tone - ground).max(axis=2) < 2 * ALIKE
        for tone, ground in zip((first, second), grounds, strict=True)
    ]
    return np.asarray(((apart < 2 * ALIKE) | bare[0] | bare[1]).mean(axis=0), np.float32)


def _ends(continues: NDArray[np.float32]) -> NDArray[np.bool_]:
    """By offset: whether the face does not continue behind it, so that a weak line is its edge."""
    summed = np.concatenate([[0], np.cumsum(continues)])
    begin = np.minimum(np.arange(len(continues)) + REACH + 1, len(continues))
    end = np.minimum(begin + CLOSE, len(continues))
    return np.asarray(summed[end] - summed[begin] < 0.5 * (end - begin))


def _chosen(both: NDArray[np.float32], continues: NDArray[np.float32]) -> tuple[int, int]:
    """Slope and offset of the edge; (-1, -1) without any.

    It is the nearest line that is strong or behind which the face ends, or the last of several
    close to each other between which the face goes on: straps and battens run along an edge.
    """
    best = both.max(axis=0)
    if best.max() < EDGE:
        return -1, -1
    peaks = best >= cv2.dilate(best[None], np.ones((1, 9), np.uint8))[0]
    lines = np.nonzero(peaks & (best >= EDGE) & ((best >= 0.35 * best.max()) | _ends(continues)))[0]
    at = int(lines[0])
    for line in lines[1:]:
        if line - at < CLOSE and continues[at:line].mean() > 0.6:
            at = int(line)
    return int(both[:, at].argmax()), at


def _cross(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Where two lines meet."""
    first, second = (np.cross([*line[0], 1], [*line[1], 1]) for line in (one, other))
    x, y, w = np.cross(first, second)
    return np.array([x / w, y / w])
