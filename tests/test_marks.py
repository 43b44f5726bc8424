"""UN marks in lines of text: tables of lines as the text models return them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearlane.recognisers import calibration, mark_grammar, un_mark
from clearlane.recognisers.text.line import Line, around
from tests.printed import MARK, line


def marks(*lines: Line) -> list[tuple[str, bool, bool]]:
    """The marks found: value, whether repaired, whether wrong."""
    found, _ = un_mark.find(lines)
    return [(one.value, 'repaired' in one.details, 'error' in one.details) for one in found]


@pytest.mark.parametrize(
    'lines',
    [
        [line(MARK)],
        [line('UN ' + MARK)],
        [line('4G/Y25/S/24 CN/C230003 PI:001')],
        [line('4G/Y25/S/24'), line('CN/C230003 PI:001', 1)],
        [line('UN 4G/Y25/S/24'), line('CN/C230003 PI:001', 1, left=60)],
        [line('4G/Y25/S/24'), line('CN/C230003', 1), line('PI:001', 2)],
        [line('4G/Y25/S'), line('24/CN', 1), line('C230003', 2), line('PI:001', 3)],
        [line('4G/Y25/S/24/'), line('CN/C230003', 1), line('PI:001', 1, left=230)],
        [line('PI:001', 2), line('CN/C230003', 1), line('4G/Y25/S/24')],
        [line('器', 0.5, left=-60, high=60), line('4G/Y25/S/24'), line('CN/C230003 PI:001', 1)],
        [line('４Ｇ／Ｙ２５／Ｓ／２４／ＣＮ／Ｃ２３０００３　ＰＩ：００１')],
        [line('包装 UN 4G/Y25/S/24/CN/C230003 PI:001 MADE IN CHINA')],
        [line('UN3480', -1), line('4G/Y25/S/24'), line('CN/C230003 PI:001', 1), line('20KG', 2)],
    ],
)
def test_a_mark_is_put_together_however_it_is_broken_into_lines(lines: list[Line]) -> None:
    assert marks(*lines) == [(MARK, False, False)]


@pytest.mark.parametrize(
    'text',
    [
        '4G/Y25/S/24/CN/C23OO03 PI:001',
        '4G/Y25/5/24/CN/C230003 P1:001',
        '46/Y25/S/24/CN/C230003 PI:001',
        '4GY25/S/24/CN/C230003 PI:001',
        '4G/Y25/S/24CN/C230003PI:001',
        '4G/Y25/S|24/CN1C230003 PI:0O1',
        '4G/Y25/S/Z4/CN/C230003 PI:001',
        '4g/y25/s/24/cn/c230003 pi:001',
        'UN4G/Y25/S/24/CN/C230003 PI 001',
    ],
)
def test_a_slip_of_reading_is_undone_and_told(text: str) -> None:
    readings, _ = un_mark.find([line(text)])
    assert [one.value for one in readings] == [MARK]
    assert readings[0].details['repaired']
    assert readings[0].score < 0.9


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('4G/Y25/S/24/CN/C230003 PI:003', '4G/Y25/S/24/CN/C230003 PI:003'),
        ('4G/Z25/S/24/CN/C230008 PI:001', '4G/Z25/S/24/CN/C230008 PI:001'),
        ('4G/Y25/S/99/CN/C230003 PI:001', '4G/Y25/S/99/CN/C230003 PI:001'),
        ('1A1/Y1.4/150/98 NL/VL824', '1A1/Y1.4/150/98/NL/VL824'),
        ('50D/Y/06 25/CN/C350021 2400/1200', '50D/Y/06 25/CN/C350021 2400/1200'),
        ('1A2/Y150/S/99 USA/RB/00 R', '1A2/Y150/S/99/USA/RB/00 R'),
    ],
)
def test_what_is_printed_is_read_as_printed(text: str, value: str) -> None:
    assert marks(line(text)) == [(value, False, False)]


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('4G/Q25/S/24/CN/C230003 PI:001', '4G/Q25/S/24/CN/C230003 PI:001'),
        ('4C/Y25/S/24/CN/C230003 PI:001', '4C/Y25/S/24/CN/C230003 PI:001'),
        ('4G/Y25/S/24/CN/C23003 PI:001', '4G/Y25/S/24/CN/C23003 PI:001'),
        ('4G/Y25/S/24/CN/C2300034', '4G/Y25/S/24/CN/C2300034'),
        ('4G/Y251S/24/CN/C230003 PI:001', '4G/Y251S/24/CN/C230003 PI:001'),
        ('4G/Y25/S/24/CN/C230003 RI:001', '4G/Y25/S/24/CN/C230003 RI:001'),
        ('4G/Y25/S/24', '4G/Y25/S/24'),
        ('CN/C230003 PI:001', 'CN/C230003 PI:001'),
    ],
)
def test_what_looks_like_a_mark_and_is_none_is_told_with_a_low_score(text: str, value: str) -> None:
    assert marks(line(text)) == [(value, False, True)]
    assert un_mark.find([line(text)])[0][0].score <= un_mark.NOT_VALID


def test_a_batch_that_may_be_overlooked_lowers_the_score() -> None:
    whole, _ = un_mark.find([line(MARK)])
    bare, _ = un_mark.find([line('4G/Y25/S/24/CN/C230003')])
    spoilt, _ = un_mark.find([line('4G/Y25/S/24/CN/C230003'), line('R:0O1', 1)])
    assert whole[0].score > bare[0].score > spoilt[0].score


def test_the_second_reading_is_asked_where_the_first_is_no_mark() -> None:
    readings, _ = un_mark.find([line('4G/Y251S/24/CN/C230003 PI:001', other=MARK)])
    assert readings[0].value == MARK
    assert readings[0].details['repaired'] == '4G/Y251S/24/CN/C230003 PI:001'


@pytest.mark.parametrize(
    ('rows', 'mark', 'repaired'),
    [
        (['4H2/Y8', 'S/26', 'NL', 'PIRA 4384'], '4H2/Y8/S/26/NL/PIRA 4384', True),
        (['4G/Y35/S/26', 'D', 'BAM 09859'], '4G/Y35/S/26/D/BAM 09859', False),
        (['4GV/Y29.5/S/25/', 'J/', 'KHK-3384', 'UN3481'], '4GV/Y29.5/S/25/J/KHK-3384', False),
        (['50G/Y/04 26', '/CN', '/C445890', '/3600/400'], '50G/Y/04 26/CN/C445890 3600/400', False),
        (['4G/Y8/S/26/', 'D/BAM O279-KA'], '4G/Y8/S/26/D/BAM 0279-KA', True),
        (['1H1/X1.9/200/20/N/C360076'], '1H1/X1.9/200/20/CN/C360076', True),
        (['1G/X8.5/S/21/C/C318215'], '1G/X8.5/S/21/CN/C318215', True),
        (['4G/X8.5/S/21/N/DNV-44'], '4G/X8.5/S/21/N/DNV-44', False),
        (['4G/Y8/S/26/D/BAM 0279', 'UN3480'], '4G/Y8/S/26/D/BAM 0279', False),
    ],
)
def test_the_sign_of_the_state_may_be_a_row_and_a_un_number_is_none(
    rows: list[str], mark: str, repaired: bool
) -> None:
    assert marks(*(line(row, at) for at, row in enumerate(rows))) == [(mark, repaired, False)]


@pytest.mark.parametrize('word', ['SN', 'KG', 'UN'])
def test_words_below_a_mark_are_no_sign_of_a_state(word: str) -> None:
    ((_, _, wrong),) = marks(line('4G/Y25/S/24'), line(word, 1), line('3480', 2))
    assert wrong


def test_two_marks_in_one_picture_are_two_readings() -> None:
    other = '4D/Z90/S/25/CN/C350021 PI:007'
    lines = [line(MARK), line(other, 12)]
    assert [value for value, _, _ in marks(*lines)] == [MARK, other]


def test_lines_that_are_no_mark_are_left_alone() -> None:
    texts = ['CARTON NO.3 OF 20', 'DATE 12/5/24', 'UN3480', 'MADE IN CHINA', 'PI:20240012', 'A4/B5']
    assert marks(*(line(text, 4 * n) for n, text in enumerate(texts))) == []


@pytest.mark.parametrize(
    ('rows', 'mark'),
    [
        (['11A/Y/08 24/GB/2291/3600/1200'], '11A/Y/08 24/GB/2291 3600/1200'),
        (['31A/Y/11 20', 'GB/2291/2400/750'], '31A/Y/11 20/GB/2291 2400/750'),
        (['4H2/Y65/S/23', 'CH/1033'], '4H2/Y65/S/23/CH/1033'),
        (['91G/Y30/S/24/CN/C356068 PI:324'], '1G/Y30/S/24/CN/C356068 PI:324'),
        (['4G/Y65/S/20/CM/C351595 PI:022'], '4G/Y65/S/20/CN/C351595 PI:022'),
        (['4D/Z12/S/24', '1/CSI04'], '4D/Z12/S/24/I/CSI04'),
        (['4A/Y28/S/20/CSI04'], '4A/Y28/S/20/I/CSI04'),
        (['3H2/Y28/5/22', '5/RI5E-77'], '3H2/Y28/S/22/S/RISE-77'),
        (['(g) 500/v/12 22/GB/2291/2400/750'], '50D/Y/12 22/GB/2291 2400/750'),
    ],
)
def test_marks_of_other_forms_and_slips(rows: list[str], mark: str) -> None:
    marks, _ = un_mark.find([line(text, row) for row, text in enumerate(rows)])
    assert [one.value for one in marks] == [mark]
    if ''.join(rows).replace('/', ' ') != mark.replace('/', ' '):
        assert 'repaired' in marks[0].details or len(rows) > 1 or '2291' in mark


@pytest.mark.parametrize(
    ('rows', 'mark'),
    [
        (['4G/Y18/S/24/D/BAN 10482'], '4G/Y18/S/24/D/BAM 10482'),
        (['4H2/Y150/S/20/I/CS104'], '4H2/Y150/S/20/I/CSI04'),
        (['4G/218/9/21', 'ROK/KR-20'], '4G/Z18/S/21/ROK/KR-20'),
        (['4GW/Z28/9/20/R0K/KR-20'], '4GW/Z28/S/20/ROK/KR-20'),
        (['16/218/5/19', 'J/H5K21'], '1G/Z18/S/19/J/H5K21'),
        (['3H2/X30/S/21 CH/C335803'], '3H2/X30/S/21/CN/C335803'),
    ],
)
def test_slips_of_dotted_print_are_undone_and_told(rows: list[str], mark: str) -> None:
    marks, _ = un_mark.find([line(text, row) for row, text in enumerate(rows)])
    assert [one.value for one in marks] == [mark]
    assert marks[0].details['repaired']
    assert marks[0].score < 0.75


@pytest.mark.parametrize(
    ('row', 'is_sure'),
    [('I/CNI-497', True), ('V/CNI-497', False), ('1V/CNI-497', False), ('USA/M4709', True)],
)
def test_a_sign_that_is_not_read_as_it_is_leaves_a_doubt(row: str, is_sure: bool) -> None:
    (found,), _ = un_mark.find([line('4GV/Z12/S/24'), line(row, 1)])
    assert (calibration.calibrated(found).score >= calibration.threshold()) == is_sure


def test_a_mark_that_breaks_a_rule_is_told_whole() -> None:
    rows = ['3H2/Z400/S/24', 'CN/C370754 PI:216']
    marks, used = un_mark.find([line(text, row) for row, text in enumerate(rows)])
    assert [one.value for one in marks] == ['3H2/Z400/S/24/CN/C370754 PI:216']
    assert '400 kg' in marks[0].details['error'] and used == {0, 1}


def test_a_figure_between_letters_of_a_maker_is_less_sure() -> None:
    (plain,), _ = un_mark.find([line('4G/Y30/S/24/J/HSK21')])
    (other,), _ = un_mark.find([line('4G/Y30/S/24/J/H5K21')])
    assert other.score < plain.score


def test_an_unknown_authority_is_kept_and_less_sure() -> None:
    known, unknown = (
        un_mark.find([line(f'4G/Y18/S/24/D/{word} 10482')])[0][0] for word in ('BAM', 'XYZ')
    )
    assert unknown.value == '4G/Y18/S/24/D/XYZ 10482'
    assert unknown.score < known.score


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 999999), st.integers(0, 999))
def test_figures_are_never_changed(mass: int, year: int, maker: int, batch: int) -> None:
    text = f'4G/Y{mass + 1}/S/{year:02d}/CN/C{maker:06d} PI:{batch:03d}'
    assert mark_grammar.ways(text)[0] == mark_grammar.Way(0, text)
    assert [value for value, _, _ in marks(line(text))] == [text]


def test_the_box_of_a_mark_holds_its_lines() -> None:
    lines = [line('4G/Y25/S/24'), line('CN/C230003 PI:001', 1)]
    readings, used = un_mark.find(lines)
    assert used == {0, 1}
    assert readings[0].box == ((100, 100), (440, 100), (440, 200), (100, 200))
    assert around([lines[0].quad]) == lines[0].quad


@pytest.mark.parametrize(
    ('texts', 'mark', 'is_sure'),
    [
        (['1A2/Y160/S/21', 'NL/RB 44/25 RL'], '1A2/Y160/S/21/NL/RB 44/25 RL', True),
        (['1A2/Y185/S/20', 'B/RCD 17/25 R'], '1A2/Y185/S/20/B/RCD 17/25 R', True),
        (['4G/X17/S/25/D/', 'BAM 2821-KLT'], '4G/X17/S/25/D/BAM 2821-KLT', True),
        (['4G/Y21/S/26/ROK', '/KCL 0417'], '4G/Y21/S/26/ROK/KCL 0417', True),
        (['4G/X29/S/26', 'CON/TC 5-118'], '4G/X29/S/26/CDN/TC 5-118', False),
        (['4GU/ Z260', 'S/ 25', 'B/ IBE-77'], '4GV/Z260/S/25/B/IBE-77', False),
        (['UNIAI/YI.4/150/26', 'NL/VL824'], '1A1/Y1.4/150/26/NL/VL824', False),
        (['4D/Z170/S/25', 'D/BAM 8851-PACKWERKE'], '4D/Z170/S/25/D/BAM 8851-PACKWERKE', True),
        (['1A1/X1.4/120/24/', 'USA/STEELCO/45B50'], '1A1/X1.4/120/24/USA/STEELCO/45B50', True),
        (['3H1/21.4/120/25', 'D-BAM 8851-WERK'], '3H1/Z1.4/120/25/D/BAM 8851-WERK', False),
        (['4C1/Y163/S/24', 'DI', 'BAM 5512-HOLZ'], '4C1/Y163/S/24/D/BAM 5512-HOLZ', False),
        (['4C1/Y59/S/24', 'NLI', 'VL 208'], '4C1/Y59/S/24/NL/VL 208', False),
        (['50G/Y/0424/', 'CN/C0900371', '0/1045'], '50G/Y/04 24/CN/C090037 0/1045', False),
        (['4G/Z7/S/24', '1/', 'CNI-318'], '4G/Z7/S/24/I/CNI-318', False),
        (['3H1/21.8/250/24', 'USA-M4709'], '3H1/Z1.8/250/24/USA/M4709', False),
    ],
)
def test_marks_of_reconditioners_and_of_rows_that_end_with_the_state(
    texts: list[str], mark: str, is_sure: bool
) -> None:
    (found,), used = un_mark.find([line(text, at) for at, text in enumerate(texts)])
    assert found.value == mark
    assert used == set(range(len(texts)))
    assert (found.score > 0.85) == is_sure


@pytest.mark.parametrize(
    ('batch', 'read', 'is_sure'),
    [('PI:O07', 'PI:007', True), ('PI:B07', 'PI:807', False), ('PI:807', 'PI:807', True)],
)
def test_a_letter_in_a_batch_is_a_figure_in_doubt(batch: str, read: str, is_sure: bool) -> None:
    (found,), _ = un_mark.find([line('4G/Y9.5/S/26/CN/C530877'), line(batch, 1)])
    assert found.value == f'4G/Y9.5/S/26/CN/C530877 {read}'
    assert (calibration.calibrated(found).score >= calibration.threshold()) == is_sure
