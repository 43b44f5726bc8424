"""Deletion of what shows a person, once the time is over for which the law lets it be kept.

`retention` in the law of a scenario says for how many days. What was shown (photographs,
what was read of them, the case that a decision was made from), names and numbers in what was
declared and in the entries of fed libraries, in whose hands things were, papers, payees and
links are deleted; amounts, outcomes, days and reasons stay. The log keeps its entries, which
name nobody, and says what was deleted: it is by the log, and not by a row, that missing bytes
count as deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from clearlane import audit, cases, flow, personal
from clearlane.model import Text, canonical, digest, plain
from clearlane.scenario import Scenario, scenarios
from clearlane.store import models as rows
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.session import atomic, take_turn
from clearlane.store.start import blobs

ACT = 'forget'
GONE = Text('该项内容已依法删除', 'this was deleted by law')
UNDER_WAY = ('examined', 'decided')
UNSETTLED = ('planned', 'sent', 'reversing')


@dataclass(frozen=True, kw_only=True)
class Due:
    """What has to be deleted: a declaration by its number, or an entry as the log names it."""

    scenario: str
    subject: str
    pk: int
    entry: bool = False


# --- what is over -------------------------------------------------------------


def due(day: date) -> Iterator[Due]:
    """Everything whose time is over on a day, declarations before the entries they name."""
    for scenario, law in _bound(day):
        limit = day - timedelta(days=int(law['days']))
        for row in _declarations(scenario, limit):
            yield Due(scenario=scenario.name, subject=row.no, pk=row.pk)
        for entry in _entries(scenario, limit):
            subject = cases.entry_subject(entry)
            yield Due(scenario=scenario.name, subject=subject, pk=entry.pk, entry=True)


def _bound(day: date) -> Iterator[tuple[Scenario, Mapping[str, Any]]]:
    """The scenarios whose law says how long persons may be kept."""
    for scenario in scenarios().values():
        law = getattr(scenario.parameters.on(day), 'retention', None)
        if law is not None:
            yield scenario, law


def _declarations(scenario: Scenario, limit: date) -> Iterator[rows.Declaration]:
    """Old ones of which nothing is under way any more: no step, no payment, no reconsideration."""
    old = rows.Declaration.objects.filter(
        scenario=scenario.name, day__lt=limit, forgotten__isnull=True
    )
    old = old.exclude(status__in=UNDER_WAY).exclude(payments__state__in=UNSETTLED)
    old = old.exclude(reconsiderations__state__in=('requested', 'admitted'))
    for row in old.order_by('pk').iterator():
        last = row.decisions.order_by('-number').first()
        if last is None or last.decided_at < _begun(limit):
            yield row


def _begun(day: date) -> datetime:
    return datetime.combine(day, time(), flow.LEGAL_TIME)


def _entries(scenario: Scenario, limit: date) -> Iterator[rows.LibraryEntry]:
    """Old versions of fed entries that show a person and that no declaration rests on."""
    fed = [name for name in scenario.fed if _shows_a_person(scenario, scenario.libraries[name])]
    old = rows.LibraryEntry.objects.filter(
        scenario=scenario.name,
        library__in=fed,
        forgotten__isnull=True,
        submitted_at__lt=_begun(limit),
    ).exclude(payments__state__in=UNSETTLED)
    used: set[tuple[str, str, str]] | None = None
    for entry in old.order_by('pk').iterator():
        used = _used(scenario) if used is None else used
        if (entry.party_id, entry.library, entry.key) not in used:
            yield entry


def _shows_a_person(scenario: Scenario, record: type[Any]) -> bool:
    words = json.dumps(record.model_json_schema())
    return any(f'"{name}"' in words for name in scenario.personal)


def _used(scenario: Scenario) -> set[tuple[str, str, str]]:
    """(party, library, key) of what declarations name of which persons are still kept."""
    kept = rows.Declaration.objects.filter(scenario=scenario.name, forgotten__isnull=True)
    return {
        (party, library, key)
        for party, declared in kept.values_list('party_id', 'declared').iterator()
        for library, key in scenario.refers(scenario.declares.model_validate(declared))
    }


# --- deleting -----------------------------------------------------------------


def forget(day: date) -> list[Due]:
    """Delete whatever is over on a day, and what an earlier run did not come to."""
    done = []
    # What a declaration names becomes free with it, so entries are asked for afterwards.
    for one in due(day):
        (_forget_entry if one.entry else _forget)(one, day)
        done.append(one)
    finish()
    for scenario, law in _bound(day):
        if 'link_days' in law:
            _forget_links(scenario, day - timedelta(days=int(law['link_days'])))
    return done


def finish() -> int:
    """Delete the bytes of what is forgotten; a crash before leaves them named, not lost."""
    waiting = rows.Forgotten.objects.exclude(files=[])
    count = 0
    for found in waiting.order_by('pk'):
        for sha256 in found.files:
            blobs().delete(sha256)
            count += 1
        found.files = []
        found.save(update_fields=['files'])
    return count


def _forget(one: Due, day: date) -> None:
    scenario = flow.scenario_named(one.scenario)
    with atomic():
        take_turn('retention')
        row = flow.locked(one.pk)
        if rows.Forgotten.objects.filter(declaration=row).exists():
            return
        files = sorted({*_shown(row), *_inputs(row), *_printed(scenario, row)})
        # The database lets a decision be changed in the transaction of this row alone.
        rows.Forgotten.objects.create(declaration=row, day=day, files=files)
        results = [_judged(scenario, decision) for decision in row.decisions.order_by('number')]
        _rows(scenario, row)
        _hands(row)
        told = {'day': day, 'files': files, 'decisions': results}
        flow.log(ACT, flow.MACHINE, row, told)


def _judged(scenario: Scenario, decision: rows.Decision) -> dict[str, Any]:
    """A decision whose findings show nobody; what the log is told of it."""
    values = _values(scenario, decision)
    result = json.loads(decision.result)
    seen = set(
        decision.declaration.evidence.filter(kind__in=scenario.personal).values_list(
            'sha256', flat=True
        )
    )
    result['findings'] = [_finding(found, seen) for found in result['findings']]
    decision.result = canonical(personal.scrubbed(result, values)).decode()
    decision.save(update_fields=['result'])
    return {'number': decision.number, 'result': digest(decision.result.encode())}


def _values(scenario: Scenario, decision: rows.Decision) -> frozenset[str]:
    """What the case of a decision says of persons."""
    try:
        form = cases.form_of(decision)
    except (Missing, Damaged):
        return frozenset()
    read = [
        reading['value']
        for piece in form['evidence']
        if piece['kind'] in scenario.personal
        for reading in piece['readings']
    ]
    known = (
        *personal.named(scenario, form['libraries']),
        *personal.named(scenario, form['declared']),
        *_in_hand(form),
    )
    return frozenset(value for value in (*known, *read) if value != personal.FORGOTTEN)


def _in_hand(form: Mapping[str, Any]) -> Iterator[str]:
    """Who had the things in hand, by the acts of custody that the case knew."""
    for act in form.get('watched', {}).get('acts', ()):
        yield act['identity']
        if act['holder'] != act['operator']:
            yield act['holder']


def _finding(found: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    """A finding without its places in photographs; what rests on a person loses its reason."""
    shows = any(crop['evidence'] in seen for crop in found['crops'])
    kept = {**found, 'crops': []}
    return {**kept, 'reason': plain(GONE)} if shows else kept


def _shown(row: rows.Declaration) -> list[str]:
    """The photographs that no other declaration shows that is still kept; their readings go."""
    own = set(row.evidence.values_list('sha256', flat=True))
    others = rows.Evidence.objects.filter(sha256__in=own, declaration__forgotten__isnull=True)
    gone = own - set(others.exclude(declaration=row).values_list('sha256', flat=True))
    rows.Reading.objects.filter(sha256__in=gone).delete()
    row.evidence.update(fingerprint=b'', taken_at='')
    return sorted(gone)


def _inputs(row: rows.Declaration) -> list[str]:
    own = set(row.decisions.values_list('inputs', flat=True))
    others = rows.Decision.objects.filter(inputs__in=own, declaration__forgotten__isnull=True)
    return sorted(own - set(others.exclude(declaration=row).values_list('inputs', flat=True)))


def _printed(scenario: Scenario, row: rows.Declaration) -> list[str]:
    """Papers, notices and what was sent with a request: rows without persons, files to delete."""
    files: list[str] = []
    for paper in (*row.certificates.all(), *row.notices.all()):
        files += paper.documents.values()
        paper.fields = personal.erased(scenario, {**paper.fields, 'findings': []})
        paper.documents = {}
        paper.save(update_fields=['fields', 'documents'])
    for asked in row.reconsiderations.all():
        files += [one['sha256'] for one in asked.documents]
        asked.documents = []
        asked.save(update_fields=['documents'])
    return files


def _rows(scenario: Scenario, row: rows.Declaration) -> None:
    """What was declared and the rules keep of it, payees, links; what is left to do is closed."""
    row.declared = personal.erased(scenario, row.declared)
    row.save(update_fields=['declared'])
    for one in row.corrections.all():
        one.before = personal.erased(scenario, one.before)
        one.after = personal.erased(scenario, one.after)
        one.save(update_fields=['before', 'after'])
    for known in rows.Judged.objects.filter(decision__declaration=row):
        known.facts = personal.erased(scenario, known.facts)
        known.save(update_fields=['facts'])
    row.payments.update(payee=personal.FORGOTTEN)
    row.links.all().delete()
    flow.close_tasks(row, row.tasks.values_list('kind', flat=True), flow.MACHINE, GONE.zh)


def _hands(row: rows.Declaration) -> None:
    """Who had the things of it in hand; officers, who act in their own name, stay."""
    for act in rows.CustodyAct.objects.filter(declaration=row):
        act.holder = act.operator if act.holder == act.operator else personal.FORGOTTEN
        act.identity = personal.FORGOTTEN if act.identity else ''
        act.save(update_fields=['holder', 'identity'])
    for thing in row.objects_held.all():
        thing.holder = thing.acts.latest('number').holder
        thing.save(update_fields=['holder'])


def _forget_entry(one: Due, day: date) -> None:
    scenario = flow.scenario_named(one.scenario)
    with atomic():
        take_turn('retention')
        entry = rows.LibraryEntry.objects.select_for_update().get(pk=one.pk)
        _, new = rows.Forgotten.objects.get_or_create(entry=entry, defaults={'day': day})
        if not new:
            return
        entry.data = personal.erased(scenario, entry.data)
        entry.save(update_fields=['data'])
        rows.Payment.objects.filter(entry=entry).update(payee=personal.FORGOTTEN)
        told = plain({'day': day, 'version': entry.version})
        audit.append(ACT, flow.MACHINE, cases.entry_subject(entry), told)


def _forget_links(scenario: Scenario, limit: date) -> None:
    """Nobody looks at older links: the window of the risk is over."""
    with atomic():
        count, _ = rows.Link.objects.filter(scenario=scenario.name, day__lt=limit).delete()
        if count:
            told = plain({'before': limit, 'links': count})
            audit.append(ACT, flow.MACHINE, f'links/{scenario.name}', told)


# --- afterwards ---------------------------------------------------------------


def told(numbers: Iterable[str] | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(subject, what was deleted) of every declaration that the log says was forgotten."""
    found = rows.AuditEntry.objects.filter(act=ACT).order_by('index')
    if numbers is not None:
        found = found.filter(subject__in=list(numbers))
    for entry in found.iterator():
        data = json.loads(entry.leaf)['data']
        if 'files' in data:
            yield entry.subject, data
