"""What the boxes of the other hands say: marks of many forms, names, masses, numbers, codes.

Everything is invented; nothing is shared with `clearlane.sample`, so that a reader that
suits one generator shows on the other how much it only suits that one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

NAMES = {
    'UN3480': ('Lithium ion batteries', '锂离子电池组'),
    'UN3481': ('Lithium ion batteries contained in equipment', '装在设备中的锂离子电池组'),
    'UN3090': ('Lithium metal batteries', '锂金属电池组'),
    'UN3091': ('Lithium metal batteries packed with equipment', '与设备包装在一起的锂金属电池组'),
    'UN3551': ('Sodium ion batteries', '钠离子电池组'),
    'UN1263': ('Paint', '涂料'),
    'UN1805': ('Phosphoric acid solution', '磷酸溶液'),
    'UN1987': ('Alcohols, N.O.S.', '醇类,未另作规定的'),
}
ABROAD = ('D/BAM 10482', 'F/BVT 3112', 'NL/VL824', 'GB/2291', 'USA/M4620', 'J/HSK21', 'I/CSI04',
          'S/RISE-77', 'CH/1033', 'ROK/KR-20')  # fmt: skip


@dataclass(frozen=True)
class Code:
    """A code on the box: what it says, in which symbology, and what a reader returns."""

    format: str
    value: str
    symbology: str


@dataclass(frozen=True)
class Content:
    """All that is printed on one box."""

    rows: tuple[str, ...]
    mark: str
    un_number: str
    name_en: str
    name_zh: str
    gross: str
    net: str
    serial: str
    batch: str
    made: str
    codes: tuple[Code, ...]
    labels: tuple[str, ...] = field(default=('9A',))


def content(rng: random.Random) -> Content:
    """One box, by chance."""
    un_number = rng.choice(list(NAMES)[:5] if rng.random() < 0.8 else list(NAMES))
    limit = rng.choice((5, 8.5, 12, 18, 22.5, 25, 28, 30, 40, 65, 150, 400))
    mark, rows = _mark(rng, limit)
    gross = round(limit * rng.uniform(0.7, 0.98), rng.choice((1, 2)))
    net = round(gross * rng.uniform(0.8, 0.95), 1)
    day = (rng.choice((2023, 2024, 2025)), rng.randint(1, 12), rng.randint(1, 28))
    serial = _serial(rng, day)
    batch = rng.choice((f'L{day[0] % 100}{rng.randint(1, 365):03d}', f'{rng.randint(1000, 99999)}',
                        f'B{day[0] % 100}-{rng.randint(1, 99):02d}'))  # fmt: skip
    made = rng.choice(('{}-{:02d}-{:02d}', '{}.{:02d}.{:02d}', '{}/{:02d}/{:02d}')).format(*day)
    return Content(
        rows=rows, mark=mark, un_number=un_number, name_en=NAMES[un_number][0],
        name_zh=NAMES[un_number][1], gross=f'{gross:g}', net=f'{net:g}', serial=serial,
        batch=batch, made=made, codes=_codes(rng, serial, batch, day),
    )  # fmt: skip


def _serial(rng: random.Random, day: tuple[int, int, int]) -> str:
    letters = 'ABCDEFGHJKLMNPRSTUVWXYZ'
    pair = rng.choices(letters, k=2)
    return rng.choice((
        f'{pair[0]}{pair[1]}{day[0] % 100}{day[1]:02d}{rng.randint(1, 99999):05d}',
        f'{pair[0]}{rng.randint(10, 99)}-{rng.randint(1, 9999):04d}-{pair[1]}',
        f'{"".join(rng.choices(letters, k=3))}-{rng.randint(1, 999999):06d}',
        f'{rng.randint(10**9, 10**10 - 1)}',
    ))  # fmt: skip


def _mark(rng: random.Random, limit: float) -> tuple[str, tuple[str, ...]]:
    """The mark in its compact form, and the rows it is printed in."""
    year = rng.randint(19, 25)
    draw = rng.random()
    if draw < 0.1:
        return _large(rng, year)
    batch = ''
    if draw < 0.75:
        maker = f'CN/C{rng.choice((22, 31, 33, 35, 37, 44, 51))}{rng.randint(1, 9999):04d}'
        if rng.random() < 0.8:
            batch = f'PI:{rng.randint(1, 399):03d}'
    else:
        maker = rng.choice(ABROAD)
    code = rng.choice(
        ('4G', '4G', '4G', '4GV', '4GW', '4D', '4C1', '4H2', '1A2', '1G', '3H2', '4A')
    )
    head = f'{code}/{rng.choice("XYYZ")}{limit:g}/S/{year}'
    mark = f'{head}/{maker}' + (f' {batch}' if batch else '')
    style = rng.random()
    if style < 0.35:
        rows = [f'{head}/{maker}' + (f' {batch}' if batch else '')]
    elif style < 0.7:
        rows = [head, f'{maker} {batch}'.strip()]
    elif style < 0.9:
        rows = [head, maker, *([batch] if batch else [])]
    else:
        code_, rest = head.split('/', 1)
        state, number = maker.split('/')
        rows = [f'{code_}/{rest}', f'{state}/{number}', *([batch] if batch else [])]
    return mark, tuple(rows)


def _large(rng: random.Random, year: int) -> tuple[str, tuple[str, ...]]:
    code = rng.choice(('50G', '50D', '31HA1', '11A', '13H3', '31A'))
    month, load, mass = (
        rng.randint(1, 12),
        rng.choice((0, 1200, 2400, 3600)),
        rng.choice((750, 1200)),
    )
    maker = rng.choice((f'CN/C35{rng.randint(1, 9999):04d}', *ABROAD[2:6]))
    head = f'{code}/{rng.choice("YZ")}/{month:02d} {year}'
    mark = f'{head}/{maker} {load}/{mass}'
    rows = [f'{head}/{maker}/{load}/{mass}']
    if rng.random() < 0.6:
        rows = [head, f'{maker}/{load}/{mass}']
    return mark, tuple(rows)


def _codes(
    rng: random.Random, serial: str, batch: str, day: tuple[int, int, int]
) -> tuple[Code, ...]:
    gtin = f'0690{rng.randint(10**8, 10**9 - 1)}'
    total = sum(int(n) * (3 if i % 2 == 0 else 1) for i, n in enumerate(gtin))
    gtin += str(-total % 10)
    gs1 = f'(01){gtin}(11){day[0] % 100:02d}{day[1]:02d}{day[2]:02d}(21){serial}'
    choices = (
        Code('QRCode', serial, 'qr'),
        Code('DataMatrix', serial, 'datamatrix'),
        Code('Code128', serial, 'code128'),
        Code('DataMatrix', gs1, 'gs1-datamatrix'),
        Code('Code128', f'(01){gtin}(10){batch}', 'gs1-128'),
    )
    return tuple(rng.sample(choices, rng.choice((1, 2, 2, 3))))
