"""What may stand at each place of a machine-readable zone, and mending by check digits.

The forms are those of ICAO Doc 9303, parts 4 to 7; the code itself is judged by
`clearlane.codes.mrz`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from clearlane.codes import mrz
from clearlane.recognisers import states
from clearlane.recognisers.lattice import FIGURES, FILLER, LETTERS, LIKE, PLAIN, Spelling

NAMED = LETTERS + FILLER
NUMBERED = FIGURES + FILLER

_DATES = [FIGURES] * 6 + [FIGURES], ['MFX' + FILLER], [NUMBERED] * 6 + [NUMBERED]
_BODY = [*_DATES[0], *_DATES[1], *_DATES[2]]
_NUMBER = [PLAIN] * 9 + [NUMBERED]

FORMS: dict[str, tuple[tuple[str, ...], ...]] = {
    'TD3': (
        ('P', *[NAMED] * 43),
        (*_NUMBER, *[NAMED] * 3, *_BODY, *[PLAIN] * 14, NUMBERED, FIGURES),
    ),
    'TD2': (
        ('ACIP', *[NAMED] * 35),
        (*_NUMBER, *[NAMED] * 3, *_BODY, *[PLAIN] * 7, FIGURES),
    ),
    'MRV-A': (
        ('V', *[NAMED] * 43),
        (*_NUMBER, *[NAMED] * 3, *_BODY, *[PLAIN] * 16),
    ),
    'MRV-B': (
        ('V', *[NAMED] * 35),
        (*_NUMBER, *[NAMED] * 3, *_BODY, *[PLAIN] * 8),
    ),
    'TD1': (
        ('ACI', *[NAMED] * 4, *_NUMBER, *[PLAIN] * 15),
        (*_BODY, *[NAMED] * 3, *[PLAIN] * 11, FIGURES),
        (*[NAMED] * 30,),
    ),
}
"""The kind of character at each place, by format and line. What follows the first letter of the
document code is a letter or a filler in every code that parts 4 to 7 name (PD, PO, AC, ID)."""

_COVERED = {
    'TD3': {'number': (44, 54), 'birth': (57, 64), 'expiry': (65, 72), 'optional': (72, 87)},
    'TD2': {'number': (36, 46), 'birth': (49, 56), 'expiry': (57, 64)},
    'TD1': {'number': (5, 15), 'birth': (30, 37), 'expiry': (38, 45)},
}
_COVERED |= {'MRV-A': {**_COVERED['TD3']}, 'MRV-B': _COVERED['TD2']}
del _COVERED['MRV-A']['optional']
_REST = {
    'TD3': ((87, 88),), 'TD2': ((64, 72),), 'TD1': ((15, 30), (48, 60)), 'MRV-A': (), 'MRV-B': (),
}  # fmt: skip
"""What only the composite digit covers."""

_STATES = {
    'TD3': ((2, 5), (54, 57)), 'TD2': ((2, 5), (46, 49)), 'TD1': ((2, 5), (45, 48)),
    'MRV-A': ((2, 5), (54, 57)), 'MRV-B': ((2, 5), (46, 49)),
}  # fmt: skip
_NAMES = {'TD3': (5, 44), 'TD2': (5, 36), 'TD1': (60, 90), 'MRV-A': (5, 44), 'MRV-B': (5, 36)}

UNSEEN = 0.004
"""How likely a look-alike is that the model did not name."""

SEEN = 0.02
"""How likely a character is that a model did see there."""

RIVAL = 8.0
"""A mending must be so many times likelier than the next one."""

LEAST = 1e-4
"""A mending that is less likely than this is a guess."""


@dataclass(frozen=True)
class Zone:
    """A zone as it was read: format, lines, the spelling of each, and what was mended."""

    format: str
    spellings: tuple[Spelling, ...]
    text: str
    repaired: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The text cut into its lines."""
        length = len(self.text) // len(self.spellings)
        return tuple(self.text[at : at + length] for at in range(0, len(self.text), length))

    @property
    def value(self) -> str:
        """The lines with a line break between."""
        return '\n'.join(self.lines)

    @property
    def checks(self) -> dict[str, bool]:
        """Which check digits are right."""
        return mrz.checks(self.value)

    @property
    def fit(self) -> float:
        """How well the form suits the worst line."""
        return min(one.fit for one in self.spellings)


def mended(zone: Zone) -> Zone:
    """The zone with every field set right that has exactly one likely right reading."""
    text, done = zone.text, list[str]()
    for name, (start, end) in _COVERED[zone.format].items():
        if zone.checks.get(name, True):
            continue
        found = _one(zone, text, list(range(start, end)), name)
        if found is not None:
            text, done = found, [*done, name]
    now = Zone(zone.format, zone.spellings, text, tuple(done))
    rest = [at for start, end in _REST[zone.format] for at in range(start, end)]
    wrong = [name for name, right in now.checks.items() if not right]
    if wrong == ['composite'] and rest:
        found = _one(now, text, rest, 'composite')
        if found is not None:
            return Zone(zone.format, zone.spellings, found, (*done, 'composite'))
    return now


def stated(zone: Zone) -> Zone:
    """The zone with what has no check digit set right: States by their codes, fillers by form.

    A code that is none is taken for the only one it looks like. Behind names no more than
    fillers stand, so what follows three of them is one.
    """
    text, done = zone.text, list(zone.repaired)
    places = dict(zip(('issuer', 'nationality'), _STATES[zone.format], strict=True))
    codes = {name: text[slice(*place)] for name, place in places.items()}
    for name, other in (('issuer', 'nationality'), ('nationality', 'issuer')):
        if states.is_code(codes[name]) or not codes[name].rstrip(FILLER).isalpha():
            continue
        found = states.meant(codes[name], codes[other])
        if found is not None:
            start, end = places[name]
            text, done = text[:start] + found + text[end:], [*done, name]
    start, end = _NAMES[zone.format]
    names = text[start:end]
    at = names.find(FILLER * 3)
    if at > 0:
        text = text[:start] + names[:at].ljust(end - start, FILLER) + text[end:]
    return replace(zone, text=text, repaired=tuple(done))


def is_ambiguous(zone: Zone) -> bool:
    """Whether another reading that the models saw as well passes every check digit.

    Two changes can cancel each other out, as an O for a 0 at places of weights 7 and 3.
    """
    places = [at for start, end in _COVERED[zone.format].values() for at in range(start, end)]
    seen = [
        (at, mark)
        for at in places
        for mark, likely in _spelt(zone, at).items()
        if likely >= SEEN and mark != zone.text[at]
    ]
    for changes in itertools.chain(*(itertools.combinations(seen, count) for count in (1, 2))):
        text = list(zone.text)
        for at, mark in changes:
            text[at] = mark
        other = ''.join(text)
        if other != zone.text and all(replace(zone, text=other).checks.values()):
            return True
    return False


def _spelt(zone: Zone, at: int) -> dict[str, float]:
    line, place = divmod(at, len(zone.text) // len(zone.spellings))
    spelling = zone.spellings[line]
    return {**spelling.others[place], spelling.text[place]: spelling.certainties[place]}


def _one(zone: Zone, text: str, places: list[int], name: str) -> str | None:
    """The text with one or two characters changed so that this digit is right, if one is likely."""
    best: list[tuple[float, str]] = []
    for cost, changed in _changes(zone, text, places):
        if Zone(zone.format, zone.spellings, changed).checks.get(name):
            best.append((cost, changed))
    best.sort()
    if not best or best[0][0] > -math.log(LEAST):
        return None
    if len(best) > 1 and best[1][0] - best[0][0] < math.log(RIVAL):
        return None
    return best[0][1]


def _changes(zone: Zone, text: str, places: Sequence[int]) -> Iterator[tuple[float, str]]:
    """Texts with up to two characters changed, with how unlikely the changes are."""
    single = [(cost, at, mark) for at in places for cost, mark in _instead(zone, text, at)]
    for cost, at, mark in single:
        yield cost, text[:at] + mark + text[at + 1 :]
    for (one, at, mark), (two, other, second) in itertools.combinations(single, 2):
        if at != other and one + two <= -math.log(LEAST):
            both = list(text)
            both[at], both[other] = mark, second
            yield one + two, ''.join(both)


def _instead(zone: Zone, text: str, at: int) -> Iterator[tuple[float, str]]:
    """What else may stand at this place of the zone, by the lattice and by looks."""
    length = len(text) // len(zone.spellings)
    line, place = divmod(at, length)
    form, spelling = FORMS[zone.format][line], zone.spellings[line]
    sure, seen = max(spelling.certainties[place], 1e-3), dict(spelling.others[place])
    for mark in LIKE.get(text[at], ''):
        seen[mark] = max(seen.get(mark, 0.0), UNSEEN)
    for mark, likely in seen.items():
        if mark in form[place] and mark != text[at]:
            yield -math.log(max(likely, 1e-9) / sure), mark
