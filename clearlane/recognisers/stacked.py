"""Chinese words that stand one character below the other, put together again.

Characters that stand close are found as one line and read as one. Those set further apart
are found one by one: a column of single characters of one size and pitch is one line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clearlane.recognisers.text.line import Line

FEW = 2
"""A piece of a column holds so many characters at most."""

PITCH = 1.9
"""The next character stands so many of its own heights below at most."""

ASIDE = 0.35
"""And so many of its widths beside at most."""

ALIKE = 0.65
"""The smaller of two neighbours is so large a share of the other at least."""


def joined(lines: Sequence[Line]) -> list[Line]:
    """The lines, each column of characters as one that runs downwards."""
    pieces = [line for line in lines if _is_piece(line)]
    pieces.sort(key=lambda line: float(line.frame.centre[1]))
    columns: list[list[Line]] = []
    for piece in pieces:
        home = next((one for one in columns if _goes_on(one[-1], piece)), None)
        if home is None:
            columns.append([piece])
        else:
            home.append(piece)
    whole = [column for column in columns if len(column) > 1]
    spent = {id(piece) for column in whole for piece in column}
    return [line for line in lines if id(line) not in spent] + [_one(column) for column in whole]


def is_chinese(text: str) -> bool:
    """Whether the text is of Chinese characters alone."""
    return bool(text) and all('\u4e00' <= letter <= '\u9fff' for letter in text)


def _is_piece(line: Line) -> bool:
    return (
        len(line.text) <= FEW
        and is_chinese(line.text)
        and (len(line.text) == 1 or abs(line.frame.along[1]) > 0.9)
    )


def _size(line: Line) -> float:
    return min(line.frame.width, line.frame.height)


def _goes_on(one: Line, other: Line) -> bool:
    """Whether the other stands right below, as large."""
    size = max(_size(one), _size(other))
    aside, down = other.frame.centre - one.frame.centre
    reach = size * (len(one.text) + len(other.text)) / 2
    return bool(
        1 in (len(one.text), len(other.text))  # two whole words are two lines
        and min(_size(one), _size(other)) > ALIKE * size
        and abs(aside) < ASIDE * size
        and 0.5 * size < down < PITCH * reach
    )


def _one(column: Sequence[Line]) -> Line:
    points = np.concatenate([np.asarray(line.quad) for line in column])
    (left, top), (right, foot) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Line(
        text=''.join(line.text for line in column),
        score=min(line.score for line in column),
        weakest=min(line.weakest for line in column),
        quad=((right, top), (right, foot), (left, foot), (left, top)),
    )
