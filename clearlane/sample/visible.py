"""What a finished synthetic picture leaves of the truth.

A thing can be on the box and yet beyond the picture's edge, burnt out, blurred or in the
dark; and in a picture that lies on its side, arrows point aside.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from clearlane.sample import light
from clearlane.sample.sheet import Item, Pixels, Points
from clearlane.sample.shot import Shot

WANTED = ('un_mark', 'hazard_label', 'battery_mark', 'un_number')  # glare falls on the first
ARROWS = ('up', 'right', 'down', 'left')


def left(items: list[Item], picture: Pixels, shot: Shot, rng: np.random.Generator) -> list[Item]:
    """What the picture leaves of the truth: beyond its edge, burnt out, blurred or dark."""
    height, width = picture.shape[:2]
    size = np.array([width, height])
    inside = [item for item in items if _within(item.box, size).any()]
    if {'blurred', 'dark'} & set(shot.faults):
        return [item.spoilt() for item in inside]
    if 'glare' in shot.faults:
        at = min(inside, key=lambda item: _place(WANTED, item.kind))
        outline = light.glare(picture, at.box, rng)
        inside = [item.spoilt() if _overlap(item.box, outline) else item for item in inside]
    return [item if _within(item.box, size).all() else item.spoilt() for item in inside]


def _place(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _within(box: Points, size: Points) -> npt.NDArray[np.bool_]:
    """Which corners of a box are in the picture."""
    return np.asarray(((box > 0) & (box < size)).all(axis=1))


def _overlap(box: Points, outline: Points) -> bool:
    """Whether a good part of the box lies within the outline."""
    across = np.linspace(0, 1, 7)
    top = box[0] + across[:, None] * (box[1] - box[0])
    low = box[3] + across[:, None] * (box[2] - box[3])
    shape = outline.astype(np.float32)
    points = np.concatenate([top, (top + low) / 2, low])
    within = [cv2.pointPolygonTest(shape, (float(x), float(y)), False) > 0 for x, y in points]
    return float(np.mean(within)) > 0.08


def tilted(
    picture: Pixels, truth: list[Item], condition: list[Item], shot: Shot
) -> tuple[Pixels, list[Item], list[Item]]:
    """The picture turned by quarters to the right where that is the fault, the truth with it."""
    for _ in range(shot.turn('tilted_')):
        height = picture.shape[0]
        picture = np.ascontiguousarray(np.rot90(picture, -1))

        quarter = partial(_quarter, height=height)
        truth = [_arrows_turned(item.moved(quarter)) for item in truth]
        condition = [item.moved(quarter) for item in condition]
    return picture, truth, condition


def _quarter(points: Points, height: int) -> Points:
    """Points after their picture, so many pixels high, was turned a quarter to the right."""
    return np.stack([height - points[:, 1], points[:, 0]], axis=1)


def _arrows_turned(item: Item) -> Item:
    """Arrows are read as they point in the picture."""
    if item.kind != 'orientation_arrows':
        return item
    value = ARROWS[(ARROWS.index(item.value) + 1) % 4]
    return replace(item, value=value)
