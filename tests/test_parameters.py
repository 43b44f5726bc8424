"""Values of the law through time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clearlane import procedure
from clearlane.parameters import Unusable, load
from clearlane.scenario import scenarios

OURS = {n: s for n, s in scenarios().items() if 'tests' not in s.home.parts}

TOML = """
[rate]
title = "A rate"
since = [
    { day = 2019-04-01, value = "0.08", source = "Announcement 39" },
    { day = 2025-04-26, value = "0.11", source = "own choice (unconfirmed)" },
]
[limit]
title = "A limit"
since = [{ day = 2020-01-01, value = 5, source = "Announcement 1" }]
"""


def test_the_day_picks_the_law(tmp_path: Path) -> None:
    file = tmp_path / 'parameters.toml'
    file.write_text(TOML)
    law = load(file)
    assert law.on(date(2025, 4, 25)).rate == '0.08'
    assert law.on(date(2025, 4, 26)).rate == '0.11'
    assert not hasattr(law.on(date(2019, 12, 31)), 'limit')
    assert not vars(law.on(date(2019, 3, 31)))
    assert law.values['rate'].unconfirmed and not law.values['limit'].unconfirmed


@pytest.mark.parametrize(
    ('toml', 'told'),
    [
        ('[rate]\ntitle = "A rate"\nsince = []', 'rate'),
        ('[rate]\ntitle = "A rate"\nsince = [{ day = 2020-01-01, value = 1 }]', 'source'),
        ('[rate]\ntitle = "A rate"\nmore = 1\nsince = []', 'more'),
        ('[rate', 'parameters.toml'),
        (TOML.replace('2025-04-26', '2018-04-26'), 'days must rise'),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(toml: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / 'parameters.toml'
    file.write_text(toml)
    with pytest.raises(Unusable, match=told):
        load(file)
    with pytest.raises(Unusable):
        load(tmp_path / 'none.toml')


def test_each_value_of_the_law_has_a_title_in_both_languages() -> None:
    books = [('procedure', procedure.general()), *((n, s.parameters) for n, s in OURS.items())]
    bare = [
        f'{name}: {key}'
        for name, book in books
        for key, one in book.values.items()
        if not any('\u4e00' <= letter <= '\u9fff' for letter in one.zh)
    ]
    assert bare == []
