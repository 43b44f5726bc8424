"""Vehicles, containers and seals: plate, container number, seal number.

Kinds: `licence_plate`, `container_number` (with `size_type`), `seal_number`, `text`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers import (
    calibration,
    closer,
    container,
    container_pieces,
    picture,
    plate,
    plate_search,
    seal,
    sources,
)
from clearlane.recognisers.reader import Readings
from clearlane.recognisers.text import line, page
from clearlane.recognisers.text.crop import Pyramid

NAME = 'vehicle/1'

ENOUGH = 0.8
"""A number that is read as surely as this needs no closer look."""

ALONE = 0.3
"""A number as wide as this share of the picture leaves no room for another one beside it."""

Image = NDArray[np.uint8]


class VehicleReader(sources.Sourced):
    """The reader of photographs at a gate, of loading and of sealing."""

    name = NAME

    def read(self, picture_bytes: bytes) -> Readings:
        """Plates, container numbers and seals; raises Unreadable if it is no picture."""
        seen = self.raw(picture_bytes)
        return replace(seen, readings=tuple(map(calibration.calibrated, seen.readings)))

    def raw(self, picture_bytes: bytes) -> Readings:
        """The same with scores as the recognisers compute them, before they are calibrated."""
        image = picture.upright(picture_bytes)
        lines = page.read(image)
        numbers, spent = numbered(image, lines)
        seals, sealed = seal.find(lines)
        rest = [_text(one) for index, one in enumerate(lines) if index not in spent | sealed]
        height, width = image.shape[:2]
        return Readings(width=width, height=height, readings=(*numbers, *seals, *rest))


def numbered(
    image: Image, lines: list[line.Line], near: Callable[[], list[line.Line]] | None = None
) -> tuple[list[Reading], set[int]]:
    """Container numbers and plates; a closer look (`near`) where more may be found."""
    found, spent = _numbers(image, lines)
    if not any(_settles(one, image) for one in found):
        lines = near() if near else closer.lines(image, glance=True)
        found = better(found, _numbers(image, lines)[0])
        if container_pieces.is_wall(lines) and not any(one.score >= ENOUGH for one in found):
            strong = closer.drawn_out(image)
            found = better(found, _numbers(strong, closer.lines(strong, glance=True))[0])
    return found, spent


def _settles(one: Reading, image: Image) -> bool:
    """Whether a number is sure and no other one is to be looked for beside it."""
    if one.score < ENOUGH:
        return False
    xs, ys = zip(*one.box, strict=True)
    high, wide = image.shape[:2]
    largest = max((max(xs) - min(xs)) / wide, (max(ys) - min(ys)) / high)
    return one.kind != 'container_number' or largest > ALONE


def _numbers(image: Image, lines: list[line.Line]) -> tuple[list[Reading], set[int]]:
    pyramid = Pyramid(image)
    containers, one = container.find(lines, pyramid)
    plates, two = plate.find(lines, pyramid, image)
    if not plates and not containers:
        plates = plate_search.find(pyramid, image)
    return [*containers, *plates], one | two


def better(one: list[Reading], other: list[Reading]) -> list[Reading]:
    """Both looks together: of each kind and value the surer reading."""
    kinds = {reading.kind for reading in [*one, *other]}
    kept: list[Reading] = []
    for kind in sorted(kinds):
        kept += container.once([reading for reading in [*one, *other] if reading.kind == kind])
    return kept


def _text(one: line.Line) -> Reading:
    return Reading(
        kind='text', value=one.text, score=one.score, recogniser=NAME, box=line.corners(one.quad)
    )


VEHICLE = VehicleReader()
