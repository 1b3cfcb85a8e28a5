"""One connection to an MQTT broker, as `async with` and `async for`, over paho-mqtt.

A `Connection` lives as long as one network connection. When it ends, iterating and publishing raise
LinkError, and the caller opens a new one (see `reconnecting`); so nothing is ever sent again behind anybody's
back.

All happens on the event loop's own thread: asyncio moves the bytes (`contract.mqtt_wire` says which of them
paho reads), and no message crosses a thread.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from types import TracebackType
from typing import Any, Final, Self, cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from contract.broker import Broker, Incoming, Queue, Will, tls_context
from contract.errors import LinkError, LinkRefused, PublishDenied
from contract.mqtt_wire import MAX_PACKET_BYTES, PacketReader, Pipe, PipedClient, acknowledgements
from contract.reconnecting import reconnecting

__all__ = ["Broker", "Connection", "Incoming", "Queue", "Will", "reconnecting"]

CONNECT_TIMEOUT_S: Final = 5.0
MISC_INTERVAL_S: Final = 1.0
SESSION_EXPIRY_S: Final = 7 * 24 * 3600
CLOSE_TIMEOUT_S: Final = 1.0


class Connection(asyncio.Protocol):
    """One network connection with the broker.

    `session` None starts clean and leaves nothing behind; a number keeps the subscriptions and unacknowledged
    messages of `client_id` at the broker for that many seconds. With `manual_ack` the broker keeps each QoS 1
    message until `acknowledge`.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        *,
        will: Will | None = None,
        session_s: int | None = None,
        manual_ack: bool = False,
        queue: Queue = Queue(),  # noqa: B008 - immutable
    ) -> None:
        self.broker = broker
        self.shed = 0
        self._session_s = session_s
        self._queue = queue
        self._waiting: deque[Incoming] = deque()
        self._arrived = asyncio.Event()
        self._paused = False
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[LinkError] = self._loop.create_future()
        self._connected: asyncio.Future[None] = self._loop.create_future()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._leaving = False
        self._published: dict[int, asyncio.Future[None]] = {}
        self._subscribed: dict[int, asyncio.Future[None]] = {}
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._manual_ack = manual_ack
        self._reader = PacketReader(version_5=broker.protocol == "5")
        self._pipe = Pipe(self._send, self._close)
        self._misc: asyncio.TimerHandle | None = None
        self._client = self._make_client(client_id)
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=True)

    def _make_client(self, client_id: str) -> paho.Client:
        version_5 = self.broker.protocol == "5"
        client = PipedClient(
            self._pipe,
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if version_5 else self._session_s is None,
            protocol=paho.MQTTv5 if version_5 else paho.MQTTv311,
            reconnect_on_failure=False,
        )
        if self.broker.username is not None:
            client.username_pw_set(self.broker.username, self.broker.password)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        return client

    async def __aenter__(self) -> Self:
        """Connect; LinkRefused if the broker says no, LinkError if it cannot be reached."""
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._open()
                self._connect()
                self._on_misc()
                await self._or_ended(self._connected)
        except (TimeoutError, OSError) as wrong:
            # ssl.SSLError is an OSError too: an authority we do not trust, a name that is not the host's.
            reason = wrong if isinstance(wrong, OSError) and str(wrong) else "it does not answer"
            lost = LinkError(f"broker {self.broker.host}:{self.broker.port}: {reason}")
            self._end(lost)
            raise lost from wrong
        except BaseException:
            self._detach()
            raise
        return self

    async def _open(self) -> None:
        context = None if self.broker.ca_file is None else tls_context(self.broker.ca_file)
        await self._loop.create_connection(lambda: self, self.broker.host, self.broker.port, ssl=context)

    def _connect(self) -> None:
        options: dict[str, Any] = {}
        if self.broker.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's, untyped
            properties.MaximumPacketSize = MAX_PACKET_BYTES
            if self._session_s is not None:
                properties.SessionExpiryInterval = self._session_s
            options = {"clean_start": self._session_s is None, "properties": properties}
        self._client.connect(self.broker.host, self.broker.port, keepalive=self.broker.keepalive_s, **options)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Send what is still to be sent, then DISCONNECT, so that the broker does not publish the will.

        Returns when the broker has taken all of it, or does not answer.
        """
        if not self._ended.done():
            self._leaving = True
            self._client.disconnect()
            await asyncio.wait({self._gone}, timeout=CLOSE_TIMEOUT_S)
        self._leaving = False
        self._end(LinkError("disconnected"))

    @property
    def alive(self) -> bool:
        """Whether the connection still stands."""
        return self._connected.done() and not self._ended.done()

    @property
    def transport(self) -> asyncio.Transport | None:
        """The network connection, None before there is one: for its socket's options, not its bytes."""
        return self._transport

    async def subscribe(self, filters: Sequence[str], qos: int = 1, *, news_only: bool = False) -> None:
        """Subscribe and wait for the broker's word.

        With `news_only` neither what is retained comes nor what we publish ourselves; on MQTT 3.1.1 it does.
        """
        if news_only and self.broker.protocol == "5":
            never = SubscribeOptions.RETAIN_DO_NOT_SEND
            options = SubscribeOptions(qos=qos, noLocal=True, retainHandling=never)
            _, mid = self._client.subscribe([(each, options) for each in filters])
        else:
            _, mid = self._client.subscribe([(each, qos) for each in filters])
        if mid is None:
            raise LinkError("cannot subscribe: not connected")
        future = self._subscribed[mid] = self._loop.create_future()
        await self._or_ended(future)

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        response_topic: str | None = None,
        correlation: bytes | None = None,
    ) -> None:
        """Publish; at QoS 1 wait for the broker's PUBACK. PublishDenied if its access rules forbid it.

        Expiry, response topic and correlation travel only on MQTT 5.
        """
        future = self.start_publish(
            topic,
            payload,
            qos=qos,
            retain=retain,
            properties=self._publish_properties(expiry_s, response_topic, correlation),
        )
        await self._or_ended(future or asyncio.ensure_future(self._writable.wait()))

    def start_publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        properties: Properties | None = None,
    ) -> asyncio.Future[None] | None:
        """Publish without waiting; at QoS 1 the future ends with the PUBACK. LinkError if we are cut off."""
        if self._ended.done():
            raise self._ended.result()
        info = self._client.publish(topic, payload, qos, retain, properties)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            raise LinkError(f"cannot publish: {paho.error_string(info.rc)}")
        if qos == 0:
            return None
        future = self._published[info.mid] = self._loop.create_future()
        return future

    def _publish_properties(
        self, expiry_s: int | None, response_topic: str | None, correlation: bytes | None
    ) -> Properties | None:
        if self.broker.protocol != "5":
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's, untyped
        if expiry_s is not None:
            properties.MessageExpiryInterval = expiry_s
        if response_topic is not None:
            properties.ResponseTopic = response_topic
        if correlation is not None:
            properties.CorrelationData = correlation
        return properties

    def acknowledge(self, messages: Iterable[Incoming]) -> None:
        """Tell the broker that it may forget these QoS 1 messages; needs `manual_ack`."""
        if self._transport is not None:
            self._transport.write(acknowledgements(messages))

    async def batches(self) -> AsyncIterator[list[Incoming]]:
        """Yield everything that has arrived, a list at a time, until the link ends with LinkError."""
        while True:
            while not self._waiting:
                if self._ended.done():
                    raise self._ended.result()
                self._arrived.clear()
                await self._arrived.wait()
            batch = list(self._waiting)
            self._waiting.clear()
            if self._paused:
                self._resume()
            yield batch

    async def __aiter__(self) -> AsyncIterator[Incoming]:
        """Yield each message until the link ends with LinkError."""
        async for batch in self.batches():
            for message in batch:
                yield message

    async def _or_ended(self, future: asyncio.Future[Any]) -> None:
        """Wait for `future`, or raise what ended the connection."""
        try:
            await asyncio.wait({future, self._ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not future.done():
                future.cancel()
        if future.done() and not future.cancelled():
            future.result()
        else:
            raise self._ended.result()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the network connection that asyncio has made."""
        self._transport = cast("asyncio.Transport", transport)  # a stream's, whatever loop made it

    def data_received(self, data: bytes) -> None:
        """Take what the broker sent, in whatever pieces."""
        taken: list[Incoming] = []
        try:
            for packet in self._reader.packets(data):
                if isinstance(packet, Incoming):
                    taken.append(packet)
                else:
                    self._pipe.feed(packet)
                    self._client.loop_read()
        except LinkError as wrong:
            self._end(wrong)
        if taken:
            self._take(taken)

    def _take(self, messages: list[Incoming]) -> None:
        if not self._manual_ack:
            self.acknowledge(messages)
        waiting = self._waiting
        waiting.extend(messages)
        excess = len(waiting) - self._queue.limit
        if excess > 0 and self._queue.when_full == "shed":
            for _ in range(excess):
                waiting.popleft()
            self.shed += excess
        elif excess >= 0 and not self._paused and self._transport is not None:
            self._paused = self._queue.when_full == "block"
            if self._paused:
                self._transport.pause_reading()
        self._arrived.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Take that the network connection is gone."""
        self._gone.set_result(None)
        self._end(LinkError(f"the link to the broker ended: {error or 'closed by the broker'}"))

    def pause_writing(self) -> None:
        """Let `publish` wait: the broker does not take what was sent."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let `publish` go on."""
        self._writable.set()

    def _send(self, data: bytes) -> None:
        if self._transport is None:
            raise ConnectionError("not connected")
        self._transport.write(data)

    def _close(self) -> None:
        # Leaving, the broker closes (MQTT 5, 3.14.4), and then has read all that we sent. Were we to close,
        # our next connection could overtake the last acknowledgements of this one.
        if self._transport is not None and not self._leaving:
            self._transport.close()

    def _on_misc(self) -> None:
        """Keep alive, and find a half-open connection."""
        if self._paused:
            # The answer to a ping waits behind what we do not read: no sign of a dead link.
            self._client._send_pingreq()  # noqa: SLF001 - paho pings only when it also awaits the answer
        else:
            self._client.loop_misc()
        if not self._ended.done():
            self._misc = self._loop.call_later(MISC_INTERVAL_S, self._on_misc)

    def _resume(self) -> None:
        self._paused = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _end(self, why: LinkError) -> None:
        if not self._ended.done():
            self._ended.set_result(why)
            self._arrived.set()
        if not self._connected.done():
            self._connected.cancel()
        for future in (*self._published.values(), *self._subscribed.values()):
            if not future.done():
                future.set_exception(why)
                future.exception()  # whoever does not wait for it is told by the next call
        self._published.clear()
        self._subscribed.clear()
        self._detach()

    def _detach(self) -> None:
        if self._misc is not None:
            self._misc.cancel()
        if self._transport is not None and not self._leaving:
            # A peer that takes nothing any more would keep close() waiting for ever.
            self._transport.abort()
            self._transport = None

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self._end(LinkRefused(f"the broker refuses this account: {reason}"))
            return
        if not self._connected.done():
            self._connected.set_result(None)

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _p: Any) -> None:
        self._end(LinkError(f"the link to the broker ended: {reason}"))

    def _on_publish(self, _client: Any, _data: Any, mid: int, reason: Any, _p: Any) -> None:
        future = self._published.pop(mid, None)
        if future is None or future.done():
            return
        if reason.is_failure:
            future.set_exception(PublishDenied(f"the broker refuses the message: {reason}"))
            future.exception()  # whoever does not wait for it does not care
        else:
            future.set_result(None)

    def _on_subscribe(self, _client: Any, _data: Any, mid: int, reasons: Any, _p: Any) -> None:
        future = self._subscribed.pop(mid, None)
        if future is None or future.done():
            return
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            future.set_exception(LinkRefused(f"the broker refuses a subscription: {refused}"))
        else:
            future.set_result(None)
