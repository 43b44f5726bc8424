"""All lines of text of a picture: find them, cut them out, read them.

A tiny model reads every line; what it is unsure of, and what matters most, a
larger one reads again. A line that reads badly is tried upside down too, so that
photographs taken sideways or on their head are read without being asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import detection, recognition
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line, Quad
from clearlane.recognisers.text.recognition import Words

SURE = 0.93
"""A line that the tiny model reads with this score is not read again, unless it matters."""

DOUBTFUL = 0.80
"""Below this a line is tried upside down as well."""

LIKE_OTHERS = 0.12
"""So much better must a line read the other way than most lines stand."""

EMPTY = 0.30
"""What scores less even then is no text."""

CERTAIN = 0.99
"""A line with a value is not read again if the tiny model is this sure of each character.

Of 1,410 lines with values on hard synthetic photographs it was so sure of 353, and
the larger model read every one of these alike.
"""

MARK = re.compile(
    r'[A-Z0-9]/[XYZ]|/S/|CN/|[/1Il]C\d{5}|P[I1l]\s?[:.;]|[1-6][A-HL-P][12]?[VWTU]?/'
    r'|[A-Z]{3}[UJZ]\s?\d{3}|<<|[A-Z0-9]<',
    re.IGNORECASE,
)
"""Lines that look like a mark, a container number or a machine-readable zone: always read again."""

VALUE = re.compile(
    r'UN\s?[\dOQ]|KG|公斤|千克|重|[G6]\.?\s?W|N\.?\s?W|GROSS|NET|S/?N|SERIAL|序列|编号|箱号|LOT|BATCH|批',
    re.IGNORECASE,
)
"""Lines that look like a value: a wrong character there costs more than elsewhere."""

Image = NDArray[np.uint8]


def read(image: Image) -> list[Line]:
    """The lines of text in an upright BGR picture, from top to bottom."""
    pyramid = Pyramid(image)
    places = detection.quads(pyramid.at_least(detection.SIDE), image.shape[1::-1])
    sights = [_sight(pyramid, quad) for quad in places]
    turned = {steep: _mostly_turned(sights, steep) for steep in (False, True)}
    lines = (_line(pyramid, *_settled(pyramid, sight, turned[sight.steep])) for sight in sights)
    return [line for line in lines if line is not None]


@dataclass(frozen=True)
class _Sight:
    """A line as the tiny model reads it, and upside down where that was tried."""

    quad: Quad
    words: Words
    turned: Words | None = None

    @property
    def steep(self) -> bool:
        return detection.is_steep(self.quad)


def _sight(pyramid: Pyramid, quad: Quad) -> _Sight:
    words = recognition.read(pyramid.cut(quad), 'tiny')
    if words.score >= DOUBTFUL:
        return _Sight(quad, words)
    return _Sight(quad, words, recognition.read(pyramid.cut(_about(quad)), 'tiny'))


def _settled(pyramid: Pyramid, sight: _Sight, mostly_turned: bool) -> tuple[Quad, Words]:
    """The better way up; where both read alike, the way that most lines stand."""
    words, turned = sight.words, sight.turned
    if turned is None and mostly_turned:
        # Print on its head can read as other print, and well: 'SN:HO' as 'OH:NS'.
        turned = recognition.read(pyramid.cut(_about(sight.quad)), 'tiny')
    if turned is None:
        return sight.quad, words
    ahead = _weight(turned) - _weight(words)
    if ahead + (LIKE_OTHERS if mostly_turned else -LIKE_OTHERS) > 0:
        return _about(sight.quad), turned
    return sight.quad, words


def _mostly_turned(sights: list[_Sight], steep: bool) -> bool:
    """Whether most lines that run this way are read better from their other end."""
    votes = 0
    for sight in sights:
        if sight.steep == steep and len(sight.words.text) >= 4:
            upside_down = sight.turned is not None and sight.turned.score > sight.words.score
            votes += 1 if upside_down else -1
    return votes > 0


def _line(pyramid: Pyramid, quad: Quad, words: Words) -> Line | None:
    """The final reading of a line, by the larger model where the tiny one will not do."""
    if not words.text or words.score < EMPTY:
        return None
    if _is_enough(words):
        return _as_line(quad, words)
    again = recognition.read(pyramid.cut(quad), 'small')
    if again.score < words.score - 0.2 or not again.text:
        again, words = words, again
    return _as_line(quad, again, words.text)


def _is_enough(words: Words) -> bool:
    """Whether the tiny model's reading can stand."""
    if MARK.search(words.text):
        return False
    if VALUE.search(words.text):
        return words.weakest >= CERTAIN
    return words.score >= SURE


def _weight(words: Words) -> float:
    return words.score if len(words.text) > 1 else words.score / 2


def _as_line(quad: Quad, words: Words, other: str = '') -> Line:
    return Line(
        text=words.text,
        score=words.score,
        quad=quad,
        weakest=words.weakest,
        certainties=words.certainties,
        shapes=words.shapes,
        other=other if other != words.text else '',
    )


def _about(quad: Quad) -> Quad:
    """The same place read from the other end."""
    return (*quad[2:], *quad[:2])
