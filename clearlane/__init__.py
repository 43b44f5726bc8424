"""Clearlane (畅关): smart supervision. Evidence in, an explained decision out.

These are the names that a scenario may use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clearlane.admission import problem
from clearlane.counter import Counter, Found, Person
from clearlane.model import (
    Certificate,
    Crop,
    Draw,
    Finding,
    Movement,
    Payout,
    Problem,
    Text,
)
from clearlane.scenario import Case, Scenario, Seen, clause, doubtful, failed, passed

__all__ = [
    'Case',
    'Certificate',
    'Counter',
    'Crop',
    'Draw',
    'Finding',
    'Found',
    'Movement',
    'Payout',
    'Person',
    'Problem',
    'Scenario',
    'Seen',
    'Text',
    'clause',
    'doubtful',
    'failed',
    'passed',
    'problem',
    'read',
]

__version__ = '0.1.0'


def read(path: str | Path) -> dict[str, Any]:
    """Everything that can be read on one photograph, in the form of `clearlane read --json`."""
    from clearlane.recognisers.photo import read as read_photo

    return read_photo(path)
