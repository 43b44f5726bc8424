"""What each photograph and each batch adds to the monitors of its camera and its line (N15).

Only scenarios whose law has the parameter `drift` are observed. An observation is written once:
a second time changes nothing, and what was missed is caught up on by the hourly job.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from clearlane import cases, periods, series
from clearlane.model import Origin
from clearlane.recognisers import picture, quality
from clearlane.recognisers.reader import Unreadable
from clearlane.scenario import Scenario, scenarios
from clearlane.store import drift as kept
from clearlane.store import models as rows
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.session import atomic
from clearlane.store.start import blobs
from clearlane.store.supervision import Camera

UNKNOWN = 'unknown'
MOST = 500
"""So many that were missed are caught up on in one go."""


def photograph(evidence: int) -> kept.Source | None:
    """Observe a photograph that has been read; returns its camera, None if it is not observed."""
    piece = rows.Evidence.objects.select_related('declaration__party').get(pk=evidence)
    scenario = scenarios()[piece.declaration.scenario]
    law = scenario.parameters.on(piece.declaration.day)
    if not hasattr(law, 'drift') or not piece.media_type.startswith('image/'):
        return None
    seen: Any = kept.Observation.objects.select_related('source').filter(evidence=piece).first()
    if seen is not None:
        known: kept.Source = seen.source
        return known
    reading = _reading(scenario, piece)
    if reading is None:
        return None
    camera, values = _captured(piece.sha256)
    values |= of_readings(reading.readings, reading.error, cases.limits(law))
    with atomic():
        source = source_of(scenario, piece, camera)
        kept.Observation.objects.get_or_create(
            evidence=piece,
            defaults={'source': source, 'view': piece.view, 'at': piece.received_at,
                      'values': values},
        )  # fmt: skip
    return source


def _reading(scenario: Scenario, piece: rows.Evidence) -> rows.Reading | None:
    """The newest reading; after a change of models an older one is still an observation."""
    found: rows.Reading | None = (
        rows.Reading.objects.filter(
            sha256=piece.sha256, recogniser=scenario.readers[piece.kind].name
        )
        .order_by('-read_at')
        .first()
    )
    return found


def _captured(sha256: str) -> tuple[tuple[str, str, str], dict[str, float]]:
    """The camera by its own word, and what is measured of the picture; nothing where it is gone."""
    try:
        data = blobs().get(sha256)
        return picture.header(data).camera, captured(data)
    except (Unreadable, Missing, Damaged):
        return ('', '', ''), {}


def captured(data: bytes) -> dict[str, float]:
    """What the capture monitor holds of a photograph; brightness and contrast of 255."""
    seen = quality.measured(data)
    return {
        'capture.brightness': round(seen.brightness, 2),
        'capture.contrast': round(seen.contrast, 2),
        'capture.sharpness': round(seen.sharp, 3),
        'capture.height_px': round(seen.height_px, 2),
        'capture.clipped': round(seen.clipped, 5),
    }


def of_readings(
    readings: Sequence[Mapping[str, Any]], error: str, limits: Mapping[str, float]
) -> dict[str, float]:
    """What the reading monitor holds: by kind the best score, and whether it is a doubt."""
    values = {'reading.failed': float(bool(error))}
    best: dict[str, float] = {}
    for one in readings:
        if one['kind'] in limits:
            best[one['kind']] = max(best.get(one['kind'], 0.0), float(one['score']))
    for kind, score in best.items():
        values[f'reading.score.{kind}'] = round(score, 4)
        values[f'reading.doubt.{kind}'] = float(score < limits[kind])
    return values


# --- where a photograph comes from --------------------------------------------


def source_of(
    scenario: Scenario, piece: rows.Evidence, camera: tuple[str, str, str]
) -> kept.Source:
    """The camera that took a photograph, as well as it is known.

    A serial number in the photograph that is registered over the declared line; else the one
    camera registered there for the view; else what the photograph says; else the line.
    """
    origin = series.origin(scenario, piece.declaration)
    return _source(scenario, piece.declaration, origin, _camera(piece, origin, camera))


def _camera(piece: rows.Evidence, origin: Origin, camera: tuple[str, str, str]) -> str:
    over = Camera.objects.filter(
        line__plant__party=piece.declaration.party_id,
        line__plant__name=origin.plant,
        line__name=origin.line,
        removed_at=None,
    )
    serials = dict(over.values_list('serial', 'view'))
    if camera[2] in serials:
        return f'registered {camera[2]}'
    facing = [serial for serial, view in serials.items() if view in ('', piece.view)]
    if len(facing) == 1 and not camera[2]:
        return f'registered {facing[0]}'
    if any(camera):
        return 'exif ' + ' '.join(part for part in camera if part)
    return '' if origin.line else UNKNOWN


def _source(scenario: Scenario, row: rows.Declaration, origin: Origin, camera: str) -> kept.Source:
    found: kept.Source
    found, _ = kept.Source.objects.get_or_create(
        scenario=scenario.name,
        party_id=row.party_id,
        plant=origin.plant[:200],
        line=origin.line[:200],
        camera=camera[:220],
    )
    return found


# --- batches ------------------------------------------------------------------


def batch(declaration: int) -> list[kept.Source]:
    """Observe a batch that has been concluded; returns its line and its cameras."""
    row = rows.Declaration.objects.select_related('party').get(pk=declaration)
    scenario = scenarios()[row.scenario]
    if not hasattr(scenario.parameters.on(row.day), 'drift'):
        return []
    made = row.decisions.filter(by=series.MACHINE).order_by('number').first()
    if made is None:
        return []
    with atomic():
        line = _source(scenario, row, series.origin(scenario, row), '')
        if not kept.Observation.objects.filter(declaration=row).exists():
            values = {**of_findings(json.loads(made.result)['findings']), **_behaviour(line, row)}
            kept.Observation.objects.get_or_create(
                declaration=row, defaults={'source': line, 'at': row.lodged_at, 'values': values}
            )
    cameras = kept.Source.objects.filter(observations__evidence__declaration=row)
    return [line, *cameras.exclude(pk=line.pk).order_by('pk').distinct()]


def of_findings(findings: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The shares of the checks that failed and that are in doubt."""
    count = max(1, len(findings))
    return {
        f'anomaly.{name}': round(sum(f['result'] == result for f in findings) / count, 4)
        for name, result in (('failed', 'fail'), ('doubtful', 'doubt'))
    }


def _behaviour(line: kept.Source, row: rows.Declaration) -> dict[str, float]:
    """How the enterprise declares: boxes, the hour of the day, days since the batch before."""
    at = row.lodged_at.astimezone(periods.LEGAL_TIME)
    values = {'behaviour.boxes': float(row.pieces), 'behaviour.hour': round(_hour(at), 2)}
    before = kept.Observation.objects.filter(source=line, at__lt=row.lodged_at)
    last = before.exclude(declaration=None).order_by('-at', '-pk').first()
    if last is not None:
        values['behaviour.gap'] = round((row.lodged_at - last.at).total_seconds() / 86400, 4)
    return values


def _hour(at: datetime) -> float:
    return at.hour + at.minute / 60


# --- what was missed ----------------------------------------------------------


def catch_up() -> None:
    """Observe what no job has observed: after a crash, and what was there before."""
    for evidence in _missed_photographs():
        photograph(evidence)
    for declaration in _missed_batches():
        batch(declaration)


def _observed() -> Iterator[str]:
    for name, scenario in scenarios().items():
        if 'drift' in scenario.parameters.values:
            yield name


def _missed_photographs() -> list[int]:
    found = rows.Evidence.objects.filter(
        declaration__scenario__in=list(_observed()),
        declaration__status='done',
        media_type__startswith='image/',
        observation=None,
    )
    return list(found.order_by('-pk').values_list('pk', flat=True)[:MOST])


def _missed_batches() -> list[int]:
    found = rows.Declaration.objects.filter(
        scenario__in=list(_observed()), status='done', observation=None
    )
    return list(found.order_by('-pk').values_list('pk', flat=True)[:MOST])
