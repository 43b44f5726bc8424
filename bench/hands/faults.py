"""The next box of a design, and what can have happened to it, on a wall of any hand.

Two boxes never are the same: another board, labels stuck a little elsewhere. The faults are
drawn without anything of `clearlane.sample`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from bench.hands import ink
from bench.hands.faces import Face, Image
from bench.label_hand import label

TAPE = (92, 134, 168)


def another_board(face: Face, rng: random.Random, slip_mm: float = 2.5) -> None:
    """Board of another batch and its fibres; labels a little elsewhere."""
    for one in _labels(face):
        step = [face.px(slip_mm) * rng.uniform(-1, 1) for _ in range(2)]
        _shift(face, one, (round(step[0]), round(step[1])), rng)
    noise = np.random.default_rng(rng.getrandbits(32))
    high, wide = face.image.shape[:2]
    tone = np.array([rng.uniform(-0.03, 0.03)] * 3) + noise.uniform(-0.006, 0.006, 3)
    clouds = cv2.resize(noise.normal(0, 2.5, (9, 12)).astype(np.float32), (wide, high))
    fibres = noise.normal(0, 5, (high // 2 + 1, wide // 9 + 1)).astype(np.float32)
    fibres = cv2.resize(fibres, (wide, high), interpolation=cv2.INTER_LINEAR)
    drawn = face.image * (1 + tone) + (clouds + fibres)[..., None]
    face.image[:] = np.clip(drawn, 0, 255).astype(np.uint8)


def taped(face: Face, rng: random.Random) -> None:
    """A tape from the upper edge down, and one from the lower edge up, as cartons are closed."""
    high, wide = face.image.shape[:2]
    middle, half = wide // 2 + face.px(3 * rng.uniform(-1, 1)), face.px(24)
    for top, bottom in ((0, face.px(rng.uniform(45, 55))), (high - face.px(38), high)):
        part = face.image[top:bottom, middle - half : middle + half]
        gloss = np.array([rng.uniform(0.94, 1.1) for _ in range(7)], np.float32)[None]
        across = cv2.resize(gloss, (part.shape[1], 1), interpolation=cv2.INTER_CUBIC)
        part[:] = np.clip(0.25 * part + 0.75 * np.array(TAPE) * across[..., None], 0, 255).astype(
            np.uint8
        )


def _labels(face: Face) -> list[dict[str, Any]]:
    return [one for one in face.truth if one['kind'] == 'hazard_label']


def _around(face: Face, one: dict[str, Any], more: float = 0.0) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of an item within the wall."""
    high, wide = face.image.shape[:2]
    box = np.array(one['box'])
    grown = more * (box.max(axis=0) - box.min(axis=0)).min()
    left, top = np.maximum(np.floor(box.min(axis=0) - grown), 0).astype(int)
    right, bottom = np.minimum(np.ceil(box.max(axis=0) + grown), (wide, high)).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _wiped(face: Face, place: tuple[int, int, int, int], rng: random.Random) -> None:
    """Only ground is left there: from the left rim to the right one, grainy."""
    left, top, right, bottom = place
    part = face.image[top:bottom, left:right]
    rims = [np.median(part[:, side], axis=(0, 1)) for side in (slice(0, 3), slice(-3, None))]
    share = np.linspace(0, 1, part.shape[1])[None, :, None]
    noise = np.random.default_rng(rng.getrandbits(32))
    grain = noise.normal(0, 2.5, (*part.shape[:2], 1))
    part[:] = np.clip(rims[0] * (1 - share) + rims[1] * share + grain, 0, 255).astype(np.uint8)


def _shift(face: Face, one: dict[str, Any], step: tuple[int, int], rng: random.Random) -> None:
    """Take a label off and stick it elsewhere."""
    left, top, right, bottom = _around(face, one)
    side = min(right - left, bottom - top)
    shown = face.image[top : top + side, left : left + side].copy()
    _wiped(face, (left, top, right, bottom), rng)
    high, wide = face.image.shape[:2]
    x = int(np.clip(left + step[0], 0, wide - side))
    y = int(np.clip(top + step[1], 0, high - side))
    _stick(face, shown, (x, y))
    one['box'] = (np.array(one['box']) + np.array((x - left, y - top))).tolist()


def _stick(face: Face, shown: Image, at: tuple[int, int]) -> None:
    """A square label that stands on its corner."""
    side, half = len(shown), len(shown) // 2
    mask = np.zeros((side, side), np.uint8)
    corners = np.array([[half, 0], [side - 1, half], [half, side - 1], [0, half]])
    cv2.fillPoly(mask, [corners], 255)
    x, y = at
    part = face.image[y : y + side, x : x + side]
    part[mask > 0] = shown[mask > 0]


def label_missing(face: Face, rng: random.Random) -> bool:
    for one in _labels(face):
        _wiped(face, _around(face, one, 0.03), rng)
        face.truth.remove(one)
        return True
    return False


def label_moved(face: Face, rng: random.Random) -> bool:
    """Up or down by most of its side."""
    for one in _labels(face):
        left, top, right, _ = _around(face, one)
        far = round((right - left) * rng.uniform(0.75, 1.1))
        room = face.image.shape[0] - top - 2 * (right - left)
        _shift(face, one, (0, far if room > far else -min(far, top)), rng)
        return True
    return False


def other_label(face: Face, rng: random.Random) -> bool:
    for one in _labels(face):
        value = rng.choice([v for v in ('3', '8', '9', '5.1') if v != one['value']])
        left, top, right, bottom = _around(face, one)
        side = min(right - left, bottom - top)
        _stick(face, cv2.resize(label(value), (side, side), interpolation=cv2.INTER_AREA),
               (left, top))  # fmt: skip
        one['value'] = value
        return True
    return False


def label_covered(face: Face, rng: random.Random) -> bool:
    """A slip of paper with a few words over most of the label."""
    for one in _labels(face):
        left, top, right, bottom = _around(face, one)
        tall = round((bottom - top) * rng.uniform(0.5, 0.7))
        top += round((bottom - top - tall) * rng.uniform(0.2, 0.8))
        face.image[top : top + tall, left:right] = rng.choice((246, 232, 240))
        cap = max(6, tall // 9)
        for row, words in enumerate(('DELIVERY NOTE', 'No. 4711-20', 'KEEP DRY')):
            face.paint(ink.text(words, 'narrow', cap), left + cap, top + cap * (1 + 2 * row),
                       (60, 40, 40))  # fmt: skip
        one['legible'] = False
        return True
    return False


def label_torn(face: Face, rng: random.Random) -> bool:
    """The lower part of the label is gone, the rim ragged and light."""
    for one in _labels(face):
        left, top, right, bottom = _around(face, one)
        torn_at = round(top + (bottom - top) * rng.uniform(0.4, 0.6))
        ground = face.image[bottom - 2, left + 1].astype(float)
        shown = face.image[torn_at:bottom, left:right]
        wide = right - left
        rag = np.cumsum([rng.uniform(-1, 1) for _ in range(wide)]) * 0.35 + 4
        rows = np.arange(len(shown))[:, None]
        half = np.abs(np.arange(wide) - wide / 2)[None]
        within = half < np.maximum(0, bottom - (torn_at + rows))
        shown[within & (rows > rag[None])] = ground
        shown[within & (rows > rag[None] - 3) & (rows <= rag[None])] = 228
        one['legible'] = False
        return True
    return False


def mark_missing(face: Face, rng: random.Random) -> bool:
    for one in [one for one in face.truth if one['kind'] == 'un_mark']:
        left, top, right, bottom = _around(face, one, 0.15)
        _wiped(face, (max(0, left - (bottom - top)), top, right, bottom), rng)
        face.truth.remove(one)
        return True
    return False


def stain(face: Face, rng: random.Random) -> bool:
    """Oil or dirt: dark, brownish, soft."""
    x, y = _place(face, rng)
    mask = _blot(face, rng, (x, y), face.px(rng.uniform(22, 38)))
    soft = cv2.GaussianBlur(mask, (0, 0), face.px(2.5))[..., None] / 255 * rng.uniform(0.35, 0.55)
    colour = np.array(rng.choice(((28, 46, 70), (30, 30, 34), (20, 60, 96))))
    face.image[:] = np.clip(face.image * (1 - soft) + colour * soft, 0, 255).astype(np.uint8)
    return True


def hole(face: Face, rng: random.Random) -> bool:
    """Torn open: dark within, fibres at the rim."""
    x, y = _place(face, rng)
    mask = _blot(face, rng, (x, y), face.px(rng.uniform(14, 24)))
    rim = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=face.px(1.2))
    face.image[rim > 127] = np.clip(face.image[rim > 127] * 1.15 + 22, 0, 255)
    face.image[mask > 127] = (22, 24, 28)
    return True


def _blot(face: Face, rng: random.Random, at: tuple[int, int], reach: int) -> Image:
    angles = np.linspace(0, 2 * np.pi, 26, endpoint=False)
    radii = reach * np.array([rng.uniform(0.65, 1.25) for _ in angles])
    outline = np.stack([at[0] + 1.2 * radii * np.cos(angles), at[1] + radii * np.sin(angles)], 1)
    mask = np.zeros(face.image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [outline.astype(np.int32)], 255)
    return mask


def _place(face: Face, rng: random.Random) -> tuple[int, int]:
    """Somewhere on the wall, not at its rim."""
    high, wide = face.image.shape[:2]
    return round(rng.uniform(0.15, 0.85) * wide), round(rng.uniform(0.2, 0.8) * high)


def dented(face: Face, rng: random.Random) -> bool:
    """A corner or a side pushed in: print there is bent, the folds light and dark."""
    high, wide = face.image.shape[:2]
    at = np.array(rng.choice(((0, high), (wide, high), (0, 0), (wide, 0), (0, high / 2))), float)
    inward = np.array((wide / 2, high / 2)) - at
    inward /= np.linalg.norm(inward)
    reach = 0.34 * min(wide, high) * rng.uniform(0.9, 1.25)
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    far = np.hypot(x - at[0], y - at[1])
    push = 0.26 * reach * np.clip(1 - far / reach, 0, 1) ** 1.4
    bent = cv2.remap(face.image, (x - push * inward[0]).astype(np.float32),
                     (y - push * inward[1]).astype(np.float32), cv2.INTER_LINEAR,
                     borderValue=(30, 30, 30))  # fmt: skip
    level = np.ones((high, wide), np.float32)
    for share in (0.3, 0.55, 0.8):
        away = (far - reach * share * (1 + 0.08 * np.sin(x / face.px(15)))) / face.px(2.2)
        level += 0.35 * away * np.exp(-(away**2))
    face.image[:] = np.clip(bent * level[..., None], 0, 255).astype(np.uint8)
    return True


def wet(face: Face, rng: random.Random) -> bool:
    """Water from below or from one side: darker and warmer, an edge where it stopped."""
    high, wide = face.image.shape[:2]
    wave = np.cumsum([rng.uniform(-1, 1) for _ in range(40)])
    edge = cv2.resize(wave[None].astype(np.float32), (wide, 1))[0] * face.px(2.5)
    level = high * rng.uniform(0.55, 0.72) + edge
    depth = (np.arange(high)[:, None] - level[None]) / face.px(3)
    share = 0.26 / (1 + np.exp(-np.clip(depth, -20, 20))) + 0.1 * np.exp(-(depth**2))
    warm = np.array((1.2, 1.0, 0.85))
    face.image[:] = np.clip(face.image * (1 - share[..., None] * warm), 0, 255).astype(np.uint8)
    return True


FAULTS: dict[str, Callable[[Face, random.Random], bool]] = {
    'label_missing': label_missing, 'label_moved': label_moved, 'other_label': other_label,
    'label_covered': label_covered, 'label_torn': label_torn, 'mark_missing': mark_missing,
    'stain': stain, 'hole': hole, 'dented': dented, 'wet': wet,
}  # fmt: skip
"""Each draws its fault on a wall, and says whether there was something to draw it on."""
