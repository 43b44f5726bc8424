"""Risk rules as an analyst keeps them: a version is a whole set, and never changes once approved.

A rule says on which declarations it applies (`scope`), when it fires (`when`), from
which day to which, in words what the officer shall look for, and either the lane
that it demands or points. The points of all rules that fire are added up, and the
marks of the set say from how many points on which lane is demanded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from clearlane.admission import Rejected, admit, problem
from clearlane.model import OUTCOMES, Problem, Text
from clearlane.targeting import dialect
from clearlane.targeting.nodes import Node

Lane = Literal['review', 'remote', 'inspect']
"""A rule refers a declaration to a person; refusing is not for a rule."""

Words = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Condition = Annotated[
    str, StringConstraints(max_length=dialect.MOST_CHARACTERS, strip_whitespace=True)
]


WIDE: dict[str, Any] = {'wide': True}
"""For the form: a condition needs the whole line."""
TITLES: dict[str, Any] = {
    'titles': {
        'review': '单证审核 / documentary review',
        'remote': '远程查检 / remote inspection',
        'inspect': '现场查验 / on-site inspection',
    }
}


class _Record(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True)


class Rule(_Record):
    """One condition and what follows from it."""

    id: Annotated[str, StringConstraints(pattern=r'^[a-z][a-z0-9_]{0,39}$')] = Field(
        title='编号 / identifier'
    )
    when: Condition = Field(title='条件 / condition', min_length=1, json_schema_extra=WIDE)
    scope: Condition = Field(default='', title='适用范围 / applies where', json_schema_extra=WIDE)
    zh: Words = Field(title='理由(中文) / reason in Chinese')
    en: Words = Field(title='理由(英文) / reason in English')
    lane: Lane | None = Field(default=None, title='处置 / lane', json_schema_extra=TITLES)
    points: int = Field(default=0, ge=0, le=1000, title='分值 / points')
    since: date = Field(title='生效日 / in force since')
    until: date | None = Field(default=None, title='失效日 / until')
    source: Annotated[str, StringConstraints(max_length=300)] = Field(
        default='', title='依据 / source'
    )

    @model_validator(mode='after')
    def _has_an_effect(self) -> Rule:
        if self.lane is None and self.points == 0:
            raise ValueError('a rule names a lane or gives points')
        if self.until is not None and self.until <= self.since:
            raise ValueError('until is the first day on which the rule no longer holds')
        return self

    @property
    def reason(self) -> Text:
        """What the officer reads; a person's words hold no named values."""
        zh, en = (words.replace('{', '{{').replace('}', '}}') for words in (self.zh, self.en))
        return Text(zh, en)

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


class Mark(_Record):
    """From so many points on, the lane is demanded."""

    points: int = Field(ge=1, le=100_000, title='分值达到 / points from')
    lane: Lane = Field(title='处置 / lane', json_schema_extra=TITLES)


class Sheet(_Record):
    """What an analyst writes: the marks and the rules."""

    marks: tuple[Mark, ...] = Field(default=(), max_length=3, title='分值档 / marks')
    rules: tuple[Rule, ...] = Field(default=(), max_length=200, title='规则 / rules')

    @model_validator(mode='after')
    def _is_orderly(self) -> Sheet:
        ids = [rule.id for rule in self.rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f'rule {twice[0]} stands here twice')
        lanes = [OUTCOMES.index(mark.lane) for mark in self.marks]
        points = [mark.points for mark in self.marks]
        if lanes != sorted(set(lanes)) or points != sorted(set(points)):
            raise ValueError('marks rise: more points, a graver lane')
        return self


class RuleSet(Sheet):
    """All rules of one scenario in one version; version 0 has not been kept yet."""

    version: int = Field(default=0, ge=0)

    def lane_of(self, points: int) -> Lane | None:
        """The lane that so many points demand."""
        return next((m.lane for m in reversed(self.marks) if points >= m.points), None)


def whole(rule: Rule, fields: Mapping[str, dialect.Field]) -> Node:
    """The condition together with its scope as one tree, or Wrong."""
    node = dialect.parse(rule.when, fields)
    if not rule.scope:
        return node
    return Node('and', 'bool', (dialect.parse(rule.scope, fields), node))


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a part of one rule (by its place), and from where to where in its text."""

    rule: int
    part: str
    message: Text
    start: int | None = None
    end: int | None = None


def mistakes(rules: RuleSet, fields: Mapping[str, dialect.Field]) -> list[Mistake]:
    """Every condition that cannot be used."""
    found = []
    for number, rule in enumerate(rules.rules):
        for part in ('when', 'scope'):
            text = getattr(rule, part)
            if part == 'scope' and not text:
                continue
            try:
                dialect.parse(text, fields)
            except dialect.Wrong as error:
                found.append(Mistake(number, part, error.message, error.start, error.end))
    return found


def admitted(payload: Any, fields: Mapping[str, dialect.Field]) -> RuleSet:
    """What was sent as a set of rules, or Rejected with every mistake in it."""
    rules = RuleSet.model_validate(admit(Sheet, payload).model_dump())
    problems = [_problem(rules, mistake) for mistake in mistakes(rules, fields)]
    if problems:
        raise Rejected(problems)
    return rules


def _problem(rules: RuleSet, mistake: Mistake) -> Problem:
    text = getattr(rules.rules[mistake.rule], mistake.part)
    shown = text if mistake.start is None else text[mistake.start : mistake.end]
    place = f'rules.{mistake.rule}.{mistake.part}'
    return problem(place, shown, 'condition', mistake.message, MEND)


MEND = Text('请更正该条件', 'correct the condition')


def from_toml(text: str) -> Any:
    """The payload in a file of rules, or Rejected where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Rejected([problem('file', '', 'toml', NO_TOML.of(why=str(error)), MEND)]) from error


NO_TOML = Text('文件不是有效的 TOML:{why}', 'the file is no TOML: {why}')


def to_toml(rules: RuleSet) -> str:
    """The set as a file that can be compared line by line, and read again."""
    parts = [_table('marks', mark) for mark in rules.marks]
    parts += [_table('rules', rule) for rule in rules.rules]
    return '\n'.join(parts)


def _table(name: str, record: _Record) -> str:
    lines = [f'[[{name}]]']
    for key, value in record.model_dump().items():
        if value is not None and value != '' and not (key == 'points' and value == 0):
            lines.append(f'{key} = {_toml(value)}')
    return '\n'.join(lines) + '\n'


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n')
    return f'"{escaped}"'
