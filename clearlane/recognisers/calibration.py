"""What a score is worth: from the score that a recogniser computes to the chance that it is right.

The curves are fitted once, by `tools/calibrate.py`, on photographs that were set aside for it,
and lie beside this file. A kind that has no curve keeps its score.

The threshold is the least chance at which a reading is taken to be right. It is chosen by
Learn-then-Test (Angelopoulos et al. 2021, arXiv:2110.01052): candidates are tried from the
strictest down, and the last one is kept for which the one-sided Clopper-Pearson bound on the
share of readings that are wrong and would be accepted stays within `ALPHA`. The chance that
the bound fails is at most `DELTA`, over the draw of the photographs; it holds for photographs
like those, which were all drawn.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from clearlane.model import Reading

FILE = Path(__file__).with_name('calibration.json')

KINDS = (
    'un_mark', 'un_number', 'gross_mass_kg', 'net_mass_kg', 'serial', 'batch', 'production_date',
    'proper_shipping_name',
)  # fmt: skip

LIKE = {'expiry_date': 'production_date', 'packing_date': 'production_date'}
"""Kinds that are printed and read as another one is, and have its curve."""

NUMBERS = ('container_number', 'licence_plate', 'mrz')
"""Kinds with a curve and a threshold of their own: they stand alone in their photographs."""

ALPHA = 0.0035
"""At most this share of all readings may be wrong and yet accepted. Photographs of a hand that was
left out of the fit had 0.003 at most with this, but for one of dots and cut letters, with 0.009
(docs/models/text.md)."""

OF_NUMBERS = 0.004
"""The same for those, of each kind: a closer bound needs more readings than were drawn."""

DELTA = 0.05
"""The chance that the bound does not hold."""

LEAST, MOST = 0.001, 0.999
"""Scores beyond these are no nearer to certainty."""

Curve = tuple[float, float]
"""Offset and slope on the scale of log-odds."""


@dataclass(frozen=True)
class Scored:
    """A reading of which it is known whether it is right, by its photograph."""

    photo: str
    kind: str
    score: float
    right: bool


def calibrated(reading: Reading) -> Reading:
    """The same reading with its score as the chance that it is right.

    One that says itself what is wrong with it may be read right of a wrong print; it is no value
    to go by all the same, and stays as low as its recogniser put it.
    """
    curve = _curves().get(LIKE.get(reading.kind, reading.kind))
    if curve is None:
        return reading
    right = chance(curve, reading.score)
    return replace(
        reading, score=min(right, reading.score) if 'error' in reading.details else right
    )


def chance(curve: Curve, score: float) -> float:
    """The chance that a reading of this score is right."""
    offset, slope = curve
    return 1 / (1 + math.exp(-(offset + slope * log_odds(score))))


def threshold(kind: str = '') -> float:
    """The least chance at which a reading of this kind is taken to be right."""
    own = _stored()['numbers'].get(kind)
    return float(own['threshold'] if own else _stored()['threshold'])


def digest() -> str:
    """SHA-256 of the curves."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest() if FILE.exists() else ''


@lru_cache(maxsize=1)
def _stored() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(FILE.read_text(encoding='utf-8')) if FILE.exists() else {}
    return {'threshold': 0.9, 'curves': {}, 'numbers': {}, **made}


@lru_cache(maxsize=1)
def _curves() -> dict[str, Curve]:
    stored = _stored()
    own = {kind: one['curve'] for kind, one in stored['numbers'].items()}
    return {kind: (float(a), float(b)) for kind, (a, b) in {**stored['curves'], **own}.items()}


def fit(scored: Iterable[Scored]) -> dict[str, Any]:
    """Curves from a third of the photographs, the threshold from the others."""
    first, second = parts(list(scored))
    curves = logistic(first)
    chances = [(chance(curves[one.kind], one.score), one.right) for one in second]
    limit = least_chance(chances)
    accepted = [right for value, right in chances if value >= limit]
    return {
        'made_by': 'tools/calibrate.py on photographs drawn by six hands (synthetic)',
        'alpha': ALPHA, 'delta': DELTA, 'threshold': limit,
        'readings': {'curves': len(first), 'threshold': len(second), 'accepted': len(accepted),
                     'wrong_and_accepted': accepted.count(False)},
        'curves': {kind: list(curve) for kind, curve in curves.items()},
    }  # fmt: skip


def fit_numbers(scored: Sequence[Scored]) -> dict[str, Any]:
    """For each kind of number its curve and threshold.

    A kind with too few readings for a bound of its own takes that over all three together;
    `bound` tells which it is.
    """
    curves: dict[str, Curve] = {}
    counted: dict[str, int] = {}
    chances: dict[str, list[tuple[float, bool]]] = {}
    for kind in NUMBERS:
        first, second = parts([one for one in scored if one.kind == kind])
        curves[kind], counted[kind] = logistic(first, (kind,))[kind], len(first)
        chances[kind] = [(chance(curves[kind], one.score), one.right) for one in second]
    shared = least_chance([one for kind in NUMBERS for one in chances[kind]], OF_NUMBERS)
    made = {}
    for kind in NUMBERS:
        own = least_chance(chances[kind], OF_NUMBERS)
        limit = own if own <= 1 else shared
        accepted = [right for value, right in chances[kind] if value >= limit]
        made[kind] = {
            'threshold': limit, 'bound': 'own' if own <= 1 else 'shared',
            'curve': list(curves[kind]),
            'readings': {'curves': counted[kind], 'threshold': len(chances[kind]),
                         'accepted': len(accepted), 'wrong_and_accepted': accepted.count(False)},
        }  # fmt: skip
    return made


def parts(scored: Sequence[Scored]) -> tuple[list[Scored], list[Scored]]:
    """The readings of a third of the photographs and of the others, told by their names' hash."""
    split: tuple[list[Scored], list[Scored]] = ([], [])
    for one in scored:
        split[hashlib.sha256(one.photo.encode()).digest()[0] % 3 > 0].append(one)
    return split


def logistic(scored: Sequence[Scored], of: Sequence[str] = KINDS) -> dict[str, Curve]:
    """A logistic curve for each kind: one slope for all, and an offset of its own for each.

    The offsets are drawn towards each other, so that a kind with few readings, or with none
    that is wrong, is not taken to be certain.
    """
    import numpy as np
    from scipy.optimize import minimize

    kinds = {kind: place for place, kind in enumerate(of)}
    at = np.array([kinds[one.kind] for one in scored], int)
    odds = np.array([log_odds(one.score) for one in scored], float)
    sign = np.array([1.0 if one.right else -1.0 for one in scored])

    def cost(free: Any) -> float:
        slope, middle, offsets = free[0], free[1], free[2:]
        margins = sign * (slope * odds + middle + offsets[at])
        return float(np.logaddexp(0, -margins).sum() + (offsets**2).sum() / 2 + (slope - 1) ** 2)

    found = minimize(cost, np.array([1.0, 0.0, *[0.0] * len(of)]), method='L-BFGS-B',
                     bounds=[(0.05, 5.0)] + [(-9.0, 9.0)] * (len(of) + 1)).x  # fmt: skip
    return {
        kind: (round(float(found[1] + found[2 + place]), 3), round(float(found[0]), 3))
        for kind, place in kinds.items()
    }


def log_odds(score: float) -> float:
    """The logarithm of the odds of a score, which is held away from nought and one."""
    held = min(max(score, LEAST), MOST)
    return math.log(held / (1 - held))


def least_chance(
    chances: Sequence[tuple[float, bool]], alpha: float = ALPHA, delta: float = DELTA
) -> float:
    """The least chance for which so few readings are wrong and accepted; 1.01 if there is none.

    `chances` holds the calibrated chance of each reading and whether it is right.
    """
    wrong = sorted((value for value, right in chances if not right), reverse=True)
    limits = sorted({value for value, _ in chances}, reverse=True)
    least, counted = 1.01, 0
    for limit in limits:
        while counted < len(wrong) and wrong[counted] >= limit:
            counted += 1
        if upper_bound(counted, len(chances), delta) > alpha:
            break
        least = limit
    # Never down: the reading that breaks the bound lies just below.
    return math.ceil(least * 10_000) / 10_000


def upper_bound(wrong: int, of: int, delta: float) -> float:
    """The one-sided Clopper-Pearson bound on a share of which `wrong` of `of` were seen."""
    from scipy.stats import beta

    return 1.0 if wrong >= of else float(beta.ppf(1 - delta, wrong + 1, of - wrong))
