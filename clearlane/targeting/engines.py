"""One condition, three engines: Python for one declaration, Polars and SQL for a year of them.

A field that holds nothing is None, and every operation follows SQL: it yields
nothing where it is given nothing, but for AND, OR, IS and COALESCE.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from clearlane.targeting.nodes import Node, Type, Value

if TYPE_CHECKING:
    import polars as pl

Facts = Mapping[str, Value | None]
Evaluate = Callable[[Facts], Any]

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    '=': operator.eq, '<>': operator.ne, '<': operator.lt, '<=': operator.le,
    '>': operator.gt, '>=': operator.ge,
    '+': operator.add, '-': operator.sub, '*': operator.mul,
}  # fmt: skip


def pattern_of(like: str) -> str:
    """The regular expression of a LIKE pattern: % is any run of characters, _ is any one."""
    wild = {'%': '.*', '_': '.'}
    return '(?s)' + ''.join(wild.get(c) or re.escape(c) for c in like)


# --- Python -------------------------------------------------------------------


def python(node: Node) -> Evaluate:
    """A function of the facts that yields True, False or None."""
    args = [python(arg) for arg in node.args]
    if node.op == 'field':
        return operator.itemgetter(node.value)
    if node.op == 'literal':
        return lambda facts, value=node.value: value  # type: ignore[misc]
    if node.op == 'and':
        return _both(*args)
    if node.op == 'or':
        return _either(*args)
    if node.op == 'coalesce':
        return _first(*args)
    if node.op.startswith('is '):
        wanted = {'is null': None, 'is true': True, 'is false': False}[node.op]
        return lambda facts: args[0](facts) is wanted
    return _where_given(_plain(node), args)


def _both(left: Evaluate, right: Evaluate) -> Evaluate:
    def both(facts: Facts) -> bool | None:
        one, other = left(facts), right(facts)
        if one is False or other is False:
            return False
        return None if one is None or other is None else True

    return both


def _either(left: Evaluate, right: Evaluate) -> Evaluate:
    def either(facts: Facts) -> bool | None:
        one, other = left(facts), right(facts)
        if one is True or other is True:
            return True
        return None if one is None or other is None else False

    return either


def _first(left: Evaluate, right: Evaluate) -> Evaluate:
    def first(facts: Facts) -> Any:
        found = left(facts)
        return right(facts) if found is None else found

    return first


def _where_given(plain: Callable[..., Any], args: Sequence[Evaluate]) -> Evaluate:
    def given(facts: Facts) -> Any:
        values = [arg(facts) for arg in args]
        return None if None in values else plain(*values)

    return given


def _plain(node: Node) -> Callable[..., Any]:
    """The operation on values that are all there."""
    if node.op in _COMPARE:
        return _COMPARE[node.op]
    if node.op == 'in':
        members = frozenset(node.value)  # type: ignore[arg-type]
        return lambda value: value in members
    if node.op == 'like':
        wanted = re.compile(pattern_of(str(node.value)))
        return lambda value: wanted.fullmatch(value) is not None
    simple: Mapping[str, Callable[..., Any]] = {
        'not': operator.not_,
        'negative': operator.neg,
        'abs': abs,
        'length': lambda value: float(len(value)),
        '/': lambda above, below: above / below if below else None,
    }
    return simple[node.op]


# --- Polars -------------------------------------------------------------------


def polars(node: Node) -> pl.Expr:
    """The same condition as a Polars expression over columns of the fields' names."""
    import polars as pl

    args = [polars(arg) for arg in node.args]
    if node.op == 'field':
        return pl.col(str(node.value))
    if node.op == 'literal':
        return pl.lit(node.value, dtype=polars_type(node.type))
    if node.op in _COMPARE:
        return _COMPARE[node.op](*args)  # type: ignore[no-any-return]
    return _polars(node, args)


def _polars(node: Node, args: Sequence[pl.Expr]) -> pl.Expr:
    import polars as pl

    made: Mapping[str, Callable[[], pl.Expr]] = {
        'and': lambda: args[0] & args[1],
        'or': lambda: args[0] | args[1],
        'not': lambda: ~args[0],
        'in': lambda: (
            reduce(
                operator.or_,
                (
                    args[0] == pl.lit(v, dtype=polars_type(node.args[0].type))
                    for v in node.value  # type: ignore[union-attr]
                ),
            )
            if len(node.value) < 4  # type: ignore[arg-type]
            else args[0].is_in(
                pl.Series(list(node.value), dtype=polars_type(node.args[0].type)).implode()  # type: ignore[arg-type]
            )
        ),
        'like': lambda: args[0].str.contains(rf'\A(?:{pattern_of(str(node.value))})\z'),
        'is null': lambda: args[0].is_null(),
        'is true': lambda: args[0].fill_null(False),
        'is false': lambda: ~args[0].fill_null(True),
        'negative': lambda: -args[0],
        'coalesce': lambda: pl.coalesce(args),
        'length': lambda: args[0].str.len_chars().cast(pl.Float64),
        'abs': lambda: args[0].abs(),
        '/': lambda: args[0] / pl.when(args[1] != 0).then(args[1]),
    }
    return made[node.op]()


def polars_type(kind: Type) -> Any:
    """The column type of a field."""
    import polars as pl

    return {'number': pl.Float64, 'text': pl.String, 'day': pl.Date, 'bool': pl.Boolean}[kind]


# --- SQL ----------------------------------------------------------------------

_SQL: Mapping[str, type[exp.Expression]] = {
    'and': exp.And, 'or': exp.Or, '=': exp.EQ, '<>': exp.NEQ, '<': exp.LT, '<=': exp.LTE,
    '>': exp.GT, '>=': exp.GTE, '+': exp.Add, '-': exp.Sub, '*': exp.Mul,
}  # fmt: skip


def sql(node: Node, dialect: str = 'duckdb') -> str:
    """The same condition in the SQL of a database: duckdb, postgres, clickhouse or spark."""
    return tree(node).sql(dialect=dialect)


def tree(node: Node) -> exp.Expression:
    """The same condition as a tree of sqlglot."""
    args = [tree(arg) for arg in node.args]
    if node.op == 'literal':
        return _literal(node.value)
    if node.op in _SQL:
        made = _SQL[node.op](this=args[0], expression=args[1])
        return exp.Paren(this=made)
    return _tree(node, args)


def _tree(node: Node, args: Sequence[exp.Expression]) -> exp.Expression:
    made: Mapping[str, Callable[[], exp.Expression]] = {
        'field': lambda: exp.column(str(node.value), quoted=True),
        'not': lambda: exp.Paren(this=exp.Not(this=args[0])),
        'in': lambda: exp.In(
            this=args[0],
            expressions=[_literal(v) for v in node.value],  # type: ignore[union-attr]
        ),
        'like': lambda: exp.Like(this=args[0], expression=_literal(node.value)),
        'is null': lambda: exp.Is(this=args[0], expression=exp.Null()),
        'is true': lambda: exp.Coalesce(this=args[0], expressions=[exp.false()]),
        'is false': lambda: exp.Not(
            this=exp.Coalesce(this=args[0], expressions=[exp.true()]),
        ),
        'negative': lambda: exp.Paren(this=exp.Neg(this=args[0])),
        'coalesce': lambda: exp.Coalesce(this=args[0], expressions=[args[1]]),
        'length': lambda: exp.cast(exp.Length(this=args[0]), 'double'),
        'abs': lambda: exp.Abs(this=args[0]),
        '/': lambda: exp.Paren(
            this=exp.Div(
                this=args[0],
                expression=exp.Nullif(this=args[1], expression=_literal(0.0)),
                typed=False,
            )
        ),
    }
    found = made[node.op]()
    return (
        exp.Paren(this=found) if isinstance(found, exp.In | exp.Like | exp.Is | exp.Not) else found
    )


def _literal(value: Any) -> exp.Expression:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), 'double')
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), 'date')
    return exp.Literal.string(value)
