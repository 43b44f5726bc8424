"""Values of the law: each with the day it takes effect and its source.

A rate, a threshold, a list is never written into code. A scenario keeps them in
`parameters.toml`:

    [visit_days]
    title = "Days from a release to the next periodic visit"
    since = [{ day = 2026-04-01, value = 90, source = "..." }]

and a check reads `case.law.visit_days`, which is the value in force on the day
of the case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Unusable(ValueError):
    """A parameter file that cannot be trusted: it says which value and why."""


class Since(BaseModel):
    """One value, from its day on, until the next one."""

    model_config = ConfigDict(extra='forbid', frozen=True)

    day: date
    value: Any
    source: str = Field(min_length=3)

    @property
    def unconfirmed(self) -> bool:
        """Whether the source says that nobody has read it in the text of the law."""
        return 'unconfirmed' in self.source


class Parameter(BaseModel):
    """One number or list of the law through time."""

    model_config = ConfigDict(extra='forbid', frozen=True)

    title: str = Field(min_length=3)
    zh: str = ''
    """The title in Chinese; the English one stands in where there is none."""
    since: list[Since] = Field(min_length=1)

    def on(self, day: date) -> Since | None:
        """What is in force on `day`, or None before the first day."""
        return next((s for s in reversed(self.since) if s.day <= day), None)

    @property
    def unconfirmed(self) -> bool:
        """Whether a source says that nobody has read it in the text of the law."""
        return any(s.unconfirmed for s in self.since)


@dataclass(frozen=True)
class Parameters:
    """All dated values of one scenario."""

    values: Mapping[str, Parameter]

    def on(self, day: date) -> SimpleNamespace:
        """The law as it stands on `day`: one attribute a parameter.

        A parameter that has not begun by then is absent, and a rule that asks for
        it fails, which is a doubt and not a pass.
        """
        found = {name: p.on(day) for name, p in self.values.items()}
        return SimpleNamespace(**{name: s.value for name, s in found.items() if s is not None})


def load(file: Path) -> Parameters:
    """Read a parameter file, or raise Unusable with the place and the reason."""
    try:
        raw = tomllib.loads(file.read_text(encoding='utf-8'))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Unusable(f'{file}: {error}') from error
    return Parameters({name: _parameter(f'{file}: {name}', table) for name, table in raw.items()})


def _parameter(place: str, table: Any) -> Parameter:
    try:
        parameter = Parameter.model_validate(table)
    except ValidationError as error:
        raise Unusable(f'{place}: {error}') from error
    days = [s.day for s in parameter.since]
    if days != sorted(set(days)):
        raise Unusable(f'{place}: days must rise from one value to the next')
    return parameter
