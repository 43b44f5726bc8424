"""Every act of people on a declaration by its name, with the record that it takes.

Pages and API say the name and send the record; who may do it, and where, is in
`clearlane.access` and `clearlane.standing`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from clearlane import (
    certificates,
    corrections,
    flow,
    four_eyes,
    outcomes,
    procedure,
    reconsideration,
)
from clearlane.access import Act, Actor, NotFound, require
from clearlane.admission import Rejected, admit, problem
from clearlane.model import Text
from clearlane.scenario import Scenario
from clearlane.standing import possible
from clearlane.store import models as rows


class _Body(BaseModel):
    model_config = ConfigDict(extra='forbid')


class OneVerdict(_Body):
    """The verdict on one finding."""

    check: str
    verdict: str
    reason: str = ''


class Close(_Body):
    """Release or refuse what was referred."""

    outcome: str
    note: str
    verdicts: list[OneVerdict] = Field(default_factory=list, max_length=200)
    disposition: dict[str, str] = Field(default_factory=dict)
    seen: int | None = None


class Refer(_Body):
    """Have it looked at in another way."""

    outcome: str
    note: str
    seen: int | None = None


class SendBackToEnterprise(_Body):
    """Ask the enterprise to put something right."""

    note: str
    seen: int | None = None


class Confirm(_Body):
    """Confirm what another officer proposed."""

    note: str = Field('', max_length=2000)
    proposal: int | None = None


class SendBack(_Body):
    """Send a proposal back to whoever made it."""

    note: str
    proposal: int | None = None


class Correct(_Body):
    """Declare it anew in a further turn."""

    declared: dict[str, Any]
    reason: str


class Withdraw(_Body):
    """Take the declaration back."""

    reason: str


class Contest(_Body):
    """Ask for reconsideration; photographs in base64."""

    grounds: str
    photographs: list[str] = Field(default_factory=list, max_length=10)


class Nothing(_Body):
    """An act that needs no words."""


class Decline(_Body):
    """Do not admit a request."""

    note: str


class Reconsider(_Body):
    """Answer a request for reconsideration."""

    outcome: str
    note: str
    verdicts: list[OneVerdict] = Field(default_factory=list, max_length=200)
    seen: int | None = None


class Reissue(_Body):
    """Issue the paper once more."""

    reason: str
    changes: dict[str, str] = Field(default_factory=dict)


class Cancel(_Body):
    """End a release."""

    ground: str
    reason: str


BODIES: Mapping[str, type[BaseModel]] = {
    'admit': Nothing,
    'cancel': Cancel,
    'close': Close,
    'confirm': Confirm,
    'contest': Contest,
    'correct': Correct,
    'decline': Decline,
    'reconsider': Reconsider,
    'refer': Refer,
    'reissue': Reissue,
    'retract': Nothing,
    'return': SendBackToEnterprise,
    'send_back': SendBack,
    'withdraw': Withdraw,
}
NEEDS: Mapping[str, Act] = {
    'correct': 'correct', 'withdraw': 'withdraw', 'contest': 'contest', 'retract': 'contest',
}  # fmt: skip
"""The permission that an act needs; the acts of officers need `close`."""


def perform(actor: Actor, no: str, act: str, payload: Any) -> Any:
    """Do it, or raise NotFound, NotAllowed, Rejected or Conflict, in this order."""
    if act not in BODIES:
        raise NotFound(f'there is no act {act!r}')
    row = flow.find(actor, no)
    require(actor, NEEDS.get(act, 'close'), row.party_id)
    body: Any = admit(BODIES[act], payload)
    return PERFORM[act](actor, no, body)


def open_to(actor: Actor, row: rows.Declaration) -> list[str]:
    """The acts that this actor may do now, as far as the table says."""
    return sorted(possible(flow.standing(row), actor.role) & BODIES.keys())


def _said(verdicts: list[OneVerdict]) -> list[outcomes.Said]:
    return [outcomes.Said(v.check, v.verdict, v.reason) for v in verdicts]  # type: ignore[arg-type]


def _close(actor: Actor, no: str, b: Any) -> Any:
    return outcomes.close(
        actor, no, b.outcome, b.note,
        verdicts=_said(b.verdicts), disposition=b.disposition, seen=b.seen,
    )  # fmt: skip


def _contest(actor: Actor, no: str, b: Any) -> Any:
    return reconsideration.contest(actor, no, b.grounds, [_bytes(p) for p in b.photographs])


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected([problem('photographs', None, 'base64', *NO_BYTES)]) from error


NO_BYTES = (
    Text('照片编码无效', 'a photograph is not valid base64'),
    Text('请以 base64 发送照片', 'send photographs in base64'),
)


def _reconsider(actor: Actor, no: str, b: Any) -> Any:
    said = _said(b.verdicts)
    return reconsideration.reconsider(actor, no, b.outcome, b.note, verdicts=said, seen=b.seen)


PERFORM: Mapping[str, Callable[[Actor, str, Any], Any]] = {
    'admit': lambda a, no, b: reconsideration.admit(a, no),
    'cancel': lambda a, no, b: certificates.cancel(a, no, b.ground, b.reason),
    'close': _close,
    'confirm': lambda a, no, b: four_eyes.confirm(a, no, b.note, proposal=b.proposal),
    'contest': _contest,
    'correct': lambda a, no, b: corrections.correct(a, no, b.declared, b.reason),
    'decline': lambda a, no, b: reconsideration.decline(a, no, b.note),
    'reconsider': _reconsider,
    'refer': lambda a, no, b: outcomes.refer(a, no, b.outcome, b.note, seen=b.seen),
    'reissue': lambda a, no, b: certificates.reissue(a, no, b.reason, b.changes),
    'retract': lambda a, no, b: reconsideration.retract(a, no),
    'return': lambda a, no, b: outcomes.send_back(a, no, b.note, seen=b.seen),
    'send_back': lambda a, no, b: four_eyes.send_back(a, no, b.note, proposal=b.proposal),
    'withdraw': lambda a, no, b: corrections.withdraw(a, no, b.reason),
}


def correctable(scenario: Scenario, row: rows.Declaration) -> bool:
    """Whether the enterprise may correct or withdraw it now: no inspection has been ordered."""
    standing = flow.standing(row)
    if standing != 'referred':
        return standing in ('awaiting', 'returned')
    rule = procedure.law(scenario, flow.today()).correction
    return row.decisions.latest('number').outcome in rule['outcomes']
