"""What other rules would have decided: a set tried on the facts of stored decisions.

A table of facts has one row a declaration: a column for each field that a rule may
name (`facts.fields`), and

* `no`: its number,
* `base`: the outcome that it would have had without any risk rule,
* `outcome`: the outcome that it had,
* `conforming`: what a person found out about it, nothing where nobody looked.

The same answer comes from Polars here, from a database by `outcome_sql`, and from
asking `verdict.judge` about each row in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from pydantic import BaseModel

from clearlane.model import OUTCOMES, Outcome
from clearlane.sampling.interval import interval
from clearlane.targeting import engines
from clearlane.targeting.facts import fields
from clearlane.targeting.nodes import Node
from clearlane.targeting.rules import Rule, RuleSet, whole

RANK = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}
_BESIDE: Mapping[str, Any] = {
    'no': pl.String, 'base': pl.String, 'outcome': pl.String, 'conforming': pl.Boolean,
}  # fmt: skip


def schema(declares: type[BaseModel]) -> dict[str, Any]:
    """The columns of a table of facts, with their types."""
    known = {n: engines.polars_type(f.type) for n, f in fields(declares).items()}
    return {**known, **_BESIDE}


def in_force(rule: Rule) -> Node:
    """That the rule holds on the day of the declaration, as a condition."""
    begun = Node('>=', 'bool', (_DAY, Node('literal', 'day', value=rule.since)))
    if rule.until is None:
        return begun
    ends = Node('<', 'bool', (_DAY, Node('literal', 'day', value=rule.until)))
    return Node('and', 'bool', (begun, ends))


_DAY = Node('field', 'day', value='case_day')


def _fires(declares: type[BaseModel], rule: Rule) -> Node:
    """Whether a rule fires, scope and days included; never nothing."""
    node = Node('and', 'bool', (in_force(rule), whole(rule, fields(declares))))
    return Node('is true', 'bool', (node,))


# --- outcomes -----------------------------------------------------------------


def outcomes(table: pl.DataFrame, declares: type[BaseModel], rules: RuleSet) -> pl.DataFrame:
    """For each row `fired` (how many rules), `points`, and `result`, the rank of its outcome."""
    fired = {rule.id: engines.polars(_fires(declares, rule)) for rule in rules.rules}
    asked = table.lazy().with_columns(**{f'__{name}': expr for name, expr in fired.items()})
    points = [
        pl.col(f'__{rule.id}').cast(pl.Int32) * rule.points for rule in rules.rules if rule.points
    ]
    lanes = [
        pl.col(f'__{rule.id}').cast(pl.Int8) * RANK[rule.lane]
        for rule in rules.rules
        if rule.lane is not None
    ]
    nothing = pl.lit(0, dtype=pl.Int32)
    marks = [
        (pl.col('points') >= mark.points).cast(pl.Int8) * RANK[mark.lane] for mark in rules.marks
    ]
    base = pl.col('base').replace_strict(RANK, return_dtype=pl.Int8)
    return (
        asked.with_columns(
            fired=pl.sum_horizontal(
                [pl.col(f'__{name}').cast(pl.Int32) for name in fired] or [nothing]
            ),
            points=pl.sum_horizontal(points or [nothing]),
        )
        .select('fired', 'points', result=pl.max_horizontal([base, *lanes, *marks]))
        .collect()
    )


def outcome_sql(
    declares: type[BaseModel], rules: RuleSet, table: str, dialect: str = 'duckdb'
) -> str:
    """A query for `no` and `result` (the rank of the outcome) of every row of a table of facts."""
    said = {rule.id: engines.sql(_fires(declares, rule), dialect) for rule in rules.rules}
    points = [
        f'(case when {said[rule.id]} then {rule.points} else 0 end)'
        for rule in rules.rules
        if rule.points
    ]
    ranks = [f'(case base {" ".join(_when(o) for o in OUTCOMES)} end)']
    for rule in rules.rules:
        if rule.lane is not None:
            ranks.append(f'(case when {said[rule.id]} then {RANK[rule.lane]} else 0 end)')
    ranks += [
        f'(case when points >= {m.points} then {RANK[m.lane]} else 0 end)' for m in rules.marks
    ]
    inner = f'select *, {" + ".join(points) or "0"} as points from {table}'  # noqa: S608 - our words
    return f'select no, greatest({", ".join(ranks)}, 0) as result from ({inner}) as judged'  # noqa: S608


def _when(outcome: Outcome) -> str:
    return f"when '{outcome}' then {RANK[outcome]}"


# --- old beside new -----------------------------------------------------------


@dataclass(frozen=True)
class Misses:
    """Of the declarations that a person found not to conform, those that would be released."""

    known: int
    missed: int
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Two sets of rules on the same declarations.

    `matrix[a][b]` counts those that the old set sends to outcome `a` and the new one
    to `b`; `flips` has their rows (no, old, new). Hours are None where no minutes are
    known for an outcome that occurs.
    """

    declarations: int
    matrix: Mapping[Outcome, Mapping[Outcome, int]]
    flips: pl.DataFrame
    hours_old: float | None
    hours_new: float | None
    misses_old: Misses
    misses_new: Misses

    @property
    def flipped(self) -> int:
        """How many declarations would go another way."""
        return self.flips.height


def compare(
    table: pl.DataFrame,
    declares: type[BaseModel],
    old: RuleSet | None,
    new: RuleSet,
    minutes: Mapping[str, float] | None = None,
) -> Comparison:
    """Old beside new; without an old set, what was really decided stands in its place."""
    before = (
        table['outcome'].replace_strict(RANK, return_dtype=pl.Int8)
        if old is None
        else outcomes(table, declares, old)['result']
    )
    both = table.select('no', 'case_day', 'conforming').with_columns(
        old=before, new=outcomes(table, declares, new)['result']
    )
    counts = {(a, b): n for a, b, n in both.group_by('old', 'new').len().iter_rows()}
    return Comparison(
        declarations=table.height,
        matrix={a: {b: counts.get((RANK[a], RANK[b]), 0) for b in OUTCOMES} for a in OUTCOMES},
        flips=_named(both.filter(pl.col('old') != pl.col('new'))),
        hours_old=_hours(both['old'], minutes),
        hours_new=_hours(both['new'], minutes),
        misses_old=_misses(both, 'old'),
        misses_new=_misses(both, 'new'),
    )


def _named(flips: pl.DataFrame) -> pl.DataFrame:
    names = dict(enumerate(OUTCOMES))
    return flips.with_columns(
        pl.col('old', 'new').replace_strict(names, return_dtype=pl.String)
    ).sort('no')


def _hours(ranks: pl.Series, minutes: Mapping[str, float] | None) -> float | None:
    total = 0.0
    for rank, count in ranks.value_counts().iter_rows():
        outcome = OUTCOMES[rank]
        if outcome == 'release':
            continue
        if minutes is None or outcome not in minutes:
            return None
        total += float(minutes[outcome]) * count / 60
    return total


def _misses(both: pl.DataFrame, column: str) -> Misses:
    bad = both.filter(~pl.col('conforming'))
    missed = bad.filter(pl.col(column) == RANK['release']).height
    low, high = interval(missed, bad.height) if bad.height else (0.0, 1.0)
    return Misses(bad.height, missed, low, high)


@dataclass(frozen=True)
class Fired:
    """How often a rule fired, on how many declarations of known conformity, and how many bad."""

    rule: str
    hits: int
    known: int
    bad: int
    last: date | None


def hits(table: pl.DataFrame, declares: type[BaseModel], rules: RuleSet) -> list[Fired]:
    """For each rule of a set what it fired on."""
    found = []
    for rule in rules.rules:
        rows = table.filter(engines.polars(_fires(declares, rule)))
        looked_at = rows.filter(pl.col('conforming').is_not_null())
        bad = looked_at.filter(~pl.col('conforming')).height
        last: Any = rows['case_day'].max()
        found.append(Fired(rule.id, rows.height, looked_at.height, bad, last))
    return found


def table_of(declares: type[BaseModel], found: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """A table of facts from rows; what a row does not have is nothing."""
    wanted = schema(declares)
    return pl.DataFrame([{n: row.get(n) for n in wanted} for row in found], schema=wanted)
