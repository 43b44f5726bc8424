"""From findings to an outcome."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearlane.decision import conclude, inspection_share
from clearlane.model import OUTCOMES, Credit, Finding, Outcome, Party, Text
from clearlane.scenario import Case, ask, doubtful, failed, passed

CLASSES = get_args(Credit)
WORDS = Text('理由', 'reason')
TABLE = {
    c: {
        'fail': 'inspect',
        'doubt': {'regular': 'remote'}.get(c, 'inspect' if 'dishonest' in c else 'review'),
    }
    for c in CLASSES
}
SHARES = {
    'senior_certified': {'factor': '0.20'},
    'certified': {'factor': '0.50'},
    'regular': {'share': '0.10'},
    'dishonest': {'share': '0.80'},
    'seriously_dishonest': {'share': '1'},
}
LAW = SimpleNamespace(disposition=TABLE, inspection=SHARES)


def case(credit: str = 'regular', lot: str = '0.999', law: Any = LAW) -> Case:
    party = Party(id='P', name='P', credit=credit)  # type: ignore[arg-type]
    return Case(declared=None, party=party, day=date(2026, 5, 11), law=law, lot=Decimal(lot))


def finding(result: str, asks_for: Outcome | None = None) -> Finding:
    return Finding(check='c', result=result, reason=WORDS, asks_for=asks_for)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ('credit', 'result', 'outcome'),
    [
        ('senior_certified', 'pass', 'release'),
        ('senior_certified', 'doubt', 'review'),
        ('senior_certified', 'fail', 'inspect'),
        ('certified', 'pass', 'release'),
        ('certified', 'doubt', 'review'),
        ('certified', 'fail', 'inspect'),
        ('regular', 'pass', 'release'),
        ('regular', 'doubt', 'remote'),
        ('regular', 'fail', 'inspect'),
        ('dishonest', 'pass', 'release'),
        ('dishonest', 'doubt', 'inspect'),
        ('dishonest', 'fail', 'inspect'),
        ('seriously_dishonest', 'pass', 'inspect'),
        ('seriously_dishonest', 'doubt', 'inspect'),
        ('seriously_dishonest', 'fail', 'inspect'),
    ],
)
def test_credit_and_result_give_the_outcome(credit: str, result: str, outcome: str) -> None:
    assert conclude(case(credit), (finding('pass'), finding(result))).outcome == outcome


@pytest.mark.parametrize(
    ('credit', 'below', 'at'),
    [
        ('senior_certified', '0.0199', '0.02'),
        ('certified', '0.0499', '0.05'),
        ('regular', '0.0999', '0.10'),
        ('dishonest', '0.7999', '0.80'),
    ],
)
def test_a_lot_below_the_share_is_inspected(credit: str, below: str, at: str) -> None:
    assert conclude(case(credit, below), (finding('pass'),)).outcome == 'inspect'
    assert conclude(case(credit, at), (finding('pass'),)).outcome == 'release'


def test_a_share_is_never_above_one() -> None:
    law = SimpleNamespace(inspection={'regular': {'share': '7'}})
    assert inspection_share(case(law=law)) == 1


def test_the_gravest_demand_wins_and_stands_first() -> None:
    grave = Finding(check='g', result='fail', reason=Text('重', 'grave'), asks_for='refuse')
    decision = conclude(case(), (finding('doubt'), grave, finding('fail', 'review')))
    assert decision.outcome == 'refuse'
    assert decision.reasons[0].say('en') == 'grave'
    assert len(decision.reasons) == 3


@pytest.mark.parametrize(
    'law',
    [
        SimpleNamespace(),
        SimpleNamespace(disposition={}, inspection={}),
        SimpleNamespace(disposition=TABLE, inspection={'regular': {}}),
        SimpleNamespace(disposition=TABLE, inspection={'regular': {'share': 'x'}}),
        SimpleNamespace(disposition={'regular': {'doubt': 'release'}}, inspection=SHARES),
        SimpleNamespace(disposition={'regular': {'doubt': 'nonsense'}}, inspection=SHARES),
    ],
)
def test_rules_that_are_not_there_lead_to_a_person(law: Any) -> None:
    decision = conclude(case(law=law), (finding('doubt'),))
    assert decision.outcome == 'inspect'


def test_no_check_is_no_release() -> None:
    assert conclude(case(), ()).outcome == 'inspect'


def test_a_check_that_breaks_is_a_doubt() -> None:
    def seals_are_intact(_: Case) -> Finding:
        """Seals are intact."""
        raise KeyError('seal')

    found = ask(seals_are_intact, case())
    assert (found.result, found.check) == ('doubt', 'seals_are_intact')
    assert 'KeyError' in found.reason.say('en')


def test_a_check_gives_its_name_and_clause() -> None:
    def box_is_closed(_: Case) -> Finding:
        """The box is closed."""
        return passed(WORDS)

    box_is_closed.clause = 'UN 1.1'  # type: ignore[attr-defined]
    found = ask(box_is_closed, case())
    assert (found.check, found.clause, found.result) == ('box_is_closed', 'UN 1.1', 'pass')
    assert failed(WORDS).result == 'fail' and doubtful(WORDS).result == 'doubt'


RESULTS = st.sampled_from(['pass', 'fail', 'doubt'])
FINDINGS = st.lists(st.builds(finding, RESULTS, st.sampled_from([None, *OUTCOMES])), max_size=6)


@given(st.sampled_from(CLASSES), FINDINGS, st.decimals('0', '0.99999999999', places=11))
def test_only_a_clean_case_is_ever_released(
    credit: str, findings: list[Finding], lot: Decimal
) -> None:
    decision = conclude(case(credit, str(lot)), tuple(findings))
    if decision.outcome == 'release':
        assert findings and all(f.result == 'pass' for f in findings)
        assert lot >= inspection_share(case(credit))
    assert decision.reasons


@pytest.mark.parametrize(('left', 'outcome'), [(2, 'release'), (1, 'inspect'), (None, 'inspect')])
def test_no_release_takes_more_than_is_left(left: int | None, outcome: str) -> None:
    """Even where the scenario forgot to ask for the balance."""
    from dataclasses import replace

    from clearlane.decision import decide
    from clearlane.library import Entry, Library
    from clearlane.scenario import scenarios

    parcel = scenarios()['parcel']

    def nothing_is_asked(_: Case) -> Finding:
        """Nothing is asked."""
        return passed(WORDS)

    forgetful = replace(parcel, checks=[nothing_is_asked])
    declared = parcel.declares(sender='x', pieces=['a', 'b'], permit='P')  # type: ignore[call-arg]
    record = parcel.libraries['permits'](quantity=9)  # type: ignore[call-arg]
    entry = Entry(key='P', version=1, state='in_force', data=record, remaining=left)
    full = replace(case(), declared=declared, libraries={'permits': Library({'P': entry})})
    assert decide(forgetful, full).outcome == outcome
    gone = replace(full, libraries={'permits': Library()})
    assert decide(forgetful, gone).outcome == 'inspect'
