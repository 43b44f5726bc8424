"""The rows of a UN mark (联合国包装标记) among the lines of text: which line goes on with which.

A mark is printed in one row or in up to four, with other print above, beside and below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clearlane.recognisers import mark_grammar
from clearlane.recognisers.text.line import Frame, Line

ROWS = 4
"""A mark has so many rows at most."""

NEXT = re.compile(
    r'CN|^C[\dOQIlSBZ]{5,7}\b|P[I1lL|!]?\s?[:;.,]\s?[\dOQIlSB]'
    r'|^[S5$]?[/1Il|]?\d\d(?:[/ ][A-Z]{1,3})?\b'
    r'|^[XYZ¥]\d|^\W*[XYZ¥2]\W*$|^[01]\d\s?/?\d\d\W*$|/[S5$]\b|^[A-Z01568]{1,3}/\S|^P[I1l]\s?\d|\d/\d',
    re.IGNORECASE,
)
"""What the next row of a mark says."""

NO_ROW = re.compile(r'^\W*UN\W{0,2}\d{4}(?!\w|/)')
"""A UN number, which often stands below a mark in print of its size, and is no row of it."""

SIGN = re.compile(r'^\W*(?!(?:SN|KG|UN|NO|PG)\b)[A-Z]{1,3}/?\W*$')
"""The sign of a State alone in a row, no word for a value; the row below it says its maker."""

OPEN = re.compile(r'[/ ]\d\d[/ ][A-Z]{1,3}/?\W*$')
"""A row that ends with the sign of the State; the row below it says its maker."""

MAKER = re.compile(r'^\W*[A-Z0-9+][A-Za-z0-9+. -]*\d')

WIDTHS, LOW = 1.9, 0.7
"""A line is so many times as high as its characters are wide; a box much higher is not believed."""

LEAST_DOWN = 0.5
"""The next row stands so many heights below at least, of the less high of the two."""


def rows(
    lines: Sequence[Line], head: int, taken: set[int], says: re.Pattern[str] | None = None
) -> Iterator[list[int]]:
    """The row of the head, and then what can go on in the rows below it; at last what `says` so."""
    seen = set(taken)
    row = _row(lines, head, seen)
    for _ in range(ROWS):
        yield row
        seen |= set(row)
        under = _next(lines, row, seen)
        if under is None and says:
            under = below(lines, row, seen, says)
        if under is None:
            return
        row = _row(lines, under, seen)


def _next(lines: Sequence[Line], row: list[int], seen: set[int]) -> int | None:
    """The line below that says what comes next; the sign of a State, where its maker follows."""
    under = below(lines, row, seen, NEXT)
    said = mark_grammar.tidy(lines[row[-1]].text)
    if under is None and (SIGN.search(said) or OPEN.search(said)):
        under = below(lines, row, seen, MAKER)
    if under is None:
        sign = below(lines, row, seen, SIGN)
        if sign is not None and below(lines, [sign], seen, MAKER) is not None:
            under = sign
    return under


def _row(lines: Sequence[Line], start: int, taken: set[int]) -> list[int]:
    """This line and those that stand right after it at the same height."""
    row = [start]
    while True:
        frame = lines[row[-1]].frame
        gaps = []
        for index, line in enumerate(lines):
            if index in taken or index in row or not _akin(frame, line.frame):
                continue
            along, down = frame.place(line.frame)
            gap = along - (frame.width + line.frame.width) / 2
            if abs(down) < 0.5 * frame.height and -0.6 < gap / frame.height < 1.6:
                gaps.append((gap, index))
        if not gaps or len(row) == 6:
            return row
        row.append(min(gaps)[1])


def below(
    lines: Sequence[Line], row: list[int], taken: set[int], says: re.Pattern[str], way: int = 1
) -> int | None:
    """The line right below this row that says what is asked for; above it the other way."""
    frame = _slim(lines[row[0]])
    nearest: tuple[float, int] | None = None
    for index, line in enumerate(lines):
        if index in taken or not _akin(frame, _slim(line), least=0.45):
            continue
        if NO_ROW.search(mark_grammar.tidy(line.text)):
            continue
        along, down = frame.place(line.frame)
        down *= way
        # Rows are flush left, centred or flush right, so they share most of their width.
        left = max(-frame.width, 2 * along - line.frame.width) / 2
        right = min(frame.width, 2 * along + line.frame.width) / 2
        shared = (right - left) / min(frame.width, line.frame.width)
        # A box that is too tall holds the print of its line somewhere; the lower one tells best.
        low = min(frame.height, line.frame.height)
        if not (LEAST_DOWN * low < down < 2.4 * frame.height) or shared < 0.4:
            continue
        if says.search(mark_grammar.tidy(line.text)) and (nearest is None or down < nearest[0]):
            nearest = (down, index)
    return None if nearest is None else nearest[1]


def _slim(line: Line) -> Frame:
    """Where a line stands, no higher than its characters are wide: some boxes are far too high."""
    frame = line.frame
    high = WIDTHS * frame.width / max(1, len(line.text))
    return replace(frame, height=high) if LOW * frame.height > high else frame


def _akin(one: Frame, other: Frame, least: float = 0.55) -> bool:
    """Whether two lines run the same way and are about as tall."""
    return one.turned(other) > 0.9 and least < other.height / one.height < 1 / least
