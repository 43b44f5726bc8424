"""What a place that differs is worth: the chance that it is a fault, from a few of its features.

Each place has a chance of its own, a logistic of what is written below; nothing differs where
no place is a fault: the product of what is left of each. Coefficients by tools/fit_comparison.py,
on pairs of generated faces with and without a fault, equally many (docs/models/comparison.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from clearlane.recognisers.faces.differences import Maps, Region
from clearlane.recognisers.faces.labels import Label

REGION = (
    'always', 'size', 'missing', 'added', 'coloured', 'darker', 'missing x side', 'added x side',
    'coloured x side', 'darker x side', 'rim', 'solid', 'stands', 'restless', 'noise',
)  # fmt: skip
LABEL = ('always', 'unlike', 'worst piece', 'read otherwise')

REGION_WEIGHTS = (0.0,) * len(REGION)
LABEL_WEIGHTS = (0.0,) * len(LABEL)
UNSEEN = 0.05
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


def chance(features: tuple[float, ...]) -> float:
    """The chance that a place with these features is a fault."""
    weights = REGION_WEIGHTS if len(features) == len(REGION) else LABEL_WEIGHTS
    return 1 / (1 + math.exp(-float(np.dot(weights, features))))


def nothing(chances: Iterable[float]) -> float:
    """The chance that no place is a fault."""
    return (1 - UNSEEN) * math.prod(1 - one for one in chances)
