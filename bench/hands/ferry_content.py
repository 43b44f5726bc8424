"""What the packages of the ferry's hand say: the forms of many makers, forwarders and States.

Everything is invented, and nothing is shared with the other hands.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bench.hands.content import Code
from bench.hands.ferry_words import (
    ABROAD,
    BATCH,
    FIRMS,
    GOODS,
    GROSS,
    KINDS,
    MADE,
    NET,
    OTHER,
    SERIAL,
)
from clearlane.codes import un_mark

TODAY = date(2026, 11, 1)

Line = tuple[tuple[str, str, str, str], ...]
"""What stands side by side in a line: words, printed value, kind and true value of each."""

LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'


@dataclass(frozen=True)
class Package:
    """All that is printed on one package."""

    kind: str
    rows: tuple[str, ...]
    mark: str
    un_number: str
    number_said: str
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    others: tuple[str, ...]
    firm: tuple[str, str]
    codes: tuple[Code, ...]
    label: str


def package(rng: random.Random) -> Package:
    """One package, by chance."""
    kind = rng.choice(('carton', 'carton', 'carton', 'drum', 'jerrican', 'crate', 'large'))
    number = rng.choice(list(GOODS)[:4] if rng.random() < 0.7 else list(GOODS))
    english, chinese, label = GOODS[number]
    english = rng.choice((english, english.capitalize()))
    while True:
        printed, limit = _mark(rng, kind)
        if un_mark.is_valid(printed, today=TODAY):
            break
    names = rng.choice(((english,), (chinese,), (english, chinese), (chinese, english)))
    said = rng.choice(
        (
            '{}',
            'UN {}',
            'UN{}',
            'UN No. {}',
            'UN NO.: {}',
            'UN-{}',
            '联合国编号 UN{}',
            'U.N. {}',
            'UN编号: {}',
            'UN# {}',
            'ID: UN{}',
        )
    )
    said = 'UN' + number[2:] if said == '{}' else said.format(number[2:])
    if rng.random() < 0.25:
        names = (f'{said}, {names[0]}', *names[1:])
        said = ''
    serial, batch, made = _serial(rng), _batch(rng), TODAY - timedelta(rng.randint(20, 900))
    made = made.replace(day=rng.randint(13, 28))
    lines = _lines(rng, limit, serial, batch, made)
    others = tuple(
        one.format(''.join(rng.choices(LETTERS, k=3)), rng.randint(1000, 9999), rng.randint(1, 39))
        for one in rng.sample(OTHER, rng.randint(3, 7))
    )
    return Package(
        kind=kind,
        rows=_rows(rng, printed),
        mark=un_mark.validate(printed, today=TODAY),
        un_number=number,
        number_said=said,
        names=names,
        lines=lines,
        others=others,
        firm=rng.choice(FIRMS),
        codes=_codes(rng, serial, batch, made),
        label=label,
    )


def _mark(rng: random.Random, kind: str) -> tuple[str, float]:
    """The mark in its compact form, and a mass that such a package may have."""
    code, year = rng.choice(KINDS[kind]), rng.randint(19, 26)
    maker = rng.choice(ABROAD)
    if rng.random() < 0.62:
        maker = (
            f'CN/C{rng.choice((11, 23, 31, 32, 33, 34, 35, 44, 46, 51))}{rng.randint(1, 900):04d}'
        )
        maker += f' PI:{rng.randint(1, 600):03d}' if rng.random() < 0.7 else ''
    if kind == 'large':
        mass = rng.choice((480, 850, 1100, 1500))
        maker = maker.split(' PI')[0]
        month = rng.randint(1, 10)
        head = f'{code}/{rng.choice("YYZ")}/{month:02d} {year}/{maker}'
        return f'{head} {rng.choice((0, 960, 2100, 4200))}/{mass}', mass * 0.6
    if code in ('1A1', '1H1', '3H1', '3A1', '6HA1') or (code[:1] == '1' and rng.random() < 0.2):
        density = rng.choice(('', '1.2', '1.3', '1.5', '1.8'))
        again = f'/{rng.choice("DFI")}/RK{rng.randint(10, 99)}/{year} RL'
        head = f'{code}/{rng.choice("XYZ")}{density}/{rng.choice((100, 120, 200, 250))}'
        if rng.random() < 0.15:
            return f'{head}/{year - 3}/{maker.split(" PI")[0]}{again}', 60
        return f'{head}/{year}/{maker}', 60
    mass = rng.choice((5.4, 8, 12.5, 16, 22, 25.6, 29, 34, 55, 62.5, 120, 260, 390))
    return f'{code}/{rng.choice("XYYYZ")}{mass:g}/S/{year}/{maker}', mass


def _rows(rng: random.Random, mark: str) -> tuple[str, ...]:
    """The mark in one to four rows."""
    mark, _, batch = mark.partition(' PI:')
    parts = mark.split('/')
    count, style = rng.choice((1, 2, 2, 3, 3, 4)), rng.random()
    gap = rng.choice(('/', '/', '/', ' / ', '/ '))
    year = next(
        at for at, part in enumerate(parts) if at > 1 and re.fullmatch(r'(\d\d )?\d\d', part)
    )
    cuts = {1: [], 2: [year + 1], 3: [2, year + 1], 4: [1, 2, year + 1]}[count]
    cuts = [3, year + 1] if count == 3 and style < 0.3 and year > 3 else cuts
    edges = [0, *cuts, len(parts)]
    rows = [gap.join(parts[a:b]) for a, b in pairwise(edges)]
    if style < 0.25:
        rows = [row + '/' for row in rows[:-1]] + rows[-1:]
    if batch:
        said = rng.choice(('PI:{}', 'PI:{}', 'PI: {}', 'PI：{}')).format(batch)
        rows = (
            [*rows, said]
            if rng.random() < 0.4 and count < 4
            else [*rows[:-1], f'{rows[-1]} {said}']
        )
    return tuple(rows)


def _amount(rng: random.Random, kg: float) -> tuple[str, str]:
    """A mass as it is printed with its unit, and in kg."""
    value = (
        f'{kg:.2f}' if rng.random() < 0.3 else f'{kg:.1f}' if rng.random() < 0.8 else f'{kg:.0f}'
    )
    said = value.replace('.', ',') if rng.random() < 0.12 else value
    if float(value) >= 1000 and '.' not in value:
        said = f'{int(value):,}'
    unit = rng.choice(
        (' kg', 'kg', 'KG', ' KG', ' KGS', 'KGS', ' Kg', ' kgs', '千克', ' 公斤', 'KG.')
    )
    pounds = f' ({float(value) * 2.2046:.1f} lb)' if rng.random() < 0.08 else ''
    return said + unit + pounds, f'{float(value):g}'


def _lines(
    rng: random.Random, limit: float, serial: str, batch: str, made: date
) -> tuple[Line, ...]:
    gross = limit * rng.uniform(0.75, 0.97)
    (gross_said, gross_kg), (net_said, net_kg) = (
        _amount(rng, gross),
        _amount(rng, gross * rng.uniform(0.75, 0.95)),
    )
    day = rng.choice(
        (
            '%Y-%m-%d',
            '%Y/%m/%d',
            '%Y.%m.%d',
            '%Y%m%d',
            '%d-%b-%Y',
            '%d %b %Y',
            '%b %d, %Y',
            '%B %d, %Y',
            '%Y年%m月%d日',
            '%d/%m/%Y',
            '%d.%m.%Y',
            '%Y 年 %m 月 %d 日',
            '%d%b%Y',
            '%Y-%b-%d',
        )
    )
    pick = rng.randrange(len(GROSS))
    weights: list[Line] = [
        ((GROSS[pick], gross_said, 'gross_mass_kg', gross_kg),),
        ((NET[pick], net_said, 'net_mass_kg', net_kg),),
    ]
    if rng.random() < 0.2:
        weights = [(weights[0][0], weights[1][0])]
    elif rng.random() < 0.12:
        key = rng.choice(('G.W./N.W.', '毛重/净重', 'GROSS/NET', '毛/净重', 'Gross / Net weight'))
        bare = gross_said.rstrip(' KkGgSs.千克公斤') if '(' not in gross_said else gross_kg
        weights = [
            (
                (key, f'{bare}/{net_said}', 'gross_mass_kg', gross_kg),
                ('', '', 'net_mass_kg', net_kg),
            )
        ]
    rest: list[Line] = [
        ((rng.choice(SERIAL), serial, 'serial', serial.replace(' ', '')),),
        ((rng.choice(BATCH), batch, 'batch', batch),),
        ((rng.choice(MADE), made.strftime(day), 'production_date', made.isoformat()),),
    ]
    if rng.random() < 0.15:
        rest = [rest[0], (rest[1][0], rest[2][0])]
    lines = weights + rest
    if rng.random() < 0.5:
        rng.shuffle(lines)
    return tuple(lines)


def _serial(rng: random.Random) -> str:
    two, four = ''.join(rng.choices(LETTERS, k=2)), rng.randint(1000, 9999)
    return rng.choice(
        (
            f'{two}{rng.randint(10**7, 10**8)}',
            f'{two}-{rng.randint(23, 26)}{rng.randint(1, 52):02d}-{four}',
            f'{four}{two}{rng.randint(10**5, 10**6)}',
            f'{rng.randint(10**11, 10**12)}',
            f'{two}{four}',
            f'{two[0]}{four}/{rng.randint(100, 999)}',
            f'BAT_{rng.randint(10**6, 10**7)}',
            f'{four}-{four + 17}-{two}',
            f'0{rng.randint(10, 99)}PE{rng.randint(10, 99)}K{rng.randint(10**6, 10**7)}'
            f'{two}{rng.randint(10**7, 10**8)}',
            f'{two}{rng.randint(100, 999)}{two[::-1]}{rng.randint(10, 99)}',
            f'{two}.{rng.randint(10**5, 10**6)}.{rng.randint(1, 9)}',
        )
    )


def _batch(rng: random.Random) -> str:
    letter = rng.choice(LETTERS)
    return rng.choice(
        (
            f'{letter}{rng.randint(10**4, 10**5)}',
            f'2025{rng.randint(10, 12)}{rng.randint(10, 28)}-{rng.randint(1, 9)}',
            f'{rng.randint(10**5, 10**6)}',
            f'{letter}{letter}-{rng.randint(100, 999)}',
            f'{rng.randint(23, 26)}W{rng.randint(10, 52)}',
            f'{rng.randint(1000, 9999)}{letter}{rng.randint(10, 99)}',
            f'{letter}25/{rng.randint(100, 999)}',
        )
    )


def _codes(rng: random.Random, serial: str, batch: str, made: date) -> tuple[Code, ...]:
    trade = f'1693{rng.randint(10**8, 10**9 - 1)}'
    trade += str(-sum(int(n) * (3 if i % 2 == 0 else 1) for i, n in enumerate(trade)) % 10)
    squares = (
        Code('QRCode', f'{{"sn":"{serial}","lot":"{batch}"}}', 'qr'),
        Code('QRCode', serial, 'qr'),
        Code('QRCode', f'http://t.example.com/?c={serial}', 'qr'),
        Code('DataMatrix', serial, 'datamatrix'),
        Code('DataMatrix', f'(01){trade}(21){serial[:20]}', 'gs1-datamatrix'),
        Code('DataMatrix', f'(01){trade}(11){made:%y%m%d}(10){batch}', 'gs1-datamatrix'),
    )
    bars = (
        Code('Code128', serial, 'code128'),
        Code('Code128', batch, 'code128'),
        Code('Code128', f'(01){trade}(10){batch}', 'gs1-128'),
        Code('Code128', f'(00)06931234{rng.randint(10**9, 10**10 - 1)}', 'code128'),
    )
    picked = rng.choice((bars[:3], bars[:3], ()))
    return tuple([rng.choice(squares)] + ([rng.choice(picked)] if picked else []))
