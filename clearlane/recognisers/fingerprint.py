"""A fingerprint of a photograph: 128 bytes by which its copies are found among thousands.

The upright picture is shrunk to 64 x 64 grey pixels; each of 32 x 32 places gives
one bit: whether it is brighter than what surrounds it. Large surfaces are thus asked
about their faint texture as much as print is, and texture is what two boxes of one
design before one camera do not share. Re-encoding, resizing and another exposure
change few bits.

There are two ways to search:

* a copy that shows the whole frame: a distance of at most `WHOLE` bits. The database
  can answer that, ``bit_count(hash # query) <= 64``, over any number of photographs;
* a copy that was cropped or turned a little: `candidates` tries the query in some
  hundred positions against all the hashes given to it.

Both only say whom to compare with; `same_photo.likeness` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from clearlane.recognisers import picture

HASH_BYTES = 128
WHOLE = 64
"""Bits of 1024; copies that keep the frame differed by 45 at most, boxes in a jig by 52."""
MOVED = 0.09
"""Share of bits where a moved copy may differ; measured copies had 0.071 at most."""
MOST = 8
"""Candidates returned: each costs a comparison of pixels."""

_SIDE = 64
_DECODED = 480
_FAINT = 0.15
"""Grey levels below which a place is no brighter than its surroundings, so that burnt-out
and black surfaces give the same bits in every copy."""
_REFINED = 32
_FLAT = 3.0

Grey = NDArray[np.uint8]
Bits = NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """`hash` is what is kept and searched for; the rest is needed while searching for copies.

    `inner` is the fingerprint without the even bars that a screenshot has at its edges.
    """

    hash: bytes
    signature: bytes
    aspect: float
    inner: Fingerprint | None = None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Which of the others may show the same photograph; `distance` is a share of bits."""

    index: int
    distance: float


class Position(NamedTuple):
    """Where the query lies in the frame of the other: size, offset in frames, degrees."""

    scale: float
    right: float
    down: float
    turn: float


def fingerprint(data: bytes) -> Fingerprint:
    """The fingerprint of a picture; raises Unreadable where there is none."""
    grey = np.asarray(cv2.cvtColor(picture.small(data, _DECODED), cv2.COLOR_BGR2GRAY), np.uint8)
    rows, columns = _filled(grey, 1), _filled(grey, 0)
    inner = None
    if rows.stop - rows.start < len(grey) or columns.stop - columns.start < grey.shape[1]:
        inner = _fingerprint(grey[rows, columns], None)
    return _fingerprint(grey, inner)


def bits(value: bytes) -> str:
    """A hash in the digits of PostgreSQL's type ``bit``."""
    return ''.join(f'{byte:08b}' for byte in value)


def candidates(query: Fingerprint, others: Sequence[bytes], most: int = MOST) -> list[Candidate]:
    """The nearest of the others that may be the query, cropped and turned a little or not at all.

    Time grows with the number of others: about 0.2 s for a few hundred, 0.4 s for 5,000.
    """
    if not others:
        return []
    hashes = np.frombuffer(b''.join(others), np.uint64).reshape(len(others), -1)
    found = _nearest(query, hashes)
    if query.inner is not None:
        found = np.minimum(found, _nearest(query.inner, hashes))
    order = np.argsort(found, kind='stable')[:most]
    return [
        Candidate(index=int(index), distance=float(found[index]))
        for index in order
        if found[index] <= MOVED
    ]


def _fingerprint(grey: Grey, inner: Fingerprint | None) -> Fingerprint:
    thumb = np.asarray(cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    return Fingerprint(
        hash=_hashed(thumb).tobytes(),
        signature=thumb.tobytes(),
        aspect=grey.shape[1] / grey.shape[0],
        inner=inner,
    )


def _filled(grey: Grey, axis: int) -> slice:
    """From the first to the last line that is not even; all where that leaves less than half."""
    lines = np.flatnonzero(grey.std(axis=axis) > _FLAT)
    count = grey.shape[1 - axis]
    if len(lines) == 0 or lines[-1] + 1 - lines[0] < count / 2:
        return slice(0, count)
    return slice(int(lines[0]), int(lines[-1]) + 1)


def _hashed(thumb: Grey) -> Bits:
    fine = thumb.astype(np.float32)
    brighter = cv2.GaussianBlur(fine, (0, 0), 0.7) - cv2.GaussianBlur(fine, (0, 0), 2.5)
    return np.packbits(brighter[1::2, 1::2] > _FAINT).view(np.uint64)


def _nearest(query: Fingerprint, hashes: Bits) -> NDArray[np.float64]:
    """For each hash the least distance over all positions, the best ones looked at closely."""
    thumb = np.frombuffer(query.signature, np.uint8).reshape(_SIDE, _SIDE)
    positions = _positions()
    least = np.full(len(hashes), np.inf)
    at = np.zeros(len(hashes), int)
    for number, position in enumerate(positions):
        distance = _distance(hashes, *_placed(thumb, query.aspect, position))
        closer = distance < least
        least[closer], at[closer] = distance[closer], number
    for index in np.argsort(least, kind='stable')[:_REFINED]:
        least[index] = _refined(thumb, query.aspect, hashes[index], positions[at[index]])
    return least


@lru_cache(maxsize=1)
def _positions() -> tuple[Position, ...]:
    return tuple(_grid())


def _grid() -> Iterator[Position]:
    """Crops of up to 8 % in steps of 2 %, wherever the rest may lie, turned up to 3 degrees."""
    for cut in (0, 2, 4, 6, 8):
        places = np.arange(-cut / 2, cut / 2 + 1, 2) / 100
        for right in places:
            for down in places:
                for turn in range(-3, 4):
                    yield Position(1 - cut / 100, float(right), float(down), float(turn))


def _placed(thumb: Grey, aspect: float, position: Position) -> tuple[Bits, Bits]:
    """The bits of the query as they lie in the other's frame, and which of them it covers."""
    cosine, sine = np.cos(np.radians(position.turn)), np.sin(np.radians(position.turn))
    # The thumbnail is square, the picture is not: a turn shears it.
    turn = position.scale * np.array([[cosine, -sine / aspect], [sine * aspect, cosine]])
    middle = np.full(2, (_SIDE - 1) / 2)
    shift = np.array([position.right, position.down]) * _SIDE + middle - turn @ middle
    move = np.column_stack([turn, shift])
    size = (_SIDE, _SIDE)
    moved = cv2.warpAffine(thumb, move, size, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.ones_like(thumb), move, size, flags=cv2.INTER_NEAREST)
    covered = np.packbits(inside[1::2, 1::2] > 0).view(np.uint64)
    return _hashed(np.asarray(moved, np.uint8)), covered


def _distance(hashes: Bits, bits_: Bits, covered: Bits) -> NDArray[np.float64]:
    differing = np.bitwise_count((hashes ^ bits_) & covered).sum(axis=-1, dtype=np.int64)
    return np.asarray(differing / max(1, int(np.bitwise_count(covered).sum())), np.float64)


def _refined(thumb: Grey, aspect: float, hash_: Bits, start: Position) -> float:
    """Walk from the grid's position to the best one near it, in ever smaller steps."""

    def distance(position: Position) -> float:
        return float(_distance(hash_, *_placed(thumb, aspect, position)))

    best, least = start, distance(start)
    for step in (0.01, 0.005, 0.0025):
        # A turn of 0.7 degrees moves the edge of the frame as far as a shift by 0.01.
        for field, size in (('scale', 1), ('right', 1), ('down', 1), ('turn', 70)):
            for sign in (1, -1):
                while True:
                    value = getattr(best, field) + sign * size * step
                    tried = best._replace(**{field: value})
                    if not (0.85 <= tried.scale <= 1.05) or (there := distance(tried)) >= least:
                        break
                    best, least = tried, there
    return least
