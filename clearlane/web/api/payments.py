"""What the payment provider tells us: signed messages, each of which counts once."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ValidationError

from clearlane import payments
from clearlane.provider import genuine
from clearlane.settings import settings
from clearlane.web.api.described import refusals
from clearlane.web.api.problems import Refused

router = Router(tags=['payments'])
MOST = 10_000


class EventIn(Schema):
    """One message."""

    event: str
    order: str
    kind: Literal['paid', 'refused', 'reversed']
    reason: str = ''


class HeardOut(Schema):
    """Whether it changed anything; a repeated or an overtaken message does not."""

    changed: bool


@router.post(
    '/payments/events',
    auth=None,
    response={200: HeardOut, **refusals(400, 404, 413)},
    url_name='payment_event',
)
def event(request: HttpRequest) -> Any:
    """Take a message; it is signed over `X-Time` and body with the shared secret."""
    body = request.body
    if len(body) > MOST:
        raise Refused(413, 'too_large')
    at, given = request.headers.get('X-Time', ''), request.headers.get('X-Signature', '')
    if not genuine(settings().payments_secret, at, given, body):
        raise Refused(401, 'not_signed_in')
    try:
        told = EventIn.model_validate_json(body)
    except ValidationError as error:
        raise Refused(400, 'malformed', str(error)[:200]) from error
    return {'changed': payments.heard(told.event[:80], told.order[:80], told.kind, told.reason)}
