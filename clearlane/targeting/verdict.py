"""Which rules fire on one declaration, with the values that made them, and the lane they demand."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from clearlane.model import OUTCOMES, Hit, Outcome
from clearlane.targeting import engines
from clearlane.targeting.facts import fields
from clearlane.targeting.nodes import Value
from clearlane.targeting.rules import Rule, RuleSet, whole


@dataclass(frozen=True)
class Ready:
    """A rule that can be asked: whether it fires, and what it looks at."""

    rule: Rule
    fires: engines.Evaluate
    looks_at: tuple[str, ...]


@functools.lru_cache(maxsize=64)
def ready(declares: type[BaseModel], rules: RuleSet) -> tuple[Ready, ...]:
    """The rules of a set, read once; raises Wrong where a condition cannot be used."""
    found = []
    for rule in rules.rules:
        node = whole(rule, fields(declares))
        found.append(Ready(rule, engines.python(node), node.fields))
    return tuple(found)


@dataclass(frozen=True)
class Verdict:
    """The rules that fired, their points together, and the gravest lane demanded, if any."""

    hits: tuple[Hit, ...]
    points: int
    lane: Outcome | None


def judge(
    declares: type[BaseModel], rules: RuleSet, facts: Mapping[str, Value | None], day: date
) -> Verdict:
    """Ask every rule that holds on `day`; NULL does not fire."""
    hits = tuple(
        _hit(one, facts)
        for one in ready(declares, rules)
        if one.rule.holds_on(day) and one.fires(facts) is True
    )
    points = sum(hit.points for hit in hits)
    lanes = [hit.lane for hit in hits if hit.lane is not None]
    by_points = rules.lane_of(points)
    lanes += [by_points] if by_points is not None else []
    return Verdict(hits, points, max(lanes, key=OUTCOMES.index) if lanes else None)


def _hit(one: Ready, facts: Mapping[str, Value | None]) -> Hit:
    rule = one.rule
    return Hit(
        rule=rule.id,
        reason=rule.reason,
        lane=rule.lane,
        points=rule.points,
        values={name: facts[name] for name in one.looks_at},
    )
