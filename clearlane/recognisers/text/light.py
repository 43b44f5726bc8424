"""Evening out the light of a picture before text is looked for or read in it.

The models were trained on pictures that are neither dark nor half in shadow. A
picture that is well lit passes through unchanged, so that nothing is lost there.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

PAPER = 190
"""The brightest part of a neighbourhood is raised to this where it is darker."""

MOST = 8.0
"""No part is made brighter than so many times: beyond it only noise is left."""

TILES = 16
"""A neighbourhood is as large as one such part of the longer side."""

FLAT = 110
"""A cut line whose darkest and brightest tones lie closer together than this is stretched."""


def even(image: Image) -> Image:
    """A small copy with dark parts made brighter, or the same picture if none is dark."""
    high, wide = image.shape[:2]
    step = max(high, wide) // TILES or 1
    size = (max(1, -(-wide // step)), max(1, -(-high // step)))
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    # The paper between letters is what tells the light, so the bright end counts, not the mean.
    bright = cv2.resize(cv2.dilate(grey, np.ones((5, 5))), size, interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(cv2.dilate(bright, np.ones((3, 3))), (0, 0), 1.0)
    if near.min() >= PAPER * 0.6:
        return image
    gain = np.clip(PAPER / np.maximum(near.astype(np.float32), 1), 1.0, MOST)
    full = cv2.resize(gain, (wide, high), interpolation=cv2.INTER_LINEAR)
    planes = [cv2.multiply(plane, full, dtype=cv2.CV_8U) for plane in cv2.split(image)]
    return np.asarray(cv2.merge(planes), np.uint8)


def stretched(cut: Image) -> Image:
    """A cut line with its tones spread over the whole range, if they lie close together."""
    few = np.sort(cut[::6, ::6, 1], axis=None)
    low, high = float(few[len(few) // 50]), float(few[-1 - len(few) // 50])
    if high - low >= FLAT or high - low < 4:
        return cut
    table = np.clip((np.arange(256) - low) * (235 / (high - low)) + 10, 0, 255)
    return np.asarray(cv2.LUT(cut, table.astype(np.uint8)), np.uint8)
