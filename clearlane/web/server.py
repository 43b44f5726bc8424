"""The web server of this machine: granian, with threads that wait for the database."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from clearlane.settings import settings

THREADS = 8
"""Requests answered at a time; each may hold one connection to the database."""


def serve() -> None:
    """Answer requests until told to stop."""
    Granian(
        'clearlane.web.wsgi:application',
        address=settings().listen,
        port=settings().port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
