"""A feed as a table: download the template, send it filled in, see each error at its cell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from clearlane import feeds, flow, workbooks
from clearlane.access import Actor, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.web import words
from clearlane.web.pages.guard import page

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
SHOWN = 200


@require_GET
@page
def template(request: HttpRequest, actor: Actor, scenario: str, library: str) -> HttpResponse:
    """The empty table of a fed library."""
    require(actor, 'register')
    record = feeds.record_of(flow.scenario_named(scenario), library)
    response = HttpResponse(workbooks.template(record, library), XLSX)
    response['Content-Disposition'] = f'attachment; filename="{library}.xlsx"'
    return response


@require_http_methods(['GET', 'HEAD', 'POST'])
@page
def feed(request: HttpRequest, actor: Actor, scenario: str, library: str) -> HttpResponse:
    """Send a table; what is accepted holds at once, the rest is told cell by cell."""
    require(actor, 'register')
    known = flow.scenario_named(scenario)
    record = feeds.record_of(known, library)
    context: dict[str, Any] = {
        'scenario': known,
        'library': library,
        'title': words.record_title(record),
    }
    status = 200
    if request.method == 'POST':
        found = _received(request, actor, scenario, library)
        context.update(found)
        status = 422 if found['problems'] or found['errors'] else 200
    return render(request, 'feed.html', context, status=status)


def _received(request: HttpRequest, actor: Actor, scenario: str, library: str) -> dict[str, Any]:
    known = flow.scenario_named(scenario)
    record = feeds.record_of(known, library)
    try:
        table = workbooks.entries(record, known.fed[library], _file(request))
        done = feeds.receive(actor, scenario, library, table.entries)
    except Rejected as refused:
        told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in refused.problems]
        return {'problems': told, 'errors': [], 'done': None}
    errors = [
        {'cell': cell, 'key': r.key, 'field': p.field, 'value': p.value,
         'message': words.said(p.message), 'remedy': words.said(p.remedy)}
        for r in done.rejected
        for cell, p in workbooks.at_cells(table, r.number, r.problems)
    ]  # fmt: skip
    return {'problems': [], 'errors': errors[:SHOWN], 'done': done}


def _file(request: HttpRequest) -> bytes:
    file = request.FILES.get('table')
    if file is None:
        raise Rejected([problem('file', None, 'missing', *NO_FILE)])
    if (file.size or 0) > workbooks.MOST_BYTES:
        raise Rejected([problem('file', f'{file.size} bytes', 'too_large', *workbooks.TOO_LARGE)])
    return bytes(file.read())


NO_FILE = (
    Text('没有选择文件', 'no file was chosen'),
    Text('请选择填好的 .xlsx 表格', 'choose the .xlsx table that you filled in'),
)
