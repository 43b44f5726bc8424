"""The verbs of a self-service counter: begin, show a document, show papers, confirm, call, end.

What is shown stays in the sitting until the person confirms; only then does it become
declarations and evidence. A sitting that ends is wiped, whether the person ended it, walked
away, or the device lost its power.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from clearlane import audit, flow, replay
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected
from clearlane.counter import Counter, Person
from clearlane.model import Reading, digest, plain
from clearlane.recognisers.reader import Unreadable
from clearlane.scenario import Scenario, scenarios
from clearlane.store import models as rows
from clearlane.store.counter import Kiosk, Sitting, SittingPiece
from clearlane.store.session import atomic, take_turn

AUTO = 'auto'
"""Nobody has chosen a language: the document may."""
IDLE_SECONDS = 120
"""A sitting of which nothing was heard for so long is over; the page ends it much sooner."""
MOST_BYTES = 12 * 1024 * 1024
MOST_ENTRIES = 20
MOST_PIECES = 60


# --- the device ---------------------------------------------------------------


def enroll(name: str, scenario: str, place: Mapping[str, str]) -> str:
    """Register a device, or give it a new key; returns the key, and keeps its hash only."""
    _counter(flow.scenario_named(scenario))
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    with atomic():
        Kiosk.objects.update_or_create(
            name=name,
            defaults={
                'scenario': scenario,
                'place': dict(place),
                'prefix': prefix,
                'hash': _hash(secret),
                'enrolled_at': flow.now(),
                'revoked_at': None,
            },
        )
        audit.append('kiosk', 'administrator', name, {'scenario': scenario, 'place': dict(place)})
    return f'{prefix}.{secret}'


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def device(presented: str) -> Kiosk | None:
    """The device behind a key, or None."""
    prefix, _, secret = presented.partition('.')
    row: Kiosk | None = Kiosk.objects.filter(prefix=prefix[:12], revoked_at=None).first()
    kept = row.hash if row else '0' * 64
    return row if secrets.compare_digest(kept, _hash(secret)) and row else None


def revoke(name: str) -> None:
    """End a device's key, and whatever goes on at it."""
    with atomic():
        if not Kiosk.objects.filter(name=name, revoked_at=None).update(revoked_at=flow.now()):
            raise NotFound(f'there is no kiosk {name!r}')
        audit.append('revoke', 'administrator', name, {})
    for sitting in Sitting.objects.filter(kiosk__name=name, ended_at=None):
        wipe(sitting)


def _counter(scenario: Scenario) -> Counter:
    if scenario.counter is None:
        raise NotFound(f'{scenario.name} has no counter')
    return scenario.counter


def parts(kiosk: Kiosk) -> tuple[Scenario, Counter]:
    """The scenario of a device and its counter."""
    scenario = flow.scenario_named(kiosk.scenario)
    return scenario, _counter(scenario)


# --- the sitting --------------------------------------------------------------


def begin(kiosk: Kiosk, language: str) -> Sitting:
    """Somebody touches the screen; whoever was there before is wiped."""
    with atomic():
        take_turn(f'kiosk:{kiosk.pk}')
        for old in Sitting.objects.filter(kiosk=kiosk, ended_at=None):
            wipe(old)
        now = flow.now()
        _, counter = parts(kiosk)
        known = language if language in counter.languages else AUTO
        sitting: Sitting = Sitting.objects.create(
            kiosk=kiosk, started_at=now, touched_at=now, language=known
        )
    return sitting


def current(kiosk: Kiosk) -> Sitting | None:
    """Who stands there now."""
    found: Sitting | None = Sitting.objects.filter(kiosk=kiosk, ended_at=None).first()
    return found


def speak(sitting: Sitting, language: str) -> None:
    """Another language."""
    if language in parts(sitting.kiosk)[1].languages:
        _touch(sitting, language=language)


def _touch(sitting: Sitting, **changed: Any) -> None:
    for name, value in {**changed, 'touched_at': flow.now()}.items():
        setattr(sitting, name, value)
    sitting.save(update_fields=[*changed, 'touched_at'])


def show_document(sitting: Sitting, data: bytes) -> None:
    """Read who it is, and find what is theirs; or say what to do better."""
    scenario, counter = parts(sitting.kiosk)
    found = _read(scenario, counter.document, data)
    who = counter.person([_reading(r) for r in found['readings']], found['error'])
    if isinstance(who, str):
        _touch(sitting, message=who)
        return
    entries = _theirs(scenario, counter, who)
    with atomic():
        sitting.pieces.all().delete()
        SittingPiece.objects.create(sitting=sitting, kind=counter.document, data=data, found=found)
        _touch(
            sitting,
            masked=who.masked,
            message='' if entries else 'no_entries',
            entries=[entry.key for entry in entries],
            declarations=_before(scenario, entries),
            step='papers' if entries else 'document',
            language=(who.language or 'en') if sitting.language == AUTO else sitting.language,
        )


def _reading(form: Mapping[str, Any]) -> Reading:
    return replay.reading(form)


def _read(scenario: Scenario, kind: str, data: bytes) -> dict[str, Any]:
    """What the recogniser of a kind sees, as the columns of a reading."""
    started = time.perf_counter()
    if len(data) > MOST_BYTES:
        return {'readings': [], 'error': 'too_many_bytes', 'seconds': 0.0}
    try:
        readings, error = plain(scenario.readers[kind].read(data).readings), ''
    except Unreadable as broken:
        readings, error = [], broken.code
    except Exception as broken:  # noqa: BLE001 - whatever breaks, the person can try again
        readings, error = [], f'{type(broken).__name__}: {broken}'[:300]
    return {'readings': readings, 'error': error, 'seconds': time.perf_counter() - started}


def _theirs(scenario: Scenario, counter: Counter, who: Person) -> list[rows.LibraryEntry]:
    """The entries in force that belong to a person, the newest version of each."""
    found = rows.LibraryEntry.objects.filter(
        scenario=scenario.name,
        library=counter.library,
        state='in_force',
        forgotten__isnull=True,
        data__contains=dict(who.matches),
    )
    newest: dict[str, rows.LibraryEntry] = {}
    for entry in found.order_by('version'):
        newest[entry.key] = entry
    return sorted(newest.values(), key=lambda e: e.pk)[-MOST_ENTRIES:]


def _before(scenario: Scenario, entries: list[rows.LibraryEntry]) -> dict[str, str]:
    """Declarations that were made of these entries earlier."""
    keys = {_key(entry.key): entry.key for entry in entries}
    made = rows.Declaration.objects.filter(
        scenario=scenario.name, key__in=keys, party__in={e.party_id for e in entries}
    )
    return {keys[key]: no for key, no in made.values_list('key', 'no')}


def _key(entry: str) -> str:
    return f'counter:{entry}'


def entry_of(sitting: Sitting, key: str) -> rows.LibraryEntry:
    """An entry on the screen; NotFound for any other."""
    scenario, counter = parts(sitting.kiosk)
    if key not in sitting.entries:
        raise NotFound('not found')
    found = rows.LibraryEntry.objects.filter(
        scenario=scenario.name, library=counter.library, key=key, state='in_force'
    )
    entry: rows.LibraryEntry = found.order_by('version').last()
    return entry


def show_paper(sitting: Sitting, data: bytes) -> None:
    """Read a paper and sort it to the entry that it belongs to; or say what to do better."""
    scenario, counter = parts(sitting.kiosk)
    if sitting.step != 'papers' or sitting.pieces.count() >= MOST_PIECES:
        return
    found = _read(scenario, counter.papers, data)
    readings = [_reading(r) for r in found['readings']]
    for key in sitting.entries:
        record = _record(scenario, counter, entry_of(sitting, key))
        if item := counter.belongs(record, readings):
            _keep(sitting, counter.papers, key, item, data, found)
            _touch(sitting, message='')
            return
    retake = next((r.value for r in readings if r.kind == 'retake'), '')
    _touch(sitting, message=retake or found['error'][:40] or 'paper_of_nobody')


def _keep(
    sitting: Sitting, kind: str, entry: str, item: str, data: bytes, found: dict[str, Any]
) -> None:
    with atomic():
        sitting.pieces.filter(kind=kind, entry=entry, item=item).delete()
        SittingPiece.objects.create(
            sitting=sitting, kind=kind, entry=entry, item=item, data=data, found=found
        )


def _record(scenario: Scenario, counter: Counter, entry: rows.LibraryEntry) -> Any:
    return scenario.libraries[counter.library].model_validate(entry.data)


# --- the declaration ----------------------------------------------------------


def confirm(sitting: Sitting, key: str, lot: Decimal | None = None) -> None:
    """The person confirms one entry: it is declared, with what was shown, and concluded.

    `lot` is given only where a run has to be repeatable.
    """
    scenario, counter = parts(sitting.kiosk)
    entry = entry_of(sitting, key)
    if sitting.step == 'document':
        return
    _touch(sitting, confirmed_at=sitting.confirmed_at or flow.now(), step='result')
    actor = Actor(name=f'kiosk:{sitting.kiosk.name}', role='exporter', party=entry.party_id)
    record = _record(scenario, counter, entry)
    declared = counter.declares(record, flow.today(), sitting.kiosk.place)
    try:
        row = flow.lodge(actor, scenario.name, declared, key=_key(key), lot=lot)
    except (Rejected, flow.Conflict):
        _remember(sitting, key, '')
        return
    _remember(sitting, key, row.no)
    if row.presented_at is None:
        _shown(sitting, actor, row, counter, key)
        flow.present(actor, row.no)
    _hurry(row.pk)
    _concluded(sitting)


def _remember(sitting: Sitting, key: str, no: str) -> None:
    """Two entries may be confirmed at once."""
    with atomic():
        row = Sitting.objects.select_for_update().get(pk=sitting.pk)
        row.declarations = {**row.declarations, key: no}
        row.save(update_fields=['declarations'])
    sitting.declarations = row.declarations


def _shown(
    sitting: Sitting, actor: Actor, row: rows.Declaration, counter: Counter, key: str
) -> None:
    """What was shown becomes evidence; it has been read already."""
    for piece in sitting.pieces.filter(entry__in=['', key]).order_by('pk'):
        data = bytes(piece.data)
        scenario = flow.scenario_named(row.scenario)
        _known(scenario, piece, data)
        item = piece.item or next(iter(_items(scenario, row, piece.kind)), '')
        kept = flow.attach(actor, row.no, data, kind=piece.kind, item=item)
        flow.read(kept.pk)


def _items(scenario: Scenario, row: rows.Declaration, kind: str) -> list[str]:
    return list(scenario.items_of(kind, scenario.declares.model_validate(row.declared)))


def _known(scenario: Scenario, piece: SittingPiece, data: bytes) -> None:
    """What the counter read is what the worker would read: the same recogniser, the same bytes."""
    reader = scenario.readers[piece.kind]
    if piece.found['error']:
        return
    rows.Reading.objects.get_or_create(
        sha256=digest(data),
        recogniser=reader.name,
        digest=reader.digest,
        defaults={**piece.found, 'read_at': flow.now()},
    )


def show_goods(sitting: Sitting, data: bytes) -> None:
    """A photograph of the goods for the officer, on each declaration that waits for one."""
    _, counter = parts(sitting.kiosk)
    kind, item = counter.goods
    waiting = [key for key in sitting.entries if _state(sitting, counter, key)[0] == 'counter']
    if not kind or not waiting:
        return
    message = ''
    for key in waiting:
        row = rows.Declaration.objects.filter(no=sitting.declarations[key]).first()
        if row is None:
            continue
        actor = Actor(name=f'kiosk:{sitting.kiosk.name}', role='exporter', party=row.party_id)
        try:
            kept = flow.attach(actor, row.no, data, kind=kind, item=item)
        except flow.Conflict:
            continue  # the officer was quicker
        except Rejected:
            message = 'no_picture'
            continue
        flow.read(kept.pk)
        _hurry(row.pk)
    _touch(sitting, message=message)


def photograph(actor: Actor, no: str, data: bytes) -> rows.Evidence:
    """The officer's photograph of the goods on what is referred to them; it is concluded anew."""
    row = flow.find(actor, no)
    require(actor, 'photograph', row.party_id)
    if (goods := goods_of(flow.scenario_named(row.scenario))) is None:
        raise NotFound('nothing is photographed at a counter here')
    kept = flow.attach(actor, no, data, kind=goods[0], item=goods[1], act='photograph')
    flow.read(kept.pk)
    _hurry(row.pk)
    return kept


def goods_of(scenario: Scenario) -> tuple[str, str] | None:
    """(kind, item) of the photographs of goods of a scenario with a counter that takes them."""
    counter = scenario.counter
    return counter.goods if counter is not None and counter.goods[0] else None


def _hurry(declaration: int) -> None:
    """Take every step now; the job in the queue finds nothing left to do."""
    while flow.advance(declaration):
        pass


def _concluded(sitting: Sitting) -> None:
    fresh = Sitting.objects.get(pk=sitting.pk)
    done = rows.Declaration.objects.filter(no__in=fresh.declarations.values(), status='done')
    waiting = set(fresh.entries) - set(fresh.declarations)
    if not waiting and done.count() == len([n for n in fresh.declarations.values() if n]):
        Sitting.objects.filter(pk=sitting.pk, concluded_at=None).update(concluded_at=flow.now())


# --- a person behind the glass ------------------------------------------------


def call(sitting: Sitting) -> None:
    """An officer is wanted."""
    if sitting.called_at is None:
        _touch(sitting, called_at=flow.now())


def stay(sitting: Sitting) -> None:
    """The person is still there."""
    _touch(sitting)


def wipe(sitting: Sitting) -> None:
    """Nothing of the person is left in the sitting."""
    with atomic():
        sitting.pieces.all().delete()
        Sitting.objects.filter(pk=sitting.pk, ended_at=None).update(
            ended_at=flow.now(), masked='', message='', entries=[], step='ended'
        )


def sweep() -> int:
    """Wipe what was left behind: a person who walked away, a device without power."""
    late = flow.now() - timedelta(seconds=IDLE_SECONDS)
    left = list(Sitting.objects.filter(ended_at=None, touched_at__lt=late))
    for sitting in left:
        wipe(sitting)
    return len(left)


# --- the screen ---------------------------------------------------------------


def screen(sitting: Sitting) -> dict[str, Any]:
    """What the person sees, and the officer who helps them: the same."""
    scenario, counter = parts(sitting.kiosk)
    lines = [_line(sitting, scenario, counter, key) for key in sitting.entries]
    return {
        'step': sitting.step,
        'idle': int((flow.now() - sitting.touched_at).total_seconds()),
        'language': 'en' if sitting.language == AUTO else sitting.language,
        'masked': sitting.masked,
        'message': counter.say(sitting.language, sitting.message) if sitting.message else '',
        'items': lines,
        'total': _sum(lines, {'open', 'checking', 'green', 'counter'}),
        'paid': _sum(lines, {'green'}),
        'waits': _sum(lines, {'counter'}),
        'called': sitting.called_at is not None,
        'done': bool(lines) and all(line['state'] not in ('open', 'checking') for line in lines),
    }


def _sum(lines: list[dict[str, Any]], states: set[str]) -> str:
    """Yuan of the lines that stand there; nothing where there are none."""
    sums = [Decimal(line['sum']) for line in lines if line['sum'] and line['state'] in states]
    return f'{sum(sums, Decimal(0)):,.2f}' if sums else ''


def _line(sitting: Sitting, scenario: Scenario, counter: Counter, key: str) -> dict[str, Any]:
    record = _record(scenario, counter, entry_of(sitting, key))
    law = scenario.parameters.on(flow.today())
    found = counter.found(record, law)
    wanted = list(counter.items(record))
    papers = sitting.pieces.filter(kind=counter.papers, entry=key).count()
    state, why = _state(sitting, counter, key)
    total, less = counter.sums(record, law), _less(sitting, counter, key)
    return {
        'key': key,
        'title': found.title,
        'note': found.note,
        'amount': found.amount if less is None else f'¥{less:,.2f}',
        'less': '' if less is None else f'¥{less:,.2f}',
        'sum': '' if total is None else str(total if less is None else less),
        'goods': _goods(sitting, counter, key),
        'papers': papers,
        'wanted': len(wanted),
        'state': state,
        'why': why,
    }


def _less(sitting: Sitting, counter: Counter, key: str) -> Decimal | None:
    """What an entry brings where the last conclusion is for less than it says."""
    no = sitting.declarations.get(key)
    made = rows.Decision.objects.filter(declaration__no=no or '', by=flow.MACHINE)
    last = made.order_by('-number').first()
    return None if last is None else counter.lessened(json.loads(last.result))


def _goods(sitting: Sitting, counter: Counter, key: str) -> int:
    no = sitting.declarations.get(key)
    kind, _ = counter.goods
    return int(rows.Evidence.objects.filter(declaration__no=no or '', kind=kind or '-').count())


STATES = {'release': 'green', 'refuse': 'refused'}


def _state(sitting: Sitting, counter: Counter, key: str) -> tuple[str, str]:
    """(open, checking, green, counter or refused; why). An officer's word is the last."""
    no = sitting.declarations.get(key)
    if no is None:
        return 'open', ''
    row = rows.Declaration.objects.filter(no=no).first()
    if row is None:
        return 'counter', counter.say(sitting.language, 'why')
    if row.status != 'done':
        return 'checking', ''
    last = row.decisions.latest('number')
    if last.by == flow.MACHINE:
        state = 'green' if last.outcome == 'release' else 'counter'
    else:
        state = STATES.get(last.outcome, 'counter')
    return state, '' if state == 'green' else _why(sitting, counter, last)


def _why(sitting: Sitting, counter: Counter, decision: rows.Decision) -> str:
    """What to do, in the person's language; never which rule of risk it was."""

    result = json.loads(decision.result)
    language = counter.languages.get(sitting.language, {})
    for finding in result['findings']:
        if finding['result'] != 'pass' and (said := language.get(f'why_{finding["check"]}')):
            return said
    return counter.say(sitting.language, 'why')


def kiosks() -> list[Kiosk]:
    """Every device of a scenario that is installed."""
    return [k for k in Kiosk.objects.order_by('name') if k.scenario in scenarios()]
