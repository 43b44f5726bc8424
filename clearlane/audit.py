"""The append-only log: an RFC 9162 Merkle tree over canonical JSON, with signed checkpoints.

An act and its entry are written in one transaction: no entry, no act. The hash of
every complete subtree is kept, so that an append costs two rows on average and a
proof needs as many look-ups as the tree is deep. Checkpoints are signed notes in
the C2SP form (origin, size, root), signed with Ed25519.

Sources: RFC 9162 section 2.1; C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clearlane.merkle import EMPTY as EMPTY
from clearlane.merkle import Broken as Broken
from clearlane.merkle import Checkpoint as Checkpoint
from clearlane.merkle import consistency as consistency
from clearlane.merkle import consistent as consistent
from clearlane.merkle import included as included
from clearlane.merkle import inclusion as inclusion
from clearlane.merkle import key_id as key_id
from clearlane.merkle import leaf_hash as leaf_hash
from clearlane.merkle import node_hash as node_hash
from clearlane.merkle import opened as opened
from clearlane.merkle import sign as sign
from clearlane.merkle import subtree as subtree
from clearlane.merkle import verifier as verifier
from clearlane.model import canonical
from clearlane.store import log
from clearlane.store.secrets import keep

# --- the log ------------------------------------------------------------------


def append(act: str, actor: str, subject: str, data: Mapping[str, Any]) -> int:
    """Write one entry in the transaction that is open, and return its index.

    Call it last: it holds the head of the log until the transaction ends.
    """
    at = datetime.now(UTC)
    index = log.take_index()
    entry = {
        'index': index,
        'at': at.isoformat(),
        'act': act,
        'actor': actor,
        'subject': subject,
        'data': data,
    }
    leaf = canonical(entry)
    log.add_entry(index, at, act, actor, subject, leaf.decode())
    log.add_nodes(_completed(index, leaf_hash(leaf)))
    return index


def _completed(index: int, found: bytes) -> list[tuple[int, int, bytes]]:
    """The subtrees that entry `index` completes: itself, and each whose right end it is."""
    nodes = [(0, index, found)]
    level, at = 0, index
    while at & 1:
        found = node_hash(log.node(level, at - 1), found)
        level, at = level + 1, at >> 1
        nodes.append((level, at, found))
    return nodes


def root(size: int) -> bytes:
    """The root over the first `size` entries."""
    return subtree(0, size, log.node)


def prove(index: int, size: int) -> list[bytes]:
    """The inclusion proof of an entry of the stored log."""
    return inclusion(index, size, log.node)


def verify() -> int:
    """Compute the log again from its entries and compare all; returns the number of entries.

    Raises Broken with the first entry, subtree or checkpoint that does not fit.
    """
    stack: list[tuple[int, int, bytes]] = []
    checkpoints = dict(log.checkpoints())
    size = 0
    for index, leaf, columns in log.leaves():
        if index != size:
            raise Broken(f'entry {size} is missing')
        _check_leaf(index, leaf, columns)
        size += 1
        _push(stack, index, leaf_hash(leaf.encode()))
        if size in checkpoints:
            _check_note(checkpoints.pop(size), size, _bag(stack))
    if size != log.size():
        raise Broken(f'the log should hold {log.size()} entries, and holds {size}')
    if checkpoints:
        raise Broken(f'a checkpoint was signed at {min(checkpoints)} entries; the log holds {size}')
    return size


def _check_leaf(index: int, leaf: str, columns: tuple[str, str, str, str]) -> None:
    entry = json.loads(leaf)
    if canonical(entry).decode() != leaf or entry.get('index') != index:
        raise Broken(f'entry {index} is not in canonical form')
    if columns != (entry['act'], entry['actor'], entry['subject'], entry['at']):
        raise Broken(f'entry {index}: its columns differ from what was logged')


def _push(stack: list[tuple[int, int, bytes]], index: int, found: bytes) -> None:
    stack.append((0, index, found))
    _check_node(0, index, found)
    while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
        level, right, upper = stack.pop()
        _, _, lower = stack.pop()
        stack.append((level + 1, right >> 1, node_hash(lower, upper)))
        _check_node(*stack[-1])


def _check_node(level: int, index: int, found: bytes) -> None:
    if log.node(level, index) != found:
        raise Broken(f'subtree {level}/{index} differs: an entry below it was changed')


def _bag(stack: Sequence[tuple[int, int, bytes]]) -> bytes:
    found = stack[-1][2]
    for _, _, left in reversed(stack[:-1]):
        found = node_hash(left, found)
    return found


# --- checkpoints --------------------------------------------------------------


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The key of this installation's log, made once."""
    fresh = Ed25519PrivateKey.generate().private_bytes_raw()
    return Ed25519PrivateKey.from_private_bytes(keep(home, 'audit.ed25519', fresh))


def _check_note(note: str, size: int, found: bytes) -> None:
    stated = opened(note, signing_key(log.home()).public_key())
    if (stated.size, stated.root) != (size, found):
        raise Broken(f'the checkpoint at {size} entries states another root')


def checkpoint(origin: str, home: Path) -> str:
    """Sign the log as it stands, keep the note, and return it."""
    with log.frozen() as size:
        note = sign(Checkpoint(origin, size, root(size)), signing_key(home))
        return log.keep_checkpoint(size, note)
