"""Who may do what: every route of the web server, for every role."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser import cast
from tests.browser.cast import CANARY, browser, place, text

ROLES = ('own', 'other', 'officer', 'analyst', 'auditor', 'administrator', 'anonymous')


@pytest.fixture(scope='module')
def play() -> Iterator[SimpleNamespace]:
    yield from cast.play()


EVERYBODY = '200 200 200 200 200 200 200'
SIGNED_IN = '200 200 200 200 200 200 302'
SEES = '200 200 200 200 200 403 302'
OF_OWNER = '200 404 200 200 200 404 302'
OWNER_ALONE = '200 404 403 403 403 404 302'
RULES = '403 403 200 200 200 403 302'
OFFICER_ALONE = '403 403 200 403 403 403 302'
AUDITS = '403 403 403 403 200 403 302'
API_SEES = '200 200 200 200 200 403 401'
API_OF_OWNER = '200 404 200 200 200 404 401'

# (method, route) → what each role is answered. A route that is missing here fails the test.
EXPECTED = {
    ('GET', 'home'): '200 200 200 200 200 302 302',
    ('GET', 'new_declaration'): '200 200 403 403 403 403 302',
    ('POST', 'new_declaration'): '200 200 403 403 403 403 302',
    ('GET', 'declaration'): OF_OWNER,
    ('GET', 'evidence'): OWNER_ALONE,
    ('POST', 'payment'): '403 403 404 403 403 403 302',
    ('POST', 'goods'): '403 404 422 403 403 404 302',
    ('GET', 'progress'): OF_OWNER,
    ('POST', 'present'): '302 404 403 403 403 404 302',
    ('GET', 'benefit'): '403 403 200 200 200 403 302',
    ('GET', 'benefit_xlsx'): '403 403 200 200 200 403 302',
    ('GET', 'second_readings'): '403 403 200 403 403 403 302',
    ('GET', 'second_reading'): '403 403 404 403 403 403 302',
    ('POST', 'second_reading'): '403 403 404 403 403 403 302',
    ('GET', 'entry'): OF_OWNER,
    ('POST', 'entry_act'): '422 404 422 403 403 404 302',
    ('GET', 'reference_photo'): '404 404 404 404 404 404 302',
    ('GET', 'radius'): OF_OWNER,
    ('POST', 'act'): '403 404 409 403 403 404 302',
    ('GET', 'correct'): OWNER_ALONE,
    ('POST', 'correct'): '422 404 403 403 403 404 302',
    ('GET', 'notice'): OF_OWNER,
    ('GET', 'reconsiderations'): SEES,
    ('POST', 'close'): '403 404 422 403 403 404 302',
    ('POST', 'answer'): '403 404 409 403 403 404 302',
    ('POST', 'confirm_entry'): '403 403 422 403 403 403 302',
    ('GET', 'drawdowns'): '200 404 200 200 200 403 302',
    ('GET', 'template'): '200 200 403 403 403 403 302',
    ('POST', 'submit_table'): '422 422 403 403 403 403 302',
    ('GET', 'parameters'): '403 403 200 200 200 200 302',
    ('GET', 'paper'): OF_OWNER,
    ('GET', 'libraries'): SEES,
    ('GET', 'library'): SEES,
    ('GET', 'submit_entry'): '200 200 403 403 403 403 302',
    ('POST', 'submit_entry'): '422 422 403 403 403 403 302',
    ('POST', 'qualify'): '403 403 409 403 403 403 302',
    ('GET', 'feed'): '200 200 403 403 403 403 302',
    ('POST', 'feed'): '422 422 403 403 403 403 302',
    ('GET', 'feed_template'): '200 200 403 403 403 403 302',
    ('GET', 'daily'): '403 403 200 200 200 403 302',
    ('GET', 'kiosk'): EVERYBODY,
    ('POST', 'kiosk_enter'): '403 403 403 403 403 403 403',
    ('GET', 'kiosk_state'): '401 401 401 401 401 401 401',
    ('POST', 'kiosk_act'): '401 401 401 401 401 401 401',
    ('GET', 'kiosks'): OFFICER_ALONE,
    ('GET', 'kiosk_mirror'): OFFICER_ALONE,
    ('GET', 'kiosk_mirror_state'): OFFICER_ALONE,
    ('GET', 'diary'): SEES,
    ('GET', 'visits'): SEES,
    ('GET', 'visit'): '200 404 200 200 200 403 302',
    ('POST', 'hold_visit'): '403 404 422 403 403 403 302',
    ('POST', 'sign_visit'): '404 404 404 404 404 403 302',
    ('POST', 'rectify'): '422 404 422 403 403 403 302',
    ('GET', 'visit_photo'): '200 404 200 200 200 403 302',
    ('GET', 'visit_paper'): '200 404 200 200 200 403 302',
    ('GET', 'propose_visit'): '403 403 200 403 403 403 302',
    ('POST', 'propose_visit'): '403 403 422 403 403 403 302',
    ('GET', 'lines'): SEES,
    ('GET', 'line'): '200 404 200 200 200 403 302',
    ('POST', 'line_act'): '403 404 404 403 403 403 302',
    ('GET', 'enterprises'): '403 403 200 403 403 200 302',
    ('POST', 'enterprises'): '403 403 403 403 403 422 302',
    ('GET', 'enterprise'): '403 403 200 403 403 200 302',
    ('POST', 'enrol'): '403 403 404 403 403 404 302',
    ('GET', 'inspection'): OF_OWNER,
    ('POST', 'inspection'): '403 404 422 403 403 404 302',
    ('GET', 'inspection_photo'): '403 404 404 403 403 404 302',
    ('POST', 'escape'): '403 404 422 403 403 404 302',
    ('GET', 'seeded'): '404 404 200 200 200 403 302',
    ('POST', 'plant_seed'): '403 403 404 404 403 403 302',
    ('GET', 'draws'): SEES,
    ('GET', 'draw_period'): SEES,
    ('GET', 'drift'): RULES,
    ('GET', 'drift_source'): RULES,
    ('POST', 'drift_answer'): '403 403 404 404 403 403 302',
    ('GET', 'rules'): RULES,
    ('GET', 'ruleset'): RULES,
    ('GET', 'rules_file'): RULES,
    ('GET', 'backtest'): RULES,
    ('GET', 'new_rules'): '403 403 403 200 403 403 302',
    ('POST', 'new_rules'): '403 403 403 302 403 403 302',
    ('GET', 'edit_rules'): '403 403 403 200 403 403 302',
    ('POST', 'edit_rules'): '403 403 403 302 403 403 302',
    ('POST', 'check_rule'): '403 403 403 200 403 403 302',
    ('POST', 'shadow_rules'): '403 403 403 302 403 403 302',
    ('POST', 'rules_act'): '403 403 403 302 403 403 302',
    ('POST', 'rules_off'): '403 403 403 409 403 403 302',
    ('GET', 'live'): SEES,
    ('GET', 'positions'): SEES,
    ('GET', 'live_events'): SEES,
    ('GET', 'watch'): OF_OWNER,
    ('GET', 'track'): OF_OWNER,
    ('GET', 'incident'): OF_OWNER,
    ('POST', 'respond'): '403 404 302 403 403 404 302',
    ('GET', 'custody'): SEES,
    ('POST', 'custody_act'): '404 404 404 403 403 403 302',
    ('GET', 'devices'): '200 200 200 200 200 200 302',
    ('POST', 'add_device'): '403 403 422 403 403 422 302',
    ('POST', 'revoke_device'): '403 403 404 403 403 404 302',
    ('POST', 'rekey_device'): '403 403 404 403 403 404 302',
    ('GET', 'osmand'): '400 400 400 400 400 400 400',
    ('POST', 'osmand'): '400 400 400 400 400 400 400',
    ('POST', 'traccar'): '400 400 400 400 400 400 400',
    ('GET', 'log'): AUDITS,
    ('GET', 'log_entry'): AUDITS,
    ('GET', 'proof'): AUDITS,
    ('GET', 'evidence_view'): OF_OWNER,
    ('GET', 'evidence_thumb'): OF_OWNER,
    ('GET', 'evidence_large'): OF_OWNER,
    ('GET', 'evidence_crop'): OF_OWNER,
    ('GET', 'evidence_original'): OF_OWNER,
    # A crate has no registered photograph to compare with; test_comparison.py has what does.
    ('GET', 'evidence_compared'): '404 404 404 404 404 404 302',
    ('GET', 'evidence_registered'): '404 404 404 404 404 404 302',
    ('GET', 'verify_ask'): EVERYBODY,
    ('GET', 'verify'): EVERYBODY,
    ('GET', 'me'): SIGNED_IN,
    ('POST', 'language'): '302 302 302 302 302 302 302',
    ('GET', 'account_login'): '302 302 302 302 302 302 200',
    ('POST', 'account_login'): '302 302 302 302 302 302 200',
    ('GET', 'account_logout'): SIGNED_IN,
    ('POST', 'account_logout'): '302 302 302 302 302 302 302',
    ('GET', 'account_inactive'): '403 403 403 403 403 403 403',
    ('GET', 'robots'): EVERYBODY,
    ('GET', 'api-v1:openapi-json'): EVERYBODY,
    ('GET', 'api-v1:api-root'): '404 404 404 404 404 404 404',
    ('GET', 'api-v1:declarations'): API_SEES,
    ('POST', 'api-v1:declarations'): '201 422 403 403 403 403 401',
    ('GET', 'api-v1:declaration'): API_OF_OWNER,
    ('GET', 'api-v1:evidence'): API_OF_OWNER,
    ('POST', 'api-v1:evidence'): '201 404 403 403 403 404 401',
    ('GET', 'api-v1:drawdowns'): '200 404 200 200 200 403 401',
    ('GET', 'api-v1:answers'): API_OF_OWNER,
    ('POST', 'api-v1:answers'): '403 404 415 403 403 404 401',
    ('POST', 'api-v1:present'): '200 404 403 403 403 404 401',
    ('GET', 'api-v1:decision'): API_OF_OWNER,
    ('GET', 'api-v1:certificate'): API_OF_OWNER,
    ('GET', 'api-v1:events'): API_OF_OWNER,
    ('GET', 'api-v1:standing'): API_OF_OWNER,
    ('POST', 'api-v1:reference_photographs'): '201 201 403 403 403 403 401',
    ('POST', 'api-v1:act'): '422 404 403 403 403 404 401',
    ('GET', 'api-v1:notice'): API_OF_OWNER,
    ('GET', 'api-v1:library_entry'): '200 404 200 200 200 403 401',
    ('POST', 'api-v1:library_entry'): '201 201 403 403 403 403 401',
    ('POST', 'api-v1:feed'): '200 200 403 403 403 403 401',
    ('POST', 'api-v1:payment_event'): '401 401 401 401 401 401 401',
    ('GET', 'api-v1:watch'): API_OF_OWNER,
    ('POST', 'api-v1:custody_act'): '415 415 415 403 403 403 401',
    ('GET', 'api-v1:scenarios'): API_SEES,
    ('GET', 'api-v1:scenario_schema'): API_SEES,
    ('GET', 'api-v1:checkpoint'): EVERYBODY,
    ('GET', 'api-v1:lines'): API_SEES,
    ('GET', 'api-v1:draws'): API_SEES,
    ('GET', 'api-v1:draw'): API_SEES,
    ('POST', 'api-v1:enterprises'): '403 403 403 403 403 415 401',
    ('GET', 'api-v1:enterprise'): '403 403 200 403 403 200 401',
    ('POST', 'api-v1:enrol'): '403 403 415 403 403 415 401',
    ('GET', 'api-v1:inspection'): '403 404 200 403 403 404 401',
    ('POST', 'api-v1:inspection'): '403 404 415 403 403 404 401',
    ('GET', 'api-v1:visits'): API_SEES,
    ('POST', 'api-v1:visits'): '403 403 415 403 403 403 401',
    ('GET', 'api-v1:visit'): '200 404 200 200 200 403 401',
    ('POST', 'api-v1:visit_record'): '403 404 415 403 403 403 401',
    ('POST', 'api-v1:visit_photographs'): '403 404 400 403 403 403 401',
    ('POST', 'api-v1:rectification'): '415 404 415 415 415 403 401',
}


def routes(patterns: Any = None, space: str = '') -> Iterator[str]:
    """The name of every route of the web server."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f'{space}{pattern.namespace}:' if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f'{space}{pattern.name}'


def ask(client: Client, method: str, name: str, play: SimpleNamespace) -> int:
    address = place(name, play)
    if method == 'GET':
        return int(client.get(address).status_code)
    if name == 'api-v1:declarations':
        body: Any = {'scenario': 'crates', 'declared': cast.shipment()}
        return int(client.post(address, body, 'application/json').status_code)
    if name == 'api-v1:act':
        return int(client.post(address, {}, 'application/json').status_code)
    if name == 'api-v1:library_entry':
        return int(client.post(address, cast.DESIGN, 'application/json').status_code)
    if name == 'api-v1:feed':
        return int(client.post(address, {'entries': []}, 'application/json').status_code)
    if name == 'api-v1:reference_photographs':
        return int(client.post(address, cast.picture(5), 'image/jpeg').status_code)
    if name == 'api-v1:evidence':
        # The same photograph as before: it changes nothing for the tests that follow.
        seed = sum(play.released.encode()) * 10
        address += '?item=A-001&view=front'
        return int(client.post(address, cast.picture(seed), 'image/jpeg').status_code)
    return int(client.post(address).status_code)


def test_every_route_has_its_line_in_the_table() -> None:
    assert {name for _, name in EXPECTED} == set(routes())


@pytest.mark.parametrize(('method', 'name'), EXPECTED, ids=lambda part: str(part))
def test_each_role_is_answered_as_the_table_says(
    play: SimpleNamespace, method: str, name: str
) -> None:
    answers = [str(ask(browser(role), method, name, play)) for role in ROLES]
    assert ' '.join(answers) == EXPECTED[method, name]


@pytest.mark.parametrize('name', sorted({name for _, name in EXPECTED}))
def test_other_methods_are_refused(play: SimpleNamespace, name: str) -> None:
    if name.startswith('account_') or name == 'robots':
        pytest.skip('Django and allauth answer for themselves')
    client = browser('own')
    for method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE'):
        if (method, name) not in EXPECTED:
            status = client.generic(method, place(name, play)).status_code
            assert status == 405 or (name.endswith('api-root') and status in (404, 405)), method


UNLIKE = ('template', 'verify', 'evidence_view', 'feed_template')
"""Public, a picture, a workbook."""


def test_nothing_of_one_enterprise_is_told_to_another(play: SimpleNamespace) -> None:
    client = browser('other')
    for method, name in EXPECTED:
        if method == 'GET':
            answer = client.get(place(name, play))
            if name not in UNLIKE and answer.status_code == 200:
                assert CANARY not in text(answer), name
    assert 'Nothing fits this filter' in text(client.get(f'/?words={CANARY}'))
