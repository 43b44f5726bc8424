"""The papers that lines stand on: what is stuck by hand slips as a whole, with its bare margins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.faces.alignment import Plane

APART, ALIKE = 0.3, 0.2
"""Natural log: a paper is so much brighter or darker than the board at least, or of another colour;
and its parts are so much alike."""
LARGEST = 0.2
"""A share of the face: what is larger is no paper, but board of another tone."""

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]


def under(ground: Map, boxes: Sequence[Plane], face: Mask, block: int) -> Mask:
    """The blocks of the papers under these boxes; `ground` is the logarithm by block and channel.

    What is printed on the board itself has none.
    """
    found = np.zeros(face.shape, np.uint8)
    if not face.any():
        return found > 0
    board = np.median(ground[face], axis=0)
    apart = np.abs(ground - board).max(axis=2) > APART
    for box in boxes:
        part = _blocks(box, face.shape, block)
        paper = part & apart & face
        if paper.sum() < 0.5 * part.sum() or not part.any():
            continue
        tone = np.median(ground[paper], axis=0)
        same = (apart & face & (np.abs(ground - tone).max(axis=2) < ALIKE)).astype(np.uint8)
        # Rows of dense print are darker than their paper: gaps of a block are closed.
        same = np.asarray(
            cv2.morphologyEx(same | paper, cv2.MORPH_CLOSE, np.ones((3, 3))), np.uint8
        )
        _, parts = cv2.connectedComponents(same)
        kept = np.unique(parts[paper])
        whole = np.isin(parts, kept[kept > 0])
        if whole.sum() < LARGEST * face.sum():
            found |= whole.astype(np.uint8)
    return cv2.dilate(found, np.ones((3, 3), np.uint8)) > 0


def _blocks(box: Plane, shape: tuple[Any, ...], block: int) -> Mask:
    mask = np.zeros(shape, np.uint8)
    if np.abs(box).max() < 4 * block * max(shape):
        cv2.fillConvexPoly(mask, cv2.convexHull(box / block).round().astype(np.int32), 1)
    return mask > 0
