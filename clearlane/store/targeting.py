"""The rows of targeting: versions of rule sets, and what each decision was judged on."""

from __future__ import annotations

from django.db import models

STATES = ['draft', 'approved', 'active', 'retired', 'discarded']


class RuleSet(models.Model):
    """One version of the risk rules of a scenario; from `approved` on `rules` never change.

    `parent` is the version that it was drafted from. A shadow run compares the
    version, from one moment to another, with what was really decided.
    """

    scenario = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    parent = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, default='draft')
    rules = models.JSONField()
    note = models.CharField(max_length=1000, blank=True)
    author = models.CharField(max_length=150)
    saved_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)
    activated_by = models.CharField(max_length=150, blank=True)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    shadow_from = models.DateTimeField(null=True)
    shadow_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name='ruleset_state', condition=models.Q(state__in=STATES)),
            models.UniqueConstraint(fields=['scenario', 'version'], name='ruleset_version'),
            models.UniqueConstraint(
                fields=['scenario'],
                condition=models.Q(state='active'),
                name='one_active_ruleset',
            ),
            models.CheckConstraint(
                name='author_is_not_approver',
                condition=models.Q(approved_by='') | ~models.Q(approved_by=models.F('author')),
            ),
        ]


class Judged(models.Model):
    """The facts that the risk rules were asked about, beside the machine's decision.

    `base` is the outcome without any risk rule, so that other rules can be tried on
    the same facts. The decision itself can be made again without this row.
    """

    decision = models.OneToOneField(
        'store.Decision', primary_key=True, on_delete=models.PROTECT, related_name='judged'
    )
    scenario = models.CharField(max_length=40)
    day = models.DateField()
    base = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10)
    points = models.PositiveIntegerField(default=0)
    hits = models.JSONField(default=list)
    facts = models.JSONField()
    ruleset = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=['scenario', 'day'])]
