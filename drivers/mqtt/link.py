"""One device's connection to the broker it talks through.

Each device has a connection and a session of its own: what it says while we are away waits at the broker,
and a slow one keeps nobody waiting. A message is forgotten by the broker only when it is `taken`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from contract.broker import Broker, Incoming, Queue
from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable, LinkError, PublishDenied
from contract.mqtt import Connection
from drivers.runtime.late import soon_or_never
from drivers.runtime.waiting import within

SESSION_S: Final = 24 * 3600
"""For so long the broker keeps what a device says while no driver host is there.

Not on MQTT 3.1.1: there nothing keeps a packet that is too long for us from coming again and again.
"""

MOST_WAITING: Final = 2
"""Messages that we hold unread; more stay at the broker. They may have megabytes of pictures."""

CONFIRM_S: Final = 3.0
"""How long the broker may take to confirm what we publish."""


class Link:
    """A connection that stands. Everything raises DeviceUnreachable once it does not."""

    def __init__(self, connection: Connection, clock: Clock, early: Sequence[Incoming] = ()) -> None:
        self.connected_at = clock.monotonic()
        self._connection = connection
        self._clock = clock
        self._early = deque(early)

    async def messages(self) -> AsyncIterator[Incoming]:
        """Give each message; say `taken` when it is dealt with. It may come again, and be retained."""
        while self._early:
            yield self._early.popleft()
        try:
            async for message in self._connection:
                yield message
        except LinkError as lost:
            raise _unreachable(lost) from None

    def taken(self, message: Incoming) -> None:
        """Tell the broker that it may forget a message."""
        self._connection.acknowledge([message])

    async def publish(self, topic: str, payload: bytes, *, valid_s: int | None = None) -> bool:
        """Publish once; whether the broker confirmed.

        With `valid_s` the broker throws it away if the device does not take it by then. MQTT 3.1.1 knows no
        such limit: there it goes at QoS 0, unconfirmed, so that it waits nowhere. DeviceUnreachable if
        nothing was sent, DeviceError `publish-denied` if the broker's rules forbid it.
        """
        if not self._connection.alive:
            raise DeviceUnreachable("the broker cannot be reached")
        bounded = self._connection.broker.protocol == "5"
        qos = 1 if bounded or valid_s is None else 0
        sending = self._connection.publish(topic, payload, qos=qos, expiry_s=valid_s)
        try:
            await within(self._clock, CONFIRM_S, sending)
        except PublishDenied as denied:
            raise DeviceError(str(denied), code=denied.code) from None
        except (LinkError, TimeoutError):
            return False
        return qos == 1

    def say(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 0, without waiting: for what is asked for again where it is lost.

        Who reads `messages` waits in vain for a confirmation: it comes behind what is not read yet.
        DeviceUnreachable if nothing was sent.
        """
        try:
            self._connection.start_publish(topic, payload, qos=0)
        except LinkError as lost:
            raise _unreachable(lost) from None


@asynccontextmanager
async def linked(broker: Broker, device: str, filters: Sequence[str], clock: Clock) -> AsyncIterator[Link]:
    """Connect for the device named `site/kind/device` and subscribe; DeviceUnreachable if that fails."""
    connection = Connection(
        broker,
        f"hemei-{device.replace('/', '-')}",
        session_s=SESSION_S if broker.protocol == "5" else None,
        manual_ack=True,
        queue=Queue(limit=MOST_WAITING),
    )
    try:
        await connection.__aenter__()
    except LinkError as failed:
        raise _unreachable(failed) from None
    soon_or_never(connection.transport)
    try:
        yield Link(connection, clock, await _subscribe(connection, filters))
    finally:
        await connection.__aexit__(None, None, None)


async def _subscribe(connection: Connection, filters: Sequence[str]) -> Sequence[Incoming]:
    """Subscribe; return what came before the broker's answer.

    A session that goes on brings what has waited first: unread, it would keep that answer from us.
    """
    early: list[Incoming] = []
    reading = asyncio.ensure_future(_read(connection, early))
    try:
        await connection.subscribe(filters)
    except LinkError as failed:
        raise _unreachable(failed) from None
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    return early


async def _read(connection: Connection, into: list[Incoming]) -> None:
    async for batch in connection.batches():
        into.extend(batch)


def _unreachable(why: LinkError) -> DeviceUnreachable:
    return DeviceUnreachable(str(why), code=why.code)
