"""Incidents: the machine finds and revises them, an officer deals with them.

`settle` makes the stored list equal to the computed one and keeps what people did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from clearlane import audit, flow, live, watches
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.flow import MACHINE, Conflict, now
from clearlane.model import Incident, Text, plain
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.store.session import atomic

_NEAR = timedelta(seconds=1)
_SHOWN = ('began_at', 'ended_at', 'lat', 'lon', 'facts')


def settle(row: rows.Declaration, computed: Sequence[Incident]) -> bool:
    """Make the stored incidents of a declaration those that were computed; whether any changed.

    An incident keeps its number while it is of the same kind and device and its time
    overlaps; one that is no longer found is withdrawn, and comes back if it is found again.
    """
    known = list(rows.Incident.objects.filter(declaration=row).order_by('began_at', 'pk'))
    changed = False
    for found in sorted(computed, key=lambda i: (i.began_at, i.kind, i.device)):
        match = _same(found, known)
        if match is None:
            _open(row, found)
            changed = True
        else:
            known.remove(match)
            changed = _revise(row, match, found) or changed
    for gone in known:
        if gone.state != 'withdrawn':
            _move(row, gone, 'withdrawn', 'withdrawn', MACHINE, {'was': gone.state})
            changed = True
    return changed


def _same(found: Incident, known: Iterable[rows.Incident]) -> rows.Incident | None:
    near = [k for k in known if (k.kind, k.device) == (found.kind, found.device)]
    near = [k for k in near if _overlap(k, found)]
    return min(
        near,
        key=lambda k: (k.state == 'withdrawn', abs(k.began_at - found.began_at), k.pk),
        default=None,
    )


def _overlap(known: rows.Incident, found: Incident) -> bool:
    starts_before = known.ended_at is None or found.began_at <= known.ended_at + _NEAR
    ends_after = found.ended_at is None or known.began_at <= found.ended_at + _NEAR
    return starts_before and ends_after


def _open(row: rows.Declaration, found: Incident) -> None:
    new = rows.Incident.objects.create(declaration=row, opened_at=now(), **watches.columns(found))
    _record(row, new, 'opened', MACHINE, {'kind': new.kind, 'began_at': new.began_at})


def _revise(row: rows.Declaration, known: rows.Incident, found: Incident) -> bool:
    columns = watches.columns(found)
    before = {name: getattr(known, name) for name in _SHOWN}
    for name, value in columns.items():
        setattr(known, name, value)
    ended = before['ended_at'] is None and known.ended_at is not None
    moved = before['began_at'] != known.began_at
    again = before['ended_at'] is not None and before['ended_at'] != known.ended_at
    back = known.state == 'withdrawn'
    if back or (known.state == 'closed' and (moved or again)):
        known.state, known.closed = 'open', ''
    known.revision += moved or again or ended or back
    known.save()
    if moved or again or back:
        _record(row, known, 'found_again' if back else 'revised', MACHINE, {'before': before})
    elif ended:
        _record(row, known, 'ended', MACHINE, {'ended_at': known.ended_at})
    return moved or again or back or ended


# --- an officer ---------------------------------------------------------------


def find(actor: Actor, number: int) -> rows.Incident:
    """The incident of this number, if the actor may see its declaration; else NotFound."""
    found = rows.Incident.objects.select_related('declaration__party').filter(pk=number).first()
    if found is None:
        raise NotFound('not found')
    require(actor, 'see', found.declaration.party_id)
    return found


def visible(actor: Actor) -> Any:
    """All incidents that the actor may see, the newest first."""
    require(actor, 'see')
    found = rows.Incident.objects.select_related('declaration__party').order_by('-began_at', '-pk')
    return found.filter(declaration__party=actor.party) if actor.role == 'exporter' else found


def acknowledge(actor: Actor, number: int) -> rows.Incident:
    """Say that somebody is looking: it is assigned to whoever says so."""
    with atomic():
        found = _for_work(actor, number, ('open',))
        found.assignee = found.assignee or actor.name
        _move(found.declaration, found, 'acknowledged', 'acknowledged', actor.name, {})
    return found


def assign(actor: Actor, number: int, to: str) -> rows.Incident:
    """Give an incident to an officer."""
    with atomic():
        found = _for_work(actor, number, ('open', 'acknowledged'))
        if not rows.User.objects.filter(username=to, role='officer', is_active=True).exists():
            raise Rejected([problem('assignee', to, 'assignee', *ASSIGNEE)])
        before, found.assignee = found.assignee, to
        _move(
            found.declaration, found, found.state, 'assigned', actor.name,
            {'from': before, 'to': to},
        )  # fmt: skip
    return found


def close(actor: Actor, number: int, reason: str, note: str) -> rows.Incident:
    """Conclude an incident with one of the reasons of its scenario and a sentence."""
    with atomic():
        found = _for_work(actor, number, ('open', 'acknowledged'))
        stream = scenarios()[found.declaration.scenario].stream
        if stream is None or reason not in stream.reasons:
            raise Rejected([problem('reason', reason, 'reason', *REASON)])
        if not note.strip() or len(note) > 2000:
            raise Rejected([problem('note', note, 'note', *flow.NOTE)])
        found.closed, found.note = reason, note
        _move(
            found.declaration, found, 'closed', 'closed', actor.name,
            {'reason': reason, 'note': note},
        )  # fmt: skip
        flow.new_facts(found.declaration_id)
    return found


ASSIGNEE = (
    Text('没有该关员', 'there is no such officer'),
    Text('请选择在用的关员账号', 'choose an officer whose account is active'),
)
REASON = (
    Text('没有这种结案原因', 'there is no such reason'),
    Text('请从列表中选择', 'choose one of the list'),
)


def _for_work(actor: Actor, number: int, states: tuple[str, ...]) -> rows.Incident:
    found = find(actor, number)
    require(actor, 'respond', found.declaration.party_id)
    flow.lock([found.declaration_id])
    locked = (
        rows.Incident.objects.select_for_update(of=('self',))
        .select_related('declaration__party')
        .get(pk=found.pk)
    )
    if locked.state not in states:
        last = locked.acts.order_by('-pk').first()
        by = f' by {last.actor} at {last.at.isoformat()}' if last else ''
        raise Conflict(f'incident {number} is {locked.state}{by}')
    return locked


def _move(
    row: rows.Declaration, found: rows.Incident, state: str, act: str, by: str, data: dict[str, Any]
) -> None:
    found.state = state
    found.save()
    _record(row, found, act, by, data)


def _record(
    row: rows.Declaration, found: rows.Incident, act: str, by: str, data: dict[str, Any]
) -> None:
    """The act beside the incident, in the log, and on the screens."""
    at: datetime = now()
    rows.IncidentAct.objects.create(incident=found, at=at, actor=by, act=act, data=plain(data))
    said = {'incident': found.pk, 'kind': found.kind, 'act': act}
    audit.append('incident', by, row.no, {**said, **plain(data)})
    live.tell('incident', row, {**said, 'grade': found.grade, 'state': found.state})
