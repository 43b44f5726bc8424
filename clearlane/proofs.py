"""Proofs over what is stored: decisions made again, bytes hashed again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from clearlane import audit, replay, retention
from clearlane.access import NotFound
from clearlane.cases import form_of
from clearlane.flow import MACHINE, scenario_named
from clearlane.model import digest
from clearlane.store import models as rows
from clearlane.store.blobs import Damaged, Missing
from clearlane.store.start import blobs

DECIDING = ('decided', 'close', 'refer', 'confirm', 'reconsider', 'cancel_decision')
"""The acts of the log that put a decision beside the others."""


def replayed(numbers: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    """Each decision of the machine, made again: whether the bytes are the same, and why not.

    Decisions of a person are listed by their inputs only: those have to be there. What the
    log says was deleted by law is neither the same nor another: `same` is None.
    """
    found = rows.Decision.objects.select_related('declaration').order_by('pk')
    if numbers is not None:
        _all_known(numbers)
        found = found.filter(declaration__no__in=numbers)
    deleted = _deleted(numbers)
    for decision in found:
        day = deleted.get(decision.inputs)
        why = _difference(decision) if day is None else f'deleted by law on day {day}'
        yield {
            'declaration': decision.declaration.no,
            'number': decision.number,
            'outcome': decision.outcome,
            'inputs': decision.inputs,
            'same': None if day is not None else why == '',
            'why': why,
        }


def _deleted(numbers: Iterable[str] | None = None) -> dict[str, str]:
    """SHA-256 of what the log says was deleted by law → the day."""
    return {
        sha256: data['day']
        for _, data in retention.told(numbers)
        for sha256 in data['files']
        if not blobs().has(sha256)
    }


def _all_known(numbers: Sequence[str]) -> None:
    known = set(rows.Declaration.objects.filter(no__in=numbers).values_list('no', flat=True))
    missing = [no for no in numbers if no not in known]
    if missing:
        raise NotFound(f'there is no declaration {missing[0]}')


def _difference(decision: rows.Decision) -> str:
    """Why the stored decision cannot be reproduced, or nothing."""
    try:
        form = form_of(decision)
        scenario = scenario_named(decision.declaration.scenario)
        _same_models(scenario, form)
        if decision.by != MACHINE:
            return ''
        made = replay.again(scenario, form).decode()
    except (Missing, Damaged, NotFound, replay.CannotReplay) as error:
        return str(error)
    if made == decision.result:
        return ''
    changed = '' if form['rules'] == scenario.digest else ' (the rules have changed since)'
    return f'another decision comes out{changed}'


def _same_models(scenario: Any, form: dict[str, Any]) -> None:
    """The models that made the readings are those that are here; code may have been mended."""
    here = {reader.name: reader.models for reader in scenario.readers.values()}
    for name, made_by in form['recognisers'].items():
        if here.get(name) != made_by['models']:
            raise replay.CannotReplay(
                f'{name} has the models {here.get(name)}, the decision rests on {made_by["models"]}'
            )


def stored_bytes() -> int:
    """Hash all bytes that the log names again; raises audit.Broken at the first that differs.

    What the log says was deleted by law need not be there.
    """
    named = set(_named()) - _deleted().keys()
    for sha256 in sorted(named):
        try:
            blobs().get(sha256)
        except (Missing, Damaged) as error:
            raise audit.Broken(str(error)) from error
    _rows_agree()
    return len(named)


def _named() -> Iterator[str]:
    yield from rows.Evidence.objects.values_list('sha256', flat=True)
    yield from rows.Decision.objects.values_list('inputs', flat=True)
    for table in (rows.Certificate, rows.Notice):
        for documents in table.objects.values_list('documents', flat=True):
            yield from documents.values()
    for sent in rows.Reconsideration.objects.values_list('documents', flat=True):
        yield from (one['sha256'] for one in sent)
    yield from rows.ReferencePhotograph.objects.values_list('sha256', flat=True)


def _rows_agree() -> None:
    """What the rows say of decisions is what the log says of them."""
    logged: dict[tuple[str, int], str] = {}
    for entry in rows.AuditEntry.objects.filter(act__in=DECIDING):
        leaf = json.loads(entry.leaf)
        data = leaf['data']
        logged[leaf['subject'], data['number']] = data['result']
    for subject, data in retention.told():
        for one in data['decisions']:
            logged[subject, one['number']] = one['result']
    for decision in rows.Decision.objects.select_related('declaration'):
        key = (decision.declaration.no, decision.number)
        if logged.get(key) != digest(decision.result.encode()):
            raise audit.Broken(f'decision {key[1]} on {key[0]} differs from what was logged')
