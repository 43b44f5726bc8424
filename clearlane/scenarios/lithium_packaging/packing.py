"""Packing instructions: which packagings, levels and conditions the law allows (A5, A6, A17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from clearlane import Case, Compared, Finding, Seen, Text, clause, doubtful, failed, passed
from clearlane.codes import Invalid, packaging_code, un_mark
from clearlane.scenarios.lithium_packaging import boxes
from clearlane.scenarios.lithium_packaging.records import Batch, PerformanceSheet

EQUIPMENT = ('UN3091', 'UN3481', 'UN3552')
"""Entries of batteries that are contained in equipment or packed with it."""


def paragraph(batch: Batch) -> str:
    """The paragraph that is meant: P903 alone is (1), with equipment (3)."""
    if batch.packing_instruction != 'P903':
        return batch.packing_instruction
    return 'P903(3)' if batch.un_number in EQUIPMENT else 'P903(1)'


def rule(case: Case) -> Mapping[str, Any]:
    """What the law says of the declared paragraph."""
    found: Mapping[str, Any] = case.law.packing_instructions[paragraph(case.declared)]
    return found


def regime(case: Case) -> str:
    """Sound, damaged, critical, waste or prototype: as declared, else as the instruction says."""
    return str(case.declared.regime or rule(case)['regime'])


def sheet(case: Case) -> PerformanceSheet:
    """The performance sheet that the batch is declared with."""
    key = case.declared.performance_sheet
    return cast(PerformanceSheet, case.libraries['performance_sheets'].entries[key].data)


def mark(case: Case) -> un_mark.Parts:
    """What the mark on the sheet says."""
    return un_mark.parts(sheet(case).mark, today=case.day)


Reason = tuple[str, Text]
"""('fail' or 'doubt', why)."""


@clause(
    'UN 4.1.4.1, 4.1.4.3; A5',
    Text(
        '请更正包装导则，或使用其允许的包装',
        'correct the packing instruction, or use a packaging that it allows',
    ),
)
def packaging_is_allowed(case: Case) -> Finding:
    """The packing instruction allows this packaging for this UN number (包装类型允许)."""
    reasons = [*_entry(case), *_code(case), *_mass(case), *_alone(case)]
    worst = next((r for r in reasons if r[0] == 'fail'), reasons[0] if reasons else None)
    if worst is not None:
        return failed(worst[1]) if worst[0] == 'fail' else doubtful(worst[1])
    name, form = paragraph(case.declared), rule(case)['form']
    if form == 'untested':
        return passed(UNTESTED.of(p=name))
    return passed(ALLOWED.of(code=mark(case).code, p=name, allowed=_allowed(case)))


UNTESTED = Text('{p} 不要求经检验的包装', '{p} asks for no tested packaging')
ALLOWED = Text('包装代码 {code},{p} 允许 {allowed}', 'code {code}; {p} allows {allowed}')
NOT_FOR = Text('{un} 不适用 {p}', '{p} is not for {un}')
NOT_ALLOWED = Text(
    '包装代码 {code} 不在 {p} 允许之列：{allowed}', 'code {code} is none that {p} allows: {allowed}'
)
SUFFIX = Text('包装代码后缀 {suffix} 不适用', 'the suffix {suffix} of the code is not for this use')
REDONE = Text('修复包装不予接受', 'a reconditioned packaging is not accepted')
HEAVY = Text(
    '净重 {net} kg 超过 {limit} kg，不适用普通鉴定',
    'net {net} kg is above {limit} kg: the ordinary appraisal does not apply',
)
OF_CODE = Text(
    '净重 {net} kg 超过 {code} 的 {limit} kg', 'net {net} kg is above the {limit} kg of {code}'
)
CATEGORY = Text(
    '代码 {code} 未注明类别，{p} 只允许 {allowed}',
    'the code {code} names no category; {p} allows only {allowed}',
)
LIGHT = Text(
    '单个电池 {mass} kg，不足 {least} kg', 'one battery has {mass} kg, less than {least} kg'
)
LIGHT_UNKNOWN = Text(
    '{p} 要求单个电池不少于 {least} kg，未申报其质量',
    '{p} asks for batteries of {least} kg or more; their mass is not declared',
)
ALONE = Text('{p} 要求单独包装，每件装有 {n} 个', '{p} asks for one in a package; there are {n}')
ALONE_UNKNOWN = Text(
    '{p} 要求单独包装，未申报每件物品数',
    '{p} asks for one in a package; the number of items is not declared',
)


def _allowed(case: Case) -> str:
    return ' '.join(rule(case).get('codes', ()))


def _entry(case: Case) -> Iterator[Reason]:
    batch, name = case.declared, paragraph(case.declared)
    entry = case.law.un_entries[batch.un_number]
    fits = name.partition('(')[0] in entry['instructions']
    if not fits or batch.un_number not in rule(case)['entries']:
        yield 'fail', NOT_FOR.of(un=batch.un_number, p=name)


def _code(case: Case) -> Iterator[Reason]:
    found, law = mark(case), rule(case)
    if law['form'] == 'untested':
        return
    # 4HW names no category: it is every one that the mark may stand for.
    meant = packaging_code.categories(found.code) or (found.code,)
    allowed = [code for code in meant if code in law['codes']]
    if len(allowed) < len(meant):
        words = CATEGORY if allowed else NOT_ALLOWED
        told = words.of(code=found.code, p=paragraph(case.declared), allowed=_allowed(case))
        yield ('doubt' if allowed else 'fail'), told
    if found.suffix and found.suffix not in case.law.packaging_suffixes:
        yield 'fail', SUFFIX.of(suffix=found.suffix)
    if found.reconditioned:
        yield 'fail', REDONE


def _mass(case: Case) -> Iterator[Reason]:
    batch, law, name = case.declared, rule(case), paragraph(case.declared)
    limit = Decimal(case.law.net_limit_kg)
    free = law['form'] == 'large' or law.get('above_limit', False)
    if batch.net_mass_kg > limit and not free:
        yield 'fail', HEAVY.of(net=batch.net_mass_kg, limit=limit)
    if law['form'] == 'tested' and not free:
        found = mark(case)
        most = packaging_code.find(f'{found.code}{found.suffix}').max_net_kg
        if most is not None and batch.net_mass_kg > most:
            yield 'fail', OF_CODE.of(net=batch.net_mass_kg, limit=most, code=found.code)
    least = law.get('least_item_kg')
    if least is not None and batch.item_mass_kg is None:
        yield 'doubt', LIGHT_UNKNOWN.of(p=name, least=least)
    elif least is not None and batch.item_mass_kg < Decimal(least):
        yield 'fail', LIGHT.of(mass=batch.item_mass_kg, least=least)


def _alone(case: Case) -> Iterator[Reason]:
    """One item in a package: always, or where the package is heavier than so much."""
    batch, law, name = case.declared, rule(case), paragraph(case.declared)
    above = law.get('alone_above_kg')
    if not law.get('one_item') and (above is None or batch.net_mass_kg <= Decimal(above)):
        return
    if batch.items_per_box is None:
        yield 'doubt', ALONE_UNKNOWN.of(p=name)
    elif batch.items_per_box > 1:
        yield 'fail', ALONE.of(p=name, n=batch.items_per_box)


@clause(
    'UN 4.1.4.1 P903 (1), P911; A6',
    Text('请使用等级足够的包装', 'use packagings of a sufficient level'),
)
def performance_level_is_enough(case: Case) -> Finding:
    """The performance level is enough for the packing instruction (性能等级足够)."""
    wanted, name = rule(case).get('level'), paragraph(case.declared)
    if wanted is None:
        return passed(UNTESTED.of(p=name))
    least = 'ZYX'.index(wanted) + 1
    said = LEVEL.of(level=mark(case).level or '-', p=name, wanted=wanted)
    if mark(case).rank < least:
        return failed(said)
    found = boxes.sort(case, 'un_mark', lambda value: _rank(value, case.day) >= least)
    if found.differ:
        words = Text('箱 {b} 的等级不足', 'the level of boxes {b} is too low')
        return failed(words.of(b=boxes.names(found.differ)), found.crops(found.differ))
    return passed(said)


LEVEL = Text(
    '性能等级 {level},{p} 要求 {wanted} 级以上', 'level {level}; {p} needs {wanted} or better'
)


def _rank(value: str, day: date) -> int:
    try:
        return un_mark.parts(value, today=day).rank
    except Invalid:
        return 4  # a mark that cannot be parsed is the business of A4


@clause(
    'UN 3.3.1 SP 310, 376, 377; A17',
    Text(
        '请按货物状态选用包装导则',
        'choose the packing instruction that the state of the goods asks for',
    ),
)
def instruction_fits_the_goods(case: Case) -> Finding:
    """Damaged, waste and prototype batteries are packed as the law says for them (特殊情形)."""
    goods, name, law = regime(case), paragraph(case.declared), rule(case)
    words = STATE.of(state=STATES[goods], p=name)
    if law['regime'] != goods:
        return failed(words)
    if goods == 'prototype':
        return _prototypes(case, words)
    return passed(words)


def _prototypes(case: Case, words: Text) -> Finding:
    most, run = int(case.law.special_provision_310), case.declared.production_run
    if run is None:
        return doubtful(RUN_UNKNOWN.of(most=most))
    if run > most:
        return failed(RUN.of(run=run, most=most))
    return passed(words)


STATES = {
    'sound': Text('正常', 'sound'),
    'damaged': Text('损坏或缺陷', 'damaged or defective'),
    'critical': Text('损坏且易发生危险反应', 'damaged and liable to react'),
    'waste': Text('待处置或回收', 'for disposal or recycling'),
    'prototype': Text('样品或小批量', 'prototypes or small runs'),
}
STATE = Text('货物状态：{state}；包装导则 {p}', 'state of the goods: {state}; packed to {p}')
RUN = Text(
    '生产批量 {run} 超过 {most}，不适用 SP 310',
    'a run of {run} is above {most}: SP 310 does not apply',
)
RUN_UNKNOWN = Text(
    'SP 310 只适用于不超过 {most} 的批量，未申报批量',
    'SP 310 is for runs of at most {most}; the run is not declared',
)


@clause(
    'UN 3.1.2, 3.3.1 SP 390; A8',
    Text('请更正正确运输名称或包装方式', 'correct the proper shipping name or the way of packing'),
)
def name_is_that_of_the_un_number(case: Case) -> Finding:
    """The proper shipping name is that of the UN number and the way of packing (运输名称一致)."""
    batch = case.declared
    names = [n for n in case.law.un_entries[batch.un_number]['names'] if _arranged(case, n)]
    said = _spelt(batch.proper_shipping_name)
    more = getattr(case.law, 'name_additions', {}).get(batch.un_number, ())
    fits = any(
        said in (n, *(f'{n}{gap}{_spelt(m)}' for m in more for gap in (' ', ', '))) for n in names
    )
    words = NAME if fits else NO_NAME
    told = words.of(name=batch.proper_shipping_name, un=batch.un_number, names=' / '.join(names))
    if not fits:
        return failed(told)
    others = [(seen, name) for seen, name in _printed(case) if name not in names]
    if others:
        first, name = others[0]
        pair = Compared(name=SHIPPING_NAME, wanted=names[0], seen=name, item=first.evidence.item)
        words = PRINTED.of(b=boxes.names(dict.fromkeys(s.evidence.item for s, _ in others)))
        crops = [seen.crop for seen, _ in others]
        return failed(words.of(name=name, wanted=names[0]), crops, compared=[pair])
    return passed(told)


def _printed(case: Case) -> Iterator[tuple[Seen, str]]:
    """The names of the list that stand on the boxes for certain; of each line the longest."""
    known = {name for entry in case.law.un_entries.values() for name in entry['names']}
    least = Decimal(case.law.scores['un_number'])
    for seen in case.readings('text'):
        line = _spelt(seen.value)
        found = max((name for name in known if name in line), key=len, default='')
        if found and Decimal(str(seen.reading.score)) >= least:
            yield seen, found


SHIPPING_NAME = Text('运输名称', 'proper shipping name')
PRINTED = Text(
    '箱 {b} 标示的运输名称为“{name}”，应为“{wanted}”',
    'boxes {b} show the name “{name}”, it should be “{wanted}”',
)


NAME = Text('{un} 的运输名称：{name}', 'name for {un}: {name}')
NO_NAME = Text(
    '运输名称“{name}”不符，{un} 应为：{names}', 'the name “{name}” is not that of {un}: {names}'
)


def _spelt(name: str) -> str:
    return ' '.join(name.upper().split())


def _arranged(case: Case, name: str) -> bool:
    """Contained in or packed with: by paragraph; a package with both is packed with (SP 390)."""
    wanted = {'packed_with': 'PACKED WITH', 'both': 'PACKED WITH', 'contained_in': 'CONTAINED IN'}
    arrangement = rule(case).get('arrangement')
    return arrangement is None or wanted[arrangement] in name
