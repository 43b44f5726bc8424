"""The synthetic photographs: the same every time, and showing what their truth says."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

from clearlane.codes import un_mark
from clearlane.sample import fonts, labels, marks, printing
from clearlane.sample.chance import chance
from clearlane.sample.package import PACKAGINGS, Package, numbered, specimen
from clearlane.sample.photographs import Photograph, batch, photograph, write
from clearlane.sample.shot import FAULTS, SEEN_IN, VIEWS, Shot

PACKAGE = Package(serial='XM250525-0007')
SMALL = Shot(width=800, height=600, hardness=0.1)
KINDS = {'un_mark', 'un_number', 'hazard_label', 'battery_mark', 'orientation_arrows', 'barcode',
         'gross_mass_kg', 'net_mass_kg', 'serial', 'text'}  # fmt: skip
OUTSIDE = {'cut_off'}


@lru_cache(maxsize=64)
def taken(fault: str = '', view: str = '', packaging: str = 'carton') -> Photograph:
    """A small photograph with one fault or none, taken once for all tests."""
    shot = replace(
        SMALL,
        view=view or SEEN_IN.get(fault, 'front'),
        faults=(fault,) if fault else (),
    )
    package = PACKAGE if packaging == 'carton' else specimen(5, packaging)
    return photograph(package, shot)


def upright(photo: Photograph) -> NDArray[np.uint8]:
    """The pixels as a viewer shows them."""
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        return np.asarray(ImageOps.exif_transpose(image), dtype=np.uint8)


def values(photo: Photograph, kind: str, *, legible: bool = True) -> list[str]:
    return [r['value'] for r in photo.truth if r['kind'] == kind and r['legible'] is legible]


def reading(photo: Photograph, kind: str) -> dict[str, Any]:
    return next(r for r in photo.truth if r['kind'] == kind)


def straightened(photo: Photograph, kind: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The part of the picture within a reading's box, in grey."""
    ends = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    box = np.array(reading(photo, kind)['box'], np.float32)
    grey = cv2.cvtColor(upright(photo), cv2.COLOR_RGB2GRAY)
    flat = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(box, ends), size)
    return np.asarray(flat, dtype=np.uint8)


def sharpness(photo: Photograph, kind: str) -> float:
    return float(cv2.Laplacian(straightened(photo, kind, (240, 80)), cv2.CV_64F).var())


# --- the same every time ------------------------------------------------------


@pytest.mark.parametrize('packaging', PACKAGINGS)
def test_the_same_package_and_shot_give_the_same_bytes(packaging: str) -> None:
    again = photograph(specimen(5, packaging) if packaging != 'carton' else PACKAGE, SMALL)
    assert again.jpeg == taken(packaging=packaging).jpeg
    assert again.truth == taken(packaging=packaging).truth


def test_another_seed_gives_another_picture_of_the_same_box() -> None:
    other = photograph(PACKAGE, replace(SMALL, seed=1))
    assert other.jpeg != taken().jpeg
    assert [r['value'] for r in other.truth] == [r['value'] for r in taken().truth]


def test_boxes_on_one_line_look_alike_but_are_not_the_same() -> None:
    first, second = (
        photograph(numbered(PACKAGE, ahead), replace(SMALL, seed=ahead)) for ahead in (0, 1)
    )
    corners = [np.array(p.condition[0]['box']) for p in (first, second)]
    assert 0 < np.abs(corners[0] - corners[1]).max() < 40
    assert values(first, 'serial') == ['XM250525-0007']
    assert values(second, 'serial') == ['XM250525-0008']
    assert first.jpeg != second.jpeg


def test_specimens_are_plausible() -> None:
    for seed in range(60):
        package = specimen(seed)
        assert un_mark.is_valid(package.mark), package.mark
        assert package.net_mass_kg < package.gross_mass_kg
        assert package.gross_mass_kg <= float(package.mark.split('/')[1][1:])


# --- the truth ----------------------------------------------------------------


@pytest.mark.parametrize('packaging', PACKAGINGS)
@pytest.mark.parametrize('view', VIEWS)
def test_every_view_shows_what_it_is_for(view: str, packaging: str) -> None:
    photo = taken(view=view, packaging=packaging)
    package = PACKAGE if packaging == 'carton' else specimen(5, packaging)
    assert {r['kind'] for r in photo.truth} <= KINDS
    assert all(r['legible'] for r in photo.truth)
    assert values(photo, 'serial') == values(photo, 'barcode') == [package.serial]
    assert package.un_number in values(photo, 'un_number')
    if view == 'front':
        assert values(photo, 'un_mark') == [package.mark]
        assert values(photo, 'gross_mass_kg') == [f'{package.gross_mass_kg:.1f}']
        assert values(photo, 'net_mass_kg') == [f'{package.net_mass_kg:.1f}']
    else:
        assert values(photo, 'hazard_label') == ['9A']
        assert values(photo, 'orientation_arrows') == ['up']


@pytest.mark.parametrize('fault', sorted(set(FAULTS) - OUTSIDE))
def test_boxes_lie_within_the_picture(fault: str) -> None:
    photo = taken(fault)
    corners = np.concatenate([np.array(r['box']) for r in photo.truth])
    assert (corners > 0).all()
    assert (corners < (photo.width, photo.height)).all()


def test_a_box_lies_where_its_thing_is() -> None:
    photo = taken(view='label')
    label = straightened(photo, 'hazard_label', (200, 200))  # turned by 45 degrees: corner up
    assert label.mean() > 1.2 * upright(photo).mean()
    # Along the diagonal, from the top corner to the bottom one, the middle stripe comes first.
    assert label[60:90, 60:90].min() < 90


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(VIEWS), st.sampled_from(['line', 'phone']))
def test_the_whole_face_is_in_the_picture_however_hard(seed: int, view: str, style: str) -> None:
    shot = Shot(width=320, height=240, seed=seed, view=view, style=style, line=seed % 7, hardness=1)
    photo = photograph(specimen(seed), shot)
    face = next(c for c in photo.condition if c['kind'] == 'face')
    corners = np.array(face['box'])
    assert (corners > 0).all()
    assert (corners < (320, 240)).all()


# --- codes and print ----------------------------------------------------------


@pytest.mark.parametrize('packaging', PACKAGINGS)
@pytest.mark.parametrize('style', ['line', 'phone'])
def test_the_qr_code_says_the_serial(packaging: str, style: str) -> None:
    package = specimen(8, packaging)
    photo = photograph(package, Shot(style=style, hardness=0.3, width=1600, height=1200))
    assert [code.text for code in zxingcpp.read_barcodes(upright(photo))] == [package.serial]


@pytest.mark.parametrize('lines', [1, 2, 3])
def test_the_mark_is_set_in_one_two_or_three_lines(lines: int) -> None:
    set_in = marks.mark_lines(PACKAGE.mark, lines)
    assert len(set_in) == lines
    assert '/'.join(set_in).replace('/PI', ' PI') == PACKAGE.mark
    photo = photograph(replace(PACKAGE, mark_lines=lines), SMALL)
    parts = reading(photo, 'un_mark')['parts']
    assert [part['value'] for part in parts] == [*set_in, 'un']


def test_characters_of_the_mark_are_at_least_12_mm_high() -> None:
    for packaging in PACKAGINGS:
        photo = taken(packaging=packaging)
        face = np.array(next(c for c in photo.condition if c['kind'] == 'face')['box'])
        size = PACKAGE.size_mm if packaging == 'carton' else specimen(5, packaging).size_mm
        ends = np.array([[0, 0], [size[0], 0], size[:2], [0, size[1]]], np.float32)
        to_mm = cv2.getPerspectiveTransform(face.astype(np.float32), ends)
        line = np.array(reading(photo, 'un_mark')['parts'][0]['box'], np.float32)
        high = np.ptp(cv2.perspectiveTransform(line[None], to_mm)[0][:, 1])
        assert high >= 12


# --- labels -------------------------------------------------------------------


def runs_of_black(row: NDArray[np.bool_]) -> list[int]:
    """Lengths of the dark runs along a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return [int(n) for n in edges[1::2] - edges[::2]]


@pytest.mark.parametrize('model', ['9A', '9'])
def test_a_class_9_label_has_seven_stripes(model: str) -> None:
    sheet = labels.hazard_label(model, 100, 5)
    dark = np.asarray(sheet.image.convert('L')) < 100
    inside = np.asarray(sheet.image)[..., 3] > 200
    middle = dark.shape[0] // 2
    row = (dark & inside)[middle - 16]
    found = runs_of_black(row)
    # The inner line is crossed on either side of the seven stripes.
    stripes = [run for run in found if run > 25]
    assert len(stripes) == 7
    assert max(stripes) - min(stripes) <= 3
    assert not (dark & inside)[middle + 4, middle - 200 : middle + 200].any()


def test_only_9a_has_batteries_in_its_lower_half() -> None:
    ink = {}
    for model in ('9A', '9'):
        image = np.asarray(labels.hazard_label(model, 100, 5).image)
        middle = image.shape[0] // 2
        part = image[middle + 10 : middle + 165, middle - 110 : middle + 110]
        ink[model] = ((part[..., 0] < 100) & (part[..., 3] > 200)).mean()
    assert ink['9'] == 0
    assert ink['9A'] > 0.2


def test_the_label_keeps_its_measures() -> None:
    scale = 8
    sheet = labels.hazard_label('9A', 100, scale)
    image = np.asarray(sheet.image)
    side = image.shape[0] / scale / np.sqrt(2)
    assert side == pytest.approx(100, abs=0.5)
    # Straight down from the top corner: paper first, then the inner line at 5 mm from the edge.
    column = image[:, image.shape[1] // 2]
    first = int(np.flatnonzero((column[:, 0] < 100) & (np.arange(len(column)) > 2 * scale))[0])
    assert first / scale / np.sqrt(2) == pytest.approx(5, abs=0.4)


def test_the_battery_mark_has_a_red_hatched_edge() -> None:
    sheet = labels.battery_mark('UN3480', 100, 100, 5)
    image = np.asarray(sheet.image).astype(int)
    edge = image[8, :, :3]
    red = (edge[:, 0] - edge[:, 1]) > 100
    assert 0.35 < red.mean() < 0.65
    assert len(runs_of_black(red)) > 8
    inner = image[40:-40, 40:-40]
    assert not ((inner[..., 0] - inner[..., 1]) > 100).any()
    assert {(i.kind, i.value) for i in sheet.items} == {
        ('battery_mark', 'UN3480'),
        ('un_number', 'UN3480'),
    }


def test_the_battery_mark_is_for_packages_that_declare_it() -> None:
    photo = photograph(replace(PACKAGE, labels=('battery_mark',)), replace(SMALL, view='label'))
    assert values(photo, 'battery_mark') == ['UN3480']
    assert values(photo, 'hazard_label') == []


# --- faults -------------------------------------------------------------------


def digits_apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


SAYS: dict[str, Callable[[Photograph], bool]] = {
    'wrong_batch': lambda p: (
        values(p, 'un_mark')[0].split(' PI:')[0] == PACKAGE.mark.split(' PI:')[0]
        and values(p, 'un_mark') != [PACKAGE.mark]
    ),
    'wrong_mark_digit': lambda p: digits_apart(values(p, 'un_mark')[0], PACKAGE.mark) == 1,
    'level_z': lambda p: values(p, 'un_mark') == [PACKAGE.mark.replace('Y25', 'Z25')],
    'mark_missing': lambda p: not any(r['kind'] == 'un_mark' for r in p.truth),
    'wrong_un_number': lambda p: set(values(p, 'un_number')) == {'UN3481'},
    'plain_class_9': lambda p: values(p, 'hazard_label') == ['9'],
    'label_missing': lambda p: not any(r['kind'] == 'hazard_label' for r in p.truth),
    'battery_mark_instead': lambda p: (
        values(p, 'hazard_label') == [] and values(p, 'battery_mark') == ['UN3480']
    ),
    'arrows_down': lambda p: values(p, 'orientation_arrows') == ['down'],
    'serial_missing': lambda p: not {'serial', 'barcode'} & {r['kind'] for r in p.truth},
    'overweight': lambda p: float(values(p, 'gross_mass_kg')[0]) > 25,
    'tape_missing': lambda p: any(c['value'] == 'none' for c in p.condition),
    'mark_smeared': lambda p: values(p, 'un_mark', legible=False) == [PACKAGE.mark],
    'label_covered': lambda p: values(p, 'hazard_label', legible=False) == ['9A'],
    'label_torn': lambda p: values(p, 'hazard_label', legible=False) == ['9A'],
    'wet': lambda p: any(c['value'] == 'wet' for c in p.condition),
    'crushed': lambda p: any(c['value'] == 'crushed' for c in p.condition),
    'hole': lambda p: any(c['value'] == 'hole' for c in p.condition),
    'blurred': lambda p: not any(r['legible'] for r in p.truth),
    'dark': lambda p: not any(r['legible'] for r in p.truth) and upright(p).mean() < 20,
    'glare': lambda p: not reading(p, 'un_mark')['legible'],
    'cut_off': lambda p: len([r for r in p.truth if r['legible']]) < len(taken().truth),
    'exif_90': lambda p: Image.open(io.BytesIO(p.jpeg)).getexif()[0x0112] == 8,
    'exif_180': lambda p: Image.open(io.BytesIO(p.jpeg)).getexif()[0x0112] == 3,
    'exif_270': lambda p: Image.open(io.BytesIO(p.jpeg)).getexif()[0x0112] == 6,
    'tilted_90': lambda p: (p.width, p.height) == (600, 800),
    'tilted_180': lambda p: (p.width, p.height) == (800, 600),
    'tilted_270': lambda p: (p.width, p.height) == (600, 800),
}


def test_every_fault_is_tested() -> None:
    assert set(SAYS) == set(FAULTS)


@pytest.mark.parametrize('fault', FAULTS)
def test_a_fault_shows_what_it_says(fault: str) -> None:
    sound = taken(view=SEEN_IN.get(fault, 'front'))
    assert SAYS[fault](taken(fault))
    if fault not in ('exif_180', 'tilted_180'):
        assert not SAYS[fault](sound)
    assert taken(fault).jpeg != sound.jpeg


@pytest.mark.parametrize('fault', ['mark_smeared', 'blurred'])
def test_what_cannot_be_read_has_lost_its_detail(fault: str) -> None:
    assert sharpness(taken(fault), 'un_mark') < 0.35 * sharpness(taken(), 'un_mark')


def test_a_fault_of_one_face_is_photographed_there() -> None:
    front, label = batch(PACKAGE, 1, faults={0: ['wrong_batch']}, shot=SMALL)
    assert front.faults == ('wrong_batch',)
    assert label.faults == ()


@pytest.mark.parametrize('fault', ['exif_90', 'exif_180', 'exif_270'])
def test_a_picture_stored_turned_stands_upright_again(fault: str) -> None:
    turned = taken(fault)
    plain, shown = upright(taken()), upright(turned)
    assert shown.shape == plain.shape == (600, 800, 3)
    # Boxes are given in the upright picture: the same, whatever way it is stored.
    assert turned.truth == taken().truth
    assert np.abs(shown.astype(int) - plain).mean() < 4


@pytest.mark.parametrize(
    ('fault', 'points'), [('tilted_90', 'right'), ('tilted_180', 'down'), ('tilted_270', 'left')]
)
def test_arrows_are_read_as_they_point_in_the_picture(fault: str, points: str) -> None:
    photo = taken(fault, 'label')
    assert values(photo, 'orientation_arrows') == [points]
    first, second, *_ = reading(photo, 'barcode')['box']
    step = np.sign(np.round((np.array(second) - np.array(first)) / 20))
    assert step.tolist() == {'right': [0, 1], 'down': [-1, 0], 'left': [0, -1]}[points]


@given(st.integers(0, 2**20))
@settings(max_examples=60, deadline=None)
def test_a_wrong_mark_is_still_a_mark(seed: int) -> None:
    package = specimen(seed)
    for fault in ('wrong_batch', 'wrong_mark_digit', 'level_z'):
        wrong = printing.printed(package, [fault], chance(seed))
        assert wrong.mark != package.mark
        assert un_mark.is_valid(wrong.mark), wrong.mark


# --- files --------------------------------------------------------------------


def test_the_moment_is_written_into_the_picture() -> None:
    at = datetime(2025, 5, 26, 8, 15, 30, tzinfo=timezone(timedelta(hours=8)))
    photo = photograph(PACKAGE, replace(SMALL, at=at))
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        exif = image.getexif()
    details = exif.get_ifd(0x8769)
    assert details[0x9003] == '2025:05:26 08:15:30'
    assert details[0x9011] == '+08:00'
    assert 'synthetic' in exif[0x010E]


def test_a_row_of_boxes_has_every_view_and_later_moments() -> None:
    photos = list(batch(PACKAGE, 2, shot=SMALL))
    assert [(p.serial, p.view) for p in photos] == [
        ('XM250525-0007', 'front'),
        ('XM250525-0007', 'label'),
        ('XM250525-0008', 'front'),
        ('XM250525-0008', 'label'),
    ]
    moments = [Image.open(io.BytesIO(p.jpeg)).getexif()[0x0132] for p in photos]
    assert moments == sorted(set(moments))


def test_a_folder_of_photographs_comes_with_its_truth(tmp_path: Path) -> None:
    told = json.loads(write(tmp_path / 'a', 2, seed=4, width=480, height=360).read_text())
    write(tmp_path / 'b', 2, seed=4, width=480, height=360)
    assert told['synthetic'] is True
    assert len(told['photographs']) == 4
    for said in told['photographs']:
        data = (tmp_path / 'a' / said['file']).read_bytes()
        assert data == (tmp_path / 'b' / said['file']).read_bytes()
        assert hashlib.sha256(data).hexdigest() == said['sha256']


# --- what is refused ----------------------------------------------------------


@pytest.mark.parametrize(
    'wrong',
    [
        {'view': 'back'},
        {'faults': ('burnt',)},
        {'hardness': 2.0},
        {'at': SMALL.at.replace(tzinfo=None)},
    ],
)
def test_an_impossible_shot_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r'must|no such'):
        Shot(**wrong)


def test_a_package_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match='packaging must be'):
        Package(packaging='drum')


def test_a_missing_typeface_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, 'HOME', Path('/nowhere'))
    with pytest.raises(fonts.FontMissingError, match='run make setup'):
        fonts.path('sans')
