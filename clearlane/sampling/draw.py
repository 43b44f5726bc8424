"""The provable draw: nobody can steer which declaration is inspected, anybody can check it.

Before the declarations of a period are lodged, customs makes a seed of 32 random bytes and
publishes its commitment. A declaration's lot, and the place of a box in the order in
which boxes are opened, follow from the seed and the declaration's number alone. After the
period the seed is revealed, and everybody can compute every draw again:

    commitment = hex(SHA-256("clearlane/seed/1\\n" + period + "\\n" + seed))
    mac(text)  = HMAC-SHA-256(key = seed, message = "clearlane/draw/1\\n" + text)
    lot(no)    = floor(first 8 bytes of mac(no), big-endian, * 10**11 / 2**64) / 10**11
    boxes(no)  = the items of the declaration in rising order of mac(no + "\\n" + item)

Texts are UTF-8. The lot lies in [0, 1) with eleven digits.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from decimal import Decimal

SEED_BYTES = 32
DIGITS = 11


def commitment(period: str, seed: bytes) -> str:
    """What is published before the period.

    >>> commitment('2026-05', bytes(32))[:16]
    '198b58c9b736c08c'
    """
    return hashlib.sha256(f'clearlane/seed/1\n{period}\n'.encode() + seed).hexdigest()


def lot(seed: bytes, no: str) -> Decimal:
    """The random number of a declaration in [0, 1).

    >>> lot(bytes(32), 'CL-2026-0000001')
    Decimal('0.16926123813')
    """
    first = int.from_bytes(_mac(seed, no)[:8])
    return Decimal(first * 10**DIGITS >> 64).scaleb(-DIGITS)


def boxes(seed: bytes, no: str, items: Iterable[str], n: int) -> list[str]:
    """The `n` items to open, in the order in which they are opened; all where there are fewer."""
    return sorted(set(items), key=lambda item: (_mac(seed, f'{no}\n{item}'), item))[:n]


def listing(numbers: Iterable[str]) -> str:
    """What is logged of the numbers of all declarations of a period when its seed is revealed.

    >>> listing(['CL-2', 'CL-1']) == listing(['CL-1', 'CL-2']) != listing(['CL-1'])
    True
    """
    return hashlib.sha256(('clearlane/list/1\n' + '\n'.join(sorted(numbers))).encode()).hexdigest()


def _mac(seed: bytes, text: str) -> bytes:
    if len(seed) != SEED_BYTES:
        raise ValueError(f'a seed has {SEED_BYTES} bytes, not {len(seed)}')
    return hmac.new(seed, f'clearlane/draw/1\n{text}'.encode(), hashlib.sha256).digest()
