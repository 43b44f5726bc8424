"""Synthetic photographs read by the real models, whichever way up; and what is no photograph."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from clearlane.recognisers import barcodes, photo
from clearlane.recognisers.package import PACKAGE
from clearlane.recognisers.text import page, weights
from clearlane.recognisers.text.line import Frame, around
from clearlane.sample.package import Package
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

BOX = Package(mark='4G/Y25/S/24/CN/C230003 PI:001', serial='XM250525-0001', un_number='UN3480')
SHOT = Shot(seed=5, width=1280, height=960, hardness=0.1)


@pytest.fixture(scope='module')
def front() -> bytes:
    return photograph(BOX, SHOT).jpeg


@pytest.fixture(scope='module')
def seen(front: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp('photo') / 'front.jpg'
    path.write_bytes(front)
    return photo.read(path)


def value(seen: dict[str, Any], kind: str) -> list[str]:
    return [reading['value'] for reading in seen['readings'] if reading['kind'] == kind]


def test_a_photograph_is_read_in_the_fixed_form(seen: dict[str, Any]) -> None:
    assert set(seen) == {'file', 'sha256', 'width', 'height', 'seconds', 'error', 'readings'}
    assert (seen['width'], seen['height'], seen['error']) == (1280, 960, None)
    for reading in seen['readings']:
        assert {'kind', 'value', 'score', 'box', 'recogniser'} <= set(reading)
        assert 0 <= reading['score'] <= 1
        assert len(reading['box']) == 4
    assert json.loads(json.dumps(seen)) == seen


@pytest.mark.parametrize(
    ('kind', 'wanted'),
    [
        ('un_mark', BOX.mark),
        ('un_number', 'UN3480'),
        ('gross_mass_kg', '23.5'),
        ('net_mass_kg', '21.0'),
        ('serial', 'XM250525-0001'),
        ('barcode', 'XM250525-0001'),
    ],
)
def test_what_is_printed_is_read(seen: dict[str, Any], kind: str, wanted: str) -> None:
    assert wanted in value(seen, kind)


def test_a_barcode_names_its_symbology(seen: dict[str, Any]) -> None:
    assert [one['symbology'] for one in seen['readings'] if one['kind'] == 'barcode'] == ['qr']


def test_the_box_of_the_mark_is_where_the_mark_is(seen: dict[str, Any]) -> None:
    truth = next(one for one in photograph(BOX, SHOT).truth if one['kind'] == 'un_mark')
    found = next(one for one in seen['readings'] if one['kind'] == 'un_mark')
    true, box = (np.array(one['box'], np.float32) for one in (truth, found))
    shared, _ = cv2.intersectConvexConvex(true, box)
    assert shared > 0.5 * max(cv2.contourArea(true), cv2.contourArea(box))


@pytest.mark.parametrize('quarters', [1, 2, 3])
def test_a_photograph_taken_sideways_or_on_its_head_is_read(front: bytes, quarters: int) -> None:
    image = cv2.imdecode(np.frombuffer(front, np.uint8), cv2.IMREAD_COLOR)
    turned = cv2.imencode('.png', np.ascontiguousarray(np.rot90(image, quarters)))[1].tobytes()
    readings = PACKAGE.read(turned).readings
    assert BOX.mark in [one.value for one in readings if one.kind == 'un_mark']


def test_another_batch_is_read_as_printed() -> None:
    shot = Shot(seed=5, width=1280, height=960, hardness=0.1, faults=('wrong_batch',))
    taken = photograph(BOX, shot)
    printed = next(one['value'] for one in taken.truth if one['kind'] == 'un_mark')
    marks = [one.value for one in PACKAGE.read(taken.jpeg).readings if one.kind == 'un_mark']
    assert marks == [printed]
    assert printed != BOX.mark


def test_a_file_that_is_no_photograph_has_an_error_and_no_readings(tmp_path: Path) -> None:
    text = tmp_path / 'a.txt'
    text.write_bytes(b'no photograph')
    torn = tmp_path / 'b.jpg'
    torn.write_bytes(b'\xff\xd8\xff\xe0' + bytes(40))
    for path in (text, torn, tmp_path / 'missing.jpg', tmp_path):
        answer = photo.read(path)
        assert answer['error']
        assert answer['readings'] == []


def test_a_part_that_fails_makes_the_whole_reading_fail(
    front: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError('the barcode reader broke')

    monkeypatch.setattr(barcodes, 'read', broken)
    with pytest.raises(RuntimeError):
        PACKAGE.read(front)


@pytest.mark.parametrize('size', [(40, 40), (33, 900), (900, 33)])
def test_an_empty_picture_has_no_text(size: tuple[int, int]) -> None:
    assert page.read(np.full((*size, 3), 128, np.uint8)) == []


def test_the_digest_names_the_weights_and_the_code() -> None:
    assert len(PACKAGE.digest) == len(weights.digest()) == 64
    assert PACKAGE.digest != weights.digest()


def test_white_print_on_dark_is_read() -> None:
    image = np.full((300, 900, 3), (60, 40, 20), np.uint8)
    cv2.putText(image, 'UN3480', (60, 180), cv2.FONT_HERSHEY_SIMPLEX, 4, (240, 240, 240), 10)
    assert 'UN3480' in [line.text.replace(' ', '') for line in page.read(image)]


def test_a_frame_knows_where_another_line_lies() -> None:
    here = Frame.of(((0, 0), (100, 0), (100, 20), (0, 20)))
    below = Frame.of(((0, 30), (100, 30), (100, 50), (0, 50)))
    assert here.place(below) == (0, 30)
    on_its_head = Frame.of(((100, 50), (0, 50), (0, 30), (100, 30)))
    assert on_its_head.turned(here) == -1
    assert around([((0, 0), (4, 0), (4, 2), (0, 2)), ((0, 2), (6, 2), (6, 4), (0, 4))]) == (
        (0, 0), (6, 0), (6, 4), (0, 4),
    )  # fmt: skip
