"""A pretend device's line to an MQTT broker: paho on the event loop, one connection after another.

The broker is real, and so is the client: the simulators know the field's own protocol, MQTT 3.1.1, as most
devices speak it.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from simulators.broker import AtBroker
from simulators.charger.caller import Caller

MISC_EVERY_S = 1.0
KEEPALIVE_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker says when the device is gone."""

    topic: str
    payload: bytes


class MqttLine:
    """One device at a broker. `take` gets what is published to it, `came` hears of every new connection.

    `published` hears when the broker has a message, by the number that `publish` returned.
    """

    def __init__(
        self,
        at: AtBroker,
        *,
        client_id: str,
        topics: Iterable[str],
        take: Callable[[str, bytes], None],
        came: Callable[[], None],
        will: Will | None = None,
    ) -> None:
        self.connections = 0
        self.published: Callable[[int], None] = lambda _number: None
        self._at = at
        self._client_id = client_id
        self._topics = tuple(topics)
        self._take, self._came, self._will = take, came, will
        self._client: paho.Client | None = None
        self._caller = Caller(self._talk, lost=self._lost, name=client_id)

    @property
    def up(self) -> bool:
        """Whether the broker has let the device in."""
        return self._client is not None and self._client.is_connected()

    def open(self) -> None:
        """Begin to call."""
        self._caller.open()

    async def close(self) -> None:
        """Hang up and call no more."""
        await self._caller.close()

    def cut(self) -> None:
        """Lose the network, or the power: without a word, and without calling again until `mend`."""
        self._caller.allow(False)
        self._caller.hang_up()

    def mend(self) -> None:
        """Call again."""
        self._caller.allow(True)

    def publish(self, topic: str, payload: bytes) -> int | None:
        """Send at QoS 1; return its number, None where there is no connection."""
        if self._client is None or not self._client.is_connected():
            return None
        return self._client.publish(topic, payload, qos=1).mid

    def _lost(self) -> None:
        self._client = None

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        client = self._make(ended)
        self._client = client
        sock: socket.socket | None = None
        try:
            # The broker is near: its answer to the first packet is what takes time, and that is awaited.
            await asyncio.to_thread(client.connect, self._at.host, self._at.port, KEEPALIVE_S)
            sock = cast("socket.socket", client.socket())  # of TCP, not of WebSockets
            loop.add_reader(sock, client.loop_read)
            await self._keep(client, sock, ended)
        finally:
            if sock is not None:
                _drop(loop, sock)
            self._lost()

    async def _keep(self, client: paho.Client, sock: socket.socket, ended: asyncio.Future[None]) -> None:
        loop = asyncio.get_running_loop()
        client.on_socket_register_write = lambda *_: loop.add_writer(sock, client.loop_write)
        client.on_socket_unregister_write = lambda *_: _write_no_more(loop, sock)
        client.on_socket_close = lambda *_: _let_go(loop, sock)
        if client.want_write():
            client.loop_write()
        while not ended.done():
            await asyncio.wait([ended], timeout=MISC_EVERY_S)
            client.loop_misc()

    def _make(self, ended: asyncio.Future[None]) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2, self._client_id, protocol=paho.MQTTv311, reconnect_on_failure=False
        )
        client.connect_timeout = 5.0
        if self._at.account is not None:
            client.username_pw_set(self._at.account.user, self._at.account.password)
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, qos=1)

        def connected(
            _client: paho.Client, _data: object, _flags: object, reason: object, _more: object
        ) -> None:
            if getattr(reason, "is_failure", True):
                _end(ended)
                return
            self.connections += 1
            for topic in self._topics:
                client.subscribe(topic, qos=1)
            self._came()

        client.on_connect = connected
        client.on_message = lambda _client, _data, message: self._take(message.topic, bytes(message.payload))
        client.on_publish = lambda _client, _data, number, _reason, _more: self.published(number)
        client.on_disconnect = lambda *_: _end(ended)
        return client


def _end(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)


def _drop(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    """Cut the connection as a pulled cable does: the broker learns nothing but that it is gone."""
    _let_go(loop, sock)
    sock.close()


def _write_no_more(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    loop.remove_writer(sock)


def _let_go(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):  # closed already
        loop.remove_reader(sock)
        loop.remove_writer(sock)
