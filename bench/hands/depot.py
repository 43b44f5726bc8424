"""Doors, plates and zones by a hand of their own, from which scores of numbers are calibrated.

    python -m bench.hands.depot --show FOLDER --n 6

Faces of Debian's packages (fonts-dejavu, fonts-liberation, fonts-open-sans, fonts-ocr-b,
fonts-wqy-microhei) that no bench of numbers draws with; containers stacked instead of side by
side; stickers, size and type beside the number; cards on a cloth. All synthetic.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench import cameras, doors, plates, zones

SHARED = Path('/usr/share/fonts')
STYLE = 'depot'
doors.FACES[STYLE] = tuple(
    str(SHARED / 'truetype' / name)
    for name in (
        'liberation/LiberationSansNarrow-Bold.ttf',
        'dejavu/DejaVuSansCondensed-Bold.ttf',
        'open-sans/OpenSans-Bold.ttf',
    )
)
plates.FACES[STYLE] = (
    str(SHARED / 'truetype/liberation/LiberationSans-Bold.ttf'),
    str(SHARED / 'truetype/wqy/wqy-microhei.ttc'),
)
OCR_B = SHARED / 'opentype/ocr-b/OCRB.otf'
ISSUED = 'ABCDEFGHJKLMNPRSTUVWXYZ' + 6 * '0123456789'
"""Numbers of documents: figures for the most part, and neither O nor I, as most States have it."""
CONDITIONS = ('easy', 'plain', 'hard', 'dusk', 'far')
HARD = {'easy': 0.1, 'plain': 0.4, 'hard': 0.8, 'dusk': 0.4, 'far': 0.4}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture and what can be read in it."""

    name: str
    kind: str
    condition: str
    layout: str
    jpeg: bytes
    values: tuple[str, ...]
    height_px: float


def seen(rng: np.random.Generator, condition: str) -> cameras.View:
    """How it is taken."""
    view = cameras.view(rng, HARD[condition])
    changed = dict(view.__dict__)
    if condition == 'dusk':
        changed |= {'light': float(rng.uniform(0.2, 0.4)), 'noise': 6.0}
    if condition == 'far':
        changed |= {'fill': float(rng.uniform(0.4, 0.6))}
    return cameras.View(**changed)


def wall(rng: np.random.Generator, layout: str) -> tuple[np.ndarray, str, float]:
    """A door end without bars over the number as often as with them; how high a capital is."""
    wide, high = 1300, 1240
    sheet = doors.Sheet(wide, high, STYLE, rng)
    code, kind = doors.number(rng), str(rng.choice(doors.TYPES))
    cap = float(rng.uniform(34, 60))
    x, y = float(rng.uniform(660, 700)), float(rng.uniform(60, 140))
    if layout == 'spaced':
        end = sheet.text(x, y, code[:4], cap * 0.8) + 0.4 * cap
        end = sheet.text(end, y, code[4:7], cap * 0.8) + 0.25 * cap
        end = sheet.text(end, y, code[7:10], cap * 0.8) + 0.5 * cap
        sheet.boxed(end, y, code[10], cap * 0.8)
        sheet.text(x, y + 1.5 * cap, kind, cap * 0.8)
    elif layout == 'beside':
        sheet.text(x, y, code[:4], cap)
        end = sheet.text(x, y + 1.5 * cap, code[4:10], cap) + 0.6 * cap
        sheet.boxed(end, y + 1.5 * cap, code[10], cap)
        sheet.text(x + 4.6 * cap, y, kind, cap * 0.9)
    else:
        doors.placed(sheet, code, kind, layout, x, y, cap)
    for row, words in enumerate(('MGW 30,480 KG 67,200 LB', 'TARE 2,230 KG 4,920 LB',
                                 'NET 28,250 KG 62,280 LB', 'CU.CAP 33.2 CU.M')):  # fmt: skip
        sheet.text(930 if layout.startswith('column') else 690, 620 + 60 * row, words, 22)
    brand = str(rng.choice(('SEALAND', 'Vento', 'GRIMM LINE', 'ATLAS', 'T-LEASE')))
    sheet.text(80, 500, brand, min(70.0, 500 / len(brand)))
    picture = sheet.steel(doors.waves(7, float(rng.uniform(0.02, 0.12)), rng))
    for _ in range(int(rng.integers(0, 3))):
        left, top = int(rng.integers(60, 1200)), int(rng.integers(40, 1100))
        tone = tuple(int(c) for c in rng.integers(30, 250, 3))
        cv2.rectangle(picture, (left, top), (left + 70, top + 50), tone, -1)
    for bar in (150, 500, int(rng.choice((620, 1010)))):
        cv2.line(picture, (bar, 0), (bar, high), (118, 120, 122), 14)
    return picture, code, cap


def door(seed: int) -> Drawn:
    """A container, or two stacked."""
    rng = np.random.default_rng([seed, 90210])
    condition = CONDITIONS[seed % len(CONDITIONS)]
    layout = ('spaced', 'line', 'beside', 'two', 'column', 'three', 'column_pieces')[seed % 7]
    flat, code, cap = wall(rng, layout)
    codes = [code]
    if rng.random() < 0.4:
        below, other, _ = wall(rng, 'line')
        flat, codes = np.concatenate([flat, below]), [code, other]
    view = seen(rng, condition)
    size = ((1600, 1200), (1280, 960))[int(rng.integers(2))]
    picture, turn = cameras.taken(flat, view, size, rng)
    ends = cv2.perspectiveTransform(np.array([[[700, 90], [700, 90 + cap]]], np.float32), turn)[0]
    return Drawn(
        name=f'door-{seed}', kind='container_number', condition=condition, layout=layout,
        jpeg=cameras.jpeg(picture, view.quality), values=tuple(codes),
        height_px=float(np.hypot(*(ends[1] - ends[0]))),
    )  # fmt: skip


def vehicle(seed: int) -> Drawn:
    """A plate on a vehicle; one in eight is foreign."""
    condition = CONDITIONS[seed % len(CONDITIONS)]
    kind = plates.KINDS[seed % len(plates.KINDS)]
    hard = HARD[condition] + (0.15 if condition in ('dusk', 'far') else 0)
    size = (640, 480) if condition == 'far' else (1280, 960)
    one = plates.vehicle(seed, STYLE, kind, hard, size)
    return Drawn(
        name=f'vehicle-{seed}', kind='licence_plate', condition=condition, layout=kind,
        jpeg=one.jpeg, values=(one.plate,) if one.plate else (), height_px=one.height_px,
    )  # fmt: skip


def document(seed: int) -> Drawn:
    """A card or a page in OCR-B on a cloth, turned by quarters and by some degrees."""
    rng = np.random.default_rng([seed, 555])
    condition = CONDITIONS[seed % len(CONDITIONS)]
    kind = ('TD3', 'TD1', 'TD2')[seed % 3]
    text = zones.zone(kind, rng, ISSUED)
    lines = text.split('\n')
    wide, high = 1200, 830
    tones = cv2.resize(rng.integers(175, 250, (6, 8, 3), np.uint8), (wide, high))
    drawn = Image.fromarray(tones)
    pen = ImageDraw.Draw(drawn)
    small = ImageFont.truetype(str(SHARED / 'truetype/dejavu/DejaVuSans.ttf'), 24)
    for row, words in enumerate(('PASSPORT', 'SPECIMEN', '01 JAN / JAN 80', 'UTOPIA')):
        pen.text((430, 70 + 90 * row), words, fill=(50, 50, 80), font=small)
    pen.ellipse((90, 90, 330, 400), fill=(120, 130, 150))
    step = (wide - 90) / len(lines[0])
    font = ImageFont.truetype(str(OCR_B), round(step / 0.62))
    for row, line in enumerate(lines):
        foot = high - 50 - (len(lines) - 1 - row) * step * 1.667
        for at, mark in enumerate(line):
            pen.text((45 + at * step, foot), mark, fill=(25, 25, 30), font=font, anchor='ls')
    view = seen(rng, condition)
    size = ((1280, 960), (1000, 750))[int(rng.integers(2))]
    cloth = cv2.resize(rng.integers(20, 120, (40, 50, 3), np.uint8), size)
    picture, turn = cameras.taken(np.asarray(drawn)[:, :, ::-1].copy(), view, size, rng, cloth)
    ends = cv2.perspectiveTransform(
        np.array([[[90, high - 60], [90, high - 60 - step]]], np.float32), turn
    )[0]
    picture = np.ascontiguousarray(np.rot90(picture, int(rng.integers(4))))
    return Drawn(
        name=f'document-{seed}', kind='mrz', condition=condition, layout=kind,
        jpeg=cameras.jpeg(picture, view.quality), values=(text,),
        height_px=1.2 * float(np.hypot(*(ends[1] - ends[0]))),
    )  # fmt: skip


DRAWN = {'container_number': door, 'licence_plate': vehicle, 'mrz': document}


def pictures(kind: str, seeds: range) -> Iterator[Drawn]:
    """Pictures of one kind; the same seeds give the same ones."""
    return map(DRAWN[kind], seeds)


def main() -> None:
    """Write some pictures to look at."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--show', type=Path, required=True)
    asked.add_argument('--n', type=int, default=6)
    said = asked.parse_args()
    said.show.mkdir(parents=True, exist_ok=True)
    for kind in DRAWN:
        for one in pictures(kind, range(said.n)):
            (said.show / f'{one.name}_{one.layout}_{one.condition}.jpg').write_bytes(one.jpeg)


if __name__ == '__main__':
    main()
