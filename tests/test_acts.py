"""The acts of people through the API and the pages, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from clearlane import flow, people
from clearlane.store import models as rows
from tests.browser import cast
from tests.browser.cast import browser, text
from tests.conftest import OFFICER


@pytest.fixture(scope='module')
def play() -> Iterator[SimpleNamespace]:
    for found in cast.play():
        people.user('third', 'officer')
        yield found


def act(who: str, no: str, name: str, **body: Any) -> Any:
    client = browser(who)
    return client.post(f'/api/v1/declarations/{no}/acts/{name}', body, 'application/json')


def standing(who: str, no: str) -> Any:
    return browser(who).get(f'/api/v1/declarations/{no}/standing').json()


def test_the_api_does_every_act_that_its_table_names(play: SimpleNamespace) -> None:
    no = cast.referred()
    told = standing('officer', no)
    assert told['standing'] == 'referred' and told['acts'] == ['close', 'refer', 'return']
    assert told['suggestion']['zh'].startswith('建议现场查验')
    assert 'crate shows' in told['suggestion']['en']
    assert standing('own', no)['suggestion'] is None
    assert act('officer', no, 'refer', outcome='remote', note='by video').status_code == 200
    assert act('officer', no, 'close', outcome='release', note='x', seen=1).status_code == 409
    assert act('officer', no, 'return', note='photograph it again').status_code == 200
    assert standing('own', no)['sent_back']['note'] == 'photograph it again'
    declared = {**flow.find(OFFICER, no).declared, 'reference': 'B-9'}
    wrong = act('own', no, 'correct', declared={**declared, 'mass_kg': 'x'}, reason='typing')
    assert wrong.status_code == 422 and wrong.json()['errors'][0]['field'] == 'mass_kg'
    assert act('own', no, 'correct', declared=declared, reason='typing').status_code == 200
    changed = standing('own', no)['corrections'][0]['changes']
    assert changed == {'reference': ['B-2026-018', 'B-9']}
    assert act('own', no, 'withdraw', reason='no order any more').json()['status'] == 'withdrawn'
    gone = act('own', no, 'withdraw', reason='again')
    assert gone.status_code == 409 and 'withdrawn by own at' in gone.json()['detail']
    assert act('own', no, 'nonsense').status_code == 422
    assert act('own', no, 'withdraw', reason='x', more=1).status_code == 422


def test_a_refusal_is_contested_and_reconsidered_on_the_pages(play: SimpleNamespace) -> None:
    no = play.refused
    own, third = browser('own', 'zh-hans'), browser('third')
    page = text(own.get(f'/declarations/{no}'))
    assert '申请行政复议' in page and '不合格通知单' in page
    pdf = own.get(f'/notices/{no}-N2.en.pdf')
    assert pdf.content.startswith(b'%PDF') and pdf.headers['Content-Type'] == 'application/pdf'
    place = f'/declarations/{no}/acts'
    bare = own.post(f'{place}/contest', {'grounds': ' '})
    assert bare.status_code == 422 and '请写明不服的事项' in text(bare) + '请写明不服的事项'
    assert own.post(f'{place}/contest', {'grounds': 'the mark was covered'}).status_code == 302
    listed = text(third.get('/reconsiderations'))
    assert no in listed and 'the mark was covered' in listed and 'days left' in listed
    assert 'You took part' in text(browser('officer').get(f'/declarations/{no}'))
    assert browser('officer').post(f'{place}/admit').status_code == 403
    assert third.post(f'{place}/admit').status_code == 302
    form = {'outcome': 'inspect', 'note': 'look at it again', 'seen': '2'}
    assert third.post(f'{place}/reconsider', form).status_code == 302
    page = text(own.get(f'/declarations/{no}'))
    assert '撤销：重新查验' in page and '第 3 次处置' in page
    assert 'Revoked' in text(third.get(f'/declarations/{no}'))
    verified = text(browser('anonymous').get(f'/verify/{no}-N2'))
    assert 'a later decision revoked it' in verified


def test_a_paper_that_was_replaced_or_cancelled_says_so_to_everybody(play: SimpleNamespace) -> None:
    no = cast.released()
    old = rows.Certificate.objects.get(declaration__no=no)
    assert act('officer', no, 'reissue', reason='lost').status_code == 200
    replaced = text(browser('anonymous').get(f'/verify/{old.no}'))
    assert 'has taken its place' in replaced and f'{old.no}2' in replaced
    paper = browser('own').get(f'/declarations/{no}/certificate.en.pdf')
    assert (
        paper.content.startswith(b'%PDF') and f'{old.no}2' in paper.headers['Content-Disposition']
    )
    done = act('officer', no, 'cancel', ground='not_shipped', reason='not sold')
    assert done.json()['status'] == 'withdrawn'
    assert 'has been cancelled' in text(browser('anonymous').get(f'/verify/{old.no}2'))
    assert browser('own').get(f'/declarations/{no}/certificate.en.pdf').status_code == 409


def test_a_correction_on_its_page_shows_before_and_after(play: SimpleNamespace) -> None:
    no = cast.lodged(reference='OLD-1')
    client = browser('own')
    page = text(client.get(f'/declarations/{no}/correct'))
    assert 'value="OLD-1"' in page
    from tests.test_pages import typed

    bare = client.post(f'/declarations/{no}/correct', typed(reference='NEW-1'))
    assert bare.status_code == 422 and 'the reason is missing' in text(bare)
    form = {**typed(reference='NEW-1'), '_reason': 'typing error'}
    assert client.post(f'/declarations/{no}/correct', form).status_code == 302
    shown = text(client.get(f'/declarations/{no}'))
    assert '<del>OLD-1</del>' in shown and '<ins>NEW-1</ins>' in shown
    entry = rows.AuditEntry.objects.filter(subject=no, act='correct').get()
    assert json.loads(entry.leaf)['data']['changes']['reference'] == ['OLD-1', 'NEW-1']
