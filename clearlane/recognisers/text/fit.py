"""Fitting the box around a line to its print.

The detector looks at a small copy, where a line is a few pixels high: its boxes are too
tall and a little askew. Rows of print are told from the ground by their strokes, so the
box can be fitted to them before anything is read.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.detection import Spot, as_quad

TALL = 40
"""The height at which strokes are looked at."""

PRINT = 0.3
"""A row with so much of the strokes of the strongest row is print."""

ROOM = 1.5
"""A fitted box is so many times as high as its print, as the reading models were trained."""

GROUND = TALL // 10
"""So many rows have fewer strokes than those that stand for the ground."""

JOINT, GOES_ON = 3, 4
"""A line drawn through print, as a joint of boards, hides so many rows of it; so many rows go on
behind it."""

SLIMMEST, TALLEST = 0.22, 0.75
"""Print as a share of the box's height outside these is not trusted."""

Profile = NDArray[np.float32]


def fitted(pyramid: Pyramid, spot: Spot) -> Spot:
    """The same line with a box that fits its print, or as it was where that is not clear."""
    cut = pyramid.cut(spot.quad, bend=spot.bend, height=TALL)
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    strokes = np.abs(cv2.Sobel(grey, cv2.CV_16S, 1, 0, ksize=1)).astype(np.float32)
    wide = cut.shape[1]
    count = 1 if wide < 5 * TALL else 3
    bands = []
    for index in range(count):
        part = strokes[:, index * wide // count : (index + 1) * wide // count]
        band = _band(part.mean(axis=1))
        if band is not None:
            bands.append(((index + 0.5) / count, *band))
    if len(bands) < count:
        return spot
    at, top, foot = np.array(bands).T
    print_ = float(np.median(foot - top)) / TALL
    if not SLIMMEST < print_ < TALLEST:
        return spot
    middle = (top + foot) / 2 / TALL
    slope = float(middle[-1] - middle[0]) / max(float(at[-1] - at[0]), 1e-9)
    level = float(middle.mean()) - slope / 2
    if abs(slope) > 0.5 * print_ + 0.1:
        return spot
    return _moved(spot, level, slope, min(1.0, print_ * ROOM))


def _band(rows: Profile) -> tuple[float, float] | None:
    """First and last row of the print that stands in the middle of a cut."""
    smooth = np.convolve(rows, np.ones(3) / 3, mode='same') - np.partition(rows, GROUND)[GROUND]
    inner = slice(TALL // 5, TALL - TALL // 5)
    peak = TALL // 5 + int(smooth[inner].argmax())
    least = PRINT * float(smooth[peak])
    if least <= 0:
        return None
    printed = smooth >= least
    return float(peak - _reach(printed[peak::-1])), float(peak + _reach(printed[peak:]) + 1)


def _reach(printed: NDArray[np.bool_]) -> int:
    """How many rows further print goes on, over a line that is drawn through it as well."""
    reach = 0
    for row in np.flatnonzero(printed).tolist():
        if row - reach > 1 + JOINT or (row - reach > 1 and not printed[row : row + GOES_ON].all()):
            break
        reach = row
    return reach


def _moved(spot: Spot, level: float, slope: float, high: float) -> Spot:
    """The box with its middle on that line of its height, and so high a share of it."""
    corners = np.asarray(spot.quad, np.float64)
    new = []
    for x, edge, upper, lower in ((0, -1, 0, 3), (1, -1, 1, 2), (1, 1, 1, 2), (0, 1, 0, 3)):
        share = level + slope * x + edge * high / 2
        new.append(corners[upper] + share * (corners[lower] - corners[upper]))
    # The bend is told in heights of the line, which is now lower.
    return Spot(as_quad(np.array(new)), spot.bend / high)
