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

import numpy as np
from stdnum import iso6346

from clearlane.codes import container_number
from clearlane.model import Reading
from clearlane.recognisers import lattice
from clearlane.recognisers.lattice import FIGURES, LETTERS, Spelling
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line, Quad, around, corners

NAME = 'container_number/1'

ALPHABET = LETTERS + FIGURES
FORM = (*[LETTERS] * 3, 'UJZ', *[FIGURES] * 7)

MENDED = 0.75
"""What is left of the score of a number that only the check digit settled."""

WRONG = 0.3
"""The highest score of a number whose check digit is wrong."""

UNCHECKED = 0.4
"""The highest score of a number whose check digit was not seen."""

RIVAL = 6.0
"""A mending must be so many times likelier than the next one."""

LEAST = 0.003
"""What is less likely than this is not considered."""

_LETTER = '[A-Z0124568]'
_FIGURE = '[0-9OQDILZSGBT]'
_FOURTH = '[UJZVOD0]'
WHOLE = re.compile(rf'({_LETTER}{{3}}{_FOURTH})({_FIGURE}{{6,7}})(?!{_FIGURE})')
_OWNER = re.compile(rf'{_LETTER}{{3}}[UJZVOD0]')
_SERIAL = re.compile(rf'{_FIGURE}{{6,7}}')
_CHECK = re.compile(_FIGURE)
SIZE_TYPE = re.compile('[1-4LM][0-9CDEFLMNP][GVBSRHUTPKNA][0-9A-HPS]')
"""Size and type after ISO 6346, as 22G1, 45R1, L5G1."""


@dataclass(frozen=True)
class Candidate:
    """A number as read from some pieces of text: its spelling, and where they lie."""

    spelling: Spelling
    quads: tuple[Quad, ...]
    checked: bool = True
    """Whether a check digit was seen."""


def tight(text: str) -> str:
    """Capitals and figures alone."""
    return re.sub('[^A-Z0-9]', '', text.upper())


def hinted(lines: Sequence[Line]) -> bool:
    """Whether any line may be part of a number."""
    return any(_hints(tight(line.text)) for line in lines)


def _hints(text: str) -> bool:
    return bool(WHOLE.search(text) or re.fullmatch('[A-Z]{3}[UJZ]', text))


def find(lines: Sequence[Line], pyramid: Pyramid) -> tuple[list[Reading], set[int]]:
    """The numbers among the lines, each once, and which lines they stand in."""
    found, spent = [], set[int]()
    for indexes in _groups(lines):
        candidate = _read([lines[index] for index in indexes], pyramid)
        if candidate is not None:
            found.append(reading(candidate))
            if found[-1].score > WRONG:
                spent |= set(indexes)
    sizes = [line for line in lines if SIZE_TYPE.fullmatch(tight(line.text))]
    readings = [_with_size(one, sizes) for one in once(found)]
    return readings, spent


def _groups(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Lines that may make a number together: one, owner and serial, or these and a check digit."""
    texts = [tight(line.text) for line in lines]
    for index, text in enumerate(texts):
        whole = WHOLE.search(text)
        if whole:
            check = _next_to(lines, index, texts, _CHECK) if len(whole[2]) == 6 else None
            yield [index] if check is None else [index, check]
        elif _OWNER.fullmatch(text):
            serial = _next_to(lines, index, texts, _SERIAL)
            if serial is None:
                continue
            six = len(texts[serial]) == 6
            check = _next_to(lines, serial, texts, _CHECK) if six else None
            yield [index, serial] if check is None else [index, serial, check]


def _next_to(
    lines: Sequence[Line], index: int, texts: Sequence[str], form: re.Pattern[str]
) -> int | None:
    """The nearest line of this form to the right of the line, or below it."""
    frame, best = lines[index].frame, []
    for other, line in enumerate(lines):
        if other == index or not form.fullmatch(texts[other]):
            continue
        seen = line.frame
        if frame.turned(seen) < 0.9 or not 0.5 < seen.height / frame.height < 2:
            continue
        along, down = frame.place(seen)
        gap = along - (frame.width + seen.width) / 2
        left = along - seen.width / 2 + frame.width / 2
        if abs(down) < 0.7 * frame.height and -0.5 * frame.height < gap < 6 * frame.height:
            best.append((gap, other))
        elif 0.6 < down / frame.height < 3 and abs(left) < 4 * frame.height:
            best.append((6 * frame.height + down + abs(left), other))
    return min(best)[1] if best else None


def _read(lines: Sequence[Line], pyramid: Pyramid) -> Candidate | None:
    """The number that these lines hold, read again from the picture."""
    pieces = []
    for line in lines:
        views = lattice.both(pyramid.cut(line.quad, margin=0.15), ALPHABET)
        whole = _span(views[0])
        pieces.append([view.part(*whole) for view in views] if whole else list(views))
    seen = sum(len(piece[0].free) for piece in pieces)
    quads = [line.quad for line in lines]
    if seen == 10:
        wider = _drawn_out(quads[-1])
        views = lattice.both(pyramid.cut(wider), ALPHABET)
        if len(views[0].free) == len(pieces[-1][0].free) + 1:
            pieces[-1], quads[-1], seen = list(views), wider, 11
    return spelt(pieces, quads, seen)


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
    found = WHOLE.search(text)
    if not found or found.span() == (0, len(text)):
        return None
    total = len(view.likely)
    start, end = found.span()
    first = (steps[start - 1] + steps[start]) / 2 if start else 0.0
    last = (steps[end - 1] + steps[end]) / 2 if end < len(steps) else total
    return first / total, last / total


def _drawn_out(quad: Quad) -> Quad:
    """The place with what stands to its right, where a check digit may be."""
    points = np.asarray(quad, np.float64)
    high = float(np.hypot(*(points[3] - points[0])))
    wide = max(1.0, float(np.hypot(*(points[1] - points[0]))))
    points[1] += (points[1] - points[0]) / wide * 2.0 * high
    points[2] += (points[2] - points[3]) / wide * 2.0 * high
    return tuple((float(x), float(y)) for x, y in points)


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
    else:
        mended = _mended(spelling)
        value = mended or text
        score = score * MENDED if mended else min(score, WRONG)
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
    """Each number once, by its best reading; what is wrong only where nothing right lies near."""
    best: dict[str, Reading] = {}
    times: dict[str, int] = {}
    for one in sorted(readings, key=lambda one: -one.score):
        times[one.value] = times.get(one.value, 0) + 1
        best.setdefault(one.value, one)
    kept = [
        one
        for one in best.values()
        if one.score > WRONG
        or not any(_near(one.value, other) for other in best if other != one.value)
    ]  # fmt: skip
    return [
        replace(one, details={**one.details, 'seen': times[one.value]})
        if times[one.value] > 1
        else one
        for one in kept
    ]


def _near(one: str, other: str) -> bool:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other)) <= 3


def _with_size(one: Reading, sizes: Sequence[Line]) -> Reading:
    """The number with the size and type code that stands nearest to it."""
    middle = np.mean(np.array(one.box, np.float64), axis=0)
    far = [(float(np.hypot(*(line.frame.centre - middle))), tight(line.text)) for line in sizes]
    return replace(one, details={**one.details, 'size_type': min(far)[1]}) if far else one
