"""Barcodes of the symbologies on packages, by zxing-cpp: fast on a small copy, then close up.

Most codes on packages are printed large, and a copy of half the size shows them.
Places that look like a code and gave none are then looked at closely: bars in
`bars`, patterns of squares here. A code under GS1's rules comes with its elements.

A place that is plainly a code and still gave none is told as well: a reading without a value,
of score 0, with `error` in its details and `bars` or `squares` for its symbology. A rule that
needs the code doubts; one that has what it needs may pass over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from clearlane.model import Point, Reading
from clearlane.recognisers import bars, code_shapes, gs1
from clearlane.recognisers.busy import Place, busy_places

NAME = 'barcode/3'

SMALL = 1600
"""A picture with a longer side below this is searched whole at once."""

SMALL_PART = 500
"""A place whose longer side is below this is enlarged: its code has few pixels a module."""

LARGE_PART = 800
"""A place whose longer side is above this is halved."""

FIRST = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.ITF,
])  # fmt: skip
"""What is looked for at first, each of which costs time; bars that run down are found close up."""

EITHER_WAY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix])
"""What is looked for at first in the turned picture too: its edge is found from one side only."""

PATTERNS = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Aztec,
])  # fmt: skip

STRIPED, MIXED = 0.5, 0.3
"""With its strokes so much in one direction a place holds bars; with less, squares."""

UNCHECKED_SCORE = 0.9
"""As sure is what has no check digit of its own."""

UNREAD = 'a code is here that could not be read'

_SHORT = {'qrcode': 'qr', 'microqrcode': 'micro_qr', 'rmqrcode': 'rmqr'}

Image = NDArray[np.uint8]
Points = NDArray[np.float64]


def read(image: Image) -> list[Reading]:
    """The barcodes in an upright BGR picture, each once."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = 1 if max(grey.shape) < SMALL else 2
    small = _shrunk(grey, scale)
    seen = _codes(small, FIRST, rotate=False) + _codes(small, EITHER_WAY, rotate=True)
    found = [_reading(code, _corners(code) * scale) for code in seen]
    unread: list[Reading] = []
    for place in busy_places(small, [_corners(code).tolist() for code in seen]):
        near = place.scaled(scale, grey.shape)
        read_here = list(_closer(grey[near.rows, near.columns], near))
        found += read_here
        if not read_here:
            unread += _unread(grey, near.wider(grey.shape))
    return [*_once(found), *_unread_once(unread, found)]


def _closer(part: Image, place: Place) -> Iterator[Reading]:
    """The codes in a part of the picture: bars by their profile, squares enlarged or sharpened."""
    at = np.array([place.left, place.top], np.float64)
    striped = bars.coherence(part)
    if striped > MIXED:
        found = bars.read(part)
        yield from (_reading(code, corners + at) for code, corners in found)
        if found and striped > STRIPED:
            return
    if striped < STRIPED:
        for code, corners in _squares(part):
            yield _reading(code, corners + at)


def _unread(grey: Image, place: Place) -> Iterator[Reading]:
    """What looks like codes in a place that gave none."""
    part = grey[place.rows, place.columns]
    at = np.array([place.left, place.top], np.float64)
    rows = bars.seen(part)
    fields = code_shapes.squares(part) if not rows else []
    for symbology, shapes in (('bars', rows), ('squares', fields)):
        for corners in shapes:
            yield Reading(
                kind='barcode',
                value='',
                score=0.0,
                recogniser=NAME,
                box=_box(corners + at),
                details={'symbology': symbology, 'error': UNREAD},
            )


def _squares(part: Image) -> list[tuple[zxingcpp.Barcode, Points]]:
    scale = 1.0
    if max(part.shape) < SMALL_PART:
        scale = 0.5
        part = np.asarray(cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    elif max(part.shape) > LARGE_PART:
        scale, part = 2.0, _shrunk(part, 2)
    for shown in (part, _sharpened(part)):
        found = _codes(shown, PATTERNS, rotate=True, invert=True)
        if found:
            return [(code, _corners(code) * scale) for code in found]
    return []


def _sharpened(part: Image) -> Image:
    soft = cv2.GaussianBlur(part, (0, 0), 2)
    return np.asarray(cv2.addWeighted(part, 2.5, soft, -1.5, 0), np.uint8)


def _codes(
    grey: Image, formats: zxingcpp.BarcodeFormats, *, rotate: bool, invert: bool = False
) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(grey), formats=formats, try_invert=invert, try_rotate=rotate
    )
    return [code for code in found if code.valid and code.text and not _is_noise(code)]


def _is_noise(code: zxingcpp.Barcode) -> bool:
    return bars.kind(code) in bars.UNCHECKED and bars.may_be_noise(code)


def _shrunk(grey: Image, scale: int) -> Image:
    if scale == 1:
        return grey
    size = (grey.shape[1] // scale, grey.shape[0] // scale)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _corners(code: zxingcpp.Barcode) -> Points:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float64)


def _reading(code: zxingcpp.Barcode, corners: Points) -> Reading:
    name = bars.kind(code).lower().replace(' ', '').replace('-', '')
    details: dict[str, Any] = {'symbology': _SHORT.get(name, name)}
    if code.content_type == zxingcpp.ContentType.GS1:
        details['gs1'] = gs1.elements(code.text)
    return Reading(
        kind='barcode',
        value=code.text,
        # Most carry their own check; what passes it is as good as certain.
        score=UNCHECKED_SCORE if bars.kind(code) in bars.UNCHECKED else 0.99,
        recogniser=NAME,
        box=_box(corners),
        details=details,
    )


def _box(corners: Points) -> tuple[Point, ...]:
    return tuple((round(x), round(y)) for x, y in corners.tolist())


def _unread_once(unread: list[Reading], read_: list[Reading]) -> list[Reading]:
    """Each place once, and none where a code was read after all."""
    kept: list[Reading] = []
    for one in unread:
        middle = np.mean(one.box, axis=0)
        others = (np.array(other.box, np.float32) for other in [*read_, *kept])
        if not any(cv2.pointPolygonTest(box, middle.tolist(), False) >= 0 for box in others):
            kept.append(one)
    return kept


def _once(readings: list[Reading]) -> list[Reading]:
    seen: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        seen.setdefault((reading.value, str(reading.details['symbology'])), reading)
    return list(seen.values())
