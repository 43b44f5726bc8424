"""The intake process: every door that the settings open, until told to stop."""

from __future__ import annotations

import asyncio
import signal

from clearlane.gateways.broker import Broker
from clearlane.gateways.sink import Sink
from clearlane.gateways.terminals import Terminals, secured
from clearlane.settings import settings


def run() -> None:
    """Take messages until SIGINT or SIGTERM; silence is looked for even where no door is open."""
    asyncio.run(_run())


async def _run() -> None:
    configured = settings()
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    sink = Sink()
    sink.start()
    servers: list[asyncio.Server] = []
    broker = None
    try:
        terminals, host = Terminals(sink), configured.jt808_listen
        if configured.jt808_tls_port:
            context = secured(configured.jt808_certificate, configured.jt808_key)
            servers.append(await terminals.serve(host, configured.jt808_tls_port, context))
        if configured.jt808_port:
            servers.append(await terminals.serve(host, configured.jt808_port))
        if configured.mqtt_url:
            broker = Broker(sink, configured.mqtt_url, authority=configured.mqtt_authority)
            broker.start()
        await told.wait()
    finally:
        for server in servers:
            server.close()
        if broker is not None:
            await asyncio.to_thread(broker.stop)
        await asyncio.to_thread(sink.stop)
