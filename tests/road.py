"""A sender with its workers, as a process group that the crash test may kill at any moment.

    python -m tests.road FOLDER BOXES

It lodges one batch, sends every photograph of FOLDER, writes the hash of each that
was acknowledged into FOLDER/acknowledged, presents the batch, waits until it is done,
and writes FOLDER/done. Started again, it goes on.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from clearlane.store.start import open_store


def main(folder: Path, boxes: int) -> None:
    open_store()
    from clearlane import demo, flow
    from clearlane.processes import Children, clearlane
    from clearlane.sample.package import Package
    from clearlane.store import models as rows

    day = flow.today()
    mark = f'4G/Y25/S/{day:%y}/CN/C370009'
    first = Package(mark=f'{mark} PI:0225', serial='XM-0001', batch='0225', design='D-01')
    with Children([clearlane('work')]) as workers:
        demo.people.party(demo.PARTY, '示例', 'certified')
        demo.libraries(1, mark, day)
        declared = demo.declared(1, 'A', first, day, boxes)
        row = flow.lodge(demo.ENTERPRISE, demo.SCENARIO, declared, lot=demo.NO_DRAW, key='road')
        for photo in sorted(folder.glob('*.jpg')):
            serial, view = photo.stem.rsplit('_', 1)
            piece = flow.attach(demo.ENTERPRISE, row.no, photo.read_bytes(), item=serial, view=view)
            acknowledge(folder, piece.sha256)
        flow.present(demo.ENTERPRISE, row.no)
        while rows.Declaration.objects.get(pk=row.pk).status != 'done':
            workers.keep_alive()
            time.sleep(0.1)
    (folder / 'done').write_text(row.no)


def acknowledge(folder: Path, sha256: str) -> None:
    with (folder / 'acknowledged').open('a') as file:
        file.write(f'{sha256}\n')
        file.flush()
        os.fsync(file.fileno())


if __name__ == '__main__':
    main(Path(sys.argv[1]), int(sys.argv[2]))
