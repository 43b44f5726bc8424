"""Cameras and lines with their drift monitors: state, windows, trends, alarms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from clearlane import drifts, flow, trends
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected, problem
from clearlane.store import drift as kept
from clearlane.web import words
from clearlane.web.pages.guard import page

A_PAGE = 50
WIDTH, HEIGHT = 560, 160
"""Of the drawing of a trend, in units of its own."""

MONITORS = {
    'capture': gettext_lazy('Capture'),
    'reading': gettext_lazy('Reading'),
    'anomaly': gettext_lazy('Anomalies'),
    'behaviour': gettext_lazy('Behaviour of the enterprise'),
}
MEANING = {
    'capture': gettext_lazy(
        'Light, focus or distance have changed: look at the lamp, the lens and where it stands.'
    ),
    'reading': gettext_lazy(
        'What is read has become less certain: look at photographs of both windows, and the print.'
    ),
    'anomaly': gettext_lazy(
        'More or fewer checks fail or are in doubt than in the reference: look at the findings.'
    ),
    'behaviour': gettext_lazy('Batches have another size, hour or pace: ask the enterprise why.'),
}
QUANTITIES = {
    'capture.brightness': gettext_lazy('Brightness (of 255)'),
    'capture.contrast': gettext_lazy('Contrast (of 255)'),
    'capture.sharpness': gettext_lazy('Sharpness'),
    'capture.height_px': gettext_lazy('Height of print (pixels)'),
    'capture.clipped': gettext_lazy('Share that is black or burnt out'),
    'reading.failed': gettext_lazy('Share of photographs that could not be read'),
    'anomaly.failed': gettext_lazy('Share of checks that failed'),
    'anomaly.doubtful': gettext_lazy('Share of checks in doubt'),
    'behaviour.boxes': gettext_lazy('Boxes in a batch'),
    'behaviour.hour': gettext_lazy('Hour of the day'),
    'behaviour.gap': gettext_lazy('Days since the batch before'),
}


def quantity(name: str) -> str:
    """A quantity in words."""
    if name in QUANTITIES:
        return str(QUANTITIES[name])
    _monitor, what, kind = name.split('.', 2)
    said = _('Score of %(kind)s') if what == 'score' else _('Share of doubts about %(kind)s')
    return said % {'kind': kind.replace('_', ' ')}


@require_GET
@page
def sources(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every camera and line that is observed; those with an alarm first."""
    found = Paginator(trends.sources(actor), A_PAGE).get_page(request.GET.get('page'))
    listed = [{'row': row, 'camera': camera(row), 'states': _states(row)} for row in found]
    context = {'sources': listed, 'page': found, 'monitors': MONITORS.values()}
    return render(request, 'drift.html', context)


def camera(row: kept.Source) -> str:
    """How a camera is known, in words."""
    how, _space, name = row.camera.partition(' ')
    said = {
        'registered': _('Camera %(name)s'),
        'exif': _('Camera (EXIF): %(name)s'),
        'unknown': _('Unknown camera'),
    }.get(how, _('The line'))
    return said % {'name': name} if '%' in said else said


def _states(row: kept.Source) -> list[str]:
    live = {alarm.monitor: alarm.state for alarm in row.live}  # type: ignore[attr-defined]
    return [live.get(monitor, '') for monitor in drifts.MONITORS]


@require_GET
@page
def source(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One camera or line: its windows, a trend of each quantity, its alarms."""
    return _source(request, actor, number)


def _source(
    request: HttpRequest, actor: Actor, number: int, refused: Rejected | None = None
) -> HttpResponse:
    seen = trends.source(actor, number)
    scenario = flow.scenario_named(seen.row.scenario)
    context = {
        'row': seen.row,
        'camera': camera(seen.row),
        'scenario': scenario,
        'held': seen.held,
        'monitors': [_monitor(one) for one in seen.monitors],
        'past': seen.row.alarms.filter(state='closed').order_by('-pk')[:A_PAGE],
        'titles': MONITORS,
        'answers': may(actor, 'answer_drift'),
        'problems': words.all_problems(refused),
        'parameter': scenario.parameters.values.get('drift'),
    }
    return render(request, 'drift_source.html', context, status=422 if refused else 200)


def _monitor(one: trends.Monitor) -> dict[str, Any]:
    shown = [_quantity(q) for q in one.quantities]
    figures = [(quantity(n), f) for n, f in one.alarm.figures.items()] if one.alarm else []
    return {
        'name': one.name,
        'title': MONITORS[one.name],
        'meaning': MEANING[one.name],
        'windows': one.windows,
        'alarm': one.alarm,
        'figures': figures,
        'quantities': shown,
    }


def _quantity(one: trends.Quantity) -> dict[str, Any]:
    rare = one.verdict.chance
    return {
        'name': quantity(one.name),
        'verdict': one.verdict,
        'points': one.points,
        'chance': '< 0.0001' if rare < 0.0001 else f'{rare:.4f}',
        **drawing([point.mean for point in one.points], one.verdict.reference),
    }


def drawing(values: Sequence[float], reference: float) -> dict[str, Any]:
    """A line through values in the box of the drawing, and the height of the reference."""
    low, high = min((*values, reference)), max((*values, reference))
    span = (high - low) or 1.0

    def up(value: float) -> float:
        return HEIGHT - (value - low) / span * HEIGHT

    step = WIDTH / max(1, len(values) - 1)
    line = ' '.join(f'{n * step:.1f},{up(v):.1f}' for n, v in enumerate(values))
    return {'line': line, 'level': f'{up(reference):.1f}', 'low': low, 'high': high}


@require_POST
@page
def answer(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Take an alarm over, or choose another reference."""
    row = trends.source(actor, number).row
    require(actor, 'answer_drift')
    note, what = request.POST.get('note', ''), request.POST.get('act', '')
    try:
        if what == 'acknowledge':
            given = request.POST.get('alarm', '')
            alarm = int(given) if given.isascii() and given.isdecimal() else 0
            if not row.alarms.filter(pk=alarm).exists():
                raise NotFound('not found')
            drifts.acknowledge(actor, alarm, note)
        elif what == 'renew':
            drifts.renew(actor, row.pk, note, _day(request, 'since'), _day(request, 'until'))
        else:
            raise NotFound('not found')
    except Rejected as refused:
        return _source(request, actor, number, refused)
    return redirect('drift_source', number=number)


def _day(request: HttpRequest, name: str) -> datetime | None:
    """The beginning of a day that was filled in; nothing where none was."""
    given = request.POST.get(name, '')
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise Rejected([problem(name, given, 'day', *drifts.DAY)])
    return datetime(day.year, day.month, day.day, tzinfo=flow.LEGAL_TIME)
