"""Whether a certificate is valid: the page behind the QR code, open to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from clearlane import flow
from clearlane.access import NotFound
from clearlane.store import models as rows
from clearlane.web import sight
from clearlane.web.pages.guard import kernel_answers


@require_GET
@never_cache
def verify(request: HttpRequest, no: str) -> HttpResponse:
    """The state of a paper, and no more of its holder than tells it from another."""
    return kernel_answers(request, lambda: _answer(request, no))


def _answer(request: HttpRequest, no: str) -> HttpResponse:
    notice = rows.Notice.objects.filter(no=no).first()
    if notice is not None:
        told = {'no': no, 'state': 'refusal', 'revoked': notice.revoked_by_id is not None}
        return render(request, 'verify.html', told)
    try:
        paper = sight.certificate(no)
    except NotFound:
        return render(request, 'verify.html', {'no': no[:40], 'state': 'unknown'}, status=404)
    state = 'expired' if paper.valid_until < flow.today() else paper.state
    context = {
        'no': paper.no,
        'state': state,
        'successor': _successor(paper),
        'paper': paper,
        'holder': masked(paper.declaration.party.name),
        'scenario': flow.scenario_named(paper.declaration.scenario),
    }
    return render(request, 'verify.html', context)


def _successor(paper: rows.Certificate) -> str:
    """The number of the paper that took the place of this one."""
    after = rows.Certificate.objects.filter(replaces=paper).first()
    return str(after.no) if after is not None else ''


@require_GET
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Type a number instead of scanning it."""
    no = request.GET.get('no', '').strip()
    if no and '/' not in no and '\0' not in no:
        return redirect('verify', no=no)
    return render(request, 'verify.html', {'no': '', 'state': 'ask'})


def masked(name: str) -> str:
    """The beginning of a name: enough for whoever knows the holder, too little for others."""
    return f'{name[:2]}＊＊＊'
