"""Print of the other hands: laser and thermal labels, typewriter, stencil, dot matrix.

Text is drawn as a mask (0 no ink, 255 full ink) so high as asked, whatever the print.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from clearlane.sample.fonts import HOME

Mask = np.ndarray

FILES = {
    'narrow': 'oswald/500Medium/Oswald_500Medium.ttf',
    'typewriter': 'courier-prime/700Bold/CourierPrime_700Bold.ttf',
    'worn_type': 'special-elite/400Regular/SpecialElite_400Regular.ttf',
    'technical': 'share-tech-mono/400Regular/ShareTechMono_400Regular.ttf',
    'slanted': 'arimo/500Medium_Italic/Arimo_500Medium_Italic.ttf',
    'thin': 'oswald/300Light/Oswald_300Light.ttf',
    'cockpit': 'b612-mono/400Regular/B612Mono_400Regular.ttf',
    'regular_type': 'courier-prime/400Regular/CourierPrime_400Regular.ttf',
    'pixels': 'vt323/400Regular/VT323_400Regular.ttf',
    'chinese_light': 'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
    'chinese_black': 'noto-sans-sc/900Black/NotoSansSC_900Black.ttf',
}
GAPS = {'O': 0.5, '0': 0.5, 'D': 0.4, 'A': 0.5, 'B': 0.4, '4': 0.6, '6': 0.5, '8': 0.5, '9': 0.5,
        'P': 0.4, 'R': 0.4, 'Q': 0.5, 'C': 0.5, 'G': 0.5, 'S': 0.5, 'U': 0.5, 'N': 0.5,
        '3': 0.5, '5': 0.5, '2': 0.5}  # fmt: skip
"""Where a stencil's bridge crosses a character, as a share of its width."""


@lru_cache(maxsize=64)
def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(HOME, FILES[name]), size, layout_engine=ImageFont.Layout.BASIC)


def text(words: str, print_: str, cap: int) -> Mask:
    """The words in this print, their capitals `cap` pixels high."""
    if any(ord(letter) > 0x2000 for letter in words) and not print_.startswith('chinese'):
        print_ = 'chinese_light'
    if print_ == 'dots':
        return _dots(words, cap)
    if print_ == 'stencil':
        return _stencil(words, cap)
    return _plain(words, print_, cap)


def _plain(words: str, name: str, cap: int, spread: float = 0.0) -> Mask:
    probe = _face(name, 400).getbbox('H', anchor='ls')
    face = _face(name, max(5, round(cap * 400 / -probe[1])))
    left, top, right, bottom = face.getbbox(words, anchor='ls')
    image = Image.new('L', (max(1, round(right - left)) + 4, max(1, round(bottom - top)) + 4))
    ImageDraw.Draw(image).text((2 - left, 2 - top), words, 255, face, anchor='ls')
    return np.asarray(image)


def _stencil(words: str, cap: int) -> Mask:
    """A narrow face with bridges cut through every closed character."""
    parts = []
    for letter in words:
        if letter == ' ':
            parts.append(np.zeros((1, max(2, cap // 3)), np.uint8))
            continue
        mask = _padded(_plain(letter, 'narrow', cap), letter, cap)
        if letter.upper() in GAPS:
            at = round(mask.shape[1] * GAPS[letter.upper()])
            half = max(1, round(cap * 0.045))
            mask[:, max(0, at - half) : at + half] = 0
        parts.append(mask)
    high = max(part.shape[0] for part in parts)
    gap = max(1, round(cap * 0.08))
    row = [np.pad(p, ((high - p.shape[0], 0), (0, gap))) for p in parts]
    return np.concatenate(row, axis=1)


def _padded(mask: Mask, letter: str, cap: int) -> Mask:
    """A character that stands higher than the foot of the line, put back there."""
    mask = mask.copy()
    lift = {':': 0.08, '-': 0.35, '.': 0.0}.get(letter, 0.0)
    return np.pad(mask, ((0, round(lift * cap)), (0, 0)))


def _dots(words: str, cap: int) -> Mask:
    """Ink-jet print: each pixel of a small bitmap face is one round dot."""
    face = _face('pixels', 16)
    image = Image.new('1', (len(words) * 8 + 8, 20))
    ImageDraw.Draw(image).text((2, 2), words, 1, face)
    bits = np.asarray(image)
    rows, columns = np.nonzero(bits)
    if not len(rows):
        return np.zeros((cap, cap), np.uint8)
    pitch = cap / 9
    top, left = rows.min(), columns.min()
    size = (
        round((rows.max() - top + 2) * pitch) + 4,
        round((columns.max() - left + 2) * pitch) + 4,
    )
    mask = np.zeros(size, np.uint8)
    for row, column in zip(rows - top, columns - left, strict=True):
        x, y = (column + 0.8) * pitch + 2, (row + 0.8) * pitch + 2
        cv2.circle(mask, (round(x * 16), round(y * 16)), max(16, round(pitch * 0.46 * 16)), 255, -1,
                   cv2.LINE_AA, 4)  # fmt: skip
    return mask


def symbol(side: int) -> Mask:
    """The UN packaging symbol: u over n in a circle."""
    mask = np.zeros((side, side), np.uint8)
    bold, mid = max(1, side // 22), side // 2
    cv2.circle(mask, (mid, mid), mid - bold, 255, bold, cv2.LINE_AA)
    half, reach = side // 7, side // 5
    for up in (-1, 1):
        y = mid + up * side // 5
        cv2.ellipse(mask, (mid, y), (half, half), 0, *((0, 180) if up < 0 else (180, 360)), 255,
                    2 * bold, cv2.LINE_AA)  # fmt: skip
        for x in (mid - half, mid + half):
            cv2.line(mask, (x, y), (x, y + up * reach // 1), 255, 2 * bold, cv2.LINE_AA)
    return mask


def worn(mask: Mask, rng: random.Random, how: float) -> Mask:
    """Ink that did not take everywhere: specks and streaks without ink."""
    if how <= 0 or min(mask.shape) < 4:
        return mask
    noise = np.random.default_rng(rng.getrandbits(32))
    coarse = noise.random((mask.shape[0] // 3 + 2, mask.shape[1] // 3 + 2), np.float32)
    lost = cv2.resize(coarse, mask.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    keep = np.clip((lost - how * 0.55) * 6 + 0.4, 0.15, 1)
    return (mask * keep).astype(np.uint8)
