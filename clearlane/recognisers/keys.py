"""The words before a value where they stand alone, as in a table, and how far a value is off."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from clearlane.recognisers import dates, masses, stacked
from clearlane.recognisers.text.line import Line

BESIDE = 28
"""A value in the column beside its words stands so many heights away at most."""

FLUSH, NEXT_ROW = 1.0, 4.0
"""A value right below words begins no more heights further left or right; it is as far away as one
so many heights beside them, so that a column of words over values is not read across."""

WORN_WORDS = 0.93
"""What is left of the score where the words before the value were misread: so may it be."""

NO = (
    r'(?:[\s.:-]{0,3}(?:N[O0QD]O?|NOS|[NH]UMBER|NR|NUM|N[°º]|[MH][O0QD])\b\.?|\s?[NMH]A\b\.(?=[\s:])'
    r'|\s?[#号码]|\s(?:CODE|ID)(?![A-Z]))?'
)
_BEFORE = (
    r'(?:(?:TOTAL|TTL|ACTUAL|PACKAGE|CARTON|BOX|CASE|DRUM|CRATE)\s?|总|[整单每装]?[箱件桶托]'
    r'|\w{1,2}\s?/\s?|[A-Z]{0,3}\s?WEIGHT\s?)?'
)
"""What may stand before the words for a mass, or is left of the same words in another language."""
_WHOSE = (
    r'(?:(?:BATTERY|PACK|MODULE|UNIT|PRODUCT|CABINET|SYSTEM|RACK'
    r'|产品|电池|电池包|模组|出厂|机身|包装)\s?)?'
)
"""What has the number, where the words for it stand alone."""

_WORDS_ALONE = {
    **{
        kind: re.compile(
            rf'\W*{_BEFORE}{words}{masses.ASIDE.format(words=words)}{masses.IN_KEY}'
            rf'{masses.ASIDE.format(words=words)}{masses.PER}\W*(?:KGS?)?\W*'
        )
        for kind, words in masses.WORDS
    },
    'serial': re.compile(
        rf'\W*{_WHOSE}(?:[S5]\s?[/I1.]?\s?N|SERIAL|SER\b\.?(?=\s?N)|\w{{0,2}}序列|序\w{{0,2}}(?=号)|编|箱|机身'
        rf'|SERIEN(?:NUMMER)?|N(?:\W?|[ÚU]MER)O?[\s.]*(?:DE\s)?S[ÉE]RIE){NO}'
        rf'(?:\W*(?:S\s?/?\s?N|SERIAL{NO}|序列?号?))?\W*'
    ),
    'batch': re.compile(
        rf'\W*(?:PROD(?:UCTION)?\.?\s?)?(?:LOT(?:E|TO)?|BATCH|[A-Z]?B\s?[./]\s?N\.?|CHARGEN?|CH\.?\s?-\s?B\b\.?'
        rf'|(?:生产|产品|电池)?批次?编?){NO}(?:\W*(?:LOT|BATCH|CHARGEN?|批次?){NO})?\W*'
    ),
    'un_number': re.compile(
        rf'\W*(?:U\.?N\.?|联合国)(?:{NO}|\s?编号)(?:\W*(?:UN{NO}|联合国编号))?\W*'
    ),
    **{
        kind: re.compile(
            rf'\W*(?:{words})(?:[\s./(]*(?:OF\s)?(?:{words}|DATE)){{0,2}}(?:\s?ON)?'
            r'(?:\s?\([YMD./\s-]+\))?\W*'
        )
        for kind, words in dates.WORDS.items()
    },
}

_WORN_ALONE = (
    ('毛重', re.compile(r'\W*(?:[毛]\w|[G6C]\.\s?W\w\.|G[Rr]\w{2,4}\sW\w{1,3}\.)\W*')),
    ('净重', re.compile(r'\W*(?:[净凈淨]\w|[NHM]\.\s?W\w\.|N[Ee][Tt]\s?W\w{1,3}\.)\W*')),
    ('序列号', re.compile(r'\W*(?:序\w{1,2}|\w列号|Se[a-z]{3,5}\sN[a-zA-Z]{1,2}\.)\W*')),
    ('批号', re.compile(r'\W*(?:批\w|B[a-z]{4}\sN[a-zA-Z]{1,2}\.)\W*')),
)
"""Words that stand alone in a table, with a character or two misread, and what they are."""

_SCRAPS = re.compile(
    r'(?:[^\W\d_a-zA-Z]|[a-zA-Z]{1,2}(?![a-zA-Z])|[\W_])+(?=[a-zA-Z]{3}|[NG]\.|S/?N)'
)
"""What is left of Chinese words before the same in English, small or at the edge of the picture."""
_OF_OTHER_WORDS = re.compile('[充印检验发测试失效型件尺皮签收订合]')
"""Characters of words for something else: a charger, a print, a test, a type, an order."""


_SPELT_OUT = {
    said.replace(' ', ''): said
    for said in (
        'GROSS', 'GROSS WEIGHT', 'GROSS MASS', 'NET WEIGHT', 'NET MASS', 'SERIAL', 'SERIAL NO',
        'SERIAL NUMBER', 'BATCH', 'BATCH NO', 'BATCH NUMBER', 'BATCH CODE', 'LOT NO', 'LOT NUMBER',
        'DATE OF MANUFACTURE', 'MANUFACTURING DATE', 'MANUFACTURED', 'PRODUCTION DATE',
    )
}  # fmt: skip
_HEAD = re.compile(r'\W*([A-Z][A-Z. ]{3,24}?)[\s.:]+(?=\S*\d)')


def likely(text: str) -> str:
    """The text with the words before its value as they are spelt, where a letter or two of them
    were misread; nothing where they may be other words."""
    head = _HEAD.match(text := plain(text))
    words = _spelt(head[1]) if head else ''
    return f'{words}: {text[head.end() :]}' if head and words else ''


def _spelt(words: str) -> str:
    """What these words most likely are, if they are not spelt so."""
    if re.search('[\u4e00-\u9fff]', words):
        return ''  # what they say in Chinese may be whose number it is
    said = re.sub('[^A-Z]', '', unicodedata.normalize('NFD', plain(words)))
    near = [one for one in _SPELT_OUT if Levenshtein.distance(said, one) <= 1 + (len(one) > 8)]
    return _SPELT_OUT[near[0]] if len(near) == 1 else ''


def alone(text: str) -> str:
    """The kind of value that these words are for, if they are nothing else."""
    text = plain(text)
    kinds = (kind for kind, pattern in _WORDS_ALONE.items() if pattern.fullmatch(text))
    return next(kinds, '')


def mended(line: Line) -> Line:
    """The line; words alone that were misread as what they must be, and less sure for it."""
    if any(character.isdigit() for character in line.text) or alone(line.text):
        return line
    for words, pattern in _WORN_ALONE:
        if pattern.fullmatch(line.text):
            # The certainties are those of the characters that were read, not of the words meant.
            worn = line.score * WORN_WORDS
            return replace(line, text=words, score=worn, certainties=(), shapes=())
    for words in (line.other, _spelt(line.text)):
        if words and alone(words):
            worn = line.score * WORN_WORDS
            return replace(line, text=words, score=worn, certainties=(), shapes=())
    scraps = _SCRAPS.match(line.text)
    if scraps and not _OF_OTHER_WORDS.search(scraps[0]) and alone(line.text[scraps.end() :]):
        worn = line.score * WORN_WORDS
        words = line.text[scraps.end() :]
        return replace(line, text=words, score=worn, certainties=(), shapes=())
    return line


def plain(text: str) -> str:
    """Capitals and half-width characters, in as many characters as it had where possible."""
    return unicodedata.normalize('NFKC', text).upper()


def away(words: Line, value: Line) -> float | None:
    """How far a value stands from words for one, in their heights; None if it is not theirs."""
    if not any(character.isdigit() for character in value.text) or alone(value.text):
        return None
    # The longer of the two lines tells best which way the row runs.
    one, other = words.frame, value.frame
    if one.turned(other) < 0.9 and stacked.is_chinese(words.text):
        one = one.upright(other)  # its characters stand one below the other
    if one.turned(other) < 0.9:
        return None
    axis = one if one.width > other.width else other
    along, down = replace(axis, centre=one.centre).place(other)
    gap, high = along - (one.width + other.width) / 2, max(one.height, other.height)
    if abs(down) < 0.6 * high and -high < gap < BESIDE * high:
        return (max(0.0, gap) + 4 * abs(down)) / high
    apart = down - (one.height + other.height) / 2
    if _is_one_number(words, value) and 0.6 < down / high < 1.6 and abs(along) < 0.3 * other.width:
        return 0.0
    if down / one.height > 0.6 and apart < high and abs(along) < (one.width + other.width) / 2:
        start = along + (one.width - other.width) / 2
        flush = abs(start) < FLUSH * high and apart < high / 2
        return (NEXT_ROW if flush else 5 * BESIDE) + down / high
    return None


def _is_one_number(above: Line, below: Line) -> bool:
    """Whether the two are a UN number in two rows of like height, as in a diamond."""
    alike = 0.6 < above.frame.height / below.frame.height < 1.6
    return alike and plain(above.text) == 'UN' and re.fullmatch(r'\d{4}', below.text) is not None
