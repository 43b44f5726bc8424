"""`clearlane read` of photographs that show no package: doors, vehicles, documents, any way up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.anything import shown
from bench.doors import door
from bench.zones import page, zone
from clearlane.model import Reading
from clearlane.recognisers import further, mrz, package, photo
from clearlane.recognisers.text.line import Line
from tests.printed import line


def values(jpeg: bytes, kind: str, folder: Path) -> set[str]:
    path = folder / 'photo.jpg'
    path.write_bytes(jpeg)
    seen = photo.read(path)
    width, height = seen['width'], seen['height']
    for one in seen['readings']:
        assert all(-9 <= x <= width + 9 and -9 <= y <= height + 9 for x, y in one['box'])
    return {one['value'] for one in seen['readings'] if one['kind'] == kind and one['score'] >= 0.5}


def test_a_small_door_in_a_large_photograph_is_read_on_its_side(tmp_path: Path) -> None:
    one = door(1004, 'yard', 0.2, 'line')
    assert values(shown(one.jpeg, (4000, 3000), 2), 'container_number', tmp_path) == set(
        one.numbers
    )


def test_a_small_turned_document_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng([300, 3])
    text = zone('TD3', rng)
    assert values(shown(page(text, rng, 0.2), None, 0), 'mrz', tmp_path) == {text}


def seen(kind: str, score: float = 0.9, **details: str) -> Reading:
    box = ((0, 0), (9, 0), (9, 9), (0, 9))
    return Reading(
        kind=kind, value='x', score=score, recogniser='t/1', box=box, details=dict(details)
    )


@pytest.mark.parametrize(
    ('readings', 'wanted'),
    [
        ([seen('un_mark', 0.1)], True),
        ([seen('un_mark', error='E_YEAR')], False),
        ([seen('hazard_label')], True),
        ([seen('hazard_label', 0.5)], False),
        ([seen('gross_mass_kg'), seen('net_mass_kg'), seen('text')], False),
        ([seen('serial'), seen('barcode')], True),
        ([], False),
    ],
)
def test_a_package_is_known_by_what_stands_on_it_alone(
    readings: list[Reading], wanted: bool
) -> None:
    assert further.is_package(readings) is wanted


@pytest.mark.parametrize(
    ('quad', 'quarters'),
    [
        (((0, 0), (90, 0), (90, 9), (0, 9)), 0),
        (((9, 0), (9, 90), (0, 90), (0, 0)), 1),
        (((90, 9), (0, 9), (0, 0), (90, 0)), 2),
        (((0, 90), (0, 0), (9, 0), (9, 90)), 3),
    ],
)
def test_a_picture_is_turned_the_way_its_print_stands(
    quad: tuple[tuple[float, float], ...], quarters: int
) -> None:
    assert further._quarters([Line(text='MAX GROSS', score=0.9, quad=quad)]) == quarters
    one = further._turned_back(seen('text'), quarters, (100, 60))
    turned = np.zeros((100, 60), np.uint8)
    turned[:10, :10] = 1
    back = np.argwhere(np.rot90(turned, -quarters))[:, ::-1]
    assert {tuple(back.min(axis=0)), tuple(back.max(axis=0))} <= set(one.box)


def test_words_of_a_door_make_no_package_and_its_masses_are_none_of_goods() -> None:
    door = [
        replace(seen('text'), value=value)
        for value in ('MAX. GROSS 30480 KGS', 'TARE 2200', 'CU. CAP. 33.1')
    ]
    label = seen('hazard_label')
    assert not further.is_package([label, *door])
    assert further.is_package([label, *door[:2]])
    texts = ['NET 28280 KGS', 'TARE 2200 KGS', 'CU. CAP. 33.1 CU.M']
    said = package.interpret([line(text, at) for at, text in enumerate(texts)])
    assert [(one.kind, one.value) for one in said] == [('text', text) for text in texts]
    assert package.interpret([line(texts[0])])[0].kind == 'net_mass_kg'


@pytest.mark.parametrize(
    ('text', 'zone'),
    [('P<UTOVAN<DER<MEER<<PAULくくくくくくくく', True), ('くくくくくくくく', False),
     ('ありがとうくございます', False)],
)  # fmt: skip
def test_fillers_pass_for_letters_of_other_scripts(text: str, zone: bool) -> None:
    assert mrz.looks_like(text) is zone
