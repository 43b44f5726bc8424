"""Enterprises, people and keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from clearlane import audit, cases, enterprises, flow, series
from clearlane.access import ROLES, Actor, NotFound
from clearlane.admission import Rejected, problem
from clearlane.codes import Invalid, uscc
from clearlane.decision import CREDIT
from clearlane.model import Text
from clearlane.store import models as rows
from clearlane.store.session import atomic

BY = 'administrator'


def party(number: str, name: str, credit: str, district: str | None = None) -> rows.Party:
    """Add an enterprise, or change its name, credit class and customs district (None: as it is)."""
    try:
        number = uscc.validate(number)
    except Invalid as error:
        raise Rejected([problem('party', number, error.code, *_told(error.message))]) from error
    if credit not in CREDIT:
        allowed = ', '.join(CREDIT)
        raise Rejected([problem('credit', credit, 'credit', *_told(f'allowed are: {allowed}'))])
    given = {} if district is None else {'district': cases.district(district)}
    with atomic():
        row, new = rows.Party.objects.get_or_create(
            id=number, defaults={'name': name, 'credit': credit}
        )
        before = credit if new else series.credit(row, flow.today())
        row.name, row.district = name, given.get('district', row.district)
        row.save(update_fields=['name', 'district'])
        audit.append('party', BY, number, {'name': name, 'credit': credit, **given})
        if new or before != credit:
            day = flow.today()
            enterprises.change_credit(row, credit, before, day, 'entered', ENTERED, BY)
    return row


ENTERED = '管理员录入 / entered by the administrator'


def _told(words: str) -> tuple[Text, Text]:
    return (
        Text('取值无效：{words}', 'not valid: {words}').of(words=words),
        Text('请更正后重试', 'correct it and try again'),
    )


def user(name: str, role: str, party_id: str = '') -> str:
    """Add a person, or give a new password; returns the password, which is kept as a hash only."""
    if role not in ROLES:
        raise Rejected([problem('role', role, 'role', *_told(f'allowed are: {", ".join(ROLES)}'))])
    if role == 'exporter' and not rows.Party.objects.filter(pk=party_id).exists():
        raise NotFound(f'there is no enterprise {party_id!r}; add it first')
    password = secrets.token_urlsafe(12)
    with atomic():
        row, _ = rows.User.objects.update_or_create(
            username=name,
            defaults={'role': role, 'party_id': party_id if role == 'exporter' else None},
        )
        row.set_password(password)
        row.save()
        audit.append('user', BY, name, {'role': role, 'party': party_id})
    return password


def key(party_id: str, name: str) -> str:
    """Make an API key of an enterprise; returns it, and keeps its hash only."""
    if not rows.Party.objects.filter(pk=party_id).exists():
        raise NotFound(f'there is no enterprise {party_id!r}; add it first')
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    with atomic():
        rows.ApiKey.objects.create(prefix=prefix, hash=_hash(secret), party_id=party_id, name=name)
        audit.append('key', BY, party_id, {'prefix': prefix, 'name': name})
    return f'{prefix}.{secret}'


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def holder(presented: str) -> Actor | None:
    """The actor behind an API key, or None; takes the same time whether or not it exists."""
    prefix, _, secret = presented.partition('.')
    row = rows.ApiKey.objects.filter(prefix=prefix[:12], revoked_at=None).first()
    kept = row.hash if row else '0' * 64
    same = secrets.compare_digest(kept, _hash(secret))
    return (
        Actor(name=f'key:{prefix}', role='exporter', party=row.party_id) if row and same else None
    )


def revoke(prefix: str) -> None:
    """End an API key."""
    with atomic():
        if not rows.ApiKey.objects.filter(prefix=prefix, revoked_at=None).update(
            revoked_at=datetime.now(UTC)
        ):
            raise NotFound(f'there is no key {prefix!r}')
        audit.append('revoke', BY, prefix, {})


def actor(name: str) -> Actor:
    """The person of this name as an actor."""
    row = rows.User.objects.filter(username=name, is_active=True).first()
    if row is None:
        raise NotFound(f'there is no person {name!r}')
    return Actor(name=row.username, role=row.role, party=row.party_id or '')
