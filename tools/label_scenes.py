"""Photograph the drawn labels: cartons, clutter, perspective, poor light, tape and torn corners.

`scene` makes a whole picture with the true outlines, for the detector; `close_up` makes
one small picture around one outline, for the classifier.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import label_art
import label_boxes as boxes
import label_faces as faces
import numpy as np
from label_faces import Face
from label_symbols import Rng, hue, ink, paper


@dataclass
class Truth:
    """One label as it lies in the picture; `hidden` is the share of it that cannot be seen."""

    kind: str
    value: str
    corners: np.ndarray
    states: set[str] = field(default_factory=set)


def background(rng: Rng, height: int, width: int, photos: list[np.ndarray]) -> np.ndarray:
    """A piece of carton, paper, wood, metal or of a real photograph."""
    if photos and rng.random() < 0.15:
        return _piece(photos[int(rng.integers(len(photos)))], rng, height, width)
    choice = rng.random()
    if choice < 0.45:  # corrugated board
        base = np.array([rng.uniform(70, 140), rng.uniform(110, 170), rng.uniform(140, 205)])
    elif choice < 0.7:
        base = np.full(3, rng.uniform(150, 245)) + rng.normal(0, 6, 3)
    else:
        base = rng.uniform(10, 235, 3)
    picture = np.tile(base, (height, width, 1)).astype(np.float32)
    for _ in range(int(rng.integers(1, 4))):
        grain = (max(2, int(height / rng.uniform(2, 60))), max(2, int(width / rng.uniform(2, 60))))
        noise = rng.normal(0, rng.uniform(1, 14), grain).astype(np.float32)
        picture += cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    if rng.random() < 0.4:  # flutes, planks, gaps
        period, strength = rng.uniform(4, 60), rng.uniform(1, 18)
        axis = np.arange(width if rng.random() < 0.5 else height)
        wave = np.maximum(np.sin(axis * 2 * math.pi / period) - rng.uniform(-1, 0.95), 0) * strength
        picture -= wave[None, :, None] if len(axis) == width else wave[:, None, None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def _piece(photo: np.ndarray, rng: Rng, height: int, width: int) -> np.ndarray:
    share = rng.uniform(0.3, 1)
    h, w = (int(n * share) for n in photo.shape[:2])
    y, x = int(rng.integers(photo.shape[0] - h + 1)), int(rng.integers(photo.shape[1] - w + 1))
    return cv2.resize(photo[y : y + h, x : x + w], (width, height), interpolation=cv2.INTER_AREA)


def clutter(picture: np.ndarray, rng: Rng, count: int) -> None:
    """Print, tape, stickers, bars and signs that are no labels."""
    height, width = picture.shape[:2]
    for _ in range(count):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        s = float(np.exp(rng.uniform(math.log(8), math.log(0.4 * width))))
        tint = ink(rng) if rng.random() < 0.6 else tuple(int(c) for c in rng.integers(0, 256, 3))
        draw = (
            _words,
            _words,
            _words,
            _bars,
            _sticker,
            _rotated_box,
            _tape,
            _matrix,
            _triangle,
            _ring,
            _lone_arrow,
        )[int(rng.integers(11))]
        draw(picture, x, y, s, tint, rng)


Tint = tuple[int, ...]


def _words(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    font = int(
        rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX])
    )
    size = float(np.clip(s / 80, 0.25, 2.5))
    for line in range(int(rng.integers(1, 5))):
        count = int(rng.integers(2, 18))
        letters = ''.join(rng.choice(list('ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789/-. '), count))
        cv2.putText(
            picture,
            letters,
            (int(x - s), int(y + line * 30 * size)),
            font,
            size,
            tint,
            max(1, int(size * rng.uniform(1, 4))),
            cv2.LINE_AA,
        )


def _bars(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    if rng.random() < 0.8:
        cv2.rectangle(
            picture, (int(x - 8), int(y - 8)), (int(x + s * 1.5), int(y + s / 2)), paper(rng), -1
        )
    at = x
    while at < x + s * 1.4:
        wide = max(1, int(rng.integers(1, 4) * s / 90))
        cv2.rectangle(picture, (int(at), int(y)), (int(at) + wide - 1, int(y + s * 0.4)), tint, -1)
        at += wide + max(1, int(rng.integers(1, 4) * s / 90))


def _sticker(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    box = ((int(x), int(y)), (int(x + s), int(y + s * rng.uniform(0.4, 1.4))))
    cv2.rectangle(picture, *box, paper(rng), -1)
    if rng.random() < 0.6:
        rim = hue(rng, 0, 12) if rng.random() < 0.4 else tint
        cv2.rectangle(picture, *box, rim, int(rng.integers(1, 2 + int(s / 10))))
    _words(picture, x + s * 1.05, y + s * 0.2, s * 0.3, ink(rng), rng)


def _rotated_box(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    corners = cv2.boxPoints(((x, y), (s, s * rng.uniform(0.6, 1)), rng.uniform(0, 90)))
    if rng.random() < 0.6:
        cv2.fillPoly(picture, [corners.astype(np.int32)], tint, cv2.LINE_AA)
    else:
        cv2.polylines(
            picture, [corners.astype(np.int32)], True, tint, int(rng.integers(1, 8)), cv2.LINE_AA
        )


def _tape(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    corners = cv2.boxPoints(((x, y), (s * 8, s * 0.3), rng.choice([0, 90]) + rng.normal(0, 5)))
    layer = picture.copy()
    cv2.fillPoly(layer, [corners.astype(np.int32)], tint)
    part = rng.uniform(0.1, 0.9)
    cv2.addWeighted(layer, part, picture, 1 - part, 0, dst=picture)


def _matrix(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    count, side = int(rng.integers(10, 30)), int(min(max(s, 12), min(picture.shape[:2]) // 2))
    cells = (rng.random((count, count)) < 0.5).astype(np.uint8) * 255
    patch = cv2.resize(cells, (side, side), interpolation=cv2.INTER_NEAREST)
    x0 = int(np.clip(x, 0, picture.shape[1] - side))
    y0 = int(np.clip(y, 0, picture.shape[0] - side))
    picture[y0 : y0 + side, x0 : x0 + side] = patch[..., None]


def _triangle(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    corners = np.array([[x, y - s], [x + s, y + s * 0.7], [x - s, y + s * 0.7]], np.int32)
    cv2.fillPoly(picture, [corners], hue(rng, 50) if rng.random() < 0.5 else tint)
    cv2.polylines(picture, [corners], True, ink(rng), max(1, int(s / 10)), cv2.LINE_AA)


def _ring(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    cv2.circle(
        picture,
        (int(x), int(y)),
        int(s / 2),
        hue(rng, 0) if rng.random() < 0.5 else tint,
        max(1, int(s / rng.uniform(6, 20))),
        cv2.LINE_AA,
    )


def _lone_arrow(picture: np.ndarray, x: float, y: float, s: float, tint: Tint, rng: Rng) -> None:
    angle = rng.uniform(0, 2 * math.pi)
    tip = (int(x + s * math.cos(angle)), int(y + s * math.sin(angle)))
    cv2.arrowedLine(
        picture,
        (int(x), int(y)),
        tip,
        tint,
        max(1, int(s / 10)),
        cv2.LINE_AA,
        0,
        rng.uniform(0.2, 0.5),
    )


def paste(picture: np.ndarray, face: Face, corners: np.ndarray) -> None:
    """Lay the face into the picture so that its corners come to lie on `corners`."""
    scale = min(1.0, 1.4 * float(np.ptp(corners, axis=0).max()) / max(face.image.shape[:2]))
    image, mask = face.image, face.mask
    if scale < 0.75:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(mask, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_AREA)
    factor = np.array(image.shape[1::-1]) / np.array(face.image.shape[1::-1])
    turn = cv2.getPerspectiveTransform(
        (face.corners * factor).astype(np.float32), corners.astype(np.float32)
    )
    low = np.clip(np.floor(corners.min(axis=0)) - 2, 0, None).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 3, 0, picture.shape[1::-1]).astype(int)
    if (high <= low).any():
        return
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]], float)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    flat = cv2.warpPerspective(image, shift @ turn, size, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpPerspective(mask, shift @ turn, size).astype(np.float32)[..., None] / 255
    part = picture[low[1] : high[1], low[0] : high[0]]
    part[:] = (flat * seen + part * (1 - seen)).astype(np.uint8)


def damage(picture: np.ndarray, corners: np.ndarray, rng: Rng, under: np.ndarray) -> str:
    """Cover or tear a part of the label; returns 'covered', 'torn', or '' for a mere scratch."""
    centre, side = corners.mean(axis=0), float(np.linalg.norm(corners[1] - corners[0]))
    if rng.random() < 0.5:
        at = centre + rng.uniform(-0.5, 0.5, 2) * side
        patch = (
            tuple(map(float, at)),
            (side * rng.uniform(0.35, 1.3), side * rng.uniform(0.3, 0.7)),
            float(rng.choice([0, 0, 45, 90]) + rng.normal(0, 8)),
        )
        tint = paper(rng) if rng.random() < 0.4 else tuple(int(c) for c in rng.integers(20, 240, 3))
        box = cv2.boxPoints(patch)
        cv2.fillPoly(picture, [box.astype(np.int32)], tint, cv2.LINE_AA)
        if rng.random() < 0.5:
            _words(picture, float(at[0]), float(at[1]), side * 0.3, ink(rng), rng)
        return 'covered' if _overlap(box, corners) > 0.12 else ''
    corner = corners[int(rng.integers(4))]
    reach = rng.uniform(0.5, 1.15) * side
    angles = np.sort(rng.uniform(0, 2 * math.pi, 14))
    outline = corner + np.stack([np.cos(angles), np.sin(angles)], 1) * (
        reach * rng.uniform(0.6, 1, (14, 1))
    )
    hole = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(hole, [outline.astype(np.int32)], 255)
    rim = (cv2.dilate(hole, np.ones((3, 3), np.uint8)) > 0) & (hole == 0)
    picture[hole > 0] = under[hole > 0]
    if rng.random() < 0.7:
        picture[rim] = paper(rng)
    return 'torn' if _overlap(outline, corners) > 0.12 else ''


def _overlap(shape: np.ndarray, corners: np.ndarray) -> float:
    """The share of `corners` that `shape` hides, on a coarse grid."""
    low, span = corners.min(axis=0), np.ptp(corners, axis=0).max() + 1e-6
    label, other = np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint8)
    cv2.fillPoly(label, [((corners - low) / span * 63).astype(np.int32)], 1)
    cv2.fillPoly(other, [((shape - low) / span * 63).astype(np.int32)], 1)
    return float((label & other).sum() / max(label.sum(), 1))


def degrade(picture: np.ndarray, rng: Rng, hard: float = 1.0) -> np.ndarray:
    """Light, colour, blur, noise and compression as a hand-held camera adds them."""
    height, width = picture.shape[:2]
    out: np.ndarray = picture.astype(np.float32) / 255
    if rng.random() < 0.6:  # uneven light
        ends = rng.uniform(1 - 0.6 * hard, 1 + 0.3 * hard, (2, 2)).astype(np.float32)
        out *= cv2.resize(ends, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    out *= rng.uniform(1 - 0.1 * hard, 1 + 0.1 * hard, 3).astype(np.float32)
    out = cv2.pow(np.maximum(out, 0), rng.uniform(0.7, 1.5)) * np.float32(rng.uniform(0.55, 1.2))
    if rng.random() < 0.15 * hard:
        _glare(out, rng)
    blur = rng.random()
    if blur < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.6 * hard))
    elif blur < 0.42:
        out = cv2.filter2D(out, -1, _motion(rng, int(rng.integers(3, 4 + int(6 * hard)))))
    grain = np.float32(rng.uniform(0, 0.045) * hard)
    out += rng.standard_normal(out.shape, dtype=np.float32) * grain
    result = (np.clip(out, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))]
        packed = cv2.imencode('.jpg', result, quality)[1]
        result = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return result


def _glare(out: np.ndarray, rng: Rng) -> None:
    height, width = out.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    spread = rng.uniform(0.05, 0.2) * width
    far = ((x - rng.uniform(0, width)) ** 2 + (y - rng.uniform(0, height)) ** 2) / spread**2
    out += np.exp(-far)[..., None] * np.float32(rng.uniform(0.3, 1.2))


def _motion(rng: Rng, length: int) -> np.ndarray:
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, math.pi)
    reach = np.array([math.cos(angle), math.sin(angle)]) * (length - 1) / 2
    mid = (length - 1) / 2
    cv2.line(
        kernel,
        tuple(round(float(c)) for c in mid - reach),
        tuple(round(float(c)) for c in mid + reach),
        1,
    )
    return np.asarray(kernel / kernel.sum())


def any_face(rng: Rng, others: float = 0.0) -> Face:
    """A label of any kind, often worn; `others` is the share drawn from every class alike."""
    face = _fresh_face(rng, others)
    if rng.random() < 0.5:
        face.image = label_art.worn(face.image, rng)
    return face


def _fresh_face(rng: Rng, others: float) -> Face:
    """Lithium batteries and their nearest mistakes above all."""
    if rng.random() < others:
        return faces.diamond(str(rng.choice((*faces.TRANSPORT, *faces.GHS))), rng)
    draw = rng.random()
    if draw < 0.20:
        return faces.diamond('9A', rng)
    if draw < 0.36:
        return faces.diamond('9', rng)
    if draw < 0.47:
        return boxes.battery_mark(rng)
    if draw < 0.62:
        return boxes.arrows(str(rng.choice(['up', 'up', 'down', 'left', 'right'])), rng)
    if draw < 0.80:
        other = str(rng.choice([*faces.GHS])) if rng.random() < 0.65 else 'none'
        return faces.diamond(other, rng)
    return faces.diamond(str(rng.choice(faces.TRANSPORT)), rng)


def scene(
    rng: Rng, photos: list[np.ndarray], width: int = 640, height: int = 480
) -> tuple[np.ndarray, list[Truth]]:
    """One picture with up to six labels, and where they are."""
    picture = background(rng, height, width, photos)
    turn = _view(rng, width, height)
    if rng.random() < 0.6:
        _lay(picture, background(rng, height, width, []), turn)
    clutter(picture, rng, int(rng.integers(0, 9)))
    under = picture.copy()
    truths: list[Truth] = []
    taken: list[tuple[float, float, float]] = []
    for _ in range(int(rng.integers(1, 7))):
        least, most = (0.05, 0.42) if rng.random() < 0.88 else (0.42, 0.85)
        side = float(np.exp(rng.uniform(math.log(least), math.log(most)))) * width
        face = any_face(rng)
        x, y = rng.uniform(0.06, 0.94) * width, rng.uniform(0.06, 0.94) * height
        reach = side * 0.62
        if any(math.hypot(x - a, y - b) < reach + c for a, b, c in taken):
            continue
        taken.append((x, y, reach))
        corners = _placed(face, rng, x, y, side, turn)
        paste(picture, face, corners)
        states = {damage(picture, corners, rng, under)} if rng.random() < 0.15 else set()
        truths.append(Truth(face.kind, face.value, corners, states - {''}))
    return degrade(picture, rng, 0.8), truths


def _view(rng: Rng, width: int, height: int) -> np.ndarray:
    """How the camera sees the flat face: a perspective turn."""
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    bend = rng.normal(0, rng.choice([0.03, 0.07, 0.12]), (4, 2)) * (width, height)
    roll = math.radians(rng.choice([rng.normal(0, 7), rng.uniform(-20, 20)]))
    spin = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
    middle = np.array([width / 2, height / 2])
    seen = ((flat - middle) * rng.uniform(0.75, 1.1) @ spin.T + middle + bend).astype(np.float32)
    return cv2.getPerspectiveTransform(flat, seen)


def _lay(picture: np.ndarray, board: np.ndarray, turn: np.ndarray) -> None:
    size = (picture.shape[1], picture.shape[0])
    seen = cv2.warpPerspective(np.full(board.shape[:2], 255, np.uint8), turn, size)
    picture[seen > 0] = cv2.warpPerspective(board, turn, size)[seen > 0]


def _placed(face: Face, rng: Rng, x: float, y: float, side: float, turn: np.ndarray) -> np.ndarray:
    size = np.array(face.image.shape[1::-1], float)
    local = (
        (face.corners / size - 0.5)
        * size
        / size.max()
        * side
        * (1.15 if face.kind == 'hazard_label' else 1)
    )
    quarter = int(rng.choice([0, 1, 2, 3], p=[0.8, 0.06, 0.08, 0.06]))
    if face.kind == 'orientation_arrows':
        quarter = 0  # their direction is already drawn
    angle = math.radians(90 * quarter + rng.normal(0, 3))
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    flat = (local @ spin.T + (x, y)).astype(np.float32)
    return np.asarray(cv2.perspectiveTransform(flat[None], turn)[0])


def close_up(
    rng: Rng, photos: list[np.ndarray], face: Face | None, damaged: float = 0.15
) -> tuple[np.ndarray, np.ndarray, set[str]]:
    """A small picture with one label about in its middle, its corners, and its states."""
    side = float(np.exp(rng.uniform(math.log(22), math.log(170))))
    size = int(side * 1.7) + 8
    picture = background(rng, size, size, photos)
    clutter(picture, rng, int(rng.integers(0, 5)))
    under = picture.copy()
    flat = faces.diamond('none', rng) if face is None else face
    aspect = np.array(flat.image.shape[1::-1], float)
    local = (flat.corners / aspect - 0.5) * aspect / aspect.max() * side
    squeeze = np.array([[rng.uniform(0.7, 1), rng.normal(0, 0.08)], [rng.normal(0, 0.08), 1]])
    roll = math.radians(rng.choice([rng.normal(0, 7), rng.uniform(-20, 20)]))
    if flat.value == 'none' and rng.random() < 0.4:
        roll = rng.uniform(0, 2 * math.pi)
    spin = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
    corners = local @ (spin @ squeeze).T + size / 2 + rng.normal(0, side * 0.025, (4, 2))
    if face is not None:
        paste(picture, face, corners)
    states = set()
    if face is not None and rng.random() < damaged:
        states = {damage(picture, corners, rng, under)} - {''}
    return degrade(picture, rng), corners, states
