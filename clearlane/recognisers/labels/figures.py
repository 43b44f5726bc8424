"""The figure of a label, read for itself: the class in its lower corner, the division above it.

Alone and beside the edges of its corner such a figure is seldom found as a line of text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from clearlane.recognisers.labels import quads
from clearlane.recognisers.text import recognition, weights
from clearlane.recognisers.text.crop import HEIGHT, Pyramid

SIDE = 320
"""Pixels of the straightened label; a figure of a seventh of it is as high as the models ask."""

Places = tuple[tuple[float, float], ...]
"""How far down the middle of a figure may stand, and how wide it may be, in sides."""

CLASS: Places = ((0.84, 0.22), (0.88, 0.22))
DIVISION: Places = ((0.40, 0.44), (0.46, 0.44), (0.56, 0.44))

SURE, RIVAL = 0.9, 0.2
"""So likely is the figure at least, and every other that is asked for at most."""


def read(picture: Pyramid, corners: np.ndarray, asked: Collection[str], places: Places) -> str:
    """The one figure of those `asked` for that the label shows at one of the places, or ''.

    `corners` are those of a label that stands on its lower corner; a figure of several
    characters (1.4) is asked for by its last.
    """
    label = quads.crops(picture, [corners], SIDE)[0]
    for seen in _likely(label, places):
        chances = sorted(((float(seen[one]), one) for one in asked), reverse=True)
        (best, said), (rival, _) = chances[:2]
        if best >= SURE and rival <= RIVAL:
            return said
    return ''


def _likely(label: np.ndarray, places: Places) -> Iterator[dict[str, float]]:
    """How likely each figure stands somewhere in each of the places."""
    at = {figure: weights.alphabet('small').index(figure) for figure in '0123456789'}
    for down, wide in places:
        top = round(down * SIDE) - HEIGHT // 2
        left, right = round((0.5 - wide / 2) * SIDE), round((0.5 + wide / 2) * SIDE)
        said = recognition.output(label[top : top + HEIGHT, left:right], 'small').max(axis=0)
        yield {figure: float(said[place]) for figure, place in at.items()}
