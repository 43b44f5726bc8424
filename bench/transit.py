"""Messages a second from the socket of a terminal to a stored incident, beside a plain loop.

    python -m bench.transit [--devices 1000] [--messages 20] [--day 200] [--singly 1000] [--full]

Terminals of JT/T 808 (this process) speak to `clearlane intake` (another one) over TCP; a
message counts when its general reply has come, that is when it is stored and folded. `cpu`
is the processor time of the intake process alone: on a machine whose cores are shared with
the terminals, messages a second of one core are messages / cpu. The plain loop does for each
point what one would write first: a transaction, an insert, the state of the journey from the
database, the distance, the state back; it has no socket to read and no reply to write.

Then a day of some devices, a location every five minutes in batches of an hour (0x0704), is
replayed, one hour of each device late and in the wrong order; what is stored is counted, and
the incidents are compared with those of the pure fold over all messages in order.
Last, one track is sent point by point over HTTP (OsmAnd), fully shuffled: how much processor
time the pages and the intake need until the incidents are those of the pure fold.
`--full` takes 1,000, 10,000 and 100,000 devices, the day of 10,000, and
5,000 points. Tracks are synthetic.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(minutes=25)
"""Of the flood; the day began a day ago."""
KEY = 'k' * 20
AT_ONCE = 400
LINE = ['24.5000, 118.1000', '24.5000, 118.3000', '24.6000, 118.4000', '24.6000, 118.6000']
A_DAY = ['22.5000, 108.0000', '24.5000, 112.0000', '26.0000, 116.0000', '28.0000, 120.0000']


def main(arguments: Sequence[str]) -> int:
    options = argparse.ArgumentParser()
    options.add_argument('--devices', type=int, nargs='*', default=[200])
    options.add_argument('--messages', type=int, default=20)
    options.add_argument('--day', type=int, default=50)
    options.add_argument('--singly', type=int, default=500)
    options.add_argument('--full', action='store_true')
    chosen = options.parse_args(arguments)
    if chosen.full:
        chosen.devices, chosen.day, chosen.singly = [1000, 10_000, 100_000], 10_000, 5000
    with tempfile.TemporaryDirectory() as home:
        os.environ['CLEARLANE_HOME'] = home
        os.environ['CLEARLANE_JT808_PORT'] = str(free_port())
        os.environ['CLEARLANE_JT808_LISTEN'] = '127.0.0.1'
        from clearlane.store.start import open_store

        open_store()
        print(f'{"devices":>8} {"messages":>9} {"seconds":>8} {"per second":>11} '
              f'{"cpu":>7} {"per core":>9} {"MB":>6} {"incidents":>10} {"lost":>5}')  # fmt: skip
        with intake() as process:
            for devices in chosen.devices:
                flood(process, devices, chosen.messages)
        plain_loop(1000)
        with intake() as process:
            day(process, chosen.day)
            singly(process, chosen.singly)
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])


@contextmanager
def intake() -> Iterator[int]:
    """The intake process; its number."""
    from clearlane.processes import clearlane, start

    child = start(clearlane('intake'))
    try:
        while True:
            with socket.socket() as probe:
                if not probe.connect_ex(('127.0.0.1', port())):
                    break
            time.sleep(0.1)
        yield child.pid
    finally:
        child.terminate()
        child.wait()


def port() -> int:
    return int(os.environ['CLEARLANE_JT808_PORT'])


def cpu(process: int) -> float:
    fields = Path(f'/proc/{process}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def memory_mb(process: int) -> int:
    words = Path(f'/proc/{process}/status').read_text()
    return int(words.split('VmRSS:')[1].split()[0]) // 1024


# --- journeys -----------------------------------------------------------------


def lodged(first: int, count: int, line: list[str], hours: float = 3) -> None:
    """So many journeys with a tracker each, written straight into the tables."""
    from clearlane import devices
    from clearlane.store import models as rows

    party, _ = rows.Party.objects.get_or_create(id='91350200MA0EXAMPLK', name='bench')
    key = devices.hashed(KEY)
    codes = [str(first + n) for n in range(count)]
    rows.Device.objects.bulk_create(
        [rows.Device(code=c, party=party, key_hash=key, added_by='bench', added_at=START)
         for c in codes], batch_size=5000,
    )  # fmt: skip
    declared = [journey(code, line, hours) for code in codes]
    found = rows.Declaration.objects.bulk_create(
        [rows.Declaration(no=f'B-{code}', scenario='in_transit', party=party, day=date(2026, 5, 11),
                          declared=d, lot=1, lodged_at=START)
         for code, d in zip(codes, declared, strict=True)], batch_size=5000,
    )  # fmt: skip
    watches = rows.Watch.objects.bulk_create(
        [rows.Watch(declaration=row, began_at=START) for row in found], batch_size=5000
    )
    known = dict(rows.Device.objects.filter(code__in=codes).values_list('code', 'pk'))
    rows.WatchedBy.objects.bulk_create(
        [rows.WatchedBy(watch=w, device_id=known[c], role='vehicle')
         for w, c in zip(watches, codes, strict=True)], batch_size=5000,
    )  # fmt: skip


def journey(code: str, line: list[str], hours: float) -> dict[str, Any]:
    return {
        'no': f'J-{code}', 'purpose': 'customs_transfer', 'goods': 'bench', 'origin': 'A',
        'destination': 'B', 'plate': '闽D12345', 'container': '', 'seals': [f'CN{code}'],
        'driver': 'x', 'driver_licence': 'x', 'route': '', 'line': line, 'datum': 'wgs84',
        'departs_at': START.isoformat(),
        'arrives_by': (START + timedelta(hours=hours)).isoformat(),
        'devices': [{'code': code, 'role': 'vehicle'}],
    }  # fmt: skip


def fixes(code: int, count: int, every: float, line: list[str]) -> list[tuple[float, float, float]]:
    """(seconds, lat, lon) along the line; one device in ten leaves its corridor for a while."""
    rng = random.Random(code)
    points = [tuple(map(float, p.split(','))) for p in line]
    found = []
    for n in range(count):
        share = n / max(1, count - 1) * (len(points) - 1)
        leg = min(int(share), len(points) - 2)
        (a, b), (c, d), part = points[leg], points[leg + 1], share - leg
        north = 0.02 if code % 10 == 0 and count // 3 <= n < 2 * count // 3 else 0.0
        found.append((n * every, a + (c - a) * part + north + rng.gauss(0, 2e-5),
                      b + (d - b) * part + rng.gauss(0, 2e-5)))  # fmt: skip
    return found


def body(fix: tuple[float, float, float]) -> bytes:
    from clearlane.wire import jt808_bodies
    from clearlane.wire.message import Message

    t, lat, lon = fix
    at = START + timedelta(seconds=t)
    return jt808_bodies.location_body(
        Message(device='', at=at, lat=lat, lon=lon, fix=True, speed_kmh=60)
    )


# --- terminals ----------------------------------------------------------------


async def speak(code: int, frames: Sequence[bytes]) -> int:
    """One terminal: authenticate, send all, count the replies that say it is stored."""
    from clearlane.wire import jt808

    reader, writer = await asyncio.open_connection('127.0.0.1', port())
    hello = jt808.Frame(message=jt808.AUTHENTICATE, digits=str(code), serial=0, body=KEY.encode())
    writer.write(jt808.encode(hello) + b''.join(frames))
    cutter, good, seen = jt808.Frames(), 0, 0
    while seen <= len(frames):
        data = await asyncio.wait_for(reader.read(1 << 16), 600)
        if not data:
            break
        for piece in cutter.feed(data):
            seen += 1
            good += jt808.decode(piece).body[-1] == 0
    writer.close()
    return good - 1


async def all_speak(said: Iterator[tuple[int, Sequence[bytes]]]) -> int:
    room, total = asyncio.Semaphore(AT_ONCE), 0

    async def one(code: int, frames: Sequence[bytes]) -> None:
        nonlocal total
        try:
            stored = await speak(code, frames)
            total += stored
        finally:
            room.release()

    async with asyncio.TaskGroup() as group:
        for code, frames in said:
            await room.acquire()
            group.create_task(one(code, frames))
    return total


def located(code: int, count: int) -> list[bytes]:
    from clearlane.wire import jt808

    return [
        jt808.encode(
            jt808.Frame(message=jt808.LOCATION, digits=str(code), serial=n + 1, body=body(fix))
        )
        for n, fix in enumerate(fixes(code, count, 60, LINE))
    ]


def flood(process: int, devices: int, messages: int) -> None:
    """Every device sends its messages as fast as it is answered."""
    from clearlane.store import models as rows

    first = 10_000_000_000 + devices * 1_000_000
    lodged(first, devices, LINE)
    before, kept = cpu(process), rows.Message.objects.count()
    known = rows.Incident.objects.filter(kind='off_corridor').count()
    said = ((first + n, located(first + n, messages)) for n in range(devices))
    began = time.perf_counter()
    answered = asyncio.run(all_speak(said))
    seconds, used = time.perf_counter() - began, cpu(process) - before
    stored = rows.Message.objects.count() - kept
    incidents = rows.Incident.objects.filter(kind='off_corridor').count() - known
    print(f'{devices:>8} {answered:>9} {seconds:>8.1f} {answered / seconds:>11.0f} {used:>7.1f} '
          f'{answered / used:>9.0f} {memory_mb(process):>6} {incidents:>10} '
          f'{devices * messages - stored:>5}')  # fmt: skip


# --- the plain loop -----------------------------------------------------------


def plain_loop(count: int) -> None:
    """One point after the other, each in its own transaction."""
    import shapely
    from django.db import connection, transaction

    with connection.cursor() as sql:
        sql.execute('create table if not exists plain_point (journey int, t float, lat float, '
                    'lon float, unique (journey, t))')  # fmt: skip
        sql.execute('create table if not exists plain_state (journey int primary key, off int)')
        sql.execute('create table if not exists plain_incident (journey int, t float)')
    line = [tuple(map(float, p.split(','))) for p in LINE]
    points = [(j, *fix) for j in range(count // 20) for fix in fixes(j, 20, 60, LINE)]
    used, began = time.process_time(), time.perf_counter()
    for j, t, lat, lon in points:
        with transaction.atomic(), connection.cursor() as sql:
            sql.execute('insert into plain_point values (%s, %s, %s, %s) on conflict do nothing',
                        [j, t, lat, lon])  # fmt: skip
            sql.execute('select off from plain_state where journey = %s for update', [j])
            off = (sql.fetchone() or (0,))[0]
            away = shapely.LineString(line).distance(shapely.Point(lat, lon)) * 111_195
            off = off + 1 if away > 600 else 0
            sql.execute('insert into plain_state values (%s, %s) on conflict (journey) '
                        'do update set off = excluded.off', [j, off])  # fmt: skip
            if off == 3:
                sql.execute('insert into plain_incident values (%s, %s)', [j, t])
    seconds, used = time.perf_counter() - began, time.process_time() - used
    print(f'\na plain loop, a transaction a point: {len(points) / seconds:.0f} messages a second, '
          f'{len(points) / used:.0f} a core (of its own processor time; no socket)')  # fmt: skip


# --- a day --------------------------------------------------------------------


def day(process: int, devices: int) -> None:
    """A day of each device; the sixth hour comes last and backwards."""
    from clearlane.store import models as rows

    global START
    START = NOW - timedelta(hours=25)
    first = 99_000_000_000
    lodged(first, devices, A_DAY, hours=26)
    kept, before, began = rows.Message.objects.count(), cpu(process), time.perf_counter()
    answered = asyncio.run(all_speak((first + n, batches(first + n)) for n in range(devices)))
    seconds, used = time.perf_counter() - began, cpu(process) - before
    stored, total = rows.Message.objects.count() - kept, devices * 288
    sample = range(first, first + devices, max(1, devices // 50))
    same = sum(stored_incidents(code) == pure_incidents(code) for code in sample)
    print(f'\na day of {devices} devices: {total} messages in {answered} batches, {stored} stored, '
          f'{total - stored} lost; {seconds:.0f} s, {total / seconds:.0f} a second, '
          f'{total / used:.0f} a core; {memory_mb(process)} MB; incidents as of the pure fold in '
          f'{same} of {len(sample)} looked at')  # fmt: skip


def singly(process: int, points: int) -> None:
    """One track over HTTP, a request a point, in no order at all."""
    from django.test import Client

    from clearlane.store import models as rows

    code, client = 98_000_000_000, Client(SERVER_NAME='localhost')
    lodged(code, 1, A_DAY, hours=26)
    track = fixes(code, points, 86_000 / points, A_DAY)
    sent = [osmand(code, fix) for fix in random.Random(1).sample(track, points)]
    used, before, began = time.process_time(), cpu(process), time.perf_counter()
    good = sum(client.get('/devices/osmand', one).status_code == 200 for one in sent)
    watch = rows.Watch.objects.get(declaration__no=f'B-{code}')
    while watch.dirty_at is not None:
        time.sleep(0.2)
        watch.refresh_from_db()
    seconds = time.perf_counter() - began
    right = stored_incidents(code) == pure_incidents(code, sent)
    pages, intake = time.process_time() - used, cpu(process) - before
    print(f'\n{good} shuffled points of one track, a request each: {seconds:.1f} s until all is '
          f'folded, {pages:.1f} s of pages and {intake:.1f} s of intake (processor), '
          f'folded {watch.version} times; as the pure fold: {right}')  # fmt: skip


def osmand(code: int, fix: tuple[float, float, float]) -> dict[str, Any]:
    t, lat, lon = fix
    at = (START + timedelta(seconds=t)).isoformat()
    return {'id': code, 'key': KEY, 'lat': f'{lat:.6f}', 'lon': f'{lon:.6f}', 'timestamp': at,
            'speed': '32'}  # fmt: skip


def batches(code: int) -> list[bytes]:
    from clearlane.wire import jt808, jt808_bodies

    track = fixes(code, 288, 300, A_DAY)
    hours = [track[at : at + 12] for at in range(0, 288, 12)]
    late = hours.pop(5)
    return [
        jt808.encode(
            jt808.Frame(
                message=jt808.BATCH,
                digits=str(code),
                serial=n + 1,
                body=jt808_bodies.batch_body([body(fix) for fix in hour]),
            )
        )
        for n, hour in enumerate([*hours, late[::-1]])
    ]


def stored_incidents(code: int) -> list[tuple[str, float]]:
    from clearlane.store import models as rows

    found = rows.Incident.objects.filter(declaration__no=f'B-{code}').exclude(state='withdrawn')
    # The day is over since an hour: that it is silent now is no part of it.
    over = found.exclude(kind='silence', ended_at=None)
    return sorted((i.kind, i.began_at.timestamp()) for i in over)


def pure_incidents(
    code: int, sent: Sequence[dict[str, Any]] | None = None
) -> list[tuple[str, float]]:
    from clearlane import watches, watching
    from clearlane.scenario import scenarios
    from clearlane.store import models as rows
    from clearlane.stream import whole
    from clearlane.wire import http, jt808_bodies

    scenario = scenarios()['in_transit']
    assert scenario.stream is not None
    row = rows.Declaration.objects.select_related('party').get(no=f'B-{code}')
    context = watching.context(scenario, row, row.watch)
    track = [] if sent else fixes(code, 288, 300, A_DAY)
    said = [jt808_bodies.location(body(fix), str(code), None) for fix in track]
    said += [http.osmand(one) for one in sent or ()]
    signals = [watches.signal_of(m, 'vehicle') for m in said]
    now = max(s.t for s in signals)
    return sorted(
        (i.kind, i.began_at.timestamp()) for i in whole(scenario.stream, context, signals, now)
    )


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
