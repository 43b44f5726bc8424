"""What every recogniser offers: a picture's bytes in, readings out.

This is the whole border between pixels and rules: a recogniser knows no law, a
rule knows no pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from clearlane.model import Reading


@dataclass(frozen=True, kw_only=True)
class Readings:
    """All that one recogniser saw in one picture, sized as the upright picture."""

    width: int
    height: int
    readings: tuple[Reading, ...]


class Unreadable(ValueError):
    """The bytes are no picture that we read; `code` is stable, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Reader(Protocol):
    """A recogniser: `name` and version as in `package/1`; `digest` over its models and code."""

    @property
    def name(self) -> str:
        """What it is called, with its version."""

    @property
    def digest(self) -> str:
        """Another one where the same picture could be read differently."""

    @property
    def models(self) -> str:
        """SHA-256 over its model files alone; another model made other readings."""
        ...

    def read(self, picture: bytes) -> Readings:
        """All that is seen; raises Unreadable where the bytes are no picture."""
