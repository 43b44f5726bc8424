"""Batches that are crooked in one small thing: each is found, by the check whose business it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from clearlane.codes import packaging_code
from clearlane.decision import decide
from clearlane.model import Answer, Evidence, Reading
from clearlane.scenario import Case, ask, scenarios
from clearlane.scenarios.lithium_packaging import asking, documents, packing
from tests.test_lithium_law import BOXES, CODES, DRUMS, JERRICANS, LARGE, case, mark, result, sheet

EQUIPPED = {
    'P903(3)': 'LITHIUM ION BATTERIES PACKED WITH EQUIPMENT',
    'P903(4)': 'LITHIUM ION BATTERIES CONTAINED IN EQUIPMENT',
    'P903(5)': 'LITHIUM ION BATTERIES PACKED WITH EQUIPMENT',
}


def packed(name: str, code: str, level: str = 'Y') -> Case:
    un = 'UN3481' if name in EQUIPPED else 'UN3480'
    return case(
        sheet(code, level), packing_instruction=name, items_per_box=1, un_number=un, item_mass_kg=20
    )


def rows() -> Iterator[tuple[str, str, str]]:
    """(paragraph, code, what becomes of it): V and W go with their code; T and others do not."""
    small = {**CODES, 'P903(3)': CODES['P903(1)'], 'P903(5)': CODES['P903(1)']}
    for name, codes in small.items():
        for code in (*DRUMS, *BOXES, *JERRICANS, *LARGE):
            for letter in ('', 'W') if code in LARGE else ('', 'V', 'W'):
                yield name, f'{code}{letter}', 'pass' if code in codes else 'fail'
            yield name, f'{code}T', 'fail'
        for code in ('1A1', '4GU', '51H', '5H4', '5M2', '6HG2', '11G', '31H1'):
            yield name, code, 'fail'
        boxes_may = '4H1' in codes
        yield name, '4HW', 'pass' if boxes_may else 'fail'
        yield name, '4CW', 'pass' if boxes_may else 'fail'
        yield name, '1AW', 'doubt' if '1A2' in codes else 'fail'
        yield name, '3HW', 'doubt' if '3H2' in codes else 'fail'
        yield name, '5HW', 'fail'
    for name in ('P903(2)', 'P903(4)'):
        for code in ('4G', '5H4', '1A2T', '50G', '4HW'):
            yield name, code, 'pass'  # no tested packaging is needed: what it is does not count


@pytest.mark.parametrize('name', dict.fromkeys(name for name, _, _ in rows()))
def test_a_paragraph_and_a_code_with_its_letter(name: str) -> None:
    for _, code, wanted in (row for row in rows() if row[0] == name):
        made = packed(name, code)
        assert result(packing.packaging_is_allowed, made) == wanted, code


def test_a_code_without_its_category_stands_for_all_of_them() -> None:
    assert packaging_code.categories('4H') == ('4H1', '4H2')
    assert packaging_code.categories('4G') == ()
    assert (
        'names no category' in ask(packing.packaging_is_allowed, packed('P903(1)', '1AW')).reason.en
    )


@pytest.mark.parametrize('level', ['X', 'Y', 'Z'])
@pytest.mark.parametrize('name', CODES)
def test_a_level_goes_with_the_letter_behind_the_code(name: str, level: str) -> None:
    code = '50GW' if name.startswith('LP') else '4GV'
    made = replace(packed(name, code, level), evidence=())
    enough = level == 'X' or (level == 'Y' and name not in ('P911', 'LP906'))
    assert result(packing.performance_level_is_enough, made) == ('pass' if enough else 'fail')


def test_a_packaging_for_infectious_substances_has_no_level() -> None:
    marks = {'mark': '4G/CLASS 6.2/26/CN/C370009'}
    made = case(
        {'libraries': {'designs': {'D-01': marks}, 'performance_sheets': {'XN-1': marks}}},
        packing_instruction='P903(1)',
        items_per_box=1,
    )
    found = ask(packing.performance_level_is_enough, replace(made, evidence=()))
    assert (found.result, found.reason.values['level']) == ('fail', '-')


@pytest.mark.parametrize(
    ('name', 'code', 'asked'),
    [
        ('P903(1)', '4GV', {'special_packaging'}),
        ('P903(1)', '4GW', {'equivalent_packaging'}),
        ('P903(1)', '4HW', {'equivalent_packaging'}),
        ('P903(1)', '4G', set()),
        ('LP903', '50GW', {'equivalent_packaging'}),
        ('P903(2)', '4GV', set()),
        ('P903(4)', '4GW', set()),
    ],
)
def test_a_letter_is_asked_about_by_name(name: str, code: str, asked: set[str]) -> None:
    made = packed(name, code)
    assert {q.key for q in asking.arising(made, 'A5')} == asked
    assert result(asking.letter_of_the_code_is_kept, made) == ('doubt' if asked else 'pass')
    said = [Answer(question=key, reply='yes', note='', by='o', day=made.day, about='designs/D-01')
            for key in asked]  # fmt: skip
    answered = replace(made, answers=tuple(said))
    assert result(asking.letter_of_the_code_is_kept, answered) == 'pass'


@pytest.mark.parametrize(
    ('code', 'net', 'wanted'),
    [
        ('4H1', '60', 'pass'),
        ('4H1', '60.001', 'fail'),
        ('3H2', '120', 'pass'),
        ('3H2', '120.001', 'fail'),
        ('4G', '400', 'pass'),
        ('4G', '400.001', 'fail'),
    ],
)
def test_the_net_mass_is_within_that_of_the_code(code: str, net: str, wanted: str) -> None:
    made = case(sheet(code), net_mass_kg=net, gross_mass_kg='500')
    assert result(packing.packaging_is_allowed, made) == wanted


def read(item: str, **change: str) -> dict[str, Any]:
    return {'readings': [{'item': item, **change}]}


def library(name: str, key: str, **change: Any) -> dict[str, Any]:
    return {'libraries': {name: {key: change}}}


def papers(**days: str) -> dict[str, Any]:
    """The documents of the good batch, some on another day."""
    kinds = {'factory_inspection_sheet': ('F1', '2026-05-11'),
             'un38_3_test_summary': ('T1', '2026-01-11'),
             'hazard_classification_report': ('H1', '2026-01-11')}  # fmt: skip
    named = [{'kind': k, 'no': n, 'day': days.get(n, d)} for k, (n, d) in kinds.items()]
    return {'documents': named}


SHEET = ('performance_sheets', 'XN-1')
FACTORY = ('factory_sheets', 'F1')
HAZARD = ('hazard_reports', 'H1')
TESTED = ('test_summaries', 'T1')
SP188 = {'special_provision_188': True, 'battery_wh': '50'}
DAMAGED = {'packing_instruction': 'P908', 'transport_mode': 'air'}
MARK = '4G/Y25/S/26/CN/C370009 PI:0225'

CROOKED: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    # A1
    ('no_of_paper', library(*FACTORY, no='F7'), {}, 'documents_say_what_was_declared', 'fail'),
    ('signed_early', library(*FACTORY, issued='2026-05-10'), papers(F1='2026-05-10'),
     'documents_say_what_was_declared', 'fail'),
    ('day_of_paper', {}, papers(T1='2026-01-12'), 'documents_say_what_was_declared', 'fail'),
    ('feb_29', library(*HAZARD, valid_until='2026-02-28'), {},
     'documents_say_what_was_declared', 'fail'),
    ('april_30', library(*HAZARD, valid_until='2026-04-30'), {},
     'documents_say_what_was_declared', 'fail'),
    ('other_sodium', library(*TESTED, chemistry='sodium_ion'), {},
     'documents_say_what_was_declared', 'fail'),
    ('not_passed', library(*TESTED, result='failed'), {},
     'documents_say_what_was_declared', 'fail'),
    ('rating', library(*TESTED, battery_wh='100.0001'), {'battery_wh': '100'},
     'documents_say_what_was_declared', 'fail'),
    ('no_hazard_report', {}, {'documents': papers()['documents'][:2]},
     'documents_are_complete', 'fail'),
    ('plastics_by_mark', sheet('4H2'), {}, 'documents_are_complete', 'fail'),
    ('plastics_by_composite', sheet('6HG2'), {}, 'documents_are_complete', 'fail'),
    ('tomorrow', library(*FACTORY, issued='2026-05-12'), papers(F1='2026-05-12'),
     'documents_are_complete', 'fail'),
    # A2
    ('last_of_april', library(*SHEET, valid_until='2026-04-30'), {},
     'performance_sheet_covers_the_batch', 'fail'),
    ('a_day_short', library(*SHEET, valid_until='2026-05-10'), {},
     'performance_sheet_covers_the_batch', 'fail'),
    ('not_yet', library(*SHEET, issued='2026-05-12'), {},
     'performance_sheet_covers_the_batch', 'fail'),
    ('one_left', {'remaining': {'XN-1': 1}}, {}, 'performance_sheet_covers_the_batch', 'fail'),
    ('made_after', library(*SHEET, production_day='2026-05-12'), {},
     'sheet_agrees_with_itself_and_the_goods', 'fail'),
    ('issued_before_made', library(*SHEET, issued='2026-03-31'), {},
     'sheet_agrees_with_itself_and_the_goods', 'doubt'),
    ('year', library(*SHEET, production_day='2025-12-31'), {},
     'sheet_agrees_with_itself_and_the_goods', 'doubt'),
    ('no_batch', library(*SHEET, mark=MARK[:-8]), {},
     'sheet_agrees_with_itself_and_the_goods', 'doubt'),
    ('for_liquids', library(*SHEET, state='liquid'), {},
     'sheet_agrees_with_itself_and_the_goods', 'doubt'),
    ('for_paint', library(*SHEET, intended_goods='PAINT'), {},
     'sheet_agrees_with_itself_and_the_goods', 'doubt'),
    ('for_metal', library(*SHEET, intended_goods='锂金属电池组'), {},
     'sheet_agrees_with_itself_and_the_goods', 'doubt'),
    # A3, A4
    ('level_of_mark', read('XM-0001', un_mark=MARK.replace('Y', 'X')), {},
     'marks_are_those_of_the_sheet', 'fail'),
    ('mass_of_mark', read('XM-0002', un_mark=MARK.replace('25/S', '26/S')), {},
     'marks_are_those_of_the_sheet', 'fail'),
    ('batch_of_mark', read('XM-0002', un_mark=MARK[:-1] + '6'), {},
     'marks_are_those_of_the_sheet', 'fail'),
    ('small_c', read('XM-0002', un_mark=MARK.replace('C37', 'c37')), {},
     'marks_are_well_formed', 'fail'),
    ('next_year', read('XM-0002', un_mark=MARK.replace('/26/', '/27/')), {},
     'marks_are_well_formed', 'fail'),
    ('five_figures', read('XM-0002', un_mark=MARK.replace('C370009', 'C37009')), {},
     'marks_are_well_formed', 'fail'),
    # A7
    ('gram_too_many', {}, {'gross_mass_kg': '25.001'}, 'mass_is_within_the_mark', 'fail'),
    ('liquid_mark', sheet('1A1'), {}, 'mass_is_within_the_mark', 'doubt'),
    ('net_printed', read('XM-0001', net_mass_kg='12.0'), {},
     'printed_mass_is_the_declared', 'fail'),
    # A8
    ('two_numbers', read('XM-0002', un_number='UN3481'), {}, 'un_number_is_the_declared', 'fail'),
    ('name_on_box', read('XM-0002', text='UN3480 LITHIUM ION BATTERIES PACKED WITH EQUIPMENT'), {},
     'name_is_that_of_the_un_number', 'fail'),
    ('name_lacks_s', {}, {'proper_shipping_name': 'LITHIUM ION BATTERIE'},
     'name_is_that_of_the_un_number', 'fail'),
    # A9, A10
    ('plain_nine', read('XM-0002', hazard_label='9'), {}, 'hazard_label_is_right', 'fail'),
    ('other_class', read('XM-0002', hazard_label='3'), {}, 'hazard_label_is_right', 'fail'),
    ('prototype_188', {}, {**SP188, 'packing_instruction': 'P910', 'production_run': 1},
     'exemption_applies', 'fail'),
    ('mark_of_metal', read('XM-0001', battery_mark='UN3090'), SP188,
     'battery_mark_is_only_for_small_batteries', 'fail'),
    ('mark_of_others', read('XM-0001', battery_mark='UN3090+UN3091'), SP188,
     'battery_mark_is_only_for_small_batteries', 'fail'),
    ('mark_of_two', read('XM-0001', battery_mark='UN3480+UN3091'), SP188,
     'battery_mark_is_only_for_small_batteries', 'doubt'),
    # A13, A15, A16, A17
    ('drop_of_few', {}, {**SP188, 'batteries_per_box': 2}, 'inner_packaging_protects', 'doubt'),
    ('arrow', read('XM-0001', orientation_arrows='left'), {}, 'arrows_point_up', 'fail'),
    ('hidden_overpack', read('XM-0001', text='OVERPACK'), {}, 'overpack_is_marked', 'doubt'),
    ('damaged_by_air', {}, DAMAGED, 'special_conditions_are_met', 'doubt'),
    ('waste_as_sound', {}, {'regime': 'waste'}, 'instruction_fits_the_goods', 'fail'),
    ('critical_as_damaged', {}, {'regime': 'critical', 'packing_instruction': 'P908'},
     'instruction_fits_the_goods', 'fail'),
    # A18
    ('other_design', library('designs', 'D-01', mark='4G/Y25/S/26/CN/C370008'), {},
     'batch_is_of_the_sheet', 'fail'),
    ('other_serial', read('XM-0002', serial='XM-0003'), {},
     'serials_are_those_of_the_boxes', 'fail'),
]  # fmt: skip


@pytest.mark.parametrize(
    ('change', 'declared', 'check', 'wanted'),
    [row[1:] for row in CROOKED],
    ids=[row[0] for row in CROOKED],
)
def test_one_crooked_thing_is_found_and_nothing_is_released(
    change: dict[str, Any], declared: dict[str, Any], check: str, wanted: str
) -> None:
    made = decide(scenarios()['lithium_packaging'], case(change, **declared))
    found = {one.check: one for one in made.findings}[check]
    assert found.result == wanted, found.reason.say('en')
    assert found.reason.say('zh') != found.reason.say('en')
    assert made.outcome != 'release'


@pytest.mark.parametrize(
    ('change', 'declared'),
    [
        ({}, {'gross_mass_kg': '23.50', 'net_mass_kg': '21.000'}),
        (library(*SHEET, intended_goods='锂离子电池组 EC-100', state='article'), {}),
        (library(*SHEET, valid_until='2026-05-11'), {}),
        (library(*HAZARD, valid_until='2026-05-11'), {}),
        (read('XM-0001', text='LITHIUM ION BATTERIES'), {}),
        (read('XM-0001', text='LITHIUM METAL BATTERIES|0.60'), {}),
        (read('XM-0001', net_mass_kg='21.2'), {}),
        ({}, {'transport_mode': 'air'}),
        ({}, {'transport_mode': 'rail'}),
    ],
)
def test_what_is_right_is_released(change: dict[str, Any], declared: dict[str, Any]) -> None:
    made = decide(scenarios()['lithium_packaging'], case(change, **declared))
    assert made.outcome == 'release', [r.say('en') for r in made.reasons]


def sent(item: str) -> Evidence:
    one = Reading(kind='mark', value=MARK, score=0.97, recogniser='x/1', box=())
    return Evidence(sha256='d' * 64, kind='document', item=item, readings=(one,))


@pytest.mark.parametrize(
    ('item', 'replies', 'wanted'),
    [
        ('', [], 'doubt'),
        ('XN-1', [], 'pass'),
        ('F1', [], 'doubt'),
        ('', [('yes', 'performance_sheets/XN-1', date(2026, 5, 1))], 'pass'),
        ('', [('yes', 'performance_sheets/XN-2', date(2026, 5, 1))], 'doubt'),
        ('', [('yes', 'performance_sheets/XN-1', date(2025, 5, 10))], 'doubt'),
        ('', [('no', '', date(2026, 5, 11))], 'fail'),
    ],
)
def test_the_performance_sheet_was_sent_or_its_original_seen(
    item: str, replies: list[tuple[Literal['yes', 'no'], str, date]], wanted: str
) -> None:
    made = case()
    answers = tuple(Answer(question='original_sheet', reply=reply, note='x', by='o', day=day,
                           about=about) for reply, about, day in replies)  # fmt: skip
    evidence = (*made.evidence, *([sent(item)] if item else []))
    found = replace(made, answers=answers, evidence=evidence)
    assert result(asking.original_of_the_sheet_was_seen, found) == wanted


@pytest.mark.parametrize(
    ('declared', 'shown', 'wanted'),
    [
        ({'overpack': True}, {'text': 'OVERPACK'}, 'pass'),
        ({'overpack': True}, {'text': 'OVERPACK', 'un_number': 'UN3481'}, 'doubt'),
        ({'overpack': True}, {'text': 'OVERPACKS'}, 'doubt'),
        ({'overpack': True}, {}, 'doubt'),
        ({'overpack': False}, {'text': 'OVERPACK'}, 'doubt'),
        ({'overpack': False}, {}, 'pass'),
    ],
)
def test_an_overpack_says_so_and_repeats_what_is_inside(
    declared: dict[str, Any], shown: dict[str, str], wanted: str
) -> None:
    change = read('XM-0001', hazard_label='9A', **shown)
    made = case(change, **declared)
    evidence = tuple(
        replace(e, readings=(*e.readings, label())) if e.item == 'XM-0001' else e
        for e in made.evidence
    )
    assert result(asking.overpack_is_marked, replace(made, evidence=evidence)) == wanted


def label() -> Reading:
    return Reading(kind='hazard_label', value='9A', score=0.9, recogniser='x/1', box=())


def test_the_marks_of_the_table_are_marks() -> None:
    assert mark('50G') and all(packaging_code.find(code) for code in ('4HW', '4GV', '50GW'))


def test_what_an_officer_confirms_of_a_sheet_and_of_a_design() -> None:
    made = case()
    of_sheet = [q.key for q in asking.of_sheet(packing.sheet(made), made.law)]
    design: Any = made.libraries['designs'].entries['D-01'].data
    of_design = [q.key for q in asking.of_design(design, made.law)]
    assert of_sheet == ['original_sheet']
    assert 'inner_protection' in of_design and 'original_sheet' not in of_design


@pytest.mark.parametrize(
    ('name', 'seen', 'wanted'),
    [
        ('gross_mass_kg', '23.5 kg', True),
        ('gross_mass_kg', '23.50千克', True),
        ('gross_mass_kg', '23.5', True),
        ('gross_mass_kg', '23.5 g', False),
        ('gross_mass_kg', '23.5 t', False),
        ('gross_mass_kg', '23.5 lb', False),
        ('gross_mass_kg', '235 kg', False),
        ('boxes', '23.5 箱', True),
        ('battery_wh', '23.5 Wh', True),
        ('battery_wh', '23.5 Ah', False),
    ],
)
def test_a_number_on_a_paper_is_read_with_its_unit(name: str, seen: str, wanted: bool) -> None:
    assert documents.same(name, Decimal('23.5'), seen) == wanted
