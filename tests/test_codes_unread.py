"""Codes in bad light are read by a second look; those that nobody can read are told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import cv2
import numpy as np
import pytest
import zxingcpp

from bench import code_hand, label_press
from clearlane.model import Evidence, Reading
from clearlane.recognisers import barcodes, bars, code_looks, code_shapes, further, package
from clearlane.recognisers.text import line
from clearlane.scenarios.lithium_packaging import photographs
from tests.test_lithium_law import case

BOX = ((0, 0), (9, 0), (9, 9), (0, 9))


def spoilt(symbology: str, told: str) -> code_hand.Shown:
    """A code that nobody can read: a stroke of white across bars, squares that fell anew."""
    shown = code_hand.shown(symbology, 'plain', 3)
    middle, corners, image = shown.corners.mean(axis=0), shown.corners, shown.image.copy()
    if told == 'bars':
        ends = ((corners[0] + corners[1]) / 2, (corners[2] + corners[3]) / 2)
        first, last = ((middle + (end - middle) * 1.1).astype(int).tolist() for end in ends)
        cv2.line(image, first, last, (200, 200, 200), 14)
        return replace(shown, image=image)
    squares = np.random.default_rng(1).integers(0, 2, (14, 14)).astype(np.uint8) * 170 + 40
    flat = np.array([[0, 0], [280, 0], [280, 280], [0, 280]], np.float32)
    inner = (middle + (corners - middle) * 0.6).astype(np.float32)
    turn = cv2.getPerspectiveTransform(flat, inner)
    drawn = np.kron(squares, np.ones((20, 20), np.uint8))
    size = (image.shape[1], image.shape[0])
    inside = cv2.warpPerspective(np.full_like(drawn, 255), turn, size) > 127
    image[inside] = cv2.warpPerspective(drawn, turn, size, flags=cv2.INTER_AREA)[inside][:, None]
    return replace(shown, image=image)


def test_bars_that_run_out_of_a_place_are_read_whole() -> None:
    code = zxingcpp.create_barcode('RW-2750A-3662', zxingcpp.BarcodeFormat.Code128)
    drawn = np.asarray(zxingcpp.write_barcode_to_image(code, scale=4), np.uint8)[:100]
    image = np.full((600, 1600, 3), 255, np.uint8)
    image[250 : 250 + len(drawn), 500 : 500 + drawn.shape[1]] = drawn[..., None]
    part = barcodes.Place(620, 220, 900, 380)
    found: list[barcodes.Code] = []
    unread: list[tuple[str, barcodes.Points]] = []
    barcodes._look_at(barcodes.Grey(image), part, found, unread)
    assert [code.text for code, _ in found] == ['RW-2750A-3662']
    assert unread == []
    left, right = found[0][1][:, 0].min(), found[0][1][:, 0].max()
    assert left < 560
    assert right > 480 + drawn.shape[1] - 40


@pytest.mark.parametrize(
    ('symbology', 'told'),
    [
        ('code128', 'bars'),
        ('ean13', 'bars'),
        ('qr, long', 'squares'),
        ('gs1 datamatrix', 'squares'),
    ],
)
def test_a_code_that_cannot_be_read_is_told_with_its_place(symbology: str, told: str) -> None:
    shown = spoilt(symbology, told)
    [one] = barcodes.read(shown.image)
    assert (one.value, one.score, one.details['symbology']) == ('', 0.0, told)
    assert one.details['error'] == barcodes.UNREAD
    x, y = shown.corners.mean(axis=0).tolist()
    assert cv2.pointPolygonTest(np.array(one.box, np.float32), (x, y), False) > 0
    assert cv2.contourArea(np.array(one.box, np.float32)) < 3 * cv2.contourArea(
        shown.corners.astype(np.float32)
    )


@pytest.mark.parametrize(('symbology', 'told'), [('code128', 'bars'), ('qr, long', 'squares')])
def test_a_glance_reads_what_is_plain_and_tells_nothing_else(symbology: str, told: str) -> None:
    plain = code_hand.shown(symbology, 'plain', 3)
    assert [one.value for one in barcodes.read(plain.image, glance=True)] == [plain.value]
    assert barcodes.read(spoilt(symbology, told).image, glance=True) == []


def test_what_only_looks_busy_is_no_code() -> None:
    rng = np.random.default_rng(5)
    for value in ('9A', '4.1'):
        noise = ['checker', 'logo', 'circle']
        image, _ = label_press.package(rng, [value], noise, spoilt=False)
        assert barcodes.read(image) == []


def hatch(step: int, wide: int) -> code_shapes.Image:
    image = np.full((300, 600), 210, np.uint8)
    for x in range(60, 540, step):
        cv2.line(image, (x, 60), (x, 240), 40, wide)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1), np.uint8)


def checker() -> code_shapes.Image:
    image = np.full((300, 300), 210, np.uint8)
    cells = np.indices((20, 20)).sum(axis=0) % 2
    image[60:240, 60:240] = np.kron(40 + 170 * cells, np.ones((9, 9)))
    return image


def words() -> code_shapes.Image:
    image = np.full((300, 600), 210, np.uint8)
    for row in range(5):
        cv2.putText(image, 'LITHIUM ION BATTERIES 24', (60, 90 + 34 * row),
                    cv2.FONT_HERSHEY_DUPLEX, 0.9, 40, 2)  # fmt: skip
    return image


@pytest.mark.parametrize('image', [hatch(20, 8), hatch(9, 3), checker(), words()])
def test_hatches_checkers_and_words_are_neither_bars_nor_squares(
    image: code_shapes.Image,
) -> None:
    assert bars.seen(image) == code_shapes.squares(image) == []


def unread(box: tuple[tuple[int, int], ...] = BOX) -> Reading:
    return Reading(kind='barcode', value='', score=0.0, recogniser='t/1', box=box,
                   details={'error': barcodes.UNREAD})  # fmt: skip


def test_a_place_that_is_a_label_or_words_is_no_code_and_an_unread_code_makes_no_package() -> None:
    far = tuple((x + 90, y) for x, y in BOX)
    label = Reading(kind='hazard_label', value='9A', score=0.9, recogniser='t/1', box=BOX)
    assert package._as_seen([unread(), unread(far)], [label], []) == [unread(far)]
    quad = tuple((float(x), float(y)) for x, y in far)
    for text, score, left in (('Lithium', 0.9, 1), ('Lithium', 0.4, 2), ('II1IIHIL', 0.9, 2)):
        words = line.Line(text=text, score=score, quad=quad)
        assert len(package._as_seen([unread(), unread(far)], [], [words])) == left
    serial = replace(unread(), kind='serial', value='X')
    assert not further.is_package([serial, unread()])
    assert further.is_package([serial, replace(unread(), value='X')])


@pytest.mark.parametrize(
    ('readings', 'result', 'note'),
    [
        ([], 'doubt', ''),
        ([unread()], 'doubt', '条码未能读出 / code not read'),
        (['XM-0001', unread()], 'pass', ''),
        (['XM-0002', unread()], 'fail', 'XM-0002'),
    ],
)
def test_an_unread_code_is_a_doubt_only_where_the_serial_is_not_read(
    readings: list[Reading | str], result: str, note: str
) -> None:
    seen = tuple(
        replace(unread(), kind='serial', value=one, score=0.99) if isinstance(one, str) else one
        for one in readings
    )
    piece = Evidence(sha256='a' * 64, kind='photograph', item='XM-0001', view='front',
                     readings=seen)  # fmt: skip
    made = replace(case(), evidence=(piece,))
    assert Decimal(made.law.scores['serial']) > 0
    finding = photographs.serials_are_those_of_the_boxes(made)
    assert finding.result == result
    assert [crop.note for crop in finding.crops] == ([note] if result != 'pass' else [])


@pytest.mark.parametrize(
    ('symbology', 'condition', 'seed'),
    [
        ('qr', 'gaps', 7),
        ('itf14', 'pale', 5),
        ('code39', 'inverted', 3),
        ('gs1 datamatrix', 'wet', 5),
    ],
)
def test_a_second_look_reads_what_is_plainly_a_code(
    symbology: str, condition: str, seed: int
) -> None:
    shown = code_hand.shown(symbology, condition, seed)
    grey = cv2.cvtColor(shown.image, cv2.COLOR_BGR2GRAY)
    assert shown.value not in [one.text for one in zxingcpp.read_barcodes(grey)]
    assert [one.value for one in barcodes.read(shown.image)] == [shown.value]


@pytest.mark.parametrize('symbology', ['qr', 'qr, long', 'datamatrix', 'gs1 datamatrix'])
def test_a_quick_look_tells_squares_from_words_and_hatches(symbology: str) -> None:
    shown = code_hand.shown(symbology, 'plain', 3)
    left, top, wide, high = cv2.boundingRect(shown.corners.astype(np.float32))
    grey = cv2.cvtColor(shown.image, cv2.COLOR_BGR2GRAY)
    assert code_shapes.may_be_squares(
        np.asarray(grey[top : top + high, left : left + wide], np.uint8)
    )
    two_lines = np.asarray(words()[60:140], np.uint8)
    assert not any(map(code_shapes.may_be_squares, (two_lines, hatch(8, 3))))


def test_bars_in_a_single_row_have_no_value() -> None:
    drawn = zxingcpp.create_barcode('XM250525-0001', zxingcpp.BarcodeFormat.Code128)
    row = np.array(zxingcpp.write_barcode_to_image(drawn, scale=2))[20:21]
    image = np.full((400, 900), 255, np.uint8)
    image[200, 100 : 100 + row.shape[1]] = row
    image[201, 100 : 100 + row.shape[1]] = row
    grey = np.asarray(image, np.uint8)
    assert [one.text for one in zxingcpp.read_barcodes(grey)] == ['XM250525-0001']
    assert barcodes.read(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)) == []


def test_a_part_of_a_longer_code_has_no_value() -> None:
    shown = spoilt('itf14', 'bars')
    grey = cv2.cvtColor(shown.image, cv2.COLOR_BGR2GRAY)
    values = [one.text for one in zxingcpp.read_barcodes(grey)]
    assert values and shown.value not in values
    assert {one.value for one in barcodes.read(shown.image)} == {''}


@pytest.mark.parametrize(
    ('same', 'other', 'kind', 'text', 'score'),
    [
        (3, 0, 'EAN13', '6929752141202', 0.98),
        (3, 2, 'ITF', '15400141288763', 0.98),
        (3, 0, 'ITF', '15400141288764', 0.96),
        (3, 0, 'Code39', 'ABC-123', 0.96),
        (2, 1, 'Code39', 'ABC-123', 0.85),
        (2, 2, 'EAN13', '6929752141202', 0.0),
        (0, 1, 'EAN13', '6929752141202', 0.0),
        (0, 0, 'EAN13', '6929752141202', 0.0),
        (0, 0, 'ITF', '15400141288763', 0.6),
        (0, 0, 'ITF', '1540014128', 0.0),
    ],
)
def test_bars_are_as_sure_as_other_looks_bear_them_out(
    same: int, other: int, kind: str, text: str, score: float
) -> None:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    assert barcodes.borne_out(code, code_looks.Support(same, other)) == score


def test_what_goes_on_is_no_whole_code() -> None:
    for text, kind, score in (('1540014128', 'ITF', 0.0), ('15400141288763', 'ITF', 0.98),
                              ('1540014128', 'Code39', 0.96)):  # fmt: skip
        code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
        assert barcodes.borne_out(code, code_looks.Support(3, 0, True)) == score


def test_looks_that_contradict_each_other_agree_on_nothing() -> None:
    texts = ('6929752141202', '0978152141202')
    one, other = (zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13) for text in texts)
    assert bars.agreed([one, other] * 9) is None
    assert bars.agreed([one, one]) is None
    assert bars.agreed([one, other, one, one]) is one


def test_an_unread_code_close_to_one_that_is_read_is_told() -> None:
    shown = spoilt('code128', 'bars')
    drawn = zxingcpp.create_barcode('XM250525-0001', zxingcpp.BarcodeFormat.QRCode)
    square = np.array(zxingcpp.write_barcode_to_image(drawn, scale=4))
    corners = shown.corners.astype(int)
    top, left = corners[:, 1].min(), corners[:, 0].max() + 16
    shown.image[top : top + square.shape[0], left : left + square.shape[1]] = square[..., None]
    found = barcodes.read(shown.image)
    assert sorted(one.value for one in found) == ['', 'XM250525-0001']
    assert found[-1].details['symbology'] == 'bars'
