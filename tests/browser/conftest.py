"""A real server and a real browser for the tests of the screens; what the page complains of fails.

A module that needs other things in the store has a fixture `stock` of its own. What needs
the store is imported where it is used: this file may be read before the store is open.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

NAMES = ('chromium', 'chromium-browser', 'google-chrome')
OPTIONS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
           '--disable-background-networking', '--disable-component-update',
           '--disable-sync']  # fmt: skip
LANGUAGES = {'zh': ('zh-hans', 'zh-CN'), 'en': ('en', 'en-US')}
PATIENCE_MS = 20_000


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request, as long as the tests last."""

    daemon_threads = True


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    """What lies in the store before the browser opens."""

    from tests.browser import cast

    def some_shipments() -> None:
        cast.library()
        cast.released()
        cast.referred()
        cast.lodged(reference='B-2026-019')

    return some_shipments


@pytest.fixture(scope='module')
def address(stock: Callable[[], None]) -> Iterator[str]:
    """A web server on a free port, over a store with some shipments."""
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    from clearlane import audit
    from clearlane.settings import settings
    from clearlane.store import models as rows
    from clearlane.store.session import close_connection
    from tests import conftest
    from tests.browser import cast
    from tests.conftest import OTHER, PARTY

    # The browser's loop runs in this thread, and Django would not work beside it.
    os.environ['DJANGO_ALLOW_ASYNC_UNSAFE'] = 'yes'
    conftest._empty()
    rows.Party.objects.create(id=PARTY, name='鹭江示例', credit='certified')
    rows.Party.objects.create(id=OTHER, name='筼筜示例', credit='regular')
    cast.people()
    stock()
    audit.checkpoint(settings().origin, settings().home)
    # Each thread has a connection of its own, which has to end with it.
    connections.databases['default']['CONN_MAX_AGE'] = 0
    server = make_server('127.0.0.1', 0, get_wsgi_application(), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()
    close_connection()
    del os.environ['DJANGO_ALLOW_ASYNC_UNSAFE']


@pytest.fixture(scope='module')
def chromium() -> Iterator[Browser]:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert program, 'there is no Chromium; run: make browser'
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield opened
        opened.close()


class Watch:
    """Fails the test on whatever the page complains of."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.allowed: set[int] = set()

    def on(self, page: Page) -> None:
        page.on('console', self._said)
        page.on('pageerror', lambda error: self.complaints.append(f'error: {error}'))
        page.on('response', self._answered)

    def _said(self, message: Any) -> None:
        # A status is looked at below; a tile that comes too late is no error of ours.
        known = message.text.startswith(('Failed to load resource', 'Ignoring tile'))
        if message.type in ('error', 'warning') and not known:
            self.complaints.append(f'console: {message.text}')

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.complaints.append(f'{response.status} {response.url}')


Opener = Callable[..., Page]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.complaints == []


@pytest.fixture
def opened(chromium: Browser, address: str, watch: Watch) -> Iterator[Opener]:
    """Open a page as somebody, in a language."""
    contexts: list[BrowserContext] = []

    def at(path: str, who: str = '', language: str = 'en', width: int = 1440) -> Page:
        code, tongue = LANGUAGES[language]
        context = chromium.new_context(
            base_url=address, locale=tongue, viewport={'width': width, 'height': 900}
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        cookies = [('django_language', code)]
        if who:
            cookies.append(('sessionid', session(who)))
        context.add_cookies([{'name': n, 'value': v, 'url': address} for n, v in cookies])
        page = context.new_page()
        watch.on(page)
        page.goto(path)
        return page

    expect.set_options(timeout=PATIENCE_MS)
    yield at
    for context in contexts:
        context.close()


def session(who: str) -> str:
    """The session of somebody who has signed in."""
    from django.test import Client

    from clearlane.store import models as rows

    client = Client(SERVER_NAME='localhost')
    client.force_login(rows.User.objects.get(username=who))
    return str(client.cookies['sessionid'].value)
