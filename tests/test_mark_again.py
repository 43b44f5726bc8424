"""Marks read again out of the picture: dotted print whose lines read as no mark, or as another."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from bench.hands import nozzles
from clearlane.recognisers import calibration, mark_again, trellis, un_mark, un_number
from clearlane.recognisers.lattice import BLANK, Lattice
from clearlane.recognisers.mark_again import FORM, SIGNS
from clearlane.recognisers.text import recognition
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line

MARK = '4G/Y25/S/24/CN/C230003 PI:001'


def lattice(text: str, doubts: dict[int, tuple[str, float]] | None = None) -> Lattice:
    """A lattice that says this text; at some places another character is held likely as well."""
    steps = []
    for at, mark in enumerate(text):
        other, share = (doubts or {}).get(at, (mark, 0.0))
        step = np.full(len(SIGNS) + 1, 1e-7, np.float32)
        step[SIGNS.index(other) + 1] += share
        step[SIGNS.index(mark) + 1] += 0.99 - share
        blank = np.full(len(SIGNS) + 1, 1e-7, np.float32)
        blank[BLANK] = 1.0
        steps += [step, blank]
    return Lattice(np.array(steps), SIGNS)


@pytest.mark.parametrize(
    ('seen', 'doubts', 'meant'),
    [
        (MARK, None, MARK),
        ('4G/Y25/S/24/CM/C230003 PI:001', {13: ('N', 0.2)}, MARK),
        ('4G/425/S/24/CN/C230003 PI:001', {3: ('Y', 0.1)}, MARK),
        ('4G/Y25/5/24/CN/C230003', {7: ('S', 0.3)}, MARK[:22]),
        ('31A/2/12 25/CM/C350552/0/1200', {4: ('Z', 0.2), 13: ('N', 0.2)},
         '31A/Z/12 25/CN/C350552/0/1200'),
        ('Q4G/Y8.5/S/19/D/BAM 10482', None, '4G/Y8.5/S/19/D/BAM 10482'),
    ],
)  # fmt: skip
def test_the_likeliest_mark_is_taken(
    seen: str, doubts: dict[int, tuple[str, float]] | None, meant: str
) -> None:
    said = trellis.say(lattice(seen, doubts), FORM)
    assert said is not None
    assert said.text == meant


def test_a_character_that_is_seen_for_another_is_unsure() -> None:
    said = trellis.say(lattice('4G/Y25/S/24/CM/C230003', {13: ('N', 0.2)}), FORM)
    sure = trellis.say(lattice('4G/Y25/S/24/CN/C230003'), FORM)
    assert said is not None
    assert sure is not None
    assert said.certainties[13] < 0.3 < sure.score
    assert said.score < 0.7 < sure.score


@pytest.mark.parametrize('text', ['GROSS WEIGHT 27.8 KG', 'LOT: 32291', '4'])
def test_other_print_fits_no_mark(text: str) -> None:
    said = trellis.say(lattice(text), FORM)
    assert said is None or said.fit < un_mark.FITS


def page(rows: Sequence[str], cap: int = 56) -> tuple[np.ndarray, list[tuple[float, ...]]]:
    """A wall with rows of dotted print, and the box of each."""
    image = np.full((cap * 2 * (len(rows) + 1), 1500, 3), 205, np.uint8)
    boxes = []
    for index, row in enumerate(rows):
        mask = nozzles.matrix(row, cap, random.Random(7))
        top = cap + 2 * cap * index
        part = image[top : top + mask.shape[0], 60 : 60 + mask.shape[1]]
        part[mask > 90] = (40, 30, 30)
        boxes.append((50.0, top - 8.0, 70.0 + mask.shape[1], top + mask.shape[0] + 4.0))
    return image, boxes


@pytest.mark.parametrize(
    ('printed', 'first', 'mark'),
    [
        (('4D/Y22.5/S/21', 'CN/C511399'), ('40/422.5/S/21', 'CM/C511399'),
         '4D/Y22.5/S/21/CN/C511399'),
        (('4G/X40/S/19', 'USA/M4620'), ('4G/X40/S/19', 'USAM4620'), '4G/X40/S/19/USA/M4620'),
        (('4H2/Y5/S/22', 'GB/2291'), ('4H25/22', 'GB/2291'), '4H2/Y5/S/22/GB/2291'),
    ],
)  # fmt: skip
def test_what_reads_as_no_mark_is_read_again(
    printed: tuple[str, ...], first: tuple[str, ...], mark: str
) -> None:
    image, boxes = page(printed)
    lines = [
        Line(text=text, score=0.9, quad=((a, b), (c, b), (c, d), (a, d)))
        for text, (a, b, c, d) in zip(first, boxes, strict=True)
    ]
    found, used = un_mark.find(lines, mark_again.Again(Pyramid(image)))
    assert [one.value for one in found] == [mark]
    assert 'error' not in found[0].details
    assert calibration.calibrated(found[0]).score < calibration.threshold()
    assert used == {0, 1}


def test_an_8_counts_as_in_the_view_that_shows_it_best() -> None:
    shown, hidden = lattice('8').likely, lattice('0').likely
    held = recognition.held((hidden, hidden, shown), SIGNS.index('8') + 1)
    assert Lattice(held, SIGNS).free == '8'
    held = recognition.held((shown, hidden), SIGNS.index('0') + 1)
    assert Lattice(held, SIGNS).free == '0'


@pytest.mark.parametrize('first', ['U13480', '0817CN0', 'JN 348O', 'UN 34B'])
def test_a_number_that_reads_as_none_is_read_again(first: str) -> None:
    image, [(a, b, c, d)] = page(['UN 3480'])
    quad = ((a, b), (c, b), (c, d), (a, d))
    if first == '0817CN0':
        quad = (*quad[2:], *quad[:2])
    again = mark_again.Again(Pyramid(image))
    (found,), used = un_number.find([Line(text=first, score=0.8, quad=quad)], again)
    assert (found.value, found.details, used) == ('UN3480', {'repaired': first}, {0})
    assert found.score <= un_number.AGAIN


@pytest.mark.parametrize(
    ('printed', 'first'), [('LOT 3480', 'LOT 3480'), ('JH 3480', 'JH 3480'), ('UN 9480', 'U19480')]
)
def test_another_number_is_no_un_number(printed: str, first: str) -> None:
    image, [(a, b, c, d)] = page([printed])
    line = Line(text=first, score=0.8, quad=((a, b), (c, b), (c, d), (a, d)))
    assert un_number.find([line], mark_again.Again(Pyramid(image))) == ([], set())
