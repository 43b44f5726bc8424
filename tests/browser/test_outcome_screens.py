"""What people decide, in a real browser: acts, second readings, benefit, entries, notices."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from clearlane.store import models as rows
from tests.browser.conftest import Opener
from tests.browser.stage import axe, set_up, shot, usable

pytestmark = pytest.mark.browser
AT = SimpleNamespace()


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    from tests.browser import rulings

    return set_up(rulings.stage, AT)


SCREENS = {
    'benefit': ('/benefit', 'officer'),
    'benefit_pressed': ('/benefit?step=close&group=37', 'officer'),
    'benefit_empty': ('/benefit?since=2001-01-01&until=2001-02-01', 'auditor'),
    'reconsiderations': ('/reconsiderations', 'officer'),
    'reconsiderations_own': ('/reconsiderations', 'own'),
    'reconsiderations_empty': ('/reconsiderations', 'other'),
    'second_readings': ('/second-readings', 'officer'),
    'second_reading': ('/second-readings/{reading}', 'officer'),
    'entry': ('/entries/{permit}', 'officer'),
    'entry_own': ('/entries/{permit}', 'own'),
    'entry_waiting': ('/entries/{waiting}', 'officer'),
    'design_new': ('/library/lithium_packaging/designs/new', 'own'),
    'lodge': ('/declarations/new?scenario=strict', 'own'),
    'to_confirm': ('/', 'officer'),
    'diary_confirm': ('/diary?kind=confirm', 'officer'),
    'acts_referred': ('/declarations/{referred}', 'officer'),
    'acts_proposed': ('/declarations/{proposed}', 'officer'),
    'acts_returned': ('/declarations/{returned}', 'own'),
    'acts_corrected': ('/declarations/{corrected}', 'own'),
    'acts_withdrawn': ('/declarations/{withdrawn}', 'own'),
    'acts_contestable': ('/declarations/{contestable}', 'own'),
    'acts_contested': ('/declarations/{contested}', 'officer'),
    'acts_upheld': ('/declarations/{upheld}', 'own'),
    'acts_released': ('/declarations/{released}', 'officer'),
    'acts_reissued': ('/declarations/{reissued}', 'officer'),
    'correct': ('/declarations/{corrected}/correct', 'own'),
}


@pytest.mark.parametrize('language', ['zh', 'en'])
@pytest.mark.parametrize('name', SCREENS)
def test_everybody_can_use_the_screens(opened: Opener, name: str, language: str) -> None:
    path, who = SCREENS[name]
    usable(opened(path.format(**AT.__dict__), who=who, language=language), f'{name}-{language}')


def test_a_second_reading_is_taken_on_read_and_ends_the_blindness(opened: Opener) -> None:
    page = opened(f'/second-readings/{AT.reading}', who='officer')
    expect(page.get_by_role('img')).to_have_count(0)
    page.get_by_role('button', name='Take it on').press('Enter')
    page.get_by_label('Reason').fill('I see nothing wrong')
    assert axe(page) == []
    shot(page, 'second_reading_claimed-en')
    page.goto('/?words=' + AT.contestable)
    expect(page.get_by_role('link', name=AT.contestable)).to_have_count(0)
    answer = page.request.get(f'/api/v1/declarations/{AT.contestable}/events')
    assert answer.status == 409 and 'refuse' not in answer.text()
    page.goto(f'/declarations/{AT.contestable}')
    page.get_by_label('Reason').fill('I see nothing wrong')
    page.get_by_role('button', name='I would release').press('Enter')
    page.goto('/?words=' + AT.contestable)
    expect(page.get_by_role('link', name=AT.contestable)).to_be_visible()
    assert rows.SecondReading.objects.get(pk=AT.reading).outcome == 'release'


def test_an_officer_confirms_with_the_keyboard(opened: Opener) -> None:
    page = opened(f'/declarations/{AT.proposed}', who='officer')
    page.get_by_label('Remark').focus()
    page.keyboard.type('compared too')
    page.keyboard.press('Tab')
    page.keyboard.press('Enter')
    expect(page.get_by_text('Released').first).to_be_visible()
    assert rows.Proposal.objects.get(declaration__no=AT.proposed).state == 'confirmed'
