"""Rows in the form in which the API gives them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from clearlane import corrections, flow, papers, personal
from clearlane.access import Actor
from clearlane.model import Text, plain
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.web import casefile
from clearlane.web.words import both

BASE = 'api-v1'


def address(name: str, *parts: Any) -> str:
    """Where an operation is found."""
    return reverse(f'{BASE}:{name}', args=parts)


def scenario(found: Scenario) -> dict[str, Any]:
    """One kind of supervision."""
    return {
        'name': found.name,
        'title': both(found.title),
        'libraries': list(found.libraries),
        'evidence': list(found.readers),
        'links': {'schema': address('scenario_schema', found.name)},
    }


def declaration(row: Any) -> dict[str, Any]:
    """A declaration, from a row that carries its last decision."""
    known = flow.scenario_named(row.scenario)
    done = row.status == 'done'
    headline: Text = known.headline(known.declares.model_validate(row.declared))
    return {
        'number': row.no,
        'scenario': row.scenario,
        'party': row.party_id,
        'day': row.day,
        'status': row.status,
        'presented': row.presented_at is not None,
        'outcome': row.outcome if done else None,
        'headline': both(headline),
        'lodged_at': row.lodged_at,
        'decided_at': row.decided_at if done else None,
        'seconds': round(casefile.clock(row, row.decided_at).seconds, 3),
        'links': _links(row.no),
    }


def _links(no: str) -> dict[str, str]:
    names = ('declaration', 'evidence', 'present', 'decision', 'certificate', 'events')
    links = {name if name != 'declaration' else 'self': address(name, no) for name in names}
    return {**links, 'page': reverse('declaration', args=[no])}


def full(row: Any, actor: Actor) -> dict[str, Any]:
    """A declaration with what was declared, as this actor may see it."""
    declared = personal.shown(flow.scenario_named(row.scenario), actor, row.declared)
    gone = rows.Forgotten.objects.filter(declaration=row).first()
    day = None if gone is None else gone.day
    return {**declaration(row), 'declared': declared, 'forgotten': day}


def entry(found: rows.LibraryEntry, actor: Actor) -> dict[str, Any]:
    """One version of a library entry, as this actor may see it."""
    data = personal.shown(flow.scenario_named(found.scenario), actor, found.data)
    names = ('id', 'library', 'key', 'version', 'state', 'since', 'until', 'data', 'submitted_at')
    kept = {name: getattr(found, name) for name in names}
    return {**kept, 'data': data, 'party': found.party_id}


def piece(found: rows.Evidence) -> dict[str, Any]:
    """A photograph."""
    names = ('id', 'sha256', 'sm3', 'kind', 'item', 'view', 'size', 'media_type', 'width',
             'height', 'received_at')  # fmt: skip
    return {name: getattr(found, name) for name in names}


def decision(row: rows.Declaration, made: list[rows.Decision]) -> dict[str, Any]:
    """The decision that counts, with the findings that the machine concluded from."""
    last = made[-1]
    findings = casefile.result_of(casefile.by_machine(made))['findings']
    return {
        'number': last.number,
        'turn': last.turn,
        'outcome': last.outcome,
        'by': last.by,
        'decided_at': last.decided_at,
        'reasons': [both(reason) for reason in casefile.result_of(last)['reasons']],
        'findings': [_finding(f) for f in findings],
        'inputs': last.inputs,
        'certificate': certificate(row),
    }


def _finding(found: dict[str, Any]) -> dict[str, Any]:
    kept = {name: found[name] for name in ('check', 'result', 'clause', 'crops')}
    return {
        **kept,
        'reason': both(found['reason']),
        'remedy': both(found['remedy']),
        'compared': [{**c, 'name': both(c['name'])} for c in found.get('compared', ())],
        'questions': [{**q, 'words': both(q['words'])} for q in found.get('questions', ())],
    }


def answer(found: rows.Answer) -> dict[str, Any]:
    """An officer's answer."""
    names = ('question', 'reply', 'note', 'amount', 'by', 'answered_at')
    return {**{name: getattr(found, name) for name in names}, 'words': both(found.words)}


def certificate(row: rows.Declaration) -> dict[str, Any] | None:
    """The paper of a declaration, if it has one."""
    paper = papers.latest(row)
    if paper is None:
        return None
    download = address('certificate', row.no)
    return {
        'number': paper.no,
        'kind': paper.kind,
        'state': paper.state,
        'valid_until': paper.valid_until,
        'links': {
            'zh': f'{download}?language=zh',
            'en': f'{download}?language=en',
            'verify': reverse('verify', args=[paper.no]),
        },
    }


def event(found: Any) -> dict[str, Any]:
    """One entry of the audit log."""
    names = ('index', 'at', 'act', 'actor')
    return {**{name: getattr(found, name) for name in names}, 'data': plain(found.data)}


# --- acts of people -----------------------------------------------------------


def _names(found: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(found, name) for name in names}


def proposal(row: rows.Declaration) -> dict[str, Any] | None:
    """What waits for a second officer."""
    found = row.proposals.filter(state='open').first()
    return found and _names(found, 'id', 'act', 'outcome', 'note', 'by', 'at')


def sent_back(row: rows.Declaration) -> dict[str, Any] | None:
    """What the enterprise has to put right."""
    found = row.sent_back.filter(answered_at=None).first()
    return found and _names(found, 'note', 'due', 'by', 'at')


def correction(found: rows.Correction, actor: Actor) -> dict[str, Any]:
    """What a correction changed, as this actor may see it."""
    scenario = flow.scenario_named(found.declaration.scenario)
    seen = [personal.shown(scenario, actor, data) for data in (found.before, found.after)]
    told = corrections.changes(*seen)
    changes = {name: [before, after] for name, before, after in told}
    return {**_names(found, 'number', 'turn', 'reason', 'by', 'at'), 'changes': changes}


def reconsidered(found: rows.Reconsideration) -> dict[str, Any]:
    """A request and its clock."""
    names = ('state', 'grounds', 'requested_at', 'admit_by', 'due', 'note')
    return {
        **_names(found, *names),
        'contested': found.contested.number,
        'overdue': found.state in ('requested', 'admitted') and found.due < flow.today(),
        'decision': found.decision and found.decision.number,
    }


def notice(found: rows.Notice) -> dict[str, Any]:
    """A notice of non-conformity."""
    return {
        **_names(found, 'last_day', 'issued_at'),
        'number': found.no,
        'decision': found.decision.number,
        'revoked': found.revoked_by_id is not None,
    }
