"""A fourth drawing: labels as vector art on cartons of 12 MP, read as a package is (synthetic).

    python -m bench.label_carton --n 40 --light clean
    python -m bench.label_carton --n 40 --light hard --seed 900

Drawn as the author of another generator of cartons would, and nothing was learnt from it: the
battery group upright, lying, in outline or as pouches; stripes of any width; the line inside the
edge at 2 mm, at 5 mm or missing; words and UN numbers on the label; stickers, and print on bare
board in little contrast; battery marks, arrows, GHS diamonds, other classes, limited quantity,
environment mark, cargo aircraft only, or no label at all. Hard light has a condition each: a fifth
of the light, a shaking hand, glare, noise, much compression, half the resolution, a view from
aside, a crease. What counts is 9A against 9 against none; JSON follows the table.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from clearlane.model import Reading
from clearlane.recognisers.package import PACKAGE
from clearlane.sample import fonts

Rng = np.random.Generator
Ink = tuple[int, int, int]
Point = tuple[float, float]

WIDE, HIGH = 4000, 3000
SURE = 0.6
"""The scenario of lithium batteries takes a label to be read from this score on (its parameter)."""
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
OTHERS = (
    'battery_mark', 'arrows', 'GHS02', 'GHS05', 'GHS06', 'GHS07', 'GHS09', '3', '8', '6.1', '2.1',
    'limited', 'environment', 'cargo',
)  # fmt: skip
HARD = ('dim', 'shake', 'glare', 'noise', 'jpeg', 'half', 'aside', 'crease')


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


# --- cartons --------------------------------------------------------------------------------


@dataclass
class Taken:
    """A photograph with what is to be read in it."""

    shown: str
    condition: str
    jpeg: bytes
    truth: list[dict[str, Any]]


def photographs(n: int, seed: int, light: str) -> Iterator[Taken]:
    """`n` photographs each of a carton with a 9A, with a 9, with neither."""
    for number, shown in enumerate(('9A', '9', 'none')):
        for k in range(n):
            rng = np.random.default_rng([seed, number, k, light == 'hard'])
            yield photograph(shown, HARD[k % len(HARD)] if light == 'hard' else 'clean', rng)


def photograph(shown: str, condition: str, rng: Rng) -> Taken:
    """One carton under one condition."""
    board = ((86, 128, 160), (70, 110, 145), (120, 160, 190), (226, 230, 232))[rng.integers(4)]
    grain = rng.normal(0, 5, (150, 800, 1)) + board
    face = cv2.resize(np.clip(grain, 0, 255).astype(np.uint8), (WIDE, HIGH))
    names = [str(one) for one in rng.permutation(OTHERS)[: rng.integers(0, 4)]]
    if shown != 'none':
        names = [shown, *names]
    cells = [(700 + 1280 * (k % 3), 780 + 1420 * (k // 3)) for k in range(6)]
    spots = [cells[k] for k in rng.permutation(6)]
    truth = []
    side = rng.uniform(400, 900)
    for name in names:
        x, y = spots.pop()
        ratio = 1.0 if name == shown else rng.uniform(0.6, 1.2)
        px = round(min(side * ratio, 880) * math.sqrt(2))
        printed = rng.random() < 0.35
        ground = (255, 255, 255) if printed else WHITE
        flat = nine(name, px, ground, rng) if name == shown else other(name, px, ground, rng)
        is_diamond = name not in ('arrows', 'battery_mark', 'cargo')
        box = _put(face, flat, (x, y), is_diamond, printed, rng)
        kind = {'arrows': 'orientation_arrows', 'battery_mark': 'battery_mark'}.get(name)
        if name not in ('limited', 'environment', 'cargo'):
            kind = kind or ('ghs_label' if name.startswith('GHS') else 'hazard_label')
            value = {'arrows': 'up', 'battery_mark': 'unread'}.get(name, name)
            truth.append({'kind': kind, 'value': value, 'box': box})
    _words(face, spots, rng)
    picture, plane = _seen(face, condition, rng)
    size = picture.shape[1::-1]
    for item in truth:
        corners = cv2.perspectiveTransform(np.array([item['box']], np.float64), plane)[0]
        inside = bool(((corners > 1) & (corners < np.array(size) - 1)).all())
        item.update(box=corners.tolist(), legible=inside)
    picture, quality = _developed(picture, condition, truth, rng)
    if condition == 'half':
        picture = cv2.resize(picture, (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_AREA)
        for item in truth:
            item['box'] = [[x / 2, y / 2] for x, y in item['box']]
    packed = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return Taken(shown, condition, packed.tobytes(), truth)


def _put(
    face: np.ndarray, flat: np.ndarray, middle: Point, is_diamond: bool, printed: bool, rng: Rng
) -> list[list[float]]:
    """Stick or print it there, a little turned; its four corners."""
    high, wide = flat.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    if is_diamond:
        corners = np.array([[wide / 2, 0], [wide, high / 2], [wide / 2, high], [0, high / 2]],
                           np.float32)  # fmt: skip
    mask = np.zeros((high, wide), np.uint8)
    cv2.fillPoly(mask, [corners.astype(np.int32)], 255, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(rng.normal(0, 2.5)), 1.0)
    reach = round(max(high, wide) * 0.56)
    turn[:, 2] += (reach - wide / 2, reach - high / 2)
    seen = cv2.warpAffine(flat, turn, (2 * reach, 2 * reach)).astype(np.float32) / 255
    part = cv2.warpAffine(mask, turn, (2 * reach, 2 * reach)).astype(np.float32)[..., None] / 255
    x, y = round(middle[0] - reach), round(middle[1] - reach)
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(WIDE, x + 2 * reach), min(HIGH, y + 2 * reach)
    seen, part = (one[y0 - y : y1 - y, x0 - x : x1 - x] for one in (seen, part))
    below = face[y0:y1, x0:x1].astype(np.float32)
    if printed:  # ink only darkens the board, more or less of it
        strength = rng.uniform(0.6, 1.0)
        paint = below * (1 - strength * (1 - seen))
    else:
        shade = cv2.GaussianBlur(part, (0, 0), 6)[..., None]
        below = below * (1 - 0.25 * shade * (1 - part))
        tint = np.array([rng.uniform(0.86, 1), rng.uniform(0.92, 1), 1], np.float32)
        dark = rng.uniform(0, 0.2)
        paint = (dark + seen * (1 - dark)) * 255 * tint * rng.uniform(0.88, 1)
    face[y0:y1, x0:x1] = np.clip(below * (1 - part) + paint * part, 0, 255).astype(np.uint8)
    moved = corners @ turn[:, :2].T + turn[:, 2] + (x, y)
    return [[float(a), float(b)] for a, b in moved]


def _words(face: np.ndarray, spots: Sequence[Point], rng: Rng) -> None:
    """Lines of print and a code in each place that has no label."""
    sheet = Image.fromarray(face)
    pen = ImageDraw.Draw(sheet)
    for x, y in spots:
        lines = [
            f'4G/Y{rng.integers(10, 40)}/S/{rng.integers(23, 27)}/CN/35{rng.integers(1000, 9999)}',
            f'UN{rng.choice(["3480", "3481", "3090"])}', 'LITHIUM ION BATTERIES',
            f'G.W. {rng.integers(5, 40)}.{rng.integers(0, 9)} kg',
            f'C/NO. {rng.integers(1, 400)}', 'MADE IN CHINA', 'HANDLE WITH CARE',
            f'LOT {rng.integers(10**6, 10**7)}',
        ]  # fmt: skip
        size = round(rng.uniform(46, 100))
        font = ImageFont.truetype(fonts.HOME / str(rng.choice(FACES)), size)
        for k, index in enumerate(rng.permutation(len(lines))[: rng.integers(1, 5)]):
            pen.text((x - 520, y - 250 + k * size * 1.5), lines[index], fill=BLACK, font=font)
        at = x - 400 if rng.random() < 0.3 else x + 300
        while at < x + 300:
            wide = 6 * int(rng.integers(1, 4))
            pen.rectangle((at, y + 330, at + wide - 1, y + 520), fill=BLACK)
            at += wide + 6 * int(rng.integers(1, 4))
    face[:] = np.asarray(sheet)


def _seen(face: np.ndarray, condition: str, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """The carton's face by a camera that stands more or less aside, and its homography."""
    reach = {'clean': 8.0, 'aside': 40.0}.get(condition, 15.0)
    yaw = math.radians(rng.choice((-1, 1)) * rng.uniform(0.6 if reach > 30 else 0, 1) * reach)
    pitch, roll = math.radians(rng.normal(0, 0.25) * reach), math.radians(rng.normal(0, 2))
    points = np.array([[-1, -0.75, 0], [1, -0.75, 0], [1, 0.75, 0], [-1, 0.75, 0]])
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0],
                        [-math.sin(yaw), 0, math.cos(yaw)]])  # fmt: skip
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)],
                        [0, math.sin(pitch), math.cos(pitch)]])  # fmt: skip
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0],
                        [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])  # fmt: skip
    turned = points @ (about_z @ about_x @ about_y).T
    seen = turned[:, :2] * 2.6 / (turned[:, 2:] + 2.6)
    seen = (seen * WIDE / 2 * rng.uniform(0.88, 1.0) + (WIDE / 2, HIGH / 2)).astype(np.float32)
    flat = np.array([[0, 0], [WIDE, 0], [WIDE, HIGH], [0, HIGH]], np.float32)
    plane = cv2.getPerspectiveTransform(flat, seen)
    table = np.full_like(face, rng.integers(50, 190, 3).astype(np.uint8))
    shown = cv2.warpPerspective(
        face, plane, (WIDE, HIGH), dst=table, flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )  # fmt: skip
    return shown, plane


def _developed(
    picture: np.ndarray, condition: str, truth: list[dict[str, Any]], rng: Rng
) -> tuple[np.ndarray, int]:
    """Light, lens and sensor; the picture and the quality that it is kept with."""
    unit = (WIDE, HIGH)
    light = np.linspace(rng.uniform(0.8, 1), rng.uniform(0.8, 1), WIDE, dtype=np.float32)
    level = np.repeat(light[None], HIGH, axis=0)
    spot = np.array(truth[0]['box']).mean(axis=0) if truth else np.array(unit) / 2
    add = np.zeros((HIGH, WIDE), np.float32)
    if condition == 'dim':
        level *= rng.uniform(0.2, 0.35)
    if condition in ('glare', 'crease'):
        y, x = np.mgrid[0 : HIGH // 8, 0 : WIDE // 8].astype(np.float32) * 8
        at = spot + rng.normal(0, 260, 2)
        if condition == 'glare':
            far = ((x - at[0]) ** 2 + ((y - at[1]) * rng.uniform(0.6, 2)) ** 2) / 330**2
            add += cv2.resize(np.exp(-far) * np.float32(rng.uniform(70, 130)), unit)
        else:
            angle = rng.uniform(0, math.pi)
            far = ((x - at[0]) * math.cos(angle) + (y - at[1]) * math.sin(angle)) / 40
            level *= 1 + cv2.resize(0.35 * np.tanh(far) * np.exp(-np.abs(far) / 3), unit)
    cast = rng.uniform(0.86, 1.08, 3).astype(np.float32)
    if condition == 'shake':
        length = int(rng.integers(9, 24))
        streak = np.zeros((length, length), np.float32)
        angle, mid = rng.uniform(0, math.pi), (length - 1) / 2
        run = np.array([math.cos(angle), math.sin(angle)]) * mid
        ends = [tuple(round(float(c)) for c in mid + way * run) for way in (-1, 1)]
        cv2.line(streak, ends[0], ends[1], 1)
        out = cv2.filter2D(picture, -1, streak / streak.sum())
    else:
        soft = rng.uniform(0.5, 1.2 if condition == 'clean' else 2.5)
        out = cv2.GaussianBlur(picture, (0, 0), soft)
    sigma = {'noise': rng.uniform(10, 20), 'dim': rng.uniform(3, 7)}.get(
        condition, rng.uniform(1, 4)
    )
    cv2.setRNGSeed(int(rng.integers(2**31)))
    grain = np.empty((250, WIDE), np.float32)
    for top in range(0, HIGH, 250):
        rows = slice(top, top + 250)
        cv2.randn(grain, 0, sigma)
        lit = out[rows] * (level[rows, :, None] * cast) + (add[rows] + grain)[..., None]
        out[rows] = np.clip(lit, 0, 255)
    quality = 40 if condition == 'jpeg' else int(rng.integers(75, 95))
    return out, quality


# --- the count ------------------------------------------------------------------------------


def answer(taken: Taken, readings: Sequence[Reading]) -> tuple[str, float]:
    """What is said of 9A, 9 or none, and how surely; the surest of either counts."""
    said = [one for one in readings if one.kind == 'hazard_label' and one.value in ('9A', '9')]
    best = max(said, key=lambda one: one.score, default=None)
    return ('none', 1.0) if best is None else (best.value, best.score)


def false_labels(taken: Taken, readings: Sequence[Reading]) -> list[str]:
    """Sure hazard labels that are not shown, by value."""
    left = Counter(item['value'] for item in taken.truth if item['kind'] == 'hazard_label')
    said = Counter(
        one.value for one in readings if one.kind == 'hazard_label' and one.score >= SURE
    )
    return sorted((said - left).elements())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=40, help='photographs each of 9A, 9 and none')
    parser.add_argument('--light', choices=('clean', 'hard'), default='clean')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep', type=Path, help='folder for photographs that are not read right')
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    table: Counter[tuple[str, str]] = Counter()
    wrong: list[dict[str, Any]] = []
    false, begun = 0, time.process_time()
    for number, taken in enumerate(photographs(asked.n, asked.seed, asked.light)):
        if any(not item['legible'] for item in taken.truth if item['value'] == taken.shown):
            continue
        readings = PACKAGE.read(taken.jpeg).readings
        said, score = answer(taken, readings)
        table[taken.shown, said if score >= SURE else f'{said}?'] += 1
        others = false_labels(taken, readings)
        false += bool(others)
        if said != taken.shown or score < SURE or others:
            wrong.append({'number': number, 'condition': taken.condition, 'shown': taken.shown,
                          'said': said, 'score': score, 'false': others})  # fmt: skip
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                name = f'{asked.light}_{number}_{taken.shown}_{said}_{taken.condition}.jpg'
                (asked.keep / name).write_bytes(taken.jpeg)
    columns = ('9A', '9', 'none', '9A?', '9?')
    print(f'synthetic; {asked.light}; sure from {SURE}, "?" below it')
    print('shown   ' + ''.join(f'{one:>7}' for one in columns))
    for shown in ('9A', '9', 'none'):
        print(f'{shown:<8}' + ''.join(f'{table[shown, one]:>7}' for one in columns))
    print(f'photographs with a sure transport label that is not there: {false}')
    print(json.dumps({'wrong': wrong, 'cpu_s': round(time.process_time() - begun, 1)}))


if __name__ == '__main__':
    main()
