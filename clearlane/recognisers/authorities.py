"""The authorities that foreign marks name: a word one slip away from a known one is meant to be it.

The State in a mark is followed by the name or number of the maker, which most often begins
with the word of the authority that tested the design. Only a State whose authorities are
listed here is looked at, and a word that is no slip of one of them stays as it was read.

Source: the words as printed in marks that were seen, from memory (unconfirmed); the list is
not complete, so that an unknown word is never an error.

>>> meant('4G/Y18/S/24/D/BAN 10482')
('4G/Y18/S/24/D/BAM 10482', False)
>>> meant('4G/Y18/S/24/D/XYZ 10482')
('4G/Y18/S/24/D/XYZ 10482', True)
>>> meant('4G/Y18/S/24/GB/2291')
('4G/Y18/S/24/GB/2291', False)
"""

from __future__ import annotations

import re

KNOWN = {
    'D': ('BAM',), 'F': ('BVT', 'LNE'), 'I': ('CSI',), 'S': ('RISE', 'SP'), 'B': ('BVI',),
    'NL': ('VL', 'TNO', 'RDW'), 'GB': ('VCA',), 'PL': ('COBRO',), 'A': ('OFI', 'TGM'),
    'CZ': ('IMET', 'CIMTO'),
}  # fmt: skip

ALIKE = ('MNHW', 'O0DQC', 'B890', 'S5', 'G6C', 'I1L', 'T7', 'A4', 'Z2', 'UV', '6B8')
"""Characters that dots and worn print make alike."""

_NAMED = re.compile(r'[/ ]\d\d/([A-Z]{1,3})/(\w+)')


def meant(mark: str) -> tuple[str, bool]:
    """The mark with its authority as it must have been printed, and whether it is in doubt."""
    found = _NAMED.search(mark)
    if found is None or found[2].startswith(KNOWN.get(found[1], ('',))):
        return mark, False
    near = [word for word in KNOWN[found[1]] if _slip(found[2][: len(word)], word)]
    if len(near) != 1:
        return mark, found[2][:2].isalpha()
    at = found.start(2)
    return mark[:at] + near[0] + mark[at + len(near[0]) :], False


def _slip(seen: str, word: str) -> bool:
    """Whether one character, which looks alike, is all that tells the two apart."""
    if len(seen) != len(word) or len(word) < 3:
        return False
    other = [(a, b) for a, b in zip(seen, word, strict=True) if a != b]
    return len(other) == 1 and looks_alike(*other[0])


def looks_alike(one: str, other: str) -> bool:
    """Whether dots and worn print make these two characters alike."""
    return any(one in group and other in group for group in ALIKE)
