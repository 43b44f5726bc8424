"""Chinese licence plates on vehicles, drawn; foreign plates among them. Beside a peer.

    python -m bench.plates --show FOLDER --n 12
    python -m bench.plates --n 20 [--peer]

All pictures are synthetic, in two styles that share no typeface for letters; the real plate
typeface (GA 36) is not free and was not used. *sure but wrong* has a score of 0.5 or more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench import cameras
from clearlane.codes import licence_plate
from clearlane.recognisers.vehicle import VEHICLE

FONTS = Path(__file__).parents[1] / 'node_modules' / '@expo-google-fonts'
FACES = {
    'narrow': (
        'roboto-condensed/700Bold/RobotoCondensed_700Bold.ttf',
        'noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
    ),
    'wide': ('arimo/700Bold/Arimo_700Bold.ttf', 'noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf'),
}
KINDS = (
    'blue', 'green', 'yellow', 'yellow_two_rows', 'yellow_green', 'hong_kong', 'trailer', 'foreign',
)  # fmt: skip
GROUNDS = {
    'blue': (160, 75, 20), 'green': (140, 205, 120), 'yellow': (25, 170, 235),
    'black': (28, 25, 25), 'white': (235, 235, 235),
}  # fmt: skip
LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'
FOREIGN = ('B·AB 1234', 'KV65 TKO', '12-345-67', 'AB 123 CD', '7ABC123', 'FW 8321', 'MX-47-91')
SURE = 0.5


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """A picture and the plate that it shows; none where it is a foreign one."""

    jpeg: bytes
    plate: str
    kind: str
    height_px: float


def number(rng: np.random.Generator, kind: str) -> str:
    """A plate of this kind."""

    def some(marks: str, count: int) -> str:
        return ''.join(marks[int(at)] for at in rng.integers(0, len(marks), count))

    head = some(PROVINCES, 1) + some(LETTERS, 1)
    any_mark = LETTERS + '0123456789' * 3
    if kind == 'green':
        return head + some('DFABCEGHJK', 1) + some(any_mark, 1) + some('0123456789', 4)
    if kind == 'yellow_green':
        return head + some('0123456789', 5) + some('DF', 1)
    if kind == 'hong_kong':
        return '粤Z' + some(any_mark, 4) + some('港澳', 1)
    if kind == 'trailer':
        return head + some(any_mark, 4) + '挂'
    return head + some(any_mark, 5)


def plate(text: str, kind: str, style: str) -> np.ndarray:
    """The plate itself, 4 pixels a millimetre."""
    two = kind in ('yellow_two_rows', 'trailer')
    wide = 480 if kind in ('green', 'yellow_green') else 440
    size = (wide * 2, 440 if two else 280)
    colour = {
        'yellow_two_rows': 'yellow', 'trailer': 'yellow', 'hong_kong': 'black', 'foreign': 'white',
        'yellow_green': 'green',
    }.get(kind, kind)  # fmt: skip
    ground = np.full((size[1], size[0], 3), GROUNDS[colour], np.uint8)
    if kind == 'green':
        fade = np.linspace(1.25, 0.95, size[1])[:, None, None]
        ground = np.clip(ground * fade, 0, 255).astype(np.uint8)
    if kind == 'yellow_green':
        ground[:, : round(size[0] * 0.3)] = GROUNDS['yellow']
    ink = (20, 20, 20) if colour in ('green', 'yellow', 'white') else (240, 240, 240)
    picture = Image.fromarray(ground)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((8, 8, size[0] - 9, size[1] - 9), 22, outline=ink, width=5)
    if kind == 'foreign':
        _set(pen, text, (60, 60, size[0] - 60, 220), ink, style)
    elif two:
        _set(pen, text[:2], (220, 30, size[0] - 220, 150), ink, style)
        _set(pen, text[2:], (50, 180, size[0] - 50, 400), ink, style)
    else:
        cut = 30 + round(0.29 * (size[0] - 60))
        _set(pen, text[:2], (34, 50, cut - 14, 230), ink, style)
        pen.ellipse((cut - 4, 130, cut + 16, 150), fill=ink)
        _set(pen, text[2:], (cut + 28, 50, size[0] - 34, 230), ink, style)
    return np.asarray(picture)


def _set(
    pen: ImageDraw.ImageDraw,
    text: str,
    box: tuple[int, int, int, int],
    ink: tuple[int, ...],
    style: str,
) -> None:
    """Characters spread evenly over a box, each stretched to its cell."""
    left, top, right, foot = box
    step = (right - left) / len(text)
    for at, mark in enumerate(text):
        file = FACES[style][ord(mark) > 255]
        font = ImageFont.truetype(FONTS / file, 200)
        x0, y0, x1, y1 = font.getbbox(mark)
        cell = Image.new('L', (max(1, round(x1 - x0)), max(1, round(y1 - y0))), 0)
        ImageDraw.Draw(cell).text((-x0, -y0), mark, fill=255, font=font)
        wide = min(step * 0.84, (foot - top) * 0.56)
        if mark in '1I·-':
            wide *= 0.4
        high = (foot - top) if mark not in '·-' else (foot - top) * 0.15
        if mark == ' ':
            continue
        cell = cell.resize((max(1, round(wide)), max(1, round(high))))
        x = left + (at + 0.5) * step - wide / 2
        pen.bitmap((round(x), round(top + (foot - top - high) / 2)), cell, fill=ink)


def vehicle(
    seed: int, style: str, kind: str, hard: float, size: tuple[int, int] = (1280, 960)
) -> Vehicle:
    """A plate on something like the front or rear of a vehicle."""
    rng = np.random.default_rng([seed, len(style), int(100 * hard), KINDS.index(kind)])
    text = FOREIGN[int(rng.integers(len(FOREIGN)))] if kind == 'foreign' else number(rng, kind)
    flat = plate(text, kind, style)
    body = np.full((1500, 2000, 3), rng.integers(20, 220, 3), np.uint8)
    cv2.rectangle(body, (0, 0), (2000, 500), tuple(int(c) for c in rng.integers(20, 90, 3)), -1)
    for row in range(540, 760, 36):
        cv2.line(body, (500, row), (1500, row), (40, 40, 45), 10)
    for x in (280, 1720):
        cv2.ellipse(body, (x, 640), (160, 90), 0, 0, 360, (225, 225, 230), -1)
    share = float(rng.uniform(0.16, 0.42))
    goal_wide = round(2000 * share)
    goal = cv2.resize(flat, (goal_wide, round(goal_wide * flat.shape[0] / flat.shape[1])),
                      interpolation=cv2.INTER_AREA)  # fmt: skip
    x, y = 1000 - goal.shape[1] // 2, 960 - goal.shape[0] // 2
    cv2.rectangle(
        body, (x - 30, y - 30), (x + goal.shape[1] + 30, y + goal.shape[0] + 30), (15, 15, 15), -1
    )
    body[y : y + goal.shape[0], x : x + goal.shape[1]] = goal
    body = cv2.GaussianBlur(body, (0, 0), 0.8)
    seen = cameras.view(rng, hard)
    picture, turn = cameras.taken(body, seen, size, rng)
    ends = cv2.perspectiveTransform(np.array([[[x, y], [x, y + goal.shape[0]]]], np.float32), turn)[
        0
    ]
    high = float(np.hypot(*(ends[1] - ends[0]))) * (0.5 if len(flat) > 300 else 0.64)
    return Vehicle(
        jpeg=cameras.jpeg(picture, seen.quality),
        plate='' if kind == 'foreign' else text,
        kind=kind,
        height_px=high,
    )


Answer = list[tuple[str, float]]


def ours(jpeg: bytes) -> Answer:
    """Plates with scores."""
    seen = VEHICLE.read(jpeg).readings
    return [(one.value, one.score) for one in seen if one.kind == 'licence_plate']


def peer() -> Callable[[bytes], Answer]:
    """RapidOCR as it comes, and whatever in its lines is a valid plate."""
    from rapidocr import RapidOCR

    engine = RapidOCR()

    def read(jpeg: bytes) -> Answer:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        texts = [re.sub(r'[^A-Z0-9\u4e00-\u9fff]', '', t.upper()) for t in engine(image).txts or ()]
        pairs = [a + b for a, b in itertools.pairwise(texts)]
        return [(text, 1.0) for text in [*texts, *pairs] if licence_plate.is_valid(text)]

    return read


def main() -> None:
    """Print a table, then JSON; or write pictures to look at."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=10)
    asked.add_argument('--seed', type=int, default=1000)
    asked.add_argument('--hard', type=float, nargs='*', default=[0.2, 0.7])
    asked.add_argument('--show', type=Path)
    asked.add_argument('--peer', action='store_true')
    asked.add_argument('--misses', action='store_true')
    said = asked.parse_args()
    if said.show:
        said.show.mkdir(parents=True, exist_ok=True)
        for at in range(said.n):
            one = vehicle(at, ('narrow', 'wide')[at % 2], KINDS[at % len(KINDS)], (at % 4) / 3)
            (said.show / f'{at:03}.jpg').write_bytes(one.jpeg)
        return
    readers: dict[str, Callable[[bytes], Answer]] = {'clearlane': ours}
    if said.peer:
        readers['rapidocr'] = peer()
    rows = [row for kind in KINDS for hard in said.hard for row in _rows(kind, hard, said, readers)]
    print(json.dumps({'rows': rows}))


def _rows(
    kind: str, hard: float, said: argparse.Namespace, readers: dict[str, Callable[[bytes], Answer]]
) -> list[dict[str, object]]:
    """One row a reader for plates of this kind."""
    totals = {name: Counter[str]() for name in readers}
    seconds = dict.fromkeys(readers, 0.0)
    for at in range(said.n):
        one = vehicle(said.seed + at, ('narrow', 'wide')[at % 2], kind, hard)
        for name, read in readers.items():
            started = time.process_time()
            found = read(one.jpeg)
            seconds[name] += time.process_time() - started
            sure = {value for value, score in found if score >= SURE}
            totals[name]['pictures'] += 1
            totals[name]['exact'] += bool(one.plate) and one.plate in sure
            totals[name]['wrong'] += len(sure - {one.plate})
            if said.misses and name == 'clearlane' and sure != ({one.plate} - {''}):
                print(
                    said.seed + at,
                    kind,
                    hard,
                    round(one.height_px),
                    one.plate,
                    found,
                    file=sys.stderr,
                )
    rows: list[dict[str, object]] = []
    for name in readers:
        row = {'reader': name, 'kind': kind, 'hard': hard, **totals[name],
               'cpu_s': round(seconds[name] / said.n, 2)}  # fmt: skip
        print('  '.join(f'{word} {value}' for word, value in row.items()))
        rows.append(row)
    return rows


if __name__ == '__main__':
    main()
