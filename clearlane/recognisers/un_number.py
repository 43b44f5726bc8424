"""UN numbers read again out of the picture, where the lines that look like one read as none.

Dents, stencils and the dusk make other letters of UN, or letters of its figures. Such a line
is read in several views, both ways up, as the likeliest text of U, N and four figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from clearlane.codes import un_number
from clearlane.model import Reading
from clearlane.recognisers.lattice import FIGURES
from clearlane.recognisers.mark_again import Again
from clearlane.recognisers.text.line import Line, corners
from clearlane.recognisers.trellis import MAYBE, ONCE, Form

NAME = 'un_number/1'

LIKE = re.compile(
    r'\W*(?:[UJVLO0DW]\W?[NHMW1IV]|U|\wN)\W{0,2}(?:N[O0]\W{0,2})?[0-9OQILSBZTGA|]{3,5}\W*'
    r'|\W*[0-9A-Z]{3,5}?\W?C?N[0OU]\W*'
)
"""What may be one that was read badly, or on its head."""

MOST = 4
"""So many lines at most are read again."""

FITS, SEEN = 0.6, 0.02
"""So likely must the number be a character, beside any text, and each of its characters."""

AGAIN = 0.8
"""What is left of the score of a number that only another look showed."""

_GAP = (' .:', MAYBE)
FORM = Form(
    (
        (0.0, (
            ('U', ONCE), ('N', ONCE), _GAP, ('N', MAYBE), ('O', MAYBE), _GAP, ('0123', ONCE),
            *((FIGURES, ONCE),) * 3,
        )),
    )
)  # fmt: skip


def find(lines: Sequence[Line], again: Again) -> tuple[list[Reading], set[int]]:
    """The surest number, if there is one, and which line it stands in."""
    like = [at for at, line in enumerate(lines) if LIKE.fullmatch(line.text.upper())]
    found = [one for at in like[:MOST] if (one := _number(lines[at], again)) is not None]
    if not found:
        return [], set()
    best = max(found, key=lambda one: one.score)
    return [best], {at for at in like if lines[at].text == best.details['repaired']}


def _number(line: Line, again: Again) -> Reading | None:
    readings = []
    for way in (line, replace(line, quad=(*line.quad[2:], *line.quad[:2]))):
        said = again([[way]], FORM)
        if said is None or said.fit < FITS or min(said.certainties) < SEEN:
            continue
        value = 'UN' + said.text[-4:]
        if un_number.is_valid(value):
            readings.append(Reading(
                kind='un_number', value=value, score=said.score * AGAIN, recogniser=NAME,
                box=corners(way.quad), details={'repaired': line.text},
            ))  # fmt: skip
    return max(readings, key=lambda one: one.score, default=None)
