"""The audit log's checkpoint: public, so that anybody can hold us to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from clearlane.web import sight
from clearlane.web.api import forms
from clearlane.web.api.described import refusals
from clearlane.web.api.problems import Refused
from clearlane.web.pages.log import public_key

router = Router(tags=['audit'])


@router.get(
    '/audit/checkpoint',
    auth=None,
    response={200: forms.CheckpointOut, **refusals(404)},
    url_name='checkpoint',
)
def checkpoint(request: HttpRequest) -> Any:
    """The last signed statement; with `Accept: text/plain` the bare note, for witnesses."""
    found = sight.last_checkpoint()
    if found is None:
        raise Refused(404, 'not_found')
    if request.headers.get('Accept', '').startswith('text/plain'):
        return HttpResponse(found.note, 'text/plain; charset=utf-8')
    return {
        'size': found.size,
        'note': found.note,
        'signed_at': found.signed_at,
        'key': public_key(),
    }
