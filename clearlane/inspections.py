"""On-site inspection of a referred lot: which boxes are opened, and what was found in each.

How many boxes are opened follows from the lot's size and the sampling plan (ISO 2859-1);
which ones from the provable draw. Boxes that customs planted among them look the same
until the record is written; then they are taken out of it and only measure the inspector.
The record closes the referral and moves the sampling plan on, in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearlane import audit, cases, flow, outcomes, periods, series, stance
from clearlane.access import Actor, NotAllowed, require
from clearlane.admission import Rejected, problem
from clearlane.model import Outcome, Text, plain
from clearlane.sampling import contract, tables
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.session import atomic

MOST_WORDS = 500


@dataclass(frozen=True)
class Drawn:
    """The boxes of a lot to open: the plan, those drawn, and all that the inspector is shown."""

    single: tables.Single
    severity: str
    boxes: list[str]
    shown: list[str]


@dataclass(frozen=True)
class Seen:
    """What an inspector says of one box."""

    conforms: bool
    words: str = ''


# --- drawing ------------------------------------------------------------------


def drawn(actor: Actor, no: str) -> Drawn:
    """The boxes that an officer has to open of a referred declaration."""
    row = flow.find(actor, no)
    require(actor, 'inspect', row.party_id)
    return drawn_for(row)


def drawn_for(row: rows.Declaration) -> Drawn:
    """The boxes of a referred declaration; Conflict where nothing is to be inspected."""
    _referred(row)
    periods.current()
    with atomic():
        return _drawn(flow.scenario_named(row.scenario), row)


def _drawn(scenario: Scenario, row: rows.Declaration) -> Drawn:
    items = list(scenario.items(scenario.declares.model_validate(row.declared)))
    plan = _plan(row)
    single = plan.single(max(len(items), 1)) if plan else _every(items)
    boxes = periods.boxes(row, items, single.n)
    seeded = kept.SeededBox.objects.filter(declaration=row, caught=None)
    planted = [box.item for box in seeded.order_by('item') if box.item not in boxes]
    severity = plan.severity if plan else ''
    return Drawn(single, severity, boxes, _mixed(row, boxes, planted))


def _every(items: Sequence[str]) -> tables.Single:
    """A scenario without a sampling plan has every box opened."""
    return tables.Single('', max(len(items), 1), 0)


def _mixed(row: rows.Declaration, boxes: list[str], planted: list[str]) -> list[str]:
    """Drawn and planted boxes in one order that tells nothing."""
    if not planted:
        return boxes
    both = [*boxes, *planted]
    return periods.boxes(row, both, len(both))


def _plan(row: rows.Declaration) -> contract.Plan | None:
    """The plan that the last decision of the machine was made under."""
    last = row.decisions.filter(by=flow.MACHINE).latest('number')
    form = cases.form_of(last).get('plan')
    if form is None:
        return None
    why = form['why'] and Text(**form['why'])
    return contract.Plan(**{**form, 'series': tuple(form['series']), 'why': why})


def _referred(row: rows.Declaration) -> None:
    state = stance.standing(row)
    if state != 'referred':
        raise flow.Conflict(f'{row.no} is {state}: nothing is to be inspected')
    done = row.inspections.filter(turn=row.turn).first()
    if done is not None:
        raise flow.Conflict(f'{row.no} was inspected by {done.by} at {done.at.isoformat()}')


# --- recording ----------------------------------------------------------------


def record(
    actor: Actor,
    no: str,
    results: Mapping[str, Seen],
    note: str,
    outcome: Outcome | None = None,
) -> kept.Inspection:
    """Write down what was found, conclude the referral by it, and move the plan on.

    Where the machine had found a mismatch, a release still needs an officer's verdict on it:
    the record then stands, and the referral stays open for him.

    `results` has an answer for each box that was shown, and no other. A lot that the plan
    does not accept is refused; of one that it accepts the officer may still refuse.
    """
    row = flow.find(actor, no)
    require(actor, 'inspect', row.party_id)
    periods.current()
    with atomic():
        row = flow.locked(row.pk)
        _referred(row)
        scenario = flow.scenario_named(row.scenario)
        sample = _drawn(scenario, row)
        _complete(sample, results, note)
        _no_planter(actor, row)
        kept_record = _kept(actor, row, sample, results, note)
        _conclude_seeds(kept_record, row, results)
        found = contract.Inspected(
            accepted=kept_record.accepted, bad=kept_record.bad, ac=sample.single.ac
        )
        series.inspected(scenario, row, found, actor.name)
        _conclude(actor, row, kept_record, outcome, note)
    return kept_record


def _conclude(
    actor: Actor,
    row: rows.Declaration,
    found: kept.Inspection,
    wanted: Outcome | None,
    note: str,
) -> None:
    """Close the referral by the record; a release leaves a mismatch of the papers to an officer.

    Opened boxes say nothing of a document: what the machine had found is overruled by a
    verdict of its own, with a reason, or not at all.
    """
    outcome, said = _outcome(found, wanted), _said(found, note)
    failed = [f['check'] for f in outcomes.open_findings(row) if f['result'] == 'fail']
    if outcome == 'release' and failed:
        return
    verdicts = [outcomes.Said(check, 'confirmed') for check in failed]
    outcomes.close(actor, row.no, outcome, said, verdicts=verdicts)


def _kept(
    actor: Actor,
    row: rows.Declaration,
    sample: Drawn,
    results: Mapping[str, Seen],
    note: str,
) -> kept.Inspection:
    bad = [item for item in sample.boxes if not results[item].conforms]
    machine = row.decisions.filter(by=flow.MACHINE).latest('number')
    shown = _shown_bad(machine)
    found = kept.Inspection.objects.create(
        declaration=row,
        turn=row.turn,
        plan={**plain(sample.single), 're': sample.single.re, 'severity': sample.severity},
        opened=sample.boxes,
        results={item: plain(results[item]) for item in sample.boxes},
        bad=len(bad),
        misses=[item for item in bad if item not in shown],
        accepted=sample.single.accepts(len(bad)),
        note=note.strip(),
        by=actor.name,
        at=flow.now(),
    )
    data = {
        'opened': sample.boxes, 'bad': bad, 'misses': found.misses, 'accepted': found.accepted,
        'plan': found.plan, 'turn': row.turn,
    }  # fmt: skip
    audit.append('inspect', actor.name, row.no, data)
    return found


def _shown_bad(machine: rows.Decision) -> set[str]:
    """The boxes in which the machine had found something."""
    findings = json.loads(machine.result)['findings']
    return {c['item'] for f in findings if f['result'] != 'pass' for c in f['crops']}


def _conclude_seeds(
    found: kept.Inspection, row: rows.Declaration, results: Mapping[str, Seen]
) -> None:
    for box in kept.SeededBox.objects.filter(declaration=row, caught=None).order_by('pk'):
        if box.item not in results or box.item in found.opened:
            continue
        seen = results[box.item]
        box.inspection, box.caught, box.said = found, not seen.conforms, seen.words
        box.save()
        data = {'item': box.item, 'caught': box.caught, 'inspector': found.by}
        audit.append('seed_concluded', flow.MACHINE, f'seed:{row.no}', data)


def _outcome(found: kept.Inspection, wanted: Outcome | None) -> Outcome:
    if wanted is None:
        return 'release' if found.accepted else 'refuse'
    if wanted == 'release' and not found.accepted:
        raise Rejected([problem('outcome', wanted, 'outcome', *NOT_ACCEPTED)])
    return wanted


def _said(found: kept.Inspection, note: str) -> str:
    n, bad = len(found.opened), found.bad
    verdict = '接收' if found.accepted else '不接收'
    return f'现场查验：开箱 {n} 件，不合格 {bad} 件，{verdict} / {n} opened, {bad} bad. {note}'[
        :2000
    ]


def _complete(sample: Drawn, results: Mapping[str, Seen], note: str) -> None:
    missing = [item for item in sample.shown if item not in results]
    strange = [item for item in results if item not in sample.shown]
    problems = []
    if missing:
        problems.append(problem('results', missing[0], 'box_missing', *MISSING))
    if strange:
        problems.append(problem('results', strange[0], 'box_unknown', *STRANGE))
    for item, seen in results.items():
        if (not seen.conforms and not seen.words.strip()) or len(seen.words) > MOST_WORDS:
            problems.append(problem('results', item, 'words', *WORDS))
    if len(note) > 1500:
        problems.append(problem('note', note, 'note', *flow.NOTE))
    if problems:
        raise Rejected(problems)


def _no_planter(actor: Actor, row: rows.Declaration) -> None:
    if kept.SeededBox.objects.filter(declaration=row, caught=None, planted_by=actor.name).exists():
        raise NotAllowed('another officer records this inspection')


MISSING = (
    Text('该箱没有查验结果', 'this box has no result'),
    Text('抽中的每一箱都要填写', 'fill in every box that was drawn'),
)
STRANGE = (
    Text('该箱未被抽中', 'this box was not drawn'),
    Text('只填写抽中的箱', 'fill in the boxes that were drawn only'),
)
WORDS = (
    Text('不合格的箱须写明所见，不超过 500 字', 'say what is wrong with it, in 500 characters'),
    Text('请填写该箱的不合格情况', 'fill in what was found in this box'),
)
NOT_ACCEPTED = (
    Text('抽样方案不接收该批', 'the plan does not accept this lot'),
    Text('请选择拒绝', 'refuse it'),
)


# --- escapes ------------------------------------------------------------------


def escape(actor: Actor, no: str, why: str) -> None:
    """Confirm that a released lot did not conform: its paper is suspended, its line too."""
    row = flow.find(actor, no)
    require(actor, 'inspect', row.party_id)
    if not why.strip() or len(why) > MOST_WORDS:
        raise Rejected([problem('why', why, 'why', *ESCAPE)])
    with atomic():
        row = flow.locked(row.pk)
        last = row.decisions.order_by('-number').first()
        if last is None or last.outcome != 'release':
            raise flow.Conflict(f'{row.no} was not released')
        if rows.AuditEntry.objects.filter(act='escape', subject=row.no).exists():
            raise flow.Conflict(f'{row.no} is a confirmed escape already')
        words = ESCAPED.of(no=row.no, why=why.strip())
        series.escaped(flow.scenario_named(row.scenario), row, words, actor.name)
        rows.Certificate.objects.filter(declaration=row, state='valid').update(state='suspended')
        audit.append('escape', actor.name, row.no, {'why': why.strip()})


ESCAPE = (
    Text('缺少理由或超过 500 字', 'the reason is missing or longer than 500 characters'),
    Text('请写明发现了什么、在何处', 'say what was found, and where'),
)
ESCAPED = Text('确认漏放 {no}:{why}', 'confirmed escape of {no}: {why}')
