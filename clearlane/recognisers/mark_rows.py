"""The rows of a UN mark (联合国包装标记) among the lines of text: which line goes on with which.

A mark is printed in one row or in up to six, with other print above, beside and below it. As
long as the rows read as the beginning of a mark, the next one is that with which they still do;
where a slip of reading spoils that, what a row says by itself must do.

>>> begins('UN 4G/Y25/S'), begins('4G/Y25/S /26/CN'), begins('4G/Y25/S KEEP DRY')
(True, True, False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from clearlane.recognisers import authorities, mark_grammar
from clearlane.recognisers.text.line import Frame, Line

ROWS = 6
"""A mark has so many rows at most."""


def _opening(part: str, figure: str, s: str, levels: str) -> re.Pattern[str]:
    """A mark up to the end of any of its parts, with what may stand for a slash, a figure, S
    and X, Y or Z."""
    code = rf'[A-DF-HL-NP]{{1,2}}{figure}?[VWTU]?'
    loads = rf'(?(large)(?:{part}{figure}{{1,5}}){{0,2}})'
    batch = rf'(?:[/ \n]?P\w?\W{{0,2}}{figure}{{1,8}})?'
    maker = (
        rf'\+?[A-Za-z0-9+.-]{{2,14}}(?:/(?:[A-Z-]*{figure}{{3,6}}|{figure}{{2}}[A-Z]{figure}{{2,4}})'
        rf'| {figure}{{1,6}}(?:-[A-Z0-9]{{1,12}})?)?'
    )
    again = rf'(?:{part}(?:[A-Z]{{1,3}}{part}{maker}{part})?{figure}{{2}} ?(?:RL?)?)?'
    origin = (
        rf'CN(?:{part}C?{figure}{{6,7}}{batch}{loads}{again})?'
        rf'|(?!CN)[A-Z]{{1,3}}(?:{part}{maker}{loads}{again})?'
        rf'|(?:{authorities.DASHED})-{maker}{loads}{again}'
    )
    test = rf'(?:{part}(?:{s}|{figure}{{2,4}})){{1,3}}'
    return re.compile(
        mark_grammar.SYMBOL.pattern
        + rf'(?:{figure}{code}|(?P<large>{figure}{{2}}{code}))'
        + rf'(?P<level>{part}(?:{levels}(?:{figure}{{1,4}}(?:[.,]{figure})?)?|(?i:CLASS) ?6.?2)'
        + rf'(?:{test}(?:{part}(?:{origin}))?)?)?{part}?',
        re.DOTALL,
    )


_PLAIN = _opening(r'[/ \n]', r'\d', 'S', '[XYZ]')
_WORN = _opening(r'(?:\n?[/ |Il1!\\]|[/|Il1!\\]?\n?)', r'[\dOoQIl|SBZG]', '[S5$]', '[XYZ27¥]')

NEXT = re.compile(
    r'CN|^\W?C[\dOQIlSBZ]{5,7}\b|P[I1lL|!]?\s?[:;.,]\s?[\dOQIlSB]'
    r'|^[S5$]?[/1Il|]?\d\d(?:[/ ][A-Z]{1,3})?\b'
    r'|^[XYZ¥]\d|^\W*[XYZ¥2]\W*$|^[01]\d\s?/?\d\d\W*$|/[S5$]\b|^[A-Z01568]{1,3}/\S|^\W?P[I1l]\s?\d|\d/\d',
    re.IGNORECASE,
)
"""What the next row of a mark says."""

NO_ROW = re.compile(
    r'^\W*(?:UN\W{0,2}\d{4}(?!\w|/)|P\.?I\.?\s?9(?:6[5-9]|7[0678])(?!\w)|(?:SN|KG|UN|NO|PG)\b)'
)
"""What often stands below or beside a mark, as large, and is no row of it: a UN number, a packing
instruction for batteries (965 to 970, 976 to 978), words for a value."""

SIGN = re.compile(r'^\W*[A-Z1]{1,3}/?\W*$')
"""The sign of a State alone in a row; the row below it says its maker."""

OPEN = re.compile(r'[/ ]\d\d[/ ][A-Z]{1,3}/?\W*$')
"""A row that ends with the sign of the State; the row below it says its maker."""

MAKER = re.compile(r'^\W*[A-Z0-9+][A-Za-z0-9+. -]*\d')

NAMED = re.compile(r'^\W*(?:U\W?N|[uvV]\W?[nN])\W*(?=[1-6]\d?[A-HL-P])')
"""The UN symbol at the beginning of a row, as it is read."""

WIDTHS, LOW = 1.9, 0.7
"""A line is so many times as high as its characters are wide; a box much higher is not believed."""

SHARED, FLUSH = 0.4, 0.8
"""The next row shares so much of the less wide row, or begins so few heights beside this one."""

LEAST_DOWN = 0.5
"""The next row stands so many heights below at least, of the less high of the two."""


Says = Callable[[str], object]
"""Whether the text of a line is what is looked for."""


def begins(text: str, *, level: bool = False, worn: bool = False) -> bool:
    """Whether a mark begins so and may go on: as it stands, or `worn` by slips of reading; for its
    code alone, a `level` behind it may be asked for."""
    said = NAMED.sub('', mark_grammar.tidy(text))
    if len(said) > mark_grammar.LONGEST:
        return False
    found = (_WORN if worn else _PLAIN).fullmatch(said)
    return found is not None and (not level or found['level'] is not None)


def rows(
    lines: Sequence[Line], head: int, taken: set[int], says: Says | None = None
) -> Iterator[list[int]]:
    """The row of the head, and then what can go on in the rows below it; at last what `says` so."""
    seen = set(taken)
    under: int | None = head
    said = ''
    for _ in range(ROWS):
        if under is None:
            return
        row = _of_mark(lines, _row(lines, under, seen), said)
        yield row
        seen |= set(row)
        said = _joined(lines, row, said)
        under = _next(lines, row, seen, said)
        if under is None and says:
            under = below(lines, row, seen, says)


def _joined(lines: Sequence[Line], row: list[int], said: str) -> str:
    return mark_grammar.ROW.join([said, ' '.join(lines[index].text for index in row)])


def _of_mark(lines: Sequence[Line], row: list[int], said: str) -> list[int]:
    """The row without what stands beside the mark, where what was `said` plainly goes on so."""
    for end in range(len(row), 0, -1):
        if begins(_joined(lines, row[:end], said)):
            return row[:end]
    return row


def _next(lines: Sequence[Line], row: list[int], seen: set[int], said: str) -> int | None:
    """The line below with which what was `said` goes on; the sign of a State, where its maker
    follows."""

    def goes_on(worn: bool) -> Says:
        return lambda text: begins(mark_grammar.ROW.join([said, text]), worn=worn)

    under: int | None = None
    if begins(said):
        under = below(lines, row, seen, goes_on(worn=False))
    if under is None:
        under = below(lines, row, seen, NEXT.search)
    if under is None and begins(said, worn=True):
        under = below(lines, row, seen, goes_on(worn=True))
    last = mark_grammar.tidy(lines[row[-1]].text)
    if under is None and (SIGN.search(last) or OPEN.search(last)):
        under = below(lines, row, seen, MAKER.search)
    if under is None:
        sign = below(lines, row, seen, SIGN.search)
        if sign is not None and below(lines, [sign], seen, MAKER.search) is not None:
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
            if NO_ROW.search(mark_grammar.tidy(line.text)):
                continue
            along, down = frame.place(line.frame)
            gap = along - (frame.width + line.frame.width) / 2
            if abs(down) < 0.5 * frame.height and -0.6 < gap / frame.height < 1.6:
                gaps.append((gap, index))
        if not gaps or len(row) == 6:
            return row
        row.append(min(gaps)[1])


def below(
    lines: Sequence[Line], row: list[int], taken: set[int], says: Says, way: int = 1
) -> int | None:
    """The line right below this row that says what is asked for; above it the other way."""
    frame = _without_symbol(lines[row[0]])
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
        start = along + (frame.width - line.frame.width) / 2
        # Rows round a drum run apart: what counts is how far below they are where both begin.
        down += way * (left - along) * _slope(frame, line.frame)
        # A box that is too tall holds the print of its line somewhere; the lower one tells best.
        low = min(frame.height, line.frame.height)
        if not LEAST_DOWN * low < down < 2.4 * frame.height:
            continue
        if shared < SHARED and abs(start) > FLUSH * low:
            continue
        if says(mark_grammar.tidy(line.text)) and (nearest is None or down < nearest[0]):
            nearest = (down, index)
    return None if nearest is None else nearest[1]


def _slope(one: Frame, other: Frame) -> float:
    """How far the other line falls for each pixel along the one."""
    return float(other.along @ one.down) / one.turned(other)


def _without_symbol(line: Line) -> Frame:
    """Where a line stands behind the UN symbol, below which the next row seldom begins."""
    frame, symbol = _slim(line), NAMED.match(line.text)
    if symbol is None:
        return frame
    cut = frame.width * symbol.end() / len(line.text)
    centre = frame.centre + np.asarray(frame.along) * (cut / 2)
    return replace(frame, centre=centre, width=frame.width - cut)


def _slim(line: Line) -> Frame:
    """Where a line stands, no higher than its characters are wide: some boxes are far too high."""
    frame = line.frame
    high = WIDTHS * frame.width / max(1, len(line.text))
    return replace(frame, height=high) if LOW * frame.height > high else frame


def _akin(one: Frame, other: Frame, least: float = 0.55) -> bool:
    """Whether two lines run the same way and are about as tall."""
    return one.turned(other) > 0.9 and least < other.height / one.height < 1 / least
