"""The weights that find and name labels: how they are run, and what they hash to."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime

NAMES = Path(__file__).with_name('names.onnx')
OUTLINES = Path(__file__).with_name('outlines.onnx')

_loading = threading.Lock()


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
    with _loading:
        session = _session(weights)
    return np.asarray(session.run(None, {'picture': ready})[0], np.float32)


@lru_cache(maxsize=2)
def _session(weights: Path) -> onnxruntime.InferenceSession:
    """One thread: throughput comes from several processes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=['CPUExecutionProvider'])
