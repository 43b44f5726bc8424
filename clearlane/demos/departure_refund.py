"""Travellers at a kiosk: passports and receipts are drawn, everything else is what runs in use.

Three forms of one traveller are concluded one by one; another traveller shows a passport
that is not the buyer's; an invoice is claimed a second time. The refunds are paid by a
provider on this machine that moves no money. One more traveller is left for you to play.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from clearlane import books, counters, feeds, flow, payments, people
from clearlane.access import Actor
from clearlane.provider import HttpProvider, signature
from clearlane.sample import travel
from clearlane.sample.provider import Bank, Manners, server
from clearlane.scenario import scenarios
from clearlane.scenarios.departure_refund import rules
from clearlane.scenarios.departure_refund.records import Good
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store.blobs import Missing
from clearlane.store.counter import Kiosk
from clearlane.store.start import blobs

NAME = 'departure_refund'
SHOP = '91310000MA1FL0EX04'
SELLER = '浦江示例百货有限公司'
OFFICER = 'demo-officer'
KIOSK = 'T2-01'
NO_DRAW = Decimal('0.99999')
"""The demo has to show the same outcome each time, so its lots are set above every share."""
_log = Console(stderr=True)


@dataclass
class Traveller:
    """Somebody with a passport and receipts, and the forms that the shop sent for them."""

    number: str
    surname: str
    given: str
    bills: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)

    def passport(self, shot: travel.Shot | None = None) -> bytes:
        """The photograph of the photo page."""
        return travel.passport(self.number, self.surname, self.given, shot)

    def receipts(self) -> list[bytes]:
        """A photograph of each invoice."""
        return [receipt(bill) for bill in self.bills]


def receipt(bill: dict[str, Any]) -> bytes:
    """The photograph of an invoice."""
    goods = [(g['name'], g['quantity'], g['amount']) for g in bill['goods']]
    return travel.receipt(
        bill['invoice_no'], bill['day'], bill['seller'], bill['seller_uscc'], goods, bill['total']
    )


GOODS = (
    ('丝巾 silk scarf', 'general', '2', '1860.00'),
    ('耳机 headphones', 'general', '1', '2199.00'),
    ('金手镯 gold bracelet', 'jewellery', '1', '12800.00'),
)


def shop_of(traveller: Traveller, goods: tuple[tuple[str, str, str, str], ...] = GOODS) -> Actor:
    """The shop sells and sends: an invoice and a form for each of the goods."""
    people.party(SHOP, SELLER, 'certified')
    actor = Actor(name='demo-shop', role='exporter', party=SHOP)
    for name, category, quantity, amount in goods:
        number = rows.LibraryEntry.objects.filter(scenario=NAME).count() + 1
        bill = _bill(number, name, category, quantity, amount)
        traveller.bills.append(bill)
        traveller.forms.append(_form(number, traveller, bill))
        for library, entry in (('invoices', bill), ('forms', traveller.forms[-1])):
            done = feeds.receive(actor, NAME, library, [entry])
            if done.rejected:
                raise ValueError(done.rejected)
    return actor


def _bill(number: int, name: str, category: str, quantity: str, amount: str) -> dict[str, Any]:
    good = {'line': 1, 'name': name, 'category': category, 'quantity': quantity, 'amount': amount,
            'vat_rate': 13}  # fmt: skip
    day = flow.today() - timedelta(days=6)
    return {
        'invoice_no': f'{flow.today():%y}3120000000{number:08d}',
        'seller_uscc': SHOP,
        'seller': SELLER,
        'day': day.isoformat(),
        'total': amount,
        'goods': [good],
    }


def _form(number: int, traveller: Traveller, bill: dict[str, Any]) -> dict[str, Any]:
    good = Good.model_validate(bill['goods'][0])
    law = scenarios()[NAME].parameters.on(flow.today())
    due = rules.refund([(good, good.quantity)], law, date.fromisoformat(bill['day']))
    return {
        'form_no': f'TR{flow.today():%y%m%d}{number:05d}',
        'store': SELLER,
        'store_uscc': SHOP,
        'traveller': f'{traveller.surname} {traveller.given}',
        'nationality': travel.STATE,
        'document': 'passport',
        'document_no': traveller.number,
        'last_entry_day': (flow.today() - timedelta(days=14)).isoformat(),
        'purchase_day': bill['day'],
        'invoices': [bill['invoice_no']],
        'goods': f'{good.name} ×{good.quantity}',
        'total': bill['total'],
        'amount': str(due.amount),
        'fee': str(due.fee),
        'net': str(due.net),
        'agency': '示例退税代理',
        'method': 'mobile',
        'payee': f'tok-{traveller.number}',
        'phone': f'+99 {traveller.number}',
    }


# --- the play -----------------------------------------------------------------


def demo(*, as_json: bool) -> None:
    """Run it, and print what came out."""
    passwords = _people()
    key = counters.enroll(KIOSK, NAME, {'port': 'PVG', 'name': '浦东 T2 · 01'})
    kiosk = Kiosk.objects.get(name=KIOSK)
    serial = rows.Declaration.objects.filter(scenario=NAME).count()
    anna = Traveller(f'L{8989000 + serial}C', 'ERIKSSON', 'ANNA MARIA')
    shop_of(anna)
    found = [_at_kiosk(kiosk, anna.passport(), anna.receipts(), '3 forms, one of gold')]
    found.append(_claimed_again(anna))
    _pay()
    yours = Traveller(f'K{7100000 + serial}A', 'NOVAK', 'PETRA')
    shop_of(yours, GOODS[:2])
    folder = _pictures(yours)
    lines = [line for one in found for line in one]
    if as_json:
        for line in lines:
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + '\n')
    else:
        _show(lines)
    _farewell(folder, key, passwords)


def _people() -> dict[str, str]:
    known = rows.User.objects.filter(username=OFFICER).exists()
    return {} if known else {OFFICER: people.user(OFFICER, 'officer')}


def _at_kiosk(
    kiosk: Kiosk, passport: bytes, receipts: list[bytes], title: str
) -> list[dict[str, Any]]:
    """What the page of the kiosk does, touch by touch; a line for each form."""
    started = time.perf_counter()
    counters.begin(kiosk, 'en')
    sitting = counters.current(kiosk)
    if sitting is None:
        return []
    counters.show_document(sitting, passport)
    for picture in receipts:
        counters.show_paper(sitting, picture)
    for key in list(sitting.entries):
        counters.confirm(sitting, key, NO_DRAW)
    seconds = time.perf_counter() - started
    screen = counters.screen(sitting)
    counters.wipe(sitting)
    return [
        {
            'case': title,
            'form': item['key'],
            'state': item['state'],
            'why': item['why'],
            'refund': item['amount'],
            'seconds': round(seconds, 2),
        }
        for item in screen['items']
    ]


def _claimed_again(anna: Traveller) -> list[dict[str, Any]]:
    """Another form names an invoice that has been refunded."""
    other = Traveller('Z0000001A', 'ERIKSSON', 'ANNA MARIA')
    shop = shop_of(other, ())
    number = rows.LibraryEntry.objects.filter(scenario=NAME).count() + 1
    form = _form(number, other, anna.bills[0])
    feeds.receive(shop, NAME, 'forms', [form])
    started = time.perf_counter()
    kiosk = Kiosk.objects.get(name=KIOSK)
    title = 'an invoice that was refunded before'
    lines = _at_kiosk(kiosk, other.passport(), [receipt(anna.bills[0])], title)
    return [{**line, 'seconds': round(time.perf_counter() - started, 2)} for line in lines]


def _pay() -> None:
    """A provider on this machine takes the orders, and is asked what became of them."""
    secret = settings().payments_secret or 'demo'
    bank = Bank('', secret, Manners(lose=1.0), signature)
    running = server(bank, 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    provider = HttpProvider(f'http://127.0.0.1:{running.server_port}', secret)
    for payment in rows.Payment.objects.filter(scenario=NAME, state='planned'):
        payments.send(payment.pk, provider)
        no = payments.number(payment)
        if told := provider.state(no):
            payments.heard(f'asked:{no}:{told}', no, told)
    running.shutdown()


def _pictures(traveller: Traveller) -> Path:
    """The pictures of a traveller that you play, and the papers of those before."""
    folder = settings().home / 'demo' / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'passport.jpg').write_bytes(traveller.passport())
    for number, picture in enumerate(traveller.receipts(), start=1):
        (folder / f'receipt-{number}.jpg').write_bytes(picture)
    for paper in rows.Certificate.objects.filter(declaration__scenario=NAME).order_by('-pk')[:3]:
        for language, sha256 in paper.documents.items():
            try:
                (folder / f'{paper.no}.{language}.pdf').write_bytes(blobs().get(sha256))
            except Missing:
                continue
    return folder


def _show(lines: list[dict[str, Any]]) -> None:
    table = Table(
        title='Clearlane 畅关 · departure tax refund, synthetic pictures', show_lines=True
    )
    for name in ('case', 'form', 'state', 'why', 'refund', 'seconds'):
        table.add_column(name, overflow='fold')
    for line in lines:
        table.add_row(*(str(line[name]) for name in line))
    console = Console(width=max(120, Console().width))
    console.print(table)
    sums = Table(title='the books, in yuan')
    sums.add_column('account')
    sums.add_column('balance', justify='right')
    for account, total in books.balances(NAME).items():
        sums.add_row(account, f'{total:,.2f}')
    console.print(sums)


def _farewell(folder: Path, key: str, passwords: dict[str, str]) -> None:
    _log.print(f'pictures     {folder} (a traveller for you to play)')
    _log.print(f'kiosk        clearlane serve, then {settings().url}/kiosk with this key:')
    _log.print(f'             {key}', highlight=False)
    for name, password in passwords.items():
        _log.print(f'officer      {name}  {password}', highlight=False)
