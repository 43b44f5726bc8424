"""How the pier's hand photographs: a phone's wide lens, warm lamps, shadows, a rolling shutter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import simplejpeg

from bench.hands import faces
from bench.hands.pier import pier
from bench.hands.pier_content import box
from bench.hands.shots import Taken, _plane

Image = np.ndarray

HARD = ('lamp', 'shadow', 'shake', 'near', 'aside', 'smeared', 'tape', 'crease', 'small')


def photographs(n: int, seed: int, *, hard: bool, size: tuple[int, int]) -> Iterator[Taken]:
    """`n` photographs; hard ones go through the conditions in turn."""
    for index in range(n):
        rng = random.Random(f'pier {seed + index} {hard}')
        yield photograph(rng, HARD[index % len(HARD)] if hard else 'clean', size)


def photograph(rng: random.Random, condition: str, size: tuple[int, int]) -> Taken:
    """One photograph under one condition."""
    wide = size[0]
    fill = rng.uniform(0.4, 0.5) if condition == 'small' else rng.uniform(0.74, 0.9)
    return taken(pier(box(rng), rng, fill * wide / 560), 'pier', rng, condition, size)


def taken(
    face: faces.Face, hand: str, rng: random.Random, condition: str, size: tuple[int, int]
) -> Taken:
    """A photograph of this wall."""
    wide, high = size
    if condition == 'tape':
        _taped(face, rng)
    if condition == 'crease':
        _creased(face, rng)
    yaw, pitch, roll = _stance(rng, condition)
    plane = _plane(face.image.shape, (yaw, pitch, roll), size)
    bend = rng.uniform(0.1, 0.2) if condition == 'near' else rng.uniform(0, 0.05)
    ground = np.full((high, wide, 3), rng.randint(60, 170), np.uint8)
    shown = cv2.warpPerspective(
        face.image, plane, size, flags=cv2.INTER_AREA, dst=ground, borderMode=cv2.BORDER_TRANSPARENT
    )
    sway = rng.uniform(4, 10) * wide / 4000 if condition == 'shake' else 0.0
    shown = cv2.remap(
        shown,
        *_lens(size, bend, sway, rng.uniform(0, 6)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    truth = [_moved(one, plane, size, bend) for one in face.truth]
    image, quality = _developed(shown, condition, rng, wide / 4000)
    data = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, 'BGR', '420')
    return Taken(
        jpeg=data, width=wide, height=high, truth=truth, hand=hand, condition=condition, turned=0,
        angle=abs(yaw),
    )  # fmt: skip


def _stance(rng: random.Random, condition: str) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees."""
    reach = {'clean': 5, 'aside': 34}.get(condition, 14)
    yaw = rng.choice((-1, 1)) * rng.uniform(reach * 0.4, reach)
    return yaw, rng.uniform(-0.4, 0.4) * min(reach, 20), rng.uniform(-4, 4)


def _lens(size: tuple[int, int], bend: float, sway: float, phase: float) -> tuple[Image, Image]:
    """Where each pixel of a picture of a wide lens comes from; rows sway as the hand does."""
    wide, high = size
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    swayed = x - wide / 2 + np.float32(sway) * np.sin(y / high * 7 + phase).astype(np.float32)
    down = y - high / 2
    out = 1 + bend * (swayed**2 + down**2) / (wide**2 / 4)
    # The corners of the picture stay where they are, so that nothing is lost.
    out /= 1 + bend * (1 + (high / wide) ** 2) * 0.6
    return (swayed * out + wide / 2).astype(np.float32), (down * out + high / 2).astype(np.float32)


def bent(point: np.ndarray, size: tuple[int, int], bend: float) -> np.ndarray:
    """Where a point of the flat picture lies in that of the lens."""
    wide, high = size
    flat = point - np.array(size) / 2
    scale = 1 + bend * (1 + (high / wide) ** 2) * 0.6
    seen = flat.copy()
    for _ in range(20):
        seen = flat * scale / (1 + bend * float(seen @ seen) / (wide**2 / 4))
    return seen + np.array(size) / 2


def _moved(one: dict[str, Any], plane: Any, size: tuple[int, int], bend: float) -> dict[str, Any]:
    flat = cv2.perspectiveTransform(np.array([one['box']], np.float64), plane)[0]
    points = np.array([bent(point, size, bend) for point in flat])
    inside = bool(((points > 1) & (points < np.array(size) - 1)).all())
    return {**one, 'box': points.tolist(), 'legible': one['legible'] and inside}


def _taped(face: faces.Face, rng: random.Random) -> None:
    """A glossy tape across the wall with a streak of light on it; what the streak burns is lost."""
    high, wide = face.image.shape[:2]
    top, tall = round(rng.uniform(0.15, 0.85) * high), round(0.12 * high)
    band = face.image[top : top + tall].astype(np.float32)
    band = band * 0.86 + np.array((40, 52, 58), np.float32) * 0.5
    streak = np.exp(-(((np.arange(wide) - rng.uniform(0.2, 0.8) * wide) / (0.07 * wide)) ** 2))
    band += (streak * rng.uniform(30, 110))[None, :, None]
    face.image[top : top + tall] = np.clip(band, 0, 255).astype(np.uint8)


def _creased(face: faces.Face, rng: random.Random) -> None:
    """Corrugation shows through, and the wall is creased: light on one side, dark on the other."""
    high, wide = face.image.shape[:2]
    y = np.arange(high, dtype=np.float32)
    flutes = 5 * np.sin(y * (2 * np.pi / max(4, face.px(7))))
    level = np.tile(flutes[:, None], (1, wide))
    for _ in range(2):
        start, slope = rng.uniform(0, wide), rng.uniform(-0.5, 0.5)
        away = np.arange(wide, dtype=np.float32)[None, :] - (start + slope * y[:, None])
        level += 34 * (away / face.px(3)) * np.exp(-((away / face.px(3)) ** 2))
    face.image[:] = np.clip(face.image + level[..., None], 0, 255).astype(np.uint8)


def _developed(image: Image, condition: str, rng: random.Random, unit: float) -> tuple[Image, int]:
    """Light, lens, sensor and the phone's own sharpening; `unit` is the size against 12 MP."""
    high, wide = image.shape[:2]
    drawn = np.random.default_rng(rng.getrandbits(32))
    warm = np.array(
        (0.55, 0.82, 1.0)
        if condition == 'lamp'
        else (rng.uniform(0.9, 1.05), 1, rng.uniform(0.94, 1.05)),
        np.float32,
    )
    x, y = np.meshgrid(
        np.linspace(-1, 1, wide, dtype=np.float32), np.linspace(-1, 1, high, dtype=np.float32)
    )
    light = 1 - rng.uniform(0.08, 0.3) * (x * x + y * y) / 2
    light *= rng.uniform(0.3, 0.5) if condition == 'lamp' else rng.uniform(0.85, 1.05)
    if condition == 'shadow':
        light *= _shadow(rng, wide, high)
    soft = {'shake': 1.3, 'near': 1.5, 'small': 0.9}.get(condition, rng.uniform(0.7, 1.3)) * unit
    image = cv2.GaussianBlur(image, (0, 0), max(0.3, soft))
    if condition == 'shake':
        image = _streaked(image, rng.uniform(6, 13) * unit, rng.uniform(-0.5, 0.5))
    shown = image.astype(np.float32) * light[..., None] * warm
    noise = {'lamp': rng.uniform(6, 10), 'smeared': rng.uniform(12, 18)}.get(
        condition, rng.uniform(1, 4)
    )
    shown += (
        cv2.GaussianBlur(drawn.normal(0, 1, (high, wide)).astype(np.float32), (0, 0), 0.8)[
            ..., None
        ]
        * noise
        * 2
    )
    shown = np.clip(shown, 0, 255).astype(np.uint8)
    if condition == 'smeared':
        shown = cv2.bilateralFilter(cv2.medianBlur(shown, 5), 7, 40, 5)
    sharp = rng.uniform(0.2, 0.8)
    shown = cv2.addWeighted(
        shown, 1 + sharp, cv2.GaussianBlur(shown, (0, 0), 1.6 * unit + 0.4), -sharp, 0
    )
    return shown, {'smeared': 34, 'small': 60}.get(condition, rng.randint(58, 88))


def _shadow(rng: random.Random, wide: int, high: int) -> Image:
    """The edge of a shadow across the wall, and a second one of the hand with the phone."""
    dim = np.ones((high // 4, wide // 4), np.float32)
    for _ in range(2):
        start, end = rng.uniform(0, wide / 4), rng.uniform(0, wide / 4)
        shape = np.array(
            [
                [start, 0],
                [end, high / 4],
                [wide / 4 if rng.random() < 0.5 else 0, high / 4],
                [start, 0],
            ],
            np.int32,
        )
        part = np.ones_like(dim)
        cv2.fillPoly(part, [shape], rng.uniform(0.35, 0.6))
        dim *= cv2.GaussianBlur(part, (0, 0), rng.uniform(1, 6))
    return cv2.resize(dim, (wide, high))


def _streaked(image: Image, run: float, angle: float) -> Image:
    size = 2 * int(np.ceil(run / 2)) + 1
    streak = np.zeros((size, size), np.float32)
    for step in np.linspace(-run / 2, run / 2, 8 * size):
        row, column = size // 2 + step * np.sin(angle), size // 2 + step * np.cos(angle)
        streak[int(np.clip(round(row), 0, size - 1)), int(np.clip(round(column), 0, size - 1))] += 1
    return cv2.filter2D(image, -1, streak / streak.sum())
