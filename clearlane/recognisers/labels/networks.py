"""The weights that find and name labels: how they are run, and what they hash to."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from clearlane.recognisers import onnx

NAMES = Path(__file__).with_name('names.onnx')
OUTLINES = Path(__file__).with_name('outlines.onnx')


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 of the weights."""
    both = (hashlib.sha256(file.read_bytes()).hexdigest() for file in (NAMES, OUTLINES))
    return hashlib.sha256(' '.join(both).encode()).hexdigest()


def name(pictures: np.ndarray) -> np.ndarray:
    """What is said of a batch of straightened BGR crops (count, height, width, 3)."""
    return _run(NAMES, pictures)


def find(picture: np.ndarray) -> np.ndarray:
    """The map (planes, rows, columns) of one BGR picture."""
    return np.asarray(_run(OUTLINES, picture[None])[0])


def _run(weights: Path, pictures: np.ndarray) -> np.ndarray:
    ready = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), dtype=np.float32) / 255
    session = onnx.session(weights)
    return np.asarray(session.run(None, {'picture': ready})[0], np.float32)
