"""Links: what a declaration has to do with, as keyed hashes; no value can be read from them."""

from __future__ import annotations

from django.db import models


class Link(models.Model):
    """A declaration names a thing: `token` is a keyed hash of the kind and the value."""

    declaration = models.ForeignKey(
        'store.Declaration', on_delete=models.CASCADE, related_name='links'
    )
    scenario = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    token = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['declaration', 'kind', 'token'], name='link_once')
        ]
        indexes = [
            models.Index(fields=['kind', 'token', 'day']),
            models.Index(fields=['scenario', 'day']),
        ]
