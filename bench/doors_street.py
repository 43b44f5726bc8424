"""Doors as a phone sees them in a yard: a third style.

    python -m bench.doors_street --n 30                  # how it is read
    python -m bench.doors_street --n 30 --nothing        # no number in the picture at all
    python -m bench.doors_street --show FOLDER --n 12    # pictures to look at

What the two styles of `doors` do not have: lock rods over the number, vents, reflective strips,
an approval plate, stickers, two containers side by side under one light, dusk, rain, a moving
vehicle, a phone held sideways, typefaces of their own. Its failures were looked at once and mended.
*sure but wrong* is a number that no container in the picture has, with a score from the threshold
of such numbers on.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from stdnum import iso6346

from bench import cameras
from bench.doors import BRANDS, FACES, LAYOUTS, TYPES, Door, Sheet, number, placed, waves
from clearlane.codes import container_number
from clearlane.recognisers import calibration, photo

STYLE = 'street'
FACES[STYLE] = (
    'oswald/600SemiBold/Oswald_600SemiBold.ttf',
    'share-tech-mono/400Regular/ShareTechMono_400Regular.ttf',
    'oswald/500Medium/Oswald_500Medium.ttf',
)
CONDITIONS = ('day', 'dusk', 'rain', 'motion', 'backlight', 'far')
OTHERS = ('BATCH 202511', 'ISO 9001 2015', 'TEL 0592 6011223', 'WXYU 123 456 8', 'LOT AB12 345678')
"""What also stands on walls; none of it is a number of a container with its check digit."""
SURE = calibration.threshold('container_number')


def leaf(rng: np.random.Generator, layout: str, numbered: bool) -> tuple[np.ndarray, str, str]:
    """One door end with its clutter: the picture, the number (or none), the size type."""
    wide, high = 1240, 1320
    sheet = Sheet(wide, high, STYLE, rng)
    code, kind = number(rng), str(rng.choice(TYPES))
    cap = float(rng.uniform(38, 50))
    x = 700 + float(rng.uniform(0, 40))
    if numbered:
        placed(sheet, code, kind, layout, x, 110 + float(rng.uniform(0, 40)), cap)
    else:
        sheet.text(x, 140, other(rng), cap)
    for row, words in enumerate(('MAX.GROSS 32,500 KGS', '71,650 LBS', 'TARE 2,180 KGS',
                                 'PAYLOAD 30,320 KGS', 'CUBE 33.2 CBM')):  # fmt: skip
        sheet.text(900 if layout.startswith('column') else 720, 560 + 52 * row, words, 22)
    brand = str(rng.choice(BRANDS))
    sheet.text(70, 300, brand, min(80.0, 560 / len(brand)))
    picture = sheet.steel(waves(9, float(rng.uniform(0.02, 0.1)), rng))
    clutter(picture, rng)
    return picture, code if numbered else '', kind


def other(rng: np.random.Generator) -> str:
    """Words that are like a number: four letters and seven figures whose check digit is wrong."""
    if rng.random() < 0.5:
        return str(rng.choice(OTHERS))
    code = number(rng)
    right = int(iso6346.calc_check_digit(code[:10]))
    return code[:10] + str((right + int(rng.integers(1, 10))) % 10)


def clutter(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Vents, a plate, reflective strips, stickers, and rods that may cross the number."""
    high, wide = picture.shape[:2]
    for _ in range(int(rng.integers(0, 3))):
        x, y = int(rng.integers(40, wide - 160)), int(rng.integers(20, 70))
        cv2.rectangle(picture, (x, y), (x + 120, y + 34), (60, 60, 60), -1)
        for slot in range(x + 8, x + 116, 12):
            cv2.line(picture, (slot, y + 4), (slot, y + 30), (25, 25, 25), 4)
    x = int(rng.integers(80, 330))
    cv2.rectangle(picture, (x, 900), (x + 230, 1080), (205, 210, 212), -1)
    for row, words in enumerate(('CSC SAFETY APPROVAL', 'GB-LR 21083-04/2019', 'DATE 06 2019')):
        cv2.putText(picture, words, (x + 8, 930 + 40 * row), 0, 0.55, (40, 40, 40), 1, cv2.LINE_AA)
    for y in (int(rng.integers(1120, 1180)), 1290):
        for part in range(0, wide, 120):
            tone = (40, 40, 190) if part // 120 % 2 else (225, 225, 230)
            cv2.rectangle(picture, (part, y), (part + 118, y + 18), tone, -1)
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(40, wide - 120)), int(rng.integers(380, 860))
        tone = tuple(int(c) for c in rng.integers(40, 250, 3))
        cv2.rectangle(picture, (x, y), (x + int(rng.integers(40, 90)), y + 60), tone, -1)
    for x in (150, 470, int(rng.integers(610, 690)), int(rng.integers(1010, 1200))):
        for offset, shade in ((-7, 0.4), (-3, 0.8), (0, 1.0), (3, 0.8), (7, 0.4)):
            tone = [int(rng.integers(120, 135) * shade)] * 3
            cv2.line(picture, (x + offset, 0), (x + offset, high), tone, 4)
        cv2.rectangle(picture, (x - 22, 620), (x + 22, 670), (80, 80, 85), -1)
    cv2.line(picture, (wide // 2 - 20, 0), (wide // 2 - 20, high), (20, 20, 20), 8)


def rained(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Streaks of rain and drops on the lens."""
    streaks = np.zeros(picture.shape[:2], np.float32)
    for _ in range(500):
        x, y = int(rng.integers(0, picture.shape[1])), int(rng.integers(0, picture.shape[0]))
        cv2.line(streaks, (x, y), (x + 4, y + int(rng.integers(15, 45))), 1.0, 1)
    wet = picture.astype(np.float32) * 0.9 + 60 * cv2.GaussianBlur(streaks, (0, 0), 1)[..., None]
    soft = cv2.GaussianBlur(wet, (0, 0), 6)
    for _ in range(12):
        x, y = int(rng.integers(0, picture.shape[1])), int(rng.integers(0, picture.shape[0]))
        drop = np.zeros(picture.shape[:2], np.float32)
        cv2.circle(drop, (x, y), int(rng.integers(8, 26)), 1.0, -1)
        wet = wet * (1 - drop[..., None]) + soft * drop[..., None]
    return np.clip(wet, 0, 255).astype(np.uint8)


def street(seed: int, condition: str, layout: str = '', *, numbered: bool = True) -> Door:
    """One picture; the same arguments give the same one."""
    rng = np.random.default_rng([seed, 4711, CONDITIONS.index(condition)])
    layout = layout or str(rng.choice(LAYOUTS, p=(0.4, 0.25, 0.1, 0.15, 0.1)))
    flat, code, kind = leaf(rng, layout, numbered)
    numbers = [code] if code else []
    if rng.random() < 0.35:
        second, more, _ = leaf(rng, 'line', numbered)
        flat = np.concatenate([flat, np.full((flat.shape[0], 60, 3), 30, np.uint8), second], axis=1)
        numbers += [more] if more else []
    seen = replace(cameras.view(rng, 0.45), fill=0.55 if condition == 'far' else 0.9)
    seen = {
        'dusk': lambda: replace(seen, light=0.28, noise=7.0, blur=0.8),
        'motion': lambda: replace(seen, motion=float(rng.uniform(3, 6))),
        'backlight': lambda: replace(seen, light=0.55, slope=0.5, shadow=0.5),
    }.get(condition, lambda: seen)()
    size = [(4000, 3000), (2048, 1536), (1600, 1200)][int(rng.integers(3))]
    picture, turn = cameras.taken(flat, seen, size, rng)
    picture = rained(picture, rng) if condition == 'rain' else picture
    ends = cv2.perspectiveTransform(np.array([[[700, 110], [700, 154]]], np.float32), turn)[0]
    picture = np.ascontiguousarray(np.rot90(picture, int(rng.choice((0, 1, 3), p=(0.6, 0.2, 0.2)))))
    return Door(
        jpeg=cameras.jpeg(picture, seen.quality),
        numbers=tuple(numbers),
        size_type=kind,
        layout=layout,
        height_px=float(np.hypot(*(ends[1] - ends[0]))),
    )


def counted(one: Door, folder: Path, total: Counter[str]) -> None:
    """Count what `clearlane read` makes of one picture."""
    path = folder / 'photo.jpg'
    path.write_bytes(one.jpeg)
    started = time.process_time()
    seen = photo.read(path)['readings']
    total['cpu_ms'] += round(1000 * (time.process_time() - started))
    scores = {r['value']: r['score'] for r in seen if r['kind'] == 'container_number'}
    sure = {value for value, score in scores.items() if score >= SURE}
    total['pictures'] += 1
    total['exact'] += one.numbers[:1] != () and one.numbers[0] in sure
    total['unsure'] += one.numbers[:1] != () and one.numbers[0] in set(scores) - sure
    total['sure but wrong'] += len(sure - set(one.numbers))
    total['valid but wrong'] += sum(map(container_number.is_valid, set(scores) - set(one.numbers)))


def main() -> None:
    """Write pictures, or print a table and then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=5)
    asked.add_argument('--seed', type=int, default=1)
    asked.add_argument('--nothing', action='store_true')
    asked.add_argument('--show', type=Path)
    said = asked.parse_args()
    rows = []
    for condition in CONDITIONS:
        total = Counter[str]()
        with tempfile.TemporaryDirectory() as folder:
            for seed in range(said.seed, said.seed + said.n):
                one = street(seed, condition, numbered=not said.nothing)
                if said.show:
                    said.show.mkdir(parents=True, exist_ok=True)
                    (said.show / f'{condition}_{seed:03}.jpg').write_bytes(one.jpeg)
                else:
                    counted(one, Path(folder), total)
        rows.append({'condition': condition, **total})
        print('  '.join(f'{name} {value}' for name, value in rows[-1].items()), flush=True)
    print(json.dumps({'rows': rows}))


if __name__ == '__main__':
    main()
