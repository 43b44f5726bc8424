"""A second officer confirms what a first one proposed, or sends it back; nobody his own.

What is confirmed is done then and there, from what the proposal kept; where the
declaration has moved since, nothing is done and the Conflict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from clearlane import certificates, flow, outcomes, reconsideration, stance
from clearlane.access import Actor, NotAllowed, require
from clearlane.store import models as rows
from clearlane.store.session import atomic

Done = Any
"""The decision or withdrawal that a confirmed proposal yields."""


def _close(row: rows.Declaration, asked: rows.Proposal, second: str) -> Done:
    opinion = outcomes.opinion(asked.data)
    return outcomes.conclude(row, asked.outcome, opinion, by=asked.by, second=second, act='confirm')


def _cancel(row: rows.Declaration, asked: rows.Proposal, second: str) -> Done:
    return certificates.end(row, asked.data['ground'], asked.note, by=asked.by, second=second)


def _reconsider(row: rows.Declaration, asked: rows.Proposal, second: str) -> Done:
    opinion = outcomes.opinion(asked.data)
    return reconsideration.answer(row, asked.outcome, opinion, by=asked.by, second=second)


PERFORM: Mapping[str, Callable[[rows.Declaration, rows.Proposal, str], Done]] = {
    'close': _close,
    'cancel': _cancel,
    'reconsider': _reconsider,
}


def confirm(actor: Actor, no: str, note: str = '', *, proposal: int | None = None) -> Done:
    """Confirm what is proposed on a declaration; `proposal` is the one that was looked at."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'confirm', actor)
        asked = _another_ones(actor, row, proposal)
        _settle(asked, 'confirmed', actor.name, note)
        flow.close_tasks(row, ['confirm'], actor.name, note)
        return PERFORM[asked.act](row, asked, actor.name)


def send_back(actor: Actor, no: str, note: str, *, proposal: int | None = None) -> rows.Proposal:
    """Send a proposal back to whoever made it, with the reason; nothing is done."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    outcomes.reasoned(note)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'send_back', actor)
        asked = _another_ones(actor, row, proposal)
        _settle(asked, 'sent_back', actor.name, note)
        flow.close_tasks(row, ['confirm'], actor.name, note)
        told = {'act': asked.act, 'outcome': asked.outcome, 'by': asked.by, 'note': note}
        flow.log('send_back', actor.name, row, told)
    return asked


def _another_ones(actor: Actor, row: rows.Declaration, seen: int | None) -> rows.Proposal:
    asked = row.proposals.select_for_update().get(state='open')
    if asked.by == actor.name:
        raise NotAllowed('nobody confirms what he proposed himself; another officer does')
    if seen is not None and seen != asked.pk:
        raise flow.Conflict(
            f'{row.no}: {asked.by} proposed something else at {asked.at.isoformat()}'
        )
    return asked


def _settle(asked: rows.Proposal, state: str, by: str, note: str) -> None:
    asked.state, asked.second, asked.second_note = state, by, note.strip()
    asked.second_at = flow.now()
    asked.save()
