"""What an officer decides on what the machine referred: release, refuse, refer, send back.

The machine's decision stays as it is; the officer's is put beside it, with a verdict on
each finding, the disposition as the officer left it, and, where the law asks for a second
officer, the name of who confirmed it (`clearlane.four_eyes`). A refusal yields a notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from clearlane import (
    cases,
    drawdowns,
    flow,
    notices,
    papers,
    procedure,
    replay,
    series,
    stance,
    suggestion,
)
from clearlane.access import Actor, require
from clearlane.admission import Rejected, problem
from clearlane.model import OUTCOMES, Decision, Outcome, Problem, Text
from clearlane.store import models as rows
from clearlane.store.session import atomic

Word = Literal['confirmed', 'overruled', 'rectified']
WORDS = ('confirmed', 'overruled', 'rectified')
"""True and still so; a false alarm; true and put right since."""
REFERS: tuple[Outcome, ...] = ('review', 'remote', 'inspect')
LONGEST = 2000


@dataclass(frozen=True)
class Said:
    """The verdict on one finding; what is overruled or rectified needs a reason."""

    check: str
    verdict: Word
    reason: str = ''


@dataclass(frozen=True)
class Opinion:
    """Why an officer decides so, what was said of each finding, and the disposition, {zh, en}."""

    note: str
    said: tuple[Said, ...] = ()
    disposition: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return {
            'note': self.note,
            'verdicts': [asdict(one) for one in self.said],
            'disposition': dict(self.disposition),
        }


def opinion(form: Mapping[str, Any]) -> Opinion:
    """An opinion from what a proposal kept."""
    said = tuple(Said(**one) for one in form['verdicts'])
    return Opinion(form['note'], said, form['disposition'])


# --- release or refuse --------------------------------------------------------


def close(
    actor: Actor,
    no: str,
    outcome: Outcome,
    note: str,
    *,
    verdicts: Iterable[Said] = (),
    disposition: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> rows.Decision | rows.Proposal:
    """Release or refuse what was referred, with a reason and a verdict on each mismatch.

    Returns the decision, or the proposal that another officer has to confirm. `seen` is
    the number of the decision that was looked at: a newer one is a Conflict.
    """
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    acceptable(outcome, note)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'close', actor)
        unchanged(row, seen)
        told = opinion_of(row, outcome, note, verdicts, disposition)
        if outcome == 'release' and series.needs_inspection(flow.scenario_named(row.scenario), row):
            raise flow.Conflict(f'{row.no} is to be inspected on site: {INSPECT_FIRST}')
        rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
        against = {f['result'] for f in open_findings(row)}
        if procedure.needs_second(rules, 'close', outcome=outcome, against=against):
            return propose(actor, row, 'close', outcome, told.note, told.plain())
        return conclude(row, outcome, told, by=actor.name, act='close')


INSPECT_FIRST = 'write down first what was found in the boxes that were drawn'


def acceptable(outcome: str, note: str, allowed: Sequence[str] = ('release', 'refuse')) -> None:
    """Raise Rejected where the outcome is none of these or the reason is missing."""
    if outcome not in allowed:
        remedy = Text('取值应为 {names}', 'send one of {names}').of(names=', '.join(allowed))
        raise Rejected([problem('outcome', outcome, 'outcome', NO_OUTCOME, remedy)])
    reasoned(note)


def reasoned(note: str, name: str = 'note') -> None:
    """Raise Rejected where a reason is missing or too long."""
    if not note.strip() or len(note) > LONGEST:
        raise Rejected([problem(name, note, 'note', *flow.NOTE)])


NO_OUTCOME = Text('不能作出这种处置', 'this is no outcome that you may choose here')


def unchanged(row: rows.Declaration, seen: int | None) -> None:
    """Raise Conflict where somebody decided after what was looked at."""
    last = row.decisions.latest('number')
    if seen is not None and seen != last.number:
        raise flow.Conflict(
            f'{row.no} was concluded again: {last.outcome} by {last.by} '
            f'at {last.decided_at.isoformat()}'
        )


# --- verdicts -----------------------------------------------------------------


def machine_decision(row: rows.Declaration) -> rows.Decision | None:
    """The last decision that rests on findings; an officer's has none of its own."""
    found: rows.Decision | None = row.decisions.filter(by=flow.MACHINE).order_by('-number').first()
    return found


def open_findings(row: rows.Declaration) -> list[dict[str, Any]]:
    """The mismatches and doubts that an officer has to judge."""
    decision = machine_decision(row)
    if decision is None:
        return []
    return [f for f in json.loads(decision.result)['findings'] if f['result'] != 'pass']


def opinion_of(
    row: rows.Declaration,
    outcome: str,
    note: str,
    verdicts: Iterable[Said],
    disposition: Mapping[str, str] | None,
) -> Opinion:
    """What an officer said, complete and fit for the outcome, or Rejected."""
    said = tuple(verdicts)
    problems = list(_unfit(open_findings(row), outcome, said))
    given = dict(disposition or {})
    if any(len(words) > 2 * LONGEST for words in given.values()):
        problems.append(problem('disposition', None, 'disposition', *flow.NOTE))
    if problems:
        raise Rejected(problems)
    given = {lang: given[lang].strip() for lang in ('zh', 'en') if given.get(lang, '').strip()}
    decision = machine_decision(row)
    made = suggestion.suggest(json.loads(decision.result)) if decision else {}
    return Opinion(note.strip(), said, {**made, **given})


def _unfit(
    findings: Sequence[Mapping[str, Any]], outcome: str, said: Sequence[Said]
) -> Iterable[Problem]:
    known = {f['check']: f['result'] for f in findings}
    given = {one.check: one for one in said}
    if len(given) != len(said):
        yield problem('verdicts', None, 'verdict_twice', *TWICE)
    for one in said:
        place = f'verdicts.{one.check}'
        if one.check not in known or one.verdict not in WORDS:
            yield problem(place, one.verdict, 'verdict', *UNKNOWN)
        elif one.verdict != 'confirmed' and not one.reason.strip():
            yield problem(place, one.verdict, 'verdict_reason', *WHY)
        elif len(one.reason) > LONGEST // 2:
            yield problem(place, one.reason, 'verdict_reason', *WHY)
    for check, result in known.items():
        settled = check in given and given[check].verdict != 'confirmed'
        if outcome == 'release' and result == 'fail' and not settled:
            yield problem(f'verdicts.{check}', None, 'verdict_missing', *MISSING)


TWICE = (
    Text('同一检查有两个判定', 'there are two verdicts on one finding'),
    Text('每项只给一个判定', 'give one verdict on each'),
)
UNKNOWN = (
    Text('没有该项待判定的检查，或判定无效', 'no such finding is open, or this is no verdict'),
    Text('判定应为 confirmed、overruled 或 rectified', 'send confirmed, overruled or rectified'),
)
WHY = (
    Text('该判定缺少理由或理由过长', 'this verdict needs a reason of at most 1000 characters'),
    Text('请写明为何不成立或如何整改', 'say why it is wrong, or how it was put right'),
)
MISSING = (
    Text('该项不符尚未推翻或整改', 'this mismatch is neither overruled nor rectified'),
    Text(
        '放行前请逐项判定不符项；确属不符的不能放行',
        'judge each mismatch before you release; what is true and stays so is not released',
    ),
)


# --- a decision beside the others ---------------------------------------------


def conclude(
    row: rows.Declaration,
    outcome: Outcome,
    told: Opinion,
    *,
    by: str,
    act: str,
    second: str = '',
    more: Mapping[str, Any] | None = None,
) -> rows.Decision:
    """Put an officer's decision beside the others and carry it out; the row is locked already."""
    scenario = flow.scenario_named(row.scenario)
    balances = cases.lock_balances(scenario, row)
    form = replay.written(scenario, cases.case(scenario, row, balances))
    case = replay.restored(scenario, form)
    if outcome == 'release':
        _draw(scenario, row, case, balances, by)
    answers = row.decisions.order_by('-number').first()
    kept = flow.keep(row, _decision(outcome, told, by, second), form, by)
    _stand_beside(kept, answers, told, by, second, act)
    flow.close_tasks(row, OUTCOMES, by, told.note)
    series.concluded(scenario, row, kept)
    done = _carried_out(scenario, row, case, kept, outcome)
    if outcome == 'refuse' and act != 'cancel_decision':
        done |= _released_before(scenario, row, told.note, by)
    data = {**flow.told(kept), **told.plain(), 'second': second, **(more or {}), **done}
    flow.log(act, second or by, row, {'by': by, **data})
    return kept


def _draw(scenario: Any, row: rows.Declaration, case: Any, balances: Any, by: str) -> None:
    try:
        cases.draw(scenario, row, case, balances, by)
    except drawdowns.Overdrawn as error:
        raise flow.Conflict(f'{row.no} cannot be released: {error}') from error


def _decision(outcome: Outcome, told: Opinion, by: str, second: str) -> Decision:
    reasons = [OFFICER.of(name=by, note=told.note)]
    if second:
        reasons.append(CONFIRMED.of(name=second))
    if told.disposition:
        both = {lang: told.disposition.get(lang, '') for lang in ('zh', 'en')}
        reasons.append(DISPOSITION.of(**{f'words_{lang}': w for lang, w in both.items()}))
    return Decision(outcome=outcome, reasons=tuple(reasons), findings=())


OFFICER = Text('关员 {name}:{note}', 'officer {name}: {note}')
CONFIRMED = Text('经关员 {name} 复核', 'confirmed by officer {name}')
DISPOSITION = Text('处置意见：{words_zh}', 'disposition: {words_en}')


def _stand_beside(
    kept: rows.Decision,
    answers: rows.Decision | None,
    told: Opinion,
    by: str,
    second: str,
    act: str,
) -> None:
    row = kept.declaration
    machine = machine_decision(row)
    results = {f['check']: f['result'] for f in open_findings(row)}
    rows.Ruling.objects.create(
        decision=kept,
        answers=answers,
        act=act,
        note=told.note,
        disposition=dict(told.disposition),
        suggested=suggestion.suggest(json.loads(machine.result)) if machine else {},
        by=by,
        second=second,
        at=kept.decided_at,
    )
    rows.Verdict.objects.bulk_create(
        rows.Verdict(
            decision=kept,
            answers=machine,
            check_name=one.check,
            result=results[one.check],
            verdict=one.verdict,
            reason=one.reason.strip(),
            by=by,
            at=kept.decided_at,
        )
        for one in told.said
        if one.check in results
    )


def _carried_out(
    scenario: Any, row: rows.Declaration, case: Any, kept: rows.Decision, outcome: Outcome
) -> dict[str, Any]:
    """A release yields its paper and a visit, a refusal its notice, the others a task."""
    if outcome == 'release':
        return flow.release(scenario, row, case)
    if outcome == 'refuse':
        return {'notice': notices.issue(scenario, row, kept).no}
    return flow.refer(scenario, row, case, outcome, start=flow.today())


def _released_before(scenario: Any, row: rows.Declaration, note: str, by: str) -> dict[str, Any]:
    """A refusal ends a release that was opened again: an escape, its paper, and what it took."""
    paper = papers.live(row)
    if paper is not None:
        papers.end(paper, 'cancelled', by, note, flow.now())
        series.escaped(scenario, row, ESCAPED.of(no=row.no, note=note), by)
        flow.log('escape', by, row, {'why': note})
    given_back = drawdowns.give_back(row, by=by, reason=note)
    if paper is None and not given_back:
        return {}
    return {'certificate': paper.no if paper else '', 'given_back': given_back}


ESCAPED = Text('已放行的 {no} 被拒绝：{note}', '{no} was released and then refused: {note}')


# --- refer, send back ---------------------------------------------------------


def refer(
    actor: Actor, no: str, outcome: Outcome, note: str, *, seen: int | None = None
) -> rows.Decision:
    """An officer asks for another look: documents, remote, or on site, with a task for it."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    acceptable(outcome, note, REFERS)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'refer', actor)
        unchanged(row, seen)
        if row.decisions.latest('number').outcome == outcome:
            raise Rejected([problem('outcome', outcome, 'outcome', *SAME)])
        told = Opinion(note.strip())
        return conclude(row, outcome, told, by=actor.name, act='refer')


SAME = (
    Text('该申报已按此方式处置', 'this is what it was referred to already'),
    Text('请选择其他方式', 'choose another'),
)


def send_back(actor: Actor, no: str, note: str, *, seen: int | None = None) -> rows.SentBack:
    """Ask the enterprise to put something right (补正): it corrects, adds, and presents again."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    reasoned(note)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'return', actor)
        unchanged(row, seen)
        rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
        asked = rows.SentBack.objects.create(
            declaration=row,
            number=row.sent_back.count() + 1,
            note=note.strip(),
            due=procedure.due(rules, 'correct', flow.today()),
            by=actor.name,
            at=flow.now(),
        )
        flow.close_tasks(row, OUTCOMES, actor.name, note)
        flow.task(row, 'correct', asked.due, CORRECT.of(note=note.strip()))
        flow.begin_again(row)
        flow.log('return', actor.name, row, {'note': asked.note, 'due': asked.due.isoformat()})
    return asked


CORRECT = Text('企业补正：{note}', 'the enterprise corrects: {note}')


# --- a second officer ---------------------------------------------------------


def propose(
    actor: Actor,
    row: rows.Declaration,
    act: str,
    outcome: str,
    note: str,
    data: Mapping[str, Any],
) -> rows.Proposal:
    """Keep what an officer wants to do until another one has confirmed it."""
    made = rows.Proposal.objects.create(
        act=act,
        declaration=row,
        number=row.decisions.latest('number').number,
        outcome=outcome,
        note=note,
        data=dict(data),
        by=actor.name,
        at=flow.now(),
    )
    rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
    due = procedure.due(rules, 'confirm', flow.today())
    flow.task(row, 'confirm', due, CONFIRM.of(name=actor.name))
    flow.log('propose', actor.name, row, {'act': act, 'outcome': outcome, **dict(data)})
    return made


CONFIRM = Text('复核关员 {name} 的处置', 'confirm what officer {name} proposes')
