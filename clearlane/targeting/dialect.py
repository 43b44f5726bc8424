"""The language of risk rules: a whitelisted SQL condition, read and typed.

    un_number in ('UN3480', 'UN3090') and boxes > 200 and past_refused_365d >= 1

A condition names documented fields and yields true, false or, where a field holds
nothing, NULL: the three values of SQL. Only what is listed here can be written;
whatever else the parser knows is refused with its place in the text. The same
tree is then evaluated in Python, compiled to Polars, or said in SQL, and means
the same in each (`tests/test_targeting_engines.py`).

Numbers are doubles. A division by zero is NULL. Limits on length and on products
keep every number finite, so that no engine meets an infinity.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from clearlane.model import Text
from clearlane.targeting.nodes import Node, Operation, Type

MOST_CHARACTERS = 2000
MOST_NODES = 200
MOST_PRODUCTS = 4
MOST_MEMBERS = 500
GREATEST = 1e15
LEAST = 1e-15


@dataclass(frozen=True)
class Field:
    """A fact about a declaration that a rule may look at."""

    name: str
    type: Type
    title: Text
    about: Text


class Wrong(ValueError):
    """A condition that cannot be used: what is wrong, and where it stands in the text."""

    def __init__(self, message: Text, start: int | None = None, end: int | None = None) -> None:
        super().__init__(message.say('en'))
        self.message = message
        self.start = start
        self.end = end


TYPES = {
    'number': Text('数值', 'a number'),
    'text': Text('文本', 'a text'),
    'day': Text('日期', 'a day'),
    'bool': Text('是/否', 'true or false'),
}
EMPTY = Text('条件为空，请写出一个条件', 'there is no condition; write one')
LONG = Text(
    '条件过长(至多 {most} 个字符)',
    'the condition is too long (at most {most} {most:character|characters})',
)
DEEP = Text(
    '条件过于复杂，请拆成几条规则', 'the condition is too complex; split it into several rules'
)
SYNTAX = Text('语法错误：{what}', 'not well formed: {what}')
ONE = Text('只能写一个条件，不能有分号', 'write one condition, without a semicolon')
UNKNOWN = Text('没有字段 {name}', 'there is no field {name}')
MEANT = Text('没有字段 {name}，是否为 {close}？', 'there is no field {name}; did you mean {close}?')
NOT_ALLOWED = Text('规则中不能使用 {what}', '{what} cannot be used in a rule')
NULL = Text('请写 IS NULL 或 IS NOT NULL', 'write IS NULL or IS NOT NULL')
KIND = Text('{what} 需要{wanted}，这里是{got}', '{what} wants {wanted}, this is {got}')
SAME = Text(
    '{what} 两边类型不同：{left}、{right}', 'the two sides of {what} differ: {left}, {right}'
)
LIST = Text(
    'IN 后面须为常量列表(至多 {most} 个)',
    'IN is followed by a list of constants (at most {most})',
)
PATTERN = Text(
    'LIKE 后面须为不含反斜杠的文本常量', 'LIKE is followed by a constant text without a backslash'
)
DAY = Text('{text} 不是日期，请按 年-月-日 填写', '{text} is no day; write it as year-month-day')
SIZE = Text('数值 {number} 超出范围(1e-15 至 1e15)', '{number} is out of range (1e-15 to 1e15)')
PRODUCTS = Text(
    '一个条件至多 {most} 次乘除', 'at most {most} multiplications or divisions in a condition'
)
CONSTANT = Text(
    '条件没有用到任何字段', 'the condition looks at no field, so its answer never changes'
)
NO_BOOL = Text('条件须为是/否，这里是{got}', 'a condition is true or false, this is {got}')

COMPARISONS: Mapping[type[exp.Expression], Operation] = {
    exp.EQ: '=', exp.NEQ: '<>', exp.LT: '<', exp.LTE: '<=', exp.GT: '>', exp.GTE: '>=',
}  # fmt: skip
SUMS: Mapping[type[exp.Expression], Operation] = {
    exp.Add: '+', exp.Sub: '-', exp.Mul: '*', exp.Div: '/',
}  # fmt: skip
CONNECTIVES: Mapping[type[exp.Expression], Operation] = {exp.And: 'and', exp.Or: 'or'}


def parse(text: str, fields: Mapping[str, Field]) -> Node:
    """The condition as a typed tree, or Wrong with the place and what to write instead."""
    tree = _read(text)
    node = _Typing(fields).node(tree)
    if node.type != 'bool':
        raise Wrong(NO_BOOL.of(got=TYPES[node.type]))
    if not node.fields:
        raise Wrong(CONSTANT)
    nodes = list(node.walk())
    if len(nodes) > MOST_NODES:
        raise Wrong(DEEP)
    if sum(n.op in ('*', '/') for n in nodes) > MOST_PRODUCTS:
        raise Wrong(PRODUCTS.of(most=MOST_PRODUCTS))
    return node


def _read(text: str) -> exp.Expression:
    if not text.strip():
        raise Wrong(EMPTY)
    if len(text) > MOST_CHARACTERS:
        raise Wrong(LONG.of(most=MOST_CHARACTERS))
    try:
        found = sqlglot.parse(text, dialect='postgres')
    except SqlglotError as error:
        raise _not_well_formed(text, error) from error
    except RecursionError as error:
        raise Wrong(DEEP) from error
    if len(found) != 1 or not isinstance(found[0], exp.Expression):
        raise Wrong(ONE)
    return found[0]


def _not_well_formed(text: str, error: SqlglotError) -> Wrong:
    first = (getattr(error, 'errors', None) or [{}])[0]
    line, column = first.get('line'), first.get('col')
    what = str(first.get('description') or 'it ends too early').rstrip('.')
    if line is None or column is None:
        return Wrong(SYNTAX.of(what=what))
    before = sum(len(part) + 1 for part in text.split('\n')[: line - 1])
    place = min(before + column, len(text))
    return Wrong(
        SYNTAX.of(what=what), max(0, place - len(str(first.get('highlight') or ''))), place
    )


class _Typing:
    """Turns the parser's tree into ours; what has no method here cannot be written."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.depth = 0

    def node(self, tree: exp.Expression) -> Node:
        self.depth += 1
        if self.depth > MOST_NODES:
            raise Wrong(DEEP)
        try:
            return self._node(tree)
        finally:
            self.depth -= 1

    def _node(self, tree: exp.Expression) -> Node:
        kind = type(tree)
        if kind in COMPARISONS:
            return self._comparison(tree, COMPARISONS[kind])
        if kind in SUMS:
            return self._sum(tree, SUMS[kind])
        if kind in CONNECTIVES:
            return self._connective(tree, CONNECTIVES[kind])
        found = _READERS.get(kind)
        if found is None:
            raise Wrong(NOT_ALLOWED.of(what=_word(tree)), *_place(tree))
        return found(self, tree)

    def wanted(self, tree: exp.Expression, wanted: Type, what: str) -> Node:
        node = self.node(tree)
        if node.type != wanted:
            said = KIND.of(what=what, wanted=TYPES[wanted], got=TYPES[node.type])
            raise Wrong(said, *_place(tree))
        return node

    def _comparison(self, tree: exp.Expression, op: Operation) -> Node:
        left, right = self._alike(tree.this, tree.expression, _SIGNS[op])
        if left.type == 'bool' and op not in ('=', '<>'):
            raise Wrong(
                KIND.of(what=_SIGNS[op], wanted=TYPES['number'], got=TYPES['bool']), *_place(tree)
            )
        return Node(op, 'bool', (left, right))

    def _alike(self, one: exp.Expression, other: exp.Expression, what: str) -> tuple[Node, Node]:
        if isinstance(one, exp.Null) or isinstance(other, exp.Null):
            raise Wrong(NULL)
        left, right = _same_type(self.node(one), self.node(other))
        if left.type != right.type:
            said = SAME.of(what=what, left=TYPES[left.type], right=TYPES[right.type])
            raise Wrong(said, *_place(one))
        return left, right

    def _sum(self, tree: exp.Expression, op: Operation) -> Node:
        args = tuple(self.wanted(part, 'number', op) for part in (tree.this, tree.expression))
        return Node(op, 'number', args)

    def _connective(self, tree: exp.Expression, op: Operation) -> Node:
        parts = (tree.this, tree.expression)
        return Node(op, 'bool', tuple(self.wanted(part, 'bool', op.upper()) for part in parts))

    def column(self, tree: exp.Expression) -> Node:
        name = tree.name
        if any(tree.args.get(part) for part in ('table', 'db', 'catalog')):
            raise Wrong(NOT_ALLOWED.of(what=tree.sql()), *_place(tree))
        field = self.fields.get(name) or self.fields.get(name.lower())
        if field is None:
            close = difflib.get_close_matches(name.lower(), self.fields, n=1)
            said = MEANT.of(name=name, close=close[0]) if close else UNKNOWN.of(name=name)
            raise Wrong(said, *_place(tree))
        return Node('field', field.type, value=field.name)

    def literal(self, tree: exp.Expression) -> Node:
        if tree.is_string:
            return Node('literal', 'text', value=str(tree.this))
        number = float(tree.this)
        if not (number == 0 or LEAST <= abs(number) <= GREATEST):
            raise Wrong(SIZE.of(number=tree.this))
        return Node('literal', 'number', value=number)

    def cast(self, tree: exp.Expression) -> Node:
        is_day = isinstance(tree.this, exp.Literal) and tree.args['to'].is_type('date')
        if not is_day:
            raise Wrong(NOT_ALLOWED.of(what='CAST'))
        return _day(str(tree.this.this))

    def negative(self, tree: exp.Expression) -> Node:
        return Node('negative', 'number', (self.wanted(tree.this, 'number', '-'),))

    def opposite(self, tree: exp.Expression) -> Node:
        return Node('not', 'bool', (self.wanted(tree.this, 'bool', 'NOT'),))

    def is_(self, tree: exp.Expression) -> Node:
        right = tree.expression
        if isinstance(right, exp.Null):
            node = Node('is null', 'bool', (self.node(tree.this),))
        elif isinstance(right, exp.Boolean):
            op: Operation = 'is true' if right.this else 'is false'
            node = Node(op, 'bool', (self.wanted(tree.this, 'bool', 'IS'),))
        else:
            raise Wrong(NOT_ALLOWED.of(what='IS'), *_place(tree))
        return _perhaps_not(tree, node)

    def between(self, tree: exp.Expression) -> Node:
        if tree.args.get('symmetric'):
            raise Wrong(NOT_ALLOWED.of(what='SYMMETRIC'))
        low = Node('>=', 'bool', self._alike(tree.this, tree.args['low'], 'BETWEEN'))
        high = Node('<=', 'bool', self._alike(tree.this, tree.args['high'], 'BETWEEN'))
        if low.args[0].type == 'bool':
            got = TYPES['bool']
            raise Wrong(KIND.of(what='BETWEEN', wanted=TYPES['number'], got=got), *_place(tree))
        return Node('and', 'bool', (low, high))

    def one_of(self, tree: exp.Expression) -> Node:
        members = tree.expressions
        if tree.args.get('query') or not 0 < len(members) <= MOST_MEMBERS:
            raise Wrong(LIST.of(most=MOST_MEMBERS), *_place(tree))
        left = self.node(tree.this)
        found = [_same_type(left, self.node(member))[1] for member in members]
        if any(_constant(node) is None for node in found):
            raise Wrong(LIST.of(most=MOST_MEMBERS), *_place(tree))
        for node in found:
            if node.type != left.type:
                said = SAME.of(what='IN', left=TYPES[left.type], right=TYPES[node.type])
                raise Wrong(said, *_place(tree.this))
        values = tuple(dict.fromkeys(_constant(node) for node in found))
        return Node('in', 'bool', (left,), value=values)  # type: ignore[arg-type]

    def like(self, tree: exp.Expression) -> Node:
        pattern = tree.expression
        is_text = isinstance(pattern, exp.Literal) and pattern.is_string
        if not is_text or '\\' in str(pattern.this):
            raise Wrong(PATTERN, *_place(tree))
        left = self.wanted(tree.this, 'text', 'LIKE')
        return _perhaps_not(tree, Node('like', 'bool', (left,), value=str(pattern.this)))

    def coalesce(self, tree: exp.Expression) -> Node:
        if len(tree.expressions) != 1:
            raise Wrong(NOT_ALLOWED.of(what='COALESCE (…, …, …)'))
        left, right = self._alike(tree.this, tree.expressions[0], 'COALESCE')
        return Node('coalesce', left.type, (left, right))

    def length(self, tree: exp.Expression) -> Node:
        return Node('length', 'number', (self.wanted(tree.this, 'text', 'LENGTH'),))

    def size(self, tree: exp.Expression) -> Node:
        return Node('abs', 'number', (self.wanted(tree.this, 'number', 'ABS'),))

    def inside(self, tree: exp.Expression) -> Node:
        return self.node(tree.this)

    def truth(self, tree: exp.Expression) -> Node:
        return Node('literal', 'bool', value=bool(tree.this))


_READERS: Mapping[type[exp.Expression], Callable[[_Typing, exp.Expression], Node]] = {
    exp.Column: _Typing.column,
    exp.Literal: _Typing.literal,
    exp.Boolean: _Typing.truth,
    exp.Cast: _Typing.cast,
    exp.Neg: _Typing.negative,
    exp.Not: _Typing.opposite,
    exp.Paren: _Typing.inside,
    exp.Is: _Typing.is_,
    exp.Between: _Typing.between,
    exp.In: _Typing.one_of,
    exp.Like: _Typing.like,
    exp.Coalesce: _Typing.coalesce,
    exp.Length: _Typing.length,
    exp.Abs: _Typing.size,
}
_SIGNS: Mapping[Operation, str] = {op: op for op in COMPARISONS.values()}


def _perhaps_not(tree: exp.Expression, node: Node) -> Node:
    return Node('not', 'bool', (node,)) if tree.args.get('negate') else node


def _same_type(left: Node, right: Node) -> tuple[Node, Node]:
    """A text beside a day is read as a day."""
    if left.type == 'day' and right.op == 'literal' and right.type == 'text':
        return left, _day(str(right.value))
    if right.type == 'day' and left.op == 'literal' and left.type == 'text':
        return _day(str(left.value)), right
    return left, right


def _constant(node: Node) -> float | str | date | bool | None:
    if node.op == 'literal':
        return node.value  # type: ignore[return-value]
    if node.op == 'negative' and node.args[0].op == 'literal':
        return -float(node.args[0].value)  # type: ignore[arg-type]
    return None


def _day(text: str) -> Node:
    try:
        if not re.fullmatch(r'\d{4}-\d\d-\d\d', text):
            raise ValueError(text)
        return Node('literal', 'day', value=date.fromisoformat(text))
    except ValueError as error:
        raise Wrong(DAY.of(text=repr(text))) from error


def _place(tree: exp.Expression) -> tuple[int | None, int | None]:
    """From where to where in the text, as far as the parser kept it."""
    metas: Sequence[Mapping[str, int]] = [
        n.meta for n in tree.walk() if isinstance(n, exp.Identifier) and 'start' in n.meta
    ]
    if not metas:
        return None, None
    return min(m['start'] for m in metas), max(m['end'] for m in metas) + 1


def _word(tree: exp.Expression) -> str:
    """What to call something that cannot be written, as its author wrote it."""
    if isinstance(tree, exp.Anonymous):
        return f'{tree.name}()'
    if isinstance(tree, exp.Null):
        return 'NULL'
    return tree.key.upper()
