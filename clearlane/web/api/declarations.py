"""Declarations: lodge, send evidence, present, and read what came of it."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from clearlane import flow, papers, photographs, questions
from clearlane.access import require
from clearlane.admission import Rejected, admit, problem
from clearlane.model import Text
from clearlane.scenario import scenarios
from clearlane.web import sight
from clearlane.web.api import bodies, forms, shapes
from clearlane.web.api.described import refusals, takes_file, takes_json
from clearlane.web.api.problems import Refused
from clearlane.web.pages.declarations import pdf

router = Router(tags=['declarations'])


@router.post(
    '/declarations',
    response={201: forms.DeclarationFull, **refusals(400, 409, 411, 413, 415)},
    url_name='declarations',
    openapi_extra=takes_json('Lodging', idempotent=True),
)
def lodge(request: HttpRequest, response: HttpResponse) -> Any:
    """Lodge a declaration. With the same `Idempotency-Key` the same one is returned."""
    sent = admit(forms.Lodging, bodies.record(request))
    assert isinstance(sent, forms.Lodging)
    if sent.scenario not in scenarios():
        raise Rejected([problem('scenario', sent.scenario, 'unknown_scenario', *_scenarios())])
    row = flow.lodge(
        _actor(request), sent.scenario, sent.declared, key=_key(request), district=sent.district
    )
    response['Location'] = shapes.address('declaration', row.no)
    return Status(201, shapes.full(_found(request, row.no), _actor(request)))


def _actor(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]


def _key(request: HttpRequest) -> str | None:
    key: str | None = request.headers.get('Idempotency-Key')
    if key is not None and not (0 < len(key) <= 72 and key.isascii() and key.isprintable()):
        raise Rejected([problem('Idempotency-Key', key, 'idempotency_key', *KEY)])
    return f'api-{key}' if key else None


KEY = (
    Text('幂等键无效', 'this is no idempotency key'),
    Text('请使用 1 到 72 个可见 ASCII 字符', 'send 1 to 72 visible ASCII characters'),
)


def _scenarios() -> tuple[Text, Text]:
    names = ', '.join(scenarios())
    words = Text('没有这个场景', 'there is no such scenario')
    return words, Text('取值应为 {names}', 'send one of {names}').of(names=names)


@router.get(
    '/declarations',
    response={200: forms.DeclarationPage, **refusals()},
    url_name='declarations',
)
def list_declarations(
    request: HttpRequest,
    cursor: str = Query('', pattern=r'^\d{0,15}$'),
    limit: int = Query(50, ge=1, le=200),
    status: Literal['lodged', 'examined', 'decided', 'done', 'withdrawn'] | None = None,
    outcome: Literal['release', 'review', 'remote', 'inspect', 'refuse'] | None = None,
) -> Any:
    """Your declarations, newest first; `next` is the cursor of the page after this one."""
    found = sight.declarations(_actor(request), status=status or '', outcome=outcome or '')
    if cursor:
        found = found.filter(pk__lt=int(cursor))
    shown = list(found[: limit + 1])
    more = str(shown[limit - 1].pk) if len(shown) > limit else None
    return {'items': [shapes.declaration(row) for row in shown[:limit]], 'next': more}


@router.get(
    '/declarations/{no}',
    response={200: forms.DeclarationFull, **refusals(404)},
    url_name='declaration',
)
def one_declaration(request: HttpRequest, no: str) -> Any:
    """Where a declaration stands."""
    return shapes.full(_found(request, no), _actor(request))


def _found(request: HttpRequest, no: str) -> Any:
    row = flow.find(_actor(request), no)
    return sight.declarations(_actor(request)).get(pk=row.pk)


@router.post(
    '/declarations/{no}/evidence',
    response={201: forms.EvidenceOut, **refusals(400, 404, 411, 413, 415)},
    url_name='evidence',
    openapi_extra=takes_file(),
)
def attach(
    request: HttpRequest,
    no: str,
    kind: str = Query('photograph', max_length=20),
    item: str = Query('', max_length=80),
    view: str = Query('', max_length=40),
) -> Any:
    """Send one piece of evidence; when this answers 201, it cannot be lost any more."""
    flow.find(_actor(request), no)
    data = bodies.file(request)
    piece = flow.attach(_actor(request), no, data, kind=kind, item=item, view=view)
    return Status(201, {**shapes.piece(piece), 'retake': _advice(piece, data)})


def _advice(piece: Any, data: bytes) -> list[dict[str, Any]]:
    """What the sender of a photograph is told about it at once."""
    if not piece.media_type.startswith('image/'):
        return []
    scenario = flow.scenario_named(piece.declaration.scenario)
    return photographs.advice(data, scenario.parameters.on(flow.today()))


@router.get(
    '/declarations/{no}/evidence',
    response={200: list[forms.EvidenceOut], **refusals(404)},
    url_name='evidence',
)
def list_evidence(request: HttpRequest, no: str) -> Any:
    """The evidence that was received, in the order in which they came."""
    row = flow.find(_actor(request), no)
    pieces = list(row.evidence.order_by('pk'))
    scenario = flow.scenario_named(row.scenario)
    told = photographs.afterwards(scenario, pieces, scenario.parameters.on(flow.today()))
    return [{**shapes.piece(piece), 'retake': told.get(piece.pk, [])} for piece in pieces]


@router.post(
    '/declarations/{no}/present',
    response={200: forms.DeclarationFull, **refusals(404)},
    url_name='present',
)
def present(request: HttpRequest, no: str) -> Any:
    """Say that the evidence is complete; from here the declaration moves by itself."""
    flow.present(_actor(request), no)
    return shapes.full(_found(request, no), _actor(request))


@router.post(
    '/declarations/{no}/answers',
    response={201: list[forms.AnswerOut], **refusals(400, 404, 409, 411, 413, 415)},
    url_name='answers',
    openapi_extra=takes_json('AnswersIn'),
)
def answer(request: HttpRequest, no: str) -> Any:
    """Answer open questions, by name; the declaration is concluded again. For officers."""
    row = flow.find(_actor(request), no)
    require(_actor(request), 'answer', row.party_id)
    sent = admit(forms.AnswersIn, bodies.record(request))
    assert isinstance(sent, forms.AnswersIn)
    given = [questions.Given(**one.model_dump()) for one in sent.answers]
    return Status(201, [shapes.answer(a) for a in questions.answer(_actor(request), no, given)])


@router.get(
    '/declarations/{no}/answers',
    response={200: list[forms.AnswerOut], **refusals(404)},
    url_name='answers',
)
def list_answers(request: HttpRequest, no: str) -> Any:
    """What officers answered, in the order in which they did."""
    row = flow.find(_actor(request), no)
    return [shapes.answer(a) for a in row.answers.order_by('pk')]


@router.get(
    '/declarations/{no}/decision',
    response={200: forms.DecisionOut, **refusals(404)},
    url_name='decision',
)
def decision(request: HttpRequest, no: str) -> Any:
    """The decision, its reasons and findings; 404 `not_decided` until there is one."""
    row = flow.find(_actor(request), no)
    made = list(row.decisions.order_by('number'))
    if row.status != 'done' or not made:
        raise Refused(404, 'not_decided', row.status)
    return shapes.decision(row, made)


@router.get(
    '/declarations/{no}/certificate',
    response={200: bytes, **refusals(404, 409)},
    url_name='certificate',
)
def certificate(request: HttpRequest, no: str, language: Literal['zh', 'en'] = Query('zh')) -> Any:
    """The certificate as a PDF."""
    row = flow.find(_actor(request), no)
    paper = papers.latest(row)
    if paper is None:
        raise Refused(404, 'no_certificate')
    if paper.state != 'valid':
        raise Refused(409, 'suspended')
    return pdf(paper, language)


@router.get(
    '/declarations/{no}/events',
    response={200: list[forms.EventOut], **refusals(404)},
    url_name='events',
)
def events(request: HttpRequest, no: str) -> Any:
    """Everything that happened, as the audit log has it."""
    row = flow.find(_actor(request), no)
    return [shapes.event(event) for event in sight.events(row)]
