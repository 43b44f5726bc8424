"""A home of its own for the tests: real PostgreSQL, real files, real scenarios and small ones."""

from __future__ import annotations

import atexit
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

HOME = Path(tempfile.mkdtemp(prefix='clearlane-test-'))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ['CLEARLANE_HOME'] = str(HOME)
os.environ.pop('DATABASE_URL', None)

import clearlane.scenarios  # noqa: E402 - the home has to be known first

clearlane.scenarios.__path__.append(str(Path(__file__).parent / 'scenarios'))

from clearlane.access import Actor  # noqa: E402

PARTY = '91350200MA0EXAMPLK'
OTHER = '91350200MA2EXAMP15'
EXPORTER = Actor(name='exporter', role='exporter', party=PARTY)
STRANGER = Actor(name='stranger', role='exporter', party=OTHER)
OFFICER = Actor(name='officer', role='officer')
SECOND = Actor(name='second', role='officer')
THIRD = Actor(name='third', role='officer')
NO_DRAW = Decimal('0.999')


def pytest_configure(config: pytest.Config) -> None:
    """Open the embedded database in each process that runs tests, before it imports any."""
    if hasattr(config, 'workerinput') or not getattr(config.option, 'numprocesses', None):
        from clearlane.store.start import open_store

        open_store()


@pytest.fixture
def store() -> Iterator[None]:
    """An empty store with two enterprises."""
    _empty()
    from clearlane.store import models as rows

    rows.Party.objects.create(id=PARTY, name='鹭江示例', credit='certified')
    rows.Party.objects.create(id=OTHER, name='筼筜示例', credit='regular')
    yield
    from clearlane.store.session import close_connection

    close_connection()


def _empty() -> None:
    """Truncate everything; the triggers that keep the log stand in the way of a delete."""
    from django.db import connection

    with connection.cursor() as cursor:
        tables = [
            f'"{name}"'
            for name in connection.introspection.table_names(cursor)
            if name != 'django_migrations'
        ]
        kept = {'"django_content_type"', '"auth_permission"', '"store_audithead"'}
        cursor.execute(f'truncate {", ".join(t for t in tables if t not in kept)} cascade')
        cursor.execute('update store_audithead set size = 0')


def qr(text: str, *, shade: int = 0, scale: int = 8, width: int = 0) -> bytes:
    """A PNG photograph of a QR code; another shade makes other bytes of the same picture."""
    import segno
    from PIL import Image

    out = io.BytesIO()
    segno.make(text, error='m').save(out, kind='png', scale=scale, border=4)
    picture = Image.open(out).convert('RGB')
    if width:
        picture = picture.resize((width, width))
    picture.putpixel((0, 0), (shade, shade, shade))
    out = io.BytesIO()
    picture.save(out, 'PNG')
    return out.getvalue()


def permit(key: str = 'P1', quantity: int = 100) -> None:
    """A permit in force."""
    from clearlane import registry

    entry = registry.register(EXPORTER, 'parcel', 'permits', key, {'quantity': quantity})
    registry.qualify(OFFICER, entry.pk, date(2026, 1, 1))


def lodge(*pieces: str, sender: str = 'calm', key: str = 'P1', lot: Decimal = NO_DRAW) -> str:
    """A declared parcel; its number."""
    from clearlane import flow

    payload = {'sender': sender, 'pieces': list(pieces), 'permit': key}
    return flow.lodge(EXPORTER, 'parcel', payload, lot=lot, day=date(2026, 5, 11)).no


def settle(no: str) -> str:
    """Do all the work that waits, in this process, and return the outcome."""
    from clearlane import flow, work
    from clearlane.store import models as rows

    row = rows.Declaration.objects.get(no=no)
    work.drain()
    row.refresh_from_db()
    assert row.status == 'done', row.status
    return str(flow.find(OFFICER, no).decisions.latest('number').outcome)


def released(no: str, *pieces: str) -> str:
    """Attach a photograph of each piece, present, and settle."""
    from clearlane import flow

    for number, piece in enumerate(pieces):
        flow.attach(EXPORTER, no, qr(piece, shade=number), item=piece)
    flow.present(EXPORTER, no)
    return settle(no)
