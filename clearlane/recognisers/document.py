"""Papers: a photograph, a PDF or a workbook in, the values at the labels that a scenario names out.

    PAPERS = DocumentReader('papers', {'no': ('编号', 'No.'), 'quantity': ('数量', 'quantity')})

yields one reading a value found, its kind the name of the field, and one `text`
reading for every line. What the fields mean is for the checks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from clearlane.model import Reading
from clearlane.recognisers import layout, pdf, picture, spreadsheet
from clearlane.recognisers.reader import Readings
from clearlane.recognisers.sources import LIBRARIES as SIGHT
from clearlane.recognisers.text import page, weights

LIBRARIES = (*SIGHT, 'pypdfium2', 'openpyxl')
MOST_LINES = 4_000
OCR_SIDE = 2200
_COLUMN, _ROW = 100.0, 20.0
"""A cell as a place on a page, so that labels and values are found by one rule."""


class DocumentReader:
    """A reader of papers; `labels` holds, for each field, the words that stand before its value."""

    media: ClassVar[frozenset[str]] = frozenset({'picture', 'pdf', 'spreadsheet'})

    def __init__(self, name: str, labels: Mapping[str, Iterable[str]]) -> None:
        self.name = f'{name}/1'
        self.labels = {field: tuple(words) for field, words in labels.items()}

    @cached_property
    def digest(self) -> str:
        """Over the labels, the code that takes part, the weights and the libraries' versions."""
        home = Path(__file__).parent
        files = [home / f'{name}.py' for name in ('document', 'layout', 'pdf', 'spreadsheet')]
        files += [home / 'picture.py', *sorted((home / 'text').glob('*.py'))]
        parts = [json.dumps(self.labels, ensure_ascii=False), weights.digest()]
        parts += [f'{name} {version(name)}' for name in LIBRARIES]
        parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
        return hashlib.sha256('\n'.join(parts).encode()).hexdigest()

    @cached_property
    def models(self) -> str:
        """Over the weights alone."""
        return weights.digest()

    def read(self, data: bytes) -> Readings:
        """Every value at a label and every line; raises Unreadable if it is no such paper."""
        if data[:5] == b'%PDF-':
            return self._pdf(data)
        if data[:2] == b'PK':
            return self._workbook(data)
        image = picture.upright(data)
        height, width = image.shape[:2]
        return self._told(width, height, _lines(image, 1.0, 0))

    def _pdf(self, data: bytes) -> Readings:
        pdf.admit(data)
        found = pdf.pages(data)
        parts: list[layout.Part] = []
        for one in found:
            parts += _own(one) if one.words is not None else _seen(data, one)
        return self._told(max(p.width for p in found), sum(p.height for p in found), parts)

    def _workbook(self, data: bytes) -> Readings:
        sheets: dict[str, list[layout.Part]] = {}
        for cell in spreadsheet.cells(data):
            left, top = cell.column * _COLUMN, cell.row * _ROW
            box = (left, top, left + 0.9 * _COLUMN, top + 0.9 * _ROW)
            where = {'sheet': cell.sheet, 'cell': cell.name}
            sheets.setdefault(cell.sheet, []).append(layout.Part(cell.text, 1.0, box, where))
        told = [self._told(0, 0, parts, boxed=False).readings for parts in sheets.values()]
        return Readings(width=0, height=0, readings=tuple(r for rs in told for r in rs))

    def _told(
        self, width: int, height: int, parts: list[layout.Part], *, boxed: bool = True
    ) -> Readings:
        at = [(v.name, v.part) for v in layout.values(parts, self.labels)]
        at += [('text', part) for part in parts[:MOST_LINES]]
        readings = (self._reading(kind, part, boxed=boxed) for kind, part in at)
        return Readings(width=width, height=height, readings=tuple(readings))

    def _reading(self, kind: str, part: layout.Part, *, boxed: bool) -> Reading:
        left, top, right, bottom = (round(n) for n in part.box)
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        return Reading(
            kind=kind,
            value=part.text,
            score=part.score,
            recogniser=self.name,
            box=corners if boxed else (),
            details=part.details,
        )


def _own(one: pdf.Page) -> list[layout.Part]:
    return [layout.Part(w.text, 1.0, w.box, {'page': one.number}) for w in one.words or ()]


def _seen(data: bytes, one: pdf.Page) -> list[layout.Part]:
    """A page without words, read as a picture that is larger than the one of its boxes."""
    image = pdf.picture(data, one.number, OCR_SIDE)
    scale = max(one.width, one.height) / max(image.shape[:2])
    parts = _lines(image, scale, one.top)
    return [layout.Part(p.text, p.score, p.box, {'page': one.number}) for p in parts]


def _lines(image: picture.Pixels, scale: float, top: int) -> list[layout.Part]:
    parts = []
    for line in page.read(image):
        xs, ys = [x * scale for x, _ in line.quad], [y * scale + top for _, y in line.quad]
        parts.append(layout.Part(line.text, line.score, (min(xs), min(ys), max(xs), max(ys))))
    return parts
