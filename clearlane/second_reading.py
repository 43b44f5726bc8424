"""A share of what is referred is read by a second officer, who does not know the first verdict.

The second reading changes nothing about the declaration: it measures how far officers agree.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clearlane import flow, outcomes, procedure
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.store import models as rows
from clearlane.store.session import atomic

CHOICES = ('release', 'refuse')
MOST = 200


def waiting(actor: Actor) -> list[rows.SecondReading]:
    """What this officer reads, and what is free for whoever took no part; oldest first."""
    require(actor, 'close')
    every = rows.SecondReading.objects.select_related('declaration__party')
    free = every.filter(state='open') | every.filter(state='claimed', claimed_at__lt=_lapsed())
    mine = free | every.filter(state='claimed', reader=actor.name)
    return list(_without_part_of(mine, actor.name).order_by('pk')[:MOST])


def _lapsed() -> datetime:
    """Whoever took a reading on before this moment and said nothing has left it to others."""
    hours = procedure.law(None, flow.today()).second_reading['hours']
    return flow.now() - timedelta(hours=float(hours))


def _free(reading: rows.SecondReading) -> bool:
    lapsed = reading.state == 'claimed' and reading.claimed_at < _lapsed()
    return reading.state == 'open' or lapsed


def find(actor: Actor, number: int) -> rows.SecondReading:
    """A reading of this officer, or one that is free."""
    require(actor, 'close')
    found = rows.SecondReading.objects.select_related('declaration').filter(pk=number).first()
    if found is None or not (_free(found) or found.reader == actor.name):
        raise NotFound('not found')
    return found


def claim(actor: Actor, number: int) -> rows.SecondReading:
    """Take a reading on; whoever took part in the declaration may not."""
    require(actor, 'close')
    with atomic():
        reading = rows.SecondReading.objects.select_for_update().filter(pk=number).first()
        if reading is None:
            raise NotFound('not found')
        if reading.state == 'claimed' and reading.reader == actor.name:
            return reading
        if not _free(reading):
            raise flow.Conflict(f'{reading.reader} reads it since {reading.claimed_at}')
        own = rows.SecondReading.objects.filter(pk=number)
        if not _without_part_of(own, actor.name).exists():
            raise NotAllowed('whoever took part in the declaration does not read it a second time')
        reading.state, reading.reader, reading.claimed_at = 'claimed', actor.name, flow.now()
        reading.save()
    return reading


def _without_part_of(found: Any, name: str) -> Any:
    """Those of the readings whose declaration this person neither decided nor sent back."""
    for part in ('decisions__by', 'proposals__by', 'proposals__second', 'sent_back__by'):
        found = found.exclude(**{f'declaration__{part}': name})
    return found


def read(actor: Actor, number: int, outcome: str, note: str) -> rows.SecondReading:
    """Say what you would decide on the evidence alone."""
    require(actor, 'close')
    outcomes.acceptable(outcome, note, CHOICES)
    with atomic():
        reading = rows.SecondReading.objects.select_for_update().filter(pk=number).first()
        if reading is None or reading.reader != actor.name:
            raise NotFound('not found')
        if reading.state == 'done':
            raise flow.Conflict(f'it was read by {reading.reader} at {reading.read_at}')
        reading.state, reading.outcome, reading.note = 'done', outcome, note.strip()
        reading.read_at = flow.now()
        reading.save()
        flow.log('second_reading', actor.name, reading.declaration, {'outcome': outcome})
    return reading


def twice(since: date, until: date, scenario: str = '') -> list[dict[str, str]]:
    """Everything that was read twice and its two verdicts, of declarations of these days."""
    found = rows.SecondReading.objects.filter(
        state='done', declaration__day__gte=since, declaration__day__lte=until
    ).select_related('declaration')
    if scenario:
        found = found.filter(declaration__scenario=scenario)
    told = [
        {'no': r.declaration.no, 'district': r.declaration.district, 'first': _first(r),
         'second': r.outcome}
        for r in found.order_by('pk')
    ]  # fmt: skip
    return [one for one in told if one['first']]


def _first(reading: rows.SecondReading) -> str:
    """What the first officer decided on this very decision of the machine: release or refuse."""
    later = reading.declaration.decisions.filter(
        turn=reading.decision.turn, number__gt=reading.decision.number, outcome__in=CHOICES
    )
    decision = later.order_by('number').first()
    return '' if decision is None else str(decision.outcome)
