"""What was deleted because its time was over: the trace that is left of it."""

from __future__ import annotations

from django.db import models


class Forgotten(models.Model):
    """A declaration, or a version of an entry, that says nothing of a person any more.

    `files` are bytes that still have to be deleted: the rows go first, in one transaction.
    """

    declaration = models.OneToOneField(
        'store.Declaration', null=True, on_delete=models.PROTECT, related_name='forgotten'
    )
    entry = models.OneToOneField(
        'store.LibraryEntry', null=True, on_delete=models.PROTECT, related_name='forgotten'
    )
    day = models.DateField()
    files = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='forgotten_is_of_one',
                condition=models.Q(declaration__isnull=True) ^ models.Q(entry__isnull=True),
            )
        ]
