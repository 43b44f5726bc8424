"""The clock and the benefit on one page and for Excel; the second readings behind the kappa."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clearlane import benefit as numbers
from clearlane import flow, second_reading, sheets
from clearlane.access import Actor, require
from clearlane.admission import Rejected
from clearlane.store import models as rows
from clearlane.web import casefile, words
from clearlane.web.pages.guard import page


def _span(request: HttpRequest) -> tuple[date, date, str]:
    """The days and the grouping that the address says; the last year without any."""
    today = flow.today()
    found = []
    for name, default in (('since', today - timedelta(days=365)), ('until', today)):
        try:
            found.append(date.fromisoformat(request.GET.get(name, '')))
        except ValueError:
            found.append(default)
    group = request.GET.get('by', 'district')
    return found[0], found[1], group if group in numbers.GROUPS else 'district'


@require_GET
@page
def benefit(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How long each step took, what was gained, and what was missed."""
    since, until, group = _span(request)
    told = numbers.report(actor, since, until, group)
    context = {
        **told,
        'since': since.isoformat(),
        'until': until.isoformat(),
        'group': group,
        'rows': numbers.listed(since, until)[:500],
        'query': request.GET.urlencode(),
    }
    return render(request, 'benefit.html', context)


@require_GET
@page
def workbook(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All of it for Excel, with the rows behind the numbers."""
    since, until, group = _span(request)
    told = numbers.report(actor, since, until, group)
    lines = [[*(s[n] for n in ('group', 'name', 'n', 'p50', 'p90', 'p95'))] for s in told['steps']]
    ends = [[*(s[n] for n in ('group', 'name', 'n', 'p50', 'p90', 'p95'))] for s in told['whole']]
    titles = ['group', 'step', 'n', 'p50 s', 'p90 s', 'p95 s']
    missed, kappa = told['misses'], told['kappa']
    found = [dict(one) for one in numbers.listed(since, until)]
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
