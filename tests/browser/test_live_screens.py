"""What devices watch, in a real browser: events that come by themselves, replay, tables for all."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Opener
from tests.browser.stage import axe, shot

pytestmark = pytest.mark.browser
JOURNEY: dict[str, object] = {}


@pytest.fixture(scope='module', autouse=True)
def live() -> Iterator[None]:
    """The live process, on a port of its own."""
    from clearlane.processes import Children, clearlane
    from clearlane.settings import settings

    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    os.environ['CLEARLANE_LIVE_PORT'] = str(port)
    settings.cache_clear()
    with Children([clearlane('live')]) as children:
        up = False
        while not up:
            children.keep_alive()
            with socket.socket() as probe:
                probe.settimeout(0.2)
                up = probe.connect_ex(('127.0.0.1', port)) == 0
        yield
    del os.environ['CLEARLANE_LIVE_PORT']
    settings.cache_clear()


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    from tests.browser import cast

    return lambda: JOURNEY.update(cast.road())


SCREENS = [
    '/live',
    '/live?state=all',
    '/live/{journey}',
    '/incidents/{incident}',
    '/custody',
    '/devices',
]


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize('path', SCREENS)
def test_a_screen_is_accessible_and_fits_a_phone(opened: Opener, path: str, language: str) -> None:
    page = opened(path.format(**JOURNEY), 'officer', language)
    if page.locator('#map').count():
        expect(page.locator('#link-state')).to_have_text('Live' if language == 'en' else '实时监管')
    assert axe(page) == []
    shot(page, f'{path.split("/")[1]}-{path.count("/")}-{language}')
    page.set_viewport_size({'width': 390, 'height': 844})
    wide = page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    assert wide <= 0


def test_an_incident_appears_by_itself(opened: Opener) -> None:
    from datetime import timedelta

    from clearlane.intake import Intake
    from clearlane.wire.message import Message
    from tests.journeys import LOCK, START
    from tests.test_watching import arrived

    page = opened('/live', 'officer', 'en')
    expect(page.locator('#link-state')).to_have_text('Live')
    expect(page.get_by_text('seal cut or tampered with')).to_have_count(0)
    cut = Message(device=LOCK, at=START + timedelta(minutes=33), kind='event', alarms=('cut',))
    Intake().take(arrived([cut]))
    expect(page.locator('#incidents').get_by_text('seal cut or tampered with')).to_be_visible()


def test_a_journey_is_replayed_with_the_keyboard(opened: Opener) -> None:
    page = opened(f'/live/{JOURNEY["journey"]}', 'officer', 'en')
    seek = page.locator('#seek')
    expect(seek).not_to_have_attribute('max', '0')
    seek.focus()
    page.keyboard.press('Home')
    expect(page.locator('#seek-words')).to_contain_text('km/h')
    first = page.locator('#seek-words').text_content()
    page.keyboard.press('ArrowRight')
    expect(page.locator('#seek-words')).not_to_have_text(first or '')
    page.get_by_role('button', name='show on the map').first.click()
    expect(page.locator('#table tbody tr').first).to_be_visible()


def test_an_officer_takes_over_and_closes(opened: Opener) -> None:
    page = opened(f'/incidents/{JOURNEY["incident"]}', 'officer', 'en')
    page.get_by_role('button', name='Take it over').click()
    expect(page.get_by_text('Being handled')).to_be_visible()
    page.get_by_label('Reason').select_option('road_closed')
    page.get_by_label('What it rests on').fill('The G15 was closed after an accident')
    page.get_by_role('button', name='Close the incident').click()
    expect(page.get_by_text('the road was closed or blocked')).to_be_visible()
