"""Pictures for people, made anew from the evidence: never the original bytes, no metadata."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import simplejpeg

from clearlane.model import Point
from clearlane.recognisers import pdf, picture
from clearlane.recognisers.reader import Unreadable

SMALL = 1000
"""A copy below this is for recognising a page, not for reading it."""
MARGIN = 0.35
"""A crop shows so much around its box, as a share of the box."""


def shown(data: bytes, long_side: int, quality: int = 82) -> bytes:
    """A JPEG of the upright picture whose longer side has at most so many pixels.

    Of a PDF the pages stand one below the other; a small copy shows the first.
    """
    if data[:5] == b'%PDF-':
        small = long_side < SMALL
        return _jpeg(
            _fitted(pdf.picture(data, 1) if small else pdf.whole(data), long_side), quality
        )
    return _jpeg(picture.small(data, long_side), quality)


def cropped(data: bytes, box: Sequence[Point], *, most: int = 700, quality: int = 80) -> bytes:
    """A JPEG of the part around a box, or of the whole where there is no box."""
    if not box:
        return shown(data, most, quality)
    pixels, box = _page(data, box) if data[:5] == b'%PDF-' else (picture.upright(data), box)
    height, width = pixels.shape[:2]
    xs, ys = [x for x, _ in box], [y for _, y in box]
    margin = round(MARGIN * max(min(max(xs) - min(xs), max(ys) - min(ys)), 20))
    left, right = max(0, min(xs) - margin), min(width, max(xs) + margin)
    top, bottom = max(0, min(ys) - margin), min(height, max(ys) + margin)
    if left >= right or top >= bottom:
        return shown(data, most, quality)
    return _jpeg(_fitted(pixels[top:bottom, left:right], most), quality)


def _page(data: bytes, box: Sequence[Point]) -> tuple[picture.Pixels, Sequence[Point]]:
    """The page of a PDF that a box begins on, and the box on it."""
    top = min(y for _, y in box)
    on = next((p for p in pdf.pages(data) if p.top <= top < p.top + p.height), None)
    if on is None:
        raise Unreadable('no_such_place', 'the PDF has no such place')
    return pdf.picture(data, on.number), [(x, y - on.top) for x, y in box]


def _fitted(pixels: picture.Pixels, most: int) -> picture.Pixels:
    height, width = pixels.shape[:2]
    scale = min(1.0, most / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def resaved(data: bytes, quality: int) -> bytes:
    """The same picture, saved anew: the same to the eye, other bytes."""
    return _jpeg(picture.upright(data), quality)


def _jpeg(pixels: picture.Pixels, quality: int) -> bytes:
    return bytes(simplejpeg.encode_jpeg(pixels.copy(order='C'), quality=quality, colorspace='BGR'))
