"""Every scenario keeps the contract, and every example comes out as it says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from clearlane import replay
from clearlane.decision import decide
from clearlane.library import Entry, Library
from clearlane.model import (
    OUTCOMES,
    Answer,
    Evidence,
    Incident,
    Party,
    Reading,
    Reuse,
    Text,
    Watched,
    canonical,
    digest,
    plain,
)
from clearlane.sampling import contract
from clearlane.scenario import Case, Scenario, scenarios

# The small scenarios beside these tests are tools of the tests: they have no examples.
OURS = [s for s in scenarios().values() if 'tests' not in s.home.parts]


@pytest.mark.parametrize('scenario', OURS, ids=lambda s: s.name)
def test_the_contract_is_kept(scenario: Scenario) -> None:
    for check in scenario.checks:
        assert (check.__doc__ or '').strip(), f'{check.__name__} has no docstring'
        assert getattr(check, 'clause', ''), f'{check.__name__} names no clause'
    for parameter in scenario.parameters.values.values():
        assert all(since.source for since in parameter.since)
    assert set(OUTCOMES) - {'release'} <= set(scenario.tasks)
    if scenario.revisit_after:
        assert scenario.revisit_after in scenario.parameters.values
    words = (scenario.home / 'scenario.py').read_text(encoding='utf-8')
    assert 'Not covered' in words


def merged(base: Any, change: Any) -> Any:
    if isinstance(base, Mapping) and isinstance(change, Mapping):
        return {k: merged(base.get(k), change.get(k, base.get(k))) for k in {**base, **change}}
    return change


def readings(base: Mapping[str, str], change: Mapping[str, str], item: str) -> Iterator[Reading]:
    for kind in {**base, **change}:
        value, _, score = (
            change.get(kind, base.get(kind, '')).replace('{item}', item).partition('|')
        )
        if value:
            box = ((1, 1), (9, 1), (9, 9), (1, 9))
            yield Reading(
                kind=kind, value=value, score=float(score or 0.97), recogniser=f'{kind}/1', box=box
            )


def case_of(scenario: Scenario, book: Mapping[str, Any], example: Mapping[str, Any]) -> Case:
    full = merged({k: v for k, v in book.items() if k != 'example'}, example)
    declared = scenario.declares.model_validate(full['declared'])
    changes = {c['item']: c for c in example.get('readings', ())}
    gone = {tuple(p) for p in example.get('missing', ())}
    evidence = []
    for item in list(scenario.items(declared)) or ['']:
        changed = {k: v for k, v in changes.get(item, {}).items() if k != 'item'}
        for view, table in book['evidence'].items():
            base = {k: v for k, v in table.items() if k not in ('kind', 'items')}
            if (item, view) in gone or item not in table.get('items', [item]):
                continue
            mine = {k: v for k, v in changed.items() if k in base or view == 'front'}
            kind = table.get('kind', 'photograph')
            evidence.append(piece(kind, item, view, tuple(readings(base, mine, item)), example))
    return Case(
        declared=declared,
        party=Party(id='P', name='P', credit=full['credit']),
        day=full['day'],
        law=scenario.parameters.on(full['day']),
        lot=Decimal(full.get('lot', '0.99')),
        plan=plan_of(scenario, full),
        evidence=tuple(evidence),
        libraries={n: library(scenario, n, e, full) for n, e in full['libraries'].items()},
        network=full.get('network', {}),
        watched=watched(full.get('watched')),
        answers=tuple(answer(a, full['day']) for a in full.get('answers', ())),
    )


def answer(form: Mapping[str, Any], day: date) -> Answer:
    base = {'reply': 'yes', 'note': 'seen', 'by': 'officer', 'day': day}
    return Answer(**{**base, **form})


def watched(form: Any) -> Watched | None:
    if form is None:
        return None
    base = Incident(
        kind='', grade='red', began_at=datetime.now(UTC), ended_at=None, reason=Text('', '')
    )
    full = {**plain(Watched()), **form}
    full['incidents'] = [{**plain(base), **i} for i in full['incidents']]
    full['held'] = [{'holder': '', **h} for h in full['held']]
    return replay.watched(full)


def plan_of(scenario: Scenario, full: Mapping[str, Any]) -> contract.Plan | None:
    """An admitted line whose lots are sampled, unless the example says otherwise."""
    rule = getattr(scenario.parameters.on(full['day']), 'sampling', None)
    if rule is None:
        return None
    terms = contract.terms(rule, full['credit'])
    said = full.get('plan', {})
    line = contract.Line(admission=said.get('line', 'admitted'), run=said.get('run', 0))
    state = contract.Series()
    series = state if said.get('clearing') else contract.recognised(state)
    found = contract.sensitivity(terms, said.get('seeded', 0), said.get('caught', 0))
    return contract.plan(('P', 'L4', 'D-01'), series, line, terms, found)


def piece(
    kind: str, item: str, view: str, seen: tuple[Reading, ...], example: Mapping[str, Any]
) -> Evidence:
    place = [item, view]
    again = Reuse(sha256='b' * 64, declaration='CL-1', item='OLD', likeness=1.0)
    return Evidence(
        sha256=digest(f'{item}{view}'.encode()),
        kind=kind,
        item=item,
        view=view,
        readings=() if place in example.get('broken', ()) else seen,
        error='MemoryError: model' if place in example.get('broken', ()) else '',
        reused=(again,) if place in example.get('reused', ()) else (),
    )


def library(scenario: Scenario, name: str, entries: Any, full: Mapping[str, Any]) -> Library:
    found = {}
    for key, data in entries.items():
        left = full.get('remaining', {}).get(key, data.get('quantity'))
        record = scenario.libraries[name].model_validate(data)
        day = full['day']
        found[key] = Entry(
            key=key, version=1, state='in_force', data=record, since=day, remaining=left
        )
    return Library(found)


def examples() -> Iterator[Any]:
    for scenario in OURS:
        book = tomllib.loads((scenario.home / 'examples.toml').read_text(encoding='utf-8'))
        for example in book['example']:
            yield pytest.param(scenario, book, example, id=f'{scenario.name}: {example["name"]}')


@pytest.mark.parametrize(('scenario', 'book', 'example'), examples())
def test_an_example_comes_out_as_it_says(
    scenario: Scenario, book: Mapping[str, Any], example: Mapping[str, Any]
) -> None:
    form = replay.written(scenario, case_of(scenario, book, example))
    case = replay.restored(scenario, form)
    decision = decide(scenario, case)
    expected = example['expect']
    results = {f.check: f for f in decision.findings}
    said = '\n'.join(f'{f.check}: {f.result}: {f.reason.say("en")}' for f in decision.findings)
    assert decision.outcome == expected['outcome'], said
    for result in ('fail', 'doubt'):
        for check in expected.get(result, ()):
            assert results[check].result == result, said
    if expected.get('fail') == []:
        assert all(f.result == 'pass' for f in decision.findings), said
    for reason in decision.reasons:
        assert reason.say('zh') and reason.say('en')
        assert expected.get('says', '') in reason.say('en') or 'says' not in expected
    assert replay.again(scenario, form) == canonical(decision)


def test_a_decision_explains_itself() -> None:
    """Every finding that is no pass has words in both languages, a clause, and a place."""
    scenario = scenarios()['lithium_packaging']
    book = tomllib.loads((scenario.home / 'examples.toml').read_text(encoding='utf-8'))
    for example in book['example']:
        for finding in decide(scenario, case_of(scenario, book, example)).findings:
            zh, en = finding.reason.say('zh'), finding.reason.say('en')
            assert zh and en and zh != en, finding
            assert finding.clause, finding
            assert (finding.remedy is None) == (finding.result == 'pass'), finding
