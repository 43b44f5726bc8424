"""Hazard diamonds (危险性标签), GHS diamonds, battery marks, arrows in an upright photograph.

A search for four-cornered contours and for pairs of arrows, and a small network that sees
where labels are, give outlines; another network names what lies in each, and two plain
measurements have to bear it out. What is neither surely one class nor another keeps a low
score, so that a rule can doubt.

A box begins at its top left; that of a diamond begins at its top corner and goes
right, bottom, left. `details` may say that a label is `covered`, `torn`, `cut_off` or
`too_small` to be told for sure, and always gives its shortest side in pixels; where the
caller knows the scale, in millimetres too (what is large enough is for a rule to say).

A GHS diamond is a `ghs_label`, `GHS01` to `GHS09`, never a transport label. A label of class 1 with
its picture is `1` where its division is not read. Not told apart: the numerals of class 7
categories. Limited-quantity and environment marks are no hazard labels here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from clearlane.model import Point, Reading
from clearlane.recognisers.labels import names, networks, outlines, turned
from clearlane.recognisers.labels.judged import UNSURE, Seen, judged, side
from clearlane.recognisers.labels.quads import LONG_SIDE, quads, shrunk, stands_on_corner
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line

NAME = 'hazard_label/2'

LEAST_SCORE = 0.35
"""Below it nothing is reported: more likely it is no label at all."""

LEAST_SIDE_PX = 26
"""Shorter labels are read, but no figure was measured that would let a rule rely on them."""

SURELY_NONE = 0.95
"""From this chance of none on, no lines are searched for near a diamond that was seen roughly."""

SURELY_ONE, IN_ITS_MIDDLE = 0.8, 0.2
"""A diamond so sure, in the middle of a paper, makes it no battery mark: none is printed in one.
What was seen roughly, and known less well, is unsure."""

LEAST_PART = 0.4
"""Of the side of a mark; a diamond found within it that is smaller is no part of it."""


def read(
    image: np.ndarray | Pyramid, lines: Sequence[Line] = (), mm_per_px: float | None = None
) -> list[Reading]:
    """The labels, marks and arrows in an upright BGR picture, the surest first.

    `lines` is the text already read in the same picture. A UN number that lies in a
    battery mark becomes its value, several are joined (`UN3480+UN3091`), without one the value is
    'unread'; the figure in a
    label tells classes apart that look alike; what stands amid text is no arrow.
    `mm_per_px` is the scale of the face, where something of known size is seen on it. Where most
    of the text runs another way, the picture is turned first: labels are told as they stand.
    """
    picture = Pyramid(image)
    turn = turned.Turn.of(lines, picture)
    if turn is not None:
        seen = _read(turn.picture(picture), turn.lines(lines), mm_per_px)
        return [turn.back(reading) for reading in seen]
    return _read(picture, lines, mm_per_px)


def _read(picture: Pyramid, lines: Sequence[Line], mm_per_px: float | None) -> list[Reading]:
    seen = _seen(picture)
    right = [one for one in seen if _stands_right(one)]
    kept = _settled([one for one in right if not _is_paper_of_a_label(one, right)])
    readings = [_reading(one, picture, lines, mm_per_px) for one in kept if _stands_right(one)]
    readings = [reading for reading in readings if reading.score >= LEAST_SCORE]
    return sorted(readings, key=lambda reading: -reading.score)


def _seen(picture: Pyramid) -> list[Seen]:
    """Every outline that may be one, with what it is taken for."""
    scale = min(1.0, LONG_SIDE / max(picture.size))
    small = shrunk(picture, scale)
    exact = [quad / scale for quad in quads(small)]
    rough = [(seen / scale, chance) for seen, chance in outlines.outlines(small)]
    rough = [one for one in rough if not _is_among(one[0], exact)]
    named = _named(picture, [*((quad, 1.0) for quad in exact), *rough])
    lines = (outlines.settled(picture, one.corners) for one in named if _is_rough(one))
    return named + _named(picture, [(quad, 1.0) for quad in lines if quad is not None])


def _is_rough(one: Seen) -> bool:
    """Whether lines near it could make something of it; a pair of arrows asks for exact corners."""
    is_diamond = stands_on_corner(one.corners)
    return one.found < 1 and not (is_diamond and one.chances[0] >= SURELY_NONE)


def _is_among(rough: np.ndarray, exact: Sequence[np.ndarray]) -> bool:
    """Whether an exact outline means the same; the paper that a diamond is printed on does not."""
    stands = stands_on_corner(rough)
    return any(
        outlines.alike(rough, quad) > outlines.SAME and stands_on_corner(quad) == stands
        for quad in exact
    )


def _named(picture: Pyramid, shapes: Sequence[tuple[np.ndarray, float]]) -> list[Seen]:
    shapes = [shape for shape in shapes if _inside(shape[0], picture.size)]
    said = names.chances(picture, [quad for quad, _ in shapes])
    return [Seen(*shape, *each) for shape, *each in zip(shapes, *said, strict=True)]


def digest() -> str:
    """SHA-256 that names the weights and the version of this code."""
    return hashlib.sha256(f'{NAME} {networks.digest()}'.encode()).hexdigest()


def _inside(quad: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the middle lies in the picture and there is something to see."""
    x, y = quad.mean(axis=0)
    return 0 <= x < size[0] and 0 <= y < size[1] and side(quad) >= 8


def _stands_right(one: Seen) -> bool:
    """Whether it is something, diamonds standing on a corner, marks and arrows not."""
    if one.name == 'none':
        return False
    is_diamond = names.kind_of(one.name) in ('hazard_label', 'ghs_label')
    return stands_on_corner(one.corners) == is_diamond


def _is_paper_of_a_label(one: Seen, seen: Sequence[Seen]) -> bool:
    """Whether what passes for a battery mark holds a diamond with four lines round it."""
    return one.name == 'battery_mark' and any(
        stands_on_corner(other.corners)
        and other.found == 1
        and other.score >= SURELY_ONE
        and side(other.corners) > LEAST_PART * side(one.corners)
        and _apart(one, other) < IN_ITS_MIDDLE
        for other in seen
    )


def _settled(seen: list[Seen]) -> list[Seen]:
    """One for each group of outlines that mean the same label."""
    settled: list[Seen] = []
    left = sorted(seen, key=lambda one: -one.score * one.borne_out)
    while left:
        best = left[0]
        group = [one for one in left if _is_of(one, best)]
        left = [one for one in left if not _is_of(one, best)]
        settled.append(_together(best, group))
    return settled


def _is_of(one: Seen, best: Seen) -> bool:
    """Whether it means the same label, or lies within it.

    A diamond is no part of what is much larger and stands otherwise: the side of a package, taken
    for a mark, would swallow the labels on it.
    """
    if _apart(one, best) >= 0.5:
        return False
    alike = stands_on_corner(one.corners) == stands_on_corner(best.corners)
    return alike or side(one.corners) > LEAST_PART * side(best.corners)


def _apart(one: Seen, other: Seen) -> float:
    """How far the middles lie apart, in sides of the larger one."""
    step = one.corners.mean(axis=0) - other.corners.mean(axis=0)
    return float(np.linalg.norm(step)) / max(side(one.corners), side(other.corners))


def _together(best: Seen, group: list[Seen]) -> Seen:
    """What the like outlines of a group say together, with the outermost that says the same.

    The frame printed inside a label is found as often as its edge. Where the outlines
    disagree, the mean makes the score low.
    """
    length = side(best.corners)
    like = [one for one in group if 0.75 < side(one.corners) / length < 1.35]
    chances = np.mean([one.chances for one in like], axis=0)
    states = np.mean([one.states for one in like], axis=0)
    whole = Seen(best.corners, best.found, chances, states)
    agreed = [one for one in like if one.name == whole.name and one.score > 0.6 * best.score]
    if agreed:
        chosen = max(agreed, key=lambda one: (one.found, side(one.corners)))
        whole.corners, whole.found = chosen.corners, chosen.found
    return whole


def _reading(
    one: Seen, picture: Pyramid, lines: Sequence[Line], mm_per_px: float | None
) -> Reading:
    kind = names.kind_of(one.name)
    value, score = judged(one, picture, lines)
    score *= one.borne_out
    if one.found < 1 and one.score < SURELY_ONE:
        score = min(score, UNSURE)
    details: dict[str, Any] = {'side_px': round(side(one.corners))}
    if mm_per_px is not None:
        details['side_mm'] = round(side(one.corners) * mm_per_px)
    if side(one.corners) < LEAST_SIDE_PX:
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


def _cut_off(quad: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether the outline reaches the edge of the picture, where it would end anyhow."""
    rim = max(2.0, 0.015 * side(quad))
    return bool((quad < rim).any() or (quad > np.array(size) - 1 - rim).any())


def _box(quad: np.ndarray, size: tuple[int, int]) -> tuple[Point, ...]:
    limit = (size[0] - 1, size[1] - 1)
    return tuple((int(x), int(y)) for x, y in np.clip(np.rint(quad), 0, limit))
