"""Sign-in by django-allauth; accounts are made by an administrator, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from clearlane.access import Actor, may
from clearlane.store.models import ApiKey, User
from clearlane.web.identity import actor_of
from clearlane.web.pages.guard import page

_YEAR = 365 * 24 * 3600


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed to strangers; whoever signs in finds their own language."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Signed in: the page that was asked for, in the person's language."""
        response: HttpResponse = super().post_login(request, user, **details)
        _keep(response, user.language)
        return response


class SignIn(LoginView):  # type: ignore[misc]
    """Name and password."""

    template_name = 'sign_in.html'


class SignOut(LogoutView):  # type: ignore[misc]
    """Asks once more, then ends the session."""

    template_name = 'sign_out.html'


def inactive(request: HttpRequest) -> HttpResponse:
    """The account was closed by an administrator."""
    return render(request, 'inactive.html', status=403)


@require_GET
@page
def me(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who I am, for whom I act, and the keys of my enterprise's systems."""
    assert isinstance(request.user, User)
    party = request.user.party
    keys = ApiKey.objects.filter(party=party).order_by('-created_at') if party else []
    return render(request, 'me.html', {'party': party, 'keys': keys, 'sees': may(actor, 'see')})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: for this browser, and for the person where one has signed in."""
    chosen = request.POST.get('language', '')
    back = request.POST.get('next', '/')
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = '/'
    response = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        _keep(response, chosen)
        if actor_of(request) is not None:
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


def _keep(response: HttpResponse, chosen: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=_YEAR,
        samesite='Lax',
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
