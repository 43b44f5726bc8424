"""All lines of text of a picture: find them, cut them out, read them.

A tiny model reads every line; what it is unsure of, and what matters most, a
larger one reads again. A line that reads badly is tried upside down too, so that
photographs taken sideways or on their head are read without being asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import detection, fit, recognition, second_look
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.detection import Spot
from clearlane.recognisers.text.line import Frame, Line, Quad, holds
from clearlane.recognisers.text.recognition import Words

DOUBTFUL = 0.80
"""Below this a line is tried upside down as well."""

LIKE_OTHERS = 0.12
"""So much better must a line read the other way than most lines stand."""

EMPTY = 0.30
"""What scores less even then is no text."""

LEAST_HIGH = 6
"""Pixels; lower print is none that anybody can read: dots of a leader, grain."""

Image = NDArray[np.uint8]


def read(
    image: Image | Pyramid,
    *,
    known: Collection[str] = (),
    covered: Collection[Quad] = (),
    key_fields: bool = False,
    glance: bool = False,
) -> list[Line]:
    """The lines of text in an upright BGR picture, from top to bottom.

    What stands within a `covered` place is none: the squares of a code pass for letters. A line
    that says one of the `known` values, which a code has proved already, is not read twice.
    For `key_fields` alone, other words are left as the tiny model reads them; at a `glance` all
    are.
    """
    pyramid = Pyramid(image)
    found = detection.spots(pyramid, partial(fit.fitted, pyramid))
    places = [
        spot for spot in found
        if Frame.of(spot.quad).height >= LEAST_HIGH
        and not any(_within(spot, place) for place in covered)
    ]  # fmt: skip
    sights = [_sight(pyramid, spot) for spot in places]
    turned = {steep: _mostly_turned(sights, steep) for steep in (False, True)}
    settled = [_settled(pyramid, sight, turned[sight.steep]) for sight in sights]
    look = second_look.Look(pyramid, frozenset(known), key_fields)
    lines = (_line(None if glance else look, spot, words) for spot, words in settled)
    return without_pieces([line for line in lines if line is not None])


def without_pieces(lines: list[Line]) -> list[Line]:
    """The lines but those that were seen whole as well: a piece of a serial looks like one."""
    said = [line.text.replace(' ', '').upper() for line in lines]

    def is_piece(at: int) -> bool:
        return any(
            len(said[at]) < len(whole)
            and said[at] in whole
            and detection.overlap(lines[at].quad, lines[other].quad) > detection.PIECE
            for other, whole in enumerate(said)
        )

    return [line for at, line in enumerate(lines) if not is_piece(at)]


@dataclass(frozen=True)
class _Sight:
    """A line as the tiny model reads it, and upside down where that was tried."""

    spot: Spot
    words: Words
    turned: Words | None = None

    @property
    def steep(self) -> bool:
        return detection.is_steep(self.spot.quad)


def _tiny(pyramid: Pyramid, spot: Spot) -> Words:
    return recognition.read(pyramid.cut(spot.quad, bend=spot.bend), 'tiny')


def _sight(pyramid: Pyramid, spot: Spot) -> _Sight:
    words = _tiny(pyramid, spot)
    if words.score >= DOUBTFUL:
        return _Sight(spot, words)
    return _Sight(spot, words, _tiny(pyramid, about(spot)))


def _settled(pyramid: Pyramid, sight: _Sight, mostly_turned: bool) -> tuple[Spot, Words]:
    """The better way up; where both read alike, the way that most lines stand."""
    words, turned = sight.words, sight.turned
    if turned is None and mostly_turned:
        # Print on its head can read as other print, and well: 'SN:HO' as 'OH:NS'.
        turned = _tiny(pyramid, about(sight.spot))
    if turned is None:
        return sight.spot, words
    ahead = _weight(turned) - _weight(words)
    if ahead + (LIKE_OTHERS if mostly_turned else -LIKE_OTHERS) > 0:
        return about(sight.spot), turned
    return sight.spot, words


def _mostly_turned(sights: list[_Sight], steep: bool) -> bool:
    """Whether most lines that run this way are read better from their other end."""
    votes = 0
    for sight in sights:
        if sight.steep == steep and len(sight.words.text) >= 4:
            upside_down = sight.turned is not None and sight.turned.score > sight.words.score
            votes += 1 if upside_down else -1
    return votes > 0


def _line(look: second_look.Look | None, spot: Spot, words: Words) -> Line | None:
    """The final reading of a line, by the larger model where the tiny one will not do."""
    if not words.text or words.score < EMPTY:
        return None
    words, other = look.settled(spot, words) if look else (words, '')
    return Line(
        text=words.text,
        score=words.score,
        quad=spot.quad,
        weakest=words.weakest,
        certainties=words.certainties,
        shapes=words.shapes,
        other=other if other != words.text else '',
    )


def _within(spot: Spot, place: Quad) -> bool:
    return holds(place, np.mean(spot.quad, axis=0))


def _weight(words: Words) -> float:
    # A single letter says little of the way up, nor does it beside a sign: UN on its head is N∩.
    return words.score if sum(mark.isalnum() for mark in words.text) > 1 else words.score / 2


def about(spot: Spot) -> Spot:
    """The same place read from the other end."""
    return Spot((*spot.quad[2:], *spot.quad[:2]), -spot.bend)
