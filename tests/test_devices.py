"""The page of devices: what they are in words, their keys, and the end of them."""

from __future__ import annotations

import pytest

from clearlane import devices, flow
from clearlane.store import models as rows
from tests.conftest import OFFICER, PARTY
from tests.test_questions import client_of

pytestmark = pytest.mark.usefixtures('store')


@pytest.mark.parametrize(
    ('language', 'shown'),
    [
        ('en', ('Tracker', 'Lock', 'Forwarder', '87 %', '3.0 s ahead', '2 min 00 s behind')),
        ('zh-hans', ('定位终端', '电子锁', '转发服务', '87 %', '快 3.0 秒', '慢 2 分 00 秒')),
    ],
)
def test_the_page_of_devices_says_kind_charge_and_clock_in_words(
    language: str, shown: tuple[str, ...]
) -> None:
    for kind, said in (
        ('tracker', {'charge_percent': 87.2, 'behind_s': -3.0}),
        ('lock', {'behind_s': 120.0}),
        ('forwarder', {}),
    ):
        found, _ = devices.add(OFFICER, f'T-{kind}', PARTY, kind=kind)
        rows.Device.objects.filter(pk=found.pk).update(said=said)
    client = client_of('exporter', PARTY)
    client.cookies['django_language'] = language
    seen = client.get('/devices').content.decode()
    assert [word for word in shown if word not in seen] == []
    assert 'action="/devices/' not in seen


def test_a_device_has_one_code_another_key_and_no_way_back_from_a_revocation() -> None:
    officer = client_of('officer')
    form = {'code': '0139', 'party': PARTY, 'kind': 'lock'}
    assert officer.post('/devices/add', form).status_code == 200
    first = rows.Device.objects.get(code='139')
    again = officer.post('/devices/add', {**form, 'code': '139'})
    assert (again.status_code, 'a device 139 already' in again.content.decode()) == (409, True)
    page = officer.post('/devices/139/key').content.decode()
    second = rows.Device.objects.get(code='139')
    assert second.key_hash not in ('', first.key_hash)
    key = page.split('<code>')[1].split('</code>')[0]
    assert devices.authentic('139', key) is not None
    assert key not in officer.get('/devices').content.decode()
    assert rows.AuditEntry.objects.filter(act='rekey_device', subject='139').count() == 1
    assert officer.post('/devices/139/revoke').status_code == 302
    assert officer.post('/devices/139/key').status_code == 409
    with pytest.raises(flow.Conflict):
        devices.rekey(OFFICER, '139')
