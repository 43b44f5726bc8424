"""Transactions, locks and jobs, for those who may not know Django."""

from __future__ import annotations

from typing import Any

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from procrastinate.contrib.django import app

__all__ = [
    'DatabaseError',
    'IntegrityError',
    'Unreachable',
    'atomic',
    'close_connection',
    'cursor',
    'enqueue',
    'take_turn',
]

atomic = transaction.atomic
Unreachable = (OperationalError, InterfaceError)
"""The server is away, or two transactions met: the same again may work."""


def cursor() -> Any:
    """A cursor of this thread's connection, for what the models cannot say."""
    return connection.cursor()


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
