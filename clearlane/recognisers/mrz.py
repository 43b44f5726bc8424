"""The machine-readable zone (机读区) of a passport, card or visa, wherever it lies in a picture.

Lines of text that look like part of a zone give its place and direction; each of
its lines is then cut out at full width and read with only the characters that may
stand at each place. Check digits settle what looks alike, and nothing else does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearlane.codes import Invalid, mrz
from clearlane.model import Reading, plain
from clearlane.recognisers import lattice
from clearlane.recognisers.mrz_form import FORMS, NAMED, Zone, is_ambiguous, mended, stated
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Frame, Line, Quad, corners, holds

NAME = 'mrz/1'

PITCH = 1.667
"""From line to line in widths of a character (ICAO Doc 9303-3: 6 lines and 10 figures an inch)."""

CERTAIN = 0.985
"""The highest score: the name has no check digit of its own."""

MENDED = 0.8
"""What is left of the score for each field that a check digit settled."""

AMBIGUOUS = 0.7
"""What is left of the score where another reading that was seen passes all digits too."""

SHORTEST = 24
"""So many characters at least must be seen before a zone is looked for around them."""

FITS = 0.8
"""A zone whose every line fits its form so well lies where it was looked for, the right way up."""

UNCHECKED = 0.4
"""The highest score of a zone with a check digit that is wrong."""

Image = NDArray[np.uint8]

_FILLERS = '<' + lattice.FILLERS
_SEEN = re.compile(f'[A-Z0-9{_FILLERS}]')
_BODY = re.compile(r'[0-9OQDISBZ]{7}[MFX<][0-9OQDISBZ<]{6}')
_FLIPPED = re.compile(r'[>›»]{3}')


@dataclass(frozen=True)
class Row:
    """A line of the zone: where it lies."""

    quad: Quad

    @property
    def frame(self) -> Frame:
        """Its place and direction."""
        return Frame.of(self.quad)


def find(lines: Sequence[Line], image: Image) -> tuple[list[Reading], set[int]]:
    """The zones among the lines of a picture, and which of the lines belong to them."""
    readings, spent = [], set[int]()
    pyramid = Pyramid(image)
    for members in zones(lines):
        if spent >= set(members):
            continue
        zone, quads = read(pyramid, [lines[index] for index in members])
        if zone is not None:
            readings.append(reading(zone, quads, seen=_rows_of(lines, members)))
            spent |= set(members) | _covered(lines, _around(quads))
    return readings, spent


def _rows_of(lines: Sequence[Line], members: Sequence[int]) -> int:
    return len(_rows([lines[index] for index in members]))


def _covered(lines: Sequence[Line], quad: Quad) -> set[int]:
    """The lines whose middle lies in the zone."""
    return {index for index, line in enumerate(lines) if holds(quad, line.frame.centre)}


def hinted(lines: Sequence[Line]) -> bool:
    """Whether any line looks like part of a zone."""
    return any(looks_like(line.text) for line in lines)


def looks_like(text: str) -> bool:
    """Whether a line is part of a zone by its looks: fillers, or the dates with their digits."""
    tight = text.upper().replace(' ', '')
    if len(_SEEN.findall(tight)) < 0.8 * len(tight):
        return bool(_FLIPPED.search(tight)) and len(tight) >= 12
    fillers = sum(map(tight.count, _FILLERS)) + tight.count('«')  # which is two of them
    return (len(tight) >= 12 and fillers >= 2) or (
        len(tight) >= 25 and bool(_BODY.search(tight)) and ' ' not in text.strip()
    )


def zones(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Groups of lines that lie below each other and look like a zone."""
    left = [index for index, line in enumerate(lines) if looks_like(line.text)]
    left.sort(key=lambda index: -lines[index].frame.width)
    while left:
        first = lines[left[0]].frame
        reach = PITCH * first.width / 30
        near = [index for index in left if _beside(first, lines[index].frame, 2.6 * reach)]
        # A scrap alone, as of a row of arrows in the background, is no zone.
        if sum(len(lines[index].text) for index in near) >= SHORTEST:
            yield near
        left = [index for index in left if index not in near]


def _beside(first: Frame, other: Frame, reach: float) -> bool:
    along, down = first.place(other)
    return abs(down) < reach and abs(along) < first.width and abs(first.turned(other)) > 0.97


def read(pyramid: Pyramid, lines: Sequence[Line]) -> tuple[Zone | None, list[Quad]]:
    """The zone that these lines are part of, as well as it can be read, and where its lines lie."""
    best: tuple[float, Zone, list[Quad]] | None = None
    for rows in _layouts(lines):
        seen = [lattice.both(pyramid.cut(quad, margin=0.35)) for quad in rows]
        for name, forms in _likeliest(seen):
            spellings = tuple(map(_spelt, seen, forms))
            if any(len(one.text) != len(form) for one, form in zip(spellings, forms, strict=True)):
                continue
            zone = stated(mended(Zone(name, spellings, ''.join(one.text for one in spellings))))
            worth = _worth(zone)
            if best is None or worth > best[0]:
                best = (worth, zone, rows)
            if all(zone.checks.values()) and zone.fit > FITS:
                break
        if best is not None and best[1].fit > FITS and sum(best[1].checks.values()) >= 2:
            break
    return (best[1], best[2]) if best and _is_one(best[1], len(_rows(lines))) else (None, [])


def _likeliest(seen: Sequence[tuple[lattice.Lattice, ...]]) -> list[tuple[str, Any]]:
    """The forms of so many lines, those first whose lines are as long as what is seen."""
    length = float(np.median([len(one[0].free) for one in seen]))
    forms = [(name, form) for name, form in FORMS.items() if len(form) == len(seen)]
    return sorted(forms, key=lambda pair: abs(len(pair[1][0]) - length))


def _is_one(zone: Zone, rows: int) -> bool:
    """Whether this is a zone at all, if only in part right; of a single line more is asked."""
    right = sum(zone.checks.values())
    return zone.fit > 0.3 and (right >= 3 or (rows > 1 and (right == 2 or zone.fit > FITS)))


def _spelt(seen: Sequence[lattice.Lattice], form: Sequence[str]) -> lattice.Spelling:
    """A line in its form; where a State's code is no letters, it stands as it is printed."""
    spelling = lattice.spell(seen, form)
    loose = None
    text = spelling.text
    for found in re.finditer('L{3}', ''.join('L' if kind == NAMED else '.' for kind in form)):
        place = slice(*found.span())
        if not set(text[place]) <= set(NAMED) and len(form) - found.end() > 3:
            loose = loose or lattice.spell(seen, [lattice.PLAIN] * len(form))
            text = text[: place.start] + loose.text[place] + text[place.stop :]
    return replace(spelling, text=text)


def _worth(zone: Zone) -> float:
    """Share of check digits that are right, and how well the form suits what is seen."""
    checks = zone.checks
    right = sum(checks.values()) / max(1, len(checks))
    return right + zone.fit


def _layouts(lines: Sequence[Line]) -> Iterator[list[Quad]]:
    """Where the lines of the zone may lie, the likeliest first; both ways up where unsure."""
    rows = _rows(lines)
    text = ''.join(line.text for line in lines)
    flipped = sum(map(text.count, '>›»')) > sum(map(text.count, _FILLERS))
    for turned in (flipped, not flipped):
        way = rows[::-1] if turned else rows
        quads = [(*quad[2:], *quad[:2]) if turned else quad for quad in way]
        if len(quads) >= 3:
            yield quads[:3]
            yield quads[-3:] if len(quads) > 3 else quads[-2:]
            yield quads[:2]
        elif len(quads) == 2:
            yield quads
            yield [_shifted(quads[0], -1, quads), *quads]
            yield [*quads, _shifted(quads[1], 1, quads)]
        elif quads:
            for count in (44, 36):
                yield [_shifted(quads[0], -1, [], count), quads[0]]
                yield [quads[0], _shifted(quads[0], 1, [], count)]


def _shifted(quad: Quad, step: int, quads: Sequence[Quad], count: int = 44) -> Quad:
    """The place of the next line, by the distance of the two known ones or by the print's pitch."""
    frame = Frame.of(quad)
    if len(quads) == 2:
        move = Frame.of(quads[1]).centre - Frame.of(quads[0]).centre
        move = frame.down * float(move @ frame.down)
    else:
        move = frame.down * (PITCH * frame.width / count)
    points = np.asarray(quad) + step * move
    return tuple((float(x), float(y)) for x, y in points)


def _rows(lines: Sequence[Line]) -> list[Quad]:
    """The lines of the zone at its full width, from top to bottom; scraps of one line joined."""
    first = max((line.frame for line in lines), key=lambda frame: frame.width)
    height = float(np.median([line.frame.height for line in lines]))
    placed = sorted(
        ((first.place(line.frame)[1], line) for line in lines), key=lambda pair: pair[0]
    )
    grouped: list[list[Line]] = []
    last = -math.inf
    for down, line in placed:
        if grouped and down - last < 0.6 * height:
            grouped[-1].append(line)
        else:
            grouped.append([line])
        last = down
    spans = [_span(first, group) for group in grouped]
    left, right = min(span[0] for span in spans), max(span[1] for span in spans)
    return [_stretched(span, left, right, first) for span in spans]


def _span(first: Frame, group: Sequence[Line]) -> tuple[float, float, NDArray[np.float64]]:
    """From where to where a row of scraps reaches, and its corners in the direction of `first`."""
    turn = np.stack([first.along, first.down], axis=1)
    points = [
        (np.asarray(_ahead(line.quad, first), np.float64) - first.centre) @ turn for line in group
    ]
    ends = [min(points, key=lambda p: p[0, 0]), max(points, key=lambda p: p[1, 0])]
    box = np.array([ends[0][0], ends[1][1], ends[1][2], ends[0][3]])
    return float(box[[0, 3], 0].mean()), float(box[[1, 2], 0].mean()), box


def _ahead(quad: Quad, first: Frame) -> Quad:
    """The corners counted from the same end as those of `first`."""
    return quad if Frame.of(quad).turned(first) > 0 else (*quad[2:], *quad[:2])


def _stretched(
    span: tuple[float, float, NDArray[np.float64]], left: float, right: float, first: Frame
) -> Quad:
    """The corners of a row drawn out along its own edges to the width of the zone."""
    start, end, box = span
    wide = max(end - start, 1.0)
    if start - left > 0.02 * (right - left) or right - end > 0.02 * (right - left):
        top, bottom = (box[1] - box[0]) / wide, (box[2] - box[3]) / wide
        box = np.array(
            [
                box[0] - top * (start - left), box[1] + top * (right - end),
                box[2] + bottom * (right - end), box[3] - bottom * (start - left),
            ]
        )  # fmt: skip
    turn = np.stack([first.along, first.down])
    return tuple((float(x), float(y)) for x, y in box @ turn + first.centre)


def reading(zone: Zone, quads: Sequence[Quad], *, seen: int | None = None) -> Reading:
    """The reading that a zone makes: what it says, which digits are right, what was mended.

    `guessed` are lines of which only the place is known, of `seen` that were found.
    """
    details: dict[str, Any] = {'format': zone.format, 'checks': zone.checks}
    if seen is not None and seen < len(quads):
        details['guessed'] = len(quads) - seen
    score = min(1.0, sum(one.score for one in zone.spellings) / len(zone.spellings))
    worst = min(one.score for one in zone.spellings)
    try:
        said = mrz.parts(zone.value)
        details |= {k: v for k, v in plain(said).items() if k != 'format'}
        score = CERTAIN * (0.6 + 0.4 * worst) * MENDED ** len(zone.repaired)
        if is_ambiguous(zone):
            details['ambiguous'] = True
            score *= AMBIGUOUS
    except Invalid as error:
        details['error'] = f'{error.code}: {error.message}'
        score = min(UNCHECKED, score)
    if zone.repaired:
        details['repaired'] = list(zone.repaired)
    return Reading(
        kind='mrz',
        value=zone.value,
        score=score,
        recogniser=NAME,
        box=corners(_around(quads)),
        details=details,
    )


def _around(quads: Sequence[Quad]) -> Quad:
    """The zone's corners: the upper ones of the first line, the lower ones of the last."""
    return (quads[0][0], quads[0][1], quads[-1][2], quads[-1][3])
