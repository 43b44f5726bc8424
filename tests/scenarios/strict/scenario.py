"""Parcels whose officers confirm each other: the small scenario of the tests with four eyes.

No legal basis. Not covered: everything else.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clearlane.scenarios.parcel.scenario import SCENARIO as PARCEL  # type: ignore[import-not-found]

from clearlane import Text

SCENARIO = replace(PARCEL, home=Path(__file__).parent, title=Text('严格包裹', 'Parcels, strictly'))
