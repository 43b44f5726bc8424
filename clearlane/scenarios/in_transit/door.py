"""What is asked before a journey is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from clearlane import Case, Problem, Text, problem
from clearlane.scenarios.in_transit.records import Journey


def route_is_known(case: Case) -> Iterator[Problem]:
    """A route that is named is in force in the library."""
    journey: Journey = case.declared
    if journey.route and case.libraries['routes'].get(journey.route) is None:
        yield problem('route', journey.route, 'unknown_route', UNKNOWN, REGISTER)


UNKNOWN = Text('没有生效的该路线', 'no route of this key is in force')
REGISTER = Text(
    '请先登记路线并等待海关审核，或自报路线',
    'register it and wait until customs has qualified it, or give a line of your own',
)


def seals_are_named_once(case: Case) -> Iterator[Problem]:
    """No seal is named twice."""
    journey: Journey = case.declared
    twice = [number for number, n in Counter(journey.seals).items() if n > 1]
    if twice:
        yield problem('seals', twice[0], 'seal_twice', TWICE, ONCE)


TWICE = Text('封志号重复', 'a seal is named twice')
ONCE = Text('每枚封志填写一次', 'name each seal once')
