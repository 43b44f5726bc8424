"""UN marks printed in any rows, with or without the symbol, among other print."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearlane.codes import un_mark as codes_un_mark
from clearlane.recognisers import calibration, mark_rows, un_mark
from clearlane.recognisers.text.line import Line
from tests.printed import line

ABOVE = ('', 'LITHIUM ION BATTERIES', 'UN3480', 'MADE IN CHINA', 'Gross weight: 25 kg', 'ECT 44')
BELOW = ('', 'UN3481', 'PI 965', 'MADE IN CHINA', 'N.W.: 20.5 KG', 'PAP 20', 'Class 9', 'SN: A123')
SYMBOLS = ('', 'UN ', 'un ', 'UN', '(un) ', 'u n ')

LARGE = ('31', '13', '50')

years = st.integers(10, 26).map('{:02d}'.format)
levels = st.sampled_from('XYZ')
kilograms = st.one_of(st.integers(1, 60).map(str), st.integers(10, 599).map(lambda n: f'{n / 10}'))
origins = st.one_of(
    st.from_regex(r'CN/C[0-9]{6}', fullmatch=True),
    st.builds(
        '{}/{}'.format,
        st.sampled_from(['D', 'USA', 'GB', 'ROK', 'NL', 'S']),
        st.from_regex(r'BAM [1-9][0-9]{3,4}|\+[AB][A-F][0-9]{4}|VL[0-9]{3}', fullmatch=True),
    ),
)
solids = st.builds(
    '{}/{}{}/S/{}/{}'.format,
    st.sampled_from(['4G', '4GV', '4D', '4C1', '5H4', '1A2', '6HG2']), levels, kilograms, years,
    origins,
)  # fmt: skip
liquids = st.builds(
    '{}/{}{}/{}/{}/{}'.format,
    st.sampled_from(['1A1', '1H1', '3H1', '6HA1']), levels,
    st.sampled_from(['', '1.2', '1.8']), st.sampled_from(['100', '150', '250']), years, origins,
)  # fmt: skip
infectious = st.builds(
    '{}/CLASS 6.2/{}/{}'.format, st.sampled_from(['4G', '4GU', '1A2', '4H2']), years, origins
)
large = st.builds(
    '{}/{}/{:02d} {}/{} {}/{}'.format,
    st.sampled_from(['31HA1', '31A', '13H3', '50A', '50H']), st.sampled_from('YZ'),
    st.integers(1, 12), years, origins, st.sampled_from([0, 1500, 2940]),
    st.sampled_from([1000, 1250, 1780]),
)  # fmt: skip


def _is_valid(mark: str) -> bool:
    return codes_un_mark.is_valid(mark, today=un_mark.ANY_DAY)


@st.composite
def printed(draw: st.DrawFn) -> tuple[str, list[Line]]:
    """A mark and the lines of a package that bears it, in up to six rows parted at its slashes."""
    mark = draw(st.one_of(solids, liquids, infectious, large).filter(_is_valid))
    parts = re.split('(?<=/)', mark)
    cuts = draw(st.sets(st.integers(1, len(parts) - 1), max_size=4))
    ends = [0, *sorted(cuts), len(parts)]
    rows = [''.join(parts[a:b]) for a, b in pairwise(ends)]
    where = draw(st.sampled_from(['end', 'beginning', 'nowhere']))
    if where != 'end':
        rows = [row.rstrip('/') for row in rows]
    if where == 'beginning':
        rows = [rows[0], *('/' + row for row in rows[1:])]
    if '/CN/' in mark and not mark.startswith(LARGE) and draw(st.booleans()):
        rows, mark = [*rows, 'PI:107'], f'{mark} PI:107'
    symbol = draw(st.sampled_from(SYMBOLS))
    lines = [line(symbol + rows[0], left=-20 * len(symbol))]
    lines += [line(row, at) for at, row in enumerate(rows[1:], start=1)]
    for words, row in ((draw(st.sampled_from(ABOVE)), -1.1), (draw(st.sampled_from(BELOW)), 0.1)):
        if words:
            lines.append(line(words, row if row < 0 else len(rows) + row))
    return mark, draw(st.permutations(lines))


@given(printed())
def test_a_mark_is_read_in_whatever_rows_it_stands(package: tuple[str, list[Line]]) -> None:
    mark, lines = package
    found, _ = un_mark.find(lines)
    assert [(one.value, 'error' in one.details) for one in found] == [(mark, False)]


@pytest.mark.parametrize(
    'rows',
    [
        ['31HAI', '/Z/01 25', 'CN/C681570 3600/2000'],
        ['1H1/X18/250', '/25/AUS/+KD7258'],
        ['4DV/Z27.2', 'S/26/D/BAM 1B966'],
        ['4G/X399/S/23/S1', 'D-80836'],
        ['4B/Y24.1', 'S/', '2I', 'TR|', '4463'],
        ['50G/Y/03 25', '|CN/C379157 1000', '1Z00'],
        ['4G/Z54/S/26/CN', '|C864697 PI 862'],
        ['5M2/Z31/S/21', 'CN/C200468', 'IPI:847'],
        ['4G/Y9.5/S/25', 'ROK/KCL -6394'],
        ['4G/Y9.5/S/25', 'ROK/KCL- 6394'],
        ['4G/Y36/S/23', 'CN/C330252', 'P|:022'],
        ['3A1/Y1.5/250/26', 'CI/ C310193 PI:453'],
    ],
)
def test_slips_at_the_ends_of_rows_are_undone_in_doubt(rows: list[str]) -> None:
    (found,), _ = un_mark.find([line(text, at) for at, text in enumerate(rows)])
    assert 'error' not in found.details
    assert found.score < 1
    assert (' PI:' in found.value) is any('P' in row for row in rows[1:])


@pytest.mark.parametrize(
    ('text', 'level', 'worn', 'begins'),
    [
        ('4G', False, False, True),
        ('4G', True, False, False),
        ('UN 31HA1/Y/09 25/D/BAM 4471 1000', True, False, True),
        ('4G/Y25/S/26/CN/Class 9', False, False, False),
        ('4G/Y2S/S|26', False, False, False),
        ('4G/Y2S/S|26', False, True, True),
        ('4G/Y25/S\nKEEP DRY', False, True, False),
        ('4GU/Class 6.2\n26', True, False, True),
        ('4G/Y25/S/26' + '/26' * 60, True, True, False),
    ],
)
def test_what_may_go_on_as_a_mark(text: str, level: bool, worn: bool, begins: bool) -> None:
    assert mark_rows.begins(text, level=level, worn=worn) is begins


@pytest.mark.parametrize(
    'beside',
    ['UN 1950', '装在设备中的锂金属电池', 'LITHIUM METAL BATTERIES', 'SN 123-456', 'L250606C'],
)
@pytest.mark.parametrize('row', [1, 2])
def test_what_stands_beside_a_mark_is_no_part_of_it(beside: str, row: int) -> None:
    rows = ['4G/Z35.3/S/25', 'CN/C220482', 'PI:251024']
    lines = [line(text, at) for at, text in enumerate(rows)]
    lines.append(line(beside, row, left=len(rows[row]) * 20 + 50))
    [mark], used = un_mark.find(lines)
    assert mark.value == '4G/Z35.3/S/25/CN/C220482 PI:251024'
    assert used == {0, 1, 2}


def test_a_mark_whose_batch_may_stand_below_it_unread_is_not_sure() -> None:
    rows = ['4G/Z35.3/S/25', 'CN/C220482']
    lines = [*(line(text, at) for at, text in enumerate(rows)), line('PH:25IO24X9', 2)]
    [mark], _ = un_mark.find(lines)
    assert calibration.calibrated(mark).score < calibration.threshold()


@pytest.mark.parametrize('last', ['25 R', '25 RL', 'CZ/IMET 99/25 R'])
def test_the_row_of_a_reconditioner_belongs_to_the_mark(last: str) -> None:
    rows = ['3H1/Y1.4/200/24', 'CZ/IMET 230', last]
    [mark], _ = un_mark.find([line(text, at) for at, text in enumerate(rows)])
    assert mark.value == f'3H1/Y1.4/200/24/CZ/IMET 230/{last}'


def test_a_foreign_maker_is_as_sure_as_its_letters() -> None:
    row = '4G/Z39/S/26/DK/TX-369'
    plain = Line(text=row, score=0.99, quad=line(row).quad, certainties=(0.99,) * len(row),
                 shapes=(0.99,) * len(row))  # fmt: skip
    at = row.index('X')
    worn = replace(plain, certainties=(*plain.certainties[:at], 0.5, *plain.certainties[at + 1 :]))
    scores = [un_mark.find([one])[0][0].score for one in (plain, worn)]
    assert scores[1] < 0.8 * scores[0]
    [read_as_figure], _ = un_mark.find([line('4G/Z39/S/26/DK/T1-369')])
    assert (
        calibration.calibrated(read_as_figure).score
        < calibration.calibrated(un_mark.find([line(row)])[0][0]).score
    )


def test_rows_round_a_drum_run_apart() -> None:
    quads = {
        '1A1/X': ((1862, 2419), (2168, 2397), (2175, 2503), (1869, 2524)),
        '120/25': ((1857, 2527), (2203, 2488), (2215, 2591), (1869, 2630)),
        'ROK/KOMDI 9870': ((1828, 2617), (2591, 2420), (2616, 2517), (1853, 2715)),
    }
    lines = [Line(text=text, score=1.0, quad=quad, weakest=1.0) for text, quad in quads.items()]
    [mark], _ = un_mark.find(lines)
    assert mark.value == '1A1/X/120/25/ROK/KOMDI 9870'
