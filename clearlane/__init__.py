"""Clearlane (畅关): smart supervision. Evidence in, an explained decision out.

These are the names that a scenario may use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clearlane.admission import problem
from clearlane.counter import Counter, Found, Person
from clearlane.custodies import Lifecycle, Step
from clearlane.model import (
    Act,
    Advance,
    Certificate,
    Compared,
    Crop,
    Draw,
    Evidence,
    Finding,
    Incident,
    Movement,
    Origin,
    Payout,
    Problem,
    Question,
    Text,
    Watched,
)
from clearlane.scenario import (
    Case,
    Scenario,
    Seen,
    answered,
    clause,
    doubtful,
    failed,
    passed,
)
from clearlane.stream import Signal, State, Stream, Watch
from clearlane.workdays import working_after

__all__ = [
    'Act',
    'Advance',
    'Case',
    'Certificate',
    'Compared',
    'Counter',
    'Crop',
    'Draw',
    'Evidence',
    'Finding',
    'Found',
    'Incident',
    'Lifecycle',
    'Movement',
    'Origin',
    'Payout',
    'Person',
    'Problem',
    'Question',
    'Scenario',
    'Seen',
    'Signal',
    'State',
    'Step',
    'Stream',
    'Text',
    'Watch',
    'Watched',
    'answered',
    'clause',
    'doubtful',
    'failed',
    'passed',
    'problem',
    'read',
    'working_after',
]

__version__ = '0.1.0'


def read(path: str | Path) -> dict[str, Any]:
    """Everything that can be read on one photograph, in the form of `clearlane read --json`."""
    from clearlane.recognisers.photo import read as read_photo

    return read_photo(path)
