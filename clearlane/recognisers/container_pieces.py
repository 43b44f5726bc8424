"""Pieces of print that may make up a container number: what they look like, and how they lie.

A number stands in one line, or as owner, serial and boxed check digit beside or below each
other; in columns; and a bar or worn print may part its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import column, lattice
from clearlane.recognisers.lattice import FIGURES, LETTERS
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Frame, Line, Quad, holds

ALPHABET = LETTERS + FIGURES

MARGIN = 0.15
"""A line is cut out wider by this share of its height, so that no end is shaved off."""

GROWN = (0.12, -0.06)
"""A second view of a line is so much higher at either edge, in its heights."""

PARTS = (4, 7, 11)
"""How long an owner, a serial with its check digit, and a whole number are."""

_LETTER = '[A-Z0124568]'
_FIGURE = '[0-9OQDILZSGBT]'
_FOURTH = '[UJZVOD0]'
WHOLE = re.compile(
    rf'(?<![A-Z]{{2}})(?!.?GR[O0]SS)({_LETTER}{{3}}{_FOURTH})({_FIGURE}{{6,9}})(?!{_FIGURE})'
)
_LIKE_SERIAL = re.compile(r'(?=(?:\D*\d){4})[0-9A-Z]{5,8}')
_OPENS = re.compile(rf'.?{_LETTER}{{2,3}}[UJZVOD0]')
_SIZE = '[1-4LM][0-9CDEFLMNP][GVBSRHUTPKNA][0-9A-HPS]'
SIZE_TYPE = re.compile(_SIZE)
"""Size and type after ISO 6346, as 22G1, 45R1, L5G1."""
SIZE_LAST = re.compile(rf'(?:{_LETTER}{{3}}[UJZVOD0])?{_FIGURE}{{0,7}}({_SIZE})')
"""It stands alone, or behind an owner, a serial or a check digit."""
_OWNER = re.compile(rf'{_LETTER}{{3}}[UJZVOD0](?:{_SIZE})?')
_SERIAL = re.compile(rf'{_FIGURE}{{6,7}}(?:{_SIZE})?')
_WALL = re.compile(rf'GROSS|TARE|PAYL|CUFT|CUM$|CUCAP|KGS?$|LBS?$|^{_SIZE}$|^{_LETTER}{{3}}[UJZ]')
_BEFORE_SIZE = re.compile(rf'({_LETTER}{{3}}[UJZVOD0]|{_FIGURE}{{6,7}}|{_FIGURE}){_SIZE}')
_CHECK = re.compile(rf'{_FIGURE}(?:{_SIZE})?')
_ROLE = re.compile(rf'{_LETTER}{{3}}{_FOURTH}(?:{_FIGURE}{{6,7}})?|{_FIGURE}{{6,7}}|{_SIZE}')


def tight(text: str) -> str:
    """Capitals and figures alone."""
    return re.sub('[^A-Z0-9]', '', text.upper())


@dataclass(frozen=True)
class Piece:
    """A line or a column of text that may hold a number or a part of it."""

    text: str
    quad: Quad
    index: int = -1
    """Its place among the lines; a column has none."""
    seen: tuple[lattice.Lattice, ...] = ()

    @property
    def frame(self) -> Frame:
        """Its place and direction."""
        return Frame.of(self.quad)

    def views(self, pyramid: Pyramid) -> tuple[lattice.Lattice, ...]:
        """Its lattices, cut down to the number where it says more than that."""
        views = self.seen or lattice.both(pyramid.cut(self.quad, margin=MARGIN), ALPHABET)
        return _cut_down(views)

    def again(self, pyramid: Pyramid) -> tuple[lattice.Lattice, ...]:
        """More views: cut out closer, wider, and with its contrast drawn out."""
        if self.seen:
            return self.seen * (len(GROWN) + 1)
        cuts = [pyramid.cut(_grown(self.quad, by), margin=MARGIN + by) for by in GROWN]
        cuts.append(_drawn_out(pyramid.cut(self.quad, margin=MARGIN)))
        return _cut_down(tuple(view for cut in cuts for view in lattice.both(cut, ALPHABET)))


def _cut_down(views: tuple[lattice.Lattice, ...]) -> tuple[lattice.Lattice, ...]:
    """The views of the number alone, where there is more in the line."""
    part = span(views[0])
    return tuple(view.part(*part) for view in views) if part else views


def _grown(quad: Quad, share: float) -> Quad:
    """The line made higher by this share of its height at either edge."""
    points = np.asarray(quad, np.float64)
    down = (points[[3, 2]] - points[[0, 1]]) * share
    points[[0, 1]] -= down
    points[[3, 2]] += down
    return tuple((float(x), float(y)) for x, y in points)


def _drawn_out(cut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A cut line with the contrast of each part of it drawn out."""
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    even = cv2.createCLAHE(4.0, (max(1, cut.shape[1] // 48), 1)).apply(grey)
    return np.asarray(cv2.cvtColor(even, cv2.COLOR_GRAY2BGR), np.uint8)


def is_wall(lines: Sequence[Line]) -> bool:
    """Whether the lines are such as stand on containers: masses, size and type, an owner."""
    return sum(bool(_WALL.search(tight(line.text))) for line in lines) > 1


def hinted(lines: Sequence[Line]) -> bool:
    """Whether any line may be part of a number."""
    return any(_hints(tight(line.text)) for line in lines)


def _hints(text: str) -> bool:
    return bool(WHOLE.search(text) or re.fullmatch('[A-Z]{3}[UJZ]', text))


def pieces(lines: Sequence[Line], pyramid: Pyramid) -> list[Piece]:
    """The lines, and the columns of upright characters in place of lines that ran down."""
    pieces = [Piece(tight(line.text), line.quad, index) for index, line in enumerate(lines)]
    if sum(abs(line.frame.along[1]) > 0.7 for line in lines) * 2 > len(lines) > column.FEW:
        return pieces  # the whole picture lies on its side
    standing = [
        Piece(one.text, one.quad, -1, one.views)
        for one in column.columns(lines, pyramid, ALPHABET, _worth)
    ]
    kept = [
        piece
        for piece in pieces
        if not any(holds(one.quad, piece.frame.centre) for one in standing)
    ]
    return kept + standing


def _worth(text: str) -> int:
    """Whether a column is a whole part of a number, or a part at all."""
    return (1 + (len(text) in PARTS)) if _ROLE.fullmatch(text) else 0


def groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that may make a number together: one, owner and serial, or these and a check digit."""
    for piece in pieces:
        whole = WHOLE.search(piece.text)
        if whole:
            check = _next_to(pieces, piece, _CHECK) if len(whole[2]) == 6 else None
            yield [piece] if check is None else [piece, check]
            if check is not None:
                yield [piece]
        elif _OWNER.fullmatch(piece.text):
            serials = _near(pieces, piece, _SERIAL) or _near(pieces, piece, _LIKE_SERIAL)
            # A rib above a column may pass for one more figure: the same column is there without.
            for serial in serials[:1] + [one for one in serials[1:] if one.index < 0]:
                check = _next_to(pieces, serial, _CHECK) if len(serial.text) == 6 else None
                yield [piece, serial] if check is None else [piece, serial, check]


def together(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Rows that open with an owner, as one piece: lines that a bar or worn print has parted."""
    for piece in pieces:
        if piece.index < 0 or not _OPENS.match(piece.text):
            continue
        frame, last, text = piece.frame, piece, piece.text
        while len(text) < 13:
            after = _right_of(pieces, last, frame)
            if after is None:
                break
            last, text = after, text + after.text
        if 9 <= len(text) <= 16:
            quad = (piece.quad[0], last.quad[1], last.quad[2], piece.quad[3])
            yield [Piece(text, quad, piece.index)]


def _right_of(pieces: Sequence[Piece], last: Piece, first: Frame) -> Piece | None:
    """The next piece of the same row."""
    end = first.place(last.frame)[0] + last.frame.width / 2
    best = []
    for at, other in enumerate(pieces):
        along, down = first.place(other.frame)
        gap = along - other.frame.width / 2 - end
        if (
            other is not last
            and other.index >= 0
            and first.turned(other.frame) > 0.9
            and 0.5 < other.frame.height / first.height < 2
            and abs(down) < 0.6 * first.height + 0.1 * abs(along)
            and -0.5 < gap / first.height < 3
        ):
            best.append((gap, at))
    return pieces[min(best)[1]] if best else None


def _next_to(pieces: Sequence[Piece], piece: Piece, form: re.Pattern[str]) -> Piece | None:
    """The nearest piece of this form to the right of the piece, or below it."""
    return next(iter(_near(pieces, piece, form)), None)


def _near(pieces: Sequence[Piece], piece: Piece, form: re.Pattern[str]) -> list[Piece]:
    """The pieces of this form to the right of the piece, or below it, the nearest first."""
    frame, best = piece.frame, []
    for at, other in enumerate(pieces):
        if other is piece or not form.fullmatch(other.text):
            continue
        seen = other.frame
        if frame.turned(seen) < 0.9 or not 0.5 < seen.height / frame.height < 2:
            continue
        along, down = frame.place(seen)
        gap = along - (frame.width + seen.width) / 2
        left = along - seen.width / 2 + frame.width / 2
        if abs(down) < 0.7 * frame.height and -0.5 * frame.height < gap < 6 * frame.height:
            best.append((gap, at))
        elif 0.6 < _onward(frame, down) / frame.height < 3 and abs(left) < 4 * frame.height:
            best.append((6 * frame.height + abs(down) + abs(left), at))
    return [pieces[at] for _, at in sorted(best)]


def _onward(frame: Frame, down: float) -> float:
    """How far the next piece lies: below a line, on either side of a column."""
    return abs(down) if abs(frame.along[1]) > 0.7 else down


def span(view: lattice.Lattice) -> tuple[float, float] | None:
    """Where in a line the number stands, if the line says more than that."""
    text, steps = view.free, [step for _, step in view.marks]
    found = WHOLE.search(text) or _BEFORE_SIZE.fullmatch(text)
    if found and found.re is _BEFORE_SIZE:
        end = found.end(1)
        return 0.0, (steps[end - 1] + steps[end]) / 2 / max(1, len(view.likely))
    if not found or found.span() == (0, len(text)):
        return None
    total = len(view.likely)
    start, end = found.span()
    first = (steps[start - 1] + steps[start]) / 2 if start else 0.0
    last = (steps[end - 1] + steps[end]) / 2 if end < len(steps) else total
    return first / total, last / total
