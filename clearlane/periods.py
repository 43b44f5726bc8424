"""The seeds of the provable draw: committed before a period, revealed after it.

A period is a month of the legal calendar. Its seed is made, sealed with a key of this
installation, and its commitment logged, before anything is lodged in it; the log is
signed right after. What follows from a seed stands in `clearlane.sampling.draw`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clearlane import audit
from clearlane.access import NotFound
from clearlane.sampling import draw, proof
from clearlane.scenario import scenarios
from clearlane.settings import settings
from clearlane.store import models as rows
from clearlane.store import supervision as kept
from clearlane.store.secrets import keep
from clearlane.store.session import atomic, take_turn

MACHINE = 'machine'
LEGAL_TIME = ZoneInfo('Asia/Shanghai')
_NONCE = 12


def today() -> date:
    """The day in the zone that the law counts in."""
    return datetime.now(LEGAL_TIME).date()


def period_of(day: date) -> str:
    """The period that a day belongs to.

    >>> period_of(date(2026, 5, 11))
    '2026-05'
    """
    return f'{day:%Y-%m}'


def current() -> kept.DrawPeriod:
    """The period of this moment, committed now if nobody has."""
    return committed(period_of(today()))


def ahead() -> kept.DrawPeriod:
    """Commit this period and the next one, long before anything is lodged in it."""
    current()
    return committed(period_of(today().replace(day=1) + timedelta(days=32)))


def committed(period: str) -> kept.DrawPeriod:
    """The period with its commitment in the log; made, logged and signed where there is none."""
    found = kept.DrawPeriod.objects.filter(pk=period).first()
    if found is not None:
        return found
    with atomic():
        take_turn(f'draw:{period}')
        found = kept.DrawPeriod.objects.filter(pk=period).first()
        if found is not None:
            return found
        found = _make(period)
    audit.checkpoint(settings().origin, settings().home)
    return found


def _make(period: str) -> kept.DrawPeriod:
    seed = secrets.token_bytes(draw.SEED_BYTES)
    stated = draw.commitment(period, seed)
    found = kept.DrawPeriod.objects.create(
        period=period,
        commitment=stated,
        sealed=_seal(period, seed),
        committed_at=datetime.now(UTC),
    )
    found.entry = audit.append('commit_draw', MACHINE, f'draw:{period}', {'commitment': stated})
    found.save(update_fields=['entry'])
    return found


def _key() -> AESGCM:
    return AESGCM(keep(settings().home, 'draw.aes', AESGCM.generate_key(256)))


def _seal(period: str, seed: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _key().encrypt(nonce, seed, period.encode())


def seed_of(period: kept.DrawPeriod) -> bytes:
    """The seed of a period, for the draws that are made inside this installation."""
    sealed = bytes(period.sealed)
    return _key().decrypt(sealed[:_NONCE], sealed[_NONCE:], period.period.encode())


# --- drawing ------------------------------------------------------------------


def draw_lot(
    row: rows.Declaration, period: kept.DrawPeriod, given: Decimal | None = None
) -> Decimal:
    """The lot of a declaration that has its number, and by which seed it was drawn.

    A lot that is given by hand is kept as such: no proof of it will ever hold.
    """
    kept.Lot.objects.update_or_create(
        declaration=row, defaults={'period': period, 'given': given is not None}
    )
    return draw.lot(seed_of(period), row.no) if given is None else given


def boxes(row: rows.Declaration, items: Iterable[str], n: int) -> list[str]:
    """The boxes of a declaration that are opened, in their order.

    A declaration that was lodged before there was a provable draw is bound to the current
    period when its boxes are drawn.
    """
    lot = kept.Lot.objects.select_related('period').filter(pk=row.pk).first()
    period = lot.period if lot else current()
    if lot is None:
        kept.Lot.objects.create(declaration=row, period=period, given=True)
    return draw.boxes(seed_of(period), row.no, items, n)


# --- revealing ----------------------------------------------------------------


def reveal(period: str) -> kept.DrawPeriod:
    """Publish the seed of a period that is over, once nothing can be gained by knowing it.

    What was lodged but never presented is drawn anew from the current period, so that
    nobody can keep a declaration back until it is known that it will not be inspected.
    """
    fresh = current()
    with atomic():
        take_turn(f'draw:{period}')
        found = kept.DrawPeriod.objects.filter(pk=period).first()
        if found is None:
            raise NotFound(f'there is no period {period!r} of the draw')
        if found.revealed_at is not None:
            return found
        _over(found)
        moved = _moved(found, fresh)
        found.seed, found.revealed_at = seed_of(found).hex(), datetime.now(UTC)
        found.save(update_fields=['seed', 'revealed_at'])
        numbers = list(found.lots.values_list('declaration__no', flat=True))
        data = {
            'seed': found.seed,
            'drawn_anew': moved,
            'draws': len(numbers),
            'listing': draw.listing(numbers),
        }
        entry = audit.append('reveal_draw', MACHINE, f'draw:{period}', data)
        kept.Lot.objects.filter(declaration__no__in=moved).update(entry=entry)
    audit.checkpoint(settings().origin, settings().home)
    return found


def _over(found: kept.DrawPeriod) -> None:
    if found.period >= period_of(today()):
        raise proof.TooEarly(f'period {found.period} is not over yet')
    waiting = list(
        rows.Task.objects.filter(
            declaration__drawn__period=found, closed_at=None, kind__in=rows.OUTCOMES
        ).values_list('declaration__no', flat=True)
    )
    waiting += rows.Declaration.objects.filter(
        drawn__period=found,
        presented_at__isnull=False,
        status__in=['lodged', 'examined', 'decided'],
    ).values_list('no', flat=True)
    if waiting:
        shown = ', '.join(sorted(set(waiting))[:5])
        raise proof.TooEarly(f'declarations of period {found.period} are not concluded: {shown}')


def _moved(found: kept.DrawPeriod, fresh: kept.DrawPeriod) -> list[str]:
    waiting = rows.Declaration.objects.filter(drawn__period=found, presented_at=None)
    moved = []
    for row in waiting.select_for_update(of=('self',)).order_by('pk'):
        row.lot = draw_lot(row, fresh)
        row.save(update_fields=['lot'])
        moved.append(row.no)
    return moved


def reveal_what_is_over() -> list[str]:
    """Reveal every period that can be; the others wait for the next day."""
    done = []
    for period in kept.DrawPeriod.objects.filter(revealed_at=None, pk__lt=period_of(today())):
        try:
            reveal(period.period)
        except proof.TooEarly:
            continue
        done.append(period.period)
    return done


def listed() -> list[dict[str, Any]]:
    """Every period, the newest first."""
    return [
        {
            'period': p.period,
            'commitment': p.commitment,
            'committed_at': p.committed_at.isoformat(),
            'entry': p.entry,
            'draws': p.lots.count(),
            'seed': p.seed or None,
            'revealed_at': p.revealed_at.isoformat() if p.revealed_at else None,
        }
        for p in kept.DrawPeriod.objects.order_by('-pk')
    ]


def revealed() -> list[str]:
    """The periods whose seeds are public."""
    found = kept.DrawPeriod.objects.exclude(revealed_at=None).order_by('pk')
    return list(found.values_list('pk', flat=True))


# --- verifying ----------------------------------------------------------------


def export(period: str, party: str = '') -> dict[str, Any]:
    """All that is needed to check the draws of a period without this installation.

    Before the seed is revealed it holds the commitment alone: nobody learns a lot early. With
    a `party` it holds the draws of that enterprise only.
    """
    found = kept.DrawPeriod.objects.filter(pk=period).first()
    if found is None or found.entry is None:
        raise NotFound(f'there is no period {period!r} of the draw')
    revealing = rows.AuditEntry.objects.filter(act='reveal_draw', subject=f'draw:{period}')
    entry = revealing.values_list('index', flat=True).first()
    return {
        'form': proof.FORM,
        'period': found.period,
        'party': party or None,
        'commitment': found.commitment,
        'seed': found.seed or None,
        **_proved(found.entry),
        'revealed': None if entry is None else _proved(entry),
        'key': audit.signing_key(settings().home).public_key().public_bytes_raw().hex(),
        'declarations': list(_drawn(found, party)) if found.seed else [],
    }


def _proved(entry: int) -> dict[str, Any]:
    """An entry of the log, and the proof that it is in the first signed log that holds it."""
    note = rows.Checkpoint.objects.filter(size__gt=entry).order_by('size').first()
    return {
        'entry': entry,
        'leaf': rows.AuditEntry.objects.get(pk=entry).leaf,
        'proof': [step.hex() for step in audit.prove(entry, note.size)] if note else [],
        'checkpoint': note.note if note else None,
    }


def _drawn(found: kept.DrawPeriod, party: str) -> Iterator[dict[str, Any]]:
    lots = found.lots.select_related('declaration').order_by('pk')
    if party:
        lots = lots.filter(declaration__party=party)
    inspections = kept.Inspection.objects.filter(declaration__drawn__period=found)
    opened = dict(inspections.values_list('declaration_id', 'opened'))
    lodged = rows.AuditEntry.objects.filter(act='lodge', subject__in=lots.values('declaration__no'))
    entries = dict(lodged.values_list('subject', 'index'))
    for lot in lots:
        row = lot.declaration
        yield {
            'no': row.no,
            'lot': format(row.lot, 'f'),
            'entry': lot.entry if lot.entry is not None else entries.get(row.no),
            'given': lot.given,
            **_opened(row, opened.get(row.pk)),
        }


def _opened(row: rows.Declaration, opened: Sequence[str] | None) -> dict[str, Any]:
    if not opened:
        return {}
    scenario = scenarios()[row.scenario]
    items = list(scenario.items(scenario.declares.model_validate(row.declared)))
    return {'items': items, 'opened': list(opened)}
