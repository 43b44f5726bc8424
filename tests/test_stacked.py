"""Chinese words that stand one character below the other."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clearlane.recognisers import column, fields, package, stacked
from clearlane.recognisers.text import page
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line
from clearlane.sample import fonts


def piece(text: str, x: float, y: float, size: float = 60) -> Line:
    """A character, or two below each other as the detector finds them: a line that runs down."""
    right, foot = x + size, y + size * len(text)
    quad = ((x, y), (right, y), (right, foot), (x, foot))
    if len(text) > 1:
        quad = (*quad[1:], quad[0])
    return Line(text=text, score=0.9, quad=quad)


@pytest.mark.parametrize(
    ('pieces', 'texts'),
    [
        ([piece('锂', 0, 0), piece('离', 4, 100), piece('子电', 0, 200), piece('池', 2, 360)],
         ['锂离子电池']),
        ([piece('毛重', 0, 0), piece('净重', 0, 240)], ['毛重', '净重']),
        ([piece('毛', 0, 0), piece('重', 90, 100)], ['毛', '重']),
        ([piece('毛', 0, 0), piece('重', 0, 100, 20)], ['毛', '重']),
        ([piece('A', 0, 0), piece('重', 0, 100)], ['A', '重']),
    ],
)  # fmt: skip
def test_characters_of_one_size_and_pitch_are_a_line(pieces: list[Line], texts: list[str]) -> None:
    assert [line.text for line in stacked.joined(pieces)] == texts


@pytest.mark.parametrize('spread', [1.1, 1.5])
def test_words_in_a_column_are_read_and_name_the_value_beside_them(spread: float) -> None:
    picture = Image.new('RGB', (1300, 900), (215, 215, 210))
    pen, ink = ImageDraw.Draw(picture), (30, 30, 30)
    for x, words in ((100, '锂离子电池组'), (500, '毛重')):
        for at, letter in enumerate(words):
            pen.text((x, 80 + at * 70 * spread), letter, ink, fonts.face('chinese', 70))
    pen.text((640, 115), '25.3 KG', ink, fonts.face('sans', 70))
    image = np.ascontiguousarray(np.asarray(picture)[..., ::-1])
    lines = stacked.joined(page.read(image))
    found = {(one.kind, one.value) for one in package.interpret(lines, Pyramid(image))}
    assert {('proper_shipping_name', '锂离子电池组'), ('gross_mass_kg', '25.3')} <= found


def test_a_level_line_is_no_column() -> None:
    words = Line(text='GROSS', score=1.0, quad=((0, 0), (0, 90), (-30, 90), (-30, 0)))
    value = Line(text='25 KG', score=1.0, quad=((30, 30), (130, 30), (130, 60), (30, 60)))
    assert fields.find([words, value])[0] == []


@pytest.mark.parametrize('lean', [-0.35, 0.0, 0.35])
def test_a_leaning_column_has_no_places_beyond_its_picture(lean: float) -> None:
    picture = Image.new('RGB', (500, 900), (215, 215, 210))
    pen = ImageDraw.Draw(picture)
    for at, letter in enumerate('MSK', -1):
        pen.text((240 + at * 64 * lean, 420 + at * 64), letter, 'black', fonts.face('sans', 60))
    image = np.ascontiguousarray(np.asarray(picture)[..., ::-1])
    quad = ((284, 120), (284, 740), (236, 740), (236, 120))
    seen = list(column.ways(Pyramid(image), quad, 'MSKU0123456789'))
    assert seen
    for one in seen:
        assert 200 < np.mean(one.quad, axis=0)[0] < 320


@pytest.mark.parametrize('rail', [(150, 0, 168, 1200), (0, 430, 500, 452)])
def test_a_rail_that_touches_a_character_hides_none(rail: tuple[int, int, int, int]) -> None:
    """A ray of light down the column's edge, a rib across it."""
    picture = Image.new('RGB', (300, 1200), (120, 125, 130))
    pen = ImageDraw.Draw(picture)
    pen.rectangle(rail, (205, 208, 210))
    for at, letter in enumerate('SITU5732737'):
        pen.text((150, 140 + at * 84), letter, (225, 225, 225), fonts.face('sans', 66), anchor='mm')
    image = np.ascontiguousarray(np.asarray(picture)[..., ::-1])
    quad = ((178, 480), (178, 1010), (122, 1010), (122, 480))
    seen = column.ways(Pyramid(image), quad, 'SITU0123456789')
    assert 'SITU5732737' in [one.text for one in seen]
