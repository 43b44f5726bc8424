"""The full search for numbers in a photograph that turns out not to be of a package.

A package photograph is told by what was read of it, at no cost. Any other one may be a door,
a vehicle or a document whose number is small, stands in a column or lies on its side: it is
turned the way its print stands, and looked at part by part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clearlane.model import Point, Reading
from clearlane.recognisers import closer, mrz, vehicle
from clearlane.recognisers.calibration import KINDS
from clearlane.recognisers.text import page
from clearlane.recognisers.text.line import Line

NUMBERS = ('container_number', 'licence_plate', 'mrz')

FIELDS = (*(kind for kind in KINDS if kind not in ('gross_mass_kg', 'net_mass_kg')), 'barcode')
"""What is printed on packages; masses stand on doors as well."""

FEW = 2
"""So many kinds of them make a package."""

LABEL = 0.8
"""A label that is as sure as this stands on a package; a worse one may be a coat of arms."""

DOOR = (
    re.compile(r'(?<![A-Z])TARE(?![A-Z])|自重|空箱'),
    re.compile(r'CU\.?\s?(?:CAP|M(?![A-Z])|FT)|容积'),
)
"""Words that stand together nowhere but on a container: its tare and its cubic capacity."""

SMALL = 700
"""A picture whose longer side is below this is enlarged, not looked at in parts."""

TURNED = 0.65
"""The share of print that runs another way in a photograph that was taken so."""

Image = NDArray[np.uint8]


def is_package(readings: Sequence[Reading]) -> bool:
    """Whether what was read is that of a package."""
    if any(one.kind == 'un_mark' and 'error' not in one.details for one in readings):
        return True
    if is_container(one.value for one in readings if one.kind == 'text'):
        return False
    kinds = {
        one.kind for one in readings
        if one.value and one.kind not in ('hazard_label', 'battery_mark')
    }  # fmt: skip
    labels = [one for one in readings if one.kind in ('hazard_label', 'battery_mark')]
    return any(one.score >= LABEL for one in labels) or len(kinds & set(FIELDS)) >= FEW


def is_container(texts: Iterable[str]) -> bool:
    """Whether the words are those of a container's door: labels and masses stand there as well."""
    said = [text.upper() for text in texts]
    return all(any(words.search(text) for text in said) for words in DOOR)


def found(image: Image, lines: Sequence[Line], known: Sequence[Reading]) -> list[Reading]:
    """The numbers of doors, vehicles and documents, the `known` ones among them, each once."""
    if any(one.kind == 'mrz' and 'error' not in one.details for one in known):
        return [one for one in known if one.kind == 'mrz']
    quarters = _quarters(lines)
    standing = np.ascontiguousarray(np.rot90(image, quarters))
    seen = page.read(standing) if quarters else list(lines)
    near = lru_cache(lambda: _near(standing))
    fresh = vehicle.numbered(standing, seen, near)[0]
    if not any(one.score >= vehicle.ENOUGH for one in fresh):
        fresh += _zones(standing, seen, near)
    back = [_turned_back(one, quarters, standing.shape[:2]) for one in fresh]
    if any(one.kind == 'mrz' and 'error' not in one.details for one in back):
        back = [one for one in back if one.kind == 'mrz']
        known = []
    return vehicle.better(list(known), back)


def _near(image: Image) -> list[Line]:
    """The lines of a closer look."""
    if max(image.shape[:2]) < SMALL:
        return closer.enlarged(image)
    return closer.lines(image, glance=True)


def _zones(image: Image, lines: list[Line], near: Callable[[], list[Line]]) -> list[Reading]:
    """The zones of a document, from a closer look where the first shows none that is right."""
    zones, _ = mrz.find(lines, image)
    if any('error' not in zone.details for zone in zones):
        return zones
    more, _ = mrz.find(near(), image)
    right = [zone for zone in more if 'error' not in zone.details]
    return right or zones or more


def _quarters(lines: Sequence[Line]) -> int:
    """By how many quarters to the left the picture is to be turned so that its print stands."""
    ways = [0.0] * 4
    for line in lines:
        if len(line.text) >= 3:
            x, y = line.frame.along
            ways[round(np.arctan2(y, x) / (np.pi / 2)) % 4] += len(line.text)
    best = int(np.argmax(ways))
    return best if ways[best] > TURNED * sum(ways) else 0


def _turned_back(one: Reading, quarters: int, size: tuple[int, int]) -> Reading:
    """The reading of a turned picture (height, width) with its box where the picture was."""
    high, wide = size

    def back(point: Point) -> Point:
        x, y = point
        return [(x, y), (high - 1 - y, x), (wide - 1 - x, high - 1 - y), (y, wide - 1 - x)][
            quarters
        ]

    return replace(one, box=tuple(back(point) for point in one.box)) if quarters else one
