"""Numbers and marks: one module a kind, each with compact, parts, validate and is_valid.

A kind is a module of this folder that has these four functions; nothing is registered by hand.

>>> from clearlane.codes import KINDS
>>> sorted(KINDS)[:3]
['container_number', 'declaration_no', 'hs_code']
>>> check('un_number', 'UN 3480')['compact']
'UN3480'
>>> check('un_number', 'UN 34')['error']['code']
'E_LENGTH'
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

KINDS: Mapping[str, 'Code']


class Code(Protocol):
    """The shape of every code module."""

    def compact(self, value: str, /) -> str:
        """One spelling for one value."""

    def parts(self, value: str, /) -> Any:
        """What the value says, or Invalid."""

    def validate(self, value: str, /) -> str:
        """The compact value, or Invalid."""

    def is_valid(self, value: str, /) -> bool:
        """Whether it is one."""


class Invalid(ValueError):
    """Why a value is refused: a stable code for programs, a sentence for the officer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


def check(kind: str, value: str) -> dict[str, Any]:
    """What is known of one value, ready for JSON; an unknown kind is a KeyError."""
    code = _kinds()[kind]
    answer = {'kind': kind, 'value': value, 'valid': False, 'compact': None, 'parts': None}
    error = None
    try:
        answer['compact'] = code.compact(value)
        answer['parts'] = _plain(code.parts(value))
        answer['valid'] = True
    except Invalid as reason:
        error = {'code': reason.code, 'message': reason.message}
    return {**answer, 'error': error}


def __getattr__(name: str) -> Any:
    """Fill KINDS when it is first asked for."""
    if name == 'KINDS':
        return _kinds()
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


@cache
def _kinds() -> Mapping[str, Code]:
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    modules = {name: import_module(f'{__name__}.{name}') for name in names}
    return {name: cast(Code, code) for name, code in modules.items() if hasattr(code, 'validate')}


def _plain(parts: Any) -> dict[str, Any]:
    return {field.name: _plain_value(getattr(parts, field.name)) for field in fields(parts)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
