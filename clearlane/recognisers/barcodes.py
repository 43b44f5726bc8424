"""Barcodes of every common symbology, by zxing-cpp: fast on a small copy, then close up.

Most codes on packages are printed large, and a copy of half the size shows them.
Places that look like a code and gave none are then looked at closely.
"""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from clearlane.model import Reading

NAME = 'barcode/1'

SMALL = 1600
"""A picture with a longer side below this is searched whole at once."""

MAP_SIDE = 800
"""The size at which the picture is searched for places that may hold a code."""

PATCH = 15
"""A code is at least as large as this there."""

BUSY = 80
"""The mean strength of edges in a code, in a bright picture."""

SMALL_PART = 500
"""A place whose longer side is below this is enlarged: its code has few pixels a module."""

PLACES = 6
"""So many places are looked at closely, the largest first."""

_SHORT = {'qrcode': 'qr', 'microqrcode': 'micro_qr', 'rmqrcode': 'rmqr'}

Image = NDArray[np.uint8]


def read(image: Image) -> list[Reading]:
    """The barcodes in an upright BGR picture, each once."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = 1 if max(grey.shape) < SMALL else 2
    small = _shrunk(grey, scale)
    found = [_reading(code, scale, (0, 0)) for code in _codes(small)]
    for place in _busy_places(small):
        x, y, width, height = (scale * number for number in place)
        if not any(_within(reading, (x, y, width, height)) for reading in found):
            found += _closer(grey[y : y + height, x : x + width], (x, y))
    return _once(found)


def _closer(part: Image, at: tuple[int, int]) -> list[Reading]:
    """The codes in a part of the picture: a small part enlarged, a large one sharpened."""
    if max(part.shape) < SMALL_PART:
        large = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found = [_reading(code, 0.5, at) for code in _codes(np.asarray(large, np.uint8))]
        if found:
            return found
    soft = cv2.GaussianBlur(part, (0, 0), 2)
    sharp = np.asarray(cv2.addWeighted(part, 2.5, soft, -1.5, 0), np.uint8)
    return [_reading(code, 1, at) for code in _codes(sharp)]


def _codes(grey: Image) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), try_invert=False)
    return [code for code in found if code.valid and code.text]


def _shrunk(grey: Image, scale: int) -> Image:
    if scale == 1:
        return grey
    size = (grey.shape[1] // scale, grey.shape[0] // scale)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _busy_places(grey: Image) -> list[tuple[int, int, int, int]]:
    """Patches dense with strong edges, as codes are: x, y, width, height."""
    scale = max(1, round(max(grey.shape) / MAP_SIDE))
    small = _shrunk(grey, scale)
    edges = cv2.max(
        cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 1, 0)),
        cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 0, 1)),
    )
    dense = cv2.blur(edges, (PATCH, PATCH))
    bright = max(1.0, float(cv2.blur(small, (PATCH, PATCH)).max()))
    # In a dark picture the edges are weaker too.
    mask = (dense > BUSY * bright / 255).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    places = []
    for x, y, width, height, area in sorted(stats[1:count].tolist(), key=lambda s: -s[4])[:PLACES]:
        if min(width, height) >= PATCH and area > 0.4 * width * height:
            margin = PATCH
            left, top = max(0, x - margin) * scale, max(0, y - margin) * scale
            right, bottom = (x + width + margin) * scale, (y + height + margin) * scale
            places.append((left, top, right - left, bottom - top))
    return places


def _within(reading: Reading, place: tuple[int, int, int, int]) -> bool:
    left, top, width, height = place
    x = sum(point[0] for point in reading.box) / 4 - left
    y = sum(point[1] for point in reading.box) / 4 - top
    return 0 <= x <= width and 0 <= y <= height


def _reading(code: zxingcpp.Barcode, scale: float, at: tuple[int, int]) -> Reading:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    name = str(code.format).rpartition('.')[2].lower().replace(' ', '').replace('-', '')
    return Reading(
        kind='barcode',
        value=code.text,
        # A barcode carries its own check; what passes it is as good as certain.
        score=0.99,
        recogniser=NAME,
        box=tuple(
            (round(at[0] + point.x * scale), round(at[1] + point.y * scale)) for point in points
        ),
        details={'symbology': _SHORT.get(name, name)},
    )


def _once(readings: list[Reading]) -> list[Reading]:
    seen: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        seen.setdefault((reading.value, str(reading.details['symbology'])), reading)
    return list(seen.values())
