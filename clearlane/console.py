"""What every command of `clearlane` needs: output, the store, and an exit code for what goes wrong.

Data goes to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option('--json', help='Print JSON, one object a line.')]


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    NOT_VALID = 1
    USAGE = 2
    REJECTED = 3
    NOT_ALLOWED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    TRY_AGAIN = 7


def say(value: Any) -> None:
    """Print one object of JSON on a line of its own."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def note(words: str) -> None:
    """Tell the person, not the program that reads stdout."""
    typer.echo(words, err=True)


@contextmanager
def told() -> Iterator[None]:
    """Turn what can go wrong into a sentence on stderr and an exit code."""
    from clearlane import access, admission, flow, settings
    from clearlane.sampling import proof
    from clearlane.store import postgres

    known: list[tuple[type[Exception], Exit]] = [
        (settings.Wrong, Exit.USAGE),
        (postgres.Unusable, Exit.TRY_AGAIN),
        (admission.Rejected, Exit.REJECTED),
        (access.NotAllowed, Exit.NOT_ALLOWED),
        (access.NotFound, Exit.NOT_FOUND),
        (flow.Conflict, Exit.CONFLICT),
        (proof.TooEarly, Exit.TRY_AGAIN),
    ]
    try:
        yield
    except tuple(kind for kind, _ in known) as error:
        note(f'clearlane: {error}')
        number = next(n for kind, n in known if isinstance(error, kind))
        raise typer.Exit(number) from error


@contextmanager
def opened() -> Iterator[None]:
    """The store, open, for the commands that need it."""
    try:
        from clearlane.settings import Wrong, settings

        settings()
    except Wrong as error:
        note(f'clearlane: {error}')
        raise typer.Exit(Exit.USAGE) from error
    from clearlane.store import postgres
    from clearlane.store.start import open_store

    try:
        open_store()
    except postgres.Unusable as error:
        note(f'clearlane: {error}')
        raise typer.Exit(Exit.TRY_AGAIN) from error
    with told():
        yield
