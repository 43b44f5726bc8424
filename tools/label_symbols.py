"""A pen for flat drawings, and the symbols on labels, each drawn a little differently."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]

SIDE = 256
FONTS = (
    'DejaVuSans-Bold.ttf',
    'DejaVuSans.ttf',
    'DejaVuSansCondensed-Bold.ttf',
    'DejaVuSerif-Bold.ttf',
    'DejaVuSansMono-Bold.ttf',
)


def ink(rng: Rng) -> Colour:
    """Printer's black, seldom quite black."""
    grey = int(rng.integers(0, 55))
    return (grey, grey, grey)


def paper(rng: Rng) -> Colour:
    """Paper white, seldom quite white."""
    grey = int(rng.integers(205, 256))
    return (grey - int(rng.integers(0, 12)), grey - int(rng.integers(0, 6)), grey)


def hue(rng: Rng, degrees: float, spread: float = 7) -> Colour:
    """A strong colour near `degrees` of the colour wheel."""
    h = (degrees + rng.uniform(-spread, spread)) % 360 / 2
    pixel = np.array([[[h, rng.integers(170, 256), rng.integers(140, 256)]]], np.uint8)
    b, g, r = (int(c) for c in cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0])
    return (b, g, r)


class Pen:
    """Draws on a square canvas whose sides count from 0 to 1."""

    def __init__(self, colour: Colour, side: int = SIDE, height: float = 1.0) -> None:
        self.side = side
        self.canvas = np.full((int(side * height), side, 3), colour, np.uint8)

    def poly(self, points: Points, colour: Colour) -> None:
        flat = np.array(points, float) * self.side * 16
        cv2.fillPoly(self.canvas, [flat.round().astype(np.int32)], colour, cv2.LINE_AA, 4)

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def line(
        self, a: tuple[float, float], b: tuple[float, float], width: float, colour: Colour
    ) -> None:
        along = np.subtract(b, a)
        across = np.array([-along[1], along[0]]) / (np.linalg.norm(along) + 1e-9) * width / 2
        self.poly(
            [
                tuple(np.add(a, across)),
                tuple(np.add(b, across)),
                tuple(np.subtract(b, across)),
                tuple(np.subtract(a, across)),
            ],
            colour,
        )

    def path(self, points: Points, width: float, colour: Colour) -> None:
        for a, b in zip(points, [*points[1:], points[0]], strict=True):
            self.line(a, b, width, colour)
            self.disc(a[0], a[1], width / 2, colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, ring: float = 0) -> None:
        centre = (int(x * self.side * 16), int(y * self.side * 16))
        thick = max(1, int(ring * self.side)) if ring else -1
        cv2.circle(self.canvas, centre, int(radius * self.side * 16), colour, thick, cv2.LINE_AA, 4)

    def text(
        self, words: str, x: float, y: float, height: float, colour: Colour, rng: Rng
    ) -> float:
        """Write `words` centred on (x, y), capitals `height` high; returns the width."""
        if rng.random() < 0.2:
            return self._stroked(words, x, y, height, colour, rng)
        size = max(6, int(height * self.side / 0.72))
        try:
            font: ImageFont.FreeTypeFont | ImageFont.ImageFont = ImageFont.truetype(
                FONTS[int(rng.integers(len(FONTS)))], size
            )
        except OSError:
            font = ImageFont.load_default(size)
        sheet = Image.fromarray(self.canvas)
        ImageDraw.Draw(sheet).text(
            (x * self.side, y * self.side), words, fill=colour, font=font, anchor='mm'
        )
        self.canvas = np.array(sheet)
        return float(font.getlength(words)) / self.side

    def _stroked(
        self, words: str, x: float, y: float, height: float, colour: Colour, rng: Rng
    ) -> float:
        """The same in a plotter's font."""
        font = cv2.FONT_HERSHEY_SIMPLEX if rng.random() < 0.5 else cv2.FONT_HERSHEY_TRIPLEX
        size = height * self.side / 22
        bold = max(1, round(size * rng.uniform(1.5, 4)))
        (wide, high), _ = cv2.getTextSize(words, font, size, bold)
        at = (round(x * self.side - wide / 2), round(y * self.side + high / 2))
        cv2.putText(self.canvas, words, at, font, size, colour, bold, cv2.LINE_AA)
        return wide / self.side


# --- symbols: each fills roughly the box of half-size `s` around (x, y) ---------------------


def wobble(points: Points, x: float, y: float, s: float, rng: Rng) -> list[tuple[float, float]]:
    """Place a symbol of the unit box, each point moved a little."""
    stretch = rng.uniform(0.85, 1.15)
    return [
        (x + s * (px * stretch + rng.normal(0, 0.035)), y + s * (py + rng.normal(0, 0.035)))
        for px, py in points
    ]


FLAMES: tuple[Points, ...] = (
    (
        (-0.1, -1),
        (0.25, -0.55),
        (0.3, -0.2),
        (0.5, -0.5),
        (0.7, 0),
        (0.65, 0.5),
        (0.3, 0.9),
        (-0.3, 0.9),
        (-0.65, 0.5),
        (-0.7, 0.1),
        (-0.5, -0.4),
        (-0.35, -0.1),
        (-0.2, -0.5),
    ),
    (
        (0.1, -1),
        (0.15, -0.4),
        (0.45, -0.7),
        (0.5, -0.1),
        (0.8, -0.2),
        (0.6, 0.5),
        (0.35, 0.9),
        (-0.35, 0.9),
        (-0.7, 0.4),
        (-0.8, -0.1),
        (-0.5, 0),
        (-0.45, -0.6),
        (-0.15, -0.2),
    ),
    (
        (0, -1),
        (0.4, -0.3),
        (0.6, 0.2),
        (0.5, 0.7),
        (0.2, 0.95),
        (-0.2, 0.95),
        (-0.5, 0.7),
        (-0.6, 0.2),
        (-0.35, -0.35),
    ),
    (
        (-0.5, -0.5),
        (-0.25, 0.1),
        (-0.05, -1),
        (0.2, 0),
        (0.55, -0.7),
        (0.75, 0.3),
        (0.6, 0.8),
        (-0.6, 0.8),
        (-0.8, 0.2),
    ),
)


def flame(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    pen.poly(wobble(FLAMES[int(rng.integers(len(FLAMES)))], x, y, s, rng), colour)
    if rng.random() < 0.5:
        hole = pen.canvas[0, 0] if rng.random() < 0.2 else np.array([255 - c for c in colour])
        pen.poly(
            wobble(FLAMES[2], x, y + s * 0.4, s * 0.35, rng),
            (int(hole[0]), int(hole[1]), int(hole[2])),
        )
    if rng.random() < 0.6:
        pen.line((x - s, y + s * 1.1), (x + s, y + s * 1.1), s * 0.15, colour)


def skull(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    light, drop, steep = paper(rng), s * rng.uniform(0.15, 1.05), rng.uniform(0.25, 0.5)
    for lean in (-1, 1):
        a, b = (x - s, y + lean * s * steep), (x + s, y - lean * s * steep)
        pen.line((a[0], a[1] + drop), (b[0], b[1] + drop), s * 0.16, colour)
        for end in (a, b):
            pen.disc(end[0], end[1] + drop, s * 0.14, colour)
    pen.disc(x, y - s * 0.3, s * rng.uniform(0.5, 0.62), colour)
    pen.rect(x - s * 0.3, y, x + s * 0.3, y + s * 0.45, colour)
    for side in (-1, 1):
        pen.disc(x + side * s * 0.23, y - s * 0.25, s * 0.15, light)
    pen.poly([(x, y - s * 0.05), (x - s * 0.08, y + s * 0.1), (x + s * 0.08, y + s * 0.1)], light)
    for tooth in (-0.15, 0, 0.15):
        pen.line((x + s * tooth, y + s * 0.2), (x + s * tooth, y + s * 0.42), s * 0.04, light)


def corrosion(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    for side in (-1, 1):
        lean = rng.uniform(0.2, 0.4)
        pen.line(
            (x + side * s * 0.95, y - s * (0.5 + lean)),
            (x + side * s * 0.15, y - s * 0.45),
            s * 0.24,
            colour,
        )
        pen.line(
            (x + side * s * 0.85, y - s * (0.48 + lean)),
            (x + side * s * 0.3, y - s * 0.5),
            s * 0.1,
            paper(rng),
        )
        for drop in range(3):
            pen.disc(x + side * s * 0.3, y - s * (0.25 - drop * 0.2), s * 0.06, colour)
    pen.rect(x - s, y + s * 0.45, x - s * 0.05, y + s * 0.62, colour)
    pen.poly(wobble([(0.1, 0.4), (0.5, 0.3), (1, 0.5), (1, 0.7), (0.3, 0.7)], x, y, s, rng), colour)


def bomb(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    pen.disc(x - s * 0.1, y + s * 0.2, s * rng.uniform(0.35, 0.5), colour)
    for _ in range(int(rng.integers(7, 14))):
        angle, far = rng.uniform(0, 2 * math.pi), s * rng.uniform(0.6, 1.05)
        tip = (x + far * math.cos(angle), y + far * math.sin(angle) * 0.9)
        wide = rng.uniform(0.1, 0.25)
        pen.poly(
            [
                (x + s * 0.3 * math.cos(angle - wide), y + s * 0.3 * math.sin(angle - wide)),
                tip,
                (x + s * 0.3 * math.cos(angle + wide), y + s * 0.3 * math.sin(angle + wide)),
            ],
            colour,
        )


def cylinder(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    tilt = rng.uniform(-0.6, 0.6)
    dx, dy = math.cos(tilt) * s, math.sin(tilt) * s
    pen.line((x - dx * 0.9, y - dy * 0.9), (x + dx * 0.55, y + dy * 0.55), s * 0.42, colour)
    pen.disc(x + dx * 0.55, y + dy * 0.55, s * 0.21, colour)
    pen.line((x + dx * 0.6, y + dy * 0.6), (x + dx, y + dy), s * 0.18, colour)


def flame_over_circle(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    pen.disc(x, y + s * 0.45, s * 0.42, colour, ring=s * rng.uniform(0.1, 0.18))
    flame(pen, x, y - s * 0.3, s * 0.6, colour, rng)
    pen.line((x - s * 0.7, y + s), (x + s * 0.7, y + s), s * 0.12, colour)


def biohazard(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    for k in range(3):
        angle = -math.pi / 2 + k * 2 * math.pi / 3
        pen.disc(
            x + 0.45 * s * math.cos(angle),
            y + 0.45 * s * math.sin(angle),
            s * 0.42,
            colour,
            ring=s * rng.uniform(0.1, 0.17),
        )
    pen.disc(x, y, s * 0.35, colour, ring=s * 0.08)


def trefoil(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    half = rng.uniform(0.45, 0.55)
    for k in range(3):
        mid = math.pi / 2 + k * 2 * math.pi / 3
        arc = [mid + half * t for t in np.linspace(-1, 1, 9)]
        pen.poly(
            [(x + s * 0.25 * math.cos(a), y + s * 0.25 * math.sin(a)) for a in arc]
            + [(x + s * math.cos(a), y + s * math.sin(a)) for a in reversed(arc)],
            colour,
        )
    pen.disc(x, y, s * 0.17, colour)


def exclamation(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    w = s * rng.uniform(0.16, 0.28)
    pen.poly(
        [(x - w, y - s), (x + w, y - s), (x + w * 0.5, y + s * 0.4), (x - w * 0.5, y + s * 0.4)],
        colour,
    )
    pen.disc(x, y + s * 0.8, w * 0.9, colour)


def torso(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    pen.disc(x, y - s * 0.65, s * 0.3, colour)
    pen.poly(
        wobble(
            [(-0.7, 1), (-0.7, 0), (-0.3, -0.35), (0.3, -0.35), (0.7, 0), (0.7, 1)], x, y, s, rng
        ),
        colour,
    )
    burst = [
        (
            x + s * (0.4 if k % 2 else 0.15) * math.cos(k * math.pi / 6),
            y + s * 0.2 + s * (0.4 if k % 2 else 0.15) * math.sin(k * math.pi / 6),
        )
        for k in range(12)
    ]
    pen.poly(burst, paper(rng))


def tree_and_fish(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    pen.line((x - s * 0.4, y + s * 0.5), (x - s * 0.35, y - s * 0.7), s * 0.12, colour)
    for _ in range(5):
        pen.line(
            (x - s * 0.38, y + s * rng.uniform(-0.5, 0.2)),
            (x + s * rng.uniform(-0.95, 0.2), y - s * rng.uniform(0.3, 0.9)),
            s * 0.07,
            colour,
        )
    pen.poly(wobble([(-1, 0.5), (1, 0.6), (0.9, 0.75), (-1, 0.75)], x, y, s, rng), colour)
    pen.poly(
        wobble(
            [(0.1, 0.35), (0.4, 0.15), (0.75, 0.3), (1, 0.15), (1, 0.5), (0.75, 0.4), (0.4, 0.55)],
            x,
            y,
            s,
            rng,
        ),
        colour,
    )


def battery(
    pen: Pen, box: tuple[float, float, float, float], colour: Colour, rng: Rng, light: Colour
) -> None:
    """One cell or pack: a body with terminals, filled, banded, or in outline."""
    x0, y0, x1, y1 = box
    w = x1 - x0
    pen.rect(x0, y0, x1, y1, colour)
    knobs = (0.5,) if w < (y1 - y0) * 0.8 or rng.random() < 0.4 else (0.25, 0.75)
    for at in knobs:
        pen.rect(
            x0 + w * (at - 0.12),
            y0 - (y1 - y0) * rng.uniform(0.08, 0.2),
            x0 + w * (at + 0.12),
            y0,
            colour,
        )
    style = rng.random()
    inset = min(w, y1 - y0) * rng.uniform(0.1, 0.2)
    if style < 0.35:
        pen.rect(x0 + inset, y0 + inset, x1 - inset, y1 - inset, light)
        if rng.random() < 0.5:
            pen.text(
                '+' if rng.random() < 0.5 else '+ -',
                (x0 + x1) / 2,
                (y0 + y1) / 2,
                (y1 - y0) * 0.2,
                colour,
                rng,
            )
    elif style < 0.6:
        band = rng.uniform(0.15, 0.6)
        pen.rect(
            x0 + inset,
            y0 + (y1 - y0) * band,
            x1 - inset,
            y0 + (y1 - y0) * (band + rng.uniform(0.08, 0.3)),
            light,
        )


def battery_group(
    pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng, light: Colour
) -> None:
    """Several cells side by side, one of them broken and in flames, in the box 2s by about s."""
    count = int(rng.integers(2, 6))
    widths = rng.uniform(0.6, 1.6, count)
    gap = rng.uniform(0.02, 0.15)
    widths *= (2 - gap * (count - 1)) / widths.sum()
    broken = int(rng.integers(count))
    left, floor = x - s, y + s * rng.uniform(0.35, 0.55)
    for k, width in enumerate(widths):
        tall = s * rng.uniform(0.5, 1.0) * (0.8 if k == broken else 1)
        box = (left, floor - tall, left + width * s, floor)
        battery(pen, box, colour, rng, light)
        if k == broken:
            _break(pen, box, colour, rng, light)
        left += (width + gap) * s


def _break(
    pen: Pen, box: tuple[float, float, float, float], colour: Colour, rng: Rng, light: Colour
) -> None:
    x0, y0, x1, y1 = box
    middle, tall = (x0 + x1) / 2, y1 - y0
    zigzag = [(middle + (x1 - x0) * 0.18 * (-1) ** k, y0 + tall * k / 5) for k in range(6)]
    for a, b in pairwise(zigzag):
        pen.line(a, b, (x1 - x0) * rng.uniform(0.06, 0.14), light)
    where = rng.random()
    s = min(x1 - x0, tall) * rng.uniform(0.3, 0.55)
    at = (middle, y0 - s * 0.8) if where < 0.6 else (x1 if where < 0.8 else x0, y1 - s * 0.9)
    flame(pen, at[0], at[1], s, colour, rng)
