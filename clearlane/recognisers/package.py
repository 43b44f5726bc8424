"""Everything a photograph of a package says: marks, numbers, masses, codes, labels, words.

What stands in one line is reported once: a line that is a mark or a value is no
`text` as well, unless it says more than that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from clearlane.codes import un_mark as codes_un_mark
from clearlane.model import Reading
from clearlane.recognisers import (
    barcodes,
    calibration,
    closer,
    fields,
    further,
    hazard_label,
    lone_sign,
    mark_again,
    masses,
    numbers,
    picture,
    shipping_names,
    sources,
    stacked,
    un_mark,
    un_number,
)
from clearlane.recognisers.reader import Readings
from clearlane.recognisers.text import line, page
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.second_look import folded

NAME = 'package/1'
TEXT = 'text/1'

SQUARES = ('qr', 'datamatrix')
"""Codes whose corners are those of all that belongs to them."""

MOST_AROUND = 4.0
"""The paper around such a code is at most so many times as large."""

MOST_OVER = 5
"""So many times the mass of its mark no package weighs."""

WORDS = 0.6
"""From this score on a line is words, whatever else it looks like."""


def interpret(lines: list[line.Line], copies: Pyramid | None = None) -> list[Reading]:
    """What lines of text say; every line ends up in a reading.

    Doubtful marks, and numbers of containers, vehicles and documents, are read again from the
    picture.
    """
    again = None if copies is None else mark_again.Again(copies)
    marks, in_marks = un_mark.find(lines, again)
    if copies is not None and _are_wrong(marks) and (signs := lone_sign.found(lines, copies)):
        lines = [*lines, *signs]
        marks, in_marks = un_mark.find(lines, again)
    others = [one for index, one in enumerate(lines) if index not in in_marks]
    if copies is not None and _are_wrong(marks):
        near = closer.around(copies, marks[0].box)
        nearer = [one for one in un_mark.find(near, again)[0] if 'error' not in one.details]
        if nearer:  # a row of it had been overlooked
            marks = nearer
            others = [one for one in lines if not _inside_of(one, marks)]
    numbered: list[Reading] = []
    if copies is not None and not any('error' not in mark.details for mark in marks):
        # A closer look for such numbers costs time, and a wall that bears a mark has none.
        numbered, in_numbers = numbers.find(others, copies.level(0))
        others = [one for index, one in enumerate(others) if index not in in_numbers]
    values, spent = fields.find(others)
    if again is not None and (marks or values) and all(one.kind != 'un_number' for one in values):
        number, in_number = un_number.find(others, again)
        values, spent = values + number, spent | in_number
    values = _within(values, marks)
    if further.is_container(one.text for one in lines):
        # Its masses are the most that it holds: words as others are.
        loads = [one for one in values if one.kind in masses.KINDS]
        values = [one for one in values if one.kind not in masses.KINDS]
        spent = {index for index in spent if not _inside_of(others[index], loads)}
    words = [one for index, one in enumerate(others) if index not in spent]
    un_numbers = {one.value for one in values if one.kind == 'un_number'}
    named = shipping_names.find(others, un_numbers)
    return [*marks, *numbered, *values, *named, *(_text(one) for one in words)]


def _are_wrong(marks: list[Reading]) -> bool:
    """Whether there is something like a mark and no mark."""
    return bool(marks) and all('error' in mark.details for mark in marks)


def _within(values: list[Reading], marks: list[Reading]) -> list[Reading]:
    """The values; a mass in whole kilograms, many times that of the mark, is less sure: it has
    most likely lost its point. One that is a little too great is for a rule to judge."""
    allowed = [
        float(mass)
        for mark in marks
        if 'error' not in mark.details
        and (mass := codes_un_mark.parts(mark.value, today=un_mark.ANY_DAY).gross_mass_kg)
    ]
    most = MOST_OVER * max(allowed, default=float('inf'))
    return [
        replace(one, score=one.score * fields.IMPOSSIBLE)
        if one.kind in masses.KINDS and '.' not in one.value and float(one.value) > most
        else one
        for one in values
    ]


def _text(one: line.Line) -> Reading:
    return Reading(
        kind='text', value=one.text, score=one.score, recogniser=TEXT, box=line.corners(one.quad)
    )


def _spelt(codes: list[Reading]) -> set[str]:
    """What codes say, in the form in which lines are compared with it; little proves nothing."""
    values = {
        value
        for code in codes
        for value in (*fields.said_by(code.value), *code.details.get('gs1', {}).values())
    }
    return {said for said in map(folded, values) if len(said) >= 6}


def _squares(codes: list[Reading]) -> list[line.Quad]:
    """Where codes of squares stand that were read; nothing is printed within them."""
    squares = [code for code in codes if code.value and code.details['symbology'] in SQUARES]
    return [code.box for code in squares if code.box]


def _is_code(label: Reading, codes: list[Reading]) -> bool:
    """Whether what passed for a label is the paper around a code of squares that was read."""
    around = cv2.contourArea(np.array(label.box, np.float32))
    return any(
        line.holds(code, np.mean(label.box, axis=0))
        and around < MOST_AROUND * cv2.contourArea(np.array(code, np.float32))
        for code in _squares(codes)
    )


def _as_seen(codes: list[Reading], labels: list[Reading], lines: list[line.Line]) -> list[Reading]:
    """The codes without those places that looked like one and turned out to be label or words."""
    sure = [one.box for one in labels if one.score >= hazard_label.LEAST_SCORE]
    sure += [line.corners(one.quad) for one in lines if _is_words(one)]

    def is_one(code: Reading) -> bool:
        return any(line.holds(box, np.mean(code.box, axis=0)) for box in sure)

    return [one for one in codes if one.value or not is_one(one)]


def _is_words(one: line.Line) -> bool:
    """Whether a line says something that no strokes of a code pass for."""
    said = {mark for mark in one.text if mark.isalnum()} - set('Il1iLJTHEF')
    return one.score >= WORDS and len(said) >= 3


def _inside_of(one: line.Line, readings: list[Reading]) -> bool:
    """Whether the middle of a line lies where one of the readings stands."""
    return any(line.holds(reading.box, one.frame.centre) for reading in readings)


def _inside(one: line.Line, codes: list[Reading]) -> bool:
    """Whether a line lies within a barcode, whose modules can pass for a character or two."""
    return len(one.text) <= 2 and _inside_of(one, [code for code in codes if code.box])


@dataclass(frozen=True)
class PackageReader(sources.Sourced):
    """The reader of package photographs. It fails as a whole if any part of it fails.

    For `key_fields` alone it leaves out labels and codes that are not seen at a glance, and reads
    words that are no value only once.
    For `any_thing` it searches for other numbers where there is no package. `mm_per_px` is the
    scale at the face, where the camera stands still and it was measured; labels then have
    their side in millimetres.
    """

    name: str = NAME
    key_fields: bool = False
    any_thing: bool = False
    mm_per_px: float | None = None

    def read(self, picture_bytes: bytes) -> Readings:
        """All that is seen in the picture; raises Unreadable if it is none."""
        seen = self.raw(picture_bytes)
        return replace(seen, readings=tuple(map(calibration.calibrated, seen.readings)))

    def raw(self, picture_bytes: bytes) -> Readings:
        """The same with scores as the recognisers compute them, before they are calibrated."""
        image = picture.upright(picture_bytes)
        copies = Pyramid(image)
        codes = barcodes.read(copies, glance=self.key_fields)
        seen = page.read(
            copies, known=_spelt(codes), covered=_squares(codes), key_fields=self.key_fields
        )
        lines = stacked.joined([one for one in seen if not _inside(one, codes)])
        said = fields.confirmed(interpret(lines, copies), codes)
        labels = [] if self.key_fields else hazard_label.read(copies, lines, self.mm_per_px)
        labels = [one for one in labels if not _is_code(one, codes)]
        readings = [*said, *_as_seen(codes, labels, lines), *labels]
        if self.any_thing and not further.is_package(readings):
            numbers = [one for one in readings if one.kind in further.NUMBERS]
            others = [one for one in readings if one.kind not in further.NUMBERS]
            readings = [*further.found(image, lines, numbers), *others]
        height, width = image.shape[:2]
        return Readings(width=width, height=height, readings=tuple(readings))


PACKAGE = PackageReader()

PHOTOGRAPH = PackageReader('photograph/1', any_thing=True)
"""The same, and where it is no package a door, a vehicle or a document as well as can be."""

KEY_FIELDS = PackageReader('package_key_fields/1', key_fields=True)
"""Marks, numbers, masses, and codes seen at a glance alone, for a line that cannot wait."""
