"""Fewer goods than listed: the officer types what is there, and that much is refunded, exactly."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from clearlane import flow, outcomes, questions, replay
from clearlane.admission import Rejected
from clearlane.questions import Given
from clearlane.store import models as rows
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, PARTY, settle
from tests.refunds import shop
from tests.test_questions import client_of

pytestmark = pytest.mark.usefixtures('store')


def controlled() -> str:
    """Drawn for control: an officer looks at two scarves."""
    bill = shop.invoice('INV-1', '1000.01')
    paper = shop.form('F-1', 'X00000001', bill)
    shop.feed(EXPORTER, 'invoices', bill)
    shop.feed(EXPORTER, 'forms', paper)
    row = flow.lodge(
        EXPORTER, shop.NAME, shop.application(bill, paper, departure_day='2026-01-01'), lot=NO_DRAW
    )
    shop.shown(row.no, 'passport', 'traveller', mrz=shop.mrz('X00000001'))
    shop.shown(
        row.no, 'receipt', 'INV-1', invoice_number='INV-1', invoice_total='1000.01',
        invoice_date=bill['day'], seller_uscc=bill['seller_uscc'],
    )  # fmt: skip
    flow.present(EXPORTER, row.no)
    assert settle(row.no) != 'release'
    return str(row.no)


def asked(no: str) -> str:
    (question,) = questions.asked(flow.find(OFFICER, no))
    assert question.most == '2'
    return question.key


def test_what_the_officer_sees_is_what_is_paid() -> None:
    no = controlled()
    questions.answer(OFFICER, no, [Given(question=asked(no), reply='yes', amount='1')])
    settle(no)
    outcomes.close(OFFICER, no, 'release', 'one of two is there', verdicts=verdicts(no))
    # Half of 1000.01 is 500.005, of which 500.00 counts: 11 % are 55.00, the fee of 2 % is 10.00.
    assert rows.Payment.objects.get().amount == Decimal('45.00')
    for decision in flow.find(OFFICER, no).decisions.filter(by='machine'):
        form = json.loads(flow.blobs().get(decision.inputs))
        again = replay.again(flow.scenario_named(shop.NAME), form)
        assert again == decision.result.encode()


def verdicts(no: str) -> list[outcomes.Said]:
    last = flow.find(OFFICER, no).decisions.filter(by='machine').latest('number')
    found = json.loads(last.result)['findings']
    return [outcomes.Said(f['check'], 'overruled', 'seen') for f in found if f['result'] == 'fail']


def test_nothing_there_is_refused_and_more_can_be_said_again() -> None:
    no = controlled()
    questions.answer(OFFICER, no, [Given(question=asked(no), reply='yes', amount='0')])
    assert settle(no) == 'refuse'
    questions.answer(OFFICER, no, [Given(question=asked(no), reply='yes', amount='2')])
    assert settle(no) != 'refuse'


@pytest.mark.parametrize('amount', ['', '3', '-1', '1.0001', 'NaN', 'one', '1e1'])
def test_what_is_no_amount_up_to_the_listed_one_is_refused(amount: str) -> None:
    no = controlled()
    with pytest.raises(Rejected):
        questions.answer(OFFICER, no, [Given(question=asked(no), reply='yes', amount=amount)])


def test_the_officer_types_it_on_the_page() -> None:
    no, client = controlled(), client_of('officer')
    page = client.get(f'/declarations/{no}').content.decode()
    name = f'amount-{asked(no)}'
    assert f'name="{name}"' in page
    assert client.post(f'/declarations/{no}/answers', {name: '5'}).status_code == 422
    assert client.post(f'/declarations/{no}/answers', {name: '1'}).status_code == 302
    settle(no)
    last = flow.find(OFFICER, no).decisions.latest('number')
    assert '45.00' in last.result


@pytest.mark.parametrize('role', ['officer', 'analyst', 'auditor', 'exporter'])
def test_the_api_masks_a_person_for_whom_the_pages_do(role: str) -> None:
    controlled()
    client = client_of(role, PARTY if role == 'exporter' else None)
    found = client.get(f'/api/v1/scenarios/{shop.NAME}/libraries/forms/F-1')
    told = found.json()['versions'][0]['data']
    whole = role in ('officer', 'exporter')
    assert (told['document_no'] == 'X00000001') is whole
    assert ('ERIKSSON' in told['traveller']) is whole
    assert (b'X00000001' in found.content) is whole
    assert told['total'] == '1000.01'
