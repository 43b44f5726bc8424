"""The rows of the audit log; what they mean is in `clearlane.audit`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from clearlane.settings import settings
from clearlane.store.models import AuditEntry, AuditHead, AuditNode, Checkpoint


def home() -> Path:
    """The folder of this installation, where the log's key is."""
    return settings().home


def _head() -> AuditHead:
    """The head row, locked until the transaction ends; the row is made by a migration."""
    return AuditHead.objects.select_for_update().get(pk=1)


def take_index() -> int:
    """The next index, and the right to write it: held until the transaction ends."""
    head = _head()
    head.size += 1
    head.save(update_fields=['size'])
    return head.size - 1


def add_entry(index: int, at: datetime, act: str, actor: str, subject: str, leaf: str) -> None:
    """Write one entry."""
    AuditEntry.objects.create(index=index, at=at, act=act, actor=actor, subject=subject, leaf=leaf)


def add_nodes(nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Write the subtrees that an entry completed."""
    AuditNode.objects.bulk_create(
        AuditNode(level=level, index=index, hash=found) for level, index, found in nodes
    )


def node(level: int, index: int) -> bytes:
    """The hash of a complete subtree."""
    return bytes(AuditNode.objects.values_list('hash', flat=True).get(level=level, index=index))


def size() -> int:
    """How many entries the log has."""
    return AuditHead.objects.values_list('size', flat=True).get(pk=1)


def leaves() -> Iterator[tuple[int, str, tuple[str, str, str, str]]]:
    """Every entry in order: index, leaf, and the columns (act, actor, subject, at) beside it."""
    for row in AuditEntry.objects.order_by('index').iterator(chunk_size=1000):
        at = row.at.astimezone(UTC).isoformat()
        yield row.index, row.leaf, (row.act, row.actor, row.subject, at)


def checkpoints() -> list[tuple[int, str]]:
    """Every signed checkpoint, by size."""
    return list(Checkpoint.objects.order_by('size').values_list('size', 'note'))


@contextmanager
def frozen() -> Iterator[int]:
    """The size of the log, which does not grow meanwhile."""
    with transaction.atomic():
        yield _head().size


def keep_checkpoint(at_size: int, note: str) -> str:
    """Keep the note of this size; where one is kept already, that one counts."""
    row, _ = Checkpoint.objects.get_or_create(
        size=at_size, defaults={'note': note, 'signed_at': datetime.now(UTC)}
    )
    return row.note
