"""What a place that differs is worth: the chance that it is a fault, from a few of its features.

Each place has a chance of its own, a logistic of what is written below; nothing differs where
no place is a fault: the product of what is left of each. Coefficients by tools/fit_comparison.py,
on pairs of generated faces with and without a fault, equally many (docs/models/comparison.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from clearlane.recognisers.faces.differences import BLOCK, Maps
from clearlane.recognisers.faces.labels import Label
from clearlane.recognisers.faces.regions import Region
from clearlane.recognisers.faces.words import Line

REGION = (
    'always', 'size', 'missing', 'added', 'coloured', 'darker', 'missing x side', 'added x side',
    'coloured x side', 'darker x side', 'rim', 'solid', 'stands', 'restless', 'noise',
)  # fmt: skip
LINE = ('always', 'not again', 'other words', 'others legible', 'letters', 'ink')
LABEL = ('always', 'unlike', 'worst piece', 'read otherwise')

REGION_WEIGHTS = (
    -3.13, 0.66, 0.86, 1.26, 0.81, 2.64, 0.9, 0.26, 0.25, -1.04, -4.44, -0.27, -1.62, -0.56, 1.09,
)  # fmt: skip
LABEL_WEIGHTS = (
    -3.51, 4.25, 6.63, 4.03,
)  # fmt: skip
LINE_WEIGHTS = (
    -0.64, -0.41, -1.15, -6.08, 0.92, 2.64,
)  # fmt: skip
UNSEEN = 0.022
"""The chance of a fault that shows in no place."""


def of_region(one: Region, found: Maps) -> tuple[float, ...]:
    """The features of a place on the maps, in the order of `REGION`."""
    percent = one.share * 100
    side = min(math.sqrt(percent), 4.0)
    missing, added = min(one.missing, 4.0), min(one.added, 4.0)
    coloured, darker = min(one.coloured, 4.0), min(abs(one.darker), 3.0)
    return (
        1.0, max(-3.0, min(5.0, math.log2(percent + 1e-6))), missing, added, coloured, darker,
        missing * side, added * side, coloured * side, darker * side,
        one.rim, one.solid, min(one.stands, 1.0), min(found.restless, 3.0), min(found.noise, 3.0),
    )  # fmt: skip


def of_label(one: Label, otherwise: bool) -> tuple[float, ...]:
    """The features of a label, in the order of `LABEL`."""
    return 1.0, 1 - max(one.alike, 0.0), 1 - max(one.worst, 0.0), float(otherwise)


def of_line(one: Line, found: Maps) -> tuple[float, ...]:
    """The features of a line that was not read again, in the order of `LINE`."""
    low, high = one.box.min(axis=0) / BLOCK, one.box.max(axis=0) / BLOCK
    left, top = np.maximum(low, 0).astype(int)
    right, bottom = np.ceil(high).astype(int)
    part = np.abs(found.ink[top:bottom, left:right])
    ink = float(part.mean()) if part.size else 0.0
    return (
        1.0, 1 - one.again, one.other, one.legible, min(one.letters / 10, 2.0), min(ink, 3.0),
    )  # fmt: skip


def chance(features: tuple[float, ...], weights: tuple[float, ...]) -> float:
    """The chance that a place with these features, of a kind with these weights, is a fault."""
    return 1 / (1 + math.exp(-float(np.dot(weights, features))))


def nothing(chances: Iterable[float]) -> float:
    """The chance that no place is a fault."""
    return (1 - UNSEEN) * math.prod(1 - one for one in chances)
