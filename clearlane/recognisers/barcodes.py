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

from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from clearlane.model import Point, Reading
from clearlane.recognisers import bars, code_looks, code_shapes, gs1
from clearlane.recognisers.busy import PLACES, Grey, Place, busy_places, density
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import holds

NAME = 'barcode/4'

SMALL = 1600
"""A picture with a longer side below this is searched whole at once."""

SMALL_PART = 500
"""A place whose longer side is below this is enlarged: its code has few pixels a module."""

LARGE_PART = 800
"""A place whose longer side is above this is searched in pieces, and halved."""

FIRST = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.ITF,
])  # fmt: skip
"""What is looked for at first, each of which costs time, as the picture stands: bars that run
down, and a DataMatrix that shows its edge on another side, are found close up."""

EITHER_WAY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix])
"""What is looked for in the turned picture too where few places stand out: in the dark and in
fog a code may be none of them."""

PATTERNS = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Aztec,
])  # fmt: skip

FAINT_PLACES = 4
"""So many pale places are looked at after the busy ones."""

EDGE = 24
"""Bars that come so near to the edge of a part, in pixels, may go on beyond it."""

LONGER = 1.5
"""They are looked for so many times their length further at either end."""

MOST_UNREAD = 4
"""After so many vain looks in one picture the others are only told."""

STRIPED = 0.3
"""With its strokes so much in one direction a place may hold bars."""

SURE = 0.99
"""As sure is what checks itself: squares by their error correction, Code 128 by its check."""

LESS_CHECKED = ('EAN-13', 'ITF', 'Code 39')
"""Bars of which one in ten errors passes the check, or every one."""

SURE_WITH_CHECK, SURE_WITHOUT, HALF_SURE, UNSURE = 0.98, 0.96, 0.85, 0.6
"""As sure are those: with a check digit, without one, borne out by fewer looks, by none.
Measured on drawn codes, docs/models/codes.md."""

LEAST_ROWS = 2
"""So many rows of the small copy bars are read in at least; others are looked at closely."""

UNREAD = 'a code is here that could not be read'

_SHORT = {'qrcode': 'qr', 'microqrcode': 'micro_qr', 'rmqrcode': 'rmqr'}

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

Code = tuple[zxingcpp.Barcode, Points]
"""A code that was read, and its corners."""


def read(image: Image | Pyramid, *, glance: bool = False) -> list[Reading]:
    """The barcodes in an upright BGR picture, each once; at a `glance` no place is looked at again,
    so that what is small, dim or askew goes unread, and untold."""
    picture = Pyramid(image)
    grey = Grey(picture.level(0))
    scale = 1 if max(grey.shape) < SMALL else 2
    small = np.asarray(cv2.cvtColor(picture.level(scale - 1), cv2.COLOR_BGR2GRAY), np.uint8)
    seen = _codes(small, FIRST, rotate=False)
    found = [(code, _corners(code) * scale) for code in seen]
    unread: list[tuple[str, Points]] = []
    known = [_corners(code).tolist() for code in seen]
    dense = density(small)
    busy = busy_places(dense, known)
    if len(busy) < PLACES:
        seen = _codes(small, EITHER_WAY, rotate=True)
        found += [(code, _corners(code) * scale) for code in seen]
    looked = grey, small, scale
    for place in busy:
        near = place.scaled(scale, grey.shape)
        found += _bars(grey.part(near), near)
    if not glance:
        faint = busy_places(dense, [*known, *(place.corners for place in busy)], faint=True)
        for place in (*busy, *faint[:FAINT_PLACES]):
            _look_again(looked, place, found, unread)
    readings = [_reading(grey, code, corners) for code, corners in _once(found)]
    told = [_unread(symbology, corners) for symbology, corners in unread]
    return [*(one for one in readings if one.value), *_told_once(readings, told)]


def _bars(part: Image, place: Place) -> list[Code]:
    """The codes of bars in a part of the picture, by their profile."""
    if bars.coherence(part) < STRIPED:
        return []
    at = np.array([place.left, place.top], np.float64)
    return [(code, corners + at) for code, corners in bars.read(part)]


def _look_again(
    looked: tuple[Grey, Image, int],
    place: Place,
    found: list[Code],
    unread: list[tuple[str, Points]],
) -> None:
    """Add what looks like a code in a place to those found, or to the unread.

    Squares first, in the whole of a small place or in each piece that may hold them. Then piece
    by piece, as codes stand beside each other and beside words; where one is seen and not read,
    with all that is around it. `looked` holds the picture, its small copy, and how many times
    smaller that is.
    """
    grey, small, scale = looked
    wide, before = place.wider(small.shape), len(unread)
    whole = place.scaled(scale, grey.shape)
    boxes = [
        Place(wide.left + left, wide.top + top, wide.left + right, wide.top + bottom)
        for left, top, right, bottom in code_shapes.pieces(small[wide.rows, wide.columns])
    ]
    pieces = [box.scaled(scale, grey.shape) for box in boxes]
    pieces = [piece for piece in pieces if not _holds_one(piece, found)]
    in_whole = max(whole.right - whole.left, whole.bottom - whole.top) < LARGE_PART
    squares = [_may_be_squares(grey, piece) for piece in pieces]
    alone = not boxes or not found
    if in_whole and (any(squares) or (alone and _may_be_squares(grey, whole))):
        _read_squares(grey, whole, found)
    for piece, may_be in zip(pieces, squares, strict=True):
        around = piece.wider(grey.shape)
        if may_be and not in_whole:
            _read_squares(grey, around, found)
        if not _holds_one(piece, found):
            _look_at(grey, around, found, unread, squares=may_be)
    if len(unread) > before:
        around = whole.wider(grey.shape)
        _look_at(grey, around, found, unread)
        # A gap in the bars may have parted one code into two places.
        at = np.array([around.left, around.top], np.float64)
        plain = _codes(grey.part(around), bars.FORMATS, rotate=True)
        found += [(code, _corners(code) + at) for code in plain]


def _may_be_squares(grey: Grey, place: Place) -> bool:
    return code_shapes.may_be_squares(grey.part(place))


def _holds_one(place: Place, found: list[Code]) -> bool:
    return any(place.holds(corners.tolist()) for _, corners in found)


def _read_squares(grey: Grey, place: Place, found: list[Code]) -> None:
    at = np.array([place.left, place.top], np.float64)
    read_ = _squares(grey.part(place))
    found += [(code, corners + at) for code, corners in read_]


def _look_at(
    grey: Grey,
    place: Place,
    found: list[Code],
    unread: list[tuple[str, Points]],
    *,
    squares: bool = True,
) -> None:
    """Add what looks like a code here to those found, or to the unread."""
    part = grey.part(place)
    at = np.array([place.left, place.top], np.float64)
    seen = [('bars', corners, code_looks.at_bars) for corners in bars.seen(part)]
    if squares and not seen:
        seen = [('squares', one, code_looks.at_squares) for one in code_shapes.squares(part)]
    for symbology, corners, look in seen:
        again = len(unread) < MOST_UNREAD
        code = look(part, corners) if again else None
        cut = again and code is None and symbology == 'bars' and _runs_out(corners, part.shape)
        if cut and (longer := _read_longer(grey, corners + at)):
            found += longer
        elif code is None:
            unread.append((symbology, corners + at))
        else:
            found.append((code, corners + at))


def _runs_out(corners: Points, shape: tuple[int, ...]) -> bool:
    """Whether bars reach an edge of the part in which they are seen."""
    ends = np.array([corners[[0, 3]].mean(axis=0), corners[[1, 2]].mean(axis=0)])
    room = np.minimum(ends, np.array(shape[1::-1]) - ends).min()
    return bool(room < EDGE)


def _read_longer(grey: Grey, corners: Points) -> list[Code]:
    """The codes of bars of which these ones are a part, however they go on at either end."""
    along = LONGER * (corners[1] - corners[0])
    points = np.concatenate([corners - along, corners + along])
    left, top = np.maximum(points.min(axis=0) - EDGE, 0).astype(int).tolist()
    right, foot = np.minimum(points.max(axis=0) + EDGE, grey.shape[1::-1]).astype(int).tolist()
    part = grey.part(Place(left, top, right, foot))
    return [(code, where + np.array([left, top])) for code, where in bars.read(part)]


def _squares(part: Image) -> list[Code]:
    """The codes of squares in a part of the picture: enlarged where it is small, or sharpened."""
    shown, scale = part, 1.0
    if max(part.shape) < SMALL_PART:
        shown = np.asarray(cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
        scale = 0.5
    elif max(part.shape) > LARGE_PART:
        half = (part.shape[1] // 2, part.shape[0] // 2)
        part = shown = np.asarray(cv2.resize(part, half, interpolation=cv2.INTER_AREA), np.uint8)
        scale = 2.0
    found = _codes(shown, PATTERNS, rotate=True, invert=True)
    if not found:
        # Sharpened print has more false edges to follow; enlarged as well it would cost thrice.
        scale = max(1.0, scale)
        found = _codes(code_looks.sharpened(part, 1), PATTERNS, rotate=True)
    return [(code, _corners(code) * scale) for code in found]


def _codes(
    grey: Image, formats: zxingcpp.BarcodeFormats, *, rotate: bool, invert: bool = False
) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(grey), formats=formats, try_invert=invert, try_rotate=rotate
    )
    return [code for code in found if code.valid and code.text and not _is_noise(code)]


def _is_noise(code: zxingcpp.Barcode) -> bool:
    if code.format in PATTERNS:
        return False
    top_left, _, _, foot_left = _corners(code)
    # Bars of which hardly a row gave the value may have passed their check by chance.
    in_one_row = float(np.linalg.norm(foot_left - top_left)) < LEAST_ROWS
    return in_one_row or (bars.kind(code) in bars.UNCHECKED and bars.may_be_noise(code))


def _corners(code: zxingcpp.Barcode) -> Points:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float64)


def _reading(grey: Grey, code: zxingcpp.Barcode, corners: Points) -> Reading:
    """What a code says; a place without value where other looks at the same bars deny it."""
    name = bars.kind(code)
    score = SURE
    if name in LESS_CHECKED:
        score = borne_out(code, code_looks.support(grey.whole, corners, code.text))
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
        middle = np.mean(one.box, axis=0)
        if not any(holds(other.box, middle) for other in [*values, *kept]):
            kept.append(one)
    return kept


def _once(found: list[Code]) -> list[Code]:
    seen: dict[tuple[str, str], Code] = {}
    for code, corners in found:
        seen.setdefault((code.text, bars.kind(code)), (code, corners))
    return list(seen.values())
