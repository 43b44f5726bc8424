"""Chinese licence plates (机动车号牌) from lines of text, in one row or two.

A line that opens with the character of a province, or follows one, is cut out and
read again with only what may stand on a plate. The colour of its ground settles
between kinds of plates that have the same characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.codes import licence_plate
from clearlane.model import Reading
from clearlane.recognisers import lattice
from clearlane.recognisers.lattice import FIGURES, LETTERS, Spelling
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line, Quad, around, corners

NAME = 'licence_plate/1'

PROVINCES = licence_plate.PROVINCES
ENDINGS = '警学挂港澳领'
ALPHABET = LETTERS + FIGURES + PROVINCES + ENDINGS + '使'

_LETTER = ''.join(mark for mark in LETTERS if mark not in 'IO')
_ANY = _LETTER + FIGURES
FORMS = {
    'ordinary': (PROVINCES, _LETTER, *[_ANY] * 5),
    'new_energy_small': (PROVINCES, _LETTER, 'ABCDEFGHJK', _ANY, *[FIGURES] * 4),
    'new_energy_large': (PROVINCES, _LETTER, *[FIGURES] * 5, 'ABCDEFGHJK'),
    'ending': (PROVINCES, _LETTER, *[_ANY] * 4, ENDINGS),
}
"""What stands at each place, by the kind of plate."""

OTHER_COLOUR = 0.7
"""What is left of the score of a plate whose ground has another colour than its kind."""

TWO_ROWS = 0.95
"""What is left of the score of a plate that is put together from two rows."""

Image = NDArray[np.uint8]

_HINT = re.compile(rf'[{PROVINCES}使领]\s?[A-Z]|[A-Z0-9]{{4,5}}[{ENDINGS}]$')
_BODY = re.compile(rf'[A-Z0-9]{{4,5}}[A-Z0-9{ENDINGS}]')
_TOP = re.compile(rf'[{PROVINCES}][A-Z]')


def _tight(text: str) -> str:
    return re.sub(rf'[^A-Z0-9{PROVINCES}{ENDINGS}使]', '', text.upper())


def hinted(lines: Sequence[Line]) -> bool:
    """Whether any line may be a plate."""
    return any(_HINT.search(_tight(line.text)) for line in lines)


def find(lines: Sequence[Line], pyramid: Pyramid, image: Image) -> tuple[list[Reading], set[int]]:
    """The plates among the lines, each once, and which lines they stand in."""
    best: dict[str, Reading] = {}
    spent: set[int] = set()
    for indexes in _groups(lines):
        found = _read([lines[index].quad for index in indexes], pyramid, image)
        if found is not None:
            spent |= set(indexes)
            if found.score > (best[found.value].score if found.value in best else 0.0):
                best[found.value] = found
    return list(best.values()), spent


def _groups(lines: Sequence[Line]) -> Iterator[list[int]]:
    texts = [_tight(line.text) for line in lines]
    for index, text in enumerate(texts):
        if 7 <= len(text) <= 8 and text[0] in PROVINCES + '使领':
            yield [index]
        elif _TOP.fullmatch(text):
            below = [
                other
                for other, body in enumerate(texts)
                if _BODY.fullmatch(body) and _is_below(lines[index], lines[other])
            ]
            if below:
                yield [index, below[0]]


def _is_below(top: Line, line: Line) -> bool:
    along, down = top.frame.place(line.frame)
    near = 0.8 < down / top.frame.height < 2.6 and abs(along) < line.frame.width / 2
    return near and top.frame.turned(line.frame) > 0.95


def _read(quads: list[Quad], pyramid: Pyramid, image: Image) -> Reading | None:
    """The plate in these rows, or nothing where they hold none."""
    pieces = [lattice.both(pyramid.cut(quad, margin=0.1), ALPHABET) for quad in quads]
    whole = lattice.joined(pieces)
    length = len(whole[0].free)
    found = [
        (spelling.score * spelling.fit, kind, spelling)
        for kind, form in FORMS.items()
        if len(form) in (length, 7)
        for spelling in [lattice.spell(whole, form)]
        if licence_plate.is_valid(spelling.text)
    ]
    if not found:
        return None
    score, _, spelling = max(found, key=lambda one: one[0])
    return _reading(spelling, score, quads, image) if score > 0.2 else None


def _reading(spelling: Spelling, score: float, quads: list[Quad], image: Image) -> Reading:
    said = licence_plate.parts(spelling.text)
    quad = around(quads)
    colour = ground(image, quad)
    details: dict[str, Any] = {'plate': said.kind, 'colour': colour, 'rows': len(quads)}
    if colour not in said.colours:
        score *= OTHER_COLOUR
    return Reading(
        kind='licence_plate',
        value=spelling.text,
        score=score * (TWO_ROWS if len(quads) > 1 else 1.0),
        recogniser=NAME,
        box=corners(quad),
        details=details,
    )


def ground(image: Image, quad: Quad) -> str:
    """The colour of the ground that the characters stand on."""
    points = np.asarray(quad, np.float32)
    left, top = np.maximum(points.min(axis=0).astype(int), 0)
    right, bottom = points.max(axis=0).astype(int) + 1
    part = image[top:bottom, left:right]
    if part.size == 0:
        return 'unknown'
    hsv = cv2.cvtColor(cv2.resize(part, (64, 20), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2HSV)
    hue, strength, light = (hsv[:, :, n].astype(int).ravel() for n in range(3))
    vivid = strength > 70
    if vivid.mean() < 0.35:
        return 'white' if np.median(light) > 110 else 'black'
    tint = float(np.median(hue[vivid]))
    if 95 <= tint <= 130:
        return 'blue'
    if 12 <= tint <= 35:
        green = float(((hue > 40) & (hue < 95) & vivid).mean())
        return 'yellow-green' if green > 0.2 else 'yellow'
    return 'green' if 36 <= tint <= 94 else 'unknown'
