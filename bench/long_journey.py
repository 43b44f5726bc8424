"""What one journey with very many messages costs to fold, and what a late one costs.

    python -m bench.long_journey [--messages 50000]

One device reports a day of so many fixes, stored and folded 500 at a time by the code of the
intake, without its sockets. Then one more comes in order, to the same process and to one that
has just started, then single ones that are late by so many messages, and at last everything
is folded from the start, as after an act of custody. Processor seconds of this process; the
database has its own. The peer is the last line: what each of the others would cost if a fold
began at the first message.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import transit

CODE = 97_000_000_000
LATE = (100, 1000, 10_000)


def main(arguments: Sequence[str]) -> int:
    options = argparse.ArgumentParser()
    options.add_argument('--messages', type=int, default=50_000)
    count = options.parse_args(arguments).messages
    with tempfile.TemporaryDirectory() as home:
        os.environ['CLEARLANE_HOME'] = home
        from clearlane.store.start import open_store

        open_store()
        measure(count)
    return 0


def measure(count: int) -> None:
    from clearlane import watching
    from clearlane.intake import Arrived, Intake
    from clearlane.store import models as rows
    from clearlane.wire.message import Message

    transit.START = transit.NOW - timedelta(hours=25)
    transit.lodged(CODE, 1, transit.A_DAY, hours=26)
    device = rows.Device.objects.get(code=str(CODE))
    said = [
        Message(device=str(CODE), at=transit.START + timedelta(seconds=t), lat=round(lat, 6),
                lon=round(lon, 6), fix=True, speed_kmh=60.0)
        for t, lat, lon in transit.fixes(CODE, count, 86_000 / count, transit.A_DAY)
    ]  # fmt: skip

    def arrived(one: Message) -> Arrived:
        return Arrived(device.pk, device.code, one, transit.NOW)

    def all_but_two() -> None:
        for at in range(0, count - 2, 500):
            intake.take([arrived(one) for one in said[at : min(at + 500, count - 2)]])

    intake, other = Intake(), Intake()
    print(f'{"":<52}{"cpu s":>8}{"MB":>7}')
    spent(f'{count - 2} in order, 500 at a time', all_but_two)
    spent('one more', lambda: intake.take([arrived(said[-2])]))
    spent('one more, by a process that has just started', lambda: other.take([arrived(said[-1])]))
    for back in (*(n for n in LATE if n < count), count - 1):
        late = replace(said[-1 - back], seq=back, speed_kmh=59.0)

        def takes(late: Any = late) -> None:
            other.take([arrived(late)])
            other.folds.resting.clear()
            watching.overdue(other.folds, datetime.now(UTC))

        spent(f'one that is {back} messages late', takes)
    watch = rows.Watch.objects.get()
    spent('all of it from the start', lambda: watching.fold_again([watch.pk]))


def spent(what: str, act: Callable[[], Any]) -> None:
    before = time.process_time()
    act()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f'{what:<52}{time.process_time() - before:>8.3f}{memory:>7}', flush=True)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
