"""Boxes that pass before a camera: the best frame of each, no box read twice, none lost unsaid.

A frame costs a few milliseconds to look at and hundreds to read. So each frame is only
measured: what moves is followed from frame to frame, and of each thing that passes the
sharpest whole view is kept. When it has gone, that one view is read. Frames that come
faster than they can be measured are dropped and counted; a thing whose view could not be
read in time is reported as unread, never left out.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers.reader import Reader

SMALL = 320
"""The longer side of the copy on which movement is followed."""

LEAST = 0.02
"""What covers less of the picture than this is no box."""

MOVED = 18
"""How much a pixel must differ from the empty scene, of 255."""

GONE = 6
"""After so many frames without it a box has passed."""

WAITING = 8
"""So many frames wait to be measured at most."""

SAME = 0.9
"""Two views that are so alike are one box that was hidden for a moment."""

BACK = 25
"""So soon, in frames, a box is back that was only hidden."""

NAMING = ('serial', 'barcode', 'container_number', 'licence_plate', 'mrz')
"""What tells one box from all others."""

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass
class Passed:
    """A box that passed: when, its best frame, and where it was in it."""

    number: int
    first: int
    last: int = 0
    frames: int = 0
    best: int = 0
    worth: float = -1.0
    image: Image | None = None
    """Its part of the best frame, with a margin; none if there was no room to keep it."""
    corner: tuple[int, int] = (0, 0)
    box: Box = (0, 0, 0, 0)
    place: Box = (0, 0, 0, 0)
    """Where it was seen last, on the small copy."""

    @property
    def jpeg(self) -> bytes:
        """Its picture as a file."""
        if self.image is None:
            return b''
        return cv2.imencode('.jpg', self.image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


@dataclass
class Counts:
    """What became of the frames and boxes of a stream."""

    frames: int = 0
    dropped: int = 0
    boxes: int = 0
    repeated: int = 0
    unread: int = 0


@dataclass(frozen=True)
class Seen:
    """One box: its frames, the best of them, and what was read; `error` where it was not."""

    number: int
    first_frame: int
    last_frame: int
    best_frame: int
    box: Box
    readings: tuple[Reading, ...]
    error: str = ''
    jpeg: bytes = b''


@dataclass
class Follower:
    """Follows what moves before a still camera."""

    scene: NDArray[np.float32] | None = None
    now: list[Passed] = field(default_factory=list)
    count: int = 0

    def look(self, number: int, frame: Image) -> list[Passed]:
        """Take one frame in; the boxes that have passed by it."""
        scale = SMALL / max(frame.shape[:2])
        small = np.asarray(
            cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        if self.scene is None:
            self.scene = small.astype(np.float32)
        places = self._places(small)
        for place in places:
            self._take(number, frame, place, scale)
        gone = [one for one in self.now if number - one.last > GONE]
        self.now = [one for one in self.now if number - one.last <= GONE]
        return gone

    def rest(self) -> list[Passed]:
        """What is still before the camera when the stream ends."""
        gone, self.now = self.now, []
        return gone

    def _places(self, small: NDArray[np.uint8]) -> list[Box]:
        """Where something is that is not part of the empty scene."""
        assert self.scene is not None
        apart = cv2.absdiff(small, self.scene.astype(np.uint8)).max(axis=2)
        mask = np.asarray(apart > MOVED, np.uint8)
        mask = np.asarray(
            cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8
        )
        # Slowly, and only where nothing is, the scene follows the light.
        still = mask == 0
        self.scene[still] += 0.05 * (small.astype(np.float32) - self.scene)[still]
        count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        least = LEAST * mask.size
        return [(x, y, w, h) for x, y, w, h, area in stats[1:count].tolist() if area > least]

    def _take(self, number: int, frame: Image, place: Box, scale: float) -> None:
        one = self._known(place)
        if one is None:
            self.count += 1
            one = Passed(self.count, number)
            self.now.append(one)
        one.last, one.place, one.frames = number, place, one.frames + 1
        box = tuple(round(value / scale) for value in place)
        x, y, w, h = box
        worth = _worth(frame[y : y + h, x : x + w], _is_whole(place, frame.shape, scale))
        if worth > one.worth:
            one.worth, one.best, one.box = worth, number, (x, y, w, h)
            left, top = max(0, x - w // 12), max(0, y - h // 12)
            one.corner = (left, top)
            one.image = frame[top : y + h + h // 12, left : x + w + w // 12].copy()

    def _known(self, place: Box) -> Passed | None:
        """The box that this is, by where it was a moment ago."""
        near = [(_shared(place, one.place), one) for one in self.now]
        share, one = max(near, key=lambda pair: pair[0], default=(0.0, None))
        return one if share > 0.2 else None


def _worth(part: Image, whole: bool) -> float:
    """How well a view can be read: sharp and large; a cut off one only if there is no other."""
    if part.size == 0:
        return 0.0
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, 400 / max(grey.shape))
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    slope = np.abs(cv2.Laplacian(grey, cv2.CV_16S))
    sharp = float(np.percentile(slope, 97))
    return (sharp + 4 * float(np.log1p(part.size / 1e4))) * (1.0 if whole else 0.25)


def _is_whole(place: Box, shape: tuple[int, ...], scale: float) -> bool:
    x, y, w, h = place
    high, wide = shape[0] * scale, shape[1] * scale
    return x > 1 and y > 1 and x + w < wide - 2 and y + h < high - 2


def _shared(one: Box, other: Box) -> float:
    """Intersection over the smaller of two boxes."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / max(1, min(one[2] * one[3], other[2] * other[3]))


def passing(
    frames: Iterable[Image], reader: Reader, counts: Counts | None = None
) -> Iterator[Seen]:
    """Each box that passes, once, with the readings of its best frame.

    A file waits for its reader. What comes `Live` does not: there, frames are followed in
    a thread of their own, and the boxes wait to be read in a bounded queue.
    """
    counts = counts if counts is not None else Counts()
    known = Known()
    for one in _live(frames, counts) if isinstance(frames, Live) else _followed(frames, counts):
        yield from _told(one, reader, known, counts)


def _followed(frames: Iterable[Image], counts: Counts) -> Iterator[Passed]:
    follower = Follower()
    for frame in frames:
        counts.frames += 1
        yield from follower.look(counts.frames, frame)
    yield from follower.rest()


def _live(frames: Live, counts: Counts) -> Iterator[Passed]:
    """The boxes of a stream that does not wait; one that finds the queue full has no image left."""
    seen: queue.Queue[Image | None] = queue.Queue(WAITING)
    boxes: queue.Queue[Passed | None] = queue.Queue()

    def take() -> None:
        for frame in frames:
            counts.frames += 1
            try:
                seen.put_nowait(frame)
            except queue.Full:
                counts.dropped += 1
        seen.put(None)

    def follow() -> None:
        follower, number = Follower(), 0
        while (frame := seen.get()) is not None:
            number += 1
            for one in follower.look(number, frame):
                if boxes.qsize() >= WAITING:
                    one.image = None
                boxes.put(one)
        for one in follower.rest():
            boxes.put(one)
        boxes.put(None)

    for work in (take, follow):
        threading.Thread(target=work, daemon=True).start()
    while (one := boxes.get()) is not None:
        yield one


def _told(one: Passed, reader: Reader, known: Known, counts: Counts) -> Iterator[Seen]:
    """What is known of a box that passed; nothing if it is one that was told before."""
    readings: tuple[Reading, ...] = ()
    error = ''
    if one.image is None:
        error = 'not read: boxes came faster than they could be read; slow the belt or add a worker'
    else:
        try:
            readings = tuple(_moved(found, one) for found in reader.read(one.jpeg).readings)
        except Exception as broken:  # noqa: BLE001 - a box that cannot be read is told, not lost
            error = f'{type(broken).__name__}: {broken}'[:200]
    if error:
        counts.unread += 1
    elif known.again(readings, one):
        counts.repeated += 1
        return
    counts.boxes += 1
    yield Seen(one.number, one.first, one.last, one.best, one.box, readings, error, one.jpeg)


def _moved(found: Reading, one: Passed) -> Reading:
    """The reading with its place in the frame."""
    left, top = one.corner
    return replace(found, box=tuple((x + left, y + top) for x, y in found.box))


@dataclass
class Known:
    """The boxes that were read already, by what they carry and by how they look."""

    names: set[str] = field(default_factory=set)
    last: tuple[NDArray[np.float32], int] | None = None

    def again(self, readings: Iterable[Reading], one: Passed) -> bool:
        """Whether this box was read before; it is known from now on."""
        names = {
            f'{found.kind} {found.value}'
            for found in readings
            if found.kind in NAMING and found.score > 0.5
        }
        look, before = _portrait(one), self.last
        self.last = look, one.last
        if names:
            seen = bool(names & self.names)
            self.names |= names
            return seen
        # Boxes of one kind look alike: without a name, only one that seemed to vanish for a
        # moment and is there again, looking the same, is the same.
        return before is not None and (
            one.first - before[1] < BACK and float((look * before[0]).sum()) > SAME
        )


def _portrait(one: Passed) -> NDArray[np.float32]:
    """How a box looks, as a unit vector."""
    assert one.image is not None
    part = cv2.resize(one.image, (24, 24), interpolation=cv2.INTER_AREA)
    flat = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY).astype(np.float32).ravel()
    flat -= flat.mean()
    return np.asarray(flat / max(1e-6, float(np.linalg.norm(flat))), np.float32)


@dataclass(frozen=True)
class Live:
    """Frames that come by themselves and do not wait, as from a camera or an RTSP stream."""

    frames: Iterable[Image]

    def __iter__(self) -> Iterator[Image]:
        """The frames as they come."""
        return iter(self.frames)


def opened(source: str) -> Iterable[Image]:
    """The frames of a file, an address (rtsp://, http://) or the number of a camera."""
    live = source.isdigit() or '://' in source
    capture = cv2.VideoCapture(int(source) if source.isdigit() else source)
    if not capture.isOpened():
        raise FileNotFoundError(f'{source} cannot be opened as a video: name a file or a stream')
    frames = _frames(capture)
    return Live(frames) if live else frames


def _frames(capture: cv2.VideoCapture) -> Iterator[Image]:
    try:
        while True:
            good, frame = capture.read()
            if not good:
                return
            yield np.asarray(frame, np.uint8)
    finally:
        capture.release()
