"""Photographs beside the registered one of the same face: synthetic pairs, then the whole road."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from bench import faces_by_hands
from bench.faces_by_hands import Drawn
from clearlane import demo, flow, governance, registry
from clearlane.model import Reading
from clearlane.recognisers import comparison
from clearlane.recognisers.comparison import COMPARISON, KINDS
from clearlane.recognisers.faces import alignment
from clearlane.sample.package import Package, numbered, specimen
from clearlane.sample.photographs import Photograph, photograph
from clearlane.sample.shot import Shot
from clearlane.store import models as rows
from tests.browser.cast import browser
from tests.conftest import OFFICER, OTHER

BOX = specimen(2)  # a white carton
SIZE = {'width': 1024, 'height': 768}


@cache
def registered(view: str = 'label', seed: int = 2) -> Photograph:
    return photograph(specimen(seed), Shot(seed=seed, view=view, **SIZE))


@cache
def later(
    *faults: str, view: str = 'label', style: str = 'line', hardness: float = 0.2
) -> Photograph:
    """Another box of the design, which stands and is lit otherwise."""
    how = {'style': style, 'hardness': hardness, 'line': 2, 'faults': faults}
    return photograph(numbered(BOX, 5), Shot(seed=79, view=view, **SIZE, **how))


def said(photo: Any) -> list[Reading]:
    """What a perfect reader would have read."""
    return [
        Reading(kind=t['kind'], value=str(t['value']), score=0.9, recogniser='truth',
                box=tuple((int(x), int(y)) for x, y in t['box']))
        for t in photo.truth if t['legible']
    ]  # fmt: skip


def compare(new: Any, other: Any = None) -> list[Reading]:
    old = other or registered(new.view)
    return COMPARISON.compare(new.jpeg, old.jpeg, said(new), said(old))


@pytest.mark.parametrize('view', ['front', 'label'])
@pytest.mark.parametrize('style', ['line', 'phone'])
def test_another_box_of_the_design_is_the_same(view: str, style: str) -> None:
    answer, *places = compare(later(view=view, style=style))
    assert (answer.kind, answer.value) == ('comparison', 'same'), places
    assert answer.score == answer.details['same'] >= comparison.SAME
    assert answer.details['registered'] == hashlib.sha256(registered(view).jpeg).hexdigest()


@pytest.mark.parametrize(
    ('fault', 'kind'),
    [
        ('tape_missing', 'tape_missing'),
        ('label_missing', 'label_missing'),
        ('label_covered', 'label_missing'),
        ('plain_class_9', 'other_label'),
        ('arrows_down', 'other_label'),
        ('hole', 'hole'),
    ],
)
def test_what_is_wrong_is_said_and_shown(fault: str, kind: str) -> None:
    answer, *places = compare(later(fault))
    assert answer.value == 'differs'
    assert answer.details['same'] < 0.25
    assert kind in [one.value for one in places]
    for one in places:
        assert one.kind == 'difference' and one.value in KINDS
        assert len(one.box) == len(one.details['registered_box']) == 4


def test_the_place_of_a_missing_tape_is_where_it_was() -> None:
    new = later('tape_missing')
    place = next(one for one in compare(new) if one.value == 'tape_missing')
    truth = next(item['box'] for item in new.condition if item['kind'] == 'closure')
    middle = np.mean(place.box, axis=0)
    assert cv2.pointPolygonTest(np.array(truth, np.float32), middle.tolist(), True) > -12


def test_what_has_nothing_in_common_cannot_be_compared() -> None:
    grey = np.full((480, 640, 3), 128, np.uint8)
    data = bytes(cv2.imencode('.jpg', grey)[1])
    (answer,) = COMPARISON.compare(data, registered().jpeg, [], [])
    assert (answer.value, answer.score) == ('unclear', 0.0)


def test_another_design_is_never_the_same() -> None:
    for seed in (0, 5):
        assert compare(later(view='front'), registered('front', seed))[0].value != 'same'


def test_a_comparison_is_kept_under_both_pictures_and_the_reader() -> None:
    assert COMPARISON.key('a', 'r') != COMPARISON.key('b', 'r') != COMPARISON.key('b', 's')
    assert COMPARISON.key('a', 'r') == COMPARISON.key('a', 'r')


# --- faces by other hands -------------------------------------------------------------------


@cache
def drawn(hand: str, name: str) -> dict[tuple[str, str], Drawn]:
    """All pairs of one design, by what is wrong and how they were taken."""
    return {
        (pair.wrong, '' if pair.wrong else pair.condition): pair
        for pair in faces_by_hands.design(hand, name, 0)
    }


def laid_upon(pair: Drawn) -> comparison.Pair:
    old, new = (alignment.prepared(one.jpeg) for one in (pair.registered, pair.new))
    laid = comparison.laid(old, new, said(pair.new), said(pair.registered))
    assert laid is not None
    return laid


@pytest.mark.parametrize('hand', ['label_room', 'pier'])
@pytest.mark.parametrize('condition', ['clean', 'phone'])
def test_another_print_board_and_camera_are_no_difference(hand: str, condition: str) -> None:
    pair = drawn(hand, f'{hand} 11')['', condition]
    answer, *places = compare(pair.new, pair.registered)
    assert answer.value == 'same', (answer, places)


@pytest.mark.parametrize(
    ('fault', 'kind'),
    [
        ('label_missing', 'label_missing'),
        ('label_moved', 'label_moved'),
        ('other_label', 'other_label'),
        ('label_covered', 'label_missing'),
        ('label_torn', 'label_missing'),
        ('mark_missing', 'print_missing'),
        ('hole', 'hole'),
    ],
)
def test_faults_by_another_hand_are_said_and_named(fault: str, kind: str) -> None:
    pair = drawn('pier', 'pier 11')[fault, '']
    answer, *places = compare(pair.new, pair.registered)
    assert answer.value == 'differs', (answer, places)
    assert kind in [one.value for one in places]


def test_a_wide_lens_is_followed() -> None:
    """Labels and words land where they stand, within a few pixels of 800."""
    pair = drawn('pier', 'pier 11')['', 'phone']
    laid = laid_upon(pair)
    new = {t['kind']: np.array(t['box']) for t in pair.new.truth if t['kind'] in KEPT}
    for kind, box in ((r.kind, box) for r, box in laid.known if r.kind in KEPT):
        off = laid.there(box) / (800 / 1600) - new[kind]
        assert np.abs(off).max() < 12, kind


KEPT = ('un_mark', 'un_number')


@pytest.mark.parametrize('seed', [3, 8])
def test_the_edges_of_the_face_are_found(seed: int) -> None:
    box = specimen(seed, 'carton')
    old = photograph(box, Shot(seed=seed, view='label', **SIZE))
    new = photograph(numbered(box, 4), Shot(seed=seed + 7, view='label', style='phone', **SIZE))
    pair = comparison.laid(
        alignment.prepared(old.jpeg), alignment.prepared(new.jpeg), said(new), said(old)
    )
    assert pair is not None
    truth = np.array(next(c['box'] for c in old.condition if c['kind'] == 'face'), np.float32)
    truth = pair.frame.inside(truth * (800 / SIZE['width']))
    wide, high = pair.frame.size
    for corner, found in zip(truth, ((0, 0), (wide, 0), (wide, high), (0, high)), strict=True):
        assert np.abs(corner - found).max() < 0.06 * wide


# --- the road ---------------------------------------------------------------------------------


def lodged(faults: tuple[str, ...]) -> str:
    """A batch of one box, whose design has a registered photograph of its label."""
    mark = f'4G/Y25/S/{flow.today():%y}/CN/C370009'
    demo.libraries(1, mark, flow.today())
    box = Package(mark=f'{mark} PI:0225', serial='XM-0001', batch='0225', design='D-01')
    reference = photograph(numbered(box, 40), Shot(seed=3, view='label', **SIZE))
    name = governance.keep_photograph(demo.ENTERPRISE, reference.jpeg).sha256
    entry = rows.LibraryEntry.objects.filter(library='designs').latest('version')
    data = {**entry.data, 'reference_photographs': {'label': name}}
    new = registry.register(demo.ENTERPRISE, demo.SCENARIO, 'designs', 'D-01', data)
    registry.qualify(OFFICER, new.pk, flow.today())
    declared = demo.declared(1, 'A', box, flow.today(), 1)
    no = flow.lodge(demo.ENTERPRISE, demo.SCENARIO, declared, lot=demo.NO_DRAW).no
    for view in ('front', 'label'):
        wrong = faults if view == 'label' else ()
        shot = Shot(seed=11, view=view, faults=wrong, **SIZE)
        flow.attach(demo.ENTERPRISE, no, photograph(box, shot).jpeg, item='XM-0001', view=view)
    flow.present(demo.ENTERPRISE, no)
    row = rows.Declaration.objects.get(no=no)
    for piece in row.evidence.values_list('pk', flat=True):
        flow.read(piece)
    while flow.advance(row.pk):
        pass
    return no


def finding(no: str) -> dict[str, Any]:
    import json

    result = json.loads(rows.Decision.objects.get(declaration__no=no).result)
    return next(f for f in result['findings'] if f['check'] == 'faces_match_registered_photograph')


def test_a_box_without_tape_is_found_on_the_road(store: None) -> None:
    no = lodged(('tape_missing',))
    found = finding(no)
    assert found['result'] in ('fail', 'doubt')  # thin brown tape on brown board: a person looks
    assert any('tape' in crop['note'] for crop in found['crops'])
    pieces = rows.Evidence.objects.filter(declaration__no=no)
    label = pieces.get(view='label')
    entry = rows.LibraryEntry.objects.filter(library='designs').latest('version')
    name = entry.data['reference_photographs']['label']
    assert {crop['evidence'] for crop in found['crops']} == {label.sha256, name}
    kept = rows.Reading.objects.get(recogniser=COMPARISON.name)
    assert kept.sha256 == label.sha256
    flow.read(label.pk)
    again = rows.Reading.objects.get(recogniser=COMPARISON.name)
    assert again.read_at == kept.read_at
    _is_shown(label.pk)


def _is_shown(piece: int) -> None:
    """Both pictures stand on the page, and whoever may not see the declaration sees neither."""
    rows.User.objects.create(username='officer', role='officer')
    rows.User.objects.create(username='other', role='exporter', party_id=OTHER)
    officer, other = browser('officer'), browser('other')
    page = officer.get(f'/evidence/{piece}/compared').content.decode()
    assert page.count('<svg class="compared"') == 2
    assert '<polygon' in page
    picture = officer.get(f'/evidence/{piece}/registered')
    assert picture.headers['Content-Type'] == 'image/jpeg'
    for path in ('compared', 'registered'):
        assert other.get(f'/evidence/{piece}/{path}').status_code in (403, 404)


def test_a_box_like_the_registered_one_passes(store: None) -> None:
    no = lodged(())
    assert finding(no)['result'] == 'pass'
