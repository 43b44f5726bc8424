"""MQTT: the platform as a subscriber that acknowledges what is stored, and nothing else.

The session is kept by the broker under our client id. What was not acknowledged when the
broker, the network or this process went away is delivered again.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from clearlane import devices
from clearlane.gateways.sink import Parcel, Sink
from clearlane.intake import Arrived
from clearlane.wire import mqtt
from clearlane.wire.message import Malformed

CLIENT = 'clearlane-intake'
KNOWN_SECONDS = 10.0
"""So long a device is believed to be what it was; the store asks again for each transaction."""
AT_ONCE = 1000

log = logging.getLogger(__name__)


class Broker:
    """The connection to one broker. `authority` is a file (PEM) that it is checked against over
    TLS, in place of those of the system."""

    def __init__(self, sink: Sink, url: str, client: str = CLIENT, *, authority: str = '') -> None:
        self._sink = sink
        self._url = urlsplit(url)
        self._known: dict[str, tuple[float, int | None]] = {}
        self.refused = 0
        self.listening = threading.Event()
        """Set once the broker keeps messages for us; what was said before that is not kept."""
        self._paho = paho.Client(
            CallbackAPIVersion.VERSION2, client, clean_session=False, manual_ack=True
        )
        self._paho.max_inflight_messages_set(AT_ONCE)
        self._paho.reconnect_delay_set(1, 10)
        self._paho.on_connect = self._connected
        self._paho.on_subscribe = self._subscribed
        self._paho.on_message = self._heard
        if self._url.username:
            self._paho.username_pw_set(
                unquote(self._url.username), unquote(self._url.password or '')
            )
        if self._url.scheme == 'mqtts':
            self._paho.tls_set(ca_certs=authority or None)

    def start(self) -> None:
        """Connect in the background, and again whenever the connection is lost."""
        secure = self._url.scheme == 'mqtts'
        port = self._url.port or (8883 if secure else 1883)
        self._paho.connect_async(self._url.hostname or 'localhost', port, keepalive=30)
        self._paho.loop_start()

    def stop(self) -> None:
        """Disconnect; the broker keeps the session."""
        self._paho.disconnect()
        self._paho.loop_stop()

    def _connected(self, client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.warning('the broker refuses: %s', reason)
            return
        client.subscribe(mqtt.FILTER, qos=1)

    def _subscribed(
        self, client: Any, data: Any, mid: int, reasons: list[Any], properties: Any
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            log.warning('the broker refuses the subscription: %s', mqtt.FILTER)
            return
        self.listening.set()

    def _heard(self, client: paho.Client, data: Any, packet: paho.MQTTMessage) -> None:
        def acknowledge(kept: bool = True) -> None:
            client.ack(packet.mid, packet.qos)

        try:
            message = mqtt.read(packet.topic, bytes(packet.payload))
        except (Malformed, UnicodeError) as error:
            self._drop(f'{error}')
            acknowledge()
            return
        device = self._device(message.device)
        if device is None:
            self._drop(f'{packet.topic}: no such device')
            acknowledge()
            return
        arrived = Arrived(device, devices.code_of(message.device), message, datetime.now(UTC))
        self._sink.deliver(Parcel([arrived], acknowledge))

    def _drop(self, why: str) -> None:
        """What can never be stored is not asked for again; it is counted and told."""
        self.refused += 1
        log.warning('dropped: %s', why)

    def _device(self, code: str) -> int | None:
        asked, pk = self._known.get(code, (float('-inf'), None))
        if time.monotonic() - asked > KNOWN_SECONDS:
            found = devices.active(code)
            pk = None if found is None else found.pk
            self._known[code] = (time.monotonic(), pk)
            if len(self._known) > 1_000_000:
                self._known.clear()
        return pk
