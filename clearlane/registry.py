"""Entries of the reference libraries: an enterprise registers, an officer qualifies."""

from __future__ import annotations

from datetime import date
from typing import Any

from clearlane import audit, cases, flow, governance, personal, procedure
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, admit, problem
from clearlane.model import Text, plain
from clearlane.scenario import no_photographs
from clearlane.store import models as rows
from clearlane.store.session import atomic, take_turn


def register(
    actor: Actor, scenario_name: str, library: str, key: str, payload: Any
) -> rows.LibraryEntry:
    """Submit a version of an entry; it counts only after an officer has qualified it."""
    require(actor, 'register')
    scenario = flow.scenario_named(scenario_name)
    record = scenario.libraries.get(library)
    if record is None:
        raise NotFound(f'{scenario_name} has no library {library!r}')
    data = admit(record, payload)
    governance.known(actor.party, plain(data))
    with atomic():
        take_turn(f'library:{scenario_name}:{actor.party}:{library}:{key}')
        place = {'scenario': scenario_name, 'library': library, 'key': cases.entry_key(key)}
        place['party_id'] = actor.party
        last = rows.LibraryEntry.objects.filter(**place).order_by('-version').first()
        if (
            last is not None
            and last.data == plain(data)
            and last.state not in ('withdrawn', 'returned')
        ):
            return last
        entry = rows.LibraryEntry.objects.create(
            **place,
            version=1 if last is None else last.version + 1,
            data=plain(data),
            submitted_by=actor.name,
            submitted_at=flow.now(),
        )
        # The log is for ever; what it says of a person stays out.
        told = {'data': personal.erased(scenario, entry.data)}
        audit.append('register', actor.name, cases.entry_subject(entry), told)
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
        _covered(entry)
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


def _covered(entry: rows.LibraryEntry) -> None:
    """Where the law asks for it, each required view has a reference photograph."""
    rules = procedure.law(flow.scenario_named(entry.scenario), flow.today())
    missing = governance.uncovered(entry.data)
    if rules.reference_photographs['required'] and missing:
        words = Text('缺少参考照片：{views}', 'reference photographs are missing: {views}')
        remedy = Text('请退回企业补充', 'send it back to the enterprise')
        place = 'reference_photographs'
        told = words.of(views=', '.join(missing))
        raise Rejected([problem(place, None, 'missing_photograph', told, remedy)])
