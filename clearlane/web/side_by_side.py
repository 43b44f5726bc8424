"""Two lines side by side, character by character: what differs is marked, counted and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

LONGEST = 300


@dataclass(frozen=True)
class Run:
    """Characters in a row that are the same in both lines, or are not."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Pair:
    """What should stand there, what stands there, and the differences in words."""

    name: Mapping[str, Any]
    item: str
    wanted: tuple[Run, ...]
    seen: tuple[Run, ...]
    told: tuple[str, ...]


def pair(form: Mapping[str, Any]) -> Pair:
    """A comparison of a stored finding, for the page."""
    wanted, seen = form['wanted'][:LONGEST], form['seen'][:LONGEST]
    steps = SequenceMatcher(None, wanted, seen, autojunk=False).get_opcodes()
    return Pair(
        name=form['name'],
        item=form['item'],
        wanted=_runs((wanted[a:b], op != 'equal') for op, a, b, _c, _d in steps),
        seen=_runs((seen[c:d], op != 'equal') for op, _a, _b, c, d in steps),
        told=tuple(
            _said(a + 1, wanted[a:b], seen[c:d]) for op, a, b, c, d in steps if op != 'equal'
        ),
    )


def _runs(parts: Any) -> tuple[Run, ...]:
    return tuple(Run(text, differs) for text, differs in parts if text)


def _said(at: int, wanted: str, seen: str) -> str:
    values = {'at': at, 'wanted': wanted, 'seen': seen}
    if not seen:
        return _('character %(at)d: “%(wanted)s” is missing') % values
    if not wanted:
        return _('before character %(at)d: “%(seen)s” is too much') % values
    return _('character %(at)d: “%(seen)s” stands where “%(wanted)s” belongs') % values
