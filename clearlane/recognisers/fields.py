"""What a package says of itself beside its mark: UN number, masses, serial and batch.

A value is found by the words before it, in English or Chinese. Where those words
stand alone, as in a table, the value is looked for to their right, then below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from clearlane.model import Reading
from clearlane.recognisers import dates, keys, leaders, masses, rows
from clearlane.recognisers.authorities import AS_FIGURES, looks_alike
from clearlane.recognisers.text.line import Line, around, certainty, corners
from clearlane.recognisers.text.second_look import folded

NAME = 'fields/1'

DAY_FIRST = 0.75
"""What is left of the score of a day before its month, parted by points, where it may be a month:
so it is written wherever points part days, but who knows."""

DISPUTED = 0.6
"""What is left of the score where two readings of the line differ in the value."""

CONFIRMED = 0.98
"""The score of a serial that a barcode beside it repeats."""

LOOKALIKES = {'serial': 0.85, 'batch': 0.6}
"""What is left of the score of a serial with letters that figures look like, and of a batch that
begins with a figure which a letter looks like: L25164 reads as 125164, B24-49 by dots as 324-49,
B260215-15 as 8260215-15."""

GLUED = 0.8
"""What is left of the score where words and value stand without a gap."""

BORROWED = 0.9
"""What is left of the score where the value stands in another line than its words."""

CUT_DAY = 0.6
"""What is left of the score of a day of one figure behind a month of two, and of a month without a
day: what is missing may be cut off."""

CUT = 0.6
"""What is left of the score of a number behind which a stroke stands with nothing after it."""

SHORT = 0.8
"""What is left of the score of a serial of so few characters that its end may be hidden."""

LEAST_LEFT, MOST_CUT = 5, 6
"""So much of a cut serial must be left, and so much may be lost, to know it in a code."""

IMPOSSIBLE = 0.5
"""What is left of the scores of masses that cannot both be right."""

OTHER_DAY = 0.75
"""What is left of the score of a day whose DATE stands behind a word that is not of manufacture."""

GUESSED, LEAST_NET = 0.3, 0.4
"""What is left of the score of a mass whose words were not read, where the picture has one other
mass; and the least part of the gross mass that a net one is then."""

LITTLE = 0.2
"""A net mass is seldom a smaller part of the gross one: a figure at its beginning may be lost."""

_VALUE = r'([A-Z0-9](?:[A-Z0-9_/.*+]|\s?-\s?(?=[A-Z0-9])){2,39})'
_NUMBERS = {
    'serial': re.compile(
        r'(?:(?<![A-Z])S\s?[/-]?\s?N(?![A-Z-])|^\W*SN-(?=[A-Z0-9]+-)|(?<![A-Z])S\.\s?N\.'
        r'|(?<![A-Z0-9])5\s?[/.]\s?N(?![A-Z])|^\W*SIN(?=:\s?\d{6})'
        r'|^\W*[S5]\s?/?\s?[NHM](?=[\s:.]+(?:[A-Z]{0,4}[-\s]?\d){4})'
        # The space before the value, or the N behind the stroke, is lost.
        r'|^\W*[S5]\s?/\s?[NHM]?(?=[\s:.]*[A-Z]{0,3}-?(?:\d-?){3})|^\W*SN(?=[A-Z]{1,4}-?\d{5})'
        r'|(?<![A-Z])[S5][E38][RPK][I1LT!|][AR4][L1I!|]|(?<![A-Z])SER\b\.?(?=\s?N[O0R])'
        r'|(?<![A-Z])SERIEN(?:NUMMER)?|(?<![A-Z])N(?:\W?|[ÚU]MER)O?[\s.]*(?:DE\s)?S[ÉE]RIE'
        # Other things have a number (编号) too: that of the goods, a contract, the UN.
        r'|序\s?\w{0,3}号|序列|(?<!UN)(?<![\u4e00-\u9fff])(?:产品|出厂|电池|机身|包装)?编(?=[号码])'
        r'|(?<!集装)箱(?=\s?(?:[号码编#:]|N[O0]))|机身)'
        + keys.NO + r'(?:\s?[(（]?S\s?/?\s?N(?![A-Z0-9])[)）]?)?' + masses.GAP + _VALUE
    ),
    'batch': re.compile(
        r'(?:(?<![A-Z])L[O0D]T(?:E|TO)?(?:(?![A-Z])|(?=N[O0]|NUM))|(?<![A-Z])[B8][AO]T[CEG][HNM]'
        r'|(?<![A-Z0-9])B\s?[./]\s?N(?![A-Z])|^\W*[A-Z]B\s?/\s?N(?![A-Z])|(?<![A-Z])CHARGEN?(?=\W{0,2}N[RO])'
        r'|(?<![A-Z])CH\.?\s?-\s?B\b\.?'
        # In English a charge is something else: alone with its value, or of many figures, a batch.
        r'|^\W*CHARGE(?=\W+(?=[A-Z0-9-]*\d\d)(?!\d+M?AH)[A-Z0-9/-]{5,}\W*$)'
        r'|(?<![A-Z])CHARGE(?=\s?:\s?(?=[A-Z0-9/-]*\d{4})(?!\d+(?:M?AH|[MK]?WH|MA|V)(?![A-Z0-9])))'
        # The lot of an inspection (检验批) is none of the goods.
        r'|(?<![检验])(?:生产)?批(?:次编?)?)'
        + keys.NO + r'(?:\s?[/(（]\s?(?:LOT|BATCH|CHARGEN?)(?:\s?NO)?\.?[)）]?)?'
        + masses.GAP + _VALUE
    ),
}  # fmt: skip
_MAY_BE_OTHER = {
    'serial': re.compile('[OIQ]'),
    'batch': re.compile(
        r'^1\d{5}$|^[0138]\d\d-|^[0138]2\d(?:0[1-9]|1[0-2])[0-3]\d(?!\d)|^[A-Z]\.\d'
    ),
}
_UN_NUMBER = re.compile(
    r'(?:(?<![A-Z0-9])[LI|]?U\.?\s?N\.?\s?(?:/NA|ID)?[\s-]?(?:NO|NUMBER|编号|号)?|联合国(?:编号|号))(?:\s?[/(]?\s?UN\s?NO)?'
    r'[\s.:#)-]*((?:[0-9OQIL|SBZ]\)?){4})(?<!\))(?![0-9A-Z]|-\d)(?!/(?!\s?(?:UN\s?)?\d{4}(?!\d)))'
)
_ANOTHER_DAY = re.compile(r'(?<![A-Z])(?!MADE|BATCH|LOT)[A-Z]{3,}\W{0,2}$')
_GOES_ON = re.compile(r'\s?[-–—]\s*$|\s?[~～—至到]\s?[A-Z0-9]|\s\d{2,6}(?![\w./-])')
"""What stands behind a number that may not be whole, or is the first of a range."""
_RANGE = re.compile(r'(?=.*\d)([A-Z0-9]{3,})[A-Z0-9]+-\1[A-Z0-9]+$')
_TWO_KEYS = re.compile(r'(?:LOT|BATCH|批次?号?|S/N|SERIAL|序列号)\s?[/&]\s?$')
_OF_OTHER = {
    'serial': re.compile(
        r'(?<![A-Z])(?:REPORT|CHARGER|PRINTER|METER|DEVICE|SEAL|INSERT)\s?$|(?:充电器|报告|仪器)\s?$'
    ),
    'batch': re.compile('(?!)'),
}
"""What has a number that is not that of the goods."""
_NO_SERIAL = re.compile(r'UN\d{4}|UN38\.?3|(?:REF|MODEL|TYPE)\..*|\d{1,4}/\d{1,4}')
"""A UN number, or one box of many: behind words as 编号 and 箱号 they are no serial."""

_SPELT = re.compile(
    r'(?:GROSS|BRUTT?O?|LORDO|NETT?O?|POIDS|PESO|WEIGHT|GEWICHT|WT|MASSE?|WGT|QUANTITY|KGS?|GRS?|NT|IN'
    r'|[GN]\s?[./,]?\s?W\s?T?|S\s?/?\s?N|S\.N|SER(?:IAL)?|CODE|B\s?/\s?N|BATCH|LOT|NO'
    r'|NUMBER|NR|NUM|MFG|MFD|MANUFACTUR(?:E|ED|ING)?|PROD(?:UCTION|UCED)?|DATE|OF|EXP(?:IRY|IRES)?'
    r'|USE|BY|BEST|BEFORE|ACTUAL|TOTAL|GROSS|SERIEN(?:NUMMER)?|S[ÉE]RIE|N[ÚU]MERO|DE|LOTT?[EO]'
    r'|CHARGEN?|CONTENTS?|QTY|ID|D\.?O\.?M|HERSTELL(?:UNGS)?DATUM|PRODUKTIONSDATUM'
    r'|BRUTA|NETA|MASA|[^A-Z0-9])*'
)
"""The words before a value as they are spelt; what stands there instead was misread."""


@dataclass(frozen=True)
class Found:
    """A value in a text: what it is, where it stands, how much its form takes from the score."""

    kind: str
    value: str
    span: tuple[int, int]
    worth: float = 1.0
    repaired: bool = False


def find(lines: Sequence[Line]) -> tuple[list[Reading], set[int]]:
    """The values among `lines`, and which of the lines say nothing else."""
    readings: list[Reading] = []
    spent: set[int] = set()
    cleared = leaders.cleared(lines)
    # What was found with its leader runs as dots do.
    loose = [at for at, line in enumerate(cleared) if line.quad != lines[at].quad]
    lines = [keys.mended(line) for line in cleared]
    level = rows.straightened(lines, loose)
    for index in range(len(lines)):
        # A value that begins as words do (SN2025…) is read whole behind the words beside it.
        found, other = _beside(level, index, spent)
        readings += [_reading(one, [lines[index], lines[other]]) for one in found]
        spent |= {index, other} if found else set()
    for index, line in enumerate(lines):
        found = [] if index in spent else list(values(line.text))
        if not found and index not in spent and line.other:
            # The words were lost in one reading of the line and not in the other.
            line = replace(line, text=line.other, other=line.text, certainties=(), shapes=())
            found = list(values(line.text))
        if not found and index not in spent and (likely := keys.likely(line.text)):
            line = replace(line, text=likely, other='', certainties=(), shapes=())
            found = [replace(one, worth=one.worth * DISPUTED) for one in values(likely)]
        readings += [_reading(one, [line]) for one in found]
        if found and not _rest(line.text, found):
            spent.add(index)
    readings += _guessed(lines, spent, readings)
    return _weighed(readings), spent


def _guessed(
    lines: Sequence[Line], spent: set[int], readings: Sequence[Reading]
) -> Iterator[Reading]:
    """The mass that stands alone beside the one other mass of the picture, or two that do: the
    greater one is gross. In doubt, as its words were not read."""
    known = {one.kind: Decimal(one.value) for one in readings if one.kind in masses.KINDS}
    bare = [
        (Decimal(kg), line)
        for at, line in enumerate(lines)
        if at not in spent and (kg := masses.bare(keys.plain(line.text)))
    ]
    if len(known) + len(bare) != 2 or not bare:
        return
    net, gross = sorted([*known.values(), *(kg for kg, _ in bare)])
    if not LEAST_NET * float(gross) <= net < gross:
        return
    for mass, line in bare:
        kind = masses.KINDS[mass == net]
        if kind not in known:
            yield Reading(
                kind=kind, value=format(mass, 'f'), score=line.score * GUESSED, recogniser=NAME,
                box=corners(line.quad), details={'repaired': line.text},
            )  # fmt: skip


def _weighed(readings: list[Reading]) -> list[Reading]:
    """The same; masses less sure where net is more than gross, one of the two lost its point, and a
    net mass that is too little beside the gross one."""
    gross, net = (
        [Decimal(one.value) for one in readings if one.kind == kind]
        for kind in ('gross_mass_kg', 'net_mass_kg')
    )
    if not gross or not net:
        return readings
    doubted: tuple[str, ...] = ()
    if min(net) > max(gross):
        doubted = masses.KINDS
    elif float(min(net)) < LITTLE * float(max(gross)):
        doubted = ('net_mass_kg',)
    return [
        replace(one, score=one.score * IMPOSSIBLE) if one.kind in doubted else one
        for one in readings
    ]


def confirmed(readings: Sequence[Reading], codes: Sequence[Reading]) -> list[Reading]:
    """The same readings; a serial that a barcode of the picture repeats is spelt and as sure as it.

    Letters and figures that look alike are told apart by the barcode, which checks itself.
    An element of a GS1 code counts too: its serial (21) for a serial, its batch (10) for a batch.
    """
    answer = []
    read = {folded(one.value) for one in readings}
    for one in readings:
        spelt = _spelt(one.kind, codes) if one.kind in _NUMBERS else {}
        said = spelt.get(folded(one.value))
        if said is not None:
            value, sure = said
            raw = {} if value == one.value else {'repaired': one.value}
            details = {**one.details, 'confirmed_by': 'barcode', **raw}
            score = max(one.score, min(sure, CONFIRMED))
            one = replace(one, value=value, score=score, details=details)
        else:
            one = _nearly_said(one, [value for value, _ in spelt.values()])
            if one.kind == 'serial':
                one = _whole(one, [value for form, (value, _) in spelt.items() if form not in read])
        answer.append(one)
    return answer


def _spelt(kind: str, codes: Sequence[Reading]) -> dict[str, tuple[str, float]]:
    """What codes say that may be of this kind, by its folded form: its spelling, how sure."""
    told: dict[str, tuple[str, float]] = {}
    for code in codes:
        elements = code.details.get('gs1', {})
        for value in (*said_by(code.value), elements.get(kind, '')):
            if value.isascii() and folded(value):
                told.setdefault(folded(value), (value, code.score))
    return told


def said_by(code: str) -> Iterator[str]:
    """What a code says: all of it, and each of several values in it, without the words before it.

    >>> list(said_by('S:639.240;B:D137'))
    ['S:639.240;B:D137', '639.240', 'D137']
    >>> list(said_by('品名:烟花;批号:2411133H'))[1:]
    ['烟花', '2411133H']
    """
    yield code
    parts = re.split(r'[|;,；，\s]+', code)
    parts += code.split('/') if len(parts) == 1 else []
    for part in parts if len(parts) > 1 else ():
        yield re.sub(r'^(?:[A-Za-z/]{1,6}|[\u4e00-\u9fff]{1,6})[:=：]', '', part)


def _nearly_said(one: Reading, told: Iterable[str]) -> Reading:
    """The reading, less sure where a code says almost the same: one of them is not what it seems.

    Where a single character differs, and that looks like the code's, the code's is taken.
    """
    for value in told:
        if not len(value) == len(one.value) >= 6:
            continue
        other = [(a, b) for a, b in zip(one.value, value.upper(), strict=True) if a != b]
        if len(other) == 1 and looks_alike(*other[0]):
            details = {**one.details, 'repaired': one.value}
            return replace(one, value=value, score=one.score * DISPUTED, details=details)
        if 0 < len(other) <= 2:
            return replace(one, score=one.score * DISPUTED)
    return one


def _whole(one: Reading, told: Iterable[str]) -> Reading:
    """The serial as the one code says it of which it is the beginning or the end: it was cut."""
    longer = {
        value
        for value in told
        if re.fullmatch(_VALUE, value.upper())
        and LEAST_LEFT <= len(one.value) < len(value) <= len(one.value) + MOST_CUT
        and (value.upper().startswith(one.value) or value.upper().endswith(one.value))
        and '/' not in value  # two numbers, of which this is one
    }
    if len(longer) != 1:
        return one
    details = {**one.details, 'repaired': one.value}
    return replace(one, value=longer.pop(), score=one.score * DISPUTED, details=details)


def values(text: str) -> Iterator[Found]:
    """All values that one text names."""
    text = keys.plain(text)
    yield from _un_numbers(text)
    for kind, day, span in dates.days(text):
        said = text[slice(*span)]
        is_month = len(day) == len('2026-02')
        cut = CUT_DAY if is_month or re.search(r'\d\d[-./]\d$', said) else 1.0
        other = OTHER_DAY if _ANOTHER_DAY.search(text[: span[0]]) and said.startswith('DATE') else 1
        either = DAY_FIRST if dates.EITHER.search(said) else 1.0
        yield Found(kind, day, span, _worth(said) * cut * other * either)
    for mass in masses.masses(text):
        worth = mass.worth * _worth(mass.words)
        yield Found(mass.kind, mass.kg, mass.span, worth, mass.repaired)
    for kind in _NUMBERS:
        yield from _numbers(kind, text)


def _numbers(kind: str, text: str) -> Iterator[Found]:
    """The serials or batches that a text names."""
    start = 0
    while match := _NUMBERS[kind].search(text, start):
        value = re.sub(r'\s', '', match[1]).rstrip('./-')
        # A number without a figure is taken for one only where a colon announces it.
        certain = len(value) >= 8 and ':' in match[0]
        words = re.match(r'S/N(?=\w)', value)
        if words or not (certain or any(character.isdigit() for character in value)):
            start = match.start(1)  # the same words in another language, most often
            continue
        start = match.end()
        if _NO_SERIAL.fullmatch(value) or _OF_OTHER[kind].search(text[: match.start()]):
            continue
        alike = _MAY_BE_OTHER[kind].search(value) is not None
        before = match[0][: match.start(1) - match.start()]
        # Of words and value without a gap a letter may belong to either.
        glued = before[-1] == '-' or (before[-1].isalpha() and before.isascii())
        worth = _worth(before) * (GLUED if glued else 1.0)
        worth *= CUT if _GOES_ON.match(text, match.end()) or _RANGE.match(value) else 1.0
        worth *= GLUED if _TWO_KEYS.search(text[: match.start()]) else 1.0
        worth *= SHORT if kind == 'serial' and len(value) < LEAST_LEFT else 1.0
        yield Found(kind, value, match.span(), worth * (LOOKALIKES[kind] if alike else 1.0))


def _worth(words: str) -> float:
    """What the words before a value leave of its score."""
    head = re.split(r'\d\d', words, maxsplit=1)[0]
    return 1.0 if _SPELT.fullmatch(head) else keys.WORN_WORDS


def _un_numbers(text: str) -> Iterator[Found]:
    for match in _UN_NUMBER.finditer(text):
        # The right half of a stencilled figure passes for a bracket.
        seen = match[1].replace(')', '')
        digits = seen.translate(AS_FIGURES)
        altered = sum(a != b for a, b in zip(seen, digits, strict=True)) + match[1].count(')')
        if altered <= 2:
            yield Found(
                'un_number', f'UN{digits}', match.span(), masses.ALTERED**altered, altered > 0
            )


def _reading(found: Found, lines: list[Line]) -> Reading:
    # The place in the text holds only for one line, and only if tidying kept its length.
    alone = len(lines) == 1 and len(keys.plain(lines[0].text)) == len(lines[0].text)
    span, typed = found.span if alone else None, found.kind not in _NUMBERS
    score = min(certainty(line, span, typed=typed) for line in lines) * found.worth
    if len(lines) > 1:
        score *= BORROWED
    elif lines[0].other and not _agrees(found, lines[0].other):
        score *= DISPUTED
    details = {'repaired': ' '.join(line.text for line in lines)} if found.repaired else {}
    return Reading(
        kind=found.kind,
        value=found.value,
        score=score,
        recogniser=NAME,
        box=corners(around([line.quad for line in lines])),
        details=details,
    )


def _agrees(found: Found, other: str) -> bool:
    return any(one.kind == found.kind and one.value == found.value for one in values(other))


def _rest(text: str, found: list[Found]) -> str:
    """What the line says beside its values, letters only."""
    kept = list(keys.plain(text))
    for one in found:
        kept[slice(*one.span)] = ' ' * (one.span[1] - one.span[0])
    rest = re.sub(r'[\W\d_]', '', ''.join(kept))
    return rest if len(rest) > 2 else ''


def _beside(lines: Sequence[Line], index: int, spent: set[int]) -> tuple[list[Found], int]:
    """The value whose words this line is, if it is nothing else, and the line that holds it.

    A value belongs to the words that stand nearest to it, those beside it before those above.
    """
    kind = keys.alone(lines[index].text)
    near = [
        (away, other)
        for other in range(len(lines))
        if kind and other != index and other not in spent
        if (away := keys.away(lines[index], lines[other])) is not None
    ]
    bare: tuple[list[Found], int] = [], index
    for away, other in sorted(near):
        rivals = (
            keys.away(line, lines[other])
            for at, line in enumerate(lines)
            if at not in (index, other) and keys.alone(line.text) not in ('', kind)
        )
        pair = f'{lines[index].text} {lines[other].text}'
        found = [one for one in values(pair) if one.kind == kind]
        own = {one.kind for one in values(lines[other].text)} if found else set()
        if own and kind not in own:
            continue  # that line names a value of its own
        if found and all(rival is None or rival > away for rival in rivals):
            if kind not in masses.KINDS or masses.has_unit(keys.plain(pair)):
                return found, other
            bare = bare if bare[0] else (found, other)  # a figure without a unit, for want of one
    return bare
