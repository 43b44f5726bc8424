"""UN packaging marks (联合国包装标记) among the lines of text that were read.

A mark is printed in one row or in up to four, with the UN symbol beside it or
above it. The rows are put together by where they stand; the grammar of the mark
undoes slips of reading where only one mark can be meant, and says so. What looks
like a mark but is none is reported too, with what it says and why it is none: a
mark that cannot be read must never look like a mark that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from clearlane.codes import Invalid, un_mark
from clearlane.model import Reading
from clearlane.recognisers import authorities, mark_grammar, mark_rows
from clearlane.recognisers.mark_again import Again
from clearlane.recognisers.text.line import Frame, Line, around, certainty, corners
from clearlane.recognisers.trellis import Said

NAME = 'un_mark/1'

ANY_DAY = date(2079, 12, 31)
"""No year counts as yet to come here: a reading must not depend on the day it is made."""

REPAIR = 0.85
"""What is left of the score for each character that was taken for another."""

DISPUTED = 0.7
"""What is left of the score where the second reading makes it another mark."""

OTHERWISE = 0.8
"""What is left of the score where only the second reading of a line makes it a mark."""

NO_BATCH = 0.9
"""What is left of the score of a Chinese mark without its batch, which may have been overlooked."""

UNREAD_ROW = 0.6
"""What is left of the score where a row beside the mark could be a part of it, unread."""

UNKNOWN = 0.9
"""What is left of the score of a foreign mark whose authority is not among those of its State."""

SURE = 0.95
"""A mark read as surely that breaks a rule is printed so."""

DOUBTFUL = 0.5
"""A mark that scores less is read again out of the picture."""

DOUBTFUL_ABROAD = 0.9
"""The same for one of another State, as any letter or figure may stand in its maker's code: two in
twelve were put right so. Of Chinese ones above the other limit it was none in 47."""

FITS = 0.7
"""A mark so read must be so likely a character, beside what is likeliest without any form."""

SEEN = 0.02
"""And each of its characters must be seen with this likelihood."""

PLAIN = 0.3
"""Where each character is seen with this likelihood at a glance, that bears out a mark."""

NOT_VALID = 0.3
"""The highest score of a text that looks like a mark and is none."""

HEAD = re.compile(
    r'(?:(?<![A-Z0-9])|(?<=^UN))[1-6I|l][A-HL-P0-9I]{1,3}[VWTU]?\s?[/|1Il!\\]\s?[XYZ¥]\s?[\dIl]'
    r'|[XYZ¥]\d{1,3}(?:[.,]\d)?\s?[/|1Il!\\]\s?[S5$]\s?[/|1Il!\\]\s?\d\d'
    r'|(?<![A-Z0-9])[1-6][0-3I][A-HL-PZ]{1,2}\d?[VWT]?/[XYZvV][/ ]\d\d'
    r'|(?<![A-Z0-9])[1-6][A-HL-P680]{1,2}[12]?[VWTU]?/[XYZ27]\d{1,3}(?:[.,]\d)?/[S589]/\d\d'
    r'|(?<![A-Z0-9])[1-6]H?[AHBG][12]?[VW]?\s?/\s?[XYZ27]\s?\d[.,]\d(?=\W|$)'
    r'|^\W*[1-6][0-3]?[A-HL-P]{1,2}\d?[VWT]?\s?/\s?[XYZ]\s?/?$'
    r'|/S/\d\d|(?<![A-Z0-9/])[A-Z0-9]{2,4}/[A-Z]\d{0,3}(?:\.\d)?/',
    re.IGNORECASE,
)
"""A text that starts a mark, or a good part of one."""

TAIL = re.compile(
    r'\bCN\s?[/|1Il!\\]?\s?C\s?[\dOQISB]{5,7}|/CN/|\d\d[/ ]CN\b|\bCN[/|\\]', re.IGNORECASE
)
"""A text that can only be the end of a mark."""

CODE = re.compile(r'^\W*(?:[UuVv]\W?[Nn]\W{0,2})?[1-6][0-3]?[A-HL-P]{1,2}[\dI]?[VWTU]?\s?/?\W*$')
LEVEL = re.compile(r'^\W*(?:[XYZ¥]\s?(?:\d{1,4}(?:[.,]\d)?)?|2)(?:\s?/.*)?\W*$')
"""The code alone in a row, and what the row below it says then; alone either says nothing."""

LOOSE = re.compile(r'[1-6I].{0,4}/.{0,6}/.{0,3}\d\d|/.*\d.*/.*\d|^\W?[1-6][A-HL-P]\w{1,4}/')
"""What may be a mark that was read badly."""

ANY = re.compile(r'\d')
"""What may be a part of one."""

SHORT = re.compile(r'^\W*\w{1,3}\s?(?:[:;.,]\s?\w{1,8}|\w{1,4})\W*$')
"""A row as short as a batch."""

_GOES_ON = re.compile(r'\d\s?-\s[A-Z]|\d\s-\s?[A-Z]|\d (?P<again>R(?:L|EC)?)$')
"""A maker's name that goes on behind a stroke with gaps, or a sign of reconditioning alone."""

_RECONDITIONED = re.compile(r'/\d\d RL?$')
"""What a reconditioner adds (6.1.3.8), at the end."""

_ABROAD = re.compile(r'[/ ]\d\d/(?!CN/)([A-Z]{1,3})/(\w.*)')
"""The sign of another State, and what follows it."""

INFECTIOUS = re.compile(r'^(\d{1,2}[A-Z]{1,2}\d?)U/(?!CLASS)')
"""U behind the code stands where CLASS 6.2 follows (6.3.4.2 (g)): elsewhere V is meant."""

SEVEN = re.compile(r'[A-Z]\d?[VW]?\s?/\s?7')
"""A figure in the place of the packing group: Z as well as Y may look like it."""

SYMBOL = re.compile(r'^\W*(?:[uUnNvV器圆回画图图®©@○〇]{1,2}|[^\x00-\x7f])?\W*$')
"""How the UN symbol is read where it stands by itself."""


def find(lines: Sequence[Line], again: Again | None = None) -> tuple[list[Reading], set[int]]:
    """The marks among `lines`, and which of the lines they are made of.

    Doubtful ones are read `again` out of the picture, where that is given.
    """
    taken: set[int] = set()
    readings: list[Reading] = []
    # Its first row is asked before those below it, which say enough to pass for one.
    order = sorted(range(len(lines)), key=lambda at: not _opens(lines, at, taken))
    for pattern in (HEAD, TAIL, LOOSE):
        if pattern is LOOSE and (again is None or readings):
            break
        for index in order:
            if index in taken:
                continue
            text = mark_grammar.tidy(lines[index].text)
            if pattern.search(text) or (pattern is HEAD and _opens(lines, index, taken)):
                mark: _Mark | None = None
                if pattern is not LOOSE:
                    mark = _complete(lines, index, taken)
                if again is not None and (mark is None or mark.is_doubtful):
                    mark = _read_again(lines, index, taken, mark, again)
                if mark is not None and not (mark.is_short and _is_code(lines, index, taken)):
                    readings.append(mark.reading)
                    taken |= mark.used
    return readings, taken


def _opens(lines: Sequence[Line], index: int, taken: set[int]) -> bool:
    """Whether a line reads as the beginning of a mark, which the code alone does not."""
    text = lines[index].text
    if CODE.search(mark_grammar.tidy(text)):
        return _is_code(lines, index, taken)
    return mark_rows.begins(text, level=True)


def _is_code(lines: Sequence[Line], index: int, taken: set[int]) -> bool:
    """Whether a line is the code of a packaging alone, with the level in the row below it."""
    code = mark_grammar.tidy(lines[index].text)
    if not CODE.search(code):
        return False

    def is_level(text: str) -> bool:
        joined = mark_grammar.ROW.join([code, text])
        return LEVEL.search(text) is not None or mark_rows.begins(joined, level=True, worn=True)

    return mark_rows.below(lines, [index], taken, is_level) is not None


@dataclass(frozen=True)
class _Mark:
    reading: Reading
    used: set[int]
    rows: list[list[int]] = field(default_factory=list)
    worth: tuple[bool, bool, bool, float] = (False, False, False, 0.0)
    printed: bool = False
    """Whether it reads as a mark as it stands, right or wrong."""

    @property
    def is_short(self) -> bool:
        """Whether it is no mark, and a row or two of one at most."""
        return 'error' in self.reading.details and len(self.rows) < 3

    @property
    def is_doubtful(self) -> bool:
        """Whether another reading could make it right, or surer."""
        wrong = 'error' in self.reading.details
        if wrong and self.printed and self.reading.score > SURE * NOT_VALID:
            return False
        chinese = '/CN/' in self.reading.value
        return wrong or self.reading.score < (DOUBTFUL if chinese else DOUBTFUL_ABROAD)


def _read_again(
    lines: Sequence[Line], head: int, taken: set[int], first: _Mark | None, again: Again
) -> _Mark | None:
    """The mark as it is read out of the picture, if that makes more of it than `first` is."""
    if first is not None and _bears_out(lines, first, again):
        return first
    best: tuple[tuple[float, int], Said, list[list[int]]] | None = None
    for start in _heads(lines, head, taken):
        rows: list[list[int]] = []
        for row in mark_rows.rows(lines, start, taken, ANY.search):
            rows.append(row)
            said = again([[lines[index] for index in one] for one in rows])
            if said is None or said.fit < FITS or min(said.certainties) < SEEN:
                continue
            rank = (round(said.fit, 1), len(rows))
            if (best is None or rank > best[0]) and not _meaning(said.text).error:
                best = rank, said, list(rows)
    if best is None:
        return first
    _, said, rows = best
    meaning = _authorised(_meaning(said.text))
    used = {index for row in rows for index in row}
    raw = mark_grammar.tidy(_joined([[lines[index].text for index in row] for row in rows]))
    if first is not None and meaning.value == first.reading.value:
        return first
    disputed = first is not None and 'error' not in first.reading.details
    if first is not None and disputed and _speaks_for(first.reading.value, meaning.value):
        return first
    reading = Reading(
        kind='un_mark',
        value=meaning.value,
        score=said.score * meaning.doubt * OTHERWISE * (DISPUTED if disputed else 1),
        recogniser=NAME,
        box=corners(around([lines[index].quad for row in rows for index in row])),
        details={'repaired': raw.replace(mark_grammar.ROW, ' ')},
    )
    return _Mark(reading, used | _symbols(lines, rows, used | taken))


def _speaks_for(one: str, other: str) -> bool:
    """Whether in the one mark, not in the other, the State goes with the authority it names."""
    return authorities.meant(other)[1] and not authorities.meant(one)[1]


def _bears_out(lines: Sequence[Line], first: _Mark, again: Again) -> bool:
    """Whether a glance at its rows says plainly what the first reading says.

    Most doubtful marks were read right: all views would cost three times as much for nothing.
    """
    if 'error' in first.reading.details:
        return False
    said = again([[lines[index] for index in row] for row in first.rows], glance=True)
    if said is None or said.fit < FITS or min(said.certainties) < PLAIN:
        return False
    return _authorised(_meaning(said.text)).value == first.reading.value


def _heads(lines: Sequence[Line], head: int, taken: set[int]) -> list[int]:
    """The line that looks like a mark; where only its end does, the two above it too."""
    found = [head]
    while len(found) < 3 and not HEAD.search(mark_grammar.tidy(lines[found[-1]].text)):
        above = mark_rows.below(lines, [found[-1]], taken, ANY.search, way=-1)
        if above is None:
            break
        found.append(above)
    return found


def _complete(lines: Sequence[Line], head: int, taken: set[int]) -> _Mark:
    """The best mark that begins in this line: with its batch, valid, and sure, in this order."""
    rows: list[list[int]] = []
    best: _Mark | None = None
    for row in mark_rows.rows(lines, head, taken):
        rows.append(row)
        mark = _understood(lines, rows, taken)
        if best is None or mark.worth > best.worth:
            best = mark
    assert best is not None  # the head itself is the first row
    return _without_words(lines, best, taken)


def _without_words(lines: Sequence[Line], mark: _Mark, taken: set[int]) -> _Mark:
    """The mark without what stands to the right of its rows and says nothing of it."""
    for at in range(len(mark.rows)):
        while len(mark.rows[at]) > 1:
            rows = [row[:-1] if at == index else row for index, row in enumerate(mark.rows)]
            shorter = _understood(lines, rows, taken)
            if shorter.reading.value != mark.reading.value:
                break
            mark = shorter
    return mark


def _understood(lines: Sequence[Line], rows: list[list[int]], taken: set[int]) -> _Mark:
    """What these rows say when read as one mark."""
    used = {index for row in rows for index in row}
    meaning = _authorised(_best_meaning(lines, rows))
    score = min(certainty(lines[index], typed=True) for index in used)
    score = min([score, *_certainties_abroad(lines, used, meaning.value)])
    has_batch = ' PI:' in meaning.value
    if not has_batch and '/CN/' in meaning.value:
        unread = mark_rows.below(lines, rows[-1], used | taken, SHORT.search) is not None
        score *= NO_BATCH * (UNREAD_ROW if unread else 1)
    more = _GOES_ON.search(meaning.raw)
    if more and '/CN/' not in meaning.value and not meaning.value.endswith(more['again'] or '-'):
        score *= UNREAD_ROW
    if _is_disputed(lines, rows, meaning):
        score *= DISPUTED
    details = {}
    if meaning.error:
        score, details['error'] = score * NOT_VALID, meaning.error
    elif meaning.doubt < 1:
        score *= meaning.doubt
        details |= {'repaired': meaning.raw} if meaning.value != meaning.raw else {}
    reading = Reading(
        kind='un_mark',
        value=meaning.value,
        score=score,
        recogniser=NAME,
        box=corners(around([lines[index].quad for row in rows for index in row])),
        details=details,
    )
    used |= _symbols(lines, rows, used | taken)
    # A mark that is whole and breaks a rule is told whole, not by the half that breaks it.
    goes_on = has_batch or _RECONDITIONED.search(meaning.value) is not None
    worth = (not meaning.error, meaning.whole, goes_on and meaning.whole, score)
    return _Mark(reading, used, list(rows), worth, meaning.whole)


def _certainties_abroad(lines: Sequence[Line], used: set[int], mark: str) -> Iterator[float]:
    """How sure each word of a foreign maker's name is, where any letter or figure may stand."""
    abroad = _ABROAD.search(mark)
    for word in abroad[2].split() if abroad else ():
        for index in used:
            at = lines[index].text.rfind(word)
            if at >= 0:
                yield certainty(lines[index], (at, at + len(word)))


@dataclass(frozen=True)
class _Meaning:
    """A mark, the text it was made of, what that leaves of the score, and why it is no mark."""

    value: str
    raw: str
    doubt: float = 1.0
    error: str = ''
    whole: bool = True
    """Whether it has all parts of a mark, be they right or wrong."""


def _authorised(meaning: _Meaning) -> _Meaning:
    """The mark with a slip in the word of its authority undone; less sure if that is unknown."""
    if meaning.error:
        return meaning
    value, doubtful = authorities.meant(meaning.value)
    cost = REPAIR**mark_grammar.LETTER if value != meaning.value else 1.0
    value, letters = INFECTIOUS.subn(r'\1V/', value, count=1)
    guessed = bool(SEVEN.search(meaning.raw)) + _is_sign_guessed(value, meaning.raw)
    cost *= DISPUTED ** (letters + guessed)
    return replace(meaning, value=value, doubt=meaning.doubt * cost * (UNKNOWN if doubtful else 1))


def _is_sign_guessed(mark: str, raw: str) -> bool:
    """Whether the sign of another State stands for characters that do not say it as they are; or is
    V, of the Holy See, as which `I/` reads."""
    sign = _ABROAD.search(mark)
    if sign is None:
        return False
    return sign[1] == 'V' or re.search(rf'(?<![A-Z0-9]){sign[1]}(?![A-Z0-9])', raw) is None


def _best_meaning(lines: Sequence[Line], rows: list[list[int]]) -> _Meaning:
    """What the rows mean; where they read as no plain mark, the second reading is asked too."""
    first = [[lines[index].text for index in row] for row in rows]
    second = [[lines[index].other or lines[index].text for index in row] for row in rows]
    meaning = _meaning(_joined(first))
    if second == first or (not meaning.error and meaning.doubt == 1):
        return meaning
    other = _meaning(_joined(second))
    doubt = other.doubt * OTHERWISE
    if other.error or (not meaning.error and doubt <= meaning.doubt):
        return meaning
    return replace(other, raw=meaning.raw, doubt=doubt)


def _is_disputed(lines: Sequence[Line], rows: list[list[int]], meaning: _Meaning) -> bool:
    """Whether the other readings of these rows make a valid mark too, and another one."""
    if meaning.error or not any(lines[index].other for row in rows for index in row):
        return False
    texts = [[lines[index].other or lines[index].text for index in row] for row in rows]
    second = _meaning(_joined(texts))
    return not second.error and second.value != meaning.value


def _joined(texts: list[list[str]]) -> str:
    return mark_grammar.ROW.join(' '.join(row) for row in texts)


def _meaning(text: str) -> _Meaning:
    """The mark that is meant by a text, if it is one and only one."""
    raw = mark_grammar.tidy(text).replace(mark_grammar.ROW, ' ')
    ways = mark_grammar.ways(text)
    # Of two that it reads as, the longer one leaves nothing of it out.
    printed = sorted((way.value for way in ways if way.cost == 0), key=len, reverse=True)
    if printed:
        # It reads as a mark as it stands: what is wrong with it is printed, not misread.
        error = _wrong(printed[0])
        near = [way for way in ways if _is_a_slip_apart(way, printed[0])] if error else []
        if len(near) == 1 and not _wrong(near[0].value):
            return _Meaning(near[0].value, raw, REPAIR ** near[0].cost)
        if error and not _wrong(stated := authorities.stated(printed[0])):
            return _Meaning(stated, raw, REPAIR**mark_grammar.LETTER)
        return _Meaning(printed[0], raw, error=error)
    valid = [way for way in ways if not _wrong(way.value)]
    nearest = [way for way in valid if way.cost == valid[0].cost]
    if len(nearest) == 1:
        return _Meaning(nearest[0].value, raw, REPAIR ** nearest[0].cost)
    if nearest:
        meant = ' or as '.join(way.value for way in nearest)
        return _Meaning(raw, raw, error=f'can be read as {meant}', whole=False)
    if HEAD.search(raw) is None:
        return _Meaning(raw, raw, error='only the end of a mark can be read here', whole=False)
    if (signed := authorities.signed(raw)) != raw:
        found = _meaning(signed)
        return replace(found, raw=raw, doubt=found.doubt * REPAIR**mark_grammar.LETTER)
    return _Meaning(raw, raw, error=_wrong(raw) or 'is no mark as a whole', whole=False)


def _is_a_slip_apart(way: mark_grammar.Way, printed: str) -> bool:
    """Whether the two differ in one part alone: the sign of China that was read as another one, or
    a slash at the end of a row that was read as a letter or figure (`DI` for `D/`)."""
    parts = [
        (a, b) for a, b in zip(way.value.split('/'), printed.split('/'), strict=False) if a != b
    ]
    if len(parts) != 1:
        return False
    meant, seen = parts[0]
    is_china = way.cost == mark_grammar.LETTER and meant == 'CN'
    return is_china or seen in (f'{meant}I', meant.replace(' ', '1 ', 1))


def _wrong(mark: str) -> str:
    """Why this is no mark, or nothing."""
    try:
        un_mark.validate(mark, today=ANY_DAY)
    except Invalid as reason:
        return reason.message
    return ''


def _symbols(lines: Sequence[Line], rows: list[list[int]], taken: set[int]) -> set[int]:
    """The lines beside or above the mark that are its UN symbol."""
    block = Frame.of(around([lines[index].quad for row in rows for index in row]))
    found = set()
    for index, line in enumerate(lines):
        if index in taken or not SYMBOL.match(line.text):
            continue
        along, down = block.place(line.frame)
        reach = max(line.frame.height, line.frame.width, block.height)
        beside = -reach < along + block.width / 2 < 0.3 * reach and abs(down) < 0.6 * reach
        above = -1.6 * reach < down < 0 and abs(along) < block.width / 2 + reach
        if beside or above:
            found.add(index)
    return found
