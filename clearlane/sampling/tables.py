"""Single sampling of ISO 2859-1 (GB/T 2828.1): how many boxes are opened, how many may fail.

The tables are data beside this module: `code_letters.csv` (Table 1) and `single.csv`
(Tables 2-A and 2-B: 26 acceptance quality limits, 16 letters, normal and tightened).
`Re = Ac + 1`. Where a cell of the standard is an arrow, `how` says where it leads and
both n and Ac are those of the plan that it leads to. Where n is not below the lot, the
whole lot is inspected.

Reduced inspection is not offered: the 1999 text of Table 2-C is not confirmed here, and
fewer inspections of a good supplier come from skip-lot or CSP-1 instead.

Source: ISO 2859-1:1999, Tables 1, 2-A, 2-B, as shared by ANSI/ASQ Z1.4 (R package AQLSchemes,
all 832 cells compared).
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

Severity = Literal['normal', 'tightened']
HOME = Path(__file__).parent
LEVELS = ('S-1', 'S-2', 'S-3', 'S-4', 'I', 'II', 'III')


class NoPlan(ValueError):
    """The tables hold no such plan; the message says what they hold."""


@dataclass(frozen=True)
class Single:
    """Open `n` boxes; the lot is accepted with at most `ac` bad ones, not accepted from `re` on."""

    letter: str
    n: int
    ac: int

    @property
    def re(self) -> int:
        """The rejection number."""
        return self.ac + 1

    def accepts(self, bad: int) -> bool:
        """Whether a lot with so many bad boxes in the sample is accepted."""
        return bad <= self.ac


def letter(lot: int, level: str = 'II') -> str:
    """The code letter for a lot of so many boxes; a lot of one counts as two.

    >>> letter(500), letter(500, 'S-1'), letter(1)
    ('H', 'B', 'A')
    """
    if level not in LEVELS:
        raise NoPlan(f'there is no inspection level {level!r}; levels: {", ".join(LEVELS)}')
    if lot < 1:
        raise NoPlan(f'a lot has at least one box, not {lot}')
    return next(row[level] for last, row in _letters() if max(lot, 2) <= last)


def single(lot: int, aql: str, level: str = 'II', severity: Severity = 'normal') -> Single:
    """The plan for a lot of so many boxes at an acceptance quality limit in percent.

    >>> single(50, '1.0')
    Single(letter='E', n=13, ac=0)
    >>> single(10, '1.0', severity='tightened')
    Single(letter='F', n=10, ac=0)
    """
    place = (severity, letter(lot, level), _percent(aql))
    if place not in _cells():
        raise NoPlan(f'the tables hold no {severity} plan at AQL {aql}; limits: {limits()}')
    found = _cells()[place]
    return found if found.n < lot else Single(found.letter, lot, found.ac)


def limits() -> str:
    """The acceptance quality limits of the tables, as one line."""
    return ' '.join(dict.fromkeys(format(aql.normalize(), 'f') for _, _, aql in _cells()))


def _percent(aql: str) -> Decimal:
    try:
        return Decimal(aql)
    except InvalidOperation as error:
        raise NoPlan(f'{aql!r} is no acceptance quality limit; limits: {limits()}') from error


@functools.cache
def _letters() -> list[tuple[float, Mapping[str, str]]]:
    with (HOME / 'code_letters.csv').open(encoding='utf-8', newline='') as file:
        return [(float(row['lot_max'] or 'inf'), row) for row in csv.DictReader(file)]


@functools.cache
def _cells() -> Mapping[tuple[str, str, Decimal], Single]:
    with (HOME / 'single.csv').open(encoding='utf-8', newline='') as file:
        return {
            (row['inspection'], row['code_letter'], Decimal(row['aql'])): Single(
                row['used_letter'], int(row['n']), int(row['Ac'])
            )
            for row in csv.DictReader(file)
        }
