"""The qualified libraries: what an enterprise submits, and an officer takes into force."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import flow, governance, personal, questions, registry
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text, plain
from clearlane.scenario import Scenario, scenarios
from clearlane.store import models as rows
from clearlane.web import forms, sight, words
from clearlane.web.days import maybe_day
from clearlane.web.pages.guard import page

MOST_FED = 200
"""Entries of a feed on its page, the newest; nobody reads thousands."""


@require_GET
@page
def libraries(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every library of every scenario, with what waits to be qualified."""
    require(actor, 'see')
    shown = [
        {
            'scenario': scenario,
            'name': name,
            'title': words.record_title(record),
            'entries': len({(e.party_id, e.key) for e in sight.entries(actor, scenario, name)}),
            'waiting': sight.entries(actor, scenario, name).filter(state='submitted').count(),
        }
        for scenario in scenarios().values()
        for name, record in scenario.libraries.items()
    ]
    return render(request, 'libraries.html', {'libraries': shown})


@require_GET
@page
def library(request: HttpRequest, actor: Actor, scenario: str, name: str) -> HttpResponse:
    """The entries of one library, each with its versions."""
    return _library(request, actor, scenario, name)


def _library(
    request: HttpRequest,
    actor: Actor,
    scenario_name: str,
    name: str,
    refused: Rejected | None = None,
) -> HttpResponse:
    scenario = flow.scenario_named(scenario_name)
    found = sight.entries(actor, scenario, name)
    left = sight.remaining(found)
    record = scenario.libraries[name]
    groups = groupby(found[:MOST_FED] if name in scenario.fed else found, key=_place)
    context = {
        'scenario': scenario,
        'name': name,
        'title': words.record_title(record),
        'groups': [_group(scenario, actor, list(g), left) for _, g in groups],
        'fed': name in scenario.fed,
        'titles': {n: words.field_title(f.title or n) for n, f in record.model_fields.items()},
        'registers': may(actor, 'register'),
        'qualifies': may(actor, 'qualify'),
        'everybody': actor.role != 'exporter',
        'today': flow.today().isoformat(),
        'answers': may(actor, 'answer'),
        'problems': [words.said(p.message) for p in refused.problems] if refused else [],
    }
    return render(request, 'library.html', context, status=422 if refused else 200)


def _place(entry: rows.LibraryEntry) -> tuple[str, str, str, str]:
    return (entry.scenario, entry.party_id, entry.library, entry.key)


def _group(
    scenario: Scenario,
    actor: Actor,
    versions: list[rows.LibraryEntry],
    left: dict[Any, tuple[int, int]],
) -> dict[str, Any]:
    """One entry: its versions with their fields titled, and its balance."""
    record = scenario.libraries[versions[0].library]
    values = words.value_titles(record)
    titled = [
        {
            'entry': version,
            'questions': _questions(version),
            'facts': [
                (words.field_title(part.title or n), words.shown(data.get(n), values))
                for n, part in record.model_fields.items()
            ],
        }
        for version in versions
        for data in [personal.shown(scenario, actor, version.data)]
    ]
    return {
        'key': versions[0].key,
        'party': versions[0].party,
        'versions': titled,
        'balance': left.get(_place(versions[0])),
    }


def _questions(version: rows.LibraryEntry) -> list[dict[str, Any]]:
    """What an officer may confirm of a version, each with the last answer."""
    if version.state == 'withdrawn':
        return []
    given = {a.question: a for a in version.answers.order_by('pk')}
    return [{'question': plain(q), 'answer': given.get(q.key)} for q in questions.of_entry(version)]


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def submit(request: HttpRequest, actor: Actor, scenario: str, name: str) -> HttpResponse:
    """The form for a new entry, or for a new version of one."""
    require(actor, 'register')
    known = flow.scenario_named(scenario)
    record = known.libraries.get(name)
    if record is None:
        raise NotFound('not found')
    if request.method != 'POST':
        key = request.GET.get('key', '')
        last = sight.entries(actor, known, name, key).first() if key else None
        return _form(request, known, name, key, last.data if last else {})
    key, payload = request.POST.get('_key', '').strip(), forms.typed(record, request.POST)
    try:
        _keep_photographs(request, actor, payload)
        registry.register(actor, scenario, name, key, payload)
    except Rejected as refused:
        return _form(request, known, name, key, payload, refused)
    return redirect('library', scenario=scenario, name=name)


def _keep_photographs(request: HttpRequest, actor: Actor, payload: dict[str, Any]) -> None:
    """Keep the reference photographs that came with the form, and name them in the payload."""
    for n, view in forms.photograph_rows(request.POST, PHOTOGRAPHS):
        file = request.FILES.get(f'{PHOTOGRAPHS}-{n}-file')
        if file is None:
            continue
        if not view:
            raise Rejected([problem(PHOTOGRAPHS, file.name, 'view', *NO_VIEW)])
        try:
            kept = governance.keep_photograph(actor, file.read())
        except Rejected as refused:
            told = [replace(p, field=PHOTOGRAPHS) for p in refused.problems]
            raise Rejected(told) from refused
        payload[PHOTOGRAPHS] = {**payload.get(PHOTOGRAPHS, {}), view: kept.sha256}


PHOTOGRAPHS = 'reference_photographs'
NO_VIEW = (
    Text('这张照片没有写明视角', 'this photograph has no view'),
    Text('请填写它拍摄的视角', 'write which view it shows'),
)
SPARE = 2


def _photograph_lines(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """A line for each required view and each photograph that is there, and some to spare."""
    named = payload.get(PHOTOGRAPHS) or {}
    views = [*governance.uncovered(payload), *named, *[''] * SPARE]
    return [{'n': n, 'view': v, 'hash': named.get(v, '')} for n, v in enumerate(views)]


def _form(
    request: HttpRequest,
    scenario: Scenario,
    name: str,
    key: str,
    payload: dict[str, Any],
    refused: Rejected | None = None,
) -> HttpResponse:
    problems = refused.problems if refused else ()
    of_key = [p for p in problems if p.field == 'key']
    record = scenario.libraries[name]
    context = {
        'scenario': scenario,
        'name': name,
        'title': words.record_title(record),
        'key': key,
        'photographs': _photograph_lines(payload),
        'key_problems': [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in of_key],
        'form': forms.drawn(record, payload, [p for p in problems if p not in of_key]),
    }
    return render(request, 'submit_entry.html', context, status=422 if refused else 200)


@require_POST
@page
def qualify(
    request: HttpRequest, actor: Actor, scenario: str, name: str, entry: int
) -> HttpResponse:
    """An officer takes a version into force from a day on."""
    require(actor, 'qualify')
    try:
        since = maybe_day(request.POST.get('since', ''), 'since') or flow.today()
        registry.qualify(actor, entry, since, maybe_day(request.POST.get('until', ''), 'until'))
    except Rejected as refused:
        return _library(request, actor, scenario, name, refused)
    return redirect('library', scenario=scenario, name=name)
