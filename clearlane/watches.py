"""Between the rows of a watch and the rules: devices are bound, messages become signals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from clearlane.admission import Rejected, problem
from clearlane.model import Act, Held, Incident, Text, Watched, plain
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store.session import cursor
from clearlane.stream import Key, Signal, Unsound
from clearlane.wire.message import Message

_SIGNALS = """
select extract(epoch from m.at)::float8, m.digest, d.code, b.role, m.lat, m.lon, m.fix,
       m.speed_kmh, m.alarms::text, m.facts::text
from store_watchedby b
join store_watch w on w.declaration_id = b.watch_id
join store_device d on d.id = b.device_id
join store_message m on m.device_id = b.device_id
  and m.at >= w.began_at and (w.ended_at is null or m.at <= w.ended_at)
where b.watch_id = %s and m.trusted and (m.at, m.digest) > (%s, %s)
order by m.at, m.digest
"""
_EXTENT = """
select count(*), min(m.at), max(m.at)
from store_watchedby b
join store_watch w on w.declaration_id = b.watch_id
join store_message m on m.device_id = b.device_id
  and m.at >= w.began_at and (w.ended_at is null or m.at <= w.ended_at)
where b.watch_id = %s and m.trusted
"""
_FIRST = (datetime(1, 1, 1, tzinfo=UTC), b'')


def bind(scenario: Scenario, row: rows.Declaration, declared: Any) -> None:
    """Have the devices that a declaration names watch it; Rejected where one may not."""
    if scenario.stream is None:
        return
    named = list(scenario.stream.devices(declared))
    known = {d.code: d for d in rows.Device.objects.filter(code__in=[code for code, _ in named])}
    problems = [
        problem('devices', code, 'unknown_device', *UNKNOWN)
        for code, _ in named
        if code not in known or known[code].party_id != row.party_id or known[code].revoked_at
    ]
    busy = rows.WatchedBy.objects.filter(
        device__code__in=list(known), watch__ended_at=None
    ).select_related('device', 'watch__declaration')
    problems += [
        problem('devices', b.device.code, 'busy_device', BUSY.of(no=b.watch.declaration.no), OTHER)
        for b in busy
    ]
    if problems:
        raise Rejected(problems)
    began = scenario.stream.begins(declared)
    watch = rows.Watch.objects.create(
        declaration=row, began_at=began, due_at=datetime.now(UTC), dirty_at=began
    )
    rows.WatchedBy.objects.bulk_create(
        rows.WatchedBy(watch=watch, device=known[code], role=role) for code, role in named
    )


UNKNOWN = (
    Text('没有登记该设备，或已停用', 'there is no such device of yours, or it was revoked'),
    Text('请先登记设备', 'have the device added first'),
)
BUSY = Text('该设备正用于 {no}', 'this device is still watching {no}')
OTHER = Text('请使用空闲的设备', 'name a device that is free')


def seconds(at: datetime) -> float:
    """A moment as seconds since 1970."""
    return at.timestamp()


def moment(t: float) -> datetime:
    """Seconds since 1970 as a moment, to the microsecond."""
    return datetime.fromtimestamp(round(t, 6), UTC)


def signals(watch: int, after: Key | None = None) -> list[Signal]:
    """The trusted messages of a watch, in order, all of them or those after a key."""
    start = _FIRST if after is None else (moment(after[0]), after[1])
    with cursor() as sql:
        sql.execute(_SIGNALS, [watch, *start])
        return [_signal(found) for found in sql.fetchall()]


_BEHIND = """
select count(*) from store_watchedby b join store_message m on m.device_id = b.device_id
where b.watch_id = %s and m.trusted and m.at >= %s
"""


def behind(watch: int, at: datetime) -> int:
    """How many messages of the devices of a watch lie at or after a moment."""
    with cursor() as sql:
        sql.execute(_BEHIND, [watch, at])
        return int(sql.fetchone()[0])


_MARK = """
update store_watch w set dirty_at = least(w.dirty_at, n.at), version = w.version + n.stale
from unnest(%s::bigint[], %s::timestamptz[], %s::int[]) as n(pk, at, stale)
where w.declaration_id = n.pk
"""


def mark(late: Mapping[int, datetime], *, stale: bool) -> None:
    """Have watches folded again from these moments on, by whoever looks next.

    `stale` says that what the rules know beside the messages has changed, too.
    """
    if not late:
        return
    locked = rows.Watch.objects.select_for_update().filter(pk__in=list(late)).order_by('pk')
    pks = list(locked.values_list('pk', flat=True))
    with cursor() as sql:
        sql.execute(_MARK, [pks, [late[pk] for pk in pks], [int(stale)] * len(pks)])


def _signal(found: Sequence[Any]) -> Signal:
    t, digest, code, role, lat, lon, fix, speed, alarms, facts = found
    return Signal(
        t=round(t, 6),
        digest=bytes(digest),
        device=code,
        role=role,
        lat=lat,
        lon=lon,
        fix=fix,
        speed_kmh=speed,
        alarms=tuple(json.loads(alarms)),
        facts=json.loads(facts),
    )


def signal_of(said: Message, role: str) -> Signal:
    """A message whose clock can be right, as a rule sees it."""
    assert said.at is not None
    return Signal(
        t=round(seconds(said.at), 6),
        digest=said.digest,
        device=said.device,
        role=role,
        lat=said.lat,
        lon=said.lon,
        fix=said.fix,
        speed_kmh=said.speed_kmh,
        alarms=said.alarms,
        facts=said.facts,
    )


def unsound_of(watched: Sequence[rows.Watch]) -> dict[int, tuple[Unsound, ...]]:
    """The messages whose clock cannot be right, by watch, in the order in which they came."""
    found: dict[int, list[Unsound]] = {}
    with cursor() as sql:
        sql.execute(_UNSOUND, [[row.pk for row in watched]])
        for pk, code, claimed, received, digest in sql.fetchall():
            mine = found.setdefault(pk, [])
            if len(mine) < _MOST_UNSOUND:
                mine.append(Unsound(code, claimed, round(received, 6), bytes(digest)))
    return {pk: tuple(mine) for pk, mine in found.items()}


_MOST_UNSOUND = 1000
_UNSOUND = """
select w.declaration_id, d.code, extract(epoch from m.at)::float8,
       extract(epoch from m.received_at)::float8, m.digest
from store_watch w
join store_watchedby b on b.watch_id = w.declaration_id
join store_device d on d.id = b.device_id
join store_message m on m.device_id = b.device_id and not m.trusted
  and m.received_at >= w.began_at and (w.ended_at is null or m.received_at <= w.ended_at)
where w.declaration_id = any(%s)
order by m.received_at, m.digest
"""


def acts_of(pks: Sequence[int]) -> dict[int, tuple[Act, ...]]:
    """What was done by hand with the things of these declarations, in order."""
    found: dict[int, list[Act]] = {}
    query = rows.CustodyAct.objects.filter(declaration__in=pks).select_related('object')
    for act in query.order_by('at', 'pk'):
        found.setdefault(act.declaration_id, []).append(_act(act))
    return {pk: tuple(mine) for pk, mine in found.items()}


def acts(row: rows.Declaration) -> tuple[Act, ...]:
    """What was done by hand with the things of a declaration, in order."""
    found = rows.CustodyAct.objects.filter(declaration=row).select_related('object')
    return tuple(_act(a) for a in found.order_by('at', 'pk'))


def _act(row: rows.CustodyAct) -> Act:
    return Act(
        kind=row.object.kind,
        number=row.object.number,
        act=row.act,
        before=row.before,
        after=row.after,
        operator=row.operator,
        at=row.at,
        holder=row.holder,
        identity=row.identity,
        place=row.place,
    )


def held(row: rows.Declaration) -> tuple[Held, ...]:
    """The things of a declaration as they stand."""
    found = rows.CustodyObject.objects.filter(declaration=row).order_by('kind', 'number')
    return tuple(Held(kind=o.kind, number=o.number, state=o.state, holder=o.holder) for o in found)


def seen(scenario: Scenario, row: rows.Declaration) -> Watched | None:
    """What devices saw of a declaration, for its case; None where nothing watches it."""
    watch = rows.Watch.objects.filter(pk=row.pk).first() if scenario.stream else None
    if watch is None:
        return None
    with cursor() as sql:
        sql.execute(_EXTENT, [row.pk])
        count, first, last = sql.fetchone()
    return Watched(
        messages=count,
        first_at=first,
        last_at=last,
        lat=watch.lat,
        lon=watch.lon,
        error=watch.error,
        incidents=tuple(incident(i) for i in live_incidents(row)),
        acts=acts(row),
        held=held(row),
    )


def live_incidents(row: rows.Declaration) -> Iterable[rows.Incident]:
    """The incidents that stand, in order of their beginning."""
    found = rows.Incident.objects.filter(declaration=row).exclude(state='withdrawn')
    return found.order_by('began_at', 'kind', 'pk')


def incident(row: rows.Incident) -> Incident:
    """The record of a stored incident."""
    return Incident(
        kind=row.kind,
        grade=row.grade,
        began_at=row.began_at,
        ended_at=row.ended_at,
        reason=Text(**row.reason),
        device=row.device,
        lat=row.lat,
        lon=row.lon,
        evidence=tuple(row.evidence),
        facts=row.facts,
        state=row.state,
        closed=row.closed,
        note=row.note,
    )


def columns(found: Incident) -> dict[str, Any]:
    """The columns of an incident that come from messages alone."""
    return {
        'kind': found.kind,
        'grade': found.grade,
        'device': found.device,
        'began_at': found.began_at,
        'ended_at': found.ended_at,
        'lat': found.lat,
        'lon': found.lon,
        'reason': plain(found.reason),
        'facts': plain(found.facts),
        'evidence': list(found.evidence),
    }
