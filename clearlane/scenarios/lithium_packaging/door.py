"""What is asked before a batch is accepted; each problem names the field, the value, the remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import cast

from clearlane import Case, Problem, Text, problem
from clearlane.scenarios.lithium_packaging.records import PerformanceSheet


def serials_are_counted(case: Case) -> Iterator[Problem]:
    """Each box has one serial, and no serial stands for two boxes."""
    serials = case.declared.serials
    twice = sorted(s for s, n in Counter(serials).items() if n > 1)
    if twice:
        shown = ', '.join(twice[:5])
        yield problem('serials', shown, 'serial_twice', TWICE, ONE_EACH)
    if case.declared.boxes != len(serials):
        words = COUNT.of(boxes=case.declared.boxes, serials=len(serials))
        yield problem('boxes', case.declared.boxes, 'boxes_and_serials_differ', words, ONE_EACH)


TWICE = Text('序列号重复申报', 'a serial is declared twice')
COUNT = Text(
    '申报 {boxes} 箱，序列号 {serials} 个',
    '{boxes} {boxes:box is|boxes are} declared with {serials} {serials:serial|serials}',
)
ONE_EACH = Text('每箱填写一个不同的序列号', 'give each box one serial of its own')


def masses_and_days_are_in_order(case: Case) -> Iterator[Problem]:
    """The net mass is below the gross mass, and nothing was packed before it was made."""
    batch = case.declared
    if batch.net_mass_kg >= batch.gross_mass_kg:
        yield problem('net_mass_kg', batch.net_mass_kg, 'net_above_gross', NET, CORRECT)
    if batch.packing_day < batch.production_day:
        yield problem('packing_day', batch.packing_day, 'packed_too_early', EARLY, CORRECT)
    if batch.packing_day > case.day:
        yield problem('packing_day', batch.packing_day, 'packed_in_future', FUTURE, CORRECT)


NET = Text('净重不小于毛重', 'the net mass is not below the gross mass')
EARLY = Text('包装日期早于生产日期', 'the packing day lies before the production day')
FUTURE = Text('包装日期晚于申报日期', 'the packing day lies after the day of declaration')
CORRECT = Text('请更正后重新提交', 'correct it and send it again')


def un_number_is_covered(case: Case) -> Iterator[Problem]:
    """The UN number is one that this scenario appraises."""
    entry = case.law.un_entries.get(case.declared.un_number)
    first = (entry or {}).get('from', {}).get(case.declared.transport_mode)
    if entry is not None and not entry['appraisal']:
        yield _outside(case, 'no_appraisal_needed', NOT_NEEDED, NO_DECLARATION)
    elif first is not None and case.day < date.fromisoformat(first):
        yield _outside(case, 'un_number_not_yet', NOT_YET.of(day=first), CORRECT)
    elif entry is None:
        covered = ', '.join(n for n, e in case.law.un_entries.items() if e['appraisal'])
        yield problem(
            'un_number',
            case.declared.un_number,
            'un_number_outside',
            Text('该联合国编号不在本场景范围内', 'this UN number is outside this scenario'),
            Text('适用编号：{covered}', 'covered are: {covered}').of(covered=covered),
        )


def _outside(case: Case, code: str, message: Text, remedy: Text) -> Problem:
    return problem('un_number', case.declared.un_number, code, message, remedy)


NOT_NEEDED = Text(
    '该联合国编号的货物无须包装使用鉴定', 'goods of this UN number need no use appraisal'
)
NO_DECLARATION = Text('无须在此申报', 'there is nothing to declare here')
NOT_YET = Text('该编号以此运输方式自 {day} 起适用', 'by this mode the number holds from {day} on')


def design_is_registered(case: Case) -> Iterator[Problem]:
    """The design is in force in the qualified library."""
    if case.libraries['designs'].get(case.declared.design) is None:
        yield problem(
            'design',
            case.declared.design,
            'unknown_design',
            Text(
                '合格库中没有生效的该包装设计', 'no design of this key is in force in the library'
            ),
            Text('请先登记并等待海关审核', 'register it and wait until customs has qualified it'),
        )


def sheet_is_usable(case: Case) -> Iterator[Problem]:
    """The performance sheet is known, has not expired, and has room for the batch."""
    key = case.declared.performance_sheet
    entry = case.libraries['performance_sheets'].entry(key)
    if entry is None:
        yield _sheet(key, 'unknown_certificate', UNKNOWN, REGISTER)
        return
    until = cast(PerformanceSheet, entry.data).valid_until
    if until < case.day:
        yield _sheet(key, 'expired_certificate', EXPIRED.of(day=until.isoformat()), OTHER)
    elif (entry.remaining or 0) < case.declared.boxes:
        words = EXHAUSTED.of(left=entry.remaining, boxes=case.declared.boxes)
        yield _sheet(key, 'exhausted_certificate', words, OTHER)


def _sheet(key: str, code: str, message: Text, remedy: Text) -> Problem:
    return problem('performance_sheet', key, code, message, remedy)


UNKNOWN = Text('没有生效的该性能检验结果单', 'no performance sheet of this number is in force')
EXPIRED = Text('性能检验结果单已于 {day} 到期', 'the performance sheet expired on {day}')
EXHAUSTED = Text(
    '性能检验结果单仅余 {left} 件，本批 {boxes} 件',
    'the performance sheet has {left} left, the batch has {boxes}',
)
REGISTER = Text(
    '请先登记性能检验结果单并等待海关审核', 'register it and wait until customs has qualified it'
)
OTHER = Text(
    '请使用有效且余量足够的性能检验结果单', 'use a sheet that is valid and has enough left'
)
