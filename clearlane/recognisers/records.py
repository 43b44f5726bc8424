"""Data as evidence: a JSON or CSV file in, one `value` reading for each of its values out.

`details` says where the value stands: `path` as in `stops.0.day`, or row and column
of a table. What a device or another system sent is thus kept, hashed and judged as
a photograph is.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from clearlane.model import Reading
from clearlane.recognisers.reader import Readings, Unreadable

MOST_BYTES = 4 * 1024 * 1024
MOST_VALUES = 100_000
MOST_DEPTH = 32
NAME = 'record/1'


def tree(data: bytes) -> Any:
    """The JSON, read strictly: no key twice, no NaN, not too deep; else Unreadable."""
    try:
        found = json.loads(
            _text(data), object_pairs_hook=_object, parse_constant=_constant, parse_float=_number
        )
        count = sum(1 for _ in leaves(found))
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable('malformed_json', f'this is no plain JSON: {str(error)[:120]}') from error
    if count > MOST_VALUES:
        raise Unreadable('too_many_values', f'send at most {MOST_VALUES} values in one file')
    return found


def table(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV with a header line; else Unreadable."""
    try:
        lines = list(csv.reader(io.StringIO(_text(data), newline=''), strict=True))
    except csv.Error as error:
        raise Unreadable('malformed_csv', f'this is no CSV: {str(error)[:120]}') from error
    header = lines[0] if lines else []
    if not header or len(set(header)) != len(header) or not all(header):
        raise Unreadable('malformed_csv', 'the first line must name each column once')
    if len(lines) * len(header) > MOST_VALUES:
        raise Unreadable('too_many_values', f'send at most {MOST_VALUES} values in one file')
    if any(len(line) != len(header) for line in lines):
        raise Unreadable('malformed_csv', 'a line has more or fewer columns than the first line')
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def admit_json(data: bytes) -> tuple[int, int]:
    """Refuse what is no JSON; it has no picture."""
    tree(data)
    return 0, 0


def admit_csv(data: bytes) -> tuple[int, int]:
    """Refuse what is no table; it has no picture."""
    table(data)
    return 0, 0


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Unreadable('too_many_bytes', 'the file has more than 4 MB; send it in parts')
    try:
        text = data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise Unreadable('not_utf8', 'the file is not UTF-8; save it as UTF-8') from error
    if any(ord(c) < 32 and c not in '\t\r\n' for c in text):
        raise Unreadable('control_character', 'the file holds control characters; export it again')
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError('a key occurs twice in one object')
    return found


def _constant(name: str) -> Any:
    raise ValueError(f'{name} is no JSON number')


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError('a number is too large')
    return value


def leaves(value: Any, path: str = '', depth: int = 0) -> Iterator[tuple[str, str]]:
    """(path, value as text) of everything that is no object and no list."""
    if depth > MOST_DEPTH:
        raise ValueError(f'it is nested deeper than {MOST_DEPTH}')
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f'{path}.{key}' if path else key, depth + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f'{path}.{number}' if path else str(number), depth + 1)
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)


class RecordReader:
    """The reader of JSON and CSV files."""

    name = NAME
    media: ClassVar[frozenset[str]] = frozenset({'json', 'csv'})
    models = hashlib.sha256(b'').hexdigest()

    @cached_property
    def digest(self) -> str:
        """Over this code."""
        return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()

    def read(self, data: bytes) -> Readings:
        """Every value with its path; raises Unreadable."""
        if data.removeprefix(b'\xef\xbb\xbf').lstrip()[:1] in (b'{', b'['):
            found = list(leaves(tree(data)))
        else:
            lines = table(data)
            found = [(f'{n}.{k}', v) for n, row in enumerate(lines) for k, v in row.items()]
        readings = (
            Reading(kind='value', value=v, score=1.0, recogniser=NAME, details={'path': p})
            for p, v in found
        )
        return Readings(width=0, height=0, readings=tuple(readings))


RECORD = RecordReader()
