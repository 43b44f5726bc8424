"""PDF files as they arrive: refused where they are hostile, then their text and their pages.

A PDF may hold programs, other files and more pages than anyone reads, so it is
opened step by step, and what acts by itself is refused. PDFium is not safe for
threads: one file is open at a time.

A page that has text of its own is read from that text, character by character.
A page without any, or with text that no eye sees, is read as a picture. Boxes are
in pixels of all pages set one below the other, each `SIDE` pixels along its
longer side.

Not covered: text in the colour of the paper, signatures of a PDF, layers that are
switched off.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from clearlane.recognisers.picture import Pixels
from clearlane.recognisers.reader import Unreadable

MOST_BYTES = 16 * 1024 * 1024
MOST_PAGES = 20
"""A certificate has one to four; a test report of 200 pages is not what is asked for."""
MOST_CHARS = 60_000
"""On one page; a dense page has 6,000."""
SIDE = 1600
"""Pixels along the longer side of a page: 10 point print is 19 pixels high."""
_MOST_POINTS = 14_400
_ACTIVE = (b'/JavaScript', b'/Launch', b'/EmbeddedFile', b'/RichMedia', b'/XFA')
_INVISIBLE = 3
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True)
class Words:
    """Characters that stand together: text, and left, top, right, bottom in pixels."""

    text: str
    box: tuple[float, float, float, float]


def admit(data: bytes) -> tuple[int, int]:
    """Width and height of the picture of all pages, or Unreadable with what to do."""
    if len(data) > MOST_BYTES:
        raise Unreadable('too_many_bytes', 'the PDF has more than 16 MB; send only its pages')
    for word in _ACTIVE:
        if word in data:
            name = word.decode()[1:]
            raise Unreadable('active_content', f'the PDF holds {name}; print it to a plain PDF')
    with _opened(data) as document:
        _refuse_active(document)
        for number in range(len(document)):
            width, height = document.get_page_size(number)
            if not (1 <= width <= _MOST_POINTS and 1 <= height <= _MOST_POINTS):
                raise Unreadable('page_size', f'page {number + 1} has no size that can be printed')
        sizes = [_size(page, _scale(page)) for page in document]
        return max(width for width, _ in sizes), sum(height for _, height in sizes)


def _refuse_active(document: Any) -> None:
    if raw.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Unreadable('encrypted', 'the PDF is encrypted; save it without a password')
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        raise Unreadable('active_content', 'the PDF holds other files; print it to a plain PDF')
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Unreadable('active_content', 'the PDF holds a program; print it to a plain PDF')
    if not 1 <= len(document) <= MOST_PAGES:
        raise Unreadable(
            'too_many_pages', f'the PDF has {len(document)} pages; send at most {MOST_PAGES}'
        )


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            if 'password' in str(error).lower():
                raise Unreadable(
                    'encrypted', 'the PDF is encrypted; save it without a password'
                ) from error
            raise Unreadable('broken_pdf', 'the PDF cannot be opened; export it again') from error
        try:
            yield document
        finally:
            document.close()


@dataclass(frozen=True)
class Page:
    """One page: where it begins in the picture of all pages, and its words if they can be had."""

    number: int
    top: int
    width: int
    height: int
    words: tuple[Words, ...] | None


def pages(data: bytes) -> list[Page]:
    """Every page with its own words; `words` is None where the page must be read as a picture."""
    with _opened(data) as document:
        found, top = [], 0
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            scale = _scale(page)
            width, height = _size(page, scale)
            words = None if _is_seen_otherwise(page) else tuple(_words(page, scale, top))
            found.append(Page(number + 1, top, width, height, words or None))
            top += height
        return found


def _scale(page: Any) -> float:
    return float(SIDE / max(page.get_size()))


def _size(page: Any, scale: float) -> tuple[int, int]:
    width, height = page.get_size()
    return max(1, round(width * scale)), max(1, round(height * scale))


def _is_seen_otherwise(page: Any) -> bool:
    """Whether the text is not what the eye sees: laid invisibly over a scan."""
    for part in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
        if raw.FPDFTextObj_GetTextRenderMode(part) == _INVISIBLE:
            return True
    return False


def _words(page: Any, scale: float, top: int) -> Iterator[Words]:
    """The characters of a page, joined where they touch, in the order of the file."""
    height = page.get_size()[1]
    text = page.get_textpage()
    count = text.count_chars()
    if count > MOST_CHARS:
        raise Unreadable('too_much_text', f'a page has {count} characters; send the plain form')
    run: list[tuple[str, tuple[float, float, float, float]]] = []
    for index in range(count):
        char = chr(raw.FPDFText_GetUnicode(text, index) or 0xFFFD)
        if char.isspace() and run:
            # A space has no ink: it is kept where what follows stands close by.
            run.append((' ', run[-1][1]))
            continue
        left, bottom, right, upper = text.get_charbox(index, loose=True)
        box = (left, height - upper, right, height - bottom)
        if run and not _follows(run, box):
            yield from _joined(run, scale, top)
            run = []
        if char.isprintable():
            run.append((char, box))
    yield from _joined(run, scale, top)


def _follows(run: list[Any], box: tuple[float, float, float, float]) -> bool:
    last = run[-1][1]
    high = max(last[3] - last[1], box[3] - box[1], 1.0)
    same_line = abs((last[1] + last[3]) - (box[1] + box[3])) / 2 < 0.5 * high
    return bool(same_line and -0.5 * high < box[0] - last[2] < 0.9 * high)


def _joined(run: list[Any], scale: float, top: int) -> Iterator[Words]:
    text = ' '.join(''.join(char for char, _ in run).split())
    if text:
        boxes = [box for _, box in run]
        yield Words(
            text,
            (
                min(b[0] for b in boxes) * scale,
                min(b[1] for b in boxes) * scale + top,
                max(b[2] for b in boxes) * scale,
                max(b[3] for b in boxes) * scale + top,
            ),
        )


def picture(data: bytes, number: int, side: int = SIDE) -> Pixels:
    """A page as BGR pixels, its longer side `side` pixels; pages count from 1."""
    with _opened(data) as document:
        page = document[number - 1]
        made = page.render(scale=side / max(page.get_size()), may_draw_forms=True)
        return np.ascontiguousarray(made.to_numpy()[:, :, :3])


def whole(data: bytes) -> Pixels:
    """All pages one below the other, on white."""
    parts = [picture(data, page.number) for page in pages(data)]
    width = max(part.shape[1] for part in parts)
    spread = [
        np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=255) for p in parts
    ]
    return np.concatenate(spread)
