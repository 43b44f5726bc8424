"""The periodic visit: held, photographed, signed by both sides, put right, and followed up.

`planned → held → signed → closed`. What was found is written down once, with `hold`; both
sides sign its hash; the enterprise answers what it has to put right and an officer sees
that it was. A grave finding suspends the lines of the plant at once, one that is overdue
when its day has passed. The day of the next visit follows from credit class and record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Literal

from clearlane import audit, flow, papers, photographs, series, visiting
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.model import Text, canonical, digest, plain
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.session import atomic
from clearlane.store.start import blobs

SIDES = ('customs', 'enterprise')
Side = Literal['customs', 'enterprise']
Method = Literal['password', 'drawn']
RESULTS = ('yes', 'no', 'none')
"""An item of the checklist holds, does not hold, or does not apply."""

MOST_WORDS = 1000
MOST_DRAWING = 60_000
_DRAWING = re.compile(r'[ML0-9. ,-]+')
"""A drawn signature is the path of an SVG: moves and lines only."""


@dataclass(frozen=True)
class Answer:
    """One answer of the checklist."""

    result: str
    note: str = ''


@dataclass(frozen=True)
class Fault:
    """What has to be put right, by when, and whether the lines stop meanwhile."""

    what: str
    due: date
    grave: bool = False


# --- seeing -------------------------------------------------------------------


def visible(actor: Actor) -> Any:
    """The visits that an actor may see, by the day they are due."""
    require(actor, 'see')
    found = kept.Visit.objects.select_related('plant__party')
    if actor.role == 'exporter':
        found = found.filter(plant__party=actor.party)
    return found.order_by('due', 'pk')


def find(actor: Actor, number: int) -> kept.Visit:
    """One visit, if the actor may see it; else NotFound."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound('not found')
    return found


def law(visit: kept.Visit, day: date | None = None) -> SimpleNamespace:
    """The law that a visit is held under."""
    on = day or visit.held_on or flow.today()
    return flow.scenario_named(visit.scenario).parameters.on(on)


def checklist(visit: kept.Visit, day: date | None = None) -> list[dict[str, Any]]:
    """What is looked at, as the parameter of the day says: key, zh, en."""
    return list(getattr(law(visit, day), 'visit_checklist', ()))


def released(visit: kept.Visit) -> Any:
    """The batches of the plant that were released and that no visit has looked back at."""
    lines = kept.SeriesEvent.objects.filter(
        admission__line__plant=visit.plant, admission__scenario=visit.scenario
    )
    return (
        rows.Declaration.objects.filter(pk__in=lines.values('declaration'))
        .filter(tasks__kind='visit', tasks__closed_at=None)
        .order_by('day', 'pk')
    )


# --- holding ------------------------------------------------------------------


def propose(actor: Actor, scenario: str, plant: int, due: date, why: str) -> kept.Visit:
    """Put a visit into the diary, or move the planned one forward, with a reason."""
    require(actor, 'visit')
    flow.scenario_named(scenario)
    if not why.strip() or len(why) > MOST_WORDS:
        raise Rejected([problem('why', why, 'why', *flow.NOTE)])
    if due < flow.today():
        raise Rejected([problem('due', due.isoformat(), 'due', *EARLY)])
    with atomic():
        home = kept.Plant.objects.select_related('party').filter(pk=plant).first()
        if home is None:
            raise NotFound('there is no such plant')
        credit = series.credit(home.party, flow.today())
        days = (due - flow.today()).days
        words = [Text('{why}', '{why}').of(why=why.strip())]
        return visiting.plan(scenario, home, due, credit, days, words, actor.name)


def hold(
    actor: Actor,
    number: int,
    held_on: date,
    represented_by: str,
    answers: Mapping[str, Answer],
    summary: str,
    faults: Sequence[Fault] = (),
) -> kept.Visit:
    """Write down what was found; it may be written again until somebody has signed it."""
    require(actor, 'visit')
    with atomic():
        visit = _locked(actor, number, 'planned', 'held')
        if visit.signatures.exists():
            raise flow.Conflict('it has been signed; what was found cannot be changed any more')
        _acceptable(visit, held_on, represented_by, answers, summary, faults)
        visit.state, visit.held_on, visit.officer = 'held', held_on, actor.name
        visit.represented_by, visit.summary = represented_by.strip(), summary.strip()
        visit.answers = {key: plain(answers[key]) for key in answers}
        visit.rectifications.all().delete()
        kept.Rectification.objects.bulk_create(
            kept.Rectification(visit=visit, what=f.what.strip(), due=f.due, grave=f.grave)
            for f in faults
        )
        visit.record = _record_hash(visit)
        visit.save()
        audit.append('hold_visit', actor.name, subject(visit), {'record': visit.record})
    return visit


def _acceptable(
    visit: kept.Visit,
    held_on: date,
    represented_by: str,
    answers: Mapping[str, Answer],
    summary: str,
    faults: Sequence[Fault],
) -> None:
    keys = [item['key'] for item in checklist(visit, held_on)]
    found = [problem(f'answers.{k}', None, 'missing', *ANSWER) for k in keys if k not in answers]
    found += [problem(f'answers.{k}', k, 'unknown', *UNKNOWN) for k in answers if k not in keys]
    found += [
        problem(f'answers.{key}', answer.result, 'answer', *ANSWER)
        for key, answer in answers.items()
        if answer.result not in RESULTS or (answer.result == 'no' and not answer.note.strip())
    ]
    if held_on > flow.today():
        found.append(problem('held_on', held_on.isoformat(), 'held_on', *FUTURE))
    if not represented_by.strip() or len(represented_by) > 150:
        found.append(problem('represented_by', represented_by, 'represented_by', *NAME))
    if not summary.strip() or len(summary) > 2 * MOST_WORDS:
        found.append(problem('summary', summary, 'summary', *flow.NOTE))
    for fault in faults:
        if not fault.what.strip() or len(fault.what) > 500 or fault.due < held_on:
            found.append(problem('faults', fault.what, 'fault', *FAULT))
    if any(a.result == 'no' for a in answers.values()) and not faults:
        found.append(problem('faults', None, 'fault_missing', *NO_FAULT))
    if found:
        raise Rejected(found)


def photograph(actor: Actor, number: int, data: bytes, question: str = '') -> kept.VisitPhotograph:
    """Keep a photograph of a visit, beside an item of its checklist or for the whole."""
    require(actor, 'visit')
    admitted = photographs.admit(data)
    blobs().put(data)
    with atomic():
        visit = _locked(actor, number, 'planned', 'held')
        if visit.signatures.exists():
            raise flow.Conflict('it has been signed; no photograph can be added any more')
        piece, new = kept.VisitPhotograph.objects.get_or_create(
            visit=visit,
            sha256=admitted.sha256,
            defaults={
                'sm3': admitted.sm3,
                'media_type': admitted.media_type,
                'question': question[:60],
                'by': actor.name,
                'at': flow.now(),
            },
        )
        if new:
            if visit.state == 'held':
                visit.record = _record_hash(visit)
                visit.save(update_fields=['record'])
            data_of = {'sha256': admitted.sha256, 'sm3': admitted.sm3, 'question': question[:60]}
            audit.append('photograph_visit', actor.name, subject(visit), data_of)
    return piece


# --- signing ------------------------------------------------------------------


def record(visit: kept.Visit) -> dict[str, Any]:
    """What both sides sign: everything that was found, photographs by their hashes."""
    return {
        'form': 'clearlane/visit/1',
        'visit': visit.pk,
        'scenario': visit.scenario,
        'party': visit.plant.party_id,
        'plant': visit.plant.name,
        'held_on': visit.held_on.isoformat() if visit.held_on else None,
        'officer': visit.officer,
        'represented_by': visit.represented_by,
        'answers': visit.answers,
        'summary': visit.summary,
        'rectifications': [
            {'what': r.what, 'due': r.due.isoformat(), 'grave': r.grave}
            for r in visit.rectifications.order_by('pk')
        ],
        'photographs': sorted(visit.photographs.values_list('sha256', flat=True)),
    }


def _record_hash(visit: kept.Visit) -> str:
    return digest(canonical(record(visit)))


def sign(
    actor: Actor, number: int, side: Side, name: str, method: Method, drawing: str = ''
) -> kept.VisitSignature:
    """Sign the record of a visit for one side.

    The officer who held it signs for customs and confirms by password (the caller has
    checked it). The enterprise signs by a person of its own who confirms by password, or
    by a signature that its representative draws on the officer's device, with his typed name.
    """
    with atomic():
        visit = _locked(actor, number, 'held')
        _may_sign(actor, visit, side, method)
        _signable(visit, name, method, drawing)
        at = flow.now()
        said = {
            'record': visit.record, 'side': side, 'name': name.strip(), 'method': method,
            'drawing': drawing, 'by': actor.name, 'at': at.isoformat(),
        }  # fmt: skip
        signature = kept.VisitSignature.objects.create(
            visit=visit,
            side=side,
            name=name.strip(),
            method=method,
            drawing=drawing,
            record=visit.record,
            digest=digest(canonical(said)),
            by=actor.name,
            at=at,
        )
        both = visit.signatures.count() == len(SIDES)
        if both:
            _hold_rows(visit)
        data = {'record': visit.record, 'side': side, 'method': method}
        data['digest'] = signature.digest
        audit.append('sign_visit', actor.name, subject(visit), data)
        if both:
            _signed(visit)
    return signature


def _may_sign(actor: Actor, visit: kept.Visit, side: Side, method: Method) -> None:
    if side == 'customs':
        require(actor, 'visit')
        if actor.name != visit.officer or method != 'password':
            raise NotAllowed('the officer who held the visit signs for customs, by password')
    elif actor.role == 'exporter':
        if method != 'password':
            raise NotAllowed('whoever has signed in confirms by password')
    else:
        require(actor, 'visit')
        if method != 'drawn':
            raise NotAllowed('on the device of customs the enterprise draws its signature')
    if visit.signatures.filter(side=side).exists():
        raise flow.Conflict('this side has signed already')


def _signable(visit: kept.Visit, name: str, method: Method, drawing: str) -> None:
    if visit.record != _record_hash(visit):
        raise flow.Conflict('the record has changed since it was written; write it again')
    found = []
    if not name.strip() or len(name) > 150:
        found.append(problem('name', name, 'name', *NAME))
    drawn = len(drawing) <= MOST_DRAWING and _DRAWING.fullmatch(drawing) and 'L' in drawing
    if (method == 'drawn' and not drawn) or (method == 'password' and drawing):
        found.append(problem('drawing', None, 'drawing', *DRAWING))
    if found:
        raise Rejected(found)


def _hold_rows(visit: kept.Visit) -> None:
    """Lock and change whatever others change too, before the head of the log is held."""
    of = {'scenario': visit.scenario}
    lines = kept.Admission.objects.filter(line__plant=visit.plant, **of)
    list(lines.select_for_update().order_by('pk'))
    planned = kept.Visit.objects.filter(plant=visit.plant, state='planned', **of)
    list(planned.select_for_update().order_by('pk'))
    rows.Task.objects.filter(
        declaration__in=released(visit), declaration__day__lte=visit.held_on, kind='visit'
    ).update(closed_at=flow.now(), closed_by=visit.officer, note=f'visit {visit.pk}')


def _signed(visit: kept.Visit) -> None:
    """Both sides have signed: the paper is made, the batches count as visited, and what follows."""
    visit.state = 'signed'
    visit.documents = {
        language: blobs().put(papers.visit_record(paper(visit), language))
        for language in papers.LANGUAGES
    }
    grave = list(visit.rectifications.filter(grave=True))
    if grave:
        suspend(visit, FOUND.of(what=grave[0].what, day=visit.held_on.isoformat()), visit.officer)
        _follow_up(visit, max(one.due for one in grave))
    _next(visit)
    close_if_done(visit)
    visit.save()


def suspend(visit: kept.Visit, why: Text, by: str) -> None:
    """Take direct release from every line of the plant that was visited."""
    found = kept.Admission.objects.filter(line__plant=visit.plant, scenario=visit.scenario)
    for one in found.select_for_update().order_by('pk'):
        series.suspend(one, why, by)


def _follow_up(visit: kept.Visit, due: date) -> None:
    """A visit of its own to see that what was grave has been put right."""
    follow = kept.Visit.objects.create(
        scenario=visit.scenario,
        plant=visit.plant,
        follows=visit,
        due=due,
        plan={'why': [plain(FOLLOWS)], 'by': flow.MACHINE},
        opened_at=flow.now(),
    )
    data = {'due': due.isoformat(), 'follows': visit.pk}
    audit.append('plan_visit', flow.MACHINE, subject(follow), data)


def _next(visit: kept.Visit) -> None:
    name = flow.scenario_named(visit.scenario).revisit_after
    if not name or visit.follows_id is not None:
        return
    of = law(visit)
    credit = series.credit(visit.plant.party, visit.held_on)
    why = visiting.record(visit.plant, visit.scenario, of, visit.held_on)
    days = visiting.interval(of, name, credit, short=bool(why))
    due = visit.held_on + timedelta(days=days)
    visiting.plan(visit.scenario, visit.plant, due, credit, days, why, flow.MACHINE)


def close_if_done(visit: kept.Visit) -> None:
    """Close a signed visit of which nothing is left to be put right."""
    if visit.state == 'signed' and not visit.rectifications.exclude(state='done').exists():
        visit.state, visit.closed_at = 'closed', flow.now()
        audit.append('close_visit', flow.MACHINE, subject(visit), {'record': visit.record})


# --- what all of them need ----------------------------------------------------


def paper(visit: kept.Visit) -> dict[str, Any]:
    """The fields of the visit record as they are printed."""
    party = visit.plant.party
    titles = {item['key']: item for item in checklist(visit)}
    return {
        **record(visit),
        'no': f'V-{visit.pk:06d}',
        'party_name': party.name,
        'credit': series.credit(party, visit.held_on),
        'title': plain(flow.scenario_named(visit.scenario).title),
        'record': visit.record,
        'lines': [
            {'zh': titles[k]['zh'], 'en': titles[k]['en'], **a}
            for k, a in visit.answers.items()
            if k in titles
        ],
        'signatures': [
            {
                'side': s.side, 'name': s.name, 'method': s.method, 'drawing': s.drawing,
                'digest': s.digest, 'at': s.at.isoformat(timespec='seconds'),
            }
            for s in visit.signatures.order_by('side')
        ],
    }  # fmt: skip


def _locked(actor: Actor, number: int, *states: str) -> kept.Visit:
    find(actor, number)
    visit = (
        kept.Visit.objects.select_for_update(of=('self',))
        .select_related('plant__party')
        .get(pk=number)
    )
    if visit.state not in states:
        raise flow.Conflict(f'the visit is {visit.state} already')
    return visit


def subject(visit: kept.Visit) -> str:
    """What the log calls a visit."""
    return f'visit:{visit.pk}'


EARLY = (
    Text('计划日期早于今天', 'the planned day lies in the past'),
    Text('请填写今天或以后的日期', 'enter today or a later day'),
)
FUTURE = (
    Text('检查日期晚于今天', 'the day of the visit lies in the future'),
    Text('请填写实际检查日期', 'enter the day on which it was held'),
)
ANSWER = (
    Text('该项没有答案，或不符合而未写明', 'this item has no answer, or no note of what was seen'),
    Text(
        '请逐项选择；不符合的写明所见',
        'answer each item; write what was seen where it does not hold',
    ),
)
UNKNOWN = (
    Text('检查表没有这一项', 'the checklist has no such item'),
    Text('请按当日检查表填写', 'use the checklist of the day'),
)
NAME = (
    Text('缺少姓名', 'the name is missing'),
    Text('请填写姓名，不超过 150 字', 'type the name, in 150 characters'),
)
FAULT = (
    Text(
        '整改事项为空、过长或期限早于检查日',
        'a finding is empty, too long or due too early',
    ),
    Text('请写明整改事项和期限', 'say what has to be put right, and by when'),
)
NO_FAULT = (
    Text('有不符合项但没有整改事项', 'an item does not hold, and nothing has to be put right'),
    Text('请至少填写一项整改', 'enter at least one finding'),
)
DRAWING = (
    Text('签名为空或无效', 'the signature is empty or not valid'),
    Text('请在签名框内手写签名', 'draw the signature in the box'),
)
FOUND = Text('{day} 现场检查发现重大问题：{what}', 'a grave finding of the visit on {day}: {what}')
FOLLOWS = Text('复查上次的重大问题', 'see that the grave finding has been put right')
