"""A second hand for the symbols on labels, and the wear of print: smooth shapes, other proportions.

Each symbol has the name and the signature of its fellow in `label_symbols`; `other_hand`
finds it. `worn` makes a flat label look printed, bent, faded and handled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
from label_symbols import Colour, Pen, Points, Rng

Draw = Callable[[Pen, float, float, float, Colour, Rng], None]


def smooth(points: Points, sharp: float = 0.0) -> np.ndarray:
    """A closed curve through the points; `sharp` 1 leaves the corners."""
    knots = np.array(points, float)
    before, after = np.roll(knots, 1, axis=0), np.roll(knots, -1, axis=0)
    slope, further = (after - before) / 2, np.roll((after - before) / 2, -1, axis=0)
    curves = []
    for t in np.linspace(0, 1, 7)[:-1]:
        curve = (2 * t**3 - 3 * t**2 + 1) * knots + (t**3 - 2 * t**2 + t) * slope
        curve += (3 * t**2 - 2 * t**3) * after + (t**3 - t**2) * further
        curves.append(curve * (1 - sharp) + ((1 - t) * knots + t * after) * sharp)
    return np.stack(curves, axis=1).reshape(-1, 2)


def _fill(
    pen: Pen, points: Points, at: tuple[float, float, float], colour: Colour, rng: Rng,
    sharp: float = 0.3,
) -> None:  # fmt: skip
    x, y, s = at
    shaken = np.array(points, float) + rng.normal(0, 0.02, (len(points), 2))
    placed = smooth(shaken, sharp) * s + (x, y)
    pen.poly([(float(px), float(py)) for px, py in placed], colour)


def _ground(pen: Pen, x: float, y: float) -> Colour:
    """The colour that stands at a place, to cut out of what is drawn there."""
    high, wide = pen.canvas.shape[:2]
    at = pen.canvas[min(high - 1, int(y * pen.side)), min(wide - 1, int(x * pen.side))]
    return (int(at[0]), int(at[1]), int(at[2]))


FLAME = [(-.35, .95), (-.8, .45), (-.62, -.05), (-.45, .2), (-.38, -.35), (-.05, -1), (.02, -.5),
         (.28, -.15), (.42, -.5), (.55, -.05), (.8, .35), (.4, .95)]  # fmt: skip
TONGUE = [
    (-0.15, 0.92),
    (-0.4, 0.5),
    (-0.12, 0.0),
    (0.02, 0.35),
    (0.2, 0.15),
    (0.38, 0.55),
    (0.18, 0.92),
]
GHS_FLAME = [(-.25, .8), (-.75, .5), (-.85, .0), (-.6, .25), (-.7, -.4), (-.4, .0), (-.15, -.95),
             (.1, -.1), (.35, -.75), (.4, .05), (.75, -.3), (.65, .2), (.85, .15), (.6, .65),
             (.25, .8)]  # fmt: skip


def flame(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A flame over a line, its heart cut out or not."""
    ground = _ground(pen, x, y)
    outline = FLAME if rng.random() < 0.5 else GHS_FLAME
    _fill(pen, outline, (x, y - s * 0.15, s * 0.95), colour, rng, rng.uniform(0.1, 0.7))
    if rng.random() < 0.6:
        _fill(pen, TONGUE, (x, y, s * 0.7), ground, rng, 0.2)
    if rng.random() < 0.8:
        pen.line((x - 0.7 * s, y + 0.95 * s), (x + 0.7 * s, y + 0.95 * s), s * 0.12, colour)


def skull(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A skull before (or over) two crossed bones with knobs."""
    ground, low = _ground(pen, x, y), y + s * rng.uniform(0.1, 0.65)
    for way in (-1, 1):
        a, b = (x - s, low - way * s * 0.35), (x + s, low + way * s * 0.35)
        pen.line(a, b, s * rng.uniform(0.14, 0.22), colour)
        for end in (a, b):
            for off in (-0.1, 0.1):
                pen.disc(end[0], end[1] + off * s, s * 0.13, colour)
    outlined = rng.random() < 0.4
    head = [(-.5, -.9), (0, -1.05), (.5, -.9), (.68, -.4), (.42, .05), (.36, .5), (-.36, .5),
            (-.42, .05), (-.68, -.4)]  # fmt: skip
    _fill(pen, head, (x, y - s * 0.1, s * 0.9), colour, rng, 0.1)
    if outlined:
        _fill(pen, head, (x, y - s * 0.1, s * 0.76), ground, rng, 0.1)
    hole = colour if outlined else ground
    for way in (-1, 1):
        pen.disc(x + way * s * 0.26, y - s * 0.42, s * rng.uniform(0.13, 0.19), hole)
    pen.poly([(x, y - s * 0.22), (x + s * 0.1, y), (x - s * 0.1, y)], hole)
    for off in (-0.2, 0, 0.2):
        pen.line((x + off * s, y + s * 0.15), (x + off * s, y + s * 0.35), s * 0.05, hole)


def corrosion(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """Two tilted tubes that drip onto a plate and onto a hand."""
    ground = _ground(pen, x, y)
    for way in (-1, 1):
        a, b = (x + way * 0.95 * s, y - s * 0.95), (x + way * 0.18 * s, y - s * 0.55)
        if rng.random() < 0.5:
            a, b = (x + way * 0.05 * s, y - s * 0.95), (x + way * 0.9 * s, y - s * 0.6)
        pen.line(a, b, s * 0.26, colour)
        pen.line(a, b, s * 0.12, ground)
        fall = b[0]
        for k in range(int(rng.integers(2, 5))):
            pen.disc(fall + rng.normal(0, 0.05) * s, y - s * (0.35 - 0.2 * k), s * 0.06, colour)
    pen.rect(x - s, y + s * 0.4, x - s * 0.1, y + s * 0.62, colour)
    _fill(pen, [(-0.75, 0.25), (-0.5, 0.55), (-0.25, 0.25)], (x, y + 0.1 * s, s), ground, rng, 0.2)
    hand = [
        (0.1, 0.35),
        (0.5, 0.25),
        (0.75, 0.4),
        (1.05, 0.3),
        (0.95, 0.55),
        (0.6, 0.75),
        (0.15, 0.7),
    ]
    _fill(pen, hand, (x, y, s), colour, rng, 0.2)
    for k in range(2):
        pen.line((x + (0.35 + 0.2 * k) * s, y), (x + (0.4 + 0.2 * k) * s, y + 0.3 * s),
                 s * 0.05, colour)  # fmt: skip


def bomb(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A shell that bursts, splinters all around."""
    pen.disc(x - 0.2 * s, y + 0.25 * s, s * rng.uniform(0.3, 0.45), colour)
    for angle in np.linspace(0, 2 * math.pi, int(rng.integers(9, 16)), endpoint=False):
        near, far = s * rng.uniform(0.3, 0.5), s * rng.uniform(0.7, 1.1)
        way = np.array([math.cos(angle), math.sin(angle)])
        a, b = np.array([x, y]) + way * near, np.array([x, y]) + way * far
        if rng.random() < 0.6:
            pen.line((a[0], a[1]), (b[0], b[1]), s * rng.uniform(0.04, 0.13), colour)
        else:
            chip = rng.uniform(-0.16, 0.16, (3, 2)) * s + b
            pen.poly([(float(px), float(py)) for px, py in chip], colour)


def cylinder(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A gas bottle, lying or standing, with its valve."""
    turn = rng.choice([0.0, rng.uniform(-0.6, 0.6)])
    way = np.array([math.cos(turn), math.sin(turn)])
    if rng.random() < 0.3:
        way = np.array([0.0, 1.0])
    middle, wide = np.array([x, y]), s * rng.uniform(0.3, 0.45)
    a, b, c = middle - way * 0.9 * s, middle + way * 0.35 * s, middle + way * 0.85 * s
    pen.line((a[0], a[1]), (b[0], b[1]), wide, colour)
    for end in (a, b):
        pen.disc(end[0], end[1], wide / 2, colour)
    pen.line((b[0], b[1]), (c[0], c[1]), wide * 0.45, colour)
    pen.disc(c[0], c[1], wide * 0.3, colour)


def flame_over_circle(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A ring on a line with flames around its upper half."""
    ground, low = _ground(pen, x, y), y + 0.35 * s
    flames = np.array(GHS_FLAME) * (0.8, 0.95) - (0, 0.15)
    _fill(pen, flames.tolist(), (x, y, s), colour, rng, 0.4)
    pen.disc(x, low, s * 0.48, colour)
    pen.disc(x, low, s * rng.uniform(0.28, 0.36), ground)
    pen.line((x - 0.55 * s, y + 0.95 * s), (x + 0.55 * s, y + 0.95 * s), s * 0.13, colour)


def biohazard(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """Three open crescents around a ring."""
    ground = _ground(pen, x, y)
    for angle in (-math.pi / 2, math.pi / 6, 5 * math.pi / 6):
        cx, cy = x + 0.48 * s * math.cos(angle), y + 0.48 * s * math.sin(angle)
        pen.disc(cx, cy, 0.52 * s, colour)
    for angle in (-math.pi / 2, math.pi / 6, 5 * math.pi / 6):
        cx, cy = x + 0.62 * s * math.cos(angle), y + 0.62 * s * math.sin(angle)
        pen.disc(cx, cy, 0.4 * s, ground)
    pen.disc(x, y, 0.16 * s, ground)
    pen.disc(x, y, 0.45 * s, colour, ring=0.09 * s)


def trefoil(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """Three blades around a dot."""
    ground, turn = _ground(pen, x, y), rng.choice([0.0, math.pi / 3])
    for k in range(3):
        angles = turn + k * 2 * math.pi / 3 + np.linspace(-math.pi / 6, math.pi / 6, 7)
        rim = [(x + s * math.cos(a), y + s * math.sin(a)) for a in angles + math.pi / 6]
        pen.poly([(x, y), *rim], colour)
    pen.disc(x, y, 0.3 * s, ground)
    pen.disc(x, y, 0.19 * s, colour)


def exclamation(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A tapered stroke with rounded ends over a dot."""
    wide = rng.uniform(0.2, 0.36)
    stroke = [(-wide, -0.95), (0, -1.08), (wide, -0.95), (wide * 0.45, 0.25), (-wide * 0.45, 0.25)]
    _fill(pen, stroke, (x, y, s), colour, rng, 0.5)
    pen.disc(x, y + 0.68 * s, wide * 0.75 * s, colour)


def torso(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """Head and shoulders with a star cut out of the chest."""
    ground = _ground(pen, x, y)
    pen.disc(x, y - 0.62 * s, 0.34 * s, colour)
    body = [(-.25, -.3), (.25, -.3), (.9, .1), (.85, .6), (.45, .95), (-.45, .95), (-.85, .6),
            (-.9, .1)]  # fmt: skip
    _fill(pen, body, (x, y, s), colour, rng, 0.5)
    angles = np.linspace(0, 2 * math.pi, 17)[:-1] + rng.uniform(0, 0.4)
    reach = np.where(np.arange(16) % 2, 0.2, rng.uniform(0.5, 0.7, 16))
    star = [(x + s * 0.9 * r * math.cos(a), y + 0.35 * s + s * 0.8 * r * math.sin(a))
            for r, a in zip(reach, angles, strict=True)]  # fmt: skip
    pen.poly(star, ground)


def tree_and_fish(pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng) -> None:
    """A bare tree, a fish on its back, a shore."""
    foot = (x - 0.3 * s, y + 0.6 * s)
    pen.line(foot, (x - 0.25 * s, y - 0.9 * s), s * 0.2, colour)
    for way, start in ((-1, -0.1), (1, -0.25), (-1, -0.45), (1, -0.6)):
        a = (x - 0.28 * s, y + start * s)
        b = (a[0] + way * s * rng.uniform(0.25, 0.6), a[1] - s * rng.uniform(0.2, 0.5))
        pen.line(a, b, s * 0.1, colour)
    fish = [
        (-0.1, 0.25),
        (0.3, 0.02),
        (0.7, 0.2),
        (0.95, 0.0),
        (0.95, 0.5),
        (0.7, 0.35),
        (0.3, 0.5),
    ]
    _fill(pen, fish, (x, y, s), colour, rng, 0.3)
    if rng.random() < 0.5:
        _fill(pen, fish, (x + 0.08 * s, y + 0.05 * s, s * 0.8), _ground(pen, x, y - s), rng, 0.3)
    shore = [(-0.95, 0.6), (-0.2, 0.5), (0.3, 0.65), (0.9, 0.6), (0.6, 0.8), (-0.4, 0.85)]
    _fill(pen, shore, (x, y, s), colour, rng, 0.2)


def battery_group(
    pen: Pen, x: float, y: float, s: float, colour: Colour, rng: Rng, light: Colour
) -> None:
    """Cells side by side in silhouette, one of them broken and burning."""
    count = int(rng.integers(3, 7))
    pitch = 2.2 * s / count
    broken = int(rng.integers(count))
    solid = rng.random() < 0.6
    for k in range(count):
        wide, tall = pitch * rng.uniform(0.5, 0.9), s * rng.uniform(0.5, 0.95)
        cx = x + (k - (count - 1) / 2) * pitch
        top, floor = y + 0.45 * s - tall, y + 0.45 * s
        pen.rect(cx - wide / 2, top, cx + wide / 2, floor, colour)
        if not solid and k != broken:
            edge = min(wide * 0.18, s * 0.06)
            pen.rect(cx - wide / 2 + edge, top + edge, cx + wide / 2 - edge, floor - edge, light)
            mark = (cx - wide * 0.2, top + tall * 0.5), (cx + wide * 0.2, top + tall * 0.5)
            pen.line(*mark, s * 0.05, colour)
        for off in (-0.22, 0.22) if rng.random() < 0.4 else (0.0,):
            knob = wide * (0.14 if off else 0.22)
            at = cx + off * wide
            pen.rect(at - knob, top - s * rng.uniform(0.06, 0.12), at + knob, top, colour)
        if k == broken:
            zig = [(cx - wide * 0.6, floor - tall * 0.35), (cx - wide * 0.1, floor - tall * 0.5),
                   (cx + wide * 0.1, floor - tall * 0.3),
                   (cx + wide * 0.6, floor - tall * 0.45)]  # fmt: skip
            for a, b in pairwise(zig):
                pen.line(a, b, s * 0.08, light)
            flame(pen, cx, floor + s * 0.05, s * rng.uniform(0.25, 0.45), colour, rng)


HAND = {
    draw.__name__: draw
    for draw in (
        flame, skull, corrosion, bomb, cylinder, flame_over_circle, biohazard, trefoil,
        exclamation, torso, tree_and_fish,
    )
}  # fmt: skip


def other_hand(draw: Draw, rng: Rng) -> Draw:
    """The symbol as drawn, or as this module draws it."""
    return HAND.get(draw.__name__, draw) if rng.random() < 0.6 else draw


# --- wear -----------------------------------------------------------------------------------


def worn(image: np.ndarray, rng: Rng) -> np.ndarray:
    """A flat label printed with too little ink, faded, wrinkled, bent, under film or straps."""
    out = image.astype(np.float32)
    if rng.random() < 0.35:
        out = _faded(out, rng)
    if rng.random() < 0.35:
        out = _textured(out, rng)
    if rng.random() < 0.35:
        out = _wrinkled(out, rng)
    if rng.random() < 0.2:
        out = _bent(out, rng)
    if rng.random() < 0.15:
        out = _under_film(out, rng)
    if rng.random() < 0.12:
        out = _strapped(out, rng)
    if rng.random() < 0.15:  # printed on the board itself: its brown is the ground
        out = out * (np.array([rng.uniform(90, 160), rng.uniform(130, 190), 205]) / 240)
    return np.clip(out, 0, 255).astype(np.uint8)


def _faded(out: np.ndarray, rng: Rng) -> np.ndarray:
    """Sun takes the colours first, then all."""
    grey = out.mean(axis=2, keepdims=True)
    out = out + (grey - out) * rng.uniform(0, 0.6)
    tone = np.array([rng.uniform(190, 235), rng.uniform(200, 240), rng.uniform(205, 245)])
    return np.asarray(out + (tone - out) * rng.uniform(0, 0.4), np.float32)


def _textured(out: np.ndarray, rng: Rng) -> np.ndarray:
    """Rough print: ink that misses in bands, dots or specks."""
    high, wide = out.shape[:2]
    choice = rng.random()
    if choice < 0.4:
        grain = rng.standard_normal((high // 2, wide // 2)).astype(np.float32)
        hole = cv2.resize(grain, (wide, high)) > rng.uniform(0.9, 2)
    elif choice < 0.7:
        row = rng.standard_normal(high) > rng.uniform(1.2, 2.2)
        hole = np.repeat(row[:, None], wide, axis=1)
    else:
        pitch = int(rng.integers(3, 7))
        y, x = np.mgrid[0:high, 0:wide]
        hole = ((x % pitch) + (y % pitch)) < 2
    return np.where(hole[..., None], out * 0.35 + 150, out)


def _wrinkled(out: np.ndarray, rng: Rng) -> np.ndarray:
    high, wide = out.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        angle = rng.uniform(0, math.pi)
        y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
        far = (x - rng.uniform(0, wide)) * math.cos(angle) + (y - rng.uniform(0, high)) * math.sin(
            angle
        )
        far += 4 * np.sin((x + y) / rng.uniform(15, 60))
        fold = np.tanh(far / rng.uniform(2, 8)) * np.exp(-np.abs(far) / rng.uniform(5, 40))
        out = out * (1 + rng.uniform(-0.4, 0.4) * fold[..., None])
    return out


def _bent(out: np.ndarray, rng: Rng) -> np.ndarray:
    """Around a bottle: what lies aside is seen narrower and darker."""
    high, wide = out.shape[:2]
    reach = rng.uniform(0.5, 1.1)
    x = np.linspace(-1, 1, wide, dtype=np.float32)
    source = np.arcsin(x * math.sin(reach)) / reach
    columns = np.repeat(((source + 1) / 2 * (wide - 1))[None, :], high, axis=0).astype(np.float32)
    rows = np.repeat(np.arange(high, dtype=np.float32)[:, None], wide, axis=1)
    shade = (1 - rng.uniform(0, 0.4) * np.abs(x) ** 2)[None, :, None]
    return np.asarray(cv2.remap(out, columns, rows, cv2.INTER_LINEAR) * shade, np.float32)


def _under_film(out: np.ndarray, rng: Rng) -> np.ndarray:
    """Stretch film: milky, with bright streaks."""
    high, wide = out.shape[:2]
    streaks = rng.standard_normal((int(rng.integers(2, 8)), int(rng.integers(2, 8))))
    light = cv2.resize(streaks.astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.asarray(out * 0.85 + 25 + np.maximum(light, 0)[..., None] * rng.uniform(10, 60))


def _strapped(out: np.ndarray, rng: Rng) -> np.ndarray:
    """A narrow strap or clear tape across, that hides little."""
    high, wide = out.shape[:2]
    layer = out.copy()
    box = cv2.boxPoints(((rng.uniform(0.2, 0.8) * wide, rng.uniform(0.2, 0.8) * high),
                         (3.0 * wide, rng.uniform(0.04, 0.12) * wide),
                         float(rng.choice([0, 90]) + rng.normal(0, 12))))  # fmt: skip
    tint = tuple(float(c) for c in rng.uniform(40, 230, 3))
    cv2.fillPoly(layer, [box.astype(np.int32)], tint)
    part = rng.choice([1.0, rng.uniform(0.2, 0.6)])
    return np.asarray(layer * part + out * (1 - part))
