"""Draw the labels that the networks learn: every drawing differs in its proportions.

No two printers draw a label alike, so nothing here is fixed: strokes, symbols,
fonts and margins are drawn anew from `rng` each time, within what the model
regulations leave open. The drawings are crude on purpose; what has to be learnt
is stripes, colours, figures and silhouettes, not one artist's hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import label_art
import numpy as np
from label_symbols import (
    SIDE,
    Colour,
    Pen,
    Rng,
    battery_group,
    biohazard,
    bomb,
    corrosion,
    cylinder,
    exclamation,
    flame,
    flame_over_circle,
    hue,
    ink,
    paper,
    skull,
    torso,
    tree_and_fish,
    trefoil,
)

DIAMOND = np.array([[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]], np.float32) * SIDE
TRANSPORT = (
    '9A',
    '9',
    '1',
    '1.4',
    '1.5',
    '1.6',
    '2.1',
    '2.2',
    '2.3',
    '3',
    '4.1',
    '4.2',
    '4.3',
    '5.1',
    '5.2',
    '6.1',
    '6.2',
    '7',
    '8',
)
GHS = {
    'GHS01': bomb,
    'GHS02': flame,
    'GHS03': flame_over_circle,
    'GHS04': cylinder,
    'GHS05': corrosion,
    'GHS06': skull,
    'GHS07': exclamation,
    'GHS08': torso,
    'GHS09': tree_and_fish,
}
OTHER = (*GHS, 'none')


@dataclass
class Face:
    """One flat drawing: its picture, where it is opaque, and its corners in its own pixels."""

    kind: str
    value: str
    image: np.ndarray
    mask: np.ndarray
    corners: np.ndarray
    states: set[str] = field(default_factory=set)


# --- diamonds -------------------------------------------------------------------------------


def inner(margin: float) -> list[tuple[float, float]]:
    """The diamond `margin` inside the edge (measured along the diagonal)."""
    return [(0.5, margin), (1 - margin, 0.5), (0.5, 1 - margin), (margin, 0.5)]


def diamond(value: str, rng: Rng) -> Face:
    """One label of the class `value`, or a diamond that is no transport label."""
    if value in GHS:
        return _finish(_ghs(value, rng), value, 'ghs_label')
    if value == 'none':
        return _finish(_foreign(rng), value)
    pen, border = _nine(value, rng) if value in ('9', '9A') else DRAW[value[0]](value, rng)
    if rng.random() < 0.85:
        pen.path(inner(rng.uniform(0.025, 0.09)), rng.uniform(0.006, 0.022), border)
    if rng.random() < 0.3:
        pen.path(
            inner(0.003), rng.uniform(0.004, 0.012), border if rng.random() < 0.5 else (0, 0, 0)
        )
    return _finish(pen, value)


def _finish(pen: Pen, value: str, kind: str = 'hazard_label') -> Face:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [(DIAMOND * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return Face(kind, value, pen.canvas, mask, DIAMOND.copy())


def _figure(pen: Pen, value: str, colour: Colour, rng: Rng) -> None:
    pen.text(value, 0.5, rng.uniform(0.84, 0.9), rng.uniform(0.07, 0.115), colour, rng)


def _caption(pen: Pen, words: Sequence[str], colour: Colour, rng: Rng) -> None:
    if rng.random() < 0.3:
        chosen = words[int(rng.integers(len(words)))]
        tall = min(rng.uniform(0.04, 0.07), 0.9 / len(chosen))
        pen.text(chosen, 0.5, rng.uniform(0.54, 0.66), tall, colour, rng)


def _symbol_and_figure(
    pen: Pen,
    draw: Callable[[Pen, float, float, float, Colour, Rng], None],
    colour: Colour,
    figure: str,
    rng: Rng,
) -> None:
    label_art.other_hand(draw, rng)(
        pen, 0.5 + rng.normal(0, 0.01), rng.uniform(0.27, 0.38), rng.uniform(0.1, 0.22), colour, rng
    )
    if figure:
        _figure(pen, figure, colour, rng)


def _nine(value: str, rng: Rng) -> tuple[Pen, Colour]:
    light, dark = paper(rng), ink(rng)
    pen = Pen(light)
    middle = rng.uniform(0.44, 0.5)
    top = rng.uniform(0, 0.12) if rng.random() < 0.5 else 0.0
    left = rng.uniform(0.02, 0.25)
    pitch = (1 - 2 * left) / (7 - rng.uniform(0.4, 0.6))
    duty = rng.uniform(0.35, 0.65)
    for k in range(7):
        x = 0.5 + (k - 3) * pitch
        pen.rect(x - pitch * duty / 2, top, x + pitch * duty / 2, middle, dark)
    margin = rng.uniform(0.03, 0.09)
    if rng.random() < 0.7:  # stripes stop at the inner line, the rim stays white
        for a, b in ((0, 1), (1, 0)):
            pen.poly(
                [(a, 0), (0.5, 0), (0.5, margin), (a + (b - a) * margin, 0.5), (a, 0.5)], light
            )
    if rng.random() < 0.35:
        pen.rect(0.0, middle, 1, middle + rng.uniform(0.006, 0.015), dark)
    if value == '9A':
        group = label_art.battery_group if rng.random() < 0.5 else battery_group
        group(
            pen,
            0.5 + rng.normal(0, 0.012),
            rng.uniform(0.6, 0.69),
            rng.uniform(0.13, 0.23),
            dark,
            rng,
            light,
        )
    elif rng.random() < 0.12:
        _caption(pen, ('MISCELLANEOUS', 'CLASS 9', 'DANGEROUS GOODS'), dark, rng)
    y, tall = rng.uniform(0.845, 0.9), rng.uniform(0.06, 0.11)
    wide = pen.text('9', 0.5, y, tall, dark, rng)
    under = y + tall * rng.uniform(0.58, 0.75)
    pen.rect(0.5 - wide * 0.6, under, 0.5 + wide * 0.6, under + rng.uniform(0.006, 0.018), dark)
    return pen, dark


def _class_1(value: str, rng: Rng) -> tuple[Pen, Colour]:
    pen, dark = Pen(hue(rng, 27)), ink(rng)
    if value == '1':
        _symbol_and_figure(pen, bomb, dark, '1', rng)
        if rng.random() < 0.6:
            pen.text(
                str(rng.choice(['1.1', '1.2', '1.3'])) + str(rng.choice(list('ABCDEG'))),
                0.5,
                rng.uniform(0.6, 0.68),
                0.08,
                dark,
                rng,
            )
    else:
        pen.text(value, 0.5, rng.uniform(0.3, 0.4), rng.uniform(0.16, 0.24), dark, rng)
        if rng.random() < 0.7:
            pen.text(str(rng.choice(list('BCDEGS'))), 0.5, rng.uniform(0.58, 0.68), 0.09, dark, rng)
        _figure(pen, '1', dark, rng)
    return pen, dark


def _class_2(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark = ink(rng) if rng.random() < 0.5 or value == '2.3' else paper(rng)
    ground, draw = {
        '2.1': (hue(rng, 0), flame),
        '2.2': (hue(rng, 140, 20), cylinder),
        '2.3': (paper(rng), skull),
    }[value]
    pen = Pen(ground)
    _caption(
        pen,
        {
            '2.1': ('FLAMMABLE GAS',),
            '2.2': ('NON-FLAMMABLE GAS',),
            '2.3': ('TOXIC GAS', 'INHALATION HAZARD'),
        }[value],
        dark,
        rng,
    )
    _symbol_and_figure(pen, draw, dark, '2', rng)
    return pen, dark


def _class_3(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark = ink(rng) if rng.random() < 0.5 else paper(rng)
    pen = Pen(hue(rng, 0))
    _caption(pen, ('FLAMMABLE LIQUID', 'FLAMMABLE'), dark, rng)
    _symbol_and_figure(pen, flame, dark, value, rng)
    return pen, dark


def _class_4(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark = ink(rng)
    if value == '4.3':
        pen = Pen(hue(rng, 212, 14))
        dark = dark if rng.random() < 0.5 else paper(rng)
        _caption(pen, ('DANGEROUS WHEN WET',), dark, rng)
    else:
        pen = Pen(paper(rng))
        red = hue(rng, 0)
        if value == '4.2':
            pen.rect(0, 0.5, 1, 1, red)
        else:
            for k in range(7):
                x = 0.5 + (k - 3) / 6.5
                pen.rect(x - 0.04, 0, x + 0.04, 1, red)
        _caption(pen, ('SPONTANEOUSLY COMBUSTIBLE', 'FLAMMABLE SOLID'), dark, rng)
    _symbol_and_figure(pen, flame, dark, '4', rng)
    return pen, dark


def _class_5(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark = ink(rng)
    pen = Pen(hue(rng, 50))
    if value == '5.2':
        pen.rect(0, 0, 1, 0.5, hue(rng, 0))
        _symbol_and_figure(pen, flame, dark if rng.random() < 0.5 else paper(rng), '', rng)
        _figure(pen, '5.2', dark, rng)
    else:
        _symbol_and_figure(pen, flame_over_circle, dark, '5.1', rng)
    return pen, dark


def _class_6(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark = ink(rng)
    pen = Pen(paper(rng))
    _caption(pen, ('TOXIC', 'POISON') if value == '6.1' else ('INFECTIOUS SUBSTANCE',), dark, rng)
    _symbol_and_figure(pen, skull if value == '6.1' else biohazard, dark, '6', rng)
    return pen, dark


def _class_7(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark = ink(rng)
    pen = Pen(paper(rng))
    if rng.random() < 0.6:
        pen.rect(0, 0, 1, 0.5, hue(rng, 52))
    pen.text('RADIOACTIVE', 0.5, rng.uniform(0.55, 0.6), 0.05, dark, rng)
    for k in range(int(rng.integers(1, 4))):
        pen.rect(0.62 + k * 0.03, 0.57, 0.635 + k * 0.03, 0.64, hue(rng, 0))
    if rng.random() < 0.7:
        pen.line((0.3, 0.68), (0.7, 0.68), 0.005, dark)
        pen.line((0.35, 0.74), (0.65, 0.74), 0.005, dark)
    _symbol_and_figure(pen, trefoil, dark, value, rng)
    return pen, dark


def _class_8(value: str, rng: Rng) -> tuple[Pen, Colour]:
    dark, light = ink(rng), paper(rng)
    pen = Pen(light)
    pen.rect(0, rng.uniform(0.48, 0.56), 1, 1, dark)
    _caption(pen, ('CORROSIVE',), light, rng)
    _symbol_and_figure(pen, corrosion, dark, '', rng)
    _figure(pen, value, light, rng)
    return pen, (light if rng.random() < 0.4 else dark)


DRAW: dict[str, Callable[[str, Rng], tuple[Pen, Colour]]] = {
    '1': _class_1,
    '2': _class_2,
    '3': _class_3,
    '4': _class_4,
    '5': _class_5,
    '6': _class_6,
    '7': _class_7,
    '8': _class_8,
}


def _ghs(value: str, rng: Rng) -> Pen:
    """A GHS pictogram: white, a red frame, one black symbol, no figure."""
    pen = Pen(paper(rng))
    draw = label_art.other_hand(GHS[value], rng)
    draw(pen, 0.5, 0.5 + rng.normal(0, 0.02), rng.uniform(0.2, 0.32), ink(rng), rng)
    wide = rng.uniform(0.025, 0.07)
    at = wide / 2 if rng.random() < 0.7 else rng.uniform(0.03, 0.08)
    pen.path(inner(at * 1.41), wide, hue(rng, 355, 12))
    return pen


def _foreign(rng: Rng) -> Pen:
    """A diamond that is neither: limited quantity, marine pollutant, four-field, road sign."""
    pen, dark = Pen(paper(rng)), ink(rng)
    choice = int(rng.integers(8))
    if choice >= 6:  # a coloured diamond, blank or with a figure where none belongs
        pen = Pen(hue(rng, float(rng.uniform(0, 360))))
        if choice == 7:
            pen.text(
                str(rng.choice(list('0123456789W'))), 0.5, 0.5, rng.uniform(0.1, 0.5), dark, rng
            )
    elif choice == 0:  # limited quantity: black top and bottom corner
        depth = rng.uniform(0.22, 0.34)
        pen.rect(0, 0, 1, depth, dark)
        pen.rect(0, 1 - depth, 1, 1, dark)
        if rng.random() < 0.4:
            pen.text('Y', 0.5, 0.5, 0.2, dark, rng)
    elif choice == 1:
        tree_and_fish(pen, 0.5, 0.5, rng.uniform(0.2, 0.32), dark, rng)
    elif choice == 2:  # four coloured fields, a figure in each
        for (x, y), tint in zip(
            ((0.5, 0), (0.75, 0.25), (0.5, 0.5), (0.25, 0.25)),
            (hue(rng, 0), hue(rng, 50), paper(rng), hue(rng, 212)),
            strict=True,
        ):
            pen.poly([(x, y), (x + 0.25, y + 0.25), (x, y + 0.5), (x - 0.25, y + 0.25)], tint)
            pen.text(str(rng.choice(list('01234W'))), x, y + 0.25, 0.12, dark, rng)
    elif choice == 3:
        pen = Pen(hue(rng, float(rng.choice([0, 30, 50, 140, 212]))))
        exclamation(pen, 0.5, 0.5, 0.22, dark, rng)
    elif choice == 4:
        for _ in range(int(rng.integers(1, 5))):
            pen.text(
                ''.join(rng.choice(list('ABCDEHKLMRSTU0123456789'), 6)),
                0.5,
                rng.uniform(0.3, 0.7),
                rng.uniform(0.04, 0.1),
                dark,
                rng,
            )
    if rng.random() < 0.7:
        pen.path(inner(rng.uniform(0.01, 0.06)), rng.uniform(0.008, 0.03), dark)
    return pen
