"""The quality gate: what is wrong with a photograph, and what its sender is told."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from clearlane.model import Reading
from clearlane.recognisers import quality, retake
from clearlane.sample.package import specimen
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot


def taken(*faults: str) -> bytes:
    shot = Shot(seed=3, width=1600, height=1200, hardness=0.1, faults=faults)
    return photograph(specimen(3), shot).jpeg


@pytest.mark.parametrize(
    ('faults', 'wanted'),
    [((), []), (('blurred',), ['blurred']), (('dark',), ['too_dark']), (('glare',), ['glare'])],
)
def test_each_fault_is_told_and_a_good_photograph_raises_no_alarm(
    faults: tuple[str, ...], wanted: list[str]
) -> None:
    assert [one.value for one in quality.gate(taken(*faults))] == wanted


def test_print_that_is_too_small_is_told_with_its_height() -> None:
    page = np.full((1500, 2000, 3), 240, np.uint8)
    for row in range(20):
        cv2.putText(page, 'GROSS WEIGHT 12345 KG', (100, 60 + 70 * row), 0, 0.25, (0, 0, 0), 1)
    limits = quality.Limits(sharp=0.5, height_px=24)
    (found,) = quality.gate(cv2.imencode('.png', page)[1].tobytes(), limits)
    assert found.value == 'too_small'
    assert found.details['height_px'] < 24


def seen(kind: str, box: tuple[int, int, int, int], value: str = 'x' * 9) -> Reading:
    left, top, right, foot = box
    corners = ((left, top), (right, top), (right, foot), (left, foot))
    return Reading(kind=kind, value=value, score=0.9, recogniser='t/1', box=corners)


@pytest.mark.parametrize(
    ('readings', 'wanted'),
    [
        ([seen('un_mark', (100, 100, 500, 140))], []),
        ([seen('un_mark', (0, 100, 500, 140))], ['cut_off']),
        ([seen('text', (0, 100, 20, 140), 'ab'), seen('un_mark', (50, 100, 90, 140))], []),
        ([seen('hazard_label', (100, 100, 500, 500))], ['wrong_face']),
        ([seen('text', (100, 100, 500, 140))], ['nothing_found']),
    ],
)
def test_what_was_read_tells_a_face_that_is_cut_off_or_another_one(
    readings: list[Reading], wanted: list[str]
) -> None:
    found = quality.after(readings, (1000, 800), wanted=['un_mark'], elsewhere=['hazard_label'])
    assert [one.value for one in found] == wanted


def test_every_remedy_is_told_in_both_languages() -> None:
    for code in retake.REMEDIES:
        words = retake.reading(code).details
        assert words['zh'] and words['en']


def test_a_limit_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match='no such limit: shrap'):
        quality.Limits.of({'shrap': 1.0})


def test_the_sender_is_told_at_once() -> None:
    from clearlane import photographs

    assert photographs.advice(taken()) == []
    told = photographs.advice(taken('blurred'))
    assert [one['code'] for one in told] == ['blurred']
    assert json.loads(json.dumps(told)) == told
