"""Feeds: what a party's own system sends us, by API or as a table, again and again.

An entry of a fed library holds as soon as it is received; the same entry twice is one,
a changed one is a new version, and what cannot be accepted is returned with its reasons
while the others go in. A key belongs to the party that sent it first, so that one
invoice cannot be sent by two shops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from clearlane import advances, audit, cases, flow
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, admit, problem
from clearlane.model import Problem, Text, plain
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store.session import atomic, take_turn

MOST = 5000
"""Entries in one call; a longer feed comes in several."""


@dataclass(frozen=True, kw_only=True)
class Reject:
    """An entry that was not accepted: its place in what was sent, from 0, and why."""

    number: int
    key: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of a feed: keys of new entries, of changed and of unchanged ones, rejects."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)


def record_of(scenario: Scenario, library: str) -> type[BaseModel]:
    """The record of a fed library, or NotFound."""
    if library not in scenario.fed:
        raise NotFound(f'{scenario.name} is not fed with {library!r}')
    return scenario.libraries[library]


def receive(actor: Actor, scenario_name: str, library: str, entries: Iterable[Any]) -> Received:
    """Take what is acceptable into force from today, each entry in a transaction of its own."""
    require(actor, 'register')
    scenario = flow.scenario_named(scenario_name)
    record = record_of(scenario, library)
    given = list(entries)
    if len(given) > MOST:
        raise Rejected([problem('entries', len(given), 'too_long', *TOO_MANY)])
    done = Received()
    for number, payload in enumerate(given):
        _one(actor, scenario, library, record, number, payload, done)
    return done


TOO_MANY = (
    Text('一次超过 5000 条', 'more than 5000 entries in one call'),
    Text('请分批发送', 'send them in several calls'),
)


def _one(
    actor: Actor,
    scenario: Scenario,
    library: str,
    record: type[BaseModel],
    number: int,
    payload: Any,
    done: Received,
) -> None:
    key = str(payload.get(scenario.fed[library], '')) if isinstance(payload, Mapping) else ''
    try:
        data = admit(record, payload)
        cases.entry_key(key)
        said = _kept(actor, scenario, library, key, data)
    except Rejected as refused:
        done.rejected.append(Reject(number=number, key=key[:80], problems=refused.problems))
    else:
        getattr(done, said).append(key)


def _kept(actor: Actor, scenario: Scenario, library: str, key: str, data: BaseModel) -> str:
    """Write a version where there is something new; says new, changed or unchanged."""
    with atomic():
        take_turn(f'feed:{scenario.name}:{library}:{key}')
        place = {'scenario': scenario.name, 'library': library, 'key': key}
        last = rows.LibraryEntry.objects.filter(**place).order_by('-version').first()
        if last is not None and last.party_id != actor.party:
            raise Rejected([problem(scenario.fed[library], key, 'key_taken', *TAKEN)])
        if last is not None and rows.Forgotten.objects.filter(entry=last).exists():
            raise Rejected([problem(scenario.fed[library], key, 'forgotten', *FORGOTTEN)])
        if last is not None and last.data == plain(data) and last.state == 'in_force':
            return 'unchanged'
        now = flow.now()
        entry = rows.LibraryEntry.objects.create(
            **place,
            party_id=actor.party,
            version=1 if last is None else last.version + 1,
            data=plain(data),
            state='in_force',
            since=flow.today(),
            submitted_by=actor.name,
            submitted_at=now,
            decided_by='feed',
            decided_at=now,
        )
        advances.follow(scenario, entry, last)
        cases.open_balance(scenario, entry)
        # The log says that something came and its hash; what it says of a person stays out.
        audit.append('feed', actor.name, cases.entry_subject(entry), {'version': entry.version})
    return 'new' if last is None else 'changed'


FORGOTTEN = (
    Text('保存期限已过，该编号的个人信息已依法删除', 'its time is over: it was deleted by law'),
    Text('请勿再次报送', 'do not send it again'),
)
TAKEN = (
    Text('该编号已由其他企业报送', 'another party has sent this number already'),
    Text('请核对编号', 'check the number'),
)
