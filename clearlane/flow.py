"""The verbs, in the order of the road: lodge, attach, present, read, examine, decide, carry out.

This is where rules meet the store; what people decide afterwards is in `outcomes`,
`corrections`, `certificates` and `reconsideration`. Each verb is one transaction that
ends with an entry in the audit log; a crash between two of them loses nothing, because
the status of the declaration says which step comes next.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clearlane import (
    audit,
    cases,
    judged,
    papers,
    payments,
    periods,
    personal,
    photographs,
    replay,
    series,
    uploads,
    visiting,
    watches,
)
from clearlane.access import Act, Actor, NotFound, require
from clearlane.admission import Rejected, admit
from clearlane.decision import decide as conclude
from clearlane.model import OUTCOMES, Decision, Outcome, Text, canonical, digest, plain
from clearlane.scenario import Case, Scenario, scenarios
from clearlane.stance import MACHINE as MACHINE
from clearlane.stance import SETTLED, allow, not_blind, read_blind
from clearlane.stance import Conflict as Conflict
from clearlane.stance import standing as standing
from clearlane.store import models as rows
from clearlane.store.session import atomic, enqueue, take_turn
from clearlane.store.start import blobs

LEGAL_TIME = periods.LEGAL_TIME
"""The law counts in days of this zone."""


def now() -> datetime:
    """This moment, aware."""
    return datetime.now(UTC)


def today() -> date:
    """The day on which an act of this moment counts."""
    return periods.today()


def scenario_named(name: str) -> Scenario:
    """The scenario of this name, or NotFound."""
    try:
        return scenarios()[name]
    except KeyError as error:
        raise NotFound(f'there is no scenario {name!r}') from error


# --- lodge --------------------------------------------------------------------


def lodge(
    actor: Actor,
    scenario_name: str,
    payload: Any,
    *,
    key: str | None = None,
    lot: Decimal | None = None,
    day: date | None = None,
    district: str = '',
) -> rows.Declaration:
    """Accept a declaration, or raise Rejected with every problem that it has.

    With the same `key` the same declaration is returned, so that a sender may try
    again. `lot` and `day` are given only where a run has to be repeatable: a lot that was
    given is kept as one that no proof holds for. `district` is
    the customs district where it is dealt with; without one it is the enterprise's.
    """
    require(actor, 'lodge')
    scenario = scenario_named(scenario_name)
    declared = admit(scenario.declares, payload)
    period = periods.current()
    with atomic():
        take_turn(f'lodge:{actor.party}:{key}' if key else f'lodge:{actor.party}')
        if key and (earlier := rows.Declaration.objects.filter(party=actor.party, key=key).first()):
            return _same(earlier, scenario, declared)
        row = _new(actor, scenario, declared, key, day)
        row.district = cases.district(district) or row.party.district
        at_the_door(scenario, row)
        row.save()
        watches.bind(scenario, row, declared)
        row.no = f'CL-{row.day.year}-{row.pk:07d}'
        row.lot = periods.draw_lot(row, period, lot)
        row.save(update_fields=['no', 'lot'])
        what = {'scenario': scenario.name, 'district': row.district}
        log('lodge', actor.name, row, what | {'declared': personal.unnamed(scenario, row.declared)})
    return row


def at_the_door(scenario: Scenario, row: rows.Declaration) -> None:
    """Ask the questions of the door about what is declared, or raise Rejected."""
    problems = [p for ask in scenario.door for p in ask(cases.at_the_door(scenario, row))]
    if problems:
        raise Rejected(problems)


def _new(
    actor: Actor,
    scenario: Scenario,
    declared: Any,
    key: str | None,
    day: date | None,
) -> rows.Declaration:
    return rows.Declaration(
        no=f'new-{secrets.token_hex(8)}',
        scenario=scenario.name,
        party=rows.Party.objects.get(pk=actor.party),
        day=day or today(),
        declared=plain(declared),
        lot=Decimal(1),
        key=key,
        lodged_at=now(),
        pieces=len(list(scenario.items(declared))),
    )


def _same(earlier: rows.Declaration, scenario: Scenario, declared: Any) -> rows.Declaration:
    if earlier.scenario == scenario.name and earlier.declared == plain(declared):
        return earlier
    raise Conflict(f'the key was used for another declaration, {earlier.no}; use a new key')


# --- attach -------------------------------------------------------------------


def attach(
    actor: Actor,
    no: str,
    data: bytes,
    *,
    kind: str = 'photograph',
    item: str = '',
    view: str = '',
    act: Act = 'attach',
) -> rows.Evidence:
    """Keep one piece of evidence; when this returns, neither bytes nor row can be lost.

    What may be sent for a `kind` its reader says: see `uploads`.

    The same bytes for the same item and view are one piece. New evidence on a
    declaration that was concluded already opens it again. `act` is what they must be allowed.
    """
    declaration = find(actor, no)
    require(actor, act, declaration.party_id)
    scenario = scenario_named(declaration.scenario)
    label = cases.label(scenario, declaration, kind, item, view)
    admitted = uploads.admit(data, scenario.readers[kind])
    sha256 = blobs().put(data)
    with atomic():
        declaration = locked(declaration.pk)
        allow(declaration, act, actor)
        piece, new = rows.Evidence.objects.get_or_create(
            declaration=declaration,
            sha256=sha256,
            item=label.item,
            view=label.view,
            defaults={**vars(admitted), 'kind': kind, 'received_at': now()},
        )
        if new:
            reopen(declaration)
            enqueue('read', evidence=piece.pk)
            log('attach', actor.name, declaration, _received(piece))
    return piece


def _received(piece: rows.Evidence) -> dict[str, Any]:
    names = ('kind', 'item', 'view', 'sha256', 'sm3', 'size', 'width', 'height')
    return {name: getattr(piece, name) for name in names}


def lock(declarations: Iterable[int]) -> None:
    """Hold these declarations until the transaction ends; taken in order, before the log."""
    found = rows.Declaration.objects.select_for_update().filter(pk__in=list(declarations))
    list(found.order_by('pk').values_list('pk', flat=True))


def new_facts(declaration: int) -> None:
    """Something that conclusions rest on has changed: conclude again if that was done already."""
    reopen(locked(declaration))


def reopen(declaration: rows.Declaration) -> None:
    """Conclusions are recomputed, never patched: set the programme counter back."""
    if declaration.status == 'lodged' or forgotten(declaration.pk):
        return
    if standing(declaration) not in SETTLED:
        rows.Proposal.objects.filter(declaration=declaration, state='open').update(state='lapsed')
        declaration.status = 'lodged'
        declaration.turn += 1
        declaration.save(update_fields=['status', 'turn'])
        enqueue('advance', declaration=declaration.pk)
        log('reopen', MACHINE, declaration, {'turn': declaration.turn})


def forgotten(declaration: int) -> bool:
    """Whether what it rests on was deleted by law: it stays as it is."""
    return bool(rows.Forgotten.objects.filter(declaration=declaration).exists())


def begin_again(row: rows.Declaration) -> None:
    """It has to be presented again: the enterprise has something to put right first."""
    row.status, row.presented_at = 'lodged', None
    row.turn += 1
    row.save(update_fields=['status', 'presented_at', 'turn', 'declared', 'pieces'])


def present(actor: Actor, no: str) -> rows.Declaration:
    """Say that the evidence is complete: from here the declaration moves by itself."""
    declaration = find(actor, no)
    require(actor, 'present', declaration.party_id)
    with atomic():
        declaration = locked(declaration.pk)
        if declaration.presented_at is None:
            allow(declaration, 'present', actor)
            declaration.sent_back.filter(answered_at=None).update(answered_at=now())
            close_tasks(declaration, ['correct'], actor.name)
            declaration.presented_at = now()
            declaration.save(update_fields=['presented_at'])
            enqueue('advance', declaration=declaration.pk)
            log('present', actor.name, declaration, {'evidence': declaration.evidence.count()})
    return declaration


# --- read ---------------------------------------------------------------------


def read(evidence: int) -> None:
    """Let the recogniser of its kind read a piece of evidence, and compare it with earlier ones.

    What is known already is not computed again. A recogniser that breaks leaves its
    error behind, which the checks take for a doubt.
    """
    piece = rows.Evidence.objects.select_related('declaration').get(pk=evidence)
    if forgotten(piece.declaration_id):
        return
    reader = scenario_named(piece.declaration.scenario).readers[piece.kind]
    known = rows.Reading.objects.filter(
        sha256=piece.sha256, recogniser=reader.name, digest=reader.digest
    )
    if not known.filter(error='').exists():
        found = photographs.read(reader, blobs(), piece.sha256)
        with atomic():
            rows.Reading.objects.update_or_create(
                sha256=piece.sha256,
                recogniser=reader.name,
                digest=reader.digest,
                defaults={**found, 'read_at': now()},
            )
    cases.compare(scenario_named(piece.declaration.scenario), piece)
    compare(piece)
    with atomic():
        enqueue('advance', declaration=piece.declaration_id)


def resume() -> int:
    """Have everything read again that is unfinished and that today's recognisers have not read.

    Nothing waits for ever after a change of models, or for a job that was given up.
    """
    waiting = cases.unread()
    with atomic():
        for evidence in waiting:
            enqueue('read', evidence=evidence)
    return len(waiting)


def compare(piece: rows.Evidence) -> None:
    """Find out whether a photograph repeats another one of the same party.

    Of two that are the same, the one that came later repeats the earlier one, even
    where the later one was looked at first.
    """
    if rows.Comparison.objects.filter(pk=piece.pk, error='').exists():
        return
    if piece.kind in scenario_named(piece.declaration.scenario).shown_again:
        rows.Comparison.objects.update_or_create(
            evidence=piece, defaults={'against': 0, 'error': ''}
        )
        return
    found = photographs.same(piece, photographs.others(piece), blobs())
    with atomic():
        take_turn(f'compare:{piece.declaration.party_id}')
        late = {
            later for earlier, later, likeness in found.pairs if _repeats(earlier, later, likeness)
        }
        rows.Comparison.objects.update_or_create(
            evidence=piece, defaults={'against': found.against, 'error': found.error}
        )
        surprised = rows.Declaration.objects.filter(evidence__in=late - {piece.pk}).distinct()
        for row in surprised.order_by('pk').select_related(None):
            reopen(locked(row.pk))


def _repeats(earlier: int, later: int, likeness: float) -> bool:
    """Write down that one photograph repeats another; whether that was news."""
    _, new = rows.Reuse.objects.get_or_create(
        evidence_id=later, earlier_id=earlier, defaults={'likeness': likeness}
    )
    return new


# --- advance ------------------------------------------------------------------


def advance(declaration: int) -> bool:
    """Take the next step of one declaration; returns whether there was one to take."""
    with atomic():
        row = locked(declaration)
        step = {'lodged': examine, 'examined': decide, 'decided': carry_out}.get(row.status)
        return step is not None and not forgotten(declaration) and step(row)


def examine(row: rows.Declaration) -> bool:
    """Everything has been read: the declaration can be concluded."""
    if row.presented_at is None or not cases.all_read(scenario_named(row.scenario), row):
        return False
    _step(row, 'examined', {'turn': row.turn, 'evidence': row.evidence.count()})
    return True


def decide(row: rows.Declaration) -> bool:
    """Conclude from all evidence; a release takes its amounts in the same transaction.

    The balances are locked before the case is written down, so that what the
    decision rests on is what it takes from.
    """
    scenario = scenario_named(row.scenario)
    balances = cases.lock_balances(scenario, row)
    form = replay.written(scenario, cases.case(scenario, row, balances))
    case = replay.restored(scenario, form)
    decision = conclude(scenario, case)
    if decision.outcome == 'release':
        cases.draw(scenario, row, case, balances)
        series.released(scenario, row)
    kept = keep(row, decision, form, MACHINE)
    judged.remember(kept, scenario, case, decision)
    _step(row, 'decided', {'turn': row.turn, **told(kept)})
    return True


def keep(
    row: rows.Declaration, decision: Decision, form: Mapping[str, Any], by: str
) -> rows.Decision:
    """Store a decision beside those before it, with everything that it was made from."""
    kept = rows.Decision.objects.create(
        declaration=row,
        turn=row.turn,
        number=row.decisions.count() + 1,
        outcome=decision.outcome,
        by=by,
        inputs=blobs().put(canonical(form)),
        result=canonical(decision).decode(),
        decided_at=now(),
    )
    cases.index(kept, form)
    return kept


def told(kept: rows.Decision) -> dict[str, Any]:
    """What the log says of a decision: enough to notice that its row was changed."""
    result = digest(kept.result.encode())
    return {'number': kept.number, 'outcome': kept.outcome, 'inputs': kept.inputs, 'result': result}


def carry_out(row: rows.Declaration) -> bool:
    """Do what the last decision says: issue the paper and plan the visit, or open a task."""
    scenario = scenario_named(row.scenario)
    decision = row.decisions.latest('number')
    case = replay.restored(scenario, cases.form_of(decision))
    if decision.outcome == 'release':
        done = release(scenario, row, case)
    else:
        done = refer(scenario, row, case, decision.outcome)
        _draw_a_second_reading(decision, case)
    _step(row, 'done', {'number': decision.number, **done})
    return True


def release(scenario: Scenario, row: rows.Declaration, case: Case) -> dict[str, Any]:
    """Issue the paper, once, and put the next visit into the diary, once."""
    close_tasks(row, OUTCOMES, MACHINE)
    done: dict[str, Any] = {}
    if scenario.on_release is not None:
        paper = papers.issue(scenario, row, scenario.on_release(case), now())
        done['certificate'] = paper.no
        done['documents'] = paper.documents
    if planned := payments.plan(row, scenario.pays(case)):
        done['payments'] = planned
    if scenario.revisit_after:
        due = visiting.after_release(scenario, row, case)
        task(row, 'visit', due, scenario.visit)
        done['visit'] = due.isoformat()
    return done


def refer(
    scenario: Scenario,
    row: rows.Declaration,
    case: Case,
    outcome: Outcome,
    start: date | None = None,
) -> dict[str, Any]:
    """Open a task for a person; a paper that was issued before is suspended."""
    due = (start or case.day) + timedelta(days=int(case.law.task_days[outcome]))
    task(row, outcome, due, scenario.task(outcome, due).title)
    suspended = rows.Certificate.objects.filter(declaration=row, state='valid').update(
        state='suspended'
    )
    return {'task': outcome, 'due': due.isoformat(), 'suspended': suspended}


def close_tasks(row: rows.Declaration, kinds: Iterable[str], by: str, note: str = '') -> None:
    """What a person had to do is done."""
    rows.Task.objects.filter(declaration=row, kind__in=kinds, closed_at=None).update(
        closed_at=now(), closed_by=by, note=note
    )


def task(row: rows.Declaration, kind: str, due: date, title: Text) -> None:
    """Something that a person has to do; there is one of a kind for a declaration."""
    rows.Task.objects.update_or_create(
        declaration=row,
        kind=kind,
        defaults={'due': due, 'title': plain(title), 'closed_at': None, 'closed_by': ''},
        create_defaults={'due': due, 'title': plain(title), 'opened_at': now()},
    )


def _draw_a_second_reading(decision: rows.Decision, case: Case) -> None:
    """A share of what is referred is also read by a second officer, who does not know the first."""
    share = Decimal(getattr(case.law, 'second_reading', {}).get('share', 0))
    if Decimal(secrets.randbelow(10**9)) / 10**9 < share:
        rows.SecondReading.objects.create(
            decision=decision, declaration=decision.declaration, drawn_at=now()
        )


NOTE = (
    Text('缺少理由或理由过长', 'the reason is missing or longer than 2000 characters'),
    Text('请写明依据', 'say what it rests on'),
)
"""What is told to a person who gives no reason."""


# --- what all of them need ----------------------------------------------------


def find(actor: Actor, no: str) -> rows.Declaration:
    """The declaration of this number, if the actor may see it; else NotFound."""
    row = rows.Declaration.objects.select_related('party').filter(no=no).first()
    if row is None:
        raise NotFound('not found')
    require(actor, 'see', row.party_id)
    not_blind(row, actor)
    return row


def visible(actor: Actor) -> Any:
    """All declarations that the actor may see, the newest first."""
    require(actor, 'see')
    found = rows.Declaration.objects.select_related('party').order_by('-pk')
    if actor.role == 'exporter':
        return found.filter(party=actor.party)
    return found.exclude(pk__in=read_blind(actor)) if actor.role == 'officer' else found


def locked(pk: int) -> rows.Declaration:
    """The row of a declaration, locked until the transaction ends."""
    return (
        rows.Declaration.objects.select_for_update(of=('self',)).select_related('party').get(pk=pk)
    )


def _step(row: rows.Declaration, status: str, data: Mapping[str, Any]) -> None:
    row.status = status
    row.save(update_fields=['status'])
    log(status, MACHINE, row, data)


def log(act: str, actor: str, row: rows.Declaration, data: Mapping[str, Any]) -> None:
    """One entry of the audit log about a declaration."""
    audit.append(act, actor, row.no, plain(data))
