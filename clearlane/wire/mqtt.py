"""Messages over MQTT: the topic says which device speaks, the payload is JSON.

Topic: `customs/v1/{site}/{kind of device}/{device}/up/{telemetry|event|state}`. Payload:
`ts` (the device's clock, milliseconds or ISO 8601), `seq` (counts up), `lat`, `lon`,
`datum` (`wgs84` or `gcj02`), `fix`, `speed_kmh`, `heading`, `altitude_m`, `alarms` (a list
of words), `charge_percent`, `locked` and whatever else the device has to say.

No public standard for these topics was found; they are our own (unconfirmed).

>>> message = read('customs/v1/xm/lock/L1/up/event', b'{"ts": 1700000000000, "alarms": ["cut"]}')
>>> message.device, message.kind, message.alarms
('L1', 'event', ('cut',))
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from clearlane.wire.datum import GCJ02, to_wgs84
from clearlane.wire.http import words
from clearlane.wire.message import Malformed, Message, moment, number, place

FILTER = 'customs/v1/+/+/+/up/+'
MOST_BYTES = 16 * 1024
_TOPIC = re.compile(r'customs/v1/([^/]+)/([^/]+)/([^/]{1,64})/up/(telemetry|event|state)')
_KINDS = {'telemetry': 'position', 'event': 'event', 'state': 'state'}
_OWN = {'ts', 'seq', 'lat', 'lon', 'datum', 'fix', 'speed_kmh', 'heading', 'altitude_m', 'alarms'}


def read(topic: str, payload: bytes) -> Message:
    """A message, or Malformed."""
    found = _TOPIC.fullmatch(topic)
    if found is None:
        raise Malformed('topic', f'no device speaks on {topic[:100]!r}')
    body = _body(payload)
    lat, lon = _placed(body)
    seq = body.get('seq')
    return Message(
        device=found[3],
        kind=_KINDS[found[4]],
        at=moment(body.get('ts')),
        seq=seq if isinstance(seq, int) and 0 <= seq < 2**62 else None,
        lat=lat,
        lon=lon,
        fix=lat is not None and body.get('fix') is not False,
        speed_kmh=number(body.get('speed_kmh')),
        heading=number(body.get('heading')),
        altitude_m=number(body.get('altitude_m')),
        alarms=words(body.get('alarms')),
        facts=_facts(body),
    )


def _body(payload: bytes) -> Mapping[str, Any]:
    if len(payload) > MOST_BYTES:
        raise Malformed('size', f'a payload has at most {MOST_BYTES} bytes')
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed('json', 'the payload is no JSON') from error
    if not isinstance(body, dict):
        raise Malformed('json', 'the payload is no JSON object')
    return body


def _placed(body: Mapping[str, Any]) -> tuple[float | None, float | None]:
    lat, lon = place(body.get('lat'), body.get('lon'))
    if lat is not None and lon is not None and body.get('datum') == GCJ02:
        lat, lon = (round(value, 7) for value in to_wgs84(lat, lon))
    return lat, lon


def _facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """What else was said: plain values only, with names of a reasonable length."""
    kept: dict[str, Any] = {}
    for name, value in list(body.items())[:64]:
        if name in _OWN or len(name) > 40 or '\0' in name:
            continue
        if isinstance(value, bool) or value is None:
            kept[name] = value
        elif isinstance(value, int | float):
            kept[name] = number(value)
        elif isinstance(value, str):
            kept[name] = value[:200].replace('\0', '')
    return kept
