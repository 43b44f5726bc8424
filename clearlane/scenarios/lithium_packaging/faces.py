"""The check that each face looks as its registered photograph does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from clearlane import Case, Crop, Finding, Text, clause, doubtful, failed, passed
from clearlane.scenarios.lithium_packaging import boxes

Piece = Any
"""A piece of evidence, as it stands in a case."""


def registered(case: Case) -> Mapping[str, str]:
    """View → hash of the registered photograph of the declared design, as of the day."""
    design = case.libraries['designs'].get(case.declared.design)
    return {} if design is None else dict(getattr(design, 'reference_photographs', {}))


@dataclass
class _Faces:
    """The photographs of a batch by what the comparison says."""

    same: list[Piece] = field(default_factory=list)
    differ: list[Piece] = field(default_factory=list)
    unclear: list[Piece] = field(default_factory=list)


@clause('SN/T 0370.3-2021; A11; A row of appearance (外观)', boxes.TAKE_AGAIN)
def faces_match_registered_photograph(case: Case) -> Finding:
    """Each face looks as the registered photograph of the design shows it (与备案照片一致)."""
    views = registered(case)
    if not views:
        return passed(
            Text(
                '设计未备案照片，未作比对',
                'no photograph is registered for the design: nothing was compared',
            )
        )
    found = _sorted(case, views)
    if found.differ:
        words = Text(
            '{n} 张照片与备案照片不符：{what}(箱 {boxes})',
            '{n} {n:photograph differs|photographs differ} from the registered one: {what} '
            '(boxes {boxes})',
        ).of(n=len(found.differ), what=_said(found.differ), boxes=boxes.names(_items(found.differ)))
        return failed(words, _crops(found.differ))
    if found.unclear:
        words = Text(
            '{n} 张照片无法与备案照片可靠比对(箱 {boxes})',
            '{n} {n:photograph|photographs} cannot be compared reliably with the '
            'registered one (boxes {boxes})',
        )
        said = words.of(n=len(found.unclear), boxes=boxes.names(_items(found.unclear)))
        return doubtful(said, _crops(found.unclear))
    words = Text(
        '{n} 张照片与备案照片一致(视角 {views})',
        '{n} {n:photograph matches|photographs match} the registered ones (views {views})',
    )
    return passed(words.of(n=len(found.same), views=', '.join(sorted(views))))


def _sorted(case: Case, views: Mapping[str, str]) -> _Faces:
    """A photograph that nobody compared is unclear; one that is the registered one is none."""
    least = Decimal(case.law.scores['comparison'])
    found = _Faces()
    for piece in case.evidence:
        if piece.view not in views:
            continue
        said = [r for r in piece.readings if r.kind == 'comparison']
        sure = said and Decimal(str(said[0].score)) >= least
        group = {'same': found.same, 'differs': found.differ}.get(said[0].value) if sure else None
        (found.unclear if group is None else group).append(piece)
    return found


def _items(pieces: list[Piece]) -> list[str]:
    return list(dict.fromkeys(piece.item for piece in pieces))


def differences(piece: Piece) -> list[Any]:
    """The places where a photograph differs from the registered one."""
    return [r for r in piece.readings if r.kind == 'difference']


def _said(pieces: list[Piece]) -> Text:
    kinds = list(dict.fromkeys(r.value for piece in pieces for r in differences(piece)))[:3]
    words = [KINDS.get(kind, KINDS['other']) for kind in kinds] or [KINDS['other']]
    return Text('、'.join(w.zh for w in words), ', '.join(w.en for w in words))


KINDS = {
    'label_moved': Text('标签移位', 'a label is elsewhere'),
    'label_missing': Text('标签缺失或遮盖', 'a label is missing or covered'),
    'other_label': Text('标签不同', 'another label'),
    'label_added': Text('多出标签', 'a label more'),
    'other_print': Text('印刷不同', 'other print'),
    'print_missing': Text('印刷缺失', 'print is missing'),
    'tape_missing': Text('封口胶带缺失', 'the tape is missing'),
    'wet': Text('受潮', 'wet'),
    'stain': Text('污渍', 'stained'),
    'hole': Text('破洞', 'a hole'),
    'dented': Text('凹陷变形', 'dented'),
    'other': Text('外观不同', 'it looks different'),
}


def _crops(pieces: list[Piece]) -> list[Crop]:
    return [crop for piece in pieces for crop in _both(piece)]


def _both(piece: Piece) -> Iterator[Crop]:
    """The place in the photograph, and the same place in the registered one."""
    places = differences(piece)
    if not places:
        yield Crop(evidence=piece.sha256, item=piece.item)
    for one in places[:4]:
        kind = KINDS.get(one.value, KINDS['other'])
        note = f'{kind.zh} / {kind.en}'
        yield Crop(evidence=piece.sha256, box=one.box, item=piece.item, note=note)
        box = tuple((int(x), int(y)) for x, y in one.details['registered_box'])
        yield Crop(
            evidence=str(one.details['registered']), box=box, item=piece.item,
            note='备案照片 / registered photograph',
        )  # fmt: skip
