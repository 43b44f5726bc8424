"""Hazard diamonds (危险性标签), GHS diamonds, battery marks, arrows in an upright photograph.

A search for four-cornered contours and for pairs of arrows, and a small network that sees
where labels are, give outlines; another network names what lies in each, and two plain
measurements have to bear it out. What is neither surely one class nor another keeps a low
score, so that a rule can doubt.

A box begins at its top left; that of a diamond begins at its top corner and goes
right, bottom, left. `details` may say that a label is `covered`, `torn`, `cut_off` or
`too_small` to be told for sure, and always gives its shortest side in pixels; where the
caller knows the scale, in millimetres too (what is large enough is for a rule to say).

A GHS diamond is a `ghs_label`, `GHS01` to `GHS09`, never a transport label. Not told apart:
the numerals of class 7 categories and of divisions 1.1 to 1.3. Limited-quantity and
environment marks are no hazard labels here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from clearlane.model import Point, Reading
from clearlane.recognisers.labels import ink, names, networks, outlines
from clearlane.recognisers.labels.quads import LONG_SIDE, quads, shrunk, stands_on_corner
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line

NAME = 'hazard_label/2'

LEAST_SCORE = 0.35
"""Below it nothing is reported: more likely it is no label at all."""

UNSURE = 0.45
"""The highest score of what a measurement or a figure would have to bear out, and does not."""

LEAST_SIDE_PX = 26
"""Shorter labels are read, but no figure was measured that would let a rule rely on them."""

SEEN_BY_CHANCE = 0.12
"""What the network that finds outlines says of what is none is mostly below 0.27; from 0.42 on
its word alone is enough, between them the name has to be the surer."""

SEEN_SURELY = 0.6
"""From it on there is a diamond; lines of print were seen as one with up to 0.54."""

SURELY_NONE = 0.95
"""From this chance of none on, no lines are searched for near a diamond that was seen roughly."""

BLANK = 0.005
MOST_INK_9 = 0.02
MOST_SPECKS_9 = 0.05
LEAST_INK_9A = 0.05
CLEAR_INK_9A = 0.1
SURE_OF_GROUP = 0.9
MAYBE_SPOILT = 0.3
VERY_SURE = 0.96
LEAST_HEAD = 1.45
LEAST_RED = 0.12
LEAST_RED_FRAME = 0.04
LEAST_ALIKE = 0.8
LEAST_STRIPED, STRIPED_FOR_SURE = 0.6, 0.8
"""Measured: nought in nine of ten of 84 labels of class 9, worn ones under straps and shades among
them, and at least 0.1, mostly above 0.23, in 98 of class 9A. Heads are at least 1.6 times as wide
as shafts in 144 of 144 sample arrows, letters 1.0 to 1.3; two arrows are alike from 0.93 on mostly,
a glass and an umbrella 0.7. Stripes are at least 0.63 in all labels that can be read, 0.87 where
they are seen roughly; print that was taken for them 0.2 to 0.6, a word across a ring 0.71."""

A_RING = 0.8
"""From so much of a ring on it is the UN symbol: ten had all of it, 158 labels at most 0.69."""

MOST_ACROSS, LEAST_ACROSS = 0.75, 0.2
"""Print of which so much lies within what was seen roughly goes on across its edge."""

LEAST_PART = 0.4
"""Of the side of a mark; a diamond found within it that is smaller is no part of it."""

SURE_OF_WORDS = 0.8
LEAST_WORD = 4
MOST_WORD = 0.16
"""Lines of text below the stripes are words from this score and so many letters on, and at most so
high in sides of the label; a battery group is higher."""

FAMILIES = (
    {'2': '2.1', '3': '3'},
    {'2': '2.3', '6': '6.1'},
    {'1.4': '1.4', '1.5': '1.5', '1.6': '1.6'},
)
"""Labels that differ in their figure alone, by the figure; it is too small for the network."""

NUMBER = re.compile(r'UN\s?(\d{4})')


@dataclass
class _Seen:
    """One outline with what it is taken for."""

    corners: np.ndarray
    found: float
    """How surely it is an outline: 1 where four lines bear it out."""
    chances: np.ndarray
    states: np.ndarray

    @property
    def name(self) -> str:
        return names.NAMES[int(self.chances.argmax())]

    @property
    def score(self) -> float:
        return float(self.chances.max())

    @property
    def borne_out(self) -> float:
        """How much (0 to 1) its score counts: what was seen by chance counts for nothing."""
        return min(1.0, max(0.0, self.found - SEEN_BY_CHANCE) / 0.3)


def read(
    image: np.ndarray | Pyramid, lines: Sequence[Line] = (), mm_per_px: float | None = None
) -> list[Reading]:
    """The labels, marks and arrows in an upright BGR picture, the surest first.

    `lines` is the text already read in the same picture. A UN number that lies in a
    battery mark becomes its value, without one the value is 'unread'; the figure in a
    label tells classes apart that look alike; what stands amid text is no arrow.
    `mm_per_px` is the scale of the face, where something of known size is seen on it.
    """
    picture = Pyramid(image)
    seen = _seen(picture)
    kept = _settled([one for one in seen if _stands_right(one)])
    readings = [_reading(one, picture, lines, mm_per_px) for one in kept if _stands_right(one)]
    readings = [reading for reading in readings if reading.score >= LEAST_SCORE]
    return sorted(readings, key=lambda reading: -reading.score)


def _seen(picture: Pyramid) -> list[_Seen]:
    """Every outline that may be one, with what it is taken for."""
    scale = min(1.0, LONG_SIDE / max(picture.size))
    small = shrunk(picture, scale)
    exact = [quad / scale for quad in quads(small)]
    rough = [(seen / scale, chance) for seen, chance in outlines.outlines(small)]
    rough = [one for one in rough if not _is_among(one[0], exact)]
    named = _named(picture, [*((quad, 1.0) for quad in exact), *rough])
    lines = (outlines.settled(picture, one.corners) for one in named if _is_rough(one))
    return named + _named(picture, [(quad, 1.0) for quad in lines if quad is not None])


def _is_rough(one: _Seen) -> bool:
    """Whether lines near it could make something of it; a pair of arrows asks for exact corners."""
    is_diamond = stands_on_corner(one.corners)
    return one.found < 1 and not (is_diamond and one.chances[0] >= SURELY_NONE)


def _is_among(rough: np.ndarray, exact: Sequence[np.ndarray]) -> bool:
    return any(outlines.alike(rough, quad) > outlines.SAME for quad in exact)


def _named(picture: Pyramid, shapes: Sequence[tuple[np.ndarray, float]]) -> list[_Seen]:
    shapes = [shape for shape in shapes if _inside(shape[0], picture.size)]
    said = names.chances(picture, [quad for quad, _ in shapes])
    return [_Seen(*shape, *each) for shape, *each in zip(shapes, *said, strict=True)]


def digest() -> str:
    """SHA-256 that names the weights and the version of this code."""
    return hashlib.sha256(f'{NAME} {networks.digest()}'.encode()).hexdigest()


def _inside(quad: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the middle lies in the picture and there is something to see."""
    x, y = quad.mean(axis=0)
    return 0 <= x < size[0] and 0 <= y < size[1] and _side(quad) >= 8


def _side(quad: np.ndarray) -> float:
    return float(np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1).min())


def _stands_right(one: _Seen) -> bool:
    """Whether it is something, diamonds standing on a corner, marks and arrows not."""
    if one.name == 'none':
        return False
    is_diamond = names.kind_of(one.name) in ('hazard_label', 'ghs_label')
    return stands_on_corner(one.corners) == is_diamond


def _settled(seen: list[_Seen]) -> list[_Seen]:
    """One for each group of outlines that mean the same label."""
    settled: list[_Seen] = []
    left = sorted(seen, key=lambda one: -one.score * one.borne_out)
    while left:
        best = left[0]
        group = [one for one in left if _is_of(one, best)]
        left = [one for one in left if not _is_of(one, best)]
        settled.append(_together(best, group))
    return settled


def _is_of(one: _Seen, best: _Seen) -> bool:
    """Whether it means the same label, or lies within it.

    A diamond is no part of what is much larger and stands otherwise: the side of a package, taken
    for a mark, would swallow the labels on it.
    """
    if _apart(one, best) >= 0.5:
        return False
    alike = stands_on_corner(one.corners) == stands_on_corner(best.corners)
    return alike or _side(one.corners) > LEAST_PART * _side(best.corners)


def _apart(one: _Seen, other: _Seen) -> float:
    """How far the middles lie apart, in sides of the larger one."""
    step = one.corners.mean(axis=0) - other.corners.mean(axis=0)
    return float(np.linalg.norm(step)) / max(_side(one.corners), _side(other.corners))


def _together(best: _Seen, group: list[_Seen]) -> _Seen:
    """What the like outlines of a group say together, with the outermost that says the same.

    The frame printed inside a label is found as often as its edge. Where the outlines
    disagree, the mean makes the score low.
    """
    side = _side(best.corners)
    like = [one for one in group if 0.75 < _side(one.corners) / side < 1.35]
    chances = np.mean([one.chances for one in like], axis=0)
    states = np.mean([one.states for one in like], axis=0)
    whole = _Seen(best.corners, best.found, chances, states)
    agreed = [one for one in like if one.name == whole.name and one.score > 0.6 * best.score]
    if agreed:
        chosen = max(agreed, key=lambda one: (one.found, _side(one.corners)))
        whole.corners, whole.found = chosen.corners, chosen.found
    return whole


def _reading(
    one: _Seen, picture: Pyramid, lines: Sequence[Line], mm_per_px: float | None
) -> Reading:
    kind = names.kind_of(one.name)
    value, score = _judged(one, picture, lines)
    score *= one.borne_out
    details: dict[str, Any] = {'side_px': round(_side(one.corners))}
    if mm_per_px is not None:
        details['side_mm'] = round(_side(one.corners) * mm_per_px)
    if _side(one.corners) < LEAST_SIDE_PX:
        details['too_small'] = True
        score = min(score, UNSURE)
    for state, chance in zip(names.STATES, one.states, strict=True):
        if chance > 0.5:
            details[state] = True
            score = min(score, UNSURE)
    if _cut_off(one.corners, picture.size):
        details['cut_off'] = True
    return Reading(
        kind=kind,
        value=value,
        score=round(score, 4),
        recogniser=NAME,
        box=_box(one.corners, picture.size),
        details=details,
    )


def _judged(one: _Seen, picture: Pyramid, lines: Sequence[Line]) -> tuple[str, float]:
    """The value, and the network's certainty where measurements and text bear it out."""
    if _is_of_a_mark(one, picture, lines):
        return one.name, 0.0
    if one.name == 'battery_mark':
        numbers = [NUMBER.search(text.upper()) for text in _texts_in(one.corners, lines)]
        value = next((f'UN{found[1]}' for found in numbers if found), 'unread')
        is_red = ink.redder_at_the_rim(picture, one.corners) >= LEAST_RED
        return value, one.score if is_red else min(one.score, UNSURE)
    if one.name in names.ARROWS:
        heads = ink.head_to_shaft(picture, one.corners, one.name)
        is_print = heads < LEAST_HEAD or _is_in_words(one, lines)
        if ink.halves_alike(picture, one.corners, one.name) < LEAST_ALIKE:
            return one.name, min(one.score, UNSURE) * (not is_print)
        return one.name, 0.0 if is_print else one.score
    if one.name.startswith('GHS'):
        is_red = one.found < 1 or _has_red_frame(one, picture)  # rough corners may miss the frame
        return one.name, one.score if is_red else min(one.score, UNSURE)
    if one.name in ('9', '9A'):
        value, score = _nine(one, ink.below_stripes(picture, one.corners))
        words = _words_in(one, lines) if score <= UNSURE else []
        printed = ink.below_stripes(picture, one.corners, words) if words else 1.0
        if printed <= (BLANK if value == '9A' else MOST_SPECKS_9):  # words alone, no battery group
            value, score = _nine(one, printed)
        is_one = ink.is_one_paper(picture, one.corners)
        least = LEAST_STRIPED if one.found >= SEEN_SURELY else STRIPED_FOR_SURE
        if ink.striped(picture, one.corners) < least:
            return value, 0.0  # lines of print
        return value, score if is_one else min(score, UNSURE)
    return _by_figure(one, lines)


def _is_of_a_mark(one: _Seen, picture: Pyramid, lines: Sequence[Line]) -> bool:
    """Whether a diamond that was seen roughly is the UN symbol, or lines of print."""
    if one.found == 1 or not stands_on_corner(one.corners):
        return False
    across = any(LEAST_ACROSS < _share_in(one, line) < MOST_ACROSS for line in _print(lines))
    return across or ink.ringed(picture, one.corners) >= A_RING


def _share_in(one: _Seen, line: Line) -> float:
    """How much of a line, along its middle, lies in the outline."""
    frame = line.frame
    steps = np.linspace(-0.5, 0.5, 21)[:, None] * frame.width * frame.along
    return float(np.mean([_holds(one.corners, point) for point in frame.centre + steps]))


def _print(lines: Sequence[Line]) -> list[Line]:
    return [
        line
        for line in lines
        if line.score >= SURE_OF_WORDS and sum(mark.isalnum() for mark in line.text) >= LEAST_WORD
    ]


def _has_red_frame(one: _Seen, picture: Pyramid) -> bool:
    """Whether the outline, or one a little outside of it, goes along a red frame."""
    middle = one.corners.mean(axis=0)
    grown = (one.corners - middle) * 1.14 + middle
    frames = (ink.redder_at_the_frame(picture, quad) for quad in (one.corners, grown))
    return max(frames) >= LEAST_RED_FRAME


def _nine(one: _Seen, printed: float) -> tuple[str, float]:
    """Class 9 or 9A, by the network and by what is printed below the stripes.

    Worn print has specks and straps; a paper that hides the battery group looks like class 9.
    So where the measure or the outline is less than clear, the network has to be the surer.
    Shades make it see a battery group where none is printed: then it is 9, unless the group may
    be hidden or torn off.
    """
    clear = one.found == 1.0
    if printed <= MOST_INK_9:
        nine, group = (float(one.chances[names.NAMES.index(name)]) for name in ('9', '9A'))
        whole = float(one.states.max()) < MAYBE_SPOILT
        if (clear and (whole or group < SURE_OF_GROUP)) or (whole and nine >= VERY_SURE):
            return '9', one.score
    elif one.name == '9A' and printed >= LEAST_INK_9A:
        if (clear and printed >= CLEAR_INK_9A) or one.score >= VERY_SURE:
            return '9A', one.score
    elif one.name == '9' and printed <= MOST_SPECKS_9 and (clear or one.score >= VERY_SURE):
        return '9', one.score
    value = '9' if clear and printed <= MOST_SPECKS_9 else one.name
    return value, min(one.score, UNSURE)


def _by_figure(one: _Seen, lines: Sequence[Line]) -> tuple[str, float]:
    """The member of the family whose figure is read in the label; unsure without a figure."""
    family = next((known for known in FAMILIES if one.name in known.values()), None)
    if family is None:
        return one.name, one.score
    figures = {family[text] for text in _texts_in(one.corners, lines) if text in family}
    if len(figures) == 1:
        return figures.pop(), one.score
    return one.name, min(one.score, UNSURE)


def _texts_in(quad: np.ndarray, lines: Sequence[Line]) -> list[str]:
    """What the lines whose middle lies in the outline say."""
    return [line.text.strip() for line in lines if _holds(quad, line.frame.centre)]


def _words_in(one: _Seen, lines: Sequence[Line]) -> list[np.ndarray]:
    """The outlines of lines of small print in a label: words and UN numbers, no battery group."""
    low = MOST_WORD * _side(one.corners)
    return [
        np.asarray(line.quad, np.float32)
        for line in _print(lines)
        if line.frame.height < low and _holds(one.corners, line.frame.centre)
    ]


def _is_in_words(one: _Seen, lines: Sequence[Line]) -> bool:
    """Whether what looks like two arrows is a piece of a line of text."""
    high, middle = float(np.ptp(one.corners[:, 1])), one.corners.mean(axis=0)
    return any(
        len(line.text) >= 3 and line.frame.height < 2 * high and _holds(line.quad, middle)
        for line in lines
    )


def _holds(quad: Any, point: np.ndarray) -> bool:
    outline = np.asarray(quad, np.float32)
    return cv2.pointPolygonTest(outline, (float(point[0]), float(point[1])), False) >= 0


def _cut_off(quad: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the outline reaches the edge of the picture, where it would end anyhow."""
    rim = max(2.0, 0.015 * _side(quad))
    return bool((quad < rim).any() or (quad > np.array(size) - 1 - rim).any())


def _box(quad: np.ndarray, size: tuple[int, int]) -> tuple[Point, ...]:
    limit = (size[0] - 1, size[1] - 1)
    return tuple((int(x), int(y)) for x, y in np.clip(np.rint(quad), 0, limit))
