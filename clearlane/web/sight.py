"""What an actor may see of the store: every read of the pages and the API goes through here.

Changes go through `clearlane.flow`; who sees what is decided by `clearlane.access`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Window,
)
from django.db.models.functions import Cast, Mod, RowNumber

from clearlane import flow, stance
from clearlane.access import Actor, NotFound, require
from clearlane.personal import hand, may_look
from clearlane.scenario import Scenario
from clearlane.store import models as rows


def declarations(
    actor: Actor, *, status: str = '', outcome: str = '', words: str = ''
) -> QuerySet[rows.Declaration]:
    """The declarations that the actor may see, each with its last decision, newest first."""
    last = rows.Decision.objects.filter(declaration=OuterRef('pk')).order_by('-number')
    found: QuerySet[rows.Declaration] = flow.visible(actor).annotate(
        outcome=Subquery(last.values('outcome')[:1], output_field=CharField()),
        decided_by=Subquery(last.values('by')[:1], output_field=CharField()),
        decided_at=Subquery(last.values('decided_at')[:1], output_field=DateTimeField()),
    )
    if status:
        found = found.filter(status=status)
    if outcome:
        found = found.filter(outcome=outcome)
    for word in words.split():
        found = found.annotate(text=Cast('declared', TextField())).filter(
            Q(no__icontains=word) | Q(party__name__icontains=word) | Q(text__icontains=word)
        )
    return found


def piece(actor: Actor, number: int) -> rows.Evidence:
    """One photograph, if the actor may see its declaration; else NotFound."""
    found = rows.Evidence.objects.select_related('declaration').filter(pk=number).first()
    if found is None:
        raise NotFound('not found')
    require(actor, 'see', found.declaration.party_id)
    if not may_look(flow.scenario_named(found.declaration.scenario), actor, found.kind):
        raise NotFound('not found')
    return found


def tasks(actor: Actor) -> QuerySet[rows.Task]:
    """What is still to be done about the declarations that the actor may see, by due day."""
    require(actor, 'see')
    found = rows.Task.objects.filter(closed_at=None).select_related('declaration__party')
    if actor.role == 'exporter':
        found = found.filter(declaration__party=actor.party)
    if actor.role == 'officer':
        found = found.exclude(declaration__in=stance.read_blind(actor))
    return found.order_by('due', 'pk')


def withdrawals(actor: Actor) -> list[rows.Proposal]:
    """The withdrawals of library entries that wait for a second officer; for officers alone."""
    if actor.role != 'officer':
        return []
    found = rows.Proposal.objects.filter(state='open', act='withdraw_entry')
    return list(found.select_related('entry__party').order_by('pk'))


def to_confirm(actor: Actor) -> int:
    """How many proposals of other officers wait for this one; 0 for everybody else."""
    if actor.role != 'officer':
        return 0
    found = rows.Proposal.objects.filter(state='open').exclude(by=actor.name)
    return int(found.exclude(declaration__in=stance.read_blind(actor)).count())


def certificate(number: str) -> rows.Certificate:
    """A paper by its number; whoever holds the paper may ask whether it is valid."""
    found = rows.Certificate.objects.select_related('declaration__party').filter(no=number).first()
    if found is None:
        raise NotFound('not found')
    return found


# --- libraries ----------------------------------------------------------------


def entries(
    actor: Actor, scenario: Scenario, library: str, key: str = ''
) -> QuerySet[rows.LibraryEntry]:
    """The versions of the entries of one library, by key, the newest version first."""
    require(actor, 'see')
    if library not in scenario.libraries:
        raise NotFound('not found')
    found = rows.LibraryEntry.objects.filter(scenario=scenario.name, library=library)
    if actor.role == 'exporter':
        found = found.filter(party=actor.party)
    if key:
        found = found.filter(key=key)
    return found.select_related('party').order_by('party_id', 'key', '-version')


@dataclass(frozen=True)
class Used:
    """An entry that a declaration rests on, with what is left of it."""

    library: str
    key: str
    entry: rows.LibraryEntry | None
    quantity: int | None
    remaining: int | None


def used(row: rows.Declaration, scenario: Scenario) -> list[Used]:
    """The library entries that a declaration names, as of its day."""
    declared = scenario.declares.model_validate(row.declared)
    places = {*scenario.refers(declared)}
    places |= {(wanted.library, wanted.key) for wanted in scenario.draws(declared)}
    return [_used(row, library, key) for library, key in sorted(places)]


def _used(row: rows.Declaration, library: str, key: str) -> Used:
    place = {'scenario': row.scenario, 'party': row.party_id, 'library': library, 'key': key}
    holds = Q(until=None) | Q(until__gt=row.day)
    versions = rows.LibraryEntry.objects.filter(
        holds, **place, state='in_force', since__lte=row.day
    )
    balance = rows.Balance.objects.filter(**place).first()
    return Used(
        library=library,
        key=key,
        entry=versions.order_by('-version').first(),
        quantity=None if balance is None else balance.quantity,
        remaining=None if balance is None else balance.quantity - balance.drawn,
    )


@dataclass(frozen=True)
class Money:
    """What the books say of a declaration, and the payments that it led to."""

    entries: list[rows.Entry]
    payments: list[rows.Payment]


def money(actor: Actor, row: rows.Declaration, scenario: Scenario) -> Money:
    """Of a declaration and of the entries that it names; customs alone looks into the books."""
    if actor.role == 'exporter':
        return Money([], [])
    named = scenario.refers(scenario.declares.model_validate(row.declared))
    sources = Q(pk__in=[])
    for library, key in named:
        sources |= Q(library=library, key=key)
    found = rows.LibraryEntry.objects.filter(
        sources, scenario=row.scenario, party_id=row.party_id
    ).values('pk')
    entries = rows.Entry.objects.filter(Q(declaration=row) | Q(source__in=found))
    payments = rows.Payment.objects.filter(Q(declaration=row) | Q(entry__in=found))
    return Money(list(entries.prefetch_related('lines').order_by('pk')),
                 list(payments.order_by('pk')))  # fmt: skip


Spot = tuple[str, str, str, str]
"""(scenario, party, library, key)."""


def remaining(found: QuerySet[rows.LibraryEntry]) -> dict[Spot, tuple[int, int]]:
    """What is left of these entries, and what there was."""
    keys = {e.key for e in found}
    balances = rows.Balance.objects.filter(key__in=keys)
    return {
        (b.scenario, b.party_id, b.library, b.key): (b.quantity - b.drawn, b.quantity)
        for b in balances
    }


# --- the audit log ------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One entry of the audit log about a declaration."""

    index: int
    at: datetime
    act: str
    actor: str
    data: Mapping[str, Any]


def events(row: rows.Declaration) -> list[Event]:
    """Everything that happened to a declaration the actor was allowed to find, oldest first."""
    found = rows.AuditEntry.objects.filter(subject=row.no).order_by('index')
    return [
        Event(index=e.index, at=e.at, act=e.act, actor=e.actor, data=json.loads(e.leaf)['data'])
        for e in found
    ]


def log_entries(actor: Actor, before: int | None, limit: int) -> list[rows.AuditEntry]:
    """The last entries of the whole log, or those before an index; for auditors."""
    require(actor, 'audit')
    found = rows.AuditEntry.objects.order_by('-index')
    if before is not None:
        found = found.filter(index__lt=before)
    return list(found[:limit])


def log_entry(actor: Actor, index: int) -> rows.AuditEntry:
    """One entry of the whole log; for auditors."""
    require(actor, 'audit')
    found = rows.AuditEntry.objects.filter(pk=index).first()
    if found is None:
        raise NotFound('not found')
    return found


def last_checkpoint() -> rows.Checkpoint | None:
    """The newest signed statement about the log; public, so that anybody can hold us to it."""
    return rows.Checkpoint.objects.order_by('-size').first()


def views_of(actor: Actor, row: rows.Declaration, scenario: Scenario) -> list[str]:
    """The views that the entries it rests on name, and those that this party used before."""
    named = set(_named_views([u.entry.data for u in used(row, scenario) if u.entry is not None]))
    before = rows.Evidence.objects.filter(
        declaration__party=row.party_id, declaration__scenario=row.scenario
    )
    named |= set(before.exclude(view='').values_list('view', flat=True).distinct()[:50])
    return sorted(named)


def _named_views(data: Any) -> list[str]:
    if isinstance(data, dict):
        own = [data['view']] if isinstance(data.get('view'), str) else []
        return own + [v for value in data.values() for v in _named_views(value)]
    if isinstance(data, list):
        return [v for value in data for v in _named_views(value)]
    return []


def in_force_keys(party: str, scenario: Scenario, library: str, day: date) -> list[str]:
    """Keys of the entries of this party that hold on a day: what a form may offer."""
    holds = Q(until=None) | Q(until__gt=day)
    found = rows.LibraryEntry.objects.filter(
        holds, scenario=scenario.name, party=party, library=library, state='in_force'
    ).filter(since__lte=day)
    return list(found.order_by('key').values_list('key', flat=True).distinct())


# --- what devices watch -------------------------------------------------------


def watches(actor: Actor) -> QuerySet[rows.Watch]:
    """What is under way and visible to the actor, those with open incidents first."""
    require(actor, 'see')
    live = Q(declaration__incidents__state__in=('open', 'acknowledged'))
    found = rows.Watch.objects.filter(ended_at=None).select_related('declaration__party')
    if actor.role == 'exporter':
        found = found.filter(declaration__party=actor.party)
    return found.annotate(open=Count('declaration__incidents', filter=live)).order_by(
        '-open', '-pk'
    )


def messages(watch: rows.Watch) -> QuerySet[rows.Message]:
    """The messages of a watch, newest first."""
    found = rows.Message.objects.filter(
        device__watches__watch=watch, at__gte=watch.began_at
    ).select_related('device')
    if watch.ended_at is not None:
        found = found.filter(at__lte=watch.ended_at)
    return found.order_by('-at', '-digest')


def track(watch: rows.Watch, most: int) -> tuple[int, list[tuple[Any, ...]]]:
    """(step, [(at, lat, lon, km/h)]): the trusted fixes of what moves, in order; where they are
    more than `most`, every so many only. The database leaves the others out."""
    found = messages(watch).filter(trusted=True, fix=True).exclude(lat=None)
    own = watch.by.filter(role='vehicle').values_list('device', flat=True)
    moving = found.filter(device__in=list(own)) if own else found
    step = max(1, -(-moving.count() // most))
    order = [F('at').asc(), F('digest').asc()]
    numbered = moving.annotate(n=Window(RowNumber(), order_by=order) - 1)
    chosen = numbered.annotate(rest=Mod('n', step)).filter(rest=0).order_by('n')
    return step, list(chosen.values_list('at', 'lat', 'lon', 'speed_kmh'))


def evidence_of(incident: rows.Incident) -> list[rows.Message]:
    """The messages that an incident rests on."""
    digests = [bytes.fromhex(digest) for digest in incident.evidence]
    found = rows.Message.objects.filter(
        digest__in=digests, device__watches__watch=incident.declaration_id
    )
    return list(found.select_related('device').order_by('at', 'pk')[:50])


def custody_acts(row: rows.Declaration) -> QuerySet[rows.CustodyAct]:
    """What was done by hand with the things of a declaration, oldest first."""
    found = rows.CustodyAct.objects.filter(declaration=row).select_related('object')
    return found.order_by('at', 'pk')


def holder_of(actor: Actor, thing: rows.CustodyObject) -> str:
    """Who has a numbered thing in hand, as this actor may see it."""
    last = thing.acts.order_by('-number').first()
    return hand(actor, thing.holder, last.operator if last else '')


def held_objects(actor: Actor, *, kind: str = '', state: str = '', number: str = '') -> Any:
    """The numbered things that the actor may see."""
    require(actor, 'see')
    found = rows.CustodyObject.objects.select_related('declaration__party')
    if actor.role == 'exporter':
        found = found.filter(declaration__party=actor.party)
    chosen = {'kind': kind, 'state': state, 'number__icontains': number}
    return found.filter(**{k: v for k, v in chosen.items() if v}).order_by('kind', 'number')


def devices(actor: Actor) -> QuerySet[rows.Device]:
    """The devices that the actor may see."""
    if actor.role != 'administrator':
        require(actor, 'see')
    found = rows.Device.objects.select_related('party').order_by('code')
    return found.filter(party=actor.party) if actor.role == 'exporter' else found


def reconsiderations(row: rows.Declaration) -> QuerySet[rows.Reconsideration]:
    """The requests for reconsideration of a declaration the actor was allowed to find."""
    found: QuerySet[rows.Reconsideration] = row.reconsiderations.select_related(
        'contested', 'decision'
    ).order_by('pk')
    return found


def contested(actor: Actor) -> QuerySet[rows.Reconsideration]:
    """Every request that the actor may see, the next to fall due first."""
    require(actor, 'see')
    found = rows.Reconsideration.objects.select_related(
        'declaration__party', 'contested', 'decision'
    )
    if actor.role == 'exporter':
        found = found.filter(declaration__party=actor.party)
    if actor.role == 'officer':
        found = found.exclude(declaration__in=stance.read_blind(actor))
    return found.order_by('decided_at', 'due', 'pk')
