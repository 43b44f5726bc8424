"""The list of declarations, the page of one, and what people do there."""

from __future__ import annotations

from typing import Any

import segno
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from clearlane import (
    cases,
    counters,
    flow,
    outcomes,
    papers,
    payments,
    personal,
    registered,
    suggestion,
)
from clearlane.access import Actor, NotFound, may, require
from clearlane.admission import Rejected
from clearlane.scenario import scenarios
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store.start import blobs
from clearlane.web import casefile, people, sight, words
from clearlane.web.pages.benefit import blind
from clearlane.web.pages.guard import page

A_PAGE = 25
STRIP = 240
"""Photographs in the strip of one page; a reader asks for the others."""


@require_GET
@page
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list; whoever may not see declarations finds out who they are instead."""
    if not may(actor, 'see'):
        return redirect('me')
    chosen = _chosen(request)
    found = sight.declarations(actor, **chosen)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get('page'))
    lines = [_line(row) for row in shown]
    context = {
        'page': shown,
        'lines': lines,
        'chosen': chosen,
        'filtered': any(chosen.values()),
        'moving': any(line['clock'].running and line['row'].presented_at for line in lines),
        'statuses': {k: words.STATUSES[k] for k in rows.STATUSES},
        'outcomes': words.OUTCOMES,
        'to_confirm': sight.to_confirm(actor),
        'lodges': may(actor, 'lodge'),
        'scenarios': scenarios().values(),
        'query': _query(request),
    }
    return render(request, 'declarations.html', context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    """The filter; the address is the state, and what it does not know is no filter."""
    status, outcome = request.GET.get('status', ''), request.GET.get('outcome', '')
    typed = ''.join(c for c in request.GET.get('words', '') if c.isprintable())
    return {
        'status': status if status in rows.STATUSES else '',
        'outcome': outcome if outcome in rows.OUTCOMES else '',
        'words': typed[:80].strip(),
    }


def _query(request: HttpRequest) -> str:
    """The filter as it goes into the links to other pages of the list."""
    kept = request.GET.copy()
    kept.pop('page', None)
    return kept.urlencode()


def _line(row: Any) -> dict[str, Any]:
    scenario = flow.scenario_named(row.scenario)
    machine = casefile.by_machine(list(row.decisions.order_by('number')))
    concluded = row.status in ('decided', 'done')
    found = casefile.result_of(machine if concluded else None)['findings']
    return {
        'row': row,
        'scenario': scenario,
        'headline': scenario.headline(scenario.declares.model_validate(row.declared)),
        'counts': casefile.counts(found),
        'outcome': row.outcome if row.status == 'done' else '',
        'officer': row.decided_by not in (None, 'machine'),
        'clock': casefile.clock(row, row.decided_at),
    }


# --- one declaration ----------------------------------------------------------


@require_GET
@page
def declaration(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """Everything about one declaration, on one page."""
    if (waits := blind(actor, no)) is not None:
        return redirect('second_reading', number=waits)
    return _page(request, actor, no)


def _page(
    request: HttpRequest,
    actor: Actor,
    no: str,
    *,
    typed: dict[str, Any] | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    row = flow.find(actor, no)
    scenario = flow.scenario_named(row.scenario)
    case = _seen_by(actor, casefile.case_file(row, scenario))
    told_of = people.people(actor, case)
    strip = case.photos if 'all' in request.GET else case.photos[:STRIP]
    context = {
        'case': case,
        'row': row,
        'headline': scenario.headline(case.declared),
        'strip': strip,
        'compared': registered.photographs(scenario, cases.at_the_door(scenario, row)),
        'hidden': len(case.photos) - len(strip),
        'viewer': [_viewed(photo) for photo in strip],
        'counts': casefile.counts(case.found),
        'reasons': [words.said(r) for r in casefile.result_of(case.last)['reasons']],
        'suggested': casefile.result_of(case.machine),
        'facts': _facts(scenario, personal.shown(scenario, actor, row.declared)),
        'hits': _hits(actor, case),
        'pays': may(actor, 'close') and not case.forgotten,
        'money': _money(scenario, sight.money(actor, row, scenario)),
        'used': [_used(scenario, one) for one in case.used],
        'closes': case.referred and not case.forgotten and may(actor, 'close'),
        'answers': case.referred and not case.forgotten and may(actor, 'answer'),
        'photographs': _photographs(actor, case),
        'attaches': not case.forgotten and may(actor, 'attach'),
        'presents': not case.forgotten and may(actor, 'present') and row.presented_at is None,
        'verify': _verify(case.certificate),
        'people': told_of,
        'judges': 'reconsider' in told_of['may'] and not told_of['took_part'],
        'typed': typed or {},
        'suggestion': suggestion.suggest(casefile.result_of(case.machine)) if case.machine else {},
        'problems': problems or [],
    }
    return render(request, 'declaration.html', context, status=422 if problems else 200)


def _hits(actor: Actor, case: casefile.CaseFile) -> list[dict[str, Any]]:
    """The risk rules that fired, for those alone who may know that there are any."""
    if not may(actor, 'see_rules'):
        return []
    found: list[dict[str, Any]] = casefile.result_of(case.machine).get('hits', [])
    return found


def _photographs(actor: Actor, case: casefile.CaseFile) -> bool:
    """Whether an officer may photograph the goods now."""
    open_ = case.referred and not case.forgotten and may(actor, 'photograph')
    return open_ and counters.goods_of(case.scenario) is not None


def _money(scenario: Any, found: sight.Money) -> dict[str, Any]:
    """Entries with the names of their accounts, and payments."""
    entries = [
        {
            'at': entry.at,
            'what': words.BOOKED[entry.key.rsplit(':', 1)[1]],
            'lines': [
                {
                    'account': _account(scenario, line.account),
                    'debit': max(line.amount, 0),
                    'credit': max(-line.amount, 0),
                }
                for line in entry.lines.all()
            ],
        }
        for entry in found.entries
    ]
    titles = words.value_titles(scenario.declares)
    made = [
        {
            'row': payment,
            'again': payments.can_go_again(payment),
            'back': payments.can_come_back(payment),
            'ways': [(way, titles.get(way, way)) for way in payments.ways(payment)],
        }
        for payment in found.payments
    ]
    return {'entries': entries, 'payments': made}


@require_POST
@page
def payment(request: HttpRequest, actor: Actor, number: int, act: str) -> HttpResponse:
    """What an officer does about a payment: once more, another way, or take the money back."""
    require(actor, 'close')
    found = rows.Payment.objects.select_related('declaration').filter(pk=number).first()
    if found is None or act not in ('retry', 'again', 'reverse'):
        raise NotFound('not found')
    row = None if found.declaration is None else flow.find(actor, found.declaration.no)
    given = {name: request.POST.get(name, '').strip() for name in ('method', 'payee', 'reason')}
    try:
        if act == 'retry':
            payments.retry(actor, found.key)
        elif act == 'again':
            payments.again(actor, found.key, given['method'], given['payee'])
        else:
            outcomes.reasoned(given['reason'], 'reason')
            payments.reverse(actor, found.key, given['reason'])
    except payments.NotNow as error:
        raise flow.Conflict(str(error)) from error
    except Rejected as refused:
        if row is None:
            raise flow.Conflict(str(refused)) from refused
        told = [f'{words.said(p.message)} — {words.said(p.remedy)}' for p in refused.problems]
        return again(request, actor, row.no, told)
    if row is None:
        return redirect(f'{reverse("daily")}?scenario={found.scenario}')
    return redirect('declaration', no=row.no)


def _account(scenario: Any, name: str) -> str:
    return words.said(scenario.accounts[name]) if name in scenario.accounts else name


def again(request: HttpRequest, actor: Actor, no: str, problems: list[str]) -> HttpResponse:
    """The page once more, with what was not accepted."""
    typed = {'note': request.POST.get('note', '')}
    return _page(request, actor, no, typed=typed, problems=problems)


def _seen_by(actor: Actor, case: casefile.CaseFile) -> casefile.CaseFile:
    """Without the photographs that show a person, for whoever may not see them."""
    scenario = case.scenario
    case.photos[:] = [p for p in case.photos if personal.may_look(scenario, actor, p.piece.kind)]
    # A photograph hangs in the strip already.
    case.files[:] = [
        p
        for p in case.files
        if not p.media_type.startswith('image/') and personal.may_look(scenario, actor, p.kind)
    ]
    return case


def _viewed(photo: casefile.Photo) -> dict[str, Any]:
    """What the viewer has to know about one photograph."""
    piece = photo.piece
    return {
        'id': piece.pk,
        'width': piece.width,
        'height': piece.height,
        'name': ' · '.join(p for p in (piece.item, words.view_title(piece.view)) if p),
        'small': reverse('evidence_view', args=[piece.pk]),
        'large': reverse('evidence_large', args=[piece.pk]),
        'marks': photo.marks,
    }


def _facts(scenario: Any, declared: dict[str, Any]) -> list[tuple[str, str]]:
    """The declared record with the titles of its fields."""
    values = words.value_titles(scenario.declares)
    return [
        (words.field_title(part.title or name), words.shown(declared.get(name), values))
        for name, part in scenario.declares.model_fields.items()
    ]


def _used(scenario: Any, one: sight.Used) -> dict[str, Any]:
    data = one.entry.data if one.entry else {}
    return {
        'title': words.record_title(scenario.libraries[one.library]),
        'key': one.key,
        'entry': one.entry,
        'quantity': one.quantity,
        'remaining': one.remaining,
        'share': 100 * one.remaining / one.quantity if one.quantity and one.remaining else 0,
        'until': data.get('valid_until') or (one.entry.until if one.entry else None),
        'address': reverse('library', args=[scenario.name, one.library]),
    }


def _verify(certificate: rows.Certificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    url = f'{settings().url}{reverse("verify", args=[certificate.no])}'
    code = segno.make(url, error='m').svg_inline(border=1, scale=3, svgclass='qr', lineclass=None)
    return {'url': url, 'code': mark_safe(code)}  # noqa: S308 - drawn from our own address


@require_GET
@page
def progress(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """The state of a declaration that is moving; when it has arrived, the page loads anew."""
    row = flow.find(actor, no)
    if row.status == 'done':
        return HttpResponseClientRefresh()
    decided = row.decisions.order_by('-number').values_list('decided_at', flat=True).first()
    context = {'row': row, 'clock': casefile.clock(row, decided)}
    return render(request, 'fragments/progress.html', context)


@require_POST
@page
def present(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """The evidence is complete."""
    flow.present(actor, no)
    return redirect('declaration', no=no)


@require_POST
@page
def close(request: HttpRequest, actor: Actor, no: str) -> HttpResponse:
    """An officer's decision on what the machine referred, with a verdict on each mismatch."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    case = casefile.case_file(row, flow.scenario_named(row.scenario))
    said, reason = verdicts(request, case), request.POST.get('note', '').strip()
    disposition = {lang: request.POST.get(f'disposition-{lang}', '') for lang in ('zh', 'en')}
    seen = request.POST.get('number', '')
    try:
        outcomes.close(
            actor,
            no,
            request.POST.get('outcome', ''),  # type: ignore[arg-type]
            reason,
            verdicts=said.values(),
            disposition=disposition,
            seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
        )
    except Rejected as refused:
        typed = {'note': reason, 'verdicts': said, 'disposition': disposition}
        return _page(request, actor, no, typed=typed, problems=told(refused, case))
    return redirect('declaration', no=no)


def verdicts(request: HttpRequest, case: casefile.CaseFile) -> dict[int, outcomes.Said]:
    """The number of a finding → what was said of it."""
    return {
        f.number: outcomes.Said(
            f.check,
            given,
            request.POST.get(f'why-{f.number}', '').strip(),  # type: ignore[arg-type]
        )
        for f in case.open_findings
        if (given := request.POST.get(f'verdict-{f.number}', ''))
    }


def told(refused: Rejected, case: casefile.CaseFile) -> list[str]:
    """The problems as lines; one with a finding names its number."""
    numbers = {f'verdicts.{f.check}': f.number for f in case.open_findings}
    return [
        (f'{numbers[p.field]}: ' if p.field in numbers else '')
        + f'{words.said(p.message)} — {words.said(p.remedy)}'
        for p in refused.problems
    ]


@require_GET
@page
def paper(request: HttpRequest, actor: Actor, no: str, language: str) -> HttpResponse:
    """The PDF of the paper that a release yielded; a suspended one is not handed out."""
    row = flow.find(actor, no)
    found = papers.latest(row)
    if found is None or language not in found.documents:
        raise NotFound('not found')
    if found.state != 'valid':
        raise flow.Conflict(_('The certificate is not in force.'))
    return pdf(found, language)


def pdf(found: rows.Certificate, language: str) -> HttpResponse:
    """A paper's bytes."""
    response = HttpResponse(blobs().get(found.documents[language]), 'application/pdf')
    response['Content-Disposition'] = f'inline; filename="{found.no}-{language}.pdf"'
    response['Cache-Control'] = 'private, no-cache'
    return response
