"""What no photograph answers (A2, A5, A13, A14, A16, A17): questions for an officer.

They are named in the law, with the item of the check list and the situations that raise them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearlane import (
    Case,
    Crop,
    Finding,
    Question,
    Seen,
    Text,
    answered,
    clause,
    doubtful,
    passed,
)
from clearlane.scenarios.lithium_packaging import packing, provisions
from clearlane.scenarios.lithium_packaging.records import Batch, PackageDesign, PerformanceSheet

DESIGNS = 'designs'


def tags(case: Case) -> set[str]:
    """The situations of this batch, by which the law names its questions."""
    batch = case.declared
    found = {packing.paragraph(batch), f'{batch.transport_mode} {packing.regime(case)}'}
    found |= {f'original {kind}' for kind in case.law.documents.get('originals', ())}
    if packing.rule(case)['form'] != 'untested':
        found.add(packing.mark(case).suffix)
    if batch.special_provision_188:
        found.add('SP188')
        if batch.un_number not in provisions.METAL:
            found.add('SP188 ion')
        if provisions.needs_drop_test(case):
            found.add('SP188 drop')
    if batch.special_provision_400:
        found.add('SP400')
    if batch.overpack:
        found.add('overpack')
    return found


def arising(case: Case, item: str) -> Iterator[Question]:
    """The questions of one item of the check list that this batch raises."""
    here = tags(case)
    for key, one in case.law.questions.items():
        if one['item'] == item and here & set(one['when']):
            yield _question(key, one, _place(case.declared, one) if one['standing'] else '')


def _place(batch: Batch, one: Mapping[str, Any]) -> str:
    """The entry about which an answer may stand: the design unless the law names another."""
    of = one.get('of', DESIGNS)
    return f'{of}/{batch.design if of == DESIGNS else batch.performance_sheet}'


def _question(key: str, one: Mapping[str, Any], standing: str) -> Question:
    words = Text(one['zh'], one['en'])
    return Question(key=key, words=words, clause=one['clause'], standing=standing)


def of_design(design: PackageDesign, law: Any) -> Iterator[Question]:
    """What an officer may confirm of a design for every batch that is packed to it."""
    for key, one in law.questions.items():
        if one['standing'] and one.get('of', DESIGNS) == DESIGNS:
            yield _question(key, one, '')


def of_sheet(sheet: PerformanceSheet, law: Any) -> Iterator[Question]:
    """What an officer may confirm of a performance sheet for every batch that draws on it."""
    for key, one in law.questions.items():
        if one.get('of') == 'performance_sheets':
            yield _question(key, one, '')


@clause(
    'SN/T 0370.3-2021; A2',
    Text('请上传性能检验结果单，或出示原件', 'send the performance sheet, or show its original'),
)
def original_of_the_sheet_was_seen(case: Case) -> Finding:
    """The performance sheet itself was sent, or an officer saw its original (性能单原件)."""
    no = case.declared.performance_sheet
    sent = [e for e in case.pieces(item=no) if e.kind == 'document']
    if sent:
        # What it says is compared, and a file that cannot be read doubted, by another check.
        return passed(SENT.of(no=no), [Crop(evidence=e.sha256, item=no) for e in sent])
    return answered(case, arising(case, 'A2'))


SENT = Text('性能检验结果单 {no} 已随附', 'the performance sheet {no} itself was sent')


@clause('UN 6.1.2.4, 6.1.1.2, 6.1.5.1.11; A5')
def letter_of_the_code_is_kept(case: Case) -> Finding:
    """What a letter behind the packaging code promises is so (包装代码后缀)."""
    return answered(case, arising(case, 'A5'))


@clause('UN 4.1.4.1; SN/T 0370.3-2021; A13')
def inner_packaging_protects(case: Case) -> Finding:
    """The inner packaging keeps the batteries from moving and from short circuit (内包装)."""
    return answered(case, arising(case, 'A13'))


@clause('UN 4.1.4.1 P903 (2), (4); A14')
def untested_packaging_is_strong(case: Case) -> Finding:
    """Where no tested packaging is needed, casing, terminals and securing are enough (端子)."""
    return answered(case, arising(case, 'A14'))


@clause('UN 5.1.2.1; A16')
def overpack_is_marked(case: Case) -> Finding:
    """An overpack repeats the marks and says OVERPACK (集合包装)."""
    read = [s for s in case.readings('text') if 'OVERPACK' in s.value.upper().split()]
    visible = [s for s in read if s.reading.score >= float(case.law.scores['serial'])]
    crops = [s.crop for s in visible]
    if visible and not case.declared.overpack:
        return doubtful(UNDECLARED.of(b=visible[0].evidence.item), crops, remedy=DECLARE)
    repeated = [s for s in visible if _repeats(case, s)]
    if case.declared.overpack and repeated:
        words = Text(
            '集合包装标有 OVERPACK，并重复标示 {un}', 'the overpack says OVERPACK and repeats {un}'
        )
        return passed(words.of(un=case.declared.un_number), [s.crop for s in repeated])
    return answered(case, arising(case, 'A16'))


def _repeats(case: Case, word: Seen) -> bool:
    """Whether the photograph with the word shows the marks and the label of what is inside."""
    wanted = {('un_number', case.declared.un_number)}
    if not provisions.is_exempt(case):
        wanted.add(('hazard_label', case.law.hazard_label))
    seen = {(r.kind, r.value) for r in word.evidence.readings
            if r.score >= float(case.law.scores.get(r.kind, 1))}  # fmt: skip
    return wanted <= seen


UNDECLARED = Text(
    '未申报集合包装，但箱 {b} 的照片标有 OVERPACK',
    'no overpack is declared, but a photograph of box {b} says OVERPACK',
)
DECLARE = Text('请更正申报', 'correct the declaration')


@clause('UN 3.3.1 SP 310, 376, 377, 400; A17')
def special_conditions_are_met(case: Case) -> Finding:
    """The conditions of special provisions that only a person can see are met (特殊规定条件)."""
    return answered(case, arising(case, 'A17'))
