"""Pictures that lie on a side or on their head, by the way their text runs.

The networks know labels as they stand: a pictogram on its side looks like another one, and the
stripes of class 9 no longer stand above its figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from clearlane.model import Reading
from clearlane.recognisers.labels import names
from clearlane.recognisers.labels.quads import clockwise
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Frame, Line

LEAST = 16
"""So many letters and figures at least have to run another way,"""

MOST_OF_ALL = 0.7
"""and so much of all of them."""

READ_WELL = 0.9

WAYS = ('up', 'right', 'down', 'left')

_TURNS = {
    1: cv2.ROTATE_90_COUNTERCLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_CLOCKWISE,
}


@dataclass(frozen=True)
class Turn:
    """So many quarters a picture of this size is turned to the left, that its text may be read."""

    quarters: int
    wide: int
    high: int

    @classmethod
    def of(cls, lines: Sequence[Line], picture: Pyramid) -> Turn | None:
        """The turn that these lines ask for; None where most of them are upright."""
        votes: Counter[int] = Counter()
        for line in lines:
            if line.score < READ_WELL:  # upright characters in a column, seen on their side
                continue
            votes[_quarters(line.frame)] += sum(mark.isalnum() for mark in line.text)
        quarters, count = max(votes.items(), key=lambda item: item[1], default=(0, 0))
        if not quarters or count < LEAST or count < MOST_OF_ALL * votes.total():
            return None
        return cls(quarters, *picture.size)

    def picture(self, picture: Pyramid) -> Pyramid:
        """The picture so turned."""
        return Pyramid(np.asarray(cv2.rotate(picture.level(0), _TURNS[self.quarters]), np.uint8))

    def lines(self, lines: Sequence[Line]) -> list[Line]:
        """The lines where they stand then."""
        return [
            replace(line, quad=tuple(self._there(x, y) for x, y in line.quad)) for line in lines
        ]

    def back(self, reading: Reading) -> Reading:
        """A reading of the turned picture where it stands in the picture; arrows as they point."""
        quad = clockwise(np.array([self._here(x, y) for x, y in reading.box], np.float32))
        box = tuple((round(x), round(y)) for x, y in quad.tolist())
        value = reading.value
        if reading.kind == names.kind_of(WAYS[0]):
            value = WAYS[(WAYS.index(value) + self.quarters) % len(WAYS)]
        return replace(reading, value=value, box=box)

    def _there(self, x: float, y: float) -> tuple[float, float]:
        right, foot = self.wide - 1 - x, self.high - 1 - y
        return {1: (y, right), 2: (right, foot), 3: (foot, x)}[self.quarters]

    def _here(self, x: float, y: float) -> tuple[float, float]:
        right, foot = self.wide - 1, self.high - 1
        return {1: (right - y, x), 2: (right - x, foot - y), 3: (y, foot - x)}[self.quarters]


def _quarters(frame: Frame) -> int:
    """How often a line has to be turned to the left by a quarter, to run from left to right."""
    across, down = frame.along.tolist()
    if abs(across) >= abs(down):
        return 0 if across > 0 else 2
    return 1 if down > 0 else 3
