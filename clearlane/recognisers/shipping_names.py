"""Proper shipping names (正确运输名称) of batteries among the words on a package.

A name is recognised by its likeness to the known ones, so that a slip of reading does
not hide it; what is reported is the known name, and what was read if that differs.

Source: UN Model Regulations, Dangerous Goods List 3.2, batteries and what holds them;
the Chinese names after the Chinese text of the same. Names of other goods are reported
as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from clearlane.model import Reading
from clearlane.recognisers.text.line import Line, certainty, corners

NAME = 'shipping_name/1'

ALIKE = 0.86
"""So alike must a text be to a name, both without spaces."""

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


def find(lines: Sequence[Line]) -> Iterator[Reading]:
    """The names among the lines; the lines remain text as well, as they say more."""
    for line in lines:
        said = re.sub(r'^\W*UN\W?[\dOQIL]{4}\W*', '', line.text.upper())
        known, alike = nearest(said)
        if known is not None:
            yield _reading(known, alike, said, line)


def nearest(text: str) -> tuple[Known | None, float]:
    """The name most like this text, if any is like it enough."""
    tight = _TIGHT.sub('', text.upper())
    if len(tight) < 4:
        return None, 0.0
    best, most = None, ALIKE
    for known in _KNOWN:
        if not 0.75 < len(tight) / len(known.tight) < 1.34:
            continue
        match = SequenceMatcher(None, tight, known.tight, autojunk=False)
        if match.quick_ratio() > most and (ratio := match.ratio()) > most:
            best, most = known, ratio
    return best, most


def _reading(known: Known, alike: float, said: str, line: Line) -> Reading:
    return Reading(
        kind='proper_shipping_name',
        value=known.name,
        score=certainty(line) * alike,
        recogniser=NAME,
        box=corners(line.quad),
        details={'un_number': known.un_number} | ({} if alike == 1 else {'repaired': said}),
    )
