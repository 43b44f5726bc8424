"""Machine-readable zones: the specimens of ICAO 9303, and each field that can be wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearlane.codes import Invalid, mrz

TODAY = date(2026, 11, 23)
TD3 = [
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
]
TD2 = ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6']
TD1 = [
    'I<UTOD231458907<<<<<<<<<<<<<<<',
    '7408122F1204159UTO<<<<<<<<<<<6',
    'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
]
MRV_A = [
    'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L8988901C4XXX4009078F96121096ZE184226B<<<<<<',
]
MRV_B = ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'L8988901C4XXX4009078F9612109<<<<<<<<']
LONG_NUMBER = [
    'I<UTOD23145890<7349<<<<<<<<<<<',
    '3407127M9507122UTO<<<<<<<<<<<2',
    'STEVENSON<<PETER<JOHN<<<<<<<<<',
]
GERMAN = [
    'IDD<<T220001293<<<<<<<<<<<<<<<',
    '6408125<2010315D<<<<<<<<<<<<<4',
    'MUSTERMANN<<ERIKA<<<<<<<<<<<<<',
]
FORMATS = {'TD3': TD3, 'TD2': TD2, 'TD1': TD1, 'MRV-A': MRV_A, 'MRV-B': MRV_B}


def read(lines):
    return mrz.parts('\n'.join(lines), today=TODAY)


def code_of(lines):
    with pytest.raises(Invalid) as caught:
        read(lines)
    return caught.value.code


@pytest.mark.parametrize('name', FORMATS)
@pytest.mark.parametrize('between', ['\n', '\r\n', '|', '', ' \n\n '])
def test_every_format_is_known_however_its_lines_come(name, between):
    zone = between.join(FORMATS[name])
    found = mrz.parts(zone, today=TODAY)
    assert found.format == name
    assert (found.surname, found.given_names, found.issuer) == ('ERIKSSON', 'ANNA MARIA', 'UTO')
    assert mrz.validate(zone, today=TODAY) == '\n'.join(FORMATS[name])


def test_the_passport_of_the_standard():
    found = read(TD3)
    assert (found.document_code, found.number, found.nationality) == ('P', 'L898902C3', 'UTO')
    assert (found.birth, found.sex, found.expiry) == (date(1974, 8, 12), 'F', date(2012, 4, 15))
    assert found.optional == 'ZE184226B'
    digits = (found.number_check, found.birth_check, found.expiry_check)
    assert (*digits, found.optional_check, found.composite_check) == ('6', '2', '9', '1', '0')


def test_a_visa_has_no_digit_over_the_whole():
    found = read(MRV_A)
    assert (found.optional_check, found.composite_check) == (None, None)
    assert found.nationality == 'XXX'


def test_a_long_number_runs_on():
    found = read(LONG_NUMBER)
    assert (found.number, found.number_check, found.optional) == ('D23145890734', '9', '')


def test_a_short_state_and_no_sex():
    found = read(GERMAN)
    assert (found.issuer, found.nationality, found.sex) == ('D', 'D', 'X')


def test_the_birth_is_in_the_last_hundred_years():
    assert mrz.parts('\n'.join(TD3), today=date(1974, 8, 12)).birth == date(1974, 8, 12)
    assert mrz.parts('\n'.join(TD3), today=date(1974, 8, 11)).birth == date(1874, 8, 12)


def test_a_birth_that_is_not_known_is_none():
    assert read([TD3[0], with_digits(TD3[1], 13, '<<<<<<')]).birth is None
    assert read([TD3[0], with_digits(TD3[1], 13, '74<<<<')]).birth is None


def test_an_expiry_that_is_not_known_is_none():
    assert read([TD3[0], with_digits(TD3[1], 21, '<<<<<<')]).expiry is None


def test_the_digit_of_no_additional_data_may_be_a_filler():
    for digit in '0<':
        line = TD3[1][:28] + '<' * 14 + digit
        assert read([TD3[0], line + composite(line)]).optional == ''


def test_the_guillemet_of_a_keyboard_is_two_fillers():
    assert read([TD3[0].replace('<<', '«'), TD3[1]]).surname == 'ERIKSSON'


WRONG = {
    'E_DOCUMENT': [TD3[0].replace('P', 'Q', 1), TD3[1]],
    'E_LENGTH': [TD3[0], TD3[1][:-1]],
    'E_CHARACTER': [TD3[0].replace('ANNA', 'AN*A'), TD3[1]],
    'E_STATE': [TD3[0].replace('UTO', '<<<'), TD3[1]],
    'E_NAME': [TD3[0].replace('ANNA', 'ANN4'), TD3[1]],
    'E_SEX': [TD3[0], TD3[1].replace('F', 'Q')],
}


@pytest.mark.parametrize('code', WRONG)
def test_each_field_has_its_error(code):
    assert code_of(WRONG[code]) == code


@pytest.mark.parametrize(
    ('line', 'place', 'field'),
    [
        (1, 1, 'document number'),
        (1, 13, 'date of birth'),
        (1, 21, 'date of expiry'),
        (1, 30, 'additional data'),
        (1, 43, 'whole'),
    ],
)
def test_the_failing_check_digit_is_named(line, place, field):
    lines = list(TD3)
    other = '1' if lines[line][place] != '1' else '2'
    lines[line] = lines[line][:place] + other + lines[line][place + 1 :]
    with pytest.raises(Invalid, match=f'of the {field}') as caught:
        read(lines)
    assert caught.value.code == 'E_CHECK'


def test_dates_are_dates():
    assert code_of([TD3[0], with_digits(TD3[1], 13, '741301')]) == 'E_BIRTH'
    assert code_of([TD3[0], with_digits(TD3[1], 13, '7A0101')]) == 'E_BIRTH'
    assert code_of([TD3[0], with_digits(TD3[1], 21, '230229')]) == 'E_EXPIRY'


def test_a_number_is_never_missing():
    line = '<' * 9 + '0' + TD3[1][10:43]
    assert code_of([TD3[0], line + composite(line)]) == 'E_NUMBER'


FIGURES = [place for place, mark in enumerate(TD3[1]) if mark.isdigit()]


@given(place=st.sampled_from(FIGURES), figure=st.sampled_from('0123456789'))
def test_one_wrong_figure_in_the_second_line_is_caught(place, figure):
    line = TD3[1][:place] + figure + TD3[1][place + 1 :]
    assert mrz.is_valid('\n'.join([TD3[0], line]), today=TODAY) == (line == TD3[1])


def test_without_a_day_it_is_today():
    assert mrz.is_valid('|'.join(TD1))


def with_digits(line, place, six):
    """A passport's second line with other six characters, and the digits that fit them."""
    line = line[:place] + six + digit(six) + line[place + 7 : 43]
    return line + composite(line)


def composite(line):
    return digit(line[0:10] + line[13:20] + line[21:43])


def digit(text):
    values = [0 if mark == '<' else int(mark, 36) for mark in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


@pytest.mark.parametrize('value', ['', 'P<UTO', 'A' * 44 + '\n' + 'B' * 43])
def test_what_has_not_the_form_of_a_zone_has_no_check_digits(value: str) -> None:
    assert mrz.checks(value) == {}
