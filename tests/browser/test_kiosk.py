"""A traveller at the kiosk in a real browser: three touches, any language, and nothing left."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from clearlane import counters
from clearlane.demos import departure_refund as play
from clearlane.store import models as rows
from tests.browser import conftest
from tests.browser.stage import axe, shot

pytestmark = pytest.mark.browser
SIZE = {'width': 1080, 'height': 1920}
ANNA = play.Traveller('L8989001C', 'ERIKSSON', 'ANNA MARIA')
BEN = play.Traveller('K7100002A', 'NOVAK', 'PETRA')
CLEO = play.Traveller('M5500003A', 'SVOBODA', 'KLARA')
SECRETS = ('L8989001C', 'L89***01C', 'ERIKSSON', '丝巾')
KEYS = SimpleNamespace()


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    def a_kiosk_and_two_travellers() -> None:
        play.shop_of(ANNA, play.GOODS[:1])
        play.shop_of(BEN, play.GOODS[2:])
        play.shop_of(CLEO, play.GOODS[1:])
        KEYS.key = counters.enroll('T1', play.NAME, {'port': 'PVG', 'name': 'T2 · 01'})

    return a_kiosk_and_two_travellers


@pytest.fixture
def kiosk(chromium: Browser, address: str, watch: Any) -> Iterator[Page]:
    with entered(chromium, address, watch) as page:
        yield page


@contextmanager
def entered(browser: Browser, address: str, watch: Any, **given: Any) -> Iterator[Page]:
    """The page of the device, which has shown its key."""
    context = browser.new_context(base_url=address, viewport=SIZE, locale='en-US', **given)
    context.set_default_timeout(60_000)
    page = context.new_page()
    watch.on(page)
    page.goto('/kiosk')
    page.fill('#key', KEYS.key)
    page.click('form.card button')
    try:
        yield page
    finally:
        context.close()


@pytest.fixture(scope='module')
def camera(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees the passport of Anna lie still."""
    page = Image.open(io.BytesIO(ANNA.passport())).convert('RGB').resize((1280, 960))
    out = io.BytesIO()
    page.save(out, 'JPEG', quality=92)
    film: Path = tmp_path_factory.mktemp('camera') / 'passport.mjpeg'
    film.write_bytes(out.getvalue() * 5)
    program = next(found for name in conftest.NAMES if (found := shutil.which(name)))
    seen = chromium.browser_type.launch(
        executable_path=program,
        args=[
            *conftest.OPTIONS,
            '--use-fake-device-for-media-stream',
            f'--use-file-for-fake-video-capture={film}',
        ],
    )
    yield seen
    seen.close()


def jpeg(data: bytes, name: str = 'p.jpg') -> dict[str, Any]:
    return {'name': name, 'mimeType': 'image/jpeg', 'buffer': data}


def sizes(page: Page) -> list[str]:
    """Whatever can be touched and is smaller than 44 pixels, or lies outside the screen."""
    return [
        f'{button.inner_text()}: {box}'
        for button in page.locator('.kiosk button:visible').all()
        if (box := button.bounding_box()) and (
            min(box['width'], box['height']) < 44 or box['y'] + box['height'] > SIZE['height']
        )
    ]  # fmt: skip


def test_three_touches_from_start_to_result_and_nothing_is_left(kiosk: Page) -> None:
    seen: list[str] = []
    kiosk.on('response', lambda r: seen.append(f'{r.url} {r.headers.get("cache-control", "")}'))
    kiosk.click('#start')  # one
    expect(kiosk.locator('h1')).to_contain_text('passport')
    shot(kiosk, 'kiosk-document')
    assert axe(kiosk) == []
    kiosk.set_input_files('#file', jpeg(ANNA.passport()))
    expect(kiosk.locator('.items li')).to_have_count(1, timeout=60_000)
    kiosk.set_input_files('#file', [jpeg(p) for p in ANNA.receipts()])
    expect(kiosk.locator('.items .chip.ok')).to_have_count(1, timeout=60_000)
    shot(kiosk, 'kiosk-papers')
    assert axe(kiosk) == []
    assert sizes(kiosk) == []
    kiosk.click('#confirm')  # two
    expect(kiosk.locator('#finish')).to_be_visible(timeout=60_000)
    shot(kiosk, 'kiosk-result')
    assert axe(kiosk) == []
    kiosk.click('#finish')  # three
    expect(kiosk.locator('#start')).to_be_visible()
    assert_nothing_left(kiosk)
    kiosk.go_back()
    expect(kiosk.locator('#start')).to_be_visible()
    assert_nothing_left(kiosk)
    acts = [line for line in seen if '/kiosk/' in line]
    assert acts and all(line.endswith(' no-store') for line in acts)
    assert not [line for line in seen if any(s in line for s in SECRETS)]


def assert_nothing_left(page: Page) -> None:
    kept = page.evaluate(
        '() => JSON.stringify([{...localStorage}, {...sessionStorage}, history.state,'
        ' document.cookie, location.href, document.documentElement.outerHTML])'
    )
    assert not [secret for secret in SECRETS if secret in kept]
    assert page.evaluate('() => caches.keys()') == []
    assert page.evaluate('() => indexedDB.databases()') == []


def test_every_language_is_one_touch_and_fits_in_large_letters(kiosk: Page) -> None:
    kiosk.get_by_role('button', name='日本語').click()
    expect(kiosk.locator('h1')).to_contain_text('パスポート')
    kiosk.click('#larger')
    for name in ('中文', 'English', '한국어', 'Français', 'Español', 'Deutsch', 'Русский'):
        kiosk.get_by_role('button', name=name, exact=True).click()
        expect(kiosk.get_by_role('button', name=name, exact=True)).to_have_attribute(
            'aria-pressed', 'true'
        )
        shot(kiosk, f'kiosk-large-{name}')
        assert sizes(kiosk) == [], name


def test_a_bad_picture_says_what_to_do(kiosk: Page) -> None:
    kiosk.click('#start')
    kiosk.set_input_files('#file', jpeg(b'no picture'))
    expect(kiosk.locator('.message')).to_contain_text('try again')
    kiosk.click('#clear')
    expect(kiosk.locator('#start')).to_be_visible()


def test_a_cleared_screen_stays_empty(kiosk: Page) -> None:
    kiosk.click('#start')
    expect(kiosk.locator('#file')).to_be_attached()
    drawn = "state = { step: 'ending' }; kiosk.replaceChildren(); draw(); kiosk.childElementCount"
    assert kiosk.evaluate(drawn) == 0


def test_the_officer_sees_the_same_screen(kiosk: Page, opened: Any) -> None:
    kiosk.click('#start')
    kiosk.set_input_files('#file', jpeg(BEN.passport()))
    expect(kiosk.locator('.items li')).to_have_count(1, timeout=60_000)
    kiosk.click('#call')
    expect(kiosk.locator('.message')).to_contain_text('officer')
    officer = opened('/kiosks', 'officer', 'zh')
    shot(officer, 'kiosks')
    officer.get_by_role('link', name='T1').click()
    expect(officer.locator('.kiosk .items li')).to_have_count(1)
    kiosk.click('#confirm')
    expect(officer.locator('#officer a.button')).to_be_visible(timeout=60_000)
    shot(officer, 'kiosk-mirror')
    assert axe(officer) == []
    expect(kiosk.locator('.items li')).to_have_attribute('data-state', 'counter')
    expect(kiosk.locator('[data-sum=waits]')).to_contain_text('1,152.00')
    expect(kiosk.locator('[data-sum=paid]')).to_have_count(0)
    officer.set_input_files('#officer input[type=file]', jpeg(play.receipt(BEN.bills[0])))
    expect(kiosk.locator('.items li')).to_contain_text('Goods photographed', timeout=60_000)
    expect(officer.locator('.kiosk .items li')).to_contain_text('Goods photographed')
    kiosk.click('#clear')
    expect(kiosk.locator('#start')).to_be_visible()


def test_what_lies_before_the_camera_is_read_without_a_touch(
    camera: Browser, address: str, watch: Any
) -> None:
    with entered(camera, address, watch, permissions=['camera']) as kiosk:
        kiosk.click('#start')
        expect(kiosk.locator('.view video')).to_be_visible()
        shot(kiosk, 'kiosk-camera')
        expect(kiosk.locator('.help').first).to_contain_text('L89***01C')
        kiosk.click('#clear')
        expect(kiosk.locator('#start')).to_be_visible()


def test_a_camera_that_is_not_allowed_says_so_and_files_do(
    camera: Browser, address: str, watch: Any
) -> None:
    with entered(camera, address, watch) as kiosk:
        kiosk.click('#start')
        expect(kiosk.locator('label.file')).to_contain_text('camera may not be used')
        assert axe(kiosk) == []
        shot(kiosk, 'kiosk-camera-denied')
        kiosk.set_input_files('#file', jpeg(ANNA.passport()))
        expect(kiosk.locator('.help').first).to_contain_text('L89***01C')
        kiosk.click('#clear')
        expect(kiosk.locator('#start')).to_be_visible()


def test_without_the_network_nothing_that_was_confirmed_is_lost(kiosk: Page) -> None:
    kiosk.click('#start')
    kiosk.set_input_files('#file', jpeg(CLEO.passport()))
    expect(kiosk.locator('.items li')).to_have_count(2)
    # A page that is loaded anew goes on with whoever stands there, and asks whether they do.
    kiosk.reload()
    kiosk.click('#stay')
    expect(kiosk.locator('.items li')).to_have_count(2)
    kiosk.set_input_files('#file', [jpeg(p) for p in CLEO.receipts()])
    expect(kiosk.locator('.items .chip.ok')).to_have_count(2)
    kiosk.context.set_offline(True)
    kiosk.click('#confirm')
    expect(kiosk.locator('.message')).to_contain_text('network is away')
    assert axe(kiosk) == []
    shot(kiosk, 'kiosk-offline')
    kiosk.context.set_offline(False)
    expect(kiosk.locator('#finish')).to_be_visible()
    expect(kiosk.locator('.message')).to_have_count(0)
    assert (
        rows.Declaration.objects.filter(
            key__in=[f'counter:{f["form_no"]}' for f in CLEO.forms]
        ).count()
        == 2
    )
    kiosk.reload()
    gold = kiosk.locator('.items li[data-state=counter]', has_text='gold')
    expect(gold).to_have_count(1)
    kiosk.set_input_files('#goods', jpeg(play.receipt(CLEO.bills[0]), 'goods.jpg'))
    expect(gold).to_contain_text('Goods photographed')
    expect(kiosk.locator('[data-sum=paid]')).to_contain_text('197.91')
    expect(kiosk.locator('[data-sum=waits]')).to_contain_text('1,152.00')
    shot(kiosk, 'kiosk-goods')
    assert axe(kiosk) == []
    assert sizes(kiosk) == []
    kiosk.context.set_offline(True)
    kiosk.click('#finish')
    expect(kiosk.locator('.message')).to_contain_text('network is away')
    assert 'SVOBODA' not in kiosk.content() and 'M55' not in kiosk.content()
    kiosk.context.set_offline(False)
    expect(kiosk.locator('#start')).to_be_visible()
    assert_nothing_left(kiosk)
