"""The payment provider over HTTP: orders out, signed messages back.

Everything that either side says carries a time and an HMAC-SHA256 over time and body, so
that nobody else can say it and nobody can say it again later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from functools import cache
from typing import Any

from clearlane.model import plain
from clearlane.payments import Order, Provider, Told, Unreachable
from clearlane.settings import settings

SECONDS = 10
OLDEST_SECONDS = 300


def signature(secret: str, at: str, body: bytes) -> str:
    """What proves that whoever knows the secret said this, at this time."""
    return hmac.new(secret.encode(), at.encode() + b'.' + body, hashlib.sha256).hexdigest()


def genuine(secret: str, at: str, given: str, body: bytes) -> bool:
    """Whether a message is of whoever knows the secret, and not old."""
    fresh = at.isascii() and at.isdigit() and abs(time.time() - int(at)) <= OLDEST_SECONDS
    return bool(secret) and fresh and hmac.compare_digest(signature(secret, at, body), given)


class HttpProvider:
    """A provider at an address; see `clearlane provider` for one that runs on this machine."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url.rstrip('/'), secret

    def send(self, order: Order) -> None:
        """Hand over an order."""
        self._ask('POST', f'/orders/{order.no}', plain(order))

    def reverse(self, no: str) -> None:
        """Ask for the money back."""
        self._ask('POST', f'/orders/{no}/reverse', {})

    def state(self, no: str) -> Told | None:
        """What became of an order."""
        told = self._ask('GET', f'/orders/{no}', None).get('state')
        return told if told in ('paid', 'refused', 'reversed') else None

    def _ask(self, method: str, path: str, value: Any) -> dict[str, Any]:
        body = b'' if value is None else json.dumps(value).encode()
        at = str(int(time.time()))
        headers = {
            'Content-Type': 'application/json',
            'X-Time': at,
            'X-Signature': signature(self._secret, at, body),
        }
        request = urllib.request.Request(  # noqa: S310 - the configured address
            self._url + path, data=body or None, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read() or b'{}')
                return found
        except urllib.error.HTTPError as error:
            if error.code == 404 and method == 'GET':
                return {}
            raise Unreachable(f'the provider answered {error.code}') from error
        except (OSError, ValueError) as error:
            raise Unreachable(f'the provider did not answer: {error}') from error


@cache
def provider() -> Provider | None:
    """The configured provider, or none."""
    configured = settings()
    if not configured.payments_url:
        return None
    return HttpProvider(configured.payments_url, configured.payments_secret)
