"""Machine-readable zone (机读区) of a passport, identity card or visa.

Two or three lines of capital letters, figures and the filler ``<``:

* TD3, 2 x 44: passports; TD2, 2 x 36 and TD1, 3 x 30: cards; MRV-A, 2 x 44 and MRV-B, 2 x 36:
  visas, whose first letter is V;
* the document's kind, the State that issued it, the number, the holder's nationality, birth, sex
  and names, the date of expiry, and what the State likes to add;
* check digits over number, birth, expiry, on TD3 the additional data, and over all of them.

The lines may come with a line break or a bar between them, or as one string. A document number of
more than nine characters on TD1 or TD2 runs on into the additional data. The century of a birth is
the latest that is not after ``today``; that of an expiry is the nearest to ``today``. A birth that
is not wholly known is None. Codes of States are not looked up; an expired document is not Invalid.

Sources:

* ICAO Doc 9303, Machine Readable Travel Documents, 8th edition (2021), parts 3 to 7

>>> specimen = '''P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
... L898902C36UTO7408122F1204159ZE184226B<<<<<10'''
>>> traveller = parts(specimen, today=date(2026, 11, 23))
>>> traveller.surname, traveller.given_names, traveller.number, traveller.birth
('ERIKSSON', 'ANNA MARIA', 'L898902C3', datetime.date(1974, 8, 12))
>>> compact('I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6')
'I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\\nD231458907UTO7408122F1204159<<<<<<<6'
>>> validate(specimen.replace('7408122F', '7408123F'))
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the check digit of the date of birth is 2, not 3 (ICAO 9303-3, 4.9)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clearlane.codes import Invalid, clock
from clearlane.codes.spelling import bare, limited, shown

LONGEST = 400

_LINES = {88: 44, 72: 36, 90: 30}
_WEIGHTS = (7, 3, 1)
_FILLERS = str.maketrans({'«': '<<', '‹': '<', '〈': '<', '《': '<<'})


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the zone says; a check digit is None where the format has none."""

    format: str
    """TD1, TD2, TD3, MRV-A or MRV-B."""
    document_code: str
    issuer: str
    number: str
    nationality: str
    birth: date | None
    sex: str
    """M, F, or X where it is not specified."""
    expiry: date | None
    surname: str
    given_names: str
    optional: str
    number_check: str
    birth_check: str
    expiry_check: str
    optional_check: str | None
    composite_check: str | None


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """Where a format keeps its fields, as from:to in the lines put together."""

    kinds: str
    """The first letters a document of this format may have."""
    fields: Mapping[str, slice]
    composite_over: tuple[slice, ...] = ()


def _fields(places: str) -> dict[str, slice]:
    """Read 'number 44:53' and the like."""
    words = places.split()
    return {
        name: slice(*map(int, place.split(':')))
        for name, place in zip(words[::2], words[1::2], strict=True)
    }


def _spans(places: str) -> tuple[slice, ...]:
    return tuple(slice(*map(int, place.split(':'))) for place in places.split())


_TD3 = (
    'names 5:44 number 44:53 number_check 53:54 nationality 54:57 birth 57:63 birth_check 63:64 '
    'sex 64:65 expiry 65:71 expiry_check 71:72 '
)
_TD2 = (
    'names 5:36 number 36:45 number_check 45:46 nationality 46:49 birth 49:55 birth_check 55:56 '
    'sex 56:57 expiry 57:63 expiry_check 63:64 '
)
_LAYOUTS = {
    'TD1': _Layout(
        kinds='ACI',
        fields=_fields(
            'number 5:14 number_check 14:15 optional 15:30 birth 30:36 birth_check 36:37 sex 37:38 '
            'expiry 38:44 expiry_check 44:45 nationality 45:48 optional_more 48:59 '
            'composite_check 59:60 names 60:90'
        ),
        composite_over=_spans('5:37 38:45 48:59'),
    ),
    'TD2': _Layout(
        kinds='ACIP',
        fields=_fields(_TD2 + 'optional 64:71 composite_check 71:72'),
        composite_over=_spans('36:46 49:56 57:71'),
    ),
    'TD3': _Layout(
        kinds='P',
        fields=_fields(_TD3 + 'optional 72:86 optional_check 86:87 composite_check 87:88'),
        composite_over=_spans('44:54 57:64 65:87'),
    ),
    'MRV-A': _Layout(kinds='V', fields=_fields(_TD3 + 'optional 72:88')),
    'MRV-B': _Layout(kinds='V', fields=_fields(_TD2 + 'optional 64:72')),
}


def compact(value: str) -> str:
    """The lines, with a line break between them and no space within."""
    lines = _split(value)
    text = ''.join(lines)
    length = _LINES.get(len(text))
    if len(lines) != 1 or length is None:
        return '\n'.join(lines)
    return '\n'.join(text[start : start + length] for start in range(0, len(text), length))


def parts(value: str, *, today: date | None = None) -> Parts:
    """Split the zone into its parts and check every digit, or raise Invalid."""
    lines = compact(value).split('\n')
    _have_the_form(lines)
    text, day = ''.join(lines), today or clock.today()
    name = _format(text)
    layout = _LAYOUTS[name]
    field = {key: text[place] for key, place in layout.fields.items()}
    _begins_as(name, text[0])
    number, number_check, optional = _number(field)
    _checked('document number', number, number_check)
    _checked('date of birth', field['birth'], field['birth_check'])
    _checked('date of expiry', field['expiry'], field['expiry_check'])
    _optional_checked(field)
    if layout.composite_over:
        covered = ''.join(text[span] for span in layout.composite_over)
        _checked('whole', covered, field['composite_check'])
    surname, given_names = _names(field['names'])
    return Parts(
        format=name,
        document_code=text[:2].rstrip('<'),
        issuer=_state(text[2:5], 'issuing State'),
        number=_blank(number),
        nationality=_state(field['nationality'], 'nationality'),
        birth=_birth(field['birth'], day),
        sex=_sex(field['sex']),
        expiry=_expiry(field['expiry'], day),
        surname=surname,
        given_names=given_names,
        optional=_blank(optional),
        number_check=number_check,
        birth_check=field['birth_check'],
        expiry_check=field['expiry_check'],
        optional_check=field.get('optional_check'),
        composite_check=field.get('composite_check'),
    )


def validate(value: str, *, today: date | None = None) -> str:
    """Return the compact zone, or raise Invalid."""
    parts(value, today=today)
    return compact(value)


def checks(value: str) -> dict[str, bool]:
    """Which check digits are right, by the field that each covers; nothing if the form is wrong.

    >>> checks('I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458908UTO7408122F1204159<<<<<<<6')
    {'number': False, 'birth': True, 'expiry': True, 'composite': False}
    """
    lines = compact(value).split('\n')
    try:
        _have_the_form(lines)
    except Invalid:
        return {}
    text = ''.join(lines)
    layout = _LAYOUTS[_format(text)]
    field = {key: text[place] for key, place in layout.fields.items()}
    number, digit, _ = _number(field, strict=False)
    found = {
        'number': digit == _digit(number),
        'birth': field['birth_check'] == _digit(field['birth']),
        'expiry': field['expiry_check'] == _digit(field['expiry']),
    }
    if 'optional_check' in field:
        empty = field['optional_check'] == '<' and not _blank(field['optional'])
        found['optional'] = empty or field['optional_check'] == _digit(field['optional'])
    if layout.composite_over:
        covered = ''.join(text[span] for span in layout.composite_over)
        found['composite'] = field['composite_check'] == _digit(covered)
    return found


def is_valid(value: str, *, today: date | None = None) -> bool:
    """Whether the form, the dates and all check digits are right."""
    try:
        parts(value, today=today)
    except Invalid:
        return False
    return True


def _split(value: str) -> list[str]:
    """The lines that are not blank, without spaces."""
    lines = re.split('[\r\n|｜]+', limited(value, LONGEST).translate(_FILLERS))
    return [line for line in (bare(line, 2 * LONGEST, ' ') for line in lines) if line]


def _have_the_form(lines: list[str]) -> None:
    lengths = [len(line) for line in lines]
    if lengths not in ([44, 44], [36, 36], [30, 30, 30]):
        found = ' + '.join(map(str, lengths))
        raise Invalid(
            'E_LENGTH',
            'lines of 44 + 44, 36 + 36 or 30 + 30 + 30 characters are expected, '
            f'not {found} (ICAO 9303-3, 4.2)',
        )
    for number, line in enumerate(lines, start=1):
        if stray := re.search('[^A-Z0-9<]', line):
            raise Invalid(
                'E_CHARACTER',
                f'line {number}, place {stray.start() + 1}: capital letters, figures and < are '
                f'expected, not {shown(stray[0])} (ICAO 9303-3, 4.3)',
            )


def _format(text: str) -> str:
    visa = text.startswith('V')
    return {90: 'TD1', 72: 'MRV-B' if visa else 'TD2', 88: 'MRV-A' if visa else 'TD3'}[len(text)]


def _begins_as(name: str, letter: str) -> None:
    kinds = _LAYOUTS[name].kinds
    if letter not in kinds:
        expected = ', '.join(kinds)
        raise Invalid(
            'E_DOCUMENT',
            f'a {name} zone begins with {expected}, not {letter} (ICAO 9303-4 to 9303-7)',
        )


def _number(field: Mapping[str, str], *, strict: bool = True) -> tuple[str, str, str]:
    """The number, its check digit and the additional data; a long number runs on into these."""
    number, digit = field['number'], field['number_check']
    optional = field['optional']
    longer = re.fullmatch('([A-Z0-9]*)([0-9])(<.*)', optional) if digit == '<' else None
    if longer and 'optional_check' not in field:
        number, digit, optional = number + longer[1], longer[2], longer[3]
    if strict and not _blank(number):
        raise Invalid('E_NUMBER', 'the document number is missing (ICAO 9303-3, 4.6)')
    return number, digit, optional + '<' + field.get('optional_more', '')


def _checked(name: str, covered: str, digit: str) -> None:
    expected = _digit(covered)
    if digit != expected:
        raise Invalid(
            'E_CHECK',
            f'the check digit of the {name} is {expected}, not {digit} (ICAO 9303-3, 4.9)',
        )


def _digit(covered: str) -> str:
    values = [0 if mark == '<' else int(mark, 36) for mark in covered]
    return str(sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values)) % 10)


def _optional_checked(field: Mapping[str, str]) -> None:
    """On TD3; empty additional data may have a filler for its check digit."""
    digit = field.get('optional_check')
    if digit is None or (digit == '<' and not _blank(field['optional'])):
        return
    _checked('additional data', field['optional'], digit)


def _names(field: str) -> tuple[str, str]:
    surname, _, given = field.partition('<<')
    if not re.fullmatch('[A-Z][A-Z<]*', field):
        raise Invalid(
            'E_NAME', f'names are letters with < between, not {shown(field)} (ICAO 9303-3, 4.6)'
        )
    return _blank(surname), _blank(given)


def _blank(field: str) -> str:
    """Fillers as single spaces, none at the ends."""
    return ' '.join(field.replace('<', ' ').split())


def _state(field: str, name: str) -> str:
    if not re.fullmatch('[A-Z]{1,3}<*', field):
        raise Invalid('E_STATE', f'the {name} is letters, not {field} (ICAO 9303-3, 5)')
    return field.rstrip('<')


def _sex(field: str) -> str:
    sex = {'<': 'X'}.get(field, field)
    if sex not in 'MFX':
        raise Invalid('E_SEX', f'the sex is M, F or <, not {field} (ICAO 9303-3, 4.6)')
    return sex


def _birth(field: str, day: date) -> date | None:
    """In the latest century that is not after the day; what is not known is left as fillers."""
    if re.fullmatch('(?:[0-9]{2}){0,2}<+', field):
        return None
    birth = _date('E_BIRTH', 'date of birth', field, day.year)
    return birth if birth <= day else _date('E_BIRTH', 'date of birth', field, day.year - 1)


def _expiry(field: str, day: date) -> date | None:
    """In the century that brings it nearest to the day."""
    return None if field == '<<<<<<' else _date('E_EXPIRY', 'date of expiry', field, day.year + 49)


def _date(code: str, name: str, field: str, latest_year: int) -> date:
    try:
        year, month, day = (int(field[at : at + 2]) for at in (0, 2, 4))
        return date(latest_year - (latest_year - year) % 100, month, day)
    except ValueError:
        raise Invalid(
            code, f'the {name} is year, month and day, not {field} (ICAO 9303-3, 4.8)'
        ) from None
