"""Labels and values on a page: which words stand beside or below which label.

A form says `编号 No.: X`, or has the label in one box and the value in the next
one to the right or below. Where a label is found twice both values count: a form
that contradicts itself is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Box = tuple[float, float, float, float]
_GAP = ' :|-—_=.*'
_AFTER = re.compile(r'^[\s:|=*]*')


@dataclass(frozen=True)
class Part:
    """Words at a place: left, top, right, bottom."""

    text: str
    score: float
    box: Box
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Value:
    """What stands at a label: the name of the field, and the words with their place."""

    name: str
    part: Part


def plain(text: str) -> str:
    """Words as labels are compared: full-width forms made narrow, small letters, single spaces."""
    return ' '.join(unicodedata.normalize('NFKC', text).casefold().split())


def values(parts: Sequence[Part], labels: Mapping[str, Iterable[str]]) -> list[Value]:
    """Every value that stands at one of the labels, in the order of the parts."""
    known = sorted(
        ((plain(label), name) for name, given in labels.items() for label in given),
        key=lambda pair: -len(pair[0]),
    )
    starts = [_label(part.text, known) for part in parts]
    found: list[Value] = []
    for part, start in zip(parts, starts, strict=True):
        if start is None:
            continue
        name, rest = start
        if rest:
            found.append(Value(name, Part(rest, part.score, part.box, part.details)))
            continue
        free = [p for p, s in zip(parts, starts, strict=True) if s is None and p is not part]
        beside = _beside(part, free) or _below(part, free)
        if beside is not None:
            found.append(Value(name, beside))
    return found


def _label(text: str, known: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The field that the words begin with, and what follows its label (in either language)."""
    rest, name = unicodedata.normalize('NFKC', text).strip(), ''
    for _ in range(3):
        hit = next((pair for pair in known if _begins(rest, pair[0], name, pair[1])), None)
        if hit is None:
            break
        after = _cut(rest, hit[0])
        if hit[0][-1].isascii() and hit[0][-1].isalnum() and _goes_on(after):
            return None  # 'number of boxes' is no 'number'
        name = hit[1]
        rest = _AFTER.sub('', after)
        rest = rest.removeprefix('/').lstrip(_GAP) if rest.startswith('/') else rest
    return (name, rest.strip()) if name else None


def _goes_on(after: str) -> bool:
    """Whether a Latin word is followed by more words and not by a sign that ends a label."""
    return bool(after.strip()) and after.lstrip()[0] not in ':|=/('


def _begins(text: str, label: str, name: str, other: str) -> bool:
    """Whether the words begin with this label, as a word of its own."""
    if name and other != name:
        return False
    low = plain(text)
    if not low.startswith(label):
        return False
    after = low[len(label) : len(label) + 1]
    return not (after.isalnum() and label[-1].isascii() and after.isascii())


def _cut(text: str, label: str) -> str:
    """The words after a label; the label was compared with its spaces joined."""
    count, at = 0, 0
    squeezed = label.replace(' ', '')
    while at < len(text) and count < len(squeezed):
        count += len(text[at].casefold()) if not text[at].isspace() else 0
        at += 1
    return text[at:]


def _height(part: Part) -> float:
    return max(1.0, part.box[3] - part.box[1])


def _beside(label: Part, others: Iterable[Part]) -> Part | None:
    """The nearest words to the right on the same line."""
    middle = (label.box[1] + label.box[3]) / 2
    near = [
        p
        for p in others
        if p.box[0] >= label.box[2] - 0.5 * _height(label)
        and abs((p.box[1] + p.box[3]) / 2 - middle) < 0.7 * max(_height(p), _height(label))
    ]
    return min(near, key=lambda p: p.box[0], default=None)


def _below(label: Part, others: Iterable[Part]) -> Part | None:
    """The nearest words below that stand under the label, at most three lines down."""
    near = [
        p
        for p in others
        if 0 < p.box[1] - label.box[1] <= 3.5 * _height(label)
        and p.box[0] < label.box[2]
        and p.box[2] > label.box[0]
    ]
    return min(near, key=lambda p: (p.box[1], p.box[0]), default=None)
