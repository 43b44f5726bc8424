"""The checks of a use appraisal (A1-A11, A15, A18), each a sentence that is true when it passes."""

from __future__ import annotations

from decimal import Decimal

from clearlane import (
    Case,
    Compared,
    Crop,
    Finding,
    Text,
    clause,
    doubtful,
    failed,
    passed,
)
from clearlane.codes import Invalid, un_mark
from clearlane.scenarios.lithium_packaging import boxes, provisions
from clearlane.scenarios.lithium_packaging.records import PackageDesign, PerformanceSheet

APPRAISAL = 'SN/T 0370.3-2021'


def _design(case: Case) -> PackageDesign:
    design: PackageDesign = case.libraries['designs'].entries[case.declared.design].data  # type: ignore[assignment]
    return design


def _sheet(case: Case) -> PerformanceSheet:
    key = case.declared.performance_sheet
    sheet: PerformanceSheet = case.libraries['performance_sheets'].entries[key].data  # type: ignore[assignment]
    return sheet


# --- the papers ---------------------------------------------------------------


@clause(
    f'{APPRAISAL}; A2 (分批使用核销)',
    Text('请使用有效且余量足够的性能单', 'declare a sheet that is in force and has enough left'),
)
def performance_sheet_covers_the_batch(case: Case) -> Finding:
    """The performance sheet is in force with enough left for the batch (性能单有效、余量足够)."""
    entry = case.libraries['performance_sheets'].entry(case.declared.performance_sheet)
    if entry is None:
        return failed(Text('性能检验结果单未生效', 'the performance sheet is not in force'))
    sheet = _sheet(case)
    if not sheet.issued <= case.day <= sheet.valid_until:
        words = Text(
            '性能检验结果单有效期为 {a} 至 {b}', 'the performance sheet holds from {a} to {b}'
        )
        return failed(words.of(a=sheet.issued.isoformat(), b=sheet.valid_until.isoformat()))
    if sheet.result != 'conforms':
        return failed(NOT_PASSED)
    if sheet.user is not None and ''.join(sheet.user.split()) != ''.join(case.party.name.split()):
        pair = Compared(name=USER, wanted=case.party.name, seen=sheet.user)
        return failed(OTHER_USER.of(user=sheet.user), compared=[pair])
    left, wanted = entry.remaining, case.declared.boxes
    if left is None or left < wanted:
        words = Text(
            '性能检验结果单余 {left} 件，本批需 {n} 件',
            'the performance sheet has {left} left, the batch needs {n}',
        )
        return failed(words.of(left=left or 0, n=wanted))
    words = Text('余量 {left} ≥ {n}，有效期至 {day}', '{left} left for {n}, valid until {day}')
    return passed(words.of(left=left, n=wanted, day=sheet.valid_until.isoformat()))


NOT_PASSED = Text(
    '性能检验结果单的结果为不符合', 'the performance sheet says that the packaging does not conform'
)
USER = Text('包装使用人', 'user of the packaging')
OTHER_USER = Text(
    '性能检验结果单的包装使用人为 {user}', 'the performance sheet is for another user: {user}'
)


# --- the mark -----------------------------------------------------------------


@clause(f'UN 6.1.3.1; {APPRAISAL}; A3')
def marks_are_those_of_the_sheet(case: Case) -> Finding:
    """The mark on every box is that of the performance sheet, to the character (标记一致)."""
    wanted = un_mark.compact(_sheet(case).mark)
    found = boxes.sort(case, 'un_mark', lambda value: _compact(value) == wanted)
    return boxes.conclude(
        found,
        same=Text('{n} 箱的标记均为 {mark}', 'the mark on {n:the box|all {n} boxes} is {mark}').of(
            mark=wanted
        ),
        different=Text(
            '{n} 箱的标记为 {seen}，性能单为 {mark}(箱 {boxes})',
            '{n} {n:box shows|boxes show} {seen}, the performance sheet says {mark} (boxes '
            '{boxes})',
        ).of(mark=wanted),
        unclear=Text(
            '{n} 箱的标记无法确认：{boxes}', 'the mark of {n} {n:box|boxes} is not clear: {boxes}'
        ),
        remedy=Text(
            '请使用与标记对应的性能单，或更换包装',
            'declare the sheet that belongs to the mark, or use packagings of this sheet',
        ),
        beside=(Text('包装标记', 'packaging mark'), wanted),
    )


def _compact(value: str) -> str:
    try:
        return un_mark.compact(value)
    except Invalid:
        return value


@clause(
    'UN 6.1.3.1; A4',
    Text(
        '请核对包装标记，必要时更换包装', 'check the mark; use other packagings where it is wrong'
    ),
)
def marks_are_well_formed(case: Case) -> Finding:
    """Every mark that was read follows the rules for marks (标记格式正确)."""
    found = boxes.sort(case, 'un_mark', lambda value: un_mark.is_valid(value, today=case.day))
    return boxes.conclude(
        found,
        same=Text(
            '{n} 箱的标记格式正确',
            '{n:the mark of the box is|the marks of all {n} boxes are} well formed',
        ),
        different=Text(
            '{n} 箱的标记格式错误：{seen}(箱 {boxes})',
            '{n:the mark of 1 box is|the marks of {n} boxes are} not well formed: {seen} '
            '(boxes {boxes})',
        ),
        unclear=Text(
            '{n} 箱的标记无法确认：{boxes}', 'the mark of {n} {n:box|boxes} is not clear: {boxes}'
        ),
    )


@clause(
    'UN 6.1.3.1 (c); A7',
    Text('请减重，或使用标记毛重更大的包装', 'pack less, or use packagings marked for more'),
)
def mass_is_within_the_mark(case: Case) -> Finding:
    """The declared and the printed gross mass are within that of the mark (毛重不超过标记)."""
    limit = un_mark.parts(_sheet(case).mark, today=case.day).gross_mass_kg
    declared = case.declared.gross_mass_kg
    if limit is None:
        return doubtful(Text('标记未载明最大毛重', 'the mark states no gross mass'))
    if declared > limit:
        words = Text(
            '申报毛重 {declared} kg 超过标记 {limit} kg',
            'declared {declared} kg is above the {limit} kg of the mark',
        )
        return failed(words.of(declared=declared, limit=limit))
    found = boxes.sort(case, 'gross_mass_kg', lambda value: Decimal(value) <= limit)
    if found.differ:
        words = Text(
            '箱 {b} 标示毛重 {seen} kg 超过标记 {limit} kg',
            'boxes {b} show {seen} kg, above the {limit} kg of the mark',
        )
        seen = next(iter(found.differ.values()))[0].value
        return failed(
            words.of(b=boxes.names(found.differ), seen=seen, limit=limit), found.crops(found.differ)
        )
    words = Text(
        '毛重 {declared} kg ≤ 标记 {limit} kg',
        'gross {declared} kg within the {limit} kg of the mark',
    )
    return passed(words.of(declared=declared, limit=limit), found.crops(found.agree))


@clause(
    f'{APPRAISAL}; A7, A12',
    Text('请更正标示或申报的毛重', 'correct the print or the declared gross mass'),
)
def printed_mass_is_the_declared(case: Case) -> Finding:
    """The masses on every box that shows them are the declared ones (标示质量与申报一致)."""
    gross = _beside(case, 'gross_mass_kg', case.declared.gross_mass_kg)
    net = _beside(case, 'net_mass_kg', case.declared.net_mass_kg)
    for kind, declared, found in (
        ('gross_mass_kg', case.declared.gross_mass_kg, gross),
        ('net_mass_kg', case.declared.net_mass_kg, net),
    ):
        if found.differ:
            item, seen = next(iter(found.differ.items()))
            words = MASS_DIFFERS.of(b=boxes.names(found.differ), name=MASSES[kind])
            pair = Compared(name=MASSES[kind], wanted=str(declared), seen=seen[0].value, item=item)
            crops = found.crops(found.differ)
            said = words.of(seen=seen[0].value, declared=declared)
            return failed(said, crops, compared=[pair])
    crops = [*gross.crops(gross.agree), *net.crops(net.agree)]
    declared = case.declared.gross_mass_kg
    return passed(MASS_AGREES.of(n=len(gross.agree), declared=declared), crops)


def _beside(case: Case, kind: str, declared: Decimal) -> boxes.Boxes:
    law = case.law.printed_mass
    most = max(Decimal(law['kg']), Decimal(law['share']) * declared)
    return boxes.sort(case, kind, lambda value: abs(Decimal(value) - declared) <= most)


MASSES = {
    'gross_mass_kg': Text('毛重', 'gross mass'),
    'net_mass_kg': Text('净重', 'net mass'),
}
MASS_DIFFERS = Text(
    '箱 {b} 标示{name} {seen} kg，申报为 {declared} kg',
    'boxes {b} show a {name} of {seen} kg, declared are {declared} kg',
)
MASS_AGREES = Text(
    '{n} 箱标示的毛重与申报的 {declared} kg 一致',
    'the gross mass shown on boxes ({n}) is the declared {declared} kg',
)


# --- labels and numbers -------------------------------------------------------


@clause(
    'UN 5.2.1.1; A8',
    Text(
        '请更正标示、申报或设计登记', 'correct the print, the declaration or the registered design'
    ),
)
def un_number_is_the_declared(case: Case) -> Finding:
    """The UN number on every box is the declared one (联合国编号一致)."""
    wanted = case.declared.un_number
    if wanted not in _design(case).un_numbers:
        words = Text('设计未登记用于 {un}', 'the design is not registered for {un}')
        return failed(words.of(un=wanted))
    found = boxes.sort(case, 'un_number', lambda value: value == wanted)
    return boxes.conclude(
        found,
        same=Text('{n} 箱均标示 {un}', '{n:the box shows|all {n} boxes show} {un}').of(un=wanted),
        different=Text(
            '{n} 箱标示 {seen}，申报为 {un}(箱 {boxes})',
            '{n} {n:box shows|boxes show} {seen}, declared is {un} (boxes {boxes})',
        ).of(un=wanted),
        unclear=Text(
            '{n} 箱的联合国编号无法确认：{boxes}',
            'the UN number of {n} {n:box|boxes} is not clear: {boxes}',
        ),
        remedy=Text('请更正标示或申报', 'correct the print or the declaration'),
        beside=(Text('联合国编号', 'UN number'), wanted),
    )


@clause('UN 5.2.2.2.2 model 9A; special provision 384; A9')
def hazard_label_is_right(case: Case) -> Finding:
    """Every box shows the hazard label for lithium batteries, model 9A (第9A号标签)."""
    if provisions.is_exempt(case):
        return passed(
            Text(
                'SP 188、SP 400 包装不要求危险性标签',
                'packages under SP 188 or SP 400 need no hazard label',
            )
        )
    wanted = case.law.hazard_label
    found = boxes.sort(case, 'hazard_label', lambda value: value == wanted)
    return boxes.conclude(
        found,
        same=Text(
            '{n} 箱均有 {label} 号标签', '{n:the box shows|all {n} boxes show} label {label}'
        ).of(label=wanted),
        different=Text(
            '{n} 箱的标签为 {seen}，应为 {label}(箱 {boxes})',
            '{n} {n:box shows|boxes show} label {seen} where {label} belongs (boxes {boxes})',
        ).of(label=wanted),
        unclear=Text(
            '{n} 箱未见 {label} 号标签：{boxes}',
            'no label {label} was found on {n} {n:box|boxes}: {boxes}',
        ).of(label=wanted),
        remedy=Text('请粘贴 9A 号标签后重新拍摄', 'affix label 9A and take new photographs'),
    )


@clause('UN 5.2.1.7; A15')
def arrows_point_up(case: Case) -> Finding:
    """Orientation arrows, where they are shown, point up (方向箭头朝上)."""
    least = Decimal(case.law.scores['orientation_arrows'])
    sure = [
        s for s in case.readings('orientation_arrows') if Decimal(str(s.reading.score)) >= least
    ]
    wrong = [s for s in sure if s.value != 'up']
    if not wrong:
        return passed(
            Text('{n} 处方向箭头均朝上', 'arrows in {n} {n:place|places}, all point up').of(
                n=len(sure)
            ),
            [s.crop for s in sure],
        )
    items = list(dict.fromkeys(s.evidence.item for s in wrong))
    words = Text('箱 {boxes} 的方向箭头朝{way}', 'the arrows on boxes {boxes} point {way}')
    said = words.of(boxes=boxes.names(items), way=WAYS.get(wrong[0].value, wrong[0].value))
    return failed(said, [s.crop for s in wrong], remedy=boxes.TAKE_AGAIN)


WAYS = {'down': Text('下', 'down'), 'left': Text('左', 'left'), 'right': Text('右', 'right')}


@clause(f'{APPRAISAL}; A11', boxes.TAKE_AGAIN)
def closure_is_as_instructed(case: Case) -> Finding:
    """The closure is that of the maker's closing instruction (封口符合说明)."""
    views = [v.view for v in _design(case).views if 'closure' in v.shows]
    sheets = [d.no for d in case.declared.documents if d.kind == 'factory_inspection_sheet']
    how = _design(case).closing_instruction
    least = Decimal(case.law.scores['closure'])
    seen = [s for view in views for s in case.readings('closure', view=view)]
    open_ = [s for s in seen if s.value == 'open' and Decimal(str(s.reading.score)) >= least]
    if open_:
        words = Text('箱 {b} 未见封口，说明：{how}', 'boxes {b} are not closed; instruction: {how}')
        items = dict.fromkeys(s.evidence.item for s in open_)
        return failed(words.of(b=boxes.names(items), how=how), [s.crop for s in open_])
    if not views or not sheets:
        words = Text(
            '没有封口视角的照片或厂检单', 'no view shows the closure, or no factory sheet states it'
        )
        return doubtful(words)
    words = Text(
        '封口已逐箱拍摄(视角 {views})，厂检单 {no} 确认按说明封口：{how}；胶带本身由周期监管核实',
        'the closure of each box is photographed (view {views}); factory inspection sheet {no}'
        ' states that it follows the instruction: {how}; the tape itself is for the periodic visit',
    )
    crops = [Crop(evidence=e.sha256, item=e.item) for v in views for e in case.pieces(view=v)]
    return passed(words.of(views=', '.join(views), no=sheets[0], how=how), crops)


@clause(
    f'{APPRAISAL}; GACC 2019 No. 15; A18',
    Text('请选择与性能单对应的设计', 'declare the design that belongs to the performance sheet'),
)
def batch_is_of_the_sheet(case: Case) -> Finding:
    """Design and performance sheet are of one packaging (设计与性能单一致)."""
    sheet, design = un_mark.compact(_sheet(case).mark), un_mark.compact(_design(case).mark)
    words = Text(
        '设计标记 {design}，性能单标记 {sheet}', 'design {design}, performance sheet {sheet}'
    )
    sheet_, design_ = (line.partition(' PI:')[0] for line in (sheet, design))
    said = words.of(design=design, sheet=sheet)
    pair = Compared(name=Text('包装标记', 'packaging mark'), wanted=sheet_, seen=design_)
    return passed(said) if sheet_ == design_ else failed(said, compared=[pair])
