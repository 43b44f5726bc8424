"""Between the rows and the sampling plan: the state of a series is read, locked, and advanced.

A lot is counted once for each of four things that can happen to it: it was released
without an inspection, it was inspected, it was refused before anybody opened the boxes that
were drawn, it turned out bad after its release. A second time
changes nothing, so every verb that calls this may be repeated.

Rows are locked in one order: declaration, balances, admission, series.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clearlane import audit
from clearlane.model import Credit, Origin, Text, plain
from clearlane.sampling import contract, switching
from clearlane.scenario import Scenario
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.session import atomic

MACHINE = 'machine'
WINDOW_DAYS = 365
"""Seeded boxes count for the measured sensitivity for so long (own choice)."""

LAPSED = Text('产线证书 {no} 已于 {day} 到期', 'the certificate {no} of the line lapsed on {day}')


@dataclass(frozen=True)
class Place:
    """The rows that a lot belongs to."""

    admission: kept.Admission
    series: kept.Series


def credit(party: rows.Party, day: date) -> Credit:
    """The credit class of an enterprise as of a day; before the first entry, what was before it."""
    changes = kept.CreditChange.objects.filter(party=party)
    held = changes.filter(since__lte=day).order_by('-since', '-pk').first()
    if held is not None:
        return held.credit
    first = changes.order_by('since', 'pk').first()
    return first.before if first is not None else party.credit


# --- places -------------------------------------------------------------------


def origin(scenario: Scenario, row: rows.Declaration) -> Origin:
    """Where a declaration says that it comes from."""
    return scenario.series(scenario.declares.model_validate(row.declared))


def line(party: str, plant: str, name: str) -> kept.Line:
    """The line of this name, entered when a declaration names it first."""
    at = datetime.now(UTC)
    home, _ = kept.Plant.objects.get_or_create(
        party_id=party, name=plant, defaults={'registered_at': at}
    )
    found, _ = kept.Line.objects.get_or_create(
        plant=home, name=name, defaults={'registered_at': at}
    )
    return found


def admission(scenario: str, of: kept.Line) -> kept.Admission:
    """Whether a line may release directly under a scenario; at first it has to qualify."""
    found, _ = kept.Admission.objects.get_or_create(
        scenario=scenario, line=of, defaults={'since': datetime.now(UTC)}
    )
    return found


def place(scenario: Scenario, row: rows.Declaration) -> Place:
    """The series of a declaration, locked until the transaction ends."""
    of = origin(scenario, row)
    return at(scenario.name, row.party_id, of.plant, of.line, of.design)


def at(scenario: str, party: str, plant: str, name: str, design: str) -> Place:
    """The series of this name, locked until the transaction ends."""
    entered = admission(scenario, line(party, plant, name))
    held = (
        kept.Admission.objects.select_for_update(of=('self',))
        .select_related('line__plant')
        .get(pk=entered.pk)
    )
    kept.Series.objects.get_or_create(admission=held, design=design)
    return Place(held, kept.Series.objects.select_for_update().get(admission=held, design=design))


# --- the plan -----------------------------------------------------------------


def plan(scenario: Scenario, row: rows.Declaration) -> contract.Plan | None:
    """The plan that holds for a declaration, its rows locked; None where the law has none.

    A parameter that is not whole raises; whoever asks must then not release.
    """
    law = scenario.parameters.on(row.day)
    if not hasattr(law, 'sampling'):
        return None
    return plan_of(law.sampling, place(scenario, row), credit(row.party, row.day), row.day)


def plan_of(rule: Mapping[str, Any], at: Place, of: Credit, day: date) -> contract.Plan:
    """The plan of a series for a credit class on a day."""
    terms = contract.terms(rule, of)
    names = (at.admission.line.plant.name, at.admission.line.name, at.series.design)
    state, why = _line(at.admission, day)
    found = measured(at.admission.scenario, terms, day)
    return contract.plan(names, contract.Series.read(at.series.state), state, terms, found, why)


def _line(at: kept.Admission, day: date) -> tuple[contract.Line, Text | None]:
    """The line as it counts on a day: one whose certificate lapsed is suspended."""
    until = at.line.valid_until
    if until is not None and until < day:
        lapsed = LAPSED.of(no=at.line.certificate, day=until.isoformat())
        return contract.Line(admission='suspended'), lapsed
    why = Text(**at.why) if at.why else None
    return contract.Line(admission=at.state, run=at.run), why


def measured(scenario: str, terms: contract.Terms, day: date) -> contract.Sensitivity:
    """The sensitivity from the seeded boxes that were concluded in the last year."""
    concluded = kept.SeededBox.objects.filter(
        declaration__scenario=scenario,
        caught__isnull=False,
        inspection__at__date__gt=day - timedelta(days=WINDOW_DAYS),
    )
    return contract.sensitivity(terms, concluded.count(), concluded.filter(caught=True).count())


# --- what happens to a lot ----------------------------------------------------


def released(scenario: Scenario, row: rows.Declaration) -> bool:
    """Count a lot that left without an inspection; the state of its series stays."""
    if not _samples(scenario, row) or _inspected(row):
        return False
    at = place(scenario, row)
    if not _event(at, 'released', MACHINE, row, at.series.state):
        return False
    at.series.lots += 1
    at.series.save(update_fields=['lots'])
    return True


def inspected(
    scenario: Scenario, row: rows.Declaration, found: contract.Inspected, by: str
) -> bool:
    """Advance the series and its line by an inspected lot, once."""
    if not _samples(scenario, row):
        return False
    return _judged(scenario, row, found, by, 'inspected')


def _refused_unseen(scenario: Scenario, row: rows.Declaration, by: str) -> bool:
    """Count a lot that was sent to be inspected and refused instead as one that did not conform.

    Nobody knows what its boxes would have shown, and a plan that lets such a lot pass for none
    promises more than it keeps.
    """
    machine = row.decisions.filter(by=MACHINE).order_by('-number').first()
    if machine is None or machine.outcome != 'inspect' or _inspected(row):
        return False
    unseen = contract.Inspected(accepted=False, bad=0, ac=0)
    return _judged(scenario, row, unseen, by, 'refused')


def _judged(
    scenario: Scenario, row: rows.Declaration, found: contract.Inspected, by: str, kind: str
) -> bool:
    """Advance the series and its line by what a lot came to, once."""
    at = place(scenario, row)
    terms = contract.terms(scenario.parameters.on(row.day).sampling, credit(row.party, row.day))
    state = contract.after(contract.Series.read(at.series.state), terms, found)
    if not _event(at, kind, by, row, state.written()):
        return False
    at.series.state = state.written()
    at.series.lots += 0 if _counted(row) else 1
    at.series.inspected += kind == 'inspected'
    at.series.refused += not found.accepted
    at.series.save()
    before = contract.Line(admission=at.admission.state, run=at.admission.run)
    after = contract.line_after(before, terms, conforms=found.accepted)
    if after != before:
        _set_line(at.admission, after, 'admitted', by, row)
    return True


def needs_inspection(scenario: Scenario, row: rows.Declaration) -> bool:
    """Whether it was sent to be inspected on site, and no record says that it was accepted.

    A plan that nobody carries out guarantees nothing, so an officer does not release on his
    word what the plan had drawn.
    """
    machine = row.decisions.filter(by=MACHINE).order_by('-number').first()
    if not _samples(scenario, row) or machine is None or machine.outcome != 'inspect':
        return False
    return not row.inspections.filter(turn=machine.turn, accepted=True).exists()


def concluded(scenario: Scenario, row: rows.Declaration, kept_decision: rows.Decision) -> None:
    """What a person's conclusion means for the series: each counts, a refusal may suspend."""
    if not _samples(scenario, row):
        return
    if kept_decision.outcome == 'release':
        released(scenario, row)
    elif kept_decision.outcome == 'refuse':
        _refused_unseen(scenario, row, kept_decision.by)
        if why := _suspending(scenario, row, kept_decision):
            suspend(place(scenario, row).admission, why, kept_decision.by, row)


def _suspending(
    scenario: Scenario, row: rows.Declaration, kept_decision: rows.Decision
) -> Text | None:
    """The reason of a confirmed finding that the law says suspends a line, if there is one."""
    named = scenario.parameters.on(row.day).sampling.get('suspending', ())
    machine = row.decisions.filter(by=MACHINE).order_by('-number').first()
    if machine is None:
        return None
    said = kept_decision.verdicts.exclude(verdict='confirmed')
    cleared = set(said.values_list('check_name', flat=True))
    for finding in json.loads(machine.result)['findings']:
        if finding['result'] == 'fail' and finding['check'] in set(named) - cleared:
            return CONFIRMED.of(no=row.no, reason=Text(**finding['reason']))
    return None


CONFIRMED = Text('关员确认 {no}:{reason}', 'an officer confirmed of {no}: {reason}')


def escaped(scenario: Scenario, row: rows.Declaration, why: Text, by: str) -> bool:
    """A released lot turned out bad: its series begins again, and its line is suspended."""
    if not _samples(scenario, row):
        return False
    at = place(scenario, row)
    state = contract.escaped(contract.Series.read(at.series.state))
    if not _event(at, 'escape', by, row, state.written(), why):
        return False
    at.series.state = state.written()
    at.series.escapes += 1
    at.series.save()
    suspend(at.admission, why, by, row)
    return True


def _samples(scenario: Scenario, row: rows.Declaration) -> bool:
    return hasattr(scenario.parameters.on(row.day), 'sampling')


def _inspected(row: rows.Declaration) -> bool:
    return kept.SeriesEvent.objects.filter(declaration=row, kind='inspected').exists()


def _counted(row: rows.Declaration) -> bool:
    return kept.SeriesEvent.objects.filter(declaration=row, kind='released').exists()


def _event(
    at: Place,
    kind: str,
    by: str,
    row: rows.Declaration,
    state: Any,
    why: Text | None = None,
) -> bool:
    """Write down that something happened to a lot; whether that was news."""
    _, new = kept.SeriesEvent.objects.get_or_create(
        declaration=row,
        kind=kind,
        defaults={
            'admission': at.admission,
            'series': at.series,
            'state': state,
            'why': plain(why),
            'by': by,
            'at': datetime.now(UTC),
        },
    )
    if new:
        data = {'kind': kind, 'declaration': row.no, 'state': state, 'why': plain(why)}
        audit.append('series', by, subject(at.admission), data)
    return new


def subject(at: kept.Admission) -> str:
    """What the log calls a line."""
    return f'line:{at.scenario}:{at.line_id}'


# --- what happens to a line ---------------------------------------------------


def suspend(at: kept.Admission, why: Text, by: str, row: rows.Declaration | None = None) -> bool:
    """Take direct release from a line, with the reason; it stays until somebody readmits it."""
    if at.state == 'suspended':
        return False
    at.why = plain(why)
    _set_line(at, contract.Line(admission='suspended'), 'suspended', by, row)
    return True


def readmit(at: kept.Admission, why: Text, by: str) -> None:
    """Let a suspended line qualify again, from nothing."""
    at.why = plain(why)
    _set_line(at, contract.Line(), 'readmitted', by, None)


def recognise(at: kept.Admission, why: Text, by: str) -> None:
    """Take over the record that a line has from before this system: admitted, with its reason."""
    at.why = plain(why)
    _set_line(at, contract.Line(admission='admitted', run=at.run), 'recognised', by, None)


def recognise_series(at: kept.Series, why: Text, by: str) -> None:
    """Take over the record of a series: its lots are sampled from now on."""
    at.state = contract.recognised(contract.Series.read(at.state)).written()
    at.save(update_fields=['state'])
    _line_event(at.admission, 'recognised', by, None, why, at)


def resume(at: kept.Series, why: Text, by: str) -> bool:
    """Take up inspection by sample again, tightened, after it was discontinued."""
    state = contract.Series.read(at.state)
    after = switching.resumed(state.switch)
    if after == state.switch:
        return False
    at.state = contract.Series(csp1=state.csp1, skip=state.skip, switch=after).written()
    at.save(update_fields=['state'])
    _line_event(at.admission, 'resumed', by, None, why, at)
    return True


def _set_line(
    at: kept.Admission,
    state: contract.Line,
    kind: str,
    by: str,
    row: rows.Declaration | None,
) -> None:
    changed = at.state != state.admission
    at.state, at.run = state.admission, state.run
    if changed:
        at.since = datetime.now(UTC)
    if state.admission == 'admitted' and kind == 'admitted':
        at.why = None
    at.save()
    if changed:
        _line_event(at, kind, by, row, Text(**at.why) if at.why else None)


def _line_event(
    at: kept.Admission,
    kind: str,
    by: str,
    row: rows.Declaration | None,
    why: Text | None,
    of: kept.Series | None = None,
) -> None:
    state = {'admission': at.state, 'run': at.run}
    kept.SeriesEvent.objects.create(
        admission=at,
        series=of,
        declaration=row,
        kind=kind,
        why=plain(why),
        state=state,
        by=by,
        at=datetime.now(UTC),
    )
    data = {
        **state, 'kind': kind, 'declaration': row.no if row else '', 'why': plain(why),
        'design': of.design if of else None,
    }  # fmt: skip
    audit.append('line', by, subject(at), data)


def lapse(day: date) -> int:
    """Suspend every line whose certificate has lapsed by a day; returns how many."""
    found = kept.Admission.objects.filter(line__valid_until__lt=day).exclude(state='suspended')
    done = 0
    with atomic():
        for one in found.select_related('line').select_for_update(of=('self',)).order_by('pk'):
            until = one.line.valid_until.isoformat()
            done += suspend(one, LAPSED.of(no=one.line.certificate, day=until), MACHINE)
    return done
