"""The papers of a batch (A1): typed records, beside the batch and beside what was read of them.

A paper is registered once with its fields; the batch names it by number. Where the
paper itself was sent, as a PDF, a workbook or a photograph, each field that was read
of it is compared with the registered one, to the character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from clearlane import Case, Compared, Crop, Finding, Seen, Text, clause, doubtful, failed, passed
from clearlane.codes import Invalid, un_mark
from clearlane.recognisers.document import DocumentReader
from clearlane.scenarios.lithium_packaging import packing, tested
from clearlane.scenarios.lithium_packaging.records import (
    Batch,
    CompatibilityDeclaration,
    FactorySheet,
    HazardReport,
    PackageDesign,
    TestSummary,
)

APPRAISAL = 'SN/T 0370.3-2021'
NAMES = {
    'factory_inspection_sheet': Text('厂检单', 'factory inspection sheet'),
    'un38_3_test_summary': Text('UN 38.3 试验概要', 'UN 38.3 test summary'),
    'hazard_classification_report': Text('危险特性分类鉴别报告', 'hazard classification report'),
    'compatibility_declaration': Text('相容性自我声明', 'compatibility declaration'),
    'performance_sheet': Text('性能检验结果单', 'performance inspection result sheet'),
}
LIBRARIES = {
    'factory_inspection_sheet': 'factory_sheets',
    'un38_3_test_summary': 'test_summaries',
    'hazard_classification_report': 'hazard_reports',
    'compatibility_declaration': 'compatibility_declarations',
}
LABELS = {
    'no': ('编号', '单号', '证书编号', 'No.', 'No', 'number'),
    'applicant': ('申请人', 'applicant'),
    'packaging': ('包装容器名称及规格', '包装容器', 'packaging and size', 'packaging'),
    'mark': ('包装容器标记及批号', '包装标记及批号', '包装标记', 'UN mark', 'mark'),
    'quantity': ('包装容器数量', '数量', 'quantity'),
    'production_day': ('包装容器生产日期', '生产日期', 'production day', 'production date'),
    'issued': ('签证日期', '签发日期', '报告日期', 'issued', 'day of issue', 'date of issue'),
    'valid_until': ('截止日期', '有效期至', 'valid until'),
    'basis': ('检验依据', 'basis'),
    'intended_goods': ('拟装货物名称', 'goods to be packed'),
    'user': ('包装使用人', 'user of the packaging'),
    'batch_no': ('货物批号', '批号', 'batch number', 'batch no.'),
    'performance_sheet': ('性能检验结果单号', '性能单号', 'performance sheet'),
    'boxes': ('件数', 'number of boxes', 'packages'),
    'gross_mass_kg': ('单件毛重', '毛重', 'gross mass', 'gross weight'),
    'net_mass_kg': ('单件净重', '净重', 'net mass', 'net weight'),
    'un_number': ('联合国编号', 'UN number', 'UN No.'),
    'hazard_class': ('危险类别', 'hazard class'),
    'goods': ('货物名称', 'goods', 'name of the goods'),
    'manufacturer': ('制造商', 'manufacturer'),
    'laboratory': ('试验室', '鉴定机构', 'laboratory'),
    'report_no': ('报告编号', 'report no.', 'number of the report'),
    'product': ('型号', 'model'),
    'cell_wh': ('电芯额定能量', 'rating of a cell'),
    'battery_wh': ('电池组额定能量', 'rating of a battery'),
}
"""The words that stand before each field, on the forms that are in use."""
KEYS = {
    'performance_sheet': ('no', 'mark'),
    'factory_inspection_sheet': ('no', 'batch_no'),
    'un38_3_test_summary': ('report_no',),
    'hazard_classification_report': ('un_number',),
    'compatibility_declaration': ('mark',),
}
"""The fields without which a paper that was sent counts as unread."""
PAPERS = DocumentReader('lithium_papers', LABELS)


def refers(batch: Batch) -> Iterator[tuple[str, str]]:
    """(library, number) of each paper that a batch names."""
    return ((LIBRARIES[d.kind], d.no) for d in batch.documents)


def numbers(batch: Batch) -> list[str]:
    """The numbers of the papers that may be sent with a batch."""
    return list(dict.fromkeys([batch.performance_sheet, *(d.no for d in batch.documents)]))


def _record(case: Case, kind: str, no: str) -> Any:
    if kind == 'performance_sheet':
        return case.libraries['performance_sheets'].get(no)
    return case.libraries[LIBRARIES[kind]].get(no)


def _wanted(case: Case) -> list[str]:
    """The kinds of papers that the law asks for with these goods."""
    rule = case.law.documents
    design = case.libraries['designs'].entries[case.declared.design].data
    plastics = isinstance(design, PackageDesign) and design.plastics
    # What the mark says counts where the design leaves it out: material H, or a composite with it.
    code = un_mark.parts(packing.sheet(case).mark, today=case.day).code
    plastics = plastics or 'H' in code
    kinds = [*rule['always'], *(rule['plastics'] if plastics else [])]
    untested = packing.regime(case) in ('damaged', 'critical', 'waste', 'prototype')
    return [k for k in kinds if not (untested and k == 'un38_3_test_summary')]


@clause(
    f'{APPRAISAL}; UN 2.9.4 (g), SP 230; A1',
    Text('请补交或更正单证后重新申报', 'add or correct the documents and declare again'),
)
def documents_are_complete(case: Case) -> Finding:
    """The documents that accompany the batch are there and registered (单证齐全)."""
    there = {d.kind: d for d in case.declared.documents}
    wanted = _wanted(case)
    missing = [kind for kind in wanted if kind not in there]
    if missing:
        return failed(MISSING.of(missing=_listed(missing)), asks_for='review')
    late = [d for d in case.declared.documents if d.day > case.day]
    if late:
        return failed(LATE.of(no=late[0].no), asks_for='review')
    unknown = [d for d in case.declared.documents if _record(case, d.kind, d.no) is None]
    if unknown:
        first = unknown[0]
        words = UNKNOWN.of(kind=NAMES[first.kind], no=first.no)
        return failed(words, asks_for='review', remedy=REGISTER)
    listed = ', '.join(there[k].no for k in wanted)
    return passed(COMPLETE.of(n=len(wanted), listed=listed))


MISSING = Text('缺少单证：{missing}', 'documents are missing: {missing}')
LATE = Text('单证 {no} 的签发日期晚于申报日期', 'document {no} is dated after the declaration')
UNKNOWN = Text('{kind} {no} 未登记', '{kind} {no} is not registered')
REGISTER = Text('请登记该单证的内容', 'register what the document says')
COMPLETE = Text(
    '{n} 份单证齐全：{listed}', '{n:the one document is|all {n} documents are} there: {listed}'
)


def _listed(kinds: list[str]) -> Text:
    return Text('、'.join(NAMES[k].zh for k in kinds), ', '.join(NAMES[k].en for k in kinds))


# --- papers beside the batch --------------------------------------------------


@clause(
    f'{APPRAISAL}; A1, A12',
    Text('请更正单证或申报', 'correct the document or the declaration'),
)
def documents_say_what_was_declared(case: Case) -> Finding:
    """What the documents state is what was declared, field by field (单证与申报一致)."""
    found = [
        pair
        for d in case.declared.documents
        for pair in _against(case, d, _record(case, d.kind, d.no))
    ]
    if found:
        words = DIFFER.of(n=len(found), first=found[0].name, seen=found[0].seen or '–')
        return failed(words.of(wanted=found[0].wanted), asks_for='review', compared=found)
    lacks = tested.lacking(_summaries(case), case.law.un38_3_tests)
    lack = next((one for one in lacks if one[0] == 'fail'), lacks[0] if lacks else None)
    if lack is not None:
        return failed(lack[1], asks_for='review') if lack[0] == 'fail' else doubtful(lack[1])
    others = list(_of_others(case))
    if others:
        first = others[0]
        words = OTHERS.of(name=first.name, seen=first.seen, wanted=first.wanted)
        return doubtful(words, compared=others)
    return passed(AGREE.of(n=len(case.declared.documents)))


OTHERS = Text(
    '{name} 为 {seen}，与 {wanted} 不同，请核对是否涵盖本批货物',
    '{name} is {seen}, not {wanted}; look whether it covers these goods',
)


def _summaries(case: Case) -> list[tuple[str, TestSummary]]:
    named = [d.no for d in case.declared.documents if d.kind == 'un38_3_test_summary']
    found = ((no, case.libraries['test_summaries'].get(no)) for no in named)
    return [(no, one) for no, one in found if isinstance(one, TestSummary)]


def _of_others(case: Case) -> Iterator[Compared]:
    """Where a paper names somebody or something else than the batch and its other papers.

    A hazard report is for the enterprise or for the maker of the batteries; it and a declaration
    of compatibility are for goods under a name of their entry or under the model that was tested.
    """
    makers = [case.party.name, *(one.manufacturer for _, one in _summaries(case))]
    for document in case.declared.documents:
        record = _record(case, document.kind, document.no)
        if not isinstance(record, HazardReport | CompatibilityDeclaration):
            continue
        applicant = record.applicant if isinstance(record, HazardReport) else makers[0]
        if _text(applicant) not in map(_text, makers):
            yield _pair(document, record, 'applicant', makers[0], applicant)
        if not names_the_goods(case, record.goods):
            wanted = case.declared.proper_shipping_name
            yield _pair(document, record, 'goods', wanted, record.goods)


def names_the_goods(case: Case, said: str) -> bool:
    """Whether this names the goods: by a name of their entry, or by the model that was tested."""
    entry = case.law.un_entries.get(case.declared.un_number, {})
    names = [case.declared.proper_shipping_name, entry.get('zh', ''), *entry.get('names', [])]
    models = [one.product for _, one in _summaries(case)]
    goods = _text(said).upper()
    return any(_text(name).upper() in goods for name in [*names, *models] if name)


def _pair(document: Any, record: Any, field: str, wanted: Any, seen: Any) -> Compared:
    title = Text('{kind} {no}:{field}', '{kind} {no}: {field}').of(
        kind=NAMES[document.kind], no=document.no, field=_title(record, field)
    )
    return Compared(name=title, wanted=_plain(wanted), seen=_plain(seen), item=document.no)


DIFFER = Text(
    '{n} 处与申报不符：{first} 应为 {wanted}，单证为 {seen}',
    'differences from the declaration ({n}): {first} should be {wanted}, the document says {seen}',
)
AGREE = Text('{n} 份单证与申报一致', '{n} {n:document says|documents say} what was declared')


def _against(case: Case, document: Any, record: Any) -> Iterator[Compared]:
    if record is None:
        return  # that it is not registered is another finding
    pairs: list[tuple[str, Any, Any]] = [('issued', document.day, record.issued)]
    if isinstance(record, FactorySheet):
        pairs += [('no', document.no, record.no), *_factory(case.declared, document.day, record)]
    elif isinstance(record, TestSummary):
        pairs += _tested(case.declared, record)
    elif isinstance(record, HazardReport):
        pairs += [('un_number', case.declared.un_number, record.un_number)]
        if record.valid_until is not None and record.valid_until < case.day:
            pairs += [('valid_until', f'≥ {case.day.isoformat()}', record.valid_until)]
    elif isinstance(record, CompatibilityDeclaration):
        pairs += _compatible(case, record)
    for name, wanted, seen in pairs:
        if wanted != seen:
            yield _pair(document, record, name, wanted, seen)


def _factory(batch: Batch, day: date, record: FactorySheet) -> list[tuple[str, Any, Any]]:
    names = ('batch_no', 'performance_sheet', 'boxes', 'gross_mass_kg', 'net_mass_kg')
    packed = batch.packing_day
    early = [('issued', f'≥ {packed.isoformat()}', day)] if day < packed else []
    return [
        *early,
        *((name, getattr(batch, name), getattr(record, name)) for name in names),
        ('appearance', 'sound', record.appearance),
        ('closure', 'as_instructed', record.closure),
        ('result', 'conforms', record.result),
    ]


CHEMISTRY = {
    'UN3090': 'lithium_metal',
    'UN3091': 'lithium_metal',
    'UN3480': 'lithium_ion',
    'UN3481': 'lithium_ion',
    'UN3551': 'sodium_ion',
    'UN3552': 'sodium_ion',
}


def _tested(batch: Batch, record: TestSummary) -> list[tuple[str, Any, Any]]:
    names = ('cell_wh', 'battery_wh', 'cell_lithium_g', 'battery_lithium_g')
    both = [(n, getattr(batch, n), getattr(record, n)) for n in names]
    return [
        ('chemistry', CHEMISTRY.get(batch.un_number, ''), record.chemistry),
        ('result', 'passed', record.result),
        *((n, a, b) for n, a, b in both if a is not None and b is not None),
    ]


def _compatible(case: Case, record: CompatibilityDeclaration) -> list[tuple[str, Any, Any]]:
    """Of the packaging at hand, and tested long enough or declared by somebody."""
    design = un_mark.compact(packing.sheet(case).mark).partition(' PI:')[0]
    pairs: list[tuple[str, Any, Any]] = [('mark', design, un_mark.compact(record.mark))]
    months = int(case.law.documents.get('compatibility_months', 6))
    if record.declared_by is None and (record.tested_months or 0) < months:
        pairs.append(('tested_months', f'≥ {months}', record.tested_months or 0))
    return pairs


def _title(record: Any, name: str) -> Text:
    if name == 'no':
        return Text('编号', 'number')
    title = type(record).model_fields[name].title or name
    zh, _, en = title.partition(' / ')
    if not en:
        zh, _, en = title.partition('/ ')
    return Text(zh, en or name)


# --- papers beside what was read of them --------------------------------------


@clause(
    f'{APPRAISAL}; A1',
    Text(
        '请核对登记内容与单证原件，更正后重新提交',
        'compare the registered fields with the document and correct what is wrong',
    ),
)
def documents_are_as_registered(case: Case) -> Finding:
    """What is read of a document that was sent is what was registered (单证原件与登记一致)."""
    pieces = [e for e in case.evidence if e.kind == 'document']
    if not pieces:
        return passed(Text('未上传单证原件', 'no document was sent itself'))
    broken = [e for e in pieces if e.error]
    if broken:
        crops = [Crop(evidence=e.sha256, item=e.item, note=e.error) for e in broken]
        return doubtful(BROKEN.of(n=len(broken), why=broken[0].error), crops)
    pairs: list[Compared] = []
    crops = []
    unread: list[str] = []
    count = 0
    for kind, no in _papers(case):
        record = _record(case, kind, no)
        if record is None or not case.pieces(item=no):
            continue
        seen = {name: _sure(case, name, no) for name in LABELS}
        unread += [f'{no}/{name}' for name in KEYS[kind] if not seen[name]]
        for name, wanted in _fields(record, no):
            for one in seen.get(name, ()):
                count += 1
                if not same(name, wanted, one.value):
                    words = Text('{no}:{field}', '{no}: {field}').of(
                        no=no, field=_title(record, name)
                    )
                    wanted_ = _plain(wanted)
                    pairs.append(Compared(name=words, wanted=wanted_, seen=one.value, item=no))
                    crops.append(one.crop)
    if pairs:
        first = pairs[0]
        words = READ_OTHERWISE.of(n=len(pairs), name=first.name, wanted=first.wanted)
        return failed(words.of(seen=first.seen), crops, asks_for='review', compared=pairs)
    if unread:
        crops = [Crop(evidence=e.sha256, item=e.item) for e in pieces]
        return doubtful(UNREAD.of(fields=', '.join(unread)), crops)
    return passed(SAME.of(n=count, papers=len(pieces)))


BROKEN = Text('{n} 份单证未能识读：{why}', '{n} {n:document|documents} could not be read: {why}')
READ_OTHERWISE = Text(
    '{n} 处与登记不符：{name} 登记为 {wanted}，原件为 {seen}',
    'differences from what is registered ({n}): {name} should be {wanted}, it says {seen}',
)
UNREAD = Text('单证上读不出：{fields}', 'these fields cannot be read: {fields}')
SAME = Text(
    '{papers} 份单证原件的 {n} 个字段与登记一致',
    '{n} {n:field|fields} of {papers} {papers:document|documents} {n:is|are} as registered',
)


def _papers(case: Case) -> list[tuple[str, str]]:
    named = [(d.kind, d.no) for d in case.declared.documents]
    return [('performance_sheet', case.declared.performance_sheet), *named]


def _sure(case: Case, name: str, no: str) -> list[Seen]:
    """What was read of a field with certainty; what is hardly read is not read."""
    least = Decimal(case.law.scores['document'])
    found = [s for s in case.readings(name, item=no) if s.evidence.kind == 'document']
    return [s for s in found if Decimal(str(s.reading.score)) >= least]


def _fields(record: Any, no: str) -> Iterator[tuple[str, Any]]:
    """(field, registered value) of what can be read on the paper."""
    given: Mapping[str, Any] = {'no': no, **dict(record)}
    for name, value in given.items():
        if name in LABELS and value is not None:
            yield name, value


def same(name: str, wanted: Any, seen: str) -> bool:
    """Whether what was read says the registered value, to the character."""
    if name == 'mark':
        return _mark(seen) == _mark(str(wanted))
    if isinstance(wanted, date):
        return day(seen) == wanted
    if isinstance(wanted, int | Decimal):
        return number(seen) == Decimal(wanted) and _unit_fits(name, seen)
    return _text(seen) == _text(str(wanted))


def _mark(value: str) -> str:
    try:
        return un_mark.compact(value)
    except Invalid:
        return _text(value)


def _text(value: str) -> str:
    return ''.join(unicodedata.normalize('NFKC', value).split())


_DAY = re.compile(r'(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?:\D.*)?')
_NUMBER = re.compile(r'(\d[\d,]*(?:\.\d+)?)\s*(?:[A-Za-z\u4e00-\u9fff()/ ]*)')


def day(value: str) -> date | None:
    """2026-05-01, 2026/5/1, 2026.5.1 and 2026年5月1日 as a day; None for what is none.

    >>> day('2026年5月31日')
    datetime.date(2026, 5, 31)
    >>> day('2026-02-30') is None
    True
    """
    found = _DAY.fullmatch(unicodedata.normalize('NFKC', value).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def number(value: str) -> Decimal | None:
    """A number with its unit: 1,200 kg is 1200; None for what is none.

    >>> number('1,200 件')
    Decimal('1200')
    """
    found = _NUMBER.fullmatch(unicodedata.normalize('NFKC', value).strip())
    try:
        return Decimal(found[1].replace(',', '')) if found else None
    except InvalidOperation:
        return None


UNITS = {
    'kg': ('', 'kg', 'kgs', '千克', '公斤'),
    'wh': ('', 'wh', '瓦时', '瓦·时'),
    'g': ('', 'g', 'gli', '克'),
}
"""How the unit at the end of a field's name is written; pieces are written in many ways."""


def _unit_fits(name: str, seen: str) -> bool:
    """Whether a number stands in the unit of its field: 23.5 g are not 23.5 kg."""
    allowed = UNITS.get(name.rpartition('_')[2])
    unit = ''.join(unicodedata.normalize('NFKC', seen).lower().split()).lstrip('0123456789.,')
    return allowed is None or unit in allowed


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
