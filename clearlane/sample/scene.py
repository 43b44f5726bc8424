"""What stands behind and below the synthetic box: a packing hall, a roller conveyor, a pallet."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from clearlane.sample import faces, materials
from clearlane.sample.camera import Camera, Stand
from clearlane.sample.chance import number
from clearlane.sample.package import Package
from clearlane.sample.sheet import Pixels, Points

WALL_PX, WALL_MM = 0.08, (16000.0, 7000.0)  # pixels a mm, width and height of what is drawn
WALL_AWAY = 3600.0  # behind the box
BELT_MM = 5200.0  # how much of the conveyor is drawn
X, Y, Z = np.eye(3)
SOFT = 0.5  # the background is drawn in half the pixels: it is out of focus


@lru_cache(maxsize=4)
def backdrop(
    camera: Camera, line: int, packaging: str, height_mm: float, depth_mm: float
) -> Pixels:
    """The hall as this camera sees it, without the box."""
    small = camera.smaller(SOFT)
    picture = np.full((small.height, small.width, 3), 70, np.uint8)
    ground = height_mm / 2 + (130 if packaging == 'crate' else 780)
    spread = np.array([-WALL_MM[0] / 2, ground - WALL_MM[1], WALL_AWAY])
    _cover(picture, small.plane(spread, X, Y), hall(line), WALL_PX)
    floor_at = np.array([-WALL_MM[0] / 2, ground, WALL_AWAY])
    _cover(picture, small.plane(floor_at, X, -Z), floor(line), WALL_PX)
    blur = 0.0042 * small.width
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), dtype=np.uint8)
    if packaging != 'crate':
        _conveyor(picture, small, line, height_mm / 2, depth_mm)
    full = cv2.resize(picture, (camera.width, camera.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, dtype=np.uint8)


def _cover(picture: Pixels, plane: Points, texture: Pixels, scale: float) -> None:
    """Draw a texture of so many pixels a mm on a plane of the world."""
    shrink = np.diag([1 / scale, 1 / scale, 1.0])
    size = (picture.shape[1], picture.shape[0])
    warped = cv2.warpPerspective(texture, plane @ shrink, size, flags=cv2.INTER_AREA)
    inside = np.full(texture.shape[:2], 255, np.uint8)
    mask = cv2.warpPerspective(inside, plane @ shrink, size, flags=cv2.INTER_NEAREST)
    cv2.copyTo(warped, mask, picture)


def _colour(rng: np.random.Generator, *choices: tuple[int, int, int]) -> tuple[int, int, int]:
    return choices[int(rng.integers(len(choices)))]


@lru_cache(maxsize=8)
def hall(line: int) -> Pixels:
    """The far wall: panels, windows, racks with goods, a door, lamps."""
    rng = np.random.default_rng(number('hall', line))
    w, h = round(WALL_MM[0] * WALL_PX), round(WALL_MM[1] * WALL_PX)
    tone = rng.uniform(0.75, 1.1)
    rows = np.linspace(150, 105, h)[:, None, None] * tone
    panels = np.clip(rows * np.array([0.96, 1.0, 0.98]) + np.zeros((h, w, 1)), 0, 255)
    wall: Pixels = panels.astype(np.uint8)
    for x in range(0, w, 46):
        cv2.line(wall, (x, 0), (x, h), tuple(int(v * 0.9) for v in wall[h // 2, x]), 1)
    for x in range(int(rng.integers(0, 200)), w, 260):
        cv2.rectangle(wall, (x, 60), (x + 170, 120), (236, 232, 224), -1)
    for x in range(40, w, 310):
        cv2.rectangle(wall, (x, 12), (x + 210, 22), (255, 255, 252), -1)
    x = -int(rng.integers(0, 150))
    while x < w:
        wide = int(rng.integers(230, 330))
        if rng.random() < 0.75:
            _rack(wall, rng, x, wide)
        else:
            colour = _colour(rng, (110, 120, 60), (60, 70, 150), (150, 140, 130))
            cv2.rectangle(wall, (x + 30, h - 250), (x + wide - 30, h), colour, -1)
        x += wide
    return wall


def _rack(wall: Pixels, rng: np.random.Generator, x: int, wide: int) -> None:
    """Shelves between blue uprights with orange beams, and boxes on them."""
    h = wall.shape[0]
    cv2.rectangle(wall, (x, h - 330), (x + wide, h), (58, 60, 62), -1)
    for level in range(4):
        floor_px = h - 6 - level * 84
        at = x + 10
        while at < x + wide - 40:
            bw, bh = int(rng.integers(26, 60)), int(rng.integers(28, 66))
            kraft = np.array([104, 148, 188]) * rng.uniform(0.55, 0.95)
            plastic = np.array(_colour(rng, (140, 90, 50), (120, 120, 125), (80, 110, 60)))
            colour = kraft if rng.random() < 0.75 else plastic
            cv2.rectangle(wall, (at, floor_px - bh), (at + bw, floor_px), colour.tolist(), -1)
            at += bw + int(rng.integers(1, 16))
        cv2.rectangle(wall, (x, floor_px), (x + wide, floor_px + 7), (30, 96, 214), -1)
    for post in (x, x + wide - 8):
        cv2.rectangle(wall, (post, h - 340), (post + 8, h), (132, 70, 34), -1)


@lru_cache(maxsize=8)
def floor(line: int) -> Pixels:
    """A concrete floor with a yellow lane; its first row lies at the far wall."""
    rng = np.random.default_rng(number('floor', line))
    w, h = round(WALL_MM[0] * WALL_PX), round((WALL_AWAY + 1200) * WALL_PX)
    clouds = cv2.resize(rng.standard_normal((12, 40)).astype(np.float32), (w, h))
    grey = np.clip(118 + 9 * clouds, 0, 255)[..., None] * np.array([0.97, 1, 1.0])
    ground: Pixels = grey.astype(np.uint8)
    lane = int(rng.integers(h // 4, h // 2))
    cv2.rectangle(ground, (0, lane), (w, lane + 8), (40, 190, 226), -1)
    return ground


@lru_cache(maxsize=8)
def _rollers(line: int) -> Pixels:
    """The bed of a roller conveyor, half a pixel a mm along it and every row alike."""
    rng = np.random.default_rng(number('rollers', line))
    pitch, scale = 76, 0.5
    x = np.arange(round(BELT_MM * scale)) / scale
    turn = np.minimum((x % pitch) / pitch / 0.68, 1)
    bright = np.where(turn < 1, 84 + 110 * np.sin(np.pi * turn), 40)
    wear = rng.uniform(0.88, 1.05, int(BELT_MM / pitch) + 1)[(x // pitch).astype(int)]
    row = (bright * wear)[None, :, None] * np.array([1.0, 0.98, 0.95])
    return np.repeat(np.clip(row, 0, 255).astype(np.uint8), 16, axis=0)


def _conveyor(picture: Pixels, camera: Camera, line: int, level: float, depth_mm: float) -> None:
    """The conveyor that the box stands on, with its rails."""
    rng = np.random.default_rng(number('conveyor', line))
    rail = _colour(rng, (150, 96, 40), (96, 122, 60), (128, 130, 132), (52, 150, 210))
    near, far = -100.0, depth_mm + 140
    _bar(picture, camera, (level - 30, level + 60), far, tuple(v // 2 for v in rail))
    bed = _rollers(line)
    # The bed's few rows are drawn out from the far rail to the near one.
    down = -Z * (far - near) / (bed.shape[0] / 0.5)
    _cover(picture, camera.plane(np.array([-BELT_MM / 2, level, far]), X, down), bed, 0.5)
    _bar(picture, camera, (level - 6, level + 110), near, rail)
    _bar(picture, camera, (level - 6, level), near, tuple(min(255, v + 50) for v in rail))
    _bar(picture, camera, (level + 110, level + 122), near, tuple(v // 3 for v in rail))
    reach = max(2, round(11 * camera.focal_px / camera.place[2]))
    for x in np.arange(-BELT_MM / 2, BELT_MM / 2, 152):
        bolt = np.round(camera.project(np.array([[x, level + 45, near]]))[0]).astype(int)
        cv2.circle(picture, bolt.tolist(), reach, (60, 62, 64), -1, cv2.LINE_AA)


def _bar(
    picture: Pixels, camera: Camera, rows: tuple[float, float], z: float, colour: tuple[int, ...]
) -> None:
    """A long level bar across the picture."""
    ends = (-BELT_MM / 2, BELT_MM / 2)
    corners = [(x, y, z) for x, y in zip((*ends, *ends[::-1]), np.repeat(rows, 2), strict=True)]
    seen = np.round(camera.project(np.array(corners, dtype=float))).astype(np.int32)
    cv2.fillConvexPoly(picture, seen, colour, cv2.LINE_AA)


@dataclass(frozen=True)
class Wall:
    """A picture of so many pixels a mm, and where on a box it is: corner and two directions."""

    image: Pixels
    scale: float
    corner: tuple[float, float, float]
    along: Points
    down: Points
    shade: float = 1.0


def put_wall(picture: Pixels, camera: Camera, stand: Stand, wall: Wall) -> Points:
    """Draw one wall of a box; returns the homography from mm on it to pixels."""
    plane = camera.plane(
        stand.world(np.array([wall.corner]))[0],
        stand.direction(wall.along),
        stand.direction(wall.down),
    )
    height, width = wall.image.shape[:2]
    ends = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], dtype=float)
    to_pixels = plane @ np.diag([1 / wall.scale, 1 / wall.scale, 1.0])
    seen = ends @ to_pixels.T
    outline = seen[:, :2] / seen[:, 2:]
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, picture.shape[1::-1])
    if (high <= low).any():
        return plane
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]])
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    warped = cv2.warpPerspective(
        wall.image, shift @ to_pixels, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if wall.shade != 1:
        warped = cv2.convertScaleAbs(warped, alpha=wall.shade)
    mask = np.zeros((size[1], size[0]), np.uint8)
    inside = np.round((outline - low) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, inside, 255, cv2.LINE_AA, shift=4)
    ground = picture[low[1] : high[1], low[0] : high[0]]
    share = mask.astype(np.float32) / 255
    ground[:] = cv2.blendLinear(warped, ground, share, 1 - share)
    return plane


def hidden_walls(package: Package, camera: Camera, stand: Stand, *, closed: bool) -> list[Wall]:
    """The top and the one side that this camera sees besides the wall photographed."""
    w, h, d = stand.size_mm
    coarse = max(0.5, round(camera.focal_px / camera.place[2] * 4) / 8)
    walls = [
        Wall(faces.top(package, coarse, closed=closed), coarse, (-w / 2, -h / 2, d), X, -Z, 1.14)
    ]
    eye = -camera.rotation().T @ np.array(camera.place)
    middle = stand.world(np.zeros((1, 3)))[0]
    away = (eye - middle) @ stand.direction(X)
    if abs(away) > w / 2:
        side = faces.side(package, coarse)
        if away > 0:
            walls.append(Wall(side, coarse, (w / 2, -h / 2, 0), Z, Y, 0.66))
        else:
            walls.append(Wall(side, coarse, (-w / 2, -h / 2, d), -Z, Y, 0.66))
    return walls


def neighbours(picture: Pixels, camera: Camera, package: Package, stand: Stand, seed: int) -> None:
    """The boxes before and after on the belt, plain, where they reach into the picture."""
    rng = np.random.default_rng(seed)
    for way in (-1, 1):
        if rng.random() < 0.35:
            continue
        gap = stand.size_mm[0] + float(rng.uniform(110, 240))
        serial = f'{package.serial}{"before" if way < 0 else "after"}'
        other = replace(package, serial=serial)
        beside = Stand(stand.size_mm, way * gap, float(rng.normal(0, 8)), float(rng.normal(0, 1.5)))
        corner = (-stand.size_mm[0] / 2, -stand.size_mm[1] / 2, 0.0)
        for wall in hidden_walls(other, camera, beside, closed=True):
            put_wall(picture, camera, beside, wall)
        code = package.mark.partition('/')[0]
        bare = faces.wall(other, other.box_seed('front'), stand.size_mm[:2], 0.75, code)
        put_wall(picture, camera, beside, Wall(bare, 0.75, corner, X, Y, 0.93))


def ground_shadow(picture: Pixels, camera: Camera, stand: Stand) -> None:
    """The dark under and in front of the box, where it keeps the hall's light out."""
    w, h, d = stand.size_mm
    feet = [[-w * 0.54, h / 2, -55], [w * 0.54, h / 2, -55], [w * 0.54, h / 2, d],
            [-w * 0.54, h / 2, d]]  # fmt: skip
    seen = camera.project(stand.world(np.array(feet, dtype=float)))
    eighth = np.zeros((picture.shape[0] // 8, picture.shape[1] // 8), np.uint8)
    cv2.fillConvexPoly(eighth, np.round(seen / 8).astype(np.int32), 130)
    soft = cv2.GaussianBlur(eighth, (0, 0), eighth.shape[1] * 0.018)
    share = cv2.resize(255 - soft, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    picture[:] = cv2.multiply(picture, cv2.merge([share, share, share]), scale=1 / 255)


def pallet(picture: Pixels, camera: Camera, stand: Stand, seed: int) -> None:
    """The wooden pallet below a crate: deck boards over three blocks over a bottom board."""
    w, h, _ = stand.size_mm
    rng = np.random.default_rng(seed)
    wide = w + 60
    for top, tall, lefts, long, shade in (
        (24.0, 84.0, (0.0, wide / 2 - 65, wide - 130), 130.0, 0.6),
        (0.0, 24.0, (0.0,), wide, 0.88),
        (104.0, 22.0, (0.0,), wide, 0.75),
    ):
        for left in lefts:
            board = materials.plywood(rng, (long, tall), 1.0, materials.PINE)
            corner = (left - wide / 2, h / 2 + top, -15.0)
            put_wall(picture, camera, stand, Wall(board, 1.0, corner, X, Y, shade))
