"""Risk rules from a draft to a decision: who may, in which order, and what a decision shows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clearlane import audit, flow, proofs, risk
from clearlane.access import Actor, NotAllowed, NotFound
from clearlane.admission import Rejected
from clearlane.model import Finding, Past, Text
from clearlane.scenario import Case, scenarios
from clearlane.store import models as rows
from clearlane.targeting import facts, rules, verdict
from tests.conftest import EXPORTER, OFFICER, PARTY, lodge, permit, released

ANN = Actor(name='ann', role='analyst')
BEN = Actor(name='ben', role='analyst')


def rule(name: str = 'many', when: str = 'pieces_count >= 2', **more: Any) -> dict[str, Any]:
    return {
        'id': name, 'when': when, 'zh': '件数多', 'en': 'many pieces', 'lane': 'review',
        'since': '2026-01-01', **more,
    }  # fmt: skip


def active(*given: dict[str, Any], marks: Any = ()) -> int:
    row = risk.draft(ANN, 'parcel', {'rules': list(given), 'marks': list(marks)})
    risk.approve(BEN, 'parcel', row.version)
    return risk.activate(BEN, 'parcel', row.version).version


# --- the road of a version ----------------------------------------------------


@pytest.mark.usefixtures('store')
def test_nobody_approves_what_he_wrote() -> None:
    row = risk.draft(ANN, 'parcel', {'rules': [rule()]})
    with pytest.raises(NotAllowed, match='wrote'):
        risk.approve(ANN, 'parcel', row.version)
    risk.save(BEN, 'parcel', row.version, {'rules': [rule(points=5)]})
    with pytest.raises(NotAllowed, match='wrote'):
        risk.approve(BEN, 'parcel', row.version)
    assert risk.approve(ANN, 'parcel', row.version).approved_by == 'ann'


@pytest.mark.usefixtures('store')
@pytest.mark.parametrize('actor', [EXPORTER, OFFICER, Actor(name='a', role='auditor')])
def test_only_analysts_write(actor: Actor) -> None:
    version = active(rule())
    for act in (
        lambda: risk.draft(actor, 'parcel', {'rules': []}),
        lambda: risk.save(actor, 'parcel', version, {'rules': []}),
        lambda: risk.approve(actor, 'parcel', version),
        lambda: risk.activate(actor, 'parcel', version),
        lambda: risk.discard(actor, 'parcel', version),
        lambda: risk.switch_off(actor, 'parcel'),
        lambda: risk.shadow(actor, 'parcel', version, flow.now()),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.usefixtures('store')
def test_an_enterprise_may_not_even_look() -> None:
    with pytest.raises(NotAllowed):
        risk.visible(EXPORTER, 'parcel')
    with pytest.raises(NotFound):
        risk.found(ANN, 'parcel', 1)
    with pytest.raises(NotFound):
        risk.draft(ANN, 'nothing', {'rules': []})


@pytest.mark.usefixtures('store')
def test_what_was_approved_never_changes() -> None:
    version = active(rule())
    for act in (
        lambda: risk.save(ANN, 'parcel', version, {'rules': []}),
        lambda: risk.approve(ANN, 'parcel', version),
        lambda: risk.discard(ANN, 'parcel', version),
        lambda: risk.activate(ANN, 'parcel', version),
    ):
        with pytest.raises(flow.Conflict, match='active already, by ben'):
            act()


@pytest.mark.usefixtures('store')
def test_a_version_is_rolled_back_to_and_switched_off() -> None:
    first, second = active(rule()), active(rule(when='pieces_count > 9'))
    states = dict(rows.RuleSet.objects.values_list('version', 'state'))
    assert states == {first: 'retired', second: 'active'}
    risk.activate(ANN, 'parcel', first)
    states = dict(rows.RuleSet.objects.values_list('version', 'state'))
    assert states == {first: 'active', second: 'retired'}
    risk.switch_off(ANN, 'parcel')
    assert set(rows.RuleSet.objects.values_list('state', flat=True)) == {'retired'}
    with pytest.raises(flow.Conflict, match='no version'):
        risk.switch_off(ANN, 'parcel')
    acts = [e.act for e in rows.AuditEntry.objects.filter(act__startswith='rules').order_by('pk')]
    assert acts == [
        'rules draft', 'rules approve', 'rules activate',
        'rules draft', 'rules approve', 'rules activate',
        'rules roll back', 'rules switch off',
    ]  # fmt: skip
    audit.verify()


@pytest.mark.usefixtures('store')
def test_a_draft_can_be_given_up() -> None:
    row = risk.draft(ANN, 'parcel', {'rules': [rule()]}, 'try')
    risk.shadow(ANN, 'parcel', row.version, flow.now() + timedelta(days=1))
    gone = risk.discard(BEN, 'parcel', row.version)
    assert gone.state == 'discarded'
    assert gone.shadow_until <= flow.now()
    with pytest.raises(flow.Conflict):
        risk.approve(BEN, 'parcel', row.version)


@pytest.mark.usefixtures('store')
def test_a_shadow_run_ends_within_a_year() -> None:
    row = risk.draft(ANN, 'parcel', {'rules': [rule()]})
    for until in (flow.now(), flow.now() + timedelta(days=400)):
        with pytest.raises(Rejected):
            risk.shadow(ANN, 'parcel', row.version, until)


@pytest.mark.usefixtures('store')
@pytest.mark.parametrize(
    ('payload', 'field'),
    [
        ({'rules': [rule(when='piece_count > 1')]}, 'rules.0.when'),
        ({'rules': [rule(scope='party_credit = 1')]}, 'rules.0.scope'),
        ({'rules': [rule(lane='refuse')]}, 'rules.0.lane'),
        ({'rules': [rule(lane=None)]}, 'rules.0'),
        ({'rules': [rule(until='2026-01-01')]}, 'rules.0'),
        ({'rules': [rule(), rule()]}, ''),
        ({'rules': [rule('No Name')]}, 'rules.0.id'),
        ({'rules': [rule(extra=1)]}, 'rules.0.extra'),
        ({'marks': [{'points': 9, 'lane': 'inspect'}, {'points': 99, 'lane': 'review'}]}, ''),
        (['rules'], ''),
    ],
)
def test_a_set_with_a_mistake_is_not_kept(payload: Any, field: str) -> None:
    with pytest.raises(Rejected) as caught:
        risk.draft(ANN, 'parcel', payload)
    assert field in [p.field for p in caught.value.problems]
    assert not rows.RuleSet.objects.exists()


@pytest.mark.usefixtures('store')
def test_a_note_has_an_end() -> None:
    with pytest.raises(Rejected):
        risk.draft(ANN, 'parcel', {'rules': []}, 'x' * 1001)


def test_a_file_of_rules_comes_back_as_it_was() -> None:
    given = rules.RuleSet.model_validate(
        {
            'rules': [rule(when="party_id = 'a\"\\b'", source='s', until='2027-01-01', points=3)],
            'marks': [{'points': 3, 'lane': 'remote'}],
        }
    )
    assert rules.RuleSet.model_validate(rules.from_toml(rules.to_toml(given))) == given
    with pytest.raises(Rejected, match='TOML'):
        rules.from_toml('[[rules')


# --- in a decision ------------------------------------------------------------


@pytest.mark.usefixtures('store')
def test_a_rule_refers_what_would_be_released_and_the_values_are_kept() -> None:
    version = active(rule(scope="party_credit in ('certified', 'regular')"))
    permit()
    no = lodge('A', 'B')
    assert released(no, 'A', 'B') == 'review'
    row = rows.Decision.objects.get(declaration__no=no)
    result = json.loads(row.result)
    assert [r['en'] for r in result['reasons']] == ['selected by risk targeting']
    (hit,) = result['hits']
    assert hit['rule'] == 'many'
    assert hit['values'] == {'party_credit': 'certified', 'pieces_count': 2.0}
    judged = rows.Judged.objects.get(decision=row)
    assert (judged.base, judged.outcome, judged.ruleset) == ('release', 'review', version)
    assert judged.facts['case_day'] == '2026-05-11'
    assert all(answer['same'] for answer in proofs.replayed(None))


@pytest.mark.usefixtures('store')
def test_without_rules_nothing_is_written_of_them() -> None:
    permit()
    no = lodge('A')
    assert released(no, 'A') == 'release'
    row = rows.Decision.objects.get(declaration__no=no)
    assert 'hits' not in json.loads(row.result)
    assert rows.Judged.objects.get(decision=row).ruleset is None
    assert all(answer['same'] for answer in proofs.replayed(None))


@pytest.mark.usefixtures('store')
def test_the_past_counts_what_came_before_under_the_same_scenario() -> None:
    permit()
    released(lodge('A'), 'A')
    active(rule(when='past_declared_365d >= 1 and days_since_last is not null', lane='inspect'))
    no = flow.lodge(EXPORTER, 'parcel', {'sender': 'calm', 'pieces': ['C'], 'permit': 'P1'},
                    day=date(2026, 5, 12)).no  # fmt: skip
    assert released(no, 'C') == 'inspect'


# --- pure ---------------------------------------------------------------------

DECLARES = scenarios()['parcel'].declares


def judged(given: list[dict[str, Any]], marks: Any = (), day: date = date(2026, 5, 11),
           **known: Any) -> verdict.Verdict:  # fmt: skip
    chosen = rules.RuleSet.model_validate({'rules': given, 'marks': list(marks)})
    blank = dict.fromkeys(facts.fields(DECLARES))
    return verdict.judge(DECLARES, chosen, {**blank, **known}, day)


MARKS = ({'points': 50, 'lane': 'review'}, {'points': 100, 'lane': 'inspect'})


@pytest.mark.parametrize(
    ('points', 'lane'),
    [((20, 29), None), ((20, 30), 'review'), ((99,), 'review'), ((60, 40), 'inspect'), ((), None)],
)
def test_points_add_up_to_a_lane(points: tuple[int, ...], lane: str | None) -> None:
    given = [rule(f'r{i}', 'pieces_count > 0', lane=None, points=p) for i, p in enumerate(points)]
    found = judged(given, MARKS, pieces_count=1.0)
    assert (found.points, found.lane) == (sum(points), lane)


def test_the_gravest_lane_wins() -> None:
    given = [rule('a', lane='inspect'), rule('b', lane='review'), rule('c', lane='remote')]
    assert judged(given, pieces_count=2.0).lane == 'inspect'


def test_null_does_not_fire() -> None:
    assert judged([rule()], pieces_count=None).hits == ()


@pytest.mark.parametrize(
    ('day', 'fires'),
    [('2025-12-31', False), ('2026-01-01', True), ('2026-06-30', True), ('2026-07-01', False)],
)
def test_a_rule_holds_from_its_day_to_the_last(day: str, fires: bool) -> None:
    found = judged([rule(until='2026-07-01')], day=date.fromisoformat(day), pieces_count=2.0)
    assert bool(found.hits) is fires


def test_words_with_braces_are_words() -> None:
    (hit,) = judged([rule(zh='{x}', en='{')], pieces_count=2.0).hits
    assert (hit.reason.say('zh'), hit.reason.say('en')) == ('{x}', '{')


def test_every_scenario_documents_its_fields() -> None:
    for scenario in scenarios().values():
        found = facts.fields(scenario.declares)
        assert {'party_credit', 'past_declared_365d'} <= set(found)
        for field in found.values():
            assert field.title.zh
            assert field.title.en


def test_facts_come_back_from_json() -> None:
    wanted = facts.fields(DECLARES)
    given = {**dict.fromkeys(wanted), 'case_day': date(2026, 5, 11), 'evidence_count': 2.0}
    assert facts.restored(json.loads(json.dumps(facts.kept(given))), wanted.values()) == given


def test_rules_that_break_stop_a_release() -> None:
    from dataclasses import replace

    from clearlane.decision import conclude

    broken = rules.RuleSet.model_validate({'rules': [rule(when='no_such_field > 1')]})
    law = scenarios()['parcel'].parameters.on(date(2026, 5, 11))
    from clearlane.model import Party

    case = Case(
        declared=DECLARES.model_validate({'sender': 'calm', 'pieces': ['A'], 'permit': 'P1'}),
        party=Party(id=PARTY, name='x', credit='certified'), day=date(2026, 5, 11), law=law,
        past=Past(),
    )  # fmt: skip
    finding = Finding(check='a', result='pass', reason=Text('', ''))
    assert conclude(case, (finding,)).outcome == 'release'
    found = conclude(replace(case, rules=broken), (finding,))
    assert found.outcome == 'inspect'
    assert 'no_such_field' in found.reasons[0].say('en')


@pytest.mark.usefixtures('store')
def test_shadow_until_is_kept() -> None:
    until = datetime.now(UTC) + timedelta(days=30)
    row = risk.draft(ANN, 'parcel', {'rules': [rule()]})
    kept = risk.shadow(ANN, 'parcel', row.version, until)
    assert kept.shadow_until == until
