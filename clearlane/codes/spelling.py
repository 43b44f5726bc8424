"""One spelling for what people type, paste and photograph, before a code is looked at."""

from string import ascii_lowercase, ascii_uppercase

from clearlane.codes import Invalid

_FULL_WIDTH = {mark: mark - 0xFEE0 for mark in range(0xFF01, 0xFF5F)}
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_LOOKALIKES = str.maketrans('‐‑‒–—―−∕⁄∶ⓊⓃⓤⓝ', '-------//:UNun')
_ONE_SPELLING = _FULL_WIDTH | _INVISIBLE | _LOOKALIKES
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)

_SHOWN = 40


def tidy(value: str, longest: int) -> str:
    """Half-width characters and single spaces; a value that is far too long is refused unread.

    >>> tidy('  ４Ｇ／Y25 \\n S ', 100)
    '4G/Y25 S'
    >>> tidy('7' * 10_000_000, 100)
    Traceback (most recent call last):
        ...
    clearlane.codes.Invalid: at most 100 characters are expected, not 10,000,000
    """
    return ' '.join(limited(value, longest).translate(_ONE_SPELLING).split())


def bare(value: str, longest: int, dropped: str = ' -.') -> str:
    """Tidy, in capitals, and without the separators people put in for the eye.

    >>> bare('csqu 305.438-3', 40)
    'CSQU3054383'
    """
    without = str.maketrans('', '', dropped)
    return tidy(value, longest).translate(without).translate(_CAPITALS)


def limited(value: str, longest: int) -> str:
    """The value itself, refused where it is far longer than any such code."""
    if len(value) > longest:
        raise Invalid('E_LENGTH', f'at most {longest} characters are expected, not {len(value):,}')
    return value


def shown(value: str) -> str:
    """The value in quotes for a message: control characters escaped, a long one cut.

    >>> shown('a\\x00b')
    "'a\\\\x00b'"
    """
    return repr(value) if len(value) <= _SHOWN else f'{value[:_SHOWN]!r}…'
