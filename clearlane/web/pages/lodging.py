"""A new declaration: the form, then the photographs, then 'present'."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clearlane import flow, photographs, uploads
from clearlane.access import Actor, require
from clearlane.admission import Rejected
from clearlane.scenario import Scenario, scenarios
from clearlane.store import models as rows
from clearlane.web import forms, sight, words
from clearlane.web.pages.guard import page

SHOWN_ITEMS = 300


def _kind(scenario: Scenario, kind: str, declared: Any) -> dict[str, Any]:
    """A kind of evidence as the upload panel needs it."""
    reader = scenario.readers[kind]
    return {
        'name': kind,
        'title': words.kind_title(kind),
        'items': scenario.items_of(kind, declared),
        'accept': uploads.accepted(reader),
        'media': ', '.join(
            dict.fromkeys(str(words.MEDIA[m]) for m in uploads.accepted(reader).split(','))
        ),
    }


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form of the declared record; a refused one comes back with what was typed."""
    require(actor, 'lodge')
    name = request.GET.get('scenario', '')
    if name not in scenarios():
        return render(request, 'choose_scenario.html', {'scenarios': scenarios().values()})
    scenario = scenarios()[name]
    if request.method != 'POST':
        return _form(request, actor, scenario, _earlier(request, actor, scenario))
    payload = forms.typed(scenario.declares, request.POST)
    try:
        # The token makes a second press of the button the same declaration.
        token = _token(request)
        key, district = f'form-{token}' if token else None, request.POST.get('district', '')
        row = flow.lodge(actor, name, payload, key=key, district=district)
    except Rejected as refused:
        return _form(request, actor, scenario, payload, refused)
    return redirect('evidence', no=row.no)


def _token(request: HttpRequest) -> str | None:
    given = request.POST.get('_token', '')
    return given if given.isascii() and given.isalnum() and len(given) <= 40 else None


def _earlier(request: HttpRequest, actor: Actor, scenario: Scenario) -> dict[str, Any]:
    """Nothing is asked twice: an earlier declaration may be the draft of this one."""
    no = request.GET.get('from', '')
    if not no:
        return {}
    row = flow.find(actor, no)
    return dict(row.declared) if row.scenario == scenario.name else {}


def _form(
    request: HttpRequest,
    actor: Actor,
    scenario: Scenario,
    payload: dict[str, Any],
    refused: Rejected | None = None,
) -> HttpResponse:
    problems = refused.problems if refused else ()
    context = {
        'scenario': scenario,
        'record': words.record_title(scenario.declares),
        'districts': words.districts(_own_district(actor)),
        'district': request.POST.get('district', _own_district(actor)),
        'token': _token(request) or secrets.token_hex(16),
        'form': forms.drawn(scenario.declares, payload, problems, _offered(actor, scenario)),
    }
    return render(request, 'new_declaration.html', context, status=422 if refused else 200)


def _own_district(actor: Actor) -> str:
    return str(rows.Party.objects.values_list('district', flat=True).get(pk=actor.party))


def _offered(actor: Actor, scenario: Scenario) -> dict[str, list[str]]:
    """A field that is named like a library offers the keys that are in force."""
    return {
        field: sight.in_force_keys(actor.party, scenario, f'{field}s', flow.today())
        for field in scenario.declares.model_fields
        if f'{field}s' in scenario.libraries
    }


@require_GET
@page
def evidence(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """Where photographs are added; they go to the API one by one."""
    row = flow.find(actor, no)
    require(actor, 'attach', row.party_id)
    scenario = flow.scenario_named(row.scenario)
    declared = scenario.declares.model_validate(row.declared)
    items = list(scenario.items(declared))
    pieces = list(row.evidence.order_by('-pk'))
    covered = {p.item for p in pieces if p.kind == next(iter(scenario.readers))}
    missing = [item for item in items if item not in covered]
    context = {
        'row': row,
        'scenario': scenario,
        'headline': scenario.headline(declared),
        'items': items,
        'missing': missing[:SHOWN_ITEMS],
        'more_missing': max(0, len(missing) - SHOWN_ITEMS),
        'covered': len(items) - len(missing),
        'views': sight.views_of(actor, row, scenario),
        'pieces': pieces[:SHOWN_ITEMS],
        'retakes': _retakes(scenario, pieces[:SHOWN_ITEMS]),
        'total': len(pieces),
        'kinds': [_kind(scenario, kind, declared) for kind in scenario.readers],
    }
    return render(request, 'evidence.html', context)


def _retakes(scenario: Scenario, pieces: list[Any]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The photographs that should be taken again by what was read of them, and what to do."""
    told = photographs.afterwards(scenario, pieces, scenario.parameters.on(flow.today()))
    return [(piece, told[piece.pk]) for piece in pieces if told.get(piece.pk)]
