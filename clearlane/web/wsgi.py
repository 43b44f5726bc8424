"""The web server's entry: opens the store, then answers requests."""

from __future__ import annotations

from clearlane.store.start import open_store

open_store()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be configured first

application = get_wsgi_application()
