"""What a printed packaging mark can mean, character by character.

Reading confuses characters that look alike (0 and O, 1 and I, 5 and S), loses
slashes and takes them for other strokes. Each place in a mark holds either a
letter or a digit, so that most of these slips can be undone without guessing:
only a letter in a place for digits is ever taken for a digit, and the reverse.
One digit is never taken for another, nor one letter for another but in the sign
CN before a Chinese maker code: what is printed wrong stays wrong.

>>> [way.value for way in ways('UN 4G/Y25/S/24 CN/C23OO03 P1:001')]
['4G/Y25/S/24/CN/C230003 PI:001']
>>> [way.value for way in ways('4G/Y251S/24/CN/C230003') if way.cost == 1]
['4G/Y25/S/24/CN/C230003', '4G/Y251/S/24/CN/C230003']
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from clearlane.codes.un_mark import INFECTIOUS
from clearlane.recognisers import authorities

ROW = '\n'
"""Stands where the print goes on in the next row; it parts two elements as a slash does."""

LONGEST = 90
"""A longer text is no mark."""

MOST = 400
"""So many ways are looked at; only a text made to confuse has more."""

_DIGITS = '0123456789'
_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

_AS_DIGIT = {
    **dict.fromkeys('OoQDUu', '0'),
    **dict.fromkeys('Il|!i[]', '1'),
    **dict.fromkeys('Zz', '2'),
    **dict.fromkeys('Ss$', '5'),
    **dict.fromkeys('Gb', '6'),
    **dict.fromkeys('T', '7'),
    **dict.fromkeys('B', '8'),
    **dict.fromkeys('gq', '9'),
    **dict.fromkeys('A', '4'),
}
_AS_LETTER = {
    **{letter.lower(): letter for letter in _LETTERS},
    '0': 'O', '1': 'I', '|': 'I', '!': 'I', '2': 'Z', '5': 'S', '$': 'S', '6': 'G', '8': 'B',
    '4': 'A', '¥': 'Y', '×': 'X', '(': 'C', '©': 'C', '€': 'C',
}  # fmt: skip

_STROKES = '1Il|!7\\[]()Jj,.-_'
"""What a slash is taken for."""

_AS_SIGN = {'0': 'D', '1': 'I', '5': 'S', '6': 'G', '8': 'B', '4': 'A'}
"""The letter in the sign of a State that a figure looks like."""

LETTER = 2
"""What it costs to take one letter for another, which is done in one place only."""

SYMBOL = re.compile(
    r'(?:.*[\s:;#)\]>*_-])?\W*(?:[uUnNvV0oO○〇®©@器圆回画图](?![\d/])){0,3}\W*', re.DOTALL
)
"""What may stand before a mark: the UN symbol, however it was read, or words and a gap."""

_AFTER = re.compile(
    r'$|\s+(?!-\s?\d|\w{0,3}\s?[:;.,]\s?\w|[Pp][Il1|!]?\s?[:;.,]?\s?[\dOQlI]|[\d/]|[OQIl]\d{2})[^\s\d]'
    r'|[^\x00-\x7f]|[)\]*;,.]+(?:\s|$)'
)
"""What may follow it: nothing, or words that are no part of a mark."""


@dataclass(frozen=True, order=True)
class Way:
    """One way to understand a text: how many characters were taken for others, and the mark."""

    cost: int
    value: str


Step = tuple[int, str, int]
"""Where a slot ends, what it understood, and at what cost."""

Slot = Callable[[str, int], Iterator[Step]]


_NAMED = re.compile(r'^\W*UN/(?=[1-6][0-3]?[A-Z])')
"""The letters UN for the symbol, parted from the code by a slash."""

_GLUED = re.compile(r'[0-9A-Za-z()@©®°]{1,2}')
"""The UN symbol where it is read as characters that stand at the mark without a gap."""


def ways(text: str) -> list[Way]:
    """The marks that `text` can stand for, the plainest first; none of them is validated here."""
    text = _NAMED.sub('', tidy(text))
    if len(text) > LONGEST:
        return []
    found: dict[str, int] = {}
    for start in range(len(text)):
        before = text[:start]
        glued = _GLUED.fullmatch(before) is not None
        if not glued and SYMBOL.fullmatch(before) is None:
            continue
        extra = int(glued and SYMBOL.fullmatch(before) is None)
        for end, value, cost in islice(_MARK(text, start), MOST):
            if _AFTER.match(text, end):
                found[value] = min(cost + extra, found.get(value, cost + extra))
    return sorted(Way(cost, value) for value, cost in found.items())


def tidy(text: str) -> str:
    """Half-width characters, plain slashes, single spaces and none around a slash."""
    text = unicodedata.normalize('NFKC', text).translate(str.maketrans('∕⁄╱', '///'))
    text = re.sub(r'[^\S\n]+', ' ', text).strip()
    text = re.sub(r'\s*/[\s/]*', '/', text)
    return re.sub(r' *\n\s*', ROW, text)


def _character(wanted: str, alike: dict[str, str]) -> Slot:
    def slot(text: str, at: int) -> Iterator[Step]:
        seen = text[at : at + 1]
        if seen and seen in wanted:
            yield at + 1, seen, 0
        elif alike.get(seen, '-') in wanted:
            yield at + 1, alike[seen], 1

    return slot


def _digit(wanted: str = _DIGITS) -> Slot:
    return _character(wanted, _AS_DIGIT)


def _letter(wanted: str = _LETTERS) -> Slot:
    return _character(wanted, _AS_LETTER)


def _then(*slots: Slot) -> Slot:
    """One slot after the other."""

    def slot(text: str, at: int) -> Iterator[Step]:
        yield from _rest(text, (at, '', 0), slots)

    return slot


def _rest(text: str, so_far: Step, slots: tuple[Slot, ...]) -> Iterator[Step]:
    if not slots:
        yield so_far
        return
    at, value, cost = so_far
    for end, more, extra in slots[0](text, at):
        yield from _rest(text, (end, value + more, cost + extra), slots[1:])


def _either(*slots: Slot) -> Slot:
    def slot(text: str, at: int) -> Iterator[Step]:
        for one in slots:
            yield from one(text, at)

    return slot


def _maybe(one: Slot) -> Slot:
    return _either(one, _nothing)


def _nothing(text: str, at: int) -> Iterator[Step]:
    yield at, '', 0


def _times(one: Slot, least: int, most: int) -> Slot:
    return _either(*(_then(*[one] * count) for count in range(most, least - 1, -1)))


def _slash(text: str, at: int) -> Iterator[Step]:
    """The mark between two elements: a slash, a new row, a space, a stroke, or lost."""
    seen = text[at : at + 1]
    if seen in ('/', ROW) and seen:
        yield at + 1, '/', 0
        if seen == ROW and text[at + 1 : at + 2] in tuple(_STROKES):
            yield at + 2, '/', 1  # it may begin a row as well
        return
    if seen == ' ' or (seen and seen in _STROKES):
        # A slash may end a row, and what it was taken for is no part of the next.
        yield at + (2 if text[at + 1 : at + 2] == ROW else 1), '/', 1
    yield at, '/', 1


def _other_sign(text: str, at: int) -> Iterator[Step]:
    """The sign of a State with figures in it, read as the letters that they look like."""
    found = re.compile(r'[A-Z0-9]{1,3}').match(text, at)
    if found and any(letter.isdigit() for letter in found[0]):
        cost = sum(letter.isdigit() for letter in found[0])
        for zero in 'DO':
            alike = {**_AS_SIGN, '0': zero}
            yield found.end(), ''.join(alike.get(letter, letter) for letter in found[0]), cost


def _looks_like_cn(text: str, at: int) -> Iterator[Step]:
    """CM or CH for CN, or half of it: one letter for another, which costs more than a slip does."""
    if text[at : at + 2] in ('CM', 'CH', 'CI', 'GN', 'ON'):
        yield at + 2, 'CN', LETTER
    elif text[at : at + 1] in ('C', 'N') and text[at + 1 : at + 2] in ('/', ROW):
        yield at + 1, 'CN', LETTER


def _like_s(text: str, at: int) -> Iterator[Step]:
    """9 or 8 alone between slashes, where S stands: a test pressure has two figures at least."""
    if text[at : at + 1] in ('8', '9') and text[at - 1 : at] == text[at + 1 : at + 2] == '/':
        yield at + 1, 'S', LETTER


def _gap(text: str, at: int) -> Iterator[Step]:
    """The mark between year and state, which 6.1.3 prints as a slash or as a space."""
    if text[at : at + 1] == ' ':
        yield at + 1, '/', 0
    else:
        yield from _slash(text, at)


def _space(text: str, at: int) -> Iterator[Step]:
    if text[at : at + 1] in (' ', ROW) and at < len(text):
        yield at + 1, ' ', 0
        if text[at] == ROW and text[at + 1 : at + 2] in tuple(_STROKES):
            yield at + 2, ' ', 1
    elif text[at : at + 1] == '/':
        yield at + 1, ' ', 1
    else:
        yield at, ' ', 0


def _gap_kept(text: str, at: int) -> Iterator[Step]:
    if text[at : at + 1] == ' ':
        yield at + 1, ' ', 0


def _hyphen(text: str, at: int) -> Iterator[Step]:
    """The hyphen in a maker's name, with a gap beside it that was none."""
    found = re.compile(r' - ?| ?- ').match(text, at)
    if found:
        yield found.end(), '-', 1


def _dash(text: str, at: int) -> Iterator[Step]:
    """A dash that is a slash, by what stands around it."""
    if text[at : at + 1] == '-':
        yield at + 1, '/', 1


def _batch_figure(text: str, at: int) -> Iterator[Step]:
    """A figure of a batch; one that looks like a letter other than O and I may be that letter."""
    for end, value, cost in _digit()(text, at):
        yield end, value, 2 * LETTER if text[at] in 'ABDGSTUZ' else cost


def _apart(text: str, at: int) -> Iterator[Step]:
    """The mark before the stacking load of a large packaging: a slash, a space or a new row."""
    if at < len(text) and text[at] in ('/', ' ', ROW):
        yield at + 1, ' ', 0
    elif text[at : at + 2] == f'1{ROW}':
        yield at + 2, ' ', 1


def _colon(text: str, at: int) -> Iterator[Step]:
    found = re.compile(r'\s?([:;.,])?\s?').match(text, at)
    if found:
        yield found.end(), ':', 0 if found[1] == ':' else 1


def _point(text: str, at: int) -> Iterator[Step]:
    if text[at : at + 1] in ('.', ',') and at < len(text):
        yield at + 1, '.', 0 if text[at] == '.' else 1


def _infectious(text: str, at: int) -> Iterator[Step]:
    """The words for infectious substances, which nothing else looks like."""
    found = re.compile(r'[C(]LA[S5]{2}\s?6\W?\s?2', re.IGNORECASE).match(text, at)
    if found:
        yield found.end(), INFECTIOUS, int(found[0].replace(ROW, ' ').upper() != INFECTIOUS)


def _lost(text: str, at: int) -> Iterator[Step]:
    """The point of a density, which is never printed without one."""
    yield at, '.', 1


def _ahead(pattern: str) -> Slot:
    """Nothing, where this comes next."""
    compiled = re.compile(pattern)

    def slot(text: str, at: int) -> Iterator[Step]:
        if compiled.match(text, at):
            yield at, '', 0

    return slot


def _word(pattern: str) -> Slot:
    compiled = re.compile(pattern)

    def slot(text: str, at: int) -> Iterator[Step]:
        found = compiled.match(text, at)
        if found:
            yield found.end(), found[0].replace(ROW, ' '), 0

    return slot


_SUFFIX = _maybe(_letter('VWTU'))
_MATERIAL = {**_AS_LETTER, '0': 'D', 'O': 'D'}
_CODE = _then(
    _digit('123456'),
    _times(_character('ABCDFGHLMNP', _MATERIAL), 1, 2),
    _maybe(_digit('12345')),
    _SUFFIX,
)
_LARGE_CODE = _then(
    _digit('1235'), _digit('013'), _times(_character('ABCDFGHLMNPZ', _MATERIAL), 1, 2),
    _maybe(_digit('12345')), _SUFFIX,
)  # fmt: skip
_AS_I = {**_AS_LETTER, 'l': 'I', 'L': 'I'}
_MONTHLY_CODE = _then(_digit('13'), _letter('H'), _maybe(_digit('12')), _SUFFIX)
"""Drums and jerricans of plastics, which may show the month before the year (6.1.3.1 (e))."""
_LEVEL = _character('XYZ', {**_AS_LETTER, 'v': 'Y', 'V': 'Y', '7': 'Z', '?': 'Z'})
_YEAR = _times(_digit(), 2, 2)
_WHOLE = _then(_digit('123456789'), _times(_digit(), 0, 3))
_MASS = _then(_WHOLE, _maybe(_then(_point, _digit())))
_DENSITY = _then(_digit(), _either(_point, _lost), _digit())
_PRESSURE = _then(_digit('123456789'), _times(_digit(), 1, 2))

_BATCH = _then(
    _space, _letter('P'), _maybe(_character('I', _AS_I)), _colon, _times(_batch_figure, 1, 8)
)
_CN = _then(_letter('C'), _letter('N'))
_SIGN = _either(
    # No other State writes C and six figures: CH or ON before those is CN, misread.
    _word(r'(?!CN)(?!(?:CM|CH|CI|GN|ON|C|N)[/ \n]C\d{6}(?!\d))[A-Z]{1,3}(?=[/ \n|\\]|[1Il!]\n)'),
    _word(r'(?!CN)[A-Z]{1,2}(?=I\n)'),
    _then(_other_sign, _ahead(r'[/ \n]')),
)
_CN_MAKER = _then(_maybe(_letter('C')), _times(_digit(), 6, 7))
_NAME = r'\+?[A-Za-z0-9][A-Za-z0-9+.-]{1,14}(?<!-)'
_OTHER_PART = r'\n\d{1,5}(?![\d/])|/(?!\d{1,5}/\d|[A-Z1]{1,3}/|\d\d\s?R)'
"""What shows that the figures before it are no part of a maker's name."""
_MAKER = _either(
    _word(r'[A-Z]{2,8}/(?:[A-Z-]{0,4}\d{3,6}|\d{2}[A-Z]\d{2,4})(?![\w/])'),
    _word(_NAME + rf'(?: \d{{1,6}}(?:-[A-Z0-9]{{1,12}})?(?!\w|{_OTHER_PART}))?'),
    _then(_word(r'[A-Za-z+.]{2,8}'), _hyphen, _word(r'\d{2,6}(?![\w/-])')),
    _then(_word(_NAME), _gap_kept, _times(_digit(), 3, 6), _word(r'(?:-[A-Z0-9]{1,12})?(?!\w)')),
)
_FROM = _either(
    _then(_CN, _slash, _CN_MAKER),
    # No other State writes C and six figures, so a sign that looks like CN is that.
    _then(_looks_like_cn, _slash, _letter('C'), _times(_digit(), 6, 6), _maybe(_BATCH)),
    _then(_SIGN, _slash, _MAKER),
    _then(_word(authorities.DASHED), _dash, _MAKER),
)

_AGAIN = _then(_slash, _YEAR, _space, _letter('R'), _maybe(_letter('L')))
_BY_ANOTHER = _then(_slash, _SIGN, _slash, _MAKER, _AGAIN)

_MARK = _either(
    _then(
        _CODE, _slash, _LEVEL,
        _either(
            _then(_MASS, _slash, _either(_letter('S'), _like_s)),
            _then(_maybe(_DENSITY), _slash, _PRESSURE),
        ),
        _slash, _YEAR, _gap, _FROM, _maybe(_BATCH), _maybe(_either(_AGAIN, _BY_ANOTHER)),
    ),
    _then(_CODE, _slash, _infectious, _slash, _YEAR, _gap, _FROM, _maybe(_BATCH)),
    _then(
        _MONTHLY_CODE, _slash, _LEVEL,
        _either(_then(_MASS, _slash, _letter('S')), _then(_maybe(_DENSITY), _slash, _PRESSURE)),
        _slash, _YEAR, _space, _YEAR, _gap, _FROM, _maybe(_BATCH),
    ),
    _then(
        _LARGE_CODE, _slash, _LEVEL, _slash, _YEAR, _space, _YEAR, _gap, _FROM,
        _apart, _times(_digit(), 1, 5), _slash, _times(_digit(), 1, 5),
    ),
)  # fmt: skip
