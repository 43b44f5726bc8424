"""Terminals that nobody here wrote: frames written by hand, byte by byte, on a real socket."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from clearlane.wire import jt808
from clearlane.wire import jt808_bodies as bodies
from clearlane.wire.message import Malformed
from tests.test_gateways import TRACKER, Terminal, frame, location, platform
from tests.test_watching import declare

FIX = '00000000000000030175D720070A5C6000140258005A'
"""No alarm; ACC on and positioned; 24.5 N, 118.119520 E; 20 m; 60 km/h; east."""
DAY = '260511080100'

HEADERS = [
    # what, hex between the flags without checksum, (message, terminal, serial, edition, body)
    ('2013, BCD of 6 bytes', '0002 0000 013900000001 0007', (2, '13900000001', 7, 2013, '')),
    ('2019, version flag and BCD of 10 bytes', '0002 4000 01 00000000013900000001 0007',
     (2, '13900000001', 7, 2019, '')),
    ('a reserved bit set', '0002 8000 013900000001 FFFF', (2, '13900000001', 0xFFFF, 2013, '')),
    ('a body of 7D and 7E', '0102 0004 013900000001 0001 7D7E7D7D',
     (0x102, '13900000001', 1, 2013, '7d7e7d7d')),
    ('one package of one', '0002 2000 013900000001 0007 0001 0001',
     (2, '13900000001', 7, 2013, '')),
    ('a terminal of noughts', '0002 0000 000000000000 0000', (2, '0', 0, 2013, '')),
]  # fmt: skip


def sealed(text: str) -> bytes:
    """Checksum, escapes and flags around hexadecimal text, done the slow way."""
    plain = bytes.fromhex(text.replace(' ', ''))
    check = 0
    for byte in plain:
        check ^= byte
    out = bytearray(b'\x7e')
    for byte in plain + bytes([check]):
        out += {0x7E: b'\x7d\x02', 0x7D: b'\x7d\x01'}.get(byte, bytes([byte]))
    return bytes(out) + b'\x7e'


@pytest.mark.parametrize(('name', 'text', 'wanted'), HEADERS, ids=[h[0] for h in HEADERS])
def test_a_header_is_read(name: str, text: str, wanted: tuple[object, ...]) -> None:
    (piece,) = jt808.Frames().feed(sealed(text))
    found = jt808.decode(piece)
    assert (
        found.message, found.terminal, found.serial, found.edition, found.body.hex()
    ) == wanted  # fmt: skip


def test_a_checksum_that_has_to_be_escaped() -> None:
    for check, end in ((0x7D, '7d017e'), (0x7E, '7d027e')):
        head = bytes.fromhex('000200010139000000010007')
        sofar = 0
        for byte in head:
            sofar ^= byte
        data = sealed((head + bytes([sofar ^ check])).hex())
        assert data.hex().endswith(end)
        assert jt808.decode(next(jt808.Frames().feed(data))).serial == 7


@pytest.mark.parametrize('text', ['7d', '7d00', '02007d', '00' * 12, '000200050139000000010007aa'])
def test_what_is_no_frame_says_so(text: str) -> None:
    with pytest.raises(Malformed):
        jt808.decode(bytes.fromhex(text))


LOCATIONS = [
    ('no additional item', FIX + DAY, datetime(2026, 5, 11, 0, 1, tzinfo=UTC), {}),
    ('unknown items', FIX + DAY + 'F5 02 ABCD 31 01 09', datetime(2026, 5, 11, 0, 1, tzinfo=UTC),
     {'item_f5': 'abcd', 'satellites': 9}),
    ('an item that is cut off', FIX + DAY + '31 01 09 01 04 00', datetime(
        2026, 5, 11, 0, 1, tzinfo=UTC), {'satellites': 9}),
    ('an item of no length', FIX + DAY + 'E0 00', datetime(2026, 5, 11, 0, 1, tzinfo=UTC),
     {'item_e0': ''}),
    ('month 13', FIX + '261311080100', None, {}),
    ('hour 24', FIX + '260511240000', None, {}),
    ('30 February', FIX + '260230080000', None, {}),
    ('figures that are none', FIX + '2605110801FA', None, {}),
]  # fmt: skip


@pytest.mark.parametrize(('name', 'text', 'at', 'facts'), LOCATIONS, ids=[r[0] for r in LOCATIONS])
def test_a_location_is_read(
    name: str, text: str, at: datetime | None, facts: dict[str, object]
) -> None:
    found = bodies.location(bytes.fromhex(text.replace(' ', '')), 'd', 1)
    assert (found.lat, found.lon, found.speed_kmh, found.fix) == (24.5, 118.119520, 60, True)
    assert found.at == at
    assert facts.items() <= found.facts.items()


@pytest.mark.parametrize('kind', ['00', '01'], ids=['ordinary', 'kept while out of reach'])
def test_a_batch_of_either_kind(kind: str) -> None:
    one = '001C' + FIX + DAY
    other = '0020' + FIX + '260511080200' + '31 02 0009'
    found = bodies.batch(bytes.fromhex(('0002' + kind + one + other).replace(' ', '')), 'd')
    assert [m.at.minute for m in found if m.at] == [1, 2]


def test_packages_that_all_have_the_same_serial() -> None:
    box = jt808.Packages()
    parts = [
        jt808.Frame(message=0x704, digits='1', serial=9, body=bytes([n]), total=3, number=n)
        for n in (3, 1, 2)
    ]
    assert box.take(parts[0]) is None and box.take(parts[1]) is None
    assert box.missing() == [(9, [2])]
    whole = box.take(parts[2])
    assert whole is not None and whole.body == b'\x01\x02\x03'
    assert box.missing() == []


def test_packages_of_one_terminal_do_not_fill_the_memory() -> None:
    box = jt808.Packages()
    for serial in range(4000):
        box.take(jt808.Frame(message=0x801, digits='1', serial=serial * 7 & 0xFFFF,
                             body=b'x' * 1000, total=4000, number=serial + 1))  # fmt: skip
    assert box._bytes() <= jt808.Packages.MOST_BYTES


@pytest.fixture
def port(store: None) -> Iterator[int]:
    declare()
    with platform() as (found, _):
        yield found


def known(port: int) -> Terminal:
    one = Terminal(port)
    one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 1))
    assert one.replied() == (1, 0x0102, 0)
    return one


def test_many_frames_in_one_segment_and_one_in_many(port: int) -> None:
    one = known(port)
    one.send(b''.join(frame(0x0200, location(60 * n, 24.5, 118.1), n) for n in range(2, 30)))
    assert [one.replied() for _ in range(2, 30)] == [(n, 0x0200, 0) for n in range(2, 30)]
    for byte in frame(0x0200, location(3000, 24.5, 118.2), 40):
        one.send(bytes([byte]))
    assert one.replied() == (40, 0x0200, 0)


def test_flags_may_be_shared(port: int) -> None:
    one = known(port)
    one.send(frame(0x0002, b'', 2)[:-1] + frame(0x0002, b'', 3))
    assert (one.replied()[0], one.replied()[0]) == (2, 3)


def test_a_wrong_checksum_is_not_answered_and_a_wrong_length_is(port: int) -> None:
    one = known(port)
    bad = bytearray(frame(0x0200, location(60, 24.5, 118.1), 2))
    bad[20] ^= 1
    one.send(bytes(bad))
    one.send(sealed('0002 0005 013900000001 0003'))
    assert one.replied() == (3, 0x0002, 2)
    one.send(frame(0x0002, b'', 4))
    assert one.replied() == (4, 0x0002, 0)


def test_a_heartbeat_before_authentication_is_no_offence(port: int) -> None:
    one = Terminal(port)
    for n in range(20):
        one.send(frame(0x0002, b'', n))
        assert one.replied() == (n, 0x0002, 1)
    one.send(frame(0x0102, b'nobody knows this', 30))
    assert one.replied() == (30, 0x0102, 1)
    one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 31))
    assert one.replied() == (31, 0x0102, 0)


def test_a_terminal_that_comes_back_in_the_middle_of_a_message(port: int) -> None:
    from clearlane.store import models as rows

    piece = location(60, 24.5, 118.1)
    batch = struct.pack('>HBH', 1, 1, len(piece)) + piece
    parts = [
        frame(0x0704, p, 5 + n, part=struct.pack('>HH', 2, n + 1))
        for n, p in enumerate((batch[:20], batch[20:]))
    ]
    one = known(port)
    one.send(parts[0] + parts[1][:9])
    assert one.replied() == (5, 0x0704, 0)
    one.socket.close()
    again = known(port)
    again.send(parts[1])
    assert again.replied() == (6, 0x0704, 0)
    assert rows.Message.objects.count() == 1


def test_a_month_13_is_kept_and_proves_nothing(port: int) -> None:
    from clearlane.store import models as rows

    one = known(port)
    one.send(frame(0x0200, bytes.fromhex(FIX + '261311080100'), 2))
    assert one.replied() == (2, 0x0200, 0)
    assert not rows.Message.objects.get().trusted


def test_garbage_never_stops_the_server(port: int) -> None:
    for noise in (b'\x7e' * 5000, b'GET / HTTP/1.1\r\n\r\n', bytes(range(256)) * 900):
        one = Terminal(port)
        one.send(noise)
        one.socket.close()
    known(port)


def test_who_says_nothing_is_shown_out(store: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from clearlane.settings import settings

    monkeypatch.setenv('CLEARLANE_JT808_UNKNOWN_SECONDS', '1')
    monkeypatch.setenv('CLEARLANE_JT808_CONNECTIONS', '2')
    settings.cache_clear()
    try:
        with platform() as (found, _):
            some = [Terminal(found), Terminal(found)]
            third = Terminal(found)
            assert third.socket.recv(10) == b''
            began = time.monotonic()
            assert [one.socket.recv(10) for one in some] == [b'', b'']
            assert time.monotonic() - began < 10
    finally:
        settings.cache_clear()
