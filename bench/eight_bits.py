"""What rounding the reading models to eight bits changes, and what it saves, beside the whole ones.

    python -m bench.eight_bits --n 3

Every line that is found on drawn (synthetic) photographs of five hands, clean and hard, is read by
both. `sure` are lines of which the whole model is sure to the last character (0.9).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import onnxruntime

from bench.read import by_hand
from clearlane.recognisers import onnx, picture
from clearlane.recognisers.text import detection, fit, recognition, weights
from clearlane.recognisers.text.crop import Image, Pyramid

HANDS = ('label_room', 'yard', 'form', 'quay', 'pier')
SURE = 0.9
WIDTHS = (160, 320, 640)
TIMES = 30


def lines(n: int, seed: int) -> Iterator[Image]:
    """The cut lines of so many photographs of each hand, clean and hard."""
    for hand in HANDS:
        for hard in (False, True):
            for photo in by_hand(hand, n, seed, hard, (4000, 3000)):
                copies = Pyramid(picture.upright(photo.jpeg))
                for spot in detection.spots(copies, partial(fit.fitted, copies)):
                    cut = copies.cut(spot.quad, bend=spot.bend)
                    if cut.shape[1] <= recognition.LONG:
                        yield cut


def read(model: onnxruntime.InferenceSession, cut: Image, size: str) -> recognition.Words:
    """What a model reads in a line."""
    likely = model.run(None, {'x': recognition.prepared(cut)})[0]
    return recognition.decode(np.asarray(likely[0], np.float32), weights.alphabet(size))


def cost(model: onnxruntime.InferenceSession, width: int) -> float:
    """CPU milliseconds for a line of that width: the lower quartile."""
    line = np.random.default_rng(0).normal(0, 0.3, (1, 3, 48, width)).astype(np.float32)
    model.run(None, {'x': line})
    spent = []
    for _ in range(TIMES):
        begun = time.process_time()
        model.run(None, {'x': line})
        spent.append(time.process_time() - begun)
    return round(float(np.percentile(spent, 25)) * 1000, 2)


def measure(n: int, seed: int) -> list[dict[str, Any]]:
    """A row for each size."""
    cuts = list(lines(n, seed))
    rows = []
    for size in weights.RECOGNITION:
        whole = onnx.session(weights.folder() / weights.RECOGNITION[size])
        rounded = onnx.session(weights.ROUNDED[size])
        pairs = [(read(whole, cut, size), read(rounded, cut, size)) for cut in cuts]
        pairs = [(one, other) for one, other in pairs if one.text]
        sure = [(one, other) for one, other in pairs if one.weakest >= SURE]
        row: dict[str, Any] = {'model': size, 'lines': len(pairs)}
        row['same'] = sum(one.text == other.text for one, other in pairs)
        row['sure'] = len(sure)
        row['sure, same'] = sum(one.text == other.text for one, other in sure)
        for width in WIDTHS:
            row[f'{width} px, ms'] = f'{cost(whole, width)} -> {cost(rounded, width)}'
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or '').splitlines()[0])
    parser.add_argument('--n', type=int, default=3)
    parser.add_argument('--seed', type=int, default=540_000)
    asked = parser.parse_args()
    rows = measure(asked.n, asked.seed)
    for row in [{name: name for name in rows[0]}, *rows]:
        print(''.join(f'{value!s:>16}' for value in row.values()))
    print(json.dumps({'synthetic': True, 'rows': rows}))


if __name__ == '__main__':
    main()
