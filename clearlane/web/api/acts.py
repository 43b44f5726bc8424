"""What people do about a declaration after it was lodged, and where it stands with them."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from clearlane import acts, flow, suggestion
from clearlane.access import may
from clearlane.web import casefile, sight
from clearlane.web.api import bodies, forms, shapes
from clearlane.web.api.described import refusals
from clearlane.web.api.problems import Refused
from clearlane.web.pages.declarations import pdf

router = Router(tags=['acts'])
Name = Literal[
    'admit', 'cancel', 'close', 'confirm', 'contest', 'correct', 'decline', 'reconsider', 'refer',
    'reissue', 'retract', 'return', 'send_back', 'withdraw',
]  # fmt: skip
_BODY = {
    'requestBody': {
        'required': True,
        'content': {
            'application/json': {
                'schema': {
                    'oneOf': [b.model_json_schema() for b in dict.fromkeys(acts.BODIES.values())]
                }
            }
        },
    }
}


@router.get(
    '/declarations/{no}/standing',
    response={200: forms.StandingOut, **refusals(404)},
    url_name='standing',
)
def standing(request: HttpRequest, no: str) -> Any:
    """Whose turn it is, what you may do, and what is open: proposals, corrections, requests."""
    actor = request.auth  # type: ignore[attr-defined]
    row = flow.find(actor, no)
    machine = casefile.by_machine(list(row.decisions.order_by('number')))
    officer = may(actor, 'close')
    return {
        'number': row.no,
        'standing': flow.standing(row),
        'acts': acts.open_to(actor, row),
        'suggestion': suggestion.suggest(casefile.result_of(machine))
        if officer and machine is not None
        else None,
        'proposal': shapes.proposal(row) if actor.role != 'exporter' else None,
        'sent_back': shapes.sent_back(row),
        'corrections': [
            shapes.correction(one, actor) for one in row.corrections.order_by('number')
        ],
        'reconsiderations': [shapes.reconsidered(one) for one in sight.reconsiderations(row)],
        'notices': [shapes.notice(one) for one in row.notices.order_by('pk')],
    }


@router.post(
    '/declarations/{no}/acts/{act}',
    response={200: forms.DeclarationFull, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='act',
    openapi_extra=_BODY,
)
def perform(request: HttpRequest, no: str, act: Name) -> Any:
    """Do one act; which body it takes is told by its name, and where it is possible by standing."""
    actor = request.auth  # type: ignore[attr-defined]
    acts.perform(actor, no, act, bodies.record(request))
    row = flow.find(actor, no)
    return shapes.full(sight.declarations(actor).get(pk=row.pk), actor)


@router.get(
    '/declarations/{no}/notice',
    response={200: bytes, **refusals(404)},
    url_name='notice',
)
def notice(request: HttpRequest, no: str, language: Literal['zh', 'en'] = Query('zh')) -> Any:
    """The last notice of non-conformity as a PDF."""
    row = flow.find(request.auth, no)  # type: ignore[attr-defined]
    found = row.notices.order_by('-pk').first()
    if found is None:
        raise Refused(404, 'not_found')
    return pdf(found, language)
