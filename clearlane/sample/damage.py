"""What can happen to a synthetic box and its labels between packing and the photograph."""

from collections.abc import Collection

import cv2
import numpy as np
from PIL import Image, ImageDraw

from clearlane.sample import materials
from clearlane.sample.face import Face
from clearlane.sample.sheet import PAPER, Box, Pixels, Points, Sheet


def suffer(face: Face, faults: Collection[str], rng: np.random.Generator) -> None:
    """Everything among the faults that happens to the wall itself."""
    if 'wet' in faults:
        wet(face, rng)
    if 'hole' in faults:
        hole(face, rng)
    if 'crushed' in faults:
        crushed(face, rng)


def smear(sheet: Sheet, rng: np.random.Generator) -> None:
    """Wipe over the fresh ink: the strokes run into each other and nothing can be read."""
    inked = np.asarray(sheet.image).astype(np.float32)
    # The symbol keeps its shape; the characters are dragged by more than their own width.
    drag = max(9, round(11 * sheet.scale))
    streak = np.zeros((drag, drag), np.float32)
    rise = int(drag * float(rng.uniform(-0.2, 0.2)))
    cv2.line(streak, (0, drag // 2 + rise), (drag - 1, drag // 2 - rise), 1.0, max(1, drag // 10))
    streak /= streak.sum()
    if sheet.paper:
        smooth = cv2.filter2D(inked[..., :3], -1, streak, borderType=cv2.BORDER_REPLICATE)
        inked[..., :3] = smooth * 0.8 + 255 * 0.12
    else:
        smooth = cv2.filter2D(inked[..., 3], -1, streak)
        size = (sheet.width_mm, sheet.height_mm)
        wiped = materials.grain(rng, size, sheet.scale, (26, 7), 0.45)
        left = np.clip(0.85 + cv2.resize(wiped, smooth.shape[::-1]), 0.15, 1.2)
        inked[..., 3] = smooth * left
    sheet.image = Image.fromarray(np.clip(inked, 0, 255).astype(np.uint8), 'RGBA')
    sheet.items = [item.spoilt() for item in sheet.items]


def torn(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Tear off the lower or the left part of a label: a ragged edge, some paper fibres stay."""
    width, height = sheet.image.size
    mask = Image.new('L', sheet.image.size, 0)
    start, slope = rng.uniform(0.42, 0.55), rng.uniform(-0.25, 0.25)
    xs = np.linspace(0, 1, 40)
    edge = start + slope * (xs - 0.5) + np.cumsum(rng.normal(0, 0.012, 40))
    line = [(float(x * width), float(y * height)) for x, y in zip(xs, edge, strict=True)]
    ImageDraw.Draw(mask).polygon([*line, (width, height), (0, height)], fill=255)
    gone = np.asarray(mask) > 0
    rag = cv2.dilate(gone.astype(np.uint8), np.ones((3, 3)), iterations=max(1, round(sheet.scale)))
    inked = np.asarray(sheet.image).copy()
    inked[(rag > 0) & (inked[..., 3] > 0), :3] = 232
    size = (sheet.width_mm, sheet.height_mm)
    fibres = cv2.resize(materials.grain(rng, size, sheet.scale, (9, 4), 1), (width, height))
    inked[gone, 3] = np.where(fibres[gone] > 1.15, inked[gone, 3] // 2, 0)
    piece = Sheet(sheet.width_mm, sheet.height_mm, sheet.scale)
    piece.image = Image.fromarray(inked, 'RGBA')
    piece.paper, piece.items = PAPER, [item.spoilt() for item in sheet.items]
    return piece


def cover(face: Face, rng: np.random.Generator) -> None:
    """Stick a packing list over the greater part of the hazard label."""
    box = face.box_of('hazard_label', 'battery_mark')
    if box is None:
        return
    size = box[2] - box[0]
    sheet = Sheet(size * 1.05, size * 0.72, face.scale, paper=PAPER, font='sans')
    sheet.frame((0, 0, sheet.width_mm, sheet.height_mm), 1.2, (222, 120, 30))
    sheet.text(6, 6, '装箱单 PACKING LIST', size * 0.055)
    for row in range(5):
        y = size * (0.18 + row * 0.1)
        sheet.bar((6, y, sheet.width_mm - 6, y + 0.5), (150, 150, 150))
    face.lay(sheet, box[0] + 3, box[1] + size * 0.27, rng, float(rng.normal(0, 4)))
    face.spoil('hazard_label', 'battery_mark')


def wet(face: Face, rng: np.random.Generator) -> None:
    """Water has risen into the lower part: darker, with a dark line where it stopped."""
    size = (face.width_mm, face.height_mm)
    coarse = face.scale / 4
    level = materials.grain(rng, size, coarse, (90, 60), 1) * 22
    level += materials.grain(rng, size, coarse, (18, 14), 1) * 5
    height = face.height_mm * float(rng.uniform(0.3, 0.45))
    rows = np.linspace(face.height_mm, 0, level.shape[0], dtype=np.float32)[:, None]
    depth = np.clip((height - rows + level) / 6, -9, 9)
    share = 1 - 0.3 / (1 + np.exp(-depth * 2.2)) - 0.12 * np.exp(-(depth**2) * 2)
    # Wet board loses blue first: the stain is warm.
    gains = cv2.merge([share**1.25, share, share**0.85]).astype(np.float32)
    full = cv2.resize(np.round(gains * 250).astype(np.uint8), face.image.shape[1::-1])
    face.image[:] = cv2.multiply(face.image, full, scale=1 / 250)
    top = face.height_mm - height
    face.note('damage', 'wet', (0.0, top, face.width_mm, face.height_mm))


def hole(face: Face, rng: np.random.Generator) -> None:
    """A ragged hole, dark inside, its torn rim light."""
    reach = min(face.width_mm, face.height_mm) * float(rng.uniform(0.05, 0.075))
    x, y = _free_place(face, reach * 1.5, rng)
    angles = np.linspace(0, 2 * np.pi, 22, endpoint=False)
    radii = reach * (1 + rng.normal(0, 0.2, angles.size))
    rim = np.stack([x + radii * 1.3 * np.cos(angles), y + radii * np.sin(angles)], axis=1)
    outer = (rim - (x, y)) * (1.12 + rng.uniform(0, 0.16, (angles.size, 1))) + (x, y)
    near = face.part((x - reach, y - reach, x + reach, y + reach)).mean(axis=(0, 1))
    torn_rim = np.clip(near * 1.2 + 14, 0, 255).tolist()
    for shape, colour in ((outer, torn_rim), (rim, (18, 22, 26))):
        cv2.fillPoly(
            face.image, [np.round(shape * face.scale).astype(np.int32)], colour, cv2.LINE_AA
        )
    lit = (rim - (x, y)) * 0.8 + (x, y + reach * 0.15)
    cv2.fillPoly(face.image, [np.round(lit * face.scale).astype(np.int32)], (34, 42, 50))
    (left, top), (right, bottom) = outer.min(axis=0), outer.max(axis=0)
    face.note('damage', 'hole', (float(left), float(top), float(right), float(bottom)))


def _free_place(face: Face, reach: float, rng: np.random.Generator) -> tuple[float, float]:
    """Where nothing is printed, if there is such a place."""
    best, where = -np.inf, (face.width_mm / 2, face.height_mm / 2)
    for _ in range(60):
        x = float(rng.uniform(reach, face.width_mm - reach))
        y = float(rng.uniform(reach + 70, face.height_mm - reach))
        free = min((_distance(item.box, x, y) for item in face.items), default=np.inf)
        if free > best:
            best, where = free, (x, y)
    return where


def _distance(box: Points, x: float, y: float) -> float:
    """From a point to a box, negative within it."""
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return float(max(left - x, x - right, top - y, y - bottom))


def crushed(face: Face, rng: np.random.Generator) -> None:
    """A lower corner is pushed in: the wall buckles towards the middle, with dark creases."""
    right = bool(rng.random() < 0.5)
    corner = np.array([face.width_mm if right else 0.0, face.height_mm])
    reach = min(face.width_mm, face.height_mm) * 0.42
    push = np.array([-1.0 if right else 1.0, -0.8]) * reach * 0.27

    def shift(points: Points) -> Points:
        far = np.linalg.norm(points - corner, axis=-1, keepdims=True) / reach
        return np.asarray(push * np.clip(1 - far, 0, 1) ** 1.5)

    left = max(0.0, corner[0] - reach)
    box: Box = (left, corner[1] - reach, min(face.width_mm, corner[0] + reach), corner[1])
    part = face.part(box)
    ys, xs = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
    grid = np.stack([xs, ys], axis=-1) / face.scale + box[:2]
    source = ((grid - shift(grid) - box[:2]) * face.scale).astype(np.float32)
    ground = (26, 28, 30)
    part[:] = cv2.remap(part, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=ground)
    _creases(part, corner - box[:2], reach, face.scale, rng)
    face.items = [
        item.moved(lambda points: points + shift(points + shift(points))) for item in face.items
    ]
    # What the folds run through is no longer read with certainty.
    face.spoil_within(lambda points: float(np.linalg.norm(points - corner, axis=1).min()) < reach)
    face.note('damage', 'crushed', box)


def _creases(
    part: Pixels, corner: Points, reach: float, scale: float, rng: np.random.Generator
) -> None:
    """Folds around a crushed corner: each a dark line with a light one beside it."""
    side = -1 if corner[0] > 0 else 1
    relief = np.zeros(part.shape[:2], np.float32)
    for far in (0.42, 0.6, 0.84):
        angles = np.linspace(0.06, np.pi / 2 - 0.06, 9)
        bend = far * reach + rng.normal(0, 0.025 * reach, angles.size)
        line = corner + np.stack([side * bend * np.cos(angles), -bend * np.sin(angles)], axis=1)
        for offset, tone in ((0.0, -0.75), (2.4, 0.4)):
            shift = np.array([side * offset, -offset])
            points = np.round((line + shift) * scale).astype(np.int32)
            cv2.polylines(relief, [points], False, tone, max(1, round(1.3 * scale)), cv2.LINE_AA)
    soft = cv2.GaussianBlur(relief, (0, 0), 0.9 * scale)
    part[:] = np.clip(part * (1 + soft[..., None]), 0, 255).astype(np.uint8)
