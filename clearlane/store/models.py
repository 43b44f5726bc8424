# ruff: noqa: E402 - the tables of each area stand in modules of their own, found from here
"""The rows. One fact stands in one place; what is concluded from it is stored beside
it, with the hash of what it was concluded from."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models

CREDITS = ['senior_certified', 'certified', 'regular', 'dishonest', 'seriously_dishonest']
ROLES = ['exporter', 'officer', 'analyst', 'auditor', 'administrator']
STATUSES = ['lodged', 'examined', 'decided', 'done', 'withdrawn']
OUTCOMES = ['release', 'review', 'remote', 'inspect', 'refuse']


def _one_of(name: str, field: str, values: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=models.Q(**{f'{field}__in': values}))


class Party(models.Model):
    """An enterprise, by its unified social credit code."""

    id = models.CharField(primary_key=True, max_length=18)
    name = models.CharField(max_length=200)
    credit = models.CharField(max_length=24, default='regular')
    district = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [_one_of('party_credit', 'credit', CREDITS)]


class User(AbstractUser):
    """A person who signs in; `party` is empty for customs staff."""

    role = models.CharField(max_length=16)
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT)
    language = models.CharField(max_length=10, default='zh-hans')

    class Meta:
        constraints = [
            _one_of('user_role', 'role', ROLES),
            models.CheckConstraint(
                name='exporter_has_party',
                condition=~models.Q(role='exporter') | models.Q(party__isnull=False),
            ),
        ]


class ApiKey(models.Model):
    """A key of an enterprise's system; only its hash is kept."""

    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64)
    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)


class Declaration(models.Model):
    """What is supervised. `status` is the programme counter: the step that was last done.

    `turn` counts how often it was opened again by new evidence; a decision belongs
    to one turn. `lot` was drawn when it was lodged. `district` is the customs district
    (直属海关, two figures) where it is dealt with, `pieces` the number of its items.
    """

    no = models.CharField(max_length=20, unique=True)
    scenario = models.CharField(max_length=40)
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    day = models.DateField()
    declared = models.JSONField()
    status = models.CharField(max_length=10, default='lodged')
    turn = models.PositiveIntegerField(default=1)
    lot = models.DecimalField(max_digits=12, decimal_places=11)
    key = models.CharField(max_length=80, null=True)
    lodged_at = models.DateTimeField()
    presented_at = models.DateTimeField(null=True)
    district = models.CharField(max_length=4, blank=True)
    pieces = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            _one_of('declaration_status', 'status', STATUSES),
            models.UniqueConstraint(fields=['party', 'key'], name='declaration_key'),
        ]
        indexes = [models.Index(fields=['party', '-id']), models.Index(fields=['status'])]


class Evidence(models.Model):
    """One received photograph or file. The bytes lie in the evidence store under `sha256`."""

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name='evidence')
    kind = models.CharField(max_length=20)
    item = models.CharField(max_length=80, blank=True)
    view = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    fingerprint = models.BinaryField()
    taken_at = models.CharField(max_length=32, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=['declaration', 'sha256', 'item', 'view'], name='evidence_once'
            ),
        ]
        indexes = [models.Index(fields=['sha256'])]


class Reading(models.Model):
    """All that one recogniser saw in some bytes; a cache that anyone can compute again."""

    sha256 = models.CharField(max_length=64)
    recogniser = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    readings = models.JSONField()
    error = models.CharField(max_length=300, blank=True)
    seconds = models.FloatField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['sha256', 'recogniser', 'digest'], name='reading_once')
        ]


class Reuse(models.Model):
    """This piece of evidence shows the same photograph as an earlier one."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name='reuses')
    earlier = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name='+')
    likeness = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=['evidence', 'earlier'], name='reuse_once')]


class Comparison(models.Model):
    """That this piece of evidence has been compared with all that came before it."""

    evidence = models.OneToOneField(Evidence, primary_key=True, on_delete=models.CASCADE)
    against = models.PositiveIntegerField()
    error = models.CharField(max_length=300, blank=True)


class LibraryEntry(models.Model):
    """One version of one entry of a reference library (合格库)."""

    scenario = models.CharField(max_length=40)
    library = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default='submitted')
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    data = models.JSONField()
    submitted_by = models.CharField(max_length=150)
    submitted_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            _one_of('entry_state', 'state', ['submitted', 'returned', 'in_force', 'withdrawn']),
            models.UniqueConstraint(
                fields=['scenario', 'party', 'library', 'key', 'version'], name='entry_version'
            ),
        ]
        indexes = [
            # Entries are found by what they contain, as those of one person.
            GinIndex(fields=['data'], opclasses=['jsonb_path_ops'], name='entry_data'),
        ]


class Balance(models.Model):
    """What has been drawn from an entry, over all its versions; the row that is locked."""

    scenario = models.CharField(max_length=40)
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    library = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    quantity = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=['scenario', 'party', 'library', 'key'], name='balance_once'
            ),
            models.CheckConstraint(
                name='never_overdrawn', condition=models.Q(drawn__lte=models.F('quantity'))
            ),
        ]


class Drawdown(models.Model):
    """What one declaration took from a balance (分批使用核销)."""

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name='drawdowns')
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT)
    amount = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['balance', 'declaration'], name='drawn_once')
        ]


class Decision(models.Model):
    """One decision of one turn. It is never changed; a later one is put beside it.

    `inputs` names, by hash, the whole case that it was made from; `result` is the
    canonical JSON of the decision, byte for byte.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name='decisions')
    turn = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10)
    by = models.CharField(max_length=150)
    inputs = models.CharField(max_length=64)
    result = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            _one_of('decision_outcome', 'outcome', OUTCOMES),
            models.UniqueConstraint(fields=['declaration', 'number'], name='decision_number'),
            models.UniqueConstraint(
                fields=['declaration', 'turn'],
                condition=models.Q(by='machine'),
                name='one_machine_decision_a_turn',
            ),
        ]


class Task(models.Model):
    """Something a person has to do; one of a kind for a declaration."""

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name='tasks')
    kind = models.CharField(max_length=20)
    title = models.JSONField()
    due = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=['declaration', 'kind'], name='task_once')]
        indexes = [models.Index(fields=['due'])]


class Certificate(models.Model):
    """A paper that a release yields; of the papers of a declaration at most one is live.

    A reissued paper `replaces` an earlier one, which stays with its reason.
    """

    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, related_name='certificates'
    )
    no = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default='valid')
    valid_until = models.DateField()
    fields = models.JSONField()
    documents = models.JSONField()
    issued_at = models.DateTimeField()
    replaces = models.OneToOneField(
        'self', null=True, on_delete=models.PROTECT, related_name='replaced_by'
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            _one_of('certificate_state', 'state', ['valid', 'suspended', 'cancelled', 'replaced']),
            models.UniqueConstraint(
                fields=['declaration'],
                condition=models.Q(state__in=['valid', 'suspended']),
                name='one_live_certificate',
            ),
        ]


class AuditEntry(models.Model):
    """One leaf of the log. `leaf` is canonical JSON, kept as text so that it never changes."""

    index = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)
    subject = models.CharField(max_length=120)
    leaf = models.TextField()

    class Meta:
        indexes = [models.Index(fields=['subject', 'index'])]


class AuditNode(models.Model):
    """The hash of one complete subtree: `level` 0 are the leaves."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=['level', 'index'], name='node_once')]


class AuditHead(models.Model):
    """The size of the log; the one row that orders all appends."""

    size = models.BigIntegerField(default=0)


class Checkpoint(models.Model):
    """A signed statement of the log's size and root."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField()


# The tables of an area stand in a module of their own; Django has to find them from here.
from clearlane.store import counter as counter
from clearlane.store import drift as drift
from clearlane.store import supervision as supervision
from clearlane.store.drawdowns import DrawdownLine as DrawdownLine
from clearlane.store.ledger import Entry as Entry
from clearlane.store.ledger import EntryLine as EntryLine
from clearlane.store.ledger import Payment as Payment
from clearlane.store.ledger import PaymentOrder as PaymentOrder
from clearlane.store.ledger import ProviderEvent as ProviderEvent
from clearlane.store.links import Link as Link
from clearlane.store.outcomes import Correction as Correction
from clearlane.store.outcomes import EntryComment as EntryComment
from clearlane.store.outcomes import Notice as Notice
from clearlane.store.outcomes import Proposal as Proposal
from clearlane.store.outcomes import Reconsideration as Reconsideration
from clearlane.store.outcomes import ReferencePhotograph as ReferencePhotograph
from clearlane.store.outcomes import Reliance as Reliance
from clearlane.store.outcomes import Ruling as Ruling
from clearlane.store.outcomes import SecondReading as SecondReading
from clearlane.store.outcomes import SentBack as SentBack
from clearlane.store.outcomes import Verdict as Verdict
from clearlane.store.outcomes import Withdrawal as Withdrawal
from clearlane.store.questions import Answer as Answer
from clearlane.store.retention import Forgotten as Forgotten
from clearlane.store.targeting import Judged as Judged
from clearlane.store.targeting import RuleSet as RuleSet
from clearlane.store.watch import CustodyAct as CustodyAct
from clearlane.store.watch import CustodyObject as CustodyObject
from clearlane.store.watch import CustodyStep as CustodyStep
from clearlane.store.watch import Device as Device
from clearlane.store.watch import Incident as Incident
from clearlane.store.watch import IncidentAct as IncidentAct
from clearlane.store.watch import LiveEvent as LiveEvent
from clearlane.store.watch import Message as Message
from clearlane.store.watch import Snapshot as Snapshot
from clearlane.store.watch import Watch as Watch
from clearlane.store.watch import WatchedBy as WatchedBy
