"""How well machine-readable zones are read: real specimens where they lie, and drawn pages.

    python -m bench.zones --n 10 [--specimens FOLDER]

Drawn pages are synthetic: TD1, TD2 and TD3 in a monospaced face (OCR-B itself is not among
our typefaces), turned any way, from easy to hard. *right* is every character of the zone.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench import cameras
from clearlane.codes import mrz
from clearlane.recognisers.passport import PASSPORT

FONT = (
    Path(__file__).parents[1]
    / 'node_modules/@expo-google-fonts/b612-mono/700Bold/B612Mono_700Bold.ttf'
)
SURNAMES = ('ERIKSSON', 'SILVA', 'OKAFOR', 'VAN<DER<BERG', 'NGUYEN', 'MUELLER')
GIVEN = ('ANNA<MARIA', 'JOSE', 'LI', 'THURIDUR<OESP', 'JEAN<PAUL')
MARKS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
SURE = 0.7


def digit(text: str) -> str:
    """The check digit of ICAO Doc 9303-3, written here again so as not to check itself."""
    values = [0 if mark == '<' else int(mark, 36) for mark in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def _some(rng: np.random.Generator, marks: str, count: int) -> str:
    return ''.join(marks[int(at)] for at in rng.integers(0, len(marks), count))


def _day(rng: np.random.Generator, first: int, last: int) -> str:
    year, month, day = (int(rng.integers(*ends)) for ends in ((first, last), (1, 13), (1, 29)))
    return f'{year:02}{month:02}{day:02}'


def zone(kind: str, rng: np.random.Generator, marks: str = MARKS) -> str:
    """A zone of a traveller who does not exist; `marks` are those of numbers."""
    fields = (_some(rng, marks, 9), _day(rng, 40, 99), _day(rng, 27, 36))
    numbered, born, ends = (text + digit(text) for text in fields)
    sex = _some(rng, 'MF<', 1)
    names = f'{SURNAMES[int(rng.integers(6))]}<<{GIVEN[int(rng.integers(5))]}'
    if kind == 'TD1':
        first = f'I<UTO{numbered}{_some(rng, marks, int(rng.integers(0, 12)))}'.ljust(30, '<')
        rest = '<' * 11
        whole = digit(first[5:] + born + ends + rest)
        return f'{first}\n{born}{sex}{ends}UTO{rest}{whole}\n{names.ljust(30, "<")}'
    length, letter, room = (44, 'P', 14) if kind == 'TD3' else (36, 'I', 7)
    more = _some(rng, marks, int(rng.integers(0, room + 1))).ljust(room, '<')
    if kind == 'TD3':
        more += digit(more)
    whole = digit(numbered + born + ends + more)
    head = f'{letter}<UTO{names}'.ljust(length, '<')
    return f'{head}\n{numbered}UTO{born}{sex}{ends}{more}{whole}'


def page(text: str, rng: np.random.Generator, hard: float) -> bytes:
    """A photograph of a data page with this zone."""
    lines = text.split('\n')
    wide, high = 1250, 880
    drawn = Image.new('RGB', (wide, high), tuple(int(c) for c in rng.integers(205, 245, 3)))
    pen = ImageDraw.Draw(drawn)
    small, large = (ImageFont.truetype(FONT, size) for size in (18, 28))
    for at, label in enumerate(('Surname / Nom', 'Given names / Prénoms', 'Date of birth', 'Sex')):
        pen.text((420, 90 + 110 * at), label, fill=(60, 60, 90), font=small)
        pen.text((420, 118 + 110 * at), 'SPECIMEN', fill=(25, 25, 30), font=large)
    pen.rectangle((50, 90, 360, 490), fill=(150, 160, 175))
    step = (wide - 100) / len(lines[0])
    font = ImageFont.truetype(FONT, 36 if len(lines) == 2 else 50)
    for row, line in enumerate(lines):
        foot = high - 60 - (len(lines) - 1 - row) * step * 1.667
        for at, mark in enumerate(line):
            pen.text((50 + at * step, foot), mark, fill=(20, 20, 25), font=font, anchor='ls')
    flat = np.asarray(drawn)[:, :, ::-1].copy()
    seen = cameras.view(rng, hard)
    picture, _ = cameras.taken(flat, seen, (1800, 1350), rng)
    picture = np.ascontiguousarray(np.rot90(picture, int(rng.integers(4))))
    return cameras.jpeg(picture, seen.quality)


def counted(found: Counter[str], jpeg: bytes, wanted: str) -> float:
    """Count one picture; the CPU seconds that it took."""
    started = time.process_time()
    zones = [one for one in PASSPORT.read(jpeg).readings if one.kind == 'mrz']
    seconds = time.process_time() - started
    found['pictures'] += 1
    found['valid'] += any(mrz.is_valid(one.value) for one in zones)
    found['digits right'] += any(all(one.details['checks'].values()) for one in zones)
    if wanted:
        found['right'] += any(one.value == wanted for one in zones)
        found['sure but wrong'] += any(one.value != wanted and one.score >= SURE for one in zones)
    return seconds


def main() -> None:
    """Print a table, then JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument('--n', type=int, default=6)
    asked.add_argument('--seed', type=int, default=1)
    asked.add_argument('--hard', type=float, nargs='*', default=[0.2, 0.7])
    asked.add_argument('--specimens', type=Path)
    said = asked.parse_args()
    rows = []

    def told(name: str, found: Counter[str], seconds: float) -> None:
        row = {'set': name, **found, 'cpu_s': round(seconds / max(1, found['pictures']), 2)}
        rows.append(row)
        print('  '.join(f'{word} {value}' for word, value in row.items()), flush=True)

    if said.specimens and said.specimens.is_dir():
        found = Counter[str]()
        files = sorted(said.specimens.iterdir())
        seconds = sum(counted(found, file.read_bytes(), '') for file in files)
        told('real specimens', found, seconds)
    for kind in ('TD1', 'TD2', 'TD3'):
        for hard in said.hard:
            found, seconds = Counter[str](), 0.0
            for at in range(said.n):
                rng = np.random.default_rng([said.seed + at, int(hard * 100), int(kind[2])])
                text = zone(kind, rng)
                seconds += counted(found, page(text, rng, hard), text)
            told(f'drawn {kind}, hard {hard}', found, seconds)
    print(json.dumps({'rows': rows}))


if __name__ == '__main__':
    main()
