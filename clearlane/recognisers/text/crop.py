"""Cutting lines of text out of a picture, upright and at the height that is read."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import light
from clearlane.recognisers.text.detection import Area
from clearlane.recognisers.text.line import Quad

HEIGHT = 48
"""The height of a line as the reading models were trained."""

LONGEST = 6000
"""The greatest width of a cut line; a longer one is squeezed."""

Image = NDArray[np.uint8]


class Pyramid:
    """A picture and its halves, made when asked for.

    A line is cut from the smallest copy that still holds all its detail: cutting
    large print from the full picture would skip most of its pixels and fray it.
    Made of another one, it shares its halves.
    """

    def __init__(self, image: Image | Pyramid) -> None:
        self._levels: list[Image] = image._levels if isinstance(image, Pyramid) else [image]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture."""
        height, width = self._levels[0].shape[:2]
        return width, height

    def cut(
        self, quad: Quad, margin: float = 0.0, *, bend: float = 0.0, height: int = HEIGHT
    ) -> Image:
        """The line inside `quad`, widened by `margin` of its height at both ends, so high.

        `bend` is how far its middle lies below its ends, in its heights.
        """
        corners = np.asarray(quad, dtype=np.float32)
        high = (_length(corners, 0, 3) + _length(corners, 1, 2)) / 2
        wide = (_length(corners, 0, 1) + _length(corners, 3, 2)) / 2
        if margin:
            step = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
            step *= margin * high / max(wide, 1.0)
            corners = corners + np.array([-step, step, step, -step])
            wide += 2 * margin * high
        level = max(0, int(np.log2(max(high, 1.0) / height)))
        image = self.level(level)
        scale = np.array(image.shape[1::-1]) / np.array(self.size)
        width = int(np.clip(round(height * wide / max(high, 1.0)), height // 2, LONGEST))
        corners = (corners * scale).astype(np.float32)
        size = (width, height)
        cut = _unbent(image, corners, size, bend) if bend else _flat(image, corners, size)
        return light.stretched(cut)

    def flattened(self, quad: Quad, size: tuple[int, int]) -> tuple[Image, NDArray[np.float64]]:
        """The part inside `quad` as a picture of `size`, and the homography back to the picture."""
        corners = np.asarray(quad, dtype=np.float32)
        high = (_length(corners, 0, 3) + _length(corners, 1, 2)) / 2
        image = self.level(max(0, int(np.log2(max(high, 1.0) / max(size[1], 1)))))
        scale = np.array(image.shape[1::-1]) / np.array(self.size)
        wide, tall = size
        goal = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
        turn = cv2.getPerspectiveTransform((corners * scale).astype(np.float32), goal)
        cut = cv2.warpPerspective(
            image, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        back = np.diag([1 / scale[0], 1 / scale[1], 1.0]) @ np.linalg.inv(turn)
        return np.asarray(cut, np.uint8), back

    def part(self, area: Area, size: tuple[int, int]) -> Image:
        """A part of the picture in so many pixels (width, height)."""
        left, top, right, bottom = area
        shrink = min((right - left) / size[0], (bottom - top) / size[1])
        image = self.level(max(0, int(np.log2(max(1.0, shrink)))))
        across, down = (np.array(image.shape[1::-1]) / np.array(self.size)).tolist()
        rows = slice(round(top * down), max(round(bottom * down), round(top * down) + 1))
        columns = slice(round(left * across), max(round(right * across), round(left * across) + 1))
        small = cv2.resize(image[rows, columns], size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(small, np.uint8)

    def level(self, wanted: int) -> Image:
        """The picture halved so often, or as often as it can be."""
        while len(self._levels) <= wanted and min(self._levels[-1].shape[:2]) >= 4:
            last = self._levels[-1]
            size = ((last.shape[1] + 1) // 2, (last.shape[0] + 1) // 2)
            half = cv2.resize(last, size, interpolation=cv2.INTER_AREA)
            self._levels.append(np.asarray(half, np.uint8))
        return self._levels[min(wanted, len(self._levels) - 1)]


def _flat(image: Image, corners: NDArray[np.float32], size: tuple[int, int]) -> Image:
    width, height = size
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, goal)
    cut = cv2.warpPerspective(
        image, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, np.uint8)


def _unbent(
    image: Image, corners: NDArray[np.float32], size: tuple[int, int], bend: float
) -> Image:
    """The line along its bow: each column is taken from where the bow stands there."""
    width, height = size
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, :, None] / width
    y = (np.arange(height, dtype=np.float32) + 0.5)[:, None, None] / height
    below = y + bend * 4 * x * (1 - x)
    top = corners[0] * (1 - x) + corners[1] * x
    foot = corners[3] * (1 - x) + corners[2] * x
    places = (top * (1 - below) + foot * below).astype(np.float32)
    across, down = np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])
    cut = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _length(corners: NDArray[np.float32], start: int, end: int) -> float:
    return float(np.hypot(*(corners[end] - corners[start])))
