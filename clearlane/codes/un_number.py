"""UN number (联合国编号), four figures for a dangerous substance or article.

Numbers are given out in order by the UN Model Regulations: 0004 is the lowest in use, the 23rd
revised edition ends in 3560, and each edition adds some ten. Room is left up to 3599, and a number
in between that was never given out is not recognised as such: no list is kept here.

Sources:

* UN Model Regulations on the Transport of Dangerous Goods, 2.0.2 and the list of chapter 3.2

>>> validate('UN 3480')
'UN3480'
>>> parts('3480').number
3480
>>> validate('UN9999')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: UN numbers run from 0004 to 3599, 9999 is not among them (UN 2.0.2.1)
"""

import re
from dataclasses import dataclass

from clearlane.codes import Invalid
from clearlane.codes.spelling import bare, shown

LONGEST = 40
LOWEST, HIGHEST = 4, 3599

_LETTERS = re.compile('(?:UNNO|UN|NO)')


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The number as a number, and as its four figures."""

    number: int
    figures: str


def compact(value: str) -> str:
    """UN and the figures, without anything between."""
    text = bare(value, LONGEST, ' -.:_')
    return 'UN' + _LETTERS.sub('', text, count=1) if _LETTERS.match(text) else 'UN' + text


def parts(value: str) -> Parts:
    """The number, or raise Invalid."""
    figures = compact(value)[2:]
    if not re.fullmatch('[0-9]*', figures):
        raise Invalid(
            'E_FORMAT', f'a UN number is UN and four figures, not {shown(value)} (UN 2.0.2.1)'
        )
    if len(figures) != 4:
        raise Invalid('E_LENGTH', f'a UN number has four figures, not {len(figures)} (UN 2.0.2.1)')
    if not LOWEST <= int(figures) <= HIGHEST:
        raise Invalid(
            'E_RANGE',
            f'UN numbers run from {LOWEST:04} to {HIGHEST}, {figures} is not among them '
            '(UN 2.0.2.1)',
        )
    return Parts(number=int(figures), figures=figures)


def validate(value: str) -> str:
    """Return the compact number, or raise Invalid."""
    parts(value)
    return compact(value)


def is_valid(value: str) -> bool:
    """Whether this is a UN number that may have been given out."""
    try:
        parts(value)
    except Invalid:
        return False
    return True
