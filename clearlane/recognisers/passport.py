"""A traveller's document: its machine-readable zone, or why there is none.

Kinds: `mrz` with the parsed fields, `retake` with what the traveller can do, `text`
for what else is printed on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers import calibration, closer, mrz, picture, retake, sources
from clearlane.recognisers.reader import Readings
from clearlane.recognisers.text import line, page

NAME = 'passport/1'

SMALL = 700
"""A picture whose longer side is below this is enlarged before it is given up."""

LEAST_HEIGHT = 9.0
"""Pixels a line of the zone must be high; measured on the specimens, the smallest are 7 to 9."""

GLARE = 0.06
"""The share of burnt-out pixels in a zone that hides characters."""

Image = NDArray[np.uint8]


class PassportReader(sources.Sourced):
    """The reader of passports, identity cards and visas."""

    name = NAME

    def read(self, picture_bytes: bytes) -> Readings:
        """The zone and what else is printed; raises Unreadable if it is no picture."""
        seen = self.raw(picture_bytes)
        return replace(seen, readings=tuple(map(calibration.calibrated, seen.readings)))

    def raw(self, picture_bytes: bytes) -> Readings:
        """The same with scores as the recognisers compute them, before they are calibrated."""
        image = picture.upright(picture_bytes)
        height, width = image.shape[:2]
        zones, others = _found(image)
        readings = [*zones, *_wrong(image, zones), *others]
        return Readings(width=width, height=height, readings=tuple(readings))


def _found(image: Image) -> tuple[list[Reading], list[Reading]]:
    """The best zones: from the picture as it is, then from a closer look where that fails."""
    # A glance shows where the zone lies; words beside it are not what is asked for.
    lines = page.read(image, glance=True)
    zones, spent = mrz.find(lines, image)
    others = [_text(one) for index, one in enumerate(lines) if index not in spent]
    for look in LOOKS:
        if _is_read(zones) and not any('guessed' in zone.details for zone in zones):
            break
        more, _ = mrz.find(look(image), image)
        zones = max((more, zones), key=_worth)
    return zones, others


def _worth(zones: Sequence[Reading]) -> tuple[int, float]:
    good = [zone for zone in zones if 'error' not in zone.details]
    return len(good), max((zone.score for zone in zones), default=0.0)


def _is_read(zones: Sequence[Reading]) -> bool:
    return any('error' not in zone.details for zone in zones)


def _whole(image: Image) -> list[line.Line]:
    """Lines read with the larger model where the glance is unsure."""
    return page.read(image, key_fields=True)


def _closer(image: Image) -> list[line.Line]:
    """Lines read from the picture enlarged, or from its parts."""
    return closer.enlarged(image) if max(image.shape[:2]) < SMALL else closer.lines(image)


LOOKS = (_whole, _closer)
"""What is tried, one after the other, where a glance does not settle the zone."""


def _wrong(image: Image, zones: Sequence[Reading]) -> Iterator[Reading]:
    """Why the traveller is asked again; nothing if a zone was read right."""
    if _is_read(zones):
        return
    if not zones:
        yield retake.reading('no_zone')
        return
    box = np.array(zones[0].box, np.float32)
    frame = line.Frame.of(tuple(map(tuple, box)))
    rows = len(zones[0].value.split('\n'))
    tall = frame.height / (1 + mrz.PITCH * (rows - 1))
    height, width = image.shape[:2]
    if box.min() < 2 or (box > np.array([width - 3, height - 3])).any():
        yield retake.reading('cut_off', box=zones[0].box)
    if tall < LEAST_HEIGHT:
        yield retake.reading('too_small', box=zones[0].box, height_px=round(tall, 1), needed_px=12)
    if _burnt(image, box) > GLARE:
        yield retake.reading('glare', box=zones[0].box)
    yield retake.reading('check_digit', box=zones[0].box)


def _burnt(image: Image, box: NDArray[np.float32]) -> float:
    """The share of pixels within the box that are burnt out, beyond what white paper is."""
    left, top = np.maximum(box.min(axis=0).astype(int), 0)
    right, bottom = box.max(axis=0).astype(int)
    part = image[top:bottom, left:right]
    if part.size == 0:
        return 0.0
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    return float((grey >= 253).mean())


def _text(one: line.Line) -> Reading:
    return Reading(
        kind='text', value=one.text, score=one.score, recogniser=NAME, box=line.corners(one.quad)
    )


PASSPORT = PassportReader()
