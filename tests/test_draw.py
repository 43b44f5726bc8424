"""The provable draw on the store: committed before, drawn, revealed after, checked by anybody."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clearlane import audit, enterprises, flow, inspections, outcomes, periods
from clearlane.cli import app
from clearlane.inspections import Seen
from clearlane.model import canonical
from clearlane.sampling import draw, proof
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from tests.conftest import EXPORTER, OFFICER, PARTY
from tests.test_races import at_once, to_the_end

pytestmark = pytest.mark.usefixtures('store')


def lodged(n: int, **given: Any) -> rows.Declaration:
    payload = {'chests': [f'C{n}-{k}' for k in range(3)]}
    return flow.lodge(EXPORTER, 'chests', payload, **given)


def moved_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the month be over."""
    later = date(flow.today().year + 1, 1, 15)
    monkeypatch.setattr(periods, 'today', lambda: later)


def settle(no: str) -> str:
    row = flow.find(OFFICER, no)
    to_the_end(row.pk)
    return str(row.decisions.latest('number').outcome)


def concluded(row: rows.Declaration) -> None:
    flow.present(EXPORTER, row.no)
    if settle(row.no) == 'inspect':
        outcomes.close(OFFICER, row.no, 'refuse', 'a flaw')


def test_a_commitment_stands_in_the_signed_log_before_the_first_lot() -> None:
    row = lodged(1)
    period = kept.DrawPeriod.objects.get()
    entry = rows.AuditEntry.objects.get(act='commit_draw')
    assert entry.index == period.entry < rows.AuditEntry.objects.get(act='lodge').index
    assert json.loads(entry.leaf)['data'] == {'commitment': period.commitment}
    assert rows.Checkpoint.objects.filter(size=entry.index + 1).exists()
    assert row.lot == draw.lot(periods.seed_of(period), row.no)
    assert period.seed == ''
    assert periods.seed_of(period) not in bytes(period.sealed)


def test_many_first_declarations_share_one_seed() -> None:
    found = at_once(lodged, range(12))
    assert kept.DrawPeriod.objects.count() == 1
    assert len({row.lot for row in found}) == 12
    assert audit.verify() == rows.AuditEntry.objects.count()


def test_a_revealed_period_proves_every_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [lodged(n) for n in range(5)]
    by_hand = lodged(9, lot=Decimal('0.99'))
    for row in [*drawn, by_hand]:
        concluded(row)
    period = periods.period_of(flow.today())
    with pytest.raises(proof.TooEarly, match='not over'):
        periods.reveal(period)
    with pytest.raises(proof.TooEarly, match='revealed'):
        list(proof.checked(periods.export(period)))
    moved_on(monkeypatch)
    assert periods.reveal_what_is_over() == [period]
    assert periods.reveal_what_is_over() == []
    form = json.loads(json.dumps(periods.export(period)))
    found = {one['no']: one['why'] for one in proof.checked(form)}
    assert [found[row.no] for row in drawn] == [''] * 5
    assert found[by_hand.no] == 'its lot was given by hand, not drawn'


def relisted(form: dict[str, Any]) -> str:
    """The revealing entry of the log, rewritten to fit a file without its last declaration."""
    leaf = json.loads(form['revealed']['leaf'])
    del form['declarations'][-1]
    left = [one['no'] for one in form['declarations']]
    leaf['data'] |= {'draws': len(left), 'listing': draw.listing(left)}
    return canonical(leaf).decode()


@pytest.mark.parametrize(
    ('spoil', 'why'),
    [
        (lambda f: f['declarations'][0].update(lot='0.12345678901'), 'its lot should be'),
        (lambda f: f['declarations'][0].update(entry=0), 'before the commitment'),
        (lambda f: f.update(seed='00' * 32), 'not the one that was committed'),
        (lambda f: f.update(seed='00' * 32, commitment=draw.commitment(f['period'], bytes(32))),
            'states another commitment'),
        (lambda f: f.update(proof=['00' * 32]), 'not in the signed log'),
        (lambda f: f.update(checkpoint=None), 'not been signed'),
        (lambda f: f['declarations'].clear(), 'there were 2 declarations, and not these 0'),
        (lambda f: f['declarations'].pop(), 'there were 2 declarations, and not these 1'),
        (lambda f: f['declarations'].append({**f['declarations'][0], 'no': 'CL-2026-9999999'}),
            'there were 2 declarations, and not these 3'),
        (lambda f: f['declarations'].append(f['declarations'][0]), 'twice'),
        (lambda f: f['declarations'][0].update(no='CL-2026-9999999'), 'and not these 2'),
        (lambda f: f['revealed'].update(leaf=relisted(f)), 'list of declarations is not in'),
        (lambda f: f['revealed'].update(checkpoint=None), 'list of declarations was entered'),
        (lambda f: f['revealed'].update(leaf=f['leaf']), 'not the one that revealed'),
    ],
)  # fmt: skip
def test_what_was_bent_is_found(spoil: Any, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in (1, 2):
        concluded(lodged(n))
    period = periods.period_of(flow.today())
    moved_on(monkeypatch)
    periods.reveal(period)
    form = json.loads(json.dumps(periods.export(period)))
    spoil(form)
    assert why in next(proof.checked(form))['why']


def test_a_seed_waits_for_what_is_not_concluded(monkeypatch: pytest.MonkeyPatch) -> None:
    row = lodged(1)
    flow.present(EXPORTER, row.no)
    settle(row.no)
    moved_on(monkeypatch)
    with pytest.raises(proof.TooEarly, match=row.no):
        periods.reveal(kept.DrawPeriod.objects.get().period)


def test_nobody_gains_by_holding_a_declaration_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not presented when the seed is revealed is drawn again from a secret seed."""
    row = lodged(1)
    first = kept.DrawPeriod.objects.get()
    moved_on(monkeypatch)
    periods.reveal(first.period)
    again = rows.Declaration.objects.get(pk=row.pk)
    assert again.lot != row.lot
    assert again.drawn.period.period != first.period
    assert again.drawn.period.seed == ''
    # The proof of the second draw counts from the entry that made it.
    concluded(again)
    second = again.drawn.period.period
    monkeypatch.setattr(periods, 'today', lambda: date(2999, 1, 1))
    periods.reveal(second)
    assert [one['why'] for one in proof.checked(periods.export(second))] == ['']


def test_the_next_period_is_committed_long_before() -> None:
    periods.ahead()
    periods.ahead()
    found = list(kept.DrawPeriod.objects.order_by('pk').values_list('pk', flat=True))
    assert len(found) == 2
    assert found[0] == periods.period_of(flow.today()) < found[1]


def test_a_draw_recomputed_by_other_means() -> None:
    row = lodged(1)
    seed = periods.seed_of(kept.DrawPeriod.objects.get())
    inner = bytes(b ^ 0x36 for b in seed.ljust(64, b'\0'))
    outer = bytes(b ^ 0x5C for b in seed.ljust(64, b'\0'))
    text = b'clearlane/draw/1\n' + row.no.encode()
    mac = hashlib.sha256(outer + hashlib.sha256(inner + text).digest()).hexdigest()
    assert int(mac[:16], 16) * 10**11 // 2**64 == int(row.lot * 10**11)


def test_the_program_in_the_documentation_agrees(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The snippet that outsiders are given, run as they would run it, and the command offline."""
    enterprises.recognise(OFFICER, 'chests', PARTY, 'P1', 'L1', 'D1', 'record')
    drawn = [lodged(n) for n in range(4)]
    for row in drawn:
        concluded(row)
    opened = lodged(7)
    rows.Declaration.objects.filter(pk=opened.pk).update(lot=Decimal(0))
    flow.present(EXPORTER, opened.no)
    settle(opened.no)
    shown = inspections.drawn(OFFICER, opened.no).shown
    inspections.record(OFFICER, opened.no, dict.fromkeys(shown, Seen(conforms=True)), 'x')
    rows.Declaration.objects.filter(pk=opened.pk).update(lot=opened.lot)
    period = periods.period_of(flow.today())
    moved_on(monkeypatch)
    periods.reveal(period)
    file = tmp_path / 'draw.json'
    file.write_text(json.dumps(periods.export(period)), encoding='utf-8')
    page = Path('docs/how-to/verify-a-draw.md').read_text(encoding='utf-8')
    program = page.partition('```python\n')[2].partition('```')[0]
    done = subprocess.run(
        [sys.executable, '-I', '-c', program, str(file)], capture_output=True, text=True, check=True
    )
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ['ok'] * 5
    offline = [sys.executable, '-m', 'clearlane.cli', 'draw', 'verify', str(file)]
    nowhere = {**os.environ, 'CLEARLANE_HOME': '/nonexistent'}
    assert subprocess.run(offline, env=nowhere, capture_output=True).returncode == 0
    form = json.loads(file.read_text(encoding='utf-8'))
    form['declarations'][4]['opened'].reverse()
    file.write_text(json.dumps(form), encoding='utf-8')
    answer = CliRunner().invoke(app, ['draw', 'verify', str(file)])
    assert answer.exit_code == 1
    assert 'other boxes' in answer.output
    assert CliRunner().invoke(app, ['draw', 'verify']).exit_code == 0
