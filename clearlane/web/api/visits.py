"""Periodic visits: planned, held, photographed, put right.

The two signatures are personal: they are given on the page of the visit.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from clearlane import rectifications
from clearlane import visits as verbs
from clearlane.access import NotFound, require
from clearlane.admission import admit
from clearlane.store import supervision as kept
from clearlane.web.api import bodies
from clearlane.web.api.described import refusals, takes_file
from clearlane.web.api.supervision import Body, Found, takes

router = Router(tags=['visits'])


class VisitIn(Body):
    """A visit that an officer plans, sooner than the calendar does."""

    scenario: str
    party: str
    plant: str
    due: date
    why: str


class AnswerIn(Body):
    """One answer of the checklist: yes, no or none, with what was seen."""

    result: str
    note: str = ''


class FaultIn(Body):
    """What has to be put right, by when, and whether the lines stop meanwhile."""

    what: str
    due: date
    grave: bool = False


class RecordIn(Body):
    """What was found on a visit."""

    held_on: date
    represented_by: str
    answers: dict[str, AnswerIn]
    summary: str
    faults: list[FaultIn] = Field(default_factory=list, max_length=50)


class WordsIn(Body):
    """How something was put right, or what an officer saw of it."""

    words: str
    done: bool = True


@router.get('/visits', response={200: list[Found], **refusals()}, url_name='visits')
def planned(request: HttpRequest) -> Any:
    """The periodic visits that you may see, by the day they are due."""
    return [_short(v) for v in verbs.visible(request.auth)]  # type: ignore[attr-defined]


@router.post(
    '/visits',
    response={201: Found, **refusals(400, 404, 411, 413, 415)},
    url_name='visits',
    openapi_extra=takes(VisitIn),
)
def propose(request: HttpRequest) -> Any:
    """Plan a visit of a plant; officers do it."""
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, 'visit')
    sent: Any = admit(VisitIn, bodies.record(request))
    home = kept.Plant.objects.filter(party=sent.party, name=sent.plant).first()
    if home is None:
        raise NotFound('there is no such plant')
    return Status(201, _whole(verbs.propose(actor, sent.scenario, home.pk, sent.due, sent.why)))


@router.get('/visits/{number}', response={200: Found, **refusals(404)}, url_name='visit')
def visit(request: HttpRequest, number: int) -> Any:
    """One visit: its checklist of the day, what was found, who signed, what has to be put right."""
    return _whole(verbs.find(request.auth, number))  # type: ignore[attr-defined]


@router.post(
    '/visits/{number}/record',
    response={200: Found, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='visit_record',
    openapi_extra=takes(RecordIn),
)
def hold(request: HttpRequest, number: int) -> Any:
    """Write down what was found; it may be written again until somebody has signed it."""
    actor = request.auth  # type: ignore[attr-defined]
    verbs.find(actor, number)
    require(actor, 'visit')
    sent: Any = admit(RecordIn, bodies.record(request))
    answers = {key: verbs.Answer(one.result, one.note) for key, one in sent.answers.items()}
    faults = [verbs.Fault(one.what, one.due, one.grave) for one in sent.faults]
    return _whole(
        verbs.hold(actor, number, sent.held_on, sent.represented_by, answers, sent.summary, faults)
    )


@router.post(
    '/visits/{number}/photographs',
    response={201: Found, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='visit_photographs',
    openapi_extra=takes_file(),
)
def photograph(request: HttpRequest, number: int) -> Any:
    """Add a photograph to the record of a visit that nobody has signed yet."""
    actor = request.auth  # type: ignore[attr-defined]
    verbs.find(actor, number)
    require(actor, 'visit')
    kept_ = verbs.photograph(actor, number, bodies.file(request))
    return Status(201, {'number': kept_.pk, 'sha256': kept_.sha256})


@router.post(
    '/visits/{number}/rectifications/{rectification}',
    response={200: Found, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='rectification',
    openapi_extra=takes(WordsIn),
)
def rectify(request: HttpRequest, number: int, rectification: int) -> Any:
    """The enterprise says how it was put right; an officer closes it, or sends it back."""
    actor = request.auth  # type: ignore[attr-defined]
    row = verbs.find(actor, number)
    if not row.rectifications.filter(pk=rectification).exists():
        raise NotFound('not found')
    sent: Any = admit(WordsIn, bodies.record(request))
    if actor.role == 'exporter':
        rectifications.answer(actor, rectification, sent.words)
    else:
        rectifications.settle(actor, rectification, sent.words, done=sent.done)
    return _whole(verbs.find(actor, number))


def _short(row: kept.Visit) -> Found:
    return {
        'number': row.pk,
        'scenario': row.scenario,
        'party': row.plant.party_id,
        'plant': row.plant.name,
        'state': row.state,
        'due': row.due.isoformat(),
        'held_on': row.held_on.isoformat() if row.held_on else None,
        'record': row.record,
    }


def _whole(row: kept.Visit) -> Found:
    return {
        **_short(row),
        'checklist': verbs.checklist(row),
        'answers': row.answers,
        'summary': row.summary,
        'represented_by': row.represented_by,
        'photographs': list(row.photographs.order_by('pk').values_list('sha256', flat=True)),
        'signatures': [
            {'side': s.side, 'name': s.name, 'at': s.at.isoformat()}
            for s in row.signatures.order_by('side')
        ],
        'rectifications': [
            {
                'number': r.pk, 'what': r.what, 'due': r.due.isoformat(), 'grave': r.grave,
                'state': r.state, 'answer': r.answer, 'note': r.note,
            }
            for r in row.rectifications.order_by('pk')
        ],
    }  # fmt: skip
