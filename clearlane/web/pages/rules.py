"""Risk rules: their versions, the editor with its live check, and what approves and activates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import flow, risk, tryout
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected
from clearlane.model import Text
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.targeting import dialect, rules
from clearlane.web import forms, words
from clearlane.web.days import maybe_day
from clearlane.web.pages.guard import page

ACTS = {
    'approve': risk.approve,
    'activate': risk.activate,
    'discard': risk.discard,
}


@require_GET
@page
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every scenario with the versions of its rules."""
    require(actor, 'see_rules')
    shown = [
        {
            'scenario': scenario,
            'versions': [_summed_up(row) for row in risk.visible(actor, scenario.name)],
        }
        for scenario in scenarios().values()
    ]
    context = {'scenarios': shown, 'writes': may(actor, 'write_rules')}
    return render(request, 'rules.html', context)


def _summed_up(row: rows.RuleSet) -> dict[str, Any]:
    return {'row': row, 'count': len(row.rules['rules'])}


@require_GET
@page
def version(request: HttpRequest, actor: Actor, scenario: str, number: int) -> HttpResponse:
    """One version: its rules, what differs from the active one, and what can be done with it."""
    return _version(request, actor, scenario, number)


def _version(
    request: HttpRequest,
    actor: Actor,
    scenario: str,
    number: int,
    refused: Rejected | None = None,
) -> HttpResponse:
    row = risk.found(actor, scenario, number)
    no = request.GET.get('no', '').strip()
    active = risk.visible(actor, scenario).filter(state='active').first()
    context: dict[str, Any] = {
        'scenario': flow.scenario_named(scenario),
        'row': row,
        'set': risk.set_of(row),
        'active': active,
        'changes': _changes(active, row) if active is not None and active != row else None,
        'writes': may(actor, 'write_rules'),
        'is_author': actor.name == row.author,
        'no': no,
        'shadow': tryout.shadow(actor, row),
        'soon': (flow.today() + timedelta(days=30)).isoformat(),
        'problems': [words.said(p.message) for p in refused.problems] if refused else [],
    }
    if no:
        context |= _traced(actor, scenario, row, no)
    return render(request, 'ruleset.html', context, status=422 if refused else 200)


def _traced(actor: Actor, scenario: str, row: rows.RuleSet, no: str) -> dict[str, Any]:
    try:
        return {'trace': tryout.trace(actor, scenario, risk.set_of(row), no)}
    except NotFound:
        return {'not_traced': True}


def _changes(old: rows.RuleSet, new: rows.RuleSet) -> list[dict[str, Any]]:
    """Rule by rule what the newer set has otherwise: (part, before, after)."""
    before = {rule['id']: rule for rule in old.rules['rules']}
    after = {rule['id']: rule for rule in new.rules['rules']}
    found = [
        {
            'id': name,
            'kind': 'gone' if name not in after else 'new' if name not in before else 'changed',
            'parts': _parts(before.get(name, {}), after.get(name, {})),
        }
        for name in [*before, *(n for n in after if n not in before)]
        if before.get(name) != after.get(name)
    ]
    if old.rules['marks'] != new.rules['marks']:
        parts = [('marks', _marks(old.rules['marks']), _marks(new.rules['marks']))]
        found.append({'id': 'marks', 'kind': 'changed', 'parts': parts})
    return found


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (name, str(before.get(name) or ''), str(after.get(name) or ''))
        for name in rules.Rule.model_fields
        if name != 'id' and (before.get(name) or '') != (after.get(name) or '')
    ]


def _marks(marks: list[dict[str, Any]]) -> str:
    return ', '.join(f'{mark["points"]} → {mark["lane"]}' for mark in marks)


# --- the editor ---------------------------------------------------------------


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def edit(
    request: HttpRequest, actor: Actor, scenario: str, number: int | None = None
) -> HttpResponse:
    """Write a new version, beginning with the active one, or change a draft."""
    require(actor, 'write_rules')
    row = None if number is None else risk.found(actor, scenario, number)
    if row is not None and row.state != 'draft':
        raise flow.Conflict(f'version {row.version} is {row.state} already')
    if request.method != 'POST':
        content, note = _beginning(actor, scenario, row)
        return _editor(request, scenario, row, content, note)
    payload = forms.typed(rules.Sheet, request.POST)
    note = request.POST.get('_note', '')
    try:
        kept = (
            risk.draft(actor, scenario, payload, note)
            if row is None
            else risk.save(actor, scenario, row.version, payload, note)
        )
    except Rejected as refused:
        return _editor(request, scenario, row, payload, note, refused)
    return redirect('ruleset', scenario=scenario, number=kept.version)


def _beginning(
    actor: Actor, scenario: str, row: rows.RuleSet | None
) -> tuple[Mapping[str, Any], str]:
    if row is not None:
        return row.rules, row.note
    active = risk.visible(actor, scenario).filter(state='active').first()
    return ({} if active is None else active.rules), ''


def _editor(
    request: HttpRequest,
    scenario: str,
    row: rows.RuleSet | None,
    content: Mapping[str, Any],
    note: str,
    refused: Rejected | None = None,
) -> HttpResponse:
    context = {
        'scenario': flow.scenario_named(scenario),
        'row': row,
        'note': note,
        'form': forms.drawn(rules.Sheet, content, refused.problems if refused else ()),
        'known': risk.fields_of(scenario).values(),
    }
    return render(request, 'rules_edit.html', context, status=422 if refused else 200)


@require_POST
@page
def check(request: HttpRequest, actor: Actor, scenario: str) -> HttpResponse:
    """Whether one condition can be used, while it is being typed."""
    require(actor, 'write_rules')
    try:
        node = dialect.parse(request.POST.get('text', ''), risk.fields_of(scenario))
    except dialect.Wrong as error:
        told = {'ok': False, 'message': words.said(error.message)}
        return JsonResponse({**told, 'start': error.start, 'end': error.end})
    fields = risk.fields_of(scenario)
    named = words.said(LOOKS_AT.of(names=_listed([fields[name].title for name in node.fields])))
    return JsonResponse({'ok': True, 'message': named})


LOOKS_AT = Text('可用；涉及：{names}', 'usable; it looks at: {names}')


def _listed(titles: list[Text]) -> Text:
    return Text('、'.join(t.zh for t in titles), ', '.join(t.en for t in titles))


# --- the road of a version ----------------------------------------------------


@require_POST
@page
def act(request: HttpRequest, actor: Actor, scenario: str, number: int, name: str) -> HttpResponse:
    """Approve, activate or discard a version."""
    if name not in ACTS:
        raise NotFound('not found')
    ACTS[name](actor, scenario, number)
    return redirect('ruleset', scenario=scenario, number=number)


@require_POST
@page
def off(request: HttpRequest, actor: Actor, scenario: str) -> HttpResponse:
    """Decide without risk rules from now on."""
    risk.switch_off(actor, scenario)
    return redirect('rules')


@require_POST
@page
def shadow(request: HttpRequest, actor: Actor, scenario: str, number: int) -> HttpResponse:
    """Compare a version with what is really decided, up to the end of a day."""
    try:
        last = maybe_day(request.POST.get('until', ''), 'until') or flow.today()
        end = datetime.combine(last + timedelta(days=1), time(), flow.LEGAL_TIME)
        risk.shadow(actor, scenario, number, end.astimezone(UTC))
    except Rejected as refused:
        return _version(request, actor, scenario, number, refused)
    return redirect('ruleset', scenario=scenario, number=number)


@require_GET
@page
def file(request: HttpRequest, actor: Actor, scenario: str, number: int) -> HttpResponse:
    """A version as a TOML file."""
    row = risk.found(actor, scenario, number)
    answer = HttpResponse(rules.to_toml(risk.set_of(row)), 'application/toml; charset=utf-8')
    answer['Content-Disposition'] = f'attachment; filename="{scenario}-rules-{number}.toml"'
    return answer
