"""Devices on real sockets: a JT/T 808 terminal, and Mosquitto, which is shot in the middle."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests import journeys
from tests.conftest import OFFICER, PARTY
from tests.journeys import LOCK, START, TRACKER
from tests.test_watching import declare, stored, troubled

MOSQUITTO = shutil.which('mosquitto') or shutil.which('mosquitto', path='/usr/sbin')


# --- a terminal that knows nothing of our code --------------------------------


def frame(message: int, body: bytes, serial: int, *, new: bool = False, part: bytes = b'') -> bytes:
    properties = len(body) | (0x4000 if new else 0) | (0x2000 if part else 0)
    head = struct.pack('>HH', message, properties)
    head += b'\x01' + bytes.fromhex(TRACKER.zfill(20)) if new else bytes.fromhex(TRACKER.zfill(12))
    plain = head + struct.pack('>H', serial) + part + body
    check = 0
    for byte in plain:
        check ^= byte
    sent = bytearray(b'\x7e')
    for byte in (*plain, check):
        sent += {0x7E: b'\x7d\x02', 0x7D: b'\x7d\x01'}.get(byte, bytes([byte]))
    return bytes(sent + b'\x7e')


def location(
    seconds: float, lat: float, lon: float, *, alarm: int = 0, items: bytes = b''
) -> bytes:
    at = (START + timedelta(seconds=seconds, hours=8)).strftime('%y%m%d%H%M%S')
    fixed = struct.pack('>IIIIHHH', alarm, 3, round(lat * 1e6), round(lon * 1e6), 20, 600, 90)
    return fixed + bytes.fromhex(at) + items


class Terminal:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=10)
        self.rest = b''

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> tuple[int, bytes]:
        """(message, body) of the next frame of the platform."""
        while self.rest.count(b'\x7e') < 2:
            data = self.socket.recv(4096)
            if not data:
                raise ConnectionError('closed')
            self.rest += data
        _, piece, self.rest = self.rest.split(b'\x7e', 2)
        plain = piece.replace(b'\x7d\x02', b'\x7e').replace(b'\x7d\x01', b'\x7d')
        message, properties = struct.unpack_from('>HH', plain)
        return message, plain[17 if properties & 0x4000 else 12 : -1]

    def replied(self) -> tuple[int, int, int]:
        """(serial, message, result) of a general reply."""
        message, body = self.answer()
        assert message == 0x8001, hex(message)
        return struct.unpack('>HHB', body)


@contextmanager
def platform(secure: Any = None) -> Iterator[tuple[int, Any]]:
    """A server of terminals in a thread, with its sink; its port."""
    from clearlane.gateways.sink import Sink
    from clearlane.gateways.terminals import Terminals

    sink, loop, ready = Sink(), asyncio.new_event_loop(), threading.Event()
    found: list[Any] = []

    async def main() -> None:
        terminals = Terminals(sink)
        server = await terminals.serve('127.0.0.1', 0, secure)
        stop = asyncio.Event()
        found.extend((server.sockets[0].getsockname()[1], stop))
        ready.set()
        await stop.wait()
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        terminals.lookups.shutdown()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    sink.start()
    thread.start()
    ready.wait()
    try:
        yield found[0], sink
    finally:
        loop.call_soon_threadsafe(found[1].set)
        thread.join()
        sink.stop()
        loop.close()


@pytest.fixture
def terminal(store: None) -> Iterator[tuple[Terminal, str]]:
    no = declare()
    with platform() as (port, _):
        one = Terminal(port)
        yield one, no
        # Else the server may read on until its own time is over: `wait_for` can miss a cancel.
        one.socket.close()


def registered(one: Terminal, new: bool) -> bytes:
    widths = (11, 30, 30) if new else (5, 20, 7)
    about = b''.join(
        t.ljust(w, b'\0') for t, w in zip((b'MAKER', b'M1', b'T1'), widths, strict=True)
    )
    body = b'\x00\x23\x00\x02' + about + b'\x02' + '闽D12345'.encode('gbk')
    one.send(frame(0x0100, body, 1, new=new))
    message, answer = one.answer()
    assert message == 0x8100
    assert answer[:3] == b'\x00\x01\x00'
    return answer[3:]


@pytest.mark.parametrize('new', [False, True], ids=['2013', '2019'])
def test_a_terminal_registers_authenticates_and_reports(
    terminal: tuple[Terminal, str], new: bool
) -> None:
    from clearlane.store import models as rows

    one, _ = terminal
    key = registered(one, new)
    body = bytes([len(key)]) + key + b'8' * 15 + b'V1'.ljust(20, b'\0') if new else key
    one.send(frame(0x0102, body, 2, new=new))
    assert one.replied() == (2, 0x0102, 0)
    one.send(frame(0x0002, b'', 3, new=new))
    assert one.replied() == (3, 0x0002, 0)
    one.send(
        frame(
            0x0200, location(60, 24.5, 118.101, items=b'\x01\x04\0\0\0\x01\x31\x01\x09'), 4, new=new
        )
    )
    assert one.replied() == (4, 0x0200, 0)
    said = rows.Message.objects.get()
    assert (said.lat, said.lon, said.fix, said.speed_kmh) == (24.5, 118.101, True, 60)
    assert said.at == START + timedelta(seconds=60)
    assert said.facts['satellites'] == 9
    pieces = [location(60 + 30 * n, 24.5, 118.1 + n / 1000) for n in range(60)]
    batch = struct.pack('>HB', len(pieces), 1) + b''.join(
        struct.pack('>H', len(p)) + p for p in pieces
    )
    parts = [batch[at : at + 700] for at in range(0, len(batch), 700)]
    for number, part in enumerate(parts):
        item = struct.pack('>HH', len(parts), number + 1)
        one.send(frame(0x0704, part, 10 + number, new=new, part=item))
        assert one.replied() == (10 + number, 0x0704, 0)
    assert rows.Message.objects.count() == 61 - 0
    one.send(frame(0x0003, b'', 20, new=new))
    assert one.replied() == (20, 0x0003, 0)
    one.send(frame(0x0200, location(9000, 24.5, 118.2), 21, new=new))
    assert one.replied()[2] == 1


@pytest.fixture
def paper(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for this machine that nobody signed but itself, and its key."""
    key, certificate = tmp_path / 'key.pem', tmp_path / 'certificate.pem'
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
         '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
         '-keyout', key, '-out', certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def test_a_terminal_over_tls(store: None, paper: tuple[Path, Path]) -> None:
    from clearlane.gateways.terminals import secured
    from clearlane.store import models as rows

    declare()
    certificate, key = paper
    with platform(secured(str(certificate), str(key))) as (port, _):
        one = Terminal(port)
        trust = ssl.create_default_context(cafile=certificate)
        one.socket = trust.wrap_socket(one.socket, server_hostname='localhost')
        one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 1))
        assert one.replied() == (1, 0x0102, 0)
        one.send(frame(0x0200, location(60, 24.5, 118.101), 2))
        assert one.replied() == (2, 0x0200, 0)
        plain = Terminal(port)
        plain.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 1))
        with pytest.raises((ConnectionError, AssertionError)):
            plain.replied()
    assert rows.Message.objects.count() == 1


def test_no_door_over_tls_without_a_certificate() -> None:
    from clearlane.gateways.terminals import secured

    with pytest.raises(OSError):
        secured('', '')


def test_missing_packages_are_asked_for(
    terminal: tuple[Terminal, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearlane.gateways import terminals
    from clearlane.store import models as rows

    monkeypatch.setattr(terminals, 'RESEND_SECONDS', 0.1)
    one, _ = terminal
    one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 1))
    assert one.replied() == (1, 0x0102, 0)
    piece = location(60, 24.5, 118.1)
    batch = struct.pack('>HB', 1, 0) + struct.pack('>H', len(piece)) + piece
    three = [batch[:10], batch[10:20], batch[20:]]
    parts = [
        frame(0x0704, p, 5 + n, part=struct.pack('>HH', 3, n + 1)) for n, p in enumerate(three)
    ]
    one.send(parts[2] + parts[0])
    assert {one.replied()[0], one.replied()[0]} == {7, 5}
    message, body = one.answer()
    assert (message, body) == (0x8003, struct.pack('>HBH', 5, 1, 2))
    assert rows.Message.objects.count() == 0
    one.send(parts[1])
    while True:
        message, body = one.answer()
        if message == 0x8001:
            break
    assert struct.unpack('>HHB', body) == (6, 0x0704, 0)
    assert rows.Message.objects.count() == 1


def test_what_is_not_proved_is_not_stored(terminal: tuple[Terminal, str]) -> None:
    from clearlane import devices
    from clearlane.store import models as rows

    one, _ = terminal
    one.send(frame(0x0200, location(0, 24.5, 118.1), 1))
    assert one.replied() == (1, 0x0200, 1)
    one.send(frame(0x0102, b'wrong', 2))
    assert one.replied() == (2, 0x0102, 1)
    one.send(b'\x7egarbage\x7e' + b'\xff' * 300 + b'\x7e\x7d\x7d\x7e')
    one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 3))
    assert one.replied() == (3, 0x0102, 0)
    one.send(frame(0x0200, b'short', 4))
    assert one.replied() == (4, 0x0200, 2)
    one.send(frame(0x0F00, b'', 5))
    assert one.replied() == (5, 0x0F00, 3)
    devices.revoke(OFFICER, TRACKER)
    one.send(frame(0x0200, location(0, 24.5, 118.1), 6))
    assert one.replied() == (6, 0x0200, 1)
    assert rows.Message.objects.count() == 0


def test_a_terminal_that_says_it_is_another_is_refused(store: None) -> None:
    from clearlane import devices

    devices.add(OFFICER, TRACKER, PARTY)
    assert devices.enrol(TRACKER.zfill(12), 'A/B/C')[0] == 0
    assert devices.enrol(TRACKER, 'A/B/D') == (3, '')
    again, key = devices.enrol(TRACKER.zfill(20), 'A/B/C')
    assert again == 0
    assert devices.authentic(TRACKER, key) is not None
    assert devices.enrol('555', 'A/B/C') == (4, '')


def test_a_whole_journey_over_the_socket(terminal: tuple[Terminal, str]) -> None:
    one, no = terminal
    one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 1))
    assert one.replied()[2] == 0
    track = list(journeys.drive(every=60))
    journeys.moved(track, 12, 22, 0.014)
    for n, fix in enumerate(track):
        one.send(frame(0x0200, location(fix['t'], fix['lat'], fix['lon']), 100 + n))
    assert {one.replied()[2] for _ in track} == {0}
    assert 'off_corridor' in [row[0] for row in stored(no)]


# --- a broker -----------------------------------------------------------------


@contextmanager
def mosquitto(folder: Path, port: int, more: str = '') -> Iterator[subprocess.Popen[bytes]]:
    (folder / 'mosquitto.conf').write_text(
        f'listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/passwords\n'
        f'acl_file {folder}/acl\npersistence true\npersistence_location {folder}/\n'
        'max_inflight_messages 0\nmax_queued_messages 0\nautosave_interval 1\n'
        'autosave_on_changes true\n'
        f'user root\n{more}'
    )
    assert MOSQUITTO is not None
    broker = subprocess.Popen(
        [MOSQUITTO, '-c', str(folder / 'mosquitto.conf')], stderr=subprocess.DEVNULL
    )
    try:
        while broker.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', port)) == 0:
                    break
        yield broker
    finally:
        broker.terminate()
        broker.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


class Publisher:
    """A lock that keeps what was not acknowledged and sends it again."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self.acknowledged: set[int] = set()
        self.all = threading.Event()
        self.wanted = -1
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, f'dev-{user}', clean_session=False)
        self.paho.username_pw_set(user, password)
        self.paho.reconnect_delay_set(1, 1)
        self.paho.max_inflight_messages_set(20)
        self.paho.on_publish = self._published
        self.paho.connect_async('127.0.0.1', port)

    def start(self) -> None:
        self.paho.loop_start()

    def stop(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()

    def _published(self, client: Any, data: Any, mid: int, reason: Any, properties: Any) -> None:
        self.acknowledged.add(mid)
        if len(self.acknowledged) == self.wanted:
            self.all.set()

    def publish(self, topic: str, body: dict[str, Any]) -> None:
        self.paho.publish(topic, json.dumps(body), qos=1)


def eventually(true: Callable[[], bool], seconds: float = 30) -> bool:
    stop = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if true():
            return True
        stop.wait(0.05)
    return true()


@pytest.mark.skipif(MOSQUITTO is None, reason='there is no Mosquitto on this machine')
def test_a_broker_that_dies_in_the_middle_loses_nothing(store: None, tmp_path: Path) -> None:
    from clearlane import devices
    from clearlane.gateways.broker import Broker
    from clearlane.gateways.sink import Sink
    from clearlane.store import models as rows

    no = declare()
    (tmp_path / 'passwords').touch()
    for name, text in devices.broker_files('clearlane', 'platform').items():
        (tmp_path / name).write_text(text)
    port = free_port()
    said = sorted(troubled(), key=lambda m: m.at or START)
    sink = Sink()
    broker = Broker(sink, f'mqtt://clearlane:platform@127.0.0.1:{port}')
    senders = {c: Publisher(port, c, f'key-of-{c}') for c in (TRACKER, LOCK)}
    with ExitStack() as ending:
        sink.start()
        ending.callback(sink.stop)
        broker.start()
        ending.callback(broker.stop)
        with mosquitto(tmp_path, port):
            # A broker keeps nothing for a subscriber that never came.
            assert broker.listening.wait(30)
            for one in senders.values():
                one.start()
                ending.callback(one.stop)
            for m in said[: len(said) // 2]:
                senders[m.device].publish(f'customs/v1/xm/tracker/{m.device}/up/telemetry', body(m))
            assert eventually(lambda: rows.Message.objects.count() > 5)
        for m in said[len(said) // 2 :]:
            senders[m.device].publish(f'customs/v1/xm/tracker/{m.device}/up/telemetry', body(m))
        with mosquitto(tmp_path, port):
            wanted = len({m.digest for m in said})
            assert eventually(lambda: rows.Message.objects.count() == wanted)
            # A device may speak for itself alone.
            senders[LOCK].publish(
                f'customs/v1/xm/tracker/{TRACKER}/up/telemetry', body(said[0]) | {'lat': 1.0}
            )
            senders[LOCK].publish(
                f'customs/v1/xm/tracker/{LOCK}/up/telemetry', body(said[-1]) | {'seq': 7, 'x': 1}
            )
            assert eventually(lambda: rows.Message.objects.count() == wanted + 1)
    assert not rows.Message.objects.filter(lat=1.0).exists()
    assert {'off_corridor', 'seal_opened'} <= {row[0] for row in stored(no)}


def body(message: Any) -> dict[str, Any]:
    return {
        'ts': message.at.isoformat(), 'lat': message.lat, 'lon': message.lon,
        'speed_kmh': message.speed_kmh, 'alarms': list(message.alarms), **message.facts,
    }  # fmt: skip


@pytest.mark.skipif(MOSQUITTO is None, reason='Mosquitto is not installed')
def test_a_broker_over_tls_whose_authority_is_named(
    store: None, tmp_path: Path, paper: tuple[Path, Path]
) -> None:
    from clearlane import devices
    from clearlane.gateways.broker import Broker
    from clearlane.gateways.sink import Sink

    for name, text in devices.broker_files('clearlane', 'platform').items():
        (tmp_path / name).write_text(text)
    certificate, key = paper
    port, sink = free_port(), Sink()
    url = f'mqtts://clearlane:platform@127.0.0.1:{port}'
    broker = Broker(sink, url, authority=str(certificate))
    with ExitStack() as ending:
        sink.start()
        ending.callback(sink.stop)
        ending.enter_context(mosquitto(tmp_path, port, f'certfile {certificate}\nkeyfile {key}\n'))
        broker.start()
        ending.callback(broker.stop)
        assert broker.listening.wait(30)
