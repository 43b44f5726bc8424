"""What a visit found wrong is put right: the enterprise answers, an officer sees that it was.

Nothing may be answered before both sides have signed the record. What is not answered by its
day suspends the lines of the plant.
"""

from __future__ import annotations

from datetime import date

from clearlane import audit, flow, visits
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.store import supervision as kept
from clearlane.store.session import atomic

LATE = Text('整改逾期({day}):{what}', 'not put right by {day}: {what}')


def answer(actor: Actor, number: int, words: str) -> kept.Rectification:
    """The enterprise says how it has put something right."""
    if actor.role != 'exporter':
        raise NotAllowed('the enterprise answers what it has to put right')
    with atomic():
        found = _rectification(actor, number)
        if found.state == 'done':
            raise flow.Conflict('it has been closed already')
        if not words.strip() or len(words) > visits.MOST_WORDS:
            raise Rejected([problem('answer', words, 'answer', *flow.NOTE)])
        found.state, found.answer = 'answered', words.strip()
        found.answered_by, found.answered_at = actor.name, flow.now()
        found.save()
        data = {'rectification': found.pk, 'answer': found.answer}
        audit.append('answer_rectification', actor.name, visits.subject(found.visit), data)
    return found


def settle(actor: Actor, number: int, note: str, *, done: bool = True) -> kept.Rectification:
    """An officer has seen that it was put right, or sends the answer back, with a reason."""
    require(actor, 'visit')
    with atomic():
        found = _rectification(actor, number)
        if found.state == 'done':
            raise flow.Conflict('it has been closed already')
        if not note.strip() or len(note) > visits.MOST_WORDS:
            raise Rejected([problem('note', note, 'note', *flow.NOTE)])
        found.state, found.note = ('done' if done else 'open'), note.strip()
        found.closed_by, found.closed_at = (actor.name, flow.now()) if done else ('', None)
        found.save()
        data = {'rectification': found.pk, 'done': done, 'note': found.note}
        audit.append('settle_rectification', actor.name, visits.subject(found.visit), data)
        visits.close_if_done(found.visit)
        found.visit.save()
    return found


def _rectification(actor: Actor, number: int) -> kept.Rectification:
    found: kept.Rectification | None = (
        kept.Rectification.objects.select_for_update(of=('self',))
        .select_related('visit__plant__party')
        .filter(pk=number, visit__in=visits.visible(actor).values('pk'))
        .first()
    )
    if found is None:
        raise NotFound('not found')
    if found.visit.state not in ('signed', 'closed'):
        raise flow.Conflict('the record has not been signed by both sides yet')
    return found


def overdue(day: date) -> int:
    """Suspend the lines of plants that let a day pass; returns how many findings were late."""
    with atomic():
        late = kept.Rectification.objects.filter(
            due__lt=day, visit__state='signed', state='open'
        ).select_related('visit__plant')
        found = list(late.order_by('pk'))
        for one in found:
            why = LATE.of(what=one.what, day=one.due.isoformat())
            visits.suspend(one.visit, why, flow.MACHINE)
    return len(found)
