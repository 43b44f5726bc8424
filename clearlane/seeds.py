"""Seeded boxes: known-bad ones that customs plants among those of an inspection.

What inspectors find of them is the measured sensitivity, which the sampling plan states.
A seeded box is shown like any other until the record is written. It never enters the
enterprise's record: no evidence, no finding, no decision, no balance knows it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from clearlane import audit, flow, inspections, photographs, series
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.sampling.interval import interval
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.session import atomic
from clearlane.store.start import blobs

MOST = 3
"""So many seeds an inspection holds at most; more would be noticed."""


def plant(
    actor: Actor, no: str, defect: str, pictures: Iterable[bytes] = (), item: str = ''
) -> kept.SeededBox:
    """Plant a known-bad box in a referred declaration whose inspection is still open.

    Without `item` it takes the serial of a box that is not drawn, or one that looks like the
    others. Its photographs are kept, and are shown in place of that box's own.
    """
    require(actor, 'seed')
    row = flow.find(actor, no)
    defect = defect.strip()
    if not defect or len(defect) > 500:
        raise Rejected([problem('defect', defect, 'defect', *DEFECT)])
    shown = [blobs().put(_picture(data)) for data in pictures]
    sample = inspections.drawn_for(row)
    with atomic():
        row = flow.locked(row.pk)
        if kept.SeededBox.objects.filter(declaration=row, caught=None).count() >= MOST:
            raise flow.Conflict(f'{row.no} holds {MOST} seeded boxes already')
        chosen = item.strip() or _serial(row, sample.shown)
        if chosen in sample.shown:
            raise Rejected([problem('item', chosen, 'item', *TAKEN)])
        box = kept.SeededBox.objects.create(
            declaration=row,
            item=chosen,
            defect=defect,
            photographs=shown,
            planted_by=actor.name,
            planted_at=flow.now(),
        )
        data = {'item': chosen, 'defect': defect, 'photographs': shown}
        audit.append('seed', actor.name, f'seed:{row.no}', data)
    return box


def _picture(data: bytes) -> bytes:
    photographs.admit(data)
    return data


def _serial(row: rows.Declaration, taken: Sequence[str]) -> str:
    """A declared box that is not drawn; else a serial that follows the last one."""
    scenario = flow.scenario_named(row.scenario)
    items = list(scenario.items(scenario.declares.model_validate(row.declared)))
    known = kept.SeededBox.objects.filter(declaration=row).values_list('item', flat=True)
    free = [item for item in items if item not in taken and item not in set(known)]
    if free:
        return secrets.choice(free)
    found = _next(max(items) if items else 'BOX-0000')
    while found in items or found in set(known):
        found = _next(found)
    return found


def _next(serial: str) -> str:
    """The serial after this one, its digits counted on.

    >>> _next('XM-0099'), _next('AB')
    ('XM-0100', 'AB1')
    """
    last = re.search(r'\d+(?=\D*$)', serial)
    if last is None:
        return serial + '1'
    number = str(int(last.group()) + 1).zfill(len(last.group()))
    return serial[: last.start()] + number + serial[last.end() :]


def report(actor: Actor, scenario: str) -> dict[str, Any]:
    """What was seeded and caught in the last year: in all, by inspector, by month."""
    if actor.role == 'exporter':
        raise NotFound('not found')
    require(actor, 'see')
    since = flow.now() - timedelta(days=series.WINDOW_DAYS)
    found = kept.SeededBox.objects.filter(
        declaration__scenario=scenario, inspection__at__gt=since, caught__isnull=False
    ).select_related('inspection', 'declaration')
    boxes = list(found.order_by('-inspection__at'))
    return {
        'boxes': boxes,
        'total': _counted(boxes),
        'inspectors': _grouped(boxes, lambda box: box.inspection.by),
        'months': _grouped(boxes, lambda box: f'{box.inspection.at:%Y-%m}'),
        'waiting': kept.SeededBox.objects.filter(
            declaration__scenario=scenario, caught=None
        ).count(),
    }


def _grouped(boxes: Sequence[kept.SeededBox], key: Any) -> list[dict[str, Any]]:
    names = sorted({key(box) for box in boxes})
    return [{'name': n, **_counted([b for b in boxes if key(b) == n])} for n in names]


def _counted(boxes: Sequence[kept.SeededBox]) -> dict[str, Any]:
    n, k = len(boxes), sum(bool(box.caught) for box in boxes)
    low, high = interval(k, n) if n else (0.0, 1.0)
    return {'n': n, 'caught': k, 'low': low, 'high': high, 'share': k / n if n else None}


DEFECT = (
    Text('缺少缺陷说明或超过 500 字', 'the defect is missing or longer than 500 characters'),
    Text('请写明该箱的已知缺陷', 'say what is known to be wrong with the box'),
)
TAKEN = (
    Text('该箱号已在抽中的箱里', 'this serial is among the drawn boxes'),
    Text('请换一个箱号', 'choose another serial'),
)
