"""A library from Excel: a filled-in template, each error at its cell, all or nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from clearlane import demo
from clearlane.store import models as rows
from tests import files
from tests.conftest import PARTY
from tests.test_questions import client_of

PLACE = f'/library/{demo.SCENARIO}/performance_sheets'
GOOD = {
    'entry_key': 'XN-9',
    'mark': '4G/Y25/S/26/CN/C370009 PI:0225',
    'applicant': 'Example Cartons',
    'packaging': 'carton',
    'quantity': 100,
    'production_day': '2026-04-01',
    'issued': '2026-04-11',
    'valid_until': '2027-04-10',
    'basis': 'SN/T 0370.2-2021',
}


def filled(template: bytes, *entries: dict[str, Any]) -> bytes:
    book = load_workbook(io.BytesIO(template))
    sheet: Any = book.active
    names = [cell.value for cell in sheet[2]]
    for entry in entries:
        sheet.append([entry.get(str(name)) for name in names])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Any, data: bytes) -> Any:
    file = SimpleUploadedFile('t.xlsx', data)
    return client.post(f'{PLACE}/table', {'table': file})


@pytest.fixture
def client(store: None) -> Any:
    return client_of('exporter', PARTY)


def test_a_filled_template_is_registered(client: Any) -> None:
    template = client.get(f'{PLACE}/template.xlsx').content
    answer = send(client, filled(template, GOOD, {**GOOD, 'entry_key': 'XN-10'}))
    assert answer.status_code == 302, answer.content.decode()[-500:]
    assert sorted(e.key for e in rows.LibraryEntry.objects.all()) == ['XN-10', 'XN-9']
    assert {e.state for e in rows.LibraryEntry.objects.all()} == {'submitted'}


def test_where_one_row_is_wrong_nothing_is_registered(client: Any) -> None:
    template = client.get(f'{PLACE}/template.xlsx').content
    wrong = {**GOOD, 'entry_key': 'XN-10', 'mark': '4J/Y25/S/26/CN/C370009'}
    answer = send(client, filled(template, GOOD, wrong))
    assert answer.status_code == 422
    assert 'B4' in answer.content.decode() and '4J' in answer.content.decode()
    assert not rows.LibraryEntry.objects.exists()


def test_what_is_no_plain_workbook_is_refused(client: Any) -> None:
    assert send(client, b'nothing').status_code == 422
    assert send(client, files.workbook([('entry_key', '=1+1')])).status_code == 422
    assert client.post(f'{PLACE}/table').status_code == 422
    assert not rows.LibraryEntry.objects.exists()
