"""Real photographs of signs with their boxes, for training; they are not part of the repository.

150 photographs of GHS diamonds and other signs on bottles, tins, doors (CC BY 4.0,
Roboflow Universe htw-gwmjp/gefahrensymbole). Their boxes are loose: some hold the symbol
alone, some more than the diamond. So the outline of a diamond is looked for around the middle
of its box, and where none is found the corners are said to be a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from clearlane.recognisers.labels.quads import quads, stands_on_corner

Rng = np.random.Generator

CLASSES = {
    1: 'GHS06', 2: 'GHS05', 3: 'GHS01', 8: 'GHS02', 10: 'GHS09', 11: 'GHS07', 12: 'none',
    13: 'GHS03', 14: 'GHS08',
}  # fmt: skip
"""By the number in the file; the others are signs of rescue, fire and prohibition."""

FOLDS = 5
KEPT_ASIDE = 0
"""The fold to judge by. Neighbours in the list show the same bottle, so folds are blocks."""


@dataclass
class Sign:
    """A GHS diamond: its corners, whether they were found or guessed, and the box as given."""

    name: str
    corners: np.ndarray
    exact: bool
    box: tuple[float, float, float, float]


@dataclass
class Photo:
    """A photograph with its GHS diamonds; other signs are nothing in it."""

    path: Path
    picture: np.ndarray
    signs: list[Sign] = field(default_factory=list)


def blocks(folder: str) -> list[tuple[int, Path]]:
    """Every photograph with its fold: runs of twelve, so that one bottle stays together."""
    paths = sorted(Path(folder).glob('*.jpg')) if folder else []
    return [((k // 12) % FOLDS, path) for k, path in enumerate(paths)]


def learnt_from(folder: str) -> list[Photo]:
    """The photographs to learn from."""
    return [photo(path) for fold, path in blocks(folder) if fold != KEPT_ASIDE]


def kept_aside(folder: str) -> list[Photo]:
    """The photographs to judge by."""
    return [photo(path) for fold, path in blocks(folder) if fold == KEPT_ASIDE]


def photo(path: Path) -> Photo:
    """Read one photograph and the file beside it."""
    picture = cv2.imread(str(path))
    assert picture is not None, path
    high, wide = picture.shape[:2]
    outlines = [quad for quad in quads(picture) if stands_on_corner(quad)]
    signs = []
    for line in path.with_suffix('.txt').read_text().splitlines():
        said = line.split()
        if len(said) != 5 or int(said[0]) not in CLASSES:
            continue
        cx, cy, w, h = (float(part) for part in said[1:])
        box = ((cx - w / 2) * wide, (cy - h / 2) * high, (cx + w / 2) * wide, (cy + h / 2) * high)
        corners, exact = _around(box, outlines)
        signs.append(Sign(CLASSES[int(said[0])], corners, exact, box))
    return Photo(path, picture, signs)


def _around(box: tuple[float, ...], outlines: list[np.ndarray]) -> tuple[np.ndarray, bool]:
    """The largest diamond found around the middle of the box, or a guess."""
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    side = max(box[2] - box[0], box[3] - box[1])
    near = [
        quad
        for quad in outlines
        if np.linalg.norm(quad.mean(axis=0) - middle) < 0.25 * side
        and 0.8 < np.ptp(quad, axis=0).max() / side < 2.4
    ]
    if near:
        return max(near, key=lambda quad: float(np.ptp(quad, axis=0).max())), True
    reach = 0.62 * side
    return middle + np.array([[0, -reach], [reach, 0], [0, reach], [-reach, 0]]), False


def cut(one: Photo, rng: Rng, side: int) -> tuple[np.ndarray, list[tuple[int, np.ndarray, bool]]]:
    """A piece of the photograph, turned a little, with the diamonds in it as kind 0."""
    scale, angle = float(np.exp(rng.uniform(-0.7, 0.35))), float(rng.normal(0, 8))
    middle = np.array(one.picture.shape[1::-1]) / 2
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), angle, scale)
    aim = middle
    if one.signs and rng.random() < 0.8:
        aim = one.signs[int(rng.integers(len(one.signs)))].corners.mean(axis=0)
    turn[:, 2] += side / 2 + rng.uniform(-0.35, 0.35, 2) * side - turn @ [*aim, 1]
    source = cv2.GaussianBlur(one.picture, (0, 0), 0.45 / scale) if scale < 0.8 else one.picture
    border = cv2.BORDER_REFLECT_101 if rng.random() < 0.5 else cv2.BORDER_CONSTANT
    picture = cv2.warpAffine(source, turn, (side, side), flags=cv2.INTER_AREA, borderMode=border)
    if rng.random() < 0.3:
        picture = cv2.convertScaleAbs(
            picture, alpha=rng.uniform(0.5, 1.2), beta=rng.uniform(-20, 40)
        )
    labels = [(0, sign.corners @ turn[:, :2].T + turn[:, 2], sign.exact) for sign in one.signs]
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
        labels = [(k, (c * (-1, 1) + (side - 1, 0))[[0, 3, 2, 1]], e) for k, c, e in labels]
    return picture, labels
