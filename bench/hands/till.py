"""Till receipts of invented shops in several countries, on worn thermal paper (synthetic).

Other words, faces and wear than the papers of `bench.receipts`: faded bands, folds, a curl, a
hand-held camera. Words before numbers and totals differ from shop to shop.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[2] / 'node_modules' / '@expo-google-fonts'
LATIN = (
    'courier-prime/400Regular/CourierPrime_400Regular.ttf',
    'share-tech-mono/400Regular/ShareTechMono_400Regular.ttf',
    'b612-mono/700Bold/B612Mono_700Bold.ttf',
)
CHINESE = 'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'
COLUMNS = 40
SIZE = (1800, 2400)

Truth = dict[str, str]
Print = tuple[list[str], Truth]


def _pair(words: str, figure: str) -> str:
    wide = sum(2 if ord(mark) > 0x2E00 else 1 for mark in words)
    return words + ' ' * max(1, COLUMNS - wide - len(figure)) + figure


def _prices(rng: np.random.Generator, count: int) -> list[Decimal]:
    return [Decimal(int(rng.integers(100, 90_000))) / 100 for _ in range(count)]


def _day(rng: np.random.Generator) -> tuple[int, int, int]:
    # Days behind the twelfth cannot be read month first.
    return 2026, int(rng.integers(1, 13)), int(rng.integers(13, 29))


def malay(rng: np.random.Generator) -> Print:
    """A bill rounded to five sen, its number a document's, paid in cash."""
    prices, (y, m, d) = _prices(rng, 3), _day(rng)
    sum_ = sum(prices, Decimal(0))
    due = (sum_ * 20).quantize(Decimal(1)) / 20
    cash = (due // 50 + 1) * 50
    number = f'TD{int(rng.integers(10**7, 10**8))}'
    goods = zip(('EXERCISE BOOK A5', 'MODELLING CLAY', 'TAPE 48MM CLEAR'), prices, strict=True)
    return [
        'KEDAI TELUK PERMAI SDN BHD', '654321-K', 'NO.17, JALAN BAYU 3,', '81200 JOHOR BAHRU',
        f'DOCUMENT NO : {number}', f'DATE: {d:02}/{m:02}/{y} 8:13:39 PM', 'CASHIER: AIN',
        *(_pair(name, f'{price:.2f}') for name, price in goods),
        _pair('TOTAL:', f'{sum_:.2f}'), _pair('ROUNDING ADJUSTMENT:', f'{due - sum_:.2f}'),
        _pair('ROUNDED TOTAL (RM):', f'{due:.2f}'), _pair('CASH', f'{cash:.2f}'),
        _pair('CHANGE', f'{cash - due:.2f}'), 'THANK YOU',
    ], {
        'invoice_number': number, 'invoice_date': f'{y}-{m:02}-{d:02}',
        'invoice_total': f'{due:.2f}', 'seller_name': 'KEDAI TELUK PERMAI SDN BHD',
    }  # fmt: skip


def german(rng: np.random.Generator) -> Print:
    """Commas before the cents, paid in cash."""
    prices, (y, m, d) = _prices(rng, 3), _day(rng)
    total = sum(prices, Decimal(0))
    cash = (total // 50 + 1) * 50
    number = str(int(rng.integers(1000, 10_000)))

    def euros(value: Decimal) -> str:
        return f'{value:.2f}'.replace('.', ',')

    goods = zip(('BIRNEN', 'BROT 750G', 'TEE GRUEN'), prices, strict=True)
    return [
        'LINDENHOF MARKT GMBH', 'Ahornweg 12, 50667 Koeln', 'UID Nr.: DE999999999',
        *(_pair(name, f'{euros(price)} B') for name, price in goods),
        '-' * COLUMNS, _pair('SUMME EUR', euros(total)), _pair('Geg. BAR EUR', euros(cash)),
        _pair('Rueckgeld EUR', euros(cash - total)), f'Datum: {d:02}.{m:02}.{y} Uhrzeit: 17:31',
        f'Bon-Nr.: {number}',
    ], {
        'invoice_number': number, 'invoice_date': f'{y}-{m:02}-{d:02}',
        'invoice_total': f'{total:.2f}', 'seller_name': 'LINDENHOF MARKT GMBH',
    }  # fmt: skip


def counted(rng: np.random.Generator) -> Print:
    """The number of goods stands within the words for the total; the day has a name of a month."""
    prices, (y, m, d) = _prices(rng, 3), _day(rng)
    total = sum(prices, Decimal(0))
    month = date(y, m, d).strftime('%b').upper()
    number = f'{int(rng.integers(1000, 10_000)):04}-{int(rng.integers(1000, 10_000))}'
    goods = zip(('CREW NECK T', 'LIGHT DOWN JACKET', 'LINEN SHIRT'), prices, strict=True)
    return [
        'HARBOUR COTTON ORCHARD', 'GST REG NO 200911467K', f'RECEIPT NO. {number}',
        f'DATE {d} {month} {y} 15:02', *(_pair(name, f'{price:.2f}') for name, price in goods),
        _pair('TOTAL (3 ITEMS)', f'${total:.2f}'),
        _pair('GST 9% INCLUDED', f'${total * 9 / 109:.2f}'), _pair('MASTERCARD', f'${total:.2f}'),
    ], {
        'invoice_number': number, 'invoice_date': f'{y}-{m:02}-{d:02}',
        'invoice_total': f'{total:.2f}', 'seller_name': 'HARBOUR COTTON ORCHARD',
    }  # fmt: skip


def reduced(rng: np.random.Generator) -> Print:
    """A Chinese till: the sum, a reduction, what was paid."""
    prices, (y, m, d) = _prices(rng, 3), _day(rng)
    total = sum(prices, Decimal(0))
    less = Decimal(int(rng.integers(1, 90))) / 100
    number = str(int(rng.integers(10**10, 10**11)))
    goods = zip(('铁观音礼盒', '真丝围巾', '保温杯'), prices, strict=True)
    return [
        '海岸百货', '福州台江路店', f'交易时间 {y}/{m:02}/{d:02} 19:08:45', f'流水号 {number}',
        *(_pair(name, f'{price:.2f}') for name, price in goods), '合计件数：3',
        _pair('总计：', f'{total:.2f}'), _pair('优惠：', f'{less:.2f}'),
        _pair('实付金额：', f'{total - less:.2f}'), _pair('支付宝', f'{total - less:.2f}'),
        '谢谢惠顾',
    ], {
        'invoice_number': number, 'invoice_date': f'{y}-{m:02}-{d:02}',
        'invoice_total': f'{total - less:.2f}', 'seller_name': '海岸百货',
    }  # fmt: skip


def jeweller(rng: np.random.Generator) -> Print:
    """A Chinese sales slip with letters in its number."""
    (price,), (y, m, d) = _prices(rng, 1), _day(rng)
    price *= 10
    number = f'HY{y}{m:02}{d:02}-{int(rng.integers(1000, 10_000))}'
    return [
        '海月珠宝', f'销售单号：{number}', f'销售日期：{y}年{m:02}月{d:02}日', '货品：足金手镯',
        '重量：25.36克', _pair('成交金额：', f'{price + 16:,.2f}'), _pair('抵扣：', '16.00'),
        _pair('应付金额：', f'{price:,.2f}'), _pair('已付：银行卡', f'{price:,.2f}'),
        '导购员：1123',
    ], {
        'invoice_number': number, 'invoice_date': f'{y}-{m:02}-{d:02}',
        'invoice_total': f'{price:.2f}', 'seller_name': '海月珠宝',
    }  # fmt: skip


SHOPS: dict[str, Callable[[np.random.Generator], Print]] = {
    'till_malay': malay,
    'till_german': german,
    'till_counted': counted,
    'till_reduced': reduced,
    'till_jeweller': jeweller,
}


def photograph(kind: str, rng: np.random.Generator, hard: float) -> tuple[bytes, Truth]:
    """A photograph (JPEG) of a receipt of this shop, and what its fields say."""
    rows, truth = SHOPS[kind](rng)
    return _taken(_thermal(rows, rng, hard), rng, hard), truth


def _thermal(rows: list[str], rng: np.random.Generator, hard: float) -> np.ndarray:
    """The paper: faded in bands, folded, curled."""
    size = int(rng.integers(28, 38))
    latin = ImageFont.truetype(FONTS / LATIN[int(rng.integers(len(LATIN)))], size)
    chinese = ImageFont.truetype(FONTS / CHINESE, size)
    wide, high = int(size * 0.66 * COLUMNS) + 60, round(len(rows) * size * 1.35) + 140
    sheet = Image.new('L', (wide, high), int(rng.integers(222, 246)))
    pen, ink = ImageDraw.Draw(sheet), int(rng.integers(30, 50 + int(60 * hard)))
    for at, row in enumerate(rows):
        x = 30.0
        for mark in row:
            font = chinese if ord(mark) > 0x2E00 else latin
            pen.text((x, 60 + size * (1 + 1.35 * at)), mark, fill=ink, font=font, anchor='ls')
            x += font.getlength(mark)
    paper = np.asarray(sheet, np.float32)
    bands = cv2.resize(rng.random((8, 2)).astype(np.float32), (wide, high))
    paper = paper + (235 - paper) * np.clip(bands - 0.45, 0, 1) * 1.4 * hard
    for fold in rng.integers(50, high - 50, 3):
        paper[fold - 3 : fold + 3] *= 0.85
        paper[fold + 3 : fold + 16] += 8
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    bow = float(rng.uniform(2, 4 + 16 * hard)) * np.sin(x / wide * float(rng.uniform(4, 8)))
    return cv2.remap(
        paper, x + 3 * np.sin(y / 180), y + bow.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _taken(paper: np.ndarray, rng: np.random.Generator, hard: float) -> bytes:
    """What a hand-held camera makes of it, on a dark table."""
    high, wide = paper.shape
    scale = min(SIZE[0] * 0.8 / wide, SIZE[1] * 0.9 / high)
    square = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]], np.float32)
    corners = square * scale / 2 + rng.normal(0, 15 + 60 * hard, (4, 2))
    turn = float(rng.normal()) * 0.08 * hard
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = corners @ spin.T + np.array(SIZE) / 2
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    plane = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    table = cv2.resize(rng.integers(40, 120, (30, 20)).astype(np.float32), SIZE)
    seen = cv2.warpPerspective(
        paper, plane, SIZE, table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    seen = seen * np.linspace(1 - 0.6 * hard, 1.1, SIZE[0])[None]
    seen = cv2.GaussianBlur(seen, (0, 0), 0.5 + 1.4 * hard) + rng.normal(
        0, 3 + 6 * hard, seen.shape
    )
    grey = np.clip(seen, 0, 255).astype(np.uint8)
    found, data = cv2.imencode('.jpg', cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR),
                               [cv2.IMWRITE_JPEG_QUALITY, 82])  # fmt: skip
    assert found
    return data.tobytes()
