"""Two lorries under seal: trackers on a real socket, locks on a real broker, time run faster.

One keeps to its route and is written off; the other leaves it and has its lock opened, and an
officer finds both incidents. Tracks and photographs are synthetic; the terminals are
simulated here. Everything else is what runs in use.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from amqtt.broker import Broker as Embedded
from paho.mqtt.enums import CallbackAPIVersion
from rich.console import Console
from rich.table import Table

from clearlane import custody, devices, flow, people, registry, report, work
from clearlane.access import Actor
from clearlane.gateways.broker import Broker
from clearlane.gateways.sink import Sink
from clearlane.gateways.terminals import Terminals
from clearlane.model import Text
from clearlane.sample import loading
from clearlane.scenario import scenarios
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store.start import blobs
from clearlane.wire import jt808
from clearlane.wire import jt808_bodies as bodies
from clearlane.wire.message import Message

NAME = 'in_transit'
PARTY = '91350200MA0EXAMPLK'
CARRIER = Actor(name='demo-carrier', role='exporter', party=PARTY)
OFFICER = Actor(name='demo-officer', role='officer')
NO_DRAW = Decimal('0.99999')
"""The demo has to show the same outcome each time, so its lots are set above every share."""
EVERY = 30
SPEED_KMH = 60.0
CONTAINER = 'CSQU3054383'
DRIVER = ('王师傅', '350200199001010011')
Fix = tuple[float, float, float]

_log = Console(stderr=True)


@dataclass
class Lorry:
    """One journey of the demo."""

    name: Text
    plate: str
    seal: str
    terminal: str
    edition: int
    lock: str
    wrong: bool
    began: datetime
    no: str = ''
    keys: dict[str, str] = field(default_factory=dict)
    track: list[Fix] = field(default_factory=list)


def demo(*, as_json: bool) -> None:
    """Run two journeys from sealing to the end, and say what became of them."""
    people.party(PARTY, '鹭江示例物流有限公司', 'certified')
    route = _route()
    number = rows.Declaration.objects.filter(scenario=NAME).count() // 2 + 1
    lorries = [_lorry(number, wrong, route) for wrong in (False, True)]
    for lorry in lorries:
        _departs(lorry, number)
    with _platform() as (port, broker):
        _log.print(f'terminals on port {port}, locks on a broker on port {broker} …')
        for lorry in lorries:
            asyncio.run(_drives(lorry, port))
            _lock_speaks(lorry, broker)
    for lorry in lorries:
        _arrives(lorry)
    _log.print('reading the photographs and deciding …')
    work.drain()
    answers = [_answer(lorry) for lorry in lorries]
    if as_json:
        for answer in answers:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + '\n')
    else:
        _show(answers)
    _farewell(answers)


# --- what is declared ---------------------------------------------------------


def _route() -> list[tuple[float, float]]:
    """The demo route of the scenario's folder, registered and qualified."""
    table = scenarios()[NAME].home / 'library' / 'routes.csv'
    with table.open(encoding='utf-8') as file:
        found = next(iter(csv.DictReader(file)))
    line = [place.replace(' ', ', ') for place in found['line'].split(';')]
    record = {k: found[k] for k in ('name', 'origin', 'destination')} | {'line': line}
    entry = registry.register(CARRIER, NAME, 'routes', found['key'], record)
    if entry.state == 'submitted':
        registry.qualify(OFFICER, entry.pk, flow.today())
    return [(float(a), float(b)) for a, _, b in (p.partition(', ') for p in line)]


def _lorry(number: int, wrong: bool, route: list[tuple[float, float]]) -> Lorry:
    track = list(_fixes(route, number * 2 + wrong))
    if wrong:
        third = len(track) // 3
        track = [
            (t, lat + (0.012 if third <= n < third + 25 else 0), lon)
            for n, (t, lat, lon) in enumerate(track)
        ]
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=track[-1][0] + 120)
    suffix = f'{number:02d}{int(wrong)}'
    return Lorry(
        name=WRONG if wrong else GOOD,
        plate='闽D54321' if wrong else '闽D12345',
        seal=f'CN{number:05d}{7 if wrong else 1}9',
        terminal=f'13950000{suffix}',
        edition=2019 if wrong else 2013,
        lock=f'LOCK-{suffix}',
        wrong=wrong,
        began=began,
        track=track,
    )


GOOD = Text('按路线行驶', 'keeps to its route')
WRONG = Text('偏离路线，电子锁被打开', 'leaves its route, its lock is opened')


def _fixes(route: list[tuple[float, float]], seed: int) -> Iterator[Fix]:
    """(seconds, lat, lon) every half minute, with a receiver's noise."""
    chance, t = random.Random(seed), 0.0  # noqa: S311 - simulated noise
    for (a, b), (c, d) in pairwise(route):
        metres = hypot((c - a) * 111_195, (d - b) * 111_195 * cos(radians(a)))
        steps = max(1, round(metres / (SPEED_KMH / 3.6 * EVERY)))
        for n in range(steps):
            share = n / steps
            lat, lon = a + (c - a) * share, b + (d - b) * share
            yield t, lat + chance.gauss(0, 3e-5), lon + chance.gauss(0, 3e-5)
            t += EVERY
    for _ in range(3):
        yield t, *route[-1]
        t += EVERY


def _departs(lorry: Lorry, number: int) -> None:
    """Declared, devices added, sealed by an officer, photographed."""
    for code, kind in ((lorry.terminal, 'tracker'), (lorry.lock, 'lock')):
        _, lorry.keys[code] = devices.add(OFFICER, code, PARTY, kind=kind)
    declared = _declared(lorry, number)
    lorry.no = flow.lodge(CARRIER, NAME, declared, lot=NO_DRAW).no
    custody.act(OFFICER, 'seal', lorry.seal, 'register', at=lorry.began)
    for what in ('issue', 'apply'):
        custody.act(
            OFFICER,
            'seal',
            lorry.seal,
            what,
            declaration=lorry.no,
            at=lorry.began,
            place='厦门东渡',
        )
    custody.act(
        CARRIER, 'load', declared['no'], 'take_over', declaration=lorry.no, at=lorry.began,
        holder=DRIVER[0], identity=DRIVER[1], place='厦门东渡',
    )  # fmt: skip
    seed = number * 10 + lorry.wrong
    for view, photo in (
        ('loading', loading.loading(lorry.plate, CONTAINER, seed)),
        ('sealing', loading.sealing(lorry.seal, seed + 5)),
    ):
        flow.attach(CARRIER, lorry.no, photo, view=view)


def _declared(lorry: Lorry, number: int) -> dict[str, Any]:
    return {
        'no': f'DEMO-{number:03d}-{int(lorry.wrong)}',
        'purpose': 'exhibition',
        'goods': '参展艺术品',
        'origin': '厦门东渡',
        'destination': '泉州石湖',
        'plate': lorry.plate,
        'container': CONTAINER,
        'seals': [lorry.seal],
        'driver': DRIVER[0],
        'driver_licence': DRIVER[1],
        'route': 'XM-QZ',
        'departs_at': lorry.began.isoformat(),
        'arrives_by': (lorry.began + timedelta(hours=4)).isoformat(),
        'devices': [
            {'code': lorry.terminal, 'role': 'vehicle'},
            {'code': lorry.lock, 'role': 'lock'},
        ],
    }


# --- under way ----------------------------------------------------------------


@contextmanager
def _platform() -> Iterator[tuple[int, int]]:
    """The doors of the platform and an embedded broker; (port of terminals, port of the broker)."""
    sink, loop, ready = Sink(), asyncio.new_event_loop(), threading.Event()
    found: list[Any] = []

    async def main() -> None:
        port = _free_port()
        embedded = Embedded(_embedded(port))
        await embedded.start()
        server = await Terminals(sink).serve('127.0.0.1', 0)
        stop = asyncio.Event()
        found.extend((server.sockets[0].getsockname()[1], port, stop))
        ready.set()
        await stop.wait()
        server.close()
        await embedded.shutdown()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    sink.start()
    thread.start()
    ready.wait(30)
    platform = Broker(sink, f'mqtt://127.0.0.1:{found[1]}', 'clearlane-demo')
    platform.start()
    try:
        yield found[0], found[1]
    finally:
        platform.stop()
        loop.call_soon_threadsafe(found[2].set)
        thread.join(10)
        sink.stop()


def _embedded(port: int) -> dict[str, Any]:
    """For this demo alone: nobody signs in. In use it is Mosquitto with its files."""
    return {
        'listeners': {'default': {'type': 'tcp', 'bind': f'127.0.0.1:{port}'}},
        'plugins': {'amqtt.plugins.authentication.AnonymousAuthPlugin': {'allow_anonymous': True}},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


async def _drives(lorry: Lorry, port: int) -> None:
    """The terminal authenticates and reports; the last twenty fixes come as one late batch."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    hello = lorry.keys[lorry.terminal].encode()
    body = bytes((len(hello),)) + hello + b'0' * 35 if lorry.edition == 2019 else hello
    frames = [_frame(lorry, jt808.AUTHENTICATE, 0, body)]
    locations = [_location(lorry, fix) for fix in lorry.track]
    frames += [_frame(lorry, jt808.LOCATION, n + 1, one) for n, one in enumerate(locations[:-20])]
    late = bodies.batch_body(locations[-20:][::-1])
    whole = jt808.Frame(
        message=jt808.BATCH, digits=lorry.terminal, serial=5000, body=late, edition=lorry.edition
    )
    frames += [jt808.encode(piece) for piece in jt808.packages(whole)]
    writer.write(b''.join(frames))
    cutter, answered = jt808.Frames(), 0
    while answered < len(frames):
        data = await asyncio.wait_for(reader.read(1 << 16), 60)
        answered += len(list(cutter.feed(data)))
    writer.close()


def _frame(lorry: Lorry, message: int, serial: int, body: bytes) -> bytes:
    return jt808.encode(
        jt808.Frame(
            message=message, digits=lorry.terminal, serial=serial, body=body, edition=lorry.edition
        )
    )


def _location(lorry: Lorry, fix: Fix) -> bytes:
    at = lorry.began + timedelta(seconds=fix[0])
    said = Message(device='', at=at, lat=fix[1], lon=fix[2], fix=True, speed_kmh=SPEED_KMH)
    return bodies.location_body(said, [(0x31, b'\x0c')])


def _lock_speaks(lorry: Lorry, port: int) -> None:
    """The lock reports every ten minutes; the second lorry's is opened in the middle."""
    client = paho.Client(CallbackAPIVersion.VERSION2, lorry.lock, clean_session=False)
    client.connect('127.0.0.1', port)
    client.loop_start()
    fixes = [*lorry.track[::20], lorry.track[-1]]
    for n, (t, lat, lon) in enumerate(fixes):
        at = lorry.began + timedelta(seconds=t)
        opened = lorry.wrong and n == len(fixes) // 2
        body = {
            'ts': int(at.timestamp() * 1000), 'seq': n, 'lat': round(lat, 6), 'lon': round(lon, 6),
            'charge_percent': 90 - n, 'locked': not opened, 'alarms': ['opened'] if opened else [],
        }  # fmt: skip
        topic = f'customs/v1/xm/lock/{lorry.lock}/up/{"event" if opened else "telemetry"}'
        client.publish(topic, json.dumps(body), qos=1).wait_for_publish(30)
    _until_stored(lorry.lock, len(fixes))
    client.disconnect()
    client.loop_stop()


def _until_stored(code: str, count: int) -> None:
    """Wait until the platform has the messages of the lock."""
    wait = threading.Event()
    for _ in range(600):
        if rows.Message.objects.filter(device__code=code).count() >= count:
            return
        wait.wait(0.1)
    raise TimeoutError(f'{code}: the messages did not arrive')


# --- the end ------------------------------------------------------------------


def _arrives(lorry: Lorry) -> None:
    """An officer verifies the seal; the carrier delivers and says that all is there."""
    end = lorry.began + timedelta(seconds=lorry.track[-1][0] + 60)
    custody.act(OFFICER, 'seal', lorry.seal, 'verify', at=end, place='泉州石湖')
    journey = rows.Declaration.objects.get(no=lorry.no).declared['no']
    custody.act(
        CARRIER, 'load', journey, 'deliver', at=end, holder='李仓管', identity='350500198801010022',
        place='泉州石湖',
    )  # fmt: skip
    flow.present(CARRIER, lorry.no)


def _answer(lorry: Lorry) -> dict[str, Any]:
    decision = rows.Decision.objects.filter(declaration__no=lorry.no).latest('number')
    result = json.loads(decision.result)
    found = rows.Incident.objects.filter(declaration__no=lorry.no).exclude(state='withdrawn')
    titles = scenarios()[NAME].stream.titles  # type: ignore[union-attr]
    return {
        'journey': lorry.name.en,
        'journey_zh': lorry.name.zh,
        'declaration': lorry.no,
        'outcome': decision.outcome,
        'reasons': [
            {'zh': r.say('zh'), 'en': r.say('en')} for r in map(report.text, result['reasons'])
        ],
        'incidents': [
            {'kind': i.kind, 'zh': titles[i.kind].zh, 'began_at': i.began_at.isoformat()}
            for i in found.order_by('began_at')
        ],
        'messages': rows.Message.objects.filter(
            device__code__in=[lorry.terminal, lorry.lock]
        ).count(),
        'sent': len(lorry.track) + len(lorry.track[::20]) + 1,
    }


def _show(answers: list[dict[str, Any]]) -> None:
    table = Table(title='Clearlane 畅关 · in-transit supervision, simulated', show_lines=True)
    for name in ('journey', 'outcome', 'incidents', 'reasons', 'messages'):
        table.add_column(name, overflow='fold')
    for one in answers:
        table.add_row(
            f'{one["declaration"]}\n{one["journey_zh"]}\n{one["journey"]}',
            one['outcome'],
            '\n'.join(f'{i["zh"]} {i["kind"]}' for i in one['incidents']) or '—',
            '\n'.join(f'{r["zh"]}\n{r["en"]}' for r in one['reasons'][:3]),
            f'{one["messages"]} of {one["sent"]}',
        )
    Console(width=max(120, Console().width)).print(table)


def _farewell(answers: list[dict[str, Any]]) -> None:
    folder = settings().home / 'demo' / NAME
    folder.mkdir(parents=True, exist_ok=True)
    for one in answers:
        paper = rows.Certificate.objects.filter(declaration__no=one['declaration']).first()
        if paper is not None:
            for language, sha256 in paper.documents.items():
                file = Path(folder / f'{paper.no}-{language}.pdf')
                file.write_bytes(blobs().get(sha256))
                _log.print(f'written off  {file}')
    _log.print(f'look at it   clearlane serve, then {settings().url}/live')
