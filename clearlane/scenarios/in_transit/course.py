"""The rules that follow a journey message by message: the state, one step of it.

Messages come here in the order of their event time, each once. The state is plain JSON;
what has come to an end lies in `done`, what lasts in its own place. Nothing here asks
what time it is: silence and lateness are concluded in `incidents`.
"""

from __future__ import annotations

from typing import Any

from clearlane import Signal, State
from clearlane.scenarios.in_transit.crossing import cut_short, zones_between
from clearlane.scenarios.in_transit.geometry import Spot, metres
from clearlane.scenarios.in_transit.plan import Plan

Mark = dict[str, Any]
"""A moment of a message or a fix as it is kept: JSON alone."""

OPENINGS = {
    'opened': 'seal_opened',
    'cap_opened': 'seal_opened',
    'door_opened': 'seal_opened',
    'cut': 'seal_cut',
    'tamper': 'seal_cut',
    'jamming': 'jamming',
    'antenna_fault': 'jamming',
}
"""Alarms that make an incident of their own → its kind."""


def begin(plan: Plan) -> State:
    """Before the first message."""
    return {
        'done': [],
        'last': {},
        'good': None,
        'wild': [],
        'jumps': 0,
        'off': {'count': 0, 'back': 0, 'since': None, 'on': False},
        'zone': {},
        'stop': None,
        'alarm': {},
        'lost': None,
        'arrived': None,
        'near': 0,
        'away': False,
        'gone': 0,
    }


def step(plan: Plan, state: State, signal: Signal, spot: Spot | None) -> None:
    """Take one message."""
    if not plan.began <= signal.t <= plan.ended or signal.device not in plan.devices:
        return
    _gap(plan, state, signal)
    _alarms(plan, state, signal)
    _charge(plan, state, signal)
    if plan.devices[signal.device] == 'vehicle' or 'vehicle' not in plan.devices.values():
        believed = spot is not None and _jump(plan, state, _mark(signal, spot))
        _lost(plan, state, signal, believed)


def _said(signal: Signal) -> Mark:
    return {'t': signal.t, 'lat': signal.lat, 'lon': signal.lon, 'e': signal.digest.hex()}


def _mark(signal: Signal, spot: Spot) -> Mark:
    return {
        **_said(signal),
        'x': spot.x,
        'y': spot.y,
        's': spot.scale,
        'off': spot.off_m,
        'along': spot.along,
        'zones': list(spot.zones),
        'rest': spot.resting,
        'home': spot.home_m,
        'goal': spot.goal_m,
    }


def _event(kind: str, grade: str, device: str, mark: Mark, **facts: Any) -> dict[str, Any]:
    return {
        'kind': kind,
        'grade': grade,
        'device': device,
        't0': mark['t'],
        't1': None,
        'lat': mark.get('lat'),
        'lon': mark.get('lon'),
        'ev': [mark['e']],
        'facts': facts,
    }


def _end(state: State, event: dict[str, Any], t: float, evidence: str) -> None:
    event['t1'] = t
    if event['ev'][-1] != evidence:
        event['ev'].append(evidence)
    state['done'].append(event)


# --- each message -------------------------------------------------------------


def _gap(plan: Plan, state: State, signal: Signal) -> None:
    """Silence between two messages of one device, or before the first."""
    before = state['last'].get(signal.device, {'t': plan.began, 'e': ''})
    if signal.t - before['t'] > plan.limits.silence_s:
        mark = {
            't': before['t'],
            'lat': before.get('lat'),
            'lon': before.get('lon'),
            'e': before['e'],
        }
        event = _event('silence', 'amber', signal.device, mark)
        event['ev'] = [e for e in event['ev'] if e]
        event['ev'].append(signal.digest.hex())
        event['t1'] = signal.t
        state['done'].append(event)
    state['last'][signal.device] = _said(signal)


def _alarms(plan: Plan, state: State, signal: Signal) -> None:
    """An alarm lasts from the first message that has it to the first of its device that has not."""
    now = {OPENINGS[a]: a for a in signal.alarms if a in OPENINGS}
    if plan.limits.cargo_doors & set(signal.facts.get('doors', ())):
        now.setdefault('seal_opened', 'door_opened')
    mark = _said(signal)
    for kind in ('seal_opened', 'seal_cut', 'jamming'):
        key = f'{kind}|{signal.device}'
        running = state['alarm'].get(key)
        if kind in now and running is None:
            grade = 'amber' if kind == 'jamming' else 'red'
            event = _event(kind, grade, signal.device, mark, alarm=now[kind])
            state['alarm'][key] = _again(plan, state, event)
        elif kind not in now and running is not None:
            _end(state, state['alarm'].pop(key), signal.t, mark['e'])


def _again(plan: Plan, state: State, event: dict[str, Any]) -> dict[str, Any]:
    """The same shortly before is the same incident: contacts bounce, fixes at a border too."""
    for number in range(len(state['done']) - 1, -1, -1):
        before = state['done'][number]
        if (before['kind'], before['device']) != (event['kind'], event['device']):
            continue
        if before['facts'].get('zone') != event['facts'].get('zone'):
            continue
        if event['t0'] - before['t1'] > plan.limits.again_s:
            return event
        state['done'].pop(number)
        return {**before, 't1': None}
    return event


def _charge(plan: Plan, state: State, signal: Signal) -> None:
    """A device that is about to fall silent: low charge, or its power was taken away."""
    key = f'power_low|{signal.device}'
    level = signal.facts.get('charge_percent')
    low = bool({'low_power', 'power_lost'} & set(signal.alarms))
    low = low or (isinstance(level, int | float) and level < plan.limits.charge_percent)
    high = not isinstance(level, int | float) or level >= plan.limits.charge_percent + 5
    mark = _said(signal)
    if low and key not in state['alarm']:
        event = _event('power_low', 'amber', signal.device, mark, percent=level)
        state['alarm'][key] = _again(plan, state, event)
    elif not low and high and key in state['alarm']:
        _end(state, state['alarm'].pop(key), signal.t, mark['e'])


def _lost(plan: Plan, state: State, signal: Signal, believed: bool) -> None:
    """Messages without a position, or with none that can be believed, for long: a tunnel is
    short, a jammer is not."""
    if not believed:
        mark = _said(signal)
        state['lost'] = state['lost'] or _event('position_lost', 'amber', signal.device, mark)
        state['lost']['facts']['until'] = signal.t
    elif state['lost'] is not None:
        event, state['lost'] = state['lost'], None
        if signal.t - event['t0'] >= plan.limits.lost_s:
            event['facts'] = {}
            _end(state, event, signal.t, signal.digest.hex())


# --- each fix -----------------------------------------------------------------


def _jump(plan: Plan, state: State, mark: Mark) -> bool:
    """Whether the fix is believed: one too far away to have been driven to waits until others
    confirm it, and the very first waits for a second."""
    linked = bool(state['wild']) and _near(plan, state['wild'][-1], mark)
    if state['wild'] and not linked:
        state['jumps'] += len(state['wild'])
        state['wild'] = []
    state['wild'].append(mark)
    first = state['good'] is None
    believed = not first and _near(plan, state['good'], mark)
    enough = len(state['wild']) >= (2 if first else plan.limits.jump_points)
    if believed or enough:
        waiting, state['wild'] = state['wild'], []
        for one in waiting:
            _fix(plan, state, one)
    return believed or enough


def _near(plan: Plan, before: Mark, mark: Mark) -> bool:
    away = metres((before['x'], before['y'], before['s']), (mark['x'], mark['y'], mark['s']))
    return bool(away <= plan.limits.jump_m + plan.limits.jump_kmh / 3.6 * (mark['t'] - before['t']))


def _fix(plan: Plan, state: State, mark: Mark) -> None:
    _between(plan, state, mark)
    _corridor(plan, state, mark)
    _zones(plan, state, mark)
    _standing(plan, state, mark)
    _arrival(plan, state, mark)
    state['good'] = mark


def _between(plan: Plan, state: State, mark: Mark) -> None:
    """What cannot but have been entered or left between two fixes."""
    before = state['good']
    if before is None or not _near(plan, before, mark):
        return
    for number in sorted(zones_between(plan, before, mark) - set(mark['zones'])):
        if str(number) not in state['zone']:
            _passed(plan, state, number, before, mark)
    metres_off = cut_short(plan, before, mark)
    if metres_off and not state['off']['on']:
        event = _event('off_corridor', 'red', '', before, metres=round(metres_off))
        again = _again(plan, state, event)
        again['facts']['metres'] = max(again['facts']['metres'], round(metres_off))
        _end(state, again, mark['t'], mark['e'])


def _passed(plan: Plan, state: State, number: int, before: Mark, mark: Mark) -> None:
    """A zone lies on the way from one fix to a later one, neither of them in it; between them
    is one fix at most, the last. Of a long gap nobody knows what the way was."""
    last = state['good']['t']
    gap = max(mark['t'] - last, last - before['t'])
    sure = gap <= plan.limits.straight_s
    kind, grade = ('forbidden_zone', 'red') if sure else ('zone_doubt', 'amber')
    event = _event(kind, grade, '', before, zone=plan.course.zones[number].name)
    _end(state, _again(plan, state, event), mark['t'], mark['e'])


def _corridor(plan: Plan, state: State, mark: Mark) -> None:
    """Off it after several fixes beyond its margin for some time; back after several within."""
    off, limits = state['off'], plan.limits
    if off['on']:
        _farthest(off, mark)
        inside = mark['off'] <= limits.half_width_m
        off['back'] = off['back'] + 1 if inside else 0
        if inside and off['back'] == 1:
            off['first'] = [mark['t'], mark['e']]
        long = inside and mark['t'] - off['first'][0] >= limits.back_s
        if off['back'] >= limits.back_points and long:
            _end(state, off['since'], *off['first'])
            state['off'] = {'count': 0, 'back': 0, 'since': None, 'on': False}
        return
    if mark['off'] <= limits.half_width_m:
        off['count'], off['since'] = 0, None
    elif mark['off'] > limits.half_width_m + limits.margin_m:
        off['count'] += 1
        off['since'] = off['since'] or _event(
            'off_corridor', 'red', '', mark, metres=round(mark['off'])
        )
        off['since']['facts']['metres'] = max(off['since']['facts']['metres'], round(mark['off']))
        long = mark['t'] - off['since']['t0'] >= limits.off_s
        # Two fixes minutes apart do not err alike: who reports seldom is not seen thrice.
        sparse = off['count'] >= 2 and mark['t'] - off['since']['t0'] >= limits.sparse_s
        if sparse or (off['count'] >= limits.off_points and long):
            _now_off(plan, state, mark)


def _now_off(plan: Plan, state: State, mark: Mark) -> None:
    off = state['off']
    metres_off = off['since']['facts']['metres']
    off['on'], off['since'] = True, _again(plan, state, off['since'])
    off['since']['facts']['metres'] = max(off['since']['facts']['metres'], metres_off)
    if len(off['since']['ev']) < 3:
        off['since']['ev'].append(mark['e'])


def _farthest(off: State, mark: Mark) -> None:
    facts = off['since']['facts']
    facts['metres'] = max(facts['metres'], round(mark['off']))


def _zones(plan: Plan, state: State, mark: Mark) -> None:
    """In a forbidden zone with two fixes in a row; out of it with two outside."""
    for number in sorted({*(int(k) for k in state['zone']), *mark['zones']}):
        key = str(number)
        known = state['zone'].get(key)
        if number in mark['zones']:
            if known is None:
                name = plan.course.zones[number].name
                event = _event('forbidden_zone', 'red', '', mark, zone=name)
                state['zone'][key] = {'event': event, 'n': 1, 'out': 0, 'from': state['good']}
                continue
            known['n'] += 1
            known['out'] = 0
            if known['n'] == 2:
                known['event'] = _again(plan, state, known['event'])
        elif known is not None and known['n'] < 2:
            del state['zone'][key]
            _touched(plan, state, number, known['from'], mark)
        elif known is not None:
            known['out'] += 1
            if known['out'] == 1:
                known['first'] = [mark['t'], mark['e']]
            if known['out'] >= 2:
                _end(state, known['event'], *known['first'])
                del state['zone'][key]


def _touched(plan: Plan, state: State, number: int, before: Mark | None, mark: Mark) -> None:
    """One fix in a zone may be an error of the receiver; where the zone lies on the way from
    the fix before to the fix after, it is none."""
    if before is None or not _near(plan, before, mark):
        return
    if number in zones_between(plan, before, mark):
        _passed(plan, state, number, before, mark)


def _standing(plan: Plan, state: State, mark: Mark) -> None:
    """Within a circle for long where nobody may: no permitted stop, neither start nor goal.

    A fix outside the circle ends nothing: a receiver between walls errs for some seconds.
    Only when several in some time lie outside has the vehicle left, for where the next stop
    may have begun already.
    """
    stop = state['stop']
    if stop is None:
        state['stop'] = _stop(plan, mark)
        return
    if _stays(plan, stop, mark):
        stop['n'], stop['next'] = 0, None
        return
    stop['n'] += 1
    if stop['n'] == 1:
        stop['out'] = mark['t']
    if stop['next'] is None or not _stays(plan, stop['next'], mark):
        stop['next'] = _stop(plan, mark)
    if stop['n'] >= 2 and mark['t'] - stop['out'] >= plan.limits.leave_s:
        _left(plan, state)
        state['stop'] = stop['next']


def _stop(plan: Plan, mark: Mark) -> Mark:
    allowed = mark['rest'] or min(mark['goal'], mark['home']) <= plan.limits.arrival_m
    return {**mark, 't1': mark['t'], 'e1': mark['e'], 'allowed': allowed, 'n': 0, 'next': None}


def _stays(plan: Plan, stop: Mark, mark: Mark) -> bool:
    away = metres((stop['x'], stop['y'], stop['s']), (mark['x'], mark['y'], mark['s']))
    if away <= plan.limits.stop_radius_m:
        stop['t1'], stop['e1'] = mark['t'], mark['e']
        return True
    return False


def _left(plan: Plan, state: State) -> None:
    event = standing(plan, state)
    if event is not None:
        _end(state, event, state['stop']['t1'], state['stop']['e1'])


def standing(plan: Plan, state: State) -> dict[str, Any] | None:
    """The stop that lasts, if it is long by now."""
    stop = state['stop']
    if stop is None or stop['allowed'] or stop['t1'] - stop['t'] < plan.limits.stop_s:
        return None
    minutes = round((stop['t1'] - stop['t']) / 60)
    return _event('long_stop', 'amber', '', stop, minutes=minutes)


def _arrival(plan: Plan, state: State, mark: Mark) -> None:
    """At the goal with two fixes in a row; who began there and leaves has not arrived."""
    away = mark['goal'] > plan.limits.arrival_m
    if state['arrived'] is None:
        state['near'] = 0 if away else state['near'] + 1
        if state['near'] == 1:
            state['first_near'] = mark['t']
        if state['near'] >= 2:
            state['arrived'] = state['first_near']
    elif not state['away']:
        state['gone'] = state['gone'] + 1 if mark['goal'] > 2 * plan.limits.arrival_m else 0
        if state['gone'] >= 2:
            state['arrived'], state['near'], state['away'] = None, 0, True
    if state['arrived'] is None and away:
        state['away'] = True
