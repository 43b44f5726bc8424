"""The law of procedure: dated values that hold in every scenario without one of its own.

A scenario that names a parameter of the same name in its `parameters.toml` overrides
the whole value. Acts of people go by the law of the day of the act, not by that of the
day of the declaration.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from clearlane import parameters, workdays
from clearlane.scenario import Scenario

FILE = Path(__file__).parent / 'procedure.toml'


@functools.cache
def general() -> parameters.Parameters:
    """The values of every scenario."""
    return parameters.load(FILE)


def law(scenario: Scenario | None, day: date) -> SimpleNamespace:
    """The law of procedure on a day; a scenario's own values stand before the general ones.

    A value that the scenario names and that has not begun is absent, not replaced: whoever
    asks for it fails, which is better than another rule than the one that was meant.
    """
    found = vars(general().on(day))
    if scenario is not None:
        own = scenario.parameters
        found = {n: v for n, v in found.items() if n not in own.values} | vars(own.on(day))
    return SimpleNamespace(**found)


def source(scenario: Scenario | None, name: str, day: date) -> parameters.Since | None:
    """The value with its source, for a page that shows where a number comes from."""
    for book in ([scenario.parameters] if scenario else []) + [general()]:
        if name in book.values:
            return book.values[name].on(day)
    return None


def due(rules: SimpleNamespace, name: str, start: date) -> date:
    """The last day for an act of people: so many working days after `start`."""
    days = int(rules.procedure_days[name])
    return workdays.working_after(start, days, rules.working_calendar)


def needs_second(rules: SimpleNamespace, act: str, **facts: Any) -> bool:
    """Whether an act counts only when another officer has confirmed it.

    A release is held against the findings that it overrules: `against` are their results.
    """
    rule = rules.four_eyes
    if act in ('close', 'reconsider') and facts.get('outcome') == 'release':
        own = bool(set(facts.get('against', ())) & set(rule.get('release_against', ())))
        return own or (act == 'reconsider' and bool(rule.get('reconsider', True)))
    return bool(rule.get('refuse' if act == 'close' else act, True))
