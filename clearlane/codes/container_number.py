"""Freight container number (集装箱号), the eleven characters on the doors of a container.

* owner: three letters registered with the Bureau International des Containers;
* category: ``U`` container, ``J`` gear that can be taken off, ``Z`` trailer or chassis;
* serial: six figures;
* check digit, in a box on the container.

The check digit is the weighted sum of the ten characters, modulo 11, modulo 10. A remainder of 10
gives the same digit as a remainder of 0; the standard advises against such serials, and `parts`
says so. The four characters for size and type below (as 22G1) are not part of the number. The
owner is not looked up in the register.

Sources:

* ISO 6346:2022, Freight containers - Coding, identification and marking

>>> validate('CSQU 305438-3')
'CSQU3054383'
>>> parts('CSQU3054383').owner
'CSQ'
>>> validate('CSQU3054384')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the check digit of CSQU305438 is 3, not 4 (ISO 6346, annex A)
>>> validate('CSQX3054383')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the fourth letter is U, J or Z, not 'X' (ISO 6346, 4.1)
"""

import re
from dataclasses import dataclass

from stdnum import iso6346

from clearlane.codes import Invalid
from clearlane.codes.spelling import bare, shown

LONGEST = 40


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the number says."""

    owner: str
    category: str
    serial: str
    check_digit: str
    remainder_ten: bool
    """The serial is one of those that the standard advises against."""


def compact(value: str) -> str:
    """Capitals and figures alone."""
    return bare(value, LONGEST, ' -./[]()')


def parts(value: str) -> Parts:
    """Split the number into its parts, or raise Invalid."""
    number = compact(value)
    _has_the_form(number)
    owner, category, serial, digit = number[:3], number[3], number[4:10], number[10]
    expected = iso6346.calc_check_digit(number[:10])
    if digit != expected:
        raise Invalid(
            'E_CHECK',
            f'the check digit of {number[:10]} is {expected}, not {digit} (ISO 6346, annex A)',
        )
    return Parts(
        owner=owner,
        category=category,
        serial=serial,
        check_digit=digit,
        remainder_ten=_remainder(number[:10]) == 10,
    )


def validate(value: str) -> str:
    """Return the compact number, or raise Invalid."""
    parts(value)
    return compact(value)


def is_valid(value: str) -> bool:
    """Whether the form and the check digit are right."""
    try:
        parts(value)
    except Invalid:
        return False
    return True


def _has_the_form(number: str) -> None:
    if len(number) != 11:
        hint = ': the size and type code is not part of it' if len(number) == 15 else ''
        raise Invalid(
            'E_LENGTH', f'11 characters are expected, not {len(number)}{hint} (ISO 6346, 4.1)'
        )
    if not re.fullmatch('[A-Z]{3}', number[:3]):
        raise Invalid(
            'E_OWNER', f'the owner is three letters, not {shown(number[:3])} (ISO 6346, 4.1)'
        )
    if number[3] not in 'UJZ':
        raise Invalid(
            'E_CATEGORY', f'the fourth letter is U, J or Z, not {shown(number[3])} (ISO 6346, 4.1)'
        )
    if not re.fullmatch('[0-9]{7}', number[4:]):
        raise Invalid(
            'E_SERIAL',
            f'six figures and a check digit are expected, not {shown(number[4:])} (ISO 6346, 4.1)',
        )


def _remainder(ten: str) -> int:
    """The sum modulo 11 before ten becomes nought; letter values leave out 11, 22 and 33."""
    values = [int(mark, 36) for mark in ten]
    return (
        sum((value + max(value - 1, 0) // 10) << place for place, value in enumerate(values)) % 11
    )
