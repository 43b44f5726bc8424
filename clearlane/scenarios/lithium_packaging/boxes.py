"""What was read on the boxes, sorted: which box agrees, which differs, which is unclear.

A box agrees when some sure reading says what is expected and no sure reading says
anything else. Where nothing sure was read, nobody can tell, and that is a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from clearlane import Case, Compared, Crop, Finding, Seen, Text, doubtful, failed, passed

SHOWN = 3
"""How many boxes a reason names; the crops show all of them."""


@dataclass
class Boxes:
    """The boxes of a batch by what was read on them: serial → what was seen."""

    agree: dict[str, list[Seen]] = field(default_factory=dict)
    differ: dict[str, list[Seen]] = field(default_factory=dict)
    unclear: dict[str, list[Seen]] = field(default_factory=dict)

    def crops(self, group: dict[str, list[Seen]]) -> list[Crop]:
        """The places to show; a box on which nothing was read is named without a place."""
        return [crop for item, seen in group.items() for crop in _crops(item, seen)]


def _crops(item: str, seen: Sequence[Seen]) -> list[Crop]:
    return [s.crop for s in seen] or [Crop(evidence='', item=item)]


def sort(case: Case, kind: str, expected: Callable[[str], bool]) -> Boxes:
    """Sort the boxes by what the readings of this kind say; the law gives the least score."""
    least = Decimal(case.law.scores[kind])
    found = Boxes()
    for serial in case.declared.serials:
        seen = case.readings(kind, item=serial)
        sure = [s for s in seen if Decimal(str(s.reading.score)) >= least]
        wrong = [s for s in sure if not expected(s.value)]
        if wrong:
            found.differ[serial] = wrong
        elif sure:
            found.agree[serial] = sure
        else:
            found.unclear[serial] = seen
    return found


def conclude(
    found: Boxes,
    *,
    same: Text,
    different: Text,
    unclear: Text,
    remedy: Text | None = None,
    beside: tuple[Text, str] | None = None,
) -> Finding:
    """One finding over all boxes: a difference outweighs what is unclear.

    `beside` names what should stand there, to be shown next to what does.
    """
    if found.differ:
        crops = found.crops(found.differ)
        words = different.of(
            boxes=names(found.differ), n=len(found.differ), seen=_values(found.differ)
        )
        return failed(words, crops, remedy=remedy, compared=_beside(found.differ, beside))
    if found.unclear:
        words = unclear.of(boxes=names(found.unclear), n=len(found.unclear))
        return doubtful(words, found.crops(found.unclear), remedy=TAKE_AGAIN)
    return passed(same.of(n=len(found.agree)), found.crops(found.agree))


def _beside(group: dict[str, list[Seen]], beside: tuple[Text, str] | None) -> Iterator[Compared]:
    """Each other value once, with the first box that shows it."""
    told: set[str] = set()
    for item, seen in group.items():
        for one in seen:
            if beside is not None and one.value not in told and len(told) < SHOWN:
                told.add(one.value)
                yield Compared(name=beside[0], wanted=beside[1], seen=one.value, item=item)


TAKE_AGAIN = Text(
    '请重新拍摄这些箱子并补传照片', 'take new photographs of these boxes and send them'
)


def names(group: Iterable[str]) -> Text:
    """The first boxes by their serials, and how many more."""
    serials = list(group)
    more = len(serials) - SHOWN
    listed = ', '.join(serials[:SHOWN])
    if more <= 0:
        return Text('{s}', '{s}', {'s': listed})
    return Text(
        '{s} 等 {n} 箱', '{s} and {more} more', {'s': listed, 'n': len(serials), 'more': more}
    )


def _values(group: dict[str, list[Seen]]) -> str:
    return ' | '.join(list(_distinct(group))[:SHOWN])


def _distinct(group: dict[str, list[Seen]]) -> Iterator[str]:
    yield from dict.fromkeys(s.value for seen in group.values() for s in seen)
