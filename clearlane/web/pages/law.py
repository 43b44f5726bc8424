"""Parameters in force: every number of a scenario on a day, with its source and its doubts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearlane import flow
from clearlane.access import Actor, require
from clearlane.admission import Rejected
from clearlane.parameters import Parameter
from clearlane.scenario import scenarios
from clearlane.web import words
from clearlane.web.days import maybe_day
from clearlane.web.pages.guard import page

SHORT = 60


@require_GET
@page
def parameters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The values of one scenario on one day; what nobody has read in the text is marked."""
    require(actor, 'see_law')
    known = scenarios()
    name = request.GET.get('scenario', '')
    scenario = known[name] if name in known else next(iter(known.values()))
    day, wrong = _day(request.GET.get('day', ''))
    lines = [_line(key, one, day) for key, one in scenario.parameters.values.items()]
    doubtful = [line for line in lines if line['unconfirmed']]
    context = {
        'scenario': scenario,
        'scenarios': known.values(),
        'day': day.isoformat(),
        'wrong': wrong,
        'all': len(lines),
        'doubtful': len(doubtful),
        'lines': doubtful if 'unconfirmed' in request.GET else lines,
        'only': 'unconfirmed' in request.GET,
    }
    return render(request, 'parameters.html', context, status=422 if wrong else 200)


def _day(given: str) -> tuple[date, bool]:
    try:
        return maybe_day(given, 'day') or flow.today(), False
    except Rejected:
        return flow.today(), True


def _line(name: str, parameter: Parameter, day: date) -> dict[str, Any]:
    """One parameter: what holds, since when, until when, and what came before and comes after."""
    now = parameter.on(day)
    later = [s.day for s in parameter.since if s.day > day]
    return {
        'name': name,
        'title': parameter.zh if parameter.zh and words.chinese() else parameter.title,
        'now': now,
        'value': _shown(now.value) if now else '',
        'long': bool(now) and len(_shown(now.value)) > SHORT,
        'next': min(later, default=None),
        'unconfirmed': now is not None and now.unconfirmed,
        'others': [(s, _shown(s.value)) for s in parameter.since if s is not now],
    }


def _shown(value: Any) -> str:
    """A value as text; a table is written out, one line a row."""
    if isinstance(value, dict):
        return '\n'.join(f'{key}: {_inline(item)}' for key, item in value.items())
    return _inline(value)


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
