"""Messages on their way in: kept in one transaction, folded in it, and only then acknowledged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clearlane import watches
from clearlane.store.session import atomic, cursor
from clearlane.stream import Signal
from clearlane.watching import Folds
from clearlane.wire.message import Message

AHEAD = timedelta(minutes=5)
"""A device whose clock is further ahead of ours than this says nothing about time."""
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
"""Before this a clock has been reset."""

_COLUMNS = (
    'device_id, at, digest, received_at, kind, seq, lat, lon, fix, speed_kmh, heading, '
    'altitude_m, alarms, facts, trusted'
)
_TABLE = """
create temporary table if not exists arriving (
  n serial, device_id bigint, at timestamptz, digest bytea, received_at timestamptz, kind text,
  seq bigint, lat float8, lon float8, fix boolean, speed_kmh float8, heading float8,
  altitude_m float8, alarms jsonb, facts jsonb, trusted boolean
) on commit delete rows
"""
_KEEP = f"""
insert into store_message ({_COLUMNS})
select {_COLUMNS} from arriving order by device_id, at, digest, n
on conflict (device_id, at, digest) do nothing
returning device_id, at, digest
"""  # noqa: S608 - our own names
_WATCHED = """
select b.device_id, b.watch_id, b.role, w.began_at, w.ended_at
from store_watchedby b join store_watch w on w.declaration_id = b.watch_id
where b.device_id = any(%s) and (w.ended_at is null or w.ended_at >= %s)
"""
_HEARD = """
update store_device d set heard_at = n.at, said = n.said::jsonb
from unnest(%s::bigint[], %s::timestamptz[], %s::text[]) as n(pk, at, said)
where d.id = n.pk
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of a device that has proved who it is."""

    device: int
    code: str
    message: Message
    received_at: datetime

    @property
    def trusted(self) -> bool:
        """Whether the device's clock can be right."""
        at = self.message.at
        return at is not None and EARLIEST <= at <= self.received_at + AHEAD

    @property
    def at(self) -> datetime:
        """The event time; of a message that has none, the first moment there is."""
        return self.message.at or datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Intake:
    """Takes messages and keeps the folds of this process.

    Where it is not `folding` it stores only, and leaves the rest to the process that looks
    for silence: who comes with one message at a time would load a journey for each.
    """

    folding: bool = True
    folds: Folds = field(default_factory=Folds)
    taken: int = 0
    repeated: int = 0

    def take(self, arrived: Sequence[Arrived]) -> set[int]:
        """Keep and fold messages; when it returns they are safe.

        Returns the devices that were revoked: of those nothing is kept.
        """
        with atomic():
            refused = _revoked({one.device for one in arrived})
            kept = [one for one in arrived if one.device not in refused] if refused else arrived
            if kept:
                new = self._keep(kept)
                self._fold(kept, new)
                _heard(kept)
                self.taken += len(new)
                self.repeated += len(kept) - len(new)
        return refused

    def _keep(self, arrived: Sequence[Arrived]) -> set[tuple[int, datetime, bytes]]:
        with cursor() as sql:
            sql.execute(_TABLE)
            with sql.copy(f'copy arriving ({_COLUMNS}) from stdin') as copy:
                for one in arrived:
                    copy.write_row(_row(one))
            sql.execute(_KEEP)
            return {(device, at, bytes(digest)) for device, at, digest in sql.fetchall()}

    def _fold(self, arrived: Sequence[Arrived], new: set[tuple[int, datetime, bytes]]) -> None:
        oldest = min(one.at for one in arrived)
        with cursor() as sql:
            sql.execute(_WATCHED, [list({one.device for one in arrived}), oldest])
            watched: dict[int, list[tuple[Any, ...]]] = {}
            for device, *rest in sql.fetchall():
                watched.setdefault(device, []).append(tuple(rest))
        found: dict[int, list[Signal]] = {}
        unsound: dict[int, datetime] = {}
        for one in arrived:
            if (one.device, one.at, one.message.digest) not in new:
                continue
            for watch, role, began, ended in watched.get(one.device, ()):
                if not one.trusted:
                    unsound[watch] = one.received_at
                elif began <= one.at and (ended is None or one.at <= ended):
                    found.setdefault(watch, []).append(watches.signal_of(one.message, role))
        self._tell(found, unsound)

    def _tell(self, found: Mapping[int, Sequence[Signal]], unsound: Mapping[int, datetime]) -> None:
        watches.mark(unsound, stale=True)
        if self.folding and found:
            self.folds.take(found, datetime.now(UTC))
        elif found:
            first = {pk: watches.moment(min(s.t for s in new)) for pk, new in found.items()}
            watches.mark(first, stale=False)


def _revoked(devices: set[int]) -> set[int]:
    with cursor() as sql:
        sql.execute(
            'select id from store_device where id = any(%s) and revoked_at is not null',
            [list(devices)],
        )
        return {pk for (pk,) in sql.fetchall()}


def _row(one: Arrived) -> tuple[Any, ...]:
    said = one.message
    return (
        one.device,
        one.at,
        said.digest,
        one.received_at,
        said.kind,
        said.seq,
        said.lat,
        said.lon,
        said.fix,
        said.speed_kmh,
        said.heading,
        said.altitude_m,
        json.dumps(said.alarms),
        json.dumps(dict(said.facts), ensure_ascii=False),
        one.trusted,
    )


def _heard(arrived: Sequence[Arrived]) -> None:
    """What each device said last, for the page of devices: how far its clock is off, its charge."""
    last = {one.device: one for one in arrived}
    said = [_said(one) for one in last.values()]
    with cursor() as sql:
        times = [one.received_at for one in last.values()]
        sql.execute(_HEARD, [list(last), times, said])


def _said(one: Arrived) -> str:
    facts = one.message.facts
    kept = {
        name: facts[name] for name in ('charge_percent', 'satellites', 'locked') if name in facts
    }
    behind = None
    if one.message.at is not None:
        behind = round((one.received_at - one.message.at).total_seconds())
    return json.dumps({**kept, 'behind_s': behind, 'alarms': one.message.alarms})
