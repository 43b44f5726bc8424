"""Leaders: the rows of dots between words and their value in a table, which are no print.

>>> parted('Packed on .……')
[(0, 9)]
>>> parted('Production date........2026.03.13')
[(0, 15), (23, 33)]
>>> parted('G.W. 30.4 KG')
[(0, 12)]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clearlane.recognisers.text.line import Line, Quad

_RUN = re.compile(r'[.…·。、‥\s]*(?:…|[.·。、‥]\s?[.·。、‥])[.…·。、‥\s]*')
_ONLY = re.compile(r'[.…·。、‥°•`\'"\s0Oo一eicsmn-]{3,}')
"""What a leader alone is read as."""

UNSURE, FLAT = 0.6, 0.5
"""Below this score, or lower than this part of the usual line, such a text is a leader."""

NARROW = 0.4
"""How wide a dot is beside a letter."""


def parted(text: str) -> list[tuple[int, int]]:
    """Where words stand in a text, between leaders."""
    ends = [0, *(end for run in _RUN.finditer(text) for end in run.span()), len(text)]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return [(start, end) for start, end in pairs if end > start]


def cleared(lines: Sequence[Line]) -> list[Line]:
    """The lines in the same order, without leaders: a line that is nothing else becomes empty."""
    usual = float(np.median([line.frame.height for line in lines])) if lines else 0.0
    return [_cleared(line, usual) for line in lines]


def _cleared(line: Line, usual: float) -> Line:
    low = line.frame.height < FLAT * usual
    if _ONLY.fullmatch(line.text) and (line.score < UNSURE or low):
        return replace(line, text='', other='', certainties=(), shapes=())
    other = ': '.join(line.other[slice(*part)] for part in parted(line.other))
    parts = parted(line.text)
    if parts == [(0, len(line.text))]:
        return replace(line, other=other) if other != line.other else line
    text = ': '.join(line.text[slice(*part)] for part in parts)
    if not text:
        return replace(line, text='', other='', certainties=(), shapes=())
    certainties, shapes = (tuple(_joined(each, parts)) for each in (line.certainties, line.shapes))
    quad = line.quad if len(parts) > 1 else _shortened(line, parts[0])
    return replace(
        line, text=text, other=other if other != text else '', quad=quad,
        certainties=certainties, shapes=shapes,
    )  # fmt: skip


def _joined(each: Sequence[float], parts: Sequence[tuple[int, int]]) -> list[float]:
    """What belongs to each character, with certainty for what joins the parts."""
    if not each:
        return []
    joined = list(each[slice(*parts[0])])
    for part in parts[1:]:
        joined += [1.0, 1.0, *each[slice(*part)]]
    return joined


def _shortened(line: Line, part: tuple[int, int]) -> Quad:
    """The place of one part of a line, by its characters."""
    widths = [NARROW if mark in '.…·。、‥ ' else 1.0 for mark in line.text]
    whole = sum(widths)
    start, end = sum(widths[: part[0]]) / whole, sum(widths[: part[1]]) / whole
    corners = np.asarray(line.quad, np.float64)
    top, foot = corners[1] - corners[0], corners[2] - corners[3]
    moved = (
        corners[0] + start * top, corners[0] + end * top,
        corners[3] + end * foot, corners[3] + start * foot,
    )  # fmt: skip
    return tuple((float(x), float(y)) for x, y in moved)
