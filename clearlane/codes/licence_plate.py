"""Licence plate (机动车号牌) of a vehicle registered in the mainland of China.

* ordinary: the character of the province, the letter of the office, five letters or figures;
* new energy: six instead of five; small vehicles open them with A-H, J or K, large ones close with
  such a letter;
* four and one character at the end: 警 police, 学 learner, 挂 trailer;
* 粤Z, four, and 港 or 澳: vehicles of Hong Kong and Macao that may cross the boundary;
* 使 and six figures, or a letter and five: an embassy; 领 and the same, or four figures and 领: a
  consulate.

The letters I and O are not used. The colours are those that such a plate may have; a photograph
with another colour is worth a second look.

Not covered: plates of the army and the armed police, 应急 rescue plates, temporary plates.

Sources:

* GA 36-2018, vehicle licence plates (中华人民共和国机动车号牌); the letters of new energy plates
  other than D and F, and the forms of 使 and 领, as recalled

>>> validate('闽A·12345')
'闽A12345'
>>> parts('粤bd12345').kind
'new_energy_small'
>>> parts('粤Z F023港').colours
('black',)
>>> validate('闽A1234O')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the letters I and O are not used on plates: '闽A1234O' (GA 36-2018)
"""

import re
from dataclasses import dataclass

from clearlane.codes import Invalid
from clearlane.codes.spelling import bare, shown

LONGEST = 40
PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'

_LETTER = '[A-HJ-NP-Z]'
_ANY = '[A-HJ-NP-Z0-9]'
_OFFICE = f'(?P<province>[{PROVINCES}])(?P<office>{_LETTER})'
_FOUR = f'(?P<serial>{_ANY}{{4}})'
_SIX = f'(?P<serial>[0-9]{{6}}|{_LETTER}{_ANY}{{5}})'

_FORMS = (
    ('ordinary', f'{_OFFICE}(?P<serial>{_ANY}{{5}})', ('blue', 'yellow')),
    ('new_energy_small', f'{_OFFICE}(?P<serial>[A-HJK]{_ANY}[0-9]{{4}})', ('green',)),
    ('new_energy_large', f'{_OFFICE}(?P<serial>[0-9]{{5}}[A-HJK])', ('yellow-green',)),
    ('police', f'{_OFFICE}{_FOUR}(?P<ending>警)', ('white',)),
    ('learner', f'{_OFFICE}{_FOUR}(?P<ending>学)', ('yellow',)),
    ('trailer', f'{_OFFICE}{_FOUR}(?P<ending>挂)', ('yellow',)),
    ('hong_kong', f'(?P<province>粤)(?P<office>Z){_FOUR}(?P<ending>港)', ('black',)),
    ('macao', f'(?P<province>粤)(?P<office>Z){_FOUR}(?P<ending>澳)', ('black',)),
    ('embassy', f'(?P<province>使){_SIX}', ('black',)),
    ('consulate', f'(?P<province>领){_SIX}', ('black',)),
    ('consulate', f'{_OFFICE}(?P<serial>[0-9]{{4}})(?P<ending>领)', ('black',)),
)
_PATTERNS = [(kind, re.compile(form), colours) for kind, form, colours in _FORMS]
_CLAUSE = '(GA 36-2018)'


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the plate says."""

    kind: str
    province: str
    """The first character; 使 or 领 on plates that have no province."""
    office: str | None
    serial: str
    ending: str | None
    colours: tuple[str, ...]


def compact(value: str) -> str:
    """Capitals, and nothing between the characters."""
    return bare(value, LONGEST, ' -.·•・‧∙●')


def parts(value: str) -> Parts:
    """Split the plate into its parts, or raise Invalid."""
    plate = compact(value)
    for kind, pattern, colours in _PATTERNS:
        if found := pattern.fullmatch(plate):
            named = found.groupdict()
            return Parts(
                kind=kind,
                province=named['province'],
                office=named.get('office'),
                serial=named['serial'],
                ending=named.get('ending'),
                colours=colours,
            )
    raise Invalid(*_why_not(plate))


def validate(value: str) -> str:
    """Return the compact plate, or raise Invalid."""
    parts(value)
    return compact(value)


def is_valid(value: str) -> bool:
    """Whether the plate is well formed."""
    try:
        parts(value)
    except Invalid:
        return False
    return True


def _why_not(plate: str) -> tuple[str, str]:
    first, second, rest = plate[:1], plate[1:2], plate[2:]
    if len(plate) not in (7, 8):
        wrong = f'a plate has 7 characters, or 8 for new energy, not {len(plate)}'
        return 'E_LENGTH', f'{wrong} {_CLAUSE}'
    if first not in PROVINCES + '使领':
        return 'E_PROVINCE', f'a plate opens with a province, not {shown(first)} {_CLAUSE}'
    if 'I' in plate or 'O' in plate:
        return 'E_LETTER', f'the letters I and O are not used on plates: {shown(plate)} {_CLAUSE}'
    if first in PROVINCES and not re.fullmatch(_LETTER, second):
        return 'E_OFFICE', f'the letter of the office is expected, not {shown(second)} {_CLAUSE}'
    if plate[-1] in '港澳':
        return (
            'E_ENDING',
            f'{plate[-1]} stands on plates of 粤Z only, with four before it {_CLAUSE}',
        )
    return 'E_SERIAL', f'no kind of plate has {shown(rest)} behind {first}{second} {_CLAUSE}'
