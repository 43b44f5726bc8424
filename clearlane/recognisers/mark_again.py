"""UN marks read again out of the picture, where their lines read as no mark or not surely as one.

Dots, stencils and dents make a letter of another that no rule of spelling brings back. The
models hold the right one for likely as well, if not for likeliest, and most often in one
view of the line or another: softer, its gaps filled, coarser, levelled. So the rows are read
in several views, what is held likely is averaged, and the likeliest text that has the form of
a mark is taken: its parts in their order, each of the characters that may stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import lattice, trellis
from clearlane.recognisers.lattice import FIGURES, LETTERS, Floats, Lattice
from clearlane.recognisers.text import recognition
from clearlane.recognisers.text.crop import HEIGHT, Pyramid
from clearlane.recognisers.text.line import Line, Quad
from clearlane.recognisers.text.second_look import filled
from clearlane.recognisers.trellis import MAYBE, MORE, ONCE, SLIP, Form, Place, Said

SIGNS = LETTERS + FIGURES + '/ :.-+'
"""All that stands in a mark."""

LONGEST = 1600
"""A longer row is squeezed: the models were trained on shorter ones."""

BESIDE = 0.25
"""So many heights are cut out beyond the ends of a row: a box may end within a character."""

ABROAD = float(np.log(0.05))
"""What it costs that a mark is of another State: anything can stand in those."""

Image = NDArray[np.uint8]
"""Views: each from a cut line, as wide as it."""

_FROM = LETTERS + FIGURES
_SLASH: Place = ('/', SLIP)
_GAP: Place = ('/ ', SLIP)


def _figures(least: int, most: int) -> tuple[Place, ...]:
    return ((FIGURES, ONCE),) * least + ((FIGURES, MAYBE),) * (most - least)


_BATCH: tuple[Place, ...] = ((' /', MAYBE), ('P', ONCE), ('I', ONCE), (':', SLIP))
_HEAD: tuple[Place, ...] = (
    ('13456', ONCE), ('ABCDFGHLMNP', ONCE), ('ABCDFGHLMNP', MAYBE), ('1234567', MAYBE),
    ('VWTU', MAYBE), _SLASH, ('XYZ', ONCE), ('123456789', ONCE), *_figures(0, 3),
)  # fmt: skip
_HEADS = (_HEAD, (*_HEAD, ('.', ONCE), (FIGURES, ONCE)))
_TEST: tuple[Place, ...] = (_SLASH, ('S', ONCE), _SLASH, *_figures(2, 2), _GAP)
_LARGE: tuple[Place, ...] = (
    ('1235', ONCE), ('013', ONCE), ('ABCDFGHLMNP', ONCE), ('ABCDFGHNZ', MAYBE), ('12345', MAYBE),
    ('WT', MAYBE), _SLASH, ('XYZ', ONCE), _SLASH, ('01', ONCE), (FIGURES, ONCE), _GAP,
    *_figures(2, 2), _GAP,
)  # fmt: skip
_CHINA: tuple[Place, ...] = (('C', ONCE), ('N', ONCE), _SLASH, ('C', MAYBE), *_figures(6, 7))
_OTHERS: tuple[Place, ...] = (
    (LETTERS, ONCE), (LETTERS, MAYBE), (LETTERS, MAYBE), _SLASH,
    (_FROM + '+', ONCE), (_FROM + '-.', MORE),
)  # fmt: skip
_NAMED: tuple[Place, ...] = (*_OTHERS, (' ', ONCE), *_figures(1, 6))
_LOADS: tuple[Place, ...] = (_GAP, *_figures(1, 5), ('/', ONCE), *_figures(2, 5))

FORM = Form(
    tuple(
        (price, (*head, *_TEST, *maker))
        for head in _HEADS
        for price, maker in (
            (0.0, _CHINA), (0.0, (*_CHINA, *_BATCH, *_figures(1, 4))), (ABROAD, _OTHERS),
            (ABROAD, _NAMED),
        )
    )
    + tuple(
        (price, (*_LARGE, *maker, *_LOADS))
        for price, maker in ((0.0, _CHINA), (ABROAD, _OTHERS), (ABROAD, _NAMED))
    )
)  # fmt: skip


def _soft(cut: Image) -> Image:
    """Dots run together."""
    return np.asarray(cv2.GaussianBlur(cut, (0, 0), 1.8), np.uint8)


def _coarse(cut: Image) -> Image:
    """As from further away."""
    high, wide = cut.shape[:2]
    small = cv2.resize(cut, (max(4, wide * 16 // high), 16), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC), np.uint8)


def _levelled(cut: Image) -> Image:
    """Grey, a little softer, its tones over the whole range."""
    grey = cv2.GaussianBlur(cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 1.2)
    low, high = np.percentile(grey, (2, 98))
    shown = np.clip((grey - low) * (215 / max(1.0, high - low)) + 20, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), np.uint8)


def _sharp(cut: Image) -> Image:
    return cut


VIEWS: tuple[Callable[[Image], Image], ...] = (_sharp, _soft, filled, _coarse, _levelled)


@dataclass
class Again:
    """Reads the rows of a mark again, each line of a picture once."""

    pyramid: Pyramid
    _seen: dict[tuple[Quad, bool], Floats] = field(default_factory=dict)

    def __call__(
        self, rows: Sequence[Sequence[Line]], form: Form = FORM, *, glance: bool = False
    ) -> Said | None:
        """The likeliest mark, or text of another form, in these rows of lines from the top.

        A `glance`, at two views no wider than need be, costs a third; it shows dots less well.
        """
        parts = [self._likely(line, glance) for row in rows for line in row]
        between = np.full((1, len(SIGNS) + 1), lattice.FLOOR, np.float32)
        # Where a line ends a slash or a space may be meant, printed or not.
        between[0, [lattice.BLANK, *(SIGNS.index(mark) + 1 for mark in '/ ')]] = 0.9
        joined = [part for one in parts for part in (one, between)][:-1]
        return trellis.say(Lattice(np.concatenate(joined), SIGNS), form)

    def _likely(self, line: Line, glance: bool) -> Floats:
        if (line.quad, glance) not in self._seen:
            cut = self.pyramid.cut(line.quad, BESIDE)
            if glance:
                cut = recognition.narrowed(cut, line.text)
            if cut.shape[1] > LONGEST:
                cut = np.asarray(cv2.resize(cut, (LONGEST, HEIGHT), interpolation=cv2.INTER_AREA))
            seen = [lattice.look(np.asarray(view(cut), np.uint8), alphabet=SIGNS).likely
                    for view in (VIEWS[:2] if glance else VIEWS)]  # fmt: skip
            self._seen[line.quad, glance] = recognition.held(seen, SIGNS.index('8') + 1)
        return self._seen[line.quad, glance]
