"""The status word of an electronic lock, sixteen bits, as Jointech publishes it for the JT701D.

Other makers number their bits otherwise: a device whose word is not this one must not be
given a lock item.

>>> alarms_of_word(1 << 4 | 1 << 12)
['cut', 'low_power']
>>> facts_of_word(1 << 7 | 1 << 8)
{'rope_inserted': True, 'locked': True}
"""

from __future__ import annotations

_ALARMS = {
    4: 'cut',
    5: 'shock',
    9: 'opened',
    10: 'wrong_code',
    11: 'foreign_card',
    12: 'low_power',
    13: 'cap_opened',
    15: 'fault',
}


def alarms_of_word(word: int) -> list[str]:
    """The alarms that are set."""
    return [name for bit, name in _ALARMS.items() if word >> bit & 1]


def facts_of_word(word: int) -> dict[str, bool]:
    """What the word says of the lock itself."""
    return {'rope_inserted': bool(word >> 7 & 1), 'locked': bool(word >> 8 & 1)}
