"""Periodic visits: the plan, the record, the signatures of both sides, and what is put right."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import flow, rectifications
from clearlane import visits as verbs
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.recognisers import derived
from clearlane.store import supervision as kept
from clearlane.store.start import blobs
from clearlane.web import days, words
from clearlane.web.pages.guard import page

A_PAGE = 50
SPARE_FAULTS = 3
STATES = ('planned', 'held', 'signed', 'closed')
THUMB = 480


@require_GET
@page
def visits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The visits by the day they are due."""
    found = verbs.visible(actor)
    state = request.GET.get('state', '')
    found = found.filter(state=state) if state in STATES else found.exclude(state='closed')
    shown = Paginator(found, A_PAGE).get_page(request.GET.get('page'))
    context = {'page': shown, 'state': state, 'states': STATES, 'today': flow.today()}
    return render(request, 'visits.html', context)


@require_GET
@page
def visit(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One visit: what it is planned for, the record, the signatures, what has to be put right."""
    return _visit(request, actor, number)


def _visit(
    request: HttpRequest, actor: Actor, number: int, refused: Rejected | None = None
) -> HttpResponse:
    row = verbs.find(actor, number)
    signed = {s.side: s for s in row.signatures.all()}
    writes = may(actor, 'visit') and row.state in ('planned', 'held') and not signed
    context = {
        'row': row,
        'scenario': flow.scenario_named(row.scenario),
        'items': _items(request, row),
        'faults': _faults(request, row),
        'released': verbs.released(row)[:20] if row.state in ('planned', 'held') else [],
        'signatures': list(signed.values()),
        'writes': writes,
        'signs': _signs(actor, row, set(signed)),
        'settles': may(actor, 'visit'),
        'answers': actor.role == 'exporter',
        'rectifications': row.rectifications.order_by('pk'),
        'photographs': row.photographs.order_by('pk'),
        'today': flow.today().isoformat(),
        'typed': request.POST,
        'problems': words.all_problems(refused),
    }
    return render(request, 'visit.html', context, status=422 if refused else 200)


def _items(request: HttpRequest, row: kept.Visit) -> list[dict[str, Any]]:
    typed = request.POST
    return [
        {
            **item,
            'words': Text(item['zh'], item['en']),
            'result': typed.get(f'result-{item["key"]}')
            or row.answers.get(item['key'], {}).get('result', ''),
            'note': typed.get(f'note-{item["key"]}')
            or row.answers.get(item['key'], {}).get('note', ''),
        }
        for item in verbs.checklist(row)
    ]


def _faults(request: HttpRequest, row: kept.Visit) -> list[dict[str, Any]]:
    """The rows of the form: what stands there already, and some to fill in."""
    standing = [
        {'what': r.what, 'due': r.due.isoformat(), 'grave': r.grave}
        for r in row.rectifications.order_by('pk')
    ]
    return standing + [{'what': '', 'due': '', 'grave': False}] * SPARE_FAULTS


def _signs(actor: Actor, row: kept.Visit, signed: set[str]) -> list[tuple[str, str]]:
    """(side, way) of each signature that the actor may give now."""
    if row.state != 'held':
        return []
    if actor.role == 'exporter':
        return [] if 'enterprise' in signed else [('enterprise', 'password')]
    if actor.name != row.officer:
        return []
    found = [('customs', 'password'), ('enterprise', 'drawn')]
    return [(side, way) for side, way in found if side not in signed]


# --- acts ---------------------------------------------------------------------


@require_POST
@page
def hold(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Write the record of a visit, with its photographs."""
    row = verbs.find(actor, number)
    require(actor, 'visit')
    said = request.POST
    try:
        day = days.day(said.get('held_on', ''), 'held_on')
        answers = {
            item['key']: verbs.Answer(
                said.get(f'result-{item["key"]}', ''), said.get(f'note-{item["key"]}', '').strip()
            )
            for item in verbs.checklist(row, day)
        }
        verbs.hold(
            actor, number, day, said.get('represented_by', ''), answers,
            said.get('summary', ''), _typed_faults(request, day),
        )  # fmt: skip
        for file in request.FILES.getlist('photographs')[:20]:
            verbs.photograph(actor, number, file.read())
    except Rejected as refused:
        return _visit(request, actor, number, refused)
    return redirect('visit', number=number)


def _typed_faults(request: HttpRequest, held_on: date) -> list[verbs.Fault]:
    whats, dues = request.POST.getlist('fault-what'), request.POST.getlist('fault-due')
    grave = set(request.POST.getlist('fault-grave'))
    return [
        verbs.Fault(what.strip(), days.day(due, 'faults'), str(n) in grave)
        for n, (what, due) in enumerate(zip(whats, dues, strict=False))
        if what.strip()
    ]


@require_POST
@page
def sign(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Sign for one side: by the password of whoever has signed in, or drawn on this device."""
    verbs.find(actor, number)
    said = request.POST
    side, method = said.get('side', ''), said.get('method', '')
    try:
        if side not in verbs.SIDES or method not in ('password', 'drawn'):
            raise NotFound('not found')
        if method == 'password' and not request.user.check_password(said.get('password', '')):
            raise Rejected([problem('password', None, 'password', *PASSWORD)])
        verbs.sign(actor, number, side, said.get('name', ''), method, said.get('drawing', ''))  # type: ignore[arg-type]
    except Rejected as refused:
        return _visit(request, actor, number, refused)
    return redirect('visit', number=number)


PASSWORD = (
    Text('口令不正确', 'the password is not right'),
    Text('请输入登录口令以确认签名', 'type the password that you sign in with'),
)


@require_POST
@page
def rectify(request: HttpRequest, actor: Actor, number: int, rectification: int) -> HttpResponse:
    """The enterprise answers; an officer closes it or sends it back."""
    row = verbs.find(actor, number)
    if not row.rectifications.filter(pk=rectification).exists():
        raise NotFound('not found')
    words_of = request.POST.get('words', '')
    try:
        if actor.role == 'exporter':
            rectifications.answer(actor, rectification, words_of)
        else:
            done = request.POST.get('act') != 'back'
            rectifications.settle(actor, rectification, words_of, done=done)
    except Rejected as refused:
        return _visit(request, actor, number, refused)
    return redirect('visit', number=number)


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def propose(request: HttpRequest, actor: Actor, plant: int) -> HttpResponse:
    """An officer plans a visit of a plant, sooner than the calendar does."""
    require(actor, 'visit')
    home = kept.Plant.objects.select_related('party').filter(pk=plant).first()
    if home is None:
        raise NotFound('not found')
    scenarios = sorted(
        set(kept.Admission.objects.filter(line__plant=home).values_list('scenario', flat=True))
    )
    refused = None
    if request.method == 'POST':
        try:
            due = days.day(request.POST.get('due', ''), 'due')
            chosen = request.POST.get('scenario', '')
            made = verbs.propose(actor, chosen, plant, due, request.POST.get('why', ''))
            return redirect('visit', number=made.pk)
        except Rejected as error:
            refused = error
    context = {
        'plant': home,
        'scenarios': [flow.scenario_named(name) for name in scenarios],
        'today': flow.today().isoformat(),
        'typed': request.POST,
        'problems': words.all_problems(refused),
    }
    return render(request, 'propose_visit.html', context, status=422 if refused else 200)


@require_GET
@page
def photograph(request: HttpRequest, actor: Actor, number: int, piece: int) -> HttpResponse:
    """A copy of a photograph of a visit."""
    row = verbs.find(actor, number)
    found = row.photographs.filter(pk=piece).first()
    if found is None:
        raise NotFound('not found')
    return HttpResponse(derived.shown(blobs().get(found.sha256), THUMB), 'image/jpeg')


@require_GET
@page
def paper(request: HttpRequest, actor: Actor, number: int, language: str) -> HttpResponse:
    """The signed record as a PDF."""
    row = verbs.find(actor, number)
    if language not in row.documents:
        raise NotFound('not found')
    answer = HttpResponse(blobs().get(row.documents[language]), 'application/pdf')
    answer['Content-Disposition'] = f'inline; filename="visit-{row.pk}-{language}.pdf"'
    return answer
