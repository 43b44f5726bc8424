"""The on-site inspection of a referred batch: the boxes that were drawn, what was found in each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import flow, inspections, seeds, stance
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.recognisers import derived
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.start import blobs
from clearlane.web import words
from clearlane.web.pages.guard import page

THUMB = 480
MOST_PHOTOS = 12


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def inspection(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """The form of a record while it is to be written; the record once it is."""
    if request.method != 'POST':
        return _inspection(request, actor, no)
    try:
        _record(request, actor, no)
    except Rejected as refused:
        return _inspection(request, actor, no, refused)
    return redirect('inspection', no=no)


def _inspection(
    request: HttpRequest, actor: Actor, no: str, refused: Rejected | None = None
) -> HttpResponse:
    row = flow.find(actor, no)
    kept_records = list(row.inspections.order_by('-pk'))
    context = {
        'row': row,
        'scenario': flow.scenario_named(row.scenario),
        'records': [_shown(one, actor) for one in kept_records],
        'boxes': _boxes(actor, no, row, request) if _open(actor, row) else [],
        'inspects': may(actor, 'inspect'),
        'released': _released(row),
        'verdicts_wait': bool(kept_records) and stance.standing(row) == 'referred',
        'problems': words.all_problems(refused),
        'note': request.POST.get('note', ''),
    }
    return render(request, 'inspection.html', context, status=422 if refused else 200)


def _open(actor: Actor, row: rows.Declaration) -> bool:
    """Whether a record is to be written now."""
    if not may(actor, 'inspect') or stance.standing(row) != 'referred':
        return False
    return not row.inspections.filter(turn=row.turn).exists()


def _released(row: rows.Declaration) -> bool:
    last = row.decisions.order_by('-number').first()
    return last is not None and last.outcome == 'release'


def _boxes(
    actor: Actor, no: str, row: rows.Declaration, request: HttpRequest
) -> list[dict[str, Any]]:
    shown = inspections.drawn(actor, no).shown
    return [
        {
            'number': n,
            'item': item,
            'photos': range(min(len(_photographs(row, item)), MOST_PHOTOS)),
            'result': request.POST.get(f'result-{n}', ''),
            'words': request.POST.get(f'words-{n}', ''),
        }
        for n, item in enumerate(shown)
    ]


def _photographs(row: rows.Declaration, item: str) -> list[str]:
    """What an inspector sees of a box; of a seeded one, what was planted."""
    seeded = kept.SeededBox.objects.filter(declaration=row, item=item, caught=None).first()
    if seeded is not None:
        return list(seeded.photographs)
    pictures = row.evidence.filter(item=item, media_type__startswith='image/')
    return list(pictures.order_by('pk').values_list('sha256', flat=True))


@require_GET
@page
def photograph(request: HttpRequest, actor: Actor, no: str, box: int, number: int) -> HttpResponse:
    """A photograph of a drawn box, under an address that tells nothing of where it comes from."""
    shown = inspections.drawn(actor, no).shown
    row = flow.find(actor, no)
    found = _photographs(row, shown[box]) if box < len(shown) else []
    if number >= len(found):
        raise NotFound('not found')
    try:
        copy = derived.shown(blobs().get(found[number]), THUMB)
    except (Missing, Damaged) as error:
        raise NotFound('not found') from error
    return HttpResponse(copy, 'image/jpeg')


def _record(request: HttpRequest, actor: Actor, no: str) -> None:
    shown = inspections.drawn(actor, no).shown
    given = {
        item: (request.POST.get(f'result-{n}', ''), request.POST.get(f'words-{n}', '').strip())
        for n, item in enumerate(shown)
    }
    results = {
        item: inspections.Seen(conforms=result == 'good', words=seen)
        for item, (result, seen) in given.items()
        if result in ('good', 'bad')
    }
    outcome = request.POST.get('outcome', '')
    if outcome not in ('', 'release', 'refuse'):
        raise Rejected([problem('outcome', outcome, 'outcome', *OUTCOME)])
    note = request.POST.get('note', '').strip()
    inspections.record(actor, no, results, note, outcome or None)  # type: ignore[arg-type]


def _shown(one: kept.Inspection, actor: Actor) -> dict[str, Any]:
    """A record; customs staff also sees which seeded boxes were among those."""
    return {
        'row': one,
        'results': [{'item': item, **one.results[item]} for item in one.opened],
        'seeded': list(one.seeded.order_by('pk')) if actor.role != 'exporter' else [],
    }


@require_POST
@page
def escape(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """An officer confirms that a released batch did not conform."""
    try:
        inspections.escape(actor, no, request.POST.get('why', ''))
    except Rejected as refused:
        return _inspection(request, actor, no, refused)
    return redirect('inspection', no=no)


# --- seeded boxes -------------------------------------------------------------


@require_GET
@page
def seeded(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was planted and found in the last year, with its interval."""
    require(actor, 'see')
    if actor.role == 'exporter':
        raise NotFound('not found')
    reports = [
        {'scenario': one, **seeds.report(actor, one.name)}
        for one in scenarios().values()
        if 'sampling' in one.parameters.values
    ]
    context = {'reports': reports, 'seeds': may(actor, 'seed'), 'open': _referred(actor)}
    return render(request, 'seeded.html', context)


def _referred(actor: Actor) -> list[rows.Declaration]:
    """Declarations whose inspection is still open: what a box may be planted in."""
    if not may(actor, 'seed'):
        return []
    waiting = rows.Task.objects.filter(closed_at=None, kind__in=('inspect', 'remote', 'review'))
    found = waiting.select_related('declaration__party').order_by('due', 'pk')[:50]
    return [task.declaration for task in found]


@require_POST
@page
def plant(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Plant a known-bad box in an open inspection."""
    require(actor, 'seed')
    pictures = [file.read() for file in request.FILES.getlist('photographs')[:MOST_PHOTOS]]
    said = request.POST
    try:
        seeds.plant(
            actor, said.get('no', ''), said.get('defect', ''), pictures, said.get('item', '')
        )
    except Rejected as refused:
        context = {'problems': words.all_problems(refused)}
        return render(request, 'message_problems.html', context, status=422)
    return redirect('seeded')


OUTCOME = (
    Text('不能作出这种处置', 'this is no outcome that you may choose here'),
    Text('取值应为 release 或 refuse', 'send release or refuse'),
)
