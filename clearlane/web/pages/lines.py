"""Lines: whether they may release directly, what their plans guarantee, and what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearlane import enterprises, flow, standings
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected
from clearlane.sampling import contract
from clearlane.store import supervision as kept
from clearlane.web import words
from clearlane.web.pages.guard import page

A_PAGE = 50
LOTS = (50, 200, 500)
WIDTH, HEIGHT = 560, 240
"""Of the drawing of a curve, in units of its own."""


@require_GET
@page
def lines(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every line that the actor may see, with the state of its series."""
    found = Paginator(standings.lines(actor), A_PAGE).get_page(request.GET.get('page'))
    listed = [{'row': of, 'series': standings.shown(of)} for of in found]
    context = {'lines': listed, 'page': found, 'everybody': actor.role != 'exporter'}
    return render(request, 'lines.html', context)


@require_GET
@page
def line(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One line: its series with their guarantee and curve, and its history."""
    return _line(request, actor, number)


def _line(
    request: HttpRequest, actor: Actor, number: int, refused: Rejected | None = None
) -> HttpResponse:
    of = standings.line(actor, number)
    events = of.events.select_related('declaration', 'series').order_by('-pk')
    scenario = flow.scenario_named(of.scenario)
    context = {
        'row': of,
        'scenario': scenario,
        'series': [_series(one) for one in standings.shown(of)],
        'events': Paginator(events, A_PAGE).get_page(request.GET.get('page')),
        'cameras': of.line.cameras.filter(removed_at=None).order_by('serial'),
        'admits': may(actor, 'admit'),
        'problems': words.all_problems(refused),
        'parameter': scenario.parameters.values.get('sampling'),
    }
    return render(request, 'line.html', context, status=422 if refused else 200)


def _series(one: standings.Shown) -> dict[str, Any]:
    """A series with the curve of its plan, drawn and as a table."""
    if one.plan is None:
        return {'shown': one}
    rule = standings.rule(one)
    run = standings.long_run(rule, float(one.plan.sensitivity))
    curves = [standings.operating(one.plan, lot) for lot in LOTS]
    return {
        'shown': one,
        'plan': one.plan,
        'curves': curves,
        'drawn': drawn([(p['p'], p['real']) for p in curves[-1]['points']], 0.30),
        'perfect': drawn([(p['p'], p['perfect']) for p in curves[-1]['points']], 0.30),
        'run': run,
        'outgoing': drawn([(x.p, x.outgoing) for x in run], 1.0, float(one.plan.aoql) or 1.0),
        'resumes': one.plan.phase == 'discontinued',
        'share': contract.percent(one.plan.share),
        'aoql': contract.percent(one.plan.aoql),
        'inspected': contract.percent(one.plan.inspected),
    }


def drawn(points: Sequence[tuple[float, float]], across: float, up: float = 1.0) -> str:
    """Points of a curve as the `points` of a polyline, from the lower left corner."""
    return ' '.join(
        f'{x / across * WIDTH:.1f},{HEIGHT - min(y / up, 1) * HEIGHT:.1f}' for x, y in points
    )


Act = Callable[[Actor, int, str], Any]
ACTS: dict[str, Act] = {'suspend': enterprises.suspend, 'readmit': enterprises.readmit}


@require_POST
@page
def act(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """An officer suspends or readmits a line, or takes over or resumes one of its series."""
    of = standings.line(actor, number)
    require(actor, 'admit')
    what, why = request.POST.get('act', ''), request.POST.get('why', '')
    try:
        if what in ACTS:
            ACTS[what](actor, number, why)
        else:
            _of_series(request, actor, of, what, why)
    except Rejected as refused:
        return _line(request, actor, number, refused)
    return redirect('line', number=number)


def _of_series(request: HttpRequest, actor: Actor, of: kept.Admission, what: str, why: str) -> None:
    given = request.POST.get('series', '')
    row = of.series.filter(pk=int(given) if given.isdecimal() else 0).first()
    if row is None or what not in ('recognise', 'resume'):
        raise NotFound('not found')
    if what == 'resume':
        enterprises.resume(actor, row.pk, why)
        return
    plant = of.line.plant
    enterprises.recognise(
        actor, of.scenario, plant.party_id, plant.name, of.line.name, row.design, why
    )
