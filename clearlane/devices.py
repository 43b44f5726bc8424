"""Devices: added by customs, known by a key of their own, revoked for good."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any

from clearlane import audit
from clearlane.access import Actor, NotFound, require
from clearlane.admission import Rejected, problem
from clearlane.flow import Conflict, now
from clearlane.model import Text
from clearlane.store import models as rows
from clearlane.store.session import atomic, take_turn
from clearlane.wire.datum import DATUMS

_CODE = re.compile(r'[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}')
_ITERATIONS = 101
"""The keys are 160 random bits: stretching them protects nothing. The form is Mosquitto's."""


def code_of(code: str) -> str:
    """The code as it is kept: a number without its leading noughts, as both editions send it."""
    stripped = code.strip()
    return (stripped.lstrip('0') or '0') if stripped.isdecimal() else stripped


def add(
    actor: Actor,
    code: str,
    party: str,
    *,
    kind: str = 'tracker',
    key: str = '',
    options: dict[str, Any] | None = None,
) -> tuple[rows.Device, str]:
    """Add a device and return it with its key, which is told this once only."""
    require(actor, 'equip')
    named = code_of(code)
    if not _CODE.fullmatch(named):
        raise Rejected([problem('code', code, 'code', *CODE)])
    chosen = dict(options or {})
    if chosen.get('datum', 'wgs84') not in DATUMS:
        raise Rejected([problem('datum', chosen['datum'], 'datum', *DATUM)])
    owner = rows.Party.objects.filter(pk=party).first()
    if owner is None:
        raise NotFound('there is no such enterprise')
    secret = key or secrets.token_urlsafe(20)
    with atomic():
        take_turn(f'device:{named}')
        if rows.Device.objects.filter(code=named).exists():
            raise Conflict(f'the device {named} was added before')
        device = rows.Device.objects.create(
            code=named,
            kind=kind,
            party=owner,
            key_hash=hashed(secret),
            options=chosen,
            added_by=actor.name,
            added_at=now(),
        )
        audit.append('device', actor.name, named, {'party': party, 'kind': kind})
    return device, secret


CODE = (
    Text('设备编号无效', 'this is no code of a device'),
    Text('请使用字母、数字和 . _ - :', 'use letters, digits and . _ - :'),
)
DATUM = (
    Text('没有这种坐标系', 'there is no such datum'),
    Text('取值应为 wgs84 或 gcj02', 'send wgs84 or gcj02'),
)


def revoke(actor: Actor, code: str) -> rows.Device:
    """From now on nothing of this device is taken."""
    require(actor, 'equip')
    with atomic():
        device = rows.Device.objects.select_for_update().filter(code=code_of(code)).first()
        if device is None:
            raise NotFound('there is no such device')
        if device.revoked_at is None:
            device.revoked_at = now()
            device.save(update_fields=['revoked_at'])
            audit.append('revoke_device', actor.name, device.code, {})
    return device


def rekey(actor: Actor, code: str) -> str:
    """Give a device another key; the one before is worth nothing from now on.

    Conflict for one that is revoked: it is revoked for good.
    """
    require(actor, 'equip')
    secret = secrets.token_urlsafe(20)
    with atomic():
        device = rows.Device.objects.select_for_update().filter(code=code_of(code)).first()
        if device is None:
            raise NotFound('there is no such device')
        if device.revoked_at is not None:
            raise Conflict(f'the device {device.code} is revoked')
        device.key_hash, device.identity = hashed(secret), ''
        device.save(update_fields=['key_hash', 'identity'])
        audit.append('rekey_device', actor.name, device.code, {})
    return secret


def active(code: str) -> rows.Device | None:
    """The device of this code, if it may speak."""
    return rows.Device.objects.filter(code=code_of(code), revoked_at=None).first()


def authentic(code: str, key: str) -> rows.Device | None:
    """The device of this code, if it may speak and this is its key."""
    device = active(code)
    if device is None or not _same(key, device.key_hash):
        return None
    return device


REGISTERED, NO_TERMINAL = 3, 4
"""Why a terminal is refused, in the numbers of JT/T 808."""


def enrol(code: str, identity: str) -> tuple[int, str]:
    """(0, a new key) for a terminal that registers over the air, or (why not, '').

    The first registration fixes who it is. A terminal that lost its key registers again
    as the same and gets another one; one that says it is another is refused.
    """
    with atomic():
        device = rows.Device.objects.select_for_update().filter(code=code_of(code)).first()
        if device is None or device.revoked_at:
            return NO_TERMINAL, ''
        if device.identity not in ('', identity[:120]):
            return REGISTERED, ''
        secret = secrets.token_hex(10)
        device.key_hash, device.identity = hashed(secret), identity[:120]
        device.save(update_fields=['key_hash', 'identity'])
        audit.append('enrol_device', device.code, device.code, {'identity': device.identity})
    return 0, secret


def hashed(key: str) -> str:
    """PBKDF2 of a key, in the form of Mosquitto's password file."""
    return _hash(key, secrets.token_bytes(12))


def _hash(key: str, salt: bytes) -> str:
    found = hashlib.pbkdf2_hmac('sha512', key.encode(), salt, _ITERATIONS)
    return f'$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}'


def _same(key: str, kept: str) -> bool:
    parts = kept.split('$')
    if len(parts) != 5:
        return False
    return hmac.compare_digest(_hash(key, base64.b64decode(parts[3])), kept)


def broker_files(platform: str, password: str) -> dict[str, str]:
    """Mosquitto's files: who may sign in, and that each device speaks for itself alone."""
    lines = [f'{platform}:{hashed(password)}']
    found = rows.Device.objects.filter(revoked_at=None).exclude(key_hash='').order_by('code')
    lines += [f'{device.code}:{device.key_hash}' for device in found]
    acl = (
        f'user {platform}\ntopic read customs/v1/#\ntopic write customs/v1/+/+/+/down/#\n\n'
        'pattern write customs/v1/+/+/%u/up/#\npattern read customs/v1/+/+/%u/down/#\n'
    )
    return {'passwords': '\n'.join(lines) + '\n', 'acl': acl}
