"""The clock and the benefit on one page and for Excel; the second readings behind the kappa."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clearlane import benefit as numbers
from clearlane import flow, second_reading, sheets, stance
from clearlane.access import Actor, require
from clearlane.admission import Rejected
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.web import casefile, days, words
from clearlane.web.pages.guard import page


def _span(request: HttpRequest) -> tuple[date, date, str, str]:
    """The days, the grouping and the scenario that the address says; the last year without any."""
    today = flow.today()
    since = days.asked(request, 'since', today - timedelta(days=365))
    until = days.asked(request, 'until', today)
    group = request.GET.get('by', 'district')
    scenario = request.GET.get('scenario', '')
    group = group if group in numbers.GROUPS else 'district'
    return since, until, group, scenario if scenario in scenarios() else ''


@require_GET
@page
def benefit(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How long each step took, what was gained, and what was missed."""
    since, until, group, scenario = _span(request)
    told = numbers.report(actor, since, until, group, scenario)
    context = {
        **told,
        'since': since.isoformat(),
        'until': until.isoformat(),
        'group': group,
        'scenario': scenario,
        'scenarios': scenarios().values(),
        **_behind(request, actor, told),
        'query': request.GET.urlencode(),
        'base': urlencode({'since': since, 'until': until, 'by': group, 'scenario': scenario}),
    }
    return render(request, 'benefit.html', context)


MOST = 500
"""Rows on the page; the workbook has them all."""


def _behind(request: HttpRequest, actor: Actor, told: dict[str, Any]) -> dict[str, Any]:
    """The rows of the number that was pressed; every declaration without any.

    What this officer reads blind is in none of them.
    """
    unseen = stance.hidden(actor)
    since, until, group, scenario = _span(request)
    among = request.GET.get('group')
    if (step := request.GET.get('step', '')) in numbers.MILESTONES:
        found = numbers.entries(since, until, step, among or '', group, scenario)
        found = [one for one in found if one['no'] not in unseen]
        return {'entries': found[:MOST], 'total': len(found), 'pressed': True}
    found = numbers.listed(since, until, scenario, unseen)
    outcome, who = request.GET.get('outcome', ''), request.GET.get('who', '')
    wanted = {
        'drawn': told['misses']['drawn'],
        'bad': told['misses']['bad'],
        'escaped': told['misses']['escaped'],
        'twice': [one['no'] for one in told['twice']],
    }.get(request.GET.get('show', ''))
    where = {'district': 'district', 'party': 'party'}.get(group, 'district')
    found = [
        one for one in found
        if (wanted is None or one['no'] in wanted)
        and (not outcome or one['outcome'] == outcome)
        and (not who or (one['by'] == 'machine') == (who == 'machine'))
        and (among is None or one[where] == among)
    ]  # fmt: skip
    pressed = bool(wanted is not None or outcome or who or among is not None)
    return {'rows': found[:MOST], 'total': len(found), 'pressed': pressed}


@require_GET
@page
def workbook(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All of it for Excel, with the rows behind the numbers."""
    since, until, group, scenario = _span(request)
    told = numbers.report(actor, since, until, group, scenario)
    lines = [[*(s[n] for n in ('group', 'name', 'n', 'p50', 'p90', 'p95'))] for s in told['steps']]
    ends = [[*(s[n] for n in ('group', 'name', 'n', 'p50', 'p90', 'p95'))] for s in told['whole']]
    titles = ['group', 'step', 'n', 'p50 s', 'p90 s', 'p95 s']
    missed, kappa = told['misses'], told['kappa']
    found = [dict(one) for one in numbers.listed(since, until, scenario, stance.hidden(actor))]
    tables: dict[str, sheets.Table] = {
        'steps': (titles, lines),
        'lodged to last word': (titles, ends),
        'outcomes': (
            ['outcome', 'by machine', 'batches', 'boxes'],
            [[str(c['outcome']), str(c['machine']), c['batches'], c['boxes']]
             for c in told['counts']],
        ),
        'benefit and misses': (
            ['what', 'value'],
            [['visits avoided', told['avoided']], ['officer hours', told['hours']],
             ['drawn and inspected', missed['n']], ['of them bad', len(missed['bad'])],
             ['rate, low', missed['low']], ['rate, high', missed['high']],
             ['confirmed escapes', len(missed['escaped'])], ['read twice', kappa.n],
             ['kappa', kappa.kappa]],
        ),
        'rows': (
            list(found[0]) if found else ['no'],
            [[*one.values()] for one in found],
        ),
    }  # fmt: skip
    response = HttpResponse(sheets.workbook(tables), sheets.MEDIA_TYPE)
    response['Content-Disposition'] = f'attachment; filename="benefit-{since}-{until}.xlsx"'
    return response


# --- second readings ----------------------------------------------------------


@require_GET
@page
def second_readings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was drawn to be read by a second officer."""
    return render(request, 'second_readings.html', {'waiting': second_reading.waiting(actor)})


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def second(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The evidence and the findings, without what anybody decided; then one's own verdict."""
    require(actor, 'close')
    problems: list[str] = []
    if request.method == 'POST':
        second_reading.claim(actor, number)
        outcome, note = request.POST.get('outcome', ''), request.POST.get('note', '')
        if not outcome:
            return redirect('second_reading', number=number)
        try:
            second_reading.read(actor, number, outcome, note)
        except Rejected as refused:
            problems = [words.said(p.message) for p in refused.problems]
        else:
            return redirect('second_readings')
    reading = second_reading.find(actor, number)
    row = reading.declaration
    pieces = list(row.evidence.order_by('item', 'view', 'pk'))
    scenario = flow.scenario_named(row.scenario)
    context: dict[str, Any] = {
        'reading': reading,
        'row': row,
        'headline': scenario.headline(scenario.declares.model_validate(row.declared)),
        'pieces': pieces,
        'found': casefile.findings(reading.decision, pieces),
        'problems': problems,
    }
    return render(request, 'second_reading.html', context, status=422 if problems else 200)


def blind(actor: Actor, no: str) -> int | None:
    """The reading that this officer has taken on and not finished: the page waits for it."""
    found = rows.SecondReading.objects.filter(state='claimed', reader=actor.name)
    return found.filter(declaration__no=no).values_list('pk', flat=True).first()
