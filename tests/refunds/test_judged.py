"""Applications as a court would see them: the law's edges, and papers that are almost right."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from clearlane import counters, drawdowns, flow, outcomes
from clearlane.demos import departure_refund as play
from clearlane.sample import travel
from clearlane.store import models as rows
from tests.conftest import EXPORTER, NO_DRAW, OFFICER, PARTY, settle
from tests.refunds import shop

pytestmark = pytest.mark.usefixtures('store')
TODAY = flow.today()
NUMBER = 'X00000001'


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def zone(code: str = 'P<', state: str = 'UTO', expiry: str = '320415') -> str:
    """A zone of two lines of 44 with good check digits."""
    first = f'{code}{state}ERIKSSON<<ANNA<MARIA'.ljust(44, '<')
    born = f'740812{shop.check_digit("740812")}'
    no = f'{NUMBER}{shop.check_digit(NUMBER)}'
    second = f'{no}{state}{born}F{expiry}{shop.check_digit(expiry)}'
    if code.startswith('V'):
        return f'{first}\n{second.ljust(44, "<")}'
    second += '<' * 14 + '0'
    whole = second[0:10] + second[13:20] + second[21:43]
    return f'{first}\n{second}{shop.check_digit(whole)}'


def concluded(
    bills: list[dict[str, Any]], paper: dict[str, Any], mrz: str = '', **declared: Any
) -> tuple[str, set[str]]:
    """The outcome, and the checks that did not pass."""
    shop.feed(EXPORTER, 'invoices', *bills)
    shop.feed(EXPORTER, 'forms', paper)
    names = [bill['invoice_no'] for bill in bills]
    claimed = shop.application(bills[0], paper, **{'invoices': names, **declared})
    row = flow.lodge(EXPORTER, shop.NAME, claimed, lot=NO_DRAW)
    shop.shown(row.no, 'passport', 'traveller', mrz=mrz or zone())
    for bill in bills:
        shop.shown(
            row.no, 'receipt', bill['invoice_no'], invoice_number=bill['invoice_no'],
            invoice_total=bill['total'], invoice_date=bill['day'], seller_uscc=PARTY,
        )  # fmt: skip
    flow.present(EXPORTER, row.no)
    outcome = settle(row.no)
    found = json.loads(row.decisions.get().result)['findings']
    return outcome, {f['check'] for f in found if f['result'] != 'pass'}


def together(*bills: dict[str, Any]) -> dict[str, Any]:
    """One bill of all the goods, for the sums of the form."""
    goods = [good for bill in bills for good in bill['goods']]
    total = sum(float(bill['total']) for bill in bills)
    return {**bills[0], 'goods': goods, 'total': f'{total:.2f}'}


@pytest.mark.parametrize(
    ('one', 'other', 'outcome'),
    [('150.00', '50.00', 'release'), ('150.00', '49.99', 'refuse'), ('0.01', '199.99', 'release')],
)
def test_two_invoices_of_one_shop_and_day_reach_the_minimum_together(
    one: str, other: str, outcome: str
) -> None:
    bills = [shop.invoice('INV-1', one), shop.invoice('INV-2', other)]
    paper = shop.form('F-1', NUMBER, together(*bills), invoices=['INV-1', 'INV-2'])
    found, open_ = concluded(bills, paper)
    assert (found, open_) == (
        outcome,
        {'purchase_reaches_the_minimum'} if outcome == 'refuse' else set(),
    )


def test_two_invoices_of_two_days_do_not() -> None:
    bills = [shop.invoice('INV-1', '150.00'), shop.invoice('INV-2', '150.00', ago(11))]
    paper = shop.form('F-1', NUMBER, together(*bills), invoices=['INV-1', 'INV-2'])
    outcome, open_ = concluded(bills, paper)
    assert (outcome, open_) == ('inspect', {'invoices_are_those_of_the_form'})


@pytest.mark.parametrize(
    ('entered', 'bought', 'open_'),
    [
        (183, 90, set()),
        (184, 90, {'traveller_is_eligible'}),
        (183, 91, {'departure_is_in_time'}),
        (0, 0, set()),
        (-1, 0, {'traveller_is_eligible'}),
    ],
)
def test_days_are_counted_at_the_border(entered: int, bought: int, open_: set[str]) -> None:
    bill = shop.invoice('INV-1', day=ago(bought))
    paper = shop.form('F-1', NUMBER, bill, last_entry_day=ago(entered).isoformat())
    assert concluded([bill], paper)[1] == open_


@pytest.mark.parametrize(
    ('mrz', 'form', 'open_'),
    [
        (zone(expiry=f'{TODAY:%y%m%d}'), {}, set()),
        (zone(expiry=f'{ago(1):%y%m%d}'), {}, {'passport_is_read'}),
        (zone('V<'), {}, {'passport_is_read', 'traveller_is_the_buyer'}),
        (zone(state='CHN'), {'nationality': 'CHN'}, {'traveller_is_eligible'}),
        # The shop says that it was a permit; what is shown is the passport of a resident.
        (
            zone(state='CHN'),
            {'nationality': 'CHN', 'document': 'hk_macao_permit'},
            {'traveller_is_eligible'},
        ),
    ],
)
def test_a_document_that_does_not_make_an_overseas_traveller(
    mrz: str, form: dict[str, Any], open_: set[str]
) -> None:
    bill = shop.invoice('INV-1')
    outcome, found = concluded([bill], shop.form('F-1', NUMBER, bill, **form), mrz)
    assert (found, outcome == 'release') == (open_, not open_)


@pytest.mark.parametrize('at', [9, 19, 27, 42, 43])
def test_every_check_digit_of_the_zone_counts(at: int) -> None:
    first, second = zone().split('\n')
    wrong = second[:at] + str((int(second[at].replace('<', '0')) + 1) % 10) + second[at + 1 :]
    bill = shop.invoice('INV-1')
    outcome, found = concluded([bill], shop.form('F-1', NUMBER, bill), f'{first}\n{wrong}')
    assert outcome == 'inspect' and 'passport_is_read' in found


@pytest.mark.parametrize(
    ('amount', 'net'),
    # 11 % and 2 %, each cut to the fen: 22.0011 → 22.00, 4.0002 → 4.00; 36.7389, 6.6798.
    [('200.01', '18.00'), ('333.99', '30.06'), ('1000.05', '90.00'), ('99999.99', '9000.00')],
)
def test_what_is_below_a_fen_is_left_out(amount: str, net: str) -> None:
    assert str(shop.net(amount)) == net


def test_instant_refund_is_declared_only_with_its_agreement() -> None:
    bill = shop.invoice('INV-1')
    paper = shop.form('F-1', NUMBER, bill, method='instant')
    outcome, found = concluded([bill], paper)
    assert (outcome, found) == ('inspect', {'promise_is_kept'})


def test_an_invoice_in_two_applications_is_refunded_to_one_whoever_decides() -> None:
    bill = shop.invoice('INV-1')
    waiting = shop.form('F-1', 'X00000002', bill)  # another person than the passport shows
    assert concluded([bill], waiting)[0] == 'refuse'
    first = rows.Declaration.objects.get().no
    assert concluded([bill], shop.form('F-2', NUMBER, bill))[0] == 'release'
    last = json.loads(flow.find(OFFICER, first).decisions.get().result)['findings']
    said = [outcomes.Said(f['check'], 'overruled', 'x') for f in last if f['result'] != 'pass']
    with pytest.raises((flow.Conflict, drawdowns.Overdrawn)):
        outcomes.close(OFFICER, first, 'release', 'it is the same person', verdicts=said)
    assert rows.Payment.objects.count() == 1


# --- papers on real pictures ----------------------------------------------------


def other(text: str, at: int) -> str:
    """The same with one character changed."""
    at %= len(text)
    mark = text[at]
    new = str((int(mark) + 4) % 10) if mark.isdigit() else ('H' if mark != 'H' else 'T')
    return text[:at] + new + text[at + 1 :]


CHANGED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    'total': lambda b: {**b, 'total': other(b['total'], 0)},
    'fen': lambda b: {**b, 'total': other(b['total'], -1)},
    'day': lambda b: {**b, 'day': other(b['day'], -1)},
    'seller': lambda b: {**b, 'seller_uscc': other(b['seller_uscc'], 10)},
}


@pytest.mark.parametrize('what', CHANGED)
def test_a_receipt_with_one_character_changed_is_not_green(what: str) -> None:
    anna = play.Traveller('L8989001C', 'ERIKSSON', 'ANNA MARIA')
    play.shop_of(anna, play.GOODS[:1])
    counters.enroll('T1', shop.NAME, {'port': 'PVG'})
    sitting = counters.begin(counters.kiosks()[0], 'en')
    counters.show_document(sitting, anna.passport())
    counters.show_paper(sitting, play.receipt(CHANGED[what](anna.bills[0])))
    counters.confirm(sitting, sitting.entries[0], NO_DRAW)
    assert counters.screen(sitting)['items'][0]['state'] == 'counter'
    found = json.loads(rows.Decision.objects.get().result)['findings']
    wrong = {f['check']: f['reason'] for f in found if f['result'] != 'pass'}
    assert set(wrong) == {'receipts_are_those_of_the_feed'}


def test_a_receipt_whose_number_is_one_character_off_belongs_to_nobody() -> None:
    anna = play.Traveller('L8989001C', 'ERIKSSON', 'ANNA MARIA')
    play.shop_of(anna, play.GOODS[:1])
    counters.enroll('T1', shop.NAME, {'port': 'PVG'})
    sitting = counters.begin(counters.kiosks()[0], 'en')
    counters.show_document(sitting, anna.passport())
    bill = anna.bills[0]
    counters.show_paper(
        sitting, play.receipt({**bill, 'invoice_no': other(bill['invoice_no'], -1)})
    )
    assert sitting.message == 'paper_of_nobody'


def test_a_passport_whose_printed_digit_is_wrong_is_shown_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anna = play.Traveller('L8989001C', 'ERIKSSON', 'ANNA MARIA')
    play.shop_of(anna, play.GOODS[:1])
    counters.enroll('T1', shop.NAME, {'port': 'PVG'})
    sitting = counters.begin(counters.kiosks()[0], 'en')
    whole = travel.zone
    monkeypatch.setattr(
        travel, 'zone', lambda *a, **k: whole(*a, **k).replace('L8989001C', 'L8989007C')
    )
    counters.show_document(sitting, anna.passport())
    assert sitting.step == 'document' and sitting.message
