"""What a receipt, a VAT invoice (增值税发票) or a refund form (离境退税申请单) says.

A field is found by the words before it in its row, in Chinese or English; the total
is what the most telling words announce, and what the other figures add up to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from clearlane.codes import uscc
from clearlane.model import Reading
from clearlane.recognisers import amounts
from clearlane.recognisers.rows import Row
from clearlane.recognisers.text.line import Line, around, certainty, corners

NAME = 'receipt/1'

GUESSED = 0.7
"""What is left of the score of a value that no words announce."""

EITHER = 0.9
"""What is left of the score of a number in which O or 0, I or 1 stands beside a letter."""

UNCLEAR = 0.8
"""What is left of the score of a day that may be read month first."""

CLOSE = 1.5
"""Words of one name stand no further apart, in their heights."""

BEARS_OUT = 1.0
LONE = 0.85
"""What is left of the score of a total that no other figure bears out."""

LESS = 0.5
"""What is left of it where other amounts on the page are greater: rows may have slipped."""


@dataclass(frozen=True)
class Value:
    """A value, the line it stands in, and what the way it was found leaves of its score."""

    kind: str
    value: str
    line: Line
    worth: float = 1.0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def _typed(self) -> bool:
        """Whether each place tells a letter from a figure: not in names, nor in free numbers."""
        if self.kind.endswith('_uscc'):
            return True
        return self.kind != 'seller_name' and re.search('[A-Z]', self.value) is None

    def reading(self) -> Reading:
        """The reading that it makes."""
        return Reading(
            kind=self.kind,
            value=self.value,
            score=certainty(self.line, typed=self._typed) * self.worth,
            recogniser=NAME,
            box=corners(self.line.quad),
            details=self.details,
        )


_GAP = r'[\s.:：;#*_\-）)】\]]*'
_NUMBERS = (
    ('refund_form_number', rf'申请单\s?(?:编号|号码?|NO){_GAP}([A-Z0-9]{{6,30}})'),
    ('invoice_code', rf'(?:发票)?代码{_GAP}(\d{{10}}(?:\d{{2}})?)(?!\d)'),
    ('invoice_number', rf'发票\s?(?:号码?|NO){_GAP}(\d{{20}}|\d{{8}})(?!\d)'),
    ('invoice_number', rf'(?<!代)号码{_GAP}(\d{{20}}|\d{{8}})(?!\d)'),
    (
        'invoice_number',
        r'(?:INVOICE|INV|RECEIPT|RCPT|B[I1][L1I]{2}|CHECK|CHK|TRANS(?:ACTION)?|DOC(?:UMENT)?|SLIP|ORDER|TICKET|BON)'
        rf'[\s-]*(?:(?:NO|NUMBER|NUM|NR|ID)\b|#|N[°º]){_GAP}([A-Z0-9][A-Z0-9/\-]{{2,24}})',
    ),
    (
        'invoice_number',
        rf'(?:小票|单据?|流水|交易|收银单|票据?)\s?(?:编?号码?|NO){_GAP}([A-Z0-9][A-Z0-9\-]{{3,29}})',
    ),
    (
        'invoice_number',
        rf'^\s*N(?:[O0]\s?[.:：]|[°º]){_GAP}([A-Z]{{0,4}}\d[A-Z0-9\-]{{3,24}})\s*$',
    ),
    (
        'buyer_id',
        rf'(?:护照|证件|PASSPORT)\s?(?:号码?|NO|NUMBER)?{_GAP}([A-Z]{{0,2}}\d[A-Z0-9]{{5,9}})(?![A-Z0-9])',
    ),
)  # fmt: skip
NUMBERS = [(kind, re.compile(form)) for kind, form in _NUMBERS]
_LETTER_OR_FIGURE = re.compile(r'[A-Z][01OI]|[01OI][A-Z]')
_DATE_WORDS = re.compile(
    r'(?P<issued>开票日期|开具日期|购物日期|销售日期|INVOICE DATE)|日期|时间|DATE|DT[.:]'
)
_USCC = re.compile(r'(?<![0-9A-Z])[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}(?![0-9A-Z])')
_TAX_RATE = re.compile(r'(?<![\d.])(\d{1,2})(?:[.,]\d{1,2})?\s?[%％]')
_NAME_WORDS = re.compile(r'名\s?称\s?[:：]?\s*(.{2,40})')
_STORE_WORDS = re.compile(
    r'(?:退税商店名?称?|商店名称|销售单位|收款单位|店名|STORE|MERCHANT)\s?[:：]\s?(.{2,40})'
)


def find(rows: Sequence[Row]) -> list[Value]:
    """The fields of a page, each once; the total and its parts are found elsewhere."""
    best: dict[str, Value] = {}
    for one in _all(rows):
        # The first one stands highest on the page and is announced best.
        best.setdefault(one.kind, one)
    return list(best.values())


def _all(rows: Sequence[Row]) -> Iterator[Value]:
    yield from _numbers(rows)
    yield from _day(rows)
    yield from _parties(rows)
    rates = {found[1] for row in rows for found in _TAX_RATE.finditer(row.text)}
    for row in rows:
        found = _TAX_RATE.search(row.text)
        if found and found[1] in (
            '1',
            '3',
            '5',
            '6',
            '7',
            '8',
            '9',
            '10',
            '11',
            '13',
            '16',
            '17',
            '20',
        ):
            other = {'also': sorted(rates - {found[1]})} if len(rates) > 1 else {}
            yield Value('tax_rate', found[1] + '%', row.at(found.start(1)), 0.95, other)


def _numbers(rows: Sequence[Row]) -> Iterator[Value]:
    for kind, form in NUMBERS:
        for row in rows:
            text = row.text.upper()
            found = form.search(text)
            if found and any(mark.isdigit() for mark in found[1]):
                worth = EITHER if _LETTER_OR_FIGURE.search(found[1]) else 1.0
                yield Value(kind, found[1].strip('-/'), row.at(found.start(1)), worth)
    for row in rows:
        # On a VAT invoice the number is printed large beside 'No', without its words.
        found = re.search(r'(?:^|\s)N[O0o°º][.:]?\s?(\d{8})(?!\d)', row.text)
        if found:
            yield Value('invoice_number', found[1], row.at(found.start(1)), 0.9)


def _day(rows: Sequence[Row]) -> Iterator[Value]:
    """The day of the invoice: one that words announce, else the first day on the page."""
    ranked: list[tuple[int, Value]] = []
    for row in rows:
        text = row.text
        words = _DATE_WORDS.search(text.upper())
        seen = amounts.day(text[words.end() :] if words else text)
        if seen is None:
            continue
        day, unclear = seen
        rank = 0 if words and words['issued'] else 1 if words else 2
        worth = (1.0, 0.97, 0.9)[rank] * (UNCLEAR if unclear else 1.0)
        place = words.end() if words else 0
        figure = re.search(r'\d', text[place:])
        line = row.at(place + (figure.start() if figure else 0))
        details = {'order': 'day first assumed'} if unclear else {}
        ranked.append((rank, Value('invoice_date', day.isoformat(), line, worth, details)))
    yield from (value for _, value in sorted(ranked, key=lambda one: one[0]))


def _parties(rows: Sequence[Row]) -> Iterator[Value]:
    """Names and codes of seller and buyer: by the words, else by their usual place."""
    codes = [(at, one) for at, row in enumerate(rows) for one in _codes(row)]
    names = [(at, one) for at, row in enumerate(rows) for one in _names(row)]
    for what, found in (('uscc', codes), ('name', names)):
        sellers = [one for at, one in found if _side(rows, at, one.line) == 'seller']
        buyers = [one for at, one in found if _side(rows, at, one.line) == 'buyer']
        if len(found) == 2 and not any(_own_side(one.line) for _, one in found):
            # Where both parties stand on an invoice, the buyer stands before the seller.
            buyers, sellers = [found[0][1]], [found[1][1]]
        elif not sellers and not buyers and found:
            sellers = [found[-1][1]]
        for side, chosen in (('seller', sellers), ('buyer', buyers)):
            if chosen:
                one = chosen[0]
                yield Value(f'{side}_{what}', one.value, one.line, one.worth, one.details)
    for row in rows:
        found_store = _STORE_WORDS.search(row.text)
        if found_store:
            yield Value('seller_name', found_store[1].strip(), row.at(found_store.start(1)))
    yield from _heading(rows)


def _codes(row: Row) -> Iterator[Value]:
    for line in row.lines:
        tight = re.sub(r'[\s]', '', line.text.upper())
        for found in _USCC.finditer(tight):
            right = uscc.is_valid(found[0])
            details = {} if right else {'error': 'the check character is wrong'}
            yield Value('uscc', found[0], line, 1.0 if right else 0.5, details)


def _names(row: Row) -> Iterator[Value]:
    for line in row.lines:
        found = _NAME_WORDS.search(line.text)
        if found and not re.search('货物|商品|项目|服务', line.text[: found.start() + 2]):
            yield Value('name', found[1].strip(), line)


def _side(rows: Sequence[Row], at: int, line: Line) -> str:
    """Whether a line belongs to the seller or the buyer, by words in its row or the rows near."""
    own = _own_side(line)
    if own:
        return own
    near: list[tuple[float, str]] = []
    for row in rows[max(0, at - 3) : at + 4]:
        for other in row.lines:
            text = other.text.strip()
            side = 'seller' if text.startswith('销') else 'buyer' if text.startswith('购') else ''
            if side and len(text) <= 4:
                along, down = line.frame.place(other.frame)
                near.append((abs(down) + max(0.0, along) * 2 - min(0.0, along) / 4, side))
    return min(near)[1] if near else ''


def _own_side(line: Line) -> str:
    if re.search('销售方|销方|卖方|收款方', line.text):
        return 'seller'
    return 'buyer' if re.search('购买方|购方|买方|付款方', line.text) else ''


def _heading(rows: Sequence[Row]) -> Iterator[Value]:
    """The name at the head of a till receipt."""
    skipped = (
        r'\d{3}|发票|收据|小票|欢迎|[:：]|www|^\W*$|'
        r'\b(?:RECEIPT|INVOICE|WELCOME|COPY|TEL|DATE|NO)\b'
    )
    for row in rows[:5]:
        line = _widest(row)
        text = re.sub(r'\s+', ' ', line.text.strip())
        if len(text) >= 3 and not re.search(skipped, text, re.IGNORECASE):
            yield Value('seller_name', text, line, GUESSED)


def _widest(row: Row) -> Line:
    """The longest run of words in a row: pieces of one print that stand close by."""
    runs = [row.lines[0]]
    for line in row.lines[1:]:
        last = runs[-1]
        along, _ = last.frame.place(line.frame)
        gap = along - (last.frame.width + line.frame.width) / 2
        alike = 0.75 < line.frame.height / last.frame.height < 1.33
        if not alike or gap > CLOSE * last.frame.height:
            runs.append(line)
            continue
        runs[-1] = replace(
            last,
            text=f'{last.text} {line.text}',
            score=min(last.score, line.score),
            weakest=min(last.weakest, line.weakest),
            certainties=(),
            shapes=(),
            quad=around([last.quad, line.quad]),
        )
    return max(runs, key=lambda line: line.frame.width)


# Totals


_TOTALS = (
    (r'价税合计|TOTAL\s?(?:AMOUNT)?\s?\(?INCL|含税合计', 6),
    (
        r'GRAND\s*TOTAL|NET+\s*TOTAL|TOTAL\s*(?:AMOUNT\s*)?(?:DUE|PAYABLE)|AMOUNT\s*(?:DUE|PAYABLE)',
        5,
    ),
    (
        r'应付|实付|实收金额|应收|总计|总额|合计金额|TOTAL\s*AMOUNT|TOTAL\s*SALES?|ROUNDED\s*TOTAL',
        4,
    ),
    (r'TOTAL\s*ROUNDED|TOTAL\s*AFTER|消费金额|BALANCE\s*DUE', 4),
    (r'合\s{0,4}[计計]|(?<!SUB)(?<!SUB )(?<!SUB-)TOTAL|SUMME|GESAMT|TOTALE|IMPORTE', 3),
)
_NO_TOTAL = re.compile(
    r'SUB\s*-?\s*TOTAL|TOTAL\s*(?:QTY|QUANTITY|ITEMS?|DISC|SAV|GST|TAX|VAT)|ITEM|QTY|DISC|SAVING|POINT|'
    r'小[计計]|件数|数量|折扣|优惠|积分|EXCL|NON|GST\s?SUMMARY|TAX\s?TOTAL'
)
_COUNT = re.compile(r'\(\s*\d+\s*(?:ITEM|PC|PCS|件)[^)]*\)')
"""So many goods, beside the word for the total."""
_SUM = re.compile(r'合计')
_PARTS = {
    'invoice_amount': re.compile(
        r'SUB\s?-?\s?TOTAL|不含税|未税|TOTAL\s?(?:\(?EXCL|BEFORE)|TAXABLE'
    ),
    'invoice_tax': re.compile(
        r'税\s{0,4}额|(?<![A-Z])(?:GST|VAT|SST|PB1|TAX|PPN)(?![A-Z])(?!\s?(?:INV|REG|NO|ID|CODE|SUMM|#))'
    ),
    'paid': re.compile(
        r'现金|收款(?!人|方|单位)|实[收付]|CASH|TENDER|PAID|PAYMENT|VISA|MASTER|CARD|支付宝|微信|银联|'
        r'GEG\.?\s*BAR|预り|預り'
    ),
    'change': re.compile(r'找零|找赎|CHANGE|KEMBALI|R[UÜ]E?CKGELD|釣'),
}


def totals(rows: Sequence[Row]) -> list[Value]:
    """The total, and what it is made of; a total that adds up is surer than one that does not."""
    found: list[tuple[int, int, Value]] = []
    parts: dict[str, list[Value]] = {name: [] for name in _PARTS}
    for at, row in enumerate(rows):
        text = row.text.upper()
        for name, form in _PARTS.items():
            words = form.search(text)
            if words:
                parts[name] += _amounts(name, row, rows, at, words.end())
        if _SUM.match(text.replace(' ', '')):
            both = list(_in_row('invoice_amount', row, 0))
            if len(both) == 2:
                # The sum row of a VAT invoice: the amounts without tax, and the tax.
                parts['invoice_amount'].append(both[0])
                parts['invoice_tax'].append(replace(both[1], kind='invoice_tax'))
                continue
        rank = 0 if _NO_TOTAL.search(_COUNT.sub('', text)) else _rank(text)
        if rank:
            found += [(rank, at, one) for one in _amounts('invoice_total', row, rows, at)[-1:]]
    if not found:
        return []
    settled = _settled(parts)
    rank, _, total = max(
        found,
        # Of equal words what was paid is the total: the other was before a reduction.
        key=lambda one: (one[0], Decimal(one[2].value) in settled, Decimal(one[2].value), one[1]),
    )
    written = _written(rows)
    proof = _proof(total, parts, found, written)
    if written is not None and written != Decimal(total.value):
        total = Value(
            'invoice_total', total.value, total.line, 0.5, {'error': f'written as {written}'}
        )
        proof = ''
    worth = total.worth * (BEARS_OUT if proof else LONE)
    if not proof and _is_less(total, rows, parts):
        worth *= LESS
    details = {**total.details, **({'confirmed_by': proof} if proof else {})}
    kept = [Value('invoice_total', total.value, total.line, worth, details)]
    for name in ('invoice_amount', 'invoice_tax'):
        smaller = [one for one in parts[name] if Decimal(one.value) <= Decimal(total.value)]
        kept += [smaller[-1] if name == 'invoice_tax' else smaller[0]] if smaller else []
    return kept


def _settled(parts: dict[str, list[Value]]) -> set[Decimal]:
    """What was paid: handed over, with or without what was given back."""
    paid, back = ({Decimal(one.value) for one in parts[name]} for name in ('paid', 'change'))
    return {a - b for a in paid for b in back} or paid


def _rank(text: str) -> int:
    return max((rank for form, rank in _TOTALS if re.search(form, text)), default=0)


def _amounts(kind: str, row: Row, rows: Sequence[Row], at: int, start: int = 0) -> list[Value]:
    """The amounts in a row behind `start`; where there are none, those of the row below."""
    found = list(_in_row(kind, row, start))
    if (
        not found
        and at + 1 < len(rows)
        and not re.search('[A-Za-z\u4e00-\u9fff]{3}', rows[at + 1].text)
    ):
        found = list(_in_row(kind, rows[at + 1], 0))
    return found


def _in_row(kind: str, row: Row, start: int) -> Iterator[Value]:
    for found in amounts.AMOUNT.finditer(row.text):
        number = found['number']
        exact = bool(re.search(r'[.,]\s?\d{2}$', number))
        if found.start('number') < start or not (exact or found['currency'] or len(number) > 4):
            continue
        value = amounts.amount(number)
        if 0 < value < 10**8:
            yield Value(
                kind, format(value, 'f'), row.at(found.start('number')), 1.0 if exact else 0.9
            )


def _written(rows: Sequence[Row]) -> Decimal | None:
    """The total in capital numerals."""
    for row in rows:
        found = amounts.CAPITAL.search(re.sub(r'\s', '', row.text))
        value = amounts.capital(found[0]) if found and len(found[0]) > 2 else None
        if value:
            return value
    return None


def _is_less(total: Value, rows: Sequence[Row], parts: dict[str, list[Value]]) -> bool:
    """Whether a price on the page is greater than the total that nothing bears out."""
    paid = {Decimal(one.value) for one in parts['paid']}
    # Only with hundredths: other long figures are numbers of papers and telephones.
    prices = {
        Decimal(one.value) for row in rows for one in _in_row('amount', row, 0) if one.worth == 1.0
    }
    return any(one > Decimal(total.value) for one in prices - paid)


def _proof(
    found_total: Value,
    parts: dict[str, list[Value]],
    found: Sequence[tuple[int, int, Value]],
    written: Decimal | None,
) -> str:
    """What else on the page says the same total."""
    total = Decimal(found_total.value)
    values = {name: [Decimal(one.value) for one in ones] for name, ones in parts.items()}
    paid = [one for one in parts['paid'] if one.line is not found_total.line]
    if written == total:
        return 'the amount in words'
    if any(a + b == total for a in values['invoice_amount'] for b in values['invoice_tax']):
        return 'amount and tax'
    if any(a - b == total for a in values['paid'] for b in values['change']):
        return 'payment and change'
    again = sum(Decimal(one.value) == total for _, _, one in found) > 1
    if again or any(Decimal(one.value) == total for one in paid):
        return 'repeated'
    return ''
