"""Parts of the comparison of faces: papers that slip, edges taken for others, labels at an edge."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from clearlane.recognisers.faces import differences, labels, papers, regions
from clearlane.recognisers.faces.differences import BLOCK
from clearlane.recognisers.faces.regions import Region

FACE = (480, 640)
LINE = np.array([(180, 200), (300, 200), (300, 230), (180, 230)], np.float32)


def face(paper: tuple[int, int, int, int] | None = None, *, tone: int = 235) -> np.ndarray:
    """Brown board, with a paper of that box (left, top, right, bottom) on it."""
    picture = np.full((*FACE, 3), (95, 140, 175), np.uint8)
    if paper:
        left, top, right, bottom = paper
        picture[top:bottom, left:right] = tone
    cv2.putText(picture, '4G/Y25', (185, 225), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2)
    return picture


def under(picture: np.ndarray) -> np.ndarray:
    ground = differences.ground(picture)
    return papers.under(ground, [LINE], np.ones(ground.shape[:2], bool), BLOCK)


def test_the_paper_under_a_line_is_found_with_its_margins() -> None:
    found = under(face((96, 160, 360, 264)))
    rows, columns = np.nonzero(found)
    assert (columns.min() * BLOCK, rows.min() * BLOCK) == (96 - BLOCK, 160 - BLOCK)
    assert ((columns.max() + 1) * BLOCK, (rows.max() + 1) * BLOCK) == (360 + BLOCK, 264 + BLOCK)


@pytest.mark.parametrize('picture', [face(), face((0, 0, 640, 400))])
def test_print_on_the_board_has_no_paper(picture: np.ndarray) -> None:
    assert not under(picture).any()


def region(**other: Any) -> Region:
    made = {'box': (0, 420, 320, 480), 'share': 0.05, 'missing': 1.2, 'added': 0.1, 'darker': 0.3,
            'coloured': 1.0, 'rim': 0.4, 'solid': 0.9, 'stands': 0.1, 'lost': False,
            'points': np.zeros((1, 2), np.int32)}  # fmt: skip
    return Region(**{**made, **other})


@pytest.mark.parametrize(
    ('other', 'beyond'),
    [
        ({}, True),
        ({'box': (0, 0, 80, 300)}, True),
        ({'box': (0, 200, 320, 260)}, False),
        ({'box': (0, 420, 120, 480)}, False),
        ({'box': (0, 300, 320, 480)}, False),
        ({'missing': 0.1}, False),
    ],
)
def test_a_long_strip_along_an_edge_with_other_print_lies_behind_the_face(
    other: dict[str, Any], beyond: bool
) -> None:
    assert regions.is_beyond(region(**other), np.array(FACE[::-1])) is beyond


@pytest.mark.parametrize('slip', [0, 12, 20])
def test_a_label_that_slipped_over_the_edge_of_the_face_is_found(slip: int) -> None:
    art = (np.random.default_rng(1).random((12, 10, 1)) * 255).astype(np.uint8)
    art = cv2.resize(art, (80, 96), interpolation=cv2.INTER_NEAREST)[..., None]
    sheets = [np.full((FACE[0] + 64, FACE[1] + 64, 3), 128, np.uint8) for _ in range(2)]
    for sheet, off in zip(sheets, (0, slip), strict=True):
        left = 32 + 640 - 84 + off
        sheet[132:228, left : left + 80] = art
    before, now = (differences.ink(sheet) for sheet in sheets)
    box = np.array([(556, 100), (636, 100), (636, 196), (556, 196)], np.float32)
    found = labels.sought(np.ascontiguousarray(before[32:-32, 32:-32]), now, 32, box)
    assert found is not None
    assert found.worst > 0.8
    assert np.abs(found.place - box - (slip, 0)).max() <= 1
