"""One declaration as its page shows it: findings numbered, drawn on the photographs, and timed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from clearlane import flow, papers
from clearlane.scenario import Scenario
from clearlane.standing import State
from clearlane.store import models as rows
from clearlane.web import sight
from clearlane.web.side_by_side import Pair, pair

GOAL_SECONDS = 30 * 60
"""What the pilots promise for a batch without anomalies."""
SHOWN_PAIRS = 6
GRAVITY = {'fail': 0, 'doubt': 1, 'pass': 2}


@dataclass(frozen=True)
class Place:
    """Where in which photograph a finding rests."""

    piece: rows.Evidence | None
    item: str
    note: str
    box: tuple[tuple[int, int], ...]

    @property
    def bounds(self) -> str:
        """Left, top, right and bottom; empty where the finding rests on the whole photograph."""
        if not self.box:
            return ''
        xs, ys = [x for x, _ in self.box], [y for _, y in self.box]
        return f'{min(xs)},{min(ys)},{max(xs)},{max(ys)}'


@dataclass(frozen=True)
class Shown:
    """One finding with its number; the mismatches come first."""

    number: int
    check: str
    result: str
    reason: Mapping[str, Any]
    clause: str
    remedy: Mapping[str, Any] | None
    places: tuple[Place, ...]
    compared: tuple[Pair, ...] = ()
    questions: tuple[Mapping[str, Any], ...] = ()

    @property
    def seen(self) -> list[Place]:
        """The places that can be looked at."""
        return [p for p in self.places if p.piece is not None and p.piece.width]

    @property
    def told(self) -> list[Place]:
        """The places in files that have no picture, with what stands there."""
        return [p for p in self.places if p.piece is not None and not p.piece.width]


@dataclass
class Photo:
    """One photograph of the strip, with the marks that are drawn on it."""

    piece: rows.Evidence
    result: str = ''
    marks: list[dict[str, Any]] = field(default_factory=list)
    log_index: int | None = None


@dataclass(frozen=True)
class Step:
    """One line of the timeline; `seconds` since the line before, `count` photographs in one."""

    act: str
    actor: str
    at: datetime
    seconds: float
    index: int
    data: Mapping[str, Any]
    count: int = 1


@dataclass(frozen=True)
class Clock:
    """How long it took, or has taken so far."""

    seconds: float
    running: bool

    @property
    def share(self) -> float:
        """The part of the goal that is used up, 0..100."""
        return min(100.0, 100 * self.seconds / GOAL_SECONDS)

    @property
    def late(self) -> bool:
        """Whether the goal was missed."""
        return self.seconds > GOAL_SECONDS


def clock(row: rows.Declaration, decided_at: datetime | None) -> Clock:
    """The time from the declaration to its decision; it runs until it is done or taken back."""
    end = decided_at if row.status == 'done' else None
    if row.status == 'withdrawn':
        end = row.withdrawal.at
    until = datetime.now(UTC) if end is None else end
    return Clock(seconds=max(0.0, (until - row.lodged_at).total_seconds()), running=end is None)


# --- findings -----------------------------------------------------------------


def result_of(decision: rows.Decision | None) -> dict[str, Any]:
    """A stored decision, read."""
    if decision is None:
        return {'outcome': '', 'reasons': [], 'findings': []}
    found: dict[str, Any] = json.loads(decision.result)
    return found


def by_machine(decisions: Sequence[rows.Decision]) -> rows.Decision | None:
    """The last decision that rests on findings; an officer's has none of its own."""
    return next((d for d in reversed(decisions) if d.by == 'machine'), None)


def findings(decision: rows.Decision | None, pieces: Sequence[rows.Evidence]) -> list[Shown]:
    """The findings of a decision, the gravest first, each with its place in the photographs."""
    found = sorted(result_of(decision)['findings'], key=lambda f: GRAVITY[f['result']])
    known = _by_content(pieces)
    return [
        Shown(
            number=number,
            check=f['check'],
            result=f['result'],
            reason=f['reason'],
            clause=f['clause'],
            remedy=f['remedy'],
            places=tuple(_place(crop, known) for crop in f['crops']),
            compared=tuple(pair(c) for c in f.get('compared', ())[:SHOWN_PAIRS]),
            questions=tuple(f.get('questions', ())),
        )
        for number, f in enumerate(found, start=1)
    ]


def _by_content(pieces: Sequence[rows.Evidence]) -> dict[tuple[str, str], rows.Evidence]:
    """By (hash, item), and by hash alone: the same bytes may stand for two items."""
    known = {(p.sha256, ''): p for p in reversed(pieces)}
    return known | {(p.sha256, p.item): p for p in reversed(pieces)}


def _place(crop: Mapping[str, Any], known: Mapping[tuple[str, str], rows.Evidence]) -> Place:
    sha256, item = crop['evidence'], crop['item']
    return Place(
        piece=known.get((sha256, item)) or known.get((sha256, '')),
        item=item,
        note=crop['note'],
        box=tuple((int(x), int(y)) for x, y in crop['box']),
    )


def counts(found: Sequence[Mapping[str, Any]] | Sequence[Shown]) -> dict[str, int]:
    """How many findings of each result."""
    results = [f.result if isinstance(f, Shown) else f['result'] for f in found]
    return {result: results.count(result) for result in GRAVITY}


# --- photographs --------------------------------------------------------------


def photos(pieces: Sequence[rows.Evidence], found: Sequence[Shown], concluded: bool) -> list[Photo]:
    """The strip: each photograph with its worst finding; once concluded, the others match."""
    seen = [p for p in pieces if p.width]
    strip = {p.pk: Photo(piece=p, result='pass' if concluded else '') for p in seen}
    for finding in found:
        for place in finding.seen:
            if place.piece is not None:
                _draw(strip[place.piece.pk], finding, place)
    return list(strip.values())


def _draw(photo: Photo, finding: Shown, place: Place) -> None:
    if GRAVITY[finding.result] < GRAVITY.get(photo.result, 3):
        photo.result = finding.result
    corners = place.box or _frame(photo.piece)
    photo.marks.append({'n': finding.number, 'result': finding.result, 'box': corners})


def _frame(piece: rows.Evidence) -> tuple[tuple[int, int], ...]:
    """The whole photograph, for a finding that has no narrower place."""
    inset = max(piece.width, piece.height) // 100
    right, bottom = piece.width - inset, piece.height - inset
    return ((inset, inset), (right, inset), (right, bottom), (inset, bottom))


# --- timeline -----------------------------------------------------------------


def timeline(events: Sequence[sight.Event]) -> list[Step]:
    """The audit entries with the time of each; photographs in a row are one line."""
    steps: list[Step] = []
    before: datetime | None = None
    for event in events:
        gap = 0.0 if before is None else (event.at - before).total_seconds()
        before = event.at
        last = steps[-1] if steps else None
        if last is not None and event.act == 'attach' == last.act and event.actor == last.actor:
            steps[-1] = _joined(last, event, gap)
        else:
            steps.append(Step(event.act, event.actor, event.at, gap, event.index, event.data))
    return steps


def _joined(last: Step, event: sight.Event, gap: float) -> Step:
    total = last.seconds + gap
    return Step(
        last.act, last.actor, event.at, total, event.index, event.data, count=last.count + 1
    )


def log_indexes(events: Sequence[sight.Event]) -> dict[tuple[str, str, str], int]:
    """(hash, item, view) → index of the entry that a photograph came in with."""
    return {
        (e.data['sha256'], e.data['item'], e.data['view']): e.index
        for e in events
        if e.act == 'attach'
    }


# --- all of it ----------------------------------------------------------------


@dataclass(frozen=True)
class CaseFile:
    """What the page of one declaration shows."""

    row: rows.Declaration
    scenario: Scenario
    declared: Any
    decisions: list[rows.Decision]
    machine: rows.Decision | None
    found: list[Shown]
    photos: list[Photo]
    files: list[rows.Evidence]
    steps: list[Step]
    clock: Clock
    certificate: rows.Certificate | None
    tasks: list[rows.Task]
    used: list[sight.Used]
    standing: State
    answers: list[rows.Answer]
    forgotten: date | None
    """The day on which what it rests on was deleted by law."""

    @property
    def questions(self) -> list[Mapping[str, Any]]:
        """What an officer has to answer before this can be concluded."""
        return [q for f in self.found for q in f.questions] if self.referred else []

    @property
    def last(self) -> rows.Decision | None:
        """The decision that counts, once the declaration is done with."""
        return self.decisions[-1] if self.decisions else None

    @property
    def concluded(self) -> bool:
        """Whether the conclusions belong to all the evidence there is."""
        return self.row.status == 'done' and self.last is not None

    @property
    def referred(self) -> bool:
        """Whether the decision is left to an officer, and none has made it yet."""
        return self.standing == 'referred'

    @property
    def open_findings(self) -> list[Shown]:
        """The mismatches and doubts."""
        return [f for f in self.found if f.result != 'pass']

    @property
    def matches(self) -> list[Shown]:
        """The checks that passed."""
        return [f for f in self.found if f.result == 'pass']


def case_file(row: rows.Declaration, scenario: Scenario) -> CaseFile:
    """Everything about one declaration that the actor was allowed to find."""
    gone = rows.Forgotten.objects.filter(declaration=row).first()
    pieces = list(row.evidence.order_by('item', 'view', 'pk')) if gone is None else []
    decisions = list(row.decisions.order_by('number'))
    machine = by_machine(decisions)
    current = machine if row.status in ('decided', 'done') else None
    found = findings(current, pieces)
    events = sight.events(row)
    strip = photos(pieces, found, current is not None)
    places = log_indexes(events)
    for photo in strip:
        p = photo.piece
        photo.log_index = places.get((p.sha256, p.item, p.view))
    return CaseFile(
        row=row,
        scenario=scenario,
        declared=scenario.declares.model_validate(row.declared),
        decisions=decisions,
        machine=current,
        found=found,
        photos=sorted(strip, key=lambda photo: GRAVITY.get(photo.result, 3)),
        files=[p for p in pieces if p.kind != 'photograph'],
        steps=timeline(events),
        clock=clock(row, decisions[-1].decided_at if decisions else None),
        certificate=papers.latest(row),
        tasks=list(row.tasks.order_by('due')),
        used=sight.used(row, scenario),
        answers=list(row.answers.order_by('pk')),
        standing=flow.standing(row),
        forgotten=None if gone is None else gone.day,
    )
