"""WGS-84 and GCJ-02 (国测局坐标): the datum of satellites and that of Chinese base maps.

Everything inside is WGS-84. Chinese web maps and some devices use GCJ-02, which
moves a point in China by 100 to 700 m; the shift is not published officially, the
formula below is the one in common use (unconfirmed). Outside China nothing moves.

>>> lat, lon = to_gcj02(39.9087, 116.3975)
>>> round(lat, 5), round(lon, 5)
(39.9101, 116.40374)
>>> back = to_wgs84(lat, lon)
>>> abs(back[0] - 39.9087) < 1e-8 and abs(back[1] - 116.3975) < 1e-8
True
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

_AXIS_M = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The box within which maps are shifted."""

WGS84 = 'wgs84'
GCJ02 = 'gcj02'
DATUMS = (WGS84, GCJ02)


def shifted(lat: float, lon: float) -> bool:
    """Whether GCJ-02 moves points here."""
    return _SOUTH <= lat <= _NORTH and _WEST <= lon <= _EAST


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """A WGS-84 point as the maps of China draw it, in degrees."""
    if not shifted(lat, lon):
        return lat, lon
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """The WGS-84 point that GCJ-02 shows here: solved by iteration, to below a millimetre."""
    guess = lat, lon
    for _ in range(30):
        shown = to_gcj02(*guess)
        error = shown[0] - lat, shown[1] - lon
        guess = guess[0] - error[0], guess[1] - error[1]
        if max(abs(error[0]), abs(error[1])) < 1e-10:
            break
    return guess


def _shift(lat: float, lon: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    slant = lat / 180.0 * pi
    magic = 1 - _ECCENTRICITY * sin(slant) ** 2
    root = sqrt(magic)
    north = _north(x, y) * 180.0 / (_AXIS_M * (1 - _ECCENTRICITY) / (magic * root) * pi)
    east = _east(x, y) * 180.0 / (_AXIS_M / root * cos(slant) * pi)
    return north, east


def _waves(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _north(x: float, y: float) -> float:
    plane = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    long = (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    longer = (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return plane + _waves(x) + long + longer


def _east(x: float, y: float) -> float:
    plane = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    long = (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    longer = (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return plane + _waves(x) + long + longer
