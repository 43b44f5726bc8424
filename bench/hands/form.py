"""Hand D: a form under film. Words in one column and values in the other, thin and slanted faces.

Made as a blind check, after the readers were done: nothing was tuned on it.
"""

from __future__ import annotations

import random
import re

import cv2
import numpy as np

from bench.hands import faces, ink
from bench.hands.content import Content

PRINTS = ('slanted', 'thin', 'cockpit', 'regular_type')
INKS = ((40, 30, 30), (40, 40, 150), (60, 90, 20), (120, 50, 30))
WORDS = {
    'gross_mass_kg': ('Gross weight', 'G.W.', '毛重'),
    'net_mass_kg': ('Net weight', 'N.W.', '净重'),
    'serial': ('Serial No.', 'S/N', '序列号'),
    'batch': ('Batch No.', 'LOT', '批号'),
    'production_date': ('Date of manufacture', 'MFG', '生产日期'),
}


def form(content: Content, rng: random.Random, per_mm: float) -> faces.Face:
    """A printed form on a carton in tinted light, a film with glossy stripes over all of it."""
    wide, high = round(560 * per_mm), round(420 * per_mm)
    face = faces.Face(
        faces.ground(rng, rng.choice(('kraft', 'steel', 'white')), wide, high), per_mm
    )
    left, top = face.px(rng.uniform(20, 60)), face.px(rng.uniform(15, 35))
    right, bottom = face.px(rng.uniform(470, 520)), face.px(400)
    face.image[top:bottom, left:right] = rng.choice(
        ((225, 240, 244), (236, 236, 230), (214, 232, 214))
    )
    colour, print_ = rng.choice(INKS), rng.choice(PRINTS)
    x, middle, y = left + face.px(8), left + face.px(rng.uniform(95, 120)), top + face.px(8)
    cap = face.px(rng.uniform(8, 11))
    place = face.paint(ink.text(content.un_number, print_, round(1.6 * cap)), x, y, colour)
    face.note('un_number', content.un_number, place, cap_px=round(1.6 * cap))
    name = ink.text(content.name_en, print_, round(0.8 * cap))
    place = face.paint(name, x, y + round(2.6 * cap), colour)
    face.note('proper_shipping_name', content.name_en, place, cap_px=round(0.8 * cap))
    y = _table(face, content, rng, print_, cap, (x, middle, y + round(4.6 * cap), right), colour)
    drawn = rng.uniform(9, 13)
    room = right - x - face.px(12)
    faces._mark(face, content, rng, print_, drawn, (x, y + cap), colour, 0.0, room=room)
    faces._codes(face, content.codes, rng, (right - face.px(135), top + face.px(30)))
    _film(face, rng)
    return face


def _table(
    face: faces.Face, content: Content, rng: random.Random, print_: str, cap: int,
    at: tuple[int, int, int, int], colour: tuple[int, int, int],
) -> int:  # fmt: skip
    """Rows with lines between them; where the last one ends."""
    x, middle, y, _ = at
    said = {
        'gross_mass_kg': content.gross, 'net_mass_kg': content.net, 'serial': content.serial,
        'batch': content.batch, 'production_date': content.made,
    }  # fmt: skip
    kinds = list(said)
    rng.shuffle(kinds)
    for kind in kinds:
        unit = rng.choice((' kg', 'KG', ' KGS')) if kind.endswith('_kg') else ''
        face.paint(ink.text(rng.choice(WORDS[kind]), print_, round(0.75 * cap)), x, y, colour)
        place = face.paint(ink.text(said[kind] + unit, print_, cap), middle, y, colour)
        value = re.sub('[./]', '-', said[kind]) if kind == 'production_date' else said[kind]
        face.note(kind, value, place, cap_px=cap, print=print_)
        y += round(2.1 * cap)
        cv2.line(face.image, (x, y - cap // 2), (middle + face.px(150), y - cap // 2), colour, 1)
    return y


def _film(face: faces.Face, rng: random.Random) -> None:
    """Glossy stripes across the film, and light of one tint."""
    high, wide = face.image.shape[:2]
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    angle, pitch = rng.uniform(0.3, 1.2), face.px(rng.uniform(60, 110))
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / pitch))
    gloss = np.clip(wave - 0.75, 0, 1)[..., None] * rng.uniform(60, 160)
    tint = np.array(rng.choice(((0.86, 0.95, 1.0), (1.0, 0.96, 0.86))), np.float32)
    face.image[:] = np.clip(face.image * tint + gloss, 0, 255).astype(np.uint8)
