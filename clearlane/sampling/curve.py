"""What a plan lets through: acceptance probabilities, operating characteristic, outgoing quality.

`p` is the share of bad boxes in a lot, 0..1; `s` the probability that an inspector
finds a bad box that he opens. An inspector who misses makes every plan weaker: a bad
box counts as one only with probability `s`.

Source: ISO 2859-1, annex; Dodge and Perry for SkSP-2; the formulae as in the NIST/SEMATECH
e-Handbook of Statistical Methods, 6.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from clearlane.sampling.tables import Single

POINTS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20, 0.30)


def binomial(n: int, ac: int, p: float) -> float:
    """The probability of at most `ac` bad boxes among `n`, from a long series.

    >>> round(binomial(50, 1, 0.01), 6)
    0.910565
    """
    return math.fsum(math.comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(min(ac, n) + 1))


def hypergeometric(lot: int, bad: int, n: int, ac: int) -> float:
    """The probability of at most `ac` bad boxes among `n` of a lot that holds `bad`.

    >>> round(hypergeometric(500, 5, 50, 1), 6)
    0.919424
    """
    ways = sum(math.comb(bad, x) * math.comb(lot - bad, n - x) for x in range(min(ac, n) + 1))
    return ways / math.comb(lot, n)


def poisson(n: int, ac: int, rate: float) -> float:
    """The probability of at most `ac` nonconformities on `n` boxes with `rate` a box."""
    mean = n * rate
    return math.exp(-mean) * math.fsum(mean**x / math.factorial(x) for x in range(ac + 1))


def accepted(plan: Single, p: float, s: float = 1.0) -> float:
    """The probability that a lot with a share `p` of bad boxes is accepted."""
    return binomial(plan.n, plan.ac, p * s)


def operating(
    plan: Single, s: float = 1.0, points: Sequence[float] = POINTS
) -> list[tuple[float, float]]:
    """The operating characteristic: (share of bad boxes, probability of acceptance)."""
    return [(p, accepted(plan, p, s)) for p in points]


def outgoing(plan: Single, lot: int, p: float, s: float = 1.0) -> float:
    """Average outgoing quality: what bad boxes leave where lots not accepted are sorted out."""
    return p * accepted(plan, p, s) * (1 - s * plan.n / lot)


def outgoing_limit(plan: Single, lot: int, s: float = 1.0) -> tuple[float, float]:
    """The worst average outgoing quality of accepted lots, and the `p` at which it is reached."""
    return peak(lambda p: outgoing(plan, lot, p, s))


def skipped(accepts: float, i: int, f: float) -> tuple[float, float]:
    """SkSP-2: the probability that a lot is accepted, and the share of lots inspected.

    `accepts` is the reference plan's probability, `i` the lots in a row to clear, `f` the
    share inspected while skipping.

    >>> tuple(round(x, 6) for x in skipped(0.953447, 4, 1 / 2))
    (0.974511, 0.547528)
    """
    cleared = accepts**i
    below = f + (1 - f) * cleared
    return (f * accepts + (1 - f) * cleared) / below, f / below


def peak(curve: object, steps: int = 400) -> tuple[float, float]:
    """The greatest value of a curve over 0..1, and where; a grid first, then narrowed.

    The curves of this package rise and fall at most once before a last rise at 1.
    """
    assert callable(curve)
    grid = [k / steps for k in range(1, steps + 1)]
    top = max(grid, key=curve)
    low, high = max(top - 1 / steps, 1e-9), min(top + 1 / steps, 1.0)
    for _ in range(80):
        third = (high - low) / 3
        if curve(low + third) < curve(high - third):
            low += third
        else:
            high -= third
    best = max((low, high, top), key=curve)
    return curve(best), best
