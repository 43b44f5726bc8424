"""Where two photographs of one face, laid upon each other, differ; light and board aside.

Two maps are compared. The *ink* map holds local contrast: print, labels, edges. The *tone*
map holds the ground's brightness and colour in blocks, once the light of either picture, a
smooth surface, is taken away. What stands out in one picture against its surroundings and not
in the other is missing or added; the kind says what it most likely is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.faces.alignment import followed

BLOCK = 8
"""Pixels of a block of the maps."""
WINDOW = 21
"""Pixels over which print is compared."""
PRINTED = 0.16
"""Contrast (natural log) of print; grain of board and wood stays below it."""
AGREES = 0.35
"""Correlation from which print counts as the same."""
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
MOST_WEIGHT = 6.0
FRINGE = 6
"""Blocks: a narrower strip along the rim of the face is not of the face."""
LEAST_BLOCKS = 7
"""A smaller region is noise: about 0.4 % of a face."""

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Region:
    """One place that differs, in pixels of the registered picture's frame.

    `missing` and `added` are print that only the registered or the new picture has, `darker`
    and `coloured` how the ground differs, in multiples of what is ordinary; `share` is its
    part of the face.
    """

    box: tuple[int, int, int, int]
    share: float
    strength: float
    missing: float
    added: float
    darker: float
    coloured: float
    lost: bool
    """It stood out from the ground of the registered picture, and no more does."""
    points: NDArray[np.int32] = field(repr=False)


@dataclass(frozen=True)
class Maps:
    """What differs, by block, in multiples of what is still ordinary: 0 where nothing does."""

    ink: Map
    tone: Map
    colour: Map
    outstanding: tuple[Map, Map]
    """How far each block is from the ordinary ground of its own picture (natural log)."""
    face: Mask


def ink(picture: NDArray[np.uint8]) -> Map:
    """Local contrast as a natural logarithm, blurred so that sharpness does not matter."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    light = np.log(cv2.GaussianBlur(grey, (0, 0), 1.6) + 12)
    return np.asarray(light - cv2.GaussianBlur(light, (0, 0), 16), np.float32)


def maps(registered: NDArray[np.uint8], new: NDArray[np.uint8], face: Mask, ignored: Mask) -> Maps:
    """Compare two pictures of one size within `face`, but not where it is `ignored`."""
    before, now = ink(registered), ink(new)
    now = followed(before, now)
    inked = _ink_apart(before, now, face)
    first, second = _ground(registered), _ground(new)
    inside = _blocks(face.astype(np.float32), 'mean') > 0.7
    usable = inside & (_blocks(ignored.astype(np.float32), 'mean') < 0.3)
    level, tint = _levelled(first, second, usable)
    return Maps(
        ink=_blocks(inked, 'mean') * usable / PRINTED,
        tone=level * usable,
        colour=tint * usable,
        outstanding=(_outstanding(first, inside), _outstanding(second, inside)),
        face=usable,
    )


def _ink_apart(before: Map, now: Map, face: Mask) -> Map:
    """How strongly print that does not agree is printed; signed: added is positive."""
    spread = [np.sqrt(np.maximum(_mean(m * m) - _mean(m) ** 2, 0)) for m in (before, now)]
    together = _mean(before * now) - _mean(before) * _mean(now)
    agreement = together / np.maximum(spread[0] * spread[1], 1e-4)
    grain = [
        max(PRINTED, 2.2 * float(np.median(s[face])) if face.any() else PRINTED) for s in spread
    ]
    printed = [s > g for s, g in zip(spread, grain, strict=True)]
    apart = (printed[0] | printed[1]) & (agreement < AGREES)
    faint = (printed[0] & (spread[1] < 0.35 * spread[0])) | (
        printed[1] & (spread[0] < 0.35 * spread[1])
    )
    return np.asarray((apart | faint) * (spread[1] - spread[0]), np.float32)


def _mean(plane: Map) -> Map:
    return np.asarray(cv2.boxFilter(plane, -1, (WINDOW, WINDOW)), np.float32)


def _ground(picture: NDArray[np.uint8]) -> Map:
    """The ground's logarithm by block and channel: the lighter part of each, so not its ink."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32)
    parts = [_blocks(soft[..., c], 'light') for c in range(3)]
    return np.asarray(np.log(np.stack(parts, axis=2) + 12), np.float32)


def _blocks(plane: NDArray[Any], how: str) -> Map:
    high, wide = (side // BLOCK for side in plane.shape)
    rows = plane[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK)
    cells = rows.transpose(0, 2, 1, 3).reshape(high, wide, -1)
    if how == 'light':
        rank = int(0.75 * BLOCK * BLOCK)
        return np.asarray(np.partition(cells, rank, axis=2)[..., rank], np.float32)
    return np.asarray(cells.mean(axis=2), np.float32)


def _levelled(first: Map, second: Map, usable: Mask) -> tuple[Map, Map]:
    """Brightness (signed) and colour that differ once the light is taken away.

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
    tint = np.maximum(strong / max(COLOURED, noise), soft / max(TINTED, noise))
    return _beyond(*grey) / DARKER, np.asarray(tint, np.float32)


def _is_even(ground: Map) -> Mask:
    kernel = np.ones((3, 3), np.uint8)
    planes = [np.ascontiguousarray(ground[..., c]) for c in range(3)]
    steps = [cv2.dilate(plane, kernel) - cv2.erode(plane, kernel) for plane in planes]
    return np.asarray(np.max(steps, axis=0) < EVEN)


def _light(apart: Map, trusted: Mask) -> Map:
    """How the light differs: a bilinear surface through the blocks that follow it best."""
    high, wide = trusted.shape
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    terms, light = np.stack([np.ones_like(x), x, y, x * y], axis=2), np.zeros(apart.shape)
    used = trusted
    for _ in range(4):
        if used.sum() < 30:
            break
        for c in range(3):
            weights, *_ = np.linalg.lstsq(terms[used], apart[..., c][used], rcond=None)
            light[..., c] = terms @ weights
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


def _outside(value: Map, around: Map) -> Map:
    kernel = np.ones((3, 3), np.uint8)
    plane = np.ascontiguousarray(around, np.float32)
    over, under = value - cv2.dilate(plane, kernel), value - cv2.erode(plane, kernel)
    return np.asarray(np.maximum(over, 0) + np.minimum(under, 0), np.float32)


def _outstanding(ground: Map, inside: Mask) -> Map:
    """How far each block is from the ordinary ground of its own picture."""
    ordinary = np.median(ground[inside], axis=0) if inside.any() else 0
    return np.asarray(np.abs(ground - ordinary).max(axis=2), np.float32)


def regions(found: Maps) -> list[Region]:
    """The places that differ, the gravest first."""
    weight = np.maximum(np.abs(found.ink), np.maximum(np.abs(found.tone), found.colour))
    weight = np.minimum(weight, MOST_WEIGHT)
    marked = ((weight > 1) & found.face).astype(np.uint8)
    closed = cv2.morphologyEx(marked, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(opened)
    whole = max(1, int(found.face.sum()))
    inner = cv2.erode(found.face.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
    made = [
        _region(found, parts == k, weight, whole)
        for k in range(1, count)
        if stats[k, cv2.CC_STAT_AREA] >= LEAST_BLOCKS and not _is_fringe(parts == k, inner)
    ]
    return sorted(made, key=lambda one: -one.strength * one.share)


def _is_fringe(part: Mask, inner: Mask) -> bool:
    """Whether a region is a narrow upright strip at the rim, where the next wall begins.

    Level strips there are not passed over: print stands in lines.
    """
    rows, columns = np.nonzero(part)
    high, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    return wide <= FRINGE and high >= 2.5 * wide and not (part & inner).all()


def _region(found: Maps, part: Mask, weight: Map, whole: int) -> Region:
    rows, columns = np.nonzero(part)
    stood, stands = (float(plane[part].mean()) for plane in found.outstanding)
    outline = np.stack([columns, rows], axis=1) * BLOCK + BLOCK // 2
    return Region(
        box=(int(columns.min()) * BLOCK, int(rows.min()) * BLOCK,
             int(columns.max() + 1) * BLOCK, int(rows.max() + 1) * BLOCK),
        share=len(rows) / whole,
        strength=float(weight[part].mean()),
        missing=float(np.maximum(-found.ink[part], 0).mean()),
        added=float(np.maximum(found.ink[part], 0).mean()),
        darker=float(-found.tone[part].mean()),
        coloured=float(found.colour[part].mean()),
        lost=stood > stands,
        points=outline.astype(np.int32),
    )  # fmt: skip
