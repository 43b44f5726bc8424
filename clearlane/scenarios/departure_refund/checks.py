"""What customs asks of an application, each a sentence that is true when it passes.

The table of GACC Announcement 2015-25 is here: another person, other goods or any
other breach is refused (an officer confirms it); fewer goods are granted in part.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from clearlane import Case, Finding, Text, clause, doubtful, failed, passed
from clearlane.scenarios.departure_refund import evidence, rules

CUSTOMS = '海关总署公告2015年第25号'
FINANCE = '财政部公告2015年第3号'
NOTICE = '关于进一步优化离境退税政策扩大入境消费的通知'
TAX = '国家税务总局公告2015年第41号'
INSTANT = '国家税务总局公告2025年第9号'

AT_COUNTER = Text(
    '请持证件、票据和商品到人工柜台', 'go to the counter with document, papers and goods'
)
NOT_REFUNDED = Text(
    '该项不符合退税条件，关员可复核', 'this is not refunded; an officer can look again'
)


# --- the traveller ------------------------------------------------------------


@clause(
    f'{CUSTOMS}; ICAO 9303-3, 4.9',
    Text(
        '请将护照资料页平放重拍：避免反光、勿裁切',
        'show the photo page again: flat, no glare, not cut',
    ),
)
def passport_is_read(case: Case) -> Finding:
    """The document that was shown is read, every check digit fits, and it is valid (证件有效)."""
    found = evidence.passport(case)
    if found is not None:
        parts, one = found
        if parts.expiry is not None and parts.expiry < case.declared.departure_day:
            words = Text('证件已于 {day} 过期', 'the document expired on {day}')
            return failed(words.of(day=parts.expiry.isoformat()), [one.crop])
        words = Text('{state} {masked}，校验位全部相符', '{state} {masked}, every check digit fits')
        return passed(words.of(state=parts.issuer, masked=masked(parts.number)), [one.crop])
    if not evidence.pieces(case, evidence.PASSPORT):
        return doubtful(Text('没有出示证件', 'no document was shown'))
    return doubtful(
        Text('证件机读区没有读出', 'the machine-readable zone could not be read'),
        evidence.crops(evidence.seen(case, evidence.PASSPORT, 'mrz')),
    )


@clause(f'{CUSTOMS} (单证与旅客不符的不予验核)', NOT_REFUNDED)
def traveller_is_the_buyer(case: Case) -> Finding:
    """The person who leaves is the person on the form (旅客与申请单一致)."""
    form, found = evidence.form(case), evidence.passport(case)
    if found is None:
        return doubtful(
            Text('未读到证件，无法比对旅客', 'no document to compare the traveller with')
        )
    parts, one = found
    wrong = [
        field
        for field, same in (
            (NUMBER, parts.number == form.document_no),
            (STATE, parts.nationality == form.nationality),
            (NAME, evidence.same_name(form.traveller, parts.surname, parts.given_names)),
        )
        if not same
    ]
    if not wrong:
        return passed(
            Text(
                '证件号、国籍和姓名与申请单一致',
                'number, nationality and name are those of the form',
            ),
            [one.crop],
        )
    zh, en = '、'.join(w.zh for w in wrong), ', '.join(w.en for w in wrong)
    words = Text('证件与申请单不一致：{what}', 'the document differs from the form in: {what}')
    return failed(words.of(what=Text(zh, en)), [one.crop], asks_for='refuse')


NUMBER = Text('证件号', 'number')
STATE = Text('国籍', 'nationality')
NAME = Text('姓名', 'name')


def masked(number: str) -> str:
    """A document number as others may see it.

    >>> masked('L898902C3')
    'L89***2C3'
    """
    return f'{number[:3]}***{number[-3:]}' if len(number) > 6 else f'{number[:1]}***'


@clause(f'{FINANCE} 一', NOT_REFUNDED)
def traveller_is_eligible(case: Case) -> Finding:
    """The traveller lives elsewhere and stayed at most 183 days (境外旅客、不超过183天)."""
    form, law = evidence.form(case), case.law.eligible
    stay = rules.days_of_stay(form, case.declared.departure_day)
    resident = form.nationality in law['residents']
    found = evidence.passport(case)
    shown = found is not None and found[0].document_code.startswith('P')
    if resident and (shown or form.document not in law['documents_of_residents']):
        words = Text(
            '{state} 旅客凭护照不属于境外旅客',
            'a {state} national with a passport is no overseas traveller',
        )
        return failed(words.of(state=form.nationality), asks_for='refuse')
    if stay > law['days']:
        words = Text(
            '离境前已连续居留 {n} 天，超过 {most} 天',
            'stayed {n} {n:day|days} before the departure, more than {most}',
        )
        return failed(words.of(n=stay, most=law['days']), asks_for='refuse')
    if stay < 0:
        return failed(Text('最近入境日期晚于离境日期', 'the last entry lies after the departure'))
    words = Text(
        '入境 {n} 天，不超过 {most} 天', '{n} {n:day|days} since the entry, at most {most}'
    )
    return passed(words.of(n=stay, most=law['days']))


# --- the purchase -------------------------------------------------------------


@clause(f'{TAX}; {CUSTOMS}', AT_COUNTER)
def invoices_are_those_of_the_form(case: Case) -> Finding:
    """Shop, day, invoices and total are the same on form and invoices (单票一致)."""
    form, found = evidence.form(case), evidence.invoices(case)
    known = {i.invoice_no for i in found}
    missing = sorted(set(form.invoices) - known)
    if missing:
        words = Text('商店未报送发票 {no}', 'the shop has not sent invoice {no}')
        return failed(words.of(no=', '.join(missing)))
    if sorted(form.invoices) != sorted(case.declared.invoices):
        return failed(
            Text('申请的发票与申请单不同', 'the claimed invoices are not those of the form')
        )
    other = [i for i in found if i.seller_uscc != form.store_uscc or i.day != form.purchase_day]
    if other:
        words = Text(
            '发票 {no} 的商店或日期与申请单不同',
            'invoice {no} is of another shop or day than the form',
        )
        return failed(words.of(no=other[0].invoice_no))
    uneven = [i for i in found if sum((g.amount for g in i.goods), Decimal(0)) != i.total]
    if uneven:
        words = Text(
            '发票 {no} 各行之和不等于合计', 'the lines of invoice {no} do not add up to its total'
        )
        return failed(words.of(no=uneven[0].invoice_no))
    total = sum((i.total for i in found), Decimal(0))
    if total != form.total:
        words = Text('发票合计 {a}，申请单 {b}', 'the invoices add up to {a}, the form says {b}')
        return failed(words.of(a=total, b=form.total))
    words = Text(
        '{n} 张发票，合计 ¥{total}，与申请单一致',
        '{n} {n:invoice|invoices}, ¥{total} in all, as on the form',
    )
    return passed(words.of(n=len(found), total=total))


@clause(f'{FINANCE} (一张发票只退一次)', NOT_REFUNDED)
def invoices_are_unused(case: Case) -> Finding:
    """No invoice was refunded before (发票未曾退税)."""
    library = case.libraries['invoices']
    used = [no for no in case.declared.invoices if not ((e := library.entry(no)) and e.remaining)]
    if used:
        words = Text('发票 {no} 已退税或未报送', 'invoice {no} was refunded already or never sent')
        return failed(words.of(no=', '.join(used)), asks_for='refuse')
    return passed(
        Text(
            '{n} 张发票均未退过税', '{n:the invoice was not|none of {n} invoices was} refunded'
        ).of(n=len(case.declared.invoices))
    )


@clause(f'{NOTICE}; {FINANCE} 二', NOT_REFUNDED)
def purchase_reaches_the_minimum(case: Case) -> Finding:
    """The purchase in one shop on one day reaches the minimum (同店同日达到起退点)."""
    form = evidence.form(case)
    least = rules.minimum(form.purchase_day, case.law)
    words = Text(
        '同店同日购物 ¥{a}，起退点 ¥{b}', '¥{a} in one shop on one day, the minimum is ¥{b}'
    ).of(a=form.total, b=least)
    return passed(words) if form.total >= least else failed(words, asks_for='refuse')


@clause(f'{FINANCE} 二', NOT_REFUNDED)
def departure_is_in_time(case: Case) -> Finding:
    """The departure is at most 90 days after the purchase (购物后 90 日内离境)."""
    n = rules.days_since_purchase(evidence.form(case), case.declared.departure_day)
    most = case.law.departure_days
    words = Text(
        '购物后第 {n} 天离境，期限 {most} 天', 'day {n} after the purchase, at most {most}'
    ).of(n=n, most=most)
    if n < 0:
        return failed(Text('购物日期晚于离境日期', 'the purchase lies after the departure'))
    return passed(words) if n <= most else failed(words, asks_for='refuse')


@clause(f'{FINANCE} 二', NOT_REFUNDED)
def goods_are_not_excluded(case: Case) -> Finding:
    """No line is of goods that are not refunded (不属于不予退税的物品)."""
    law = case.law.excluded
    bad = [
        good.name
        for invoice in evidence.invoices(case)
        for good in invoice.goods
        if good.category in law['categories']
        or any(word.lower() in good.name.lower() for word in law['words'])
    ]
    if bad:
        words = Text('不予退税的物品：{names}', 'goods that are not refunded: {names}')
        return failed(words.of(names=', '.join(bad)), asks_for='refuse')
    return passed(Text('没有不予退税的物品', 'no line is excluded'))


@clause('财政部 税务总局 海关总署公告2019年第39号，6', AT_COUNTER)
def amounts_are_those_of_the_law(case: Case) -> Finding:
    """Refund, fee and net on the form are what the law gives (退税额计算正确)."""
    form, found = evidence.form(case), evidence.invoices(case)
    known = rules.rates(form.purchase_day, case.law)
    odd = sorted({g.vat_rate for i in found for g in i.goods if str(g.vat_rate) not in known})
    if odd:
        words = Text(
            '开票日没有征税率 {rates}% 对应的退税率',
            'on the day of the invoice there was no refund rate for a VAT rate of {rates} %',
        )
        return failed(words.of(rates=', '.join(map(str, odd))))
    due = rules.refund(rules.quantities(found, {}), case.law, form.purchase_day)
    values = {
        'a': form.amount,
        'f': form.fee,
        'n': form.net,
        'x': due.amount,
        'y': due.fee,
        'z': due.net,
    }
    if (form.amount, form.fee, form.net) != (due.amount, due.fee, due.net):
        return failed(
            Text(
                '申请单：退税额 {a} 手续费 {f} 实退 {n}；应为 {x}、{y}、{z}',
                'the form says refund {a}, fee {f}, net {n}; due are {x}, {y}, {z}',
            ).of(**values)
        )
    return passed(
        Text('退税额 ¥{x}，手续费 ¥{y}，实退 ¥{z}', 'refund ¥{x}, fee ¥{y}, net ¥{z}').of(**values)
    )


@clause(f'{NOTICE}; {FINANCE}', Text('请改选转账或其他方式', 'choose a transfer or another way'))
def cash_is_within_the_cap(case: Case) -> Finding:
    """What is paid in cash is within the cap (现金退税不超过上限)."""
    cap = Decimal(case.law.cash_cap)
    net = due(case).net
    if rules.pays_cash(case.declared.method) and net > cap:
        words = Text('现金 ¥{net}，上限 ¥{cap}', '¥{net} in cash, the cap is ¥{cap}')
        return failed(words.of(net=net, cap=cap))
    return passed(Text('退税方式在上限之内', 'the way of payment is within the cap'))


def due(case: Case) -> rules.Amounts:
    """What the application brings for the goods that are there."""
    shown = rules.quantities(evidence.invoices(case), evidence.in_hand(case))
    return rules.refund(shown, case.law, evidence.form(case).purchase_day)


# --- the goods and the departure ----------------------------------------------


@clause(f'{CUSTOMS} (实物少于申请单的，按实物数量验核)', AT_COUNTER)
def goods_are_there(case: Case) -> Finding:
    """What the traveller carries is on the invoices, and no more (实物不多于申请单)."""
    shown = evidence.in_hand(case)
    lines = {(i.invoice_no, g.line): g for i in evidence.invoices(case) for g in i.goods}
    strange = [place for place in shown if place not in lines]
    more = [place for place, n in shown.items() if place in lines and n > lines[place].quantity]
    if strange or more:
        words = Text(
            '申报的商品行不在发票上或多于发票', 'a line is not on the invoice or shows more than it'
        )
        return failed(words)
    if due(case).goods == 0:
        found = failed(Text('没有携带任何商品', 'no goods are carried'), asks_for='refuse')
        return replace(found, questions=_counted(case, found.reason).questions)
    if shown:
        words = Text(
            '实物少于发票，按实物退税 ¥{net}', 'fewer goods than invoiced: ¥{net} for what is there'
        )
        return _counted(case, words.of(net=due(case).net))
    return _counted(
        case, Text('声明的商品与发票一致', 'the goods declared are those of the invoices')
    )


def _counted(case: Case, words: Text) -> Finding:
    """Passed; an officer who sees the goods may say of each line that less of it is there."""
    asked = [evidence.question(i, good) for i in evidence.invoices(case) for good in i.goods]
    return replace(passed(words), questions=tuple(asked))


@clause(f'{FINANCE} 二', NOT_REFUNDED)
def goods_are_unused_and_carried(case: Case) -> Finding:
    """The buyer says that the goods are unused and leave with them (未启用、本人携带)."""
    declared = case.declared
    if declared.unused and declared.with_traveller:
        return passed(
            Text('旅客声明商品未启用并随身携带', 'the traveller says: unused, and carried')
        )
    return failed(
        Text('商品已启用或未随身携带', 'the goods are used or not carried'), asks_for='refuse'
    )


@clause(f'{TAX}', AT_COUNTER)
def port_has_a_refund_point(case: Case) -> Finding:
    """The traveller leaves today from a port with a refund point (离境口岸与日期)."""
    port, day = case.declared.port, case.declared.departure_day
    if port not in case.law.ports:
        return failed(Text('{port} 未设离境退税点', '{port} has no refund point').of(port=port))
    if day != case.day:
        words = Text('离境日期 {a} 不是验核当日 {b}', 'the departure on {a} is not today, {b}')
        return failed(words.of(a=day.isoformat(), b=case.day.isoformat()))
    return passed(Text('当日从 {port} 离境', 'leaves today from {port}').of(port=port))


@clause(f'{INSTANT}', AT_COUNTER)
def promise_is_kept(case: Case) -> Finding:
    """An instant refund leaves by the promised day from the promised port (即买即退承诺)."""
    instant = evidence.form(case).instant
    if (instant is None) != (case.declared.method != 'instant'):
        words = Text(
            '申报的退税方式与申请单的即买即退记录不一致',
            'instant refund is declared without its agreement, or the other way round',
        )
        return failed(words)
    if instant is None:
        return passed(Text('不是即买即退', 'this is no instant refund'))
    span = (instant.promised_day - instant.agreed_day).days
    if span > case.law.instant['most_days']:
        words = Text(
            '承诺期 {n} 天，超过 {most} 天', 'promised within {n} {n:day|days}, more than {most}'
        )
        return failed(words.of(n=span, most=case.law.instant['most_days']))
    day, port = case.declared.departure_day, case.declared.port
    if not rules.promise_is_kept(instant, port, day):
        words = Text('承诺 {a} 从 {p} 离境', 'promised to leave by {a} from {p}')
        return failed(words.of(a=instant.promised_day.isoformat(), p=instant.promised_port))
    if instant.advance != evidence.form(case).net:
        words = Text(
            '预付金 {a} 与实退额 {b} 不同', 'the advance of {a} is not the net refund of {b}'
        )
        return failed(words.of(a=instant.advance, b=evidence.form(case).net))
    return passed(Text('按承诺离境，解除预授权', 'leaves as promised: the hold is released'))
