"""Chinese licence plates (机动车号牌) from lines of text, in one row or two.

A line that opens with the character of a province, or follows one, is cut out and
read again with only what may stand on a plate. The colour of its ground settles
between kinds of plates that have the same characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
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

DISPUTED = 0.6
"""What is left of the score where the same place was read otherwise nearly as surely."""

TWO_ROWS = 0.95
"""What is left of the score of a plate that is put together from two rows."""

Image = NDArray[np.uint8]

_HINT = re.compile(
    rf'[{PROVINCES}使领]\s?[A-Z][A-Z0-9]{{4}}|[A-Z0-9]{{4,5}}[{ENDINGS}]$|^[{PROVINCES}][A-Z]$'
    r'|^.?Z[A-Z0-9]{4}.$'
)
_LIKE_ONE = re.compile('.?[A-Z0-9]{6,7}.?')
_BODY = re.compile(rf'[A-Z0-9]{{4,5}}[A-Z0-9{ENDINGS}]')
_TOP = re.compile(rf'[{PROVINCES}]?[A-Z]?')
COLOURED = ('blue', 'green', 'yellow', 'yellow-green')
"""Grounds that few other lines of print have."""


def _tight(text: str) -> str:
    return re.sub(r'[\W_]', '', text.upper())


def hinted(lines: Sequence[Line]) -> bool:
    """Whether any line may be a plate."""
    return any(_HINT.search(_tight(line.text)) for line in lines)


def find(lines: Sequence[Line], pyramid: Pyramid, image: Image) -> tuple[list[Reading], set[int]]:
    """The plates among the lines, each once, and which lines they stand in."""
    found: list[Reading] = []
    spent: set[int] = set()
    for indexes, quads in _groups(lines, image):
        one = read(quads, pyramid, image)
        if one is not None:
            spent |= set(indexes)
            found.append(one)
    return once(found), spent


def once(found: Sequence[Reading]) -> list[Reading]:
    """Each plate once; of two readings of one place the surer one, and less sure for it."""
    kept: list[Reading] = []
    for one in sorted(found, key=lambda one: -one.score):
        rival = next((at for at, other in enumerate(kept) if _meet(one, other)), None)
        if rival is None:
            kept.append(one)
        elif one.value.startswith(kept[rival].value) and one.score > 0.5 * kept[rival].score:
            kept[rival] = one  # the same plate with its last character
        elif not kept[rival].value.startswith(one.value) and one.score > 0.5 * kept[rival].score:
            kept[rival] = replace(kept[rival], score=kept[rival].score * DISPUTED)
    return kept


def _meet(one: Reading, other: Reading) -> bool:
    shared, _ = cv2.intersectConvexConvex(
        cv2.convexHull(np.array(one.box, np.float32)),
        cv2.convexHull(np.array(other.box, np.float32)),
    )
    return shared > 0


def _groups(lines: Sequence[Line], image: Image) -> Iterator[tuple[list[int], list[Quad]]]:
    """Lines that may be a plate, or the lower row of one with the place of its upper row."""
    texts = [_tight(line.text) for line in lines]
    for index, text in enumerate(texts):
        if not 5 <= len(text) <= 9:
            continue
        quad = lines[index].quad
        coloured = ground(image, quad) in COLOURED
        if _HINT.search(text) or (coloured and _LIKE_ONE.fullmatch(text)):
            yield [index], [quad]
            if text[0] not in PROVINCES:
                yield [index], [_wider(quad)]
        if coloured and _BODY.fullmatch(text):
            above = [
                other
                for other, top in enumerate(texts)
                if other != index and _TOP.fullmatch(top) and _is_below(lines[other], lines[index])
            ]
            for place in [*(lines[other].quad for other in above), _above(quad)]:
                yield [index, *above], [place, quad]


def _is_below(top: Line, line: Line) -> bool:
    along, down = line.frame.place(top.frame)
    near = 0.4 < -down / line.frame.height < 1.5 and abs(along) < line.frame.width / 2
    return near and top.frame.turned(line.frame) > 0.9


def _wider(quad: Quad) -> Quad:
    """The line with room for a province that the detector left out."""
    points = np.asarray(quad, np.float64)
    step = 0.75 * _high(points) * _unit(points[1] - points[0] + points[2] - points[3])
    points[0] -= step
    points[3] -= step
    return tuple((float(x), float(y)) for x, y in points)


def _above(quad: Quad) -> Quad:
    """Where the upper row of a plate stands over its lower row (GA 36: 60 and 110 mm high)."""
    points = np.asarray(quad, np.float64)
    up = _high(points) * _unit(points[0] - points[3] + points[1] - points[2])
    along = (points[1] - points[0] + points[2] - points[3]) / 2
    middle = points.mean(axis=0) + 0.74 * up
    side, half = 0.33 * along, 0.29 * up
    corners = (
        middle - side + half,
        middle + side + half,
        middle + side - half,
        middle - side - half,
    )
    return tuple((float(x), float(y)) for x, y in corners)


def _high(points: NDArray[np.float64]) -> float:
    return float(np.hypot(*(points[3] - points[0] + points[2] - points[1]))) / 2


def _unit(step: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(step / max(1e-6, float(np.hypot(*step))))


def read(quads: list[Quad], pyramid: Pyramid, image: Image) -> Reading | None:
    """The plate in these rows, or nothing where they hold none."""
    pieces = [lattice.both(pyramid.cut(quad, margin=0.1), ALPHABET) for quad in quads]
    whole = lattice.joined(pieces)
    texts = [view.free for view in whole]
    if not any(text[:1] and text[0] in PROVINCES + '使领' for text in texts):
        return None  # a foreign plate is not made a Chinese one
    lengths = {len(text) for text in texts} | {7}
    found = [
        (spelling.score * spelling.fit, kind, spelling)
        for kind, form in FORMS.items()
        if len(form) in lengths
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
