"""The sign of a State that stands alone between the rows of a mark is read from the picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clearlane.recognisers import lone_sign, package
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line
from clearlane.sample import fonts

ROWS = ('3H1/Y/250/24', 'S', 'RISE 6050')


def printed(rows: tuple[str, ...], middle: bool) -> tuple[Pyramid, list[Line]]:
    """A picture of rows 90 pixels apart, and the lines of all but the second."""
    picture = Image.new('RGB', (1200, 600), (215, 216, 214))
    pen, face, lines = ImageDraw.Draw(picture), fonts.face('sans', 70), []
    for at, row in enumerate(rows):
        wide = pen.textlength(row, face)
        left = 600 - wide / 2 if middle else 300
        top, foot = 150 + at * 90 - 42, 150 + at * 90 + 42
        pen.text((left, 150 + at * 90), row, (40, 40, 40), face, anchor='lm')
        if at != 1:
            ends = ((left, top), (left + wide, top), (left + wide, foot), (left, foot))
            lines.append(Line(text=row, score=0.99, quad=ends))
    return Pyramid(np.ascontiguousarray(np.asarray(picture)[..., ::-1])), lines


@pytest.mark.parametrize('middle', [False, True])
@pytest.mark.parametrize('sign', ['S', 'D', 'NL'])
def test_a_sign_that_was_not_seen_is_read_in_its_row(sign: str, middle: bool) -> None:
    pyramid, lines = printed((ROWS[0], sign, ROWS[2]), middle)
    assert [one.text for one in lone_sign.found(lines, pyramid)] == [sign]


def test_the_mark_is_whole_with_it() -> None:
    pyramid, lines = printed(ROWS, False)
    (mark,) = (one for one in package.interpret(lines, pyramid) if one.kind == 'un_mark')
    assert mark.value == '3H1/Y/250/24/S/RISE 6050'
    assert 'error' not in mark.details


@pytest.mark.parametrize('row', ['', '5', 'QQ', 'KEEP'])
def test_an_empty_row_or_another_word_is_no_sign(row: str) -> None:
    pyramid, lines = printed((ROWS[0], row, ROWS[2]), False)
    assert lone_sign.found(lines, pyramid) == []


def test_rows_right_below_each_other_have_none_between() -> None:
    pyramid, lines = printed(('3H1/Y/250/24', '', 'RISE 6050'), False)
    quad = ((300, 198), (700, 198), (700, 282), (300, 282))
    near = [lines[0], Line(text='S/RISE 6050', score=0.99, quad=quad)]
    assert lone_sign.found(near, pyramid) == []
