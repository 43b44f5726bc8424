"""What every page has in common: who asks, and what is answered to whoever may not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from clearlane import flow
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.web.identity import actor_of

View = Callable[Concatenate[HttpRequest, Actor, ...], HttpResponse]


def page(view: View) -> Callable[..., HttpResponse]:
    """A page for people who have signed in; refusals of the kernel become answers."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        actor = actor_of(request)
        if actor is None:
            return _to_sign_in(request)
        response = kernel_answers(request, lambda: view(request, actor, **parts))
        if not response.has_header('Cache-Control'):
            add_never_cache_headers(response)
        return response

    return answered


def kernel_answers(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Turn what the kernel refuses into the page that says so."""
    if '\0' in request.path:
        raise Http404
    try:
        return answer()
    except NotFound as error:
        raise Http404 from error
    except NotAllowed as error:
        raise PermissionDenied from error
    except flow.Conflict as error:
        return render(request, 'conflict.html', {'message': str(error)}, status=409)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # A fragment that is fetched after the session ended must not become a page in a page.
    if request.htmx:
        return HttpResponseClientRedirect(reverse('account_login'))
    return redirect_to_login(request.get_full_path())
