"""Labels, marks and signs as vector art, for the cartons of label_carton."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from clearlane.sample import fonts

Rng = np.random.Generator
Ink = tuple[int, int, int]
Point = tuple[float, float]

BLACK: Ink = (22, 20, 21)
WHITE: Ink = (252, 252, 250)
RED: Ink = (218, 30, 40)
FACES = (
    'arimo/400Regular/Arimo_400Regular.ttf',
    'arimo/700Bold/Arimo_700Bold.ttf',
    'courier-prime/700Bold/CourierPrime_700Bold.ttf',
    'oswald/600SemiBold/Oswald_600SemiBold.ttf',
    'noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
    'roboto-condensed/900Black/RobotoCondensed_900Black.ttf',
    'share-tech-mono/400Regular/ShareTechMono_400Regular.ttf',
)


class Art:
    """Vector art in a square that reaches from -1 to 1 to both sides, y down."""

    def __init__(self, px: int, ground: Ink = WHITE, high: float = 1.0) -> None:
        self.px = 2 * px  # drawn twice as large: what is smaller afterwards has smooth edges
        self.sheet = Image.new('RGB', (self.px, round(self.px * high)), ground)
        self.pen = ImageDraw.Draw(self.sheet)

    def at(self, point: Point) -> Point:
        half = self.px / 2
        return point[0] * half + half, point[1] * half + self.sheet.height / 2

    def fill(self, points: Sequence[Point], ink: Ink) -> None:
        self.pen.polygon([self.at(one) for one in points], fill=ink)

    def box(self, x0: float, y0: float, x1: float, y1: float, ink: Ink) -> None:
        self.fill([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink)

    def stroke(self, points: Sequence[Point], wide: float, ink: Ink) -> None:
        width = max(1, round(wide * self.px / 2))
        self.pen.line([self.at(one) for one in points], fill=ink, width=width, joint='curve')

    def disc(self, x: float, y: float, r: float, ink: Ink, squeeze: float = 1.0) -> None:
        (a, b), (c, d) = self.at((x - r, y - r * squeeze)), self.at((x + r, y + r * squeeze))
        self.pen.ellipse((a, b, c, d), fill=ink)

    def ring(self, x: float, y: float, r: float, wide: float, ink: Ink) -> None:
        (a, b), (c, d) = self.at((x - r, y - r)), self.at((x + r, y + r))
        self.pen.ellipse((a, b, c, d), outline=ink, width=max(1, round(wide * self.px / 2)))

    def text(self, words: str, x: float, y: float, tall: float, ink: Ink, file: str) -> float:
        """Words centred there, capitals `tall` high; half their width."""
        font = ImageFont.truetype(fonts.HOME / file, max(8, round(tall * self.px / 2 / 0.71)))
        self.pen.text(self.at((x, y)), words, fill=ink, font=font, anchor='mm')
        return font.getlength(words) / self.px

    def flat(self) -> np.ndarray:
        """The drawing in BGR at its size."""
        size = (self.px // 2, self.sheet.height // 2)
        return cv2.resize(np.asarray(self.sheet)[..., ::-1], size, interpolation=cv2.INTER_AREA)


def rhomb(reach: float) -> list[Point]:
    return [(0, -reach), (reach, 0), (0, reach), (-reach, 0)]


def curve(knots: Sequence[Point], steps: int = 12) -> list[Point]:
    """A closed path of quadratic arcs; every second knot pulls, the others are passed through."""
    path: list[Point] = []
    for k in range(0, len(knots), 2):
        (ax, ay), (bx, by), (cx, cy) = knots[k], knots[k + 1], knots[(k + 2) % len(knots)]
        for t in np.linspace(0, 1, steps, endpoint=False).tolist():
            u = 1 - t
            path.append(
                (u * u * ax + 2 * u * t * bx + t * t * cx, u * u * ay + 2 * u * t * by + t * t * cy)
            )
    return path


BLAZES: tuple[Sequence[Point], ...] = (
    ((0, 1), (-0.75, 0.9), (-0.6, 0.25), (-0.45, -0.2), (0.05, -1), (0.05, -0.4), (0.4, -0.1),
     (0.75, 0.3), (0.55, 0.65), (0.4, 0.95)),
    ((-0.35, 1), (-0.9, 0.6), (-0.7, -0.15), (-0.5, 0.2), (-0.35, 0.2), (-0.4, -0.6), (0.1, -1),
     (0, -0.3), (0.3, 0), (0.45, -0.2), (0.45, -0.5), (0.95, 0.1), (0.75, 0.6), (0.6, 0.95),
     (0.35, 1), (0, 1.05)),
    ((0, 1), (-1, 0.7), (-0.55, -0.4), (-0.5, 0.1), (-0.2, 0.15), (-0.2, -0.5), (0.15, -0.95),
     (0.1, 0), (0.35, 0.05), (0.5, -0.1), (0.6, -0.4), (1, 0.7)),
)  # fmt: skip


def blaze(art: Art, x: float, y: float, s: float, ink: Ink, ground: Ink, rng: Rng) -> None:
    """One of three flames, its heart cut out or not."""
    shape = curve(BLAZES[rng.integers(len(BLAZES))])
    art.fill([(x + s * a * 0.8, y + s * b) for a, b in shape], ink)
    if rng.random() < 0.4:
        heart = curve(BLAZES[0])
        art.fill([(x + s * a * 0.35, y + s * (0.5 + b * 0.42)) for a, b in heart], ground)


# --- classes 9 and 9A -----------------------------------------------------------------------


def nine(value: str, px: int, ground: Ink, rng: Rng) -> np.ndarray:
    """A flat label of class 9 or 9A, `px` from corner to corner."""
    art = Art(px, ground)
    line = float(rng.choice([1 - 2 * 2 / 100, 1 - 2 * 5 / 100, 1.0], p=[0.3, 0.5, 0.2]))
    if ground != WHITE:
        line = min(line, 0.96)  # on bare board nothing else shows where the label ends
    pitch = line * rng.uniform(0.2, 0.285)
    share, foot = rng.uniform(0.32, 0.68), rng.uniform(-0.06, 0.0)
    slanted = rng.random() < 0.6
    for k in range(-3, 4):
        left, right = pitch * (k - share / 2), pitch * (k + share / 2)
        edge = line - rng.choice([0.0, 0.03])
        tops = [-(edge - abs(left)), -(edge - abs(right))]
        if not slanted or k == 0:
            tops = [max(tops)] * 2
        if min(foot - tops[0], foot - tops[1]) > 0:
            art.fill([(left, tops[0]), (right, tops[1]), (right, foot), (left, foot)], BLACK)
    if rng.random() < 0.25:
        art.box(-line, foot, line, foot + 0.012, BLACK)
    words = rng.random() < 0.25
    if value == '9A':
        group = GROUPS[rng.integers(len(GROUPS))]
        middle = rng.uniform(0.24, 0.32) + 0.05 * words
        group(art, middle, rng.uniform(0.75, 1.3), rng.choice([0.012, 0.022, 0.034]), ground, rng)
    if words:
        said = str(rng.choice(['LITHIUM ION BATTERIES', 'UN 3480', 'UN3481', 'LITHIUM BATTERIES']))
        if value == '9':
            said = str(rng.choice(['MISCELLANEOUS', 'UN 3077', 'UN3363', 'CLASS 9', said]))
        low = 0.07 if value == '9A' else rng.uniform(0.1, 0.35)
        tall = min(rng.uniform(0.05, 0.08), 1.1 * (line - low) / len(said))
        art.text(said, 0, low, tall, BLACK, str(rng.choice(FACES)))
    y, tall = rng.uniform(0.66, 0.74), rng.uniform(0.12, 0.19)
    half = art.text('9', 0, y, tall, BLACK, str(rng.choice(FACES)))
    under = y + tall / 2 + rng.uniform(0.02, 0.04)
    art.box(-half * 1.1, under, half * 1.1, under + rng.uniform(0.012, 0.03), BLACK)
    if line < 1:
        art.stroke([*rhomb(line), *rhomb(line)[:2]], rng.uniform(0.008, 0.025), BLACK)
    if rng.random() < 0.3 or ground != WHITE:
        art.stroke([*rhomb(0.995), *rhomb(0.995)[:2]], rng.uniform(0.006, 0.012), BLACK)
    return art.flat()


def _upright(art: Art, y: float, s: float, thin: float, ground: Ink, rng: Rng) -> None:
    """Three cells of different heights, the last one broken off along a jagged edge."""
    floor = y + 0.16 * s
    for k, (x, wide, tall) in enumerate(((-0.3, 0.13, 0.3), (-0.1, 0.16, 0.24), (0.12, 0.2, 0.34))):
        x0, x1, top = (x - wide / 2) * s, (x + wide / 2) * s, floor - tall * s
        solid = rng.random() < 0.6
        if k == 2:
            jag = [(x0, top + 0.12 * s), (x0 + 0.05 * s, top + 0.04 * s),
                   (x0 + 0.1 * s, top + 0.14 * s), (x0 + 0.15 * s, top + 0.05 * s),
                   (x1, top + 0.13 * s)]  # fmt: skip
            art.fill([*jag, (x1, floor), (x0, floor)], BLACK)
            blaze(art, x1 + 0.1 * s, floor - 0.17 * s, 0.15 * s, BLACK, ground, rng)
            continue
        art.box(x0, top, x1, floor, BLACK)
        if not solid:
            art.box(x0 + thin, top + thin, x1 - thin, floor - thin, ground)
            art.box(x0, top + 0.1 * s, x1, top + 0.1 * s + thin, BLACK)
        art.box(x * s - 0.03 * s, top - 0.035 * s, x * s + 0.03 * s, top, BLACK)


def _lying(art: Art, y: float, s: float, thin: float, ground: Ink, rng: Rng) -> None:
    """Two or three cells on their sides, one above the other; the lowest is cracked and burns."""
    rows = int(rng.integers(2, 4))
    tall = 0.34 * s / rows
    for k in range(rows):
        top, wide = y - 0.17 * s + k * tall, (0.3 - 0.04 * k) * s
        art.box(-wide, top, wide, top + tall * 0.76, BLACK)
        art.box(wide, top + tall * 0.22, wide + 0.04 * s, top + tall * 0.54, BLACK)
        if k < rows - 1:
            art.box(-wide + thin, top + thin, wide - thin, top + tall * 0.76 - thin, ground)
            art.text('+', wide * 0.7, top + tall * 0.36, tall * 0.5, BLACK, FACES[1])
            art.box(-wide * 0.8, top + tall * 0.34, -wide * 0.6, top + tall * 0.42, BLACK)
        else:
            crack = [(0.05 * s, top - 0.01), (-0.01 * s, top + tall * 0.3),
                     (0.06 * s, top + tall * 0.45), (0.0, top + tall * 0.8)]  # fmt: skip
            art.stroke(crack, max(thin, 0.02), ground)
            blaze(art, -wide - 0.02 * s, top + 0.02 * s, 0.12 * s, BLACK, ground, rng)


def _outlined(art: Art, y: float, s: float, thin: float, ground: Ink, rng: Rng) -> None:
    """Four cells in line art with caps as ellipses, the second of them split in two."""
    floor, burst = y + 0.17 * s, int(rng.integers(1, 4))
    for k, x in enumerate((-0.33, -0.12, 0.1, 0.32)):
        half, tall = 0.075 * s, (0.25 + 0.05 * (k % 2)) * s
        x0, x1, top = x * s - half, x * s + half, floor - tall
        if k == burst:
            low, lean = floor - tall * 0.45, 0.05 * s
            art.stroke([(x0, low), (x0, floor), (x1, floor), (x1, low + 0.04 * s),
                        (x * s + 0.02 * s, low - 0.03 * s), (x * s - 0.02 * s, low + 0.03 * s),
                        (x0, low)], thin, BLACK)  # fmt: skip
            art.stroke([(x0 + lean, low - 0.1 * s), (x0 + lean, top), (x1 + lean, top),
                        (x1 + lean, low - 0.07 * s), (x0 + lean, low - 0.1 * s)],
                       thin, BLACK)  # fmt: skip
            blaze(art, x * s + 0.01 * s, low - 0.1 * s, 0.1 * s, BLACK, ground, rng)
            continue
        art.stroke([(x0, top), (x0, floor), (x1, floor), (x1, top), (x0, top)], thin, BLACK)
        art.disc(x * s, top, half, BLACK, 0.35)
        art.box(x0, top + tall * 0.3, x1, top + tall * 0.3 + thin, BLACK)
        art.box(x * s - half * 0.3, top - 0.045 * s, x * s + half * 0.3, top, BLACK)


def _assorted(art: Art, y: float, s: float, thin: float, ground: Ink, rng: Rng) -> None:
    """A block with two poles, a slim cell, a coin, and a broken cell that burns."""
    floor = y + 0.17 * s
    art.box(-0.36 * s, floor - 0.22 * s, -0.14 * s, floor, BLACK)
    for x in (-0.31, -0.22):
        art.box(x * s, floor - 0.26 * s, (x + 0.05) * s, floor - 0.22 * s, BLACK)
    art.text('+ -', -0.25 * s, floor - 0.12 * s, 0.06 * s, ground, FACES[1])
    art.box(-0.11 * s, floor - 0.3 * s, -0.02 * s, floor, BLACK)
    art.box(-0.085 * s, floor - 0.33 * s, -0.045 * s, floor - 0.3 * s, BLACK)
    art.disc(0.06 * s, floor - 0.05 * s, 0.05 * s, BLACK)
    art.fill([(0.13 * s, floor), (0.13 * s, floor - 0.2 * s), (0.18 * s, floor - 0.15 * s),
              (0.22 * s, floor - 0.22 * s), (0.27 * s, floor - 0.14 * s),
              (0.3 * s, floor - 0.19 * s), (0.3 * s, floor)], BLACK)  # fmt: skip
    blaze(art, 0.23 * s, floor - 0.3 * s, 0.11 * s, BLACK, ground, rng)


def _pouches(art: Art, y: float, s: float, thin: float, ground: Ink, rng: Rng) -> None:
    """Flat cells with tabs, fanned out; the foremost is torn open."""
    floor = y + 0.16 * s
    for k, x in enumerate((-0.3, -0.06, 0.18)):
        lean = 0.03 * (k - 1) * s
        x0, x1, top = x * s, (x + 0.18) * s, floor - 0.26 * s
        art.fill([(x0 + lean, top), (x1 + lean, top), (x1, floor), (x0, floor)], BLACK)
        for tab in (0.04, 0.11):
            art.box(x0 + tab * s + lean, top - 0.05 * s, x0 + (tab + 0.03) * s + lean, top, BLACK)
        if k < 2:
            t = thin
            art.fill([(x0 + lean + t, top + t), (x1 + lean - t, top + t), (x1 - t, floor - t),
                      (x0 + t, floor - t)], ground)  # fmt: skip
            art.stroke([(x0 + 0.09 * s, top + 0.07 * s), (x0 + 0.07 * s, floor - 0.12 * s),
                        (x0 + 0.12 * s, floor - 0.13 * s), (x0 + 0.08 * s, floor - 0.05 * s)],
                       thin, BLACK)  # fmt: skip
        else:
            art.stroke([(x0, top + 0.1 * s), (x0 + 0.06 * s, top + 0.14 * s),
                        (x0 + 0.1 * s, top + 0.08 * s), (x1, top + 0.13 * s)],
                       max(thin, 0.02), ground)  # fmt: skip
            blaze(art, x1 + 0.08 * s, top + 0.06 * s, 0.11 * s, BLACK, ground, rng)


GROUPS: tuple[Callable[[Art, float, float, float, Ink, Rng], None], ...] = (
    _upright, _lying, _outlined, _assorted, _pouches,
)  # fmt: skip


# --- what else is on a carton ---------------------------------------------------------------


def other(name: str, px: int, ground: Ink, rng: Rng) -> np.ndarray:
    """A flat drawing of another label or mark; diamonds are `px` from corner to corner."""
    if name == 'arrows':
        return _arrows(px, ground, rng)
    if name in ('battery_mark', 'cargo'):
        return (_battery_mark if name == 'battery_mark' else _cargo)(px, ground, rng)
    tint = {'3': RED, '2.1': RED}.get(name, ground)
    art = Art(px, tint)
    ink = WHITE if name in ('3', '2.1') and rng.random() < 0.5 else BLACK
    if name == '8':
        art.box(-1, 0, 1, 1, BLACK)
    if name == 'limited':
        art.fill([(-1, -1), (1, -1), (1, -0.5), (-1, -0.5)], BLACK)
        art.fill([(-1, 1), (1, 1), (1, 0.5), (-1, 0.5)], BLACK)
        art.stroke([*rhomb(0.97), *rhomb(0.97)[:2]], 0.03, BLACK)
        return art.flat()
    _figure(art, name, ink, tint, rng)
    if name.startswith('GHS'):
        art.stroke([*rhomb(0.95), *rhomb(0.95)[:2]], rng.uniform(0.06, 0.12), RED)
    elif name == 'environment':
        art.stroke([*rhomb(0.96), *rhomb(0.96)[:2]], 0.04, BLACK)
    else:
        art.text(name[0], 0, 0.7, 0.15, WHITE if name == '8' else ink, str(rng.choice(FACES)))
        line = 0.9 if rng.random() < 0.7 else 0.96
        art.stroke([*rhomb(line), *rhomb(line)[:2]], 0.015, ink)
    return art.flat()


def _figure(art: Art, name: str, ink: Ink, ground: Ink, rng: Rng) -> None:
    y = 0.05 if name.startswith('GHS') or name == 'environment' else -0.36
    s = 0.38 if y > 0 else 0.27
    if name in ('3', '2.1', 'GHS02'):
        blaze(art, 0, y - 0.04, s, ink, ground, rng)
        art.box(-s, y + s, s, y + s * 1.15, ink)
    elif name in ('6.1', 'GHS06'):
        for way in (-1, 1):
            art.stroke([(-s, y + s * (0.75 - 0.3 * way)), (s, y + s * (0.75 + 0.3 * way))],
                       s * 0.16, ink)  # fmt: skip
        art.disc(0, y - s * 0.25, s * 0.58, ink, 1.05)
        art.box(-s * 0.3, y + s * 0.1, s * 0.3, y + s * 0.6, ink)
        for x in (-0.24, 0.24):
            art.disc(x * s, y - s * 0.2, s * 0.15, ground)
        art.fill([(0, y), (s * 0.08, y + s * 0.16), (-s * 0.08, y + s * 0.16)], ground)
    elif name in ('8', 'GHS05'):
        for way in (-1, 1):
            tilt = [(way * 0.15 * s, y - 0.75 * s), (way * 0.85 * s, y - 0.4 * s),
                    (way * 0.78 * s, y - 0.2 * s), (way * 0.1 * s, y - 0.5 * s)]  # fmt: skip
            art.fill(tilt, ink)
            for k in range(2):
                art.disc(way * 0.8 * s, y + (0.0 + 0.22 * k) * s, 0.06 * s, ink, 1.5)
        art.box(-1.0 * s, y + 0.5 * s, -0.3 * s, y + 0.66 * s, ink)
        art.fill(curve([(0.3 * s, y + 0.5 * s), (0.7 * s, y + 0.3 * s), (1.05 * s, y + 0.5 * s),
                        (1.1 * s, y + 0.75 * s), (0.7 * s, y + 0.72 * s),
                        (0.3 * s, y + 0.75 * s)]), ink)  # fmt: skip
    elif name == 'GHS07':
        art.fill([(-0.2 * s, y - s), (0.2 * s, y - s), (0.1 * s, y + 0.3 * s),
                  (-0.1 * s, y + 0.3 * s)], ink)  # fmt: skip
        art.disc(0, y + 0.65 * s, 0.17 * s, ink)
    else:
        art.stroke([(-0.45 * s, y + 0.6 * s), (-0.35 * s, y - 0.95 * s)], 0.16 * s, ink)
        for a, b in ((-0.95, -0.5), (0.1, -0.7), (-0.85, 0.05), (0.0, -0.2)):
            art.stroke([(-0.4 * s, y + (b + 0.35) * s), (a * s, y + b * s)], 0.08 * s, ink)
        art.fill(curve([(0, y + 0.25 * s), (0.4 * s, y - 0.1 * s), (0.75 * s, y + 0.25 * s),
                        (0.95 * s, y + 0.05 * s), (0.95 * s, y + 0.5 * s),
                        (0.75 * s, y + 0.3 * s), (0.6 * s, y + 0.55 * s),
                        (0.2 * s, y + 0.45 * s)]), ink)  # fmt: skip
        art.box(-s, y + 0.62 * s, 0.9 * s, y + 0.72 * s, ink)


def _arrows(px: int, ground: Ink, rng: Rng) -> np.ndarray:
    art = Art(round(px * 0.8), ground)
    ink = RED if rng.random() < 0.3 else BLACK
    for x in (-0.42, 0.42):
        art.fill([(x, -0.8), (x + 0.36, -0.15), (x + 0.16, -0.15), (x + 0.16, 0.5),
                  (x - 0.16, 0.5), (x - 0.16, -0.15), (x - 0.36, -0.15)], ink)  # fmt: skip
    art.box(-0.8, 0.66, 0.8, 0.8, ink)
    if rng.random() < 0.5:
        art.stroke([(-0.97, -0.97), (0.97, -0.97), (0.97, 0.97), (-0.97, 0.97), (-0.97, -0.97)],
                   0.03, ink)  # fmt: skip
    return art.flat()


def _battery_mark(px: int, ground: Ink, rng: Rng) -> np.ndarray:
    art = Art(round(px * 0.85), ground, high=11 / 12)
    low = 11 / 12
    step = rng.uniform(0.1, 0.16)
    for k in np.arange(-2.2, 2.2, step).tolist():
        art.fill([(k, -low), (k + step / 2, -low), (k + step / 2 + 0.9, low), (k + 0.9, low)], RED)
    art.box(-0.86, -low + 0.14, 0.86, low - 0.14, ground)
    GROUPS[rng.integers(4)](art, -0.2, 1.6, 0.02, ground, rng)
    number = str(rng.choice(['UN3480', 'UN3481', 'UN 3090', 'UN3091']))
    art.text(number, 0, 0.45, 0.2, BLACK, FACES[1])
    return art.flat()


def _cargo(px: int, ground: Ink, rng: Rng) -> np.ndarray:
    art = Art(round(px * 0.85), (240, 124, 30), high=11 / 12)
    art.stroke([(-0.95, -0.86), (0.95, -0.86), (0.95, 0.86), (-0.95, 0.86), (-0.95, -0.86)],
               0.03, BLACK)  # fmt: skip
    art.stroke([(-0.7, -0.1), (0.7, -0.3)], 0.12, BLACK)
    art.fill([(-0.1, -0.2), (0.2, -0.25), (0.05, 0.1), (-0.05, 0.1)], BLACK)
    art.fill([(-0.7, -0.1), (-0.75, -0.4), (-0.6, -0.15)], BLACK)
    art.text('CARGO AIRCRAFT ONLY', 0, -0.65, 0.1, BLACK, FACES[1])
    art.text('FORBIDDEN IN PASSENGER AIRCRAFT', 0, 0.5, 0.06, BLACK, FACES[1])
    return art.flat()
