"""Barcodes of the symbologies on packages, by zxing-cpp: fast on a small copy, then close up.

Most codes on packages are printed large, and a copy of half the size shows them.
Places that look like a code and gave none are then looked at closely: bars in
`bars`, patterns of squares here. What is plainly a code and still gave none is looked at once
more in other lights, see `code_looks`. A code under GS1's rules comes with its elements.

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
from clearlane.recognisers import bars, code_looks, code_shapes, gs1
from clearlane.recognisers.busy import Place, busy_places, density

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

FAINT_PLACES = 4
"""So many pale places are looked at after the busy ones."""

MOST_UNREAD = 4
"""After so many vain looks in one picture the others are only told."""

STRIPED, MIXED = 0.5, 0.3
"""With its strokes so much in one direction a place holds bars; with less, squares."""

SURE = 0.99
"""As sure is what checks itself: squares by their error correction, Code 128 by its check."""

LESS_CHECKED = ('EAN-13', 'ITF', 'Code 39')
"""Bars of which one in ten errors passes the check, or every one."""

SURE_WITH_CHECK, SURE_WITHOUT, HALF_SURE, UNSURE = 0.98, 0.96, 0.85, 0.6
"""As sure are those: with a check digit, without one, borne out by fewer looks, by none.
Measured on drawn codes, docs/models/codes.md."""

UNREAD = 'a code is here that could not be read'

_SHORT = {'qrcode': 'qr', 'microqrcode': 'micro_qr', 'rmqrcode': 'rmqr'}

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

Code = tuple[zxingcpp.Barcode, Points]
"""A code that was read, and its corners."""


def read(image: Image) -> list[Reading]:
    """The barcodes in an upright BGR picture, each once."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = 1 if max(grey.shape) < SMALL else 2
    small = _shrunk(grey, scale)
    seen = _codes(small, FIRST, rotate=False) + _codes(small, EITHER_WAY, rotate=True)
    found = [(code, _corners(code) * scale) for code in seen]
    unread: list[tuple[str, Points]] = []
    known = [_corners(code).tolist() for code in seen]
    dense = density(small)
    busy = busy_places(dense, known)
    looked = grey, small, scale
    for place in busy:
        near = place.scaled(scale, grey.shape)
        found += _closer(grey[near.rows, near.columns], near)
        _look_again(looked, place, found, unread)
    faint = busy_places(dense, [*known, *(place.corners for place in busy)], faint=True)
    for place in faint[:FAINT_PLACES]:
        _look_again(looked, place, found, unread)
    readings = [_reading(grey, code, corners) for code, corners in _once(found)]
    told = [_unread(symbology, corners) for symbology, corners in unread]
    return [*(one for one in readings if one.value), *_told_once(readings, told)]


def _closer(part: Image, place: Place) -> Iterator[Code]:
    """The codes in a part of the picture: bars by their profile, squares enlarged or sharpened."""
    at = np.array([place.left, place.top], np.float64)
    striped = bars.coherence(part)
    if striped > MIXED:
        found = bars.read(part)
        yield from ((code, corners + at) for code, corners in found)
        if found and striped > STRIPED:
            return
    if striped < STRIPED:
        yield from ((code, corners + at) for code, corners in _squares(part))


def _look_again(
    looked: tuple[Image, Image, int],
    place: Place,
    found: list[Code],
    unread: list[tuple[str, Points]],
) -> None:
    """Add what looks like a code in a place to those found, or to the unread.

    Piece by piece first, as codes stand beside each other and beside words; where one is
    seen and not read, with all that is around it. `looked` holds the picture, its small copy,
    and how many times smaller that is.
    """
    grey, small, scale = looked
    known = [corners.tolist() for _, corners in found]
    wide, before = place.wider(small.shape), len(unread)
    for left, top, right, bottom in code_shapes.pieces(small[wide.rows, wide.columns]):
        box = Place(wide.left + left, wide.top + top, wide.left + right, wide.top + bottom)
        piece = box.scaled(scale, grey.shape)
        if not any(piece.holds(corners) for corners in known):
            _look_at(grey, piece.wider(grey.shape), found, unread)
    if len(unread) > before:
        _look_at(grey, place.scaled(scale, grey.shape).wider(grey.shape), found, unread)


def _look_at(
    grey: Image, place: Place, found: list[Code], unread: list[tuple[str, Points]]
) -> None:
    """Add what looks like a code here to those found, or to the unread."""
    part = grey[place.rows, place.columns]
    at = np.array([place.left, place.top], np.float64)
    seen = [('bars', corners, code_looks.at_bars) for corners in bars.seen(part)]
    if not seen:
        seen = [('squares', one, code_looks.at_squares) for one in code_shapes.squares(part)]
    for symbology, corners, look in seen:
        code = look(part, corners) if len(unread) < MOST_UNREAD else None
        if code is None:
            unread.append((symbology, corners + at))
        else:
            found.append((code, corners + at))


def _squares(part: Image) -> list[Code]:
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


def _reading(grey: Image, code: zxingcpp.Barcode, corners: Points) -> Reading:
    """What a code says; a place without value where other looks at the same bars deny it."""
    name = bars.kind(code)
    score = SURE
    if name in LESS_CHECKED:
        score = borne_out(code, code_looks.support(grey, corners, code.text))
    if not score:
        return _unread('bars', corners)
    short = name.lower().replace(' ', '').replace('-', '')
    details: dict[str, Any] = {'symbology': _SHORT.get(short, short)}
    if code.content_type == zxingcpp.ContentType.GS1:
        details['gs1'] = gs1.elements(code.text)
    return Reading(
        kind='barcode',
        value=code.text,
        score=score,
        recogniser=NAME,
        box=_box(corners),
        details=details,
    )


def borne_out(code: zxingcpp.Barcode, seen: code_looks.Support) -> float:
    """How sure bars are whose own check is weak or missing; 0 where nothing bears them out."""
    has_check = bars.kind(code) == 'EAN-13' or gs1.is_trade_number(code.text)
    # A part of a longer ITF is an ITF as well.
    may_be_part = bars.kind(code) == 'ITF' and not has_check
    if seen.other >= max(1, seen.same) or (may_be_part and seen.goes_on):
        return 0.0
    if seen.same >= code_looks.ENOUGH:
        return SURE_WITH_CHECK if has_check else SURE_WITHOUT
    if seen.same:
        return HALF_SURE
    return UNSURE if gs1.is_trade_number(code.text) else 0.0


def _unread(symbology: str, corners: Points) -> Reading:
    details = {'symbology': symbology, 'error': UNREAD}
    return Reading(
        kind='barcode', value='', score=0.0, recogniser=NAME, box=_box(corners), details=details
    )


def _box(corners: Points) -> tuple[Point, ...]:
    return tuple((round(x), round(y)) for x, y in corners.tolist())


def _told_once(read_: list[Reading], told: list[Reading]) -> list[Reading]:
    """Each unread place once, and none where a code was read after all."""
    values = [one for one in read_ if one.value]
    kept: list[Reading] = []
    for one in [*(one for one in read_ if not one.value), *told]:
        middle = np.mean(one.box, axis=0).tolist()
        others = (np.array(other.box, np.float32) for other in [*values, *kept])
        if not any(cv2.pointPolygonTest(box, middle, False) >= 0 for box in others):
            kept.append(one)
    return kept


def _once(found: list[Code]) -> list[Code]:
    seen: dict[tuple[str, str], Code] = {}
    for code, corners in found:
        seen.setdefault((code.text, bars.kind(code)), (code, corners))
    return list(seen.values())
