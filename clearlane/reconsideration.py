"""Reconsideration (行政复议): another officer looks at a refusal again, by the law's clock.

The refusal stays as it is. Whoever took part in it takes no part here. The answer is a
decision of its own that is linked to the contested one: upheld, changed into a release,
or revoked, so that the goods are inspected anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from clearlane import flow, notices, outcomes, photographs, procedure, series, stance, workdays
from clearlane.access import Actor, NotAllowed, require
from clearlane.admission import Rejected, problem
from clearlane.model import Outcome, Text
from clearlane.outcomes import Opinion, Said
from clearlane.store import models as rows
from clearlane.store.session import atomic
from clearlane.store.start import blobs

OPEN = ('requested', 'admitted')
ANSWERS: dict[str, str] = {
    'refuse': 'upheld', 'release': 'changed', 'review': 'revoked', 'remote': 'revoked',
    'inspect': 'revoked',
}  # fmt: skip
"""The outcome of the new decision → what became of the request."""
MOST_DOCUMENTS = 10


def contest(
    actor: Actor, no: str, grounds: str, documents: Sequence[bytes] = ()
) -> rows.Reconsideration:
    """Ask for reconsideration of a refusal, within the days of the law, with photographs."""
    row = flow.find(actor, no)
    require(actor, 'contest', row.party_id)
    _argued(grounds, documents)
    kept = [_document(data) for data in documents]
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'contest', actor)
        rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
        contested = row.decisions.latest('number')
        _in_time(contested, rules)
        rule, calendar = rules.reconsideration, rules.working_calendar
        admit_by = workdays.limit(flow.today(), rule['admit'], calendar)
        asked = rows.Reconsideration.objects.create(
            declaration=row,
            contested=contested,
            grounds=grounds.strip(),
            documents=kept,
            requested_by=actor.name,
            requested_at=flow.now(),
            admit_by=admit_by,
            # Where nobody declines it in time it counts as admitted, so the clock starts then.
            due=workdays.limit(admit_by, rule['decide'], calendar),
        )
        flow.task(row, 'reconsider', admit_by, TASK)
        flow.log('contest', actor.name, row, _told(asked))
    return asked


def _argued(grounds: str, documents: Sequence[bytes]) -> None:
    if not grounds.strip() or len(grounds) > 4000:
        raise Rejected([problem('grounds', grounds, 'grounds', *GROUNDS)])
    if len(documents) > MOST_DOCUMENTS:
        raise Rejected([problem('documents', len(documents), 'documents', *MANY)])


GROUNDS = (
    Text('缺少理由或超过 4000 字', 'the grounds are missing or longer than 4000 characters'),
    Text('请写明不服的事项和理由', 'say what you contest, and why'),
)
MANY = (
    Text('附件过多', 'there are too many photographs'),
    Text('最多 10 张', 'send at most 10'),
)
TASK = Text('办理行政复议(须由未参与原决定的关员)',
            'reconsider a refusal (by an officer who took no part in it)')  # fmt: skip


def _document(data: bytes) -> dict[str, Any]:
    picture = photographs.admit(data)
    return {'sha256': blobs().put(data), 'media_type': picture.media_type, 'size': len(data)}


def _in_time(contested: rows.Decision, rules: Any) -> None:
    notice = rows.Notice.objects.filter(decision=contested).first()
    if notice is not None:
        last = notice.last_day
    else:
        start = contested.decided_at.astimezone(flow.LEGAL_TIME).date()
        last = workdays.limit(start, rules.reconsideration['ask'], rules.working_calendar)
    if flow.today() > last:
        late = Text('申请期限已于 {day} 届满', 'the time to ask for it ended on {day}')
        other = Text('可依法向人民法院提起诉讼', 'an action before a court may still be possible')
        raise Rejected([problem('day', last, 'too_late', late.of(day=last.isoformat()), other)])


def _told(asked: rows.Reconsideration) -> dict[str, Any]:
    return {
        'contested': asked.contested.number,
        'grounds': asked.grounds,
        'documents': asked.documents,
        'admit_by': asked.admit_by,
        'due': asked.due,
    }


def retract(actor: Actor, no: str) -> rows.Reconsideration:
    """The enterprise takes its request back; the refusal stands."""
    row = flow.find(actor, no)
    require(actor, 'contest', row.party_id)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'retract', actor)
        return _ended(row, _open(row), 'retracted', actor.name, '', act='retract')


# --- the other officer --------------------------------------------------------


def admit(actor: Actor, no: str) -> rows.Reconsideration:
    """Another officer takes the request on; the days to decide begin."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'admit', actor)
        asked = _open(row)
        independent(actor, asked)
        if asked.state == 'admitted':
            raise flow.Conflict(f'admitted by {asked.officer} at {asked.admitted_at.isoformat()}')
        rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
        rule = rules.reconsideration['decide']
        due = workdays.limit(flow.today(), rule, rules.working_calendar)
        asked.state, asked.officer, asked.admitted_at = 'admitted', actor.name, flow.now()
        asked.due = min(due, asked.due)
        asked.save()
        flow.task(row, 'reconsider', asked.due, TASK)
        flow.log('admit', actor.name, row, {'due': asked.due})
    return asked


def decline(actor: Actor, no: str, note: str) -> rows.Reconsideration:
    """The request is not admitted, with the reason; possible until the day of the law."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    outcomes.reasoned(note)
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'decline', actor)
        asked = _open(row)
        independent(actor, asked)
        if asked.state != 'requested' or flow.today() > asked.admit_by:
            raise flow.Conflict(
                f'{row.no}: the request counts as admitted since {asked.admit_by.isoformat()}'
            )
        return _ended(row, asked, 'declined', actor.name, note, act='decline')


def reconsider(
    actor: Actor,
    no: str,
    outcome: Outcome,
    note: str,
    *,
    verdicts: Iterable[Said] = (),
    seen: int | None = None,
) -> rows.Decision | rows.Proposal:
    """Answer the request by a decision of its own: uphold, release, or have it looked at anew."""
    row = flow.find(actor, no)
    require(actor, 'close', row.party_id)
    outcomes.acceptable(outcome, note, tuple(ANSWERS))
    with atomic():
        row = flow.locked(row.pk)
        stance.allow(row, 'reconsider', actor)
        outcomes.unchanged(row, seen)
        asked = _open(row)
        independent(actor, asked)
        if outcome == 'release' and _never_opened(row):
            raise flow.Conflict(f'{row.no} was to be inspected and never was: {LOOK_FIRST}')
        told = outcomes.opinion_of(row, outcome, note, verdicts, None)
        rules = procedure.law(flow.scenario_named(row.scenario), flow.today())
        against = {f['result'] for f in outcomes.open_findings(row)}
        if procedure.needs_second(rules, 'reconsider', outcome=outcome, against=against):
            return outcomes.propose(actor, row, 'reconsider', outcome, told.note, told.plain())
        return answer(row, outcome, told, by=actor.name)


LOOK_FIRST = 'answer with an on-site inspection, and release it by what is found'


def _never_opened(row: rows.Declaration) -> bool:
    """Whether the plan drew it and no box was opened: a new look is no substitute for that."""
    scenario = flow.scenario_named(row.scenario)
    opened = row.inspections.filter(turn=row.turn).exists()
    return series.needs_inspection(scenario, row) and not opened


def answer(
    row: rows.Declaration, outcome: Outcome, told: Opinion, *, by: str, second: str = ''
) -> rows.Decision:
    """Put the new decision beside the contested one, on a locked declaration."""
    asked = _open(row)
    if second:
        independent(Actor(name=second, role='officer'), asked)
    state = ANSWERS[outcome]
    asked.state = state  # closed first: a refusal that is upheld yields its own notice
    asked.save(update_fields=['state'])
    more = {'contested': asked.contested.number, 'answer': state}
    made = outcomes.conclude(row, outcome, told, by=by, second=second, act='reconsider', more=more)
    if state != 'upheld':
        notices.revoke(row, made)
    asked.officer = asked.officer or by
    asked.note, asked.decided_at, asked.decision = told.note, made.decided_at, made
    asked.save()
    flow.close_tasks(row, ['reconsider', 'confirm'], second or by, told.note)
    return made


def independent(actor: Actor, asked: rows.Reconsideration) -> None:
    """Raise NotAllowed for whoever took part in the contested decision or what led to it."""
    if actor.name in took_part(asked.declaration):
        raise NotAllowed(
            f'{actor.name} took part in the decision that is contested; another officer decides'
        )


def took_part(row: rows.Declaration) -> set[str]:
    """Everybody who decided, confirmed or proposed on a declaration before it was contested."""
    found = set(row.decisions.exclude(by=flow.MACHINE).values_list('by', flat=True))
    rulings = rows.Ruling.objects.filter(decision__declaration=row)
    found |= set(rulings.values_list('second', flat=True))
    asked = row.proposals.exclude(act='reconsider')
    found |= set(asked.values_list('by', flat=True)) | set(asked.values_list('second', flat=True))
    return found - {''}


def _open(row: rows.Declaration) -> rows.Reconsideration:
    return row.reconsiderations.select_related('contested').get(state__in=OPEN)


def _ended(
    row: rows.Declaration, asked: rows.Reconsideration, state: str, by: str, note: str, act: str
) -> rows.Reconsideration:
    asked.state, asked.note, asked.decided_at = state, note.strip(), flow.now()
    if act == 'decline':
        asked.officer = by
    asked.save()
    flow.close_tasks(row, ['reconsider'], by, note)
    flow.log(act, by, row, {'note': asked.note})
    return asked


def overdue() -> Any:
    """Requests that are open after the last day of the law, the oldest first."""
    return (
        rows.Reconsideration.objects.filter(state__in=OPEN, due__lt=flow.today())
        .select_related('declaration__party', 'contested')
        .order_by('due')
    )
