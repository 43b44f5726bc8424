"""How much a count proves: exact binomial intervals, and sample sizes without a failure.

Source: Clopper and Pearson, Biometrika 26 (1934).
"""

from __future__ import annotations

import math


def upper(k: int, n: int, confidence: float = 0.95) -> float:
    """One-sided upper limit of a rate of which `k` of `n` were seen.

    >>> round(upper(0, 300), 5), round(upper(2, 1000), 5)
    (0.00994, 0.00628)
    """
    _sane(k, n, confidence)
    return 1.0 if k == n else _beta(confidence, k + 1, n - k)


def lower(k: int, n: int, confidence: float = 0.95) -> float:
    """One-sided lower limit of a rate of which `k` of `n` were seen.

    >>> round(lower(300, 300), 5)
    0.99006
    """
    _sane(k, n, confidence)
    return 0.0 if k == 0 else _beta(1 - confidence, k, n - k + 1)


def interval(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The two-sided interval: with this confidence the rate lies within it.

    >>> tuple(round(x, 4) for x in interval(18, 20))
    (0.683, 0.9877)
    """
    side = (1 + confidence) / 2
    return lower(k, n, side), upper(k, n, side)


def without_failure(rate: float, confidence: float = 0.95) -> int:
    """How many must be seen without one failure to say that the rate is at most `rate`.

    >>> without_failure(0.01), without_failure(0.001), without_failure(0.01, 0.99)
    (299, 2995, 459)
    """
    return math.ceil(math.log(1 - confidence) / math.log1p(-rate))


def _beta(share: float, a: int, b: int) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, share))


def _sane(k: int, n: int, confidence: float) -> None:
    if not 0 <= k <= n or n < 1 or not 0 < confidence < 1:
        raise ValueError(f'{k} of {n} at confidence {confidence} is no count to judge')
