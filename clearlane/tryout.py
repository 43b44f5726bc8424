"""Rules tried before they decide: on one stored decision, on a past period, in a shadow run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from clearlane import risk
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.flow import scenario_named, today
from clearlane.model import OUTCOMES, Outcome, Text
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.targeting import facts, verdict
from clearlane.targeting.rules import RuleSet

if TYPE_CHECKING:
    from clearlane.targeting.backtest import Comparison, Fired

MOST_ROWS = 1_500_000
"""More stored decisions than this want the data pool, not one process."""


def judged(scenario: str) -> Any:
    """What each machine decision of a scenario was judged on, the last one of a declaration."""
    last = (
        rows.Judged.objects.filter(scenario=scenario)
        .order_by('decision__declaration', '-decision__number')
        .distinct('decision__declaration')
    )
    return rows.Judged.objects.filter(pk__in=last.values('pk'))


def table(scenario: Scenario, found: Any) -> Any:
    """A table of facts (`targeting.backtest`) from rows of `Judged`."""
    from clearlane.targeting import backtest

    wanted = facts.fields(scenario.declares).values()
    if found.count() > MOST_ROWS:
        raise Rejected([problem('since', '', 'too_many', *TOO_MANY)])
    known = conformity(found)
    columns = ('facts', 'base', 'outcome', 'decision__declaration', 'decision__declaration__no')
    return backtest.table_of(
        scenario.declares,
        [
            {
                **facts.restored(form, wanted),
                'no': no,
                'base': base,
                'outcome': outcome,
                'conforming': known.get(declaration),
            }
            for form, base, outcome, declaration, no in found.values_list(*columns).iterator()
        ],
    )


TOO_MANY = (
    Text('该期间的决定过多', 'there are too many decisions in this period'),
    Text('请缩短期间', 'choose a shorter one'),
)


def conformity(found: Any) -> dict[int, bool]:
    """By declaration what a person concluded: refused is not conforming."""
    by_person = rows.Decision.objects.exclude(by='machine').filter(
        declaration__in=found.values('decision__declaration')
    )
    return {
        declaration: outcome == 'release'
        for declaration, outcome in by_person.order_by('number').values_list(
            'declaration', 'outcome'
        )
    }


@dataclass(frozen=True)
class Tried:
    """A back-test: which versions, on which days, with what result."""

    old: int | None
    new: int
    since: date
    until: date
    comparison: Comparison
    fired: list[Fired]


def back_test(
    actor: Actor, scenario_name: str, old: int | None, new: int, since: date, until: date
) -> Tried:
    """Two versions on the decisions of the days from `since` to `until`, both included.

    Without an old version, what was really decided stands in its place.
    """
    require(actor, 'see_rules')
    from clearlane.targeting import backtest

    scenario = scenario_named(scenario_name)
    before = None if old is None else risk.set_of(risk.found(actor, scenario_name, old))
    after = risk.set_of(risk.found(actor, scenario_name, new))
    if until < since:
        raise Rejected([problem('until', until, 'until', *ORDER)])
    given = table(scenario, judged(scenario.name).filter(day__gte=since, day__lte=until))
    said = backtest.compare(given, scenario.declares, before, after, minutes(scenario))
    return Tried(old, new, since, until, said, backtest.hits(given, scenario.declares, after))


ORDER = (
    Text('结束日早于开始日', 'the last day is before the first'),
    Text('请更正期间', 'correct the period'),
)


def minutes(scenario: Scenario) -> Mapping[str, float] | None:
    """What an officer needs for each outcome, as the scenario's parameters say today."""
    found = getattr(scenario.parameters.on(today()), 'officer_minutes', None)
    return None if found is None else {name: float(value) for name, value in found.items()}


def shadow(actor: Actor, row: rows.RuleSet) -> Tried | None:
    """A shadow run so far: the version beside what was really decided since it began."""
    require(actor, 'see_rules')
    if row.shadow_from is None or row.shadow_until is None:
        return None
    from clearlane.targeting import backtest

    scenario = scenario_named(row.scenario)
    made = judged(row.scenario).filter(
        decision__decided_at__gte=row.shadow_from, decision__decided_at__lt=row.shadow_until
    )
    given = table(scenario, made)
    rules = risk.set_of(row)
    said = backtest.compare(given, scenario.declares, None, rules, minutes(scenario))
    fired = backtest.hits(given, scenario.declares, rules)
    return Tried(None, row.version, _day(row.shadow_from), _day(row.shadow_until), said, fired)


def _day(at: datetime) -> date:
    return at.date()


@dataclass(frozen=True)
class Line:
    """One rule on one declaration: whether it fired, and the values that it looked at."""

    rule: str
    holds: bool
    answer: bool | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Trace:
    """A version on one stored decision, rule by rule."""

    no: str
    day: date
    base: Outcome
    outcome: Outcome
    result: Outcome
    points: int
    lines: list[Line]


def trace(actor: Actor, scenario_name: str, rules: RuleSet, no: str) -> Trace:
    """Every rule of a set on the last machine decision of one declaration."""
    require(actor, 'see_rules')
    scenario = scenario_named(scenario_name)
    row = (
        rows.Judged.objects.filter(scenario=scenario.name, decision__declaration__no=no)
        .order_by('-decision__number')
        .first()
    )
    if row is None:
        raise NotFound(f'{no} has no decision of the machine')
    known = facts.restored(row.facts, facts.fields(scenario.declares).values())
    found = verdict.judge(scenario.declares, rules, known, row.day)
    lines = [
        Line(
            one.rule.id,
            one.rule.holds_on(row.day),
            one.fires(known),
            {name: known[name] for name in one.looks_at},
        )
        for one in verdict.ready(scenario.declares, rules)
    ]
    result = max(row.base, found.lane or 'release', key=OUTCOMES.index)
    return Trace(no, row.day, row.base, row.outcome, result, found.points, lines)
