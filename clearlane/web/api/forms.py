"""The records that the API takes and gives; they draw its description."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

OutcomeName = Literal['release', 'review', 'remote', 'inspect', 'refuse']
StatusName = Literal['lodged', 'examined', 'decided', 'done', 'withdrawn']


class Lodging(BaseModel):
    """A declaration as it is sent."""

    model_config = ConfigDict(extra='forbid')

    scenario: str = Field(min_length=1, max_length=40, description='name of the scenario')
    declared: dict[str, Any] = Field(description="the scenario's record; see its schema")
    district: str = Field(
        '', description="customs district, two figures; the enterprise's own when left out"
    )


class Words(Schema):
    """One sentence in both languages."""

    zh: str
    en: str


class FieldProblem(Schema):
    """What is wrong with one field, and what to do about it."""

    field: str
    value: str
    code: str
    message: Words
    remedy: Words


class ProblemOut(Schema):
    """A refusal (RFC 9457); `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ''
    errors: list[FieldProblem] = Field(default_factory=list)


class ScenarioOut(Schema):
    """One kind of supervision."""

    name: str
    title: Words
    libraries: list[str]
    evidence: list[str] = Field(description='kinds of evidence that are read')
    links: dict[str, str]


class EntryOut(Schema):
    """One version of an entry of a qualified library."""

    id: int
    library: str
    key: str
    version: int
    party: str
    state: Literal['submitted', 'returned', 'in_force', 'withdrawn']
    since: date | None
    until: date | None
    data: dict[str, Any]
    submitted_at: datetime


class EntryListOut(Schema):
    """The versions of an entry, the newest first, and what is left of it."""

    versions: list[EntryOut]
    remaining: int | None
    quantity: int | None


class DeclarationOut(Schema):
    """Where a declaration stands."""

    number: str
    scenario: str
    party: str
    day: date
    status: StatusName
    presented: bool
    outcome: OutcomeName | None = Field(description='null until the declaration is done')
    headline: Words
    lodged_at: datetime
    decided_at: datetime | None
    seconds: float = Field(description='from lodging to the decision, or until now')
    links: dict[str, str]


class DeclarationFull(DeclarationOut):
    """A declaration with what was declared."""

    declared: dict[str, Any]
    forgotten: date | None = Field(
        None, description='Day on which what it rests on was deleted by law.'
    )


class DeclarationPage(Schema):
    """Some declarations, newest first; `next` leads to those before them."""

    items: list[DeclarationOut]
    next: str | None


class RetakeOut(Schema):
    """Why a photograph should be taken again, and what to do."""

    code: str
    zh: str
    en: str


class EvidenceOut(Schema):
    """A photograph as it was received."""

    id: int
    sha256: str
    sm3: str
    kind: str
    item: str
    view: str
    size: int
    media_type: str
    width: int
    height: int
    received_at: datetime
    retake: list[RetakeOut] = []
    """Told in answer to sending it, and from what was read; it is kept all the same."""


class CropOut(Schema):
    """The place that a finding rests on."""

    evidence: str
    item: str
    note: str
    box: list[tuple[int, int]]


class FindingOut(Schema):
    """The answer of one check."""

    check: str
    result: Literal['pass', 'fail', 'doubt']
    reason: Words
    clause: str
    remedy: Words | None
    crops: list[CropOut]
    compared: list[ComparedOut] = Field(description='what differs, side by side')
    questions: list[QuestionOut] = Field(description='what an officer has to answer')


class ComparedOut(Schema):
    """One thing as it should be and as it is."""

    name: Words
    wanted: str
    seen: str
    item: str


class QuestionOut(Schema):
    """What no evidence answers, and an officer is asked."""

    key: str
    words: Words
    clause: str
    most: str = Field('', description='a question for an amount: the most that can be answered')


class LineOut(Schema):
    """One movement; `amount` is given back if below nought."""

    declaration: str
    amount: int
    left: int
    reason: str
    by: str
    at: datetime


class ColumnOut(Schema):
    """The column of partial uses of a certificate."""

    quantity: int
    left: int
    lines: list[LineOut]


class AnswerIn(Schema):
    """An officer's answer to an open question."""

    model_config = ConfigDict(extra='forbid')
    question: str = Field(max_length=80)
    reply: Literal['yes', 'no', 'unclear']
    note: str = Field('', max_length=1000)
    amount: str = Field('', max_length=20, description='where the question is for an amount')


class AnswersIn(Schema):
    """Answers to open questions, one or more."""

    model_config = ConfigDict(extra='forbid')
    answers: list[AnswerIn] = Field(min_length=1, max_length=100)


class AnswerOut(Schema):
    """An answer as it is kept."""

    question: str
    words: Words
    reply: Literal['yes', 'no', 'unclear']
    note: str
    amount: str
    by: str
    answered_at: datetime


class CertificateOut(Schema):
    """The paper that a release yielded."""

    number: str
    kind: str
    state: Literal['valid', 'suspended', 'cancelled', 'replaced']
    valid_until: date
    links: dict[str, str]


class DecisionOut(Schema):
    """The decision that counts. The findings are those that the machine concluded from."""

    number: int
    turn: int
    outcome: OutcomeName
    by: str
    decided_at: datetime
    reasons: list[Words]
    findings: list[FindingOut]
    inputs: str = Field(description='SHA-256 of everything that it was made from')
    certificate: CertificateOut | None


class EventOut(Schema):
    """One entry of the audit log about a declaration."""

    index: int
    at: datetime
    act: str
    actor: str
    data: dict[str, Any]


class CheckpointOut(Schema):
    """The last signed statement about the audit log."""

    size: int
    note: str = Field(description='C2SP checkpoint: origin, size, root, signature')
    signed_at: datetime
    key: str = Field(description='name, id and Ed25519 key that the note is signed with')


class CorrectionOut(Schema):
    """What was declared before a correction, and what it became."""

    number: int
    turn: int
    reason: str
    by: str
    at: datetime
    changes: dict[str, list[Any]] = Field(description='field → before and after')


class ProposalOut(Schema):
    """What an officer proposed and another one has to confirm."""

    id: int
    act: str
    outcome: str
    note: str
    by: str
    at: datetime


class SentBackOut(Schema):
    """What an officer asks the enterprise to put right."""

    note: str
    due: date
    by: str
    at: datetime


class ReconsiderationOut(Schema):
    """A request for reconsideration and its clock."""

    state: str
    contested: int = Field(description='number of the decision that is contested')
    grounds: str
    requested_at: datetime
    admit_by: date
    due: date
    overdue: bool
    note: str
    decision: int | None = Field(description='number of the decision that answers it')


class NoticeOut(Schema):
    """A notice of non-conformity."""

    number: str
    decision: int
    last_day: date = Field(description='last day to ask for reconsideration')
    issued_at: datetime
    revoked: bool


class StandingOut(Schema):
    """Where a declaration stands with the people."""

    number: str
    standing: str
    acts: list[str] = Field(description='what you may do now')
    suggestion: dict[str, str] | None
    proposal: ProposalOut | None
    sent_back: SentBackOut | None
    corrections: list[CorrectionOut]
    reconsiderations: list[ReconsiderationOut]
    notices: list[NoticeOut]


class ReferenceOut(Schema):
    """A reference photograph as it was kept."""

    sha256: str
    width: int
    height: int
