"""Whether a performance sheet agrees with its mark, its days and the goods (A2, A18)."""

from __future__ import annotations

from collections.abc import Iterator

from clearlane import Case, Compared, Finding, Text, clause, doubtful, failed, passed
from clearlane.scenarios.lithium_packaging import documents, packing


@clause(
    'SN/T 0370.3-2021; UN 6.1.3.1 (e); GACC 2019 No. 15; A2, A18',
    Text('请更正性能单的登记，或使用本批包装的性能单', 'correct the registered performance sheet, '
         'or declare the one of these packagings'),
)  # fmt: skip
def sheet_agrees_with_itself_and_the_goods(case: Case) -> Finding:
    """The performance sheet agrees with its mark, its days and the goods (性能单自洽)."""
    made, packed = packing.sheet(case).production_day, case.declared.packing_day
    if made > packed:
        pair = Compared(name=MADE, wanted=f'≤ {packed.isoformat()}', seen=made.isoformat())
        words = TOO_LATE.of(made=made.isoformat(), packed=packed.isoformat())
        return failed(words, compared=[pair])
    odd = list(_odd(case))
    if odd:
        first = odd[0]
        words = ODD.of(name=first.name, seen=first.seen or '–', wanted=first.wanted)
        return doubtful(words, compared=odd)
    return passed(AGREES.of(year=made.year))


def _odd(case: Case) -> Iterator[Compared]:
    """What does not go together; a person sees whether the registration or the paper is wrong."""
    sheet, mark = packing.sheet(case), packing.mark(case)
    made = sheet.production_day
    if sheet.issued < made:
        yield Compared(name=ISSUED, wanted=f'≥ {made.isoformat()}', seen=sheet.issued.isoformat())
    if mark.year != made.year:
        yield Compared(name=YEAR, wanted=str(made.year), seen=str(mark.year))
    if mark.kind == 'packaging' and mark.state == 'CN' and mark.batch is None:
        yield Compared(name=BATCH, wanted='PI:', seen='')
    if sheet.state == 'liquid':
        yield Compared(name=STATE, wanted='solid / article', seen='liquid')
    if sheet.intended_goods and not documents.names_the_goods(case, sheet.intended_goods):
        wanted = case.declared.proper_shipping_name
        yield Compared(name=GOODS, wanted=wanted, seen=sheet.intended_goods)


TOO_LATE = Text(
    '包装容器生产日期 {made} 晚于包装日期 {packed}',
    'the packagings were made on {made}, after they were packed on {packed}',
)
ODD = Text(
    '性能检验结果单有矛盾：{name} 为 {seen}，应为 {wanted}',
    'the performance sheet contradicts itself or the goods: {name} is {seen}, not {wanted}',
)
AGREES = Text(
    '性能检验结果单与其标记({year} 年)及货物一致',
    'the performance sheet agrees with its mark of {year} and with the goods',
)
MADE = Text('包装容器生产日期', 'production day of the packagings')
ISSUED = Text('签证日期', 'day of issue')
YEAR = Text('标记年份', 'year of the mark')
BATCH = Text('生产批号 (PI)', 'production batch (PI)')
STATE = Text('状态', 'state')
GOODS = Text('拟装货物名称', 'goods to be packed')
