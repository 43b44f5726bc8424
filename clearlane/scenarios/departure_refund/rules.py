"""The amounts and days of the law: pure, exact decimals, the day picks the law.

What is below a fen is left out, once for the sum of each rate (`rounding` in
`parameters.toml`); both parties can do the sum again with a pencil.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from types import SimpleNamespace

from clearlane.scenarios.departure_refund.records import Application, Form, Good, Instant, Invoice

FEN = Decimal('0.01')
Shown = Mapping[tuple[str, int], Decimal]
"""(invoice, line) → the quantity that is there, where it is not all of it."""


@dataclass(frozen=True)
class Amounts:
    """What an application brings, in yuan and fen: `net` = `amount` - `fee`."""

    goods: Decimal
    amount: Decimal
    fee: Decimal

    @property
    def net(self) -> Decimal:
        """What the traveller is paid."""
        return self.amount - self.fee


def yuan(value: Decimal) -> Decimal:
    """Yuan and fen; what is below a fen is left out.

    >>> yuan(Decimal('1.239'))
    Decimal('1.23')
    """
    return value.quantize(FEN, ROUND_DOWN)


def rates(invoiced: date, law: SimpleNamespace) -> Mapping[str, str]:
    """VAT rate in percent → share that is refunded, for an invoice of this day."""
    begun = [step for step in law.refund_rate if step['from'] <= invoiced.isoformat()]
    return begun[-1]['rates'] if begun else {}


def rate(vat_rate: int, invoiced: date, law: SimpleNamespace) -> Decimal:
    """The share of the invoice that is refunded; KeyError where the law names no such VAT rate.

    >>> from clearlane.scenarios.departure_refund.scenario import SCENARIO
    >>> law = SCENARIO.parameters.on(date(2019, 7, 20))
    >>> rate(16, date(2019, 6, 30), law), rate(9, date(2019, 4, 1), law)
    (Decimal('0.11'), Decimal('0.08'))
    >>> rate(9, date(2019, 3, 31), law)
    Traceback (most recent call last):
        ...
    KeyError: '9'
    """
    return Decimal(rates(invoiced, law)[str(vat_rate)])


def shown_amount(good: Good, quantity: Decimal) -> Decimal:
    """The part of a line's amount for the quantity that is shown (GACC 2015-25: stamp for that).

    >>> scarf = Good(line=1, name='silk scarf', quantity=3, amount=Decimal('1000'), vat_rate=13)
    >>> shown_amount(scarf, Decimal(2))
    Decimal('666.66')
    """
    if quantity >= good.quantity:
        return good.amount
    return yuan(good.amount * max(quantity, Decimal(0)) / good.quantity)


def refund(goods: Iterable[tuple[Good, Decimal]], law: SimpleNamespace, invoiced: date) -> Amounts:
    """Refund, fee and net of goods with the quantities shown, invoiced on one day.

    >>> from clearlane.scenarios.departure_refund.scenario import SCENARIO
    >>> day = date(2026, 5, 11)
    >>> law = SCENARIO.parameters.on(day)
    >>> scarf = Good(line=1, name='silk scarf', quantity=2, amount=Decimal('1860'), vat_rate=13)
    >>> tea = Good(line=2, name='tea', quantity=1, amount=Decimal('199.99'), vat_rate=9)
    >>> refund([(scarf, Decimal(2)), (tea, Decimal(1))], law, day)
    Amounts(goods=Decimal('2059.99'), amount=Decimal('220.59'), fee=Decimal('41.19'))
    >>> refund([(scarf, Decimal(1))], law, day).net
    Decimal('83.70')
    """
    sums: dict[int, Decimal] = {}
    for good, quantity in goods:
        amount = shown_amount(good, quantity)
        sums[good.vat_rate] = sums.get(good.vat_rate, Decimal(0)) + amount
    total = sum(sums.values(), Decimal(0))
    parts = (yuan(part * rate(vat, invoiced, law)) for vat, part in sums.items())
    amount = sum(parts, Decimal(0))
    return Amounts(goods=total, amount=amount, fee=yuan(total * Decimal(law.agency_fee)))


def in_hand(application: Application) -> Shown:
    """What the traveller says is less than invoiced."""
    return {(c.invoice_no, c.line): c.quantity for c in application.carried}


def quantities(invoices: Iterable[Invoice], shown: Shown) -> list[tuple[Good, Decimal]]:
    """Every line with the quantity that is there."""
    return [
        (good, min(good.quantity, shown.get((invoice.invoice_no, good.line), good.quantity)))
        for invoice in invoices
        for good in invoice.goods
    ]


def minimum(purchase: date, law: SimpleNamespace) -> Decimal:
    """The least purchase in one shop on one day, by the day of the purchase.

    >>> from clearlane.scenarios.departure_refund.scenario import SCENARIO
    >>> law = SCENARIO.parameters.on(date(2025, 6, 1))
    >>> minimum(date(2025, 4, 25), law), minimum(date(2025, 4, 26), law)
    (Decimal('500'), Decimal('200'))
    """
    begun = [step for step in law.minimum_purchase if step['from'] <= purchase.isoformat()]
    return Decimal(begun[-1]['yuan'])


def days_since_purchase(form: Form, departure: date) -> int:
    """Days from the purchase to the departure; the day of the purchase is day 0.

    The 90th day after the purchase is still in time.
    """
    return (departure - form.purchase_day).days


def days_of_stay(form: Form, departure: date) -> int:
    """Consecutive days in the mainland, counted from the last entry; both days count as one stay.

    A traveller who entered on 1 January and leaves on 3 July of a common year stayed 183 days.
    """
    return (departure - form.last_entry_day).days


def promise_is_kept(instant: Instant, port: str, departure: date) -> bool:
    """Whether the traveller leaves by the promised day from the promised port.

    >>> day = date(2026, 5, 11)
    >>> promise = Instant(promised_day=day, promised_port='PVG', hold='H1',
    ...                   advance=Decimal('90'), agreed_day=date(2026, 5, 1))
    >>> promise_is_kept(promise, 'PVG', day), promise_is_kept(promise, 'SHA', day)
    (True, False)
    """
    return port == instant.promised_port and departure <= instant.promised_day


def pays_cash(method: str) -> bool:
    """Whether the cap on cash applies."""
    return method == 'cash'
