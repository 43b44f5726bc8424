"""Numbered things that somebody answers for: the pool, and one act at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearlane import custody as verbs
from clearlane.access import Actor, may, require
from clearlane.admission import Rejected
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.web import sight, words
from clearlane.web.pages.guard import page

A_PAGE = 50


def _lives() -> dict[str, Any]:
    return {life.kind: life for s in scenarios().values() for life in s.custody}


@require_GET
@page
def custody(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The pool: every thing, its state, who has it."""
    return _pool(request, actor)


def _pool(
    request: HttpRequest, actor: Actor, problems: Any = (), status: int = 200
) -> HttpResponse:
    lives = _lives()
    chosen = {name: request.GET.get(name, '')[:40] for name in ('kind', 'state', 'number')}
    chosen = {name: value for name, value in chosen.items() if value.isprintable()}
    found = sight.held_objects(actor, **chosen)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get('page'))
    context = {
        'page': shown,
        'things': [_line(actor, lives, thing) for thing in shown if thing.kind in lives],
        'chosen': chosen,
        'lives': lives.values(),
        'states': {s: t for life in lives.values() for s, t in life.states.items()},
        'registers': [
            life for life in lives.values() if actor.role in _roles(life, '') and _pooled(life)
        ],
        'problems': [words.said(p.message) for p in problems],
    }
    return render(request, 'custody.html', context, status=status)


def _roles(life: Any, before: str) -> set[str]:
    return {role for step in life.steps if step.before == before for role in step.roles}


def _pooled(life: Any) -> bool:
    """Whether things of this kind lie in a pool before they belong to a declaration."""
    return any(step.after == 'available' for step in life.steps)


def _line(actor: Actor, lives: dict[str, Any], thing: rows.CustodyObject) -> dict[str, Any]:
    life = lives[thing.kind]
    steps = life.open_to(thing.state, actor.role) if may(actor, 'keep') else []
    return {
        'thing': thing,
        'holder': sight.holder_of(actor, thing),
        'title': life.title,
        'state': life.states[thing.state],
        'steps': [(step.act, life.acts[step.act]) for step in steps],
        'last': thing.acts.order_by('-number').first(),
    }


@require_POST
@page
def act(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Do one act with one thing, then go back to where it was done."""
    require(actor, 'keep')
    sent = {name: request.POST.get(name, '').strip() for name in FIELDS}
    try:
        verbs.act(actor, sent['kind'], sent['number'], sent['act'], **_more(sent))
    except Rejected as error:
        return _pool(request, actor, error.problems, 422)
    if sent['declaration']:
        return redirect('watch', no=sent['declaration'])
    return redirect('custody')


FIELDS = ('kind', 'number', 'act', 'declaration', 'holder', 'identity', 'place', 'note')


def _more(sent: dict[str, str]) -> dict[str, str]:
    return {name: sent[name] for name in FIELDS[3:]}
