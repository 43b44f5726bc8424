"""The reference tables beside the code modules: CSV files whose first lines name their source."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """The rows of one table of this folder.

    >>> rows('vehicle_signs')[0]['sign']
    'A'
    """
    text = files(__package__).joinpath(f'{table}.csv').read_text(encoding='utf-8')
    lines = [line for line in text.splitlines() if not line.startswith('#')]
    return tuple(csv.DictReader(lines))


@cache
def column(table: str, key: str, value: str) -> dict[str, str]:
    """One column of a table by another.

    >>> column('customs_districts', 'code', 'name_zh')['35']
    '福州'
    """
    return {row[key]: row[value] for row in rows(table)}
