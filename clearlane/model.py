"""The nouns of supervision: what is declared, what was seen, what was concluded.

Everything here is a plain frozen record, so that a case can be written down,
hashed, and concluded again years later. Nothing here knows a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from string import Formatter
from typing import Any, Literal

import rfc8785
from pydantic import BaseModel

Result = Literal['pass', 'fail', 'doubt']
Outcome = Literal['release', 'review', 'remote', 'inspect', 'refuse']
Credit = Literal['senior_certified', 'certified', 'regular', 'dishonest', 'seriously_dishonest']
Language = Literal['zh', 'en']

OUTCOMES: tuple[Outcome, ...] = ('release', 'review', 'remote', 'inspect', 'refuse')
"""From the mildest to the gravest; a decision takes the gravest that is asked for."""

Point = tuple[int, int]


@dataclass(frozen=True)
class Text:
    """One sentence in Chinese and English, with named values.

    >>> Text('共 {n} 箱', '{n} boxes', {'n': 20}).say('en')
    '20 boxes'

    What is said of one and of more stands in the place of the number, parted by a stroke:

    >>> words = Text('共 {n} 箱', '{n} {n:box|boxes}')
    >>> words.of(n=1).say('en'), words.of(n=0).say('en')
    ('1 box', '0 boxes')
    """

    zh: str
    en: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def of(self, **values: Any) -> Text:
        """The same sentence with these values filled in.

        >>> Text('第 {n} 箱', 'box {n}').of(n=3).say('zh')
        '第 3 箱'
        """
        return Text(self.zh, self.en, {**self.values, **values})

    def say(self, language: str) -> str:
        """The sentence in `language`; any language but Chinese is answered in English."""
        words = {name: _spoken(value, language) for name, value in self.values.items()}
        template = self.zh if language.startswith('zh') else self.en
        return _Counting().vformat(template, (), words)


class _Counting(Formatter):
    """Knows the form `{n:box|boxes}`: the first for one, the second for any other number."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, stroke, more = format_spec.partition('|')
        if not stroke:
            return super().format_field(value, format_spec)
        return one if value == 1 else more


def _spoken(value: Any, language: str) -> Any:
    return value.say(language) if isinstance(value, Text) else value


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who declares: an enterprise (by its unified social credit code) or a person."""

    id: str
    name: str
    credit: Credit = 'regular'


PAST_DAYS = 365
"""How far the past goes back that a case knows of: a definition, not a rule of law."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the party declared before under the same scenario, in the days before this one.

    `referred` counts what was not released by the machine, `refused` what a person
    refused; `days_since_last` is nothing for a first declaration.
    """

    declared: int = 0
    referred: int = 0
    refused: int = 0
    days_since_last: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One thing that a recogniser saw in one piece of evidence.

    `score` is in 0..1; `box` holds the four corners in pixels of the upright
    picture, clockwise from the top left, or nothing where the reading has no place.
    """

    kind: str
    value: str
    score: float
    recogniser: str
    box: tuple[Point, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One photograph or file as a check sees it: by its hash, never by its bytes.

    `item` and `view` are what the sender claims it shows. `error` says why it
    could not be read; a check must then doubt, not pass. `reused` names earlier
    evidence that shows the same photograph.
    """

    sha256: str
    kind: str
    item: str = ''
    view: str = ''
    width: int = 0
    height: int = 0
    readings: tuple[Reading, ...] = ()
    reused: tuple[Reuse, ...] = ()
    error: str = ''


@dataclass(frozen=True, kw_only=True)
class Reuse:
    """An earlier photograph that this one repeats, exactly or nearly.

    `likeness` is in 0..1; 1 means the same bytes.
    """

    sha256: str
    declaration: str
    item: str
    likeness: float


@dataclass(frozen=True, kw_only=True)
class Crop:
    """The place in the evidence that a finding rests on, and what was seen there."""

    evidence: str
    box: tuple[Point, ...] = ()
    item: str = ''
    note: str = ''


LATER = {'later': True}
"""Marks a field that older written forms lack: it is written only where it says something."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The answer of one check.

    `asks_for` is the outcome that this finding demands; where it is empty, the
    disposition table of the scenario says what a failure or a doubt leads to.
    """

    check: str
    result: Result
    reason: Text
    clause: str = ''
    crops: tuple[Crop, ...] = ()
    remedy: Text | None = None
    asks_for: Outcome | None = None
    questions: tuple[Question, ...] = field(default=(), metadata=LATER)
    compared: tuple[Compared, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What no evidence here can answer and an officer is asked, by its stable name.

    `standing` names the library entry (`library/key`) whose confirmation answers it for
    every declaration that rests on that entry; empty where each one has to be looked at.
    `most` makes it a question for an amount from nought to this; it may stay unanswered.
    """

    key: str
    words: Text
    clause: str = ''
    standing: str = ''
    most: str = field(default='', metadata=LATER)


Reply = Literal['yes', 'no', 'unclear']


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An officer's answer, signed by name; `about` is the entry that it confirms, if any."""

    question: str
    reply: Reply
    note: str
    by: str
    day: date
    about: str = ''
    amount: str = field(default='', metadata=LATER)
    """The exact decimal, where the question is for an amount."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two readings of one thing that should be the same, to be shown side by side."""

    name: Text
    wanted: str
    seen: str
    item: str = ''


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A risk rule that fired: why, what it demands or counts, and the values that made it fire."""

    rule: str
    reason: Text
    lane: Outcome | None
    points: int
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What happens to the declaration, and why; `reasons` come with the gravest first.

    `hits` are for customs alone: whoever declares is not told which rules there are.
    """

    outcome: Outcome
    reasons: tuple[Text, ...]
    findings: tuple[Finding, ...]
    hits: tuple[Hit, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a declaration is not accepted at the door: the field, its value, and the remedy."""

    code: str
    field: str
    value: str
    message: Text
    remedy: Text


@dataclass(frozen=True, kw_only=True)
class Draw:
    """An amount that a release takes from an entry of a library, once."""

    library: str
    key: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One line of an entry in the books: yuan onto an account, a debit positive."""

    account: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Payout:
    """Money that a release moves, once for a `key`, whatever happens.

    `act` is what the provider is asked for: to pay, to release a hold on a card, or to
    collect. `payee` is the provider's token of an account, never its number. `granted` is
    entered into the books with the decision, `settled` when the provider confirms; the
    amounts of each add up to zero.
    """

    key: str
    act: Literal['pay', 'unhold', 'collect']
    amount: Decimal
    method: str
    payee: str
    granted: tuple[Movement, ...] = ()
    settled: tuple[Movement, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Advance:
    """Money that was handed out before anybody declared: a party's feed tells of it.

    `key` is that of the Payout by which it is settled or collected; `moved` adds up to zero.
    """

    key: str
    moved: tuple[Movement, ...]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a declaration comes from: the names of its plant, its line, and its design.

    What shares all three, and the party, is one series of lots to the sampling plan.
    """

    plant: str = ''
    line: str = ''
    design: str = ''


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something that a person has to do; there is one of a kind for a declaration."""

    kind: str
    due: date
    title: Text


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A paper that a release yields: its kind, until when it holds, and its fields."""

    kind: str
    valid_until: date
    fields: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act on a numbered thing that somebody answers for: what, by whom, when, where."""

    kind: str
    number: str
    act: str
    before: str
    after: str
    operator: str
    at: datetime
    holder: str = ''
    identity: str = ''
    place: str = ''


@dataclass(frozen=True, kw_only=True)
class Held:
    """A numbered thing that belongs to a declaration, as it stands."""

    kind: str
    number: str
    state: str
    holder: str = ''


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Something that went wrong while devices watched.

    `evidence` names messages by their digests; `ended_at` is empty while it lasts.
    `state`, `closed` (a reason) and `note` are what an officer made of it.
    """

    kind: str
    grade: Literal['red', 'amber']
    began_at: datetime
    ended_at: datetime | None
    reason: Text
    device: str = ''
    lat: float | None = None
    lon: float | None = None
    evidence: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    state: str = 'open'
    closed: str = ''
    note: str = ''


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What devices saw of a declaration until it was concluded."""

    messages: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    error: str = ''
    incidents: tuple[Incident, ...] = ()
    acts: tuple[Act, ...] = ()
    held: tuple[Held, ...] = ()


def plain(value: Any) -> Any:
    """Turn records into what JSON can hold.

    Decimals and days become text, so that nothing is rounded on the way; scores
    keep six digits, which is more than they mean.
    """
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if _is_said(value, f)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return _scalar(value)


def _is_said(record: Any, part: Field[Any]) -> bool:
    """What came later is left out where it is empty, so that old bytes stay what they are."""
    return not part.metadata.get('later') or bool(getattr(record, part.name))


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Decimal):
        return format(value, 'f')
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f'{type(value).__name__} has no canonical form')


def canonical(value: Any) -> bytes:
    """The one byte string that stands for `value` (JSON after RFC 8785)."""
    return rfc8785.dumps(plain(value))


def digest(value: bytes) -> str:
    """SHA-256 in hexadecimal: the name of everything that is content-addressed."""
    return hashlib.sha256(value).hexdigest()
