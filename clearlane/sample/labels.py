"""Hazard labels and the battery mark, drawn from the geometry of the regulations (synthetic).

Sources: UN Model Regulations 5.2.2.2.2 (models 9 and 9A) and 5.2.1.9 (battery mark).
"""

from functools import lru_cache
from math import sqrt

import numpy as np

from clearlane.sample.marks import FINE
from clearlane.sample.sheet import BLACK, Colour, Sheet

WHITE: Colour = (248, 248, 246)
RED: Colour = (206, 22, 34)
STRIPES = 7


@lru_cache(maxsize=16)
def hazard_label(model: str, side_mm: float, scale: float) -> Sheet:
    """Model 9A or 9: a square on its corner, seven stripes above, the figure 9 below."""
    width = side_mm * sqrt(2)
    sheet = Sheet(width, width, scale * FINE, ink=BLACK)
    c, unit = width / 2, side_mm / 100
    _diamond(sheet, c, c, (90, 90, 92))
    _diamond(sheet, c, c - 0.6 * unit, WHITE)
    # Along a half diagonal 5 mm from the edge and 2 mm of line measure root two as much.
    inner = c - 5 * sqrt(2) * unit
    _diamond(sheet, c, inner, BLACK)
    inner -= 2 * sqrt(2) * unit
    _diamond(sheet, c, inner, WHITE)
    _stripes(sheet, c, inner)
    if model == '9A':
        battery_group(sheet, c - 29 * unit, c + 1 * unit, 58 * unit)
    cap = 13 * unit
    wide = sheet.width_of('9', cap, 'sans')
    sheet.text(c - wide / 2, c + inner - 26 * unit, '9', cap, font='sans', kind='')
    under = c + inner - 11.4 * unit
    sheet.bar((c - 6 * unit, under, c + 6 * unit, under + 1.6 * unit))
    sheet = sheet.reduced(FINE)
    points = np.array([(c, 0), (width, c), (c, width), (0, c)], dtype=np.float64)
    sheet.keep('hazard_label', model, points)
    return sheet


def _diamond(sheet: Sheet, centre: float, reach: float, ink: Colour) -> None:
    c = centre
    sheet.polygon([(c, c - reach), (c + reach, c), (c, c + reach), (c - reach, c)], ink)


def _stripes(sheet: Sheet, centre: float, reach: float) -> None:
    """Seven stripes, as wide as the gaps between them, from the inner line down to the middle."""
    pitch = 2 * reach / STRIPES
    for place in range(STRIPES):
        middle = (place - (STRIPES - 1) / 2) * pitch
        left, right = middle - pitch / 4, middle + pitch / 4
        tops = [(left, abs(left) - reach), (right, abs(right) - reach)]
        if left < 0 < right:
            tops.insert(1, (0.0, -reach))
        shape = [*tops, (right, 0.0), (left, 0.0)]
        sheet.polygon([(centre + x, centre + y) for x, y in shape])


def battery_group(sheet: Sheet, x: float, y: float, width: float) -> None:
    """Four cells, the last one broken and on fire; 0.54 as high as wide."""
    u = width / 100

    def shape(points: list[tuple[float, float]], ink: Colour | None = None) -> None:
        sheet.polygon([(x + px * u, y + py * u) for px, py in points], ink)

    for left, top in ((0, 20), (19, 14), (38, 20)):
        shape([(left, top), (left + 17, top), (left + 17, 52), (left, 52)])
        shape([(left + 5, top - 4), (left + 12, top - 4), (left + 12, top), (left + 5, top)])
        shape([(left + 3, 38), (left + 14, 38), (left + 14, 41), (left + 3, 41)], WHITE)
    # The fourth cell: a jagged stump, and its top thrown to the side.
    shape([(62, 38), (66, 34), (69, 39), (73, 34), (76, 38), (79, 35), (79, 52), (62, 52)])
    shape([(60, 30), (57, 14), (61, 13), (61, 9), (67, 8), (68, 12), (73, 11), (76, 27), (72, 31),
           (70, 26), (66, 31), (64, 27)])  # fmt: skip
    shape(rounded([(82, 52), (79, 43), (83, 34), (84, 26), (81, 17), (88, 22), (91, 29), (94, 20),
                   (92, 10), (100, 24), (101, 36), (100, 46), (96, 52)]))  # fmt: skip
    shape(rounded([(86, 52), (85, 45), (89, 38), (92, 42), (95, 37), (96, 46), (93, 52)]), WHITE)


def rounded(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A closed outline through the points without corners (Catmull-Rom)."""
    p = np.array(points)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    curve = []
    for t in np.linspace(0, 1, 6, endpoint=False):
        bend = 2 * before - 5 * p + 4 * after - beyond
        twist = -before + 3 * p - 3 * after + beyond
        curve.append(p + 0.5 * ((after - before) * t + bend * t**2 + twist * t**3))
    return [(float(x), float(y)) for x, y in np.stack(curve, axis=1).reshape(-1, 2)]


@lru_cache(maxsize=16)
def battery_mark(un_number: str, width_mm: float, height_mm: float, scale: float) -> Sheet:
    """The battery mark: red hatched edging, the battery group, the UN number below it."""
    sheet = Sheet(width_mm, height_mm, scale * FINE, paper=WHITE, ink=BLACK)
    edge = max(5.0, width_mm * 0.06)
    for step in np.arange(-height_mm, width_mm, edge * 1.6):
        a, b = float(step), float(step) + edge * 0.8
        sheet.polygon([(a, height_mm), (b, height_mm), (b + height_mm, 0), (a + height_mm, 0)], RED)
    sheet.bar((edge, edge, width_mm - edge, height_mm - edge), WHITE)
    cap = max(12.0, height_mm * 0.12)
    wide = sheet.width_of(un_number, cap, 'sans')
    group = min((width_mm - 2 * edge) * 0.86, (height_mm - 3.4 * edge - cap) / 0.54)
    top = height_mm - edge * 1.7 - cap
    battery_group(sheet, (width_mm - group) / 2, (edge + top - group * 0.58) / 2, group)
    sheet.text((width_mm - wide) / 2, top, un_number, cap, font='sans', kind='un_number')
    sheet = sheet.reduced(FINE)
    sheet.keep('battery_mark', un_number, (0, 0, width_mm, height_mm))
    return sheet
