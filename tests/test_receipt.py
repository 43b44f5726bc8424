"""Receipts and invoices: fields by their words, sums that add up, the QR code of an invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import cameras
from bench.receipts import KINDS, capitals, paper
from clearlane.model import Reading
from clearlane.recognisers import amounts, receipt
from clearlane.recognisers.text.line import Line


@pytest.mark.parametrize('kind', KINDS)
def test_a_drawn_paper_is_read_field_by_field(kind: str) -> None:
    rng = np.random.default_rng([7, KINDS.index(kind)])
    drawn, truth = paper(kind, rng)
    size = (1600, 1200) if drawn.width > drawn.height else (1200, 1600)
    picture, _ = cameras.taken(
        np.asarray(drawn)[:, :, ::-1].copy(), cameras.View(yaw=8, pitch=4), size, rng
    )
    found = receipt.RECEIPT.read(cameras.jpeg(picture, 90)).readings
    assert {name: [o.value for o in found if o.kind == name] for name in truth} == {
        name: [value] for name, value in truth.items()
    }
    (total,) = (one for one in found if one.kind == 'invoice_total')
    assert total.details.get('confirmed_by')


@given(st.integers(1, 999_999))
def test_an_amount_in_capitals_is_read_back(cents: int) -> None:
    total = Decimal(cents) / 100
    assert amounts.capital(capitals(total)) == total


@pytest.mark.parametrize(
    ('text', 'wanted'),
    [
        ('开票日期:2024年03月15日', (date(2024, 3, 15), False)),
        ('25/12/2018 8:13:39 PM', (date(2018, 12, 25), False)),
        ('Date: 05-04-18', (date(2018, 4, 5), True)),
        ('12/25/2023', (date(2023, 12, 25), False)),
        ('DATE 26 0CT 2026 15:02', (date(2026, 10, 26), False)),
        ('16/04/20268:13:39 PM', (date(2026, 4, 16), False)),
        ('04 JUN 2017', (date(2017, 6, 4), False)),
        ('Jan 7, 2020', (date(2020, 1, 7), False)),
        ('no day at all 99/99/2020', None),
    ],
)
def test_days_as_they_are_printed(text: str, wanted: tuple[date, bool] | None) -> None:
    assert amounts.day(text) == wanted


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_days_and_amounts(text: str) -> None:
    amounts.day(text)
    amounts.capital(text)
    for found in amounts.AMOUNT.finditer(text):
        if found['number'].isascii():
            amounts.amount(found['number'])


def line(text: str, x: float, y: float) -> Line:
    wide = 14.0 * len(text)
    return Line(
        text=text, score=0.98, quad=((x, y), (x + wide, y), (x + wide, y + 24), (x, y + 24))
    )


def total(*rows: tuple[str, str]) -> Reading:
    lines = [line(words, 20, 60 * at) for at, (words, _) in enumerate(rows)]
    lines += [line(figure, 400, 60 * at) for at, (_, figure) in enumerate(rows) if figure]
    (found,) = (one for one in receipt.interpret(lines) if one.kind == 'invoice_total')
    return found


def test_the_total_is_what_is_due_not_what_was_handed_over() -> None:
    found = total(
        ('TOTAL QTY', '3'),
        ('SUBTOTAL', '94.34'),
        ('GST 6%', '5.66'),
        ('TOTAL', '100.00'),
        ('CASH', '150.00'),
        ('CHANGE', '50.00'),
    )
    assert found.value == '100.00'
    assert found.details['confirmed_by'] == 'amount and tax'


@pytest.mark.parametrize(
    ('rows', 'wanted'),
    [
        ([('总计：', '505.00'), ('优惠：', '5.00'), ('实付金额：', '500.00')], '500.00'),
        ([('应收：', '68.00'), ('实收：', '100.00'), ('找零：', '32.00')], '68.00'),
        ([('TOTAL (3 ITEMS)', '$139.70'), ('GST 9% INCLUDED', '$11.53')], '139.70'),
        ([('TOTAL ITEMS', '300.00'), ('TOTAL', '139.70')], '139.70'),
        ([('SUMME EUR', '7,27'), ('Geg.BAR EUR', '10,00'), ('Rueckgeld EUR', '2,73')], '7.27'),
        ([('小計', '¥290'), ('合計', '¥313'), ('お預り', '¥1,013'), ('お釣', '¥700')], '313'),
        ([('成交金额：', '5,288.00'), ('应付金额：', '5, 272.00')], '5272.00'),
        ([('TOTAL', '33.92'), ('ROUNDING', '-0.02'), ('TOTAL  ROUNDED', '33.90')], '33.90'),
    ],
)
def test_totals_as_shops_of_the_world_print_them(rows: list[tuple[str, str]], wanted: str) -> None:
    assert total(*rows).value == wanted


def test_a_total_beside_which_greater_amounts_stand_is_unsure_unless_it_is_borne_out() -> None:
    goods = (('铁观音', '873.66'), ('真丝围巾', '818.61'))
    assert total(*goods, ('实付金额：', '0.16')).score < 0.5
    assert total(*goods, ('实付金额：', '700.00'), ('支付宝', '700.00')).score > 0.9
    number = ('发票号码:', '26312000000000000001')
    assert total(number, ('合计', '1860.00')).score == total(('合计', '1860.00')).score


@pytest.mark.parametrize(
    ('row', 'wanted'),
    [
        ('DOCUMENT  NO ：TD01167104', 'TD01167104'),
        ('Invoice # : OR18030502170439', 'OR18030502170439'),
        ('TICKET N° 004512', '004512'),
        ('Bon-Nr.: 4711', '4711'),
        ('Bi11 No.2026051100321', '2026051100321'),
        ('No : A00123', 'A00123'),
        ('NO.53 55,57 & 59, JALAN SAGU 18', None),
        ('TEL NO: 07-3507405', None),
    ],
)
def test_numbers_of_receipts_as_they_are_announced(row: str, wanted: str | None) -> None:
    found = receipt.interpret([line(row, 20, 20)])
    assert next((one.value for one in found if one.kind == 'invoice_number'), None) == wanted


def test_a_letter_that_may_be_a_figure_lowers_the_score_of_a_free_number() -> None:
    clear, either = (
        next(o.score for o in receipt.interpret([line(row, 20, 20)]) if o.kind == 'invoice_number')
        for row in ('RECEIPT NO: SN2261', 'RECEIPT NO: 0R2261')
    )
    assert either < clear


def test_the_name_at_the_head_is_whole_where_its_words_stand_apart() -> None:
    lines = [line('BOOK TA.K', 20, 20), line('(TAMAN DAYA) SDN BHD', 170, 20)]
    found = receipt.interpret(lines)
    assert [one.value for one in found if one.kind == 'seller_name'] == [
        'BOOK TA.K (TAMAN DAYA) SDN BHD'
    ]


def test_a_total_that_its_words_deny_scores_low() -> None:
    found = total(('价税合计(大写) 壹佰圆整', '¥700.00'))
    assert found.score <= 0.5
    assert 'written as 100' in found.details['error']


def test_the_code_of_an_invoice_settles_its_number_and_day() -> None:
    code = Reading(kind='barcode', value='01,10,035022300111,12345678,88.50,20240315,999,AB',
                   score=0.99, recogniser='t/1', details={'symbology': 'qr'})  # fmt: skip
    found = receipt.interpret([line('发票号码:12345679', 20, 20)], [code])
    number = next(one for one in found if one.kind == 'invoice_number')
    assert (number.value, number.details['printed']) == ('12345678', '12345679')
    assert next(one for one in found if one.kind == 'invoice_date').value == '2024-03-15'
