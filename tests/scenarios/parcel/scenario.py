"""Parcels (包裹): a scenario for the tests of the kernel, as small as one can be.

A parcel is declared with the code on each piece and a permit that has room for so
many pieces; a photograph of each piece shows its code. No legal basis. Not covered:
everything else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from clearlane import (
    Case,
    Certificate,
    Compared,
    Draw,
    Finding,
    Problem,
    Question,
    Scenario,
    Text,
    answered,
    clause,
    doubtful,
    failed,
    passed,
    problem,
)
from clearlane.recognisers import barcodes, picture
from clearlane.recognisers.document import DocumentReader
from clearlane.recognisers.reader import Readings
from clearlane.recognisers.records import RECORD


class Parcel(BaseModel):
    """What is declared."""

    model_config = ConfigDict(extra='forbid')
    sender: str = Field(max_length=40)
    pieces: list[str] = Field(min_length=1)
    permit: str


class Permit(BaseModel):
    """A permit for so many pieces."""

    model_config = ConfigDict(extra='forbid')
    quantity: int


SLIPS = DocumentReader('slips', {'no': ('编号', 'number', 'No.'), 'pieces': ('件数', 'pieces')})


class CodeReader:
    """Reads the QR code of a piece."""

    name = 'code/1'
    digest = 'a' * 64
    models = 'a' * 64

    def read(self, data: bytes) -> Readings:
        image = picture.upright(data)
        if image.shape[1] == 333:
            raise RuntimeError('this reader breaks on pictures of 333 pixels')
        height, width = image.shape[:2]
        return Readings(width=width, height=height, readings=tuple(barcodes.read(image)))


@clause('test 1')
def every_piece_is_seen(case: Case) -> Finding:
    """Each piece shows its code."""
    seen = {s.evidence.item: s for s in case.readings('barcode')}
    broken = [e for e in case.evidence if e.error]
    if broken:
        return doubtful(Text('无法读取', 'a photograph could not be read'))
    missing = [p for p in case.declared.pieces if p not in seen]
    if missing:
        return doubtful(Text('{p} 未见', '{p} is not seen').of(p=missing[0]))
    wrong = [s for p, s in seen.items() if s.value != p]
    if wrong:
        words = Text('代码为 {v}', 'the code says {v}').of(v=wrong[0].value)
        return failed(words, [s.crop for s in wrong])
    return passed(Text('均相符', 'all agree'), [s.crop for s in seen.values()])


@clause('test 2')
def permit_has_room(case: Case) -> Finding:
    """The permit has room for the pieces."""
    entry = case.libraries['permits'].entry(case.declared.permit)
    left = entry.remaining if entry else None
    if left is None or left < len(case.declared.pieces):
        return failed(Text('许可余量 {n}', 'the permit has {n} left').of(n=left))
    return passed(Text('余量足够', 'there is room'))


@clause('test 3')
def photographs_are_new(case: Case) -> Finding:
    """No photograph was used before."""
    if any(e.reused for e in case.evidence):
        return failed(Text('照片重复', 'a photograph was used before'), asks_for='refuse')
    return passed(Text('均为新照片', 'all are new'))


@clause('test 4')
def sender_is_calm(case: Case) -> Finding:
    """A check that breaks for one sender."""
    if case.declared.sender == 'breaker':
        raise ZeroDivisionError('division by zero')
    return passed(Text('正常', 'fine'))


RATTLES = Question(key='nothing_rattles', words=Text('无松动', 'nothing rattles'), clause='test 5')
GENUINE = Question(
    key='permit_is_genuine', words=Text('许可真实', 'the permit is genuine'), clause='test 6'
)


@clause('test 5')
def nothing_rattles(case: Case) -> Finding:
    """What an officer is asked, for one sender; the second for good."""
    if case.declared.sender != 'rattler':
        return answered(case, [])
    return answered(case, [RATTLES, replace(GENUINE, standing=f'permits/{case.declared.permit}')])


@clause('test 7')
def sender_is_spelt_right(case: Case) -> Finding:
    """A comparison to the character, for one sender."""
    if case.declared.sender != 'calmer':
        return passed(Text('正确', 'right'))
    pair = Compared(name=Text('寄件人', 'sender'), wanted='calm', seen='calmer')
    return failed(Text('不符', 'it differs'), compared=[pair])


def _known_permit(case: Case) -> list[Problem]:
    if case.libraries['permits'].get(case.declared.permit) is None:
        words = Text('没有该许可', 'there is no such permit')
        return [problem('permit', case.declared.permit, 'unknown_permit', words, words)]
    return []


def _certificate(case: Case) -> Certificate:
    fields = {'sender': case.declared.sender, 'pieces': len(case.declared.pieces)}
    return Certificate(kind='slip', valid_until=case.day, fields=fields)


SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('包裹', 'Parcels'),
    declares=Parcel,
    headline=lambda parcel: Text('{s}', '{s}').of(s=parcel.sender),
    readers={'photograph': CodeReader(), 'document': SLIPS, 'record': RECORD},
    subjects={'document': lambda _: ['slip'], 'record': lambda _: []},
    libraries={'permits': Permit},
    items=lambda parcel: parcel.pieces,
    refers=lambda parcel: [('permits', parcel.permit)],
    draws=lambda p: [Draw(library='permits', key=p.permit, amount=len(p.pieces))],
    door=[_known_permit],
    checks=[
        photographs_are_new,
        every_piece_is_seen,
        permit_has_room,
        sender_is_calm,
        nothing_rattles,
        sender_is_spelt_right,
    ],
    confirms={'permits': lambda record, law: [GENUINE]},
    ways=lambda law, yuan: ['bank', 'mobile'],
    on_release=_certificate,
    revisit_after='visit_days',
    tasks={
        'review': Text('审核', 'review it'),
        'remote': Text('远程查看', 'look at it from afar'),
        'inspect': Text('查验', 'inspect it'),
        'refuse': Text('确认拒绝', 'confirm the refusal'),
    },
)
