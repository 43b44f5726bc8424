"""The figures of the day, as a page and as a table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from clearlane import daily, flow, payments, workbooks
from clearlane.access import Actor, may
from clearlane.scenario import scenarios
from clearlane.web.days import asked
from clearlane.web.pages.guard import page
from clearlane.web.words import said

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
WEEKS = timedelta(days=13)


@require_GET
@page
def figures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every day of a span: declared, green, control, amounts, seconds."""
    scenario = request.GET.get('scenario') or _first()
    found = flow.scenario_named(scenario)
    last = asked(request, 'last', flow.today())
    first = min(last, asked(request, 'first', last - WEEKS))
    days = daily.days(actor, scenario, first, last)
    if request.GET.get('as') == 'xlsx':
        return _workbook(scenario, said(found.title), days)
    context = {
        'scenario': found,
        'scenarios': scenarios().values(),
        'days': days,
        'first': first.isoformat(),
        'last': last.isoformat(),
        'pays': any(d.planned or d.paid or d.returned or d.collected for d in days),
        'refused': payments.refused_collections(scenario),
        'asks': may(actor, 'close'),
        'timed': any(day.seconds for day in days),
    }
    return render(request, 'daily.html', context)


def _first() -> str:
    """A scenario with a counter has days to look at; else any."""
    found = sorted(scenarios().values(), key=lambda s: (s.counter is None, s.name))
    return found[0].name


def _workbook(scenario: str, title: str, days: list[daily.Day]) -> HttpResponse:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title[:31]
    sheet.append(
        [_('Day'), _('Declared'), _('Green'), _('Control'), _('Released by an officer'),
         _('Refused by an officer'), _('Waiting'), _('Planned, yuan'), _('Paid, yuan'),
         _('Refused or returned, yuan'), _('Collected, yuan'), _('Seconds, median'),
         _('Seconds, 95th percentile')]
    )  # fmt: skip
    for day in days:
        sheet.append(
            [day.day, day.declared, day.green, day.control, day.released, day.refused,
             day.waiting, day.planned, day.paid, day.returned, day.collected, day.median, day.late]
        )  # fmt: skip
    response = HttpResponse(workbooks.written(book), XLSX)
    response['Content-Disposition'] = f'attachment; filename="{scenario}-daily.xlsx"'
    return response
