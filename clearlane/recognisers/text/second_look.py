"""The second look at a line: by the larger model, at what matters or is unsure.

The larger model costs four times as much, so it reads no more than it must: only
the value behind its words where those are clear, and nothing that a code on the
same picture has spelt out already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import recognition, weights
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.detection import Spot
from clearlane.recognisers.text.line import Frame
from clearlane.recognisers.text.recognition import Words

SURE = 0.93
"""A line that the tiny model reads with this score is not read again, unless it matters."""

CERTAIN = 0.985
"""A value is not read again if the tiny model is this sure of each of its characters."""

KNOWN_FORM = 0.95
"""The same for marks, UN numbers and masses, whose form tells letters from figures: of 67 that it
was so sure of, the larger model read two otherwise, slips in marks that the form undoes."""

STEADY = 0.97
"""If the larger model is less sure of a character it looks again, at a softer copy."""

AGREED = 0.9
"""The same where the tiny model reads what the larger one does."""

FAIR = 0.6
"""The same in words that are no value."""

SOFTER = 1.8
"""How soft that copy is: the spread in pixels of a line 48 high."""

NARROW, PITCH = 0.8, 1.6
"""Two like figures stand no closer than so many pitches, and figures no further apart than so many
of the middle one: stencils part a figure in two."""

GAP = 5
"""Gaps narrower than this are closed in another copy: dots of ink-jet print become strokes."""

TRIFLE = 4
"""A line so short that the tiny model reads badly is most likely no print at all."""

MARK = re.compile(
    r'[A-Z0-9]/[XYZ]|/S/|CN/|[/1Il]C\d{5}|P[I1l]\s?[:.;]|[1-6][A-HL-P][12]?[VWTU]?/'
    r'|[A-Z]{3}[UJZ]\s?\d{3}|<<|[A-Z0-9]<|^\W*\d{1,5}/\d{2,5}\W*$',
    re.IGNORECASE,
)
"""Lines that look like a mark, a container number or a machine-readable zone: read again whole, if
only one character is unsure."""

VALUE = re.compile(
    r'UN\s?[\dOQ]|KG|公斤|千克|重|[G6]\.?\s?W|N\.?\s?W|GROSS|[NMH]ET(?!AL)|[HM]\s?[./]\s?W|^S/?[HM]\b'
    r'|[S5]/?N|^S/|[S5][E38][RPK][I1LT!|][AR4][L1I!|]|序列|编号|箱号|LOT|BAT[CEG]|批|[MNH]F[GD60Q]|PR[O0D][D0O]|EXP|DATE|日期',
    re.IGNORECASE,
)
"""Lines that look like a value: a wrong character there costs more than elsewhere."""

NAMES = re.compile(r'BATTER|LITHIUM|SODIUM|EQUIPMENT', re.IGNORECASE)
"""Words of a shipping name, of which the last ones tell one entry from another."""

HEAD = re.compile(r'[1-6][0-3]?[A-HL-P]{1,2}[12]?[VWTU]?\s?/\s?[XYZ]')
"""The beginning of a mark; what stands before it in the line is its symbol, misread."""

WORDS = re.compile(
    r'\W*(?:(?:GROSS|NET)\W*(?:WEIGHT|MASS|WT)?|[GN](?:\W{0,2}W\.?T?|\.M\.)|[毛净]重\W*(?:[GN]\W{0,2}W\.?)?'
    r'|SERIAL\W*(?:NO|NUMBER)?|S/?N|(?:产品)?(?:序列|编)号|箱号|(?:L[O0]T|BATCH)\W*(?:N[O0])?'
    r'|(?:生产)?批[号次](?:\W*(?:L[O0]T|BATCH))?|生产日期|DATE OF MANUFACTURE|MFG|PROD)'
    r'[\s.:：]*(?=\S)',
    re.IGNORECASE,
)
"""Words before a value that need no second reading once they are known."""

NUMBER = re.compile(r'\W*UN\W{0,2}[\dOQIlBSZ]{4}(?=\W|$)')
"""A UN number, which other words may follow."""

TYPED = re.compile(r'\W*(?:GROSS|NET|[GN]\W{0,2}W|[毛净]重|UN)', re.IGNORECASE)
"""Values of figures alone, where figures and letters that look alike are one."""

CLEAR = 0.7
"""So sure must the tiny model be of each letter of such words: it is them or nothing."""

BEFORE, BEHIND, PITCHES = 0.33, 0.5, 0.6
"""The room before the first and behind the last character of a number, in heights of its line, and
in pitches besides: 22 of 480 numbers had more. Where the tiny model overlooked a character at the
end of a line, and was sure of the others, there was a pitch more than usual."""

Image = NDArray[np.uint8]

_LETTERS = re.compile(r'[^0-9A-Z]')
FOLDED = str.maketrans('OQIL', '0011')
"""Letters and figures that look alike as one."""


def folded(text: str) -> str:
    """Letters and figures only, those that look alike as one."""
    return _LETTERS.sub('', text.upper()).translate(FOLDED)


@dataclass(frozen=True)
class Look:
    """What is looked at again in one picture."""

    pyramid: Pyramid
    known: frozenset[str] = frozenset()
    key_fields: bool = False

    def settled(self, spot: Spot, words: Words) -> tuple[Words, str]:
        """The line as it is to be taken, and what the other model made of it."""
        start, end = self.doubtful(words)
        if start >= end and _may_go_on(spot, words):
            start, end = 0, len(words.text)
        if start >= end:
            return words, ''
        cut = self.pyramid.cut(spot.quad, bend=spot.bend)
        left, right = _edge(words, start), _edge(words, end)
        columns = slice(round(left * cut.shape[1]), max(1, round(right * cut.shape[1])))
        seen = cut[:, columns]
        # The point of a mass is lost in a narrower line; it is short anyhow.
        narrow = (
            seen if TYPED.match(words.text) else recognition.narrowed(seen, words.text[start:end])
        )
        part, other = _looked_twice(seen, narrow, words.text[start:end])
        again = _between(words, start, part.within(left, right), end)
        if WORDS.match(words.text) and not WORDS.match(again.text):
            return again, words.text
        if again.score < words.score - 0.2 or not part.text:
            return words, again.text
        if other is None or other.text == part.text:
            return again, words.text
        return again, _between(words, start, other, end).text

    def doubtful(self, words: Words) -> tuple[int, int]:
        """The first character to be read again and the one behind the last; none if equal."""
        text = words.text
        number = NUMBER.match(text)
        if MARK.search(text):
            start, end = 0, len(text)
        elif number:
            start, end = 0, number.end()
        elif VALUE.search(text):
            start, end = _value(words), len(text)
        else:
            enough = self.key_fields or words.score >= SURE or len(text) <= TRIFLE
            named = NAMES.search(text) is not None and words.weakest < CLEAR
            return (0, 0) if enough and not named else (0, len(text))
        formed = bool(number or MARK.search(text) or TYPED.match(text))
        begins = max(start, _head(text))
        sure = (words.shapes if formed else words.certainties)[begins:end]
        least = min((one for one, mark in zip(sure, text[begins:end], strict=True)
                     if mark.isalnum() or mark in '.,-/<'), default=1.0)  # fmt: skip
        if _says_nothing(text, least):
            return 0, 0
        if least >= (KNOWN_FORM if formed else CERTAIN) and not _is_doubled(words, begins, end):
            return 0, 0
        return (0, 0) if start and self._is_known(text[start:]) else (start, end)

    def _is_known(self, value: str) -> bool:
        return folded(value) in self.known


def _head(text: str) -> int:
    """Where a mark begins in a line; 0 where none does."""
    found = HEAD.search(text)
    return found.start() if found else 0


def _is_doubled(words: Words, start: int, end: int) -> bool:
    """Whether a figure may have been seen twice: two alike stand closer than figures do here."""
    gaps = {
        at: words.places[at + 1] - words.places[at]
        for at in range(start, end - 1)
        if words.text[at : at + 2].isdecimal() and '1' not in words.text[at : at + 2]
    }
    if len(gaps) < 2:
        return False
    pitch = min(max(gaps.values()), PITCH * float(np.median(list(gaps.values()))))
    return any(
        words.text[at] == words.text[at + 1] and gap < NARROW * pitch for at, gap in gaps.items()
    )


def _says_nothing(text: str, least: float) -> bool:
    """Whether a line is plainly the words before a value alone, which stands elsewhere."""
    return least >= CLEAR and not any(mark.isdigit() for mark in text)


def _may_go_on(spot: Spot, words: Words) -> bool:
    """Whether there is room for one more character at an end of a line with figures."""
    if len(words.text) < 3 or not any(mark.isdigit() for mark in words.text):
        return False
    frame = Frame.of(spot.quad)
    wide = frame.width / frame.height
    first, last = words.places[0] * wide, words.places[-1] * wide
    pitch = (last - first) / (len(words.text) - 1)
    before, behind = first - pitch / 2, wide - last - pitch / 2
    return before > BEFORE + PITCHES * pitch or behind > BEHIND + PITCHES * pitch


def _looked_twice(cut: Image, narrow: Image, before: str) -> tuple[Words, Words | None]:
    """What the larger model reads; where that is not steady, also what it reads in other copies.

    Dots and worn print run together in a softer copy. Where that says something else, the
    gaps between dots are closed too, and what the model holds likely in all three is
    averaged along the line: a character counts as sure only if it is so in all of them.
    `narrow` is the line as it is read first, no wider than need be.
    `before` is what the tiny model read: where both say the same, less certainty will do.
    """
    characters = weights.alphabet('small')
    if cut.shape[1] > recognition.LONG:
        return recognition.read(cut, 'small'), None
    first = recognition.output(narrow, 'small')
    words = recognition.decode(first, characters)
    steady = AGREED if folded(words.text) == folded(before) else STEADY
    if _weakest(words) >= (steady if _matters(before) or _matters(words.text) else FAIR):
        return words, None
    soft = recognition.output(np.asarray(cv2.GaussianBlur(cut, (0, 0), SOFTER), np.uint8), 'small')
    other = recognition.decode(soft, characters)
    if other.text == words.text:
        return (words if words.score >= other.score else other), other
    plain = first if narrow is cut else recognition.output(cut, 'small')
    words = recognition.decode(plain, characters)
    closed = recognition.output(filled(cut), 'small')
    held = recognition.held((plain, soft, closed), characters.index('8'))
    meant = recognition.decode(held, characters)
    return meant, (words if words.text != meant.text else other)


def _matters(text: str) -> bool:
    return any(pattern.search(text) for pattern in (MARK, NUMBER, VALUE)) or any(
        mark.isdigit() for mark in text
    )


def _weakest(words: Words) -> float:
    """The certainty of the least certain character that counts: none of the words before a value,
    which are known by their sense, of the symbol before a mark, nor of its stops; 1 for none."""
    known = WORDS.match(words.text)
    start = known.end() if known else _head(words.text)
    counted = (
        sure
        for sure, mark in zip(words.certainties[start:], words.text[start:], strict=True)
        if mark.isalnum() or mark in './-'
    )
    return min(counted, default=1.0)


def filled(cut: Image) -> Image:
    """The line with gaps closed that are narrower than a stroke, dark print or light."""
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    dark = float(np.median(grey)) > (int(grey.min()) + int(grey.max())) / 2
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GAP, GAP))
    how = cv2.MORPH_OPEN if dark else cv2.MORPH_CLOSE
    return np.asarray(cv2.morphologyEx(cut, how, kernel), np.uint8)


def _between(words: Words, start: int, part: Words, end: int) -> Words:
    """The line with a part of it read anew."""
    again = recognition.joined(words.part(0, start), part)
    after = words.part(end)
    if not after.text:
        return again
    return recognition.joined(again, after, '' if after.text[0] == ' ' else ' ')


def _value(words: Words) -> int:
    """Where the value begins behind words that are clear; 0 if they are not."""
    found = WORDS.match(words.text)
    if found is None or 'A' <= found.group()[-1].upper() <= 'Z':
        return 0  # LOT25 may be LOT L25: the words may have taken a letter of the value
    letters = (
        sure
        for sure, mark in zip(words.certainties[: found.end()], found.group(), strict=True)
        if mark.isalnum()
    )
    return found.end() if min(letters, default=0) >= CLEAR else 0


def _edge(words: Words, at: int) -> float:
    """Where along the line the character `at` begins, from 0 to 1."""
    if at <= 0:
        return 0.0
    if at >= len(words.places):
        return 1.0
    return (words.places[at - 1] + words.places[at]) / 2
