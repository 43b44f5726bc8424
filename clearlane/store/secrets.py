"""Secrets of this installation, made once and kept in its home, readable by the owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def secret(home: Path, name: str, configured: str = '') -> str:
    """The configured secret, else the one in `<home>/keys/<name>`, made when missing."""
    if configured:
        return configured
    return keep(home, name, secrets.token_urlsafe(48).encode()).decode()


def keep(home: Path, name: str, fresh: bytes) -> bytes:
    """The content of `<home>/keys/<name>`; `fresh` is kept where nothing was there before."""
    folder = home / 'keys'
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name
    if not file.exists():
        draft = folder / f'.{name}.{os.getpid()}'
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, 'wb') as stream:
            stream.write(fresh)
            stream.flush()
            os.fsync(stream.fileno())
        # A link, unlike a rename, leaves the file of whoever was first.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_bytes()
