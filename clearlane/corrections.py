"""What an enterprise does about its own declaration: correct it, or withdraw it.

A correction keeps what was declared before, gives the declaration a new turn, and has to
be presented again. A withdrawal ends it; the number is never used again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearlane import drawdowns, flow, outcomes, papers, personal, procedure, stance
from clearlane.access import Actor, require
from clearlane.admission import Rejected, admit, problem
from clearlane.model import OUTCOMES, Problem, Text, plain
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store.session import atomic

Change = tuple[str, Any, Any]
"""(field, before, after)."""


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields that differ, in the order of the record."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def correct(actor: Actor, no: str, payload: Any, reason: str) -> rows.Correction:
    """Declare it anew in a further turn; what may not change, or nothing new, is Rejected."""
    row = flow.find(actor, no)
    require(actor, 'correct', row.party_id)
    outcomes.reasoned(reason, 'reason')
    scenario = flow.scenario_named(row.scenario)
    declared = admit(scenario.declares, payload)
    with atomic():
        row = flow.locked(row.pk)
        state = stance.allow(row, 'correct', actor)
        before, after = row.declared, plain(declared)
        problems = list(_refused(scenario, row, state, before, after))
        if problems:
            raise Rejected(problems)
        row.declared = after
        row.pieces = len(list(scenario.items(declared)))
        flow.at_the_door(scenario, row)
        made = rows.Correction.objects.create(
            declaration=row,
            number=row.corrections.count() + 1,
            turn=row.turn,
            before=before,
            after=after,
            reason=reason.strip(),
            by=actor.name,
            at=flow.now(),
        )
        flow.close_tasks(row, OUTCOMES, actor.name, reason)
        # What an earlier release took was for what was declared then; the next one takes anew.
        drawdowns.give_back(row, by=actor.name, reason=reason.strip())
        flow.begin_again(row)
        changed = {name: [old, new] for name, old, new in changes(before, after)}
        told = personal.unnamed(scenario, changed)
        data = {'number': made.number, 'turn': row.turn, 'reason': made.reason, 'changes': told}
        flow.log('correct', actor.name, row, data)
    return made


def fixed(scenario: Scenario) -> list[str]:
    """The fields that a correction leaves as they are: they say which declaration it is."""
    return list(procedure.law(scenario, flow.today()).correction['fixed'])


def _refused(
    scenario: Scenario,
    row: rows.Declaration,
    state: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Problem]:
    rule = procedure.law(scenario, flow.today()).correction
    changed = changes(before, after)
    if not changed:
        yield problem('declared', None, 'nothing_changed', *NOTHING)
    for name, old, _ in changed:
        if name in rule['fixed']:
            yield problem(name, old, 'fixed_field', *FIXED)
    if row.corrections.count() >= int(rule['times']):
        yield problem(
            'declared', None, 'corrected_too_often', OFTEN[0].of(n=rule['times']), OFTEN[1]
        )
    if state == 'referred':
        yield from _inspected(row, rule)


def _inspected(row: rows.Declaration, rule: Mapping[str, Any]) -> Iterator[Problem]:
    """Once inspection has been ordered it is closed first, unless an officer asks for more."""
    last = row.decisions.latest('number')
    if last.outcome not in rule['outcomes']:
        yield problem('status', last.outcome, 'inspection_ordered', *ORDERED)


OFTEN = (
    Text('已更正 {n} 次，不能再更正', 'it was corrected {n} {n:time|times} already'),
    Text('请撤回后重新申报', 'withdraw it and declare anew'),
)
NOTHING = (
    Text('内容没有变化', 'nothing was changed'),
    Text('请修改需要更正的字段', 'change the fields that are wrong'),
)
FIXED = (
    Text('该字段不能更正', 'this field cannot be corrected'),
    Text('请撤回后重新申报', 'withdraw the declaration and declare anew'),
)
ORDERED = (
    Text('海关已决定查验或不予放行，办结前不能修改或撤回',
         'an inspection or a refusal has been ordered: nothing is changed before it is closed'),
    Text('请等待查验，或由关员退回补正', 'wait for it, or for an officer to send it back'),
)  # fmt: skip


# --- withdraw -----------------------------------------------------------------


def withdraw(actor: Actor, no: str, reason: str) -> rows.Withdrawal:
    """Take a declaration back before it is released; it stays on record with the reason."""
    row = flow.find(actor, no)
    require(actor, 'withdraw', row.party_id)
    outcomes.reasoned(reason, 'reason')
    with atomic():
        row = flow.locked(row.pk)
        if stance.allow(row, 'withdraw', actor) == 'referred':
            rule = procedure.law(flow.scenario_named(row.scenario), flow.today()).correction
            if problems := list(_inspected(row, rule)):
                raise Rejected(problems)
        return end(row, actor.name, reason)


def end(row: rows.Declaration, by: str, reason: str) -> rows.Withdrawal:
    """Set a locked declaration to withdrawn; what it drew is given back, its paper ends."""
    if (paper := papers.live(row)) is not None:
        papers.end(paper, 'cancelled', by, reason, flow.now())
    row.status = 'withdrawn'
    row.save(update_fields=['status'])
    row.sent_back.filter(answered_at=None).update(answered_at=flow.now())
    open_kinds = row.tasks.filter(closed_at=None).values_list('kind', flat=True)
    flow.close_tasks(row, list(open_kinds), by, reason)
    given_back = drawdowns.give_back(row, by=by, reason=reason)
    taken = rows.Withdrawal.objects.create(
        declaration=row, reason=reason.strip(), by=by, at=flow.now()
    )
    flow.log('withdraw', by, row, {'reason': taken.reason, 'given_back': given_back})
    return taken
