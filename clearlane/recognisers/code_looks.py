"""A second look at what is plainly a code and gave no value: straightened, in other lights.

Each look mends one fault: gaps of the print head, grain, a soft lens, faint or uneven print,
light on dark, rows that bend or lean. They are few, and only for places that look like a code.
Squares carry enough of their own check for one look to count; of bars several have to agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from clearlane.recognisers import bars

MARGIN = 0.3
"""So much of its side is shown around a code."""

PIECES = 5
"""Rows of bars are cut into so many pieces that may be off against each other."""

STEP = 5
"""By so many pixels a piece may be off against the next."""

ENDS = 4 * STEP
"""So many pixels at both ends are left out where pieces are compared."""

ALIKE = 0.6
"""How well a piece has to agree with the middle one to count."""

SHARPER = (0.0, 1.0, 2.0, 4.0)
"""How strongly the profiles of bars are sharpened."""

WINDOWS = (24, 12)
"""Within so many pixels bars are stretched from black to white; less where light is uneven."""

DEEPER = 2.5
"""The blur, in pixels of the picture, that the strongest sharpening undoes."""

BESIDE = 0.15
"""The share of their length that is looked at beside bars, for their quiet zones."""

BEYOND, STROKES = 0.4, 4
"""The share of their length beyond bars where so many strokes and gaps are more bars."""

LARGE_STRIP = 400
"""Pixels from which on a strip of bars is looked at half as large too."""

ENOUGH = 3
"""So many looks that say one thing are enough."""

LEAST_SQUARES = 3
"""So many characters squares say at least: fewer may be noise."""

SQUARES = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Aztec,
])  # fmt: skip

LOCAL, WHOLE = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Profile = NDArray[np.float32]


def at_squares(part: Image, corners: Points) -> zxingcpp.Barcode | None:
    """The code of squares with these corners in a part of a picture, if any look reads it."""
    for shown, how in _lit_squares(part, corners):
        for inverted in (False, True):
            found = zxingcpp.read_barcodes(
                np.ascontiguousarray(255 - shown if inverted else shown),
                formats=SQUARES, try_rotate=False, try_invert=False, binarizer=how,
            )  # fmt: skip
            right = [one for one in found if one.valid and len(one.text) >= LEAST_SQUARES]
            if right:
                return right[0]
    return None


def _lit_squares(part: Image, corners: Points) -> Iterator[tuple[Image, zxingcpp.Binarizer]]:
    """The straightened code in one light after the other, those that help most often first."""
    plain, double, triple = (_straight(part, corners, enlarged) for enlarged in (1, 2, 3))
    square = np.ones((5, 5), np.uint8)
    yield np.asarray(cv2.erode(triple, square), np.uint8), LOCAL
    yield sharpened(double, 2), LOCAL
    yield np.asarray(cv2.GaussianBlur(plain, (0, 0), 0.9), np.uint8), LOCAL
    yield np.asarray(cv2.erode(double, square), np.uint8), WHOLE
    yield np.asarray(cv2.createCLAHE(3.0, (4, 4)).apply(plain), np.uint8), WHOLE
    yield np.asarray(cv2.medianBlur(plain, 3), np.uint8), LOCAL
    yield np.asarray(cv2.GaussianBlur(double, (0, 0), 3), np.uint8), LOCAL
    yield np.asarray(cv2.dilate(double, np.ones((3, 3), np.uint8)), np.uint8), LOCAL
    yield _deblurred(_evenly_lit(double), 2 * DEEPER), LOCAL


def _straight(part: Image, corners: Points, enlarged: int) -> Image:
    """The code upright and so many times as large, with a margin."""
    middle = corners.mean(axis=0)
    around = (middle + (corners - middle) * (1 + MARGIN)).astype(np.float32)
    wide = round(float(np.linalg.norm(around[1] - around[2])) * enlarged)
    high = round(float(np.linalg.norm(around[0] - around[1])) * enlarged)
    there = np.array([[0, high], [0, 0], [wide, 0], [wide, high]], np.float32)
    turn = cv2.getPerspectiveTransform(around, there)
    flat = cv2.warpPerspective(
        part, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(flat, np.uint8)


def sharpened(shown: Image, blur: float) -> Image:
    """The same with edges so wide, in pixels, made steeper."""
    soft = cv2.GaussianBlur(shown, (0, 0), blur)
    return np.asarray(cv2.addWeighted(shown, 2.5, soft, -1.5, 0), np.uint8)


def _evenly_lit(shown: Image) -> Image:
    grey, near = shown.astype(np.float32), max(shown.shape) / 8
    lit = grey - cv2.GaussianBlur(grey, (0, 0), near)
    strength = np.sqrt(cv2.GaussianBlur(lit * lit, (0, 0), near))
    return np.asarray(np.clip(128 + 80 * lit / (strength + 3), 0, 255), np.uint8)


def _deblurred(shown: Image, blur: float) -> Image:
    """What a lens so soft would have shown like this (Richardson 1972, Lucy 1974)."""
    seen = shown.astype(np.float32) + 5
    guess = seen.copy()
    for _ in range(15):
        ratio = seen / np.maximum(cv2.GaussianBlur(guess, (0, 0), blur), 1)
        guess *= cv2.GaussianBlur(ratio, (0, 0), blur)
    return np.asarray(np.clip(guess - 5, 0, 255), np.uint8)


def at_bars(part: Image, corners: Points) -> zxingcpp.Barcode | None:
    """The code of bars with these corners in a part of a picture, if enough looks agree on it."""
    for strip in _strips(part, corners):
        for shown in (strip, 255 - strip):
            code = bars.agreed(
                code for profile in _profiles(np.asarray(shown))
                for strength, window in [*((one, WINDOWS[0]) for one in SHARPER), (0.0, WINDOWS[1])]
                for code in bars.of_profile(bars.sharpened(profile, strength, window))
            )  # fmt: skip
            if code is not None:
                return code
    return None


def _strips(part: Image, corners: Points) -> Iterator[Profile]:
    """The bars upright, as large as they are, and half as large as long as that is large.

    Near to the camera a stroke is wider than the window in which a profile is drawn out.
    """
    strip = _strip(part, corners)
    while True:
        yield strip
        if strip.shape[1] < LARGE_STRIP:
            return
        size = (strip.shape[1] // 2, max(3 * PIECES, len(strip) // 2))
        strip = np.asarray(cv2.resize(strip, size, interpolation=cv2.INTER_AREA), np.float32)


def _strip(part: Image, corners: Points) -> Profile:
    """The bars upright, as large as they are."""
    long, high = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    size = (round(float(long)), max(3 * PIECES, round(float(high))))
    there = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), there)
    flat = cv2.warpPerspective(
        part, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(flat, np.float32)


@dataclass(frozen=True)
class Support:
    """How many looks at bars say the same as the first, how many another thing, and whether
    more bars stand beyond their ends."""

    same: int
    other: int
    goes_on: bool = False


def support(part: Image, corners: Points, text: str) -> Support:
    """What other looks say of bars that were read as `text`, by their corners."""
    same = other = 0
    for strip in _strips(part, _longer(corners, BESIDE)):
        looks = (
            code.text
            for shown in (strip, 255 - strip)
            for profile in _profiles(np.asarray(shown, np.float32))
            for strength in SHARPER
            for code in bars.of_profile(bars.sharpened(profile, strength))
        )
        for said in looks:
            same, other = same + (said == text), other + (said != text)
            if max(same, other) >= ENOUGH:
                break
        if same or other:
            break
    return Support(same, other, _goes_on(part, corners))


def _longer(corners: Points, share: float) -> Points:
    """The corners so much of the bars' length further out at both ends."""
    along, down = (corners[1] - corners[0]) * share, (corners[2] - corners[3]) * share
    return np.asarray(corners + np.array([-along, along, down, -down]), np.float64)


def _goes_on(part: Image, corners: Points) -> bool:
    """Whether there are several strokes where a longer code would go on."""
    mean = bars.even(_strip(part, _longer(corners, BEYOND)).mean(axis=0))
    outer = round(len(mean) * 0.95 * BEYOND / (1 + 2 * BEYOND))
    return max(len(bars.widths_of(end)) for end in (mean[:outer], mean[-outer:])) >= STROKES


def _profiles(strip: Profile) -> Iterator[Profile]:
    """What the rows say: thirds of them with their pieces aligned, the darker and the lighter."""
    third = len(strip) // 3
    for at in range(3):
        yield _aligned(strip[at * third : (at + 1) * third])
    for share in (25, 75):
        yield np.asarray(np.percentile(strip, share, axis=0), np.float32)


def _aligned(strip: Profile) -> Profile:
    """The mean of the rows, piece by piece moved to where it agrees with the middle piece."""
    pieces = [piece.mean(axis=0) for piece in np.array_split(strip, PIECES) if len(piece)]
    half = len(pieces) // 2
    kept = [pieces[half]]
    if len(kept[0]) <= 2 * ENDS:
        return np.asarray(strip.mean(axis=0), np.float32)
    for way in (pieces[half + 1 :], pieces[:half][::-1]):
        off = 0
        for piece in way:
            # The ends aside, which the pieces may be off by.
            first, last = ENDS - off - STEP, len(piece) - ENDS - off + STEP
            alike = bars.likeness(piece[first:last], pieces[half][ENDS:-ENDS])
            best = int(alike.argmax())
            off += STEP - best
            if alike[best] > ALIKE:
                kept.append(np.roll(piece, off))
    return np.asarray(np.mean(kept, axis=0), np.float32)
