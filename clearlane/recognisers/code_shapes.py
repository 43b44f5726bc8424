"""Whether a place looks like a code of squares, and where its corners are.

A code is a field without a blank part, whose squares fall by chance: its rows and columns
are all as dark as each other, it repeats nowhere, and strokes do not run one way in any
quarter of it. Words stand in rows, drawings have blank parts, hatches and checkers repeat,
and what is busy up to the edge of the place has no edge.

The limits were set on drawn codes that were not read, and on words, labels and drawings.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.busy import outline

SIDE = 240
"""A place is looked at in a copy whose longer side is this at most."""

PATCH = 96
"""The longer side of the straightened field."""

DENSE = 0.45
"""The share of the strongest density of edges from which on a cell belongs to the field."""

WHOLE_SIDE, GAP = 480, 9
"""A place is taken to pieces in a copy of this side, at gaps of so many pixels."""

PIECES = 4
"""So many pieces of a place are looked at."""

STRIPED = 0.4
"""With its strokes so much in one direction a piece may hold bars."""

LEAST_SHARE = 0.04
"""A field takes at least so much of the place."""

FULL, LONGEST = 0.6, 1.5
"""It fills so much of its rectangle, and is at most so many times as long as wide."""

DARK = (0.33, 0.68)
"""The dark share of it."""

UNEVEN = 0.52
"""How much the means of rows, or of columns, differ at most, beside all its squares."""

EVERYWHERE = 0.57
"""The least edges in a ninth of it, beside the middle ninth."""

ALIKE, UNLIKE = 0.4, -0.5
"""How far it is like, or the reverse of, itself when moved, at most."""

ONE_WAY = 0.54
"""How far the strokes of a quarter run one way at most."""

CHANGES = 4.2
"""Each row and column changes between dark and light so many times at least."""

LONG = 0.2
"""The share of it in runs of one shade more than three times as long as the mean, at most."""

MAY_BE_LONG = 4
"""A DataMatrix may be so many times as long as wide."""

MAY_CHANGE, MAY_BE_BLANK, MAY_BE_UNEVEN, MAY_RUN = 4.8, 0.2, 0.72, 0.55
"""The same limits for a quick look at a box that need not be straight: of 46 codes read close up
none had fewer changes than 5.3, edges in a ninth below 0.29, means above 0.66, strokes that
run more than 0.48 one way; of words and drawings one in eight passes."""

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Field:
    """A dense field: its corners in the place, its share of its rectangle, its patch."""

    corners: Points
    full: float
    patch: Floats


def squares(part: Image) -> list[Points]:
    """The corners of the fields in a part of a picture that look like codes of squares."""
    scale = min(1.0, SIDE / max(part.shape))
    size = (max(8, round(part.shape[1] * scale)), max(8, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    found = _fields(np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8), np.float32))
    return [one.corners / scale for one in found if one.full >= FULL and is_code(one.patch)]


def may_be_squares(box: Image) -> bool:
    """Whether squares may fill a box of a picture: a quick look that spares words and drawings."""
    wide, high = (min(PATCH, side) for side in box.shape[::-1])
    if max(box.shape) > MAY_BE_LONG * min(box.shape) or min(wide, high) < 8:
        return False
    small = cv2.resize(box, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8), np.float32)
    light = soft > cv2.boxFilter(soft, -1, (21, 21))
    if min(_changes(light)) < MAY_CHANGE or _least_busy(soft) < MAY_BE_BLANK:
        return False
    lit = soft - cv2.GaussianBlur(soft, (0, 0), PATCH / 6)
    across = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 1, 0), np.float32)
    down = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 0, 1), np.float32)
    means = max(float(lit.mean(axis=axis).std()) for axis in (0, 1))
    return means < MAY_BE_UNEVEN * float(lit.std()) and _coherence(across, down) < MAY_RUN


def _changes(light: NDArray[np.bool_]) -> tuple[float, float]:
    """How often a row, and a column, changes between dark and light."""
    across, down = light[:, 1:] != light[:, :-1], light[1:] != light[:-1]
    return float(across.sum(axis=1).mean()), float(down.sum(axis=0).mean())


def pieces(part: Image) -> list[tuple[int, int, int, int]]:
    """The boxes (left, top, right, bottom) of dense pieces in a part of a picture, the largest
    first: codes, words and drawings that stand close to each other."""
    scale = min(1.0, WHOLE_SIDE / max(part.shape))
    size = (max(8, round(part.shape[1] * scale)), max(8, round(part.shape[0] * scale)))
    grey = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    across = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1, 0), np.float32)
    down = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 0, 1), np.float32)
    dense = cv2.boxFilter(np.abs(across) + np.abs(down), -1, (GAP, GAP))
    busy = (dense > DENSE * _strong(dense)).astype(np.uint8)
    mask = cv2.morphologyEx(busy, cv2.MORPH_OPEN, np.ones((GAP, GAP), np.uint8))
    count, marked, stats, _ = cv2.connectedComponentsWithStats(mask, ltype=cv2.CV_16U)
    found = []
    for index, (x, y, wide, high, area) in enumerate(stats[1:count].tolist(), 1):
        if min(wide, high) < 2 * GAP:
            continue
        here = (slice(y, y + high), slice(x, x + wide))
        sides = [side + 1 for side in outline(marked[here] == index)[1]]
        may_be = max(sides) < LONGEST * min(sides) or _coherence(across[here], down[here]) > STRIPED
        if may_be and area > FULL * sides[0] * sides[1]:
            box = tuple(round(n / scale) for n in (x, y, x + wide, y + high))
            found.append((area, (box[0], box[1], box[2], box[3])))
    return [box for _, box in sorted(found, reverse=True)[:PIECES]]


def _strong(dense: cv2.typing.MatLike) -> float:
    """What three in a hundred of the cells exceed, from a ninth of them."""
    some = dense[::3, ::3].ravel()
    at = some.size * 97 // 100
    return float(np.partition(some, at)[at])


def _coherence(across: Floats, down: Floats) -> float:
    """How far all strokes run one way: 1 for bars, 0 for squares and print."""
    across, down = across.ravel(), down.ravel()
    xx, yy, xy = float(across @ across), float(down @ down), float(across @ down)
    return float(np.hypot(xx - yy, 2 * xy)) / max(xx + yy, 1e-6)


def _fields(grey: Floats) -> list[Field]:
    """The dense fields that do not reach the edge, the largest first."""
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    step = max(5, min(grey.shape) // 9 | 1)
    dense = cv2.boxFilter(np.abs(across) + np.abs(down), -1, (step, step))
    busy = (dense > DENSE * _strong(dense)).astype(np.uint8)
    mask = cv2.morphologyEx(busy, cv2.MORPH_CLOSE, np.ones((step, step), np.uint8))
    count, marked, stats, _ = cv2.connectedComponentsWithStats(mask, ltype=cv2.CV_16U)
    found = []
    for index, (x, y, wide, high, area) in enumerate(stats[1:count].tolist(), 1):
        reaches = x == 0 or y == 0 or x + wide == mask.shape[1] or y + high == mask.shape[0]
        if reaches or area < LEAST_SHARE * mask.size:
            continue
        middle, (along, up), angle = outline(marked == index)
        full = area / ((along + 1) * (up + 1))
        # Counting edges near a pixel made the field wider than it is.
        sides = (max(8.0, along + 1 - 0.5 * step), max(8.0, up + 1 - 0.5 * step))
        if max(sides) > LONGEST * min(sides):
            continue
        corners = np.asarray(cv2.boxPoints((middle, sides, angle)), np.float32)
        found.append((area, Field(corners.astype(np.float64), full, _patch(grey, corners))))
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])]


def _patch(grey: Floats, corners: NDArray[np.float32]) -> Floats:
    """The field straightened, its light evened out, without its outermost rows and columns."""
    along = float(np.linalg.norm(corners[1] - corners[2]))
    up = float(np.linalg.norm(corners[0] - corners[1]))
    scale = PATCH / max(along, up)
    wide, high = round(along * scale), round(up * scale)
    there = np.array([[0, high], [0, 0], [wide, 0], [wide, high]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), there)
    flat = cv2.warpPerspective(grey, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    lit = flat - cv2.GaussianBlur(flat, (0, 0), PATCH / 6)
    strength = np.sqrt(np.maximum(cv2.boxFilter(lit * lit, -1, (13, 13)), 0))
    even = lit / (cv2.GaussianBlur(strength, (0, 0), 6) + 0.15 * lit.std() + 1e-3)
    rim = (high * 8 // 100, wide * 8 // 100)
    return np.asarray(even[rim[0] : high - rim[0], rim[1] : wide - rim[1]], np.float32)


def is_code(patch: Floats) -> bool:
    """Whether a straightened field, dark below nought, looks like a code of squares."""
    spread = float(patch.std()) or 1.0
    rows, columns = patch.mean(axis=1).std() / spread, patch.mean(axis=0).std() / spread
    if max(rows, columns) > UNEVEN or not DARK[0] < float((patch < 0).mean()) < DARK[1]:
        return False
    light = patch > 0
    if (
        min(_changes(light)) < CHANGES
        or _one_way(patch) > ONE_WAY
        or _least_busy(patch) < EVERYWHERE
    ):
        return False
    if max(_in_long_runs(light), _in_long_runs(light.T)) > LONG:
        return False
    most, least = _like_itself(patch)
    return most <= ALIKE and least >= UNLIKE


def _quarters(patch: Floats, parts: int) -> list[Floats]:
    return [
        piece for rows in np.array_split(patch, parts) for piece in np.array_split(rows, parts, 1)
    ]


def _one_way(patch: Floats) -> float:
    """How far strokes run one way in the quarter where they do so most."""
    across, down = cv2.Sobel(patch, cv2.CV_32F, 1, 0), cv2.Sobel(patch, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    doubled = strength * np.exp(2j * np.arctan2(down, across))
    pairs = zip(_quarters(doubled, 2), _quarters(strength, 2), strict=True)
    return max(float(abs(way.sum()) / max(whole.sum(), 1e-6)) for way, whole in pairs)


def _least_busy(patch: Floats) -> float:
    busy = [
        float(np.abs(np.diff(one, axis=1)).mean() + np.abs(np.diff(one, axis=0)).mean())
        for one in _quarters(patch, 3)
    ]
    return min(busy) / (float(np.median(busy)) or 1.0)


def _in_long_runs(light: NDArray[np.bool_]) -> float:
    """The share of all rows that lies in runs of one shade much longer than the mean."""
    changed = np.ones((light.shape[0], light.shape[1] + 1), bool)
    changed[:, 1:-1] = light[:, 1:] != light[:, :-1]
    places = np.flatnonzero(changed)
    runs = np.diff(places)
    runs = runs[places[1:] % changed.shape[1] != 0]
    return float(runs[runs > 3.2 * runs.mean()].sum() / runs.sum())


def _like_itself(patch: Floats) -> tuple[float, float]:
    """The largest and the least likeness to itself when moved by more than a square."""
    high, wide = patch.shape
    double = (2 * high, 2 * wide)
    power = np.abs(np.fft.fft2(patch - patch.mean(), s=double)) ** 2
    shared = np.abs(np.fft.fft2(np.ones_like(patch), s=double)) ** 2
    sums = np.fft.ifft2(power).real / np.maximum(np.fft.ifft2(shared).real, 1)
    likeness = np.fft.fftshift(sums / sums[0, 0])
    half = (high // 2, wide // 2)
    likeness = likeness[half[0] : high + half[0] + 1, half[1] : wide + half[1] + 1]
    middle = (high - half[0], wide - half[1])
    reach = [
        1.8 * max(1, int((line >= 0.3).argmin()))
        for line in (likeness[middle[0] :, middle[1]], likeness[middle[0], middle[1] :])
    ]
    rows, columns = np.indices(likeness.shape)
    away = ((rows - middle[0]) / reach[0]) ** 2 + ((columns - middle[1]) / reach[1]) ** 2 > 1
    return float(likeness[away].max(initial=-1)), float(likeness[away].min(initial=1))
