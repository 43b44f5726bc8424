"""Seals under any sequence of acts, and everybody at work on one journey at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearlane.scenarios.in_transit.seals import SEALS
from tests.conftest import EXPORTER, OFFICER, qr
from tests.journeys import LOCK, START
from tests.test_watching import arrived, declare, settle, troubled

ACTS = sorted({step.act for step in SEALS.steps})


def test_there_is_no_way_back_into_the_pool() -> None:
    """From a removed or void seal no sequence of acts leads anywhere."""
    after = {step.after for step in SEALS.steps}
    ends = {state for state in after if not any(s.before == state for s in SEALS.steps)}
    assert ends == {'removed', 'void'}
    assert not any(s.after == 'available' and s.before for s in SEALS.steps)
    order = ['', 'available', 'issued', 'applied', 'verified', 'removed']
    for step in SEALS.steps:
        if step.act != 'void':
            assert order.index(step.after) == order.index(step.before) + 1


@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=10), number=st.integers(0, 10**6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_sequence_of_acts_ends_where_the_graph_says(
    store: None, acts: list[str], number: int
) -> None:
    from clearlane import custody
    from clearlane.flow import Conflict
    from clearlane.store import models as rows

    seal, state, done = f'H{number:07d}', '', 0
    known = rows.CustodyObject.objects.filter(number=seal).first()
    if known is not None:
        state, done = known.state, known.acts_done
    for what in acts:
        step = SEALS.step(what, state)
        try:
            custody.act(OFFICER, 'seal', seal, what)
        except Conflict:
            assert step is None
        else:
            assert step is not None
            state, done = step.after, done + 1
    thing = rows.CustodyObject.objects.filter(number=seal).first()
    assert (thing.state, thing.acts_done) == (state, done) if thing else done == 0
    if thing:
        kept = list(thing.acts.order_by('number').values_list('before', 'after', 'operator'))
        assert all(operator == 'officer' for _, _, operator in kept)
        assert [b for b, _, _ in kept[1:]] == [a for _, a, _ in kept[:-1]]


def test_everybody_works_on_one_journey_at_once(store: None) -> None:
    """Devices, officers and the carrier lock in one order: nobody waits for ever."""
    from clearlane import custody, flow, incidents
    from clearlane.intake import Intake
    from clearlane.store import models as rows
    from clearlane.store.session import close_connection

    no = declare()
    said = arrived(troubled())
    Intake().take(said[:40])
    one = rows.Incident.objects.filter(declaration__no=no).earliest('pk').pk

    def devices(part: int) -> None:
        intake = Intake()
        for at in range(part, len(said), 24):
            intake.take(said[at : at + 12])

    def officer(_: int) -> None:
        incidents.acknowledge(OFFICER, one)
        incidents.close(OFFICER, one, 'explained', 'looked into')

    def carrier(n: int) -> None:
        flow.attach(EXPORTER, no, qr(f'photo {n}'), view='loading')
        custody.act(EXPORTER, 'load', f'L-{n}', 'take_over', declaration=no, holder='x')

    def guarded(job: tuple[Any, int]) -> str:
        try:
            job[0](job[1])
        except flow.Conflict:
            return 'conflict'
        finally:
            close_connection()
        return 'done'

    jobs = [(devices, 0), (devices, 12), (officer, 0), (carrier, 1), (carrier, 2), (carrier, 3)]
    with ThreadPoolExecutor(len(jobs)) as pool:
        answers = list(pool.map(guarded, jobs))
    assert answers[:2] == ['done', 'done'] and answers[3:] == ['done'] * 3
    assert rows.Message.objects.count() == len({a.message.digest for a in said})
    kinds = rows.Incident.objects.filter(declaration__no=no).exclude(state='withdrawn')
    assert {'off_corridor', 'seal_opened', 'long_stop'} <= set(kinds.values_list('kind', flat=True))


# --- over HTTP ----------------------------------------------------------------


def test_positions_over_http(store: None) -> None:
    from django.test import Client

    from clearlane import devices
    from clearlane.store import models as rows
    from tests.conftest import PARTY

    declare()
    client = Client(SERVER_NAME='localhost')
    at = int((START + timedelta(minutes=25)).timestamp())
    form = {'id': LOCK, 'lat': '24.5', 'lon': '118.12', 'timestamp': str(at), 'alarm': 'tampering'}
    assert client.get('/devices/osmand', form).status_code == 401
    assert client.get('/devices/osmand', {**form, 'key': 'wrong'}).status_code == 401
    assert client.get('/devices/osmand', {**form, 'key': f'key-of-{LOCK}'}).status_code == 200
    assert client.get('/devices/osmand', {**form, 'lat': 'x', 'key': '\0'}).status_code == 401
    assert client.post('/devices/osmand?id=1').status_code == 400
    assert rows.Message.objects.get().alarms == ['tamper']
    settle()
    assert rows.Incident.objects.filter(kind='seal_cut').exists()

    _, key = devices.add(OFFICER, 'TRACCAR', PARTY, kind='forwarder')
    body = {
        'position': {'fixTime': (START + timedelta(minutes=26)).isoformat(), 'latitude': 24.5,
                     'longitude': 118.13, 'speed': 20, 'valid': True, 'attributes': {}},
        'device': {'uniqueId': LOCK},
    }  # fmt: skip
    for token, status in ((f'TRACCAR:{key}', 200), ('TRACCAR:wrong', 401), (key, 401)):
        answer = client.post(
            '/devices/traccar',
            body,
            'application/json',
            headers={'Authorization': f'Bearer {token}'},
        )
        assert answer.status_code == status
    assert rows.Message.objects.count() == 2
    broken = client.post('/devices/traccar', '{', 'application/json')
    assert broken.status_code == 400


def test_a_handover_over_the_api(store: None) -> None:
    from django.test import Client

    from clearlane import people
    from tests.conftest import PARTY

    no = declare()
    client = Client(
        SERVER_NAME='localhost', headers={'Authorization': f'Bearer {people.key(PARTY, "t")}'}
    )
    sent = {'kind': 'load', 'number': 'J-1', 'act': 'take_over', 'declaration': no,
            'holder': '王师傅', 'identity': '350200199001010011'}  # fmt: skip
    address = '/api/v1/custody'
    assert client.post(address, sent, 'application/json').status_code == 201
    assert client.post(address, sent, 'application/json').status_code == 409
    seal = {'kind': 'seal', 'number': 'CN0000123', 'act': 'verify'}
    assert client.post(address, seal, 'application/json').status_code == 403
    assert client.post(address, {**sent, 'kind': 'x'}, 'application/json').status_code == 404
    assert client.post(address, {**sent, 'more': 1}, 'application/json').status_code == 422
    found = client.get(f'/api/v1/declarations/{no}/watch').json()
    assert [a['holder'] for a in found['acts']][-1] == '王师傅'
    assert found['datum'] == 'wgs84'


def test_what_was_missed_is_told_again(store: None) -> None:
    from clearlane import live
    from clearlane.intake import Intake
    from clearlane.store import models as rows
    from clearlane.web import passes

    no = declare()
    Intake().take(arrived(troubled()))
    user = rows.User.objects.create(username='o', role='officer')
    assert passes.holder(passes.issue(user)) == (user.pk, '')
    assert passes.holder('x' + passes.issue(user)) is None
    everything = passes.missed('', 0, 1000)
    assert {row[4] for row in everything} == {no}
    assert [row[0] for row in everything] == sorted(row[0] for row in everything)
    assert passes.missed('', everything[-3][0], 1000) == everything[-2:]
    assert passes.missed('another', 0, 1000) == []
    user.is_active = False
    user.save()
    assert passes.holder(passes.issue(user)) is None
    assert live.forget() == 0
    rows.LiveEvent.objects.update(at=START)
    assert live.forget() == len(everything)


def test_drawn_photographs_are_read() -> None:
    """The photographs of the demonstration show what they are said to show."""
    from clearlane.recognisers.vehicle import VEHICLE
    from clearlane.sample import loading

    seen = VEHICLE.read(loading.loading('闽D12345', 'CSQU3054383', 3)).readings
    assert {('licence_plate', '闽D12345'), ('container_number', 'CSQU3054383')} <= {
        (r.kind, r.value) for r in seen
    }
