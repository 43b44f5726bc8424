"""The counter: what is shown stays in the sitting, becomes evidence on the touch, and is wiped."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearlane import counters, daily, flow, work
from clearlane.access import NotAllowed
from clearlane.demos import departure_refund as play
from clearlane.sample import travel
from clearlane.store import models as rows
from clearlane.store.counter import Kiosk, Sitting, SittingPiece
from tests.conftest import EXPORTER, NO_DRAW, OFFICER

pytestmark = pytest.mark.usefixtures('store')
NAME = 'departure_refund'


def kiosk() -> Kiosk:
    counters.enroll('T1', NAME, {'port': 'PVG'})
    return Kiosk.objects.get()


def traveller(goods: Any = play.GOODS[:1]) -> play.Traveller:
    found = play.Traveller('L8989001C', 'ERIKSSON', 'ANNA MARIA')
    play.shop_of(found, goods)
    return found


def begun(language: str = 'en') -> Sitting:
    return counters.begin(kiosk(), language)


def test_from_passport_to_refund_in_one_touch() -> None:
    anna, sitting = traveller(), begun()
    counters.show_document(sitting, anna.passport())
    assert (sitting.step, sitting.masked) == ('papers', 'L89***01C')
    assert not rows.Declaration.objects.exists()
    counters.show_paper(sitting, anna.receipts()[0])
    counters.confirm(sitting, sitting.entries[0], NO_DRAW)
    screen = counters.screen(sitting)
    assert screen['items'][0]['state'] == 'green', rows.Decision.objects.get().result
    assert screen['done']
    assert rows.Payment.objects.get().state == 'planned'
    counters.confirm(sitting, sitting.entries[0], NO_DRAW)
    assert rows.Declaration.objects.count() == rows.Payment.objects.count() == 1
    work.drain()
    assert rows.Decision.objects.count() == 1


def test_a_wipe_leaves_nothing_of_the_person() -> None:
    anna, sitting = traveller(), begun()
    counters.show_document(sitting, anna.passport())
    assert SittingPiece.objects.exists()
    counters.wipe(sitting)
    left = Sitting.objects.get()
    assert not SittingPiece.objects.exists()
    assert not rows.Reading.objects.exists()
    assert (left.masked, left.entries, left.message, left.step) == ('', [], '', 'ended')


def test_whoever_walks_away_is_wiped_and_the_next_begins_clean() -> None:
    anna, sitting = traveller(), begun()
    counters.show_document(sitting, anna.passport())
    Sitting.objects.update(touched_at=flow.now() - timedelta(seconds=600))
    assert counters.sweep() == 1
    assert counters.current(sitting.kiosk) is None
    again = counters.begin(sitting.kiosk, 'ja')
    assert counters.screen(again)['items'] == []


@pytest.mark.parametrize(
    ('shot', 'words'), [(travel.Shot(glare=1.2), 'lines'), (travel.Shot(blur=14), ' ')]
)
def test_a_passport_that_cannot_be_read_says_what_to_do(shot: travel.Shot, words: str) -> None:
    anna, sitting = traveller(), begun()
    counters.show_document(sitting, anna.passport(shot))
    screen = counters.screen(sitting)
    assert screen['step'] == 'document'
    assert words in screen['message'] and screen['message'] != sitting.message
    assert not SittingPiece.objects.exists()


def test_a_passport_without_forms_and_a_paper_of_nobody() -> None:
    anna, sitting = traveller(), begun()
    other = play.Traveller('Z1234567A', 'NOVAK', 'PETRA')
    counters.show_document(sitting, other.passport())
    assert sitting.message == 'no_entries'
    counters.show_document(sitting, anna.passport())
    stray = {**anna.bills[0], 'invoice_no': '26312000000099999999'}
    counters.show_paper(sitting, play.receipt(stray))
    assert sitting.message == 'paper_of_nobody'
    with pytest.raises(Exception, match='not found'):
        counters.confirm(sitting, 'TR-OF-SOMEBODY-ELSE')


def test_without_a_receipt_it_goes_to_the_counter_and_the_officer_decides() -> None:
    from clearlane import outcomes

    anna, sitting = traveller(), begun('zh')
    counters.show_document(sitting, anna.passport())
    counters.confirm(sitting, sitting.entries[0], NO_DRAW)
    item = counters.screen(sitting)['items'][0]
    assert (item['state'], '票据' in item['why']) == ('counter', True)
    outcomes.close(OFFICER, sitting.declarations[item['key']], 'refuse', 'goods are not there')
    assert counters.screen(sitting)['items'][0]['state'] == 'refused'


def test_goods_are_photographed_for_the_officer_where_a_person_looks_and_nowhere_else() -> None:
    anna, sitting = traveller(play.GOODS[1:]), begun()
    counters.show_document(sitting, anna.passport())
    counters.show_goods(sitting, anna.receipts()[0])
    for paper in anna.receipts():
        counters.show_paper(sitting, paper)
    for key in sitting.entries:
        counters.confirm(sitting, key, NO_DRAW)
    counters.show_goods(sitting, b'no picture')
    assert sitting.message == 'no_picture'
    counters.show_goods(sitting, anna.receipts()[0])
    screen = counters.screen(sitting)
    items = {item['state']: item for item in screen['items']}
    sums = [Decimal(screen[name].replace(',', '')) for name in ('paid', 'waits', 'total')]
    assert sums[0] == Decimal(items['green']['sum']) > 0
    assert sums[1] == Decimal(items['counter']['sum']) > 0
    assert sums[2] == sums[0] + sums[1]
    assert (items['green']['goods'], items['counter']['goods']) == (0, 1)
    piece = rows.Evidence.objects.get(kind='goods')
    assert (piece.item, piece.declaration.no) == (
        'goods',
        sitting.declarations[items['counter']['key']],
    )


@pytest.mark.parametrize('language', ['zh', 'en', 'ja', 'ko', 'fr', 'es', 'de', 'ru'])
def test_fewer_goods_stand_on_the_screen_of_the_traveller(language: str) -> None:
    from clearlane import questions
    from clearlane.questions import Given

    anna, sitting = traveller(), begun(language)
    counters.show_document(sitting, anna.passport())
    counters.confirm(sitting, sitting.entries[0], NO_DRAW)
    no = rows.Declaration.objects.get().no
    assert counters.screen(sitting)['items'][0]['less'] == ''
    (asked,) = questions.asked(flow.find(OFFICER, no))
    questions.answer(OFFICER, no, [Given(question=asked.key, reply='yes', amount='1')])
    work.drain()
    # One of two scarves, 930.00: 102.30 less 18.60.
    screen = counters.screen(sitting)
    assert (screen['items'][0]['less'], screen['waits']) == ('¥83.70', '83.70')
    assert screen['paid'] == ''
    _, counter = counters.parts(sitting.kiosk)
    assert '{amount}' in counter.languages[language]['fewer']


def test_every_language_of_the_counter_says_the_same_things() -> None:
    _, counter = counters.parts(kiosk())
    wanted = {'offline', 'camera_denied', 'fewer', 'goods', 'goods_seen', 'paid', 'waits'}
    assert [code for code, words in counter.languages.items() if wanted - words.keys()] == []


def test_a_key_that_was_revoked_opens_nothing() -> None:
    key = counters.enroll('T1', NAME, {})
    assert counters.device(key)
    assert counters.device(key + 'x') is None
    counters.revoke('T1')
    assert counters.device(key) is None


@pytest.mark.parametrize('data', [b'', b'no picture', b'\xff\xd8\xff broken'])
def test_what_is_no_picture_lets_the_person_try_again(data: bytes) -> None:
    traveller()
    sitting = begun()
    counters.show_document(sitting, data)
    assert sitting.message == 'no_picture'


def test_the_figures_of_the_day_count_what_happened() -> None:
    anna, sitting = traveller(play.GOODS[1:]), begun()
    counters.show_document(sitting, anna.passport())
    for paper in anna.receipts():
        counters.show_paper(sitting, paper)
    for key in sitting.entries:
        counters.confirm(sitting, key, NO_DRAW)
    (day,) = daily.days(OFFICER, NAME, flow.today(), flow.today())
    assert (day.declared, day.green, day.control, day.waiting) == (2, 1, 1, 1)
    assert day.planned == rows.Payment.objects.get().amount
    assert day.median is not None and day.late is not None
    with pytest.raises(NotAllowed):
        daily.days(EXPORTER, NAME, flow.today(), flow.today())


def test_a_shop_never_sees_the_passport_and_staff_see_a_mask() -> None:
    from django.test import Client

    from tests.browser import cast

    anna, sitting = traveller(), begun()
    counters.show_document(sitting, anna.passport())
    counters.show_paper(sitting, anna.receipts()[0])
    counters.confirm(sitting, sitting.entries[0], NO_DRAW)
    cast.people()
    rows.User.objects.filter(username='own').update(party=play.SHOP)
    no = rows.Declaration.objects.get().no
    passport = rows.Evidence.objects.get(kind='passport').pk
    seen = {}
    for name in ('own', 'officer', 'analyst'):
        client: Client = cast.browser(name)
        page = client.get(f'/declarations/{no}').content.decode()
        forms = client.get(f'/library/{NAME}/forms').content.decode()
        picture = client.get(f'/evidence/{passport}/view').status_code
        seen[name] = (f'data-photo="{passport}"' in page, anna.number in forms, picture)
    assert seen == {
        'own': (False, True, 404),
        'officer': (True, True, 200),
        'analyst': (False, False, 404),
    }
