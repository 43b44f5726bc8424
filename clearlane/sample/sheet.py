"""A sheet: a piece of synthetic print, drawn in millimetres.

A sheet is ink alone (no paper: it is printed onto the box) or an adhesive label
(with paper). While it is drawn it notes what a reader should find on it, and where.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from clearlane.sample import fonts

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Colour = tuple[int, int, int]  # red, green, blue
Box = tuple[float, float, float, float]  # left, top, right, bottom, in mm

BLACK: Colour = (22, 22, 24)
PAPER: Colour = (246, 246, 243)


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something printed that a reader should find, with its four corners."""

    kind: str
    value: str
    box: Points
    extra: Mapping[str, str] = field(default_factory=dict)
    parts: tuple['Item', ...] = ()
    legible: bool = True

    def moved(self, move: Callable[[Points], Points]) -> 'Item':
        """The same item after its points have been carried elsewhere."""
        parts = tuple(part.moved(move) for part in self.parts)
        return replace(self, box=move(self.box), parts=parts)

    def spoilt(self) -> 'Item':
        """The same item, no longer legible."""
        return replace(self, legible=False, parts=tuple(part.spoilt() for part in self.parts))

    def reading(self) -> dict[str, Any]:
        """The item in the words of the ground truth."""
        said: dict[str, Any] = {
            'kind': self.kind,
            'value': self.value,
            'box': [[round(float(x), 1), round(float(y), 1)] for x, y in self.box],
            'legible': self.legible,
            **self.extra,
        }
        if self.parts:
            said['parts'] = [part.reading() for part in self.parts]
        return said


def corners(box: Box) -> Points:
    """The four corners of an upright box, clockwise from its top left."""
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float64)


def around(boxes: Sequence[Box]) -> Box:
    """The smallest upright box around others."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def runs(text: str) -> list[tuple[bool, str]]:
    """The text in pieces, each Chinese (True) or not: they need different typefaces."""
    pieces: list[tuple[bool, str]] = []
    for character in text:
        chinese = ord(character) > 0x2E7F
        if pieces and pieces[-1][0] == chinese:
            pieces[-1] = (chinese, pieces[-1][1] + character)
        else:
            pieces.append((chinese, character))
    return pieces


class Sheet:
    """A piece of print, in mm from its top left corner."""

    def __init__(
        self,
        width_mm: float,
        height_mm: float,
        scale: float,
        *,
        paper: Colour | None = None,
        ink: Colour = BLACK,
        font: str = 'condensed',
    ) -> None:
        self.width_mm, self.height_mm, self.scale = width_mm, height_mm, scale
        self.paper, self.ink, self.font = paper, ink, font
        size = (max(1, round(width_mm * scale)), max(1, round(height_mm * scale)))
        # Bare ground has the colour of the ink, so that soft edges do not darken.
        self.image = Image.new('RGBA', size, (*(paper or ink), 255 if paper else 0))
        self.draw = ImageDraw.Draw(self.image)
        self.items: list[Item] = []

    def keep(
        self, kind: str, value: str, box: Box | Points, parts: Sequence[Item] = (), **extra: str
    ) -> Item:
        """Note something that a reader should find."""
        shape = corners(box) if isinstance(box, tuple) else box
        item = Item(kind=kind, value=value, box=shape, parts=tuple(parts), extra=extra)
        self.items.append(item)
        return item

    def text(
        self,
        x: float,
        y: float,
        text: str,
        cap_mm: float,
        *,
        kind: str = 'text',
        value: str = '',
        font: str = '',
        ink: Colour | None = None,
    ) -> Box:
        """One line whose capitals have their top left at (x, y); noted unless kind is empty."""
        baseline = (y + cap_mm) * self.scale
        pen, boxes = x * self.scale, []
        for chinese, piece in runs(text):
            name = 'chinese' if chinese else font or self.font
            face = fonts.of_height(name, cap_mm * self.scale)
            where = (pen, baseline)
            self.draw.text(where, piece, font=face, fill=(*(ink or self.ink), 255), anchor='ls')
            if piece.strip():
                boxes.append(self.draw.textbbox(where, piece, font=face, anchor='ls'))
            pen += face.getlength(piece)
        left, top, right, bottom = (edge / self.scale for edge in around(boxes))
        box = (left, top, right, bottom)
        if kind:
            self.keep(kind, value or text, box)
        return box

    def width_of(self, text: str, cap_mm: float, font: str = '') -> float:
        """How wide a text without Chinese would come out."""
        face = fonts.of_height(font or self.font, cap_mm * self.scale)
        return float(face.getlength(text)) / self.scale

    def polygon(self, points: Sequence[tuple[float, float]], ink: Colour | None = None) -> None:
        """A filled shape."""
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.polygon(scaled, fill=(*(ink or self.ink), 255))

    def bar(self, box: Box, ink: Colour | None = None) -> None:
        """A filled upright rectangle."""
        left, top, right, bottom = box
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], ink)

    def frame(self, box: Box, width_mm: float, ink: Colour | None = None) -> None:
        """The outline of an upright rectangle, its line inside the box."""
        left, top, right, bottom = box
        self.bar((left, top, right, top + width_mm), ink)
        self.bar((left, bottom - width_mm, right, bottom), ink)
        self.bar((left, top, left + width_mm, bottom), ink)
        self.bar((right - width_mm, top, right, bottom), ink)

    def arc(
        self, centre: tuple[float, float], radius: float, width_mm: float, start: float, end: float
    ) -> None:
        """A stroke along a circle, angles in degrees clockwise from three o'clock."""
        x, y = centre
        reach = (radius + width_mm / 2) * self.scale
        box = (
            x * self.scale - reach,
            y * self.scale - reach,
            x * self.scale + reach,
            y * self.scale + reach,
        )
        width = max(1, round(width_mm * self.scale))
        self.draw.arc(box, start, end, fill=(*self.ink, 255), width=width)

    def modules(self, x: float, y: float, matrix: npt.NDArray[np.bool_], size_mm: float) -> Box:
        """A square code, every module a whole number of pixels; returns its box."""
        pitch = max(1, round(size_mm * self.scale / len(matrix)))
        dots = np.kron(matrix, np.ones((pitch, pitch), bool))
        mask = Image.fromarray((dots * 255).astype(np.uint8), 'L')
        self.image.paste((*self.ink, 255), (round(x * self.scale), round(y * self.scale)), mask)
        size = len(dots) / self.scale
        return x, y, x + size, y + size

    def stamp(self, other: 'Sheet', x: float, y: float) -> None:
        """Put another sheet of the same scale onto this one, with what it notes."""
        where = (round(x * self.scale), round(y * self.scale))
        self.image.paste(other.image, where, other.image)
        shift = np.array([x, y])
        self.items.extend(item.moved(lambda points: points + shift) for item in other.items)

    def reduced(self, factor: int) -> 'Sheet':
        """The same sheet at a coarser scale: drawn large and reduced, edges come out smooth."""
        sheet = Sheet.__new__(Sheet)
        sheet.__dict__ = dict(self.__dict__)
        sheet.image = self.image.reduce(factor)
        sheet.scale = self.scale / factor
        sheet.draw = ImageDraw.Draw(sheet.image)
        return sheet
