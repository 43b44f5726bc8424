"""Figures of the day for a scenario: how many, how they came out, what was paid, how long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clearlane import periods
from clearlane.access import Actor, NotAllowed
from clearlane.store import models as rows
from clearlane.store.counter import Sitting

MOST_DAYS = 92


@dataclass
class Day:
    """One day; seconds are those of a person at a counter, from the first touch to the end."""

    day: date
    declared: int = 0
    green: int = 0
    control: int = 0
    released: int = 0
    refused: int = 0
    waiting: int = 0
    planned: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    collected: Decimal = Decimal(0)
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float | None:
        """The middle of the seconds."""
        return percentile(self.seconds, 0.5)

    @property
    def late(self) -> float | None:
        """The 95th percentile of the seconds."""
        return percentile(self.seconds, 0.95)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that so large a share does not exceed (nearest rank), None where there is none.

    >>> percentile([3.0, 1.0, 2.0], 0.5), percentile([], 0.5)
    (2.0, None)
    """
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]


def days(actor: Actor, scenario: str, first: date, last: date) -> list[Day]:
    """Every day of a span, the newest first; for customs staff who may see declarations."""
    if actor.role not in ('officer', 'analyst', 'auditor'):
        raise NotAllowed(f'the role {actor.role} may not see the figures of the day')
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    span = [last - timedelta(days=n) for n in range((last - first).days + 1)]
    found = {day: Day(day) for day in span}
    _declarations(found, scenario, first, last)
    _payments(found, scenario)
    _sittings(found, scenario)
    return list(found.values())


def _declarations(found: dict[date, Day], scenario: str, first: date, last: date) -> None:
    query = rows.Declaration.objects.filter(scenario=scenario, day__gte=first, day__lte=last)
    decided: dict[int, list[tuple[str, str]]] = defaultdict(list)
    made = rows.Decision.objects.filter(declaration__in=query).order_by('number')
    for pk, by, outcome in made.values_list('declaration_id', 'by', 'outcome'):
        decided[pk].append((by, outcome))
    for pk, day in query.values_list('pk', 'day'):
        _count(found[day], decided.get(pk, []))


def _count(day: Day, decisions: Iterable[tuple[str, str]]) -> None:
    """Green is a release by the machine; control is what it referred, however that ended."""
    listed = list(decisions)
    day.declared += 1
    machine = [outcome for by, outcome in listed if by == 'machine']
    if not machine:
        day.waiting += 1
        return
    day.green += machine[-1] == 'release'
    day.control += machine[-1] != 'release'
    by, last = listed[-1]
    if machine[-1] != 'release':
        day.released += by != 'machine' and last == 'release'
        day.refused += by != 'machine' and last == 'refuse'
        day.waiting += by == 'machine'


def _day(at: datetime) -> date:
    return at.astimezone(periods.LEGAL_TIME).date()


def _payments(found: dict[date, Day], scenario: str) -> None:
    query = rows.Payment.objects.filter(scenario=scenario)
    _collections(found, query.filter(act='collect', state='paid'))
    moved = query.exclude(act='collect').filter(declaration__day__in=found)
    for day, state, amount in moved.values_list('declaration__day', 'state', 'amount'):
        if state in ('paid', 'reversing'):
            found[day].paid += amount
        elif state in ('reversed', 'refused'):
            found[day].returned += amount
        else:
            found[day].planned += amount


def _collections(found: dict[date, Day], paid: Any) -> None:
    """What was collected counts on the day on which the money came."""
    for at, planned_at, amount in paid.values_list('settled_at', 'planned_at', 'amount'):
        if (day := _day(at or planned_at)) in found:
            found[day].collected += amount


def _sittings(found: dict[date, Day], scenario: str) -> None:
    query = Sitting.objects.filter(kiosk__scenario=scenario).exclude(concluded_at=None)
    for began, ended in query.values_list('started_at', 'concluded_at'):
        if (day := _day(began)) in found:
            found[day].seconds.append((ended - began).total_seconds())
