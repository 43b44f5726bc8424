"""Numbers with a form: zones, containers, plates, seals; read by the real models."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from bench.doors import door
from bench.plates import vehicle
from clearlane.codes import mrz as code
from clearlane.model import Reading
from clearlane.recognisers import (
    column,
    container,
    container_pieces,
    lattice,
    mrz_form,
    package,
    picture,
    seal,
    states,
)
from clearlane.recognisers.package import PACKAGE
from clearlane.recognisers.passport import PASSPORT
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line
from clearlane.recognisers.text.page import read as read_lines
from clearlane.recognisers.vehicle import VEHICLE

SPECIMENS = Path(__file__).parents[2] / 'shared' / 'data' / 'mrz'
BOLD = '/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf'
MONO = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf'
TD3 = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""
TD1 = """I<UTOD231458907<<<<<<<<<<<<<<<
7408122F1204159UTO<<<<<<<<<<<6
ERIKSSON<<ANNA<MARIA<<<<<<<<<<"""


def drawn(
    texts: list[tuple[int, int, str]],
    *,
    size: tuple[int, int] = (1200, 800),
    font: str = BOLD,
    height: int = 50,
    ground: tuple[int, int, int] = (150, 60, 40),
    ink: str = 'white',
    turned: int = 0,
) -> bytes:
    picture = Image.new('RGB', size, ground)
    pen = ImageDraw.Draw(picture)
    for x, y, text in texts:
        pen.text((x, y), text, font=ImageFont.truetype(font, height), fill=ink)
    out = io.BytesIO()
    picture.rotate(turned, expand=True).save(out, 'PNG')
    return out.getvalue()


def page(zone: str, turned: int = 0) -> bytes:
    rows = [(60, 420 + 48 * row, line) for row, line in enumerate(zone.split('\n'))]
    return drawn(
        [(60, 80, 'UTOPIA PASSPORT'), *rows],
        size=(1100, 640),
        font=MONO,
        height=36,
        ground=(235, 235, 225),
        ink='black',
        turned=turned,
    )


def only(readings: tuple[Reading, ...], kind: str) -> list[Reading]:
    return [one for one in readings if one.kind == kind]


@pytest.mark.parametrize(('zone', 'turned'), [(TD3, 0), (TD1, 0), (TD3, 180), (TD3, 90)])
def test_a_zone_is_read_whichever_way_up(zone: str, turned: int) -> None:
    (found,) = only(PASSPORT.read(page(zone, turned)).readings, 'mrz')
    assert found.value == zone
    assert all(found.details['checks'].values())
    assert found.details['surname'] == 'ERIKSSON'
    assert found.score > 0.8


def test_a_wrong_check_digit_is_no_zone_and_says_what_to_do() -> None:
    wrong = TD3.replace('7408122F', '7408129F')
    readings = PASSPORT.read(page(wrong)).readings
    (found,) = only(readings, 'mrz')
    assert found.value == wrong
    assert found.score <= 0.4
    assert not found.details['checks']['birth']
    assert 'check_digit' in [one.value for one in only(readings, 'retake')]


def test_without_a_zone_the_traveller_is_told_where_it_is() -> None:
    readings = PASSPORT.read(drawn([(60, 80, 'PASSPORT')])).readings
    assert [one.value for one in only(readings, 'retake')] == ['no_zone']
    assert '机读码' in only(readings, 'retake')[0].details['zh']


@pytest.mark.skipif(not SPECIMENS.is_dir(), reason='the specimens lie beside the project only')
@pytest.mark.parametrize('name', ['27_pass-gbr.jpg', '53_id-d.jpg', '100_pass-chn.jpg'])
def test_real_specimens_are_read(name: str) -> None:
    (zone,) = only(PASSPORT.read((SPECIMENS / name).read_bytes()).readings, 'mrz')
    assert all(zone.details['checks'].values())


def test_a_container_number_is_read_whole_and_in_pieces() -> None:
    picture = drawn(
        [(500, 80, 'TEMU 680654 0'), (500, 150, '45G1'), (100, 500, 'CSQU'), (100, 560, '305438 3')]
    )
    found = {one.value: one for one in only(VEHICLE.read(picture).readings, 'container_number')}
    assert set(found) == {'TEMU6806540', 'CSQU3054383'}
    assert found['TEMU6806540'].details['size_type'] == '45G1'
    assert all(one.score > 0.9 for one in found.values())
    assert {one.value for one in only(PACKAGE.read(picture).readings, 'container_number')} == set(
        found
    )


@pytest.mark.parametrize(
    'rows', [('TEMU  45G1', '680654 0'), ('TEMU', '680654 0  45G1'), ('TEMU 680654 0  45G1',)]
)
def test_a_size_beside_a_part_of_a_container_number_is_none_of_it(rows: tuple[str, ...]) -> None:
    picture = drawn([(300, 200 + 80 * at, row) for at, row in enumerate(rows)])
    (found,) = only(VEHICLE.read(picture).readings, 'container_number')
    assert (found.value, found.details['size_type']) == ('TEMU6806540', '45G1')
    assert found.score > 0.9


@pytest.mark.parametrize(
    ('seed', 'style', 'layout'),
    [
        (1004, 'yard', 'line'),
        (1002, 'yard', 'three'),
        (1003, 'port', 'column'),
        (5000, 'yard', 'column_pieces'),
    ],
)
def test_a_drawn_door_is_read(seed: int, style: str, layout: str) -> None:
    drawn_door = door(seed, style, 0.2, layout)
    found = only(VEHICLE.read(drawn_door.jpeg).readings, 'container_number')
    assert drawn_door.numbers[0] in [one.value for one in found if one.score > 0.5]
    assert {one.value for one in found if one.score > 0.5} <= set(drawn_door.numbers)


@pytest.mark.parametrize('kind', ['blue', 'green', 'yellow_two_rows', 'hong_kong', 'foreign'])
def test_a_drawn_plate_is_read_and_a_foreign_one_is_not(kind: str) -> None:
    car = vehicle(1002, 'narrow', kind, 0.2)
    sure = {
        one.value
        for one in only(VEHICLE.read(car.jpeg).readings, 'licence_plate')
        if one.score > 0.5
    }
    assert sure == {car.plate} - {''}


def test_a_container_number_with_a_wrong_check_digit_scores_low() -> None:
    (found,) = only(VEHICLE.read(drawn([(300, 300, 'TEMU 680654 3')])).readings, 'container_number')
    assert found.score <= 0.3
    assert 'check digit' in found.details['error']


@pytest.mark.parametrize(
    ('text', 'wanted'),
    [
        ('SEAL NO: CN1234567', 'CN1234567'),
        ('封志号：H0012345', 'H0012345'),
        ('COSCO 2024', None),
        ('TEMU6806540', None),
    ],
)
def test_a_seal_is_known_by_its_words_or_form(text: str, wanted: str | None) -> None:
    found = seal.number(text)
    assert (found and found[0]) == wanted


def test_a_form_turns_letters_into_figures_only_where_figures_must_stand() -> None:
    likely = np.full((12, len(lattice.PLAIN) + 1), 1e-5, np.float32)
    for step, mark in enumerate('O0I1'):
        likely[3 * step, lattice.PLAIN.index(mark) + 1] = 0.98
        likely[3 * step + 1 : 3 * step + 3, 0] = 0.99
    seen = lattice.Lattice(likely)
    assert lattice.spell([seen], [lattice.FIGURES] * 4).text == '0011'
    assert lattice.spell([seen], [lattice.LETTERS] * 4).text == 'OOII'
    assert lattice.spell([seen], [lattice.PLAIN] * 4).text == 'O0I1'


def test_check_digits_are_named_by_what_they_cover() -> None:
    assert all(code.checks(TD3).values())
    assert code.checks(TD3.replace('1204159', '1204158'))['expiry'] is False


@pytest.mark.parametrize(
    ('text', 'found'),
    [
        ('MSKU6204408', True),
        ('MSKU620440181', True),
        ('IMSKU6204408', True),
        ('MAXGROSS32500KGS', False),
        ('XGROSS32500', False),
        ('GROSS32500KGS', False),
        ('PAYLOAD30320KGS', False),
    ],
)
def test_words_of_masses_are_no_number(text: str, found: bool) -> None:
    assert bool(container_pieces.WHOLE.search(text)) is found


def test_a_row_that_a_bar_parts_is_one_piece() -> None:
    def piece(text: str, left: float, right: float, index: int) -> container_pieces.Piece:
        return container_pieces.Piece(text, ((left, 0), (right, 0), (right, 9), (left, 9)), index)

    parted = [piece('FCIU379', 0, 70, 0), piece('935', 80, 110, 1), piece('22G1', 400, 440, 2)]
    (group,) = container_pieces.together(parted)
    assert group[0].text == 'FCIU379935'
    assert group[0].quad == ((0, 0), (110, 0), (110, 9), (0, 9))


def seen_at(value: str, left: float, score: float, **details: str) -> Reading:
    box = ((left, 0.0), (left + 90, 0.0), (left + 90, 9.0), (left, 9.0))
    return Reading(
        kind='container_number', value=value, score=score, recogniser='t/1', box=box,
        details=dict(details),
    )  # fmt: skip


def test_no_figure_stands_in_a_document_code() -> None:
    for lines in mrz_form.FORMS.values():
        assert not set('0123456789') & set(lines[0][0] + lines[0][1])


def test_a_part_of_a_number_that_was_read_whole_is_dropped() -> None:
    whole = seen_at('PONU5079955', 0, 0.98)
    part = seen_at('PONU0799551', 10, 0.4, check_digit='not seen: computed')
    aside = seen_at('CMAU8811143', 300, 0.4, check_digit='not seen: computed')
    assert container.once([part, whole, aside]) == [whole, aside]


@pytest.mark.parametrize(('first', 'last'), [(0, 10), (4, 10), (4, 11)])
def test_a_column_is_read_of_which_a_part_was_found(first: int, last: int) -> None:
    # Four letters and a gap above what was found, and size and type right below the number.
    number = 'TEMU6806540'
    tops = [60 + 64 * at + 30 * (at > 3) for at in range(len(number) + 4)]
    marks = [(600, top, mark) for top, mark in zip(tops, f'{number}45G1', strict=True)]
    image = picture.upright(drawn(marks, size=(1200, 1200)))
    left, right, top, foot = 598.0, 640.0, tops[first] + 6.0, tops[last - 1] + 52.0
    quad = ((right, top), (right, foot), (left, foot), (left, top))
    steep = Line(text=number[first:last], score=0.9, quad=quad)
    found, _ = container.find([steep], Pyramid(image))
    assert [one.value for one in found] == [number]


def test_a_mark_of_which_a_row_was_overlooked_is_looked_at_closely() -> None:
    rows = ['UN 50A/Y/07 25', 'CN/C490230', '0/1500']
    image = picture.upright(drawn([(100, 200 + 70 * at, row) for at, row in enumerate(rows)]))
    lines = [one for one in read_lines(image) if 'C490230' not in one.text]
    assert len(lines) == 2
    (without,) = (one for one in package.interpret(lines) if one.kind == 'un_mark')
    assert 'error' in without.details
    said = package.interpret(lines, Pyramid(image))
    assert [(one.kind, one.value) for one in said] == [('un_mark', '50A/Y/07 25/CN/C490230 0/1500')]


def test_two_containers_in_a_picture_are_both_read() -> None:
    one = door(2003, 'port', 0.7, 'column_pieces')
    seen = {r.value for r in only(VEHICLE.read(one.jpeg).readings, 'container_number')}
    assert seen == set(one.numbers) and len(seen) == 2


@pytest.mark.parametrize(
    ('field', 'other', 'wanted'),
    [
        ('OTO', 'UTO', 'UTO'),
        ('UTQ', 'XXX', 'UTO'),
        ('CHK', 'UTO', None),  # read for CHN or CHE alike
        ('FIM', 'FIN', 'FIN'),
        ('QQQ', 'QQQ', None),
    ],
)
def test_a_code_of_a_state_is_mended_where_one_alone_is_meant(
    field: str, other: str, wanted: str | None
) -> None:
    assert states.meant(field, other) == wanted
    assert states.is_code('D<<') and not states.is_code('O<<')


def test_states_and_fillers_of_a_zone_are_set_right() -> None:
    read = TD3.replace('P<UTO', 'P<OTO').replace('MARIA<<<<<<<<<<<', 'MARIA<<<<<<CCLIL')
    spellings = tuple(lattice.Spelling(line, (), (), (), 1.0) for line in read.split('\n'))
    zone = mrz_form.stated(mrz_form.Zone('TD3', spellings, read.replace('\n', '')))
    assert zone.value == TD3 and zone.repaired == ('issuer',)


@pytest.mark.parametrize(
    ('place', 'check', 'right'),
    [((520, 60), '7', True), ((400, 690), '7', True), ((520, 60), '3', False)],
)
def test_a_boxed_check_digit_is_found_beside_and_further_below_a_column(
    place: tuple[int, int], check: str, right: bool
) -> None:
    image = Image.new('RGB', (1000, 900), (70, 74, 80))
    pen = ImageDraw.Draw(image)
    lines = []
    for left, text in ((300, 'WHLU'), (405, '869513'), (640, '25G1')):
        for row, mark in enumerate(text):
            pen.text((left, 58 + 84 * row), mark, font=ImageFont.truetype(BOLD, 62), fill='white')
        end = 58 + 84 * len(text)
        quad = ((left + 52, 62), (left + 52, end), (left - 4, end), (left - 4, 62))
        lines.append(Line(text='ZHIN', score=0.7, quad=quad))
    x, y = place
    pen.text((x, y), check, font=ImageFont.truetype(BOLD, 62), fill='white')
    pen.rectangle((x - 16, y - 6, x + 58, y + 76), outline='white', width=4)
    [number], _ = container.find(lines, Pyramid(np.asarray(image)[..., ::-1].copy()))
    assert number.value == f'WHLU869513{check}'
    assert ('error' not in number.details) is right
    assert number.details['size_type'] == '25G1'


def test_a_column_counts_among_few_lines() -> None:
    down = Line(text='NUMB', score=0.8, quad=((90, 0), (90, 900), (0, 900), (0, 0)))
    across = Line(text='KESTREL', score=1.0, quad=((200, 0), (600, 0), (600, 60), (200, 60)))
    assert column.hinted([down, down, across])
    assert not column.hinted([down] * 6 + [across])
