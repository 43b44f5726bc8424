"""What is sent as evidence is known by its content; what is hostile is refused with a reason."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane import flow, uploads
from clearlane.admission import Rejected
from clearlane.recognisers import derived, pdf, records, spreadsheet
from clearlane.recognisers.document import DocumentReader
from clearlane.recognisers.package import PACKAGE
from clearlane.recognisers.reader import Unreadable
from clearlane.recognisers.records import RECORD
from clearlane.store import models as rows
from tests import files
from tests.conftest import EXPORTER, lodge, qr, settle

READER = DocumentReader('slips', {'no': ('编号', 'number'), 'pieces': ('件数', 'pieces')})
PAIRS = [('编号 number', 'XN-2026/001'), ('件数', '12')]


def writer(change: Callable[[pypdf.PdfWriter], object], pages: int = 1) -> bytes:
    """A small PDF to which something was done."""
    made = pypdf.PdfWriter()
    for _ in range(pages):
        made.add_blank_page(200, 200)
    change(made)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def program(made: pypdf.PdfWriter) -> None:
    """Something that acts when the file is opened."""
    action = {'/S': '/JavaScript', '/JS': 'app.alert(1)'}
    made.root_object[pypdf.generic.NameObject('/OpenAction')] = pypdf.generic.DictionaryObject(
        {
            pypdf.generic.NameObject('/S'): pypdf.generic.NameObject(action['/S']),
            pypdf.generic.NameObject('/JS'): pypdf.generic.TextStringObject(action['/JS']),
        }
    )


def bomb() -> bytes:
    """A workbook whose one sheet unpacks to 100 MB."""
    big = b'<worksheet>' + b' ' * 100_000_000 + b'</worksheet>'
    return files.changed(files.workbook(PAIRS), {'xl/worksheets/sheet1.xml': big})


def with_part(name: str, data: bytes) -> bytes:
    return files.changed(files.workbook(PAIRS), {name: data})


def entities() -> bytes:
    bad = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    return with_part('xl/worksheets/sheet1.xml', bad)


def outside() -> bytes:
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="t" Target="http://x" TargetMode="External"/></Relationships>'
    )
    return with_part('xl/worksheets/_rels/sheet1.xml.rels', rels)


def locked() -> bytes:
    book = bytearray(files.workbook(PAIRS))
    book[6] |= 1
    at = book.index(b'PK\x01\x02')
    book[at + 8] |= 1
    return bytes(book)


HOSTILE = [
    ('an encrypted PDF', lambda: writer(lambda w: w.encrypt('x')), 'encrypted'),
    ('a PDF with an empty password', lambda: writer(lambda w: w.encrypt('', 'o')), 'encrypted'),
    ('a PDF with a program', lambda: writer(program), 'active_content'),
    ('a PDF with a file', lambda: writer(lambda w: w.add_attachment('a', b'b')), 'active_content'),
    ('a PDF of too many pages', lambda: writer(lambda w: None, 21), 'too_many_pages'),
    ('half a PDF', lambda: files.pdf(PAIRS)[:300], 'broken_pdf'),
    ('too large a PDF', lambda: b'%PDF-1.7' + bytes(pdf.MOST_BYTES), 'too_many_bytes'),
    ('a zip bomb', bomb, 'zip_bomb'),
    ('macros', lambda: with_part('xl/vbaProject.bin', b'x'), 'active_content'),
    ('a link to another file', outside, 'external_link'),
    ('an external book', lambda: with_part('xl/externalLinks/e1.xml', b'<a/>'), 'active_content'),
    ('entities', entities, 'active_content'),
    ('a formula', lambda: files.workbook([('编号', '=1+1')]), 'formula'),
    ('an encrypted workbook', lambda: b'\xd0\xcf\x11\xe0' + bytes(600), 'encrypted'),
    ('an encrypted part', locked, 'encrypted'),
    ('half a workbook', lambda: files.workbook(PAIRS)[:500], 'broken_workbook'),
    ('another ZIP', lambda: with_part('[Content_Types].xml', b'<Types/>'), 'unsupported_type'),
    ('a program', lambda: b'MZ' + bytes(200), 'unsupported_type'),
    ('nothing', lambda: b'', 'unsupported_type'),
    ('a web page', lambda: b'<html>a,b</html>', 'unsupported_type'),
    ('a picture that is none', lambda: b'\xff\xd8\xff' + bytes(50), None),
]  # fmt: skip


@pytest.mark.parametrize(('made', 'code'), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE])
def test_what_is_hostile_or_broken_is_refused(made: Callable[[], bytes], code: str | None) -> None:
    with pytest.raises(Rejected) as caught:
        uploads.admit(made(), READER)
    problem = caught.value.problems[0]
    assert code in (None, problem.code)
    assert problem.message.say('zh') and problem.remedy.say('en')


@pytest.mark.parametrize(
    ('data', 'code'),
    [
        (b'{"a": NaN}', 'malformed_json'),
        (b'{"a": 1, "a": 2}', 'malformed_json'),
        (b'[' * 5000 + b']' * 5000, 'malformed_json'),
        (b'{"a": 1e999}', 'malformed_json'),
        (b'{"a": "\xff"}', 'not_utf8'),
        (b'{"a": "\x00"}', 'control_character'),
        (b'a,b\n1\n', 'malformed_csv'),
        (b'a,a\n1,2\n', 'malformed_csv'),
        (b'a,b\n"1,2\n', 'malformed_csv'),
    ],
)
def test_data_that_is_ambiguous_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        uploads.admit(data, RECORD)
    assert caught.value.problems[0].code == code


def test_the_reader_decides_what_is_taken() -> None:
    assert uploads.admit(files.pdf(PAIRS), READER).media_type == 'application/pdf'
    assert uploads.admit(qr('x'), READER).media_type == 'image/png'
    assert uploads.admit(b'{"a": 1}', RECORD).media_type == 'application/json'
    assert uploads.admit(b'a,b\n1,2\n', RECORD).media_type == 'text/csv'
    for data, reader in ((files.pdf(PAIRS), PACKAGE), (b'{}', READER), (qr('x'), RECORD)):
        with pytest.raises(Rejected):
            uploads.admit(data, reader)
    assert 'image/png' in uploads.accepted(READER) and 'json' not in uploads.accepted(READER)


def said(data: bytes) -> dict[str, str]:
    return {r.kind: r.value for r in READER.read(data).readings if r.kind != 'text'}


@pytest.mark.parametrize('make', [files.pdf, files.workbook])
def test_values_stand_beside_their_labels(make: Callable[..., bytes]) -> None:
    assert said(make(PAIRS)) == {'no': 'XN-2026/001', 'pieces': '12'}
    assert said(make([('编号:XN-7', ''), ('number of', 'x'), ('件数', '12')]))['no'] == 'XN-7'


def scan(data: bytes) -> bytes:
    """The page of a PDF as a scanner gives it: a picture in a PDF, with no words."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pdf.picture(data, 1, 1700)[:, :, ::-1]).save(out, 'PDF')
    return out.getvalue()


def test_a_scan_and_a_photograph_are_read_by_their_picture() -> None:
    data = scan(files.pdf(PAIRS))
    assert said(data) == {'no': 'XN-2026/001', 'pieces': '12'}
    boxed = next(r for r in READER.read(data).readings if r.kind == 'no')
    assert boxed.box and boxed.details['page'] == 1
    assert derived.cropped(data, boxed.box)[:2] == b'\xff\xd8'
    assert derived.shown(data, 320)[:2] == b'\xff\xd8'
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pdf.picture(files.pdf(PAIRS), 1, 1700)[:, :, ::-1]).save(out, 'PNG')
    assert said(out.getvalue())['no'] == 'XN-2026/001'


def test_words_that_no_eye_sees_are_not_believed() -> None:
    data = files.pdf(PAIRS)
    made = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    content = made.pages[0].get_contents()
    assert content is not None
    content.set_data(content.get_data().replace(b'BT', b'BT 3 Tr'))
    made.pages[0][pypdf.generic.NameObject('/Contents')] = content
    out = io.BytesIO()
    made.write(out)
    assert pdf.pages(out.getvalue())[0].words is None


def test_a_workbook_says_its_days_and_numbers_as_they_are_compared() -> None:
    from datetime import date

    book = files.workbook([('件数', 12.0), ('编号', date(2026, 5, 1))])
    assert [c.text for c in spreadsheet.cells(book)][1::2] == ['12', '2026-05-01']


def test_data_is_read_with_its_paths() -> None:
    found = RECORD.read(json.dumps({'stops': [{'day': '2026-05-01'}], 'n': 1}).encode()).readings
    assert [(r.details['path'], r.value) for r in found] == [
        ('stops.0.day', '2026-05-01'),
        ('n', '1'),
    ]
    assert [r.value for r in RECORD.read(b'a,b\n1,2\n').readings] == ['1', '2']


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_bytes_are_refused_or_admitted_but_break_nothing(data: bytes) -> None:
    for start in (b'', b'%PDF-', b'PK\x03\x04', b'{', b'a,b\n'):
        for reader in (READER, RECORD):
            with suppress(Rejected):
                uploads.admit(start + data, reader)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
@settings(max_examples=100, deadline=None)
def test_json_is_read_whole_or_refused(value: object) -> None:
    try:
        found = records.tree(json.dumps([value]).encode())
    except Unreadable:
        return
    assert found == [value]


def test_a_file_is_evidence_like_a_photograph(store: None) -> None:
    """Attached, read in the background, kept write-once, the same bytes once."""
    from tests.conftest import permit

    permit()
    no = lodge('A1')
    flow.attach(EXPORTER, no, qr('A1'), item='A1')
    piece = flow.attach(EXPORTER, no, files.workbook(PAIRS), kind='document', item='slip')
    again = flow.attach(EXPORTER, no, b'{"a": 1}', kind='record')
    assert (piece.width, again.media_type) == (0, 'application/json')
    with pytest.raises(Rejected):
        flow.attach(EXPORTER, no, files.workbook(PAIRS), kind='document', item='A1')
    flow.present(EXPORTER, no)
    assert settle(no) == 'release'
    read = rows.Reading.objects.get(sha256=piece.sha256)
    assert ('no', 'XN-2026/001') in [(r['kind'], r['value']) for r in read.readings]


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    book = files.workbook(PAIRS)
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        size = archive.getinfo('xl/workbook.xml').file_size
    lying = book.replace(size.to_bytes(4, 'little'), (size - 5).to_bytes(4, 'little'))
    with pytest.raises(Unreadable):
        spreadsheet.cells(lying)
