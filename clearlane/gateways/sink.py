"""One thread stores what all doors bring: as many messages at a time as are waiting.

Whoever brings messages is told when they are safe; until then nothing is acknowledged.
While the database is away the thread waits and tries again, and the doors fill up.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from clearlane import watching
from clearlane.intake import Arrived, Intake
from clearlane.store.session import DatabaseError, Unreachable, close_connection

MOST_AT_ONCE = 4000
MOST_WAITING = 40_000
GATHER_SECONDS = 0.02
"""So long a message waits for others at most: one transaction costs more than that."""
TRY_AGAIN_SECONDS = 1.0
LOOK_SECONDS = 1.0
"""So often silence is looked for."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Messages that belong together, and whom to tell whether they are kept."""

    arrived: Sequence[Arrived]
    done: Callable[[bool], None]


class Sink:
    """The thread. `deliver` blocks while too much is waiting: that is the back-pressure."""

    def __init__(self) -> None:
        self.intake = Intake()
        self._waiting: queue.Queue[Parcel] = queue.Queue(MOST_WAITING)
        self._stop = threading.Event()
        self._looked = 0.0
        self._thread = threading.Thread(target=self._run, name='sink', daemon=True)

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self) -> None:
        """Store what is waiting, and end."""
        self._stop.set()
        self._thread.join()

    def deliver(self, parcel: Parcel) -> None:
        """Hand messages over; waits while too many are waiting."""
        self._waiting.put(parcel)

    def offer(self, parcel: Parcel) -> bool:
        """Hand messages over if there is room."""
        try:
            self._waiting.put_nowait(parcel)
        except queue.Full:
            return False
        return True

    def _run(self) -> None:
        while not (self._stop.is_set() and self._waiting.empty()):
            parcels = self._gathered()
            if parcels:
                self._keep(parcels)
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                self._look()
        close_connection()

    def _gathered(self) -> list[Parcel]:
        try:
            found = [self._waiting.get(timeout=LOOK_SECONDS / 4)]
        except queue.Empty:
            return []
        until, count = time.monotonic() + GATHER_SECONDS, len(found[0].arrived)
        while count < MOST_AT_ONCE:
            try:
                found.append(self._waiting.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
            count += len(found[-1].arrived)
        return found

    def _keep(self, parcels: Sequence[Parcel]) -> None:
        """Store them all; where the database refuses one, the others are stored without it."""
        while True:
            try:
                refused = self.intake.take([a for p in parcels for a in p.arrived])
            except Unreachable as error:
                log.warning('the database is away, %s', error)
                close_connection()
                self.intake.folds.kept.clear()
                time.sleep(TRY_AGAIN_SECONDS)
                continue
            except (DatabaseError, ValueError) as error:
                self.intake.folds.kept.clear()
                if len(parcels) == 1:
                    log.error('refused by the database: %s', error)
                    parcels[0].done(False)
                    return
                half = len(parcels) // 2
                self._keep(parcels[:half])
                self._keep(parcels[half:])
                return
            for parcel in parcels:
                parcel.done(not any(a.device in refused for a in parcel.arrived))
            return

    def _look(self) -> None:
        self._looked = time.monotonic()
        try:
            watching.overdue(self.intake.folds, datetime.now(UTC))
        except DatabaseError as error:
            log.warning('silence was not looked for, %s', error)
            self.intake.folds.kept.clear()
            close_connection()
