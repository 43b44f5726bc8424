"""Photographs beside the registered ones: which face each is compared with, and what differs.

A scenario says by `registered` which photograph of the qualified design shows a view. The
comparison is kept like any reading, under the hash of the new photograph and a key that holds
the hash of the registered one, so that it is computed once for each pair.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from clearlane import replay
from clearlane.model import Reading, plain
from clearlane.recognisers.comparison import COMPARISON
from clearlane.scenario import Case, Scenario
from clearlane.store import models as rows
from clearlane.store.blobs import Blobs
from clearlane.store.session import atomic


def photographs(scenario: Scenario, case: Case) -> Mapping[str, str]:
    """View → hash of the registered photograph, of the designs that hold on the day."""
    return scenario.registered(case)


def compare(scenario: Scenario, case: Case, piece: rows.Evidence, store: Blobs) -> None:
    """Compare a piece of evidence with the registered photograph of its view, if there is one."""
    registered = photographs(scenario, case).get(piece.view)
    if registered is None or registered == piece.sha256:
        return
    reader = scenario.readers[piece.kind]
    place = _place(scenario, piece, registered)
    if rows.Reading.objects.filter(**place, error='').exists():
        return
    known = [_read(reader, store, name) for name in (piece.sha256, registered)]
    with atomic():
        rows.Reading.objects.update_or_create(
            **place,
            defaults={**_compared(store, piece.sha256, registered, *known), 'read_at': _now()},
        )


def _place(scenario: Scenario, piece: rows.Evidence, registered: str) -> dict[str, str]:
    key = COMPARISON.key(registered, scenario.readers[piece.kind].digest)
    return {'sha256': piece.sha256, 'recogniser': COMPARISON.name, 'digest': key}


def _now() -> datetime:
    return datetime.now(UTC)


def _read(reader: Any, store: Blobs, sha256: str) -> rows.Reading:
    """What was read in a photograph; the registered one is read once, like any other."""
    place = {'sha256': sha256, 'recogniser': reader.name, 'digest': reader.digest}
    found: rows.Reading | None = rows.Reading.objects.filter(**place, error='').first()
    if found is not None:
        return found
    started = time.perf_counter()
    readings, error = [], ''
    try:
        readings = plain(reader.read(store.get(sha256)).readings)
    except Exception as broken:  # noqa: BLE001 - a recogniser that breaks is a doubt
        error = f'{type(broken).__name__}: {broken}'[:300]
    seconds = time.perf_counter() - started
    said = {'readings': readings, 'error': error, 'seconds': seconds, 'read_at': _now()}
    made: rows.Reading = rows.Reading.objects.update_or_create(**place, defaults=said)[0]
    return made


def _compared(
    store: Blobs, sha256: str, registered: str, seen: rows.Reading, known: rows.Reading
) -> dict[str, Any]:
    """The columns of a comparison; what breaks in it becomes its error."""
    started = time.perf_counter()
    readings: list[Any] = []
    error = seen.error or known.error
    if not error:
        try:
            made = COMPARISON.compare(
                store.get(sha256), store.get(registered), _readings(seen), _readings(known)
            )
            readings = plain(made)
        except Exception as broken:  # noqa: BLE001 - what cannot be compared is a doubt
            error = f'{type(broken).__name__}: {broken}'[:300]
    return {'readings': readings, 'error': error, 'seconds': time.perf_counter() - started}


def _readings(row: rows.Reading) -> list[Reading]:
    return [replay.reading(one) for one in row.readings]


def wanted(
    scenario: Scenario, case: Case, pieces: list[rows.Evidence]
) -> dict[int, rows.Reading | None]:
    """By primary key of the evidence: its comparison, or None where it is still to be made."""
    registered = photographs(scenario, case)
    asked = [p for p in pieces if registered.get(p.view) not in (None, p.sha256)]
    if not asked:
        return {}
    found = {
        (r.sha256, r.digest): r
        for r in rows.Reading.objects.filter(
            recogniser=COMPARISON.name, sha256__in=[p.sha256 for p in asked]
        )
    }
    places = {p.pk: _place(scenario, p, registered[p.view]) for p in asked}
    return {pk: found.get((place['sha256'], place['digest'])) for pk, place in places.items()}
