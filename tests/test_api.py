"""The API: the whole road by key, and every way of being refused."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from clearlane import audit, outcomes, people, photographs, work
from clearlane.photographs import MOST_BYTES
from clearlane.scenario import scenarios
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.web.api.v1 import api
from tests.browser import cast
from tests.conftest import OFFICER, OTHER, PARTY

ROOT = '/api/v1'
PROBLEM = 'application/problem+json'


class Caller:
    """A system of an enterprise, with its key."""

    def __init__(self, key: str = '', **options: Any) -> None:
        self.client = Client(raise_request_exception=False, SERVER_NAME='localhost', **options)
        self.headers = {'Authorization': f'Bearer {key}'} if key else {}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(ROOT + path, headers={**self.headers, **headers})

    def send(self, path: str, body: Any = None, **options: Any) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = options.pop('content_type', 'application/json')
        headers = {**self.headers, **options.pop('headers', {})}
        # Django's client leaves the type of an empty body out.
        options = {'CONTENT_TYPE': kind, **options}
        return self.client.generic('POST', ROOT + path, data, kind, headers=headers, **options)


@pytest.fixture
def erp(store: None) -> Caller:
    """The system of the enterprise, its library in force."""
    cast.people()
    cast.library()
    return Caller(people.key(PARTY, 'erp'))


def declare(erp: Caller, **changed: Any) -> str:
    sent = erp.send('/declarations', {'scenario': 'crates', 'declared': cast.shipment(**changed)})
    assert sent.status_code == 201, sent.content
    return str(sent.json()['number'])


def attach(erp: Caller, no: str, item: str, data: bytes, **options: Any) -> Any:
    options = {'content_type': 'image/jpeg', **options}
    return erp.send(f'/declarations/{no}/evidence?item={item}&view=front', data, **options)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer, after looking at its form."""
    assert answer.status_code == status, answer.content
    assert answer.headers['Content-Type'] == PROBLEM
    problem: dict[str, Any] = answer.json()
    assert problem['code'] == code
    assert problem['status'] == status
    assert problem['type'] == f'urn:clearlane:problem:{code}'
    assert problem['title']
    for error in problem.get('errors', []):
        assert set(error) == {'field', 'value', 'code', 'message', 'remedy'}
        assert set(error['message']) == set(error['remedy']) == {'zh', 'en'}
    return problem


# --- the road -----------------------------------------------------------------


def test_a_batch_goes_from_declaration_to_certificate(erp: Caller) -> None:
    sent = erp.send('/declarations', {'scenario': 'crates', 'declared': cast.shipment()})
    no = sent.json()['number']
    assert sent.headers['Location'] == f'{ROOT}/declarations/{no}'
    for number, item in enumerate(cast.SERIALS):
        kept = attach(erp, no, item, cast.picture(number))
        assert kept.status_code == 201
        assert (kept.json()['item'], kept.json()['view']) == (item, 'front')
    assert erp.get(f'/declarations/{no}/decision').json()['code'] == 'not_decided'
    assert erp.send(f'/declarations/{no}/present').json()['presented'] is True
    work.drain()

    declaration = erp.get(f'/declarations/{no}').json()
    assert (declaration['status'], declaration['outcome']) == ('done', 'release')
    decision = erp.get(f'/declarations/{no}/decision').json()
    assert decision['outcome'] == 'release'
    assert set(decision['reasons'][0]) == {'zh', 'en'}
    assert [f['result'] for f in decision['findings']] == ['pass'] * 4
    assert len(decision['inputs']) == 64
    for language in ('zh', 'en'):
        paper = erp.get(f'/declarations/{no}/certificate?language={language}')
        assert paper.headers['Content-Type'] == 'application/pdf'
        assert paper.content.startswith(b'%PDF')
    acts = [e['act'] for e in erp.get(f'/declarations/{no}/events').json()]
    assert acts == ['lodge', *['attach'] * 3, 'present', 'examined', 'decided', 'done']
    assert len(erp.get(f'/declarations/{no}/evidence').json()) == 3


def test_what_was_read_tells_the_sender_to_take_it_again(erp: Caller) -> None:
    no = declare(erp)
    for number, item in enumerate(cast.SERIALS):
        # In the narrow picture the mark runs beyond the edge.
        attach(erp, no, item, cast.picture(number, width=700 if number == 0 else 1200))
    place = f'/declarations/{no}/evidence'
    assert [one['retake'] for one in erp.get(place).json()] == [[], [], []]
    erp.send(f'/declarations/{no}/present')
    work.drain()
    told = [one['retake'] for one in erp.get(place).json()]
    assert [[one['code'] for one in each] for each in told] == [['cut_off'], [], []]
    row = rows.Declaration.objects.get(no=no)
    pieces = list(row.evidence.order_by('pk'))
    law = SimpleNamespace(photograph_faces={'front': ['seal'], 'back': ['mark']})
    faces = photographs.afterwards(scenarios()['crates'], pieces, law)
    assert [one['code'] for one in faces[pieces[1].pk]] == ['wrong_face']
    erp.client.force_login(rows.User.objects.get(username='own'))
    for language, words in (('en', 'leave a margin'), ('zh-hans', '四周留有空白')):
        page = erp.client.get(f'/declarations/{no}/evidence', headers={'accept-language': language})
        assert words in page.content.decode()


def test_a_wrong_mark_is_told_with_its_place_in_both_languages(erp: Caller) -> None:
    no = cast.referred()
    decision = erp.get(f'/declarations/{no}/decision').json()
    assert decision['outcome'] == 'inspect'
    wrong = next(f for f in decision['findings'] if f['result'] == 'fail')
    assert 'C370001' in wrong['reason']['zh']
    assert 'C370001' in wrong['reason']['en']
    assert wrong['clause'] == 'Crates Act, art. 7'
    assert len(wrong['crops'][0]['box']) == 4
    assert wrong['remedy']['en']
    refused(erp.get(f'/declarations/{no}/certificate'), 404, 'no_certificate')


def test_a_version_of_a_library_entry_is_submitted_and_seen(erp: Caller) -> None:
    place = '/scenarios/crates/libraries/designs/D/7#(a)'.replace('#', '%23')
    sent = erp.send(place, cast.DESIGN)
    assert (sent.status_code, sent.json()['state']) == (201, 'submitted')
    listed = erp.get(place).json()
    assert [v['version'] for v in listed['versions']] == [1]
    assert erp.get('/scenarios/crates/libraries/permits/P-01').json()['remaining'] == 500
    refused(erp.get('/scenarios/crates/libraries/designs/none'), 404, 'not_found')
    refused(erp.send('/scenarios/crates/libraries/nothing/X', cast.DESIGN), 404, 'not_found')
    refused(erp.send('/scenarios/nowhere/libraries/designs/X', cast.DESIGN), 404, 'not_found')
    wrong = refused(erp.send('/scenarios/crates/libraries/designs/a b', {}), 422, 'rejected')
    assert wrong['errors'][0]['field'] in ('key', 'mark')


def test_the_same_key_gives_the_same_declaration(erp: Caller) -> None:
    body = {'scenario': 'crates', 'declared': cast.shipment()}
    headers = {'Idempotency-Key': 'order-17'}
    numbers = {erp.send('/declarations', body, headers=headers).json()['number'] for _ in range(3)}
    assert len(numbers) == 1
    body['declared']['mass_kg'] = '19'
    refused(erp.send('/declarations', body, headers=headers), 409, 'conflict')
    for key in ('', 'x' * 73, 'ключ'.encode().decode('latin-1')):
        wrong = erp.send('/declarations', body, headers={'Idempotency-Key': key})
        assert refused(wrong, 422, 'rejected')['errors'][0]['field'] == 'Idempotency-Key'


def test_a_list_is_read_in_pages_and_filtered(erp: Caller) -> None:
    numbers = [declare(erp, reference=f'B-{n}') for n in range(5)]
    seen, cursor = [], ''
    while True:
        page = erp.get(f'/declarations?limit=2&cursor={cursor}').json()
        seen += [item['number'] for item in page['items']]
        if page['next'] is None:
            break
        cursor = page['next']
    assert seen == numbers[::-1]
    assert erp.get('/declarations?status=done').json()['items'] == []
    assert erp.get('/declarations?outcome=release').json() == {'items': [], 'next': None}


def test_a_form_with_one_file_is_as_good_as_the_bare_photograph(erp: Caller) -> None:
    no = declare(erp)
    place = f'{ROOT}/declarations/{no}/evidence?item=A-001&view=front'
    first = attach(erp, no, 'A-001', cast.picture(1)).json()
    file = io.BytesIO(cast.picture(1))
    file.name = 'a.jpg'
    second = erp.client.post(place, {'file': file}, headers=erp.headers)
    assert (second.status_code, second.json()['id']) == (201, first['id'])
    none = erp.client.post(place, {'word': 'x'}, headers=erp.headers)
    refused(none, 400, 'malformed')
    broken = attach(erp, no, 'A-001', b'nothing', content_type='multipart/form-data')
    refused(broken, 400, 'malformed')


def test_the_checkpoint_is_public(erp: Caller) -> None:
    refused(Caller().get('/audit/checkpoint'), 404, 'not_found')
    note = audit.checkpoint(settings().origin, settings().home)
    told = Caller().get('/audit/checkpoint').json()
    assert told['note'] == note
    assert told['key'].startswith(settings().origin)
    bare = Caller().get('/audit/checkpoint', Accept='text/plain')
    assert bare.content.decode() == note


def test_what_a_scenario_takes_is_told(erp: Caller) -> None:
    names = [s['name'] for s in erp.get('/scenarios').json()]
    assert {'crates', 'lithium_packaging'} <= set(names)
    schema = erp.get('/scenarios/crates/schema').json()
    assert 'serials' in schema['declared']['properties']
    assert set(schema['libraries']) == {'designs', 'permits'}
    refused(erp.get('/scenarios/nowhere/schema'), 404, 'not_found')


def test_the_description_names_every_operation_and_refusal() -> None:
    schema = json.loads(Client(SERVER_NAME='localhost').get(f'{ROOT}/openapi.json').content)
    operations = [o for path in schema['paths'].values() for o in path.values()]
    assert len(operations) >= 14
    for operation in operations:
        assert operation['summary']
        assert operation['description']
        for status, response in operation['responses'].items():
            if int(status) >= 400:
                assert list(response['content']) == [PROBLEM]
    assert schema['openapi'].startswith('3.1')
    assert api.title in schema['info']['title']


# --- refusals -----------------------------------------------------------------

DEEP = b'{"scenario":"crates","declared":' + b'[' * 100_000 + b']' * 100_000 + b'}'
MALFORMED = [
    b'',
    b'{',
    b'nothing',
    b'{"a": 1, "a": 2}',
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": 1e999}',
    b'\xff\xfe{}',
    b'{"a": ' + b'9' * 5000 + b'}',
    DEEP,
]


@pytest.mark.parametrize('body', MALFORMED, ids=range(len(MALFORMED)))
def test_json_that_is_broken_or_ambiguous_is_refused(erp: Caller, body: bytes) -> None:
    refused(erp.send('/declarations', body), 400, 'malformed_json')


UNFIT: list[tuple[Any, str]] = [
    ([], ''),
    ('word', ''),
    (None, ''),
    ({}, 'scenario'),
    ({'scenario': 'nowhere', 'declared': {}}, 'scenario'),
    ({'scenario': 7, 'declared': {}}, 'scenario'),
    ({'scenario': 'crates', 'declared': []}, 'declared'),
    ({'scenario': 'crates', 'declared': {}, 'more': 1}, 'more'),
    ({'scenario': 'crates', 'declared': cast.shipment(more=1)}, 'more'),
    ({'scenario': 'crates', 'declared': cast.shipment(boxes='many')}, 'boxes'),
    ({'scenario': 'crates', 'declared': cast.shipment(mode='rocket')}, 'mode'),
    ({'scenario': 'crates', 'declared': cast.shipment(packed='2026-02-30')}, 'packed'),
    ({'scenario': 'crates', 'declared': cast.shipment(reference='a\u0000b')}, 'declared.reference'),
    ({'scenario': 'crates', 'declared': cast.shipment(reference='\ud800')}, 'declared.reference'),
    ({'scenario': 'crates', 'declared': cast.shipment(design='D-99')}, 'design'),
    ({'scenario': 'crates', 'declared': cast.shipment(papers=[{'kind': 'x'}])}, 'papers.0.kind'),
    ({'scenario': 'crates', 'declared': cast.shipment(boxes=2)}, ''),
]


@pytest.mark.parametrize(('body', 'field'), UNFIT, ids=range(len(UNFIT)))
def test_a_record_that_does_not_fit_is_refused_by_field(erp: Caller, body: Any, field: str) -> None:
    problem = refused(erp.send('/declarations', body), 422, 'rejected')
    assert field in [e['field'] for e in problem['errors']]
    assert rows.Declaration.objects.count() == 0


def test_bodies_that_are_too_large_or_of_another_kind_are_not_read(erp: Caller) -> None:
    no = declare(erp)
    evidence = f'/declarations/{no}/evidence?item=A-001'
    refused(erp.send('/declarations', b' ' * (2 * 1024 * 1024 + 1)), 413, 'too_large')
    refused(
        erp.send('/declarations', b'{}', content_type='text/plain'), 415, 'unsupported_media_type'
    )
    refused(erp.send(evidence, b'GIF8', content_type='image/gif'), 415, 'unsupported_media_type')
    long = str(MOST_BYTES + 1)
    refused(attach(erp, no, 'A-001', b'x', CONTENT_LENGTH=long), 413, 'too_large')
    huge = str(10**12)
    refused(attach(erp, no, 'A-001', b'x', CONTENT_LENGTH=huge), 413, 'too_large')
    form = 'multipart/form-data; boundary=x'
    refused(erp.send(evidence, b'x', content_type=form, CONTENT_LENGTH=huge), 413, 'too_large')
    refused(
        erp.send(evidence, b'', headers={'Transfer-Encoding': 'chunked'}), 411, 'length_required'
    )
    refused(erp.send(evidence, b'x', CONTENT_LENGTH='many'), 411, 'length_required')


def _gif() -> bytes:
    out = io.BytesIO()
    Image.new('RGB', (64, 64)).save(out, 'GIF')
    return out.getvalue()


@pytest.mark.parametrize('data', [b'', b'word', _gif(), cast.picture(1)[:4000]], ids=range(4))
def test_what_is_no_photograph_is_refused_and_not_kept(erp: Caller, data: bytes) -> None:
    no = declare(erp)
    problem = refused(attach(erp, no, 'A-001', data), 422, 'rejected')
    assert problem['errors'][0]['field'] == 'photograph'
    assert rows.Evidence.objects.count() == 0


def test_evidence_on_what_was_not_declared_is_refused(erp: Caller) -> None:
    no, photo = declare(erp), cast.picture(1)
    assert refused(attach(erp, no, 'Z', photo), 422, 'rejected')['errors'][0]['field'] == 'item'
    wrong = erp.send(
        f'/declarations/{no}/evidence?item=A-001&view=UP!', photo, content_type='image/jpeg'
    )
    assert refused(wrong, 422, 'rejected')['errors'][0]['field'] == 'view'
    wrong = erp.send(
        f'/declarations/{no}/evidence?kind=film&item=A-001', photo, content_type='image/jpeg'
    )
    assert refused(wrong, 422, 'rejected')['errors'][0]['field'] == 'kind'
    long = erp.send(
        f'/declarations/{no}/evidence?item={"x" * 81}', photo, content_type='image/jpeg'
    )
    refused(long, 422, 'rejected')


def test_without_a_good_key_nothing_is_told(erp: Caller) -> None:
    no = declare(erp)
    key = erp.headers['Authorization'].split(' ')[1]
    wrong = ['', 'wrong', 'wrong.wrong', f'{key}x', key.split('.')[0] + '.x', 'é', 'a' * 5000]
    for bearer in wrong:
        caller = Caller(bearer)
        answer = caller.get(f'/declarations/{no}')
        refused(answer, 401, 'not_signed_in')
        assert answer.headers['WWW-Authenticate'] == 'Bearer'
    basic = erp.client.get(f'{ROOT}/declarations', headers={'Authorization': 'Basic abc'})
    refused(basic, 401, 'not_signed_in')
    people.revoke(key.split('.')[0])
    refused(erp.get('/declarations'), 401, 'not_signed_in')


def test_a_wrong_key_does_not_fall_back_to_the_session(erp: Caller) -> None:
    caller = Caller('wrong')
    caller.client.force_login(rows.User.objects.get(username='own'))
    refused(caller.get('/declarations'), 401, 'not_signed_in')


def test_what_belongs_to_another_enterprise_is_not_there(erp: Caller) -> None:
    no = declare(erp)
    stranger = Caller(people.key(OTHER, 'theirs'))
    for path in ('', '/evidence', '/decision', '/certificate', '/events'):
        refused(stranger.get(f'/declarations/{no}{path}'), 404, 'not_found')
        refused(stranger.get(f'/declarations/CL-0{path}'), 404, 'not_found')
    refused(attach(stranger, no, 'A-001', cast.picture(1)), 404, 'not_found')
    refused(stranger.send(f'/declarations/{no}/present'), 404, 'not_found')
    assert stranger.get('/declarations').json()['items'] == []
    refused(stranger.get('/scenarios/crates/libraries/designs/D-01'), 404, 'not_found')


def test_a_session_needs_the_csrf_token_for_what_changes_something(erp: Caller) -> None:
    caller = Caller(enforce_csrf_checks=True)
    caller.client.force_login(rows.User.objects.get(username='own'))
    body = {'scenario': 'crates', 'declared': cast.shipment()}
    assert caller.get('/declarations').status_code == 200
    refused(caller.send('/declarations', body), 403, 'csrf')
    page = caller.client.get('/me').content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = caller.send('/declarations', body, headers={'X-CSRFToken': token})
    assert sent.status_code == 201
    # A key is no cookie: nothing can send it behind the back of its owner.
    assert (
        Caller(erp.headers['Authorization'].split(' ')[1], enforce_csrf_checks=True)
        .send('/declarations', body)
        .status_code
        == 201
    )


def test_roles_without_the_right_are_told_so(erp: Caller) -> None:
    no = declare(erp)
    officer = Caller()
    officer.client.force_login(rows.User.objects.get(username='officer'))
    body = {'scenario': 'crates', 'declared': cast.shipment()}
    refused(officer.send('/declarations', body), 403, 'not_allowed')
    refused(attach(officer, no, 'A-001', cast.picture(1)), 403, 'not_allowed')
    assert officer.get(f'/declarations/{no}').status_code == 200
    administrator = Caller()
    administrator.client.force_login(rows.User.objects.get(username='administrator'))
    refused(administrator.get('/declarations'), 403, 'not_allowed')
    refused(administrator.get('/scenarios'), 403, 'not_allowed')


def test_addresses_and_methods_that_do_not_exist_are_problems_too(erp: Caller) -> None:
    refused(erp.get('/nothing'), 404, 'not_found')
    refused(erp.get('/declarations/a%00b'), 404, 'not_found')
    answer = erp.client.delete(f'{ROOT}/declarations', headers=erp.headers)
    refused(answer, 405, 'method_not_allowed')
    assert set(answer.headers['Allow'].replace(' ', '').split(',')) == {'GET', 'POST'}
    for query in ('limit=0', 'limit=x', 'cursor=-1', 'cursor=a', 'status=x', 'outcome=x'):
        problem = refused(erp.get(f'/declarations?{query}'), 422, 'rejected')
        assert problem['errors'][0]['field'] == query.partition('=')[0]


def test_a_problem_speaks_the_language_that_is_asked_for(erp: Caller) -> None:
    assert erp.get('/nothing', **{'Accept-Language': 'zh-CN'}).json()['title'] == '此地址没有内容'
    english = erp.get('/nothing', **{'Accept-Language': 'en'}).json()
    assert english['title'] == 'There is nothing at this address'


def test_a_suspended_certificate_is_not_handed_out(erp: Caller) -> None:
    no = cast.released()
    attach(erp, no, 'A-001', cast.picture(77, mark='4G/Y25/S/25/CN/C370001'))
    work.drain()
    refused(erp.get(f'/declarations/{no}/certificate'), 409, 'suspended')
    decision = erp.get(f'/declarations/{no}/decision').json()
    assert decision['certificate']['state'] == 'suspended'


def test_what_breaks_on_our_side_is_a_problem_without_its_insides(
    erp: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError('secret inside')

    monkeypatch.setattr('clearlane.web.sight.declarations', broken)
    answer = erp.get('/declarations')
    refused(answer, 500, 'server_error')
    assert b'secret' not in answer.content


def test_an_officers_decision_keeps_the_findings_of_the_machine(erp: Caller) -> None:

    no = cast.referred()
    outcomes.close(OFFICER, no, 'refuse', 'the mark is wrong')
    decision = erp.get(f'/declarations/{no}/decision').json()
    assert (decision['outcome'], decision['by']) == ('refuse', 'officer')
    assert 'fail' in [f['result'] for f in decision['findings']]
