"""Photographs on the screen: copies for looking, and the original for whoever needs the bytes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from clearlane.access import Actor, NotFound
from clearlane.recognisers import derived
from clearlane.recognisers.reader import Unreadable
from clearlane.store import models as rows
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.start import blobs
from clearlane.web import sight
from clearlane.web.pages.guard import page

VIEW, THUMB, LARGE, CROP = 2000, 320, 12_000, 480
BOX = re.compile(r'(-?\d{1,5}),(-?\d{1,5}),(-?\d{1,5}),(-?\d{1,5})')
ENDINGS = {
    'image/jpeg': 'jpg',
    'image/png': 'png',
    'image/webp': 'webp',
    'application/pdf': 'pdf',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    'application/json': 'json',
    'text/csv': 'csv',
}


@require_GET
@page
def view(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A copy of at most 2000 pixels, without what the camera wrote beside the picture."""
    return _copy(request, actor, number, VIEW)


@require_GET
@page
def thumb(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A small copy for the strip."""
    return _copy(request, actor, number, THUMB)


@require_GET
@page
def large(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A copy with every pixel, fetched when somebody looks closely."""
    return _copy(request, actor, number, LARGE)


@require_GET
@page
def crop(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The part that a finding rests on, at full resolution: `?box=left,top,right,bottom`."""
    piece = sight.piece(actor, number)
    given = request.GET.get('box', '')
    found = BOX.fullmatch(given)
    if found is None:
        raise NotFound('there is no such part')
    left, top, right, bottom = (int(n) for n in found.groups())
    box = ((left, top), (right, top), (right, bottom), (left, bottom))
    made = functools.partial(derived.cropped, box=box, most=CROP)
    return _made(request, piece, given, made)


def _copy(request: HttpRequest, actor: Actor, number: int, side: int) -> HttpResponse:
    made = functools.partial(derived.shown, long_side=side)
    return _made(request, sight.piece(actor, number), str(side), made)


def _made(
    request: HttpRequest, piece: rows.Evidence, name: str, made: Callable[[bytes], bytes]
) -> HttpResponse:
    tag = f'"{piece.sha256[:32]}-{name}"'
    if request.headers.get('If-None-Match') == tag:
        return _kept(HttpResponse(status=304), tag)
    try:
        data = made(blobs().get(piece.sha256))
    except (Missing, Damaged, Unreadable) as error:
        raise NotFound('the bytes of this photograph cannot be shown') from error
    return _kept(HttpResponse(data, 'image/jpeg'), tag)


def _kept(response: HttpResponse, tag: str) -> HttpResponse:
    """The browser of this person may keep it, nobody on the way may."""
    response['ETag'] = tag
    response['Cache-Control'] = 'private, max-age=86400, immutable'
    response['X-Content-Type-Options'] = 'nosniff'
    return response


@require_GET
@page
def original(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The bytes as they were received: to be saved, never to be opened as a page."""
    piece = sight.piece(actor, number)
    try:
        data = blobs().get(piece.sha256)
    except (Missing, Damaged) as error:
        raise NotFound('the bytes of this photograph are not there') from error
    ending = ENDINGS.get(piece.media_type, 'bin')
    response = HttpResponse(data, 'application/octet-stream')
    response['Content-Disposition'] = f'attachment; filename="{piece.sha256}.{ending}"'
    response['X-Content-Type-Options'] = 'nosniff'
    response['Content-Security-Policy'] = "sandbox; default-src 'none'"
    response['Cache-Control'] = 'private, no-store'
    return response
