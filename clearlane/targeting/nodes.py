"""The tree of a condition: what is left of it once every word has been looked up and typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Type = Literal['number', 'text', 'day', 'bool']
Value = float | str | date | bool
"""What a field may hold, beside nothing: numbers are doubles, in every engine."""

Operation = Literal[
    'field', 'literal', 'and', 'or', 'not', '=', '<>', '<', '<=', '>', '>=', 'in', 'like',
    'is null', 'is true', 'is false', '+', '-', '*', '/', 'negative', 'coalesce', 'length', 'abs',
]  # fmt: skip


@dataclass(frozen=True)
class Node:
    """One operation on what its arguments yield.

    `value` is the name of a field, a literal, the members of `in`, or the pattern of `like`.
    """

    op: Operation
    type: Type
    args: tuple[Node, ...] = ()
    value: Value | tuple[Value, ...] | None = None

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the condition looks at, each once, in the order in which they stand."""
        return tuple(dict.fromkeys(str(n.value) for n in self.walk() if n.op == 'field'))
