"""Messages become stored incidents: one transaction for many messages of many devices.

Each watch is folded from where it stood. A message that comes late takes the fold back to
the last snapshot before it and forward again over what is stored, so that the result is
that of all messages in order (`clearlane.stream`). Where that is more work than the message
is worth it only marks the watch as dirty from its event time on, and `overdue` folds once
for all that came meanwhile.
"""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clearlane import cases, flow, incidents, live, watches
from clearlane.model import Act, Incident
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store.session import atomic, cursor
from clearlane.stream import Key, Signal, State, Stream, Unsound, Watch, fold, ordered

EVERY = 256
"""Messages between two snapshots; in a long fold, an eighth of it."""
MOST_SNAPSHOTS = 24
"""Of one watch; beyond it every other one of the older ones goes."""
RESTS = 4
"""A watch that was folded again is left alone for so many times as long as that took."""
_MOST_KEPT = 120_000
"""Watches that one process keeps in memory, some 5 kB each; it computes the others again."""
PATIENCE = timedelta(seconds=20)
"""So long after its last message a watch is not looked at for silence."""
_FIRST: Key = (float('-inf'), b'')

log = logging.getLogger(__name__)


@dataclass
class Fold:
    """How far one watch has been folded in this process."""

    scenario: Scenario
    declaration: rows.Declaration
    error: Exception | None
    prepared: Any
    state: State
    key: Key = _FIRST
    version: int = -1
    since: int = 0
    told: tuple[Any, ...] | None = None
    position: tuple[float, float | None, float | None] | None = None

    @property
    def stream(self) -> Stream:
        """The rules."""
        assert self.scenario.stream is not None
        return self.scenario.stream


@dataclass
class Folds:
    """The folds that this process keeps, by declaration."""

    kept: dict[int, Fold] = field(default_factory=dict)
    resting: dict[int, float] = field(default_factory=dict)

    def take(
        self, found: Mapping[int, Sequence[Signal]], at: datetime, *, all_of_it: bool = False
    ) -> int:
        """Fold these new, stored messages into their watches; returns how many changed.

        The caller has stored the messages in the transaction that is open. What would take
        a watch far back is left for later unless `all_of_it` is asked for.
        """
        watched = list(
            rows.Watch.objects.select_for_update().filter(pk__in=list(found)).order_by('pk')
        )
        self._load(watched)
        news: list[tuple[Fold, list[Incident]]] = []
        for row in watched:
            try:
                news += self._one(row, ordered(found[row.pk]), at, all_of_it)
            except Exception as error:  # a rule that breaks must not stop the others
                log.exception('watch %s', row.pk)
                self.kept.pop(row.pk, None)
                self._again_later(row, found[row.pk])
                row.error = f'{type(error).__name__}: {error}'[:300]
                row.due_at = at + timedelta(minutes=1)
        _settle(news)
        _save([_columns(row) for row in watched])
        if watched:
            live.moved()
        while len(self.kept) > _MOST_KEPT:
            self.kept.pop(next(iter(self.kept)))
        return len(news)

    def _again_later(self, row: rows.Watch, new: Sequence[Signal]) -> None:
        start = _start(row, ordered(new))
        row.dirty_at = None if start is None else watches.moment(start[0])
        self.resting[row.pk] = time.perf_counter() + 60

    def _load(self, watched: Sequence[rows.Watch]) -> None:
        """Have a fold for each watch, all that are missing with a few queries."""
        stale = [row for row in watched if not self._is_at(row)]
        for pk, kept in _fresh(stale).items():
            self.kept[pk] = kept

    def _is_at(self, row: rows.Watch) -> bool:
        kept = self.kept.get(row.pk)
        return kept is not None and kept.version == row.version

    def _one(
        self, row: rows.Watch, new: Sequence[Signal], at: datetime, all_of_it: bool
    ) -> list[tuple[Fold, list[Incident]]]:
        """Fold one watch; its incidents, where they are not what was written before."""
        kept = self.kept[row.pk]
        if kept.error is not None:
            raise kept.error
        start = _start(row, new)
        back = kept.version != row.version or (start is not None and start <= kept.key)
        if back and start is not None and not all_of_it and _dear(row, start, len(new)):
            row.dirty_at = watches.moment(start[0])
            kept.version += kept.version == row.version
            return []
        new = self._fold(row, kept, new, start, back)
        found = _judged(row, kept, at, bool(new))
        kept.version = row.version + 1
        told = tuple(_told(i) for i in found)
        if told == kept.told or (not told and row.version == 0):
            kept.told = told
            return []
        kept.told = told
        return [(kept, found)]

    def _fold(
        self, row: rows.Watch, kept: Fold, new: Sequence[Signal], start: Key | None, back: bool
    ) -> Sequence[Signal]:
        """Fold what has not been folded, from before the start on; returns it."""
        began = time.perf_counter()
        if back and (row.version or row.dirty_at):
            _restore(row, kept, start)
        if row.dirty_at or (back and row.version):
            new = watches.signals(row.pk, None if kept.key == _FIRST else kept.key)
        self._forward(row, kept, new)
        row.dirty_at = None
        if len(new) > EVERY:
            now = time.perf_counter()
            self.resting[row.pk] = now + RESTS * (now - began)
        return new

    def _forward(self, row: rows.Watch, kept: Fold, signals: Sequence[Signal]) -> None:
        made: list[rows.Snapshot] = []
        for start in range(0, len(signals), EVERY):
            part = signals[start : start + EVERY]
            fold(kept.stream, kept.prepared, kept.state, part)
            kept.key = part[-1].key
            kept.since += len(part)
            if kept.since >= max(EVERY, len(signals) // 8):
                made.append(_snapshot(row, kept))
        if made:
            _keep(row, made)
        if signals:
            placed = [s for s in signals if s.lat is not None]
            last = placed[-1] if placed else None
            if last is not None:
                kept.position = (signals[-1].t, last.lat, last.lon)


def _start(row: rows.Watch, new: Sequence[Signal]) -> Key | None:
    """From where on something is stored that was not folded."""
    found = [new[0].key] if new else []
    if row.dirty_at is not None:
        found.append((watches.seconds(row.dirty_at), b''))
    return min(found, default=None)


def _dear(row: rows.Watch, start: Key, new: int) -> bool:
    """Whether to fold from there on is more work than so many messages are worth."""
    return watches.behind(row.pk, watches.moment(start[0])) > max(EVERY, 4 * new)


def _restore(row: rows.Watch, kept: Fold, start: Key | None) -> None:
    """Go back to the last snapshot before the start; those after it are worth nothing."""
    kept.state, kept.key, kept.since = kept.stream.begin(kept.prepared), _FIRST, 0
    if start is not None:
        row.snapshots.filter(at__gte=watches.moment(start[0])).delete()
    last = row.snapshots.order_by('-at', '-digest').first()
    if last is not None:
        kept.state, kept.key = last.state, (watches.seconds(last.at), bytes(last.digest))


def _fresh(watched: Sequence[rows.Watch]) -> dict[int, Fold]:
    """Folds of these watches before their first message; a watch that cannot be is left out."""
    pks = [row.pk for row in watched]
    found: dict[int, Fold] = {}
    if not pks:
        return found
    declarations = rows.Declaration.objects.select_related('party').in_bulk(pks)
    acts, unsound = watches.acts_of(pks), watches.unsound_of(watched)
    for row in watched:
        declaration = declarations[row.pk]
        scenario = flow.scenario_named(declaration.scenario)
        try:
            watch = _context(scenario, declaration, acts.get(row.pk, ()), unsound.get(row.pk, ()))
            assert scenario.stream is not None
            prepared = scenario.stream.prepare(watch)
        except Exception as error:  # a rule that breaks must not stop the others
            log.exception('watch %s', row.pk)
            found[row.pk] = Fold(scenario, declaration, error, None, {})
            continue
        state = scenario.stream.begin(prepared)
        found[row.pk] = Fold(scenario, declaration, None, prepared, state)
    return found


def context(scenario: Scenario, declaration: rows.Declaration, row: rows.Watch) -> Watch:
    """What the rules know beside the messages."""
    unsound = watches.unsound_of([row]).get(row.pk, ())
    return _context(scenario, declaration, watches.acts(declaration), unsound)


def _context(
    scenario: Scenario,
    declaration: rows.Declaration,
    acts: tuple[Act, ...],
    unsound: tuple[Unsound, ...],
) -> Watch:
    declared = scenario.declares.model_validate(declaration.declared)
    return Watch(
        declared=declared,
        law=scenario.parameters.on(declaration.day),
        libraries=cases.named_entries(scenario, declaration, declared),
        acts=acts,
        unsound=unsound,
    )


def _snapshot(row: rows.Watch, kept: Fold) -> rows.Snapshot:
    kept.since = 0
    return rows.Snapshot(
        watch=row,
        at=watches.moment(kept.key[0]),
        digest=kept.key[1],
        state=copy.deepcopy(kept.state),
    )


_THIN = """
delete from store_snapshot where id in (
  select id from (
    select id, row_number() over (order by at desc, digest desc) as n
    from store_snapshot where watch_id = %s
  ) numbered where n > 8 and n %% 2 = 0
)
"""


def _keep(row: rows.Watch, made: Sequence[rows.Snapshot]) -> None:
    """Write snapshots; of many, the older ones are thinned out."""
    rows.Snapshot.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=['watch', 'at', 'digest'],
        update_fields=['state'],
    )
    if row.snapshots.count() > MOST_SNAPSHOTS:
        with cursor() as sql:
            sql.execute(_THIN, [row.pk])


def _judged(row: rows.Watch, kept: Fold, at: datetime, heard: bool) -> list[Incident]:
    """The incidents as they stand, and when to look again.

    While messages come, time is that of the newest: who catches up after a silence is not
    told at every step that he is silent. When nothing comes, time is ours.
    """
    now = watches.seconds(at if row.ended_at is None else min(at, row.ended_at))
    until = min(now, kept.key[0]) if heard else now
    row.error = ''
    row.due_at = None
    if row.ended_at is None:
        due = kept.stream.due(kept.prepared, kept.state, until)
        row.due_at = None if due is None else _due(due, at)
    if kept.position is not None:
        t, row.lat, row.lon = kept.position
        row.last_at = watches.moment(t)
    return list(kept.stream.incidents(kept.prepared, kept.state, until))


def _settle(news: Sequence[tuple[Fold, list[Incident]]]) -> None:
    """Write down what is new. Declarations are locked before the log, and in their order:
    whoever works on one of them holds it and waits for the log."""
    flow.lock([kept.declaration.pk for kept, _ in news])
    for kept, found in news:
        if incidents.settle(kept.declaration, found):
            flow.new_facts(kept.declaration.pk)


def _due(due: float, at: datetime) -> datetime:
    """When to look again; what is due already waits for what may still be on its way."""
    return max(watches.moment(due), at + PATIENCE)


def _told(found: Incident) -> tuple[Any, ...]:
    return found.kind, found.device, found.began_at, found.ended_at, found.grade


def _columns(row: rows.Watch) -> tuple[Any, ...]:
    return row.pk, row.due_at, row.dirty_at, row.last_at, row.lat, row.lon, row.error


_SAVE = """
update store_watch w set version = version + 1, due_at = n.due_at, dirty_at = n.dirty_at,
  last_at = n.last_at, lat = n.lat, lon = n.lon, error = n.error
from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::float8[],
  %s::float8[], %s::text[]) as n(pk, due_at, dirty_at, last_at, lat, lon, error)
where w.declaration_id = n.pk
"""


def _save(moved: Sequence[tuple[Any, ...]]) -> None:
    if moved:
        with cursor() as sql:
            sql.execute(_SAVE, [list(column) for column in zip(*moved, strict=True)])


# --- what is not a message ----------------------------------------------------


def changed_by_hand(declaration: int) -> None:
    """An act of custody changes what the messages mean: fold the watch again from the start."""
    with atomic():
        row = rows.Watch.objects.select_for_update().filter(pk=declaration).first()
        if row is None:
            return
        about = rows.Declaration.objects.select_related('party').get(pk=declaration)
        scenario = flow.scenario_named(about.scenario)
        assert scenario.stream is not None
        row.ended_at = scenario.stream.ends(context(scenario, about, row))
        row.version += 1
        row.save(update_fields=['ended_at', 'version'])
        row.snapshots.all().delete()
        Folds().take({declaration: ()}, datetime.now(UTC))


def fold_again(declarations: Iterable[int]) -> int:
    """Look again at watches whose clocks were wrong or whose rules changed, from the start."""
    with atomic():
        pks = list(declarations)
        rows.Snapshot.objects.filter(watch__in=pks).delete()
        return Folds().take(dict.fromkeys(pks, ()), datetime.now(UTC))


def overdue(folds: Folds, at: datetime, most: int = 500) -> int:
    """Look at the watches with messages that wait to be folded, and at those in which silence
    alone changes something now; returns how many."""
    now = time.perf_counter()
    folds.resting = {pk: until for pk, until in folds.resting.items() if until > now}
    with atomic():
        free = rows.Watch.objects.select_for_update(skip_locked=True)
        waiting = free.filter(dirty_at__isnull=False).exclude(pk__in=list(folds.resting))
        silent = free.filter(due_at__lte=at, ended_at=None).order_by('due_at')
        due = {
            *waiting.order_by('dirty_at').values_list('pk', flat=True)[:most],
            *silent.values_list('pk', flat=True)[:most],
        }
        if due:
            folds.take(dict.fromkeys(due, ()), at, all_of_it=True)
    return len(due)
