"""What a camera wrote beside a photograph (EXIF): how it was held, when, and what it is.

Only a few tags are looked at, in place: a general reader copies every value that
a directory points to, and a few kilobytes can point to the same block thousands
of times. Whatever is odd is as if it were absent.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta, timezone

CAMERA_ZONE = timezone(timedelta(hours=8))
"""The zone of a camera that wrote a time without one: China's only zone."""

_ORIENTATION = 0x0112
_CAMERA = 0x8769
_TAKEN = 0x9003
_OFFSET = 0x9011
_MAKE = 0x010F
_MODEL = 0x0110
_SERIAL = 0xA431
_MOST_ENTRIES = 512

_Entry = tuple[int, int, bytes]


def read(block: bytes) -> tuple[int, datetime | None]:
    """The orientation (1 where none is given) and the moment the camera wrote down."""
    block = block.removeprefix(b'Exif\0\0')
    order = {b'II*\0': '<', b'MM\0*': '>'}.get(block[:4])
    if order is None:
        return 1, None
    first = _directory(block, order, block[4:8])
    kind, _, value = first.get(_ORIENTATION, (0, 0, b''))
    (turned,) = struct.unpack(order + 'H', value[:2]) if kind == 3 else (1,)
    _, _, camera = first.get(_CAMERA, (0, 0, b''))
    details = _directory(block, order, camera)
    taken, offset = (_words(block, order, details, tag) for tag in (_TAKEN, _OFFSET))
    return (turned if 1 <= turned <= 8 else 1), _moment(taken, offset)


def camera(block: bytes) -> tuple[str, str, str]:
    """Make, model and serial number of the camera by its own word; empty where it has none.

    Letters that cannot be printed are left out: the words go into tables and pages.
    """
    block = block.removeprefix(b'Exif\0\0')
    order = {b'II*\0': '<', b'MM\0*': '>'}.get(block[:4])
    if order is None:
        return '', '', ''
    first = _directory(block, order, block[4:8])
    details = _directory(block, order, first.get(_CAMERA, (0, 0, b''))[2])
    places = ((first, _MAKE), (first, _MODEL), (details, _SERIAL))
    make, model, serial = (_printable(_words(block, order, part, tag)) for part, tag in places)
    return make, model, serial


def _printable(words: str) -> str:
    return ''.join(c for c in words if c.isprintable() and c != '\ufffd').strip()


def _directory(block: bytes, order: str, pointer: bytes) -> dict[int, _Entry]:
    """Type, count and value field by tag; nothing where the pointer leads nowhere."""
    at = len(block) if len(pointer) < 4 else struct.unpack(order + 'I', pointer)[0]
    entries: dict[int, _Entry] = {}
    if at + 2 > len(block):
        return entries
    (count,) = struct.unpack_from(order + 'H', block, at)
    for place in range(at + 2, at + 2 + 12 * min(count, _MOST_ENTRIES), 12):
        if place + 12 > len(block):
            break
        tag, kind, number, value = struct.unpack_from(order + 'HHI4s', block, place)
        entries.setdefault(tag, (kind, number, value))
    return entries


def _words(block: bytes, order: str, entries: dict[int, _Entry], tag: int) -> str:
    kind, number, value = entries.get(tag, (0, 0, b''))
    if kind != 2 or not 0 < number <= 64:
        return ''
    if number <= 4:  # so few letters stand in the entry itself
        return value[:number].split(b'\0')[0].decode('ascii', 'replace').strip()
    (at,) = struct.unpack(order + 'I', value)
    return block[at : at + number].split(b'\0')[0].decode('ascii', 'replace').strip()


def _moment(taken: str, offset: str) -> datetime | None:
    if not taken:
        return None
    try:
        if offset:
            return datetime.strptime(taken + offset, '%Y:%m:%d %H:%M:%S%z')
        return datetime.strptime(taken, '%Y:%m:%d %H:%M:%S').replace(tzinfo=CAMERA_ZONE)
    except ValueError:
        return None
