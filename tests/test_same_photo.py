"""A copy is recognised however it was altered; two boxes in one jig are two photographs."""

from __future__ import annotations

import os
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from clearlane.recognisers import fingerprint, picture, same_photo
from clearlane.recognisers.fingerprint import Candidate
from clearlane.recognisers.reader import Unreadable

WIDTH, HEIGHT = 1200, 900
REAL = Path(os.environ.get('CLEARLANE_REAL_PHOTOGRAPHS', 'none of them'))


def grain(rng: np.random.Generator, cell: int, strength: float) -> np.ndarray:
    """Relief in blobs of about so many pixels."""
    coarse = rng.normal(0, strength, (HEIGHT // cell + 2, WIDTH // cell + 2)).astype(np.float32)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def code(image: np.ndarray, rng: np.random.Generator, x: int, y: int) -> None:
    """A square code of 21 by 21 modules on white paper, and a number below it."""
    cv2.rectangle(image, (x - 12, y - 12), (x + 138, y + 170), 235, -1)
    modules = rng.integers(0, 2, (21, 21)).astype(np.float32) * 200 + 30
    image[y : y + 126, x : x + 126] = cv2.resize(modules, (126, 126), interpolation=0)
    number = f'SN {int(rng.integers(10**6)):06d}'
    cv2.putText(image, number, (x, y + 155), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 2)


@lru_cache
def pixels(serial: int, board: int | None = None, design: int = 0) -> np.ndarray:
    """A box in a jig: hall, print and places never move; code, board and noise are its own."""
    hall, own = np.random.default_rng(design), np.random.default_rng([design, serial])
    image = 120 + grain(hall, 90, 30)
    material = np.random.default_rng([7, serial if board is None else board])
    face = 165 + grain(material, 6, 4) + grain(material, 18, 4)
    image[120:820, 150:1050] = face[120:820, 150:1050]
    for row in range(4):
        words = f'UN3480 LITHIUM ION {int(hall.integers(10**6))}'
        place = (190, 200 + row * 70)
        cv2.putText(image, words, place, cv2.FONT_HERSHEY_DUPLEX, 1.1, 40, 2)
    diamond = np.array([[330, 500], [450, 620], [330, 740], [210, 620]])
    cv2.polylines(image, [diamond], True, 20, 8)
    code(image, own, 780, 560)
    image += own.normal(0, 2, image.shape)
    grey = np.clip(image, 0, 255).astype(np.uint8)
    return cv2.merge([grey, grey, grey])


def jpeg(image: np.ndarray, quality: int = 90) -> bytes:
    return cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def photo(serial: int, board: int | None = None, design: int = 0) -> bytes:
    return jpeg(pixels(serial, board, design))


def resized(image: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def turned(image: np.ndarray, degrees: float, scale: float = 1.07) -> np.ndarray:
    height, width = image.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    return cv2.warpAffine(image, move, (width, height), flags=cv2.INTER_CUBIC)


def toned(image: np.ndarray, contrast: float, brightness: float) -> np.ndarray:
    return cv2.convertScaleAbs(image, alpha=contrast, beta=brightness)


def noisy(image: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(5).normal(0, 6, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def shown_on_a_phone(image: np.ndarray) -> np.ndarray:
    bar = np.full((60, WIDTH, 3), 20, np.uint8)
    return resized(np.vstack([bar, image, bar + 220]), 0.9)


WHOLE = {
    'the same bytes': lambda p: jpeg(p),
    'another format': lambda p: cv2.imencode('.png', p)[1].tobytes(),
    'much compressed': lambda p: jpeg(p, 30),
    'half as large': lambda p: jpeg(resized(p, 0.5)),
    'larger': lambda p: jpeg(cv2.resize(p, None, fx=1.5, fy=1.5)),
    'brighter': lambda p: jpeg(toned(p, 1, 30)),
    'darker': lambda p: jpeg(toned(p, 0.75, 0)),
    'more contrast': lambda p: jpeg(toned(p, 1.25, -35)),
    'blurred': lambda p: jpeg(cv2.GaussianBlur(p, (0, 0), 0.8)),
    'noisy': lambda p: jpeg(noisy(p)),
}
MOVED = {
    'a little cropped': lambda p: jpeg(p[10:-8, 5:-19]),
    'cropped': lambda p: jpeg(p[30:-42, 60:-36]),
    'turned by one degree': lambda p: jpeg(turned(p, 1)),
    'turned by three degrees': lambda p: jpeg(turned(p, -3)),
    'turned, with black corners': lambda p: jpeg(turned(p, 2, 1)),
    'all of it': lambda p: jpeg(toned(resized(turned(p[20:-20, 25:-15], 1), 0.8), 1, 20), 60),
    'a screenshot': lambda p: jpeg(shown_on_a_phone(p), 80),
}
ALTERED = {**WHOLE, **MOVED}


@pytest.mark.parametrize('name', ALTERED)
def test_a_copy_is_the_same_photograph_and_leads_to_its_original(name: str) -> None:
    gallery = [photo(serial) for serial in range(8)] + [photo(1, design=3), photo(2, design=4)]
    copy = ALTERED[name](pixels(5))
    assert same_photo.likeness(copy, gallery[5]) >= same_photo.SAME
    assert same_photo.likeness(gallery[5], copy) >= same_photo.SAME
    query = fingerprint.fingerprint(copy)
    named = fingerprint.candidates(query, [hash_of(one) for one in gallery])
    assert 5 in [one.index for one in named]
    assert len(named) <= fingerprint.MOST
    assert [one.distance for one in named] == sorted(one.distance for one in named)


@lru_cache
def hash_of(data: bytes) -> bytes:
    return fingerprint.fingerprint(data).hash


@pytest.mark.parametrize('name', WHOLE)
def test_a_copy_of_the_whole_frame_is_within_reach_of_the_database(name: str) -> None:
    assert apart(photo(5), WHOLE[name](pixels(5))) <= fingerprint.WHOLE


def test_boxes_in_a_jig_are_mostly_out_of_that_reach() -> None:
    distances = [apart(photo(a), photo(b)) for a in range(6) for b in range(a)]
    assert np.median(distances) > fingerprint.WHOLE


def apart(a: bytes, b: bytes) -> int:
    digits = zip(fingerprint.bits(hash_of(a)), fingerprint.bits(hash_of(b)), strict=True)
    return sum(one != other for one, other in digits)


@pytest.mark.parametrize(('a', 'b'), [(0, 1), (1, 2), (2, 3), (3, 6), (4, 7), (5, 6)])
def test_two_boxes_in_one_jig_are_two_photographs(a: int, b: int) -> None:
    assert same_photo.likeness(photo(a), photo(b)) < same_photo.ALTERED


def test_two_boxes_stay_two_when_both_are_altered_alike() -> None:
    for alter in (MOVED['turned by one degree'], WHOLE['much compressed']):
        first, second = alter(pixels(0)), alter(pixels(1))
        assert same_photo.likeness(first, second) < same_photo.ALTERED


def test_boxes_of_two_designs_are_two_photographs() -> None:
    assert same_photo.likeness(photo(1), photo(2, design=3)) < 0.7
    assert same_photo.likeness(photo(1), photo(1, design=3)) < same_photo.SAME


def test_an_old_photograph_with_another_code_painted_in_is_a_doubt() -> None:
    """Nor is a box accused whose board would by chance look the same."""
    forged = pixels(5).copy()
    forged[540:740, 760:930] = pixels(6)[540:740, 760:930]
    for value in (
        same_photo.likeness(jpeg(forged), photo(5)),
        same_photo.likeness(photo(5, board=1), photo(6, board=1)),
    ):
        assert same_photo.ALTERED <= value < same_photo.SAME


def test_what_shows_nothing_is_like_nothing() -> None:
    blank = jpeg(np.full((HEIGHT, WIDTH, 3), 128, np.uint8))
    noise = jpeg(np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8))
    for other in (blank, noise, photo(1)):
        assert same_photo.likeness(blank, other) == 0
    assert same_photo.likeness(noise, photo(1)) == 0


def test_a_mirrored_copy_is_not_looked_for() -> None:
    """A mirrored box cannot be read, so that it opens no door."""
    assert same_photo.likeness(jpeg(pixels(5)[:, ::-1]), photo(5)) < same_photo.ALTERED


def test_the_fingerprint_is_that_of_the_upright_picture() -> None:
    from PIL import Image

    upright, lying = pixels(5), np.ascontiguousarray(np.rot90(pixels(5)))
    block = Image.Exif()
    block[274] = 6
    marker = b'\xff\xe1' + (len(block.tobytes()) + 2).to_bytes(2, 'big') + block.tobytes()
    plain = jpeg(lying)
    stored = plain[:2] + marker + plain[2:]
    assert picture.upright(stored).shape == upright.shape
    assert apart(stored, jpeg(upright)) <= fingerprint.WHOLE
    assert same_photo.likeness(stored, photo(5)) >= same_photo.SAME


def test_the_same_pictures_give_the_same_answer_each_time() -> None:
    copy = MOVED['all of it'](pixels(5))
    first = same_photo.likeness(copy, photo(5))
    same_photo._seen.cache_clear()
    assert same_photo.likeness(copy, photo(5)) == first
    assert fingerprint.fingerprint(copy) == fingerprint.fingerprint(copy)


def test_nothing_is_found_among_none() -> None:
    query = fingerprint.fingerprint(photo(5))
    assert len(query.hash) == fingerprint.HASH_BYTES
    assert fingerprint.candidates(query, []) == []
    assert fingerprint.candidates(query, [bytes(128)]) == []
    assert fingerprint.candidates(query, [query.hash]) == [Candidate(index=0, distance=0.0)]


def test_an_unreadable_picture_has_no_fingerprint() -> None:
    for ask in (fingerprint.fingerprint, lambda data: same_photo.likeness(data, photo(5))):
        with pytest.raises(Unreadable):
            ask(photo(5)[:5000])


@pytest.mark.skipif(not REAL.is_dir(), reason='the real photographs are not here')
def test_real_photographs_of_one_thing_are_told_from_copies() -> None:
    data = [path.read_bytes() for path in sorted(REAL.glob('*.jpg'))[:4]]
    for one, other in pairwise(data):
        assert same_photo.likeness(one, other) < same_photo.ALTERED
        copy = jpeg(resized(picture.upright(one)[20:-20, 30:-10], 0.5), 60)
        assert same_photo.likeness(one, copy) >= same_photo.SAME
