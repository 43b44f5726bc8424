"""Two versions of the risk rules on the same past declarations, side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearlane import flow, risk, tryout
from clearlane.access import Actor, require
from clearlane.admission import Rejected
from clearlane.model import OUTCOMES
from clearlane.web import words
from clearlane.web.days import maybe_day
from clearlane.web.pages.guard import page

SHOWN = 200
"""Flips on the page; the file has them all."""


@require_GET
@page
def back_test(request: HttpRequest, actor: Actor, scenario: str) -> HttpResponse:
    """Choose two versions and a period; see who would go another way, and at what price."""
    require(actor, 'see_rules')
    versions = list(risk.visible(actor, scenario))
    asked = request.GET
    context: dict[str, Any] = {
        'scenario': flow.scenario_named(scenario),
        'versions': versions,
        'old': asked.get('old', ''),
        'new': asked.get('new', str(versions[0].version) if versions else ''),
        'since': asked.get('since') or (flow.today() - timedelta(days=365)).isoformat(),
        'until': asked.get('until') or flow.today().isoformat(),
        'outcomes': OUTCOMES,
    }
    try:
        if asked.get('new'):
            context['tried'] = shown(tried(actor, scenario, asked))
    except Rejected as refused:
        context['problems'] = [words.said(p.message) for p in refused.problems]
    return render(request, 'backtest.html', context, status=422 if 'problems' in context else 200)


def tried(actor: Actor, scenario: str, asked: Any) -> tryout.Tried:
    """The back-test that the address asks for."""
    since = maybe_day(asked.get('since', ''), 'since') or flow.today() - timedelta(days=365)
    until = maybe_day(asked.get('until', ''), 'until') or flow.today()
    return tryout.back_test(
        actor, scenario, _version(asked, 'old'), _version(asked, 'new') or 0, since, until
    )


def _version(asked: Any, name: str) -> int | None:
    text = asked.get(name, '')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def shown(found: tryout.Tried) -> dict[str, Any]:
    """A back-test as the template wants it."""
    said = found.comparison
    return {
        'said': said,
        'matrix': [(a, [(b, said.matrix[a][b], a == b) for b in OUTCOMES]) for a in OUTCOMES],
        'flips': said.flips.head(SHOWN).to_dicts(),
        'more': max(0, said.flips.height - SHOWN),
        'fired': found.fired,
        'misses': [('old', said.misses_old), ('new', said.misses_new)],
    }
