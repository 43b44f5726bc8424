"""The weights that name labels: how they are run, and what they hash to."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime

WEIGHTS = Path(__file__).with_name('names.onnx')

_loading = threading.Lock()


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 of the weights."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()


def run(pictures: np.ndarray) -> np.ndarray:
    """What the network says of a batch of BGR pictures (count, height, width, 3)."""
    ready = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), dtype=np.float32) / 255
    with _loading:
        session = _session()
    return np.asarray(session.run(None, {'picture': ready})[0], np.float32)


@lru_cache(maxsize=1)
def _session() -> onnxruntime.InferenceSession:
    """One thread: throughput comes from several processes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(WEIGHTS), options, providers=['CPUExecutionProvider'])
