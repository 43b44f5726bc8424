"""A photograph beside the registered one of the same face, with the places that differ."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from clearlane import cases, flow, registered
from clearlane.access import Actor, NotFound
from clearlane.recognisers import derived, picture
from clearlane.recognisers.reader import Unreadable
from clearlane.store import models as rows
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.start import blobs
from clearlane.web import sight
from clearlane.web.pages.guard import page
from clearlane.web.pages.media import VIEW

KINDS = {
    'label_moved': _('A label is elsewhere'),
    'label_missing': _('A label is missing or covered'),
    'other_label': _('Another label'),
    'label_added': _('A label more'),
    'other_print': _('Other print'),
    'print_missing': _('Print is missing'),
    'tape_missing': _('The tape is missing'),
    'wet': _('Wet'),
    'stain': _('Stained'),
    'hole': _('A hole'),
    'dented': _('Dented'),
    'other': _('It looks different'),
}


@dataclass(frozen=True)
class Place:
    """One difference: its number, its words, and its outline in either picture."""

    number: int
    words: Any
    new: str
    before: str
    at: tuple[int, int]
    was_at: tuple[int, int]


def _registered(piece: rows.Evidence) -> str:
    """The hash of the registered photograph of the view that a piece of evidence shows."""
    scenario = flow.scenario_named(piece.declaration.scenario)
    case = cases.at_the_door(scenario, piece.declaration)
    name = registered.photographs(scenario, case).get(piece.view)
    if name is None:
        raise NotFound('no photograph is registered for this view')
    return name


@require_GET
@page
def compared(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Both photographs side by side."""
    piece = sight.piece(actor, number)
    row, name = piece.declaration, _registered(piece)
    scenario = flow.scenario_named(row.scenario)
    made = registered.wanted(scenario, cases.at_the_door(scenario, row), [piece]).get(piece.pk)
    readings = [] if made is None else made.readings
    said = next((r for r in readings if r['kind'] == 'comparison'), None)
    context = {
        'row': row,
        'piece': piece,
        'registered': name,
        'size': _size(name),
        'said': said,
        'same': None if said is None else round(100 * said['details']['same']),
        'error': '' if made is None else made.error,
        'places': [_place(n, r) for n, r in enumerate(_differences(readings), start=1)],
    }
    return render(request, 'compared.html', context)


def _size(name: str) -> tuple[int, int]:
    try:
        head = picture.header(blobs().get(name))
    except (Missing, Damaged, Unreadable) as error:
        raise NotFound('the registered photograph cannot be shown') from error
    return head.width, head.height


def _differences(readings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [r for r in readings if r['kind'] == 'difference'][:12]


def _place(number: int, reading: dict[str, Any]) -> Place:
    new, before = reading['box'], reading['details']['registered_box']
    return Place(
        number=number,
        words=KINDS.get(reading['value'], KINDS['other']),
        new=_points(new),
        before=_points(before),
        at=(new[0][0], new[0][1]),
        was_at=(before[0][0], before[0][1]),
    )


def _points(box: list[list[int]]) -> str:
    return ' '.join(f'{x},{y}' for x, y in box)


@require_GET
@page
def photograph(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The registered photograph that a piece of evidence is compared with, as a copy."""
    name = _registered(sight.piece(actor, number))
    made = functools.partial(derived.shown, long_side=VIEW)
    try:
        data = made(blobs().get(name))
    except (Missing, Damaged, Unreadable) as error:
        raise NotFound('the registered photograph cannot be shown') from error
    response = HttpResponse(data, 'image/jpeg')
    response['Cache-Control'] = 'private, max-age=86400'
    response['X-Content-Type-Options'] = 'nosniff'
    return response
