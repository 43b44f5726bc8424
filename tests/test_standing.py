"""The state machine of people's acts: every state, act and role, from one table."""

from __future__ import annotations

import pytest

from clearlane.access import MAY, ROLES
from clearlane.standing import ACTS, MOVES, STATES, may_now, possible, stands

# Rows: acts; columns: states. E the enterprise, O an officer, . nobody.
EXPECTED = """
            awaiting moving referred proposed returned released refused contested withdrawn
admit          .       .       .        .        .        .        .        O         .
attach         E       E       E        .        E        E        .        .         .
cancel         .       .       .        .        .        O        .        .         .
close          .       .       O        .        .        .        .        .         .
confirm        .       .       .        O        .        .        .        .         .
contest        .       .       .        .        .        .        E        .         .
correct        E       .       E        .        E        .        .        .         .
decline        .       .       .        .        .        .        .        O         .
photograph     .       .       O        .        .        .        .        .         .
present        E       .       .        .        E        .        .        .         .
reconsider     .       .       .        .        .        .        .        O         .
refer          .       .       O        .        .        .        .        .         .
reissue        .       .       .        .        .        O        .        .         .
retract        .       .       .        .        .        .        .        E         .
return         .       .       O        .        .        .        .        .         .
send_back      .       .       .        O        .        .        .        .         .
withdraw       E       E       E        .        E        .        .        .         .
"""
LINES = [line.split() for line in EXPECTED.strip().splitlines()]
TABLE = {
    (s, line[0]): cell for line in LINES[1:] for s, cell in zip(LINES[0], line[1:], strict=True)
}
DONE = {'status': 'done', 'presented': True}
LETTERS = {'E': 'exporter', 'O': 'officer', '.': ''}


def test_the_table_names_every_state_and_act() -> None:
    assert tuple(LINES[0]) == STATES
    assert tuple(line[0] for line in LINES[1:]) == ACTS


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('act', ACTS)
@pytest.mark.parametrize('state', STATES)
def test_who_may_do_what_where(state: str, act: str, role: str) -> None:
    allowed = LETTERS[TABLE[state, act]] == role
    assert may_now(state, act, role) == allowed  # type: ignore[arg-type]
    assert (act in possible(state, role)) == allowed  # type: ignore[arg-type]


def test_every_move_leads_to_known_states_and_every_state_can_be_left_or_is_the_end() -> None:
    assert {s for move in MOVES.values() for s in move.leads} <= set(STATES)
    assert set(STATES) - {state for state, _ in MOVES} == {'withdrawn'}
    assert {move.role for move in MOVES.values()} == {'exporter', 'officer'}


def test_what_a_role_may_at_all_covers_what_the_table_gives_it() -> None:
    exporter = {act for (_, act), move in MOVES.items() if move.role == 'exporter'} - {'retract'}
    assert exporter <= MAY['exporter']
    assert not exporter & MAY['officer']


@pytest.mark.parametrize(
    ('facts', 'state'),
    [
        ({'status': 'lodged', 'presented': False}, 'awaiting'),
        ({'status': 'lodged', 'presented': False, 'returned': True}, 'returned'),
        ({'status': 'lodged', 'presented': True}, 'moving'),
        ({'status': 'examined', 'presented': True}, 'moving'),
        ({'status': 'decided', 'presented': True, 'outcome': 'release'}, 'moving'),
        ({**DONE, 'outcome': 'release'}, 'released'),
        ({**DONE, 'outcome': 'inspect'}, 'referred'),
        ({**DONE, 'outcome': 'refuse'}, 'referred'),
        ({**DONE, 'outcome': 'inspect', 'by_machine': False}, 'referred'),
        ({**DONE, 'outcome': 'refuse', 'by_machine': False}, 'refused'),
        ({**DONE, 'outcome': 'refuse', 'by_machine': False,
          'contested': True}, 'contested'),
        ({**DONE, 'outcome': 'review', 'proposed': True}, 'proposed'),
        ({'status': 'withdrawn', 'presented': True, 'proposed': True}, 'withdrawn'),
    ],
)  # fmt: skip
def test_where_a_declaration_stands(facts: dict[str, object], state: str) -> None:
    assert stands(**facts) == state  # type: ignore[arg-type]
