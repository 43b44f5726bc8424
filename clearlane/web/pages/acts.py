"""What people do about a declaration after it was lodged: one form an act, one address for all."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import acts, corrections, flow, stance
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.web import casefile, forms, sight, words
from clearlane.web.pages import declarations
from clearlane.web.pages.guard import page

MOST_BYTES = 60 * 1024 * 1024


@require_POST
@page
def act(request: HttpRequest, actor: Actor, no: str, act: str) -> HttpResponse:
    """Do what a form on the page of the declaration says."""
    row = flow.find(actor, no)
    if act not in acts.BODIES or act == 'correct':
        raise NotFound('there is no such act')
    case = casefile.case_file(row, flow.scenario_named(row.scenario))
    try:
        acts.perform(actor, no, act, _payload(request, act, case))
    except Rejected as refused:
        told = declarations.told(refused, case)
        return declarations.again(request, actor, no, told)
    return redirect('declaration', no=no)


def _payload(request: HttpRequest, act: str, case: casefile.CaseFile) -> dict[str, Any]:
    """The record of an act from its form; what was left empty is left out."""
    found: dict[str, Any] = {}
    for name in acts.BODIES[act].model_fields:
        value = request.POST.get(name, '').strip()
        if value:
            found[name] = int(value) if name in ('seen', 'proposal') and value.isdigit() else value
    fields = acts.BODIES[act].model_fields
    if 'verdicts' in fields:
        said = declarations.verdicts(request, case).values()
        found['verdicts'] = [
            {'check': s.check, 'verdict': s.verdict, 'reason': s.reason} for s in said
        ]
    if 'photographs' in fields:
        files = request.FILES.getlist('photographs')
        small = [f for f in files if (f.size or 0) <= MOST_BYTES]
        found['photographs'] = [base64.b64encode(f.read()).decode() for f in small]
    if 'changes' in fields:
        given = {k[7:]: v.strip() for k, v in request.POST.items() if k.startswith('change-')}
        found['changes'] = {k: str(v) for k, v in given.items() if v}
    return found


# --- correct ------------------------------------------------------------------


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def correct(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """The form of what was declared; what is sent takes its place in a further turn."""
    row = flow.find(actor, no)
    require(actor, 'correct', row.party_id)
    scenario = flow.scenario_named(row.scenario)
    if request.method != 'POST':
        return _form(request, row, scenario, dict(row.declared))
    payload = forms.typed(scenario.declares, request.POST)
    reason = request.POST.get('_reason', '')
    try:
        corrections.correct(actor, no, payload, reason)
    except Rejected as refused:
        return _form(request, row, scenario, payload, refused, reason)
    return redirect('evidence', no=no)


def _form(
    request: HttpRequest,
    row: rows.Declaration,
    scenario: Scenario,
    payload: dict[str, Any],
    refused: Rejected | None = None,
    reason: str = '',
) -> HttpResponse:
    problems = refused.problems if refused else ()
    of_reason = [p for p in problems if p.field == 'reason']
    fixed = corrections.fixed(scenario)
    titles = {n: f.title or n for n, f in scenario.declares.model_fields.items()}
    context = {
        'row': row,
        'scenario': scenario,
        'reason': reason,
        'reason_problems': [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in of_reason],
        'fixed': [words.field_title(titles[name]) for name in fixed if name in titles],
        'form': forms.drawn(
            scenario.declares, payload, [p for p in problems if p not in of_reason]
        ),
    }
    return render(request, 'correct.html', context, status=422 if refused else 200)


# --- papers and lists ---------------------------------------------------------


@require_GET
@page
def notice(request: HttpRequest, actor: Actor, no: str, language: str) -> HttpResponse:
    """A notice of non-conformity as a PDF, by its number."""
    found = rows.Notice.objects.select_related('declaration').filter(no=no).first()
    if found is None or language not in found.documents:
        raise NotFound('not found')
    require(actor, 'see', found.declaration.party_id)
    stance.not_blind(found.declaration, actor)
    return declarations.pdf(found, language)


@require_GET
@page
def reconsiderations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every request for reconsideration: what is open by its last day, and what became of it."""
    found = list(sight.contested(actor)[:500])
    open_ = [one for one in found if one.state in ('requested', 'admitted')]
    today = flow.today()
    context = {
        'open': [{'one': o, 'left': (o.due - today).days, 'late': o.due < today} for o in open_],
        'closed': [one for one in found if one not in open_],
        'everybody': actor.role != 'exporter',
    }
    return render(request, 'reconsiderations.html', context)
