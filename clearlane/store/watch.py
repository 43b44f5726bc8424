"""The rows of what is watched by devices: who speaks, what was said, what came of it."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


def _one_of(name: str, field: str, values: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=models.Q(**{f'{field}__in': values}))


class Device(models.Model):
    """A tracker or lock that reports. `code` is what it calls itself.

    Only a hash of its key is kept. `identity` is what it said of itself when it registered
    first; `options` holds what is special about it: `datum`, `minutes_east`, `lock_item`.
    """

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20, default='tracker')
    party = models.ForeignKey('store.Party', on_delete=models.PROTECT)
    key_hash = models.CharField(max_length=160, blank=True)
    identity = models.CharField(max_length=120, blank=True)
    options = models.JSONField(default=dict)
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    said = models.JSONField(default=dict)


class Message(models.Model):
    """One message of a device. `at` is its event time; the same message is kept once.

    `trusted` is false where the device's clock cannot be right; such a message proves
    nothing about when something happened.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField()
    digest = models.BinaryField()
    received_at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    seq = models.BigIntegerField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    fix = models.BooleanField()
    speed_kmh = models.FloatField(null=True)
    heading = models.FloatField(null=True)
    altitude_m = models.FloatField(null=True)
    alarms = models.JSONField()
    facts = models.JSONField()
    trusted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['device', 'at', 'digest'], name='message_once')
        ]
        indexes = [
            BrinIndex(fields=['received_at'], name='message_received'),
            models.Index(
                fields=['device'], condition=models.Q(trusted=False), name='message_unsound'
            ),
        ]


class Watch(models.Model):
    """That a declaration is watched, from when on and until when, and where it was last.

    `version` goes up with everything that is folded in; `error` says why it could not be.
    Messages from `dirty_at` on are stored and not folded yet.
    """

    declaration = models.OneToOneField(
        'store.Declaration', primary_key=True, on_delete=models.PROTECT, related_name='watch'
    )
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveBigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    dirty_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=['due_at']),
            models.Index(
                fields=['dirty_at'], condition=models.Q(dirty_at__isnull=False), name='watch_dirty'
            ),
        ]


class WatchedBy(models.Model):
    """A device that watches a declaration, and as what."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name='by')
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name='watches')
    role = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=['device', 'watch'], name='watched_by_once')]


class Snapshot(models.Model):
    """How far the messages of a watch had been folded at one of them; anyone can do it again."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name='snapshots')
    at = models.DateTimeField()
    digest = models.BinaryField()
    state = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['watch', 'at', 'digest'], name='snapshot_once')
        ]


class Incident(models.Model):
    """Something that went wrong under way. Recomputed as messages come; its identity stays.

    An incident that later messages disprove is withdrawn, never deleted.
    """

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.PROTECT, related_name='incidents'
    )
    kind = models.CharField(max_length=24)
    grade = models.CharField(max_length=8)
    device = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    reason = models.JSONField()
    facts = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=12, default='open')
    revision = models.PositiveIntegerField(default=1)
    assignee = models.CharField(max_length=150, blank=True)
    closed = models.CharField(max_length=24, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            _one_of('incident_state', 'state', ['open', 'acknowledged', 'closed', 'withdrawn'])
        ]
        indexes = [models.Index(fields=['state', '-began_at'])]


class IncidentAct(models.Model):
    """What was done about an incident, by a person or the machine; never changed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name='acts')
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    act = models.CharField(max_length=16)
    data = models.JSONField(default=dict)


class LiveEvent(models.Model):
    """Something that those who watch the screen are told at once; kept for a day."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    party = models.CharField(max_length=18)
    declaration = models.CharField(max_length=20)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=['at'])]


class CustodyStep(models.Model):
    """One legal step of a kind of object, as its scenario declares it."""

    kind = models.CharField(max_length=24)
    act = models.CharField(max_length=16)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['kind', 'act', 'before'], name='custody_step_once')
        ]


class CustodyObject(models.Model):
    """A numbered thing that somebody answers for. Its state changes only by a recorded act."""

    kind = models.CharField(max_length=24)
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=16, blank=True)
    holder = models.CharField(max_length=150, blank=True)
    acts_done = models.PositiveIntegerField(default=0)
    declaration = models.ForeignKey(
        'store.Declaration', null=True, on_delete=models.PROTECT, related_name='objects_held'
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['kind', 'number'], name='custody_object_once')
        ]


class CustodyAct(models.Model):
    """One act on an object: who, when, where. The database refuses what is no legal step."""

    object = models.ForeignKey(CustodyObject, on_delete=models.PROTECT, related_name='acts')
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=16)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    operator = models.CharField(max_length=150)
    holder = models.CharField(max_length=150, blank=True)
    identity = models.CharField(max_length=80, blank=True)
    declaration = models.ForeignKey('store.Declaration', null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['object', 'number'], name='custody_act_number')
        ]
