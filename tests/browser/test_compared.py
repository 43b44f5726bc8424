"""A photograph beside the registered one, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from clearlane import demo
from clearlane.store import models as rows
from tests.browser.conftest import Opener
from tests.browser.stage import axe, shot

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    from tests.test_comparison import lodged

    def a_box_without_its_tape() -> None:
        rows.Party.objects.get_or_create(id=demo.PARTY, defaults={'name': '示例'})
        lodged(('tape_missing',))

    return a_box_without_its_tape


@pytest.mark.parametrize('language', ['zh', 'en'])
def test_both_pictures_and_what_differs_are_shown(opened: Opener, language: str) -> None:
    piece = rows.Evidence.objects.get(view='label')
    words = {'zh': '与备案照片比对', 'en': 'Beside the registered photograph'}[language]
    page = opened(f'/evidence/{piece.pk}/compared', 'officer', language)
    expect(page.get_by_role('heading', level=1)).to_have_text(words)
    pictures = page.locator('svg.compared image')
    expect(pictures).to_have_count(2)
    assert page.locator('svg.compared polygon').count() >= 2
    page.wait_for_load_state('networkidle')
    assert axe(page) == []
    shot(page, f'compared-{language}')
