"""Where a vehicle is with regard to its route: metres on a conformal map, many points at once.

Lines are drawn in Mercator's projection, which keeps angles: near a point all distances
are stretched by 1/cos(latitude), so a distance on the map times cos(latitude) is the
distance on the ground, at any latitude and for routes of any length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, pi, radians
from typing import Any

import numpy as np
import shapely

from clearlane.wire.datum import GCJ02, to_wgs84

EARTH_M = 6_371_008.8
Point = tuple[float, float]
"""Latitude and longitude, WGS-84."""


def point(place: str, datum: str = 'wgs84') -> Point:
    """A declared place as a point.

    >>> point('24.4798, 118.0894')
    (24.4798, 118.0894)
    """
    lat, _, lon = place.partition(',')
    found = float(lat), float(lon)
    return to_wgs84(*found) if datum == GCJ02 else found


@dataclass(frozen=True)
class Circle:
    """A place with a radius in metres."""

    name: str
    centre: Point
    radius_m: float


@dataclass(frozen=True)
class Area:
    """A named polygon."""

    name: str
    border: tuple[Point, ...]


@dataclass(frozen=True)
class Spot:
    """One point with regard to the route; metres."""

    x: float
    y: float
    scale: float
    off_m: float
    zone: int
    resting: bool
    home_m: float
    goal_m: float


@dataclass(frozen=True)
class Course:
    """The route of one journey with what lies beside it."""

    line: tuple[Point, ...]
    stops: tuple[Circle, ...] = ()
    zones: tuple[Area, ...] = ()

    def map(self, lat: Any, lon: Any) -> tuple[Any, Any]:
        """Degrees → map metres, with the start of the route in the middle."""
        east = (np.asarray(lon) - self.line[0][1] + 180.0) % 360.0 - 180.0
        north = np.log(np.tan(pi / 4 + np.radians(np.clip(lat, -85, 85)) / 2))
        return EARTH_M * np.radians(east), EARTH_M * north

    def _points(self, points: Sequence[Point]) -> Any:
        lat, lon = np.array(points, dtype=float).T
        return np.column_stack(self.map(lat, lon))

    @cached_property
    def _road(self) -> Any:
        return shapely.LineString(self._points(self.line))

    @cached_property
    def _ends(self) -> Any:
        return [shapely.Point(*self._points([end])[0]) for end in (self.line[0], self.line[-1])]

    @cached_property
    def _areas(self) -> list[Any]:
        return [shapely.Polygon(self._points(area.border)) for area in self.zones]

    @cached_property
    def _rests(self) -> list[tuple[Any, float]]:
        return [(shapely.Point(*self._points([c.centre])[0]), c.radius_m) for c in self.stops]

    def spots(self, points: Sequence[Point]) -> list[Spot]:
        """Each of the points with regard to the route; each is worked out by itself."""
        if not points:
            return []
        lat, lon = np.array(points, dtype=float).T
        x, y = self.map(lat, lon)
        scale = np.cos(np.radians(lat))
        there = shapely.points(x, y)
        off = shapely.distance(self._road, there) * scale
        home, goal = (shapely.distance(end, there) * scale for end in self._ends)
        zone = np.full(len(points), -1)
        for number, area in enumerate(self._areas):
            zone[shapely.intersects(area, there) & (zone < 0)] = number
        rest = np.zeros(len(points), dtype=bool)
        for centre, radius in self._rests:
            rest |= shapely.distance(centre, there) * scale <= radius
        columns = (x, y, scale, off, zone, rest, home, goal)
        return [Spot(*row) for row in zip(*(c.tolist() for c in columns), strict=True)]

    def corridor(self, half_width_m: float) -> list[list[Point]]:
        """The outlines of the corridor for a map, in degrees; each piece as wide as it is there."""
        pieces = [
            shapely.LineString([a, b]).buffer(half_width_m / cos(radians(lat)), quad_segs=4)
            for (a, b, lat) in zip(
                self._points(self.line)[:-1],
                self._points(self.line)[1:],
                [p[0] for p in self.line[1:]],
                strict=True,
            )
        ]
        whole = shapely.simplify(shapely.union_all(pieces), half_width_m / 20)
        return [self._back(p.exterior.coords) for p in shapely.get_parts(whole)]

    def _back(self, coords: Any) -> list[Point]:
        x, y = np.array(coords).T
        lat = np.degrees(2 * np.arctan(np.exp(y / EARTH_M)) - pi / 2)
        lon = (np.degrees(x / EARTH_M) + self.line[0][1] + 180.0) % 360.0 - 180.0
        return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(lat, lon, strict=True)]


def metres(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The distance of two (x, y, scale) on the ground."""
    scale = (one[2] + other[2]) / 2
    return scale * float(np.hypot(one[0] - other[0], one[1] - other[1]))
