"""The checks of the photographs themselves: new, readable, complete, of the right box."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from clearlane import Case, Crop, Evidence, Finding, Text, clause, doubtful, failed, passed
from clearlane.scenarios.lithium_packaging import boxes
from clearlane.scenarios.lithium_packaging.records import PackageDesign

APPRAISAL = 'SN/T 0370.3-2021'


def _photographs(case: Case) -> list[Evidence]:
    return [e for e in case.evidence if e.kind == 'photograph']


@clause('evidence in, once: one photograph proves one box')
def photographs_are_new(case: Case) -> Finding:
    """No photograph was used before, for another batch or for another box (重复使用)."""
    least = Decimal(case.law.same_photograph['same'])
    pairs = [(e, r) for e in _photographs(case) for r in e.reused]
    again = [(e, r) for e, r in pairs if Decimal(str(r.likeness)) >= least]
    found = again or pairs
    if not found:
        words = Text(
            '{n} 张照片均为首次使用',
            '{n:the photograph is|all {n} photographs are} used for the first time',
        )
        return passed(words.of(n=len(_photographs(case))))
    first, earlier = found[0]
    n = len({e.sha256 for e, _ in found})
    words = (REUSED if again else ALIKE).of(
        n=n, item=first.item, other=earlier.declaration, was=earlier.item
    )
    crops = [
        Crop(evidence=e.sha256, item=e.item, note=f'{r.declaration} {r.item} {r.likeness:.2f}')
        for e, r in found
    ]
    if not again:
        return doubtful(words, crops, remedy=ANEW)
    return failed(words, crops, remedy=ANEW, asks_for='refuse')


REUSED = Text(
    '{n} 张照片与此前的照片相同，例如箱 {item} 与 {other} 的箱 {was}',
    '{n} {n:photograph repeats|photographs repeat} earlier ones: box {item} shows that of '
    'box {was} in {other}',
)
ALIKE = Text(
    '{n} 张照片与此前的照片高度相似，例如箱 {item} 与 {other} 的箱 {was}',
    '{n} {n:photograph is|photographs are} suspiciously like earlier ones: box {item} and '
    'box {was} in {other}',
)
ANEW = Text('请为本批每一箱重新拍摄', 'photograph each box of this batch anew')


@clause('nothing that could not be read counts as seen', boxes.TAKE_AGAIN)
def photographs_can_be_read(case: Case) -> Finding:
    """Every photograph could be read and compared (照片可读)."""
    broken = [e for e in _photographs(case) if e.error]
    if broken:
        crops = [Crop(evidence=e.sha256, item=e.item, note=e.error) for e in broken]
        words = Text(
            '{n} 张照片未能识别：{why}', '{n} {n:photograph|photographs} could not be read: {why}'
        )
        return doubtful(words.of(n=len(broken), why=broken[0].error), crops)
    if not _photographs(case):
        return doubtful(Text('没有照片', 'there is no photograph'), remedy=boxes.TAKE_AGAIN)
    return passed(
        Text('{n} 张照片均可读', '{n:the photograph|all {n} photographs} can be read').of(
            n=len(_photographs(case))
        )
    )


@clause(f'{APPRAISAL}; A18 (count)')
def every_box_is_photographed(case: Case) -> Finding:
    """Every declared box has a photograph of each required view (件数与视角齐全)."""
    views = [
        v.view
        for v in cast(
            PackageDesign, case.libraries['designs'].entries[case.declared.design].data
        ).views
    ]
    seen = {(e.item, e.view) for e in _photographs(case)}
    missing = [(s, v) for s in case.declared.serials for v in views if (s, v) not in seen]
    total = len(case.declared.serials) * len(views)
    if missing:
        listed = ', '.join(f'{s}/{v}' for s, v in missing[: boxes.SHOWN])
        return failed(
            Text(
                '缺少 {n} 张必拍照片：{listed}',
                '{n} required {n:photograph is|photographs are} missing: {listed}',
            ).of(n=len(missing), listed=listed),
            [Crop(evidence='', item=s, note=v) for s, v in missing],
            remedy=Text('请补拍并上传', 'take them and send them'),
        )
    words = Text(
        '{boxes} 箱 × {views} 个视角，共 {n} 张',
        '{boxes} {boxes:box|boxes} × {views} {views:view|views}, {n} in all',
    )
    return passed(words.of(boxes=len(case.declared.serials), views=len(views), n=total))


@clause(f'{APPRAISAL}; A18 (identity)')
def serials_are_those_of_the_boxes(case: Case) -> Finding:
    """Each photograph shows the serial of the box that it is said to show (箱号一致)."""
    wrong: list[Crop] = []
    unread: list[Crop] = []
    least = Decimal(case.law.scores['serial'])
    for piece in _photographs(case):
        seen = [r for r in piece.readings if r.kind in ('serial', 'barcode')]
        sure = [r for r in seen if Decimal(str(r.score)) >= least]
        hits = [r for r in sure if piece.item in r.value.split()]
        serials = [r for r in sure if r.kind == 'serial' and r not in hits]
        if serials:
            r = serials[0]
            wrong.append(Crop(evidence=piece.sha256, box=r.box, item=piece.item, note=r.value))
        elif not hits:
            unread.append(_unread(piece))
    if wrong:
        words = Text(
            '{n} 张照片上的箱号与申报不符：箱 {item} 的照片显示 {seen}',
            '{n} {n:photograph shows|photographs show} another serial: that of box {item} '
            'shows {seen}',
        ).of(n=len(wrong), item=wrong[0].item, seen=wrong[0].note)
        return failed(words, wrong, remedy=boxes.TAKE_AGAIN)
    if unread:
        codes = sum(bool(crop.note) for crop in unread)
        words = (CODES_UNREAD if codes else UNREAD).of(n=len(unread), codes=codes)
        return doubtful(words, unread, remedy=boxes.TAKE_AGAIN)
    return passed(
        Text(
            '{n} 张照片的箱号均一致',
            '{n:the serial on the photograph agrees|the serials on all {n} photographs agree}',
        ).of(n=len(_photographs(case)))
    )


UNREAD = Text(
    '{n} 张照片上读不出箱号', 'the serial cannot be read on {n} {n:photograph|photographs}'
)
CODES_UNREAD = Text(
    '{n} 张照片上读不出箱号，其中 {codes} 张可见条码但未能读出',
    'the serial cannot be read on {n} {n:photograph|photographs}; {codes} of them '
    '{codes:shows|show} a code that could not be read',
)


def _unread(piece: Evidence) -> Crop:
    """The photograph, with the place of a code on it that could not be read."""
    code = next((r for r in piece.readings if r.kind == 'barcode' and not r.value), None)
    if code is None:
        return Crop(evidence=piece.sha256, item=piece.item)
    note = '条码未能读出 / code not read'
    return Crop(evidence=piece.sha256, box=code.box, item=piece.item, note=note)
