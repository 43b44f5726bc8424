"""What is left out of a comparison: print that is another one on each box, and its papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.faces import differences, papers, words
from clearlane.recognisers.faces.alignment import Plane
from clearlane.recognisers.faces.kinds import Placed
from clearlane.recognisers.faces.pair import Pair

VARIES = frozenset({
    'serial', 'barcode', 'gross_mass_kg', 'net_mass_kg', 'production_batch', 'production_day',
    'production_date', 'packing_date', 'expiry_date', 'date', 'batch', 'box_number', 'expiry',
})  # fmt: skip
"""Kinds of readings that differ from box to box of one design."""


def varying(pair: Pair) -> list[Placed]:
    """What is another one on each box, by what either picture says."""
    named = [one for one in (*pair.known, *pair.seen) if one[0].kind in VARIES]
    return [*named, *_other_figures(pair)]


def _other_figures(pair: Pair) -> Iterator[Placed]:
    """Lines that say the same but for their figures: dates, numbers without a name.

    Not those of the mark and of the UN number, which are the design's own.
    """
    own = [box for r, box in (*pair.known, *pair.seen) if r.kind in ('un_mark', 'un_number')]
    for r, box in pair.known:
        if r.kind != 'text' or any(words.within(box, other) for other in own):
            continue
        for other, place in pair.seen:
            if other.kind == 'text' and other.value != r.value and words.within(place, box):
                one, two = words.plain(r.value), words.plain(other.value)
                if '0' in one and one == two:
                    yield r, box


def under(pair: Pair, boxes: Sequence[Plane]) -> NDArray[np.bool_]:
    """Where print stands that is another one on each box, and labels that are as they were."""
    return cv2.dilate(pair.filled(boxes), np.ones((25, 25), np.uint8)) > 0


def under_papers(pair: Pair, boxes: Sequence[Plane]) -> NDArray[np.bool_]:
    """The papers in either picture on which print stands that is another one, or slipped."""
    high, wide = pair.inside.shape
    mask = np.zeros((high, wide), np.uint8)
    block = differences.BLOCK
    for picture in (pair.before, pair.now):
        ground = differences.ground(picture)
        face = differences.blocks(pair.inside.astype(np.float32)) > 0.7
        part = papers.under(ground, boxes, face, block).astype(np.uint8)
        whole = np.kron(part, np.ones((block, block), np.uint8))
        mask[: whole.shape[0], : whole.shape[1]] |= whole
    return mask > 0
