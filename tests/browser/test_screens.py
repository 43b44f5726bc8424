"""The screens in a real browser: what people do, in both languages, and whether everybody can."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from clearlane import flow
from tests.browser import cast
from tests.browser.conftest import LANGUAGES, Opener, Watch
from tests.browser.stage import axe, looked, number
from tests.conftest import OFFICER

pytestmark = pytest.mark.browser


# --- everybody can use it -----------------------------------------------------

SCREENS = [
    ('', '/sign-in'),
    ('', '/verify'),
    ('', '/verify/{released}-R'),
    ('own', '/'),
    ('own', '/declarations/new'),
    ('own', '/declarations/new?scenario=crates'),
    ('own', '/declarations/{waiting}'),
    ('own', '/declarations/{waiting}/evidence'),
    ('own', '/declarations/{released}'),
    ('own', '/library'),
    ('own', '/library/crates/designs'),
    ('own', '/library/crates/designs/new'),
    ('own', '/me'),
    ('own', '/sign-out'),
    ('officer', '/'),
    ('officer', '/declarations/{referred}'),
    ('officer', '/diary'),
    ('auditor', '/audit'),
    ('auditor', '/audit/1'),
]


def filled(path: str) -> str:
    return path.format(
        released=number('B-2026-017'), referred=number('B-2026-018'), waiting=number('B-2026-019')
    )


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize(('who', 'path'), SCREENS, ids=lambda part: part or 'nobody')
def test_a_screen_is_accessible_and_fits_a_phone(
    opened: Opener, who: str, path: str, language: str
) -> None:
    page = opened(filled(path), who, language)
    if page.locator('#viewer').count():
        looked(page)
    assert axe(page) == []
    page.set_viewport_size({'width': 390, 'height': 844})
    wide = page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    assert wide <= 0, 'the page is wider than a phone'
    assert axe(page) == []


@pytest.mark.parametrize(('status', 'path'), [(404, '/nothing'), (403, '/audit')])
def test_a_refusal_is_accessible(opened: Opener, watch: Watch, status: int, path: str) -> None:
    watch.allowed.add(status)
    page = opened(path, 'own', 'zh')
    expect(page.locator('h1')).to_be_visible()
    assert axe(page) == []


# --- what people do -----------------------------------------------------------


@pytest.mark.parametrize('language', LANGUAGES)
def test_somebody_signs_in_and_changes_the_language(opened: Opener, language: str) -> None:
    page = opened('/diary', language=language)
    page.locator('#id_login').fill('analyst')
    page.locator('#id_password').fill(cast.PASSWORD)
    page.locator('main button').click()
    expect(page).to_have_url(re.compile('/diary$'))
    before = page.locator('html').get_attribute('lang')
    page.locator('form.language button').click()
    expect(page.locator('html')).not_to_have_attribute('lang', str(before))
    expect(page).to_have_url(re.compile('/diary$'))


def marks(page: Page) -> int:
    return page.locator('#viewer svg.overlay polygon').count()


@pytest.mark.parametrize('language', LANGUAGES)
def test_findings_are_drawn_and_keys_lead_through_the_photographs(
    opened: Opener, language: str
) -> None:
    page = opened(f'/declarations/{number("B-2026-018")}', 'officer', language)
    looked(page)
    word = {'zh': '不符', 'en': 'Mismatch'}[language]
    expect(page.locator('svg.overlay text', has_text=word)).to_have_count(1)
    assert marks(page) == 6  # a mismatch and a doubt, three strokes each
    assert page.locator('svg.overlay polygon[stroke-dasharray]').count() == 1

    page.keyboard.press('h')
    expect(page.locator('svg.overlay polygon')).to_have_count(0)
    page.keyboard.press('h')
    first = page.locator('[data-photo][aria-current]').get_attribute('data-photo')
    page.keyboard.press('j')
    expect(page.locator(f'[data-photo="{first}"]')).not_to_have_attribute('aria-current', 'true')
    expect(page.locator('svg.overlay polygon')).to_have_count(0)
    page.keyboard.press('k')
    expect(page.locator(f'[data-photo="{first}"]')).to_have_attribute('aria-current', 'true')
    page.locator('#note').fill('jjj')
    expect(page.locator(f'[data-photo="{first}"]')).to_have_attribute('aria-current', 'true')


def test_matches_are_drawn_thin_when_they_are_asked_for(opened: Opener) -> None:
    page = opened(f'/declarations/{number("B-2026-017")}', 'own')
    looked(page)
    assert marks(page) == 0
    page.keyboard.press('f')
    expect(page.locator('svg.overlay polygon')).to_have_count(4)  # two places, two strokes each
    expect(page.locator('[data-do="problems"]')).to_have_attribute('aria-pressed', 'false')


def scale(page: Page) -> float:
    form = page.locator('svg.overlay > g').first.get_attribute('transform') or ''
    return float(form.partition('scale(')[2].rstrip(')'))


def test_the_zoom_is_kept(opened: Opener) -> None:
    page = opened(f'/declarations/{number("B-2026-018")}', 'officer')
    looked(page)
    before = scale(page)
    page.locator('#finding-2 [data-show]').click()
    expect(page.locator('#finding-2')).to_have_class('finding doubt lit')
    page.wait_for_timeout(600)
    close = scale(page)
    assert close > before * 1.3
    page.locator('[data-do="next"]').click()
    expect(page.locator('[data-provenance]:visible')).to_contain_text('A-002')
    page.wait_for_timeout(600)
    assert scale(page) == pytest.approx(close, rel=0.02)
    page.keyboard.press('h')
    page.keyboard.press('h')
    assert scale(page) == pytest.approx(close, rel=0.02)
    page.keyboard.press('0')
    page.wait_for_timeout(600)
    assert scale(page) == pytest.approx(before, rel=0.02)


def test_the_letters_can_be_switched_off(opened: Opener) -> None:
    page = opened(f'/declarations/{number("B-2026-018")}', 'officer')
    looked(page)
    first = page.locator('[data-photo][aria-current]').get_attribute('data-photo')
    page.locator('#keys').uncheck()
    page.keyboard.press('j')
    expect(page.locator(f'[data-photo="{first}"]')).to_have_attribute('aria-current', 'true')


@pytest.mark.parametrize('language', LANGUAGES)
def test_an_officer_judges_and_releases(opened: Opener, language: str) -> None:
    no = cast.referred()
    page = opened(f'/declarations/{no}', 'officer', language)
    release = page.locator('#release')
    expect(release).to_be_disabled()
    looked(page)
    expect(page.locator('[data-after-photo]')).to_have_count(2)
    for part in page.locator('[data-after-photo]').all():
        expect(part).to_be_visible()
    page.locator('[name="verdict-1"][value="confirmed"]').check()
    expect(release).to_be_disabled()
    page.locator('[name="verdict-1"][value="overruled"]').check()
    expect(release).to_be_enabled()
    page.locator('[name="why-1"]').fill('印刷批次说明已核对')
    page.locator('#note').fill('印刷批次说明已核对')
    release.click()
    expect(page.locator('#release')).to_have_count(0)
    word = {'zh': '放行', 'en': 'Release'}[language]
    expect(page.locator('.heading .tag').first).to_contain_text(word)
    assert flow.find(OFFICER, no).decisions.latest('number').by == 'officer'


@pytest.mark.parametrize('language', LANGUAGES)
def test_an_enterprise_declares_uploads_and_sees_the_decision(
    opened: Opener, watch: Watch, language: str
) -> None:
    page = opened('/declarations/new?scenario=crates', 'own', language)
    fields = {'reference': f'E-{language}', 'design': 'D-01', 'permit': 'P-01', 'boxes': '2',
              'serials': 'A-001\nA-002', 'mass_kg': '18.5', 'packed': '2026-05-10'}  # fmt: skip
    for name, value in fields.items():
        page.locator(f'#{name}').fill(value)
    page.locator('#mode').select_option('sea')
    page.locator('[data-remove-row]').click()
    page.locator('[data-add-row]').click()
    page.locator('#papers-1-kind').select_option('invoice')
    watch.allowed.add(422)
    page.locator('form.fields .primary').click()
    expect(page.locator('#problems a')).to_have_count(1)
    page.locator('#papers-0-no').fill('INV-1')
    page.locator('form.fields .primary').click()
    expect(page.locator('#coverage')).to_be_visible()

    files = [
        {'name': f'A-00{n}_front.jpg', 'mimeType': 'image/jpeg', 'buffer': cast.picture(90 + n)}
        for n in (1, 2)
    ]
    wrong = {'name': 'holiday.jpg', 'mimeType': 'image/jpeg', 'buffer': b'no picture'}
    page.locator('#files').set_input_files([*files, wrong])
    expect(page.locator('.queue .tag.info')).to_have_count(2)
    expect(page.locator('.queue .tag.warn')).to_have_count(1)
    page.locator('.queue li:nth-child(3) input').first.fill('A-001')
    page.locator('#send').click()
    expect(page.locator('.queue .tag.ok')).to_have_count(2)
    expect(page.locator('.queue .tag.bad')).to_have_count(1)
    words = {'zh': '无法作为照片读取', 'en': 'cannot be read as a photograph'}[language]
    expect(page.locator('.queue .why:visible')).to_contain_text(words)
    expect(page.locator('#coverage progress')).to_have_attribute('value', '2')
    assert axe(page) == []

    page.locator('form.present button').click()
    expect(page.locator('#progress[hx-get]')).to_be_visible()
    cast.drain()
    expect(page.locator('#certificate-title')).to_be_visible()
    expect(page.locator('#progress')).to_have_count(0)
