"""The verbs of custody: one act on one numbered thing, by a person, kept for good."""

from __future__ import annotations

from datetime import datetime

from clearlane import audit, flow, live, watching
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.custodies import Lifecycle
from clearlane.flow import Conflict, now
from clearlane.model import Text
from clearlane.scenario import scenarios
from clearlane.store import models as rows
from clearlane.store.session import DatabaseError, atomic


def lifecycle(kind: str) -> Lifecycle:
    """The lifecycle of this kind of object, or NotFound."""
    for scenario in scenarios().values():
        for known in scenario.custody:
            if known.kind == kind:
                return known
    raise NotFound(f'there is no kind of object {kind!r}')


def act(
    actor: Actor,
    kind: str,
    number: str,
    what: str,
    *,
    declaration: str = '',
    holder: str = '',
    identity: str = '',
    at: datetime | None = None,
    place: str = '',
    note: str = '',
) -> rows.CustodyAct:
    """Do one step with one object, or Conflict where its state does not allow it.

    `at` is when it was done; `holder` and `identity` say who answers for it from then on.
    """
    require(actor, 'keep')
    life = lifecycle(kind)
    _fit(number, place, note, holder, identity)
    about = flow.find(actor, declaration) if declaration else None
    with atomic():
        _hold(kind, number, about)
        _sync(life)
        rows.CustodyObject.objects.get_or_create(kind=kind, number=number)
        thing = rows.CustodyObject.objects.select_for_update().get(kind=kind, number=number)
        _of_the_same(thing, about)
        step = life.step(what, thing.state)
        if step is None:
            raise Conflict(_refused(life, thing, what))
        if actor.role not in step.roles:
            raise NotAllowed(f'the role {actor.role} may not {what} a {kind}')
        return _record(actor, thing, step.after, what, about, holder, identity, at, place, note)


def _hold(kind: str, number: str, about: rows.Declaration | None) -> None:
    """Lock the watch and the declaration before the thing and the log, as the intake does."""
    known = rows.CustodyObject.objects.filter(kind=kind, number=number)
    pk = about.pk if about else known.values_list('declaration', flat=True).first()
    if pk is not None:
        rows.Watch.objects.select_for_update().filter(pk=pk).first()
        flow.lock([pk])


def _record(
    actor: Actor,
    thing: rows.CustodyObject,
    after: str,
    what: str,
    about: rows.Declaration | None,
    holder: str,
    identity: str,
    at: datetime | None,
    place: str,
    note: str,
) -> rows.CustodyAct:
    row = about or thing.declaration
    try:
        with atomic():
            done = rows.CustodyAct.objects.create(
                object=thing,
                number=thing.acts_done + 1,
                act=what,
                before=thing.state,
                after=after,
                operator=actor.name,
                holder=holder or thing.holder or actor.name,
                identity=identity,
                declaration=row,
                at=at or now(),
                recorded_at=now(),
                place=place,
                note=note,
            )
    except DatabaseError as error:
        raise Conflict(f'{thing.kind} {thing.number}: {error}') from error
    # Who had it in hand stands in the act, until the law has it deleted; the log is for ever.
    data = {
        'kind': thing.kind,
        'number': thing.number,
        'act': what,
        'before': done.before,
        'after': after,
        'at': done.at.isoformat(),
        'place': place,
        'note': note,
    }
    audit.append('custody', actor.name, row.no if row else f'{thing.kind}/{thing.number}', data)
    if row is not None:
        live.tell('custody', row, {k: data[k] for k in ('kind', 'number', 'act', 'after')})
        watching.changed_by_hand(row.pk)
        flow.new_facts(row.pk)
    return done


def _of_the_same(thing: rows.CustodyObject, about: rows.Declaration | None) -> None:
    if about is not None and thing.declaration_id not in (None, about.pk):
        other = rows.Declaration.objects.get(pk=thing.declaration_id)
        raise Conflict(f'{thing.kind} {thing.number} belongs to {other.no}')


def _refused(life: Lifecycle, thing: rows.CustodyObject, what: str) -> str:
    last = thing.acts.order_by('-number').first()
    by = f', by {last.operator} at {last.at.isoformat()}' if last else ''
    state = life.states[thing.state].en if thing.state in life.states else thing.state
    return f'{thing.kind} {thing.number} is {state or "unknown"}{by}: it cannot be {what}'


def _fit(number: str, place: str, note: str, holder: str, identity: str) -> None:
    wrong = [
        problem(name, value, 'text', *TOO_LONG)
        for name, value, most in (
            ('number', number, 40),
            ('place', place, 200),
            ('note', note, 2000),
            ('holder', holder, 150),
            ('identity', identity, 80),
        )
        if len(value) > most or any(ord(c) < 32 for c in value)
    ]
    if not number.strip():
        wrong.append(problem('number', number, 'number', *NO_NUMBER))
    if wrong:
        raise Rejected(wrong)


TOO_LONG = (
    Text('过长或含有控制字符', 'too long, or with control characters'),
    Text('请缩短', 'shorten it'),
)
NO_NUMBER = (Text('缺少编号', 'the number is missing'), Text('请填写编号', 'fill it in'))


def _sync(life: Lifecycle) -> None:
    """Have the database know the legal steps as the scenario declares them."""
    wanted = {(s.act, s.before): s.after for s in life.steps}
    known = {(s.act, s.before): s.after for s in rows.CustodyStep.objects.filter(kind=life.kind)}
    if wanted == known:
        return
    rows.CustodyStep.objects.filter(kind=life.kind).delete()
    rows.CustodyStep.objects.bulk_create(
        rows.CustodyStep(kind=life.kind, act=a, before=b, after=after)
        for (a, b), after in wanted.items()
    )
