"""Whether two pictures are one photograph, sent twice.

A camera fixed over a packing line takes nearly the same picture of every box: the
hall, the belt and the print are the same. What a copy shares beyond these is what
chance put there: fibres and stains of the board, dust, the lie of the labels, and the
serial. So both pictures are brought to one size, one is laid onto the other, and
small blocks are compared after brightness and shading are taken away. In a copy all
blocks agree; in two photographs of two boxes the blocks on bare board do not.

Two photographs of one and the same box that stood still between them differ in
sensor noise alone; they are not told apart reliably, and both show one box.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import picture

SAME = 0.9
"""From here on it is the same photograph; measured in docs/models/same_photo.md."""
ALTERED = 0.8
"""From here on a person must look: the same photograph with a part of it changed, perhaps."""

_SIDE = 1000
_BLOCK = 24
_SMALL_BLOCK = 12
_AGREES = 0.4
_PRINT_AGREES = 0.5
_FAINT = 0.5
"""Grey levels of texture without which a block says nothing."""
_STRONG = 6.0
"""Grey levels that only print and edges reach."""
_CONTRADICTIONS = 2
_LEAST_BLOCKS = 40
_LEAST_MATCHES = 12
_MOST_BITS = 64
_MOST_STRETCH = 1.1
_MOST_TURN = 10.0
_BLACK = 8
_WHITE = 247

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]


class _Seen(NamedTuple):
    """A picture in the size of the comparison, with its striking points."""

    grey: Grey
    places: NDArray[np.float32]
    words: NDArray[np.uint8] | None


class _Blocks(NamedTuple):
    """What each block holds of either picture, and how well they agree there (-1 to 1)."""

    weaker: Map
    stronger: Map
    agreement: Map


def likeness(a: bytes, b: bytes) -> float:
    """How much of what can be compared agrees, in 0..1; from `SAME` on it is one photograph.

    Where nearly all agrees but print somewhere differs, as when a serial was painted
    over, the answer stays between `ALTERED` and `SAME`.
    """
    side = min(_SIDE, _long_side(a), _long_side(b))
    first, second = _seen(a, side), _seen(b, side)
    move = _alignment(first, second)
    if move is None:
        return 0.0
    flat, laid, inside = _laid(first.grey, second.grey, move)
    told = _told(_blocks(flat, laid, inside, _BLOCK))
    if len(told) < _LEAST_BLOCKS:
        return 0.0
    share = float(np.mean(told > _AGREES))
    return float(min(share, _print_likeness(_blocks(flat, laid, inside, _SMALL_BLOCK))))


def _print_likeness(blocks: _Blocks) -> float:
    """The share of printed blocks that agree; never `SAME` where several do not."""
    printed = blocks.stronger > _STRONG
    against = np.count_nonzero(printed & (blocks.agreement < _PRINT_AGREES))
    if against < _CONTRADICTIONS:
        return 1.0
    return min((SAME + ALTERED) / 2, 1 - against / np.count_nonzero(printed))


def _long_side(data: bytes) -> int:
    head = picture.header(data)
    return max(head.width, head.height)


@lru_cache(maxsize=4)
def _seen(data: bytes, side: int) -> _Seen:
    """Kept for a moment, as one photograph is compared with several."""
    grey = np.asarray(cv2.cvtColor(picture.small(data, side), cv2.COLOR_BGR2GRAY), np.uint8)
    found, words = cv2.ORB.create(1000, fastThreshold=7).detectAndCompute(grey, None)
    places = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    return _Seen(grey, places, None if words is None else np.asarray(words, np.uint8))


def _alignment(first: _Seen, second: _Seen) -> NDArray[np.float64] | None:
    """The move that lays the second picture onto the first; none where there is none."""
    if first.words is None or second.words is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first.words, second.words)
    pairs = [pair for pair in pairs if pair.distance < _MOST_BITS]
    if len(pairs) < _LEAST_MATCHES:
        return None
    move, kept = cv2.estimateAffine2D(
        second.places[[pair.trainIdx for pair in pairs]],
        first.places[[pair.queryIdx for pair in pairs]],
        method=cv2.USAC_MAGSAC,
        ransacReprojThreshold=2.0,
        maxIters=5000,
        confidence=0.999,
    )
    if move is None or np.count_nonzero(kept) < _LEAST_MATCHES:
        return None
    plain = np.asarray(move, np.float64)
    return plain if _is_plain(plain[:, :2]) else None


def _is_plain(move: NDArray[np.float64]) -> bool:
    """A copy is shifted, scaled and turned a little or by quarters.

    A second look at the same box from aside is sheared, or turned as it happens.
    """
    if np.linalg.det(move) <= 0:
        return False
    large, little = np.linalg.svd(move, compute_uv=False)
    turn = np.degrees(np.arctan2(move[1, 0] - move[0, 1], move[0, 0] + move[1, 1])) % 90
    straight = min(turn, 90 - turn) < _MOST_TURN
    return bool(straight and large / little < _MOST_STRETCH and little > 0.3 and large < 3)


def _laid(first: Grey, second: Grey, move: NDArray[np.float64]) -> tuple[Map, Map, Map]:
    """Both pictures without shading, the second upon the first, and where both are."""
    size = (first.shape[1], first.shape[0])
    laid = cv2.warpAffine(second, move, size, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(_filled(second), move, size, flags=cv2.INTER_NEAREST)
    inside = np.asarray(inside, np.uint8) & _filled(first)
    edge = np.ones((15, 15), np.uint8)
    inside = cv2.erode(inside, edge, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return _unshaded(first), _unshaded(np.asarray(laid, np.uint8)), inside.astype(np.float32)


def _filled(grey: Grey) -> Grey:
    """One where there is a picture: not in the black or white corners that a turn leaves."""
    void = ((grey < _BLACK) | (grey > _WHITE)).astype(np.uint8)
    _, parts = cv2.connectedComponents(void)
    edge = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    filled = np.ones(int(parts.max()) + 1, np.uint8)
    filled[edge] = 0
    filled[0] = 1
    return np.asarray(filled[parts], np.uint8)


def _unshaded(grey: Grey) -> Map:
    """Structures of about two to ten pixels: finer ones do not survive a copy."""
    fine = grey.astype(np.float32)
    band = cv2.GaussianBlur(fine, (0, 0), 1.2) - cv2.GaussianBlur(fine, (0, 0), 5.0)
    return np.asarray(band, np.float32)


def _blocks(first: Map, second: Map, inside: Map, side: int) -> _Blocks:
    """Blocks that both pictures cover."""
    covered = _sums(inside, side) > 0.9 * side * side
    ours, theirs = first * inside, second * inside
    power = _sums(ours * ours, side)[covered], _sums(theirs * theirs, side)[covered]
    shared = _sums(ours * theirs, side)[covered]
    one, other = (np.sqrt(value) / side for value in power)
    agreement = shared / np.sqrt(power[0] * power[1] + 1e-6)
    return _Blocks(np.minimum(one, other), np.maximum(one, other), agreement)


def _sums(values: Map, side: int) -> Map:
    rows, columns = values.shape[0] // side, values.shape[1] // side
    cut = values[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return np.asarray(cut.sum(axis=(1, 3)), np.float32)


def _told(blocks: _Blocks) -> Map:
    """The agreement of blocks with texture in both pictures, or with print in either."""
    return blocks.agreement[(blocks.weaker > _FAINT) | (blocks.stronger > _STRONG)]
