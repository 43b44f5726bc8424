"""Who is asking: the person of a session as an actor."""

from __future__ import annotations

from django.http import HttpRequest

from clearlane.access import Actor
from clearlane.store.models import User


def actor_of(request: HttpRequest) -> Actor | None:
    """The person who is signed in, or None."""
    user = request.user
    if not isinstance(user, User):
        return None
    return Actor(name=user.username, role=user.role, party=user.party_id or '')
