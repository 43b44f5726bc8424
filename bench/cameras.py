"""What a camera makes of a flat picture: perspective, light, dirt, blur, noise, compression.

Shared by the drawings of container doors, plates, documents and receipts; it has
nothing in common with the camera of `clearlane.sample`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

Points = np.ndarray


@dataclass(frozen=True, kw_only=True)
class View:
    """How a flat picture is taken. Angles in degrees; shares between 0 and 1."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    light: float = 1.0
    slope: float = 0.2  # how much one side is darker
    shadow: float = 0.0
    blur: float = 0.0  # pixels
    motion: float = 0.0  # pixels
    noise: float = 2.0
    quality: int = 88
    fill: float = 0.9  # how much of the picture the flat thing fills


def view(rng: np.random.Generator, hard: float) -> View:
    """A view by chance, from easy (0) to hard (1)."""
    return View(
        yaw=float(rng.uniform(-1, 1)) * (8 + 30 * hard),
        pitch=float(rng.uniform(-1, 1)) * (4 + 16 * hard),
        roll=float(rng.normal()) * (0.8 + 3 * hard),
        light=float(rng.uniform(1 - 0.65 * hard, 1.15)),
        slope=float(rng.uniform(0, 0.15 + 0.4 * hard)),
        shadow=float(rng.uniform(0, 0.6)) * hard if rng.random() < 0.5 else 0.0,
        blur=float(rng.uniform(0.2, 0.6 + 1.3 * hard)),
        motion=float(rng.uniform(0, 5)) * hard if rng.random() < 0.3 else 0.0,
        noise=float(rng.uniform(1, 3 + 8 * hard)),
        quality=int(rng.integers(92 - int(45 * hard), 96)),
        fill=float(rng.uniform(0.75, 1.05 - 0.1 * hard)),
    )


def taken(
    flat: np.ndarray,
    seen: View,
    size: tuple[int, int],
    rng: np.random.Generator,
    ground: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The picture of `size` (width, height), and the homography from the flat picture to it."""
    turn = homography(flat.shape[1::-1], seen, size)
    if ground is None:
        base = rng.integers(60, 170, 3)
        ground = np.full((size[1], size[0], 3), base, np.uint8)
        ground = cv2.GaussianBlur(
            cv2.add(ground, rng.integers(0, 40, ground.shape, np.uint8)), (0, 0), 3
        )
    area = cv2.INTER_AREA if flat.shape[1] > 1.6 * size[0] else cv2.INTER_LINEAR
    if area == cv2.INTER_AREA:
        flat_small = cv2.resize(flat, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        turn_small = turn @ np.diag([2.0, 2.0, 1.0])
        cv2.warpPerspective(
            flat_small, turn_small, size, ground, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
        )
    else:
        cv2.warpPerspective(flat, turn, size, ground, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    return exposed(ground, seen, rng), turn


def homography(flat: tuple[int, int], seen: View, size: tuple[int, int]) -> np.ndarray:
    """From the flat thing to the picture, by a pinhole at about its own width away."""
    wide, high = flat
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float64)
    centred = np.c_[(corners - [wide / 2, high / 2]) / max(wide, high), np.zeros(4)]
    y, x, z = (np.radians(angle) for angle in (seen.yaw, seen.pitch, seen.roll))
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    space = centred @ (about_z @ about_x @ about_y).T
    space[:, 2] += 1.3
    flat_points = space[:, :2] / space[:, 2:]
    low, high_point = flat_points.min(axis=0), flat_points.max(axis=0)
    scale = seen.fill * min(size[0] / (high_point - low)[0], size[1] / (high_point - low)[1])
    goal = (flat_points - (low + high_point) / 2) * scale + np.array(size) / 2
    return cv2.getPerspectiveTransform(corners.astype(np.float32), goal.astype(np.float32))


def exposed(picture: np.ndarray, seen: View, rng: np.random.Generator) -> np.ndarray:
    """Light, lens and sensor."""
    high, wide = picture.shape[:2]
    y, x = np.mgrid[-1:1:48j, -1:1:64j]
    angle = rng.uniform(0, 2 * np.pi)
    gain = seen.light * (1 + seen.slope * (x * np.cos(angle) + y * np.sin(angle)))
    if seen.shadow:
        edge = np.abs(x * np.sin(angle) + y * np.cos(angle) - rng.uniform(-0.5, 0.5)) - 0.4
        gain *= 1 - seen.shadow / (1 + np.exp(edge * 14))
    tint = 1 + rng.uniform(-0.06, 0.06, 3)
    light = cv2.resize((gain[..., None] * tint).astype(np.float32), (wide, high))
    shown = np.clip(picture.astype(np.float32) * light, 0, 255)
    if seen.blur > 0.25:
        shown = cv2.GaussianBlur(shown, (0, 0), seen.blur)
    if seen.motion > 1.5:
        length = 2 * int(seen.motion / 2) + 1
        streak = np.zeros((length, length), np.float32)
        way = rng.uniform(0, np.pi)
        for t in np.linspace(-length / 2, length / 2, 4 * length):
            at = np.clip(
                [length / 2 + t * np.sin(way), length / 2 + t * np.cos(way)], 0, length - 1
            )
            streak[int(at[0]), int(at[1])] += 1
        shown = cv2.filter2D(shown, -1, streak / streak.sum())
    grain = rng.normal(0, seen.noise, (high // 2 + 1, wide // 2 + 1, 3)).astype(np.float32)
    shown += cv2.resize(grain, (wide, high), interpolation=cv2.INTER_LINEAR) * 1.4
    return np.clip(shown, 0, 255).astype(np.uint8)


def jpeg(picture: np.ndarray, quality: int) -> bytes:
    """The picture as the camera writes it."""
    return cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def worn(mask: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """Print with flakes missing and faded patches; `mask` in 0..1."""
    if share <= 0:
        return mask
    high, wide = mask.shape
    fine = cv2.resize(rng.random((high // 3 + 1, wide // 3 + 1)).astype(np.float32), (wide, high))
    patch = cv2.resize(
        rng.random((max(2, high // 60), max(2, wide // 60))).astype(np.float32),
        (wide, high),
        interpolation=cv2.INTER_CUBIC,
    )
    lost = fine * 0.6 + patch * 0.6 > 1.05 - 0.55 * share
    return mask * np.where(lost, 0.15, 1.0).astype(np.float32) * (1 - 0.3 * share * patch)
