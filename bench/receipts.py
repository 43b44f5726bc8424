"""How well receipts and VAT invoices are read, field by field, on drawn papers.

    python -m bench.receipts --n 10

All papers are synthetic: till receipts in English and Chinese, and the VAT invoice in its
old (two parties one above the other) and its digital layout (side by side); then worn till
receipts by another hand, `bench.hands.till`. *sure* is a score of 0.5 or more.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from stdnum.cn import uscc

from bench import cameras
from bench.hands import till
from clearlane.recognisers.receipt import RECEIPT

FONTS = Path(__file__).parents[1] / 'node_modules' / '@expo-google-fonts'
FACES = {
    'sans': 'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
    'bold': 'noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
}
KINDS = ('till_en', 'till_zh', 'vat_old', 'vat_digital')
ALL = (*KINDS, *till.SHOPS)
SURE = 0.5
GOODS = {
    'en': ('COTTON SHIRT', 'GREEN TEA 250G', 'UMBRELLA', 'LAMP', 'BISCUITS'),
    'zh': ('真丝围巾', '铁观音茶叶', '保温杯', '蓝牙耳机', '凤梨酥'),
    'vat': ('*纺织品*真丝围巾', '*茶*铁观音', '*日用品*保温杯', '*电子*耳机', '*食品*糕点'),
}
COLUMNS = {
    '项目名称': 60, '单位': 560, '数量': 680, '单价': 820, '金额': 1000, '税率': 1160, '税额': 1290,
}  # fmt: skip
Paper = tuple[Image.Image, dict[str, str]]


def code(rng: np.random.Generator) -> str:
    """A social credit code of nobody."""
    body = f'9135020{int(rng.integers(0, 10))}MA{int(rng.integers(10**6, 10**7))}'
    return body[:17] + str(uscc.calc_check_digit(body[:17]))


def paper(kind: str, rng: np.random.Generator) -> Paper:
    """A paper of this kind, and what is printed on it."""
    prices = [Decimal(int(rng.integers(500, 60000))) / 100 for _ in range(int(rng.integers(2, 6)))]
    total = sum(prices, Decimal(0))
    year, month, mday = (int(rng.integers(*ends)) for ends in ((2023, 2027), (1, 13), (13, 29)))
    day = f'{year}-{month:02}-{mday:02}'
    number = str(int(rng.integers(10**7, 10**8)))
    draw = {'till_en': _till_en, 'till_zh': _till_zh, 'vat_old': _vat, 'vat_digital': _vat}[kind]
    return draw(kind, prices, total, day, number, rng)


class _Sheet:
    def __init__(self, wide: int, high: int) -> None:
        self.picture = Image.new('RGB', (wide, high), (246, 245, 240))
        self.pen = ImageDraw.Draw(self.picture)

    def put(
        self, x: float, y: float, text: str, size: int = 26, face: str = 'sans', anchor: str = 'la'
    ) -> None:
        font = ImageFont.truetype(FONTS / FACES[face], size)
        self.pen.text((x, y), text, fill=(35, 35, 40), font=font, anchor=anchor)


def _till_en(
    kind: str,
    prices: list[Decimal],
    total: Decimal,
    day: str,
    number: str,
    rng: np.random.Generator,
) -> Paper:
    sheet = _Sheet(640, 620 + 44 * len(prices))
    y, m, d = day.split('-')
    sheet.put(320, 30, 'HARBOUR GENERAL STORE', 32, 'bold', 'ma')
    sheet.put(320, 78, '12 Quay Road, Tel 02-5551234', 22, anchor='ma')
    sheet.put(40, 130, f'Invoice No: {number}')
    sheet.put(40, 168, f'Date: {d}/{m}/{y} 14:32')
    at = 230
    for price, name in zip(
        prices, ('COTTON SHIRT', 'GREEN TEA 250G', 'UMBRELLA', 'LAMP', 'BISCUITS'), strict=False
    ):
        sheet.put(40, at, name)
        sheet.put(600, at, f'{price:,.2f}', anchor='ra')
        at += 44
    tax = (total * 6 / 106).quantize(Decimal('0.01'))
    paid = (total // 50 + 1) * 50
    for words, value in (
        ('SUBTOTAL', total - tax),
        ('GST 6%', tax),
        ('TOTAL', total),
        ('CASH', paid),
        ('CHANGE', paid - total),
    ):
        at += 44
        sheet.put(
            40, at, words, 30 if words == 'TOTAL' else 26, 'bold' if words == 'TOTAL' else 'sans'
        )
        sheet.put(600, at, f'{value:,.2f}', 30 if words == 'TOTAL' else 26, anchor='ra')
    return sheet.picture, {
        'invoice_number': number, 'invoice_date': day, 'invoice_total': f'{total:.2f}',
        'invoice_tax': f'{tax:.2f}', 'seller_name': 'HARBOUR GENERAL STORE',
    }  # fmt: skip


def _till_zh(
    kind: str,
    prices: list[Decimal],
    total: Decimal,
    day: str,
    number: str,
    rng: np.random.Generator,
) -> Paper:
    sheet = _Sheet(640, 560 + 44 * len(prices))
    sheet.put(320, 30, '鹭江百货商场', 36, 'bold', 'ma')
    sheet.put(40, 110, f'单号:{number}')
    sheet.put(40, 150, f'日期:{day} 10:21:33')
    at = 210
    for price, name in zip(
        prices, ('真丝围巾', '铁观音茶叶', '保温杯', '蓝牙耳机', '凤梨酥'), strict=False
    ):
        sheet.put(40, at, name)
        sheet.put(420, at, '1', anchor='ra')
        sheet.put(600, at, f'{price:.2f}', anchor='ra')
        at += 44
    for words, value in (('合计', total), ('实收', total), ('找零', Decimal(0))):
        at += 44
        sheet.put(40, at, words, 28, 'bold')
        sheet.put(600, at, f'¥{value:.2f}', 28, anchor='ra')
    return sheet.picture, {
        'invoice_number': number, 'invoice_date': day, 'invoice_total': f'{total:.2f}',
        'seller_name': '鹭江百货商场',
    }  # fmt: skip


def _vat(
    kind: str,
    prices: list[Decimal],
    total: Decimal,
    day: str,
    number: str,
    rng: np.random.Generator,
) -> Paper:
    digital = kind == 'vat_digital'
    sheet = _Sheet(1500, 980)
    y, m, d = day.split('-')
    buyer, seller, names = code(rng), code(rng), ('厦门海沧贸易有限公司', '鹭江示例百货有限公司')
    sheet.put(750, 40, '电子发票(普通发票)' if digital else '厦门增值税普通发票', 44, 'bold', 'ma')
    truth = {
        'seller_uscc': seller,
        'seller_name': names[1],
        'buyer_uscc': buyer,
        'buyer_name': names[0],
    }
    if digital:
        number = '243520000000' + number
        sheet.put(1020, 110, f'发票号码:{number}')
    else:
        truth['invoice_code'] = '035022300111'
        sheet.put(1020, 75, '发票代码:035022300111')
        sheet.put(1020, 115, f'发票号码:{number}')
    sheet.put(1020, 155, f'开票日期:{y}年{m}月{d}日')
    places = ((60, 220), (780, 220)) if digital else ((60, 220), (60, 780))
    for (x, top), label, name, tax_no in zip(
        places, ('购买方', '销售方'), names, (buyer, seller), strict=True
    ):
        for at, mark in enumerate(label):
            sheet.put(x, top + 36 * at, mark)
        sheet.put(x + 50, top, f'名称:{name}')
        sheet.put(
            x + 50,
            top + 50,
            f'统一社会信用代码/纳税人识别号:{tax_no}' if digital else f'纳税人识别号:{tax_no}',
        )
    for x, words in (
        (60, '项目名称'),
        (560, '单位'),
        (680, '数量'),
        (820, '单价'),
        (1000, '金额'),
        (1160, '税率'),
        (1290, '税额'),
    ):
        sheet.put(x, 360, words)
    at, sums = 410, [Decimal(0), Decimal(0)]
    for price, name in zip(
        prices,
        ('*纺织品*真丝围巾', '*茶*铁观音', '*日用品*保温杯', '*电子*耳机', '*食品*糕点'),
        strict=False,
    ):
        bare = (price / Decimal('1.13')).quantize(Decimal('0.01'))
        sums = [sums[0] + bare, sums[1] + price - bare]
        for x, text in (
            (60, name),
            (560, '件'),
            (690, '1'),
            (820, f'{bare}'),
            (1000, f'{bare}'),
            (1160, '13%'),
            (1290, f'{price - bare}'),
        ):
            sheet.put(x, at, text)
        at += 42
    sheet.put(120, 640, '合  计')
    sheet.put(1000, 640, f'¥{sums[0]}')
    sheet.put(1290, 640, f'¥{sums[1]}')
    sheet.put(60, 700, f'价税合计(大写)   {capitals(total)}')
    sheet.put(1000, 700, f'(小写) ¥{total:.2f}')
    return sheet.picture, truth | {
        'invoice_number': number, 'invoice_date': day, 'invoice_total': f'{total:.2f}',
        'invoice_amount': f'{sums[0]}', 'invoice_tax': f'{sums[1]}', 'tax_rate': '13%',
    }  # fmt: skip


def capitals(total: Decimal) -> str:
    """An amount in capital numerals, as on invoices."""
    figures, steps = '零壹贰叁肆伍陆柒捌玖', ('', '拾', '佰', '仟')
    whole, cents = int(total), int(total * 100) % 100
    said, gap = '', False
    for at, mark in enumerate(str(whole)):
        place = len(str(whole)) - at - 1
        if mark == '0':
            gap = True
        else:
            said += ('零' if gap else '') + figures[int(mark)] + steps[place % 4]
            gap = False
    said += '圆'
    if not cents:
        return said + '整'
    tens, ones = divmod(cents, 10)
    said += figures[tens] + '角' if tens else '零'
    return said + (figures[ones] + '分' if ones else '整')


def photographed(kind: str, rng: np.random.Generator, hard: float) -> tuple[bytes, dict[str, str]]:
    """A photograph of a paper of this kind, and its fields."""
    if kind in till.SHOPS:
        return till.photograph(kind, rng, hard)
    drawn, truth = paper(kind, rng)
    seen = cameras.view(rng, hard)
    size = (2000, 1500) if drawn.width > drawn.height else (1500, 2000)
    picture, _ = cameras.taken(np.asarray(drawn)[:, :, ::-1].copy(), seen, size, rng)
    return cameras.jpeg(picture, seen.quality), truth


def counted(kind: str, hard: float, said: argparse.Namespace) -> dict[str, Counter[str]]:
    """By field: how many there are, how many were read right, how many are wrong and sure."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for at in range(said.n):
        rng = np.random.default_rng([said.seed + at, ALL.index(kind), int(100 * hard)])
        data, truth = photographed(kind, rng, hard)
        readings = RECEIPT.read(data).readings
        for name, value in truth.items():
            ours = [one for one in readings if one.kind == name]
            right = any(one.value == value for one in ours)
            wrong = [one for one in ours if one.value != value and one.score >= SURE]
            found[name] += Counter(all=1, right=int(right), wrong=int(bool(wrong)))
            if said.misses and (wrong or not right):
                seen = [(one.value, round(one.score, 2)) for one in ours]
                print(kind, hard, at, name, value, seen, file=sys.stderr)
    return found


def main() -> None:
    """Print a table, then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=6)
    asked.add_argument('--seed', type=int, default=1)
    asked.add_argument('--hard', type=float, nargs='*', default=[0.1, 0.5])
    asked.add_argument('--misses', action='store_true')
    said = asked.parse_args()
    rows = []
    print(f'{"paper":<16}{"hard":>6}{"fields":>8}{"right":>7}{"sure but wrong":>16}  not all right')
    for kind in ALL:
        for hard in said.hard:
            fields = counted(kind, hard, said)
            total = sum(fields.values(), Counter[str]())
            short = ', '.join(f'{name} {one["right"]}/{one["all"]}' for name, one in fields.items()
                              if one['right'] < one['all'])  # fmt: skip
            print(f'{kind:<16}{hard:>6}{total["all"]:>8}{total["right"]:>7}{total["wrong"]:>16}'
                  f'  {short}', flush=True)  # fmt: skip
            rows.append({'kind': kind, 'hard': hard, 'fields': fields})
    print(json.dumps({'rows': rows}))


if __name__ == '__main__':
    main()
