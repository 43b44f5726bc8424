"""Lines of print that were read in the registered photograph and not, or otherwise, in the new one.

Print that is dense and small looks alike from afar whatever it says; the reader tells.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clearlane.recognisers.faces.alignment import Plane
from clearlane.recognisers.faces.kinds import LABELS, Placed
from clearlane.recognisers.text.line import holds

SURE, LEAST_LETTERS = 0.9, 4
"""The score and the letters of a line that is looked for."""
SLIP = (5.0, 25.0)
"""Pixels that a line slipped by: less is followed by the flow or is the reader's box, more is no
slip of a hand."""
READ = 0.6
"""The share of its letters from which a line was read again."""


@dataclass(frozen=True)
class Line:
    """A line that was not read again: `again` is the share of its letters that was, `other` of
    what was read there instead the share in its length, `legible` that of the other lines."""

    box: Plane
    again: float
    other: float
    legible: float
    letters: int


def lost(known: Sequence[Placed], seen: Sequence[Placed], varying: Sequence[Plane]) -> list[Line]:
    """The lines of the registered picture, but for what varies, that were not read again."""
    found = list(_lines(known, seen, varying))
    read = sum(one.again >= READ for one in found)
    return [
        Line(one.box, one.again, one.other, read / max(1, len(found) - 1), one.letters)
        for one in found if one.again < READ
    ]  # fmt: skip


def slipped(known: Sequence[Placed], seen: Sequence[Placed]) -> Iterator[Plane]:
    """Both places of lines that say the same a little elsewhere: their paper was stuck by hand."""
    lines = [(plain(r.value), box) for r, box in seen if r.kind not in LABELS]
    for r, box in known:
        text = plain(r.value)
        if r.kind in LABELS or len(text) < LEAST_LETTERS:
            continue
        for said, place in lines:
            off = float(np.linalg.norm(place.mean(axis=0) - box.mean(axis=0)))
            if said == text and SLIP[0] < off < SLIP[1]:
                yield from (box, place)


def _lines(
    known: Sequence[Placed], seen: Sequence[Placed], varying: Sequence[Plane]
) -> Iterator[Line]:
    lines = [(plain(r.value), box) for r, box in seen if r.kind == 'text']
    for r, box in known:
        text = plain(r.value)
        if r.kind != 'text' or r.score < SURE or len(text) < LEAST_LETTERS:
            continue
        if any(within(box, other) for other in varying):
            continue
        here = sorted((float(place[:, 0].min()), said) for said, place in lines
                      if within(place, box) or within(box, place))  # fmt: skip
        there = ''.join(said for _, said in here)
        blocks = difflib.SequenceMatcher(None, text, there, autojunk=False).get_matching_blocks()
        again = sum(block.size for block in blocks if block.size > 1) / len(text)
        yield Line(box, again, min(1.0, len(there) / len(text)), 0.0, len(text))


def plain(value: object) -> str:
    """A line without what readers add or drop; every figure is a 0."""
    return re.sub('[0-9O]', '0', re.sub(r'[\s.,:;，。：；/\-]', '', str(value).upper()))


def within(box: Plane, other: Plane) -> bool:
    """Whether the middle of an outline lies in another one."""
    return holds(other, box.mean(axis=0))
