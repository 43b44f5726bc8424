"""The API, version 1: its operations, and what it answers when one is refused."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Unfit
from ninja.openapi.schema import OpenAPISchema

from clearlane import flow
from clearlane.access import NotAllowed, NotFound
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.photographs import MOST_BYTES
from clearlane.web.api import (
    acts,
    audit,
    declarations,
    feeds,
    libraries,
    payments,
    scenarios,
    supervision,
    visits,
    watch,
)
from clearlane.web.api.auth import AUTH
from clearlane.web.api.bodies import MOST_FRAME, length
from clearlane.web.api.problems import TYPE, Refused, answer

log = logging.getLogger(__name__)


class Api(NinjaAPI):
    """Ninja, with problems described as what they are."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description; a refusal is problem+json."""
        schema = super().get_openapi_schema(**options)
        for path in schema['paths'].values():
            for operation in path.values():
                for status, response in operation.get('responses', {}).items():
                    content = response.get('content', {})
                    if int(status) >= 400 and 'application/json' in content:
                        content[TYPE] = content.pop('application/json')
        return schema


api = Api(
    title='Clearlane',
    version='1',
    description=(
        'Smart supervision for customs: declare, send the evidence, read the explained decision. '
        'Refusals are problem+json with a stable `code`.'
    ),
    urls_namespace='api-v1',
    docs_url=None,
    auth=AUTH,
)
api.add_router('', declarations.router)
api.add_router('', libraries.router)
api.add_router('', acts.router)
api.add_router('', feeds.router)
api.add_router('', payments.router)
api.add_router('', scenarios.router)
api.add_router('', watch.router)
api.add_router('', audit.router)
api.add_router('', supervision.router)
api.add_router('', visits.router)


# --- refusals -----------------------------------------------------------------


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    headers = {'WWW-Authenticate': 'Bearer'} if error.status == 401 else {}
    return answer(error.status, error.code, error.detail, headers=headers)


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(401, 'not_signed_in', headers={'WWW-Authenticate': 'Bearer'})


@api.exception_handler(Rejected)
def _rejected(request: HttpRequest, error: Rejected) -> HttpResponse:
    return answer(422, 'rejected', errors=error.problems)


@api.exception_handler(Unfit)
def _unfit(request: HttpRequest, error: Unfit) -> HttpResponse:
    return answer(422, 'rejected', errors=[_parameter(e) for e in error.errors])


def _parameter(error: dict[str, Any]) -> Any:
    field = '.'.join(str(part) for part in error['loc'][1:])
    words = Text('参数无效：{msg}', 'this parameter is not valid: {msg}').of(msg=error['msg'])
    remedy = Text('请更正后重试', 'correct it and try again')
    return problem(field, None, error['type'], words, remedy)


@api.exception_handler(NotFound)
def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(404, 'not_found')


@api.exception_handler(Http404)
def _nothing_here(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(404, 'not_found')


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(403, 'not_allowed', str(error))


@api.exception_handler(flow.Conflict)
def _conflict(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(409, 'conflict', str(error))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(413, 'too_large')


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(BadRequest)
def _malformed(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer(400, 'malformed')


@api.exception_handler(HttpError)
def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(error.status_code, 'malformed', error.message)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error('%s %s', request.method, request.path, exc_info=error)
    return answer(500, 'server_error')


# --- addresses ----------------------------------------------------------------


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Before and after ninja: bodies that nobody will read, and methods that nobody answers."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        if '\0' in request.path:
            return answer(404, 'not_found')
        try:
            size = length(request)
        except Refused as refused:
            return answer(refused.status, refused.code)
        if size > MOST_BYTES + MOST_FRAME:
            return answer(413, 'too_large')
        response = view(request, *args, **parts)
        if response.status_code == 405:
            return answer(405, 'method_not_allowed', headers={'Allow': response['Allow']})
        response.setdefault('Cache-Control', 'private, no-store')
        return response

    return answered


def addresses() -> Any:
    """Every address of the API, for the web server's list."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        described = pattern.name == 'openapi-json'
        pattern.callback = _guarded(
            require_GET(pattern.callback) if described else pattern.callback
        )
    return patterns, app, namespace
