"""Special provisions 188 and 400: which small batteries leave full regulation, and their mark."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from clearlane import Case, Finding, Text, clause, doubtful, failed, passed
from clearlane.scenarios.lithium_packaging import boxes, packing
from clearlane.scenarios.lithium_packaging.packing import EQUIPMENT, Reason

METAL = ('UN3090', 'UN3091')
SODIUM = ('UN3551', 'UN3552')


def is_exempt(case: Case) -> bool:
    """Whether the batch claims a provision that puts the battery mark in the place of the label."""
    return bool(case.declared.special_provision_188 or case.declared.special_provision_400)


def over_limits(case: Case) -> Iterator[Reason]:
    """What speaks against special provision 188; nothing where the goods are within its limits.

    Limits count as kept at their very value: 20 Wh, 100 Wh, 1 g, 2 g, 30 kg.
    """
    batch, law = case.declared, case.law.special_provision_188
    unit = 'g' if batch.un_number in METAL else 'wh'
    names = ('cell_lithium_g', 'battery_lithium_g') if unit == 'g' else ('cell_wh', 'battery_wh')
    cell, battery = (_greatest(case, name) for name in names)
    if battery is None and (cell is None or batch.batteries_per_box is not None):
        yield 'doubt', UNKNOWN.of(names=NAMES[unit])
    for value, part in ((cell, 'cell'), (battery, 'battery')):
        limit = Decimal(law[f'{part}_{unit}'])
        if value is not None and value > limit:
            words = OVER.of(what=PARTS[part], value=value, limit=limit, unit=UNITS[unit])
            yield 'fail', words
    heaviest = Decimal(law['package_kg'])
    least = Decimal(case.law.scores['gross_mass_kg'])
    printed = [Decimal(seen.value) for seen in case.readings('gross_mass_kg')
               if Decimal(str(seen.reading.score)) >= least]  # fmt: skip
    mass = max([batch.gross_mass_kg, *printed])
    if mass > heaviest and batch.un_number not in EQUIPMENT:
        yield 'fail', TOO_HEAVY.of(mass=mass, limit=heaviest)


def _greatest(case: Case, name: str) -> Decimal | None:
    """The greatest rating that the batch or one of its test summaries states."""
    summaries = case.libraries.get('test_summaries')
    named = [d.no for d in case.declared.documents if d.kind == 'un38_3_test_summary']
    stated = [summaries.get(no) for no in named] if summaries is not None else []
    values = [getattr(one, name, None) for one in (case.declared, *stated)]
    return max((v for v in values if v is not None), default=None)


PARTS = {'cell': Text('电芯', 'a cell'), 'battery': Text('电池组', 'a battery')}
UNITS = {'wh': 'Wh', 'g': 'g Li'}
NAMES = {
    'wh': Text(
        '电池组(仅装电芯时为电芯及每件电芯数)额定能量',
        'the rating of the battery (of loose cells: theirs and their number) in Wh',
    ),
    'g': Text(
        '电池组(仅装电芯时为电芯及每件电芯数)锂含量',
        'the lithium content of the battery (of loose cells: theirs and their number)',
    ),
}
OVER = Text(
    '{what} {value} {unit}，超过 SP 188 的 {limit} {unit}',
    '{what} of {value} {unit} is above the {limit} {unit} of SP 188',
)
TOO_HEAVY = Text(
    '毛重 {mass} kg，超过 SP 188 的 {limit} kg', 'gross {mass} kg is above the {limit} kg of SP 188'
)
UNKNOWN = Text('申报适用 SP 188，但未申报{names}', 'SP 188 is claimed, but {names} is not declared')


@clause(
    'UN 3.3.1 SP 188, 400; A10',
    Text(
        '请按完全管制的要求申报，或补充额定能量',
        'declare it as fully regulated, or declare the rating',
    ),
)
def exemption_applies(case: Case) -> Finding:
    """Special provisions that are claimed apply to these goods (特殊规定适用)."""
    batch = case.declared
    if batch.special_provision_400 and batch.un_number not in SODIUM:
        return failed(NO_SODIUM.of(un=batch.un_number))
    if is_exempt(case) and packing.regime(case) in ('damaged', 'critical'):
        return failed(DAMAGED)
    if batch.special_provision_188 and packing.regime(case) == 'prototype':
        return failed(PROTOTYPE)
    if not batch.special_provision_188:
        return passed(REGULATED)
    reasons = list(over_limits(case))
    over = next((r for r in reasons if r[0] == 'fail'), reasons[0] if reasons else None)
    if over is None:
        return passed(WITHIN)
    return failed(over[1]) if over[0] == 'fail' else doubtful(over[1])


NO_SODIUM = Text('SP 400 只适用于钠离子电池，不适用 {un}', 'SP 400 is for sodium ion, not for {un}')
DAMAGED = Text(
    '损坏或缺陷的电池不得按 SP 188 或 SP 400 运输',
    'damaged or defective batteries do not travel under SP 188 or SP 400',
)
PROTOTYPE = Text(
    '未经 UN 38.3 试验的样品或小批量电池不得按 SP 188 运输',
    'prototypes that were not tested to UN 38.3 do not travel under SP 188',
)
REGULATED = Text('按完全管制申报', 'declared as fully regulated')
WITHIN = Text('在 SP 188 限值以内', 'within the limits of SP 188')


def mark_is_waived(case: Case) -> bool:
    """Whether SP 188 asks for no battery mark: few batteries, contained in equipment."""
    batch, law = case.declared, case.law.special_provision_188
    contained = packing.rule(case).get('arrangement') == 'contained_in'
    if not batch.special_provision_188 or not contained:
        return False
    if batch.button_cells_only:
        return True
    counts = (batch.cells_per_box, batch.batteries_per_box)
    if counts == (None, None) or batch.boxes > law['waived_packages']:
        return False
    few_cells = (batch.cells_per_box or 0) <= law['waived_cells']
    few_batteries = (batch.batteries_per_box or 0) <= law['waived_batteries']
    return bool(few_cells and few_batteries)


def needs_drop_test(case: Case) -> bool:
    """Whether the package has to withstand the drop: unless its batteries lie in equipment."""
    return packing.rule(case).get('arrangement') != 'contained_in'


@clause(
    'UN 5.2.1.9; special provision 188; A10',
    Text(
        '请按规定使用锂电池标记与 9A 标签', 'use the battery mark or label 9A as the goods require'
    ),
)
def battery_mark_is_only_for_small_batteries(case: Case) -> Finding:
    """The battery mark stands on packages under SP 188 or 400, and on no others (锂电池标记)."""
    found = boxes.sort(
        case,
        'battery_mark',
        lambda value: value == 'unread' or case.declared.un_number in value.split('+'),
    )
    if not is_exempt(case):
        marked = {**found.agree, **found.differ}
        if marked:
            words = MISUSED.of(b=boxes.names(marked))
            return failed(words, found.crops(marked))
        return passed(Text('没有不当使用的锂电池标记', 'no box shows the battery mark'))
    if mark_is_waived(case) and not found.differ:
        return passed(WAIVED)
    return boxes.conclude(
        found,
        same=Text('{n} 箱均有锂电池标记', '{n:the box shows|all {n} boxes show} the battery mark'),
        different=Text(
            '{n} 箱的锂电池标记为 {seen}', 'the battery mark of {n} {n:box|boxes} says {seen}'
        ),
        unclear=Text(
            '{n} 箱未见锂电池标记：{boxes}',
            'no battery mark was found on {n} {n:box|boxes}: {boxes}',
        ),
    )


MISUSED = Text(
    '箱 {b} 使用了锂电池标记，该标记只用于 SP 188 和 SP 400 包装',
    'boxes {b} show the battery mark, which is only for SP 188 and SP 400',
)
WAIVED = Text(
    '设备内电池数量少，SP 188 不要求标记',
    'few batteries in equipment: SP 188 asks for no mark',
)
