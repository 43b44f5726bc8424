"""What the risk rules need of the store: the active version, the party's past, what was judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from clearlane.decision import settle
from clearlane.model import PAST_DAYS, Decision, Past, plain
from clearlane.scenario import Case, Scenario
from clearlane.store import models as rows

if TYPE_CHECKING:
    from clearlane.targeting.rules import RuleSet


def active(scenario: str) -> RuleSet | None:
    """The rules that decisions are made with at this moment."""
    row = rows.RuleSet.objects.filter(scenario=scenario, state='active').first()
    if row is None:
        return None
    from clearlane.targeting.rules import RuleSet  # brings a parser of SQL along

    return RuleSet.model_validate({**row.rules, 'version': row.version})


def past(row: rows.Declaration) -> Past:
    """What the party declared under the same scenario in the year before this declaration."""
    earlier = rows.Declaration.objects.filter(
        scenario=row.scenario,
        party=row.party_id,
        day__lt=row.day,
        day__gte=row.day - timedelta(days=PAST_DAYS),
    )
    last = earlier.order_by('-day').values_list('day', flat=True).first()
    made = rows.Decision.objects.filter(declaration__in=earlier)
    by_machine, by_person = made.filter(by='machine'), made.exclude(by='machine')
    return Past(
        declared=earlier.count(),
        referred=_declarations(by_machine.exclude(outcome='release')),
        refused=_declarations(by_person.filter(outcome='refuse')),
        days_since_last=None if last is None else (row.day - last).days,
    )


def _declarations(decisions: object) -> int:
    return decisions.values('declaration').distinct().count()  # type: ignore[attr-defined]


def remember(kept: rows.Decision, scenario: Scenario, case: Case, decision: Decision) -> None:
    """Keep what the risk rules were asked about, so that other rules can be tried on it."""
    from clearlane.targeting import facts

    without = settle(scenario, replace(case, rules=None), decision.findings)
    rows.Judged.objects.create(
        decision=kept,
        scenario=scenario.name,
        day=case.day,
        base=without.outcome,
        outcome=decision.outcome,
        points=sum(hit.points for hit in decision.hits),
        hits=plain(decision.hits),
        facts=facts.kept(facts.of(case, decision.findings)),
        ruleset=case.rules.version if case.rules is not None else None,
    )
