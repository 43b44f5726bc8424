"""The pass that a page shows to the live process: who looks at it, signed, for half a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing

from clearlane.store import models as rows
from clearlane.store.session import close_connection

SALT = 'clearlane.live'
HOLDS_SECONDS = 12 * 3600


def issue(user: Any) -> str:
    """A pass for this person."""
    return signing.dumps(user.pk, salt=SALT)


def holder(signed: str) -> tuple[int, str] | None:
    """(user, party) of a pass that holds; the party is empty for customs staff."""
    try:
        pk = signing.loads(signed, salt=SALT, max_age=HOLDS_SECONDS)
    except signing.BadSignature:
        return None
    try:
        user = rows.User.objects.filter(pk=pk, is_active=True).first()
    finally:
        close_connection()
    if user is None or user.role == 'administrator':
        return None
    return user.pk, user.party_id or ''


def still(pk: int) -> bool:
    """Whether the account is still in use."""
    try:
        return bool(rows.User.objects.filter(pk=pk, is_active=True).exists())
    finally:
        close_connection()


Row = tuple[int, datetime, str, str, str, dict[str, Any]]


def missed(party: str, last: int, most: int) -> list[Row]:
    """The events after one that this party may see; gives the connection back."""
    try:
        return missed_of(party, last, most)
    finally:
        close_connection()


def missed_of(party: str, last: int, most: int) -> list[Row]:
    """The events after one that this party may see; the newest where there are too many."""
    found = rows.LiveEvent.objects.filter(pk__gt=last)
    if party:
        found = found.filter(party=party)
    columns = ('pk', 'at', 'kind', 'party', 'declaration', 'data')
    newest = list(found.order_by('-pk').values_list(*columns)[:most])
    return newest[::-1]
