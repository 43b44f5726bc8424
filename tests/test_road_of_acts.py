"""Acts of an enterprise and of officers on one declaration in any order, against the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from clearlane import acts, flow, work
from clearlane.access import Actor, NotAllowed
from clearlane.admission import Rejected
from clearlane.outcomes import open_findings
from clearlane.standing import ACTS, MOVES, STATES, may_now
from clearlane.store import models as rows
from tests import conftest
from tests.conftest import EXPORTER, OFFICER, SECOND, THIRD, qr
from tests.test_outcomes import lodged

PEOPLE = (EXPORTER, OFFICER, SECOND, THIRD)
OUTCOMES = ('release', 'refuse', 'inspect', 'review')


def bodies(row: rows.Declaration, outcome: str, n: int) -> dict[str, dict[str, Any]]:
    """What each act is sent: complete, so that only the standing or the law can refuse it."""
    verdicts = [
        {'check': f['check'], 'verdict': 'overruled', 'reason': 'compared by hand'}
        for f in open_findings(row)
    ]
    judged = {'outcome': outcome, 'note': 'n', 'verdicts': verdicts}
    return {
        'close': judged, 'reconsider': judged, 'refer': {'outcome': outcome, 'note': 'n'},
        'return': {'note': 'n'}, 'send_back': {'note': 'n'}, 'decline': {'note': 'n'},
        'withdraw': {'reason': 'n'}, 'contest': {'grounds': 'n'}, 'reissue': {'reason': 'n'},
        'cancel': {'ground': 'not_shipped' if n % 2 else 'nonconforming', 'reason': 'n'},
        'correct': {'declared': {**row.declared, 'pieces': [f'A{n}']}, 'reason': 'n'},
    }  # fmt: skip


class Road(RuleBasedStateMachine):
    """One declaration; every act is tried by everybody, everywhere."""

    @initialize()
    def begin(self) -> None:
        conftest._empty()
        rows.Party.objects.create(id=conftest.PARTY, name='鹭江示例', credit='certified')
        self.no, self.n = lodged('A1'), 0
        self.before: list[str] = []

    def row(self) -> rows.Declaration:
        return rows.Declaration.objects.get(no=self.no)

    def move(self, act: str, actor: Actor, what: Callable[[], Any]) -> None:
        """Do it: only what the table allows may change the standing, and only to where it says."""
        state = flow.standing(self.row())
        try:
            what()
        except (Rejected, NotAllowed, flow.Conflict):
            assert flow.standing(self.row()) == state
            return
        assert may_now(state, act, actor.role), (state, act, actor)
        assert flow.standing(self.row()) in MOVES[state, act].leads, (state, act)

    @rule(act=st.sampled_from(sorted(acts.BODIES)), actor=st.sampled_from(PEOPLE),
          outcome=st.sampled_from(OUTCOMES))  # fmt: skip
    def anybody_tries(self, act: str, actor: Actor, outcome: str) -> None:
        self.n += 1
        body = bodies(self.row(), outcome, self.n).get(act, {})
        self.move(act, actor, lambda: acts.perform(actor, self.no, act, body))

    @rule(pick=st.integers(0, 99), actor=st.sampled_from(PEOPLE), outcome=st.sampled_from(OUTCOMES))
    def somebody_does_what_is_open(self, pick: int, actor: Actor, outcome: str) -> None:
        if found := acts.open_to(actor, self.row()):
            self.anybody_tries(found[pick % len(found)], actor, outcome)

    @rule(right=st.booleans())
    def the_enterprise_sends_a_photograph(self, right: bool) -> None:
        self.n += 1
        piece = self.row().declared['pieces'][0]
        data = qr(piece if right else 'OTHER', shade=self.n % 250)
        self.move('attach', EXPORTER, lambda: flow.attach(EXPORTER, self.no, data, item=piece))

    @rule()
    def it_is_presented_and_the_machine_works(self) -> None:
        if flow.standing(self.row()) in ('awaiting', 'returned'):
            flow.present(EXPORTER, self.no)
        work.drain()

    @invariant()
    def no_decision_is_ever_changed(self) -> None:
        if not hasattr(self, 'no'):
            return
        now = list(self.row().decisions.order_by('number').values_list('result', flat=True))
        assert now[: len(self.before)] == self.before
        self.before = now
        assert flow.standing(self.row()) in STATES and set(acts.BODIES) <= set(ACTS)
        valid = self.row().certificates.filter(state='valid').count()
        assert valid <= 1 and (not valid or now)


def test_no_order_of_acts_leaves_the_table(store: None) -> None:
    few = settings(max_examples=6, stateful_step_count=20, deadline=None, database=None,
                   suppress_health_check=list(HealthCheck))  # fmt: skip
    run(Road, settings=few)
