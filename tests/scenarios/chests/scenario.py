"""Chests (木箱批): a small scenario for the tests of sampling, visits and seeded boxes.

A lot of chests comes from a line and a design and is judged without photographs: `flaw`
is what its only check sees. No legal basis. Not covered: everything else.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from clearlane import Case, Crop, Finding, Origin, Scenario, Text, clause, failed, passed


class Chests(BaseModel):
    """What is declared."""

    model_config = ConfigDict(extra='forbid')
    line: str = Field('L1', max_length=40)
    design: str = Field('D1', max_length=40)
    chests: list[str] = Field(min_length=1)
    flaw: str = ''


@clause('test 1')
def nothing_is_seen(case: Case) -> Finding:
    """No chest shows a flaw."""
    if case.declared.flaw:
        words = Text('{item} 有缺陷', '{item} has a flaw').of(item=case.declared.flaw)
        return failed(words, [Crop(evidence='', item=case.declared.flaw)])
    return passed(Text('无缺陷', 'no flaw'))


SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('木箱批', 'Chests'),
    declares=Chests,
    headline=lambda lot: Text('{d}', '{d}').of(d=lot.design),
    readers={},
    items=lambda lot: lot.chests,
    series=lambda lot: Origin(plant='P1', line=lot.line, design=lot.design),
    checks=[nothing_is_seen],
    revisit_after='visit_days',
    tasks={
        'review': Text('审核', 'review it'),
        'remote': Text('远程查看', 'look at it from afar'),
        'inspect': Text('查验', 'inspect it'),
        'refuse': Text('确认拒绝', 'confirm the refusal'),
    },
)
