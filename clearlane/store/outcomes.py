"""The rows of what people decide: rulings, verdicts, proposals, corrections, reconsideration.

An original is never changed: a correction keeps what was declared before, a ruling
stands beside the decision that it answers, a new paper names the one that it replaces.
"""

from __future__ import annotations

from django.db import models

PROPOSED = ['open', 'confirmed', 'sent_back', 'lapsed']
VERDICTS = ['confirmed', 'overruled', 'rectified']
RECONSIDERED = ['requested', 'admitted', 'declined', 'retracted', 'upheld', 'changed', 'revoked']
READ = ['open', 'claimed', 'done']


def _one_of(name: str, field: str, values: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=models.Q(**{f'{field}__in': values}))


class Proposal(models.Model):
    """An act of one officer that counts only when another one has confirmed it.

    `act` names the verb and `data` holds what it was asked to do; `number` is the
    decision that was looked at. Either a declaration or an entry of a library.
    """

    act = models.CharField(max_length=20)
    declaration = models.ForeignKey(
        'store.Declaration', null=True, on_delete=models.PROTECT, related_name='proposals'
    )
    entry = models.ForeignKey(
        'store.LibraryEntry', null=True, on_delete=models.PROTECT, related_name='proposals'
    )
    number = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=2000)
    data = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default='open')
    second = models.CharField(max_length=150, blank=True)
    second_at = models.DateTimeField(null=True)
    second_note = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            _one_of('proposal_state', 'state', PROPOSED),
            models.CheckConstraint(
                name='nobody_confirms_his_own', condition=~models.Q(second=models.F('by'))
            ),
            models.UniqueConstraint(
                fields=['declaration'],
                condition=models.Q(state='open'),
                name='one_open_proposal_a_declaration',
            ),
            models.UniqueConstraint(
                fields=['entry'],
                condition=models.Q(state='open'),
                name='one_open_proposal_an_entry',
            ),
        ]


class Ruling(models.Model):
    """What stands beside an officer's decision: which one it answers, why, and who confirmed it.

    `disposition` is the suggestion (处置建议) as the officer left it, {zh, en};
    `suggested` is what was generated.
    """

    decision = models.OneToOneField(
        'store.Decision', primary_key=True, on_delete=models.PROTECT, related_name='ruling'
    )
    answers = models.ForeignKey(
        'store.Decision', null=True, on_delete=models.PROTECT, related_name='answered_by'
    )
    act = models.CharField(max_length=20)
    note = models.CharField(max_length=2000)
    disposition = models.JSONField(default=dict)
    suggested = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    second = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()


class Verdict(models.Model):
    """What an officer said of one finding of the machine."""

    decision = models.ForeignKey(
        'store.Decision', on_delete=models.PROTECT, related_name='verdicts'
    )
    answers = models.ForeignKey('store.Decision', on_delete=models.PROTECT, related_name='+')
    check_name = models.CharField(max_length=100)
    result = models.CharField(max_length=5)
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            _one_of('verdict_word', 'verdict', VERDICTS),
            models.UniqueConstraint(fields=['decision', 'check_name'], name='verdict_once'),
        ]
        indexes = [models.Index(fields=['check_name', 'verdict'])]


class Correction(models.Model):
    """What was declared before the enterprise corrected it, and what it became."""

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='corrections'
    )
    number = models.PositiveIntegerField()
    turn = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=2000)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['declaration', 'number'], name='correction_number')
        ]


class SentBack(models.Model):
    """An officer asks the enterprise to put something right (补正); closed when it resubmits."""

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='sent_back'
    )
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=2000)
    due = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=['declaration'],
                condition=models.Q(answered_at=None),
                name='sent_back_once_at_a_time',
            )
        ]


class Withdrawal(models.Model):
    """The enterprise took its declaration back, and why."""

    declaration = models.OneToOneField(
        'store.Declaration', on_delete=models.PROTECT, related_name='withdrawal'
    )
    reason = models.CharField(max_length=2000)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class Notice(models.Model):
    """A notice of non-conformity (不合格通知单): what was refused, why, and what can be done."""

    decision = models.OneToOneField(
        'store.Decision', on_delete=models.PROTECT, related_name='notice'
    )
    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='notices'
    )
    no = models.CharField(max_length=28, unique=True)
    fields = models.JSONField()
    documents = models.JSONField()
    last_day = models.DateField()
    issued_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        'store.Decision', null=True, on_delete=models.PROTECT, related_name='+'
    )


class Reconsideration(models.Model):
    """An enterprise asks another officer to look at a refusal again; the clock is the law's.

    `admit_by` is the last day on which it can be declined, `due` the last day of the answer.
    """

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='reconsiderations'
    )
    contested = models.ForeignKey('store.Decision', on_delete=models.PROTECT, related_name='+')
    grounds = models.CharField(max_length=4000)
    documents = models.JSONField(default=list)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    admit_by = models.DateField()
    due = models.DateField()
    state = models.CharField(max_length=10, default='requested')
    officer = models.CharField(max_length=150, blank=True)
    admitted_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.OneToOneField(
        'store.Decision', null=True, on_delete=models.PROTECT, related_name='reconsideration'
    )

    class Meta:
        constraints = [
            _one_of('reconsideration_state', 'state', RECONSIDERED),
            models.UniqueConstraint(
                fields=['declaration'],
                condition=models.Q(state__in=['requested', 'admitted']),
                name='one_reconsideration_at_a_time',
            ),
        ]
        indexes = [models.Index(fields=['state', 'due'])]


class SecondReading(models.Model):
    """A referred declaration that a second officer reads without knowing what the first said."""

    decision = models.OneToOneField(
        'store.Decision', on_delete=models.PROTECT, related_name='second_reading'
    )
    declaration = models.ForeignKey('store.Declaration', on_delete=models.PROTECT)
    drawn_at = models.DateTimeField()
    state = models.CharField(max_length=10, default='open')
    reader = models.CharField(max_length=150, blank=True)
    claimed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    verdicts = models.JSONField(default=dict)
    note = models.CharField(max_length=2000, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [_one_of('second_reading_state', 'state', READ)]


class Reliance(models.Model):
    """That a decision was made from a version of a library entry: an index for exact questions."""

    decision = models.ForeignKey(
        'store.Decision', on_delete=models.PROTECT, related_name='reliances'
    )
    entry = models.ForeignKey(
        'store.LibraryEntry', on_delete=models.PROTECT, related_name='reliances'
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=['decision', 'entry'], name='reliance_once')]


class EntryComment(models.Model):
    """What was said about a version of an entry while it was reviewed."""

    entry = models.ForeignKey(
        'store.LibraryEntry', on_delete=models.PROTECT, related_name='comments'
    )
    words = models.CharField(max_length=2000)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()


class ReferencePhotograph(models.Model):
    """A photograph that an enterprise sent for its designs; the bytes lie under `sha256`."""

    party = models.ForeignKey('store.Party', on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['party', 'sha256'], name='reference_photograph_once')
        ]
