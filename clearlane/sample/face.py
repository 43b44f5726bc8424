"""One wall of a synthetic box, and how print, labels and tape come onto it."""

from collections.abc import Callable

import cv2
import numpy as np

from clearlane.sample import materials
from clearlane.sample.materials import Relief
from clearlane.sample.sheet import Box, Item, Pixels, Points, Sheet, corners


class Face:
    """A wall seen straight on, with what a reader should find on it, in mm from its top left."""

    def __init__(self, image: Pixels, scale: float) -> None:
        self.image, self.scale = image, scale
        self.width_mm, self.height_mm = image.shape[1] / scale, image.shape[0] / scale
        self.items: list[Item] = []
        self.condition: list[Item] = []

    def note(self, kind: str, value: str, box: Box) -> None:
        """Note something that is no reading: a closure, a damage."""
        self.condition.append(Item(kind=kind, value=value, box=corners(box)))

    def spoil(self, *kinds: str) -> None:
        """What is of these kinds is there, but no longer legible."""
        self.items = [item.spoilt() if item.kind in kinds else item for item in self.items]

    def spoil_within(self, inside: Callable[[Points], bool]) -> None:
        """What lies there is no longer legible."""
        self.items = [item.spoilt() if inside(item.box) else item for item in self.items]

    def box_of(self, *kinds: str) -> Box | None:
        """Where the first item of one of these kinds is."""
        for item in self.items:
            if item.kind in kinds:
                (left, top), (right, bottom) = item.box.min(axis=0), item.box.max(axis=0)
                return float(left), float(top), float(right), float(bottom)
        return None

    def part(self, box: Box) -> Pixels:
        """The pixels within a box, to draw on."""
        left, top, right, bottom = (max(0, round(edge * self.scale)) for edge in box)
        return self.image[top:bottom, left:right]

    def lay(
        self, sheet: Sheet, x: float, y: float, rng: np.random.Generator, angle: float = 0.0
    ) -> None:
        """Bring a sheet onto the wall: ink soaks in unevenly, a label casts a thin shadow."""
        inked = np.asarray(sheet.image)
        move = _placed(sheet, x, y, angle)
        if sheet.paper:
            self._shadow(sheet, move)
        alpha = inked[..., 3].astype(np.float32) / np.float32(255)
        colour = inked[..., 2::-1].astype(np.float32)
        if sheet.paper:
            colour *= _curled(rng, alpha.shape, self.scale)[..., None]
        else:
            alpha *= _soaked(rng, alpha.shape, self.scale)
        self._blend(colour, alpha, move)
        self.items.extend(item.moved(lambda points: _carried(points, move)) for item in sheet.items)

    def _blend(self, colour: Relief, alpha: Relief, move: Points) -> None:
        """Put colour over the wall where alpha says, carried there by an affine move in mm."""
        height, width = alpha.shape
        shape = _carried(corners((0, 0, width / self.scale, height / self.scale)), move)
        low = np.floor(shape.min(axis=0) * self.scale).astype(int) - 1
        high = np.ceil(shape.max(axis=0) * self.scale).astype(int) + 1
        left, top = np.maximum(low, 0)
        right, bottom = np.minimum(high, self.image.shape[1::-1])
        if right <= left or bottom <= top:
            return
        matrix = move.copy()
        matrix[:, 2] = matrix[:, 2] * self.scale - (left, top)
        size = (int(right - left), int(bottom - top))
        ahead = np.dstack([colour * alpha[..., None], alpha])
        warped = cv2.warpAffine(ahead, matrix, size, flags=cv2.INTER_LINEAR)
        ground = self.image[top:bottom, left:right]
        ground[:] = (ground * (1 - warped[..., 3:]) + warped[..., :3]).astype(np.uint8)

    def _shadow(self, sheet: Sheet, move: Points) -> None:
        """The thin shadow of a label's edge."""
        lower = move.copy()
        lower[:, 2] += np.array([0.35, 0.5])
        mask = np.asarray(sheet.image)[..., 3].astype(np.float32) / 255
        reach = 0.45 * self.scale
        soft = cv2.GaussianBlur(mask, (0, 0), reach) * np.float32(0.45)
        self._blend(np.zeros((*soft.shape, 3), np.float32), soft, lower)


def _placed(sheet: Sheet, x: float, y: float, angle: float) -> Points:
    """The affine move (2 by 3, in mm) that turns a sheet about its centre and puts it at (x, y)."""
    turn = cv2.getRotationMatrix2D((sheet.width_mm / 2, sheet.height_mm / 2), -angle, 1.0)
    move = np.asarray(turn, dtype=np.float64)
    move[:, 2] += np.array([x, y])
    return move


def _carried(points: Points, move: Points) -> Points:
    return np.asarray(points @ move[:, :2].T + move[:, 2], dtype=np.float64)


def _soaked(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> Relief:
    """How much of the ink the board has taken: nearly all, in fine specks less."""
    size = (shape[1] / scale, shape[0] / scale)
    taken = materials.grain(rng, size, scale, (0.8, 0.8), 0.07)
    taken += materials.grain(rng, size, scale, (30, 25), 0.05)
    return np.asarray(np.clip(taken + np.float32(0.88), 0.3, 0.97), dtype=np.float32)


def _curled(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> Relief:
    """How bright a label's paper comes out: off-white, uneven where it lifts a little."""
    size = (shape[1] / scale, shape[0] / scale)
    relief = materials.grain(rng, size, scale, (70, 50), 0.012)
    return relief + np.float32(rng.uniform(0.95, 1.0))
