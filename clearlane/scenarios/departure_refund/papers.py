"""Papers and goods on photographs, and what the links of an application say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from clearlane import Case, Finding, Text, clause, doubtful, failed, passed
from clearlane.scenarios.departure_refund import evidence
from clearlane.scenarios.departure_refund.checks import AT_COUNTER, CUSTOMS
from clearlane.scenarios.departure_refund.records import Invoice

FIELDS = ('invoice_number', 'invoice_total', 'invoice_date', 'seller_uscc')
NAMES = {
    'invoice_number': Text('发票号码', 'number'),
    'invoice_total': Text('合计', 'total'),
    'invoice_date': Text('日期', 'day'),
    'seller_uscc': Text('销售方', 'seller'),
}
OWN = '本系统风险规则'

AGAIN = Text('请将票据平放重拍：避免反光、勿裁切', 'show the paper again: flat, no glare, not cut')


@clause(f'{CUSTOMS}', AGAIN)
def photographs_can_be_read(case: Case) -> Finding:
    """Every photograph could be read (照片均可识读)."""
    broken = [p for p in case.evidence if p.error]
    if broken:
        words = Text('{n} 张照片无法识读', '{n} {n:photograph|photographs} could not be read')
        return doubtful(words.of(n=len(broken)))
    return passed(
        Text('{n} 张照片均已识读', '{n:the photograph was|all {n} photographs were} read').of(
            n=len(case.evidence)
        )
    )


@clause(f'{CUSTOMS} (交验发票)', AGAIN)
def receipts_are_those_of_the_feed(case: Case) -> Finding:
    """Every invoice was shown, and each field read on it is what the shop sent (票据与报送一致)."""
    if evidence.RECEIPT not in case.law.papers:
        return passed(Text('不要求出示发票', 'no invoice has to be shown'))
    wrong: list[tuple[Any, Text]] = []
    unsure: list[tuple[Any, Text]] = []
    unread: list[str] = []
    crops = []
    for invoice in evidence.invoices(case):
        fields = _fields(case, invoice)
        crops += [one.crop for _, one, _ in fields]
        for kind, one, same in fields:
            if not same:
                sure = _score(one) >= Decimal(case.law.scores[kind])
                (wrong if sure else unsure).append((one, NAMES[kind]))
        if not any(kind == 'invoice_number' and same for kind, _, same in fields) or not any(
            kind == 'invoice_total' and same for kind, _, same in fields
        ):
            unread.append(invoice.invoice_no)
    if wrong:
        one, name = wrong[0]
        words = Text(
            '票据上的{what}为 {seen}，与商店报送不同',
            'the paper shows {what} {seen}, the shop sent another',
        )
        return failed(words.of(what=name, seen=one.value), [one.crop for one, _ in wrong])
    if unsure and not unread:
        one, name = unsure[0]
        words = Text(
            '票据上的{what}读作 {seen}，与商店报送不同，但没有读准',
            'the paper seems to show {what} {seen}, the shop sent another',
        )
        return doubtful(words.of(what=name, seen=one.value), [one.crop for one, _ in unsure])
    if unread or not evidence.invoices(case):
        words = Text(
            '未看到发票 {no} 的号码和金额', 'number and total of invoice {no} were not seen'
        )
        return doubtful(words.of(no=', '.join(unread) or '–'), crops)
    words = Text(
        '{n} 张发票的 {f} 项字段与商店报送一致',
        '{f} {f:field|fields} on {n} {n:invoice|invoices} {f:is|are} what the shop sent',
    )
    return passed(words.of(n=len(case.declared.invoices), f=len(crops)), crops)


def _fields(case: Case, invoice: Invoice) -> list[tuple[str, Any, bool]]:
    """(field, what was seen, whether it is what the shop sent), the surest reading of each.

    What is the same to the character counts from two thirds of the score on: that a misread
    number is by chance the one that was sent is next to impossible. What is read as another
    and not surely is a doubt: a code whose check character was broken by hand reads like that.
    """
    found = []
    for kind in FIELDS:
        least = Decimal(case.law.scores[kind])
        read = evidence.seen(case, evidence.RECEIPT, kind, invoice.invoice_no)
        same = [
            s
            for s in read
            if evidence.agrees(kind, s.value, invoice) and _score(s) >= least * 2 / 3
        ]
        if same or read:
            found.append((kind, (same or read)[0], bool(same)))
    return found


def _score(seen: Any) -> Decimal:
    return Decimal(str(seen.reading.score))


@clause(f'{CUSTOMS}; F1, F2', AT_COUNTER)
def goods_photographs_are_new(case: Case) -> Finding:
    """No photograph of goods was used before (商品照片未重复使用)."""
    goods = evidence.pieces(case, evidence.GOODS)
    again = [p for p in goods for r in p.reused if r.likeness >= 0.9]
    if again:
        words = Text('商品照片曾用于 {no}', 'a photograph of goods was used in {no}')
        return failed(words.of(no=again[0].reused[0].declaration))
    words = Text(
        '{n} 张商品照片为首次使用', '{n} {n:photograph|photographs} of goods, none used before'
    )
    return passed(words.of(n=len(goods)))


@clause(f'{OWN}：高值商品', AT_COUNTER)
def no_line_is_controlled(case: Case) -> Finding:
    """No line reaches the amount from which a person looks at its goods (无高值重点商品)."""
    limits = case.law.control
    high = [
        g
        for i in evidence.invoices(case)
        for g in i.goods
        if g.amount >= Decimal(limits.get(g.category, limits['general']))
    ]
    if high:
        words = Text(
            '{name} ¥{amount} 属重点查验商品', '{name}, ¥{amount}: goods that a person looks at'
        )
        return failed(words.of(name=high[0].name, amount=high[0].amount))
    return passed(Text('没有重点查验商品', 'no goods that a person has to look at'))


@clause(f'{OWN}：关联网络 F3-F5, F9', AT_COUNTER)
def links_are_ordinary(case: Case) -> Finding:
    """Telephone, card, address and group lead to no ring of travellers (关联网络无异常)."""
    law, network = case.law.risk, case.network
    if not network:
        return doubtful(Text('关联网络不可用', 'the network of links is not available'))
    for kind, count in network['persons_behind'].items():
        if count >= law['persons_behind']:
            words = Text(
                '同一{kind}背后有 {n} 名旅客', '{n} {n:traveller|travellers} behind one {kind}'
            )
            return failed(words.of(kind=KINDS.get(kind, Text(kind, kind)), n=count))
    if network['ring_persons'] >= law['ring_persons']:
        words = Text('属于 {n} 名旅客的关联团伙', 'part of a ring of {n} {n:traveller|travellers}')
        return failed(words.of(n=network['ring_persons']))
    words = Text(
        '关联 {n} 份申请，无异常', '{n} linked {n:application|applications}, nothing unusual'
    )
    return passed(words.of(n=network['linked']))


KINDS = {
    'phone': Text('电话', 'telephone'),
    'card': Text('银行卡', 'card'),
    'address': Text('住址', 'address'),
}


@clause(f'{OWN}：频次 F2, F4', AT_COUNTER)
def traveller_is_not_frequent(case: Case) -> Finding:
    """The traveller has not applied unusually often (申请频次正常)."""
    n, most = case.network.get('of_person', 0), case.law.risk['applications']
    words = Text('90 天内 {n} 次申请', '{n} {n:application|applications} in 90 days').of(n=n)
    return passed(words) if n < most else failed(words)
