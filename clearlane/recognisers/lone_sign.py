"""The sign of a State that stands alone in a row of a UN mark, where the detector saw nothing.

A single letter is too little print for it. But a mark that ends with its year, and words like those
of a maker two rows further down, leave a row between them empty: it is cut out and read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from clearlane.codes.tables import column
from clearlane.recognisers import mark_grammar, mark_rows
from clearlane.recognisers.text import recognition
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line, Quad

YEAR_LAST = re.compile(r'[/ ]\d\d/?$')
"""A mark up to its year."""

MAKER = re.compile(r'[A-Z0-9+][A-Za-z0-9+.-]*(?: ?[A-Z0-9-]+)?/?$')
"""What the row of a maker may say."""

APART = (0.6, 1.9)
"""The empty row is so many heights of the mark high."""

FLUSH = 1.0
"""The maker begins no more heights beside the mark, or its middle lies no further beside it."""

LIKELY = 0.6
"""The sign must be read with this score."""

ROOM = 0.12
"""So many heights of a row are cut out more, above and below it and at either end."""


def found(lines: Sequence[Line], pyramid: Pyramid) -> list[Line]:
    """The signs that stand between two of these lines and are none of them."""
    return [sign for head, maker in _pairs(lines) if (sign := _between(head, maker, pyramid))]


def _pairs(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    for head in lines:
        text = mark_grammar.tidy(head.text)
        if not YEAR_LAST.search(text) or not mark_rows.begins(text, level=True):
            continue
        for maker in lines:
            said = mark_grammar.tidy(maker.text)
            if not MAKER.match(said) or mark_rows.NO_ROW.search(said):
                continue
            one, other = head.frame, maker.frame
            along, down = one.place(other)
            high = (one.height + other.height) / 2
            start = along + (one.width - other.width) / 2
            if (
                one.turned(other) > 0.97
                and 0.6 < other.height / one.height < 1.6
                and APART[0] < down / high - 1 < APART[1]
                and min(abs(start), abs(along)) < FLUSH * high
            ):
                yield head, maker


def _between(head: Line, maker: Line, pyramid: Pyramid) -> Line | None:
    """The sign in the row between the two, of which all is cut out: a part of a word may be one."""
    frame, other = head.frame, maker.frame
    along, down = frame.place(other)
    high = min(frame.height, other.height)
    left = min(-frame.width, 2 * along - other.width) / 2 - ROOM * high
    right = max(frame.width, 2 * along + other.width) / 2 + ROOM * high
    half = high * (0.5 + ROOM)
    corners = ((left, -half), (right, -half), (right, half), (left, half))
    points = [frame.centre + x * frame.along + (down / 2 + y) * frame.down for x, y in corners]
    quad: Quad = tuple((float(x), float(y)) for x, y in points)
    words = recognition.read(pyramid.cut(quad), 'small')
    sign = re.fullmatch(r'([A-Z]{1,3})\W?', words.text)
    known = column('vehicle_signs', 'sign', 'state')
    if sign is None or words.score <= LIKELY or sign[1] not in known:
        return None
    return Line(text=sign[1], score=words.score, quad=quad, weakest=words.weakest)
