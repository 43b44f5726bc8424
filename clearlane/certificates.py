"""The paper of a release: reissued with a reason, or cancelled, and what that means.

A reissued paper takes the place of the old one and takes nothing from a balance again. A
cancelled one ends the release: what was not shipped is withdrawn and gives back what it
drew; what does not conform is refused by a decision of its own, with a notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from clearlane import corrections, drawdowns, flow, outcomes, papers, procedure, series, stance
from clearlane.access import Actor, require
from clearlane.admission import Rejected, problem
from clearlane.model import Certificate, Text
from clearlane.store import models as rows
from clearlane.store.session import atomic

GROUNDS = ('not_shipped', 'nonconforming', 'shipped_nonconforming')
"""Why a release is cancelled; what has been shipped keeps what it drew."""


def reissue(
    actor: Actor, no: str, reason: str, changes: Mapping[str, Any] | None = None
) -> rows.Certificate:
    """Issue the paper once more: lost, damaged, or with a field put right that may be."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    outcomes.reasoned(reason, 'reason')
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'reissue', actor)
        old = _live(row)
        scenario = flow.scenario_named(row.scenario)
        own = ('no', 'valid_until', 'replaces', 'language', 'url')
        fields = {n: v for n, v in old.fields.items() if n not in own}
        fields |= _changed(procedure.law(scenario, flow.today()), fields, dict(changes or {}))
        paper = Certificate(kind=old.kind, valid_until=old.valid_until, fields=fields)
        made = papers.replace(
            scenario, row, old, paper, flow.now(), by=actor.name, reason=reason.strip()
        )
        data = {'old': old.no, 'certificate': made.no, 'reason': made.replaces.reason,
                'documents': made.documents, 'changes': dict(changes or {})}  # fmt: skip
        flow.log('reissue', actor.name, row, data)
    return made


def _changed(rules: Any, fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    allowed = list(rules.reissue['fields'])
    wrong = [
        problem(name, value, 'fixed_field', *FIELD)
        for name, value in changes.items()
        if name not in allowed
        or name not in fields
        or not isinstance(value, str)
        or not 0 < len(value.strip()) <= 200
    ]
    if wrong:
        raise Rejected(wrong)
    return {name: value.strip() for name, value in changes.items()}


FIELD = (
    Text('换发时不能更改该项', 'this is not changed by reissuing a paper'),
    Text('请撤销后重新申报', 'cancel it and declare anew'),
)


def cancel(
    actor: Actor, no: str, ground: str, reason: str
) -> rows.Decision | rows.Withdrawal | rows.Proposal:
    """End a release. Returns what came of it, or the proposal that another officer confirms."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    outcomes.reasoned(reason, 'reason')
    if ground not in GROUNDS:
        raise Rejected([problem('ground', ground, 'ground', *GROUND)])
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'cancel', actor)
        _live(row)
        rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
        if procedure.needs_second(rules, 'cancel'):
            outcome = '' if ground == 'not_shipped' else 'refuse'
            return outcomes.propose(actor, row, 'cancel', outcome, reason, {'ground': ground})
        return end(row, ground, reason, by=actor.name)


GROUND = (
    Text('撤销原因无效', 'this is no ground for a cancellation'),
    Text('取值应为 {names}', 'send one of {names}').of(names=', '.join(GROUNDS)),
)


def end(
    row: rows.Declaration, ground: str, reason: str, *, by: str, second: str = ''
) -> rows.Decision | rows.Withdrawal:
    """Cancel the paper of a locked declaration and put the decision that follows beside."""
    paper = _live(row)
    papers.end(paper, 'cancelled', by, reason, flow.now())
    told = {'certificate': paper.no, 'ground': ground, 'reason': reason, 'second': second,
            'nonconforming': ground != 'not_shipped'}  # fmt: skip
    if ground != 'not_shipped':
        why = ESCAPED.of(no=row.no, reason=reason)
        series.escaped(flow.scenario_named(row.scenario), row, why, by)
    flow.log('cancel', second or by, row, {'by': by, **told})
    flow.close_tasks(row, ['visit', 'recheck'], by, reason)
    if ground == 'not_shipped':
        return corrections.end(row, by, reason)
    given_back = (
        0 if ground.startswith('shipped') else drawdowns.give_back(row, by=by, reason=reason)
    )
    opinion = replace(outcomes.Opinion(reason), disposition=ENDED)
    return outcomes.conclude(
        row, 'refuse', opinion, by=by, second=second, act='cancel_decision',
        more={'given_back': given_back, 'ground': ground},
    )  # fmt: skip


ESCAPED = Text('确认漏放 {no}:{reason}', 'confirmed escape of {no}: {reason}')
ENDED = {
    'zh': '撤销已出具的结果单，该批不得出口。',
    'en': 'The paper that was issued is cancelled; the batch may not be exported.',
}


def _live(row: rows.Declaration) -> rows.Certificate:
    paper = papers.live(row)
    if paper is None:
        raise flow.Conflict(f'{row.no} has no paper that is in force')
    return paper


def state_of(paper: rows.Certificate, today: date) -> str:
    """What is told to whoever verifies a paper."""
    if paper.state == 'valid' and paper.valid_until < today:
        return 'expired'
    return str(paper.state)
