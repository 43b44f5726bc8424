"""Pairs of faces drawn by the other hands: other print, boards, cameras and faults.

The registered photograph shows one box of a design, the new one the next box of it, by another
camera: `shots` or the pier's phone with its wide lens. Synthetic, like all that is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bench.hands import faults, pier, pier_camera, pier_content, shots
from bench.hands.content import Content, content
from bench.hands.faces import Face

HANDS = ('label_room', 'yard', 'form', 'quay', 'pier')
HONEST = ('clean', 'phone', 'hard')
HARD = ('noise', 'steep', 'pier shadow', 'jpeg', 'pier lamp', 'shadow', 'pier aside')
"""Of the conditions those in which a face is still to be seen whole."""
OTHER_PRINT = ('other_print', 'tape_missing')
SIZE = (1600, 1200)
PER_MM = 0.8 * SIZE[0] / 560


@dataclass(frozen=True)
class Drawn:
    """A registered and a new photograph; `wrong` is what is wrong with it, or ''."""

    packaging: str
    """The hand that drew it."""
    condition: str
    wrong: str
    new: Any
    registered: Any


def pairs(designs: int, seed: int) -> Iterator[Drawn]:
    """Every condition and every fault of so many designs of each hand."""
    for hand in HANDS:
        for k in range(designs):
            yield from design(hand, f'{hand} {seed + k}', k)


def design(hand: str, name: str, k: int) -> Iterator[Drawn]:
    """All pairs of one design; `k` goes round cameras and hard conditions."""
    rng = random.Random(name)
    said = pier_content.box(rng) if hand == 'pier' else content(rng)
    old = _taken(_wall(hand, said, name, 'old'), ('clean', 'pier clean')[k % 2], name)
    for n, kind in enumerate(HONEST):
        how = {'clean': 'clean', 'phone': 'pier clean'}.get(kind, HARD[k % len(HARD)])
        wall = _wall(hand, _numbered(said, n + 1), name, f'{n}')
        yield Drawn(hand, kind, '', _taken(wall, how, f'{name} {kind}'), old)
    for n, fault in enumerate((*faults.FAULTS, *OTHER_PRINT)):
        by = random.Random(f'{name} {fault}')
        following = _numbered(said, n + 5)
        if fault == 'other_print':
            following = _otherwise(following)
        wall = _wall(hand, following, name, fault, tape=fault != 'tape_missing')
        if fault in faults.FAULTS and not faults.FAULTS[fault](wall, by):
            continue
        how = ('clean', 'pier clean')[(n + k) % 2]
        yield Drawn(hand, HONEST[(n + k) % 2], fault, _taken(wall, how, f'{name} {fault}'),
                    old)  # fmt: skip


def _wall(hand: str, said: Content, name: str, box: str, *, tape: bool = True) -> Face:
    """The wall of one box; all boxes of a name are laid out alike."""
    layout = random.Random(f'{name} layout')
    draw = pier.pier if hand == 'pier' else shots.HANDS[hand]
    face: Face = draw(said, layout, PER_MM)
    own = random.Random(f'{name} {box}')
    faults.another_board(face, own)
    if tape:
        faults.taped(face, own)
    return face


def _numbered(said: Content, ahead: int) -> Content:
    """The box so many places later: another serial, other codes, a mass a little other."""
    digits = len(said.serial) - len(said.serial.rstrip('0123456789'))
    if digits:
        stem, number = said.serial[:-digits], int(said.serial[-digits:])
        serial = f'{stem}{(number + 37 * ahead) % 10**digits:0{digits}d}'
    else:
        serial = said.serial[:-1] + 'ABCDEFGHJK'[ahead % 10]
    codes = tuple(
        replace(code, value=code.value.replace(said.serial, serial)) for code in said.codes
    )
    change = (0.1, 0, 0, -0.1)[ahead % 4]
    form = '{:.1f}' if said.gross.endswith('.0') else '{:g}'
    return replace(
        said, serial=serial, codes=codes,
        gross=form.format(round(float(said.gross) + change, 2)),
        net=form.format(round(float(said.net) + change, 2)),
    )  # fmt: skip


def _otherwise(said: Content) -> Content:
    """What another design says: another number, name and mark."""
    number, name_en, name_zh = ('UN1263', 'Paint', '涂料')
    rows = tuple(row[::-1] if len(row) > 3 else row for row in said.rows)
    return replace(said, un_number=number, name_en=name_en, name_zh=name_zh, rows=rows)


def _taken(wall: Face, how: str, name: str) -> Any:
    rng = random.Random(f'{name} camera')
    if how.startswith('pier '):
        return pier_camera.taken(wall, 'wall', rng, how.removeprefix('pier '), SIZE)
    return shots.taken(wall, 'wall', rng, how, SIZE)
