"""Normal, tightened, stopped: the switching rules of ISO 2859-1, clause 9.

Only lots on original inspection count. Two of five or fewer lots in a row not accepted
lead to tightened inspection; five in a row accepted lead back. Five lots not accepted in
all during one stay on tightened inspection stop acceptance by sample, until the
authority is satisfied that the supplier has improved: then tightened again. (The number
five of the last rule stands in the parameters: it is not confirmed in the text.)

Reduced inspection is not offered, so the switching score is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal['normal', 'tightened', 'discontinued']
WINDOW = 5
TWO = 2
BACK = 5
STOP = 5


@dataclass(frozen=True)
class Switch:
    """`recent` are the last results of this stay, the newest last; `refused` leads to the stop."""

    stage: Stage = 'normal'
    recent: tuple[bool, ...] = ()
    refused: int = 0


def after(switch: Switch, *, accepted: bool, stop: int = STOP) -> Switch:
    """The stage after one more lot on original inspection."""
    recent = (*switch.recent, accepted)[-WINDOW:]
    if switch.stage == 'normal':
        if recent.count(False) >= TWO:
            return Switch('tightened')
        return Switch('normal', recent)
    if switch.stage == 'discontinued':
        return switch
    refused = switch.refused + (not accepted)
    if refused >= stop:
        return Switch('discontinued', recent, refused)
    if len(recent) == BACK and all(recent):
        return Switch('normal')
    return Switch('tightened', recent, refused)


def resumed(switch: Switch) -> Switch:
    """The authority is satisfied that the supplier has improved: tightened inspection."""
    return Switch('tightened') if switch.stage == 'discontinued' else switch
