"""Draw what does not stand on a corner: battery marks, arrows, and boxes that are neither."""

from __future__ import annotations

import label_art
import numpy as np
from label_faces import Face
from label_symbols import (
    Colour,
    Pen,
    Rng,
    battery_group,
    biohazard,
    corrosion,
    cylinder,
    exclamation,
    flame,
    hue,
    ink,
    paper,
    skull,
    torso,
    tree_and_fish,
)


def _upright(kind: str, value: str, pen: Pen, mask: np.ndarray | None = None) -> Face:
    high, wide = pen.canvas.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    whole = np.full((high, wide), 255, np.uint8) if mask is None else mask
    return Face(kind, value, pen.canvas, whole, corners)


def battery_mark(rng: Rng) -> Face:
    """The mark for small lithium batteries: red hatched edge, cells, a UN number."""
    height = rng.uniform(0.65, 1.05)
    light, dark, red = paper(rng), ink(rng), hue(rng, 357, 8)
    pen = Pen(light, height=height)
    edge, pitch = rng.uniform(0.04, 0.09), rng.uniform(0.03, 0.07)
    for at in np.arange(-height, 1, pitch):
        pen.line((at, height), (at + height, 0), pitch * rng.uniform(0.4, 0.55), red)
    pen.rect(edge, edge, 1 - edge, height - edge, light)
    for x0, y0, x1, y1 in (
        (0, 0, 1, 0.008),
        (0, height - 0.008, 1, height),
        (0, 0, 0.008, height),
        (0.992, 0, 1, height),
    ):
        if rng.random() < 0.5:
            pen.rect(x0, y0, x1, y1, red)
    group = label_art.battery_group if rng.random() < 0.5 else battery_group
    group(
        pen,
        0.5,
        height * rng.uniform(0.36, 0.48),
        min(height, 1) * rng.uniform(0.2, 0.3),
        dark,
        rng,
        light,
    )
    number = (
        'UN'
        + (' ' if rng.random() < 0.4 else '')
        + str(rng.choice(['3480', '3481', '3090', '3091', '3551', '3552']))
    )
    pen.text(number, 0.5, height * rng.uniform(0.74, 0.84), rng.uniform(0.06, 0.11), dark, rng)
    return _upright('battery_mark', 'unread', pen)


def arrows(direction: str, rng: Rng) -> Face:
    """Two bold arrows over a bar, turned the way that `direction` says."""
    light = paper(rng)
    dark = ink(rng) if rng.random() < 0.7 else hue(rng, 0)
    height = rng.uniform(0.9, 1.45)
    framed, ground = rng.random() < 0.5, rng.random() < 0.6
    pen = Pen(light, height=height)
    mask = Pen((0, 0, 0), height=height)
    pad = rng.uniform(0.06, 0.2) if ground or framed else 0.0
    bar = height * rng.uniform(0.07, 0.12)
    floor = height - pad - bar - height * rng.uniform(0.03, 0.08)
    head = rng.uniform(0.3, 0.5) * (floor - pad)
    half, shaft = rng.uniform(0.13, 0.21), rng.uniform(0.05, 0.09)
    apart = rng.uniform(max(half + 0.01, 0.2), 0.27)
    for target, tint in ((pen, dark), (mask, (255, 255, 255))):
        for x in (0.5 - apart, 0.5 + apart):
            target.poly(
                [
                    (x, pad),
                    (x + half, pad + head),
                    (x + shaft, pad + head),
                    (x + shaft, floor),
                    (x - shaft, floor),
                    (x - shaft, pad + head),
                    (x - half, pad + head),
                ],
                tint,
            )
        target.rect(
            max(pad, 0.5 - apart - half),
            height - pad - bar,
            min(1 - pad, 0.5 + apart + half),
            height - pad,
            tint,
        )
        if framed:
            target.path(
                [(0.02, 0.02), (0.98, 0.02), (0.98, height - 0.02), (0.02, height - 0.02)],
                0.018,
                tint,
            )
    turns = ('up', 'left', 'down', 'right').index(direction)
    whole = None if ground else np.ascontiguousarray(np.rot90(mask.canvas[..., 0], turns))
    pen.canvas = np.ascontiguousarray(np.rot90(pen.canvas, turns))
    return _upright('orientation_arrows', direction, pen, whole)


def _strokes(pen: Pen, height: float, dark: Colour, rng: Rng) -> None:
    """One or two blocks of level and upright strokes, as Chinese characters are built."""
    wide = rng.uniform(0.04, 0.1)
    blocks = ((0.02, 0.98),) if rng.random() < 0.4 else ((0.02, 0.48), (0.52, 0.98))
    for left, right in blocks:
        for y in np.linspace(rng.uniform(0, 0.2), rng.uniform(0.8, 1), int(rng.integers(2, 6))):
            pen.line((left + rng.uniform(0, 0.1), y * height), (right, y * height), wide, dark)
        for x in rng.uniform(left, right, int(rng.integers(1, 4))):
            pen.line(
                (x, rng.uniform(0, 0.4) * height), (x, rng.uniform(0.6, 1) * height), wide, dark
            )


def other_box(rng: Rng) -> Face:
    """A sticker, sign or piece of print that is neither mark nor arrows."""
    height = rng.uniform(0.6, 1.5)
    ground = paper(rng) if rng.random() < 0.7 else hue(rng, rng.uniform(0, 360))
    pen, dark = Pen(ground, height=height), ink(rng)
    middle, choice = height / 2, int(rng.integers(8))
    if choice < 2:  # big letters, as an outline around two of them would show
        letters = 'TTTIILEFHYVU11' if rng.random() < 0.5 else 'ABEFHIJKLMNTUVXYZ0123456789'
        pen.text(
            ''.join(rng.choice(list(letters), int(rng.integers(1, 4)))),
            0.5,
            middle,
            rng.uniform(0.3, 0.95) * height,
            dark,
            rng,
        )
    elif choice >= 6:
        _strokes(pen, height, dark, rng)
    elif choice == 2:
        for row in range(int(rng.integers(1, 6))):
            count = int(rng.integers(4, 16))
            words = ''.join(rng.choice(list('ABDEHIKLNORSTU 0123456789-'), count))
            pen.text(words, 0.5, height * (0.15 + 0.15 * row), rng.uniform(0.04, 0.09), dark, rng)
    elif choice == 3:
        draw = (flame, skull, corrosion, exclamation, torso, tree_and_fish, biohazard, cylinder)
        draw[int(rng.integers(8))](pen, 0.5, middle, rng.uniform(0.2, 0.4), dark, rng)
    elif choice == 4:  # one arrow, a glass, an umbrella: other marks for handling
        x, w = 0.5, rng.uniform(0.05, 0.12)
        turn = rng.random() < 0.5
        tip, tail = (0.1, height - 0.15) if turn else (height - 0.1, 0.15)
        pen.line((x, tail), (x, middle), w * 2, dark)
        pen.poly([(x, tip), (x - w * 3, middle), (x + w * 3, middle)], dark)
    else:
        at = rng.uniform(0.05, 0.15)
        while at < 0.9:
            wide = rng.choice([0.01, 0.02, 0.03])
            pen.rect(at, height * 0.15, at + wide, height * 0.8, dark)
            at += wide + rng.choice([0.01, 0.02, 0.03])
    if rng.random() < 0.6:
        rim = hue(rng, 0, 10) if rng.random() < 0.5 else dark
        inset = rng.uniform(0.0, 0.05)
        pen.path(
            [
                (inset, inset),
                (1 - inset, inset),
                (1 - inset, height - inset),
                (inset, height - inset),
            ],
            rng.uniform(0.01, 0.12),
            rim,
        )
    return _upright('battery_mark', 'none', pen)
