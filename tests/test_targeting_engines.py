"""Python, Polars, DuckDB and PostgreSQL give the same answer to any condition, NULL included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane.model import Text
from clearlane.targeting import engines
from clearlane.targeting.dialect import Field, Wrong, parse

NO_WORDS = Text('', '')
KINDS = {'n': 'number', 'm': 'number', 't': 'text', 'u': 'text', 'd': 'day', 'b': 'bool'}
FIELDS = {n: Field(n, k, NO_WORDS, NO_WORDS) for n, k in KINDS.items()}  # type: ignore[arg-type]
SCHEMA = {n: engines.polars_type(k) for n, k in KINDS.items()}  # type: ignore[arg-type]
SQL_TYPES = {'number': 'double precision', 'text': 'text', 'day': 'date', 'bool': 'boolean'}

NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 0.3, 2.5, 1e15, -1e15, 1e-15, 3.0])
TEXTS = st.text(st.sampled_from('aAbé中%_.*\n 𝄞\'"(['), max_size=3)
DAYS = st.integers(-3, 3).map(lambda n: date(2026, 2, 28) + timedelta(days=n))


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


number = st.recursive(
    st.one_of(st.sampled_from(['n', 'm']), NUMBERS.map(lambda v: f'({v!r})')),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from('+-*/'), inner).map(lambda p: f'({p[0]} {p[1]} {p[2]})'),
        inner.map(lambda a: f'(- {a})'),
        inner.map(lambda a: f'abs({a})'),
        st.tuples(inner, inner).map(lambda p: f'coalesce({p[0]}, {p[1]})'),
        st.sampled_from(['t', 'u']).map(lambda a: f'length({a})'),
    ),
    max_leaves=4,
)
words = st.one_of(st.sampled_from(['t', 'u']), TEXTS.map(quoted))
days = st.one_of(st.just('d'), DAYS.map(lambda v: f"date '{v}'"))
signs = st.sampled_from(['=', '<>', '<', '<=', '>', '>='])


def compared(side: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(side, signs, side).map(' '.join)


atom = st.one_of(
    compared(number), compared(words), compared(days), st.just('b'),
    st.tuples(number, number, number).map(lambda p: f'{p[0]} between {p[1]} and {p[2]}'),
    st.tuples(st.sampled_from('tu'), st.lists(TEXTS, min_size=1, max_size=5)).map(
        lambda p: f'{p[0]} in ({", ".join(map(quoted, p[1]))})'),
    st.lists(NUMBERS, min_size=1, max_size=5).map(
        lambda p: f'n not in ({", ".join(map(repr, p))})'),
    st.tuples(st.sampled_from('tu'), TEXTS).map(lambda p: f'{p[0]} like {quoted(p[1])}'),
    st.sampled_from(['n', 't', 'd', 'b']).map(lambda a: f'{a} is null'),
    st.just('b = true'),
)  # fmt: skip
condition = st.recursive(
    atom,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(['and', 'or']), inner).map(
            lambda p: f'({p[0]}) {p[1]} ({p[2]})'
        ),
        inner.map(lambda a: f'not ({a})'),
        st.tuples(inner, st.sampled_from(['is true', 'is not false', 'is null'])).map(
            lambda p: f'({p[0]}) {p[1]}'
        ),
    ),
    max_leaves=5,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    'number': NUMBERS, 'text': TEXTS, 'day': DAYS, 'bool': st.booleans(),
}  # fmt: skip
rows = st.lists(
    st.fixed_dictionaries({n: st.none() | VALUES[k] for n, k in KINDS.items()}),
    min_size=1,
    max_size=4,
)


def in_duckdb(sql: str, facts: list[dict[str, Any]]) -> list[bool | None]:
    columns = ', '.join(f'"{n}" {SQL_TYPES[k]}' for n, k in KINDS.items())
    with duckdb.connect() as connection:
        connection.execute(f'create table facts ({columns})')
        marks = ', '.join('?' * len(KINDS))
        connection.executemany(
            f'insert into facts values ({marks})', [[row[n] for n in KINDS] for row in facts]
        )
        return [row[0] for row in connection.execute(f'select ({sql}) from facts').fetchall()]


@settings(max_examples=120, deadline=None)
@given(condition, rows)
def test_the_engines_agree(text: str, facts: list[dict[str, Any]]) -> None:
    try:
        node = parse(text, FIELDS)
    except Wrong:
        return
    wanted = [engines.python(node)(row) for row in facts]
    frame = pl.DataFrame(facts, schema=SCHEMA)
    assert frame.with_columns(x=engines.polars(node))['x'].to_list() == wanted, 'Polars'
    assert in_duckdb(engines.sql(node), facts) == wanted, 'DuckDB'


@pytest.mark.usefixtures('store')
@settings(max_examples=40, deadline=None)
@given(condition, rows)
def test_postgresql_agrees(text: str, facts: list[dict[str, Any]]) -> None:
    from django.db import connection

    try:
        node = parse(text, FIELDS)
    except Wrong:
        return
    wanted = [engines.python(node)(row) for row in facts]
    columns = ', '.join(f'"{n}" {SQL_TYPES[k]}' for n, k in KINDS.items())
    marks = ', '.join(
        '(' + ', '.join(f'%s::{SQL_TYPES[k]}' for k in KINDS.values()) + ')' for _ in facts
    )
    said = engines.sql(node, 'postgres').replace('%', '%%')
    with connection.cursor() as cursor:
        cursor.execute(
            f'select ({said}) from (values {marks}) as facts({", ".join(KINDS)})',
            [row[n] for row in facts for n in KINDS],
        )
        assert [row[0] for row in cursor.fetchall()] == wanted, columns
