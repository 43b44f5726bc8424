"""Enterprises, lines, inspections and the random draw."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field

from clearlane import (
    enterprises,
    flow,
    inspections,
    people,
    periods,
    series,
    standings,
)
from clearlane.access import NotFound, require
from clearlane.admission import admit
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.web.api import bodies
from clearlane.web.api.described import refusals

router = Router(tags=['supervision'])
Found = dict[str, Any]


class Body(BaseModel):
    """A body that holds these fields and no others."""

    model_config = ConfigDict(extra='forbid')


class EnterpriseIn(Body):
    """An enterprise."""

    number: str
    name: str = Field(min_length=1, max_length=200)
    credit: str = 'regular'
    district: str | None = None


class CreditIn(Body):
    """A credit class from a day on."""

    credit: str
    reason: str
    since: date | None = None


class PlantIn(Body):
    """A plant."""

    name: str
    address: str = ''


class LineIn(Body):
    """A line of a plant, with the certificate that it works under."""

    plant: str
    name: str
    certificate: str = ''
    valid_until: date | None = None


class CameraIn(Body):
    """A camera over a line."""

    plant: str
    line: str
    serial: str
    view: str = ''


class SeenIn(Body):
    """What was found in one box."""

    conforms: bool
    words: str = ''


class InspectionIn(Body):
    """What was found in every box that was drawn."""

    results: dict[str, SeenIn]
    note: str
    outcome: Literal['release', 'refuse'] | None = None


def takes(record: type[BaseModel]) -> dict[str, Any]:
    """The description of a JSON body."""
    schema = record.model_json_schema(ref_template='#/components/schemas/{model}')
    schema.pop('$defs', None)
    return {'requestBody': {'required': True, 'content': {'application/json': {'schema': schema}}}}


# --- lines and the draw -------------------------------------------------------


@router.get('/lines', response={200: list[Found], **refusals()}, url_name='lines')
def lines(request: HttpRequest) -> Any:
    """The lines that you may see, each with its series and what their plans guarantee."""
    actor = request.auth  # type: ignore[attr-defined]
    return [standings.plain_line(of) for of in standings.lines(actor)]


@router.get('/draws', response={200: list[Found], **refusals()}, url_name='draws')
def draws(request: HttpRequest) -> Any:
    """The periods of the random draw: commitment, and the seed once it is public."""
    require(request.auth, 'see')  # type: ignore[attr-defined]
    return periods.listed()


@router.get('/draws/{period}', response={200: Found, **refusals(404)}, url_name='draw')
def draw(request: HttpRequest, period: str) -> Any:
    """All that is needed to check the draws of a period; an enterprise gets its own."""
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, 'see')
    return periods.export(period, party=actor.party)


# --- enterprises --------------------------------------------------------------


@router.post(
    '/enterprises',
    response={201: Found, **refusals(400, 411, 413, 415)},
    url_name='enterprises',
    openapi_extra=takes(EnterpriseIn),
)
def add(request: HttpRequest) -> Any:
    """Add an enterprise, or change its name; the administrator does it."""
    require(request.auth, 'administer')  # type: ignore[attr-defined]
    sent: Any = admit(EnterpriseIn, bodies.record(request))
    row = people.party(sent.number, sent.name, sent.credit, sent.district)
    return Status(201, _enterprise(row))


@router.get('/enterprises/{number}', response={200: Found, **refusals(404)}, url_name='enterprise')
def enterprise(request: HttpRequest, number: str) -> Any:
    """An enterprise with its class of today, its history, plants, lines and cameras."""
    require(request.auth, 'enrol')  # type: ignore[attr-defined]
    return _enterprise(_party(number))


@router.post(
    '/enterprises/{number}/{what}',
    response={201: Found, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='enrol',
)
def enrol(
    request: HttpRequest, number: str, what: Literal['credit', 'plants', 'lines', 'cameras']
) -> Any:
    """Set a credit class, or register a plant, a line or a camera."""
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, 'enrol')
    row = _party(number)
    {'credit': _credit, 'plants': _plant, 'lines': _line, 'cameras': _camera}[what](
        actor, number, bodies.record(request)
    )
    return Status(201, _enterprise(row))


def _credit(actor: Any, number: str, body: Any) -> None:
    sent: Any = admit(CreditIn, body)
    enterprises.rate(actor, number, sent.credit, sent.reason, sent.since)


def _plant(actor: Any, number: str, body: Any) -> None:
    sent: Any = admit(PlantIn, body)
    enterprises.register_plant(actor, number, sent.name, sent.address)


def _line(actor: Any, number: str, body: Any) -> None:
    sent: Any = admit(LineIn, body)
    home = _one(kept.Plant.objects.filter(party=number, name=sent.plant))
    enterprises.register_line(actor, home, sent.name, sent.certificate, sent.valid_until)


def _camera(actor: Any, number: str, body: Any) -> None:
    sent: Any = admit(CameraIn, body)
    over = _one(
        kept.Line.objects.filter(plant__party=number, plant__name=sent.plant, name=sent.line)
    )
    enterprises.register_camera(actor, over, sent.serial, sent.view)


def _one(found: Any) -> int:
    row = found.first()
    if row is None:
        raise NotFound('not found')
    return int(row.pk)


def _party(number: str) -> rows.Party:
    row = rows.Party.objects.filter(pk=number).first()
    if row is None:
        raise NotFound('not found')
    return row


def _enterprise(row: rows.Party) -> Found:
    return {
        'number': row.pk,
        'name': row.name,
        'district': row.district,
        'credit': series.credit(row, flow.today()),
        'credits': [
            {
                'credit': c.credit, 'before': c.before, 'since': c.since.isoformat(),
                'kind': c.kind, 'reason': c.reason, 'by': c.by,
            }
            for c in row.credits.order_by('-since', '-pk')
        ],
        'plants': [_plain_plant(p) for p in row.plants.order_by('name')],
    }  # fmt: skip


def _plain_plant(plant: kept.Plant) -> Found:
    return {
        'name': plant.name,
        'address': plant.address,
        'lines': [
            {
                'name': one.name,
                'certificate': one.certificate,
                'valid_until': one.valid_until.isoformat() if one.valid_until else None,
                'cameras': [c.serial for c in one.cameras.filter(removed_at=None)],
            }
            for one in plant.lines.order_by('name')
        ],
    }


# --- inspections --------------------------------------------------------------


@router.get(
    '/declarations/{no}/inspection',
    response={200: Found, **refusals(404, 409)},
    url_name='inspection',
)
def boxes(request: HttpRequest, no: str) -> Any:
    """The boxes that an officer has to open of a referred declaration, in their order."""
    return {'boxes': inspections.drawn(request.auth, no).shown}  # type: ignore[attr-defined]


@router.post(
    '/declarations/{no}/inspection',
    response={201: Found, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='inspection',
    openapi_extra=takes(InspectionIn),
)
def inspect(request: HttpRequest, no: str) -> Any:
    """Write down what was found in each box; it concludes the referral."""
    actor = request.auth  # type: ignore[attr-defined]
    row = flow.find(actor, no)
    require(actor, 'inspect', row.party_id)
    sent: Any = admit(InspectionIn, bodies.record(request))
    results = {k: inspections.Seen(v.conforms, v.words) for k, v in sent.results.items()}
    done = inspections.record(actor, no, results, sent.note, sent.outcome)
    names = ('opened', 'bad', 'misses', 'accepted', 'plan')
    return Status(201, {name: getattr(done, name) for name in names})
