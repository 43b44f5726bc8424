"""What no evidence answers: asked by name, answered by officers, part of the next conclusion."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clearlane import flow, questions, replay
from clearlane.access import NotAllowed
from clearlane.admission import Rejected
from clearlane.questions import Given
from clearlane.store import models as rows
from clearlane.web.side_by_side import pair
from tests.conftest import EXPORTER, OFFICER, lodge, permit, released, settle


def rattling() -> str:
    """A parcel that waits for two answers."""
    permit()
    no = lodge('A1', sender='rattler')
    assert released(no, 'A1') == 'review'
    return no


def asked(no: str) -> list[str]:
    return [q.key for q in questions.asked(flow.find(OFFICER, no))]


def test_an_open_question_is_no_pass_and_answers_release(store: None) -> None:
    no = rattling()
    assert asked(no) == ['nothing_rattles', 'permit_is_genuine']
    questions.answer(OFFICER, no, [Given(question='nothing_rattles', reply='yes')])
    assert settle(no) == 'review'
    assert asked(no) == ['permit_is_genuine']
    questions.answer(OFFICER, no, [Given(question='permit_is_genuine', reply='yes')])
    assert settle(no) == 'release'
    entry = rows.AuditEntry.objects.filter(act='answer').first()
    assert entry is not None and entry.actor == 'officer'
    for decision in flow.find(OFFICER, no).decisions.filter(by='machine'):
        form = json.loads(flow.blobs().get(decision.inputs))
        again = replay.again(flow.scenario_named('parcel'), form)
        assert again == decision.result.encode()


def test_a_no_fails_and_an_unclear_stays_open(store: None) -> None:
    no = rattling()
    given = [Given(question='nothing_rattles', reply='unclear', note='sealed')]
    questions.answer(OFFICER, no, given)
    assert settle(no) == 'review' and 'nothing_rattles' in asked(no)
    questions.answer(OFFICER, no, [Given(question='nothing_rattles', reply='no', note='it does')])
    assert settle(no) == 'inspect'
    last = flow.find(OFFICER, no).decisions.latest('number')
    assert 'it does' in last.result


def test_a_confirmed_entry_answers_for_all_that_rest_on_it(store: None) -> None:
    permit()
    entry = rows.LibraryEntry.objects.get(key='P1')
    with pytest.raises(NotAllowed):
        questions.confirm(EXPORTER, entry.pk, [Given(question='permit_is_genuine', reply='yes')])
    questions.confirm(OFFICER, entry.pk, [Given(question='permit_is_genuine', reply='yes')])
    no = lodge('A1', sender='rattler')
    assert released(no, 'A1') == 'review'
    assert asked(no) == ['nothing_rattles']


@pytest.mark.parametrize(
    ('given', 'code'),
    [
        ([], 'missing'),
        ([Given(question='other', reply='yes')], 'unknown_question'),
        ([Given(question='nothing_rattles', reply='maybe')], 'reply'),
        ([Given(question='nothing_rattles', reply='no')], 'note'),
        ([Given(question='nothing_rattles', reply='yes', note='x' * 1001)], 'note'),
    ],
)
def test_an_answer_that_is_none_is_refused(store: None, given: list[Given], code: str) -> None:
    no = rattling()
    with pytest.raises(Rejected) as caught:
        questions.answer(OFFICER, no, given)
    assert code in {p.code for p in caught.value.problems}
    assert not rows.Answer.objects.exists()


def test_only_officers_answer_and_only_what_waits(store: None) -> None:
    no = rattling()
    with pytest.raises(NotAllowed):
        questions.answer(EXPORTER, no, [Given(question='nothing_rattles', reply='yes')])
    other = lodge('A2')
    with pytest.raises(flow.Conflict):
        questions.answer(OFFICER, other, [Given(question='nothing_rattles', reply='yes')])


def compare(wanted: str, seen: str) -> Any:
    return pair({'name': {}, 'item': '', 'wanted': wanted, 'seen': seen})


@pytest.mark.parametrize(
    ('wanted', 'seen', 'marked', 'told'),
    [
        ('C370009 PI:0225', 'C370008 PI:0225', ['9'], 1),
        ('ABC', 'ABXC', [], 1),
        ('ABXC', 'ABC', ['X'], 1),
        ('ABC', 'ABC', [], 0),
        ('', 'A', [], 1),
    ],
)
def test_what_differs_is_marked_and_told(
    wanted: str, seen: str, marked: list[str], told: int
) -> None:
    found = compare(wanted, seen)
    assert [run.text for run in found.wanted if run.differs] == marked
    assert ''.join(run.text for run in found.seen) == seen
    assert len(found.told) == told


def page(client: Any, address: str) -> str:
    return str(client.get(address).content.decode())


def client_of(role: str, party: str | None = None) -> Any:
    from django.test import Client

    user = rows.User.objects.create_user(f'{role}-1', role=role, party_id=party, language='en')
    client = Client(SERVER_NAME='localhost', headers={'accept-language': 'en'})
    client.force_login(user)
    return client


def test_an_officer_answers_on_the_page_and_an_exporter_only_reads(store: None) -> None:
    no = rattling()
    officer, exporter = client_of('officer'), client_of('exporter', EXPORTER.party)
    shown = page(officer, f'/declarations/{no}')
    assert 'name="reply-nothing_rattles"' in shown and 'othing rattles' in shown
    assert 'name="reply-nothing_rattles"' not in page(exporter, f'/declarations/{no}')
    send = f'/declarations/{no}/answers'
    assert exporter.post(send, {'reply-nothing_rattles': 'yes'}).status_code == 403
    assert officer.post(send, {'reply-nothing_rattles': 'no'}).status_code == 422
    both = {'reply-nothing_rattles': 'yes', 'reply-permit_is_genuine': 'yes'}
    assert officer.post(send, both).status_code == 302
    assert settle(no) == 'release'
    assert 'officer-1' in page(officer, f'/declarations/{no}')


def test_a_difference_is_shown_side_by_side(store: None) -> None:
    permit()
    no = lodge('A1', sender='calmer')
    released(no, 'A1')
    shown = page(client_of('officer'), f'/declarations/{no}')
    assert 'side-by-side' in shown and '<mark>er</mark>' in shown
    assert 'is too much' in shown


def test_what_an_entry_confirms_is_asked_in_the_library(store: None) -> None:
    permit()
    officer = client_of('officer')
    entry = rows.LibraryEntry.objects.get(key='P1')
    assert 'name="reply-permit_is_genuine"' in page(officer, '/library/parcel/permits')
    send = f'/library/parcel/permits/{entry.pk}/confirm'
    assert officer.post(send, {'reply-permit_is_genuine': 'yes'}).status_code == 302
    assert 'officer-1' in page(officer, '/library/parcel/permits')
