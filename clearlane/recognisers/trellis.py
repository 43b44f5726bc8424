"""The likeliest text of a form whose parts may be left out or repeated, in a lattice.

`lattice.spell` wants a place for each character. A mark has none: it is longer or shorter,
in one of a few chains of places. Each chain is searched along the lattice, all of them at
once, for the text that is likeliest under the rule of the models (CTC): a character lasts
some steps, a blank may follow it, and stands between two that are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers.lattice import BLANK, FLOOR, Floats, Lattice, alike

ONCE, MAYBE, MORE, SLIP = 'once', 'maybe', 'more', 'slip'
"""A place is taken once, once or not at all, once or more, or lost only by a slip of reading."""

LOST = float(np.log(0.02))
"""What it costs that a character is not seen although it must have been printed."""

STRAY = float(np.log(0.1))
"""What a step costs, at most, that shows something before or behind the text."""

EMPTY = 0.999
"""A step that is blank with this likelihood says no more than one such step."""

NEVER = -1e9

Place = tuple[str, str]
"""The characters that may stand there, and how often."""

Ints = NDArray[np.int16]


@dataclass(frozen=True)
class Form:
    """Chains of places, each with what it costs that it is this one."""

    chains: tuple[tuple[float, tuple[Place, ...]], ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places of all chains."""
        return tuple(place for _, chain in self.chains for place in chain)

    @cached_property
    def ways(self) -> list[list[tuple[int, float]]]:
        """From where each place is entered, at what cost; -1 is the start of the text."""
        found: list[list[tuple[int, float]]] = []
        base = 0
        for price, chain in self.chains:
            for at, (_, often) in enumerate(chain):
                before = [(base + at, 0.0)] if often == MORE else []
                cost = 0.0
                for back in range(at - 1, -1, -1):
                    before.append((base + back, cost))
                    cost += _skipped(chain[back])
                    if cost <= NEVER:
                        break
                else:
                    before.append((-1, cost + price))
                found.append(before)
            base += len(chain)
        return found

    @cached_property
    def ends(self) -> list[tuple[int, float]]:
        """At which places the text may end, and at what cost."""
        found, base = [], 0
        for _, chain in self.chains:
            cost = 0.0
            for at in range(len(chain) - 1, -1, -1):
                found.append((base + at, cost))
                cost += _skipped(chain[at])
                if cost <= NEVER:
                    break
            base += len(chain)
        return found


def _skipped(place: Place) -> float:
    return {MAYBE: 0.0, SLIP: LOST}.get(place[1], NEVER)


@dataclass(frozen=True)
class Said:
    """The likeliest text, how sure each character is, and how it stands to the freest reading."""

    text: str
    certainties: tuple[float, ...]
    fit: float
    """The likelihood a character of this text beside that of the likeliest of all texts."""

    @property
    def score(self) -> float:
        """One weak character spoils it."""
        if not self.certainties:
            return 0.0
        mean = sum(self.certainties) / len(self.certainties)
        return min(1.0, mean * (0.5 + 0.5 * min(self.certainties)))


def say(lattice: Lattice, form: Form) -> Said | None:
    """The likeliest text of the form, or None where the lattice is too short for any."""
    likely = _shortened(lattice.likely)
    search = _Search(likely, lattice.alphabet, form)
    path = search.path()
    if not path:
        return None
    text, sure = '', []
    for place, index, first, last in path:
        seen = np.exp(search.emit(place, slice(first, last + 1)))
        peak = int(seen[:, index].argmax())
        allowed = float(seen[peak].sum())
        text += lattice.alphabet[index]
        sure.append(min(float(seen[peak, index]), float(seen[peak, index]) / max(allowed, 1e-9)))
    free = float(np.log(np.maximum(likely.max(axis=1), FLOOR)).sum())
    return Said(text, tuple(sure), float(np.exp((search.total - free) / len(text))))


def _shortened(likely: Floats) -> Floats:
    """The lattice with one step for each run of blanks."""
    empty = likely[:, BLANK] > EMPTY
    kept = ~empty | np.concatenate([[True], ~empty[:-1]])
    return np.asarray(likely[kept], np.float32)


_Lead = tuple[NDArray[np.int64], Floats]


@dataclass(frozen=True)
class _Step:
    """What is known before a step: blanks and characters of each place; and how it is entered."""

    way: Ints
    rest: Floats
    lead: _Lead


class _Search:
    """The Viterbi search through all chains."""

    def __init__(self, likely: Floats, alphabet: str, form: Form) -> None:
        self.kinds = {kind: at for at, kind in enumerate(sorted({one for one, _ in form.places}))}
        self.tables = np.stack([_table(likely, alphabet, kind) for kind in self.kinds])
        self.kind = np.array([self.kinds[one] for one, _ in form.places])
        self.blank = np.log(np.maximum(likely[:, BLANK], FLOOR))
        self.stray = np.maximum(self.blank, STRAY)
        self.total = -np.inf
        self.form = form
        deep = max(len(ways) for ways in form.ways)
        self.source = np.full((len(form.places), deep), len(form.places) + 1)
        self.price = np.full((len(form.places), deep), NEVER)
        for at, ways in enumerate(form.ways):
            for slot, (before, cost) in enumerate(ways):
                # The start is kept behind the places; behind it is one that is never reached.
                self.source[at, slot] = before if before >= 0 else len(form.places)
                self.price[at, slot] = cost

    def emit(self, place: int, steps: slice) -> Floats:
        """The logarithms of the likelihoods at a place."""
        return np.asarray(self.tables[self.kind[place], steps])

    def path(self) -> list[tuple[int, int, int, int]]:
        """Place, character, first and last step of each character of the likeliest text."""
        count, width, steps = len(self.kind), self.tables.shape[2], len(self.blank)
        char, rest = np.full((count, width), NEVER), np.full(count, NEVER)
        behind = np.concatenate([np.cumsum(self.stray[::-1])[::-1], [0.0]])
        before, trail = 0.0, []
        best: tuple[float, int, int, int] = (NEVER / 2, -1, -1, -1)
        ends, costs = map(np.array, zip(*self.form.ends, strict=True))
        for step in range(steps):
            lead = _leading(char)
            entered, way = self._entered(rest, lead, before)
            trail.append(_Step(np.where(char >= entered, -1, way), rest, lead))
            rest = np.maximum(rest, lead[1][0]) + self.blank[step]
            char = np.maximum(char, entered) + self.tables[self.kind, step]
            before += float(self.stray[step])
            last = char[ends].argmax(axis=1)
            values = char[ends, last] + costs
            at = int(values.argmax())
            value = float(values[at] + behind[step + 1])
            best = max(best, (value, step, int(ends[at]), int(last[at])))
        self.total = best[0]
        return self._traced(trail, *best[1:]) if best[1] >= 0 else []

    def _entered(self, rest: Floats, lead: _Lead, before: float) -> tuple[Floats, Ints]:
        """How likely each place is entered with each character, and by which way."""
        count, width = len(rest), self.tables.shape[2]
        rows, (tops, values) = np.arange(count), lead
        straight = np.full((count + 2, width), NEVER)
        straight[:count] = values[0][:, None]
        straight[rows, tops[0]] = values[1]
        rested = np.concatenate([rest, [before, NEVER]])
        from_there = np.maximum(straight, rested[:, None])
        each = from_there[self.source] + self.price[:, :, None]
        slot = each.argmax(axis=1)
        entered = np.take_along_axis(each, slot[:, None], axis=1)[:, 0]
        return entered, slot.astype(np.int16)

    def _traced(
        self, trail: Sequence[_Step], step: int, place: int, index: int
    ) -> list[tuple[int, int, int, int]]:
        """The way back from the last character to the first."""
        found, last = [], step
        while True:
            way = int(trail[step].way[place, index])
            if way < 0:
                step -= 1
                continue
            found.append((place, index, step, last))
            place = int(self.source[place, way])
            if place >= len(self.kind):
                return found[::-1]
            tops, values = trail[step].lead
            other = int(tops[0][place] == index)
            rested = trail[step].rest[place] >= values[other][place]
            step -= 1
            while rested:
                tops, values = trail[step].lead
                rested, other = trail[step].rest[place] >= values[0][place], 0
                step -= 1
            index, last = int(tops[other][place]), step


def _leading(char: Floats) -> _Lead:
    """The likeliest character of each place and the next, and how likely both are."""
    rows = np.arange(len(char))
    top = char.argmax(axis=1)
    others = char.copy()
    others[rows, top] = 2 * NEVER
    runner = others.argmax(axis=1)
    return np.stack([top, runner]), np.stack([char[rows, top], others[rows, runner]])


def _table(likely: Floats, alphabet: str, kind: str) -> Floats:
    """Logarithms of the likelihoods where one of `kind` stands; never anything else."""
    mass = alike(likely, alphabet, kind)
    table = np.full(mass.shape, NEVER)
    kept = [at for at, mark in enumerate(alphabet) if mark in kind]
    table[:, kept] = np.log(np.maximum(mass[:, kept], FLOOR))
    return table
