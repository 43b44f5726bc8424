"""Values in lines of text: tables of lines as the text models return them, and any lines at all."""

import doctest
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane.model import Reading
from clearlane.recognisers import (
    authorities,
    dates,
    fields,
    leaders,
    mark_grammar,
    mark_rows,
    masses,
)
from clearlane.recognisers.package import interpret
from clearlane.recognisers.text.line import Line
from tests.printed import MARK, line


@pytest.mark.parametrize(
    ('text', 'found'),
    [
        ('UN3480', {'un_number': 'UN3480'}),
        ('UN 3480 LITHIUM ION BATTERIES', {'un_number': 'UN3480'}),
        ('UN No. 3481', {'un_number': 'UN3481'}),
        ('UN348O', {'un_number': 'UN3480'}),
        ('UN 0)323', {'un_number': 'UN0323'}),
        ('(UN 3480)', {'un_number': 'UN3480'}),
        ('UN4G/Y25', {}),
        ('毛重/G.W. 23.5 KG', {'gross_mass_kg': '23.5'}),
        ('毛重/6.W. 105.8 KG', {'gross_mass_kg': '105.8'}),
        ('净重(N.W.)：21.0公斤', {'net_mass_kg': '21.0'}),
        ('GROSS WEIGHT: 1,250.5 kg', {'gross_mass_kg': '1250.5'}),
        ('Net wt: 850 g', {'net_mass_kg': '0.850'}),
        ('G.W.: 23,5 KGS', {'gross_mass_kg': '23.5'}),
        ('G.W./N.W.: 17.0/13.6 KG', {'gross_mass_kg': '17.0', 'net_mass_kg': '13.6'}),
        ('G.W.: 29 KG N.W.: 23.2 KG', {'gross_mass_kg': '29', 'net_mass_kg': '23.2'}),
        ('GROSS: 51.8 LBS', {}),
        ('毛重/G.WV.104.4KG', {'gross_mass_kg': '104.4'}),
        ('NWN. 276.1 KGS', {'net_mass_kg': '276.1'}),
        ('Gross nass: 24.1kg', {'gross_mass_kg': '24.1'}),
        ('Net mas5: 29.3kg', {'net_mass_kg': '29.3'}),
        ('Gross mass: 24.lkg', {'gross_mass_kg': '24.1'}),
        ('G.W. 30.KG', {'gross_mass_kg': '30'}),
        ('G.W. 21. 81KG', {'gross_mass_kg': '21.81'}),
        ('S-N 5646365307', {'serial': '5646365307'}),
        ('SN-J98-4596-K', {'serial': 'J98-4596-K'}),
        ('SN: SN-2024-00017', {'serial': 'SN-2024-00017'}),
        ('DATE 0F NANUFACTURE 2025-11-22', {'production_date': '2025-11-22'}),
        ('PRODLUCTION DATE 18.08.2025', {'production_date': '2025-08-18'}),
        ('NET WT. 13O KG', {'net_mass_kg': '130'}),
        ('G.W. 13X KG', {}),
        ('NETWORK 12', {}),
        ('S/N: XM250525-0001', {'serial': 'XM250525-0001'}),
        ('SN:XM250525 - 0001', {'serial': 'XM250525-0001'}),
        ('序列号：9VM7KW3ARP8LQY7', {'serial': '9VM7KW3ARP8LQY7'}),
        ('Serial No.: 2305A', {'serial': '2305A'}),
        ('箱号: DUBRB0U4DM737', {'serial': 'DUBRB0U4DM737'}),
        ('LOT 0225', {'batch': '0225'}),
        ('生产批号/LOT 0225', {'batch': '0225'}),
        ('BATCH NO. L67237227', {'batch': 'L67237227'}),
        ('LOT OF GOODS', {}),
        ('序歹列号:VC241174353', {'serial': 'VC241174353'}),
    ],
)  # fmt: skip
def test_values_are_found_by_the_words_before_them(text: str, found: dict[str, str]) -> None:
    assert {one.kind: one.value for one in fields.values(text)} == found


def test_a_value_in_the_next_column_or_row_is_found() -> None:
    beside = [line('净重/N.V.'), line('95.6 KG', left=260), line('毛重', 2), line('105.8 KG', 3)]
    readings, spent = fields.find(beside)
    assert {one.kind: one.value for one in readings} == {
        'net_mass_kg': '95.6',
        'gross_mass_kg': '105.8',
    }
    assert spent == {0, 1, 2, 3}


def test_a_disputed_value_scores_less() -> None:
    sure, _ = fields.find([line('G.W. 30.4 KG')])
    disputed, _ = fields.find([line('G.W. 30.4 KG', other='G.W. 304 KG')])
    assert disputed[0].score < sure[0].score


def test_a_line_that_says_more_than_its_value_is_kept_as_text() -> None:
    kinds = [(one.kind, one.value) for one in interpret([line('UN3480 LITHIUM ION BATTERIES')])]
    assert kinds == [
        ('un_number', 'UN3480'),
        ('proper_shipping_name', 'LITHIUM ION BATTERIES'),
        ('text', 'UN3480 LITHIUM ION BATTERIES'),
    ]


@pytest.mark.parametrize(
    ('text', 'score'),
    [
        ('LOT 4725', 1.0),
        ('LOT 1725', 1.0),
        ('LOT B25-84', 1.0),
        ('LOT 125164', fields.LOOKALIKES['batch']),
        ('LOT 825-84', fields.LOOKALIKES['batch']),
        ('LOT 324-49', fields.LOOKALIKES['batch']),
        ('LOT 8260215-15', fields.LOOKALIKES['batch']),
        ('LOT 20260215-1', 1.0),
        ('SNL-654137', fields.GLUED),
        ('S/N RW25', fields.SHORT),
        ('S/N RW250', 1.0),
    ],
)
def test_a_value_that_may_begin_otherwise_scores_less(text: str, score: float) -> None:
    (found,), _ = fields.find([line(text)])
    assert found.score == pytest.approx(score)


def test_more_net_than_gross_is_in_doubt() -> None:
    lines = [line('G.W. 29 KG'), line('N.W. 272 KG', 1)]
    assert [one.score for one in fields.find(lines)[0]] == [fields.IMPOSSIBLE] * 2
    lines = [line('G.W. 29 KG'), line('N.W. 27.2 KG', 1)]
    assert [one.score for one in fields.find(lines)[0]] == [1, 1]


def test_many_times_the_mass_of_the_mark_is_in_doubt() -> None:
    mark = line('4G/Y24/S/26/CN/C800152 PI:316')
    scores = {
        text: next(one.score for one in interpret([mark, line(text, 3)]) if '_mass' in one.kind)
        for text in ('毛重:2105 KGS', '毛重:210.5 KGS', '毛重:25 KGS')
    }
    assert list(scores.values()) == [fields.IMPOSSIBLE, 1, 1]


def test_too_little_net_beside_the_gross_is_in_doubt() -> None:
    lines = [line('G.W. 56.8 KG'), line('N.W. 2.5 KG', 1)]
    scores = {one.kind: one.score for one in fields.find(lines)[0]}
    assert scores == {'gross_mass_kg': 1, 'net_mass_kg': fields.IMPOSSIBLE}


@pytest.mark.parametrize(
    ('texts', 'guessed'),
    [
        (['G.W. 7.79 KG', '.R. 6.4 KG'], {'net_mass_kg': '6.4'}),
        (['6.0. 6.7 KG', 'Net mass: 5.4kg'], {'gross_mass_kg': '6.7'}),
        (['7.8KG', '6.7KG'], {'gross_mass_kg': '7.8', 'net_mass_kg': '6.7'}),
        (['G.W. 7.79 KG', '0.4 KG'], {}),
        (['G.W. 7.79 KG', '6.4 KG', '5.1 KG'], {}),
        (['G.W. 7.79 KG', 'MAX 6.4 KG'], {}),
        (['G.W. 7.79 KG', 'N.W. 6.4 KG', '5.1 KG'], {}),
        (['6.4 KG'], {}),
        (['6.4 KG', '6.4 KG'], {}),
    ],
)
def test_the_one_other_mass_of_a_picture_is_guessed_in_doubt(
    texts: list[str], guessed: dict[str, str]
) -> None:
    found = fields.find([line(text, at) for at, text in enumerate(texts)])[0]
    assert {one.kind: one.value for one in found if one.score == fields.GUESSED} == guessed


def test_a_mass_with_its_unit_is_taken_before_a_figure_without() -> None:
    lines = [line('毛重'), line('4', left=220), line('112.38 KG', left=420)]
    assert [one.value for one in fields.find(lines)[0]] == ['112.38']
    assert [one.value for one in fields.find(lines[:2])[0]] == ['4']


@pytest.mark.parametrize(
    ('text', 'kind', 'value'),
    [
        ('SEFRIAL NO.JCL-673273', 'serial', 'JCL-673273'),
        ('EATCH: L25318', 'batch', 'L25318'),
        ('GRCSS WEIGHT 12.5 KG', 'gross_mass_kg', '12.5'),
        ('AERIALS 4000123', None, None),
        ('HEIGHT 400 MM', None, None),
        ('BATTERY: 51.2V', None, None),
    ],
)
def test_words_with_a_letter_misread_name_a_value_in_doubt(
    text: str, kind: str | None, value: str | None
) -> None:
    found = fields.find([line(text)])[0]
    assert [(one.kind, one.value) for one in found] == ([(kind, value)] if kind else [])
    assert all(one.score <= fields.DISPUTED for one in found)


def test_a_month_without_a_day_is_in_doubt() -> None:
    scores = [fields.find([line(text)])[0][0].score for text in ('MFG 2026-02', 'MFG 2026-02-13')]
    assert scores == [fields.CUT_DAY, 1]


@pytest.mark.parametrize(
    ('words', 'value', 'kind', 'day'),
    [
        ('Expiry 有效期至', '2028-04-25', 'expiry_date', '2028-04-25'),
        ('包装日期 Packed', '2026年07月19日', 'packing_date', '2026-07-19'),
        ('Use by', '2028.04.25', 'expiry_date', '2028-04-25'),
        ('生产日期MFG', 'SEP2026', 'production_date', '2026-09'),
    ],
)
def test_words_alone_name_every_kind_of_day(words: str, value: str, kind: str, day: str) -> None:
    found = fields.find([line(words), line(value, left=800)])[0]
    assert [(one.kind, one.value) for one in found] == [(kind, day)]


@pytest.mark.parametrize(
    ('texts', 'kind', 'value'),
    [
        ([('LOT……', 1.0, 0), ('B260914-01', 1.0, 1100)], 'batch', 'B260914-01'),
        ([('序列号/ Serial No.', 1.0, 0), ('00000', 0.4, 800), ('G2M4M3593', 1.0, 1100)],
         'serial', 'G2M4M3593'),
        ([('S/N.', 1.0, 0), ('0.00000o00.00.o..0...', 0.3, 300), ('VG26U7133427', 1.0, 1100)],
         'serial', 'VG26U7133427'),
        ([('Gross weight..........13.25 kg', 1.0, 0)], 'gross_mass_kg', '13.25'),
        ([('生产批号/Batch .', 1.0, 0), ('..LC-00711', 1.0, 900)], 'batch', 'LC-00711'),
    ],
)  # fmt: skip
def test_leaders_are_no_print(texts: list[tuple[str, float, int]], kind: str, value: str) -> None:
    lines = [line(text, left=left, score=score) for text, score, left in texts]
    assert [(one.kind, one.value) for one in fields.find(lines)[0]] == [(kind, value)]


@pytest.mark.parametrize('words', ['Date of marufacture', 'Daté of manufacture', 'AFG'])
def test_words_alone_with_a_letter_misread_name_the_value_beside_them(words: str) -> None:
    lines = [line(words, other='MFG' if words == 'AFG' else ''), line('2023-12-21', left=800)]
    found = fields.find(lines)[0]
    assert [(one.kind, one.value) for one in found] == [('production_date', '2023-12-21')]
    assert found[0].score < 0.95


@pytest.mark.parametrize(
    ('text', 'kind', 'value'),
    [
        ('毛重/G.W、17.0 KG', 'gross_mass_kg', '17.0'),
        ('SIN:5021525421', 'serial', '5021525421'),
        ('CHARGE 26W48', 'batch', '26W48'),
        ('N.WI 148.69 KGS', 'net_mass_kg', '148.69'),
        ('批次 Batch No.: FC17352', 'batch', 'FC17352'),
        ('批次Batch No. 20260814-9', 'batch', '20260814-9'),
        ('生产批号 LOT:BA70366', 'batch', 'BA70366'),
        ('产品序列号 SERIAL NO:62880950206143', 'serial', '62880950206143'),
        ('序列号 SERIAL NO.:06405094226324', 'serial', '06405094226324'),
        ('箱号 S/N PA-1766-32988', 'serial', 'PA-1766-32988'),
        ('箱号 S/N03AEMC23W687191J2', 'serial', '03AEMC23W687191J2'),
    ],
)
def test_words_in_two_languages_name_one_value(text: str, kind: str, value: str) -> None:
    assert [(one.kind, one.value) for one in fields.find([line(text)])[0]] == [(kind, value)]


def test_columns_of_words_over_values_are_not_read_across() -> None:
    lines = [
        line('序列号 SN'), line('批号/Batch', 0.1, left=420),
        line('74940086952108', 0.8), line('RT56993', 0.7, left=420),
    ]  # fmt: skip
    found = {one.kind: one.value for one in fields.find(lines)[0]}
    assert found == {'serial': '74940086952108', 'batch': 'RT56993'}


def test_a_value_some_way_beside_its_words_comes_before_what_stands_below_them() -> None:
    lines = [line('Serial#'), line('UW.960115.7', 0.02, left=320), line('P.I.4987', 0.95)]
    assert [one.value for one in fields.find(lines)[0]] == ['UW.960115.7']


@pytest.mark.parametrize(
    ('words', 'value', 'kind'),
    [
        ('列号/Serial No.', 'HVX112V6377', 'serial'),
        ('号LOT', '20250509-4', 'batch'),
        ('外十/SERIAL NO', 'JRM690R2575', 'serial'),
        ('毛重//GROSS WT', '21.8KG', 'gross_mass_kg'),
        ('L/ I B/PROD.DATE', '2026-08-16', 'production_date'),
        ('充电器/Serial No.', 'HVX112V6377', None),
        ('型号/MODEL NO', 'HVX112V6377', None),
        ('打印/PROD.DATE', '2026-08-16', None),
    ],
)
def test_scraps_before_known_words_are_left_out_and_cost_it(
    words: str, value: str, kind: str | None
) -> None:
    found = fields.find([line(words), line(value, left=500)])[0]
    assert [one.kind for one in found] == ([kind] if kind else [])
    assert all(one.score < 0.95 for one in found)


@pytest.mark.parametrize(
    ('text', 'kind', 'value'),
    [
        ('SERIAL MO 2139006852', 'serial', '2139006852'),
        ('SERIAL N0 HF240202600', 'serial', 'HF240202600'),
        ('Serial Ma.: KLF-651962', 'serial', 'KLF-651962'),
        ('SH 3496008793', 'serial', '3496008793'),
        ('Bateh:L25040', 'batch', 'L25040'),
        ('LOT N0.19459', 'batch', '19459'),
        ('MET WEIGHT 41.5 kg', 'net_mass_kg', '41.5'),
        ('M/W 3.4 KGS', 'net_mass_kg', '3.4'),
        ('NFG: 2024.01.23', 'production_date', '2024-01-23'),
        ('PR00，2023/11/25', 'production_date', '2023-11-25'),
        ('5/N: 6674362176', 'serial', '6674362176'),
        ('S/NGLS-951156', 'serial', 'GLS-951156'),
        ('S/: Y75-0117-A', 'serial', 'Y75-0117-A'),
        ('SNZN230939853', 'serial', 'ZN230939853'),
        ('SEPIALNO.7437238826', 'serial', '7437238826'),
        ('SER1RLNO.8775244695', 'serial', '8775244695'),
        ('Seria! No.: XEH-217233', 'serial', 'XEH-217233'),
        ('5N B26-8926-E', 'serial', 'B26-8926-E'),
        ('G.N.: 297.68 KG', 'gross_mass_kg', '297.68'),
        ('M.H. 8.9 KG', 'net_mass_kg', '8.9'),
    ],
)
def test_words_before_a_value_may_be_misread(text: str, kind: str, value: str) -> None:
    values, _ = fields.find([line(text)])
    assert [(one.kind, one.value) for one in values] == [(kind, value)]
    assert values[0].score < 1


@pytest.mark.parametrize(
    'text', ['S/ 12', 'SNACKS 12', 'SH 12', 'SHIP TO 123456', 'S.H. CO 4G', 'MET 2024', 'SM']
)
def test_other_words_are_no_words_before_a_value(text: str) -> None:
    assert fields.find([line(text)])[0] == []


def test_a_table_gives_each_value_to_the_words_beside_it() -> None:
    rows = [('LOT', 'B24-72'), ('S/N', '5309440147'), ('MFG', '2024-06-24'), ('G.W.', '12.5 KG')]
    lines = [line(words, row) for row, (words, _) in enumerate(rows)]
    lines += [line(value, row + 0.15, left=400) for row, (_, value) in enumerate(rows)]
    found = {one.kind: one.value for one in fields.find(lines)[0]}
    assert found == {
        'batch': 'B24-72',
        'serial': '5309440147',
        'production_date': '2024-06-24',
        'gross_mass_kg': '12.5',
    }


@pytest.mark.parametrize(
    ('words', 'value', 'kind', 'said'),
    [
        ('G.WN.', '20.3 KGS', 'gross_mass_kg', '20.3'),
        ('毛饭', '25.81 kg', 'gross_mass_kg', '25.81'),
        ('N.WI.', '18.9KG', 'net_mass_kg', '18.9'),
        ('净董', '18.9KG', 'net_mass_kg', '18.9'),
        ('序到司', 'S54-5406-T', 'serial', 'S54-5406-T'),
        ('Batch Noo.', 'B24-85', 'batch', 'B24-85'),
    ],
)
def test_misread_words_of_a_table_still_name_their_value_and_cost_it(
    words: str, value: str, kind: str, said: str
) -> None:
    told = {'gross_mass_kg': '毛重', 'net_mass_kg': '净重', 'serial': '序列号', 'batch': '批号'}
    (worn,), _ = fields.find([line(words), line(value, 0.1, left=400)])
    (plain,), _ = fields.find([line(told[kind]), line(value, 0.1, left=400)])
    assert (worn.kind, worn.value) == (plain.kind, plain.value) == (kind, said)
    assert worn.score < plain.score


def test_misread_words_keep_no_certainty_of_what_was_read() -> None:
    words = replace(line('Batch Noo.'), certainties=(0.9,) * 10, shapes=(0.9,) * 10)
    value = replace(line('B24-85', 0.1, left=400), certainties=(1.0,) * 6, shapes=(1.0,) * 6)
    assert [one.value for one in fields.find([words, value])[0]] == ['B24-85']


def test_other_words_of_a_table_name_no_value() -> None:
    assert fields.find([line('毛坯件数'), line('25', 0.1, left=400)]) == ([], set())


def test_a_day_that_may_have_lost_a_figure_is_in_doubt() -> None:
    cut, whole = (fields.find([line(f'MFG 2024/05/{day}')])[0][0] for day in ('1', '17'))
    assert cut.score < 0.7 < whole.score


GS1 = '(01)06901234567892(10)B24-81(21)UD240147243'


CODE = Reading(
    kind='barcode',
    value=GS1,
    score=0.99,
    recogniser='t',
    details={'gs1': {'serial': 'UD240147243', 'batch': 'B24-81'}},
)


@pytest.mark.parametrize(
    ('text', 'value', 'sure', 'repaired'),
    [
        ('SN: UD240147243', 'UD240147243', True, False),
        ('SN: UD24O147243', 'UD240147243', True, True),
        ('LOT: B24-81', 'B24-81', True, False),
        ('SN: U0240147243', 'UD240147243', False, True),
        ('SN: UD240147343', 'UD240147343', False, False),
        ('SN: B24-81', 'B24-81', None, False),
    ],
)
def test_elements_of_a_code_confirm_a_serial_or_batch(
    text: str, value: str, sure: bool | None, repaired: bool
) -> None:
    (read,) = fields.find([line(text, score=0.95, weakest=0.9)])[0]
    (one,) = fields.confirmed([read], [CODE])
    assert one.value == value
    assert ('repaired' in one.details) is repaired
    if sure is None:
        assert one.score == read.score
    else:
        assert (one.score >= fields.CONFIRMED) is sure
        assert (one.score > read.score) is sure


@pytest.mark.parametrize(
    ('code', 'value', 'sure'),
    [
        ('S:639.240.7320;B:D137/49', '639.240.7320', True),
        ('639.240.7320|D137/49', '639.240.7320', True),
        ('639.240.7320/4158', '639.240.7320', True),
        ('SN=6392407321 B=D137', '639.2407320', False),
        ('品名:电池;序列号:639.240.7320', '639.240.7320', True),
        ('电池组639.240.7320', '639.2407320', False),
    ],
)
def test_one_of_several_values_of_a_code_confirms_a_serial(
    code: str, value: str, sure: bool
) -> None:
    (read,) = fields.find([line('SN: 639.2407320', score=0.95, weakest=0.9)])[0]
    (one,) = fields.confirmed([read], [replace(CODE, value=code, details={})])
    assert (one.value, one.score >= fields.CONFIRMED) == (value, sure)


@pytest.mark.parametrize(
    ('text', 'kind', 'day'),
    [
        ('生产日期: 2025/07/23', 'production_date', '2025-07-23'),
        ('MFG 2023.1.5', 'production_date', '2023-01-05'),
        ('DATE OF MANUFACTURE 2023-03-26', 'production_date', '2023-03-26'),
        ('DATE OF NANUFACTURE 2025.06.23', 'production_date', '2025-06-23'),
        ('EXP 20280722', 'expiry_date', '2028-07-22'),
    ],
)
def test_days_are_read(text: str, kind: str, day: str) -> None:
    values, _ = fields.find([line(text)])
    assert [(one.kind, one.value) for one in values] == [(kind, day)]


def test_a_day_before_its_month_by_points_is_in_doubt() -> None:
    plain, doubtful = (
        fields.find([line(f'EXP {day}')])[0][0] for day in ('13.04.2027', '03.04.2027')
    )
    assert doubtful.value == '2027-04-03'
    assert doubtful.score == pytest.approx(plain.score * fields.DAY_FIRST)


@pytest.mark.parametrize('text', ['MFG 2023.13.05', 'MFG 03/04/2025', 'DATE'])
def test_a_day_that_is_none_or_two_is_not_reported(text: str) -> None:
    values, _ = fields.find([line(text)])
    assert not [one for one in values if one.kind.endswith('date')]


SCRAPS = st.one_of(
    st.text(max_size=60),
    st.text('4GYXZS/25CN013PI:. UN毛重KGO', max_size=60),
    st.sampled_from([MARK, '4G/Y25/S/24', 'CN/C230003', 'PI:001', 'UN', 'G.W.', '23.5 KG', 'SN:']),
)


PLACES = st.floats(-1e4, 1e4, allow_nan=False)


LINES = st.builds(
    lambda text, other, score, quad: Line(
        text=text, other=other, score=score, weakest=score, quad=tuple(quad)
    ),
    SCRAPS,
    SCRAPS,
    st.floats(0, 1),
    st.lists(st.tuples(PLACES, PLACES), min_size=4, max_size=4),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_no_lines_break_the_reading_and_none_is_lost(lines: list[Line]) -> None:
    readings = interpret(lines)
    assert all(0 <= one.score <= 1 for one in readings)
    assert bool(readings) == bool(lines)


@pytest.mark.parametrize(
    'module', [authorities, dates, fields, leaders, mark_grammar, mark_rows, masses]
)
def test_the_examples_in_the_text_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
