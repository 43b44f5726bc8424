"""From the state of a journey to its incidents, as they stand at a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from clearlane import Incident, State, Text
from clearlane.scenarios.in_transit.course import standing
from clearlane.scenarios.in_transit.plan import Plan

TITLES = {
    'off_corridor': Text('偏离路线', 'off the corridor'),
    'long_stop': Text('超时停车', 'long stop'),
    'seal_opened': Text('非授权开启', 'opened without authority'),
    'seal_cut': Text('封志被剪断或破坏', 'seal cut or tampered with'),
    'forbidden_zone': Text('进入禁行区', 'in a forbidden zone'),
    'zone_doubt': Text('可能穿越禁行区', 'may have crossed a forbidden zone'),
    'silence': Text('失联', 'silence'),
    'late_arrival': Text('逾期未到', 'late arrival'),
    'position_lost': Text('定位丢失', 'position lost'),
    'jamming': Text('信号干扰', 'jamming'),
    'power_low': Text('设备电量不足或断电', 'low power'),
    'clock_error': Text('设备时钟错误', 'wrong clock'),
}
REASONS = {
    'explained': Text('已核实，情况合理', 'explained, and plausible'),
    'false_alarm': Text('误报', 'false alarm'),
    'road_closed': Text('道路管制或事故绕行', 'the road was closed or blocked'),
    'checked_on_site': Text('已现场核查，无异常', 'checked on the spot, nothing wrong'),
    'violation': Text('查实违规', 'a violation, confirmed'),
}
SETTLED = ('explained', 'false_alarm', 'road_closed', 'checked_on_site')
"""Reasons after which an incident does not stand in the way of a write-off."""

WORDS = {
    'off_corridor': Text(
        '偏离走廊，最远 {metres} 米',
        'off the corridor, by up to {metres} m',
    ),
    'long_stop': Text(
        '在非许可地点停车 {minutes} 分钟',
        'stood for {minutes} {minutes:minute|minutes}, not at a permitted stop',
    ),
    'seal_opened': Text(
        '设备 {device} 报告开启({alarm})',
        'device {device} reports an opening ({alarm})',
    ),
    'seal_cut': Text(
        '设备 {device} 报告破坏({alarm})',
        'device {device} reports a cut ({alarm})',
    ),
    'forbidden_zone': Text(
        '进入禁行区“{zone}”',
        'entered the forbidden zone "{zone}"',
    ),
    'zone_doubt': Text(
        '定位间隔 {minutes} 分钟，可能穿越禁行区“{zone}”',
        'between fixes {minutes} {minutes:minute|minutes} apart '
        'it may have crossed the forbidden zone "{zone}"',
    ),
    'silence': Text(
        '设备 {device} 失联 {minutes} 分钟',
        'nothing was heard of device {device} for {minutes} {minutes:minute|minutes}',
    ),
    'late_arrival': Text(
        '未按时到达，应于 {by} 前到达',
        'not there in time; it was due by {by}',
    ),
    'position_lost': Text(
        '连续 {minutes} 分钟无定位',
        'no position for {minutes} {minutes:minute|minutes}',
    ),
    'jamming': Text(
        '设备 {device} 报告干扰({alarm})',
        'device {device} reports interference ({alarm})',
    ),
    'power_low': Text(
        '设备 {device} 电量不足或断电',
        'device {device} is short of power',
    ),
    'clock_error': Text(
        '设备 {device} 的 {n} 条消息时间不可信',
        '{n} {n:message|messages} of device {device} {n:has|have} an impossible time',
    ),
}


def incidents(plan: Plan, state: State, at: float) -> list[Incident]:
    """Everything that went wrong, in order; openings in an officer's hands are left out."""
    now = min(at, plan.ended)
    found = [*state['done'], *_lasting(plan, state, now)]
    found += [*_silent(plan, state, now), *_late(plan, state, now), *_clocks(plan)]
    kept = [e for e in found if not _handled(plan, e)]
    records = [_record(event, now) for event in kept]
    return sorted(records, key=lambda i: (i.began_at, i.kind, i.device))


def due(plan: Plan, state: State, after: float) -> float | None:
    """When silence or lateness will begin, if nothing comes."""
    heard = [_heard(plan, state, device) + plan.limits.silence_s for device in plan.devices]
    late = plan.arrives_by + plan.limits.late_s
    times = [*heard, *([late] if state['arrived'] is None else [])]
    return min((t + 1 for t in times if t + 1 > after), default=None)


def _heard(plan: Plan, state: State, device: str) -> float:
    return float(state['last'].get(device, {'t': plan.began})['t'])


def _lasting(plan: Plan, state: State, now: float) -> list[dict[str, Any]]:
    """What has begun and not ended."""
    found = list(state['alarm'].values())
    if state['off']['on']:
        found.append(state['off']['since'])
    found += [z['event'] for z in state['zone'].values() if z['n'] >= 2]
    stop = standing(plan, state)
    if stop is not None:
        found.append(stop)
    lost = state['lost']
    if lost is not None and lost['facts']['until'] - lost['t0'] >= plan.limits.lost_s:
        found.append(lost)
    ended = plan.ended <= now
    return [{**event, 't1': now if ended else None} for event in found]


def _silent(plan: Plan, state: State, now: float) -> list[dict[str, Any]]:
    """Devices that nothing has been heard of until now."""
    found = []
    for device in sorted(plan.devices):
        last = state['last'].get(device, {})
        t = _heard(plan, state, device)
        if now - t > plan.limits.silence_s:
            found.append({
                'kind': 'silence', 'grade': 'amber', 'device': device, 't0': t,
                't1': now if plan.ended <= now else None, 'lat': last.get('lat'),
                'lon': last.get('lon'), 'ev': [last['e']] if last else [], 'facts': {},
            })  # fmt: skip
    return found


def _late(plan: Plan, state: State, now: float) -> list[dict[str, Any]]:
    limit = plan.arrives_by + plan.limits.late_s
    arrived = state['arrived']
    if (arrived if arrived is not None else now) <= limit:
        return []
    by = datetime.fromtimestamp(plan.arrives_by, UTC).isoformat()
    return [{
        'kind': 'late_arrival', 'grade': 'amber', 'device': '', 't0': limit,
        't1': arrived if arrived is not None else (now if plan.ended <= now else None),
        'lat': None, 'lon': None, 'ev': [], 'facts': {'by': by},
    }]  # fmt: skip


def _clocks(plan: Plan) -> list[dict[str, Any]]:
    """Messages that came with an impossible time: one incident a device."""
    found = []
    for device in sorted({u.device for u in plan.unsound}):
        mine = [u for u in plan.unsound if u.device == device]
        found.append({
            'kind': 'clock_error', 'grade': 'amber', 'device': device, 't0': mine[0].received,
            't1': mine[-1].received, 'lat': None, 'lon': None,
            'ev': [u.digest.hex() for u in mine[:3]], 'facts': {'n': len(mine)},
        })  # fmt: skip
    return found


def _handled(plan: Plan, event: dict[str, Any]) -> bool:
    """An opening while an officer applied, verified or removed a seal is his."""
    if event['kind'] not in ('seal_opened', 'seal_cut'):
        return False
    return any(begin <= event['t0'] <= end for begin, end in plan.handled)


def _record(event: dict[str, Any], now: float) -> Incident:
    end = event['t1']
    facts = {k: v for k, v in event['facts'].items() if k != 'until'}
    minutes = round(((now if end is None else end) - event['t0']) / 60)
    words = WORDS[event['kind']].of(device=event['device'], **{'minutes': minutes, **facts})
    return Incident(
        kind=event['kind'],
        grade=cast(Any, event['grade']),
        began_at=_moment(event['t0']),
        ended_at=None if end is None else _moment(end),
        reason=words,
        device=event['device'],
        lat=event['lat'],
        lon=event['lon'],
        evidence=tuple(event['ev']),
        facts=facts,
    )


def _moment(t: float) -> datetime:
    return datetime.fromtimestamp(round(t, 6), UTC)
