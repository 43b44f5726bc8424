"""Chance that falls the same way every time: synthetic pictures must come out alike again."""

import random
import zlib


def number(*words: object) -> int:
    """The same number for the same words, on every machine and in every run."""
    return zlib.crc32('|'.join(map(str, words)).encode())


def chance(*words: object) -> random.Random:
    """Chance that these words decide."""
    return random.Random(number(*words))  # noqa: S311 - pictures, not secrets
