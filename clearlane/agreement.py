"""How far two officers agree on the same evidence: Cohen's kappa with its interval.

Sources: Cohen 1960; Fleiss, Cohen and Everitt 1969 (large-sample standard error).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Agreement:
    """`kappa` is None where it has no value: nothing was read twice, or all said the same."""

    n: int
    agreed: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Cohen's kappa of (first, second) verdicts with its 95 % interval.

    >>> cohen = [('y', 'y')] * 20 + [('y', 'n')] * 5 + [('n', 'y')] * 10 + [('n', 'n')] * 15
    >>> round(agreement(cohen).kappa, 3)
    0.4
    """
    counted = Counter(pairs)
    n = sum(counted.values())
    agreed = sum(k for (a, b), k in counted.items() if a == b)
    if n == 0:
        return Agreement(0, 0)
    names = sorted({name for pair in counted for name in pair})
    share = {(a, b): counted[a, b] / n for a in names for b in names}
    first = {a: sum(share[a, b] for b in names) for a in names}
    second = {b: sum(share[a, b] for a in names) for b in names}
    observed, chance = agreed / n, sum(first[a] * second[a] for a in names)
    if chance >= 1:
        return Agreement(n, agreed)
    kappa = (observed - chance) / (1 - chance)
    same = sum(
        share[a, a] * ((1 - chance) - (first[a] + second[a]) * (1 - observed)) ** 2 for a in names
    )
    other = sum(share[a, b] * (second[a] + first[b]) ** 2 for a in names for b in names if a != b)
    variance = same + (1 - observed) ** 2 * other - (observed * chance - 2 * chance + observed) ** 2
    error = sqrt(max(0.0, variance) / n) / (1 - chance) ** 2
    low, high = max(-1.0, kappa - Z95 * error), min(1.0, kappa + Z95 * error)
    return Agreement(n, agreed, kappa, low, high)
