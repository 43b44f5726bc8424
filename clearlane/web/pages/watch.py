"""What devices watch: the list and map of what goes on, one journey, one incident."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clearlane import flow, incidents, personal, watching
from clearlane.access import Actor, NotFound, may
from clearlane.admission import Rejected
from clearlane.scenario import Scenario, scenarios
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.web import passes, sight, words
from clearlane.web.pages.guard import page
from clearlane.wire.datum import GCJ02, to_gcj02

A_PAGE = 50
MESSAGES = 20
"""Messages on a page of the table."""
MOST_POINTS = 3000
"""Points of a track on a map; more are thinned evenly, the table has them all."""
MOST_WATCHED = 2000
MOST_EVENTS = 200


@require_GET
@page
def live(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What needs somebody now, and where everything is."""
    state = request.GET.get('state', 'waiting')
    found = incidents.visible(actor)
    if state in words.INCIDENT_STATES:
        found = found.filter(state=state)
    elif state != 'all':
        state = 'waiting'
        found = found.filter(state__in=('open', 'acknowledged'))
    shown = Paginator(found.order_by('-grade', '-began_at', '-pk'), A_PAGE).get_page(
        request.GET.get('page')
    )
    context = {
        'page': shown,
        'incidents': [_shown(one) for one in shown],
        'state': state,
        'states': words.INCIDENT_STATES,
        'watches': _watches(actor),
        'waiting': incidents.visible(actor).filter(state='open').count(),
        **_for_map(request),
    }
    return _with_map(request, render(request, 'live.html', context))


def _watches(actor: Actor) -> list[dict[str, Any]]:
    """What is under way, with the number of its open incidents."""
    found = sight.watches(actor)[:MOST_WATCHED]
    return [
        {
            'watch': watch,
            'row': watch.declaration,
            'headline': _headline(watch.declaration),
            'open': watch.open,
            'silent': _silent(watch),
        }
        for watch in found
    ]


def _silent(watch: rows.Watch) -> float | None:
    """Seconds since the last message."""
    return None if watch.last_at is None else (flow.now() - watch.last_at).total_seconds()


def _headline(row: rows.Declaration) -> Any:
    scenario = scenarios()[row.scenario]
    return scenario.headline(scenario.declares.model_validate(row.declared))


def _shown(one: rows.Incident) -> dict[str, Any]:
    stream = scenarios()[one.declaration.scenario].stream
    assert stream is not None
    return {
        'row': one,
        'title': stream.titles[one.kind],
        'closed': stream.reasons.get(one.closed, ''),
        'headline': _headline(one.declaration),
        'lasts': ((one.ended_at or flow.now()) - one.began_at).total_seconds(),
    }


# --- what the map asks for ----------------------------------------------------


def _datum() -> str:
    return settings().tiles_datum if settings().tiles_url else 'wgs84'


def drawn(lat: float | None, lon: float | None) -> list[float] | None:
    """A point as the map draws it: in the datum of its tiles."""
    if lat is None or lon is None:
        return None
    return list(to_gcj02(lat, lon)) if _datum() == GCJ02 else [lat, lon]


@require_GET
@page
def positions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where everything was last, for the map; `datum` names that of the points."""
    found = [
        {
            'no': w['row'].no,
            'at': w['watch'].last_at,
            'place': drawn(w['watch'].lat, w['watch'].lon),
            'open': w['open'],
            'headline': words.said(w['headline']),
        }
        for w in _watches(actor)
    ]
    return JsonResponse({'datum': _datum(), 'watches': found})


@require_GET
@page
def events(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is new after an event, for pages that cannot keep a connection open."""
    after = request.GET.get('after', '')
    last = rows.LiveEvent.objects.order_by('-pk').values_list('pk', flat=True).first() or 0
    number = int(after) if after.isdecimal() and len(after) < 16 else last
    sight.watches(actor)
    found = passes.missed_of(actor.party, number, MOST_EVENTS)
    items = [{'id': row[0], 'kind': row[2], 'declaration': row[4], **row[5]} for row in found]
    return JsonResponse({'last': max([number, *(i['id'] for i in items)]), 'events': items})


@require_GET
@page
def track(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """Route, corridor and track of one declaration, for its map."""
    row, watch, scenario = _found(actor, no)
    assert scenario.stream is not None
    chart = scenario.stream.chart(watching.context(scenario, row, watch))
    step, points = sight.track(watch, MOST_POINTS)
    marks = [
        {
            'number': i.pk,
            'title': scenario.stream.titles[i.kind].say('zh' if words.chinese() else 'en'),
            'grade': i.grade,
            'place': drawn(i.lat, i.lon),
            't': i.began_at.timestamp(),
        }
        for i in rows.Incident.objects.filter(declaration=row).exclude(state='withdrawn')
    ]
    body = {
        'datum': _datum(),
        'chart': _redrawn(chart),
        'track': [
            [at.timestamp(), *(drawn(lat, lon) or ()), speed] for at, lat, lon, speed in points
        ],
        'thinned': step,
        'incidents': marks,
    }
    return JsonResponse(body)


def _redrawn(chart: Any) -> Any:
    """GeoJSON in the datum of the tiles."""
    if _datum() != GCJ02:
        return chart

    def moved(part: Any) -> Any:
        if isinstance(part, list | tuple) and part and isinstance(part[0], int | float):
            lat, lon = to_gcj02(part[1], part[0])
            return [lon, lat]
        if isinstance(part, list | tuple):
            return [moved(one) for one in part]
        return part

    features = [
        {**f, 'geometry': {**f['geometry'], 'coordinates': moved(f['geometry']['coordinates'])}}
        for f in chart['features']
    ]
    return {**chart, 'features': features}


def _for_map(request: HttpRequest) -> dict[str, Any]:
    return {
        'pass': passes.issue(request.user),
        'live_url': live_url(request),
        'tiles_url': settings().tiles_url,
        'last_event': rows.LiveEvent.objects.order_by('-pk').values_list('pk', flat=True).first()
        or 0,
    }


def live_url(request: HttpRequest) -> str:
    """Where the page listens."""
    if settings().live_url:
        return settings().live_url.rstrip('/')
    host = urlsplit(f'//{request.get_host()}').hostname or ''
    shown = f'[{host}]' if ':' in host else host
    return f'{request.scheme}://{shown}:{settings().live_port}'


def _with_map(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let this page listen to the live process and load the tiles of the setting; nothing more."""
    more: dict[str, list[str]] = {'connect-src': [live_url(request)]}
    if settings().tiles_url:
        tiles = urlsplit(settings().tiles_url)
        more['img-src'] = [f'{tiles.scheme}://{tiles.netloc}'.replace('{s}', '*')]
    response._csp_update = more  # type: ignore[attr-defined]
    return response


# --- one declaration ----------------------------------------------------------


def _found(actor: Actor, no: str) -> tuple[rows.Declaration, rows.Watch, Scenario]:
    row = flow.find(actor, no)
    watch = rows.Watch.objects.filter(pk=row.pk).first()
    if watch is None:
        raise NotFound('not found')
    return row, watch, flow.scenario_named(row.scenario)


@require_GET
@page
def watch(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """One journey: its map, its incidents, its seals, its messages."""
    row, watched, scenario = _found(actor, no)
    found = rows.Incident.objects.filter(declaration=row).select_related('declaration__party')
    messages = Paginator(sight.messages(watched), MESSAGES).get_page(request.GET.get('page'))
    objects = rows.CustodyObject.objects.filter(declaration=row).order_by('kind', 'number')
    context = {
        'row': row,
        'watch': watched,
        'headline': _headline(row),
        'devices': watched.by.select_related('device').order_by('role'),
        'incidents': [_shown(one) for one in found.order_by('-began_at', '-pk')],
        'objects': [_object(actor, scenario, thing) for thing in objects],
        'acts': [_act(actor, scenario, act) for act in sight.custody_acts(row)],
        'lives': scenario.custody,
        'keeps': may(actor, 'keep'),
        'page': messages,
        **_for_map(request),
    }
    return _with_map(request, render(request, 'watch.html', context))


def _object(actor: Actor, scenario: Scenario, thing: rows.CustodyObject) -> dict[str, Any]:
    life = next(c for c in scenario.custody if c.kind == thing.kind)
    steps = life.open_to(thing.state, actor.role)
    return {
        'thing': thing,
        'holder': sight.holder_of(actor, thing),
        'title': life.title,
        'state': life.states[thing.state],
        'steps': [(s.act, life.acts[s.act]) for s in steps],
    }


def _act(actor: Actor, scenario: Scenario, act: rows.CustodyAct) -> dict[str, Any]:
    life = next(c for c in scenario.custody if c.kind == act.object.kind)
    holder = personal.hand(actor, act.holder, act.operator)
    return {'row': act, 'holder': holder, 'title': life.title, 'act': life.acts[act.act]}


# --- one incident -------------------------------------------------------------


@require_GET
@page
def incident(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One incident: why, on what evidence, and what was done about it."""
    return _incident(request, actor, incidents.find(actor, number))


def _incident(
    request: HttpRequest, actor: Actor, one: rows.Incident, problems: Any = (), status: int = 200
) -> HttpResponse:
    stream = scenarios()[one.declaration.scenario].stream
    assert stream is not None
    officers = rows.User.objects.filter(role='officer', is_active=True).order_by('username')
    context = {
        **_shown(one),
        'evidence': sight.evidence_of(one),
        'acts': [(a, words.INCIDENT_ACTS.get(a.act, a.act)) for a in one.acts.order_by('pk')],
        'reasons': stream.reasons.items(),
        'officers': list(officers.values_list('username', flat=True)[:200]),
        'responds': may(actor, 'respond') and one.state in ('open', 'acknowledged'),
        'problems': [words.said(p.message) for p in problems],
    }
    return render(request, 'incident.html', context, status=status)


@require_POST
@page
def respond(request: HttpRequest, actor: Actor, number: int, act: str) -> HttpResponse:
    """An officer acknowledges, assigns or closes an incident."""
    one = incidents.find(actor, number)
    try:
        if act == 'acknowledge':
            incidents.acknowledge(actor, number)
        elif act == 'assign':
            incidents.assign(actor, number, request.POST.get('to', ''))
        elif act == 'close':
            reason, note = request.POST.get('reason', ''), request.POST.get('note', '')
            incidents.close(actor, number, reason, note)
        else:
            raise NotFound('not found')
    except Rejected as error:
        return _incident(request, actor, one, error.problems, 422)
    return redirect('incident', number=number)
