"""Evidence, content-addressed and write-once: a local folder or an object store.

What is stored is named by its SHA-256; it is deleted only where the law says so. In a
folder, `put` returns only after the bytes and the folder entry are on the disk, so that
an acknowledged photograph survives a power cut.
"""

from __future__ import annotations

import os
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from clearlane.model import digest


class Missing(LookupError):
    """The store does not hold these bytes."""


class Damaged(ValueError):
    """The store holds other bytes than the name says."""


class Blobs:
    """The store of all bytes: photographs, decision inputs, certificates."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep `data`, durably, and return its SHA-256; keeping it twice is keeping it once."""
        sha256 = digest(data)
        try:
            obstore.put(self._store, _name(sha256), data, mode='create')
        except AlreadyExistsError:
            # A torn write of an earlier crash must not be taken for the evidence.
            self.get(sha256)
        if self._folder is not None:
            _flush(self._folder, _name(sha256))
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes with this SHA-256; raises Missing or Damaged, never other bytes."""
        try:
            data = bytes(obstore.get(self._store, _name(sha256)).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise Missing(f'{sha256} is not in the evidence store') from error
        if digest(data) != sha256:
            raise Damaged(f'{sha256}: the evidence store returned other bytes')
        return data

    def delete(self, sha256: str) -> None:
        """Delete bytes for good; those that are not there need no deleting."""
        try:
            obstore.delete(self._store, _name(sha256))
        except (NotFoundError, FileNotFoundError):
            return
        if self._folder is not None:
            _flushed((self._folder / _name(sha256)).parent)

    def has(self, sha256: str) -> bool:
        """Whether the store holds something under this name."""
        try:
            obstore.head(self._store, _name(sha256))
        except (NotFoundError, FileNotFoundError):
            return False
        return True


def _name(sha256: str) -> str:
    return f'{sha256[:2]}/{sha256}'


def _flush(folder: Path, name: str) -> None:
    """Force the file, its folder and the folder above to the disk."""
    place = folder / name
    for path in (place, place.parent, folder):
        _flushed(path)


def _flushed(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_blobs(home: Path, url: str) -> Blobs:
    """The store at `url`, or the folder `blobs` in the home where there is none."""
    if url:
        return Blobs(from_url(url))
    folder = home / 'blobs'
    folder.mkdir(parents=True, exist_ok=True)
    return Blobs(LocalStore(folder), folder)
