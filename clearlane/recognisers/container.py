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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from stdnum import iso6346

from clearlane.codes import container_number
from clearlane.model import Reading
from clearlane.recognisers import check_digit, column, lattice
from clearlane.recognisers.lattice import FIGURES, LETTERS, Spelling
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Frame, Line, Quad, around, corners

NAME = 'container_number/1'

ALPHABET = LETTERS + FIGURES
FORM = (*[LETTERS] * 3, 'UJZ', *[FIGURES] * 7)

MARGIN = 0.15
"""A line is cut out wider by this share of its height, so that no end is shaved off."""

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

PARTS = (4, 7, 11)
"""How long an owner, a serial with its check digit, and a whole number are."""

LEAST = 0.003
"""What is less likely than this is not considered."""

_LETTER = '[A-Z0124568]'
_FIGURE = '[0-9OQDILZSGBT]'
_FOURTH = '[UJZVOD0]'
WHOLE = re.compile(rf'({_LETTER}{{3}}{_FOURTH})({_FIGURE}{{6,7}})(?!{_FIGURE})')
_OWNER = re.compile(rf'{_LETTER}{{3}}[UJZVOD0]')
_SERIAL = re.compile(rf'{_FIGURE}{{6,7}}')
_SIZE = '[1-4LM][0-9CDEFLMNP][GVBSRHUTPKNA][0-9A-HPS]'
SIZE_TYPE = re.compile(_SIZE)
"""Size and type after ISO 6346, as 22G1, 45R1, L5G1."""
_SIZE_ALONE = re.compile(rf'{_FIGURE}?({_SIZE})')
_CHECK_AND_SIZE = re.compile(rf'({_FIGURE}){_SIZE}')
_CHECK = re.compile(rf'{_FIGURE}(?:{_SIZE})?')
_ROLE = re.compile(rf'{_LETTER}{{3}}{_FOURTH}(?:{_FIGURE}{{6,7}})?|{_FIGURE}{{6,7}}|{_SIZE}')


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


def tight(text: str) -> str:
    """Capitals and figures alone."""
    return re.sub('[^A-Z0-9]', '', text.upper())


@dataclass(frozen=True)
class Piece:
    """A line or a column of text that may hold a number or a part of it."""

    text: str
    quad: Quad
    index: int = -1
    """Its place among the lines; a column has none."""
    seen: tuple[lattice.Lattice, ...] = ()

    @property
    def frame(self) -> Frame:
        """Its place and direction."""
        return Frame.of(self.quad)

    def views(self, pyramid: Pyramid) -> tuple[lattice.Lattice, ...]:
        """Its lattices, cut down to the number where it says more than that."""
        views = self.seen or lattice.both(pyramid.cut(self.quad, margin=MARGIN), ALPHABET)
        part = _span(views[0])
        return tuple(view.part(*part) for view in views) if part else views


def hinted(lines: Sequence[Line]) -> bool:
    """Whether any line may be part of a number."""
    return any(_hints(tight(line.text)) for line in lines)


def _hints(text: str) -> bool:
    return bool(WHOLE.search(text) or re.fullmatch('[A-Z]{3}[UJZ]', text))


def find(lines: Sequence[Line], pyramid: Pyramid) -> tuple[list[Reading], set[int]]:
    """The numbers among the lines, each once, and which lines they stand in."""
    found, spent = [], set[int]()
    pieces = _pieces(lines, pyramid)
    for group in _groups(pieces):
        candidate = _read(group, pyramid)
        if candidate is not None:
            found.append(reading(candidate))
            if found[-1].score > WRONG:
                spent |= {piece.index for piece in group} - {-1}
    sizes = [(match[0], piece) for piece in pieces if (match := _SIZE_ALONE.fullmatch(piece.text))]
    readings = [_with_size(one, sizes) for one in once(found)]
    return readings, spent


def _pieces(lines: Sequence[Line], pyramid: Pyramid) -> list[Piece]:
    """The lines, and the columns of upright characters in place of lines that ran down."""
    pieces = [Piece(tight(line.text), line.quad, index) for index, line in enumerate(lines)]
    if sum(abs(line.frame.along[1]) > 0.7 for line in lines) * 2 > len(lines) > 6:
        return pieces  # the whole picture lies on its side
    standing = [
        Piece(one.text, one.quad, -1, one.views)
        for one in column.columns(lines, pyramid, ALPHABET, _worth)
    ]
    covered = [np.asarray(one.quad, np.float32) for one in standing]
    kept = [
        piece
        for piece in pieces
        if not any(
            cv2.pointPolygonTest(box, piece.frame.centre.tolist(), False) >= 0 for box in covered
        )
    ]
    return kept + standing


def _worth(text: str) -> int:
    """Whether a column is a whole part of a number, or a part at all."""
    return (1 + (len(text) in PARTS)) if _ROLE.fullmatch(text) else 0


def _groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that may make a number together: one, owner and serial, or these and a check digit."""
    for piece in pieces:
        whole = WHOLE.search(piece.text)
        if whole:
            check = _next_to(pieces, piece, _CHECK) if len(whole[2]) == 6 else None
            yield [piece] if check is None else [piece, check]
        elif _OWNER.fullmatch(piece.text):
            serial = _next_to(pieces, piece, _SERIAL)
            if serial is None:
                continue
            check = _next_to(pieces, serial, _CHECK) if len(serial.text) == 6 else None
            yield [piece, serial] if check is None else [piece, serial, check]


def _next_to(pieces: Sequence[Piece], piece: Piece, form: re.Pattern[str]) -> Piece | None:
    """The nearest piece of this form to the right of the piece, or below it."""
    frame, best = piece.frame, []
    for at, other in enumerate(pieces):
        if other is piece or not form.fullmatch(other.text):
            continue
        seen = other.frame
        if frame.turned(seen) < 0.9 or not 0.5 < seen.height / frame.height < 2:
            continue
        along, down = frame.place(seen)
        gap = along - (frame.width + seen.width) / 2
        left = along - seen.width / 2 + frame.width / 2
        if abs(down) < 0.7 * frame.height and -0.5 * frame.height < gap < 6 * frame.height:
            best.append((gap, at))
        elif 0.6 < _onward(frame, down) / frame.height < 3 and abs(left) < 4 * frame.height:
            best.append((6 * frame.height + abs(down) + abs(left), at))
    return pieces[min(best)[1]] if best else None


def _onward(frame: Frame, down: float) -> float:
    """How far the next piece lies: below a line, on either side of a column."""
    return abs(down) if abs(frame.along[1]) > 0.7 else down


def _read(group: Sequence[Piece], pyramid: Pyramid) -> Candidate | None:
    """The number that these pieces hold, read again from the picture."""
    views = [piece.views(pyramid) for piece in group]
    seen = sum(len(view[0].free) for view in views)
    candidate = spelt(views, [piece.quad for piece in group], seen)
    if candidate is None or (candidate.checked and container_number.is_valid(candidate.text)):
        return candidate
    return _looked_up(candidate, group, pyramid)


def _looked_up(candidate: Candidate, group: Sequence[Piece], pyramid: Pyramid) -> Candidate:
    """The candidate with its check digit read from its own place."""
    last = next((piece for piece in reversed(group) if len(piece.text) >= 6), group[-1])
    span = _tail(last, candidate, pyramid)
    digit = check_digit.find(pyramid, last.quad, span[1])
    if digit is None and not candidate.checked and span[0]:
        expected = iso6346.calc_check_digit(candidate.text)
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


def _tail(piece: Piece, candidate: Candidate, pyramid: Pyramid) -> tuple[float, float]:
    """Where in the line the last three figures of the serial stand, as shares of it."""
    if piece.seen:
        return 0.0, 1.0
    view = lattice.look(pyramid.cut(piece.quad, margin=MARGIN), 'small', ALPHABET)
    marks, total = view.marks, max(1, len(view.likely))
    at = view.free.find(candidate.text[4:10]) + 5
    if at < 5 or len(marks) < 6:
        return 0.0, 1.0
    pitch = (marks[at][1] - marks[at - 5][1]) / 5
    wide = 1 + 2 * MARGIN * piece.frame.height / piece.frame.width

    def share(step: float) -> float:
        return min(1.0, step / total * wide - (wide - 1) / 2)

    return share(marks[at - 2][1] - 0.35 * pitch), share(marks[at][1] + 0.75 * pitch)


def spelt(
    pieces: Sequence[Sequence[lattice.Lattice]], quads: Sequence[Quad], seen: int
) -> Candidate | None:
    """The number that these pieces make, with or without its check digit."""
    if not 10 <= seen <= 12:
        return None
    form = FORM[:10] if seen == 10 else FORM
    spelling = lattice.spell(lattice.joined(pieces), form)
    if len(spelling.text) != len(form) or spelling.fit < 0.5:
        return None
    if not re.fullmatch('[A-Z]{3}[UJZ][0-9]{6,7}', spelling.text):
        return None
    return Candidate(spelling, tuple(quads), seen != 10)


def _span(view: lattice.Lattice) -> tuple[float, float] | None:
    """Where in a line the number stands, if the line says more than that."""
    text, steps = view.free, [step for _, step in view.marks]
    found = WHOLE.search(text) or _CHECK_AND_SIZE.fullmatch(text)
    if found and len(found.groups()) == 1:
        return 0.0, (steps[0] + steps[1]) / 2 / max(1, len(view.likely))
    if not found or found.span() == (0, len(text)):
        return None
    total = len(view.likely)
    start, end = found.span()
    first = (steps[start - 1] + steps[start]) / 2 if start else 0.0
    last = (steps[end - 1] + steps[end]) / 2 if end < len(steps) else total
    return first / total, last / total


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


def _with_size(one: Reading, sizes: Sequence[tuple[str, Piece]]) -> Reading:
    """The number with the size and type code that stands nearest to it."""
    middle = np.mean(np.array(one.box, np.float64), axis=0)
    far = [(float(np.hypot(*(piece.frame.centre - middle))), text[-4:]) for text, piece in sizes]
    return replace(one, details={**one.details, 'size_type': min(far)[1]}) if far else one
