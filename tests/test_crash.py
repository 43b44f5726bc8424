"""kill -9 at random moments: nothing that was acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from clearlane.sample.package import Package, numbered
from clearlane.sample.photographs import photograph
from clearlane.sample.shot import Shot

BOXES = int(os.environ.get('CLEARLANE_CRASH_BOXES', '5'))
KILLS = int(os.environ.get('CLEARLANE_CRASH_KILLS', '6'))
SEED = int(os.environ.get('CLEARLANE_CRASH_SEED', '20261123'))


def photographs(folder: Path) -> None:
    from clearlane.flow import today

    mark = f'4G/Y25/S/{today():%y}/CN/C370009 PI:0225'
    first = Package(mark=mark, serial='XM-0001', batch='0225', design='D-01')
    for number in range(BOXES):
        for view in ('front', 'label'):
            shot = Shot(seed=1, view=view, hardness=0.1, width=1440, height=1080)
            photo = photograph(numbered(first, number), shot)
            (folder / f'{photo.serial}_{view}.jpg').write_bytes(photo.jpeg)


def run(folder: Path, environment: dict[str, str], seconds: float | None) -> int:
    """Run the sender and its workers; after `seconds` the whole group is killed."""
    command = [sys.executable, '-m', 'tests.road', str(folder), str(BOXES)]
    child = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return child.wait(timeout=seconds or 240)
    except subprocess.TimeoutExpired:
        if seconds is None:
            raise
        return -1
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def clearlane(environment: dict[str, str], *arguments: str) -> list[dict[str, object]]:
    command = [sys.executable, '-m', 'clearlane.cli', *arguments, '--json']
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


LOOK = """
import json
from clearlane.store.start import open_store, blobs
open_store()
from clearlane.store import models as rows
row = rows.Declaration.objects.get()
print(json.dumps({
    'evidence': sorted(rows.Evidence.objects.values_list('sha256', flat=True)),
    'readable': sum(len(blobs().get(e.sha256)) == e.size for e in rows.Evidence.objects.all()),
    'decisions': list(rows.Decision.objects.values_list('outcome', flat=True)),
    'certificates': rows.Certificate.objects.count(),
    'drawn': rows.Balance.objects.get().drawn,
    'status': row.status,
    'visits': rows.Task.objects.filter(kind='visit').count(),
}))
"""


def test_kill_at_random_moments(tmp_path: Path) -> None:
    folder = tmp_path / 'photographs'
    folder.mkdir()
    photographs(folder)
    environment = {**os.environ, 'CLEARLANE_HOME': str(tmp_path / 'home')}
    dice = random.Random(SEED)
    for _ in range(KILLS):
        run(folder, environment, dice.uniform(1.5, 9))
        if (folder / 'done').exists():
            break
    assert run(folder, environment, None) == 0
    seen = json.loads(
        subprocess.run(
            [sys.executable, '-c', LOOK],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    acknowledged = set((folder / 'acknowledged').read_text().split())
    assert acknowledged <= set(seen['evidence'])
    assert len(seen['evidence']) == seen['readable'] == 2 * BOXES
    assert seen['status'] == 'done'
    assert len(seen['decisions']) == 1
    released = seen['decisions'] == ['release']
    assert seen['certificates'] == seen['visits'] == int(released)
    assert seen['drawn'] == (BOXES if released else 0)
    assert clearlane(environment, 'audit', 'verify')[0]['entries']
    assert all(answer['same'] for answer in clearlane(environment, 'replay', '--all'))
