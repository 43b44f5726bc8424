"""What synthetic packages are made of: fibreboard, plywood, boards and moulded plastics.

Every texture is grown on a grid measured in mm, so that a box keeps its own fibres
and knots however large it is drawn. ``rng`` is the box's own: no two boxes are alike.
"""

import random

import cv2
import numpy as np
import numpy.typing as npt

from clearlane.sample.sheet import Colour, Pixels

Relief = npt.NDArray[np.float32]

KRAFT: Colour = (188, 148, 104)
WHITE_LINER: Colour = (222, 218, 208)
PLYWOOD: Colour = (206, 172, 122)
PINE: Colour = (214, 178, 120)
PLASTICS: tuple[Colour, ...] = ((52, 92, 148), (120, 126, 130), (38, 112, 92), (170, 60, 48))


def grain(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    scale: float,
    cell_mm: tuple[float, float],
    strength: float,
) -> Relief:
    """Smooth random relief whose blobs measure about ``cell_mm``."""
    width, height = size_mm
    columns, rows = int(width / cell_mm[0]) + 3, int(height / cell_mm[1]) + 3
    grid = rng.standard_normal((rows, columns), dtype=np.float32) * np.float32(strength)
    full = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(grid, full, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def coloured(relief: Relief, dark: Colour, light: Colour) -> Pixels:
    """Relief around zero as a picture: -64 is the dark colour, +64 the light one."""
    levels = cv2.convertScaleAbs(relief, alpha=1, beta=128)
    share = np.clip((np.arange(256) - 64) / 128, -0.4, 1.4)[:, None]
    ends = np.array([dark[::-1], light[::-1]], dtype=np.float64)
    table = np.clip(ends[0] + share * (ends[1] - ends[0]), 0, 255).astype(np.uint8)
    merged = cv2.merge([levels, levels, levels])
    return np.asarray(cv2.LUT(merged, table.reshape(256, 1, 3)), dtype=np.uint8)


def shaded(colour: Colour, share: float) -> Colour:
    """The colour, so many times as bright."""
    red, green, blue = (min(255, round(part * share)) for part in colour)
    return red, green, blue


def fibreboard(
    rng: np.random.Generator, size_mm: tuple[float, float], scale: float, colour: Colour
) -> Pixels:
    """Corrugated board: fibres, cloudy formation and the flutes faintly showing through."""
    relief = grain(rng, size_mm, scale, (0.7, 0.7), 7)
    relief += grain(rng, size_mm, scale, (4, 1.2), 3.5)
    relief += grain(rng, size_mm, scale, (9, 9), 3)
    relief += grain(rng, size_mm, scale, (110, 90), 7)
    x = np.arange(relief.shape[1], dtype=np.float32) / scale
    relief += (2.2 * np.sin(2 * np.pi * x / 7.6))[None, :].astype(np.float32)
    face = coloured(relief, shaded(colour, 0.72), shaded(colour, 1.25))
    _scuffs(rng, face, scale)
    return face


def _scuffs(rng: np.random.Generator, face: Pixels, scale: float) -> None:
    """Short scratches, specks and dust."""
    height, width = face.shape[:2]
    for _ in range(int(rng.integers(25, 60))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        run, angle = rng.exponential(5) * scale, rng.uniform(-0.5, 0.5)
        end = (int(x + run * np.cos(angle)), int(y + run * np.sin(angle)))
        near = face[int(y) % height, int(x) % width].astype(int)
        shade = np.clip(near + int(rng.choice((-26, 16, 22))), 0, 255)
        cv2.line(face, (int(x), int(y)), end, shade.tolist(), 1, cv2.LINE_AA)


def plywood(
    rng: np.random.Generator, size_mm: tuple[float, float], scale: float, colour: Colour
) -> Pixels:
    """A plywood sheet: long grain, and two or three plugged knots."""
    face = _wood(rng, size_mm, scale, colour)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(0.05, 0.95) * size_mm[0], rng.uniform(0.05, 0.95) * size_mm[1]
        _knot(face, rng, (x, y), scale)
    return face


def boards(
    rng: np.random.Generator, size_mm: tuple[float, float], scale: float, colour: Colour
) -> Pixels:
    """Horizontal boards side by side, each with its own tone, dark joints between them."""
    face = _wood(rng, size_mm, scale, colour)
    step = size_mm[1] / max(3, round(size_mm[1] / 120))
    for top in np.arange(0, size_mm[1] - 1, step):
        rows = slice(round(top * scale), round((top + step) * scale))
        tone = float(rng.uniform(0.9, 1.07))
        face[rows] = cv2.convertScaleAbs(face[rows], alpha=tone)
        joint = slice(rows.start, rows.start + max(2, round(2.2 * scale)))
        face[joint] = cv2.convertScaleAbs(face[joint], alpha=0.35)
        if rng.random() < 0.5:
            _knot(face, rng, (rng.uniform(0, size_mm[0]), top + step / 2), scale)
    return face


def _wood(
    rng: np.random.Generator, size_mm: tuple[float, float], scale: float, colour: Colour
) -> Pixels:
    relief = grain(rng, size_mm, scale, (60, 1.4), 9)
    relief += grain(rng, size_mm, scale, (220, 9), 10)
    relief += grain(rng, size_mm, scale, (1.5, 0.7), 4)
    relief += grain(rng, size_mm, scale, (260, 160), 6)
    return coloured(relief, shaded(colour, 0.7), shaded(colour, 1.2))


def _knot(face: Pixels, rng: np.random.Generator, at: tuple[float, float], scale: float) -> None:
    """A dark oval with rings."""
    x, y, reach = at[0] * scale, at[1] * scale, rng.uniform(5, 11) * scale
    left, top = max(0, int(x - 2 * reach)), max(0, int(y - 2 * reach))
    patch = face[top : int(y + 2 * reach), left : int(x + 2 * reach)]
    if not patch.size:
        return
    rows, columns = np.mgrid[0 : patch.shape[0], 0 : patch.shape[1]]
    far = np.hypot((columns + left - x) / 1.35, rows + top - y) / reach
    ring = 0.06 * np.cos(far * 14) * np.exp(-far)
    share = 1 - 0.5 * np.exp(-((far / 0.75) ** 4)) + ring
    patch[:] = np.clip(patch * share[..., None], 0, 255).astype(np.uint8)


def plastics(
    rng: np.random.Generator, size_mm: tuple[float, float], scale: float, colour: Colour
) -> Pixels:
    """A moulded wall: fine grain, faint streaks, wear from many journeys."""
    relief = grain(rng, size_mm, scale, (0.9, 0.9), 4)
    relief += grain(rng, size_mm, scale, (140, 120), 9)
    relief += grain(rng, size_mm, scale, (3, 60), 3)
    face = coloured(relief, shaded(colour, 0.78), shaded(colour, 1.22))
    _scuffs(rng, face, scale)
    _scuffs(rng, face, scale)
    return face


def wall(
    packaging: str, code: str, design: random.Random, seed: int, size_mm: tuple[float, float],
    scale: float,
) -> Pixels:  # fmt: skip
    """The bare wall of a package."""
    rng = np.random.default_rng(seed)
    shade = float(rng.uniform(0.96, 1.04))  # the next delivery of board is never quite the same
    if packaging == 'carton':
        colour = KRAFT if design.random() < 0.75 else WHITE_LINER
        return fibreboard(rng, size_mm, scale, shaded(colour, shade))
    if packaging == 'returnable':
        return plastics(rng, size_mm, scale, design.choice(PLASTICS))
    if code.startswith('4C'):
        return boards(rng, size_mm, scale, shaded(PINE, shade))
    return plywood(rng, size_mm, scale, shaded(PLYWOOD, shade))
