"""The column of partial uses (分批使用核销): a line for each draw and each one given back."""

from __future__ import annotations

from django.db import models


class DrawdownLine(models.Model):
    """One line, never changed: `amount` is taken if above nought, given back if below.

    `left` is the balance after it. The lines of a balance add up to what it says is drawn.
    """

    balance = models.ForeignKey('store.Balance', on_delete=models.PROTECT, related_name='lines')
    declaration = models.ForeignKey('store.Declaration', on_delete=models.PROTECT, related_name='+')
    amount = models.IntegerField()
    left = models.PositiveIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    @property
    def given(self) -> int:
        """What was given back."""
        return max(0, -self.amount)

    class Meta:
        constraints = [
            models.CheckConstraint(name='line_moves', condition=~models.Q(amount=0)),
        ]
        indexes = [models.Index(fields=['balance', 'id'])]
