"""Which tests of UN 38.3 a test summary states, and which it must state for these goods.

Sources: UN Manual of Tests and Criteria 38.3.3 (what is tested) and 38.3.5 (the summary);
the list itself is the dated parameter `un38_3_tests`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from clearlane import Text

_FROM_TO = re.compile(r'T\.?\s?(\d)\s?(?:-|–|—|~|至|到|TO|THROUGH)\s?T?\.?\s?(\d)(?!\d)')
_ONE = re.compile(r'(?<![A-Z])T\.?\s?(\d)(?!\d)')
_FAILED = re.compile(r'FAIL|NOT\s+PASS|不合格|不通过|未通过|不符合')
_NOT_DONE = re.compile(r'N\.?/?A\b|NOT\s+APPLICABLE|NOT\s+(?:DONE|TESTED)|不适用|未做|未进行')


def stated(lines: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The tests that were passed and those that were not, however the summary writes them.

    >>> [sorted(tests) for tests in stated(['T1-T5', 'T.7 Overcharge', 'T.8: failed'])]
    [['T.1', 'T.2', 'T.3', 'T.4', 'T.5', 'T.7'], ['T.8']]
    """
    done: set[str] = set()
    failed: set[str] = set()
    for line in lines:
        # A line may name several tests, each with what came of it.
        for part in re.split(r'[;,；，、\n]', unicodedata.normalize('NFKC', line).upper()):
            tests = {f'T.{n}' for first, last in _FROM_TO.findall(part)
                     for n in range(int(first), int(last) + 1)}  # fmt: skip
            tests |= {f'T.{n}' for n in _ONE.findall(part)}
            if _FAILED.search(part):
                failed |= tests
            elif not _NOT_DONE.search(part):
                done |= tests
    return frozenset(done - failed), frozenset(failed)


Lack = tuple[str, Text]
"""What the tests amount to, `fail` or `doubt`, and why."""


def lacking(summaries: Sequence[tuple[str, Any]], rule: dict[str, Any]) -> list[Lack]:
    """What the summaries (number, record) of a batch lack.

    Each states the tests of cells and batteries alike; those of cells and the overcharge
    of rechargeable batteries may stand in another summary of the batch, or not apply.
    """
    found: list[Lack] = []
    passed: set[str] = set()
    for no, one in summaries:
        done, failed = stated(one.tests)
        passed |= done
        if failed:
            found.append(('fail', FAILED.of(no=no, tests=_listed(failed))))
        missing = set(rule['each']) - done - failed
        if missing:
            large = (one.battery_wh or 0) > Decimal(rule['assembled_above_wh'])
            words = ASSEMBLED if large else MISSING
            found.append(('doubt' if large else 'fail', words.of(no=no, tests=_listed(missing))))
    if not summaries:
        return found
    further = set(rule['cells'])
    if any(one.chemistry in rule['rechargeable'] for _, one in summaries):
        further |= set(rule['overcharge'])
    open_ = further - passed - {t for _, one in summaries for t in stated(one.tests)[1]}
    if open_:
        found.append(('doubt', FURTHER.of(tests=_listed(open_))))
    return found


def _listed(tests: Iterable[str]) -> str:
    return ', '.join(sorted(tests))


FAILED = Text('试验概要 {no}:{tests} 未通过', 'test summary {no}: {tests} not passed')
MISSING = Text('试验概要 {no} 未列 {tests}', 'test summary {no} does not state {tests}')
ASSEMBLED = Text(
    '试验概要 {no} 未列 {tests}：大型组装电池组可部分免做，请核对',
    'test summary {no} does not state {tests}: large assembled batteries may do without; look',
)
FURTHER = Text(
    '试验概要未列 {tests}：可能在电芯的概要中，或因没有过充保护而不适用，请核对',
    'no test summary states {tests}: the one of the cells may, or it does not apply without'
    ' overcharge protection; look at it',
)
