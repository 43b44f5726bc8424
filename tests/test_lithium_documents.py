"""The papers of a batch: off by one character in each field, expired by a day, sent as they are."""

from __future__ import annotations

import functools
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clearlane import demo, flow, work
from clearlane.model import Evidence
from clearlane.sample.package import Package
from clearlane.scenario import Case, ask
from clearlane.scenarios.lithium_packaging import checks, documents, tested
from clearlane.scenarios.lithium_packaging.certificate import after_months, use_appraisal
from clearlane.store import models as rows
from tests import files
from tests.conftest import OFFICER
from tests.test_lithium_law import book, case

SHEET = [
    ('编号 No.', 'XN-1'),
    ('申请人 applicant', 'Example Cartons'),
    ('包装容器名称及规格', 'carton 500x400x600'),
    ('包装容器标记及批号', '4G/Y25/S/26/CN/C370009 PI:0225'),
    ('包装容器数量', '100 件'),
    ('包装容器生产日期', '2026年4月1日'),
    ('签证日期', '2026-04-11'),
    ('截止日期', '2027/4/10'),
    ('检验依据', 'SN/T 0370.2-2021'),
]
FACTORY = [
    ('编号', 'F1'),
    ('货物批号', 'B1'),
    ('性能检验结果单号', 'XN-1'),
    ('件数', '2'),
    ('单件毛重', '23.5 kg'),
    ('单件净重', '21.0 kg'),
]


def read(data: bytes, item: str) -> Evidence:
    """A paper as the kernel hands it to a check."""
    found = documents.PAPERS.read(data).readings
    return Evidence(sha256='d' * 64, kind='document', item=item, readings=found)


@functools.cache
def good() -> Case:
    return case()


def judged(pairs: list[tuple[str, str]], item: str = 'XN-1', make: Any = files.workbook) -> Any:
    made = good()
    evidence = (*made.evidence, read(make(pairs), item))
    return ask(documents.documents_are_as_registered, replace(made, evidence=evidence))


@pytest.mark.parametrize('make', [files.workbook, files.pdf])
@pytest.mark.parametrize(('pairs', 'item'), [(SHEET, 'XN-1'), (FACTORY, 'F1')])
def test_a_paper_that_was_sent_is_as_registered(
    pairs: list[tuple[str, str]], item: str, make: Any
) -> None:
    found = judged(pairs, item, make)
    assert found.result == 'pass', found.reason.say('en')
    assert f'{len(pairs)} fields' in found.reason.say('en')


def changed(value: str) -> str:
    """One character is another."""
    at = next(n for n in range(len(value) - 1, -1, -1) if value[n].isalnum() and value[n].isascii())
    other = '8' if value[at] != '8' else '7'
    return value[:at] + (other if value[at].isdigit() else 'q') + value[at + 1 :]


@pytest.mark.parametrize(
    ('pairs', 'item', 'which'),
    [
        *((SHEET, 'XN-1', n) for n in range(len(SHEET))),
        *((FACTORY, 'F1', n) for n in range(len(FACTORY))),
    ],
)
def test_one_character_in_any_field_is_found_and_shown(
    pairs: list[tuple[str, str]], item: str, which: int
) -> None:
    label, value = pairs[which]
    numeric = value.split()[0].replace('.', '').isdigit()
    wrong = changed(value.split()[0]) if numeric else changed(value)
    other = [(label, wrong) if n == which else pair for n, pair in enumerate(pairs)]
    found = judged(other, item)
    assert found.result == 'fail', (label, wrong)
    assert [pair.seen for pair in found.compared] == [wrong]
    assert found.compared[0].name.say('zh') and found.asks_for == 'review'


def test_a_paper_without_its_key_fields_is_unread(store: None) -> None:
    assert judged(SHEET[4:]).result == 'doubt'
    made = good()
    broken = replace(read(files.workbook(SHEET), 'XN-1'), readings=(), error='MemoryError: x')
    found = ask(documents.documents_are_as_registered, replace(made, evidence=(broken,)))
    assert found.result == 'doubt'


@pytest.mark.parametrize(
    ('text', 'wanted'),
    [
        ('2026年5月31日', date(2026, 5, 31)),
        ('2026/5/31', date(2026, 5, 31)),
        ('2026.05.31', date(2026, 5, 31)),
        ('2026-05-31 00:00', date(2026, 5, 31)),
        ('2026-06-31', None),
        ('31.05.2026', None),
        ('soon', None),
    ],
)
def test_days_are_read_as_they_are_written(text: str, wanted: date | None) -> None:
    assert documents.day(text) == wanted


@pytest.mark.parametrize(
    ('day', 'valid_until', 'wanted'),
    [
        ('2026-05-31', '2026-05-31', 'pass'),
        ('2026-06-01', '2026-05-31', 'fail'),
        ('2028-02-29', '2028-02-29', 'pass'),
        ('2028-03-01', '2028-02-29', 'fail'),
        ('2027-03-01', '2027-02-28', 'fail'),
        ('2026-04-11', '2027-04-10', 'pass'),
        ('2026-04-10', '2027-04-10', 'fail'),
    ],
)
def test_a_sheet_expires_by_the_day_at_the_end_of_a_month(
    day: str, valid_until: str, wanted: str
) -> None:
    change = {'libraries': {'performance_sheets': {'XN-1': {'valid_until': valid_until}}}}
    made = replace(case(change), day=date.fromisoformat(day))
    assert ask(checks.performance_sheet_covers_the_batch, made).result == wanted


@pytest.mark.parametrize(
    ('issued', 'mode', 'sheet_until', 'until'),
    [
        ('2026-01-31', 'air', '2027-12-31', '2026-04-30'),
        ('2027-11-30', 'air', '2029-12-31', '2028-02-29'),
        ('2026-11-30', 'air', '2029-12-31', '2027-02-28'),
        ('2028-02-29', 'sea', '2029-12-31', '2029-02-28'),
        ('2026-08-31', 'rail', '2027-08-30', '2027-08-30'),
        ('2026-08-31', 'road', '2027-08-31', '2027-08-31'),
    ],
)
def test_the_appraisal_holds_by_mode_and_month(
    issued: str, mode: str, sheet_until: str, until: str
) -> None:
    change = {'libraries': {'performance_sheets': {'XN-1': {'valid_until': sheet_until}}}}
    made = replace(case(change, transport_mode=mode), day=date.fromisoformat(issued))
    assert use_appraisal(made).valid_until == date.fromisoformat(until)


def test_a_month_after_the_31st_is_the_last_of_the_next() -> None:
    assert after_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert after_months(date(2028, 1, 31), 1) == date(2028, 2, 29)


FIELDS = [
    ('batch_no', 'B1x'),
    ('performance_sheet', 'XN-2'),
    ('boxes', 3),
    ('gross_mass_kg', '23.501'),
    ('net_mass_kg', '20.999'),
    ('appearance', 'damaged'),
    ('closure', 'otherwise'),
    ('result', 'does_not_conform'),
    ('issued', '2026-05-10'),
]


@pytest.mark.parametrize(('field', 'value'), FIELDS)
def test_a_factory_sheet_of_another_batch_is_found(field: str, value: Any) -> None:
    made = case({'libraries': {'factory_sheets': {'F1': {field: value}}}})
    found = ask(documents.documents_say_what_was_declared, made)
    assert found.result == 'fail' and len(found.compared) == 1


@pytest.mark.parametrize(
    ('change', 'wanted'),
    [
        ({}, 'fail'),
        ({'tested_months': 5}, 'fail'),
        ({'tested_months': 6}, 'pass'),
        ({'declared_by': 'Lin'}, 'pass'),
        ({'declared_by': 'Lin', 'mark': '4H2/Y25/S/26/CN/C370010'}, 'fail'),
    ],
)
def test_plastics_stand_what_is_in_them(change: dict[str, Any], wanted: str) -> None:
    mark = '4H2/Y25/S/26/CN/C370009'
    paper = {'packaging': 'box', 'mark': mark, 'goods': 'LITHIUM ION BATTERIES',
             'issued': '2026-05-01', **change}  # fmt: skip
    libraries = {
        'designs': {'D-01': {'plastics': True, 'mark': mark}},
        'performance_sheets': {'XN-1': {'mark': f'{mark} PI:0225'}},
        'compatibility_declarations': {'C1': paper},
    }
    kinds = {'factory_inspection_sheet': 'F1', 'un38_3_test_summary': 'T1',
             'hazard_classification_report': 'H1', 'compatibility_declaration': 'C1'}  # fmt: skip
    days = {'F1': '2026-05-11', 'C1': '2026-05-01'}
    named = [{'kind': k, 'no': n, 'day': days.get(n, '2026-01-11')} for k, n in kinds.items()]
    made = case({'libraries': libraries}, documents=named)
    assert ask(documents.documents_are_complete, made).result == 'pass'
    assert ask(documents.documents_say_what_was_declared, made).result == wanted


ALL = [f'T.{n}' for n in range(1, 9)]


@pytest.mark.parametrize(
    ('change', 'wanted'),
    [
        ({'tests': ALL}, 'pass'),
        ({'tests': ['T1-T8']}, 'pass'),
        ({'tests': ['T.1 to T.5', 'T.6, T.7, T.8']}, 'pass'),
        ({'tests': ['T1～T5 合格', 'T6 合格', 'T7 合格', 'T8 合格']}, 'pass'),
        ({'tests': ['T.1 Altitude simulation', *ALL[1:]]}, 'pass'),
        ({'tests': ['T.1']}, 'fail'),
        ({'tests': ['all tests']}, 'fail'),
        ({'tests': ALL[:4] + ALL[5:]}, 'fail'),
        ({'tests': [*ALL[:4], 'T.5: failed', *ALL[5:]]}, 'fail'),
        ({'tests': [*ALL[:4], 'T.5 不合格', *ALL[5:]]}, 'fail'),
        ({'tests': [*ALL[:4], 'T.5 N/A', *ALL[5:]]}, 'fail'),
        ({'tests': ALL[:7]}, 'doubt'),
        ({'tests': [*ALL[:6], ALL[7]]}, 'doubt'),
        ({'tests': [*ALL[:6], 'T.7 不适用', ALL[7]]}, 'doubt'),
        ({'tests': [*ALL[:4], *ALL[5:]], 'battery_wh': '6200'}, 'fail'),
        ({'tests': [*ALL[:4], *ALL[5:]], 'battery_wh': '6200.1'}, 'doubt'),
    ],
)
def test_a_test_summary_states_every_test_that_these_goods_need(
    change: dict[str, Any], wanted: str
) -> None:
    made = case({'libraries': {'test_summaries': {'T1': change}}})
    assert ask(documents.documents_say_what_was_declared, made).result == wanted


def test_primary_batteries_have_no_overcharge_test() -> None:
    made = case()
    paper = (
        made.libraries['test_summaries'].get('T1').model_copy(update={'tests': [*ALL[:6], ALL[7]]})
    )
    rule = made.law.un38_3_tests
    (lack,) = tested.lacking([('T1', paper)], rule)
    assert (lack[0], lack[1].values) == ('doubt', {'tests': 'T.7'})
    primary = paper.model_copy(update={'chemistry': 'lithium_metal'})
    assert tested.lacking([('T1', primary)], rule) == []


def second(kind: str, no: str, day: str) -> list[dict[str, str]]:
    return [*book()['declared']['documents'], {'kind': kind, 'no': no, 'day': day}]


def test_the_tests_of_the_cells_may_stand_in_a_second_summary() -> None:
    tests = {'T1': [*ALL[:5], 'T.7'], 'T2': [*ALL[:6], 'T.8']}
    papers = {
        no: {**book()['libraries']['test_summaries']['T1'], 'tests': tests[no]} for no in tests
    }
    named = second('un38_3_test_summary', 'T2', '2026-01-11')
    made = case({'libraries': {'test_summaries': papers}}, documents=named)
    assert ask(documents.documents_say_what_was_declared, made).result == 'pass'


@pytest.mark.parametrize(
    ('day', 'change', 'wanted'),
    [
        ('2026-01-11', {}, ('pass', 'pass')),
        ('2026-05-13', {'issued': '2026-05-13'}, ('fail', 'pass')),
        ('2026-01-11', {'valid_until': '2026-05-10'}, ('pass', 'fail')),
        ('2026-01-11', {'un_number': 'UN3481'}, ('pass', 'fail')),
        ('2026-01-11', {'goods': 'LITHIUM ION BATTERIE'}, ('pass', 'doubt')),
    ],
)
@pytest.mark.parametrize('first', [False, True])
def test_each_of_two_papers_of_a_kind_is_looked_at(
    first: bool, day: str, change: dict[str, Any], wanted: tuple[str, str]
) -> None:
    reports = book()['libraries']['hazard_reports']
    papers = {'H1': reports['H1'], 'H2': {**reports['H1'], **change}}
    named = second('hazard_classification_report', 'H2', day)
    named = [named[-1], *named[:-1]] if first else named
    made = case({'libraries': {'hazard_reports': papers}}, documents=named)
    checks_ = (documents.documents_are_complete, documents.documents_say_what_was_declared)
    assert tuple(ask(check, made).result for check in checks_) == wanted


@pytest.mark.parametrize(
    ('field', 'value', 'wanted'),
    [
        ('applicant', 'Example Cells', 'pass'),
        ('applicant', 'Example  Cells', 'pass'),
        ('applicant', 'Example Cel1s', 'doubt'),
        ('goods', 'Lithium ion batteries', 'pass'),
        ('goods', '锂离子电池组 EC-100', 'pass'),
        ('goods', 'Power bank EC-100', 'pass'),
        ('goods', 'Power bank EC-101', 'doubt'),
        ('goods', '锂金属电池组', 'doubt'),
    ],
)
def test_a_hazard_report_is_for_this_maker_and_these_goods(
    field: str, value: str, wanted: str
) -> None:
    made = case({'libraries': {'hazard_reports': {'H1': {field: value}}}})
    found = ask(documents.documents_say_what_was_declared, made)
    assert found.result == wanted
    assert [(pair.item, pair.seen) for pair in found.compared] == (
        [('H1', value)] if wanted == 'doubt' else []
    )


def test_a_mark_of_another_maker_is_shown_beside_the_right_one() -> None:
    from clearlane.scenario import scenarios
    from tests.test_scenarios import case_of

    example = {'readings': [{'item': 'XM-0001', 'un_mark': '4G/Y25/S/26/CN/C370008 PI:0225'}]}
    made = case_of(scenarios()['lithium_packaging'], book(), example)
    found = ask(checks.marks_are_those_of_the_sheet, made)
    assert [(p.item, p.wanted[-9], p.seen[-9]) for p in found.compared] == [('XM-0001', '9', '8')]


def test_a_paper_is_sent_with_the_batch_and_compared(store: None) -> None:
    """From the bytes of a PDF to the finding, on the real store."""
    mark = f'4G/Y25/S/{flow.today():%y}/CN/C370009'
    demo.libraries(1, mark, flow.today())
    first = Package(mark=f'{mark} PI:0225', serial='XM-0001', batch='0225')
    batch = demo.declared(1, 'A', first, flow.today(), 1)
    no = flow.lodge(demo.ENTERPRISE, demo.SCENARIO, batch, lot=demo.NO_DRAW).no
    wrong = [('编号', 'XN-DEMO-001'), ('包装容器标记及批号', f'{mark} PI:0226')]
    data = files.pdf(wrong)
    flow.attach(demo.ENTERPRISE, no, data, kind='document', item='XN-DEMO-001')
    flow.present(demo.ENTERPRISE, no)
    work.drain()
    row = rows.Declaration.objects.get(no=no)
    assert row.status == 'done'
    last = flow.find(OFFICER, no).decisions.latest('number')
    assert 'PI:0226' in last.result and 'documents_are_as_registered' in last.result


def test_a_scan_is_read_by_its_picture() -> None:
    from PIL import Image

    from clearlane.recognisers import pdf

    out = io.BytesIO()
    Image.fromarray(pdf.picture(files.pdf(SHEET), 1, 1800)[:, :, ::-1]).save(out, 'PDF')
    found = judged(SHEET, make=lambda _: out.getvalue())
    assert found.result in ('pass', 'doubt'), found.reason.say('en')
