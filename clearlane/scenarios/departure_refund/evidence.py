"""What the photographs say: whose passport it is, and which papers were shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from clearlane import Case, Crop, Question, Seen, Text
from clearlane.codes import Invalid, mrz
from clearlane.scenarios.departure_refund import rules
from clearlane.scenarios.departure_refund.records import Form, Good, Invoice

PASSPORT, RECEIPT, GOODS = 'passport', 'receipt', 'goods'


def form(case: Case) -> Form:
    """The application form that is claimed; KeyError, hence a doubt, where there is none."""
    found: Any = case.libraries['forms'].entries[case.declared.form_no].data
    return found  # type: ignore[no-any-return]


def invoices(case: Case) -> list[Invoice]:
    """The claimed invoices that a shop has sent."""
    found: list[Any] = [case.libraries['invoices'].get(no) for no in case.declared.invoices]
    return [one for one in found if one is not None]


def question(invoice: Invoice, good: Good) -> Question:
    """How much of a line the officer sees; it stays open where all of it is there."""
    words = Text(
        '{name} 实物数量(发票 {no},{n}{unit})', '{name}: how much is there ({n} on invoice {no})'
    )
    return Question(
        key=f'shown:{hashlib.sha256(invoice.invoice_no.encode()).hexdigest()[:16]}:{good.line}',
        words=words.of(name=good.name, no=invoice.invoice_no, n=good.quantity, unit=good.unit),
        most=format(good.quantity, 'f'),
    )


def in_hand(case: Case) -> dict[tuple[str, int], Decimal]:
    """(invoice, line) → what is there where it is less: as declared, or as the officer saw it."""
    shown = {**rules.in_hand(case.declared)}
    for invoice in invoices(case):
        for good in invoice.goods:
            seen = case.answer(question(invoice, good))
            if seen is not None and seen.amount:
                shown[invoice.invoice_no, good.line] = Decimal(seen.amount)
    return shown


def pieces(case: Case, kind: str) -> list[Any]:
    """The photographs of one kind."""
    return [piece for piece in case.evidence if piece.kind == kind]


def seen(case: Case, kind: str, reading: str, item: str | None = None) -> list[Seen]:
    """What was read of this kind on photographs of a kind, the surest first."""
    found = [s for s in case.readings(reading, item=item) if s.evidence.kind == kind]
    return sorted(found, key=lambda s: -s.reading.score)


def passport(case: Case) -> tuple[mrz.Parts, Seen] | None:
    """The document that was shown, where every check digit of its zone fits; a visa is none."""
    least = Decimal(case.law.scores['mrz'])
    for one in seen(case, PASSPORT, 'mrz'):
        try:
            parts = mrz.parts(one.value, today=case.day)
        except Invalid:
            continue
        if Decimal(str(one.reading.score)) >= least and not parts.format.startswith('MRV'):
            return parts, one
    return None


def same_name(form_name: str, surname: str, given: str) -> bool:
    """Whether a name on a form is that of the zone: same letters, in either order of the parts.

    A zone cuts long names, so a beginning of at least 20 letters is enough.

    >>> same_name('Eriksson, Anna Maria', 'ERIKSSON', 'ANNA MARIA')
    True
    >>> same_name('ANNA MARIA ERIKSSON', 'ERIKSSON', 'ANNA MARIA')
    True
    >>> same_name('Anna Erikson', 'ERIKSSON', 'ANNA MARIA')
    False
    """
    written = _letters(form_name)
    orders = (_letters(surname + given), _letters(given + surname))
    if written in orders:
        return True
    return len(surname) + len(given) >= 36 and any(written.startswith(o[:20]) for o in orders)


def _letters(name: str) -> str:
    return re.sub('[^A-Z]', '', name.upper())


def agrees(kind: str, read: str, invoice: Invoice) -> bool:
    """Whether what was read of a field is what the shop sent, apart from its spelling."""
    if kind == 'invoice_number':
        return _plain(read) == _plain(invoice.invoice_no)
    if kind == 'invoice_total':
        return amount(read) == invoice.total
    if kind == 'invoice_date':
        return day(read) == invoice.day
    return _plain(read) == _plain(invoice.seller_uscc)


def fed(kind: str, invoice: Invoice) -> str:
    """What the shop sent for a field."""
    values = {
        'invoice_number': invoice.invoice_no,
        'invoice_total': format(invoice.total, 'f'),
        'invoice_date': invoice.day.isoformat(),
        'seller_uscc': invoice.seller_uscc,
    }
    return values[kind]


def _plain(value: str) -> str:
    return re.sub('[^0-9A-Z]', '', value.upper())


def amount(value: str) -> Decimal | None:
    """Yuan as printed, with or without sign and thousands; None where it is no amount."""
    try:
        return Decimal(re.sub('[¥¥,, ]', '', value)).quantize(Decimal('0.01'))
    except InvalidOperation:
        return None


def day(value: str) -> date | None:
    """A printed day, as 2026-05-11 or 2026年05月11日; None where it is none."""
    found = re.fullmatch(r'(\d{4})\D(\d{1,2})\D(\d{1,2})\D?', value.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def crops(found: Iterable[Seen]) -> list[Crop]:
    """The places to show."""
    return [one.crop for one in found]
