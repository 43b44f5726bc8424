"""Where a straightened crop is printed: two plain tests of what the network says.

They measure what the regulations draw. A label of class 9 is blank below its stripes, one
of class 9A is not; an arrow is wider at its head than at its shaft. Shares are of 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from clearlane.recognisers.labels.quads import crops, in_crop
from clearlane.recognisers.text.crop import Pyramid

SIDE = 128
DIM, LEAST_COLOUR = 75, 16  # grey levels
LIKE_STRIPES = 0.4  # of the way in colour from a stripe to the ground
MOST_SHADE, MOST_TINT = 0.45, 0.12  # natural log: light may fall off, paper keeps its colour
NEAR, FAR = round(0.36 * SIDE), round(0.64 * SIDE)  # across the middle, within the inner line
OUTER, INNER = round(0.29 * SIDE), round(0.45 * SIDE)  # from the digit's place to the mid-line
MOST_ASIDE, WIDEST_FIGURE, MOST_FIGURE = 0.05, 0.12, 0.5  # of the side, and of the depth

ABOVE, LEFT, RIGHT = round(0.25 * SIDE), round(0.33 * SIDE), round(0.67 * SIDE)  # of stripes alone
RING_ROOM, LEAST_RING, MOST_RING = 1.5, 0.3, 1.3  # in widths of the diamond
SLANTS = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)


def below_stripes(picture: Pyramid, quad: np.ndarray, words: Sequence[np.ndarray] = ()) -> float:
    """The share opposite the stripes that has their colour, whichever way the label is turned.

    Shades are less dark than print, and straps have another colour. What lies in `words`, the
    outlines of lines of text, counts as blank.
    """
    seen = crops(picture, [quad], SIDE)[0].astype(np.float32)
    parts = [np.rot90(seen, turn)[OUTER:INNER, NEAR:FAR].reshape(-1, 3) for turn in range(4)]
    half = round(0.36 * SIDE)
    middle = seen[SIDE // 2 - half : SIDE // 2 + half, NEAR:FAR].mean(axis=2)
    dark, light = np.percentile(middle, (4, 85))
    shares = [float((part.mean(axis=1) < dark + 0.6 * (light - dark)).mean()) for part in parts]
    striped = int(np.argmax(shares))
    tones = parts[striped].mean(axis=1)
    stripe, ground = (
        np.median(parts[striped][found], axis=0)
        for found in (tones <= np.percentile(tones, 20), tones >= np.percentile(tones, 80))
    )
    away = np.linalg.norm(parts[(striped + 2) % 4] - stripe, axis=1)
    printed = away < LIKE_STRIPES * (np.linalg.norm(ground - stripe) + 1)
    if words:
        blank = np.zeros((SIDE, SIDE), np.uint8)
        for line in words:
            cv2.fillPoly(blank, [np.rint(in_crop(line, quad, SIDE)).astype(np.int32)], 1)
        printed &= np.rot90(blank, (striped + 2) % 4)[OUTER:INNER, NEAR:FAR].reshape(-1) == 0
    mask = printed.reshape(INNER - OUTER, FAR - NEAR).astype(np.uint8)
    return float(_without_figure(mask).mean())


def _without_figure(mask: np.ndarray) -> np.ndarray:
    """What is printed below the stripes, without the top of the figure in the corner below it."""
    count, parts, stats, centres = cv2.connectedComponentsWithStats(mask)
    high, wide = mask.shape
    for part in range(1, count):
        _, top, across, down, _ = stats[part].tolist()
        central = abs(float(centres[part][0]) - wide / 2) < MOST_ASIDE * SIDE
        if top == 0 and down <= high * MOST_FIGURE and across <= WIDEST_FIGURE * SIDE and central:
            mask = np.where(parts == part, 0, mask)
    return mask


def striped(picture: Pyramid, quad: np.ndarray) -> float:
    """How much (0 to 1) of the print beside the middle goes straight to it, as stripes do.

    It is the share of the variance that columns account for, on the most striped of the four
    sides, and for the best of a few slants: rough corners leave stripes aslant.
    """
    seen = cv2.cvtColor(crops(picture, [quad], SIDE)[0], cv2.COLOR_BGR2GRAY).astype(np.float32)
    best = 0.0
    for turn in range(4):
        part = np.rot90(seen, turn)[ABOVE:INNER, LEFT:RIGHT]
        high, wide = part.shape
        for slant in SLANTS:
            upright = np.array([[1, -slant, slant * high / 2], [0, 1, 0]], np.float32)
            flat = cv2.warpAffine(
                np.ascontiguousarray(part), upright, (wide, high), borderMode=cv2.BORDER_REPLICATE
            )[:, 4:-4]
            best = max(best, float(flat.mean(axis=0).var() / (flat.var() + 1)))
    return best


def is_one_paper(picture: Pyramid, quad: np.ndarray) -> bool:
    """Whether the ground between the stripes and that opposite are one: nothing covers a half.

    Light may fall off across a label, but a paper keeps its colour.
    """
    seen = crops(picture, [quad], SIDE)[0].astype(np.float32)
    parts = [np.rot90(seen, turn)[OUTER:INNER, NEAR:FAR].reshape(-1, 3) for turn in range(4)]
    grounds = [np.log(_lighter(part).mean(axis=0) + 8) for part in parts]
    dark = [float(part.mean()) for part in parts]
    striped = int(np.argmin(dark))
    apart = grounds[striped] - grounds[(striped + 2) % 4]
    tint = np.abs(apart - apart.mean()).max()
    return bool(abs(apart.mean()) < MOST_SHADE and tint < MOST_TINT)


def redder_at_the_rim(picture: Pyramid, quad: np.ndarray) -> float:
    """How much redder (natural log) the hatched rim of a battery mark is than its inside."""
    seen = np.log(crops(picture, [quad], SIDE)[0].astype(np.float32) + 8)
    red = seen[..., 2] - seen[..., :2].max(axis=2)  # yellow is redder than blue, but not than green
    low, high = round(0.05 * SIDE), round(0.11 * SIDE)
    outer = np.zeros((SIDE, SIDE), bool)
    outer[low:-low, low:-low] = True
    outer[high:-high, high:-high] = False
    inner = red[round(0.25 * SIDE) : round(0.75 * SIDE), round(0.2 * SIDE) : round(0.8 * SIDE)]
    return float(np.percentile(red[outer], 60) - np.median(inner))


def shows_colour(picture: Pyramid, quad: np.ndarray) -> bool:
    """Whether red would be seen in this outline: it is lit, and the picture has colours."""
    if crops(picture, [quad], SIDE)[0].mean() < DIM:
        return False
    small = cv2.resize(picture.level(3), (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(int)
    return bool(np.percentile(np.ptp(small, axis=2), 95) > LEAST_COLOUR)


def redder_at_the_frame(picture: Pyramid, quad: np.ndarray) -> float:
    """The same for a diamond: how much redder the frame of a GHS diamond is than its inside.

    In the dark there is no red to be seen: then it is taken to be there.
    """
    crop = crops(picture, [quad], SIDE)[0].astype(np.float32)
    if crop.mean() < DIM:
        return float('inf')
    seen = np.log(crop + 8)
    red = seen[..., 2] - seen[..., :2].mean(axis=2)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1) - 0.5
    far = (np.abs(x) + np.abs(y)) / 0.46  # 1 at the edge of the label
    frame = red[(far > 0.8) & (far < 0.98)]
    return float(np.percentile(frame, 65) - np.median(red[far < 0.6]))


def halves_alike(picture: Pyramid, quad: np.ndarray, direction: str) -> float:
    """How alike (-1 to 1) the two arrows of a pair are; a glass and an umbrella are not."""
    turns = ('up', 'right', 'down', 'left').index(direction)
    seen = cv2.cvtColor(crops(picture, [quad], SIDE)[0], cv2.COLOR_BGR2GRAY)
    upright = cv2.GaussianBlur(np.ascontiguousarray(np.rot90(seen, turns)), (0, 0), 2)
    low, high, mid = round(0.1 * SIDE), round(0.8 * SIDE), SIDE // 2
    left = upright[low:high, round(0.12 * SIDE) : mid - 4].astype(np.float32)
    right = upright[:, mid - 8 : SIDE - 2].astype(np.float32)
    return float(cv2.matchTemplate(right, left, cv2.TM_CCOEFF_NORMED).max())


def ringed(picture: Pyramid, quad: np.ndarray) -> float:
    """How much (0 to 1) of a ring nearly as wide as the diamond stands there, as round u and n.

    It is the share of the way round that lies on one ellipse.
    """
    low, high = quad.min(axis=0), quad.max(axis=0)
    middle, reach = (low + high) / 2, RING_ROOM * float((high - low).max()) / 2
    left, top = np.maximum(middle - reach, 0).astype(int).tolist()
    right, foot = np.minimum(middle + reach, picture.size).astype(int).tolist()
    scale = SIDE / (2 * reach)
    size = (max(1, round((right - left) * scale)), max(1, round((foot - top) * scale)))
    grey = cv2.cvtColor(picture.part((left, top, right, foot), size), cv2.COLOR_BGR2GRAY)
    grey = cv2.GaussianBlur(grey, (0, 0), 1.2)
    dark, light = np.percentile(grey, (3, 97))
    full = np.clip((grey - dark) * (255 / max(light - dark, 20)), 0, 255).astype(np.uint8)
    centre, across = (middle - (left, top)) * scale, 2 * reach / RING_ROOM * scale
    best = 0.0
    for way, level in ((cv2.THRESH_BINARY, -6), (cv2.THRESH_BINARY_INV, 6)):
        lit = cv2.adaptiveThreshold(full, 255, cv2.ADAPTIVE_THRESH_MEAN_C, way, 31, level)
        closed = cv2.morphologyEx(lit, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        for contour in cv2.findContours(closed, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]:
            best = max(best, _on_ellipse(np.asarray(contour), centre, across))
    return best


def _on_ellipse(contour: np.ndarray, centre: np.ndarray, across: float) -> float:
    """The share of the way round that a contour lies on its ellipse; 0 for what is no such ring."""
    hull = cv2.convexHull(contour)
    if len(contour) < SIDE // 2 or len(hull) < 5:
        return 0.0
    middle, (one, other), angle = cv2.fitEllipse(hull)
    short, long = sorted((one, other))
    is_large = LEAST_RING * across < short and long < min(MOST_RING * across, 1.5 * short)
    if not is_large or np.linalg.norm(np.array(middle) - centre) > 0.3 * across:
        return 0.0
    turn = np.deg2rad(angle)
    x, y = (contour[:, 0] - np.array(middle)).T
    u = (x * np.cos(turn) + y * np.sin(turn)) / (one / 2)
    v = (y * np.cos(turn) - x * np.sin(turn)) / (other / 2)
    on = np.abs(np.hypot(u, v) - 1) < 0.08
    return len(np.unique(np.degrees(np.arctan2(v[on], u[on])) // 10)) / 36


def _lighter(part: np.ndarray) -> np.ndarray:
    bright = part.sum(axis=1)
    return np.asarray(part[bright >= np.percentile(bright, 70)])


def head_to_shaft(picture: Pyramid, quad: np.ndarray, direction: str) -> float:
    """How much wider the two arrows are at their heads than at their shafts."""
    turns = ('up', 'right', 'down', 'left').index(direction)
    upright = np.rot90(crops(picture, [quad], SIDE)[0], turns).astype(np.float32)
    ground = np.median(upright[SIDE // 3 : 3 * SIDE // 5, 61:67].reshape(-1, 3), axis=0)
    away = np.linalg.norm(upright - ground, axis=2)[:, SIDE // 10 : -SIDE // 10]
    printed = away > 0.5 * np.percentile(away, 95)
    rows = np.convolve(printed.mean(axis=1), np.ones(5) / 5, 'same')
    shaft = float(np.median(rows[SIDE // 2 : round(0.74 * SIDE)]))
    return float(rows[SIDE // 12 : round(0.58 * SIDE)].max()) / max(shaft, 0.05)
