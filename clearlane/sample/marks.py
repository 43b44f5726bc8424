"""What is printed beside the labels: the UN mark, names, masses, serial, arrows (all synthetic)."""

import re
from functools import lru_cache

import numpy as np
import segno

from clearlane.sample.package import Package
from clearlane.sample.sheet import BLACK, PAPER, Colour, Item, Sheet, around, corners

FINE = 4  # shapes are drawn so many times larger and then reduced
RED: Colour = (190, 24, 32)


@lru_cache(maxsize=32)
def symbol(height_mm: float, scale: float, ink: Colour = BLACK) -> Sheet:
    """The UN packaging symbol: u over n in a circle."""
    sheet = Sheet(height_mm, height_mm, scale * FINE, ink=ink)
    r = height_mm / 2
    sheet.arc((r, r), r * 0.92, r * 0.1, 0, 360)
    stem, half = r * 0.17, r * 0.25
    for upper in (True, False):
        # The two letters are one shape, turned by half a turn about the centre.
        def at(x: float, y: float, turn: int = 1 if upper else -1) -> tuple[float, float]:
            return r + turn * x, r + turn * y

        for x, top, bottom in ((-half, -0.68, -0.34), (half, -0.68, -0.08)):
            left, right = x - stem / 2, x + stem / 2
            sheet.polygon(
                [at(left, top * r), at(right, top * r), at(right, bottom * r), at(left, bottom * r)]
            )
        start = 0 if upper else 180
        sheet.arc(at(0, -0.34 * r), half, stem, start, start + 180)
    return sheet.reduced(FINE)


def mark_lines(mark: str, lines: int) -> list[str]:
    """The UN mark as it is set in one, two or three lines."""
    found = re.fullmatch(r'(.+/\d\d)/([A-Z]+/\S+)(?: (PI:\S+))?', mark)
    if lines == 1 or found is None:
        return [mark]
    test, maker, batch = found.groups()
    if lines == 2 or batch is None:
        return [test, maker + (f' {batch}' if batch else '')]
    return [test, maker, batch]


def un_mark(package: Package, lines: int, cap_mm: float, sheet_of: 'Print') -> Sheet:
    """The UN packaging mark with its symbol to the left."""
    texts = mark_lines(package.mark, lines)
    pitch, size = cap_mm * 1.55, max(cap_mm * 1.9, cap_mm * (0.9 + 0.75 * len(texts)))
    height = max(size, pitch * len(texts)) + 2
    sheet = sheet_of.sheet(size + cap_mm * 0.85 * max(map(len, texts)) + 10, height)
    circle = symbol(size, sheet.scale, sheet.ink)
    sheet.stamp(circle, 1, (height - size) / 2)
    boxes = []
    for row, text in enumerate(texts):
        top = (height - pitch * len(texts)) / 2 + (pitch - cap_mm) / 2 + row * pitch
        boxes.append(sheet.text(size + cap_mm * 0.5, top, text, cap_mm, kind=''))
    parts = [
        Item(kind='text', value=text, box=corners(box))
        for text, box in zip(texts, boxes, strict=True)
    ]
    ring = (1, (height - size) / 2, 1 + size, (height + size) / 2)
    parts.append(Item(kind='un_symbol', value='un', box=corners(ring)))
    sheet.keep('un_mark', package.mark, around(boxes), parts)
    return trimmed(sheet)


class Print:
    """How a design prints: typeface, ink, and whether on the box itself or on white labels."""

    def __init__(self, printing: str, scale: float, ink: Colour) -> None:
        self.printing, self.scale = printing, scale
        self.paper = PAPER if printing == 'label' else None
        self.ink = BLACK if self.paper else ink
        self.font = {'label': 'mono', 'stencil': 'stencil'}.get(printing, 'condensed')

    def sheet(self, width_mm: float, height_mm: float) -> Sheet:
        """An empty sheet of this print, trimmed and framed later."""
        return Sheet(
            width_mm, height_mm, self.scale, paper=self.paper, ink=self.ink, font=self.font
        )


def name(package: Package, cap_mm: float, width_mm: float, sheet_of: Print) -> Sheet:
    """UN number with the proper shipping name, broken where the width ends; then the Chinese."""
    sheet = sheet_of.sheet(width_mm, cap_mm * 9)
    box = sheet.text(2, 3, package.un_number, cap_mm * 1.2, kind='un_number')
    pen, top, left, line = box[2] + cap_mm * 0.5, 3 + cap_mm * 0.2, box[0], package.un_number
    boxes = [box]
    for word in package.name_en.split():
        if pen + sheet.width_of(word, cap_mm) > width_mm - 2:
            sheet.keep('text', line, around(boxes))
            pen, top, line, boxes = left, top + cap_mm * 1.5, '', []
        boxes.append(sheet.text(pen, top, word, cap_mm, kind=''))
        pen, line = boxes[-1][2] + cap_mm * 0.45, f'{line} {word}'.strip()
    sheet.keep('text', line, around(boxes))
    fit = min(cap_mm, (width_mm - 4) / len(package.name_zh) / 1.42)
    sheet.text(2, top + cap_mm * 1.65, package.name_zh, fit)
    return trimmed(sheet)


def masses(package: Package, cap_mm: float, sheet_of: Print) -> Sheet:
    """Gross and net mass and the production batch, one under the other."""
    sheet = sheet_of.sheet(cap_mm * 22, cap_mm * 8)
    for row, (zh, en, mass, kind) in enumerate(
        (
            ('毛重', 'G.W.', package.gross_mass_kg, 'gross_mass_kg'),
            ('净重', 'N.W.', package.net_mass_kg, 'net_mass_kg'),
        )
    ):
        line = f'{zh}/{en} {mass:.1f} KG'
        sheet.text(2, 3 + row * cap_mm * 1.8, line, cap_mm, kind=kind, value=f'{mass:.1f}')
    sheet.text(2, 3 + 2 * cap_mm * 1.8, f'生产批号/LOT {package.batch}', cap_mm)
    return trimmed(sheet)


def maker(package: Package, cap_mm: float, sheet_of: Print) -> Sheet:
    """The maker's name in both languages and the country."""
    sheet = sheet_of.sheet(cap_mm * 36, cap_mm * 8)
    sheet.text(2, 2, package.maker_zh, cap_mm * 1.25)
    sheet.text(2, 2 + cap_mm * 2.3, package.maker, cap_mm)
    sheet.text(2, 2 + cap_mm * 4.1, 'MADE IN CHINA 中国制造', cap_mm * 0.8)
    return trimmed(sheet)


def identity(package: Package, cap_mm: float, scale: float, *, chinese: bool) -> Sheet:
    """The adhesive label with the serial in words and as a QR code."""
    code = segno.make(package.serial, error='m', micro=False)
    matrix = np.array([list(row) for row in code.matrix]) == 1
    code_mm = cap_mm * 6.4
    sheet = Sheet(cap_mm * 25, code_mm + cap_mm * 1.6, scale, paper=PAPER, font='sans')
    sheet.frame((0, 0, sheet.width_mm, sheet.height_mm), 0.4, (120, 120, 120))
    box = sheet.modules(cap_mm, cap_mm * 0.8, matrix, code_mm)
    sheet.keep('barcode', package.serial, box, symbology='qr')
    x, line = box[2] + cap_mm, f'{"序列号:" if chinese else "SN:"} {package.serial}'
    room = sheet.width_mm - x - cap_mm
    # Chinese characters are set about 1.4 capitals wide; the width of the rest is measured.
    wide = sheet.width_of(line.replace('序列号', 'WWW'), cap_mm)
    fit = cap_mm * min(1.15, room / wide)
    sheet.text(x, cap_mm * 1.0, '电池包装箱' if chinese else 'BATTERY PACK', cap_mm * 0.75)
    sheet.text(x, cap_mm * 3.0, line, fit, kind='serial', value=package.serial)
    sheet.text(x, cap_mm * 5.4, f'LOT {package.batch}', cap_mm * 0.9)
    return sheet


@lru_cache(maxsize=16)
def arrows(height_mm: float, scale: float, *, ink: Colour, down: bool, framed: bool) -> Sheet:
    """The pair of orientation arrows over a bar, framed or not."""
    width = height_mm * 0.72
    sheet = Sheet(width, height_mm, scale * FINE, paper=PAPER if framed else None, ink=ink)
    if framed:
        sheet.frame((0, 0, width, height_mm), height_mm * 0.02)
    h = height_mm
    for x in (width * 0.3, width * 0.7):
        sheet.polygon([(x, h * 0.1), (x + h * 0.13, h * 0.36), (x - h * 0.13, h * 0.36)])
        sheet.bar((x - h * 0.05, h * 0.34, x + h * 0.05, h * 0.76))
    sheet.bar((width * 0.12, h * 0.82, width * 0.88, h * 0.89))
    if down:
        sheet.image = sheet.image.rotate(180)
    sheet = sheet.reduced(FINE)
    sheet.keep('orientation_arrows', 'down' if down else 'up', (0, 0, width, height_mm))
    return sheet


@lru_cache(maxsize=16)
def handling(height_mm: float, scale: float, ink: Colour) -> Sheet:
    """Two signs of ISO 780: fragile (a glass) and keep away from rain (an umbrella)."""
    h = height_mm
    sheet = Sheet(h * 1.9, h, scale * FINE, ink=ink)
    for left in (0.0, h):
        sheet.frame((left, 0, left + h * 0.9, h), h * 0.025)
    x = h * 0.45
    sheet.polygon([(x - h * 0.2, h * 0.15), (x + h * 0.2, h * 0.15), (x + h * 0.15, h * 0.45),
                   (x, h * 0.55), (x - h * 0.15, h * 0.45)])  # fmt: skip
    sheet.bar((x - h * 0.03, h * 0.5, x + h * 0.03, h * 0.78))
    sheet.bar((x - h * 0.16, h * 0.78, x + h * 0.16, h * 0.85))
    x = h * 1.45
    dome = [
        (x + h * 0.32 * np.cos(a), h * 0.5 + h * 0.26 * np.sin(a))
        for a in np.linspace(-np.pi, 0, 24)
    ]
    sheet.polygon([(float(px), float(py)) for px, py in dome])
    sheet.bar((x - h * 0.02, h * 0.48, x + h * 0.02, h * 0.8))
    sheet.arc((x + h * 0.06, h * 0.8), h * 0.06, h * 0.04, 0, 180)
    for drop in (-0.3, -0.05, 0.2):
        dx = x + h * drop
        sheet.polygon(
            [(dx, h * 0.2), (dx + h * 0.07, h * 0.08), (dx + h * 0.09, h * 0.09),
             (dx + h * 0.03, h * 0.21)]
        )  # fmt: skip
    return sheet.reduced(FINE)


def trimmed(sheet: Sheet) -> Sheet:
    """The sheet cut to what is printed on it; a label keeps a margin and gets a thin frame."""
    items = [*sheet.items, *(part for item in sheet.items for part in item.parts)]
    right, bottom = np.concatenate([item.box for item in items]).max(axis=0)
    margin = 4.0 if sheet.paper else 1.0
    width = min(float(right) + margin, sheet.width_mm)
    height = min(float(bottom) + margin, sheet.height_mm)
    cut = Sheet(width, height, sheet.scale, paper=sheet.paper, ink=sheet.ink, font=sheet.font)
    cut.image.paste(sheet.image, (0, 0))
    cut.items = sheet.items
    if sheet.paper:
        cut.frame((0, 0, width, height), 0.4, (150, 150, 150))
    return cut
