"""Entries of a library from a workbook: download the template, send it filled in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from pydantic import BaseModel, Field, create_model

from clearlane import flow, registry, workbooks
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text
from clearlane.recognisers import spreadsheet
from clearlane.recognisers.reader import Unreadable
from clearlane.store.session import atomic
from clearlane.web import words
from clearlane.web.pages.feeds import NO_FILE, XLSX
from clearlane.web.pages.guard import page

KEY = 'entry_key'


def _row(scenario: str, library: str) -> type[BaseModel]:
    """The record of a library with the key of the entry in front."""
    record = flow.scenario_named(scenario).libraries.get(library)
    if record is None:
        raise NotFound('not found')
    fields: dict[str, Any] = {KEY: (str, Field(title='登记编号 / key'))}
    fields |= {name: (part.annotation, part) for name, part in record.model_fields.items()}
    return create_model(f'{record.__name__}Row', **fields)


@require_GET
@page
def template(request: HttpRequest, actor: Actor, scenario: str, name: str) -> HttpResponse:
    """The empty workbook of a library."""
    require(actor, 'register')
    response = HttpResponse(workbooks.template(_row(scenario, name), name), XLSX)
    response['Content-Disposition'] = f'attachment; filename="{name}.xlsx"'
    return response


@require_POST
@page
def submit(request: HttpRequest, actor: Actor, scenario: str, name: str) -> HttpResponse:
    """Submit every row as an entry; where one is wrong nothing of the table is registered."""
    require(actor, 'register')
    row = _row(scenario, name)
    try:
        table = workbooks.entries(row, KEY, _file(request))
        told = _registered(actor, scenario, name, table)
    except Rejected as refused:
        told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in refused.problems]
    if told:
        return render(request, 'conflict.html', {'message': '\n'.join(told[:50])}, status=422)
    return redirect('library', scenario=scenario, name=name)


def _registered(actor: Actor, scenario: str, name: str, table: workbooks.Table) -> list[str]:
    """What is wrong with the rows, by cell; all of them are registered where nothing is."""
    told: list[str] = []
    try:
        with atomic():
            for number, entry in enumerate(table.entries):
                payload = dict(entry)
                try:
                    registry.register(actor, scenario, name, payload.pop(KEY, ''), payload)
                except Rejected as refused:
                    told += [
                        f'{cell}: {words.said(p.message)} — {words.said(p.remedy)}'
                        for cell, p in workbooks.at_cells(table, number, refused.problems)
                    ]
            if told:
                raise _Undo
    except _Undo:
        pass
    return told


class _Undo(Exception):
    """Takes back what was registered of a table with errors."""


def _file(request: HttpRequest) -> bytes:
    file = request.FILES.get('table')
    if file is None or (file.size or 0) > spreadsheet.MOST_BYTES:
        raise Rejected([problem('file', None, 'missing', *NO_FILE)])
    data = bytes(file.read())
    try:
        spreadsheet.admit(data)
    except Unreadable as error:
        why = Text('文件不予接收：{why}', 'the file is not accepted: {why}').of(why=error.message)
        raise Rejected([problem('file', None, error.code, why, NO_FILE[1])]) from error
    return data
