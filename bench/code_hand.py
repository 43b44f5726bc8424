"""Codes of nine symbologies on cartons, photographed badly: drawn, nothing was tuned to its seeds.

Each picture shows one code amid words, a frame and a hatched corner, under one condition; the
strengths are such that a person sees at once that a code is there. Sizes are in modules of the
code, so that a condition means the same for a large and a small code.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

WIDE, HIGH = 2000, 1500

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Shown:
    """A picture with the code that it shows: symbology, condition, value, corners."""

    symbology: str
    condition: str
    value: str
    image: Image
    corners: NDArray[np.float64]


def _serial(rng: random.Random) -> str:
    return ''.join(rng.choices('ABCDEFGHJKLMNPRSTUVWXYZ0123456789-', k=rng.randint(8, 16)))


def _long(rng: random.Random) -> str:
    words = ''.join(rng.choices(string.ascii_letters + string.digits + '/-_', k=90))
    return f'https://example.org/t/{words}'


def _gs1(rng: random.Random) -> str:
    body = f'0{rng.randint(10**11, 10**12 - 1)}'
    return f'(01){_checked(body)}(11)25{rng.randint(1, 12):02d}15(21){_serial(rng)[:8]}'


def _checked(body: str) -> str:
    total = sum(int(one) * (3, 1)[at % 2] for at, one in enumerate(reversed(body)))
    return body + str(-total % 10)


MADE: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    'qr': ('QRCode', _serial),
    'qr, long': ('QRCode', _long),
    'datamatrix': ('DataMatrix', _serial),
    'gs1 datamatrix': ('DataMatrix', _gs1),
    'code128': ('Code128', _serial),
    'gs1-128': ('Code128', _gs1),
    'ean13': ('EAN13', lambda rng: _checked(f'69{rng.randint(10**9, 10**10 - 1)}')),
    'itf14': ('ITF', lambda rng: _checked(f'169{rng.randint(10**9, 10**10 - 1)}')),
    'code39': ('Code39', lambda rng: _serial(rng)[:10]),
}
"""The symbologies with what is written in them; ITF of fourteen figures with their check digit."""

CONDITIONS = (
    'plain', 'blur', 'motion', 'steep', 'curved', 'glare', 'pale', 'noise', 'small', 'inverted',
    'wet', 'gaps',
)  # fmt: skip


def shown(symbology: str, condition: str, seed: int) -> Shown:
    """One picture; the same for the same words and seed."""
    rng = random.Random(f'{symbology} {condition} {seed}')
    noise = np.random.default_rng(rng.getrandbits(32))
    kind, made = MADE[symbology]
    value = made(rng)
    bars = kind in ('Code128', 'EAN13', 'ITF', 'Code39')
    module = rng.uniform(1.8, 2.3) if bars else rng.uniform(3.2, 5.0)
    if condition == 'small':
        module = rng.uniform(1.05, 1.3) if bars else rng.uniform(1.7, 2.1)
    sheet, corners = _sheet(_code(kind, value, symbology.startswith('gs1'), bars, condition, rng),
                            module, rng, condition, noise)  # fmt: skip
    if condition == 'curved':
        sheet, corners = _rounded(sheet, corners, rng)
    image, corners = _taken(sheet, corners, rng, condition)
    image = _spoilt(image, corners, condition, module, rng, noise)
    return Shown(symbology, condition, value, image, corners)


def all_shown(n: int, seed: int) -> Iterator[Shown]:
    """`n` pictures of each symbology under each condition."""
    for condition in CONDITIONS:
        for symbology in MADE:
            for k in range(n):
                yield shown(symbology, condition, seed + k)


DRAWN = 8
"""Pixels of a module in the drawing."""


def _code(
    kind: str, value: str, gs1: bool, bars: bool, condition: str, rng: random.Random
) -> Image:
    """The code as it is printed, with its quiet zone."""
    made = zxingcpp.create_barcode(value, getattr(zxingcpp.BarcodeFormat, kind), gs1=gs1)
    drawn = np.array(zxingcpp.write_barcode_to_image(made, scale=DRAWN))
    if bars:
        drawn = cv2.resize(drawn[drawn.shape[0] // 2][None], (drawn.shape[1], 60 * DRAWN))
    else:
        drawn = cv2.copyMakeBorder(drawn, *[DRAWN] * 4, cv2.BORDER_CONSTANT, value=255)
    if condition == 'gaps':
        _gaps(drawn, bars, rng)
    return np.asarray(drawn, np.uint8)


def _gaps(drawn: Image, bars: bool, rng: random.Random) -> None:
    """Lines that the print head left out, and for squares a thin one the other way too."""
    high, wide = drawn.shape
    for _ in range(rng.randint(2, 5) if bars else 2):
        at = rng.randint(high // 8, high - high // 8)
        drawn[at : at + rng.randint(2, DRAWN * (3 if bars else 1) * 2 // 3)] = 255
    if not bars:
        at = rng.randint(wide // 8, wide - wide // 8)
        drawn[:, at : at + rng.randint(2, 5)] = 255
        grown = cv2.dilate(drawn, np.ones((3, 3), np.uint8))
        drawn[:] = grown


def _sheet(
    code: Image, module: float, rng: random.Random, condition: str, noise: Any
) -> tuple[Image, NDArray[np.float64]]:
    """The wall of the carton with the code, words, a frame and a hatched corner."""
    ground, ink = rng.uniform(165, 235), rng.uniform(20, 55)
    if condition == 'pale':
        ink = ground - rng.uniform(20, 34)
    sheet = np.full((HIGH, WIDE), ground, np.float32)
    _words(sheet, rng)
    size = (round(code.shape[1] * module / DRAWN), round(code.shape[0] * module / DRAWN))
    small = cv2.resize(code, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if condition == 'inverted':
        small = 1 - small
    left, top = (WIDE - size[0]) // 2, (HIGH - size[1]) // 2
    paper = max(ground, 200) if rng.random() < 0.5 and condition != 'pale' else ground
    part = ink + (paper - ink) * small
    if condition == 'wet':
        part = _wet(part, module, rng)
    sheet[top : top + size[1], left : left + size[0]] = part
    sheet += cv2.GaussianBlur(noise.normal(0, 9, sheet.shape).astype(np.float32), (0, 0), 2)
    edge = np.array([[left, top], [left + size[0], top], [left + size[0], top + size[1]],
                     [left, top + size[1]]], np.float64)  # fmt: skip
    return np.clip(sheet, 0, 255).astype(np.uint8), edge


def _words(sheet: NDArray[np.float32], rng: random.Random) -> None:
    for row in range(5):
        said = ''.join(rng.choices(string.ascii_uppercase + string.digits + ' ', k=24))
        at = (rng.randint(80, 500), rng.choice((120, HIGH - 360)) + 62 * row)
        cv2.putText(sheet, said, at, rng.choice((0, 2, 3, 4)), rng.uniform(0.8, 1.5), 40.0,
                    rng.choice((1, 2, 3)), cv2.LINE_AA)  # fmt: skip
    cv2.rectangle(sheet, (40, 40), (WIDE - 40, HIGH - 40), 60.0, 4)
    for x in range(0, 260, 26):
        cv2.line(sheet, (WIDE - 300 + x, 60), (WIDE - 360 + x, 260), 30.0, 10)


def _wet(part: NDArray[np.float32], module: float, rng: random.Random) -> NDArray[np.float32]:
    """Dark with water on one side, the ink run there."""
    high, wide = part.shape
    mask = np.zeros_like(part)
    at = (round(rng.uniform(0.1, 0.9) * wide), round(rng.uniform(0.1, 0.9) * high))
    axes = (round(rng.uniform(0.3, 0.45) * wide), round(rng.uniform(0.3, 0.45) * high))
    cv2.ellipse(mask, at, axes, rng.uniform(0, 90), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 2 * module)
    run = cv2.GaussianBlur(part, (0, 0), 0.45 * module) * rng.uniform(0.4, 0.6)
    return np.asarray(part * (1 - mask) + run * mask, np.float32)


def _rounded(
    sheet: Image, corners: NDArray[np.float64], rng: random.Random
) -> tuple[Image, NDArray[np.float64]]:
    """The wall wrapped round a drum whose edge lies near the ends of the code."""
    half = np.radians(rng.uniform(50, 62))
    reach = max(np.ptp(corners[:, 0]), np.ptp(corners[:, 1])) / 2 * 1.15
    radius = reach / half
    x = np.arange(WIDE) - WIDE / 2
    flat = np.arcsin(np.clip(x / radius, -1, 1)) * radius
    bow = 0.25 * reach * (np.cos(flat / radius) - 1)
    columns = np.tile((flat + WIDE / 2).astype(np.float32), (HIGH, 1))
    rows = np.arange(HIGH, dtype=np.float32)[:, None] - bow[None].astype(np.float32)
    shade = 0.5 + 0.5 * np.cos(np.clip(x / radius, -1, 1))
    bent = cv2.remap(sheet, columns, rows, cv2.INTER_LINEAR, borderValue=90)
    angle = (corners[:, 0] - WIDE / 2) / radius
    moved = np.c_[WIDE / 2 + radius * np.sin(angle),
                  corners[:, 1] + 0.25 * reach * (np.cos(angle) - 1)]  # fmt: skip
    return np.asarray(bent * shade[None], np.uint8), moved


def _taken(
    sheet: Image, corners: NDArray[np.float64], rng: random.Random, condition: str
) -> tuple[Image, NDArray[np.float64]]:
    """The wall as the camera sees it."""
    tilt = rng.uniform(42, 54) if condition == 'steep' else rng.uniform(0, 14)
    yaw, pitch = (np.radians(tilt * rng.choice((-1, 1))), np.radians(rng.uniform(-8, 8)))
    if rng.random() < 0.5:
        yaw, pitch = pitch, yaw
    roll = np.radians(rng.choice((0, 0, 90, 180, 270)) + rng.uniform(-12, 12))
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)],
                        [0, np.sin(pitch), np.cos(pitch)]])  # fmt: skip
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0],
                        [0, 0, 1]])  # fmt: skip
    around = np.array([[0, 0], [WIDE, 0], [WIDE, HIGH], [0, HIGH]], np.float64)
    world = np.c_[around - (WIDE / 2, HIGH / 2), np.zeros(4)] @ (about_z @ about_x @ about_y).T
    focal = 1.3 * WIDE
    seen = focal * world[:, :2] / (world[:, 2:] + focal) + (WIDE / 2, HIGH / 2)
    plane = cv2.getPerspectiveTransform(around.astype(np.float32), seen.astype(np.float32))
    shift = np.array([[1, 0, rng.uniform(-120, 120)], [0, 1, rng.uniform(-90, 90)], [0, 0, 1]])
    plane = shift @ plane
    image = cv2.warpPerspective(sheet, plane, (WIDE, HIGH), flags=cv2.INTER_AREA, borderValue=110)
    return np.asarray(image, np.uint8), cv2.perspectiveTransform(corners[None], plane)[0]


def _spoilt(
    image: Image, corners: NDArray[np.float64], condition: str, module: float, rng: random.Random,
    noise: Any,
) -> Image:  # fmt: skip
    """Lens, light and sensor."""
    bars = (module < 3 and condition != 'small') or module < 1.5
    blur = {'blur': module * rng.uniform(0.62, 0.85) * (1.15 if bars else 1)}.get(
        condition, rng.uniform(0.5, 0.9)
    )
    soft = cv2.GaussianBlur(image, (0, 0), blur)
    if condition == 'motion':
        soft = _moved(soft, module * rng.uniform(1.5, 2.4), rng.uniform(0, np.pi))
    light = soft.astype(np.float32)
    if condition == 'glare':
        middle, span = corners.mean(axis=0), np.ptp(corners, axis=0)
        at = middle + span * (rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3))
        spot = np.zeros_like(light)
        axes = (int(0.14 * span.max()), int(0.09 * span.max()))
        cv2.ellipse(spot, (int(at[0]), int(at[1])), axes, rng.uniform(0, 180), 0, 360, 230, -1)
        light = light + cv2.GaussianBlur(spot, (0, 0), axes[1] * 0.6)
        light += 0.8 * cv2.GaussianBlur(spot, (0, 0), axes[0])
    sigma = {'noise': rng.uniform(24, 34), 'pale': rng.uniform(2.5, 4)}.get(
        condition, rng.uniform(2, 4)
    )
    light = light * rng.uniform(0.75, 1.0) + noise.normal(0, sigma, light.shape)
    jpeg = cv2.imencode('.jpg', np.clip(light, 0, 255).astype(np.uint8),
                        [cv2.IMWRITE_JPEG_QUALITY, rng.randint(70, 92)])[1]  # fmt: skip
    back = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert back is not None
    return np.asarray(back, np.uint8)


def _moved(image: Image, run: float, angle: float) -> Image:
    size = 2 * int(np.ceil(run / 2)) + 1
    streak = np.zeros((size, size), np.float32)
    for step in np.linspace(-run / 2, run / 2, 8 * size):
        row, column = size // 2 + step * np.sin(angle), size // 2 + step * np.cos(angle)
        streak[min(size - 1, max(0, round(row))), min(size - 1, max(0, round(column)))] += 1
    return np.asarray(cv2.filter2D(image, -1, streak / streak.sum()), np.uint8)
