"""Reading a cut line where it is known what may stand at each place.

A text model says for every few pixels how likely each of thousands of characters
is. A number with a known form needs only a few of them: what is left, the lattice,
is searched for the likeliest text that has the form. So a letter is never reported
where a figure must stand, and what else each character may have been stays known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.text import recognition, weights

LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
FIGURES = '0123456789'
FILLER = '<'
PLAIN = LETTERS + FIGURES + FILLER

LIKE = {
    '0': 'OQD', '1': 'IL', '2': 'Z', '4': 'A', '5': 'S', '6': 'G', '7': 'T', '8': 'B',
    'O': '0', 'I': '1', 'Z': '2', 'A': '4', 'S': '5', 'G': '6', 'B': '8', 'Q': '0', 'D': '0',
    'T': '7', 'L': '1',
}  # fmt: skip
"""What a character is read as where the other kind of character is not expected."""

FILLERS = '＜«‹〈くㄑ≤'
"""What a filler of a zone passes for."""

ALIASES = {'<': FILLERS + '({[', 'O': '〇○', '0': 'Ø'}
"""Other characters of the models' alphabets that look the same."""

AGAINST = 0.02
"""How likely it is that the form itself is not kept; then the character stands as it is seen."""

FLOOR = 1e-6
"""The likelihood of what the model does not see at all."""

BLANK = 0

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Lattice:
    """How likely each character of `alphabet` is at each step; column 0 is none."""

    likely: Floats
    alphabet: str = PLAIN

    @property
    def marks(self) -> list[tuple[str, int]]:
        """The likeliest characters without any form, each with the step where it is seen."""
        best = self.likely.argmax(axis=1).tolist()
        return [
            (self.alphabet[index - 1], step)
            for step, index in enumerate(best)
            if index != BLANK and (step == 0 or best[step - 1] != index)
        ]

    @property
    def free(self) -> str:
        """The likeliest text without any form."""
        return ''.join(mark for mark, _ in self.marks)

    def part(self, start: float, end: float) -> Lattice:
        """The steps from `start` to `end`, both as shares of its length."""
        steps = len(self.likely)
        first, last = max(0, int(start * steps)), min(steps, int(np.ceil(end * steps)))
        return Lattice(self.likely[first:last], self.alphabet)


@dataclass(frozen=True)
class Spelling:
    """The likeliest text of a form, how sure each place is, and what else it may be.

    `fit` is the mean likelihood a step of this text beside the likeliest of all
    texts: near 1 where the form asks for nothing but what is seen.
    """

    text: str
    certainties: tuple[float, ...]
    others: tuple[dict[str, float], ...]
    places: tuple[float, ...]
    fit: float
    agreed: bool = False
    """Whether two models, or two views in three of more than two, spell it so by themselves."""

    @property
    def score(self) -> float:
        """One weak character spoils a number."""
        if not self.certainties:
            return 0.0
        mean = sum(self.certainties) / len(self.certainties)
        return min(1.0, mean * (0.5 + 0.5 * min(self.certainties)))


def look(cut: Image, size: str = 'small', alphabet: str = PLAIN) -> Lattice:
    """The lattice of a cut line."""
    return Lattice(_narrowed(recognition.output(cut, size), size, alphabet), alphabet)


def both(cut: Image, alphabet: str = PLAIN) -> tuple[Lattice, ...]:
    """The lattices of both models; where two agree neither is likely to err."""
    return tuple(look(cut, size, alphabet) for size in ('small', 'tiny'))


def joined(pieces: Sequence[Sequence[Lattice]]) -> tuple[Lattice, ...]:
    """The lattices of one text that is printed in several pieces, a gap between them."""
    whole = []
    for views in zip(*pieces, strict=True):
        gap = np.full((1, len(views[0].alphabet) + 1), FLOOR, np.float32)
        gap[0, BLANK] = 1.0
        rows = [part for view in views for part in (view.likely, gap)]
        whole.append(Lattice(np.concatenate(rows), views[0].alphabet))
    return tuple(whole)


def _narrowed(output: Floats, size: str, alphabet: str) -> Floats:
    groups = _columns(size, alphabet)
    kept = [output[:, list(group)].sum(axis=1) for group in groups]
    return np.asarray(np.stack([output[:, BLANK], *kept], axis=1), np.float32)


@lru_cache(maxsize=32)
def _columns(size: str, alphabet: str) -> tuple[tuple[int, ...], ...]:
    """The model's outputs that stand for each character: itself, small and full-width."""
    places = {mark: at for at, mark in enumerate(weights.alphabet(size)) if mark}
    wanted = []
    for mark in alphabet:
        wide = chr(ord(mark) + 0xFEE0) if '!' <= mark <= '~' else mark
        names = {mark, wide, *ALIASES.get(mark, '')}
        # Small letters that have the shape of the capital; the others are other letters.
        if mark in 'CFKMOPSUVWXYZ':
            names.add(mark.lower())
        wanted.append(tuple(sorted(places[name] for name in names if name in places)))
    return tuple(wanted)


def spell(lattices: Sequence[Lattice], form: Sequence[str]) -> Spelling:
    """The likeliest text of so many characters, each out of its set of `form` if at all possible.

    Each model spells for itself; place by place their opinions are then added up. One
    whose own text has nearly no such form is not asked.
    """
    seen = [one for one in (_spell(lattice, form) for lattice in lattices) if one.text]
    if not seen:
        return Spelling('', (), (), (), 0.0)
    best = max(one.fit for one in seen)
    asked = [one for one in seen if one.fit > 0.9 * best]
    if len(asked) == 1:
        return asked[0]
    text, sure, others = '', [], []
    for place in range(len(form)):
        views = [{**one.others[place], one.text[place]: one.certainties[place]} for one in asked]
        marks = set().union(*views)
        total = {mark: sum(view.get(mark, 0.0) for view in views) / len(views) for mark in marks}
        mark = max(total, key=lambda one: (total[one], one))
        text += mark
        sure.append(total.pop(mark))
        others.append(total)
    fit = sum(one.fit for one in asked) / len(asked)
    agreed = 3 * sum(one.text == text for one in asked) >= 2 * len(asked)
    return Spelling(text, tuple(sure), tuple(others), asked[0].places, fit, agreed)


def _spell(lattice: Lattice, form: Sequence[str]) -> Spelling:
    emissions, free = _emissions(lattice, form)
    path, total = _best_path(emissions, np.log(np.maximum(lattice.likely[:, BLANK], FLOOR)))
    steps = max(1, len(lattice.likely))
    fit = float(np.exp((total - free) / steps)) if np.isfinite(total) else 0.0
    text, sure, others, places = '', [], [], []
    for place, (first, last, index) in enumerate(path):
        part = np.exp(emissions[first : last + 1, place])
        peak = int(part[:, index].argmax())
        seen = part[peak]
        share = seen / max(float(seen.sum()), 1e-9)
        text += lattice.alphabet[index]
        sure.append(min(float(share[index]), float(seen[index])))
        order = np.argsort(-share)[:4].tolist()
        others.append(
            {lattice.alphabet[k]: float(share[k]) for k in order if k != index and share[k] > 1e-4}
        )
        places.append((first + peak + 0.5) / steps)
    return Spelling(text, tuple(sure), tuple(others), tuple(places), fit)


def _emissions(lattice: Lattice, form: Sequence[str]) -> tuple[Floats, float]:
    """Logarithms of the likelihoods: step, place, character; and the likeliest path's sum."""
    tables = {kind: _table(lattice, kind) for kind in set(form)}
    stacked = np.stack([tables[kind] for kind in form], axis=1)
    free = float(np.log(np.maximum(lattice.likely.max(axis=1), FLOOR)).sum())
    return stacked, free


def _table(lattice: Lattice, kind: str) -> Floats:
    """Logarithms of the likelihoods where one of `kind` should stand."""
    table: Floats = np.log(np.maximum(AGAINST * lattice.likely[:, 1:], FLOOR)).astype(np.float32)
    kept = [at for at, mark in enumerate(lattice.alphabet) if mark in kind]
    mass = alike(lattice.likely, lattice.alphabet, kind)
    table[:, kept] = np.log(np.maximum(mass[:, kept], FLOOR))
    return table


def alike(likely: Floats, alphabet: str, kind: str) -> Floats:
    """The likelihoods where one of `kind` should stand: what looks alike counts for it."""
    seen = likely[:, 1:]
    mass = seen.copy()
    for at, mark in enumerate(alphabet):
        if mark not in kind:
            continue
        for rank, other in enumerate(LIKE.get(mark, '')):
            if other not in kind and other in alphabet:
                # The first letter that a figure looks like, and the other way round, is meant most.
                worth = 0.95 if LIKE[other][0] == mark and not rank else 0.6
                mass[:, at] += worth * seen[:, alphabet.index(other)]
    return mass


def _best_path(emit: Floats, blank: Floats) -> tuple[list[tuple[int, int, int]], float]:
    """First step, last step and character of each place on the likeliest path (CTC, Viterbi)."""
    steps, places, width = emit.shape
    if steps < places:
        return [], -np.inf
    char = np.full((places + 1, width), -np.inf, np.float32)
    rest = np.full(places + 1, -np.inf, np.float32)
    rest[0] = 0.0
    came = np.zeros((steps, places, width), np.int16)
    stay_blank = np.zeros((steps, places + 1), bool)
    rows = np.arange(places)
    best_of = np.zeros((steps, places + 1), np.int16)
    for step in range(steps):
        top = char.argmax(axis=1)
        first = char[np.arange(places + 1), top]
        masked = char.copy()
        masked[np.arange(places + 1), top] = -np.inf
        runner = masked.argmax(axis=1)
        second = masked[np.arange(places + 1), runner]
        # Entering a place: after a blank, or straight from another character.
        straight = np.broadcast_to(first[:-1, None], (places, width)).copy()
        origin = np.broadcast_to(top[:-1, None], (places, width)).astype(np.int16)
        straight[rows, top[:-1]] = second[:-1]
        origin[rows, top[:-1]] = runner[:-1]
        after_blank = np.broadcast_to(rest[:-1, None], (places, width))
        enter = np.where(after_blank >= straight, after_blank, straight)
        code = np.where(after_blank >= straight, -2, origin)
        stay = char[1:]
        came[step] = np.where(stay >= enter, -1, code)
        fresh = np.maximum(stay, enter) + emit[step]
        stay_blank[step] = rest >= first
        best_of[step] = top
        rest = np.maximum(rest, first) + blank[step]
        char = np.concatenate([np.full((1, width), -np.inf, np.float32), fresh])
    return _traced(char, rest, came, stay_blank, best_of)


def _traced(
    char: Floats,
    rest: Floats,
    came: NDArray[np.int16],
    stay_blank: NDArray[np.bool_],
    best_of: NDArray[np.int16],
) -> tuple[list[tuple[int, int, int]], float]:
    places = len(rest) - 1
    last = int(char[places].argmax())
    total = max(float(rest[places]), float(char[places, last]))
    if not np.isfinite(total):
        return [], -np.inf
    in_blank = rest[places] >= char[places, last]
    place, index, end = places, last, len(came) - 1
    found: list[tuple[int, int, int]] = []
    for step in range(len(came) - 1, -1, -1):
        if in_blank:
            if not stay_blank[step, place]:
                in_blank, index, end = False, int(best_of[step, place]), step - 1
            continue
        move = int(came[step, place - 1, index])
        if move == -1:
            continue
        found.append((step, end, index))
        place -= 1
        if move == -2:
            in_blank = True
        else:
            index, end = move, step - 1
    return found[::-1], total
