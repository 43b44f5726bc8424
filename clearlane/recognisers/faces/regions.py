"""The places of a face that differ, put together from the blocks that do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.faces.differences import BLOCK, Maps, Mask, Picture

BROAD, FAINT = 7, 0.75
"""Blocks across over which the ground is averaged, and from when on it differs there: water."""
MOST_WEIGHT = 6.0
LEAST_BLOCKS = 4
"""A smaller region is noise: about 0.15 % of a face."""
BEYOND, STRIP = 0.6, 0.15
"""A rim that differs along more than this part of its length is not of the face: its edge was
taken for one further out. At most so much of the face is cut off."""
ALONG, SHALLOW, OTHER = 0.35, 0.17, 0.5
"""The same of a strip along so much of an edge, no deeper than so much of the face, with so much
print in one picture alone."""


@dataclass(frozen=True)
class Region:
    """One place that differs, in pixels of the frame of the face.

    `missing` and `added` are print that only the registered or the new picture has, `darker`
    and `coloured` how the ground differs, in multiples of what is ordinary; `share` is its
    part of the face, `rim` the part of it that lies along the edge of the face.
    """

    box: tuple[int, int, int, int]
    share: float
    missing: float
    added: float
    darker: float
    coloured: float
    rim: float
    solid: float
    """The share of its box that it fills."""
    stands: float
    """How far it stands out from the ground in both pictures: then only its colour is another."""
    lost: bool
    """It stood out from the ground of the registered picture, and no more does."""
    points: NDArray[np.int32] = field(repr=False)


def regions(found: Maps, read: Mask) -> list[Region]:
    """The places that differ, the greatest first; strips along the very edge are none, but where
    something was `read` in either picture, by block."""
    weight = np.maximum(np.abs(found.ink), np.maximum(np.abs(found.tone), found.colour))
    broad = [np.abs(cv2.blur(plane, (BROAD, BROAD))) for plane in (found.tone, found.colour)]
    marked = (((weight > 1) | (np.maximum(*broad) > FAINT)) & found.face).astype(np.uint8)
    closed = cv2.morphologyEx(marked, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    opened = _cut(np.asarray(opened, np.uint8), found.face, read)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(opened)
    whole = max(1, int(found.face.sum()))
    kernel = np.ones((5, 5), np.uint8)
    inner = cv2.erode(found.face.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT,
                      borderValue=0) > 0  # fmt: skip
    made = [
        _region(found, parts == k, inner, whole)
        for k in range(1, count)
        if stats[k, cv2.CC_STAT_AREA] >= LEAST_BLOCKS and inner[parts == k].any()
    ]
    return sorted(made, key=lambda one: -one.share)


def is_beyond(one: Region, size: NDArray[Any]) -> bool:
    """Whether a region is what lies behind a face whose edge was taken for a line further out, or
    at another angle: a long shallow strip along it with other print in it. Water has none."""
    if max(one.missing, one.added) < OTHER:
        return False
    low, high = np.array(one.box[:2]), np.array(one.box[2:])
    share = (high - low) / size
    touches = (low <= 2 * BLOCK) | (high >= size - 2 * BLOCK)
    return bool(
        (touches[1] and share[0] > ALONG and share[1] < SHALLOW)
        or (touches[0] and share[1] > ALONG and share[0] < SHALLOW)
    )


def _cut(marked: Picture, face: Mask, read: Mask) -> Picture:
    """What is marked, without rims that differ along most of their length and say nothing."""
    left = marked.copy()
    for turn in range(4):
        seen, whole, said = np.rot90(left, turn), np.rot90(face, turn), np.rot90(read, turn)
        for row in range(round(STRIP * len(seen))):
            wide = int(whole[row].sum())
            if wide and seen[row][whole[row]].sum() < BEYOND * wide:
                break
            if seen[row][said[row]].any():
                break
            seen[: row + 1] = 0
    return left


def _region(found: Maps, part: Mask, inner: Mask, whole: int) -> Region:
    rows, columns = np.nonzero(part)
    stood, stands = (float(np.quantile(plane[part], 0.75)) for plane in found.outstanding)
    outline = np.stack([columns, rows], axis=1) * BLOCK + BLOCK // 2
    area = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    held = [np.clip(plane[part], -MOST_WEIGHT, MOST_WEIGHT) for plane in
            (found.ink, found.tone, found.colour)]  # fmt: skip
    return Region(
        box=(int(columns.min()) * BLOCK, int(rows.min()) * BLOCK,
             int(columns.max() + 1) * BLOCK, int(rows.max() + 1) * BLOCK),
        share=len(rows) / whole,
        missing=float(np.maximum(-held[0], 0).mean()),
        added=float(np.maximum(held[0], 0).mean()),
        darker=float(-held[1].mean()),
        coloured=float(held[2].mean()),
        rim=float((~inner[part]).mean()),
        solid=len(rows) / float(area),
        stands=min(stood, stands),
        lost=stood > stands,
        points=outline.astype(np.int32),
    )  # fmt: skip
