"""When a plant is visited next: by credit class and record, as the law of the day says.

[visit_days]      days by credit class, or one number for all
[visit_record]    { days = 365, factor = "0.5" }: with an escape, a suspension, or a grave or
                  overdue finding in that time the interval is shortened by the factor
[visit_checklist] what is looked at; a scenario without one has tasks but no visit records
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from clearlane import audit, series
from clearlane.model import Text, plain
from clearlane.scenario import Case, Scenario
from clearlane.store import models as rows
from clearlane.store import supervision as kept

MACHINE = 'machine'
ESCAPES = Text('一年内漏放 {n} 批', '{n} {n:escape|escapes} within the time that counts')
SUSPENDED = Text('产线被暂停', 'a line is suspended')
GRAVE = Text('有重大或逾期整改', 'a grave or overdue finding')


def interval(law: SimpleNamespace, name: str, credit: str, *, short: bool) -> int:
    """Days from a release or a visit to the next visit."""
    days = getattr(law, name)
    found = int(days[credit] if isinstance(days, Mapping) else days)
    record = getattr(law, 'visit_record', None)
    if short and record is not None:
        found = max(int(found * Decimal(record['factor'])), 1)
    return found


def record(plant: kept.Plant, scenario: str, law: SimpleNamespace, day: date) -> list[Text]:
    """Why a plant is visited more often: what stands against it, in words."""
    rule = getattr(law, 'visit_record', None)
    if rule is None:
        return []
    since = day - timedelta(days=int(rule['days']))
    of = kept.Admission.objects.filter(line__plant=plant, scenario=scenario)
    escapes = kept.SeriesEvent.objects.filter(
        admission__in=of, kind='escape', at__date__gte=since
    ).count()
    grave = kept.Rectification.objects.filter(
        visit__plant=plant, visit__scenario=scenario, visit__held_on__gte=since
    )
    late = grave.filter(due__lt=day).exclude(state='done')
    found = [ESCAPES.of(n=escapes)] if escapes else []
    found += [SUSPENDED] if of.filter(state='suspended').exists() else []
    found += [GRAVE] if grave.filter(grave=True).exists() or late.exists() else []
    return found


def after_release(scenario: Scenario, row: rows.Declaration, case: Case) -> date:
    """The day of the visit that a release leads to, put into the diary of the plant.

    A plant has one planned visit; one that comes sooner moves it forward.
    """
    name = scenario.revisit_after
    if not hasattr(case.law, 'visit_checklist'):
        days = interval(case.law, name, case.party.credit, short=False)
        return case.day + timedelta(days=days)
    of = scenario.series(case.declared)
    plant = series.line(row.party_id, of.plant, of.line).plant
    why = record(plant, scenario.name, case.law, case.day)
    days = interval(case.law, name, case.party.credit, short=bool(why))
    due = case.day + timedelta(days=days)
    plan(scenario.name, plant, due, case.party.credit, days, why, MACHINE)
    return due


def plan(
    scenario: str,
    plant: kept.Plant,
    due: date,
    credit: str,
    days: int,
    why: list[Text],
    by: str,
) -> kept.Visit:
    """Put a visit into the diary, or move the planned one forward."""
    said = {'credit': credit, 'days': days, 'why': plain(why), 'by': by}
    visit, new = kept.Visit.objects.get_or_create(
        scenario=scenario,
        plant=plant,
        state='planned',
        follows=None,
        defaults={'due': due, 'plan': said, 'opened_at': datetime.now(UTC)},
    )
    if new or due < visit.due:
        visit.due, visit.plan = due, said
        visit.save(update_fields=['due', 'plan'])
        data: dict[str, Any] = {'due': due.isoformat(), **said}
        audit.append('plan_visit', by, f'visit:{visit.pk}', data)
    return visit
