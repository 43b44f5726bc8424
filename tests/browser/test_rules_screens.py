"""Risk rules in a real browser: written, approved by another person, tried, activated."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from clearlane import risk
from clearlane.access import Actor
from clearlane.store import models as rows
from tests.browser import cast
from tests.browser.conftest import Opener
from tests.browser.stage import axe, number, shot

pytestmark = pytest.mark.browser
ANN = Actor(name='ann', role='analyst')
BEN = Actor(name='analyst', role='analyst')
HEAVY = {
    'id': 'heavy', 'when': 'mass_kg > 15', 'zh': '单箱偏重', 'en': 'heavy crates',
    'lane': 'review', 'since': '2026-01-01',
}  # fmt: skip
DOUBTS = {
    'id': 'doubts', 'when': 'checks_doubtful >= 1', 'scope': "party_credit <> 'senior_certified'",
    'zh': '存在存疑项', 'en': 'something is doubtful', 'points': 40, 'since': '2026-01-01',
}  # fmt: skip
MARKS = [{'points': 40, 'lane': 'remote'}, {'points': 100, 'lane': 'inspect'}]


@pytest.fixture(scope='module')
def stock() -> Callable[[], None]:
    def rules_and_shipments() -> None:
        cast.library()
        user = rows.User(username='ann', role='analyst')
        user.set_password(cast.PASSWORD)
        user.save()
        row = risk.draft(ANN, 'crates', {'rules': [DOUBTS], 'marks': MARKS}, 'first')
        risk.approve(BEN, 'crates', row.version)
        risk.activate(BEN, 'crates', row.version)
        cast.released()
        cast.referred()
        risk.draft(ANN, 'crates', {'rules': [DOUBTS, HEAVY], 'marks': MARKS}, 'heavy crates too')

    return rules_and_shipments


SCREENS = {
    'rules': '/rules',
    'ruleset': '/rules/crates/2?no={released}',
    'rules_edit': '/rules/crates/2/edit',
    'backtest': '/rules/crates/backtest?old=1&new=2&since=2026-01-01&until=2099-01-01',
    'backtest_empty': '/rules/memo/backtest',
}


@pytest.mark.parametrize('language', ['zh', 'en'])
@pytest.mark.parametrize('name', SCREENS)
def test_everybody_can_use_the_rules(opened: Opener, name: str, language: str) -> None:
    path = SCREENS[name].format(released=number('B-2026-017'))
    page = opened(path, 'ann', language)
    shot(page, f'{name}-{language}')
    assert axe(page) == []


def test_an_analyst_writes_and_another_activates(opened: Opener) -> None:
    page = opened('/rules/crates/new', 'ann')
    page.get_by_role('button', name='Add a row').last.click()
    row = page.locator('[data-rows="rules"] .row-fields').last
    row.get_by_label('identifier').fill('many')
    condition = row.get_by_label('condition')
    condition.fill('boxs > 2')
    expect(row.get_by_role('status')).to_contain_text('did you mean boxes')
    assert axe(page) == []
    condition.fill('boxes > 2')
    expect(row.get_by_role('status')).to_contain_text('usable')
    row.get_by_label('reason in Chinese').fill('箱数多')
    row.get_by_label('reason in English').fill('many boxes')
    row.get_by_label('lane').select_option('inspect')
    row.get_by_label('in force since').fill('2026-01-01')
    page.get_by_role('button', name='Keep the draft').click()
    expect(page.get_by_role('heading', level=1)).to_contain_text('Version 3')
    expect(page.get_by_text('another analyst approves it')).to_be_visible()

    other = opened('/rules/crates/3', 'analyst')
    expect(other.get_by_text('added')).to_be_visible()
    other.get_by_role('button', name='Approve').click()
    other.get_by_role('button', name='Activate').click()
    expect(other.get_by_text('This version decides now')).to_be_visible()
    other.goto('/rules/crates/1')
    other.get_by_role('button', name='Roll back to this version').click()
    expect(other.get_by_text('This version decides now')).to_be_visible()


def test_a_mistake_stands_beside_its_field_and_nothing_is_lost(
    opened: Opener, watch: object
) -> None:
    watch.allowed.add(422)  # type: ignore[attr-defined]
    page = opened('/rules/crates/2/edit', 'ann')
    first = page.locator('[data-rows="rules"] .row-fields').first
    first.get_by_label('condition').fill('checks_doubtfull >= 1')
    page.get_by_role('button', name='Keep the draft').click()
    wrong = page.locator('[data-rows="rules"] .row-fields').first.get_by_label('condition')
    expect(wrong).to_have_attribute('aria-invalid', 'true')
    expect(wrong).to_have_value('checks_doubtfull >= 1')
    assert rows.RuleSet.objects.get(version=2).rules['rules'][0]['when'] == DOUBTS['when']


def test_a_shadow_run_compares_what_comes(opened: Opener) -> None:
    page = opened('/rules/crates/2', 'ann')
    page.get_by_role('button', name='Start the shadow run').click()
    expect(page.get_by_text('0 declarations so far')).to_be_visible()


def test_customs_sees_which_rule_fired_and_the_enterprise_does_not(opened: Opener) -> None:
    no = number('B-2026-018')
    page = opened(f'/declarations/{no}', 'analyst')
    expect(page.get_by_text('something is doubtful')).to_be_visible()
    shot(page, 'declaration-hits')
    own = opened(f'/declarations/{no}', 'own')
    expect(own.get_by_text('something is doubtful')).to_have_count(0)
