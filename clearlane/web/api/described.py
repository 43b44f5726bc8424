"""What the description of the API says about bodies and refusals, which ninja cannot see."""

from __future__ import annotations

from typing import Any

from clearlane.web.api.bodies import FILES, MOST_BYTES
from clearlane.web.api.forms import AnswersIn, Lodging, ProblemOut

ALWAYS = (401, 403, 405, 422, 500)


def refusals(*statuses: int) -> dict[int, Any]:
    """The refusals of an operation: its own and those that every one has."""
    return dict.fromkeys(sorted({*ALWAYS, *statuses}), ProblemOut)


def takes_json(name: str, *, idempotent: bool = False) -> dict[str, Any]:
    """A JSON body; the record of a library is described by the scenario itself."""
    record = {'Lodging': Lodging, 'AnswersIn': AnswersIn}.get(name)
    schema = record.model_json_schema() if record else {'type': 'object'}
    body = {'required': True, 'content': {'application/json': {'schema': schema}}}
    if not idempotent:
        return {'requestBody': body}
    key = {
        'name': 'Idempotency-Key',
        'in': 'header',
        'required': False,
        'description': 'with the same key the same declaration is returned',
        'schema': {'type': 'string', 'minLength': 1, 'maxLength': 72},
    }
    return {'requestBody': body, 'parameters': [key]}


def takes_file() -> dict[str, Any]:
    """The bytes of a piece of evidence, or a form with one file."""
    raw = {'schema': {'type': 'string', 'format': 'binary', 'maxLength': MOST_BYTES}}
    file = {'type': 'object', 'properties': {'file': {'type': 'string', 'format': 'binary'}}}
    content: dict[str, Any] = dict.fromkeys(FILES, raw)
    content['multipart/form-data'] = {'schema': file}
    return {'requestBody': {'required': True, 'content': content}}
