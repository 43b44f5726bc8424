"""JT/T 808: frames of road vehicle terminals, of the 2013 and the 2019 edition.

A frame is ``7E | header | body | checksum | 7E``; integers are big-endian, text is
GBK. Within a frame ``7E`` is sent as ``7D 02`` and ``7D`` as ``7D 01``. The checksum
is the exclusive or of all bytes from the header to the end of the body, before escaping.

The header: message id (2), properties (2), in 2019 the protocol version (1), the
terminal's number in BCD (6 in 2013, 10 in 2019), serial (2), and for one package of
several their total (2) and its number from 1 (2). Properties: bits 0-9 length of the
body, 10-12 encryption, 13 several packages, 14 the edition of 2019.

Sources:

* JT/T 808-2013 and JT/T 808-2019, 道路运输车辆卫星定位系统终端通讯协议及数据格式

>>> frame = decode(bytes.fromhex('800100050020026043230009 00EE020000 43'.replace(' ', '')))
>>> hex(frame.message), frame.terminal, frame.serial, frame.body.hex()
('0x8001', '2002604323', 9, '00ee020000')
>>> unescape(escape(bytes.fromhex('307e087d55'))).hex()
'307e087d55'
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from clearlane.wire.message import Malformed

FLAG = 0x7E
MOST_BODY = 1023
MOST_FRAME = 2 * (21 + MOST_BODY + 1)
"""A frame in which every byte was escaped."""
PACKAGES = 0x2000
EDITION_2019 = 0x4000
ENCRYPTED = 0x1C00

REPLY = 0x8001
RESEND = 0x8003
TIME_REPLY = 0x8004
REGISTERED = 0x8100

TERMINAL_REPLY = 0x0001
HEARTBEAT = 0x0002
LOGOUT = 0x0003
TIME = 0x0004
REGISTER = 0x0100
AUTHENTICATE = 0x0102
LOCATION = 0x0200
LOCATION_REPLY = 0x0201
BATCH = 0x0704
TRANSPARENT = 0x0900

OK, FAILED, WRONG, UNSUPPORTED, ALARM_HEARD = 0, 1, 2, 3, 4
"""Results of the general reply."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame. `terminal` is the number without leading noughts; `digits` as it came."""

    message: int
    digits: str
    serial: int
    body: bytes = b''
    edition: int = 2013
    version: int = 0
    total: int = 1
    number: int = 1
    encrypted: bool = False

    @property
    def terminal(self) -> str:
        """The terminal, the same in both editions."""
        return self.digits.lstrip('0') or '0'


class Frames:
    """Cuts a stream of bytes into frames; what is between them, or too long, is dropped."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self.dropped = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames, still escaped, that these bytes complete."""
        self._rest += data
        *whole, rest = bytes(self._rest).split(b'\x7e')
        if len(rest) > MOST_FRAME:
            self.dropped += 1
            rest = b''
        self._rest = bytearray(rest)
        for piece in whole:
            if len(piece) > MOST_FRAME:
                self.dropped += 1
            elif piece:
                yield piece


def escape(data: bytes) -> bytes:
    """Without any 7E."""
    return data.replace(b'\x7d', b'\x7d\x01').replace(b'\x7e', b'\x7d\x02')


def unescape(data: bytes) -> bytes:
    """As it was before escaping; Malformed where 7D is followed by anything but 01 and 02."""
    if 0x7D not in data:
        return data
    first, *others = data.split(b'\x7d')
    if not all(other[:1] in (b'\x01', b'\x02') for other in others):
        raise Malformed('escape', '7D must be followed by 01 or 02')
    return first + b''.join(bytes((0x7C + other[0],)) + other[1:] for other in others)


def checksum(data: bytes) -> int:
    """The exclusive or of all bytes: the upper half is laid on the lower until one is left."""
    total = int.from_bytes(data, 'big')
    bits = 8 << max(len(data) - 1, 0).bit_length()
    while bits > 8:
        bits >>= 1
        total = (total >> bits) ^ (total & ((1 << bits) - 1))
    return total


def decode(data: bytes) -> Frame:
    """A frame from what stood between the flags, or Malformed."""
    plain = unescape(data)
    if len(plain) < 13:
        raise Malformed('short', f'a frame has at least 13 bytes, not {len(plain)}')
    if checksum(plain[:-1]) != plain[-1]:
        raise Malformed('checksum', f'the checksum is {checksum(plain[:-1]):02X}')
    message, properties = struct.unpack_from('>HH', plain)
    new = bool(properties & EDITION_2019)
    start = 17 if new else 12
    if len(plain) <= start:
        raise Malformed('short', f'the header of this edition has {start} bytes')
    frame = Frame(
        message=message,
        digits=plain[5:15].hex() if new else plain[4:10].hex(),
        serial=int.from_bytes(plain[start - 2 : start], 'big'),
        edition=2019 if new else 2013,
        version=plain[4] if new else 0,
        encrypted=bool(properties & ENCRYPTED),
    )
    return _with_body(frame, plain[start:-1], properties)


class Unfit(Malformed):
    """A frame that came whole and whose header does not fit it; the header can be answered."""

    def __init__(self, code: str, message: str, frame: Frame) -> None:
        super().__init__(code, message)
        self.frame = frame


def _with_body(frame: Frame, rest: bytes, properties: int) -> Frame:
    if properties & PACKAGES:
        if len(rest) < 4:
            raise Unfit('short', 'the package item is missing', frame)
        total, number = struct.unpack_from('>HH', rest)
        if not 1 <= number <= total:
            raise Unfit('package', f'package {number} of {total}', frame)
        frame = replace(frame, total=total, number=number)
        rest = rest[4:]
    if len(rest) != properties & 0x03FF:
        told = f'{properties & 0x03FF} bytes announced, {len(rest)} came'
        raise Unfit('length', told, frame)
    return replace(frame, body=rest)


def encode(frame: Frame) -> bytes:
    """The bytes of a frame, flags included."""
    if len(frame.body) > MOST_BODY:
        raise ValueError(f'a body has at most {MOST_BODY} bytes; split it into packages')
    new = frame.edition == 2019
    several = frame.total > 1
    properties = len(frame.body) | (EDITION_2019 if new else 0) | (PACKAGES if several else 0)
    head = struct.pack('>HH', frame.message, properties)
    head += bytes((frame.version or 1,)) if new else b''
    head += bytes.fromhex(frame.digits.zfill(20 if new else 12)[-20 if new else -12 :])
    head += struct.pack('>H', frame.serial & 0xFFFF)
    head += struct.pack('>HH', frame.total, frame.number) if several else b''
    plain = head + frame.body
    return b'\x7e' + escape(plain + bytes((checksum(plain),))) + b'\x7e'


def packages(frame: Frame, size: int = MOST_BODY) -> list[Frame]:
    """A frame with a long body as packages with consecutive serials."""
    pieces = [frame.body[at : at + size] for at in range(0, len(frame.body), size)] or [b'']
    return [
        replace(
            frame,
            body=piece,
            serial=(frame.serial + number) & 0xFFFF,
            total=len(pieces),
            number=number + 1,
        )
        for number, piece in enumerate(pieces)
    ]


class Packages:
    """Puts packages together again, in whatever order they come.

    Their serials count up by the standard; there are terminals that give all of them the same.
    """

    MOST_OPEN = 16
    MOST_PACKAGES = 4096
    MOST_BYTES = 1 << 20

    def __init__(self) -> None:
        self._open: dict[tuple[int, int, int], dict[int, bytes]] = {}
        self._alike: dict[tuple[int, int, int], dict[int, bytes]] = {}

    def take(self, frame: Frame) -> Frame | None:
        """The whole message when this package completes it, with the serial of the first."""
        if frame.total == 1:
            return frame
        if frame.total > self.MOST_PACKAGES:
            raise Malformed('package', f'{frame.total} packages are too many')
        first = (frame.serial - frame.number + 1) & 0xFFFF
        found = self._put(self._open, frame, first) or self._put(self._alike, frame, frame.serial)
        while self._bytes() > self.MOST_BYTES:
            self._open.pop(next(iter(self._open)), None)
            self._alike.clear()
        return found

    def _put(
        self, opened: dict[tuple[int, int, int], dict[int, bytes]], frame: Frame, first: int
    ) -> Frame | None:
        key = (frame.message, first, frame.total)
        have = opened.setdefault(key, {})
        have[frame.number] = frame.body
        if len(have) < frame.total:
            while len(opened) > self.MOST_OPEN:
                opened.pop(next(iter(opened)))
            return None
        body = b''.join(have[number] for number in sorted(have))
        for kept in (self._open, self._alike):
            for other in [
                k for k in kept if k[::2] == key[::2] and kept[k].items() <= have.items()
            ]:
                del kept[other]
        return replace(frame, body=body, serial=first, total=1, number=1)

    def _bytes(self) -> int:
        return sum(len(body) for have in self._open.values() for body in have.values())

    def missing(self) -> list[tuple[int, list[int]]]:
        """(serial of the first package, numbers that have not come) of each open message."""
        alike = {key: have for key, have in self._alike.items() if len(have) > 1}
        known = {key[::2] for key in alike}
        found = {k: have for k, have in self._open.items() if k[::2] not in known} | alike
        return [
            (first, [n for n in range(1, total + 1) if n not in have])
            for (_, first, total), have in found.items()
        ]
