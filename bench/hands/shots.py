"""How the other hands photograph: where the camera stands, the light, and what goes wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import simplejpeg

from bench.hands import faces, form, quay
from bench.hands.content import content

HARD = ('dark', 'blur', 'motion', 'glare', 'noise', 'jpeg', 'far', 'steep', 'shadow')
HANDS: dict[str, Callable[..., faces.Face]] = {'label_room': faces.label_room, 'yard': faces.yard,
                                            'form': form.form, 'quay': quay.quay}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One photograph with its truth, and how it was taken."""

    jpeg: bytes
    width: int
    height: int
    truth: list[dict[str, Any]]
    hand: str
    condition: str
    turned: int
    angle: float


def photographs(
    hand: str, n: int, seed: int, *, hard: bool, size: tuple[int, int] = (4000, 3000)
) -> Iterator[Taken]:
    """`n` photographs by this hand; hard ones go through the conditions in turn."""
    for index in range(n):
        rng = random.Random(f'{hand} {seed + index} {hard}')
        condition = HARD[index % len(HARD)] if hard else 'clean'
        yield photograph(hand, rng, condition, size)


def photograph(hand: str, rng: random.Random, condition: str, size: tuple[int, int]) -> Taken:
    """One photograph under one condition."""
    wide = size[0]
    # A filled view of a wall of 560 mm; far away the wall fills a third.
    fill = rng.uniform(0.36, 0.46) if condition == 'far' else rng.uniform(0.68, 0.85)
    per_mm = fill * wide / 560
    return taken(HANDS[hand](content(rng), rng, per_mm), hand, rng, condition, size)


def taken(
    face: faces.Face, hand: str, rng: random.Random, condition: str, size: tuple[int, int]
) -> Taken:
    """A photograph of this wall."""
    wide, high = size
    yaw, roll, pitch = _stance(rng, condition)
    plane = _plane(face.image.shape, (yaw, pitch, roll), size)
    bend = hand == 'yard' and rng.random() < 0.3
    if bend:
        face = _rounded(face, rng.uniform(0.55, 0.8))
    image = _backdrop(rng, wide, high)
    mask = np.full(face.image.shape[:2], 255, np.uint8)
    shown = cv2.warpPerspective(face.image, plane, size, flags=cv2.INTER_AREA)
    seen = cv2.warpPerspective(mask, plane, size)
    image[seen > 127] = shown[seen > 127]
    truth = [_moved(one, plane, size) for one in face.truth]
    image = _spoilt(image, truth, condition, rng, wide / 4000)
    turned = rng.choice((0, 0, 0, 1, 2, 3)) if condition not in ('clean',) else 0
    image, truth = _turned(image, truth, turned)
    quality = rng.randint(22, 32) if condition == 'jpeg' else rng.randint(82, 93)
    data = simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, 'BGR', '420')
    return Taken(
        jpeg=data, width=image.shape[1], height=image.shape[0], truth=truth, hand=hand,
        condition=condition + ('+drum' if bend else ''), turned=turned, angle=abs(yaw),
    )  # fmt: skip


def _stance(rng: random.Random, condition: str) -> tuple[float, float, float]:
    """Yaw, roll and pitch in degrees."""
    if condition == 'clean':
        return rng.uniform(-8, 8), rng.uniform(-2, 2), rng.uniform(-6, 6)
    reach = 38 if condition == 'steep' else 18
    yaw = rng.choice((-1, 1)) * rng.uniform(reach * 0.5, reach)
    return yaw, rng.uniform(-8, 8), rng.uniform(-15, 15)


def _plane(shape: tuple[int, ...], turn: tuple[float, float, float], size: tuple[int, int]) -> Any:
    """The homography from pixels of the wall to pixels of the picture."""
    high, wide = shape[:2]
    yaw, pitch, roll = (np.radians(angle) for angle in turn)
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    about_z = np.array(
        [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    )
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float64)
    world = np.c_[corners - (wide / 2, high / 2), np.zeros(4)] @ (about_z @ about_x @ about_y).T
    focal = 1.1 * size[0]
    seen = focal * world[:, :2] / (world[:, 2:] + focal) + np.array(size) / 2
    low, top = seen.min(axis=0), seen.max(axis=0)
    scale = min(1.0, *(0.97 * np.array(size) / (top - low)))
    seen = (seen - (low + top) / 2) * scale + np.array(size) / 2
    return cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))


def _rounded(face: faces.Face, share: float) -> faces.Face:
    """The wall wrapped round a drum: squeezed towards both sides, bowed by the view from above."""
    high, wide = face.image.shape[:2]
    half = share * np.pi / 2
    x = np.linspace(-1, 1, wide)
    back = np.arcsin(np.clip(x * np.sin(half), -1, 1)) / half
    bow = 0.05 * high * (np.cos(back * half) - np.cos(half))
    columns = ((back + 1) / 2 * (wide - 1)).astype(np.float32)
    rows = np.arange(high, dtype=np.float32)[:, None] - bow[None].astype(np.float32)
    image = cv2.remap(face.image, np.tile(columns, (high, 1)), rows, cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    shade = (0.55 + 0.45 * np.cos(back * half))[None, :, None]
    truth = [
        {**one, 'box': [_bent(point, wide, half, high) for point in one['box']]}
        for one in face.truth
    ]
    return faces.Face((image * shade).astype(np.uint8), face.per_mm, truth)


def _bent(point: list[float], wide: int, half: float, high: int) -> list[float]:
    flat = (point[0] / wide * 2 - 1) * half
    bow = 0.05 * high * (np.cos(flat) - np.cos(half))
    return [float((np.sin(flat) / np.sin(half) + 1) / 2 * wide), float(point[1] + bow)]


def _moved(one: dict[str, Any], plane: Any, size: tuple[int, int]) -> dict[str, Any]:
    points = cv2.perspectiveTransform(np.array([one['box']], np.float64), plane)[0]
    inside = bool(((points > 1) & (points < np.array(size) - 1)).all())
    return {**one, 'box': points.tolist(), 'legible': one['legible'] and inside}


def _backdrop(rng: random.Random, wide: int, high: int) -> np.ndarray:
    noise = np.random.default_rng(rng.getrandbits(32))
    coarse = noise.uniform(60, 190, (5, 7, 3)).astype(np.float32)
    return (
        cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
        .clip(0, 255)
        .astype(np.uint8)
    )


def _spoilt(
    image: np.ndarray, truth: list[dict[str, Any]], condition: str, rng: random.Random, unit: float
) -> np.ndarray:
    """Light, lens and sensor under one condition; `unit` is the size against a 12 MP picture."""
    high, wide = image.shape[:2]
    slope = np.linspace(rng.uniform(0.8, 1.1), rng.uniform(0.8, 1.1), wide, dtype=np.float32)
    gain = rng.uniform(0.09, 0.16) if condition == 'dark' else rng.uniform(0.85, 1.05)
    light = np.tile(slope * gain, (high, 1))
    if condition == 'shadow':
        edge = np.array([[0, 0], [rng.uniform(0.3, 0.8) * wide, 0],
                         [rng.uniform(0.2, 0.7) * wide, high],
                         [0, high]], np.int32)  # fmt: skip
        dim = np.ones((high // 8, wide // 8), np.float32)
        cv2.fillPoly(dim, [edge // 8], rng.uniform(0.25, 0.4))
        light *= cv2.resize(cv2.GaussianBlur(dim, (0, 0), 3), (wide, high))
    blur = {'blur': rng.uniform(3.4, 5.0), 'motion': 1.2}.get(
        condition, rng.uniform(0.9, 1.6)
    ) * unit
    image = cv2.GaussianBlur(image, (0, 0), max(0.35, blur))
    if condition == 'motion':
        image = _moving(image, rng.uniform(9, 18) * unit, rng.uniform(0, np.pi))
    shown = image.astype(np.float32) * light[..., None]
    if condition == 'glare':
        shown += _glare(rng, wide, high, truth)[..., None]
    noise = {'dark': 3.2, 'noise': rng.uniform(16, 24)}.get(condition, rng.uniform(1.5, 4))
    drawn = np.random.default_rng(rng.getrandbits(32))
    grain = drawn.normal(0, noise, (high // 2, wide // 2)).astype(np.float32)
    grain = cv2.resize(grain, (wide, high), interpolation=cv2.INTER_NEAREST if unit > 0.7 else 1)
    return np.clip(shown + grain[..., None], 0, 255).astype(np.uint8)


def _moving(image: np.ndarray, run: float, angle: float) -> np.ndarray:
    size = 2 * int(np.ceil(run / 2)) + 1
    streak = np.zeros((size, size), np.float32)
    for step in np.linspace(-run / 2, run / 2, 4 * size):
        row, column = size // 2 + step * np.sin(angle), size // 2 + step * np.cos(angle)
        streak[int(np.clip(round(row), 0, size - 1)), int(np.clip(round(column), 0, size - 1))] += 1
    return cv2.filter2D(image, -1, streak / streak.sum())


def _glare(rng: random.Random, wide: int, high: int, truth: list[dict[str, Any]]) -> np.ndarray:
    """A lamp's reflection with a wide veil; what it burns out is not legible."""
    spot = np.zeros((high // 8, wide // 8), np.float32)
    at = (rng.uniform(0.2, 0.8) * wide, rng.uniform(0.2, 0.8) * high)
    axes = (int(rng.uniform(0.04, 0.09) * wide / 8), int(rng.uniform(0.03, 0.06) * high / 8))
    cv2.ellipse(spot, (int(at[0] / 8), int(at[1] / 8)), axes, rng.uniform(0, 180), 0, 360, 260, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), axes[1] * 0.5) + 0.5 * cv2.GaussianBlur(
        spot, (0, 0), axes[0]
    )
    for one in truth:
        box = (np.array(one['box']) / 8).astype(int)
        part = spot[
            max(0, box[:, 1].min()) : box[:, 1].max() + 1,
            max(0, box[:, 0].min()) : box[:, 0].max() + 1,
        ]
        if part.size and part.max() > 110:
            one['legible'] = False
    return cv2.resize(spot, (wide, high))


def _turned(
    image: np.ndarray, truth: list[dict[str, Any]], quarters: int
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    for _ in range(quarters):
        high = image.shape[0]
        image = np.ascontiguousarray(np.rot90(image, -1))
        truth = [{**one, 'box': [[high - y, x] for x, y in one['box']]} for one in truth]
    return image, truth
