"""A share of what is referred is read by a second officer, who does not know the first verdict.

The second reading changes nothing about the declaration: it measures how far officers agree.
"""

from __future__ import annotations

from typing import Any

from clearlane import flow, outcomes
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.store import models as rows
from clearlane.store.session import atomic

CHOICES = ('release', 'refuse')


def waiting(actor: Actor) -> Any:
    """What was drawn and has not been read by anybody; without what others said of it."""
    require(actor, 'close')
    found = rows.SecondReading.objects.exclude(state='done').select_related('declaration__party')
    return found.order_by('pk')


def claim(actor: Actor, number: int) -> rows.SecondReading:
    """Take a reading on; whoever took part in the declaration may not."""
    require(actor, 'close')
    with atomic():
        reading = rows.SecondReading.objects.select_for_update().filter(pk=number).first()
        if reading is None:
            raise NotFound('not found')
        if reading.state == 'claimed' and reading.reader == actor.name:
            return reading
        if reading.state != 'open':
            raise flow.Conflict(f'{reading.reader} reads it since {reading.claimed_at}')
        if actor.name in _took_part(reading):
            raise NotAllowed('whoever took part in the declaration does not read it a second time')
        reading.state, reading.reader, reading.claimed_at = 'claimed', actor.name, flow.now()
        reading.save()
    return reading


def _took_part(reading: rows.SecondReading) -> set[str]:
    row = reading.declaration
    found = set(row.decisions.values_list('by', flat=True))
    found |= set(row.proposals.values_list('by', flat=True))
    found |= set(row.proposals.values_list('second', flat=True))
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


def pairs() -> list[tuple[str, str, str]]:
    """(district, first verdict, second verdict) of everything that was read twice."""
    found = rows.SecondReading.objects.filter(state='done').select_related('declaration')
    told = [(r.declaration.district, _first(r), r.outcome) for r in found.order_by('pk')]
    return [(district, first, second) for district, first, second in told if first]


def _first(reading: rows.SecondReading) -> str:
    """What the first officer decided on this very decision of the machine: release or refuse."""
    later = reading.declaration.decisions.filter(
        turn=reading.decision.turn, number__gt=reading.decision.number, outcome__in=CHOICES
    )
    decision = later.order_by('number').first()
    return '' if decision is None else str(decision.outcome)
