"""Whether a camera still sees as it did (N15): its recent pictures beside a reference window.

Pure: numbers in, a verdict out. For each quantity of a camera (sharpness, brightness, the
score of readings, the share that is not sure) the recent values are compared with those of
the reference window by the population stability index over the window's own deciles, and by
the two-sample Kolmogorov-Smirnov test; shares, whose values are 0 and 1, by Fisher's exact test
instead. Both must speak: an index alone swings with few values,
a test alone finds differences too small to matter.

Sources: the index and its limit of 0.25 are the practice of credit scoring (Siddiqi, Credit
Risk Scorecards, 2006); the limits here are parameters of the caller.

>>> drift([1.0, 2.0, 3.0] * 20, [1.0, 2.0, 3.0] * 10).alarm
False
>>> drift([1.0, 2.0, 3.0] * 20, [9.0] * 30).alarm
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, inf, log, nextafter, sqrt

SHIFTED = 0.25
"""From this index on the two windows are not alike."""

RARE = 0.001
"""So rarely may windows that are alike differ as much."""

LEAST = 20
"""With fewer values in a window nothing is said."""

BINS = 10


@dataclass(frozen=True)
class Drift:
    """How far two windows lie apart; `index` is 0 for alike, `chance` that of alike windows."""

    index: float
    chance: float
    reference: float
    recent: float
    alarm: bool


def drift(
    reference: Sequence[float],
    recent: Sequence[float],
    *,
    shifted: float = SHIFTED,
    rare: float = RARE,
) -> Drift:
    """One quantity of one camera: the recent window beside the reference window."""
    if min(len(reference), len(recent)) < LEAST:
        return Drift(0.0, 1.0, _mean(reference), _mean(recent), alarm=False)
    shares = {*reference, *recent} <= {0.0, 1.0}
    test = fisher if shares else kolmogorov_smirnov
    index, chance = stability_index(reference, recent), test(reference, recent)
    alarm = index >= shifted and chance <= rare
    return Drift(round(index, 4), chance, _mean(reference), _mean(recent), alarm)


def alarms(
    reference: Mapping[str, Sequence[float]], recent: Mapping[str, Sequence[float]]
) -> dict[str, Drift]:
    """The quantities of a camera that have drifted, by name."""
    found = {name: drift(reference[name], values) for name, values in recent.items()
             if name in reference}  # fmt: skip
    return {name: one for name, one in found.items() if one.alarm}


def stability_index(reference: Sequence[float], recent: Sequence[float]) -> float:
    """The population stability index over the deciles of the reference."""
    ordered = sorted(reference)
    edges = sorted({ordered[len(ordered) * step // BINS] for step in range(1, BINS)})
    if edges[-1] == ordered[-1]:
        # Many values tie at the top: what is above all of them is a bin of its own.
        edges.append(nextafter(edges[-1], inf))
    before, after = _shares(reference, edges), _shares(recent, edges)
    return sum((b - a) * log(b / a) for a, b in zip(before, after, strict=True))


def _shares(values: Sequence[float], edges: Sequence[float]) -> list[float]:
    """The share of the values in each bin, none of them quite empty."""
    counts = [0.5] * (len(edges) + 1)
    for value in values:
        counts[sum(value >= edge for edge in edges)] += 1
    return [count / sum(counts) for count in counts]


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance of so great a distance between two samples of one distribution (asymptotic)."""
    first, second = sorted(one), sorted(other)
    at = to = 0
    furthest = 0.0
    while at < len(first) and to < len(second):
        value = min(first[at], second[to])
        while at < len(first) and first[at] == value:
            at += 1
        while to < len(second) and second[to] == value:
            to += 1
        furthest = max(furthest, abs(at / len(first) - to / len(second)))
    root = sqrt(len(first) * len(second) / (len(first) + len(second)))
    scaled = (root + 0.12 + 0.11 / root) * furthest
    if scaled < 0.2:
        return 1.0
    terms = [exp(-2 * k * k * scaled * scaled) * (2 if k % 2 else -2) for k in range(1, 101)]
    return min(1.0, max(0.0, sum(terms)))


def fisher(one: Sequence[float], other: Sequence[float]) -> float:
    """The chance of shares so far apart in two samples of noughts and ones (Fisher, two-sided).

    >>> round(fisher([1.0] + [0.0] * 9, [1.0] * 11 + [0.0] * 3), 6)
    0.002759
    """
    ones, many, drawn = round(sum(one) + sum(other)), len(one) + len(other), len(other)
    least, most = max(0, ones - len(one)), min(ones, drawn)
    ways = [comb(ones, k) * comb(many - ones, drawn - k) for k in range(least, most + 1)]
    seen = ways[round(sum(other)) - least]
    return sum(way for way in ways if way <= seen) / comb(many, drawn)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
