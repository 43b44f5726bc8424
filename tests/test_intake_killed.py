"""kill -9 of the intake under a terminal that counts replies: what was acknowledged is there."""

from __future__ import annotations

import os
import random
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clearlane import watches, watching
from clearlane.model import Incident
from clearlane.processes import clearlane, start
from clearlane.store import models as rows
from clearlane.stream import whole
from clearlane.wire import jt808_bodies
from tests import journeys
from tests.journeys import TRACKER
from tests.test_gateways import Terminal, frame, location
from tests.test_watching import declare, journeys_scenario, stored

pytestmark = pytest.mark.usefixtures('store')
KILLS = int(os.environ.get('CLEARLANE_INTAKE_KILLS', '1'))
REPLIES, WINDOW = 200, 60
"""Replies before a kill at least, and reports that are on their way at a time."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        found = int(probe.getsockname()[1])
    monkeypatch.setenv('CLEARLANE_JT808_PORT', str(found))
    monkeypatch.setenv('CLEARLANE_JT808_LISTEN', '127.0.0.1')
    return found


@contextmanager
def intake() -> Iterator[subprocess.Popen[bytes]]:
    child = start(clearlane('intake'))
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def connected(child: subprocess.Popen[bytes], port: int) -> Terminal:
    """A terminal that has proved who it is, as soon as the door is open."""
    while True:
        try:
            one = Terminal(port)
            break
        except ConnectionRefusedError:
            try:
                raise AssertionError(f'the intake ended with {child.wait(timeout=0.1)}')
            except subprocess.TimeoutExpired:
                continue
    one.send(frame(0x0102, f'key-of-{TRACKER}'.encode(), 0))
    assert one.replied() == (0, 0x0102, 0)
    return one


def reported(one: Terminal, reports: list[bytes], first: int, stop: int) -> Iterator[int]:
    """Send the reports from the first one on, a window at a time; each that is acknowledged.

    After `stop` replies nothing more is sent, and what is still answered is told until the
    connection ends, as a terminal would hear it.
    """
    sent, heard = first, 0
    while sent - first - heard > 0 or (heard < stop and sent < len(reports)):
        while heard < stop and sent < len(reports) and sent - first - heard < WINDOW:
            one.send(frame(0x0200, reports[sent], sent + 1))
            sent += 1
        try:
            serial, message, result = one.replied()
        except ConnectionError:
            return
        assert (message, result) == (0x0200, 0)
        heard += 1
        yield serial - 1


def test_killed_under_load_it_keeps_what_it_acknowledged_once_and_folds_the_same(
    port: int,
) -> None:
    no = declare()
    track = list(journeys.drive(every=4))
    journeys.moved(track, 300, 420, 0.014)
    reports = [location(f['t'], f['lat'], f['lon']) for f in track]
    assert len(reports) > (KILLS + 1) * REPLIES
    said = [jt808_bodies.location(r, TRACKER, n + 1) for n, r in enumerate(reports)]
    acknowledged: set[int] = set()
    dice = random.Random(808)
    for _ in range(KILLS):
        with intake() as child:
            one = connected(child, port)
            first = min(set(range(len(reports))) - acknowledged)
            stop = REPLIES + dice.randrange(40)
            for count, heard in enumerate(reported(one, reports, first, stop), 1):
                acknowledged.add(heard)
                if count == stop:
                    child.kill()  # with reports on their way
            assert child.wait() == -9
        assert len(acknowledged) < len(reports)
        kept = Counter(bytes(d) for d in rows.Message.objects.values_list('digest', flat=True))
        assert [n for n in acknowledged if kept[said[n].digest] != 1] == []
        assert set(kept.values()) == {1}
    with intake() as child:
        # The last replies may have been lost on the way: it begins well before.
        first = max(0, min(set(range(len(reports))) - acknowledged) - WINDOW)
        heard = set(reported(connected(child, port), reports, first, len(reports)))
        assert heard == set(range(first, len(reports)))
        assert acknowledged | heard == set(range(len(reports)))
    assert rows.Message.objects.count() == len(reports)
    watch = rows.Watch.objects.get(declaration__no=no)
    context = watching.context(journeys_scenario(), watch.declaration, watch)
    signals = [watches.signal_of(m, 'vehicle') for m in said]
    wanted = whole(journeys.stream(), context, signals, max(s.t for s in signals))
    assert 'off_corridor' in {i.kind for i in wanted}
    assert stored(no) == sorted(
        (i.kind, i.device, i.began_at, i.ended_at, i.evidence) for i in wanted if over(i)
    )


def over(found: Incident) -> bool:
    """Silence and lateness that go on are of the moment at which one looks."""
    return found.ended_at is not None or found.kind not in ('silence', 'late_arrival')
