"""The elements of a GS1 code (应用标识符): what each application identifier says.

Source: GS1 General Specifications, section 3; the identifiers that packages of goods
carry. An identifier that is not known here keeps its figures.

>>> elements('(01)06901234567892(11)250106(21)AB12')
{'gtin': '06901234567892', 'production_day': '2025-01-06', 'serial': 'AB12'}
>>> elements('(3103)001250(99)x')
{'net_mass_kg': '1.250', '99': 'x'}
"""

from __future__ import annotations

import re
from decimal import Decimal

NAMES = {
    '00': 'sscc', '01': 'gtin', '02': 'content_gtin', '10': 'batch', '11': 'production_day',
    '12': 'due_day', '13': 'packaging_day', '15': 'best_before_day', '16': 'sell_by_day',
    '17': 'expiry_day', '20': 'variant', '21': 'serial', '22': 'consumer_variant',
    '30': 'count', '37': 'content_count', '240': 'additional_id', '241': 'customer_part',
    '250': 'secondary_serial', '251': 'source', '400': 'order', '401': 'consignment',
    '402': 'shipment', '403': 'route', '410': 'ship_to', '411': 'bill_to', '412': 'bought_from',
    '414': 'location', '420': 'ship_to_postcode', '421': 'ship_to_postcode_abroad',
    '422': 'country_of_origin', '7003': 'expiry_moment', '8003': 'returnable_asset',
    '8004': 'asset', '8006': 'part_of_item', '8008': 'production_moment', '8200': 'url',
}  # fmt: skip

DAYS = {'11', '12', '13', '15', '16', '17'}

MEASURES = {'310': 'net_mass_kg', '330': 'gross_mass_kg', '311': 'length_m', '312': 'width_m',
            '313': 'height_m', '316': 'volume_m3', '320': 'net_mass_lb',
            '340': 'gross_mass_lb'}  # fmt: skip
"""By their first three figures; the fourth says how many decimals follow."""

_ELEMENT = re.compile(r'\((\d{2,4})\)((?:(?!\(\d{2,4}\)).)*)', re.DOTALL)


def elements(text: str) -> dict[str, str]:
    """The elements of a code in its readable form, with identifiers in brackets."""
    return dict(_named(*found.groups()) for found in _ELEMENT.finditer(text))


def is_trade_number(text: str) -> bool:
    """Whether this is a GTIN of fourteen figures, the last of which checks the others.

    >>> is_trade_number('15400141288763'), is_trade_number('15400141288764')
    (True, False)
    """
    if not re.fullmatch(r'[0-9]{14}', text):
        return False
    total = sum(int(one) * (3, 1)[at % 2] for at, one in enumerate(text))
    return total % 10 == 0


def _named(identifier: str, value: str) -> tuple[str, str]:
    measure = MEASURES.get(identifier[:3]) if len(identifier) == 4 else None
    if measure and value.isdigit():
        return measure, str(Decimal(value).scaleb(-int(identifier[3])))
    if identifier in DAYS and re.fullmatch(r'\d{6}', value):
        return NAMES[identifier], _day(value)
    return NAMES.get(identifier, identifier), value


def _day(value: str) -> str:
    """Year, month, day; a day of 00 is the last of its month, so that the month is all it says."""
    # The standard counts a year of 51 or more as one of the century before.
    century = '19' if int(value[:2]) > 50 else '20'
    month = f'{century}{value[:2]}-{value[2:4]}'
    return month if value[4:] == '00' else f'{month}-{value[4:]}'
