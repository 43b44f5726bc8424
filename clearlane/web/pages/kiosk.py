"""The self-service counter: one page, driven by what the server says stands on the screen.

Nothing of a person is in an address, a cookie or a store of the browser; no answer may be
kept on the way. The officer's page shows the same screen.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, Concatenate

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import counters, flow
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected
from clearlane.settings import settings
from clearlane.store.counter import Kiosk, Sitting
from clearlane.web import words
from clearlane.web.api import bodies
from clearlane.web.api.problems import Refused
from clearlane.web.pages import declarations
from clearlane.web.pages.guard import page

COOKIE, SALT = 'kiosk', 'clearlane.kiosk'
YEAR = 365 * 24 * 3600
IDLE_SECONDS, GRACE_SECONDS, SHOWN_SECONDS = 20, 10, 15

View = Callable[Concatenate[HttpRequest, Kiosk, ...], HttpResponse]


def _device(request: HttpRequest) -> Kiosk | None:
    try:
        prefix = request.get_signed_cookie(COOKIE, salt=SALT)
    except (KeyError, BadSignature):
        return None
    return Kiosk.objects.filter(prefix=prefix, revoked_at=None).first()


def at_kiosk(view: View) -> Callable[..., HttpResponse]:
    """For enrolled devices alone; nothing that is answered may be kept."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        kiosk = _device(request)
        if kiosk is None:
            response: HttpResponse = JsonResponse({'error': 'device'}, status=401)
        else:
            response = view(request, kiosk, **parts)
        add_never_cache_headers(response)
        response['Cache-Control'] = 'no-store'
        return response

    return answered


@require_GET
def kiosk(request: HttpRequest) -> HttpResponse:
    """The page of the device; one that is not enrolled asks for its key."""
    device = _device(request)
    if device is None:
        response = render(request, 'kiosk_enter.html', {'wrong': False}, status=200)
    else:
        _scenario, counter = counters.parts(device)
        context = {
            'words': counter.languages,
            'place': device.place.get('name', device.name),
            'waits': [IDLE_SECONDS, GRACE_SECONDS, SHOWN_SECONDS, counters.IDLE_SECONDS],
        }
        response = render(request, 'kiosk.html', context)
    response['Cache-Control'] = 'no-store'
    response['Permissions-Policy'] = 'camera=(self), microphone=()'
    return response


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """The device shows its key, once; from then on a signed cookie stands for it."""
    device = counters.device(request.POST.get('key', '').strip())
    if device is None:
        return render(request, 'kiosk_enter.html', {'wrong': True}, status=403)
    response = redirect('kiosk')
    response.set_signed_cookie(
        COOKIE, device.prefix, salt=SALT, max_age=YEAR, path=reverse('kiosk'), httponly=True,
        samesite='Strict', secure=settings().secure,
    )  # fmt: skip
    return response


# --- what happens at it -------------------------------------------------------


@require_GET
@at_kiosk
def state(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    """What stands on the screen now."""
    return _screen(counters.current(kiosk))


def _screen(sitting: Sitting | None) -> JsonResponse:
    return JsonResponse({'step': 'attract'} if sitting is None else counters.screen(sitting))


@require_POST
@at_kiosk
def act(request: HttpRequest, kiosk: Kiosk, name: str) -> HttpResponse:
    """One act of the person: begin, language, document, paper, confirm, goods, call, end."""
    if name == 'begin':
        return _screen(counters.begin(kiosk, _said(request, 'language')))
    sitting = counters.current(kiosk)
    if sitting is None:
        return _screen(None)
    try:
        found = ACTS[name](request, sitting)
    except KeyError:
        return JsonResponse({'error': 'act'}, status=404)
    except NotFound:
        return JsonResponse({'error': 'entry'}, status=404)
    except Refused as refused:
        return JsonResponse({'error': refused.code}, status=refused.status)
    if found is not None:
        return found
    return _screen(counters.current(kiosk))


def _said(request: HttpRequest, name: str) -> str:
    try:
        return str(json.loads(request.body or b'{}').get(name, ''))[:80]
    except (ValueError, AttributeError):
        return ''


def _end(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    counters.wipe(sitting)
    return _screen(None)


ACTS: dict[str, Callable[[HttpRequest, Sitting], HttpResponse | None]] = {
    'language': lambda request, sitting: counters.speak(sitting, _said(request, 'language')),
    'document': lambda request, sitting: counters.show_document(sitting, bodies.file(request)),
    'paper': lambda request, sitting: counters.show_paper(sitting, bodies.file(request)),
    'goods': lambda request, sitting: counters.show_goods(sitting, bodies.file(request)),
    'confirm': lambda request, sitting: counters.confirm(sitting, _said(request, 'key')),
    'call': lambda request, sitting: counters.call(sitting),
    'stay': lambda request, sitting: counters.stay(sitting),
    'end': _end,
}


# --- the officer behind the glass ---------------------------------------------


def _officer(actor: Actor) -> None:
    if actor.role != 'officer':
        raise NotAllowed(f'the role {actor.role} may not look over a shoulder')


@require_GET
@page
def kiosks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every device, and who wants an officer."""
    _officer(actor)
    shown = [{'kiosk': k, 'sitting': counters.current(k)} for k in counters.kiosks()]
    shown.sort(key=lambda one: not (one['sitting'] and one['sitting'].called_at))
    return render(request, 'kiosks.html', {'kiosks': shown})


@require_GET
@page
def mirror(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The screen of a device as the person sees it, with what an officer decides."""
    _officer(actor)
    device = _of(number)
    _scenario, counter = counters.parts(device)
    return render(request, 'kiosk_mirror.html', {'kiosk': device, 'words': counter.languages})


@require_POST
@page
def goods(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """The officer's photograph of the goods; back to the counter that it was taken at, if any."""
    row = flow.find(actor, no)
    require(actor, 'photograph', row.party_id)
    try:
        counters.photograph(actor, no, bodies.file(request))
    except Refused as refused:
        return declarations.again(request, actor, no, [str(PHOTOGRAPH[refused.status == 413])])
    except Rejected as refused:
        told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in refused.problems]
        return declarations.again(request, actor, no, told)
    at = request.POST.get('kiosk', '')
    if at.isascii() and at.isdigit() and len(at) < 10:
        return redirect('kiosk_mirror', number=int(at))
    return redirect('declaration', no=no)


PHOTOGRAPH = {
    True: gettext_lazy('The photograph is too large: 32 MB at most.'),
    False: gettext_lazy('Choose one photograph.'),
}


@require_http_methods(['GET'])
@page
def mirror_state(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What stands on the screen of a device, and the numbers of its declarations."""
    _officer(actor)
    sitting = counters.current(_of(number))
    if sitting is None:
        return JsonResponse({'step': 'attract', 'officer': []})
    lines = counters.screen(sitting)
    officer = [
        {
            'key': key,
            'no': no,
            'address': reverse('declaration', args=[no]),
            'words': _('Decide'),
            'goods': reverse('goods', args=[no]),
            'photograph': _('Photograph the goods'),
        }
        for key, no in sitting.declarations.items()
        if no
    ]
    return JsonResponse({**lines, 'officer': officer})


def _of(number: int) -> Kiosk:
    found = Kiosk.objects.filter(pk=number).first()
    if found is None:
        raise NotFound('not found')
    return found
