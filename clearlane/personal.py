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
SHORTEST, SHORTEST_CHINESE = 4, 2
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


def hand(actor: Actor, holder: str, operator: str) -> str:
    """Who has a thing in hand, as this actor may see it; staff who act for themselves are named."""
    plain = actor.role in ('officer', 'exporter') or holder in (operator, FORGOTTEN)
    return holder if plain else mask(holder)


def may_look(scenario: Scenario, actor: Actor, kind: str) -> bool:
    """Whether photographs of this kind are for this actor's eyes."""
    return kind not in scenario.personal or actor.role == 'officer'


def unnamed(scenario: Scenario, data: Mapping[str, Any]) -> dict[str, Any]:
    """A record as the log may keep it for ever: the fields that show a person are left out."""
    return {name: value for name, value in data.items() if name not in scenario.personal}


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
    >>> scrubbed(['王芳 → 李', 'a is'], frozenset({'王芳', 'is'}))
    ['DELETED → 李', 'a is']
    """
    if isinstance(said, Mapping):
        return {name: scrubbed(value, values) for name, value in said.items()}
    if isinstance(said, list):
        return [scrubbed(one, values) for one in said]
    if isinstance(said, str):
        for value in values:
            said = said.replace(value, FORGOTTEN) if _telling(value) else said
    return said


def _telling(value: str) -> bool:
    """Whether a value is long enough to be nothing else; a Chinese name has two characters."""
    return len(value) >= (SHORTEST if value.isascii() else SHORTEST_CHINESE)
