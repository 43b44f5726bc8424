"""Memos (便笺): a scenario for the tests that issues no paper and plans no visit.

No legal basis. Not covered: everything else.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from clearlane import Case, Finding, Scenario, Text, passed


class Memo(BaseModel):
    """What is declared."""

    words: str


def memo_is_short(case: Case) -> Finding:
    """A memo is short."""
    return passed(Text('{n} 字', '{n} characters').of(n=len(case.declared.words)))


SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('便笺', 'Memos'),
    declares=Memo,
    headline=lambda memo: Text('{w}', '{w}').of(w=memo.words),
    readers={},
    checks=[memo_is_short],
)
