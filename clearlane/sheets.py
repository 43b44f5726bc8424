"""Tables for Excel. What would be a formula is text: nobody's words are run on opening."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

MEDIA_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
Table = tuple[Sequence[str], Sequence[Sequence[Any]]]
"""(titles of the columns, rows)."""


def workbook(tables: Mapping[str, Table]) -> bytes:
    """One sheet a table, with its titles in bold and frozen."""
    book = Workbook()
    book.remove(book.active)
    for name, (titles, lines) in tables.items():
        sheet = book.create_sheet(name[:31])
        for column, title in enumerate(titles, start=1):
            _write(sheet.cell(1, column), title)
            sheet.cell(1, column).font = Font(bold=True)
        for number, line in enumerate(lines, start=2):
            for column, value in enumerate(line, start=1):
                _write(sheet.cell(number, column), value)
        sheet.freeze_panes = 'A2'
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Cell, value: Any) -> None:
    """A value in a cell; text stays text, whatever it begins with, and is marked as quoted."""
    if isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None)
    elif isinstance(value, Decimal):
        cell.value = float(value)
    elif value is None or isinstance(value, int | float | date):
        cell.value = value
    else:
        cell.value = ILLEGAL_CHARACTERS_RE.sub('', str(value))[:32000]
        cell.data_type = 's'
        if cell.value[:1] in '=+-@\t\r':
            cell.quotePrefix = True
