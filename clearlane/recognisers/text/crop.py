"""Cutting lines of text out of a picture, upright and at the height that is read."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text.line import Quad

HEIGHT = 48
"""The height of a line as the reading models were trained."""

LONGEST = 2400
"""The greatest width of a cut line; a longer one is squeezed."""

Image = NDArray[np.uint8]


class Pyramid:
    """A picture and its halves, made when asked for.

    A line is cut from the smallest copy that still holds all its detail: cutting
    large print from the full picture would skip most of its pixels and fray it.
    """

    def __init__(self, image: Image) -> None:
        self._levels = [image]

    def cut(self, quad: Quad, margin: float = 0.0) -> Image:
        """The line inside `quad`, widened by `margin` of its height at both ends."""
        corners = np.asarray(quad, dtype=np.float32)
        high = (_length(corners, 0, 3) + _length(corners, 1, 2)) / 2
        wide = (_length(corners, 0, 1) + _length(corners, 3, 2)) / 2
        if margin:
            step = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
            step *= margin * high / max(wide, 1.0)
            corners = corners + np.array([-step, step, step, -step])
            wide += 2 * margin * high
        level = max(0, int(np.log2(max(high, 1.0) / HEIGHT)))
        image = self._level(level)
        scale = np.array(image.shape[1::-1]) / np.array(self._levels[0].shape[1::-1])
        width = int(np.clip(round(HEIGHT * wide / max(high, 1.0)), HEIGHT // 2, LONGEST))
        goal = np.array([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]], np.float32)
        turn = cv2.getPerspectiveTransform((corners * scale).astype(np.float32), goal)
        cut = cv2.warpPerspective(
            image, turn, (width, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(cut, np.uint8)

    def flattened(self, quad: Quad, size: tuple[int, int]) -> tuple[Image, NDArray[np.float64]]:
        """The part inside `quad` as a picture of `size`, and the homography back to the picture."""
        corners = np.asarray(quad, dtype=np.float32)
        high = (_length(corners, 0, 3) + _length(corners, 1, 2)) / 2
        image = self._level(max(0, int(np.log2(max(high, 1.0) / max(size[1], 1)))))
        scale = np.array(image.shape[1::-1]) / np.array(self._levels[0].shape[1::-1])
        wide, tall = size
        goal = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
        turn = cv2.getPerspectiveTransform((corners * scale).astype(np.float32), goal)
        cut = cv2.warpPerspective(
            image, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        back = np.diag([1 / scale[0], 1 / scale[1], 1.0]) @ np.linalg.inv(turn)
        return np.asarray(cut, np.uint8), back

    def at_least(self, side: int) -> Image:
        """The smallest copy whose longer side is no shorter than `side`, or the picture itself."""
        longest = max(self._levels[0].shape[:2])
        return self._level(max(0, int(np.log2(max(1.0, longest / side)))))

    def _level(self, wanted: int) -> Image:
        while len(self._levels) <= wanted and min(self._levels[-1].shape[:2]) >= 4:
            last = self._levels[-1]
            size = ((last.shape[1] + 1) // 2, (last.shape[0] + 1) // 2)
            half = cv2.resize(last, size, interpolation=cv2.INTER_AREA)
            self._levels.append(np.asarray(half, np.uint8))
        return self._levels[min(wanted, len(self._levels) - 1)]


def _length(corners: NDArray[np.float32], start: int, end: int) -> float:
    return float(np.hypot(*(corners[end] - corners[start])))
