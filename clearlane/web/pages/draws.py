"""The random draw: commitments before, seeds after, and everything to check them with."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearlane import periods
from clearlane.access import Actor, require
from clearlane.web.pages.guard import page


@require_GET
@page
def draws(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The periods of the draw; everybody who sees declarations may check them."""
    require(actor, 'see')
    return render(request, 'draws.html', {'periods': periods.listed()})


@require_GET
@page
def period(request: HttpRequest, actor: Actor, period: str) -> HttpResponse:
    """A revealed period, as `clearlane draw verify` takes it; an enterprise gets its own lots."""
    require(actor, 'see')
    form = periods.export(period, party=actor.party)
    answer = HttpResponse(json.dumps(form, ensure_ascii=False), 'application/json')
    answer['Content-Disposition'] = f'attachment; filename="draw-{form["period"]}.json"'
    return answer
