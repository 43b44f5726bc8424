"""The clock equals what was logged; the benefit stands beside its misses; kappa by hand."""

from __future__ import annotations

import io
import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from openpyxl import load_workbook

from clearlane import agreement, benefit, flow, outcomes, reconsideration, second_reading
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.store import models as rows
from tests.browser import cast
from tests.conftest import EXPORTER, OFFICER, SECOND, THIRD
from tests.test_outcomes import doubtful, refused, released


def cells_of(book: bytes) -> set[object]:
    sheets = load_workbook(io.BytesIO(book)).worksheets
    return {cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row}


SPAN = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.usefixtures('store')
def test_the_numbers_are_those_of_the_log() -> None:
    released('A1')
    released('A2')
    no = doubtful('A3')
    outcomes.close(OFFICER, no, 'release', 'fine')
    gaps: dict[str, list[float]] = defaultdict(list)
    for subject in rows.Declaration.objects.values_list('no', flat=True):
        entries = [
            e
            for e in rows.AuditEntry.objects.filter(subject=subject).order_by('index')
            if e.act in benefit.MILESTONES
        ]
        for before, after in pairwise(entries):
            gaps[after.act].append((after.at - before.at).total_seconds())
    found = {s['name']: s for s in benefit.steps(*SPAN)}
    assert set(found) == set(gaps)
    for name, seconds in gaps.items():
        expected = np.percentile(seconds, [50, 90, 95])
        shown = [found[name][p] for p in ('p50', 'p90', 'p95')]
        assert shown == pytest.approx(list(expected), abs=1e-5)
        assert found[name]['n'] == len(seconds)
    report = benefit.report(OFFICER, *SPAN)
    assert report['avoided'] == 2 and report['hours'] == 2 * 240 / 60
    assert [(w['name'], w['n']) for w in report['whole']] == [('officer', 1), ('machine', 2)]
    told = {(c['outcome'], c['machine']): (c['batches'], c['boxes']) for c in report['counts']}
    assert told == {('release', True): (2, 2), ('release', False): (1, 1)}
    assert len(benefit.listed(*SPAN)) == 3
    assert benefit.listed(*SPAN, 'crates') == [] == benefit.steps(*SPAN, '', 'crates')
    for one in benefit.steps(*SPAN, 'party'):
        behind = benefit.entries(*SPAN, one['name'], one['group'], 'party', 'strict')
        assert [e['seconds'] for e in behind if e['no']] and len(behind) == one['n']
    with pytest.raises(NotAllowed):
        benefit.report(Actor(name='x', role='exporter', party='p'), *SPAN)


@pytest.mark.usefixtures('store')
def test_a_second_officer_reads_blind() -> None:
    no = refused()
    reading = rows.SecondReading.objects.get(declaration__no=no)
    for who in (OFFICER, SECOND):
        with pytest.raises(NotAllowed):
            second_reading.claim(who, reading.pk)
    second_reading.claim(THIRD, reading.pk)
    with pytest.raises(flow.Conflict):
        second_reading.claim(Actor(name='fourth', role='officer'), reading.pk)
    second_reading.read(THIRD, reading.pk, 'release', 'I see nothing wrong')
    expected = {'no': no, 'district': '', 'first': 'refuse', 'second': 'release'}
    assert second_reading.twice(*SPAN) == [expected]
    assert second_reading.twice(*SPAN, 'crates') == []
    assert second_reading.waiting(THIRD) == []
    assert flow.standing(rows.Declaration.objects.get(no=no)) == 'refused'


@pytest.mark.usefixtures('store')
def test_nothing_tells_the_first_verdict_to_whoever_reads_blind() -> None:
    no = refused()
    reconsideration.contest(EXPORTER, no, 'the code is right')
    reading = rows.SecondReading.objects.get(declaration__no=no)
    entry = rows.LibraryEntry.objects.get(state='in_force')
    notice = rows.Notice.objects.get(declaration__no=no)
    cast.people()
    rows.User.objects.create(username='third', role='officer')
    second_reading.claim(THIRD, reading.pk)
    addresses = ('/benefit', '/reconsiderations', f'/entries/{entry.pk}')
    for name, sees in (('third', False), ('officer', True)):
        client = cast.browser(name)
        assert [no in cast.text(client.get(one)) for one in addresses] == [sees] * 3
        for book in (f'/entries/{entry.pk}/radius.xlsx', '/benefit.xlsx'):
            cells = cells_of(client.get(book).content)
            assert (no in cells) is sees
        answer = client.get(f'/notices/{notice.no}.en.pdf')
        assert (answer['Content-Type'] == 'application/pdf') is sees
    second_reading.read(THIRD, reading.pk, 'refuse', 'the code is another')
    assert no in cast.text(cast.browser('third').get('/benefit'))
    assert [one['no'] for one in benefit.report(THIRD, *SPAN)['twice']] == [no]


@pytest.mark.usefixtures('store')
def test_a_reading_that_was_taken_on_and_left_is_free_again() -> None:
    reading = rows.SecondReading.objects.get(declaration__no=refused())
    fourth = Actor(name='fourth', role='officer')
    second_reading.claim(THIRD, reading.pk)
    assert second_reading.waiting(fourth) == []
    found = rows.SecondReading.objects.filter(pk=reading.pk)
    found.update(claimed_at=flow.now() - timedelta(hours=24, seconds=1))
    assert second_reading.waiting(fourth) == [reading]
    assert second_reading.claim(fourth, reading.pk).reader == 'fourth'
    with pytest.raises(NotFound):
        second_reading.read(THIRD, reading.pk, 'refuse', 'too late')
    second_reading.read(fourth, reading.pk, 'refuse', 'the code is another')


def test_kappa_agrees_with_the_example_and_with_a_bootstrap() -> None:
    cohen = [('y', 'y')] * 20 + [('y', 'n')] * 5 + [('n', 'y')] * 10 + [('n', 'n')] * 15
    found = agreement.agreement(cohen)
    assert found.n == 50 and found.kappa == pytest.approx(0.4)
    rng = random.Random(1)
    drawn = [agreement.agreement(rng.choices(cohen, k=50)).kappa or 0.0 for _ in range(2000)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert found.low == pytest.approx(low, abs=0.05)
    assert found.high == pytest.approx(high, abs=0.05)
    assert agreement.agreement([]).kappa is None
    assert agreement.agreement([('y', 'y')] * 9).kappa is None
