"""A form drawn from a record: its JSON schema becomes fields, what was typed becomes a payload.

The form knows no rule. What was typed goes to the kernel as it is, and the
kernel's problems come back to stand beside their fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel

from clearlane.model import Problem, Text
from clearlane.web.words import chinese, field_title, said

SPARE_ROWS = 1
MOST_ROWS = 200


@dataclass
class Field:
    """One field as the template draws it; `kind` says how."""

    name: str
    path: str
    kind: str
    title: str
    help: str = ''
    required: bool = False
    wide: bool = False
    value: Any = ''
    choices: Sequence[tuple[str, str]] = ()
    offered: Sequence[str] = ()
    problems: list[str] = field(default_factory=list)
    rows: list[list[Field]] = field(default_factory=list)
    spare: list[Field] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether it, or a field within it, has a problem."""
        return bool(self.problems) or any(f.wrong for row in self.rows for f in row)

    @property
    def words_id(self) -> str:
        """The element that says what is wrong with it."""
        return f'{self.name}-problem'


@dataclass
class Form:
    """The fields of a record, and the problems that belong to none of them."""

    fields: list[Field]
    problems: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything has a problem."""
        return bool(self.problems) or any(f.wrong for f in self.fields)

    def flat(self) -> Iterable[Field]:
        """Every field that has a problem of its own, for the list at the top."""
        for one in self.fields:
            if one.problems:
                yield one
            for row in one.rows:
                yield from (f for f in row if f.problems)


def drawn(
    record: type[BaseModel],
    payload: Mapping[str, Any],
    problems: Iterable[Problem] = (),
    offered: Mapping[str, Sequence[str]] | None = None,
) -> Form:
    """The form of a record, filled with a payload."""
    schema = record.model_json_schema()
    fields = _fields(schema, schema.get('$defs', {}), payload, '')
    for one in fields:
        one.offered = (offered or {}).get(one.path, ())
    form = Form(fields)
    for problem in problems:
        _place(form, problem)
    return form


def _fields(
    schema: Mapping[str, Any], defs: Mapping[str, Any], payload: Mapping[str, Any], prefix: str
) -> list[Field]:
    required = schema.get('required', [])
    return [
        _field(name, part, defs, payload.get(name), prefix, name in required)
        for name, part in schema['properties'].items()
    ]


def _field(
    name: str,
    part: Mapping[str, Any],
    defs: Mapping[str, Any],
    value: Any,
    prefix: str,
    required: bool,
) -> Field:
    resolved = _resolved(part, defs)
    path = f'{prefix}{name}'
    found = Field(
        name=path.replace('.', '-'),
        path=path,
        kind=_kind(resolved, defs),
        title=field_title(part.get('title') or resolved.get('title') or name),
        help=_help(part, resolved),
        required=required,
        wide=bool(part.get('wide')),
    )
    items = _resolved(resolved.get('items', {}), defs)
    found.choices = _choices(part, resolved, items)
    if found.kind == 'rows':
        _fill_rows(found, items, defs, value)
    else:
        found.value = _shown(found.kind, part.get('default') if value is None else value)
    return found


def _choices(*parts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The values that may be chosen, each with its title where the record gives one."""
    values = next((p['enum'] for p in parts if 'enum' in p), [])
    titles = {value: title for p in parts for value, title in p.get('titles', {}).items()}
    return [(v, field_title(titles[v]) if v in titles else v.replace('_', ' ')) for v in values]


def _resolved(part: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    if '$ref' in part:
        return defs[part['$ref'].rsplit('/', 1)[1]]  # type: ignore[no-any-return]
    options = [o for o in part.get('anyOf', []) if o.get('type') != 'null']
    # A Decimal is a number or its text; either way it is typed into one field.
    return _resolved(options[0], defs) if options else part


def _kind(part: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if 'enum' in part:
        return 'choice'
    if part.get('type') == 'array':
        items = _resolved(part['items'], defs)
        if items.get('type') == 'object':
            return 'rows'
        return 'several' if 'enum' in items else 'lines'
    if part.get('type') == 'object' and _names_files(part):
        return 'photographs'
    if part.get('format') == 'date':
        return 'day'
    return {'boolean': 'tick', 'integer': 'whole', 'number': 'number'}.get(
        part.get('type', ''), 'line'
    )


def _names_files(part: Mapping[str, Any]) -> bool:
    """Whether it is a dict whose values are hashes of files."""
    values = [*part.get('patternProperties', {}).values(), part.get('additionalProperties')]
    return any(isinstance(v, Mapping) and v.get('pattern') == HASH for v in values)


HASH = r'^[0-9a-f]{64}$'


def _help(part: Mapping[str, Any], resolved: Mapping[str, Any]) -> str:
    if resolved.get('type') == 'array' and part.get('description') is None:
        return _('One a line.') if 'properties' not in resolved.get('items', {}) else ''
    return field_title(part['description']) if part.get('description') else ''


def _shown(kind: str, value: Any) -> Any:
    if kind == 'several':
        return list(value or [])
    if kind == 'photographs':
        return dict(value) if isinstance(value, Mapping) else {}
    if kind == 'tick':
        return bool(value)
    if kind == 'lines':
        return '\n'.join(str(v) for v in value) if isinstance(value, list) else (value or '')
    return '' if value is None else str(value)


def _fill_rows(found: Field, items: Mapping[str, Any], defs: Mapping[str, Any], value: Any) -> None:
    given = [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []
    filled = [*given, *[{}] * (SPARE_ROWS if not given else 0)]
    found.help = ''
    found.rows = [
        _fields(items, defs, row, f'{found.path}.{number}.') for number, row in enumerate(filled)
    ]
    found.spare = _fields(items, defs, {}, f'{found.path}.__row__.')


# --- problems -----------------------------------------------------------------


def _place(form: Form, problem: Problem) -> None:
    words = f'{said(problem.message)}{_stop()}{said(problem.remedy)}'
    owner = _owner(form.fields, problem.field) or _owner(form.fields, _named_within(problem))
    if owner is not None:
        owner.problems.append(words)
    else:
        form.problems.append(f'{problem.field}: {words}' if problem.field else words)


def _stop() -> str:
    return ';' if chinese() else '; '


def _named_within(problem: Problem) -> str:
    """A rule over several fields names the one it is about at the start of its message."""
    message = problem.message
    msg = message.values.get('msg') if isinstance(message, Text) else None
    return str(msg).partition(':')[0] if msg and not problem.field else ''


def _owner(fields: Iterable[Field], path: str) -> Field | None:
    """The field of this path, or the nearest one around it."""
    parts = path.split('.')
    for length in range(len(parts), 0, -1):
        wanted = '.'.join(parts[:length])
        for one in _all(fields):
            if path and one.path == wanted:
                return one
    return None


def _all(fields: Iterable[Field]) -> Iterable[Field]:
    for one in fields:
        yield one
        for row in one.rows:
            yield from _all(row)


# --- what was typed -----------------------------------------------------------


def typed(record: type[BaseModel], data: QueryDict) -> dict[str, Any]:
    """The payload that was typed into the form; what was left empty is left out."""
    schema = record.model_json_schema()
    return _typed(schema, schema.get('$defs', {}), data, '')


def _typed(
    schema: Mapping[str, Any], defs: Mapping[str, Any], data: QueryDict, prefix: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, part in schema['properties'].items():
        resolved = _resolved(part, defs)
        value = _value(resolved, defs, data, f'{prefix}{name}')
        if value is not None:
            found[name] = value
    return found


def _value(part: Mapping[str, Any], defs: Mapping[str, Any], data: QueryDict, name: str) -> Any:
    kind = _kind(part, defs)
    if kind == 'tick':
        return name in data
    if kind == 'several':
        return data.getlist(name)
    if kind == 'photographs':
        return _photographs(data, name)
    if kind == 'lines':
        return [line.strip() for line in data.get(name, '').splitlines() if line.strip()]
    if kind == 'rows':
        return _typed_rows(_resolved(part['items'], defs), defs, data, name)
    return data.get(name, '').strip() or None


def _typed_rows(
    items: Mapping[str, Any], defs: Mapping[str, Any], data: QueryDict, name: str
) -> list[dict[str, Any]]:
    """The rows in which something was typed, however they were numbered."""
    numbers = {key[len(name) + 1 :].split('-')[0] for key in data if key.startswith(f'{name}-')}
    ordered = sorted(int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 6)
    found = [_typed(items, defs, data, f'{name}-{n}-') for n in ordered[:MOST_ROWS]]
    return [row for row in found if any(v not in (None, False, [], '') for v in row.values())]


def _photographs(data: QueryDict, name: str) -> dict[str, str]:
    """View → hash of the rows that name both; a file that comes with a row is kept elsewhere."""
    return {
        view: data[f'{name}-{n}-hash']
        for n, view in photograph_rows(data, name)
        if view and data.get(f'{name}-{n}-hash')
    }


def photograph_rows(data: QueryDict, name: str) -> list[tuple[str, str]]:
    """(number, view) of each row of photographs."""
    found = [key for key in data if key.startswith(f'{name}-') and key.endswith('-view')]
    return [(key[len(name) + 1 : -5], data[key].strip()) for key in found[:MOST_ROWS]]
