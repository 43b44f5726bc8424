"""Lines that are bent, dark, long or loosely boxed; bars that are tilted and blurred; GS1."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from clearlane.recognisers import barcodes, bars, busy, gs1, onnx
from clearlane.recognisers.text import (
    detection,
    fit,
    light,
    page,
    recognition,
    second_look,
    weights,
)
from clearlane.recognisers.text.crop import HEIGHT, Pyramid
from clearlane.recognisers.text.detection import Spot
from clearlane.recognisers.text.line import Line
from clearlane.recognisers.text.recognition import Words
from clearlane.recognisers.text.second_look import Look, folded

Image = NDArray[np.uint8]


def sheet(words: str, size: float = 2.0, wide: int = 1600, high: int = 500) -> Image:
    image = np.full((high, wide, 3), 225, np.uint8)
    place = (60, high // 2)
    cv2.putText(image, words, place, cv2.FONT_HERSHEY_DUPLEX, size, (30, 30, 30), 4, cv2.LINE_AA)
    return image


def texts(image: Image) -> str:
    return ' '.join(line.text for line in page.read(image)).replace(' ', '')


def bowed(flat: Image, rise: float) -> Image:
    """The picture with its middle lower than its ends by so many pixels, as on a drum."""
    high, wide = flat.shape[:2]
    x = np.tile(np.arange(wide, dtype=np.float32), (high, 1))
    y = np.arange(high, dtype=np.float32)[:, None] - rise * (1 - (x / wide * 2 - 1) ** 2)
    return np.asarray(cv2.remap(flat, x, y.astype(np.float32), cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE), np.uint8)  # fmt: skip


def test_a_bow_is_seen_as_one() -> None:
    bar = np.zeros((220, 640), np.uint8)
    bar[60:85] = 255
    (spot,) = detection.boxes(bowed(bar, 60).astype(np.float32) / 255)
    assert spot.bend * detection.height(spot.quad) == pytest.approx(60, rel=0.5)
    assert detection.boxes(bar.astype(np.float32) / 255)[0].bend == 0


def test_a_bow_is_cut_straight() -> None:
    image = sheet('SERIAL XK20417', size=5.6, high=700)
    whole = ((40, 230), (1560, 230), (1560, 400), (40, 400))
    straight = Pyramid(image).cut(whole)
    unbent = Pyramid(bowed(image, 100)).cut(
        ((0, 230), (1600, 230), (1600, 400), (0, 400)), bend=100 / 170
    )
    assert 'XK20417' in recognition.read(straight, 'small').text.replace(' ', '')
    assert 'XK20417' in recognition.read(unbent, 'small').text.replace(' ', '')


def test_a_dark_picture_is_read_as_a_bright_one() -> None:
    dark = (sheet('SERIAL XK20417') * 0.09).astype(np.uint8)
    assert 'XK20417' in texts(dark)


def test_a_well_lit_picture_is_left_as_it_is() -> None:
    image = sheet('LOT 7')
    assert light.even(image) is image
    assert light.stretched(image) is image


def test_a_long_line_is_read_in_pieces() -> None:
    words = 'LOT 20417 BATCH 88213 SERIAL XK55012 NUMBER 77120 ORDER 61933 PALLET 40871'
    image = sheet(words, size=1.6, wide=2600, high=160)
    cut = Pyramid(image).cut(((40, 40), (2560, 40), (2560, 110), (40, 110)))
    assert cut.shape[1] > recognition.LONG
    read = recognition.read(np.asarray(cut, np.uint8), 'small')
    assert read.text.replace(' ', '') == words.replace(' ', '')
    assert len(read.places) == len(read.text)
    assert list(read.places) == sorted(read.places)


def test_a_loose_box_is_fitted_to_its_print() -> None:
    image = sheet('GROSS 23.5 KG')
    loose = Spot(((40, 130), (700, 130), (700, 330), (40, 330)))
    tight = fit.fitted(Pyramid(image), loose)
    top, foot = tight.quad[0][1], tight.quad[3][1]
    assert 150 < top < 215
    assert 245 < foot < 300


def test_an_empty_box_is_left_as_it_was() -> None:
    spot = Spot(((40, 130), (700, 130), (700, 330), (40, 330)))
    blank = np.full((500, 1600, 3), 200, np.uint8)
    assert fit.fitted(Pyramid(blank), spot) == spot


def test_what_a_code_has_spelt_is_not_read_twice() -> None:
    words = recognition.Words('SN: AB-12O45', (0.9,) * 12, (0.9,) * 12, tuple(np.arange(12) / 12))
    pyramid = Pyramid(sheet('x'))
    assert Look(pyramid).doubtful(words) != (0, 0)
    assert Look(pyramid, frozenset({folded('AB-12045')})).doubtful(words) == (0, 0)


@pytest.mark.parametrize(
    ('text', 'unsure', 'again'),
    [
        ('4G/Y25/S/26/CN/C330412', '', None),
        ('4G/Y25/S/26/CN/C330412', '5', '4G/Y25/S/26/CN/C330412'),
        ('4G/Y25/S/26/CN/C330412', '/', '4G/Y25/S/26/CN/C330412'),
        ('LOT: B24-81', 'LOT', None),
        ('LOT: B24-81', 'B', 'B24-81'),
        ('LOT: B24-81', ':', None),
        ('LOT25271', '2', 'LOT25271'),
        ('毛重/G.W. 24.5 KG', '毛', None),
        ('毛重/G.W. 24.5 KG', '4', '24.5 KG'),
        ('UN3480 LITHIUM ION', 'M', None),
        ('UN3480 LITHIUM ION', '8', 'UN3480'),
    ],
)
def test_what_is_read_again_is_what_is_unsure_and_matters(
    text: str, unsure: str, again: str | None
) -> None:
    sure = tuple(0.8 if mark in unsure else 0.999 for mark in text)
    words = recognition.Words(text, sure, sure, tuple(np.arange(len(text)) / len(text)))
    start, end = Look(Pyramid(sheet('x')), key_fields=True).doubtful(words)
    assert text[start:end] == (again or '')


def test_words_that_are_hardly_seen_are_read_again_with_their_value() -> None:
    sure = (0.6,) * 3 + (0.999,) * 5 + (0.9,) * 3
    words = recognition.Words('LOT: B24-81', sure, sure, tuple(np.arange(11) / 11))
    assert Look(Pyramid(sheet('x'))).doubtful(words) == (0, 11)


def test_small_print_in_a_large_picture_is_found() -> None:
    image = np.full((2400, 3600, 3), 215, np.uint8)
    for row, words in enumerate(('SERIAL XK20417', 'LOT 88213', 'UN3480', 'GROSS 23.5 KG',
                                 'MADE 2025', 'PART 40871')):  # fmt: skip
        cv2.putText(image, words, (1500, 1000 + 45 * row), cv2.FONT_HERSHEY_DUPLEX, 0.8,
                    (30, 30, 30), 2, cv2.LINE_AA)  # fmt: skip
    read = texts(image)
    assert 'XK20417' in read
    assert '88213' in read


@pytest.mark.parametrize('quarters', [0, 1])
def test_a_package_that_stands_far_away_is_read(quarters: int) -> None:
    image = np.full((3000, 4000, 3), 90, np.uint8)
    image[1000:1900, 1400:2600] = 225
    for row, words in enumerate(('UN 3091', 'SERIAL XK20417', 'LOT 88213', 'GROSS 23.5 KG',
                                 '4D/Y40/S/25', 'CN/C516623')):  # fmt: skip
        cv2.putText(image, words, (1480, 1100 + 140 * row), cv2.FONT_HERSHEY_DUPLEX, 1.1,
                    (30, 30, 30), 2, cv2.LINE_AA)  # fmt: skip
    read = texts(np.ascontiguousarray(np.rot90(image, quarters)))
    assert all(words in read for words in ('UN3091', 'XK20417', '4D/Y40/S/25', 'CN/C516623'))


def test_a_line_that_reaches_out_of_the_part_looked_at_is_read_whole() -> None:
    image = np.full((3000, 4000, 3), 235, np.uint8)
    for at in (1000, 1060, 1250, 1310, 1370):
        cv2.putText(image, f'BATCH {at} AND WORDS', (1000, at), cv2.FONT_HERSHEY_DUPLEX, 1.0,
                    (30, 30, 30), 2, cv2.LINE_AA)  # fmt: skip
    cv2.putText(image, 'SERIAL NO AC240275037 XY', (1000, 1170), cv2.FONT_HERSHEY_DUPLEX, 1.9,
                (30, 30, 30), 3, cv2.LINE_AA)  # fmt: skip
    assert 'AC240275037XY' in texts(image).replace(' ', '')


def test_small_print_across_the_middle_of_a_large_picture_is_read_whole() -> None:
    image = np.full((3600, 4800, 3), 235, np.uint8)
    cv2.putText(image, 'SERIAL NO AC240275037 AND SOME MORE WORDS', (1900, 1750),
                cv2.FONT_HERSHEY_DUPLEX, 1.4, (30, 30, 30), 2, cv2.LINE_AA)  # fmt: skip
    assert 'SERIALNOAC240275037ANDSOMEMOREWORDS' in texts(image).replace(' ', '')


def code(value: str, kind: str, scale: int = 3, *, gs1_: bool = False) -> Image:
    made = zxingcpp.create_barcode(value, getattr(zxingcpp.BarcodeFormat, kind), gs1=gs1_)
    drawn = np.array(zxingcpp.write_barcode_to_image(made, scale=scale))
    return np.asarray(drawn, np.uint8)


def on_paper(drawn: Image, angle: float, blur: float) -> Image:
    side = 2 * max(drawn.shape)
    paper = np.full((side, side), 220, np.uint8)
    top, left = ((side - n) // 2 for n in drawn.shape)
    paper[top : top + drawn.shape[0], left : left + drawn.shape[1]] = np.minimum(drawn, 220)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1)
    turned = cv2.warpAffine(paper, turn, (side, side), borderValue=220.0)
    noise = np.random.default_rng(1).normal(0, 8, turned.shape)
    soft = cv2.GaussianBlur(turned, (0, 0), blur) + noise
    grey = np.clip(soft, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


@pytest.mark.parametrize('angle', [0, 17, 90, 205])
def test_bars_are_read_however_they_lie(angle: float) -> None:
    found = barcodes.read(on_paper(code('XM250525-0001', 'Code128'), angle, 1.6))
    assert [one.value for one in found] == ['XM250525-0001']
    assert found[0].details['symbology'] == 'code128'


@pytest.mark.parametrize('scale', [4, 9, 14])
def test_bars_near_to_the_camera_are_borne_out(scale: int) -> None:
    found = barcodes.read(on_paper(code('6900273077430', 'EAN13', scale), 0, 1.2))
    assert [(one.value, one.score) for one in found] == [
        ('6900273077430', barcodes.SURE_WITH_CHECK)
    ]


@pytest.mark.parametrize('angle', [0, 80, 100, 190, 280])
def test_a_matrix_is_read_whichever_way_it_stands(angle: float) -> None:
    picture = np.full((2000, 2400, 3), 190, np.uint8)
    # Faint, so that its edges do not stand out as a place to look at closely.
    paper = 150 + on_paper(code('UL231219434', 'DataMatrix', 10), angle, 2.5) // 6
    picture[300 : 300 + paper.shape[0], 500 : 500 + paper.shape[1]] = paper
    assert [one.value for one in barcodes.read(picture)] == ['UL231219434']


def test_a_light_matrix_on_dark_is_read() -> None:
    picture = np.full((1800, 2400, 3), 40, np.uint8)
    paper = 255 - on_paper(code('UL231219434', 'QRCode', 7), 12, 1.2)
    picture[300 : 300 + paper.shape[0], 500 : 500 + paper.shape[1]] = paper
    assert [one.value for one in barcodes.read(picture)] == ['UL231219434']


@pytest.mark.parametrize(('value', 'found'), [('12', []), ('AB12', []), ('AB1234', ['AB1234'])])
def test_short_bars_without_a_check_say_nothing(value: str, found: list[str]) -> None:
    seen = barcodes.read(on_paper(code(value, 'Code39'), 0, 0.8))
    read = [one for one in seen if one.value]
    assert [one.value for one in read] == found
    assert all(one.score <= barcodes.SURE_WITHOUT for one in read)


def test_bars_run_one_way_and_squares_do_not() -> None:
    assert bars.coherence(code('XM250525-0001', 'Code128')) > barcodes.STRIPED
    assert bars.coherence(code('XM250525-0001', 'QRCode')) < barcodes.STRIPED


def test_print_alone_is_no_code() -> None:
    assert barcodes.read(sheet('SERIAL XM250525-0001')) == []
    assert busy.busy_places(busy.density(np.full((300, 300), 90, np.uint8))) == []


def test_a_gs1_code_comes_with_its_elements() -> None:
    value = '(01)06901234567892(11)250106(21)AB12'
    found = barcodes.read(on_paper(code(value, 'DataMatrix', 6, gs1_=True), 8, 1.0))
    assert [one.details.get('gs1') for one in found] == [
        {'gtin': '06901234567892', 'production_day': '2025-01-06', 'serial': 'AB12'}
    ]


@pytest.mark.parametrize(
    ('text', 'elements'),
    [
        ('(10)L24(17)270100', {'batch': 'L24', 'expiry_day': '2027-01'}),
        ('(3102)001250(3301)000135', {'net_mass_kg': '12.50', 'gross_mass_kg': '13.5'}),
        ('(11)991231', {'production_day': '1999-12-31'}),
        ('(98)own', {'98': 'own'}),
        ('no brackets', {}),
    ],
)
def test_elements_are_named(text: str, elements: dict[str, str]) -> None:
    assert gs1.elements(text) == elements


def test_cuts_are_as_high_as_the_models_read() -> None:
    assert Pyramid(sheet('A')).cut(((0, 0), (90, 0), (90, 30), (0, 30))).shape[0] == HEIGHT


@pytest.mark.parametrize(
    ('places', 'again'),
    [((0.1, 0.3, 0.5, 0.7, 0.9), False), ((0.32, 0.48, 0.64, 0.79, 0.94), True),
     ((0.06, 0.2, 0.36, 0.52, 0.66), True)],
)  # fmt: skip
def test_room_for_one_more_character_is_looked_at_again(
    places: tuple[float, ...], again: bool
) -> None:
    certain = (0.999,) * 5
    words = recognition.Words('25359', certain, certain, places)
    spot = Spot(((100.0, 200.0), (400.0, 200.0), (400.0, 260.0), (100.0, 260.0)))
    look = Look(Pyramid(sheet('')))
    assert look.doubtful(words) == (0, 0)
    assert second_look._may_go_on(spot, words) == again


@pytest.mark.parametrize(
    ('text', 'places', 'again'),
    [
        ('44150/1770', (0.24, 0.57, 0.89, 1.37, 1.86, 2.34, 2.66, 3.15, 3.63, 4.12), True),
        ('4150/1770', (0.4, 0.89, 1.37, 1.86, 2.34, 2.66, 3.15, 3.63, 4.12), False),
        ('2200/1045', (0.35, 0.8, 1.25, 1.7, 2.1, 2.5, 2.95, 3.4, 3.85), False),
        ('UN1133', (0.35, 0.9, 1.3, 1.55, 2.0, 2.45), False),
    ],
)
def test_figures_that_stand_too_close_are_read_again(
    text: str, places: tuple[float, ...], again: bool
) -> None:
    certain = (0.999,) * len(text)
    words = Words(text, certain, certain, places)
    start, end = Look(Pyramid(sheet(''))).doubtful(words)
    assert (start < end) == again


@pytest.mark.parametrize('size', ['tiny', 'small'])
@pytest.mark.parametrize(
    'said', ['SERIAL XK20417-83', '4G/Y25/S/26', 'CN/C330412 PI:018', 'UN3481']
)
def test_rounded_models_read_as_the_whole_ones_do(said: str, size: str) -> None:
    cut = Pyramid(sheet(said)).cut(((40, 190), (1500, 190), (1500, 270), (40, 270)))
    whole = onnx.session(weights.folder() / weights.RECOGNITION[size])
    likely = np.asarray(whole.run(None, {'x': recognition.prepared(cut)})[0][0], np.float32)
    rounded = recognition.read(cut, size)
    # I and l are one shape in many a face.
    assert folded(rounded.text) == folded(recognition.decode(likely, weights.alphabet(size)).text)


def test_a_joint_of_boards_through_print_does_not_halve_it() -> None:
    image = sheet('4C1/Z134/S/23')
    cv2.line(image, (0, 233), (1599, 233), (30, 30, 30), 5)
    loose = Spot(((50.0, 180.0), (800.0, 180.0), (800.0, 280.0), (50.0, 280.0)))
    tight = fit.fitted(Pyramid(image), loose)
    # The capitals of that face are 44 pixels high, from 206 on.
    assert tight.quad[0][1] < 206
    assert tight.quad[3][1] > 250


def test_text_is_found_in_fewer_steps_where_it_was() -> None:
    given = detection.prepared(sheet('4G/Y25/S/26 CN/C330412')[:480])
    whole = onnx.session(weights.folder() / weights.DETECTION)
    likely, shorter = (one.run(None, {'x': given})[0] for one in (whole, weights.finder()))
    assert np.max(likely) > 0.9
    assert np.abs(np.asarray(likely) - np.asarray(shorter)).max() < 1e-4


def test_nothing_is_printed_within_a_code() -> None:
    image = sheet('SERIAL XK20417')
    everywhere = ((0.0, 0.0), (1600.0, 0.0), (1600.0, 500.0), (0.0, 500.0))
    assert 'XK20417' in texts(image)
    assert page.read(image, covered=[everywhere]) == []


def test_a_number_in_a_diamond_is_seen() -> None:
    """As limited quantities were marked: a frame on its corner, the number in two rows."""
    image = np.full((3000, 4000, 3), (110, 60, 30), np.uint8)
    corners = np.array([(2000, 1300), (2200, 1500), (2000, 1700), (1800, 1500)])
    cv2.fillPoly(image, [corners], (225, 225, 225))
    cv2.polylines(image, [corners], isClosed=True, color=(20, 20, 20), thickness=14)
    for row, words in ((1490, 'UN'), (1590, '3480')):
        left = 2000 - cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, 2.6, 6)[0][0] // 2
        cv2.putText(image, words, (left, row), cv2.FONT_HERSHEY_DUPLEX, 2.6, (20, 20, 20), 6)
    assert texts(image) == 'UN3480'


@pytest.mark.parametrize(
    ('piece', 'left', 'kept'),
    [('S/N HY2403', 0, 1), ('98155', 500, 1), ('98155', 1200, 2), ('S/N HY7403', 0, 2)],
)
def test_a_piece_of_a_line_that_was_seen_whole_is_none(piece: str, left: int, kept: int) -> None:
    whole = Line(text='S/N HY240398155', score=1.0, quad=((0, 0), (750, 0), (750, 50), (0, 50)))
    right = left + 50 * len(piece)
    part = Line(text=piece, score=1.0, quad=((left, 5), (right, 5), (right, 48), (left, 48)))
    assert len(page.without_pieces([part, whole])) == kept


@pytest.mark.parametrize(
    ('text', 'sure', 'again'),
    [
        ('4G/Y25/S/24', 0.96, False),
        ('4G/Y25/S/24', 0.94, True),
        ('SN 123-456', 0.96, True),
        ('SN 123-456', 0.99, False),
        ('UN 3480', 0.96, False),
        ('LITHIUM METAL BATTERIES', 0.9, False),
        ('LITHIUM METAL BATTERIES PACKED WITH EQUIPMENT', 0.6, True),
        ('毛重/G.W.', 0.8, False),
        ('毛重/G.W.', 0.6, True),
        ('Handle with care', 0.95, False),
        ('Handle with care', 0.6, False),
    ],
)
def test_what_the_larger_model_reads_again_for_key_fields(
    text: str, sure: float, again: bool
) -> None:
    start, end = looked(key_fields=True).doubtful(said(text, sure))
    assert (start < end) is again


def test_the_symbol_before_a_mark_is_no_reason_to_read_it_again() -> None:
    words = said('(H4G/Y25/S/24/CN/C444608', 0.99)
    hardly = replace(words, certainties=(0.3, 0.3, *words.certainties[2:]))
    hardly = replace(hardly, shapes=hardly.certainties)
    assert looked().doubtful(hardly) == (0, 0)
    weak = (*hardly.certainties[:6], 0.3, *hardly.certainties[7:])
    assert looked().doubtful(replace(hardly, certainties=weak, shapes=weak)) == (0, len(words.text))


def looked(*, key_fields: bool = False) -> Look:
    return Look(Pyramid(np.zeros((8, 8, 3), np.uint8)), key_fields=key_fields)


def said(text: str, sure: float) -> Words:
    """A line of which each character is as sure."""
    places = tuple((at + 0.5) / len(text) for at in range(len(text)))
    return Words(text, (sure,) * len(text), (sure,) * len(text), places)
