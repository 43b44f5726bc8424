"""How hand P prints: its faces, presses and the symbol of a UN mark."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.hands import faces

Mask = np.ndarray
Colour = tuple[int, int, int]

SHARED = Path('/usr/share/fonts')
LATIN = {
    'sans': 'truetype/liberation/LiberationSans-Bold.ttf',
    'sans_regular': 'truetype/liberation/LiberationSans-Regular.ttf',
    'times': 'truetype/liberation/LiberationSerif-Regular.ttf',
    'roboto': 'truetype/roboto/unhinted/RobotoTTF/Roboto-Medium.ttf',
    'roboto_condensed': 'truetype/roboto/unhinted/RobotoCondensed-Bold.ttf',
    'open_condensed': 'truetype/open-sans/OpenSans-CondBold.ttf',
    'open': 'truetype/open-sans/OpenSans-Semibold.ttf',
    'inter': 'opentype/inter/Inter-Bold.otf',
    'inter_regular': 'opentype/inter/Inter-Regular.otf',
    'cantarell': 'opentype/cantarell/Cantarell-Bold.otf',
    'hack': 'truetype/hack/Hack-Regular.ttf',
}
CHINESE = {'hei': 'truetype/wqy/wqy-zenhei.ttc', 'kai': 'truetype/arphic/ukai.ttc'}
BOLD = ('sans', 'roboto_condensed', 'open_condensed', 'inter', 'cantarell', 'open')


@lru_cache(maxsize=96)
def face_of(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = LATIN.get(name) or CHINESE[name]
    return ImageFont.truetype(SHARED / path, size, layout_engine=ImageFont.Layout.BASIC)


def plain(words: str, latin: str, chinese: str, cap: int) -> Mask:
    """The words with the Latin ones in one face and the Chinese in another, on one foot line."""
    runs: list[tuple[str, str]] = []
    for mark in words:
        name = chinese if ord(mark) > 0x2000 else latin
        runs = (
            [*runs[:-1], (name, runs[-1][1] + mark)]
            if runs and runs[-1][0] == name
            else [*runs, (name, mark)]
        )
    high = -face_of(latin, 400).getbbox('H', anchor='ls')[1]
    sizes = {latin: max(6, round(cap * 400 / high)), chinese: max(6, round(cap * 1.28))}
    wide = sum(face_of(name, sizes[name]).getlength(text) for name, text in runs)
    image = Image.new('L', (round(wide) + 6, round(1.75 * cap) + 4))
    pen, x = ImageDraw.Draw(image), 3.0
    for name, text in runs:
        font = face_of(name, sizes[name])
        foot = 2 + round(1.3 * cap) + (round(0.06 * cap) if name == chinese else 0)
        pen.text((x, foot), text, 255, font, anchor='ls')
        x += font.getlength(text)
    return np.asarray(image)


class Press:
    """Writes lines of one print on a wall."""

    def __init__(
        self, face: faces.Face, rng: random.Random, print_: str, latin: str, colour: Colour
    ) -> None:
        self.face, self.rng, self.print_, self.latin, self.colour = face, rng, print_, latin, colour
        self.chinese = rng.choice(('hei', 'hei', 'kai'))

    def drawn(self, words: str, cap: int, room: int) -> tuple[Mask, int]:
        """The print of a line that is no wider than the room, and how high its capitals are."""
        mask = plain(words, self.latin, self.chinese, cap)
        if mask.shape[1] > room:
            cap = max(6, int(cap * room / mask.shape[1]))
            mask = plain(words, self.latin, self.chinese, cap)
        return pressed(mask, self.print_, cap, self.rng), cap

    def write(self, words: str, at: tuple[float, float], cap: int, room: int) -> faces.Place:
        """A line whose capitals begin at this height; its place is that of the capitals' box."""
        mask, cap = self.drawn(words, cap, room)
        x, y = at
        left, top, right, _ = self.face.paint(mask, x - 3, y - 0.3 * cap, self.colour)
        return left + 2, top + round(0.2 * cap), right - 2, top + round(1.6 * cap)

    def note(self, kind: str, value: str, place: faces.Place, cap: int, **more: object) -> None:
        if kind:
            self.face.note(kind, value, place, cap_px=cap, print=self.print_, **more)


def pressed(mask: Mask, print_: str, cap: int, rng: random.Random) -> Mask:
    """The ink as the print lays it: squeezed to the edges, patchy, with dead dots, or even."""
    noise = np.random.default_rng(rng.getrandbits(32))
    high, wide = mask.shape
    level = mask.astype(np.float32)
    if print_ == 'flexo':
        inner = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=max(1, cap // 24)).astype(
            np.float32
        )
        level = cv2.GaussianBlur(level, (0, 0), max(0.5, cap / 60)) - rng.uniform(0.1, 0.3) * inner
        level *= 1 - 0.12 * noise.random((high, wide), np.float32)
    elif print_ == 'stamp':
        coarse = noise.random((high // 14 + 2, wide // 14 + 2), np.float32)
        patches = cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
        fine = cv2.GaussianBlur(noise.random((high, wide), np.float32), (0, 0), 1.0)
        level = cv2.GaussianBlur(level, (0, 0), max(0.6, cap / 45))
        level *= np.clip(0.55 + 0.7 * patches + 0.9 * (fine - 0.5), 0.25, 1)
    elif print_ == 'thermal':
        level *= rng.uniform(0.72, 1)
        for column in noise.integers(0, wide, wide // 160):
            level[:, column : column + 1] *= 0.3
    return np.clip(level, 0, 255).astype(np.uint8)


def symbol(side: int) -> Mask:
    """The UN packaging symbol: a small u over a small n of a bold face, in a ring."""
    image = Image.new('L', (side, side))
    pen, bold = ImageDraw.Draw(image), max(2, side // 18)
    pen.ellipse((bold, bold, side - bold, side - bold), outline=255, width=bold)
    font = face_of('sans', max(6, round(side * 0.46)))
    pen.text((side / 2, side * 0.48), 'u', 255, font, anchor='ms')
    pen.text((side / 2, side * 0.8), 'n', 255, font, anchor='ms')
    return np.asarray(image)
