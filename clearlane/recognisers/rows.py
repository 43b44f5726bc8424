"""Lines of text put back into the rows of a page, so that words meet the value to their right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text.line import Frame, Line, Quad

SHORT = 7
"""A line that is not so many times as wide as high is short."""

FEW = 4
"""Fewer lines that are not short tell nothing of the slope of rows."""


@dataclass(frozen=True)
class Row:
    """Lines that stand beside each other, from left to right."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The row as one text, two spaces between what stands apart."""
        return '  '.join(line.text for line in self.lines)

    def at(self, place: int) -> Line:
        """The line that holds this place of the text."""
        for line in self.lines:
            if place < len(line.text) + 2:
                return line
            place -= len(line.text) + 2
        return self.lines[-1]


def rows(lines: Sequence[Line]) -> list[Row]:
    """The rows of a page from top to bottom; the page may be turned or lie askew."""
    if not lines:
        return []
    placed = sorted(_levelled(_page(lines), lines), key=lambda one: one[1])
    grouped: list[list[tuple[float, float, Line]]] = []
    for one in placed:
        home = _home(grouped[-4:], one)
        if home is None:
            grouped.append([one])
        else:
            home.append(one)
    ordered = (sorted(group, key=lambda one: one[0]) for group in grouped)
    return [Row(tuple(line for _, _, line in group)) for group in ordered]


def _levelled(page: Frame, lines: Sequence[Line]) -> list[tuple[float, float, Line]]:
    """Each line with its place along and down a page whose rows need not be parallel.

    Taken from aside, rows run together: their slope changes from top to foot. It is
    fitted to the long lines, and each line is put where its row crosses the middle.
    """
    tilt, turn, places = _slope(page, lines)
    along, down = places.T
    level = (down - tilt * along) / np.maximum(0.2, 1 + turn * along)
    return [(float(a), float(b), line) for a, b, line in zip(along, level, lines, strict=True)]


def straightened(lines: Sequence[Line], loose: Collection[int] = ()) -> list[Line]:
    """The lines, short ones and those at `loose` turned as long ones at their height of the page
    run.

    A word or two tell badly which way their row runs.
    """
    if not lines:
        return []
    page = _page(lines)
    tilt, turn, places = _slope(page, lines)
    if np.count_nonzero(_weights(page, lines)) < FEW:
        return list(lines)
    answer = []
    for at, (line, (_, down)) in enumerate(zip(lines, places.tolist(), strict=True)):
        frame = line.frame
        is_short = frame.width < SHORT * frame.height or at in loose
        if frame.turned(page) > 0.9 and is_short:
            run = page.along + (tilt + turn * down) * page.down
            line = replace(line, quad=_turned(frame, run / np.hypot(*run)))
        answer.append(line)
    return answer


def _turned(frame: Frame, along: NDArray[np.float64]) -> Quad:
    """The corners of the same place that runs this way."""
    wide = along * frame.width / 2
    high = np.array([-along[1], along[0]]) * frame.height / 2
    ends = (-wide - high, wide - high, wide + high, -wide + high)
    return tuple((float(x), float(y)) for x, y in (frame.centre + end for end in ends))


def _slope(page: Frame, lines: Sequence[Line]) -> tuple[float, float, NDArray[np.float64]]:
    """The slope of the rows at the middle of the page, its change downwards, places from there."""
    places = np.array([page.place(line.frame) for line in lines])
    places -= places.mean(axis=0)
    down = places[:, 1]
    slopes, weights = _slopes(page, lines), _weights(page, lines)
    if np.count_nonzero(weights) < FEW:
        return 0.0, 0.0, places
    tall = max(1.0, float(np.ptp(down)))
    terms = np.stack([np.ones_like(down), down / tall], axis=1) * np.sqrt(weights)[:, None]
    fitted, *_ = np.linalg.lstsq(terms, slopes * np.sqrt(weights), rcond=None)
    return float(fitted[0]), float(fitted[1]) / tall, places


def _slopes(page: Frame, lines: Sequence[Line]) -> NDArray[np.float64]:
    return np.array([page.along @ line.frame.down for line in lines]) * -1.0


def _weights(page: Frame, lines: Sequence[Line]) -> NDArray[np.float64]:
    """How far each line tells which way rows run: not at all where it is short or runs across."""
    shapes = np.array([line.frame.width / line.frame.height for line in lines])
    return np.where((shapes > 3) & (np.abs(_slopes(page, lines)) < 0.35), shapes, 0.0)


def _home(
    near: list[list[tuple[float, float, Line]]], one: tuple[float, float, Line]
) -> list[tuple[float, float, Line]] | None:
    """The row among the last few whose nearest member lies level with the line."""
    best: tuple[float, list[tuple[float, float, Line]]] | None = None
    for group in near:
        _, down, line = min(group, key=lambda other: abs(other[0] - one[0]))
        apart = abs(down - one[1]) / max(1.0, min(line.frame.height, one[2].frame.height))
        if apart < 0.55 and (best is None or apart < best[0]):
            best = (apart, group)
    return best[1] if best else None


def _page(lines: Sequence[Line]) -> Frame:
    """The direction in which most of the text runs."""
    long = sorted(lines, key=lambda line: -line.frame.width)[: max(1, len(lines) // 2)]
    along = np.median(np.array([line.frame.along for line in long]), axis=0)
    size = float(np.hypot(*along))
    along = along / size if size > 0 else np.array([1.0, 0.0])
    return Frame(np.zeros(2), along, 1.0, 1.0, np.array([-along[1], along[0]]))
