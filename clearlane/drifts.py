"""Whether cameras, readings, checks and enterprises still behave as they did: windows and alarms.

Of each source (a camera, or a line) the last observations are compared with a reference window:
the first ones after the admission of its line, or those of a period that a person chose. There
are four monitors, and each has an alarm of its own, of which one at a time is not closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from clearlane import audit, flow
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.flow import MACHINE
from clearlane.model import Text
from clearlane.recognisers.drift import LEAST, Drift, drift
from clearlane.store import drift as kept
from clearlane.store.session import atomic, take_turn
from clearlane.store.supervision import SeriesEvent

MONITORS = tuple(kept.MONITORS)
OF_PHOTOGRAPHS = ('capture', 'reading')
MOST = 2000
"""A period that is chosen as the reference counts at most so many observations."""
MOST_NOTE = 500

TREND = 400
"""A trend goes back over at most so many observations."""

Values = Mapping[str, float]
Row = tuple[datetime, Values]


class Observed(Protocol):
    """What the windows need of an observation."""

    view: Any
    at: Any
    values: Any


@dataclass(frozen=True)
class Limits:
    """The parameter `drift` of a scenario: sizes of the windows, and the limits of a shift."""

    photographs: int
    recent: int
    batches: int
    recent_batches: int
    index: float
    chance: float

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Limits:
        """The parameter as numbers; a window too small to say anything raises ValueError."""
        sizes = [int(value[n]) for n in ('photographs', 'recent', 'batches', 'recent_batches')]
        if min(sizes) < LEAST:
            raise ValueError(f'a window of drift has at least {LEAST} values')
        photographs, recent, batches, recent_batches = sizes
        index, chance = float(value['index']), float(value['chance'])
        return cls(photographs, recent, batches, recent_batches, index, chance)


@dataclass(frozen=True)
class Windows:
    """The two windows of a source and how full they are; quantities by name in each."""

    reference: Mapping[str, Sequence[float]]
    recent: Mapping[str, Sequence[float]]
    first: datetime | None
    last: datetime | None
    count: int
    wanted: int
    since: int
    reference_rows: Sequence[Row] = ()
    later_rows: Sequence[Row] = ()
    """All of the reference and the last that came after it, for a trend."""

    @property
    def ready(self) -> bool:
        """Whether the reference window is complete."""
        return self.count >= self.wanted


# --- windows ------------------------------------------------------------------


def limits(source: kept.Source) -> Limits | None:
    """The limits that hold today; None where the scenario is no longer watched."""
    value = getattr(flow.scenario_named(source.scenario).parameters.on(flow.today()), 'drift', None)
    return None if value is None else Limits.of(value)


def windows(source: kept.Source, held: Limits, of: str) -> Windows:
    """The windows of a source: `of` is 'photographs' or 'batches'."""
    photographs = of == 'photographs'
    size = held.photographs if photographs else held.batches
    late = held.recent if photographs else held.recent_batches
    mine = source.observations.filter(evidence__isnull=not photographs).order_by('at', 'pk')
    start = source.reference_from or admitted_at(source)
    found = mine if start is None else mine.filter(at__gte=start)
    if source.reference_until is not None:
        found, size = found.filter(at__lt=source.reference_until), LEAST
        before = list(found[:MOST])
    else:
        before = list(found[:size])
    trend: list[kept.Observation] = []
    if before and len(before) >= size:
        edge = before[-1]
        rest = mine.filter(at__gte=edge.at).exclude(pk__in=[one.pk for one in before])
        trend = list(rest.reverse()[:TREND])[::-1]
    return beside(before, trend, size, late)


def beside(
    before: Sequence[Observed], later: Sequence[Observed], wanted: int, late: int
) -> Windows:
    """The windows from observations: the reference, and the last `late` of what came later."""
    expected = _expected(before)
    after = later[-late:]
    return Windows(
        reference=_gathered(before, expected),
        recent=_gathered(after, expected),
        first=before[0].at if before else None,
        last=before[-1].at if before else None,
        count=len(before),
        wanted=wanted,
        since=len(after),
        reference_rows=_rows(before, expected),
        later_rows=_rows(later, expected),
    )


def admitted_at(source: kept.Source) -> datetime | None:
    """When the line of a source was last admitted to direct release."""
    found = SeriesEvent.objects.filter(
        admission__scenario=source.scenario,
        admission__line__plant__party=source.party_id,
        admission__line__plant__name=source.plant,
        admission__line__name=source.line,
        kind__in=('admitted', 'recognised'),
        series=None,
    )
    at: datetime | None = found.order_by('-pk').values_list('at', flat=True).first()
    return at


def _expected(before: Sequence[Observed]) -> dict[str, set[str]]:
    """By view the doubts that at least half of its reference photographs tell of.

    A kind that is no longer read at all is a doubt, and not a value that is missing.
    """
    views: dict[str, list[Values]] = {}
    for one in before:
        views.setdefault(one.view, []).append(one.values)
    return {view: set(_usual(listed)) for view, listed in views.items()}


def _usual(listed: Sequence[Values]) -> Iterator[str]:
    for name in {n for values in listed for n in values if n.startswith('reading.doubt.')}:
        if sum(name in values for values in listed) * 2 >= len(listed):
            yield name


def _rows(observations: Sequence[Observed], expected: Mapping[str, set[str]]) -> list[Row]:
    """Moments and values; a doubt that is expected and not told of is one."""
    return [
        (one.at, {**dict.fromkeys(expected.get(one.view, ()), 1.0), **one.values})
        for one in observations
    ]


def _gathered(
    observations: Sequence[Observed], expected: Mapping[str, set[str]]
) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for _, values in _rows(observations, expected):
        for name, value in values.items():
            found.setdefault(name, []).append(float(value))
    return found


def compared(seen: Windows, monitor: str, held: Limits) -> dict[str, Drift]:
    """Every quantity of a monitor, with its verdict.

    The chance of a false alarm is shared out among the quantities of the monitor.
    """
    if not seen.ready:
        return {}
    names = [n for n in seen.reference if n.startswith(f'{monitor}.') and n in seen.recent]
    rare = held.chance / max(1, len(names))
    return {
        name: drift(seen.reference[name], seen.recent[name], shifted=held.index, rare=rare)
        for name in sorted(names)
    }


# --- alarms -------------------------------------------------------------------


def check(source: int) -> list[str]:
    """Compare the windows of a source and settle its alarms; the monitors that show a shift."""
    with atomic():
        take_turn(f'drift:{source}')
        row = kept.Source.objects.get(pk=source)
        held = limits(row)
        if held is None:
            return []
        shifted = {}
        for of in ('photographs', 'batches'):
            seen = windows(row, held, of)
            for monitor in MONITORS:
                if (monitor in OF_PHOTOGRAPHS) == (of == 'photographs'):
                    verdicts = compared(seen, monitor, held)
                    shifted[monitor] = {n: d for n, d in verdicts.items() if d.alarm}
        for monitor, found in shifted.items():
            _settle(row, monitor, found)
    return [monitor for monitor, found in shifted.items() if found]


def check_all() -> None:
    """Every source; each in a transaction of its own."""
    for source in kept.Source.objects.order_by('pk').values_list('pk', flat=True):
        check(source)


def _settle(source: kept.Source, monitor: str, found: Mapping[str, Drift]) -> None:
    """One alarm that is not closed while there is a shift; a second time changes nothing."""
    at = flow.now()
    live = source.alarms.filter(monitor=monitor, state__in=kept.LIVE).first()
    if found:
        figures = {name: _figures(one) for name, one in found.items()}
        if live is None:
            source.alarms.create(monitor=monitor, figures=figures, opened_at=at, seen_at=at)
            _log('drift_alarm', MACHINE, source, monitor, figures=figures)
        else:
            live.figures, live.seen_at, live.quiet_since = figures, at, None
            live.save(update_fields=['figures', 'seen_at', 'quiet_since'])
    elif live is not None and live.state == 'acknowledged':
        _close(live, MACHINE)
    elif live is not None and live.quiet_since is None:
        live.quiet_since = at
        live.save(update_fields=['quiet_since'])


def _figures(one: Drift) -> dict[str, float]:
    told = {name: value for name, value in asdict(one).items() if name != 'alarm'}
    return {name: float(f'{value:.6g}') for name, value in told.items()}


def _close(alarm: kept.Alarm, by: str, note: str = '') -> None:
    alarm.state, alarm.closed_by, alarm.closed_at = 'closed', by, flow.now()
    alarm.save(update_fields=['state', 'closed_by', 'closed_at'])
    _log('drift_close', by, alarm.source, alarm.monitor, note=note)


def _log(act: str, by: str, source: kept.Source, monitor: str, **data: Any) -> None:
    told = {'scenario': source.scenario, 'monitor': monitor, **data}
    audit.append(act, by, source.subject, {n: _written(v) for n, v in told.items()})


def _written(value: Any) -> Any:
    """Figures go into the log as words: it holds no binary fractions."""
    if isinstance(value, Mapping):
        return {name: _written(one) for name, one in value.items()}
    return str(value) if isinstance(value, float) else value


# --- what people do -----------------------------------------------------------


def acknowledge(actor: Actor, alarm: int, note: str) -> kept.Alarm:
    """Take an alarm over, with a note of what is done; it closes when the shift is gone."""
    require(actor, 'answer_drift')
    words = _note(note)
    with atomic():
        found: kept.Alarm | None = (
            kept.Alarm.objects.select_related('source').filter(pk=alarm).first()
        )
        if found is None:
            raise NotFound('there is no such alarm')
        take_turn(f'drift:{found.source_id}')
        found.refresh_from_db()
        if found.state != 'open':
            raise flow.Conflict(f'the alarm is not open, it is {found.state}')
        found.state, found.note = 'acknowledged', words
        found.acknowledged_by, found.acknowledged_at = actor.name, flow.now()
        found.save()
        _log('drift_acknowledge', actor.name, found.source, found.monitor, note=words)
        if found.quiet_since is not None:
            _close(found, MACHINE)
    return found


def renew(
    actor: Actor,
    source: int,
    note: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> kept.Source:
    """Choose another reference: what comes from now on, or a period; its alarms are closed.

    For a camera, a lamp or a way of working that was changed on purpose. The note says why.
    """
    require(actor, 'answer_drift')
    words = _note(note)
    start = since or flow.now()
    if until is not None and until <= start:
        raise Rejected([problem('until', until.isoformat(), 'until', *ORDER)])
    with atomic():
        take_turn(f'drift:{source}')
        row: kept.Source | None = kept.Source.objects.filter(pk=source).first()
        if row is None:
            raise NotFound('there is no such source')
        row.reference_from, row.reference_until = start, until
        row.save(update_fields=['reference_from', 'reference_until'])
        end = until.isoformat() if until else None
        audit.append('drift_reference', actor.name, row.subject,
                     {'from': start.isoformat(), 'until': end, 'note': words})  # fmt: skip
        for live in row.alarms.filter(state__in=kept.LIVE).order_by('pk'):
            _close(live, actor.name, words)
    return row


def _note(note: str) -> str:
    if not note.strip() or len(note) > MOST_NOTE:
        raise Rejected([problem('note', note, 'note', *NOTE)])
    return note.strip()


NOTE = (
    Text('缺少说明或超过 500 字', 'the note is missing or longer than 500 characters'),
    Text('请写明查明的原因和采取的措施', 'say what was found and what is done about it'),
)
ORDER = (
    Text('基准期的结束早于开始', 'the period ends before it begins'),
    Text('请先填写较早的日期', 'enter the earlier day first'),
)
DAY = (
    Text('不是有效的日期', 'this is no day'),
    Text('请填写日期，例如 2026-05-01', 'enter a day such as 2026-05-01'),
)
