"""Days printed on a package: of manufacture, of packing and of expiry.

A day is reported as an ISO date, a month without a day as `2026-02`. Where day and month could be
either, nothing is guessed, but that points part a day from the month behind it.

>>> [(kind, day) for kind, day, _ in days('生产日期:2025/07/23')]
[('production_date', '2025-07-23')]
>>> [(kind, day) for kind, day, _ in days('MFG 23.07.2025 EXP 20280722')]
[('production_date', '2025-07-23'), ('expiry_date', '2028-07-22')]
>>> [(kind, day) for kind, day, _ in days('MFG DATE: MAY 15, 2025 EXP 2 0CT 2027')]
[('production_date', '2025-05-15'), ('expiry_date', '2027-10-02')]
>>> [(kind, day) for kind, day, _ in days('有效期至/EXPIRYDATE:APR.23,2026')]
[('expiry_date', '2026-04-23')]
>>> list(days('MFG: 03/04/2025'))
[]
>>> [(kind, day) for kind, day, _ in days('verwendbar bis: 03.04.2027'.upper())]
[('expiry_date', '2027-04-03')]
>>> [(kind, day) for kind, day, _ in days('包装日期 PACKED ON 2026-10-15 有效期至 2029年05月')]
[('expiry_date', '2029-05'), ('packing_date', '2026-10-15')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

# Dots and worn print make an N or an H of an M, and a figure of an O or a D; a day behind tells.
_MONTHS = ('JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC')
_NAME = f'(?:{"|".join(_MONTHS)})'.replace('O', '[O0]')
MADE = (
    r'[MNH]F[GD60Q]|MFR|M[AN]N?U?F(?![A-Z])\.?|[MN]A[MN]\w{1,3}ACTUR\w*|PR[O0D][D0O](?:\w?UCTION|UCED)?'
    r'|生?产\s?日期|制造(?:日期|年月日)|出厂日期|(?<![\u4e00-\u9fff])日期'
    r'|(?<![A-Z])D\.?\s?[O0]\.?\s?M\b\.?|HERSTELL(?:UNGS)?DATUM|PRODUKTIONSDATUM|HERGESTELLT(?:\s?AM)?'
    r'|(?:FECHA|DATA)?\s?(?:DE\s)?FABRICA(?:TION|CI[OÓ]N)|(?:FABRIQU[EÉ]|PRODUIT)\s?LE|FABRICADO'
    r'|(?:DATA\s?DI\s?)?PRODUZIONE|(?<![A-Z])DATE'
)
ENDS = (
    r'(?<![A-Z])EXP(?:IRY|IRES|IRATION)?(?=DATE|(?![A-Z]))|USE\s?(?:BY|BEFORE)|BEST\s?BEFORE|VALID\s?(?:UNTIL|TO|THRU)'
    r'|(?:VERWENDBAR|HALTBAR)\s?BIS|(?:FECHA\s?DE\s?)?CADUCIDAD|SCADENZA|P[ÉE]REMPTION|(?:VERFALLS?|ABLAUF|HALTBARKEITS)DATUM'
    r'|UTILISER\s?AVANT(?:\s?LE(?![A-Z]))?|(?:USAR|CONSUMIR)\s?ANTES\s?(?:DEL?)?|UTILIZZARE\s?ENTRO'
    r'|有效期[至到]?|保质期至|失效日期|到期日期?'
)
PACKED = (
    r'(?<![A-Z])PACKED(?:\s?ON)?(?!\s?(?:WITH|IN|BY))|(?<![A-Z])PACK(?:AG)?(?:ING)?\s?(?:DATE|ON(?![A-Z]))'
    r'|(?<![A-Z])PKD(?![A-Z])|VERPACKT(?:\s?AM)?|(?:EMBALL|CONDITIONN)[EÉ]\s?LE|ENVASADO'
    r'|DATE\s?(?:OF\s)?PACK(?:ED|ING)|(?:包装|打包|装箱)\s?日期'
)
WORDS = {'production_date': MADE, 'expiry_date': ENDS, 'packing_date': PACKED}
"""What is said before a day of each kind."""
_DAY = (
    r'(?:(?P<y>20\d\d)\s?[-./年]\s?(?P<m>\d{1,2})\s?(?:[-./月]|(?<=\d)[^\W\d_A-Z])\s?'
    r'(?P<d>\d{1,2})日?'
    r'|(?P<y6>20\d\d)\s(?P<m6>[01]\d)\s(?P<d6>[0-3]\d)'
    rf'|(?P<y7>20\d\d)[-./\s]{{1,2}}(?P<m7>{_NAME})[A-Z]*[-./\s]{{1,2}}(?P<d7>\d{{1,2}})'
    r'|(?P<d2>\d{1,2})[-./](?P<m2>\d{1,2})[-./](?P<y2>20\d\d)'
    r'|(?P<y3>20\d\d)(?P<m3>[01]\d)(?P<d3>[0-3]\d)'
    rf'|(?P<d4>\d{{1,2}})\s?[-./]?\s?(?P<m4>{_NAME})[A-Z]*[-./,\s]{{0,2}}(?P<y4>20\d\d)'
    rf'|(?P<m5>{_NAME})[A-Z]*\.?\s?(?P<d5>\d{{1,2}})[,.\s]{{1,2}}(?P<y5>20\d\d))(?!\d)'
)
_YEAR, _POINT = r'20[1-4]\d', r'\s?[-./年]\s?'
_MONTH = (
    rf'(?:(?P<y8>{_YEAR}){_POINT}(?P<m8>0[1-9]|1[0-2])月?'
    rf'|(?P<m9>0?[1-9]|1[0-2])\s?[-./]\s?(?P<y9>{_YEAR})'
    rf'|(?P<m0>{_NAME})[A-Z]*[-./\s]{{0,2}}(?P<y0>{_YEAR}))(?!\s?[-./年月]?\s?\d)(?![-./年])'
)
"""A month without a day; nothing may stand behind it, where a day would."""
EITHER = re.compile(r'(?<!\d)(?!(\d\d?)\.\1\.)(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|1[0-2])\.20\d\d')
"""A day parted by points whose day may be a month and whose month a day."""
_OTHER = re.compile(
    r'(?<![A-Z])(?:EXP|BEST|USE|DUE|VALID|TEST|SHIP|ISSU|ORDER|DELIVER|PRINT|PACK|INSPECT|LOAD|SEAL'
    r'|DISPATCH|RECEI|ARRIV|INVOICE|REV|EFFECTIVE|CALIBRAT|STOR|FILL|AUDIT|SAMPL|RELEASE|CHECK)'
    r'[A-Z]*[^A-Z0-9]*(?:BY\W*)?$|(?:失效|有效|到期|打印|包装|检验|出货|发货|测试|签发)$'
)
_OF_OTHER = re.compile(
    r'DATE\s?(?:(?:OF|FOR)\s?(?!MA|MFR|\w{0,5}ACTUR|PROD|M[FD]|FAB)[A-Z]'
    r'|PRINT|PACK|ISSU|SHIP|TEST|INSPECT|RECEI)'
)
"""The day of something else: of expiry, of a test, of dispatch."""
_NO_DAY = re.compile(
    r'(?<![A-Z])(?:N[O0]|NUMBER|CODE|ID|ORDER|MODEL|TYPE|REV|BATCH|LOT)(?![A-Z])'
    r'|^(?:\w{5,8}TURER|PRODUCT)(?!.*(?:DATE|ON))'
)
"""What makes the figures behind it a number of the maker or of an order."""
_BETWEEN = r'(?:[\s.]*(?:DATE)?\s?\([YMD./\s-]+\))?[\s:.,()（）A-Z]*'
_SAID = {
    kind: re.compile(rf'(?:{words}){_BETWEEN}(?:{_DAY}|{_MONTH})') for kind, words in WORDS.items()
}
_BOTH = re.compile(rf'(?:(?P<made>{MADE})|{ENDS})(?:[\s.]*DATE)?\s?[/&]\s?(?:{MADE}|{ENDS})')
"""The words for both days, before either of them."""
_ANY = re.compile(_DAY)
_RIVAL = {
    kind: re.compile(
        '|'.join(words for other, words in WORDS.items() if other != kind)
        .replace('|(?<![A-Z])DATE', '').replace('|(?<![\u4e00-\u9fff])日期', '')
    )
    for kind in WORDS
}  # fmt: skip
"""Words for another day between the words and the day: it is the other's."""


def days(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Kind, ISO date and place of each day that the text names, capitals expected."""
    both = _BOTH.search(text)
    if both and bool(re.search(MADE, both[0])) and bool(re.search(ENDS, both[0])):
        # Which of the two one day alone is, nobody knows.
        printed = list(_ANY.finditer(text, both.end()))
        kinds = ('production_date', 'expiry_date')[:: 1 if both['made'] else -1]
        for kind, one in zip(kinds, printed if len(printed) == 2 else [], strict=False):
            if day := _day(one):
                yield kind, day, (both.start(), one.end())
        return
    for kind, pattern in _SAID.items():
        for found in pattern.finditer(text):
            bare = kind == 'production_date' and found[0].startswith(('DATE', '日期'))
            other = bare and (_OTHER.search(text[: found.start()]) or _OF_OTHER.match(found[0]))
            words = re.split(r'\d\d', found[0], maxsplit=1)[0]
            other = other or _NO_DAY.search(words) or _RIVAL[kind].search(words)
            day = '' if other else _day(found)
            if day:
                yield kind, day, found.span()


def _day(found: re.Match[str]) -> str:
    parts = {key[0]: value for key, value in found.groupdict().items() if value}
    name = parts['m'][:3].replace('0', 'O')
    month = _MONTHS.index(name) + 1 if name in _MONTHS else int(parts['m'])
    if 'd' not in parts:
        return f'{parts["y"]}-{month:02d}'
    either = bool(found['m2']) and not EITHER.search(found[0])
    return _iso(int(parts['y']), month, int(parts['d']), either=either)


def _iso(year: int, month: int, day: int, *, either: bool) -> str:
    """The day, or nothing where there is none or day and month may be `either`."""
    if either and month != day:
        if month <= 12 and day <= 12:
            return ''
        month, day = min(month, day), max(month, day)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ''
