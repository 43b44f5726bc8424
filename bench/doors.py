"""Container doors and sides, drawn: corrugation, bars, logos, rust, dirt, the number in many ways.

    python -m bench.doors --show FOLDER --n 12      # pictures to look at

Two styles that share no typeface: `yard` (stencil-cut grotesque, doors with bars) and
`port` (condensed and monospaced print, plain sides with deep corrugation). What real
doors have and these do not: welded repairs, stickers over the number, graffiti.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from stdnum import iso6346

from bench import cameras

FONTS = Path(__file__).parents[1] / 'node_modules' / '@expo-google-fonts'
FACES = {
    'yard': (
        'arimo/700Bold/Arimo_700Bold.ttf',
        'arimo/500Medium/Arimo_500Medium.ttf',
        'saira-stencil-one/400Regular/SairaStencilOne_400Regular.ttf',
    ),
    'port': (
        'roboto-condensed/700Bold/RobotoCondensed_700Bold.ttf',
        'roboto-condensed/500Medium/RobotoCondensed_500Medium.ttf',
        'b612-mono/700Bold/B612Mono_700Bold.ttf',
    ),
}
OWNERS = (
    'CSQU', 'MSKU', 'TEMU', 'TCLU', 'CMAU', 'HLXU', 'OOLU', 'EGHU', 'GESU', 'TGHU', 'FCIU', 'BMOU',
    'CAIU', 'DFSU', 'SEGU', 'TRHU', 'UACU', 'ZCSU', 'YMLU', 'NYKU', 'MOAU', 'KKTU', 'PONU', 'SUDU',
    'WHLU', 'XINU', 'CCLU', 'APZU', 'INKU', 'IPXU', 'GLDU', 'CRXU', 'TTNU', 'AMFU', 'BEAU', 'HMMU',
)  # fmt: skip
TYPES = ('22G1', '45G1', '42G1', '22U1', '45R1', 'L5G1', '22R1', '25G1', '22T1', '45U1', '42P1')
BRANDS = ('NORDSEA', 'HALCYON', 'TRANS ORIENT', 'K-WAVE', 'Bluefin', 'PACIFIC STAR', 'orca', 'ALBA')
PAINTS = (
    (60, 40, 128), (110, 60, 20), (60, 90, 30), (30, 90, 190), (150, 150, 150), (210, 215, 215),
    (40, 40, 160), (90, 45, 60), (120, 120, 40), (45, 60, 75), (50, 140, 200), (100, 100, 95),
)  # fmt: skip
LAYOUTS = ('line', 'two', 'three', 'column', 'column_pieces')


@dataclass(frozen=True, kw_only=True)
class Door:
    """A picture with the numbers that can be read in it."""

    jpeg: bytes
    numbers: tuple[str, ...]
    size_type: str
    layout: str
    height_px: float
    """How high a capital of the number stands in the picture."""


Wall = tuple[np.ndarray, str, str, list[tuple[float, float, float]]]
"""The picture, the number, its size type, and where pieces of the number begin and how high."""


def number(rng: np.random.Generator) -> str:
    """A number of a container that does not exist, with its check digit."""
    owner = OWNERS[int(rng.integers(len(OWNERS)))]
    while True:
        ten = f'{owner}{int(rng.integers(100_000, 999_999))}'
        return ten + iso6346.calc_check_digit(ten)


class Sheet:
    """The painted steel, and the print on it as a mask."""

    def __init__(self, wide: int, high: int, style: str, rng: np.random.Generator) -> None:
        self.rng, self.style = rng, style
        self.paint = PAINTS[int(rng.integers(len(PAINTS)))]
        bright = sum(self.paint) / 3
        self.ink = (240, 240, 240) if bright < 150 or rng.random() < 0.1 else (35, 30, 30)
        if abs(sum(self.ink) / 3 - bright) < 70:
            self.ink = (35, 30, 30) if bright > 128 else (240, 240, 240)
        self.print = Image.new('L', (wide, high), 0)
        self.pen = ImageDraw.Draw(self.print)
        self.face = FACES[style][int(rng.choice(3, p=(0.6, 0.25, 0.15)))]

    def font(self, cap: float, file: str = '') -> ImageFont.FreeTypeFont:
        """A typeface whose capitals are so many pixels high."""
        return ImageFont.truetype(FONTS / (file or self.face), round(cap / 0.716))

    def text(
        self, x: float, y: float, words: str, cap: float, file: str = '', gap: float = 0
    ) -> float:
        """Words from the left; the place where they end. `gap` widens the spacing."""
        font = self.font(cap, file)
        for mark in words:
            self.pen.text((x, y + cap), mark, fill=255, font=font, anchor='ls')
            x += font.getlength(mark) + gap * cap
        return x

    def boxed(self, x: float, y: float, digit: str, cap: float) -> None:
        """The check digit in its frame."""
        font = self.font(cap)
        wide = font.getlength(digit)
        pad, line = 0.28 * cap, max(2, round(0.09 * cap))
        self.pen.rectangle(
            (x - pad, y - pad, x + wide + pad, y + cap + pad), outline=255, width=line
        )
        self.pen.text((x, y + cap), digit, fill=255, font=font, anchor='ls')

    def steel(self, corrugated: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The sheet as a picture: paint, print, corrugation, rust and dirt."""
        rng = self.rng
        mask = np.asarray(self.print, np.float32) / 255
        mask = cameras.worn(
            mask, rng, float(rng.choice((0, 0.2, 0.5, 0.8), p=(0.4, 0.3, 0.2, 0.1)))
        )
        high, wide = mask.shape
        plain = np.broadcast_to(np.array(self.paint, np.float32), (high, wide, 3))
        ink = np.array(self.ink, np.float32)
        flat = plain * (1 - mask[..., None]) + ink * mask[..., None]
        relief = corrugated(np.linspace(0, 1, wide, dtype=np.float32))
        flat = flat * relief[None, :, None] if relief.ndim == 1 else flat * relief[..., None]
        return np.clip(dirty(flat, rng), 0, 255).astype(np.uint8)


def dirty(flat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rust that runs down, and dust in patches."""
    high, wide = flat.shape[:2]
    dust = cv2.resize(
        rng.random((9, 12)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC
    )
    flat = flat * (1 - 0.22 * dust[..., None]) + 14 * dust[..., None]
    runs = rng.random(wide).astype(np.float32)
    runs = np.where(runs > 0.985, runs, 0)
    streak = np.broadcast_to(runs, (high, wide)) * np.linspace(0.2, 1, high)[:, None]
    spots = cv2.resize(rng.random((high // 25, wide // 25)).astype(np.float32), (wide, high))
    streak = cv2.GaussianBlur((streak * (spots > 0.45)).astype(np.float32), (0, 0), 3)
    rust = np.array((30, 60, 110), np.float32)
    share = np.clip(streak * float(rng.uniform(0, 1.6)), 0, 0.75)[..., None]
    return flat * (1 - share) + rust * share


def waves(
    count: float, depth: float, rng: np.random.Generator
) -> Callable[[np.ndarray], np.ndarray]:
    """The light on vertical corrugation, as a factor along the width."""
    phase = float(rng.uniform(0, 2 * np.pi))

    def light(x: np.ndarray) -> np.ndarray:
        bent = np.tanh(2.2 * np.sin(2 * np.pi * count * x + phase))
        slope = np.gradient(bent) * len(x) / (2 * np.pi * count)
        return 1 + depth * np.clip(slope, -1, 1) + 0.12 * depth * bent

    return light


def rear(rng: np.random.Generator, style: str, layout: str) -> Wall:
    """The door end: two leaves with locking bars; number on the right leaf."""
    wide, high = 1480, 1560
    sheet = Sheet(wide, high, style, rng)
    code, kind = number(rng), str(rng.choice(TYPES))
    cap = float(rng.uniform(44, 54))
    x, y = 812.0 + float(rng.uniform(0, 30)), 120.0 + float(rng.uniform(0, 60))
    places = placed(sheet, code, kind, layout, x, y, cap)
    small = FACES[style][1]
    top = y + (4.6 if layout in ('two', 'three') else 3.4) * cap
    for row, (name, kg) in enumerate(
        (('MAX GR.', 30480), ('TARE', 3860), ('NET', 26620), ('CU.CAP.', 67))
    ):
        at = top + row * 62
        if layout.startswith('column'):
            at += 480
        sheet.text(840 if not layout.startswith('column') else 1060, at, name, 20, small)
        sheet.text(1220, at, f'{kg:,} KG' if row < 3 else '76.4 CU.M', 20, small)
        sheet.text(
            1220, at + 28, f'{round(kg * 2.2046):,} LB' if row < 3 else '2,700 CU.FT', 20, small
        )
    brand = str(rng.choice(BRANDS))
    sheet.text(
        90, 240 + float(rng.uniform(0, 200)), brand, min(90.0, 760 / len(brand)), FACES[style][0]
    )
    if rng.random() < 0.5:
        sheet.text(120, 700, f'CAUTION {float(rng.choice((2.6, 2.9)))}m HIGH', 26, small)
    picture = sheet.steel(waves(5, float(rng.uniform(0.03, 0.14)), rng))
    for bar in (190, 560, 1010 if layout.startswith('column') else 775, 1425):
        _bar(picture, bar + int(rng.integers(-12, 12)), rng)
    cv2.line(picture, (wide // 2, 0), (wide // 2, high), (20, 20, 20), 10)
    cv2.rectangle(
        picture, (0, 0), (wide - 1, high - 1), tuple(int(c * 0.6) for c in sheet.paint), 36
    )
    return picture, code, kind, places


def _bar(picture: np.ndarray, x: int, rng: np.random.Generator) -> None:
    """A locking bar with its brackets and handle."""
    high = picture.shape[0]
    shine = int(rng.integers(110, 200))
    for offset, shade in ((-9, 0.45), (-5, 0.8), (0, 1.0), (5, 0.7), (9, 0.4)):
        cv2.line(picture, (x + offset, 0), (x + offset, high), tuple([int(shine * shade)] * 3), 5)
    for y in (int(high * 0.07), int(high * 0.5), int(high * 0.93)):
        cv2.rectangle(picture, (x - 26, y), (x + 26, y + 40), (70, 70, 75), -1)
    y = int(high * rng.uniform(0.6, 0.68))
    cv2.line(picture, (x, y), (x + 150, y + 6), (90, 90, 95), 16)


def side(rng: np.random.Generator, style: str, layout: str) -> Wall:
    """A side wall: deep corrugation, a great logo, the number at its end."""
    wide, high = 2100, 1150
    sheet = Sheet(wide, high, style, rng)
    code, kind = number(rng), str(rng.choice(TYPES))
    cap = float(rng.uniform(44, 60))
    brand = str(rng.choice(BRANDS))
    sheet.text(160, 420, brand, min(240.0, 1500 / len(brand)), FACES[style][0])
    x = 1900.0 if layout.startswith('column') else 1370.0
    places = placed(sheet, code, kind, layout, x, 70 + float(rng.uniform(0, 40)), cap)
    picture = sheet.steel(waves(22, float(rng.uniform(0.12, 0.38)), rng))
    cv2.rectangle(
        picture, (0, 0), (wide - 1, high - 1), tuple(int(c * 0.55) for c in sheet.paint), 40
    )
    return picture, code, kind, places


def placed(
    sheet: Sheet, code: str, kind: str, layout: str, x: float, y: float, cap: float
) -> list[tuple[float, float, float]]:
    """The number in its layout; where each piece begins, and how high it is."""
    rng = sheet.rng
    gap = float(rng.uniform(0.04, 0.22))
    owner, serial, check = code[:4], code[4:10], code[10]
    framed = rng.random() < 0.85
    if layout.startswith('column'):
        return _column(sheet, code, kind, layout, x, y, cap)
    if layout == 'line':
        end = sheet.text(x, y, owner, cap, gap=gap) + 0.5 * cap
        if rng.random() < 0.3:
            end = sheet.text(end, y, serial[:3], cap, gap=gap) + 0.35 * cap
            end = sheet.text(end, y, serial[3:], cap, gap=gap) + 0.6 * cap
        else:
            end = sheet.text(end, y, serial, cap, gap=gap) + 0.6 * cap
        _check(sheet, end, y, check, cap, framed)
        sheet.text(x + float(rng.uniform(0, 3)) * cap, y + 1.75 * cap, kind, cap, gap=gap)
    elif layout == 'two':
        sheet.text(x, y, owner, cap, gap=gap)
        end = sheet.text(x, y + 1.6 * cap, serial, cap, gap=gap) + 0.6 * cap
        _check(sheet, end, y + 1.6 * cap, check, cap, framed)
        sheet.text(x, y + 3.2 * cap, kind, cap, gap=gap)
    else:
        sheet.text(x, y, owner, cap, gap=gap)
        sheet.text(x, y + 1.6 * cap, serial, cap, gap=gap)
        _check(sheet, x + 0.3 * cap, y + 3.35 * cap, check, cap, framed)
        sheet.text(x + 2.4 * cap, y + 3.3 * cap, kind, cap, gap=gap)
    return [(x, y, cap)]


def _check(sheet: Sheet, x: float, y: float, check: str, cap: float, framed: bool) -> None:
    if framed:
        sheet.boxed(x, y, check, cap)
    else:
        sheet.text(x, y, check, cap)


def _column(
    sheet: Sheet, code: str, kind: str, layout: str, x: float, y: float, cap: float
) -> list[tuple[float, float, float]]:
    """Upright characters below each other, as on the edge of a door or wall."""
    rng = sheet.rng
    step = cap * float(rng.uniform(1.22, 1.5))
    font = sheet.font(cap)
    places = [(x, y, cap)]
    framed = rng.random() < 0.85

    def down(words: str, x: float, y: float) -> float:
        for mark in words:
            sheet.pen.text((x, y + cap), mark, fill=255, font=font, anchor='ms')
            y += step
        return y

    def check(x: float, y: float) -> None:
        if framed:
            sheet.boxed(x - font.getlength(code[10]) / 2, y, code[10], cap)
        else:
            down(code[10], x, y)

    if layout == 'column':
        end = down(code[:4], x, y) + 0.35 * cap
        end = down(code[4:10], x, end) + 0.45 * cap
        check(x, end)
        if rng.random() < 0.7:
            down(kind, x + 1.9 * cap, y + 2 * step)
    else:
        down(code[:4], x, y)
        end = down(code[4:10], x + 1.7 * cap, y) + 0.45 * cap
        check(x + 1.7 * cap, end)
    return places


def door(
    seed: int,
    style: str = 'yard',
    hard: float = 0.5,
    layout: str = '',
    size: tuple[int, int] = (1600, 1200),
) -> Door:
    """One picture; the same arguments give the same one."""
    rng = np.random.default_rng([seed, len(style), int(hard * 100)])
    layout = layout or str(rng.choice(LAYOUTS, p=(0.4, 0.25, 0.1, 0.15, 0.1)))
    draw = rear if rng.random() < 0.7 else side
    flat, code, kind, places = draw(rng, style, layout)
    numbers = [code]
    if draw is rear and rng.random() < 0.3:
        # Another container beside it, with its own number.
        second, other, _, _ = rear(rng, style, 'line')
        flat, numbers = np.concatenate([flat, second], axis=1), [code, other]
    seen = cameras.view(rng, hard)
    picture, turn = cameras.taken(flat, seen, size, rng)
    x, y, cap = places[0]
    ends = cv2.perspectiveTransform(np.array([[[x, y], [x, y + cap]]], np.float32), turn)[0]
    return Door(
        jpeg=cameras.jpeg(picture, seen.quality),
        numbers=tuple(numbers),
        size_type=kind,
        layout=layout,
        height_px=float(np.hypot(*(ends[1] - ends[0]))),
    )


def main() -> None:
    """Write some pictures to look at."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--show', type=Path, required=True)
    asked.add_argument('--n', type=int, default=12)
    said = asked.parse_args()
    said.show.mkdir(parents=True, exist_ok=True)
    for seed in range(said.n):
        one = door(seed, ('yard', 'port')[seed % 2], (seed % 5) / 4)
        (said.show / f'{seed:03}_{"_".join(one.numbers)}.jpg').write_bytes(one.jpeg)


if __name__ == '__main__':
    main()
