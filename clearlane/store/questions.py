"""What officers answered: evidence of its own, never changed; the last answer counts."""

from __future__ import annotations

from django.db import models


class Answer(models.Model):
    """An answer about one declaration, or about one version of a library entry."""

    declaration = models.ForeignKey(
        'store.Declaration', null=True, on_delete=models.PROTECT, related_name='answers'
    )
    entry = models.ForeignKey(
        'store.LibraryEntry', null=True, on_delete=models.PROTECT, related_name='answers'
    )
    question = models.CharField(max_length=80)
    words = models.JSONField()
    reply = models.CharField(max_length=8)
    note = models.CharField(max_length=1000, blank=True)
    amount = models.CharField(max_length=20, blank=True, default='')
    by = models.CharField(max_length=150)
    day = models.DateField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='answer_reply', condition=models.Q(reply__in=['yes', 'no', 'unclear'])
            ),
            models.CheckConstraint(
                name='answer_is_about_one',
                condition=models.Q(declaration__isnull=True) ^ models.Q(entry__isnull=True),
            ),
        ]
