"""The drift monitors in a real browser: cameras with their state, one camera with its trends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.stage import axe, shot

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    from clearlane import drifts
    from tests import test_drifts

    def a_lamp_that_failed() -> None:
        camera, line = test_drifts.source('exif Acme PackCam7'), test_drifts.source()
        for light in (1.0, 1.0, 0.5):
            test_drifts.earlier(camera, 20, light)
        test_drifts.filled(line, test_drifts.steady(20))
        later = test_drifts.START + timedelta(days=9)
        test_drifts.filled(line, test_drifts.steady(25, **{'anomaly.failed': 0.3}), later)
        drifts.check_all()

    return a_lamp_that_failed


@pytest.mark.parametrize('language', ['zh', 'en'])
def test_an_alarm_is_seen_understood_and_taken_over(opened: Opener, language: str) -> None:
    page = opened('/drift', 'officer', language)
    expect(page.locator('tbody tr')).to_have_count(2)
    assert axe(page) == []
    shot(page, f'drift-{language}')
    page.get_by_role('link', name='Acme PackCam7').click()
    expect(page.locator('svg.curve').first).to_be_visible()
    assert axe(page) == []
    shot(page, f'drift-source-{language}')
    words = {'zh': '受理', 'en': 'Take it over'}[language]
    taken = page.get_by_role('button', name=words)
    if taken.count():
        page.locator('#note-capture').fill('灯具已更换')
        taken.click()
        expect(page.locator('.notice')).to_contain_text('灯具已更换')
    else:
        expect(page.locator('.notice')).to_contain_text('灯具已更换')
