"""Self-service counters: the devices, and who stands there now; wiped when they go."""

from __future__ import annotations

from django.db import models


class Kiosk(models.Model):
    """A device at a counter, by its key, of which only the hash is kept."""

    name = models.CharField(max_length=40, unique=True)
    scenario = models.CharField(max_length=40)
    place = models.JSONField(default=dict)
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64)
    enrolled_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Sitting(models.Model):
    """One person at a counter, from the first touch to the wipe.

    While it is open it holds what the person showed. When it ends, nothing of the person is
    left in it: times and numbers of declarations stay, for the figures of the day.
    """

    kiosk = models.ForeignKey(Kiosk, on_delete=models.PROTECT, related_name='sittings')
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=8)
    masked = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=40, blank=True)
    entries = models.JSONField(default=list)
    """Keys of the library entries on the screen, in their order."""
    declarations = models.JSONField(default=dict)
    """Key of an entry → the number of its declaration."""
    step = models.CharField(max_length=10, default='document')

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=['kiosk'],
                condition=models.Q(ended_at__isnull=True),
                name='one_sitting_a_kiosk',
            )
        ]
        indexes = [models.Index(fields=['ended_at', 'touched_at'])]


class SittingPiece(models.Model):
    """A photograph that was shown and is no evidence yet; deleted when the sitting ends."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name='pieces')
    kind = models.CharField(max_length=20)
    entry = models.CharField(max_length=80, blank=True)
    item = models.CharField(max_length=80, blank=True)
    data = models.BinaryField()
    found = models.JSONField()
    """What the recogniser saw, as the columns of a reading."""
