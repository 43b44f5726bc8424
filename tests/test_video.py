"""Boxes on a drawn belt: each read once, from its best frame; none lost when they come too fast."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from clearlane.cli import app
from clearlane.model import Reading
from clearlane.recognisers import picture, video
from clearlane.recognisers.package import PACKAGE
from clearlane.recognisers.reader import Readings

SERIALS = ('XM250525-0001', 'XM250525-0002', 'XM250525-0003')


def box(serial: str) -> np.ndarray:
    face = np.full((230, 300, 3), (150, 185, 210), np.uint8)
    cv2.rectangle(face, (0, 0), (299, 229), (90, 120, 140), 6)
    cv2.putText(face, 'UN3480', (30, 70), 0, 1.4, (20, 20, 20), 3, cv2.LINE_AA)
    cv2.putText(face, f'SN: {serial}', (16, 150), 0, 0.72, (20, 20, 20), 2, cv2.LINE_AA)
    return face


def belt(serials: tuple[str, ...] = SERIALS, step: int = 40) -> Iterator[np.ndarray]:
    """Boxes that pass from left to right, out of focus at first, then sharp."""
    rng = np.random.default_rng(1)
    for serial in serials:
        face = box(serial)
        for x in range(-300, 660, step):
            frame = np.full((360, 640, 3), 70, np.uint8)
            left, right = max(0, x), min(640, x + 300)
            if right > left:
                frame[60:290, left:right] = face[:, left - x : right - x]
            if not 120 < x < 260:
                frame = cv2.GaussianBlur(frame, (0, 0), 5)
            yield cv2.add(frame, rng.integers(0, 6, frame.shape, np.uint8))
        for _ in range(8):
            yield np.full((360, 640, 3), 72, np.uint8)


def serials(seen: video.Seen) -> list[str]:
    return [one.value for one in seen.readings if one.kind == 'serial']


def test_each_box_is_read_once_from_its_best_frame() -> None:
    counts = video.Counts()
    seen = list(video.passing(belt(), PACKAGE, counts))
    assert [serials(one) for one in seen] == [[serial] for serial in SERIALS]
    assert (counts.boxes, counts.repeated, counts.unread, counts.dropped) == (3, 0, 0, 0)
    for one in seen:
        assert one.first_frame < one.best_frame < one.last_frame
        x, _, width, _ = one.box
        assert 100 < x < 280
        assert width > 280


def test_a_box_that_comes_round_again_is_not_read_twice() -> None:
    counts = video.Counts()
    seen = list(video.passing(belt(('XM250525-0001', 'XM250525-0001')), PACKAGE, counts))
    assert len(seen) == 1
    assert counts.repeated == 1


class Slow:
    """A reader that is held until the whole stream has passed."""

    name = digest = models = 'slow/1'

    def __init__(self, held: threading.Event) -> None:
        self.held, self.count = held, 0

    def read(self, data: bytes) -> Readings:
        self.held.wait(30)
        self.count += 1
        head = picture.header(data)
        one = Reading(kind='serial', value=f'S{self.count}', score=0.9, recogniser='slow/1')
        return Readings(width=head.width, height=head.height, readings=(one,))


def test_when_boxes_come_faster_than_they_are_read_none_is_lost_unsaid() -> None:
    held = threading.Event()
    many = tuple(f'XM250525-{n:04}' for n in range(14))

    def frames() -> Iterator[np.ndarray]:
        yield from belt(many, step=120)
        held.set()

    counts = video.Counts()
    seen = list(video.passing(video.Live(frames()), Slow(held), counts))
    assert counts.dropped + sum(one.last_frame - one.first_frame for one in seen) > 0
    unread = [one for one in seen if one.error]
    assert counts.unread == len(unread)
    assert all('faster than' in one.error for one in unread)
    assert counts.boxes == len(seen)
    assert counts.frames == 14 * 16


def test_the_command_prints_one_object_a_box(tmp_path: Path) -> None:
    file = tmp_path / 'belt.avi'
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*'MJPG'), 25, (640, 360))
    if not writer.isOpened():
        pytest.skip('no encoder for a test film')
    for frame in belt(SERIALS[:1]):
        writer.write(frame)
    writer.release()
    done = CliRunner().invoke(app, ['video', str(file), '--json', '--keep', str(tmp_path / 'best')])
    assert done.exit_code == 0, done.output
    assert '"box": 1' in done.output
    assert SERIALS[0] in done.output
    assert len(list((tmp_path / 'best').iterdir())) == 1


def test_a_source_that_is_none_says_so() -> None:
    done = CliRunner().invoke(app, ['video', '/nowhere.mp4'])
    assert done.exit_code == 5
