"""Container numbers (ISO 6346) from lines of text: whole, or in two or three pieces.

A number may stand in one line, or as owner, serial and boxed check digit beside or
below each other. Its pieces are cut out, read again with only capitals and figures
allowed, and put together. A place for a letter holds a letter, a place for a figure
a figure; beyond that only the check digit mends anything, and only where exactly one
right reading is likely.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from stdnum import iso6346

from clearlane.codes import container_number
from clearlane.model import Reading
from clearlane.recognisers import check_digit, lattice
from clearlane.recognisers import container_pieces as parts
from clearlane.recognisers.lattice import FIGURES, LETTERS, Spelling
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line, Quad, around, corners

NAME = 'container_number/1'

FORM = (*[LETTERS] * 3, 'UJZ', *[FIGURES] * 7)

MENDED = 0.75
"""What is left of the score of a number that only the check digit settled."""

DOUBTFUL = 0.45
"""The highest score of a number that was mended, or that both models do not read alike."""

WRONG = 0.3
"""The highest score of a number whose check digit is wrong."""

UNCHECKED = 0.4
"""The highest score of a number whose check digit was not seen."""

TWICE = 0.7
"""The score of a number without its check digit that stands twice in the picture, read alike."""

DISPUTED = 0.5
"""What is left of the score where the same place was also read otherwise."""

RIVAL = 6.0
"""A mending must be so many times likelier than the next one."""

LEAST = 0.003
"""What is less likely than this is not considered."""

CATEGORY = 0.2
"""Words of masses have no U, J or Z in the fourth place; what is less like one is no number."""


@dataclass(frozen=True)
class Candidate:
    """A number as read from some pieces of text: its spelling, and where they lie."""

    spelling: Spelling
    quads: tuple[Quad, ...]
    checked: bool = True
    """Whether a check digit was seen."""

    @property
    def text(self) -> str:
        """The number as it is read."""
        return self.spelling.text

    @property
    def right(self) -> bool:
        """Whether the check digit was seen and is right."""
        return self.checked and container_number.is_valid(self.text)


def find(lines: Sequence[Line], pyramid: Pyramid) -> tuple[list[Reading], set[int]]:
    """The numbers among the lines, each once, and which lines they stand in."""
    found, spent, settled = [], set[int](), set[int]()
    pieces = parts.pieces(lines, pyramid)
    for group in [*parts.groups(pieces), *parts.together(pieces)]:
        if group[0].index in settled:
            continue
        candidate = _read(group, pyramid)
        if candidate is not None:
            found.append(reading(candidate))
            if found[-1].score > WRONG:
                spent |= {piece.index for piece in group} - {-1}
            if candidate.right:
                settled |= {group[0].index} - {-1}
    sizes = [
        (match[1], piece) for piece in pieces if (match := parts.SIZE_LAST.fullmatch(piece.text))
    ]
    readings = [_with_size(one, sizes) for one in once(found)]
    return readings, spent


def _read(group: Sequence[parts.Piece], pyramid: Pyramid) -> Candidate | None:
    """The number that these pieces hold, read again from the picture."""
    first = _spelt(group, [piece.views(pyramid) for piece in group], pyramid)
    if first is not None and first.right and first.spelling.agreed:
        return first
    again = _spelt(group, [piece.again(pyramid) for piece in group], pyramid)
    if first is None or again is None:
        return first or again
    return max((first, again), key=lambda one: (one.right, one.checked, one is first))


def _spelt(
    group: Sequence[parts.Piece], views: Sequence[tuple[lattice.Lattice, ...]], pyramid: Pyramid
) -> Candidate | None:
    """The number that these views of the pieces spell, its check digit looked up where need be."""
    seen = sum(len(view[0].free) for view in views)
    candidate = spelt(views, [piece.quad for piece in group], seen)
    if candidate is None or not _is_named(candidate, views[0]):
        return None
    if candidate.right:
        return candidate
    return _looked_up(candidate, group, pyramid)


def _is_named(candidate: Candidate, views: tuple[lattice.Lattice, ...]) -> bool:
    """Whether a U, J or Z was seen in the fourth place, not a figure or a letter of a word.

    Without a right check digit both models must have seen it.
    """
    if not candidate.right and candidate.text[:3] == 'MAX':
        return False  # maximum gross mass
    seen = [view.free[3:4] for view in views]
    least = 1 if candidate.right else len(seen) / 2
    return sum(mark in 'UJZ' for mark in seen if mark) >= least


def _looked_up(candidate: Candidate, group: Sequence[parts.Piece], pyramid: Pyramid) -> Candidate:
    """The candidate with its check digit read from its own place."""
    last = next((piece for piece in reversed(group) if len(piece.text) >= 6), group[-1])
    span = _tail(last, candidate, pyramid)
    expected = iso6346.calc_check_digit(candidate.text[:10])
    digit = check_digit.find(pyramid, last.quad, span[1], '' if candidate.checked else expected)
    if digit is None and not candidate.checked and span[0]:
        digit = check_digit.confirmed(pyramid, last.quad, span, candidate.text[7:10], expected)
    if digit is None or (candidate.checked and not digit.framed):
        return candidate
    spelling = candidate.spelling
    text = spelling.text[:10] + digit.figure
    if not digit.framed and not container_number.is_valid(text):
        return candidate
    sure = (*spelling.certainties[:10], digit.likely)
    others = (*spelling.others[:10], {})
    changed = replace(spelling, text=text, certainties=sure, others=others)
    return Candidate(changed, (*candidate.quads, digit.quad))


def _tail(piece: parts.Piece, candidate: Candidate, pyramid: Pyramid) -> tuple[float, float]:
    """Where in the line the last three figures of the serial stand, as shares of it."""
    if piece.seen:
        return 0.0, 1.0
    view = lattice.look(pyramid.cut(piece.quad, margin=parts.MARGIN), 'small', parts.ALPHABET)
    marks, total = view.marks, max(1, len(view.likely))
    at = view.free.find(candidate.text[4:10]) + 5
    if at < 5 or len(marks) < 6:
        return 0.0, 1.0
    pitch = (marks[at][1] - marks[at - 5][1]) / 5
    wide = 1 + 2 * parts.MARGIN * piece.frame.height / piece.frame.width

    def share(step: float) -> float:
        return min(1.0, step / total * wide - (wide - 1) / 2)

    return share(marks[at - 2][1] - 0.35 * pitch), share(marks[at][1] + 0.75 * pitch)


def spelt(
    pieces: Sequence[Sequence[lattice.Lattice]], quads: Sequence[Quad], seen: int
) -> Candidate | None:
    """The number that these pieces make, with or without its check digit."""
    if seen > 12 and len(pieces) == 1:
        pieces, seen = [tuple(_opening(view) for view in pieces[0])], 10
    if not 10 <= seen <= 12:
        return None
    form = FORM[:10] if seen == 10 else FORM
    spelling = lattice.spell(lattice.joined(pieces), form)
    if len(spelling.text) != len(form) or spelling.fit < 0.5:
        return None
    if not re.fullmatch('[A-Z]{3}[UJZ][0-9]{6,7}', spelling.text):
        return None
    if spelling.certainties[3] < CATEGORY:
        return None
    return Candidate(spelling, tuple(quads), seen != 10)


def _opening(view: lattice.Lattice) -> lattice.Lattice:
    """The first ten characters of a view; a frame is read as more than one behind them."""
    steps = [step for _, step in view.marks]
    if len(steps) < 11:
        return view
    return view.part(0.0, (steps[9] + steps[10]) / 2 / max(1, len(view.likely)))


def reading(candidate: Candidate) -> Reading:
    """What a candidate is worth: right as read, mended, or wrong."""
    spelling, text = candidate.spelling, candidate.spelling.text
    score = spelling.score * min(1.0, spelling.fit)
    details: dict[str, Any] = {}
    if not candidate.checked:
        value = text + iso6346.calc_check_digit(text)
        score = min(score, UNCHECKED)
        details['check_digit'] = 'not seen: computed'
    elif container_number.is_valid(text):
        value = text
        if not spelling.agreed:
            # One misreading in eleven fits its check digit by chance; two models rarely share it.
            score = min(score, DOUBTFUL)
    else:
        mended = _mended(spelling)
        value = mended or text
        score = min(score * MENDED, DOUBTFUL) if mended else min(score, WRONG)
        details |= {'repaired': text} if mended else {'error': _why(text)}
    return Reading(
        kind='container_number',
        value=value,
        score=score,
        recogniser=NAME,
        box=corners(around(list(candidate.quads))),
        details=details,
    )


def _why(text: str) -> str:
    try:
        container_number.parts(text)
    except ValueError as error:
        return str(error)
    return ''


def _mended(spelling: Spelling) -> str | None:
    """The one likely number with a right check digit that differs in one place, if it is alone."""
    found: list[tuple[float, str]] = []
    for place, others in enumerate(spelling.others):
        for mark, likely in others.items():
            changed = spelling.text[:place] + mark + spelling.text[place + 1 :]
            if mark in FORM[place] and likely >= LEAST and container_number.is_valid(changed):
                found.append((likely / max(spelling.certainties[place], LEAST), changed))
    found.sort(reverse=True)
    if not found or (len(found) > 1 and found[0][0] < RIVAL * found[1][0]):
        return None
    return found[0][1] if -math.log(found[0][0]) < 5 else None


def once(readings: Sequence[Reading]) -> list[Reading]:
    """Each number once, by its best reading; two readings of one place cast doubt on both."""
    best: dict[str, Reading] = {}
    times: dict[str, int] = {}
    for one in sorted(readings, key=lambda one: -one.score):
        times[one.value] = times.get(one.value, 0) + 1
        best.setdefault(one.value, one)
    kept = []
    for one in best.values():
        if _is_partial(one) and any(_covers(other, one) for other in best.values()):
            continue
        rivals = [
            other for other in best.values()
            if other is not one and near(one.value, other.value) and _meet(one, other)
        ]  # fmt: skip
        if any(other.score > one.score for other in rivals):
            continue
        if any(other.score > WRONG for other in rivals):
            details = {**one.details, 'disputed': max(rivals, key=lambda o: o.score).value}
            one = replace(one, score=one.score * DISPUTED, details=details)
        if times[one.value] > 1:
            one = replace(one, details={**one.details, 'seen': times[one.value]})
            if 'check_digit' in one.details and not rivals and len(_apart(readings, one)) > 1:
                one = replace(one, score=TWICE)
        kept.append(one)
    return kept


def _is_partial(one: Reading) -> bool:
    return 'check_digit' in one.details or 'error' in one.details


def _covers(other: Reading, one: Reading) -> bool:
    """Whether a number read whole and right lies where most of another one was seen."""
    if _is_partial(other) or other.score <= max(DOUBTFUL, one.score):
        return False
    first, second = (cv2.convexHull(np.array(r.box, np.float32)) for r in (other, one))
    shared, _ = cv2.intersectConvexConvex(first, second)
    return bool(shared > 0.5 * min(cv2.contourArea(first), cv2.contourArea(second)))


def _apart(readings: Sequence[Reading], one: Reading) -> list[Reading]:
    """The readings of this number that do not overlap: it is printed so many times."""
    kept: list[Reading] = []
    for other in readings:
        if other.value == one.value and not any(_meet(other, seen) for seen in kept):
            kept.append(other)
    return kept


def near(one: str, other: str) -> bool:
    """Whether two numbers may be two readings of one."""
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other)) <= 4


def _meet(one: Reading, other: Reading) -> bool:
    """Whether two readings overlap in the picture."""
    shared, _ = cv2.intersectConvexConvex(
        cv2.convexHull(np.array(one.box, np.float32)),
        cv2.convexHull(np.array(other.box, np.float32)),
    )
    return shared > 0


def _with_size(one: Reading, sizes: Sequence[tuple[str, parts.Piece]]) -> Reading:
    """The number with the size and type code that stands nearest to it."""
    middle = np.mean(np.array(one.box, np.float64), axis=0)
    far = [(float(np.hypot(*(piece.frame.centre - middle))), text) for text, piece in sizes]
    return replace(one, details={**one.details, 'size_type': min(far)[1]}) if far else one
