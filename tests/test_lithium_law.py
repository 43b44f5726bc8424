"""The law of packing as tables: instruction by code and level, limits, entries, questions."""

from __future__ import annotations

import functools
import itertools
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clearlane import replay
from clearlane.decision import decide
from clearlane.model import canonical
from clearlane.scenario import Case, ask, scenarios
from clearlane.scenarios.lithium_packaging import asking, checks, door, packing, provisions
from tests.test_scenarios import case_of, merged

DRUMS = ['1A2', '1B2', '1N2', '1H2', '1D', '1G']
BOXES = ['4A', '4B', '4N', '4C1', '4C2', '4D', '4F', '4G', '4H1', '4H2']
JERRICANS = ['3A2', '3B2', '3H2']
LARGE = ['50A', '50B', '50N', '50H', '50C', '50D', '50F', '50G']
OTHERS = ['1A1', '1H1', '3A1', '3H1', '5H4', '5M1', '6HA1']
SMALL = [*DRUMS, *BOXES, *JERRICANS]


@functools.cache
def book() -> dict[str, Any]:
    scenario = scenarios()['lithium_packaging']
    return tomllib.loads((scenario.home / 'examples.toml').read_text(encoding='utf-8'))


def case(change: dict[str, Any] | None = None, **declared: Any) -> Case:
    """The good batch of the examples with something changed."""
    scenario = scenarios()['lithium_packaging']
    example = merged(change or {}, {'declared': declared} if declared else {})
    return case_of(scenario, book(), example)


def mark(code: str, level: str = 'Y') -> str:
    if code[:2] in ('50', '51', '11', '31'):
        return f'{code}/{level}/02 26/CN/C370009 2400/1200'
    if code in ('1A1', '1H1', '3A1', '3H1', '6HA1'):
        month = '02 26' if code[:2] in ('1H', '3H') else '26'
        return f'{code}/{level}1.4/150/{month}/CN/C370009'
    month = '02 26' if code[:2] in ('1H', '3H') else '26'
    return f'{code}/{level}25/S/{month}/CN/C370009'


def sheet(code: str, level: str = 'Y') -> dict[str, Any]:
    marks = {'mark': mark(code, level)}
    return {'libraries': {'designs': {'D-01': marks}, 'performance_sheets': {'XN-1': marks}}}


def result(check: Any, made: Case) -> str:
    return ask(check, made).result


CODES = {
    'P903(1)': SMALL,
    'P908': [*DRUMS, *BOXES],
    'P909': SMALL,
    'P910': [*DRUMS, *BOXES],
    'P911': [*DRUMS, *BOXES],
    'LP903': LARGE,
    'LP904': ['50A', '50B', '50N', '50H', '50D'],
    'LP905': LARGE,
    'LP906': LARGE,
}


@pytest.mark.parametrize('name', CODES)
def test_an_instruction_allows_its_codes_and_no_others(name: str) -> None:
    for code in [*SMALL, *LARGE, *OTHERS]:
        made = case(sheet(code), packing_instruction=name, items_per_box=1)
        wanted = 'pass' if code in CODES[name] else 'fail'
        assert result(packing.packaging_is_allowed, made) == wanted, code


@pytest.mark.parametrize(('name', 'level'), list(itertools.product(CODES, 'XYZ')))
def test_a_level_is_enough_or_not(name: str, level: str) -> None:
    code = '50A' if name.startswith('LP') else '4G'
    made = case(sheet(code, level), packing_instruction=name)
    made = replace(made, evidence=())
    enough = level == 'X' or (level == 'Y' and name not in ('P911', 'LP906'))
    assert result(packing.performance_level_is_enough, made) == ('pass' if enough else 'fail')


@pytest.mark.parametrize(
    ('un', 'name', 'wanted'),
    [
        ('UN3480', 'P903', 'pass'),
        ('UN3481', 'P903', 'pass'),
        ('UN3481', 'P903(3)', 'pass'),
        ('UN3481', 'P903(1)', 'fail'),
        ('UN3480', 'P903(3)', 'fail'),
        ('UN3480', 'P903(4)', 'fail'),
        ('UN3481', 'P903(4)', 'pass'),
        ('UN3552', 'P903(5)', 'pass'),
        ('UN3551', 'P903(1)', 'pass'),
        ('UN3090', 'P908', 'pass'),
    ],
)
def test_a_paragraph_is_for_its_entries(un: str, name: str, wanted: str) -> None:
    made = case(un_number=un, packing_instruction=name)
    assert result(packing.packaging_is_allowed, made) == wanted


@pytest.mark.parametrize(
    ('declared', 'wanted'),
    [
        ({'packing_instruction': 'P903(2)', 'item_mass_kg': '12'}, 'pass'),
        ({'packing_instruction': 'P903(2)', 'item_mass_kg': '11.999'}, 'fail'),
        ({'packing_instruction': 'P903(2)'}, 'doubt'),
        ({'packing_instruction': 'P903(2)', 'item_mass_kg': '500', 'net_mass_kg': '500'}, 'pass'),
        ({'net_mass_kg': '400', 'gross_mass_kg': '420'}, 'pass'),
        ({'net_mass_kg': '400.001', 'gross_mass_kg': '420'}, 'fail'),
        ({'packing_instruction': 'P908', 'net_mass_kg': '30'}, 'pass'),
        ({'packing_instruction': 'P908', 'net_mass_kg': '30.001', 'items_per_box': 2}, 'fail'),
        ({'packing_instruction': 'P908', 'net_mass_kg': '30.001', 'items_per_box': 1}, 'pass'),
        ({'packing_instruction': 'P910', 'net_mass_kg': '31'}, 'doubt'),
    ],
)
def test_masses_and_numbers_are_kept_to_the_gram(declared: dict[str, Any], wanted: str) -> None:
    assert result(packing.packaging_is_allowed, case(**declared)) == wanted


@pytest.mark.parametrize(('mark_', 'wanted'), [('4GV', 'pass'), ('4GW', 'pass'), ('1A2T', 'fail')])
def test_suffixes(mark_: str, wanted: str) -> None:
    assert result(packing.packaging_is_allowed, case(sheet(mark_))) == wanted


LIMITS = [
    ('UN3480', {'cell_wh': '20'}, 'pass'),
    ('UN3480', {'cell_wh': '20.0001'}, 'fail'),
    ('UN3480', {'battery_wh': '100'}, 'pass'),
    ('UN3480', {'battery_wh': '100.0001'}, 'fail'),
    ('UN3480', {'battery_wh': '99.9999', 'cell_wh': '19.9'}, 'pass'),
    ('UN3480', {}, 'doubt'),
    ('UN3480', {'cell_lithium_g': '0.5'}, 'doubt'),
    ('UN3090', {'cell_lithium_g': '1'}, 'pass'),
    ('UN3090', {'cell_lithium_g': '1.0001'}, 'fail'),
    ('UN3090', {'battery_lithium_g': '2'}, 'pass'),
    ('UN3090', {'battery_lithium_g': '2.0001'}, 'fail'),
    ('UN3551', {'battery_wh': '100'}, 'pass'),
    ('UN3551', {'battery_wh': '101'}, 'fail'),
    ('UN3480', {'battery_wh': '50', 'gross_mass_kg': '30'}, 'pass'),
    ('UN3480', {'battery_wh': '50', 'gross_mass_kg': '30.001'}, 'fail'),
    ('UN3481', {'battery_wh': '50', 'gross_mass_kg': '35'}, 'pass'),
    ('UN3480', {'battery_wh': '50', 'regime': 'damaged'}, 'fail'),
]


@pytest.mark.parametrize(
    ('printed', 'wanted'), [('30', 'pass'), ('30.0', 'pass'), ('30.1', 'fail'), ('23.5', 'pass')]
)
def test_sp_188_counts_the_mass_that_a_box_shows(printed: str, wanted: str) -> None:
    shown = {'readings': [{'item': 'XM-0002', 'gross_mass_kg': printed}]}
    made = case(shown, special_provision_188=True, battery_wh='50', gross_mass_kg='29.9')
    assert result(provisions.exemption_applies, made) == wanted


@pytest.mark.parametrize(
    ('declared', 'printed', 'wanted'),
    [
        ('23.5', '23.5', 'pass'),
        ('23.5', '24', 'pass'),
        ('23.5', '23.0', 'pass'),
        ('23.5', '24.01', 'fail'),
        ('23.5', '22.99', 'fail'),
        ('100', '102', 'pass'),
        ('100', '102.1', 'fail'),
        ('100', '10.0', 'fail'),
    ],
)
def test_the_printed_mass_is_the_declared_one(declared: str, printed: str, wanted: str) -> None:
    shown = {'readings': [{'item': f'XM-000{n}', 'gross_mass_kg': printed} for n in (1, 2)]}
    made = case(shown, gross_mass_kg=declared)
    assert result(checks.printed_mass_is_the_declared, made) == wanted


@pytest.mark.parametrize(('un', 'declared', 'wanted'), LIMITS)
def test_sp_188_at_below_and_above_its_limits(
    un: str, declared: dict[str, Any], wanted: str
) -> None:
    made = case(un_number=un, special_provision_188=True, **declared)
    assert result(provisions.exemption_applies, made) == wanted


@pytest.mark.parametrize(
    ('declared', 'waived'),
    [
        ({'cells_per_box': 4}, True),
        ({'cells_per_box': 5}, False),
        ({'batteries_per_box': 2}, True),
        ({'batteries_per_box': 3}, False),
        ({'button_cells_only': True}, True),
        ({}, False),
        ({'cells_per_box': 4, 'packing_instruction': 'P903(3)'}, False),
        ({'cells_per_box': 4, 'boxes': 3, 'serials': ['A-1', 'A-2', 'A-3']}, False),
        ({'cells_per_box': 4, 'special_provision_188': False}, False),
    ],
)
def test_when_the_battery_mark_is_not_needed(declared: dict[str, Any], waived: bool) -> None:
    base = {'un_number': 'UN3481', 'packing_instruction': 'P903(4)', 'special_provision_188': True}
    made = case(**{**base, **declared})
    assert provisions.mark_is_waived(made) == waived


@pytest.mark.parametrize(
    ('un', 'wanted'), [('UN3551', 'pass'), ('UN3552', 'pass'), ('UN3480', 'fail')]
)
def test_sp_400_is_for_sodium_ion(un: str, wanted: str) -> None:
    made = case(un_number=un, special_provision_400=True)
    assert result(provisions.exemption_applies, made) == wanted


@pytest.mark.parametrize(
    ('un', 'mode', 'day', 'code'),
    [
        ('UN3551', 'sea', date(2026, 1, 1), None),
        ('UN3551', 'sea', date(2025, 12, 31), 'un_number_not_yet'),
        ('UN3552', 'road', date(2025, 1, 1), None),
        ('UN3551', 'road', date(2024, 12, 31), 'un_number_outside'),
        ('UN3556', 'sea', date(2026, 5, 1), 'no_appraisal_needed'),
        ('UN3557', 'road', date(2026, 5, 1), 'no_appraisal_needed'),
        ('UN3558', 'road', date(2026, 5, 1), 'no_appraisal_needed'),
        ('UN3171', 'sea', date(2026, 5, 1), 'no_appraisal_needed'),
        ('UN3536', 'sea', date(2026, 5, 1), 'no_appraisal_needed'),
        ('UN3480', 'air', date(2021, 5, 1), None),
        ('UN1203', 'sea', date(2026, 5, 1), 'un_number_outside'),
    ],
)
def test_which_numbers_need_an_appraisal_and_from_when(
    un: str, mode: str, day: date, code: str | None
) -> None:
    made = case(un_number=un, transport_mode=mode)
    law = scenarios()['lithium_packaging'].parameters.on(day)
    found = [p.code for p in door.un_number_is_covered(replace(made, day=day, law=law))]
    assert found == ([] if code is None else [code])


@pytest.mark.parametrize(
    ('un', 'name', 'psn', 'wanted'),
    [
        ('UN3480', 'P903', 'LITHIUM ION BATTERIES', 'pass'),
        ('UN3480', 'P903', 'Lithium  ion batteries', 'pass'),
        (
            'UN3480',
            'P903',
            'LITHIUM ION BATTERIES (including lithium ion polymer batteries)',
            'pass',
        ),
        ('UN3480', 'P903', 'LITHIUM ION BATTERY', 'fail'),
        ('UN3480', 'P903', 'LITHIUM ION BATTERIES PACKED WITH EQUIPMENT', 'fail'),
        ('UN3481', 'P903(3)', 'LITHIUM ION BATTERIES PACKED WITH EQUIPMENT', 'pass'),
        ('UN3481', 'P903(3)', 'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT', 'fail'),
        ('UN3481', 'P903(4)', 'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT', 'pass'),
        ('UN3481', 'P903(5)', 'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT', 'fail'),
        ('UN3481', 'P903(5)', 'LITHIUM ION BATTERIES PACKED WITH EQUIPMENT', 'pass'),
        ('UN3551', 'P903', 'SODIUM ION BATTERIES with organic electrolyte', 'pass'),
    ],
)
def test_the_name_is_that_of_the_entry(un: str, name: str, psn: str, wanted: str) -> None:
    made = case(un_number=un, packing_instruction=name, proper_shipping_name=psn)
    assert result(packing.name_is_that_of_the_un_number, made) == wanted


@pytest.mark.parametrize(
    ('regime', 'name', 'wanted'),
    [
        ('damaged', 'P908', 'pass'),
        ('damaged', 'LP904', 'pass'),
        ('damaged', 'P903', 'fail'),
        ('critical', 'P911', 'pass'),
        ('critical', 'P908', 'fail'),
        ('waste', 'P909', 'pass'),
        ('sound', 'P909', 'fail'),
        ('sound', 'P903', 'pass'),
        (None, 'P908', 'pass'),
        ('prototype', 'P910', 'doubt'),
    ],
)
def test_the_instruction_fits_the_state_of_the_goods(
    regime: str | None, name: str, wanted: str
) -> None:
    made = case(regime=regime, packing_instruction=name)
    assert result(packing.instruction_fits_the_goods, made) == wanted


@pytest.mark.parametrize(('run', 'wanted'), [(1, 'pass'), (100, 'pass'), (101, 'fail')])
def test_prototypes_are_at_most_a_hundred(run: int, wanted: str) -> None:
    made = case(packing_instruction='P910', production_run=run)
    assert result(packing.instruction_fits_the_goods, made) == wanted


ASKED = {
    'P903(1)': {'inner_protection'},
    'P903(2)': {'strong_casing', 'terminals_bear_no_load', 'secured'},
    'P908': {'each_alone', 'leakproof', 'thermal_insulation', 'vibration_damping', 'absorbent',
             'condition_assessed'},
    'P909': {'inner_protection', 'words_377'},
    'P910': {'each_alone', 'thermal_insulation', 'statement_310'},
    'P911': {'each_alone', 'critical_test'},
    'LP903': {'inner_protection'},
    'LP906': {'each_alone', 'critical_test'},
}  # fmt: skip


@pytest.mark.parametrize('name', ASKED)
def test_what_no_photograph_answers_is_asked_by_name(name: str) -> None:
    made = case(packing_instruction=name)
    found = {q.key for item in ('A13', 'A14', 'A16', 'A17') for q in asking.arising(made, item)}
    assert found == ASKED[name]
    open_ = replace(made, answers=())
    checks = (asking.inner_packaging_protects, asking.untested_packaging_is_strong,
              asking.special_conditions_are_met)  # fmt: skip
    findings = [ask(check, open_) for check in checks]
    assert {q.key for f in findings for q in f.questions} == ASKED[name]
    assert 'doubt' in {f.result for f in findings}


def test_every_question_has_words_a_clause_and_a_situation() -> None:
    law = scenarios()['lithium_packaging'].parameters.on(date(2026, 5, 11))
    known = {*law.packing_instructions, 'SP188', 'SP188 ion', 'SP188 drop', 'SP400', 'overpack'}
    known |= {*law.packaging_suffixes, *(f'original {kind}' for kind in law.documents['originals'])}
    known |= {f'air {state}' for state in packing.STATES}
    for key, one in law.questions.items():
        assert one['zh'] and one['en'] and one['clause'] and set(one['when']) <= known, key
    for name in law.packing_instructions:
        assert [k for k, one in law.questions.items() if name in one['when']], name


def test_a_new_law_changes_no_old_decision() -> None:
    """The case holds the law that it was concluded under; later values do not reach it."""
    scenario = scenarios()['lithium_packaging']
    old = case()
    form = replay.written(scenario, old)
    made = canonical(decide(scenario, replay.restored(scenario, form)))
    changed = dict(vars(old.law))
    changed['net_limit_kg'] = '1'
    harsh = replace(old, law=type(old.law)(**changed))
    assert decide(scenario, harsh).outcome == 'inspect'
    assert replay.again(scenario, form) == made


def test_decimals_stay_exact() -> None:
    made = case(special_provision_188=True, battery_wh='100.0001')
    assert made.declared.battery_wh == Decimal('100.0001')


@pytest.mark.parametrize(
    ('summary', 'declared', 'wanted'),
    [
        ({}, {'cell_wh': '5', 'cells_per_box': 10}, 'pass'),
        ({}, {'batteries_per_box': 2}, 'doubt'),
        ({}, {'cell_wh': '5', 'cells_per_box': 10, 'batteries_per_box': 2}, 'doubt'),
        ({'battery_wh': '100'}, {'cell_wh': '5'}, 'pass'),
        ({'battery_wh': '100.1'}, {'cell_wh': '5', 'cells_per_box': 10}, 'fail'),
        ({'battery_wh': '500'}, {}, 'fail'),
    ],
)
def test_a_rating_that_is_left_out_frees_nothing(
    summary: dict[str, Any], declared: dict[str, Any], wanted: str
) -> None:
    change = {'libraries': {'test_summaries': {'T1': summary}}}
    made = case(change, special_provision_188=True, **declared)
    assert result(provisions.exemption_applies, made) == wanted


@pytest.mark.parametrize(
    ('un', 'name', 'wanted'),
    [
        ('UN3480', 'LITHIUM ION BATTERIES (including lithium ion polymer batteries)', 'pass'),
        ('UN3480', 'LITHIUM ION BATTERIES (includin lithium ion polymer batteries)', 'fail'),
        ('UN3480', 'LITHIUM ION BATTERIES with organic electrolyte', 'fail'),
        ('UN3551', 'SODIUM ION BATTERIES, with organic electrolyte', 'pass'),
        ('UN3551', 'SODIUM ION BATTERIES with organic electrolite', 'fail'),
    ],
)
def test_a_name_is_that_of_the_list_to_the_character(un: str, name: str, wanted: str) -> None:
    made = case(un_number=un, proper_shipping_name=name)
    assert result(packing.name_is_that_of_the_un_number, made) == wanted


@pytest.mark.parametrize(
    ('said', 'wanted'),
    [({'result': 'does_not_conform'}, 'fail'), ({'user': 'Q'}, 'fail'), ({'user': 'P'}, 'pass')],
)
def test_a_sheet_that_failed_or_is_anothers_covers_nothing(
    said: dict[str, Any], wanted: str
) -> None:
    made = case({'libraries': {'performance_sheets': {'XN-1': said}}})
    assert result(checks.performance_sheet_covers_the_batch, made) == wanted
