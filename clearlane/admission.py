"""What comes in at the door: a payload becomes the declared record, or problems.

Every problem names the field, the value and the remedy, in both languages, so
that whoever sent it can mend it without asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from clearlane.model import Problem, Text

_LONG = 80

REASONS: Mapping[str, tuple[Text, Text]] = {
    'extra_forbidden': (
        Text('没有这个字段', 'there is no such field'),
        Text('请删除该字段，或核对字段名', 'remove it, or check its spelling'),
    ),
    'missing': (
        Text('缺少该字段', 'this field is missing'),
        Text('请填写该字段', 'fill it in'),
    ),
    'date_from_datetime_parsing': (
        Text('不是有效日期', 'this is no date'),
        Text('请按 年-月-日 填写，例如 2026-05-11', 'write it as year-month-day, as in 2026-05-11'),
    ),
    'timezone_aware': (
        Text('时间没有时区', 'this time has no zone'),
        Text(
            '请写明时区，例如 2026-05-11T08:00+08:00',
            'write the zone, as in 2026-05-11T08:00+08:00',
        ),
    ),
    'datetime_from_date_parsing': (
        Text('不是有效时间', 'this is no time'),
        Text('请按 2026-05-11T08:00+08:00 填写', 'write it as in 2026-05-11T08:00+08:00'),
    ),
    'string_too_long': (
        Text(
            '超过 {max_length} 个字符',
            'this is longer than {max_length} {max_length:character|characters}',
        ),
        Text('请缩短', 'shorten it'),
    ),
    'string_too_short': (
        Text('不能为空或过短', 'this is empty or too short'),
        Text('请填写该字段', 'fill it in'),
    ),
    'too_long': (
        Text('多于 {max_length} 项', 'there are more than {max_length} of these'),
        Text('请分批申报', 'declare them in several batches'),
    ),
    'literal_error': (
        Text('不是允许的取值', 'this is none of the allowed values'),
        Text('允许的取值：{expected}', 'allowed are: {expected}'),
    ),
}
REASONS = {
    **REASONS,
    'date_parsing': REASONS['date_from_datetime_parsing'],
    'date_type': REASONS['date_from_datetime_parsing'],
    'date_from_datetime_inexact': REASONS['date_from_datetime_parsing'],
    'datetime_parsing': REASONS['datetime_from_date_parsing'],
    'datetime_type': REASONS['datetime_from_date_parsing'],
}
OTHER = (
    Text('取值无效：{msg}', 'this value is not valid: {msg}'),
    Text('请更正后重新提交', 'correct it and send it again'),
)
CONTROL = Problem(
    code='control_character',
    field='',
    value='',
    message=Text('含有控制字符', 'this contains a control character'),
    remedy=Text('请只使用可见字符', 'use visible characters only'),
)


class Rejected(ValueError):
    """What was sent is not accepted; nothing was kept of it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__('; '.join(told(p, 'en') for p in self.problems))


def told(problem: Problem, language: str) -> str:
    """One line: field, value, what is wrong, what to do."""
    shown = f' = {problem.value!r}' if problem.value else ''
    words = f'{problem.message.say(language)}; {problem.remedy.say(language)}'
    return f'{problem.field}{shown}: {words}'


def admit(record: type[BaseModel], payload: Any) -> BaseModel:
    """The payload as the record that it should be, or Rejected with every problem at once."""
    problems = list(_control_characters(payload, ''))
    if problems:
        raise Rejected(problems)
    try:
        return record.model_validate(payload)
    except ValidationError as error:
        raise Rejected(_problem(e) for e in error.errors(include_url=False)) from error


def problem(field: str, value: Any, code: str, message: Text, remedy: Text) -> Problem:
    """A problem with one field; a long value is cut, so that the answer stays short."""
    shown = '' if value is None else str(value)
    cut = shown if len(shown) <= _LONG else shown[:_LONG] + '…'
    return Problem(code=code, field=field, value=cut, message=message, remedy=remedy)


def _problem(error: Any) -> Problem:
    kind = error['type']
    message, remedy = REASONS.get(kind, OTHER)
    values = {'msg': str(error['msg']).removeprefix('Value error, '), **error.get('ctx', {})}
    field = '.'.join(str(part) for part in error['loc'])
    value = None if kind == 'missing' or isinstance(error['input'], dict) else error['input']
    return problem(field, value, kind, message.of(**values), remedy.of(**values))


def _control_characters(value: Any, field: str) -> Iterable[Problem]:
    if isinstance(value, str):
        if any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) < 0xE000 for c in value):
            clean = ''.join(c if c.isprintable() else '�' for c in value[:_LONG])
            yield problem(field, clean, CONTROL.code, CONTROL.message, CONTROL.remedy)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _control_characters(key, field)
            yield from _control_characters(item, f'{field}.{key}' if field else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _control_characters(item, f'{field}.{number}' if field else str(number))
