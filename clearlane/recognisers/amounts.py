"""Amounts of money and days as they are printed on receipts and invoices."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

CURRENCY = r'(?:CNY|RMB|¥|￥|Y(?=\d)|HK\$|MOP\$?|NT\$|S\$|US\$|\$|RM|RP\.?|IDR|EUR|€|GBP|£|人民币)'

AMOUNT = re.compile(
    rf'(?P<sign>-)?\s?(?P<currency>{CURRENCY})?\s?(?P<minus>-)?'
    r'(?P<number>\d{1,3}(?:[,.\']\s?\d{3}|\s\d{3})+(?:[.,]\s?\d{2})?|\d{1,9}[.,]\s?\d{2}|\d{1,9})(?![\d%])',
    re.IGNORECASE,
)
"""An amount; a point or comma before two figures parts the hundredths."""

_CAPITALS = {mark: at for at, mark in enumerate('零壹贰叁肆伍陆柒捌玖')}
_CAPITALS |= {'貳': 2, '叄': 3, '參': 3, '陸': 6, '〇': 0, '两': 2}
_CAPITALS |= {mark: at for at, mark in enumerate('一二三四五六七八九', start=1)}
_STEPS = {'拾': 10, '十': 10, '佰': 100, '百': 100, '仟': 1000, '千': 1000}
CAPITAL = re.compile(
    '[零壹贰叁肆伍陆柒捌玖拾佰仟万亿萬貳叄參陸〇]+[元圆圓](?:[零壹贰叁肆伍陆柒捌玖]角)?'
    '(?:[零壹贰叁肆伍陆柒捌玖]分)?[整正]?'
)

_MONTHS = {
    'JAN': 1, 'FEB': 2, 'MAR': 3, 'APR': 4, 'MAY': 5, 'JUN': 6, 'JUL': 7, 'AUG': 8, 'SEP': 9,
    'OCT': 10, 'NOV': 11, 'DEC': 12,
}  # fmt: skip
_NAMES = '|'.join(_MONTHS).replace('O', '[O0]')
_YEAR = r'(?P<y>20\d{2}(?!\d)|20\d{2}(?=\d{1,2}[:：]\d{2})|\d{2}(?!\d))'
"""It may run into the time of the day."""
_DAYS = (
    re.compile(r'(?P<y>20\d{2}|19\d{2})\s?[年./-]\s?(?P<m>\d{1,2})\s?[月./-]\s?(?P<d>\d{1,2})'),
    re.compile(rf'(?<!\d)(?P<d>\d{{1,2}})\s?[./-]\s?(?P<m>\d{{1,2}})\s?[./-]\s?{_YEAR}'),
    re.compile(
        rf'(?<!\d)(?P<d>\d{{1,2}})\s?[ ./-]?\s?(?P<name>{_NAMES})[A-Z]*\s?[ .,/-]?\s?{_YEAR}'
    ),
    re.compile(rf'(?P<name>{_NAMES})[A-Z]*\.?\s?(?P<d>\d{{1,2}}),?\s?(?P<y>20\d{{2}})'),
    re.compile(r'(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)'),
)  # fmt: skip


def amount(number: str, *, hundredths: bool = True) -> Decimal:
    """A printed number as an amount.

    >>> amount('1,234.50'), amount('1.234,50'), amount('45.000'), amount('12')
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('45000'), Decimal('12'))
    """
    number = re.sub(r"[ ']", '', number)
    tail = re.search(r'[.,](\d{2})$', number) if hundredths else None
    if tail:
        whole = re.sub(r'[.,]', '', number[: tail.start()])
        return Decimal(f'{whole or 0}.{tail[1]}')
    return Decimal(re.sub(r'[.,]', '', number))


def capital(text: str) -> Decimal | None:
    """An amount written in capital Chinese numerals (大写), or None.

    >>> capital('壹仟贰佰叁拾肆圆伍角陆分')
    Decimal('1234.56')
    >>> capital('壹万零伍拾元整')
    Decimal('10050')
    """
    found = re.match('([^元圆圓]*)[元圆圓]', text)
    if not found:
        return None
    whole = _whole(found[1])
    if whole is None:
        return None
    total = Decimal(whole)
    for unit, worth in (('角', Decimal('0.1')), ('分', Decimal('0.01'))):
        part = re.search(f'(.){unit}', text[found.end() :])
        if part:
            total += _CAPITALS.get(part[1], 0) * worth
    return total


def _whole(text: str) -> int | None:
    """A whole number in capital numerals."""
    total = section = figure = 0
    for mark in text:
        if mark in _CAPITALS:
            figure = _CAPITALS[mark]
        elif mark in _STEPS:
            section += (figure or 1) * _STEPS[mark]
            figure = 0
        elif mark in '万萬亿':
            total = (total + section + figure) * (10_000 if mark in '万萬' else 100_000_000)
            section = figure = 0
        else:
            return None
    return total + section + figure


def day(text: str) -> tuple[date, bool] | None:
    """The first day in a text, and whether it could also be read month first.

    >>> day('开票日期:2024年03月15日')
    (datetime.date(2024, 3, 15), False)
    >>> day('Date 05/04/2018')
    (datetime.date(2018, 4, 5), True)
    """
    upper = text.upper()
    for form in _DAYS:
        for found in form.finditer(upper):
            named = found.groupdict()
            year = int(named['y']) + (2000 if len(named['y']) == 2 else 0)
            name = named.get('name')
            month = _MONTHS[name.replace('0', 'O')] if name else int(named['m'])
            first = int(named['d'])
            unclear = form is _DAYS[1] and first <= 12 and month <= 12 and first != month
            if form is _DAYS[1] and month > 12 >= first:
                first, month = month, first
            try:
                return date(year, month, first), unclear
            except ValueError:
                continue
    return None
