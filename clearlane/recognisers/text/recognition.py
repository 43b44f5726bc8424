"""What a cut line says: the recognition model and the decoding of its output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import weights
from clearlane.recognisers.text.crop import HEIGHT

Image = NDArray[np.uint8]

SHAPES = ('0OoQ', '1Il|', '2Zz', '5Ss', '8B', 'Cc', 'Xx', 'Yy', '/／', ':：')
"""Characters that are told apart by their place in a number more than by their looks."""

STRIDE = 32
"""Widths are padded to a multiple of this, so that few shapes occur and buffers are reused."""


@dataclass(frozen=True)
class Words:
    """The text of a line with the certainty of each of its characters.

    `shapes` is how certain each is up to what it may be taken for: 0 or O are one
    shape, so that in a place for figures only the shape counts.
    """

    text: str
    certainties: tuple[float, ...]
    shapes: tuple[float, ...] = ()
    places: tuple[float, ...] = ()
    """Where along the line each character stands, from 0 to 1."""

    def part(self, start: int, end: int | None = None) -> Words:
        """Some of the characters."""
        span = slice(start, end)
        return Words(self.text[span], self.certainties[span], self.shapes[span], self.places[span])

    def within(self, left: float, right: float) -> Words:
        """The same characters where the line is only that part of a longer one."""
        places = tuple(left + place * (right - left) for place in self.places)
        return replace(self, places=places)

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


PITCH = 20
"""A character takes so many pixels at most, one of Chinese twice: more tell the models no more."""

LEAST_WIDTH = 0.6
"""A line is narrowed to this share of its width at most."""

LONG = 1600
"""A line wider than this is read in pieces: the models were trained on shorter ones."""

PIECE = 1200
"""About so wide is a piece; it ends where the line is emptiest near by."""


def read(cut: Image, size: str) -> Words:
    """Read one cut line with the model of that size (`weights.reader`); a long one in pieces."""
    if cut.shape[1] <= LONG:
        return _read(cut, size)
    words: Words | None = None
    for left, right, gap in _pieces(cut):
        piece = _read(cut[:, left:right], size).within(left / cut.shape[1], right / cut.shape[1])
        words = piece if words is None else joined(words, piece, ' ' if gap else '')
    assert words is not None  # a line has at least one piece
    return words


def narrowed(cut: Image, said: str) -> Image:
    """The line made less wide where its characters are wide; `said` is about what it says.

    The cost of a model grows with the width. Lines were read as well down to this pitch.
    """
    characters = sum(2 if mark > '\u2e7f' else 1 for mark in said)
    share = max(LEAST_WIDTH, characters * PITCH / cut.shape[1])
    if not said or share >= 1:
        return cut
    size = (max(1, round(cut.shape[1] * share)), cut.shape[0])
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)


def joined(one: Words, other: Words, between: str = '') -> Words:
    """One line after the other."""
    sure = (1.0,) * len(between)
    place = (one.places[-1],) * len(between) if one.places else (0.0,) * len(between)
    return Words(
        one.text + between + other.text,
        one.certainties + sure + other.certainties,
        one.shapes + sure + other.shapes,
        one.places + place + other.places,
    )


def _pieces(cut: Image) -> Iterator[tuple[int, int, bool]]:
    """Left and right end of each piece, and whether a gap as wide as a space stands before it."""
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY).astype(np.float32)
    busy = cv2.blur(grey.std(axis=0)[None], (HEIGHT // 6, 1))[0]
    left, gap = 0, False
    while cut.shape[1] - left > LONG:
        window = busy[left + PIECE - 300 : left + PIECE + 300]
        at = left + PIECE - 300 + int(window.argmin())
        yield left, at, gap
        left, gap = at, bool(busy[max(0, at - 6) : at + 6].max() < 0.25 * busy.max())
    yield left, cut.shape[1], gap


def _read(cut: Image, size: str) -> Words:
    return decode(output(cut, size), weights.alphabet(size))


def output(cut: Image, size: str) -> NDArray[np.float32]:
    """How likely each character of the model's alphabet is, every few pixels along the line."""
    model = weights.reader(size)
    # One line a call: padding lines to a common width costs more than it saves on a CPU.
    likely: NDArray[np.float32] = np.asarray(model.run(None, {'x': prepared(cut)})[0], np.float32)
    first: NDArray[np.float32] = likely[0]
    return first


def prepared(cut: Image) -> NDArray[np.float32]:
    """The line as the models take it: (1, 3, 48, a multiple of 32), from -1 to 1."""
    if cut.shape[0] != HEIGHT:
        width = max(1, round(cut.shape[1] * HEIGHT / cut.shape[0]))
        cut = cv2.resize(cut, (width, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8)
    width = -(-cut.shape[1] // STRIDE) * STRIDE
    pixels = np.zeros((1, 3, HEIGHT, width), np.float32)
    pixels[0, :, :, : cut.shape[1]] = cut.transpose(2, 0, 1)
    pixels[0, :, :, : cut.shape[1]] /= 127.5
    pixels[0, :, :, : cut.shape[1]] -= 1
    return pixels


def held(copies: Sequence[NDArray[np.float32]], eight: int) -> NDArray[np.float32]:
    """What several copies of a line hold likely at each step: the mean of them.

    An 8, whose place among the characters is given, counts as in the copy that shows it best:
    gaps between dots hide its waist and make 0, 3, 6 or 9 of it, and nothing makes an 8 of those.
    """
    mean = np.asarray(sum(copies) / len(copies), np.float32)
    mean[:, eight] = np.max([copy[:, eight] for copy in copies], axis=0)
    return mean


def decode(output: NDArray[np.float32], characters: tuple[str, ...]) -> Words:
    """The likeliest character at each step, repeats joined, blanks dropped."""
    best = output.argmax(axis=1)
    sure = output[np.arange(len(best)), best]
    kept = np.flatnonzero((best != 0) & np.concatenate([[True], best[1:] != best[:-1]]))
    space = best[kept] == len(characters) - 1
    kept = kept[~(space & np.concatenate([[False], space[:-1]]))]  # a wide gap is one space
    text = ''.join(characters[index] for index in best[kept])
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    alike = _alike(characters)
    shapes = [
        float(output[at, alike[index]].sum()) if index in alike else float(sure[at])
        for at, index in zip(kept.tolist(), best[kept].tolist(), strict=True)
    ]
    certainties = [float(value) for value in sure[kept]]
    places = [(at + 0.5) / len(best) for at in kept.tolist()]
    return Words(text, tuple(certainties), tuple(shapes), tuple(places)).part(start, end)


@lru_cache(maxsize=4)
def _alike(characters: tuple[str, ...]) -> dict[int, list[int]]:
    """The places of the characters that look like the one at each place, itself among them."""
    places = {mark: place for place, mark in enumerate(characters)}
    groups = ([places[mark] for mark in shape if mark in places] for shape in SHAPES)
    return {place: group for group in groups for place in group}
