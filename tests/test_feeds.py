"""Feeds: the same entry twice is one, a key has one owner, errors stand at their cells."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from clearlane import feeds, workbooks
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.scenarios.departure_refund.records import Form, Invoice
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, PARTY, STRANGER

pytestmark = pytest.mark.usefixtures('store')
SCENARIO = 'departure_refund'


def invoice(no: str = 'INV-1', **changed: Any) -> dict[str, Any]:
    good = {'line': 1, 'name': 'silk scarf', 'quantity': '2', 'amount': '1860', 'vat_rate': 13}
    return {
        'invoice_no': no,
        'seller_uscc': PARTY,
        'seller': '鹭江示例',
        'day': '2026-05-01',
        'total': '1860',
        'goods': [good],
        **changed,
    }


def test_the_same_entry_twice_is_one_and_a_changed_one_is_a_version() -> None:
    first = feeds.receive(EXPORTER, SCENARIO, 'invoices', [invoice(), invoice('INV-2')])
    again = feeds.receive(EXPORTER, SCENARIO, 'invoices', [invoice(), invoice('INV-2', total='1')])
    assert (first.new, again.unchanged, again.changed) == (['INV-1', 'INV-2'], ['INV-1'], ['INV-2'])
    assert rows.LibraryEntry.objects.filter(key='INV-2').count() == 2
    assert set(rows.LibraryEntry.objects.values_list('state', flat=True)) == {'in_force'}
    assert rows.Balance.objects.get(key='INV-1').quantity == 1


def test_what_is_wrong_comes_back_and_the_others_go_in() -> None:
    sent = [invoice('A'), invoice('B', total='x'), 7, invoice('C', goods=[]), invoice('')]
    done = feeds.receive(EXPORTER, SCENARIO, 'invoices', sent)
    assert done.new == ['A']
    assert [r.number for r in done.rejected] == [1, 2, 3, 4]
    assert done.rejected[0].problems[0].field == 'total'


def test_a_number_belongs_to_whoever_sent_it_first() -> None:
    feeds.receive(EXPORTER, SCENARIO, 'invoices', [invoice()])
    done = feeds.receive(STRANGER, SCENARIO, 'invoices', [invoice()])
    assert [p.code for p in done.rejected[0].problems] == ['key_taken']


def test_who_may_not_register_feeds_nothing() -> None:
    with pytest.raises(NotAllowed):
        feeds.receive(OFFICER, SCENARIO, 'invoices', [invoice()])
    with pytest.raises(NotAllowed):
        feeds.receive(Actor(name='a', role='analyst'), SCENARIO, 'invoices', [])
    with pytest.raises(NotFound):
        feeds.receive(EXPORTER, 'lithium_packaging', 'designs', [])


def filled(record: Any, lines: list[dict[str, Any]]) -> bytes:
    book = load_workbook(io.BytesIO(workbooks.template(record, 'x')))
    sheet: Any = book.active
    names = [cell.value for cell in sheet[2]]
    for line in lines:
        sheet.append([line.get(name) for name in names])
    return workbooks.written(book)


LINE = {
    'invoice_no': 'INV-9', 'seller_uscc': PARTY, 'seller': '鹭江示例', 'day': '2026-05-01',
    'total': 300.5, 'goods.line': 1, 'goods.name': 'tea', 'goods.quantity': 1,
    'goods.amount': 100.25, 'goods.vat_rate': 9,
}  # fmt: skip


def test_rows_of_one_key_are_one_entry_with_its_lines() -> None:
    more = {'invoice_no': 'INV-9', 'goods.line': 2, 'goods.name': 'scarf', 'goods.quantity': 3,
            'goods.amount': 200.25, 'goods.vat_rate': 13}  # fmt: skip
    table = workbooks.entries(Invoice, 'invoice_no', filled(Invoice, [LINE, more]))
    assert len(table.entries) == 1
    read = Invoice.model_validate(table.entries[0])
    assert read.total == Decimal('300.5')
    assert [(g.line, g.amount) for g in read.goods] == [
        (1, Decimal('100.25')),
        (2, Decimal('200.25')),
    ]


def test_a_record_within_the_record_has_its_columns() -> None:
    line = {'form_no': 'F-1', 'invoices': 'A,B', 'instant.hold': 'H1', 'instant.advance': 9}
    table = workbooks.entries(Form, 'form_no', filled(Form, [line]))
    assert table.entries[0]['instant'] == {'hold': 'H1', 'advance': '9'}
    assert table.entries[0]['invoices'] == ['A', 'B']


def test_an_error_stands_at_its_cell() -> None:
    bad = {**LINE, 'invoice_no': 'INV-8', 'goods.vat_rate': 'much'}
    table = workbooks.entries(Invoice, 'invoice_no', filled(Invoice, [LINE, bad]))
    done = feeds.receive(EXPORTER, SCENARIO, 'invoices', table.entries)
    assert done.new == ['INV-9']
    (cell, problem), *_ = workbooks.at_cells(table, 1, done.rejected[0].problems)
    names = [c.name for c in workbooks.columns(Invoice)]
    column = chr(ord('A') + names.index('goods.vat_rate'))
    assert (cell, problem.value) == (f'{column}4', 'much')


@pytest.mark.parametrize('data', [b'', b'no table', b'PK\x03\x04 broken'])
def test_what_is_no_table_is_told(data: bytes) -> None:
    with pytest.raises(Rejected):
        workbooks.entries(Invoice, 'invoice_no', data)
