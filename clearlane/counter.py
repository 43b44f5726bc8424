"""A self-service counter: how one person declares, alone, in three steps, in seconds.

The person shows a document; what is already known about them is found; papers are
shown and sorted to what was found; the person confirms, and each is concluded on
its own. A scenario says here what is its own of that; the counter knows no law.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from clearlane.model import Reading, Text


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whoever stands there, as the document says: only `masked` is ever kept or shown.

    `matches` is what an entry of the fed library has to contain to be theirs;
    `language` is a guess that the person can change.
    """

    masked: str
    matches: Mapping[str, str]
    language: str = ''


@dataclass(frozen=True, kw_only=True)
class Found:
    """One entry that is theirs, as a line on the screen: what, how much, what it may bring."""

    key: str
    title: str
    note: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What a scenario has of its own at a counter.

    `words` names a TOML file: a table for each language, the same keys in each.
    """

    words: Path
    document: str
    """The kind of evidence that says who it is."""
    papers: str
    """The kind of evidence that belongs to one entry each."""
    library: str
    """The fed library in which the person's entries stand."""
    person: Callable[[Iterable[Reading], str], Person | str]
    """Readings of the document and the recogniser's error → who it is, or the key of the
    words that say what to do."""
    found: Callable[[Any, Any], Found]
    """(record, law) → its line."""
    declares: Callable[[Any, Any, Mapping[str, str]], Mapping[str, Any]]
    """(record, day, what the counter knows of its place) → what is declared."""
    belongs: Callable[[Any, Iterable[Reading]], str]
    """(record, readings of a paper) → the item that the paper shows, or nothing."""
    items: Callable[[Any], Iterable[str]]
    """The items of a record that a paper is wanted for."""
    sums: Callable[[Any, Any], Any] = field(default=lambda record, law: None)
    """(record, law) → yuan that a release pays, for the totals; None where it pays nothing."""

    goods: tuple[str, str] = ('', '')
    """(kind, item) of evidence that the person may add for the officer, or nothing."""
    lessened: Callable[[Mapping[str, Any]], Any] = field(default=lambda result: None)
    """A written decision → yuan, where it is for less than the record says; else None."""

    @cached_property
    def languages(self) -> Mapping[str, Mapping[str, str]]:
        """Language → its words."""
        with self.words.open('rb') as file:
            return tomllib.load(file)

    def say(self, language: str, key: str) -> str:
        """One sentence in a language; in English where that language lacks it."""
        return self.languages.get(language, {}).get(key) or self.languages['en'].get(key, key)


UNKNOWN = Text('没有找到', 'nothing was found')
