"""The web server's entry: opens the store, then answers requests."""

from __future__ import annotations

from clearlane.processes import die_with_parent
from clearlane.store.start import open_store

# The server answers requests in a process of its own, which must not outlive it.
die_with_parent()
open_store()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be configured first

application = get_wsgi_application()
