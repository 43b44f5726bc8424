"""The arithmetic of the append-only log: an RFC 9162 Merkle tree and its signed checkpoints.

Pure: whoever checks a proof needs this module and the public key, no store.

Sources: RFC 9162 section 2.1; C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Node = Callable[[int, int], bytes]
"""(level, index) → hash of that complete subtree."""

EMPTY = hashlib.sha256(b'').digest()


class Broken(ValueError):
    """The log does not prove what it should: the message names the place."""


@dataclass(frozen=True)
class Checkpoint:
    """What a signed note states: the log's name, how many entries, and their root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f'{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n'


# --- the tree -----------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one entry (RFC 9162, 2.1.1: a zero byte before it)."""
    return hashlib.sha256(b'\0' + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees (a one byte before them)."""
    return hashlib.sha256(b'\1' + left + right).digest()


def subtree(start: int, end: int, node: Node) -> bytes:
    """Hash of the entries start..end-1, where `start` is a multiple of the split that led here."""
    size = end - start
    if size == 0:
        return EMPTY
    if size & (size - 1) == 0 and start % size == 0:
        return node(size.bit_length() - 1, start // size)
    split = _split(size)
    return node_hash(subtree(start, start + split, node), subtree(start + split, end, node))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that entry `index` is in the tree of `size` (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise Broken(f'entry {index} is not in a log of {size} entries')
    return _path(index, 0, size, node)


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), subtree(middle, end, node)]
    return [*_path(index, middle, end, node), subtree(start, middle, node)]


def consistency(older: int, newer: int, node: Node) -> list[bytes]:
    """The proof that the tree of `newer` grew from that of `older` (RFC 9162, 2.1.4.1)."""
    if not 0 <= older <= newer:
        raise Broken(f'a log of {newer} entries cannot have grown from {older}')
    return [] if older in (0, newer) else _grown(older, 0, newer, node, whole=True)


def _grown(older: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    if older == end - start:
        return [] if whole else [subtree(start, end, node)]
    split = _split(end - start)
    middle = start + split
    if older <= split:
        return [*_grown(older, start, middle, node, whole=whole), subtree(middle, end, node)]
    return [
        *_grown(older - split, middle, end, node, whole=False),
        subtree(start, middle, node),
    ]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(
    older: int, newer: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Check a consistency proof (RFC 9162, 2.1.4.2)."""
    if older > newer or older < 0:
        return False
    if older in (0, newer):
        return not proof and (old_root == (new_root if older else EMPTY))
    steps = list(proof)
    if older & (older - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    at, last = older - 1, newer - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


# --- checkpoints --------------------------------------------------------------


def key_id(origin: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes that name a key in a signed note."""
    raw = key.public_bytes_raw()
    return hashlib.sha256(f'{origin}\n'.encode() + b'\x01' + raw).digest()[:4]


def verifier(origin: str, key: Ed25519PublicKey) -> str:
    """The key in the form in which others are told it: name+id+base64."""
    named = base64.b64encode(b'\x01' + key.public_bytes_raw()).decode()
    return f'{origin}+{key_id(origin, key).hex()}+{named}'


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note."""
    signature = key.sign(checkpoint.body().encode())
    named = key_id(checkpoint.origin, key.public_key()) + signature
    line = f'— {checkpoint.origin} {base64.b64encode(named).decode()}'
    return f'{checkpoint.body()}\n{line}\n'


def opened(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint in a signed note; raises Broken unless the signature is by `key`."""
    body, _, signatures = note.partition('\n\n')
    body += '\n'
    try:
        origin, size, encoded = body.splitlines()
        named = base64.b64decode(signatures.splitlines()[0].split(' ')[2])
        if named[:4] != key_id(origin, key):
            raise Broken(f'the checkpoint is signed by another key than that of {origin}')
        key.verify(named[4:], body.encode())
        return Checkpoint(origin, int(size), base64.b64decode(encoded))
    except (ValueError, IndexError, InvalidSignature) as error:
        raise Broken(f'the checkpoint is not signed by this log: {error}') from error
