"""A shop, its travellers, and what a reader would have seen of their papers."""

from __future__ import annotations

from copy import copy as copied
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from clearlane import feeds, flow
from clearlane.access import Actor
from clearlane.model import plain
from clearlane.scenarios.departure_refund import rules
from clearlane.scenarios.departure_refund.records import Good
from clearlane.scenarios.departure_refund.scenario import SCENARIO
from clearlane.store import models as rows
from clearlane.store.start import blobs
from tests.conftest import EXPORTER, NO_DRAW, PARTY

NAME = 'departure_refund'


def check_digit(text: str) -> str:
    values = [0 if mark == '<' else int(mark, 36) for mark in text]
    return str(sum(v * (7, 3, 1)[n % 3] for n, v in enumerate(values)) % 10)


def mrz(number: str, surname: str = 'ERIKSSON', given: str = 'ANNA MARIA') -> str:
    """The zone of a passport of the fictional State UTO."""
    first = f'P<UTO{surname}<<{given.replace(" ", "<")}'.ljust(44, '<')
    no, extra = number.ljust(9, '<'), '<' * 14
    second = f'{no}{check_digit(no)}UTO740812{check_digit("740812")}F320415{check_digit("320415")}'
    second += f'{extra}{check_digit(extra)}'
    whole = second[0:10] + second[13:20] + second[21:43]
    return f'{first}\n{second}{check_digit(whole)}'


def invoice(no: str, amount: str = '1860.00', day: date | None = None) -> dict[str, Any]:
    good = {'line': 1, 'name': 'silk scarf', 'quantity': '2', 'amount': amount, 'vat_rate': 13}
    return {
        'invoice_no': no,
        'seller_uscc': PARTY,
        'seller': '鹭江示例',
        'day': (day or flow.today() - timedelta(days=10)).isoformat(),
        'total': amount,
        'goods': [good],
    }


def form(no: str, passport: str, bill: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The application form that fits an invoice."""
    goods = [Good.model_validate(g) for g in bill['goods']]
    law = SCENARIO.parameters.on(flow.today())
    invoiced = date.fromisoformat(bill['day'])
    due = rules.refund([(g, g.quantity) for g in goods], law, invoiced)
    return {
        'form_no': no,
        'store': bill['seller'],
        'store_uscc': PARTY,
        'traveller': 'ERIKSSON ANNA MARIA',
        'nationality': 'UTO',
        'document': 'passport',
        'document_no': passport,
        'last_entry_day': (flow.today() - timedelta(days=20)).isoformat(),
        'purchase_day': bill['day'],
        'invoices': [bill['invoice_no']],
        'total': bill['total'],
        'amount': str(due.amount),
        'fee': str(due.fee),
        'net': str(due.net),
        'agency': '示例退税代理',
        'method': 'mobile',
        'payee': f'tok-{passport}',
        **changed,
    }


def feed(actor: Actor, library: str, *entries: dict[str, Any]) -> None:
    done = feeds.receive(actor, NAME, library, entries)
    assert not done.rejected, done.rejected


def application(bill: dict[str, Any], paper: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        'form_no': paper['form_no'],
        'invoices': [bill['invoice_no']],
        'port': 'PVG',
        'departure_day': flow.today().isoformat(),
        'method': paper['method'],
        'unused': True,
        'with_traveller': True,
        **changed,
    }


def shown(no: str, kind: str, item: str, **values: str) -> None:
    """A piece of evidence that was read already: the cache of readings holds these values."""
    reader = SCENARIO.readers[kind]
    sha256 = blobs().put(repr((kind, sorted(values.items()))).encode())
    readings = [
        {'kind': k, 'value': v, 'score': 0.97, 'recogniser': reader.name, 'box': [], 'details': {}}
        for k, v in values.items()
    ]
    rows.Reading.objects.get_or_create(
        sha256=sha256, recogniser=reader.name, digest=reader.digest,
        defaults={'readings': plain(readings), 'seconds': 0.0, 'read_at': flow.now()},
    )  # fmt: skip
    row = rows.Declaration.objects.get(no=no)
    piece = rows.Evidence.objects.create(
        declaration=row, kind=kind, item=item, sha256=sha256, sm3='0' * 64, size=1,
        media_type='image/jpeg', width=1, height=1, fingerprint=b'', received_at=flow.now(),
    )  # fmt: skip
    rows.Comparison.objects.create(evidence=piece, against=0)


def lodged(passport: str, bill: dict[str, Any], paper: dict[str, Any], **changed: Any) -> str:
    """A declared application with everything shown, presented."""
    row = flow.lodge(
        EXPORTER, NAME, application(bill, paper, **changed), lot=changed.pop('lot', NO_DRAW)
    )
    shown(row.no, 'passport', 'traveller', mrz=mrz(passport))
    shown(
        row.no, 'receipt', bill['invoice_no'], invoice_number=bill['invoice_no'],
        invoice_total=bill['total'], invoice_date=bill['day'], seller_uscc=PARTY,
    )  # fmt: skip
    flow.present(EXPORTER, row.no)
    return row.no


def net(amount: str = '1860.00') -> Decimal:
    good = Good(line=1, name='x', quantity=Decimal(1), amount=Decimal(amount), vat_rate=13)
    day = flow.today()
    return rules.refund([(good, Decimal(1))], SCENARIO.parameters.on(day), day).net


def crowd(count: int, bill: dict[str, Any]) -> list[int]:
    """So many travellers, each with a form of their own that names this one invoice, all at
    the point where the workers take over; written in bulk, as it is the crowd that counts."""
    now, day = flow.now(), flow.today()
    papers = [form(f'F-{n}', f'X{n:08d}', bill) for n in range(count)]
    rows.LibraryEntry.objects.bulk_create(
        rows.LibraryEntry(
            scenario=NAME, library='forms', key=p['form_no'], version=1, party_id=PARTY,
            state='in_force', since=day, data=plain(SCENARIO.libraries['forms'](**p)),
            submitted_by='feed', submitted_at=now,
        )
        for p in papers
    )  # fmt: skip
    declared = [
        rows.Declaration(
            no=f'CROWD-{n}', scenario=NAME, party_id=PARTY, day=day, lot=NO_DRAW, lodged_at=now,
            presented_at=now, declared=plain(SCENARIO.declares(**application(bill, p))),
        )
        for n, p in enumerate(papers)
    ]  # fmt: skip
    made = rows.Declaration.objects.bulk_create(declared)
    shown(made[0].no, 'receipt', bill['invoice_no'], invoice_number=bill['invoice_no'],
          invoice_total=bill['total'], invoice_date=bill['day'], seller_uscc=PARTY)  # fmt: skip
    paper = rows.Evidence.objects.get()
    _copied(paper, made[1:])
    for row, p in zip(made, papers, strict=True):
        shown(row.no, 'passport', 'traveller', mrz=mrz(p['document_no']))
    return [row.pk for row in made]


def _copied(piece: rows.Evidence, to: list[rows.Declaration]) -> None:
    """The same photograph on other declarations."""
    copies = []
    for row in to:
        copy = copied(piece)
        copy.pk, copy.declaration = None, row
        copies.append(copy)
    made = rows.Evidence.objects.bulk_create(copies)
    rows.Comparison.objects.bulk_create(rows.Comparison(evidence=e, against=0) for e in made)
