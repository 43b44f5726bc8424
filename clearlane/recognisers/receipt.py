"""Receipts, VAT invoices (增值税发票) and refund forms (离境退税申请单): fields with their places.

Kinds: `invoice_number`, `invoice_code`, `invoice_date` (a day), `invoice_total`,
`invoice_amount` (without tax), `invoice_tax`, `tax_rate` (`13%`), `seller_name`,
`seller_uscc`, `buyer_name`, `buyer_uscc`, `buyer_id` (passport), `refund_form_number`,
`invoice_line` (the goods; quantity, price and amount in its details), `barcode`, `text`.
Amounts are plain decimals; which currency is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from clearlane.model import Reading
from clearlane.recognisers import amounts, barcodes, picture, receipt_fields, sources
from clearlane.recognisers.reader import Readings
from clearlane.recognisers.rows import Row, rows
from clearlane.recognisers.text import line, page

NAME = receipt_fields.NAME

FROM_CODE = 0.98
"""The score of what the QR code of an invoice says or bears out."""


class ReceiptReader(sources.Sourced):
    """The reader of receipts, invoices and refund forms."""

    name = NAME

    def read(self, picture_bytes: bytes) -> Readings:
        """The fields of the paper; raises Unreadable if the bytes are no picture."""
        image = picture.upright(picture_bytes)
        height, width = image.shape[:2]
        codes = barcodes.read(image)
        lines = page.read(image)
        readings = [*interpret(lines, codes), *codes]
        return Readings(width=width, height=height, readings=tuple(readings))


def interpret(lines: Sequence[line.Line], codes: Sequence[Reading] = ()) -> list[Reading]:
    """What the lines of a paper say, with what its QR code bears out."""
    page_rows = rows(lines)
    values = [*receipt_fields.find(page_rows), *receipt_fields.totals(page_rows)]
    goods = list(_goods(page_rows))
    readings = [value.reading() for value in [*values, *goods]]
    for code in codes:
        readings = borne_out(readings, code)
    spent = {id(value.line) for value in [*values, *goods]}
    words = [
        Reading(kind='text', value=one.text, score=one.score, recogniser=NAME,
                box=line.corners(one.quad))
        for one in lines if id(one) not in spent
    ]  # fmt: skip
    return [*readings, *words]


def _goods(page_rows: Sequence[Row]) -> Iterator[receipt_fields.Value]:
    """Rows of goods: a name, then figures of which the last is the amount."""
    for row in page_rows:
        text = row.text
        if receipt_fields.totals([row]) or any(form.search(text.upper()) for form in _NO_GOODS):
            continue
        found = [
            one for one in amounts.AMOUNT.finditer(text) if re.search(r'[.,]\d{2}$', one['number'])
        ]
        name = re.match(r'\W*([A-Za-z*\u4e00-\u9fff][^\d]{1,40}[^\s\d]?)', text)
        if not found or name is None or len(name[1].strip()) < 2:
            continue
        figures = [amounts.amount(one['number']) for one in found]
        details = {'amount': format(figures[-1], 'f'), **_count(figures, text)}
        yield receipt_fields.Value(
            'invoice_line', name[1].strip(' *'), row.at(found[-1].start('number')), 0.9, details
        )


_NO_GOODS = (
    *receipt_fields._PARTS.values(),
    receipt_fields._NO_TOTAL,
    re.compile('ROUND|找|TOTAL|合计|DATE|日期|TEL|电话'),
)


def _count(figures: Sequence[Decimal], text: str) -> dict[str, str]:
    """Quantity and price, where they make the amount."""
    numbers = [
        Decimal(one) for one in re.findall(r'(?<![\d.,])(\d{1,4}(?:\.\d{1,3})?)(?![\d.,])', text)
    ]
    for price in figures[:-1]:
        for quantity in [*numbers, *figures[:-1]]:
            if quantity and price * quantity == figures[-1]:
                return {'quantity': format(quantity, 'f'), 'unit_price': format(price, 'f')}
    return {}


def borne_out(readings: list[Reading], code: Reading) -> list[Reading]:
    """The readings with what the QR code of a VAT invoice says of number, code, day and amount."""
    parts = code.value.split(',')
    if len(parts) < 6 or parts[0] != '01' or not parts[3].isdigit():
        return readings
    said = {'invoice_code': parts[2], 'invoice_number': parts[3]}
    day = amounts.day(parts[5])
    if day is not None:
        said['invoice_date'] = day[0].isoformat()
    kept = []
    for one in readings:
        if one.kind in said:
            continue
        if one.kind in ('invoice_total', 'invoice_amount') and _same(one.value, parts[4]):
            one = replace(one, score=FROM_CODE, details={**one.details, 'confirmed_by': 'barcode'})
        kept.append(one)
    for kind, value in said.items():
        seen = next((one.value for one in readings if one.kind == kind), None)
        if value:
            details = {
                'confirmed_by': 'barcode',
                **({'printed': seen} if seen not in (None, value) else {}),
            }
            kept.append(
                Reading(kind=kind, value=value, score=FROM_CODE, recogniser=NAME, box=code.box,
                        details=details)
            )  # fmt: skip
    return kept


def _same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False


RECEIPT = ReceiptReader()
