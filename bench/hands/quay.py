"""Hand E: boxes on a quay, by printers' dots, cut stencils, branding, relief and label paper.

Marks stand in one to four rows; light print on dark walls; words stacked one below the other.
"""

from __future__ import annotations

import random
import re

import numpy as np

from bench.hands import faces, ink, nozzles
from bench.hands.content import Content

PRINTS = ('matrix', 'raster', 'plate', 'relief', 'brand', 'paper')
PAPER = ('lato', 'nimbus_mono', 'gothic', 'serif', 'dejavu', 'chinese_serif')
GROUNDS = {
    'matrix': ('kraft', 'white', 'black', 'steel', 'blue'),
    'raster': ('kraft', 'white', 'black', 'wood'),
    'plate': ('wood', 'kraft', 'steel', 'blue', 'black'),
    'relief': ('steel', 'white', 'black', 'blue'),
    'brand': ('wood',),
    'paper': ('kraft', 'steel'),
}
WORDS = {
    'gross_mass_kg': ('G.W. {} KG', 'GROSS: {} kg', '毛重：{}kg', 'GROSS WT. {} KG'),
    'net_mass_kg': ('N.W. {} KG', 'NET: {} kg', '净重：{}kg', 'NET WT. {} KG'),
    'serial': ('S/N {}', 'SN: {}', 'SERIAL NO. {}', '编号：{}'),
    'batch': ('LOT {}', 'BATCH: {}', '批号：{}'),
}

Colour = tuple[int, int, int]


def quay(content: Content, rng: random.Random, per_mm: float) -> faces.Face:
    """One wall; a third of them bears the name in a column, or masses under stacked words."""
    print_ = rng.choice(PRINTS)
    kind = rng.choice(GROUNDS[print_])
    wall = faces.ground(rng, kind, round(560 * per_mm), round(420 * per_mm))
    face = faces.Face(wall, per_mm)
    if print_ == 'paper':
        x, y = face.px(15), face.px(15)
        face.image[y : face.px(405), x : face.px(420)] = rng.choice((250, 236, 244))
        print_, colour = rng.choice(PAPER), (25, 25, 30)
    elif kind in faces.DARK:
        colour = rng.choice(((230, 235, 238), (90, 215, 240), (215, 225, 150)))
    else:
        colour = {'brand': (24, 40, 62)}.get(
            print_, rng.choice(((35, 30, 30), (120, 45, 20), (35, 30, 140)))
        )
    pen = Pen(face, rng, print_, colour)
    pen.number(content)
    column = rng.random() < 0.35 and len(content.name_zh) <= 7
    pen.lines(content, column)
    pen.mark(content)
    faces._codes(face, content.codes, rng, (face.px(400), face.px(250)))
    faces._hazards(face, content, rng)
    return face


def rows(mark: str, printed: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """The mark in one to four rows; each row ends where a part does."""
    found = re.fullmatch(r'(\w+/\w[\d.]+/S)/(\d\d)/(CN)/(C\d{6})(?: (PI:\d+))?', mark)
    if found is None or rng.random() < 0.6:
        return printed
    test, year, state, maker, batch = found.groups()
    last = [batch] if batch else []
    return tuple(rng.choice((
        [f'{test}/{year}', f'{state}/{maker}', *last],
        [f'{test}/{year}', state, maker, *last][: 4 if batch else 3],
        [test, f'{year}/{state}', maker, *last],
        [f'{test}/{year}/{state}', ' '.join([maker, *last])],
    )))  # fmt: skip


class Pen:
    """Draws lines of one print on a wall."""

    def __init__(self, face: faces.Face, rng: random.Random, print_: str, colour: Colour) -> None:
        self.face, self.rng, self.print_, self.colour = face, rng, print_, colour

    def write(self, words: str, at: tuple[float, float], cap: int, room: int) -> faces.Place:
        """A line with its corner there, no wider than the room."""
        state = self.rng.getstate()
        mask = self._drawn(words, cap)
        if mask.shape[1] > room:
            self.rng.setstate(state)
            mask = self._drawn(words, max(6, int(cap * room / mask.shape[1])))
        return self.put(mask, at)

    def _drawn(self, words: str, cap: int) -> np.ndarray:
        return nozzles.text(words, 'gothic' if self.print_ == 'relief' else self.print_, cap,
                            random.Random(self.rng.getrandbits(32)))  # fmt: skip

    def put(self, mask: np.ndarray, at: tuple[float, float]) -> faces.Place:
        """The print in its ink, or pressed into the wall: one edge light, the other dark."""
        x, y = at
        if self.print_ != 'relief':
            return self.face.paint(mask, x, y, self.colour)
        step = max(1, round(self.face.per_mm * 0.35))
        ground = np.array(self.face.image[0, 0], float)
        level = [float(np.clip(ground.mean() + by, 0, 255)) for by in (-42, 42)]
        for shift, tone in zip((-step, step), level, strict=True):
            self.face.paint((mask * 0.8).astype(np.uint8), x + shift, y + shift, (tone, tone, tone))
        inner = tuple(float(np.clip(value - 12, 0, 255)) for value in ground)
        return self.face.paint(mask, x, y, inner)

    def number(self, content: Content) -> None:
        """The UN number and the name in English."""
        face, rng = self.face, self.rng
        cap = face.px(rng.uniform(13, 20))
        said = rng.choice(('UN{}', 'UN {}', 'UN NO. {}')).format(content.un_number[2:])
        place = self.write(said, (face.px(25), face.px(24)), cap, face.px(300))
        face.note('un_number', content.un_number, place, cap_px=cap, print=self.print_)
        small = face.px(rng.uniform(8, 11))
        name = content.name_en.upper()
        place = self.write(name, (face.px(25), face.px(24) + 1.6 * cap), small, face.px(370))
        face.note('proper_shipping_name', content.name_en, place, cap_px=small, print=self.print_)

    def lines(self, content: Content, column: bool) -> None:
        """Masses, serial and batch; and the name in Chinese, level or in a column."""
        face, rng = self.face, self.rng
        cap = face.px(rng.uniform(7, 10))
        x, y = face.px(25), float(face.px(85))
        if column:
            mask = nozzles.stacked(content.name_zh, face.px(rng.uniform(9, 12)))
            place = self.put(mask, (face.px(365), face.px(75)))
            face.note('proper_shipping_name', content.name_zh, place, stacked=True)
        values = (('gross_mass_kg', content.gross), ('net_mass_kg', content.net),
                  ('serial', content.serial), ('batch', content.batch))  # fmt: skip
        for kind, value in values:
            words = rng.choice(WORDS[kind])
            if self.print_ in ('matrix', 'raster', 'plate', 'brand') and ord(max(words)) > 0x2000:
                words = WORDS[kind][0]
            place = self.write(words.format(value), (x, y), cap, face.px(310))
            face.note(kind, value, place, cap_px=cap, print=self.print_)
            y += 1.9 * cap
        if not column:
            mask = nozzles.plain(content.name_zh, 'chinese', cap)
            place = self.put(mask, (x, y))
            face.note('proper_shipping_name', content.name_zh, place)

    def mark(self, content: Content) -> None:
        """The mark with its symbol to the left or above."""
        face, rng = self.face, self.rng
        printed = rows(content.mark, content.rows, rng)
        cap = face.px(rng.uniform(9, 17) / (1 + 0.15 * (len(printed) - 1)))
        side = round(cap * rng.uniform(2.0, 2.6))
        x, y = face.px(25), face.px(400) - round(1.75 * cap * len(printed))
        if rng.random() < 0.25:
            self.put(ink.symbol(side), (x, y - side - cap // 3))
            left = x
        else:
            self.put(ink.symbol(side), (x, y))
            left = x + side + cap // 2
        places = []
        room = face.px(395) - left
        widest = max(self._drawn(row, cap).shape[1] for row in printed)
        cap = max(6, int(cap * min(1.0, room / widest) * 0.98))
        for row in printed:
            places.append(self.write(row, (left, y), cap, room))
            y += round(1.65 * cap)
        whole = (left, places[0][1], max(place[2] for place in places), places[-1][3])
        face.note('un_mark', content.mark, whole, cap_px=cap, print=self.print_, rows=len(printed))
