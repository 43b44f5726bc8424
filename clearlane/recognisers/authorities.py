"""The authorities that foreign marks name: a word one slip away from a known one is meant to be it.

The State in a mark is followed by the name or number of the maker, which most often begins
with the word of the authority that tested the design. Only a State whose authorities are
listed here is looked at, and a word that is no slip of one of them stays as it was read.

Source: the words as printed in marks that were seen, from memory (unconfirmed); the list is
not complete, so that an unknown word is never an error.

>>> meant('4G/Y18/S/24/D/BAN 10482')
('4G/Y18/S/24/D/BAM 10482', False)
>>> meant('4G/Y18/S/24/D/BAM10482')
('4G/Y18/S/24/D/BAM 10482', False)
>>> meant('4G/Y18/S/24/D/XYZ 10482')
('4G/Y18/S/24/D/XYZ 10482', True)
>>> meant('4G/Y18/S/24/NL/UL824')
('4G/Y18/S/24/NL/VL824', False)
>>> meant('4G/Y18/S/24/GB/2291')
('4G/Y18/S/24/GB/2291', False)
>>> meant('4G/Y18/S/24/I/C5104')
('4G/Y18/S/24/I/CSI04', False)
>>> meant('4G/Y18/S/24/IND/IP/7419'), meant('4G/Y18/S/24/IND/IIPI7419')
(('4G/Y18/S/24/IND/IIP/7419', True), ('4G/Y18/S/24/IND/IIP/7419', True))
>>> meant('4G/Y18/S/24/V/CSI04')
('4G/Y18/S/24/V/CSI04', True)
>>> meant('4G/Y18/S/24/USA/N462O')
('4G/Y18/S/24/USA/M4620', False)
"""

from __future__ import annotations

import re

from clearlane.codes.tables import column

KNOWN = {
    'D': ('BAM',), 'F': ('BVT', 'LNE'), 'I': ('CSI',), 'S': ('RISE', 'SP'), 'B': ('BVI',),
    'NL': ('VL', 'TNO', 'RDW'), 'GB': ('VCA',), 'PL': ('COBRO',), 'A': ('OFI', 'TGM'),
    'CZ': ('IMET', 'CIMTO'), 'IND': ('IIP',),
}  # fmt: skip

DASHED = '|'.join(
    [f'{sign}(?=-(?:{"|".join(words)}))' for sign, words in KNOWN.items()] + [r'USA(?=-M\d)']
)
"""The sign of a State whose slash was read as a dash, before an authority or maker of it."""

_M_NUMBER = re.compile(r'(?<=[/ ]\d\d/USA/)[MNHW](\d[\dOQILSB]{2,4})(?!\w)')
"""What stands for an M-number: the symbol that the Department of Transportation gives to
a maker, M and figures, in the place of its name (49 CFR 178.3 (a)(2), 178.503 (a)(8))."""

ALIKE = ('MNHW', 'O0DQC', 'B890', 'S5', 'G6C', 'I1L', 'T7', 'A4', 'Z2', 'UV', '6B8')
"""Characters that dots and worn print make alike."""

_EITHER = re.compile(r'[A-Z][0158](?!\d)|\d[OQIS](?![A-Z])|I(?=[A-Z])|(?<=[A-Z])I')
"""A figure behind a letter alone that may be one as well, or a letter behind figures; or I among
letters, beside which another I is lost in slanted print (IP for IIP)."""

AS_FIGURES = str.maketrans('OQIL|SBZ', '00111582')
"""The figures that are meant by letters where only figures stand."""

_GLUED_BAM = re.compile(r'/D/BAM(?=\d{4})')
"""Its certificates are named BAM, a space and figures; a narrow space is lost in reading."""

_GLUED_IIP = re.compile(r'/IND/IIP[I1](?=\d{3,}(?!\w))')
"""Its numbers stand behind a slash, which passes for one more I."""

_UNSIGNED = re.compile(r'(?<=/\d\d)([/ ])(?=([A-Z]{3,5})\d)')
_NAMED = re.compile(r'[/ ]\d\d/([A-Z]{1,3})/(\w+)')


def meant(mark: str) -> tuple[str, bool]:
    """The mark with its authority as it must have been printed, and whether it is in doubt."""
    mark = _M_NUMBER.sub(lambda found: 'M' + found[1].translate(AS_FIGURES), mark)
    found = _NAMED.search(mark)
    if found is None:
        return mark, False
    if found[1] == 'D' and (glued := _GLUED_BAM.search(mark)):
        return f'{mark[: glued.end()]} {mark[glued.end() :]}', False
    if glued := _GLUED_IIP.search(mark):
        return f'{mark[: glued.end() - 1]}/{mark[glued.end() :]}', True
    if found[2].startswith(KNOWN.get(found[1], ('',))):
        elsewhere = any(found[2].startswith(KNOWN[sign]) for sign in KNOWN if sign != found[1])
        unsure = elsewhere or _EITHER.search(found[2]) is not None
        return mark, (found[1] not in KNOWN and unsure) or _runs_on(found[2])
    at = found.start(2)
    lost = [word for word in KNOWN[found[1]] if _lost_one(found[2], word)]
    if len(lost) == 1:
        return mark[:at] + lost[0] + mark[found.end(2) :], True
    near = [word for word in KNOWN[found[1]] if _slip(found[2][: len(word)], word)]
    if len(near) != 1:
        return mark, found[2][0].isalpha()
    return mark[:at] + near[0] + mark[at + len(near[0]) :], False


def signed(mark: str) -> str:
    """The mark with the sign of the State put back before an authority of that State alone.

    A sign of one letter is a stroke among strokes, and can be lost with its slash.

    >>> signed('4A/Y28/S/20/CSI04')
    '4A/Y28/S/20/I/CSI04'
    >>> signed('4A/Y28/S/20/XYZ04')
    '4A/Y28/S/20/XYZ04'
    """
    found = _UNSIGNED.search(mark)
    states = [sign for sign, words in KNOWN.items() if found and found[2] in words]
    if found is None or len(states) != 1:
        return mark
    return f'{mark[: found.end()]}{states[0]}/{mark[found.end() :]}'


def stated(mark: str) -> str:
    """The mark with a letter of the State's sign undone that makes none of it, where one fits.

    >>> stated('4G/X29/S/26/CON/TC 5-118')
    '4G/X29/S/26/CDN/TC 5-118'
    >>> stated('4G/X29/S/26/QQQ/TC 5-118')
    '4G/X29/S/26/QQQ/TC 5-118'
    """
    found = _NAMED.search(mark)
    signs = column('vehicle_signs', 'sign', 'state')
    if found is None or found[1] in signs:
        return mark
    near = [sign for sign in signs if len(sign) > 1 and _slip(found[1], sign)]
    near = [sign for sign in near if sum(map(str.__ne__, sign, found[1])) == 1]
    return f'{mark[: found.start(1)]}{near[0]}{mark[found.end(1) :]}' if len(near) == 1 else mark


def _runs_on(name: str) -> bool:
    """Whether figures follow the word without a gap, which may have been lost (LNE8841).

    The Dutch VL824 is printed so in the examples of 6.1.3.5.
    """
    return re.match(r'(?!VL)[A-Z]{2,}\d{3,}', name) is not None


def _slip(seen: str, word: str) -> bool:
    """Whether a character or two, which look alike, are all that tells the two apart."""
    if len(seen) != len(word):
        return False
    other = [(a, b) for a, b in zip(seen, word, strict=True) if a != b]
    return len(other) < len(word) and all(looks_alike(*pair) for pair in other)


def _lost_one(seen: str, word: str) -> bool:
    """Whether this is the word but for one of two like letters beside each other (IP for IIP)."""
    return any(
        word[at] == word[at + 1] and seen == word[:at] + word[at + 1 :]
        for at in range(len(word) - 1)
    )


def looks_alike(one: str, other: str) -> bool:
    """Whether dots and worn print make these two characters alike."""
    return any(one in group and other in group for group in ALIKE)
