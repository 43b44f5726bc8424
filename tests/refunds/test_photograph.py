"""The officer at the port photographs the goods, where the application waits for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clearlane import counters, flow, outcomes
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.store import models as rows
from tests.conftest import EXPORTER, OFFICER, OTHER, PARTY, lodge, permit, qr, settle
from tests.refunds.test_shown import controlled
from tests.test_questions import client_of

pytestmark = pytest.mark.usefixtures('store')
PICTURE = qr('silk', scale=20)


def sent(client: Any, no: str, data: bytes = PICTURE, **more: str) -> Any:
    # Neither the name nor what the sender calls it decides anything.
    file = SimpleUploadedFile('../x.html', data, 'text/html')
    return client.post(f'/declarations/{no}/goods', {'photograph': file, **more})


def test_it_is_evidence_in_the_name_of_the_officer_and_is_concluded_anew() -> None:
    no = controlled()
    kept = counters.photograph(OFFICER, no, PICTURE)
    assert (kept.kind, kept.item) == ('goods', 'goods')
    entry = rows.AuditEntry.objects.filter(subject=no, act='attach').latest('index')
    assert (entry.actor, kept.sha256 in str(entry.leaf)) == (OFFICER.name, True)
    assert settle(no) != 'release'
    assert [d.turn for d in flow.find(OFFICER, no).decisions.order_by('number')] == [1, 2]


@pytest.mark.parametrize(
    ('actor', 'error'),
    [
        (EXPORTER, NotAllowed),
        (Actor(name='x', role='exporter', party=OTHER), NotFound),
        (Actor(name='a', role='analyst'), NotAllowed),
        (Actor(name='d', role='administrator'), NotFound),
    ],
)
def test_nobody_else_does_it_so(actor: Actor, error: type[Exception]) -> None:
    no = controlled()
    with pytest.raises(error):
        counters.photograph(actor, no, PICTURE)
    assert not rows.Evidence.objects.filter(kind='goods').exists()


def test_only_where_it_waits_for_an_officer_and_where_goods_are_shown() -> None:
    no = controlled()
    outcomes.close(OFFICER, no, 'refuse', 'no goods')
    with pytest.raises(flow.Conflict):
        counters.photograph(OFFICER, no, PICTURE)
    permit()
    with pytest.raises(NotFound):
        counters.photograph(OFFICER, lodge('A1'), PICTURE)


@pytest.mark.parametrize('data', [b'', b'<svg onload=alert(1)>', b'%PDF-1.7', PICTURE[:200]])
def test_what_is_no_photograph_is_told_and_not_kept(data: bytes) -> None:
    no = controlled()
    with pytest.raises(Rejected):
        counters.photograph(OFFICER, no, data)
    client = client_of('officer')
    assert sent(client, no, data).status_code == 422
    assert client.post(f'/declarations/{no}/goods', {}).status_code == 422
    assert not rows.Evidence.objects.filter(kind='goods').exists()


def test_on_the_page_of_the_application_and_of_the_counter() -> None:
    no, officer = controlled(), client_of('officer')
    form = f'action="/declarations/{no}/goods"'
    assert form in officer.get(f'/declarations/{no}').content.decode()
    assert form not in client_of('exporter', PARTY).get(f'/declarations/{no}').content.decode()
    answer = sent(officer, no, kiosk='7')
    assert (answer.status_code, answer['Location']) == (302, '/kiosks/7')
    answer = sent(officer, no)
    assert (answer.status_code, answer['Location']) == (302, f'/declarations/{no}')
    assert rows.Evidence.objects.filter(kind='goods').count() == 1
