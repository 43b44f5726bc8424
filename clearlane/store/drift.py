"""Whether cameras and enterprises still behave as they did: sources, what they showed, alarms."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

MONITORS = ['capture', 'reading', 'anomaly', 'behaviour']
STATES = ['open', 'acknowledged', 'closed']
LIVE = ['open', 'acknowledged']


class Source(models.Model):
    """A camera of a line, a line (without a camera), or an unknown camera of an enterprise.

    `camera` says how it is known: 'registered SERIAL', 'exif MAKE MODEL SERIAL', 'unknown', or
    nothing for the line itself. `reference_from` and `reference_until` are set where a person
    chose another reference than the first photographs after admission.
    """

    scenario = models.CharField(max_length=40)
    party = models.ForeignKey('store.Party', on_delete=models.PROTECT, related_name='+')
    plant = models.CharField(max_length=200, blank=True)
    line = models.CharField(max_length=200, blank=True)
    camera = models.CharField(max_length=220, blank=True)
    reference_from = models.DateTimeField(null=True)
    reference_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=['scenario', 'party', 'plant', 'line', 'camera'], name='source_once'
            )
        ]

    @property
    def subject(self) -> str:
        """How the audit log names it."""
        return '/'.join(
            part for part in (self.party_id, self.plant, self.line, self.camera) if part
        )[:120]


class Observation(models.Model):
    """What one photograph or one batch adds to the monitors of its source; written once.

    `values` are numbers by name; the part before the first point is the monitor.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name='observations')
    evidence = models.OneToOneField('store.Evidence', null=True, on_delete=models.CASCADE)
    declaration = models.OneToOneField('store.Declaration', null=True, on_delete=models.CASCADE)
    view = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    values = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='observation_of_one',
                condition=models.Q(evidence__isnull=True) ^ models.Q(declaration__isnull=True),
            )
        ]
        indexes = [models.Index(fields=['source', 'at', 'id'])]


class Alarm(models.Model):
    """That a monitor of a source shows a shift; of those that are not closed there is one.

    `figures` are by quantity the index, the chance, and the means of both windows, as of
    `seen_at`. `quiet_since` says that the shift is gone while nobody has acknowledged it.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name='alarms')
    monitor = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default='open')
    figures = models.JSONField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    quiet_since = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name='drift_monitor', condition=models.Q(monitor__in=MONITORS)),
            models.CheckConstraint(name='drift_state', condition=models.Q(state__in=STATES)),
            models.UniqueConstraint(
                fields=['source', 'monitor'],
                condition=models.Q(state__in=LIVE),
                name='one_live_alarm',
            ),
        ]


def listed() -> models.QuerySet[Source]:
    """Sources with their numbers and live alarms (`live`): alarms first, then the last seen."""
    open_ = models.Count('alarms', filter=models.Q(alarms__state__in=LIVE), distinct=True)
    mine = Observation.objects.filter(source=models.OuterRef('pk')).order_by().values('source')
    return (
        Source.objects.select_related('party')
        .annotate(
            alarming=open_,
            photographs=_counted(mine.annotate(n=models.Count('evidence')).values('n')),
            batches=_counted(mine.annotate(n=models.Count('declaration')).values('n')),
            last=models.Subquery(mine.annotate(n=models.Max('at')).values('n')),
        )
        .prefetch_related(
            models.Prefetch('alarms', Alarm.objects.filter(state__in=LIVE), to_attr='live')
        )
        .order_by('-alarming', models.F('last').desc(nulls_last=True), 'pk')
    )


def _counted(found: models.QuerySet[Observation]) -> Coalesce:
    return Coalesce(models.Subquery(found), 0)
