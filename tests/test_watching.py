"""Messages become stored incidents: in any order, in any batches, and people's work is kept."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clearlane.access import Actor, NotAllowed
from clearlane.admission import Rejected
from clearlane.wire.message import Message
from tests import journeys
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, PARTY
from tests.journeys import LOCK, SEAL, START, TRACKER

SECOND = Actor(name='officer2', role='officer')


@pytest.fixture
def road(store: None) -> str:
    """A journey under seal that two devices watch; its number."""
    return declare()


def declare(**changes: Any) -> str:
    from clearlane import custody, devices, flow, registry
    from clearlane.store import models as rows

    for code in (TRACKER, LOCK):
        if not rows.Device.objects.filter(code=code).exists():
            devices.add(OFFICER, code, PARTY, key=f'key-of-{code}')
    entry = registry.register(EXPORTER, 'in_transit', 'routes', 'R-1', journeys.route())
    if entry.state == 'submitted':
        registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))
    declared = journeys.journey(**changes)
    no = flow.lodge(EXPORTER, 'in_transit', declared, lot=NO_DRAW, day=date(2026, 5, 11)).no
    for what in ('register', 'issue', 'apply'):
        about = '' if what == 'register' else no
        custody.act(OFFICER, 'seal', declared['seals'][0], what, declaration=about, at=START)
    return no


def arrived(said: list[Message], late: float = 5.0) -> list[Any]:
    from clearlane.intake import Arrived
    from clearlane.store import models as rows

    known = dict(rows.Device.objects.values_list('code', 'pk'))
    return [
        Arrived(known[m.device], m.device, m, (m.at or START) + timedelta(seconds=late))
        for m in said
    ]


def troubled() -> list[Message]:
    track = list(journeys.drive(every=60))
    journeys.moved(track, 12, 22, 0.014)
    journeys.paused(track, 30, 2400, every=60)
    beats = journeys.heartbeat(track)
    beats[1] = {**beats[1], 'alarms': ('opened',)}
    return journeys.messages(track) + journeys.messages(beats, LOCK)


def settle() -> None:
    """What the intake process does every second: fold what waits."""
    from clearlane import watching

    watching.overdue(watching.Folds(), START)


def stored(no: str) -> list[tuple[Any, ...]]:
    from clearlane.store import models as rows

    settle()
    found = rows.Incident.objects.filter(declaration__no=no).exclude(state='withdrawn')
    return sorted(
        (i.kind, i.device, i.began_at, i.ended_at, tuple(i.evidence))
        for i in found
        if i.kind not in ('silence', 'late_arrival') or i.ended_at is not None
    )


def test_messages_in_order_are_stored_incidents(road: str) -> None:
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    intake = Intake()
    said = sorted(arrived(troubled()), key=lambda a: a.at)
    intake.take(said)
    assert intake.taken == len({a.message.digest for a in said})
    assert [row[0] for row in stored(road)] == [
        'late_arrival',
        'long_stop',
        'off_corridor',
        'seal_opened',
    ][1:]
    intake.take(said)
    assert intake.repeated >= len(said)
    assert rows.Message.objects.count() == len({a.message.digest for a in said})
    assert rows.LiveEvent.objects.filter(kind='incident', declaration=road).exists()
    acts = rows.AuditEntry.objects.filter(subject=road, act='incident')
    assert acts.count() == rows.IncidentAct.objects.count()


@pytest.mark.parametrize('seed', range(4))
def test_any_order_and_any_batches_store_the_same(road: str, seed: int) -> None:
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    said = arrived(troubled())
    Intake().take(sorted(said, key=lambda a: a.at))
    wanted = stored(road)
    rows.WatchedBy.objects.filter(watch__declaration__no=road).update()
    rows.Watch.objects.update(ended_at=START)
    other = declare(no='J-2', seals=['CN0000124'])
    rows.Message.objects.all().delete()
    rng = random.Random(seed)
    again = [*said, *rng.choices(said, k=20)]
    rng.shuffle(again)
    first, second = Intake(), Intake()
    while again:
        n = rng.randrange(1, 40)
        rng.choice((first, second)).take(again[:n])
        again = again[n:]
    assert stored(other) == wanted


@pytest.mark.parametrize('folding', [True, False])
def test_shuffled_points_one_by_one_are_folded_together(
    road: str, folding: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearlane import watching
    from clearlane.intake import Intake
    from clearlane.store import models as rows
    from clearlane.stream import whole

    monkeypatch.setattr(watching, 'EVERY', 16)
    monkeypatch.setattr(watching, 'MOST_SNAPSHOTS', 10)
    said = arrived(troubled())
    random.Random(5).shuffle(said)
    settle()
    intake, folds = Intake(folding=folding), watching.Folds()
    before = rows.Watch.objects.get(declaration__no=road).version
    for n, one in enumerate(said):
        intake.take([one])
        if n == len(said) // 2:
            watching.overdue(folds, START)
    watch = rows.Watch.objects.get(declaration__no=road)
    assert watch.dirty_at is not None
    if not folding:
        assert watch.version == before + 1
    folds.resting.clear()
    assert watching.overdue(folds, START) == 1
    watch.refresh_from_db()
    assert watch.dirty_at is None
    assert 1 <= watch.snapshots.count() <= 10
    context = watching.context(journeys_scenario(), watch.declaration, watch)
    signals = journeys.signals([a.message for a in said])
    wanted = whole(journeys.stream(), context, signals, max(s.t for s in signals))
    assert stored(road) == sorted(
        (i.kind, i.device, i.began_at, i.ended_at, i.evidence) for i in wanted
    )


def journeys_scenario() -> Any:
    from clearlane.scenario import scenarios

    return scenarios()['in_transit']


def test_what_was_said_before_the_journey_was_lodged_counts(store: None) -> None:
    from clearlane import devices
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    for code in (TRACKER, LOCK):
        devices.add(OFFICER, code, PARTY)
    Intake().take(arrived(troubled()))
    no = declare()
    assert [row[0] for row in stored(no)] == ['long_stop', 'off_corridor', 'seal_opened']
    assert rows.Watch.objects.get().dirty_at is None


def test_an_incident_keeps_its_number_and_its_officer_when_late_messages_move_it(road: str) -> None:
    from clearlane import incidents
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    said = sorted(arrived(troubled()), key=lambda a: a.at)
    off = [
        a
        for a in said
        if a.code == TRACKER
        and START + timedelta(minutes=11, seconds=30) < a.at < START + timedelta(minutes=15)
    ]
    intake = Intake()
    intake.take([a for a in said if a not in off])
    one = rows.Incident.objects.get(kind='off_corridor')
    incidents.acknowledge(OFFICER, one.pk)
    intake.take(off)
    again = rows.Incident.objects.get(kind='off_corridor')
    assert again.pk == one.pk
    assert again.began_at < one.began_at
    assert (again.state, again.assignee) == ('acknowledged', 'officer')
    assert [a.act for a in again.acts.order_by('pk')] == ['opened', 'acknowledged', 'revised']
    assert again.revision == 2


def test_silence_is_withdrawn_when_what_was_kept_comes(road: str) -> None:
    from clearlane import watching
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    said = sorted(arrived(troubled()), key=lambda a: a.at)
    intake = Intake()
    intake.take([a for a in said if a.at < START + timedelta(minutes=20)])
    assert watching.overdue(intake.folds, START + timedelta(minutes=56)) in (0, 1)
    silent = rows.Incident.objects.filter(kind='silence', device=TRACKER).first()
    assert silent is not None and silent.ended_at is None
    intake.take([a for a in said if a.at >= START + timedelta(minutes=20)])
    silent.refresh_from_db()
    assert silent.state != 'open' or silent.began_at > START + timedelta(minutes=20)


def test_an_officer_works_on_an_incident(road: str) -> None:
    from clearlane import incidents
    from clearlane.flow import Conflict
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    Intake().take(arrived(troubled()))
    one = rows.Incident.objects.get(kind='off_corridor')
    rows.User.objects.create(username='officer2', role='officer')
    with pytest.raises(NotAllowed):
        incidents.acknowledge(EXPORTER, one.pk)
    incidents.acknowledge(OFFICER, one.pk)
    with pytest.raises(Conflict):
        incidents.acknowledge(SECOND, one.pk)
    incidents.assign(OFFICER, one.pk, 'officer2')
    with pytest.raises(Rejected):
        incidents.assign(OFFICER, one.pk, 'nobody')
    for reason, note in (('because', 'x'), ('explained', ' ')):
        with pytest.raises(Rejected):
            incidents.close(SECOND, one.pk, reason, note)
    incidents.close(SECOND, one.pk, 'road_closed', 'G15 was closed')
    one.refresh_from_db()
    assert (one.state, one.closed, one.assignee) == ('closed', 'road_closed', 'officer2')
    assert [a.act for a in one.acts.order_by('pk')] == [
        'opened',
        'acknowledged',
        'assigned',
        'closed',
    ]


def test_a_clock_that_cannot_be_right_proves_nothing_about_time(road: str) -> None:
    from clearlane.intake import Arrived, Intake
    from clearlane.store import models as rows

    device = rows.Device.objects.get(code=TRACKER)
    wrong = [
        Message(device=TRACKER, at=at, lat=1.0, lon=1.0, fix=True)
        for at in (START + timedelta(days=400), datetime(2000, 1, 1, tzinfo=UTC), None)
    ]
    intake = Intake()
    intake.take([Arrived(device.pk, TRACKER, m, START + timedelta(minutes=1)) for m in wrong])
    settle()
    assert rows.Message.objects.filter(trusted=False).count() == 3
    one = rows.Incident.objects.get(kind='clock_error')
    assert one.facts['n'] == 3
    assert not rows.Incident.objects.filter(kind='off_corridor').exists()


def test_a_rule_that_breaks_loses_no_message(road: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    law = rows.Declaration.objects.get(no=road)
    rows.LibraryEntry.objects.update(data={**journeys.route(), 'line': ['24.5, 118.1', 'nowhere']})
    said = arrived(troubled())
    Intake().take(said)
    watch = rows.Watch.objects.get(declaration=law)
    assert 'ValidationError' in watch.error
    rows.LibraryEntry.objects.update(data=journeys.route())
    from clearlane import watching

    assert watching.fold_again([law.pk])
    watch.refresh_from_db()
    assert watch.error == ''
    assert 'off_corridor' in [row[0] for row in stored(road)]


# --- custody (N20) ------------------------------------------------------------


def test_an_illegal_step_is_refused_here_and_by_the_database(road: str) -> None:
    from clearlane import custody
    from clearlane.flow import Conflict
    from clearlane.store import models as rows
    from clearlane.store.session import DatabaseError, atomic

    for what in ('remove', 'issue', 'register', 'apply'):
        with pytest.raises(Conflict):
            custody.act(OFFICER, 'seal', SEAL, what)
    with pytest.raises(NotAllowed):
        custody.act(EXPORTER, 'seal', SEAL, 'verify')
    custody.act(OFFICER, 'seal', SEAL, 'void', note='found broken')
    with pytest.raises(Conflict):
        custody.act(OFFICER, 'seal', SEAL, 'issue')
    thing = rows.CustodyObject.objects.get(number=SEAL)
    forced = (
        lambda: rows.CustodyObject.objects.filter(pk=thing.pk).update(state='available'),
        lambda: rows.CustodyObject.objects.filter(pk=thing.pk).delete(),
        lambda: rows.CustodyAct.objects.filter(object=thing).delete(),
        lambda: rows.CustodyObject.objects.create(kind='seal', number='X1', state='applied'),
        lambda: rows.CustodyAct.objects.create(
            object=thing, number=thing.acts_done + 1, act='issue', before='available',
            after='issued', operator='x', at=START, recorded_at=START,
        ),
    )  # fmt: skip
    for force in forced:
        with pytest.raises(DatabaseError), atomic():
            force()


def test_one_of_many_issues_the_seal(road: str) -> None:
    from clearlane import custody
    from clearlane.flow import Conflict
    from clearlane.store import models as rows
    from clearlane.store.session import close_connection

    custody.act(OFFICER, 'seal', 'CN0000777', 'register')

    def one(n: int) -> bool:
        try:
            custody.act(OFFICER, 'seal', 'CN0000777', 'issue', declaration=road)
        except Conflict:
            return False
        else:
            return True
        finally:
            close_connection()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == 1
    assert rows.CustodyObject.objects.get(number='CN0000777').acts_done == 2


def test_a_device_may_not_watch_two_journeys(road: str) -> None:
    with pytest.raises(Rejected, match='still watching'):
        declare(no='J-9', seals=['CN0000999'])


# --- to the end ---------------------------------------------------------------


def test_a_journey_is_written_off_and_opened_again_by_a_late_message(road: str) -> None:
    from clearlane import custody, flow, work
    from clearlane.intake import Intake
    from clearlane.store import models as rows

    quiet = list(journeys.drive(every=60))
    said = journeys.messages(quiet) + journeys.messages(journeys.heartbeat(quiet), LOCK)
    opened = Message(device=LOCK, at=START + timedelta(minutes=25), kind='event', alarms=('cut',))
    Intake().take(arrived(said))
    end = START + timedelta(seconds=quiet[-1]['t'] + 60)
    who = {'holder': '王师傅', 'identity': '350200199001010011'}
    custody.act(EXPORTER, 'load', 'J-1', 'take_over', declaration=road, at=START, **who)
    custody.act(OFFICER, 'seal', SEAL, 'verify', at=end)
    assert rows.Watch.objects.get(declaration__no=road).ended_at is not None
    flow.present(EXPORTER, road)
    work.drain()
    row = flow.find(OFFICER, road)
    last = row.decisions.latest('number')
    assert last.outcome == 'review', last.result
    assert not rows.Incident.objects.filter(declaration=row).exclude(state='withdrawn').exists()
    Intake().take(arrived([opened], late=9000))
    work.drain()
    row.refresh_from_db()
    assert row.turn > 1
    assert row.decisions.latest('number').outcome == 'inspect'


def test_the_track_of_a_long_journey_is_thinned_in_order(road: str) -> None:
    from clearlane.intake import Intake
    from clearlane.store import models as rows
    from clearlane.web import sight

    Intake().take(arrived(troubled()))
    watch = rows.Watch.objects.get(declaration__no=road)
    step, whole = sight.track(watch, 10_000)
    assert step == 1 and len(whole) > 60
    assert [p[0] for p in whole] == sorted(p[0] for p in whole)
    step, some = sight.track(watch, 25)
    assert step > 1 and len(some) <= 25
    assert some == whole[::step]
