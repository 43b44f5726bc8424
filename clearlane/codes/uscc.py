"""Unified social credit code (统一社会信用代码) of a legal entity or organisation in China.

Eighteen characters, figures and capital letters without I, O, S, V and Z:

* 1: the authority that registered it, 9 for market regulation;
* 2: the category of the entity under that authority, 1 for an enterprise;
* 3-8: the administrative division of the registration (GB/T 2260), figures;
* 9-17: the organisation code (GB 11714), whose last character is a check character of its own;
* 18: the check character of the whole (GB/T 17710, modulus 31).

Some codes that were given out early fail the check; they are Invalid here, with E_CHECK, and a
scenario may take that for a doubt. That the organisation code fits its own check character is told
by `parts`, never required. Whether the entity exists is not known here.

Sources:

* GB 32100-2015, with amendment 1 of 2016
* GB 11714-1997

>>> validate('91350100 M000100Y43')
'91350100M000100Y43'
>>> parts('91350100M000100Y43').region
'350100'
>>> validate('91350100M000100Y4Z')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the letters I, O, S, V and Z are not used, 'Z' stands at place 18 \
(GB 32100-2015, 4)
>>> validate('91350100M000100Y44')
Traceback (most recent call last):
    ...
clearlane.codes.Invalid: the check character of 91350100M000100Y4 is 3, not 4 (GB 32100-2015, 4)
"""

import re
from dataclasses import dataclass

from stdnum.cn import uscc

from clearlane.codes import Invalid
from clearlane.codes.spelling import bare, shown

LONGEST = 60

AUTHORITIES = {
    '1': '机构编制',
    '2': '外交',
    '3': '司法行政',
    '4': '文化',
    '5': '民政',
    '6': '旅游',
    '7': '宗教',
    '8': '工会',
    '9': '工商',
    'A': '中央军委改革和编制办公室',
    'N': '农业',
    'Y': '其他',
}
"""GB 32100-2015, table 1, as recalled; an authority that is missing here is not refused."""

_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
_CLAUSE = '(GB 32100-2015, 4)'
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the code says."""

    authority: str
    authority_zh: str | None
    category: str
    region: str
    organisation: str
    organisation_fits: bool
    """Whether the ninth character of the organisation code is its check character."""
    check_character: str


def compact(value: str) -> str:
    """Capitals and figures alone."""
    return bare(value, LONGEST)


def parts(value: str) -> Parts:
    """Split the code into its parts, or raise Invalid."""
    code = compact(value)
    _has_the_form(code)
    expected = uscc.calc_check_digit(code[:17])
    if code[17] != expected:
        raise Invalid(
            'E_CHECK', f'the check character of {code[:17]} is {expected}, not {code[17]} {_CLAUSE}'
        )
    return Parts(
        authority=code[0],
        authority_zh=AUTHORITIES.get(code[0]),
        category=code[1],
        region=code[2:8],
        organisation=code[8:17],
        organisation_fits=_organisation_check(code[8:16]) == code[16],
        check_character=code[17],
    )


def validate(value: str) -> str:
    """Return the compact code, or raise Invalid."""
    parts(value)
    return compact(value)


def is_valid(value: str) -> bool:
    """Whether the form and the check character are right."""
    try:
        parts(value)
    except Invalid:
        return False
    return True


def _has_the_form(code: str) -> None:
    if len(code) != 18:
        raise Invalid('E_LENGTH', f'18 characters are expected, not {len(code)} {_CLAUSE}')
    for place, mark in enumerate(code, start=1):
        if mark not in _ALPHABET:
            raise Invalid(
                'E_CHARACTER',
                f'the letters I, O, S, V and Z are not used, {shown(mark)} stands at place {place} '
                f'{_CLAUSE}'
                if mark in 'IOSVZ'
                else f'figures and capital letters are expected, not {shown(mark)} {_CLAUSE}',
            )
    if not re.fullmatch('[0-9]{6}', code[2:8]):
        raise Invalid(
            'E_REGION', f'places 3 to 8 are the figures of a division, not {code[2:8]} {_CLAUSE}'
        )


def _organisation_check(eight: str) -> str:
    """The check character of GB 11714: modulus 11, X for ten."""
    weighted = zip(eight, _ORGANISATION_WEIGHTS, strict=True)
    total = sum(int(mark, 36) * weight for mark, weight in weighted)
    return '0123456789X0'[11 - total % 11]
