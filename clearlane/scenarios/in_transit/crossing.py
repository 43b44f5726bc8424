"""What lies between two fixes of one vehicle: a zone that it drove through, a corner that it cut.

The way from one fix to the next is the route, where both lie in its corridor and the time is
enough to drive it; else it is taken for a straight line, which can be believed for some minutes
only (`between_fixes`). Of a longer gap it says that the vehicle may have been there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearlane.scenarios.in_transit.geometry import metres
from clearlane.scenarios.in_transit.plan import Plan

Mark = Mapping[str, Any]


def zones_between(plan: Plan, before: Mark, mark: Mark) -> set[int]:
    """The zones through which the way from one fix to the other leads."""
    if not plan.course.zones or _length(before, mark) < plan.limits.within_m:
        return set()
    if _in_corridor(plan, before, mark) and not _undrivable(plan, before, mark):
        way = plan.course.stretch(before['along'], mark['along'])
    else:
        way = plan.course.way((before['x'], before['y']), (mark['x'], mark['y']))
    return {n for n, m in plan.course.through(way).items() if m >= plan.limits.within_m}


def cut_short(plan: Plan, before: Mark, mark: Mark) -> float:
    """Metres by which a vehicle left the corridor that is in it at both fixes, or 0: by the route
    it could not have come so far in the time, and the straight line leads out of the corridor."""
    if not _in_corridor(plan, before, mark) or not _undrivable(plan, before, mark):
        return 0.0
    way = plan.course.way((before['x'], before['y']), (mark['x'], mark['y']))
    away = plan.course.farthest(way)
    return away if away > plan.limits.half_width_m + plan.limits.margin_m else 0.0


def _length(before: Mark, mark: Mark) -> float:
    return float(metres(_place(before), _place(mark)))


def _place(mark: Mark) -> tuple[float, float, float]:
    return mark['x'], mark['y'], mark['s']


def _in_corridor(plan: Plan, before: Mark, mark: Mark) -> bool:
    return bool(max(before['off'], mark['off']) <= plan.limits.half_width_m)


def _undrivable(plan: Plan, before: Mark, mark: Mark) -> bool:
    """Whether the route between them is longer than any lorry drives in the time. Each fix may
    lie anywhere in the width of the corridor, and so may the road."""
    route = abs(mark['along'] - before['along']) * min(before['s'], mark['s'])
    most = plan.limits.jump_m + plan.limits.jump_kmh / 3.6 * (mark['t'] - before['t'])
    return bool(route - 2 * plan.limits.half_width_m > most)
