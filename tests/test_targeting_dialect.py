"""The language of risk rules: what can be written, and what is said of what cannot."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearlane.model import Text
from clearlane.targeting import dialect, engines
from clearlane.targeting.dialect import Field, Wrong, parse

NO_WORDS = Text('', '')
FIELDS = {
    name: Field(name, kind, NO_WORDS, NO_WORDS)  # type: ignore[arg-type]
    for name, kind in {
        'boxes': 'number', 'net_kg': 'number', 'un_number': 'text', 'port': 'text',
        'day': 'day', 'plastics': 'bool',
    }.items()
}  # fmt: skip
FACTS = {
    'boxes': 200.0, 'net_kg': 12.5, 'un_number': 'UN3480', 'port': None,
    'day': date(2026, 5, 11), 'plastics': True,
}  # fmt: skip


@pytest.mark.parametrize(
    ('text', 'answer'),
    [
        ("un_number = 'UN3480'", True),
        ("un_number <> 'UN3480'", False),
        ("un_number in ('UN3090', 'UN3480')", True),
        ("un_number not in ('UN3090', 'UN3480')", False),
        ("port in ('3501')", None),
        ("not port in ('3501')", None),
        ('port is null', True),
        ('port is not null', False),
        ("port = '3501'", None),
        ("port = '3501' or boxes >= 200", True),
        ("port = '3501' and boxes < 200", False),
        ("port = '3501' and boxes >= 200", None),
        ("coalesce(port, '') = ''", True),
        ('boxes between 100 and 200', True),
        ('boxes not between 100 and 200', False),
        ('boxes * net_kg > 2400', True),
        ('boxes / 0 > 1', None),
        ('boxes / net_kg = 16', True),
        ('-boxes < -199.5', True),
        ('abs(net_kg - 13) <= 0.5', True),
        ("un_number like 'UN34%'", True),
        ("un_number like 'UN34_'", False),
        ("un_number not like '%90'", True),
        ("port like '%'", None),
        ('length(un_number) = 6', True),
        ("day >= '2026-05-11'", True),
        ("day < date '2026-05-11'", False),
        ("day in ('2026-05-11', '2026-05-12')", True),
        ('plastics', True),
        ('not plastics', False),
        ('plastics = false', False),
        ('plastics is true', True),
        ('(plastics) is not true', False),
        ("(port = 'x') is not true", True),
        ("(port = 'x') is false", False),
        ('boxes in (-1, 200)', True),
        ('BOXES > 1 -- a note', True),
    ],
)
def test_a_condition_means_what_sql_says(text: str, answer: bool | None) -> None:
    assert engines.python(parse(text, FIELDS))(FACTS) is answer


@pytest.mark.parametrize(
    ('text', 'words', 'place'),
    [
        ('', 'write one', None),
        ('boxes > ', 'not well formed', None),
        ('(boxes > 1', 'not well formed', (9, 10)),
        ('box > 1', 'did you mean boxes', (0, 3)),
        ('qqq > 1', 'there is no field qqq', (0, 3)),
        ('boxes > 1 and un_nummer = 1', 'did you mean un_number', (14, 23)),
        ("1 = 1 or 'a' like 'a'", 'looks at no field', None),
        ('boxes', 'a condition is true or false', None),
        ('boxes + 1', 'a condition is true or false', None),
        ("boxes > 'x'", 'the two sides of > differ', (0, 5)),
        ('boxes = null', 'write IS NULL', None),
        ('boxes in (1, null)', 'NULL cannot be used', None),
        ("boxes in (1, 'a')", 'the two sides of IN differ', (0, 5)),
        ('boxes in (1, boxes)', 'list of constants', (0, 18)),
        ('boxes in (select 1)', 'list of constants', (0, 5)),
        ("un_number like port", 'constant text', (0, 19)),
        ("un_number like 'a\\_'", 'backslash', (0, 9)),
        ("un_number like 1", 'constant text', (0, 9)),
        ("boxes like 'a'", 'LIKE wants a text', (0, 5)),
        ("day > '2026-13-01'", 'is no day', None),
        ("day > 'soon'", 'is no day', None),
        ('boxes > 1e16', 'out of range', None),
        ('boxes > 0.' + '0' * 15 + '1', 'out of range', None),
        ('boxes*boxes*boxes*boxes*boxes*boxes > 1', 'at most 4 mult', None),
        ('plastics > false', '> wants a number', None),
        ('plastics between false and true', 'BETWEEN wants a number', None),
        ('boxes between symmetric 2 and 1', 'SYMMETRIC', None),
        ('not boxes', 'NOT wants true or false', (4, 9)),
        ('boxes is 1', 'IS cannot be used', None),
        ('boxes > 1; drop table declarations', 'without a semicolon', None),
        ('exists (select 1)', 'EXISTS cannot be used', None),
        ('pg_sleep(9) is null', 'pg_sleep() cannot be used', None),
        ('store.boxes > 1', 'store.boxes cannot be used', None),
        ('current_date > day', 'cannot be used', None),
        ("boxes::text = '1'", 'CAST cannot be used', None),
        ('case when plastics then true end', 'CASE cannot be used', None),
        ("un_number ilike 'a'", 'ILIKE cannot be used', None),
        ('boxes > any (select 1)', 'cannot be used', None),
        ('boxes > ?', 'cannot be used', None),
        ('coalesce(boxes, 1, 2) > 1', 'COALESCE', None),
        ('boxes > 1 and ' * 150 + 'plastics', 'too long', None),
        (' and '.join(['plastics'] * 150), 'too complex', None),
        ('(' * 900 + 'plastics' + ')' * 900, 'too complex', None),
        ('not ' * 300 + 'plastics', 'too complex', None),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place(
    text: str, words: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(Wrong) as caught:
        parse(text, FIELDS)
    assert words in caught.value.message.say('en')
    assert caught.value.message.say('zh')
    if place is not None:
        assert (caught.value.start, caught.value.end) == place


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_wrong(text: str) -> None:
    try:
        node = parse(text, FIELDS)
    except Wrong:
        return
    assert node.type == 'bool'


@given(st.lists(st.sampled_from(
    ['boxes', 'port', '(', ')', 'and', 'or', 'not', '=', '>', '1', "'a'", 'is', 'null', 'in', ',',
     'like', 'between', '-', '/', 'coalesce', 'select', ';', '*', 'case', 'date', '::', '"', '--'],
), max_size=12))  # fmt: skip
def test_any_row_of_words_is_a_condition_or_wrong(words: list[str]) -> None:
    try:
        node = parse(' '.join(words), FIELDS)
    except Wrong:
        return
    assert engines.python(node)(FACTS) in (True, False, None)


def test_the_fields_of_a_condition_stand_in_their_order() -> None:
    node = parse("boxes > 1 and port is null and boxes < 9 or day > '2026-01-01'", FIELDS)
    assert node.fields == ('boxes', 'port', 'day')


@pytest.mark.parametrize('name', ['duckdb', 'postgres', 'clickhouse', 'spark'])
def test_a_condition_can_be_said_to_other_engines(name: str) -> None:
    said = engines.sql(parse("boxes / net_kg > 1.5 and un_number like 'UN3%'", FIELDS), name)
    assert 'LIKE' in said
    assert 'ull' in said.lower()


def test_quotes_and_percent_signs_stay_text() -> None:
    node = parse("un_number = 'it''s; drop table x --'", FIELDS)
    assert engines.python(node)({**FACTS, 'un_number': "it's; drop table x --"}) is True
    assert "'it''s; drop table x --'" in engines.sql(node)


def test_limits_are_those_of_the_document() -> None:
    assert dialect.MOST_CHARACTERS == 2000
