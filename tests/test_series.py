"""The sampling plan on the store: lines qualify, series are cleared, escapes begin again."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearlane import (
    audit,
    cases,
    corrections,
    enterprises,
    flow,
    four_eyes,
    inspections,
    outcomes,
    proofs,
    reconsideration,
    seeds,
    series,
)
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.inspections import Seen
from clearlane.sampling import contract
from clearlane.stance import Conflict
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.session import atomic
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, PARTY, STRANGER, qr
from tests.test_races import at_once, to_the_end

pytestmark = pytest.mark.usefixtures('store')
OTHER_OFFICER = Actor(name='second', role='officer')
ANALYST = Actor(name='analyst', role='analyst')
GOOD = Seen(conforms=True)
BAD = Seen(conforms=False, words='the lid is broken')


def lodge(n: int = 1, *, lot: Decimal = NO_DRAW, **declared: Any) -> str:
    payload = {'chests': [f'C{n:02d}-{k:02d}' for k in range(declared.pop('size', 3))], **declared}
    row = flow.lodge(EXPORTER, 'chests', payload, lot=lot)
    flow.present(EXPORTER, row.no)
    return row.no


def settle(no: str) -> str:
    row = flow.find(OFFICER, no)
    to_the_end(row.pk)
    return str(row.decisions.latest('number').outcome)


def outcome(n: int = 1, **declared: Any) -> str:
    return settle(lodge(n, **declared))


def inspect(no: str, *, bad: int = 0, by: Actor = OFFICER) -> kept.Inspection:
    shown = inspections.drawn(by, no).shown
    results = {item: BAD if k < bad else GOOD for k, item in enumerate(shown)}
    return inspections.record(by, no, results, 'looked at')


def line() -> kept.Admission:
    return kept.Admission.objects.get(line__name='L1')


def recognised() -> None:
    enterprises.recognise(OFFICER, 'chests', PARTY, 'P1', 'L1', 'D1', 'record of the pilot')


def test_a_new_line_qualifies_then_its_series_is_cleared_then_it_is_sampled() -> None:
    """Two to qualify, three to clear (fewer than the two count for both), then a tenth."""
    phases = []
    for n in range(3):
        no = lodge(n)
        assert settle(no) == 'inspect'
        decision = json.loads(flow.find(OFFICER, no).decisions.latest('number').result)
        phases.append(decision['reasons'][0]['values']['stage']['values'].get('run'))
        assert inspect(no).accepted
        assert flow.find(OFFICER, no).decisions.latest('number').outcome == 'release'
    assert phases == [0, 1, 2]
    assert (line().state, line().run) == ('admitted', 2)
    assert outcome(4) == 'release'
    assert outcome(5, lot=Decimal('0.0999')) == 'inspect'
    found = kept.Series.objects.get()
    assert (found.lots, found.inspected, found.refused, found.escapes) == (4, 3, 0, 0)
    kinds = kept.SeriesEvent.objects.order_by('pk').values_list('kind', flat=True)
    assert list(kinds) == ['inspected', 'inspected', 'admitted', 'inspected', 'released']
    assert audit.verify()


def test_a_drawn_lot_that_is_refused_unseen_counts_as_one_that_did_not_conform() -> None:
    recognised()
    no = lodge(1, lot=Decimal(0))
    assert settle(no) == 'inspect'
    outcomes.close(OFFICER, no, 'refuse', 'no time to go there')
    if flow.find(OFFICER, no).proposals.exists():
        four_eyes.confirm(OTHER_OFFICER, no)
    found = kept.Series.objects.get()
    assert (found.lots, found.inspected, found.refused) == (1, 0, 1)
    event = kept.SeriesEvent.objects.get(declaration__no=no)
    assert event.kind == 'refused'
    assert outcome(2) == 'inspect', 'the series is cleared again, every lot of it inspected'
    with atomic():
        row = flow.find(OFFICER, no)
        series.concluded(flow.scenario_named('chests'), row, row.decisions.latest('number'))
    assert kept.SeriesEvent.objects.filter(declaration__no=no).count() == 1
    assert audit.verify()


def test_another_design_of_an_admitted_line_is_cleared_first() -> None:
    recognised()
    assert outcome(1) == 'release'
    assert outcome(2, design='D2') == 'inspect'
    assert outcome(3, line='L2') == 'inspect'


def test_reconsideration_is_no_way_around_the_boxes_that_were_drawn() -> None:
    recognised()
    no = lodge(1, lot=Decimal(0))
    assert settle(no) == 'inspect'
    outcomes.close(OFFICER, no, 'refuse', 'the papers are false')
    if flow.find(OFFICER, no).proposals.exists():
        four_eyes.confirm(OTHER_OFFICER, no)
    reconsideration.contest(EXPORTER, no, 'they are true')
    third = Actor(name='third', role='officer')
    with pytest.raises(Conflict, match='never was'):
        reconsideration.reconsider(third, no, 'release', 'they are')
    reconsideration.reconsider(third, no, 'inspect', 'open the boxes')
    assert inspect(no, by=third).accepted
    assert flow.find(OFFICER, no).decisions.latest('number').outcome == 'release'


def test_a_bad_lot_brings_every_lot_back_and_is_refused() -> None:
    recognised()
    no = lodge(1, lot=Decimal(0))
    assert settle(no) == 'inspect'
    found = inspect(no, bad=1)
    assert (found.bad, found.accepted, len(found.misses)) == (1, False, 1)
    assert flow.find(OFFICER, no).decisions.latest('number').outcome == 'refuse'
    assert outcome(2) == 'inspect'
    assert line().state == 'admitted'
    assert contract.Series.read(kept.Series.objects.get().state).csp1.run == 0


def test_a_bad_box_that_the_photographs_had_shown_is_no_miss() -> None:
    recognised()
    no = lodge(1, flaw='C01-00')
    assert settle(no) == 'inspect'
    results = {item: BAD if item == 'C01-00' else GOOD for item in inspections.drawn(OFFICER, no).shown}  # fmt: skip # noqa: E501
    assert inspections.record(OFFICER, no, results, 'as seen').misses == []


def test_a_confirmed_escape_suspends_the_line_until_it_is_readmitted() -> None:
    recognised()
    no = lodge(1)
    assert settle(no) == 'release'
    inspections.escape(OFFICER, no, 'found leaking at the port')
    with pytest.raises(flow.Conflict):
        inspections.escape(OFFICER, no, 'again')
    assert line().state == 'suspended'
    second = lodge(2)
    assert settle(second) == 'inspect'
    words = flow.find(OFFICER, second).decisions.latest('number').result
    assert 'found leaking at the port' in words
    inspect(second)
    assert line().state == 'suspended'
    enterprises.readmit(OFFICER, line().pk, 'the press was repaired')
    assert (line().state, line().run) == ('qualifying', 0)
    with pytest.raises(flow.Conflict):
        enterprises.readmit(OFFICER, line().pk, 'again')
    for n in range(3, 5):
        no = lodge(n)
        assert settle(no) == 'inspect'
        inspect(no)
    assert line().state == 'admitted'


def test_a_lapsed_certificate_suspends_its_line() -> None:
    recognised()
    day = flow.today()
    enterprises.register_line(OFFICER, line().line.plant_id, 'L1', 'Q-7', day)
    assert outcome(1) == 'release'
    enterprises.register_line(OFFICER, line().line.plant_id, 'L1', 'Q-7', day - timedelta(days=1))
    no = lodge(2)
    assert settle(no) == 'inspect'
    assert 'Q-7' in flow.find(OFFICER, no).decisions.latest('number').result
    assert (series.lapse(day), series.lapse(day)) == (1, 0)
    assert line().state == 'suspended'
    with pytest.raises(flow.Conflict, match='lapsed'):
        enterprises.readmit(OFFICER, line().pk, 'please')
    enterprises.register_line(OFFICER, line().line.plant_id, 'L1', 'Q-8', day)
    enterprises.readmit(OFFICER, line().pk, 'renewed')


def test_nobody_is_drawn_anew_by_withdrawing_and_declaring_again() -> None:
    recognised()
    no = lodge(1, lot=Decimal(0))
    assert settle(no) == 'inspect'
    with pytest.raises(Rejected):
        corrections.withdraw(EXPORTER, no, 'a mistake')


def test_what_was_drawn_is_not_released_on_an_officers_word() -> None:
    no = lodge(1)
    settle(no)
    with pytest.raises(Conflict, match='inspected on site'):
        outcomes.close(OFFICER, no, 'release', 'looks fine')
    inspect(no)
    assert flow.find(OFFICER, no).decisions.latest('number').outcome == 'release'


def test_a_confirmed_finding_that_the_law_names_suspends_the_line() -> None:
    recognised()
    overruled, confirmed = lodge(1, flaw='C01-00'), lodge(2, flaw='C02-00')
    for no in (overruled, confirmed):
        settle(no)
    said = [outcomes.Said('nothing_is_seen', 'overruled', 'a shadow')]
    outcomes.close(OFFICER, overruled, 'refuse', 'papers missing', verdicts=said)
    assert line().state == 'admitted'
    outcomes.close(OFFICER, confirmed, 'refuse', 'broken')
    assert line().state == 'suspended'
    assert 'C02-00' in str(line().why)


def test_a_mismatch_waits_for_a_verdict_after_the_inspection() -> None:
    no = lodge(1, flaw='C01-00')
    settle(no)
    assert inspect(no).accepted
    assert flow.find(OFFICER, no).decisions.latest('number').by == flow.MACHINE
    with pytest.raises(Conflict):
        inspections.drawn(OFFICER, no)
    said = [outcomes.Said('nothing_is_seen', 'overruled', 'a shadow')]
    outcomes.close(OFFICER, no, 'release', 'seen on site', verdicts=said)
    counts = kept.Series.objects.get()
    assert (counts.lots, counts.inspected) == (1, 1)


def test_a_lot_is_counted_once_however_often_it_is_concluded() -> None:
    recognised()
    no = lodge(1)
    row = flow.find(OFFICER, no)
    assert settle(no) == 'release'
    scenario = flow.scenario_named('chests')
    found = contract.Inspected(accepted=True, bad=0, ac=0)

    def again(n: int) -> bool:
        with atomic():
            if n % 2:
                return series.released(scenario, row)
            return series.inspected(scenario, row, found, 'officer')

    done = at_once(again, range(16))
    assert sum(done) == 1
    counts = kept.Series.objects.get()
    assert (counts.lots, counts.inspected) == (1, 1)
    assert kept.SeriesEvent.objects.filter(declaration=row).count() == 2


def test_many_lots_concluded_at_once_advance_the_series_by_as_many() -> None:
    numbers = [lodge(n) for n in range(12)]
    at_once(to_the_end, rows.Declaration.objects.values_list('pk', flat=True), threads=8)
    at_once(inspect, numbers, threads=8)
    counts = kept.Series.objects.get()
    assert (counts.lots, counts.inspected) == (12, 12)
    assert line().state == 'admitted'
    assert contract.Series.read(counts.state).csp1.skipping
    assert audit.verify()


def test_decisions_under_a_plan_replay_byte_for_byte() -> None:
    recognised()
    for n in range(4):
        outcome(n, lot=Decimal('0.03') * n)
    enterprises.suspend(OFFICER, line().pk, 'a visit')
    outcome(9)
    assert all(answer['same'] for answer in proofs.replayed(None))
    form = cases.form_of(rows.Decision.objects.latest('pk'))
    assert form['plan']['phase'] == 'suspended'


def test_a_plan_that_is_not_whole_stops_a_release(monkeypatch: pytest.MonkeyPatch) -> None:
    recognised()
    monkeypatch.setattr(contract, 'terms', lambda rule, credit: {}['scheme'])
    no = lodge(1)
    assert settle(no) == 'inspect'
    assert 'missing' in flow.find(OFFICER, no).decisions.latest('number').result


# --- credit -------------------------------------------------------------------


def test_a_case_sees_the_class_of_its_own_day() -> None:
    today = flow.today()
    enterprises.rate(OFFICER, PARTY, 'dishonest', 'false documents', today + timedelta(days=2))
    party = rows.Party.objects.get(pk=PARTY)
    days = [series.credit(party, today + timedelta(days=d)) for d in (-300, 0, 1, 2, 3)]
    assert days == ['certified', 'certified', 'certified', 'dishonest', 'dishonest']
    assert party.credit == 'certified'
    with pytest.raises(NotAllowed):
        enterprises.rate(OFFICER, PARTY, 'regular', 'repaired', today + timedelta(days=3))
    change = enterprises.rate(
        OTHER_OFFICER, PARTY, 'regular', 'repaired', today + timedelta(days=3)
    )
    assert (change.kind, change.before) == ('repair', 'dishonest')
    enterprises.rate(OFFICER, PARTY, 'seriously_dishonest', 'smuggling')
    assert rows.Party.objects.get(pk=PARTY).credit == 'seriously_dishonest'


@pytest.mark.parametrize(
    ('credit', 'reason', 'days', 'field'),
    [('best', 'x', 0, 'credit'), ('certified', 'x', 0, 'credit'), ('regular', ' ', 0, 'reason'),
     ('regular', 'x', -1, 'since'), ('regular', 'x' * 501, 0, 'reason')],
)  # fmt: skip
def test_a_rating_that_is_not_right_names_its_field(
    credit: str, reason: str, days: int, field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        enterprises.rate(OFFICER, PARTY, credit, reason, flow.today() + timedelta(days=days))
    assert [p.field for p in caught.value.problems] == [field]
    assert not kept.CreditChange.objects.exists()


def test_only_an_officer_rates_admits_and_inspects() -> None:
    recognised()
    for actor in (EXPORTER, ANALYST):
        with pytest.raises(NotAllowed):
            enterprises.rate(actor, PARTY, 'regular', 'x')
        with pytest.raises(NotAllowed):
            enterprises.suspend(actor, line().pk, 'x')
        with pytest.raises(NotAllowed):
            inspections.drawn(actor, lodge(1))
    with pytest.raises(NotFound):
        inspections.drawn(STRANGER, rows.Declaration.objects.latest('pk').no)


# --- boxes --------------------------------------------------------------------


def test_the_boxes_of_a_large_lot_are_those_of_the_standard_and_the_draw() -> None:
    no = lodge(1, size=300)
    settle(no)
    first, again = inspections.drawn(OFFICER, no), inspections.drawn(OTHER_OFFICER, no)
    assert first.boxes == again.boxes
    # 300 boxes, level II: letter H; AQL 0.65 leads to letter J with 80 boxes and one allowed.
    assert (first.single.n, first.single.ac, len(set(first.boxes))) == (80, 1, 80)
    assert inspect(no, bad=1).accepted


@pytest.mark.parametrize(
    ('change', 'code'),
    [
        (lambda r: r.popitem(), 'box_missing'),
        (lambda r: r.update({'C99': GOOD}), 'box_unknown'),
        (lambda r: r.update({'C01-00': Seen(conforms=False)}), 'words'),
    ],
)
def test_a_record_answers_for_each_box_that_was_drawn(change: Any, code: str) -> None:
    no = lodge(1)
    settle(no)
    results = dict.fromkeys(inspections.drawn(OFFICER, no).shown, GOOD)
    change(results)
    with pytest.raises(Rejected) as caught:
        inspections.record(OFFICER, no, results, 'x')
    assert code in {p.code for p in caught.value.problems}
    assert not kept.SeriesEvent.objects.exists()


def test_a_lot_that_is_not_accepted_cannot_be_released() -> None:
    no = lodge(1)
    settle(no)
    results = dict.fromkeys(inspections.drawn(OFFICER, no).shown, BAD)
    with pytest.raises(Rejected):
        inspections.record(OFFICER, no, results, 'x', 'release')
    assert not kept.Inspection.objects.exists()
    inspections.record(OFFICER, no, results, 'x')
    with pytest.raises(flow.Conflict):
        inspections.record(OFFICER, no, results, 'x')


# --- seeded boxes -------------------------------------------------------------


def seeded(n: int, *, caught: bool) -> str:
    no = lodge(n, size=3)
    settle(no)
    box = seeds.plant(ANALYST, no, 'no closure', [qr(f'{n}')])
    shown = inspections.drawn(OFFICER, no).shown
    assert box.item in shown
    results = {item: BAD if caught and item == box.item else GOOD for item in shown}
    inspections.record(OFFICER, no, results, 'x')
    return no


def test_a_seeded_box_measures_the_inspector_and_nothing_else() -> None:
    no = seeded(1, caught=True)
    box = kept.SeededBox.objects.get()
    assert (box.caught, box.said) == (True, BAD.words)
    found = kept.Inspection.objects.get()
    assert found.accepted
    assert found.bad == 0
    assert box.item not in found.opened
    row = flow.find(OFFICER, no)
    assert row.decisions.latest('number').outcome == 'release'
    for text in (row.declared, [d.result for d in row.decisions.all()], found.results):
        assert box.item not in json.dumps(text)
    assert not row.evidence.exists()
    assert all(box.item not in e.leaf for e in rows.AuditEntry.objects.filter(subject=no))
    assert audit.verify()


def test_what_was_measured_feeds_the_plan() -> None:
    recognised()
    for n in range(4):
        enterprises.recognise(OFFICER, 'chests', PARTY, 'P1', 'L1', f'E{n}', 'record')
    for n in range(4):
        no = lodge(n, lot=Decimal(0))
        settle(no)
        box = seeds.plant(ANALYST, no, 'no closure')
        shown = inspections.drawn(OFFICER, no).shown
        inspections.record(
            OFFICER, no, {i: BAD if i == box.item and n else GOOD for i in shown}, 'x'
        )
    with atomic():
        plan = series.plan(flow.scenario_named('chests'), flow.find(OFFICER, lodge(9)))
    assert plan is not None
    assert (plan.measured, plan.seeded, plan.caught) == (True, 4, 3)
    assert float(plan.sensitivity) == pytest.approx(0.2486, abs=1e-4)
    assert float(plan.aoql) > 0.7
    report = seeds.report(OFFICER, 'chests')
    assert (report['total']['n'], report['total']['caught']) == (4, 3)
    assert report['total']['low'] == pytest.approx(0.1941, abs=1e-4)
    with pytest.raises(NotFound):
        seeds.report(EXPORTER, 'chests')


def test_whoever_plants_a_box_does_not_record_the_inspection() -> None:
    no = lodge(1)
    settle(no)
    seeds.plant(OFFICER, no, 'no closure')
    with pytest.raises(NotAllowed):
        inspect(no)
    inspect(no, by=OTHER_OFFICER)
    with pytest.raises(flow.Conflict):
        seeds.plant(OFFICER, no, 'too late')


# --- cameras ------------------------------------------------------------------


def test_a_camera_stands_over_one_line_at_a_time() -> None:
    plant = enterprises.register_plant(OFFICER, PARTY, 'P9', 'Xiamen')
    one = enterprises.register_line(OFFICER, plant.pk, 'A')
    two = enterprises.register_line(OFFICER, plant.pk, 'B')
    camera = enterprises.register_camera(OFFICER, one.pk, 'SN-1', 'front')
    assert enterprises.register_camera(OFFICER, one.pk, 'SN-1').pk == camera.pk
    with pytest.raises(flow.Conflict):
        enterprises.register_camera(OFFICER, two.pk, 'SN-1')
    enterprises.remove_camera(OFFICER, camera.pk)
    assert enterprises.register_camera(OFFICER, two.pk, 'SN-1').pk != camera.pk
    with pytest.raises(Rejected):
        enterprises.register_line(OFFICER, plant.pk, ' ')
