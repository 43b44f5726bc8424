"""Whether a photograph can be read, told at once: sharp, lit, near enough, whole, right face.

`gate` looks at a reduced copy and takes some tens of milliseconds, before anything is
read; `after` looks at what was read. Both answer with readings of kind `retake`, whose
details say what to do in both languages, and by what figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.model import Reading
from clearlane.recognisers import picture, retake
from clearlane.recognisers.text.line import Frame

SIDE = 1000
"""The longer side of the copy that is looked at."""


BURNT = 243
"""What is as bright as this shows nothing."""

BLACK = 4
"""What is as dark as this shows nothing."""

FADING = 26.0
"""How steep the rim of a reflection is at most, of 255 over a few pixels; paper is steeper."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a photograph must keep to; a scenario may set others by its dated parameters.

    The values are measured with `bench/quality.py` on generated photographs: the
    largest that raise no alarm on 99 of 100 photographs that are read right.
    """

    sharp: float = 1.5
    """How many times as strong its edges are as after a slight blur."""
    dark: float = 45.0
    """What the brightest twentieth of the picture reaches at least, of 255."""
    bright: float = 246.0
    """What the darkest twentieth reaches at most."""
    glare: float = 0.012
    """The share of the picture that reflections burn out."""
    height_px: float = 11.0
    """How high the lines of print are at least, in pixels of the photograph."""
    margin: float = 0.004
    """How far what is read stays from the edge, in shares of the longer side."""

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Limits:
        """The limits that parameters name, the others as they are."""
        known = {field.name for field in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise ValueError(f'no such limit: {", ".join(sorted(unknown))}')
        return cls(**{name: float(value) for name, value in values.items()})


LIMITS = Limits()

Image = NDArray[np.uint8]
Slope = NDArray[np.uint8]


@dataclass(frozen=True)
class Measured:
    """The figures of a photograph that the limits are held against."""

    sharp: float
    light: float
    dark: float
    glare: float
    height_px: float
    """The usual height of lines of print in pixels of the photograph; 0 where none is seen."""
    brightness: float
    """The mean of the picture, of 255."""
    contrast: float
    """The standard deviation of the picture, of 255."""
    clipped: float
    """The share of the picture that is as good as black or white."""


def gate(data: bytes, limits: Limits = LIMITS) -> list[Reading]:
    """Why this photograph should be taken again, if it should; raises Unreadable if it is none."""
    return list(_judged(measured(data), limits))


def measured(data: bytes) -> Measured:
    """The figures of a photograph."""
    head = picture.header(data)
    image = picture.small(data, SIDE)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    low, high = np.percentile(grey[::3, ::3], (5, 95)).tolist()
    factor = max(head.width, head.height) / max(grey.shape)
    slope = _slope(grey)
    mean, deviation = cv2.meanStdDev(grey)
    tones = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
    return Measured(
        sharp=_sharpness(grey, slope),
        light=high,
        dark=low,
        glare=_glare(grey, slope),
        height_px=_print_height(grey) * factor,
        brightness=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        clipped=float(tones[: BLACK + 1].sum() + tones[BURNT:].sum()) / grey.size,
    )


def _judged(seen: Measured, limits: Limits) -> Iterator[Reading]:
    if seen.light < limits.dark:
        yield retake.reading('too_dark', light=round(seen.light), needed=round(limits.dark))
    elif seen.dark > limits.bright:
        yield retake.reading('too_bright', dark=round(seen.dark), needed=round(limits.bright))
    if seen.sharp < limits.sharp and seen.light >= limits.dark:
        yield retake.reading('blurred', sharp=round(seen.sharp, 2), needed=limits.sharp)
    if seen.glare > limits.glare:
        yield retake.reading('glare', share=round(seen.glare, 3), needed=limits.glare)
    if 0 < seen.height_px < limits.height_px:
        yield retake.reading(
            'too_small', height_px=round(seen.height_px, 1), needed_px=limits.height_px
        )


def _sharpness(grey: Image, slope: Slope) -> float:
    """How many times stronger the strongest edges are than after a slight blur.

    A sharp edge loses much of its slope by it, a blurred one hardly any; so it does not
    matter how much there is to see.
    """
    strong = max(16.0, float(np.percentile(slope[::4, ::4], 99)))
    edges = np.asarray(cv2.threshold(slope, strong, 255, cv2.THRESH_BINARY)[1], np.uint8)
    if cv2.countNonZero(edges) < 50:
        return 0.0
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), 2.0), np.uint8)
    return cv2.mean(slope, edges)[0] / max(1.0, cv2.mean(_slope(soft), edges)[0])


def _slope(grey: Image) -> Slope:
    """How steep the picture is at each pixel, of 255."""
    x = cv2.Sobel(grey, cv2.CV_16S, 1, 0)
    y = cv2.Sobel(grey, cv2.CV_16S, 0, 1)
    total = cv2.addWeighted(
        cv2.convertScaleAbs(x, alpha=0.25), 1, cv2.convertScaleAbs(y, alpha=0.25), 1, 0
    )
    return np.asarray(total, np.uint8)


def _glare(small: Image, slope: Slope) -> float:
    """The share of the picture that is burnt out and fades away: white paper ends at an edge."""
    level = np.asarray(small >= BURNT, np.uint8)
    level = np.asarray(cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)
    if not level.any():
        return 0.0
    count, names, stats, _ = cv2.connectedComponentsWithStats(level)
    total = 0
    for index in range(1, count):
        x, y, width, height, area = stats[index].tolist()
        if area < 0.0008 * small.size:
            continue
        pad = 6
        around = np.s_[max(0, y - pad) : y + height + pad, max(0, x - pad) : x + width + pad]
        own = np.asarray(names[around] == index, np.uint8)
        ring = cv2.dilate(own, np.ones((9, 9), np.uint8)) - own
        if float(np.median(slope[around][ring > 0])) < FADING:
            total += area
    return total / small.size


def _print_height(small: Image) -> float:
    """The usual height of lines of print, in pixels of the small copy; 0 where none is seen."""
    edges = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 1, 0))
    strong = float(np.percentile(edges[::2, ::2], 90))
    _, level = cv2.threshold(edges, max(30.0, strong), 255, cv2.THRESH_BINARY)
    level = cv2.morphologyEx(level, cv2.MORPH_CLOSE, np.ones((1, 11), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(level, np.uint8))
    wide, high, area = stats[1:count, 2:].T.astype(float)
    print_ = (high >= 3) & (wide > 2.5 * high) & (wide < 40 * high) & (area > 0.55 * wide * high)
    if np.count_nonzero(print_) < 3:
        return 0.0
    heights, lengths = high[print_], wide[print_]
    order = np.argsort(heights)
    reached = np.cumsum(lengths[order])
    # The middle of all print by length: a single headline does not speak for the rest.
    return float(heights[order][int(np.searchsorted(reached, reached[-1] / 2))])


def after(
    readings: Sequence[Reading],
    size: tuple[int, int],
    *,
    limits: Limits = LIMITS,
    wanted: Sequence[str] = (),
    elsewhere: Sequence[str] = (),
) -> list[Reading]:
    """What the readings say of the photograph of this size (width, height).

    `wanted` are kinds that the face shows, `elsewhere` kinds of other faces: where none of
    the former but some of the latter is seen, it is the wrong face.
    """
    return [
        *_cut_off(readings, size, limits),
        *_small_print(readings, limits),
        *_face(readings, wanted, elsewhere),
    ]


def _cut_off(
    readings: Sequence[Reading], size: tuple[int, int], limits: Limits
) -> Iterator[Reading]:
    """Something that is read touches the edge: part of it, or of its face, is missing."""
    room = limits.margin * max(size)
    touching = []
    for one in readings:
        if one.box and one.kind not in ('retake',):
            box = np.array(one.box, float)
            if box.min() < room or (box > np.array(size) - 1 - room).any():
                touching.append(one)
    long = [one for one in touching if one.kind != 'text' or len(one.value) >= 3]
    if long:
        yield retake.reading('cut_off', box=long[0].box, at=long[0].kind)


def _small_print(readings: Sequence[Reading], limits: Limits) -> Iterator[Reading]:
    """Most lines that were read badly are small: a nearer photograph would read better."""
    poor = [one for one in readings if one.box and one.kind == 'text' and one.score < 0.85]
    heights = [Frame.of(tuple((float(x), float(y)) for x, y in one.box)).height for one in poor]
    if len(heights) >= 3 and float(np.median(heights)) < limits.height_px:
        yield retake.reading(
            'too_small',
            height_px=round(float(np.median(heights)), 1),
            needed_px=limits.height_px,
        )


def _face(
    readings: Sequence[Reading], wanted: Sequence[str], elsewhere: Sequence[str]
) -> Iterator[Reading]:
    seen = {one.kind for one in readings}
    if wanted and not seen & set(wanted):
        if seen & set(elsewhere):
            yield retake.reading('wrong_face', seen=', '.join(sorted(seen & set(elsewhere))))
        else:
            yield retake.reading('nothing_found')
