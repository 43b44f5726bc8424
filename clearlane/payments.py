"""Payments: a release plans them, a job sends them, the provider tells us what became of them.

A payment is planned in the transaction of the release, with its entry in the books and its
job. The provider gets the same order number however often the job runs, and makes one
payment of it. What it tells us may come late, twice, or in another order: each event counts
once, and the books follow the state of the payment, never the order of the messages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol

from clearlane import audit, books, cases, ledger, periods, personal
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Payout, Text, plain
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.store.session import atomic, enqueue, take_turn

MACHINE = 'machine'
Told = Literal['paid', 'refused', 'reversed']
SILENT_SECONDS = 60
"""A payment of which nothing was heard for so long is asked about."""
TASK = 'payment'


class Twice(RuntimeError):
    """This was paid for already, for another declaration; nothing is planned."""


class Unreachable(RuntimeError):
    """The provider did not answer; the order may or may not have arrived: ask again."""


class NotNow(RuntimeError):
    """The payment is in a state in which this cannot be done; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the provider is asked for; the same number is the same order."""

    no: str
    act: str
    amount: Decimal
    method: str
    payee: str


class Provider(Protocol):
    """A bank or a payment service."""

    def send(self, order: Order) -> None:
        """Hand over an order, or raise Unreachable. Handing it over again changes nothing."""

    def reverse(self, no: str) -> None:
        """Ask for the money of an order back, or raise Unreachable."""

    def state(self, no: str) -> Told | None:
        """What became of an order, None while it is open or unknown; or Unreachable."""


def number(payment: rows.Payment) -> str:
    """The order number of the present attempt; it says nothing of what it is for."""
    return hashlib.sha256(f'{payment.key}/{payment.attempt}'.encode()).hexdigest()[:32]


def _now() -> datetime:
    return datetime.now(UTC)


# --- planned ------------------------------------------------------------------


def plan(row: rows.Declaration, payouts: Iterable[Payout]) -> list[str]:
    """Plan the payments of a release, once, in its transaction; returns their keys."""
    return [_planned(row, payout) for payout in payouts if payout.amount > 0]


def known(scenario: str, key: str) -> bool:
    """Whether money was planned under this key; if not, nobody else does in this transaction."""
    take_turn(f'payment:{scenario}/{key}')
    return bool(rows.Payment.objects.filter(key=f'{scenario}/{key}').exists())


def due(entry: rows.LibraryEntry, payout: Payout) -> str:
    """Plan what falls due of a library entry without any declaration, in the open transaction."""
    key = _made(entry.scenario, payout, entry=entry)
    audit.append('collect', MACHINE, cases.entry_subject(entry), {'payment': key})
    return key


def _planned(row: rows.Declaration, payout: Payout) -> str:
    return _made(row.scenario, payout, declaration=row)


def _made(
    scenario: str,
    payout: Payout,
    declaration: rows.Declaration | None = None,
    entry: rows.LibraryEntry | None = None,
) -> str:
    key = f'{scenario}/{payout.key}'
    take_turn(f'payment:{key}')
    payment, new = rows.Payment.objects.get_or_create(
        key=key,
        defaults={
            'scenario': scenario,
            'declaration': declaration,
            'entry': entry,
            'act': payout.act,
            'amount': payout.amount,
            'method': payout.method,
            'payee': payout.payee,
            'settled': plain(ledger.balanced(payout.settled)),
            'planned_at': _now(),
        },
    )
    if (payment.declaration, payment.entry) != (declaration, entry):
        raise Twice(f'{key} was {payment.act} for {_subject(payment)}')
    if new:
        _ordered(payment)
        books.post(scenario, f'{key}:granted', payout.granted, _now(), declaration, entry)
        enqueue('pay', payment=payment.pk)
    return key


def _subject(payment: rows.Payment) -> str:
    """The declaration, or the entry where there is none."""
    if payment.declaration is not None:
        return str(payment.declaration.no)
    return cases.entry_subject(payment.entry)


# --- sent ---------------------------------------------------------------------


def send(pk: int, provider: Provider | None) -> None:
    """Hand a planned payment to the provider; without one it stays planned. May run twice."""
    payment = rows.Payment.objects.get(pk=pk)
    if provider is None:
        return
    if payment.state == 'reversing':
        provider.reverse(number(payment))
        return
    if payment.state != 'planned':
        return
    provider.send(
        Order(
            no=number(payment),
            act=payment.act,
            amount=payment.amount,
            method=payment.method,
            payee=payment.payee,
        )
    )
    # The answer of the provider may have been quicker than this line.
    rows.Payment.objects.filter(pk=pk, state='planned', attempt=payment.attempt).update(
        state='sent', sent_at=_now()
    )


def resume() -> int:
    """Have everything sent that is planned; when workers start, and when a provider is new."""
    waiting = rows.Payment.objects.filter(state__in=['planned', 'reversing'])
    with atomic():
        for pk in waiting.values_list('pk', flat=True):
            enqueue('pay', payment=pk)
    return int(waiting.count())


def chase(provider: Provider | None) -> int:
    """Ask about payments of which nothing was heard; a message may have been lost."""
    late = _now() - timedelta(seconds=SILENT_SECONDS)
    silent = rows.Payment.objects.filter(state__in=['sent', 'reversing'], sent_at__lt=late)
    found = 0
    if provider is None:
        return 0
    for payment in silent.order_by('pk')[:200]:
        told = provider.state(number(payment))
        if told is not None:
            found += heard(f'asked:{number(payment)}:{told}', number(payment), told)
    return found


# --- heard --------------------------------------------------------------------

ALLOWED: Mapping[Told, frozenset[str]] = {
    'paid': frozenset({'planned', 'sent'}),
    'refused': frozenset({'planned', 'sent'}),
    'reversed': frozenset({'planned', 'sent', 'paid', 'reversing'}),
}
"""In which states a message changes anything."""


def heard(event: str, order: str, told: Told, reason: str = '') -> bool:
    """Take a message of the provider; whether it changed anything. NotFound: no such order."""
    with atomic():
        payment = _of_order(order)
        if rows.ProviderEvent.objects.filter(event=event).exists():
            return False
        current = number(payment) == order
        changes = current and payment.state in ALLOWED[told]
        rows.ProviderEvent.objects.create(
            event=event, payment=payment, order=order, kind=told, reason=reason[:300],
            changed=changes, at=_now(),
        )  # fmt: skip
        if changes:
            _follow(payment, told, reason)
        elif _contradicts(payment, told, current):
            _task(payment, CONTRADICTION.of(told=told, state=payment.state))
        _log(told, MACHINE, payment, {'event': event, 'changed': changes})
    return changes


def _of_order(order: str) -> rows.Payment:
    """The payment of an order number, of this attempt or an earlier one, locked."""
    found = rows.Payment.objects.filter(orders__no=order).values_list('pk', flat=True).first()
    if found is None:
        raise NotFound('there is no such order')
    payment: rows.Payment = rows.Payment.objects.select_for_update().get(pk=found)
    return payment


def _follow(payment: rows.Payment, told: Told, reason: str) -> None:
    """Bring state and books to where the message says; a reversal implies that it was paid."""
    if told in ('paid', 'reversed'):
        _post(payment, 'settled', reverse=False)
    if told == 'reversed':
        _post(payment, 'reversed', reverse=True)
        _task(payment, BACK.of(reason=reason))
    if told == 'refused':
        _task(payment, REFUSED.of(reason=reason))
    payment.state, payment.reason, payment.settled_at = told, reason[:300], _now()
    payment.save(update_fields=['state', 'reason', 'settled_at'])


def _post(payment: rows.Payment, what: str, *, reverse: bool) -> None:
    lines = ledger.revived(payment.settled)
    key = f'{payment.key}:{payment.attempt}:{what}'
    moved = ledger.reverse(lines) if reverse else lines
    books.post(payment.scenario, key, moved, _now(), payment.declaration, payment.entry)


def _contradicts(payment: rows.Payment, told: Told, current: bool) -> bool:
    """Money may have moved that we do not know of: a person has to look."""
    late = {'paid': ('refused',), 'refused': ('paid',), 'reversed': ('refused',)}
    return payment.state in late[told] or (not current and told == 'paid')


CONTRADICTION = Text(
    '支付机构通知「{told}」与状态「{state}」矛盾，请核对账户',
    'the provider says {told}, the payment is {state}: check the account',
)
REFUSED = Text(
    '支付被拒：{reason}；请选择其他方式', 'payment refused: {reason}; choose another way'
)
BACK = Text('款项已退回：{reason}', 'the money came back: {reason}')


def _task(payment: rows.Payment, title: Text) -> None:
    if payment.declaration is None:
        # A task belongs to a declaration; the log and the books say it of an entry.
        _log('ask a person', MACHINE, payment, {'title': plain(title)})
        return
    fields = {'due': _now().date(), 'title': plain(title), 'closed_at': None, 'closed_by': ''}
    rows.Task.objects.update_or_create(
        declaration=payment.declaration,
        kind=TASK,
        defaults=fields,
        create_defaults={**fields, 'opened_at': _now()},
    )


# --- a person -----------------------------------------------------------------


def again(actor: Actor, key: str, method: str, payee: str) -> rows.Payment:
    """Pay another way what was refused or came back; a new attempt with a new order number.

    Rejected where the law lets so much not be paid in that way.
    """
    require(actor, 'close')
    with atomic():
        payment = _locked(key)
        if method not in ways(payment) or not 0 < len(payee) <= 200:
            raise Rejected([problem('payee', payee, 'payee', *PAYEE)])
        payment.method, payment.payee = method, payee
        return _attempted(payment, actor)


def retry(actor: Actor, key: str) -> rows.Payment:
    """Ask the bank for the same once more, after it refused or the money came back."""
    require(actor, 'close')
    with atomic():
        return _attempted(_locked(key), actor)


def ways(payment: rows.Payment) -> list[str]:
    """The ways in which a payment may be made today; a hold is released or taken as it is."""
    if payment.act != 'pay':
        return []
    scenario = scenarios()[payment.scenario]
    law = scenario.parameters.on(_now().astimezone(periods.LEGAL_TIME).date())
    return list(scenario.ways(law, payment.amount))


def can_go_again(payment: rows.Payment) -> bool:
    """Whether a person may have the bank asked once more: it refused, or the money came back."""
    return payment.state in ('refused', 'reversed')


def can_come_back(payment: rows.Payment) -> bool:
    """Whether a person may ask for the money back; a hold that was released does not return."""
    return (payment.state, payment.act) in (('paid', 'pay'), ('paid', 'collect'))


def _attempted(payment: rows.Payment, actor: Actor) -> rows.Payment:
    if not can_go_again(payment):
        raise NotNow(f'the payment is {payment.state}')
    if payment.payee == personal.FORGOTTEN:
        raise NotNow('whom it was for was deleted by law')
    payment.attempt, payment.state, payment.reason = payment.attempt + 1, 'planned', ''
    payment.save()
    _ordered(payment)
    enqueue('pay', payment=payment.pk)
    _close_task(payment, actor)
    told = {'attempt': payment.attempt, 'method': payment.method}
    _log('pay again', actor.name, payment, told)
    return payment


def refused_collections(scenario: str) -> list[rows.Payment]:
    """What fell due of entries and the bank did not collect: no declaration has a task for it."""
    found = rows.Payment.objects.filter(scenario=scenario, declaration=None, state='refused')
    return list(found.select_related('entry').order_by('settled_at')[:200])


PAYEE = (
    Text('退付方式或收款标识无效', 'the way of payment or the payee is not valid'),
    Text('请重新填写', 'fill them in again'),
)


def reverse(actor: Actor, key: str, reason: str) -> rows.Payment:
    """Ask for the money of a payment back."""
    require(actor, 'close')
    with atomic():
        payment = _locked(key)
        if not can_come_back(payment):
            raise NotNow(f'the payment is {payment.state}')
        payment.state, payment.reason, payment.sent_at = 'reversing', reason[:300], _now()
        payment.save(update_fields=['state', 'reason', 'sent_at'])
        enqueue('pay', payment=payment.pk)
        _log('reverse', actor.name, payment, {'reason': reason})
    return payment


def _locked(key: str) -> rows.Payment:
    found: rows.Payment | None = rows.Payment.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise NotFound('not found')
    return found


def _ordered(payment: rows.Payment) -> None:
    rows.PaymentOrder.objects.get_or_create(no=number(payment), payment=payment)


def _close_task(payment: rows.Payment, actor: Actor) -> None:
    rows.Task.objects.filter(declaration=payment.declaration, kind=TASK, closed_at=None).update(
        closed_at=_now(), closed_by=actor.name
    )


def _log(act: str, actor: str, payment: rows.Payment, data: Mapping[str, object]) -> None:
    audit.append(act, actor, _subject(payment), plain({'payment': payment.key, **data}))
