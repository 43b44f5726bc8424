"""The small network that says, place by place, what is front, tape, strap, seal or gap."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from clearlane.recognisers.labels.quads import shrunk

WEIGHTS = Path(__file__).with_name('closure.onnx')
CHANNELS = ('face', 'tape', 'strap', 'seal', 'gap')
LONG_SIDE = 256
STEP = 32  # the network halves the picture five times
STRIDE = 2  # and answers for every second pixel

_loading = threading.Lock()


def channels(image: np.ndarray) -> tuple[np.ndarray, float]:
    """The chances of each channel over the picture, and how many places a pixel makes.

    A pixel (x, y) of the picture is at about (x, y) times the second value.
    """
    scale = LONG_SIDE / max(image.shape[:2])
    small = levelled(shrunk(image, scale) if scale < 1 else _grown(image, scale))
    high, wide = small.shape[1:]
    spare = ((0, 0), (0, -high % STEP), (0, -wide % STEP))
    with _loading:
        session = _session()
    seen = session.run(None, {'picture': np.pad(small, spare, mode='edge')[None]})[0][0]
    return np.asarray(seen[:, : high // STRIDE, : wide // STRIDE], np.float32), scale / STRIDE


def _grown(image: np.ndarray, scale: float) -> np.ndarray:
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR))


def levelled(small: np.ndarray) -> np.ndarray:
    """A BGR picture as the network takes it: channels first, its brightest parts at one."""
    bright = max(24.0, float(np.percentile(small[::3, ::3], 97)))
    return np.asarray(small.transpose(2, 0, 1), np.float32) / np.float32(bright)


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 of the weights."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def _session() -> onnxruntime.InferenceSession:
    """One thread: throughput comes from several processes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(WEIGHTS), options, providers=['CPUExecutionProvider']
    )
