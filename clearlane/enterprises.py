"""Enterprises over time: credit classes from a day on, plants, lines, cameras, and admission.

A class is never changed in place: every change is a row with its day, its reason and who
made it, and a case sees the class as of its own day. A line that a declaration names is
entered by itself and has to qualify; whoever registers it adds what is known about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from clearlane import audit, cases, flow, series
from clearlane.access import Actor, NotAllowed, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.decision import CREDIT
from clearlane.model import Problem, Text
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.session import atomic, take_turn

ORDER = list(CREDIT)
"""The classes from the best to the worst."""

MOST_REASON = 500


def place(actor: Actor, party: str, district: str) -> rows.Party:
    """Set the customs district (直属海关) of an enterprise: two figures, or none."""
    require(actor, 'enrol')
    cases.district(district)
    with atomic():
        row = _party(party)
        row.district = district
        row.save(update_fields=['district'])
        audit.append('party', actor.name, row.pk, {'name': row.name, 'district': district})
    return row


# --- credit -------------------------------------------------------------------


def rate(
    actor: Actor, party: str, credit: str, reason: str, since: date | None = None
) -> kept.CreditChange:
    """Set the credit class of an enterprise from a day on, with the reason.

    The day is not in the past: what was decided was decided under the class of its day.
    A return from a dishonest class is a repair (信用修复), and another officer makes it than
    the one who downgraded.
    """
    require(actor, 'rate')
    since = since or flow.today()
    with atomic():
        take_turn(f'credit:{party}')
        row = _party(party)
        before = series.credit(row, since)
        problems = _rating_problems(credit, before, reason, since)
        if problems:
            raise Rejected(problems)
        kind = _kind(before, credit)
        if kind == 'repair':
            _not_by_the_same(actor, row)
        return change_credit(row, credit, before, since, kind, reason.strip(), actor.name)


def change_credit(
    row: rows.Party, credit: str, before: str, since: date, kind: str, reason: str, by: str
) -> kept.CreditChange:
    """Write a change down; the class of today on the enterprise's row follows."""
    change = kept.CreditChange.objects.create(
        party=row,
        credit=credit,
        before=before,
        since=since,
        kind=kind,
        reason=reason,
        by=by,
        at=flow.now(),
    )
    _today(row)
    data = {'credit': credit, 'before': before, 'since': since.isoformat(), 'kind': kind}
    audit.append('credit', by, row.id, {**data, 'reason': reason})
    return change


def _today(row: rows.Party) -> None:
    now = series.credit(row, flow.today())
    if row.credit != now:
        row.credit = now
        row.save(update_fields=['credit'])


def take_effect() -> int:
    """Bring the class of today to the rows of all enterprises; returns how many changed."""
    changed = 0
    for row in rows.Party.objects.filter(credits__isnull=False).distinct():
        before = row.credit
        _today(row)
        changed += row.credit != before
    return changed


def _kind(before: str, credit: str) -> str:
    if ORDER.index(credit) > ORDER.index(before):
        return 'downgrade'
    return 'repair' if 'dishonest' in before else 'upgrade'


def _not_by_the_same(actor: Actor, row: rows.Party) -> None:
    down = row.credits.filter(kind='downgrade').order_by('-pk').first()
    if down is not None and down.by == actor.name:
        raise NotAllowed('whoever downgraded an enterprise may not repair its class')


def _rating_problems(credit: str, before: str, reason: str, since: date) -> list[Problem]:
    found = []
    if credit not in CREDIT or credit == before:
        allowed = ', '.join(c for c in CREDIT if c != before)
        found.append(problem('credit', credit, 'credit', CLASS[0], CLASS[1].of(allowed=allowed)))
    if not reason.strip() or len(reason) > MOST_REASON:
        found.append(problem('reason', reason, 'reason', *REASON))
    if since < flow.today():
        found.append(problem('since', since.isoformat(), 'since', *PAST))
    return found


CLASS = (
    Text('不是可改为的信用等级', 'this is no class to change to'),
    Text('可取：{allowed}', 'allowed are: {allowed}'),
)
REASON = (
    Text('缺少理由或超过 500 字', 'the reason is missing or longer than 500 characters'),
    Text('请写明依据的事实和文书', 'say on which facts and papers it rests'),
)
PAST = (
    Text('生效日期早于今天', 'the effective day lies in the past'),
    Text('请填写今天或以后的日期', 'enter today or a later day'),
)


# --- plants, lines, cameras ---------------------------------------------------


def register_plant(actor: Actor, party: str, name: str, address: str = '') -> kept.Plant:
    """Register a plant, or complete one that a declaration named."""
    require(actor, 'enrol')
    _named('name', name)
    with atomic():
        _party(party)
        plant, _ = kept.Plant.objects.get_or_create(
            party_id=party, name=name.strip(), defaults={'registered_at': flow.now()}
        )
        plant.address, plant.registered_by = address.strip()[:300], actor.name
        plant.save()
        data = {'plant': plant.name, 'address': plant.address}
        audit.append('register_plant', actor.name, party, data)
    return plant


def register_line(
    actor: Actor,
    plant: int,
    name: str,
    certificate: str = '',
    valid_until: date | None = None,
) -> kept.Line:
    """Register a line, with the certificate that it works under and the day it lapses."""
    require(actor, 'enrol')
    _named('name', name)
    with atomic():
        home = kept.Plant.objects.filter(pk=plant).first()
        if home is None:
            raise NotFound('there is no such plant')
        line, _ = kept.Line.objects.get_or_create(
            plant=home, name=name.strip(), defaults={'registered_at': flow.now()}
        )
        line.certificate, line.valid_until = certificate.strip()[:80], valid_until
        line.registered_by = actor.name
        line.save()
        day = valid_until.isoformat() if valid_until else None
        data = {'plant': home.name, 'line': line.name, 'certificate': line.certificate}
        audit.append('register_line', actor.name, home.party_id, {**data, 'valid_until': day})
    return line


def register_camera(actor: Actor, line: int, serial: str, view: str = '') -> kept.Camera:
    """Register a camera over a line; a serial stands over one line at a time."""
    require(actor, 'enrol')
    _named('serial', serial)
    with atomic():
        over = kept.Line.objects.select_related('plant').filter(pk=line).first()
        if over is None:
            raise NotFound('there is no such line')
        take_turn(f'camera:{serial.strip()}')
        here = kept.Camera.objects.filter(serial=serial.strip(), removed_at=None).first()
        if here is not None and here.line_id != over.pk:
            raise flow.Conflict(f'camera {here.serial} stands over another line; remove it there')
        if here is None:
            here = kept.Camera(line=over, serial=serial.strip(), registered_at=flow.now())
        here.view, here.registered_by = view.strip()[:40], actor.name
        here.save()
        data = {'line': over.pk, 'serial': here.serial, 'view': here.view}
        audit.append('register_camera', actor.name, over.plant.party_id, data)
    return here


def remove_camera(actor: Actor, camera: int) -> None:
    """Take a camera away from its line; its history stays."""
    require(actor, 'enrol')
    with atomic():
        found = kept.Camera.objects.select_related('line__plant').filter(
            pk=camera, removed_at=None
        ).first()  # fmt: skip
        if found is None:
            raise NotFound('there is no such camera')
        found.removed_at = flow.now()
        found.save(update_fields=['removed_at'])
        party = found.line.plant.party_id
        audit.append('remove_camera', actor.name, party, {'serial': found.serial})


def _named(field: str, name: str) -> None:
    if not name.strip() or len(name.strip()) > 200 or any(ord(c) < 32 for c in name):
        raise Rejected([problem(field, name, 'name', *NAME)])


NAME = (
    Text('名称为空、过长或含控制字符', 'the name is empty, too long or holds control characters'),
    Text('请填写 1 至 200 个字符', 'give it 1 to 200 characters'),
)


# --- admission ----------------------------------------------------------------


def suspend(actor: Actor, admission: int, why: str) -> kept.Admission:
    """Take direct release from a line, with the reason."""
    with _admission(actor, admission, why) as (found, words):
        if not series.suspend(found, words, actor.name):
            raise flow.Conflict('the line is suspended already')
    return found


def readmit(actor: Actor, admission: int, why: str) -> kept.Admission:
    """Let a suspended line qualify again; a certificate that lapsed has to be renewed before."""
    with _admission(actor, admission, why) as (found, words):
        if found.state != 'suspended':
            raise flow.Conflict(f'the line is not suspended, it is {found.state}')
        until = found.line.valid_until
        if until is not None and until < flow.today():
            raise flow.Conflict('the certificate of the line has lapsed; register the new one')
        open_ = kept.Rectification.objects.filter(
            visit__plant=found.line.plant, visit__scenario=found.scenario, visit__state='signed'
        ).exclude(state='done')
        if open_.filter(grave=True).exists() or open_.filter(due__lt=flow.today()).exists():
            raise flow.Conflict('a grave or overdue finding of a visit has not been put right')
        series.readmit(found, words, actor.name)
    return found


def recognise(
    actor: Actor, scenario: str, party: str, plant: str, line: str, design: str, why: str
) -> kept.Series:
    """Take over the record that a line and a design have from before this system.

    The line is admitted and its lots of this design are sampled from now on. It rests on the
    officer's word, which stands in the log and on the page of the line.
    """
    require(actor, 'admit')
    words = _why(why)
    flow.scenario_named(scenario)
    with atomic():
        _party(party)
        place = series.at(scenario, party, plant, line, design)
        if place.admission.state == 'suspended':
            raise flow.Conflict('the line is suspended; readmit it first')
        series.recognise(place.admission, words, actor.name)
        series.recognise_series(place.series, words, actor.name)
    return place.series


def resume(actor: Actor, of: int, why: str) -> kept.Series:
    """Take up inspection by sample again after it was discontinued: tightened."""
    require(actor, 'admit')
    words = _why(why)
    with atomic():
        found = kept.Series.objects.select_for_update().filter(pk=of).first()
        if found is None:
            raise NotFound('there is no such series')
        if not series.resume(found, words, actor.name):
            raise flow.Conflict('inspection by sample was not discontinued')
    return found


@contextmanager
def _admission(actor: Actor, admission: int, why: str) -> Iterator[tuple[kept.Admission, Text]]:
    """An admission, locked, for an officer who gives a reason."""
    require(actor, 'admit')
    words = _why(why)
    with atomic():
        found = (
            kept.Admission.objects.select_for_update(of=('self',))
            .select_related('line__plant')
            .filter(pk=admission)
            .first()
        )
        if found is None:
            raise NotFound('there is no such line')
        yield found, words


BY_OFFICER = Text('{why}', '{why}')


def _why(why: str) -> Text:
    if not why.strip() or len(why) > MOST_REASON:
        raise Rejected([problem('why', why, 'reason', *REASON)])
    return BY_OFFICER.of(why=why.strip())


def _party(number: str) -> rows.Party:
    row = rows.Party.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise NotFound(f'there is no enterprise {number!r}; add it first')
    return row
