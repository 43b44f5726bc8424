"""Enterprises: their credit over time, plants, lines, cameras, and the people of each."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clearlane import enterprises as verbs
from clearlane import flow, people, series
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected, problem
from clearlane.decision import CREDIT
from clearlane.model import Text
from clearlane.store import models as rows
from clearlane.web import words
from clearlane.web.days import maybe_day
from clearlane.web.pages.guard import page

A_PAGE = 50


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def enterprises(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every enterprise with its class of today; a form for a new one."""
    require(actor, 'enrol')
    refused, password = None, ''
    if request.method == 'POST':
        require(actor, 'administer')
        try:
            if request.POST.get('what') != 'staff':
                return redirect('enterprise', number=_added(request))
            password = _staff(request)
        except Rejected as error:
            refused = error
    sought = request.GET.get('q', '').strip()
    found = rows.Party.objects.order_by('name', 'pk')
    if sought:
        found = found.filter(Q(name__icontains=sought) | Q(pk__icontains=sought))
    context = {
        'page': Paginator(found, A_PAGE).get_page(request.GET.get('page')),
        'q': sought,
        'administers': may(actor, 'administer'),
        'classes': list(CREDIT),
        'problems': words.all_problems(refused),
        'typed': request.POST,
        'password': password,
        'roles': STAFF,
    }
    return render(request, 'enterprises.html', context, status=422 if refused else 200)


STAFF = ('officer', 'analyst', 'auditor')
"""Who an administrator adds on the pages; another administrator is made on the command line."""


def _added(request: HttpRequest) -> str:
    number = request.POST.get('number', '').strip()
    return str(people.party(number, _name(request), request.POST.get('credit', '')).pk)


def _staff(request: HttpRequest) -> str:
    """A new person of customs, who gets a password; one that exists is not changed here."""
    name, role = request.POST.get('name', '').strip(), request.POST.get('role', '')
    if not name or len(name) > 150 or not name.isprintable() or role not in STAFF:
        raise Rejected([problem('name', name, 'name', *verbs.NAME)])
    if rows.User.objects.filter(username=name).exists():
        raise Rejected([problem('name', name, 'name', *TAKEN)])
    return people.user(name, role)


def _name(request: HttpRequest) -> str:
    name = request.POST.get('name', '').strip()
    if not name or len(name) > 200:
        raise Rejected([problem('name', name, 'name', *verbs.NAME)])
    return name


@require_GET
@page
def enterprise(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One enterprise: class and history, plants with lines and cameras, people."""
    require(actor, 'enrol')
    return _enterprise(request, actor, number)


def _enterprise(
    request: HttpRequest,
    actor: Actor,
    number: str,
    refused: Rejected | None = None,
    password: str = '',
) -> HttpResponse:
    row = rows.Party.objects.filter(pk=number).first()
    if row is None:
        raise NotFound('not found')
    plants = row.plants.prefetch_related('lines__cameras', 'lines__admissions').order_by('name')
    context = {
        'row': row,
        'credit': series.credit(row, flow.today()),
        'changes': row.credits.order_by('-since', '-pk'),
        'plants': plants,
        'users': rows.User.objects.filter(party=row).order_by('username'),
        'classes': list(CREDIT),
        'districts': words.districts(row.district),
        'rates': may(actor, 'rate'),
        'administers': may(actor, 'administer'),
        'sees': may(actor, 'see'),
        'today': flow.today().isoformat(),
        'problems': words.all_problems(refused),
        'password': password,
    }
    return render(request, 'enterprise.html', context, status=422 if refused else 200)


@require_POST
@page
def enrol(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Register a plant, a line, a camera or a person of an enterprise, or set its class."""
    require(actor, 'enrol')
    if not rows.Party.objects.filter(pk=number).exists():
        raise NotFound('not found')
    what = FORMS.get(request.POST.get('what', ''))
    if what is None:
        raise NotFound('not found')
    try:
        password = what(request, actor, number)
    except Rejected as refused:
        return _enterprise(request, actor, number, refused)
    if password:
        return _enterprise(request, actor, number, password=password)
    return redirect('enterprise', number=number)


def _rate(request: HttpRequest, actor: Actor, number: str) -> str:
    said = request.POST
    since = maybe_day(request.POST.get('since', ''), 'since')
    verbs.rate(actor, number, said.get('credit', ''), said.get('reason', ''), since)
    return ''


def _district(request: HttpRequest, actor: Actor, number: str) -> str:
    verbs.place(actor, number, request.POST.get('district', '').strip())
    return ''


def _plant(request: HttpRequest, actor: Actor, number: str) -> str:
    said = request.POST
    verbs.register_plant(actor, number, said.get('name', ''), said.get('address', ''))
    return ''


def _line(request: HttpRequest, actor: Actor, number: str) -> str:
    said = request.POST
    plant = _own(rows.supervision.Plant.objects.filter(party=number), said.get('plant', ''))
    until = maybe_day(request.POST.get('valid_until', ''), 'valid_until')
    verbs.register_line(actor, plant, said.get('name', ''), said.get('certificate', ''), until)
    return ''


def _camera(request: HttpRequest, actor: Actor, number: str) -> str:
    said = request.POST
    lines = rows.supervision.Line.objects.filter(plant__party=number)
    verbs.register_camera(
        actor, _own(lines, said.get('line', '')), said.get('serial', ''), said.get('view', '')
    )
    return ''


def _away(request: HttpRequest, actor: Actor, number: str) -> str:
    cameras = rows.supervision.Camera.objects.filter(line__plant__party=number)
    verbs.remove_camera(actor, _own(cameras, request.POST.get('camera', '')))
    return ''


def _person(request: HttpRequest, actor: Actor, number: str) -> str:
    require(actor, 'administer')
    name = request.POST.get('name', '').strip()
    if not name or len(name) > 150 or not name.isprintable():
        raise Rejected([problem('name', name, 'name', *verbs.NAME)])
    if rows.User.objects.filter(username=name).exclude(party=number).exists():
        raise Rejected([problem('name', name, 'name', *TAKEN)])
    return people.user(name, 'exporter', number)


FORMS: dict[str, Any] = {
    'credit': _rate,
    'district': _district,
    'plant': _plant,
    'line': _line,
    'camera': _camera,
    'camera_away': _away,
    'person': _person,
}


def _own(found: Any, given: str) -> int:
    row = found.filter(pk=int(given) if given.isdecimal() else 0).first()
    if row is None:
        raise NotFound('not found')
    return int(row.pk)


TAKEN = (
    Text('该用户名已被使用', 'this name is taken'),
    Text('请换一个用户名', 'choose another name'),
)
