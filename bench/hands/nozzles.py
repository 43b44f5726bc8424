"""Print of the quay's hand: real printers' dots, cut stencils, branding, relief; Debian's faces.

Nothing of it is shared with the other hands: the dots are those of 5 x 7 and 12 nozzle heads,
the faces those of fonts-dejavu, fonts-lato, fonts-urw-base35 and fonts-noto-cjk.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Mask = np.ndarray

SHARED = Path('/usr/share/fonts')
FILES = {
    'lato': 'truetype/lato/Lato-Bold.ttf',
    'lato_light': 'truetype/lato/Lato-Regular.ttf',
    'nimbus': 'opentype/urw-base35/NimbusSans-Bold.otf',
    'nimbus_narrow': 'opentype/urw-base35/NimbusSansNarrow-Bold.otf',
    'nimbus_mono': 'opentype/urw-base35/NimbusMonoPS-Bold.otf',
    'gothic': 'opentype/urw-base35/URWGothic-Demi.otf',
    'dejavu': 'truetype/dejavu/DejaVuSans-Bold.ttf',
    'dejavu_mono': 'truetype/dejavu/DejaVuSansMono-Bold.ttf',
    'serif': 'truetype/dejavu/DejaVuSerif-Bold.ttf',
    'chinese': 'opentype/noto/NotoSansCJK-Bold.ttc',
    'chinese_serif': 'opentype/noto/NotoSerifCJK-Bold.ttc',
}

DOTS = {
    '0': '3e4141413e', '1': '00427f4000', '2': '4261514946', '3': '2141454b31', '4': '1814127f10',
    '5': '2745454539', '6': '3c4a494930', '7': '0171090503', '8': '3649494936', '9': '064949291e',
    'A': '7e1111117e', 'B': '7f49494936', 'C': '3e41414122', 'D': '7f4141221c', 'E': '7f49494941',
    'F': '7f09090901', 'G': '3e4149497a', 'H': '7f0808087f', 'I': '00417f4100', 'J': '2040413f01',
    'K': '7f08142241', 'L': '7f40404040', 'M': '7f020c027f', 'N': '7f0408107f', 'O': '3e4141413e',
    'P': '7f09090906', 'Q': '3e4151215e', 'R': '7f09192946', 'S': '4649494931', 'T': '01017f0101',
    'U': '3f4040403f', 'V': '1f2040201f', 'W': '3f4038403f', 'X': '6314081463', 'Y': '0708700807',
    'Z': '6151494543', '/': '2010080402', ':': '0036360000', '.': '0060600000', '-': '0808080808',
    ' ': '0000000000',
}  # fmt: skip
"""The characters of a head with 5 x 7 dots: five columns, the lowest bit at the top."""
SLASHED = '3e5149453e'


@lru_cache(maxsize=64)
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(SHARED / FILES[name], size, layout_engine=ImageFont.Layout.BASIC)


def plain(words: str, name: str, cap: int) -> Mask:
    """The words in a face, its capitals so many pixels high; Chinese words in a Chinese one."""
    if any(ord(letter) > 0x2000 for letter in words) and not name.startswith('chinese'):
        name = 'chinese'
    high = -_face(name, 400).getbbox('H', anchor='ls')[1]
    face = _face(name, max(5, round(cap * 400 / high)))
    left, top, right, foot = face.getbbox(words, anchor='ls')
    image = Image.new('L', (max(1, round(right - left)) + 4, max(1, round(foot - top)) + 4))
    ImageDraw.Draw(image).text((2 - left, 2 - top), words, 255, face, anchor='ls')
    return np.asarray(image)


def matrix(words: str, cap: int, rng: random.Random) -> Mask:
    """A head with 5 x 7 dots."""
    table = {**DOTS, '0': SLASHED if rng.random() < 0.35 else DOTS['0']}
    columns = [b''.join((bytes.fromhex(table[one]), b'\0')) for one in words.upper()]
    bits = np.array([[byte >> row & 1 for byte in b''.join(columns)] for row in range(7)], bool)
    return _sprayed(bits, cap / 7, rng)


def raster(words: str, cap: int, rng: random.Random) -> Mask:
    """A head with 12 or 16 nozzles, which prints a face dot by dot."""
    nozzles = rng.choice((12, 16))
    name = rng.choice(('nimbus_narrow', 'dejavu_mono', 'nimbus'))
    return _sprayed(plain(words, name, nozzles) > 120, cap / nozzles, rng)


def _sprayed(bits: np.ndarray, pitch: float, rng: random.Random) -> Mask:
    """Round drops, a little off their places; the belt's speed sets them apart across."""
    across, radius = pitch * rng.uniform(0.85, 1.25), pitch * rng.uniform(0.36, 0.52)
    noise = np.random.default_rng(rng.getrandbits(32))
    high, wide = bits.shape
    mask = np.zeros((round((high + 1) * pitch) + 4, round((wide + 1) * across) + 4), np.uint8)
    for row, column in np.argwhere(bits):
        x, y = (column + 0.9) * across, (row + 0.9) * pitch
        x, y = np.array([x, y]) + noise.normal(0, 0.06 * pitch, 2) + 2
        cv2.circle(mask, (round(x * 16), round(y * 16)), max(14, round(radius * 16)), 255, -1,
                   cv2.LINE_AA, 4)  # fmt: skip
    return mask


def plate(words: str, cap: int, rng: random.Random) -> Mask:
    """A cut stencil: two bridges hold every counter, so that letters fall into two halves."""
    name = rng.choice(('nimbus', 'dejavu', 'nimbus_narrow', 'serif'))
    half, at = max(1, round(cap * rng.uniform(0.035, 0.06))), rng.choice((0.5, 0.5, 0.42))
    parts = []
    for letter in words:
        drawn = plain(f'|{letter}|', name, cap)
        edge = plain('|', name, cap).shape[1]
        mask = drawn[:, edge - 2 : drawn.shape[1] - edge + 2].copy()
        if letter.upper() in 'ABDOPQR04689CGSU35VXN':
            middle = round(mask.shape[1] * at)
            mask[:, max(0, middle - half) : middle + half] = 0
        parts.append(mask)
    low = min(part.shape[0] for part in parts)
    return np.concatenate([part[:low] for part in parts], axis=1)


def brand(words: str, cap: int, rng: random.Random) -> Mask:
    """Burnt into wood: thick, uneven strokes with soft edges."""
    mask = plain(words, rng.choice(('nimbus', 'gothic')), cap)
    thick = cv2.dilate(np.pad(mask, cap // 6), np.ones((max(1, cap // 22),) * 2))
    drawn = np.random.default_rng(rng.getrandbits(32))
    noise = drawn.random((thick.shape[0] // 6 + 2, thick.shape[1] // 6 + 2))
    burnt = cv2.resize(noise.astype(np.float32), thick.shape[1::-1]) * 0.5 + 0.6
    return cv2.GaussianBlur((thick * burnt.clip(0, 1)).astype(np.uint8), (0, 0), cap * 0.035)


def stacked(words: str, cap: int) -> Mask:
    """Chinese characters one below the other."""
    parts = [plain(letter, 'chinese', cap) for letter in words]
    wide, pitch = max(part.shape[1] for part in parts), round(cap * 1.45)
    mask = np.zeros((pitch * len(parts) + cap, wide), np.uint8)
    for index, part in enumerate(parts):
        left, top = (wide - part.shape[1]) // 2, round(index * pitch + (pitch - part.shape[0]) / 2)
        top = max(0, top)
        mask[top : top + part.shape[0], left : left + part.shape[1]] |= part
    return mask


def text(words: str, print_: str, cap: int, rng: random.Random) -> Mask:
    """The words in this print, their capitals so many pixels high."""
    if print_ == 'matrix' and all(one in DOTS for one in words.upper()):
        return matrix(words, cap, rng)
    if print_ == 'matrix':
        return plain(words, 'chinese', cap)
    made = {'raster': raster, 'plate': plate, 'brand': brand}.get(print_)
    chinese = any(ord(letter) > 0x2000 for letter in words)
    return plain(words, print_, cap) if made is None or chinese else made(words, cap, rng)
