"""Who may see and do what."""

from __future__ import annotations

from typing import get_args

import pytest

from clearlane.access import ROLES, Act, Actor, NotAllowed, NotFound, may, require, sees

OVER_TIME = {'enrol', 'rate', 'admit', 'inspect', 'seed', 'visit'}
ALLOWED = {
    'exporter': {'lodge', 'attach', 'present', 'correct', 'withdraw', 'contest', 'see', 'register',
                 'keep'},
    'officer': {'see', 'close', 'qualify', 'see_rules', 'answer', 'respond', 'keep', 'equip'}
    | {'photograph'} | OVER_TIME,
    'analyst': {'see', 'see_rules', 'write_rules', 'seed'},
    'auditor': {'see', 'audit', 'see_rules'},
    'administrator': {'administer', 'equip', 'enrol'},
    'nobody': set(),
}  # fmt: skip
for role in ('officer', 'analyst', 'auditor', 'administrator'):
    ALLOWED[role] = ALLOWED[role] | {'see_law'}
    if role != 'administrator':
        ALLOWED[role] = ALLOWED[role] | {'see_drift'}
    if role in ('officer', 'analyst'):
        ALLOWED[role] = ALLOWED[role] | {'answer_drift'}


@pytest.mark.parametrize('role', [*ROLES, 'nobody'])
@pytest.mark.parametrize('act', get_args(Act))
def test_each_role_may_do_what_it_is_for(role: str, act: Act) -> None:
    actor = Actor(name='a', role=role, party='P')  # type: ignore[arg-type]
    assert may(actor, act) == (act in ALLOWED[role])
    if act in ALLOWED[role]:
        require(actor, act)
    else:
        with pytest.raises(NotAllowed, match=act):
            require(actor, act)


@pytest.mark.parametrize(
    ('role', 'party', 'owner', 'visible'),
    [
        ('exporter', 'P', 'P', True),
        ('exporter', 'P', 'Q', False),
        ('exporter', '', '', False),
        ('officer', '', 'Q', True),
        ('analyst', '', 'Q', True),
        ('auditor', '', 'Q', True),
        ('administrator', '', 'Q', False),
    ],
)
def test_an_enterprise_sees_its_own(role: str, party: str, owner: str, visible: bool) -> None:
    actor = Actor(name='a', role=role, party=party)  # type: ignore[arg-type]
    assert sees(actor, owner) is visible


def test_what_is_invisible_is_not_there() -> None:
    stranger = Actor(name='a', role='exporter', party='P')
    with pytest.raises(NotFound):
        require(stranger, 'attach', 'Q')
    with pytest.raises(NotAllowed):
        require(Actor(name='o', role='officer'), 'attach', 'Q')
    require(stranger, 'attach', 'P')
