"""Excel workbooks as they arrive: refused where they are hostile, then their cells.

A workbook is a ZIP of XML parts. Its directory is looked at before anything is
unpacked, nothing is unpacked beyond its limits, and what is more than cells with
values is refused: macros, links to other files, embedded files, entities, formulas
(their stored result need not be what they compute).

Not covered: the old binary .xls, pictures in a workbook, merged cells beyond their
first cell.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from clearlane.recognisers.reader import Unreadable

MOST_BYTES = 8 * 1024 * 1024
MOST_PARTS = 400
MOST_UNPACKED = 48 * 1024 * 1024
MOST_RATIO = 200
"""XML packs to a tenth, a bomb to a thousandth."""
MOST_SHEETS, MOST_ROWS, MOST_COLUMNS = 8, 10_000, 64
_MAIN = b'spreadsheetml.sheet.main+xml'
_ACTIVE = re.compile(
    r'vbaProject|macrosheets|activeX|externalLinks|embeddings|oleObject|ctrlProps|connections\.xml'
    r'|queryTables|customUI|\.bin$',
    re.IGNORECASE,
)
_PRINTER = re.compile(r'xl/printerSettings/printerSettings\d+\.bin')
_OUTSIDE = re.compile(rb'TargetMode\s*=\s*["\']External', re.IGNORECASE)
_FORMULA = re.compile(rb'<(?:\w+:)?f[\s/>]')
_DECLARES = re.compile(rb'<!\s*(?:DOCTYPE|ENTITY)', re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """One cell that holds something; `row` and `column` count from 1."""

    sheet: str
    row: int
    column: int
    text: str

    @property
    def name(self) -> str:
        """As it is called in Excel."""
        return f'{get_column_letter(self.column)}{self.row}'


def admit(data: bytes) -> tuple[int, int]:
    """Refuse what is no plain workbook, with what to do; it has no picture: (0, 0)."""
    if len(data) > MOST_BYTES:
        raise Unreadable('too_many_bytes', 'the workbook has more than 8 MB; send only the form')
    if data[:4] == b'\xd0\xcf\x11\xe0':
        raise Unreadable(
            'encrypted', 'the workbook is encrypted or an old .xls; save it as .xlsx, no password'
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _directory(archive.infolist())
            _parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            'broken_workbook', 'the workbook cannot be opened; save it again'
        ) from error
    return 0, 0


def _directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or len({p.filename for p in parts}) != len(parts):
        raise Unreadable('too_many_parts', 'the workbook has too many parts; save only the form')
    if any(p.flag_bits & 1 for p in parts):
        raise Unreadable('encrypted', 'the workbook is encrypted; save it without a password')
    if sum(p.file_size for p in parts) > MOST_UNPACKED or any(
        p.file_size > MOST_RATIO * max(p.compress_size, 1) for p in parts
    ):
        raise Unreadable('zip_bomb', 'the workbook unpacks to far more than a form; save it again')
    active = [p.filename for p in parts if _ACTIVE.search(p.filename)]
    active = [name for name in active if not _PRINTER.fullmatch(name)]
    if active:
        raise Unreadable(
            'active_content',
            f'the workbook holds {active[0][:60]}; save a plain .xlsx without macros or links',
        )


def _parts(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if '[Content_Types].xml' not in names:
        raise Unreadable('unsupported_type', 'this ZIP is no workbook; send an .xlsx')
    for part in archive.infolist():
        if part.filename.endswith(('.xml', '.rels', '.vml')):
            _part(part.filename, _unpacked(archive, part))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, but never more than its directory entry says."""
    with archive.open(part) as stream:
        data = stream.read(part.file_size + 1)
    if len(data) != part.file_size:
        raise Unreadable('zip_bomb', 'the workbook says another size than it has; save it again')
    return data


def _part(name: str, data: bytes) -> None:
    if b'\0' in data or _DECLARES.search(data):
        raise Unreadable('active_content', f'{name[:60]} declares entities; save a plain .xlsx')
    if name == '[Content_Types].xml' and _MAIN not in data:
        raise Unreadable('unsupported_type', 'this is no .xlsx workbook; save it as .xlsx')
    if name.endswith('.rels') and _OUTSIDE.search(data):
        raise Unreadable(
            'external_link', 'the workbook links to something outside; remove the links'
        )
    if name.startswith('xl/worksheets/') and _FORMULA.search(data):
        raise Unreadable('formula', 'the workbook has formulas; paste their values instead')


def cells(data: bytes) -> list[Cell]:
    """Every cell with something in it, sheet by sheet; raises Unreadable."""
    admit(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return list(_cells(book))
    except Unreadable:
        raise
    except Exception as error:  # a workbook can break a lenient parser in many ways
        raise Unreadable('broken_workbook', 'the workbook cannot be read; save it again') from error


def _cells(book: object) -> Iterator[Cell]:
    for sheet in book.worksheets[:MOST_SHEETS]:  # type: ignore[attr-defined]
        rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values, start=1):
                text = _text(value)
                if text:
                    yield Cell(sheet.title, row, column, text)


def _text(value: object) -> str:
    """A value as it is compared: days as year-month-day, whole numbers without a point."""
    if value is None:
        return ''
    if isinstance(value, datetime):
        return (value.date() if value.time() == datetime.min.time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = ' '.join(str(value).split())
    return ''.join(c for c in text if c.isprintable())[:500]
