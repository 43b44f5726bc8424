"""What has to be true before a journey is written off (核销), each a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta, timezone
from typing import cast

from clearlane import Case, Finding, Incident, Text, Watched, clause, doubtful, failed, passed
from clearlane.scenarios.in_transit.incidents import SETTLED, TITLES
from clearlane.scenarios.in_transit.records import Journey, Route
from clearlane.scenarios.in_transit.seals import LOAD, SEAL

CHINA = timezone(timedelta(hours=8))
CUSTODY = 'Customs Law art. 37 (goods under supervision); seal custody, unconfirmed'
TRANSIT = 'Administrative measures on customs transfer (转关), unconfirmed'
LOOK = Text(
    '由关员核实该告警并填写结案原因', 'an officer looks into it and closes it with a reason'
)


def seen(case: Case) -> Watched:
    """What devices and people saw of the journey."""
    if case.watched is None:
        raise ValueError('nothing watches this journey')
    return case.watched


def listed(found: Iterable[Incident]) -> Text:
    """The first three incidents by their titles and hours."""
    some = list(found)[:3]
    zh = '、'.join(f'{TITLES[i.kind].zh} {_hour(i)}' for i in some)
    en = ', '.join(f'{TITLES[i.kind].en} {_hour(i)}' for i in some)
    return Text(zh.replace('{', '').replace('}', ''), en.replace('{', '').replace('}', ''))


def _hour(one: Incident) -> str:
    """When it began, in China."""
    return f'{one.began_at.astimezone(CHINA):%m-%d %H:%M}'


def _incidents(case: Case, kinds: Iterable[str], good: Text) -> Finding:
    """Incidents of these kinds: red or confirmed ones fail, others that nobody closed doubt."""
    mine = [i for i in seen(case).incidents if i.kind in set(kinds)]
    bad = [i for i in mine if i.closed not in SETTLED]
    if not bad:
        words = good if not mine else EXPLAINED.of(n=len(mine), listed=listed(mine))
        return passed(words)
    graver = [i for i in bad if i.grade == 'red' or i.closed == 'violation']
    words = STANDS.of(n=len(bad), listed=listed(graver or bad))
    return failed(words, remedy=LOOK) if graver else doubtful(words, remedy=LOOK)


EXPLAINED = Text(
    '{n} 起告警均已核实结案：{listed}',
    '{n:the incident was|all {n} incidents were} explained: {listed}',
)
STANDS = Text('{n} 起告警未消除：{listed}', '{n} {n:incident stands|incidents stand}: {listed}')


@clause(TRANSIT, Text('请使用登记路线', 'take a registered route'))
def route_is_registered(case: Case) -> Finding:
    """The journey takes a route that customs has agreed to (路线已登记)."""
    journey: Journey = case.declared
    if not journey.route:
        return doubtful(Text('自报路线，未经登记', "the route is the carrier's own"))
    route = cast(Route, case.libraries['routes'].get(journey.route))
    return passed(Text('登记路线 {name}', 'registered route {name}').of(name=route.name))


@clause(CUSTODY, Text('请由关员补录封志操作', 'an officer records what was done with the seals'))
def seals_were_kept(case: Case) -> Finding:
    """Every declared seal was applied to this journey and verified at its end (封志监管链完整)."""
    journey: Journey = case.declared
    held = {h.number: h for h in seen(case).held if h.kind == SEAL}
    states = {number: held[number].state if number in held else '' for number in journey.seals}
    broken = [n for n, state in states.items() if state == 'void']
    if broken:
        words = Text('封志 {listed} 已作废', 'seals were void: {listed}')
        return failed(words.of(listed=', '.join(broken)), asks_for='inspect')
    missing = [n for n, state in states.items() if state not in ('verified', 'removed')]
    if missing:
        words = Text('封志尚未验封：{listed}', 'seals not verified yet: {listed}')
        return doubtful(words.of(listed=', '.join(missing)))
    strange = sorted(set(held) - set(journey.seals))
    if strange:
        words = Text('使用了未申报的封志：{listed}', 'seals that were not declared: {listed}')
        return doubtful(words.of(listed=', '.join(strange)))
    words = Text('{n} 枚封志均已验封', '{n:the seal was|all {n} seals were} verified')
    return passed(words.of(n=len(states)))


@clause(CUSTODY, LOOK)
def load_stayed_closed(case: Case) -> Finding:
    """Nobody opened the load or cut a seal under way (途中未被开启)."""
    good = Text('途中没有开启或破坏告警', 'no opening and no cut was reported')
    return _incidents(case, ('seal_opened', 'seal_cut'), good)


@clause(TRANSIT, LOOK)
def vehicle_kept_to_its_course(case: Case) -> Finding:
    """The vehicle stayed in the corridor and out of forbidden zones, and did not stand long."""
    good = Text('行驶在走廊内，无异常停车', 'it stayed in the corridor and did not stand long')
    return _incidents(case, ('off_corridor', 'forbidden_zone', 'zone_doubt', 'long_stop'), good)


@clause(TRANSIT, LOOK)
def journey_was_watched(case: Case) -> Finding:
    """Devices watched the whole journey (全程在监)."""
    watched = seen(case)
    if watched.error:
        words = Text('轨迹无法研判({error})', 'the messages could not be judged ({error})')
        return doubtful(words.of(error=watched.error))
    if watched.messages == 0:
        return doubtful(Text('没有收到任何设备消息', 'no message of any device was received'))
    kinds = ('silence', 'position_lost', 'jamming', 'power_low', 'clock_error')
    good = Text('收到 {n} 条消息，无失联', '{n} {n:message|messages}, no silence').of(
        n=watched.messages
    )
    return _incidents(case, kinds, good)


@clause(TRANSIT, LOOK)
def journey_was_in_time(case: Case) -> Finding:
    """The vehicle arrived in time (按时到达)."""
    return _incidents(case, ('late_arrival',), Text('按时到达', 'it arrived in time'))


@clause(CUSTODY, Text('请补录交接人身份', 'record who handed over to whom'))
def hands_are_known(case: Case) -> Finding:
    """Whoever had the load is known, from the declared driver to the delivery (交接人身份明确)."""
    journey: Journey = case.declared
    acts = [a for a in seen(case).acts if a.kind == LOAD]
    if not acts:
        words = Text('没有交接记录', 'no handover was recorded')
        return doubtful(words)
    nameless = [a for a in acts if not a.holder or not a.identity]
    if nameless:
        words = Text('{n} 次交接缺少身份', '{n} {n:handover names|handovers name} nobody').of(
            n=len(nameless)
        )
        return doubtful(words)
    first = acts[0]
    if (first.holder, first.identity) != (journey.driver, journey.driver_licence):
        words = Text('首位承运人 {who} 不是申报的驾驶员', '{who} took over, who is not the driver')
        return failed(words.of(who=initial(first.holder)))
    names = ' → '.join(initial(a.holder) for a in acts)
    return passed(Text('交接链：{names}', 'hands: {names}').of(names=names))


def initial(name: str) -> str:
    """A name as a finding may keep it: whoever reads the decision need not know whose it is.

    >>> initial('王师傅'), initial('')
    ('王**', '')
    """
    return f'{name[0]}**' if name else ''
