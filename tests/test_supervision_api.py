"""The API of enterprises, lines, inspections and the draw, as a system would call it."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from clearlane import flow, visits
from clearlane.store import models as rows
from tests.browser import cast
from tests.conftest import OFFICER, PARTY, qr
from tests.test_series import lodge, settle

pytestmark = pytest.mark.usefixtures('store')
NEW = '91350200MA2EXAMP15'


@pytest.fixture
def call(store: None) -> Any:
    cast.people()

    def answered(who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        client = Client(SERVER_NAME='localhost')
        client.force_login(rows.User.objects.get(username=who))
        kind = 'application/json'
        data = json.dumps(body) if body is not None else ''
        answer = client.generic(method, f'/api/v1{path}', data, kind)
        return answer.status_code, answer.json()

    return answered


def test_an_enterprise_is_registered_with_plant_line_and_camera(call: Any) -> None:
    assert call('administrator', 'POST', '/enterprises', {'number': NEW, 'name': '新'})[0] == 201
    steps = [
        ('plants', {'name': 'P7', 'address': '厦门'}),
        ('lines', {'plant': 'P7', 'name': 'A', 'certificate': 'Q', 'valid_until': '2030-01-01'}),
        ('cameras', {'plant': 'P7', 'line': 'A', 'serial': 'SN-9'}),
        ('credit', {'credit': 'certified', 'reason': 'audited'}),
    ]
    for what, body in steps:
        status, found = call('officer', 'POST', f'/enterprises/{NEW}/{what}', body)
        assert status == 201, found
    assert found['credit'] == 'certified'
    assert found['plants'][0]['lines'][0]['cameras'] == ['SN-9']
    assert (
        call('officer', 'POST', f'/enterprises/{NEW}/lines', {'plant': 'no', 'name': 'A'})[0] == 404
    )
    bad = {'plant': 'P7', 'name': 'B', 'valid_until': 'soon'}
    status, problem = call('officer', 'POST', f'/enterprises/{NEW}/lines', bad)
    assert status == 422
    assert problem['errors'][0]['field'] == 'valid_until'
    assert call('own', 'POST', f'/enterprises/{NEW}/plants', {'name': 'X'})[0] == 403


def test_an_inspection_is_recorded_and_the_line_says_what_it_is_worth(call: Any) -> None:
    no = lodge(1)
    settle(no)
    status, found = call('officer', 'GET', f'/declarations/{no}/inspection')
    assert status == 200
    results = {box: {'conforms': True} for box in found['boxes']}
    body = {'results': results, 'note': 'fine'}
    status, found = call('officer', 'POST', f'/declarations/{no}/inspection', body)
    assert (status, found['accepted'], found['bad']) == (201, True, 0)
    assert call('officer', 'POST', f'/declarations/{no}/inspection', body)[0] == 409
    status, lines = call('own', 'GET', '/lines')
    assert status == 200
    assert lines[0]['party'] == PARTY
    assert 's=0.90' in lines[0]['series'][0]['guarantee']['en']
    assert call('other', 'GET', '/lines')[1] == []
    assert flow.find(cast.ABLE, no).decisions.latest('number').outcome == 'release'


def test_a_visit_is_planned_held_and_put_right_by_the_api(call: Any) -> None:
    settle(lodge(1))
    today = flow.today().isoformat()
    asked = {'scenario': 'chests', 'party': PARTY, 'plant': 'P1', 'due': today, 'why': 'a word'}
    assert call('own', 'POST', '/visits', asked)[0] == 403
    assert call('officer', 'POST', '/visits', {**asked, 'plant': 'P9'})[0] == 404
    assert call('officer', 'POST', '/visits', {**asked, 'due': '2020-01-01'})[0] == 422
    status, made = call('officer', 'POST', '/visits', asked)
    assert (status, made['state']) == (201, 'planned')
    path = f'/visits/{made["number"]}'
    keys = [item['key'] for item in made['checklist']]
    record = {
        'held_on': today,
        'represented_by': 'Ms Lin',
        'answers': {key: {'result': 'no', 'note': 'loose'} for key in keys},
        'summary': 'the lids are loose',
        'faults': [{'what': 'fasten the lids', 'due': today}],
    }
    status, told = call('officer', 'POST', f'{path}/record', {**record, 'faults': []})
    assert (status, told['errors'][0]['field']) == (422, 'faults')
    assert call('own', 'POST', f'{path}/record', record)[0] == 403
    assert call('other', 'GET', path)[0] == 404
    status, held = call('officer', 'POST', f'{path}/record', record)
    assert (status, held['state'], len(held['record'])) == (200, 'held', 64)
    client = Client(SERVER_NAME='localhost')
    client.force_login(rows.User.objects.get(username='officer'))
    sent = client.post(f'/api/v1{path}/photographs', qr('lids'), 'image/png')
    assert sent.status_code == 201, sent.content
    number = held['rectifications'][0]['number']
    fixed = f'{path}/rectifications/{number}'
    assert call('own', 'POST', fixed, {'words': 'new screws'})[0] == 409, 'nobody has signed yet'
    visits.sign(OFFICER, made['number'], 'customs', 'Mr Chen', 'password')
    visits.sign(cast.ABLE, made['number'], 'enterprise', 'Ms Lin', 'password')
    assert call('other', 'POST', fixed, {'words': 'new screws'})[0] == 404
    assert call('own', 'POST', f'{path}/rectifications/999', {'words': 'x'})[0] == 404
    status, answered = call('own', 'POST', fixed, {'words': 'new screws'})
    assert (status, answered['rectifications'][0]['state']) == (200, 'answered')
    status, closed = call('officer', 'POST', fixed, {'words': 'seen'})
    assert (status, closed['state'], len(closed['photographs'])) == (200, 'closed', 1)


def test_nobody_learns_a_lot_before_the_seed_is_revealed(call: Any) -> None:
    lodge(1)
    status, periods = call('own', 'GET', '/draws')
    assert status == 200
    assert periods[0]['seed'] is None
    form = call('own', 'GET', f'/draws/{periods[0]["period"]}')[1]
    assert form['declarations'] == []
    assert form['commitment'] == periods[0]['commitment']
    assert call('own', 'GET', '/draws/1999-01')[0] == 404


def test_the_administrator_adds_people_on_the_pages(call: Any) -> None:
    client = Client(SERVER_NAME='localhost')
    client.force_login(rows.User.objects.get(username='administrator'))
    answer = client.post('/enterprises', {'what': 'staff', 'name': 'chen', 'role': 'officer'})
    assert answer.status_code == 200
    shown = re.search(r'role="status">.*<strong class="id">(.+?)</strong>', answer.content.decode())
    assert shown
    password = html.unescape(shown.group(1))
    assert rows.User.objects.get(username='chen').check_password(password)
    again = client.post('/enterprises', {'what': 'staff', 'name': 'chen', 'role': 'auditor'})
    assert again.status_code == 422
    assert rows.User.objects.get(username='chen').role == 'officer'
    root = client.post('/enterprises', {'what': 'staff', 'name': 'root', 'role': 'administrator'})
    assert root.status_code == 422
    added = client.post(f'/enterprises/{PARTY}/enrol', {'what': 'person', 'name': 'lin'})
    assert added.status_code == 200
    assert rows.User.objects.get(username='lin').party_id == PARTY
