"""Closed and open boxes are told apart; what cannot be told is not asserted."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest

from clearlane.model import Reading
from clearlane.recognisers import closure
from clearlane.sample.package import PACKAGINGS, Package, specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import VIEWS, Shot


@lru_cache(maxsize=64)
def pictured(packaging: str, view: str, *faults: str, width: int = 960) -> np.ndarray:
    shot = Shot(view=view, faults=faults, width=width, height=width * 3 // 4, hardness=0.15)
    package = Package() if packaging == 'carton' else specimen(5, packaging)
    return decoded(photograph(package, shot).jpeg)


def decoded(jpeg: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def sure(readings: list[Reading]) -> list[str]:
    return [one.value for one in readings if one.score >= closure.RELIABLE]


@pytest.mark.parametrize('view', VIEWS)
@pytest.mark.parametrize('packaging', PACKAGINGS)
def test_a_closed_box_is_read_as_closed(packaging: str, view: str) -> None:
    readings = closure.read(pictured(packaging, view))
    assert sure(readings) == ['closed']
    assert (readings[0].kind, readings[0].recogniser) == ('closure', 'closure/1')


@pytest.mark.parametrize('packaging', PACKAGINGS)
def test_an_open_box_is_read_as_open(packaging: str) -> None:
    assert sure(closure.read(pictured(packaging, 'front', 'tape_missing'))) == ['open']


def test_the_box_lies_where_the_tape_is() -> None:
    shot = Shot(width=960, height=720, hardness=0.15)
    photo = photograph(Package(), shot)
    truth = next(c['box'] for c in photo.condition if c['kind'] == 'closure')
    box = np.array(closure.read(decoded(photo.jpeg))[0].box, np.float32)
    want = np.array(truth, np.float32)
    assert box.shape == (4, 2)
    common, _ = cv2.intersectConvexConvex(box, want)
    assert common / cv2.contourArea(want) > 0.6
    assert np.abs(box.mean(axis=0) - want.mean(axis=0)).max() < 60


def test_corners_go_clockwise_from_the_top_left_and_stay_in_the_picture() -> None:
    image = pictured('crate', 'front')
    box = np.array(closure.read(image)[0].box)
    assert cv2.contourArea(box.astype(np.float32), oriented=True) > 0
    assert box.sum(axis=1).argmin() == 0
    assert (box >= 0).all()
    assert (box < image.shape[1::-1]).all()


@pytest.mark.parametrize('fault', ['blurred', 'dark', 'cut_off'])
def test_a_closure_that_cannot_be_seen_well_is_never_surely_missing(fault: str) -> None:
    for packaging in PACKAGINGS:
        assert 'open' not in sure(closure.read(pictured(packaging, 'front', fault)))


@pytest.mark.parametrize('fault', ['blurred', 'dark'])
def test_a_bad_picture_gives_no_sure_answer(fault: str) -> None:
    assert sure(closure.read(pictured('carton', 'front', fault))) == []
    assert sure(closure.read(pictured('carton', 'front', fault, 'tape_missing'))) == []


@pytest.mark.parametrize('size', [(480, 640), (1, 1), (3000, 40), (64, 64)])
def test_an_empty_picture_says_nothing(size: tuple[int, int]) -> None:
    assert closure.read(np.full((*size, 3), 127, np.uint8)) == []


def test_noise_says_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    assert closure.read(noise) == []


def test_the_size_of_the_picture_does_not_decide() -> None:
    for width in (480, 1920):
        assert sure(closure.read(pictured('carton', 'front', width=width))) == ['closed']


def test_the_same_picture_gives_the_same_reading() -> None:
    image = pictured('carton', 'front')
    assert closure.read(image) == closure.read(image.copy())


def test_the_digest_names_code_and_weights() -> None:
    assert len(closure.digest()) == 64
    assert closure.digest() == closure.digest()
