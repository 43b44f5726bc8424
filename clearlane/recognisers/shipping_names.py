"""Proper shipping names (正确运输名称) among the words on a package.

A name is recognised by its likeness to the known ones (codes/shipping_names.csv), so that a slip of
reading does not hide it; what is reported is the known name, and what was read if that differs. A
name that is not of batteries is looked for where its UN number was read on the same picture; it may
be an everyday word. Names that are not in the table are reported as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz import fuzz

from clearlane.codes import tables
from clearlane.model import Reading
from clearlane.recognisers.text.line import Line, around, certainty, corners

NAME = 'shipping_name/1'

ALIKE = 0.86
"""So alike must a text be to a name, both without spaces."""

PARTIAL = 0.5
"""What is left of the score of a name that begins the name which the UN number beside it asks for:
the rest of it was most likely not seen."""

_HEAD = re.compile(
    r'\W*(?:UN\W?[\dOQIL]{4}(?![A-Z0-9])|(?:PROPER\s?)?SHIPPING\s?NAME|PSN(?![A-Z])|品名'
    r'|(?:正确|正式)?运输名称|货物名称)[\W]*'
)
"""What stands before a name in its line."""

_BEHIND = re.compile(r'[\s,;(/]+(?:CLASS\b|DIV(?:ISION)?\b|PG\b|\d(?:\.\d|[A-Z])?(?![A-Z0-9])).*')
"""What stands behind it: class and packing group."""

_REMARK = re.compile(r'(?<=\S)\s*[(（\[].*')
"""What stands in brackets behind a name, as what it includes: no part of it (3.1.2.1)."""

BEGINNING, ALIKE_THERE = 8, 0.6
"""So many letters of the beginning must be so alike: the rest alone goes with several names."""

ROWS = 4
"""A name stands in so many lines at most."""

_TIGHT = re.compile(r'[\s,，.\-()（）]')


@dataclass(frozen=True)
class Known:
    """A name, the UN number that it goes with, and its form without spaces."""

    name: str
    un_number: str
    tight: str


@lru_cache(maxsize=64)
def known(numbers: frozenset[str]) -> tuple[Known, ...]:
    """The names of batteries, and those of these UN numbers."""
    return tuple(
        Known(row['name'], row['number'], _TIGHT.sub('', row['name']))
        for row in tables.rows('shipping_names')
        if row['battery'] == 'yes' or row['number'] in numbers
    )


def find(lines: Sequence[Line], numbers: Collection[str] = ()) -> Iterator[Reading]:
    """The names among the lines, which remain text as well, as they say more.

    A name may go on in the line to its right or below. `numbers` are the UN numbers that were
    read on the same picture.
    """
    return _Page(lines, frozenset(numbers)).found()


@dataclass
class _Page:
    """The lines of one picture, among which names are looked for."""

    lines: Sequence[Line]
    numbers: frozenset[str]
    spent: set[int] = field(default_factory=set)
    """The lines of a name that was found."""

    @cached_property
    def names(self) -> tuple[Known, ...]:
        """The names that may stand on it."""
        return known(self.numbers)

    def found(self) -> Iterator[Reading]:
        # A line that begins a name takes those that go on with it before they pass for one alone.
        begins = [self._may_begin(_said(line)) for line in self.lines]
        for index in sorted(range(len(self.lines)), key=lambda at: not begins[at]):
            if index in self.spent:
                continue
            used = self._longest(index) if begins[index] else [index]
            name, alike = nearest(self._text(used), self.names)
            if name is not None:
                self.spent |= set(used)
                worth = PARTIAL if self._is_part(name) else 1.0
                yield _reading(name, alike, [self.lines[at] for at in used], worth)

    def _longest(self, index: int) -> list[int]:
        """The lines from this one on that make the longest name."""
        best = rows = [index]
        while 0 < len(rows) < ROWS:
            ahead = (at for at in _next(self.lines, rows[-1]) if at not in self.spent)
            ways = [[*rows, at] for at in ahead if at not in rows]
            longest = max(ways, key=self._length, default=best)
            if self._length(longest) > self._length(best):
                best = rows = longest
            else:
                rows = next((way for way in ways if self._goes_on(self._text(way))), [])
        return best

    def _length(self, used: Sequence[int]) -> int:
        name, _ = nearest(self._text(used), self.names)
        return len(name.tight) if name else 0

    def _text(self, used: Sequence[int]) -> str:
        return _text([self.lines[at] for at in used])

    def _may_begin(self, said: str) -> bool:
        head = _TIGHT.sub('', said)[:4]
        return len(head) == 4 and any(one.tight.startswith(head) for one in self.names)

    def _goes_on(self, text: str) -> bool:
        """Whether a name begins like this and goes on."""
        tight = _TIGHT.sub('', text)
        heads = {one.tight[: len(tight)] for one in self.names if len(one.tight) > len(tight)}
        return any(fuzz.ratio(tight, head) > 100 * ALIKE for head in heads)

    def _is_part(self, name: Known) -> bool:
        """Whether a UN number was read, not of this name but of a longer one that holds it."""
        longer = (
            one for one in self.names
            if name.tight in one.tight and one.un_number in self.numbers
        )  # fmt: skip
        return name.un_number not in self.numbers and any(longer)


def _text(lines: Sequence[Line]) -> str:
    """What the lines of a name say together."""
    said = (_said(lines[0]), *(line.text.upper() for line in lines[1:]))
    return _REMARK.sub('', ' '.join(said))


def _said(line: Line) -> str:
    """The line without what stands before a name in it, and behind."""
    text = line.text.upper()
    while (head := _HEAD.match(text)) is not None:
        text = text[head.end() :]
    return _BEHIND.sub('', _REMARK.sub('', text))


def _next(lines: Sequence[Line], index: int) -> Iterator[int]:
    """The lines in which this one may go on: right behind it, or right below."""
    frame = lines[index].frame
    for at, line in enumerate(lines):
        other = line.frame
        if at == index or frame.turned(other) < 0.9 or not 0.6 < other.height / frame.height < 1.6:
            continue
        along, down = frame.place(other)
        gap = (abs(along) - (frame.width + other.width) / 2) / frame.height
        behind = along > 0 and abs(down) < 0.5 * frame.height and gap < 1.5
        below = 0.6 < down / frame.height < 2.2 and gap < -1
        if behind or below:
            yield at


@lru_cache(maxsize=256)
def nearest(text: str, names: tuple[Known, ...]) -> tuple[Known | None, float]:
    """The name most like this text, if any is like it enough."""
    tight = _TIGHT.sub('', text.upper())
    if len(tight) < 2:
        return None, 0.0
    best, most = None, 100 * ALIKE
    for one in names:
        start = fuzz.ratio(tight[:BEGINNING], one.tight[:BEGINNING])
        if start >= 100 * ALIKE_THERE and (ratio := fuzz.ratio(tight, one.tight)) > most:
            best, most = one, ratio
    return best, most / 100


def _reading(known: Known, alike: float, used: Sequence[Line], worth: float) -> Reading:
    return Reading(
        kind='proper_shipping_name',
        value=known.name,
        score=min(map(certainty, used)) * alike * worth,
        recogniser=NAME,
        box=corners(around([line.quad for line in used])),
        details={'un_number': known.un_number} | ({} if alike == 1 else {'repaired': _text(used)}),
    )
