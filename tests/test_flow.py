"""The road of a declaration, on a real database and real files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clearlane import flow, outcomes, registry
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.store import models as rows
from tests.conftest import (
    EXPORTER,
    NO_DRAW,
    OFFICER,
    STRANGER,
    lodge,
    permit,
    qr,
    released,
    settle,
)

pytestmark = pytest.mark.usefixtures('store')


def reasons(no: str) -> str:
    return rows.Decision.objects.filter(declaration__no=no).latest('number').result


def test_a_clean_parcel_is_released_with_paper_balance_and_visit() -> None:
    permit()
    no = lodge('A1', 'A2')
    assert released(no, 'A1', 'A2') == 'release'
    paper = rows.Certificate.objects.get(declaration__no=no)
    assert paper.state == 'valid' and set(paper.documents) == {'zh', 'en'}
    assert rows.Balance.objects.get().drawn == 2
    assert rows.Task.objects.get(declaration__no=no).kind == 'visit'


def test_a_photograph_used_before_is_refused() -> None:
    permit()
    assert released(lodge('A1'), 'A1') == 'release'
    again = lodge('A1')
    assert released(again, 'A1') == 'refuse'
    assert rows.Balance.objects.get().drawn == 1
    assert rows.Task.objects.get(declaration__no=again).kind == 'refuse'


def test_a_wrong_code_is_inspected_and_a_missing_one_reviewed() -> None:
    permit()
    wrong = lodge('A1')
    flow.attach(EXPORTER, wrong, qr('OTHER'), item='A1')
    flow.present(EXPORTER, wrong)
    assert settle(wrong) == 'inspect'
    missing = lodge('A1')
    flow.present(EXPORTER, missing)
    assert settle(missing) == 'review'


def test_what_breaks_is_a_doubt() -> None:
    permit()
    assert released(lodge('A1', sender='breaker'), 'A1') == 'review'
    no = lodge('B1')
    flow.attach(EXPORTER, no, qr('B1', width=333), item='B1')
    flow.present(EXPORTER, no)
    assert settle(no) == 'review'
    assert 'RuntimeError' in rows.Reading.objects.exclude(error='').get().error


def test_nothing_is_decided_before_it_is_presented() -> None:
    permit()
    no = lodge('A1')
    flow.attach(EXPORTER, no, qr('A1'), item='A1')
    from clearlane import work

    work.drain()
    assert rows.Declaration.objects.get(no=no).status == 'lodged'


def test_new_evidence_opens_a_released_parcel_again() -> None:
    permit()
    no = lodge('A1')
    assert released(no, 'A1') == 'release'
    flow.attach(EXPORTER, no, qr('OTHER', shade=9), item='A1')
    assert settle(no) == 'inspect'
    assert rows.Certificate.objects.get().state == 'suspended'
    assert rows.Balance.objects.get().drawn == 1
    assert list(
        rows.Decision.objects.order_by('number').values_list('number', 'turn', 'outcome')
    ) == [(1, 1, 'release'), (2, 2, 'inspect')]


def test_the_same_evidence_twice_is_one_piece() -> None:
    permit()
    no = lodge('A1')
    first = flow.attach(EXPORTER, no, qr('A1'), item='A1')
    assert flow.attach(EXPORTER, no, qr('A1'), item='A1').pk == first.pk
    flow.present(EXPORTER, no)
    flow.present(EXPORTER, no)
    assert settle(no) == 'release'


def test_the_same_photograph_for_two_pieces_is_refused() -> None:
    permit()
    no = lodge('A1', 'A2')
    for piece in ('A1', 'A2'):
        flow.attach(EXPORTER, no, qr('A1'), item=piece)
    flow.present(EXPORTER, no)
    assert settle(no) == 'refuse'


def test_a_permit_is_never_overdrawn() -> None:
    permit(quantity=3)
    outcomes = []
    for number in range(3):
        no = lodge(f'A{number}', f'B{number}')
        outcomes.append(released(no, f'A{number}', f'B{number}'))
    assert outcomes == ['release', 'inspect', 'inspect']
    assert rows.Balance.objects.get().drawn == 2


def test_the_lot_decides_on_a_clean_parcel() -> None:
    permit()
    assert released(lodge('A1', lot=Decimal('0.04')), 'A1') == 'inspect'
    assert 'drawn at random' in reasons(rows.Declaration.objects.get().no)
    assert released(lodge('B1', lot=Decimal('0.05')), 'B1') == 'release'


def test_a_key_makes_lodging_repeatable() -> None:
    permit()
    payload = {'sender': 'x', 'pieces': ['A1'], 'permit': 'P1'}
    first = flow.lodge(EXPORTER, 'parcel', payload, key='k')
    assert flow.lodge(EXPORTER, 'parcel', payload, key='k').no == first.no
    with pytest.raises(flow.Conflict, match=first.no):
        flow.lodge(EXPORTER, 'parcel', {**payload, 'sender': 'y'}, key='k')


@pytest.mark.parametrize(
    ('payload', 'field', 'code'),
    [
        ({'sender': 'x', 'pieces': ['A1'], 'permit': 'none'}, 'permit', 'unknown_permit'),
        ({'sender': 'x', 'pieces': ['A1'], 'permit': 'P1', 'more': 1}, 'more', 'extra_forbidden'),
        ({'sender': 'x', 'pieces': ['A1']}, 'permit', 'missing'),
        ({'sender': 'x' * 41, 'pieces': ['A1'], 'permit': 'P1'}, 'sender', 'string_too_long'),
        ({'sender': 'a\x00b', 'pieces': ['A1'], 'permit': 'P1'}, 'sender', 'control_character'),
        ({'sender': 'x', 'pieces': ['\x1b'], 'permit': 'P1'}, 'pieces.0', 'control_character'),
        ({'sender': 'x', 'pieces': 'A1', 'permit': 'P1'}, 'pieces', 'list_type'),
        ('nonsense', '', 'model_type'),
    ],
)
def test_a_payload_that_is_not_right_names_its_field(payload: Any, field: str, code: str) -> None:
    permit()
    with pytest.raises(Rejected) as caught:
        flow.lodge(EXPORTER, 'parcel', payload)
    found = caught.value.problems[0]
    assert (found.field, found.code) == (field, code)
    assert found.remedy.say('zh') and found.message.say('en')
    assert not rows.Declaration.objects.exists()


@pytest.mark.parametrize(
    ('data', 'code'),
    [(b'', 'empty'), (b'no picture', 'not_a_picture'), (b'GIF89a', 'unsupported_type')],
)
def test_what_is_no_photograph_is_not_kept(data: bytes, code: str) -> None:
    permit()
    no = lodge('A1')
    with pytest.raises(Rejected) as caught:
        flow.attach(EXPORTER, no, data, item='A1')
    assert caught.value.problems[0].code == code
    assert not rows.Evidence.objects.exists()


def test_evidence_names_what_was_declared() -> None:
    permit()
    no = lodge('A1')
    for wrong, code in (({'item': 'B9'}, 'item'), ({'item': 'A1', 'view': '!'}, 'view')):
        with pytest.raises(Rejected) as caught:
            flow.attach(EXPORTER, no, qr('A1'), **wrong)
        assert caught.value.problems[0].code == code
    with pytest.raises(Rejected):
        flow.attach(EXPORTER, no, qr('A1'), item='A1', kind='poem')


def test_an_enterprise_sees_only_its_own() -> None:
    permit()
    no = lodge('A1')
    for act in (
        lambda: flow.find(STRANGER, no),
        lambda: flow.attach(STRANGER, no, qr('A1'), item='A1'),
        lambda: flow.present(STRANGER, no),
        lambda: outcomes.close(STRANGER, no, 'release', 'please'),
    ):
        with pytest.raises(NotFound):
            act()
    assert list(flow.visible(STRANGER)) == []
    assert [row.no for row in flow.visible(EXPORTER)] == [no]
    assert [row.no for row in flow.visible(OFFICER)] == [no]


def test_an_officer_closes_what_was_referred() -> None:
    permit()
    no = lodge('A1')
    flow.present(EXPORTER, no)
    with pytest.raises(flow.Conflict):
        outcomes.close(OFFICER, no, 'release', 'too early')
    assert settle(no) == 'review'
    with pytest.raises(NotAllowed):
        outcomes.close(EXPORTER, no, 'release', 'please')
    for outcome, note in (('inspect', 'x'), ('release', '  ')):
        with pytest.raises(Rejected):
            outcomes.close(OFFICER, no, outcome, note)  # type: ignore[arg-type]
    outcomes.close(OFFICER, no, 'release', 'seen by video')
    assert rows.Certificate.objects.get().state == 'valid'
    assert rows.Balance.objects.get().drawn == 1
    assert rows.Task.objects.get(kind='review').closed_by == 'officer'
    with pytest.raises(flow.Conflict):
        outcomes.close(OFFICER, no, 'refuse', 'again')


def test_an_officer_may_refuse() -> None:
    permit()
    no = lodge('A1')
    flow.present(EXPORTER, no)
    settle(no)
    assert outcomes.close(OFFICER, no, 'refuse', 'not there').outcome == 'refuse'
    assert not rows.Certificate.objects.exists()


def test_a_version_counts_once_an_officer_has_qualified_it() -> None:
    entry = registry.register(EXPORTER, 'parcel', 'permits', 'P1', {'quantity': 1})
    assert registry.register(EXPORTER, 'parcel', 'permits', 'P1', {'quantity': 1}).pk == entry.pk
    with pytest.raises(Rejected):
        lodge('A1')
    with pytest.raises(NotAllowed):
        registry.qualify(EXPORTER, entry.pk, date(2026, 1, 1))
    with pytest.raises(NotAllowed):
        same = Actor(name='exporter', role='officer')
        registry.qualify(same, entry.pk, date(2026, 1, 1))
    registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))
    with pytest.raises(flow.Conflict):
        registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))
    assert lodge('A1')
    second = registry.register(EXPORTER, 'parcel', 'permits', 'P1', {'quantity': 2})
    assert second.version == 2
    with pytest.raises(NotFound):
        registry.qualify(OFFICER, 999_999, date(2026, 1, 1))


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        flow.find(OFFICER, 'CL-0')
    with pytest.raises(NotFound):
        flow.lodge(EXPORTER, 'nonsense', {})
    with pytest.raises(NotFound):
        registry.register(EXPORTER, 'parcel', 'nonsense', 'k', {})
    with pytest.raises(Rejected):
        registry.register(EXPORTER, 'parcel', 'permits', 'k k', {'quantity': 1})


def test_steps_that_are_not_due_are_not_taken() -> None:
    permit()
    no = lodge('A1')
    pk = rows.Declaration.objects.get(no=no).pk
    assert flow.advance(pk) is False
    released(no, 'A1')
    assert flow.advance(pk) is False


def test_a_scenario_may_do_without_paper_visit_and_evidence() -> None:
    no = flow.lodge(EXPORTER, 'memo', {'words': 'hello'}, lot=NO_DRAW, day=date(2026, 5, 11)).no
    flow.present(EXPORTER, no)
    assert settle(no) == 'release'
    assert not rows.Certificate.objects.exists() and not rows.Task.objects.exists()


def test_an_officer_cannot_release_more_than_is_left() -> None:
    permit(quantity=1)
    no = lodge('A1', 'A2')
    flow.present(EXPORTER, no)
    assert settle(no) == 'inspect'
    with pytest.raises(Rejected, match='judge each mismatch'):
        outcomes.close(OFFICER, no, 'release', 'seen')
    said = [outcomes.Said('permit_has_room', 'overruled', 'counted by hand')]
    with pytest.raises(flow.Conflict, match='not enough left'):
        outcomes.close(OFFICER, no, 'release', 'seen', verdicts=said)
    assert rows.Decision.objects.count() == 1


def test_what_no_recogniser_in_use_has_read_is_read_when_the_workers_start() -> None:
    from clearlane import work

    permit()
    no = lodge('A1')
    flow.attach(EXPORTER, no, qr('A1'), item='A1')
    flow.present(EXPORTER, no)
    work.drain()
    assert flow.resume() == 0
    open_again = lodge('B1')
    flow.attach(EXPORTER, open_again, qr('B1'), item='B1')
    work.drain()
    rows.Reading.objects.update(digest='of an older model')
    flow.present(EXPORTER, open_again)
    work.drain()
    assert rows.Declaration.objects.get(no=open_again).status == 'lodged'
    assert flow.resume() == 1
    assert settle(open_again) == 'release'
