"""JT/T 808 over TCP: terminals connect, register, authenticate, and report.

A report is answered when it is stored, never before. A connection that sends what is no
frame is put up with for a while; one that does not prove who it is gets nothing stored.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from clearlane import devices
from clearlane.gateways.sink import Parcel, Sink
from clearlane.intake import Arrived
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.wire import jt808
from clearlane.wire import jt808_bodies as bodies
from clearlane.wire.datum import GCJ02, to_wgs84
from clearlane.wire.message import Malformed, Message

MOST_BAD = 50
"""Frames that cannot be read before a connection is closed."""
MOST_REFUSED = 5
MOST_UNANSWERED = 512
RESEND_SECONDS = 3.0
MOST_RESENDS = 3
MOST_UNKNOWN = 4
"""Packages of a message of somebody who has not proved who he is: a registration is short."""
MOST_TERMINALS = 200_000

log = logging.getLogger(__name__)


class Terminals:
    """What the connections of one server share."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.lookups = ThreadPoolExecutor(2, thread_name_prefix='devices')
        self._packages: OrderedDict[str, jt808.Packages] = OrderedDict()
        self._open = 0
        self.limits = settings()

    def packages(self, terminal: str) -> jt808.Packages:
        """The unfinished messages of a terminal; they outlive its connection."""
        found = self._packages.pop(terminal, None) or jt808.Packages()
        self._packages[terminal] = found
        while len(self._packages) > MOST_TERMINALS:
            self._packages.popitem(last=False)
        return found

    async def serve(
        self, host: str, port: int, secure: ssl.SSLContext | None = None
    ) -> asyncio.Server:
        """Listen, over TLS where there is a context; the server is closed by whoever called."""
        return await asyncio.start_server(self._connected, host, port, limit=1 << 16, ssl=secure)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, writer)
        self._open += 1
        try:
            if self._open <= self.limits.jt808_connections:
                await session.run(reader)
            else:
                log.warning('more than %s connections', self.limits.jt808_connections)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass
        except Exception:
            log.exception('a connection of a terminal broke')
        finally:
            self._open -= 1
            session.close()


def secured(certificate: str, key: str) -> ssl.SSLContext:
    """The context of a server with this certificate (PEM files); OSError where it cannot be."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    found.load_cert_chain(certificate, key or None)
    return found


class Session:
    """One connection."""

    def __init__(self, terminals: Terminals, writer: asyncio.StreamWriter) -> None:
        self._all = terminals
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._device: rows.Device | None = None
        self._serial = 0
        self._bad = 0
        self._refused = 0
        self._room = asyncio.Semaphore(MOST_UNANSWERED)
        self._resend: asyncio.TimerHandle | None = None
        self._until = self._loop.time() + terminals.limits.jt808_unknown_seconds

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Answer frames until the terminal goes, or is not worth it."""
        frames = jt808.Frames()
        while data := await asyncio.wait_for(reader.read(1 << 16), self._patience()):
            for piece in frames.feed(data):
                await self._take(piece)
                if self._bad + frames.dropped > MOST_BAD or self._refused > MOST_REFUSED:
                    return
            await asyncio.wait_for(self._writer.drain(), self._patience())

    def _patience(self) -> float:
        """Seconds of silence after which the connection is closed: few until it is known."""
        unknown = self._until - self._loop.time()
        return self._all.limits.jt808_idle_seconds if self._device else max(0.01, unknown)

    def close(self) -> None:
        """Let go of the connection."""
        if self._resend is not None:
            self._resend.cancel()
        self._writer.close()

    async def _take(self, piece: bytes) -> None:
        try:
            frame = jt808.decode(piece)
        except jt808.Unfit as error:
            self._bad += 1
            if self._is(error.frame):
                self._answer(error.frame, jt808.WRONG)
            return
        except Malformed:  # who sent it cannot be known, and will send it again
            self._bad += 1
            return
        self._bad = max(0, self._bad - 1)
        if frame.encrypted:
            self._answer(frame, jt808.UNSUPPORTED)
            return
        try:
            whole = self._whole(frame)
            if whole is not None:
                await self._message(whole, frame)
        except Malformed as error:
            log.info('%s: %s', frame.terminal, error)
            self._bad += 2
            self._answer(frame, jt808.WRONG)

    def _whole(self, frame: jt808.Frame) -> jt808.Frame | None:
        """The message when all its packages are there; the others are acknowledged one by one."""
        if frame.total == 1:
            return frame
        if not self._is(frame) and frame.total > MOST_UNKNOWN:
            self._refused += 1
            self._answer(frame, jt808.FAILED)
            return None
        box = self._all.packages(frame.terminal)
        whole = box.take(frame)
        if self._resend is not None:
            self._resend.cancel()
            self._resend = None
        if whole is None:
            self._answer(frame, jt808.OK)
        if box.missing():
            self._resend = self._loop.call_later(RESEND_SECONDS, self._ask_again, frame, box, 1)
        return whole

    def _ask_again(self, frame: jt808.Frame, box: jt808.Packages, time: int) -> None:
        for first, missing in box.missing():
            self._send(frame, jt808.RESEND, bodies.resend(first, missing, frame.edition))
        if box.missing() and time < MOST_RESENDS:
            self._resend = self._loop.call_later(
                RESEND_SECONDS, self._ask_again, frame, box, time + 1
            )

    # --- what a terminal says -------------------------------------------------

    async def _message(self, whole: jt808.Frame, last: jt808.Frame) -> None:
        if whole.message == jt808.TERMINAL_REPLY:
            return
        if whole.message == jt808.REGISTER:
            await self._register(whole)
        elif whole.message == jt808.AUTHENTICATE:
            await self._authenticate(whole)
        elif whole.message == jt808.TIME:
            now = bodies.time_bcd(datetime.now(UTC), UTC)
            self._send(whole, jt808.TIME_REPLY, now)
        elif self._device is None or not self._is(whole):
            self._refused += whole.message != jt808.HEARTBEAT
            self._answer(last, jt808.FAILED)
        else:
            await self._known(self._device, whole, last)

    def _is(self, frame: jt808.Frame) -> bool:
        """Whether the frame is of the terminal that proved itself here."""
        return self._device is not None and self._device.code == devices.code_of(frame.terminal)

    async def _known(self, device: rows.Device, whole: jt808.Frame, last: jt808.Frame) -> None:
        if whole.message in (jt808.LOCATION, jt808.BATCH, jt808.LOCATION_REPLY):
            await self._store(device, said(device, whole), last)
        elif whole.message == jt808.LOGOUT:
            self._device = None
            self._answer(last, jt808.OK)
        elif whole.message in (jt808.HEARTBEAT, jt808.TRANSPARENT):
            self._answer(last, jt808.OK)
        else:
            self._answer(last, jt808.UNSUPPORTED)

    async def _register(self, frame: jt808.Frame) -> None:
        about = bodies.register(frame.body, frame.edition)
        result, code = await self._ask(devices.enrol, frame.terminal, about.identity)
        self._refused += result != 0
        self._send(frame, jt808.REGISTERED, bodies.registered(frame, result, code))

    async def _authenticate(self, frame: jt808.Frame) -> None:
        code = bodies.authentication(frame.body, frame.edition)
        self._device = await self._ask(devices.authentic, frame.terminal, code)
        self._refused += self._device is None
        self._answer(frame, jt808.FAILED if self._device is None else jt808.OK)

    async def _ask(self, verb: Callable[..., Any], *arguments: str) -> Any:
        return await self._loop.run_in_executor(self._all.lookups, verb, *arguments)

    async def _store(self, device: rows.Device, found: list[Message], frame: jt808.Frame) -> None:
        """Have messages stored; the answer is sent when they are."""
        await self._room.acquire()
        now = datetime.now(UTC)
        arrived = [Arrived(device.pk, device.code, message, now) for message in found]

        def done(kept: bool) -> None:
            self._loop.call_soon_threadsafe(self._stored, frame, kept)

        parcel = Parcel(arrived, done)
        while not self._all.sink.offer(parcel):
            await asyncio.sleep(0.01)

    def _stored(self, frame: jt808.Frame, kept: bool) -> None:
        self._room.release()
        if not kept:
            self._device = None
            self._refused += 1
        self._answer(frame, jt808.OK if kept else jt808.FAILED)

    # --- what is answered -----------------------------------------------------

    def _answer(self, frame: jt808.Frame, result: int) -> None:
        self._send(frame, jt808.REPLY, bodies.reply(frame, result))

    def _send(self, to: jt808.Frame, message: int, body: bytes) -> None:
        if self._writer.is_closing():
            return
        answer = jt808.Frame(
            message=message,
            digits=to.digits,
            serial=self._serial,
            body=body,
            edition=to.edition,
            version=to.version,
        )
        self._serial = (self._serial + 1) & 0xFFFF
        self._writer.write(jt808.encode(answer))


def said(device: rows.Device, frame: jt808.Frame) -> list[Message]:
    """The messages of a report, WGS-84, in the time of the device's zone."""
    options = device.options
    zone = timezone(timedelta(minutes=int(options.get('minutes_east', 480))))
    lock = options.get('lock_item')
    if frame.message == jt808.BATCH:
        found = bodies.batch(frame.body, device.code, zone, lock)
    else:
        body = frame.body[2:] if frame.message == jt808.LOCATION_REPLY else frame.body
        found = [bodies.location(body, device.code, frame.serial, zone, lock)]
    if options.get('datum') == GCJ02:
        return [_unshifted(message) for message in found]
    return found


def _unshifted(message: Message) -> Message:
    if message.lat is None or message.lon is None:
        return message
    lat, lon = to_wgs84(message.lat, message.lon)
    return replace(message, lat=round(lat, 7), lon=round(lon, 7))
