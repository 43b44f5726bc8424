"""Where two pictures of one face, laid upon each other, differ; light and board aside.

Two maps are compared. The *ink* map holds local contrast: print, labels, edges. The *tone*
map holds the ground's brightness and colour in blocks, once the light of either picture, a
smooth surface, is taken away. What stands out in one picture against its surroundings and not
in the other is missing or added; what it is worth is for `score` to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK = 8
"""Pixels of a block of the maps."""
WINDOW = 21
"""Pixels over which print is compared."""
PRINTED = 0.1
"""Contrast (natural log) above that of the board, that is surely print."""
UNLIKE, LEAST_UNLIKE, MOST_UNLIKE = 2.5, 0.03, 0.1
"""Print that differs counts from the least plus so many times what a tenth of the face differs by,
which is the grain of the board; at most from the last. On unaltered faces 99 % of the blocks of
paper and carton stayed below 0.03, of wooden crates below 0.1 to 0.2."""
APART = (0.6, 0.85)
"""How much print differs, as a share of its contrast: the same up to the first, another from the
second on. Blur and noise make up to a half."""
DARKER = 0.2
COLOURED = 0.025
TINTED = 0.018
"""Natural log, of brightness, of a block's colour and of a mean colour: what stays below is
ordinary. Measured on unaltered faces: 99.5 % of the blocks below 0.16, 0.015 and 0.01.
Colour tells more, as shadows have none."""
EVEN = 0.12
"""The most that blocks beside each other differ on even ground."""
NOISE = 6.0
"""Times the ordinary deviation of colour, where a camera is worse than those."""
MOST_NOISE = 0.03
"""More is no noise: water over a half of the face makes as much of it."""
MOST_SLIP = 9.0
"""Pixels that a label or a line of print may be off before it counts as moved."""

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Maps:
    """What differs, by block, in multiples of what is still ordinary: 0 where nothing does."""

    ink: Map
    tone: Map
    colour: Map
    outstanding: tuple[Map, Map]
    """How far each block is from the ordinary ground of its own picture (natural log)."""
    face: Mask
    restless: float
    """How much print differs where it differs least: grain of wood, a slanting view."""
    noise: float
    """The ordinary deviation of colour, in multiples of that of a clean photograph."""


def ink(picture: Picture) -> Map:
    """Local contrast as a natural logarithm, blurred so that sharpness does not matter."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    light = np.log(cv2.GaussianBlur(grey, (0, 0), 1.6) + 12)
    return np.asarray(light - cv2.GaussianBlur(light, (0, 0), 16), np.float32)


def followed(registered: Map, new: Map, picture: Picture) -> Picture:
    """The new picture with small slips undone: labels are stuck by hand, board bends.

    For print alone: the ground around a hole would be drawn into it.
    """
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    step = flow.calc(_bytes(registered), _bytes(new), None)  # type: ignore[call-overload]
    far = np.linalg.norm(step, axis=2, keepdims=True)
    step = step * np.minimum(1, MOST_SLIP / np.maximum(far, 1e-6))
    high, wide = registered.shape
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    source = columns + step[..., 0], rows + step[..., 1]
    moved = cv2.remap(picture, *source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _bytes(ink: Map) -> Picture:
    return np.clip(ink * 90 + 128, 0, 255).astype(np.uint8)


def maps(
    registered: Picture, new: Picture, face: Mask, other_print: Mask, other_ground: Mask
) -> Maps:
    """Compare two pictures of one size within `face`; but not print where another one is to be
    expected, nor the ground where that of labels and codes is."""
    before = ink(registered)
    inked = _ink_apart(before, ink(followed(before, ink(new), new)), face)
    first, second = ground(registered), ground(new)
    inside = blocks(face.astype(np.float32)) > 0.7
    usable = inside & (blocks(other_ground.astype(np.float32)) < 0.3)
    legible = inside & (blocks(other_print.astype(np.float32)) < 0.3)
    level, tint, noise = _levelled(first, second, usable)
    rest = float(np.quantile(blocks(np.abs(inked))[legible], 0.9)) if legible.any() else 0.0
    unit = min(LEAST_UNLIKE + UNLIKE * rest, MOST_UNLIKE)
    printed = blocks(inked) * legible / unit
    return Maps(
        ink=printed,
        tone=level * usable,
        colour=tint * usable,
        outstanding=(_outstanding(first, inside), _outstanding(second, inside)),
        face=usable,
        restless=unit / LEAST_UNLIKE,
        noise=noise,
    )


def _ink_apart(before: Map, now: Map, face: Mask) -> Map:
    """The contrast of print that does not agree; signed: added is positive."""
    raw = [np.maximum(_mean(m * m) - _mean(m) ** 2, 0) for m in (before, now)]
    grain = [float(np.quantile(r[face], 0.25)) if face.any() else 0.0 for r in raw]
    printed = [np.sqrt(np.maximum(r - 1.7 * g, 0)) for r, g in zip(raw, grain, strict=True)]
    together = np.maximum(_mean(before * now) - _mean(before) * _mean(now), 0)
    strong = face & (printed[0] > PRINTED) & (printed[1] > 0.3 * PRINTED)
    strong &= together > 0.6 * np.sqrt(raw[0] * raw[1])
    gain = float(np.median(printed[1][strong] / printed[0][strong])) if strong.sum() > 500 else 1.0
    gain = min(max(gain, 0.4), 2.5)
    one, other, common = printed[0], printed[1] / gain, together / gain
    power = one**2 + other**2
    shared = np.minimum(common, one * other)
    share = np.sqrt(np.maximum(power - 2 * shared, 0) / np.maximum(power, 1e-6))
    doubt = np.clip((share - APART[0]) / (APART[1] - APART[0]), 0, 1)
    return np.asarray(doubt * np.maximum(one, other) * np.sign(other - one), np.float32)


def _mean(plane: Map) -> Map:
    return np.asarray(cv2.boxFilter(plane, -1, (WINDOW, WINDOW)), np.float32)


def ground(picture: Picture) -> Map:
    """The ground's logarithm by block and channel: the median of each, so not its ink."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.5)
    high, wide = (side // BLOCK for side in soft.shape[:2])
    cells = soft[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK, 3)
    flat = cells.transpose(0, 2, 4, 1, 3).reshape(high, wide, 3, -1)
    rank = BLOCK * BLOCK // 2
    middle = np.partition(flat, rank, axis=3)[..., rank]
    return np.asarray(np.log(middle.astype(np.float32) + 8), np.float32)


def blocks(plane: NDArray[Any]) -> Map:
    """The mean of each block."""
    high, wide = (side // BLOCK for side in plane.shape)
    rows = plane[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK)
    return np.asarray(rows.mean(axis=(1, 3)), np.float32)


def _levelled(first: Map, second: Map, usable: Mask) -> tuple[Map, Map, float]:
    """Brightness (signed) and colour that differ once the light is taken away, and the noise.

    Colour is judged twice: beyond what a shift by a block explains, which finds what is small
    and strong, and as a mean over even ground, which finds thin tape on board of its colour.
    """
    even = usable & _is_even(first) & _is_even(second)
    apart = second - first
    light = _light(apart, even if even.sum() > 60 else usable)
    left = (apart - light).astype(np.float32)
    lit = (second - light).astype(np.float32)
    grey = first.mean(axis=2), lit.mean(axis=2)
    tints = [first[..., c] - grey[0] for c in range(3)], [lit[..., c] - grey[1] for c in range(3)]
    strong = np.max([np.abs(_beyond(a, b)) for a, b in zip(*tints, strict=True)], axis=0)
    soft = _over_even_ground(left - left.mean(axis=2, keepdims=True), even)
    noise = NOISE * float(np.median(soft[usable])) if usable.any() else 0.0
    noise = min(noise, MOST_NOISE)
    strong /= max(COLOURED, noise)
    whole = np.max([np.abs(b - a) for a, b in zip(*tints, strict=True)], axis=0)
    strong = _grown(strong, whole / max(COLOURED, noise))
    level = _grown(_beyond(*grey) / DARKER, (grey[1] - grey[0]) / DARKER)
    return level, np.maximum(strong, soft / max(TINTED, noise)), noise / TINTED


def _is_even(ground: Map) -> Mask:
    kernel = np.ones((3, 3), np.uint8)
    planes = [np.ascontiguousarray(ground[..., c]) for c in range(3)]
    steps = [cv2.dilate(plane, kernel) - cv2.erode(plane, kernel) for plane in planes]
    return np.asarray(np.max(steps, axis=0) < EVEN)


def _light(apart: Map, trusted: Mask) -> Map:
    """How the light differs: a quadratic surface through the blocks that follow it best."""
    high, wide = trusted.shape
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=2)
    light = np.zeros(apart.shape)
    used = trusted
    for _ in range(4):
        if used.sum() < 30:
            break
        weights, *_ = np.linalg.lstsq(terms[used], apart[used], rcond=None)
        light = terms @ weights
        far = np.abs(apart - light).max(axis=2)
        used = trusted & (far <= float(np.quantile(far[trusted], 0.7)))
    return np.asarray(light, np.float32)


def _over_even_ground(tint: Map, even: Mask) -> Map:
    """The mean colour over the even ones of 5 x 5 blocks; 0 where these are few."""
    flat = even.astype(np.float32)
    count = cv2.boxFilter(flat, -1, (5, 5), normalize=False)
    sums = [cv2.boxFilter(tint[..., c] * flat, -1, (5, 5), normalize=False) for c in range(3)]
    mean = np.abs(np.stack(sums, axis=2)).max(axis=2) / np.maximum(count, 1)
    return np.asarray(np.where(count >= 8, mean, 0), np.float32)


def _beyond(first: Map, second: Map) -> Map:
    """How far each value lies outside of its neighbourhood in the other map; the lesser of both."""
    one, other = _outside(second, first), -_outside(first, second)
    agree = np.sign(one) == np.sign(other)
    return np.asarray(
        np.where(agree, np.sign(one) * np.minimum(np.abs(one), np.abs(other)), 0), np.float32
    )


def _grown(beyond: Map, apart: Map) -> Map:
    """What differs beyond its neighbours, out to where the two maps are one again."""
    near = cv2.dilate((np.abs(beyond) > 1).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    more = near & (np.abs(apart) > np.abs(beyond))
    return np.asarray(np.where(more, apart, beyond), np.float32)


def _outside(value: Map, around: Map) -> Map:
    kernel = np.ones((3, 3), np.uint8)
    plane = np.ascontiguousarray(around, np.float32)
    over, under = value - cv2.dilate(plane, kernel), value - cv2.erode(plane, kernel)
    return np.asarray(np.maximum(over, 0) + np.minimum(under, 0), np.float32)


def _outstanding(ground: Map, inside: Mask) -> Map:
    """How far each block is from the ordinary ground of its own picture."""
    ordinary = np.median(ground[inside], axis=0) if inside.any() else 0
    return np.asarray(np.abs(ground - ordinary).max(axis=2), np.float32)
