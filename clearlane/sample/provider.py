"""A payment provider that runs on this machine, and behaves as badly as it is told to.

It takes orders once each, and calls back with signed messages that may be late, repeated
and in another order. It keeps what it did in memory; `GET /orders` says all of it. It is
no bank: no money moves.
"""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(kw_only=True)
class Manners:
    """How it behaves: shares in 0..1, and seconds before it calls back."""

    delay: float = 0.0
    fail: float = 0.0
    """Answers 503, sometimes after it has taken the order."""
    refuse: float = 0.0
    repeat: float = 0.0
    reorder: float = 0.0
    lose: float = 0.0
    """Never calls back; whoever asks is told."""
    seed: int = 1


@dataclass
class Bank:
    """The orders and what became of them."""

    callback: str
    secret: str
    manners: Manners
    signature: Any
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.manners.seed)  # noqa: S311 - chance of a play

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        with self.lock:
            return self.dice.random() < share

    def take(self, no: str, order: dict[str, Any]) -> None:
        """Take an order, once."""
        with self.lock:
            if no in self.orders:
                return
            refused = self.dice.random() < self.manners.refuse
            state = 'refused' if refused else 'paid'
            self.orders[no] = {**order, 'state': state}
        self.tell(no, state, 'account closed' if refused else '')

    def reverse(self, no: str) -> None:
        """Give the money of an order back, once."""
        with self.lock:
            order = self.orders.get(no)
            if order is None or order['state'] != 'paid':
                return
            order['state'] = 'reversed'
        self.tell(no, 'reversed', 'on request')

    def tell(self, no: str, kind: str, reason: str) -> None:
        """Call back, in a thread of its own, as the manners have it."""
        if self.chance(self.manners.lose):
            return
        times = 2 if self.chance(self.manners.repeat) else 1
        late = self.manners.delay * (1 + 3 * self.chance(self.manners.reorder))
        message = {'event': f'{kind}:{no}', 'order': no, 'kind': kind, 'reason': reason}
        for _ in range(times):
            threading.Thread(target=self._call, args=(message, late), daemon=True).start()

    def _call(self, message: dict[str, Any], late: float) -> None:
        body = json.dumps(message).encode()
        for attempt in range(8):
            time.sleep(late if attempt == 0 else min(0.2 * 2**attempt, 10))
            at = str(int(time.time()))
            headers = {'Content-Type': 'application/json', 'X-Time': at,
                       'X-Signature': self.signature(self.secret, at, body)}  # fmt: skip
            request = urllib.request.Request(self.callback, body, headers)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                    return
            except OSError:
                continue


def server(bank: Bank, port: int) -> ThreadingHTTPServer:
    """The HTTP server on loopback; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            no = self.path.removeprefix('/orders').strip('/')
            with bank.lock:
                found: Any = bank.orders.get(no) if no else bank.orders
            self._say(200 if found is not None else 404, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            if bank.chance(bank.manners.fail / 2):
                return self._say(503, {})
            _, _, no, *rest = self.path.split('/')
            if rest:
                bank.reverse(no)
            else:
                bank.take(no, json.loads(body))
            # The order was taken, and whoever sent it does not get to know.
            return self._say(503 if bank.chance(bank.manners.fail / 2) else 200, {})

        def _say(self, status: int, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return ThreadingHTTPServer(('127.0.0.1', port), Handler)
