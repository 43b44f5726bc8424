"""UN packaging marks: a table of good ones, a table of bad ones with the reason, and the codes."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearlane.codes import Invalid, clock, packaging_code, un_mark
from clearlane.codes.tables import rows

TODAY = date(2026, 11, 23)

VALID = {
    # packagings, in the pattern of the printed examples of 6.1.3
    'UN 4G/Y145/S/02 NL/VL823': '4G/Y145/S/02/NL/VL823',
    'UN 1A1/Y1.4/150/98 NL/VL824': '1A1/Y1.4/150/98/NL/VL824',
    'UN 1A2/Y150/S/01 NL/VL825': '1A2/Y150/S/01/NL/VL825',
    'UN 4HW/Y136/S/98 F/VL826': '4HW/Y136/S/98/F/VL826',
    'UN 1A2/Y/100/01 USA/MM5': '1A2/Y/100/01/USA/MM5',
    'UN 4B/X250/S/21 GB/4321': '4B/X250/S/21/GB/4321',
    'UN 4B/X250/S/22 UK/4321': '4B/X250/S/22/UK/4321',
    'UN 1G/Y75/S/24 USA/+AA1234': '1G/Y75/S/24/USA/+AA1234',
    'UN 3H1/Y1.9/120/24 B/BVT-18': '3H1/Y1.9/120/24/B/BVT-18',
    'UN 1H2/Y1.8/100/24 USA/+AC2518': '1H2/Y1.8/100/24/USA/+AC2518',
    'UN 6HA1/X1.6/250/23 D/BAM9911': '6HA1/X1.6/250/23/D/BAM9911',
    'UN 1A2T/Y300/S/01 USA/abc': '1A2T/Y300/S/01/USA/abc',
    'UN 4GU/X3/S/24 S/ABC': '4GU/X3/S/24/S/ABC',
    '3H1/Y1.9/120/06 24/B/BVT-18': '3H1/Y1.9/120/06 24/B/BVT-18',
    '3H1/Y1.9/120/06/24 B/BVT-18': '3H1/Y1.9/120/06 24/B/BVT-18',
    'UN 4G/Y25/S/24 I/CSI/1234': '4G/Y25/S/24/I/CSI/1234',
    # infectious substances
    'UN 4G/CLASS 6.2/24 CN/C230003': '4G/CLASS 6.2/24/CN/C230003',
    'UN 4GU/Class6.2/26 PL/COBRO 729': '4GU/CLASS 6.2/26/PL/COBRO 729',
    # reconditioned
    'UN 1A1/Y1.4/150/97 NL/RB/01 RL': '1A1/Y1.4/150/97/NL/RB/01 RL',
    'UN 1A2/Y150/S/99 USA/RB/00 R': '1A2/Y150/S/99/USA/RB/00 R',
    '1A1/Y1.4/150/97 NL/VL824 NL/RB/01/R/L': '1A1/Y1.4/150/97/NL/VL824/NL/RB/01 RL',
    '1A1/Y1.4/150/20/CN/C230003 PI:001/CN/RB/25 RL': (
        '1A1/Y1.4/150/20/CN/C230003/CN/RB/25 RL PI:001'
    ),
    '4G/Y25/S/24/D/25 R': '4G/Y25/S/24/D/25 R',
    # China
    'UN 4G/X30/S/24 CN/C230003 PI:001': '4G/X30/S/24/CN/C230003 PI:001',
    'UN 4D/Y380/S/25 CN/C350021 PI:003': '4D/Y380/S/25/CN/C350021 PI:003',
    'UN 4C2/Y120/S/24 CN/C370009 PI:010': '4C2/Y120/S/24/CN/C370009 PI:010',
    'UN 4H2/Y60/S/25 CN/C090044 PI:120': '4H2/Y60/S/25/CN/C090044 PI:120',
    'UN 4GV/X12/S/24 CN/C220107 PI:009': '4GV/X12/S/24/CN/C220107 PI:009',
    '4G/Y25/S/18 CN/4400171 PI:010': '4G/Y25/S/18/CN/4400171 PI:010',
    '4G/Y25/S/19 CN/4400171 PI:010': '4G/Y25/S/19/CN/4400171 PI:010',
    '4G/Y25/S/19 CN/C440017 PI:010': '4G/Y25/S/19/CN/C440017 PI:010',
    # however it is written
    'un\n4G/Y25/S/24\nCN/C230003\nPI:001': '4G/Y25/S/24/CN/C230003 PI:001',
    'ⓤⓝ 4G/Y25/S/24/CN/C230003/PI : 001': '4G/Y25/S/24/CN/C230003 PI:001',
    'UN4G / Y25.5 / S / 24 / CN / C230003': '4G/Y25.5/S/24/CN/C230003',
    '４Ｇ／Ｙ２５／Ｓ／２４　ＣＮ／Ｃ２３０００３　ＰＩ：００１': '4G/Y25/S/24/CN/C230003 PI:001',
    # large packagings
    'UN 50D/Y/06 25/CN/C350021 2400/1200': '50D/Y/06 25/CN/C350021 2400/1200',
    'UN 50D/Y/06/25/CN/C350021/2400/1200': '50D/Y/06 25/CN/C350021 2400/1200',
    '50D/Y/06 25/CN/C350021 2400 / 1200 PI:007': '50D/Y/06 25/CN/C350021 2400/1200 PI:007',
    'UN 50A/X/05 01/N/PQRS 2500/1000': '50A/X/05 01/N/PQRS 2500/1000',
    'UN 50AT/Y/05 01/B/PQRS 2500/1000': '50AT/Y/05 01/B/PQRS 2500/1000',
    'UN 50H/Y/04 02/D/ABCD 987 0/800': '50H/Y/04 02/D/ABCD 987 0/800',
    'UN 51H/Z/06 01/S/1999 0/500': '51H/Z/06 01/S/1999 0/500',
    # IBCs
    'UN 11A/Y/02 99 NL/Mulder 007 5500/1500': '11A/Y/02 99/NL/Mulder 007 5500/1500',
    'UN 13H3/Z/03 01 F/Meunier 1713 0/1500': '13H3/Z/03 01/F/Meunier 1713 0/1500',
    'UN 31H1/Y/04 99 GB/9099 10800/1200': '31H1/Y/04 99/GB/9099 10800/1200',
    'UN 31HA1/Y/05 01 D/Müller 1683 10800/1200': '31HA1/Y/05 01/D/Müller 1683 10800/1200',
    'UN 11C/X/01 02 S/Aurigny 9876 3000/910': '11C/X/01 02/S/Aurigny 9876 3000/910',
    'UN 31HA1/Y/0623/USA/M-1234 2500/1250': '31HA1/Y/06 23/USA/M-1234 2500/1250',
}

INVALID = {
    # (a) and how it is divided
    'RID/ADR 4G/Y25/S/24 D/BAM1': 'E_SYMBOL',
    'ADR 4G/Y25/S/24 D/BAM1': 'E_SYMBOL',
    'UN 4G Y25/S/24 CN/C230003 PI:001': 'E_SEP',
    '4GY25/S/24 CN/C230003': 'E_SEP',
    '4G-Y25-S-24-CN-C230003': 'E_SEP',
    '4G/Y25 S/24 CN/C230003': 'E_SEP',
    '4G/Y25/S 24/CN/C230003': 'E_SEP',
    '4G/Y25/S/24CN/C230003': 'E_SEP',
    '4G/CLASS 6.2/24': 'E_MISSING',
    '4G/CLASS 6.2/S/24/CN/C230003': 'E_YEAR',
    # (b)
    'UN 4J/Y25/S/24 CN/C230003 PI:001': 'E_CODE',
    'UN 4G1/Y25/S/24 CN/C230003 PI:001': 'E_CODE',
    'UN 4H3/Y25/S/24 CN/C230003 PI:001': 'E_CODE',
    '4H/Y25/S/24 CN/C230003': 'E_CODE',
    '4JW/Y25/S/24 CN/C230003': 'E_CODE',
    '4M/Y25/S/24 CN/C230003': 'E_CODE',
    '4C11/Y25/S/24 CN/C230003': 'E_CODE',
    '9A/Y25/S/24 CN/C230003': 'E_CODE',
    'G4/Y25/S/24 CN/C230003': 'E_CODE',
    'UN 50E/Y/06 25/CN/C350021 2400/1200': 'E_CODE',
    '31HZ1/Y/05 01 D/Muller 1683 10800/1200': 'E_CODE',
    '31HL1/Y/05 01 D/Muller 1683 10800/1200': 'E_CODE',
    '2C1/Y100/S/24 NL/VL823': 'E_OBSOLETE',
    '2C2W/Y100/S/24 NL/VL823': 'E_OBSOLETE',
    '4GQ/Y25/S/24 CN/C230003': 'E_SUFFIX',
    'UN 50DV/Y/06 25/CN/C350021 2400/1200': 'E_SUFFIX',
    '11AT/Y/02 99 NL/Mulder 007 5500/1500': 'E_SUFFIX',
    # (c)
    'UN 4G/y25/S/24 CN/C230003 PI:001': 'E_PG',
    'UN 4G/Q25/S/24 CN/C230003 PI:001': 'E_PG',
    'UN 4G/25/S/24 CN/C230003 PI:001': 'E_PG',
    'UN 50D/Q/06 25/CN/C350021 2400/1200': 'E_PG',
    '31HA1/X/05 01 D/Muller 1683 10800/1200': 'E_PG',
    'UN 50D/Y1200/S/25 CN/C350021': 'E_PG_VALUE',
    'UN 4G/Y0/S/24 CN/C230003 PI:001': 'E_GROSS',
    '4G/Y/S/24 CN/C230003': 'E_GROSS',
    '4G/Y025/S/24 CN/C230003': 'E_GROSS',
    '4G/Y25.55/S/24 CN/C230003': 'E_GROSS',
    '4G/Y25kg/S/24 CN/C230003': 'E_GROSS',
    'UN 5H1/Y90/S/24 CN/C230003 PI:001': 'E_GROSS_LIMIT',
    '4H1/Y75.1/S/24 CN/C230003': 'E_GROSS_LIMIT',
    '4G/Y501/S/24 CN/C230003': 'E_GROSS_LIMIT',
    '1A1/Y1.45/150/24 NL/VL824': 'E_DENSITY',
    '1A1/Y1/150/24 NL/VL824': 'E_DENSITY',
    '1A1/Y0.0/150/24 NL/VL824': 'E_DENSITY',
    # (d)
    'UN 4G/Y1.2/150/24 CN/C230003 PI:001': 'E_LIQUID_CODE',
    '1A2T/Y1.2/150/24 CN/C230003': 'E_LIQUID_CODE',
    'UN 1A1/Y1.4/155/24 NL/VL824': 'E_PRESSURE',
    '1A1/Y1.4/000/24 NL/VL824': 'E_PRESSURE',
    '1A1/Y1.4/0/24 NL/VL824': 'E_PRESSURE',
    '4G/Y25/24 CN/C230003': 'E_S',
    '4G/Y25/s/24 CN/C230003': 'E_S',
    '4G/Y25//24 CN/C230003': 'E_MISSING',
    # (e)
    'UN 4G/Y25/S/30 CN/C230003 PI:001': 'E_FUTURE',
    '4G/Y25/S/27 CN/C230003': 'E_FUTURE',
    '1H1/Y1.9/120/12 26/B/BVT': 'E_FUTURE',
    '50D/Y/12 26/CN/C350021 2400/1200': 'E_FUTURE',
    '4G/Y25/S/2024/CN/C230003': 'E_YEAR',
    '4G/Y25/S/CN/C230003': 'E_YEAR',
    '4G/Y25/S/06/24/CN/C230003': 'E_STATE',
    'UN 50D/Y/13 25/CN/C350021 2400/1200': 'E_MONTH',
    '50D/Y/00 25/CN/C350021 2400/1200': 'E_MONTH',
    '50D/Y/25/CN/C350021 2400/1200': 'E_MONTH',
    '1H1/Y1.9/120/13 24/B/BVT': 'E_MONTH',
    # (f) and (g)
    'UN 4G/Y25/S/24 CHN/C230003': 'E_STATE',
    '4G/Y25/S/24 cn/C230003': 'E_STATE',
    '4G/Y25/S/24 CH/C230003 PI:001': 'E_STATE',
    '4G/Y25/S/24/C230003': 'E_STATE',
    'UN 4G/Y25/S/24 CN/C23003 PI:001': 'E_CN_MAKER',
    'UN 4G/Y25/S/24 CN/C230000 PI:001': 'E_CN_MAKER',
    'UN 4G/Y25/S/24 CN/c230003 PI:001': 'E_CN_MAKER',
    '4G/Y25/S/24 CN/230003': 'E_CN_MAKER',
    '4G/Y25/S/20 CN/4400171 PI:010': 'E_CN_MAKER',
    '4G/Y25/S/18 CN/C23003 PI:010': 'E_CN_MAKER',
    '4G/Y25/S/24 CN/C230003/001': 'E_CN_MAKER',
    '4G/Y25/S/24 D/+': 'E_MAKER',
    '4G/Y25/S/24 D/A//B': 'E_MAKER',
    '4G/Y25/S/24 D/A\x07B': 'E_MAKER',
    '4G/Y25/S/24 CN/C230003 PI:': 'E_BATCH',
    '4G/Y25/S/24 CN/C230003 PI:001 PI:002': 'E_BATCH',
    # (g) and (h) of large packagings
    '50D/Y/06 25/CN/C350021': 'E_STACK',
    '50D/Y/06 25/CN/C350021 1200': 'E_STACK',
    '50D/Y/06 25/CN/C350021 02400/1200': 'E_STACK',
    '50D/Y/06 25/CN/C350021 2400/0': 'E_GROSS',
    '50D/Y/06 25/CN/C350021 2400/012': 'E_GROSS',
    # reconditioned
    '1A2/Y150/S/99 USA/RB/98 R': 'E_RECONDITIONED',
    '1A2/Y150/S/99 USA/RB/30 R': 'E_FUTURE',
    '1A2/Y150/S/99 ZZZ/RB/00 R': 'E_STATE',
    '1A2/Y150/S/99/NL/VL1/D//00 R': 'E_MAKER',
    # what is missing
    '': 'E_MISSING',
    'UN': 'E_CODE',
    '4G': 'E_MISSING',
    '4G/Y25': 'E_MISSING',
    '4G/Y25/S': 'E_MISSING',
    '4G/Y25/S/24': 'E_MISSING',
    '4G/Y25/S/24/CN': 'E_MISSING',
    '50D/Y/06 25/CN 2400/1200': 'E_MISSING',
}


@pytest.mark.parametrize('mark', VALID)
def test_a_good_mark_has_one_compact_form(mark):
    compact = un_mark.validate(mark, today=TODAY)
    assert compact == VALID[mark] == un_mark.compact(mark)
    assert un_mark.validate(compact, today=TODAY) == compact
    assert un_mark.parts(compact, today=TODAY) == un_mark.parts(mark, today=TODAY)


@pytest.mark.parametrize('mark', INVALID)
def test_a_bad_mark_is_refused_with_its_reason(mark):
    with pytest.raises(Invalid) as caught:
        un_mark.validate(mark, today=TODAY)
    assert caught.value.code == INVALID[mark]
    assert not un_mark.is_valid(mark, today=TODAY)


def test_what_a_packaging_for_solids_says():
    found = un_mark.parts('UN 4GV/X12.5/S/24 CN/C220107 PI:009', today=TODAY)
    assert said(found) == {
        'kind': 'packaging',
        'code': '4G',
        'suffix': 'V',
        'description': 'box: fibreboard',
        'level': 'X',
        'solid': True,
        'gross_mass_kg': Decimal('12.5'),
        'year': 2024,
        'state': 'CN',
        'maker': 'C220107',
        'maker_customs': '上海',
        'batch': '009',
    }
    assert found.rank == 3


def test_what_a_packaging_for_liquids_says():
    found = un_mark.parts('3H1/Y1.9/120/06 24/B/BVT-18', today=TODAY)
    assert (found.density, found.pressure_kpa, found.month) == (Decimal('1.9'), 120, 6)
    assert (found.solid, found.gross_mass_kg) == (False, None)
    assert un_mark.parts('1A2/Y/100/01 USA/MM5', today=TODAY).density is None


def test_what_a_large_packaging_says():
    found = un_mark.parts('50D/Y/06 25/CN/C350021 2400/1200', today=TODAY)
    assert (found.kind, found.month, found.year) == ('large_packaging', 6, 2025)
    assert (found.stacking_kg, found.gross_mass_kg, found.solid) == (2400, 1200, True)
    assert not un_mark.parts('31H1/Y/04 99 GB/9099 10800/1200', today=TODAY).solid


def test_what_a_packaging_for_infectious_substances_says():
    found = un_mark.parts('4GU/CLASS 6.2/26/PL/COBRO 729', today=TODAY)
    assert (found.kind, found.suffix, found.year) == ('infectious', 'U', 2026)
    assert (found.level, found.rank, found.gross_mass_kg) == ('', 0, None)


def test_what_a_reconditioner_says():
    found = un_mark.parts('1A1/Y1.4/150/97 NL/VL824 D/RB/01 RL', today=TODAY)
    assert (found.state, found.maker) == ('NL', 'VL824')
    assert (found.reconditioner_state, found.reconditioner) == ('D', 'RB')
    assert (found.reconditioned, found.leakproof, found.reconditioned_year) == (True, True, 2001)
    short = un_mark.parts('1A2/Y150/S/99 USA/RB/00 R', today=TODAY)
    assert (short.state, short.maker, short.reconditioner) == (None, None, 'RB')
    assert not short.leakproof


def test_a_district_that_is_not_in_the_table_is_no_error():
    assert un_mark.parts('4G/Y25/S/24 CN/C030001', today=TODAY).maker_customs is None
    assert un_mark.parts('4G/Y25/S/18 CN/4400171', today=TODAY).maker_customs is None


@pytest.mark.parametrize(
    ('today', 'year'), [(date(1998, 1, 1), 1998), (TODAY, 1998), (date(2098, 1, 1), 2098)]
)
def test_the_century_comes_from_the_day(today, year):
    assert un_mark.parts('1A1/Y1.4/150/98 NL/VL824', today=today).year == year


def test_a_mark_of_today_is_not_of_the_future():
    this_year = f'{clock.today():%y}'
    assert un_mark.is_valid(f'4G/Y25/S/{this_year}/CN/C230003')
    this_month = f'{clock.today():%m %y}'
    assert un_mark.is_valid(f'50D/Y/{this_month}/CN/C350021 2400/1200')


@pytest.mark.parametrize('row', rows('packaging_codes'), ids=lambda row: row['code'])
def test_every_code_of_the_table_makes_a_mark(row):
    code = row['code'].replace('Z', 'A')
    if row['kind'] == 'packaging':
        limit = Decimal(row['max_net_kg']) * Decimal('1.25')
        assert un_mark.is_valid(f'{code}/Y{row["max_net_kg"]}/S/24/CN/C230003', today=TODAY)
        assert un_mark.is_valid(f'{code}W/Z{int(limit)}/S/24/D/BAM 1', today=TODAY)
        assert not un_mark.is_valid(f'{code}/Y{limit + 1:.1f}/S/24/CN/C230003', today=TODAY)
        liquid = un_mark.is_valid(f'{code}/Y1.2/100/24/CN/C230003', today=TODAY)
        assert liquid == (row['liquid_form'] == 'yes')
    else:
        assert un_mark.is_valid(f'{code}/Y/01 24/CN/C230003 0/900', today=TODAY)
        assert un_mark.is_valid(f'{code}W/Y/01 24/CN/C230003 0/900', today=TODAY)


@pytest.mark.parametrize(
    ('text', 'liquid', 'limit'),
    [('4HW', False, 500), ('6PAW', True, Decimal('93.75')), ('5LW', False, Decimal('62.5'))],
)
def test_before_w_the_category_may_be_left_out(text, liquid, limit):
    found = packaging_code.find(text)
    assert (found.liquid_form, found.max_gross_mass_kg) == (liquid, limit)


def test_before_w_an_ibc_may_leave_its_category_out_too():
    found = packaging_code.find('31HAW')
    assert (found.kind, found.code, found.suffix) == ('ibc', '31HA', 'W')
    assert found.max_gross_mass_kg is None


@settings(max_examples=200, deadline=None)
@given(
    code=st.sampled_from(['4G', '1A2', '1H1', '6HA1T', '4HW', '50D', '31HA1']),
    level=st.sampled_from(['Y25', 'Z1.2', 'X', 'Y']),
    fields=st.lists(
        st.sampled_from(
            ['S', '150', '24', '06 24', 'CN', 'NL', 'C230003', 'AB 12 CD', '25 R', '01 RL', '0']
        )
        | st.from_regex('[A-Za-z0-9 .+-]{1,6}', fullmatch=True),
        max_size=8,
    ),
    gaps=st.lists(st.sampled_from(['/', ' ', '\n', ' / ']), min_size=9, max_size=9),
)
def test_what_is_valid_stays_as_it_is(code, level, fields, gaps):
    words = [level, *fields]
    mark = code + '/' + ''.join(word + gap for word, gap in zip(words, gaps, strict=False))
    if un_mark.is_valid(mark, today=TODAY):
        compact = un_mark.compact(mark)
        assert un_mark.validate(compact, today=TODAY) == compact
        assert un_mark.parts(compact, today=TODAY) == un_mark.parts(mark, today=TODAY)


@settings(max_examples=200, deadline=None)
@given(
    maker=st.from_regex('[A-Za-z0-9+][A-Za-z0-9 /.+-]{0,12}', fullmatch=True),
    state=st.sampled_from(['D', 'NL', 'USA']),
    ending=st.sampled_from(['', ' NL/RB/25 RL', '/D/X 12 Y/25 R', ' PI:7']),
)
def test_a_foreign_maker_is_kept_or_refused(maker, state, ending):
    for head, tail in (('4G/Y25/S/24', ending), ('50D/Y/06 24', f' 0/{len(maker)}00')):
        mark = f'{head} {state}/{maker}{tail}'
        if un_mark.is_valid(mark, today=TODAY):
            compact = un_mark.compact(mark)
            assert un_mark.validate(compact, today=TODAY) == compact


def said(found):
    """The parts that a mark does say."""
    return {name: value for name, value in asdict(found).items() if value not in (None, False)}
