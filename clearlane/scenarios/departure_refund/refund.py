"""The money of a granted application: what is paid, and its entries in the books.

Accounts, all in yuan, seen from the agency (`ACCOUNTS` names them). An instant refund goes
through four of them: the shop hands the advance out (`advances` to `shops`); at the port it
is settled against what is granted (`travellers` to `advances`), or it is collected under the
hold (`advances` to `advances_due`, and to `bank` when the money came).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from clearlane import Advance, Case, Certificate, Movement, Payout, Text, working_after
from clearlane.scenarios.departure_refund import checks, evidence, rules
from clearlane.scenarios.departure_refund.records import METHODS, Form, Instant

ACCOUNTS = {
    'treasury': Text('应收税务部门退税款', 'owed by the tax authority'),
    'travellers': Text('应付旅客退税款', 'granted to travellers, not yet paid'),
    'agency_fees': Text('代理手续费收入', 'fees of the agency'),
    'shops': Text('应付商店垫付款', 'owed to shops for advances'),
    'advances': Text('已付旅客预付金', 'advanced to travellers'),
    'advances_due': Text('待收回预付金', 'advances being collected'),
    'bank': Text('代理机构银行账户', 'bank account of the agency'),
}


def ways(law: SimpleNamespace, yuan: Decimal) -> list[str]:
    """How so much may be paid, beyond the cap not in cash.

    >>> ways(SimpleNamespace(cash_cap='20000'), Decimal('20000.01'))
    ['bank', 'card', 'mobile']
    """
    paid = [name for name in METHODS if name != 'instant']
    return paid if yuan <= Decimal(law.cash_cap) else [n for n in paid if not rules.pays_cash(n)]


def advanced(form: Form) -> Advance | None:
    """What the shop handed out under the pre-authorisation, on behalf of the agency."""
    if form.instant is None or not form.instant.advance:
        return None
    paid = form.instant.advance
    return Advance(key=_key(form.invoices), moved=_moved('advances', 'shops', paid))


def _key(invoices: list[str]) -> str:
    """An invoice is refunded or collected for, never both: both have one key."""
    return 'invoice:' + '+'.join(sorted(invoices))


def _moved(onto: str, off: str, amount: Decimal) -> tuple[Movement, ...]:
    return Movement(account=onto, amount=amount), Movement(account=off, amount=-amount)


def payouts(case: Case) -> list[Payout]:
    """One movement an application, keyed by its invoices: an invoice is paid for once."""
    form, due = evidence.form(case), checks.due(case)
    key = _key(case.declared.invoices)
    granted = (
        Movement(account='treasury', amount=due.amount),
        Movement(account='travellers', amount=-due.net),
        Movement(account='agency_fees', amount=-due.fee),
    )
    if form.instant is not None:
        return _instant(case, form, form.instant, due.net, granted, key)
    return [replace(_paid(case, form, key, due.net), granted=granted)]


def _paid(case: Case, form: Form, key: str, amount: Decimal) -> Payout:
    return Payout(
        key=key,
        act='pay',
        amount=amount,
        method=case.declared.method,
        payee=form.payee or form.card or 'counter',
        settled=_moved('travellers', 'bank', amount),
    )


def _instant(
    case: Case,
    form: Form,
    instant: Instant,
    net: Decimal,
    granted: tuple[Movement, ...],
    key: str,
) -> list[Payout]:
    """The advance was paid in the shop: the hold on the card is released, nothing is paid.

    What was advanced beyond the grant, as for goods that are not there, is collected under
    the hold, of which the rest is released; what was advanced too little is paid.
    """
    settled = min(instant.advance, net)
    more = instant.advance - settled
    release = Payout(
        key=key,
        act='unhold',
        amount=settled,
        method='instant',
        payee=instant.hold,
        granted=granted,
        settled=_moved('travellers', 'advances', settled),
    )
    return [
        release,
        _collection(f'{key}:rest', instant.hold, more),
        _paid(case, form, f'{key}:more', net - settled),
    ]


def _collection(key: str, hold: str, amount: Decimal) -> Payout:
    return Payout(
        key=key,
        act='collect',
        amount=amount,
        method='instant',
        payee=hold,
        granted=_moved('advances_due', 'advances', amount),
        settled=_moved('bank', 'advances_due', amount),
    )


def collected(form: Form, law: SimpleNamespace, day: date) -> list[Payout]:
    """The advance is collected under the hold on the last working day on which it has to be.

    It has the key of a refund, so that an invoice is either refunded or collected for.
    """
    instant = form.instant
    if instant is None or not instant.advance:
        return []
    days = int(law.instant['collect_days'])
    if day < working_after(instant.promised_day, days, law.working_calendar):
        return []
    return [_collection(_key(form.invoices), instant.hold, instant.advance)]


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
