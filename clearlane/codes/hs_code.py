"""Commodity code (商品编码) of the Harmonized System, with what China adds to it.

* 6 figures: chapter, heading and subheading of the World Customs Organization;
* 8: the Chinese tariff line;
* 10: the customs commodity code;
* 13: with three figures of inspection and quarantine (检验检疫附加编码).

Dots and spaces may divide them. Chapter 77 is reserved, 98 and 99 are for national use. Whether
the code is in this year's tariff is not known here.

Sources:

* International Convention on the Harmonized Commodity Description and Coding System, annex
* GACC, commodity code list (海关商品编码表), for places 7 to 13

>>> validate('8507.60.00')
'85076000'
>>> parts('8507600020').subheading
'850760'
>>> validate('770100')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: chapter 77 is reserved for future use (HS, section XV)
>>> validate('85076')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: 6, 8, 10 or 13 figures are expected, not 5 (HS, annex)
"""

import re
from dataclasses import dataclass

from clearlane.codes import Invalid
from clearlane.codes.spelling import bare, shown

LONGEST = 40

_LENGTHS = (6, 8, 10, 13)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The code at each depth it reaches, None below."""

    chapter: str
    heading: str
    subheading: str
    tariff_line: str | None
    commodity: str | None
    quarantine: str | None
    """The last three of thirteen figures."""
    national: bool
    """Chapter 98 or 99, which each country fills as it likes."""


def compact(value: str) -> str:
    """The figures alone."""
    return bare(value, LONGEST)


def parts(value: str) -> Parts:
    """Split the code into its parts, or raise Invalid."""
    code = compact(value)
    _has_the_form(code)
    return Parts(
        chapter=code[:2],
        heading=code[:4],
        subheading=code[:6],
        tariff_line=code[:8] if len(code) >= 8 else None,
        commodity=code[:10] if len(code) >= 10 else None,
        quarantine=code[10:] or None,
        national=code[:2] in {'98', '99'},
    )


def validate(value: str) -> str:
    """Return the compact code, or raise Invalid."""
    parts(value)
    return compact(value)


def is_valid(value: str) -> bool:
    """Whether the code is well formed."""
    try:
        parts(value)
    except Invalid:
        return False
    return True


def _has_the_form(code: str) -> None:
    if not re.fullmatch('[0-9]*', code):
        raise Invalid('E_FORMAT', f'figures alone are expected, not {shown(code)} (HS, annex)')
    if len(code) not in _LENGTHS:
        raise Invalid(
            'E_LENGTH', f'6, 8, 10 or 13 figures are expected, not {len(code)} (HS, annex)'
        )
    if code[:2] == '77':
        raise Invalid('E_CHAPTER', 'chapter 77 is reserved for future use (HS, section XV)')
    if code[:2] == '00':
        raise Invalid('E_CHAPTER', 'chapters run from 01 to 99, there is no 00 (HS, annex)')
    if code[2:4] == '00':
        raise Invalid(
            'E_HEADING', f'headings begin at {code[:2]}01, there is no {code[:4]} (HS, annex)'
        )
