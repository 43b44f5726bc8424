"""What devices saw of a declaration, and acts of custody: who took over what from whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from clearlane import custody, flow, personal
from clearlane.access import Actor, NotFound, require
from clearlane.admission import admit
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.web import sight, words
from clearlane.web.api import bodies
from clearlane.web.api.described import refusals
from clearlane.web.api.forms import Words

router = Router(tags=['watch'])


class IncidentOut(Schema):
    """An incident as it stands; `closed` is the reason for which an officer closed it."""

    number: int
    kind: str
    title: Words
    grade: str
    state: str
    reason: Words
    device: str
    began_at: datetime
    ended_at: datetime | None
    lat: float | None
    lon: float | None
    closed: str
    revision: int


class ActOut(Schema):
    """One act with one numbered thing."""

    kind: str
    number: str
    act: str
    before: str
    after: str
    operator: str
    holder: str
    identity: str
    at: datetime
    place: str


class WatchOut(Schema):
    """What devices saw; positions are WGS-84."""

    declaration: str
    began_at: datetime
    ended_at: datetime | None
    last_at: datetime | None
    lat: float | None
    lon: float | None
    datum: str = 'wgs84'
    incidents: list[IncidentOut]
    acts: list[ActOut]


class ActIn(BaseModel):
    """One act with one numbered thing; `holder` answers for it from then on."""

    model_config = ConfigDict(extra='forbid')

    kind: str = Field(min_length=1, max_length=24)
    number: str = Field(min_length=1, max_length=40)
    act: str = Field(min_length=1, max_length=16)
    declaration: str = Field('', max_length=20)
    holder: str = Field('', max_length=150)
    identity: str = Field('', max_length=80)
    at: AwareDatetime | None = None
    place: str = Field('', max_length=200)
    note: str = Field('', max_length=2000)


BODY = {
    'requestBody': {
        'required': True,
        'content': {'application/json': {'schema': ActIn.model_json_schema()}},
    }
}


@router.get('/declarations/{no}/watch', response={200: WatchOut, **refusals(404)}, url_name='watch')
def watch(request: HttpRequest, no: str) -> Any:
    """Where it was last, what went wrong, and what was done with its seals and load."""
    row = flow.find(_actor(request), no)
    found = rows.Watch.objects.filter(pk=row.pk).first()
    if found is None:
        raise NotFound('not found')
    incidents = rows.Incident.objects.filter(declaration=row).order_by('began_at', 'pk')
    names = ('began_at', 'ended_at', 'last_at', 'lat', 'lon')
    return {
        'declaration': row.no,
        **{name: getattr(found, name) for name in names},
        'incidents': [_incident(row.scenario, one) for one in incidents],
        'acts': [_act(one, _actor(request)) for one in sight.custody_acts(row)],
    }


@router.post(
    '/custody', response={201: ActOut, **refusals(400, 404, 409, 411, 413, 415)},
    url_name='custody_act', openapi_extra=BODY,
)  # fmt: skip
def act(request: HttpRequest) -> Any:
    """Do one act; 409 where the state of the thing does not allow it."""
    require(_actor(request), 'keep')
    sent = admit(ActIn, bodies.record(request))
    assert isinstance(sent, ActIn)
    more = sent.model_dump(exclude={'kind', 'number', 'act'})
    actor = _actor(request)
    return Status(201, _act(custody.act(actor, sent.kind, sent.number, sent.act, **more), actor))


def _actor(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]


def _incident(scenario: str, one: rows.Incident) -> dict[str, Any]:
    stream = scenarios()[scenario].stream
    assert stream is not None
    names = ('kind', 'grade', 'state', 'device', 'began_at', 'ended_at', 'lat', 'lon', 'closed',
             'revision')  # fmt: skip
    return {
        'number': one.pk,
        'title': words.both(stream.titles[one.kind]),
        'reason': words.both(one.reason),
        **{name: getattr(one, name) for name in names},
    }


def _act(one: rows.CustodyAct, actor: Actor) -> dict[str, Any]:
    names = ('act', 'before', 'after', 'operator', 'at', 'place')
    return {
        'kind': one.object.kind,
        'number': one.object.number,
        'holder': personal.hand(actor, one.holder, one.operator),
        'identity': personal.hand(actor, one.identity, ''),
        **{name: getattr(one, name) for name in names},
    }
