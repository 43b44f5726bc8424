"""How the ferry's hand photographs: free-hand corners, a bent lens, drums, two lamps, weather."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import simplejpeg

from bench.hands import ferry, ferry_content, ferry_sheet
from bench.hands.shots import Taken

Image = np.ndarray
HARD = ('motion', 'defocus', 'low_light', 'glare', 'angle', 'shade', 'dirt', 'half', 'backlight')
LEAST_CAP = 12
"""Capitals of fewer pixels in the photograph are taken for what no person reads with certainty."""


def photographs(n: int, seed: int, *, hard: bool, size: tuple[int, int]) -> Iterator[Taken]:
    """`n` photographs; hard ones go through the conditions in turn."""
    for index in range(n):
        rng = random.Random(f'ferry {seed + index} {hard}')
        yield photograph(rng, HARD[index % len(HARD)] if hard else 'clean', size)


@dataclass(frozen=True)
class Way:
    """From the wall to the picture and back: round a drum, through the plane, through the lens."""

    plane: np.ndarray
    size: tuple[int, int]
    bend: float
    around: float
    """Half the angle of the drum that the wall covers; 0 is flat."""

    def back(self, points: Image) -> Image:
        """Where on the wall these points of the picture lie."""
        middle = np.array(self.size) / 2
        off = (points - middle) / middle[0]
        off = off * (1 + self.bend * (off**2).sum(-1, keepdims=True))
        flat = cv2.perspectiveTransform(
            (off * middle[0] + middle).reshape(1, -1, 2), np.linalg.inv(self.plane)
        )
        wall = flat.reshape(points.shape)
        if self.around:
            half, reach = ferry.WALL[0] / 2, np.sin(self.around)
            turned = np.arcsin(np.clip((wall[..., 0] - half) / half * reach, -1, 1))
            wall[..., 0] = half + half * turned / self.around
        return wall

    def out(self, points: Image) -> Image:
        """Where in the picture these points of the wall lie."""
        wall = np.array(points, np.float64)
        if self.around:
            half = ferry.WALL[0] / 2
            wall[..., 0] = half + half * np.sin(
                (wall[..., 0] - half) / half * self.around
            ) / np.sin(self.around)
        flat = cv2.perspectiveTransform(wall.reshape(1, -1, 2), self.plane).reshape(wall.shape)
        middle = np.array(self.size) / 2
        wanted = (flat - middle) / middle[0]
        off = wanted.copy()
        for _ in range(25):
            off = wanted / (1 + self.bend * (off**2).sum(-1, keepdims=True))
        return off * middle[0] + middle


def photograph(rng: random.Random, condition: str, size: tuple[int, int]) -> Taken:
    """One photograph under one condition."""
    wide, high = size
    said = ferry_content.package(rng)
    wall = ferry.package(said, rng)
    if condition == 'dirt':
        _soiled(wall, rng)
    plane, yaw = _plane(rng, condition, size)
    around = rng.uniform(0.6, 0.85) if said.kind == 'drum' else 0.0
    way = Way(plane, size, rng.uniform(-0.015, 0.05), around)
    grid = np.stack(
        np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32)), -1
    )
    back = way.back(grid).astype(np.float32)
    ground = rng.choice(((70, 74, 76), (150, 148, 140), (40, 52, 60), (186, 190, 192)))
    shown = cv2.remap(
        wall.image, back, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=ground
    )
    if around:
        lit = np.cos((back[..., 0] / ferry.WALL[0] - 0.5) * 2 * around) ** 0.7
        shown = (shown * np.clip(lit, 0.25, 1)[..., None]).astype(np.uint8)
    unit = wide / 4000
    blur = {'defocus': rng.uniform(2.2, 4), 'half': 1.0}.get(
        condition, rng.uniform(0.5, 1.2)
    ) * unit
    run = rng.uniform(7, 15) * unit if condition == 'motion' else 0.0
    spots = _spots(rng, condition, size)
    shown, quality = _developed(shown, condition, rng, blur, run, spots)
    truth = [_seen(one, way, spots, blur, run, condition == 'half') for one in wall.truth]
    data = simplejpeg.encode_jpeg(np.ascontiguousarray(shown), quality, 'BGR', '420')
    return Taken(
        jpeg=data,
        width=wide,
        height=high,
        truth=truth,
        hand='ferry',
        condition=condition,
        turned=0,
        angle=yaw,
    )


def _plane(rng: random.Random, condition: str, size: tuple[int, int]) -> tuple[np.ndarray, float]:
    """The wall's corners in the picture: a stance, and a hand that is not quite steady."""
    wide, high = size
    yaw = rng.choice((-1, 1)) * (
        rng.uniform(28, 42) if condition == 'angle' else rng.uniform(0, 11)
    )
    pitch = rng.uniform(-8, 8) + (rng.choice((-10, 10)) if condition == 'angle' else 0)
    roll = np.radians(rng.gauss(0, 2))
    x, y = ferry.WALL[0] / 2, ferry.WALL[1] / 2
    corners = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]])
    a, b = np.radians(yaw), np.radians(pitch)
    turned = corners @ np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    turned = turned @ np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    away = rng.uniform(4200, 6000)
    flat = turned[:, :2] * (away / (away + turned[:, 2:]))
    flat = flat @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    reach = np.ptp(flat, axis=0) / np.array(size)
    flat *= rng.uniform(0.86, 0.97) / reach.max()
    flat += np.array(size) / 2 - (flat.max(axis=0) + flat.min(axis=0)) / 2
    flat += np.array([rng.gauss(0, 0.006) * wide, rng.gauss(0, 0.006) * high])
    source = np.array([[0, 0], [2 * x, 0], [2 * x, 2 * y], [0, 2 * y]], np.float32)
    return cv2.getPerspectiveTransform(source, flat.astype(np.float32)).astype(np.float64), abs(yaw)


def _spots(rng: random.Random, condition: str, size: tuple[int, int]) -> list[tuple[float, ...]]:
    """Where a flash or a window mirrors in the wall: place, reach and strength of each."""
    wide, high = size
    count = rng.choice((1, 2)) if condition == 'glare' else int(rng.random() < 0.2)
    strong = (120, 230) if condition == 'glare' else (15, 45)
    return [
        (
            rng.uniform(0.15, 0.85) * wide,
            rng.uniform(0.15, 0.85) * high,
            rng.uniform(0.04, 0.1) * wide,
            rng.uniform(*strong),
        )
        for _ in range(count)
    ]


def _seen(
    one: dict[str, Any],
    way: Way,
    spots: list[tuple[float, ...]],
    blur: float,
    run: float,
    half: bool,
) -> dict[str, Any]:
    """The truth where it stands in the picture, and whether a person could read it there."""
    box = way.out(np.array(one['box']))
    inside = bool(((box > 2) & (box < np.array(way.size) - 3)).all())
    legible = one['legible'] and inside
    was = np.array(one['box'])
    scale = np.linalg.norm(box[3] - box[0]) / max(1.0, float(np.linalg.norm(was[3] - was[0])))
    across = np.linalg.norm(box[1] - box[0]) / max(1.0, float(np.linalg.norm(was[1] - was[0])))
    least = max(LEAST_CAP * (2 if half else 1), 5 * blur, 1.8 * run)
    if 'cap' in one:
        legible = legible and one['cap'] * min(scale, across * 1.3) >= least
    if 'module' in one:
        legible = legible and one['module'] * min(scale, across) >= least / 6
    steps = np.linspace(0, 1, 9)[:, None]
    line = (box[0] + box[3]) / 2 * (1 - steps) + (box[1] + box[2]) / 2 * steps
    burnt = max(
        (
            strong * np.exp(-((line - (x, y)) ** 2).sum(1) / (2 * reach**2)).max()
            for x, y, reach, strong in spots
        ),
        default=0.0,
    )
    return {**one, 'box': box.tolist(), 'legible': bool(legible and burnt < 110)}


def _soiled(wall: ferry_sheet.Sheet, rng: random.Random) -> None:
    """Smears and splashes of mud, thin enough to see print through; rubbed places."""
    high, wide = wall.cover.shape
    noise = np.random.default_rng(rng.getrandbits(32))
    rough = cv2.resize(noise.random((high // 60, wide // 90)).astype(np.float32), (wide, high))
    fine = cv2.resize(noise.random((high // 4, wide // 4)).astype(np.float32), (wide, high))
    mud = np.clip((rough + 0.3 * fine - 0.8) * 2.2, 0, 0.55)[..., None]
    wall.image[:] = (wall.image * (1 - mud) + np.array((70, 92, 108)) * mud).astype(np.uint8)
    for _ in range(40):
        x, y = rng.randrange(wide), rng.randrange(high)
        cv2.line(
            wall.image,
            (x, y),
            (x + rng.randint(-160, 160), y + rng.randint(-60, 60)),
            (170, 178, 184),
            rng.choice((1, 2, 3)),
            cv2.LINE_AA,
        )


def _developed(
    image: Image,
    condition: str,
    rng: random.Random,
    blur: float,
    run: float,
    spots: list[tuple[float, ...]],
) -> tuple[Image, int]:
    """Light, lens, sensor, the sharpening of the camera; the picture and its quality."""
    high, wide = image.shape[:2]
    noise = np.random.default_rng(rng.getrandbits(32))
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    light = np.full((high, wide), 0.3, np.float32)
    for _ in range(2):  # two lamps
        lamp = (
            rng.uniform(-0.2, 1.2) * wide,
            rng.uniform(-0.3, 0.8) * high,
            rng.uniform(0.6, 1.1) * wide,
        )
        light += 0.55 * np.exp(-((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2) / (2 * lamp[2] ** 2))
    light *= {'low_light': rng.uniform(0.22, 0.36)}.get(condition, rng.uniform(0.8, 1.05))
    if condition == 'shade':
        slope, at = rng.uniform(-1, 1), rng.uniform(0.3, 0.7) * wide
        deep = rng.uniform(0.45, 0.65)
        across = (x - at - slope * (y - high / 2)) / rng.uniform(6, 60)
        light *= 1 - deep / (1 + np.exp(-np.clip(across, -60, 60)))
    shown = cv2.GaussianBlur(image, (0, 0), max(0.3, blur)).astype(np.float32)
    if run:
        reach = int(np.ceil(run))
        kernel, angle = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32), rng.uniform(0, np.pi)
        ends = (np.cos(angle) * run / 2, np.sin(angle) * run / 2)
        cv2.line(
            kernel,
            (round(reach - ends[0]), round(reach - ends[1])),
            (round(reach + ends[0]), round(reach + ends[1])),
            1.0,
            1,
            cv2.LINE_AA,
        )
        shown = cv2.filter2D(shown, -1, kernel / kernel.sum())
    tint = rng.choice(((0.62, 0.86, 1.06), (1.05, 1, 0.93), (0.97, 1, 1.0), (0.9, 1.02, 0.95)))
    shown *= light[..., None] * np.array(tint, np.float32)
    for at_x, at_y, reach, strong in spots:
        shown += (strong * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * reach**2)))[..., None]
    if condition == 'backlight':
        flare = rng.uniform(60, 95) * np.exp(-y / (0.5 * high))
        shown = shown * 0.45 + flare[..., None] + 22
    grain = {'low_light': rng.uniform(5, 9)}.get(condition, rng.uniform(0.8, 2.6))
    shown += noise.normal(0, 1, shown.shape[:2]).astype(np.float32)[..., None] * grain
    colour = cv2.resize(
        noise.normal(0, grain * 0.8, (high // 3, wide // 3, 3)).astype(np.float32), (wide, high)
    )
    shown = np.clip(shown + colour, 0, 255).astype(np.uint8)
    halo = rng.uniform(0.2, 1.1)
    shown = cv2.addWeighted(
        shown, 1 + halo, cv2.GaussianBlur(shown, (0, 0), 2.0 * wide / 4000 + 0.3), -halo, 0
    )
    if condition == 'half':
        small = cv2.resize(shown, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
        shown = cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)
    return shown, rng.choice((48, 62, 74)) if condition in ('half', 'low_light') else rng.randint(
        60, 93
    )
