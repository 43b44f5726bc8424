"""Numbers of containers, vehicles and documents in any photograph, at no cost where none is hinted.

The lines that are read anyway tell whether a closer look is worth its time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers import column, container, container_pieces, mrz, plate
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line

Image = NDArray[np.uint8]


def find(lines: Sequence[Line], image: Image) -> tuple[list[Reading], set[int]]:
    """The numbers, and which of the lines say nothing else."""
    readings: list[Reading] = []
    spent: set[int] = set()
    if mrz.hinted(lines):
        zones, used = mrz.find(lines, image)
        readings, spent = readings + zones, spent | used
    if container_pieces.hinted(lines) or column.hinted(lines):
        containers, used = container.find(lines, Pyramid(image))
        readings, spent = readings + containers, spent | used
    if plate.hinted(lines):
        plates, used = plate.find(lines, Pyramid(image), image)
        readings, spent = readings + plates, spent | used
    return readings, spent
