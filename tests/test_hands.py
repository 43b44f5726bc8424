"""The hands that draw package photographs for the benches: where their truth lies."""

import random

import cv2
import numpy as np
import pytest

from bench.hands import ferry_camera, ferry_content, pier_camera, pier_content
from clearlane.codes import un_mark, un_number


def test_the_pier_marks_its_boxes_by_the_rules_in_rows_that_say_no_less() -> None:
    for seed in range(60):
        box = pier_content.box(random.Random(seed))
        assert un_mark.validate(box.mark, today=un_mark.date(2026, 11, 1)) == box.mark
        printed = un_mark.compact(' '.join(box.rows).replace(' / ', '/'))
        assert printed.replace('/', ' ').split() == box.mark.replace('/', ' ').split()
        assert un_number.is_valid(box.un_number)


@pytest.mark.parametrize('bend', [0.0, 0.05, 0.2])
def test_a_point_is_found_where_the_wide_lens_shows_it(bend: float) -> None:
    size = (640, 480)
    for point in ((50, 60), (320, 240), (600, 400)):
        flat = np.zeros((480, 640), np.uint8)
        cv2.circle(flat, point, 6, 255, -1)
        seen = cv2.remap(flat, *pier_camera._lens(size, bend, 0.0, 0.0), cv2.INTER_LINEAR)
        middle = np.argwhere(seen > 127).mean(axis=0)[::-1]
        assert pier_camera.bent(np.array(point), size, bend) == pytest.approx(middle, abs=1.0)


def test_the_ferry_marks_its_packages_by_the_rules_in_rows_that_say_no_less() -> None:
    for seed in range(60):
        said = ferry_content.package(random.Random(seed))
        printed = ' '.join(said.rows).replace('：', ':').replace('PI: ', 'PI:')
        parts = printed.replace('/', ' ').split()
        assert parts == said.mark.replace('/', ' ').split()
        assert un_number.is_valid(said.un_number)
        kinds = {kind for line in said.lines for _, _, kind, _ in line}
        assert kinds == {'gross_mass_kg', 'net_mass_kg', 'serial', 'batch', 'production_date'}


@pytest.mark.parametrize('around', [0.0, 0.7])
def test_a_point_of_the_wall_is_found_in_the_picture_and_back(around: float) -> None:
    size = (4000, 3000)
    plane, _ = ferry_camera._plane(random.Random(3), 'angle', size)
    way = ferry_camera.Way(plane, size, 0.04, around)
    points = np.array([[100.0, 200.0], [1600.0, 1200.0], [3000.0, 2300.0]])
    assert way.back(way.out(points)) == pytest.approx(points, abs=0.5)
