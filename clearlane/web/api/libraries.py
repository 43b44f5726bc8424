"""The qualified libraries: an enterprise submits versions, and sees what became of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from clearlane import drawdowns, flow, governance, registry
from clearlane.access import NotFound, require
from clearlane.web import sight
from clearlane.web.api import bodies, forms, shapes
from clearlane.web.api.described import refusals, takes_file, takes_json

router = Router(tags=['libraries'])
ENTRY = '/scenarios/{scenario}/libraries/{library}/{path:key}'


@router.post(
    ENTRY,
    response={201: forms.EntryOut, **refusals(400, 404, 411, 413, 415)},
    url_name='library_entry',
    openapi_extra=takes_json('Entry'),
)
def register(request: HttpRequest, scenario: str, library: str, key: str) -> Any:
    """Submit a version of an entry; it counts after an officer has qualified it."""
    actor = request.auth  # type: ignore[attr-defined]
    sight.entries(actor, flow.scenario_named(scenario), library)
    entry = registry.register(actor, scenario, library, key, bodies.record(request))
    return Status(201, shapes.entry(entry, actor))


@router.post(
    '/reference-photographs',
    response={201: forms.ReferenceOut, **refusals(400, 411, 413, 415)},
    url_name='reference_photographs',
    openapi_extra=takes_file(),
)
def reference_photograph(request: HttpRequest) -> Any:
    """Send a reference photograph; a version of a design names it by the hash that comes back."""
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, 'register')
    kept = governance.keep_photograph(actor, bodies.file(request))
    return Status(201, {'sha256': kept.sha256, 'width': kept.width, 'height': kept.height})


@router.get(ENTRY, response={200: forms.EntryListOut, **refusals(404)}, url_name='library_entry')
def versions(request: HttpRequest, scenario: str, library: str, key: str) -> Any:
    """Every version of an entry, the newest first, and what is left of it."""
    actor = request.auth  # type: ignore[attr-defined]
    found = sight.entries(actor, flow.scenario_named(scenario), library, key)
    listed = list(found)
    if not listed:
        raise NotFound('not found')
    left = sight.remaining(found)
    first = listed[0]
    place = (first.scenario, first.party_id, first.library, first.key)
    remaining, quantity = left.get(place, (None, None))
    return {
        'versions': [shapes.entry(entry, actor) for entry in listed],
        'remaining': remaining,
        'quantity': quantity,
    }


@router.get(
    '/scenarios/{scenario}/draws/{library}/{path:key}',
    response={200: forms.ColumnOut, **refusals(404)},
    url_name='drawdowns',
)
def draws(request: HttpRequest, scenario: str, library: str, key: str) -> Any:
    """The column of partial uses of a certificate: every draw and every one given back."""
    actor = request.auth  # type: ignore[attr-defined]
    found = drawdowns.column(actor, scenario, library, key)
    names = ('amount', 'left', 'reason', 'by', 'at')
    lines = [
        {**{n: getattr(line, n) for n in names}, 'declaration': line.declaration.no}
        for line in found.lines
    ]
    return {'quantity': found.balance.quantity, 'left': found.left, 'lines': lines}
