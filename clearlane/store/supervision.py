"""The rows of supervision over time: plants and lines, series of lots, draws, visits.

What is sampled as one is a `Series`; its line is admitted for a scenario by an
`Admission`. Everything that changed either of them stands in `SeriesEvent`.
"""

from __future__ import annotations

from django.db import models

ADMISSIONS = ['qualifying', 'admitted', 'suspended']
EVENTS = [
    'released', 'inspected', 'escape', 'admitted', 'suspended', 'readmitted', 'recognised',
    'resumed', 'refused',
]  # fmt: skip
ONCE = ['released', 'inspected', 'escape', 'refused']
"""Events of which a declaration has one each, so that nothing is counted twice."""


class Plant(models.Model):
    """A plant of an enterprise, by the name that its declarations use."""

    party = models.ForeignKey('store.Party', on_delete=models.PROTECT, related_name='plants')
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    registered_by = models.CharField(max_length=150, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=['party', 'name'], name='plant_once')]


class Line(models.Model):
    """A packaging line of a plant. Its quality certificate, where it needs one, can lapse."""

    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name='lines')
    name = models.CharField(max_length=200)
    certificate = models.CharField(max_length=80, blank=True)
    valid_until = models.DateField(null=True)
    registered_by = models.CharField(max_length=150, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=['plant', 'name'], name='line_once')]


class Camera(models.Model):
    """A camera over a line, by its serial number."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name='cameras')
    serial = models.CharField(max_length=80)
    view = models.CharField(max_length=40, blank=True)
    registered_by = models.CharField(max_length=150)
    registered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=['serial'], condition=models.Q(removed_at=None), name='camera_once'
            )
        ]


class Admission(models.Model):
    """Whether a line may release directly under a scenario; `run` counts its qualification."""

    scenario = models.CharField(max_length=40)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name='admissions')
    state = models.CharField(max_length=10, default='qualifying')
    run = models.PositiveIntegerField(default=0)
    why = models.JSONField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['scenario', 'line'], name='admission_once'),
            models.CheckConstraint(
                name='admission_state', condition=models.Q(state__in=ADMISSIONS)
            ),
        ]


class Series(models.Model):
    """The lots of one line and design; the row that is locked when a lot is concluded."""

    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name='series')
    design = models.CharField(max_length=80, blank=True)
    state = models.JSONField(default=dict)
    lots = models.PositiveIntegerField(default=0)
    inspected = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    escapes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=['admission', 'design'], name='series_once')]


class SeriesEvent(models.Model):
    """One thing that happened to a series or its line, with the state that it led to."""

    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name='events')
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT, related_name='events')
    declaration = models.ForeignKey('store.Declaration', null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12)
    why = models.JSONField(null=True)
    state = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name='event_kind', condition=models.Q(kind__in=EVENTS)),
            models.UniqueConstraint(
                fields=['declaration', 'kind'],
                condition=models.Q(kind__in=ONCE),
                name='lot_counted_once',
            ),
        ]
        indexes = [models.Index(fields=['admission', '-id'])]


class DrawPeriod(models.Model):
    """A period of the draw: its seed, sealed, and the commitment that was published before it."""

    period = models.CharField(primary_key=True, max_length=20)
    commitment = models.CharField(max_length=64)
    sealed = models.BinaryField()
    committed_at = models.DateTimeField()
    entry = models.BigIntegerField(null=True)
    seed = models.CharField(max_length=64, blank=True)
    revealed_at = models.DateTimeField(null=True)


class Lot(models.Model):
    """That the lot of a declaration was drawn from the seed of a period.

    `given` says that it was not drawn but given by hand, in a run that has to be repeatable;
    `entry` is the place in the log of a second draw, where the first seed was revealed before
    the declaration was presented.
    """

    declaration = models.OneToOneField(
        'store.Declaration', primary_key=True, on_delete=models.CASCADE, related_name='drawn'
    )
    period = models.ForeignKey(DrawPeriod, on_delete=models.PROTECT, related_name='lots')
    given = models.BooleanField(default=False)
    entry = models.BigIntegerField(null=True)


class CreditChange(models.Model):
    """A credit class from a day on: who set it, when, and why. The newest row of a day counts."""

    party = models.ForeignKey('store.Party', on_delete=models.PROTECT, related_name='credits')
    credit = models.CharField(max_length=24)
    before = models.CharField(max_length=24)
    since = models.DateField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='credit_kind',
                condition=models.Q(kind__in=['entered', 'upgrade', 'downgrade', 'repair']),
            )
        ]
        indexes = [models.Index(fields=['party', '-since', '-id'])]


class Inspection(models.Model):
    """What an officer found in the boxes that were drawn from a referred lot.

    `plan` is the single-sampling plan, `opened` the drawn items in their order, `results` what
    was found in each; `misses` are bad boxes in which the photographs had shown nothing.
    """

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='inspections'
    )
    turn = models.PositiveIntegerField()
    plan = models.JSONField()
    opened = models.JSONField()
    results = models.JSONField()
    bad = models.PositiveIntegerField()
    misses = models.JSONField()
    accepted = models.BooleanField()
    note = models.CharField(max_length=2000)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['declaration', 'turn'], name='inspection_once')
        ]


class SeededBox(models.Model):
    """A box that customs planted among those of an inspection, to learn what is found.

    It never enters the enterprise's record: no evidence row, no finding, no decision
    knows it. `caught` is empty until the inspection is concluded.
    """

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='seeded'
    )
    item = models.CharField(max_length=80)
    defect = models.CharField(max_length=500)
    photographs = models.JSONField()
    planted_by = models.CharField(max_length=150)
    planted_at = models.DateTimeField()
    inspection = models.ForeignKey(
        Inspection, null=True, on_delete=models.PROTECT, related_name='seeded'
    )
    caught = models.BooleanField(null=True)
    said = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=['declaration', 'item'], name='seeded_once')]


class Visit(models.Model):
    """A periodic visit to a plant, from its plan to its close.

    `plan` is what it was planned by (days, class, reasons); `answers` the checklist as it was
    answered; `record` the hash of the canonical record that both sides signed.
    """

    scenario = models.CharField(max_length=40)
    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name='visits')
    state = models.CharField(max_length=12, default='planned')
    due = models.DateField()
    plan = models.JSONField(default=dict)
    follows = models.ForeignKey(
        'self', null=True, on_delete=models.PROTECT, related_name='followed_by'
    )
    held_on = models.DateField(null=True)
    officer = models.CharField(max_length=150, blank=True)
    represented_by = models.CharField(max_length=150, blank=True)
    answers = models.JSONField(default=dict)
    summary = models.CharField(max_length=2000, blank=True)
    record = models.CharField(max_length=64, blank=True)
    documents = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='visit_state',
                condition=models.Q(state__in=['planned', 'held', 'signed', 'closed']),
            ),
            models.UniqueConstraint(
                fields=['scenario', 'plant'],
                condition=models.Q(state='planned', follows=None),
                name='one_planned_visit',
            ),
        ]
        indexes = [models.Index(fields=['due'])]


class VisitPhotograph(models.Model):
    """A photograph taken on a visit; its bytes lie in the evidence store."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name='photographs')
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    question = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['visit', 'sha256'], name='visit_photograph_once')
        ]


class VisitSignature(models.Model):
    """One side's signature under the record of a visit: whose, how given, over which hash."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name='signatures')
    side = models.CharField(max_length=10)
    name = models.CharField(max_length=150)
    method = models.CharField(max_length=10)
    drawing = models.TextField(blank=True)
    record = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['visit', 'side'], name='one_signature_a_side'),
            models.CheckConstraint(
                name='signature_side', condition=models.Q(side__in=['customs', 'enterprise'])
            ),
            models.CheckConstraint(
                name='signature_method', condition=models.Q(method__in=['password', 'drawn'])
            ),
        ]


class Rectification(models.Model):
    """What the enterprise has to put right after a visit, by when, and who saw that it was."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name='rectifications')
    what = models.CharField(max_length=500)
    grave = models.BooleanField(default=False)
    due = models.DateField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default='open')
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='rectification_state',
                condition=models.Q(state__in=['open', 'answered', 'done']),
            )
        ]
        indexes = [models.Index(fields=['state', 'due'])]
