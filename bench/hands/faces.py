"""The faces of the other hands' boxes: a label room's paper, a yard's ink on board, wood, drum."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import zxingcpp

from bench.hands import ink
from bench.hands.content import Code, Content
from bench.label_hand import label

Image = np.ndarray
Place = tuple[float, float, float, float]

GROUNDS = {'kraft': (120, 160, 196), 'white': (232, 234, 235), 'wood': (120, 170, 205),
           'blue': (110, 60, 24), 'black': (38, 36, 36), 'steel': (150, 150, 148)}  # fmt: skip
DARK = ('blue', 'black')
WORDS_GROSS = ('G.W.: {} KG', 'GROSS WEIGHT {} kg', '毛重: {} kg', 'Gross mass: {}kg', 'G/W {} KGS',
               '毛重 G.W. {} kg')  # fmt: skip
WORDS_NET = ('N.W.: {} KG', 'NET WEIGHT {} kg', '净重: {} kg', 'Net mass: {}kg', 'N/W {} KGS',
             '净重 N.W. {} kg')  # fmt: skip
WORDS_SERIAL = ('S/N: {}', 'SN {}', 'Serial No.: {}', '序列号: {}', '箱号: {}', 'SERIAL NO {}')
WORDS_BATCH = ('LOT: {}', 'LOT NO. {}', 'Batch: {}', '批号: {}', '生产批号: {}', 'BATCH NO.: {}')
WORDS_DATE = ('MFG: {}', '生产日期: {}', 'Date: {}', 'DATE OF MANUFACTURE {}', 'PROD. {}')


@dataclass
class Face:
    """A flat wall being drawn: pixels, and what is to be read on it in pixels of the wall."""

    image: Image
    per_mm: float
    truth: list[dict[str, Any]] = field(default_factory=list)

    def px(self, mm: float) -> int:
        return max(1, round(mm * self.per_mm))

    def note(self, kind: str, value: str, place: Place, **more: Any) -> None:
        left, top, right, bottom = place
        box = [[left, top], [right, top], [right, bottom], [left, bottom]]
        self.truth.append({'kind': kind, 'value': value, 'box': box, 'legible': True, **more})

    def paint(self, mask: np.ndarray, x: float, y: float, colour: tuple[int, int, int]) -> Place:
        """Ink through a mask with its corner there; what lies beyond the wall is lost."""
        left, top = round(x), round(y)
        part = self.image[max(0, top) : top + mask.shape[0], max(0, left) : left + mask.shape[1]]
        seen = mask[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
        part[:] = part * (1 - seen) + np.array(colour, np.float32) * seen
        return left, top, left + mask.shape[1], top + mask.shape[0]


def ground(rng: random.Random, kind: str, wide: int, high: int) -> Image:
    base = np.array(GROUNDS[kind], np.float32) * rng.uniform(0.92, 1.06)
    noise = np.random.default_rng(rng.getrandbits(32))
    coarse = noise.normal(0, 7, (high // 40 + 2, (60 if kind == 'wood' else wide // 60) + 2))
    if kind == 'wood':
        coarse = noise.normal(0, 12, (high // 6 + 2, 8))
    shade = cv2.resize(coarse.astype(np.float32), (wide, high), interpolation=cv2.INTER_LINEAR)
    return np.clip(base + shade[..., None], 0, 255).astype(np.uint8)


def label_room(content: Content, rng: random.Random, per_mm: float) -> Face:
    """Hand B: paper labels from a laser or thermal printer, stuck on a carton."""
    wide, high = round(560 * per_mm), round(420 * per_mm)
    kind = rng.choice(('kraft', 'kraft', 'white', 'wood', 'black'))
    face = Face(ground(rng, kind, wide, high), per_mm)
    print_ = rng.choice(('narrow', 'typewriter', 'technical', 'technical', 'worn_type'))
    _mark_label(face, content, rng, print_)
    _ship_label(face, content, rng, rng.choice(('narrow', 'technical', 'typewriter')))
    _hazards(face, content, rng)
    return face


def yard(content: Content, rng: random.Random, per_mm: float) -> Face:
    """Hand C: stencil or ink-jet straight on board, wood, plastic or a steel drum."""
    wide, high = round(560 * per_mm), round(420 * per_mm)
    kind = rng.choice(('kraft', 'wood', 'blue', 'steel', 'black', 'white'))
    face = Face(ground(rng, kind, wide, high), per_mm)
    inked = (
        (236, 240, 240) if kind in DARK else rng.choice(((30, 28, 26), (90, 40, 20), (30, 28, 130)))
    )
    print_ = rng.choice(('stencil', 'dots', 'dots', 'narrow'))
    wear = rng.choice((0, 0.3, 0.5))
    cap = rng.uniform(12, 18)
    x, y = face.px(rng.uniform(20, 40)), face.px(rng.uniform(250, 290))
    _mark(face, content, rng, print_, cap, (x, y), inked, wear)
    _name(face, content, rng, (face.px(25), face.px(30)), inked, wear, rng.uniform(16, 24))
    _lines(face, content, rng, 'dots' if print_ == 'dots' else 'narrow', rng.uniform(8, 12),
           (face.px(25), face.px(140)), inked, wear)  # fmt: skip
    _codes(face, content.codes, rng, (face.px(390), face.px(250)))
    _hazards(face, content, rng)
    return face


def _paper(face: Face, rng: random.Random, place: tuple[float, float, float, float]) -> Place:
    """A white label in mm: left, top, width, height."""
    left, top, wide, high = (face.px(value) for value in place)
    face.image[top : top + high, left : left + wide] = rng.choice((246, 240, 250))
    cv2.rectangle(face.image, (left, top), (left + wide, top + high), (185, 185, 185), 1)
    return left, top, left + wide, top + high


def _mark_label(face: Face, content: Content, rng: random.Random, print_: str) -> None:
    left, top, right, _bottom = _paper(face, rng, (20, 300, 310, 100))
    cap = rng.uniform(7, 13)
    _mark(face, content, rng, print_, cap, (left + face.px(4), top + face.px(8)), (28, 26, 25), 0.0,
          room=right - left - face.px(8))  # fmt: skip


def _mark(
    face: Face, content: Content, rng: random.Random, print_: str, cap_mm: float,
    at: tuple[int, int], inked: tuple[int, int, int], wear: float, room: int = 0,
) -> None:  # fmt: skip
    """The mark in its rows, with the symbol left of it or above it."""
    room = room or face.px(340)
    cap = face.px(cap_mm)
    drawn = [ink.text(row, print_, cap) for row in content.rows]
    side = round(cap * rng.uniform(2.0, 2.8))
    beside = rng.random() < 0.7
    widest = max(mask.shape[1] for mask in drawn) + (side + cap // 2 if beside else 0)
    if widest > room:
        cap = max(4, int(cap * room / widest))
        drawn = [ink.text(row, print_, cap) for row in content.rows]
        side = round(side * room / widest)
    x, y = at
    sign = ink.worn(ink.symbol(max(8, side)), rng, wear)
    face.paint(sign, x, y, inked)
    left = x + side + cap // 2 if beside else x
    top = y if beside else y + side + cap // 3
    places = []
    for mask in drawn:
        places.append(face.paint(ink.worn(mask, rng, wear), left, top, inked))
        top += round(cap * rng.uniform(1.5, 1.8))
    whole = (min(p[0] for p in places), places[0][1], max(p[2] for p in places), places[-1][3])
    face.note('un_mark', content.mark, whole, cap_px=cap, print=print_)


def _name(
    face: Face, content: Content, rng: random.Random, at: tuple[int, int],
    inked: tuple[int, int, int], wear: float, cap_mm: float,
) -> None:  # fmt: skip
    print_ = rng.choice(('narrow', 'stencil'))
    cap = face.px(cap_mm)
    number = f'UN {content.un_number[2:]}' if rng.random() < 0.4 else content.un_number
    x, y = at
    place = face.paint(ink.worn(ink.text(number, print_, cap), rng, wear), x, y, inked)
    face.note('un_number', content.un_number, place, cap_px=cap)
    small = max(5, round(cap * 0.55))
    name = content.name_en.upper() if rng.random() < 0.6 else content.name_en
    place = face.paint(_fit(name, 'narrow', small, face.px(330)), x, y + round(1.5 * cap), inked)
    face.note('proper_shipping_name', content.name_en, place, cap_px=small)
    if rng.random() < 0.8:
        words = ink.text(content.name_zh, 'chinese_black', small)
        place = face.paint(words, x, y + round(1.7 * cap) + round(1.5 * small), inked)
        face.note('proper_shipping_name', content.name_zh, place, cap_px=small)


def _fit(words: str, print_: str, cap: int, room: int) -> np.ndarray:
    mask = ink.text(words, print_, cap)
    if mask.shape[1] <= room:
        return mask
    return ink.text(words, print_, max(5, int(cap * room / mask.shape[1])))


def _lines(
    face: Face, content: Content, rng: random.Random, print_: str, cap_mm: float,
    at: tuple[int, int], inked: tuple[int, int, int], wear: float,
) -> None:  # fmt: skip
    """Masses, serial, batch and date, each in a row of its own."""
    cap = face.px(cap_mm)
    rows = (
        ('gross_mass_kg', content.gross, rng.choice(WORDS_GROSS)),
        ('net_mass_kg', content.net, rng.choice(WORDS_NET)),
        ('serial', content.serial, rng.choice(WORDS_SERIAL)),
        ('batch', content.batch, rng.choice(WORDS_BATCH)),
        ('production_date', content.made, rng.choice(WORDS_DATE)),
    )
    x, y = at
    for kind, value, words in rows:
        said = words.format(value)
        used = print_
        if print_ == 'dots' and any(ord(letter) > 0x2000 for letter in said):
            said = {'gross_mass_kg': 'G.W. {} KG', 'net_mass_kg': 'N.W. {} KG', 'serial': 'S/N: {}',
                    'batch': 'LOT {}', 'production_date': 'MFG {}'}[kind].format(value)  # fmt: skip
        mask = ink.worn(_fit(said, used, cap, face.px(280)), rng, wear)
        place = face.paint(mask, x, y, inked)
        printed = re.sub('[./]', '-', value) if kind == 'production_date' else value
        face.note(kind, printed, place, cap_px=cap, print=used)
        y += round(cap * 1.75)


def _ship_label(face: Face, content: Content, rng: random.Random, print_: str) -> None:
    left, top, right, _bottom = _paper(face, rng, (20, 20, 360, 260))
    cap = rng.uniform(9, 14)
    dark = (28, 26, 25)
    if rng.random() < 0.3:  # the heading white on black
        face.image[top : top + face.px(cap * 4.6), left:right] = 30
        _name(face, content, rng, (left + face.px(6), top + face.px(5)), (245, 245, 245), 0, cap)
    else:
        _name(face, content, rng, (left + face.px(6), top + face.px(5)), dark, 0, cap)
    _lines(face, content, rng, print_, rng.uniform(5, 7.5), (left + face.px(6), top + face.px(80)),
           dark, 0.0)  # fmt: skip
    _codes(face, content.codes, rng, (left + face.px(190), top + face.px(150)))


def _codes(face: Face, codes: tuple[Code, ...], rng: random.Random, at: tuple[int, int]) -> None:
    """The codes one below the other, or side by side; on white."""
    x, y = at
    squares = [code for code in codes if code.format != 'Code128']
    for code in squares:
        y_at = _code(face, code, (x, y), face.px(rng.uniform(28, 40)), 0)
        x = y_at[2] + face.px(6)
    y += face.px(46) if squares else 0
    x = at[0]
    for code in codes:
        if code.format == 'Code128':
            narrow = rng.uniform(0.4, 0.62)
            y = round(_code(face, code, (x, y), face.px(16), narrow)[3] + face.px(4))


def _code(face: Face, code: Code, at: tuple[int, int], high: int, module_mm: float) -> Place:
    made = zxingcpp.create_barcode(
        code.value,
        getattr(zxingcpp.BarcodeFormat, code.format),
        gs1=code.symbology.startswith('gs1'),
    )
    drawn = np.array(zxingcpp.write_barcode_to_image(made, scale=4))
    if module_mm:
        drawn = drawn[drawn.shape[0] // 2 : drawn.shape[0] // 2 + 1]
        wide = round(drawn.shape[1] / 4 * module_mm * face.per_mm)
    else:
        wide = high
    shown = cv2.resize(drawn, (max(8, wide), max(8, high)), interpolation=cv2.INTER_AREA)
    x, y = at
    part = face.image[y : y + shown.shape[0], x : x + shown.shape[1]]
    whole = part.shape[:2] == shown.shape[:2]
    part[:] = shown[: part.shape[0], : part.shape[1], None]
    place = (x, y, x + shown.shape[1], y + shown.shape[0])
    if whole:
        face.note('barcode', code.value, place, symbology=code.symbology)
    return place


def _hazards(face: Face, content: Content, rng: random.Random) -> None:
    x, side = face.px(430), face.px(100)
    for value in content.labels:
        drawn = cv2.resize(label(value), (side, side), interpolation=cv2.INTER_AREA)
        mask = np.zeros((side, side), np.uint8)
        corners = np.array(
            [[side // 2, 0], [side - 1, side // 2], [side // 2, side - 1], [0, side // 2]]
        )
        cv2.fillPoly(mask, [corners], 255)
        y = face.px(rng.uniform(40, 120))
        part = face.image[y : y + side, x : x + side]
        drawn, mask = (
            drawn[: part.shape[0], : part.shape[1]],
            mask[: part.shape[0], : part.shape[1]],
        )
        part[mask > 0] = drawn[mask > 0]
        place = (x, y, x + side, y + side)
        face.note('hazard_label', value, place)
