"""The verbs of risk targeting: draft, save, approve, activate, roll back, shadow.

An analyst drafts a version, another one approves it, and from its activation on
each decision is made with it; the version stands in what the decision was made
from. Going back means to activate an earlier version that was approved once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clearlane import audit
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.flow import Conflict, now, scenario_named
from clearlane.model import Text, plain
from clearlane.store import models as rows
from clearlane.store.session import atomic, take_turn
from clearlane.targeting import facts, rules


def fields_of(scenario: str) -> Any:
    """The fields that rules of a scenario may name."""
    return facts.fields(scenario_named(scenario).declares)


def visible(actor: Actor, scenario: str) -> Any:
    """The versions of a scenario's rules, the newest first; enterprises have no business here."""
    require(actor, 'see_rules')
    return rows.RuleSet.objects.filter(scenario=scenario_named(scenario).name).order_by('-version')


def found(actor: Actor, scenario: str, version: int) -> rows.RuleSet:
    """One version, or NotFound."""
    row: rows.RuleSet | None = visible(actor, scenario).filter(version=version).first()
    if row is None:
        raise NotFound('not found')
    return row


def set_of(row: rows.RuleSet) -> rules.RuleSet:
    """The rules of a version, as they are asked."""
    return rules.RuleSet.model_validate({**row.rules, 'version': row.version})


def draft(actor: Actor, scenario: str, payload: Any, note: str = '') -> rows.RuleSet:
    """Keep a new version as a draft, or Rejected with every mistake in its conditions."""
    require(actor, 'write_rules')
    known = scenario_named(scenario)
    content = _content(scenario, payload)
    with atomic():
        take_turn(f'rules:{known.name}')
        last = rows.RuleSet.objects.filter(scenario=known.name).order_by('-version').first()
        active = rows.RuleSet.objects.filter(scenario=known.name, state='active').first()
        row = rows.RuleSet.objects.create(
            scenario=known.name,
            version=1 if last is None else last.version + 1,
            parent=None if active is None else active.version,
            rules=content,
            note=_note(note),
            author=actor.name,
            saved_at=now(),
        )
        _log('draft', actor, row, {'rules': content, 'note': row.note})
    return row


def save(actor: Actor, scenario: str, version: int, payload: Any, note: str = '') -> rows.RuleSet:
    """Change a draft; whoever saves last is its author, and cannot approve it."""
    require(actor, 'write_rules')
    content = _content(scenario, payload)
    with atomic():
        row = _locked(actor, scenario, version, 'draft')
        row.rules, row.author, row.saved_at, row.note = content, actor.name, now(), _note(note)
        row.save()
        _log('save', actor, row, {'rules': content, 'note': row.note})
    return row


def _content(scenario: str, payload: Any) -> dict[str, Any]:
    content: dict[str, Any] = plain(rules.admitted(payload, fields_of(scenario)))
    del content['version']
    return content


def _note(note: str) -> str:
    if len(note) > 1000:
        raise Rejected([problem('note', note, 'string_too_long', *LONG)])
    return note.strip()


LONG = (
    Text('说明超过 1000 个字符', 'the note is longer than 1000 characters'),
    Text('请缩短', 'shorten it'),
)


def approve(actor: Actor, scenario: str, version: int) -> rows.RuleSet:
    """Another analyst than its author approves a draft; from here on it never changes."""
    require(actor, 'write_rules')
    with atomic():
        row = _locked(actor, scenario, version, 'draft')
        if row.author == actor.name:
            raise NotAllowed('whoever wrote a version may not approve it')
        row.state, row.approved_by, row.approved_at = 'approved', actor.name, now()
        row.save()
        _log('approve', actor, row, {'rules': row.rules, 'author': row.author})
    return row


def discard(actor: Actor, scenario: str, version: int) -> rows.RuleSet:
    """Give a draft up; it stays where it is, to be read."""
    require(actor, 'write_rules')
    with atomic():
        row = _locked(actor, scenario, version, 'draft')
        row.state, row.shadow_until = 'discarded', row.shadow_until and now()
        row.save()
        _log('discard', actor, row, {})
    return row


def activate(actor: Actor, scenario: str, version: int) -> rows.RuleSet:
    """Decide with this version from now on; also the way back to an earlier one."""
    require(actor, 'write_rules')
    with atomic():
        take_turn(f'rules:{scenario}')
        row = _locked(actor, scenario, version, 'approved', 'retired')
        before = rows.RuleSet.objects.filter(scenario=row.scenario, state='active').first()
        if before is not None:
            before.state, before.retired_at = 'retired', now()
            before.save()
        back = before is not None and before.version > row.version
        row.state, row.activated_by, row.activated_at = 'active', actor.name, now()
        row.retired_at = None
        row.save()
        told = {'before': before.version if before is not None else None}
        _log('roll back' if back else 'activate', actor, row, told)
    return row


def switch_off(actor: Actor, scenario: str) -> None:
    """Decide without any risk rule from now on."""
    require(actor, 'write_rules')
    with atomic():
        take_turn(f'rules:{scenario}')
        row = rows.RuleSet.objects.filter(scenario=scenario, state='active').first()
        if row is None:
            raise Conflict('no version is active')
        row.state, row.retired_at = 'retired', now()
        row.save()
        _log('switch off', actor, row, {})


def shadow(actor: Actor, scenario: str, version: int, until: datetime) -> rows.RuleSet:
    """Compare a version, from now to `until`, with what is really decided."""
    require(actor, 'write_rules')
    begun = now()
    if not begun < until <= begun + timedelta(days=366):
        raise Rejected([problem('until', until, 'until', *UNTIL)])
    with atomic():
        row = _locked(actor, scenario, version, 'draft', 'approved', 'retired')
        row.shadow_from, row.shadow_until = begun, until
        row.save()
        _log('shadow', actor, row, {'until': until.isoformat()})
    return row


UNTIL = (
    Text('影子运行的结束时间无效', 'this is no end for a shadow run'),
    Text('请填写一年以内的将来日期', 'give a day in the future, within a year'),
)


def _locked(actor: Actor, scenario: str, version: int, *states: str) -> rows.RuleSet:
    row = found(actor, scenario, version)
    row = rows.RuleSet.objects.select_for_update().get(pk=row.pk)
    if row.state not in states:
        by = row.activated_by or row.approved_by or row.author
        raise Conflict(f'version {row.version} is {row.state} already, by {by}')
    return row


def _log(act: str, actor: Actor, row: rows.RuleSet, data: dict[str, Any]) -> None:
    audit.append(f'rules {act}', actor.name, f'rules/{row.scenario}/{row.version}', data)
