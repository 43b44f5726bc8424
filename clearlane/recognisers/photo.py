"""Reading one photograph from a file, as `clearlane read` and `clearlane.read` answer it."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from clearlane.model import Reading, plain
from clearlane.recognisers.calibration import KINDS, NUMBERS, threshold
from clearlane.recognisers.package import PHOTOGRAPH
from clearlane.recognisers.reader import Reader, Unreadable


def read(path: str | Path, reader: Reader = PHOTOGRAPH) -> dict[str, Any]:
    """What a photograph shows: its name, hash and size, the seconds it took, and its readings.

    A file that cannot be read has an `error` (a stable code and a sentence) and no
    readings. A fault of our own raises, so that nothing half read looks whole.
    """
    started = time.perf_counter()
    answer: dict[str, Any] = {
        'file': str(path), 'sha256': None, 'width': 0, 'height': 0, 'seconds': 0.0,
        'error': None, 'readings': [],
    }  # fmt: skip
    try:
        data = Path(path).read_bytes()
        answer['sha256'] = hashlib.sha256(data).hexdigest()
        seen = reader.read(data)
        answer.update(width=seen.width, height=seen.height)
        answer['readings'] = [as_json(reading) for reading in seen.readings]
    except OSError as error:
        answer['error'] = f'no_file: {error.strerror or error}'
    except Unreadable as error:
        answer['error'] = f'{error.code}: {error.message}'
    answer['seconds'] = round(time.perf_counter() - started, 3)
    return answer


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as the interface has it: the details stand beside the other fields.

    `sure` says of a calibrated kind whether it reaches the threshold of the stated bound.
    """
    fields = ('kind', 'value', 'score', 'box', 'recogniser')
    shown = {name: plain(getattr(reading, name)) for name in fields}
    known = reading.kind in (*KINDS, *NUMBERS)
    sure = {'sure': reading.score >= threshold(reading.kind)} if known else {}
    return {**shown, 'score': round(reading.score, 4), **sure, **plain(reading.details)}
