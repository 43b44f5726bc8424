"""UN packaging mark (联合国包装标记), the line on a packaging that was tested for dangerous goods.

The mark says what the packaging is and what its design was tested for; it does not say that a
given substance may go in, which is for the packing instruction. Its parts, in this order:

* (a) the UN packaging symbol: drawn on a package, so it may be missing here;
* (b) the code of the packaging, see `packaging_code`;
* (c) X, Y or Z (tested for packing groups I, II and III; II and III; III), and the greatest gross
  mass in kg, or for liquids the relative density, which may be left out if not above 1.2;
* (d) ``S`` for solids and inner packagings, or for liquids the test pressure in kPa;
* (e) the year of manufacture, two figures; 1H and 3H may show the month before it;
* (f) the State that allowed the mark, by its sign on vehicles, ``CN`` for China;
* (g) the maker, or what that State lays down; in China ``C``, two figures for the customs
  district and four for the plant;
* (h) (i) (j) after reconditioning: State, reconditioner, and year with ``R``, or with ``RL`` if
  the packaging passed the leakproofness test. They may stand in the place of (f) and (g).

Large packagings and IBCs show no mass after X, Y or Z, then month and year, State, maker, the
stacking test load and the greatest gross mass, both in kg. The Chinese batch, ``PI:``, comes last.

Packagings for infectious substances (6.3.4) show the words CLASS 6.2 in the place of (c) and (d);
the letter U behind their code stands for any inner receptacles (6.3.5.1.6).

In the compact form slashes divide the parts, but month and year, year and ``R``, and the masses of
a large packaging stand behind a space. Letters keep their case: a small letter is an error.

A two-figure year is taken as the latest such year up to ``today``; before 1980 there were no marks,
so that a year which would fall there is read as one still to come, and refused.

Not covered: the lines beside the mark (metal thickness, 6.1.3.2; IBC plate, 6.5.2.2), pressure
receptacles.
The limit of the gross mass is 1.25 times the greatest net mass of the code: our allowance.

Sources:

* UN Model Regulations on the Transport of Dangerous Goods, 6.1.2, 6.1.3, 6.3.4, 6.5.2 and 6.6.3
* GACC Announcement 2019 No. 15 (海关总署公告2019年第15号): the Chinese maker code

>>> today = date(2026, 11, 23)
>>> validate('UN 4G / Y25 / S / 24 CN/C230003 PI:001', today=today)
'4G/Y25/S/24/CN/C230003 PI:001'
>>> mark = parts('4G/Y25.5/S/24/CN/C230003', today=today)
>>> mark.gross_mass_kg, mark.year, mark.rank
(Decimal('25.5'), 2024, 2)
>>> parts('1A1/Y1.4/150/98 NL/VL824', today=today).year
1998
>>> validate('UN 50D/Y/06 25/CN/C350021/2400/1200', today=today)
'50D/Y/06 25/CN/C350021 2400/1200'
>>> validate('1A2/Y150/S/99 USA/RB/00 R', today=today)
'1A2/Y150/S/99/USA/RB/00 R'
>>> validate('4GU/Class 6.2/26 S/SP-9989', today=today)
'4GU/CLASS 6.2/26/S/SP-9989'
>>> validate('4G/Q25/S/24/CN/C230003', today=today)
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the performance level is X, Y or Z in capitals, not 'Q' (UN 6.1.3.1 (c))
>>> validate('4G/Y25/S/24/CN/230003', today=today)
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: a Chinese maker code is C and six figures, the last four from 0001, \
not '230003' (UN 6.1.3.1 (g), GACC Announcement 2019-15)
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clearlane.codes import Invalid, clock, mark_fields
from clearlane.codes.mark_fields import Fields
from clearlane.codes.packaging_code import PackagingCode, find
from clearlane.codes.spelling import shown, tidy

LONGEST = 200
INFECTIOUS = 'CLASS 6.2'
"""What stands in the place of level, mass and test for infectious substances (UN 6.3.4.2 (c))."""

_SYMBOL = re.compile(r'^(?:\(?U ?N\)?[ /:]*)+(?=[0-9])', re.IGNORECASE)
_OTHER_SYMBOL = re.compile(r'([A-Za-z][A-Za-z/. ]*?)[ /]?(?=[0-9]{1,2}[A-Z])')
_BATCH = re.compile(r'(?:^|[ /]+)PI ?: ?([0-9A-Za-z-]+)(?=[ /]|$)')
_YEAR_AND_STATE = re.compile(r'(?<=[/ ][0-9]{2}) (?=[A-Za-z]+/)')
_MONTH_AND_YEAR = re.compile(r'^([13]H[^/]*/[^/]*/[^/]*)/([0-9]{2})[ /]([0-9]{2})/')
_REDONE = re.compile(r'[ /]([A-Z]{1,3}/[^/]+)/([0-9]{2})[ /]R[ /]?(L?)$')
_LARGE = re.compile(r'[0-9]{2}[A-Z]')
_LARGE_DATE = re.compile(r'^([^/]*/[^/]*)/([0-9]{2})[ /]?([0-9]{2})[ /]')
_LARGE_MASSES = re.compile(r'^((?:[^/]*/){4}[^/].*?)[ /]([0-9]+)/([0-9]+)$')
_INFECTIOUS = re.compile(r'/CLASS ?6\.2(?=/)', re.IGNORECASE)
_RUN_ON = re.compile(r'[0-9]{1,2}[A-Z]{1,2}[0-9]?[A-Z]?[^0-9A-Za-z].*')
_NO_SLASH = re.compile(r'[0-9]{1,2}[A-Z]{1,2}[0-9]?[VWTU]?[XYZ][0-9].+')


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a mark says; None where this form of mark does not say it."""

    kind: str
    """packaging, infectious (a packaging for those substances), large_packaging or ibc."""
    code: str
    suffix: str
    description: str
    level: str
    """X, Y or Z; empty for infectious substances."""
    solid: bool
    gross_mass_kg: Decimal | None = None
    density: Decimal | None = None
    pressure_kpa: int | None = None
    month: int | None = None
    year: int
    state: str | None = None
    maker: str | None = None
    maker_customs: str | None = None
    """The customs district in a Chinese maker code."""
    batch: str | None = None
    stacking_kg: int | None = None
    """The stacking test load; 0 is not to be stacked."""
    reconditioned: bool = False
    leakproof: bool = False
    reconditioned_year: int | None = None
    reconditioner_state: str | None = None
    reconditioner: str | None = None

    @property
    def rank(self) -> int:
        """The level as a number to compare: X 3, Y 2, Z 1, none 0."""
        return 'ZYX'.index(self.level) + 1 if self.level else 0


def compact(value: str) -> str:
    """One line without the UN symbol, its parts divided as the compact form asks."""
    line = tidy(value, LONGEST)
    batch = _BATCH.search(line)
    if batch:
        line = line[: batch.start()] + line[batch.end() :]
    line = re.sub(r' ?/ ?', '/', _SYMBOL.sub('', line.strip()))
    divided = _divide_large(line) if _LARGE.match(line) else _divide(line)
    return f'{divided} PI:{batch[1]}' if batch else divided


def parts(value: str, *, today: date | None = None) -> Parts:
    """Split the mark into its parts, or raise Invalid."""
    line, batch = _without_batch(compact(value))
    _has_no_other_symbol(line)
    fields = Fields('packaging', line.split('/'))
    code = _code(fields.take('code'))
    fields.kind = code.kind
    read = _packaging if code.kind == 'packaging' else _large
    if code.kind == 'packaging' and fields.rest[:1] == [INFECTIOUS]:
        read = _infectious
    return read(code, fields, batch, today or clock.today())


def validate(value: str, *, today: date | None = None) -> str:
    """Return the compact mark, or raise Invalid."""
    parts(value, today=today)
    return compact(value)


def is_valid(value: str, *, today: date | None = None) -> bool:
    """Whether the mark is well formed."""
    try:
        parts(value, today=today)
    except Invalid:
        return False
    return True


def _divide(line: str) -> str:
    """The slashes of a packaging mark where a space or a line break was."""
    line = _REDONE.sub(r'/\1/\2 R\3', line)
    line = _YEAR_AND_STATE.sub('/', _INFECTIOUS.sub(f'/{INFECTIOUS}', line))
    return _MONTH_AND_YEAR.sub(r'\1/\2 \3/', line)


def _divide_large(line: str) -> str:
    """The slashes and spaces of the mark of a large packaging or IBC."""
    line = _LARGE_DATE.sub(r'\1/\2 \3/', line)
    return _LARGE_MASSES.sub(r'\1 \2/\3', line)


def _packaging(code: PackagingCode, fields: Fields, batch: str | None, day: date) -> Parts:
    level, amount = mark_fields.level(code, fields)
    tested = mark_fields.tested(code, amount, fields)
    month, year = mark_fields.month_and_year(code, fields, day)
    redone = mark_fields.reconditioned(fields, year, day)
    made = {} if redone and not fields.rest else mark_fields.made(fields, year, batch)
    return Parts(
        **_coded(code), level=level, month=month, year=year, batch=batch, **tested, **redone, **made
    )


def _infectious(code: PackagingCode, fields: Fields, batch: str | None, day: date) -> Parts:
    fields.kind = 'infectious'
    fields.rest.pop(0)
    month, year = mark_fields.month_and_year(code, fields, day)
    made = mark_fields.made(fields, year, batch)
    about = {**_coded(code), 'kind': 'infectious'}
    return Parts(**about, level='', solid=True, month=month, year=year, batch=batch, **made)


def _large(code: PackagingCode, fields: Fields, batch: str | None, day: date) -> Parts:
    level, amount = mark_fields.level(code, fields)
    if amount:
        raise fields.wrong(
            'E_PG_VALUE', 'level', f'{level} stands alone, with no mass behind it, not {amount!r}'
        )
    month, year = mark_fields.date_of_large(fields, day)
    masses = mark_fields.masses(fields)
    made = mark_fields.made(fields, year, batch)
    return Parts(
        **_coded(code),
        level=level,
        solid=not code.liquid_form,
        month=month,
        year=year,
        batch=batch,
        **masses,
        **made,
    )


def _coded(code: PackagingCode) -> dict[str, Any]:
    shared = ('kind', 'code', 'suffix', 'description')
    return {name: getattr(code, name) for name in shared}


def _without_batch(line: str) -> tuple[str, str | None]:
    line, named, batch = line.partition(' PI:')
    if named and not re.fullmatch('[0-9A-Za-z-]+', batch):
        raise Invalid(
            'E_BATCH', f'behind PI: one batch is expected, figures and letters, not {shown(batch)}'
        )
    return line, batch or None


def _has_no_other_symbol(line: str) -> None:
    other = _OTHER_SYMBOL.match(line)
    if other:
        raise Invalid(
            'E_SYMBOL',
            f'{shown(other[1])} is not the UN packaging symbol; a UN mark opens with the symbol '
            'or the letters UN (UN 6.1.3.1 (a))',
        )


def _code(first: str) -> PackagingCode:
    if _RUN_ON.fullmatch(first) or _NO_SLASH.fullmatch(first):
        raise Invalid(
            'E_SEP', f'a slash is expected after the packaging code in {shown(first)} (UN 6.1.3.7)'
        )
    return find(first)
