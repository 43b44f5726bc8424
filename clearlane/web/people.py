"""What the page of a declaration shows of people: whose turn it is, what is open, which forms."""

from __future__ import annotations

from typing import Any

from clearlane import acts, corrections, personal, reconsideration
from clearlane.access import Actor
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.web import casefile, sight, words


def people(actor: Actor, case: casefile.CaseFile) -> dict[str, Any]:
    """Whose turn it is, what is open, and which forms this person gets."""
    row = case.row
    may_do = set(acts.open_to(actor, row))
    if not acts.correctable(case.scenario, row):
        may_do -= {'correct', 'withdraw'} if case.standing == 'referred' else set()
    titles = {n: words.field_title(f.title or n) for n, f in
              case.scenario.declares.model_fields.items()}  # fmt: skip
    values = words.value_titles(case.scenario.declares)
    proposal = row.proposals.filter(state='open').first() if actor.role != 'exporter' else None
    took_part = actor.name in reconsideration.took_part(row)
    return {
        'may': may_do,
        'standing': case.standing,
        'proposal': proposal,
        'own': proposal is not None and proposal.by == actor.name,
        'sent_back': row.sent_back.filter(answered_at=None).first(),
        'withdrawal': rows.Withdrawal.objects.filter(declaration=row).first(),
        'corrections': [
            _shown(actor, case.scenario, one, titles, values)
            for one in row.corrections.order_by('-number')
        ],
        'notices': list(row.notices.order_by('-pk')),
        'requests': list(sight.reconsiderations(row)),
        'took_part': took_part,
        'papers': list(row.certificates.order_by('pk')),
        'grounds': words.GROUNDS,
        'rulings': [
            {'ruling': r, 'verdicts': list(r.decision.verdicts.order_by('pk'))}
            for r in rows.Ruling.objects.filter(decision__declaration=row)
            .select_related('decision', 'answers')
            .order_by('decision__number')
        ],
    }


def _shown(
    actor: Actor,
    scenario: Scenario,
    one: rows.Correction,
    titles: dict[str, str],
    values: dict[str, str],
) -> dict[str, Any]:
    before, after = (personal.shown(scenario, actor, d) for d in (one.before, one.after))
    changed = corrections.changes(before, after)
    return {
        'one': one,
        'changes': [
            (titles.get(name, name), words.shown(before, values), words.shown(after, values))
            for name, before, after in changed
        ],
    }
