"""JT/T 808: the bodies of messages, both editions.

What a terminal adds to a location and we do not know stays as hexadecimal text under
its number; nothing that real terminals send stops the rest from being read.

Sources:

* JT/T 808-2013 chapter 8 and JT/T 808-2019 chapter 8; the alarm and status bits other
  than 0, 1, 7, 8 and 28 as recalled (unconfirmed against the text)
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from clearlane.wire import jt808
from clearlane.wire.lock import alarms_of_word, facts_of_word
from clearlane.wire.message import Malformed, Message, place

CHINA = timezone(timedelta(hours=8))
"""Terminals keep GMT+8 by the standard."""

ALARM_BITS = {
    0: 'sos',
    1: 'overspeed',
    4: 'position_lost',
    5: 'antenna_fault',
    6: 'antenna_fault',
    7: 'low_power',
    8: 'power_lost',
    26: 'stolen',
    27: 'moved',
    28: 'moved',
    29: 'collision',
    30: 'rollover',
    31: 'door_opened',
}
POSITIONED, SOUTH, WEST = 0x2, 0x4, 0x8
DOORS = {1: 13, 2: 14, 3: 15, 4: 16, 5: 17}
"""Door 1 front, 2 middle, 3 rear, 4 driver's, 5 of one's own definition → status bit."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a terminal says of itself when it registers."""

    province: int
    city: int
    maker: str
    model: str
    terminal_id: str
    colour: int
    plate: str

    @property
    def identity(self) -> str:
        """What has to be the same when it registers again."""
        return f'{self.maker}/{self.model}/{self.terminal_id}'


def text(data: bytes) -> str:
    """GBK text, without what fills it up."""
    return data.decode('gbk', 'replace').strip('\0 ').replace('\0', '')


def register(body: bytes, edition: int) -> Registration:
    """The body of 0x0100. Some terminals send that of 2011, with a model of 8 bytes."""
    maker, model, ident = (11, 30, 30) if edition == 2019 else (5, 20, 7)
    if edition != 2019 and len(body) < 4 + 5 + 20 + 7 + 1:
        model = 8
    need = 4 + maker + model + ident
    if len(body) < need:
        raise Malformed('short', f'a registration has at least {need} bytes')
    province, city = struct.unpack_from('>HH', body)
    rest = body[4:]
    return Registration(
        province=province,
        city=city,
        maker=text(rest[:maker]),
        model=text(rest[maker : maker + model]),
        terminal_id=text(rest[maker + model : maker + model + ident]),
        colour=body[need] if len(body) > need else 0,
        plate=text(body[need + 1 :]),
    )


def authentication(body: bytes, edition: int) -> str:
    """The code in the body of 0x0102; a terminal of 2019 that sends the old form is read too."""
    if edition == 2019 and body and len(body) >= 1 + body[0]:
        return text(body[1 : 1 + body[0]])
    return text(body)


def reply(answered: jt808.Frame, result: int, serial: int | None = None) -> bytes:
    """The body of 0x8001."""
    said = answered.serial if serial is None else serial
    return struct.pack('>HHB', said, answered.message, result)


def registered(answered: jt808.Frame, result: int, code: str = '') -> bytes:
    """The body of 0x8100: 0 done, 1 vehicle or 3 terminal registered, 2 or 4 no such one."""
    return struct.pack('>HB', answered.serial, result) + (code.encode('gbk') if not result else b'')


def resend(first: int, missing: list[int], edition: int) -> bytes:
    """The body of 0x8003; the count is one byte in 2013 and two in 2019."""
    wanted = missing[: 255 if edition != 2019 else 500]
    count = struct.pack('>H' if edition == 2019 else '>B', len(wanted))
    return struct.pack('>H', first) + count + struct.pack(f'>{len(wanted)}H', *wanted)


def bcd_time(data: bytes, zone: timezone = CHINA) -> datetime | None:
    """Six bytes YYMMDDhhmmss as a moment, or nothing where they are no date."""
    figures = data.hex()
    if not figures.isdecimal():
        return None
    year, month, day, hour, minute, second = (int(figures[at : at + 2]) for at in range(0, 12, 2))
    try:
        found = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def time_bcd(at: datetime, zone: timezone = CHINA) -> bytes:
    """A moment as six bytes."""
    return bytes.fromhex(at.astimezone(zone).strftime('%y%m%d%H%M%S'))


def location(
    body: bytes, device: str, seq: int | None, zone: timezone = CHINA, lock_item: int | None = None
) -> Message:
    """The body of 0x0200. `lock_item` is the additional item that holds a lock's status word."""
    if len(body) < 28:
        raise Malformed('short', f'a location has at least 28 bytes, not {len(body)}')
    alarm, status, lat, lon, height, speed, heading = struct.unpack_from('>IIIIhHH', body)
    found = dict(_items(body[28:]))
    north, east = place(
        -lat / 1e6 if status & SOUTH else lat / 1e6, -lon / 1e6 if status & WEST else lon / 1e6
    )
    word = found.get(lock_item) if lock_item is not None else None
    lock = int.from_bytes(word[:2], 'big') if word is not None and len(word) >= 2 else None
    return Message(
        device=device,
        seq=seq,
        at=bcd_time(body[22:28], zone),
        lat=north,
        lon=east,
        fix=bool(status & POSITIONED) and north is not None,
        speed_kmh=speed / 10,
        heading=float(heading % 360),
        altitude_m=float(height),
        alarms=_alarms(alarm, lock),
        facts=_facts(alarm, status, found, lock),
    )


def batch(
    body: bytes, device: str, zone: timezone = CHINA, lock_item: int | None = None
) -> list[Message]:
    """The locations of 0x0704; one sent again in a batch is the same message."""
    if len(body) < 3:
        raise Malformed('short', 'a batch has at least 3 bytes')
    count = int.from_bytes(body[:2], 'big')
    pieces = list(_pieces(body[3:]))
    if len(pieces) != count:
        raise Malformed('batch', f'{count} locations announced, {len(pieces)} came')
    return [location(piece, device, None, zone, lock_item) for piece in pieces]


def _pieces(rest: bytes) -> Iterator[bytes]:
    at = 0
    while at + 2 <= len(rest):
        size = int.from_bytes(rest[at : at + 2], 'big')
        if at + 2 + size > len(rest):
            raise Malformed('short', 'a location of the batch is cut off')
        yield rest[at + 2 : at + 2 + size]
        at += 2 + size


def _items(rest: bytes) -> Iterator[tuple[int, bytes]]:
    """Additional items: number, length, value; a cut one ends them."""
    at = 0
    while at + 2 <= len(rest):
        number, size = rest[at], rest[at + 1]
        if at + 2 + size > len(rest):
            return
        yield number, rest[at + 2 : at + 2 + size]
        at += 2 + size


def _alarms(alarm: int, lock: int | None) -> tuple[str, ...]:
    words = [word for bit, word in ALARM_BITS.items() if alarm >> bit & 1]
    words += alarms_of_word(lock) if lock is not None else []
    return tuple(sorted(set(words)))


_KNOWN: dict[int, tuple[str, float]] = {
    0x01: ('mileage_km', 0.1),
    0x02: ('fuel_l', 0.1),
    0x03: ('recorder_kmh', 0.1),
    0x30: ('signal', 1),
    0x31: ('satellites', 1),
}


def _facts(alarm: int, status: int, items: dict[int, bytes], lock: int | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        'alarm_bits': f'{alarm:08x}',
        'status_bits': f'{status:08x}',
        'ignition': bool(status & 1),
        'doors': [door for door, bit in DOORS.items() if status >> bit & 1],
    }
    for number, value in items.items():
        name, unit = _KNOWN.get(number, ('', 1))
        if name:
            facts[name] = round(int.from_bytes(value, 'big') * unit, 1)
        else:
            facts[f'item_{number:02x}'] = value.hex()
    return facts | (facts_of_word(lock) if lock is not None else {})


# --- what a terminal sends: for simulated trackers and tests ------------------


def location_body(
    message: Message, items: Iterable[tuple[int, bytes]] = (), *, alarm: int = 0, status: int = 0
) -> bytes:
    """The body of 0x0200 for a message, as a terminal would write it."""
    lat, lon = message.lat or 0.0, message.lon or 0.0
    bits = status | (POSITIONED if message.fix else 0)
    bits |= (SOUTH if lat < 0 else 0) | (WEST if lon < 0 else 0)
    at = message.at or datetime(2000, 1, 1, tzinfo=UTC)
    head = struct.pack(
        '>IIIIhHH',
        alarm,
        bits,
        round(abs(lat) * 1e6),
        round(abs(lon) * 1e6),
        round(message.altitude_m or 0),
        round((message.speed_kmh or 0) * 10),
        round(message.heading or 0) % 360,
    )
    tail = b''.join(bytes((number, len(value))) + value for number, value in items)
    return head + time_bcd(at) + tail


def batch_body(locations: list[bytes], late: int = 1) -> bytes:
    """The body of 0x0704: 0 an ordinary batch, 1 what was kept while there was no network."""
    pieces = b''.join(struct.pack('>H', len(one)) + one for one in locations)
    return struct.pack('>HB', len(locations), late) + pieces
