"""Proper shipping names among the lines of text."""

import pytest

from clearlane.recognisers import shipping_names
from clearlane.recognisers.text.line import Line
from tests.printed import line


@pytest.mark.parametrize(
    ('text', 'name'),
    [
        ('锂离子电池组', '锂离子电池组'),
        ('Lithium ion batteries contained in equipment',
         'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT'),
        ('LITHIUM METAL BATTER1ES', 'LITHIUM METAL BATTERIES'),
        ('UN3091 与设备包装在一起的锂金属电池组', '与设备包装在一起的锂金属电池组'),
    ],
)  # fmt: skip
def test_a_shipping_name_is_known_by_its_likeness(text: str, name: str) -> None:
    assert [one.value for one in shipping_names.find([line(text)])] == [name]


@pytest.mark.parametrize(
    ('lines', 'name'),
    [
        ([line('Lithium ion batteries'), line('contained in equipment', 1)],
         'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT'),
        ([line('LITHIUM METAL BATTERIES PACKED'), line('equipment', left=640)],
         'LITHIUM METAL BATTERIES PACKED WITH EQUIPMENT'),
        ([line('装在设备中的'), line('锂离子电池组', 1)], '装在设备中的锂离子电池组'),
        ([line('LITHIUM ION BATTERIES'), line('PACKED 20 PCS', 1)], 'LITHIUM ION BATTERIES'),
        ([line('LITHIUM ION BATTERIES'), line('contained in equipment', 8)],
         'LITHIUM ION BATTERIES'),
    ],
)  # fmt: skip
def test_a_shipping_name_goes_on_in_the_next_line(lines: list[Line], name: str) -> None:
    found = list(shipping_names.find(lines))
    assert [one.value for one in found] == [name]


def test_a_name_that_begins_that_of_the_un_number_is_in_doubt() -> None:
    said = [line('LITHIUM ION BATTERIES')]
    (alone,), (whole,), (part,) = (
        shipping_names.find(said, numbers) for numbers in ((), {'UN3480'}, {'UN3481'})
    )
    assert alone.score == whole.score == 1
    assert part.score == shipping_names.PARTIAL


@pytest.mark.parametrize('text', ['BATTERY CHARGER', '锂', 'LITHIUM', 'MADE IN CHINA'])
def test_other_words_are_no_shipping_name(text: str) -> None:
    assert not list(shipping_names.find([line(text)]))


@pytest.mark.parametrize(
    ('texts', 'numbers', 'names'),
    [
        (['LITHIUM ION BATTERIES (including lithium ion', 'polymer batteries)'], {'UN3480'},
         ['LITHIUM ION BATTERIES']),
        (['锂离子电池组（包括聚合物锂离子电池组）'], {'UN3480'}, ['锂离子电池组']),
        (['含有机电解质的钠离子电池组'], set(), ['含有机电解质的钠离子电池组']),
        (['PAINT'], {'UN1263'}, ['PAINT']),
        (['PAINT'], {'UN3480'}, []),
        (['Paint related material'], {'UN1263'}, ['PAINT RELATED MATERIAL']),
        (['无机酸性腐蚀性液体，未另作规定的'], {'UN3264'}, ['无机酸性腐蚀性液体,未另作规定的']),
        (['FLAMMABLE LIQUID, N.O.S. (xylene)'], {'UN1993'}, ['FLAMMABLE LIQUID, N.O.S.']),
        (['ENVIRONMENTALLY HAZARDOUS', 'SUBSTANCE, LIQUID, N.O.S.'], {'UN3082'},
         ['ENVIRONMENTALLY HAZARDOUS SUBSTANCE, LIQUID, N.O.S.']),
    ],
)  # fmt: skip
def test_names_are_those_of_batteries_and_of_the_un_numbers(
    texts: list[str], numbers: set[str], names: list[str]
) -> None:
    lines = [line(text, at) for at, text in enumerate(texts)]
    assert [one.value for one in shipping_names.find(lines, numbers)] == names
