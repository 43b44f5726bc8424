"""From findings to an outcome; pure, so that any decision can be made again.

The gravest demand wins. A finding may demand an outcome itself; otherwise the
scenario's disposition table says what a failure or a doubt leads to for the
credit class of the party. On top of that come the risk rules of the analysts, and a
random share of inspections, which also depends on credit. The machine may release or
refer, it never punishes: refusing means that this evidence is not accepted, and a
person confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from clearlane.model import OUTCOMES, Decision, Finding, Hit, Outcome, Text
from clearlane.sampling.contract import guarantee, stage_words
from clearlane.scenario import Case, Scenario, ask

CLEAN = Text('{n} 项检查全部相符，予以放行', '{n:the one check|all {n} checks} passed: release')
DRAWN = Text(
    '随机抽中现场查验(抽查比例 {share}，信用等级 {credit})',
    'drawn at random for an on-site inspection (share {share}, credit class {credit})',
)
PLANNED = Text(
    '按抽样方案现场查验：{stage}。{worth}',
    'the sampling plan asks for an inspection: {stage}; {worth}',
)
SHORT = Text(
    '{key} 余量 {left}，放行需 {amount}', '{key} has {left} left, a release takes {amount}'
)
UNDECIDABLE = Text(
    '处置规则不可用({error})，转现场查验',
    'the disposition rules are not available ({error}): on-site inspection',
)
SELECTED = Text('风险布控选中', 'selected by risk targeting')
NO_RULES = Text(
    '风险规则不可用({error})，转现场查验',
    'the risk rules are not available ({error}): on-site inspection',
)
CREDIT = {
    'senior_certified': Text('高级认证企业', 'senior certified'),
    'certified': Text('认证企业', 'certified'),
    'regular': Text('常规企业', 'regular'),
    'dishonest': Text('失信企业', 'dishonest'),
    'seriously_dishonest': Text('严重失信企业', 'seriously dishonest'),
}


def decide(scenario: Scenario, case: Case) -> Decision:
    """Ask every check of the scenario, and conclude."""
    return settle(scenario, case, tuple(ask(check, case) for check in scenario.checks))


def settle(scenario: Scenario, case: Case, findings: tuple[Finding, ...]) -> Decision:
    """Conclude from findings that were made already; no release takes more than is left."""
    decision = conclude(case, findings)
    if decision.outcome == 'release' and (short := _short(scenario, case)):
        return replace(decision, outcome='inspect', reasons=short)
    return decision


def _short(scenario: Scenario, case: Case) -> tuple[Text, ...]:
    """What a release would take and is not there; a scenario may have forgotten to ask."""
    wanted = [
        (draw, case.libraries[draw.library].entry(draw.key))
        for draw in scenario.draws(case.declared)
    ]
    return tuple(
        SHORT.of(key=draw.key, amount=draw.amount, left=entry.remaining if entry else None)
        for draw, entry in wanted
        if entry is None or entry.remaining is None or entry.remaining < draw.amount
    )


def conclude(case: Case, findings: tuple[Finding, ...]) -> Decision:
    """The outcome that the gravest finding, or the random draw, demands."""
    targeted, hits = _targeted(case, findings)
    try:
        demands = [*_demands(case, findings), *targeted, *_drawn(case)]
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        demands = [('inspect', UNDECIDABLE.of(error=f'{type(error).__name__}: {error}'[:200]))]
    if not findings:
        demands.append(('inspect', UNDECIDABLE.of(error='no check was asked')))
    if not demands:
        clean = (CLEAN.of(n=len(findings)),)
        return Decision(outcome='release', reasons=clean, findings=findings, hits=hits)
    demands.sort(key=lambda demand: -OUTCOMES.index(demand[0]))
    reasons = tuple(reason for _, reason in demands)
    return Decision(outcome=demands[0][0], reasons=reasons, findings=findings, hits=hits)


def _demands(case: Case, findings: Iterable[Finding]) -> list[tuple[Outcome, Text]]:
    table = case.law.disposition[case.party.credit]
    return [
        (_known(finding.asks_for or table[finding.result]), finding.reason)
        for finding in findings
        if finding.result != 'pass'
    ]


def _known(outcome: Outcome) -> Outcome:
    if outcome not in OUTCOMES or outcome == 'release':
        raise ValueError(f'{outcome!r} is no answer to a failure or a doubt')
    return outcome


def _targeted(
    case: Case, findings: Sequence[Finding]
) -> tuple[list[tuple[Outcome, Text]], tuple[Hit, ...]]:
    """What the risk rules demand, and which of them fired; rules that break stop a release."""
    if case.rules is None:
        return [], ()
    from clearlane.targeting import facts, verdict  # a parser of SQL that most processes never need

    try:
        known = facts.of(case, findings)
        found = verdict.judge(type(case.declared), case.rules, known, case.day)
    except Exception as error:  # noqa: BLE001 - whatever breaks here must not release
        return [('inspect', NO_RULES.of(error=f'{type(error).__name__}: {error}'[:200]))], ()
    return ([(found.lane, SELECTED)] if found.lane is not None else []), found.hits


def _drawn(case: Case) -> list[tuple[Outcome, Text]]:
    """One lot decides: below the share of the plan, or of the credit class, it is inspected."""
    planned = _planned(case)
    if planned:
        return planned
    share = inspection_share(case)
    if case.lot >= share:
        return []
    return [('inspect', DRAWN.of(share=f'{share:.2%}', credit=CREDIT[case.party.credit]))]


def _planned(case: Case) -> list[tuple[Outcome, Text]]:
    """What the sampling plan demands; where the law has one, a case without it is not released."""
    if not hasattr(case.law, 'sampling'):
        return []
    if case.plan is None:
        raise ValueError('the state of the sampling plan is missing')
    if case.lot >= Decimal(case.plan.share):
        return []
    return [('inspect', PLANNED.of(stage=stage_words(case.plan), worth=guarantee(case.plan)))]


def inspection_share(case: Case) -> Decimal:
    """The share of clean declarations of this party that are inspected all the same, 0..1.

    A class has either a share of its own or a factor on the regular share.
    """
    rule = case.law.inspection[case.party.credit]
    share = rule.get('share')
    if share is None:
        share = Decimal(case.law.inspection['regular']['share']) * Decimal(rule['factor'])
    return min(Decimal(share), Decimal(1))
