"""One message of a device, whatever language it came in.

Positions are WGS-84, moments are aware, and the device's own clock gives `at`.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ALARMS = (
    'opened',
    'cut',
    'cap_opened',
    'door_opened',
    'wrong_code',
    'foreign_card',
    'tamper',
    'shock',
    'low_power',
    'power_lost',
    'jamming',
    'position_lost',
    'antenna_fault',
    'sos',
    'moved',
    'stolen',
    'collision',
    'rollover',
    'overspeed',
    'fault',
)
"""The words that alarms of every language are turned into."""


class Malformed(ValueError):
    """This is no message: `code` is stable, the text says what was expected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a device says about one moment.

    `fix` says whether latitude and longitude (degrees) are those of `at`. `facts`
    holds what else was said, in plain values: `charge_percent`, `satellites`, …
    """

    device: str
    at: datetime | None
    kind: str = 'position'
    seq: int | None = None
    lat: float | None = None
    lon: float | None = None
    fix: bool = False
    speed_kmh: float | None = None
    heading: float | None = None
    altitude_m: float | None = None
    alarms: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @functools.cached_property
    def digest(self) -> bytes:
        """Sixteen bytes over what was said: the same message sent twice has the same.

        `seq` is left out: what is kept while there is no network is sent again under
        another one, or in a batch that has none.
        """
        said = (
            self.device,
            self.kind,
            None if self.at is None else self.at.timestamp(),
            self.lat,
            self.lon,
            self.fix,
            self.speed_kmh,
            self.heading,
            self.altitude_m,
            self.alarms,
            sorted(self.facts.items()),
        )
        return hashlib.blake2b(repr(said).encode('utf-8', 'replace'), digest_size=16).digest()


def place(lat: Any, lon: Any) -> tuple[float | None, float | None]:
    """Latitude and longitude as numbers on the globe, or nothing where they are none.

    >>> place('31.2', 121.5)
    (31.2, 121.5)
    >>> place('91', '0')
    (None, None)
    """
    try:
        north, east = float(lat), float(lon)
    except (TypeError, ValueError):
        return None, None
    if not (abs(north) <= 90 and abs(east) <= 180):
        return None, None
    return round(north, 7), round(east, 7)


def number(value: Any) -> float | None:
    """A finite number, or nothing.

    >>> number('12.5'), number('nan'), number('much')
    (12.5, None, None)
    """
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < 1e9 else None


def moment(value: Any) -> datetime | None:
    """A moment from ISO 8601 or from seconds or milliseconds since 1970, or nothing.

    >>> moment(1700000000).isoformat()
    '2023-11-14T22:13:20+00:00'
    >>> moment('1700000000123') == moment(1700000000.123)
    True
    >>> moment('2026-05-11T08:00:00+08:00').isoformat()
    '2026-05-11T00:00:00+00:00'
    >>> moment('yesterday')
    """
    count = number(value) if not isinstance(value, str) or len(value) < 20 else None
    try:
        if count is None and not isinstance(value, str):
            return _seconds(float(value))
        if count is None:
            return _spelled(str(value))
        return _seconds(count)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _seconds(count: float) -> datetime:
    return datetime.fromtimestamp(count / 1000 if abs(count) >= 1e11 else count, UTC)


def _spelled(words: str) -> datetime:
    stripped = words.strip()
    if stripped.isdecimal():
        return _seconds(float(stripped))
    found = datetime.fromisoformat(stripped)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
