"""The code that opens a UN mark: what the packaging is and what it is made of.

* packaging (6.1.2): a figure for the kind, a capital letter for the material, for composites one
  for the receptacle and one for the outer packaging, and where needed a figure for the category;
* large packaging (6.6.2): 50 rigid or 51 flexible, and the letter of the material;
* IBC (6.5.1.4): 11, 21, 31 or 13, the letter of the material, and where needed a figure.

One letter may follow: V special, W equivalent, T salvage, U infectious (6.1.2.4, 6.3.2.2), and not
each of them behind each code.

>>> find('4GV').suffix
'V'
>>> find('31HA1').kind
'ibc'
>>> find('4HW').max_gross_mass_kg
Decimal('500.00')
>>> find('2C1')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: 2C1 is the code of a wooden barrel, which is no longer a UN packaging: \
kind 2 is reserved (UN 6.1.2.5)
>>> find('4H3')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: packaging code '4H3' does not exist: with this material there are only \
4H1, 4H2 (UN 6.1.2.7)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from clearlane.codes import Invalid
from clearlane.codes.spelling import shown
from clearlane.codes.tables import rows

TARE_ALLOWANCE = Decimal('1.25')
"""Gross mass over the greatest net mass of 6.1.4: our own allowance for the packaging itself."""

SUFFIXES = {'packaging': 'VWTU', 'large_packaging': 'WT', 'ibc': 'W'}
_SUFFIX_CLAUSE = {
    'packaging': 'UN 6.1.2.4 and 6.3.2.2',
    'large_packaging': 'UN 6.6.2.2',
    'ibc': 'UN 6.5.1.4.4',
}
_OUTER_CASINGS = 'ABCDFGHN'
_MATERIALS = 'ABCDFGHLMNP'
_KINDS = ('1', '3', '4', '5', '6', '50', '51', '11', '13', '21', '31')
_CLAUSES = (('5[01]', 'UN 6.6.2.1'), ('[123]1|13', 'UN 6.5.1.4'), ('', 'UN 6.1.2.7'))
_FORM = (
    'it is a figure for the kind, one or two capital letters for the material '
    'and where needed a figure for the category'
)
_SHAPE = re.compile(r'([0-9]{1,2})([A-Z]{1,2})([0-9]?)[A-Z]?')


@dataclass(frozen=True, kw_only=True)
class PackagingCode:
    """A code of the tables, and the letter that followed it."""

    code: str
    suffix: str = ''
    kind: str
    description: str
    liquid_form: bool
    max_net_kg: Decimal | None

    @property
    def max_gross_mass_kg(self) -> Decimal | None:
        """The most that a mark may state, in kg: the net mass and our allowance."""
        return None if self.max_net_kg is None else self.max_net_kg * TARE_ALLOWANCE


def find(text: str) -> PackagingCode:
    """The packaging a code stands for, or Invalid."""
    if text in _codes():
        return _codes()[text]
    followed = text[-1:].isalpha()
    code = (_codes().get(text[:-1]) or _without_category(text)) if followed else None
    if code is None:
        raise Invalid(*_why_unknown(text))
    if text[-1] not in SUFFIXES[code.kind]:
        raise Invalid('E_SUFFIX', _why_no_suffix(code, text[-1]))
    return replace(code, suffix=text[-1])


@cache
def _codes() -> Mapping[str, PackagingCode]:
    codes = {}
    for row in rows('packaging_codes'):
        for casing in _OUTER_CASINGS if 'Z' in row['code'] else 'Z':
            code = row['code'].replace('Z', casing)
            codes[code] = _packaging_code(code, row)
    return codes


def _packaging_code(code: str, row: Mapping[str, str]) -> PackagingCode:
    net_kg = row['max_net_kg']
    return PackagingCode(
        code=code,
        kind=row['kind'],
        description=row['description'],
        liquid_form=row['liquid_form'] == 'yes',
        max_net_kg=Decimal(net_kg) if net_kg else None,
    )


def _without_category(text: str) -> PackagingCode | None:
    """The printed 4HW: before W the category may be left out; what any category may do is kept."""
    siblings = _siblings(text[:-1]) if text.endswith('W') else []
    if not siblings:
        return None
    first = siblings[0]
    limits = [code.max_net_kg for code in siblings if code.max_net_kg]
    return replace(
        first,
        code=text[:-1],
        description=first.description.split(':')[0],
        liquid_form=any(code.liquid_form for code in siblings),
        max_net_kg=max(limits, default=None),
    )


def categories(stem: str) -> tuple[str, ...]:
    """The codes that a code without its category may stand for.

    >>> categories('4H'), categories('4G')
    (('4H1', '4H2'), ())
    """
    return tuple(code.code for code in _siblings(stem))


def _siblings(stem: str) -> list[PackagingCode]:
    """The codes that are this stem and a category."""
    return [code for name, code in _codes().items() if name[:-1] == stem and name[-1].isdigit()]


def _why_no_suffix(code: PackagingCode, letter: str) -> str:
    allowed = ', '.join(SUFFIXES[code.kind])
    kind = code.kind.replace('_', ' ').replace('ibc', 'IBC')
    return (
        f'after {code.code}, the code of a {kind}, only {allowed} may follow, '
        f'not {letter!r} ({_SUFFIX_CLAUSE[code.kind]})'
    )


def _why_unknown(text: str) -> tuple[str, str]:
    if re.fullmatch('2C[12][VWTU]?', text):
        return 'E_OBSOLETE', (
            f'{text} is the code of a wooden barrel, which is no longer a UN packaging: '
            'kind 2 is reserved (UN 6.1.2.5)'
        )
    shape = _SHAPE.fullmatch(text)
    reason = _why_not_there(shape) if shape else _FORM
    clause = next(clause for kind, clause in _CLAUSES if re.match(kind, text))
    return 'E_CODE', f'packaging code {shown(text)} does not exist: {reason} ({clause})'


def _why_not_there(shape: re.Match[str]) -> str:
    kind, letters, _ = shape.groups()
    unknown = next((letter for letter in letters if letter not in _MATERIALS), '')
    stem = kind + letters
    if kind not in _KINDS:
        return f'there is no kind {kind}'
    if kind in ('11', '21', '31') and letters == 'HZ':
        return 'on a mark the Z gives way to the letter of the outer casing, as in 31HA1'
    if unknown:
        return f'there is no material letter {unknown!r}'
    if siblings := _siblings(stem):
        return f'with this material there are only {", ".join(code.code for code in siblings)}'
    if stem in _codes():
        return f'{stem} has no category figure'
    return f'nothing of kind {kind} is made of {letters}'
