"""The fields of a UN mark behind its code: each is read to its value, or refused with its clause.

The fields are taken off one after the other; what the marks of packagings, large packagings and
IBCs have in common is here, their order is in `un_mark`.

>>> from clearlane.codes.packaging_code import find
>>> level(find('4G'), Fields('packaging', ['Y25', 'S']))
('Y', '25')
>>> level(find('50D'), Fields('large_packaging', ['Q']))
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the performance level is X, Y or Z in capitals, not 'Q' (UN 6.6.3.1 (c))
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clearlane.codes import Invalid
from clearlane.codes.packaging_code import PackagingCode
from clearlane.codes.spelling import shown
from clearlane.codes.tables import column

FIRST_YEAR = 1980
"""No UN mark is older; a year that would be is one to come."""
LAST_YEAR_OF_OLD_MAKER_CODES = 2019
"""Old codes were taken for performance tests up to 2019-06-30 (GACC Announcement 2019-15)."""

_DENSITY = re.compile(r'[0-9]\.[0-9]')
_TWO_FIGURES_TWICE = re.compile('[0-9]{2} [0-9]{2}')
_WITH_MONTH = {'1H', '3H'}
_REDONE_IN = re.compile('([0-9]{2}) (RL?)')
_MASSES = re.compile('(.*) ([0-9]+)/([0-9]+)')
_CHINESE_MAKER = re.compile('C([0-9]{2})([0-9]{4})')
_OLD_CHINESE_MAKER = re.compile('(?!C[0-9])[0-9A-Z][0-9A-Z-]*')
_MASS = re.compile(r'(?:0|[1-9][0-9]{0,4})(?:\.[0-9])?')
_WHOLE = re.compile(r'0|[1-9][0-9]{0,6}')


def _clauses(section: str, parts_in_order: str) -> dict[str, str]:
    named = zip(parts_in_order.split(), 'bcdefgh', strict=False)
    return {part: f'UN {section} ({letter})' for part, letter in named}


_CLAUSES = {
    'packaging': _clauses('6.1.3.1', 'code level test date state maker')
    | {'redone': 'UN 6.1.3.8 (h) to (j)'},
    'infectious': {
        'code': 'UN 6.3.4.2 (b)',
        'date': 'UN 6.3.4.2 (d)',
        'state': 'UN 6.3.4.2 (e)',
        'maker': 'UN 6.3.4.2 (f)',
    },
    'large_packaging': _clauses('6.6.3.1', 'code level date state maker stack gross'),
    'ibc': _clauses('6.5.2.1.1', 'code level date state maker stack gross'),
}
_CALLED = {
    'code': 'the packaging code',
    'level': 'the performance level X, Y or Z',
    'test': 'S or the test pressure',
    'date': 'the date of manufacture',
    'state': 'the sign of the State',
    'maker': 'the maker',
}


@dataclass
class Fields:
    """The fields behind the code, taken off one after the other."""

    kind: str
    rest: list[str]

    def take(self, part: str) -> str:
        """The next field, which is this part; it may not be missing."""
        if not self.rest or not self.rest[0]:
            raise self.wrong('E_MISSING', part, f'{_CALLED[part]} is missing')
        return self.rest.pop(0)

    def wrong(self, code: str, part: str, message: str) -> Invalid:
        """The error of this part, with the clause that asks for it."""
        return Invalid(code, f'{message} ({_CLAUSES[self.kind][part]})')


def level(code: PackagingCode, fields: Fields) -> tuple[str, str]:
    """X, Y or Z, and what stands behind it."""
    field = fields.take('level')
    level, amount = field[0], field[1:]
    if level not in 'XYZ':
        raise fields.wrong(
            'E_PG', 'level', f'the performance level is X, Y or Z in capitals, not {level!r}'
        )
    if level == 'X' and code.kind == 'ibc' and code.liquid_form:
        raise fields.wrong('E_PG', 'level', 'X is for IBCs for solids; for liquids it is Y or Z')
    if ' ' in amount:
        raise fields.wrong('E_SEP', 'level', f'a slash is expected for the space in {field!r}')
    return level, amount


def tested(code: PackagingCode, amount: str, fields: Fields) -> dict[str, Any]:
    """Part (d) tells how to read what stands behind the level."""
    test = fields.take('test')
    if test.startswith('S '):
        raise fields.wrong('E_SEP', 'test', f'a slash is expected for the space in {shown(test)}')
    if test == 'S':
        return {'solid': True, 'gross_mass_kg': _gross_mass_kg(code, amount, fields)}
    pressure_kpa = _pressure_kpa(code, test, fields)
    return {
        'solid': False,
        'density': _density(amount, fields),
        'pressure_kpa': pressure_kpa,
    }


def _gross_mass_kg(code: PackagingCode, amount: str, fields: Fields) -> Decimal:
    if not amount:
        raise fields.wrong('E_GROSS', 'level', 'the gross mass in kg is missing before /S')
    if not _MASS.fullmatch(amount) or not Decimal(amount):
        raise fields.wrong(
            'E_GROSS', 'level', f'the gross mass is a number of kg above zero, not {shown(amount)}'
        )
    limit = code.max_gross_mass_kg
    if limit is not None and Decimal(amount) > limit:
        raise fields.wrong(
            'E_GROSS_LIMIT',
            'level',
            f'{amount} kg is more than {code.code} can carry: at most {limit.normalize():f} kg, '
            'the greatest net mass of 6.1.4 and a quarter for the packaging',
        )
    return Decimal(amount)


def _pressure_kpa(code: PackagingCode, test: str, fields: Fields) -> int:
    if not test.isdigit() or _year_is_missing(test, fields.rest):
        raise fields.wrong(
            'E_S', 'test', f'S or a test pressure in kPa is expected, not {shown(test)}'
        )
    if not code.liquid_form or code.suffix in {'T', 'V'}:
        raise fields.wrong(
            'E_LIQUID_CODE',
            'test',
            f'{code.code}{code.suffix} is for solids or inner packagings: S is expected, '
            f'not the test pressure {shown(test)}',
        )
    if not _WHOLE.fullmatch(test) or int(test) % 10 or not int(test):
        raise fields.wrong(
            'E_PRESSURE',
            'test',
            f'the test pressure is rounded down to a multiple of 10 kPa, not {shown(test)}',
        )
    return int(test)


def _year_is_missing(test: str, rest: list[str]) -> bool:
    """Two figures before the State are the year, and part (d) is what is missing."""
    return len(test) == 2 and bool(rest) and not rest[0][:1].isdigit()


def _density(amount: str, fields: Fields) -> Decimal | None:
    """Left out, it is not above 1.2."""
    if not amount:
        return None
    if not _DENSITY.fullmatch(amount) or not Decimal(amount):
        raise fields.wrong(
            'E_DENSITY',
            'level',
            'before a test pressure stands the relative density, rounded down to one decimal, '
            f'not {shown(amount)}',
        )
    return Decimal(amount)


def month_and_year(code: PackagingCode, fields: Fields, day: date) -> tuple[int | None, int]:
    """Part (e) of a packaging: the year, behind the month for 1H and 3H if they show it."""
    field = fields.take('date')
    if code.code[:2] in _WITH_MONTH and _TWO_FIGURES_TWICE.fullmatch(field):
        return _dated(field, fields, day)
    return None, _year(field, fields, day, 'date')


def date_of_large(fields: Fields, day: date) -> tuple[int, int]:
    """Part (d) of a large packaging or IBC: month and year."""
    field = fields.take('date')
    if not _TWO_FIGURES_TWICE.fullmatch(field):
        raise fields.wrong(
            'E_MONTH', 'date', f'month and year are two figures each, as 06 25, not {shown(field)}'
        )
    return _dated(field, fields, day)


def _dated(field: str, fields: Fields, day: date) -> tuple[int, int]:
    month, year = _month(field[:2], fields), _year(field[3:], fields, day, 'date')
    if (year, month) > (day.year, day.month):
        raise fields.wrong('E_FUTURE', 'date', f'{year}-{month:02} is later than {day}')
    return month, year


def _month(figures: str, fields: Fields) -> int:
    if not re.fullmatch('0[1-9]|1[0-2]', figures):
        raise fields.wrong('E_MONTH', 'date', f'the month is 01 to 12, not {shown(figures)}')
    return int(figures)


def _year(figures: str, fields: Fields, day: date, part: str) -> int:
    """The latest year with these last figures, or a future one where that is before any mark."""
    if re.fullmatch('[0-9]{2}[^0-9].*', figures):
        raise fields.wrong('E_SEP', part, f'a slash is expected after the year in {shown(figures)}')
    if not re.fullmatch('[0-9]{2}', figures):
        raise fields.wrong('E_YEAR', part, f'the year is two figures, not {shown(figures)}')
    year = day.year - (day.year - int(figures)) % 100
    if year < FIRST_YEAR:
        raise fields.wrong('E_FUTURE', part, f'the year {year + 100} is later than {day}')
    return year


def reconditioned(fields: Fields, made_in: int, day: date) -> dict[str, Any]:
    """Parts (h) to (j), taken off the end, if they are there."""
    done = _REDONE_IN.fullmatch(fields.rest[-1]) if len(fields.rest) >= 3 else None
    if not done:
        return {}
    state, name = fields.rest[-3:-1]
    del fields.rest[-3:]
    year = _year(done[1], fields, day, 'redone')
    if year < made_in:
        raise fields.wrong(
            'E_RECONDITIONED', 'redone', f'reconditioned in {year}, before it was made in {made_in}'
        )
    return {
        'reconditioned': True,
        'leakproof': done[2] == 'RL',
        'reconditioned_year': year,
        'reconditioner_state': _state(state, fields, 'redone'),
        'reconditioner': _named(name, fields, 'redone'),
    }


def masses(fields: Fields) -> dict[str, Any]:
    """Parts (g) and (h) of a large packaging, taken off the end."""
    found = _MASSES.fullmatch('/'.join(fields.rest))
    if not found or not _WHOLE.fullmatch(found[2]):
        raise fields.wrong(
            'E_STACK',
            'stack',
            'stacking test load and greatest gross mass, in whole kg, close the mark, '
            'as in 2400/1200; a load of 0 is not to be stacked',
        )
    if not _WHOLE.fullmatch(found[3]) or not int(found[3]):
        raise fields.wrong(
            'E_GROSS', 'gross', f'the gross mass is whole kg above zero, not {shown(found[3])}'
        )
    fields.rest = found[1].split('/')
    return {'stacking_kg': int(found[2]), 'gross_mass_kg': Decimal(found[3])}


def made(fields: Fields, year: int, batch: str | None) -> dict[str, Any]:
    """Parts (f) and (g): the State and the maker; China has a form of its own."""
    state = _state(fields.take('state'), fields, 'state')
    maker = fields.take('maker')
    maker = '/'.join([maker, *fields.rest])
    if state == 'CN':
        district = _chinese_district(maker, year, fields)
        return {'state': state, 'maker': maker, 'maker_customs': district}
    if batch and _CHINESE_MAKER.fullmatch(maker):
        raise fields.wrong(
            'E_STATE', 'state', f'{maker} with a batch PI: is Chinese: CN is expected, not {state}'
        )
    return {'state': state, 'maker': _named(maker, fields, 'maker')}


def _named(name: str, fields: Fields, part: str) -> str:
    """A name that can be read: between slashes there is a letter or a figure."""
    pieces_named = all(any(mark.isalnum() for mark in piece) for piece in name.split('/'))
    if not name.isprintable() or not pieces_named:
        raise fields.wrong('E_MAKER', part, f'{shown(name)} is no name')
    return name


def _state(sign: str, fields: Fields, part: str) -> str:
    if sign not in column('vehicle_signs', 'sign', 'state'):
        hint = '; Chinese packagings show CN' if sign in {'CHN', 'PRC', 'cn'} else ''
        raise fields.wrong(
            'E_STATE', part, f'{shown(sign)} is no sign of a State on vehicles{hint}'
        )
    return sign


def _chinese_district(maker: str, year: int, fields: Fields) -> str | None:
    """The customs district in the code of 2019; before, a code had no form that we know."""
    code = _CHINESE_MAKER.fullmatch(maker)
    if code and code[2] != '0000':
        return column('customs_districts', 'code', 'name_zh').get(code[1])
    if year <= LAST_YEAR_OF_OLD_MAKER_CODES and _OLD_CHINESE_MAKER.fullmatch(maker):
        return None
    clause = _CLAUSES[fields.kind]['maker']
    raise Invalid(
        'E_CN_MAKER',
        'a Chinese maker code is C and six figures, the last four from 0001, '
        f'not {shown(maker)} ({clause}, GACC Announcement 2019-15)',
    )
