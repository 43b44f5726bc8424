"""What devices watch, in a real browser: events that come by themselves, replay, tables for all."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Opener, Watch
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


def test_a_device_is_added_gets_another_key_and_is_revoked_on_purpose(
    opened: Opener, watch: Watch
) -> None:
    page = opened('/devices', 'officer', 'en')
    watch.allowed.add(409)

    def add() -> None:
        page.get_by_label('Code').fill('13900000077')
        page.get_by_label('Kind').select_option('lock')
        page.get_by_role('button', name='Add').click()

    add()
    first = page.locator('.notice code').text_content()
    add()
    expect(page.get_by_role('alert')).to_contain_text('There is a device 13900000077 already')
    shot(page, 'device-twice-en')
    line = page.get_by_role('row').filter(has_text='13900000077')
    expect(line).to_contain_text('Lock')
    line.locator('summary', has_text='New key').click()
    shot(page, 'device-key-en')
    line.get_by_role('button', name='Give it a new key').click()
    assert page.locator('.notice code').text_content() not in (first, '')
    line.locator('summary', has_text='Revoke').click()
    shot(page, 'device-revoke-en')
    expect(line).to_contain_text('in use')
    assert axe(page) == []
    line.get_by_role('button', name='Revoke for good').click()
    expect(line).to_contain_text('revoked')
    expect(line.get_by_role('button')).to_have_count(0)
