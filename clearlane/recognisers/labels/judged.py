"""What a label that was named has to show: measurements of its ink, its figure, what it stands in.

The value and the certainty of a network are kept where they are borne out, lowered where not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearlane.recognisers.labels import figures, ink, names
from clearlane.recognisers.labels.quads import stands_on_corner
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line, holds

UNSURE = 0.45
"""The highest score of what a measurement or a figure would have to bear out, and does not."""

SEEN_BY_CHANCE = 0.12
"""What the network that finds outlines says of what is none is mostly below 0.27; from 0.42 on
its word alone is enough, between them the name has to be the surer."""

SEEN_SURELY = 0.6
"""From it on there is a diamond; lines of print were seen as one with up to 0.54."""

BLANK = 0.005
MOST_INK_9 = 0.02
MOST_SPECKS_9 = 0.05
LEAST_INK_9A = 0.05
CLEAR_INK_9A = 0.1
SURE_OF_GROUP = 0.9
MAYBE_SPOILT = 0.3
VERY_SURE = 0.96
LEAST_HEAD = 1.45
LEAST_RED, NO_RED, LARGE = 0.12, 0.06, 0.5
PLAINLY_RED = 0.5
LEAST_RED_FRAME = 0.04
LEAST_ALIKE = 0.8
LEAST_STRIPED, STRIPED_FOR_SURE = 0.6, 0.8
"""Measured: nought in nine of ten of 84 labels of class 9, worn ones under straps and shades among
them, and at least 0.1, mostly above 0.23, in 98 of class 9A. Heads are at least 1.6 times as wide
as shafts in 144 of 144 sample arrows, letters 1.0 to 1.3; two arrows are alike from 0.93 on mostly,
a glass and an umbrella 0.7. Rims of battery marks were redder by 0.3 or more, other papers by less
than 0.06. Stripes are at least 0.63 in all labels that can be read, 0.87 where
they are seen roughly; print that was taken for them 0.2 to 0.6, a word across a ring 0.71."""

A_RING = 0.8
"""From so much of a ring on it is the UN symbol: ten had all of it, 158 labels at most 0.69."""

MOST_ACROSS, LEAST_ACROSS = 0.75, 0.2
"""Print of which so much lies within what was seen roughly goes on across its edge."""

LEAST_WAY = 0.5
"""Of a longer line so many sides of the outline are enough."""

SURE_OF_WORDS = 0.8
LEAST_WORD = 4
MOST_WORD = 0.16
"""Lines of text below the stripes are words from this score and so many letters on, and at most so
high in sides of the label; a battery group is higher."""

FAMILIES = (
    {'2': '2.1', '3': '3'},
    {'2': '2.3', '6': '6.1'},
    {'1.4': '1.4', '4': '1.4', '1.5': '1.5', '5': '1.5', '1.6': '1.6', '6': '1.6'},
)
"""Labels that differ in their figure alone, by the figure; it is too small for the network."""

DIVISIONS = {'1.1': '1.1', '1.2': '1.2', '2': '1.2', '1.3': '1.3', '3': '1.3'}
"""The same for class 1 with its picture, which is right without its division too."""

WORDS = {
    '2.1': re.compile(r'FLAMMABLE\s?GAS|易燃气体'),
    '3': re.compile(r'FLAMMABLE\s?L[I1][QO0]U[I1]D|易燃液体'),
    '2.3': re.compile(r'(?:TOXIC|POISON)\s?GAS|[毒性]气体'),
    '6.1': re.compile(r'(?:TOXIC|POISON)(?!\s?(?:GAS|IN))|毒性物[质品]|有毒(?!气)'),
}
"""What labels of those families say in words, which may stand in them (5.2.2.2.1.5)."""

GROUP = re.compile(r'(?<=\d)\s?[A-HJKLNS]$')
"""The compatibility group behind a division (2.1.2), which may stand in the same line."""

NUMBER = re.compile(r'UN\s?(\d{4})')


@dataclass
class Seen:
    """One outline with what it is taken for."""

    corners: np.ndarray
    found: float
    """How surely it is an outline: 1 where four lines bear it out."""
    chances: np.ndarray
    states: np.ndarray

    @property
    def name(self) -> str:
        """The likeliest name."""
        return names.NAMES[int(self.chances.argmax())]

    @property
    def score(self) -> float:
        """How likely that is, before anything is measured."""
        return float(self.chances.max())

    @property
    def borne_out(self) -> float:
        """How much (0 to 1) its score counts: what was seen by chance counts for nothing."""
        return min(1.0, max(0.0, self.found - SEEN_BY_CHANCE) / 0.3)


def side(quad: np.ndarray) -> float:
    """The shortest side of an outline in pixels."""
    return float(np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1).min())


def judged(one: Seen, picture: Pyramid, lines: Sequence[Line]) -> tuple[str, float]:
    """The value, and the network's certainty where measurements and text bear it out."""
    if _is_of_a_mark(one, picture, lines):
        return one.name, 0.0
    if one.name == 'battery_mark':
        said = ' '.join(_texts_in(one.corners, lines)).upper()
        value = '+'.join(dict.fromkeys(f'UN{found[1]}' for found in NUMBER.finditer(said)))
        value = value or 'unread'
        red = _red_at_the_rim(one, picture, wider=value != 'unread')
        if red < NO_RED and ink.shows_colour(picture, one.corners):
            return value, 0.0  # another paper
        # A whole side of brown board with a white paper in it is red at its rim as well.
        is_face = side(one.corners) > LARGE * min(picture.size) and one.score < VERY_SURE
        is_mark = red >= LEAST_RED and not is_face
        return value, one.score if is_mark else min(one.score, UNSURE)
    if one.name in names.ARROWS:
        heads = ink.head_to_shaft(picture, one.corners, one.name)
        is_print = heads < LEAST_HEAD or _is_in_words(one, lines)
        if ink.halves_alike(picture, one.corners, one.name) < LEAST_ALIKE:
            return one.name, min(one.score, UNSURE) * (not is_print)
        return one.name, 0.0 if is_print else one.score
    if one.name.startswith('GHS'):
        is_red = one.found < 1 or _has_red_frame(one, picture)  # rough corners may miss the frame
        return one.name, one.score if is_red else min(one.score, UNSURE)
    if one.name in ('9', '9A'):
        value, score = _nine(one, ink.below_stripes(picture, one.corners))
        words = _words_in(one, lines) if score <= UNSURE else []
        printed = ink.below_stripes(picture, one.corners, words) if words else 1.0
        if printed <= (BLANK if value == '9A' else MOST_SPECKS_9):  # words alone, no battery group
            value, score = _nine(one, printed)
        is_one = ink.is_one_paper(picture, one.corners)
        least = LEAST_STRIPED if one.found >= SEEN_SURELY else STRIPED_FOR_SURE
        if ink.striped(picture, one.corners) < least:
            return value, 0.0  # lines of print
        return value, score if is_one else min(score, UNSURE)
    return _by_figure(one, picture, lines)


def _is_of_a_mark(one: Seen, picture: Pyramid, lines: Sequence[Line]) -> bool:
    """Whether a diamond that was seen roughly is the UN symbol, or lines of print."""
    if one.found == 1 or not stands_on_corner(one.corners):
        return False
    across = any(_goes_across(one, line) for line in _print(lines))
    return across or ink.ringed(picture, one.corners) >= A_RING


def _goes_across(one: Seen, line: Line) -> bool:
    """Whether a line goes on beyond the outline: a good part of it, or of the outline's width."""
    share = _share_in(one, line)
    least = min(LEAST_ACROSS, LEAST_WAY * side(one.corners) / line.frame.width)
    return least < share < MOST_ACROSS


def _share_in(one: Seen, line: Line) -> float:
    """How much of a line, along its middle, lies in the outline."""
    frame = line.frame
    steps = np.linspace(-0.5, 0.5, 21)[:, None] * frame.width * frame.along
    return float(np.mean([holds(one.corners, point) for point in frame.centre + steps]))


def _print(lines: Sequence[Line]) -> list[Line]:
    return [
        line
        for line in lines
        if line.score >= SURE_OF_WORDS and sum(mark.isalnum() for mark in line.text) >= LEAST_WORD
    ]


def _red_at_the_rim(one: Seen, picture: Pyramid, *, wider: bool) -> float:
    """How red the rim of a mark is; the outline may run along the inner edge of its hatch, so that
    a `wider` one is looked at as well, which has to be plainly red: brown board is a little."""
    red = ink.redder_at_the_rim(picture, one.corners)
    if red >= LEAST_RED or not wider:
        return red
    around = ink.redder_at_the_rim(picture, _grown(one.corners))
    return around if around >= PLAINLY_RED else red


def _grown(quad: np.ndarray) -> np.ndarray:
    middle = quad.mean(axis=0)
    return np.asarray((quad - middle) * 1.14 + middle)


def _has_red_frame(one: Seen, picture: Pyramid) -> bool:
    """Whether the outline, or one a little outside of it, goes along a red frame."""
    outlines = (one.corners, _grown(one.corners))
    frames = (ink.redder_at_the_frame(picture, quad) for quad in outlines)
    return max(frames) >= LEAST_RED_FRAME


def _nine(one: Seen, printed: float) -> tuple[str, float]:
    """Class 9 or 9A, by the network and by what is printed below the stripes.

    Worn print has specks and straps; a paper that hides the battery group looks like class 9.
    So where the measure or the outline is less than clear, the network has to be the surer.
    Shades make it see a battery group where none is printed: then it is 9, unless the group may
    be hidden or torn off.
    """
    clear = one.found == 1.0
    if printed <= MOST_INK_9:
        nine, group = (float(one.chances[names.NAMES.index(name)]) for name in ('9', '9A'))
        whole = float(one.states.max()) < MAYBE_SPOILT
        if (clear and (whole or group < SURE_OF_GROUP)) or (whole and nine >= VERY_SURE):
            return '9', one.score
    elif one.name == '9A' and printed >= LEAST_INK_9A:
        if (clear and printed >= CLEAR_INK_9A) or one.score >= VERY_SURE:
            return '9A', one.score
    elif one.name == '9' and printed <= MOST_SPECKS_9 and (clear or one.score >= VERY_SURE):
        return '9', one.score
    value = '9' if clear and printed <= MOST_SPECKS_9 else one.name
    return value, min(one.score, UNSURE)


def _by_figure(one: Seen, picture: Pyramid, lines: Sequence[Line]) -> tuple[str, float]:
    """The member of the family whose figure or words are read in the label; unsure without."""
    families = (known for known in FAMILIES if one.name in known.values())
    family = DIVISIONS if one.name == '1' else next(families, None)
    if family is None:
        return one.name, one.score
    texts = _texts_in(one.corners, lines)
    told = {
        name for name, words in WORDS.items()
        if name in family.values() and any(words.search(text.upper()) for text in texts)
    }  # fmt: skip
    figure = {family[text] for said in texts if (text := GROUP.sub('', said)) in family}
    if not told:
        # A lone figure is easily misread: it is read for itself as well.
        asked = [said for said in family if len(said) == 1]
        places = figures.DIVISION if one.name.startswith('1') else figures.CLASS
        seen = figures.read(picture, one.corners, asked, places)
        told = {family[seen]} if seen else set()
    told |= figure
    if len(told) == 1:
        return told.pop(), one.score
    return one.name, one.score if one.name == '1' else min(one.score, UNSURE)


def _texts_in(quad: np.ndarray, lines: Sequence[Line]) -> list[str]:
    """What the lines whose middle lies in the outline say."""
    return [line.text.strip() for line in lines if holds(quad, line.frame.centre)]


def _words_in(one: Seen, lines: Sequence[Line]) -> list[np.ndarray]:
    """The outlines of lines of small print in a label: words and UN numbers, no battery group."""
    low = MOST_WORD * side(one.corners)
    return [
        np.asarray(line.quad, np.float32)
        for line in _print(lines)
        if line.frame.height < low and holds(one.corners, line.frame.centre)
    ]


def _is_in_words(one: Seen, lines: Sequence[Line]) -> bool:
    """Whether what looks like two arrows is a piece of a line of text."""
    high, middle = float(np.ptp(one.corners[:, 1])), one.corners.mean(axis=0)
    return any(
        len(line.text) >= 3
        and line.score >= SURE_OF_WORDS
        and line.frame.height < 2 * high
        and holds(line.quad, middle)
        for line in lines
    )
