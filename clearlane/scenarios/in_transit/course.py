"""The rules that follow a journey message by message: the state, one step of it.

Messages come here in the order of their event time, each once. The state is plain JSON;
what has come to an end lies in `done`, what lasts in its own place. Nothing here asks
what time it is: silence and lateness are concluded in `incidents`.
"""

from __future__ import annotations

from typing import Any

from clearlane import Signal, State
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
    }


def step(plan: Plan, state: State, signal: Signal, spot: Spot | None) -> None:
    """Take one message."""
    if not plan.began <= signal.t <= plan.ended or signal.device not in plan.devices:
        return
    _gap(plan, state, signal)
    _alarms(plan, state, signal)
    _charge(plan, state, signal)
    if plan.devices[signal.device] == 'vehicle' or 'vehicle' not in plan.devices.values():
        _lost(plan, state, signal, spot)
        if spot is not None:
            _jump(plan, state, _mark(signal, spot))


def _said(signal: Signal) -> Mark:
    return {'t': signal.t, 'lat': signal.lat, 'lon': signal.lon, 'e': signal.digest.hex()}


def _mark(signal: Signal, spot: Spot) -> Mark:
    return {
        **_said(signal),
        'x': spot.x,
        'y': spot.y,
        's': spot.scale,
        'off': spot.off_m,
        'zone': spot.zone,
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
            state['alarm'][key] = _again(plan, state, kind, signal) or _event(
                kind, grade, signal.device, mark, alarm=now[kind]
            )
        elif kind not in now and running is not None:
            _end(state, state['alarm'].pop(key), signal.t, mark['e'])


def _again(plan: Plan, state: State, kind: str, signal: Signal) -> dict[str, Any] | None:
    """The same alarm shortly before is the same incident: contacts bounce."""
    for number in range(len(state['done']) - 1, -1, -1):
        before = state['done'][number]
        if before['kind'] == kind and before['device'] == signal.device:
            if signal.t - before['t1'] <= plan.limits.again_s:
                state['done'].pop(number)
                return {**before, 't1': None}
            return None
    return None


def _charge(plan: Plan, state: State, signal: Signal) -> None:
    """A device that is about to fall silent: low charge, or its power was taken away."""
    key = f'power_low|{signal.device}'
    level = signal.facts.get('charge_percent')
    low = bool({'low_power', 'power_lost'} & set(signal.alarms))
    low = low or (isinstance(level, int | float) and level < plan.limits.charge_percent)
    high = not isinstance(level, int | float) or level >= plan.limits.charge_percent + 5
    mark = _said(signal)
    if low and key not in state['alarm']:
        state['alarm'][key] = _event('power_low', 'amber', signal.device, mark, percent=level)
    elif not low and high and key in state['alarm']:
        _end(state, state['alarm'].pop(key), signal.t, mark['e'])


def _lost(plan: Plan, state: State, signal: Signal, spot: Spot | None) -> None:
    """Messages without a position, for long: a tunnel is short, a jammer is not."""
    if spot is None:
        mark = _said(signal)
        state['lost'] = state['lost'] or _event('position_lost', 'amber', signal.device, mark)
        state['lost']['facts']['until'] = signal.t
    elif state['lost'] is not None:
        event, state['lost'] = state['lost'], None
        if signal.t - event['t0'] >= plan.limits.lost_s:
            event['facts'] = {}
            _end(state, event, signal.t, signal.digest.hex())


# --- each fix -----------------------------------------------------------------


def _jump(plan: Plan, state: State, mark: Mark) -> None:
    """A fix too far away to have been driven to waits until others confirm it."""
    linked = bool(state['wild']) and _near(plan, state['wild'][-1], mark)
    if state['wild'] and not linked:
        state['jumps'] += len(state['wild'])
        state['wild'] = []
    state['wild'].append(mark)
    believed = state['good'] is None or _near(plan, state['good'], mark)
    if believed or len(state['wild']) >= plan.limits.jump_points:
        waiting, state['wild'] = state['wild'], []
        for one in waiting:
            _fix(plan, state, one)


def _near(plan: Plan, before: Mark, mark: Mark) -> bool:
    away = metres((before['x'], before['y'], before['s']), (mark['x'], mark['y'], mark['s']))
    return bool(away <= plan.limits.jump_m + plan.limits.jump_kmh / 3.6 * (mark['t'] - before['t']))


def _fix(plan: Plan, state: State, mark: Mark) -> None:
    _corridor(plan, state, mark)
    _zones(plan, state, mark)
    _standing(plan, state, mark)
    _arrival(plan, state, mark)
    state['good'] = mark


def _corridor(plan: Plan, state: State, mark: Mark) -> None:
    """Off it after several fixes beyond its margin for some time; back after several within."""
    off, limits = state['off'], plan.limits
    if off['on']:
        _farthest(off, mark)
        inside = mark['off'] <= limits.half_width_m
        off['back'] = off['back'] + 1 if inside else 0
        if inside and off['back'] == 1:
            off['first'] = [mark['t'], mark['e']]
        if off['back'] >= limits.back_points:
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
        if off['count'] >= limits.off_points and long:
            off['on'] = True
            off['since']['ev'].append(mark['e'])


def _farthest(off: State, mark: Mark) -> None:
    facts = off['since']['facts']
    facts['metres'] = max(facts['metres'], round(mark['off']))


def _zones(plan: Plan, state: State, mark: Mark) -> None:
    """In a forbidden zone with two fixes in a row; out of it with two outside."""
    for number in {*(int(k) for k in state['zone']), mark['zone']} - {-1}:
        key = str(number)
        known = state['zone'].get(key)
        if mark['zone'] == number:
            if known is None:
                name = plan.course.zones[number].name
                event = _event('forbidden_zone', 'red', '', mark, zone=name)
                state['zone'][key] = {'event': event, 'n': 1, 'out': 0}
                continue
            known['n'] += 1
            known['out'] = 0
        elif known is not None:
            if known['n'] < 2:
                del state['zone'][key]
                continue
            known['out'] += 1
            if known['out'] == 1:
                known['first'] = [mark['t'], mark['e']]
            if known['out'] >= 2:
                _end(state, known['event'], *known['first'])
                del state['zone'][key]


def _standing(plan: Plan, state: State, mark: Mark) -> None:
    """Within a circle for long where nobody may: no permitted stop, neither start nor goal."""
    stop, limits = state['stop'], plan.limits
    here = (mark['x'], mark['y'], mark['s'])
    if stop is not None and metres((stop['x'], stop['y'], stop['s']), here) <= limits.stop_radius_m:
        stop['t1'], stop['e1'] = mark['t'], mark['e']
        return
    _left(plan, state, mark)
    allowed = mark['rest'] or min(mark['goal'], mark['home']) <= limits.arrival_m
    state['stop'] = {**mark, 't1': mark['t'], 'e1': mark['e'], 'allowed': allowed}


def _left(plan: Plan, state: State, mark: Mark) -> None:
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
    """At the goal with two fixes in a row."""
    if state['arrived'] is None:
        state['near'] = state['near'] + 1 if mark['goal'] <= plan.limits.arrival_m else 0
        if state['near'] == 1:
            state['first_near'] = mark['t']
        if state['near'] >= 2:
            state['arrived'] = state['first_near']
