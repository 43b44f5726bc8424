"""Proper shipping names (正确运输名称) among the words on a package.

A name is recognised by its likeness to the known ones (codes/shipping_names.csv), so that a slip of
reading does not hide it; what is reported is the known name, and what was read if that differs. A
name that is not of batteries is looked for where its UN number was read on the same picture; it may
be an everyday word. Names that are not in the table are reported as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

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
    names = known(frozenset(numbers))
    spent: set[int] = set()
    # A line that begins a name takes those that go on with it before they pass for one alone.
    for index in sorted(range(len(lines)), key=lambda at: not _may_begin(_said(lines[at]), names)):
        if index in spent:
            continue
        used = _whole(lines, index, spent, names)
        found, alike = nearest(_text(lines, used), names)
        if found is not None:
            spent |= set(used)
            worth = PARTIAL if _is_part(found, names, numbers) else 1.0
            yield _reading(found, alike, [lines[at] for at in used], worth)


def _whole(
    lines: Sequence[Line], index: int, spent: set[int], names: tuple[Known, ...]
) -> list[int]:
    """The lines from this one on that make the longest name."""
    best, rows = [index], [index] if _may_begin(_said(lines[index]), names) else []
    while 0 < len(rows) < ROWS:
        ways = [[*rows, at] for at in _next(lines, rows[-1]) if at not in spent and at not in rows]
        longest = max(ways, key=lambda way: _length(lines, way, names), default=best)
        if _length(lines, longest, names) > _length(lines, best, names):
            best = rows = longest
        else:
            rows = next((way for way in ways if _begins(_text(lines, way), names)), [])
    return best


def _length(lines: Sequence[Line], used: Sequence[int], names: tuple[Known, ...]) -> int:
    found, _ = nearest(_text(lines, used), names)
    return len(found.tight) if found else 0


def _text(lines: Sequence[Line], used: Sequence[int]) -> str:
    said = (_said(lines[used[0]]), *(lines[at].text.upper() for at in used[1:]))
    return _REMARK.sub('', ' '.join(said))


def _said(line: Line) -> str:
    """The line without what stands before a name in it, and behind."""
    text = line.text.upper()
    while (head := _HEAD.match(text)) is not None:
        text = text[head.end() :]
    return _BEHIND.sub('', _REMARK.sub('', text))


def _begins(text: str, names: tuple[Known, ...]) -> bool:
    """Whether a name begins like this and goes on."""
    tight = _TIGHT.sub('', text)
    heads = {one.tight[: len(tight)] for one in names if len(one.tight) > len(tight)}
    return any(SequenceMatcher(None, tight, head, autojunk=False).ratio() > ALIKE for head in heads)


def _may_begin(said: str, names: tuple[Known, ...]) -> bool:
    head = _TIGHT.sub('', said)[:4]
    return any(one.tight.startswith(head) for one in names) and len(head) == 4


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


def _is_part(found: Known, names: tuple[Known, ...], numbers: Collection[str]) -> bool:
    """Whether a UN number was read, not of this name but of a longer one that holds it."""
    longer = (one for one in names if found.tight in one.tight and one.un_number in numbers)
    return found.un_number not in numbers and any(longer)


@lru_cache(maxsize=256)
def nearest(text: str, names: tuple[Known, ...]) -> tuple[Known | None, float]:
    """The name most like this text, if any is like it enough."""
    tight = _TIGHT.sub('', text.upper())
    if len(tight) < 2:
        return None, 0.0
    best, most = None, ALIKE
    for one in names:
        if not 0.75 < len(tight) / len(one.tight) < 1.34:
            continue
        start = SequenceMatcher(None, tight[:BEGINNING], one.tight[:BEGINNING], autojunk=False)
        if start.ratio() < ALIKE_THERE:
            continue
        match = SequenceMatcher(None, tight, one.tight, autojunk=False)
        if match.quick_ratio() > most and (ratio := match.ratio()) > most:
            best, most = one, ratio
    return best, most


def _reading(known: Known, alike: float, used: Sequence[Line], worth: float) -> Reading:
    said = _text(used, range(len(used)))
    return Reading(
        kind='proper_shipping_name',
        value=known.name,
        score=min(map(certainty, used)) * alike * worth,
        recogniser=NAME,
        box=corners(around([line.quad for line in used])),
        details={'un_number': known.un_number} | ({} if alike == 1 else {'repaired': said}),
    )
