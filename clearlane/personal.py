"""What shows a person: customs officers see it, everybody else sees a mask.

A party sees the fields that it sent itself; photographs of documents it never sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearlane.access import Actor
from clearlane.scenario import Scenario

FORGOTTEN = 'DELETED'
"""What stands in the place of a value that was deleted; it passes for a name and for a number."""
SHORTEST = 4
"""A shorter value is not looked for in other sentences: it may stand for anything."""


def mask(value: str) -> str:
    """The ends of a value, or less where it is short.

    >>> mask('L898902C3'), mask('Wei Li'), mask('')
    ('L89***2C3', 'W***', '')
    """
    if len(value) > 8:
        return f'{value[:3]}***{value[-3:]}'
    return f'{value[:1]}***' if value else ''


def shown(scenario: Scenario, actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """A record as this actor may see it."""
    if actor.role in ('officer', 'exporter') or not scenario.personal:
        return dict(data)
    return {name: _covered(scenario, name, value) for name, value in data.items()}


def _covered(scenario: Scenario, name: str, value: Any) -> Any:
    """A field, however deep it lies."""
    if name in scenario.personal and value:
        return value if value == FORGOTTEN else mask(str(value))
    if isinstance(value, Mapping):
        return {inner: _covered(scenario, inner, one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_covered(scenario, '', one) for one in value]
    return value


def may_look(scenario: Scenario, actor: Actor, kind: str) -> bool:
    """Whether photographs of this kind are for this actor's eyes."""
    return kind not in scenario.personal or actor.role == 'officer'


# --- what is over -------------------------------------------------------------


def erased(scenario: Scenario, data: Any) -> Any:
    """A record without the values that show a person, however deep they lie."""
    if isinstance(data, Mapping):
        return {
            name: FORGOTTEN
            if name in scenario.personal and value and not isinstance(value, Mapping | list)
            else erased(scenario, value)
            for name, value in data.items()
        }
    return [erased(scenario, one) for one in data] if isinstance(data, list) else data


def named(scenario: Scenario, data: Any) -> Iterator[str]:
    """Every value of a record that shows a person."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name in scenario.personal and isinstance(value, str):
                yield value
            else:
                yield from named(scenario, value)
    elif isinstance(data, list):
        for one in data:
            yield from named(scenario, one)


def scrubbed(said: Any, values: frozenset[str]) -> Any:
    """Written words without these values, wherever they stand.

    >>> scrubbed({'note': 'of L898902C3', 'n': 2}, frozenset({'L898902C3'}))
    {'note': 'of DELETED', 'n': 2}
    """
    if isinstance(said, Mapping):
        return {name: scrubbed(value, values) for name, value in said.items()}
    if isinstance(said, list):
        return [scrubbed(one, values) for one in said]
    if isinstance(said, str):
        for value in values:
            said = said.replace(value, FORGOTTEN) if len(value) >= SHORTEST else said
    return said
