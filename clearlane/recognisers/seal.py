"""Numbers of seals (封志号) from lines of text: by the words before them, or by their form.

High-security seals after ISO 17712 carry the maker's mark, a number and the letter H;
there is no common form and no check digit, so a number without words scores low.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clearlane.model import Reading
from clearlane.recognisers.text.line import Line, certainty, corners

NAME = 'seal_number/1'

ALONE = 0.6
"""What is left of the score of a number that only its form makes a seal's."""

_WORDS = re.compile(
    r'(?:SEAL\s?(?:NO|NUMBER|#)?|封志?(?:号码?|編號)?|施封锁?号?|铅封号?|关锁号?)'
    r'[\s.:：#-]*([A-Z]{0,5}[ -]?\d{4,10}H?)'
)
_FORM = re.compile(r'(?<![A-Z0-9])([A-Z]{1,4}[ -]?\d{6,9}H?)(?![A-Z0-9])')
_CONTAINER = re.compile(r'[A-Z]{3}[UJZ]')


def find(lines: Sequence[Line]) -> tuple[list[Reading], set[int]]:
    """The seals' numbers among the lines, and which lines they stand in."""
    best: dict[str, Reading] = {}
    spent = set[int]()
    for index, line in enumerate(lines):
        found = number(line.text)
        if found is None:
            continue
        value, worth = found
        score = certainty(line) * worth
        if score > (best[value].score if value in best else 0.0):
            best[value] = Reading(
                kind='seal_number', value=value, score=score, recogniser=NAME,
                box=corners(line.quad),
            )  # fmt: skip
        spent.add(index)
    return list(best.values()), spent


def number(text: str) -> tuple[str, float] | None:
    """The number in a text, and what its form leaves of the score."""
    upper = text.upper()
    found = _WORDS.search(upper)
    if found:
        return re.sub('[ -]', '', found[1]), 1.0
    found = _FORM.search(upper)
    if found and not _CONTAINER.match(found[1]):
        return re.sub('[ -]', '', found[1]), ALONE
    return None
