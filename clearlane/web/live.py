"""Server-sent events: one process that listens to the database and tells every open page.

A page shows a pass that the web server signed for it; whoever lost the connection says
what he saw last and is told what came since.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from asgiref.sync import sync_to_async

from clearlane.processes import die_with_parent
from clearlane.store.start import open_store

die_with_parent()
open_store()

from clearlane.live import CHANNEL  # noqa: E402 - Django must be configured first
from clearlane.settings import settings  # noqa: E402
from clearlane.web import passes  # noqa: E402

BEAT_SECONDS = 15.0
"""So often a comment is sent: a connection that is dead is noticed."""
CHECK_SECONDS = 60.0
MOST_BEHIND = 1000
MOST_PAGES = 2000

log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

_ROWS = """
select id, at, kind, party, declaration, data from store_liveevent
where id > %s order by id limit %s
"""


@dataclass(eq=False)
class Page:
    """One open page: what it may see, and what it has not been told yet."""

    user: int
    party: str
    waiting: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(MOST_BEHIND))

    def tell(self, words: str) -> None:
        """Tell it, or let it go where it is too far behind: it will come back and ask."""
        try:
            self.waiting.put_nowait(words)
        except asyncio.QueueFull:
            with suppress(asyncio.QueueEmpty):
                while True:
                    self.waiting.get_nowait()
            self.waiting.put_nowait(None)


class Hub:
    """Hears the database, tells the pages."""

    def __init__(self) -> None:
        self.pages: set[Page] = set()
        self.last = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen; again after the connection was lost."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            try:
                await self._heard()
            except (psycopg.Error, OSError) as error:
                log.warning('the database is away: %s', error)
                await asyncio.sleep(1)

    async def _heard(self) -> None:
        async with await self._connect() as hearing, await self._connect() as asking:
            await hearing.execute(f'listen {CHANNEL}')
            if not self.last:
                found = await asking.execute('select coalesce(max(id), 0) from store_liveevent')
                self.last = (await found.fetchone() or (0,))[0]
            await self._new(asking)
            async for heard in hearing.notifies():
                if heard.payload == 'moved':
                    self._tell('', 'event: moved\ndata: {}\n\n')
                else:
                    await self._new(asking)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        """One connection hears, another asks: a connection that waits cannot be asked."""
        return await psycopg.AsyncConnection.connect(
            os.environ['CLEARLANE_OPEN_DATABASE'], autocommit=True
        )

    async def _new(self, connection: psycopg.AsyncConnection[Any]) -> None:
        found = await connection.execute(_ROWS, [self.last, 10_000])
        for row in await found.fetchall():
            self.last = row[0]
            self._tell(row[3], said(row))

    def _tell(self, party: str, words: str) -> None:
        for page in list(self.pages):
            if not party or page.party in ('', party):
                page.tell(words)


hub = Hub()


def said(row: tuple[Any, ...]) -> str:
    """One event as it goes over the wire."""
    number, at, kind, _, declaration, data = row
    body = {'at': at.isoformat(), 'declaration': declaration, **data, 'kind_of_event': kind}
    return f'id: {number}\nevent: {kind}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n'


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """ASGI: `/events?pass=…` is the stream, everything else is not here."""
    if scope['type'] == 'lifespan':
        await _lifespan(receive, send)
        return
    if scope['type'] != 'http':
        return
    query = parse_qs(scope['query_string'].decode('latin-1'))
    headers = {k.decode('latin-1'): v.decode('latin-1') for k, v in scope['headers']}
    origin = _origin(headers)
    if scope['path'] != '/events' or scope['method'] != 'GET':
        await _plain(send, 404, origin)
        return
    page = await _page(query.get('pass', [''])[0])
    if page is None:
        await _plain(send, 403, origin)
        return
    if len(hub.pages) >= MOST_PAGES:
        await _plain(send, 503, origin)
        return
    last = headers.get('last-event-id') or query.get('last', [''])[0]
    await _stream(page, last, origin, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message['type'] == 'lifespan.startup':
            hub.start()
            await send({'type': 'lifespan.startup.complete'})
        elif message['type'] == 'lifespan.shutdown':
            await send({'type': 'lifespan.shutdown.complete'})
            return


def _origin(headers: dict[str, str]) -> str:
    """The origin of the page, if it is one of ours."""
    origin = headers.get('origin', '')
    host = urlsplit(origin).hostname or ''
    ours = [known.strip('[]') for known in settings().hosts]
    return origin if host in ours else ''


async def _page(signed: str) -> Page | None:
    found = await sync_to_async(passes.holder)(signed)
    return None if found is None else Page(*found)


async def _plain(send: Send, status: int, origin: str) -> None:
    await send({'type': 'http.response.start', 'status': status, 'headers': _headers(origin)})
    await send({'type': 'http.response.body', 'body': b''})


def _headers(origin: str) -> list[tuple[bytes, bytes]]:
    found = [(b'cache-control', b'no-store'), (b'x-content-type-options', b'nosniff')]
    if origin:
        found += [(b'access-control-allow-origin', origin.encode('latin-1')), (b'vary', b'Origin')]
    return found


async def _stream(page: Page, last: str, origin: str, receive: Receive, send: Send) -> None:
    hub.start()
    headers = [*_headers(origin), (b'content-type', b'text/event-stream; charset=utf-8')]
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    hub.pages.add(page)
    gone = asyncio.get_running_loop().create_task(_gone(receive))
    try:
        async for words in _words(page, last, gone):
            await send({'type': 'http.response.body', 'body': words.encode(), 'more_body': True})
    except (OSError, RuntimeError):
        pass
    finally:
        hub.pages.discard(page)
        gone.cancel()
    with suppress(OSError, RuntimeError):
        await send({'type': 'http.response.body', 'body': b''})


async def _gone(receive: Receive) -> None:
    while (await receive())['type'] != 'http.disconnect':
        pass


async def _words(page: Page, last: str, gone: asyncio.Task[None]) -> AsyncIterator[str]:
    """What was missed, then what comes, until the page goes or may not see it any more."""
    yield 'retry: 3000\n\n'
    seen = 0
    if last.isdecimal() and len(last) < 16:
        for row in await sync_to_async(passes.missed)(page.party, int(last), MOST_BEHIND):
            seen = row[0]
            yield said(row)
    quiet = 0.0
    while not gone.done():
        try:
            words = await asyncio.wait_for(page.waiting.get(), BEAT_SECONDS)
        except TimeoutError:
            yield ': still here\n\n'
            quiet += BEAT_SECONDS
            if quiet >= CHECK_SECONDS:
                quiet = 0.0
                if not await sync_to_async(passes.still)(page.user):
                    return
            continue
        if words is None:
            return
        if not words.startswith('id: ') or int(words[4 : words.index('\n')]) > seen:
            yield words
