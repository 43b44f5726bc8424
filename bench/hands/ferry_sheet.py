"""A sheet that the ferry's hand prints on, and the printer that writes lines on it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.hands import ferry_ink as ink

Colour = tuple[int, int, int]
Place = tuple[float, float, float, float]


@dataclass
class Sheet:
    """Something printed on: its pixels, where it covers what is below, and what is to be read."""

    image: np.ndarray
    cover: np.ndarray
    truth: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, value: str, place: Place, **more: Any) -> None:
        left, top, right, foot = place
        box = [[left, top], [right, top], [right, foot], [left, foot]]
        if kind:
            self.truth.append({'kind': kind, 'value': value, 'box': box, 'legible': True, **more})

    def paint(self, mask: np.ndarray, x: int, y: int, colour: Colour) -> None:
        high, wide = self.cover.shape
        mask = mask[: max(0, high - y), : max(0, wide - x)]
        part = self.image[y : y + mask.shape[0], x : x + mask.shape[1]]
        share = mask[..., None].astype(np.float32) / 255
        part[:] = (part * (1 - share) + np.array(colour, np.float32) * share).astype(np.uint8)
        cover = self.cover[y : y + mask.shape[0], x : x + mask.shape[1]]
        cover[:] = np.maximum(cover, mask)


@dataclass
class Printer:
    """Prints lines on a sheet, in one face and one kind of print."""

    sheet: Sheet
    rng: random.Random
    face: str
    print_: str
    colour: Colour
    chinese: int = 0
    stretch: float = 1.0

    def mask(self, words: str, cap: int) -> np.ndarray:
        bare = words.isascii()
        if self.print_ == 'nozzles' and bare:
            return ink.nozzles(words, cap, self.rng)
        if self.print_ == 'pen' and bare:
            return ink.written(words, cap, self.rng)
        drawn = ink.line(words, self.face, cap, self.chinese, self.stretch)
        if self.print_ == 'stencil':
            drawn = ink.bridged(drawn, cap)
        return ink.worn(drawn, self.print_, cap, self.rng)

    def write(self, words: str, x: int, y: int, cap: int, room: int) -> tuple[Place, int]:
        """A line with its capitals from `y` on; where they stand, and how high they are."""
        drawn = self.mask(words, cap)
        if drawn.shape[1] > room:
            cap = max(8, int(cap * room / drawn.shape[1]))
            drawn = self.mask(words, cap)
        self.sheet.paint(drawn, x, max(0, y - cap // 3), self.colour)
        return (x, y - 0.05 * cap, x + drawn.shape[1], y + 1.1 * cap), cap


def paper(wide: int, high: int, colour: Colour) -> Sheet:
    image = np.full((high, wide, 3), colour, np.uint8)
    return Sheet(image, np.full((high, wide), 255, np.uint8))


def bare(wide: int, high: int, colour: Colour) -> Sheet:
    """Nothing but what is printed on it, straight on the wall."""
    sheet = paper(wide, high, colour)
    sheet.cover[:] = 0
    return sheet
