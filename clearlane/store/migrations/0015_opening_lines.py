"""Draws that were made before there were lines get theirs, so that every column adds up."""

from typing import Any

from django.db import migrations


def opened(apps: Any, editor: Any) -> None:
    """A line for each draw without one, in the order in which they were made."""
    balances = apps.get_model('store', 'Balance')
    drawdowns = apps.get_model('store', 'Drawdown')
    lines = apps.get_model('store', 'DrawdownLine')
    for balance in balances.objects.filter(drawn__gt=0, lines__isnull=True):
        left = balance.quantity
        for drawn in drawdowns.objects.filter(balance=balance, amount__gt=0).order_by('drawn_at'):
            left -= drawn.amount
            lines.objects.create(
                balance=balance, declaration_id=drawn.declaration_id, amount=drawn.amount,
                left=left, by='machine', at=drawn.drawn_at,
            )  # fmt: skip


class Migration(migrations.Migration):
    """Data alone."""

    dependencies = [('store', '0014_unsound')]
    operations = [migrations.RunPython(opened, migrations.RunPython.noop)]
