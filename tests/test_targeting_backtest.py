"""A back-test says what a plain loop over the same declarations says, in Polars and in SQL."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane.model import OUTCOMES
from clearlane.scenario import scenarios
from clearlane.targeting import backtest, facts, verdict
from clearlane.targeting.rules import RuleSet

DECLARES = scenarios()['parcel'].declares
FIELDS = facts.fields(DECLARES)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    'number': st.integers(0, 4).map(float),
    'text': st.sampled_from(['calm', 'certified', 'regular', '']),
    'day': st.integers(0, 9).map(lambda n: date(2026, 5, 8) + timedelta(days=n)),
    'bool': st.booleans(),
}
declarations = st.lists(
    st.fixed_dictionaries(
        {
            **{n: st.none() | VALUES[f.type] for n, f in FIELDS.items()},
            'case_day': VALUES['day'],
            'base': st.sampled_from(OUTCOMES),
            'outcome': st.sampled_from(OUTCOMES),
            'conforming': st.none() | st.booleans(),
        }
    ),
    max_size=25,
)
conditions = st.sampled_from(
    [
        'pieces_count > 2', "sender = 'calm'", 'not (pieces_count > 1)',
        "party_credit in ('regular') or checks_failed >= 1", 'days_since_last is null',
        'past_refused_365d / past_declared_365d > 0.5', "case_day >= '2026-05-12'",
    ]
)  # fmt: skip
rule_sets = st.lists(
    st.fixed_dictionaries(
        {
            'when': conditions,
            'scope': st.just('') | conditions,
            'lane': st.sampled_from([None, 'review', 'remote', 'inspect']),
            'points': st.integers(1, 60),
            'since': st.sampled_from(['2026-05-08', '2026-05-11']),
            'until': st.sampled_from([None, '2026-05-14']),
        }
    ),
    max_size=6,
).map(
    lambda rules: RuleSet.model_validate(
        {
            'rules': [{**r, 'id': f'r{i}', 'zh': 'x', 'en': 'x'} for i, r in enumerate(rules)],
            'marks': [{'points': 50, 'lane': 'review'}, {'points': 90, 'lane': 'inspect'}],
        }
    )
)


def one_by_one(found: list[dict[str, Any]], rules: RuleSet) -> list[str]:
    """The plain loop."""
    results = []
    for row in found:
        lane = verdict.judge(DECLARES, rules, row, row['case_day']).lane
        results.append(max(row['base'], lane or 'release', key=OUTCOMES.index))
    return results


@settings(max_examples=60, deadline=None)
@given(declarations, rule_sets, rule_sets)
def test_flips_are_those_of_a_plain_loop(
    found: list[dict[str, Any]], old: RuleSet, new: RuleSet
) -> None:
    found = [{**row, 'no': f'{i:03}'} for i, row in enumerate(found)]
    table = backtest.table_of(DECLARES, found)
    before, after = one_by_one(found, old), one_by_one(found, new)
    said = backtest.compare(table, DECLARES, old, new)
    wanted = [(r['no'], a, b) for r, a, b in zip(found, before, after, strict=True) if a != b]
    assert said.flips.select('no', 'old', 'new').rows() == wanted
    assert sum(n for row in said.matrix.values() for n in row.values()) == len(found)
    missed = [
        r for r, b in zip(found, after, strict=True) if r['conforming'] is False and b == 'release'
    ]
    assert said.misses_new.missed == len(missed)
    assert backtest.compare(table, DECLARES, None, new).flipped == sum(
        r['outcome'] != b for r, b in zip(found, after, strict=True)
    )


@settings(max_examples=25, deadline=None)
@given(declarations, rule_sets)
def test_a_database_says_the_same(found: list[dict[str, Any]], rules: RuleSet) -> None:
    found = [{**row, 'no': f'{i:03}'} for i, row in enumerate(found)]
    kinds = {pl.Float64: 'double', pl.String: 'text', pl.Date: 'date', pl.Boolean: 'boolean'}
    wanted = backtest.schema(DECLARES)
    with duckdb.connect() as connection:
        columns = ', '.join(f'"{n}" {kinds[t]}' for n, t in wanted.items())
        connection.execute(f'create table facts ({columns})')
        if found:
            marks = ', '.join('?' * len(wanted))
            rows = [[row.get(n) for n in wanted] for row in found]
            connection.executemany(f'insert into facts values ({marks})', rows)
        said = connection.execute(
            backtest.outcome_sql(DECLARES, rules, 'facts') + ' order by no'
        ).fetchall()
    assert [OUTCOMES[rank] for _, rank in said] == one_by_one(found, rules)


def row(no: str, base: str = 'release', **known: Any) -> dict[str, Any]:
    return {'no': no, 'base': base, 'outcome': base, 'case_day': date(2026, 5, 11), **known}


def rules(*given: dict[str, Any]) -> RuleSet:
    shared = {'zh': 'x', 'en': 'x', 'since': '2026-01-01'}
    return RuleSet.model_validate({'rules': [{**shared, **r} for r in given]})


def test_hours_and_misses_of_a_known_table() -> None:
    table = backtest.table_of(DECLARES, [
        row('1', pieces_count=1.0, conforming=True), row('2', pieces_count=5.0, conforming=False),
        row('3', pieces_count=1.0, conforming=False), row('4', 'inspect', pieces_count=5.0),
    ])  # fmt: skip
    new = rules({'id': 'many', 'when': 'pieces_count > 3', 'lane': 'review'})
    said = backtest.compare(table, DECLARES, rules(), new, {'review': 30, 'inspect': 240})
    assert said.flips.select('no', 'old', 'new').rows() == [('2', 'release', 'review')]
    assert (said.hours_old, said.hours_new) == (4.0, 4.5)
    assert (said.misses_old.known, said.misses_old.missed, said.misses_new.missed) == (2, 2, 1)
    assert 0 < said.misses_new.low < 0.5 < said.misses_new.high < 1
    assert backtest.compare(table[:1], DECLARES, None, new).misses_new == backtest.Misses(
        0, 0, 0, 1
    )
    assert backtest.compare(table, DECLARES, None, new, {'review': 30}).hours_new is None
    (fired,) = backtest.hits(table, DECLARES, new)
    assert (fired.hits, fired.known, fired.bad, fired.last) == (2, 1, 1, date(2026, 5, 11))


def test_a_table_can_be_kept_as_parquet(tmp_path: Path) -> None:
    table = backtest.table_of(DECLARES, [row('1', pieces_count=9.0)])
    table.write_parquet(tmp_path / 'facts.parquet')
    query = backtest.outcome_sql(
        DECLARES, rules({'id': 'a', 'when': 'pieces_count > 3', 'lane': 'remote'}),
        f"read_parquet('{tmp_path / 'facts.parquet'}')",
    )  # fmt: skip
    with duckdb.connect() as connection:
        assert connection.execute(query).fetchall() == [('1', 2)]
