"""One version of a library entry: history, review, difference, withdrawal, blast radius."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearlane import cases, flow, governance, sheets
from clearlane.access import Actor, NotFound, may
from clearlane.admission import Rejected
from clearlane.recognisers import derived
from clearlane.recognisers.reader import Unreadable
from clearlane.store import models as rows
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.start import blobs
from clearlane.web import words
from clearlane.web.pages.guard import page

SIDE = 900


@require_GET
@page
def entry(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Everything about one version, beside another one: `?against=` its number."""
    return _page(request, actor, number)


def _page(
    request: HttpRequest, actor: Actor, number: int, problems: list[str] | None = None
) -> HttpResponse:
    found = governance.find(actor, number)
    scenario = flow.scenario_named(found.scenario)
    others = list(governance.versions(found))
    other = _against(request, found, others)
    record = scenario.libraries[found.library]
    titles = {n: words.field_title(f.title or n) for n, f in record.model_fields.items()}
    proposal = found.proposals.filter(state='open').first() if actor.role != 'exporter' else None
    context = {
        'entry': found,
        'scenario': scenario,
        'title': words.record_title(record),
        'others': others,
        'other': other,
        'changes': _changes(other, found, titles, words.value_titles(record)),
        'photographs': _photographs(other, found),
        'comments': list(found.comments.order_by('pk')),
        'history': rows.AuditEntry.objects.filter(subject=cases.entry_subject(found)).order_by(
            'index'
        ),
        'radius': list(governance.radius(actor, found)),
        'uncovered': governance.uncovered(found.data),
        'qualifies': may(actor, 'qualify'),
        'comments_too': may(actor, 'qualify') or may(actor, 'register'),
        'proposal': proposal,
        'own': proposal is not None and proposal.by == actor.name,
        'problems': problems or [],
    }
    return render(request, 'entry.html', context, status=422 if problems else 200)


def _against(
    request: HttpRequest, found: rows.LibraryEntry, others: list[rows.LibraryEntry]
) -> rows.LibraryEntry | None:
    chosen = request.GET.get('against', '')
    known = {str(other.version): other for other in others if other.pk != found.pk}
    return known.get(chosen) or known.get(str(found.version - 1))


def _changes(
    other: rows.LibraryEntry | None,
    found: rows.LibraryEntry,
    titles: Mapping[str, str],
    values: Mapping[str, str],
) -> list[dict[str, Any]]:
    before = {} if other is None else other.data
    return [
        {
            'title': titles.get(name, name),
            'what': what if other is not None else 'same',
            'before': words.shown(old, values),
            'after': words.shown(new, values),
        }
        for name, what, old, new in governance.difference(before, found.data)
        if name != 'reference_photographs'
    ]


def _photographs(
    other: rows.LibraryEntry | None, found: rows.LibraryEntry
) -> list[tuple[str, str, str]]:
    """(view, hash before, hash now) of each reference photograph."""
    before = (other.data if other else {}).get('reference_photographs') or {}
    now = found.data.get('reference_photographs') or {}
    return [(v, before.get(v, ''), now.get(v, '')) for v in sorted({*before, *now})]


ACTS: Mapping[str, Callable[[Actor, int, str], Any]] = {
    'comment': governance.comment,
    'return': governance.send_back,
    'withdraw': governance.withdraw,
    'confirm': lambda a, n, w: governance.confirm(a, n, agreed=True, note=w),
    'keep': lambda a, n, w: governance.confirm(a, n, agreed=False, note=w),
}


@require_POST
@page
def act(request: HttpRequest, actor: Actor, number: int, act: str) -> HttpResponse:
    """Comment, return for correction, withdraw, or answer a proposal to withdraw."""
    if act not in ACTS:
        raise NotFound('there is no such act')
    try:
        ACTS[act](actor, number, request.POST.get('words', ''))
    except Rejected as refused:
        told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in refused.problems]
        return _page(request, actor, number, told)
    return redirect('entry', number=number)


@require_GET
@page
def photograph(request: HttpRequest, actor: Actor, number: int, sha256: str) -> HttpResponse:
    """A copy of a reference photograph that a version names."""
    found = governance.find(actor, number)
    named = {
        sha
        for version in governance.versions(found)
        for sha in (version.data.get('reference_photographs') or {}).values()
    }
    if sha256 not in named:
        raise NotFound('not found')
    try:
        data = derived.shown(blobs().get(sha256), long_side=SIDE)
    except (Missing, Damaged, Unreadable) as error:
        raise NotFound('the bytes of this photograph cannot be shown') from error
    return HttpResponse(data, 'image/jpeg')


@require_GET
@page
def radius(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What relied on a version, for Excel."""
    found = governance.find(actor, number)
    titles = ['declaration', 'enterprise', 'district', 'pieces', 'outcome', 'decided_at',
              'standing', 'certificate', 'certificate_state', 'due', 'closed']  # fmt: skip
    lines = [
        [
            one['row'].no, one['row'].party.name, one['row'].district, one['row'].pieces,
            one['outcome'], one['decided_at'], one['standing'],
            one['paper'].no if one['paper'] else '', one['paper'].state if one['paper'] else '',
            one['task'].due if one['task'] else None,
            one['task'].closed_at if one['task'] else None,
        ]
        for one in governance.radius(actor, found)
    ]  # fmt: skip
    made = sheets.workbook({f'{found.key} v{found.version}'.replace('/', '-'): (titles, lines)})
    response = HttpResponse(made, sheets.MEDIA_TYPE)
    response['Content-Disposition'] = f'attachment; filename="entry-{found.pk}.xlsx"'
    return response
