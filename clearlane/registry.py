"""Entries of the reference libraries: an enterprise registers, an officer qualifies."""

from __future__ import annotations

from datetime import date
from typing import Any

from clearlane import audit, cases, flow
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import admit
from clearlane.model import plain
from clearlane.scenario import no_photographs
from clearlane.store import models as rows
from clearlane.store.session import atomic, take_turn


def register(
    actor: Actor, scenario_name: str, library: str, key: str, payload: Any
) -> rows.LibraryEntry:
    """Submit a version of an entry; it counts only after an officer has qualified it."""
    require(actor, 'register')
    record = flow.scenario_named(scenario_name).libraries.get(library)
    if record is None:
        raise NotFound(f'{scenario_name} has no library {library!r}')
    data = admit(record, payload)
    with atomic():
        take_turn(f'library:{scenario_name}:{actor.party}:{library}:{key}')
        place = {'scenario': scenario_name, 'library': library, 'key': cases.entry_key(key)}
        place['party_id'] = actor.party
        last = rows.LibraryEntry.objects.filter(**place).order_by('-version').first()
        if last is not None and last.data == plain(data) and last.state != 'withdrawn':
            return last
        entry = rows.LibraryEntry.objects.create(
            **place,
            version=1 if last is None else last.version + 1,
            data=plain(data),
            submitted_by=actor.name,
            submitted_at=flow.now(),
        )
        audit.append('register', actor.name, cases.entry_subject(entry), {'data': entry.data})
    return entry


def qualify(
    actor: Actor, entry_id: int, since: date, until: date | None = None
) -> rows.LibraryEntry:
    """An officer takes a submitted version into the qualified library from a day on."""
    require(actor, 'qualify')
    with atomic():
        entry = rows.LibraryEntry.objects.select_for_update().filter(pk=entry_id).first()
        if entry is None:
            raise NotFound('not found')
        if entry.state != 'submitted':
            raise flow.Conflict(
                f'version {entry.version} is {entry.state} already, by {entry.decided_by}'
            )
        if entry.submitted_by == actor.name:
            raise NotAllowed('whoever submitted an entry may not qualify it')
        entry.state, entry.since, entry.until = 'in_force', since, until
        entry.decided_by, entry.decided_at = actor.name, flow.now()
        entry.save()
        scenario = flow.scenario_named(entry.scenario)
        cases.open_balance(scenario, entry)
        days = {'since': since.isoformat(), 'until': until.isoformat() if until else None}
        audit.append('qualify', actor.name, cases.entry_subject(entry), days)
    if scenario.registered is not no_photographs:
        flow.resume()  # what is under way may have to be compared with another photograph
    return entry
