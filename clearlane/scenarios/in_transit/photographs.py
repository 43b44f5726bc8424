"""The photographs of loading and sealing: taken for this journey, and of what is declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from clearlane import Case, Crop, Finding, Seen, Text, clause, doubtful, failed, passed
from clearlane.codes import container_number, licence_plate
from clearlane.scenarios.in_transit.records import Journey

EVIDENCE = 'loading and sealing photographs, as kept by the Shanghai seal pool; unconfirmed'
AGAIN = Text('请重新拍摄并上传', 'take the photograph again and send it')


@clause('evidence in, once: one photograph proves one journey', AGAIN)
def photographs_are_new(case: Case) -> Finding:
    """No photograph was used before (照片未重复使用)."""
    again = [(e, r) for e in case.evidence for r in e.reused]
    if again:
        first, earlier = again[0]
        words = Text(
            '{n} 张照片与此前的相同或相似，例如 {other}',
            '{n} {n:photograph repeats or resembles|photographs repeat or resemble} '
            'earlier ones, as in {other}',
        ).of(n=len(again), other=earlier.declaration)
        crops = [Crop(evidence=e.sha256, item=e.item, note=r.declaration) for e, r in again]
        if (
            all(r.declaration == earlier.declaration for _, r in again)
            and first.reused[0].likeness < 1
        ):
            return doubtful(words, crops)
        return failed(words, crops)
    words = Text('{n} 张照片均为首次使用', '{n:the photograph is|all {n} photographs are} new')
    return passed(words.of(n=len(case.evidence)))


@clause(EVIDENCE, AGAIN)
def photographs_are_there(case: Case) -> Finding:
    """The photographs of loading and of sealing are there and can be read (照片齐全)."""
    broken = [e for e in case.evidence if e.error]
    if broken:
        words = Text('{n} 张照片未能识别', '{n} {n:photograph|photographs} could not be read').of(
            n=len(broken)
        )
        return doubtful(words, [Crop(evidence=e.sha256, note=e.error) for e in broken])
    missing = [view for view in case.law.views if not case.pieces(view=view)]
    if missing:
        words = Text('缺少照片：{views}', 'photographs are missing: {views}')
        return doubtful(words.of(views=', '.join(missing)))
    words = Text('{n} 张照片齐全', '{n:the photograph is|all {n} photographs are} there').of(
        n=len(case.evidence)
    )
    return passed(words)


@clause(EVIDENCE, AGAIN)
def plate_is_the_declared(case: Case) -> Finding:
    """The plate on the photographs is the declared one (车牌一致)."""
    journey: Journey = case.declared
    return _compared(case, 'licence_plate', [journey.plate], _compact(licence_plate.compact))


@clause(EVIDENCE, AGAIN)
def container_is_the_declared(case: Case) -> Finding:
    """The container number on the photographs is the declared one (箱号一致)."""
    journey: Journey = case.declared
    if not journey.container:
        return passed(Text('未申报集装箱', 'no container is declared'))
    compact = _compact(container_number.compact)
    return _compared(case, 'container_number', [journey.container], compact)


@clause(EVIDENCE, AGAIN)
def seals_are_the_declared(case: Case) -> Finding:
    """The seal numbers on the photographs are the declared ones, each of them (封志号一致)."""
    journey: Journey = case.declared
    return _compared(case, 'seal_number', journey.seals, _plain)


_ALIKE = str.maketrans('OI', '01')


def _plain(seal: str) -> str:
    """A seal number as it is compared: print does not tell O from 0, nor I from 1."""
    return re.sub('[ -]', '', seal.upper()).translate(_ALIKE)


def _compact(of: Callable[[str], str]) -> Callable[[str], str]:
    def compact(value: str) -> str:
        try:
            return of(value)
        except ValueError:
            return value

    return compact


def _compared(case: Case, kind: str, wanted: list[str], compact: Callable[[str], str]) -> Finding:
    """What was read for sure against what is declared; what is not read is a doubt."""
    least, agreed = Decimal(case.law.scores[kind]), Decimal(case.law.agreed_score)
    views: Mapping[str, list[str]] = case.law.views
    names = {compact(one): one for one in wanted}
    read = [r for view in views if kind in views[view] for r in case.readings(kind, view=view)]
    hits = [r for r in read if compact(r.value) in names and _score(r) >= agreed]
    same = {names[compact(r.value)] for r in hits}
    other = [r for r in read if compact(r.value) not in names and _score(r) >= least]
    if other and same != set(wanted):
        words = DIFFERENT.of(what=WHAT[kind], seen=other[0].value, wanted=', '.join(wanted))
        return failed(words, _crops(other))
    if other:
        words = MORE.of(what=WHAT[kind], seen=other[0].value, wanted=', '.join(wanted))
        return doubtful(words, _crops(other))
    missing = [w for w in wanted if w not in same]
    if missing:
        words = UNREAD.of(what=WHAT[kind], wanted=', '.join(missing))
        return doubtful(words, _crops(read))
    return passed(SAME.of(what=WHAT[kind], wanted=', '.join(wanted)), _crops(hits))


def _score(one: Seen) -> Decimal:
    return Decimal(str(one.reading.score))


def _crops(found: list[Seen]) -> list[Crop]:
    return [r.crop for r in found]


WHAT = {
    'licence_plate': Text('车牌', 'plate'),
    'container_number': Text('箱号', 'container number'),
    'seal_number': Text('封志号', 'seal number'),
}
SAME = Text('照片上的{what}为 {wanted}', 'the photographs show the {what} {wanted}')
DIFFERENT = Text(
    '照片上的{what}为 {seen}，申报为 {wanted}',
    'a photograph shows the {what} {seen}, declared is {wanted}',
)
MORE = Text(
    '照片上除申报的{what}外还有 {seen}', 'beside the declared {what} a photograph shows {seen}'
)
UNREAD = Text(
    '照片上读不出{what} {wanted}', 'the {what} {wanted} cannot be read on the photographs'
)
