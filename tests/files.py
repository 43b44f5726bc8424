"""Papers for the tests: a PDF as a program writes it, a workbook as Excel does."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import typst
from openpyxl import Workbook

from clearlane.papers import fonts

FORM = """#set text(font: "Noto Sans SC", size: 10pt)
#set page(paper: "a4")
#let pairs = json(bytes(sys.inputs.pairs))
= 单证 Paper
#table(columns: 2, ..pairs.flatten().map(x => [#x]))
"""


def pdf(pairs: Iterable[Sequence[str]], template: str = FORM) -> bytes:
    """A form of one page with these labels and values."""
    inputs = {'pairs': json.dumps([list(pair) for pair in pairs])}
    made: bytes = typst.compile(
        template.encode(),
        sys_inputs=inputs,
        font_paths=[fonts()],
        format='pdf',
        ignore_system_fonts=True,
    )
    return made


def workbook(pairs: Iterable[Sequence[object]], title: str = 'form') -> bytes:
    """A sheet with these labels and values side by side."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for pair in pairs:
        sheet.append(list(pair))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(book: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with parts replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {**dict.fromkeys(old.namelist()), **parts}:
            new.writestr(name, parts.get(name) if name in parts else old.read(name))
    return out.getvalue()


def part(book: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read(name)
