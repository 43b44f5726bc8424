"""Hazard labels, battery marks and arrows, read in synthetic pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from bench import label_carton, label_hand, label_press
from clearlane.model import Reading
from clearlane.recognisers import hazard_label
from clearlane.recognisers.labels import ink, judged, names, quads, turned
from clearlane.recognisers.text.crop import Pyramid
from clearlane.recognisers.text.line import Line
from clearlane.sample.package import specimen
from clearlane.sample.photographs import Photograph, photograph
from clearlane.sample.shot import Shot

BOARD = (120, 160, 190)
WHITE = (250, 250, 250)
BLACK = (20, 20, 20)
RED = (40, 30, 210)
TILTED = [[5, 0], [9, 6], [4, 10], [0, 4]]


@cache
def photo(seed: int = 3, *faults: str, view: str = 'label') -> Photograph:
    return photograph(
        specimen(seed), Shot(seed=seed, view=view, faults=faults, width=1280, height=960)
    )


def pixels(shown: Photograph) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(shown.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image)


def readings(*faults: str, seed: int = 3, view: str = 'label') -> list[Reading]:
    return hazard_label.read(pixels(photo(seed, *faults, view=view)))


def values(found: list[Reading], kind: str, least: float = 0.5) -> list[str]:
    return [one.value for one in found if one.kind == kind and one.score >= least]


def truth(shown: Photograph, kind: str) -> dict[str, Any]:
    return next(item for item in shown.truth if item['kind'] == kind)


def diamond(edge: tuple[int, int, int], fill: tuple[int, int, int], width: int) -> np.ndarray:
    """A board with one diamond and a black symbol that is no label of any class."""
    picture = np.full((480, 640, 3), BOARD, np.uint8)
    corners = np.array([[320, 90], [470, 240], [320, 390], [170, 240]])
    cv2.fillPoly(picture, [corners], fill)
    cv2.polylines(picture, [corners], True, edge, width, cv2.LINE_AA)
    cv2.rectangle(picture, (308, 170), (332, 260), BLACK, -1)
    cv2.circle(picture, (320, 300), 15, BLACK, -1)
    return picture


@pytest.mark.parametrize('seed', [3, 4, 5])
def test_label_9a_is_read_where_it_is(seed: int) -> None:
    shown = photo(seed)
    found = [one for one in hazard_label.read(pixels(shown)) if one.kind == 'hazard_label']
    assert [one.value for one in found] == ['9A']
    assert found[0].score > 0.8
    expected = truth(shown, 'hazard_label')['box']
    assert np.abs(np.array(found[0].box) - expected).max() < 12


@pytest.mark.parametrize('seed', [3, 4, 5])
def test_plain_class_9_is_not_taken_for_9a(seed: int) -> None:
    assert values(readings('plain_class_9', seed=seed), 'hazard_label') == ['9']


def test_no_label_is_read_where_none_is() -> None:
    assert values(readings('label_missing'), 'hazard_label', 0) == []
    assert values(readings(view='front'), 'hazard_label', 0) == []


def test_battery_mark_is_told_from_a_label() -> None:
    found = readings('battery_mark_instead')
    assert values(found, 'battery_mark') == ['unread']
    assert values(found, 'hazard_label', 0) == []


def test_battery_mark_takes_the_un_number_that_lies_in_it() -> None:
    shown = photo(3, 'battery_mark_instead')
    box = truth(shown, 'battery_mark')['box']
    middle = np.mean(box, axis=0)
    around = [(-30, -9), (30, -9), (30, 9), (-30, 9)]
    inside = Line(text='un 3480', score=0.9, quad=tuple(tuple(middle + step) for step in around))
    outside = Line(text='UN3090', score=0.9, quad=tuple(around))
    found = hazard_label.read(pixels(shown), [outside, inside])
    assert values(found, 'battery_mark') == ['UN3480']
    both = hazard_label.read(pixels(shown), [replace(inside, text='UN3480 UN3091')])
    assert values(both, 'battery_mark') == ['UN3480+UN3091']


def test_arrows_are_read_with_their_direction() -> None:
    assert values(readings(), 'orientation_arrows') == ['up']
    assert values(readings('arrows_down'), 'orientation_arrows') == ['down']


@pytest.mark.parametrize(('fault', 'arrows'), [('tilted_90', 'right'), ('tilted_180', 'down')])
def test_a_label_is_read_in_a_turned_picture(fault: str, arrows: str) -> None:
    found = readings(fault)
    assert values(found, 'hazard_label') == ['9A']
    assert values(found, 'orientation_arrows') == [arrows]


@pytest.mark.parametrize('fault', ['label_covered', 'label_torn'])
def test_a_covered_or_torn_label_is_never_surely_another(fault: str) -> None:
    for one in readings(fault):
        if one.kind == 'hazard_label':
            assert one.value == '9A' or one.score < 0.8


@pytest.mark.parametrize('value', ['GHS02', 'GHS06', 'GHS08'])
def test_a_third_drawing_of_ghs_diamonds_is_read_as_such(value: str) -> None:
    picture, (item,) = label_press.package(np.random.default_rng(5), [value], ['triangle', 'logo'])
    found = hazard_label.read(picture)
    assert values(found, 'ghs_label') == [value]
    assert values(found, 'hazard_label') == []
    assert np.abs(np.array(found[0].box) - item['box']).max() < 20


@pytest.mark.parametrize('value', ['9A', '9'])
def test_a_third_drawing_of_class_9_is_told_apart(value: str) -> None:
    for seed in (1, 2, 3):
        picture, _ = label_press.package(np.random.default_rng(seed), [value], ['circle', 'arrow'])
        assert set(values(hazard_label.read(picture), 'hazard_label')) <= {value}


def test_packages_without_a_label_have_none() -> None:
    for seed in range(4):
        noise = list(label_press.NOISE[seed : seed + 4])
        picture, _ = label_press.package(np.random.default_rng(seed), [], noise)
        assert values(hazard_label.read(picture), 'hazard_label') == []


def test_the_side_is_said_in_millimetres_where_the_scale_is_known() -> None:
    found = hazard_label.read(pixels(photo(3)), mm_per_px=0.75)
    label = next(one for one in found if one.kind == 'hazard_label')
    assert abs(label.details['side_mm'] - 0.75 * label.details['side_px']) <= 1
    assert 'too_small' not in label.details


def test_a_label_of_a_few_pixels_is_never_sure() -> None:
    small = cv2.resize(pixels(photo(3)), None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)
    for one in hazard_label.read(small):
        assert one.score < 0.5 or one.details['side_px'] >= hazard_label.LEAST_SIDE_PX


def test_ghs_pictogram_is_no_transport_label() -> None:
    assert values(hazard_label.read(diamond(RED, WHITE, 14)), 'hazard_label') == []


def test_warning_sign_is_no_transport_label() -> None:
    assert values(hazard_label.read(diamond(BLACK, (30, 200, 240), 6)), 'hazard_label') == []


@pytest.mark.parametrize('shape', [(480, 640), (20, 20), (33, 1200), (1200, 33)])
def test_an_empty_picture_has_no_labels(shape: tuple[int, int]) -> None:
    assert hazard_label.read(np.full((*shape, 3), 180, np.uint8)) == []


def test_a_cut_off_label_is_said_to_be_cut_off() -> None:
    shown = photo(3)
    middle = np.mean(truth(shown, 'hazard_label')['box'], axis=0)
    side = int(0.35 * np.ptp(truth(shown, 'hazard_label')['box'], axis=0)[0])
    picture = pixels(shown)[:, int(middle[0]) - side :]
    found = [one for one in hazard_label.read(picture) if one.kind == 'hazard_label']
    assert all(one.details.get('cut_off') for one in found)


def test_reading_says_what_it_rests_on() -> None:
    one = readings()[0]
    assert one.recogniser == hazard_label.NAME
    assert one.details['side_px'] > 20
    assert all(0 <= x < 1280 and 0 <= y < 960 for x, y in one.box)
    assert 0 <= one.score <= 1
    assert len(hazard_label.digest()) == 64
    assert hazard_label.digest() == hazard_label.digest()


def test_the_same_picture_gives_the_same_readings() -> None:
    picture = pixels(photo(4))
    before = picture.copy()
    assert hazard_label.read(picture) == hazard_label.read(picture)
    assert (picture == before).all()


def test_a_diamond_begins_at_its_top_and_a_box_at_its_top_left() -> None:
    assert quads.clockwise(np.array(TILTED[::-1])).tolist()[0] == [5, 0]
    box = [[10, 11], [1, 10], [0, 1], [9, 0]]
    assert quads.clockwise(np.array(box)).tolist() == [[0, 1], [9, 0], [10, 11], [1, 10]]


@pytest.mark.parametrize(
    ('quad', 'stands'),
    [
        ([[5, 0], [10, 5], [5, 10], [0, 5]], True),
        (TILTED, True),
        ([[0, 0], [10, 0], [10, 10], [0, 10]], False),
        ([[77, 0], [174, 10], [117, 190], [0, 171]], False),
    ],
)
def test_a_narrow_box_does_not_stand_on_a_corner(quad: list[list[int]], stands: bool) -> None:
    assert quads.stands_on_corner(quads.clockwise(np.array(quad))) is stands


def test_a_faint_outline_is_found_and_straightened() -> None:
    picture = np.full((600, 900, 3), 200, np.uint8)
    corners = np.array([[400, 100], [560, 270], [410, 420], [250, 250]])
    cv2.fillPoly(picture, [corners], (222, 222, 222))
    found = quads.quads(picture)
    best = min(found, key=lambda quad: np.abs(quad - corners).max())
    assert np.abs(best - corners).max() < 4
    (inside,) = quads.crops(Pyramid(picture), [best])
    assert inside.shape == (quads.CROP_SIDE, quads.CROP_SIDE, 3)
    assert inside[quads.CROP_SIDE // 2, 10].tolist() == [222, 222, 222]
    assert inside[3, 3].tolist() == [200, 200, 200]


def test_classes_that_differ_in_their_figure_need_the_figure() -> None:
    rng = np.random.default_rng(0)
    picture, item = label_hand.photographed('3', rng)
    bottom = np.array(item['box'])[2] * 0.85 + np.array(item['box'])[0] * 0.15
    quad = tuple((float(bottom[0] + x), float(bottom[1] + y))
                 for x, y in ((-5, -6), (5, -6), (5, 6), (-5, 6)))  # fmt: skip
    without = hazard_label.read(picture)
    assert values(without, 'hazard_label') == []
    assert values(without, 'hazard_label', 0)[0] in ('2.1', '3')
    for figure, value in (('3', '3'), ('2', '2.1')):
        found = hazard_label.read(picture, [Line(text=figure, score=0.9, quad=quad)])
        assert values(found, 'hazard_label') == [value]


@pytest.mark.parametrize('value', ['3', '2.1', '6.1', '2.3'])
def test_the_figure_in_the_corner_of_a_label_is_read_for_itself(value: str) -> None:
    found = hazard_label.read(on_board(label_hand.label(value)))
    assert values(found, 'hazard_label') == [value]


def test_arrows_in_what_was_hardly_read_as_words_are_arrows() -> None:
    shown = photo()
    (arrows,) = (one for one in readings() if one.kind == 'orientation_arrows')
    low, high = np.array(arrows.box).min(axis=0), np.array(arrows.box).max(axis=0)
    quad = (*map(tuple, [low, (high[0], low[1]), high, (low[0], high[1])]),)
    for score, expected in ((0.6, ['up']), (0.95, [])):
        found = hazard_label.read(pixels(shown), [Line(text='↑个E', score=score, quad=quad)])
        assert values(found, 'orientation_arrows') == expected


@pytest.mark.parametrize('value', ['9A', '9', '4.3', '6.2', '7', '8'])
def test_a_second_drawing_of_the_labels_is_read(value: str) -> None:
    picture, _ = label_hand.photographed(value, np.random.default_rng(3))
    assert values(hazard_label.read(picture), 'hazard_label') == [value]


@pytest.mark.parametrize('sign', label_hand.NOT_TRANSPORT)
def test_a_second_drawing_of_other_signs_is_not(sign: str) -> None:
    picture, _ = label_hand.photographed(sign, np.random.default_rng(4))
    assert values(hazard_label.read(picture), 'hazard_label') == []


@pytest.mark.parametrize('value', ['9A', '9'])
def test_vector_art_on_a_carton_of_12_mp_is_read(value: str) -> None:
    taken = label_carton.photograph(value, 'jpeg', np.random.default_rng(2))
    image = cv2.imdecode(np.frombuffer(taken.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    found = hazard_label.read(np.asarray(image))
    assert label_carton.answer(taken, found) == (value, pytest.approx(1, abs=0.4))
    assert label_carton.false_labels(taken, found) == []


def on_board(flat: np.ndarray) -> np.ndarray:
    """A flat label of 400 pixels, standing on its corner, on brown board."""
    picture = np.full((700, 900, 3), BOARD, np.uint8)
    mask = np.zeros((400, 400), np.uint8)
    cv2.fillPoly(mask, [np.array([[200, 0], [400, 200], [200, 400], [0, 200]])], 255)
    picture[150:550, 250:650][mask > 0] = flat[mask > 0]
    return picture


def nine_with(words: str, group: str = '9') -> tuple[np.ndarray, Line]:
    """A label with words below its stripes, and these words as a line of text."""
    flat = label_hand.label(group)
    cv2.putText(flat, words, (120, 240), cv2.FONT_HERSHEY_DUPLEX, 0.75, BLACK, 2, cv2.LINE_AA)
    picture = on_board(flat)
    quad = ((366.0, 368.0), (534.0, 368.0), (534.0, 396.0), (366.0, 396.0))
    return picture, Line(text=words, score=0.97, quad=quad)


def test_words_below_the_stripes_are_no_battery_group() -> None:
    picture, line = nine_with('MISCELLANS')
    assert values(hazard_label.read(picture, [line]), 'hazard_label') == ['9']
    picture, line = nine_with('UN 3480', group='9A')
    assert '9' not in values(hazard_label.read(picture, [line]), 'hazard_label')


def test_the_figure_of_class_9_may_stand_high_and_is_no_battery_group() -> None:
    # As OpenCV's figure stands, its top reaches into the half below the stripes.
    picture, _ = nine_with('')
    cv2.putText(picture, '9', (438, 478), cv2.FONT_HERSHEY_DUPLEX, 1.8, BLACK, 6, cv2.LINE_AA)
    quad = np.array([[450, 150], [650, 350], [450, 550], [250, 350]])
    assert ink.below_stripes(Pyramid(picture), quad) <= judged.BLANK
    assert values(hazard_label.read(picture), 'hazard_label') == ['9']


@pytest.mark.parametrize(
    ('words', 'value'),
    [('FLAMMABLE LIQUID', '3'), ('FLAMMABLELIOUID', '3'), ('FLAMMABLE GAS', '2.1'),
     ('易燃液体', '3')],
)  # fmt: skip
def test_words_in_a_label_tell_its_class_as_its_figure_does(words: str, value: str) -> None:
    picture, item = label_hand.photographed('3', np.random.default_rng(0))
    middle = np.mean(item['box'], axis=0)
    quad = tuple((float(middle[0] + x), float(middle[1] + y))
                 for x, y in ((-40, -6), (40, -6), (40, 6), (-40, 6)))  # fmt: skip
    found = hazard_label.read(picture, [Line(text=words, score=0.9, quad=quad)])
    assert values(found, 'hazard_label') == [value]


def test_a_paper_without_a_red_rim_is_no_battery_mark() -> None:
    picture = pixels(photo(3, 'battery_mark_instead'))
    grey = np.repeat(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2)
    # Without any colour in the picture nobody knows; beside colours the rim is known to have none.
    [doubtful] = values(hazard_label.read(grey), 'battery_mark', 0)
    assert doubtful == 'unread'
    assert values(hazard_label.read(grey), 'battery_mark') == []
    grey[: len(grey) // 8] = (40, 160, 40)
    assert values(hazard_label.read(grey), 'battery_mark', 0.1) == []


def test_stripes_go_straight_and_lines_of_print_do_not() -> None:
    corners = np.array([[450, 150], [650, 350], [450, 550], [250, 350]])
    picture, _ = nine_with('')
    for turn in range(4):
        assert ink.striped(Pyramid(picture), np.roll(corners, turn, axis=0)) > 0.9
    words = np.full((700, 900, 3), BOARD, np.uint8)
    for k, said in enumerate(('4G/Y37/S/24', 'LITHIUM ION BATTERIES', 'UN3480', 'G.W. 17.2 kg')):
        at = (240, 230 + 80 * k)
        cv2.putText(words, said, at, cv2.FONT_HERSHEY_DUPLEX, 2, BLACK, 4, cv2.LINE_AA)
    assert ink.striped(Pyramid(words), corners) < judged.LEAST_STRIPED


def test_a_package_taken_for_a_mark_does_not_swallow_its_labels() -> None:
    ground = np.array([[0, 0], [3000, 0], [3000, 2000], [0, 2000]], np.float32)
    label = np.array([[1500, 800], [1700, 1000], [1500, 1200], [1300, 1000]], np.float32)
    inner = (label - (1500, 1000)) * 0.35 + (1500, 1000)

    kept = hazard_label._settled(
        [seen(ground, 'battery_mark', 0.99), seen(label, '9A', 0.98), seen(inner, '8', 0.97)]
    )
    assert [one.name for one in kept] == ['battery_mark', '9A']


@pytest.mark.parametrize(
    ('share', 'chance', 'is_sure'), [(0.9, 0.6, 0), (0.9, 0.99, 1), (0.3, 0.6, 1)]
)
def test_a_whole_side_of_brown_board_is_hardly_a_battery_mark(
    share: float, chance: float, is_sure: bool
) -> None:
    picture = np.full((800, 1000, 3), 235, np.uint8)
    half = np.array([500, 400]) * share
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + (500, 400)
    low, high = corners[0].astype(int), corners[2].astype(int)
    cv2.rectangle(picture, low.tolist(), high.tolist(), (90, 140, 190), round(0.14 * share * 800))
    chances = np.zeros(len(names.NAMES))
    chances[names.NAMES.index('battery_mark')] = chance
    seen = judged.Seen(corners, 1.0, chances, np.zeros(2))
    _, score = judged.judged(seen, Pyramid(picture), [])
    assert score == (chance if is_sure else judged.UNSURE)


def test_the_symbol_of_a_mark_is_a_ring_and_a_label_is_none() -> None:
    corners = np.array([[450, 150], [650, 350], [450, 550], [250, 350]], np.float32)
    symbol = np.full((700, 900, 3), BOARD, np.uint8)
    cv2.circle(symbol, (440, 350), 150, RED, 16, cv2.LINE_AA)
    for letter, y in (('u', 340), ('n', 430)):
        cv2.putText(symbol, letter, (390, y), cv2.FONT_HERSHEY_DUPLEX, 4, RED, 12, cv2.LINE_AA)
    assert ink.ringed(Pyramid(symbol), corners) > judged.A_RING
    assert ink.ringed(Pyramid(nine_with('')[0]), corners) < judged.A_RING


def test_lines_of_print_that_go_on_across_an_outline_are_no_label() -> None:
    corners = np.array([[450, 150], [650, 350], [450, 550], [250, 350]], np.float32)
    chances = np.zeros(len(names.NAMES))
    chances[names.NAMES.index('4.1')] = 0.9
    rough = judged.Seen(corners, 0.5, chances, np.zeros(len(names.STATES)))
    picture = Pyramid(np.full((700, 1200, 3), BOARD, np.uint8))
    quad = ((400.0, 300.0), (1100.0, 300.0), (1100.0, 360.0), (400.0, 360.0))
    across = Line(text='LITHIUM ION BATTERIES', score=0.97, quad=quad)
    assert judged.judged(rough, picture, [across]) == ('4.1', 0.0)
    assert judged.judged(rough, picture, []) == ('4.1', 0.9)


@pytest.mark.parametrize('quarters', [1, 2, 3])
def test_labels_are_told_as_the_text_of_the_picture_stands(quarters: int) -> None:
    image = pixels(photo(3))
    upright = hazard_label.read(image)
    print_ = [(40, 40), (640, 40), (640, 70), (40, 70)]
    line = Line(text='KEEP DRY, HANDLE WITH CARE', score=0.95, quad=tuple(lying(print_, quarters)))
    found = hazard_label.read(np.ascontiguousarray(np.rot90(image, -quarters)), [line])
    ways = dict(zip(turned.WAYS, turned.WAYS[quarters:] + turned.WAYS[:quarters], strict=True))
    assert [ways.get(one.value, one.value) for one in upright] == [one.value for one in found]
    for one, other in zip(upright, found, strict=True):
        there = np.array(lying(one.box, quarters))
        assert np.abs(there.mean(axis=0) - np.mean(other.box, axis=0)).max() < 6


def lying(points: Any, quarters: int) -> list[tuple[int, int]]:
    """Points of the upright photograph where they lie after so many quarters to the right."""
    wide, high = 1280, 960
    there = [tuple(point) for point in points]
    for _ in range(quarters):
        there = [(high - 1 - y, x) for x, y in there]
        wide, high = high, wide
    return there


def test_a_picture_with_little_text_is_not_turned() -> None:
    picture = Pyramid(np.zeros((960, 1280, 3), np.uint8))
    down = Line(
        text='KEEP DRY, HANDLE WITH CARE', score=0.95, quad=((90, 0), (90, 500), (60, 500), (60, 0))
    )
    across = Line(
        text='UN3480 LITHIUM ION BATTERIES', score=0.95, quad=((0, 0), (500, 0), (500, 30), (0, 30))
    )
    few = Line(text='KEEP DRY', score=0.95, quad=down.quad)
    asked = turned.Turn.of([down], picture)
    assert asked is not None
    assert asked.quarters == 1
    assert turned.Turn.of([down, across], picture) is None
    assert turned.Turn.of([few], picture) is None
    assert turned.Turn.of([], picture) is None


def test_a_diamond_on_a_paper_is_not_the_paper() -> None:
    paper = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], np.float32)
    label = np.array([[50, 4], [96, 50], [50, 96], [4, 50]], np.float32)
    assert not hazard_label._is_among(label, [paper])
    assert hazard_label._is_among(label, [paper, label * 0.98 + 1])


def seen(corners: np.ndarray, name: str, chance: float, found: float = 1.0) -> judged.Seen:
    """An outline that is taken for this."""
    chances = np.zeros(len(names.NAMES))
    chances[names.NAMES.index(name)] = chance
    return judged.Seen(corners, found, chances, np.zeros(len(names.STATES)))


def test_a_paper_with_a_diamond_in_its_middle_is_no_battery_mark() -> None:
    paper = np.array([[0, 0], [600, 0], [600, 600], [0, 600]], np.float32)
    label = np.array([[300, 40], [560, 300], [300, 560], [40, 300]], np.float32)
    mark = seen(paper, 'battery_mark', 0.98)
    for other, is_paper in (
        (seen(label, '6.1', 0.88), True),
        (seen(label, '6.1', 0.5), False),  # hardly a label
        (seen(label, '6.1', 0.88, found=0.6), False),  # seen roughly
        (seen(label * 0.2, '6.1', 0.88), False),  # a small one in a corner
        (seen(paper * 0.9, '9A', 0.9), False),  # the group of a battery mark
    ):
        assert hazard_label._is_paper_of_a_label(mark, [mark, other]) is is_paper
    assert not hazard_label._is_paper_of_a_label(seen(paper, 'up', 0.98), [seen(label, '3', 0.9)])


def test_a_mark_outlined_along_its_hatching_is_red_a_little_further_out() -> None:
    image = np.full((500, 700, 3), (110, 140, 170), np.uint8)
    cv2.rectangle(image, (150, 100), (550, 400), (45, 35, 205), -1)
    cv2.rectangle(image, (172, 122), (528, 378), (245, 245, 245), -1)
    inner = np.array([[172, 122], [528, 122], [528, 378], [172, 378]], np.float32)
    picture, mark = Pyramid(image), seen(inner, 'battery_mark', 1.0)
    around = [(250, 200), (450, 200), (450, 240), (250, 240)]
    number = Line(text='UN3480', score=0.99, quad=tuple(around))
    assert judged.judged(mark, picture, [number]) == ('UN3480', 1.0)
    assert judged.judged(mark, picture, [])[1] == 0.0  # a white paper without any number
    image[...] = (110, 140, 170)  # board alone around it
    cv2.rectangle(image, (172, 122), (528, 378), (245, 245, 245), -1)
    assert judged.judged(mark, Pyramid(image), [number])[1] < 0.5
