"""The contract of a scenario, and the read-only case that its checks see.

A scenario is one folder below `scenarios/`. Its `scenario.py` names everything
that the platform has to know; the forms, the API schema, the pages and the
documentation are drawn from that.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

import clearlane.scenarios
from clearlane import parameters
from clearlane.counter import Counter
from clearlane.custodies import Lifecycle
from clearlane.library import Library
from clearlane.model import (
    Advance,
    Answer,
    Certificate,
    Compared,
    Crop,
    Draw,
    Evidence,
    Finding,
    Origin,
    Outcome,
    Party,
    Past,
    Payout,
    Problem,
    Question,
    Reading,
    Task,
    Text,
    Watched,
)
from clearlane.sampling.contract import Plan
from clearlane.stream import Stream

if TYPE_CHECKING:
    from clearlane.targeting.rules import RuleSet


@dataclass(frozen=True)
class Seen:
    """A reading together with the evidence that it was seen in."""

    evidence: Evidence
    reading: Reading

    @property
    def value(self) -> str:
        """What was read."""
        return self.reading.value

    @property
    def crop(self) -> Crop:
        """The place to show to an officer."""
        return Crop(
            evidence=self.evidence.sha256,
            box=self.reading.box,
            item=self.evidence.item,
            note=self.reading.value,
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that a check may look at; nothing here can be changed or asked for more.

    `lot` is the random number in 0..1 that was drawn for this declaration before
    anything was known about it; `law` holds the parameters in force on `day`;
    `rules` are the risk rules that were active when it was concluded.
    `plan` is the sampling plan of its series, where the law has one.
    """

    declared: Any
    party: Party
    day: date
    law: SimpleNamespace
    evidence: tuple[Evidence, ...] = ()
    libraries: Mapping[str, Library] = field(default_factory=dict)
    lot: Decimal = Decimal(1)
    past: Past = field(default_factory=Past)
    rules: RuleSet | None = None
    network: Mapping[str, Any] = field(default_factory=dict)
    """What the links of this declaration say of others: see `clearlane.graph.Surroundings`."""
    watched: Watched | None = None
    plan: Plan | None = None
    answers: tuple[Answer, ...] = ()

    def answer(self, question: Question) -> Answer | None:
        """The last answer to a question: to this declaration's, else to the entry's it rests on.

        A confirmation of an entry counts for `confirmation_days` of the law, if it names any.
        """
        own = [a for a in self.answers if a.question == question.key and not a.about]
        if own:
            return own[-1]
        days = getattr(self.law, 'confirmation_days', None)
        standing = [
            a
            for a in self.answers
            if a.question == question.key
            and a.about
            and a.about == question.standing
            and (days is None or (self.day - a.day).days <= int(days))
        ]
        return standing[-1] if standing else None

    def readings(
        self, kind: str, *, item: str | None = None, view: str | None = None
    ) -> list[Seen]:
        """Every reading of this kind, in the order in which the evidence came."""
        return [
            Seen(piece, reading)
            for piece in self.pieces(item=item, view=view)
            for reading in piece.readings
            if reading.kind == kind
        ]

    def pieces(self, *, item: str | None = None, view: str | None = None) -> Sequence[Evidence]:
        """The evidence that claims to show this item from this view."""
        found = self.evidence if item is None else self._by_item.get(item, ())
        return found if view is None else [piece for piece in found if piece.view == view]

    @functools.cached_property
    def _by_item(self) -> Mapping[str, list[Evidence]]:
        """A batch has thousands of boxes and a dozen checks that look at each."""
        found: dict[str, list[Evidence]] = {}
        for piece in self.evidence:
            found.setdefault(piece.item, []).append(piece)
        return found


Check = Callable[[Case], Finding]
Door = Callable[[Case], Iterable[Problem]]


class Reader(Protocol):
    """A recogniser as a scenario names it; see `clearlane.recognisers.reader`."""

    @property
    def name(self) -> str:
        """Name and version, as `package/1`."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 over models and code."""
        ...

    @property
    def models(self) -> str:
        """SHA-256 over its model files alone; another model made other readings."""
        ...

    def read(self, picture: bytes) -> Any:
        """Everything that is seen in the picture."""
        ...


VISIT = Text('周期监管：到企业实地检查', 'periodic supervision: visit the plant')


def nowhere(_: Any) -> Origin:
    """For a scenario whose lots are sampled by the party alone."""
    return Origin()


def nothing(_: Any) -> tuple[()]:
    """For a scenario that has nothing to say at this point."""
    return ()


def no_photographs(_: Case) -> Mapping[str, str]:
    """For a scenario whose evidence is compared with nothing."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of supervision. Everything the platform needs to know about it is named here."""

    home: Path
    """Its folder; the folder's name is its name."""
    title: Text
    declares: type[BaseModel]
    """The declared record; draws the form, the API schema and the pages."""
    headline: Callable[[Any], Text]
    """One line that tells this declaration from the others in a list."""
    readers: Mapping[str, Reader]
    """Kind of evidence → recogniser."""
    checks: Sequence[Check]
    """Asked in this order; a check that breaks is a doubt."""
    door: Sequence[Door] = ()
    """Asked before a declaration is accepted; a problem sends it back."""
    libraries: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """Name of a library → the record of its entries; one with a `quantity` is drawn down."""
    fed: Mapping[str, str] = field(default_factory=dict)
    """Libraries that a party's own system feeds, and that hold at once → the field of the key."""
    items: Callable[[Any], Iterable[str]] = nothing
    """The items that a piece of evidence may claim to show, as their serials."""
    subjects: Mapping[str, Callable[[Any], Iterable[str]]] = field(default_factory=dict)
    """Kind of evidence → what it may claim to show, where that is not the `items`."""
    refers: Callable[[Any], Iterable[tuple[str, str]]] = nothing
    """(library, key) of each entry that a declaration names."""
    confirms: Mapping[str, Callable[[Any, Any], Iterable[Question]]] = field(default_factory=dict)
    """Library → the questions (of its record and the law) that an officer may answer for good."""
    series: Callable[[Any], Origin] = nowhere
    """Plant, line and design: what is sampled as one, where the law has `[sampling]`."""
    registered: Callable[[Case], Mapping[str, str]] = no_photographs
    """View → SHA-256 of the registered photograph that its evidence is compared with."""
    draws: Callable[[Any], Iterable[Draw]] = nothing
    """What a release takes from entries that have a quantity."""
    links: Callable[[Case], Iterable[tuple[str, str]]] = nothing
    """(kind, value) of everybody and everything that it has to do with; kept as keyed hashes."""
    pays: Callable[[Case], Iterable[Payout]] = nothing
    """The money that a release moves, with its entries in the books."""
    dues: Mapping[str, Callable[[Any, SimpleNamespace, date], Iterable[Payout]]] = field(
        default_factory=dict
    )
    """Library → the money that an entry moves on a day if no declaration has (record, law, day)."""
    advances: Mapping[str, Callable[[Any], Advance | None]] = field(default_factory=dict)
    """Fed library → the money that was handed out already, as the record of an entry says."""
    ways: Callable[[SimpleNamespace, Decimal], Iterable[str]] = field(default=lambda law, yuan: ())
    """(law, yuan) → the ways in which an officer may have so much paid after a refusal."""
    accounts: Mapping[str, Text] = field(default_factory=dict)
    """Account in the books → what stands on it."""
    shown_again: frozenset[str] = frozenset()
    """Kinds of evidence that are rightly shown again, as a passport: they are not compared."""
    personal: frozenset[str] = frozenset()
    """Fields and kinds of evidence that show a person: customs sees them, others a mask."""
    counter: Counter | None = None
    """How a person declares at a self-service counter."""
    on_release: Callable[[Case], Certificate] | None = None
    """The paper that a release yields; its template is `templates/<kind>.typ`."""
    revisit_after: str = ''
    """The parameter that holds the days to the next periodic visit."""
    visit: Text = VISIT
    """What the person has to do who goes there then."""
    stream: Stream | None = None
    """How the messages of devices that a declaration names are judged."""
    custody: Sequence[Lifecycle] = ()
    """Numbered things that somebody answers for, and what may be done with them."""
    tasks: Mapping[Outcome, Text] = field(default_factory=dict)
    """What a person has to do for each outcome that is not a release."""

    @property
    def name(self) -> str:
        """The folder's name, which is also its word in URLs and on the command line."""
        return self.home.name

    @functools.cached_property
    def parameters(self) -> parameters.Parameters:
        """Its dated values."""
        return parameters.load(self.home / 'parameters.toml')

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over every file of the folder: which rules a decision was made by."""
        total = hashlib.sha256()
        for file in sorted(self.home.rglob('*')):
            if file.suffix in {'.py', '.toml', '.csv', '.typ'}:
                total.update(f'{file.relative_to(self.home)}\0'.encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
        return total.hexdigest()

    def items_of(self, kind: str, declared: Any) -> list[str]:
        """What evidence of this kind may claim to show; empty where it claims nothing."""
        return list(self.subjects.get(kind, self.items)(declared))

    def task(self, outcome: Outcome, due: date) -> Task:
        """What a person has to do about an outcome that is not a release."""
        return Task(kind=outcome, due=due, title=self.tasks[outcome])


def passed(reason: Text, crops: Iterable[Crop] = ()) -> Finding:
    """The sentence that names the check is true."""
    return Finding(check='', result='pass', reason=reason, crops=tuple(crops))


def failed(
    reason: Text,
    crops: Iterable[Crop] = (),
    *,
    remedy: Text | None = None,
    asks_for: Outcome | None = None,
    compared: Iterable[Compared] = (),
) -> Finding:
    """The sentence that names the check is false, and the crops show it.

    `compared` holds what differs side by side, as it should be and as it is.
    """
    return Finding(
        check='',
        result='fail',
        reason=reason,
        crops=tuple(crops),
        remedy=remedy,
        asks_for=asks_for,
        compared=tuple(compared),
    )


def doubtful(
    reason: Text,
    crops: Iterable[Crop] = (),
    *,
    remedy: Text | None = None,
    questions: Iterable[Question] = (),
    compared: Iterable[Compared] = (),
) -> Finding:
    """Nobody can tell from what is here; a person has to look, or to answer the questions."""
    return Finding(
        check='',
        result='doubt',
        reason=reason,
        crops=tuple(crops),
        remedy=remedy,
        questions=tuple(questions),
        compared=tuple(compared),
    )


def answered(case: Case, questions: Iterable[Question]) -> Finding:
    """What officers said to these questions: one no fails, one that is open is a doubt."""
    asked = [(question, case.answer(question)) for question in questions]
    denied = [(q, a) for q, a in asked if a is not None and a.reply == 'no']
    if denied:
        q, a = denied[0]
        words = DENIED.of(by=a.by, day=a.day.isoformat(), words=q.words, note=a.note)
        return failed(words, remedy=AMEND)
    missing = [q for q, a in asked if a is None or a.reply == 'unclear']
    if missing:
        words = OPEN.of(n=len(missing), words=missing[0].words)
        return doubtful(words, questions=missing, remedy=ANSWER)
    if not asked:
        return passed(NOTHING_ASKED)
    said = [a for _, a in asked if a is not None]
    names = ', '.join(dict.fromkeys(f'{a.by} {a.day.isoformat()}' for a in said))
    return passed(CONFIRMED.of(n=len(said), names=names, words=asked[0][0].words))


DENIED = Text(
    '关员 {by} 于 {day} 判定不符：{words}({note})',
    'officer {by} said no on {day}: {words} ({note})',
)
OPEN = Text(
    '有 {n} 个问题待关员回答：{words}', 'open questions for an officer ({n}), first: {words}'
)
AMEND = Text('请整改并补充证据，由关员重新判定', 'put it right and have an officer look again')
ANSWER = Text('由关员逐项回答', 'an officer answers them one by one')
NOTHING_ASKED = Text('无须由关员回答的问题', 'there is nothing that an officer has to answer')
CONFIRMED = Text(
    '{n} 项已由关员确认({names}):{words}', 'confirmed by officers ({n}; {names}), first: {words}'
)


def clause(words: str, remedy: Text | None = None) -> Callable[[Check], Check]:
    """Name the law that a check rests on, and what to do when it does not pass."""

    def mark(check: Check) -> Check:
        check.clause = words  # type: ignore[attr-defined]
        check.remedy = remedy  # type: ignore[attr-defined]
        return check

    return mark


def ask(check: Check, case: Case) -> Finding:
    """Ask one check; whatever breaks in it is a doubt for a person, never a pass."""
    try:
        found = check(case)
    except Exception as error:  # noqa: BLE001 - the promise is that nothing escapes
        words = BROKEN.of(error=f'{type(error).__name__}: {error}'[:200])
        found = doubtful(words, remedy=JUDGE)
    remedy = found.remedy or getattr(check, 'remedy', None)
    return replace(
        found,
        check=check.__name__,
        clause=found.clause or getattr(check, 'clause', ''),
        remedy=None if found.result == 'pass' else remedy,
    )


BROKEN = Text(
    '该检查未能完成({error})，请人工判定',
    'this check could not be completed ({error}); a person must judge',
)


JUDGE = Text('由关员人工判定', 'an officer judges this point')


@functools.cache
def scenarios() -> Mapping[str, Scenario]:
    """Every scenario, found by its folder."""
    return {s.name: s for s in _found()}


def _found() -> Iterator[Scenario]:
    for module in pkgutil.iter_modules(clearlane.scenarios.__path__):
        if module.ispkg:
            found = importlib.import_module(f'clearlane.scenarios.{module.name}.scenario')
            yield found.SCENARIO
