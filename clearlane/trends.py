"""What is shown of the drift monitors: sources, their windows, and how each quantity went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clearlane import drifts
from clearlane.access import Actor, NotFound, require
from clearlane.recognisers.drift import Drift
from clearlane.store import drift as kept

POINTS = 24
"""A trend has at most so many points."""


@dataclass(frozen=True)
class Point:
    """The mean of some observations in a row, from a moment on."""

    at: datetime
    count: int
    mean: float
    reference: bool


@dataclass(frozen=True)
class Quantity:
    """One quantity of a monitor: its verdict and its trend."""

    name: str
    verdict: Drift
    points: Sequence[Point]


@dataclass(frozen=True)
class Monitor:
    """One monitor of a source, with the alarm that is not closed."""

    name: str
    windows: drifts.Windows
    quantities: Sequence[Quantity]
    alarm: kept.Alarm | None


@dataclass(frozen=True)
class Shown:
    """A source with its monitors; none where its scenario is no longer watched."""

    row: kept.Source
    held: drifts.Limits | None
    monitors: Sequence[Monitor]


def sources(actor: Actor) -> Any:
    """Every source with its numbers; those with an alarm first, then those seen last."""
    require(actor, 'see_drift')
    return kept.listed()


def source(actor: Actor, number: int) -> Shown:
    """One source; NotFound where there is none."""
    require(actor, 'see_drift')
    row = kept.Source.objects.select_related('party').filter(pk=number).first()
    if row is None:
        raise NotFound('not found')
    held = drifts.limits(row)
    return Shown(row, held, [] if held is None else list(_monitors(row, held)))


def _monitors(row: kept.Source, held: drifts.Limits) -> Iterator[Monitor]:
    live = {alarm.monitor: alarm for alarm in row.alarms.filter(state__in=kept.LIVE)}
    seen = {of: drifts.windows(row, held, of) for of in ('photographs', 'batches')}
    for name in drifts.MONITORS:
        window = seen['photographs' if name in drifts.OF_PHOTOGRAPHS else 'batches']
        if window.count or name in live:
            yield Monitor(name, window, list(_quantities(window, name, held)), live.get(name))


def _quantities(window: drifts.Windows, monitor: str, held: drifts.Limits) -> Iterator[Quantity]:
    for name, verdict in drifts.compared(window, monitor, held).items():
        yield Quantity(name, verdict, points(window, name))


def points(window: drifts.Windows, name: str) -> list[Point]:
    """The trend of a quantity: means of equally many observations, reference and what followed."""
    parts = [(window.reference_rows, True), (window.later_rows, False)]
    total = sum(len(listed) for listed, _ in parts)
    each = max(1, -(-total // POINTS))
    return [
        point
        for listed, reference in parts
        for start in range(0, len(listed), each)
        for point in _point(listed[start : start + each], name, reference)
    ]


def _point(
    listed: Sequence[tuple[datetime, drifts.Values]], name: str, reference: bool
) -> Iterator[Point]:
    values = [values[name] for _, values in listed if name in values]
    if values:
        yield Point(listed[0][0], len(values), sum(values) / len(values), reference)
