"""What people decide: verdicts, four eyes, corrections, withdrawal, papers, reconsideration."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clearlane import (
    audit,
    certificates,
    corrections,
    flow,
    four_eyes,
    outcomes,
    proofs,
    reconsideration,
    registry,
    work,
)
from clearlane.access import NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.outcomes import Said
from clearlane.store import models as rows
from clearlane.store.session import atomic
from clearlane.store.start import blobs
from clearlane.web import casefile
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, SECOND, STRANGER, THIRD, qr, settle
from tests.test_races import at_once

pytestmark = pytest.mark.usefixtures('store')
FALSE = Said('every_piece_is_seen', 'overruled', 'old print, compared by hand')
TRUE = Said('every_piece_is_seen', 'confirmed')


def permit(quantity: int = 100) -> None:
    entry = registry.register(EXPORTER, 'strict', 'permits', 'P1', {'quantity': quantity})
    if entry.state == 'submitted':
        registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))


def lodged(*pieces: str, **changed: Any) -> str:
    permit()
    payload = {'sender': 'calm', 'pieces': list(pieces), 'permit': 'P1', **changed}
    return flow.lodge(EXPORTER, 'strict', payload, lot=NO_DRAW).no


def row_of(no: str) -> rows.Declaration:
    return rows.Declaration.objects.get(no=no)


def referred(piece: str = 'A1', shows: str = 'OTHER') -> str:
    """A parcel with a wrong code: a mismatch."""
    no = lodged(piece)
    flow.attach(EXPORTER, no, qr(shows), item=piece)
    flow.present(EXPORTER, no)
    assert settle(no) == 'inspect'
    return no


def doubtful(piece: str = 'A1') -> str:
    """A parcel without a photograph: a doubt."""
    no = lodged(piece)
    flow.present(EXPORTER, no)
    assert settle(no) == 'review'
    return no


def released(piece: str = 'A1') -> str:
    no = lodged(piece)
    flow.attach(EXPORTER, no, qr(piece), item=piece)
    flow.present(EXPORTER, no)
    assert settle(no) == 'release'
    return no


def refused() -> str:
    no = referred()
    outcomes.close(OFFICER, no, 'refuse', 'the code is wrong', verdicts=[TRUE])
    four_eyes.confirm(SECOND, no, 'I agree')
    return no


def codes(error: Any) -> set[str]:
    return {p.code for p in error.value.problems}


# --- verdicts -----------------------------------------------------------------


@pytest.mark.parametrize(
    ('outcome', 'said', 'code'),
    [
        ('release', [], 'verdict_missing'),
        ('release', [TRUE], 'verdict_missing'),
        ('release', [Said('every_piece_is_seen', 'overruled', ' ')], 'verdict_reason'),
        ('release', [Said('every_piece_is_seen', 'overruled', 'x' * 1001)], 'verdict_reason'),
        ('refuse', [Said('sender_is_calm', 'confirmed')], 'verdict'),
        ('refuse', [Said('every_piece_is_seen', 'guilty')], 'verdict'),  # type: ignore[arg-type]
        ('refuse', [TRUE, TRUE], 'verdict_twice'),
        ('inspect', [TRUE], 'outcome'),
    ],
)
def test_verdicts_are_whole_and_fit_the_outcome(outcome: Any, said: Any, code: str) -> None:
    no = referred()
    with pytest.raises(Rejected) as caught:
        outcomes.close(OFFICER, no, outcome, 'because', verdicts=said)
    assert code in codes(caught)
    assert rows.Decision.objects.count() == 1 and not rows.Proposal.objects.exists()


def test_a_release_against_a_mismatch_waits_for_a_second_officer() -> None:
    no = referred()
    words = {'en': 'Released after a look at the goods.'}
    asked = outcomes.close(OFFICER, no, 'release', 'fine', verdicts=[FALSE], disposition=words)
    assert isinstance(asked, rows.Proposal)
    assert flow.standing(row_of(no)) == 'proposed'
    assert rows.Task.objects.get(kind='confirm').closed_at is None
    assert not rows.Certificate.objects.exists()
    with pytest.raises(flow.Conflict, match='proposed by officer at'):
        outcomes.close(SECOND, no, 'refuse', 'no')
    with pytest.raises(flow.Conflict, match='proposed'):
        flow.attach(EXPORTER, no, qr('A1', shade=3), item='A1')
    with pytest.raises(NotAllowed, match='himself'):
        four_eyes.confirm(OFFICER, no)
    with pytest.raises(flow.Conflict, match='something else'):
        four_eyes.confirm(SECOND, no, proposal=asked.pk + 1)
    made = four_eyes.confirm(SECOND, no, 'seen', proposal=asked.pk)
    assert (made.outcome, made.by) == ('release', 'officer')
    ruling = rows.Ruling.objects.get(decision=made)
    assert (ruling.by, ruling.second, ruling.answers.number) == ('officer', 'second', 1)
    assert ruling.disposition['en'] == words['en']
    assert ruling.disposition['zh'] == ruling.suggested['zh'] != ''
    said = made.verdicts.get()
    assert (said.verdict, said.result, said.reason) == ('overruled', 'fail', FALSE.reason)
    assert rows.Certificate.objects.get().state == 'valid'
    assert rows.Task.objects.get(kind='confirm').closed_by == 'second'
    with pytest.raises(flow.Conflict, match='release by officer at'):
        four_eyes.confirm(THIRD, no)


def test_a_proposal_may_be_sent_back_and_made_again() -> None:
    no = referred()
    outcomes.close(OFFICER, no, 'refuse', 'no good')
    with pytest.raises(Rejected):
        four_eyes.send_back(SECOND, no, ' ')
    four_eyes.send_back(SECOND, no, 'look again')
    assert flow.standing(row_of(no)) == 'referred'
    outcomes.close(SECOND, no, 'refuse', 'no good indeed')
    assert four_eyes.confirm(OFFICER, no).outcome == 'refuse'


def test_a_doubt_is_released_by_one() -> None:
    no = doubtful()
    made = outcomes.close(OFFICER, no, 'release', 'seen by video')
    assert isinstance(made, rows.Decision) and made.outcome == 'release'


def test_of_two_officers_one_closes_and_the_other_is_told_who() -> None:
    no = doubtful()
    officers = [OFFICER, SECOND, THIRD, OFFICER, SECOND]
    found = at_once(lambda who: outcomes.close(who, no, 'release', 'ok'), officers)
    won = [one for one in found if isinstance(one, rows.Decision)]
    lost = [str(one) for one in found if isinstance(one, flow.Conflict)]
    assert len(won) == 1 and len(lost) == 4
    assert all(f'release by {won[0].by} at {won[0].decided_at.isoformat()}' in one for one in lost)


def test_what_was_looked_at_has_to_be_the_last() -> None:
    no = doubtful()
    outcomes.refer(SECOND, no, 'inspect', 'go there', seen=1)
    with pytest.raises(flow.Conflict, match='concluded again'):
        outcomes.close(OFFICER, no, 'release', 'fine', seen=1)
    assert rows.Task.objects.get(kind='inspect').closed_at is None
    assert rows.Task.objects.get(kind='review').closed_by == 'second'
    with pytest.raises(Rejected):
        outcomes.refer(SECOND, no, 'inspect', 'go there')
    outcomes.close(OFFICER, no, 'release', 'fine', seen=2)


# --- correct, send back, withdraw ---------------------------------------------


def test_a_correction_keeps_what_was_declared_and_begins_a_turn() -> None:
    no = doubtful()
    row = row_of(no)
    wrong = {**row.declared, 'sender': 'other', 'pieces': ['B1']}
    with pytest.raises(Rejected) as caught:
        corrections.correct(EXPORTER, no, wrong, 'typing error')
    assert codes(caught) == {'fixed_field'}
    with pytest.raises(Rejected) as caught:
        corrections.correct(EXPORTER, no, row.declared, 'nothing')
    assert codes(caught) == {'nothing_changed'}
    with pytest.raises(NotFound):
        corrections.correct(STRANGER, no, row.declared, 'mine now')
    flow_before = row.decisions.get().result
    made = corrections.correct(EXPORTER, no, {**row.declared, 'pieces': ['B1', 'B2']}, 'two pieces')
    assert corrections.changes(made.before, made.after) == [('pieces', ['A1'], ['B1', 'B2'])]
    row.refresh_from_db()
    assert (row.status, row.turn, row.presented_at, row.pieces) == ('lodged', 2, None, 2)
    assert rows.Task.objects.get(kind='review').closed_by == 'exporter'
    for n, piece in enumerate(('B1', 'B2')):
        flow.attach(EXPORTER, no, qr(piece, shade=n), item=piece)
    flow.present(EXPORTER, no)
    assert settle(no) == 'release'
    assert row.decisions.get(number=1).result == flow_before
    assert all(one['same'] for one in proofs.replayed([no]))


def test_evidence_of_an_item_that_was_corrected_away_does_not_count() -> None:
    no = lodged('A1', 'A2')
    flow.attach(EXPORTER, no, qr('OTHER'), item='A2')
    flow.attach(EXPORTER, no, qr('A1', shade=1), item='A1')
    corrections.correct(EXPORTER, no, {**row_of(no).declared, 'pieces': ['A1']}, 'one only')
    flow.present(EXPORTER, no)
    assert settle(no) == 'release'


def test_nothing_is_corrected_or_withdrawn_once_an_inspection_is_ordered() -> None:
    no = referred()
    payload = {**row_of(no).declared, 'pieces': ['B1']}
    for act in (
        lambda: corrections.correct(EXPORTER, no, payload, 'x'),
        lambda: corrections.withdraw(EXPORTER, no, 'x'),
    ):
        with pytest.raises(Rejected) as caught:
            act()
        assert codes(caught) == {'inspection_ordered'}
    asked = outcomes.send_back(OFFICER, no, 'declare the piece that is there')
    assert flow.standing(row_of(no)) == 'returned' and asked.due > flow.today()
    assert rows.Task.objects.get(kind='correct').closed_at is None
    corrections.correct(EXPORTER, no, {**payload, 'pieces': ['OTHER']}, 'as asked')
    assert flow.standing(row_of(no)) == 'returned'
    flow.attach(EXPORTER, no, qr('OTHER', shade=7), item='OTHER')
    flow.present(EXPORTER, no)
    assert rows.Task.objects.get(kind='correct').closed_by == 'exporter'
    assert settle(no) in ('release', 'refuse')


def test_it_is_corrected_so_many_times() -> None:
    no = lodged('A1')
    for n in range(3):
        corrections.correct(EXPORTER, no, {**row_of(no).declared, 'pieces': [f'B{n}']}, 'again')
    with pytest.raises(Rejected) as caught:
        corrections.correct(EXPORTER, no, {**row_of(no).declared, 'pieces': ['C']}, 'again')
    assert codes(caught) == {'corrected_too_often'}
    assert [c.number for c in row_of(no).corrections.order_by('number')] == [1, 2, 3]


def test_a_withdrawn_declaration_stays_and_moves_no_more() -> None:
    no = doubtful()
    with pytest.raises(Rejected):
        corrections.withdraw(EXPORTER, no, '')
    corrections.withdraw(EXPORTER, no, 'the order was cancelled')
    row = row_of(no)
    assert (row.status, flow.standing(row)) == ('withdrawn', 'withdrawn')
    stopped = casefile.clock(row, None)
    assert not stopped.running
    assert stopped.seconds == (row.withdrawal.at - row.lodged_at).total_seconds()
    assert not rows.Task.objects.filter(closed_at=None).exists()
    with atomic():
        flow.new_facts(row.pk)
    assert row_of(no).status == 'withdrawn', 'the machine does not begin again by itself'
    assert flow.advance(row.pk) is False
    for act in (
        lambda: flow.attach(EXPORTER, no, qr('A1'), item='A1'),
        lambda: outcomes.close(OFFICER, no, 'release', 'x'),
        lambda: corrections.withdraw(EXPORTER, no, 'again'),
    ):
        with pytest.raises(flow.Conflict, match='withdrawn by exporter at'):
            act()


def test_a_reopened_release_that_is_withdrawn_gives_back_and_ends_its_paper() -> None:
    no = released()
    flow.attach(EXPORTER, no, qr('A1', shade=9), item='A1')
    assert flow.standing(row_of(no)) == 'moving'
    corrections.withdraw(EXPORTER, no, 'not shipped')
    assert rows.Balance.objects.get().drawn == 0
    assert rows.Certificate.objects.get().state == 'cancelled'


# --- papers -------------------------------------------------------------------


def test_a_reissued_paper_takes_the_place_of_the_old_one() -> None:
    no = released()
    old = rows.Certificate.objects.get()
    with pytest.raises(Rejected):
        certificates.reissue(OFFICER, no, 'port', {'pieces': '7'})
    made = certificates.reissue(OFFICER, no, 'another name', {'sender': 'calmer'})
    old.refresh_from_db()
    assert (old.state, old.ended_by, old.reason) == ('replaced', 'officer', 'another name')
    assert made.replaces == old and made.no == f'{no}-S2'
    assert made.fields['sender'] == 'calmer' and made.valid_until == old.valid_until
    assert blobs().get(made.documents['en']).startswith(b'%PDF')
    assert rows.Balance.objects.get().drawn == 1
    assert audit.verify() == rows.AuditEntry.objects.count()


@pytest.mark.parametrize(
    ('ground', 'standing', 'drawn'),
    [('not_shipped', 'withdrawn', 0), ('nonconforming', 'refused', 0),
     ('shipped_nonconforming', 'refused', 1)],
)  # fmt: skip
def test_a_release_is_cancelled_by_two(ground: str, standing: str, drawn: int) -> None:
    no = released()
    with pytest.raises(Rejected):
        certificates.cancel(OFFICER, no, 'whim', 'x')
    asked = certificates.cancel(OFFICER, no, ground, 'found on the quay')
    assert isinstance(asked, rows.Proposal) and flow.standing(row_of(no)) == 'proposed'
    assert rows.Certificate.objects.get().state == 'valid'
    four_eyes.send_back(SECOND, no, 'sure?')
    assert flow.standing(row_of(no)) == 'released'
    certificates.cancel(OFFICER, no, ground, 'found on the quay')
    four_eyes.confirm(SECOND, no)
    paper = rows.Certificate.objects.get()
    assert (paper.state, paper.reason) == ('cancelled', 'found on the quay')
    assert flow.standing(row_of(no)) == standing
    assert rows.Balance.objects.get().drawn == drawn
    assert rows.Notice.objects.exists() == (standing == 'refused')
    assert proofs.stored_bytes() > 0


# --- the notice and reconsideration -------------------------------------------


def test_a_refusal_yields_a_notice_in_both_languages() -> None:
    no = refused()
    notice = rows.Notice.objects.get()
    assert notice.no == f'{no}-N2'
    finding = notice.fields['findings'][0]
    assert finding['clause'] == 'test 1' and finding['reason_zh'] and finding['reason_en']
    assert notice.last_day > flow.today() + timedelta(days=59)
    assert notice.last_day.isoformat() in notice.fields['recourse'][0]['en']
    for language in ('zh', 'en'):
        assert blobs().get(notice.documents[language]).startswith(b'%PDF')
    with pytest.raises(flow.Conflict, match='refuse by officer'):
        flow.attach(EXPORTER, no, qr('A1', shade=5), item='A1')


@pytest.mark.parametrize(
    ('outcome', 'state', 'standing'),
    [('refuse', 'upheld', 'refused'), ('inspect', 'revoked', 'referred')],
)
def test_another_officer_reconsiders(outcome: Any, state: str, standing: str) -> None:
    no = refused()
    original = row_of(no).decisions.get(number=2)
    with pytest.raises(Rejected):
        reconsideration.contest(EXPORTER, no, '  ')
    asked = reconsideration.contest(EXPORTER, no, 'the code was painted over', [qr('A1', shade=8)])
    assert flow.standing(row_of(no)) == 'contested'
    assert asked.admit_by > flow.today() and asked.due >= asked.admit_by + timedelta(days=60)
    for who in (OFFICER, SECOND):
        with pytest.raises(NotAllowed, match='took part'):
            reconsideration.admit(who, no)
        with pytest.raises(NotAllowed, match='took part'):
            reconsideration.reconsider(who, no, outcome, 'mine again')
    admitted = reconsideration.admit(THIRD, no)
    assert admitted.due <= asked.due
    with pytest.raises(flow.Conflict, match='admitted by third'):
        reconsideration.admit(THIRD, no)
    made = reconsideration.reconsider(THIRD, no, outcome, 'after a look at the photograph')
    assert made.number == 3 and made.ruling.answers == original
    assert rows.Reconsideration.objects.get().state == state
    assert flow.standing(row_of(no)) == standing
    before = (original.outcome, original.result, original.inputs)
    original.refresh_from_db()
    assert (original.outcome, original.result, original.inputs) == before
    revoked = rows.Notice.objects.get(decision=original).revoked_by
    assert revoked == (made if state != 'upheld' else None)
    assert all(one['same'] for one in proofs.replayed(None))
    assert audit.verify() == rows.AuditEntry.objects.count()


def test_a_refusal_is_changed_into_a_release_by_two_more() -> None:
    no = refused()
    reconsideration.contest(EXPORTER, no, 'look again')
    asked = reconsideration.reconsider(THIRD, no, 'release', 'an old print', verdicts=[FALSE])
    assert isinstance(asked, rows.Proposal)
    with pytest.raises(NotAllowed):
        four_eyes.confirm(SECOND, no)
    four_eyes.send_back(SECOND, no, 'I took part in it')
    assert flow.standing(row_of(no)) == 'contested'
    reconsideration.reconsider(THIRD, no, 'release', 'an old print', verdicts=[FALSE])
    fourth = type(THIRD)(name='fourth', role='officer')
    assert four_eyes.confirm(fourth, no).outcome == 'release'
    assert rows.Reconsideration.objects.get().state == 'changed'
    assert rows.Certificate.objects.get().state == 'valid'
    assert rows.Balance.objects.get().drawn == 1


def test_requests_are_taken_back_declined_or_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    no = refused()
    reconsideration.contest(EXPORTER, no, 'hm')
    reconsideration.retract(EXPORTER, no)
    assert flow.standing(row_of(no)) == 'refused'
    asked = reconsideration.contest(EXPORTER, no, 'after all')
    reconsideration.decline(THIRD, no, 'not about this decision')
    reconsideration.contest(EXPORTER, no, 'once more')
    late = asked.admit_by + timedelta(days=1)
    monkeypatch.setattr(flow, 'today', lambda: late)
    with pytest.raises(flow.Conflict, match='counts as admitted'):
        reconsideration.decline(THIRD, no, 'too late for that')
    assert not reconsideration.overdue().exists()
    monkeypatch.setattr(flow, 'today', lambda: asked.due + timedelta(days=1))
    assert [one.declaration.no for one in reconsideration.overdue()] == [no]
    reconsideration.retract(EXPORTER, no)
    monkeypatch.setattr(flow, 'today', lambda: rows.Notice.objects.get().last_day)
    reconsideration.retract(EXPORTER, reconsideration.contest(EXPORTER, no, 'x').declaration.no)
    last = rows.Notice.objects.get().last_day
    monkeypatch.setattr(flow, 'today', lambda: last + timedelta(days=1))
    with pytest.raises(Rejected) as caught:
        reconsideration.contest(EXPORTER, no, 'x')
    assert codes(caught) == {'too_late'}


def test_a_referral_is_drawn_for_a_second_reading() -> None:
    no = referred()
    work.drain()
    assert rows.SecondReading.objects.get().declaration.no == no
