"""Records, their words, and their canonical form."""

from __future__ import annotations

import ast
import doctest
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from clearlane import admission, library, model, suggestion
from clearlane.library import Entry, as_of
from clearlane.model import Reading, Text, canonical, plain


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(model).failed == 0


def test_a_text_speaks_two_languages() -> None:
    inner = Text('箱 {n}', 'box {n}').of(n=3)
    outer = Text('见 {what}', 'see {what}').of(what=inner)
    assert outer.say('zh-hans') == '见 箱 3' and outer.say('en') == outer.say('fr') == 'see box 3'


@pytest.mark.parametrize(
    ('outcome', 'one', 'two'),
    [
        ('release', 'The one check agrees.', 'All 2 checks agree.'),
        ('review', '1 point needs a person.', '2 points need a person.'),
        ('remote', '1 point needs a look at the goods.', '2 points need a look at the goods.'),
        ('inspect', '1 point does not agree or is doubtful.',
         '2 points do not agree or are doubtful.'),
        ('refuse', '1 point does not agree.', '2 points do not agree.'),
    ],
)  # fmt: skip
def test_one_and_more_are_told_apart(outcome: str, one: str, two: str) -> None:
    head = suggestion.HEADS[outcome]
    assert head.of(n=1).say('en').endswith(one) and head.of(n=2).say('en').endswith(two)
    assert '2 ' in head.of(n=2).say('zh') and '|' not in head.of(n=1).say('zh')


NOUNS = (
    'applications|batches|boxes|characters|checks|days|declarations|documents|escapes|fields|'
    'handovers|incidents|invoices|messages|minutes|photographs|points|seals|serials|times|'
    'travellers|views'
)


def catalogue() -> Catalog:
    """The Chinese words of the screens."""
    home = Path(model.__file__).parent / 'web' / 'locale' / 'zh_Hans'
    with (home / 'LC_MESSAGES' / 'django.po').open('rb') as file:
        return read_po(file)


def texts() -> Iterator[tuple[str, list[str]]]:
    """Where each `Text` of the program stands, and its words that are written out."""
    home = Path(model.__file__).parent
    for path in sorted(home.rglob('*.py')):
        for call in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(call, ast.Call) and getattr(call.func, 'id', '') == 'Text':
                said = [a.value if isinstance(a, ast.Constant) else '' for a in call.args]
                yield f'{path.relative_to(home)}:{call.lineno}', said


def test_no_sentence_says_more_where_there_is_one() -> None:
    wrong = []
    for place, said in texts():
        english = said[1] if len(said) > 1 else ''
        fields = {name for _, name, _, _ in Formatter().parse(english) if name}
        words = Text('', english, dict.fromkeys(fields, 1)).say('en')
        if re.search(rf'(^|\W)1 ({NOUNS})\b', words):
            wrong.append(f'{place}: {words}')
    assert wrong == []


def test_chinese_sentences_have_chinese_punctuation() -> None:
    words = [*texts(), *((e.id, [e.string]) for e in catalogue() if isinstance(e.id, str))]
    half = re.compile('[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]')
    assert [place for place, said in words if said and half.search(said[0])] == []


def test_the_canonical_form_is_one() -> None:
    class Colour(Enum):
        RED = 'red'

    value = {
        'b': Decimal('1.50'),
        'a': date(2026, 5, 11),
        'c': (1, Colour.RED, None),
        'd': datetime(2026, 5, 11, tzinfo=UTC),
        'e': 0.1234567891,
    }
    assert canonical(value) == (
        b'{"a":"2026-05-11","b":"1.50","c":[1,"red",null],'
        b'"d":"2026-05-11T00:00:00+00:00","e":0.123457}'
    )
    with pytest.raises(TypeError):
        canonical({'x': object()})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_the_canonical_form_survives_a_round_trip(value: object) -> None:
    try:
        first = canonical(value)
    except UnicodeEncodeError:
        return
    assert canonical(json.loads(first)) == first


def test_a_reading_is_written_plainly() -> None:
    reading = Reading(kind='k', value='v', score=0.5, recogniser='r/1', box=((1, 2),))
    assert plain(reading)['box'] == [[1, 2]]


class Record(library.BaseModel):
    quantity: int = 1


@pytest.mark.parametrize(
    ('day', 'version'),
    [
        ('2026-01-01', None),
        ('2026-02-01', 1),
        ('2026-03-01', 2),
        ('2026-04-01', 1),
        ('2026-06-01', None),
    ],
)
def test_a_library_as_of_a_day(day: str, version: int | None) -> None:
    held = {'key': 'k', 'data': Record(), 'state': 'in_force'}
    entries = [
        Entry(**held, version=1, since=date(2026, 2, 1), until=date(2026, 6, 1)),
        Entry(**held, version=2, since=date(2026, 3, 1), until=date(2026, 4, 1)),
        Entry(**{**held, 'state': 'submitted'}, version=3),
        Entry(**{**held, 'state': 'withdrawn'}, version=4, since=date(2026, 1, 1)),
    ]
    found = as_of(entries, date.fromisoformat(day))
    entry = found.entry('k')
    assert (entry.version if entry else None) == version
    assert (found.get('k') is None) == (version is None)


def test_a_long_value_is_cut_in_a_problem() -> None:
    words = Text('错', 'wrong')
    found = admission.problem('f', 'x' * 200, 'c', words, words)
    assert len(found.value) == 81
    assert admission.told(found, 'en').startswith("f = 'xxx")
