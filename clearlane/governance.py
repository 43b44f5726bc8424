"""The life of a library entry: reviewed, in force, withdrawn, and what relied on it.

A second person decides on each version. A withdrawal names its reason, may need another
officer, and leaves a task for every released declaration that relied on the version; those
that are still under way are concluded again without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearlane import audit, cases, flow, outcomes, papers, photographs, procedure, stance
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.store import models as rows
from clearlane.store.session import atomic
from clearlane.store.start import blobs

Change = tuple[str, str, Any, Any]
"""(field, what happened to it, before, after)."""


def find(actor: Actor, entry_id: int) -> rows.LibraryEntry:
    """A version that the actor may see; else NotFound."""
    entry = rows.LibraryEntry.objects.select_related('party').filter(pk=entry_id).first()
    if entry is None:
        raise NotFound('not found')
    require(actor, 'see', entry.party_id)
    return entry


def versions(entry: rows.LibraryEntry) -> Any:
    """Every version of the same entry, the newest first."""
    return rows.LibraryEntry.objects.filter(
        scenario=entry.scenario, party=entry.party_id, library=entry.library, key=entry.key
    ).order_by('-version')


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Field by field what two versions have in common and what not."""
    names = [*before, *(name for name in after if name not in before)]
    return [(n, _what(before.get(n), after.get(n)), before.get(n), after.get(n)) for n in names]


def _what(old: Any, new: Any) -> str:
    if old == new:
        return 'same'
    empty: tuple[Any, ...] = (None, '', [], {})
    return 'added' if old in empty else 'removed' if new in empty else 'changed'


# --- photographs --------------------------------------------------------------


def keep_photograph(actor: Actor, data: bytes) -> rows.ReferencePhotograph:
    """Keep a reference photograph; its hash is then named by `reference_photographs`."""
    require(actor, 'register')
    picture = photographs.admit(data)
    sha256 = blobs().put(data)
    with atomic():
        kept, new = rows.ReferencePhotograph.objects.get_or_create(
            party_id=actor.party,
            sha256=sha256,
            defaults={
                'media_type': picture.media_type, 'width': picture.width,
                'height': picture.height, 'size': len(data), 'by': actor.name, 'at': flow.now(),
            },
        )  # fmt: skip
        if new:
            told = {'sha256': sha256, 'size': len(data)}
            audit.append('reference_photograph', actor.name, actor.party, told)
    return kept


def known(party: str, data: Mapping[str, Any]) -> None:
    """Raise Rejected where an entry names a reference photograph that was never sent."""
    named = data.get('reference_photographs') or {}
    there = set(
        rows.ReferencePhotograph.objects.filter(party=party, sha256__in=named.values()).values_list(
            'sha256', flat=True
        )
    )
    missing = [view for view, sha256 in named.items() if sha256 not in there]
    if missing:
        place = f'reference_photographs.{missing[0]}'
        raise Rejected([problem(place, named[missing[0]], 'unknown_photograph', *SEND)])


SEND = (
    Text('没有收到该参考照片', 'this reference photograph was never sent'),
    Text('请先上传照片', 'send the photograph first'),
)


def uncovered(data: Mapping[str, Any]) -> list[str]:
    """The required views of a version that have no reference photograph."""
    named = data.get('reference_photographs') or {}
    required = [v['view'] for v in data.get('views', ()) if isinstance(v, Mapping) and 'view' in v]
    return [view for view in required if view not in named]


# --- review -------------------------------------------------------------------


def comment(actor: Actor, entry_id: int, words: str) -> rows.EntryComment:
    """Say something about a version; both sides read it."""
    entry = find(actor, entry_id)
    require(actor, 'qualify' if actor.role == 'officer' else 'register')
    outcomes.reasoned(words, 'words')
    with atomic():
        kept = rows.EntryComment.objects.create(
            entry=entry, words=words.strip(), by=actor.name, at=flow.now()
        )
        audit.append('comment', actor.name, cases.entry_subject(entry), {'words': kept.words})
    return kept


def send_back(actor: Actor, entry_id: int, words: str) -> rows.LibraryEntry:
    """Return a submitted version for correction; the enterprise submits a further one."""
    find(actor, entry_id)
    require(actor, 'qualify')
    outcomes.reasoned(words, 'words')
    with atomic():
        entry = _locked(entry_id)
        if entry.state != 'submitted':
            raise flow.Conflict(_said(entry))
        if entry.submitted_by == actor.name:
            raise NotAllowed('whoever submitted an entry may not review it')
        entry.state, entry.reason = 'returned', words.strip()
        entry.decided_by, entry.decided_at = actor.name, flow.now()
        entry.save()
        audit.append('return_entry', actor.name, cases.entry_subject(entry), {'words': words})
    return entry


def _locked(entry_id: int) -> rows.LibraryEntry:
    return rows.LibraryEntry.objects.select_for_update().get(pk=entry_id)


def _said(entry: rows.LibraryEntry) -> str:
    by = entry.withdrawn_by or entry.decided_by or entry.submitted_by
    at = entry.withdrawn_at or entry.decided_at or entry.submitted_at
    return f'version {entry.version} of {entry.key} is {entry.state} by {by} at {at.isoformat()}'


# --- withdrawal and its blast radius ------------------------------------------


def withdraw(actor: Actor, entry_id: int, reason: str) -> rows.LibraryEntry | rows.Proposal:
    """Take a version out of force, or propose it where another officer has to confirm."""
    find(actor, entry_id)
    require(actor, 'qualify')
    outcomes.reasoned(reason, 'reason')
    with atomic():
        entry = _in_force(entry_id)
        if (open_ := entry.proposals.filter(state='open').first()) is not None:
            raise flow.Conflict(f'{open_.by} proposed to withdraw it at {open_.at.isoformat()}')
        rules = procedure.law(flow.scenario_named(entry.scenario), flow.today())
        if not procedure.needs_second(rules, 'withdraw_entry'):
            return _withdrawn(entry, reason, actor.name, '')
        asked = rows.Proposal.objects.create(
            act='withdraw_entry', entry=entry, note=reason.strip(), by=actor.name, at=flow.now()
        )
        told = {'reason': asked.note}
        audit.append('propose_withdrawal', actor.name, cases.entry_subject(entry), told)
    return asked


def confirm(actor: Actor, entry_id: int, *, agreed: bool, note: str = '') -> rows.LibraryEntry:
    """A second officer confirms the withdrawal that another one proposed, or sends it back."""
    find(actor, entry_id)
    require(actor, 'qualify')
    with atomic():
        entry = _locked(entry_id)
        asked = entry.proposals.filter(state='open').select_for_update().first()
        if asked is None:
            raise flow.Conflict(_said(entry))
        if asked.by == actor.name:
            raise NotAllowed('nobody confirms what he proposed himself; another officer does')
        asked.state = 'confirmed' if agreed else 'sent_back'
        asked.second, asked.second_at, asked.second_note = actor.name, flow.now(), note.strip()
        asked.save()
        if agreed:
            return _withdrawn(_in_force(entry_id), asked.note, asked.by, actor.name)
        told = {'by': asked.by, 'note': note}
        audit.append('keep_entry', actor.name, cases.entry_subject(entry), told)
    return entry


def _in_force(entry_id: int) -> rows.LibraryEntry:
    entry = _locked(entry_id)
    if entry.state != 'in_force':
        raise flow.Conflict(_said(entry))
    return entry


def _withdrawn(entry: rows.LibraryEntry, reason: str, by: str, second: str) -> rows.LibraryEntry:
    entry.state, entry.reason = 'withdrawn', reason.strip()
    entry.withdrawn_by, entry.withdrawn_at = by, flow.now()
    entry.save()
    rules = procedure.law(flow.scenario_named(entry.scenario), flow.today())
    due = procedure.due(rules, 'recheck', flow.today())
    title = RECHECK.of(key=entry.key, version=entry.version, reason=entry.reason)
    raised = []
    for row in relied(entry):
        row = flow.locked(row.pk)
        if flow.standing(row) == 'released':
            flow.task(row, 'recheck', due, title)
            raised.append(row.no)
        else:
            flow.reopen(row)
    told = {'reason': reason, 'by': by, 'second': second, 'raised': raised}
    audit.append('withdraw_entry', second or by, cases.entry_subject(entry), told)
    return entry


RECHECK = Text(
    '合格库条目 {key} v{version} 已撤销({reason})：复查依其放行的该批',
    'entry {key} v{version} was withdrawn ({reason}): look again at what was released by it',
)


def relied(entry: rows.LibraryEntry) -> list[rows.Declaration]:
    """Every declaration whose last conclusion that counts was made from this very version."""
    found = (
        rows.Declaration.objects.filter(decisions__reliances__entry=entry)
        .select_related('party')
        .order_by('pk')
        .distinct()
    )
    return [row for row in found if _last(row).reliances.filter(entry=entry).exists()]


def _last(row: rows.Declaration) -> rows.Decision:
    return row.decisions.latest('number')


def radius(actor: Actor, entry: rows.LibraryEntry) -> Iterator[dict[str, Any]]:
    """What relied on a version: where it stands now, its paper, and the task that was raised.

    What this officer reads blind is left out until he has given his verdict.
    """
    unseen = stance.hidden(actor)
    for row in relied(entry):
        if row.no in unseen:
            continue
        paper = papers.latest(row)
        yield {
            'row': row,
            'standing': flow.standing(row),
            'outcome': _last(row).outcome,
            'decided_at': _last(row).decided_at,
            'paper': paper,
            'task': row.tasks.filter(kind='recheck').first(),
        }


def index_all() -> int:
    """Note the reliances of every decision that has none, from what it was made from."""
    found = rows.Decision.objects.filter(reliances=None).select_related('declaration')
    count = 0
    for decision in found.order_by('pk'):
        cases.index(decision, cases.form_of(decision))
        count += 1
    return count
