"""Skip-lot of ISO 2859-3: a share of the lots of a proven product is inspected at random.

State 1, qualifying: lot by lot, with a score. State 2, skipping: each lot is inspected
with the probability of its rung (1/2, 1/3, 1/4, 1/5). State 3, interrupted: lot by lot
again after a lot that was not accepted; it comes back one rung milder or starts over.

The clauses are those of the text (5.3 score, 6.2 first frequency, 6.3 shifting, 6.5
interruption, 6.6 requalification, 6.7 disqualification); the numbers are recalled and
*unconfirmed*, so all of them stand in `Numbers` and can be set by a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Phase = Literal['qualifying', 'skipping', 'interrupted']


@dataclass(frozen=True)
class Numbers:
    """Every number of the standard that is used here."""

    score: int = 50
    lots: int = 20
    quarter: int = 11
    third: int = 14
    shift: int = 10
    again: int = 4
    again_score: int = 18
    again_lots: int = 10
    mildest: int = 5


@dataclass(frozen=True)
class Skip:
    """One in `every` is inspected while skipping; `score` and `lots` since the last change."""

    phase: Phase = 'qualifying'
    every: int = 1
    score: int = 0
    lots: int = 0
    run: int = 0


def points(ac: int, bad: int, *, one_tighter: bool = True, two_tighter: bool = True) -> int:
    """The qualification score of an accepted lot (5.3).

    `one_tighter` and `two_tighter` say whether it would pass one and two AQL steps tighter.
    """
    if ac == 0:
        return 3
    if ac == 1:
        return 5 if bad == 0 else 1
    return 5 if two_tighter else 3 if one_tighter else 0


def after(skip: Skip, score: int, *, accepted: bool, numbers: Numbers = Numbers()) -> Skip:
    """The state after an inspected lot that earned so many points; 0 points when not accepted."""
    if not accepted:
        return _failed(skip)
    seen = replace(skip, score=skip.score + score, lots=skip.lots + 1, run=skip.run + 1)
    if skip.phase == 'qualifying':
        return _qualified(seen, numbers)
    if skip.phase == 'skipping':
        return _shifted(seen, numbers)
    return _requalified(seen, numbers)


def _failed(skip: Skip) -> Skip:
    if skip.phase == 'skipping':
        return Skip('interrupted', skip.every)
    return Skip()


def _qualified(skip: Skip, numbers: Numbers) -> Skip:
    """A score over at most so many lots; the fewer were needed, the fewer are inspected (6.2)."""
    if skip.lots > numbers.lots:
        return Skip(score=0, lots=0)
    if skip.score < numbers.score:
        return skip
    every = 4 if skip.lots <= numbers.quarter else 3 if skip.lots <= numbers.third else 2
    return Skip('skipping', every)


def _shifted(skip: Skip, numbers: Numbers) -> Skip:
    if skip.run < numbers.shift or skip.score < numbers.score:
        return skip
    return Skip('skipping', min(skip.every + 1, numbers.mildest))


def _requalified(skip: Skip, numbers: Numbers) -> Skip:
    if skip.run >= numbers.again and skip.score >= numbers.again_score:
        return Skip('skipping', max(skip.every - 1, 2))
    return Skip() if skip.lots >= numbers.again_lots else skip
