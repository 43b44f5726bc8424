"""Answers of an officer, from the page of a declaration or of a library entry."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from clearlane import questions
from clearlane.access import Actor
from clearlane.admission import Rejected
from clearlane.web import words
from clearlane.web.pages.guard import page


@require_POST
@page
def answer(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """Answers about a declaration."""
    try:
        questions.answer(actor, no, _given(request))
    except Rejected as refused:
        return _refused(request, refused)
    return redirect('declaration', no=no)


@require_POST
@page
def confirm(
    request: HttpRequest, actor: Actor, scenario: str, name: str, entry: int
) -> HttpResponse:
    """Answers about a version of a library entry."""
    try:
        questions.confirm(actor, entry, _given(request))
    except Rejected as refused:
        return _refused(request, refused)
    return redirect('library', scenario=scenario, name=name)


def _given(request: HttpRequest) -> list[questions.Given]:
    """What was answered; a question without an answer stays open."""
    amounts = [
        questions.Given(
            question=name.removeprefix('amount-'), reply='yes', amount=str(amount).strip()
        )
        for name, amount in request.POST.items()
        if name.startswith('amount-') and str(amount).strip()
    ]
    return amounts + [
        questions.Given(
            question=name.removeprefix('reply-'),
            reply=str(reply),
            note=request.POST.get(f'note-{name.removeprefix("reply-")}', ''),
        )
        for name, reply in request.POST.items()
        if name.startswith('reply-')
    ]


def _refused(request: HttpRequest, refused: Rejected) -> HttpResponse:
    told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in refused.problems]
    return render(request, 'conflict.html', {'message': '\n'.join(told)}, status=422)
