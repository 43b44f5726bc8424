"""Devices: the list, and the two addresses that they may report to over HTTP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import devices as verbs
from clearlane.access import Actor, may
from clearlane.admission import Rejected
from clearlane.flow import Conflict
from clearlane.intake import Arrived, Intake
from clearlane.store import models as rows
from clearlane.web import sight, words
from clearlane.web.pages.guard import page
from clearlane.wire import http
from clearlane.wire.datum import GCJ02, to_wgs84
from clearlane.wire.message import Malformed, Message

A_PAGE = 100
MOST_BYTES = 64 * 1024


@require_GET
@page
def devices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every device, when it was heard last, and how far its clock is off."""
    return _list(request, actor)


def _list(
    request: HttpRequest,
    actor: Actor,
    *,
    key: str = '',
    code: str = '',
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    shown = Paginator(sight.devices(actor), A_PAGE).get_page(request.GET.get('page'))
    context = {
        'page': shown,
        'equips': may(actor, 'equip'),
        'parties': rows.Party.objects.order_by('name')[:500] if may(actor, 'equip') else (),
        'key': key,
        'code': code,
        'problems': problems,
        'kinds': words.DEVICES,
        'typed': request.POST if problems else {},
    }
    return render(request, 'devices.html', context, status=status)


@require_POST
@page
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add a device; its key is shown on this page and never again."""
    sent = {name: request.POST.get(name, '').strip() for name in ('code', 'party', 'kind', 'datum')}
    kind = sent['kind'] if sent['kind'] in words.DEVICES else 'tracker'
    options = {'datum': sent['datum'] or 'wgs84'}
    try:
        found, key = verbs.add(actor, sent['code'], sent['party'], kind=kind, options=options)
    except Rejected as error:
        told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in error.problems]
        return _list(request, actor, problems=told, status=422)
    except Conflict:
        return _list(request, actor, problems=[_taken_before(sent['code'])], status=409)
    return _list(request, actor, key=key, code=found.code)


def _taken_before(code: str) -> str:
    words_ = _('There is a device %(code)s already; nothing was changed. '
               'Give it a new key in its line below, or check the code.')  # fmt: skip
    return words_ % {'code': verbs.code_of(code)}


@require_POST
@page
def rekey(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Give a device another key, which is shown on this page and never again."""
    key = verbs.rekey(actor, code)
    return _list(request, actor, key=key, code=verbs.code_of(code))


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Take nothing of this device any more."""
    verbs.revoke(actor, code)
    return redirect('devices')


# --- what devices send --------------------------------------------------------


@csrf_exempt
@require_http_methods(['GET', 'POST'])
def osmand(request: HttpRequest) -> HttpResponse:
    """One position in the form of OsmAnd, in the address, a form, or JSON."""
    if request.content_type == 'application/json':
        return _taken(request, lambda: http.osmand_json(_body(request)))
    fields = {**request.GET.dict(), **(request.POST.dict() if request.method == 'POST' else {})}
    return _taken(request, lambda: http.osmand(fields))


@csrf_exempt
@require_POST
def traccar(request: HttpRequest) -> HttpResponse:
    """One position as Traccar forwards it."""
    return _taken(request, lambda: http.traccar(_body(request)))


def _body(request: HttpRequest) -> Any:
    if int(request.headers.get('Content-Length') or 0) > MOST_BYTES:
        raise Malformed('size', f'a message has at most {MOST_BYTES} bytes')
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Malformed('json', 'the body is no JSON') from error


def _taken(request: HttpRequest, read: Any) -> HttpResponse:
    """200 when the message is stored; 401 where nobody proved to be the device."""
    try:
        message: Message = read()
    except Malformed as error:
        return _answer(400, str(error))
    device = _authentic(request, message.device)
    if device is None:
        return _answer(401, 'no such device, or not its key')
    if device.options.get('datum') == GCJ02 and message.lat is not None:
        message = _unshifted(message)
    arrived = Arrived(device.pk, device.code, message, datetime.now(UTC))
    refused = Intake(folding=False).take([arrived])
    return _answer(401, 'revoked') if refused else _answer(200, 'OK')


def _unshifted(message: Message) -> Message:
    assert message.lat is not None and message.lon is not None
    lat, lon = to_wgs84(message.lat, message.lon)
    return Message(**{**_fields(message), 'lat': round(lat, 7), 'lon': round(lon, 7)})


def _fields(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__dataclass_fields__}


def _authentic(request: HttpRequest, code: str) -> rows.Device | None:
    """The device by its own key, or by that of a forwarder of the same enterprise.

    The key is a bearer token, or `key` in the address for clients that cannot send headers.
    A forwarder's token is its code, a colon, and its key.
    """
    token = request.headers.get('Authorization', '').removeprefix('Bearer ').strip()
    token = token or request.GET.get('key', '')
    if '\0' in code + token or len(token) > 200:
        return None
    own = verbs.authentic(code, token)
    if own is not None:
        return own
    forwarder, _, key = token.partition(':')
    speaker = verbs.authentic(forwarder, key) if key else None
    if speaker is None or speaker.kind != 'forwarder':
        return None
    found = verbs.active(code)
    return found if found is not None and found.party_id == speaker.party_id else None


def _answer(status: int, text: str) -> HttpResponse:
    response = HttpResponse(f'{text}\n', 'text/plain; charset=utf-8', status)
    response['Cache-Control'] = 'no-store'
    if status == 401:
        response['WWW-Authenticate'] = 'Bearer'
    return response
