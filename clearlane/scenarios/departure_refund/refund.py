"""The money of a granted application: what is paid, and its entries in the books.

Accounts, all in yuan: `treasury` is what the tax authority owes the agency for refunds it
advanced; `travellers` what is granted and not yet paid; `agency_fees` the fee earned;
`advances` what was advanced in shops under a pre-authorisation; `advances_due` what of it is
being collected because the traveller did not leave as promised; `bank` the agency's money.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

from clearlane import Case, Certificate, Movement, Payout, working_after
from clearlane.scenarios.departure_refund import checks, evidence, rules
from clearlane.scenarios.departure_refund.records import Form


def payouts(case: Case) -> list[Payout]:
    """One movement an application, keyed by its invoices: an invoice is paid for once."""
    form, due = evidence.form(case), checks.due(case)
    key = 'invoice:' + '+'.join(sorted(case.declared.invoices))
    if form.instant is not None:
        return [_instant(case, form, due, key)]
    granted = (
        Movement(account='treasury', amount=due.amount),
        Movement(account='travellers', amount=-due.net),
        Movement(account='agency_fees', amount=-due.fee),
    )
    settled = (
        Movement(account='travellers', amount=due.net),
        Movement(account='bank', amount=-due.net),
    )
    return [
        Payout(
            key=key,
            act='pay',
            amount=due.net,
            method=case.declared.method,
            payee=form.payee or form.card or 'counter',
            granted=granted,
            settled=settled,
        )
    ]


def _instant(case: Case, form: Form, due: rules.Amounts, key: str) -> Payout:
    """The advance was paid in the shop: the hold on the card is released, nothing is paid."""
    granted = (
        Movement(account='treasury', amount=due.amount),
        Movement(account='travellers', amount=-due.net),
        Movement(account='agency_fees', amount=-due.fee),
    )
    settled = (
        Movement(account='travellers', amount=due.net),
        Movement(account='advances', amount=-due.net),
    )
    hold = form.instant.hold if form.instant else ''
    return Payout(
        key=key,
        act='unhold',
        amount=due.net,
        method='instant',
        payee=hold,
        granted=granted,
        settled=settled,
    )


def collected(form: Form, law: SimpleNamespace, day: date) -> list[Payout]:
    """The advance is collected under the hold on the last working day on which it has to be.

    It has the key of a refund, so that an invoice is either refunded or collected for.
    """
    instant = form.instant
    if instant is None:
        return []
    days = int(law.instant['collect_days'])
    if day < working_after(instant.promised_day, days, law.working_calendar):
        return []
    owed = Movement(account='advances_due', amount=instant.advance)
    taken = Movement(account='advances', amount=-instant.advance)
    paid = Movement(account='bank', amount=instant.advance)
    return [
        Payout(
            key='invoice:' + '+'.join(sorted(form.invoices)),
            act='collect',
            amount=instant.advance,
            method='instant',
            payee=instant.hold,
            granted=(owed, taken),
            settled=(paid, replace(owed, amount=-instant.advance)),
        )
    ]


def verification(case: Case) -> Certificate:
    """The verified application form (验核签章的申请单)."""
    form, due = evidence.form(case), checks.due(case)
    fields = {
        'form_no': form.form_no,
        'store': form.store,
        'store_uscc': form.store_uscc,
        'traveller': masked_name(form.traveller),
        'nationality': form.nationality,
        'document_no': checks.masked(form.document_no),
        'purchase_day': form.purchase_day,
        'departure_day': case.declared.departure_day,
        'port': case.declared.port,
        'invoices': ', '.join(case.declared.invoices),
        'goods': [
            {'name': good.name, 'listed': good.quantity, 'shown': shown, 'unit': good.unit}
            for good, shown in rules.quantities(evidence.invoices(case), evidence.in_hand(case))
        ],
        'total': due.goods,
        'amount': due.amount,
        'fee': due.fee,
        'net': due.net,
        'method': case.declared.method,
        'agency': form.agency,
        'issued': case.day,
    }
    return Certificate(kind='verified_form', valid_until=case.day, fields=fields)


def masked_name(name: str) -> str:
    """A name as a paper that is carried around may show it.

    >>> masked_name('ERIKSSON ANNA MARIA')
    'ERIKSSON A*** M***'
    """
    first, *others = name.split()
    return ' '.join([first, *(f'{word[0]}***' for word in others)])
