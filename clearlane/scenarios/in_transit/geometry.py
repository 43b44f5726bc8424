"""Where a vehicle is with regard to its route: metres on a conformal map, many points at once.

Lines are drawn in Mercator's projection, which keeps angles: near a point all distances
are stretched by 1/cos(latitude), so a distance on the map times cos(latitude) is the
distance on the ground, at any latitude and for routes of any length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import cos, cosh, hypot, log, pi, radians, tan
from typing import Any

import numpy as np
import shapely
from shapely.ops import substring

from clearlane.wire.datum import GCJ02, to_wgs84

EARTH_M = 6_371_008.8
_LONG = 64
"""A line of so many pieces is searched by place."""
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
    """One point with regard to the route; metres. `along` is how far along the line, in metres
    of the map, and `zones` the numbers of all that it lies in."""

    x: float
    y: float
    scale: float
    off_m: float
    along: float
    zones: tuple[int, ...]
    resting: bool
    home_m: float
    goal_m: float


@dataclass(frozen=True)
class Course:
    """The route of one journey with what lies beside it."""

    line: tuple[Point, ...]
    stops: tuple[Circle, ...] = ()
    zones: tuple[Area, ...] = ()

    def map(self, lat: float, lon: float) -> Point:
        """Degrees → map metres, with the start of the route in the middle."""
        east = (lon - self.line[0][1] + 180.0) % 360.0 - 180.0
        north = log(tan(pi / 4 + radians(max(-85.0, min(85.0, lat))) / 2))
        return EARTH_M * radians(east), EARTH_M * north

    def _points(self, points: Sequence[Point]) -> list[Point]:
        return [self.map(lat, lon) for lat, lon in points]

    @cached_property
    def _road(self) -> Any:
        return shapely.LineString(self._points(self.line))

    @cached_property
    def _legs(self) -> Any:
        """The pieces of a long line, to be searched by place; a point that is repeated is none."""
        points = self._points(self.line)
        legs = [shapely.LineString([a, b]) for a, b in pairwise(points) if a != b]
        return shapely.STRtree(legs) if len(legs) >= _LONG else None

    @cached_property
    def _begins(self) -> Any:
        """How far along the line each piece of a long line begins."""
        return np.concatenate(([0.0], np.cumsum(shapely.length(self._legs.geometries))[:-1]))

    def _off(self, there: Any) -> tuple[list[float], list[float]]:
        """How far off the line each point is, and how far along it; metres of the map."""
        if self._legs is None:
            along = shapely.line_locate_point(self._road, there)
            return list(shapely.distance(self._road, there).tolist()), list(along.tolist())
        (asked, near), away = self._legs.query_nearest(
            there, return_distance=True, all_matches=False
        )
        off, along = np.empty(len(there)), np.empty(len(there))
        off[asked] = away
        legs = self._legs.geometries[near]
        along[asked] = self._begins[near] + shapely.line_locate_point(legs, there[asked])
        return list(off.tolist()), list(along.tolist())

    @cached_property
    def _ends(self) -> list[Point]:
        return self._points([self.line[0], self.line[-1]])

    @cached_property
    def _areas(self) -> list[Any]:
        found = [
            shapely.make_valid(shapely.Polygon(self._points(area.border))) for area in self.zones
        ]
        for area in found:
            shapely.prepare(area)
        return found

    @cached_property
    def _rests(self) -> list[tuple[Any, float]]:
        return [(shapely.Point(self.map(*c.centre)), c.radius_m) for c in self.stops]

    def spots(self, points: Sequence[Point]) -> list[Spot]:
        """Each of the points with regard to the route; each is worked out by itself.

        What numpy and shapely do here they do for each element alone, so that the same
        point gives the same figures in whatever company it comes.
        """
        if not points:
            return []
        mapped = self._points(points)
        scales = [cos(radians(lat)) for lat, _ in points]
        there = shapely.points(mapped)
        off, along = self._off(there)
        zones, rests = self._within(there, scales)
        (hx, hy), (gx, gy) = self._ends
        return [
            Spot(x, y, s, d * s, a, zone, rest,
                 hypot(x - hx, y - hy) * s, hypot(x - gx, y - gy) * s)
            for (x, y), s, d, a, zone, rest in zip(
                mapped, scales, off, along, zones, rests, strict=True
            )
        ]  # fmt: skip

    def way(self, one: Point, other: Point) -> Any:
        """The straight line between two points of the map."""
        return shapely.LineString([one, other])

    def stretch(self, one: float, other: float) -> Any:
        """The line from one place along it to another."""
        return substring(self._road, *sorted((one, other)))

    def through(self, way: Any) -> dict[int, float]:
        """Zone → metres of a way that lie in it."""
        found = {}
        for number, area in enumerate(self._areas):
            if shapely.intersects(area, way):
                inside = shapely.intersection(area, way)
                found[number] = shapely.length(inside) * self._scale(way.centroid.coords[0])
        return found

    def farthest(self, way: Any) -> float:
        """The metres by which a straight way is away from the line where it is so most."""
        some = shapely.line_interpolate_point(way, np.linspace(0, 1, 33), normalized=True)
        return max(self._off(some)[0]) * self._scale(way.centroid.coords[0])

    def _within(
        self, there: Any, scales: Sequence[float]
    ) -> tuple[list[tuple[int, ...]], list[bool]]:
        """The zones that each point is in, and whether it is at a permitted stop."""
        zones: list[tuple[int, ...]] = [()] * len(scales)
        rests = [False] * len(scales)
        for number, area in enumerate(self._areas):
            inside = shapely.intersects(area, there).tolist()
            zones = [(*z, number) if i else z for i, z in zip(inside, zones, strict=True)]
        for centre, radius in self._rests:
            away = shapely.distance(centre, there).tolist()
            near = [d * s <= radius for d, s in zip(away, scales, strict=True)]
            rests = [r or n for r, n in zip(rests, near, strict=True)]
        return zones, rests

    def corridor(self, half_width_m: float) -> list[list[list[Point]]]:
        """The polygons of the corridor for a map (outline, then holes), in degrees; each piece
        as wide as it is there."""
        slim = shapely.simplify(self._road, half_width_m / 20)
        pieces = [
            shapely.LineString([a, b]).buffer(half_width_m / self._scale(b), quad_segs=4)
            for a, b in pairwise(slim.coords)
        ]
        whole = shapely.simplify(shapely.union_all(pieces), half_width_m / 20)
        return [
            [self._back(ring.coords) for ring in (p.exterior, *p.interiors)]
            for p in shapely.get_parts(whole)
        ]

    def _scale(self, mapped: Sequence[float]) -> float:
        """Metres on the ground for one on the map."""
        return 1 / cosh(mapped[1] / EARTH_M)

    def _back(self, coords: Any) -> list[Point]:
        x, y = np.array(coords).T
        lat = np.degrees(2 * np.arctan(np.exp(y / EARTH_M)) - pi / 2)
        lon = (np.degrees(x / EARTH_M) + self.line[0][1] + 180.0) % 360.0 - 180.0
        return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(lat, lon, strict=True)]


def metres(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The distance of two (x, y, scale) on the ground."""
    scale = (one[2] + other[2]) / 2
    return scale * hypot(one[0] - other[0], one[1] - other[1])
