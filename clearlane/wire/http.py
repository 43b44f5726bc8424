"""Positions over HTTP: the OsmAnd form and the JSON that Traccar forwards.

OsmAnd and the Traccar client send `id`, `lat`, `lon`, `timestamp` and, if they like,
`speed` in knots, `bearing`, `altitude`, `accuracy`, `batt`, `alarm`, `charge`; newer
clients send the same as JSON with `location.coords`. Traccar forwards
`{"position": {...}, "device": {...}}` with speeds in knots.

Sources:

* traccar.org, pages on the OsmAnd protocol and on position forwarding
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clearlane.wire.datum import GCJ02, to_wgs84
from clearlane.wire.message import ALARMS, Malformed, Message, moment, number, place

KNOT_KMH = 1.852
_WORDS = {
    'general': 'fault',
    'sos': 'sos',
    'vibration': 'shock',
    'movement': 'moved',
    'lowpower': 'low_power',
    'lowbattery': 'low_power',
    'powercut': 'power_lost',
    'poweroff': 'power_lost',
    'door': 'door_opened',
    'lock': 'tamper',
    'unlock': 'opened',
    'tampering': 'tamper',
    'removing': 'tamper',
    'jamming': 'jamming',
    'gpsantennacut': 'antenna_fault',
    'accident': 'collision',
    'overspeed': 'overspeed',
    'fault': 'fault',
}
"""Alarm words of Traccar → ours."""


def osmand(fields: Mapping[str, Any]) -> Message:
    """A message from the form; Malformed where device, place or time is missing."""
    device = _text(fields.get('id') or fields.get('deviceid'))
    lat, lon = _located(fields)
    return Message(
        device=device,
        at=_time(fields.get('timestamp')),
        lat=lat,
        lon=lon,
        fix=lat is not None and str(fields.get('valid', 'true')).lower() not in ('0', 'false'),
        speed_kmh=_scaled(fields.get('speed'), KNOT_KMH),
        heading=number(fields.get('bearing', fields.get('heading'))),
        altitude_m=number(fields.get('altitude')),
        alarms=words(fields.get('alarm')),
        facts=_kept(
            accuracy_m=number(fields.get('accuracy')),
            charge_percent=number(fields.get('batt')),
            charging=_flag(fields.get('charge')),
        ),
    )


def osmand_json(body: Any) -> Message:
    """A message from the JSON that newer clients send to the same address."""
    location = _mapping(_mapping(body).get('location'))
    coords = _mapping(location.get('coords'))
    power = _mapping(location.get('battery'))
    lat, lon = place(coords.get('latitude'), coords.get('longitude'))
    level = number(power.get('level'))
    speed = number(coords.get('speed'))
    return Message(
        device=_text(_mapping(body).get('device_id')),
        at=_time(location.get('timestamp')),
        lat=lat,
        lon=lon,
        fix=lat is not None,
        speed_kmh=None if speed is None or speed < 0 else round(speed * 3.6, 3),
        heading=number(coords.get('heading')),
        altitude_m=number(coords.get('altitude')),
        facts=_kept(
            accuracy_m=number(coords.get('accuracy')),
            charge_percent=None if level is None else round(level * 100, 1),
            charging=_flag(power.get('is_charging')),
        ),
    )


def traccar(body: Any) -> Message:
    """A message from what Traccar forwards; the time of the fix is the event time."""
    position = _mapping(_mapping(body).get('position', body))
    known = _mapping(_mapping(body).get('device'))
    more = _mapping(position.get('attributes'))
    lat, lon = place(position.get('latitude'), position.get('longitude'))
    return Message(
        device=_text(known.get('uniqueId') or position.get('uniqueId')),
        at=_time(position.get('fixTime') or position.get('deviceTime')),
        lat=lat,
        lon=lon,
        fix=lat is not None and position.get('valid') is not False,
        speed_kmh=_scaled(position.get('speed'), KNOT_KMH),
        heading=number(position.get('course')),
        altitude_m=number(position.get('altitude')),
        alarms=words(more.get('alarm')),
        facts=_kept(
            accuracy_m=number(position.get('accuracy')),
            charge_percent=number(more.get('batteryLevel')),
            satellites=number(more.get('sat')),
            ignition=_flag(more.get('ignition')),
            protocol=position.get('protocol')
            if isinstance(position.get('protocol'), str)
            else None,
        ),
    )


def words(value: Any) -> tuple[str, ...]:
    """Alarms in our words; one that nobody knows is a fault, never nothing.

    >>> words('tampering,lowBattery'), words('sideways'), words(None)
    (('low_power', 'tamper'), ('fault',), ())
    """
    if isinstance(value, list | tuple):
        found = [str(word) for word in value]
    else:
        found = str(value).split(',') if value else []
    plain = [word.strip() for word in found if word.strip()][:20]
    return tuple(sorted({w if w in ALARMS else _WORDS.get(w.lower(), 'fault') for w in plain}))


def _located(fields: Mapping[str, Any]) -> tuple[float | None, float | None]:
    lat, lon = place(fields.get('lat'), fields.get('lon'))
    if lat is None and isinstance(fields.get('location'), str):
        first, _, second = fields['location'].partition(',')
        lat, lon = place(first, second)
    if lat is not None and lon is not None and str(fields.get('datum', '')).lower() == GCJ02:
        lat, lon = (round(value, 7) for value in to_wgs84(lat, lon))
    return lat, lon


def _text(value: Any) -> str:
    if not isinstance(value, str | int) or not str(value).strip() or len(str(value)) > 64:
        raise Malformed('device', 'the id of the device is missing')
    return str(value).strip()


def _time(value: Any) -> datetime:
    found = moment(value)
    if found is None:
        raise Malformed('time', 'the timestamp is missing or is none')
    return found


def _scaled(value: Any, unit: float) -> float | None:
    found = number(value)
    return None if found is None else round(found * unit, 3)


def _flag(value: Any) -> bool | None:
    return None if value is None else str(value).lower() in ('1', 'true', 'yes')


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _kept(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
