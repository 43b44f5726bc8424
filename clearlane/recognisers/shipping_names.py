"""Proper shipping names (正确运输名称) of batteries among the words on a package.

A name is recognised by its likeness to the known ones, so that a slip of reading does
not hide it; what is reported is the known name, and what was read if that differs.

Source: UN Model Regulations, Dangerous Goods List 3.2, batteries and what holds them;
the Chinese names after the Chinese text of the same. Names of other goods are reported
as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from clearlane.model import Reading
from clearlane.recognisers.text.line import Line, around, certainty, corners

NAME = 'shipping_name/1'

ALIKE = 0.86
"""So alike must a text be to a name, both without spaces."""

PARTIAL = 0.5
"""What is left of the score of a name that begins the name which the UN number beside it asks for:
the rest of it was most likely not seen."""

NAMES: dict[str, tuple[str, ...]] = {
    'UN3480': ('LITHIUM ION BATTERIES', '锂离子电池组', '锂离子电池'),
    'UN3481': (
        'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT',
        'LITHIUM ION BATTERIES PACKED WITH EQUIPMENT',
        '装在设备中的锂离子电池组', '同设备包装在一起的锂离子电池组',
        '与设备包装在一起的锂离子电池组',
    ),
    'UN3090': ('LITHIUM METAL BATTERIES', '锂金属电池组', '锂金属电池'),
    'UN3091': (
        'LITHIUM METAL BATTERIES CONTAINED IN EQUIPMENT',
        'LITHIUM METAL BATTERIES PACKED WITH EQUIPMENT',
        '装在设备中的锂金属电池组', '同设备包装在一起的锂金属电池组',
        '与设备包装在一起的锂金属电池组',
    ),
    'UN3536': (
        'LITHIUM BATTERIES INSTALLED IN CARGO TRANSPORT UNIT', '装在货物运输装置中的锂电池组',
    ),
    'UN3551': (
        'SODIUM ION BATTERIES', 'SODIUM ION BATTERIES WITH ORGANIC ELECTROLYTE', '钠离子电池组',
        '钠离子电池组,含有机电解质',
    ),
    'UN3552': (
        'SODIUM ION BATTERIES CONTAINED IN EQUIPMENT', 'SODIUM ION BATTERIES PACKED WITH EQUIPMENT',
        '装在设备中的钠离子电池组', '同设备包装在一起的钠离子电池组',
    ),
    'UN3171': (
        'BATTERY-POWERED VEHICLE', 'BATTERY-POWERED EQUIPMENT', '电池驱动的车辆',
        '电池驱动的设备',
    ),
    'UN3556': ('VEHICLE, LITHIUM ION BATTERY POWERED', '锂离子电池驱动的车辆'),
    'UN2794': ('BATTERIES, WET, FILLED WITH ACID', '蓄电池,湿的,装有酸液'),
    'UN2795': ('BATTERIES, WET, FILLED WITH ALKALI', '蓄电池,湿的,装有碱液'),
    'UN2800': ('BATTERIES, WET, NON-SPILLABLE', '蓄电池,湿的,不溢出'),
}  # fmt: skip

_HEAD = re.compile(
    r'\W*(?:UN\W?[\dOQIL]{4}(?![A-Z0-9])|(?:PROPER\s?)?SHIPPING\s?NAME|PSN(?![A-Z])|品名'
    r'|(?:正确|正式)?运输名称|货物名称)[\W]*'
)
"""What stands before a name in its line."""

_BEHIND = re.compile(r'[\s,;(/]+(?:CLASS\b|DIV(?:ISION)?\b|PG\b|\d(?:\.\d|[A-Z])?(?![A-Z0-9])).*')
"""What stands behind it: class and packing group."""

BEGINNING, ALIKE_THERE = 8, 0.6
"""So many letters of the beginning must be so alike: the rest alone goes with several names."""

ROWS = 4
"""A name stands in so many lines at most."""

_TIGHT = re.compile(r'[\s,，.\-()（）]')


@dataclass(frozen=True)
class Known:
    """A name, the UN numbers that it goes with, and its form without spaces."""

    name: str
    un_number: str
    tight: str


_KNOWN = [
    Known(name, number, _TIGHT.sub('', name)) for number, names in NAMES.items() for name in names
]


def find(lines: Sequence[Line], numbers: Collection[str] = ()) -> Iterator[Reading]:
    """The names among the lines, which remain text as well, as they say more.

    A name may go on in the line to its right or below. `numbers` are the UN numbers that were
    read on the same picture.
    """
    spent: set[int] = set()
    # A line that begins a name takes those that go on with it before they pass for one alone.
    for index in sorted(range(len(lines)), key=lambda at: not _may_begin(_said(lines[at]))):
        if index in spent:
            continue
        used = _whole(lines, index, spent)
        known, alike = nearest(_text(lines, used))
        if known is not None:
            spent |= set(used)
            worth = PARTIAL if _is_part(known, numbers) else 1.0
            yield _reading(known, alike, [lines[at] for at in used], worth)


def _whole(lines: Sequence[Line], index: int, spent: set[int]) -> list[int]:
    """The lines from this one on that make the longest name."""
    best, rows = [index], [index] if _may_begin(_said(lines[index])) else []
    while 0 < len(rows) < ROWS:
        ways = [[*rows, at] for at in _next(lines, rows[-1]) if at not in spent and at not in rows]
        longest = max(ways, key=lambda way: _length(lines, way), default=best)
        if _length(lines, longest) > _length(lines, best):
            best = rows = longest
        else:
            rows = next((way for way in ways if _begins(_text(lines, way))), [])
    return best


def _length(lines: Sequence[Line], used: Sequence[int]) -> int:
    known, _ = nearest(_text(lines, used))
    return len(known.tight) if known else 0


def _text(lines: Sequence[Line], used: Sequence[int]) -> str:
    return ' '.join((_said(lines[used[0]]), *(lines[at].text.upper() for at in used[1:])))


def _said(line: Line) -> str:
    """The line without what stands before a name in it."""
    text = line.text.upper()
    while (head := _HEAD.match(text)) is not None:
        text = text[head.end() :]
    return _BEHIND.sub('', text)


def _begins(text: str) -> bool:
    """Whether a name begins like this and goes on."""
    tight = _TIGHT.sub('', text)
    heads = {known.tight[: len(tight)] for known in _KNOWN if len(known.tight) > len(tight)}
    return any(SequenceMatcher(None, tight, head, autojunk=False).ratio() > ALIKE for head in heads)


def _may_begin(said: str) -> bool:
    head = _TIGHT.sub('', said)[:4]
    return any(known.tight.startswith(head) for known in _KNOWN) and len(head) == 4


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


def _is_part(known: Known, numbers: Collection[str]) -> bool:
    """Whether a UN number was read, not of this name but of a longer one that holds it."""
    longer = (one for one in _KNOWN if known.tight in one.tight and one.un_number in numbers)
    return known.un_number not in numbers and any(longer)


@lru_cache(maxsize=256)
def nearest(text: str) -> tuple[Known | None, float]:
    """The name most like this text, if any is like it enough."""
    tight = _TIGHT.sub('', text.upper())
    if len(tight) < 4:
        return None, 0.0
    best, most = None, ALIKE
    for known in _KNOWN:
        if not 0.75 < len(tight) / len(known.tight) < 1.34:
            continue
        start = SequenceMatcher(None, tight[:BEGINNING], known.tight[:BEGINNING], autojunk=False)
        if start.ratio() < ALIKE_THERE:
            continue
        match = SequenceMatcher(None, tight, known.tight, autojunk=False)
        if match.quick_ratio() > most and (ratio := match.ratio()) > most:
            best, most = known, ratio
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
