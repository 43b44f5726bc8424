"""The web server of this machine: granian, some processes with some threads each."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from clearlane.settings import settings

THREADS = 4
"""Requests that one process answers at a time; each keeps a connection to the database."""
MOST_PROCESSES = 4
"""The readers of photographs need the cores more than the pages do."""
STOP_SECONDS = 5
"""A process that has not ended by then is killed: Ctrl-C reaches all of them at once."""
FORMATTERS = {'console': 'generic', 'access': 'access'}


def serve_live() -> None:
    """Tell open pages what is new until told to stop: one process, any number of pages."""
    configured = settings()
    handler = {'class': 'logging.StreamHandler', 'stream': 'ext://sys.stderr'}
    handlers = {name: {**handler, 'formatter': form} for name, form in FORMATTERS.items()}
    Granian(
        'clearlane.web.live:application',
        address=configured.listen,
        port=configured.live_port,
        interface=Interfaces.ASGI,
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig={'handlers': handlers},
    ).serve()


def serve() -> None:
    """Answer requests until told to stop."""
    configured = settings()
    # Data belongs on stdout; what the server has to say is none.
    handler = {'class': 'logging.StreamHandler', 'stream': 'ext://sys.stderr'}
    handlers = {name: {**handler, 'formatter': form} for name, form in FORMATTERS.items()}
    Granian(
        'clearlane.web.wsgi:application',
        address=configured.listen,
        port=configured.port,
        interface=Interfaces.WSGI,
        workers=min(configured.workers, MOST_PROCESSES),
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig={'handlers': handlers},
    ).serve()
