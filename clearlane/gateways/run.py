"""The intake process: every door that the settings open, until told to stop."""

from __future__ import annotations

import asyncio
import signal

from clearlane.gateways.broker import Broker
from clearlane.gateways.sink import Sink
from clearlane.gateways.terminals import Terminals
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
    server, broker = None, None
    try:
        if configured.jt808_port:
            server = await Terminals(sink).serve(configured.jt808_listen, configured.jt808_port)
        if configured.mqtt_url:
            broker = Broker(sink, configured.mqtt_url)
            broker.start()
        await told.wait()
    finally:
        if server is not None:
            server.close()
        if broker is not None:
            await asyncio.to_thread(broker.stop)
        await asyncio.to_thread(sink.stop)
