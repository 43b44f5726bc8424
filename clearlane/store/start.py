"""Open the store: the database (started when it is the embedded one), the tables, the bytes."""

from __future__ import annotations

import os
from functools import cache

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clearlane.settings import settings
from clearlane.store.blobs import Blobs, open_blobs
from clearlane.store.postgres import database_url

_MIGRATING = 0x636C6561  # any number of ours: the advisory lock that one migration holds


@cache
def open_store() -> None:
    """Make the database ready for this process; further calls do nothing."""
    configured = settings()
    configured.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ['CLEARLANE_OPEN_DATABASE'] = database_url(configured.home, configured.database_url)
    os.environ['DJANGO_SETTINGS_MODULE'] = 'clearlane.store.configuration'
    django.setup()
    migrate()


def migrate() -> None:
    """Bring the tables up to date; when two start at once, one does it and the other waits."""
    if not _pending():
        return
    with connection.cursor() as cursor:
        cursor.execute('select pg_advisory_lock(%s)', [_MIGRATING])
        try:
            call_command('migrate', verbosity=0, interactive=False)
        finally:
            cursor.execute('select pg_advisory_unlock(%s)', [_MIGRATING])


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@cache
def blobs() -> Blobs:
    """The evidence store of this process."""
    return open_blobs(settings().home, settings().blobs_url)
