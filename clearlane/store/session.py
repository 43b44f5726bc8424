"""Transactions, locks and jobs, for those who may not know Django."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

__all__ = ['IntegrityError', 'atomic', 'close_connection', 'enqueue', 'take_turn']

atomic = transaction.atomic


def enqueue(task: str, **arguments: int | str) -> None:
    """Put a job into the queue in the transaction that is open: no row, no job."""
    app.configure_task(f'clearlane.{task}').defer(**arguments)


def take_turn(name: str) -> None:
    """Wait for, and hold until the transaction ends, the lock with this name."""
    with connection.cursor() as cursor:
        cursor.execute('select pg_advisory_xact_lock(hashtextextended(%s, 0))', [name])


def close_connection() -> None:
    """Give the connection of this thread back."""
    connection.close()
