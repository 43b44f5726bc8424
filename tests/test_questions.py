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
