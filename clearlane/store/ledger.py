"""The books and the payments. A trigger of the database refuses an entry that does not add up
to zero when its transaction ends, and any change of one that is written."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Sum

PAYMENT_STATES = ['planned', 'sent', 'paid', 'refused', 'reversing', 'reversed']


class Entry(models.Model):
    """One entry in the books; the key makes it one, however often it is written.

    It is about a declaration, or about an entry of a library that moves money by itself.
    """

    key = models.CharField(max_length=200, unique=True)
    scenario = models.CharField(max_length=40)
    declaration = models.ForeignKey(
        'store.Declaration', null=True, on_delete=models.PROTECT, related_name='entries'
    )
    source = models.ForeignKey(
        'store.LibraryEntry', null=True, on_delete=models.PROTECT, related_name='booked'
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=['scenario', 'at'])]


class EntryLine(models.Model):
    """Yuan onto an account; a debit is positive."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name='lines')
    account = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=['account'])]


class Payment(models.Model):
    """Money that is to move, once: `key` is what it is for, and no other payment has it."""

    key = models.CharField(max_length=160, unique=True)
    scenario = models.CharField(max_length=40)
    declaration = models.ForeignKey(
        'store.Declaration', null=True, on_delete=models.PROTECT, related_name='payments'
    )
    entry = models.ForeignKey(
        'store.LibraryEntry', null=True, on_delete=models.PROTECT, related_name='payments'
    )
    act = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    method = models.CharField(max_length=20)
    payee = models.CharField(max_length=200)
    settled = models.JSONField()
    state = models.CharField(max_length=10, default='planned')
    attempt = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=300, blank=True)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name='payment_state', condition=models.Q(state__in=PAYMENT_STATES)
            ),
            models.CheckConstraint(
                name='payment_is_of_one',
                condition=models.Q(declaration__isnull=True) ^ models.Q(entry__isnull=True),
            ),
            models.CheckConstraint(name='payment_amount', condition=models.Q(amount__gte=0)),
        ]
        indexes = [models.Index(fields=['state', 'planned_at'])]


class PaymentOrder(models.Model):
    """The number under which an attempt was handed to the provider."""

    no = models.CharField(max_length=32, primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name='orders')


class ProviderEvent(models.Model):
    """What the provider told us, once for each of its events, in whatever order it came."""

    event = models.CharField(max_length=80, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name='events')
    order = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=300, blank=True)
    changed = models.BooleanField()
    at = models.DateTimeField()


def sums(scenario: str) -> dict[str, Decimal]:
    """Account → the sum of its lines."""
    found = EntryLine.objects.filter(entry__scenario=scenario).values('account')
    lines = found.annotate(total=Sum('amount')).order_by('account')
    return {line['account']: line['total'] for line in lines}
