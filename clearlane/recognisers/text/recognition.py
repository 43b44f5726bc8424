"""What a cut line says: the recognition model and the decoding of its output."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import weights
from clearlane.recognisers.text.crop import HEIGHT

Image = NDArray[np.uint8]

STRIDE = 32
"""Widths are padded to a multiple of this, so that few shapes occur and buffers are reused."""


@dataclass(frozen=True)
class Words:
    """The text of a line with the certainty of each of its characters."""

    text: str
    certainties: tuple[float, ...]

    @property
    def score(self) -> float:
        """The mean certainty, 0 for no text."""
        return sum(self.certainties) / len(self.certainties) if self.certainties else 0.0

    @property
    def weakest(self) -> float:
        """The certainty of the least certain character but spaces, 0 for no text."""
        return min(
            (sure for sure, mark in zip(self.certainties, self.text, strict=True) if mark != ' '),
            default=0.0,
        )


def read(cut: Image, size: str) -> Words:
    """Read one cut line with the model of that size, `tiny` or `small`."""
    model = weights.session(weights.RECOGNITION[size])
    # One line a call: padding lines to a common width costs more than it saves on a CPU.
    output = np.asarray(model.run(None, {'x': _prepared(cut)})[0])[0]
    return decode(output, weights.alphabet(size))


def _prepared(cut: Image) -> NDArray[np.float32]:
    if cut.shape[0] != HEIGHT:
        width = max(1, round(cut.shape[1] * HEIGHT / cut.shape[0]))
        cut = cv2.resize(cut, (width, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8)
    width = -(-cut.shape[1] // STRIDE) * STRIDE
    pixels = np.zeros((1, 3, HEIGHT, width), np.float32)
    pixels[0, :, :, : cut.shape[1]] = cut.transpose(2, 0, 1)
    pixels[0, :, :, : cut.shape[1]] /= 127.5
    pixels[0, :, :, : cut.shape[1]] -= 1
    return pixels


def decode(output: NDArray[np.float32], characters: tuple[str, ...]) -> Words:
    """The likeliest character at each step, repeats joined, blanks dropped."""
    best = output.argmax(axis=1)
    sure = output[np.arange(len(best)), best]
    kept = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
    text = [characters[index] for index in best[kept]]
    certainties = [float(value) for value in sure[kept]]
    return _stripped(text, certainties)


def _stripped(text: list[str], certainties: list[float]) -> Words:
    start, end = 0, len(text)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Words(''.join(text[start:end]), tuple(certainties[start:end]))
