"""Customs declaration number (报关单号), the eighteen figures on an accepted declaration.

* 1-4: the customs office (关区代码), its first two figures the district;
* 5-8: the year of acceptance;
* 9: 1 import, 0 export;
* 10-18: the serial in that office and year.

There is no check digit. The pre-entry number has eighteen figures too and may be taken for one;
the tax system's 21 figures (with the item) are not read here. Whether the office exists is not
required: the table of districts here is not complete.

Sources:

* GACC, rules for filling in declarations (海关进出口货物报关单填制规范), item "海关编号"

>>> validate('3716 2025 0 000123456', today=date(2026, 11, 23))
'371620250000123456'
>>> parts('371620250000123456', today=date(2026, 11, 23)).direction
'export'
>>> validate('371620252000123456', today=date(2026, 11, 23))
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the ninth figure is 1 for import or 0 for export, not 2 \
(填制规范, 海关编号)
"""

import re
from dataclasses import dataclass
from datetime import date

from clearlane.codes import Invalid, clock
from clearlane.codes.spelling import bare, shown
from clearlane.codes.tables import column

LONGEST = 60

_DIRECTIONS = {'1': 'import', '0': 'export'}
_CLAUSE = '(填制规范, 海关编号)'


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the number says."""

    office: str
    district: str | None
    """The customs district by name, where the table has it."""
    year: int
    direction: str
    """import or export."""
    serial: str


def compact(value: str) -> str:
    """The figures alone."""
    return bare(value, LONGEST)


def parts(value: str, *, today: date | None = None) -> Parts:
    """Split the number into its parts, or raise Invalid."""
    number = compact(value)
    _has_the_form(number)
    year, latest = int(number[4:8]), (today or clock.today()).year
    if year > latest:
        raise Invalid('E_FUTURE', f'the year {year} is later than {latest} {_CLAUSE}')
    return Parts(
        office=number[:4],
        district=column('customs_districts', 'code', 'name_zh').get(number[:2]),
        year=year,
        direction=_DIRECTIONS[number[8]],
        serial=number[9:],
    )


def validate(value: str, *, today: date | None = None) -> str:
    """Return the compact number, or raise Invalid."""
    parts(value, today=today)
    return compact(value)


def is_valid(value: str, *, today: date | None = None) -> bool:
    """Whether the number is well formed."""
    try:
        parts(value, today=today)
    except Invalid:
        return False
    return True


def _has_the_form(number: str) -> None:
    if not re.fullmatch('[0-9]*', number):
        raise Invalid('E_FORMAT', f'figures alone are expected, not {shown(number)} {_CLAUSE}')
    if len(number) != 18:
        raise Invalid('E_LENGTH', f'18 figures are expected, not {len(number)} {_CLAUSE}')
    if number[4:6] != '20':
        raise Invalid('E_YEAR', f'places 5 to 8 are a year from 2000, not {number[4:8]} {_CLAUSE}')
    if number[8] not in _DIRECTIONS:
        raise Invalid(
            'E_DIRECTION',
            f'the ninth figure is 1 for import or 0 for export, not {number[8]} {_CLAUSE}',
        )
