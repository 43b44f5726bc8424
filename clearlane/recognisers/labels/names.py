"""Says what a straightened crop shows: the class of a hazard label, a mark, arrows, or none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clearlane.recognisers.labels import networks
from clearlane.recognisers.labels.quads import crops
from clearlane.recognisers.text.crop import Pyramid

NAMES = (
    'none', '9A', '9', '1', '1.4', '1.5', '1.6', '2.1', '2.2', '2.3', '3', '4.1', '4.2', '4.3',
    '5.1', '5.2', '6.1', '6.2', '7', '8', 'battery_mark', 'up', 'down', 'left', 'right',
    'GHS01', 'GHS02', 'GHS03', 'GHS04', 'GHS05', 'GHS06', 'GHS07', 'GHS08', 'GHS09',
)  # fmt: skip
ARROWS = frozenset({'up', 'down', 'left', 'right'})
STATES = ('covered', 'torn')


def kind_of(name: str) -> str:
    """The kind of reading that a name belongs to.

    >>> kind_of('9A'), kind_of('up'), kind_of('battery_mark'), kind_of('GHS02')
    ('hazard_label', 'orientation_arrows', 'battery_mark', 'ghs_label')
    """
    if name.startswith('GHS'):
        return 'ghs_label'
    if name in ARROWS:
        return 'orientation_arrows'
    return name if name == 'battery_mark' else 'hazard_label'


def chances(picture: Pyramid, outlines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """For each outline the chance of every name, and of every state."""
    if not outlines:
        return np.zeros((0, len(NAMES))), np.zeros((0, len(STATES)))
    said = networks.name(crops(picture, outlines))
    names, states = said[:, : len(NAMES)], said[:, len(NAMES) :]
    names = np.exp(names - names.max(axis=1, keepdims=True))
    return names / names.sum(axis=1, keepdims=True), 1 / (1 + np.exp(-states))
