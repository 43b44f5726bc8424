"""What is shown of lines and series: their state, their guarantee in words, their history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clearlane import flow, series
from clearlane.access import Actor, NotFound, require
from clearlane.model import Text
from clearlane.sampling import contract, csp1, curve
from clearlane.store import supervision as kept

UNUSABLE = Text('抽样参数不可用：{error}', 'the sampling parameter is not usable: {error}')
ADMISSIONS = {
    'qualifying': Text('资格期', 'qualifying'),
    'admitted': Text('已准入直接放行', 'admitted to direct release'),
    'suspended': Text('已暂停', 'suspended'),
}


@dataclass(frozen=True)
class Shown:
    """A series with its plan as of today; `broken` says why there is none."""

    row: kept.Series
    plan: contract.Plan | None
    broken: Text | None = None

    @property
    def stage(self) -> Text:
        """The state in words."""
        return contract.stage_words(self.plan) if self.plan else self.broken or Text('', '')

    @property
    def guarantee(self) -> Text:
        """What the plan is worth, in words."""
        return contract.guarantee(self.plan) if self.plan else Text('', '')


def lines(actor: Actor) -> Any:
    """The admissions that an actor may see, by enterprise, plant and line."""
    require(actor, 'see')
    found = kept.Admission.objects.select_related('line__plant__party')
    if actor.role == 'exporter':
        found = found.filter(line__plant__party=actor.party)
    return found.order_by('line__plant__party__name', 'line__plant__name', 'line__name', 'pk')


def line(actor: Actor, number: int) -> kept.Admission:
    """One line, if the actor may see it; else NotFound."""
    found = lines(actor).filter(pk=number).first()
    if found is None:
        raise NotFound('not found')
    return found


def shown(of: kept.Admission, day: date | None = None) -> list[Shown]:
    """The series of a line with their plans as of a day."""
    day = day or flow.today()
    return [
        _shown(of, row, day)
        for row in of.series.select_related('admission__line__plant__party').order_by('design')
    ]


def _shown(of: kept.Admission, row: kept.Series, day: date) -> Shown:
    law = flow.scenario_named(of.scenario).parameters.on(day)
    party = of.line.plant.party
    try:
        place = series.Place(of, row)
        return Shown(row, series.plan_of(law.sampling, place, series.credit(party, day), day))
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        return Shown(row, None, UNUSABLE.of(error=f'{type(error).__name__}: {error}'[:200]))


def rule(one: Shown, day: date | None = None) -> contract.Terms:
    """The terms of a series as of a day."""
    day = day or flow.today()
    of = one.row.admission
    law = flow.scenario_named(of.scenario).parameters.on(day)
    return contract.terms(law.sampling, series.credit(of.line.plant.party, day))


def all_lines() -> Iterator[dict[str, Any]]:
    """Every line as plain data, for the command line."""
    found = kept.Admission.objects.select_related('line__plant__party').order_by('pk')
    for of in found:
        yield plain_line(of)


def plain_line(of: kept.Admission) -> dict[str, Any]:
    """A line with its series, as JSON can hold it."""
    return {
        'number': of.pk,
        'scenario': of.scenario,
        'party': of.line.plant.party_id,
        'plant': of.line.plant.name,
        'line': of.line.name,
        'admission': of.state,
        'run': of.run,
        'why': _both(Text(**of.why)) if of.why else None,
        'certificate': of.line.certificate,
        'valid_until': of.line.valid_until.isoformat() if of.line.valid_until else None,
        'series': [_plain(one) for one in shown(of)],
    }


def _plain(one: Shown) -> dict[str, Any]:
    plan = one.plan
    return {
        'design': one.row.design,
        'stage': _both(one.stage),
        'guarantee': _both(one.guarantee),
        'share': plan.share if plan else '1',
        'aoql': plan.aoql if plan else None,
        'inspected': plan.inspected if plan else None,
        'sensitivity': plan.sensitivity if plan else None,
        'measured': plan.measured if plan else False,
        'severity': plan.severity if plan else None,
        'lots': one.row.lots,
        'lots_inspected': one.row.inspected,
        'lots_refused': one.row.refused,
        'escapes': one.row.escapes,
    }


def _both(words: Text) -> dict[str, str]:
    return {'zh': words.say('zh'), 'en': words.say('en')}


# --- curves -------------------------------------------------------------------


def operating(plan: contract.Plan, lot: int) -> dict[str, Any]:
    """The operating characteristic of the plan within a lot of this size, for both inspectors."""
    single = plan.single(lot)
    s = float(plan.sensitivity)
    limit, at = curve.outgoing_limit(single, lot, s)
    return {
        'lot': lot,
        'single': single,
        's': s,
        'aoql': limit,
        'at': at,
        'points': [
            {'p': p, 'perfect': curve.accepted(single, p), 'real': curve.accepted(single, p, s)}
            for p in curve.POINTS
        ],
    }


INCOMING = (0.001, 0.005, 0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30, 0.50, 0.75, 1.0)


def long_run(rule: contract.Terms, s: float) -> Sequence[csp1.Long]:
    """What the plan inspects and lets through, for a range of incoming shares."""
    i, f = contract.bound(rule)
    return [csp1.long_run(i, f, p, s) for p in INCOMING]
