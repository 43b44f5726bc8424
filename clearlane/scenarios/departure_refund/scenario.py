"""Departure tax refund (离境退税).

Tax-free shops send their invoices and the application forms. The traveller shows a
passport and the papers at a counter; each form is concluded on its own, in seconds:
green, or control with the reason. A granted form is paid once and stands in the books.

Legal basis: MOF Announcement 2015-3; STA Announcements 2015-41 and 2025-9; GACC
Announcement 2015-25; MOF, STA and GACC Announcement 2019-39; the notice of six
ministries of April 2025.

Not covered: the entry record of the border inspection (the last entry is taken from
the form), the hand-over between customs and the aircraft, goods that are checked in,
the settlement between agency and tax authority, and the refund of consumption tax. The
state of the goods is seen by a person alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clearlane import Case, Draw, Scenario, Text
from clearlane.recognisers.passport import PASSPORT
from clearlane.recognisers.receipt import RECEIPT
from clearlane.scenarios.departure_refund import checks, door, evidence, kiosk, papers, refund
from clearlane.scenarios.departure_refund.records import Application, Form, Invoice


def _headline(application: Application) -> Text:
    words = Text('申请单 {no} · {port}', 'form {no} · {port}')
    return words.of(no=application.form_no, port=application.port)


def _refers(application: Application) -> list[tuple[str, str]]:
    return [('forms', application.form_no), *(('invoices', no) for no in application.invoices)]


def _draws(application: Application) -> list[Draw]:
    return [Draw(library='invoices', key=no, amount=1) for no in application.invoices]


def _items(application: Any) -> list[str]:
    return ['traveller', *application.invoices, 'goods']


def _links(case: Case) -> Iterator[tuple[str, str]]:
    form = evidence.form(case)
    yield 'person', f'{form.nationality}{form.document_no}'
    yield 'trip', f'{case.declared.port}{case.declared.departure_day.isoformat()}'
    for kind in ('phone', 'card', 'address', 'tour_group'):
        yield kind, getattr(form, kind)
    yield 'shop', form.store_uscc


SCENARIO = Scenario(
    home=Path(__file__).parent,
    title=Text('离境退税', 'Departure tax refund'),
    declares=Application,
    headline=_headline,
    readers={evidence.PASSPORT: PASSPORT, evidence.RECEIPT: RECEIPT, evidence.GOODS: RECEIPT},
    libraries={'forms': Form, 'invoices': Invoice},
    fed={'forms': 'form_no', 'invoices': 'invoice_no'},
    items=_items,
    refers=_refers,
    draws=_draws,
    links=_links,
    pays=refund.payouts,
    dues={'forms': refund.collected},
    advances={'forms': refund.advanced},
    ways=refund.ways,
    accounts=refund.ACCOUNTS,
    counter=kiosk.COUNTER,
    # A passport serves many forms, and the papers of one shop all look alike.
    shown_again=frozenset({evidence.PASSPORT, evidence.RECEIPT}),
    personal=frozenset(
        {evidence.PASSPORT, 'traveller', 'document_no', 'phone', 'card', 'address', 'payee'}
    ),
    door=[door.form_is_known, door.invoices_are_named_once],
    checks=[
        papers.photographs_can_be_read,
        checks.passport_is_read,
        checks.traveller_is_the_buyer,
        checks.traveller_is_eligible,
        checks.invoices_are_those_of_the_form,
        checks.invoices_are_unused,
        papers.receipts_are_those_of_the_feed,
        checks.purchase_reaches_the_minimum,
        checks.departure_is_in_time,
        checks.goods_are_not_excluded,
        checks.amounts_are_those_of_the_law,
        checks.cash_is_within_the_cap,
        checks.goods_are_there,
        checks.goods_are_unused_and_carried,
        checks.port_has_a_refund_point,
        checks.promise_is_kept,
        papers.goods_photographs_are_new,
        papers.no_line_is_controlled,
        papers.links_are_ordinary,
        papers.traveller_is_not_frequent,
    ],
    on_release=refund.verification,
    tasks={
        'review': Text('审核申请与票据', 'review the application and its papers'),
        'remote': Text('远程查看商品', 'look at the goods by video'),
        'inspect': Text('在柜台查验商品与证件', 'check goods and document at the counter'),
        'refuse': Text('确认不予退税并告知旅客', 'confirm the refusal and tell the traveller'),
    },
)
