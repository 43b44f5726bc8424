"""What no photograph answers (A13, A14, A16, A17): questions for an officer, named in the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearlane import Case, Finding, Question, Text, answered, clause, passed
from clearlane.scenarios.lithium_packaging import packing, provisions
from clearlane.scenarios.lithium_packaging.records import PackageDesign


def tags(case: Case) -> set[str]:
    """The situations of this batch, by which the law names its questions."""
    batch = case.declared
    found = {packing.paragraph(batch)}
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
            place = f'designs/{case.declared.design}' if one['standing'] else ''
            yield _question(key, one, place)


def _question(key: str, one: Mapping[str, Any], standing: str) -> Question:
    words = Text(one['zh'], one['en'])
    return Question(key=key, words=words, clause=one['clause'], standing=standing)


def of_design(design: PackageDesign, law: Any) -> Iterator[Question]:
    """What an officer may confirm of a design for every batch that is packed to it."""
    for key, one in law.questions.items():
        if one['standing']:
            yield _question(key, one, '')


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
    if case.declared.overpack and visible:
        words = Text('集合包装标有 OVERPACK', 'the overpack says OVERPACK')
        return passed(words, [s.crop for s in visible])
    return answered(case, arising(case, 'A16'))


@clause('UN 3.3.1 SP 310, 376, 377, 400; A17')
def special_conditions_are_met(case: Case) -> Finding:
    """The conditions of special provisions that only a person can see are met (特殊规定条件)."""
    return answered(case, arising(case, 'A17'))
