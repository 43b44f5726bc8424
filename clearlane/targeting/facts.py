"""What a rule may look at: the facts of one declaration, each with a name, a type and a title.

The declared record gives its own fields; the kernel adds who declares, the day,
what the checks found and what is known of the party's past. Which fields there
are depends on the declared record alone, so a condition can be checked while it
is being written.
"""

from __future__ import annotations

import functools
import math
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from clearlane.model import Finding, Past, Text
from clearlane.targeting import dialect
from clearlane.targeting.dialect import Field
from clearlane.targeting.nodes import Type, Value

KERNEL: Mapping[str, tuple[Type, Text, Text]] = {
    'party_id': (
        'text', Text('申报人代码', 'party'),
        Text('统一社会信用代码', 'unified social credit code'),
    ),
    'party_credit': (
        'text', Text('信用等级', 'credit class'),
        Text('senior_certified、certified、regular、dishonest、seriously_dishonest',
             'senior_certified, certified, regular, dishonest, seriously_dishonest'),
    ),
    'case_day': ('day', Text('申报日期', 'day of the declaration'), Text('', '')),
    'case_weekday': (
        'number', Text('星期', 'day of the week'),
        Text('1 为星期一', '1 is Monday'),
    ),
    'evidence_count': (
        'number', Text('证据件数', 'pieces of evidence'),
        Text('照片和文件', 'photographs and files'),
    ),
    'evidence_unread': (
        'number', Text('未能识读的证据', 'unreadable evidence'),
        Text('识读出错的件数', 'pieces whose reading failed'),
    ),
    'evidence_reused': (
        'number', Text('疑似重复使用的照片', 'photographs used before'),
        Text('与以往照片相同或近似的件数', 'pieces that repeat an earlier photograph'),
    ),
    'checks_failed': (
        'number', Text('不符合项', 'failed checks'), Text('本次检查结果', 'of this conclusion')
    ),
    'checks_doubtful': (
        'number', Text('存疑项', 'doubtful checks'), Text('本次检查结果', 'of this conclusion')
    ),
    'past_declared_365d': (
        'number', Text('近一年申报数', 'declared in a year'),
        Text('同一业务、同一申报人，申报日前 365 天', 'same scenario and party, 365 days before'),
    ),
    'past_referred_365d': (
        'number', Text('近一年转人工数', 'referred in a year'),
        Text('系统未直接放行的', 'not released by the machine'),
    ),
    'past_refused_365d': (
        'number', Text('近一年不予放行数', 'refused in a year'),
        Text('关员确认不合格的', 'refused by an officer'),
    ),
    'days_since_last': (
        'number', Text('距上次申报天数', 'days since the last one'),
        Text('首次申报为空', 'nothing for a first declaration'),
    ),
}  # fmt: skip


@functools.cache
def fields(declares: type[BaseModel]) -> Mapping[str, Field]:
    """Every field that rules about this record may name."""
    found = {name: Field(name, *parts) for name, parts in KERNEL.items()}
    for name, info in declares.model_fields.items():
        kind = _type(info.annotation)
        if kind is None and not _is_many(info.annotation):
            continue
        own = name if kind is not None else f'{name}_count'
        if own in found:
            raise ValueError(f'{declares.__name__}.{name} hides a field of every scenario')
        found[own] = Field(own, kind or 'number', _title(info.title or name), DECLARED)
    return found


DECLARED = Text('企业申报', 'as declared')


def _title(words: str) -> Text:
    zh, _, en = words.partition(' / ')
    return Text(zh, en or zh)


_TYPES: tuple[tuple[type, Type], ...] = (
    (bool, 'bool'), (int, 'number'), (float, 'number'), (Decimal, 'number'),
    (datetime, 'text'), (date, 'day'), (str, 'text'),
)  # fmt: skip


def _bare(annotation: Any) -> Any:
    """Without Annotated and without None."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        some = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
        return _bare(some[0]) if len(some) == 1 else annotation
    return annotation


def _type(annotation: Any) -> Type | None:
    bare = _bare(annotation)
    if typing.get_origin(bare) is typing.Literal:
        return 'text' if all(isinstance(v, str) for v in typing.get_args(bare)) else None
    if not isinstance(bare, type):
        return None
    return next((kind for known, kind in _TYPES if issubclass(bare, known)), None)


def _is_many(annotation: Any) -> bool:
    bare = _bare(annotation)
    return (typing.get_origin(bare) or bare) in (list, tuple, set, frozenset, dict)


# --- of one declaration -------------------------------------------------------


def of(case: Any, findings: Sequence[Finding]) -> dict[str, Value | None]:
    """The facts of a case (`clearlane.scenario.Case`) and of what was found in it."""
    results = [finding.result for finding in findings]
    past: Past = case.past
    known: dict[str, Any] = {
        'party_id': case.party.id,
        'party_credit': case.party.credit,
        'case_day': case.day,
        'case_weekday': case.day.isoweekday(),
        'evidence_count': len(case.evidence),
        'evidence_unread': sum(bool(piece.error) for piece in case.evidence),
        'evidence_reused': sum(bool(piece.reused) for piece in case.evidence),
        'checks_failed': results.count('fail'),
        'checks_doubtful': results.count('doubt'),
        'past_declared_365d': past.declared,
        'past_referred_365d': past.referred,
        'past_refused_365d': past.refused,
        'days_since_last': past.days_since_last,
    }
    wanted = fields(type(case.declared))  # type: ignore[arg-type]
    return {
        name: _value(field, known[name] if name in known else _declared(case.declared, name))
        for name, field in wanted.items()
    }


def _declared(record: BaseModel, name: str) -> Any:
    if name in type(record).model_fields:
        return getattr(record, name)
    many = getattr(record, name.removesuffix('_count'))
    return None if many is None else len(many)


def _value(field: Field, value: Any) -> Value | None:
    """As the engines hold it; a number that none of them could tell apart is nothing."""
    if value is None:
        return None
    if field.type == 'number':
        number = float(value)
        within = number == 0 or dialect.LEAST <= abs(number) <= dialect.GREATEST
        return number if math.isfinite(number) and within else None
    if field.type == 'text':
        return value.isoformat() if isinstance(value, datetime) else str(value).replace('\0', '')
    return value  # type: ignore[no-any-return]


def kept(facts: Mapping[str, Value | None]) -> dict[str, Any]:
    """As JSON can hold them."""
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in facts.items()}


def restored(form: Mapping[str, Any], wanted: Iterable[Field]) -> dict[str, Value | None]:
    """Facts from JSON; a field that was unknown when they were written is nothing."""
    found: dict[str, Value | None] = {}
    for field in wanted:
        value = form.get(field.name)
        found[field.name] = value
        if field.type == 'day' and isinstance(value, str):
            found[field.name] = date.fromisoformat(value)
    return found
