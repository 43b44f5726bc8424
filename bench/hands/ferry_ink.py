"""How the ferry's hand prints: faces no other hand uses, a nozzle head, a cut stencil, a pen, dies.

Faces of fonts-urw-base35, fonts-lato, fonts-roboto-unhinted, fonts-inter, fonts-cantarell,
fonts-dejavu, fonts-liberation, fonts-noto-cjk and the OCR-B of fonts-ocr-b.
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
FACES = {
    'century': 'opentype/urw-base35/C059-Bold.otf',
    'bookman': 'opentype/urw-base35/URWBookman-Demi.otf',
    'palatino': 'opentype/urw-base35/P052-Bold.otf',
    'roman': 'opentype/urw-base35/NimbusRoman-Bold.otf',
    'gothic': 'opentype/urw-base35/URWGothic-Book.otf',
    'slanted': 'opentype/urw-base35/NimbusSans-BoldItalic.otf',
    'narrow': 'opentype/urw-base35/NimbusSansNarrow-Regular.otf',
    'heavy': 'truetype/lato/Lato-Heavy.ttf',
    'light': 'truetype/lato/Lato-Medium.ttf',
    'black': 'truetype/roboto/unhinted/RobotoTTF/Roboto-Black.ttf',
    'condensed': 'truetype/roboto/unhinted/RobotoCondensed-Regular.ttf',
    'display': 'opentype/inter/InterDisplay-SemiBold.otf',
    'round': 'opentype/cantarell/Cantarell-ExtraBold.otf',
    'mono': 'truetype/liberation/LiberationMono-Bold.ttf',
    'mono_oblique': 'truetype/dejavu/DejaVuSansMono-BoldOblique.ttf',
    'slab': 'truetype/dejavu/DejaVuSerifCondensed.ttf',
    'sharp': 'opentype/ocr-b/OCRBS.otf',
    'pen': 'opentype/urw-base35/Z003-MediumItalic.otf',
}
TYPE = tuple(name for name in FACES if name != 'pen')
STOUT = ('century', 'bookman', 'heavy', 'black', 'round', 'display', 'slanted')
CHINESE = ('opentype/noto/NotoSansCJK-Regular.ttc', 'opentype/noto/NotoSerifCJK-Regular.ttc')
NOZZLES = {
    '0': '3E5149453E',
    '1': '00427F4000',
    '2': '4261514946',
    '3': '2141454B31',
    '4': '1814127F10',
    '5': '2745454539',
    '6': '3C4A494930',
    '7': '0171090503',
    '8': '3649494936',
    '9': '064949291E',
    'A': '7E1111117E',
    'B': '7F49494936',
    'C': '3E41414122',
    'D': '7F4141221C',
    'E': '7F49494941',
    'F': '7F09090901',
    'G': '3E4149497A',
    'H': '7F0808087F',
    'I': '00417F4100',
    'J': '2040413F01',
    'K': '7F08142241',
    'L': '7F40404040',
    'M': '7F020C027F',
    'N': '7F0408107F',
    'O': '3E4141413E',
    'P': '7F09090906',
    'Q': '3E4151215E',
    'R': '7F09192946',
    'S': '4649494931',
    'T': '01017F0101',
    'U': '3F4040403F',
    'V': '1F2040201F',
    'W': '3F4038403F',
    'X': '6314081463',
    'Y': '0708700807',
    'Z': '6151494543',
    '/': '2010080402',
    '-': '0808080808',
    '.': '0060600000',
    ':': '0036360000',
    ',': '0050300000',
    '#': '147F147F14',
    '+': '08083E0808',
    '(': '001C224100',
    ')': '0041221C00',
    '_': '4040404040',
    ' ': '0000000000',
}
"""Five columns of seven dots, the lowest bit on top."""


@lru_cache(maxsize=256)
def _face(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(SHARED / path, size, layout_engine=ImageFont.Layout.BASIC)


def line(words: str, face: str, cap: int, chinese: int = 0, stretch: float = 1.0) -> Mask:
    """Words in a face whose capitals are so high; capitals stand from a third of that on."""
    high = -_face(FACES[face], 400).getbbox('H', anchor='ls')[1]
    fonts = {
        False: _face(FACES[face], max(6, round(cap * 400 / high))),
        True: _face(CHINESE[chinese], max(6, round(cap * 1.3))),
    }
    wide = sum(fonts[ord(mark) > 0x2000].getlength(mark) for mark in words)
    image = Image.new('L', (round(wide) + 8, round(1.8 * cap) + 4))
    pen, x = ImageDraw.Draw(image), 4.0
    for mark in words:
        font = fonts[ord(mark) > 0x2000]
        foot = round(1.33 * cap) + (round(0.08 * cap) if ord(mark) > 0x2000 else 0)
        pen.text((x, foot), mark, 255, font, anchor='ls')
        x += font.getlength(mark)
    mask = np.asarray(image)
    if stretch != 1:
        mask = cv2.resize(mask, None, fx=stretch, fy=1, interpolation=cv2.INTER_AREA)
    return mask


def nozzles(words: str, cap: int, rng: random.Random) -> Mask:
    """Dots of a nozzle head, a little out of step, one row of them weak now and then."""
    pitch, weak = max(3, round(cap / 6.4)), rng.randrange(14)
    image = np.zeros((round(1.8 * cap) + 4, (len(words) * 6 + 2) * pitch), np.uint8)
    for at, mark in enumerate(words.upper()):
        columns = bytes.fromhex(NOZZLES.get(mark, NOZZLES['-']))
        for column, bits in enumerate(columns):
            for row in range(7):
                if bits >> row & 1:
                    x = (at * 6 + column + 1) * pitch + rng.uniform(-0.1, 0.1) * pitch
                    y = cap / 3 + row * cap / 6.4 + rng.uniform(-0.1, 0.1) * pitch
                    level = 110 if row == weak else 255
                    cv2.circle(
                        image,
                        (round(x * 8), round(y * 8)),
                        round(pitch * 4.1),
                        level,
                        -1,
                        cv2.LINE_AA,
                        3,
                    )
    return image


def written(words: str, cap: int, rng: random.Random) -> Mask:
    """A pen: letters that dance a little about their line."""
    parts = [
        line(mark, 'pen', cap)
        if mark != ' '
        else np.zeros((round(1.8 * cap) + 4, cap // 2), np.uint8)
        for mark in words
    ]
    moved = []
    for part in parts:
        turn = cv2.getRotationMatrix2D(
            (part.shape[1] / 2, cap), rng.uniform(-5, 5), rng.uniform(0.93, 1.06)
        )
        turn[1, 2] += rng.uniform(-0.05, 0.05) * cap
        moved.append(cv2.warpAffine(part, turn, part.shape[::-1]))
    return np.hstack(moved)


def bridged(mask: Mask, cap: int) -> Mask:
    """A stencil: every closed shape is held by bridges, cut upright through each letter."""
    cut = mask.copy()
    count, _, stats, _ = cv2.connectedComponentsWithStats((mask > 90).astype(np.uint8))
    width = max(2, cap // 11)
    for left, top, wide, high, area in stats[1:count]:
        if wide > 0.35 * cap and high > 0.6 * cap and area > 0.2 * wide * high:
            middle = left + wide // 2 - width // 2
            cut[top : top + high, middle : middle + width] = 0
    return cut


def worn(mask: Mask, print_: str, cap: int, rng: random.Random) -> Mask:
    """The ink as this print leaves it."""
    noise = np.random.default_rng(rng.getrandbits(32))
    high, wide = mask.shape
    level = mask.astype(np.float32)
    if print_ == 'fade':  # a thermal head that is cold at one end
        ends = np.linspace(rng.uniform(0.5, 1), rng.uniform(0.5, 1), wide, dtype=np.float32)
        level *= ends[None, :]
    elif print_ == 'letterpress':  # the rim dark, the middle thin
        inner = cv2.GaussianBlur(level, (0, 0), max(1.0, cap / 18))
        level = np.clip(level * 1.15 - 0.35 * inner * (level > 128), 0, 255)
    elif print_ == 'stencil':  # sprayed: soft edges and speckle
        level = cv2.GaussianBlur(level, (0, 0), max(0.7, cap / 40))
        level *= 0.75 + 0.25 * noise.random((high, wide), np.float32)
    elif print_ == 'board':  # flutes of the board take less ink
        flutes = np.sin(np.arange(high, dtype=np.float32) * (2 * np.pi / max(5, cap / 4)))
        level *= 0.86 + 0.14 * flutes[:, None]
    return np.clip(level, 0, 255).astype(np.uint8)


def symbol(side: int, rng: random.Random) -> Mask:
    """The UN packaging symbol: u over n, each drawn as strokes, in a ring."""
    image = np.zeros((side, side), np.uint8)
    middle, bold = side / 2, max(2, round(side * rng.uniform(0.05, 0.09)))
    cv2.circle(image, (side // 2, side // 2), side // 2 - bold, 255, bold, cv2.LINE_AA)
    w, stroke = side * 0.13, max(2, round(side * 0.085))
    for sign, y in ((1, middle - side * 0.085), (-1, middle + side * 0.085)):
        bow = (round(middle), round(y - sign * w))
        cv2.ellipse(
            image,
            bow,
            (round(w), round(w)),
            0,
            0 if sign > 0 else 180,
            180 if sign > 0 else 360,
            255,
            stroke,
            cv2.LINE_AA,
        )
        for x in (middle - w, middle + w):
            cv2.line(
                image,
                (round(x), bow[1]),
                (round(x), round(bow[1] - sign * side * 0.1)),
                255,
                stroke,
                cv2.LINE_AA,
            )
    return image
