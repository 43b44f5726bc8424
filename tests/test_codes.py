"""What every code module keeps to, whatever it reads."""

import dataclasses
import doctest
import importlib
import json
import pickle
import pkgutil
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane import codes
from clearlane.codes import KINDS, Invalid, check

EXAMPLES = {
    'container_number': ['CSQU3054383', 'csqu 305438-3', 'MWCU605978[4]'],
    'declaration_no': ['371620250000123456', '2217 2024 1 000000123'],
    'hs_code': ['850760', '8507.60.00', '8507600020', '8507600020999'],
    'licence_plate': ['闽A·12345', '粤bd12345', '粤Z F023港', '使014578', '沪A0023领'],
    'mrz': [
        'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10',
        'IDCHES0002068<8<<<<<<<<<<<<<<<|8102287F1301014CHE<<<<<<<<<<<4|VADIS<<QUO' + '<' * 20,
        'I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6',
    ],
    'un_mark': [
        'UN 4G/Y25/S/24 CN/C230003 PI:001',
        '1A1/Y1.4/150/97/NL/VL824/NL/RB/01 RL',
        '50D/Y/06 25/CN/C350021 2400/1200',
        '31HA1/Y/05 01 D/Muller 1683 10800/1200',
    ],
    'un_number': ['UN3480', 'un-3480', '3480', 'UN No. 3480'],
    'uscc': ['91350100M000100Y43', '91512081-MA62K0260E'],
}
ALL = [(kind, value) for kind, values in EXAMPLES.items() for value in values]
MODULES = [module.name for module in pkgutil.iter_modules(codes.__path__)]


@pytest.mark.parametrize('name', ['', *(f'.{name}' for name in MODULES)])
def test_the_docstrings_are_true(name):
    result = doctest.testmod(importlib.import_module(f'clearlane.codes{name}'))
    assert result.attempted > 0
    assert result.failed == 0


def test_the_modules_with_the_four_functions_are_the_kinds():
    assert sorted(KINDS) == sorted(EXAMPLES)


@pytest.mark.parametrize('kind', sorted(EXAMPLES))
def test_every_kind_has_the_same_shape(kind):
    module = KINDS[kind]
    for function in ('compact', 'parts', 'validate', 'is_valid'):
        assert getattr(module, function).__doc__
    assert 'Sources:' in module.__doc__
    assert dataclasses.is_dataclass(module.Parts)
    assert module.Parts.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(module.Parts))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match='NOTHING'):
        _ = codes.NOTHING


def test_an_unknown_kind_is_a_key_error():
    with pytest.raises(KeyError):
        check('phone_number', '1')


@pytest.mark.parametrize(('kind', 'value'), ALL)
def test_the_examples_are_valid(kind, value):
    module = KINDS[kind]
    compact = module.validate(value)
    assert module.compact(value) == compact
    assert module.validate(compact) == compact
    assert module.parts(compact) == module.parts(value)
    assert module.is_valid(value)


@pytest.mark.parametrize(('kind', 'value'), ALL)
def test_an_answer_is_ready_for_json(kind, value):
    answer = check(kind, value)
    assert answer == json.loads(json.dumps(answer))
    assert list(answer) == ['kind', 'value', 'valid', 'compact', 'parts', 'error']
    assert answer['valid']
    assert answer['parts']
    assert answer['error'] is None


@pytest.mark.parametrize('kind', sorted(EXAMPLES))
@pytest.mark.parametrize('value', ['', ' ', '\0', '\ud800', 'nonsense', '<' * 36])
def test_a_refusal_says_why(kind, value):
    answer = check(kind, value)
    assert not answer['valid']
    assert answer['parts'] is None
    assert answer['error']['code'].startswith('E_')
    assert answer['error']['message'].endswith(')')
    assert '\0' not in answer['error']['message']
    assert not KINDS[kind].is_valid(value)


@pytest.mark.parametrize('kind', sorted(EXAMPLES))
@pytest.mark.parametrize('unit', ['7', ' ', '\n', '４', '<', 'UN', '/'])
def test_a_value_of_ten_megabytes_is_refused_at_once(kind, unit):
    value = unit * (10_000_000 // len(unit))
    begun = time.perf_counter()
    answer = check(kind, value)
    assert time.perf_counter() - begun < 0.5
    assert answer['error']['code'] == 'E_LENGTH'
    assert answer['compact'] is None


@pytest.mark.parametrize('kind', sorted(EXAMPLES))
@settings(max_examples=60, deadline=None)
@given(value=st.text(max_size=100))
def test_any_text_is_either_compact_or_invalid(kind, value):
    holds(kind, value)


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_a_damaged_example_is_either_compact_or_invalid(data):
    kind, value = data.draw(st.sampled_from(ALL))
    damage = data.draw(st.text(max_size=3) | st.text('0123456789XYZSRCNUPI:/. <\n', max_size=4))
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, min(len(value), start + 3)))
    holds(kind, value[:start] + damage + value[end:])


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_spaces_and_full_width_characters_change_nothing(data):
    kind, value = data.draw(st.sampled_from(ALL))
    wide = str.maketrans({chr(mark): chr(mark + 0xFEE0) for mark in range(0x21, 0x7F)})
    chosen = data.draw(st.lists(st.booleans(), min_size=len(value), max_size=len(value)))
    widened = [
        mark.translate(wide) if yes else mark for mark, yes in zip(value, chosen, strict=True)
    ]
    assert KINDS[kind].compact('\u3000' + ''.join(widened) + ' \ufeff') == KINDS[kind].compact(
        value
    )


def holds(kind, value):
    """A value is refused with Invalid, or its compact form is valid and stays as it is."""
    module = KINDS[kind]
    try:
        compact = module.validate(value)
    except Invalid:
        assert not module.is_valid(value)
        return
    assert module.validate(compact) == module.compact(compact) == compact
    assert module.parts(compact) == module.parts(value)


CHECKED = [
    ('container_number', 'CSQU3054383', [10]),
    ('uscc', '91350100M000100Y43', [17]),
    (
        'mrz',
        'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10',
        [45 + 9, 45 + 19, 45 + 27, 45 + 42, 45 + 43],
    ),
]


@pytest.mark.parametrize(('kind', 'value', 'places'), CHECKED)
@pytest.mark.parametrize('digit', '0123456789')
def test_another_check_digit_is_invalid(kind, value, places, digit):
    for place in places:
        changed = value[:place] + digit + value[place + 1 :]
        assert KINDS[kind].is_valid(changed) == (changed == value)


@given(owner=st.from_regex('[A-Z]{3}', fullmatch=True), serial=st.integers(0, 999999))
def test_one_check_digit_fits_a_container(owner, serial):
    numbers = [f'{owner}U{serial:06}{digit}' for digit in range(10)]
    assert sum(map(KINDS['container_number'].is_valid, numbers)) == 1


VALUES = [
    ('container_number', 'MSKU1234565', None),
    ('container_number', 'CBHU3202732', None),
    ('container_number', 'TEMU1234565', None),
    ('container_number', 'CSQU3054384', 'E_CHECK'),
    ('container_number', 'MWCU6059785', 'E_CHECK'),
    ('container_number', 'CSQU305438', 'E_LENGTH'),
    ('container_number', 'CSQU3054383 22G1', 'E_LENGTH'),
    ('container_number', 'CS1U3054383', 'E_OWNER'),
    ('container_number', 'CSQR3054383', 'E_CATEGORY'),
    ('container_number', 'CSQU30543B3', 'E_SERIAL'),
    ('un_number', 'UN0004', None),
    ('un_number', 'UN3558', None),
    ('un_number', 'UN0000', 'E_RANGE'),
    ('un_number', 'UN0003', 'E_RANGE'),
    ('un_number', 'UN 9999', 'E_RANGE'),
    ('un_number', 'UN34800', 'E_LENGTH'),
    ('un_number', 'ID8000', 'E_FORMAT'),
    ('un_number', 'UN٣٤٨٠', 'E_FORMAT'),
    ('uscc', 'N2350100MF00000000', 'E_CHECK'),
    ('uscc', '91350100M000100Y4Z', 'E_CHARACTER'),
    ('uscc', '91350100M000100Y4*', 'E_CHARACTER'),
    ('uscc', '9135A100M000100Y43', 'E_REGION'),
    ('uscc', '91350100M000100Y44', 'E_CHECK'),
    ('uscc', '91350100M000100Y4', 'E_LENGTH'),
    ('declaration_no', '000020000000000000', None),
    ('declaration_no', '37162025000012345', 'E_LENGTH'),
    ('declaration_no', '371619990000123456', 'E_YEAR'),
    ('declaration_no', '371620990000123456', 'E_FUTURE'),
    ('declaration_no', '371620252000123456', 'E_DIRECTION'),
    ('declaration_no', '37162025000012345X', 'E_FORMAT'),
    ('hs_code', '9803000000', None),
    ('hs_code', '850760001', 'E_LENGTH'),
    ('hs_code', '8507.6A', 'E_FORMAT'),
    ('hs_code', '770110', 'E_CHAPTER'),
    ('hs_code', '000110', 'E_CHAPTER'),
    ('hs_code', '850010', 'E_HEADING'),
    ('licence_plate', '京A12', 'E_LENGTH'),
    ('licence_plate', 'AB12345', 'E_PROVINCE'),
    ('licence_plate', '京O12345', 'E_LETTER'),
    ('licence_plate', '京A1234I', 'E_LETTER'),
    ('licence_plate', '京112345', 'E_OFFICE'),
    ('licence_plate', '京A1234港', 'E_ENDING'),
    ('licence_plate', '京A1234*', 'E_SERIAL'),
    ('licence_plate', '使0145*8', 'E_SERIAL'),
    ('licence_plate', '粤BL12345', 'E_SERIAL'),
]


@pytest.mark.parametrize(('kind', 'value', 'code'), VALUES)
def test_each_error_has_its_code(kind, value, code):
    error = check(kind, value)['error']
    assert (error and error['code']) == code


PLATES = {
    '京A12345': ('ordinary', ('blue', 'yellow')),
    '京AD12345': ('new_energy_small', ('green',)),
    '京A12345F': ('new_energy_large', ('yellow-green',)),
    '京A0006警': ('police', ('white',)),
    '京A1234学': ('learner', ('yellow',)),
    '京A1234挂': ('trailer', ('yellow',)),
    '粤Z1234港': ('hong_kong', ('black',)),
    '粤Z1234澳': ('macao', ('black',)),
    '使014578': ('embassy', ('black',)),
    '领014578': ('consulate', ('black',)),
    '沪A0023领': ('consulate', ('black',)),
}


@pytest.mark.parametrize('plate', PLATES)
def test_a_plate_tells_its_kind_and_colours(plate):
    found = KINDS['licence_plate'].parts(plate)
    assert (found.kind, found.colours) == PLATES[plate]
    shown = found.province + (found.office or '') + found.serial + (found.ending or '')
    assert shown == plate


def test_serials_that_leave_ten_are_told_apart():
    container = KINDS['container_number']
    noughts = [f'ABCU{serial:06}0' for serial in range(400)]
    found = [container.parts(number) for number in noughts if container.is_valid(number)]
    assert {parts.remainder_ten for parts in found} == {True, False}


def test_the_organisation_code_is_judged_but_not_required():
    uscc = KINDS['uscc']
    assert uscc.parts('91512081MA62K0260E').organisation_fits
    numbers = (f'91512081MA62K0261{mark}' for mark in '0123456789ABCDEFGHJKLMNPQRTUWXY')
    other = next(number for number in numbers if uscc.is_valid(number))
    assert not uscc.parts(other).organisation_fits


def test_a_code_reaches_as_deep_as_its_figures():
    deep = KINDS['hs_code'].parts('8507600020999')
    assert (deep.commodity, deep.quarantine, deep.national) == ('8507600020', '999', False)
    flat = KINDS['hs_code'].parts('980300')
    assert (flat.tariff_line, flat.commodity, flat.quarantine, flat.national) == (
        None,
        None,
        None,
        True,
    )


def test_an_error_can_be_carried_between_processes():
    error = pickle.loads(pickle.dumps(Invalid('E_X', 'why')))
    assert (error.code, error.message, str(error)) == ('E_X', 'why', 'why')
