"""A small scenario for the tests of the web: crates, each with a mark on a photograph.

Its reader needs no model: what it should see stands in a comment of the JPEG.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from clearlane.admission import problem
from clearlane.model import Certificate, Crop, Draw, Finding, Problem, Reading, Text
from clearlane.recognisers import picture
from clearlane.recognisers.reader import Readings
from clearlane.scenario import Case, Scenario, clause, doubtful, failed, passed

Line = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
NAME = 'comment/1'


class _Record(BaseModel):
    model_config = ConfigDict(extra='forbid', frozen=True)


class Paper(_Record):
    """A paper that comes with the crates (随附单证)."""

    kind: Literal['invoice', 'packing_list'] = Field(title='种类 / kind')
    no: Line = Field(title='编号 / number')


class Shipment(_Record):
    """A shipment of crates (一批木箱)."""

    reference: Line = Field(title='批号 / reference', description='贵公司的编号 / your own number')
    design: Line = Field(title='箱型 / design')
    permit: Line = Field(title='许可证 / permit')
    boxes: int = Field(title='箱数 / number of crates', ge=1, le=500)
    serials: list[Line] = Field(title='箱号 / serials', max_length=500)
    mass_kg: Decimal = Field(title='毛重 (kg) / gross mass', gt=0, max_digits=8, decimal_places=2)
    packed: date = Field(title='装箱日期 / day of packing')
    mode: Literal['sea', 'air'] = Field(
        title='运输方式 / mode',
        json_schema_extra={'titles': {'sea': '海运 / by sea', 'air': '空运 / by air'}},
    )
    fragile: bool = Field(False, title='易碎 / fragile')
    papers: list[Paper] = Field(title='单证 / papers', max_length=5)

    @model_validator(mode='after')
    def _counted(self) -> Shipment:
        if self.boxes != len(self.serials):
            raise ValueError(f'boxes: {self.boxes} boxes but {len(self.serials)} serials')
        return self


class Design(_Record):
    """A registered design (登记箱型)."""

    mark: Line = Field(title='标记 / mark')
    views: list[View] = Field(title='视角 / views', min_length=1)


class View(_Record):
    """A photograph that each crate must have."""

    view: Annotated[str, StringConstraints(pattern='^[a-z_]{1,20}$')] = Field(title='视角 / view')
    shows: list[Literal['mark', 'label']] = Field(title='可见内容 / shows', min_length=1)


class Permit(_Record):
    """A permit that is drawn down (许可证)."""

    quantity: int = Field(title='数量 / quantity', ge=1)
    valid_until: date = Field(title='有效期至 / valid until')


Design.model_rebuild()


class CommentReader:
    """Reads what a comment in the JPEG says is to be seen."""

    name = NAME
    digest = '0' * 64
    models = '0' * 64

    def read(self, data: bytes) -> Readings:
        head = picture.header(data)
        start = data.index(b'\xff\xfe')
        length = int.from_bytes(data[start + 2 : start + 4], 'big')
        said = json.loads(data[start + 4 : start + 2 + length])
        if said == 'break':
            raise RuntimeError('the recogniser broke')
        seen = [
            Reading(
                kind=r['kind'],
                value=r['value'],
                score=r['score'],
                recogniser=NAME,
                box=tuple((x, y) for x, y in r['box']),
            )
            for r in said
        ]
        return Readings(width=head.width, height=head.height, readings=tuple(seen))


def design_is_known(case: Case) -> Iterator[Problem]:
    if case.libraries['designs'].get(case.declared.design) is None:
        yield problem(
            'design',
            case.declared.design,
            'unknown_design',
            Text('没有生效的该箱型', 'no design of this key is in force'),
            Text('请先登记', 'register it first'),
        )


@clause('Crates Act, art. 3')
def every_crate_is_photographed(case: Case) -> Finding:
    """Each crate has a photograph."""
    without = [s for s in case.declared.serials if not case.pieces(item=s)]
    if without:
        words = Text('{n} 箱没有照片:{items}', '{n} crates have no photograph: {items}')
        return doubtful(
            words.of(n=len(without), items=', '.join(without[:5])),
            remedy=Text('请补拍', 'photograph them'),
        )
    return passed(Text('每箱都有照片', 'every crate is photographed'))


@clause('Crates Act, art. 7')
def mark_is_that_of_the_design(case: Case) -> Finding:
    """The mark on each crate is that of its design."""
    design = case.libraries['designs'].get(case.declared.design)
    marks = case.readings('mark')
    wrong = [m for m in marks if m.value != design.mark]
    if wrong:
        words = Text(
            '箱上标记 {seen},登记为 {design}', 'the crate shows {seen}, the design is {design}'
        )
        return failed(
            words.of(seen=wrong[0].value, design=design.mark),
            [m.crop for m in wrong],
            remedy=Text('请更换标记后重拍', 'replace the mark and photograph it again'),
        )
    return passed(Text('标记相符', 'the marks match'), [m.crop for m in marks])


@clause('Crates Act, art. 9')
def label_is_legible(case: Case) -> Finding:
    """The label can be read."""
    faint = [r for r in case.readings('label') if r.reading.score < 0.8]
    if faint:
        return doubtful(Text('标签不清晰', 'the label is hard to read'), [r.crop for r in faint])
    return passed(
        Text('标签清晰', 'the label is legible'), [r.crop for r in case.readings('label')]
    )


def photographs_can_be_read(case: Case) -> Finding:
    """The recogniser could read every photograph."""
    broken = [p for p in case.evidence if p.error]
    if broken:
        crops = [Crop(evidence=p.sha256, item=p.item) for p in broken]
        return doubtful(Text('照片无法读取', 'a photograph cannot be read'), crops)
    return passed(Text('照片均可读取', 'all photographs can be read'))


def receipt(case: Case) -> Certificate:
    return Certificate(
        kind='receipt',
        valid_until=case.day + timedelta(days=365),
        fields={'reference': case.declared.reference, 'holder': case.party.name},
    )


SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('木箱监管', 'Supervision of crates'),
    declares=Shipment,
    headline=lambda s: Text('{n} 箱 · 批号 {no}', '{n} crates · {no}').of(
        n=s.boxes, no=s.reference
    ),
    readers={'photograph': CommentReader()},
    libraries={'designs': Design, 'permits': Permit},
    items=lambda s: s.serials,
    refers=lambda s: [('designs', s.design), ('permits', s.permit)],
    draws=lambda s: [Draw(library='permits', key=s.permit, amount=s.boxes)],
    door=[design_is_known],
    checks=[
        every_crate_is_photographed,
        mark_is_that_of_the_design,
        label_is_legible,
        photographs_can_be_read,
    ],
    on_release=receipt,
    revisit_after='visit_days',
    tasks={
        'review': Text('审核单证', 'review the papers'),
        'remote': Text('远程查检', 'look at the crates by remote inspection'),
        'inspect': Text('现场查验', 'inspect the crates on site'),
        'refuse': Text('确认拒绝', 'confirm the refusal'),
    },
)
