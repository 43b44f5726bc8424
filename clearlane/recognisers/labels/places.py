"""Where labels lie in a picture: the middle and the four corners of each, by a small network."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from clearlane.recognisers.labels import networks
from clearlane.recognisers.labels.quads import clockwise, shrunk

KINDS = ('hazard_label', 'battery_mark', 'orientation_arrows')
LONG_SIDE = 512
STRIDE = 4  # pixels of the small picture for one of the network's answer
REACH = 16.0  # the unit in which the network tells corners from the middle
LEAST_HEAT = 0.2
MOST = 24


@dataclass(frozen=True)
class Place:
    """One label as the network places it."""

    kind: str
    heat: float
    corners: np.ndarray


def places(image: np.ndarray) -> list[Place]:
    """The places where something like a label stands out, the surest first."""
    if not (networks.HOME / 'places.onnx').exists():  # TEMPORARY until the weights are here
        return []
    small, scale = _fitted(image)
    answer = networks.run('places.onnx', small[None])[0]
    heat = answer[: len(KINDS)]
    found = []
    for layer, kind in enumerate(KINDS):
        peak = cv2.dilate(heat[layer], np.ones((3, 3), np.uint8))
        rows, columns = np.nonzero((heat[layer] >= peak) & (heat[layer] > LEAST_HEAT))
        for y, x in zip(rows, columns, strict=True):
            offsets = answer[len(KINDS) :, y, x].reshape(4, 2)
            middle = (np.array([x, y], np.float32) + 0.5) * STRIDE
            corners = clockwise((middle + offsets * REACH) / scale)
            found.append(Place(kind, float(heat[layer, y, x]), corners))
    return sorted(found, key=lambda place: -place.heat)[:MOST]


def _fitted(image: np.ndarray) -> tuple[np.ndarray, float]:
    """The picture at LONG_SIDE, filled up to whole steps of the network with grey."""
    scale = LONG_SIDE / max(image.shape[:2])
    small = shrunk(image, scale)
    right, below = -small.shape[1] % 32, -small.shape[0] % 32
    filled = cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_CONSTANT,
                                value=(114, 114, 114))
    return filled, scale
