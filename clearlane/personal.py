"""What shows a person: customs officers see it, everybody else sees a mask.

A party sees the fields that it sent itself; photographs of documents it never sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearlane.access import Actor
from clearlane.scenario import Scenario


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
        return mask(str(value))
    if isinstance(value, Mapping):
        return {inner: _covered(scenario, inner, one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_covered(scenario, '', one) for one in value]
    return value


def may_look(scenario: Scenario, actor: Actor, kind: str) -> bool:
    """Whether photographs of this kind are for this actor's eyes."""
    return kind not in scenario.personal or actor.role == 'officer'
