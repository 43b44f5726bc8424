"""The networks that read lines, in eight bits, beside those of PP-OCRv6 as they come.

    python -m bench.eight_bits --n 5

Marks of one row, UN numbers, serials and batches are cut out of drawn (synthetic) photographs of
six hands, at their true places, and read by both; `pier` and `ferry` had no part in the rounding.
Right is a line that says the value to the last letter and figure; `sure` are lines of which a
network holds each character for more than 0.9 likely. Times are CPU milliseconds for a line of that
width. The network that finds text is timed on a picture of 800 pixels, beside the one that comes;
how far their maps differ on such pictures at most is told with it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnxruntime

from bench.read import by_hand
from clearlane.recognisers import onnx, picture
from clearlane.recognisers.text import detection, recognition, weights
from clearlane.recognisers.text.crop import Image, Pyramid
from clearlane.recognisers.text.detection import Spot, as_quad
from clearlane.recognisers.text.line import Frame

HANDS = ('label_room', 'yard', 'form', 'quay', 'pier', 'ferry')
KINDS = ('un_mark', 'un_number', 'serial', 'batch')
SURE = 0.9
ONE_ROW = 0.3
"""A place so many times as wide as high, for each character of the value, holds it in one row."""
WIDTHS = (160, 320, 640)
TIMES = 30
FOUND_IN = (800, 608)


def lines(hand: str, n: int, seed: int) -> Iterator[tuple[Image, str]]:
    """The cut lines of so many photographs, clean and hard, with the value in each."""
    for hard in (False, True):
        for photo in by_hand(hand, n, seed, hard, (4000, 3000)):
            copies = Pyramid(picture.upright(photo.jpeg))
            for one in photo.truth:
                if one['kind'] not in KINDS or not one.get('legible', True):
                    continue
                spot = Spot(as_quad(np.array(one['box'])))
                frame = Frame.of(spot.quad)
                if frame.width > ONE_ROW * len(str(one['value'])) * frame.height:
                    yield copies.cut(spot.quad, margin=0.15), str(one['value'])


def _bare(said: str) -> str:
    """Letters and figures only, the prefix of a UN number apart."""
    return re.sub('[^0-9A-Z]', '', said.upper()).removeprefix('UN')


def read(model: onnxruntime.InferenceSession, cut: Image, size: str) -> recognition.Words:
    """What a model reads in a line."""
    likely = model.run(None, {'x': recognition.prepared(cut)})[0]
    return recognition.decode(np.asarray(likely[0], np.float32), weights.alphabet(size))


def cost(model: onnxruntime.InferenceSession, width: int, height: int = 48) -> float:
    """CPU milliseconds for a line of that width: the lower quartile."""
    line = np.random.default_rng(0).normal(0, 0.3, (1, 3, height, width)).astype(np.float32)
    model.run(None, {'x': line})
    spent = []
    for _ in range(TIMES):
        begun = time.process_time()
        model.run(None, {'x': line})
        spent.append(time.process_time() - begun)
    return round(float(np.percentile(spent, 25)) * 1000, 2)


def measure(n: int, seed: int) -> list[dict[str, Any]]:
    """A row for each size, as it comes and as it is used."""
    cuts = {hand: list(lines(hand, n, seed)) for hand in HANDS}
    rows = []
    for size in weights.RECOGNITION:
        files = {
            'as it comes': weights.folder() / weights.RECOGNITION[size],
            'in eight bits': weights.ROUNDED[size],
        }
        for name, file in files.items():
            model = onnx.session(file)
            row: dict[str, Any] = {'network': f'{size}, {name}'}
            sure: list[bool] = []
            for hand, given in cuts.items():
                said = [(read(model, cut, size), _bare(value)) for cut, value in given]
                right = [value in _bare(words.text) for words, value in said]
                row[hand] = f'{sum(right)}/{len(right)}'
                certain = [words.weakest > SURE for words, _ in said]
                sure += itertools.compress(right, certain)
            row['sure'] = f'{sum(sure)}/{len(sure)}'
            for width in WIDTHS:
                row[f'{width} px, ms'] = cost(model, width)
            rows.append(row)
    return rows


def finding(n: int, seed: int) -> dict[str, float]:
    """What finding text costs as it comes and in fewer steps, and how far the maps differ."""
    before, after = onnx.session(weights.folder() / weights.DETECTION), weights.finder()
    apart = []
    for hand in HANDS:
        for photo in by_hand(hand, n, seed, False, FOUND_IN):
            given = detection.prepared(picture.upright(photo.jpeg))
            maps = [np.asarray(one.run(None, {'x': given})[0]) for one in (before, after)]
            apart.append(np.abs(maps[0] - maps[1]).max())
    return {
        'as it comes, ms': cost(before, *FOUND_IN),
        'in fewer steps, ms': cost(after, *FOUND_IN),
        'maps differ by': float(max(apart)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=5)
    parser.add_argument('--seed', type=int, default=540_000)
    asked = parser.parse_args()
    rows = measure(asked.n, asked.seed)
    for row in [{name: name for name in rows[0]}, *rows]:
        first, *others = row.values()
        print(f'{first!s:22}' + ''.join(f'{value!s:>12}' for value in others))
    found = finding(1, asked.seed)
    print('finding text: ' + ', '.join(f'{name} {value:.3g}' for name, value in found.items()))
    print(json.dumps({'synthetic': True, 'rows': rows, 'finding': found}))


if __name__ == '__main__':
    main()
