"""A case written down, and concluded again: the same bytes in, the same decision out.

`written` is everything that a decision was made from. Its canonical JSON is kept,
content-addressed, beside the decision; `again` concludes from it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from clearlane.decision import decide
from clearlane.library import Entry, Library
from clearlane.model import (
    Act,
    Answer,
    Evidence,
    Held,
    Incident,
    Party,
    Past,
    Reading,
    Reuse,
    Text,
    Watched,
    canonical,
    plain,
)
from clearlane.sampling.contract import Plan
from clearlane.scenario import Case, Scenario

if TYPE_CHECKING:
    from clearlane.targeting.rules import RuleSet

FORM = 1
"""Version of the written form."""


class CannotReplay(ValueError):
    """The case was made by something that this installation does not have."""


def written(scenario: Scenario, case: Case) -> dict[str, Any]:
    """Everything that the decision on this case depends on."""
    form = {
        **({} if case.plan is None else {'plan': plain(case.plan)}),
        'form': FORM,
        'scenario': scenario.name,
        'rules': scenario.digest,
        'recognisers': {
            reader.name: {'digest': reader.digest, 'models': reader.models}
            for reader in scenario.readers.values()
        },
        'declared': plain(case.declared),
        'party': plain(case.party),
        'day': case.day.isoformat(),
        'lot': format(case.lot, 'f'),
        'law': plain(vars(case.law)),
        'evidence': plain(case.evidence),
        'libraries': {name: plain(lib.entries) for name, lib in case.libraries.items()},
        'past': plain(case.past),
        # A case without links is written as it was before there were any.
        **({'network': plain(case.network)} if case.network else {}),
        **({'watched': plain(case.watched)} if case.watched else {}),
    }
    if case.answers:
        form['answers'] = plain(case.answers)
    return form if case.rules is None else {**form, 'targeting': plain(case.rules)}


def restored(scenario: Scenario, form: Mapping[str, Any]) -> Case:
    """The case that was written down."""
    if form['form'] != FORM:
        raise CannotReplay(f'the case was written in form {form["form"]}, this is form {FORM}')
    return Case(
        declared=scenario.declares.model_validate(form['declared']),
        party=Party(**form['party']),
        day=date.fromisoformat(form['day']),
        lot=Decimal(form['lot']),
        law=SimpleNamespace(**form['law']),
        evidence=tuple(_evidence(e) for e in form['evidence']),
        libraries={n: _library(scenario, n, e) for n, e in form['libraries'].items()},
        past=Past(**form.get('past', {})),
        rules=_rules(form),
        network=form.get('network', {}),
        watched=watched(form.get('watched')),
        answers=tuple(answer(a) for a in form.get('answers', ())),
        plan=_plan(form.get('plan')),
    )


def answer(form: Mapping[str, Any]) -> Answer:
    """An officer's answer from its written form."""
    return Answer(**{**form, 'day': date.fromisoformat(form['day'])})


def _rules(form: Mapping[str, Any]) -> RuleSet | None:
    """The risk rules that were active, if the form has any."""
    if 'targeting' not in form:
        return None
    from clearlane.targeting.rules import RuleSet  # brings a parser of SQL along

    return RuleSet.model_validate(form['targeting'])


def _plan(form: Mapping[str, Any] | None) -> Plan | None:
    """The sampling plan; cases that were written before there was one have none."""
    if form is None:
        return None
    why = form['why'] and Text(**form['why'])
    return Plan(**{**form, 'series': tuple(form['series']), 'why': why})


def again(scenario: Scenario, form: Mapping[str, Any]) -> bytes:
    """The canonical decision on a case that was written down."""
    return canonical(decide(scenario, restored(scenario, form)))


def _evidence(form: Mapping[str, Any]) -> Evidence:
    plain_fields = {f.name: form[f.name] for f in fields(Evidence)}
    return Evidence(
        **{
            **plain_fields,
            'readings': tuple(reading(r) for r in form['readings']),
            'reused': tuple(Reuse(**r) for r in form['reused']),
        }
    )


def watched(form: Mapping[str, Any] | None) -> Watched | None:
    """What devices saw, from its written form."""
    if form is None:
        return None
    return Watched(
        **{
            **form,
            **{name: _moment(form[name]) for name in ('first_at', 'last_at')},
            'incidents': tuple(_incident(i) for i in form['incidents']),
            'acts': tuple(
                Act(**{**a, 'at': datetime.fromisoformat(a['at'])}) for a in form['acts']
            ),
            'held': tuple(Held(**h) for h in form['held']),
        }
    )


def _incident(form: Mapping[str, Any]) -> Incident:
    times = {name: _moment(form[name]) for name in ('began_at', 'ended_at')}
    return Incident(
        **{**form, **times, 'reason': Text(**form['reason']), 'evidence': tuple(form['evidence'])}
    )


def _moment(form: str | None) -> datetime | None:
    return None if form is None else datetime.fromisoformat(form)


def reading(form: Mapping[str, Any]) -> Reading:
    """A reading from its written form."""
    box = tuple((int(x), int(y)) for x, y in form['box'])
    return Reading(**{**form, 'box': box})


def _library(scenario: Scenario, name: str, entries: Mapping[str, Any]) -> Library:
    return Library({key: entry(scenario.libraries[name], e) for key, e in entries.items()})


def entry(record: type[Any], form: Mapping[str, Any]) -> Entry:
    """An entry of a library from its written form."""
    days = {d: date.fromisoformat(form[d]) if form[d] else None for d in ('since', 'until')}
    return Entry(**{**form, **days, 'data': record.model_validate(form['data'])})
