"""What the boxes of the pier's hand say: marks as 6.1.3, 6.5 and 6.6 print them, makers' forms.

Everything is invented, and nothing is shared with the other hands but the record it fills.
"""

from __future__ import annotations

import random
import re
from datetime import date

from bench.hands.content import Code, Content
from clearlane.codes import un_mark

GOODS = {
    'UN3480': ('Lithium ion batteries', '锂离子电池组', '9A'),
    'UN3481': (
        'Lithium ion batteries packed with equipment', '同设备包装在一起的锂离子电池组', '9A',
    ),
    'UN3090': ('Lithium metal batteries', '锂金属电池组', '9A'),
    'UN3091': (
        'Lithium metal batteries contained in equipment', '装在设备中的锂金属电池组', '9A',
    ),
    'UN3551': (
        'Sodium ion batteries with organic electrolyte', '钠离子电池组,含有机电解质', '9A',
    ),
    'UN3552': ('Sodium ion batteries contained in equipment', '装在设备中的钠离子电池组', '9A'),
    'UN2800': ('Batteries, wet, non-spillable', '蓄电池,湿的,不溢出', '8'),
    'UN1133': ('Adhesives', '黏合剂', '3'),
    'UN3077': (
        'Environmentally hazardous substance, solid, N.O.S.', '对环境有害的物质,固态,未另作规定的',
        '9',
    ),
    'UN1824': ('Sodium hydroxide solution', '氢氧化钠溶液', '8'),
    'UN2014': ('Hydrogen peroxide, aqueous solution', '过氧化氢水溶液', '5.1'),
}  # fmt: skip
SOLID = (
    '4G', '4G', '4G', '4GV', '4GW', '4DV', '4D', '4C1', '4H2', '4A', '4B', '1A2', '1H2', '1G',
    '3H2', '3A2', '4F',
)  # fmt: skip
LIQUID = ('1A1', '1H1', '3H1', '1A2', '3A1', '6HA1')
LARGE = ('50A', '50G', '50H', '51H', '11A', '11D', '11G', '13H3', '31HA1', '31H1', '21A')
ABROAD = (
    'D/BAM 7215-KP', 'D/BAM 13077', 'USA/M4709', 'USA/+AA8215', 'GB/VCA 3391', 'GB/7543',
    'NL/TNO 214', 'NL/VL826', 'F/BVT.316', 'F/LNE 20411', 'J/RC-1147', 'ROK/KTR-309',
    'CDN/PD6-115', 'E/H-345', 'B/BVI-456', 'PL/COBRO-117', 'CH/SVI-12', 'AUS/5512', 'T/DIW-88',
    'SGP/C0412', 'S/SP-331', 'I/CSI-07', 'A/OFI 4471', 'FIN/VTT-29',
)  # fmt: skip
LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'


def box(rng: random.Random) -> Content:
    """One box, by chance."""
    number = rng.choice(list(GOODS)[:6] if rng.random() < 0.75 else list(GOODS))
    name_en, name_zh, label = GOODS[number]
    printed = _printed(rng)
    mark = un_mark.validate(printed, today=date(2026, 11, 1))
    gross = round(rng.choice((6, 9.8, 13, 21, 26.5, 38, 120, 980)) * rng.uniform(0.75, 1), 1)
    net = max(0.4, round(gross * rng.uniform(0.7, 0.93), 1))
    made = date(rng.choice((2024, 2025, 2026)), rng.randint(1, 9), rng.randint(13, 28))
    serial, batch = _serial(rng, made), _batch(rng, made)
    return Content(
        rows=_rows(printed, rng), mark=mark, un_number=number, name_en=name_en, name_zh=name_zh,
        gross=f'{gross:.1f}', net=f'{net:.1f}', serial=serial, batch=batch, made=made.isoformat(),
        codes=_codes(rng, serial, batch, made, net), labels=(label,),
    )  # fmt: skip


def _maker(rng: random.Random) -> str:
    """The State and the maker; the Chinese batch behind it, most often."""
    if rng.random() < 0.3:
        return rng.choice(ABROAD)
    maker = f'CN/C{rng.choice((12, 32, 33, 35, 36, 37, 42, 44, 50))}{rng.randint(1, 480):04d}'
    return maker + (f' PI:{rng.randint(1, 240):03d}' if rng.random() < 0.75 else '')


def _printed(rng: random.Random) -> str:
    year, draw, maker = rng.randint(20, 26), rng.random(), _maker(rng)
    if draw < 0.72:
        mass = rng.choice((6, 9.6, 13.5, 18, 24, 27.5, 30, 36, 42))
        head = f'{rng.choice(SOLID)}/{rng.choice("XYYYZ")}{mass:g}/S/{year}'
        return f'{head}{rng.choice("// ")}{maker}'
    if draw < 0.84:
        code, density = rng.choice(LIQUID), rng.choice(('1.3', '1.4', '1.6', '1.9', ''))
        level = f'{rng.choice("XYZ")}{density}'
        return f'{code}/{level}/{rng.choice((100, 150, 200, 250))}/{year}{rng.choice("/ ")}{maker}'
    if draw < 0.95:
        month, load = rng.randint(1, 9), rng.choice((0, 910, 1800, 2500, 5500))
        day = f'{month:02d}{rng.choice(" /")}{year}'
        maker = maker.split(' PI:')[0]
        head = f'{rng.choice(LARGE)}/{rng.choice("YZ")}/{day}'
        return f'{head}{rng.choice("/ ")}{maker} {load}/{rng.choice((500, 910, 1500))}'
    again = rng.choice(('USA', 'NL', 'GB', 'D'))
    return f'1A2/Y{rng.choice((150, 220))}/S/{year - 4} {again}/RB/{year} R'


def _rows(printed: str, rng: random.Random) -> tuple[str, ...]:
    """The mark in one to four rows; a row ends where a part does."""
    if rng.random() < 0.35:
        return (printed if rng.random() < 0.75 else printed.replace('/', ' / '),)
    body, _, batch = printed.partition(' PI:')
    gap = re.search(r'(?<=[/ ]\d\d)[/ ](?=[A-Z]{1,3}/)', body)
    assert gap is not None  # the State stands in each of them
    head, tail = body[: gap.start()], body[gap.end() :]
    end = rng.choice(('', '', '/'))
    batches = [f'PI:{batch}'] if batch else []
    if rng.random() < 0.5:
        return head + end, ' '.join([tail, *batches])
    if batches and rng.random() < 0.6:
        return head + end, tail, *batches
    first, rest = re.split('/', head, maxsplit=2)[:2], head.split('/', 2)[2:]
    return '/'.join(first), '/'.join(rest) + end, tail, *batches


def _serial(rng: random.Random, made: date) -> str:
    pair = ''.join(rng.choices(LETTERS, k=2))
    week = made.isocalendar().week
    return rng.choice((
        # The 24 places of a coding of traction batteries (the form of GB/T 34014, invented).
        f'0{rng.randint(1, 9)}{pair}{rng.choice("PMC")}{rng.choice("BCE")}{rng.randint(10, 99)}'
        f'{rng.choice(LETTERS)}{rng.randint(0, 999999):06d}{rng.choice(LETTERS)}{rng.randint(1, 9)}'
        f'{rng.choice(LETTERS)}{rng.randint(0, 9999999):07d}',
        f'HL48100-{made:%y%m}-{rng.randint(1, 99999):05d}',
        f'SN{made:%Y%m%d}{rng.randint(1, 9999):04d}',
        f'{made:%y}W{week:02d}-{rng.choice(LETTERS)}{rng.randint(1, 9999):04d}',
        f'86{rng.randint(10**12, 10**13 - 1)}',
        f'{rng.randrange(16**10):010X}',
        f'{pair}/{made:%y%m}/{rng.randint(1, 9999):04d}',
        f'{pair}{rng.randint(100, 999)}.{rng.randint(1000, 9999)}.{rng.randint(10, 99)}',
    ))  # fmt: skip


def _batch(rng: random.Random, made: date) -> str:
    return rng.choice((
        f'{made:%Y%m%d}{rng.choice("ABC")}', f'NB{made:%y%m}-{rng.randint(1, 60)}',
        f'{rng.choice(LETTERS)}{made:%j}{made:%y}', f'P{rng.randint(10**5, 10**6)}',
    ))  # fmt: skip


def _codes(rng: random.Random, serial: str, batch: str, made: date, net: float) -> tuple[Code, ...]:
    trade = f'0695{rng.randint(10**8, 10**9 - 1)}'
    trade += str(-sum(int(n) * (3 if i % 2 == 0 else 1) for i, n in enumerate(trade)) % 10)
    measure = f'(01){trade}(3101){round(net * 10):06d}(10){batch}'
    choices = (
        Code('QRCode', f'SN:{serial};LOT:{batch};QTY:20', 'qr'),
        Code('QRCode', f'https://id.example.cn/p/{serial}', 'qr'),
        Code('DataMatrix', f'(01){trade}(11){made:%y%m%d}(10){batch}', 'gs1-datamatrix'),
        Code('DataMatrix', f'(01){trade}(21){serial[:20]}', 'gs1-datamatrix'),
        Code('Code128', serial, 'code128'),
        Code('Code128', measure, 'gs1-128'),
        Code('EAN13', trade[1:], 'ean13'),
    )
    squares = rng.choice(choices[:4])
    return (squares, rng.choice(choices[4:])) if rng.random() < 0.7 else (squares,)
