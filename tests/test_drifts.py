"""Drift monitors on the store: what is observed, which windows, which alarms, who answers."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from bench import drift as bench
from clearlane import drifts, enterprises, flow, observing, series, work
from clearlane.access import Actor, NotAllowed
from clearlane.admission import Rejected
from clearlane.model import Text
from clearlane.recognisers import exif
from clearlane.scenario import scenarios
from clearlane.store import drift as kept
from clearlane.store import models as rows
from clearlane.store.session import atomic
from tests.browser import cast
from tests.conftest import EXPORTER, OFFICER, PARTY

pytestmark = pytest.mark.usefixtures('store')

ANALYST = Actor(name='ann', role='analyst')
AUDITOR = Actor(name='aud', role='auditor')
START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def dimmed(data: bytes, by: float) -> bytes:
    """The same picture with less light; the comment stays."""
    with Image.open(io.BytesIO(data)) as image:
        comment = image.info['comment']
        out = io.BytesIO()
        small = image.resize((400, 300)).point(lambda v: v * by)
        small.save(out, 'JPEG', quality=88, comment=comment)
    return out.getvalue()


def batch(n: int, light: float = 1.0) -> rows.Declaration:
    no = cast.lodged(reference=f'B-{n}')
    for k, item in enumerate(cast.SERIALS):
        data = dimmed(cast.picture(1000 * n + 7 * k), light)
        flow.attach(EXPORTER, no, data, item=item, view='front')
    flow.present(EXPORTER, no)
    return flow.find(OFFICER, no)


def filled(source: kept.Source, values: list[dict[str, float]], start: datetime = START) -> None:
    """Observations of batches, an hour apart."""
    for n, value in enumerate(values):
        row = rows.Declaration.objects.create(
            no=f't{source.pk}-{start:%j}-{n}', scenario='crates', party_id=PARTY, day=start.date(),
            declared={}, lot='0.5', lodged_at=start,
        )  # fmt: skip
        at = start + timedelta(hours=n)
        source.observations.create(declaration=row, at=at, values=value)


def source(camera: str = '') -> kept.Source:
    found, _ = kept.Source.objects.get_or_create(
        scenario='crates', party_id=PARTY, plant='', line='', camera=camera
    )
    return found


def steady(n: int, **changed: float) -> list[dict[str, float]]:
    base = {'anomaly.failed': 0.0, 'anomaly.doubtful': 0.0, 'behaviour.hour': 9.0}
    return [{**base, 'behaviour.boxes': 20.0 + k % 5, **changed} for k in range(n)]


def earlier(of: kept.Source, count: int, light: float = 1.0) -> None:
    """Observations of photographs before this moment, as they would have been written."""
    row = rows.Declaration.objects.create(
        no=f'e{of.observations.count()}', scenario='crates', party_id=PARTY, day=START.date(),
        declared={}, lot='0.5', lodged_at=flow.now(), status='withdrawn',
    )  # fmt: skip
    for n in range(count):
        data = dimmed(cast.picture(n), light)
        piece = rows.Evidence.objects.create(
            declaration=row, kind='photograph', item=str(n), view='front', sha256='0' * 64, sm3='',
            size=1, media_type='image/jpeg', width=1, height=1, fingerprint=b'',
            received_at=flow.now(),
        )  # fmt: skip
        values = observing.captured(data)
        of.observations.create(evidence=piece, view='front', at=piece.received_at, values=values)


def test_from_photograph_to_alarm_and_back() -> None:
    """Dim light raises one alarm of capture; it is taken over, and closes with full light."""
    cast.library(EXPORTER)
    camera = source('unknown')
    earlier(camera, 24)
    batch(1)
    work.drain()
    assert camera.observations.count() == 24 + len(cast.SERIALS)
    assert not kept.Alarm.objects.exists()
    earlier(camera, 20, light=0.5)
    batch(100, light=0.5)
    work.drain()
    alarm = kept.Alarm.objects.get()
    assert (alarm.monitor, alarm.state) == ('capture', 'open')
    assert alarm.source == camera
    assert 'capture.brightness' in alarm.figures
    drifts.check(camera.pk)
    work.drift(0)
    assert kept.Alarm.objects.count() == 1
    assert rows.AuditEntry.objects.filter(act='drift_alarm').count() == 1
    drifts.acknowledge(OFFICER, alarm.pk, 'the lamp is replaced')
    earlier(camera, 20)
    batch(200)
    work.drain()
    alarm.refresh_from_db()
    assert (alarm.state, alarm.closed_by) == ('closed', 'machine')


def test_an_observation_is_written_once_and_caught_up_on() -> None:
    cast.library(EXPORTER)
    row = batch(1)
    work.drain()
    before = list(kept.Observation.objects.order_by('pk').values())
    assert len(before) == len(cast.SERIALS) + 1
    observing.batch(row.pk)
    observing.photograph(row.evidence.earliest('pk').pk)
    observing.catch_up()
    assert list(kept.Observation.objects.order_by('pk').values()) == before
    kept.Observation.objects.all().delete()
    work.drift(0)
    again = kept.Observation.objects.order_by('pk').values_list('values', flat=True)
    assert sorted(map(str, again)) == sorted(str(one['values']) for one in before)


@pytest.mark.parametrize(
    ('changed', 'monitor'),
    [({'anomaly.failed': 0.3}, 'anomaly'), ({'behaviour.hour': 23.0}, 'behaviour')],
)
def test_monitors_are_separate(changed: dict[str, float], monitor: str) -> None:
    line = source()
    filled(line, steady(20))
    filled(line, steady(20, **changed), START + timedelta(days=9))
    assert drifts.check(line.pk) == [monitor]
    assert kept.Alarm.objects.get().monitor == monitor


def test_windows_that_are_not_full_say_nothing() -> None:
    line = source()
    filled(line, steady(19))
    assert drifts.check(line.pk) == []
    held = drifts.limits(line)
    assert held is not None
    seen = drifts.windows(line, held, 'batches')
    assert (seen.ready, seen.count, seen.wanted, seen.since) == (False, 19, 20, 0)


def test_a_kind_that_is_no_longer_read_is_a_doubt() -> None:
    camera = source('unknown')
    sure = {'reading.score.mark': 0.97, 'reading.doubt.mark': 0.0, 'reading.failed': 0.0}
    with_mark = [kept.Observation(view='front', at=START, values=sure) for _ in range(4)]
    assert drifts._expected(with_mark) == {'front': {'reading.doubt.mark'}}
    gone = [kept.Observation(view='front', at=START, values={'reading.failed': 0.0})]
    found = drifts._gathered(gone, drifts._expected(with_mark))
    assert found['reading.doubt.mark'] == [1.0]
    assert camera.subject == f'{PARTY}/unknown'


def test_a_new_reference_closes_what_was_changed_on_purpose() -> None:
    line = source()
    filled(line, steady(20))
    later = START + timedelta(days=9)
    filled(line, steady(45, **{'behaviour.boxes': 90.0}), later)
    assert drifts.check(line.pk) == ['behaviour']
    drifts.renew(ANALYST, line.pk, 'larger batches since May', since=later)
    assert kept.Alarm.objects.get().closed_by == 'ann'
    assert drifts.check(line.pk) == []
    drifts.renew(OFFICER, line.pk, 'the first day', since=START, until=later)
    assert drifts.check(line.pk) == ['behaviour']
    with pytest.raises(Rejected):
        drifts.renew(OFFICER, line.pk, 'turned round', since=later, until=START)


def test_who_may_answer_and_how() -> None:
    line = source()
    filled(line, steady(20))
    filled(line, steady(20, **{'anomaly.failed': 0.3}), START + timedelta(days=9))
    drifts.check(line.pk)
    alarm = kept.Alarm.objects.get().pk
    for actor in (AUDITOR, EXPORTER):
        with pytest.raises(NotAllowed):
            drifts.acknowledge(actor, alarm, 'seen')
    with pytest.raises(Rejected):
        drifts.acknowledge(OFFICER, alarm, ' ')
    drifts.acknowledge(ANALYST, alarm, 'asked the enterprise')
    with pytest.raises(flow.Conflict):
        drifts.acknowledge(OFFICER, alarm, 'twice')
    acts = rows.AuditEntry.objects.filter(subject=line.subject).order_by('index')
    assert list(acts.values_list('act', flat=True)) == ['drift_alarm', 'drift_acknowledge']


def test_a_camera_is_known_by_its_serial_its_view_or_its_word() -> None:
    officer = Actor(name='admin', role='administrator')
    plant = enterprises.register_plant(officer, PARTY, 'P')
    line = enterprises.register_line(officer, plant.pk, 'L')
    enterprises.register_camera(officer, line.pk, 'SN-1', 'front')
    enterprises.register_camera(officer, line.pk, 'SN-2', 'label')
    origin = series.Origin(plant='P', line='L')
    row = rows.Declaration(party_id=PARTY, scenario='crates')
    piece = rows.Evidence(declaration=row, view='front')

    def camera(*word: str, at: Any = origin) -> str:
        return observing._camera(piece, at, word)  # type: ignore[arg-type]

    assert camera('Acme', 'One', 'SN-2') == 'registered SN-2'
    assert camera('Acme', 'One', '') == 'registered SN-1'
    assert camera('Acme', 'One', 'SN-9') == 'exif Acme One SN-9'
    assert camera('', '', '', at=series.Origin(plant='P', line='M')) == ''
    assert camera('', '', '', at=series.Origin()) == 'unknown'


def test_the_reference_begins_with_the_admission_of_the_line() -> None:
    with atomic():
        of = series.at('crates', PARTY, 'P', 'L', '').admission
    mine = kept.Source.objects.create(scenario='crates', party_id=PARTY, plant='P', line='L')
    assert drifts.admitted_at(mine) is None
    with atomic():
        series.recognise(of, Text('先例', 'precedent'), 'officer')
    assert drifts.admitted_at(mine) is not None
    assert drifts.admitted_at(source()) is None


def test_the_word_of_a_camera_is_read_from_the_photograph() -> None:
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = 'LG', 'Pack\x07Cam 7'
    tags.get_ifd(0x8769)[0xA431] = 'SN-0042'
    assert exif.camera(tags.tobytes()) == ('LG', 'PackCam 7', 'SN-0042')
    assert exif.camera(b'nonsense') == ('', '', '')


@pytest.mark.parametrize('scenario', [s for s in scenarios().values() if 'drift' in
                                      s.parameters.values], ids=lambda s: s.name)  # fmt: skip
def test_the_parameter_is_whole(scenario: Any) -> None:
    for since in scenario.parameters.values['drift'].since:
        drifts.Limits.of(since.value)
    with pytest.raises(ValueError, match='20'):
        drifts.Limits.of({**scenario.parameters.values['drift'].since[0].value, 'recent': 19})


def test_the_pages_show_windows_trends_and_alarms_and_take_answers() -> None:
    cast.people()
    line = source()
    filled(line, steady(20))
    filled(line, steady(25, **{'anomaly.failed': 0.3}), START + timedelta(days=9))
    kept.Source.objects.create(scenario='crates', party_id=PARTY, camera='exif Acme One')
    drifts.check(line.pk)
    client = cast.browser('officer')
    listed = cast.text(client.get('/drift'))
    assert 'Camera (EXIF): Acme One' in listed
    assert 'href="/drift"' in listed
    assert 'href="/drift"' not in cast.text(cast.browser('own').get('/lines'))
    address = f'/drift/{line.pk}'
    shown = cast.text(client.get(address))
    assert 'Share of checks that failed' in shown
    assert shown.count('<polyline') == shown.count('<tbody>') == 4
    alarm = kept.Alarm.objects.get()
    empty = client.post(f'{address}/answer', {'act': 'acknowledge', 'alarm': alarm.pk, 'note': ''})
    assert empty.status_code == 422
    said = {'act': 'acknowledge', 'alarm': alarm.pk, 'note': 'seen'}
    assert client.post(f'{address}/answer', said).status_code == 302
    assert client.post(f'{address}/answer', said).status_code == 409
    wrong = {'act': 'renew', 'note': 'n', 'since': '2026-13-40'}
    assert client.post(f'{address}/answer', wrong).status_code == 422
    right = {'act': 'renew', 'note': 'n', 'since': '2026-05-10'}
    assert client.post(f'{address}/answer', right).status_code == 302
    chinese = cast.text(cast.browser('auditor', 'zh-hans').get(address))
    assert '基准窗口' in chinese
    assert '采用此基准' not in chinese


def test_an_empty_page_says_what_to_do() -> None:
    cast.people()
    assert 'register a camera' in cast.text(cast.browser('analyst').get('/drift'))


def test_less_light_is_told_before_doubts_have_doubled() -> None:
    """Acceptance (N15) on pictures that are really read: the light goes down step by step."""
    _, least = bench.law()
    held = drifts.Limits.of(scenarios()['crates'].parameters.values['drift'].since[0].value)
    reference = bench.observed(list(bench.taken(0, 24, WIDTH)), least, read=False)
    others = list(bench.taken(1000, 20, WIDTH))
    assert not told(reference, others, 1.0, held)
    told_at = next(light for light in bench.STEPS if told(reference, others, light, held))
    few = others[:6]
    full = bench.observed(few, least, read=True)
    shares = []
    for light in (1.0, told_at, bench.STEPS[-1]):
        dim = [bench.dimmed(data, light, 1) for data in few]
        shares.append(bench.doubts(full, bench.observed(dim, least, read=True)))
    base = max(shares[0], 0.05)
    assert shares[1] < 2 * base <= shares[2], (told_at, shares)


WIDTH = 960


def told(reference: list[bench.Seen], others: list[bytes], light: float, held: Any) -> bool:
    """Whether the capture monitor tells of photographs in so much light."""
    dim = [bench.dimmed(data, light, n) for n, data in enumerate(others)]
    return bool(bench.verdicts(reference, bench.observed(dim, {}, read=False), held)['capture'])
