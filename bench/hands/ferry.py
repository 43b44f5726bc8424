"""Hand F: packages on a ferry's deck: cartons, drums, jerricans, crates, large packagings, IBCs.

Each print stands on a panel of its own: a sticker, a plate, a coloured field, or the bare wall.
"""

from __future__ import annotations

import random

import cv2
import numpy as np
import zxingcpp

from bench.hands import ferry_ink as ink
from bench.hands.content import Code
from bench.hands.ferry_content import Package
from bench.hands.ferry_sheet import Colour, Printer, Sheet, bare, paper
from bench.label_hand import label

WALL = (3200, 2400)
GROUNDS: dict[str, tuple[Colour, ...]] = {
    'carton': ((126, 168, 205), (104, 148, 186), (228, 232, 234), (206, 214, 216)),
    'drum': ((150, 86, 20), (44, 42, 40), (186, 184, 180), (60, 110, 40), (225, 225, 222)),
    'jerrican': ((214, 218, 216), (150, 80, 30), (236, 236, 236), (60, 60, 190)),
    'crate': ((150, 190, 214), (120, 164, 196)),
    'large': ((196, 198, 198), (132, 172, 204), (232, 234, 236)),
}
PLATES = ((250, 250, 249), (236, 244, 246), (214, 236, 250), (244, 236, 220), (90, 210, 250))
PANELS = ((110, 60, 16), (30, 30, 150), (40, 100, 30), (34, 32, 32), (20, 110, 220))


def package(said: Package, rng: random.Random) -> Sheet:
    """One wall of the package."""
    colour = rng.choice(GROUNDS[said.kind])
    wall = paper(*WALL, colour)
    wall.image[:] = _ground(said.kind, colour, rng)
    ink_colour: Colour = (
        (238, 242, 242)
        if sum(colour) < 330
        else rng.choice(((26, 24, 24), (26, 24, 24), (110, 40, 16), (40, 34, 130)))
    )
    swap, side = rng.random() < 0.4, WALL[0] // 2
    left, right = (side + 60, 70) if swap else (70, side + 60)
    room = side - 150
    y = _put(wall, _head(said, rng, ink_colour, room), left, rng.randint(60, 150), rng)
    values = _values(said, rng, ink_colour, room)
    y = _put(wall, values, left, y + 60, rng)
    y = _put(
        wall,
        _mark(said, rng, ink_colour, room, colour),
        right,
        rng.randint(80, 200),
        rng,
        upright=said.kind == 'carton',
    )
    hazard = rng.randint(520, 700)
    y2 = _put(wall, _hazards(said, rng, hazard), right, y + 70, rng)
    _put(wall, _codes(said, rng), right + hazard + 80, y + 90, rng)
    _put(wall, _others(said, rng, ink_colour, room), right, y2 + 60, rng)
    return wall


def _ground(kind: str, colour: Colour, rng: random.Random) -> np.ndarray:
    noise = np.random.default_rng(rng.getrandbits(32))
    wide, high = WALL
    shape = (high // 10, 7) if kind == 'crate' else (high // 50, wide // 50)
    rough = cv2.resize(
        noise.normal(0, 10 if kind == 'crate' else 4, shape).astype(np.float32), WALL
    )
    image = np.array(colour, np.float32) + rough[..., None]
    if kind == 'crate':  # boards with gaps between them
        for y in range(rng.randint(500, 700), high, rng.randint(640, 800)):
            image[y : y + 8] *= 0.35
    if kind == 'drum':
        for y in (round(high * 0.36), round(high * 0.7)):
            hoop = np.exp(-(((np.arange(high) - y) / 22) ** 2)) * 40
            image += (hoop * np.sign(y - np.arange(high)))[:, None, None]
    return np.clip(image, 0, 255).astype(np.uint8)


def _put(
    wall: Sheet, sheet: Sheet, x: int, y: int, rng: random.Random, upright: bool = False
) -> int:
    """The sheet laid on the wall, never quite straight, now and then on its side; its foot."""
    ys, xs = np.nonzero(sheet.cover)
    high, wide = int(ys.max()) + 12, int(xs.max()) + 12
    image, cover = sheet.image[:high, :wide], sheet.cover[:high, :wide]
    high, wide = cover.shape
    angle = np.radians(rng.gauss(0, 0.7))
    if upright and rng.random() < 0.12 and wide < WALL[1] - y:
        angle -= np.pi / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]]) @ turn.T
    move = np.array([x, y]) - corners.min(axis=0)
    matrix = np.hstack([turn, move[:, None]])
    shade = cv2.warpAffine(cover, matrix, WALL, flags=cv2.INTER_AREA)[..., None] / np.float32(255)
    above = cv2.warpAffine(
        image, matrix, WALL, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    wall.image[:] = (wall.image * (1 - shade) + above * shade).astype(np.uint8)
    for one in sheet.truth:
        box = np.array(one['box']) @ turn.T + move
        inside = bool(((box > 0) & (box < np.array(WALL))).all())
        wall.truth.append({**one, 'box': box.tolist(), 'legible': one['legible'] and inside})
    return round(float((corners + move)[:, 1].max()))


def _printer(sheet: Sheet, rng: random.Random, colour: Colour, prints: tuple[str, ...]) -> Printer:
    print_ = rng.choice(prints)
    face = rng.choice(ink.STOUT if print_ == 'stencil' else ink.TYPE)
    return Printer(sheet, rng, face, print_, colour, rng.randrange(2), rng.uniform(0.78, 1.15))


def _head(said: Package, rng: random.Random, colour: Colour, room: int) -> Sheet:
    """UN number and proper shipping names; bare, or white on a coloured field."""
    field_ = rng.random() < 0.35
    sheet = paper(room, 420, rng.choice(PANELS)) if field_ else bare(room, 460, colour)
    prints = ('even', 'board', 'letterpress', 'stencil')
    printer = _printer(sheet, rng, (248, 248, 248) if field_ else colour, prints)
    cap, y = rng.randint(64, 100), 50
    lines = [(said.number_said, cap)] if said.number_said else []
    lines += [(name, round(cap * 0.55)) for name in said.names]
    if rng.random() < 0.3:
        lines = lines[::-1]
    for words, size in lines:
        place, used = printer.write(words, 30, y, size, room - 60)
        kind = 'un_number' if said.un_number[2:] in words else ''
        sheet.note(kind, said.un_number, place, cap=used)
        y += round(used * 1.8)
    if field_:
        sheet.image, sheet.cover = sheet.image[: y + 10], sheet.cover[: y + 10]
    return sheet


def _mark(said: Package, rng: random.Random, colour: Colour, room: int, ground: Colour) -> Sheet:
    """The mark in its rows, the symbol beside or above it; printed, embossed or on a plate."""
    embossed = said.kind in ('drum', 'jerrican') and rng.random() < 0.4
    plate = not embossed and rng.random() < 0.3
    sheet = paper(room, 900, rng.choice(PLATES)) if plate else bare(room, 900, colour)
    dark = (30, 28, 28) if plate else colour
    printer = _printer(sheet, rng, dark, ('even', 'board', 'stencil', 'nozzles', 'letterpress'))
    if embossed:
        printer = Printer(sheet, rng, rng.choice(ink.STOUT), 'even', (255,) * 3)
    cap, where = rng.randint(48, 92), rng.choice(('left', 'left', 'right', 'above'))
    side = round(cap * rng.uniform(1.9, 2.8))
    x, y = (
        30 + (side + cap // 2 if where == 'left' else 0),
        40 + (side + cap // 2 if where == 'above' else 0),
    )
    widest = room - 40 - x - (side + cap // 2 if where == 'right' else 0)
    prefix = rng.random() < 0.12
    rows = [f'UN {said.rows[0]}', *said.rows[1:]] if prefix else list(said.rows)
    cap = min(cap, *(max(8, int(cap * widest / printer.mask(row, cap).shape[1])) for row in rows))
    places, top = [], y
    for row in rows:
        place, _ = printer.write(row, x, y, cap, widest + 8)
        places.append(place)
        y += round(cap * rng.uniform(1.5, 1.85))
    right = max(place[2] for place in places)
    at = {'left': (30, 40), 'above': (30, 30), 'right': (round(right) + cap // 2, top)}[where]
    sheet.paint(ink.symbol(side, rng), *at, printer.colour)
    sheet.note(
        'un_mark',
        said.mark,
        (x, places[0][1], right, places[-1][3]),
        cap=cap,
        print='embossed' if embossed else printer.print_,
    )
    if embossed:
        _emboss(sheet, ground)
    if plate:
        sheet.image, sheet.cover = (
            sheet.image[: max(y, side + 60)],
            sheet.cover[: max(y, side + 60)],
        )
    return sheet


def _emboss(sheet: Sheet, ground: Colour) -> None:
    """The print as raised metal or plastic: light from above on its edges, no ink at all."""
    raised = cv2.GaussianBlur(sheet.cover.astype(np.float32), (0, 0), 2.5)
    slope = (np.roll(raised, -4, 0) - np.roll(raised, 4, 0)) + 0.6 * (
        np.roll(raised, -4, 1) - np.roll(raised, 4, 1)
    )
    level = np.array(ground, np.float32) + slope[..., None] * 0.42
    sheet.image = np.clip(level, 0, 255).astype(np.uint8)
    sheet.cover = np.where(np.abs(slope) > 4, 255, 0).astype(np.uint8)


def _values(said: Package, rng: random.Random, colour: Colour, room: int) -> Sheet:
    """Masses, serial, batch and day: lines, a table, or values below their keys."""
    label_ = rng.random() < 0.65
    sheet = paper(room, 1700, rng.choice(PLATES)) if label_ else bare(room, 1700, colour)
    prints = (
        ('even', 'fade', 'even', 'nozzles')
        if label_
        else ('even', 'board', 'nozzles', 'pen', 'stencil')
    )
    printer = _printer(sheet, rng, (30, 28, 28) if label_ else colour, prints)
    cap, y = rng.randint(34, 58), 40
    style = rng.choice(('lines', 'lines', 'table', 'below'))
    colon = rng.choice((': ', ':', '：', '  ', ' : ')) if style == 'lines' else ''
    middle = round(room * rng.uniform(0.4, 0.5))
    if label_ and rng.random() < 0.6:
        for words in said.firm:
            _, used = printer.write(words, 30, y, round(cap * 0.6), room - 60)
            y += round(used * 1.9)
    others = list(said.others[:2])
    for parts in said.lines:
        if style == 'lines' or len(parts) > 1:
            mark = colon or ': '
            words = '   '.join(key + mark + value for key, value, *_ in parts if key)
            place, used = printer.write(words, 30, y, cap, room - 60)
            for _, _, kind, value in parts:
                sheet.note(kind, value, place, cap=used, print=printer.print_)
            y += round(used * 1.95)
            continue
        key, value, kind, true = parts[0]
        over = style == 'below'
        _, used = printer.write(key, 30, y, round(cap * (0.8 if over else 1)), middle - 40)
        x, y = (30, y + round(1.75 * used)) if over else (middle, y)
        place, used = printer.write(value, x, y, cap, room - 30 - x)
        sheet.note(kind, true, place, cap=used, print=printer.print_)
        y += round(cap * 2.1)
        if style == 'table' and label_:
            cv2.line(
                sheet.image,
                (16, y - round(0.6 * cap)),
                (room - 16, y - round(0.6 * cap)),
                (70, 70, 70),
                2,
            )
        if others and rng.random() < 0.3:
            _, used = printer.write(others.pop(), 30, y, round(cap * 0.9), room - 60)
            y += round(used * 2)
    if label_:
        sheet.image, sheet.cover = sheet.image[:y], sheet.cover[:y]
        cv2.rectangle(
            sheet.image, (6, 6), (room - 7, min(y, 1700) - 7), (60, 60, 60), rng.choice((1, 3))
        )
    return sheet


def _hazards(said: Package, rng: random.Random, side: int) -> Sheet:
    sheet = bare(side + 40, side + 40, (255, 255, 255))
    drawn = cv2.resize(label(said.label), (side, side), interpolation=cv2.INTER_AREA)
    mask = np.zeros((side, side), np.uint8)
    half = side // 2
    cv2.fillPoly(mask, [np.array([[half, 0], [side - 1, half], [half, side - 1], [0, half]])], 255)
    sheet.image[20 : side + 20, 20 : side + 20] = drawn
    sheet.cover[20 : side + 20, 20 : side + 20] = mask
    sheet.note('hazard_label', said.label, (20, 20, side + 20, side + 20))
    return sheet


def _codes(said: Package, rng: random.Random) -> Sheet:
    """Codes one below the other on white, what bars say printed below them."""
    sheet, y = paper(820, 720, (252, 252, 252)), 20
    for code in said.codes:
        y = _code(sheet, code, y, rng) + 24
    sheet.image, sheet.cover = sheet.image[:y], sheet.cover[:y]
    return sheet


def _code(sheet: Sheet, code: Code, y: int, rng: random.Random) -> int:
    made = zxingcpp.create_barcode(
        code.value,
        getattr(zxingcpp.BarcodeFormat, code.format),
        gs1=code.symbology.startswith('gs1'),
    )
    drawn = np.array(zxingcpp.write_barcode_to_image(made, scale=1))
    if code.format == 'Code128':
        module = max(2, min(4, 780 // drawn.shape[1]))
        drawn = np.repeat(np.repeat(drawn[drawn.shape[0] // 2][None], 150, 0), module, 1)[:, :790]
    else:
        module = rng.randint(6, 9)
        drawn = np.repeat(np.repeat(drawn, module, 0), module, 1)[:430, :800]
    high, wide = drawn.shape
    sheet.image[y : y + high, 14 : 14 + wide] = drawn[..., None]
    sheet.note(
        'barcode', code.value, (14, y, 14 + wide, y + high), symbology=code.symbology, module=module
    )
    if code.format == 'Code128':
        Printer(sheet, rng, 'narrow', 'even', (20, 20, 20)).write(
            code.value, 40, y + high + 12, 26, wide
        )
        high += 46
    return y + high


def _others(said: Package, rng: random.Random, colour: Colour, room: int) -> Sheet:
    """Words of no interest in two sizes, and the arrows."""
    sheet = bare(room, 700, colour)
    printer, y = _printer(sheet, rng, colour, ('even', 'board', 'nozzles')), 40
    for words in said.others[2:]:
        _, used = printer.write(words, 30, y, rng.randint(26, 44), room - 340)
        y += round(used * 1.8)
    for x in (room - 230, room - 110):
        cv2.arrowedLine(sheet.cover, (x, 210), (x, 30), 255, 20, cv2.LINE_AA, 0, 0.4)
    return sheet
