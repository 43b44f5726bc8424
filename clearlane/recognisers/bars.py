"""Bars that a look at the picture did not read: turned level, averaged along, read as one line.

Every row through a code of bars says the same, so their mean has far less noise than
any of them. A reader that is shown such a mean cannot check one row against another;
so a value counts only if two parts of the code, or two ways to sharpen it, agree on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

UNCHECKED = ('Code 39', 'ITF')
"""Bars without a check digit of their own: what is short in them may be noise."""

LEAST, LEAST_UNCHECKED = 4, 6
"""So many characters bars say at least, and those without a check digit."""

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Profile = NDArray[np.float32]

Band = tuple[int, int, int, int]
"""Top, foot, left and right of bars."""

FORMATS = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.ITF,
])  # fmt: skip

AGREE = {'Code 128': 2}
AGREE_ELSE = 3
"""So many readings have to say the same, and more than twice as many as say anything else: the
check of Code 128 lets one error in a hundred through, that of EAN-13 one in ten."""

MOST = 3
"""So many rows of bars are looked at, the highest first."""

ENLARGED = 4
"""A profile is drawn out so many times before it is read."""

SHARPER = (0.0, 1.0, 2.0, 4.0)
"""How strongly a profile is sharpened: not, against a soft lens, against motion."""


SEEN = 0.45
"""How far strokes run one way at least where bars are seen, fine grain aside."""

SEEN_BARS, SEEN_ROWS = 14, 20
"""So many strokes and gaps, and so many rows, bars have at least."""

SAME_ROWS = 0.87
"""How well the rows at the top and at the foot agree with those in the middle; words do not."""

UNEVEN = 0.4
"""How much widths of strokes, and of gaps, differ at least; those of a hatch do not."""


def coherence(part: Image) -> float:
    """How far all strokes run one way: 1 for bars, 0 for squares and print."""
    xx, yy, xy = _tensor(part)
    return float(np.hypot(xx - yy, 2 * xy) / max(xx + yy, 1e-6))


def read(part: Image) -> list[tuple[zxingcpp.Barcode, Points]]:
    """The code of bars in a part of a picture with its corners there, or nothing."""
    xx, yy, xy = _tensor(part)
    angle = 0.5 * np.degrees(np.arctan2(2 * xy, xx - yy))
    level, turn = _levelled(part, angle)
    back = cv2.invertAffineTransform(turn)
    soft = cv2.GaussianBlur(level, (0, 0), 2)
    plain = _codes(level) or _codes(np.asarray(cv2.addWeighted(level, 2.5, soft, -1.5, 0)))
    found = [(code, _corners(code)) for code in plain]
    for band in _bands(level)[:MOST]:
        if not any(_crosses(band, corners) for _, corners in found):
            found += _averaged(level, band)
    return [(code, corners @ back[:, :2].T + back[:, 2]) for code, corners in found]


def seen(part: Image) -> list[Points]:
    """The corners of what looks like a code of bars, read or not."""
    soft = np.asarray(cv2.GaussianBlur(part, (0, 0), 1), np.uint8)
    xx, yy, xy = _tensor(soft)
    if np.hypot(xx - yy, 2 * xy) < SEEN * (xx + yy):
        return []
    level, turn = _levelled(soft, 0.5 * np.degrees(np.arctan2(2 * xy, xx - yy)))
    back = cv2.invertAffineTransform(turn)
    found = [_corners_of(band) for band in _bands(level)[:MOST] if _are_bars(level, band)]
    return [corners @ back[:, :2].T + back[:, 2] for corners in found]


def _are_bars(level: Image, band: Band) -> bool:
    """Whether all rows say the same, in many strokes and gaps of uneven widths."""
    top, foot, left, right = band
    if foot - top < SEEN_ROWS:
        return False
    strip = level[top:foot, left:right].astype(np.float32)
    third = len(strip) // 3
    upper, middle, lower = (
        even(strip[at * third : (at + 1) * third].mean(axis=0)) for at in range(3)
    )
    widths = widths_of(even(strip.mean(axis=0)))
    if len(widths) < SEEN_BARS or min(_agree(upper, middle), _agree(lower, middle)) < SAME_ROWS:
        return False
    return min(_spread(widths[0::2]), _spread(widths[1::2])) >= UNEVEN


def even(mean: Profile) -> Profile:
    """A profile about nought, its light evened out."""
    soft = cv2.GaussianBlur(mean[None], (0, 0), 0.8)
    lit = soft - cv2.blur(soft, (41, 1))
    strength = np.sqrt(np.maximum(cv2.blur(lit * lit, (41, 1)), 0))
    return np.asarray((lit / (strength + 0.6 * lit.std() + 1e-3))[0], np.float32)


def _agree(one: Profile, other: Profile) -> float:
    """How well two profiles agree; the bars may lean a little."""
    lean = 8
    return float(likeness(one, other[lean:-lean]).max())


def likeness(profile: Profile, part: Profile) -> Profile:
    """How well a shorter profile agrees with each part of a longer one, from -1 to 1."""
    parts = np.lib.stride_tricks.sliding_window_view(profile, len(part))
    parts, part = parts - parts.mean(axis=1, keepdims=True), part - part.mean()
    scale = np.linalg.norm(parts, axis=1) * np.linalg.norm(part)
    return np.asarray(parts @ part / np.maximum(scale, 1e-6), np.float32)


def widths_of(profile: Profile) -> NDArray[np.int64]:
    """The widths of strokes and gaps by turns, faint ones aside."""
    clear = np.flatnonzero(np.abs(profile) > 0.3)
    changes = np.diff(np.sign(profile[clear])) != 0
    return np.asarray(np.diff(clear[1:][changes]), np.int64)


def _spread(widths: NDArray[np.int64]) -> float:
    low, middle, high = np.percentile(widths, (15, 50, 85))
    return float((high - low) / middle)


def _crosses(band: Band, corners: Points) -> bool:
    """Whether a code that is read already lies in these rows."""
    return bool(band[0] < corners[:, 1].mean() < band[1])


def _averaged(level: Image, band: Band) -> list[tuple[zxingcpp.Barcode, Points]]:
    """The code of these bars by the mean of their rows, once two readings agree on it."""
    top, foot, left, right = band
    profiles = _profiles(level[top:foot, left:right].astype(np.float32))
    code = agreed(code for profile in profiles for code in of_profile(profile))
    return [(code, _corners_of(band))] if code is not None else []


def agreed(codes: Iterable[zxingcpp.Barcode]) -> zxingcpp.Barcode | None:
    """The first code that enough looks at the same bars agree on."""
    said: Counter[str] = Counter()
    for code in codes:
        said[code.text] += 1
        others = max((n for text, n in said.items() if text != code.text), default=0)
        if said[code.text] >= max(AGREE.get(kind(code), AGREE_ELSE), 2 * others + 1):
            return code
    return None


def _corners_of(band: Band) -> Points:
    top, foot, left, right = band
    return np.array([[left, top], [right, top], [right, foot], [left, foot]], np.float64)


def _codes(level: Image) -> list[zxingcpp.Barcode]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(level), formats=FORMATS, try_invert=False, try_rotate=False
    )
    return [code for code in found if code.valid and not may_be_noise(code)]


def _corners(code: zxingcpp.Barcode) -> Points:
    place = code.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float64)


def _tensor(part: Image) -> tuple[float, float, float]:
    across = cv2.Sobel(part, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(part, cv2.CV_32F, 0, 1)
    pairs = ((across, across), (down, down), (across, down))
    xx, yy, xy = (float(np.vdot(one, other)) / part.size for one, other in pairs)
    return xx, yy, xy


def _levelled(part: Image, angle: float) -> tuple[Image, NDArray[np.float64]]:
    """The part turned so that its bars stand upright, and the turn."""
    height, width = part.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    c, s = abs(turn[0, 0]), abs(turn[0, 1])
    size = (int(width * c + height * s), int(width * s + height * c))
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    level = cv2.warpAffine(part, turn, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level, np.uint8), np.asarray(turn, np.float64)


def _bands(level: Image) -> list[Band]:
    """The rows of bars with a quiet zone at both sides; codes may stand one below the other."""
    steps = cv2.absdiff(level[:, 1:], level[:, :-1]).astype(np.float32)
    rows = np.convolve(steps.mean(axis=1), np.ones(9) / 9, mode='same')
    edges = np.flatnonzero(np.diff(np.r_[0, rows > 0.6 * rows.max(), 0].astype(np.int8)))
    runs = edges.reshape(-1, 2).tolist()
    found = (_trimmed(steps, top, foot) for top, foot in runs if foot - top >= 8)
    bands = [band for band in found if band is not None]
    return sorted(bands, key=lambda band: band[0] - band[1])


def _trimmed(steps: Profile, top: int, foot: int) -> Band | None:
    """The rows without those at the edge, and from where to where they are busy."""
    trim = (foot - top) // 8
    top, foot = top + trim, foot - trim
    columns = np.convolve(steps[top:foot].mean(axis=0), np.ones(15) / 15, mode='same')
    busy = np.flatnonzero(columns > 0.25 * columns.max())
    if len(busy) < 40:
        return None
    left, right = int(busy[0]), int(busy[-1])
    quiet = max(12, (right - left) // 8)
    return top, foot, max(0, left - quiet), min(steps.shape[1] + 1, right + quiet)


def _profiles(strip: Profile) -> Iterator[Profile]:
    """The mean of the rows, and of some of them, each sharpened more and more."""
    third = max(1, len(strip) // 3)
    means = [
        strip.mean(axis=0), strip[:third].mean(axis=0), strip[third : 2 * third].mean(axis=0),
        strip[-third:].mean(axis=0),
    ]  # fmt: skip
    for strength in SHARPER:
        for mean in means:
            yield sharpened(mean, strength)


def sharpened(mean: Profile, strength: float, window: int = 24) -> Profile:
    """A profile drawn out and sharpened, from black to white within so many pixels everywhere."""
    large = cv2.resize(
        mean[None].astype(np.float32), None, fx=ENLARGED, fy=1, interpolation=cv2.INTER_CUBIC
    )
    if strength:
        soft = cv2.GaussianBlur(large, (0, 0), 1.6 * ENLARGED, sigmaY=0.1)
        large = large + strength * (large - soft)
    near = np.ones((1, window * ENLARGED), np.uint8)
    low, high = cv2.erode(large, near), cv2.dilate(large, near)
    spread = np.maximum(high - low, 0.25 * float((high - low).max()) + 1)
    # Counted from the bright end, so that the quiet zones beside the bars stay white.
    return np.asarray(255 - (high - large) / spread * 255, np.float32)


def of_profile(profile: Profile) -> list[zxingcpp.Barcode]:
    """The codes in one row of bars, dark on light."""
    line = np.clip(profile, 0, 255).astype(np.uint8)
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(np.repeat(line, 24, axis=0)),
        formats=FORMATS, try_invert=False, try_rotate=False, try_downscale=False,
        binarizer=zxingcpp.Binarizer.GlobalHistogram,
    )  # fmt: skip
    return [code for code in found if code.valid and not may_be_noise(code)]


def kind(code: zxingcpp.Barcode) -> str:
    """The name of the symbology."""
    return str(code.format).rpartition('.')[2]


def may_be_noise(code: zxingcpp.Barcode) -> bool:
    """Whether bars say so little that edges of another thing may say it by chance."""
    return len(code.text) < (LEAST_UNCHECKED if kind(code) in UNCHECKED else LEAST)
