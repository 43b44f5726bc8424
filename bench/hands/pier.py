"""Hand P: boxes on a pier, by flexo plates, thermal and laser labels, rubber stamps.

Values stand in bordered tables, under their keys side by side, on tickets or bare on the board.

Faces of fonts-liberation, fonts-roboto-unhinted, fonts-open-sans, fonts-inter, fonts-cantarell,
fonts-hack, fonts-wqy-zenhei and fonts-arphic-ukai, with which no other hand draws packages.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np
import zxingcpp

from bench.hands import faces
from bench.hands.content import Code, Content
from bench.hands.pier_print import (
    BOLD,
    LATIN,
    Colour,
    Press,
    plain,
    pressed,
    symbol,
)
from bench.label_hand import label

Cell = tuple[str, str, str]
"""A key, what stands beside or below it, and of which kind that is ('' for none)."""

KEYS = {
    'gross_mass_kg': (
        'Gross wt', 'GROSS WEIGHT', 'G.W.', 'G.W', 'GW', 'Gross Wt.', 'Gross mass', '毛重',
        '毛重 G.W.', '毛重/Gross weight', 'Gross weight 毛重', 'Poids brut / Gross weight',
        'TOTAL GROSS WT', '总毛重',
    ),
    'net_mass_kg': (
        'Net wt', 'NET WEIGHT', 'N.W.', 'N.W', 'NW', 'Net Wt.', 'Net mass', '净重', '净重 N.W.',
        '净重/Net weight', 'Net weight 净重', 'Poids net / Net weight', 'TOTAL NET WT', '净含量',
    ),
    'serial': (
        'S/N', 'SN', 'Serial No.', 'Serial number', 'SERIAL #', 'Ser. No.', '序列号',
        '产品序列号', '序列号 S/N', '产品编号', '出厂编号', 'Serial No. 序列号',
    ),
    'batch': (
        'Batch', 'Batch No.', 'LOT', 'Lot No.', 'LOT NUMBER', 'B/N', '批号', '批次号', '生产批号',
        '批号/Lot No.',
    ),
    'production_date': (
        'MFG DATE', 'Date of manufacture', 'MFD', '生产日期', 'Production date', '制造日期',
        'Manufactured on', '生产日期 MFG',
    ),
}  # fmt: skip
UNITS = ('kg', 'KG', ' kg', ' KG', ' Kg', ' kgs', 'KGS', '千克', ' 千克', '公斤', ' 公斤')
FURTHER = (
    ('QTY', '20 PCS'), ('P/N', 'BP-48100-16S'), ('Model', 'LFP-48V100Ah'), ('C/NO.', '12 OF 40'),
    ('MEAS.', '450×320×280 mm'), ('Tare', '1.2 kg'), ('P.O. No.', '4500123456'),
    ('型号', 'HL-48100'), ('数量', '20 只'), ('Rated energy', '5.12 kWh'),
    ('Origin', 'MADE IN CHINA'),
)  # fmt: skip
FIRM = (
    'Ningbo Hailan New Energy Co., Ltd.', '宁波海岚新能源有限公司', 'HAILAN ENERGY GMBH, BREMEN',
        'Tel. +86 574 8300 1199')  # fmt: skip


def pier(content: Content, rng: random.Random, per_mm: float) -> faces.Face:
    """One wall with values in one of four layouts, the mark and a hazard label."""
    ground = rng.choice(('kraft', 'kraft', 'white', 'steel', 'blue', 'wood'))
    face = faces.Face(faces.ground(rng, ground, round(560 * per_mm), round(420 * per_mm)), per_mm)
    layout = rng.choice((table, columns, ticket, bare))
    layout(face, content, rng, ground)
    _hazard(face, content, rng)
    _mark(face, content, rng, ground)
    return face


def _paper(
    face: faces.Face, place: tuple[float, float, float, float], rng: random.Random
) -> faces.Place:
    left, top, right, foot = (face.px(value) for value in place)
    face.image[top:foot, left:right] = rng.choice(
        ((250, 250, 248), (238, 244, 246), (226, 242, 250))
    )
    return left, top, right, foot


def _values(content: Content, rng: random.Random) -> list[Cell]:
    """Keys and values in some order, units in either, and words of no interest."""
    unit_in_key = rng.random() < 0.25
    unit = rng.choice(UNITS)
    comma = rng.random() < 0.25
    form = rng.choice(('{:.1f}', '{:.1f}', '{:.2f}'))
    cells = []
    for kind, value in (('gross_mass_kg', content.gross), ('net_mass_kg', content.net)):
        key = rng.choice(KEYS[kind]) + (
            rng.choice((' (kg)', '（KG）', ' [kg]')) if unit_in_key else ''
        )
        said = form.format(float(value))
        said = said.replace('.', ',') if comma else said
        cells.append((key, said + ('' if unit_in_key else unit), kind))
    made = date.fromisoformat(content.made)
    day = rng.choice(
        ('%Y-%m-%d', '%Y/%m/%d', '%d.%m.%Y', '%Y%m%d', '%d %b %Y', '%Y年%m月%d日', '%b %d, %Y')
    )
    cells += [
        (rng.choice(KEYS['serial']), content.serial, 'serial'),
        (rng.choice(KEYS['batch']), content.batch, 'batch'),
        (rng.choice(KEYS['production_date']), made.strftime(day).upper(), 'production_date'),
    ]
    cells += [(key, value, '') for key, value in rng.sample(FURTHER, rng.randint(1, 3))]
    if rng.random() < 0.6:
        rng.shuffle(cells)
    return cells


def _truth(content: Content, kind: str, said: str) -> str:
    return {'gross_mass_kg': content.gross, 'net_mass_kg': content.net,
            'production_date': content.made}.get(kind, said)  # fmt: skip


def table(face: faces.Face, content: Content, rng: random.Random, _ground: str) -> None:
    """A bordered table: keys left, values right, the codes in a cell or beside it."""
    left, top, right, foot = _paper(face, (22, 18, 22 + rng.uniform(300, 350), 285), rng)
    press = Press(
        face, rng, rng.choice(('thermal', 'laser')), rng.choice(list(LATIN)), (30, 28, 28)
    )
    cap = face.px(rng.uniform(5.2, 7))
    head = face.px(rng.uniform(26, 34))
    bar = rng.random() < 0.4
    cv2.rectangle(
        face.image, (left + 6, top + 6), (right - 6, foot - 6), (30, 28, 28), max(2, face.px(0.5))
    )
    if bar:
        face.image[top + 6 : top + head, left + 6 : right - 6] = rng.choice(
            ((30, 28, 28), (120, 40, 20))
        )
    title = Press(
        face, rng, press.print_, rng.choice(BOLD), (250, 250, 250) if bar else (30, 28, 28)
    )
    _number(
        title,
        content,
        (left + face.px(6), top + face.px(6)),
        face.px(rng.uniform(9, 13)),
        right - left,
    )
    y = top + head
    y = _names(
        press,
        content,
        (left + face.px(5), y + face.px(5)),
        round(cap * 1.1),
        right - left - face.px(10),
    )
    cells = _values(content, rng)
    pitch = min(round(2.5 * cap), (foot - y - face.px(8)) // len(cells))
    cap = min(cap, round(pitch / 1.9))
    middle = left + round((right - left) * rng.uniform(0.36, 0.5))
    code_room = rng.random() < 0.5
    end = right - face.px(75) if code_room else right - 6
    for key, said, kind in cells:
        cv2.line(face.image, (left + 6, y), (end, y), (60, 60, 60), max(1, face.px(0.3)))
        at = y + (pitch - cap) // 2
        press.write(key, (left + face.px(4), at), round(cap * 0.85), middle - left - face.px(6))
        place = press.write(said, (middle + face.px(3), at), cap, end - middle - face.px(5))
        press.note(kind, _truth(content, kind, said), place, cap)
        y += pitch
    cv2.line(face.image, (left + 6, y), (end, y), (60, 60, 60), max(1, face.px(0.3)))
    cv2.line(
        face.image,
        (middle, y - pitch * len(cells)),
        (middle, y),
        (60, 60, 60),
        max(1, face.px(0.3)),
    )
    at = (
        (end + face.px(6), y - pitch * len(cells) + face.px(8))
        if code_room
        else (face.px(400), face.px(210))
    )
    _codes(face, content, rng, at, below=True, bars=not code_room)


def columns(face: faces.Face, content: Content, rng: random.Random, _ground: str) -> None:
    """Two columns: who sends to whom, and what; below them values under their keys."""
    left, top, right, foot = _paper(face, (18, 16, 18 + rng.uniform(360, 385), 270), rng)
    dark: Colour = rng.choice(((30, 28, 28), (90, 50, 20)))
    press = Press(face, rng, rng.choice(('thermal', 'laser')), rng.choice(list(LATIN)), dark)
    cap, middle = (
        face.px(rng.uniform(4.6, 6)),
        left + round((right - left) * rng.uniform(0.42, 0.5)),
    )
    cv2.rectangle(
        face.image, (left + 5, top + 5), (right - 5, foot - 5), dark, max(1, face.px(0.4))
    )
    split = top + face.px(120)
    cv2.line(face.image, (middle, top + 5), (middle, split), dark, max(1, face.px(0.3)))
    y = top + face.px(8)
    for words in ('From / 发货人:', *FIRM[:2], 'To / 收货人:', FIRM[2], FIRM[3]):
        press.write(words, (left + face.px(5), y), round(cap * 0.85), middle - left - face.px(10))
        y += round(2.2 * cap)
    bold = Press(face, rng, press.print_, rng.choice(BOLD), dark)
    _number(
        bold,
        content,
        (middle + face.px(5), top + face.px(8)),
        face.px(rng.uniform(9, 14)),
        right - middle - face.px(10),
    )
    _names(
        press, content, (middle + face.px(5), top + face.px(34)), cap, right - middle - face.px(10)
    )
    cells = _values(content, rng)[:9]
    y = split
    wide = (right - left) // 3
    for start in range(0, len(cells), 3):
        cv2.line(face.image, (left + 5, y), (right - 5, y), dark, max(1, face.px(0.3)))
        for at, (key, said, kind) in enumerate(cells[start : start + 3]):
            x = left + at * wide + face.px(5)
            if at:
                cv2.line(
                    face.image, (x - face.px(5), y), (x - face.px(5), y + round(5.2 * cap)), dark, 1
                )
            press.write(key, (x, y + round(0.7 * cap)), round(cap * 0.8), wide - face.px(8))
            place = bold.write(
                said, (x, y + round(2.6 * cap)), round(cap * 1.15), wide - face.px(8)
            )
            bold.note(kind, _truth(content, kind, said), place, round(cap * 1.15))
        y += round(5.2 * cap)
    _codes(face, content, rng, (left + face.px(6), y + face.px(4)), below=False, bars=True)


def ticket(face: faces.Face, content: Content, rng: random.Random, _ground: str) -> None:
    """A thermal ticket: keys and values behind colons, some two to a line."""
    left, top, right, foot = _paper(face, (30, 22, 30 + rng.uniform(200, 260), 300), rng)
    press = Press(face, rng, 'thermal', rng.choice(list(LATIN)), (36, 34, 34))
    cap, x, y = face.px(rng.uniform(4.8, 6.6)), left + face.px(7), top + face.px(8)
    room = right - left - face.px(14)
    bold = Press(face, rng, 'thermal', rng.choice(BOLD), press.colour)
    y = _number(bold, content, (x, y), face.px(rng.uniform(10, 14)), room)
    y = _names(press, content, (x, y), round(cap * 1.1), room)
    colon = rng.choice((': ', ':', '：', ' : ', ' '))
    cells = _values(content, rng)
    pair = rng.random() < 0.35
    while cells:
        key, said, kind = cells.pop(0)
        words = (
            key.rstrip('.') + colon + said
            if colon.strip() == ':' and key.endswith('.')
            else key + colon + said
        )
        place = press.write(words, (x, y), cap, room)
        press.note(kind, _truth(content, kind, said), place, cap)
        beside = next((one for one in cells if len(words) + len(one[0] + one[1]) < 26), None)
        if pair and beside and place[2] < x + room * 0.55:
            cells.remove(beside)
            place = press.write(
                beside[0] + colon + beside[1], (x + room * 0.58, y), cap, round(room * 0.42)
            )
            press.note(beside[2], _truth(content, beside[2], beside[1]), place, cap)
        y += round(rng.uniform(1.85, 2.1) * cap)
    bars = y + face.px(30) < foot
    _codes(
        face,
        content,
        rng,
        (face.px(300), face.px(150)) if not bars else (x, y + face.px(4)),
        below=False,
        bars=True,
    )


def bare(face: faces.Face, content: Content, rng: random.Random, ground: str) -> None:
    """Straight on the board by a flexo plate: number, name on several lines, keys and values."""
    colour: Colour = (
        (245, 240, 235)
        if ground == 'blue'
        else rng.choice(((34, 30, 30), (110, 50, 16), (40, 36, 150)))
    )
    press = Press(face, rng, 'flexo', rng.choice(BOLD), colour)
    cap, x = face.px(rng.uniform(6.5, 9)), face.px(24)
    y = _number(press, content, (x, face.px(22)), face.px(rng.uniform(15, 22)), face.px(330))
    y = _names(
        press, content, (x, y + face.px(2)), round(cap * 1.1), face.px(rng.choice((200, 340)))
    )
    lines = [
        (key + rng.choice((': ', ' ', '：')) + said, said, kind)
        for key, said, kind in _values(content, rng)
    ]
    for words, said, kind in lines[: 6 if cap > face.px(7.5) else 8]:
        if y > face.px(285):
            break
        place = press.write(words, (x, y), cap, face.px(330))
        press.note(kind, _truth(content, kind, said), place, cap)
        y += round(1.85 * cap)
    _codes(face, content, rng, (face.px(385), face.px(225)), below=True, bars=True)


def _number(press: Press, content: Content, at: tuple[int, int], cap: int, room: int) -> int:
    """The UN number: alone, behind a key, with the name behind it, or in two rows of a diamond."""
    rng, face = press.rng, press.face
    figures, y = content.un_number[2:], at[1]
    way = rng.random()
    if way < 0.2:
        side = round(cap * 4.6)
        middle = (face.px(400) + side // 2, face.px(150) + side // 2)
        tips = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]]) * (side // 2) + middle
        cv2.fillPoly(face.image, [tips], (248, 248, 248))
        cv2.polylines(face.image, [tips], True, (25, 22, 22), max(2, side // 40), cv2.LINE_AA)
        inked = Press(face, rng, 'laser', press.latin, (25, 22, 22))
        rows = ('UN', figures) if rng.random() < 0.5 else (content.un_number,)
        size = round(cap * (0.8 if len(rows) == 2 else 0.65))
        places = []
        for at_row, row in enumerate(rows):
            mask, _ = inked.drawn(row, size, side)
            down = middle[1] - round(0.8 * size * len(rows)) + at_row * round(1.5 * size)
            places.append(inked.write(row, (middle[0] - mask.shape[1] // 2 + 3, down), size, side))
        whole = around(places)
        inked.note('un_number', content.un_number, whole, size, way='diamond')
        return y
    said = rng.choice(
        (
            'UN{}',
            'UN {}',
            'UN{}',
            'UN NO. {}',
            'UN No.: {}',
            'UN编号：UN{}',
            '联合国编号 UN{}',
            'UN NUMBER: UN{}',
        )
    )
    place = press.write(said.format(figures), at, cap, room - face.px(12))
    press.note('un_number', content.un_number, place, cap)
    return y + round(1.9 * cap)


def _names(press: Press, content: Content, at: tuple[int, int], cap: int, room: int) -> int:
    """The name in English, broken where it is too long for its room, and in Chinese."""
    rng, (x, y) = press.rng, at
    name = content.name_en.upper() if rng.random() < 0.55 else content.name_en
    head = rng.choice(('', '', 'Proper shipping name: ', '品名: '))
    rows: list[str] = []
    for word in (head + name).split(' '):
        longer = f'{rows[-1]} {word}' if rows else word
        fits = plain(longer, press.latin, press.chinese, cap).shape[1] <= room
        rows = [*rows[:-1], longer] if fits and rows else [*rows, word]
    places = []
    for row in rows:
        places.append(press.write(row, (x, y), cap, room))
        y += round(1.75 * cap)
    whole = (x, places[0][1], max(one[2] for one in places), places[-1][3])
    press.note('proper_shipping_name', content.name_en, whole, cap, rows=len(rows))
    if rng.random() < 0.7:
        place = press.write(content.name_zh, (x, y), cap, room)
        press.note('proper_shipping_name', content.name_zh, place, cap)
        y += round(1.75 * cap)
    return y + round(0.4 * cap)


def _mark(face: faces.Face, content: Content, rng: random.Random, ground: str) -> None:
    """The mark with its symbol left or above: by a plate, in a stamped frame, or on a label."""
    way = rng.choice(('flexo', 'flexo', 'stamp', 'laser', 'reversed'))
    dark: Colour = rng.choice(((34, 30, 30), (34, 30, 30), (130, 60, 20), (50, 40, 150)))
    latin = rng.choice(BOLD if way != 'laser' else list(LATIN))
    left, top, right, foot = (
        face.px(26),
        face.px(312),
        face.px(rng.choice((260, 330, 400))),
        face.px(408),
    )
    if ground == 'blue' and way == 'flexo':
        dark = (244, 240, 236)
    if way == 'reversed':
        face.image[top - face.px(4) : foot, left - face.px(6) : right + face.px(6)] = dark
        dark = (244, 244, 240)
    if way == 'laser' or (way == 'stamp' and ground == 'blue'):
        face.image[top - face.px(4) : foot, left - face.px(6) : right + face.px(6)] = 246
    press = Press(face, rng, 'flexo' if way == 'reversed' else way, latin, dark)
    rows = content.rows
    above = rng.random() < 0.25
    cap = face.px(rng.uniform(8, 15) / (1 + 0.12 * (len(rows) - 1)))
    cap = min(cap, round((foot - top) / (1.7 * len(rows) + (3.2 if above else 0.6))))
    side = round(cap * (2.4 if above or len(rows) == 1 else rng.uniform(2.4, 3)))
    x = left if above else left + side + round(0.6 * cap)
    widest = max(plain(row, latin, press.chinese, cap).shape[1] for row in rows)
    cap = min(cap, int(cap * (right - x) / widest))
    high = round(1.65 * cap) * len(rows)
    y = top + (side + round(0.5 * cap) if above else max(0, (side - high) // 2))
    sign = pressed(symbol(side), press.print_, cap, rng)
    face.paint(sign, left, top, dark)
    places = []
    for row in rows:
        places.append(press.write(row, (x, y + round(0.3 * cap)), cap, right - x))
        y += round(1.65 * cap)
    whole = around(places)
    press.note('un_mark', content.mark, whole, cap, rows=len(rows), way=way)
    if way == 'stamp':
        edge = (
            (left - face.px(4), top - face.px(4)),
            (round(whole[2]) + face.px(4), max(round(whole[3]), top + side) + face.px(4)),
        )
        cv2.rectangle(face.image, *edge, dark, max(1, face.px(0.6)))


def _codes(
    face: faces.Face,
    content: Content,
    rng: random.Random,
    at: tuple[int, int],
    *,
    below: bool,
    bars: bool,
) -> None:
    """The square code and the bars, beside or below each other, with their words under the bars."""
    x, y = at
    for code in content.codes:
        if code.format in ('Code128', 'EAN13'):
            if not bars:
                continue
            place = faces._code(face, code, (x, y), face.px(14), rng.uniform(0.42, 0.56))
        else:
            place = _square(face, code, (x, y), face.px(rng.uniform(26, 36)))
        x, y = (x, round(place[3]) + face.px(5)) if below else (round(place[2]) + face.px(7), y)


def _square(face: faces.Face, code: Code, at: tuple[int, int], high: int) -> faces.Place:
    """A code of squares in its own proportions: some DataMatrix codes are oblong."""
    made = zxingcpp.create_barcode(
        code.value,
        getattr(zxingcpp.BarcodeFormat, code.format),
        gs1=code.symbology.startswith('gs1'),
    )
    drawn = np.array(zxingcpp.write_barcode_to_image(made, scale=4))
    wide = round(high * drawn.shape[1] / drawn.shape[0])
    if wide > 1.5 * high:
        wide, high = round(1.5 * high), round(1.5 * high * high / wide)
    shown = cv2.resize(drawn, (wide, high), interpolation=cv2.INTER_AREA)
    (x, y), place = at, (at[0], at[1], at[0] + wide, at[1] + high)
    part = face.image[y : y + high, x : x + wide]
    part[:] = shown[: part.shape[0], : part.shape[1], None]
    if part.shape[:2] == shown.shape[:2]:
        face.note('barcode', code.value, place, symbology=code.symbology)
    return place


def _hazard(face: faces.Face, content: Content, rng: random.Random) -> None:
    side, x, y = face.px(100), face.px(440), face.px(rng.uniform(22, 40))
    drawn = cv2.resize(label(content.labels[0]), (side, side), interpolation=cv2.INTER_AREA)
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(
        mask,
        [np.array([[side // 2, 0], [side - 1, side // 2], [side // 2, side - 1], [0, side // 2]])],
        255,
    )
    part = face.image[y : y + side, x : x + side]
    part[mask > 0] = drawn[mask > 0]
    face.note('hazard_label', content.labels[0], (x, y, x + side, y + side))


def around(places: Sequence[faces.Place]) -> faces.Place:
    """The box around several rows."""
    return (
        min(one[0] for one in places),
        places[0][1],
        max(one[2] for one in places),
        places[-1][3],
    )
