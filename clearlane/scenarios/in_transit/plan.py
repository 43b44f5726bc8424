"""What is worked out once for a journey: its course, its thresholds, its hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clearlane import Act, Signal, Watch
from clearlane.scenarios.in_transit.geometry import Area, Circle, Course, Point, Spot, point
from clearlane.scenarios.in_transit.records import Journey, Route
from clearlane.scenarios.in_transit.seals import SEAL


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The thresholds in force: metres, seconds, km/h, percent."""

    half_width_m: float
    margin_m: float
    off_points: int
    off_s: float
    back_points: int
    back_s: float
    stop_radius_m: float
    stop_s: float
    leave_s: float
    silence_s: float
    late_s: float
    jump_kmh: float
    jump_m: float
    jump_points: int
    lost_s: float
    charge_percent: float
    again_s: float
    opening_s: float
    arrival_m: float
    cargo_doors: frozenset[int]
    straight_s: float
    within_m: float
    sparse_s: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One journey as the rules need it; moments in seconds since 1970."""

    course: Course
    limits: Limits
    devices: Mapping[str, str]
    began: float
    ended: float
    arrives_by: float
    handled: tuple[tuple[float, float], ...]
    unsound: tuple[Any, ...]


def route_of(watch: Watch) -> Route | None:
    """The registered route that the journey names, as of its day."""
    journey: Journey = watch.declared
    library = watch.libraries.get('routes')
    return library.get(journey.route) if library and journey.route else None  # type: ignore[return-value]


def course_of(watch: Watch) -> Course:
    """The line of the route or the journey's own, with stops and forbidden zones."""
    journey: Journey = watch.declared
    route = route_of(watch)
    common = tuple(
        Area(zone['name'], _points(zone['border'], zone.get('datum', 'wgs84')))
        for zone in watch.law.forbidden_zones
    )
    if route is None:
        return Course(_points(journey.line, journey.datum), zones=common)
    return Course(
        line=_points(route.line, route.datum),
        stops=tuple(
            Circle(s.name, point(s.place, route.datum), float(s.radius_m)) for s in route.stops
        ),
        zones=common + tuple(Area(z.name, _points(z.border, route.datum)) for z in route.forbidden),
    )


def _points(places: Sequence[str], datum: str) -> tuple[Point, ...]:
    return tuple(point(place, datum) for place in places)


def limits_of(watch: Watch) -> Limits:
    """The thresholds of the day; a route may have a corridor of its own width."""
    law, route = watch.law, route_of(watch)
    own = route.half_width_m if route is not None else None
    return Limits(
        half_width_m=float(own or law.corridor['half_width_m']),
        margin_m=float(law.corridor['margin_m']),
        off_points=int(law.corridor['off_points']),
        off_s=float(law.corridor['off_seconds']),
        back_points=int(law.corridor['back_points']),
        back_s=float(law.corridor['back_seconds']),
        stop_radius_m=float(law.long_stop['radius_m']),
        stop_s=60 * float(law.long_stop['minutes']),
        leave_s=float(law.long_stop['leave_seconds']),
        silence_s=60 * float(law.silence_minutes),
        late_s=60 * float(law.late_minutes),
        jump_kmh=float(law.jumps['kmh']),
        jump_m=float(law.jumps['metres']),
        jump_points=int(law.jumps['points']),
        lost_s=60 * float(law.position_lost_minutes),
        charge_percent=float(law.least_charge_percent),
        again_s=60 * float(law.openings['again_minutes']),
        opening_s=60 * float(law.openings['authorised_minutes']),
        arrival_m=float(law.arrival_metres),
        cargo_doors=frozenset(law.openings['cargo_doors']),
        straight_s=float(law.between_fixes['straight_seconds']),
        within_m=float(law.between_fixes['within_metres']),
        sparse_s=float(law.between_fixes['sparse_seconds']),
    )


def plan(watch: Watch) -> Plan:
    """Work out what the rules need."""
    journey: Journey = watch.declared
    limits, end = limits_of(watch), ends(watch)
    handled = [a.at.timestamp() for a in watch.acts if a.kind == SEAL and a.act in HANDLES]
    return Plan(
        course=course_of(watch),
        limits=limits,
        devices={
            d.code.lstrip('0') if d.code.isdecimal() else d.code: d.role for d in journey.devices
        },
        began=journey.departs_at.timestamp(),
        ended=end.timestamp() if end else float('inf'),
        arrives_by=journey.arrives_by.timestamp(),
        handled=tuple((t - limits.opening_s, t + limits.opening_s) for t in handled),
        unsound=watch.unsound,
    )


def devices(journey: Journey) -> list[tuple[str, str]]:
    """(device, role) of what goes along; a terminal's number is kept without leading noughts."""
    return [
        ((d.code.lstrip('0') or '0') if d.code.isdecimal() else d.code, d.role)
        for d in journey.devices
    ]


HANDLES = ('apply', 'verify', 'remove', 'void')
"""Acts in which an officer has the seal in his hands."""
_ENDS = ('verify', 'void')


def begins(journey: Journey) -> datetime:
    """Messages count from the declared departure on."""
    return journey.departs_at


def ends(watch: Watch) -> datetime | None:
    """The journey is over when every seal that was applied has been verified or voided.

    Only an officer can do that: an enterprise that says it has arrived is watched on.
    """
    last: dict[str, Act] = {}
    for act in watch.acts:
        if act.kind == SEAL and act.act in ('apply', *_ENDS, 'remove'):
            last[act.number] = act
    applied = {a.number for a in watch.acts if a.kind == SEAL and a.act == 'apply'}
    done = [last[number] for number in applied]
    if not done or any(act.act == 'apply' for act in done):
        return None
    stops = [a.at for a in watch.acts if a.kind == SEAL and a.act in _ENDS and a.number in applied]
    return max(stops) + timedelta(seconds=1)


def measure(known: Plan, signals: Sequence[Signal]) -> list[Spot | None]:
    """Each message with a fix, with regard to the route. A receiver that knows nothing says
    0, 0; no lorry drives there."""
    fixed = [
        n
        for n, s in enumerate(signals)
        if s.fix and s.lat is not None and s.lon is not None and (s.lat or s.lon)
    ]
    found: list[Spot | None] = [None] * len(signals)
    spots = known.course.spots([(signals[n].lat, signals[n].lon) for n in fixed])  # type: ignore[misc]
    for n, spot in zip(fixed, spots, strict=True):
        found[n] = spot
    return found


def chart(watch: Watch) -> dict[str, Any]:
    """Route, corridor, stops and zones for a map; WGS-84."""
    course, limits = course_of(watch), limits_of(watch)
    features = [
        _feature('corridor', 'Polygon', [_ring(r) for r in rings], half_width_m=limits.half_width_m)
        for rings in course.corridor(limits.half_width_m)
    ]
    features.append(_feature('route', 'LineString', [[lon, lat] for lat, lon in course.line]))
    features += [
        _feature('zone', 'Polygon', [_ring(area.border)], name=area.name) for area in course.zones
    ]
    for stop in course.stops:
        lat, lon = stop.centre
        features.append(
            _feature('stop', 'Point', [lon, lat], name=stop.name, radius_m=stop.radius_m)
        )
    for name, (lat, lon) in (('origin', course.line[0]), ('destination', course.line[-1])):
        features.append(_feature(name, 'Point', [lon, lat], name=getattr(watch.declared, name)))
    return {'type': 'FeatureCollection', 'features': features}


def _ring(points: Sequence[Point]) -> list[list[float]]:
    ring = [[lon, lat] for lat, lon in points]
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _feature(role: str, kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {'type': kind, 'coordinates': coordinates}
    return {'type': 'Feature', 'geometry': geometry, 'properties': {'role': role, **properties}}
