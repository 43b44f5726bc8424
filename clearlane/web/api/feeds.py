"""Feeds: what a party's own system sends, again and again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from clearlane import feeds, flow
from clearlane.access import require
from clearlane.model import plain
from clearlane.web.api import bodies
from clearlane.web.api.described import refusals
from clearlane.web.api.problems import Refused, listed

router = Router(tags=['feeds'])
FEED = '/scenarios/{scenario}/feeds/{library}'


class RejectOut(Schema):
    """An entry that was not accepted, by its place in what was sent, from 0."""

    number: int
    key: str
    errors: list[dict[str, Any]]


class ReceivedOut(Schema):
    """What became of each entry."""

    new: list[str]
    changed: list[str]
    unchanged: list[str]
    rejected: list[RejectOut]


def _body() -> dict[str, Any]:
    schema = {
        'type': 'object',
        'required': ['entries'],
        'properties': {'entries': {'type': 'array', 'items': {'type': 'object'}}},
    }
    return {'requestBody': {'required': True, 'content': {'application/json': {'schema': schema}}}}


@router.post(
    FEED,
    response={200: ReceivedOut, **refusals(400, 404, 411, 413, 415)},
    url_name='feed',
    openapi_extra=_body(),
)
def receive(request: HttpRequest, scenario: str, library: str) -> Any:
    """Send entries; the same ones again change nothing. Rejected ones come back with reasons."""
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, 'register')
    feeds.record_of(flow.scenario_named(scenario), library)
    body = bodies.record(request)
    given = body.get('entries') if isinstance(body, dict) else None
    if not isinstance(given, list):
        raise Refused(400, 'malformed', '{"entries": [...]}')
    done = feeds.receive(actor, scenario, library, given)
    rejected = [
        {'number': r.number, 'key': r.key, 'errors': listed(r.problems)} for r in done.rejected
    ]
    return {**plain(vars(done)), 'rejected': rejected}
