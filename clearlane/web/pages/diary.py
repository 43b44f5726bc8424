"""The diary: what people have to do, by the day it is due."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clearlane import flow
from clearlane.access import Actor
from clearlane.web import sight, words
from clearlane.web.pages.guard import page

A_PAGE = 50


@require_GET
@page
def diary(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open tasks by due day, the overdue ones first."""
    found = sight.tasks(actor)
    counts = dict(found.order_by().values_list('kind').annotate(Count('pk')))
    kind = request.GET.get('kind', '')
    if kind in words.TASKS:
        found = found.filter(kind=kind)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get('page'))
    today = flow.today()
    days = [
        {'day': day, 'late': (today - day).days, 'today': day == today, 'tasks': list(tasks)}
        for day, tasks in groupby(shown, key=lambda t: t.due)
    ]
    waiting = sight.withdrawals(actor)
    counts['confirm'] = counts.get('confirm', 0) + len(waiting)
    kinds = [(k, w, counts.get(k, 0)) for k, w in words.TASKS.items() if k != 'release']
    context: dict[str, Any] = {
        'days': days,
        'page': shown,
        'kind': kind,
        'kinds': kinds,
        'withdrawals': waiting if kind in ('', 'confirm') else [],
    }
    return render(request, 'diary.html', context)
