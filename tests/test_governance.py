"""The qualified library: review, photographs, withdrawal by two, and what relied on it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from clearlane import flow, governance, registry, sheets
from clearlane.access import NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, SECOND, STRANGER, qr, settle
from tests.test_outcomes import doubtful, permit, referred, released

pytestmark = pytest.mark.usefixtures('store')


def entry() -> rows.LibraryEntry:
    return rows.LibraryEntry.objects.get(version=1)


def test_a_version_is_returned_commented_and_submitted_anew() -> None:
    first = registry.register(EXPORTER, 'strict', 'permits', 'P1', {'quantity': 5})
    governance.comment(OFFICER, first.pk, 'which goods?')
    governance.comment(EXPORTER, first.pk, 'parcels')
    with pytest.raises(NotFound):
        governance.comment(STRANGER, first.pk, 'hello')
    with pytest.raises(Rejected):
        governance.send_back(OFFICER, first.pk, '')
    governance.send_back(OFFICER, first.pk, 'state the goods')
    with pytest.raises(flow.Conflict, match='returned by officer'):
        governance.send_back(SECOND, first.pk, 'again')
    with pytest.raises(flow.Conflict):
        registry.qualify(OFFICER, first.pk, date(2026, 1, 1))
    again = registry.register(EXPORTER, 'strict', 'permits', 'P1', {'quantity': 5})
    assert (again.version, again.state) == (2, 'submitted')
    assert [c.by for c in first.comments.order_by('pk')] == ['officer', 'exporter']


def test_a_reference_photograph_is_sent_before_it_is_named() -> None:
    kept = governance.keep_photograph(EXPORTER, qr('D-01'))
    assert governance.keep_photograph(EXPORTER, qr('D-01')).pk == kept.pk
    governance.known(EXPORTER.party, {'reference_photographs': {'front': kept.sha256}})
    for party, sha256 in ((EXPORTER.party, 'a' * 64), (STRANGER.party, kept.sha256)):
        with pytest.raises(Rejected):
            governance.known(party, {'reference_photographs': {'front': sha256}})
    views = {'views': [{'view': 'front'}, {'view': 'label'}]}
    named = {**views, 'reference_photographs': {'front': kept.sha256}}
    assert governance.uncovered(named) == ['label'] and governance.uncovered({}) == []


def test_a_withdrawal_raises_a_task_for_each_release_that_relied_on_it() -> None:
    permit()
    gone, waiting, reopened = released('A1'), doubtful('A2'), referred('A3')
    other = rows.LibraryEntry.objects.count()
    assert other == 1
    listed = {row.no for row in governance.relied(entry())}
    assert listed == {gone, waiting, reopened}
    with pytest.raises(Rejected):
        governance.withdraw(OFFICER, entry().pk, ' ')
    asked = governance.withdraw(OFFICER, entry().pk, 'the maker was closed')
    assert isinstance(asked, rows.Proposal) and entry().state == 'in_force'
    with pytest.raises(flow.Conflict, match='officer proposed'):
        governance.withdraw(SECOND, entry().pk, 'me too')
    with pytest.raises(NotAllowed, match='himself'):
        governance.confirm(OFFICER, entry().pk, agreed=True)
    governance.confirm(SECOND, entry().pk, agreed=False, note='wait')
    governance.withdraw(OFFICER, entry().pk, 'the maker was closed')
    governance.confirm(SECOND, entry().pk, agreed=True)
    assert entry().state == 'withdrawn' and entry().withdrawn_by == 'officer'
    task = rows.Task.objects.get(kind='recheck')
    assert task.declaration.no == gone and task.due > flow.today()
    assert settle(waiting) == 'inspect' and settle(reopened) == 'inspect'
    assert [one['row'].no for one in governance.radius(OFFICER, entry())] == [gone]
    with pytest.raises(flow.Conflict, match='withdrawn by officer'):
        governance.withdraw(OFFICER, entry().pk, 'again')


def test_the_index_says_what_the_decisions_themselves_say() -> None:
    released('A1')
    before = set(rows.Reliance.objects.values_list('decision_id', 'entry_id'))
    assert len(before) == 1
    from clearlane import cases

    for decision in rows.Decision.objects.all():
        form = cases.form_of(decision)
        named = {
            (name, key, e['version'])
            for name, found in form['libraries'].items()
            for key, e in found.items()
        }
        told = decision.reliances.values_list('entry__library', 'entry__key', 'entry__version')
        assert set(told) == named
    assert governance.index_all() == 0


def test_two_versions_differ_field_by_field() -> None:
    before = {'a': 1, 'b': '', 'c': [1], 'd': 4}
    after = {'a': 1, 'b': 2, 'c': [], 'd': 5, 'e': 6}
    found = {name: what for name, what, _, _ in governance.difference(before, after)}
    assert found == {'a': 'same', 'b': 'added', 'c': 'removed', 'd': 'changed', 'e': 'added'}


def test_words_never_become_formulas_in_a_workbook() -> None:
    hostile = ['=1+1', '+cmd', '-2', '@SUM(A1)', '\t=1', 'plain\x00', 'ok']
    made = sheets.workbook({'a': (['=title'], [[word] for word in hostile]), 'b': (['n'], [[3]])})
    sheet = load_workbook(io.BytesIO(made))['a']
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type == 's' for cell in cells)
    assert cells[1].quotePrefix and not cells[-1].quotePrefix
    assert load_workbook(io.BytesIO(made))['b']['A2'].value == 3
