"""A year of declarations against fifty risk rules: Polars, DuckDB, a plain loop, zen-engine.

    python -m bench.targeting --n 1000000 --rules 50 --json

All see the same declarations and the same rules in one run. Polars and DuckDB judge all of
them; DuckDB reads a Parquet file. The plain loop (our own evaluator of one declaration) and
zen-engine (a decision table that collects) judge a sample, and their time for all is the
sample's times n over its size. The outcomes of the sample have to be the same for all four.
CPU seconds count all threads. The declarations are drawn at random: synthetic.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import polars as pl
import zen

from clearlane.model import OUTCOMES
from clearlane.scenario import scenarios
from clearlane.targeting import backtest, facts, verdict
from clearlane.targeting.rules import RuleSet

DECLARES = scenarios()['lithium_packaging'].declares
UN_NUMBERS = ['UN3090', 'UN3091', 'UN3480', 'UN3481', 'UN3551', 'UN3552']
CREDITS = ['senior_certified', 'certified', 'regular', 'dishonest']
FIRST = date(2026, 1, 1)


def declarations(n: int, seed: int) -> pl.DataFrame:
    """n rows of facts of one year, without a hole: zen-engine has no NULL of SQL."""
    rng = np.random.default_rng(seed)
    days = pl.Series(rng.integers(0, 365, n)).cast(pl.Int32)
    own = {
        'no': [f'CL-{i:07}' for i in range(n)],
        'un_number': rng.choice(UN_NUMBERS, n),
        'party_credit': rng.choice(CREDITS, n, p=[0.1, 0.3, 0.57, 0.03]),
        'boxes': rng.integers(1, 2000, n).astype(float),
        'gross_mass_kg': rng.uniform(1, 400, n).round(1),
        'net_mass_kg': rng.uniform(1, 380, n).round(1),
        'past_declared_365d': rng.poisson(40, n).astype(float),
        'past_refused_365d': rng.poisson(0.2, n).astype(float),
        'checks_doubtful': rng.poisson(0.3, n).astype(float),
        'base': rng.choice(OUTCOMES, n, p=[0.9, 0.04, 0.02, 0.035, 0.005]),
        'outcome': rng.choice(OUTCOMES, n, p=[0.88, 0.05, 0.02, 0.045, 0.005]),
    }
    table = pl.DataFrame(own).with_columns(
        case_day=pl.lit(FIRST) + pl.duration(days=days),
        conforming=pl.Series(rng.random(n) > 0.02),
    )
    return table.select(
        (pl.col(name) if name in table.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in backtest.schema(DECLARES).items()
    )


def made(count: int, seed: int) -> tuple[RuleSet, list[str]]:
    """Rules, and each one's condition in the language of zen-engine."""
    rng = np.random.default_rng(seed)
    rules, said = [], []
    for i in range(count):
        un, credit = rng.choice(UN_NUMBERS), rng.choice(CREDITS)
        boxes, ratio = int(rng.integers(1500, 2000)), round(float(rng.uniform(0.95, 1.2)), 2)
        ours, theirs = [
            (f"un_number = '{un}' and boxes > {boxes}", f'un_number == "{un}" and boxes > {boxes}'),
            (f"party_credit = '{credit}' and past_refused_365d >= 2",
             f'party_credit == "{credit}" and past_refused_365d >= 2'),
            (f'net_mass_kg / gross_mass_kg between {ratio} and {ratio + 0.1:.2f}',
             f'net_mass_kg / gross_mass_kg >= {ratio} and net_mass_kg / gross_mass_kg <= '
             f'{ratio + 0.1:.2f}'),
            (f"un_number in ('{un}', 'UN3090') and checks_doubtful > 1 and boxes < {boxes - 1400}",
             f'un_number in ["{un}", "UN3090"] and checks_doubtful > 1 and boxes < {boxes - 1400}'),
            (f'not (past_declared_365d > 24) or past_refused_365d * 100 > {boxes / 5:.0f}',
             f'not (past_declared_365d > 24) or past_refused_365d * 100 > {boxes / 5:.0f}'),
        ][i % 5]  # fmt: skip
        lane = [None, 'review', None, 'inspect', None][i % 5]
        rules.append({
            'id': f'r{i}', 'when': ours, 'zh': '测试', 'en': 'test', 'lane': lane,
            'points': 0 if lane else 20, 'since': FIRST.isoformat(),
        })  # fmt: skip
        said.append(theirs)
    marks = [{'points': 60, 'lane': 'review'}, {'points': 120, 'lane': 'inspect'}]
    return RuleSet.model_validate({'rules': rules, 'marks': marks}), said


def zen_table(rules: RuleSet, said: list[str]) -> Any:
    """The rules as one decision table of zen-engine that collects every row that holds."""
    rows = [
        {'_id': rule.id, 'when': text, 'lane': json.dumps(rule.lane), 'points': str(rule.points)}
        for rule, text in zip(rules.rules, said, strict=True)
    ]
    table = {
        'hitPolicy': 'collect', 'rules': rows,
        'inputs': [{'id': 'when', 'name': 'when', 'field': ''}],
        'outputs': [{'id': n, 'name': n, 'field': n} for n in ('lane', 'points')],
    }  # fmt: skip
    nodes = [
        {'id': 'in', 'name': 'in', 'type': 'inputNode', 'position': {'x': 0, 'y': 0}},
        {'id': 'table', 'name': 'table', 'type': 'decisionTableNode', 'content': table,
         'position': {'x': 1, 'y': 0}},
        {'id': 'out', 'name': 'out', 'type': 'outputNode', 'position': {'x': 2, 'y': 0}},
    ]  # fmt: skip
    edges = [
        {'id': 'a', 'sourceId': 'in', 'targetId': 'table', 'type': 'edge'},
        {'id': 'b', 'sourceId': 'table', 'targetId': 'out', 'type': 'edge'},
    ]
    return zen.ZenEngine().create_decision(json.dumps({'nodes': nodes, 'edges': edges}))


def ranked(base: str, lanes: list[str], points: int, rules: RuleSet) -> int:
    by_points = rules.lane_of(points)
    found = [base, *lanes, *([by_points] if by_points else [])]
    return max(backtest.RANK[outcome] for outcome in found)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--n', type=int, default=1_000_000)
    parser.add_argument('--rules', type=int, default=50)
    parser.add_argument('--sample', type=int, default=20_000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--json', action='store_true')
    asked = parser.parse_args()

    table = declarations(asked.n, asked.seed)
    rules, said = made(asked.rules, asked.seed)
    sample = table.head(asked.sample)
    wanted = facts.fields(DECLARES)
    rows = sample.to_dicts()
    whole = asked.n / sample.height

    def one_by_one() -> list[int]:
        found = []
        for row in rows:
            lane = verdict.judge(DECLARES, rules, row, row['case_day']).lane
            found.append(ranked(row['base'], [lane] if lane else [], 0, rules))
        return found

    decision = zen_table(rules, said)
    inputs = [{n: v for n, v in r.items() if n in wanted and n != 'case_day'} for r in rows]

    def by_zen() -> list[int]:
        found = []
        for row, given in zip(rows, inputs, strict=True):
            hits = decision.evaluate(given)['result']
            lanes = [hit['lane'] for hit in hits if hit['lane']]
            points = sum(int(hit['points']) for hit in hits)
            found.append(ranked(row['base'], lanes, points, rules))
        return found

    with TemporaryDirectory() as folder:
        file = Path(folder) / 'facts.parquet'
        table.write_parquet(file)
        query = backtest.outcome_sql(DECLARES, rules, f"read_parquet('{file}')")
        by_polars, *polars_time = timed(
            lambda: backtest.outcomes(table, DECLARES, rules)['result'].to_list()
        )
        by_duckdb, *duckdb_time = timed(
            lambda: [r for _, r in sorted(duckdb.sql(query).fetchall())]
        )
    by_loop, *loop_time = timed(one_by_one)
    zens, *zen_time = timed(by_zen)
    same = sum(a == b for a, b in zip(by_polars, by_duckdb, strict=True))
    agree = [
        sum(a == b for a, b in zip(by_polars, other, strict=False)) for other in (by_loop, zens)
    ]
    figures = {
        'polars': (asked.n, *polars_time, 1.0, asked.n),
        'duckdb (parquet)': (asked.n, *duckdb_time, 1.0, same),
        'plain loop': (sample.height, *loop_time, whole, agree[0]),
        'zen-engine': (sample.height, *zen_time, whole, agree[1]),
    }
    print(f'{asked.n:,} declarations x {asked.rules} rules, {date.today():%Y}')  # noqa: DTZ011
    print(f'{"":18}{"judged":>10}{"CPU s":>9}{"wall s":>9}{"wall s for all":>16}{"as Polars":>22}')
    for name, (judged, cpu, wall, factor, alike) in figures.items():
        print(
            f'{name:18}{judged:>10,}{cpu:>9.2f}{wall:>9.2f}{wall * factor:>16.2f}'
            f'{f"{alike:,} of {judged:,}":>22}'
        )
    print(f'declarations that the rules refer: {sum(r > 0 for r in by_polars):,}')
    if asked.json:
        print(json.dumps({name: list(row) for name, row in figures.items()}))


if __name__ == '__main__':
    main()
