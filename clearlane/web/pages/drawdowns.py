"""The column of partial uses of a certificate (分批使用核销): as a page and as a workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from clearlane import drawdowns, flow, workbooks
from clearlane.access import Actor
from clearlane.web import words
from clearlane.web.pages.guard import page

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
FORMULA = ('=', '+', '-', '@')


@require_GET
@page
def column(request: HttpRequest, actor: Actor, scenario: str, name: str, key: str) -> HttpResponse:
    """Every draw and every one given back, with the balance after it."""
    known = flow.scenario_named(scenario)
    found = drawdowns.column(actor, scenario, name, key, request.GET.get('party', ''))
    if request.GET.get('form') == 'xlsx':
        return _workbook(found)
    context = {
        'scenario': known,
        'name': name,
        'key': key,
        'title': words.record_title(known.libraries[name]),
        'column': found,
    }
    return render(request, 'drawdowns.html', context)


def _workbook(found: drawdowns.Column) -> HttpResponse:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = 'drawdowns'
    balance = found.balance
    sheet.append([_('Certificate'), _plain(balance.key), _('Quantity'), balance.quantity])
    sheet.append([_('Left'), found.left])
    sheet.append([_('When'), _('Declaration'), _('Movement'), _('Balance'), _('Reason'), _('By')])
    for line in found.lines:
        at = line.at.replace(microsecond=0, tzinfo=None)
        row = [
            at,
            line.declaration.no,
            line.amount,
            line.left,
            _plain(line.reason),
            _plain(line.by),
        ]
        sheet.append(row)
    response = HttpResponse(workbooks.written(book), XLSX)
    response['Content-Disposition'] = 'attachment; filename="drawdowns.xlsx"'
    return response


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
