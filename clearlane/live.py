"""What those who watch the screen are told at once.

An event is a row, written in the transaction of what it tells, and a notification. Who
was away asks for the rows after the last one that he saw, so nothing is missed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from clearlane.model import plain
from clearlane.store import models as rows
from clearlane.store.session import cursor, take_turn

CHANNEL = 'clearlane_live'
KEPT = timedelta(days=1)
"""A page that was away for longer is loaded again."""


def tell(kind: str, declaration: rows.Declaration, data: dict[str, Any]) -> None:
    """Tell everybody who may see this declaration, when the transaction commits.

    One after the other: whoever has seen number 8 must not miss a 7 that commits later.
    """
    take_turn(CHANNEL)
    rows.LiveEvent.objects.create(
        at=datetime.now(UTC),
        kind=kind,
        party=declaration.party_id,
        declaration=declaration.no,
        data=plain(data),
    )
    _notify('event')


def moved() -> None:
    """Tell that something has moved; who wants to know where asks."""
    _notify('moved')


def _notify(word: str) -> None:
    with cursor() as sql:
        sql.execute('select pg_notify(%s, %s)', [CHANNEL, word])


def forget() -> int:
    """Drop the events that nobody will ask for any more; returns how many."""
    old = datetime.now(UTC) - KEPT
    return int(rows.LiveEvent.objects.filter(at__lt=old).delete()[0])
