"""Excel tables of a record: a template to fill in, rows read back, every error at its cell.

Fields of the record are columns; where it holds one list of records, as the goods of an
invoice, their fields are columns too, and rows with the same key are one entry. A record
within the record has its columns with a point, as `instant.hold`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args, get_origin

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from pydantic import BaseModel

from clearlane.admission import Rejected, problem
from clearlane.model import Problem, Text

MOST_ROWS = 20_000
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Column:
    """One column: the road to the field, `[]` where a list lies on it."""

    path: tuple[str, ...]
    title: str
    many: bool = False

    @property
    def name(self) -> str:
        """As it stands in the second row of the template."""
        return '.'.join(part for part in self.path if part != '[]')


@dataclass(frozen=True, kw_only=True)
class Table:
    """Entries of a table, and for each the row it begins in, and the column of each field."""

    entries: list[dict[str, Any]]
    rows: list[list[int]]
    columns: Mapping[str, str]

    def cell(self, entry: int, field: str) -> str:
        """The cell of a field of an entry, as B7; the first cell of its row where unknown."""
        parts = field.split('.')
        name = '.'.join(part for part in parts if not part.isdigit())
        step = next((int(part) for part in parts if part.isdigit()), 0)
        rows = self.rows[entry]
        row = rows[min(step, len(rows) - 1)]
        column = self.columns.get(name) or self.columns.get(name.split('.')[0], 'A')
        return f'{column}{row}'


def columns(record: type[BaseModel]) -> list[Column]:
    """The columns of a record, in the order of its fields."""
    return list(_columns(record, ()))


def _columns(record: type[BaseModel], road: tuple[str, ...]) -> Iterator[Column]:
    for name, part in record.model_fields.items():
        inner, listed = _inner(part.annotation)
        title = part.title or name
        if inner is not None and listed:
            yield from _columns(inner, (*road, name, '[]'))
        elif inner is not None:
            yield from _columns(inner, (*road, name))
        else:
            yield Column((*road, name), title, many=listed)


def _inner(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """(record within, whether in a list) of a field."""
    listed = get_origin(annotation) in (list, tuple)
    parts = [annotation, *get_args(annotation)]
    found = next((p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)), None)
    return found, listed


def template(record: type[BaseModel], title: str) -> bytes:
    """An empty workbook: titles in both languages, names of fields, examples in comments."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title[:31].replace('/', ' ')
    for number, column in enumerate(columns(record), start=1):
        head = sheet.cell(1, number, column.title)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical='top')
        name = sheet.cell(2, number, column.name)
        name.fill = PatternFill('solid', fgColor='E8F2FC')
        name.font = Font(name='Consolas', size=9)
        if column.many:
            name.comment = Comment('多个值用逗号分开 / several values with commas', 'Clearlane')
        sheet.column_dimensions[get_column_letter(number)].width = 20
    sheet.freeze_panes = 'A3'
    return written(book)


def written(book: Workbook) -> bytes:
    """A workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def entries(record: type[BaseModel], key: str, data: bytes) -> Table:
    """The entries of a filled template; Rejected where it is no such table."""
    lines = list(_lines(data))
    header = next((n for n, line in enumerate(lines[:5]) if key in line), None)
    if header is None:
        raise Rejected([problem('file', key, 'no_header', *HEADER)])
    known = {c.name: c for c in columns(record)}
    places = {n: str(name) for n, name in enumerate(lines[header]) if name not in (None, '')}
    strange = [name for name in places.values() if name not in known]
    if strange:
        raise Rejected([problem('file', strange[0], 'unknown_column', *STRANGE)])
    found: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for offset, line in enumerate(lines[header + 1 :], start=header + 2):
        cells = {places[n]: v for n, v in enumerate(line) if n in places and v not in (None, '')}
        if cells:
            # A row without its key is an entry of its own, so that its error is told.
            name = str(cells.get(key, f'?{offset}'))
            entry, rows = found.setdefault(name, ({}, []))
            rows.append(offset)
            _put(entry, cells, known, new=len(rows) == 1)
    letters = {name: get_column_letter(n + 1) for n, name in places.items()}
    return Table(
        entries=[entry for entry, _ in found.values()],
        rows=[rows for _, rows in found.values()],
        columns=letters,
    )


HEADER = (
    Text('表格中没有字段名一行', 'the table has no row with the names of the fields'),
    Text('请使用下载的模板', 'use the template that can be downloaded'),
)
STRANGE = (
    Text('模板中没有这一列', 'the template has no such column'),
    Text('请删除该列，或重新下载模板', 'remove it, or download the template again'),
)


def _lines(data: bytes) -> Iterator[list[Any]]:
    if len(data) > MOST_BYTES:
        raise Rejected([problem('file', f'{len(data)} bytes', 'too_large', *TOO_LARGE)])
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        for number, line in enumerate(sheet.iter_rows(values_only=True)):
            if number > MOST_ROWS:
                raise Rejected([problem('file', number, 'too_long', *TOO_LARGE)])
            yield [_plain(value) for value in line[:200]]
    except Rejected:
        raise
    except Exception as error:  # what a damaged file raises is the library's business
        raise Rejected([problem('file', None, 'no_table', *NO_TABLE)]) from error


TOO_LARGE = (
    Text('表格过大', 'the table is too large'),
    Text('请分成几个文件上传', 'send it in several files'),
)
NO_TABLE = (
    Text('无法作为 Excel 表格打开', 'this cannot be opened as an Excel table'),
    Text('请另存为 .xlsx 后重试', 'save it as .xlsx and try again'),
)


def _plain(value: Any) -> Any:
    """A cell as JSON would have it: days as text, numbers as text without what Excel adds."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return format(value, '.10g') if value != int(value) else str(int(value))
    return str(value).strip()


def _put(
    entry: dict[str, Any], cells: Mapping[str, Any], known: Mapping[str, Column], *, new: bool
) -> None:
    """Lay the cells of one row into the entry: its own fields once, a record of a list a row."""
    fresh: dict[int, dict[str, Any]] = {}
    for name, value in cells.items():
        column = known[name]
        target: Any = entry
        for step, part in enumerate(column.path[:-1]):
            if part == '[]':
                place = id(target)
                target = fresh[place] if place in fresh else _added(target)
                fresh[place] = target
            elif column.path[step + 1] == '[]':
                target = target.setdefault(part, [])
            else:
                target = target.setdefault(part, {})
        if target is entry and not new:
            continue
        target[column.path[-1]] = _values(value) if column.many else value


def _added(target: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    target.append(made)
    return made


def _values(value: Any) -> list[str]:
    return [part for part in str(value).replace(',', ',').replace(' ', '').split(',') if part]


def at_cells(table: Table, number: int, problems: Iterable[Problem]) -> list[tuple[str, Problem]]:
    """(cell, problem) of a rejected entry."""
    return [(table.cell(number, p.field), p) for p in problems]
