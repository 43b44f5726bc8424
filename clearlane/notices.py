"""The notice of non-conformity (不合格通知单): what was refused, why, and what can be done.

It is issued with the refusal, in both languages, and never changed; a later decision that
overturns the refusal revokes it.
"""

from __future__ import annotations

import json
from typing import Any

from clearlane import flow, papers, procedure, suggestion, workdays
from clearlane.model import Text
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store.start import blobs

KIND = 'nonconformity'


def issue(scenario: Scenario, row: rows.Declaration, decision: rows.Decision) -> rows.Notice:
    """Issue the notice of a refusal: number, findings with their clauses, remedies, recourse."""
    today = flow.today()
    rules = procedure.law(scenario, today)
    last_day = workdays.limit(today, rules.reconsideration['ask'], rules.working_calendar)
    no = f'{row.no}-N{decision.number}'
    fields = {
        **_about(scenario, row, decision),
        'no': no,
        'issued': today.isoformat(),
        'last_day': last_day.isoformat(),
        'recourse': _recourse(rules, last_day.isoformat()),
    }
    return rows.Notice.objects.create(
        decision=decision,
        declaration=row,
        no=no,
        fields=fields,
        documents={
            lang: blobs().put(papers.pdf(scenario, KIND, fields, lang)) for lang in papers.LANGUAGES
        },
        last_day=last_day,
        issued_at=decision.decided_at,
    )


def _about(scenario: Scenario, row: rows.Declaration, decision: rows.Decision) -> dict[str, Any]:
    ruling = rows.Ruling.objects.get(decision=decision)
    headline = scenario.headline(scenario.declares.model_validate(row.declared))
    return {
        'declaration': row.no,
        'holder': row.party.name,
        'holder_code': row.party_id,
        'scenario_zh': scenario.title.say('zh'),
        'scenario_en': scenario.title.say('en'),
        'goods_zh': headline.say('zh'),
        'goods_en': headline.say('en'),
        'declared_on': row.day.isoformat(),
        'note': ruling.note,
        'disposition_zh': ruling.disposition.get('zh', ''),
        'disposition_en': ruling.disposition.get('en', ''),
        'officers': ' · '.join(name for name in (ruling.by, ruling.second) if name),
        'findings': _findings(row, decision),
    }


def _findings(row: rows.Declaration, decision: rows.Decision) -> list[dict[str, str]]:
    """What stands against the declaration: open findings, but for those that were overruled."""
    machine = row.decisions.filter(by=flow.MACHINE).order_by('-number').first()
    found = json.loads(machine.result)['findings'] if machine else []
    said = {v.check_name: v for v in decision.verdicts.all()}
    kept = [
        f
        for f in found
        if f['result'] != 'pass'
        and (f['check'] not in said or said[f['check']].verdict != 'overruled')
    ]
    kept.sort(key=lambda f: f['result'] != 'fail')
    return [
        {**body, 'said': said[body['check']].reason if body['check'] in said else ''}
        for body in suggestion.bodies(kept)
    ]


def _recourse(rules: Any, last_day: str) -> list[dict[str, str]]:
    days = rules.reconsideration['ask']['days']
    pairs = zip(rules.remedies['zh'], rules.remedies['en'], strict=True)
    said = [Text(zh, en).of(days=days, last_day=last_day) for zh, en in pairs]
    return [{'zh': one.say('zh'), 'en': one.say('en')} for one in said]


def revoke(row: rows.Declaration, by: rows.Decision) -> int:
    """A later decision overturns the refusal: its notice does not count any more."""
    return rows.Notice.objects.filter(declaration=row, revoked_by=None).update(revoked_by=by)
