"""A fourth drawing: labels as vector art on cartons of 12 MP, read as a package is (synthetic).

    python -m bench.label_carton --n 40 --light clean
    python -m bench.label_carton --n 40 --light hard --seed 900

Drawn as the author of another generator of cartons would, and nothing was learnt from it: the
battery group upright, lying, in outline or as pouches; stripes of any width; the line inside the
edge at 2 mm, at 5 mm or missing; words and UN numbers on the label; stickers, and print on bare
board in little contrast; battery marks, arrows, GHS diamonds, other classes, limited quantity,
environment mark, cargo aircraft only, or no label at all. Hard light has a condition each: a fifth
of the light, a shaking hand, glare, noise, much compression, half the resolution, a view from
aside, a crease. What counts is 9A against 9 against none; JSON follows the table.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.carton_art import BLACK, FACES, WHITE, Point, Rng, nine, other
from clearlane.model import Reading
from clearlane.recognisers.package import PACKAGE
from clearlane.sample import fonts

WIDE, HIGH = 4000, 3000
SURE = 0.6
"""The scenario of lithium batteries takes a label to be read from this score on (its parameter)."""
OTHERS = (
    'battery_mark', 'arrows', 'GHS02', 'GHS05', 'GHS06', 'GHS07', 'GHS09', '3', '8', '6.1', '2.1',
    'limited', 'environment', 'cargo',
)  # fmt: skip
HARD = ('dim', 'shake', 'glare', 'noise', 'jpeg', 'half', 'aside', 'crease')


@dataclass
class Taken:
    """A photograph with what is to be read in it."""

    shown: str
    condition: str
    jpeg: bytes
    truth: list[dict[str, Any]]


def photographs(n: int, seed: int, light: str) -> Iterator[Taken]:
    """`n` photographs each of a carton with a 9A, with a 9, with neither."""
    for number, shown in enumerate(('9A', '9', 'none')):
        for k in range(n):
            rng = np.random.default_rng([seed, number, k, light == 'hard'])
            yield photograph(shown, HARD[k % len(HARD)] if light == 'hard' else 'clean', rng)


def photograph(shown: str, condition: str, rng: Rng) -> Taken:
    """One carton under one condition."""
    board = ((86, 128, 160), (70, 110, 145), (120, 160, 190), (226, 230, 232))[rng.integers(4)]
    grain = rng.normal(0, 5, (150, 800, 1)) + board
    face = cv2.resize(np.clip(grain, 0, 255).astype(np.uint8), (WIDE, HIGH))
    names = [str(one) for one in rng.permutation(OTHERS)[: rng.integers(0, 4)]]
    if shown != 'none':
        names = [shown, *names]
    cells = [(700 + 1280 * (k % 3), 780 + 1420 * (k // 3)) for k in range(6)]
    spots = [cells[k] for k in rng.permutation(6)]
    truth = []
    side = rng.uniform(400, 900)
    for name in names:
        x, y = spots.pop()
        ratio = 1.0 if name == shown else rng.uniform(0.6, 1.2)
        px = round(min(side * ratio, 880) * math.sqrt(2))
        printed = rng.random() < 0.35
        ground = (255, 255, 255) if printed else WHITE
        flat = nine(name, px, ground, rng) if name == shown else other(name, px, ground, rng)
        is_diamond = name not in ('arrows', 'battery_mark', 'cargo')
        box = _put(face, flat, (x, y), is_diamond, printed, rng)
        kind = {'arrows': 'orientation_arrows', 'battery_mark': 'battery_mark'}.get(name)
        if name not in ('limited', 'environment', 'cargo'):
            kind = kind or ('ghs_label' if name.startswith('GHS') else 'hazard_label')
            value = {'arrows': 'up', 'battery_mark': 'unread'}.get(name, name)
            truth.append({'kind': kind, 'value': value, 'box': box})
    _words(face, spots, rng)
    picture, plane = _seen(face, condition, rng)
    size = picture.shape[1::-1]
    for item in truth:
        corners = cv2.perspectiveTransform(np.array([item['box']], np.float64), plane)[0]
        inside = bool(((corners > 1) & (corners < np.array(size) - 1)).all())
        item.update(box=corners.tolist(), legible=inside)
    picture, quality = _developed(picture, condition, truth, rng)
    if condition == 'half':
        picture = cv2.resize(picture, (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_AREA)
        for item in truth:
            item['box'] = [[x / 2, y / 2] for x, y in item['box']]
    packed = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return Taken(shown, condition, packed.tobytes(), truth)


def _put(
    face: np.ndarray, flat: np.ndarray, middle: Point, is_diamond: bool, printed: bool, rng: Rng
) -> list[list[float]]:
    """Stick or print it there, a little turned; its four corners."""
    high, wide = flat.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    if is_diamond:
        corners = np.array([[wide / 2, 0], [wide, high / 2], [wide / 2, high], [0, high / 2]],
                           np.float32)  # fmt: skip
    mask = np.zeros((high, wide), np.uint8)
    cv2.fillPoly(mask, [corners.astype(np.int32)], 255, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(rng.normal(0, 2.5)), 1.0)
    reach = round(max(high, wide) * 0.56)
    turn[:, 2] += (reach - wide / 2, reach - high / 2)
    seen = cv2.warpAffine(flat, turn, (2 * reach, 2 * reach)).astype(np.float32) / 255
    part = cv2.warpAffine(mask, turn, (2 * reach, 2 * reach)).astype(np.float32)[..., None] / 255
    x, y = round(middle[0] - reach), round(middle[1] - reach)
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(WIDE, x + 2 * reach), min(HIGH, y + 2 * reach)
    seen, part = (one[y0 - y : y1 - y, x0 - x : x1 - x] for one in (seen, part))
    below = face[y0:y1, x0:x1].astype(np.float32)
    if printed:  # ink only darkens the board, more or less of it
        strength = rng.uniform(0.6, 1.0)
        paint = below * (1 - strength * (1 - seen))
    else:
        shade = cv2.GaussianBlur(part, (0, 0), 6)[..., None]
        below = below * (1 - 0.25 * shade * (1 - part))
        tint = np.array([rng.uniform(0.86, 1), rng.uniform(0.92, 1), 1], np.float32)
        dark = rng.uniform(0, 0.2)
        paint = (dark + seen * (1 - dark)) * 255 * tint * rng.uniform(0.88, 1)
    face[y0:y1, x0:x1] = np.clip(below * (1 - part) + paint * part, 0, 255).astype(np.uint8)
    moved = corners @ turn[:, :2].T + turn[:, 2] + (x, y)
    return [[float(a), float(b)] for a, b in moved]


def _words(face: np.ndarray, spots: Sequence[Point], rng: Rng) -> None:
    """Lines of print and a code in each place that has no label."""
    sheet = Image.fromarray(face)
    pen = ImageDraw.Draw(sheet)
    for x, y in spots:
        lines = [
            f'4G/Y{rng.integers(10, 40)}/S/{rng.integers(23, 27)}/CN/35{rng.integers(1000, 9999)}',
            f'UN{rng.choice(["3480", "3481", "3090"])}', 'LITHIUM ION BATTERIES',
            f'G.W. {rng.integers(5, 40)}.{rng.integers(0, 9)} kg',
            f'C/NO. {rng.integers(1, 400)}', 'MADE IN CHINA', 'HANDLE WITH CARE',
            f'LOT {rng.integers(10**6, 10**7)}',
        ]  # fmt: skip
        size = round(rng.uniform(46, 100))
        font = ImageFont.truetype(fonts.HOME / str(rng.choice(FACES)), size)
        for k, index in enumerate(rng.permutation(len(lines))[: rng.integers(1, 5)]):
            pen.text((x - 520, y - 250 + k * size * 1.5), lines[index], fill=BLACK, font=font)
        at = x - 400 if rng.random() < 0.3 else x + 300
        while at < x + 300:
            wide = 6 * int(rng.integers(1, 4))
            pen.rectangle((at, y + 330, at + wide - 1, y + 520), fill=BLACK)
            at += wide + 6 * int(rng.integers(1, 4))
    face[:] = np.asarray(sheet)


def _seen(face: np.ndarray, condition: str, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """The carton's face by a camera that stands more or less aside, and its homography."""
    reach = {'clean': 8.0, 'aside': 40.0}.get(condition, 15.0)
    yaw = math.radians(rng.choice((-1, 1)) * rng.uniform(0.6 if reach > 30 else 0, 1) * reach)
    pitch, roll = math.radians(rng.normal(0, 0.25) * reach), math.radians(rng.normal(0, 2))
    points = np.array([[-1, -0.75, 0], [1, -0.75, 0], [1, 0.75, 0], [-1, 0.75, 0]])
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0],
                        [-math.sin(yaw), 0, math.cos(yaw)]])  # fmt: skip
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)],
                        [0, math.sin(pitch), math.cos(pitch)]])  # fmt: skip
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0],
                        [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])  # fmt: skip
    turned = points @ (about_z @ about_x @ about_y).T
    seen = turned[:, :2] * 2.6 / (turned[:, 2:] + 2.6)
    seen = (seen * WIDE / 2 * rng.uniform(0.88, 1.0) + (WIDE / 2, HIGH / 2)).astype(np.float32)
    flat = np.array([[0, 0], [WIDE, 0], [WIDE, HIGH], [0, HIGH]], np.float32)
    plane = cv2.getPerspectiveTransform(flat, seen)
    table = np.full_like(face, rng.integers(50, 190, 3).astype(np.uint8))
    shown = cv2.warpPerspective(
        face, plane, (WIDE, HIGH), dst=table, flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )  # fmt: skip
    return shown, plane


def _developed(
    picture: np.ndarray, condition: str, truth: list[dict[str, Any]], rng: Rng
) -> tuple[np.ndarray, int]:
    """Light, lens and sensor; the picture and the quality that it is kept with."""
    unit = (WIDE, HIGH)
    light = np.linspace(rng.uniform(0.8, 1), rng.uniform(0.8, 1), WIDE, dtype=np.float32)
    level = np.repeat(light[None], HIGH, axis=0)
    spot = np.array(truth[0]['box']).mean(axis=0) if truth else np.array(unit) / 2
    add = np.zeros((HIGH, WIDE), np.float32)
    if condition == 'dim':
        level *= rng.uniform(0.2, 0.35)
    if condition in ('glare', 'crease'):
        y, x = np.mgrid[0 : HIGH // 8, 0 : WIDE // 8].astype(np.float32) * 8
        at = spot + rng.normal(0, 260, 2)
        if condition == 'glare':
            far = ((x - at[0]) ** 2 + ((y - at[1]) * rng.uniform(0.6, 2)) ** 2) / 330**2
            add += cv2.resize(np.exp(-far) * np.float32(rng.uniform(70, 130)), unit)
        else:
            angle = rng.uniform(0, math.pi)
            far = ((x - at[0]) * math.cos(angle) + (y - at[1]) * math.sin(angle)) / 40
            level *= 1 + cv2.resize(0.35 * np.tanh(far) * np.exp(-np.abs(far) / 3), unit)
    cast = rng.uniform(0.86, 1.08, 3).astype(np.float32)
    if condition == 'shake':
        length = int(rng.integers(9, 24))
        streak = np.zeros((length, length), np.float32)
        angle, mid = rng.uniform(0, math.pi), (length - 1) / 2
        run = np.array([math.cos(angle), math.sin(angle)]) * mid
        ends = [tuple(round(float(c)) for c in mid + way * run) for way in (-1, 1)]
        cv2.line(streak, ends[0], ends[1], 1)
        out = cv2.filter2D(picture, -1, streak / streak.sum())
    else:
        soft = rng.uniform(0.5, 1.2 if condition == 'clean' else 2.5)
        out = cv2.GaussianBlur(picture, (0, 0), soft)
    sigma = {'noise': rng.uniform(10, 20), 'dim': rng.uniform(3, 7)}.get(
        condition, rng.uniform(1, 4)
    )
    cv2.setRNGSeed(int(rng.integers(2**31)))
    grain = np.empty((250, WIDE), np.float32)
    for top in range(0, HIGH, 250):
        rows = slice(top, top + 250)
        cv2.randn(grain, 0, sigma)
        lit = out[rows] * (level[rows, :, None] * cast) + (add[rows] + grain)[..., None]
        out[rows] = np.clip(lit, 0, 255)
    quality = 40 if condition == 'jpeg' else int(rng.integers(75, 95))
    return out, quality


# --- the count ------------------------------------------------------------------------------


def answer(taken: Taken, readings: Sequence[Reading]) -> tuple[str, float]:
    """What is said of 9A, 9 or none, and how surely; the surest of either counts."""
    said = [one for one in readings if one.kind == 'hazard_label' and one.value in ('9A', '9')]
    best = max(said, key=lambda one: one.score, default=None)
    return ('none', 1.0) if best is None else (best.value, best.score)


def false_labels(taken: Taken, readings: Sequence[Reading]) -> list[str]:
    """Sure hazard labels that are not shown, by value."""
    left = Counter(item['value'] for item in taken.truth if item['kind'] == 'hazard_label')
    said = Counter(
        one.value for one in readings if one.kind == 'hazard_label' and one.score >= SURE
    )
    return sorted((said - left).elements())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=40, help='photographs each of 9A, 9 and none')
    parser.add_argument('--light', choices=('clean', 'hard'), default='clean')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep', type=Path, help='folder for photographs that are not read right')
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    table: Counter[tuple[str, str]] = Counter()
    wrong: list[dict[str, Any]] = []
    false, begun = 0, time.process_time()
    for number, taken in enumerate(photographs(asked.n, asked.seed, asked.light)):
        if any(not item['legible'] for item in taken.truth if item['value'] == taken.shown):
            continue
        readings = PACKAGE.read(taken.jpeg).readings
        said, score = answer(taken, readings)
        table[taken.shown, said if score >= SURE else f'{said}?'] += 1
        others = false_labels(taken, readings)
        false += bool(others)
        if said != taken.shown or score < SURE or others:
            wrong.append({'number': number, 'condition': taken.condition, 'shown': taken.shown,
                          'said': said, 'score': score, 'false': others})  # fmt: skip
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                name = f'{asked.light}_{number}_{taken.shown}_{said}_{taken.condition}.jpg'
                (asked.keep / name).write_bytes(taken.jpeg)
    columns = ('9A', '9', 'none', '9A?', '9?')
    print(f'synthetic; {asked.light}; sure from {SURE}, "?" below it')
    print('shown   ' + ''.join(f'{one:>7}' for one in columns))
    for shown in ('9A', '9', 'none'):
        print(f'{shown:<8}' + ''.join(f'{table[shown, one]:>7}' for one in columns))
    print(f'photographs with a sure transport label that is not there: {false}')
    print(json.dumps({'wrong': wrong, 'cpu_s': round(time.process_time() - begun, 1)}))


if __name__ == '__main__':
    main()
