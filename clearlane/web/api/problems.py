"""What the API says when it refuses: problem+json (RFC 9457) with a stable code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clearlane.model import Problem
from clearlane.web.words import both

TYPE = 'application/problem+json'

TITLES = {
    'conflict': gettext_lazy('Somebody was there before'),
    'csrf': gettext_lazy('The CSRF token is missing or wrong'),
    'length_required': gettext_lazy('The length of the body must be stated'),
    'malformed': gettext_lazy('The request is malformed'),
    'malformed_json': gettext_lazy('The body is not valid JSON'),
    'method_not_allowed': gettext_lazy('This address does not answer to this method'),
    'no_certificate': gettext_lazy('There is no certificate'),
    'not_allowed': gettext_lazy('You may not do this'),
    'not_decided': gettext_lazy('There is no decision yet'),
    'not_found': gettext_lazy('There is nothing at this address'),
    'not_signed_in': gettext_lazy('A valid key or session is needed'),
    'rejected': gettext_lazy('What was sent is not accepted'),
    'server_error': gettext_lazy('Something broke on our side'),
    'suspended': gettext_lazy('The certificate is suspended'),
    'too_large': gettext_lazy('The body is too large'),
    'unsupported_media_type': gettext_lazy('This kind of content is not accepted here'),
}


class Refused(Exception):
    """The request cannot be answered; the code says why."""

    def __init__(self, status: int, code: str, detail: str = '') -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


def answer(
    status: int,
    code: str,
    detail: str = '',
    errors: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as a response."""
    body: dict[str, Any] = {
        'type': f'urn:clearlane:problem:{code}',
        'title': str(TITLES[code]),
        'status': status,
        'code': code,
    }
    if detail:
        body['detail'] = detail
    told = listed(errors)
    if told:
        body['errors'] = told
        body.setdefault('detail', _('%(n)d problems; see errors') % {'n': len(told)})
    return JsonResponse(body, status=status, content_type=TYPE, headers=dict(headers or {}))


def listed(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as the API gives them."""
    return [_error(problem) for problem in problems]


def _error(problem: Problem) -> dict[str, Any]:
    return {
        'field': problem.field,
        'value': problem.value,
        'code': problem.code,
        'message': both(problem.message),
        'remedy': both(problem.remedy),
    }
