"""Lines, inspections, visits, the draw and enterprises in a real browser, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from clearlane.store import supervision as kept
from tests.browser.conftest import Opener
from tests.browser.stage import set_up, usable

pytestmark = pytest.mark.browser
AT = SimpleNamespace()


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    from tests.browser import plant

    return set_up(plant.stage, AT)


SCREENS = {
    'lines': ('/lines', 'officer'),
    'line': ('/lines/{line}', 'officer'),
    'seeded': ('/seeded', 'analyst'),
    'draws': ('/draws', 'own'),
    'enterprises': ('/enterprises', 'administrator'),
    'enterprise_admin': ('/enterprises/91350200MA0EXAMPLK', 'administrator'),
    'inspection': ('/declarations/{waiting}/inspection', 'officer'),
    'visits': ('/visits', 'officer'),
    'visits_empty': ('/visits', 'other'),
    'visit_planned': ('/visits/{planned}', 'officer'),
    'visit_signed': ('/visits/{signed}', 'own'),
    'visit_plan': ('/visits/plan/{plant}', 'officer'),
}


@pytest.mark.parametrize('language', ['zh', 'en'])
@pytest.mark.parametrize('name', SCREENS)
def test_everybody_can_use_the_screens(opened: Opener, name: str, language: str) -> None:
    path, who = SCREENS[name]
    usable(opened(path.format(**AT.__dict__), who=who, language=language), f'{name}-{language}')


def test_an_inspection_is_recorded_without_telling_the_seeded_box(opened: Opener) -> None:
    page = opened(f'/declarations/{AT.waiting}/inspection', who='officer')
    expect(page.locator('fieldset.box')).to_have_count(7)
    for box in page.locator('fieldset.box').all():
        box.get_by_label('Conforms', exact=True).check()
    page.get_by_label('Note, as the enterprise').fill('all lids hold')
    page.get_by_role('button', name='Conclude as the plan says').click()
    expect(page.get_by_text('Seeded by customs')).to_be_visible()
    expect(page.get_by_text('missed')).to_be_visible()
    assert not kept.SeededBox.objects.filter(caught=None).exists()


def test_a_visit_is_held_and_signed_by_both_sides(opened: Opener) -> None:
    page = opened(f'/visits/{AT.planned}', who='officer')
    page.get_by_label('For the enterprise').fill('Ms Lin')
    for item in page.locator('fieldset.question').all():
        item.get_by_label('Holds', exact=True).check()
    page.get_by_label('Summary').fill('in order')
    page.get_by_role('button', name='Keep the record').click()
    page.get_by_label('Name', exact=True).first.fill('Mr Chen')
    page.get_by_label('Password, to confirm').fill('a-long-password-of-tests')
    page.get_by_role('button', name='Sign', exact=True).first.click()
    pad = page.locator('[data-pad]')
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box['x'] + 30, box['y'] + 60)
    page.mouse.down()
    page.mouse.move(box['x'] + 200, box['y'] + 90, steps=6)
    page.mouse.up()
    page.get_by_role('button', name='Sign', exact=True).click()
    expect(page.get_by_role('link', name='English PDF')).to_be_visible()
    assert kept.Visit.objects.get(pk=AT.planned).state == 'closed'
