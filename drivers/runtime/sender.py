"""Sends the outbox over one connection: in order, a window at a time, again what stays unconfirmed."""

from typing import Final

from msgspec.structs import replace

from contract import codec
from contract.clock import Clock
from contract.errors import PublishDenied
from contract.mqtt import Connection
from contract.topics import Channel, address
from drivers.runtime.outbox import Kept, Outbox
from drivers.runtime.outlet import Outlet
from drivers.runtime.waiting import changed

WINDOW: Final = 500
"""Events sent and not yet committed."""

READ_AHEAD: Final = 100
PATIENCE_S: Final = 5.0
LONGEST_PATIENCE_S: Final = 40.0
"""While the hub is away, what is sent again only fills its queue at the broker: so ever more rarely."""


class Sender:
    """Publishes what waits in `outbox`; one `serve` per connection."""

    def __init__(self, outbox: Outbox, outlet: Outlet, clock: Clock) -> None:
        self._outbox = outbox
        self._outlet = outlet
        self._clock = clock
        self._counters = outlet.counters
        self._patience_s = PATIENCE_S
        self._quiet_since = 0.0

    def heard(self) -> None:
        """Note that the hub is there: be patient no longer than at first."""
        self._patience_s = PATIENCE_S
        self._outbox.changed.set()

    async def serve(self, link: Connection) -> None:
        """Send until the link ends with LinkError."""
        sent = upto = self._outbox.upto
        highest = sent
        self._patience_s = PATIENCE_S
        self._quiet_since = self._clock.monotonic()
        while True:
            self._outbox.changed.clear()
            if self._outbox.upto > upto:
                upto = self._outbox.upto
                self._quiet_since = self._clock.monotonic()
                self._patience_s = PATIENCE_S
            sent = max(sent, upto)
            room = min(WINDOW - (sent - upto), READ_AHEAD)
            if room > 0 and self._outbox.last > sent:
                if sent == upto:
                    self._quiet_since = self._clock.monotonic()
                for kept in await self._outbox.after(sent, room):
                    await self._send(link, kept)
                    sent = kept.number
                    self._counters.events_resent += sent <= highest
                    highest = max(highest, sent)
            elif sent > upto and self._overdue():
                sent = upto
            else:
                await changed(self._clock, self._outbox.changed, self._remaining() if sent > upto else 60.0)

    def _remaining(self) -> float:
        return self._quiet_since + self._patience_s - self._clock.monotonic()

    def _overdue(self) -> bool:
        if self._remaining() > 0:
            return False
        self._quiet_since = self._clock.monotonic()
        self._patience_s = min(2 * self._patience_s, LONGEST_PATIENCE_S)
        return True

    async def _send(self, link: Connection, kept: Kept) -> None:
        source = address(kept.event.source)
        for sha256 in kept.event.media:
            data = await self._outbox.media(sha256)
            if data is None:
                continue
            topic = source.topic(Channel.MEDIA, sha256)
            try:
                await link.publish(topic, data)  # waits, so that pictures do not pile up in memory
            except PublishDenied as denied:
                self._counters.publishes_denied += 1
                self._outlet.complaints.say(topic, str(denied))
        topic = source.topic(Channel.EVENT)
        event = codec.encode(replace(kept.event, outboxfirst=self._outbox.upto + 1))
        future = link.start_publish(topic, event)
        if future is not None:
            future.add_done_callback(lambda done: self._outlet.note_denial(topic, done))
