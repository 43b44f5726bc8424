"""Gross and net masses in a text, by the words before them or behind them, in kilograms.

>>> [(one.kind, one.kg) for one in masses('G.W.: 25.3 KG N.W.: 20,1 KG')]
[('gross_mass_kg', '25.3'), ('net_mass_kg', '20.1')]
>>> [(one.kind, one.kg) for one in masses('净重/毛重(KG): 20.1/25.3')]
[('net_mass_kg', '20.1'), ('gross_mass_kg', '25.3')]
>>> [(one.kind, one.kg) for one in masses('25.3 KG GROSS / 20.1 KG NET')]
[('gross_mass_kg', '25.3'), ('net_mass_kg', '20.1')]
>>> [one.kg for one in masses('GROSS WEIGHT: 60.4 IB [27.4 KG] NET T.: 22 KG')]
['27.4', '22']
>>> [one.kg for one in masses('MAX. GROSS WEIGHT 30 KG')]
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from clearlane.recognisers.authorities import AS_FIGURES

ALTERED = 0.93
"""What is left of the score of a UN number or mass for each letter in it that must be a figure."""

NO_UNIT = 0.7
"""What is left of the score of a mass without its unit."""

LIMIT = 0.7
"""What is left of the score of a mass behind a sign that it may be less: a limit, most often."""

MOST_KG = 50_000
"""No package is heavier: more is a number of something else."""

_MASS = r'[MN]A[S5][S5]E?'
_OF = rf'(?:\s?(?:WEIGHT|W?T(?![A-Z])|{_MASS}|WGT|GEWICHT))?'
_BEGINS = r'(?:(?<![A-Z])|(?<=TOTAL)|(?<=\dKG)|(?<=\d KG))'
_FOREIGN = rf'{_BEGINS}(?:(?:POIDS|PESO|MASSE|MASA)\s?)?'
# 6 for G and V for W are slips of reading; with the points and the mass behind, no other words fit.
# Dots and worn print make a C of a G, and an H or an M of an N; the points tell what is meant.
GROSS = (
    rf'(?:[毛总]\s?(?:重量?|量|质量)|(?<![A-Z0-9])[G6C]\.\s?W[A-Z]\.'
    rf'|(?<![A-Z0-9])[G6]\s?[./,]?\s?W\s?(?:T\b)?|(?<![A-Z0-9])[G6C]\.\s?[WHMNRV]\.'
    rf'|{_BEGINS}[G6C]R[O0A][S5][S5]{_OF}|(?:WEIGHT|WT\.?|{_MASS})\s?\(\s?GROSS\s?\)'
    rf'|(?<![A-Z])GRS?\.?\s?W(?:EIGH)?T|{_FOREIGN}(?:BRUTT?[OEA]?|LORDO){_OF})'
)
NET = (
    rf'(?:[净凈淨]\s?(?:重量?|量|含量|质量)|(?<![A-Z0-9])[NHM]\.?\s?W[A-Z]\.|(?<![A-Z0-9])[NHM]\.\s?WI(?=\s)'
    rf'|(?<![A-Z0-9])N\s?[./,]?\s?W\s?(?:T\b)?|(?<![A-Z0-9])[NHM]\.\s?[WHMNRVF]\.'
    rf'|(?<![A-Z0-9])[HM]\s?[./]\s?W\b'
    rf'|{_FOREIGN}NET(?:TO?|O|TE)?(?:{_OF}|\s?(?:QUANTITY|QTY|CONTENTS?))|(?<=MASA )NETA'
    rf'|(?:WEIGHT|WT\.?|{_MASS})\s?\(\s?NET\s?\)'
    rf'|(?<![A-Z])(?:NT\.?|HT\.)\s?W(?:EIGH)?T|(?<![A-Z])[HM]ET\s?(?:WEIGHT|WT|{_MASS}))'
)
WORDS = (('gross_mass_kg', GROSS), ('net_mass_kg', NET))
KINDS = tuple(kind for kind, _ in WORDS)
GAP = r'[\s.:;=#)\]、]*'
_NUMBER = (
    # A figure behind a point that stands alone is the end of a number whose beginning was lost.
    r'((?:(?<!\s\.)|(?=\d+[.,]))(?:(?:\d{1,4}\.\s\d{1,3}|\d{1,4},\s\d{1,2})(?=\s?K[G6])'
    r'|\d{1,3}(?:\.\d{3})+,\d{1,3}'
    r'|\d{1,3}(?:[ ,]\d{3})+(?:\.\d{1,3})?|\d[\dOI]{0,5}(?:[.,][\dLIO|]{1,3})?))(?!\d|[.,]\s?\d)'
)
_GAP_IN = re.compile(r'(\.)\s|(?<=\d)(,)\s(?=\d\d?(?!\d))')
"""A gap behind the point of a number, as in wide print."""
_UNIT = r'(K[G6QC]S?|KILOGRAMS?|公斤|千克|GRAMS?|G|克|吨|TONS?|T|MT|[LI1|]B[S5]?|磅)?(?![A-Z])'
IN_KEY = r'(?:[.:]?\s?(?:[\[【(/,]|IN\s)?\s?(KGS?|千克|公斤)(?![A-Z])\s?[\]】)]?)?'
"""The unit of a value where it stands behind the words, as in a table."""
_OF_ONE = re.compile(
    r'\.?\s?(?:[X×*]\s?\d|EACH|PER\s|/\s?(?:PCS?|EA|UNIT|SET|CELL)\b|/\s?[只个颗支套])'
)
"""What stands behind the mass of one of several things."""
_POUNDS = r'(?:\d[\d.,]*\s?(?:[LI1|]B[S5]?|磅)\.?\s?[(/\[【]\s?)?'
"""The same mass in pounds, which stands before that in kilograms now and then."""
PARTS = r'CELLS?|MODULES?|电芯|单体|模组'
_LIMITS = r'MAX|MAXIMUM|PERMISSIBLE|ALLOWABLE|ALLOWED|RATED|PAYLOAD|LIMIT'
_NOT_OF_THIS = re.compile(
    rf'(?:(?<![A-Z])(?:{_LIMITS}|{PARTS}|(?:PER|EACH|SINGLE|UNIT)(?:\s\w+)?)'
    rf'|{PARTS}|最大|允许|额定|[单每][个只节]?)[\W]*(?:TOTAL|总)?\s?$'
)
"""What makes a mass one that the package may have, or of a part of it."""
_OTHER_UNIT = (
    r'(?!\s?(?:[KM]?WH|M?AH|[KM]?[VW]|PCS|SETS?|DAYS?|[CM]?M|ML|L|OF)(?![A-Z])'
    r'|\s?[%只个件套盒箱天]|\s?[X×*]\s?\d)'
)
PER = r'(?:\.?\s?(?:/|PER\s)\s?(?:件|箱|BOX|CARTON|CTN|PACKAGE|PKG|CASE)(?![A-Z]))?'
"""What says that the mass is that of the whole package."""
ASIDE = r'(?:\s*[/(（]?\s*(?:{words})[)）]?)*'

_BEFORE = {
    kind: re.compile(
        words
        + ASIDE.format(words=words)
        + IN_KEY
        + ASIDE.format(words=words)
        + rf'{PER}{GAP}[≤<≈~约]?\s?{_POUNDS}{_NUMBER}{_OTHER_UNIT}\s?{_UNIT}'
    )
    for kind, words in WORDS
}
_PAIR = rf'{GAP}{_NUMBER}\s?{_UNIT}\s?[/|]\s?{_NUMBER}\s?{_UNIT}'
_BOTH = (
    (('gross_mass_kg', 'net_mass_kg'), re.compile(
        rf'(?:{GROSS}{GAP}[/&]\s?{NET}|(?<![A-Z])G\.?\s?/\s?N\.?\s?W\.?'
        rf'|毛\s?/\s?[净凈淨]\s?[重量]?){IN_KEY}{_PAIR}'
    )),
    (('net_mass_kg', 'gross_mass_kg'), re.compile(
        rf'(?:{NET}{GAP}[/&]\s?{GROSS}|(?<![A-Z])N\.?\s?/\s?G\.?\s?W\.?'
        rf'|[净凈淨]\s?/\s?毛\s?[重量]?){IN_KEY}{_PAIR}'
    )),
)  # fmt: skip
_PAIRED = {
    'gross_mass_kg': re.compile(rf'(?:{NET}){IN_KEY}{GAP}[/&]?\s?$'),
    'net_mass_kg': re.compile(rf'(?:{GROSS}){IN_KEY}{GAP}[/&]?\s?$'),
}
"""The words for the other mass right before: whose number comes first is not known here."""

_KILOS = rf'{_NUMBER}\s?(KGS?|千克|公斤)\.?\s?'
_BEHIND = {
    kind: re.compile(
        rf'(?<![\d.,]){_KILOS}(?:\(\s?(?:{words}){_OF}\s?\)'
        rf'|(?:{words})(?![A-Z]){_OF}(?!{GAP}\d))'
    )
    for kind, words in (
        ('gross_mass_kg', r'GROSS|BRUTTO|毛重'), ('net_mass_kg', r'NETT?O?|[净凈淨]重'),
    )
}  # fmt: skip
"""A mass before its words, in brackets or with no other number behind them."""

_BARE = re.compile(
    r'(?:\W*\w{0,2}\W{1,2}\w{0,2}\W{1,3})?(?<!\d)(?<!\d[.,])(\d{1,4}(?:[.,]\d{1,3})?)\s?K[GQ]S?\W*'
)
"""A mass alone; of words before it, as in `G.W.`, no more is left than points and scraps."""

_KILOGRAMS = {
    'K': Decimal(1), '公': Decimal(1), '千': Decimal(1), '': Decimal(1),
    'G': Decimal('0.001'), '克': Decimal('0.001'), 'T': Decimal(1000), '吨': Decimal(1000),
    'M': Decimal(1000),
}  # fmt: skip


@dataclass(frozen=True)
class Mass:
    """A mass in a text: its kind, kilograms, place, the words before it, how sure its form is, and
    its unit if it has one."""

    kind: str
    kg: str
    span: tuple[int, int]
    words: str
    worth: float
    repaired: bool
    unit: str


def has_unit(text: str) -> bool:
    """Whether every mass that the text names has its unit."""
    return all(mass.unit for mass in masses(text))


def bare(text: str) -> str:
    """The kilograms of a text that is a mass alone, behind a few characters that say nothing."""
    found = _BARE.fullmatch(text)
    return found[1].replace(',', '.') if found else ''


def masses(text: str) -> Iterator[Mass]:
    """All gross and net masses that a text names, capitals expected."""
    for kinds, pattern in _BOTH:
        both = pattern.search(text)
        if both:
            unit, first, one, second, other = both.groups()[-5:]
            yield from _mass(kinds[0], first, one or other or unit, both.span(), '')
            yield from _mass(kinds[1], second, other or one or unit, both.span(), '')
            return
    bracketed = [match.span() for match in _behind(text) if match[0].endswith(')')]
    spans = list(bracketed)
    for kind, pattern in _BEFORE.items():
        for match in pattern.finditer(text):
            before = text[: match.start()]
            taken = any(a < match.end() and match.start() < b for a, b in bracketed)
            if taken or _NOT_OF_THIS.search(before) or _PAIRED[kind].search(before):
                continue
            if _OF_ONE.match(text, match.end()):
                continue
            unit, number, behind = match.groups()
            words = match[0][: match.start(2) - match.start()]
            spans.append(match.span())
            limit = LIMIT if words[-2:].strip()[-1:] in ('<', '≤') else 1.0
            for mass in _mass(kind, number, behind or unit, match.span(), words):
                yield replace(mass, worth=mass.worth * limit)
    for kind, pattern in _BEHIND.items():
        for match in pattern.finditer(text):
            spoken = any(
                a < match.end() and match.start() < b for a, b in spans if (a, b) != match.span()
            )
            if not spoken:
                yield from _mass(kind, match[1], match[2], match.span(), '')


def _behind(text: str) -> Iterator[re.Match[str]]:
    for pattern in _BEHIND.values():
        yield from pattern.finditer(text)


def _mass(
    kind: str, number: str, unit: str | None, span: tuple[int, int], words: str
) -> Iterator[Mass]:
    unit = unit or ''
    if unit and unit[0] in 'LI1|磅':
        return  # pounds stand beside kilograms, which are read for themselves
    figures = number.translate(AS_FIGURES)
    altered = sum(a != b for a, b in zip(number, figures, strict=True))
    amount = _decimal(figures) * _KILOGRAMS[unit[:1]]
    if 0 < amount <= MOST_KG:
        worth = ALTERED ** (altered + bool(_GAP_IN.search(number))) * (1.0 if unit else NO_UNIT)
        yield Mass(kind, format(amount, 'f'), span, words, worth, altered > 0, unit)


def _decimal(number: str) -> Decimal:
    """A printed number; a comma before exactly three digits parts thousands."""
    number = _GAP_IN.sub(r'\1\2', number)
    if '.' in number and ',' in number and number.rindex('.') < number.rindex(','):
        number = number.replace('.', '')
    number = re.sub(r'[ ,](?=\d{3}(?!\d))', '', number)
    return Decimal(number.replace(',', '.'))
