"""Drawings of boxes, closed and open, from which the network of `closure` learns.

They are made here from nothing: a box in perspective with front, top and one side, any
material, print anywhere, and a closure of many kinds. They share no code and no measure
with the sample generator, which can therefore judge the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

Rng = np.random.Generator
SIZE = (256, 192)
CHANNELS = ('face', 'tape', 'strap', 'seal', 'gap')
FACE, TAPE, STRAP, SEAL, GAP = (1 << k for k in range(len(CHANNELS)))
TAPES = ((72, 112, 148), (110, 150, 180), (60, 85, 115), (225, 225, 225), (60, 60, 190),
         (40, 170, 220), (150, 110, 60), (90, 150, 80))  # fmt: skip
BOARDS = ((104, 148, 188), (120, 165, 205), (85, 125, 165), (208, 218, 222), (235, 235, 235),
          (140, 150, 160))  # fmt: skip
WOODS = ((122, 172, 206), (120, 178, 214), (95, 140, 180), (150, 190, 215))


@dataclass
class Wall:
    """One side of a box, seen straight on: what it looks like and what is where on it."""

    image: np.ndarray
    marks: np.ndarray = field(init=False)  # which channels hold, a bit each

    def __post_init__(self) -> None:
        self.marks = np.zeros(self.image.shape[:2], np.uint8)

    @property
    def wide(self) -> int:
        return self.image.shape[1]

    @property
    def high(self) -> int:
        return self.image.shape[0]

    def part(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        """The pixels of a box given in shares of the wall."""
        return _slice(y0 * self.high, y1 * self.high), _slice(x0 * self.wide, x1 * self.wide)

    def fill(self, box: tuple[float, float, float, float], colour: np.ndarray,
             cover: float = 1.0, mark: int = 0) -> None:
        at = self.part(*box)
        if self.image[at].size:
            self.image[at] = self.image[at] * (1 - cover) + colour * cover
            self.marks[at] |= mark

    def shade(self, box: tuple[float, float, float, float], share: float) -> None:
        self.image[self.part(*box)] *= share


def _slice(begin: float, end: float) -> slice:
    """Whole pixels, one at least."""
    first = round(begin)
    return slice(max(0, first), max(0, round(end), first + 1))


def grain(rng: Rng, shape: tuple[int, int], cell: tuple[float, float]) -> np.ndarray:
    small = (max(2, int(shape[0] / cell[1]) + 1), max(2, int(shape[1] / cell[0]) + 1))
    drawn = rng.standard_normal(small).astype(np.float32)
    return cv2.resize(drawn, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)


def varied(rng: Rng, colour: tuple[int, ...], by: float = 0.12) -> np.ndarray:
    tint = rng.normal(1, by) * rng.normal(1, by / 3, 3)
    return np.clip(np.array(colour, np.float32) * tint, 5, 250)


def any_colour(rng: Rng) -> np.ndarray:
    hsv = np.array([[[rng.integers(180), rng.integers(60, 256), rng.integers(70, 256)]]], np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0].astype(np.float32)


def bare(rng: Rng, kind: str, colour: np.ndarray, shape: tuple[int, int]) -> Wall:
    """A wall of board, wood or plastics, without anything on it."""
    relief = grain(rng, shape, (60, 50)) * rng.uniform(0, .05)
    relief = relief + grain(rng, shape, (3, 3)) * rng.uniform(0, .05)
    if kind == 'wood':
        cell = (rng.uniform(20, 80), rng.uniform(1, 2.5))
        relief = relief + grain(rng, shape, cell) * rng.uniform(.02, .1)
    wall = Wall(colour * (1 + relief[..., None]))
    if kind == 'wood':
        _boards(rng, wall)
    return wall


def _boards(rng: Rng, wall: Wall) -> None:
    count = int(rng.integers(1, 7))
    for k in range(count if count > 2 else 0):
        box = (0., k / count, 1., (k + 1) / count)
        wall.shade(box, rng.normal(1, .05))
        wall.shade((0., k / count, 1., k / count + .006), rng.uniform(.3, .8))
    for _ in range(rng.integers(0, 7)):
        at = (int(rng.integers(wall.wide)), int(rng.integers(wall.high)))
        axes = (int(rng.integers(1, 5)), int(rng.integers(1, 3)))
        tone = wall.image[at[1], at[0]] * rng.uniform(.4, .8)
        cv2.ellipse(wall.image, at, axes, 0, 0, 360, tone.tolist(), -1)


def furnished(rng: Rng, wall: Wall, kind: str) -> float:
    """A lid, battens, ribs; returns where the lid ends, as a share of the height."""
    lid = 0.0
    if kind != 'carton' and rng.random() < .85:
        lid = float(rng.uniform(.06, .22))
        wall.shade((0, 0, 1, lid), rng.uniform(.9, 1.12))
        wall.shade((0, lid, 1, lid + rng.uniform(.004, .02)), rng.uniform(.4, .85))
    if kind != 'carton' and rng.random() < .6:
        low = rng.uniform(.03, .15)
        wall.shade((0, 1 - low, 1, 1), rng.uniform(.9, 1.12))
        wall.shade((0, 1 - low, 1, 1 - low + .01), rng.uniform(.5, 1.2))
    if kind == 'wood' and rng.random() < .7:
        reach = rng.uniform(.05, .16)
        for x0, x1, edge in ((0, reach, reach), (1 - reach, 1, 1 - reach)):
            wall.shade((x0, lid, x1, 1), rng.normal(1, .04))
            wall.shade((edge - .004, lid, edge + .004, 1), rng.uniform(.55, .9))
    if kind == 'plastic' and rng.random() < .6:
        step, reach = rng.uniform(.012, .03), rng.uniform(.03, .15)
        for x in np.arange(.005, reach, step):
            for left in (x, 1 - x - step * .55):
                wall.shade((left, lid, left + step * .55, .97), rng.uniform(1.05, 1.15))
    return lid


def printed(rng: Rng, wall: Wall, top: float) -> None:
    """Lines of characters, papers and signs; they may come near to the top, but not over it."""
    for _ in range(int(rng.integers(2, 9))):
        wide, high = rng.uniform(.08, .5), rng.uniform(.02, .2)
        x, y = rng.uniform(.01, .98 - wide), rng.uniform(top + .02, .98 - high)
        box = (x, y, x + wide, y + high)
        ink = np.array((24., 22, 22)) if rng.random() < .7 else any_colour(rng) * .8
        if rng.random() < .4:
            wall.fill(box, np.full(3, rng.uniform(215, 250)))
        _characters(rng, wall, box, ink)
    for _ in range(int(rng.integers(0, 3))):
        _sign(rng, wall, top)


def _characters(rng: Rng, wall: Wall, box: tuple[float, ...], ink: np.ndarray) -> None:
    x0, y0, x1, y1 = box
    lines = int(rng.integers(1, 4))
    for line in range(lines):
        y = y0 + (y1 - y0) * (line + .2) / lines
        tall = (y1 - y0) / lines * .6
        x, end = x0 + .01, x0 + (x1 - x0) * rng.uniform(.5, 1)
        while x < end - .01:
            wide = tall * wall.high / wall.wide * rng.uniform(.3, .8)
            wall.fill((x, y, x + wide, y + tall), ink, cover=rng.uniform(.35, .95))
            x += wide * rng.uniform(1.1, 1.7)


def _sign(rng: Rng, wall: Wall, top: float) -> None:
    side = rng.uniform(.1, .35) * wall.high
    x = rng.uniform(side, wall.wide - side)
    y = rng.uniform(top * wall.high + side * .75, wall.high - side * .6)
    turn = np.pi / 4 if rng.random() < .6 else 0.0
    angles = np.arange(4) * np.pi / 2 + np.pi / 4 + turn
    quad = np.stack([x + side * .7 * np.cos(angles), y + side * .7 * np.sin(angles)], axis=1)
    fill = np.full(3, 245.) if rng.random() < .6 else any_colour(rng)
    cv2.fillPoly(wall.image, [quad.astype(np.int32)], fill.tolist())
    cv2.polylines(wall.image, [quad.astype(np.int32)], True, (25, 25, 25), max(1, int(side / 30)))
    for k in range(int(rng.integers(2, 7))):
        left = x - side * .3 + k * side * .1
        foot = (int(left), int(y - side * .25)), (int(left + side * .05), int(y + side * .2))
        ink = any_colour(rng).tolist() if rng.random() < .3 else (25, 25, 25)
        cv2.rectangle(wall.image, *foot, ink, -1)


def taped(rng: Rng, front: Wall, top: Wall, x: float) -> None:
    """Tape along the joint of the top, over the edge and a little way down the front."""
    half, down = rng.uniform(.032, .09), rng.uniform(.07, .36)
    colour = varied(rng, TAPES[0] if rng.random() < .6 else TAPES[int(rng.integers(len(TAPES)))])
    board = front.image.mean(axis=(0, 1))
    cover = rng.uniform(.6, 1)
    if np.abs(colour - board).max() * cover < 16:
        colour = board * rng.uniform(.6, .85)
    end = rng.uniform(.3, 1) if rng.random() < .15 else 1.0
    _tape(rng, front, (x - half, 0, x + half, down), colour, cover)
    _tape(rng, top, (x - half, 1 - end, x + half, 1), colour, cover)
    if rng.random() < .25:
        for wall, y in ((front, down * .9), (top, .95)):
            _characters(rng, wall, (x - half, y * .4, x + half, y), any_colour(rng))


def _tape(rng: Rng, wall: Wall, box: tuple[float, float, float, float], colour: np.ndarray,
          cover: float) -> None:
    at = wall.part(*box)
    shape = wall.image[at].shape[:2]
    if min(shape) < 1:
        return
    streaks = grain(rng, (1, shape[1]), (max(1, shape[1] / 8), 1)) * rng.uniform(0, .1)
    waves = grain(rng, (shape[0], 1), (1, 12)) * rng.uniform(0, .06)
    mask = np.full(shape, cover, np.float32)
    rag = (rng.uniform(0, .12) * shape[0] * rng.random(shape[1])).astype(int)
    mask[np.arange(shape[0])[:, None] >= shape[0] - rag[None, :]] = 0
    sheen = colour * (1 + streaks + waves)[..., None]
    wall.image[at] = wall.image[at] * (1 - mask[..., None]) + sheen * mask[..., None]
    wall.marks[at] |= TAPE
    edge = rng.uniform(.7, 1.05)
    wall.shade((box[0] - .003, box[1], box[0] + .002, box[3]), edge)
    wall.shade((box[2] - .002, box[1], box[2] + .003, box[3]), edge)


def strapped(rng: Rng, front: Wall, top: Wall, base: np.ndarray) -> None:
    """One to four straps around the box, of steel or plastics."""
    places = [np.array([p, 1 - p]) for p in (rng.uniform(.03, .12), rng.uniform(.12, .4))]
    at = places[0] if rng.random() < .55 else places[1]
    if rng.random() < .2:
        at = rng.uniform(.1, .9, int(rng.integers(1, 4)))
    colour = np.full(3, rng.uniform(110, 190)) * rng.normal(1, .04, 3)
    if rng.random() < .4:
        choices = (np.full(3, 30.), np.full(3, 235.), any_colour(rng))
        colour = choices[int(rng.integers(3))]
    if np.abs(colour - base).max() < 35:
        colour = base * .35
    half = rng.uniform(.008, .022)
    for x in at + rng.normal(0, .006, len(at)):
        for wall in (front, top):
            right = x + half + rng.uniform(.002, .008)
            wall.shade((x - half + .003, 0, right, 1), rng.uniform(.5, .9))
            _strap(rng, wall, x, half, colour)
        if rng.random() < .6:
            y = rng.uniform(.1, .8)
            front.fill((x - half * 1.2, y, x + half * 1.2, y + .05), colour * rng.uniform(.6, 1.1))


def _strap(rng: Rng, wall: Wall, x: float, half: float, colour: np.ndarray) -> None:
    for k in range(4):
        sheen = rng.uniform(.75, 1.1)
        left = x - half + k * half / 2
        wall.fill((left, 0, left + half / 2, 1), np.clip(colour * sheen, 0, 255))
    wall.marks[wall.part(x - half, 0, x + half, 1)] |= STRAP


def sealed(rng: Rng, front: Wall, lid: float, base: np.ndarray) -> None:
    """One to three seals through the lid: tags, bolts, padlocks of any colour."""
    lid = lid or .1
    count = int(rng.integers(1, 4))
    spread = rng.uniform(.12, .4)
    for x in np.array([.5]) if count == 1 else np.linspace(.5 - spread, .5 + spread, count):
        x, y = x + rng.normal(0, .02), lid * rng.uniform(.1, 1.0)
        wide, tall = rng.uniform(.025, .075), rng.uniform(.03, .09)
        colour = any_colour(rng)
        if np.abs(colour - base).max() < 45:
            colour = 255 - base
        colour = colour if rng.random() < .85 else np.full(3, rng.uniform(200, 245))
        shadow = (x - wide / 2 + .004, y + .006, x + wide / 2 + .005, y + tall + .008)
        front.shade(shadow, rng.uniform(.45, .9))
        tail = (x - wide * .1, max(0, y - tall * .4), x + wide * .1, y)
        front.fill(tail, colour * .75, mark=SEAL)
        _seal(rng, front, (x - wide / 2, y, x + wide / 2, y + tall), colour)


def _seal(rng: Rng, wall: Wall, box: tuple[float, float, float, float], colour: np.ndarray) -> None:
    if rng.random() < .7:
        wall.fill(box, colour, mark=SEAL)
        return
    rows, columns = wall.part(*box)
    centre = ((columns.start + columns.stop) // 2, (rows.start + rows.stop) // 2)
    axes = (max(1, (columns.stop - columns.start) // 2), max(1, (rows.stop - rows.start) // 2))
    cv2.ellipse(wall.image, centre, axes, 0, 0, 360, colour.tolist(), -1)
    disc = np.zeros(wall.marks.shape, np.uint8)
    cv2.ellipse(disc, centre, axes, 0, 0, 360, SEAL, -1)
    wall.marks |= disc


def opened(rng: Rng, front: Wall, top: Wall, x: float, wide: float) -> None:
    """The joint of two flaps gapes, all along the top."""
    half = wide / 2
    top.fill((x - half, 0, x + half, 1), np.array((22., 26, 30)) * rng.uniform(.5, 2), .9, GAP)
    if rng.random() < .15:
        front.shade((x - half, 0, x + half, .02), .5)


def hurt(rng: Rng, front: Wall) -> None:
    """A stain, a hole, a reflection, creases."""
    for _ in range(int(rng.random() < .12)):
        front.shade((0, rng.uniform(.4, .8), 1, 1), rng.uniform(.6, .85))
    for _ in range(int(rng.random() < .08)):
        at = (int(rng.uniform(.1, .9) * front.wide), int(rng.uniform(.25, .9) * front.high))
        cv2.circle(front.image, at, int(rng.uniform(.02, .08) * front.wide), (26, 22, 18), -1)
    for _ in range(int(rng.random() < .1)):
        corner = np.array([rng.integers(2) * front.wide, front.high])
        for _ in range(3):
            ends = corner + rng.normal(0, .22, (2, 2)) * front.wide
            cv2.line(front.image, *[tuple(map(int, end)) for end in ends], (50, 60, 70), 1)


def box_of(rng: Rng) -> tuple[list[Wall], tuple[float, float, float], str]:
    """Front, top and side of a box, its size, and what it is made of."""
    kind = str(rng.choice(['carton', 'carton', 'wood', 'plastic']))
    w = float(rng.uniform(300, 900))
    h, d = w * float(rng.uniform(.5, 1.15)), w * float(rng.uniform(.5, 1.4))
    base = colour_of(rng, kind)
    high, deep = round(300 * h / w), round(300 * d / w)
    shapes = ((high, 300), (deep, 300), (high, deep))
    front, top, side = (bare(rng, kind, base, shape) for shape in shapes)
    lid = furnished(rng, front, kind)
    printed(rng, front, max(lid, .015))
    _edges(rng, front)
    _closed(rng, kind, (front, top), lid, base)
    hurt(rng, front)
    front.marks |= FACE
    top.image *= rng.uniform(.95, 1.25)
    side.image *= rng.uniform(.5, .95)
    return [front, top, side], (w, h, d), kind


def colour_of(rng: Rng, kind: str) -> np.ndarray:
    if kind == 'carton':
        return varied(rng, BOARDS[int(rng.integers(3 if rng.random() < .6 else 6))])
    if kind == 'wood':
        return varied(rng, WOODS[int(rng.integers(4))])
    if rng.random() < .75:
        return any_colour(rng) * np.float32(rng.uniform(.5, 1))
    return np.full(3, rng.uniform(50, 200), np.float32)


def _edges(rng: Rng, front: Wall) -> None:
    reach, share = rng.uniform(.004, .014), rng.uniform(.75, 1.1)
    for box in ((0, 0, reach, 1), (1 - reach, 0, 1, 1), (0, 0, 1, reach), (0, 1 - reach, 1, 1)):
        front.shade(box, share)


def _closed(rng: Rng, kind: str, walls: tuple[Wall, Wall], lid: float, base: np.ndarray) -> None:
    front, top = walls
    x = .5 + float(rng.normal(0, .03))
    closed = rng.random() < .62
    if kind == 'carton':
        gap = rng.uniform(.002, .006) if closed or rng.random() < .2 else rng.uniform(.008, .04)
        if rng.random() < .92:
            opened(rng, front, top, x, gap)
            if closed:
                top.marks[:] = 0
    if not closed:
        return
    how = {'carton': (.88, .12, 0), 'wood': (.05, .95, 0), 'plastic': (.08, .12, .8)}[kind]
    done = rng.choice(3, p=how)
    if done == 0:
        taped(rng, front, top, x)
    elif done == 1:
        strapped(rng, front, top, base)
    else:
        sealed(rng, front, lid, base)


def turned(yaw: float, pitch: float, roll: float) -> np.ndarray:
    y, p, r = np.radians((yaw, pitch, roll))
    around = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    over = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    level = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return level @ over @ around


@dataclass
class View:
    """A camera: world in mm around the middle of the front to pixels."""

    turn: np.ndarray
    focal: float
    away: float
    shift: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        seen = points @ self.turn.T + (0, 0, self.away)
        return self.focal * seen[:, :2] / seen[:, 2:] + self.shift


def view_of(rng: Rng, size: tuple[float, float, float]) -> View:
    pitch = rng.uniform(6, 34) if rng.random() < .93 else rng.uniform(-2, 6)
    turn = turned(rng.normal(0, 14), pitch, rng.normal(0, 2.5))
    focal = SIZE[0] * rng.uniform(.8, 2.2)
    fill = rng.uniform(.45, .9)
    away = focal / (fill * min(SIZE[0] / size[0], SIZE[1] / size[1]))
    view = View(turn, focal, away, np.array(SIZE) / 2)
    w, h, _ = size
    front = np.array([[-w, -h, 0], [w, -h, 0], [w, h, 0], [-w, h, 0]]) / 2
    seen = view(front)
    low, high = seen.min(axis=0), seen.max(axis=0)
    room = np.array(SIZE) - (high - low)
    slack = np.abs(room) * rng.uniform(.05, .95, 2)
    stray = rng.uniform(-.35, .35, 2) * SIZE if rng.random() < .1 else np.zeros(2)
    view.shift = view.shift + slack * (room > 0) - low + stray
    return view


def walls_at(view: View, size: tuple[float, float, float], x: float) -> list[np.ndarray]:
    """The corners of front, top and visible side in pixels, clockwise from their top left."""
    w, h, d = size
    corner = {(i, j, k): view(np.array([[x + i * w / 2, j * h / 2, k * d]]))[0]
              for i in (-1, 1) for j in (-1, 1) for k in (0, 1)}
    front = [corner[c] for c in ((-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0))]
    top = [corner[c] for c in ((-1, -1, 1), (1, -1, 1), (1, -1, 0), (-1, -1, 0))]
    right = [corner[c] for c in ((1, -1, 0), (1, -1, 1), (1, 1, 1), (1, 1, 0))]
    left = [corner[c] for c in ((-1, -1, 1), (-1, -1, 0), (-1, 1, 0), (-1, 1, 1))]
    return [np.array(front), np.array(top), np.array(right), np.array(left)]


def put(picture: np.ndarray, marks: np.ndarray, wall: Wall, quad: np.ndarray) -> None:
    """Draw a wall if it is turned towards the camera."""
    area = cv2.contourArea(quad.astype(np.float32), oriented=True)
    if area < 12:
        return
    # Drawn twice as fine as the picture, so that small things do not vanish between pixels.
    fine = quad * 2
    low = np.maximum(np.floor(fine.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(fine.max(axis=0)).astype(int) + 1, picture.shape[1::-1])
    if (high <= low).any():
        return
    flat = np.array([[0, 0], [wall.wide, 0], [wall.wide, wall.high], [0, wall.high]], np.float32)
    plane = cv2.getPerspectiveTransform(flat, (fine - low).astype(np.float32))
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    sheet = np.clip(wall.image, 0, 255).astype(np.uint8)
    seen = cv2.warpPerspective(sheet, plane, size, flags=cv2.INTER_LINEAR,
                               borderMode=cv2.BORDER_REPLICATE)
    meant = cv2.warpPerspective(wall.marks, plane, size, flags=cv2.INTER_NEAREST)
    inside = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(inside, np.round(fine - low).astype(np.int32), 255, cv2.LINE_AA)
    share = (inside / np.float32(255))[..., None]
    at = slice(low[1], high[1]), slice(low[0], high[0])
    picture[at] = picture[at] * (1 - share) + seen * share
    marks[at][inside > 127] = meant[inside > 127]


def background(rng: Rng) -> np.ndarray:
    """A hall out of focus: areas, posts, shelves, a striped or plain ground."""
    wide, high = SIZE[0] * 2, SIZE[1] * 2
    picture = np.full((high, wide, 3), rng.uniform(40, 200), np.float32)
    picture *= rng.normal(1, .05, 3)
    for _ in range(int(rng.integers(3, 22))):
        x, y = rng.integers(-50, wide), rng.integers(-50, high)
        a, b = rng.integers(10, 260), rng.integers(10, 200)
        colour = varied(rng, BOARDS[int(rng.integers(6))], .3)
        if rng.random() < .5:
            colour = any_colour(rng)
        if rng.random() < .3:
            colour = np.full(3, rng.uniform(10, 250))
        cv2.rectangle(picture, (int(x), int(y)), (int(x + a), int(y + b)), colour.tolist(), -1)
    horizon = int(rng.uniform(.3, .8) * high)
    tone = np.full(3, rng.uniform(40, 180)) * rng.normal(1, .08, 3)
    if rng.random() < .75:
        picture[horizon:] = tone
    if rng.random() < .4:
        _rollers(rng, picture, horizon)
    for _ in range(int(rng.integers(0, 4))):
        y = int(rng.integers(horizon, high))
        ends = (0, y), (wide, y + int(rng.normal(0, 30)))
        cv2.line(picture, *ends, any_colour(rng).tolist(), int(rng.integers(2, 30)))
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(.6, 5))


def _rollers(rng: Rng, picture: np.ndarray, horizon: int) -> None:
    high, wide = picture.shape[:2]
    vanishing = np.array([wide * rng.uniform(.2, .8), horizon - rng.uniform(50, 500)])
    step = rng.uniform(14, 50)
    light, dark = rng.uniform(110, 220), rng.uniform(20, 80)
    picture[horizon:] = dark
    for x in np.arange(-wide, 2 * wide, step):
        foot = np.array([[x, high], [x + step * .6, high]])
        share = (high - horizon) / (high - vanishing[1])
        head = foot + (vanishing - foot) * share
        shape = np.array([foot[0], foot[1], head[1], head[0]]).astype(np.int32)
        cv2.fillConvexPoly(picture, shape, (light * .95, light, light), cv2.LINE_AA)


def photographed(rng: Rng, picture: np.ndarray) -> np.ndarray:
    """Light, shadow, blur, noise, compression; from the fine drawing to the picture."""
    high, wide = picture.shape[:2]
    y, x = np.mgrid[-1:1:high * 1j, -1:1:wide * 1j].astype(np.float32)
    gain = 1 + rng.uniform(-.25, .25) * x + rng.uniform(-.25, .25) * y
    for _ in range(int(rng.integers(0, 3))):
        angle = rng.uniform(0, np.pi)
        across = np.abs(x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-.8, .8))
        soft = rng.uniform(4, 30)
        within = 1 / (1 + np.exp((across - rng.uniform(.15, .6)) * soft))
        gain = gain * (1 - rng.uniform(0, .45) * within)
    gain = gain * (rng.uniform(.45, 1.25) if rng.random() < .93 else rng.uniform(.07, .4))
    picture = picture * gain[..., None] * rng.normal(1, .05, 3).astype(np.float32)
    if rng.random() < .1:
        spot = np.zeros((high, wide), np.float32)
        at = (int(rng.integers(wide)), int(rng.integers(high)))
        axes = (int(rng.integers(10, 70)), int(rng.integers(10, 50)))
        cv2.ellipse(spot, at, axes, 0, 0, 360, 400, -1)
        picture = picture + cv2.GaussianBlur(spot, (0, 0), 6)[..., None]
    if rng.random() < .6:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(.3, 2.6))
    picture = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)
    picture = picture + rng.normal(0, rng.uniform(0, 5), picture.shape)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < .5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 96))]
        _, kept = cv2.imencode('.jpg', picture, quality)
        picture = cv2.imdecode(kept, cv2.IMREAD_COLOR)
    return picture


def scene(rng: Rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A picture, its channels at half the size, and the weight of every place."""
    walls, size, kind = box_of(rng)
    view = view_of(rng, size)
    picture = background(rng)
    marks = np.zeros(picture.shape[:2], np.uint8)
    for way in (-1, 1):
        if rng.random() < .35:
            other, _, _ = box_of(rng)
            if rng.random() < .7:
                base = walls[0].image.mean(axis=(0, 1))
                other = [bare(rng, kind, base, wall.image.shape[:2]) for wall in walls]
            gap = size[0] * rng.uniform(1.08, 1.6)
            _put_box(picture, marks, other, walls_at(view, size, way * gap))
    doubtful = (marks != 0).astype(np.uint8)
    _shadow(rng, picture, walls_at(view, size, 0)[0])
    own = np.zeros_like(marks)
    _put_box(picture, own, walls, walls_at(view, size, 0))
    doubtful[own != 0] = 0
    half = (SIZE[0] // 2, SIZE[1] // 2)
    channels = np.stack([cv2.resize(((own >> k) & 1).astype(np.float32), half,
                                    interpolation=cv2.INTER_AREA) for k in range(len(CHANNELS))])
    weight = 1 - cv2.resize(doubtful, half, interpolation=cv2.INTER_NEAREST).astype(np.float32)
    return photographed(rng, picture), channels, weight


def _put_box(picture: np.ndarray, marks: np.ndarray, walls: list[Wall],
             quads: list[np.ndarray]) -> None:
    front, top, side = walls
    for wall, quad in ((top, quads[1]), (side, quads[2]), (side, quads[3]), (front, quads[0])):
        put(picture, marks, wall, quad)


def _shadow(rng: Rng, picture: np.ndarray, quad: np.ndarray) -> None:
    dark = np.zeros(picture.shape[:2], np.float32)
    foot = np.array([quad[3], quad[2], quad[2] + (0, 14), quad[3] + (0, 14)]) * 2
    cv2.fillConvexPoly(dark, foot.astype(np.int32), float(rng.uniform(0, .6)))
    picture *= 1 - cv2.GaussianBlur(dark, (0, 0), 7)[..., None]
