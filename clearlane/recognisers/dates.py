"""Days printed on a package: of manufacture and of expiry.

A day is reported as an ISO date. Where day and month could be either, nothing is guessed:
only figures that leave one reading are taken.

>>> [(kind, day) for kind, day, _ in days('生产日期:2025/07/23')]
[('production_date', '2025-07-23')]
>>> [(kind, day) for kind, day, _ in days('MFG 23.07.2025 EXP 20280722')]
[('production_date', '2025-07-23'), ('expiry_date', '2028-07-22')]
>>> [(kind, day) for kind, day, _ in days('MFG DATE: MAY 15, 2025 EXP 2 0CT 2027')]
[('production_date', '2025-05-15'), ('expiry_date', '2027-10-02')]
>>> list(days('MFG: 03/04/2025'))
[]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

# Dots and worn print make an N or an H of an M, and a figure of an O or a D; a day behind tells.
_MONTHS = ('JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC')
_NAME = f'(?:{"|".join(_MONTHS)})'.replace('O', '[O0]')
MADE = (
    r'[MNH]F[GD60Q]|[MN]A[MN]\w{1,3}ACTUR\w*|PR[O0D][D0O](?:\w?UCTION|UCED)?|生?产日期|制造日期|出厂日期'
    r'|(?<![A-Z])DATE'
)
ENDS = r'EXP(?:IRY|IRES)?|USE BY|BEST BEFORE|有效期至|失效日期'
_DAY = (
    r'(?:(?P<y>20\d\d)\s?[-./年]\s?(?P<m>\d{1,2})\s?(?:[-./月]|(?<=\d)[^\W\d_A-Z])\s?'
    r'(?P<d>\d{1,2})日?'
    r'|(?P<d2>\d{1,2})[-./](?P<m2>\d{1,2})[-./](?P<y2>20\d\d)'
    r'|(?P<y3>20\d\d)(?P<m3>[01]\d)(?P<d3>[0-3]\d)'
    rf'|(?P<d4>\d{{1,2}})\s?[-./]?\s?(?P<m4>{_NAME})[A-Z]*[-./,\s]{{0,2}}(?P<y4>20\d\d)'
    rf'|(?P<m5>{_NAME})[A-Z]*\.?\s?(?P<d5>\d{{1,2}})[,.\s]{{1,2}}(?P<y5>20\d\d))(?!\d)'
)
_OTHER = re.compile(
    r'(?:EXP|BEST|USE|DUE|VALID|TEST|SHIP|ISSUE|ORDER|DELIVERY|PRINT)[A-Z]*[^A-Z0-9]*(?:BY\W*)?DATE'
    r'\W*[-\d./]+$|DATE\s?(?:OF|FOR)\s?(?!MA|\w{0,5}ACTUR|PROD|M[FD])[A-Z][^\d]*[-\d./]+$'
)
"""The day of something else: of expiry, of a test, of dispatch."""
_SAID = {
    'production_date': re.compile(rf'(?:{MADE})[\s:.,()（）A-Z]*{_DAY}'),
    'expiry_date': re.compile(rf'(?:{ENDS})[\s:.,()（）A-Z]*{_DAY}'),
}


def days(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Kind, ISO date and place of each day that the text names, capitals expected."""
    for kind, pattern in _SAID.items():
        for found in pattern.finditer(text):
            other = kind == 'production_date' and _OTHER.search(text[: found.end()])
            day = '' if other else _day(found)
            if day:
                yield kind, day, found.span()


def _day(found: re.Match[str]) -> str:
    parts = found.groupdict()
    year, said, day = (
        next(value for key, value in parts.items() if value and key[0] == first) for first in 'ymd'
    )
    name = said[:3].replace('0', 'O')
    month = _MONTHS.index(name) + 1 if name in _MONTHS else int(said)
    return _iso(int(year), month, int(day), either=bool(found['m2']))


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
