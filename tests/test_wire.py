"""The languages of devices: vectors of the standard, round trips, and bytes that are nothing."""

from __future__ import annotations

import contextlib
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearlane.wire import datum, http, jt808, mqtt
from clearlane.wire import jt808_bodies as bodies
from clearlane.wire.message import Malformed, Message

LOCATION = (
    '7E0200005200200260432300A4000200000 00C00020158B91B06CB7061004600000059210922163758'
    '01040000000103020000250400000001300111310110E30100D51B02200260432327959378616000122000'
    '00123427959378615800128 67E'
).replace(' ', '')


def frames(data: bytes) -> list[jt808.Frame]:
    return [jt808.decode(piece) for piece in jt808.Frames().feed(data)]


def test_the_published_location_is_read() -> None:
    (frame,) = frames(bytes.fromhex(LOCATION))
    assert (frame.message, frame.terminal, frame.serial) == (0x0200, '2002604323', 0xA4)
    message = bodies.location(frame.body, frame.terminal, frame.serial)
    assert (message.lat, message.lon, message.altitude_m) == (22.591771, 113.995873, 70)
    assert (message.speed_kmh, message.heading) == (0, 89)
    assert message.at == datetime(2021, 9, 22, 8, 37, 58, tzinfo=UTC)
    assert message.facts['alarm_bits'] == '00020000'
    assert message.facts['status_bits'] == '000c0002'
    assert message.fix
    assert message.facts['satellites'] == 16
    assert message.facts['signal'] == 17
    assert message.facts['item_e3'] == '00'


def test_the_published_authentication_is_read() -> None:
    raw = '7E0102000D002002604325000138333030323030323630343332137E'
    (frame,) = frames(bytes.fromhex(raw))
    assert bodies.authentication(frame.body, frame.edition) == '8300200260432'


def test_the_published_reply_is_written() -> None:
    asked = jt808.Frame(message=0x0200, digits='002002604323', serial=0xEE)
    answer = jt808.Frame(
        message=jt808.REPLY, digits=asked.digits, serial=9, body=bodies.reply(asked, jt808.OK)
    )
    assert jt808.encode(answer).hex() == '7e80010005002002604323000900ee020000437e'


def test_the_published_escaping() -> None:
    assert jt808.escape(bytes.fromhex('307E087D55')).hex() == '307d02087d0155'


some_frame = st.builds(
    jt808.Frame,
    message=st.integers(0, 0xFFFF),
    digits=st.text('0123456789', min_size=12, max_size=12),
    serial=st.integers(0, 0xFFFF),
    body=st.binary(max_size=1023) | st.binary(max_size=4).map(lambda b: b * 255),
    edition=st.sampled_from([2013, 2019]),
    version=st.just(1),
)


@given(some_frame, st.binary(max_size=40).map(lambda b: b.replace(b'\x7e', b'')))
def test_a_frame_comes_back_however_the_stream_is_cut(frame: jt808.Frame, noise: bytes) -> None:
    if frame.edition == 2013:
        frame = jt808.Frame(**{**vars(frame), 'version': 0})
    else:
        frame = jt808.Frame(**{**vars(frame), 'digits': frame.digits.zfill(20)})
    data = noise + jt808.encode(frame) * 2
    cut = len(data) // 3
    cutter = jt808.Frames()
    pieces = [p for part in (data[:cut], data[cut:]) for p in cutter.feed(part)]
    assert jt808.decode(pieces[-1]) == frame
    assert jt808.decode(pieces[-2]) == frame


@given(st.binary(max_size=3000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for piece in jt808.Frames().feed(b'\x7e' + data + b'\x7e'):
        try:
            frame = jt808.decode(piece)
        except Malformed:
            continue
        for read in (
            lambda f: bodies.location(f.body, 'x', 1),
            lambda f: bodies.batch(f.body, 'x'),
            lambda f: bodies.register(f.body, f.edition),
            lambda f: bodies.authentication(f.body, f.edition),
        ):
            with contextlib.suppress(Malformed):
                read(frame)


@given(st.binary(max_size=120), st.sampled_from([2013, 2019]))
def test_no_body_breaks_the_readers(body: bytes, edition: int) -> None:
    for read in (
        lambda: bodies.location(body, 'x', 1, lock_item=0xE9),
        lambda: bodies.batch(body, 'x'),
        lambda: bodies.register(body, edition),
        lambda: bodies.authentication(body, edition),
    ):
        with contextlib.suppress(Malformed):
            read()


def test_an_endless_frame_is_dropped() -> None:
    cutter = jt808.Frames()
    for _ in range(100):
        assert list(cutter.feed(b'\x00' * 1000)) == []
    assert cutter.dropped > 0
    good = jt808.encode(jt808.Frame(message=2, digits='1', serial=1))
    assert jt808.decode(list(cutter.feed(b'\x7e' + good))[-1]).message == 2


@given(st.integers(1, 4000), st.integers(0, 0xFFFF), st.randoms(use_true_random=False))
def test_packages_come_together_in_any_order(size: int, serial: int, chance: random.Random) -> None:
    body = chance.randbytes(size)
    whole = jt808.Frame(message=0x0704, digits='1' * 12, serial=serial, body=body)
    pieces = jt808.packages(whole, 300)
    chance.shuffle(pieces)
    box = jt808.Packages()
    sent = [jt808.decode(jt808.encode(piece)[1:-1]) for piece in pieces]
    for number, piece in enumerate(sent[:-1]):
        assert box.take(piece) is None
        assert len(box.missing()[0][1]) == len(pieces) - number - 1
    found = box.take(sent[-1])
    assert found is not None and found.body == body and found.serial == serial
    assert box.missing() == []


def test_missing_packages_are_asked_for_in_the_form_of_the_edition() -> None:
    assert bodies.resend(7, [2, 3], 2013).hex() == '00070200020003'
    assert bodies.resend(7, [2, 3], 2019).hex() == '0007000200020003'


@pytest.mark.parametrize('edition', [2013, 2019])
def test_a_registration_is_read(edition: int) -> None:
    widths = (11, 30, 30) if edition == 2019 else (5, 20, 7)
    parts = [
        t.encode().ljust(w, b'\0') for t, w in zip(('MAKER', 'M-1', 'T1'), widths, strict=True)
    ]
    body = b'\x00\x23\x00\x02' + b''.join(parts) + b'\x02' + '闽D12345'.encode('gbk')
    found = bodies.register(body, edition)
    assert (found.maker, found.model, found.terminal_id) == ('MAKER', 'M-1', 'T1')
    assert (found.colour, found.plate, found.province) == (2, '闽D12345', 0x23)


def test_authentication_of_2019_has_a_length() -> None:
    body = b'\x04CODE' + b'1' * 15 + b'V1'.ljust(20, b'\0')
    assert bodies.authentication(body, 2019) == 'CODE'
    assert bodies.authentication(b'CODE', 2019) == 'CODE'


def test_south_west_and_no_fix() -> None:
    at = datetime(2026, 5, 11, tzinfo=UTC)
    there = Message(device='d', at=at, lat=-33.5, lon=-70.6, fix=True, speed_kmh=61.5)
    back = bodies.location(bodies.location_body(there), 'd', None)
    assert (back.lat, back.lon, back.fix, back.at, back.speed_kmh) == (-33.5, -70.6, True, at, 61.5)
    lost = bodies.location(bodies.location_body(Message(device='d', at=at)), 'd', None)
    assert not lost.fix


def test_a_location_without_a_date_has_no_time() -> None:
    body = bytearray(bodies.location_body(Message(device='d', at=None)))
    body[22:28] = b'\0' * 6
    assert bodies.location(bytes(body), 'd', None).at is None


def test_a_lock_word_in_an_additional_item() -> None:
    at = datetime(2026, 5, 11, tzinfo=UTC)
    body = bodies.location_body(Message(device='d', at=at), [(0xE9, b'\x00\x10')])
    assert bodies.location(body, 'd', 1, lock_item=0xE9).alarms == ('cut',)
    assert bodies.location(body, 'd', 1).facts['item_e9'] == '0010'


def test_a_batch_is_the_same_messages() -> None:
    at = datetime(2026, 5, 11, tzinfo=UTC)
    locations = [
        bodies.location_body(
            Message(device='d', at=at + timedelta(seconds=n), lat=1.0, lon=2.0, fix=True)
        )
        for n in range(5)
    ]
    found = bodies.batch(bodies.batch_body(locations), 'd')
    assert [m.at for m in found] == [at + timedelta(seconds=n) for n in range(5)]
    assert found[0].digest == bodies.location(locations[0], 'd', None).digest


inside = st.tuples(st.floats(18, 53), st.floats(74, 134))


@given(inside)
@settings(max_examples=300)
def test_the_datum_goes_there_and_back(point: tuple[float, float]) -> None:
    there = datum.to_gcj02(*point)
    assert there != point
    back = datum.to_wgs84(*there)
    assert abs(back[0] - point[0]) < 1e-8 and abs(back[1] - point[1]) < 1e-8


def test_the_datum_is_the_same_abroad() -> None:
    assert datum.to_gcj02(48.85, 2.35) == (48.85, 2.35)


def test_osmand_speaks() -> None:
    form = {
        'id': '7', 'lat': '24.5', 'lon': '118.1', 'timestamp': '1700000000', 'speed': '10',
        'batt': '55', 'alarm': 'tampering',
    }  # fmt: skip
    message = http.osmand(form)
    assert (message.lat, message.speed_kmh, message.alarms) == (24.5, 18.52, ('tamper',))
    assert message.facts == {'charge_percent': 55}
    shifted = http.osmand({**form, 'datum': 'gcj02'})
    assert 0.001 < abs(shifted.lat - 24.5) < 0.01  # type: ignore[operator]
    for gone in ('id', 'timestamp'):
        with pytest.raises(Malformed):
            http.osmand({k: v for k, v in form.items() if k != gone})


def test_traccar_forwards() -> None:
    body = {
        'position': {
            'fixTime': '2026-05-11T00:00:00.000+00:00', 'latitude': 24.5, 'longitude': 118.1,
            'speed': 10, 'course': 90, 'valid': True, 'protocol': 'h02',
            'attributes': {'batteryLevel': 44, 'alarm': 'powerCut', 'sat': 9},
        },
        'device': {'uniqueId': 'abc'},
    }  # fmt: skip
    message = http.traccar(body)
    assert (message.device, message.alarms, message.heading) == ('abc', ('power_lost',), 90)
    assert message.facts['charge_percent'] == 44
    with pytest.raises(Malformed):
        http.traccar({'position': 3})


def test_the_json_of_newer_clients() -> None:
    body = {
        'device_id': 'abc',
        'location': {
            'timestamp': '2026-05-11T00:00:00Z',
            'coords': {'latitude': 1, 'longitude': 2, 'speed': 10, 'heading': 3},
            'battery': {'level': 0.5, 'is_charging': True},
        },
    }
    message = http.osmand_json(body)
    assert (message.speed_kmh, message.facts['charge_percent']) == (36, 50)


plain = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers()
values = (
    plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=8), plain, max_size=3)
)
names = st.sampled_from(
    ['ts', 'seq', 'lat', 'lon', 'alarms', 'position', 'device', 'location', 'x']
)


@given(st.dictionaries(names, values, max_size=6))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_json_breaks_the_readers(body: dict[str, object]) -> None:
    for read in (
        lambda: mqtt.read('customs/v1/a/b/c/up/event', json.dumps(body).encode()),
        lambda: http.traccar(body),
        lambda: http.osmand_json(body),
        lambda: http.osmand(body),
    ):
        with contextlib.suppress(Malformed):
            assert len(read().digest) == 16
