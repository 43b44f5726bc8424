"""Who calls the API: a key of an enterprise's system, or the session of the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from clearlane import people
from clearlane.access import Actor
from clearlane.web.api.problems import Refused
from clearlane.web.identity import actor_of


class Key(HttpBearer):
    """`Authorization: Bearer <key>`."""

    def __call__(self, request: HttpRequest) -> Any:
        """A header that is there must be right: a wrong key never falls back to the session."""
        if 'Authorization' not in request.headers:
            return None
        found = super().__call__(request)
        if found is None:
            raise Refused(401, 'not_signed_in')
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The enterprise whose key it is."""
        return None if '\0' in token else people.holder(token.strip())


class Session(APIKeyCookie):
    """The cookie of somebody who signed in; unsafe calls also carry the CSRF token."""

    param_name = 'sessionid'

    def __call__(self, request: HttpRequest) -> Any:
        """The person; the token is asked for only where a session could be misused."""
        actor = actor_of(request)
        if actor is not None and check_csrf(request) is not None:
            raise Refused(403, 'csrf')
        return actor

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Not used: the session has been read by Django."""
        return None


AUTH = [Key(), Session()]
